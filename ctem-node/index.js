import { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import process from 'node:process'
import * as workers from 'node:worker_threads'

/**
 * @import { Absorbed, AbsorbedReport, AcceptedRisk, ActionColumns, Actions, BackTest, BlastRadius, Budget,
 *   CheapestCut, ChokePoints, Combinations, Contents, Course, CourseColumns, Cvss, Deadlines, Delta, Effects, Epss,
 *   Erased, Estimate, Explanation, Exposure, ExposureColumns, FedrampReport, Format, HistoryColumns, IncidentBaseline,
 *   Kev, LossEventRisk, Mark, Measures, Moved, Note, Paths, Plan, PlanColumns, PlanDifference, Profile,
 *   ProgressReport, Questions, RecordCounts, RowError, Sample, Scored, SelectedAssets,
 *   Source, Suggestions, Tickets, Trusts, UnknownRule, Verdict, Watched, WhatIf, Zones } from './answers.js'
 */
/** @typedef {object} Document A document that is handed in: the same in every language. */
/** @typedef {{ horizonDays?: number, eventsPerFinding?: number, crownJewel?: number }} AssessOptions */
/**
 * @typedef {{ as_of: string | Date, within_days?: number, check?: string, watched_too?: boolean, at_most?: number }} CoverageQuestion A look counts for
 * `within_days`, 30 unless said. The listed assets are those not watched by a kind of `check` (`vulnerability`, `configuration`, `secrets`, `code`,
 * `identity`, `network`), or by any.
 */
/** @typedef {{ from: string | Date, until: string | Date }} Period Since when, and until when. */
/**
 * @typedef {Period & { promises?: Record<string, number>, looked_within_days?: number }} MeasuresQuestion `promises` are days by severity. A look
 * counts for `looked_within_days`, 30 unless said.
 */
/** @typedef {Period & { horizon_days?: number, worlds?: number }} MovedQuestion */
/**
 * @typedef {{ tables: (string | Document)[], class?: string, several_agencies?: boolean, likely_from?: number, calendar?: Document }} DeadlineOptions Each table
 * is one that is shipped (`cisa_bod_26_04`, `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`) or one of your own.
 */
/**
 * @typedef {MeasuresQuestion & MovedQuestion & { title?: string, marks?: number, budget?: Budget, at_most?: number,
 *   deadlines?: DeadlineOptions }} ProgressQuestion The `budget` of the plan for what comes next is `{ hours: 40 }` unless said.
 */
/**
 * @typedef {DeadlineOptions & { as_of: string | Date, tolerated_loss?: number, horizon_days?: number, owners?: Document[], fall_back?: string,
 *   efforts?: Document[] }} DeadlinesQuestion
 */
/**
 * @typedef {{ as_of: string | Date, class: string, package_overview: string, from: string | Date, to: string | Date, kind?: string,
 *   several_agencies?: boolean, likely_from?: number }} FedrampQuestion The `kind` is `detail` unless said, `accepted` or `historical`.
 */
/** @typedef {{ annualChance?: number, incidents?: number, years?: number }} BaselineOptions */
/** @typedef {{ format?: string, mapping?: object | Uint8Array | string, asset?: string, name?: string, scope?: string, asOf?: string | Date, mostBytes?: number, secretKey?: Uint8Array, strict?: boolean }} ReadOptions */
/** @typedef {{ intel?: Intel, horizonDays?: number }} ScoreOptions */
/**
 * @typedef {Float64Array | Uint8Array | BigInt64Array | (string | null)[] | { codes: Int32Array, dictionary: string[] }} TableColumn
 * A column of a table.
 */
/**
 * @typedef {{ risks: Float64Array, errors: RowError[] }} TableScores By row its risk, and the rows that have none, in their order, each with
 *   its first error.
 */
/**
 * @template T
 * @typedef {{ rows: number, columns: T, fields: { [Name in keyof T]: { about: string, unit: string | null } } }} Columns An answer in columns, each as
 *   long as the others, and of each what it says and what its numbers are counted in.
 *
 * Numbers are a `Float64Array`, of which `NaN` is unknown, moments such numbers too, as `new Date` takes them, and flags a `Uint8Array` of 0 and 1, and
 * 255 where that is unknown. Texts that repeat are the places of texts in a dictionary, −1 where there is none, as {@link scoreTable} takes them; others
 * are a list, of which `null` is unknown.
 */
/**
 * @typedef {{ epss?: Uint8Array | string, kev?: Uint8Array | string, effects?: Uint8Array | string,
 *   metasploit?: Uint8Array | string, nuclei?: Uint8Array | string, exploitDb?: Uint8Array | string }} IntelFiles
 */
/**
 * @typedef {{ landmark: string, until: string, epss?: Uint8Array | string, efforts?: number[], confidence?: number,
 * resamples?: number, seed?: number, leaveOutKnown?: boolean, complete?: boolean }} BackTestOptions From when until when, and the
 * parts of all rows that are mended (`efforts`: 0.05, 0.094, 0.1 and 0.2 unless said). With `leaveOutKnown` a row whose outcome lies
 * before the landmark is left out, where it is an error. With `complete` only rows count that have every signal that any has.
 */
/**
 * @typedef {{ worlds?: number, seed?: number, confidence?: number }} Counted How a number is counted: over `worlds` worlds (16,384
 * unless said) of a `seed` (0), with bounds that hold with `confidence` (0.95).
 */
/**
 * @typedef {Counted & { nodes?: number }} MeasureOptions How a number is measured: exactly where diagrams of at most `nodes` nodes
 * hold it (65,536 unless said), else over worlds.
 */
/**
 * @typedef {MeasureOptions & { halfWidth?: number, shares?: boolean, atMost?: number, blocks?: string[] }} SampleOptions With `halfWidth` a count ends
 * once the bounds of the expected loss are as close as that part of it. `shares` also measures each finding's part in the risk.
 * At most `atMost` findings; all, unless said. `blocks` are the worlds as `sampleBlock` counted them: all from the first on, in any
 * order. They say how many there are.
 */
/**
 * @typedef {{ seed?: number, nodes?: number, shares?: boolean }} SampleBlockOptions How blocks of a sample are counted: as the sample is asked
 * for that is made of them.
 */
/** @typedef {{ atMost?: number, nodes?: number }} PathOptions At most `atMost` paths, 10 unless said; `nodes` bounds the search. */
/**
 * @typedef {{ costs?: Record<string, number | null>, defaultCost?: number, nodes?: number }} CutOptions `costs` says by finding what
 * fixing it costs, `null` where it cannot be fixed; any other costs `defaultCost`, 1 unless said; `nodes` bounds the search.
 */
/**
 * @typedef {Counted & { access?: string, halfWidth?: number }} BlastRadiusOptions The `access` is `control` unless said. With
 * `halfWidth` the count ends once the bounds of the loss are as close as that part of it.
 */
/**
 * @typedef {{ owners?: Document[], fallBack?: string, efforts?: Document[], atMost?: number }} ActionOptions `owners` says who does
 * what and `efforts` how many hours it takes: rules, the first that matches counts. `fallBack` owns what nobody else does.
 */
/**
 * @typedef {ActionOptions & MeasureOptions & { budget?: Budget, perOwner?: Record<string, number>, owner?: string,
 *   must?: string[], mustNot?: string[], mitigate?: boolean,
 *   curves?: boolean }} PlanOptions The `budget` is `{ hours: 40 }`,
 * `{ money: { amount: 4000, per_hour: 100 } }`, `{ actions: 5 }` or `'unlimited'`; `perOwner` says how many hours of some owners may
 * be spent within it, and `owner` whose actions alone count. `must` and `mustNot` name actions that are in the plan and that are
 * not. With `mitigate` what has no fix yet may be shielded, and with `curves` the answer has the loss left against
 * effort, for the plan and for the orders people go by. At most `atMost` rows are told, 50 unless said, of a plan that is the same
 * however many are.
 */
/**
 * @typedef {Omit<PlanOptions, 'curves'> & { testHours?: Record<string, number> }} QuestionOptions The options of the plan that answers are to better, of 8 hours unless said.
 * `testHours` says how long tests take by their means, as `{ exploit: 2 }`, and `atMost` how many questions are told: 10, unless said.
 */
/** @typedef {QuestionOptions & { explained?: number, width?: number }} QuestionsTextOptions How questions are shown to people. */
/**
 * @typedef {{ known?: Document[], project?: string, labels?: string[], due?: Record<string, string>, plan?: Document }} TicketOptions
 * `known` are the tickets there are: `{ action, ticket, state }`, and if known `content`, as it was handed out, and `closed_at`.
 * `project` is Jira's key, `due` has dates by action, and `plan` the options of the plan by the names that documents have for them.
 */
/**
 * @typedef {{ onProgress?: (done: number, of: number) => unknown, signal?: AbortSignal }} Progress What each call whose name ends in `Async` takes
 * beside the options of its twin, or, where that has none, behind what it must be handed.
 *
 * `onProgress` is called now and then with what is done and of how much, for each part of the work anew. By returning `false` it ends the call: a
 * question gives what there is then, and `truncated` says so; an assessment is an error of code `cancelled`. What it throws rejects the promise,
 * and so does the reason of the `signal` once that is aborted.
 *
 * What changes a program comes one after the other, in the order it was asked for; until it is done all else sees what was known before, and a
 * change on the event loop waits for it. A change that is ended changes nothing. What `readAsync` is handed is copied, and may be written to.
 */

/** @typedef {(done: number, of: number) => boolean} Ask Told how far a call is; whether it goes on comes back. */

const native = load()

/** Marks an object as one that is not copied for another thread. Older engines have no such mark. @type {((object: object) => void) | undefined} */
const uncloneable = /** @type {any} */ (workers).markAsUncloneable

/** The engine's own object behind one of ours. @type {WeakMap<object, any>} */
const hidden = new WeakMap()

/**
 * What went wrong, where, and what would do instead.
 *
 * `code` is stable and the same in every language: `invalid_input`, `malformed`, `unknown_format`, `unsupported_version`,
 * `not_found`, `conflict`, `io`, `limit_exceeded`, `cancelled`. `place` is a JSON pointer, a line or a byte, or `null` when the
 * input has no places.
 *
 * @example
 * try { ctem.cvss('CVSS:3.1/AV:X') } catch (error) { error.code + ' at ' + error.place } // 'invalid_input at byte 9'
 */
export class CtemError extends Error {
  /** @param {{ code: string, place: string | null, message: string }} error */
  constructor({ code, place, message }) {
    super(message)
    this.name = 'CtemError'
    /** @type {string} */
    this.code = code
    /** @type {string | null} */
    this.place = place
  }

  /**
   * What went wrong and where, for `JSON.stringify`, which leaves the message of an `Error` out.
   *
   * @returns {{ code: string, place: string | null, message: string }}
   */
  toJSON() {
    const { code, place, message } = this
    return { code, place, message }
  }
}

/**
 * Reads what a tool has written, recognising the format by content.
 *
 * `format` names the format when it is known, and `mapping` is a mapping document of one's own, or a list of them, for formats that
 * the engine does not know. `asset` is the asset of findings when the document does not say, `name` the document, such as by its
 * file: what it does not name is named after that. `scope` is the network, site or account it is about, outside of which private
 * addresses and short names mean nothing. `asOf` is the moment as of which it is read, where what it says begins or ends at one: rights
 * that a policy gives until a day. `mostBytes` is the most bytes the document may have (1 GiB unless said), `secretKey` 32
 * bytes to fingerprint secrets with. A record that makes no sense is rejected with a note, or, when `strict`, an error. Where all
 * are rejected, the process is warned (`CtemWarning`).
 *
 * @param {Uint8Array | string} data
 * @param {ReadOptions} [options]
 * @returns {Report}
 * @example
 * ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}').tally.accepted // 1
 */
export function read(data, options = {}) {
  return asked(native, 'read', () => [bytes(data), reading(options)], warned)
}

/**
 * The same, off the event loop, also of what is still to come, such as a file that is being read or the body of a response: whatever gives bytes
 * or text piece by piece, until there are more than `mostBytes`. `onProgress` is told how many records were read; how many there are is not known
 * before.
 *
 * @param {Uint8Array | string | AsyncIterable<Uint8Array | string>} data
 * @param {ReadOptions & Progress} [options]
 * @returns {Promise<Report>}
 * @example
 * const report = await ctem.readAsync(createReadStream('scan.json'))
 */
export async function readAsync(data, options = {}) {
  const comes = typeof data === 'object' && data !== null && Symbol.asyncIterator in data
  return readLater(comes ? await gathered(data, options) : data, options)
}

const readLater = later(read)

/**
 * Reads the files of a collection, by their names: `{ 'users.json': …, 'computers.json': … }`. Archives (zip) are opened.
 *
 * Files of a format whose files speak of each other become one report; every other file becomes one of its own. The options are
 * those of {@link read}; `mostBytes` is for all files together, once unpacked.
 *
 * @param {Record<string, Uint8Array | string>} files
 * @param {ReadOptions} [options]
 * @returns {Collection}
 * @example
 * const { reports } = ctem.readCollection({ 'shop.json': '{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}' })
 * reports.length // 1
 */
export function readCollection(files, options = {}) {
  if (typeof files !== 'object' || files === null) throw new TypeError('files are an object: each by its name')
  const given = () => [Object.keys(files).map(whole), Object.values(files).map(bytes), reading(options)]
  return asked(native, 'readCollection', given, collection => new Collection(collection))
}

/**
 * Reads tables by the names of the lists that a native document has: `assets`, `relations`, `findings`, `services` and so on, each a list of
 * rows. A row is a record, and a column one of its fields: `labels.env` is the field `env` of its `labels`. An empty cell says nothing. All
 * else is as in a native document.
 *
 * @param {{ [list: string]: Document[] }} tables
 * @returns {Report}
 * @example
 * ctem.readTables({ assets: [{ id: 'shop', kind: 'host', 'labels.env': 'test', owner: '' }] }).tally.accepted // 1
 */
export function readTables(tables) {
  return asked(native, 'readTables', () => [written(tables)], report => new Report(report))
}

/**
 * The formats that can be read: each one's name and title.
 *
 * @returns {Format[]}
 */
export function formats() {
  return asked(native, 'formats', none, JSON.parse)
}

/**
 * The kinds of attackers that come with the engine, each with where they start, what they use and where that is from: for the
 * `profile` of an assessment.
 *
 * @returns {Profile[]}
 */
export function attackerProfiles() {
  return asked(native, 'attackerProfiles', none, JSON.parse)
}

/**
 * The same as JSON.
 *
 * @returns {string}
 */
export function attackerProfilesJson() {
  return asked(native, 'attackerProfiles')
}

/**
 * What one source said: its contents, checked, and a note with its place for everything that was not taken over.
 * Made by {@link read}.
 */
export class Report {
  /** @param {any} report */
  constructor(report) {
    kept(this, report)
  }

  /** Who said it: format, tool, version, when. @returns {Source} */
  get source() {
    return asked(of(this), 'source', none, JSON.parse)
  }

  /** What was understood, as lists: assets, relations, findings and so on. @returns {Contents} */
  get contents() {
    return asked(of(this), 'contents', none, JSON.parse)
  }

  /**
   * What was not understood, and what was assumed, each with its place, and with `count` where it is about several records.
   *
   * @returns {Note[]}
   */
  get notes() {
    return asked(of(this), 'notes', none, JSON.parse)
  }

  /** How many records there were, and what became of them. @returns {RecordCounts} */
  get tally() {
    return asked(of(this), 'tally', none, JSON.parse)
  }

  /** All of it as JSON, the same bytes in every language. @returns {string} */
  toJson() {
    return asked(of(this), 'toJson')
  }

  /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Report} */
  toJSON() {
    return JSON.parse(this.toJson())
  }
}

