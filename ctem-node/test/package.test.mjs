// What is Node's own: values, errors, the event loop, types.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import * as workers from 'node:worker_threads'
import * as ctem from 'ctem'

const here = new URL('..', import.meta.url)
const shop = readFileSync(new URL('../tests/vectors/documents/shop.json', here))

function program() {
  const program = new ctem.Program()
  program.absorb(ctem.read(shop))
  return program
}

test('parts are what the whole says', () => {
  const report = ctem.read(shop)
  const { source, contents, notes, tally } = report
  assert.deepEqual({ source, contents, notes, tally }, JSON.parse(report.toJson()))
  const today = program().assess('2025-11-13')
  const whole = JSON.parse(today.toJson())
  assert.deepEqual(today.ranked(), whole.exposures)
  assert.deepEqual(today.ranked(2), whole.exposures.slice(0, 2))
  assert.deepEqual(today.ranked(2), JSON.parse(today.toJson({ atMost: 2 })).exposures)
  assert.deepEqual([today.lossEvents, today.notes, today.risk], [whole.loss_events, whole.notes, whole.risk])
  assert.equal(today.length, whole.exposures.length)
  const explained = JSON.parse(today.toJson({ explained: true }))
  for (const { id, explanation } of explained.exposures) {
    const paths = explanation.paths.map(number => explained.paths[number])
    assert.deepEqual({ ...explanation, paths }, today.explain(id))
  }
  const row = { epss: 0.3, reachable: 'internet' }
  assert.deepEqual(ctem.score(row), JSON.parse(ctem.scoreJson(JSON.stringify(row))))
  assert.deepEqual(ctem.score(row), ctem.score(Buffer.from(JSON.stringify(row))))
  assert.deepEqual([...ctem.scoreAll([row, {}])], [ctem.score(row).risk, ctem.score({}).risk])
  assert.deepEqual(ctem.cvss('AV:N/AC:L/Au:N/C:N/I:N/A:C'), JSON.parse(ctem.cvssJson('AV:N/AC:L/Au:N/C:N/I:N/A:C')))
})

test('an assessment is iterable, the worst first', () => {
  const today = program().assess('2025-11-13')
  assert.deepEqual([...today], today.ranked())
  const [worst, ...others] = today
  assert.deepEqual([worst, others.length], [today.ranked(1)[0], today.length - 1])
  assert.equal(Array.from(today, ({ id }) => id).length, today.length)
  assert.deepEqual([...new ctem.Program().assess('2025-11-13')], [])
  assert.throws(() => [...ctem.Assessment.prototype], TypeError)
})

test('an object is shown as what it is, on one line', () => {
  const known = program()
  assert.match(inspect(known), /^<ctem\.Program of \d+ assets, \d+ findings>$/)
  const today = known.assess('2025-11-13')
  assert.equal(inspect(today), `<ctem.Assessment as of 2025-11-13T00:00:00Z: ${today.length} exposures>`)
  assert.equal(inspect(new ctem.Intel({ nuclei: 'CVE-2021-44228' })), '<ctem.Intel of Nuclei (1 CVE)>')
  assert.match(inspect(ctem.readCollection({ 'shop.json': shop }), { depth: 2 }), /<ctem\.Report of ctem: read \d+ = /)
  assert.equal(inspect(Object.create(ctem.Program.prototype)), 'Program')
})

test('an environment survives being written', () => {
  const first = program()
  const again = new ctem.Program()
  again.absorb(ctem.read(first.environmentJson()))
  assert.equal(again.environmentJson(), first.environmentJson())
})

const inventory = {
  ctem_mapping: 1,
  name: 'inventory',
  title: 'Findings of the inventory',
  lists: [{ asset: { name: 'Server', kind: 'host' }, ids: 'CVE', severity: 'Risk' }]
}
const table = 'Server,CVE,Risk\nweb-1,CVE-2021-44228,High\n'

test("a mapping of one's own may be an object, JSON or a list of them", async () => {
  const whole = ctem.read(table, { mapping: inventory })
  assert.equal(whole.source.format, 'inventory')
  assert.deepEqual(whole.contents.findings.map(one => [one.asset, one.weakness.id]), [['web-1', 'CVE-2021-44228']])
  const json = JSON.stringify(inventory)
  const other = { ...inventory, name: 'other', recognise: [{ csv: ['Machine'] }] }
  for (const mapping of [json, Buffer.from(json), [other, inventory]]) {
    assert.equal(ctem.read(table, { mapping }).toJson(), whole.toJson())
    assert.equal((await ctem.readAsync(table, { mapping })).toJson(), whole.toJson())
  }
  const { reports } = ctem.readCollection({ 'table.csv': table }, { mapping: inventory })
  assert.deepEqual(reports.map(report => report.source.format), ['inventory'])
})

