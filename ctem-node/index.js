import { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import process from 'node:process'

/** @typedef {Record<string, any>} Document A document of the engine: the same in every language. */
/** @typedef {{ horizonDays?: number, eventsPerFinding?: number }} AssessOptions */
/** @typedef {{ format?: string, asset?: string, mostBytes?: number, secretKey?: Uint8Array }} ReadOptions */
/** @typedef {{ intel?: Intel, horizonDays?: number }} ScoreOptions */

const native = load()

/** The engine's own object behind one of ours. @type {WeakMap<object, any>} */
const hidden = new WeakMap()

/**
 * What went wrong, where, and what would do instead.
 *
 * `code` is stable and the same in every language: `invalid_input`, `malformed`, `unknown_format`, `unsupported_version`,
 * `not_found`, `conflict`, `limit_exceeded`, `cancelled`. `place` is a JSON pointer, a line or a byte, or `null` when the
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
}

/**
 * Reads what a tool has written, recognising the format by content.
 *
 * `format` names the format when it is known, `asset` the asset of findings when the document does not say, `mostBytes` the
 * most bytes the document may have (1 GiB unless said), `secretKey` 32 bytes to fingerprint secrets with.
 *
 * @param {Uint8Array | string} data
 * @param {ReadOptions} [options]
 * @returns {Report}
 * @example
 * ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}').tally.accepted // 1
 */
export function read(data, options = {}) {
  return new Report(asked(() => native.read(...reading(data, options))))
}

/**
 * The same, off the event loop.
 *
 * @param {Uint8Array | string} data
 * @param {ReadOptions} [options]
 * @returns {Promise<Report>}
 */
export async function readAsync(data, options = {}) {
  return new Report(await awaited(native.readAsync(...reading(data, options))))
}

/**
 * The formats that can be read: each one's name and title.
 *
 * @returns {{ name: string, title: string }[]}
 */
export function formats() {
  return JSON.parse(asked(() => native.formats()))
}

/**
 * What one source said: its contents, checked, and a note with its place for everything that was not taken over.
 * Made by {@link read}.
 */
export class Report {
  /** @param {any} report */
  constructor(report) {
    hidden.set(this, report)
  }

  /** Who said it: format, tool, version, when. @returns {Document} */
  get source() {
    return JSON.parse(asked(() => of(this).source()))
  }

  /** What was understood, as lists: assets, relations, findings and so on. @returns {Document} */
  get contents() {
    return JSON.parse(asked(() => of(this).contents()))
  }

  /** What was not understood, and what was assumed, each with its place. @returns {Document[]} */
  get notes() {
    return JSON.parse(asked(() => of(this).notes()))
  }

  /** How many records there were, and what became of them. @returns {Document} */
  get tally() {
    return JSON.parse(asked(() => of(this).tally()))
  }

  /** All of it as JSON, the same bytes in every language. @returns {string} */
  toJson() {
    return asked(() => of(this).toJson())
  }
}

/**
 * What the world knows about weaknesses: FIRST's daily EPSS file and CISA's catalogue of known exploited vulnerabilities.
 *
 * Each is the file's bytes, plain or gzip; without one, what sources quote is all that is known.
 *
 * @example
 * new ctem.Intel({ epss: 'cve,epss\nCVE-2021-44228,0.94\n' }).epss.tally.accepted // 1
 */
export class Intel {
  /** @param {{ epss?: Uint8Array | string, kev?: Uint8Array | string }} [files] */
  constructor({ epss, kev, ...others } = {}) {
    refuse(others)
    const tables = [epss, kev].map(table => (table === undefined ? undefined : bytes(table)))
    hidden.set(this, asked(() => new native.Intel(...tables)))
  }

  /** Of which day and model the EPSS table is, and what became of its rows. @returns {Document | null} */
  get epss() {
    return JSON.parse(this.toJson()).epss
  }

  /** Which version of the catalogue it is, and what became of its entries. @returns {Document | null} */
  get kev() {
    return JSON.parse(this.toJson()).kev
  }

  /** Both as JSON, the same bytes in every language. @returns {string} */
  toJson() {
    return asked(() => of(this).toJson())
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
    hidden.set(this, asked(() => new native.Program(intel && of(intel, native.Intel))))
  }

  /**
   * Takes a report in. The tally and notes of what became of its records come back.
   *
   * @param {Report} report
   * @returns {Document}
   */
  absorb(report) {
    return JSON.parse(this.absorbJson(report))
  }

  /**
   * The same, with what became of the records as JSON.
   *
   * @param {Report} report
   * @returns {string}
   */
  absorbJson(report) {
    return asked(() => of(this).absorb(of(report, native.Report)))
  }

  /**
   * Ranks every standing finding by the loss that passes through it, as of a date or a moment such as `2025-11-13`.
   *
   * It looks `horizonDays` ahead, 30 unless said, and counts for each finding the `eventsPerFinding` costliest loss events,
   * 8 unless said.
   *
   * @param {string} asOf
   * @param {AssessOptions} [options]
   * @returns {Assessment}
   */
  assess(asOf, options = {}) {
    return new Assessment(asked(() => of(this).assess(asOf, ...assessing(options))))
  }

  /**
   * The same, off the event loop, of what is known when it is called.
   *
   * @param {string} asOf
   * @param {AssessOptions} [options]
   * @returns {Promise<Assessment>}
   */
  async assessAsync(asOf, options = {}) {
    return new Assessment(await awaited(of(this).assessAsync(asOf, ...assessing(options))))
  }

  /** What is known of the organisation, as a native document to be read again. @returns {string} */
  environmentJson() {
    return asked(() => of(this).environmentJson())
  }
}

/**
 * What is worst, as of a moment, and why. Made by {@link Program.assess}.
 *
 * @example
 * for (const { rank, weakness, asset } of program.assess('2025-11-13').ranked(10)) console.log(rank, weakness, asset)
 */
export class Assessment {
  /** @param {any} assessment */
  constructor(assessment) {
    hidden.set(this, assessment)
  }

  /**
   * The exposures, the worst first; all, unless `atMost` says how many.
   *
   * @param {number} [atMost]
   * @returns {Document[]}
   */
  ranked(atMost) {
    return JSON.parse(asked(() => of(this).ranked(atMost)))
  }

  /** The loss events, the largest expected loss first, each with its chance and its most probable path. @returns {Document[]} */
  get jewels() {
    return JSON.parse(asked(() => of(this).jewels()))
  }

  /** What was assumed, and what had no effect. @returns {Document[]} */
  get notes() {
    return JSON.parse(asked(() => of(this).notes()))
  }

  /** The expected loss within the horizon, of all loss events together. @returns {Document} */
  get risk() {
    return JSON.parse(asked(() => of(this).risk()))
  }

  /** How many findings stand. @returns {number} */
  get length() {
    return of(this).length
  }

  /**
   * Why a finding ranks where it does: the tree of terms its risk is folded from, and the attack paths.
   *
   * @param {string} findingId
   * @returns {Document}
   */
  explain(findingId) {
    return JSON.parse(this.explainJson(findingId))
  }

  /**
   * The same as JSON.
   *
   * @param {string} findingId
   * @returns {string}
   */
  explainJson(findingId) {
    return asked(() => of(this).explain(findingId))
  }

  /**
   * For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.
   *
   * 20 exposures, 3 of them explained, 100 columns, unless said.
   *
   * @param {{ atMost?: number, explained?: number, width?: number }} [options]
   * @returns {string}
   */
  table({ atMost, explained, width, ...others } = {}) {
    refuse(others)
    return asked(() => of(this).table(atMost, explained, width))
  }

  /**
   * The same as Markdown, for a ticket, a wiki or a chat.
   *
   * @param {{ atMost?: number, explained?: number }} [options]
   * @returns {string}
   */
  markdown({ atMost, explained, ...others } = {}) {
    refuse(others)
    return asked(() => of(this).markdown(atMost, explained))
  }

  /**
   * The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
   *
   * @param {{ atMost?: number }} [options]
   * @returns {string}
   */
  html({ atMost, ...others } = {}) {
    refuse(others)
    return asked(() => of(this).html(atMost))
  }

  /**
   * All of it as JSON, the same bytes in every language; each exposure with its explanation when `explained`.
   *
   * @param {{ atMost?: number, explained?: boolean }} [options]
   * @returns {string}
   */
  toJson(options = {}) {
    const { atMost, explained = false, ...others } = options
    refuse(others)
    return asked(() => of(this).toJson(atMost, explained))
  }
}

/**
 * A CVSS vector of any version: its scores, severity and metrics.
 *
 * @param {string} vector
 * @returns {Document}
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
  return asked(() => native.cvss(vector))
}

/**
 * The risk of one weakness on one asset, in crown-jewel units, and the tree of terms it is folded from.
 *
 * A row has `cve`, `epss`, `known_exploited`, `cvss`, `reachable` (`isolated`, `internal`, `unknown`, `internet`) and
 * `criticality`; what is absent is unknown, not zero. As in JSON, `NaN` is `null`, and so unknown.
 *
 * @param {Document | string | Uint8Array} row
 * @param {ScoreOptions} [options]
 * @returns {Document}
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
  return asked(() => native.score(written(row), ...scoring(options)))
}

/**
 * The risk of each row, in crown-jewel units; the same numbers as {@link score} gives, to the bit.
 *
 * @param {Document[] | string | Uint8Array} rows
 * @param {ScoreOptions} [options]
 * @returns {Float64Array}
 */
export function scoreAll(rows, options = {}) {
  return asked(() => native.scoreAll(written(rows), ...scoring(options)))
}

/** The package's version. @type {string} */
export const version = native.VERSION

// What follows is how the above reaches the engine.

/** @returns {any} */
function load() {
  const file = `./native/${process.platform}-${process.arch}.node`
  try {
    return createRequire(import.meta.url)(file)
  } catch (cause) {
    const name = `${process.platform}-${process.arch}`
    throw new Error(`ctem has no engine for ${name} here: build it with \`npm run build\``, { cause })
  }
}

/** @param {object} ours @param {any} [kind] @returns {any} */
function of(ours, kind = Object) {
  const its = hidden.get(ours)
  if (its instanceof kind) return its
  throw new TypeError(`${kind === Object ? 'an object of this package' : `a ctem.${kind.name}`} is expected`)
}

/** @template T @param {() => T} call @returns {T} */
function asked(call) {
  try {
    return call()
  } catch (error) {
    throw told(error)
  }
}

/** @template T @param {Promise<T>} call @returns {Promise<T>} */
async function awaited(call) {
  try {
    return await call
  } catch (error) {
    throw told(error)
  }
}

/** The engine's error, which comes as a document; any other stays as it is. @param {any} error */
function told(error) {
  if (!(error instanceof Error) || !error.message.startsWith('{"code":')) return error
  const ours = new CtemError(JSON.parse(error.message))
  Error.captureStackTrace?.(ours, told)
  return ours
}

/** @param {Uint8Array | string} data @returns {Uint8Array} */
function bytes(data) {
  if (typeof data === 'string') return Buffer.from(data)
  if (data instanceof Uint8Array) return data
  throw new TypeError('a document is a string or a Uint8Array')
}

/** @param {unknown} document @returns {Uint8Array} */
function written(document) {
  return bytes(typeof document === 'string' || document instanceof Uint8Array ? document : JSON.stringify(document))
}

/** @param {Uint8Array | string} data @param {ReadOptions} options @returns {any[]} */
function reading(data, { format, asset, mostBytes, secretKey, ...others }) {
  refuse(others)
  return [bytes(data), format, asset, mostBytes, secretKey]
}

/** @param {AssessOptions} options @returns {any[]} */
function assessing({ horizonDays, eventsPerFinding, ...others }) {
  refuse(others)
  return [horizonDays, eventsPerFinding]
}

/** @param {ScoreOptions} options @returns {any[]} */
function scoring({ intel, horizonDays, ...others }) {
  refuse(others)
  return [intel && of(intel, native.Intel), horizonDays]
}

/** A misspelt option would silently have its default. @param {object} others */
function refuse(others) {
  const [name] = Object.keys(others)
  if (name !== undefined) throw new TypeError(`\`${name}\` is not an option of this call`)
}
