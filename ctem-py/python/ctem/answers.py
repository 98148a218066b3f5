"""What calls answer, by type: `from ctem.answers import Plan`.

Made from the engine's own types; see `ctem-core/src/wire/answers-2.schema.json`. A key that is `NotRequired` is left out where there is
nothing to say; any other is always there, and `None` where that is not known.
"""

from __future__ import annotations

import builtins
from typing import Literal, NotRequired, TypeAlias, TypedDict

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
"""Any value that JSON has."""


class About(TypedDict):
    """What is tested."""

    finding: NotRequired[str]
    """Whether a finding can be exploited where it was seen."""
    relation: NotRequired[str]
    """Whether a relation is there and can be used."""
    control: NotRequired[str]
    """Whether a control fails."""


class Absorbed(TypedDict):
    """What became of a report's records once it was taken in: of the records its report understood, and of those rejected when it was read."""

    notes: list[Note]
    """Why some were rejected, what was left out, and what was assumed; the notes of the reading first."""
    tally: RecordCounts
    """How many records were new, merged into what was known, or rejected. A record here is one noun of the model: a scanner's finding on an
    asset it names is two.
    """


class AbsorbedReport(TypedDict):
    """A report that came as an event, and whether it still counts."""

    at: str
    """When it was."""
    findings: int
    """How many findings it listed."""
    format: str
    """The format it was read as."""
    id: str
    """The id of the event that brought it: 32 hexadecimal digits."""
    source: str
    """Who said it."""
    withdrawn: NotRequired[Withdrawal]
    """That it was taken back, if it was."""


class Acceptance(TypedDict):
    """The decision to live with a finding: who took it, why, since when and until when. What is accepted stays a risk."""

    by: NotRequired[str]
    """Who decided."""
    reason: NotRequired[str]
    """Why."""
    since: NotRequired[str]
    """When it was decided, where that is known."""
    until: NotRequired[str]
    """When it ends, and the finding is open again; absent for until another decision."""

AcceptanceEnding: TypeAlias = "Literal['withdrawn', 'no_longer_holds']"
"""An ending of an acceptance."""


class AcceptedLoss(TypedDict):
    """What somebody decided to live with."""

    findings: int
    """How many findings are accepted."""
    first_ends: NotRequired[str]
    """When the first of the decisions ends, of those that do."""
    worth: float
    """What would not be lost if none of them were there, and all else were as it is."""


class AcceptedRisk(TypedDict):
    """A decision that stands, and what it covers now."""

    action: NotRequired[str]
    """The action that is not done."""
    also_new: NotRequired[bool]
    """Whether it covers what is found later too."""
    as_long_as: NotRequired[AsLongAs]
    """It stands as long as these hold."""
    assets: NotRequired[str]
    """On which assets, as a selector."""
    by: NotRequired[str]
    """Who took it."""
    covers: list[str]
    """The findings that stand and that it covers."""
    finding: NotRequired[str]
    """The finding it is about."""
    findings: NotRequired[list[str]]
    """What that action would have ended."""
    reason: NotRequired[str]
    """Why."""
    since: str
    """When it was decided."""
    until: NotRequired[str]
    """It ends then."""
    weakness: NotRequired[str]
    """The weakness it is about."""

Access: TypeAlias = "Literal['reach', 'know', 'read', 'write', 'use', 'control', 'down']"
"""An access."""

Accesses: TypeAlias = "Access | list[AssetAccess]"
"""What a finding needs or gives: one access to its own asset, or accesses to any assets, all of them.

In documents a word, or a list of at most `MOST_ACCESSES`.
"""


class Action(TypedDict):
    """What somebody does: one piece of work that ends exposures, in the words of those who do it."""

    done_when: str
    """How one knows that it is done."""
    effort: Effort
    """How long it takes."""
    ends: list[ExposureId]
    """The findings and relations it ends, in the order of their ids."""
    id: str
    """Its name: the same on every day on which it is to be done, whatever else changes."""
    kind: ActionKind
    """What sort of work it is."""
    on: list[str]
    """Where the work is, by asset: an image, rather than all that runs it."""
    owner: NotRequired[OwnedBy]
    """Who does it, and by which rule; nobody where no rule matches."""
    target: NotRequired[TargetVersion]
    """The version to go to, where it is an upgrade."""
    title: str
    """What to do, as one says it to somebody."""


class ActionDeadline(TypedDict):
    """By when an action is due."""

    action: str
    """The action."""
    due: str
    """By when."""
    finding: str
    """What it ends that is due first."""
    overdue: bool
    """Whether that is over."""
    table: str
    """The table that says so."""

ActionKind: TypeAlias = "Literal['upgrade', 'rebuild', 'patch', 'rotate', 'configure', 'revoke', 'close', 'enforce', 'change_code', 'retire', 'mitigate']"
"""A kind of action."""


class Actions(TypedDict):
    """What can be done."""

    list: builtins.list[Action]
    """The actions."""
    version: int
    """The version of documents."""

Advice: TypeAlias = "Literal['fix_both', 'fix_either']"
"""What to do about two findings that act together."""


class Analysis(TypedDict):
    """What a source concluded of a finding, rather than saw: a statement of VEX. It outweighs what scanners see, a later one an earlier one,
    and speaks of the findings of other reports too.
    """

    applied: NotRequired[bool]
    """Whether it was stated in another record, and followed here."""
    status: Status
    """What it comes to: `open` is affected, or still under investigation."""
    versions: NotRequired[str]
    """The range of versions it speaks of, where it names no single one: `vers:npm/>=6.0.0|<6.5.3`."""
    wherever: NotRequired[bool]
    """Whether it speaks of the component wherever it lies, and not of one asset."""


class AnswerIf(TypedDict):
    """What an outcome of a test would change."""

    adds: NotRequired[list[str]]
    """Actions that the plan has then and has not now."""
    belief: float
    """The chance then that it is so."""
    drops: NotRequired[list[str]]
    """Actions that it has now and has not then."""
    first: NotRequired[str]
    """The first action then."""
    left: float
    """What is left to lose then, with the plan that is best then."""
    likely: float
    """How likely it is."""
    outcome: Outcome
    """The outcome."""
    saved: float
    """What that plan saves beside the plan as it is now."""


class AsLongAs(TypedDict):
    """What must hold of a finding for a decision to cover it. What nobody states breaks nothing."""

    epss_at_most: NotRequired[float]
    """Its EPSS score is no higher."""
    not_known_exploited: NotRequired[bool]
    """It is not known to be exploited: neither the catalogue nor a source says so."""
    severity_at_most: NotRequired[Severity]
    """No source and no vector gives a higher severity."""


class Assessment(TypedDict):
    """An assessment as it is written."""

    as_of: str
    """The moment it is as of."""
    complete: bool
    """Whether every finding counts all loss events it leads to."""
    counts: Counts
    """How many assets, relations and standing findings there are."""
    exposures: list[Exposure]
    """The exposures, the worst first."""
    horizon_days: float
    """How far ahead it looks, in days."""
    implied: Implied
    """What the inputs imply, beside what firms see."""
    loss_events: list[LossEventRisk]
    """The loss events, the largest expected loss first; of those that criticality implies, at most as many as exposures."""
    notes: list[Note]
    """What was assumed, and what had no effect."""
    paths: NotRequired[list[Path]]
    """The paths that explanations name by their places here, from 0: each is here once, however many exposures are on it."""
    plan: NotRequired[Plan]
    """What to do first, as `Assessment::plan` answers it: at most as many actions as exposures, and 50. None where it would take long, which a
    note at `/plan` says.
    """
    profile: NotRequired[str]
    """The kind of attacker it is of, where it is of one."""
    risk: Estimate
    """The expected loss of all loss events together."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of the document."""


class Asset(TypedDict):
    """Anything an attacker can hold or a business can lose."""

    aliases: NotRequired[list[str]]
    """Other names tools know it by: an image digest, an IP address, a cloud resource name."""
    criticality: NotRequired[Criticality]
    """How much it matters where no loss event says so in money. Unknown is not unimportant."""
    distinct_from: NotRequired[list[str]]
    """Assets that it is not, whatever they share with it."""
    id: str
    """The name everything else refers to it by."""
    identifiers: NotRequired[list[Identifier]]
    """What tools saw it go by: names that need not be its alone."""
    kind: str
    """What sort of thing it is."""
    labels: NotRequired[dict[str, str]]
    """The organisation's own words about it, carried along and never interpreted."""
    name: NotRequired[str]
    """A name for people, when the id is not one."""
    owner: NotRequired[str]
    """Who mends what is found on it."""


class AssetAccess(TypedDict):
    """An access to an asset: what an attacker holds."""

    access: Access
    """The access."""
    asset: str
    """The asset."""

Attacker: TypeAlias = "Literal['internet', 'phishing', 'supplier', 'insider', 'assumed']"
"""An attacker."""


class BackTest(TypedDict):
    """What rankings were worth on days that have passed."""

    confidence: float
    """The confidence of intervals."""
    counts: CohortCounts
    """What became of the records of both files."""
    days: float
    """How long that is."""
    exploited: int
    """How many of the rows were exploited in the window."""
    landmark: str
    """The moment of the ranking."""
    notes: list[Note]
    """Why records were rejected."""
    prevalence: Measured
    """The part of the rows that is, with Wilson's interval."""
    rankings: list[RankingTest]
    """Each ranking; gains are over the first."""
    until: str
    """Until when outcomes were watched."""
    version: int
    """The version of documents."""

BaselineOf: TypeAlias = "Literal['reference', 'own']"
"""Whose baseline it is."""


