use crate::{
    answer::OnProgress,
    discover::Report,
    error::raise,
    intel::Intel,
    prioritize::Assessment,
    work::{later, told_later},
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    wire::{
        self,
        ask::{self, AssessRequest, Count},
    },
};
use napi::{
    Env, Result,
    bindgen_prelude::{PromiseRaw, Uint8Array},
};
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};

/// What is known of an organisation, and of the world.
#[napi]
// Shared, since it may still be changed when the object is gone.
pub struct Program(Arc<Known>);

/// What is known, and whose turn it is to change it.
#[derive(Default)]
struct Known {
    now: Mutex<ctem_core::Program>,
    changing: Mutex<()>,
}

impl Known {
    /// The program as it is now; a clone shares what it knows.
    fn now(&self) -> ctem_core::Program {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the program in place, once nobody else does.
    fn change<T>(&self, change: impl FnOnce(&mut ctem_core::Program) -> T) -> T {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes a copy, which then takes the program's place: meanwhile the event loop sees what was known before, and waits for nothing.
    fn change_later<T>(
        &self,
        change: impl FnOnce(&mut ctem_core::Program) -> ctem_core::Result<T>,
    ) -> ctem_core::Result<T> {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = self.now();
        let changed = change(&mut next)?;
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(changed)
    }
}

impl From<ctem_core::Program> for Program {
    fn from(program: ctem_core::Program) -> Self {
        Self(Arc::new(Known { now: Mutex::new(program), changing: Mutex::default() }))
    }
}

#[napi]
impl Program {
    /// A program that knows nothing of the organisation yet.
    #[napi(constructor)]
    pub fn new(intel: Option<&Intel>) -> Self {
        ctem_core::Program::new(Intel::or_none(intel)).into()
    }

    /// Takes a report in; what became of its records comes back.
    #[napi]
    pub fn absorb(&self, report: &Report) -> Result<String> {
        let report = report.0.clone();
        wire::json(&self.0.change(|program| program.absorb(report))).map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn absorb_async<'env>(&self, env: &'env Env, report: &Report) -> Result<PromiseRaw<'env, String>> {
        let (known, report) = (Arc::clone(&self.0), report.0.clone());
        told_later(env, None, move |_| known.change_later(|program| wire::json(&program.absorb(report))))
    }

    /// Assesses what is known as of a moment.
    #[napi]
    pub fn assess(&self, as_of: String, options: AssessOptions) -> Result<Assessment> {
        let how = options.asked(options.baseline.as_deref(), options.profile.as_deref());
        let made = ask::assess(&self.now(), &as_of, how);
        made.map(|made| Assessment(Arc::new(made))).map_err(raise)
    }

    /// The same, off the event loop, of what is known now.
    #[napi]
    pub fn assess_async<'env>(
        &self,
        env: &'env Env,
        as_of: String,
        mut options: AssessOptions,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, Assessment>> {
        let program = self.now();
        // A copy, since the caller may write to it meanwhile.
        let baseline = options.baseline.take().map(|baseline| baseline.to_vec());
        let profile = options.profile.take().map(|profile| profile.to_vec());
        let work = move |progress: CoreProgress<'_>| {
            let how = options.asked(baseline.as_deref(), profile.as_deref());
            ask::assess(&program, &as_of, AssessRequest { progress, ..how })
        };
        later(env, progress, work, |made| Assessment(Arc::new(made)))
    }