/**
 * Does what a command line says, without the program's name, over the streams, the clock and the terminal of the process: what `npx ctem`
 * does. How it ends comes back: 0 where all went well, 1 where something could not be read, 2 where the command line is wrong or nothing could be
 * done, and 3 where a gate stops.
 *
 * @param {string[]} said
 * @returns {number}
 * @example
 * ctem.main(['formats', 'trivy']) // 0, and prints them
 */
export function main(said) {
  return asked(native, 'main', () => [list(said, 'the words of a command').map(whole)])
}

/**
 * What several files have become: reports, each to be absorbed, and a note for each file that could not be read.
 * Made by {@link readCollection}.
 */
export class Collection {
  /** @param {any} collection */
  constructor(collection) {
    kept(this, collection)
    /** @type {Report[]} */
    this.reports = asked(collection, 'reports').map(warned)
  }

  /** Which files could not be read, and why. @returns {Note[]} */
  get notes() {
    return asked(of(this), 'notes', none, JSON.parse)
  }

  /** How many files there were, those in archives counted one by one, and what became of them. @returns {RecordCounts} */
  get tally() {
    return asked(of(this), 'tally', none, JSON.parse)
  }

  /** All of it, for `JSON.stringify`. @returns {unknown} */
  toJSON() {
    const { reports, notes, tally } = this
    return { reports, notes, tally }
  }
}

/**
 * What the world knows about weaknesses: FIRST's daily EPSS file and CISA's catalogue of known exploited vulnerabilities.
 *
 * Each is the file's bytes, plain or gzip; without one, what sources quote is all that is known.
 * `effects` is a table of your own that says what findings do, with lines of tool, match, value and outcome, a tab between
 * them. They come before those of the engine.
 * `metasploit`, `nuclei` and `exploitDb` are lists of CVEs with public exploit code, for where EPSS is missing: Metasploit's
 * `modules_metadata_base.json`, Nuclei's `cves.json`, Exploit-DB's `files_exploits.csv`, or a CVE a line.
 *
 * @example
 * new ctem.Intel({ epss: 'cve,epss\nCVE-2021-44228,0.94\n' }).epss.tally.accepted // 1
 */
