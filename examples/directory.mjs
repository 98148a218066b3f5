// From a directory's collection and two scans to what to do first, and to what nearly all ways to each loss have in common.
//
//     node examples/directory.mjs
//
// The same program as `directory.rs`, with the same output. By command the same is `ctem --config examples/directory/ctem.toml`.

import { readFileSync } from 'node:fs'
import process from 'node:process'
import * as ctem from '../ctem-node/index.js'

// What was collected of the directory, in files that speak of each other; the scans; and what the bank says of itself.
const FILES = [
  'collection/domains.json',
  'collection/users.json',
  'collection/groups.json',
  'collection/computers.json',
  'servers.nessus',
  'perimeter.nuclei.jsonl',
  'environment.json',
]

const file = name => readFileSync(new URL(name, import.meta.url))

const epss = file('company/epss_scores-2025-11-13.csv')
const kev = file('company/kev_2025-08-25.json')
const program = new ctem.Program(new ctem.Intel({ epss, kev }))

// Files that speak of each other are read together, whatever their order.
const collection = ctem.readCollection(Object.fromEntries(FILES.map(name => [name, file(`directory/${name}`)])))
const all = { read: 0, accepted: 0, merged: 0, rejected: 0, clear: 0 }
for (const report of collection.reports) {
  const { tally } = program.absorb(report)
  for (const part in all) all[part] += tally[part] ?? 0
}

const today = program.assess('2025-11-13')
const clear = all.clear ? ` (${all.clear} of them clear)` : ''
console.log(`Files: ${collection.tally.read}`)
console.log(`Records: read ${all.read} = accepted ${all.accepted} + merged ${all.merged} + rejected ${all.rejected}${clear}`)
process.stdout.write(today.table())
for (const { event, name, service } of today.lossEvents) {
  if (!service) continue
  const points = today.chokePoints(event)
  if (points.list.length === 0) continue
  console.log(`\nWhat the ways to “${name}” have in common, at ${(100 * points.chance.value).toFixed(1)} %:`)
  for (const point of points.list.slice(0, 5)) {
    const sure = point.on_every_path ? ', on every way' : ''
    console.log(`  ${(100 * point.critical.value).toFixed(1)} %${sure}: ${point.name}`)
  }
}
