use crate::{
    columns::Columns,
    error::raise,
    intel::Intel,
    progress::watched,
    table::{is_table, score_table},
    wire::{Bytes, Text, Whole, loaded, pictured},
};
use ctem_core::wire::{
    self,
    ask::{self, Question, RenderRequest},
};
use pyo3::{
    exceptions::{PyIndexError, PyTypeError},
    prelude::*,
    types::{PyCapsule, PyDict, PyInt, PyList},
};

/// What is worst, as of a moment, and why.
///
/// >>> today = program.assess("2025-11-13")
/// >>> today
/// <ctem.Assessment as of 2025-11-13T00:00:00Z: 3 exposures>
/// >>> [exposure["finding"] for exposure in today.ranked(at_most=10)]
/// ['f-1', 'f-2', 'f-3']
///
/// It is a sequence of its exposures, the worst first, and a table of them for whatever takes tables of Arrow: `polars.DataFrame(today)`.
///
/// >>> len(today), today[0]["finding"], [exposure["finding"] for exposure in today[1:]]
/// (3, 'f-1', ['f-2', 'f-3'])
/// >>> "f-1" in today, today[0] in today, "f-9" in today
/// (True, True, False)
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Assessment(pub(crate) ctem_core::Assessment);

#[pymethods]
impl Assessment {
    /// The exposures, the worst first; all, unless `at_most` says how many.
    ///
    /// >>> ctem.Program().assess("2025-11-13").ranked(10)
    /// []
    #[pyo3(signature = (at_most: "int | None" = None) -> "list[dict]")]
    fn ranked<'py>(&self, py: Python<'py>, at_most: Option<Whole>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| ask::ranked(&self.0, at_most.map(Whole::into)));
        loaded(py, text)
    }

    /// The exposures in columns, as a table of Arrow: those of the export to `csv`, with text as sources wrote it. All, unless `at_most` says
    /// how many.
    ///
    /// >>> today.to_arrow(at_most=1)
    /// <ctem.Columns: 1 row of 23 columns>
    #[pyo3(signature = (at_most: "int | None" = None) -> "Columns")]
    pub(crate) fn to_arrow(&self, py: Python<'_>, at_most: Option<Whole>) -> PyResult<Columns> {
        let at_most = at_most.map(Whole::into);
        watched(py, None, |progress| Columns::of(ask::exposures_in_columns(&self.0, at_most, progress)?))
    }

    /// All exposures in columns, as a stream of batches.
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.to_arrow(py, None)?.__arrow_c_stream__(py, requested_schema)
    }

    /// The loss events, the largest expected loss first, each with its chance and its most probable path.
    #[getter]
    fn loss_events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| wire::loss_events(&self.0));
        loaded(py, Ok(text))
    }

    /// What was assumed, and what had no effect.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        loaded(py, wire::json(self.0.notes()))
    }

    /// The expected loss within the horizon, of all loss events together: value, bounds, and how they were found. `sample` gives it
    /// more narrowly, and exactly where that is feasible.
    #[getter]
    fn risk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::json(&self.0.risk()))
    }

    /// Why a finding or relation ranks where it does: the tree of terms its risk is folded from, and the attack paths.
    ///
    /// >>> likelihood = today.explain("f-1")["risk"]["parts"][0]
    /// >>> likelihood["name"], likelihood["value"]
    /// ('likelihood', 0.5)
    #[pyo3(signature = (finding_id: "str") -> "dict")]
    fn explain<'py>(&self, py: Python<'py>, finding_id: Text) -> PyResult<Bound<'py, PyDict>> {
        let text = py.detach(|| ask::explain(&self.0, &finding_id));
        pictured(py, text)
    }

    /// The same as JSON, the same bytes in every language.
    #[pyo3(signature = (finding_id: "str") -> "str")]
    fn explain_json(&self, py: Python<'_>, finding_id: Text) -> PyResult<String> {
        py.detach(|| ask::explain(&self.0, &finding_id)).map_err(raise)
    }

    /// All of it as JSON, the same bytes in every language: the plan as `plan` answers it, the loss events and the exposures, each with
    /// its explanation when `explained`. A graph that takes long to plan has a note at `/plan` in its place.
    ///
    /// >>> ctem.Program().assess("2025-11-13").to_json()[:47]
    /// '{"version":2,"as_of":"2025-11-13T00:00:00Z","ho'
    #[pyo3(signature = (at_most: "int | None" = None, explained: "bool" = false) -> "str")]
    fn to_json(&self, py: Python<'_>, at_most: Option<Whole>, explained: bool) -> PyResult<String> {
        let at_most = at_most.map(Whole::into);
        watched(py, None, |progress| ask::document_with(&self.0, at_most, explained, progress))
    }

    /// For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.
    ///
    /// 20 exposures, 3 of them explained, 100 columns, unless said. The `budget` is that of the plan it begins with, as `plan` has it, and `only` a selector:
    /// only what is on the assets that it means is shown, and numbers stay those of the whole.
    ///
    /// >>> today.table(budget={"hours": 1}).splitlines()[0][:26]
    /// 'What to do first in 1 h, a'
    #[pyo3(signature = (
        *,
        at_most: "int | None" = None,
        explained: "int | None" = None,
        width: "int | None" = None,
        budget: "Budget | None" = None,
        only: "str | None" = None
    ) -> "str")]
    fn table(
        &self,
        py: Python<'_>,
        at_most: Option<Whole>,
        explained: Option<Whole>,
        width: Option<Whole>,
        budget: Option<&Bound<'_, PyAny>>,
        only: Option<Text>,
    ) -> PyResult<String> {
        let budget = budget.map(Bytes::written).transpose()?;
        let how = shown(at_most, explained, width, budget.as_ref(), only.as_deref());
        watched(py, None, |progress| ask::table(&self.0, RenderRequest { progress, ..how }))
    }

    /// The same as Markdown, for a ticket, a wiki or a chat.
    #[pyo3(signature = (
        *,
        at_most: "int | None" = None,
        explained: "int | None" = None,
        budget: "Budget | None" = None,
        only: "str | None" = None
    ) -> "str")]
    fn markdown(
        &self,
        py: Python<'_>,
        at_most: Option<Whole>,
        explained: Option<Whole>,
        budget: Option<&Bound<'_, PyAny>>,
        only: Option<Text>,
    ) -> PyResult<String> {
        let budget = budget.map(Bytes::written).transpose()?;
        let how = shown(at_most, explained, None, budget.as_ref(), only.as_deref());
        watched(py, None, |progress| ask::markdown(&self.0, RenderRequest { progress, ..how }))
    }

    /// The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
    #[pyo3(signature = (*, at_most: "int | None" = None, budget: "Budget | None" = None, only: "str | None" = None) -> "str")]
    fn html(
        &self,
        py: Python<'_>,
        at_most: Option<Whole>,
        budget: Option<&Bound<'_, PyAny>>,
        only: Option<Text>,
    ) -> PyResult<String> {
        let budget = budget.map(Bytes::written).transpose()?;
        let how = shown(at_most, None, None, budget.as_ref(), only.as_deref());
        watched(py, None, |progress| ask::html(&self.0, RenderRequest { progress, ..how }))
    }

    /// The same for another tool: `csv`, `sarif` or `ocsf` of the first exposures, or the most probable paths to the first loss events as
    /// `mermaid`, `dot`, `graphml` or `attack_flow` (STIX 2.1); or VEX as `openvex` or `cyclonedx`: all that is fixed, accepted or does not
    /// apply, and of what is open the first by rank.
    ///
    /// >>> today.export("csv", at_most=1).splitlines()[0][:14]
    /// 'rank,id,kind,w'
    #[pyo3(signature = (form: "str", *, at_most: "int | None" = None) -> "str")]
    fn export(&self, py: Python<'_>, form: Text, at_most: Option<Whole>) -> PyResult<String> {
        let how = shown(at_most, None, None, None, None);
        watched(py, None, |progress| ask::export(&self.0, &form, RenderRequest { progress, ..how }))
    }

    /// What is lost over all paths at once, and what each fix is worth.
    ///
    /// Exact where diagrams of at most `nodes` nodes hold it (65,536 unless said), else counted over `worlds` worlds (16,384 unless
    /// said) of a `seed`, with bounds that hold with `confidence` (0.95 unless said). With `half_width` a count ends once the
    /// bounds of the risk are as close as that part of it. `shares` also measures each finding's part in the risk. `at_most` says
    /// how many findings are wanted; all, unless said.
    ///
    /// `progress` is called now and then with what is done and of how much, for each part of the work anew, and ends the call by
    /// returning `False`: what there is then comes back, and `truncated` says so. What it raises is raised.
    ///
    /// >>> sample = today.sample(worlds=4096)
    /// >>> sample["risk"]["value"], [(each["finding"], each["fix_value"]["value"]) for each in sample["exposures"]]
    /// (937.5, [('f-1', 562.5), ('f-3', 312.5), ('f-2', 187.5)])
    #[pyo3(signature = (**options: "Unpack[SampleOptions]") -> "dict")]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "sample", [], options)
    }

    /// The most probable paths to a loss event, each through another set of findings; 10, unless `at_most` says how many.
    ///
    /// >>> [hop["technique"]["id"] for path in today.paths("leak")["list"] for hop in path["hops"] if "finding" in hop]
    /// ['T1190', 'T1190']
    #[pyo3(signature = (
        event: "str",
        at_most: "int | None" = None,
        **options: "Unpack[SearchOptions]"
    ) -> "dict")]
    fn paths<'py>(
        &self,
        py: Python<'py>,
        event: &Bound<'py, PyAny>,
        at_most: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let paths = self.answered(py, "paths", [("event", Some(event)), ("at_most", at_most)], options)?;
        pictured(py, Ok(paths))
    }

    /// Some blocks of 64 worlds of such a sample, counted here to be added to others: `count` of them from the block `first` on. The text that comes
    /// back is handed to `sample`, with those of all other blocks, wherever they were counted: it gives the same bits as one process does.
    ///
    /// >>> blocks = [today.sample_block(0, 100), today.sample_block(100, 156)]
    /// >>> today.sample(blocks=blocks) == today.sample(worlds=16_384)
    /// True
    #[pyo3(signature = (first: "int", count: "int", **options: "Unpack[SampleBlockOptions]") -> "str")]
    fn sample_block(
        &self,
        py: Python<'_>,
        first: &Bound<'_, PyAny>,
        count: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<String> {
        self.asked(py, "sample_block", [("first", Some(first)), ("count", Some(count))], options)
    }

    /// What the paths to a loss event have in common: first what all of them need, then what most do.
    ///
    /// How critical each thing is, is the chance that the event would not have happened without it, given that it did.
    ///
    /// >>> [point["name"] for point in today.choke_points("theft")["list"] if point["on_every_path"]]
    /// ['inner gate', 'weak-cipher on vault']
    #[pyo3(signature = (
        event: "str",
        at_most: "int | None" = None,
        **options: "Unpack[MeasureOptions]"
    ) -> "dict")]
    fn choke_points<'py>(
        &self,
        py: Python<'py>,
        event: &Bound<'py, PyAny>,
        at_most: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "choke_points", [("event", Some(event)), ("at_most", at_most)], options)
    }

    /// The cheapest findings to fix and relations to take away after which a loss event cannot happen, or a path that no fix ends.
    ///
    /// `costs` says by id what ending an exposure costs, `None` where that cannot be; any other finding costs `default_cost`, 1 unless said, and a relation thrice that.
    ///
    /// >>> [fix["finding"] for fix in today.cheapest_cut("theft", costs={"f-3": 5})["fixes"]]
    /// ['f-1', 'f-2']
    #[pyo3(signature = (event: "str", **options: "Unpack[CutOptions]") -> "dict")]
    fn cheapest_cut<'py>(
        &self,
        py: Python<'py>,
        event: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "cheapest_cut", [("event", Some(event))], options)
    }

    /// The expected loss once an attacker holds an access to an asset: `control`, unless said.
    ///
    /// >>> loss = today.blast_radius("vault", "use", half_width=0.1)["loss"]
    /// >>> loss["lower"] <= 2625 <= loss["upper"]
    /// True
    #[pyo3(signature = (
        asset: "str",
        access: "str | None" = None,
        **options: "Unpack[BlastRadiusOptions]"
    ) -> "dict")]
    fn blast_radius<'py>(
        &self,
        py: Python<'py>,
        asset: &Bound<'py, PyAny>,
        access: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "blast_radius", [("asset", Some(asset)), ("access", access)], options)
    }

    /// What changes are worth, all of them together: the expected loss before and after, and what is saved.
    ///
    /// A change is `{"fixed": finding}`, `{"removed": relation}`, `{"patched": weakness}`, `{"threat": {"weakness": …, "chance": …}}`, `{"control": {"control": …,
    /// "fails": …}}` or `{"entry": {"asset": …, "access": …, "chance": …}}`; chances of threats and entries are within 30 days.
    ///
    /// >>> today.what_if([{"fixed": "f-2"}])["saved"]["value"]
    /// 187.5
    #[pyo3(signature = (changes: "Sequence[Document]", **options: "Unpack[MeasureOptions]") -> "dict")]
    fn what_if<'py>(
        &self,
        py: Python<'py>,
        changes: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "what_if", [("changes", Some(changes))], options)
    }

    /// Findings of different kinds that act together, on the paths to a loss event or to those that weigh most: fix both, or either.
    ///
    /// 10, unless `at_most` says how many.
    ///
    /// >>> [(each["findings"], each["advice"]) for each in today.combinations()["list"]]
    /// [(['f-1', 'f-2'], 'fix_both'), (['f-1', 'f-3'], 'fix_either'), (['f-2', 'f-3'], 'fix_either')]
    #[pyo3(signature = (
        event: "str | None" = None,
        at_most: "int | None" = None,
        **options: "Unpack[MeasureOptions]"
    ) -> "dict")]
    fn combinations<'py>(
        &self,
        py: Python<'py>,
        event: Option<&Bound<'py, PyAny>>,
        at_most: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "combinations", [("event", event), ("at_most", at_most)], options)
    }

    /// The baseline at which the inputs imply your own rate of incidents: `incidents` in so many `years`, or an `annual_chance`, or both,
    /// the history on top; the rate of all firms where nothing is said. To be kept, and handed to `Program.assess` from then on, so that
    /// what is fixed since shows.
    ///
    /// >>> baseline = today.baseline(incidents=2, years=3)
    /// >>> baseline["of"], round(baseline["annual_chance"], 2), round(baseline["follow_through"], 3)
    /// ('own', 0.32, 0.042)
    #[pyo3(signature = (**options: "Unpack[BaselineOptions]") -> "dict")]
    fn baseline<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "baseline", [], options)
    }

    /// Which assets a selector means: `kind = host and label.env = production`, `criticality >= high and not has owner`.
    ///
    /// A condition is a field, a comparison and a value, in which `*` is any text; `and`, `or`, `not` and parentheses join them. Fields: `id`, `name`, `kind`,
    /// `owner`, `criticality`, `label.KEY`, `tag` (a label or what it says), `environment`, `data_class`, `realm`, `zone`, `entry` (who starts there),
    /// `exposure` (`internet`), `reachability` (of weak code), `source` (what tool found something) and `age` (days since it was seen).
    ///
    /// >>> [asset["asset"] for asset in today.select("kind = host and has owner")["list"]]
    /// ['shop']
    #[pyo3(signature = (selector: "str", *, at_most: "int | None" = None) -> "dict")]
    fn select<'py>(
        &self,
        py: Python<'py>,
        selector: &Bound<'py, PyAny>,
        at_most: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "select", [("selector", Some(selector)), ("at_most", at_most)], None)
    }

    /// What may be a crown jewel and has no criticality yet, with the reasons: to accept or refuse, by `Program.decide` or by stating one.
    ///
    /// >>> today.suggested_crown_jewels()["list"]
    /// []
    #[pyo3(signature = (*, at_most: "int | None" = None) -> "dict")]
    fn suggested_crown_jewels<'py>(
        &self,
        py: Python<'py>,
        at_most: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "suggested_crown_jewels", [("at_most", at_most)], None)
    }

    /// Where attackers may start and nobody has stated that they do, with the reasons, and with the entry point that accepting one by
    /// `Program.decide` states: what is open to the internet, leaked credentials, people whom phishing aims at, suppliers.
    ///
    /// >>> today.suggested_entry_points()["list"]
    /// []
    #[pyo3(signature = (*, at_most: "int | None" = None) -> "dict")]
    fn suggested_entry_points<'py>(
        &self,
        py: Python<'py>,
        at_most: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "suggested_entry_points", [("at_most", at_most)], None)
    }

    /// Zones in tiers, each `{"id": …, "tier": 0, "assets": …}`, where `assets` is a selector (see `select`), with what is in it and which part of
    /// all accounts and machines has a way into it. With `"certified"`, the ids that somebody looked at, it says what is new and what is gone; with
    /// `"loss"` it makes a loss event of it, for a service.
    ///
    /// >>> [(zone["id"], zone["members"], zone["exposure"]["count"]) for zone in today.zones([{"id": "all", "tier": 0, "assets": "all"}])["list"]]
    /// [('all', 3, 0)]
    #[pyo3(signature = (zones: "Sequence[Document]", *, at_most: "int | None" = None) -> "dict")]
    fn zones<'py>(
        &self,
        py: Python<'py>,
        zones: &Bound<'py, PyAny>,
        at_most: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "zones", [("zones", Some(zones)), ("at_most", at_most)], None)
    }

    /// What can be done: the actions that end the exposures, by whom and in how many hours; all, unless `at_most` says how many.
    ///
    /// `owners` and `efforts` are rules, the first that matches counts: `{"of": {"kind": "patch"}, "owner": "it"}`, `{"of": {"kind": "patch"}, "hours": 4}`.
    /// A rule is of a `kind`, an `asset`, an `asset_kind`, `labels` and `assets`, which is a selector (see `select`). `fall_back` owns what nobody else does.
    ///
    /// >>> [action["title"] for action in today.actions()["list"] if action["kind"] == "patch"]
    /// ['Patch CVE-2021-44228 on web shop']
    #[pyo3(signature = (**options: "Unpack[ActionOptions]") -> "dict")]
    fn actions<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "actions", [], options)
    }

    /// What to do first: actions in the order to do them, each with what is left to lose after it.
    ///
    /// The `budget` is `{"hours": 40}`, `{"money": {"amount": 4000, "per_hour": 100}}`, `{"actions": 5}` or `"unlimited"`. `must` and `must_not` name actions by
    /// their ids. `at_least` is what no plan of the budget beats, and `gap` how far from it this one may be.
    ///
    /// >>> plan = today.plan(budget={"hours": 1})
    /// >>> plan["before"]["value"], plan["after"]["value"], [row["title"] for row in plan["rows"]]
    /// (937.5, 375.0, ['Fix the setting on web shop: Admin page open to all'])
    #[pyo3(signature = (**options: "Unpack[PlanOptions]") -> "dict")]
    fn plan<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        pictured(py, Ok(self.answered(py, "plan", [], options)?))
    }

    /// Which test to run next: what, where, by which means, how long it takes, what either answer would change, and what it is worth.
    ///
    /// The options are those of the plan that answers are to better, of 8 hours unless said; `test_hours` says how long tests take by
    /// their means, as `{"exploit": 2}`. Ask again after each answer.
    ///
    /// >>> questions = today.questions(budget={"actions": 1}, at_most=1)
    /// >>> questions["budget"], questions["seed"]
    /// ({'actions': 1}, 0)
    #[pyo3(signature = (**options: "Unpack[QuestionOptions]") -> "dict")]
    fn questions<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "questions", [], options)
    }

    /// The same as people read it: the tests in their order, and of the first `explained` how to do each and what either outcome would
    /// change.
    ///
    /// >>> today.questions_text(budget={"actions": 1}).splitlines()[0][:44]
    /// 'What to test next, for the plan in 1 action,'
    #[pyo3(signature = (**options: "Unpack[QuestionsTextOptions]") -> "str")]
    fn questions_text(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
        self.asked(py, "questions_text", [], options)
    }

    /// Why an exposure ranks where it does, as people read it: what it is and where, what tools say of it, and why its number is what
    /// it is.
    ///
    /// >>> today.exposure_text("f-1").splitlines()[0]
    /// 'Admin page open to all on web shop'
    #[pyo3(signature = (exposure: "str", *, width: "int | None" = None) -> "str")]
    fn exposure_text(
        &self,
        py: Python<'_>,
        exposure: &Bound<'_, PyAny>,
        width: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        self.asked(py, "exposure_text", [("exposure", Some(exposure)), ("width", width)], None)
    }

    /// How far methods of testing are to be trusted, as verdicts that agreed or contradicted taught: sensitivity and specificity by method
    /// and kind of weakness, each with its interval and counts.
    ///
    /// >>> today.trusts()["list"]
    /// []
    #[pyo3(signature = (**options: "Unpack[Options]") -> "dict")]
    fn trusts<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "trusts", [], options)
    }

    /// Which tickets to write for a plan, so that each of its actions has one that is open and what is done has none: `create`, `update`, `close`,
    /// `reopen` or `nothing`, with the fields as the `tracker` takes them: `jira`, `github`, `gitlab` or `servicenow`.
    ///
    /// `known` are the tickets there are: `{"action": …, "ticket": …, "state": …}`, and if known `"content"`, as it was handed out, and `"closed_at"`.
    /// `plan` has the options of the plan, `due` dates by action, `project` Jira's key. Asked again with what was written, nothing is to do.
    ///
    /// >>> [ticket["do"] for ticket in today.tickets("github", plan={"at_most": 1})["list"]]
    /// ['create']
    #[pyo3(signature = (tracker: "str", **options: "Unpack[TicketOptions]") -> "dict")]
    fn tickets<'py>(
        &self,
        py: Python<'py>,
        tracker: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "tickets", [("tracker", Some(tracker))], options)
    }

    /// How a plan differs from another, each given by its options: what a pin, a ban or another budget changes, in numbers and in words.
    ///
    /// >>> today.compare_plans({"budget": {"hours": 1}}, {"budget": {"hours": 3}})["words"][0]
    /// 'Leaves EUR 375 less to lose: EUR 0 rather than EUR 375'
    #[pyo3(signature = (plan: "PlanOptions", other: "PlanOptions", **options: "Unpack[Options]") -> "dict")]
    fn compare_plans<'py>(
        &self,
        py: Python<'py>,
        plan: &Bound<'py, PyAny>,
        other: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.asked(py, "compare_plans", [("plan", Some(plan)), ("other", Some(other))], options)
    }

    /// The answer to any of these questions as JSON, the same bytes in every language; the question is a document too.
    ///
    /// >>> ctem.Program().assess("2025-11-13").answer_json({"combinations": {"at_most": 3}})
    /// '{"version":2,"unit":"crown_jewel","list":[]}'
    #[pyo3(signature = (
        question: "Document | Content",
        *,
        progress: "Callable[[int, int], object] | None" = None
    ) -> "str")]
    fn answer_json(
        &self,
        py: Python<'_>,
        question: &Bound<'_, PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        let question = Question::read(Bytes::written(question)?.get()).map_err(raise)?;
        watched(py, progress.as_ref(), |progress| ask::answer(&self.0, &question, progress))
    }

    /// Whether this may go on: a policy held against it and against a baseline, which is the JSON of an earlier assessment with all of its
    /// exposures. It says of each rule whether it held, and what broke it; `stops` is the verdict.
    ///
    /// >>> policy = {"ctem_policy": 1, "rules": [{"expected_loss": {"at_most": {"amount": 500, "unit": "EUR"}}}]}
    /// >>> today.gate(policy, today.to_json())["words"]
    /// ['stops: the expected loss is EUR 938, and at most EUR 500 is tolerated']
    #[pyo3(signature = (policy: "Document | Content", baseline: "Document | Content") -> "dict")]
    fn gate<'py>(
        &self,
        py: Python<'py>,
        policy: &Bound<'py, PyAny>,
        baseline: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, Ok(self.gate_json(py, policy, baseline)?))
    }

    /// The same as JSON, the same bytes in every language.
    #[pyo3(signature = (policy: "Document | Content", baseline: "Document | Content") -> "str")]
    fn gate_json(
        &self,
        py: Python<'_>,
        policy: &Bound<'_, PyAny>,
        baseline: &Bound<'_, PyAny>,
    ) -> PyResult<String> {
        let (policy, baseline) = (Bytes::written(policy)?, Bytes::written(baseline)?);
        py.detach(|| ask::gate(&self.0, policy.get(), baseline.get())).map_err(raise)
    }

    /// The page of `html`, as notebooks show it.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let page = watched(py, None, |progress| {
            ask::html(&self.0, RenderRequest { progress, ..RenderRequest::default() })
        })?;
        let page = page.replace('&', "&amp;").replace('"', "&quot;");
        Ok(format!(r#"<iframe srcdoc="{page}" width="100%" height="720" style="border: 0"></iframe>"#))
    }

    /// An assessment never changes.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "Assessment")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    /// What it was made of, which becomes the same assessment: it is made again, which takes as long.
    #[pyo3(signature = () -> "tuple[object, tuple[str]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let document = py.detach(|| ask::assessment_document(&self.0)).map_err(raise)?;
        Ok((py.import("ctem._ctem")?.getattr("_assessment")?, (document,)))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Whether an exposure is among them, as `ranked` tells it, or by its id.
    fn __contains__(this: &Bound<'_, Self>, exposure: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(id) = exposure.extract::<Text>() else {
            return this
                .py()
                .import("operator")?
                .call_method1("contains", (this.try_iter()?, exposure))?
                .extract();
        };
        Ok(this.get().0.ranked().any(|one| one.id.as_str() == &*id))
    }

    /// The exposure at a place of the ranking, from 0, or those of a slice.
    fn __getitem__<'py>(&self, py: Python<'py>, place: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let Ok(places) = self.places(py)?.get_item(place) else { return Err(self.no_place(place)?) };
        match places.extract() {
            Ok(place) => loaded::<Bound<'py, PyList>>(py, ask::ranked_at(&self.0, &[place]))?.get_item(0),
            Err(_) => {
                let places: Vec<usize> = places.extract()?;
                loaded(py, py.detach(|| ask::ranked_at(&self.0, &places)))
            }
        }
    }

    /// One exposure after the other, the worst first.
    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, exposure) = (this.py(), this.getattr("__getitem__")?);
        py.import("builtins")?.call_method1("map", (exposure, this.get().places(py)?))
    }

    /// The same from the last of the ranking on.
    #[pyo3(signature = () -> "Iterator[Exposure]")]
    fn __reversed__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, exposure) = (this.py(), this.getattr("__getitem__")?);
        let places = this.get().places(py)?.call_method0("__reversed__")?;
        py.import("builtins")?.call_method1("map", (exposure, places))
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Assessment {}>", self.0)
    }
}

