// What to do first: reads what tools wrote, puts it together and prints a plan and an explained ranking.
//
// The same program as `first_fix.rs`, with the same options and the same output:
//
//     node examples/first_fix.mjs
//     node examples/first_fix.mjs scan.json other.sarif --env environment.json --kev kev.json --html out.html

import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as ctem from '../ctem-node/index.js'

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

const progress = new (class {
  #stage = ''
  #began = Date.now()
  #timer = process.stderr.isTTY ? setInterval(() => this.#tell(), 1000).unref() : undefined

  #tell() {
    const seconds = Math.round((Date.now() - this.#began) / 1000)
    if (this.#stage) process.stderr.write(`\r\x1b[K${this.#stage} … ${seconds} s`)
  }

  /** Says on a terminal what is being done, once it takes longer than a second. */
  say(stage) {
    this.#stage = stage
  }

  end() {
    this.#stage = ''
    if (this.#timer) process.stderr.write('\r\x1b[K')
  }
})()

try {
  process.exitCode = await run(asked())
} catch (error) {
  progress.end()
  console.error(told(error))
  process.exitCode = 2
}

async function run({ inputs, mapping, asOf, epss, kev, top, width, html, markdown, json, gate, baseline }) {
  progress.say('reading EPSS scores and the KEV catalogue')
  const intel = new ctem.Intel({ epss: epss && readFileSync(epss), kev: kev && readFileSync(kev) })
  const program = new ctem.Program(intel)
  const tally = { read: 0, accepted: 0, merged: 0, rejected: 0, clear: 0 }
  const own = mapping && readFileSync(mapping)
  let unused = 0
  let unknown = false
  for (const [n, [asset, file, format]] of inputs.entries()) {
    progress.say(`reading ${n + 1} of ${inputs.length}: ${basename(file)}`)
    let absorbed
    try {
      const report = await ctem.readAsync(readFileSync(file), { format, mapping: own, asset, name: file })
      // A file of which no record can be used is not used.
      if (report.tally.read > 0 && report.tally.read === report.tally.rejected) unused += 1
      absorbed = program.absorb(report)
    } catch (error) {
      progress.end()
      console.error(`${file}: not used: ${told(error)}`)
      unused += 1
      unknown ||= error.code === 'unknown_format'
      continue
    }
    for (const name of Object.keys(tally)) tally[name] += absorbed.tally[name]
    for (const note of absorbed.notes.filter(({ kind }) => kind === 'rejected')) {
      progress.end()
      const times = note.count ? ` (${note.count} times)` : ''
      console.error(`${file}: rejected: ${note.reason}${times}   (at ${note.place})`)
    }
  }
  if (unknown) console.error(`known formats: ${ctem.formats().map(({ name }) => name).join(', ')}`)
  if (unused === inputs.length) throw new Error('no file could be used')

  progress.say('finding attack paths')
  const today = await program.assessAsync(asOf)
  progress.say('writing')
  const table = today.table({ atMost: top ?? 20, width })
  const atMost = top ?? 1000
  if (html) writeFileSync(html, today.html({ atMost }))
  if (markdown) writeFileSync(markdown, today.markdown({ atMost }))
  if (json) writeFileSync(json, today.toJson({ atMost: top, explained: true }))
  const verdict = gate && today.gate(readFileSync(gate), readFileSync(baseline))
  progress.end()
  const { read, accepted, merged, rejected, clear } = tally
  const passed = clear ? ` (${clear} of them clear)` : ''
  process.stdout.write(`Records: read ${read} = accepted ${accepted} + merged ${merged} + rejected ${rejected}${passed}\n${table}`)
  for (const line of verdict?.words ?? []) process.stdout.write(`Gate ${line}\n`)
  if (verdict?.stops) return 3
  return unused ? 1 : 0
}

function asked() {
  const text = { type: 'string' }
  const options = { env: { ...text, multiple: true }, asset: { ...text, multiple: true }, format: text, mapping: text, epss: text, kev: text, 'as-of': text, top: text, width: text, html: text, markdown: text, json: text, gate: text, baseline: text }
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const { format, mapping } = values
  const inputs = [...positionals.map(file => [undefined, file, format]), ...(values.env ?? []).map(file => [undefined, file])]
  for (const named of values.asset ?? []) {
    const [asset, ...file] = named.split('=')
    if (file.length === 0) throw new Error('`--asset` is written ID=FILE')
    inputs.push([asset, file.join('='), format])
  }
  const { epss, kev, html, markdown, json, gate, baseline } = values
  if ((gate === undefined) !== (baseline === undefined)) throw new Error('`--gate` and `--baseline` go together')
  const number = name => (values[name] === undefined ? undefined : Number(values[name]))
  const shown = { top: number('top'), width: number('width') ?? process.stdout.columns ?? 100, html, markdown, json, gate, baseline }
  if (inputs.length > 0) return { inputs, mapping, epss, kev, asOf: values['as-of'] ?? new Date().toISOString(), ...shown }
  const company = name => join(fileURLToPath(new URL('company/', import.meta.url)), name)
  return {
    inputs: COMPANY.map(([asset, name]) => [asset, company(name), format]),
    mapping,
    epss: company('epss_scores-2025-11-13.csv'),
    kev: company('kev_2025-08-25.json'),
    asOf: values['as-of'] ?? '2025-11-13',
    ...shown,
  }
}

/** An error of the engine with its code and place; any other as it is. */
function told({ code, place, message }) {
  return place === undefined ? message : `${message}   (${place ? `${code} at ${place}` : code})`
}