export class Intel {
  /** @param {IntelFiles} [files] */
  constructor(files = {}) {
    kept(this, asked(native.Intel, 'read', () => [tables(files)]))
  }

  /**
   * The same as `new ctem.Intel(files)`, which has a twin off the event loop: `Intel.readAsync`.
   *
   * @param {IntelFiles} files
   * @returns {Intel}
   */
  static read(files) {
    return asked(native.Intel, 'read', () => [tables(files)], intel => kept(Object.create(Intel.prototype), intel))
  }

  /** Of which day and model the EPSS table is, and what became of its rows. @returns {Epss | null} */
  get epss() {
    return JSON.parse(this.toJson()).epss
  }

  /** Which version of the catalogue it is, and what became of its entries. @returns {Kev | null} */
  get kev() {
    return JSON.parse(this.toJson()).kev
  }

  /** How many lines your own table of effects has. @returns {Effects | null} */
  get effects() {
    return JSON.parse(this.toJson()).effects ?? null
  }

  /** All as JSON, the same bytes in every language. @returns {string} */
  toJson() {
    return asked(of(this), 'toJson')
  }

  /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Intel} */
  toJSON() {
    return JSON.parse(this.toJson())
  }
}

/**
 * A program of threat exposure management: what is known of an organisation, and of the world.
 *
 * @example
 * const program = new ctem.Program()
 * program.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')).tally.accepted // 1
 */
export class Program {
  /** @param {Intel} [intel] */
  constructor(intel) {
    kept(this, new native.Program(known(intel)))
  }

  /**
   * Takes a report in. The tally and notes of what became of its records come back.
   *
   * @param {Report} report
   * @returns {Absorbed}
   */
  absorb(report) {
    return parsed(this.absorbJson(report))
  }

  /**
   * The same, with what became of the records as JSON.
   *
   * @param {Report} report
   * @returns {string}
   */
  absorbJson(report) {
    return asked(of(this), 'absorb', () => [of(report, native.Report)], same, this)
  }

  /**
   * Ranks every standing finding by the loss that passes through it, as of a date or a moment such as `2025-11-13`.
   *
   * It looks `horizonDays` ahead, 30 unless said, and counts for each finding the `eventsPerFinding` costliest loss events,
   * 8 unless said. `crownJewel` is what one is worth on the scale of scores: the largest stated loss unless said. `profile` is the kind
   * of attacker it is of: one of {@link attackerProfiles} by its `id`, or one of your own,
   * `{ id, starts: { internet: 1 }, groups: ['G0102'], techniques: ['T1190'], hard: 0.5 }`.
   * `baseline` is what {@link Assessment.baseline} gave on an earlier day; it moves what the inputs imply and no score.
   *
   * @param {string | Date} asOf
   * @param {AssessOptions & { baseline?: Document | string, profile?: Document | string }} [options]
   * @returns {Assessment}
   */
  assess(asOf, options = {}) {
    return asked(of(this), 'assess', () => [moment(asOf), assessed(options)], made => new Assessment(made))
  }

  /**
   * Takes an event in: `{ at, what }`. What it changed comes back: what appeared, ended, rose and fell, and why, since the event before.
   *
   * What happened is `'time_passed'`, `{ absorbed: { report, covers } }`, `{ intel: { epss, kev } }`, `{ evidence: […] }`,
   * `{ scope: { contents } }`, `{ owner_moved: { asset, owner } }`, `{ claimed_done: { findings } }` or `{ accepted: { finding, until } }`.
   * `late` says what becomes of an event that happened before others: it is refused, or with `'place'` put in its place. An event that
   * cannot be changes nothing.
   *
   * @param {Document | string} event
   * @param {AssessOptions & { late?: string }} [options]
   * @returns {Delta}
   */
  apply(event, options = {}) {
    return parsed(this.applyJson(event, options))
  }

  /**
   * The same, with what it changed as JSON.
   *
   * @param {Document | string} event
   * @param {AssessOptions & { late?: string }} [options]
   * @returns {string}
   */
  applyJson(event, { late, ...options } = {}) {
    return asked(of(this), 'apply', () => [text(event), late, assessing(options)], same, this)
  }

  /**
   * The courses of all findings that events brought: when each was first seen, by whom, when it went, and when it came back.
   *
   * @returns {Course[]}
   */
  courses() {
    return asked(of(this), 'courses', none, JSON.parse)
  }

  /**
   * Takes in what somebody decided about a suggestion: `{ suggestion, asset, accepted }`. Accepting it states what it suggests, as if that
   * had been stated by hand; refusing it, with `by` and `reason` if wanted, is remembered, and it is not suggested again.
   *
   * @example
   * program.decide({ suggestion: 'internet', asset: 'shop', accepted: true }).tally.accepted // 1
   *
   * @param {Document | string} decision
   * @returns {Absorbed}
   */
  decide(decision) {
    return asked(of(this), 'decide', () => [text(decision)], JSON.parse, this)
  }

  /**
   * Which kinds of check saw which assets, when, and what nobody watches: `{ as_of }`, and if wanted `within_days`, for how long a look
   * counts (30 unless said), `check`, by which kind the listed assets are not watched (`vulnerability`, `configuration`, `secrets`, `code`,
   * `identity`, `network`), `watched_too` and `at_most`. What matters most is listed first.
   *
   * @param {CoverageQuestion | string} question
   * @returns {Watched}
   */
  coverage(question) {
    return parsed(this.coverageJson(question))
  }

  /**
   * The same as JSON.
   *
   * @param {CoverageQuestion | string} question
   * @returns {string}
   */
  coverageJson(question) {
    return asked(of(this), 'coverage', () => [text(question)])
  }

  /**
   * The decisions to live with something that stand: what each is about, since and until when, who took it and why, and the findings it covers.
   *
   * @returns {AcceptedRisk[]}
   */
  acceptedRisks() {
    return asked(of(this), 'acceptedRisks', none, JSON.parse)
  }

  /**
   * The reports that came as events: the `id` of each, when, by whom, how many findings it listed, and whether it was `withdrawn`. One that
   * should not have come is taken back, as if it never had, by the event `{ report_withdrawn: { report: id, by, reason } }`.
   *
   * @returns {AbsorbedReport[]}
   */
  reports() {
    return asked(of(this), 'reports', none, JSON.parse)
  }

  /**
   * What happened, an event a row, in the order in which it happened, in columns: when, what, who reported and how much, what it is about, who
   * says so. It goes back as far as events are kept.
   *
   * @returns {Columns<HistoryColumns>}
   */
  history() {
    return asked(of(this), 'history', none, inColumns)
  }

  /**
   * How a period went, each number with its sample: `{ from, until }`, and if wanted `promises`, days by severity, and
   * `looked_within_days`, 30 unless said.
   *
   * @param {MeasuresQuestion | string} period
   * @returns {Measures}
   */
  measures(period) {
    return parsed(this.measuresJson(period))
  }

  /**
   * The same as JSON.
   *
   * @param {MeasuresQuestion | string} period
   * @returns {string}
   */
  measuresJson(period) {
    return asked(of(this), 'measures', () => [text(period)])
  }

  /**
   * What moved the expected loss in a period: `{ from, until }`, and if wanted `horizon_days` and `worlds`. Each cause comes with the amount, and all
   * amounts add up to what moved in all.
   *
   * @param {MovedQuestion | string} period
   * @returns {Moved}
   */
  moved(period) {
    return parsed(this.movedJson(period))
  }

  /**
   * The same as JSON.
   *
   * @param {MovedQuestion | string} period
   * @returns {string}
   */
  movedJson(period) {
    return asked(of(this), 'moved', () => [text(period)])
  }

  /**
   * The report for leadership, whether a period made things better: `{ from, until }`, and if wanted `title`, `promises`,
   * `looked_within_days`, `marks`, `budget` (`{ hours: 40 }` unless said), `at_most`, `horizon_days`, `worlds`, and `deadlines`: `{ tables }` and, if
   * wanted, `class`, `several_agencies`, `likely_from`, `calendar`.
   *
   * @param {ProgressQuestion | string} period
   * @returns {ProgressReport}
   */
  progressReport(period) {
    return parsed(this.progressReportJson(period))
  }

  /**
   * The same as JSON.
   *
   * @param {ProgressQuestion | string} period
   * @returns {string}
   */
  progressReportJson(period) {
    return asked(of(this), 'progressReport', () => [text(period)])
  }

  /**
   * The same as a page that needs nothing else: no network, no script, no other file.
   *
   * @param {ProgressQuestion | string} period
   * @returns {string}
   */
  progressReportHtml(period) {
    return asked(of(this), 'progressReportHtml', () => [text(period)])
  }

