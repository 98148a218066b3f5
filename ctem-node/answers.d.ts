// What calls answer, by type: `import type { Plan } from 'ctem/answers'`.
//
// Made from the engine's own types; see `ctem-core/src/wire/answers-2.schema.json`. A key with a question mark is left out where there is
// nothing to say; any other is always there, and `null` where that is not known.

/** Any value that JSON has. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Texts by their places in a dictionary; −1 where there is none. */
export interface Coded {
  codes: Int32Array
  dictionary: string[]
}

/** What is tested. */
export interface About {
  /** Whether a finding can be exploited where it was seen. */
  finding?: string
  /** Whether a relation is there and can be used. */
  relation?: string
  /** Whether a control fails. */
  control?: string
}

/** What became of a report's records once it was taken in: of the records its report understood, and of those rejected when it was read. */
export interface Absorbed {
  /** Why some were rejected, what was left out, and what was assumed; the notes of the reading first. */
  notes: Note[]
  /**
   * How many records were new, merged into what was known, or rejected. A record here is one noun of the model: a scanner's finding on
   * an asset it names is two.
   */
  tally: RecordCounts
}

/** A report that came as an event, and whether it still counts. */
export interface AbsorbedReport {
  /** When it was. */
  at: string
  /** How many findings it listed. */
  findings: number
  /** The format it was read as. */
  format: string
  /** The id of the event that brought it: 32 hexadecimal digits. */
  id: string
  /** Who said it. */
  source: string
  /** That it was taken back, if it was. */
  withdrawn?: Withdrawal
}

/** The decision to live with a finding: who took it, why, since when and until when. What is accepted stays a risk. */
export interface Acceptance {
  /** Who decided. */
  by?: string
  /** Why. */
  reason?: string
  /** When it was decided, where that is known. */
  since?: string
  /** When it ends, and the finding is open again; absent for until another decision. */
  until?: string
}

/** An ending of an acceptance. */
export type AcceptanceEnding = 'withdrawn' | 'no_longer_holds'

/** What somebody decided to live with. */
export interface AcceptedLoss {
  /** How many findings are accepted. */
  findings: number
  /** When the first of the decisions ends, of those that do. */
  first_ends?: string
  /** What would not be lost if none of them were there, and all else were as it is. */
  worth: number
}

/** A decision that stands, and what it covers now. */
export interface AcceptedRisk {
  /** The action that is not done. */
  action?: string
  /** Whether it covers what is found later too. */
  also_new?: boolean
  /** It stands as long as these hold. */
  as_long_as?: AsLongAs
  /** On which assets, as a selector. */
  assets?: string
  /** Who took it. */
  by?: string
  /** The findings that stand and that it covers. */
  covers: string[]
  /** The finding it is about. */
  finding?: string
  /** What that action would have ended. */
  findings?: string[]
  /** Why. */
  reason?: string
  /** When it was decided. */
  since: string
  /** It ends then. */
  until?: string
  /** The weakness it is about. */
  weakness?: string
}

/** An access. */
export type Access = 'reach' | 'know' | 'read' | 'write' | 'use' | 'control' | 'down'

/**
 * What a finding needs or gives: one access to its own asset, or accesses to any assets, all of them.
 *
 * In documents a word, or a list of at most `MOST_ACCESSES`.
 */
export type Accesses = Access | AssetAccess[]

/** What somebody does: one piece of work that ends exposures, in the words of those who do it. */
export interface Action {
  /** How one knows that it is done. */
  done_when: string
  /** How long it takes. */
  effort: Effort
  /** The findings and relations it ends, in the order of their ids. */
  ends: ExposureId[]
  /** Its name: the same on every day on which it is to be done, whatever else changes. */
  id: string
  /** What sort of work it is. */
  kind: ActionKind
  /** Where the work is, by asset: an image, rather than all that runs it. */
  on: string[]
  /** Who does it, and by which rule; nobody where no rule matches. */
  owner?: OwnedBy
  /** The version to go to, where it is an upgrade. */
  target?: TargetVersion
  /** What to do, as one says it to somebody. */
  title: string
}

/** By when an action is due. */
export interface ActionDeadline {
  /** The action. */
  action: string
  /** By when. */
  due: string
  /** What it ends that is due first. */
  finding: string
  /** Whether that is over. */
  overdue: boolean
  /** The table that says so. */
  table: string
}

/** A kind of action. */
export type ActionKind = 'upgrade' | 'rebuild' | 'patch' | 'rotate' | 'configure' | 'revoke' | 'close' | 'enforce' | 'change_code' | 'retire' | 'mitigate'

/** What can be done. */
export interface Actions {
  /** The actions. */
  list: Action[]
  /** The version of documents. */
  version: number
}

/** What to do about two findings that act together. */
export type Advice = 'fix_both' | 'fix_either'

/**
 * What a source concluded of a finding, rather than saw: a statement of VEX. It outweighs what scanners see, a later one an earlier one,
 * and speaks of the findings of other reports too.
 */
export interface Analysis {
  /** Whether it was stated in another record, and followed here. */
  applied?: boolean
  /** What it comes to: `open` is affected, or still under investigation. */
  status: Status
  /** The range of versions it speaks of, where it names no single one: `vers:npm/>=6.0.0|<6.5.3`. */
  versions?: string
  /** Whether it speaks of the component wherever it lies, and not of one asset. */
  wherever?: boolean
}

/** What an outcome of a test would change. */
export interface AnswerIf {
  /** Actions that the plan has then and has not now. */
  adds?: string[]
  /** The chance then that it is so. */
  belief: number
  /** Actions that it has now and has not then. */
  drops?: string[]
  /** The first action then. */
  first?: string
  /** What is left to lose then, with the plan that is best then. */
  left: number
  /** How likely it is. */
  likely: number
  /** The outcome. */
  outcome: Outcome
  /** What that plan saves beside the plan as it is now. */
  saved: number
}

/** What must hold of a finding for a decision to cover it. What nobody states breaks nothing. */
export interface AsLongAs {
  /** Its EPSS score is no higher. */
  epss_at_most?: number
  /** It is not known to be exploited: neither the catalogue nor a source says so. */
  not_known_exploited?: boolean
  /** No source and no vector gives a higher severity. */
  severity_at_most?: Severity
}

/** An assessment as it is written. */
export interface Assessment {
  /** The moment it is as of. */
  as_of: string
  /** Whether every finding counts all loss events it leads to. */
  complete: boolean
  /** How many assets, relations and standing findings there are. */
  counts: Counts
  /** The exposures, the worst first. */
  exposures: Exposure[]
  /** How far ahead it looks, in days. */
  horizon_days: number
  /** What the inputs imply, beside what firms see. */
  implied: Implied
  /** The loss events, the largest expected loss first; of those that criticality implies, at most as many as exposures. */
  loss_events: LossEventRisk[]
  /** What was assumed, and what had no effect. */
  notes: Note[]
  /** The paths that explanations name by their places here, from 0: each is here once, however many exposures are on it. */
  paths?: Path[]
  /**
   * What to do first, as `Assessment::plan` answers it: at most as many actions as exposures, and 50. None where it would take long,
   * which a note at `/plan` says.
   */
  plan?: Plan
  /** The kind of attacker it is of, where it is of one. */
  profile?: string
  /** The expected loss of all loss events together. */
  risk: Estimate
  /** What losses are counted in. */
  unit: string
  /** The version of the document. */
  version: number
}

/** Anything an attacker can hold or a business can lose. */
export interface Asset {
  /** Other names tools know it by: an image digest, an IP address, a cloud resource name. */
  aliases?: string[]
  /** How much it matters where no loss event says so in money. Unknown is not unimportant. */
  criticality?: Criticality
  /** Assets that it is not, whatever they share with it. */
  distinct_from?: string[]
  /** The name everything else refers to it by. */
  id: string
  /** What tools saw it go by: names that need not be its alone. */
  identifiers?: Identifier[]
  /** What sort of thing it is. */
  kind: string
  /** The organisation's own words about it, carried along and never interpreted. */
  labels?: { [name: string]: string }
  /** A name for people, when the id is not one. */
  name?: string
  /** Who mends what is found on it. */
  owner?: string
}

/** An access to an asset: what an attacker holds. */
export interface AssetAccess {
  /** The access. */
  access: Access
  /** The asset. */
  asset: string
}

/** An attacker. */
export type Attacker = 'internet' | 'phishing' | 'supplier' | 'insider' | 'assumed'

/** What rankings were worth on days that have passed. */
export interface BackTest {
  /** The confidence of intervals. */
  confidence: number
  /** What became of the records of both files. */
  counts: CohortCounts
  /** How long that is. */
  days: number
  /** How many of the rows were exploited in the window. */
  exploited: number
  /** The moment of the ranking. */
  landmark: string
  /** Why records were rejected. */
  notes: Note[]
  /** The part of the rows that is, with Wilson's interval. */
  prevalence: Measured
  /** Each ranking; gains are over the first. */
  rankings: RankingTest[]
  /** Until when outcomes were watched. */
  until: string
  /** The version of documents. */
  version: number
}

/** Whose baseline it is. */
export type BaselineOf = 'reference' | 'own'

