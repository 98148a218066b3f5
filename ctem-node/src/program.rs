use crate::{
    answer::OnProgress,
    columns::{Columns, Laid},
    discover::Report,
    intel::Intel,
    prioritize::Assessment,
    work::{Bytes, Given, done, text},
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    discover::AbsorbOptions,
    render::history_in_columns,
    wire::{
        self,
        ask::{self, AssessRequest, Count},
    },
};
use napi::{Env, Result, bindgen_prelude::Uint8Array};
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

    /// Changes the program once nobody else does: in place, or, `off` the event loop, a copy that then takes the program's place: meanwhile the
    /// event loop sees what was known before, and waits for nothing.
    fn change<T>(
        &self,
        off: bool,
        change: impl FnOnce(&mut ctem_core::Program) -> ctem_core::Result<T>,
    ) -> ctem_core::Result<T> {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if !off {
            return change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
        }
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
    pub fn absorb<'env>(
        &self,
        env: &'env Env,
        report: &Report,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let (known, later, report) = (Arc::clone(&self.0), off.is_some(), Arc::clone(&report.0));
        text(env, off, move |progress| {
            let (report, how) = (Arc::unwrap_or_clone(report), AbsorbOptions { progress });
            known.change(later, |program| wire::json(&program.absorb_with(report, how)?))
        })
    }

    /// Assesses what is known as of a moment.
    #[napi]
    pub fn assess<'env>(
        &self,
        env: &'env Env,
        as_of: String,
        options: AssessOptions,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, Assessment>> {
        let (program, how) = (self.now(), How::of(options, off.as_ref()));
        let work = move |progress: CoreProgress<'_>| ask::assess(&program, &as_of, how.request(progress));
        done(env, off, work, |made| Assessment(Arc::new(made)))
    }

    /// Takes an event in; what it changed comes back.
    #[napi]
    pub fn apply<'env>(
        &self,
        env: &'env Env,
        event: String,
        late: Option<String>,
        options: AssessOptions,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let (known, later, how) = (Arc::clone(&self.0), off.is_some(), How::of(options, off.as_ref()));
        text(env, off, move |progress| {
            let how = how.request(progress);
            known.change(later, |program| ask::apply(program, event.as_bytes(), late.as_deref(), how))
        })
    }

    /// The courses of all findings that events brought.
    #[napi]
    pub fn courses<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::courses(&program))
    }

    /// Takes in what somebody decided about a suggestion; what became of its records comes back.
    #[napi]
    pub fn decide<'env>(
        &self,
        env: &'env Env,
        decision: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let (known, later) = (Arc::clone(&self.0), off.is_some());
        text(env, off, move |_| known.change(later, |program| ask::decide(program, decision.as_bytes())))
    }

    /// What is watched.
    #[napi]
    pub fn coverage<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::coverage(&program, asked.as_bytes()))
    }

    /// The decisions to live with something that stand.
    #[napi]
    pub fn accepted_risks<'env>(
        &self,
        env: &'env Env,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::accepted_risks(&program))
    }

    /// The reports that came as events.
    #[napi]
    pub fn reports<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::reports(&program))
    }

    /// What happened, in columns.
    #[napi]
    pub fn history<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, Columns>> {
        let program = self.now();
        done(env, off, move |_| Laid::of(history_in_columns(&program)), Columns::from)
    }

    /// How a period went.
    #[napi]
    pub fn measures<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::measures(&program, asked.as_bytes()))
    }

    /// What moved the expected loss in a period.
    #[napi]
    pub fn moved<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |progress| ask::moved(&program, asked.as_bytes(), progress))
    }

    /// The report for leadership.
    #[napi]
    pub fn progress_report<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |progress| ask::progress_report(&program, asked.as_bytes(), progress))
    }

    /// The same as a page.
    #[napi]
    pub fn progress_report_html<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |progress| ask::progress_report_html(&program, asked.as_bytes(), progress))
    }

    /// By when what is due.
    #[napi]
    pub fn deadlines<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::deadlines(&program, asked.as_bytes()))
    }

    /// What FedRAMP wants reported.
    #[napi]
    pub fn fedramp_report<'env>(
        &self,
        env: &'env Env,
        asked: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| ask::fedramp_report(&program, asked.as_bytes()))
    }

    /// How things stood at moments.
    #[napi]
    pub fn trend<'env>(
        &self,
        env: &'env Env,
        moments: Vec<String>,
        horizon_days: Option<f64>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |progress| {
            let moments: Vec<&str> = moments.iter().map(String::as_str).collect();
            ask::trend(
                &program,
                &moments,
                AssessRequest { horizon_days, progress, ..AssessRequest::default() },
            )
        })
    }

    /// The program as it was at a moment.
    #[napi]
    pub fn at<'env>(
        &self,
        env: &'env Env,
        moment: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, Program>> {
        let program = self.now();
        done(env, off, move |_| ask::at(&program, &moment), Self::from)
    }

    /// Makes one state of what happened until a moment.
    #[napi]
    pub fn compact<'env>(
        &self,
        env: &'env Env,
        replay_from: String,
        forget_gone_before: Option<String>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, u32>> {
        let (known, later) = (Arc::clone(&self.0), off.is_some());
        let work = move |_: CoreProgress<'_>| {
            known.change(later, |program| ask::compact(program, &replay_from, forget_gone_before.as_deref()))
        };
        done(env, off, work, |dropped| u32::try_from(dropped).unwrap_or(u32::MAX))
    }

    /// Erases persons, identities and assets; what stands in their place comes back.
    #[napi]
    pub fn erase<'env>(
        &self,
        env: &'env Env,
        asked: String,
        key: Uint8Array,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let (known, later, key) = (Arc::clone(&self.0), off.is_some(), Bytes::of(key, off.as_ref()));
        text(env, off, move |_| known.change(later, |program| ask::erase(program, asked.as_bytes(), &key)))
    }

    /// The program with its history as a document.
    #[napi]
    pub fn document<'env>(&self, env: &'env Env, off: Option<OnProgress>) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| program.document())
    }

    /// The program of such a document.
    #[napi]
    pub fn read<'env>(
        env: &'env Env,
        document: String,
        effects: Option<Uint8Array>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, Program>> {
        let effects = Bytes::given(effects, off.as_ref());
        let work = move |progress: CoreProgress<'_>| {
            ask::read_program_with(document.as_bytes(), effects.as_deref(), progress)
        };
        done(env, off, work, Self::from)
    }

    /// The rules whose findings no table of effects decides.
    #[napi]
    pub fn unknown_rules<'env>(
        &self,
        env: &'env Env,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| wire::json(&program.unknown_rules()))
    }

    /// What it is, on one line.
    #[napi]
    pub fn words(&self) -> String {
        format!("of {}", self.now())
    }

    /// What is known of the organisation.
    #[napi]
    pub fn environment_json<'env>(
        &self,
        env: &'env Env,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let program = self.now();
        text(env, off, move |_| Ok(wire::environment(program.environment())))
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

/// The same, to be kept while it is made.
struct How {
    options: AssessOptions,
    baseline: Option<Bytes>,
    profile: Option<Bytes>,
}

impl How {
    fn of(mut options: AssessOptions, off: Option<&OnProgress>) -> Self {
        let baseline = Bytes::given(options.baseline.take(), off);
        let profile = Bytes::given(options.profile.take(), off);
        Self { options, baseline, profile }
    }

    fn request<'a>(&'a self, progress: CoreProgress<'a>) -> AssessRequest<'a> {
        AssessRequest {
            horizon_days: self.options.horizon_days,
            events_per_finding: self.options.events_per_finding.map(Count::from),
            crown_jewel: self.options.crown_jewel,
            baseline: self.baseline.as_deref(),
            profile: self.profile.as_deref(),
            progress,
        }
    }
}