  /**
   * By when what is due, by which table, and why: `{ as_of, tables }`, each the name of a table that is shipped (`cisa_bod_26_04`,
   * `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`) or one of your own, and if wanted `class`, `several_agencies`,
   * `likely_from`, `calendar`, `tolerated_loss`, `horizon_days` and the rules of actions. Clocks run since the first sight of each finding.
   *
   * @param {DeadlinesQuestion | string} asking
   * @returns {Deadlines}
   */
  deadlines(asking) {
    return parsed(this.deadlinesJson(asking))
  }

  /**
   * The same as JSON.
   *
   * @param {DeadlinesQuestion | string} asking
   * @returns {string}
   */
  deadlinesJson(asking) {
    return asked(of(this), 'deadlines', () => [text(asking)])
  }

  /**
   * What FedRAMP wants reported, in the shape of its published schemas: `{ as_of, class, package_overview, from, to }`, and if wanted
   * `kind`: `detail` unless said, `accepted` or `historical`.
   *
   * @param {FedrampQuestion | string} asking
   * @returns {FedrampReport}
   */
  fedrampReport(asking) {
    return parsed(this.fedrampReportJson(asking))
  }

  /**
   * The same as JSON.
   *
   * @param {FedrampQuestion | string} asking
   * @returns {string}
   */
  fedrampReportJson(asking) {
    return asked(of(this), 'fedrampReport', () => [text(asking)])
  }

  /**
   * How things stood at moments: risk, exposures, and attack paths that are new, back or gone since the moment before.
   *
   * @param {(string | Date)[]} moments
   * @param {{ horizonDays?: number }} [options]
   * @returns {Mark[]}
   */
  trend(moments, { horizonDays, ...others } = {}) {
    refuse(others)
    return parsed(this.trendJson(moments, { horizonDays }))
  }

  /**
   * The same as JSON.
   *
   * @param {(string | Date)[]} moments
   * @param {{ horizonDays?: number }} [options]
   * @returns {string}
   */
  trendJson(moments, { horizonDays, ...others } = {}) {
    refuse(others)
    return asked(of(this), 'trend', () => [list(moments, 'moments').map(moment), horizonDays])
  }

  /**
   * The program as it was at a moment, to the bit.
   *
   * @param {string | Date} when
   * @returns {Program}
   */
  at(when) {
    return asked(of(this), 'at', () => [moment(when)], held)
  }

  /**
   * Makes one state of what happened until a moment, and says how many events that were. What has been gone since before
   * `forgetGoneBefore` is forgotten.
   *
   * @param {string | Date} replayFrom
   * @param {{ forgetGoneBefore?: string | Date }} [options]
   * @returns {number}
   */
  compact(replayFrom, { forgetGoneBefore, ...others } = {}) {
    refuse(others)
    return asked(of(this), 'compact', () => [moment(replayFrom), moment(forgetGoneBefore)], same, this)
  }

  /**
   * Erases persons, identities and assets from state and history: `{ names }`, each an id of an asset or an owner, another of its names, or the
   * name of a person as it stands in texts. Pseudonyms stand in their place afterwards, made with a `key` of 32 bytes that nobody else knows,
   * and the history still replays. What stands in their place comes back.
   *
   * @param {{ names: string[] } | string} asking
   * @param {Uint8Array} key
   * @returns {Erased}
   */
  erase(asking, key) {
    return asked(of(this), 'erase', () => [text(asking), key], JSON.parse, this)
  }

  /** The program with its history as a JSON document, which {@link Program.read} makes the same program of. @returns {string} */
  document() {
    return asked(of(this), 'document')
  }

  /**
   * The program of a document that `document` wrote, with the table of effects it had, if it had one of its own.
   *
   * @param {string} document
   * @param {{ effects?: Uint8Array | string }} [options]
   * @returns {Program}
   */
  static read(document, { effects, ...others } = {}) {
    refuse(others)
    return asked(native.Program, 'read', () => [text(document), given(effects)], held)
  }

  /**
   * The rules whose findings no table of effects decides, the most findings first. Each `line` with the name of an outcome
   * behind it is a line for `new Intel({ effects })`.
   *
   * @returns {UnknownRule[]}
   */
  unknownRules() {
    return asked(of(this), 'unknownRules', none, JSON.parse)
  }

  /** What is known of the organisation, as a native document to be read again. @returns {string} */
  environmentJson() {
    return asked(of(this), 'environmentJson')
  }

  /** What `document` writes, for `JSON.stringify`. @returns {unknown} */
  toJSON() {
    return JSON.parse(this.document())
  }
}

/** A program of ours around one of the engine's. @param {any} program @returns {Program} */
function held(program) {
  return kept(Object.create(Program.prototype), program)
}

/**
 * What is worst, as of a moment, and why. Made by {@link Program.assess}.
 *
 * It is iterable: its exposures, the worst first, each made when it is asked for.
 *
 * @example
 * for (const { rank, weakness, asset } of program.assess('2025-11-13')) console.log(rank, weakness, asset)
 */
export class Assessment {
  /** @param {any} assessment */
  constructor(assessment) {
    kept(this, assessment)
  }

  /**
   * The exposures, the worst first; all, unless `atMost` says how many.
   *
   * @param {number} [atMost]
   * @returns {Exposure[]}
   */
  ranked(atMost) {
    return asked(of(this), 'ranked', () => [atMost], JSON.parse)
  }

  /**
   * The exposures in columns, as typed arrays: those of the export to `csv`, with text as sources wrote it. All, unless `atMost` says how many.
   *
   * @example
   * const { columns, fields } = today.columns()
   * columns.risk.reduce((sum, risk) => sum + risk, 0) // in `fields.risk.unit`
   *
   * @param {number} [atMost]
   * @returns {Columns<ExposureColumns>}
   */
  columns(atMost) {
    return asked(of(this), 'columns', () => [atMost], inColumns)
  }

  /** The loss events, the largest expected loss first, each with its chance and its most probable path. @returns {LossEventRisk[]} */
  get lossEvents() {
    return asked(of(this), 'lossEvents', none, JSON.parse)
  }

  /** What was assumed, and what had no effect. @returns {Note[]} */
  get notes() {
    return asked(of(this), 'notes', none, JSON.parse)
  }

  /** The expected loss within the horizon, of all loss events together; `sample` gives it more narrowly. @returns {Estimate} */
  get risk() {
    return asked(of(this), 'risk', none, JSON.parse)
  }

  /** How many findings stand. @returns {number} */
  get length() {
    return of(this).length
  }

  /** The exposures, the worst first. @returns {Generator<Exposure, void, undefined>} */
  *[Symbol.iterator]() {
    const assessment = of(this)
    for (let place = 0; place < assessment.length; place++) yield* asked(assessment, 'rankedAt', () => [place], JSON.parse)
  }

  /**
   * Why a finding or relation ranks where it does: the tree of terms its risk is folded from, and the attack paths.
   *
   * @param {string} findingId
   * @returns {Explanation}
   */
  explain(findingId) {
    return parsed(this.explainJson(findingId))
  }

  /**
   * The same as JSON.
   *
   * @param {string} findingId
   * @returns {string}
   */
  explainJson(findingId) {
    return asked(of(this), 'explain', () => [string(findingId, 'the id of a finding')])
  }

  /**
   * What is lost over all paths at once, and what each fix is worth: its *fix value* is the risk with the finding less the risk
   * without it. With `shares` also each finding's *share*, its part in an attribution that adds up.
   *
   * @example
   * today.sample({ worlds: 4096 }).exposures[0].fix_value.value
   *
   * @param {SampleOptions} [options]
   * @returns {Sample}
   */
  sample(options = {}) {
    return answer(this, { sample: asking(options) })
  }

  /**
   * Some blocks of 64 worlds of such a sample, counted here to be added to others: `count` of them from the block `first` on. The text that comes
   * back is handed to {@link sample}, with those of all other blocks, wherever they were counted: it gives the same bits as one process does.
   *
   * @example
   * today.sample({ blocks: [today.sampleBlock(0, 100), today.sampleBlock(100, 156)] }).worlds // 16384
   *
   * @param {number} first
   * @param {number} count
   * @param {SampleBlockOptions} [options]
   * @returns {string}
   */
  sampleBlock(first, count, options = {}) {
    return answer(this, { sample_block: { ...asking(options), first, count } })
  }

  /**
   * The most probable paths to a loss event, each through another set of findings; 10, unless `atMost` says how many.
   *
   * @example
   * for (const { chance, hops } of today.paths('leak').list) console.log(chance, hops.length)
   *
   * @param {string} event
   * @param {PathOptions} [options]
   * @returns {Paths}
   */
  paths(event, options = {}) {
    return answer(this, { paths: { ...asking(options), event } })
  }

