//! Forks: a child has all of the parent's memory and only the thread that forked. What another thread holds at that moment is held
//! for ever. So a fork waits until no call holds a program, and no call begins to hold one while it waits.

use ctem_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use std::{
    cell::Cell,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread::{self, ThreadId},
    time::Duration,
};

/// How many calls hold a program, and above that how many threads are about to fork. No lock, since that might be held too.
static HOLDING: AtomicU64 = AtomicU64::new(0);
const FORKING: u64 = 1 << 32;
const PAUSE: Duration = Duration::from_micros(200);

/// Which threads hold programs and which wait for one. It is locked only while [`HOLDING`] counts whoever locks it, so that no fork finds
/// it locked.
static CALLS: Mutex<Calls> = Mutex::new(Calls { holds: Vec::new(), waits: Vec::new() });

/// Programs by their addresses. They are few: one for each call that is under way.
struct Calls {
    holds: Vec<(usize, ThreadId)>,
    waits: Vec<(ThreadId, usize)>,
}

impl Calls {
    fn now() -> MutexGuard<'static, Self> {
        CALLS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this thread holds the program from now on; if not, another one does that will let go.
    ///
    /// # Errors
    /// `conflict` where it would wait for itself.
    fn ask(&mut self, program: usize) -> Result<bool> {
        let me = thread::current().id();
        self.waits.retain(|(waiting, _)| *waiting != me);
        let holder = |program| self.holds.iter().find(|(held, _)| *held == program).map(|(_, by)| *by);
        let Some(mut by) = holder(program) else {
            self.holds.push((program, me));
            return Ok(true);
        };
        if by == me {
            return Err(conflict("the call that asks: use it once that has ended"));
        }
        // Whoever would close a circle does not wait, so there is none to be lost in.
        while let Some((_, wanted)) = self.waits.iter().find(|(waiting, _)| *waiting == by) {
            match holder(*wanted) {
                Some(next) if next == me => {
                    return Err(conflict(
                        "a call that waits for the one that asks: use it once both have ended",
                    ));
                }
                Some(next) => by = next,
                None => break,
            }
        }
        self.waits.push((me, program));
        Ok(false)
    }
}

/// How many programs this thread holds: what is asked on the way may use Python, and Python may use programs.
fn mine() -> u64 {
    MINE.get()
}

thread_local! {
    static MINE: Cell<u64> = const { Cell::new(0) };
}

/// Does what holds a program, once nobody else does and nobody is about to fork.
///
/// # Errors
/// `conflict` where it would wait for itself: a signal or a `progress` came to use what this call changes, or what another call changes
/// that waits for this one.
pub(crate) fn held<T>(program: usize, work: impl FnOnce() -> T) -> Result<T> {
    struct Leaving(usize);
    impl Drop for Leaving {
        fn drop(&mut self) {
            Calls::now().holds.retain(|(held, _)| *held != self.0);
            MINE.set(MINE.get() - 1);
            HOLDING.fetch_sub(1, SeqCst);
        }
    }
    loop {
        // Whoever is about to fork waits for this thread as it is.
        let waits = mine() == 0;
        let entered = |now: u64| (now < FORKING || !waits).then_some(now + 1);
        if HOLDING.fetch_update(SeqCst, SeqCst, entered).is_ok() {
            let asked = Calls::now().ask(program);
            if let Ok(true) = asked {
                break;
            }
            // Who waits holds nothing more, so that whoever has it may fork.
            HOLDING.fetch_sub(1, SeqCst);
            asked?;
        }
        thread::sleep(PAUSE);
    }
    MINE.set(MINE.get() + 1);
    let _leaving = Leaving(program);
    Ok(work())
}

fn conflict(by: &str) -> Error {
    Error::new(ErrorKind::Conflict, format!("the program is being changed by {by}"))
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