test('what is wrong with a mapping is told with its place', () => {
  for (const [mapping, code, place, what] of [
    ['{', 'malformed', 'mapping', 'the document was cut off'],
    [{ ...inventory, ctem_mapping: 2 }, 'unsupported_version', 'mapping/ctem_mapping', 'write version 1'],
    [{ ...inventory, lists: [{ severity: 'a//b' }] }, 'invalid_input', 'mapping/lists/0/severity', 'empty name'],
    [[inventory, { ...inventory, colour: 1 }], 'invalid_input', 'mapping/1/colour', 'expected one of']
  ]) {
    assert.throws(() => ctem.read(table, { mapping }), error => {
      assert.deepEqual([error.code, error.place.slice(0, place.length)], [code, place])
      assert.ok(error.message.includes(what), error.message)
      return true
    })
  }
})

test('an error has its code and its place, and is an Error', () => {
  assert.throws(() => ctem.cvss('CVSS:3.1/AV:X'), error => {
    assert.ok(error instanceof ctem.CtemError && error instanceof Error)
    assert.equal(error.name, 'CtemError')
    assert.deepEqual([error.code, error.place], ['invalid_input', 'byte 9'])
    assert.deepEqual(JSON.parse(JSON.stringify(error)), { code: 'invalid_input', place: 'byte 9', message: error.message })
    return true
  })
})

test('what is no document and no option is a TypeError', async () => {
  const calls = [
    () => ctem.read(5),
    () => ctem.read(),
    () => ctem.read(shop, { fromat: 'ctem' }),
    () => new ctem.Intel({ esp: '' }),
    () => ctem.score({}, { horizon: 7 }),
    () => program().assess('2025-11-13', { horizon: 7 }),
    () => program().assess('2025-11-13').toJson({ most: 7 }),
    () => new ctem.Program(ctem.read(shop)),
    () => new ctem.Program().absorb(new ctem.Intel()),
    () => ctem.score({}, { intel: program() }),
    () => program().assess('2025-11-13').sample({ onProgress() {} }),
  ]
  for (const call of calls) assert.throws(call, TypeError, String(call))
  await assert.rejects(ctem.readAsync(5), TypeError)
  await assert.rejects(program().assessAsync('2025-11-13', { horizon: 7 }), TypeError)
})

test('a value of another type is a TypeError in words of JavaScript', async () => {
  const ours = program()
  const today = ours.assess('2025-11-13')
  for (const [call, what] of [
    [() => today.explain(5), 'the id of a finding must be a string, and not number'],
    [() => today.explain(), 'the id of a finding must be a string, and not undefined'],
    [() => today.ranked('x'), 'what is handed in must be a number, and not string'],
    [() => ours.assess('2025-11-13', { horizonDays: 'x' }), '`horizonDays` must be a number, and not string'],
    [() => ctem.read(shop, { format: 5 }), '`format` must be a string, and not number'],
    [() => ctem.read(shop, { secretKey: 'x' }), '`secretKey` must be a Uint8Array'],
    [() => ours.trend('2025-11-13'), 'moments must be a list, and not string'],
    [() => ctem.main('formats'), 'the words of a command must be a list, and not string'],
    [() => ctem.readCollection(null), 'files are an object: each by its name'],
    [() => today.export(), 'the form must be a string, such as `csv`'],
  ]) {
    assert.throws(call, { name: 'TypeError', message: what }, String(call))
  }
  await assert.rejects(today.explainAsync(5), { name: 'TypeError', message: /must be a string/ })
  assert.deepEqual(today.plan(null), today.plan())
})

test('an option that makes no sense is an error that names those there are', async () => {
  const today = program().assess('2025-11-13')
  const refused = message => error => {
    assert.ok(error instanceof ctem.CtemError && error.code === 'invalid_input', String(error))
    assert.match(error.message, message)
    return true
  }
  assert.throws(() => today.sample({ world: 7 }), refused(/unknown field `world`, expected one of `worlds`/))
  assert.throws(() => today.sample({ worlds: true }), refused(/`true` stands here: it must be a count/))
  assert.throws(() => today.paths('leak', { most: 7 }), refused(/unknown field `most`, expected one of/))
  assert.throws(() => today.blastRadius('web-1', { nodes: 64 }), refused(/unknown field `nodes`/))
  await assert.rejects(today.whatIfAsync([], { halfWidth: 0.1 }), refused(/unknown field `half_width`/))
})

test('an assessment that is ended is cancelled', async () => {
  const hosts = Array.from({ length: 8_000 }, (_, n) => `a${n}`)
  const large = new ctem.Program()
  large.absorb(ctem.read(JSON.stringify({
    ctem: { version: 1 },
    assets: hosts.map(id => ({ id, kind: 'host' })),
    findings: hosts.map(asset => ({ asset, weakness: { id: 'CVE-2021-44228', epss: 0.5 } })),
  })))
  const told = []
  const whole = await large.assessAsync('2025-11-13', { onProgress: (done, of) => void told.push([done, of]) })
  assert.equal(whole.length, hosts.length)
  assert.ok(told.length > 0 && told.every(([done, of]) => done <= of && of === hosts.length), String(told))
  const cancelled = error => error instanceof ctem.CtemError && error.code === 'cancelled'
  await assert.rejects(large.assessAsync('2025-11-13', { onProgress: () => false }), cancelled)
  const onProgress = () => {
    throw new RangeError('enough')
  }
  await assert.rejects(large.assessAsync('2025-11-13', { onProgress }), RangeError)
})

