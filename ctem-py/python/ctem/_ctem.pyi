"""
The engine. What it offers is reached through `ctem`.
"""

from typing import Any, Final, final
from typing import Callable, Iterator, Mapping, Sequence, Unpack, overload
from .options import ActionOptions, ArrowTable, BackTestOptions, BaselineOptions, BlastRadiusOptions, Content, CoverageQuestion, CutOptions
from .options import DeadlinesQuestion, Document, FedrampQuestion, MeasureOptions, MeasuresQuestion, Moment, MovedQuestion, Options, PlanOptions
from .options import ProgressQuestion, QuestionOptions, QuestionsTextOptions, SampleBlockOptions, SampleOptions, SearchOptions, Table, TicketOptions
from .answers import Absorbed, AbsorbedReport, AcceptedRisk, Actions, BackTest, BlastRadius, Budget, CheapestCut
from .answers import ChokePoints, Combinations, Contents, Course, Cvss, Deadlines, Delta, Effects
from .answers import Epss, Erased, Estimate, Explanation, Exposure, FedrampReport, Format, IncidentBaseline
from .answers import Kev, LossEventRisk, Mark, Measures, Moved, Note, Paths, Plan
from .answers import PlanDifference, Profile, ProgressReport, Questions, RecordCounts, RowError, Sample, Scored
from .answers import SelectedAssets, Source, Suggestions, Tickets, Trusts, UnknownRule, Verdict, Watched
from .answers import WhatIf, Zones

__all__ = ["__version__", "Assessment", "Collection", "Columns", "Intel", "Program", "Report", "TableScores", "_after_fork", "_after_fork_in_child", "_assessment", "_before_fork", "_codes", "_intel", "_main", "_program", "_report", "attacker_profiles", "attacker_profiles_json", "back_test", "back_test_json", "cvss", "cvss_json", "formats", "picture", "read", "read_collection", "read_tables", "score", "score_all", "score_json", "score_table", "to_arrow"]

__version__: Final[str]

