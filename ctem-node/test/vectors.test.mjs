// The conformance vectors: what each call returns is, byte for byte, what they say. `tests/vectors.rs` says how they are laid out.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import * as ctem from 'ctem'

const tests = new URL('../../tests/', import.meta.url)
const THEN = /^  "then": (.*?)\n }/gms

/** JSON text without the spaces between its parts. */
const compact = text => text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, part => (part[0] === '"' ? part : ''))

/** What is handed in: bytes or text; where a call takes them, also plain values. */
function document(given, asValues = false) {
  const [[kind, content]] = Object.entries(given)
  switch (kind) {
    case 'json':
      return asValues ? content : JSON.stringify(content)
    case 'text':
      return content
    case 'hex':
      return Uint8Array.from(Buffer.from(content, 'hex'))
    case 'file':
      return readFileSync(new URL(content, tests))
  }
  throw new Error(kind)
}

const reading = ({ format, mapping, asset, most_bytes, secret_key, strict }) => ({
  format,
  mapping: mapping && document(mapping),
  asset,
  mostBytes: most_bytes,
  strict,
  secretKey: secret_key && Buffer.from(document(secret_key)),
})

const assessing = ({ horizon_days, events_per_finding, baseline, profile }) => ({
  horizonDays: horizon_days,
  eventsPerFinding: events_per_finding,
  baseline: baseline && document(baseline, true),
  profile: profile && document(profile, true),
})

/** How much is shown. */
const shown = ({ at_most: atMost, reasons: explained, width, budget, only }) =>
  Object.fromEntries(Object.entries({ atMost, explained, width, only, budget: budget && document(budget, true) }).filter(([, value]) => value !== undefined))

/** Options as JavaScript names them. */
const camel = options =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]))

/** By question: its method, and what of it is no option. */
const questions = {
  sample: ['sample'],
  sample_block: ['sampleBlock', 'first', 'count'],
  paths: ['paths', 'event'],
  choke_points: ['chokePoints', 'event'],
  cheapest_cut: ['cheapestCut', 'event'],
  blast_radius: ['blastRadius', 'asset'],
  what_if: ['whatIf', 'changes'],
  combinations: ['combinations'],
  baseline: ['baseline'],
  select: ['select', 'selector'],
  suggested_crown_jewels: ['suggestedCrownJewels'],
  suggested_entry_points: ['suggestedEntryPoints'],
  zones: ['zones', 'zones'],
  actions: ['actions'],
  plan: ['plan'],
  questions: ['questions'],
  questions_text: ['questionsText'],
  exposure_text: ['exposureText', 'exposure'],
  trusts: ['trusts'],
  compare_plans: ['comparePlans'],
  tickets: ['tickets', 'tracker'],
}

/** The call of a question with options as JavaScript names them. */
function method(call, asked) {
  if (call === 'compare_plans') return ['comparePlans', [camel(asked.plan), camel(asked.other)]]
  const [name, ...handed] = questions[call]
  const options = Object.fromEntries(Object.entries(asked).filter(([option]) => !handed.includes(option)))
  return [name, [...handed.map(each => asked[each]), camel(options)]]
}

/**
 * What each call gives as text, each call of the package being made by `made`: as it is, or by its twin. The former is waited for, too, so that both
 * are written once.
 */
