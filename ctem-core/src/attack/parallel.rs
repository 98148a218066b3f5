//! Work on many things, 64 to a block, split over threads where the feature `parallel` is on.
//!
//! Threads live as long as a call: nothing is left behind that a process which forks between two calls would wait for in vain.

use super::limits::{OnProgress, Reason, Truncated};
#[cfg(feature = "parallel")]
use std::{cell::Cell, panic::resume_unwind, sync::OnceLock, thread};
use std::{
    ops::Range,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// Does work on all the blocks of a range, a stride at a time; a worker of the pool, made when there is none, does each. Between
/// strides the caller is asked whether to go on, and by the work as often as it is long: work that is told not to leaves what it has
/// begun undone. Else what has been done is all up to some block. Why it ended early comes back.
pub(crate) fn over<T: Send>(
    pool: &mut Vec<T>,
    make: impl Fn() -> T + Sync,
    blocks: Range<u64>,
    progress: &OnProgress<'_>,
    work: impl Fn(&mut T, Range<u64>, &dyn Fn() -> bool) + Sync,
) -> Option<Truncated> {
    let count = blocks.end.saturating_sub(blocks.start);
    let threads = threads().min(count.div_ceil(STRIDE)).max(1);
    while (pool.len() as u64) < threads {
        pool.push(make());
    }
    let of = count.saturating_mul(64);
    let (furthest, stopped, undone) = (AtomicU64::new(0), AtomicBool::new(false), AtomicBool::new(false));
    let asked = |done: u64| {
        let done = furthest.fetch_max(done, Relaxed).max(done);
        let on = !stopped.load(Relaxed) && progress.goes_on(done, of);
        stopped.fetch_or(!on, Relaxed);
        on
    };
    let within = || {
        let on = asked(0);
        undone.fetch_or(!on, Relaxed);
        on
    };
    let stride = |worker: &mut T, blocks_of: Range<u64>| {
        let end = blocks_of.end;
        work(worker, blocks_of, &within);
        let done = (end - blocks.start) * 64;
        !stopped.load(Relaxed) && (done >= of || asked(done))
    };
    let whole = match pool.get_mut(..threads as usize) {
        #[cfg(feature = "parallel")]
        Some(workers @ [_, _, ..]) => side_by_side(workers, blocks.clone(), stride),
        Some([worker, ..]) => one_by_one(worker, blocks.clone(), stride),
        Some([]) | None => true,
    };
    let whole = whole && !undone.into_inner();
    (!whole).then_some(Truncated { reason: Reason::Stopped })
}

/// Does two things, the second on a thread of its own where the feature `parallel` is on and there is one. Whoever waits for an answer
/// does the first: that should be the longer one, since only they may be asked whether to go on.
pub(crate) fn both<A, B: Send>(a: impl FnOnce() -> A, b: impl Fn() -> B + Sync) -> (A, B) {
    #[cfg(feature = "parallel")]
    if let most @ 2.. = threads() {
        // Each may look at worlds, and then on half of the threads.
        return thread::scope(|scope| {
            let other = thread::Builder::new().spawn_scoped(scope, || at_most(most / 2, &b));
            let a = at_most(most - most / 2, a);
            let b = match other {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => b(),
            };
            (a, b)
        });
    }
    (a(), b())
}

/// Does work with at most so many threads where it looks at worlds or ranks exposures; as many as the machine has unless said. It
/// changes no answer, only the time. Without the feature `parallel` there is one.
///
/// ```
/// use ctem_core::{Program, attack, intel::Intel};
///
/// // A server that answers many at once gives each a single thread.
/// let program = Program::new(Intel::none());
/// let assessment = attack::on_threads(1, || program.assess("2025-11-13".parse()?))?;
/// assert_eq!(assessment.len(), 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "parallelism")]
#[doc(alias = "thread pool")]
pub fn on_threads<T>(most: usize, work: impl FnOnce() -> T) -> T {
    at_most(most.max(1) as u64, work)
}

#[cfg(feature = "parallel")]
thread_local! {
    /// What the caller allows; 0 unless said.
    static MOST: Cell<u64> = const { Cell::new(0) };
}

#[cfg(feature = "parallel")]
fn at_most<T>(most: u64, work: impl FnOnce() -> T) -> T {
    struct Before(u64);
    impl Drop for Before {
        fn drop(&mut self) {
            MOST.set(self.0);
        }
    }
    let _before = Before(MOST.replace(most));
    work()
}

#[cfg(not(feature = "parallel"))]
fn at_most<T>(_: u64, work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(feature = "parallel")]
fn threads() -> u64 {
    // What the machine allows is read from the system's files, once.
    static THERE: OnceLock<u64> = OnceLock::new();
    let there = || *THERE.get_or_init(|| thread::available_parallelism().map_or(1, |most| most.get() as u64));
    Some(MOST.get()).filter(|most| *most > 0).unwrap_or_else(there)
}

#[cfg(not(feature = "parallel"))]
fn threads() -> u64 {
    1
}

/// Each worker takes the next stride that none has taken; whether all were. The first works on the thread that waits for the answer,
/// so that strides are taken even where no other thread can be had, and whoever is asked on the way is also asked there.
#[cfg(feature = "parallel")]
fn side_by_side<T: Send>(
    workers: &mut [T],
    blocks: Range<u64>,
    stride: impl Fn(&mut T, Range<u64>) -> bool + Sync,
) -> bool {
    let (next, stopped) = (AtomicU64::new(blocks.start), AtomicBool::new(false));
    let take_strides = |worker: &mut T| {
        while !stopped.load(Relaxed) {
            let start = next.fetch_add(STRIDE, Relaxed);
            if start >= blocks.end {
                break;
            }
            if !stride(worker, start..(start + STRIDE).min(blocks.end)) {
                stopped.store(true, Relaxed);
            }
        }
    };
    let take_strides = &take_strides;
    thread::scope(|scope| {
        let (first, others) = workers.split_first_mut()?;
        for worker in others {
            if thread::Builder::new().spawn_scoped(scope, move || take_strides(worker)).is_err() {
                break;
            }
        }
        take_strides(first);
        Some(())
    });
    !stopped.into_inner() || next.into_inner() >= blocks.end
}

/// One worker takes one stride after the other; whether all were taken.
fn one_by_one<T>(worker: &mut T, blocks: Range<u64>, stride: impl Fn(&mut T, Range<u64>) -> bool) -> bool {
    let mut at = blocks.start;
    while at < blocks.end {
        let end = (at + STRIDE).min(blocks.end);
        if !stride(worker, at..end) {
            return false;
        }
        at = end;
    }
    true
}

/// So many blocks are done between two questions: as many as fit one wide row.
pub(crate) const STRIDE: u64 = 8;