  /**
   * What the paths to a loss event have in common: first what all of them need, then what most do.
   *
   * How critical each thing is, is the chance that the event would not have happened without it, given that it did.
   *
   * @example
   * today.chokePoints('leak').list.filter(point => point.on_every_path)
   *
   * @param {string} event
   * @param {MeasureOptions & { atMost?: number }} [options]
   * @returns {ChokePoints}
   */
  chokePoints(event, options = {}) {
    return answer(this, { choke_points: { ...asking(options), event } })
  }

  /**
   * The cheapest findings to fix and relations to take away after which a loss event cannot happen, or a path that no fix ends.
   *
   * `costs` says by id what ending an exposure costs, `null` where that cannot be; any other finding costs `defaultCost`, 1 unless said, and a relation thrice that.
   *
   * @example
   * today.cheapestCut('leak', { costs: { 'f-1': 5 } }).fixes
   *
   * @param {string} event
   * @param {CutOptions} [options]
   * @returns {CheapestCut}
   */
  cheapestCut(event, options = {}) {
    return answer(this, { cheapest_cut: { ...asking(options), event } })
  }

  /**
   * The expected loss once an attacker holds an access to an asset: `control`, unless said.
   *
   * @example
   * today.blastRadius('shop', { access: 'use' }).loss.value
   *
   * @param {string} asset
   * @param {BlastRadiusOptions} [options]
   * @returns {BlastRadius}
   */
  blastRadius(asset, options = {}) {
    return answer(this, { blast_radius: { ...asking(options), asset } })
  }

  /**
   * What changes are worth, all of them together: the expected loss before and after, and what is saved.
   *
   * A change is `{ fixed: finding }`, `{ removed: relation }`, `{ patched: weakness }`, `{ threat: { weakness, chance } }`, `{ control: { control, fails } }` or
   * `{ entry: { asset, access, chance } }`; chances of threats and entries are within 30 days.
   *
   * @example
   * today.whatIf([{ fixed: 'f-1' }, { patched: 'CVE-2021-44228' }]).saved.value
   *
   * @param {Document[]} changes
   * @param {MeasureOptions} [options]
   * @returns {WhatIf}
   */
  whatIf(changes, options = {}) {
    return answer(this, { what_if: { ...asking(options), changes } })
  }

  /**
   * Findings of different kinds that act together, on the paths to a loss event or to those that weigh most: fix both, or either.
   *
   * 10, unless `atMost` says how many.
   *
   * @example
   * today.combinations().list.filter(({ advice }) => advice === 'fix_both')
   *
   * @param {MeasureOptions & { event?: string, atMost?: number }} [options]
   * @returns {Combinations}
   */
  combinations(options = {}) {
    return answer(this, { combinations: asking(options) })
  }

  /**
   * The baseline at which the inputs imply your own rate of incidents: `incidents` in so many `years`, or an `annualChance`, or both, the
   * history on top; the rate of all firms where nothing is said. To be kept, and handed to {@link Program.assess} from then on, so that what
   * is fixed since shows.
   *
   * @example
   * const baseline = today.baseline({ incidents: 2, years: 3 })
   * program.assess('2025-12-13', { baseline }).toJson()
   *
   * @param {BaselineOptions} [options]
   * @returns {IncidentBaseline}
   */
  baseline(options = {}) {
    return answer(this, { baseline: asking(options) })
  }

  /**
   * Which assets a selector means: `kind = host and label.env = production`, `criticality >= high and not has owner`.
   *
   * A condition is a field, a comparison and a value, in which `*` is any text; `and`, `or`, `not` and parentheses join them. Fields:
   * `id`, `name`, `kind`, `owner`, `criticality`, `label.KEY`, `tag` (a label or what it says), `environment`, `data_class`, `realm`,
   * `zone`, `entry` (who starts there), `exposure` (`internet`), `reachability` (of weak code), `source` (what tool found something) and
   * `age` (days since it was seen).
   *
   * @example
   * today.select('kind = host and has owner').list.map(({ asset }) => asset)
   *
   * @param {string} selector
   * @param {{ atMost?: number }} [options]
   * @returns {SelectedAssets}
   */
  select(selector, options = {}) {
    return answer(this, { select: { ...asking(options), selector } })
  }

  /**
   * What may be a crown jewel and has no criticality yet, with the reasons: to accept or refuse, by `Program.decide` or by stating one.
   *
   * @example
   * today.suggestedCrownJewels().list.map(({ asset, reasons }) => [asset, reasons])
   *
   * @param {{ atMost?: number }} [options]
   * @returns {Suggestions}
   */
  suggestedCrownJewels(options = {}) {
    return answer(this, { suggested_crown_jewels: asking(options) })
  }

  /**
   * Where attackers may start and nobody has stated that they do, with the reasons, and with the entry point that accepting one by
   * `Program.decide` states: what is open to the internet, leaked credentials, people whom phishing aims at, suppliers.
   *
   * @example
   * today.suggestedEntryPoints().list.map(({ suggestion, asset, reasons }) => [suggestion, asset, reasons])
   *
   * @param {{ atMost?: number }} [options]
   * @returns {Suggestions}
   */
  suggestedEntryPoints(options = {}) {
    return answer(this, { suggested_entry_points: asking(options) })
  }

  /**
   * Zones in tiers, each `{ id, tier: 0, assets }`, where `assets` is a selector (see `select`), with what is in it and which part of all
   * accounts and machines has a way into it. With `certified`, the ids that somebody looked at, it says what is new and what is gone; with
   * `loss` it makes a loss event of it, for a service.
   *
   * @example
   * today.zones([{ id: 'tier zero', tier: 0, assets: 'label.tier = 0' }]).list.map(({ id, exposure }) => [id, exposure.share])
   *
   * @param {Document[]} zones
   * @param {{ atMost?: number }} [options]
   * @returns {Zones}
   */
  zones(zones, options = {}) {
    return answer(this, { zones: { ...asking(options), zones } })
  }

  /**
   * What can be done: the actions that end the exposures, by whom and in how many hours; all, unless `atMost` says how many.
   *
   * A rule of `owners` or `efforts` is of a `kind`, an `asset`, an `asset_kind`, `labels` and `assets`, which is a selector (see `select`), as `{ of: { kind: 'patch' }, hours: 4 }`.
   *
   * @example
   * today.actions().list.filter(({ kind }) => kind === 'patch').map(({ title }) => title)
   *
   * @param {ActionOptions} [options]
   * @returns {Actions}
   */
  actions(options = {}) {
    return answer(this, { actions: asking(options) })
  }

  /**
   * What to do first: actions in the order to do them, each with what is left to lose after it.
   *
   * `at_least` is what no plan of the budget beats, and `gap` how far from it this one may be.
   *
   * @example
   * today.plan({ budget: { hours: 40 } }).rows.map(({ title, left }) => [title, left.value])
   *
   * @param {PlanOptions} [options]
   * @returns {Plan}
   */
  plan(options = {}) {
    return answer(this, { plan: asking(options) })
  }

  /**
   * Which test to run next: what, where, by which means, how long it takes, what either answer would change, and what it is worth.
   *
   * Ask again after each answer: tests that tell the same are not both worth their hours.
   *
   * @example
   * today.questions({ budget: { hours: 8 } }).rows.map(({ ask, worth_per_hour }) => [ask, worth_per_hour])
   *
   * @param {QuestionOptions} [options]
   * @returns {Questions}
   */
  questions(options = {}) {
    return answer(this, { questions: asking(options) })
  }

  /**
   * The same as people read it: the tests in their order, and of the first `explained` how to do each and what either outcome would
   * change.
   *
   * @example
   * console.log(today.questionsText({ budget: { hours: 8 }, width: process.stdout.columns }))
   *
   * @param {QuestionsTextOptions} [options]
   * @returns {string}
   */
  questionsText(options = {}) {
    return answer(this, { questions_text: asking(options) })
  }

  /**
   * Why an exposure ranks where it does, as people read it: what it is and where, what tools say of it, and why its number is what it is.
   *
   * @example
   * console.log(today.exposureText('f-1', { width: 80 }))
   *
   * @param {string} exposure
   * @param {{ width?: number }} [options]
   * @returns {string}
   */
  exposureText(exposure, options = {}) {
    return answer(this, { exposure_text: { ...asking(options), exposure } })
  }

  /**
   * How far methods of testing are to be trusted, as verdicts that agreed or contradicted taught: sensitivity and specificity by method
   * and kind of weakness, each with its interval and counts.
   *
   * @example
   * today.trusts().list.map(({ method, sensitivity }) => [method, sensitivity.mean])
   *
   * @returns {Trusts}
   */
  trusts() {
    return answer(this, { trusts: {} })
  }

  /**
   * Which tickets to write for a plan, so that each of its actions has one that is open and what is done has none: `create`, `update`,
   * `close`, `reopen` or `nothing`, with the fields as the `tracker` takes them: `jira`, `github`, `gitlab` or `servicenow`.
   *
   * @example
   * today.tickets('github', { plan: { at_most: 1 } }).list.map(ticket => ticket.do)
   *
   * @param {string} tracker
   * @param {TicketOptions} [options]
   * @returns {Tickets}
   */
  tickets(tracker, options = {}) {
    return answer(this, { tickets: { tracker, ...asking(options) } })
  }