function calling(made) {
  const intel = ({ epss, kev, effects, metasploit, nuclei, exploit_db: exploitDb }) => {
    const files = Object.entries({ epss, kev, effects, metasploit, nuclei, exploitDb })
    return made(ctem.Intel, 'read', Object.fromEntries(files.filter(([, file]) => file).map(([name, file]) => [name, document(file)])))
  }

  /** One after the other, as the first error is the one that is told. */
  const each = async (list, call) => {
    const all = []
    for (const one of list ?? []) all.push(await call(one))
    return all
  }

  const reports = given => each(given.documents, one => made(ctem, 'read', document(one), reading(given)))

  /** What the files of a collection become, as the engine would write it. */
  async function collection(given) {
    const files = Object.fromEntries(Object.entries(given.files).map(([name, file]) => [name, document(file)]))
    const { reports, notes, tally } = await made(ctem, 'readCollection', files, reading(given))
    const whole = await each(reports, report => made(report, 'toJson'))
    return `{"reports":[${whole}],"notes":${JSON.stringify(notes)},"tally":${JSON.stringify(tally)}}`
  }

  async function program(given) {
    const program = new ctem.Program(await intel(given))
    const absorbed = await each(await reports(given), report => made(program, 'absorbJson', report))
    const decided = await each(given.decisions, decision => made(program, 'decide', decision))
    return { program, absorbed, decided }
  }

  /** The program after all events, and what the last one changed. */
  async function applied(given) {
    const after = (await program(given)).program
    const deltas = await each(given.events, event => made(after, 'applyJson', event, { late: given.late }))
    return { after, delta: deltas.at(-1) }
  }

  const assessment = async given => made((await program(given)).program, 'assess', given.as_of, assessing(given))

  const scoring = async given => ({ intel: await intel(given), horizonDays: given.horizon_days })

  /** What a program says after all events as text, which the method of that name gives as a value. */
  async function happened(given, name, ...handed) {
    const { after } = await applied(given)
    const text = await made(after, `${name}Json`, ...handed)
    assert.deepEqual(await made(after, name, ...handed), JSON.parse(text))
    return text
  }

  async function backTested(given) {
    const options = { ...camel(given.asked), ...(given.epss && { epss: document(given.epss) }) }
    const handed = [document(given.rows), document(given.outcomes), options]
    const text = await made(ctem, 'backTestJson', ...handed)
    assert.deepEqual(await made(ctem, 'backTest', ...handed), JSON.parse(text))
    return text
  }

  /** The answer to a question as text, which the method of its name gives as a value. */
  async function answered(call, given) {
    const today = await assessment(given)
    const text = await made(today, 'answerJson', { [call]: given.asked })
    const [name, handed] = method(call, given.asked)
    assert.deepEqual(await made(today, name, ...handed), JSON.parse(text))
    return text
  }

  /** What a gate says as text, which it says as a value too. */
  async function judged(given) {
    const [today, policy] = [await assessment(given), document(given.policy)]
    const before = given.before && (await made(await assessment(given.before), 'toJson', { atMost: given.before.at_most }))
    const baseline = before ?? document(given.held_against)
    const text = await made(today, 'gateJson', policy, baseline)
    assert.deepEqual(await made(today, 'gate', policy, baseline), JSON.parse(text))
    return text
  }

  const page = async (given, name, ...handed) => JSON.stringify(await made(await assessment(given), name, ...handed))

  return {
    attacker_profiles: () => ctem.attackerProfilesJson(),
    formats: () => JSON.stringify(ctem.formats()),
    unknown_rules: async given => JSON.stringify(await made((await program(given)).program, 'unknownRules')),
    intel: async given => made(await intel(given), 'toJson'),
    read: async given => made((await reports(given)).at(-1), 'toJson'),
    absorb: async given => (await program(given)).absorbed.at(-1),
    environment: async given => made((await program(given)).program, 'environmentJson'),
    assess: async given => made(await assessment(given), 'toJson', { atMost: given.at_most, explained: given.explained }),
    gate: judged,
    table: given => page(given, 'table', shown(given)),
    markdown: given => page(given, 'markdown', shown(given)),
    html: given => page(given, 'html', shown(given)),
    decide: async given => JSON.stringify((await program(given)).decided.at(-1)),
    read_collection: collection,
    trend: given => happened(given, 'trend', given.moments, { horizonDays: given.horizon_days }),
    compact: async given => {
      const how = { forgetGoneBefore: given.forget_gone_before }
      return JSON.stringify(await made((await applied(given)).after, 'compact', given.replay_from, how))
    },
    erase: async given => JSON.stringify(await made((await applied(given)).after, 'erase', given.asked, document(given.key))),
    erased_document: async given => {
      const { after } = await applied(given)
      await made(after, 'erase', given.asked, document(given.key))
      return JSON.stringify(await made(after, 'document'))
    },
    export: given => page(given, 'export', given.form, { atMost: given.at_most }),
    explain: async given => made(await assessment(given), 'explainJson', given.finding),
    cvss: given => ctem.cvssJson(given.vector),
    score: async given => ctem.scoreJson(document(given.row, true), await scoring(given)),
    apply: async given => (await applied(given)).delta,
    courses: async given => JSON.stringify(await made((await applied(given)).after, 'courses')),
    accepted_risks: async given => JSON.stringify(await made((await applied(given)).after, 'acceptedRisks')),
    reports: async given => JSON.stringify(await made((await applied(given)).after, 'reports')),
    history: async given => {
      const again = await made(ctem.Program, 'read', await made((await applied(given)).after, 'document'))
      return made(await made(again, 'at', given.as_of), 'environmentJson')
    },
    measures: given => happened(given, 'measures', given.asked),
    moved: given => happened(given, 'moved', given.asked),
    progress_report: given => happened(given, 'progressReport', given.asked),
    progress_report_html: async given => JSON.stringify(await made((await applied(given)).after, 'progressReportHtml', given.asked)),
    coverage: given => happened(given, 'coverage', given.asked),
    deadlines: given => happened(given, 'deadlines', given.asked),
    fedramp_report: given => happened(given, 'fedrampReport', given.asked),
    back_test: backTested,
    ...Object.fromEntries(Object.keys(questions).map(call => [call, given => answered(call, given)])),
    // Numbers, not text: compared to the bit below.
    score_all: async given => made(ctem, 'scoreAll', document(given.rows, true), await scoring(given)),
  }
}

const ways = {
  '': calling((of, name, ...handed) => of[name](...handed)),
  ', off the event loop': calling((of, name, ...handed) => {
    const pending = of[`${name}Async`](...handed)
    assert.ok(pending instanceof Promise, name)
    return pending
  }),
}

function told(error) {
  if (!(error instanceof ctem.CtemError)) throw error
  const { code, place, message } = error
  return JSON.stringify({ error: { code, place, message } })
}

for (const file of readdirSync(new URL('vectors/', tests)).filter(name => name.endsWith('.json'))) {
  const text = readFileSync(new URL(`vectors/${file}`, tests), 'utf8')
  const cases = JSON.parse(text)
  const thens = [...text.matchAll(THEN)].map(match => match[1])
  test(`${file} is laid out as it should be`, () => {
    assert.deepEqual(thens.map(then => JSON.parse(then)), cases.map(({ then }) => then))
    assert.ok(cases.length > 0)
  })
  for (const [n, { name, call, given }] of cases.entries()) {
    const then = compact(thens[n])
    for (const [way, calls] of Object.entries(ways)) {
      test(`${name}${way}`, async () => {
        let outcome
        try {
          outcome = await calls[call](given)
        } catch (error) {
          return assert.equal(told(error), then)
        }
        if (outcome instanceof Float64Array) {
          const bits = numbers => [...new BigUint64Array(Float64Array.from(numbers).buffer)]
          return assert.deepEqual(bits(outcome), bits(JSON.parse(then).value))
        }
        assert.equal(`{"value":${outcome}}`, then)
      })
    }
  }
}
