// A quarter: thirteen weeks of a small company, event by event, and whether it got better.
//
// The same program as `a_quarter.rs`, with the same output:
//
//     node examples/a_quarter.mjs

import { readFileSync } from 'node:fs'
import * as ctem from '../ctem-node/index.js'

const lines = readFileSync(new URL('quarter/events.jsonl', import.meta.url), 'utf8').trim().split('\n')

const program = new ctem.Program()
for (const line of lines) {
  const event = JSON.parse(line)
  const delta = program.apply(line)
  const what = typeof event.what === 'string' ? event.what : Object.keys(event.what)[0]
  console.log(`${event.at.slice(0, 10)} ${what}: EUR ${whole(delta.risk_before.value)} → EUR ${whole(delta.risk_after.value)}`)
  for (const how of ['appeared', 'ended', 'rose', 'fell']) {
    for (const change of delta[how]) console.log(told(how, change))
  }
  for (const said of delta.happened.map(spoken).filter(Boolean)) console.log(`  ! ${said}`)
}

const period = { from: '2025-07-07', until: '2025-10-06T12:00:00Z' }
const promised = { ...period, promises: { critical: 14, high: 30 } }
const quarter = program.measures(promised)
console.log(
  `\nThe quarter: ${quarter.first_seen} first seen, ${quarter.ended} ended, ${quarter.reopened} reopened, ${quarter.open_at_end} open`,
)
console.log(`Time to remediate: ${times(quarter.remediate)}`)
console.log(`Time to detect: ${times(quarter.detect)}`)
const { kept, broken, running } = quarter.promises
console.log(`Promises: ${kept} kept, ${broken} broken, ${running} running`)
console.log(`Looked at: ${quarter.coverage.looked_at} of ${quarter.coverage.assets} assets`)
for (const mark of program.trend(['2025-07-08T12:00:00Z', '2025-08-08', '2025-09-08', '2025-10-06T12:00:00Z'])) {
  const moved = `${mark.new_paths} new, ${mark.reopened_paths} reopened, ${mark.eliminated_paths} eliminated`
  console.log(`${mark.at.slice(0, 10)}: EUR ${whole(mark.risk.value)}, ${mark.exposures} exposures, ${mark.paths} paths (${moved})`)
}
console.log('What moved the loss:')
for (const by of program.moved(period).by) console.log(`  ${by.cause}: EUR ${whole(by.amount)}`)
const page = program.progressReportHtml({ ...promised, title: 'The shop' })
console.log(`The report for leadership: a page of ${Buffer.byteLength(page)} bytes`)

function whole(number) {
  // Rust and Python write a small negative number as -0.
  return Object.is(Math.sign(number), -1) && number > -0.5 ? '-0' : number.toFixed(0)
}

function told(how, { title, asset, before, after, why }) {
  const by = (after?.value ?? 0) - (before?.value ?? 0)
  return `  ${how} ${title} on ${asset}: EUR ${whole(by)}${why.length > 0 ? ` (${why.join(', ')})` : ''}`
}

/** What a person is told besides. */
function spoken({ what, finding, first, cve }) {
  switch (what) {
    case 'claim_refuted':
      return `${finding} was said to be mended and is still seen`
    case 'moved':
      return `${finding} moved and is the same`
    case 'reopened':
      return `${finding} is back, first seen ${first.slice(0, 10)}`
    case 'acceptance_ended':
      return `${finding} is no longer accepted`
    case 'listed':
      return `${cve} is known to be exploited`
    case 'model_changed':
      return 'another EPSS model'
  }
}

function times({ of, over, mean_of_closed, median, p90 }) {
  const days = number => (number === null ? 'unknown' : `${number.toFixed(2)} days`)
  return `mean of closed ${days(mean_of_closed)}, median ${days(median)}, p90 ${days(p90)} (${over} of ${of} over)`
}
