use crate::{
    error::raise,
    intel::Intel,
    progress::Told,
    wire::{Bytes, loaded},
};
use ctem_core::wire::{
    self,
    ask::{self, Question, Sampling},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};

/// What is worst, as of a moment, and why.
///
/// >>> program = ctem.Program()
/// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
/// ...     "findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2021-44228", "epss": 0.9}}]}'''))
/// >>> today = program.assess("2025-11-13")
/// >>> today
/// <ctem.Assessment as of 2025-11-13T00:00:00Z: 1 exposures>
/// >>> [exposure["finding"] for exposure in today.ranked(at_most=10)]
/// ['f-1']
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Assessment(pub(crate) ctem_core::Assessment);

#[pymethods]
impl Assessment {
    /// The exposures, the worst first; all, unless `at_most` says how many.
    ///
    /// >>> ctem.Program().assess("2025-11-13").ranked(10)
    /// []
    #[pyo3(signature = (at_most: "int | None" = None) -> "list[dict]")]
    fn ranked<'py>(&self, py: Python<'py>, at_most: Option<f64>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| wire::ranked(&self.0, ask::at_most(at_most)?));
        loaded(py, text)
    }

    /// The loss events, the largest expected loss first, each with its chance and its most probable path.
    #[getter]
    fn loss_events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| wire::loss_events(&self.0));
        loaded(py, text)
    }

    /// What was assumed, and what had no effect.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        loaded(py, wire::text(self.0.notes()))
    }

    /// The expected loss within the horizon, of all loss events together: value, bounds, and how they were found.
    #[getter]
    fn risk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::text(&self.0.risk()))
    }

    /// Why a finding ranks where it does: the tree of terms its risk is folded from, and the attack paths.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}],
    /// ...     "findings": [{"id": "f-1", "asset": "shop", "weakness": {"id": "CVE-2021-44228", "epss": 0.9}}]}'''))
    /// >>> likelihood = program.assess("2025-11-13").explain("f-1")["risk"]["parts"][0]
    /// >>> likelihood["name"], round(likelihood["value"], 3)
    /// ('likelihood', 0.405)
    #[pyo3(signature = (finding_id: "str") -> "dict")]
    fn explain<'py>(&self, py: Python<'py>, finding_id: &str) -> PyResult<Bound<'py, PyDict>> {
        let text = py.detach(|| ask::explain(&self.0, finding_id));
        loaded(py, text)
    }

    /// The same as JSON, the same bytes in every language.
    fn explain_json(&self, py: Python<'_>, finding_id: &str) -> PyResult<String> {
        py.detach(|| ask::explain(&self.0, finding_id)).map_err(raise)
    }

    /// All of it as JSON, the same bytes in every language; each exposure with its explanation when `explained`.
    ///
    /// >>> ctem.Program().assess("2025-11-13").to_json()[:47]
    /// '{"version":1,"as_of":"2025-11-13T00:00:00Z","ho'
    #[pyo3(signature = (at_most: "int | None" = None, explained: "bool" = false) -> "str")]
    fn to_json(&self, py: Python<'_>, at_most: Option<f64>, explained: bool) -> PyResult<String> {
        py.detach(|| wire::assessment(&self.0, ask::at_most(at_most)?, explained)).map_err(raise)
    }

    /// For a terminal: what is at stake, a table of the worst exposures, and the reasons of the very worst.
    ///
    /// 20 exposures, 3 of them explained, 100 columns, unless said.
    #[pyo3(signature = (
        *,
        at_most: "int | None" = None,
        explained: "int | None" = None,
        width: "int | None" = None
    ) -> "str")]
    fn table(
        &self,
        py: Python<'_>,
        at_most: Option<f64>,
        explained: Option<f64>,
        width: Option<f64>,
    ) -> PyResult<String> {
        py.detach(|| ask::table(&self.0, ask::Show { at_most, explained, width })).map_err(raise)
    }

    /// The same as Markdown, for a ticket, a wiki or a chat.
    #[pyo3(signature = (*, at_most: "int | None" = None, explained: "int | None" = None) -> "str")]
    fn markdown(&self, py: Python<'_>, at_most: Option<f64>, explained: Option<f64>) -> PyResult<String> {
        py.detach(|| ask::markdown(&self.0, ask::Show { at_most, explained, width: None })).map_err(raise)
    }

    /// The same as a web page that needs nothing else: ranking, filter, and behind each row its path and its reasons.
    #[pyo3(signature = (*, at_most: "int | None" = None) -> "str")]
    fn html(&self, py: Python<'_>, at_most: Option<f64>) -> PyResult<String> {
        py.detach(|| ask::html(&self.0, ask::Show { at_most, ..Default::default() })).map_err(raise)
    }

    /// What is lost over all paths at once, and what each fix is worth.
    ///
    /// Exact where diagrams of at most `nodes` nodes hold it (65,536 unless said), else counted over `worlds` worlds (16,384 unless
    /// said) of a `seed`, with bounds that hold with `confidence` (0.95 unless said). With `half_width` a count ends once the
    /// bounds of the risk are as close as that part of it. `shares` also measures each finding's part in the risk.
    ///
    /// `progress` is called now and then with what is done and of how much, for each part of the work anew, and ends the call by
    /// returning `False`: what there is then comes back, and `truncated` says so. What it raises is raised.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> sample = today.sample()
    /// >>> sample["risk"]["value"], [(each["finding"], each["fix_value"]["value"]) for each in sample["exposures"]]
    /// (250.0, [('f-a', 250.0), ('f-b', 250.0)])
    #[pyo3(signature = (
        *,
        worlds: "int | None" = None,
        seed: "int | None" = None,
        confidence: "float | None" = None,
        half_width: "float | None" = None,
        nodes: "int | None" = None,
        shares: "bool" = false,
        at_most: "int | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    #[expect(clippy::too_many_arguments, reason = "each is an option by its name")]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        worlds: Option<f64>,
        seed: Option<f64>,
        confidence: Option<f64>,
        half_width: Option<f64>,
        nodes: Option<f64>,
        shares: bool,
        at_most: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sampling = Sampling { worlds, seed, confidence, half_width, nodes };
        let question = Question::Sample { sampling, shares, at_most };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// The most probable paths to a loss event, each through another set of findings; 10, unless `at_most` says how many.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> [hop["technique"]["id"] for path in today.paths("leak")["list"] for hop in path["hops"] if "finding" in hop]
    /// ['T1190', 'T1190']
    #[pyo3(signature = (
        event: "str",
        at_most: "int | None" = None,
        *,
        progress: "object | None" = None
    ) -> "dict")]
    fn paths<'py>(
        &self,
        py: Python<'py>,
        event: String,
        at_most: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let question = Question::Paths { event, at_most };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// What the paths to a loss event have in common: first what all of them need, then what most do.
    ///
    /// How critical each thing is, is the chance that the event would not have happened without it, given that it did.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> [(point["name"], point["on_every_path"]) for point in today.choke_points("leak")["list"]]
    /// [('w-1 on a', True), ('w-2 on b', True)]
    #[pyo3(signature = (
        event: "str",
        at_most: "int | None" = None,
        *,
        worlds: "int | None" = None,
        seed: "int | None" = None,
        confidence: "float | None" = None,
        half_width: "float | None" = None,
        nodes: "int | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    #[expect(clippy::too_many_arguments, reason = "each is an option by its name")]
    fn choke_points<'py>(
        &self,
        py: Python<'py>,
        event: String,
        at_most: Option<f64>,
        worlds: Option<f64>,
        seed: Option<f64>,
        confidence: Option<f64>,
        half_width: Option<f64>,
        nodes: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sampling = Sampling { worlds, seed, confidence, half_width, nodes };
        let question = Question::ChokePoints { event, sampling, at_most };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// The cheapest findings to fix after which a loss event cannot happen, or a path that no fix ends.
    ///
    /// `costs` says by finding what fixing it costs, `None` where it cannot be fixed; any other costs `default_cost`, 1 unless said.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> [fix["finding"] for fix in today.cheapest_cut("leak", costs={"f-a": 5})["fixes"]]
    /// ['f-b']
    #[pyo3(signature = (
        event: "str",
        *,
        costs: "dict[str, float | None] | str | bytes | None" = None,
        default_cost: "float | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    fn cheapest_cut<'py>(
        &self,
        py: Python<'py>,
        event: String,
        costs: Option<&Bound<'_, PyAny>>,
        default_cost: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let costs = match costs {
            Some(costs) => ask::costs(Bytes::written(costs)?.get()).map_err(raise)?,
            None => ask::Costs::default(),
        };
        let question = Question::CheapestCut { event, costs, default_cost };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// The expected loss once an attacker holds an access to an asset: `control`, unless said.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> today.blast_radius("b", "use")["loss"]["value"]
    /// 1000.0
    #[pyo3(signature = (
        asset: "str",
        access: "str | None" = None,
        *,
        worlds: "int | None" = None,
        seed: "int | None" = None,
        confidence: "float | None" = None,
        half_width: "float | None" = None,
        nodes: "int | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    #[expect(clippy::too_many_arguments, reason = "each is an option by its name")]
    fn blast_radius<'py>(
        &self,
        py: Python<'py>,
        asset: String,
        access: Option<String>,
        worlds: Option<f64>,
        seed: Option<f64>,
        confidence: Option<f64>,
        half_width: Option<f64>,
        nodes: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sampling = Sampling { worlds, seed, confidence, half_width, nodes };
        let question = Question::BlastRadius { asset, access, sampling };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// What changes are worth, all of them together: the expected loss before and after, and what is saved.
    ///
    /// A change is `{"fixed": finding}`, `{"patched": weakness}`, `{"threat": {"weakness": …, "chance": …}}`, `{"control": {"control": …,
    /// "fails": …}}` or `{"entry": {"asset": …, "access": …, "chance": …}}`; chances of threats and entries are within 30 days.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> today.what_if([{"fixed": "f-b"}])["saved"]["value"]
    /// 250.0
    #[pyo3(signature = (
        changes: "list[dict] | str | bytes",
        *,
        worlds: "int | None" = None,
        seed: "int | None" = None,
        confidence: "float | None" = None,
        half_width: "float | None" = None,
        nodes: "int | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    #[expect(clippy::too_many_arguments, reason = "each is an option by its name")]
    fn what_if<'py>(
        &self,
        py: Python<'py>,
        changes: &Bound<'_, PyAny>,
        worlds: Option<f64>,
        seed: Option<f64>,
        confidence: Option<f64>,
        half_width: Option<f64>,
        nodes: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sampling = Sampling { worlds, seed, confidence, half_width, nodes };
        let changes = ask::changes(Bytes::written(changes)?.get()).map_err(raise)?;
        let question = Question::WhatIf { changes, sampling };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// Findings of different kinds that act together, on the paths to a loss event or to those that weigh most: fix both, or either.
    ///
    /// 10, unless `at_most` says how many.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('''{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}],
    /// ...     "relations": [{"kind": "reaches", "from": "a", "to": "b"}], "entry_points": [{"asset": "a"}],
    /// ...     "services": [{"id": "shop", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
    /// ...         "when": {"state": {"asset": "b", "access": "use"}}}]}],
    /// ...     "findings": [{"id": "f-a", "asset": "a", "weakness": {"id": "w-1", "kind": "code_flaw"}, "exploit": {"local": 0.5, "success": 1}},
    /// ...         {"id": "f-b", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.5, "success": 1}}]}'''))
    /// >>> today = program.assess("2025-11-13")
    /// >>> [(each["findings"], each["advice"]) for each in today.combinations()["list"]]
    /// [(['f-a', 'f-b'], 'fix_either')]
    #[pyo3(signature = (
        event: "str | None" = None,
        at_most: "int | None" = None,
        *,
        worlds: "int | None" = None,
        seed: "int | None" = None,
        confidence: "float | None" = None,
        half_width: "float | None" = None,
        nodes: "int | None" = None,
        progress: "object | None" = None
    ) -> "dict")]
    #[expect(clippy::too_many_arguments, reason = "each is an option by its name")]
    fn combinations<'py>(
        &self,
        py: Python<'py>,
        event: Option<String>,
        at_most: Option<f64>,
        worlds: Option<f64>,
        seed: Option<f64>,
        confidence: Option<f64>,
        half_width: Option<f64>,
        nodes: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sampling = Sampling { worlds, seed, confidence, half_width, nodes };
        let question = Question::Combinations { event, at_most, sampling };
        loaded(py, Ok(self.answered(py, &question, progress)?))
    }

    /// The answer to any of these questions as JSON, the same bytes in every language; the question is a document too.
    ///
    /// >>> ctem.Program().assess("2025-11-13").answer_json({"combinations": {"at_most": 3}})
    /// '{"version":1,"unit":"crown_jewel","list":[]}'
    #[pyo3(signature = (
        question: "dict | str | bytes",
        *,
        progress: "object | None" = None
    ) -> "str")]
    fn answer_json(
        &self,
        py: Python<'_>,
        question: &Bound<'_, PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        let question = Question::read(Bytes::written(question)?.get()).map_err(raise)?;
        self.answered(py, &question, progress)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Assessment as of {}: {} exposures>", self.0.as_of(), self.0.len())
    }
}

