//! How a number over all paths at once is found: exactly where that fits, over worlds elsewhere, between certain bounds always.

use crate::{
    attack::{Exact, Limits, OnProgress, Precision, Progress, Reason, Snapshot, Truncated, Worlds},
    quantity::{Estimate, Probability},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// How a number that no single path tells is measured: how many worlds, which, and how exactly.
///
/// Each loss event whose chance a decision diagram of at most `nodes` nodes holds is exact; the others are counted over worlds
/// (Monte Carlo). A world is a function of the seed, so equal options give equal bits, on any machine and any number of threads.
///
/// ```
/// use ctem_core::prioritize::MeasureOptions;
///
/// let quick = MeasureOptions { worlds: 4_096, ..MeasureOptions::default() };
/// assert_eq!(quick.seed, 0);
/// ```
#[derive(Debug, Clone, Copy)]
#[doc(alias = "Monte Carlo")]
pub struct MeasureOptions<'a> {
    /// So many worlds, rounded up to a multiple of 64. 16,384 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that sampled bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Exact where the diagrams take at most so many nodes, of some 40 bytes each; 0 counts all over worlds. 65,536 unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for MeasureOptions<'_> {
    fn default() -> Self {
        Self {
            worlds: 16_384,
            seed: 0,
            confidence: Probability::clamped(0.95),
            nodes: 1 << 16,
            progress: OnProgress::default(),
        }
    }
}

/// Asks until the answer was no, and then no more.
pub(super) fn latch<'a>(
    progress: OnProgress<'a>,
    stopped: &'a AtomicBool,
) -> impl Fn(Progress) -> bool + Sync + 'a {
    move |Progress { done, of }| {
        let goes_on = !stopped.load(Ordering::Relaxed) && progress.goes_on(done, of);
        if !goes_on {
            stopped.store(true, Ordering::Relaxed);
        }
        goes_on
    }
}

/// Why a call is not whole, if the caller ended it.
pub(super) fn ended(stopped: &AtomicBool) -> Option<Truncated> {
    stopped.load(Ordering::Relaxed).then_some(Truncated { reason: Reason::Stopped })
}

/// The expected loss of one snapshot, to be measured.
pub(super) struct Measure<'a> {
    snapshot: &'a Snapshot,
    pub(super) exact: Exact,
    pub(super) seed: u64,
    pub(super) confidence: Probability,
    pub(super) limits: Limits<'a>,
}

impl<'a> Measure<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, options: MeasureOptions<'a>) -> Self {
        let MeasureOptions { worlds, seed, confidence, nodes, progress } = options;
        let limits = Limits { worlds: worlds.max(1), nodes, progress };
        Self { snapshot, exact: Exact::best_effort(snapshot, &limits), seed, confidence, limits }
    }

    pub(super) fn worlds(&self) -> Worlds<'a> {
        Worlds::new(self.snapshot, self.seed)
    }

    /// The expected loss of all events, where all are exact.
    pub(super) fn exact_loss(&self) -> Option<f64> {
        self.exact.budget_exceeded().is_none().then(|| self.exact.loss())
    }

    /// The expected loss of all events.
    pub(super) fn loss(&self, certain: Estimate) -> Estimate {
        let counted = || counted(&self.worlds(), self.confidence, None, &self.limits).1;
        self.exact_loss().map_or_else(|| counted().within(certain.lower(), certain.upper()), Estimate::exact)
    }
}

/// The expected loss in worlds, and how many were looked at: all, or enough that the bounds are as close as stated.
pub(super) fn counted(
    worlds: &Worlds<'_>,
    confidence: Probability,
    half_width: Option<f64>,
    limits: &Limits<'_>,
) -> (u64, Estimate) {
    match half_width {
        Some(half_width) => {
            let (run, loss) = worlds.until(Precision { confidence, half_width }, limits);
            (run.tally.worlds(), loss)
        }
        None => {
            let tally = worlds.run(limits).tally;
            (tally.worlds(), tally.loss(confidence))
        }
    }
}

/// The expected loss of events with these chances, between certain bounds.
pub(super) fn total(losses: &[f64], chances: &[Estimate]) -> Estimate {
    let (lower, upper) = losses.iter().zip(chances).fold((0.0, 0.0), |(lower, upper), (loss, chance)| {
        (lower + loss * chance.lower(), upper + loss * chance.upper())
    });
    Estimate::bracket(lower, lower, upper)
}
