use crate::{
    error::{raise, warn},
    wire::{Bytes, Whole, loaded},
};
use ctem_core::wire::{self, ask};
use pyo3::{
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyDict, PyList},
};

/// Reads what a tool has written, recognising the format by content.
///
/// `format` names the format when it is known, `asset` the asset of findings when the document does not say, `most_bytes`
/// the most bytes the document may have (1 GiB unless said), `secret_key` 32 bytes to fingerprint secrets with. A record that
/// makes no sense is rejected with a note, or, when `strict`, an error. Where all are rejected, a `CtemWarning` is given.
///
/// >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')
/// >>> report.source["format"], report.tally["accepted"]
/// ('ctem', 1)
#[pyfunction]
#[pyo3(signature = (
    data: "bytes | str",
    *,
    format: "str | None" = None,
    asset: "str | None" = None,
    most_bytes: "int | None" = None,
    secret_key: "bytes | None" = None,
    strict: "bool" = false
) -> "Report")]
pub(crate) fn read(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    format: Option<&str>,
    asset: Option<&str>,
    most_bytes: Option<Whole>,
    secret_key: Option<PyBackedBytes>,
    strict: bool,
) -> PyResult<Report> {
    let data = Bytes::of(data)?;
    let (most_bytes, secret_key) = (most_bytes.map(Whole::into), secret_key.as_deref());
    let how = ask::ReadRequest { format, asset, most_bytes, secret_key, strict };
    let report = py.detach(|| ask::read(data.get(), how)).map_err(raise)?;
    if let Some(warning) = report.warning() {
        warn(py, &warning)?;
    }
    Ok(Report(report))
}

/// The formats that can be read: each one's name and title.
///
/// >>> [format["title"] for format in ctem.formats() if format["name"] == "nmap"]
/// ['Nmap XML']
#[pyfunction]
#[pyo3(signature = () -> "list[dict]")]
pub(crate) fn formats(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    loaded(py, Ok(wire::formats()))
}

/// What one source said: its contents, checked, and a note with its place for everything that was not taken over.
///
/// >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "", "kind": "host"}]}')
/// >>> report.notes[0]["place"]
/// '/assets/0/id'
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Report(pub(crate) ctem_core::Report);

#[pymethods]
impl Report {
    /// Who said it: format, tool, version, when.
    #[getter]
    fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::json(&self.0.source))
    }

    /// What was understood, as lists: assets, relations, findings and so on.
    #[getter]
    fn contents<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::json(&self.0.contents))
    }

    /// What was not understood, and what was assumed, each with its place, and with `count` where it is about several records.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        loaded(py, wire::json(&self.0.notes))
    }

    /// How many records there were, and what became of them.
    #[getter]
    fn tally<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::json(&self.0.tally))
    }

    /// All of it as JSON, the same bytes in every language.
    ///
    /// >>> ctem.read('{"ctem": {"version": 1}}').to_json()
    /// '{"source":{"format":"ctem","tool":"ctem"},"contents":{},"notes":[],"tally":{"read":0,"accepted":0,"merged":0,"rejected":0,"clear":0}}'
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| wire::report(&self.0))
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Report of {}: {}>", self.0.source.tool, self.0.tally)
    }
}