test('an assessment keeps what it saw, also while it is being made', async () => {
  const ours = program()
  const expected = ours.assess('2025-11-13').toJson()
  const pending = ours.assessAsync('2025-11-13')
  ours.absorb(ctem.read('{"ctem": {"version": 1}, "findings": [{"asset": "web-1", "weakness": {"id": "CVE-2020-0001"}}]}'))
  assert.equal((await pending).toJson(), expected)
  assert.notEqual(ours.assess('2025-11-13').toJson(), expected)
})

test('a document may be written to once reading has begun', async () => {
  const data = Uint8Array.from(shop)
  const pending = ctem.readAsync(data)
  data.fill(0)
  assert.equal((await pending).toJson(), ctem.read(shop).toJson())
})

test('the event loop turns while a program assesses', async () => {
  const hosts = Array.from({ length: 8_000 }, (_, n) => `a${n}`)
  const large = new ctem.Program()
  const report = await ctem.readAsync(JSON.stringify({
    ctem: { version: 1 },
    assets: hosts.map(id => ({ id, kind: 'host' })),
    findings: hosts.map(asset => ({ asset, weakness: { id: 'CVE-2021-44228', epss: 0.5 } })),
  }))
  large.absorb(report)
  let last = performance.now()
  let longestPause = 0
  const began = last
  let assessing = true
  const pending = large.assessAsync('2025-11-13').finally(() => (assessing = false))
  while (assessing) {
    await new Promise(setImmediate)
    const now = performance.now()
    longestPause = Math.max(longestPause, now - last)
    last = now
  }
  assert.equal((await pending).length, hosts.length)
  assert.ok(longestPause < (last - began) / 2, `${longestPause} of ${last - began} ms`)
})

/** A program of many findings, and an event that brings as many more. */
function many() {
  const hosts = Array.from({ length: 6_000 }, (_, n) => `a${n}`)
  const findings = id => hosts.map(asset => ({ asset, weakness: { id, epss: 0.5 } }))
  const document = { ctem: { version: 2 }, assets: hosts.map(id => ({ id, kind: 'host' })), findings: findings('CVE-2021-44228') }
  const large = new ctem.Program()
  large.absorb(ctem.read(JSON.stringify(document)))
  large.apply({ at: '2025-11-12', what: 'time_passed' })
  const report = JSON.parse(ctem.read(JSON.stringify({ ...document, findings: findings('CVE-2022-0778') })).toJson())
  return [large, JSON.stringify({ at: '2025-11-13', what: { absorbed: { report, covers: { stated: {} } } } })]
}

/** What a call off the event loop gives, how long it took, and the longest time that nothing else was done. */
async function meanwhile(call) {
  const began = performance.now()
  let [last, longest, over] = [began, 0, false]
  const pending = call().finally(() => (over = true))
  // What the call does before it is off the event loop counts, too.
  while (!over) {
    await new Promise(setImmediate)
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  return [await pending, last - began, longest]
}

test('the event loop turns while a program changes, and its twin gives the same', async () => {
  const [large, event] = many()
  const twin = ctem.Program.read(large.document())
  const expected = twin.applyJson(event)
  const before = large.environmentJson()
  const pending = meanwhile(() => large.applyAsync(event))
  // What is asked meanwhile is of what was known before, and waits for nothing.
  assert.equal(large.environmentJson(), before)
  const [delta, took, longest] = await pending
  assert.deepEqual(delta, JSON.parse(expected))
  assert.equal(await large.documentAsync(), twin.document())
  assert.ok(longest < took / 2, `${longest} of ${took} ms`)
})

test('changes off the event loop come in the order they were asked for, and one that is refused keeps none from coming', async () => {
  const event = (day, what = 'time_passed') => ({ at: `2025-11-${day}`, what })
  const ours = program()
  const report = ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "new", "kind": "host"}]}')
  const asked = [ours.applyAsync(event(13)), ours.applyAsync(event(12)), ours.absorbAsync(report), ours.applyAsync(event(14))]
  const ended = await Promise.allSettled(asked)
  assert.deepEqual(ended.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  assert.equal(ended[1].reason.code, 'conflict')
  const twin = program()
  twin.apply(event(13))
  twin.absorb(report)
  twin.apply(event(14))
  assert.equal(ours.document(), twin.document())
  await assert.rejects(ours.absorbAsync(new ctem.Intel()), TypeError)
  await assert.rejects(ours.applyAsync(event(15), { horizon: 7 }), TypeError)
})

