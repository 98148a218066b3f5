use crate::{
    discover::Report,
    error::raise,
    intel::Intel,
    prioritize::Assessment,
    progress::Told,
    wire::{Whole, loaded},
};
use ctem_core::{
    attack::OnProgress,
    wire::{self, ask},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};
use std::sync::{Mutex, PoisonError};

/// A program of threat exposure management: what is known of an organisation, and of the world.
///
/// It may be used from several threads; an assessment sees what was absorbed before it began.
///
/// >>> program = ctem.Program(ctem.Intel(epss=b"cve,epss\nCVE-2021-44228,0.94\n"))
/// >>> program.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}'))["tally"]["accepted"]
/// 1
/// >>> len(program.assess("2025-11-13"))
/// 0
#[pyclass(frozen, module = "ctem")]
pub(crate) struct Program(Mutex<ctem_core::Program>);

#[pymethods]
impl Program {
    #[new]
    #[pyo3(signature = (intel: "Intel | None" = None))]
    fn new(intel: Option<&Intel>) -> Self {
        Self(Mutex::new(ctem_core::Program::new(Intel::or_none(intel))))
    }

    /// Takes a report in. The tally and notes of what became of its records come back.
    ///
    /// >>> program = ctem.Program()
    /// >>> report = ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}')
    /// >>> program.absorb(report)["tally"]["accepted"], program.absorb(report)["tally"]["merged"]
    /// (1, 1)
    #[pyo3(signature = (report: "Report") -> "dict")]
    fn absorb<'py>(&self, py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyDict>> {
        loaded(py, self.take(py, report))
    }

    /// The same, with what became of the records as JSON.
    ///
    /// >>> ctem.Program().absorb_json(ctem.read('{"ctem": {"version": 1}}'))
    /// '{"tally":{"read":0,"accepted":0,"merged":0,"rejected":0,"clear":0},"notes":[]}'
    #[pyo3(signature = (report: "Report") -> "str")]
    fn absorb_json(&self, py: Python<'_>, report: &Report) -> PyResult<String> {
        self.take(py, report).map_err(raise)
    }

    /// Ranks every standing finding by the loss that passes through it, as of a date or a moment.
    ///
    /// It looks `horizon_days` ahead, 30 unless said, and counts for each finding the `events_per_finding` costliest loss
    /// events, 8 unless said. `crown_jewel` is what one is worth on the scale of scores: the largest stated loss unless said.
    ///
    /// `progress` is called now and then with how many findings are done and of how many. By returning `False` it ends the call
    /// with `ctem.Cancelled`, since an assessment in part would rank some findings and not others. What it raises is raised.
    ///
    /// >>> program.assess("2025-11-13", horizon_days=7)
    /// <ctem.Assessment as of 2025-11-13T00:00:00Z: 3 exposures>
    /// >>> program.assess("2025-11-13", progress=lambda done, of: False)
    /// Traceback (most recent call last):
    /// ctem.errors.Cancelled: the assessment was ended after 0 of 3 findings, as its caller asked   (cancelled)
    #[pyo3(signature = (
        as_of: "str",
        *,
        horizon_days: "float | None" = None,
        events_per_finding: "int | None" = None,
        crown_jewel: "float | None" = None,
        progress: "Callable[[int, int], object] | None" = None
    ) -> "Assessment")]
    fn assess(
        &self,
        py: Python<'_>,
        as_of: &str,
        horizon_days: Option<f64>,
        events_per_finding: Option<Whole>,
        crown_jewel: Option<f64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Assessment> {
        let told = Told::new(progress.as_ref());
        let ask = |progress| told.go_on(progress);
        let (events_per_finding, progress) = (events_per_finding.map(Whole::into), OnProgress::new(&ask));
        let how = ask::AssessRequest { horizon_days, events_per_finding, crown_jewel, progress };
        let made = py.detach(|| ask::assess(&self.now(), as_of, how));
        told.raised()?;
        made.map(Assessment).map_err(raise)
    }

    /// The rules whose findings no table of effects decides, the most findings first.
    ///
    /// Each `line` with the name of an outcome behind it is a line for `ctem.Intel(effects=…)`.
    ///
    /// >>> unknown = ctem.Program()
    /// >>> _ = unknown.absorb(ctem.read('{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}], "findings": '
    /// ...     '[{"asset": "shop", "weakness": {"id": "acme:A-1", "kind": "misconfiguration"}}]}'))
    /// >>> [(rule["tool"], rule["findings"], rule["line"]) for rule in unknown.unknown_rules()]
    /// [('acme', 1, 'acme\trule\tA-1')]
    #[pyo3(signature = () -> "list[dict]")]
    fn unknown_rules<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| wire::json(&self.now().unknown_rules()));
        loaded(py, text)
    }

    /// What is known of the organisation, as a native document to be read again.
    ///
    /// >>> ctem.Program().environment_json()
    /// '{"ctem":{"version":2}}'
    fn environment_json(&self, py: Python<'_>) -> String {
        py.detach(|| wire::environment(self.now().environment()))
    }
}

impl Program {
    /// The program as it is now; a clone shares what it knows.
    fn now(&self) -> ctem_core::Program {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take(&self, py: Python<'_>, report: &Report) -> ctem_core::Result<String> {
        py.detach(|| {
            let report = report.0.clone();
            wire::json(&self.0.lock().unwrap_or_else(PoisonError::into_inner).absorb(report))
        })
    }
}
