// Published attacks and small semantic cases: the checks of `tests/scenarios/checks.json`, as `tests/scenarios.rs` runs them in Rust.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as ctem from 'ctem'

const scenarios = new URL('../../tests/scenarios/', import.meta.url)
const checks = JSON.parse(readFileSync(new URL('checks.json', scenarios), 'utf8'))
const NAMES = ['id', 'finding', 'relation', 'control', 'weakness', 'asset']

const idOf = row => NAMES.map(name => row[name]).find(id => typeof id === 'string') ?? ''
const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-12)

class Scenario {
  constructor(name) {
    const program = new ctem.Program()
    const absorbed = program.absorb(ctem.read(readFileSync(new URL(`${name}.json`, scenarios))))
    assert.equal(absorbed.tally.rejected, 0)
    this.today = program.assess('2025-11-13')
    this.rows = this.today.ranked()
    this.events = new Map(this.today.lossEvents.map(event => [event.event, event]))
    this.sample = this.today.sample()
    this.worth = new Map(this.sample.exposures.map(row => [idOf(row), row.fix_value.value]))
    this.chances = new Map(this.sample.events.map(event => [event.event, event.chance.value]))
  }

  techniques(event) {
    const hops = this.events.get(event).path?.hops ?? []
    return hops.filter(hop => hop.technique).map(hop => hop.technique.id)
  }

  holds(check) {
    const { at_least: least = -Infinity, at_most: most = Infinity, above = -Infinity, is } = check
    const number = found => found >= least && found <= most && found > above && (is === undefined || near(found, is))
    if (check.rank) {
      const first = this.rows.slice(0, check.rank.length).map(row => row.id)
      return first.sort().join() === [...check.rank].sort().join()
    }
    if (check.of_finding) {
      const { likelihood, reach } = this.rows.find(row => row.id === check.of_finding)
      return likelihood > 0 && near(this.chances.get(check.chance), likelihood * reach)
    }
    if (check.adds_up) {
      const ids = this.rows.filter(row => row.weakness === check.adds_up).map(row => row.id)
      const rows = this.today.plan().rows.filter(row => row.ends.some(end => ids.includes(idOf(end))))
      const saved = rows.reduce((sum, row) => sum + row.saved, 0)
      return saved > 0 && saved <= this.sample.risk.value * (1 + 1e-9)
    }
    if (check.chance) return number(this.chances.get(check.chance))
    if (check.fix_value) return number(this.worth.get(check.fix_value))
    if (check.risk) return number(this.rows.find(row => row.id === check.risk).risk.value)
    if (check.ratio) return number(this.chances.get(check.ratio[0]) / this.chances.get(check.ratio[1]))
    if (check.saves_all) {
      const whole = this.sample.risk.value
      return whole > 0 && near(this.worth.get(check.saves_all), whole)
    }
    if (check.worth_more) return this.worth.get(check.worth_more[0]) > this.worth.get(check.worth_more[1])
    if (check.patch) {
      return this.today.whatIf([{ patched: check.patch }]).saved.value > this.worth.get(check.saves_more_than)
    }
    if (check.cut) {
      const cut = this.today.cheapestCut(check.cut).fixes.map(idOf).sort()
      return check.fixes ? cut.length === check.fixes : check.one_of.some(one => one.join() === cut.join())
    }
    if (check.cut_or_path) {
      const cut = this.today.cheapestCut(check.cut_or_path)
      return Boolean(cut.fixes?.length || cut.path?.length)
    }
    if (check.choke) return this.today.chokePoints(check.choke).list.some(point => idOf(point) === check.has)
    if (check.on_every_path) {
      const { list } = this.today.chokePoints(check.event)
      return list.some(point => idOf(point) === check.on_every_path && point.on_every_path)
    }
    if (check.paths) return this.today.paths(check.paths, { atMost: 100 }).list.length === check.count
    if (check.path) {
      const found = this.techniques(check.path).flatMap(technique => [technique, technique.split('.')[0]])
      const all = (check.techniques ?? []).every(technique => found.includes(technique))
      return found.length > 0 && all && !(check.without ?? []).some(technique => found.includes(technique))
    }
    if (check.nowhere) return [...this.events.keys()].every(event => !this.techniques(event).includes(check.nowhere))
    if (check.leads_to) {
      const found = this.today.explain(check.leads_to).paths.map(path => path.event)
      return check.events.every(event => found.includes(event))
    }
    if (check.events) return [...this.events.keys()].join() === check.events.join()
    if (check.note) {
      return this.today.notes.some(({ reason }) => reason.includes(check.note) && reason.includes(check.about))
    }
    if (check.plan) {
      const found = this.today.plan().rows.map(row => row.ends.map(idOf))
      return check.plan.every((wanted, n) => wanted.every(id => found[n]?.includes(id)))
    }
    throw new Error(`${JSON.stringify(check)} is no check`)
  }
}

for (const [name, list] of Object.entries(checks)) {
  test(`${name} comes out as told`, () => {
    const scenario = new Scenario(name)
    assert.deepEqual(list.filter(check => !scenario.holds(check)), [])
  })
}