  /**
   * How a plan differs from another, each given by its options: what a pin, a ban or another budget changes, in numbers and in words.
   *
   * @example
   * today.comparePlans({ budget: { hours: 8 } }, { budget: { hours: 16 } }).words
   *
   * @param {PlanOptions} plan
   * @param {PlanOptions} other
   * @returns {PlanDifference}
   */
  comparePlans(plan, other) {
    return answer(this, { compare_plans: { plan: asking(plan), other: asking(other) } })
  }

  /**
   * The answer to any of these questions as JSON, the same bytes in every language; the question is a document too.
   *
   * @param {Document | string} question
   * @returns {string}
   * @example
   * today.answerJson({ paths: { event: 'leak', at_most: 3 } })
   */
  answerJson(question) {
    return asked(of(this), 'answer', () => [text(question)])
  }

  /**
   * For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.
   *
   * 20 exposures, 3 of them explained, 100 columns, unless said. The `budget` is that of the plan it begins with, as `plan` has it, and `only` a selector:
   * only what is on the assets that it means is shown, and numbers stay those of the whole.
   *
   * @param {{ atMost?: number, explained?: number, width?: number, budget?: Budget, only?: string }} [options]
   * @returns {string}
   */
  table(options = {}) {
    return shown(this, 'table', options)
  }

  /**
   * The same as Markdown, for a ticket, a wiki or a chat.
   *
   * @param {{ atMost?: number, explained?: number, budget?: Budget, only?: string }} [options]
   * @returns {string}
   */
  markdown(options = {}) {
    return shown(this, 'markdown', options)
  }

  /**
   * The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
   *
   * @param {{ atMost?: number, budget?: Budget, only?: string }} [options]
   * @returns {string}
   */
  html(options = {}) {
    return shown(this, 'html', options)
  }

  /**
   * The same for another tool: `csv`, `sarif` or `ocsf` of the first exposures, or the most probable paths to the first loss events as
   * `mermaid`, `dot`, `graphml` or `attack_flow` (STIX 2.1); or VEX as `openvex` or `cyclonedx`: all that is fixed, accepted or does not
   * apply, and of what is open the first by rank.
   *
   * @param {string} form
   * @param {{ atMost?: number }} [options]
   * @returns {string}
   */
  export(form, options = {}) {
    if (typeof form !== 'string') throw new TypeError('the form must be a string, such as `csv`')
    return shown(this, 'export', options, form)
  }

  /**
   * Whether this may go on: a policy held against it and against a baseline, which is the JSON of an earlier assessment with all of its
   * exposures. It says of each rule whether it held, and what broke it; `stops` is the verdict.
   *
   * @param {Document | string | Uint8Array} policy
   * @param {Document | string | Uint8Array} baseline
   * @returns {Verdict}
   * @example
   * const policy = { ctem_policy: 1, rules: [{ expected_loss: { at_most: { amount: 500, unit: 'EUR' } } }] }
   * today.gate(policy, today.toJson()).stops // true
   */
  gate(policy, baseline) {
    return parsed(this.gateJson(policy, baseline))
  }

  /**
   * The same as JSON, the same bytes in every language.
   *
   * @param {Document | string | Uint8Array} policy
   * @param {Document | string | Uint8Array} baseline
   * @returns {string}
   */
  gateJson(policy, baseline) {
    return asked(of(this), 'gate', () => [written(policy), written(baseline)])
  }

  /**
   * All of it as JSON, the same bytes in every language: the plan as `plan` answers it, the loss events and the exposures, each with
   * its explanation when `explained`. A graph that takes long to plan has a note at `/plan` in its place.
   *
   * @param {{ atMost?: number, explained?: boolean }} [options]
   * @returns {string}
   */
  toJson(options = {}) {
    const { atMost, explained = false, ...others } = options
    refuse(others)
    return asked(of(this), 'toJson', () => [atMost, explained])
  }

  /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Assessment} */
  toJSON() {
    return JSON.parse(this.toJson())
  }
}

/**
 * What rankings of CVEs would have been worth: what was known on a day, held against what was exploited until another.
 *
 * `rows` and `outcomes` are files: CSV, JSON or JSON Lines, plain or gzip. A row has `cve`, the date it was `known`, and its signals:
 * `vector`, `epss`, `exploitation`, `automatable`, `technical_impact`, `kev`, `published`. An outcome has `cve` and `date`. `epss`
 * is FIRST's file of the landmark's day. What would leak is refused.
 *
 * @param {Uint8Array | string} rows
 * @param {Uint8Array | string} outcomes
 * @param {BackTestOptions} options
 * @returns {BackTest}
 * @example
 * const rows = 'cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n'
 * const window = { landmark: '2024-10-24', until: '2025-08-25' }
 * ctem.backTest(rows, 'cve,date\nCVE-2024-0001,2024-11-01\n', window).rankings[0].auc.value // 1
 */
export function backTest(rows, outcomes, options) {
  return parsed(backTestJson(rows, outcomes, options))
}

/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {Uint8Array | string} rows
 * @param {Uint8Array | string} outcomes
 * @param {BackTestOptions} options
 * @returns {string}
 */
export function backTestJson(rows, outcomes, { epss, ...options }) {
  return asked(native, 'backTest', () => [bytes(rows), bytes(outcomes), epss === undefined ? undefined : bytes(epss), written(asking(options))])
}

/**
 * A CVSS vector of any version: its scores, severity and metrics.
 *
 * @param {string} vector
 * @returns {Cvss}
 * @example
 * ctem.cvss('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H').base_score // 9.8
 */
export function cvss(vector) {
  return JSON.parse(cvssJson(vector))
}

/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {string} vector
 * @returns {string}
 */
export function cvssJson(vector) {
  return asked(native, 'cvss', () => [vector])
}

/**
 * A plan, paths, one of them, an explanation or a loss curve as a picture: a piece of a page that needs nothing else, on light as on dark.
 *
 * @param {object | string | Uint8Array} answer
 * @returns {string}
 * @example
 * ctem.picture(today.plan({ curves: true })) // '<div class="ctem">…'
 */
export function picture(answer) {
  return asked(native, 'picture', () => [written(answer)])
}

/**
 * An answer in columns, as typed arrays: the actions of a plan, actions without one, or what became of findings, as `Program.courses` lists them. It is
 * made of the answer alone, so that nothing is asked again; what `Assessment.columns` and `Program.history` give is in columns already.
 *
 * @template {Plan | Actions | Course[] | string} A
 * @param {A} answer
 * @returns {Columns<A extends Plan ? PlanColumns : A extends Actions ? ActionColumns : A extends Course[] ? CourseColumns : PlanColumns | ActionColumns | CourseColumns>}
 * @example
 * const { columns } = ctem.columns(today.plan({ budget: { hours: 40 } }))
 * columns.saved[0]
 */
export function columns(answer) {
  return asked(native, 'columns', () => [written(answer)], inColumns)
}

/**
 * The risk of one weakness on one asset, in crown-jewel units, and the tree of terms it is folded from.
 *
 * A row has `cve`, `epss`, `known_exploited`, `published`, `as_of`, `cvss`, `reachable` (`isolated`, `internal`, `unknown`, `internet`) and
 * `criticality`; what is absent is unknown, not zero. As in JSON, `NaN` is `null`, and so unknown.
 *
 * @param {Document | string | Uint8Array} row
 * @param {ScoreOptions} [options]
 * @returns {Scored}
 * @example
 * ctem.score({ epss: 0.5, reachable: 'internet', criticality: 'crown_jewel' }).risk // 0.225
 */
export function score(row, options = {}) {
  return JSON.parse(scoreJson(row, options))
}

/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {Document | string | Uint8Array} row
 * @param {ScoreOptions} [options]
 * @returns {string}
 */
export function scoreJson(row, options = {}) {
  return asked(native, 'score', () => [written(row), ...scoring(options)])
}

/**
 * The risk of each row, in crown-jewel units; the same numbers as {@link score} gives, to the bit.
 *
 * @param {Document[] | string | Uint8Array} rows
 * @param {ScoreOptions} [options]
 * @returns {Float64Array}
 */
export function scoreAll(rows, options = {}) {
  return asked(native, 'scoreAll', () => [written(rows), ...scoring(options)])
}

