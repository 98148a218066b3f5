//! Long work: who is told how far it is, and who may end it.

use crate::error::raise;
use ctem_core::{
    Result,
    attack::{OnProgress, Progress},
};
use pyo3::prelude::*;
use std::{
    sync::{Mutex, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

/// So long between two calls of Python.
const PAUSE: Duration = Duration::from_millis(50);

/// A caller's `progress`, if there is one.
pub(crate) struct Told<'a> {
    progress: Option<&'a Py<PyAny>>,
    /// The thread that waits: signals come to it alone, and callables expect to be called on it.
    thread: ThreadId,
    now: Mutex<Now>,
}

/// Does long work without Python, which a caller's `progress` or a signal may end: then what they raised is raised.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(OnProgress<'_>) -> Result<T> + Send,
) -> PyResult<T> {
    let told = Told::new(progress);
    let ask = |progress| told.go_on(progress);
    let done = py.detach(|| work(OnProgress::new(&ask)));
    told.raised()?;
    done.map_err(raise)
}

#[derive(Default)]
struct Now {
    told: Option<Instant>,
    raised: Option<PyErr>,
}

impl<'a> Told<'a> {
    pub(crate) fn new(progress: Option<&'a Py<PyAny>>) -> Self {
        Self { progress, thread: thread::current().id(), now: Mutex::default() }
    }

    /// Tells the caller, unless it was told just now. Whether to go on comes back: not when the caller says `False` or raises,
    /// nor when somebody interrupts the program.
    pub(crate) fn go_on(&self, Progress { done, of, .. }: Progress) -> bool {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.raised.is_some() {
            return false;
        }
        let elsewhere = thread::current().id() != self.thread;
        if elsewhere || now.told.is_some_and(|told| told.elapsed() < PAUSE) {
            return true;
        }
        let said = Python::attach(|py| {
            py.check_signals()?;
            let Some(progress) = self.progress else { return Ok(true) };
            // Only `False` ends it: a callable that returns nothing just looks on.
            progress.call1(py, (done, of)).map(|said| !said.bind(py).is(pyo3::types::PyBool::new(py, false)))
        });
        now.told = Some(Instant::now());
        said.unwrap_or_else(|error| {
            now.raised = Some(error);
            false
        })
    }

    /// What the caller raised.
    pub(crate) fn raised(self) -> PyResult<()> {
        let now = self.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        now.raised.map_or(Ok(()), Err)
    }
}
