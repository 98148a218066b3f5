use crate::{
    error::raise,
    wire::{Bytes, loaded},
};
use ctem_core::wire::ask;
use pyo3::{prelude::*, types::PyDict};

/// What rankings of CVEs would have been worth: what was known on a day, held against what was exploited until another.
///
/// `rows` and `outcomes` are files: CSV, JSON or JSON Lines, plain or gzip. A row has `cve`, the date it was `known`, and its signals:
/// `vector`, `epss`, `exploitation`, `automatable`, `technical_impact`, `kev`, `published`. An outcome has `cve` and `date`. `epss`
/// is FIRST's file of the landmark's day. What would leak is refused.
///
/// >>> rows = "cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n"
/// >>> tested = ctem.back_test(rows, "cve,date\nCVE-2024-0001,2024-11-01\n", "2024-10-24", "2025-08-25")
/// >>> [(test["ranking"], test["auc"]["value"]) for test in tested["rankings"]]
/// [('cvss', 1.0), ('score', 0.5)]
#[pyfunction]
#[pyo3(signature = (
    rows: "Content",
    outcomes: "Content",
    landmark: "Moment",
    until: "Moment",
    *,
    epss: "Content | None" = None,
    **options: "Unpack[BackTestOptions]"
) -> "dict")]
pub(crate) fn back_test<'py>(
    py: Python<'py>,
    rows: &Bound<'py, PyAny>,
    outcomes: &Bound<'py, PyAny>,
    landmark: &Bound<'py, PyAny>,
    until: &Bound<'py, PyAny>,
    epss: Option<&Bound<'py, PyAny>>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    loaded(py, Ok(back_test_json(py, rows, outcomes, landmark, until, epss, options)?))
}

/// The same as JSON, the same bytes in every language.
#[pyfunction]
#[pyo3(signature = (
    rows: "Content",
    outcomes: "Content",
    landmark: "Moment",
    until: "Moment",
    *,
    epss: "Content | None" = None,
    **options: "Unpack[BackTestOptions]"
) -> "str")]
pub(crate) fn back_test_json(
    py: Python<'_>,
    rows: &Bound<'_, PyAny>,
    outcomes: &Bound<'_, PyAny>,
    landmark: &Bound<'_, PyAny>,
    until: &Bound<'_, PyAny>,
    epss: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let asked = options.map_or_else(|| Ok(PyDict::new(py)), PyDictMethods::copy)?;
    asked.set_item("landmark", landmark)?;
    asked.set_item("until", until)?;
    let asked = Bytes::written(asked.as_any())?;
    let (rows, outcomes, epss) = (Bytes::of(rows)?, Bytes::of(outcomes)?, epss.map(Bytes::of).transpose()?);
    py.detach(|| ask::back_test(rows.get(), outcomes.get(), epss.as_ref().map(Bytes::get), asked.get()))
        .map_err(raise)
}
