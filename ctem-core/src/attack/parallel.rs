//! Work on many things, 64 to a block, split over threads where the feature `parallel` is on.

use super::limits::{OnProgress, Reason, Truncated};
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

/// Does two things, side by side where the feature `parallel` is on.
pub(crate) fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    #[cfg(feature = "parallel")]
    return rayon::join(a, b);
    #[cfg(not(feature = "parallel"))]
    (a(), b())
}

#[cfg(feature = "parallel")]
fn threads() -> u64 {
    rayon::current_num_threads() as u64
}

#[cfg(not(feature = "parallel"))]
fn threads() -> u64 {
    1
}

/// Each worker takes the next stride that none has taken; whether all were.
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
    rayon::scope(|scope| workers.iter_mut().for_each(|worker| scope.spawn(|_| take_strides(worker))));
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
