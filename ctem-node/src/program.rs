use crate::{discover::Report, error::raise, intel::Intel, prioritize::Assessment};
use ctem_core::wire::{self, ask};
use napi::{Env, Result, Task, bindgen_prelude::AsyncTask};
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
        wire::text(&program.absorb(report.0.clone())).map_err(raise)
    }

    /// Assesses what is known as of a moment.
    #[napi]
    pub fn assess(
        &self,
        as_of: String,
        horizon_days: Option<f64>,
        events_per_finding: Option<f64>,
    ) -> Result<Assessment> {
        let how = ask::Assess { horizon_days, events_per_finding };
        ask::assess(&self.now(), &as_of, how).map(|made| Assessment(Arc::new(made))).map_err(raise)
    }

    /// The same, off the event loop, of what is known now.
    #[napi]
    pub fn assess_async(
        &self,
        as_of: String,
        horizon_days: Option<f64>,
        events_per_finding: Option<f64>,
    ) -> AsyncTask<Assessing> {
        let how = ask::Assess { horizon_days, events_per_finding };
        AsyncTask::new(Assessing { program: self.now(), as_of, how })
    }

    /// What is known of the organisation.
    #[napi]
    pub fn environment_json(&self) -> Result<String> {
        wire::environment(self.now().environment()).map_err(raise)
    }
}

impl Program {
    /// The program as it is now; a clone shares what it knows.
    fn now(&self) -> ctem_core::Program {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An assessment that is being made.
pub struct Assessing {
    program: ctem_core::Program,
    as_of: String,
    how: ask::Assess,
}

impl Task for Assessing {
    type Output = ctem_core::Assessment;
    type JsValue = Assessment;

    fn compute(&mut self) -> Result<ctem_core::Assessment> {
        ask::assess(&self.program, &self.as_of, self.how).map_err(raise)
    }

    fn resolve(&mut self, _: Env, assessment: ctem_core::Assessment) -> Result<Assessment> {
        Ok(Assessment(Arc::new(assessment)))
    }
}
