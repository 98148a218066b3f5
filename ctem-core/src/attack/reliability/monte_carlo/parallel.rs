//! Work on many blocks, split over threads where the feature `parallel` is on.

use crate::attack::limits::{Limits, Progress, Reason, Truncated};
use std::ops::Range;

/// Does work on all the blocks of a range, a stride at a time; a worker of the pool, made when there is none, does each. Between
/// strides the caller is asked whether to go on: what has been done then is all up to some block. Why it ended early comes back.
pub(super) fn over<T: Send>(
    pool: &mut Vec<T>,
    make: impl Fn() -> T + Sync,
    blocks: Range<u64>,
    limits: &Limits<'_>,
    work: impl Fn(&mut T, Range<u64>) + Sync,
) -> Option<Truncated> {
    let count = blocks.end.saturating_sub(blocks.start);
    let of = count.saturating_mul(64);
    let goes_on = |done: u64| done >= of || (limits.go_on)(Progress { done, of });
    #[cfg(feature = "parallel")]
    {
        use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

        let threads = (rayon::current_num_threads() as u64).min(count.div_ceil(STRIDE));
        if threads > 1 {
            while (pool.len() as u64) < threads {
                pool.push(make());
            }
            let (next, stopped) = (AtomicU64::new(blocks.start), AtomicBool::new(false));
            rayon::scope(|scope| {
                for worker in pool.iter_mut().take(threads as usize) {
                    scope.spawn(|_| {
                        while !stopped.load(Ordering::Relaxed) {
                            let start = next.fetch_add(STRIDE, Ordering::Relaxed);
                            if start >= blocks.end {
                                break;
                            }
                            let end = (start + STRIDE).min(blocks.end);
                            work(worker, start..end);
                            if !goes_on((end - blocks.start) * 64) {
                                stopped.store(true, Ordering::Relaxed);
                            }
                        }
                    });
                }
            });
            let ended = stopped.into_inner() && next.into_inner() < blocks.end;
            return ended.then_some(Truncated { reason: Reason::Stopped });
        }
    }
    if pool.is_empty() {
        pool.push(make());
    }
    for worker in pool.iter_mut().take(1) {
        let mut at = blocks.start;
        while at < blocks.end {
            let end = (at + STRIDE).min(blocks.end);
            work(worker, at..end);
            at = end;
            if !goes_on((at - blocks.start) * 64) {
                return Some(Truncated { reason: Reason::Stopped });
            }
        }
    }
    None
}

/// So many blocks are done between two questions: as many as fit one wide row.
pub(super) const STRIDE: u64 = 8;
