//! Forks: a child has all of the parent's memory and only the thread that forked. What another thread holds at that moment is held
//! for ever. So a fork waits until no call holds a program, and no call begins to hold one while it waits.

use pyo3::prelude::*;
use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
    time::Duration,
};

/// How many calls hold a program, and above that how many threads are about to fork. No lock, since that might be held too.
static HOLDING: AtomicU64 = AtomicU64::new(0);
const FORKING: u64 = 1 << 32;
const PAUSE: Duration = Duration::from_micros(200);

/// Does what holds a program, once nobody is about to fork. What it does takes no lock of Python's.
pub(crate) fn held<T>(work: impl FnOnce() -> T) -> T {
    struct Leaving;
    impl Drop for Leaving {
        fn drop(&mut self) {
            HOLDING.fetch_sub(1, SeqCst);
        }
    }
    let entered = |now: u64| (now < FORKING).then_some(now + 1);
    while HOLDING.fetch_update(SeqCst, SeqCst, entered).is_err() {
        thread::sleep(PAUSE);
    }
    let _leaving = Leaving;
    work()
}

/// Waits until no call holds a program.
#[pyfunction]
pub(crate) fn _before_fork(py: Python<'_>) {
    py.detach(|| {
        HOLDING.fetch_add(FORKING, SeqCst);
        while !HOLDING.load(SeqCst).is_multiple_of(FORKING) {
            thread::sleep(PAUSE);
        }
    });
}

/// Lets calls hold programs again.
#[pyfunction]
pub(crate) fn _after_fork() {
    HOLDING.fetch_sub(FORKING, SeqCst);
}

/// The same in the child, where no other thread is about to fork.
#[pyfunction]
pub(crate) fn _after_fork_in_child() {
    HOLDING.store(0, SeqCst);
}