    /// Takes an event in; what it changed comes back.
    #[napi]
    pub fn apply(
        &self,
        event: String,
        late: Option<String>,
        horizon_days: Option<f64>,
        events_per_finding: Option<f64>,
        crown_jewel: Option<f64>,
    ) -> Result<String> {
        let events_per_finding = events_per_finding.map(Count::from);
        let how = AssessRequest { horizon_days, events_per_finding, crown_jewel, ..Default::default() };
        self.0.change(|program| ask::apply(program, event.as_bytes(), late.as_deref(), how)).map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    #[allow(clippy::too_many_arguments, reason = "one for each option of the call")]
    pub fn apply_async<'env>(
        &self,
        env: &'env Env,
        event: String,
        late: Option<String>,
        horizon_days: Option<f64>,
        events_per_finding: Option<f64>,
        crown_jewel: Option<f64>,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, String>> {
        let known = Arc::clone(&self.0);
        told_later(env, progress, move |progress| {
            let events_per_finding = events_per_finding.map(Count::from);
            let how = AssessRequest {
                horizon_days,
                events_per_finding,
                crown_jewel,
                progress,
                ..AssessRequest::default()
            };
            known.change_later(|program| ask::apply(program, event.as_bytes(), late.as_deref(), how))
        })
    }

    /// The courses of all findings that events brought.
    #[napi]
    pub fn courses(&self) -> Result<String> {
        ask::courses(&self.now()).map_err(raise)
    }

    /// Takes in what somebody decided about a suggestion; what became of its records comes back.
    #[napi]
    pub fn decide(&self, decision: String) -> Result<String> {
        self.0.change(|program| ask::decide(program, decision.as_bytes())).map_err(raise)
    }

    /// What is watched.
    #[napi]
    pub fn coverage(&self, asked: String) -> Result<String> {
        ask::coverage(&self.now(), asked.as_bytes()).map_err(raise)
    }

    /// The decisions to live with something that stand.
    #[napi]
    pub fn accepted_risks(&self) -> Result<String> {
        ask::accepted_risks(&self.now()).map_err(raise)
    }

    /// The reports that came as events.
    #[napi]
    pub fn reports(&self) -> Result<String> {
        ask::reports(&self.now()).map_err(raise)
    }

    /// How a period went.
    #[napi]
    pub fn measures(&self, asked: String) -> Result<String> {
        ask::measures(&self.now(), asked.as_bytes()).map_err(raise)
    }

    /// What moved the expected loss in a period.
    #[napi]
    pub fn moved(&self, asked: String) -> Result<String> {
        ask::moved(&self.now(), asked.as_bytes(), CoreProgress::default()).map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn moved_async<'env>(
        &self,
        env: &'env Env,
        asked: String,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, String>> {
        let program = self.now();
        told_later(env, progress, move |progress| ask::moved(&program, asked.as_bytes(), progress))
    }

    /// The report for leadership.
    #[napi]
    pub fn progress_report(&self, asked: String) -> Result<String> {
        ask::progress_report(&self.now(), asked.as_bytes(), CoreProgress::default()).map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn progress_report_async<'env>(
        &self,
        env: &'env Env,
        asked: String,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, String>> {
        let program = self.now();
        told_later(env, progress, move |progress| ask::progress_report(&program, asked.as_bytes(), progress))
    }

    /// The same as a page.
    #[napi]
    pub fn progress_report_html(&self, asked: String) -> Result<String> {
        ask::progress_report_html(&self.now(), asked.as_bytes(), CoreProgress::default()).map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn progress_report_html_async<'env>(
        &self,
        env: &'env Env,
        asked: String,
        progress: Option<OnProgress>,
    ) -> Result<PromiseRaw<'env, String>> {
        let program = self.now();
        told_later(env, progress, move |progress| {
            ask::progress_report_html(&program, asked.as_bytes(), progress)
        })
    }

    /// By when what is due.
    #[napi]
    pub fn deadlines(&self, asked: String) -> Result<String> {
        ask::deadlines(&self.now(), asked.as_bytes()).map_err(raise)
    }

    /// What FedRAMP wants reported.
    #[napi]
    pub fn fedramp_report(&self, asked: String) -> Result<String> {
        ask::fedramp_report(&self.now(), asked.as_bytes()).map_err(raise)
    }

    /// How things stood at moments.
    #[napi]
    pub fn trend(&self, moments: Vec<String>, horizon_days: Option<f64>) -> Result<String> {
        let moments: Vec<&str> = moments.iter().map(String::as_str).collect();
        let how = AssessRequest { horizon_days, ..Default::default() };
        ask::trend(&self.now(), &moments, how).map_err(raise)
    }

    /// The program as it was at a moment.
    #[napi]
    pub fn at(&self, moment: String) -> Result<Self> {
        ask::at(&self.now(), &moment).map(Self::from).map_err(raise)
    }

    /// Makes one state of what happened until a moment.
    #[napi]
    pub fn compact(&self, replay_from: String, forget_gone_before: Option<String>) -> Result<u32> {
        let dropped = self
            .0
            .change(|program| ask::compact(program, &replay_from, forget_gone_before.as_deref()))
            .map_err(raise)?;
        Ok(u32::try_from(dropped).unwrap_or(u32::MAX))
    }

    /// The program with its history as a document.
    #[napi]
    pub fn document(&self) -> Result<String> {
        self.now().document().map_err(raise)
    }

    /// The same, off the event loop.
    #[napi]
    pub fn document_async<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, String>> {
        let program = self.now();
        told_later(env, None, move |_| program.document())
    }

    /// The program of such a document.
    #[napi(factory)]
    pub fn read(document: String, effects: Option<Uint8Array>) -> Result<Self> {
        let read = ask::read_program(document.as_bytes(), effects.as_deref());
        read.map(Self::from).map_err(raise)
    }

    /// The rules whose findings no table of effects decides.
    #[napi]
    pub fn unknown_rules(&self) -> Result<String> {
        wire::json(&self.now().unknown_rules()).map_err(raise)
    }

    /// What is known of the organisation.
    #[napi]
    pub fn environment_json(&self) -> String {
        wire::environment(self.now().environment())
    }
}

impl Program {
    /// The program as it is now; a clone shares what it knows.
    fn now(&self) -> ctem_core::Program {
        self.0.now()
    }
}

/// How an assessment is made.
#[napi(object)]
pub struct AssessOptions {
    pub horizon_days: Option<f64>,
    pub events_per_finding: Option<f64>,
    pub crown_jewel: Option<f64>,
    pub baseline: Option<Uint8Array>,
    pub profile: Option<Uint8Array>,
}

impl AssessOptions {
    fn asked<'a>(&self, baseline: Option<&'a [u8]>, profile: Option<&'a [u8]>) -> AssessRequest<'a> {
        AssessRequest {
            horizon_days: self.horizon_days,
            events_per_finding: self.events_per_finding.map(Count::from),
            crown_jewel: self.crown_jewel,
            baseline,
            profile,
            ..AssessRequest::default()
        }
    }
}