class BlastRadius(TypedDict):
    """A blast radius: what is lost once an asset is held."""

    access: Access
    """The access that is held."""
    asset: str
    """The asset."""
    loss: Estimate
    """The expected loss within the horizon from then on, over all paths; what happens without the breach is part of it."""
    truncated: NotRequired[Truncated]
    """Why it rests on fewer worlds than it was to."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""


class BrokenBy(TypedDict):
    """Something that breaks a rule."""

    action: NotRequired[str]
    """The action that ends them, where the rule is about actions."""
    exposures: list[ExposureId]
    """The exposures."""
    title: str
    """What it is called."""
    worth: float
    """What ending them saves, or the risk through them."""

Budget: TypeAlias = "Literal['unlimited'] | BudgetHours | BudgetMoney | BudgetActions"
"""What may be spent on a plan."""


class BudgetHours(TypedDict):
    """So many hours of work."""

    hours: float
    """So many hours of work."""


class BudgetMoney(TypedDict):
    """So much money."""

    money: BudgetMoneyMoney
    """So much money."""


class BudgetMoneyMoney(TypedDict):
    """So much money."""

    amount: float
    """How much."""
    per_hour: float
    """What an hour of work costs."""


class BudgetActions(TypedDict):
    """So many actions, whatever each takes."""

    actions: int
    """So many actions, whatever each takes."""


class Calibration(TypedDict):
    """Whether what was forecast is what happened, over the rows that a ranking gives a chance."""

    bins: list[ReliabilityBin]
    """Rows by their chance, from the lowest: each bin has about a tenth of what is expected, and no tie is cut."""
    brier: Measured
    """The mean squared difference of chance and outcome (Brier 1950). Of rare events it says little."""
    brier_of_one_rate: float
    """The Brier score of one rate for all rows, the observed one."""
    expected: float
    """How many exploitations the chances add up to."""
    log_loss: Measured
    """The sum of −ln of the chance that was given to what happened, in nats."""
    log_loss_of_one_rate: float
    """The log loss of one rate for all rows. A forecast with more says less than nothing."""
    observed: int
    """How many there were."""
    ratio: Measured
    """Observed by expected, with an exact Poisson interval."""
    rows: int
    """The rows that are given a chance."""

Cause: TypeAlias = "Literal['fixed', 'new', 'changed', 'intel', 'model', 'evidence', 'scope', 'decided', 'time']"
"""A cause for which the expected loss moves."""


class Change(TypedDict):
    """What became of one exposure."""

    after: Estimate | None
    """Its risk after, if it is there."""
    asset: str
    """The asset it is on."""
    before: Estimate | None
    """Its risk before, if it was there."""
    exposure: ExposureId
    """The exposure."""
    title: str
    """What it is, in words."""
    unit: str
    """What risks are counted in."""
    why: list[Why]
    """Why, as far as it is known: the surest reason first."""


class CheapestCut(TypedDict):
    """Whether fixes can end a loss event, and which."""

    version: int
    """The version of documents."""
    at_least: NotRequired[float]
    """No cut costs less: the same as the cost, unless a limit ended the search."""
    cost: NotRequired[float]
    """What that costs."""
    ending: Literal["cut", "stands"]
    """Which of these it is."""
    event: str
    """The event."""
    fixes: NotRequired[list[CutFix]]
    """What to fix, by id. Each is needed: without it the event could happen. None for an event that cannot happen."""
    truncated: NotRequired[Truncated]
    """Why the cut may not be the cheapest."""
    path: NotRequired[list[Foothold]]
    """What an attacker comes to hold on it, one after the other."""

CheckKind: TypeAlias = "Literal['vulnerability', 'configuration', 'secrets', 'code', 'identity', 'network']"
"""A kind of check."""


class ChokePoint(TypedDict):
    """Something uncertain that paths to a loss event need."""

    critical: Estimate
    """The chance that the event would not have happened without it, given that it did: its *criticality importance*."""
    name: str
    """Its name for people."""
    on_every_path: bool
    """Whether every path needs it."""
    finding: NotRequired[str]
    """The finding."""
    kind: Literal["finding", "threat", "control", "entry", "unplaced", "campaign", "relation"]
    """Which of these it is."""
    weakness: NotRequired[str]
    """The weakness."""
    control: NotRequired[str]
    """The control."""
    access: NotRequired[Access]
    """With which access."""
    asset: NotRequired[str]
    """Where."""
    campaign: NotRequired[str]
    """Its name."""
    relation: NotRequired[str]
    """Its id."""


class ChokePoints(TypedDict):
    """The choke points of a loss event."""

    chance: Estimate
    """The chance that it happens within the horizon."""
    event: str
    """The event."""
    list: builtins.list[ChokePoint]
    """First what every path needs, in the order in which an attacker comes to it; then the rest, the most critical first."""
    truncated: NotRequired[Truncated]
    """Why it rests on fewer worlds than it was to."""
    version: int
    """The version of documents."""

ClockStart: TypeAlias = "Literal['course', 'sighting', 'assumed']"
"""What starts a clock."""


class CohortCounts(TypedDict):
    """What became of the records of both files."""

    incomplete: int
    """Rows left out, since a signal is missing and only complete ones were wanted."""
    kept: int
    """Rows that rankings are tested on."""
    known_before: int
    """Rows left out, since exploitation was known at the landmark."""
    outcomes: RecordCounts
    """The rows of outcomes. Of several of one CVE the first counts."""
    outcomes_of_no_row: int
    """Outcomes in the window that are of no row that is kept."""
    rows: RecordCounts
    """The rows of signals. Of several of one CVE the one known last counts."""


class Collected(TypedDict):
    """How complete collections of identities are, as BloodHound counts it: what is missing in a graph is no path in it."""

    local_groups: Part
    """Of the machines in realms that are not switched off, those that somebody is known to administer, log on to or operate."""
    sessions: Part
    """Of the accounts of people and services in realms that are not switched off, those of which some machine holds a session."""


class Combination(TypedDict):
    """Two findings of different kinds that act together."""

    advice: Advice
    """What follows."""
    findings: list[str]
    """The findings, by id."""
    interaction: Estimate
    """What fixing both saves, less what fixing each alone saves: above 0 on parallel paths, below 0 on one path."""


class Combinations(TypedDict):
    """Toxic combinations: findings that act together."""

    list: builtins.list[Combination]
    """The combinations, the strongest interaction first; of equal ones the lower ids."""
    truncated: NotRequired[Truncated]
    """Why there may be more, or why they rest on fewer worlds than they were to."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""


class Component(TypedDict):
    """The package or product a weakness is in."""

    direct: NotRequired[bool]
    """Whether it was asked for by name, and not brought in by another package; absent where nobody says."""
    ecosystem: NotRequired[str]
    """Whose package it is, by the types of package URLs: `npm`, `pypi`, `maven`, `golang`, `deb`. A package URL says it too."""
    name: str
    """Its name as the source writes it."""
    purl: NotRequired[str]
    """Its package URL (purl)."""
    source: NotRequired[str]
    """The source package a distribution builds it from: `openssl` of `libssl3`."""
    version: NotRequired[str]
    """Its version."""

Condition = TypedDict(
    "Condition",
    {
        # Which end.
        "end": "End",
        # The values that do; any value, when there are none.
        "is": "NotRequired[list[str]]",
        # The label of the asset.
        "label": "str",
    },
)
"""What a rule asks of an end: a label with one of some values."""


class Contents(TypedDict):
    """Lists of everything an environment can hold: the body of the native document, and what a report brings."""

    assets: NotRequired[list[Asset]]
    """What there is."""
    controls: NotRequired[list[Control]]
    """What stands in an attacker's way."""
    entry_points: NotRequired[list[EntryPoint]]
    """Where attackers start."""
    evidence: NotRequired[list[Evidence]]
    """What tests showed."""
    findings: NotRequired[list[Finding]]
    """What is wrong with it."""
    owners: NotRequired[list[Owner]]
    """Who mends it."""
    refusals: NotRequired[list[Refusal]]
    """What people were suggested to state, and did not."""
    relations: NotRequired[list[Relation]]
    """How it connects."""
    rules: NotRequired[list[Rule]]
    """What relations let an attacker do, besides what the engine knows."""
    services: NotRequired[list[Service]]
    """What it is for, and how that can hurt."""


class Control(TypedDict):
    """What stands in an attacker's way: a web application firewall, a second factor, an endpoint agent.

    Its strength is either stated (`stops`) or learned from tests (`blocked` and `bypassed` attempts of a breach simulation, a Beta(1 +
    blocked, 1 + bypassed) posterior mean).
    """

    against: NotRequired[list[str]]
    """The techniques it stops, each with its parts: a second factor stops `T1078`, and no exploit. All, when there are none."""
    before: NotRequired[list[str]]
    """Whom it stands before: attackers who come from these assets. Everybody, when there are none."""
    blocked: NotRequired[int]
    """Attempts it was seen to block."""
    bypassed: NotRequired[int]
    """Attempts seen to get past it."""
    covers: NotRequired[str]
    """The assets it protects besides those: what a selector means at the moment of each assessment, so that it covers what is new too."""
    id: str
    """The name relations and evidence refer to it by."""
    name: NotRequired[str]
    """A name for people."""
    protects: NotRequired[list[str]]
    """The assets it protects: every attempt on a finding there must get past it, and to log on. Where it says which techniques it stops, or
    whom it stands before, so must every relation into them that is by one of these, or from there.
    """
    stops: NotRequired[float]
    """The chance that it stops an attempt."""


class ControlChecks(TypedDict):
    """How the checks of one control of a framework came out, in one account, cluster or host that a tool looked at."""

    control: str
    """The control, as the framework numbers it: `2.1.5`, `PR.AA-01`."""
    failed: int
    """Checks that failed."""
    framework: str
    """The framework, as the tool calls it: `CIS-1.5`, `PCI DSS v4.0`."""
    not_made: int
    """Checks that nobody made: those for a person, those that did not come to an end."""
    passed: int
    """Checks that passed."""
    scope: NotRequired[str]
    """Where: the account, the cluster or the host; empty where the tool does not say."""


class ControlCompliance(TypedDict):
    """How one control is kept, as far as checks were made."""

    checks: Share
    """Of its checks that were made, those that passed."""
    control: str
    """The control, as the framework numbers it."""
    not_made: int
    """Its checks that nobody made."""


class Counts(TypedDict):
    """How much there is."""

    assets: int
    """Assets."""
    exposures: int
    """The findings that stand, and the relations that lead to a loss and may be taken away."""
    findings: int
    """Findings that stand."""
    relations: int
    """Relations."""


class Course(TypedDict):
    """The course of one finding. It keeps its name and its clock whatever becomes of its severity, title, line or version."""

    accepted: NotRequired[Acceptance]
    """The decision to live with it, if there is one that has not ended: of several the one that ends last."""
    also: NotRequired[list[str]]
    """Other names it went by."""
    asset: str
    """The asset it is on."""
    claimed: NotRequired[str]
    """When somebody said that it was mended, until a source sees it again."""
    exploited: NotRequired[str]
    """Since when CISA has listed its flaw as exploited."""
    finding: str
    """The name it had when it was first seen."""
    first: str
    """When it was first seen: its clock runs from here, whatever happens later."""
    kind: WeaknessKind
    """What sort of wrong."""
    last: str
    """When it was last seen."""
    owner: NotRequired[str]
    """Who mends it, or mended it when it was last there."""
    possible: NotRequired[str]
    """When the flaw was published, or listed as exploited, whichever is known and first: from when on it could have been seen."""
    severity: NotRequired[Severity]
    """How bad its sources call it at most."""
    spells: list[Spell]
    """The times it stood, in order; the last may go on."""
    views: NotRequired[dict[str, View]]
    """What each source that ever looked for it saw."""
    weakness: str
    """What is wrong."""

Criticality: TypeAlias = "Literal['low', 'medium', 'high', 'crown_jewel']"
"""A criticality."""


class CutFix(TypedDict):
    """One of the things to fix."""

    cost: float
    """What that costs."""
    finding: NotRequired[str]
    """A finding."""
    relation: NotRequired[str]
    """A relation."""


class Cvss(TypedDict):
    """A CVSS vector and its scores as they are written."""

    base_score: float
    """The score of the weakness itself."""
    environmental_score: float
    """The score in the environment that the metrics describe, threat or time included."""
    metrics: dict[str, str]
    """The metrics that were given, as an object in the specification's order."""
    nomenclature: str
    """Which metrics that score is of: `CVSS-B`, `CVSS-BT`, `CVSS-BE`, `CVSS-BTE`."""
    score: float
    """The score of all metrics that were given."""
    severity: Severity
    """The rating of that score."""
    temporal_score: NotRequired[float]
    """The score as of what is known of exploits and fixes; version 4.0 has the threat score instead."""
    threat_score: NotRequired[float]
    """The score with the threat metric of version 4.0."""
    vector: str
    """The vector in the specification's order."""
    version: str
    """The version of the standard."""


class Deadline(TypedDict):
    """By when a finding is due, by which rule, and why."""

    acceptance: NotRequired[Acceptance]
    """Who decided that, why and until when, where it is known."""
    accepted: NotRequired[bool]
    """Whether somebody decided to live with it."""
    asset: str
    """The asset it is on."""
    days_left: NotRequired[float]
    """Days until then; below 0 where it is late."""
    due: NotRequired[str]
    """By when it is due; none where no rule names a date."""
    finding: str
    """The finding."""
    overdue: bool
    """Whether that is over. What is accepted is not overdue while it is."""
    rules: list[DeadlineRule]
    """What each table says that has a row for it: the one that is due first is first, and counts."""
    since: str
    """When its clock started."""
    since_by: ClockStart
    """What says so."""

DeadlineReason = TypedDict(
    "DeadlineReason",
    {
        # The fact.
        "fact": "str",
        # Its value.
        "is": "str",
        # Why it has it.
        "why": "str",
    },
)
"""A fact for which a row counts."""


class DeadlineRule(TypedDict):
    """What one table says of a finding."""

    due: NotRequired[str]
    """By when, if on a date."""
    row: NotRequired[int]
    """Which of its rows, from 0."""
    table: str
    """The table, or `tolerated_loss`."""
    then: NotRequired[str]
    """What to do, in the words of the table."""
    why: list[DeadlineReason]
    """The facts for which the row counts."""


class Deadlines(TypedDict):
    """By when what is due, and why."""

    actions: builtins.list[ActionDeadline]
    """The deadline of every action: that of what it ends that is due first."""
    as_of: str
    """The moment they are told at."""
    list: builtins.list[Deadline]
    """The deadline of every finding that stands: what is due first is first, and what is due on no date last."""
    overdue: int
    """How many findings are overdue."""
    relations: int
    """How many rights, routes and other relations are exposures and have no deadline: tables speak of findings."""


