use crate::{
    columns::Columns,
    discover::Report,
    error::raise,
    fork::held,
    intel::Intel,
    prioritize::Assessment,
    progress::watched,
    wire::{Bytes, Moment, Moments, Text, Whole, loaded},
};
use ctem_core::{
    discover::AbsorbOptions,
    render::history_in_columns,
    wire::{self, ask},
};
use pyo3::{
    prelude::*,
    pybacked::PyBackedBytes,
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
    ///
    /// `progress` is called now and then with how many records are taken in and of how many. By returning `False` it ends the call with
    /// `ctem.Cancelled`, and the program is as it was. What it raises is raised.
    ///
    /// >>> program.absorb(report, progress=lambda done, of: False)
    /// Traceback (most recent call last):
    /// ctem.errors.Cancelled: absorbing was ended after 0 of 1 records, as its caller asked   (cancelled)
    #[pyo3(signature = (
        report: "Report",
        *,
        progress: "Callable[[int, int], object] | None" = None
    ) -> "dict")]
    fn absorb<'py>(
        &self,
        py: Python<'py>,
        report: &Report,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = self.take(py, report, progress.as_ref())?;
        loaded(py, Ok(text))
    }

    /// The same, with what became of the records as JSON.
    ///
    /// >>> ctem.Program().absorb_json(ctem.read('{"ctem": {"version": 1}}'))
    /// '{"tally":{"read":0,"accepted":0,"merged":0,"rejected":0,"clear":0},"notes":[]}'
    #[pyo3(signature = (report: "Report") -> "str")]
    fn absorb_json(&self, py: Python<'_>, report: &Report) -> PyResult<String> {
        self.take(py, report, None)
    }

    /// Ranks every standing finding by the loss that passes through it, as of a date or a moment.
    ///
    /// It looks `horizon_days` ahead, 30 unless said, and counts for each finding the `events_per_finding` costliest loss
    /// events, 8 unless said. `crown_jewel` is what one is worth on the scale of scores: the largest stated loss unless said.
    /// `baseline` is what `Assessment.baseline` gave on an earlier day; it moves what the inputs imply and no score.
    /// `profile` is the kind of attacker it is of: one of `ctem.attacker_profiles()` by its `id`, or one of your own,
    /// `{"id": …, "starts": {"internet": 1}, "groups": ["G0102"], "techniques": ["T1190"], "hard": 0.5}`.
    ///
    /// >>> '"profile":"insider"' in program.assess("2025-11-13", profile="insider").to_json()
    /// True
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
        as_of: "Moment",
        *,
        horizon_days: "float | None" = None,
        events_per_finding: "int | None" = None,
        crown_jewel: "float | None" = None,
        baseline: "Document | Content | None" = None,
        profile: "Document | Content | None" = None,
        progress: "Callable[[int, int], object] | None" = None
    ) -> "Assessment")]
    #[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
    fn assess(
        &self,
        py: Python<'_>,
        as_of: Moment,
        horizon_days: Option<f64>,
        events_per_finding: Option<Whole>,
        crown_jewel: Option<f64>,
        baseline: Option<&Bound<'_, PyAny>>,
        profile: Option<&Bound<'_, PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Assessment> {
        let events_per_finding = events_per_finding.map(Whole::into);
        let baseline = baseline.map(Bytes::written).transpose()?;
        let baseline = baseline.as_ref().map(Bytes::get);
        let profile = profile.map(Bytes::written).transpose()?;
        let profile = profile.as_ref().map(Bytes::get);
        let made = watched(py, progress.as_ref(), |progress| {
            let how = ask::AssessRequest {
                horizon_days,
                events_per_finding,
                crown_jewel,
                baseline,
                profile,
                progress,
            };
            ask::assess(&self.now()?, &as_of, how)
        });
        made.map(Assessment)
    }

    /// Takes an event in: `{"at": …, "what": …}`, as a `dict` or as JSON. What it changed comes back: what appeared, ended, rose and fell,
    /// and why, since the event before.
    ///
    /// What happened is `"time_passed"`, `{"absorbed": {"report": …, "covers": …}}`, `{"intel": {"epss": …, "kev": …}}`, `{"evidence": […]}`,
    /// `{"scope": {"contents": …}}`, `{"owner_moved": {"asset": …, "owner": …}}`, `{"claimed_done": {"findings": […]}}` or `{"accepted":
    /// {"finding": …, "until": …}}`. `late` says what becomes of an event that happened before others: it is refused, or with
    /// `late="place"` put in its place. An event that cannot be changes nothing.
    ///
    /// >>> import json
    /// >>> program = ctem.Program()
    /// >>> report = ctem.read('{"ctem": {"version": 2}, "findings": [{"id": "f-9", "asset": "shop", "weakness": {"id": "CVE-2024-1234"}}]}')
    /// >>> absorbed = {"report": json.loads(report.to_json()), "covers": {"stated": {}}}
    /// >>> delta = program.apply({"at": "2025-11-13", "what": {"absorbed": absorbed}})
    /// >>> [change["why"] for change in delta["appeared"]]
    /// [['first_seen']]
    /// >>> program.apply({"at": "2025-11-12", "what": "time_passed"})
    /// Traceback (most recent call last):
    /// ctem.errors.Conflict: it is 2025-11-13T00:00:00Z already, and a clock that goes back to 2025-11-12T00:00:00Z is not believed: say a later time   (conflict at /at)
    #[pyo3(signature = (
        event: "Document | Content",
        *,
        late: "str | None" = None,
        horizon_days: "float | None" = None,
        events_per_finding: "int | None" = None,
        crown_jewel: "float | None" = None
    ) -> "dict")]
    fn apply<'py>(
        &self,
        py: Python<'py>,
        event: &Bound<'py, PyAny>,
        late: Option<Text>,
        horizon_days: Option<f64>,
        events_per_finding: Option<Whole>,
        crown_jewel: Option<f64>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let event = Bytes::written(event)?;
        let events_per_finding = events_per_finding.map(Whole::into);
        let delta = watched(py, None, |progress| {
            let how = ask::AssessRequest {
                horizon_days,
                events_per_finding,
                crown_jewel,
                progress,
                ..Default::default()
            };
            self.held(|program| ask::apply(program, event.get(), late.as_deref(), how))
        })?;
        loaded(py, Ok(delta))
    }

    /// The same, with what it changed as JSON.
    ///
    /// >>> ctem.Program().apply_json({"at": "2025-11-13", "what": "time_passed"})[:29]
    /// '{"at":"2025-11-13T00:00:00Z",'
    #[pyo3(signature = (event: "Document | Content", *, late: "str | None" = None) -> "str")]
    fn apply_json(&self, py: Python<'_>, event: &Bound<'_, PyAny>, late: Option<Text>) -> PyResult<String> {
        let event = Bytes::written(event)?;
        watched(py, None, |progress| {
            let how = ask::AssessRequest { progress, ..Default::default() };
            self.held(|program| ask::apply(program, event.get(), late.as_deref(), how))
        })
    }

    /// The courses of all findings that events brought: when each was first seen, by whom, when it went, and when it came back.
    ///
    /// >>> ctem.Program().courses()
    /// []
    #[pyo3(signature = () -> "list[dict]")]
    fn courses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| ask::courses(&self.now()?));
        loaded(py, text)
    }

    /// Takes in what somebody decided about a suggestion: `{"suggestion": …, "asset": …, "accepted": …}`. Accepting it states what it suggests,
    /// as if that had been stated by hand; refusing it, with `"by"` and `"reason"` if wanted, is remembered, and it is not suggested again.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host", "labels": {"internet_facing": "yes"}}]}'))
    /// >>> [(one["suggestion"], one["asset"]) for one in program.assess("2025-11-13").suggested_entry_points()["list"]]
    /// [('internet', 'shop')]
    /// >>> program.decide({"suggestion": "internet", "asset": "shop", "accepted": True})["tally"]["accepted"]
    /// 1
    #[pyo3(signature = (decision: "Document | Content") -> "dict")]
    fn decide<'py>(&self, py: Python<'py>, decision: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let decision = Bytes::written(decision)?;
        let absorbed = py.detach(|| self.held(|program| ask::decide(program, decision.get())));
        loaded(py, absorbed)
    }

    /// Which kinds of check saw which assets, when, and what nobody watches: `{"as_of": …}`, and if wanted `"within_days"`, for how long a look
    /// counts (30 unless said), `"check"`, by which kind the listed assets are not watched (`vulnerability`, `configuration`, `secrets`, `code`,
    /// `identity`, `network`), `"watched_too"` and `"at_most"`. What matters most is listed first.
    ///
    /// >>> ctem.Program().coverage({"as_of": "2025-11-13"})["list"]
    /// []
    #[pyo3(signature = (asked: "CoverageQuestion | Content") -> "dict")]
    fn coverage<'py>(&self, py: Python<'py>, asked: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = py.detach(|| ask::coverage(&self.now()?, asked.get()));
        loaded(py, text)
    }

    /// The same as JSON.
    #[pyo3(signature = (asked: "CoverageQuestion | Content") -> "str")]
    fn coverage_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        py.detach(|| ask::coverage(&self.now()?, asked.get())).map_err(raise)
    }

    /// The decisions to live with something that stand: what each is about, since and until when, who took it and why, and the findings it covers.
    ///
    /// >>> ctem.Program().accepted_risks()
    /// []
    #[pyo3(signature = () -> "list[dict]")]
    fn accepted_risks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| ask::accepted_risks(&self.now()?));
        loaded(py, text)
    }

    /// The reports that came as events: the `id` of each, when, by whom, how many findings it listed, and whether it was `withdrawn`.
    ///
    /// One that should not have come is taken back, as if it never had:
    ///
    /// >>> program = ctem.Program()
    /// >>> import json
    /// >>> report = json.loads(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}').to_json())
    /// >>> _ = program.apply({"at": "2025-11-01", "what": {"absorbed": {"report": report}}})
    /// >>> id = program.reports()[0]["id"]
    /// >>> _ = program.apply({"at": "2025-11-02", "what": {"report_withdrawn": {"report": id, "by": "Ann"}}})
    /// >>> program.reports()[0]["withdrawn"]
    /// {'at': '2025-11-02T00:00:00Z', 'by': 'Ann'}
    #[pyo3(signature = () -> "list[dict]")]
    fn reports<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let text = py.detach(|| ask::reports(&self.now()?));
        loaded(py, text)
    }

    /// What happened, an event a row, in the order in which it happened, as a table of Arrow: when, what, who reported and how much, what it is
    /// about, who says so. It goes back as far as events are kept.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.history()
    /// <ctem.Columns: 1 row of 16 columns>
    #[pyo3(signature = () -> "Columns")]
    fn history(&self, py: Python<'_>) -> PyResult<Columns> {
        py.detach(|| Columns::of(history_in_columns(&self.now()?))).map_err(raise)
    }

    /// How a period went, each number with its sample: `{"from": …, "until": …}`, and if wanted `"promises"`, days by severity, and
    /// `"looked_within_days"`, 30 unless said.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.measures({"from": "2025-11-01", "until": "2025-12-01"})["remediate"]
    /// {'of': 0, 'over': 0, 'mean_of_closed': None, 'median': None, 'median_between': [None, None], 'p90': None, 'p90_between': [None, None]}
    #[pyo3(signature = (asked: "MeasuresQuestion | Content") -> "dict")]
    fn measures<'py>(&self, py: Python<'py>, asked: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = py.detach(|| ask::measures(&self.now()?, asked.get()));
        loaded(py, text)
    }

    /// The same as JSON.
    ///
    /// >>> ctem.Program().measures_json({"from": "2025-11-01", "until": "2025-10-01"})
    /// Traceback (most recent call last):
    /// ctem.errors.InvalidInput: a period from 2025-11-01T00:00:00Z to 2025-10-01T00:00:00Z is none: it must end after it begins   (invalid_input at /until)
    #[pyo3(signature = (asked: "MeasuresQuestion | Content") -> "str")]
    fn measures_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        py.detach(|| ask::measures(&self.now()?, asked.get())).map_err(raise)
    }

    /// What moved the expected loss in a period: `{"from": …, "until": …}`, and if wanted `"horizon_days"` and `"worlds"`. Each cause comes with the amount,
    /// and all amounts add up to what moved in all.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.moved({"from": "2025-11-01", "until": "2025-12-01"})["by"]
    /// []
    #[pyo3(signature = (asked: "MovedQuestion | Content") -> "dict")]
    fn moved<'py>(&self, py: Python<'py>, asked: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = watched(py, None, |progress| ask::moved(&self.now()?, asked.get(), progress))?;
        loaded(py, Ok(text))
    }

    /// The same as JSON.
    #[pyo3(signature = (asked: "MovedQuestion | Content") -> "str")]
    fn moved_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        watched(py, None, |progress| ask::moved(&self.now()?, asked.get(), progress))
    }

    /// The report for leadership, whether a period made things better: `{"from": …, "until": …}`, and if wanted `"title"`, `"promises"`,
    /// `"looked_within_days"`, `"marks"`, `"budget"` (`{"hours": 40}` unless said), `"at_most"`, `"horizon_days"`, `"worlds"`, and `"deadlines"`:
    /// `{"tables": […]}` and, if wanted, `"class"`, `"several_agencies"`, `"likely_from"`, `"calendar"`.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.progress_report({"from": "2025-11-01", "until": "2025-12-01"})["as_of"]
    /// '2025-11-13T00:00:00Z'
    #[pyo3(signature = (asked: "ProgressQuestion | Content") -> "dict")]
    fn progress_report<'py>(
        &self,
        py: Python<'py>,
        asked: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = watched(py, None, |progress| ask::progress_report(&self.now()?, asked.get(), progress))?;
        loaded(py, Ok(text))
    }

    /// The same as JSON.
    #[pyo3(signature = (asked: "ProgressQuestion | Content") -> "str")]
    fn progress_report_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        watched(py, None, |progress| ask::progress_report(&self.now()?, asked.get(), progress))
    }

    /// The same as a page that needs nothing else: no network, no script, no other file.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.progress_report_html({"from": "2025-11-01", "until": "2025-12-01"})[:15]
    /// '<!doctype html>'
    #[pyo3(signature = (asked: "ProgressQuestion | Content") -> "str")]
    fn progress_report_html(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        watched(py, None, |progress| ask::progress_report_html(&self.now()?, asked.get(), progress))
    }

    /// By when what is due, by which table, and why: `{"as_of": …, "tables": […]}`, each the name of a table that is shipped (`cisa_bod_26_04`,
    /// `fedramp_vdr`, `kev`, `ssvc_deployer`, `ssvc_coordinator`) or one of your own, and if wanted `"class"`, `"several_agencies"`, `"likely_from"`,
    /// `"calendar"`, `"tolerated_loss"`, `"horizon_days"` and the rules of actions. Clocks run since the first sight of each finding.
    ///
    /// >>> ctem.Program().deadlines({"as_of": "2025-11-13", "tables": ["kev"]})["list"]
    /// []
    #[pyo3(signature = (asked: "DeadlinesQuestion | Content") -> "dict")]
    fn deadlines<'py>(&self, py: Python<'py>, asked: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = py.detach(|| ask::deadlines(&self.now()?, asked.get()));
        loaded(py, text)
    }

    /// The same as JSON.
    #[pyo3(signature = (asked: "DeadlinesQuestion | Content") -> "str")]
    fn deadlines_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        py.detach(|| ask::deadlines(&self.now()?, asked.get())).map_err(raise)
    }

    /// What FedRAMP wants reported, in the shape of its published schemas: `{"as_of": …, "class": "c", "package_overview": "https://…", "from": …,
    /// "to": …}`, and if wanted `"kind"`: `detail` unless said, `accepted` or `historical`.
    ///
    /// >>> period = {"package_overview": "https://example.com/p", "from": "2025-10-13", "to": "2025-11-13"}
    /// >>> ctem.Program().fedramp_report({"as_of": "2025-11-13", "class": "c", **period})["vulnerabilities"]
    /// []
    #[pyo3(signature = (asked: "FedrampQuestion | Content") -> "dict")]
    fn fedramp_report<'py>(
        &self,
        py: Python<'py>,
        asked: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let text = py.detach(|| ask::fedramp_report(&self.now()?, asked.get()));
        loaded(py, text)
    }

    /// The same as JSON.
    #[pyo3(signature = (asked: "FedrampQuestion | Content") -> "str")]
    fn fedramp_report_json(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<String> {
        let asked = Bytes::written(asked)?;
        py.detach(|| ask::fedramp_report(&self.now()?, asked.get())).map_err(raise)
    }

    /// How things stood at moments: risk, exposures, and attack paths that are new, back or gone since the moment before.
    ///
    /// >>> ctem.Program().trend([])
    /// []
    #[pyo3(signature = (moments: "Sequence[Moment]", *, horizon_days: "float | None" = None) -> "list[dict]")]
    fn trend<'py>(
        &self,
        py: Python<'py>,
        moments: Moments,
        horizon_days: Option<f64>,
    ) -> PyResult<Bound<'py, PyList>> {
        loaded(py, Ok(self.trend_json(py, moments, horizon_days)?))
    }

    /// The same as JSON.
    ///
    /// >>> ctem.Program().trend_json([])
    /// '[]'
    #[pyo3(signature = (moments: "Sequence[Moment]", *, horizon_days: "float | None" = None) -> "str")]
    fn trend_json(&self, py: Python<'_>, moments: Moments, horizon_days: Option<f64>) -> PyResult<String> {
        watched(py, None, |progress| {
            let how = ask::AssessRequest { horizon_days, progress, ..Default::default() };
            ask::trend(&self.now()?, &moments.texts(), how)
        })
    }

    /// The program as it was at a moment, to the bit.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.apply({"at": "2025-11-13", "what": "time_passed"})
    /// >>> program.at("2025-11-13").environment_json()
    /// '{"ctem":{"version":2}}'
    #[pyo3(signature = (moment: "Moment") -> "Program")]
    fn at(&self, py: Python<'_>, moment: Moment) -> PyResult<Self> {
        let then = watched(py, None, |progress| ask::at_with(&self.now()?, &moment, progress));
        then.map(|program| Self(Mutex::new(program)))
    }

    /// Makes one state of what happened until a moment, and says how many events that were. What has been gone since before
    /// `forget_gone_before` is forgotten.
    ///
    /// >>> ctem.Program().compact("2025-11-13")
    /// 0
    #[pyo3(signature = (replay_from: "Moment", *, forget_gone_before: "Moment | None" = None) -> "int")]
    fn compact(
        &self,
        py: Python<'_>,
        replay_from: Moment,
        forget_gone_before: Option<Moment>,
    ) -> PyResult<usize> {
        watched(py, None, |progress| {
            let forget = forget_gone_before.as_deref();
            self.held(|program| ask::compact_with(program, &replay_from, forget, progress))
        })
    }

    /// Erases persons, identities and assets from state and history: `{"names": […]}`, each an id of an asset or an owner, another of its names,
    /// or the name of a person as it stands in texts. Pseudonyms stand in their place afterwards, made with a `key` of 32 bytes that nobody else
    /// knows, and the history still replays. What stands in their place comes back.
    ///
    /// >>> program = ctem.Program()
    /// >>> _ = program.absorb(ctem.read('{"ctem": {"version": 2}, "assets": [{"id": "laptop-7", "kind": "host"}]}'))
    /// >>> erased = program.erase({"names": ["laptop-7"]}, bytes(range(32)))
    /// >>> [(thing["pseudonym"], thing["names"]) for thing in erased["things"]]
    /// [('erased-1ceee8030475677b', 1)]
    /// >>> "laptop-7" in program.document()
    /// False
    #[pyo3(signature = (asked: "Document", key: "bytes") -> "dict")]
    fn erase<'py>(
        &self,
        py: Python<'py>,
        asked: &Bound<'py, PyAny>,
        key: PyBackedBytes,
    ) -> PyResult<Bound<'py, PyDict>> {
        let asked = Bytes::written(asked)?;
        let erased = py.detach(|| self.held(|program| ask::erase(program, asked.get(), &key)));
        loaded(py, erased)
    }

    /// The program with its history as a JSON document, which `Program.read` makes the same program of.
    ///
    /// >>> document = ctem.Program().document()
    /// >>> ctem.Program.read(document).document() == document
    /// True
    fn document(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.now()?.document()).map_err(raise)
    }

    /// The program of a document that `document` wrote, with the table of effects it had, if it had one of its own.
    ///
    /// >>> ctem.Program.read('{"ctem_program": {"version": 9}}')
    /// Traceback (most recent call last):
    /// ctem.errors.UnsupportedVersion: the program is written in version 9, and versions up to 2 are read: use the version of the engine that wrote it   (unsupported_version at /ctem_program/version)
    ///
    /// `progress` is called now and then with how many records were put together; how often that is shows only on the way. By returning
    /// `False` it ends the call with `ctem.Cancelled`. What it raises is raised.
    #[staticmethod]
    #[pyo3(signature = (
        document: "Content",
        effects: "Content | None" = None,
        *,
        progress: "Callable[[int, int], object] | None" = None
    ) -> "Program")]
    fn read(
        py: Python<'_>,
        document: &Bound<'_, PyAny>,
        effects: Option<&Bound<'_, PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let (document, effects) = (Bytes::of(document)?, effects.map(Bytes::of).transpose()?);
        let effects = effects.as_ref().map(Bytes::get);
        let read =
            watched(py, progress.as_ref(), |asked| ask::read_program_with(document.get(), effects, asked));
        read.map(|program| Self(Mutex::new(program)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| Ok(format!("<ctem.Program of {}>", self.now()?))).map_err(raise)
    }

    /// A program that knows the same, and goes on by itself.
    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        let now = py.detach(|| self.now()).map_err(raise)?;
        Ok(Self(Mutex::new(now)))
    }

    #[pyo3(signature = (_memo: "object") -> "Program")]
    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.__copy__(py)
    }

    /// Its document, which `read` makes the same program of, with its own table of effects where it has one.
    #[pyo3(signature = () -> "tuple[object, tuple[str, str | None]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Kept)> {
        let now = py.detach(|| self.now()).map_err(raise)?;
        let effects = now.intel().effects.own().map(str::to_owned);
        Ok((py.import("ctem._ctem")?.getattr("_program")?, (self.document(py)?, effects)))
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
        let text = py.detach(|| wire::json(&self.now()?.unknown_rules()));
        loaded(py, text)
    }

    /// What is known of the organisation, as a native document to be read again.
    ///
    /// >>> ctem.Program().environment_json()
    /// '{"ctem":{"version":2}}'
    fn environment_json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| Ok(wire::environment(self.now()?.environment()))).map_err(raise)
    }
}

/// A program's document, and its own table of effects.
type Kept = (String, Option<String>);

/// The program of such a document.
#[pyfunction]
pub(crate) fn _program(
    py: Python<'_>,
    document: &Bound<'_, PyAny>,
    effects: Option<&Bound<'_, PyAny>>,
) -> PyResult<Program> {
    Program::read(py, document, effects, None)
}

impl Program {
    /// The program as it is now; a clone shares what it knows.
    fn now(&self) -> ctem_core::Result<ctem_core::Program> {
        self.held(|program| Ok(program.clone()))
    }

    /// Does something with the program, while nobody forks.
    fn held<T>(
        &self,
        work: impl FnOnce(&mut ctem_core::Program) -> ctem_core::Result<T>,
    ) -> ctem_core::Result<T> {
        let address = std::ptr::from_ref(self).addr();
        held(address, || work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)))?
    }

    fn take(&self, py: Python<'_>, report: &Report, progress: Option<&Py<PyAny>>) -> PyResult<String> {
        watched(py, progress, |progress| {
            let report = report.0.clone();
            wire::json(&self.held(|program| program.absorb_with(report, AbsorbOptions { progress }))?)
        })
    }
}
