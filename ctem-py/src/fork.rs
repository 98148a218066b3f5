//! Forks: a child has all of the parent's memory and only the thread that forked. What another thread holds at that moment is held
//! for ever. So a fork waits until no call holds a program, and no call begins to hold one while it waits.

use ctem_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use std::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
    time::Duration,
};

/// How many calls hold a program, and above that how many threads are about to fork. No lock, since that might be held too.
static HOLDING: AtomicU64 = AtomicU64::new(0);
const FORKING: u64 = 1 << 32;
const PAUSE: Duration = Duration::from_micros(200);

thread_local! {
    /// The programs that this thread holds, by their addresses: what is asked on the way may use Python, and Python may use programs.
    static MINE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// How many programs this thread holds.
fn mine() -> u64 {
    MINE.with_borrow(|mine| mine.len() as u64)
}

/// Does what holds a program, once nobody is about to fork.
///
/// # Errors
/// `conflict` where this thread holds it already, and would wait for itself: a signal or a `progress` came to use what is being changed.
pub(crate) fn held<T>(program: usize, work: impl FnOnce() -> T) -> Result<T> {
    struct Leaving;
    impl Drop for Leaving {
        fn drop(&mut self) {
            MINE.with_borrow_mut(Vec::pop);
            HOLDING.fetch_sub(1, SeqCst);
        }
    }
    if MINE.with_borrow(|mine| mine.contains(&program)) {
        let message = "the program is being changed by the call that asks: use it once that has ended";
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    // Whoever is about to fork waits for this thread as it is.
    let waits = mine() == 0;
    let entered = |now: u64| (now < FORKING || !waits).then_some(now + 1);
    while HOLDING.fetch_update(SeqCst, SeqCst, entered).is_err() {
        thread::sleep(PAUSE);
    }
    MINE.with_borrow_mut(|mine| mine.push(program));
    let _leaving = Leaving;
    Ok(work())
}

/// Waits until no call of another thread holds a program: what this one holds, the child goes on with.
#[pyfunction]
pub(crate) fn _before_fork(py: Python<'_>) {
    py.detach(|| {
        HOLDING.fetch_add(FORKING, SeqCst);
        while HOLDING.load(SeqCst) % FORKING != mine() {
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
    HOLDING.store(mine(), SeqCst);
}
