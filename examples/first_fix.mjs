// What to do first: reads what tools wrote about a sample company, puts it together and prints a plan and an explained ranking.
//
//     node examples/first_fix.mjs
//
// The same program as `first_fix.rs`, with the same output. For files of your own there is the command line: `npx ctem scan.json`.

import { readFileSync } from 'node:fs'
import process from 'node:process'
import * as ctem from '../ctem-node/index.js'

// Each file with the asset of its findings, where it names none.
const COMPANY = [
  [undefined, 'environment.json'],
  [undefined, 'shop-web.trivy.json'],
  [undefined, 'payments-api.trivy.json'],
  [undefined, 'mailer.trivy.json'],
  [undefined, 'node-1.grype.json'],
  [undefined, 'db-host.grype.json'],
  [undefined, 'laptop-anna.grype.json'],
  [undefined, 'perimeter.nuclei.jsonl'],
  [undefined, 'cloud.prowler.json'],
  ['shop-repo', 'shop-repo.gitleaks.json'],
  ['payments-repo', 'payments-repo.sarif'],
]

const file = name => readFileSync(new URL(`company/${name}`, import.meta.url))

// What the world knows: scores of EPSS of a day, and the catalogue of what is known to be exploited.
const intel = new ctem.Intel({ epss: file('epss_scores-2025-11-13.csv'), kev: file('kev_2025-08-25.json') })
const program = new ctem.Program(intel)

// What the company's tools know. Formats are told by their content.
const all = { read: 0, accepted: 0, merged: 0, rejected: 0, clear: 0 }
for (const [asset, name] of COMPANY) {
  const { tally } = program.absorb(ctem.read(file(name), { asset, name }))
  for (const part in all) all[part] += tally[part] ?? 0
}

const today = program.assess('2025-11-13')
const clear = all.clear ? ` (${all.clear} of them clear)` : ''
console.log(`Records: read ${all.read} = accepted ${all.accepted} + merged ${all.merged} + rejected ${all.rejected}${clear}`)
process.stdout.write(today.table())