/**
 * The risk of each row of a table in columns, in crown-jewel units; the same numbers as {@link score} gives, to the bit, and `NaN` for a row
 * that makes no sense: `errors` says why, and the others are scored.
 *
 * Columns are those that a row has, by their names, each as long as the others: a `Float64Array` of numbers, of which `NaN` is unknown, a
 * `Uint8Array` of 0 and 1, a `BigInt64Array` of milliseconds since 1970, a list of texts, of which `null` is unknown, or the places of texts in
 * a dictionary as `codes`, of which −1 is unknown. What a text of a dictionary stands for is worked out once.
 *
 * @param {Record<string, TableColumn>} columns
 * @param {ScoreOptions} [options]
 * @returns {TableScores}
 * @example
 * const cve = { codes: Int32Array.of(0, 0, -1), dictionary: ['CVE-2021-44228'] }
 * ctem.scoreTable({ cve, epss: Float64Array.of(0.5, 0.1, NaN) }).risks.length // 3
 */
export function scoreTable(columns, options = {}) {
  const handed = () => [Object.entries(columns).map(laid), ...scoring(options)]
  return asked(native, 'scoreTable', handed, ({ risks, errors }) => ({ risks, errors: JSON.parse(errors) }))
}

/** The package's version. @type {string} */
export const version = native.VERSION

// What follows is how the above reaches the engine.

/**
 * A column as the engine takes it.
 *
 * @param {[string, TableColumn]} column
 */
function laid([name, column]) {
  if (column instanceof Float64Array) return { name, numbers: column }
  if (column instanceof Uint8Array) return { name, flags: column }
  if (column instanceof BigInt64Array) return { name, milliseconds: column }
  if (Array.isArray(column)) return { name, texts: column }
  if (column?.codes instanceof Int32Array && Array.isArray(column.dictionary)) {
    return { name, codes: column.codes, texts: column.dictionary }
  }
  throw new TypeError(`the column \`${name}\` is neither a typed array, a list of texts, nor codes with their dictionary`)
}

/** Columns by their names, as people take them. @param {any} given @returns {any} */
function inColumns({ rows, columns }) {
  const by = (/** @type {(column: any) => any} */ shown) =>
    Object.fromEntries(columns.map((/** @type {any} */ column) => [column.name, shown(column)]))
  return {
    rows,
    columns: by(({ numbers, flags, lists, codes, texts }) => numbers ?? flags ?? lists ?? (codes ? { codes, dictionary: texts } : texts)),
    fields: by(({ about, unit = null }) => ({ about, unit })),
  }
}

/**
 * The engine: that of this folder, where it was built, or else the package that npm installed for this platform.
 *
 * @returns {any}
 */
function load() {
  const require = createRequire(import.meta.url)
  const name = `${process.platform}-${process.arch}`
  const packages = process.platform === 'linux' ? [`ctem-${name}-glibc`, `ctem-${name}-musl`] : [`ctem-${name}`]
  /** @type {unknown[]} */
  const causes = []
  for (const place of [`./native/${name}.node`, ...packages]) {
    try {
      return require(place)
    } catch (cause) {
      // One that is there and cannot be loaded says more than those that are not there.
      const { code } = /** @type {any} */ (cause)
      if (code !== 'MODULE_NOT_FOUND') causes.unshift(cause)
      else causes.push(cause)
    }
  }
  const advice = `install \`${packages[0]}\`, which npm leaves out with \`--omit=optional\`, or build it with \`npm run build\``
  throw new Error(`ctem has no engine for ${name} here: ${advice}`, { cause: causes[0] })
}

/** @param {object} ours @param {any} [kind] @returns {any} */
function of(ours, kind = Object) {
  const its = hidden.get(ours)
  if (its instanceof kind) return its
  throw new TypeError(`${kind === Object ? 'an object of this package' : `a ctem.${kind.name}`} is expected`)
}

/** The object of ours that has one of the engine's behind it. @template {object} T @param {T} ours @param {any} its @returns {T} */
function kept(ours, its) {
  hidden.set(ours, its)
  // Without what is behind it a copy for another thread would be nothing.
  uncloneable?.(ours)
  return ours
}

/** What the engine has behind tables, if there are any. @param {Intel | null} [intel] @returns {any} */
function known(intel) {
  return intel === undefined || intel === null ? undefined : of(intel, native.Intel)
}

/** What the call that is being made is to tell, where it is that of a twin. @type {Progress | undefined} */
let off

/**
 * What a call of the engine gives, as `shown`: at once, or, for a twin, the promise of it. What `changes` a program comes in the order it was
 * asked for.
 *
 * @template T
 * @param {any} its
 * @param {string} name
 * @param {() => any[]} handed
 * @param {(given: any) => T} shown
 * @param {object} [changes]
 * @returns {T}
 */
function asked(its, name, handed = none, shown = same, changes) {
  const progress = off
  // What is handed in may ask on its own, such as an assessment that is written as JSON.
  off = undefined
  const given = handed()
  if (progress === undefined) {
    try {
      return shown(its[name](...given))
    } catch (error) {
      throw told(error)
    }
  }
  const call = (/** @type {Ask} */ ask) => its[name](...given, ask)
  const made = changes ? changed(changes, () => watched(progress, call, true)) : watched(progress, call)
  return /** @type {any} */ (made.then(shown))
}

const none = () => []
const same = (/** @type {any} */ given) => given

/** What text says, also where it is still to come. @param {any} text @returns {any} */
function parsed(text) {
  return text instanceof Promise ? text.then(each => JSON.parse(each)) : JSON.parse(text)
}

/** The answer to a question. @param {Assessment} today @param {Document} question @returns {any} */
function answer(today, question) {
  return parsed(today.answerJson(question))
}

/** @param {Assessment} today @param {keyof typeof SHOWN} how @param {object} options @param {string} [form] @returns {string} */
function shown(today, how, options, form) {
  return asked(of(today), 'shown', () => [how, showing(how, options), form])
}

/**
 * The twin of a call, off the event loop. What is to be told stands where its options do, or, where it has none, behind what it must be handed.
 *
 * @param {(...given: any[]) => any} call
 * @param {boolean} has Whether the call has options of its own.
 * @returns {any}
 */
function later(call, has = true) {
  const at = call.length
  /** @this {any} @param {any[]} given */
  return async function (...given) {
    const { onProgress, signal, ...others } = given[at] ?? {}
    if (!has) refuse(others)
    off = { onProgress, signal }
    try {
      const handed = Array.from({ length: at }, (_, n) => given[n])
      return call.apply(this, has ? [...handed, others] : handed)
    } finally {
      off = undefined
    }
  }
}

/** Gives each call of a class its twin, by its name and `Async`. @param {any} kind @param {string[]} having Those that have options. */
function twins(kind, having) {
  for (const owner of [kind, kind.prototype]) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (typeof value !== 'function' || ['constructor', 'prototype', 'toJSON'].includes(name)) continue
      const twin = later(value, having.includes(name))
      Object.defineProperty(twin, 'name', { value: `${name}Async` })
      Object.defineProperty(owner, `${name}Async`, { value: twin, writable: true, configurable: true })
    }
  }
}

/**
 * The engine's error, which comes as a document; where an answer is too long to be a string of JavaScript, an error that says so; any
 * other stays as it is.
 *
 * @param {any} error
 */
function told(error) {
  const ours = error instanceof Error && error.message.startsWith('{"code":')
  if (!ours && error instanceof Error && /** @type {any} */ (error).code === 'GenericFailure' && /string/i.test(error.message)) {
    const message = 'the answer is longer than a string may be: ask for fewer exposures, or without explanations'
    return new CtemError({ code: 'limit_exceeded', place: null, message })
  }
  if (!ours) return misfit(error) ?? error
  const made = new CtemError(JSON.parse(error.message))
  Error.captureStackTrace?.(made, told)
  return made
}

/** What stands for the engine's types in JavaScript. @type {Record<string, string>} */
const TYPES = { String: 'a string', f64: 'a number', bool: '`true` or `false`', TypedArray: 'a Uint8Array' }