/** A blast radius: what is lost once an asset is held. */
export interface BlastRadius {
  /** The access that is held. */
  access: Access
  /** The asset. */
  asset: string
  /** The expected loss within the horizon from then on, over all paths; what happens without the breach is part of it. */
  loss: Estimate
  /** Why it rests on fewer worlds than it was to. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
}

/** Something that breaks a rule. */
export interface BrokenBy {
  /** The action that ends them, where the rule is about actions. */
  action?: string
  /** The exposures. */
  exposures: ExposureId[]
  /** What it is called. */
  title: string
  /** What ending them saves, or the risk through them. */
  worth: number
}

/** What may be spent on a plan. */
export type Budget = 'unlimited' | BudgetHours | BudgetMoney | BudgetActions

/** So many hours of work. */
export interface BudgetHours {
  /** So many hours of work. */
  hours: number
}

/** So much money. */
export interface BudgetMoney {
  /** So much money. */
  money: BudgetMoneyMoney
}

/** So much money. */
export interface BudgetMoneyMoney {
  /** How much. */
  amount: number
  /** What an hour of work costs. */
  per_hour: number
}

/** So many actions, whatever each takes. */
export interface BudgetActions {
  /** So many actions, whatever each takes. */
  actions: number
}

/** Whether what was forecast is what happened, over the rows that a ranking gives a chance. */
export interface Calibration {
  /** Rows by their chance, from the lowest: each bin has about a tenth of what is expected, and no tie is cut. */
  bins: ReliabilityBin[]
  /** The mean squared difference of chance and outcome (Brier 1950). Of rare events it says little. */
  brier: Measured
  /** The Brier score of one rate for all rows, the observed one. */
  brier_of_one_rate: number
  /** How many exploitations the chances add up to. */
  expected: number
  /** The sum of −ln of the chance that was given to what happened, in nats. */
  log_loss: Measured
  /** The log loss of one rate for all rows. A forecast with more says less than nothing. */
  log_loss_of_one_rate: number
  /** How many there were. */
  observed: number
  /** Observed by expected, with an exact Poisson interval. */
  ratio: Measured
  /** The rows that are given a chance. */
  rows: number
}

/** A cause for which the expected loss moves. */
export type Cause = 'fixed' | 'new' | 'changed' | 'intel' | 'model' | 'evidence' | 'scope' | 'decided' | 'time'

/** What became of one exposure. */
export interface Change {
  /** Its risk after, if it is there. */
  after: Estimate | null
  /** The asset it is on. */
  asset: string
  /** Its risk before, if it was there. */
  before: Estimate | null
  /** The exposure. */
  exposure: ExposureId
  /** What it is, in words. */
  title: string
  /** What risks are counted in. */
  unit: string
  /** Why, as far as it is known: the surest reason first. */
  why: Why[]
}

/** Whether fixes can end a loss event, and which. */
export interface CheapestCut {
  /** The version of documents. */
  version: number
  /** No cut costs less: the same as the cost, unless a limit ended the search. */
  at_least?: number
  /** What that costs. */
  cost?: number
  /** Which of these it is. */
  ending: 'cut' | 'stands'
  /** The event. */
  event: string
  /** What to fix, by id. Each is needed: without it the event could happen. None for an event that cannot happen. */
  fixes?: CutFix[]
  /** Why the cut may not be the cheapest. */
  truncated?: Truncated
  /** What an attacker comes to hold on it, one after the other. */
  path?: Foothold[]
}

/** A kind of check. */
export type CheckKind = 'vulnerability' | 'configuration' | 'secrets' | 'code' | 'identity' | 'network'

/** Something uncertain that paths to a loss event need. */
export interface ChokePoint {
  /** The chance that the event would not have happened without it, given that it did: its *criticality importance*. */
  critical: Estimate
  /** Its name for people. */
  name: string
  /** Whether every path needs it. */
  on_every_path: boolean
  /** The finding. */
  finding?: string
  /** Which of these it is. */
  kind: 'finding' | 'threat' | 'control' | 'entry' | 'unplaced' | 'campaign' | 'relation'
  /** The weakness. */
  weakness?: string
  /** The control. */
  control?: string
  /** With which access. */
  access?: Access
  /** Where. */
  asset?: string
  /** Its name. */
  campaign?: string
  /** Its id. */
  relation?: string
}

/** The choke points of a loss event. */
export interface ChokePoints {
  /** The chance that it happens within the horizon. */
  chance: Estimate
  /** The event. */
  event: string
  /** First what every path needs, in the order in which an attacker comes to it; then the rest, the most critical first. */
  list: ChokePoint[]
  /** Why it rests on fewer worlds than it was to. */
  truncated?: Truncated
  /** The version of documents. */
  version: number
}

/** What starts a clock. */
export type ClockStart = 'course' | 'sighting' | 'assumed'

/** What became of the records of both files. */
export interface CohortCounts {
  /** Rows left out, since a signal is missing and only complete ones were wanted. */
  incomplete: number
  /** Rows that rankings are tested on. */
  kept: number
  /** Rows left out, since exploitation was known at the landmark. */
  known_before: number
  /** The rows of outcomes. Of several of one CVE the first counts. */
  outcomes: RecordCounts
  /** Outcomes in the window that are of no row that is kept. */
  outcomes_of_no_row: number
  /** The rows of signals. Of several of one CVE the one known last counts. */
  rows: RecordCounts
}

/** How complete collections of identities are, as BloodHound counts it: what is missing in a graph is no path in it. */
export interface Collected {
  /** Of the machines in realms that are not switched off, those that somebody is known to administer, log on to or operate. */
  local_groups: Part
  /** Of the accounts of people and services in realms that are not switched off, those of which some machine holds a session. */
  sessions: Part
}

/** Two findings of different kinds that act together. */
export interface Combination {
  /** What follows. */
  advice: Advice
  /** The findings, by id. */
  findings: string[]
  /** What fixing both saves, less what fixing each alone saves: above 0 on parallel paths, below 0 on one path. */
  interaction: Estimate
}

/** Toxic combinations: findings that act together. */
export interface Combinations {
  /** The combinations, the strongest interaction first; of equal ones the lower ids. */
  list: Combination[]
  /** Why there may be more, or why they rest on fewer worlds than they were to. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
}

/** The package or product a weakness is in. */
export interface Component {
  /** Whether it was asked for by name, and not brought in by another package; absent where nobody says. */
  direct?: boolean
  /** Whose package it is, by the types of package URLs: `npm`, `pypi`, `maven`, `golang`, `deb`. A package URL says it too. */
  ecosystem?: string
  /** Its name as the source writes it. */
  name: string
  /** Its package URL (purl). */
  purl?: string
  /** The source package a distribution builds it from: `openssl` of `libssl3`. */
  source?: string
  /** Its version. */
  version?: string
}

/** What a rule asks of an end: a label with one of some values. */
export interface Condition {
  /** Which end. */
  end: End
  /** The values that do; any value, when there are none. */
  is?: string[]
  /** The label of the asset. */
  label: string
}

/** Lists of everything an environment can hold: the body of the native document, and what a report brings. */
export interface Contents {
  /** What there is. */
  assets?: Asset[]
  /** What stands in an attacker's way. */
  controls?: Control[]
  /** Where attackers start. */
  entry_points?: EntryPoint[]
  /** What tests showed. */
  evidence?: Evidence[]
  /** What is wrong with it. */
  findings?: Finding[]
  /** Who mends it. */
  owners?: Owner[]
  /** What people were suggested to state, and did not. */
  refusals?: Refusal[]
  /** How it connects. */
  relations?: Relation[]
  /** What relations let an attacker do, besides what the engine knows. */
  rules?: Rule[]
  /** What it is for, and how that can hurt. */
  services?: Service[]
}

/**
 * What stands in an attacker's way: a web application firewall, a second factor, an endpoint agent.
 *
 * Its strength is either stated (`stops`) or learned from tests (`blocked` and `bypassed` attempts of a breach simulation, a Beta(1 +
 * blocked, 1 + bypassed) posterior mean).
 */
export interface Control {
  /** The techniques it stops, each with its parts: a second factor stops `T1078`, and no exploit. All, when there are none. */
  against?: string[]
  /** Whom it stands before: attackers who come from these assets. Everybody, when there are none. */
  before?: string[]
  /** Attempts it was seen to block. */
  blocked?: number
  /** Attempts seen to get past it. */
  bypassed?: number
  /** The assets it protects besides those: what a selector means at the moment of each assessment, so that it covers what is new too. */
  covers?: string
  /** The name relations and evidence refer to it by. */
  id: string
  /** A name for people. */
  name?: string
  /**
   * The assets it protects: every attempt on a finding there must get past it, and to log on. Where it says which techniques it stops,
   * or whom it stands before, so must every relation into them that is by one of these, or from there.
   */
  protects?: string[]
  /** The chance that it stops an attempt. */
  stops?: number
}

/** How the checks of one control of a framework came out, in one account, cluster or host that a tool looked at. */
export interface ControlChecks {
  /** The control, as the framework numbers it: `2.1.5`, `PR.AA-01`. */
  control: string
  /** Checks that failed. */
  failed: number
  /** The framework, as the tool calls it: `CIS-1.5`, `PCI DSS v4.0`. */
  framework: string
  /** Checks that nobody made: those for a person, those that did not come to an end. */
  not_made: number
  /** Checks that passed. */
  passed: number
  /** Where: the account, the cluster or the host; empty where the tool does not say. */
  scope?: string
}

/** How one control is kept, as far as checks were made. */
export interface ControlCompliance {
  /** Of its checks that were made, those that passed. */
  checks: Share
  /** The control, as the framework numbers it. */
  control: string
  /** Its checks that nobody made. */
  not_made: number
}

/** How much there is. */
export interface Counts {
  /** Assets. */
  assets: number
  /** The findings that stand, and the relations that lead to a loss and may be taken away. */
  exposures: number
  /** Findings that stand. */
  findings: number
  /** Relations. */
  relations: number
}

/** The course of one finding. It keeps its name and its clock whatever becomes of its severity, title, line or version. */
export interface Course {
  /** The decision to live with it, if there is one that has not ended: of several the one that ends last. */
  accepted?: Acceptance
  /** Other names it went by. */
  also?: string[]
  /** The asset it is on. */
  asset: string
  /** When somebody said that it was mended, until a source sees it again. */
  claimed?: string
  /** Since when CISA has listed its flaw as exploited. */
  exploited?: string
  /** The name it had when it was first seen. */
  finding: string
  /** When it was first seen: its clock runs from here, whatever happens later. */
  first: string
  /** What sort of wrong. */
  kind: WeaknessKind
  /** When it was last seen. */
  last: string
  /** Who mends it, or mended it when it was last there. */
  owner?: string
  /** When the flaw was published, or listed as exploited, whichever is known and first: from when on it could have been seen. */
  possible?: string
  /** How bad its sources call it at most. */
  severity?: Severity
  /** The times it stood, in order; the last may go on. */
  spells: Spell[]
  /** What each source that ever looked for it saw. */
  views?: { [name: string]: View }
  /** What is wrong. */
  weakness: string
}

/** A criticality. */
export type Criticality = 'low' | 'medium' | 'high' | 'crown_jewel'

/** One of the things to fix. */
export interface CutFix {
  /** What that costs. */
  cost: number
  /** A finding. */
  finding?: string
  /** A relation. */
  relation?: string
}

/** A CVSS vector and its scores as they are written. */
export interface Cvss {
  /** The score of the weakness itself. */
  base_score: number
  /** The score in the environment that the metrics describe, threat or time included. */
  environmental_score: number
  /** The metrics that were given, as an object in the specification's order. */
  metrics: { [name: string]: string }
  /** Which metrics that score is of: `CVSS-B`, `CVSS-BT`, `CVSS-BE`, `CVSS-BTE`. */
  nomenclature: string
  /** The score of all metrics that were given. */
  score: number
  /** The rating of that score. */
  severity: Severity
  /** The score as of what is known of exploits and fixes; version 4.0 has the threat score instead. */
  temporal_score?: number
  /** The score with the threat metric of version 4.0. */
  threat_score?: number
  /** The vector in the specification's order. */
  vector: string
  /** The version of the standard. */
  version: string
}

/** By when a finding is due, by which rule, and why. */
export interface Deadline {
  /** Who decided that, why and until when, where it is known. */
  acceptance?: Acceptance
  /** Whether somebody decided to live with it. */
  accepted?: boolean
  /** The asset it is on. */
  asset: string
  /** Days until then; below 0 where it is late. */
  days_left?: number
  /** By when it is due; none where no rule names a date. */
  due?: string
  /** The finding. */
  finding: string
  /** Whether that is over. What is accepted is not overdue while it is. */
  overdue: boolean
  /** What each table says that has a row for it: the one that is due first is first, and counts. */
  rules: DeadlineRule[]
  /** When its clock started. */
  since: string
  /** What says so. */
  since_by: ClockStart
}

/** A fact for which a row counts. */
export interface DeadlineReason {
  /** The fact. */
  fact: string
  /** Its value. */
  is: string
  /** Why it has it. */
  why: string
}

/** What one table says of a finding. */
export interface DeadlineRule {
  /** By when, if on a date. */
  due?: string
  /** Which of its rows, from 0. */
  row?: number
  /** The table, or `tolerated_loss`. */
  table: string
  /** What to do, in the words of the table. */
  then?: string
  /** The facts for which the row counts. */
  why: DeadlineReason[]
}

/** By when what is due, and why. */
export interface Deadlines {
  /** The deadline of every action: that of what it ends that is due first. */
  actions: ActionDeadline[]
  /** The moment they are told at. */
  as_of: string
  /** The deadline of every finding that stands: what is due first is first, and what is due on no date last. */
  list: Deadline[]
  /** How many findings are overdue. */
  overdue: number
  /** How many rights, routes and other relations are exposures and have no deadline: tables speak of findings. */
  relations: number
}

/**
 * What changed between two assessments: exposures that appeared, ended, rose and fell, each with its risks and with why.
 *
 * It is the difference of two assessments, to the bit, however they were made: nothing is rounded, and a risk that moved by its last bit
 * has moved. Exposures are listed by what moved most.
 */
export interface Delta {
  /** What became of the records, where the event brought some. */
  absorbed?: Absorbed
  /** Exposures that were not there before. */
  appeared: Change[]
  /** As of when the later assessment is. */
  at: string
  /** Exposures that are not there any more. */
  ended: Change[]
  /** Exposures whose risk fell. */
  fell: Change[]
  /** What happened, finding by finding. */
  happened: Happened[]
  /** Whether the event had been told before, so that nothing could change. */
  known?: boolean
  /** The rankings of the old and the new EPSS model, where the event brought another. */
  model?: ModelChange
  /** The whole expected loss after. */
  risk_after: Estimate
  /** The whole expected loss before. */
  risk_before: Estimate
  /** Exposures whose risk rose. */
  rose: Change[]
  /** As of when the earlier one is. */
  since: string
  /** What risks are counted in. */
  unit: string
}

/** A user's own table of what findings do, as it is written, without its lines. */
export interface Effects {
  /** How many lines it has. */
  lines: number
}

/**
 * Effort against what it meets: the two figures by which EPSS is judged (Jacobs, Romanosky, Suciu, Edwards, Sarabi, *Enhancing
 * Vulnerability Prioritization*, 2023), of the work that was done.
 */
export interface Efficiency {
  /** Of those known to be exploited, those that were mended: what is missing was left open. */
  coverage: Share
  /** Of those that were mended, those known to be exploited: the rest was work on something else. */
  efficiency: Share
  /** Of all findings, those that were mended. */
  effort: Share
}

/** How long an action takes. */
export interface Effort {
  /** Whether the engine assumes it, since neither a rule nor a record says so. */
  assumed: boolean
  /** What says so, in words. */
  by: string
  /** Hours of work, at least 0. */
  hours: number
}

/** What a ranking reaches when a part of all rows is mended, the worst first. Ties are broken by lot, so that a row may count in part. */
export interface EffortTest {
  /** The part of the exploited rows that is among them; by bootstrap over exploited rows. */
  coverage: Measured
  /** The part of the mended rows that is exploited, with Wilson's interval. */
  efficiency: Measured
  /** The part of all rows that is mended. */
  effort: number
  /** The coverage, less the first ranking's, paired; nothing for the first itself. */
  gain?: Measured
}

/** An end of a relation. */
export type End = 'from' | 'to'

/** An ending. */
export type Ending = 'absent' | 'fixed' | 'not_affected'

/** Where an attacker starts: a state that is given, with the chance that it is. */
export interface EntryPoint {
  /** The access the attacker starts with. */
  access: Access
  /** The asset the attacker starts at. */
  asset: string
  /** Who starts here. */
  attacker: Attacker
  /** The campaign, one coin for all who receive it: a wave of phishing is sent to everybody or not at all. */
  campaign?: string
  /**
   * The chance, within 30 days, that an attacker starts here. The internet always does. With a campaign, the chance that it is run; of
   * several the largest.
   */
  chance?: number
  /** Controls that must fail first, such as a filter for mail. */
  controls?: string[]
  /** The chance that who receives the attempt falls for it, each on their own. */
  susceptibility?: number
}

/** An EPSS table as it is written, without its scores. */
export interface Epss {
  /** The model that gave the scores. */
  model_version?: string
  /** Why some were rejected. */
  notes: Note[]
  /** The day of the scores. */
  score_date?: string
  /** What became of the rows. */
  tally: RecordCounts
}

/** What was erased, and what stands in its place. */
export interface Erased {
  /** The persons, identities and assets, in the order in which they were named. */
  things: ErasedThing[]
}

/** One person, identity or asset that was erased. */
export interface ErasedThing {
  /** How many names of it were erased: what it went by, its other names, and what tools saw it as. */
  names: number
  /** In how many places of the program's document one of them stood. */
  places: number
  /** What it goes by now. */
  pseudonym: string
}

/**
 * A number that was estimated: its value, bounds around the truth, how sure the bounds are, and how it was found.
 *
 * `lower ≤ value ≤ upper` always holds, and with `Method::Exact` and `Method::Bracket` the bounds are certain (`confidence` 1) within
 * the model.
 */
export interface Estimate {
  /** The chance that both bounds hold. */
  confidence: number
  /** What it would be where chances that nobody knows are low, and where they are high. */
  epistemic?: [number, number]
  /** It is not below this. */
  lower: number
  /** How it was found. */
  method: Method
  /** It is not above this. */
  upper: number
  /** The number. */
  value: number
}

/** What a test of a finding showed, and how far the test can be trusted. */
export interface Evidence {
  /** When. */
  at: string
  /** The control that blocked it, when one did: then it speaks of the control, not of the finding. */
  control?: string
  /**
   * The finding that was tested, by any of its ids. Who does not know how it is called may say what was tried and where: a weakness or
   * an ATT&CK technique, `@`, and the asset, `CVE-2021-44228@web-7`. A weakness is tested wherever it lies on the asset; a technique
   * speaks of a finding only where no other on the asset is of it.
   */
  finding: string
  /** How: tests of one method repeat each other, so only the newest of a method counts. */
  method: string
  /** What it showed. */
  outcome: Outcome
  /** The chance that the test succeeds on a finding that is exploitable. */
  sensitivity?: number
  /** The chance that the test fails on a finding that is not. */
  specificity?: number
}

/** A point of the loss exceedance curve. */
export interface Exceedance {
  /** The loss. */
  at_least: number
  /** The chance that at least so much is lost. */
  chance: number
}

/** An explanation as it is written. */
export interface Explanation {
  /** The most probable path through it to each loss event. */
  paths: Path[]
  /** The risk, as a tree that folds to it. */
  risk: Term
  /** A finding. */
  finding?: string
  /** A relation. */
  relation?: string
}

/** What an attacker needs for a finding and gains by it. What is not said here is concluded from the weakness. */
export interface Exploit {
  /** The chance, within the horizon, that who has what it needs exploits it: all three in one, where the source knows no more. */
  chance?: number
  /** What fixing it costs, at least 0, in the unit of all costs. */
  cost?: number
  /** What it gives: an access to the asset, or up to eight accesses to any assets, all of them. */
  gives?: Accesses
  /** The chance that the finding is exploitable here, as configured. */
  local?: number
  /** What must come first: an access to the asset, or up to eight accesses to any assets, all of them. */
  needs?: Accesses
  /** Another asset it gives its one access to: the identity a secret opens. */
  opens?: string
  /** The chance that an attempt succeeds. */
  success?: number
  /** The MITRE ATT&CK technique; shown as it is stated. */
  technique?: string
  /** The chance, within 30 days, that the threat is active: shared by all findings of the weakness. */
  threat?: number
  /** What an attacker does, in words. */
  title?: string
}

/** A list of CVEs with public exploit code as it is written, without the CVEs. */
export interface Exploits {
  /** How many CVEs it has. */
  cves: number
}

/**
 * Who has a way to what matters most: assets that are stated to be crown jewels, or that a loss event of a service names.
 *
 * Every account and machine is asked by itself what follows once it is held, whatever the chances, as `Assessment::zones` does.
 */
export interface Exposed {
  /** Of the accounts that are not switched off and no jewels, those with a way to one. */
  accounts: Part
  /** The same of machines that are open to the internet. */
  internet: Part
  /** How many assets matter most. */
  jewels: number
  /** The same of machines. */
  machines: Part
}

/** An exposure as it is written. */
export interface Exposure {
  /** Who decided to live with it, why and until when, where it is accepted and that is known. */
  acceptance?: Acceptance
  /** What sources say to do, each once. */
  advice?: string[]
  /** The asset. */
  asset: string
  /** The asset's name for people. */
  asset_name: string
  /** Whether the losses it leads to are of assumed size, beside others that are stated. */
  assumed?: boolean
  /** The component, with its version. */
  component?: string
  /** Whether the component was asked for by name, and not brought in by another. */
  direct?: boolean
  /** Why. */
  explanation?: Reasons
  /** The finding, if it is one. */
  finding: string | null
  /** Versions without the weakness. */
  fixed_in?: string[]
  /** The id of the finding or relation. */
  id: string
  /** What sort of wrong it is. */
  kind: string
  /** Of a flaw with several CVEs, the one that the tables say most of, where it goes by another. */
  known_as?: string
  /** Whether it is known to be exploited. */
  known_exploited: boolean
  /** The costliest loss event it leads to. */
  leads_to?: string
  /** The score in a word. */
  level: Level
  /** The chance that an attacker who has what it needs exploits it. */
  likelihood: number
  /** Where to read more. */
  links?: string[]
  /** Where on the asset it is. */
  location?: Location
  /** Who mends it. */
  owner?: string
  /** Its place, from 1. */
  rank: number
  /** The chance of the most probable way to what it needs. */
  reach: number
  /** Whether the weak code is reached, as far as the tools say. */
  reachability?: Reachability
  /** The relation, if it is one. */
  relation?: Relation
  /** The loss that passes through it. */
  risk: Estimate
  /** The risk on a scale of 0 to 100. */
  score: number
  /** When it was last seen. */
  seen?: string
  /** The highest severity given. */
  severity?: Severity
  /** The source package a distribution builds the component from. */
  source_package?: string
  /** The tools that saw it. */
  sources: string[]
  /** Whether it is open or accepted. */
  status?: Status
  /** The weakness's title. */
  title: string
  /** The weakness. */
  weakness?: string
}

/**
 * What names an exposure: the id of a finding, or of a relation, such as a right or a route.
 *
 * A name alone is that of a finding, and of a relation where no finding has it.
 */
export interface ExposureId {
  /** A finding. */
  finding?: string
  /** A relation. */
  relation?: string
}

/** A vulnerability that somebody lives with. */
export interface FedrampAccepted {
  /** Why it is accepted, by whom and until when. */
  acceptanceRationale: string
  /** The vulnerability. */
  vulnerabilityDetail: FedrampDetail
}

/** A vulnerability. */
export interface FedrampDetail {
  /** Its potential impact, from 1 to 5. */
  currentRating: number
  /** When it was first seen, and by whom. */
  detection: FedrampDetection
  /** Whether the internet reaches it. */
  isInternetReachable: boolean
  /** Whether it is likely to be exploited. */
  isLikelyExploitable: boolean
  /** Whether it is late. */
  overdueStatus: FedrampOverdue
  /** What its exploitation would mean for an agency, and why. */
  potentialAgencyImpact: string
  /** The finding's id. */
  providerTrackingId: string
  /** Why it is reachable and likely to be exploited, or not. */
  supplementaryRiskInformation: string
  /** What it is, and on what. */
  vulnerabilityDescription: string
}

/** When a vulnerability was first seen, and by whom. */
export interface FedrampDetection {
  /** When. */
  detectedAt: string
  /** The tools that saw it, or `unknown`. */
  detectionSource: string
}

/** Whether a vulnerability is late. */
export interface FedrampOverdue {
  /** By which rule. */
  explanation?: string
  /** Whether it is. */
  isOverdue: boolean
}

/** The period a report is of. */
export interface FedrampPeriod {
  /** Its beginning. */
  from: string
  /** Its end. */
  to: string
}

/** A report for FedRAMP, which is written in the shape of the published schema of its kind. */
export interface FedrampReport {
  /** Where the package is described. */
  certificationPackageOverviewUri: string
  /** The period it reports of. */
  reportPeriod?: FedrampPeriod
  /** The vulnerabilities that are active. */
  vulnerabilities?: FedrampDetail[]
  /** The vulnerabilities that somebody lives with. */
  acceptedVulnerabilities?: FedrampAccepted[]
  /** The vulnerabilities that are active. */
  activeVulnerabilities?: FedrampDetail[]
  /** The moment it is of. */
  generatedAt?: string
}

/** A weakness seen on an asset by one source or several. */
export interface Finding {
  /** Who decided to live with it, why and until when, where it is accepted and that is known. */
  acceptance?: Acceptance
  /** Other names of the same finding, where sources had named it before it was known to be one. */
  also?: string[]
  /** Where it was seen. */
  asset: string
  /** The package or product that has the weakness. */
  component?: Component
  /** What is known about exploiting it here, where it is more than the weakness tells. */
  exploit?: Exploit
  /** Its name. A source need not give one: the environment names what has none, from what it is. */
  id?: string
  /**
   * Which of several it is: what its tool tells it apart by from others of the same weakness in the same place, such as a fingerprint.
   * Findings that differ in it are never one. Absent where weakness, component and place say it all.
   */
  instance?: string
  /** Where on the asset. */
  location?: Location
  /** The secret, when it is one: never its value. */
  secret?: Secret
  /** What each source said, in its own words. */
  sightings?: Sighting[]
  /** Whether it still stands. */
  status?: Status
  /** What is wrong. */
  weakness: Weakness
}

/** An asset with an access. */
export interface Foothold {
  /** The access. */
  access: Access
  /** The asset's name for people. */
  asset: string
}

/**
 * How many of the promises that run will be broken, at the pace that was measured.
 *
 * What has been open for some days is open when its time is up as often as what was open for so long stayed open until then
 * (`Survival::still_open`): so nothing is assumed of how the pace falls, and what nobody ever kept open for so long is `unknown`.
 */
export interface Forecast {
  /** How many of the others will be late: the expected number, and its bounds at 95 % where all err to one side. */
  late: Measured
  /** How many findings the pace was measured on. */
  of: number
  /** How many of them were mended. */
  over: number
  /** How many promises run. */
  running: number
  /** How many of them nothing can be said of, since nothing was watched for so long; they count as neither late nor in time. */
  unknown: number
}

/** A format that can be read. */
export interface Format {
  /** What it is called where it is named. */
  name: string
  /** Its name for people. */
  title: string
}

/** How a framework's controls are kept, as far as checks were made. */
export interface FrameworkCompliance {
  /** Of the checks that were made, those that passed. */
  checks: Share
  /** Each control, in their order. */
  controls: ControlCompliance[]
  /** Of the controls of which a check was made, those of which none failed. */
  controls_kept: Share
  /** Controls of which no check was made. */
  controls_not_seen: number
  /** Its family, where it is one of those that are known. */
  family?: FrameworkFamily
  /** The framework, as the tool calls it. */
  framework: string
  /** The framework that tools spoke of, where this one is seen through it. */
  through?: string
}

/** A family of frameworks. */
export type FrameworkFamily = 'cis' | 'nist_csf' | 'iso_27001' | 'pci_dss' | 'soc_2'

/** Something that happened to a finding or an asset, and why. */
export type Happened = HappenedFirstSeen | HappenedReopened | HappenedEnded | HappenedDisagree | HappenedMoved | HappenedClaimed | HappenedClaimRefuted | HappenedAccepted | HappenedAcceptanceEnded | HappenedOwnerMoved | HappenedListed | HappenedReportWithdrawn | HappenedModelChanged

/** A finding was seen for the first time. */
export interface HappenedFirstSeen {
  /** Who sees it. */
  by: string[]
  /** The finding. */
  finding: string
  /** Which of these it is. */
  what: 'first_seen'
}

/** A finding that was gone is back. Its clock runs from first sight. */
export interface HappenedReopened {
  /** Whether somebody had said that it was mended. */
  claimed: boolean
  /** The finding. */
  finding: string
  /** When it was seen first. */
  first: string
  /** When it went. */
  gone: string
  /** Which of these it is. */
  what: 'reopened'
}

/** A finding is gone. */
export interface HappenedEnded {
  /** The finding. */
  finding: string
  /** Why it is taken to be gone. */
  how: Ending
  /** Which of these it is. */
  what: 'ended'
}

/** A source looked for a finding that another sees, and did not see it. It stands, and both are shown. */
export interface HappenedDisagree {
  /** The finding. */
  finding: string
  /** Who looked and does not. */
  not_by: string
  /** Who still sees it. */
  seen_by: string[]
  /** Which of these it is. */
  what: 'disagree'
}

/** A finding is listed elsewhere than before, and is the same: a line, a file, a version or a port moved. */
export interface HappenedMoved {
  /** The finding, by the name that it keeps. */
  finding: string
  /** Which of these it is. */
  what: 'moved'
}

/** Somebody says that a finding was mended. */
export interface HappenedClaimed {
  /** The finding. */
  finding: string
  /** Which of these it is. */
  what: 'claimed'
}

/** Somebody said that a finding was mended, and a source that looked since still sees it. */
export interface HappenedClaimRefuted {
  /** When it was said. */
  claimed: string
  /** The finding. */
  finding: string
  /** Which of these it is. */
  what: 'claim_refuted'
}

/** Somebody decided to live with a finding, or another decision covers it now. */
export interface HappenedAccepted {
  /** The finding. */
  finding: string
  /** Until when. */
  until: string | null
  /** Which of these it is. */
  what: 'accepted'
}

/** That decision no longer covers it, and the finding is open again. */
export interface HappenedAcceptanceEnded {
  /** When it ended. */
  at: string
  /** The finding. */
  finding: string
  /** Why, where it did not run out. */
  how?: AcceptanceEnding
  /** Which of these it is. */
  what: 'acceptance_ended'
}

/** An asset has another owner. */
export interface HappenedOwnerMoved {
  /** The asset. */
  asset: string
  /** Whose it was. */
  from: string | null
  /** Whose it is. */
  to: string | null
  /** Which of these it is. */
  what: 'owner_moved'
}

/** A flaw is in the catalogue of those known to be exploited since. */
export interface HappenedListed {
  /** The flaw. */
  cve: string
  /** The findings of it that stand. */
  findings: string[]
  /** Which of these it is. */
  what: 'listed'
}

/** A report was taken back. */
export interface HappenedReportWithdrawn {
  /** The findings that stand no more for it, and those that stand again, as if it had never ended them. */
  findings: string[]
  /** The id of the event that had brought it. */
  report: string
  /** Which of these it is. */
  what: 'report_withdrawn'
  /** The ids of the events that name what only reports told that are taken back, and are without effect for that. */
  without_effect?: string[]
}

/** Another EPSS model gives the scores: what moves by it moved in the model, and not in the world. */
export interface HappenedModelChanged {
  /** The model before. */
  from: string | null
  /** The model now. */
  to: string | null
  /** Which of these it is. */
  what: 'model_changed'
}

/** A hop of a path as it is written. */
export interface Hop {
  /** The chance of this hop, once what it needs is held. */
  chance: number
  /** The finding it uses. */
  finding?: string
  /** What must be held before; nothing at the start. */
  from: Foothold[]
  /** What the attacker does, in words. */
  how: string
  /** What sort of action it is: `start`, `unplaced`, `relation`, `exploit` or `loss`. */
  kind: string
  /** What the action is of: who starts, the kind of relation, the weakness's name, the event. */
  of?: string
  /** The relation it uses, where that may be taken away. */
  relation?: string
  /** The ATT&CK technique. */
  technique?: Technique
  /** What is held after; nothing for a loss event. */
  to: Foothold | null
}

/**
 * Something a tool saw an asset go by, which says more or less of which asset it is: an address at a time, a MAC, a cloud id.
 *
 * Unlike an alias it need not be the asset's alone. Whether two assets that share one are the same follows from its kind, its scope and
 * its time, and from what else is known of both; see `Environment::merges`.
 */
export interface Identifier {
  /** When it was first seen to be the asset's. */
  first_seen?: string
  /** What sort of name it is. */
  kind: IdentifierKind
  /** When it was last seen to be the asset's. */
  last_seen?: string
  /** The network, site or account it means something in; absent where it means the same everywhere, or nobody says. */
  scope?: string
  /** The name. */
  value: string
}

/** A kind of identifier. */
export type IdentifierKind = 'cloud_id' | 'agent_id' | 'image_digest' | 'fqdn' | 'mac' | 'address' | 'hostname'

/** What the inputs imply, beside what firms see. */
export interface Implied {
  /** The chance of an incident in a year at that. */
  annual_chance: number
  /** The chance that who exploits a flaw somewhere tries it here, by which flaws without a stated threat are counted: `ATTENTION`. */
  attention: number
  /** What part of uses becomes an incident, and where that is from. */
  baseline: IncidentBaseline
  /** The chance that firms see. */
  published: number
  /** How many findings that anyone can reach are expected to be used within the horizon, with what entry points give by themselves. */
  uses: number
}

/** A follow-through, and what it was solved on. */
export interface IncidentBaseline {
  /** The chance of an incident in a year that it was solved for. */
  annual_chance: number
  /** The moment at which it was solved. */
  as_of: string
  /** The part of uses that becomes an incident that matters. */
  follow_through: number
  /** Whose uses it was solved on. */
  of: BaselineOf
}

/** The tables that were read, as they are written: of which day, and what became of their rows. */
export interface Intel {
  /** The user's own table of what findings do, where there is one. */
  effects?: Effects
  /** The EPSS table, or `null`. */
  epss: Epss | null
  /** The list of CVEs that Exploit-DB has an entry for, where there is one. */
  exploit_db?: Exploits
  /** The catalogue of known exploited vulnerabilities, or `null`. */
  kev: Kev | null
  /** The list of CVEs that Metasploit has a module for, where there is one. */
  metasploit?: Exploits
  /** The list of CVEs that Nuclei has a template for, where there is one. */
  nuclei?: Exploits
}

/** A catalogue of known exploited vulnerabilities as it is written, without its entries. */
export interface Kev {
  /** Why some were rejected. */
  notes: Note[]
  /** When it was released. */
  released?: string
  /** What became of the entries. */
  tally: RecordCounts
  /** The catalogue's version. */
  version: string
}

/** A share that is learnt by counting. */
export interface LearntShare {
  /** With a chance of 0.95 it lies above this, */
  lower: number
  /** The mean of what it may be. */
  mean: number
  /** of so many times. */
  of: number
  /** How often it was right, */
  right: number
  /** and below this. */
  upper: number
}

/** How far a method is to be trusted with a kind of weakness, as verdicts taught. */
export interface LearntTrust {
  /** The kind of weakness that it tested. */
  kind: WeaknessKind
  /** The method. */
  method: string
  /** The chance that it succeeds on a finding that is exploitable. */
  sensitivity: LearntShare
  /** The chance that it fails on one that is not. */
  specificity: LearntShare
}

/** A level. */
export type Level = 'minimal' | 'low' | 'medium' | 'high' | 'critical'

/** A flaw that was listed as exploited. */
export interface ListedSince {
  /** How many findings of it there ever were. */
  findings: number
  /** Since when. */
  since: string
  /** How many stand. */
  standing: number
  /** The flaw. */
  weakness: string
}

/** Where on an asset something was seen; what does not apply is absent. */
export interface Location {
  /** The first line, counted from 1. */
  line?: number
  /** A file, or a resource within a template. */
  path?: string
  /** A network port and its protocol, as `443/tcp`. */
  port?: string
  /** A web address. */
  url?: string
}

/** Whether two groups close at different speeds: the log-rank test of Mantel (*Evaluation of Survival Data*, 1966). */
export interface LogRank {
  /** How many of the first would be over if the groups were alike. */
  expected: number
  /** How many are in each group. */
  of: number[]
  /** How many of each are over. */
  over: number[]
  /** How often groups that are alike would differ so much, from 0 to 1; none where nothing can be told. */
  p: number | null
  /** The statistic: chi squared with one degree of freedom. */
  statistic: number | null
}

/** What was looked at, and what was not. */
export interface Looked {
  /** How many assets are known. */
  assets: number
  /** By kind of check, how many of them it looked at. */
  by_kind: LookedByKind
  /** How many of them some kind of check looked at within the stated days. */
  looked_at: number
  /** The assets that none looked at. */
  not_looked_at: string[]
}

/** By kind of check, how many of them it looked at. */
export interface LookedByKind {
  code_flaw?: number
  misconfiguration?: number
  network_exposure?: number
  permission?: number
  secret?: number
  vulnerability?: number
}

/** What a loss event costs: an amount of one unit. Amounts of different units never mix. */
export interface Loss {
  /** How much, in the unit. */
  amount: number
  /** A currency's code, or `crown_jewel`. */
  unit: string
}

/** What is left of the expected loss after so many hours of work in some order. */
export interface LossCurve {
  /** The order: `plan`, `severity`, `epss` or `known_exploited`. */
  order: string
  /** Hours of work, from 0 on, and the expected loss that is left then. */
  points: [number, number][]
}

/** What hurts the business: a data set disclosed, a service down, fraud. A data set stored three times is one event. */
export interface LossEvent {
  /** Its name in documents. */
  id: string
  /** What it costs. */
  loss: LossSize
  /** A name for people. */
  name?: string
  /** The states of assets that make it happen. */
  when: Trigger
}

/** A loss event as it is written. */
export interface LossEventRisk {
  /** The chance that it happens. */
  chance: Estimate
  /** The event. */
  event: string
  /** What it costs. */
  loss: Loss
  /** Its name. */
  name: string
  /** Once in how many years that is. */
  once_in_years?: number
  /** The most probable path to it. */
  path?: Path
  /** The service that states it. */
  service?: string
}

/** What a loss event costs: an amount, or the interval an expert is 90 % sure of. */
export interface LossSize {
  /** The amount, where it is known. */
  amount?: number
  /** It is 95 % sure to be below this. */
  high?: number
  /** It is 95 % sure to be above this. */
  low?: number
  /** A currency's code, or `crown_jewel`. */
  unit: string
}

/** How things stood at a moment, and what became of attack paths since the moment before. */
export interface Mark {
  /** How many actions there are that end exposures: what is left of the noise. */
  actions: number
  /** When. */
  at: string
  /** How many of them are critical on the scale of scores. */
  critical: number
  /** How many of those of the moment before are gone. */
  eliminated_paths: number
  /** Which part of all accounts and machines has a way to what matters most; absent where nobody said what does. */
  exposed?: Exposed
  /** How many exposures there are. */
  exposures: number
  /** How many findings stand. */
  findings: number
  /** That loss measured over all paths, exact or counted over worlds; in reports alone. */
  loss?: Estimate
  /** How many there are that there never were before. */
  new_paths: number
  /** How many attack paths there are: exposures that lead to a loss, each by its most probable way to the costliest one. */
  paths: number
  /** How many there are again that had been gone. */
  reopened_paths: number
  /** The bounds of the whole expected loss within the horizon. */
  risk: Estimate
  /** How many times findings were seen: a finding that two sources see counts as two. */
  sightings: number
}

/** A means of testing. */
export type Means = 'exploit' | 'login' | 'connect' | 'proof_of_concept' | 'simulate' | 'use_right'

/** A measured number and the interval around it. */
export interface Measured {
  /** The lower end. */
  lower: number
  /** The upper end. */
  upper: number
  /** What was measured. */
  value: number
}

/** How a period went, each number with its sample. */
export interface Measures {
  /**
   * Whether what was found in the period was mended at another speed than what was found in the period of the same length before it,
   * each watched until its own end.
   */
  against_before: LogRank
  /** The same by kind of weakness. */
  by_kind: { [name: string]: Times }
  /** The same by owner; `-` has what nobody owns. */
  by_owner: { [name: string]: Times }
  /** The same by service that loses something through the asset, so that a finding may count for several; `-` has what none names. */
  by_service: { [name: string]: Times }
  /** The same by severity. */
  by_severity: { [name: string]: Times }
  /** Of the checks that tools made for controls of frameworks, those that passed, as they last said when the period was last watched. */
  compliance?: FrameworkCompliance[]
  /** What was looked at when the period was last watched. */
  coverage: Looked
  /**
   * Time to detect, of the findings first seen in the period of which it is known since when they could have been: from when the flaw
   * was published, or listed as exploited, to first sight. A flaw published after it was seen took no time.
   */
  detect: Times
  /** The same of flaws that CISA lists as exploited, from the day of the listing. One that was seen before took no time. */
  detect_exploited: Times
  /** Of the findings that stood in the period, what was mended, and whether it was what is known to be exploited. */
  effort: Efficiency
  /** Times that a finding went in it. */
  ended: number
  /** Findings first seen in it. */
  first_seen: number
  /** Which of the promises that run will be broken, by severity, at the pace at which findings of that severity were ever mended. */
  forecast: { [name: string]: Forecast }
  /** Findings that stood when it was last watched. */
  open_at_end: number
  /** Findings that stood when the period began. */
  open_at_start: number
  /** The period. */
  period: Period
  /**
   * Promises that ran in the period: of findings that stood in it, whose time was up in it, or which were mended in it, or whose time
   * runs on.
   */
  promises: PromisesKept
  /**
   * Time to remediate, of the findings first seen in the period: from first sight to when it was last gone. One that stands when the
   * period was last watched counts as open; one that was gone and came back was not mended.
   */
  remediate: Times
  /** Times that a finding came back in it. */
  reopened: number
  /** Until when it was watched: its end, or the last event where that was earlier. */
  watched_until: string
}

/** How an estimate was found. */
export type Method = 'exact' | 'bracket' | MethodMonteCarlo

/** Counted over worlds. */
export interface MethodMonteCarlo {
  /** Counted over worlds. */
  monte_carlo: MethodMonteCarloMonteCarlo
}

/** Counted over worlds. */
export interface MethodMonteCarloMonteCarlo {
  /** Of which seed. */
  seed: number
  /** How many. */
  worlds: number
}

/** What another EPSS model moved, beside what the world did. */
export interface ModelChange {
  /** The model before. */
  from: string | null
  /** The whole expected loss now, had the model stayed. */
  had_it_stayed: Estimate
  /** The exposures whose place or risk the model moved, those it moved most first. */
  moved: ModelMoved[]
  /** The model now. */
  to: string | null
}

/** An exposure, as the old model ranks it and as the new one does. */
export interface ModelMoved {
  /** The asset it is on. */
  asset: string
  /** By how much it moved by the model. */
  by_model: number
  /** By how much its risk moved in the world. */
  by_world: number
  /** The exposure. */
  exposure: ExposureId
  /** Its place now. */
  rank: number | null
  /** Its place before; none where it was none. */
  rank_before: number | null
  /** Its place now, had the model stayed. */
  rank_had_it_stayed: number | null
  /** What it is, in words. */
  title: string
}

/** What moved the expected loss in a period. */
export interface Moved {
  /** What moved it, what moved it most first; what moved nothing is not listed. */
  by: MovedBy[]
  /** The whole expected loss over all paths when it began, or where the history that is kept begins. */
  from: Estimate
  /** The period. */
  period: Period
  /** The same when it ended, or as of the last event. */
  to: Estimate
  /** What losses are counted in. */
  unit: string
}

/** By how much a cause moved the expected loss. */
export interface MovedBy {
  /** By how much: below 0 where it fell. */
  amount: number
  /** The cause. */
  cause: Cause
  /** How many events it came with. */
  events: number
}

/** What to do next, and what it is worth. */
export interface NextPlan {
  /** How many actions it has; the first are listed. */
  actions: number
  /** What is left. */
  after: Estimate
  /** The expected loss before. */
  before: Estimate
  /** What may be spent. */
  budget: Budget
  /** How many hours it takes. */
  hours: number
  /** How many hours working by severity takes to leave no more; absent where it does not within twice the hours. */
  hours_by_severity?: number
  /** The first of them. */
  rows: NextRow[]
}

/** An action of what comes next. */
export interface NextRow {
  /** How many hours it takes. */
  hours: number
  /** Who does it. */
  owner?: string
  /** What it saves after those before it. */
  saved: number
  /** What to do. */
  title: string
}

/** Something about a document that a person should know. */
export interface Note {
  /**
   * How many records it is about, since equal notes become one. The counts of the notes of rejection add up to `RecordCounts::rejected`.
   * In documents it is left out where it is 1.
   */
  count?: number
  /** What happened. */
  kind: NoteKind
  /** Where in the document; of several records, the first. */
  place: string
  /** Why, in a sentence. */
  reason: string
}

/** A kind of note. */
export type NoteKind = 'rejected' | 'ignored' | 'assumed' | 'conflict'

/** An outcome. */
export type Outcome = 'exploited' | 'blocked' | 'not_reachable' | 'not_affected'

/** Who does an action, and why they do. */
export interface OwnedBy {
  /** The rule that says so, in words. */
  by: string
  /** Their name for people, where it is known. */
  name?: string
  /** Who. */
  owner: string
}

/** Who mends things. */
export interface Owner {
  /** Where to reach them: a mailbox, a channel, a queue. */
  contact?: string
  /** The name assets refer to. */
  id: string
  /** A name for people. */
  name?: string
}

/** A part of a whole. */
export interface Part {
  /** How many. */
  count: number
  /** The one by the other, from 0 to 1; absent where there is nothing. */
  share: number | null
  /** Of how many. */
  total: number
}

/** An attack path as it is written. */
export interface Path {
  /** The chance of this path, exactly. */
  chance: number
  /** The loss event it ends in. */
  event: string
  /** Its hops, in the order an attacker takes them. */
  hops: Hop[]
  /** What the event costs. */
  loss: Loss
  /** The event's name. */
  name: string
}

/** The paths to a loss event as they are written. */
export interface Paths {
  /** The paths, the most probable first. */
  list: Path[]
  /** Why there are or may be more. */
  truncated?: Truncated
  /** The version of the document. */
  version: number
}

/** A stretch of time: from a moment on, and up to another that is not in it. */
export interface Period {
  /** Its beginning. */
  from: string
  /** Its end, which is no part of it. */
  until: string
}

/** What to do first: actions in the order to do them, and what is left after each. */
export interface Plan {
  /** How much of the loss is lived with, where anything is accepted. It is part of what the plan begins with and of what it leaves. */
  accepted?: AcceptedLoss
  /** The same once all of it is done. */
  after: Estimate
  /** The moment it is as of. */
  as_of: string
  /** No plan of the same budget leaves less: proven, in the worlds that were looked at. */
  at_least: number
  /** The expected loss within the horizon as things are: exact where it fits, else counted over worlds. */
  before: Estimate
  /** What could be spent. */
  budget: Budget
  /** Loss left against hours of work: the plan's curve, and those of other orders. Empty unless asked for. */
  curves?: LossCurve[]
  /** How much more another plan of the same budget could save at most, as a part of what that would save: 0 where this is as good as any. */
  gap: number
  /** How far ahead it looks, in days. */
  horizon_days: number
  /** Hours of work, of all actions, those that are not told too. */
  hours: number
  /** What is not among the rows. */
  rest: Rest
  /** The actions, in the order to do them; the first of them, where there are more than were to be told. */
  rows: PlanRow[]
  /** The seed they are of. */
  seed: number
  /** Why it may be worse than it was to be: it is made of what was found until then. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
  /** How many worlds were looked at; none where all is exact. */
  worlds: number
}

/** How a plan differs from another of the same assessment: what if on plans. */
export interface PlanDifference {
  /** The hours each takes. */
  hours: [number, number]
  /** What each leaves to lose. */
  left: [number, number]
  /**
   * Actions of which only one has a row, or whose rows differ in place or in what they save; by their place in the second plan and then
   * in the first.
   */
  rows: RowDifference[]
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
  /** The difference in sentences. */
  words: string[]
}

/** An action in its place in a plan. */
export interface PlanRow {
  /** What it would save alone. */
  alone: number
  /** How one knows that it is done. */
  done_when: string
  /** How long it takes. */
  effort: Effort
  /** The findings and relations it ends, in the order of their ids. */
  ends: ExposureId[]
  /** Its name: the same on every day on which it is to be done, whatever else changes. */
  id: string
  /** What sort of work it is. */
  kind: ActionKind
  /** The loss event that weighs most on these ways. */
  leads_to?: string
  /** The name of that event. */
  leads_to_name?: string
  /** The expected loss that is left after it and those above it. */
  left: Estimate
  /** Where the work is, by asset: an image, rather than all that runs it. */
  on: string[]
  /** The part of the expected loss on whose ways it lies. */
  on_ways: number
  /** Who does it, and by which rule; nobody where no rule matches. */
  owner?: OwnedBy
  /** Its place, from 1. */
  rank: number
  /** The row above that ends the same ways, where this one saves less for it. */
  same_way_as?: number
  /** What it saves after those above it. */
  saved: number
  /** What the world knows of what it ends. */
  signs: Signs
  /** The version to go to, where it is an upgrade. */
  target?: TargetVersion
  /** What to do, as one says it to somebody. */
  title: string
  /** The rows without which it saves nothing. */
  together_with?: number[]
}

/** Something that may not be. */
export interface PolicyRule {
  /**
   * No action that ends something new is worth more than this: what it saves after those above it in the plan or alone, whichever is
   * more; of an action that ends old exposures too, or is not in the plan since another ends the same ways, what ending the new ones
   * saves.
   */
  no_new_action?: PolicyRuleNoNewAction
  /**
   * Nothing that is known to be exploited (KEV) can be attacked by such attackers: over whatever way there is, also one that breaks in
   * elsewhere first. What is *reachable*, as deadlines ask, is less: what needs no break-in on the way.
   */
  no_known_exploited?: PolicyRuleNoKnownExploited
  /** Nothing new is so bad or worse: by our level, by the severity that tools give, or by either where both are said. */
  no_new?: PolicyRuleNoNew
  /** The expected loss within the horizon stays within limits; one of the two, or both. */
  expected_loss?: PolicyRuleExpectedLoss
}

/**
 * No action that ends something new is worth more than this: what it saves after those above it in the plan or alone, whichever is more;
 * of an action that ends old exposures too, or is not in the plan since another ends the same ways, what ending the new ones saves.
 */
export interface PolicyRuleNoNewAction {
  /** The most it may be worth within the horizon. */
  worth_over: Loss
}

/**
 * Nothing that is known to be exploited (KEV) can be attacked by such attackers: over whatever way there is, also one that breaks in
 * elsewhere first. What is *reachable*, as deadlines ask, is less: what needs no break-in on the way.
 */
export interface PolicyRuleNoKnownExploited {
  /** Who: `internet`, `phishing`, `supplier`, `insider` or `assumed`. Once `reachable_from`, which is read and noted. */
  attackable_from: Attacker
  /** Whether only what is new counts. All counts unless said. */
  only_new?: boolean
}

/** Nothing new is so bad or worse: by our level, by the severity that tools give, or by either where both are said. */
export interface PolicyRuleNoNew {
  /** The lowest level that breaks it. */
  level?: Level
  /** The lowest severity that breaks it. */
  severity?: Severity
}

/** The expected loss within the horizon stays within limits; one of the two, or both. */
export interface PolicyRuleExpectedLoss {
  /** So much. */
  at_most?: Loss
  /** So many percent more than in the baseline, from 0. */
  at_most_percent_above_baseline?: number
}

/** An access to one end of a relation. */
export interface Premise {
  /** The access. */
  access: Access
  /** Which end. */
  end: End
}

/**
 * A kind of attacker: where they start, what they can do, and how much trouble they take.
 *
 * As a document: `{"id": "crew", "starts": {"internet": 1, "phishing": 0.5}, "groups": "G0102", "techniques": "T1190", "hard": 0.5}`.
 * Without groups and techniques no technique is beyond them; what takes nothing but the right itself, such as reading what one may read,
 * everybody does.
 */
export interface Profile {
  /** When that was looked up. */
  date?: string
  /** The groups of ATT&CK whose techniques they use. */
  groups: string[]
  /** What high attack complexity leaves of an attempt of theirs. */
  hard: number
  /** What it is called. */
  id: string
  /** Its name for people. */
  name: string
  /** Where it is from. */
  source?: string
  /** The entry points they use, each with the part of the starts there that is theirs. Who is not named does not start. */
  starts: ProfileStarts
  /** The techniques they use, without sub-techniques; none where no technique is beyond them. */
  techniques: string[] | null
}

/** The entry points they use, each with the part of the starts there that is theirs. Who is not named does not start. */
export interface ProfileStarts {
  /** A chance between never (0) and surely (1). Never `NaN`, so it has a total order. */
  assumed?: number
  /** A chance between never (0) and surely (1). Never `NaN`, so it has a total order. */
  insider?: number
  /** A chance between never (0) and surely (1). Never `NaN`, so it has a total order. */
  internet?: number
  /** A chance between never (0) and surely (1). Never `NaN`, so it has a total order. */
  phishing?: number
  /** A chance between never (0) and surely (1). Never `NaN`, so it has a total order. */
  supplier?: number
}

/** A period on a page: `render::progress_report` writes it as HTML. */
export interface ProgressReport {
  /** As of when the newest numbers are: the end of the period, or the last event. */
  as_of: string
  /** Those of the period of the same length before it; absent where nothing is known of that. */
  before?: Measures
  /** How deadlines are met, table by table. */
  deadlines?: TableKept[]
  /** How far ahead losses are looked at, in days. */
  horizon_days: number
  /** Flaws that were listed as exploited in the period and that were ever seen here, the last first. */
  listed: ListedSince[]
  /** The measures of the period. */
  measures: Measures
  /** What moved the expected loss. */
  moved: Moved
  /** What to do next. */
  next: NextPlan
  /** The period. */
  period: Period
  /** Whose it is. */
  title: string
  /** How things stood, from the beginning to the end. Attack paths of the first are all new. */
  trend: Mark[]
  /** What losses are counted in. */
  unit: string
  /** What is watched, and what nobody watches. */
  watched: Watched
}

/** How promises were kept. */
export interface PromisesKept {
  /** How many were over too late, or are open for longer than was promised. */
  broken: number
  /** How many were over in time. */
  kept: number
  /** Where that share lies at least, at 95 % (Wilson's interval). */
  lower: number
  /** How many were promised. */
  promised: number
  /** How many are open and have time left. */
  running: number
  /** The share that was kept of those that are decided, from 0 to 1; none where none is. */
  share: number | null
  /** Where it lies at most. */
  upper: number
}

/** A test, what it would tell, and what it is worth. */
export interface Question {
  /** What is tested. */
  about: About
  /** What each outcome would change: first an attempt that works, then one that does not. */
  answers: AnswerIf[]
  /** The question, in words. */
  ask: string
  /** The chance now that it is so: that the finding can be exploited, the relation be used, the control fail. */
  belief: number
  /** How many hours it takes. */
  hours: number
  /** Whether that is assumed. */
  hours_assumed: boolean
  /** What to do, and with which kinds of tools. */
  how: string
  /** By which means. Evidence of it goes by this as its method. */
  means: Means
  /** Where: the asset of a finding, both ends of a relation, at most five of the assets that a control protects. */
  on: string[]
  /** Its place, from 1. */
  rank: number
  /** The chance that the test succeeds where it is so. */
  sensitivity: number
  /** The chance that it fails where it is not. */
  specificity: number
  /** By how much the loss that the plan leaves differs between the answers. */
  swing: number
  /** The technique of MITRE ATT&CK that the test uses. */
  technique?: string
  /** What the answer saves on average: the expected value of sample information. */
  worth: number
  /** What an answer that never errs would save: the expected value of perfect information. */
  worth_if_sure: number
  /** The same by the hour. */
  worth_per_hour: number
}

/** Which tests to run next, the one that saves most for its hours first. */
export interface Questions {
  /** The moment they are as of. */
  as_of: string
  /** The expected loss before any action, in the worlds that were looked at. */
  before: number
  /** What may be spent on the plan. */
  budget: Budget
  /** How far ahead losses are looked at, in days. */
  horizon_days: number
  /** The expected loss that is left with the plan as it is, in the worlds that were looked at. */
  left: number
  /** How many findings, relations and controls a test could settle, and were looked at. */
  looked_at: number
  /** How many findings of less risk were not looked at. */
  not_looked_at: number
  /** The actions of that plan. */
  plan: string[]
  /** The questions. */
  rows: Question[]
  /** The seed they are of. */
  seed: number
  /** Why they may be worse than they were to be. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
  /** How many worlds were looked at; none where all is exact. */
  worlds: number
}

/** A ranking. */
export type Ranking = 'cvss' | 'epss' | 'ssvc' | 'ssvc_decision' | 'score' | 'score_without_epss' | 'young_first'

/** What one ranking was worth. */
export interface RankingTest {
  /** The chance that an exploited row ranks before another, ties counting half; by bootstrap over exploited rows. */
  auc: Measured
  /** That, less the first ranking's, paired; nothing for the first itself. */
  auc_gain?: Measured
  /** Whether its chances are what happened, where it gives chances. */
  calibration?: Calibration
  /** What it reaches at each effort. */
  efforts: EffortTest[]
  /** Of how many rows it says something. The others rank last. */
  known: number
  /** The ranking. */
  ranking: Ranking
}

/** A reachability. */
export type Reachability = 'unknown' | 'unreachable' | 'potential' | 'static' | 'runtime'

/** Why an answer is not whole. */
export type Reason = 'enough' | 'nodes' | 'stopped'

/** An explanation as it is written in an assessment, beside others. */
export interface Reasons {
  /** The most probable path through it to each loss event, by its place in the document's `paths`. */
  paths: number[]
  /** The risk, as a tree that folds to it. */
  risk: Term
  /** A finding. */
  finding?: string
  /** A relation. */
  relation?: string
}

/** What became of the records of a document: `read = accepted + merged + rejected`, always. */
export interface RecordCounts {
  /** Records taken over. */
  accepted: number
  /** Of the accepted ones, those that say that nothing is wrong: passed checks, suppressed results. */
  clear: number
  /** Records that say what was already known. */
  merged: number
  /** Records seen. */
  read: number
  /** Records not taken over: the counts of their notes add up to this. */
  rejected: number
}

/** That a person was suggested something and refused it: it is not suggested again. */
export interface Refusal {
  /** Of which asset. */
  asset: string
  /** Who refused it. */
  by?: string
  /** Why. */
  reason?: string
  /** What was suggested. */
  suggestion: SuggestionKind
}

/** A directed fact between two assets. */
export interface Relation {
  /**
   * The chance that it can be used by who has what it needs. Surely, where nothing is stated. 0 says that it is known not to be there:
   * where the last right to log on to a machine was taken away, nobody has one, while without a record nobody knows who has.
   */
  chance?: number
  /** Controls an attacker must get past to use it; one failure of the weakest is not enough, all must fail. */
  controls?: string[]
  /** What taking it away costs, at least 0, in the unit of all costs. */
  cost?: number
  /** The asset that reaches, runs, reads, …. */
  from: string
  /** What an attacker gets by it, all of it. Where nothing is stated, as the rules for its kind say. */
  gives?: AssetAccess[]
  /** Its name. Where none is stated it is called by what it is: `staff reads orders`. */
  id?: string
  /** What the fact is. */
  kind: string
  /** What an attacker needs to use it, all of it. Where nothing is stated, as the rules for its kind say. */
  needs?: AssetAccess[]
  /** Whether it may be taken away. Where nothing is stated, all may but those of structure: see `RelationKind::is_structure`. */
  removable?: boolean
  /** The ATT&CK technique, where it is another than the rule's. */
  technique?: string
  /** What it is, in words. */
  title?: string
  /** The asset it does so to. */
  to: string
}

/** Rows of about the same chance, and what became of them: a point of a reliability curve. */
export interface ReliabilityBin {
  /** How many exploitations their chances add up to. */
  expected: number
  /** The highest. */
  highest: number
  /** The lowest chance in it. */
  lowest: number
  /** How many there were. */
  observed: number
  /** Observed by expected, with an exact Poisson interval. */
  ratio: Measured
  /** Its rows. */
  rows: number
}

/** What one source said: its contents, checked, and a note with its place for everything that was not taken over. */
export interface Report {
  /** How the checks of controls came out, also those that passed, where a tool says which framework they are of. */
  compliance?: ControlChecks[]
  /** What was understood. */
  contents: Contents
  /** What was not, and what was assumed. */
  notes: Note[]
  /** Who said it. */
  source: Source
  /** How many records there were and what became of them. */
  tally: RecordCounts
}

/** What is not among the rows of a plan. */
export interface Rest {
  /** How many actions more end something that an attacker needs. */
  actions: number
  /** How many actions of the plan stand below the rows that are told. */
  below: number
  /** What they save together, after those that are told. */
  below_worth: number
  /** How many findings lead to no loss. */
  hygiene: number
  /** How many findings on the way to a loss have no fix yet. */
  no_fix: number
  /** What is lost through them once all else is done. */
  no_fix_worth: number
  /** What all of them would save together after the plan. */
  worth: number
}

/** An action in two plans. */
export interface RowDifference {
  /** The action. */
  action: string
  /** Its place in each plan; none where it is not in it. */
  ranks: [number | null, number | null]
  /** What it saves in each, after those above it. */
  saved: [number, number]
  /** What to do. */
  title: string
}

/** Why a row has no risk. */
export interface RowError {
  /** The column whose cell makes no sense, by its name. */
  column: string
  /** What was found, and what would do. */
  reason: string
  /** The row's number, from 0, over all batches. */
  row: number
}

/** One rule: a relation of this kind, between assets of these kinds, is a step from its premises to its conclusion. */
export interface Rule {
  /** What takes such relations away, or what they let an attacker do. */
  advice?: string
  /** What the attacker gets. */
  conclusion: Premise
  /** The kinds of asset it must come from; any, when there are none. */
  from?: string[]
  /** The kinds of asset it must not come from. */
  not_from?: string[]
  /** The kinds of asset it must not lead to. */
  not_to?: string[]
  /** What the attacker must have, all of it. */
  premises: Premise[]
  /** The kind of relation. */
  relation: string
  /** The ATT&CK technique. */
  technique?: string
  /** The kinds of asset it must lead to; any, when there are none. */
  to?: string[]
  /** What must hold of the labels of its ends, all of it. */
  where?: Condition[]
}

/** What is said of one rule. */
export interface RuleVerdict {
  /** What broke it: the worst first; of an expected loss, what is new. */
  by: BrokenBy[]
  /** Whether it held. */
  held: boolean
  /** What is tolerated, where a number decides. */
  limit?: number
  /** What was measured, where a number decides. */
  measured?: Estimate
  /** The rule, as the policy states it. */
  rule: PolicyRule
}

/** A sample as it is written. */
export interface Sample {
  /** The moment the assessment is as of. */
  as_of: string
  /** What the shares add up to. */
  attributed?: number
  /** The loss exceedance curve, as counted, by rising loss. */
  curve: Exceedance[]
  /** The loss events, the largest expected loss first. */
  events: SampledEvent[]
  /** The findings, the highest fix value first. */
  exposures: SampledExposure[]
  /** How far ahead it looks, in days. */
  horizon_days: number
  /** Once in how many years anything is lost, as counted. */
  once_in_years?: number
  /** The expected loss of all loss events together. */
  risk: Estimate
  /** The seed they are of. */
  seed: number
  /** What is lost when it comes badly, as counted. */
  tail: Tail
  /** Why it rests on fewer worlds than it was to. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of the document. */
  version: number
  /** How many worlds were looked at. */
  worlds: number
}

/** A loss event, over all paths to it. */
export interface SampledEvent {
  /** The chance that it happens within the horizon. */
  chance: Estimate
  /** The event. */
  event: string
  /** What it costs. */
  loss: Loss
  /** Its name. */
  name: string
  /** Once in how many years that is, at the same hazard; nothing for what never happens. */
  once_in_years?: number
}

/** A finding of a sample as it is written. */
export interface SampledExposure {
  /** The asset. */
  asset?: string
  /** The chance that less would have been lost without it, given that anything is lost: its *criticality importance*. */
  critical: Estimate
  /**
   * What fixing it alone saves: the risk with it less the risk without it. In reliability its *improvement potential*, or *risk
   * reduction worth*: its chance times Birnbaum's importance ∂R/∂p.
   */
  fix_value: Estimate
  /**
   * Its part in the risk, in the unit of losses, by Aumann and Shapley: all shares add up to `Sample::attributed`. Where shares were
   * asked for.
   */
  share?: number
  /** The weakness. */
  weakness?: string
  /** A finding. */
  finding?: string
  /** A relation. */
  relation?: string
}

/** A row's risk, in crown-jewel units, and the tree it is folded from. */
export interface Scored {
  /** The expected loss within the horizon, in crown-jewel units. */
  risk: number
  /** Why. */
  term: Term
}

/** What may be known of a secret: enough to tell it again, not enough to use it. */
export interface Secret {
  /** A keyed fingerprint of the value, 32 hexadecimal digits. */
  fingerprint?: string
  /** The last characters, of a value long enough to spare them. */
  tail?: string
  /** Whether a live test found it still valid; absent when none was made. */
  verified?: boolean
}

/** An asset that a selector means. */
export interface SelectedAsset {
  /** Its id. */
  asset: string
  /** What it is. */
  kind: string
  /** Who owns it; none where nobody has said. */
  owner: string | null
  /** Its name for people. */
  title: string
}

/** The assets that a selector means, as they are written. */
export interface SelectedAssets {
  /** How many they are. */
  count: number
  /** The assets, as many as were asked for. */
  list: SelectedAsset[]
  /** The version of documents. */
  version: number
}

/** What the business does with its assets, and how that can hurt. */
export interface Service {
  /** Its name in documents. */
  id: string
  /** What can be lost. */
  loss_events?: LossEvent[]
  /** A name for people. */
  name?: string
}

/** A severity. */
export type Severity = 'none' | 'low' | 'medium' | 'high' | 'critical'

/** So many of so many, with how sure the share is. */
export interface Share {
  /** How many. */
  count: number
  /** Where the share lies at least, at 95 % (Wilson, *Probable inference*, 1927). */
  lower: number
  /** Of how many: the sample. */
  of: number
  /** The one by the other, from 0 to 1; none where there is nothing. */
  share: number | null
  /** Where it lies at most. */
  upper: number
}

/** One source's words about a finding. */
export interface Sighting {
  /** What the tool says to do. */
  advice?: string
  /** What the source concluded, if it is one that concludes and does not look: a statement of VEX. */
  analysis?: Analysis
  /** The tool's description or message. */
  description?: string
  /** When it saw it first, in the same words; absent where that is when it saw it last. */
  first_seen?: string
  /** Versions without the weakness. */
  fixed_in?: string[]
  /** Where to read more. */
  link?: string
  /** Where on the asset the tool saw it, when sightings of one finding differ in that. */
  location?: Location
  /** Where in the tool's document it stands. */
  place?: string
  /** Whether the weak code is reached, where the tool looked. */
  reachability?: Reachability
  /** The tool's name for the rule or advisory. */
  rule?: string
  /** When the tool saw it last. */
  seen?: string
  /** The tool's word for how bad it is. */
  severity?: string
  /** The tool. */
  source: string
  /**
   * How the tool files the rule: its tags, and with a word and a colon in front what it calls otherwise, as `category:logging`,
   * `family:Default Accounts`, `service:ssh`, `likelihood:high`.
   */
  tags?: string[]
  /** The tool's title. */
  title?: string
}

/** What the world knows of the findings that an action ends: of each the worst. */
export interface Signs {
  /** The highest CVSS base score. */
  cvss?: number
  /** The highest EPSS score. */
  epss?: number
  /** When the first of them was listed as exploited. */
  exploited_since?: string
  /** Whether any is known to be exploited. */
  known_exploited: boolean
  /** Where to read more, at most five places. */
  links?: string[]
  /** The highest severity that a source or a CVSS vector gives. */
  severity?: Severity
}

/** Who made a report, with what, when. */
export interface Source {
  /** The document format's name: `trivy`, `sarif`, `ctem`. */
  format: string
  /** When the tool looked. */
  taken?: string
  /** The tool's name, which a format such as SARIF states in the document. */
  tool: string
  /** The tool's version. */
  version?: string
}

/** A time a finding stood. */
export interface Spell {
  /** Since when. */
  from: string
  /** Why it is taken to be gone. */
  how?: Ending
  /** Until when; absent where it stands. */
  until?: string
}

/** A status. */
export type Status = 'fixed' | 'open' | 'accepted' | 'not_affected'

/** What may be stated of an asset, and what says so. */
export interface Suggestion {
  /** The asset. */
  asset: string
  /** The entry point that accepting it states, where it is one. */
  entry_point?: EntryPoint
  /** What sort of thing it is. */
  kind: string
  /** What says so, the plainest reason first. */
  reasons: string[]
  /** How many assets it rules, builds or opens. */
  rules: number
  /** What is suggested. */
  suggestion: SuggestionKind
  /** Its name for people. */
  title: string
}

/** A kind of suggestion. */
export type SuggestionKind = 'crown_jewel' | 'internet' | 'leaked_credential' | 'phishing' | 'supplier'

/** What is suggested. */
export interface Suggestions {
  /** The suggestions. */
  list: Suggestion[]
  /** The version of documents. */
  version: number
}

/** How the deadlines of a table are met. */
export interface TableKept {
  /** How many somebody lives with, whatever their day. */
  accepted: number
  /** Of the findings that stand, are not accepted and are due by it on some day, those whose day has not passed. */
  in_time: Share
  /** The next day on which one is due. */
  next?: string
  /** The table. */
  table: string
  /** How many it gives no day. */
  undated: number
}

/** A tactic. */
export type Tactic = 'reconnaissance' | 'resource_development' | 'initial_access' | 'execution' | 'persistence' | 'privilege_escalation' | 'defense_evasion' | 'credential_access' | 'discovery' | 'lateral_movement' | 'collection' | 'command_and_control' | 'exfiltration' | 'impact'

/** The tail of the loss as it is written. */
export interface Tail {
  /** The mean loss in the others: conditional value at risk. */
  expected_shortfall: number
  /** Which share of the worlds lies before the tail. */
  level: number
  /** The loss that is not exceeded in them: value at risk. */
  value_at_risk: number
}

/** The version an upgrade goes to: the least that ends the most. */
export interface TargetVersion {
  /** So many findings of the package it ends. */
  ends: number
  /** Of so many that stand. */
  of: number
  /** The package, as its sources call it. */
  package: string
  /** The version. */
  version: string
}

/** An ATT&CK technique as it is written. */
export interface Technique {
  /** The id. */
  id: string
  /** The name, where ATT&CK has one. */
  name?: string
  /** What the attacker is after by it, where ATT&CK says so. */
  tactics?: Tactic[]
}

/** A number with its reasons: a fact, or folded from other terms. */
export interface Term {
  /** Why, in a phrase; empty where the parts say it all. */
  because?: string
  /** What it is: `threat`, `EPSS`, `not stopped`. */
  name: string
  /** What it is folded from; nothing for a fact. */
  parts?: Term[]
  /** The number. */
  value: number
  /** Which of these it is. */
  fold: 'fact' | 'product' | 'sum' | 'max' | 'odds' | 'horizon' | 'clamp'
  /** The days the part is about. */
  from?: number
  /** The days the result is about. */
  to?: number
  /** The most it can be. */
  high?: number
  /** The least it can be. */
  low?: number
}

/** What to do with one ticket. */
export interface Ticket {
  /** The action. */
  action: string
  /**
   * What tells this content from others: to be handed in as `content` of the known ticket next time. Numbers that move every day, such
   * as what is saved, are no part of it.
   */
  content?: string
  /** What to do. */
  do: TicketStep
  /**
   * The fields, as the tracker takes them. A transition of Jira has the id that the known ticket offers for where it leads. Where none
   * is known it is named as the default workflow names it, and the interface wants the id of that name.
   */
  fields?: Json
  /** The ticket as Markdown. */
  markdown?: string
  /** The ticket, where there is one. */
  ticket?: string
  /** Why. */
  why: string
}

/** What is done with a ticket. */
export type TicketStep = 'create' | 'update' | 'close' | 'reopen' | 'nothing'

/** Which tickets to write, and how. */
export interface Tickets {
  /** What to do with each. */
  list: Ticket[]
  /** Where. */
  tracker: Tracker
  /** The version of documents. */
  version: number
}

/** How long things took, with what is open counted as what it is. */
export interface Times {
  /**
   * The mean number of days of those that are over. It leaves out what is open, and so makes slow work look fast: the median and the
   * 90th percentile do not.
   */
  mean_of_closed: number | null
  /** After how many days half of all were over, by `Survival`; none where half are not. */
  median: number | null
  /** Between which days the median lies at 95 %, by `Survival::quantile_between`; an end that is not known yet is none. */
  median_between: (number | null)[]
  /** How many things it is of: the sample. */
  of: number
  /** How many of them are over; the others count as open for as long as they were watched. */
  over: number
  /** After how many days nine of ten were over; none where that is not known yet. */
  p90: number | null
  /** Between which days that lies at 95 %. */
  p90_between: (number | null)[]
}

/** A tracker. */
export type Tracker = 'jira' | 'github' | 'gitlab' | 'servicenow'

/** The states of assets that make a loss event happen. Adding a state never stops one: triggers are monotone. */
export interface Trigger {
  /** An attacker has this access to this asset. */
  state?: TriggerState
  /** Any of these: a data set disclosed from any replica. */
  any?: Trigger[]
  /** All of these: a redundant service is down only when every instance is. */
  all?: Trigger[]
  /** At least so many of these: a quorum lost. */
  at_least?: TriggerAtLeast
  /** Any of the assets that a selector means at the moment of an assessment. */
  any_of?: TriggerAnyOf
  /** All of them. Where there are none, it never happens. */
  all_of?: TriggerAllOf
  /** At least so many of them. */
  at_least_of?: TriggerAtLeastOf
}

/** An attacker has this access to this asset. */
export interface TriggerState {
  /** The access, or one that implies it. */
  access: Access
  /** The asset. */
  asset: string
}

/** At least so many of these: a quorum lost. */
export interface TriggerAtLeast {
  /** How many. */
  count: number
  /** Of which. */
  of: Trigger[]
}

/** Any of the assets that a selector means at the moment of an assessment. */
export interface TriggerAnyOf {
  /** The access, or one that implies it. */
  access: Access
  /** The assets. */
  assets: string
}

/** All of them. Where there are none, it never happens. */
export interface TriggerAllOf {
  /** The access, or one that implies it. */
  access: Access
  /** The assets. */
  assets: string
}

/** At least so many of them. */
export interface TriggerAtLeastOf {
  /** The access, or one that implies it. */
  access: Access
  /** The assets. */
  assets: string
  /** How many. */
  count: number
}

/** An answer is not whole. */
export interface Truncated {
  /** Why. */
  reason: Reason
}

/** How far methods of testing are to be trusted. */
export interface Trusts {
  /** By method and kind of weakness. */
  list: LearntTrust[]
  /** The version of documents. */
  version: number
}

/** A rule that no table decides. */
export interface UnknownRule {
  /** On how many assets. */
  assets: number
  /** How many open findings are of it. */
  findings: number
  /** The beginning of a line that decides it: one column more makes it whole. */
  line: string
  /** The rule's id. */
  rule: string
  /** The title of a finding. */
  title: string
  /** The tool, as it calls itself. */
  tool: string
}

/** Whether an assessment may go on. */
export interface Verdict {
  /** The moment that is judged. */
  as_of: string
  /** The moment it is held against. */
  baseline: string
  /** Whether it only says what it would have stopped. */
  dry_run: boolean
  /** Whether every rule held. */
  held: boolean
  /** How many exposures are new. */
  new: number
  /** What the policy writes by a name it no longer has. */
  notes?: Note[]
  /** Each rule in the policy's order. */
  rules: RuleVerdict[]
  /** Whether it stops: a rule is broken, and it is no dry run. */
  stops: boolean
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
  /** The same in words, a line a rule. */
  words: string[]
}

/** What one source saw of a finding. */
export interface View {
  /** Since when it looks and does not see it; absent where it sees it, or never looked again. */
  absent?: string
  /** When it saw it first. */
  first: string
  /** When it saw it last. */
  last: string
}

/** What is watched as of a moment. */
export interface Watched {
  /** As of when. */
  as_of: string
  /** How many assets are known. */
  assets: number
  /** The same of each kind of check. */
  checks: WatchedBy[]
  /** How many assets are listed. */
  count: number
  /** How complete collections of identities are; absent where there are none. */
  identities?: Collected
  /** The assets that nobody watches, those with most at stake first, then by importance and id. */
  list: WatchedAsset[]
  /** When any was seen last. */
  newest: string | null
  /** Of all that were ever seen, the longest ago that one was seen last. */
  oldest: string | null
  /** How many of them some kind of check saw within those days. */
  watched: number
  /** For how many days a look counts. */
  within_days: number
}

/** An asset, and when which kind of check saw it last. */
export interface WatchedAsset {
  /** The asset. */
  asset: string
  /** How much it matters, where that is stated. */
  criticality: Criticality | null
  /** What sort of thing it is. */
  kind: string
  /** The kinds of check that could see something in it, and have not within the stated days. */
  missing: CheckKind[]
  /** Who mends it. */
  owner: string | null
  /** When each kind of check saw it last. */
  seen: WatchedAssetSeen
  /** Its name for people. */
  title: string
}

/** When each kind of check saw it last. */
export interface WatchedAssetSeen {
  code?: string
  configuration?: string
  identity?: string
  network?: string
  secrets?: string
  vulnerability?: string
}

/** What a kind of check saw. */
export interface WatchedBy {
  /** How many assets there are in which it could see something, or saw something. */
  assets: number
  /** The kind of check. */
  check: CheckKind
  /** How many it ever saw. */
  ever: number
  /** When it saw one last. */
  newest: string | null
  /** Of those, the longest ago that it saw one last. */
  oldest: string | null
  /** How many of them it saw within the stated days. */
  watched: number
}

/** What is wrong in general: a CVE, a rule of a benchmark, a kind of secret. */
export interface Weakness {
  /** Other names of the same weakness (a GHSA of the CVE). Advisories that bundle several CVEs are not aliases. */
  aliases?: string[]
  /** CVSS vectors as published, of any version. */
  cvss?: string[]
  /** CWE numbers. */
  cwes?: number[]
  /** EPSS as a source quotes it; a dated EPSS table handed in takes its place. */
  epss?: number
  /** Its name: a CVE where there is one, else an advisory's (`GHSA-…`), else `tool:rule`. */
  id: string
  /** What sort of wrong it is. */
  kind: WeaknessKind
  /** Whether a source says it is in CISA's catalogue of known exploited vulnerabilities. */
  known_exploited?: boolean
  /** When it was published. EPSS has not yet seen what is young. */
  published?: string
  /** The highest severity a source gives it. */
  severity?: Severity
  /** A line for people. */
  title?: string
}

/** A kind of weakness. */
export type WeaknessKind = 'vulnerability' | 'misconfiguration' | 'secret' | 'permission' | 'network_exposure' | 'code_flaw'

/** The risk before and after changes: a what-if, or counterfactual. */
export interface WhatIf {
  /** The same with all changes. */
  after: Estimate
  /** The expected loss within the horizon as things are. */
  before: Estimate
  /** The loss before less the loss after; below 0 where the changes make things worse. */
  saved: Estimate
  /** Why it rests on fewer worlds than it was to. */
  truncated?: Truncated
  /** What losses are counted in. */
  unit: string
  /** The version of documents. */
  version: number
}

/** A reason of a change. */
export type Why = 'first_seen' | 'reopened' | 'absent' | 'fixed' | 'not_affected' | 'report_withdrawn' | 'listed' | 'model' | 'threat' | 'here' | 'reach' | 'impact'

/** That a report was taken back: when, by whom, and why. */
export interface Withdrawal {
  /** When. */
  at: string
  /** By whom. */
  by?: string
  /** Why. */
  reason?: string
}

/** A zone, what is in it, and who has a way into it. */
export interface ZoneExposure {
  /** The principals that have, by id. */
  exposed: string[]
  /** Of the accounts and machines that are in no zone of this tier or nearer to the heart, those that have a way into it. */
  exposure: Part
  /** The zone. */
  id: string
  /** The loss event that states its loss, where one is stated: for a service of a native document. */
  loss_event?: LossEvent
  /** How many assets are in it. */
  members: number
  /** The assets that somebody certified and the selector no longer means, or another zone has. */
  no_longer: string[]
  /** Its tier. */
  tier: number
  /** The assets that the selector means and nobody certified, by id; none where nobody certifies. */
  uncertified: string[]
}

/** Zones with who has a way into them, by tier. */
export interface Zones {
  /** The zones, by tier and then as they were stated. */
  list: ZoneExposure[]
  /** How many assets are of no zone. */
  outside: number
  /** The version of documents. */
  version: number
}

/** The columns of actions without a plan. */
export interface ActionColumns {
  /** Its name: the same on every day on which it is to be done. */
  id: (string | null)[]
  /** What sort of work it is. */
  kind: Coded
  /** What to do. */
  title: (string | null)[]
  /** Where the work is, by asset. */
  on: string[][]
  /** The findings and relations it ends, by their ids. */
  ends: string[][]
  /** The package to upgrade, where it is an upgrade. */
  package: Coded
  /** The version to go to, where it is an upgrade. */
  version: (string | null)[]
  /** Who does it, by their id. */
  owner: Coded
  /** What people call them. */
  owner_name: Coded
  /** How long it takes. */
  hours: Float64Array
  /** Whether the engine assumes that. */
  hours_assumed: Uint8Array
  /** How one knows that it is done. */
  done_when: (string | null)[]
}

/** The columns of exposures. */
export interface ExposureColumns {
  /** Its place, from 1. */
  rank: Float64Array
  /** The id of the finding, or of the relation. */
  id: (string | null)[]
  /** Whether it is a `finding` or a `relation`. */
  kind: Coded
  /** What is wrong, by its id. */
  weakness: Coded
  /** What it is, in words. */
  title: (string | null)[]
  /** The asset it is on, by its id. */
  asset: Coded
  /** What people call that asset. */
  asset_name: Coded
  /** Who owns the asset. */
  owner: Coded
  /** The package it is in. */
  component: Coded
  /** The version of that package. */
  version: (string | null)[]
  /** The versions without it. */
  fixed_in: string[][]
  /** The highest severity that a source or a CVSS vector gives it. */
  severity: Coded
  /** Whether a catalogue or a source says that it is exploited. */
  known_exploited: Uint8Array
  /** The expected loss within the horizon that passes through it. */
  risk: Float64Array
  /** What the risk is counted in. */
  unit: Coded
  /** The risk on a scale of 0 to 100. */
  score: Float64Array
  /** The score in a word. */
  level: Coded
  /** The chance that an attacker who has what it needs exploits it within the horizon. */
  likelihood: Float64Array
  /** The chance of the most probable way to what it needs. */
  reach: Float64Array
  /** The costliest loss event it leads to. */
  leads_to: Coded
  /** The highest CVSS base score of its vectors. */
  cvss: Float64Array
  /** The highest EPSS score of its CVEs. */
  epss: Float64Array
  /** When a source saw it last, where one says so. */
  seen: Float64Array
}

/** The columns of a plan's actions. */
export interface PlanColumns {
  /** Its place, from 1. */
  rank: Float64Array
  /** Its name: the same on every day on which it is to be done. */
  id: (string | null)[]
  /** What sort of work it is. */
  kind: Coded
  /** What to do. */
  title: (string | null)[]
  /** Where the work is, by asset. */
  on: string[][]
  /** The findings and relations it ends, by their ids. */
  ends: string[][]
  /** The package to upgrade, where it is an upgrade. */
  package: Coded
  /** The version to go to, where it is an upgrade. */
  version: (string | null)[]
  /** Who does it, by their id. */
  owner: Coded
  /** What people call them. */
  owner_name: Coded
  /** How long it takes. */
  hours: Float64Array
  /** Whether the engine assumes that. */
  hours_assumed: Uint8Array
  /** The expected loss that is left after it and those above it. */
  left: Float64Array
  /** What it saves after those above it. */
  saved: Float64Array
  /** What it would save alone. */
  alone: Float64Array
  /** The part of the expected loss on whose ways it lies. */
  on_ways: Float64Array
  /** The row above that ends the same ways. */
  same_way_as: Float64Array
  /** The loss event that weighs most on these ways, by its id. */
  leads_to: Coded
  /** What people call that event. */
  leads_to_name: Coded
  /** The highest severity of what it ends. */
  severity: Coded
  /** The highest CVSS base score of what it ends. */
  cvss: Float64Array
  /** The highest EPSS score of what it ends. */
  epss: Float64Array
  /** Whether any of it is known to be exploited. */
  known_exploited: Uint8Array
  /** When the first of it was listed as exploited. */
  exploited_since: Float64Array
  /** Where to read more. */
  links: string[][]
  /** How one knows that it is done. */
  done_when: (string | null)[]
}

/** The columns of what became of findings. */
export interface CourseColumns {
  /** The name it had when it was first seen. */
  finding: (string | null)[]
  /** The asset it is on. */
  asset: Coded
  /** What is wrong. */
  weakness: Coded
  /** What sort of wrong. */
  kind: Coded
  /** How bad its sources call it at most. */
  severity: Coded
  /** Who mends it, or mended it when it was last there. */
  owner: Coded
  /** From when on it could have been seen. */
  possible: Float64Array
  /** Since when its flaw is listed as exploited. */
  exploited: Float64Array
  /** When it was first seen. */
  first: Float64Array
  /** When it was last seen. */
  last: Float64Array
  /** Whether it stands. */
  stands: Uint8Array
  /** When it went, where it does not stand. */
  gone: Float64Array
  /** Why it is taken to be gone. */
  how: Coded
  /** How often it came back. */
  reopened: Float64Array
  /** When somebody said that it was mended, and no source has seen it since. */
  claimed: Float64Array
  /** Whether somebody lives with it. */
  accepted: Uint8Array
  /** Until when, where that ends. */
  accepted_until: Float64Array
}

/** The columns of what happened. */
export interface HistoryColumns {
  /** When it happened. */
  at: Float64Array
  /** What happened. */
  what: Coded
  /** The id of the event: of a report, what withdraws it. */
  id: (string | null)[]
  /** Who reported. */
  source: Coded
  /** The format of the report. */
  format: Coded
  /** How many assets it lists. */
  assets: Float64Array
  /** How many findings it lists, tests or claims. */
  findings: Float64Array
  /** The asset it is about. */
  asset: Coded
  /** The finding it is about. */
  finding: Coded
  /** The weakness it is about. */
  weakness: Coded
  /** The action it is about. */
  action: Coded
  /** The report that is taken back, by the id of its event. */
  report: (string | null)[]
  /** Who mends the asset from now on. */
  owner: Coded
  /** Who says or decided so. */
  by: Coded
  /** Why. */
  reason: (string | null)[]
  /** Until when it holds. */
  until: Float64Array
}
