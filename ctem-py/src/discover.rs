use crate::{
    error::{raise, warn},
    progress::watched,
    wire::{Bytes, Moment, Text, Whole, handed, loaded},
};
use ctem_core::wire::{
    self,
    ask::{self, ReadRequest},
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyDict, PyList},
};

/// Reads what a tool has written, recognising the format by content.
///
/// `format` names the format when it is known, and `mapping` is a mapping document of one's own, or a list of them, for formats
/// that the engine does not know. `asset` is the asset of findings when the document does not say, `name` the document, such as by
/// its file: what it does not name is named after that. `scope` is the network, site or account it is about, outside of which
/// private addresses and short names mean nothing. `as_of` is the moment as of which it is read, where what it says begins or ends at one:
/// rights that a policy gives until a day. `most_bytes` is the most bytes the document may have (1 GiB unless said),
/// `secret_key` 32 bytes to fingerprint secrets with. A record that makes no sense is rejected with a note, or, when `strict`, an
/// error. Where all are rejected, a `CtemWarning` is given.
///
/// `progress` is called now and then with how many records were read; how many there are is not known before. By returning `False` it ends
/// the call with `ctem.Cancelled`. What it raises is raised.
///
/// >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')
/// >>> report.source["format"], report.tally["accepted"]
/// ('ctem', 1)
#[pyfunction]
#[pyo3(signature = (
    data: "Content",
    *,
    format: "str | None" = None,
    mapping: "Document | Sequence[Document] | Content | None" = None,
    asset: "str | None" = None,
    name: "str | None" = None,
    scope: "str | None" = None,
    as_of: "Moment | None" = None,
    most_bytes: "int | None" = None,
    secret_key: "bytes | None" = None,
    strict: "bool" = false,
    progress: "Callable[[int, int], object] | None" = None
) -> "Report")]
#[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
pub(crate) fn read(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    format: Option<Text>,
    mapping: Option<&Bound<'_, PyAny>>,
    asset: Option<Text>,
    name: Option<Text>,
    scope: Option<Text>,
    as_of: Option<Moment>,
    most_bytes: Option<Whole>,
    secret_key: Option<PyBackedBytes>,
    strict: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Report> {
    let data = Bytes::of(data)?;
    let (most_bytes, secret_key) = (most_bytes.map(Whole::into), secret_key.as_deref());
    let [format, asset, name, scope] = [&format, &asset, &name, &scope].map(Option::as_deref);
    let as_of = as_of.as_deref();
    let mapping = mapping.map(Bytes::written).transpose()?;
    let mapping = mapping.as_ref().map(Bytes::get);
    let report = watched(py, progress.as_ref(), |progress| {
        let how = ask::ReadRequest {
            format,
            mapping,
            asset,
            name,
            scope,
            as_of,
            most_bytes,
            secret_key,
            strict,
            progress,
        };
        ask::read(data.get(), how)
    })?;
    if let Some(warning) = report.warning() {
        warn(py, &warning)?;
    }
    Ok(Report(report))
}

/// Reads the files of a collection, by their names: `{"users.json": …, "computers.json": …}`. Archives (zip) are opened.
///
/// Files of a format whose files speak of each other become one report; every other file becomes one of its own. The options are
/// those of `read`; `most_bytes` is for all files together, once unpacked.
///
/// >>> shop = '{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}'
/// >>> collection = ctem.read_collection({"shop.json": shop, "notes.txt": "ask Ann"})
/// >>> len(collection.reports), collection.notes[0]["place"]
/// (1, 'notes.txt')
#[pyfunction]
#[pyo3(signature = (
    files: "Mapping[str, Content]",
    *,
    format: "str | None" = None,
    mapping: "Document | Sequence[Document] | Content | None" = None,
    asset: "str | None" = None,
    name: "str | None" = None,
    scope: "str | None" = None,
    as_of: "Moment | None" = None,
    most_bytes: "int | None" = None,
    secret_key: "bytes | None" = None,
    strict: "bool" = false,
    progress: "Callable[[int, int], object] | None" = None
) -> "Collection")]
#[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
pub(crate) fn read_collection(
    py: Python<'_>,
    files: &Bound<'_, PyAny>,
    format: Option<Text>,
    mapping: Option<&Bound<'_, PyAny>>,
    asset: Option<Text>,
    name: Option<Text>,
    scope: Option<Text>,
    as_of: Option<Moment>,
    most_bytes: Option<Whole>,
    secret_key: Option<PyBackedBytes>,
    strict: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Collection> {
    let items = handed(files, "files")?.try_iter()?;
    let files = items.map(|item| {
        let (name, data): (String, Bound<'_, PyAny>) = item?.extract()?;
        Ok((name, Bytes::of(&data)?))
    });
    let files: Vec<_> = files.collect::<PyResult<_>>()?;
    let (most_bytes, secret_key) = (most_bytes.map(Whole::into), secret_key.as_deref());
    let [format, asset, name, scope] = [&format, &asset, &name, &scope].map(Option::as_deref);
    let as_of = as_of.as_deref();
    let mapping = mapping.map(Bytes::written).transpose()?;
    let mapping = mapping.as_ref().map(Bytes::get);
    let mut collection = watched(py, progress.as_ref(), |progress| {
        let how = ask::ReadRequest {
            format,
            mapping,
            asset,
            name,
            scope,
            as_of,
            most_bytes,
            secret_key,
            strict,
            progress,
        };
        ask::read_collection(files.iter().map(|(name, data)| (name.as_str(), data.get())), how)
    })?;
    let reports = std::mem::take(&mut collection.reports);
    for warning in reports.iter().filter_map(ctem_core::Report::warning) {
        warn(py, &warning)?;
    }
    let reports = reports.into_iter().map(|report| Py::new(py, Report(report)));
    Ok(Collection { reports: reports.collect::<PyResult<_>>()?, files: collection })
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

/// The kinds of attackers that come with the engine, each with where they start, what they use and where that is from: for
/// `Program.assess(…, profile=…)`.
///
/// >>> [profile["id"] for profile in ctem.attacker_profiles()]
/// ['opportunist', 'ransomware', 'insider', 'nation']
#[pyfunction]
#[pyo3(signature = () -> "list[dict]")]
pub(crate) fn attacker_profiles(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    loaded(py, ask::attacker_profiles())
}

/// The same as JSON, the same bytes in every language.
///
/// >>> ctem.attacker_profiles_json()[:21]
/// '[{"id":"opportunist",'
#[pyfunction]
pub(crate) fn attacker_profiles_json() -> PyResult<String> {
    ask::attacker_profiles().map_err(raise)
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

    /// Its document, which becomes the same report.
    #[pyo3(signature = () -> "tuple[object, tuple[str]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.import("ctem._ctem")?.getattr("_report")?, (self.to_json(py),)))
    }

    /// A report never changes.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "Report")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Report of {}>", self.0)
    }
}

/// The report of such a document.
#[pyfunction]
pub(crate) fn _report(py: Python<'_>, document: &Bound<'_, PyAny>) -> PyResult<Report> {
    let document = Bytes::of(document)?;
    py.detach(|| ask::report(document.get())).map(Report).map_err(raise)
}

/// Reads tables by the names of the lists that a native document has: `assets`, `relations`, `findings`, `services` and so on, each a
/// `DataFrame`, an Arrow table, columns by their names, or rows.
///
/// A row is a record, and a column one of its fields: `labels.env` is the field `env` of its `labels`. An empty cell says nothing. All else is
/// as in a native document.
///
/// >>> assets = {"id": ["shop", "till"], "kind": ["host", "host"], "labels.env": ["production", None]}
/// >>> report = ctem.read_tables(assets=assets, findings=[{"asset": "shop", "weakness.id": "CVE-2021-44228"}])
/// >>> report.tally["accepted"], report.contents["assets"][0]["labels"]
/// (3, {'env': 'production'})
#[pyfunction]
#[pyo3(signature = (**tables: "Table") -> "Report")]
pub(crate) fn read_tables(py: Python<'_>, tables: Option<&Bound<'_, PyDict>>) -> PyResult<Report> {
    let given = PyDict::new(py);
    for (name, table) in tables.into_iter().flatten() {
        given.set_item(name, handed(&table, "rows")?)?;
    }
    let given = Bytes::written(given.as_any())?;
    py.detach(|| ask::read_tables(given.get(), ReadRequest::default())).map(Report).map_err(raise)
}

/// What several files have become: reports, and a note for each file that could not be read.
///
/// >>> ctem.read_collection({"shop.json": '{"ctem": {"version": 1}}'}).tally["accepted"]
/// 1
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Collection {
    reports: Vec<Py<Report>>,
    /// What became of the files; its reports stand above.
    files: ctem_core::discover::Collection,
}

#[pymethods]
impl Collection {
    /// The reports, each to be absorbed.
    #[getter]
    fn reports(&self, py: Python<'_>) -> Vec<Py<Report>> {
        self.reports.iter().map(|report| report.clone_ref(py)).collect()
    }

    /// Which files could not be read, and why.
    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        loaded(py, wire::json(&self.files.notes))
    }

    /// How many files there were, those in archives counted one by one, and what became of them.
    #[getter]
    fn tally<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, wire::json(&self.files.tally))
    }

    /// A collection never changes.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "Collection")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    #[pyo3(signature = () -> "tuple[object, ...]")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a ctem.Collection is not pickled: pickle its `reports`, and its `notes` where they are wanted",
        ))
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Collection of {} reports, files: {}>", self.reports.len(), self.files.tally)
    }
}
