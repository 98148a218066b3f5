//! Asking on the way whether to go on, where work is many short turns.

use super::{OnProgress, Progress};
use crate::error::{Error, ErrorKind, Result};
use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

/// Who is asked between the turns of long work, and whether the answer was no.
///
/// Once it was, turns do nothing more, and what is there by then is in part. Whoever began the work asks [`Asking::ended`] before it is
/// used: so the work itself is written as if nobody ended it.
pub(crate) struct Asking<'a> {
    progress: OnProgress<'a>,
    of: u64,
    done: Cell<u64>,
    turns: Cell<u32>,
    stopped: Cell<bool>,
}

/// Whoever may end it is asked once in so many turns: a record takes some microseconds, and rarely one more than a tenth of a millisecond.
const EVERY: u32 = 256;

impl<'a> Asking<'a> {
    /// Asks while so many things are done.
    pub(crate) fn new(progress: OnProgress<'a>, of: usize) -> Self {
        let (done, turns, stopped) = Default::default();
        Self { progress, of: of as u64, done, turns, stopped }
    }

    /// Does one turn that is long and asks on the way itself. What it gives where it was ended is in part.
    pub(crate) fn within<T>(&self, turn: impl FnOnce(OnProgress<'_>) -> T) -> T {
        let stopped = AtomicBool::new(self.stopped.get());
        let done = turn(OnProgress::new(&latch(self.progress, &stopped)));
        self.stopped.set(stopped.into_inner());
        done
    }

    /// Nobody is asked, and the work goes on to its end.
    pub(crate) fn nobody() -> Self {
        Self::new(OnProgress::default(), 0)
    }

    /// Whether to go on with one more turn, now and then by asking.
    pub(crate) fn goes_on(&self) -> bool {
        self.turns.set(self.turns.get() + 1);
        if self.turns.get() >= EVERY { self.goes_on_now() } else { !self.stopped.get() }
    }

    /// The same, by asking at once: before work that is one long turn.
    pub(crate) fn goes_on_now(&self) -> bool {
        self.turns.set(0);
        let done = self.done.get();
        if !self.stopped.get() && !self.progress.goes_on(done, self.of.max(done)) {
            self.stopped.set(true);
        }
        !self.stopped.get()
    }

    /// One more thing is done.
    pub(crate) fn did_one(&self) {
        self.done.set(self.done.get() + 1);
    }

    /// Whether the work ended before it was done, as an error: `what` was ended, after so many `things`.
    pub(crate) fn ended(&self, what: &str, things: &str) -> Result<()> {
        if !self.stopped.get() {
            return Ok(());
        }
        let (done, of) = (self.done.get(), self.of.max(self.done.get()));
        let message = format!("{what} was ended after {done} of {of} {things}, as its caller asked");
        Err(Error::new(ErrorKind::Cancelled, message))
    }
}

/// Asks until the answer was no, and then no more.
pub(crate) fn latch<'a>(
    progress: OnProgress<'a>,
    stopped: &'a AtomicBool,
) -> impl Fn(Progress) -> bool + Sync + 'a {
    move |Progress { done, of }| {
        let goes_on = !stopped.load(Relaxed) && progress.goes_on(done, of);
        if !goes_on {
            stopped.store(true, Relaxed);
        }
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::Progress;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[test]
    fn whoever_says_no_is_not_asked_again_and_nothing_more_is_done() {
        let asked = AtomicU32::new(0);
        let ask = |progress: Progress| {
            asked.fetch_add(1, Relaxed);
            progress.done < 600
        };
        let asking = Asking::new(OnProgress::new(&ask), 10_000);
        let done = (0..10_000).filter(|_| asking.goes_on()).map(|_| asking.did_one()).count();
        assert_eq!((done, asked.load(Relaxed)), (767, 3));
        let error = asking.ended("absorbing", "records").unwrap_err();
        assert_eq!(error.code(), "cancelled");
        assert_eq!(error.message(), "absorbing was ended after 767 of 10000 records, as its caller asked");
    }

    #[test]
    fn where_nobody_is_asked_work_is_never_ended() {
        let asking = Asking::nobody();
        assert!((0..10_000).all(|_| asking.goes_on()));
        assert!(asking.ended("reading", "records").is_ok());
    }
}