class Delta(TypedDict):
    """What changed between two assessments: exposures that appeared, ended, rose and fell, each with its risks and with why.

    It is the difference of two assessments, to the bit, however they were made: nothing is rounded, and a risk that moved by its last bit
    has moved. Exposures are listed by what moved most.
    """

    absorbed: NotRequired[Absorbed]
    """What became of the records, where the event brought some."""
    appeared: list[Change]
    """Exposures that were not there before."""
    at: str
    """As of when the later assessment is."""
    ended: list[Change]
    """Exposures that are not there any more."""
    fell: list[Change]
    """Exposures whose risk fell."""
    happened: list[Happened]
    """What happened, finding by finding."""
    known: NotRequired[bool]
    """Whether the event had been told before, so that nothing could change."""
    model: NotRequired[ModelChange]
    """The rankings of the old and the new EPSS model, where the event brought another."""
    risk_after: Estimate
    """The whole expected loss after."""
    risk_before: Estimate
    """The whole expected loss before."""
    rose: list[Change]
    """Exposures whose risk rose."""
    since: str
    """As of when the earlier one is."""
    unit: str
    """What risks are counted in."""


class Effects(TypedDict):
    """A user's own table of what findings do, as it is written, without its lines."""

    lines: int
    """How many lines it has."""


class Efficiency(TypedDict):
    """Effort against what it meets: the two figures by which EPSS is judged (Jacobs, Romanosky, Suciu, Edwards, Sarabi, *Enhancing
    Vulnerability Prioritization*, 2023), of the work that was done.
    """

    coverage: Share
    """Of those known to be exploited, those that were mended: what is missing was left open."""
    efficiency: Share
    """Of those that were mended, those known to be exploited: the rest was work on something else."""
    effort: Share
    """Of all findings, those that were mended."""


class Effort(TypedDict):
    """How long an action takes."""

    assumed: bool
    """Whether the engine assumes it, since neither a rule nor a record says so."""
    by: str
    """What says so, in words."""
    hours: float
    """Hours of work, at least 0."""


class EffortTest(TypedDict):
    """What a ranking reaches when a part of all rows is mended, the worst first. Ties are broken by lot, so that a row may count in part."""

    coverage: Measured
    """The part of the exploited rows that is among them; by bootstrap over exploited rows."""
    efficiency: Measured
    """The part of the mended rows that is exploited, with Wilson's interval."""
    effort: float
    """The part of all rows that is mended."""
    gain: NotRequired[Measured]
    """The coverage, less the first ranking's, paired; nothing for the first itself."""

End: TypeAlias = "Literal['from', 'to']"
"""An end of a relation."""

Ending: TypeAlias = "Literal['absent', 'fixed', 'not_affected']"
"""An ending."""


class EntryPoint(TypedDict):
    """Where an attacker starts: a state that is given, with the chance that it is."""

    access: Access
    """The access the attacker starts with."""
    asset: str
    """The asset the attacker starts at."""
    attacker: Attacker
    """Who starts here."""
    campaign: NotRequired[str]
    """The campaign, one coin for all who receive it: a wave of phishing is sent to everybody or not at all."""
    chance: NotRequired[float]
    """The chance, within 30 days, that an attacker starts here. The internet always does. With a campaign, the chance that it is run; of
    several the largest.
    """
    controls: NotRequired[list[str]]
    """Controls that must fail first, such as a filter for mail."""
    susceptibility: NotRequired[float]
    """The chance that who receives the attempt falls for it, each on their own."""


class Epss(TypedDict):
    """An EPSS table as it is written, without its scores."""

    model_version: NotRequired[str]
    """The model that gave the scores."""
    notes: list[Note]
    """Why some were rejected."""
    score_date: NotRequired[str]
    """The day of the scores."""
    tally: RecordCounts
    """What became of the rows."""


class Erased(TypedDict):
    """What was erased, and what stands in its place."""

    things: list[ErasedThing]
    """The persons, identities and assets, in the order in which they were named."""


class ErasedThing(TypedDict):
    """One person, identity or asset that was erased."""

    names: int
    """How many names of it were erased: what it went by, its other names, and what tools saw it as."""
    places: int
    """In how many places of the program's document one of them stood."""
    pseudonym: str
    """What it goes by now."""


class Estimate(TypedDict):
    """A number that was estimated: its value, bounds around the truth, how sure the bounds are, and how it was found.

    `lower ≤ value ≤ upper` always holds, and with `Method::Exact` and `Method::Bracket` the bounds are certain (`confidence` 1) within the
    model.
    """

    confidence: float
    """The chance that both bounds hold."""
    epistemic: NotRequired[list[float]]
    """What it would be where chances that nobody knows are low, and where they are high."""
    lower: float
    """It is not below this."""
    method: Method
    """How it was found."""
    upper: float
    """It is not above this."""
    value: float
    """The number."""


class Evidence(TypedDict):
    """What a test of a finding showed, and how far the test can be trusted."""

    at: str
    """When."""
    control: NotRequired[str]
    """The control that blocked it, when one did: then it speaks of the control, not of the finding."""
    finding: str
    """The finding that was tested, by any of its ids. Who does not know how it is called may say what was tried and where: a weakness or an
    ATT&CK technique, `@`, and the asset, `CVE-2021-44228@web-7`. A weakness is tested wherever it lies on the asset; a technique speaks of
    a finding only where no other on the asset is of it.
    """
    method: str
    """How: tests of one method repeat each other, so only the newest of a method counts."""
    outcome: Outcome
    """What it showed."""
    sensitivity: NotRequired[float]
    """The chance that the test succeeds on a finding that is exploitable."""
    specificity: NotRequired[float]
    """The chance that the test fails on a finding that is not."""


class Exceedance(TypedDict):
    """A point of the loss exceedance curve."""

    at_least: float
    """The loss."""
    chance: float
    """The chance that at least so much is lost."""


class Explanation(TypedDict):
    """An explanation as it is written."""

    paths: list[Path]
    """The most probable path through it to each loss event."""
    risk: Term
    """The risk, as a tree that folds to it."""
    finding: NotRequired[str]
    """A finding."""
    relation: NotRequired[str]
    """A relation."""


class Exploit(TypedDict):
    """What an attacker needs for a finding and gains by it. What is not said here is concluded from the weakness."""

    chance: NotRequired[float]
    """The chance, within the horizon, that who has what it needs exploits it: all three in one, where the source knows no more."""
    cost: NotRequired[float]
    """What fixing it costs, at least 0, in the unit of all costs."""
    gives: NotRequired[Accesses]
    """What it gives: an access to the asset, or up to eight accesses to any assets, all of them."""
    local: NotRequired[float]
    """The chance that the finding is exploitable here, as configured."""
    needs: NotRequired[Accesses]
    """What must come first: an access to the asset, or up to eight accesses to any assets, all of them."""
    opens: NotRequired[str]
    """Another asset it gives its one access to: the identity a secret opens."""
    success: NotRequired[float]
    """The chance that an attempt succeeds."""
    technique: NotRequired[str]
    """The MITRE ATT&CK technique; shown as it is stated."""
    threat: NotRequired[float]
    """The chance, within 30 days, that the threat is active: shared by all findings of the weakness."""
    title: NotRequired[str]
    """What an attacker does, in words."""


class Exploits(TypedDict):
    """A list of CVEs with public exploit code as it is written, without the CVEs."""

    cves: int
    """How many CVEs it has."""


class Exposed(TypedDict):
    """Who has a way to what matters most: assets that are stated to be crown jewels, or that a loss event of a service names.

    Every account and machine is asked by itself what follows once it is held, whatever the chances, as `Assessment::zones` does.
    """

    accounts: Part
    """Of the accounts that are not switched off and no jewels, those with a way to one."""
    internet: Part
    """The same of machines that are open to the internet."""
    jewels: int
    """How many assets matter most."""
    machines: Part
    """The same of machines."""


class Exposure(TypedDict):
    """An exposure as it is written."""

    acceptance: NotRequired[Acceptance]
    """Who decided to live with it, why and until when, where it is accepted and that is known."""
    advice: NotRequired[list[str]]
    """What sources say to do, each once."""
    asset: str
    """The asset."""
    asset_name: str
    """The asset's name for people."""
    assumed: NotRequired[bool]
    """Whether the losses it leads to are of assumed size, beside others that are stated."""
    component: NotRequired[str]
    """The component, with its version."""
    direct: NotRequired[bool]
    """Whether the component was asked for by name, and not brought in by another."""
    explanation: NotRequired[Reasons]
    """Why."""
    finding: str | None
    """The finding, if it is one."""
    fixed_in: NotRequired[list[str]]
    """Versions without the weakness."""
    id: str
    """The id of the finding or relation."""
    kind: str
    """What sort of wrong it is."""
    known_as: NotRequired[str]
    """Of a flaw with several CVEs, the one that the tables say most of, where it goes by another."""
    known_exploited: bool
    """Whether it is known to be exploited."""
    leads_to: NotRequired[str]
    """The costliest loss event it leads to."""
    level: Level
    """The score in a word."""
    likelihood: float
    """The chance that an attacker who has what it needs exploits it."""
    links: NotRequired[list[str]]
    """Where to read more."""
    location: NotRequired[Location]
    """Where on the asset it is."""
    owner: NotRequired[str]
    """Who mends it."""
    rank: int
    """Its place, from 1."""
    reach: float
    """The chance of the most probable way to what it needs."""
    reachability: NotRequired[Reachability]
    """Whether the weak code is reached, as far as the tools say."""
    relation: NotRequired[Relation]
    """The relation, if it is one."""
    risk: Estimate
    """The loss that passes through it."""
    score: float
    """The risk on a scale of 0 to 100."""
    seen: NotRequired[str]
    """When it was last seen."""
    severity: NotRequired[Severity]
    """The highest severity given."""
    source_package: NotRequired[str]
    """The source package a distribution builds the component from."""
    sources: list[str]
    """The tools that saw it."""
    status: NotRequired[Status]
    """Whether it is open or accepted."""
    title: str
    """The weakness's title."""
    weakness: NotRequired[str]
    """The weakness."""


class ExposureId(TypedDict):
    """What names an exposure: the id of a finding, or of a relation, such as a right or a route.

    A name alone is that of a finding, and of a relation where no finding has it.
    """

    finding: NotRequired[str]
    """A finding."""
    relation: NotRequired[str]
    """A relation."""


class FedrampAccepted(TypedDict):
    """A vulnerability that somebody lives with."""

    acceptanceRationale: str
    """Why it is accepted, by whom and until when."""
    vulnerabilityDetail: FedrampDetail
    """The vulnerability."""


class FedrampDetail(TypedDict):
    """A vulnerability."""

    currentRating: int
    """Its potential impact, from 1 to 5."""
    detection: FedrampDetection
    """When it was first seen, and by whom."""
    isInternetReachable: bool
    """Whether the internet reaches it."""
    isLikelyExploitable: bool
    """Whether it is likely to be exploited."""
    overdueStatus: FedrampOverdue
    """Whether it is late."""
    potentialAgencyImpact: str
    """What its exploitation would mean for an agency, and why."""
    providerTrackingId: str
    """The finding's id."""
    supplementaryRiskInformation: str
    """Why it is reachable and likely to be exploited, or not."""
    vulnerabilityDescription: str
    """What it is, and on what."""


class FedrampDetection(TypedDict):
    """When a vulnerability was first seen, and by whom."""

    detectedAt: str
    """When."""
    detectionSource: str
    """The tools that saw it, or `unknown`."""


class FedrampOverdue(TypedDict):
    """Whether a vulnerability is late."""

    explanation: NotRequired[str]
    """By which rule."""
    isOverdue: bool
    """Whether it is."""

FedrampPeriod = TypedDict(
    "FedrampPeriod",
    {
        # Its beginning.
        "from": "str",
        # Its end.
        "to": "str",
    },
)
"""The period a report is of."""


