use crate::{
    answer::{OnProgress, Told},
    discover::Report,
    error::raise,
    intel::Intel,
    prioritize::Assessment,
    work::begun,
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    wire::{
        self,
        ask::{self, AssessRequest, Count},
    },
};
use napi::{
    Env, Result, Task,
    bindgen_prelude::{PromiseRaw, Uint8Array},
};
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};

/// What is known of an organisation, and of the world.
// Locked, since napi lends the object to a task until it is done, and reports may come in meanwhile.
#[napi]
pub struct Program(Mutex<ctem_core::Program>);

#[napi]
impl Program {
    /// A program that knows nothing of the organisation yet.
    #[napi(constructor)]
    pub fn new(intel: Option<&Intel>) -> Self {
        Self(Mutex::new(ctem_core::Program::new(Intel::or_none(intel))))
    }

    /// Takes a report in; what became of its records comes back.
    #[napi]
    pub fn absorb(&self, report: &Report) -> Result<String> {
        let mut program = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wire::json(&program.absorb(report.0.clone())).map_err(raise)
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
        let (program, told) = (self.now(), Told::new(progress));
        // A copy, since the caller may write to it meanwhile.
        let baseline = options.baseline.take().map(|baseline| baseline.to_vec());
        let profile = options.profile.take().map(|profile| profile.to_vec());
        begun(env, Assessing { program, as_of, options, baseline, profile, told })
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
        let mut program = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ask::apply(&mut program, event.as_bytes(), late.as_deref(), how).map_err(raise)
    }

    /// The courses of all findings that events brought.
    #[napi]
    pub fn courses(&self) -> Result<String> {
        ask::courses(&self.now()).map_err(raise)
    }

    /// Takes in what somebody decided about a suggestion; what became of its records comes back.
    #[napi]
    pub fn decide(&self, decision: String) -> Result<String> {
        let mut program = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ask::decide(&mut program, decision.as_bytes()).map_err(raise)
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

    /// The report for leadership.
    #[napi]
    pub fn progress_report(&self, asked: String) -> Result<String> {
        ask::progress_report(&self.now(), asked.as_bytes(), CoreProgress::default()).map_err(raise)
    }

    /// The same as a page.
    #[napi]
    pub fn progress_report_html(&self, asked: String) -> Result<String> {
        ask::progress_report_html(&self.now(), asked.as_bytes(), CoreProgress::default()).map_err(raise)
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
        ask::at(&self.now(), &moment).map(|program| Self(Mutex::new(program))).map_err(raise)
    }

    /// Makes one state of what happened until a moment.
    #[napi]
    pub fn compact(&self, replay_from: String, forget_gone_before: Option<String>) -> Result<u32> {
        let mut program = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped =
            ask::compact(&mut program, &replay_from, forget_gone_before.as_deref()).map_err(raise)?;
        Ok(u32::try_from(dropped).unwrap_or(u32::MAX))
    }

    /// The program with its history as a document.
    #[napi]
    pub fn document(&self) -> Result<String> {
        self.now().document().map_err(raise)
    }

    /// The program of such a document.
    #[napi(factory)]
    pub fn read(document: String, effects: Option<Uint8Array>) -> Result<Self> {
        let read = ask::read_program(document.as_bytes(), effects.as_deref());
        read.map(|program| Self(Mutex::new(program))).map_err(raise)
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

/// An assessment that is being made.
pub struct Assessing {
    program: ctem_core::Program,
    as_of: String,
    options: AssessOptions,
    baseline: Option<Vec<u8>>,
    profile: Option<Vec<u8>>,
    told: Told,
}

impl Task for Assessing {
    type Output = ctem_core::Assessment;
    type JsValue = Assessment;

    fn compute(&mut self) -> Result<ctem_core::Assessment> {
        let ask = |progress| self.told.go_on(progress);
        let how = AssessRequest {
            progress: CoreProgress::new(&ask),
            ..self.options.asked(self.baseline.as_deref(), self.profile.as_deref())
        };
        ask::assess(&self.program, &self.as_of, how).map_err(raise)
    }

    fn resolve(&mut self, _: Env, assessment: ctem_core::Assessment) -> Result<Assessment> {
        Ok(Assessment(Arc::new(assessment)))
    }
}
