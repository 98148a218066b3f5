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

const intel = ({ epss, kev, effects, metasploit, nuclei, exploit_db: exploitDb }) => {
  const files = Object.entries({ epss, kev, effects, metasploit, nuclei, exploitDb })
  return new ctem.Intel(Object.fromEntries(files.filter(([, file]) => file).map(([name, file]) => [name, document(file)])))
}

const reading = ({ format, mapping, asset, most_bytes, secret_key, strict }) => ({
  format,
  mapping: mapping && document(mapping),
  asset,
  mostBytes: most_bytes,
  strict,
  secretKey: secret_key && Buffer.from(document(secret_key)),
})

const reports = given => (given.documents ?? []).map(each => ctem.read(document(each), reading(given)))

/** What the files of a collection become, as the engine would write it. */
function collection(given) {
  const files = Object.fromEntries(Object.entries(given.files).map(([name, file]) => [name, document(file)]))
  const { reports, notes, tally } = ctem.readCollection(files, reading(given))
  const whole = reports.map(report => report.toJson()).join()
  return `{"reports":[${whole}],"notes":${JSON.stringify(notes)},"tally":${JSON.stringify(tally)}}`
}

function program(given) {
  const program = new ctem.Program(intel(given))
  const absorbed = reports(given).map(report => program.absorbJson(report))
  const decided = (given.decisions ?? []).map(decision => program.decide(decision))
  return { program, absorbed, decided }
}

/** The program after all events, and what the last one changed. */
function applied(given) {
  const after = program(given).program
  const delta = (given.events ?? []).map(event => after.applyJson(event, { late: given.late })).at(-1)
  return { after, delta }
}

const assessing = ({ horizon_days, events_per_finding, baseline, profile }) => ({
  horizonDays: horizon_days,
  eventsPerFinding: events_per_finding,
  baseline: baseline && document(baseline, true),
  profile: profile && document(profile, true),
})

const assessment = given => program(given).program.assess(given.as_of, assessing(given))

/** How much is shown. */
const shown = ({ at_most: atMost, reasons: explained, width, budget, only }) =>
  Object.fromEntries(Object.entries({ atMost, explained, width, only, budget: budget && document(budget, true) }).filter(([, value]) => value !== undefined))

const scored = (score, given, name) =>
  score(document(given[name], true), { intel: intel(given), horizonDays: given.horizon_days })

/** Options as JavaScript names them. */
const camel = options =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]))

/** The answer of a program after all events as text, which the method of that name gives as a value. */
function happened(given, name) {
  const { after } = applied(given)
  const text = after[`${name}Json`](given.asked)
  assert.deepEqual(after[name](given.asked), JSON.parse(text))
  return text
}

function backTested(given) {
  const options = { ...camel(given.asked), ...(given.epss && { epss: document(given.epss) }) }
  const files = [document(given.rows), document(given.outcomes)]
  const text = ctem.backTestJson(...files, options)
  assert.deepEqual(ctem.backTest(...files, options), JSON.parse(text))
  return text
}

/** A trend as text, which the method of that name gives as values. */
function stood(given) {
  const { after } = applied(given)
  const how = { horizonDays: given.horizon_days }
  const text = after.trendJson(given.moments, how)
  assert.deepEqual(after.trend(given.moments, how), JSON.parse(text))
  return text
}

/** By question: its method, and what of it is no option. */
const questions = {
  sample: ['sample'],
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
  const [name, first] = questions[call]
  const { [first]: argument, ...options } = asked
  return [name, [...(first ? [argument] : []), camel(options)]]
}

/** The answer to a question as text, which the method of its name gives as a value. */
function answered(call, given, ask) {
  const today = assessment(given)
  const text = ask(today)
  const [name, args] = method(call, given.asked)
  assert.deepEqual(today[name](...args), JSON.parse(text))
  return text
}

/** What a gate says as text, which it says as a value too. */
function judged(given) {
  const [today, policy] = [assessment(given), document(given.policy)]
  const baseline = given.before ? assessment(given.before).toJson({ atMost: given.before.at_most }) : document(given.held_against)
  const text = today.gateJson(policy, baseline)
  assert.deepEqual(today.gate(policy, baseline), JSON.parse(text))
  return text
}

