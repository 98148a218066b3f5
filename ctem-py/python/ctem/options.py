"""The options of what an assessment is asked, each call with those that it heeds. What is absent has the engine's default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, NotRequired, Protocol, TypeAlias, TypedDict

if TYPE_CHECKING:
    from .answers import Budget

Document: TypeAlias = Mapping[str, object]
"""A document that is handed in, as plain values; dates and paths may be among them."""
Content: TypeAlias = "bytes | str | bytearray | memoryview | PathLike[str] | File"
"""A document as it is: bytes or text, or the path of a file, or an open file, that holds it."""
Moment: TypeAlias = str | date
"""A date or a time, or text that says one: `2025-11-13`, `2025-11-13T08:00:00Z`. Without an offset it is UTC."""


Table: TypeAlias = "Mapping[str, Iterable[object]] | Iterable[Document] | Frame"
"""A table: columns by their names, rows, or what has rows: a frame of pandas or polars, a table of Arrow."""


class ArrowStream(Protocol):
    """A table that hands its batches over by Arrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowBatch(Protocol):
    """A batch that hands its columns over by Arrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


ArrowTable: TypeAlias = ArrowStream | ArrowBatch
"""A frame of pandas or polars, a table or a batch of pyarrow, a relation of DuckDB: columns that lie as Arrow lays them."""


class Frame(Protocol):
    """A table of pandas, polars or Arrow."""

    @property
    def columns(self) -> object: ...


class File(Protocol):
    """An open file, or what can be read as one."""

    def read(self) -> bytes | str: ...


class Options(TypedDict, total=False):
    """What every question takes."""

    progress: Callable[[int, int], object] | None
    """Called now and then with what is done and of how much, for each part of the work anew. By returning `False` it ends the
    call: what there is then comes back, and `truncated` says so. What it raises is raised."""


class Counted(Options, total=False):
    """How numbers are counted over worlds."""

    worlds: int | None
    """So many, 16,384 unless said."""
    seed: int | None
    """Of which seed, 0 unless said."""
    confidence: float | None
    """The chance that bounds hold, 0.95 unless said."""


class MeasureOptions(Counted, total=False):
    """How numbers are measured: exactly where that fits, else over worlds."""

    nodes: int | None
    """Exact where decision diagrams of at most so many nodes hold it, 65,536 unless said."""


class SampleOptions(MeasureOptions, total=False):
    """How the risk and the fix values are measured."""

    half_width: float | None
    """A count ends once the bounds of the risk are as close as this part of it."""
    shares: bool | None
    """Whether each finding's part in the risk is measured too."""
    at_most: int | None
    """At most so many findings; all, unless said."""
    blocks: Sequence[str] | None
    """The worlds as `sample_block` counted them: all from the first on, in any order. They say how many there are."""


class SampleBlockOptions(Options, total=False):
    """How blocks of a sample are counted: as the sample is asked for that is made of them."""

    seed: int | None
    """Of which seed, 0 unless said."""
    nodes: int | None
    """Exact where decision diagrams of at most so many nodes hold it, 65,536 unless said."""
    shares: bool | None
    """Whether each finding's part in the risk is measured too."""


class BlastRadiusOptions(Counted, total=False):
    """How a blast radius is counted. It is never exact."""

    half_width: float | None
    """The count ends once the bounds of the loss are as close as this part of it."""


class SearchOptions(Options, total=False):
    """How long is looked for paths or a cut."""

    nodes: int | None
    """At most so many answers in part, 1,048,576 unless said."""


class BackTestOptions(TypedDict, total=False):
    """How rankings are tested."""

    efforts: Sequence[float] | None
    """The parts of all rows that are mended; 0.05, 0.094, 0.1 and 0.2, unless said."""
    confidence: float | None
    """The confidence of intervals, 0.95 unless said."""
    resamples: int | None
    """How many times outcomes are drawn again for intervals, 2,000 unless said."""
    seed: int | None
    """Of which seed, 0 unless said."""
    leave_out_known: bool | None
    """Whether a row whose outcome lies before the landmark is left out. Unless said it is an error."""
    complete: bool | None
    """Whether only rows count that have every signal that any row has. Unless said all do, and what is unknown ranks last."""


class CutOptions(SearchOptions, total=False):
    """What fixes cost, and how long is looked for the cheapest."""

    costs: Mapping[str, float | None] | None
    """By finding, what fixing it costs; `None` where it cannot be fixed."""
    default_cost: float | None
    """What fixing any other costs, 1 unless said."""


class BaselineOptions(Options, total=False):
    """One's own rate of incidents."""

    annual_chance: float | None
    """The chance of an incident in a year before any history; that of all firms, unless said."""
    incidents: int | None
    """How many incidents there were."""
    years: float | None
    """In how many years. They weigh against three years of opinion."""


class ActionOptions(Options, total=False):
    """How actions are told."""

    owners: Sequence[Document] | None
    """Who does what: rules, the first that matches counts."""
    fall_back: str | None
    """Who does what nobody else owns."""
    efforts: Sequence[Document] | None
    """How many hours what takes: rules, the first that matches counts."""
    at_most: int | None
    """At most so many are told; all, 50 rows of a plan, or 10 questions, unless said. It is the same plan however many rows are."""


