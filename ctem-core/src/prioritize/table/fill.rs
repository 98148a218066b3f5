//! Slices filled by several threads, each stride by one of them.

use crate::attack::{OnProgress, STRIDE, Truncated, over};
use std::sync::{Mutex, PoisonError};

/// What is done between two questions whether to go on.
const ROWS: usize = STRIDE as usize * 64;

/// Fills a slice by calls that are told where their part of it begins; a worker of the pool, made when there is none, does each. Why it
/// ended early comes back.
pub(super) fn fill<T: Send, W: Send>(
    out: &mut [T],
    pool: &mut Vec<W>,
    make: impl Fn() -> W + Sync,
    progress: &OnProgress<'_>,
    work: impl Fn(&mut W, usize, &mut [T]) + Sync,
) -> Option<Truncated> {
    let blocks = out.len().div_ceil(64) as u64;
    // No two calls have one part: what is locked is never waited for.
    let parts: Vec<_> = out.chunks_mut(ROWS).map(Mutex::new).collect();
    over(pool, make, 0..blocks, progress, |worker, blocks, _| {
        let nth = (blocks.start / STRIDE) as usize;
        if let Some(part) = parts.get(nth) {
            work(worker, nth * ROWS, &mut part.lock().unwrap_or_else(PoisonError::into_inner));
        }
    })
}