@final
class Assessment:
    """
    What is worst, as of a moment, and why.

    >>> today = program.assess("2025-11-13")
    >>> today
    <ctem.Assessment as of 2025-11-13T00:00:00Z: 3 exposures>
    >>> [exposure["finding"] for exposure in today.ranked(at_most=10)]
    ['f-1', 'f-2', 'f-3']

    It is a sequence of its exposures, the worst first, and a table of them for whatever takes tables of Arrow: `polars.DataFrame(today)`.

    >>> len(today), today[0]["finding"], [exposure["finding"] for exposure in today[1:]]
    (3, 'f-1', ['f-2', 'f-3'])
    >>> "f-1" in today, today[0] in today, "f-9" in today
    (True, True, False)
    """
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object":
        """
        All exposures in columns, as a stream of batches.
        """
    def __contains__(self, /, exposure: "object") -> "bool":
        """
        Whether an exposure is among them, as `ranked` tells it, or by its id.
        """
    def __copy__(self, /) -> Assessment:
        """
        An assessment never changes.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Assessment": ...
    @overload
    def __getitem__(self, /, place: "int") -> "Exposure": ...
    @overload
    def __getitem__(self, /, place: "slice") -> "list[Exposure]":
        """
        The exposure at a place of the ranking, from 0, or those of a slice.
        """
    def __iter__(self, /) -> "Iterator[Exposure]":
        """
        One exposure after the other, the worst first.
        """
    def __len__(self, /) -> int: ...
    def __reduce__(self, /) -> "tuple[object, tuple[str]]":
        """
        What it was made of, which becomes the same assessment: it is made again, which takes as long.
        """
    def __repr__(self, /) -> str: ...
    def __reversed__(self, /) -> "Iterator[Exposure]":
        """
        The same from the last of the ranking on.
        """
    def _repr_html_(self, /) -> str:
        """
        The page of `html`, as notebooks show it.
        """
    def actions(self, /, **options: "Unpack[ActionOptions]") -> Actions:
        """
        What can be done: the actions that end the exposures, by whom and in how many hours; all, unless `at_most` says how many.

        `owners` and `efforts` are rules, the first that matches counts: `{"of": {"kind": "patch"}, "owner": "it"}`, `{"of": {"kind": "patch"}, "hours": 4}`.
        A rule is of a `kind`, an `asset`, an `asset_kind`, `labels` and `assets`, which is a selector (see `select`). `fall_back` owns what nobody else does.

        >>> [action["title"] for action in today.actions()["list"] if action["kind"] == "patch"]
        ['Patch CVE-2021-44228 on web shop']
        """
    def answer_json(self, /, question: "Document | Content", *, progress: "Callable[[int, int], object] | None" = None) -> "str":
        """
        The answer to any of these questions as JSON, the same bytes in every language; the question is a document too.

        >>> ctem.Program().assess("2025-11-13").answer_json({"combinations": {"at_most": 3}})
        '{"version":2,"unit":"crown_jewel","list":[]}'
        """
    def baseline(self, /, **options: "Unpack[BaselineOptions]") -> IncidentBaseline:
        """
        The baseline at which the inputs imply your own rate of incidents: `incidents` in so many `years`, or an `annual_chance`, or both,
        the history on top; the rate of all firms where nothing is said. To be kept, and handed to `Program.assess` from then on, so that
        what is fixed since shows.

        >>> baseline = today.baseline(incidents=2, years=3)
        >>> baseline["of"], round(baseline["annual_chance"], 2), round(baseline["follow_through"], 3)
        ('own', 0.32, 0.042)
        """
    def blast_radius(self, /, asset: "str", access: "str | None" = None, **options: "Unpack[BlastRadiusOptions]") -> BlastRadius:
        """
        The expected loss once an attacker holds an access to an asset: `control`, unless said.

        >>> loss = today.blast_radius("vault", "use", half_width=0.1)["loss"]
        >>> loss["lower"] <= 2625 <= loss["upper"]
        True
        """
    def cheapest_cut(self, /, event: "str", **options: "Unpack[CutOptions]") -> CheapestCut:
        """
        The cheapest findings to fix and relations to take away after which a loss event cannot happen, or a path that no fix ends.

        `costs` says by id what ending an exposure costs, `None` where that cannot be; any other finding costs `default_cost`, 1 unless said, and a relation thrice that.

        >>> [fix["finding"] for fix in today.cheapest_cut("theft", costs={"f-3": 5})["fixes"]]
        ['f-1', 'f-2']
        """
    def choke_points(self, /, event: "str", at_most: "int | None" = None, **options: "Unpack[MeasureOptions]") -> ChokePoints:
        """
        What the paths to a loss event have in common: first what all of them need, then what most do.

        How critical each thing is, is the chance that the event would not have happened without it, given that it did.

        >>> [point["name"] for point in today.choke_points("theft")["list"] if point["on_every_path"]]
        ['inner gate', 'weak-cipher on vault']
        """
    def combinations(self, /, event: "str | None" = None, at_most: "int | None" = None, **options: "Unpack[MeasureOptions]") -> Combinations:
        """
        Findings of different kinds that act together, on the paths to a loss event or to those that weigh most: fix both, or either.

        10, unless `at_most` says how many.

        >>> [(each["findings"], each["advice"]) for each in today.combinations()["list"]]
        [(['f-1', 'f-2'], 'fix_both'), (['f-1', 'f-3'], 'fix_either'), (['f-2', 'f-3'], 'fix_either')]
        """
    def compare_plans(self, /, plan: "PlanOptions", other: "PlanOptions", **options: "Unpack[Options]") -> PlanDifference:
        """
        How a plan differs from another, each given by its options: what a pin, a ban or another budget changes, in numbers and in words.

        >>> today.compare_plans({"budget": {"hours": 1}}, {"budget": {"hours": 3}})["words"][0]
        'Leaves EUR 375 less to lose: EUR 0 rather than EUR 375'
        """
    def explain(self, /, finding_id: "str") -> Explanation:
        """
        Why a finding or relation ranks where it does: the tree of terms its risk is folded from, and the attack paths.

        >>> likelihood = today.explain("f-1")["risk"]["parts"][0]
        >>> likelihood["name"], likelihood["value"]
        ('likelihood', 0.5)
        """
    def explain_json(self, /, finding_id: "str") -> "str":
        """
        The same as JSON, the same bytes in every language.
        """
    def export(self, /, form: "str", *, at_most: "int | None" = None) -> "str":
        """
        The same for another tool: `csv`, `sarif` or `ocsf` of the first exposures, or the most probable paths to the first loss events as
        `mermaid`, `dot`, `graphml` or `attack_flow` (STIX 2.1); or VEX as `openvex` or `cyclonedx`: all that is fixed, accepted or does not
        apply, and of what is open the first by rank.

        >>> today.export("csv", at_most=1).splitlines()[0][:14]
        'rank,id,kind,w'
        """
    def exposure_text(self, /, exposure: "str", *, width: "int | None" = None) -> "str":
        """
        Why an exposure ranks where it does, as people read it: what it is and where, what tools say of it, and why its number is what
        it is.

        >>> today.exposure_text("f-1").splitlines()[0]
        'Admin page open to all on web shop'
        """
    def gate(self, /, policy: "Document | Content", baseline: "Document | Content") -> Verdict:
        """
        Whether this may go on: a policy held against it and against a baseline, which is the JSON of an earlier assessment with all of its
        exposures. It says of each rule whether it held, and what broke it; `stops` is the verdict.

        >>> policy = {"ctem_policy": 1, "rules": [{"expected_loss": {"at_most": {"amount": 500, "unit": "EUR"}}}]}
        >>> today.gate(policy, today.to_json())["words"]
        ['stops: the expected loss is EUR 938, and at most EUR 500 is tolerated']
        """
    def gate_json(self, /, policy: "Document | Content", baseline: "Document | Content") -> "str":
        """
        The same as JSON, the same bytes in every language.
        """
    def html(self, /, *, at_most: "int | None" = None, budget: "Budget | None" = None, only: "str | None" = None) -> "str":
        """
        The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
        """
    @property
    def loss_events(self, /) -> list[LossEventRisk]:
        """
        The loss events, the largest expected loss first, each with its chance and its most probable path.
        """
    def markdown(self, /, *, at_most: "int | None" = None, explained: "int | None" = None, budget: "Budget | None" = None, only: "str | None" = None) -> "str":
        """
        The same as Markdown, for a ticket, a wiki or a chat.
        """
    @property
    def notes(self, /) -> list[Note]:
        """
        What was assumed, and what had no effect.
        """
    def paths(self, /, event: "str", at_most: "int | None" = None, **options: "Unpack[SearchOptions]") -> Paths:
        """
        The most probable paths to a loss event, each through another set of findings; 10, unless `at_most` says how many.

        >>> [hop["technique"]["id"] for path in today.paths("leak")["list"] for hop in path["hops"] if "finding" in hop]
        ['T1190', 'T1190']
        """
    def plan(self, /, **options: "Unpack[PlanOptions]") -> Plan:
        """
        What to do first: actions in the order to do them, each with what is left to lose after it.

        The `budget` is `{"hours": 40}`, `{"money": {"amount": 4000, "per_hour": 100}}`, `{"actions": 5}` or `"unlimited"`. `must` and `must_not` name actions by
        their ids. `at_least` is what no plan of the budget beats, and `gap` how far from it this one may be.

        >>> plan = today.plan(budget={"hours": 1})
        >>> plan["before"]["value"], plan["after"]["value"], [row["title"] for row in plan["rows"]]
        (937.5, 375.0, ['Fix the setting on web shop: Admin page open to all'])
        """
    def questions(self, /, **options: "Unpack[QuestionOptions]") -> Questions:
        """
        Which test to run next: what, where, by which means, how long it takes, what either answer would change, and what it is worth.

        The options are those of the plan that answers are to better, of 8 hours unless said; `test_hours` says how long tests take by
        their means, as `{"exploit": 2}`. Ask again after each answer.

        >>> questions = today.questions(budget={"actions": 1}, at_most=1)
        >>> questions["budget"], questions["seed"]
        ({'actions': 1}, 0)
        """
    def questions_text(self, /, **options: "Unpack[QuestionsTextOptions]") -> "str":
        """
        The same as people read it: the tests in their order, and of the first `explained` how to do each and what either outcome would
        change.

        >>> today.questions_text(budget={"actions": 1}).splitlines()[0][:44]
        'What to test next, for the plan in 1 action,'
        """
    def ranked(self, /, at_most: "int | None" = None) -> list[Exposure]:
        """
        The exposures, the worst first; all, unless `at_most` says how many.

        >>> ctem.Program().assess("2025-11-13").ranked(10)
        []
        """
    @property
    def risk(self, /) -> Estimate:
        """
        The expected loss within the horizon, of all loss events together: value, bounds, and how they were found. `sample` gives it
        more narrowly, and exactly where that is feasible.
        """
    def sample(self, /, **options: "Unpack[SampleOptions]") -> Sample:
        """
        What is lost over all paths at once, and what each fix is worth.

        Exact where diagrams of at most `nodes` nodes hold it (65,536 unless said), else counted over `worlds` worlds (16,384 unless
        said) of a `seed`, with bounds that hold with `confidence` (0.95 unless said). With `half_width` a count ends once the
        bounds of the risk are as close as that part of it. `shares` also measures each finding's part in the risk. `at_most` says
        how many findings are wanted; all, unless said.

        `progress` is called now and then with what is done and of how much, for each part of the work anew, and ends the call by
        returning `False`: what there is then comes back, and `truncated` says so. What it raises is raised.

        >>> sample = today.sample(worlds=4096)
        >>> sample["risk"]["value"], [(each["finding"], each["fix_value"]["value"]) for each in sample["exposures"]]
        (937.5, [('f-1', 562.5), ('f-3', 312.5), ('f-2', 187.5)])
        """
    def sample_block(self, /, first: "int", count: "int", **options: "Unpack[SampleBlockOptions]") -> "str":
        """
        Some blocks of 64 worlds of such a sample, counted here to be added to others: `count` of them from the block `first` on. The text that comes
        back is handed to `sample`, with those of all other blocks, wherever they were counted: it gives the same bits as one process does.

        >>> blocks = [today.sample_block(0, 100), today.sample_block(100, 156)]
        >>> today.sample(blocks=blocks) == today.sample(worlds=16_384)
        True
        """
    def select(self, /, selector: "str", *, at_most: "int | None" = None) -> SelectedAssets:
        """
        Which assets a selector means: `kind = host and label.env = production`, `criticality >= high and not has owner`.

        A condition is a field, a comparison and a value, in which `*` is any text; `and`, `or`, `not` and parentheses join them. Fields: `id`, `name`, `kind`,
        `owner`, `criticality`, `label.KEY`, `tag` (a label or what it says), `environment`, `data_class`, `realm`, `zone`, `entry` (who starts there),
        `exposure` (`internet`), `reachability` (of weak code), `source` (what tool found something) and `age` (days since it was seen).

        >>> [asset["asset"] for asset in today.select("kind = host and has owner")["list"]]
        ['shop']
        """
    def suggested_crown_jewels(self, /, *, at_most: "int | None" = None) -> Suggestions:
        """
        What may be a crown jewel and has no criticality yet, with the reasons: to accept or refuse, by `Program.decide` or by stating one.

        >>> today.suggested_crown_jewels()["list"]
        []
        """
    def suggested_entry_points(self, /, *, at_most: "int | None" = None) -> Suggestions:
        """
        Where attackers may start and nobody has stated that they do, with the reasons, and with the entry point that accepting one by
        `Program.decide` states: what is open to the internet, leaked credentials, people whom phishing aims at, suppliers.

        >>> today.suggested_entry_points()["list"]
        []
        """
    def table(self, /, *, at_most: "int | None" = None, explained: "int | None" = None, width: "int | None" = None, budget: "Budget | None" = None, only: "str | None" = None) -> "str":
        """
        For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.

        20 exposures, 3 of them explained, 100 columns, unless said. The `budget` is that of the plan it begins with, as `plan` has it, and `only` a selector:
        only what is on the assets that it means is shown, and numbers stay those of the whole.

        >>> today.table(budget={"hours": 1}).splitlines()[0][:26]
        'What to do first in 1 h, a'
        """
    def tickets(self, /, tracker: "str", **options: "Unpack[TicketOptions]") -> Tickets:
        """
        Which tickets to write for a plan, so that each of its actions has one that is open and what is done has none: `create`, `update`, `close`,
        `reopen` or `nothing`, with the fields as the `tracker` takes them: `jira`, `github`, `gitlab` or `servicenow`.

        `known` are the tickets there are: `{"action": …, "ticket": …, "state": …}`, and if known `"content"`, as it was handed out, and `"closed_at"`.
        `plan` has the options of the plan, `due` dates by action, `project` Jira's key. Asked again with what was written, nothing is to do.

        >>> [ticket["do"] for ticket in today.tickets("github", plan={"at_most": 1})["list"]]
        ['create']
        """
    def to_arrow(self, /, at_most: "int | None" = None) -> "Columns":
        """
        The exposures in columns, as a table of Arrow: those of the export to `csv`, with text as sources wrote it. All, unless `at_most` says
        how many.

        >>> today.to_arrow(at_most=1)
        <ctem.Columns: 1 row of 23 columns>
        """
    def to_json(self, /, at_most: "int | None" = None, explained: "bool" = False) -> "str":
        """
        All of it as JSON, the same bytes in every language: the plan as `plan` answers it, the loss events and the exposures, each with
        its explanation when `explained`. A graph that takes long to plan has a note at `/plan` in its place.

        >>> ctem.Program().assess("2025-11-13").to_json()[:47]
        '{"version":2,"as_of":"2025-11-13T00:00:00Z","ho'
        """
    def trusts(self, /, **options: "Unpack[Options]") -> Trusts:
        """
        How far methods of testing are to be trusted, as verdicts that agreed or contradicted taught: sensitivity and specificity by method
        and kind of weakness, each with its interval and counts.

        >>> today.trusts()["list"]
        []
        """
    def what_if(self, /, changes: "Sequence[Document]", **options: "Unpack[MeasureOptions]") -> WhatIf:
        """
        What changes are worth, all of them together: the expected loss before and after, and what is saved.

        A change is `{"fixed": finding}`, `{"removed": relation}`, `{"patched": weakness}`, `{"threat": {"weakness": …, "chance": …}}`, `{"control": {"control": …,
        "fails": …}}` or `{"entry": {"asset": …, "access": …, "chance": …}}`; chances of threats and entries are within 30 days.

        >>> today.what_if([{"fixed": "f-2"}])["saved"]["value"]
        187.5
        """
    def zones(self, /, zones: "Sequence[Document]", *, at_most: "int | None" = None) -> Zones:
        """
        Zones in tiers, each `{"id": …, "tier": 0, "assets": …}`, where `assets` is a selector (see `select`), with what is in it and which part of
        all accounts and machines has a way into it. With `"certified"`, the ids that somebody looked at, it says what is new and what is gone; with
        `"loss"` it makes a loss event of it, for a service.

        >>> [(zone["id"], zone["members"], zone["exposure"]["count"]) for zone in today.zones([{"id": "all", "tier": 0, "assets": "all"}])["list"]]
        [('all', 3, 0)]
        """

@final
class Collection:
    """
    What several files have become: reports, and a note for each file that could not be read.

    >>> ctem.read_collection({"shop.json": '{"ctem": {"version": 1}}'}).tally["accepted"]
    1
    """
    def __copy__(self, /) -> Collection:
        """
        A collection never changes.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Collection": ...
    def __reduce__(self, /) -> "tuple[object, ...]": ...
    def __repr__(self, /) -> str: ...
    @property
    def notes(self, /) -> list[Note]:
        """
        Which files could not be read, and why.
        """
    @property
    def reports(self, /) -> list[Report]:
        """
        The reports, each to be absorbed.
        """
    @property
    def tally(self, /) -> RecordCounts:
        """
        How many files there were, those in archives counted one by one, and what became of them.
        """