impl Assessment {
    /// The answer to a question, found without holding the interpreter.
    fn answered(&self, py: Python<'_>, question: &Question, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let told = Told::new(progress.as_ref());
        let answer = py.detach(|| ask::answer(&self.0, question, &|progress| told.go_on(progress)));
        told.raised()?;
        answer.map_err(raise)
    }
}

/// The risk of one weakness on one asset, in crown-jewel units, and the tree of terms it is folded from.
///
/// A row has `cve`, `epss`, `known_exploited`, `cvss`, `reachable` (`isolated`, `internal`, `unknown`, `internet`) and
/// `criticality`; what is absent is unknown, not zero.
///
/// >>> ctem.score({"epss": 0.5, "reachable": "internet", "criticality": "crown_jewel"})["risk"]
/// 0.225
#[pyfunction]
#[pyo3(signature = (
    row: "dict | str | bytes",
    *,
    intel: "Intel | None" = None,
    horizon_days: "float | None" = None
) -> "dict")]
pub(crate) fn score<'py>(
    py: Python<'py>,
    row: &Bound<'py, PyAny>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
) -> PyResult<Bound<'py, PyDict>> {
    let row = Bytes::written(row)?;
    loaded(py, ask::score(row.get(), &Intel::or_none(intel), horizon_days))
}

/// The same as JSON, the same bytes in every language.
#[pyfunction]
#[pyo3(signature = (
    row: "dict | str | bytes",
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
/// [0.225, 3.0375e-07]
#[pyfunction]
#[pyo3(signature = (
    rows: "list[dict] | str | bytes",
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
