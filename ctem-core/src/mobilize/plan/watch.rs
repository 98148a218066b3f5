//! Who is asked on the way whether to go on.

use crate::attack::OnProgress;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks until the answer was no, and then no more.
pub(super) struct Watch<'a> {
    progress: OnProgress<'a>,
    ended: AtomicBool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(progress: OnProgress<'a>) -> Self {
        Self { progress, ended: AtomicBool::new(false) }
    }

    /// Whether to go on, now that so much is done of a part whose end is not known.
    pub(super) fn goes_on(&self, done: usize) -> bool {
        self.tells(done as u64, done as u64 + 1)
    }

    pub(super) fn tells(&self, done: u64, of: u64) -> bool {
        if !self.has_ended() && !self.progress.goes_on(done, of) {
            self.ended.store(true, Ordering::Relaxed);
        }
        !self.has_ended()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}
