//! How a number over all paths at once is found: exactly where that fits, over worlds elsewhere, between certain bounds always.

use crate::{
    attack::{Exact, Limits, Precision, Progress, Reason, Snapshot, Truncated, Worlds},
    quantity::{Estimate, Probability},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// How numbers that no single path tells are measured: how many worlds, which, and how precisely.
///
/// Each loss event whose chance a decision diagram of at most `nodes` nodes holds is exact; the others are counted over worlds.
/// A world is a function of the seed, so equal options give equal bits, on any machine and any number of threads.
///
/// ```
/// use ctem_core::prioritize::SampleOptions;
///
/// let quick = SampleOptions { worlds: 4_096, half_width: Some(0.1), ..SampleOptions::default() };
/// assert_eq!(quick.seed, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleOptions {
    /// So many worlds, rounded up to a multiple of 64; with `half_width` at most so many. 16,384 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that sampled bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Ends a count once the bounds of the expected loss lie no further from its middle than this part of it: 0.05 for five per
    /// cent. Counts all worlds unless said.
    pub half_width: Option<f64>,
    /// Whether each finding's share in the risk is measured too, in up to eight times the time. Not unless said.
    pub shares: bool,
    /// Exact where the diagrams take at most so many nodes, of some 40 bytes each; 0 counts all over worlds. 65,536 unless said.
    pub nodes: usize,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            worlds: 16_384,
            seed: 0,
            confidence: Probability::clamped(0.95),
            half_width: None,
            shares: false,
            nodes: 1 << 16,
        }
    }
}

/// Asked again and again whether to go on, and told how far the part of the work is that is under way: each part counts anew,
/// worlds or nodes. Once it has said no, the call ends with what it has, and says so. May be asked from several threads.
pub type GoOn<'a> = &'a (dyn Fn(Progress) -> bool + Sync);

/// Asks until the answer was no, and then no more.
pub(super) fn latch<'a>(go_on: GoOn<'a>, stopped: &'a AtomicBool) -> impl Fn(Progress) -> bool + Sync + 'a {
    move |progress| {
        let goes_on = !stopped.load(Ordering::Relaxed) && go_on(progress);
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
    pub(super) snapshot: &'a Snapshot,
    pub(super) exact: Exact,
    pub(super) options: SampleOptions,
    pub(super) limits: Limits<'a>,
}

impl<'a> Measure<'a> {
    pub(super) fn of(
        snapshot: &'a Snapshot,
        options: SampleOptions,
        go_on: &'a (dyn Fn(Progress) -> bool + Sync),
    ) -> Self {
        let limits = Limits { worlds: options.worlds.max(1), nodes: options.nodes, go_on };
        Self { snapshot, exact: Exact::best_effort(snapshot, &limits), options, limits }
    }

    pub(super) fn worlds(&self) -> Worlds<'a> {
        Worlds::new(self.snapshot, self.options.seed)
    }

    /// The expected loss of all events, where all are exact.
    pub(super) fn exact_loss(&self) -> Option<f64> {
        self.exact.budget_exceeded().is_none().then(|| self.exact.loss())
    }

    /// The expected loss of all events.
    pub(super) fn loss(&self, certain: Estimate) -> Estimate {
        let counted = || self.counted(self.worlds()).1.within(certain.lower(), certain.upper());
        self.exact_loss().map_or_else(counted, Estimate::exact)
    }

    /// The expected loss in worlds, and how many were looked at.
    pub(super) fn counted(&self, worlds: Worlds<'_>) -> (u64, Estimate) {
        match self.options.half_width {
            Some(half_width) => {
                let precision = Precision { confidence: self.options.confidence, half_width };
                let (run, loss) = worlds.until(precision, &self.limits);
                (run.tally.worlds(), loss)
            }
            None => {
                let tally = worlds.run(&self.limits).tally;
                (tally.worlds(), tally.loss(self.options.confidence, 0))
            }
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