class FedrampReport(TypedDict):
    """A report for FedRAMP, which is written in the shape of the published schema of its kind."""

    certificationPackageOverviewUri: str
    """Where the package is described."""
    reportPeriod: NotRequired[FedrampPeriod]
    """The period it reports of."""
    vulnerabilities: NotRequired[list[FedrampDetail]]
    """The vulnerabilities that are active."""
    acceptedVulnerabilities: NotRequired[list[FedrampAccepted]]
    """The vulnerabilities that somebody lives with."""
    activeVulnerabilities: NotRequired[list[FedrampDetail]]
    """The vulnerabilities that are active."""
    generatedAt: NotRequired[str]
    """The moment it is of."""


class Finding(TypedDict):
    """A weakness seen on an asset by one source or several."""

    acceptance: NotRequired[Acceptance]
    """Who decided to live with it, why and until when, where it is accepted and that is known."""
    also: NotRequired[list[str]]
    """Other names of the same finding, where sources had named it before it was known to be one."""
    asset: str
    """Where it was seen."""
    component: NotRequired[Component]
    """The package or product that has the weakness."""
    exploit: NotRequired[Exploit]
    """What is known about exploiting it here, where it is more than the weakness tells."""
    id: NotRequired[str]
    """Its name. A source need not give one: the environment names what has none, from what it is."""
    instance: NotRequired[str]
    """Which of several it is: what its tool tells it apart by from others of the same weakness in the same place, such as a fingerprint.
    Findings that differ in it are never one. Absent where weakness, component and place say it all.
    """
    location: NotRequired[Location]
    """Where on the asset."""
    secret: NotRequired[Secret]
    """The secret, when it is one: never its value."""
    sightings: NotRequired[list[Sighting]]
    """What each source said, in its own words."""
    status: NotRequired[Status]
    """Whether it still stands."""
    weakness: Weakness
    """What is wrong."""


class Foothold(TypedDict):
    """An asset with an access."""

    access: Access
    """The access."""
    asset: str
    """The asset's name for people."""


class Forecast(TypedDict):
    """How many of the promises that run will be broken, at the pace that was measured.

    What has been open for some days is open when its time is up as often as what was open for so long stayed open until then
    (`Survival::still_open`): so nothing is assumed of how the pace falls, and what nobody ever kept open for so long is `unknown`.
    """

    late: Measured
    """How many of the others will be late: the expected number, and its bounds at 95 % where all err to one side."""
    of: int
    """How many findings the pace was measured on."""
    over: int
    """How many of them were mended."""
    running: int
    """How many promises run."""
    unknown: int
    """How many of them nothing can be said of, since nothing was watched for so long; they count as neither late nor in time."""


class Format(TypedDict):
    """A format that can be read."""

    name: str
    """What it is called where it is named."""
    title: str
    """Its name for people."""


class FrameworkCompliance(TypedDict):
    """How a framework's controls are kept, as far as checks were made."""

    checks: Share
    """Of the checks that were made, those that passed."""
    controls: list[ControlCompliance]
    """Each control, in their order."""
    controls_kept: Share
    """Of the controls of which a check was made, those of which none failed."""
    controls_not_seen: int
    """Controls of which no check was made."""
    family: NotRequired[FrameworkFamily]
    """Its family, where it is one of those that are known."""
    framework: str
    """The framework, as the tool calls it."""
    through: NotRequired[str]
    """The framework that tools spoke of, where this one is seen through it."""

FrameworkFamily: TypeAlias = "Literal['cis', 'nist_csf', 'iso_27001', 'pci_dss', 'soc_2']"
"""A family of frameworks."""

Happened: TypeAlias = "HappenedFirstSeen | HappenedReopened | HappenedEnded | HappenedDisagree | HappenedMoved | HappenedClaimed | HappenedClaimRefuted | HappenedAccepted | HappenedAcceptanceEnded | HappenedOwnerMoved | HappenedListed | HappenedReportWithdrawn | HappenedModelChanged"
"""Something that happened to a finding or an asset, and why."""


class HappenedFirstSeen(TypedDict):
    """A finding was seen for the first time."""

    by: list[str]
    """Who sees it."""
    finding: str
    """The finding."""
    what: Literal["first_seen"]
    """Which of these it is."""


class HappenedReopened(TypedDict):
    """A finding that was gone is back. Its clock runs from first sight."""

    claimed: bool
    """Whether somebody had said that it was mended."""
    finding: str
    """The finding."""
    first: str
    """When it was seen first."""
    gone: str
    """When it went."""
    what: Literal["reopened"]
    """Which of these it is."""


class HappenedEnded(TypedDict):
    """A finding is gone."""

    finding: str
    """The finding."""
    how: Ending
    """Why it is taken to be gone."""
    what: Literal["ended"]
    """Which of these it is."""


class HappenedDisagree(TypedDict):
    """A source looked for a finding that another sees, and did not see it. It stands, and both are shown."""

    finding: str
    """The finding."""
    not_by: str
    """Who looked and does not."""
    seen_by: list[str]
    """Who still sees it."""
    what: Literal["disagree"]
    """Which of these it is."""


class HappenedMoved(TypedDict):
    """A finding is listed elsewhere than before, and is the same: a line, a file, a version or a port moved."""

    finding: str
    """The finding, by the name that it keeps."""
    what: Literal["moved"]
    """Which of these it is."""


class HappenedClaimed(TypedDict):
    """Somebody says that a finding was mended."""

    finding: str
    """The finding."""
    what: Literal["claimed"]
    """Which of these it is."""


class HappenedClaimRefuted(TypedDict):
    """Somebody said that a finding was mended, and a source that looked since still sees it."""

    claimed: str
    """When it was said."""
    finding: str
    """The finding."""
    what: Literal["claim_refuted"]
    """Which of these it is."""


class HappenedAccepted(TypedDict):
    """Somebody decided to live with a finding, or another decision covers it now."""

    finding: str
    """The finding."""
    until: str | None
    """Until when."""
    what: Literal["accepted"]
    """Which of these it is."""


class HappenedAcceptanceEnded(TypedDict):
    """That decision no longer covers it, and the finding is open again."""

    at: str
    """When it ended."""
    finding: str
    """The finding."""
    how: NotRequired[AcceptanceEnding]
    """Why, where it did not run out."""
    what: Literal["acceptance_ended"]
    """Which of these it is."""

HappenedOwnerMoved = TypedDict(
    "HappenedOwnerMoved",
    {
        # The asset.
        "asset": "str",
        # Whose it was.
        "from": "str | None",
        # Whose it is.
        "to": "str | None",
        # Which of these it is.
        "what": "Literal['owner_moved']",
    },
)
"""An asset has another owner."""


class HappenedListed(TypedDict):
    """A flaw is in the catalogue of those known to be exploited since."""

    cve: str
    """The flaw."""
    findings: list[str]
    """The findings of it that stand."""
    what: Literal["listed"]
    """Which of these it is."""


class HappenedReportWithdrawn(TypedDict):
    """A report was taken back."""

    findings: list[str]
    """The findings that stand no more for it, and those that stand again, as if it had never ended them."""
    report: str
    """The id of the event that had brought it."""
    what: Literal["report_withdrawn"]
    """Which of these it is."""
    without_effect: NotRequired[list[str]]
    """The ids of the events that name what only reports told that are taken back, and are without effect for that."""

HappenedModelChanged = TypedDict(
    "HappenedModelChanged",
    {
        # The model before.
        "from": "str | None",
        # The model now.
        "to": "str | None",
        # Which of these it is.
        "what": "Literal['model_changed']",
    },
)
"""Another EPSS model gives the scores: what moves by it moved in the model, and not in the world."""

Hop = TypedDict(
    "Hop",
    {
        # The chance of this hop, once what it needs is held.
        "chance": "float",
        # The finding it uses.
        "finding": "NotRequired[str]",
        # What must be held before; nothing at the start.
        "from": "list[Foothold]",
        # What the attacker does, in words.
        "how": "str",
        # What sort of action it is: `start`, `unplaced`, `relation`, `exploit` or `loss`.
        "kind": "str",
        # What the action is of: who starts, the kind of relation, the weakness's name, the event.
        "of": "NotRequired[str]",
        # The relation it uses, where that may be taken away.
        "relation": "NotRequired[str]",
        # The ATT&CK technique.
        "technique": "NotRequired[Technique]",
        # What is held after; nothing for a loss event.
        "to": "Foothold | None",
    },
)
"""A hop of a path as it is written."""


class Identifier(TypedDict):
    """Something a tool saw an asset go by, which says more or less of which asset it is: an address at a time, a MAC, a cloud id.

    Unlike an alias it need not be the asset's alone. Whether two assets that share one are the same follows from its kind, its scope and
    its time, and from what else is known of both; see `Environment::merges`.
    """

    first_seen: NotRequired[str]
    """When it was first seen to be the asset's."""
    kind: IdentifierKind
    """What sort of name it is."""
    last_seen: NotRequired[str]
    """When it was last seen to be the asset's."""
    scope: NotRequired[str]
    """The network, site or account it means something in; absent where it means the same everywhere, or nobody says."""
    value: str
    """The name."""

IdentifierKind: TypeAlias = "Literal['cloud_id', 'agent_id', 'image_digest', 'fqdn', 'mac', 'address', 'hostname']"
"""A kind of identifier."""


class Implied(TypedDict):
    """What the inputs imply, beside what firms see."""

    annual_chance: float
    """The chance of an incident in a year at that."""
    attention: float
    """The chance that who exploits a flaw somewhere tries it here, by which flaws without a stated threat are counted: `ATTENTION`."""
    baseline: IncidentBaseline
    """What part of uses becomes an incident, and where that is from."""
    published: float
    """The chance that firms see."""
    uses: float
    """How many findings that anyone can reach are expected to be used within the horizon, with what entry points give by themselves."""


class IncidentBaseline(TypedDict):
    """A follow-through, and what it was solved on."""

    annual_chance: float
    """The chance of an incident in a year that it was solved for."""
    as_of: str
    """The moment at which it was solved."""
    follow_through: float
    """The part of uses that becomes an incident that matters."""
    of: BaselineOf
    """Whose uses it was solved on."""


class Intel(TypedDict):
    """The tables that were read, as they are written: of which day, and what became of their rows."""

    effects: NotRequired[Effects]
    """The user's own table of what findings do, where there is one."""
    epss: Epss | None
    """The EPSS table, or `null`."""
    exploit_db: NotRequired[Exploits]
    """The list of CVEs that Exploit-DB has an entry for, where there is one."""
    kev: Kev | None
    """The catalogue of known exploited vulnerabilities, or `null`."""
    metasploit: NotRequired[Exploits]
    """The list of CVEs that Metasploit has a module for, where there is one."""
    nuclei: NotRequired[Exploits]
    """The list of CVEs that Nuclei has a template for, where there is one."""


class Kev(TypedDict):
    """A catalogue of known exploited vulnerabilities as it is written, without its entries."""

    notes: list[Note]
    """Why some were rejected."""
    released: NotRequired[str]
    """When it was released."""
    tally: RecordCounts
    """What became of the entries."""
    version: str
    """The catalogue's version."""


class LearntShare(TypedDict):
    """A share that is learnt by counting."""

    lower: float
    """With a chance of 0.95 it lies above this,"""
    mean: float
    """The mean of what it may be."""
    of: int
    """of so many times."""
    right: int
    """How often it was right,"""
    upper: float
    """and below this."""


class LearntTrust(TypedDict):
    """How far a method is to be trusted with a kind of weakness, as verdicts taught."""

    kind: WeaknessKind
    """The kind of weakness that it tested."""
    method: str
    """The method."""
    sensitivity: LearntShare
    """The chance that it succeeds on a finding that is exploitable."""
    specificity: LearntShare
    """The chance that it fails on one that is not."""

Level: TypeAlias = "Literal['minimal', 'low', 'medium', 'high', 'critical']"
"""A level."""


class ListedSince(TypedDict):
    """A flaw that was listed as exploited."""

    findings: int
    """How many findings of it there ever were."""
    since: str
    """Since when."""
    standing: int
    """How many stand."""
    weakness: str
    """The flaw."""