const calls = {
  attacker_profiles: () => ctem.attackerProfilesJson(),
  formats: () => JSON.stringify(ctem.formats()),
  unknown_rules: given => JSON.stringify(program(given).program.unknownRules()),
  intel: given => intel(given).toJson(),
  read: given => reports(given).at(-1).toJson(),
  absorb: given => program(given).absorbed.at(-1),
  environment: given => program(given).program.environmentJson(),
  assess: given => assessment(given).toJson({ atMost: given.at_most, explained: given.explained }),
  gate: judged,
  table: given => JSON.stringify(assessment(given).table(shown(given))),
  markdown: given => JSON.stringify(assessment(given).markdown(shown(given))),
  html: given => JSON.stringify(assessment(given).html(shown(given))),
  decide: given => JSON.stringify(program(given).decided.at(-1)),
  read_collection: collection,
  trend: stood,
  compact: given => JSON.stringify(applied(given).after.compact(given.replay_from, { forgetGoneBefore: given.forget_gone_before })),
  export: given => JSON.stringify(assessment(given).export(given.form, { atMost: given.at_most })),
  explain: given => assessment(given).explainJson(given.finding),
  cvss: given => ctem.cvssJson(given.vector),
  score: given => scored(ctem.scoreJson, given, 'row'),
  apply: given => applied(given).delta,
  courses: given => JSON.stringify(applied(given).after.courses()),
  accepted_risks: given => JSON.stringify(applied(given).after.acceptedRisks()),
  reports: given => JSON.stringify(applied(given).after.reports()),
  history: given => ctem.Program.read(applied(given).after.document()).at(given.as_of).environmentJson(),
  measures: given => applied(given).after.measuresJson(given.asked),
  moved: given => applied(given).after.movedJson(given.asked),
  progress_report: given => applied(given).after.progressReportJson(given.asked),
  progress_report_html: given => JSON.stringify(applied(given).after.progressReportHtml(given.asked)),
  coverage: given => happened(given, 'coverage'),
  deadlines: given => happened(given, 'deadlines'),
  fedramp_report: given => happened(given, 'fedrampReport'),
  back_test: backTested,
  ...Object.fromEntries(
    Object.keys(questions).map(call => [call, given => answered(call, given, ours => ours.answerJson({ [call]: given.asked }))]),
  ),
  // Numbers, not text: compared to the bit below.
  score_all: given => scored(ctem.scoreAll, given, 'rows'),
}

/** The same call off the event loop, where there is one. */
const asyncCalls = {
  ...Object.fromEntries(
    Object.keys(questions).map(call => [
      call,
      async given => {
        const today = assessment(given)
        const text = await today.answerJsonAsync({ [call]: given.asked })
        const [name, args] = method(call, given.asked)
        assert.deepEqual(await today[`${name}Async`](...args), JSON.parse(text))
        return text
      },
    ]),
  ),
  read: async given => {
    const all = await Promise.all(given.documents.map(each => ctem.readAsync(document(each), reading(given))))
    return all.at(-1).toJson()
  },
  assess: async given => {
    const assessment = await program(given).program.assessAsync(given.as_of, assessing(given))
    return assessment.toJson({ atMost: given.at_most, explained: given.explained })
  },
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
    test(name, () => {
      let outcome
      try {
        outcome = calls[call](given)
      } catch (error) {
        return assert.equal(told(error), then)
      }
      if (outcome instanceof Float64Array) {
        const bits = numbers => [...new BigUint64Array(Float64Array.from(numbers).buffer)]
        return assert.deepEqual(bits(outcome), bits(JSON.parse(then).value))
      }
      assert.equal(`{"value":${outcome}}`, then)
    })
    if (call in asyncCalls) {
      test(`${name}, off the event loop`, async () => {
        const outcome = await asyncCalls[call](given).then(value => `{"value":${value}}`, told)
        assert.equal(outcome, then)
      })
    }
  }
}
