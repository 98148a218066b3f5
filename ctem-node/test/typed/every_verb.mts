// A program that uses every call, as types see it: `tsc -p test/typed` must find nothing here, and it must run.

import { createReadStream, readFileSync } from 'node:fs'
import * as ctem from 'ctem'
import type {
  ActionColumns, Assessment, ChokePoint, Course, CourseColumns, Deadline, Effects, Exposure, ExposureColumns, Happened, HistoryColumns, Intel, LearntTrust, Note, Plan,
  PlanColumns, Ranking, Report, Suggestion, Term,
} from 'ctem/answers'

const path = new URL('../../../ctem-core/src/wire/ctem-2.example.json', import.meta.url)
const company = readFileSync(path)
const day = '2025-11-13'
const effects = 'acme\trule\tA-17\tno-login'

/** Of a value of this type and no other, `any` least of all. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? B : never
function is<T>() {
  return <V,>(value: V & Same<V, T>): T => value
}

async function known(): Promise<[ctem.Program, ctem.Assessment]> {
  const intel = new ctem.Intel({ epss: 'cve,epss\nCVE-2021-44228,0.94\n', effects })
  is<number | undefined>()(intel.epss?.tally.accepted)
  if (intel.kev !== null) throw new Error('there is no catalogue')
  is<Effects | null>()(intel.effects)
  const tables: Intel = JSON.parse(intel.toJson())
  is<number | undefined>()(tables.epss?.tally.read)

  const report = ctem.read(company, { name: 'company.json', strict: true })
  is<string>()(report.source.format)
  is<string | undefined>()(report.contents.assets?.[0]?.kind)
  is<Note[]>()(report.notes)
  is<number>()(report.tally.accepted)
  const whole: Report = JSON.parse((await ctem.readAsync(company)).toJson())
  is<number>()(whole.tally.read)
  is<Report>()((await ctem.readAsync(createReadStream(path))).toJSON())
  const collection: ctem.Collection = ctem.readCollection({ 'company.json': company })
  is<ctem.Report[]>()(collection.reports)
  is<Note[]>()(collection.notes)
  is<number>()(collection.tally.accepted)

  is<number>()(ctem.readTables({ assets: [{ id: 'shop', kind: 'host' }] }).tally.accepted)

  is<Intel>()((await ctem.Intel.readAsync({ effects })).toJSON())
  is<Effects | null>()(ctem.Intel.read({ effects }).effects)
  const program = new ctem.Program(intel)
  is<number>()(program.absorb(report).tally.merged)
  is<string>()(program.absorbJson(report))
  const [profile] = ctem.attackerProfiles()
  const today = program.assess(day, { horizonDays: 30, eventsPerFinding: 8, profile })
  is<string>()(ctem.attackerProfilesJson())
  return [program, today]
}

async function asked(program: ctem.Program, today: ctem.Assessment) {
  const [worst] = today.ranked(1)
  if (worst === undefined) throw new Error('nothing ranks')
  is<Exposure>()(worst)
  is<string>()(worst.title)
  is<number>()(worst.risk.lower)
  is<string | undefined>()(worst.weakness)
  is<string | null>()(worst.finding)
  for (const event of today.lossEvents) {
    is<number>()(event.chance.value)
    is<string[] | undefined>()(event.path?.hops.map(hop => hop.how))
  }
  const exposures = today.columns(2)
  is<ExposureColumns>()(exposures.columns)
  is<Float64Array>()(exposures.columns.risk)
  is<string[]>()(exposures.columns.asset.dictionary)
  is<string | null>()(exposures.fields.risk.unit)
  is<Note[]>()(today.notes)
  is<number>()(today.risk.value)
  is<number>()(today.length)
  is<Term[] | undefined>()(today.explain(worst.id).risk.parts)
  is<string>()(today.explainJson(worst.id))
  const document: Assessment = JSON.parse(today.toJson({ atMost: 1, explained: true }))
  is<number>()(document.counts.assets)

  is<string>()(today.sampleBlock(0, 64, { seed: 1, shares: true }))
  is<number[]>()(today.sample({ worlds: 4096, shares: true }).exposures.map(each => each.fix_value.value))
  is<string[]>()(today.paths('leak', { atMost: 3 }).list.flatMap(path => path.hops.map(hop => hop.how)))
  is<ChokePoint[]>()(today.chokePoints('theft').list)
  const cut = today.cheapestCut('theft', { costs: { 'f-3': 5, 'f-1': null }, defaultCost: 1 })
  is<number[] | undefined>()(cut.fixes?.map(fix => fix.cost))
  is<string[] | undefined>()(cut.path?.map(held => held.asset))
  is<number>()(today.blastRadius('vault', { access: 'use', halfWidth: 0.1 }).loss.value)
  is<number>()(today.whatIf([{ fixed: 'f-2' }]).saved.value)
  is<string[][]>()(today.combinations({ atMost: 3 }).list.map(each => each.findings))
  const baseline = today.baseline({ incidents: 2, years: 3 })
  is<number>()(baseline.annual_chance)
  is<ctem.Assessment>()(await program.assessAsync(day, { baseline, onProgress: (done, of) => done <= of }))
  is<string[]>()(today.select('kind = host').list.map(({ asset }) => asset))
  is<Suggestion[]>()(today.suggestedCrownJewels().list)
  is<Suggestion[]>()(today.suggestedEntryPoints({ atMost: 1 }).list)
  const zones = [{ id: 'tier zero', tier: 0, assets: 'kind = host' }]
  is<(number | null)[]>()(today.zones(zones).list.map(({ exposure }) => exposure.share))

  is<string[]>()(today.actions({ fallBack: 'web' }).list.map(({ title }) => title))
  is<ActionColumns>()(ctem.columns(today.actions()).columns)
  const how: ctem.PlanOptions = { budget: { hours: 3 }, curves: true }
  const plan: Plan = today.plan(how)
  is<string>()(ctem.picture(plan))
  is<PlanColumns>()(ctem.columns(plan).columns)
  is<string[][]>()(ctem.columns(plan).columns.ends)
  is<number[]>()(plan.rows.map(({ left }) => left.value))
  is<string[]>()(today.comparePlans({ budget: { hours: 1 } }, how).words)
  is<number>()(today.questions({ budget: { actions: 1 }, atMost: 1, testHours: { exploit: 2 } }).seed)
  is<string>()(today.questionsText({ budget: { actions: 1 }, explained: 1, width: 80 }))
  is<string>()(today.exposureText(worst.id, { width: 80 }))
  is<LearntTrust[]>()(today.trusts().list)
  is<(string | undefined)[]>()(today.tickets('github', { plan: { at_most: 1 } }).list.map(ticket => ticket.content))
  is<string>()(today.answerJson({ paths: { event: 'leak' } }))
  const policy = { ctem_policy: 1, rules: [{ expected_loss: { at_most: { amount: 500, unit: 'EUR' } } }] }
  is<boolean>()(today.gate(policy, today.toJson()).stops)
  is<string>()(today.gateJson(policy, today.toJson()))

  is<string>()(today.table({ atMost: 3, explained: 1, width: 80, budget: { hours: 8 } }))
  is<string>()(today.markdown({ atMost: 3 }))
  is<string>()(today.html({ atMost: 3 }))
  is<string>()(today.export('csv', { atMost: 1 }))

  is<number>()((await today.sampleAsync({ worlds: 64, nodes: 0, onProgress: () => true })).worlds)
  is<number>()((await today.pathsAsync('leak')).list.length)
  is<string>()((await today.chokePointsAsync('leak')).event)
  is<'cut' | 'stands'>()((await today.cheapestCutAsync('leak')).ending)
  is<string>()((await today.blastRadiusAsync('vault')).asset)
  is<number>()((await today.whatIfAsync([])).saved.value)
  is<number>()((await today.combinationsAsync()).list.length)
  is<number>()((await today.baselineAsync()).annual_chance)
  is<number>()((await today.selectAsync('all')).count)
  is<Suggestion[]>()((await today.suggestedCrownJewelsAsync()).list)
  is<Suggestion[]>()((await today.suggestedEntryPointsAsync()).list)
  is<number>()((await today.zonesAsync(zones)).outside)
  is<number>()((await today.actionsAsync()).list.length)
  is<number>()((await today.planAsync(how)).rows.length)
  is<number>()((await today.questionsAsync({ atMost: 1 })).rows.length)
  is<string>()(await today.questionsTextAsync({ atMost: 1 }))
  is<string>()(await today.exposureTextAsync('f-1'))
  is<LearntTrust[]>()((await today.trustsAsync()).list)
  is<number>()((await today.ticketsAsync('gitlab')).list.length)
  is<string[]>()((await today.comparePlansAsync(how, how)).words)
  is<string>()(await today.answerJsonAsync({ trusts: {} }))
}

function overTime(program: ctem.Program) {
  const delta = program.apply({ at: day, what: 'time_passed' }, { late: 'place' })
  is<Happened[]>()(delta.happened)
  for (const happened of delta.happened) if (happened.what === 'listed') is<string[]>()(happened.findings)
  is<string>()(program.applyJson({ at: '2025-11-14', what: 'time_passed' }))
  is<Course[]>()(program.courses())
  is<CourseColumns>()(ctem.columns(program.courses()).columns)
  is<ctem.Columns<HistoryColumns>>()(program.history())
  program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "gate", "kind": "host", "labels": {"internet_facing": "yes"}}]}'))
  is<number>()(program.decide({ suggestion: 'internet', asset: 'gate', accepted: false }).tally.accepted)
  is<number>()(program.coverage({ as_of: '2025-11-14' }).checks[0].watched)
  is<string>()(program.coverageJson({ as_of: '2025-11-14' }))
  is<string[]>()(program.acceptedRisks().map(({ since }) => since))
  const period = { from: '2025-11-01', until: '2025-12-01' }
  is<number | null>()(program.measures(period).remediate.median)
  is<string>()(program.measuresJson(period))
  is<number>()(program.moved(period).from.value)
  is<string>()(program.movedJson(period))
  is<string>()(program.progressReport(period).title)
  is<string>()(program.progressReportJson(period))
  is<string>()(program.progressReportHtml(period))
  const due = { as_of: '2025-11-14', tables: ['kev'] }
  is<Deadline[]>()(program.deadlines(due).list)
  is<string>()(program.deadlinesJson(due))
  const report = { as_of: day, class: 'c', package_overview: 'https://example.com/p', from: '2025-10-13', to: day }
  is<string>()(program.fedrampReport(report).certificationPackageOverviewUri)
  is<string>()(program.fedrampReportJson(report))
  is<number>()(program.trend([day], { horizonDays: 7 })[0].risk.value)
  is<string>()(program.trendJson([day]))
  is<ctem.Program>()(program.at(day))
  is<number>()(program.compact(day))
  is<string[]>()(program.erase({ names: ['gate'] }, new Uint8Array(32)).things.map(({ pseudonym }) => pseudonym))
  is<string>()(ctem.Program.read(program.document(), { effects }).environmentJson())
  is<string[]>()(program.unknownRules().map(({ line }) => line))
}

function ofRows() {
  is<number>()(ctem.cvss('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H').base_score)
  is<string>()(ctem.cvssJson('AV:N/AC:L/Au:N/C:N/I:N/A:N'))
  const row = { epss: 0.5, reachable: 'internet' }
  is<number>()(ctem.score(row).risk)
  is<string>()(ctem.scoreJson(row, { horizonDays: 7 }))
  is<number>()(ctem.scoreAll([row, {}]).length)
  const table = { epss: Float64Array.of(0.5, NaN), cve: { codes: Int32Array.of(0, -1), dictionary: ['CVE-2021-44228'] } }
  const { risks, errors } = ctem.scoreTable(table, { horizonDays: 7 })
  is<number>()(risks.length)
  is<string[]>()(errors.map(({ reason }) => reason))
  is<string[]>()(ctem.formats().map(({ title }) => title))
  const [rows, outcomes] = ['cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n', 'cve,date\nCVE-2024-0001,2024-11-01\n']
  const window = { landmark: '2024-10-24', until: '2025-08-25', seed: 1 }
  is<Ranking[]>()(ctem.backTest(rows, outcomes, window).rankings.map(({ ranking }) => ranking))
  is<string>()(ctem.backTestJson(rows, outcomes, window))
  try {
    ctem.cvss('CVSS:3.1/AV:X')
  } catch (error) {
    if (error instanceof ctem.CtemError) is<string | null>()(error.place)
  }
  is<string>()(ctem.version)
  is<number>()(ctem.main(['formats', 'trivy']))
}

async function offTheLoop(program: ctem.Program, today: ctem.Assessment) {
  const { signal } = new AbortController()
  const period = { from: '2025-11-01', until: '2025-12-01' }
  const collection: ctem.Collection = await ctem.readCollectionAsync({ 'company.json': company }, { signal })
  is<string>()(JSON.stringify(collection.toJSON()))
  const door = { id: 'door', kind: 'host', 'labels.internet_facing': 'yes' }
  is<number>()((await program.absorbAsync(collection.reports[0], { signal })).tally.merged)
  is<string>()(await program.absorbJsonAsync(await ctem.readTablesAsync({ assets: [door] }, { signal })))
  is<number>()((await program.applyAsync({ at: '2025-12-01', what: 'time_passed' }, { signal, late: 'place' })).appeared.length)
  is<string>()(await program.applyJsonAsync({ at: new Date('2025-12-02'), what: 'time_passed' }))
  is<number>()((await program.decideAsync({ suggestion: 'internet', asset: 'door', accepted: false }, { signal })).tally.accepted)
  is<Course[]>()(await program.coursesAsync({ signal }))
  is<Float64Array>()((await program.historyAsync({ signal })).columns.at)
  is<Float64Array>()((await ctem.columnsAsync(await program.coursesAsync(), { signal })).columns.first)
  is<string[]>()((await program.acceptedRisksAsync()).map(({ since }) => since))
  is<string[]>()((await program.reportsAsync()).map(({ id }) => id))
  is<number>()((await program.coverageAsync({ as_of: '2025-12-02' }, { signal })).checks[0].watched)
  is<string>()(await program.coverageJsonAsync({ as_of: '2025-12-02' }))
  is<number | null>()((await program.measuresAsync(period)).remediate.median)
  is<string>()(await program.measuresJsonAsync(period))
  is<number>()((await program.movedAsync(period, { onProgress: (done, of) => done <= of })).by.length)
  is<string>()(await program.movedJsonAsync(period))
  is<string>()((await program.progressReportAsync(period, { signal })).as_of)
  is<string>()(await program.progressReportJsonAsync(period))
  is<string>()(await program.progressReportHtmlAsync(period))
  is<Deadline[]>()((await program.deadlinesAsync({ as_of: '2025-12-02', tables: ['kev'] }, { signal })).list)
  is<string>()(await program.deadlinesJsonAsync({ as_of: '2025-12-02', tables: ['kev'] }))
  const report = { as_of: day, class: 'c', package_overview: 'https://example.com/p', from: '2025-10-13', to: day }
  is<string>()((await program.fedrampReportAsync(report)).certificationPackageOverviewUri)
  is<string>()(await program.fedrampReportJsonAsync(report))
  is<number>()((await program.trendAsync([new Date(day)], { horizonDays: 7, signal }))[0].risk.value)
  is<string>()(await program.trendJsonAsync([day]))
  is<ctem.Program>()(await program.atAsync(new Date('2025-12-02')))
  is<number>()(await program.compactAsync(day, { signal }))
  is<number>()((await program.eraseAsync({ names: ['door'] }, new Uint8Array(32), { signal })).things[0].places)
  is<string[]>()((await program.unknownRulesAsync()).map(({ line }) => line))
  is<string>()(await program.environmentJsonAsync())
  is<ctem.Program>()(await ctem.Program.readAsync(await program.documentAsync({ signal }), { effects }))
  is<unknown>()(program.toJSON())

  const [worst] = await today.rankedAsync(1, { signal })
  is<number>()((await today.columnsAsync(1, { signal })).rows)
  is<Term[] | undefined>()((await today.explainAsync(worst.id)).risk.parts)
  is<string>()(await today.explainJsonAsync(worst.id, { signal }))
  const policy = { ctem_policy: 1, rules: [{ expected_loss: { at_most: { amount: 500, unit: 'EUR' } } }] }
  is<boolean>()((await today.gateAsync(policy, today, { signal })).stops)
  is<string>()(await today.gateJsonAsync(policy, await today.toJsonAsync()))
  is<Assessment>()(today.toJSON())
  is<string>()(await today.toJsonAsync({ atMost: 1 }))
  is<string>()(await today.tableAsync({ width: 80, signal }))
  is<string>()(await today.markdownAsync({ explained: 1 }))
  is<string>()(await today.htmlAsync({ budget: { hours: 40 } }))
  is<string>()(await today.exportAsync('csv', { atMost: 1 }))

  is<string>()(await today.sampleBlockAsync(0, 1, { nodes: 0, signal }))
  is<Float64Array>()((await ctem.scoreTableAsync({ epss: Float64Array.of(0.5) }, { signal })).risks)
  is<Float64Array>()(await ctem.scoreAllAsync([{ epss: 0.5 }], { horizonDays: 7, signal }))
  const [rows, outcomes] = ['cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n', 'cve,date\nCVE-2024-0001,2024-11-01\n']
  const window = { landmark: '2024-10-24', until: '2025-08-25' }
  is<Ranking[]>()((await ctem.backTestAsync(rows, outcomes, window, { signal })).rankings.map(({ ranking }) => ranking))
  is<string>()(await ctem.backTestJsonAsync(rows, outcomes, window))
}

const [program, today] = await known()
await asked(program, today)
overTime(program)
ofRows()
await offTheLoop(program, today)