@final
class Columns:
    """
    An answer in columns: a table of Arrow, which whatever takes such tables takes: `polars.DataFrame(columns)`, `pyarrow.table(columns)`,
    `pandas.DataFrame.from_arrow(columns)`, and DuckDB by its name in a query.

    Texts that repeat are dictionaries, moments are in UTC, and what is not known is null. What a column says and what its numbers are counted
    in stands in the metadata of its field, as `about` and `unit`.

    >>> columns = today.to_arrow()
    >>> columns
    <ctem.Columns: 3 rows of 23 columns>
    >>> columns.names[:4]
    ['rank', 'id', 'kind', 'weakness']
    """
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object":
        """
        The table, as a stream of one batch.
        """
    def __copy__(self, /) -> Columns:
        """
        Columns never change.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Columns": ...
    def __len__(self, /) -> int: ...
    def __reduce__(self, /) -> "tuple[object, ...]": ...
    def __repr__(self, /) -> str: ...
    @property
    def names(self, /) -> list[str]:
        """
        What the columns are called, in their order.
        """

@final
class Intel:
    """
    What the world knows about weaknesses: FIRST's daily EPSS file and CISA's catalogue of known exploited vulnerabilities,
    each the file's bytes, plain or gzip; without one, what sources quote is all that is known.

    `effects` is a table of your own that says what findings do, with lines of tool, match, value and outcome, a tab between
    them. They come before those of the engine.

    `metasploit`, `nuclei` and `exploit_db` are lists of CVEs with public exploit code, for where EPSS is missing: Metasploit's
    `modules_metadata_base.json`, Nuclei's `cves.json`, Exploit-DB's `files_exploits.csv`, or a CVE a line.

    >>> intel = ctem.Intel(epss=b"cve,epss,percentile\\nCVE-2021-44228,0.94,0.99\\n")
    >>> intel
    <ctem.Intel of EPSS (1 CVE)>
    >>> intel.epss["tally"]["accepted"], intel.kev
    (1, None)
    """
    def __copy__(self, /) -> Intel:
        """
        Tables never change.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Intel": ...
    def __new__(cls, /, epss: "Content | None" = None, kev: "Content | None" = None, effects: "Content | None" = None, *, metasploit: "Content | None" = None, nuclei: "Content | None" = None, exploit_db: "Content | None" = None) -> Intel: ...
    def __reduce__(self, /) -> "tuple[object, tuple[str]]":
        """
        Its document, which becomes the same tables; how many rows of a file were rejected is not in it.
        """
    def __repr__(self, /) -> str: ...
    @property
    def effects(self, /) -> Effects | None:
        """
        How many lines your own table of effects has.

        >>> ctem.Intel(effects="acme\\trule\\tA-17\\tno-login").effects
        {'lines': 1}
        """
    @property
    def epss(self, /) -> Epss | None:
        """
        Of which day and model the EPSS table is, and what became of its rows.
        """
    @property
    def kev(self, /) -> Kev | None:
        """
        Which version of the catalogue it is, and what became of its entries.
        """
    @staticmethod
    def read(epss: "Content | None" = None, kev: "Content | None" = None, effects: "Content | None" = None, *, metasploit: "Content | None" = None, nuclei: "Content | None" = None, exploit_db: "Content | None" = None) -> Intel:
        """
        The same as `Intel(…)`, which `ctem.aio` has as a coroutine.

        >>> ctem.Intel.read(effects="acme\\trule\\tA-17\\tno-login").effects
        {'lines': 1}
        """
    def to_json(self, /) -> str:
        """
        All as JSON, the same bytes in every language.

        >>> ctem.Intel().to_json()
        '{"epss":null,"kev":null}'
        """

