//! Work on many things, 64 to a block, split over threads where the feature `parallel` is on.

use super::limits::{OnProgress, Reason, Truncated};
use std::ops::Range;

/// Does work on all the blocks of a range, a stride at a time; a worker of the pool, made when there is none, does each. Between
/// strides the caller is asked whether to go on: what has been done then is all up to some block. Why it ended early comes back.
pub(crate) fn over<T: Send>(
    pool: &mut Vec<T>,
    make: impl Fn() -> T + Sync,
    blocks: Range<u64>,
    progress: &OnProgress<'_>,
    work: impl Fn(&mut T, Range<u64>) + Sync,
) -> Option<Truncated> {
    let count = blocks.end.saturating_sub(blocks.start);
    let threads = threads().min(count.div_ceil(STRIDE)).max(1);
    while (pool.len() as u64) < threads {
        pool.push(make());
    }
    let of = count.saturating_mul(64);
    let goes_on = |end: u64| {
        let done = (end - blocks.start) * 64;
        done >= of || progress.goes_on(done, of)
    };
    let whole = match pool.get_mut(..threads as usize) {
        #[cfg(feature = "parallel")]
        Some(workers @ [_, _, ..]) => side_by_side(workers, blocks.clone(), goes_on, work),
        Some([worker, ..]) => one_by_one(worker, blocks.clone(), goes_on, work),
        Some([]) | None => true,
    };
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
    goes_on: impl Fn(u64) -> bool + Sync,
    work: impl Fn(&mut T, Range<u64>) + Sync,
) -> bool {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    let (next, stopped) = (AtomicU64::new(blocks.start), AtomicBool::new(false));
    let take_strides = |worker: &mut T| {
        while !stopped.load(Ordering::Relaxed) {
            let start = next.fetch_add(STRIDE, Ordering::Relaxed);
            if start >= blocks.end {
                break;
            }
            let end = (start + STRIDE).min(blocks.end);
            work(worker, start..end);
            if !goes_on(end) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    rayon::scope(|scope| workers.iter_mut().for_each(|worker| scope.spawn(|_| take_strides(worker))));
    !stopped.into_inner() || next.into_inner() >= blocks.end
}

/// One worker takes one stride after the other; whether all were taken.
fn one_by_one<T>(
    worker: &mut T,
    blocks: Range<u64>,
    goes_on: impl Fn(u64) -> bool,
    work: impl Fn(&mut T, Range<u64>),
) -> bool {
    let mut at = blocks.start;
    while at < blocks.end {
        let end = (at + STRIDE).min(blocks.end);
        work(worker, at..end);
        at = end;
        if !goes_on(at) {
            return false;
        }
    }
    true
}

/// So many blocks are done between two questions: as many as fit one wide row.
pub(crate) const STRIDE: u64 = 8;
