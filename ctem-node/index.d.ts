import type { Absorbed, AbsorbedReport, AcceptedRisk, ActionColumns, Actions, BackTest, BlastRadius, Budget, CheapestCut, ChokePoints, Combinations, Contents, Course, CourseColumns, Cvss, Deadlines, Delta, Effects, Epss, Erased, Estimate, Explanation, Exposure, ExposureColumns, FedrampReport, Format, HistoryColumns, IncidentBaseline, Kev, LossEventRisk, Mark, Measures, Moved, Note, Paths, Plan, PlanColumns, PlanDifference, Profile, ProgressReport, Questions, RecordCounts, RowError, Sample, Scored, SelectedAssets, Source, Suggestions, Tickets, Trusts, UnknownRule, Verdict, Watched, WhatIf, Zones } from './answers.js';
export type Document = object;
export type AssessOptions = {
    horizonDays?: number;
    eventsPerFinding?: number;
    crownJewel?: number;
};
export type CoverageQuestion = {
    as_of: string | Date;
    within_days?: number;
    check?: string;
    watched_too?: boolean;
    at_most?: number;
};
export type Period = {
    from: string | Date;
    until: string | Date;
};
export type MeasuresQuestion = Period & {
    promises?: Record<string, number>;
    looked_within_days?: number;
};
export type MovedQuestion = Period & {
    horizon_days?: number;
    worlds?: number;
};
export type DeadlineOptions = {
    tables: (string | Document)[];
    class?: string;
    several_agencies?: boolean;
    likely_from?: number;
    calendar?: Document;
};
export type ProgressQuestion = MeasuresQuestion & MovedQuestion & {
    title?: string;
    marks?: number;
    budget?: Budget;
    at_most?: number;
    deadlines?: DeadlineOptions;
};
export type DeadlinesQuestion = DeadlineOptions & {
    as_of: string | Date;
    tolerated_loss?: number;
    horizon_days?: number;
    owners?: Document[];
    fall_back?: string;
    efforts?: Document[];
};
export type FedrampQuestion = {
    as_of: string | Date;
    class: string;
    package_overview: string;
    from: string | Date;
    to: string | Date;
    kind?: string;
    several_agencies?: boolean;
    likely_from?: number;
};
export type BaselineOptions = {
    annualChance?: number;
    incidents?: number;
    years?: number;
};
export type ReadOptions = {
    format?: string;
    mapping?: object | Uint8Array | string;
    asset?: string;
    name?: string;
    scope?: string;
    asOf?: string | Date;
    mostBytes?: number;
    secretKey?: Uint8Array;
    strict?: boolean;
};
export type ScoreOptions = {
    intel?: Intel;
    horizonDays?: number;
};
export type TableColumn = Float64Array | Uint8Array | BigInt64Array | (string | null)[] | {
    codes: Int32Array;
    dictionary: string[];
};
export type TableScores = {
    risks: Float64Array;
    errors: RowError[];
};
export type Columns<T> = {
    rows: number;
    columns: T;
    fields: { [Name in keyof T]: {
        about: string;
        unit: string | null;
    }; };
};
export type IntelFiles = {
    epss?: Uint8Array | string;
    kev?: Uint8Array | string;
    effects?: Uint8Array | string;
    metasploit?: Uint8Array | string;
    nuclei?: Uint8Array | string;
    exploitDb?: Uint8Array | string;
};
export type BackTestOptions = {
    landmark: string;
    until: string;
    epss?: Uint8Array | string;
    efforts?: number[];
    confidence?: number;
    resamples?: number;
    seed?: number;
    leaveOutKnown?: boolean;
    complete?: boolean;
};
export type Counted = {
    worlds?: number;
    seed?: number;
    confidence?: number;
};
export type MeasureOptions = Counted & {
    nodes?: number;
};
export type SampleOptions = MeasureOptions & {
    halfWidth?: number;
    shares?: boolean;
    atMost?: number;
    blocks?: string[];
};
export type SampleBlockOptions = {
    seed?: number;
    nodes?: number;
    shares?: boolean;
};
export type PathOptions = {
    atMost?: number;
    nodes?: number;
};
export type CutOptions = {
    costs?: Record<string, number | null>;
    defaultCost?: number;
    nodes?: number;
};
export type BlastRadiusOptions = Counted & {
    access?: string;
    halfWidth?: number;
};
export type ActionOptions = {
    owners?: Document[];
    fallBack?: string;
    efforts?: Document[];
    atMost?: number;
};
export type PlanOptions = ActionOptions & MeasureOptions & {
    budget?: Budget;
    perOwner?: Record<string, number>;
    owner?: string;
    must?: string[];
    mustNot?: string[];
    mitigate?: boolean;
    curves?: boolean;
};
export type QuestionOptions = Omit<PlanOptions, 'curves'> & {
    testHours?: Record<string, number>;
};
export type QuestionsTextOptions = QuestionOptions & {
    explained?: number;
    width?: number;
};
export type TicketOptions = {
    known?: Document[];
    project?: string;
    labels?: string[];
    due?: Record<string, string>;
    plan?: Document;
};
export type Progress = {
    onProgress?: (done: number, of: number) => unknown;
    signal?: AbortSignal;
};
export type Ask = (done: number, of: number) => boolean;
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
export declare class CtemError extends Error {
    /** @type {string} */
    code: string;
    /** @type {string | null} */
    place: string | null;
    /** @param {{ code: string, place: string | null, message: string }} error */
    constructor({ code, place, message }: {
        code: string;
        place: string | null;
        message: string;
    });
    /**
     * What went wrong and where, for `JSON.stringify`, which leaves the message of an `Error` out.
     *
     * @returns {{ code: string, place: string | null, message: string }}
     */
    toJSON(): {
        code: string;
        place: string | null;
        message: string;
    };
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
export declare function read(data: Uint8Array | string, options?: ReadOptions): Report;
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
export declare function readAsync(data: Uint8Array | string | AsyncIterable<Uint8Array | string>, options?: ReadOptions & Progress): Promise<Report>;
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
export declare function readCollection(files: Record<string, Uint8Array | string>, options?: ReadOptions): Collection;
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
export declare function readTables(tables: {
    [list: string]: Document[];
}): Report;
/**
 * The formats that can be read: each one's name and title.
 *
 * @returns {Format[]}
 */
export declare function formats(): Format[];
/**
 * The kinds of attackers that come with the engine, each with where they start, what they use and where that is from: for the
 * `profile` of an assessment.
 *
 * @returns {Profile[]}
 */
export declare function attackerProfiles(): Profile[];
/**
 * The same as JSON.
 *
 * @returns {string}
 */
export declare function attackerProfilesJson(): string;
/**
 * What one source said: its contents, checked, and a note with its place for everything that was not taken over.
 * Made by {@link read}.
 */
export declare class Report {
    /** @param {any} report */
    constructor(report: any);
    /** Who said it: format, tool, version, when. @returns {Source} */
    get source(): Source;
    /** What was understood, as lists: assets, relations, findings and so on. @returns {Contents} */
    get contents(): Contents;
    /**
     * What was not understood, and what was assumed, each with its place, and with `count` where it is about several records.
     *
     * @returns {Note[]}
     */
    get notes(): Note[];
    /** How many records there were, and what became of them. @returns {RecordCounts} */
    get tally(): RecordCounts;
    /** All of it as JSON, the same bytes in every language. @returns {string} */
    toJson(): string;
    /** The same as `toJson`, off the event loop. */
    toJsonAsync(progress?: Progress): Promise<string>;
    /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Report} */
    toJSON(): import('./answers.js').Report;
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
export declare function main(said: string[]): number;
/**
 * What several files have become: reports, each to be absorbed, and a note for each file that could not be read.
 * Made by {@link readCollection}.
 */
export declare class Collection {
    /** @type {Report[]} */
    reports: Report[];
    /** @param {any} collection */
    constructor(collection: any);
    /** Which files could not be read, and why. @returns {Note[]} */
    get notes(): Note[];
    /** How many files there were, those in archives counted one by one, and what became of them. @returns {RecordCounts} */
    get tally(): RecordCounts;
    /** All of it, for `JSON.stringify`. @returns {unknown} */
    toJSON(): unknown;
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
export declare class Intel {
    /** @param {IntelFiles} [files] */
    constructor(files?: IntelFiles);
    /**
     * The same as `new ctem.Intel(files)`, which has a twin off the event loop: `Intel.readAsync`.
     *
     * @param {IntelFiles} files
     * @returns {Intel}
     */
    static read(files: IntelFiles): Intel;
    /** The same as `read`, off the event loop. */
    static readAsync(files: IntelFiles, progress?: Progress): Promise<Intel>;
    /** Of which day and model the EPSS table is, and what became of its rows. @returns {Epss | null} */
    get epss(): Epss | null;
    /** Which version of the catalogue it is, and what became of its entries. @returns {Kev | null} */
    get kev(): Kev | null;
    /** How many lines your own table of effects has. @returns {Effects | null} */
    get effects(): Effects | null;
    /** All as JSON, the same bytes in every language. @returns {string} */
    toJson(): string;
    /** The same as `toJson`, off the event loop. */
    toJsonAsync(progress?: Progress): Promise<string>;
    /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Intel} */
    toJSON(): import('./answers.js').Intel;
}
/**
 * A program of threat exposure management: what is known of an organisation, and of the world.
 *
 * @example
 * const program = new ctem.Program()
 * program.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')).tally.accepted // 1
 */
export declare class Program {
    /** @param {Intel} [intel] */
    constructor(intel?: Intel);
    /**
     * Takes a report in. The tally and notes of what became of its records come back.
     *
     * @param {Report} report
     * @returns {Absorbed}
     */
    absorb(report: Report): Absorbed;
    /** The same as `absorb`, off the event loop. */
    absorbAsync(report: Report, progress?: Progress): Promise<Absorbed>;
    /**
     * The same, with what became of the records as JSON.
     *
     * @param {Report} report
     * @returns {string}
     */
    absorbJson(report: Report): string;
    /** The same as `absorbJson`, off the event loop. */
    absorbJsonAsync(report: Report, progress?: Progress): Promise<string>;
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
    assess(asOf: string | Date, options?: AssessOptions & {
        baseline?: Document | string;
        profile?: Document | string;
    }): Assessment;
    /** The same as `assess`, off the event loop. */
    assessAsync(asOf: string | Date, options?: AssessOptions & {
        baseline?: Document | string;
        profile?: Document | string;
    } & Progress): Promise<Assessment>;
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
    apply(event: Document | string, options?: AssessOptions & {
        late?: string;
    }): Delta;
    /** The same as `apply`, off the event loop. */
    applyAsync(event: Document | string, options?: AssessOptions & {
        late?: string;
    } & Progress): Promise<Delta>;
    /**
     * The same, with what it changed as JSON.
     *
     * @param {Document | string} event
     * @param {AssessOptions & { late?: string }} [options]
     * @returns {string}
     */
    applyJson(event: Document | string, { late, ...options }?: AssessOptions & {
        late?: string;
    }): string;
    /** The same as `applyJson`, off the event loop. */
    applyJsonAsync(event: Document | string, options?: AssessOptions & {
        late?: string;
    } & Progress): Promise<string>;
    /**
     * The courses of all findings that events brought: when each was first seen, by whom, when it went, and when it came back.
     *
     * @returns {Course[]}
     */
    courses(): Course[];
    /** The same as `courses`, off the event loop. */
    coursesAsync(progress?: Progress): Promise<Course[]>;
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
    decide(decision: Document | string): Absorbed;
    /** The same as `decide`, off the event loop. */
    decideAsync(decision: Document | string, progress?: Progress): Promise<Absorbed>;
    /**
     * Which kinds of check saw which assets, when, and what nobody watches: `{ as_of }`, and if wanted `within_days`, for how long a look
     * counts (30 unless said), `check`, by which kind the listed assets are not watched (`vulnerability`, `configuration`, `secrets`, `code`,
     * `identity`, `network`), `watched_too` and `at_most`. What matters most is listed first.
     *
     * @param {CoverageQuestion | string} question
     * @returns {Watched}
     */
    coverage(question: CoverageQuestion | string): Watched;
    /** The same as `coverage`, off the event loop. */
    coverageAsync(question: CoverageQuestion | string, progress?: Progress): Promise<Watched>;
    /**
     * The same as JSON.
     *
     * @param {CoverageQuestion | string} question
     * @returns {string}
     */
    coverageJson(question: CoverageQuestion | string): string;
    /** The same as `coverageJson`, off the event loop. */
    coverageJsonAsync(question: CoverageQuestion | string, progress?: Progress): Promise<string>;
    /**
     * The decisions to live with something that stand: what each is about, since and until when, who took it and why, and the findings it covers.
     *
     * @returns {AcceptedRisk[]}
     */
    acceptedRisks(): AcceptedRisk[];
    /** The same as `acceptedRisks`, off the event loop. */
    acceptedRisksAsync(progress?: Progress): Promise<AcceptedRisk[]>;
    /**
     * The reports that came as events: the `id` of each, when, by whom, how many findings it listed, and whether it was `withdrawn`. One that
     * should not have come is taken back, as if it never had, by the event `{ report_withdrawn: { report: id, by, reason } }`.
     *
     * @returns {AbsorbedReport[]}
     */
    reports(): AbsorbedReport[];
    /** The same as `reports`, off the event loop. */
    reportsAsync(progress?: Progress): Promise<AbsorbedReport[]>;
    /**
     * What happened, an event a row, in the order in which it happened, in columns: when, what, who reported and how much, what it is about, who
     * says so. It goes back as far as events are kept.
     *
     * @returns {Columns<HistoryColumns>}
     */
    history(): Columns<HistoryColumns>;
    /** The same as `history`, off the event loop. */
    historyAsync(progress?: Progress): Promise<Columns<HistoryColumns>>;
    /**
     * How a period went, each number with its sample: `{ from, until }`, and if wanted `promises`, days by severity, and
     * `looked_within_days`, 30 unless said.
     *
     * @param {MeasuresQuestion | string} period
     * @returns {Measures}
     */
    measures(period: MeasuresQuestion | string): Measures;
    /** The same as `measures`, off the event loop. */
    measuresAsync(period: MeasuresQuestion | string, progress?: Progress): Promise<Measures>;
    /**
     * The same as JSON.
     *
     * @param {MeasuresQuestion | string} period
     * @returns {string}
     */
    measuresJson(period: MeasuresQuestion | string): string;
    /** The same as `measuresJson`, off the event loop. */
    measuresJsonAsync(period: MeasuresQuestion | string, progress?: Progress): Promise<string>;
    /**
     * What moved the expected loss in a period: `{ from, until }`, and if wanted `horizon_days` and `worlds`. Each cause comes with the amount, and all
     * amounts add up to what moved in all.
     *
     * @param {MovedQuestion | string} period
     * @returns {Moved}
     */
    moved(period: MovedQuestion | string): Moved;
    /** The same as `moved`, off the event loop. */
    movedAsync(period: MovedQuestion | string, progress?: Progress): Promise<Moved>;
    /**
     * The same as JSON.
     *
     * @param {MovedQuestion | string} period
     * @returns {string}
     */
    movedJson(period: MovedQuestion | string): string;
    /** The same as `movedJson`, off the event loop. */
    movedJsonAsync(period: MovedQuestion | string, progress?: Progress): Promise<string>;
    /**
     * The report for leadership, whether a period made things better: `{ from, until }`, and if wanted `title`, `promises`,
     * `looked_within_days`, `marks`, `budget` (`{ hours: 40 }` unless said), `at_most`, `horizon_days`, `worlds`, and `deadlines`: `{ tables }` and, if
     * wanted, `class`, `several_agencies`, `likely_from`, `calendar`.
     *
     * @param {ProgressQuestion | string} period
     * @returns {ProgressReport}
     */
    progressReport(period: ProgressQuestion | string): ProgressReport;
    /** The same as `progressReport`, off the event loop. */
    progressReportAsync(period: ProgressQuestion | string, progress?: Progress): Promise<ProgressReport>;
    /**
     * The same as JSON.
     *
     * @param {ProgressQuestion | string} period
     * @returns {string}
     */
    progressReportJson(period: ProgressQuestion | string): string;
    /** The same as `progressReportJson`, off the event loop. */
    progressReportJsonAsync(period: ProgressQuestion | string, progress?: Progress): Promise<string>;
    /**
     * The same as a page that needs nothing else: no network, no script, no other file.
     *
     * @param {ProgressQuestion | string} period
     * @returns {string}
     */
    progressReportHtml(period: ProgressQuestion | string): string;
    /** The same as `progressReportHtml`, off the event loop. */
    progressReportHtmlAsync(period: ProgressQuestion | string, progress?: Progress): Promise<string>;
    /**
     * By when what is due, by which table, and why: `{ as_of, tables }`, each the name of a table that is shipped (`cisa_bod_26_04`,
     * `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`) or one of your own, and if wanted `class`, `several_agencies`,
     * `likely_from`, `calendar`, `tolerated_loss`, `horizon_days` and the rules of actions. Clocks run since the first sight of each finding.
     *
     * @param {DeadlinesQuestion | string} asking
     * @returns {Deadlines}
     */
    deadlines(asking: DeadlinesQuestion | string): Deadlines;
    /** The same as `deadlines`, off the event loop. */
    deadlinesAsync(asking: DeadlinesQuestion | string, progress?: Progress): Promise<Deadlines>;
    /**
     * The same as JSON.
     *
     * @param {DeadlinesQuestion | string} asking
     * @returns {string}
     */
    deadlinesJson(asking: DeadlinesQuestion | string): string;
    /** The same as `deadlinesJson`, off the event loop. */
    deadlinesJsonAsync(asking: DeadlinesQuestion | string, progress?: Progress): Promise<string>;
    /**
     * What FedRAMP wants reported, in the shape of its published schemas: `{ as_of, class, package_overview, from, to }`, and if wanted
     * `kind`: `detail` unless said, `accepted` or `historical`.
     *
     * @param {FedrampQuestion | string} asking
     * @returns {FedrampReport}
     */
    fedrampReport(asking: FedrampQuestion | string): FedrampReport;
    /** The same as `fedrampReport`, off the event loop. */
    fedrampReportAsync(asking: FedrampQuestion | string, progress?: Progress): Promise<FedrampReport>;
    /**
     * The same as JSON.
     *
     * @param {FedrampQuestion | string} asking
     * @returns {string}
     */
    fedrampReportJson(asking: FedrampQuestion | string): string;
    /** The same as `fedrampReportJson`, off the event loop. */
    fedrampReportJsonAsync(asking: FedrampQuestion | string, progress?: Progress): Promise<string>;
    /**
     * How things stood at moments: risk, exposures, and attack paths that are new, back or gone since the moment before.
     *
     * @param {(string | Date)[]} moments
     * @param {{ horizonDays?: number }} [options]
     * @returns {Mark[]}
     */
    trend(moments: (string | Date)[], { horizonDays, ...others }?: {
        horizonDays?: number;
    }): Mark[];
    /** The same as `trend`, off the event loop. */
    trendAsync(moments: (string | Date)[], options?: {
        horizonDays?: number;
    } & Progress): Promise<Mark[]>;
    /**
     * The same as JSON.
     *
     * @param {(string | Date)[]} moments
     * @param {{ horizonDays?: number }} [options]
     * @returns {string}
     */
    trendJson(moments: (string | Date)[], { horizonDays, ...others }?: {
        horizonDays?: number;
    }): string;
    /** The same as `trendJson`, off the event loop. */
    trendJsonAsync(moments: (string | Date)[], options?: {
        horizonDays?: number;
    } & Progress): Promise<string>;
    /**
     * The program as it was at a moment, to the bit.
     *
     * @param {string | Date} when
     * @returns {Program}
     */
    at(when: string | Date): Program;
    /** The same as `at`, off the event loop. */
    atAsync(when: string | Date, progress?: Progress): Promise<Program>;
    /**
     * Makes one state of what happened until a moment, and says how many events that were. What has been gone since before
     * `forgetGoneBefore` is forgotten.
     *
     * @param {string | Date} replayFrom
     * @param {{ forgetGoneBefore?: string | Date }} [options]
     * @returns {number}
     */
    compact(replayFrom: string | Date, { forgetGoneBefore, ...others }?: {
        forgetGoneBefore?: string | Date;
    }): number;
    /** The same as `compact`, off the event loop. */
    compactAsync(replayFrom: string | Date, options?: {
        forgetGoneBefore?: string | Date;
    } & Progress): Promise<number>;
    /**
     * Erases persons, identities and assets from state and history: `{ names }`, each an id of an asset or an owner, another of its names, or the
     * name of a person as it stands in texts. Pseudonyms stand in their place afterwards, made with a `key` of 32 bytes that nobody else knows,
     * and the history still replays. What stands in their place comes back.
     *
     * @param {{ names: string[] } | string} asking
     * @param {Uint8Array} key
     * @returns {Erased}
     */
    erase(asking: {
        names: string[];
    } | string, key: Uint8Array): Erased;
    /** The same as `erase`, off the event loop. */
    eraseAsync(asking: {
        names: string[];
    } | string, key: Uint8Array, progress?: Progress): Promise<Erased>;
    /** The program with its history as a JSON document, which {@link Program.read} makes the same program of. @returns {string} */
    document(): string;
    /** The same as `document`, off the event loop. */
    documentAsync(progress?: Progress): Promise<string>;
    /**
     * The program of a document that `document` wrote, with the table of effects it had, if it had one of its own.
     *
     * @param {string} document
     * @param {{ effects?: Uint8Array | string }} [options]
     * @returns {Program}
     */
    static read(document: string, { effects, ...others }?: {
        effects?: Uint8Array | string;
    }): Program;
    /** The same as `read`, off the event loop. */
    static readAsync(document: string, options?: {
        effects?: Uint8Array | string;
    } & Progress): Promise<Program>;
    /**
     * The rules whose findings no table of effects decides, the most findings first. Each `line` with the name of an outcome
     * behind it is a line for `new Intel({ effects })`.
     *
     * @returns {UnknownRule[]}
     */
    unknownRules(): UnknownRule[];
    /** The same as `unknownRules`, off the event loop. */
    unknownRulesAsync(progress?: Progress): Promise<UnknownRule[]>;
    /** What is known of the organisation, as a native document to be read again. @returns {string} */
    environmentJson(): string;
    /** The same as `environmentJson`, off the event loop. */
    environmentJsonAsync(progress?: Progress): Promise<string>;
    /** What `document` writes, for `JSON.stringify`. @returns {unknown} */
    toJSON(): unknown;
}
/**
 * What is worst, as of a moment, and why. Made by {@link Program.assess}.
 *
 * It is iterable: its exposures, the worst first, each made when it is asked for.
 *
 * @example
 * for (const { rank, weakness, asset } of program.assess('2025-11-13')) console.log(rank, weakness, asset)
 */
export declare class Assessment {
    /** @param {any} assessment */
    constructor(assessment: any);
    /**
     * The exposures, the worst first; all, unless `atMost` says how many.
     *
     * @param {number} [atMost]
     * @returns {Exposure[]}
     */
    ranked(atMost?: number): Exposure[];
    /** The same as `ranked`, off the event loop. */
    rankedAsync(atMost?: number, progress?: Progress): Promise<Exposure[]>;
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
    columns(atMost?: number): Columns<ExposureColumns>;
    /** The same as `columns`, off the event loop. */
    columnsAsync(atMost?: number, progress?: Progress): Promise<Columns<ExposureColumns>>;
    /** The loss events, the largest expected loss first, each with its chance and its most probable path. @returns {LossEventRisk[]} */
    get lossEvents(): LossEventRisk[];
    /** What was assumed, and what had no effect. @returns {Note[]} */
    get notes(): Note[];
    /** The expected loss within the horizon, of all loss events together; `sample` gives it more narrowly. @returns {Estimate} */
    get risk(): Estimate;
    /** How many findings stand. @returns {number} */
    get length(): number;
    /** The exposures, the worst first. @returns {Generator<Exposure, void, undefined>} */
    [Symbol.iterator](): Generator<Exposure, void, undefined>;
    /**
     * Why a finding or relation ranks where it does: the tree of terms its risk is folded from, and the attack paths.
     *
     * @param {string} findingId
     * @returns {Explanation}
     */
    explain(findingId: string): Explanation;
    /** The same as `explain`, off the event loop. */
    explainAsync(findingId: string, progress?: Progress): Promise<Explanation>;
    /**
     * The same as JSON.
     *
     * @param {string} findingId
     * @returns {string}
     */
    explainJson(findingId: string): string;
    /** The same as `explainJson`, off the event loop. */
    explainJsonAsync(findingId: string, progress?: Progress): Promise<string>;
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
    sample(options?: SampleOptions): Sample;
    /** The same as `sample`, off the event loop. */
    sampleAsync(options?: SampleOptions & Progress): Promise<Sample>;
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
    sampleBlock(first: number, count: number, options?: SampleBlockOptions): string;
    /** The same as `sampleBlock`, off the event loop. */
    sampleBlockAsync(first: number, count: number, options?: SampleBlockOptions & Progress): Promise<string>;
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
    paths(event: string, options?: PathOptions): Paths;
    /** The same as `paths`, off the event loop. */
    pathsAsync(event: string, options?: PathOptions & Progress): Promise<Paths>;
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
    chokePoints(event: string, options?: MeasureOptions & {
        atMost?: number;
    }): ChokePoints;
    /** The same as `chokePoints`, off the event loop. */
    chokePointsAsync(event: string, options?: MeasureOptions & {
        atMost?: number;
    } & Progress): Promise<ChokePoints>;
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
    cheapestCut(event: string, options?: CutOptions): CheapestCut;
    /** The same as `cheapestCut`, off the event loop. */
    cheapestCutAsync(event: string, options?: CutOptions & Progress): Promise<CheapestCut>;
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
    blastRadius(asset: string, options?: BlastRadiusOptions): BlastRadius;
    /** The same as `blastRadius`, off the event loop. */
    blastRadiusAsync(asset: string, options?: BlastRadiusOptions & Progress): Promise<BlastRadius>;
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
    whatIf(changes: Document[], options?: MeasureOptions): WhatIf;
    /** The same as `whatIf`, off the event loop. */
    whatIfAsync(changes: Document[], options?: MeasureOptions & Progress): Promise<WhatIf>;
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
    combinations(options?: MeasureOptions & {
        event?: string;
        atMost?: number;
    }): Combinations;
    /** The same as `combinations`, off the event loop. */
    combinationsAsync(options?: MeasureOptions & {
        event?: string;
        atMost?: number;
    } & Progress): Promise<Combinations>;
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
    baseline(options?: BaselineOptions): IncidentBaseline;
    /** The same as `baseline`, off the event loop. */
    baselineAsync(options?: BaselineOptions & Progress): Promise<IncidentBaseline>;
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
    select(selector: string, options?: {
        atMost?: number;
    }): SelectedAssets;
    /** The same as `select`, off the event loop. */
    selectAsync(selector: string, options?: {
        atMost?: number;
    } & Progress): Promise<SelectedAssets>;
    /**
     * What may be a crown jewel and has no criticality yet, with the reasons: to accept or refuse, by `Program.decide` or by stating one.
     *
     * @example
     * today.suggestedCrownJewels().list.map(({ asset, reasons }) => [asset, reasons])
     *
     * @param {{ atMost?: number }} [options]
     * @returns {Suggestions}
     */
    suggestedCrownJewels(options?: {
        atMost?: number;
    }): Suggestions;
    /** The same as `suggestedCrownJewels`, off the event loop. */
    suggestedCrownJewelsAsync(options?: {
        atMost?: number;
    } & Progress): Promise<Suggestions>;
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
    suggestedEntryPoints(options?: {
        atMost?: number;
    }): Suggestions;
    /** The same as `suggestedEntryPoints`, off the event loop. */
    suggestedEntryPointsAsync(options?: {
        atMost?: number;
    } & Progress): Promise<Suggestions>;
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
    zones(zones: Document[], options?: {
        atMost?: number;
    }): Zones;
    /** The same as `zones`, off the event loop. */
    zonesAsync(zones: Document[], options?: {
        atMost?: number;
    } & Progress): Promise<Zones>;
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
    actions(options?: ActionOptions): Actions;
    /** The same as `actions`, off the event loop. */
    actionsAsync(options?: ActionOptions & Progress): Promise<Actions>;
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
    plan(options?: PlanOptions): Plan;
    /** The same as `plan`, off the event loop. */
    planAsync(options?: PlanOptions & Progress): Promise<Plan>;
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
    questions(options?: QuestionOptions): Questions;
    /** The same as `questions`, off the event loop. */
    questionsAsync(options?: QuestionOptions & Progress): Promise<Questions>;
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
    questionsText(options?: QuestionsTextOptions): string;
    /** The same as `questionsText`, off the event loop. */
    questionsTextAsync(options?: QuestionsTextOptions & Progress): Promise<string>;
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
    exposureText(exposure: string, options?: {
        width?: number;
    }): string;
    /** The same as `exposureText`, off the event loop. */
    exposureTextAsync(exposure: string, options?: {
        width?: number;
    } & Progress): Promise<string>;
    /**
     * How far methods of testing are to be trusted, as verdicts that agreed or contradicted taught: sensitivity and specificity by method
     * and kind of weakness, each with its interval and counts.
     *
     * @example
     * today.trusts().list.map(({ method, sensitivity }) => [method, sensitivity.mean])
     *
     * @returns {Trusts}
     */
    trusts(): Trusts;
    /** The same as `trusts`, off the event loop. */
    trustsAsync(progress?: Progress): Promise<Trusts>;
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
    tickets(tracker: string, options?: TicketOptions): Tickets;
    /** The same as `tickets`, off the event loop. */
    ticketsAsync(tracker: string, options?: TicketOptions & Progress): Promise<Tickets>;
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
    comparePlans(plan: PlanOptions, other: PlanOptions): PlanDifference;
    /** The same as `comparePlans`, off the event loop. */
    comparePlansAsync(plan: PlanOptions, other: PlanOptions, progress?: Progress): Promise<PlanDifference>;
    /**
     * The answer to any of these questions as JSON, the same bytes in every language; the question is a document too.
     *
     * @param {Document | string} question
     * @returns {string}
     * @example
     * today.answerJson({ paths: { event: 'leak', at_most: 3 } })
     */
    answerJson(question: Document | string): string;
    /** The same as `answerJson`, off the event loop. */
    answerJsonAsync(question: Document | string, progress?: Progress): Promise<string>;
    /**
     * For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.
     *
     * 20 exposures, 3 of them explained, 100 columns, unless said. The `budget` is that of the plan it begins with, as `plan` has it, and `only` a selector:
     * only what is on the assets that it means is shown, and numbers stay those of the whole.
     *
     * @param {{ atMost?: number, explained?: number, width?: number, budget?: Budget, only?: string }} [options]
     * @returns {string}
     */
    table(options?: {
        atMost?: number;
        explained?: number;
        width?: number;
        budget?: Budget;
        only?: string;
    }): string;
    /** The same as `table`, off the event loop. */
    tableAsync(options?: {
        atMost?: number;
        explained?: number;
        width?: number;
        budget?: Budget;
        only?: string;
    } & Progress): Promise<string>;
    /**
     * The same as Markdown, for a ticket, a wiki or a chat.
     *
     * @param {{ atMost?: number, explained?: number, budget?: Budget, only?: string }} [options]
     * @returns {string}
     */
    markdown(options?: {
        atMost?: number;
        explained?: number;
        budget?: Budget;
        only?: string;
    }): string;
    /** The same as `markdown`, off the event loop. */
    markdownAsync(options?: {
        atMost?: number;
        explained?: number;
        budget?: Budget;
        only?: string;
    } & Progress): Promise<string>;
    /**
     * The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
     *
     * @param {{ atMost?: number, budget?: Budget, only?: string }} [options]
     * @returns {string}
     */
    html(options?: {
        atMost?: number;
        budget?: Budget;
        only?: string;
    }): string;
    /** The same as `html`, off the event loop. */
    htmlAsync(options?: {
        atMost?: number;
        budget?: Budget;
        only?: string;
    } & Progress): Promise<string>;
    /**
     * The same for another tool: `csv`, `sarif` or `ocsf` of the first exposures, or the most probable paths to the first loss events as
     * `mermaid`, `dot`, `graphml` or `attack_flow` (STIX 2.1); or VEX as `openvex` or `cyclonedx`: all that is fixed, accepted or does not
     * apply, and of what is open the first by rank.
     *
     * @param {string} form
     * @param {{ atMost?: number }} [options]
     * @returns {string}
     */
    export(form: string, options?: {
        atMost?: number;
    }): string;
    /** The same as `export`, off the event loop. */
    exportAsync(form: string, options?: {
        atMost?: number;
    } & Progress): Promise<string>;
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
    gate(policy: Document | string | Uint8Array, baseline: Document | string | Uint8Array): Verdict;
    /** The same as `gate`, off the event loop. */
    gateAsync(policy: Document | string | Uint8Array, baseline: Document | string | Uint8Array, progress?: Progress): Promise<Verdict>;
    /**
     * The same as JSON, the same bytes in every language.
     *
     * @param {Document | string | Uint8Array} policy
     * @param {Document | string | Uint8Array} baseline
     * @returns {string}
     */
    gateJson(policy: Document | string | Uint8Array, baseline: Document | string | Uint8Array): string;
    /** The same as `gateJson`, off the event loop. */
    gateJsonAsync(policy: Document | string | Uint8Array, baseline: Document | string | Uint8Array, progress?: Progress): Promise<string>;
    /**
     * All of it as JSON, the same bytes in every language: the plan as `plan` answers it, the loss events and the exposures, each with
     * its explanation when `explained`. A graph that takes long to plan has a note at `/plan` in its place.
     *
     * @param {{ atMost?: number, explained?: boolean }} [options]
     * @returns {string}
     */
    toJson(options?: {
        atMost?: number;
        explained?: boolean;
    }): string;
    /** The same as `toJson`, off the event loop. */
    toJsonAsync(options?: {
        atMost?: number;
        explained?: boolean;
    } & Progress): Promise<string>;
    /** All of it, for `JSON.stringify`. @returns {import('./answers.js').Assessment} */
    toJSON(): import('./answers.js').Assessment;
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
export declare function backTest(rows: Uint8Array | string, outcomes: Uint8Array | string, options: BackTestOptions): BackTest;
/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {Uint8Array | string} rows
 * @param {Uint8Array | string} outcomes
 * @param {BackTestOptions} options
 * @returns {string}
 */
export declare function backTestJson(rows: Uint8Array | string, outcomes: Uint8Array | string, { epss, ...options }: BackTestOptions): string;
/**
 * A CVSS vector of any version: its scores, severity and metrics.
 *
 * @param {string} vector
 * @returns {Cvss}
 * @example
 * ctem.cvss('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H').base_score // 9.8
 */
export declare function cvss(vector: string): Cvss;
/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {string} vector
 * @returns {string}
 */
export declare function cvssJson(vector: string): string;
/**
 * A plan, paths, one of them, an explanation or a loss curve as a picture: a piece of a page that needs nothing else, on light as on dark.
 *
 * @param {object | string | Uint8Array} answer
 * @returns {string}
 * @example
 * ctem.picture(today.plan({ curves: true })) // '<div class="ctem">…'
 */
export declare function picture(answer: object | string | Uint8Array): string;
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
export declare function columns<A extends Plan | Actions | Course[] | string>(answer: A): Columns<A extends Plan ? PlanColumns : A extends Actions ? ActionColumns : A extends Course[] ? CourseColumns : PlanColumns | ActionColumns | CourseColumns>;
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
export declare function score(row: Document | string | Uint8Array, options?: ScoreOptions): Scored;
/**
 * The same as JSON, the same bytes in every language.
 *
 * @param {Document | string | Uint8Array} row
 * @param {ScoreOptions} [options]
 * @returns {string}
 */
export declare function scoreJson(row: Document | string | Uint8Array, options?: ScoreOptions): string;
/**
 * The risk of each row, in crown-jewel units; the same numbers as {@link score} gives, to the bit.
 *
 * @param {Document[] | string | Uint8Array} rows
 * @param {ScoreOptions} [options]
 * @returns {Float64Array}
 */
export declare function scoreAll(rows: Document[] | string | Uint8Array, options?: ScoreOptions): Float64Array;
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
export declare function scoreTable(columns: Record<string, TableColumn>, options?: ScoreOptions): TableScores;
/** The package's version. @type {string} */
export declare const version: string;
/** The same as `readCollection`, off the event loop. */
export declare function readCollectionAsync(files: Record<string, Uint8Array | string>, options?: ReadOptions & Progress): Promise<Collection>;
/** The same as `readTables`, off the event loop. */
export declare function readTablesAsync(tables: {
    [list: string]: Document[];
}, progress?: Progress): Promise<Report>;
/** The same as `backTest`, off the event loop. */
export declare function backTestAsync(rows: Uint8Array | string, outcomes: Uint8Array | string, options: BackTestOptions, progress?: Progress): Promise<BackTest>;
/** The same as `backTestJson`, off the event loop. */
export declare function backTestJsonAsync(rows: Uint8Array | string, outcomes: Uint8Array | string, { epss, ...options }: BackTestOptions, progress?: Progress): Promise<string>;
/** The same as `scoreAll`, off the event loop. */
export declare function scoreAllAsync(rows: Document[] | string | Uint8Array, options?: ScoreOptions & Progress): Promise<Float64Array>;
/** The same as `scoreTable`, off the event loop. */
export declare function scoreTableAsync(columns: Record<string, TableColumn>, options?: ScoreOptions & Progress): Promise<TableScores>;
/** The same as `columns`, off the event loop. */
export declare function columnsAsync<A extends Plan | Actions | Course[] | string>(answer: A, progress?: Progress): Promise<Columns<A extends Plan ? PlanColumns : A extends Actions ? ActionColumns : A extends Course[] ? CourseColumns : PlanColumns | ActionColumns | CourseColumns>>;