@final
class Program:
    """
    A program of threat exposure management: what is known of an organisation, and of the world.

    It may be used from several threads; an assessment sees what was absorbed before it began.

    >>> program = ctem.Program(ctem.Intel(epss=b"cve,epss\\nCVE-2021-44228,0.94\\n"))
    >>> program.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}'))["tally"]["accepted"]
    1
    >>> len(program.assess("2025-11-13"))
    0
    """
    def __copy__(self, /) -> Program:
        """
        A program that knows the same, and goes on by itself.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Program": ...
    def __new__(cls, /, intel: "Intel | None" = None) -> Program: ...
    def __reduce__(self, /) -> "tuple[object, tuple[str, str | None]]":
        """
        Its document, which `read` makes the same program of, with its own table of effects where it has one.
        """
    def __repr__(self, /) -> str: ...
    def absorb(self, /, report: "Report", *, progress: "Callable[[int, int], object] | None" = None) -> Absorbed:
        """
        Takes a report in. The tally and notes of what became of its records come back.

        >>> program = ctem.Program()
        >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')
        >>> program.absorb(report)["tally"]["accepted"], program.absorb(report)["tally"]["merged"]
        (1, 1)

        `progress` is called now and then with how many records are taken in and of how many. By returning `False` it ends the call with
        `ctem.Cancelled`, and the program is as it was. What it raises is raised.

        >>> program.absorb(report, progress=lambda done, of: False)
        Traceback (most recent call last):
        ctem.errors.Cancelled: absorbing was ended after 0 of 1 records, as its caller asked   (cancelled)
        """
    def absorb_json(self, /, report: "Report") -> "str":
        """
        The same, with what became of the records as JSON.

        >>> ctem.Program().absorb_json(ctem.read('{"ctem": {"version": 1}}'))
        '{"tally":{"read":0,"accepted":0,"merged":0,"rejected":0,"clear":0},"notes":[]}'
        """
    def accepted_risks(self, /) -> list[AcceptedRisk]:
        """
        The decisions to live with something that stand: what each is about, since and until when, who took it and why, and the findings it covers.

        >>> ctem.Program().accepted_risks()
        []
        """
    def apply(self, /, event: "Document | Content", *, late: "str | None" = None, horizon_days: "float | None" = None, events_per_finding: "int | None" = None, crown_jewel: "float | None" = None) -> Delta:
        """
        Takes an event in: `{"at": …, "what": …}`, as a `dict` or as JSON. What it changed comes back: what appeared, ended, rose and fell,
        and why, since the event before.

        What happened is `"time_passed"`, `{"absorbed": {"report": …, "covers": …}}`, `{"intel": {"epss": …, "kev": …}}`, `{"evidence": […]}`,
        `{"scope": {"contents": …}}`, `{"owner_moved": {"asset": …, "owner": …}}`, `{"claimed_done": {"findings": […]}}` or `{"accepted":
        {"finding": …, "until": …}}`. `late` says what becomes of an event that happened before others: it is refused, or with
        `late="place"` put in its place. An event that cannot be changes nothing.

        >>> import json
        >>> program = ctem.Program()
        >>> report = ctem.read('{"ctem": {"version": 2}, "findings": [{"id": "f-9", "asset": "shop", "weakness": {"id": "CVE-2024-1234"}}]}')
        >>> absorbed = {"report": json.loads(report.to_json()), "covers": {"stated": {}}}
        >>> delta = program.apply({"at": "2025-11-13", "what": {"absorbed": absorbed}})
        >>> [change["why"] for change in delta["appeared"]]
        [['first_seen']]
        >>> program.apply({"at": "2025-11-12", "what": "time_passed"})
        Traceback (most recent call last):
        ctem.errors.Conflict: it is 2025-11-13T00:00:00Z already, and a clock that goes back to 2025-11-12T00:00:00Z is not believed: say a later time   (conflict at /at)
        """
    def apply_json(self, /, event: "Document | Content", *, late: "str | None" = None) -> "str":
        """
        The same, with what it changed as JSON.

        >>> ctem.Program().apply_json({"at": "2025-11-13", "what": "time_passed"})[:29]
        '{"at":"2025-11-13T00:00:00Z",'
        """
    def assess(self, /, as_of: "Moment", *, horizon_days: "float | None" = None, events_per_finding: "int | None" = None, crown_jewel: "float | None" = None, baseline: "Document | Content | None" = None, profile: "Document | Content | None" = None, progress: "Callable[[int, int], object] | None" = None) -> "Assessment":
        """
        Ranks every standing finding by the loss that passes through it, as of a date or a moment.

        It looks `horizon_days` ahead, 30 unless said, and counts for each finding the `events_per_finding` costliest loss
        events, 8 unless said. `crown_jewel` is what one is worth on the scale of scores: the largest stated loss unless said.
        `baseline` is what `Assessment.baseline` gave on an earlier day; it moves what the inputs imply and no score.
        `profile` is the kind of attacker it is of: one of `ctem.attacker_profiles()` by its `id`, or one of your own,
        `{"id": …, "starts": {"internet": 1}, "groups": ["G0102"], "techniques": ["T1190"], "hard": 0.5}`.

        >>> '"profile":"insider"' in program.assess("2025-11-13", profile="insider").to_json()
        True

        `progress` is called now and then with how many findings are done and of how many. By returning `False` it ends the call
        with `ctem.Cancelled`, since an assessment in part would rank some findings and not others. What it raises is raised.

        >>> program.assess("2025-11-13", horizon_days=7)
        <ctem.Assessment as of 2025-11-13T00:00:00Z: 3 exposures>
        >>> program.assess("2025-11-13", progress=lambda done, of: False)
        Traceback (most recent call last):
        ctem.errors.Cancelled: the assessment was ended after 0 of 3 findings, as its caller asked   (cancelled)
        """
    def at(self, /, moment: "Moment") -> "Program":
        """
        The program as it was at a moment, to the bit.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.at("2025-11-13").environment_json()
        '{"ctem":{"version":2}}'
        """
    def compact(self, /, replay_from: "Moment", *, forget_gone_before: "Moment | None" = None) -> "int":
        """
        Makes one state of what happened until a moment, and says how many events that were. What has been gone since before
        `forget_gone_before` is forgotten.

        >>> ctem.Program().compact("2025-11-13")
        0
        """
    def courses(self, /) -> list[Course]:
        """
        The courses of all findings that events brought: when each was first seen, by whom, when it went, and when it came back.

        >>> ctem.Program().courses()
        []
        """
    def coverage(self, /, asked: "CoverageQuestion | Content") -> Watched:
        """
        Which kinds of check saw which assets, when, and what nobody watches: `{"as_of": …}`, and if wanted `"within_days"`, for how long a look
        counts (30 unless said), `"check"`, by which kind the listed assets are not watched (`vulnerability`, `configuration`, `secrets`, `code`,
        `identity`, `network`), `"watched_too"` and `"at_most"`. What matters most is listed first.

        >>> ctem.Program().coverage({"as_of": "2025-11-13"})["list"]
        []
        """
    def coverage_json(self, /, asked: "CoverageQuestion | Content") -> "str":
        """
        The same as JSON.
        """
    def deadlines(self, /, asked: "DeadlinesQuestion | Content") -> Deadlines:
        """
        By when what is due, by which table, and why: `{"as_of": …, "tables": […]}`, each the name of a table that is shipped (`cisa_bod_26_04`,
        `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`) or one of your own, and if wanted `"class"`, `"several_agencies"`, `"likely_from"`,
        `"calendar"`, `"tolerated_loss"`, `"horizon_days"` and the rules of actions. Clocks run since the first sight of each finding.

        >>> ctem.Program().deadlines({"as_of": "2025-11-13", "tables": ["kev"]})["list"]
        []
        """
    def deadlines_json(self, /, asked: "DeadlinesQuestion | Content") -> "str":
        """
        The same as JSON.
        """
    def decide(self, /, decision: "Document | Content") -> Absorbed:
        """
        Takes in what somebody decided about a suggestion: `{"suggestion": …, "asset": …, "accepted": …}`. Accepting it states what it suggests,
        as if that had been stated by hand; refusing it, with `"by"` and `"reason"` if wanted, is remembered, and it is not suggested again.

        >>> program = ctem.Program()
        >>> _ = program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host", "labels": {"internet_facing": "yes"}}]}'))
        >>> [(one["suggestion"], one["asset"]) for one in program.assess("2025-11-13").suggested_entry_points()["list"]]
        [('internet', 'shop')]
        >>> program.decide({"suggestion": "internet", "asset": "shop", "accepted": True})["tally"]["accepted"]
        1
        """
    def document(self, /) -> str:
        """
        The program with its history as a JSON document, which `Program.read` makes the same program of.

        >>> document = ctem.Program().document()
        >>> ctem.Program.read(document).document() == document
        True
        """
    def environment_json(self, /) -> str:
        """
        What is known of the organisation, as a native document to be read again.

        >>> ctem.Program().environment_json()
        '{"ctem":{"version":2}}'
        """
    def erase(self, /, asked: "Document", key: "bytes") -> Erased:
        """
        Erases persons, identities and assets from state and history: `{"names": […]}`, each an id of an asset or an owner, another of its names,
        or the name of a person as it stands in texts. Pseudonyms stand in their place afterwards, made with a `key` of 32 bytes that nobody else
        knows, and the history still replays. What stands in their place comes back.

        >>> program = ctem.Program()
        >>> _ = program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "laptop-7", "kind": "host"}]}'))
        >>> erased = program.erase({"names": ["laptop-7"]}, bytes(range(32)))
        >>> [(thing["pseudonym"], thing["names"]) for thing in erased["things"]]
        [('erased-1ceee8030475677b', 1)]
        >>> "laptop-7" in program.document()
        False
        """
    def fedramp_report(self, /, asked: "FedrampQuestion | Content") -> FedrampReport:
        """
        What FedRAMP wants reported, in the shape of its published schemas: `{"as_of": …, "class": "c", "package_overview": "https://…", "from": …,
        "to": …}`, and if wanted `"kind"`: `detail` unless said, `accepted` or `historical`.

        >>> period = {"package_overview": "https://example.com/p", "from": "2025-10-13", "to": "2025-11-13"}
        >>> ctem.Program().fedramp_report({"as_of": "2025-11-13", "class": "c", **period})["vulnerabilities"]
        []
        """
    def fedramp_report_json(self, /, asked: "FedrampQuestion | Content") -> "str":
        """
        The same as JSON.
        """
    def history(self, /) -> "Columns":
        """
        What happened, an event a row, in the order in which it happened, as a table of Arrow: when, what, who reported and how much, what it is
        about, who says so. It goes back as far as events are kept.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.history()
        <ctem.Columns: 1 row of 16 columns>
        """
    def measures(self, /, asked: "MeasuresQuestion | Content") -> Measures:
        """
        How a period went, each number with its sample: `{"from": …, "until": …}`, and if wanted `"promises"`, days by severity, and
        `"looked_within_days"`, 30 unless said.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.measures({"from": "2025-11-01", "until": "2025-12-01"})["remediate"]
        {'of': 0, 'over': 0, 'mean_of_closed': None, 'median': None, 'median_between': [None, None], 'p90': None, 'p90_between': [None, None]}
        """
    def measures_json(self, /, asked: "MeasuresQuestion | Content") -> "str":
        """
        The same as JSON.

        >>> ctem.Program().measures_json({"from": "2025-11-01", "until": "2025-10-01"})
        Traceback (most recent call last):
        ctem.errors.InvalidInput: a period from 2025-11-01T00:00:00Z to 2025-10-01T00:00:00Z is none: it must end after it begins   (invalid_input at /until)
        """
    def moved(self, /, asked: "MovedQuestion | Content") -> Moved:
        """
        What moved the expected loss in a period: `{"from": …, "until": …}`, and if wanted `"horizon_days"` and `"worlds"`. Each cause comes with the amount,
        and all amounts add up to what moved in all.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.moved({"from": "2025-11-01", "until": "2025-12-01"})["by"]
        []
        """
    def moved_json(self, /, asked: "MovedQuestion | Content") -> "str":
        """
        The same as JSON.
        """
    def progress_report(self, /, asked: "ProgressQuestion | Content") -> ProgressReport:
        """
        The report for leadership, whether a period made things better: `{"from": …, "until": …}`, and if wanted `"title"`, `"promises"`,
        `"looked_within_days"`, `"marks"`, `"budget"` (`{"hours": 40}` unless said), `"at_most"`, `"horizon_days"`, `"worlds"`, and `"deadlines"`:
        `{"tables": […]}` and, if wanted, `"class"`, `"several_agencies"`, `"likely_from"`, `"calendar"`.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.progress_report({"from": "2025-11-01", "until": "2025-12-01"})["as_of"]
        '2025-11-13T00:00:00Z'
        """
    def progress_report_html(self, /, asked: "ProgressQuestion | Content") -> "str":
        """
        The same as a page that needs nothing else: no network, no script, no other file.

        >>> program = ctem.Program()
        >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
        >>> program.progress_report_html({"from": "2025-11-01", "until": "2025-12-01"})[:15]
        '<!doctype html>'
        """
    def progress_report_json(self, /, asked: "ProgressQuestion | Content") -> "str":
        """
        The same as JSON.
        """
    @staticmethod
    def read(document: "Content", effects: "Content | None" = None, *, progress: "Callable[[int, int], object] | None" = None) -> "Program":
        """
        The program of a document that `document` wrote, with the table of effects it had, if it had one of its own.

        >>> ctem.Program.read('{"ctem_program": {"version": 9}}')
        Traceback (most recent call last):
        ctem.errors.UnsupportedVersion: the program is written in version 9, and versions up to 2 are read: use the version of the engine that wrote it   (unsupported_version at /ctem_program/version)

        `progress` is called now and then with how many records were put together; how often that is shows only on the way. By returning
        `False` it ends the call with `ctem.Cancelled`. What it raises is raised.
        """
    def reports(self, /) -> list[AbsorbedReport]:
        """
        The reports that came as events: the `id` of each, when, by whom, how many findings it listed, and whether it was `withdrawn`.

        One that should not have come is taken back, as if it never had:

        >>> program = ctem.Program()
        >>> import json
        >>> report = json.loads(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}').to_json())
        >>> _ = program.apply({"at": "2025-11-01", "what": {"absorbed": {"report": report}}})
        >>> id = program.reports()[0]["id"]
        >>> _ = program.apply({"at": "2025-11-02", "what": {"report_withdrawn": {"report": id, "by": "Ann"}}})
        >>> program.reports()[0]["withdrawn"]
        {'at': '2025-11-02T00:00:00Z', 'by': 'Ann'}
        """
    def trend(self, /, moments: "Sequence[Moment]", *, horizon_days: "float | None" = None) -> list[Mark]:
        """
        How things stood at moments: risk, exposures, and attack paths that are new, back or gone since the moment before.

        >>> ctem.Program().trend([])
        []
        """
    def trend_json(self, /, moments: "Sequence[Moment]", *, horizon_days: "float | None" = None) -> "str":
        """
        The same as JSON.

        >>> ctem.Program().trend_json([])
        '[]'
        """
    def unknown_rules(self, /) -> list[UnknownRule]:
        """
        The rules whose findings no table of effects decides, the most findings first.

        Each `line` with the name of an outcome behind it is a line for `ctem.Intel(effects=…)`.

        >>> unknown = ctem.Program()
        >>> _ = unknown.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}], "findings": '
        ...     '[{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]}'))
        >>> [(rule["tool"], rule["findings"], rule["line"]) for rule in unknown.unknown_rules()]
        [('acme', 1, 'acme\\trule\\tA-1')]
        """

@final
class Report:
    """
    What one source said: its contents, checked, and a note with its place for everything that was not taken over.

    >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "", "kind": "host"}]}')
    >>> report.notes[0]["place"]
    '/assets/0/id'
    """
    def __copy__(self, /) -> Report:
        """
        A report never changes.
        """
    def __deepcopy__(self, /, _memo: "object") -> "Report": ...
    def __reduce__(self, /) -> "tuple[object, tuple[str]]":
        """
        Its document, which becomes the same report.
        """
    def __repr__(self, /) -> str: ...
    @property
    def contents(self, /) -> Contents:
        """
        What was understood, as lists: assets, relations, findings and so on.
        """
    @property
    def notes(self, /) -> list[Note]:
        """
        What was not understood, and what was assumed, each with its place, and with `count` where it is about several records.
        """
    @property
    def source(self, /) -> Source:
        """
        Who said it: format, tool, version, when.
        """
    @property
    def tally(self, /) -> RecordCounts:
        """
        How many records there were, and what became of them.
        """
    def to_json(self, /) -> str:
        """
        All of it as JSON, the same bytes in every language.

        >>> ctem.read('{"ctem": {"version": 1}}').to_json()
        '{"source":{"format":"ctem","tool":"ctem"},"contents":{},"notes":[],"tally":{"read":0,"accepted":0,"merged":0,"rejected":0,"clear":0}}'
        """

@final
class TableScores:
    """
    The scores of a table's rows, in their order: a table of Arrow, of a column `risk`, in crown-jewel units, and a column `error`, which says
    why a row has none. Whatever takes such tables takes it: `polars.DataFrame(scores)`, `pyarrow.table(scores)`.

    It is in as many batches as the table it is of.
    """
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object":
        """
        The table, as a stream of batches.
        """
    def __copy__(self, /) -> TableScores:
        """
        Scores never change.
        """
    def __deepcopy__(self, /, _memo: "object") -> "TableScores": ...
    def __len__(self, /) -> int: ...
    def __reduce__(self, /) -> "tuple[object, ...]": ...
    def __repr__(self, /) -> str: ...
    @property
    def errors(self, /) -> list[RowError]:
        """
        The rows that have no risk, in their order, by their numbers from 0, each with its first error.
        """

def _after_fork() -> None:
    """
    Lets calls hold programs again.
    """

def _after_fork_in_child() -> None:
    """
    The same in the child, where no other thread is about to fork.
    """

def _assessment(document: Any) -> Assessment:
    """
    The assessment of such a document.
    """

def _before_fork() -> None:
    """
    Waits until no call of another thread holds a program: what this one holds, the child goes on with.
    """

def _codes() -> list[str]:
    """
    Every code, for the test that each has its class.
    """

def _intel(document: Any) -> Intel:
    """
    The tables of such a document.
    """

def _main(arguments: "list[str]") -> "int":
    """
    Does what a command line says, without the program's name, and returns how it ends.
    """

def _program(document: Any, effects: Any | None) -> Program:
    """
    The program of such a document.
    """

def _report(document: Any) -> Report:
    """
    The report of such a document.
    """

def attacker_profiles() -> list[Profile]:
    """
    The kinds of attackers that come with the engine, each with where they start, what they use and where that is from: for
    `Program.assess(…, profile=…)`.

    >>> [profile["id"] for profile in ctem.attacker_profiles()]
    ['opportunist', 'ransomware', 'insider', 'nation']
    """

def attacker_profiles_json() -> str:
    """
    The same as JSON, the same bytes in every language.

    >>> ctem.attacker_profiles_json()[:21]
    '[{"id":"opportunist",'
    """

def back_test(rows: "Content", outcomes: "Content", landmark: "Moment", until: "Moment", *, epss: "Content | None" = None, **options: "Unpack[BackTestOptions]") -> BackTest:
    """
    What rankings of CVEs would have been worth: what was known on a day, held against what was exploited until another.

    `rows` and `outcomes` are files: CSV, JSON or JSON Lines, plain or gzip. A row has `cve`, the date it was `known`, and its signals:
    `vector`, `epss`, `exploitation`, `automatable`, `technical_impact`, `kev`, `published`. An outcome has `cve` and `date`. `epss`
    is FIRST's file of the landmark's day. What would leak is refused.

    >>> rows = "cve,known,cvss\\nCVE-2024-0001,2024-10-01,9.8\\nCVE-2024-0002,2024-10-01,5.0\\n"
    >>> tested = ctem.back_test(rows, "cve,date\\nCVE-2024-0001,2024-11-01\\n", "2024-10-24", "2025-08-25")
    >>> [(test["ranking"], test["auc"]["value"]) for test in tested["rankings"]]
    [('cvss', 1.0), ('score', 0.5)]
    """

def back_test_json(rows: "Content", outcomes: "Content", landmark: "Moment", until: "Moment", *, epss: "Content | None" = None, **options: "Unpack[BackTestOptions]") -> "str":
    """
    The same as JSON, the same bytes in every language.
    """

def cvss(vector: "str") -> Cvss:
    """
    A CVSS vector of any version: its scores, severity and metrics.

    >>> ctem.cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")["base_score"]
    9.8
    """

def cvss_json(vector: "str") -> "str":
    """
    The same as JSON, the same bytes in every language.

    >>> ctem.cvss_json("AV:N/AC:L/Au:N/C:N/I:N/A:N")[:58]
    '{"vector":"AV:N/AC:L/Au:N/C:N/I:N/A:N","version":"2.0","sc'
    """

def formats() -> list[Format]:
    """
    The formats that can be read: each one's name and title.

    >>> [format["title"] for format in ctem.formats() if format["name"] == "nmap"]
    ['Nmap XML']
    """

def picture(answer: "Document | Content") -> "str":
    """
    A plan, paths, one of them, an explanation or a loss curve as a picture: a piece of a page that needs nothing else, on light as on
    dark. Notebooks show these answers so by themselves.

    >>> ctem.picture(today.plan(curves=True))[:18]
    '<div class="ctem">'
    """

def read(data: "Content", *, format: "str | None" = None, mapping: "Document | Sequence[Document] | Content | None" = None, asset: "str | None" = None, name: "str | None" = None, scope: "str | None" = None, as_of: "Moment | None" = None, most_bytes: "int | None" = None, secret_key: "bytes | None" = None, strict: "bool" = False, progress: "Callable[[int, int], object] | None" = None) -> "Report":
    """
    Reads what a tool has written, recognising the format by content.

    `format` names the format when it is known, and `mapping` is a mapping document of one's own, or a list of them, for formats
    that the engine does not know. `asset` is the asset of findings when the document does not say, `name` the document, such as by
    its file: what it does not name is named after that. `scope` is the network, site or account it is about, outside of which
    private addresses and short names mean nothing. `as_of` is the moment as of which it is read, where what it says begins or ends at one:
    rights that a policy gives until a day. `most_bytes` is the most bytes the document may have (1 GiB unless said),
    `secret_key` 32 bytes to fingerprint secrets with. A record that makes no sense is rejected with a note, or, when `strict`, an
    error. Where all are rejected, a `CtemWarning` is given.

    `progress` is called now and then with how many records were read; how many there are is not known before. By returning `False` it ends
    the call with `ctem.Cancelled`. What it raises is raised.

    >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')
    >>> report.source["format"], report.tally["accepted"]
    ('ctem', 1)
    """

def read_collection(files: "Mapping[str, Content]", *, format: "str | None" = None, mapping: "Document | Sequence[Document] | Content | None" = None, asset: "str | None" = None, name: "str | None" = None, scope: "str | None" = None, as_of: "Moment | None" = None, most_bytes: "int | None" = None, secret_key: "bytes | None" = None, strict: "bool" = False, progress: "Callable[[int, int], object] | None" = None) -> "Collection":
    """
    Reads the files of a collection, by their names: `{"users.json": …, "computers.json": …}`. Archives (zip) are opened.

    Files of a format whose files speak of each other become one report; every other file becomes one of its own. The options are
    those of `read`; `most_bytes` is for all files together, once unpacked.

    >>> shop = '{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}'
    >>> collection = ctem.read_collection({"shop.json": shop, "notes.txt": "ask Ann"})
    >>> len(collection.reports), collection.notes[0]["place"]
    (1, 'notes.txt')
    """

def read_tables(**tables: "Table") -> "Report":
    """
    Reads tables by the names of the lists that a native document has: `assets`, `relations`, `findings`, `services` and so on, each a
    `DataFrame`, an Arrow table, columns by their names, or rows.

    A row is a record, and a column one of its fields: `labels.env` is the field `env` of its `labels`. An empty cell says nothing. All else is
    as in a native document.

    >>> assets = {"id": ["shop", "till"], "kind": ["host", "host"], "labels.env": ["production", None]}
    >>> report = ctem.read_tables(assets=assets, findings=[{"asset": "shop", "weakness.id": "CVE-2021-44228"}])
    >>> report.tally["accepted"], report.contents["assets"][0]["labels"]
    (3, {'env': 'production'})
    """

@overload
def score(row: "ArrowTable", *, intel: "Intel | None" = None, horizon_days: "float | None" = None) -> "TableScores": ...
@overload
def score(row: "Document | Content", *, intel: "Intel | None" = None, horizon_days: "float | None" = None) -> Scored:
    """
    The risk of one weakness on one asset, in crown-jewel units, and the tree of terms it is folded from.

    A row has `cve`, `epss`, `known_exploited`, `published`, `as_of`, `cvss`, `reachable` (`isolated`, `internal`, `unknown`, `internet`) and
    `criticality`; what is absent is unknown, not zero. A table of such columns is scored as `score_table` does.

    >>> ctem.score({"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"})["risk"]
    0.225
    """

def score_all(rows: "Sequence[Document] | Content", *, intel: "Intel | None" = None, horizon_days: "float | None" = None) -> "list[float]":
    """
    The risk of each row, in crown-jewel units; the same numbers as `score` gives, to the bit.

    >>> ctem.score_all([{"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"}, {}])
    [0.225, 6.1875e-08]
    """

def score_json(row: "Document | Content", *, intel: "Intel | None" = None, horizon_days: "float | None" = None) -> "str":
    """
    The same as JSON, the same bytes in every language.
    """

def score_table(table: "ArrowTable", *, intel: "Intel | None" = None, horizon_days: "float | None" = None, progress: "Callable[[int, int], object] | None" = None) -> "TableScores":
    """
    The risk of each row of a table, in crown-jewel units; the same numbers as `score` gives, to the bit.

    A table is whatever hands its columns over by Arrow: a frame of pandas or polars, a table or a batch of pyarrow, a relation of DuckDB. Its
    columns are those that a row has for `score`, by their names, and lie where they are. Null and NaN are unknown. A row that makes no
    sense has an `error` and no `risk`, and the others are scored. What a text stands for is worked out once for each text of a
    dictionary: categories in pandas and polars.

    `progress` is called now and then with how many rows were looked at, and of how many; by returning `False` it ends the call, which
    then raises `Cancelled`.
    """

def to_arrow(answer: "Assessment | Document | Sequence[Document] | Content") -> "Columns":
    """
    An answer in columns, as a table of Arrow: the actions of a plan, actions without one, or what became of findings, as `Program.courses` lists
    them. It is made of the answer alone, so that nothing is asked again. Of an assessment it is its exposures, as `Assessment.to_arrow` gives them.

    >>> plan = ctem.to_arrow(today.plan(budget={"hours": 1}))
    >>> plan
    <ctem.Columns: 1 row of 26 columns>
    >>> ctem.to_arrow(today)
    <ctem.Columns: 3 rows of 23 columns>
    """