test('a change that is ended changes nothing', async () => {
  const [large, event] = many()
  const before = large.document()
  const cancelled = error => error instanceof ctem.CtemError && error.code === 'cancelled'
  await assert.rejects(large.applyAsync(event, { onProgress: () => false }), cancelled)
  await assert.rejects(large.applyAsync(event, { signal: AbortSignal.abort(new RangeError('enough')) }), RangeError)
  const hosts = Array.from({ length: 20_000 }, (_, n) => ({ id: `h${n}`, kind: 'host', aliases: [`b${n}`] }))
  const report = ctem.read(JSON.stringify({ ctem: { version: 2 }, assets: hosts }))
  await assert.rejects(large.absorbAsync(report, { onProgress: () => false }), cancelled)
  await assert.rejects(large.absorbAsync(report, { signal: AbortSignal.abort(new RangeError('enough')) }), RangeError)
  await assert.rejects(large.absorbAsync(report, { progress: () => true }), TypeError)
  assert.equal(large.document(), before)
  const told = []
  const { tally } = await large.absorbAsync(report, { onProgress: (done, of) => void told.push([done, of]) })
  assert.equal(tally.accepted, hosts.length)
  assert.ok(told.length > 0 && told.every(([done, of]) => done <= of && of >= hosts.length), String(told))
})

test('a program is read off the event loop as on it, and may be ended', async () => {
  const [large] = many()
  const document = large.document()
  const again = await ctem.Program.readAsync(document)
  assert.equal(again.document(), document)
  const cancelled = error => error instanceof ctem.CtemError && error.code === 'cancelled'
  await assert.rejects(ctem.Program.readAsync(document, { onProgress: () => false }), cancelled)
  await assert.rejects(ctem.Program.readAsync(document, { signal: AbortSignal.abort(new RangeError('enough')) }), RangeError)
  await assert.rejects(ctem.Program.readAsync(document, { effect: '' }), TypeError)
  await assert.rejects(ctem.Program.readAsync('{"ctem_program": {"version": 9}}'), error => error.code === 'unsupported_version')
})