/** A value of another type than a call takes, in words of JavaScript: what passes it on speaks of the engine's. @param {any} error @returns {TypeError | undefined} */
function misfit({ message = '' }) {
  const [, type, name] = /(?:into rust type `|reference from )(\w+)`?(?: on \w+\.(\w+))?/.exec(message) ?? []
  if (type === undefined) return undefined
  const [, found] = /value `?(\w+)/.exec(message) ?? []
  const instead = found && !(found in TYPES && TYPES[found] === TYPES[type]) ? `, and not ${found.toLowerCase()}` : ''
  return new TypeError(`${name ? `\`${name}\`` : 'what is handed in'} must be ${TYPES[type] ?? type}${instead}`)
}

/** What a value is, in words of JavaScript. @param {unknown} given */
function kind(given) {
  return given === null ? 'null' : typeof given
}

/** @param {unknown} given @param {string} what @returns {string} */
function string(given, what) {
  if (typeof given === 'string') return whole(given)
  throw new TypeError(`${what} must be a string, and not ${kind(given)}`)
}

/** A list, where text would be taken apart by its letters. @template T @param {T[]} given @param {string} what @returns {T[]} */
function list(given, what) {
  if (Array.isArray(given)) return given
  throw new TypeError(`${what} must be a list, and not ${kind(given)}`)
}

/** @param {Uint8Array | string} data @returns {Uint8Array} */
function bytes(data) {
  if (typeof data === 'string') return Buffer.from(whole(data))
  if (data instanceof Uint8Array) return data
  throw new TypeError('a document is a string or a Uint8Array')
}

/**
 * Text without half a surrogate pair: written as UTF-8 every such half would become the same mark, and two names one.
 *
 * @template {string | undefined} T @param {T} text @returns {T}
 */
function whole(text) {
  if (typeof text !== 'string' || /** @type {any} */ (text).isWellFormed()) return text
  const at = [...text].findIndex(letter => !/** @type {any} */ (letter).isWellFormed())
  const message = 'the text holds half a surrogate pair, which stands for no character: leave it out'
  throw new CtemError({ code: 'malformed', place: `character ${at + 1}`, message })
}

/** @param {unknown} document @returns {Uint8Array} */
function written(document) {
  return document instanceof Uint8Array ? document : bytes(text(document))
}

/** A document as text. @param {unknown} document @returns {string} */
function text(document) {
  const text = typeof document === 'string' ? whole(document) : JSON.stringify(document)
  if (typeof text === 'string') return text
  throw new TypeError('a document is an object, or its JSON as a string')
}

/** The options of reading that there are. @param {ReadOptions} options @returns {ReadOptions} */
function reading({ format, mapping, asset, name, scope, asOf, mostBytes, secretKey, strict, ...others }) {
  refuse(others)
  const how = { format, asset: whole(asset), name: whole(name), scope: whole(scope), mostBytes, secretKey, strict }
  return { ...how, asOf: asOf === undefined ? undefined : moment(asOf), mapping: given(mapping) }
}

/**
 * What comes piece by piece as a whole, as far as there are not too many bytes: more are an error of the engine.
 *
 * @param {AsyncIterable<Uint8Array | string>} pieces
 * @param {ReadOptions & Progress} options
 * @returns {Promise<Uint8Array>}
 */
async function gathered(pieces, { mostBytes = native.mostBytes(), signal }) {
  signal?.throwIfAborted()
  const all = []
  let length = 0
  const coming = pieces[Symbol.asyncIterator]()
  let stop = () => {}
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal?.reason)
  })
  aborted.catch(() => {})
  signal?.addEventListener('abort', stop)
  try {
    while (length <= mostBytes) {
      // A piece may never come, and then nobody waits for it once the signal is aborted.
      const { done, value } = await Promise.race([coming.next(), aborted])
      if (done) return Buffer.concat(all)
      all.push(bytes(value))
      length += all[all.length - 1].length
    }
  } catch (error) {
    // It may be waiting itself, so that nobody waits until it is closed.
    Promise.resolve(coming.return?.()).catch(() => {})
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  await coming.return?.()
  return Buffer.concat(all)
}

/** A document that may be absent. @param {unknown} document @returns {Uint8Array | undefined} */
function given(document) {
  return document === undefined ? undefined : written(document)
}

/** The report, of which the process is warned where it must be. @param {any} report @returns {Report} */
function warned(report) {
  const warning = report.warning()
  if (warning) process.emitWarning(warning, 'CtemWarning')
  return new Report(report)
}

/** @param {AssessOptions & { baseline?: Document | string, profile?: Document | string }} options @returns {object} */
function assessed({ baseline, profile, ...options }) {
  return { ...assessing(options), baseline: given(baseline), profile: given(profile) }
}

/** @param {AssessOptions} options @returns {object} */
function assessing({ horizonDays, eventsPerFinding, crownJewel, ...others }) {
  refuse(others)
  return { horizonDays, eventsPerFinding, crownJewel }
}

/** The files of tables that there are. @param {IntelFiles} files @returns {object} */
function tables({ epss, kev, effects, metasploit, nuclei, exploitDb, ...others }) {
  refuse(others)
  const files = Object.entries({ epss, kev, effects, metasploit, nuclei, exploitDb })
  return Object.fromEntries(files.map(([name, file]) => [name, file === undefined ? undefined : bytes(file)]))
}

/** A moment as text. @template {string | undefined} T @param {T | Date} when @returns {T} */
function moment(when) {
  return /** @type {T} */ (when instanceof Date ? when.toISOString() : when)
}

/** @param {ScoreOptions} options @returns {any[]} */
function scoring({ intel, horizonDays, ...others }) {
  refuse(others)
  return [known(intel), horizonDays]
}

/** The options that each way to show an assessment has. */
const SHOWN = {
  table: ['atMost', 'explained', 'width', 'budget', 'only'],
  markdown: ['atMost', 'explained', 'budget', 'only'],
  html: ['atMost', 'budget', 'only'],
  export: ['atMost'],
}

/** @param {keyof typeof SHOWN} how @param {Record<string, any>} options @returns {object} */
function showing(how, options) {
  const unknown = Object.keys(options).filter(name => !SHOWN[how].includes(name))
  refuse(Object.fromEntries(unknown.map(name => [name, true])))
  return { ...options, budget: given(options.budget) }
}

/** The last change of a program that was begun off the event loop, until it is done. @type {WeakMap<object, Promise<unknown>>} */
const changes = new WeakMap()

/**
 * Changes a program once those before are done, whatever became of them.
 *
 * @template T @param {object} program @param {() => Promise<T>} change @returns {Promise<T>}
 */
function changed(program, change) {
  const made = (changes.get(program) ?? Promise.resolve()).then(change)
  changes.set(program, made.catch(() => {}))
  return made
}

/** The options of a question by the names of documents. Which there are, the engine knows. @param {object} options @returns {Document} */
function asking(options) {
  const named = Object.entries(options ?? {}).map(([name, value]) => {
    // JSON leaves functions out, and so the engine would not see it.
    if (typeof value === 'function') throw new TypeError(`\`${name}\` is an option of calls off the event loop alone, such as \`planAsync\``)
    return [name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), value]
  })
  return Object.fromEntries(named)
}

/**
 * What a call off the event loop gives. `onProgress` is told of it: anything but `false` goes on, and what it throws is thrown. Once the `signal`
 * is aborted nobody waits for the call any longer; unless it `lasts`, and then what became of it is known first: who is told that nothing was
 * changed must be right.
 *
 * @template T
 * @param {Progress} progress
 * @param {(ask: Ask) => Promise<T>} call
 * @param {boolean} [lasts]
 * @returns {Promise<T>}
 */
async function watched({ onProgress, signal }, call, lasts = false) {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    /** @type {{ thrown?: unknown }} */
    const failure = {}
    const ended = () => 'thrown' in failure || signal?.aborted
    const aborted = () => lasts || reject(signal?.reason)
    signal?.addEventListener('abort', aborted)
    const ask = (/** @type {number} */ done, /** @type {number} */ of) => {
      if (ended()) return false
      try {
        return onProgress?.(done, of) !== false
      } catch (thrown) {
        failure.thrown = thrown
        return false
      }
    }
    const over = (/** @type {() => void} */ settle) => {
      signal?.removeEventListener('abort', aborted)
      settle()
    }
    const because = () => ('thrown' in failure ? failure.thrown : signal?.reason)
    const begun = () => {
      try {
        return call(ask)
      } catch (error) {
        return Promise.reject(error)
      }
    }
    begun().then(
      given => over(() => (ended() && !lasts ? reject(because()) : resolve(given))),
      error => over(() => reject(ended() ? because() : told(error))),
    )
  })
}

/** A misspelt option would silently have its default. @param {object} others */
function refuse(others) {
  const [name] = Object.keys(others)
  if (name !== undefined) throw new TypeError(`\`${name}\` is not an option of this call`)
}

/** An object as `console.log` shows it. @this {any} */
function inspected() {
  const [its, name] = [hidden.get(this), this.constructor.name]
  return its ? `<ctem.${name} ${its.words()}>` : name
}

for (const kind of [Report, Intel, Program, Assessment]) {
  Object.defineProperty(kind.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspected, writable: true, configurable: true })
}

twins(Report, [])
twins(Intel, [])
twins(Program, ['assess', 'apply', 'applyJson', 'trend', 'trendJson', 'compact', 'read'])
twins(Assessment, [
  'sample', 'sampleBlock', 'paths', 'chokePoints', 'cheapestCut', 'blastRadius', 'whatIf', 'combinations', 'baseline', 'select', 'suggestedCrownJewels',
  'suggestedEntryPoints', 'zones', 'actions', 'plan', 'questions', 'questionsText', 'exposureText', 'tickets', 'table', 'markdown', 'html', 'export',
  'toJson',
])
export const readCollectionAsync = later(readCollection)
export const readTablesAsync = later(readTables, false)
export const backTestAsync = later(backTest, false)
export const backTestJsonAsync = later(backTestJson, false)
export const scoreAllAsync = later(scoreAll)
export const scoreTableAsync = later(scoreTable)
export const columnsAsync = later(columns, false)