class Location(TypedDict):
    """Where on an asset something was seen; what does not apply is absent."""

    line: NotRequired[int]
    """The first line, counted from 1."""
    path: NotRequired[str]
    """A file, or a resource within a template."""
    port: NotRequired[str]
    """A network port and its protocol, as `443/tcp`."""
    url: NotRequired[str]
    """A web address."""


class LogRank(TypedDict):
    """Whether two groups close at different speeds: the log-rank test of Mantel (*Evaluation of Survival Data*, 1966)."""

    expected: float
    """How many of the first would be over if the groups were alike."""
    of: list[int]
    """How many are in each group."""
    over: list[int]
    """How many of each are over."""
    p: float | None
    """How often groups that are alike would differ so much, from 0 to 1; none where nothing can be told."""
    statistic: float | None
    """The statistic: chi squared with one degree of freedom."""


class Looked(TypedDict):
    """What was looked at, and what was not."""

    assets: int
    """How many assets are known."""
    by_kind: LookedByKind
    """By kind of check, how many of them it looked at."""
    looked_at: int
    """How many of them some kind of check looked at within the stated days."""
    not_looked_at: list[str]
    """The assets that none looked at."""


class LookedByKind(TypedDict):
    """By kind of check, how many of them it looked at."""

    code_flaw: NotRequired[int]
    misconfiguration: NotRequired[int]
    network_exposure: NotRequired[int]
    permission: NotRequired[int]
    secret: NotRequired[int]
    vulnerability: NotRequired[int]


class Loss(TypedDict):
    """What a loss event costs: an amount of one unit. Amounts of different units never mix."""

    amount: float
    """How much, in the unit."""
    unit: str
    """A currency's code, or `crown_jewel`."""


class LossCurve(TypedDict):
    """What is left of the expected loss after so many hours of work in some order."""

    order: str
    """The order: `plan`, `severity`, `epss` or `known_exploited`."""
    points: list[list[float]]
    """Hours of work, from 0 on, and the expected loss that is left then."""


class LossEvent(TypedDict):
    """What hurts the business: a data set disclosed, a service down, fraud. A data set stored three times is one event."""

    id: str
    """Its name in documents."""
    loss: LossSize
    """What it costs."""
    name: NotRequired[str]
    """A name for people."""
    when: Trigger
    """The states of assets that make it happen."""


class LossEventRisk(TypedDict):
    """A loss event as it is written."""

    chance: Estimate
    """The chance that it happens."""
    event: str
    """The event."""
    loss: Loss
    """What it costs."""
    name: str
    """Its name."""
    once_in_years: NotRequired[float]
    """Once in how many years that is."""
    path: NotRequired[Path]
    """The most probable path to it."""
    service: NotRequired[str]
    """The service that states it."""


class LossSize(TypedDict):
    """What a loss event costs: an amount, or the interval an expert is 90 % sure of."""

    amount: NotRequired[float]
    """The amount, where it is known."""
    high: NotRequired[float]
    """It is 95 % sure to be below this."""
    low: NotRequired[float]
    """It is 95 % sure to be above this."""
    unit: str
    """A currency's code, or `crown_jewel`."""


class Mark(TypedDict):
    """How things stood at a moment, and what became of attack paths since the moment before."""

    actions: int
    """How many actions there are that end exposures: what is left of the noise."""
    at: str
    """When."""
    critical: int
    """How many of them are critical on the scale of scores."""
    eliminated_paths: int
    """How many of those of the moment before are gone."""
    exposed: NotRequired[Exposed]
    """Which part of all accounts and machines has a way to what matters most; absent where nobody said what does."""
    exposures: int
    """How many exposures there are."""
    findings: int
    """How many findings stand."""
    loss: NotRequired[Estimate]
    """That loss measured over all paths, exact or counted over worlds; in reports alone."""
    new_paths: int
    """How many there are that there never were before."""
    paths: int
    """How many attack paths there are: exposures that lead to a loss, each by its most probable way to the costliest one."""
    reopened_paths: int
    """How many there are again that had been gone."""
    risk: Estimate
    """The bounds of the whole expected loss within the horizon."""
    sightings: int
    """How many times findings were seen: a finding that two sources see counts as two."""

Means: TypeAlias = "Literal['exploit', 'login', 'connect', 'proof_of_concept', 'simulate', 'use_right']"
"""A means of testing."""


class Measured(TypedDict):
    """A measured number and the interval around it."""

    lower: float
    """The lower end."""
    upper: float
    """The upper end."""
    value: float
    """What was measured."""


class Measures(TypedDict):
    """How a period went, each number with its sample."""

    against_before: LogRank
    """Whether what was found in the period was mended at another speed than what was found in the period of the same length before it, each
    watched until its own end.
    """
    by_kind: dict[str, Times]
    """The same by kind of weakness."""
    by_owner: dict[str, Times]
    """The same by owner; `-` has what nobody owns."""
    by_service: dict[str, Times]
    """The same by service that loses something through the asset, so that a finding may count for several; `-` has what none names."""
    by_severity: dict[str, Times]
    """The same by severity."""
    compliance: NotRequired[list[FrameworkCompliance]]
    """Of the checks that tools made for controls of frameworks, those that passed, as they last said when the period was last watched."""
    coverage: Looked
    """What was looked at when the period was last watched."""
    detect: Times
    """Time to detect, of the findings first seen in the period of which it is known since when they could have been: from when the flaw was
    published, or listed as exploited, to first sight. A flaw published after it was seen took no time.
    """
    detect_exploited: Times
    """The same of flaws that CISA lists as exploited, from the day of the listing. One that was seen before took no time."""
    effort: Efficiency
    """Of the findings that stood in the period, what was mended, and whether it was what is known to be exploited."""
    ended: int
    """Times that a finding went in it."""
    first_seen: int
    """Findings first seen in it."""
    forecast: dict[str, Forecast]
    """Which of the promises that run will be broken, by severity, at the pace at which findings of that severity were ever mended."""
    open_at_end: int
    """Findings that stood when it was last watched."""
    open_at_start: int
    """Findings that stood when the period began."""
    period: Period
    """The period."""
    promises: PromisesKept
    """Promises that ran in the period: of findings that stood in it, whose time was up in it, or which were mended in it, or whose time runs
    on.
    """
    remediate: Times
    """Time to remediate, of the findings first seen in the period: from first sight to when it was last gone. One that stands when the period
    was last watched counts as open; one that was gone and came back was not mended.
    """
    reopened: int
    """Times that a finding came back in it."""
    watched_until: str
    """Until when it was watched: its end, or the last event where that was earlier."""

Method: TypeAlias = "Literal['exact', 'bracket'] | MethodMonteCarlo"
"""How an estimate was found."""


class MethodMonteCarlo(TypedDict):
    """Counted over worlds."""

    monte_carlo: MethodMonteCarloMonteCarlo
    """Counted over worlds."""


class MethodMonteCarloMonteCarlo(TypedDict):
    """Counted over worlds."""

    seed: int
    """Of which seed."""
    worlds: int
    """How many."""

ModelChange = TypedDict(
    "ModelChange",
    {
        # The model before.
        "from": "str | None",
        # The whole expected loss now, had the model stayed.
        "had_it_stayed": "Estimate",
        # The exposures whose place or risk the model moved, those it moved most first.
        "moved": "list[ModelMoved]",
        # The model now.
        "to": "str | None",
    },
)
"""What another EPSS model moved, beside what the world did."""


class ModelMoved(TypedDict):
    """An exposure, as the old model ranks it and as the new one does."""

    asset: str
    """The asset it is on."""
    by_model: float
    """By how much it moved by the model."""
    by_world: float
    """By how much its risk moved in the world."""
    exposure: ExposureId
    """The exposure."""
    rank: int | None
    """Its place now."""
    rank_before: int | None
    """Its place before; none where it was none."""
    rank_had_it_stayed: int | None
    """Its place now, had the model stayed."""
    title: str
    """What it is, in words."""

Moved = TypedDict(
    "Moved",
    {
        # What moved it, what moved it most first; what moved nothing is not listed.
        "by": "list[MovedBy]",
        # The whole expected loss over all paths when it began, or where the history that is kept begins.
        "from": "Estimate",
        # The period.
        "period": "Period",
        # The same when it ended, or as of the last event.
        "to": "Estimate",
        # What losses are counted in.
        "unit": "str",
    },
)
"""What moved the expected loss in a period."""


class MovedBy(TypedDict):
    """By how much a cause moved the expected loss."""

    amount: float
    """By how much: below 0 where it fell."""
    cause: Cause
    """The cause."""
    events: int
    """How many events it came with."""


class NextPlan(TypedDict):
    """What to do next, and what it is worth."""

    actions: int
    """How many actions it has; the first are listed."""
    after: Estimate
    """What is left."""
    before: Estimate
    """The expected loss before."""
    budget: Budget
    """What may be spent."""
    hours: float
    """How many hours it takes."""
    hours_by_severity: NotRequired[float]
    """How many hours working by severity takes to leave no more; absent where it does not within twice the hours."""
    rows: list[NextRow]
    """The first of them."""


class NextRow(TypedDict):
    """An action of what comes next."""

    hours: float
    """How many hours it takes."""
    owner: NotRequired[str]
    """Who does it."""
    saved: float
    """What it saves after those before it."""
    title: str
    """What to do."""


class Note(TypedDict):
    """Something about a document that a person should know."""

    count: NotRequired[int]
    """How many records it is about, since equal notes become one. The counts of the notes of rejection add up to `RecordCounts::rejected`. In
    documents it is left out where it is 1.
    """
    kind: NoteKind
    """What happened."""
    place: str
    """Where in the document; of several records, the first."""
    reason: str
    """Why, in a sentence."""

NoteKind: TypeAlias = "Literal['rejected', 'ignored', 'assumed', 'conflict']"
"""A kind of note."""

Outcome: TypeAlias = "Literal['exploited', 'blocked', 'not_reachable', 'not_affected']"
"""An outcome."""


class OwnedBy(TypedDict):
    """Who does an action, and why they do."""

    by: str
    """The rule that says so, in words."""
    name: NotRequired[str]
    """Their name for people, where it is known."""
    owner: str
    """Who."""


class Owner(TypedDict):
    """Who mends things."""

    contact: NotRequired[str]
    """Where to reach them: a mailbox, a channel, a queue."""
    id: str
    """The name assets refer to."""
    name: NotRequired[str]
    """A name for people."""


class Part(TypedDict):
    """A part of a whole."""

    count: int
    """How many."""
    share: float | None
    """The one by the other, from 0 to 1; absent where there is nothing."""
    total: int
    """Of how many."""


class Path(TypedDict):
    """An attack path as it is written."""

    chance: float
    """The chance of this path, exactly."""
    event: str
    """The loss event it ends in."""
    hops: list[Hop]
    """Its hops, in the order an attacker takes them."""
    loss: Loss
    """What the event costs."""
    name: str
    """The event's name."""


class Paths(TypedDict):
    """The paths to a loss event as they are written."""

    list: builtins.list[Path]
    """The paths, the most probable first."""
    truncated: NotRequired[Truncated]
    """Why there are or may be more."""
    version: int
    """The version of the document."""

Period = TypedDict(
    "Period",
    {
        # Its beginning.
        "from": "str",
        # Its end, which is no part of it.
        "until": "str",
    },
)
"""A stretch of time: from a moment on, and up to another that is not in it."""


