//! Answers off the event loop, with progress.

use ctem_core::{
    Assessment, Result,
    attack::{OnProgress as CoreProgress, Progress},
    wire::ask::{self, Question},
};
use napi::{
    Status,
    bindgen_prelude::FnArgs,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// A caller's `onProgress`: told what is done and of how much; whether to go on comes back.
pub type OnProgress = ThreadsafeFunction<FnArgs<(f64, f64)>, bool, FnArgs<(f64, f64)>, Status, false>;

/// So long between two calls of the caller.
const PAUSE: Duration = Duration::from_millis(50);

/// The answer to a question.
pub(crate) fn answer(assessment: &Assessment, question: &str, progress: CoreProgress<'_>) -> Result<String> {
    ask::answer(assessment, &Question::read(question.as_bytes())?, progress)
}

/// Whom to tell, and what they said.
pub(crate) struct Told {
    progress: OnProgress,
    last: Mutex<Option<Instant>>,
    stopped: Arc<AtomicBool>,
}

impl Told {
    pub(crate) fn new(progress: OnProgress) -> Self {
        Self { progress, last: Mutex::default(), stopped: Arc::default() }
    }

    /// Tells the caller, unless it was told just now, and goes on meanwhile until it has said no.
    pub(crate) fn go_on(&self, Progress { done, of, .. }: Progress) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|told| told.elapsed() >= PAUSE) {
            *last = Some(Instant::now());
            let stopped = Arc::clone(&self.stopped);
            let arguments = FnArgs::from((done as f64, of as f64));
            self.progress.call_with_return_value(
                arguments,
                ThreadsafeFunctionCallMode::NonBlocking,
                move |goes_on, _| {
                    if !goes_on.unwrap_or(false) {
                        stopped.store(true, Ordering::Relaxed);
                    }
                    Ok(())
                },
            );
        }
        !self.stopped.load(Ordering::Relaxed)
    }
}