impl Assessment {
    /// The places of the ranking, as Python counts them.
    fn places<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("builtins")?.call_method1("range", (self.0.len(),))
    }

    /// Why nothing stands at a place.
    fn no_place(&self, place: &Bound<'_, PyAny>) -> PyResult<PyErr> {
        let (kind, count) = (place.get_type().name()?, self.0.len());
        Ok(match place.is_instance_of::<PyInt>() {
            true => {
                PyIndexError::new_err(format!("there is no exposure at {place}, since there are {count}"))
            }
            false => PyTypeError::new_err(format!(
                "an exposure has a place, such as 0, and several are a slice, not {kind}: `explain` takes an id"
            )),
        })
    }

    /// The answer to the question of a call's name, which has the call's arguments and options.
    fn asked<'py, T: FromPyObjectOwned<'py, Error: Into<PyErr>>, const N: usize>(
        &self,
        py: Python<'py>,
        name: &str,
        arguments: [(&str, Option<&Bound<'py, PyAny>>); N],
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<T> {
        loaded(py, Ok(self.answered(py, name, arguments, options)?))
    }

    /// The same as JSON; `None` is absent.
    fn answered<'py, const N: usize>(
        &self,
        py: Python<'py>,
        name: &str,
        arguments: [(&str, Option<&Bound<'py, PyAny>>); N],
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<String> {
        let asked = options.map_or_else(|| Ok(PyDict::new(py)), PyDictMethods::copy)?;
        let progress = asked.call_method1("pop", ("progress", py.None()))?.extract()?;
        for (name, argument) in arguments {
            asked.set_item(name, argument)?;
        }
        for (name, option) in asked.copy()? {
            if option.is_none() {
                asked.del_item(name)?;
            }
        }
        let question = PyDict::new(py);
        question.set_item(name, asked)?;
        self.answer_json(py, &question, progress)
    }
}

/// The assessment of such a document.
#[pyfunction]
pub(crate) fn _assessment(py: Python<'_>, document: &Bound<'_, PyAny>) -> PyResult<Assessment> {
    let document = Bytes::of(document)?;
    py.detach(|| ask::read_assessment(document.get())).map(Assessment).map_err(raise)
}

fn shown<'a>(
    at_most: Option<Whole>,
    explained: Option<Whole>,
    width: Option<Whole>,
    budget: Option<&'a Bytes>,
    only: Option<&str>,
) -> RenderRequest<'a> {
    let [at_most, explained, width] = [at_most, explained, width].map(|stated| stated.map(Whole::into));
    let (budget, only) = (budget.map(Bytes::get), only.map(Box::from));
    RenderRequest { at_most, explained, width, budget, only, ..RenderRequest::default() }
}

/// A plan, paths, one of them, an explanation or a loss curve as a picture: a piece of a page that needs nothing else, on light as on
/// dark. Notebooks show these answers so by themselves.
///
/// >>> ctem.picture(today.plan(curves=True))[:18]
/// '<div class="ctem">'
#[pyfunction]
#[pyo3(signature = (answer: "Document | Content") -> "str")]
pub(crate) fn picture(py: Python<'_>, answer: &Bound<'_, PyAny>) -> PyResult<String> {
    let answer = Bytes::written(answer)?;
    py.detach(|| ask::picture(answer.get())).map_err(raise)
}

/// The risk of one weakness on one asset, in crown-jewel units, and the tree of terms it is folded from.
///
/// A row has `cve`, `epss`, `known_exploited`, `published`, `as_of`, `cvss`, `reachable` (`isolated`, `internal`, `unknown`, `internet`) and
/// `criticality`; what is absent is unknown, not zero. A table of such columns is scored as `score_table` does.
///
/// >>> ctem.score({"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"})["risk"]
/// 0.225
#[pyfunction]
#[pyo3(signature = (
    row: "Document | Content",
    *,
    intel: "Intel | None" = None,
    horizon_days: "float | None" = None
) -> "dict")]
pub(crate) fn score<'py>(
    py: Python<'py>,
    row: &Bound<'py, PyAny>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
) -> PyResult<Bound<'py, PyAny>> {
    if is_table(row)? {
        return Ok(score_table(py, row, intel, horizon_days, None)?.into_pyobject(py)?.into_any());
    }
    let row = Bytes::written(row)?;
    loaded(py, ask::score(row.get(), &Intel::or_none(intel), horizon_days))
}

/// The same as JSON, the same bytes in every language.
#[pyfunction]
#[pyo3(signature = (
    row: "Document | Content",
    *,
    intel: "Intel | None" = None,
    horizon_days: "float | None" = None
) -> "str")]
pub(crate) fn score_json(
    row: &Bound<'_, PyAny>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
) -> PyResult<String> {
    ask::score(Bytes::written(row)?.get(), &Intel::or_none(intel), horizon_days).map_err(raise)
}

/// The risk of each row, in crown-jewel units; the same numbers as `score` gives, to the bit.
///
/// >>> ctem.score_all([{"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"}, {}])
/// [0.225, 6.1875e-08]
#[pyfunction]
#[pyo3(signature = (
    rows: "Sequence[Document] | Content",
    *,
    intel: "Intel | None" = None,
    horizon_days: "float | None" = None
) -> "list[float]")]
pub(crate) fn score_all(
    py: Python<'_>,
    rows: &Bound<'_, PyAny>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
) -> PyResult<Vec<f64>> {
    let (rows, intel) = (Bytes::written(rows)?, Intel::or_none(intel));
    py.detach(|| ask::score_all(rows.get(), &intel, horizon_days)).map_err(raise)
}