class ChoiceOptions(ActionOptions, MeasureOptions, total=False):
    """Among which actions a plan chooses, and what for."""

    budget: Budget | None
    """What may be spent; whatever it takes, unless said, and 8 hours where questions are asked."""
    per_owner: Mapping[str, float] | None
    """How many hours of these owners may be spent, within the budget."""
    owner: str | None
    """Only what this owner does."""
    must: Sequence[str] | None
    """Actions that are in the plan whatever they are worth."""
    must_not: Sequence[str] | None
    """Actions that are not."""
    mitigate: bool | None
    """Whether what has no fix yet may be shielded, and counts as ended then."""


class PlanOptions(ChoiceOptions, total=False):
    """What a plan is made of."""

    curves: bool | None
    """Whether the loss left against effort is told too, for the plan and for the orders people go by."""


class QuestionOptions(ChoiceOptions, total=False):
    """What is asked about, and the plan that answers are to better."""

    test_hours: Mapping[str, float] | None
    """How many hours a test takes, by its means."""


class QuestionsTextOptions(QuestionOptions, total=False):
    """How questions are shown to people."""

    explained: int | None
    """So many of the first come with how to do them, 3 unless said."""
    width: int | None
    """The columns of the terminal, 100 unless said."""


class TicketOptions(Options, total=False):
    """Which tickets there are, and how new ones are written."""

    known: Sequence[Document] | None
    """The tickets there are: `action`, `ticket`, `state` in the tracker's words, and if known `content` and `closed_at`."""
    project: str | None
    """Of Jira, the project's key."""
    labels: Sequence[str] | None
    """Labels; `ctem`, unless said."""
    due: Mapping[str, Moment] | None
    """By action, the date it is due."""
    plan: PlanOptions | None
    """The plan whose actions get tickets."""


class CoverageQuestion(TypedDict):
    """What is watched, as asked."""

    as_of: Moment
    """As of when."""
    within_days: NotRequired[float]
    """For how many days a look counts, 30 unless said."""
    check: NotRequired[str]
    """By which kind of check the listed assets are not watched: `vulnerability`, `configuration`, `secrets`, `code`, `identity`, `network`; by
    any, unless said."""
    watched_too: NotRequired[bool]
    """Whether assets that are watched are listed too."""
    at_most: NotRequired[int]
    """At most so many assets are listed; all, unless said."""


# Of what is called as Python's own words are, there is no attribute; what each says stands in front of it.
Period = TypedDict(
    "Period",
    {
        # Since when.
        "from": "Moment",
        # Until when.
        "until": "Moment",
    },
)
"""A period."""


class MeasuresQuestion(Period):
    """How a period went, as asked."""

    promises: NotRequired[Mapping[str, float]]
    """By severity, within how many days it is promised to be mended."""
    looked_within_days: NotRequired[float]
    """For how many days a look counts, 30 unless said."""


class MovedQuestion(Period):
    """What moved the expected loss in a period, as asked."""

    horizon_days: NotRequired[float]
    """How many days each assessment looks ahead, 30 unless said."""
    worlds: NotRequired[int]
    """Counted over so many worlds, 16,384 unless said."""


DeadlineOptions = TypedDict(
    "DeadlineOptions",
    {
        # Tables that are shipped, by name (`cisa_bod_26_04`, `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`), or your own.
        "tables": "Sequence[str | Document]",
        # The certification class, where a table asks for it.
        "class": "NotRequired[str]",
        # Whether several agencies use it.
        "several_agencies": "NotRequired[bool]",
        # From which chance of exploitation on a flaw is likely to be exploited.
        "likely_from": "NotRequired[float]",
        # Which days are no working days.
        "calendar": "NotRequired[Document]",
    },
)
"""By which tables something is due."""


class ProgressQuestion(MeasuresQuestion):
    """The report for leadership, as asked."""

    title: NotRequired[str]
    """What it is called."""
    marks: NotRequired[int]
    """How many moments of the period are assessed."""
    budget: NotRequired[Budget]
    """Of the plan for what comes next: 40 hours, unless said."""
    at_most: NotRequired[int]
    """At most so many rows of each list."""
    deadlines: NotRequired[DeadlineOptions]
    """By which tables something is due; by none, unless said."""
    horizon_days: NotRequired[float]
    """How many days each assessment looks ahead, 30 unless said."""
    worlds: NotRequired[int]
    """Counted over so many worlds, 16,384 unless said."""


class DeadlinesQuestion(DeadlineOptions):
    """By when what is due, as asked."""

    as_of: Moment
    """As of when."""
    tolerated_loss: NotRequired[float]
    """The expected loss that is lived with."""
    horizon_days: NotRequired[float]
    """How many days the assessment looks ahead, 30 unless said."""
    owners: NotRequired[Sequence[Document]]
    """Who does what: rules, the first that matches counts."""
    fall_back: NotRequired[str]
    """Who does what nobody else owns."""
    efforts: NotRequired[Sequence[Document]]
    """How many hours what takes: rules, the first that matches counts."""


FedrampQuestion = TypedDict(
    "FedrampQuestion",
    {
        # As of when.
        "as_of": "Moment",
        # The certification class.
        "class": "str",
        # Where the certification package is described.
        "package_overview": "str",
        # Since when.
        "from": "Moment",
        # Until when.
        "to": "Moment",
        # `detail` unless said, `accepted` or `historical`.
        "kind": "NotRequired[str]",
        # Whether several agencies use it.
        "several_agencies": "NotRequired[bool]",
        # From which chance of exploitation on a flaw is likely to be exploited.
        "likely_from": "NotRequired[float]",
    },
)
"""What FedRAMP wants reported, as asked."""