class Plan(TypedDict):
    """What to do first: actions in the order to do them, and what is left after each."""

    accepted: NotRequired[AcceptedLoss]
    """How much of the loss is lived with, where anything is accepted. It is part of what the plan begins with and of what it leaves."""
    after: Estimate
    """The same once all of it is done."""
    as_of: str
    """The moment it is as of."""
    at_least: float
    """No plan of the same budget leaves less: proven, in the worlds that were looked at."""
    before: Estimate
    """The expected loss within the horizon as things are: exact where it fits, else counted over worlds."""
    budget: Budget
    """What could be spent."""
    curves: NotRequired[list[LossCurve]]
    """Loss left against hours of work: the plan's curve, and those of other orders. Empty unless asked for."""
    gap: float
    """How much more another plan of the same budget could save at most, as a part of what that would save: 0 where this is as good as any."""
    horizon_days: float
    """How far ahead it looks, in days."""
    hours: float
    """Hours of work, of all actions, those that are not told too."""
    rest: Rest
    """What is not among the rows."""
    rows: list[PlanRow]
    """The actions, in the order to do them; the first of them, where there are more than were to be told."""
    seed: int
    """The seed they are of."""
    truncated: NotRequired[Truncated]
    """Why it may be worse than it was to be: it is made of what was found until then."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""
    worlds: int
    """How many worlds were looked at; none where all is exact."""


class PlanDifference(TypedDict):
    """How a plan differs from another of the same assessment: what if on plans."""

    hours: list[float]
    """The hours each takes."""
    left: list[float]
    """What each leaves to lose."""
    rows: list[RowDifference]
    """Actions of which only one has a row, or whose rows differ in place or in what they save; by their place in the second plan and then in
    the first.
    """
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""
    words: list[str]
    """The difference in sentences."""


class PlanRow(TypedDict):
    """An action in its place in a plan."""

    alone: float
    """What it would save alone."""
    done_when: str
    """How one knows that it is done."""
    effort: Effort
    """How long it takes."""
    ends: list[ExposureId]
    """The findings and relations it ends, in the order of their ids."""
    id: str
    """Its name: the same on every day on which it is to be done, whatever else changes."""
    kind: ActionKind
    """What sort of work it is."""
    leads_to: NotRequired[str]
    """The loss event that weighs most on these ways."""
    leads_to_name: NotRequired[str]
    """The name of that event."""
    left: Estimate
    """The expected loss that is left after it and those above it."""
    on: list[str]
    """Where the work is, by asset: an image, rather than all that runs it."""
    on_ways: float
    """The part of the expected loss on whose ways it lies."""
    owner: NotRequired[OwnedBy]
    """Who does it, and by which rule; nobody where no rule matches."""
    rank: int
    """Its place, from 1."""
    same_way_as: NotRequired[int]
    """The row above that ends the same ways, where this one saves less for it."""
    saved: float
    """What it saves after those above it."""
    signs: Signs
    """What the world knows of what it ends."""
    target: NotRequired[TargetVersion]
    """The version to go to, where it is an upgrade."""
    title: str
    """What to do, as one says it to somebody."""
    together_with: NotRequired[list[int]]
    """The rows without which it saves nothing."""


class PolicyRule(TypedDict):
    """Something that may not be."""

    no_new_action: NotRequired[PolicyRuleNoNewAction]
    """No action that ends something new is worth more than this: what it saves after those above it in the plan or alone, whichever is more;
    of an action that ends old exposures too, or is not in the plan since another ends the same ways, what ending the new ones saves.
    """
    no_known_exploited: NotRequired[PolicyRuleNoKnownExploited]
    """Nothing that is known to be exploited (KEV) can be attacked by such attackers: over whatever way there is, also one that breaks in
    elsewhere first. What is *reachable*, as deadlines ask, is less: what needs no break-in on the way.
    """
    no_new: NotRequired[PolicyRuleNoNew]
    """Nothing new is so bad or worse: by our level, by the severity that tools give, or by either where both are said."""
    expected_loss: NotRequired[PolicyRuleExpectedLoss]
    """The expected loss within the horizon stays within limits; one of the two, or both."""


class PolicyRuleNoNewAction(TypedDict):
    """No action that ends something new is worth more than this: what it saves after those above it in the plan or alone, whichever is more;
    of an action that ends old exposures too, or is not in the plan since another ends the same ways, what ending the new ones saves.
    """

    worth_over: Loss
    """The most it may be worth within the horizon."""


class PolicyRuleNoKnownExploited(TypedDict):
    """Nothing that is known to be exploited (KEV) can be attacked by such attackers: over whatever way there is, also one that breaks in
    elsewhere first. What is *reachable*, as deadlines ask, is less: what needs no break-in on the way.
    """

    attackable_from: Attacker
    """Who: `internet`, `phishing`, `supplier`, `insider` or `assumed`. Once `reachable_from`, which is read and noted."""
    only_new: NotRequired[bool]
    """Whether only what is new counts. All counts unless said."""


class PolicyRuleNoNew(TypedDict):
    """Nothing new is so bad or worse: by our level, by the severity that tools give, or by either where both are said."""

    level: NotRequired[Level]
    """The lowest level that breaks it."""
    severity: NotRequired[Severity]
    """The lowest severity that breaks it."""


class PolicyRuleExpectedLoss(TypedDict):
    """The expected loss within the horizon stays within limits; one of the two, or both."""

    at_most: NotRequired[Loss]
    """So much."""
    at_most_percent_above_baseline: NotRequired[float]
    """So many percent more than in the baseline, from 0."""


class Premise(TypedDict):
    """An access to one end of a relation."""

    access: Access
    """The access."""
    end: End
    """Which end."""


class Profile(TypedDict):
    """A kind of attacker: where they start, what they can do, and how much trouble they take.

    As a document: `{"id": "crew", "starts": {"internet": 1, "phishing": 0.5}, "groups": "G0102", "techniques": "T1190", "hard": 0.5}`.
    Without groups and techniques no technique is beyond them; what takes nothing but the right itself, such as reading what one may read,
    everybody does.
    """

    date: NotRequired[str]
    """When that was looked up."""
    groups: list[str]
    """The groups of ATT&CK whose techniques they use."""
    hard: float
    """What high attack complexity leaves of an attempt of theirs."""
    id: str
    """What it is called."""
    name: str
    """Its name for people."""
    source: NotRequired[str]
    """Where it is from."""
    starts: ProfileStarts
    """The entry points they use, each with the part of the starts there that is theirs. Who is not named does not start."""
    techniques: list[str] | None
    """The techniques they use, without sub-techniques; none where no technique is beyond them."""


class ProfileStarts(TypedDict):
    """The entry points they use, each with the part of the starts there that is theirs. Who is not named does not start."""

    assumed: NotRequired[float]
    """A chance between never (0) and surely (1). Never `NaN`, so it has a total order."""
    insider: NotRequired[float]
    """A chance between never (0) and surely (1). Never `NaN`, so it has a total order."""
    internet: NotRequired[float]
    """A chance between never (0) and surely (1). Never `NaN`, so it has a total order."""
    phishing: NotRequired[float]
    """A chance between never (0) and surely (1). Never `NaN`, so it has a total order."""
    supplier: NotRequired[float]
    """A chance between never (0) and surely (1). Never `NaN`, so it has a total order."""


class ProgressReport(TypedDict):
    """A period on a page: `render::progress_report` writes it as HTML."""

    as_of: str
    """As of when the newest numbers are: the end of the period, or the last event."""
    before: NotRequired[Measures]
    """Those of the period of the same length before it; absent where nothing is known of that."""
    deadlines: NotRequired[list[TableKept]]
    """How deadlines are met, table by table."""
    horizon_days: float
    """How far ahead losses are looked at, in days."""
    listed: list[ListedSince]
    """Flaws that were listed as exploited in the period and that were ever seen here, the last first."""
    measures: Measures
    """The measures of the period."""
    moved: Moved
    """What moved the expected loss."""
    next: NextPlan
    """What to do next."""
    period: Period
    """The period."""
    title: str
    """Whose it is."""
    trend: list[Mark]
    """How things stood, from the beginning to the end. Attack paths of the first are all new."""
    unit: str
    """What losses are counted in."""
    watched: Watched
    """What is watched, and what nobody watches."""


class PromisesKept(TypedDict):
    """How promises were kept."""

    broken: int
    """How many were over too late, or are open for longer than was promised."""
    kept: int
    """How many were over in time."""
    lower: float
    """Where that share lies at least, at 95 % (Wilson's interval)."""
    promised: int
    """How many were promised."""
    running: int
    """How many are open and have time left."""
    share: float | None
    """The share that was kept of those that are decided, from 0 to 1; none where none is."""
    upper: float
    """Where it lies at most."""


class Question(TypedDict):
    """A test, what it would tell, and what it is worth."""

    about: About
    """What is tested."""
    answers: list[AnswerIf]
    """What each outcome would change: first an attempt that works, then one that does not."""
    ask: str
    """The question, in words."""
    belief: float
    """The chance now that it is so: that the finding can be exploited, the relation be used, the control fail."""
    hours: float
    """How many hours it takes."""
    hours_assumed: bool
    """Whether that is assumed."""
    how: str
    """What to do, and with which kinds of tools."""
    means: Means
    """By which means. Evidence of it goes by this as its method."""
    on: list[str]
    """Where: the asset of a finding, both ends of a relation, at most five of the assets that a control protects."""
    rank: int
    """Its place, from 1."""
    sensitivity: float
    """The chance that the test succeeds where it is so."""
    specificity: float
    """The chance that it fails where it is not."""
    swing: float
    """By how much the loss that the plan leaves differs between the answers."""
    technique: NotRequired[str]
    """The technique of MITRE ATT&CK that the test uses."""
    worth: float
    """What the answer saves on average: the expected value of sample information."""
    worth_if_sure: float
    """What an answer that never errs would save: the expected value of perfect information."""
    worth_per_hour: float
    """The same by the hour."""


class Questions(TypedDict):
    """Which tests to run next, the one that saves most for its hours first."""

    as_of: str
    """The moment they are as of."""
    before: float
    """The expected loss before any action, in the worlds that were looked at."""
    budget: Budget
    """What may be spent on the plan."""
    horizon_days: float
    """How far ahead losses are looked at, in days."""
    left: float
    """The expected loss that is left with the plan as it is, in the worlds that were looked at."""
    looked_at: int
    """How many findings, relations and controls a test could settle, and were looked at."""
    not_looked_at: int
    """How many findings of less risk were not looked at."""
    plan: list[str]
    """The actions of that plan."""
    rows: list[Question]
    """The questions."""
    seed: int
    """The seed they are of."""
    truncated: NotRequired[Truncated]
    """Why they may be worse than they were to be."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""
    worlds: int
    """How many worlds were looked at; none where all is exact."""

Ranking: TypeAlias = "Literal['cvss', 'epss', 'ssvc', 'ssvc_decision', 'score', 'score_without_epss', 'young_first']"
"""A ranking."""


class RankingTest(TypedDict):
    """What one ranking was worth."""

    auc: Measured
    """The chance that an exploited row ranks before another, ties counting half; by bootstrap over exploited rows."""
    auc_gain: NotRequired[Measured]
    """That, less the first ranking's, paired; nothing for the first itself."""
    calibration: NotRequired[Calibration]
    """Whether its chances are what happened, where it gives chances."""
    efforts: list[EffortTest]
    """What it reaches at each effort."""
    known: int
    """Of how many rows it says something. The others rank last."""
    ranking: Ranking
    """The ranking."""

Reachability: TypeAlias = "Literal['unknown', 'unreachable', 'potential', 'static', 'runtime']"
"""A reachability."""

Reason: TypeAlias = "Literal['enough', 'nodes', 'stopped']"
"""Why an answer is not whole."""


class Reasons(TypedDict):
    """An explanation as it is written in an assessment, beside others."""

    paths: list[int]
    """The most probable path through it to each loss event, by its place in the document's `paths`."""
    risk: Term
    """The risk, as a tree that folds to it."""
    finding: NotRequired[str]
    """A finding."""
    relation: NotRequired[str]
    """A relation."""


class RecordCounts(TypedDict):
    """What became of the records of a document: `read = accepted + merged + rejected`, always."""

    accepted: int
    """Records taken over."""
    clear: int
    """Of the accepted ones, those that say that nothing is wrong: passed checks, suppressed results."""
    merged: int
    """Records that say what was already known."""
    read: int
    """Records seen."""
    rejected: int
    """Records not taken over: the counts of their notes add up to this."""


class Refusal(TypedDict):
    """That a person was suggested something and refused it: it is not suggested again."""

    asset: str
    """Of which asset."""
    by: NotRequired[str]
    """Who refused it."""
    reason: NotRequired[str]
    """Why."""
    suggestion: SuggestionKind
    """What was suggested."""

Relation = TypedDict(
    "Relation",
    {
        # The chance that it can be used by who has what it needs. Surely, where nothing is stated. 0 says that it is known not to be there:
        # where the last right to log on to a machine was taken away, nobody has one, while without a record nobody knows who has.
        "chance": "NotRequired[float]",
        # Controls an attacker must get past to use it; one failure of the weakest is not enough, all must fail.
        "controls": "NotRequired[list[str]]",
        # What taking it away costs, at least 0, in the unit of all costs.
        "cost": "NotRequired[float]",
        # The asset that reaches, runs, reads, ….
        "from": "str",
        # What an attacker gets by it, all of it. Where nothing is stated, as the rules for its kind say.
        "gives": "NotRequired[list[AssetAccess]]",
        # Its name. Where none is stated it is called by what it is: `staff reads orders`.
        "id": "NotRequired[str]",
        # What the fact is.
        "kind": "str",
        # What an attacker needs to use it, all of it. Where nothing is stated, as the rules for its kind say.
        "needs": "NotRequired[list[AssetAccess]]",
        # Whether it may be taken away. Where nothing is stated, all may but those of structure: see `RelationKind::is_structure`.
        "removable": "NotRequired[bool]",
        # The ATT&CK technique, where it is another than the rule's.
        "technique": "NotRequired[str]",
        # What it is, in words.
        "title": "NotRequired[str]",
        # The asset it does so to.
        "to": "str",
    },
)
"""A directed fact between two assets."""


class ReliabilityBin(TypedDict):
    """Rows of about the same chance, and what became of them: a point of a reliability curve."""

    expected: float
    """How many exploitations their chances add up to."""
    highest: float
    """The highest."""
    lowest: float
    """The lowest chance in it."""
    observed: int
    """How many there were."""
    ratio: Measured
    """Observed by expected, with an exact Poisson interval."""
    rows: int
    """Its rows."""


class Report(TypedDict):
    """What one source said: its contents, checked, and a note with its place for everything that was not taken over."""

    compliance: NotRequired[list[ControlChecks]]
    """How the checks of controls came out, also those that passed, where a tool says which framework they are of."""
    contents: Contents
    """What was understood."""
    notes: list[Note]
    """What was not, and what was assumed."""
    source: Source
    """Who said it."""
    tally: RecordCounts
    """How many records there were and what became of them."""


class Rest(TypedDict):
    """What is not among the rows of a plan."""

    actions: int
    """How many actions more end something that an attacker needs."""
    below: int
    """How many actions of the plan stand below the rows that are told."""
    below_worth: float
    """What they save together, after those that are told."""
    hygiene: int
    """How many findings lead to no loss."""
    no_fix: int
    """How many findings on the way to a loss have no fix yet."""
    no_fix_worth: float
    """What is lost through them once all else is done."""
    worth: float
    """What all of them would save together after the plan."""


class RowDifference(TypedDict):
    """An action in two plans."""

    action: str
    """The action."""
    ranks: list[int | None]
    """Its place in each plan; none where it is not in it."""
    saved: list[float]
    """What it saves in each, after those above it."""
    title: str
    """What to do."""


class RowError(TypedDict):
    """Why a row has no risk."""

    column: str
    """The column whose cell makes no sense, by its name."""
    reason: str
    """What was found, and what would do."""
    row: int
    """The row's number, from 0, over all batches."""

Rule = TypedDict(
    "Rule",
    {
        # What takes such relations away, or what they let an attacker do.
        "advice": "NotRequired[str]",
        # What the attacker gets.
        "conclusion": "Premise",
        # The kinds of asset it must come from; any, when there are none.
        "from": "NotRequired[list[str]]",
        # The kinds of asset it must not come from.
        "not_from": "NotRequired[list[str]]",
        # The kinds of asset it must not lead to.
        "not_to": "NotRequired[list[str]]",
        # What the attacker must have, all of it.
        "premises": "list[Premise]",
        # The kind of relation.
        "relation": "str",
        # The ATT&CK technique.
        "technique": "NotRequired[str]",
        # The kinds of asset it must lead to; any, when there are none.
        "to": "NotRequired[list[str]]",
        # What must hold of the labels of its ends, all of it.
        "where": "NotRequired[list[Condition]]",
    },
)
"""One rule: a relation of this kind, between assets of these kinds, is a step from its premises to its conclusion."""


class RuleVerdict(TypedDict):
    """What is said of one rule."""

    by: list[BrokenBy]
    """What broke it: the worst first; of an expected loss, what is new."""
    held: bool
    """Whether it held."""
    limit: NotRequired[float]
    """What is tolerated, where a number decides."""
    measured: NotRequired[Estimate]
    """What was measured, where a number decides."""
    rule: PolicyRule
    """The rule, as the policy states it."""


class Sample(TypedDict):
    """A sample as it is written."""

    as_of: str
    """The moment the assessment is as of."""
    attributed: NotRequired[float]
    """What the shares add up to."""
    curve: list[Exceedance]
    """The loss exceedance curve, as counted, by rising loss."""
    events: list[SampledEvent]
    """The loss events, the largest expected loss first."""
    exposures: list[SampledExposure]
    """The findings, the highest fix value first."""
    horizon_days: float
    """How far ahead it looks, in days."""
    once_in_years: NotRequired[float]
    """Once in how many years anything is lost, as counted."""
    risk: Estimate
    """The expected loss of all loss events together."""
    seed: int
    """The seed they are of."""
    tail: Tail
    """What is lost when it comes badly, as counted."""
    truncated: NotRequired[Truncated]
    """Why it rests on fewer worlds than it was to."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of the document."""
    worlds: int
    """How many worlds were looked at."""


class SampledEvent(TypedDict):
    """A loss event, over all paths to it."""

    chance: Estimate
    """The chance that it happens within the horizon."""
    event: str
    """The event."""
    loss: Loss
    """What it costs."""
    name: str
    """Its name."""
    once_in_years: NotRequired[float]
    """Once in how many years that is, at the same hazard; nothing for what never happens."""


class SampledExposure(TypedDict):
    """A finding of a sample as it is written."""

    asset: NotRequired[str]
    """The asset."""
    critical: Estimate
    """The chance that less would have been lost without it, given that anything is lost: its *criticality importance*."""
    fix_value: Estimate
    """What fixing it alone saves: the risk with it less the risk without it. In reliability its *improvement potential*, or *risk reduction
    worth*: its chance times Birnbaum's importance ∂R/∂p.
    """
    share: NotRequired[float]
    """Its part in the risk, in the unit of losses, by Aumann and Shapley: all shares add up to `Sample::attributed`. Where shares were asked
    for.
    """
    weakness: NotRequired[str]
    """The weakness."""
    finding: NotRequired[str]
    """A finding."""
    relation: NotRequired[str]
    """A relation."""


class Scored(TypedDict):
    """A row's risk, in crown-jewel units, and the tree it is folded from."""

    risk: float
    """The expected loss within the horizon, in crown-jewel units."""
    term: Term
    """Why."""


class Secret(TypedDict):
    """What may be known of a secret: enough to tell it again, not enough to use it."""

    fingerprint: NotRequired[str]
    """A keyed fingerprint of the value, 32 hexadecimal digits."""
    tail: NotRequired[str]
    """The last characters, of a value long enough to spare them."""
    verified: NotRequired[bool]
    """Whether a live test found it still valid; absent when none was made."""


class SelectedAsset(TypedDict):
    """An asset that a selector means."""

    asset: str
    """Its id."""
    kind: str
    """What it is."""
    owner: str | None
    """Who owns it; none where nobody has said."""
    title: str
    """Its name for people."""


class SelectedAssets(TypedDict):
    """The assets that a selector means, as they are written."""

    count: int
    """How many they are."""
    list: builtins.list[SelectedAsset]
    """The assets, as many as were asked for."""
    version: int
    """The version of documents."""


class Service(TypedDict):
    """What the business does with its assets, and how that can hurt."""

    id: str
    """Its name in documents."""
    loss_events: NotRequired[list[LossEvent]]
    """What can be lost."""
    name: NotRequired[str]
    """A name for people."""

Severity: TypeAlias = "Literal['none', 'low', 'medium', 'high', 'critical']"
"""A severity."""


class Share(TypedDict):
    """So many of so many, with how sure the share is."""

    count: int
    """How many."""
    lower: float
    """Where the share lies at least, at 95 % (Wilson, *Probable inference*, 1927)."""
    of: int
    """Of how many: the sample."""
    share: float | None
    """The one by the other, from 0 to 1; none where there is nothing."""
    upper: float
    """Where it lies at most."""


class Sighting(TypedDict):
    """One source's words about a finding."""

    advice: NotRequired[str]
    """What the tool says to do."""
    analysis: NotRequired[Analysis]
    """What the source concluded, if it is one that concludes and does not look: a statement of VEX."""
    description: NotRequired[str]
    """The tool's description or message."""
    first_seen: NotRequired[str]
    """When it saw it first, in the same words; absent where that is when it saw it last."""
    fixed_in: NotRequired[list[str]]
    """Versions without the weakness."""
    link: NotRequired[str]
    """Where to read more."""
    location: NotRequired[Location]
    """Where on the asset the tool saw it, when sightings of one finding differ in that."""
    place: NotRequired[str]
    """Where in the tool's document it stands."""
    reachability: NotRequired[Reachability]
    """Whether the weak code is reached, where the tool looked."""
    rule: NotRequired[str]
    """The tool's name for the rule or advisory."""
    seen: NotRequired[str]
    """When the tool saw it last."""
    severity: NotRequired[str]
    """The tool's word for how bad it is."""
    source: str
    """The tool."""
    tags: NotRequired[list[str]]
    """How the tool files the rule: its tags, and with a word and a colon in front what it calls otherwise, as `category:logging`,
    `family:Default Accounts`, `service:ssh`, `likelihood:high`.
    """
    title: NotRequired[str]
    """The tool's title."""


class Signs(TypedDict):
    """What the world knows of the findings that an action ends: of each the worst."""

    cvss: NotRequired[float]
    """The highest CVSS base score."""
    epss: NotRequired[float]
    """The highest EPSS score."""
    exploited_since: NotRequired[str]
    """When the first of them was listed as exploited."""
    known_exploited: bool
    """Whether any is known to be exploited."""
    links: NotRequired[list[str]]
    """Where to read more, at most five places."""
    severity: NotRequired[Severity]
    """The highest severity that a source or a CVSS vector gives."""


class Source(TypedDict):
    """Who made a report, with what, when."""

    format: str
    """The document format's name: `trivy`, `sarif`, `ctem`."""
    taken: NotRequired[str]
    """When the tool looked."""
    tool: str
    """The tool's name, which a format such as SARIF states in the document."""
    version: NotRequired[str]
    """The tool's version."""

Spell = TypedDict(
    "Spell",
    {
        # Since when.
        "from": "str",
        # Why it is taken to be gone.
        "how": "NotRequired[Ending]",
        # Until when; absent where it stands.
        "until": "NotRequired[str]",
    },
)
"""A time a finding stood."""

Status: TypeAlias = "Literal['fixed', 'open', 'accepted', 'not_affected']"
"""A status."""


class Suggestion(TypedDict):
    """What may be stated of an asset, and what says so."""

    asset: str
    """The asset."""
    entry_point: NotRequired[EntryPoint]
    """The entry point that accepting it states, where it is one."""
    kind: str
    """What sort of thing it is."""
    reasons: list[str]
    """What says so, the plainest reason first."""
    rules: int
    """How many assets it rules, builds or opens."""
    suggestion: SuggestionKind
    """What is suggested."""
    title: str
    """Its name for people."""

SuggestionKind: TypeAlias = "Literal['crown_jewel', 'internet', 'leaked_credential', 'phishing', 'supplier']"
"""A kind of suggestion."""


class Suggestions(TypedDict):
    """What is suggested."""

    list: builtins.list[Suggestion]
    """The suggestions."""
    version: int
    """The version of documents."""


class TableKept(TypedDict):
    """How the deadlines of a table are met."""

    accepted: int
    """How many somebody lives with, whatever their day."""
    in_time: Share
    """Of the findings that stand, are not accepted and are due by it on some day, those whose day has not passed."""
    next: NotRequired[str]
    """The next day on which one is due."""
    table: str
    """The table."""
    undated: int
    """How many it gives no day."""

Tactic: TypeAlias = "Literal['reconnaissance', 'resource_development', 'initial_access', 'execution', 'persistence', 'privilege_escalation', 'defense_evasion', 'credential_access', 'discovery', 'lateral_movement', 'collection', 'command_and_control', 'exfiltration', 'impact']"
"""A tactic."""


class Tail(TypedDict):
    """The tail of the loss as it is written."""

    expected_shortfall: float
    """The mean loss in the others: conditional value at risk."""
    level: float
    """Which share of the worlds lies before the tail."""
    value_at_risk: float
    """The loss that is not exceeded in them: value at risk."""


class TargetVersion(TypedDict):
    """The version an upgrade goes to: the least that ends the most."""

    ends: int
    """So many findings of the package it ends."""
    of: int
    """Of so many that stand."""
    package: str
    """The package, as its sources call it."""
    version: str
    """The version."""


class Technique(TypedDict):
    """An ATT&CK technique as it is written."""

    id: str
    """The id."""
    name: NotRequired[str]
    """The name, where ATT&CK has one."""
    tactics: NotRequired[list[Tactic]]
    """What the attacker is after by it, where ATT&CK says so."""

Term = TypedDict(
    "Term",
    {
        # Why, in a phrase; empty where the parts say it all.
        "because": "NotRequired[str]",
        # What it is: `threat`, `EPSS`, `not stopped`.
        "name": "str",
        # What it is folded from; nothing for a fact.
        "parts": "NotRequired[list[Term]]",
        # The number.
        "value": "float",
        # Which of these it is.
        "fold": "Literal['fact', 'product', 'sum', 'max', 'odds', 'horizon', 'clamp']",
        # The days the part is about.
        "from": "NotRequired[float]",
        # The days the result is about.
        "to": "NotRequired[float]",
        # The most it can be.
        "high": "NotRequired[float]",
        # The least it can be.
        "low": "NotRequired[float]",
    },
)
"""A number with its reasons: a fact, or folded from other terms."""


class Ticket(TypedDict):
    """What to do with one ticket."""

    action: str
    """The action."""
    content: NotRequired[str]
    """What tells this content from others: to be handed in as `content` of the known ticket next time. Numbers that move every day, such as
    what is saved, are no part of it.
    """
    do: TicketStep
    """What to do."""
    fields: NotRequired[Json]
    """The fields, as the tracker takes them. A transition of Jira has the id that the known ticket offers for where it leads. Where none is
    known it is named as the default workflow names it, and the interface wants the id of that name.
    """
    markdown: NotRequired[str]
    """The ticket as Markdown."""
    ticket: NotRequired[str]
    """The ticket, where there is one."""
    why: str
    """Why."""

TicketStep: TypeAlias = "Literal['create', 'update', 'close', 'reopen', 'nothing']"
"""What is done with a ticket."""


class Tickets(TypedDict):
    """Which tickets to write, and how."""

    list: builtins.list[Ticket]
    """What to do with each."""
    tracker: Tracker
    """Where."""
    version: int
    """The version of documents."""


class Times(TypedDict):
    """How long things took, with what is open counted as what it is."""

    mean_of_closed: float | None
    """The mean number of days of those that are over. It leaves out what is open, and so makes slow work look fast: the median and the 90th
    percentile do not.
    """
    median: float | None
    """After how many days half of all were over, by `Survival`; none where half are not."""
    median_between: list[float | None]
    """Between which days the median lies at 95 %, by `Survival::quantile_between`; an end that is not known yet is none."""
    of: int
    """How many things it is of: the sample."""
    over: int
    """How many of them are over; the others count as open for as long as they were watched."""
    p90: float | None
    """After how many days nine of ten were over; none where that is not known yet."""
    p90_between: list[float | None]
    """Between which days that lies at 95 %."""

Tracker: TypeAlias = "Literal['jira', 'github', 'gitlab', 'servicenow']"
"""A tracker."""


class Trigger(TypedDict):
    """The states of assets that make a loss event happen. Adding a state never stops one: triggers are monotone."""

    state: NotRequired[TriggerState]
    """An attacker has this access to this asset."""
    any: NotRequired[list[Trigger]]
    """Any of these: a data set disclosed from any replica."""
    all: NotRequired[list[Trigger]]
    """All of these: a redundant service is down only when every instance is."""
    at_least: NotRequired[TriggerAtLeast]
    """At least so many of these: a quorum lost."""
    any_of: NotRequired[TriggerAnyOf]
    """Any of the assets that a selector means at the moment of an assessment."""
    all_of: NotRequired[TriggerAllOf]
    """All of them. Where there are none, it never happens."""
    at_least_of: NotRequired[TriggerAtLeastOf]
    """At least so many of them."""


class TriggerState(TypedDict):
    """An attacker has this access to this asset."""

    access: Access
    """The access, or one that implies it."""
    asset: str
    """The asset."""


class TriggerAtLeast(TypedDict):
    """At least so many of these: a quorum lost."""

    count: int
    """How many."""
    of: list[Trigger]
    """Of which."""


class TriggerAnyOf(TypedDict):
    """Any of the assets that a selector means at the moment of an assessment."""

    access: Access
    """The access, or one that implies it."""
    assets: str
    """The assets."""


class TriggerAllOf(TypedDict):
    """All of them. Where there are none, it never happens."""

    access: Access
    """The access, or one that implies it."""
    assets: str
    """The assets."""


class TriggerAtLeastOf(TypedDict):
    """At least so many of them."""

    access: Access
    """The access, or one that implies it."""
    assets: str
    """The assets."""
    count: int
    """How many."""


class Truncated(TypedDict):
    """An answer is not whole."""

    reason: Reason
    """Why."""


class Trusts(TypedDict):
    """How far methods of testing are to be trusted."""

    list: builtins.list[LearntTrust]
    """By method and kind of weakness."""
    version: int
    """The version of documents."""


class UnknownRule(TypedDict):
    """A rule that no table decides."""

    assets: int
    """On how many assets."""
    findings: int
    """How many open findings are of it."""
    line: str
    """The beginning of a line that decides it: one column more makes it whole."""
    rule: str
    """The rule's id."""
    title: str
    """The title of a finding."""
    tool: str
    """The tool, as it calls itself."""


class Verdict(TypedDict):
    """Whether an assessment may go on."""

    as_of: str
    """The moment that is judged."""
    baseline: str
    """The moment it is held against."""
    dry_run: bool
    """Whether it only says what it would have stopped."""
    held: bool
    """Whether every rule held."""
    new: int
    """How many exposures are new."""
    notes: NotRequired[list[Note]]
    """What the policy writes by a name it no longer has."""
    rules: list[RuleVerdict]
    """Each rule in the policy's order."""
    stops: bool
    """Whether it stops: a rule is broken, and it is no dry run."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""
    words: list[str]
    """The same in words, a line a rule."""


class View(TypedDict):
    """What one source saw of a finding."""

    absent: NotRequired[str]
    """Since when it looks and does not see it; absent where it sees it, or never looked again."""
    first: str
    """When it saw it first."""
    last: str
    """When it saw it last."""


class Watched(TypedDict):
    """What is watched as of a moment."""

    as_of: str
    """As of when."""
    assets: int
    """How many assets are known."""
    checks: builtins.list[WatchedBy]
    """The same of each kind of check."""
    count: int
    """How many assets are listed."""
    identities: NotRequired[Collected]
    """How complete collections of identities are; absent where there are none."""
    list: builtins.list[WatchedAsset]
    """The assets that nobody watches, those with most at stake first, then by importance and id."""
    newest: str | None
    """When any was seen last."""
    oldest: str | None
    """Of all that were ever seen, the longest ago that one was seen last."""
    watched: int
    """How many of them some kind of check saw within those days."""
    within_days: float
    """For how many days a look counts."""


class WatchedAsset(TypedDict):
    """An asset, and when which kind of check saw it last."""

    asset: str
    """The asset."""
    criticality: Criticality | None
    """How much it matters, where that is stated."""
    kind: str
    """What sort of thing it is."""
    missing: list[CheckKind]
    """The kinds of check that could see something in it, and have not within the stated days."""
    owner: str | None
    """Who mends it."""
    seen: WatchedAssetSeen
    """When each kind of check saw it last."""
    title: str
    """Its name for people."""


class WatchedAssetSeen(TypedDict):
    """When each kind of check saw it last."""

    code: NotRequired[str]
    configuration: NotRequired[str]
    identity: NotRequired[str]
    network: NotRequired[str]
    secrets: NotRequired[str]
    vulnerability: NotRequired[str]


class WatchedBy(TypedDict):
    """What a kind of check saw."""

    assets: int
    """How many assets there are in which it could see something, or saw something."""
    check: CheckKind
    """The kind of check."""
    ever: int
    """How many it ever saw."""
    newest: str | None
    """When it saw one last."""
    oldest: str | None
    """Of those, the longest ago that it saw one last."""
    watched: int
    """How many of them it saw within the stated days."""


class Weakness(TypedDict):
    """What is wrong in general: a CVE, a rule of a benchmark, a kind of secret."""

    aliases: NotRequired[list[str]]
    """Other names of the same weakness (a GHSA of the CVE). Advisories that bundle several CVEs are not aliases."""
    cvss: NotRequired[list[str]]
    """CVSS vectors as published, of any version."""
    cwes: NotRequired[list[int]]
    """CWE numbers."""
    epss: NotRequired[float]
    """EPSS as a source quotes it; a dated EPSS table handed in takes its place."""
    id: str
    """Its name: a CVE where there is one, else an advisory's (`GHSA-…`), else `tool:rule`."""
    kind: WeaknessKind
    """What sort of wrong it is."""
    known_exploited: NotRequired[bool]
    """Whether a source says it is in CISA's catalogue of known exploited vulnerabilities."""
    published: NotRequired[str]
    """When it was published. EPSS has not yet seen what is young."""
    severity: NotRequired[Severity]
    """The highest severity a source gives it."""
    title: NotRequired[str]
    """A line for people."""

WeaknessKind: TypeAlias = "Literal['vulnerability', 'misconfiguration', 'secret', 'permission', 'network_exposure', 'code_flaw']"
"""A kind of weakness."""


class WhatIf(TypedDict):
    """The risk before and after changes: a what-if, or counterfactual."""

    after: Estimate
    """The same with all changes."""
    before: Estimate
    """The expected loss within the horizon as things are."""
    saved: Estimate
    """The loss before less the loss after; below 0 where the changes make things worse."""
    truncated: NotRequired[Truncated]
    """Why it rests on fewer worlds than it was to."""
    unit: str
    """What losses are counted in."""
    version: int
    """The version of documents."""

Why: TypeAlias = "Literal['first_seen', 'reopened', 'absent', 'fixed', 'not_affected', 'report_withdrawn', 'listed', 'model', 'threat', 'here', 'reach', 'impact']"
"""A reason of a change."""


class Withdrawal(TypedDict):
    """That a report was taken back: when, by whom, and why."""

    at: str
    """When."""
    by: NotRequired[str]
    """By whom."""
    reason: NotRequired[str]
    """Why."""


class ZoneExposure(TypedDict):
    """A zone, what is in it, and who has a way into it."""

    exposed: list[str]
    """The principals that have, by id."""
    exposure: Part
    """Of the accounts and machines that are in no zone of this tier or nearer to the heart, those that have a way into it."""
    id: str
    """The zone."""
    loss_event: NotRequired[LossEvent]
    """The loss event that states its loss, where one is stated: for a service of a native document."""
    members: int
    """How many assets are in it."""
    no_longer: list[str]
    """The assets that somebody certified and the selector no longer means, or another zone has."""
    tier: int
    """Its tier."""
    uncertified: list[str]
    """The assets that the selector means and nobody certified, by id; none where nobody certifies."""


class Zones(TypedDict):
    """Zones with who has a way into them, by tier."""

    list: builtins.list[ZoneExposure]
    """The zones, by tier and then as they were stated."""
    outside: int
    """How many assets are of no zone."""
    version: int
    """The version of documents."""