test('what is shown off the event loop is what is shown on it', async () => {
  const ours = program()
  ours.apply({ at: '2025-11-13', what: 'time_passed' })
  const today = ours.assess('2025-11-13')
  const how = { atMost: 1, budget: { hours: 1 }, only: 'all' }
  assert.equal(await today.tableAsync({ ...how, width: 80 }), today.table({ ...how, width: 80 }))
  assert.equal(await today.markdownAsync({ ...how, explained: 0 }), today.markdown({ ...how, explained: 0 }))
  assert.equal(await today.htmlAsync(how), today.html(how))
  assert.equal(await today.exportAsync('csv', { atMost: 1 }), today.export('csv', { atMost: 1 }))
  assert.equal(await today.toJsonAsync({ explained: true }), today.toJson({ explained: true }))
  const refused = error => error instanceof ctem.CtemError && error.code === 'invalid_input'
  await assert.rejects(today.exportAsync('html'), refused)
  await assert.rejects(today.htmlAsync({ width: 80 }), TypeError)
  const period = { from: '2025-11-01', until: '2025-12-01' }
  assert.deepEqual(await ours.movedAsync(period), ours.moved(period))
  assert.deepEqual(await ours.progressReportAsync(period), ours.progressReport(period))
  assert.equal(await ours.progressReportHtmlAsync(period), ours.progressReportHtml(period))
  await assert.rejects(ours.movedAsync(period, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  const files = { 'shop.json': shop, 'notes.txt': 'ask Ann' }
  const [later, now] = [await ctem.readCollectionAsync(files), ctem.readCollection(files)]
  assert.deepEqual([later.tally, later.notes, later.reports[0].toJson()], [now.tally, now.notes, now.reports[0].toJson()])
})

test('progress is told, and ends the call by saying false', async () => {
  const today = program().assess('2025-11-13')
  const told = []
  const long = { nodes: 0, worlds: 1_000_000 }
  const whole = await today.sampleAsync({ ...long, worlds: 100_000, onProgress: (done, of) => void told.push([done, of]) })
  assert.ok(told.length > 0 && told.every(([done, of]) => 0 <= done && done <= of), String(told))
  assert.equal(whole.worlds, 100_032)
  assert.deepEqual(whole, today.sample({ ...long, worlds: 100_000 }))
  const part = await today.sampleAsync({ ...long, onProgress: () => false })
  assert.ok(part.worlds < long.worlds)
  assert.deepEqual(part.truncated, { reason: 'stopped' })
})

test('a signal that is aborted ends the call with its reason', async () => {
  const today = program().assess('2025-11-13')
  const long = { nodes: 0, worlds: 100_000_000 }
  const control = new AbortController()
  setTimeout(() => control.abort(new RangeError('enough')), 60)
  await assert.rejects(today.sampleAsync({ ...long, signal: control.signal }), RangeError)
  const { signal } = control
  await assert.rejects(today.sampleAsync({ ...long, signal }), RangeError)
  await assert.rejects(program().assessAsync('2025-11-13', { signal }), RangeError)
  await assert.rejects(ctem.readAsync('{"ctem": {"version": 1}}', { signal }), RangeError)
  await assert.rejects(today.planAsync({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  const whole = await today.sampleAsync({ worlds: 1024, signal: new AbortController().signal })
  assert.deepEqual(whole, today.sample({ worlds: 1024 }))
})

test('every call has a twin, and what has no options of its own takes no others', async () => {
  const types = readFileSync(new URL('index.d.ts', here), 'utf8')
  // What is done at once, and what does not return.
  const alone = ['attackerProfiles', 'attackerProfilesJson', 'cvss', 'cvssJson', 'formats', 'main', 'picture', 'score', 'scoreJson']
  const calls = Object.keys(ctem).filter(name => typeof ctem[name] === 'function' && /^[a-z]/.test(name) && !name.endsWith('Async'))
  assert.deepEqual(calls.filter(name => !(`${name}Async` in ctem)), alone)
  const kinds = [ctem.Assessment, ctem.Collection, ctem.Intel, ctem.Program, ctem.Report]
  let refused = 0
  for (const kind of kinds) {
    const within = types.split(`export declare class ${kind.name} `)[1].split('\n}')[0]
    for (const owner of [kind, kind.prototype]) {
      const ours = Object.entries(Object.getOwnPropertyDescriptors(owner)).filter(([, { value }]) => typeof value === 'function')
      const names = ours.map(([name]) => name).filter(name => !['constructor', 'prototype', 'toJSON'].includes(name))
      for (const name of names.filter(name => !name.endsWith('Async'))) {
        const twin = owner[`${name}Async`]
        assert.ok(twin, `${kind.name}.${name}`)
        // Whether it has options is said in the types, and again where twins are made.
        if (!new RegExp(` ${name}Async\\((.*, )?progress\\?: Progress\\)`).test(within)) continue
        const handed = Array(owner[name].length).fill(undefined)
        await assert.rejects(twin.call(owner, ...handed, { patience: 1 }), /`patience` is not an option/, `${kind.name}.${name}`)
        refused += 1
      }
    }
  }
  assert.ok(refused > 30, String(refused))
})

test('nobody waits for what a signal has ended, also where the call tells no progress', async () => {
  const [large] = many()
  const control = new AbortController()
  const pending = large.documentAsync({ signal: control.signal })
  control.abort(new RangeError('enough'))
  await assert.rejects(pending, RangeError)
  // What came of it is nobody's, and the program is as it was.
  assert.equal(await large.documentAsync(), large.document())
})

test('what comes piece by piece is read as the whole', async () => {
  const whole = ctem.read(shop).toJson()
  async function* pieces(size, as = piece => piece) {
    for (let at = 0; at < shop.length; at += size) yield as(shop.subarray(at, at + size))
  }
  assert.equal((await ctem.readAsync(pieces(100))).toJson(), whole)
  assert.equal((await ctem.readAsync(pieces(100, String))).toJson(), whole)
  assert.equal((await ctem.readAsync(new Blob([shop]).stream())).toJson(), whole)
  let taken = 0
  const endless = async function* () {
    for (;;) yield Buffer.alloc(1000, (taken++, ' '))
  }
  await assert.rejects(ctem.readAsync(endless(), { mostBytes: 10_000 }), { code: 'limit_exceeded' })
  assert.equal(taken, 11)
  await assert.rejects(ctem.readAsync(pieces(100, () => 5)), TypeError)
  const signal = AbortSignal.abort(new RangeError('enough'))
  await assert.rejects(ctem.readAsync(endless(), { signal }), RangeError)
})

test('a date is the moment it stands for, and one that stands for none is refused', () => {
  const [ours, day] = [program(), new Date('2025-11-13')]
  assert.equal(ours.assess(day).toJson(), ours.assess('2025-11-13').toJson())
  ours.apply({ at: day, what: 'time_passed' })
  assert.deepEqual(ours.trend([day]), ours.trend(['2025-11-13T00:00:00Z']))
  assert.equal(ours.at(day).environmentJson(), ours.at('2025-11-13').environmentJson())
  assert.throws(() => ours.assess(new Date(NaN)), RangeError)
})

test('what is written as JSON is the document, and no copy is a thing that holds nothing', () => {
  const ours = program()
  const [report, today, intel] = [ctem.read(shop), ours.assess('2025-11-13'), new ctem.Intel()]
  assert.deepEqual(JSON.parse(JSON.stringify(report)), JSON.parse(report.toJson()))
  assert.deepEqual(JSON.parse(JSON.stringify({ today })), { today: JSON.parse(today.toJson()) })
  assert.deepEqual(JSON.parse(JSON.stringify(intel)), JSON.parse(intel.toJson()))
  assert.deepEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(ours.document()))
  const files = ctem.readCollection({ 'shop.json': shop })
  assert.deepEqual(JSON.parse(JSON.stringify(files)).reports, [JSON.parse(files.reports[0].toJson())])
  // What older engines cannot be told, they do not refuse.
  if (!workers.markAsUncloneable) return
  for (const each of [report, today, intel, ours, files]) assert.throws(() => structuredClone(each), { name: 'DataCloneError' })
})

test('what progress throws rejects the promise', async () => {
  const today = program().assess('2025-11-13')
  const onProgress = () => {
    throw new RangeError('enough')
  }
  await assert.rejects(today.sampleAsync({ nodes: 0, worlds: 1_000_000, onProgress }), RangeError)
  await assert.rejects(today.blastRadiusAsync('web-1', { worlds: 1_000_000, onProgress }), RangeError)
})

test('it can be required, too', () => {
  assert.equal(createRequire(import.meta.url)('ctem').version, ctem.version)
})

test('the versions of package and engine are one', () => {
  assert.equal(JSON.parse(readFileSync(new URL('package.json', here))).version, ctem.version)
})

test('the types are current', () => {
  const out = mkdtempSync(join(tmpdir(), 'ctem-types-'))
  try {
    const compiled = spawnSync('npx', ['--no-install', 'tsc', '-p', '.', '--outDir', out], {
      cwd: fileURLToPath(here),
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    assert.equal(compiled.status, 0, compiled.stdout)
    const twins = spawnSync(process.execPath, [fileURLToPath(new URL('scripts/twins.mjs', here)), out], { encoding: 'utf8' })
    assert.equal(twins.status, 0, twins.stderr)
    const [generated, known] = [join(out, 'index.d.ts'), new URL('index.d.ts', here)].map(file => readFileSync(file, 'utf8'))
    assert.ok(generated === known, 'run `npm run types`')
  } finally {
    rmSync(out, { recursive: true })
  }
})

test('a program that uses every call passes the types, and runs, as a module and as CommonJS', () => {
  const typed = fileURLToPath(new URL('test/typed/', here))
  const out = mkdtempSync(fileURLToPath(new URL('test/typed-', here)))
  try {
    const compile = ['--no-install', 'tsc', '-p', typed, '--noEmit', 'false', '--outDir', out]
    const compiled = spawnSync('npx', compile, { cwd: fileURLToPath(here), encoding: 'utf8', shell: process.platform === 'win32' })
    assert.equal(compiled.status, 0, compiled.stdout)
    for (const program of ['every_verb.mjs', 'every_verb.cjs']) {
      const ended = spawnSync(process.execPath, [join(out, program)], { encoding: 'utf8' })
      assert.equal(ended.status, 0, ended.stderr)
    }
  } finally {
    rmSync(out, { recursive: true })
  }
})

test('a program uses every call', () => {
  const program = readFileSync(new URL('test/typed/every_verb.mts', here), 'utf8')
  const kinds = [ctem.Assessment, ctem.Collection, ctem.Intel, ctem.Program, ctem.Report]
  const names = [...Object.keys(ctem), ...kinds.flatMap(kind => Object.getOwnPropertyNames(kind.prototype))]
  const unused = names.filter(name => name !== 'constructor' && !new RegExp(`\\b${name}\\b`).test(program))
  assert.deepEqual(unused, [])
})

/** The types of what calls answer, as the engine's schema has them. */
const answers = JSON.parse(readFileSync(new URL('../ctem-core/src/wire/answers-2.schema.json', here))).properties
const written = of => of.$ref?.split('/').pop()
  ?? (of.anyOf ? of.anyOf.map(written).join(' | ') : of.type === 'array' ? `${written(of.items)}[]` : of.type)

test('every call answers what the schema says, and nothing answers anything', () => {
  const types = readFileSync(new URL('index.d.ts', here), 'utf8')
  const camel = name => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
  let seen = 0
  for (const [call, of] of Object.entries(answers)) {
    const [kind, name] = call.includes('.') ? call.split('.').map(camel) : ['', camel(call)]
    // Tables that come by Arrow come to Python alone.
    if (name === 'toJson' || kind === 'TableScores') continue
    const within = kind ? types.split(`export declare class ${kind} `)[1].split('\n}')[0] : types
    const declared = [...within.matchAll(new RegExp(`(?:get |function |\\n    )${name}(Async)?\\((?:.|\\n)*?\\): (.*);`, 'g'))]
    assert.ok(declared.length > 0, call)
    for (const [, later, type] of declared) assert.equal(type, later ? `Promise<${written(of)}>` : written(of), call)
    seen += declared.length
  }
  assert.ok(seen > 60, String(seen))
  assert.doesNotMatch(types, /\): .*\b(any|Document|object)\b/)
  assert.doesNotMatch(readFileSync(new URL('answers.d.ts', here), 'utf8'), /: (any|object)\b/)
})

test('answers that are being found keep no thread from files, and an exit waits for none', () => {
  const code = `
    import * as ctem from ${JSON.stringify(new URL('index.js', here).href)}
    import { readFile } from 'node:fs/promises'
    const program = new ctem.Program()
    program.absorb(ctem.read(${JSON.stringify(shop.toString())}))
    const today = program.assess('2025-11-13')
    // Far more worlds than anyone waits for.
    for (let n = 0; n < 8; n++) today.sampleAsync({ nodes: 0, worlds: 1e15 }).catch(() => {})
    await readFile(process.execPath)
    console.log('read')
    process.exit(0)`
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 120_000, encoding: 'utf8' })
  assert.deepEqual([ended.status, ended.stdout], [0, 'read\n'], ended.stderr)
})

test('half a surrogate pair is refused and merges no names', () => {
  const document = half => `{"ctem": {"version": 2}, "assets": [{"id": "a${half}", "kind": "host"}]}`
  const malformed = error => error instanceof ctem.CtemError && error.code === 'malformed' && error.place !== null
  for (const half of ['\ud800', '\udc00']) {
    assert.throws(() => ctem.read(document(half)), malformed)
    assert.throws(() => ctem.read('[]', { asset: half }), malformed)
  }
  assert.equal(ctem.read(document('\ud83d\ude00')).tally.accepted, 1)
})

test('a table of typed arrays scores as its rows do, to the bit', () => {
  const total = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H'
  const rows = [
    { cve: 'CVE-2021-44228', known_exploited: true, as_of: '2025-11-13', cvss: total, reachable: 'internet' },
    { cve: 'CVE-2025-0001', epss: 0.2, as_of: '2025-11-13', criticality: 'high' },
    { epss: 0.5 },
  ]
  const day = text => BigInt(Date.parse(text))
  const columns = {
    cve: { codes: Int32Array.of(1, 0, -1), dictionary: ['CVE-2025-0001', 'CVE-2021-44228'] },
    epss: Float64Array.of(NaN, 0.2, 0.5),
    known_exploited: Uint8Array.of(1, 0, 0),
    as_of: ['2025-11-13', '2025-11-13', null],
    cvss: [total, null, null],
    reachable: ['internet', '', null],
    criticality: { codes: Int32Array.of(-1, 0, -1), dictionary: ['high'] },
  }
  const scores = ctem.scoreTable(columns, { horizonDays: 90 })
  const expected = rows.map(row => ctem.score(row, { horizonDays: 90 }).risk)
  assert.deepEqual([...scores.risks], expected)
  assert.deepEqual(scores.errors, [])
  const young = { cve: ['CVE-2021-0001'], published: BigInt64Array.of(day('2025-11-01')), as_of: BigInt64Array.of(day('2025-11-13')) }
  const row = { cve: 'CVE-2021-0001', published: '2025-11-01', as_of: '2025-11-13' }
  assert.equal(ctem.scoreTable(young).risks[0], ctem.score(row).risk)
})

test('a table is scored off the event loop as it was handed in', async () => {
  const epss = Float64Array.from({ length: 1_000 }, (_, n) => n / 1_000)
  const { risks } = ctem.scoreTable({ epss })
  const later = ctem.scoreTableAsync({ epss })
  epss.fill(2)
  assert.deepEqual(await later, { risks, errors: [] })
  const told = []
  await ctem.scoreTableAsync({ epss }, { onProgress: (done, of) => told.push([done <= of, of]) })
  assert.deepEqual(told.at(-1), [true, 1_000])
})

test('a bad row of a table is an error of that row, and a bad column one of the table', () => {
  const { risks, errors } = ctem.scoreTable({ epss: Float64Array.of(0.5, 1.7) })
  assert.equal(risks[0], ctem.score({ epss: 0.5 }).risk)
  assert.ok(Number.isNaN(risks[1]))
  const reason = '`1.7` is not a probability: it must lie between 0 and 1'
  assert.deepEqual(errors, [{ row: 1, column: 'epss', reason }])
  assert.throws(() => ctem.scoreTable({ host: ['a'] }), { code: 'invalid_input', place: 'host' })
  assert.throws(() => ctem.scoreTable({ epss: 1 }), TypeError)
  assert.throws(() => ctem.scoreTable({ cve: { codes: Int32Array.of(0) } }), TypeError)
  assert.deepEqual([...ctem.scoreTable({}).risks], [])
})

/** The cell of a row as documents have it. */
const cell = (column, row) => {
  const text = column.dictionary ? column.dictionary[column.codes[row]] : column[row]
  return text === null || Number.isNaN(text) ? undefined : column instanceof Uint8Array ? text === 1 : text
}

test('exposures in columns are what the ranking says, of the types that are declared', () => {
  const program = new ctem.Program()
  program.absorb(ctem.read(shop))
  const today = program.assess('2025-11-13')
  const [{ rows, columns, fields }, ranked] = [today.columns(), today.ranked()]
  assert.ok(rows === ranked.length && rows > 3)
  for (const [row, exposure] of ranked.entries()) {
    for (const name of ['rank', 'id', 'title', 'asset', 'asset_name', 'score', 'level', 'likelihood', 'reach', 'known_exploited']) {
      assert.equal(cell(columns[name], row), exposure[name], name)
    }
    for (const name of ['weakness', 'owner', 'severity', 'leads_to']) assert.equal(cell(columns[name], row), exposure[name], name)
    assert.equal(columns.risk[row], exposure.risk.value)
    assert.deepEqual(columns.fixed_in[row], exposure.fixed_in ?? [])
  }
  assert.deepEqual(Object.keys(columns), today.export('csv', { atMost: 1 }).split(/\r?\n/)[0].split(','))
  assert.equal(fields.risk.unit, 'EUR')
  assert.equal(fields.rank.unit, null)
  assert.ok(Object.values(fields).every(({ about }) => about.endsWith('.')))
  assert.ok(columns.weakness.codes.includes(-1))
  assert.ok(columns.risk instanceof Float64Array && columns.known_exploited instanceof Uint8Array && columns.asset.codes instanceof Int32Array)
  assert.deepEqual(today.columns(2).columns.id, columns.id.slice(0, 2))
  assert.throws(() => today.columns(-1), { code: 'invalid_input', place: 'at_most' })
})

test('columns that come out go in', () => {
  const program = new ctem.Program()
  program.absorb(ctem.read(shop))
  const { columns: { weakness, epss, known_exploited } } = program.assess('2025-11-13').columns()
  const cves = weakness.dictionary.map(text => (text.startsWith('CVE-') ? text : null))
  const { risks, errors } = ctem.scoreTable({ cve: { codes: weakness.codes, dictionary: cves }, epss, known_exploited })
  assert.deepEqual([risks.length, errors], [epss.length, []])
})

test('a plan, courses and a history in columns are what their documents say', async () => {
  const program = new ctem.Program()
  const report = JSON.parse(ctem.read(shop).toJson())
  program.apply({ at: '2025-11-01', what: { absorbed: { report, source: 'north', covers: { stated: {} } } } })
  program.apply({ at: '2025-11-03T12:00:00.250Z', what: 'time_passed' })
  const plan = program.assess('2025-11-13').plan({ budget: { hours: 40 } })
  const { rows, columns, fields } = ctem.columns(plan)
  assert.ok(rows === plan.rows.length && rows > 1)
  for (const [row, action] of plan.rows.entries()) {
    for (const name of ['rank', 'id', 'kind', 'title', 'saved', 'alone', 'on_ways', 'done_when']) assert.equal(cell(columns[name], row), action[name], name)
    assert.deepEqual(columns.on[row], action.on)
    assert.equal(columns.hours[row], action.effort.hours)
    assert.equal(cell(columns.owner, row), action.owner?.owner)
  }
  assert.equal(fields.hours.unit, 'h')
  assert.deepEqual(ctem.columns(JSON.stringify(plan)), ctem.columns(plan))
  assert.deepEqual(await ctem.columnsAsync(plan), ctem.columns(plan))

  const actions = program.assess('2025-11-13').actions()
  const done = ctem.columns(actions)
  assert.ok(done.rows === actions.list.length && done.rows > 1)
  assert.deepEqual(done.columns.done_when, actions.list.map(action => action.done_when))
  assert.deepEqual(Object.keys(done.columns).filter(name => !(name in columns)), [])

  const happened = program.history().columns
  assert.deepEqual([...happened.at].map(at => new Date(at).toISOString()), ['2025-11-01T00:00:00.000Z', '2025-11-03T12:00:00.250Z'])
  assert.deepEqual([cell(happened.what, 0), cell(happened.source, 0), cell(happened.source, 1)], ['absorbed', 'north', undefined])
  assert.ok(Number.isNaN(happened.findings[1]) && Number.isNaN(happened.until[0]))
  assert.deepEqual((await program.historyAsync()).columns, happened)

  const courses = program.courses()
  const became = ctem.columns(courses).columns
  assert.deepEqual(became.finding, courses.map(({ finding }) => finding))
  assert.deepEqual([...became.first], courses.map(({ first }) => Date.parse(first)))
  assert.ok([...became.stands].every(stands => stands === 1) && [...became.gone].every(Number.isNaN))
  assert.equal(ctem.columns([]).rows, 0)
  assert.equal(new ctem.Program().history().rows, 0)
  for (const answer of [{}, '{}', { rows: [] }]) {
    assert.throws(() => ctem.columns(answer), { code: 'invalid_input', message: /there are no columns of this: hand in a plan, actions, or courses of findings/ })
  }
})

test('a stream whose next piece never comes ends by its signal, and is closed', async () => {
  const controller = new AbortController()
  let closed = 0
  const never = { next: () => new Promise(() => {}), return: async () => ({ done: true, value: closed++ }) }
  const read = ctem.readAsync({ [Symbol.asyncIterator]: () => never }, { signal: controller.signal })
  setTimeout(() => controller.abort(), 10)
  await assert.rejects(read, { name: 'AbortError' })
  assert.equal(closed, 1)
  // So is one that is too long, one whose piece is none, and one that is handed in with a limit that is none.
  const endless = async function* (piece) {
    try {
      for (;;) yield piece
    } finally {
      closed++
    }
  }
  await assert.rejects(ctem.readAsync(endless(' '), { mostBytes: 100 }), { code: 'limit_exceeded' })
  await assert.rejects(ctem.readAsync(endless(7)), TypeError)
  assert.equal(closed, 3)
  await assert.rejects(ctem.readAsync(endless(' '), { mostBytes: NaN }), { code: 'invalid_input' })
})

test('what is no table of the world is refused, whatever it is', () => {
  for (const intel of [0, NaN, '', false, {}]) {
    assert.throws(() => new ctem.Program(intel), { name: 'TypeError', message: 'a ctem.Intel is expected' }, String(intel))
    assert.throws(() => ctem.score({ epss: 0.5 }, { intel }), TypeError)
  }
  assert.equal(ctem.score({ epss: 0.5 }, { intel: undefined }).risk, ctem.score({ epss: 0.5 }).risk)
})
