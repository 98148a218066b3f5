use crate::{
    error::raise,
    intel::Intel,
    wire::{Bytes, loaded},
};
use ctem_core::wire::{self, ask};
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
    fn jewels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| wire::jewels(&self.0));
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

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Assessment as of {}: {} exposures>", self.0.as_of(), self.0.len())
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
