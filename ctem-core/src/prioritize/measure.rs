//! How a number over all paths at once is found: exactly where that fits, over worlds elsewhere, between certain bounds always.

use crate::{
    attack::{Exact, Key, Limits, OnProgress, Precision, Progress, Reason, Snapshot, Truncated, Worlds},
    quantity::{Estimate, Probability},
};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

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
            nodes: NODES,
            progress: OnProgress::default(),
        }
    }
}

/// Asks until the answer was no, and then no more.
pub(crate) fn latch<'a>(
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

/// Diagrams take so many nodes unless said.
const NODES: usize = 1 << 16;

/// Diagrams of so many coins at most are kept with an assessment: some 20 MB.
const KEPT_COINS: usize = 1 << 20;

/// So many nodes of diagrams may be made anew for the sake of exact fix values.
const MADE_ANEW: usize = 4_000_000;

/// The decision diagrams of one snapshot.
#[derive(Debug)]
pub(super) struct Diagrams {
    exact: Exact,
    /// Those without what is sure, where those with it do not fit: they say less of fixes, and as much of losses.
    unsure: Option<Exact>,
}

impl Diagrams {
    fn of(snapshot: &Snapshot, limits: &Limits<'_>) -> Self {
        let exact = Exact::best_effort(snapshot, limits);
        // What the caller has ended needs no second try.
        let tried = exact.budget_exceeded().filter(|ended| ended.reason != Reason::Stopped);
        let unsure = tried
            .map(|_| Exact::once_ended(snapshot, &[], limits))
            .filter(|exact| exact.budget_exceeded().is_none());
        Self { exact, unsure }
    }
}

/// The expected loss of one snapshot, to be measured.
pub(super) struct Measure<'a> {
    snapshot: &'a Snapshot,
    diagrams: Arc<Diagrams>,
    pub(super) seed: u64,
    pub(super) confidence: Probability,
    pub(super) limits: Limits<'a>,
}

impl<'a> Measure<'a> {
    pub(super) fn of(snapshot: &'a Snapshot, options: MeasureOptions<'a>) -> Self {
        Self::with(snapshot, options, |limits| Arc::new(Diagrams::of(snapshot, limits)))
    }

    /// The same with diagrams that are kept: those of the usual size are made once, for all questions.
    pub(super) fn kept(
        snapshot: &'a Snapshot,
        kept: &OnceLock<Arc<Diagrams>>,
        options: MeasureOptions<'a>,
    ) -> Self {
        Self::with(snapshot, options, |limits| {
            if limits.nodes != NODES {
                return Arc::new(Diagrams::of(snapshot, limits));
            }
            if let Some(kept) = kept.get() {
                return Arc::clone(kept);
            }
            let made = Arc::new(Diagrams::of(snapshot, limits));
            let was_ended = made.exact.budget_exceeded().is_some_and(|ended| ended.reason == Reason::Stopped);
            if was_ended || made.exact.coin_count() > KEPT_COINS {
                return made;
            }
            Arc::clone(kept.get_or_init(|| made))
        })
    }

    fn with(
        snapshot: &'a Snapshot,
        options: MeasureOptions<'a>,
        diagrams: impl FnOnce(&Limits<'a>) -> Arc<Diagrams>,
    ) -> Self {
        let MeasureOptions { worlds, seed, confidence, nodes, progress } = options;
        let limits = Limits { worlds: worlds.max(1), nodes, progress };
        Self { snapshot, diagrams: diagrams(&limits), seed, confidence, limits }
    }

    /// The diagrams of all coins, of those events for which they fit.
    pub(super) fn exact(&self) -> &Exact {
        &self.diagrams.exact
    }

    pub(super) fn worlds(&self) -> Worlds<'a> {
        Worlds::new(self.snapshot, self.seed)
    }

    /// The diagrams of all events, where they fit.
    fn whole(&self) -> Option<&Exact> {
        let Diagrams { exact, unsure } = &*self.diagrams;
        unsure.as_ref().or(Some(exact)).filter(|exact| exact.budget_exceeded().is_none())
    }

    /// The expected loss of all events, where all are exact.
    pub(super) fn exact_loss(&self) -> Option<f64> {
        self.whole().map(Exact::loss)
    }

    /// The exact chances of events, of those that have one.
    pub(super) fn exact_chances(&self) -> Vec<Option<Probability>> {
        let Diagrams { exact, unsure } = &*self.diagrams;
        unsure.as_ref().unwrap_or(exact).chances()
    }

    /// What fixing each saves, in the order of keys, where that is exact for all of these. Of what is sure the diagrams are made once
    /// more for each, as long as that takes few nodes.
    pub(super) fn exact_fix_values(&self, keys: impl Iterator<Item = Key>) -> Option<Vec<(Key, f64)>> {
        let exact = self.whole()?;
        let mut values = exact.fix_values();
        if self.diagrams.unsure.is_none() {
            return Some(values);
        }
        let mut sure: Vec<Key> = keys.filter(|key| self.snapshot.has_key(*key) && !exact.has(*key)).collect();
        sure.sort_unstable();
        sure.dedup();
        if exact.node_count().saturating_mul(sure.len()) > MADE_ANEW {
            return None;
        }
        for key in sure {
            let once = Exact::once_ended(self.snapshot, &[key], &self.limits);
            if once.budget_exceeded().is_some() {
                return None;
            }
            values.push((key, (exact.loss() - once.loss()).max(0.0)));
        }
        values.sort_unstable_by_key(|(key, _)| *key);
        Some(values)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Program, discover, prioritize::SampleOptions, wire};

    #[test]
    fn diagrams_are_made_once_and_only_those_of_the_usual_size_are_kept() {
        let mut program = Program::default();
        program.absorb(discover::read(wire::EXAMPLE.as_bytes()).unwrap());
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let counted = today.sample(&SampleOptions { nodes: 0, ..SampleOptions::default() });
        assert!(counted.risk.lower() < counted.risk.upper());
        assert!(today.diagrams.get().is_none());
        let first = today.sample(&SampleOptions::default());
        let kept = Arc::clone(today.diagrams.get().unwrap());
        let again = today.sample(&SampleOptions::default());
        assert!(Arc::ptr_eq(&kept, today.diagrams.get().unwrap()));
        assert_eq!((first.risk, &first.exposures), (again.risk, &again.exposures));
        let worth = today.fix_values();
        assert!(first.exposures.iter().all(|one| worth.get(&one.exposure) == Some(&one.fix_value.value())));
        assert_eq!(today.sample(&SampleOptions { nodes: 0, ..SampleOptions::default() }).risk, counted.risk);
    }
}
