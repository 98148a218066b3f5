use crate::{
    error::raise,
    wire::{Bytes, Text, loaded},
};
use ctem_core::{
    intel,
    wire::{
        self,
        ask::{self, IntelFiles},
    },
};
use pyo3::{prelude::*, types::PyDict};

/// What the world knows about weaknesses: FIRST's daily EPSS file and CISA's catalogue of known exploited vulnerabilities,
/// each the file's bytes, plain or gzip; without one, what sources quote is all that is known.
///
/// `effects` is a table of your own that says what findings do, with lines of tool, match, value and outcome, a tab between
/// them. They come before those of the engine.
///
/// `metasploit`, `nuclei` and `exploit_db` are lists of CVEs with public exploit code, for where EPSS is missing: Metasploit's
/// `modules_metadata_base.json`, Nuclei's `cves.json`, Exploit-DB's `files_exploits.csv`, or a CVE a line.
///
/// >>> intel = ctem.Intel(epss=b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n")
/// >>> intel
/// <ctem.Intel of EPSS (1 CVE)>
/// >>> intel.epss["tally"]["accepted"], intel.kev
/// (1, None)
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Intel(intel::Intel);

#[pymethods]
impl Intel {
    #[new]
    #[pyo3(signature = (
        epss: "Content | None" = None,
        kev: "Content | None" = None,
        effects: "Content | None" = None,
        *,
        metasploit: "Content | None" = None,
        nuclei: "Content | None" = None,
        exploit_db: "Content | None" = None
    ))]
    fn new(
        py: Python<'_>,
        epss: Option<&Bound<'_, PyAny>>,
        kev: Option<&Bound<'_, PyAny>>,
        effects: Option<&Bound<'_, PyAny>>,
        metasploit: Option<&Bound<'_, PyAny>>,
        nuclei: Option<&Bound<'_, PyAny>>,
        exploit_db: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let given = |file: Option<&Bound<'_, PyAny>>| file.map(Bytes::of).transpose();
        let (epss, kev, effects) = (given(epss)?, given(kev)?, given(effects)?);
        let (metasploit, nuclei, exploit_db) = (given(metasploit)?, given(nuclei)?, given(exploit_db)?);
        let files = [&epss, &kev, &effects, &metasploit, &nuclei, &exploit_db];
        let [epss, kev, effects, metasploit, nuclei, exploit_db] =
            files.map(|file| file.as_ref().map(Bytes::get));
        let files = IntelFiles { epss, kev, effects, metasploit, nuclei, exploit_db };
        py.detach(|| ask::intel(files)).map(Self).map_err(raise)
    }

    /// The same as `Intel(…)`, which `ctem.aio` has as a coroutine.
    ///
    /// >>> ctem.Intel.read(effects="acme\trule\tA-17\tno-login").effects
    /// {'lines': 1}
    #[staticmethod]
    #[pyo3(signature = (
        epss: "Content | None" = None,
        kev: "Content | None" = None,
        effects: "Content | None" = None,
        *,
        metasploit: "Content | None" = None,
        nuclei: "Content | None" = None,
        exploit_db: "Content | None" = None
    ))]
    fn read(
        py: Python<'_>,
        epss: Option<&Bound<'_, PyAny>>,
        kev: Option<&Bound<'_, PyAny>>,
        effects: Option<&Bound<'_, PyAny>>,
        metasploit: Option<&Bound<'_, PyAny>>,
        nuclei: Option<&Bound<'_, PyAny>>,
        exploit_db: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::new(py, epss, kev, effects, metasploit, nuclei, exploit_db)
    }

    /// Of which day and model the EPSS table is, and what became of its rows.
    #[getter]
    fn epss<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        loaded(py, wire::json(&wire::IntelDocument::of(&self.0).epss))
    }

    /// Which version of the catalogue it is, and what became of its entries.
    #[getter]
    fn kev<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        loaded(py, wire::json(&wire::IntelDocument::of(&self.0).kev))
    }

    /// How many lines your own table of effects has.
    ///
    /// >>> ctem.Intel(effects="acme\trule\tA-17\tno-login").effects
    /// {'lines': 1}
    #[getter]
    fn effects<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        loaded(py, wire::json(&wire::IntelDocument::of(&self.0).effects))
    }

    fn __repr__(&self) -> String {
        format!("<ctem.Intel of {}>", self.0)
    }

    /// Tables never change.
    fn __copy__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (_memo: "object") -> "Intel")]
    fn __deepcopy__<'py>(this: PyRef<'py, Self>, _memo: &Bound<'_, PyAny>) -> PyRef<'py, Self> {
        this
    }

    /// Its document, which becomes the same tables; how many rows of a file were rejected is not in it.
    #[pyo3(signature = () -> "tuple[object, tuple[str]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let document = py.detach(|| ask::intel_document(&self.0)).map_err(raise)?;
        Ok((py.import("ctem._ctem")?.getattr("_intel")?, (document,)))
    }

    /// All as JSON, the same bytes in every language.
    ///
    /// >>> ctem.Intel().to_json()
    /// '{"epss":null,"kev":null}'
    fn to_json(&self) -> PyResult<String> {
        wire::json(&wire::IntelDocument::of(&self.0)).map_err(raise)
    }
}

impl Intel {
    /// The tables, or none.
    pub(crate) fn or_none(given: Option<&Self>) -> intel::Intel {
        given.map(|intel| intel.0.clone()).unwrap_or_default()
    }
}

/// The tables of such a document.
#[pyfunction]
pub(crate) fn _intel(py: Python<'_>, document: &Bound<'_, PyAny>) -> PyResult<Intel> {
    let document = Bytes::of(document)?;
    py.detach(|| ask::read_intel(document.get())).map(Intel).map_err(raise)
}

/// A CVSS vector of any version: its scores, severity and metrics.
///
/// >>> ctem.cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")["base_score"]
/// 9.8
#[pyfunction]
#[pyo3(signature = (vector: "str") -> "dict")]
pub(crate) fn cvss<'py>(py: Python<'py>, vector: Text) -> PyResult<Bound<'py, PyDict>> {
    loaded(py, ask::cvss(&vector))
}

/// The same as JSON, the same bytes in every language.
///
/// >>> ctem.cvss_json("AV:N/AC:L/Au:N/C:N/I:N/A:N")[:58]
/// '{"vector":"AV:N/AC:L/Au:N/C:N/I:N/A:N","version":"2.0","sc'
#[pyfunction]
#[pyo3(signature = (vector: "str") -> "str")]
pub(crate) fn cvss_json(vector: Text) -> PyResult<String> {
    ask::cvss(&vector).map_err(raise)
}
