//! How a number over all paths at once is found: exactly where that fits, over worlds elsewhere, between certain bounds always.

use crate::{
    attack::{EventId, Exact, Id, Key, Limits, OnProgress, Precision, Reason, Snapshot, Truncated, Worlds},
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

/// So many nodes are tried first for diagrams with what is sure.
const FIRST_TRY: usize = 1 << 14;

/// Where what is sure makes diagrams so many times as large, it is not among their coins.
const TIMES: usize = 16;

/// The decision diagrams of one snapshot.
#[derive(Debug)]
pub(super) struct Diagrams {
    exact: Exact,
    /// Those without what is sure, where those with it do not fit: they say less of fixes, and as much of losses.
    unsure: Option<Exact>,
    /// By key of what is sure: the expected loss of each event once it is ended. Made when first asked for.
    without: OnceLock<Vec<(Key, Vec<f64>)>>,
}

impl Diagrams {
    fn of(snapshot: &Snapshot, limits: &Limits<'_>) -> Self {
        let was_stopped =
            |exact: &Exact| exact.budget_exceeded().is_some_and(|ended| ended.reason == Reason::Stopped);
        let within = |nodes: usize| Limits { nodes: limits.nodes.min(nodes), ..*limits };
        let exact = Exact::best_effort(snapshot, &within(FIRST_TRY));
        // What the caller has ended needs no second try.
        if exact.budget_exceeded().is_none() || was_stopped(&exact) {
            return Self::from(exact, None);
        }
        let unsure = Exact::once_ended(snapshot, &[], limits);
        let unsure = Some(unsure).filter(|exact| exact.budget_exceeded().is_none());
        if unsure.as_ref().is_some_and(|unsure| unsure.node_count().saturating_mul(TIMES) <= FIRST_TRY)
            || limits.nodes <= FIRST_TRY
        {
            return Self::from(exact, unsure);
        }
        let exact = Exact::best_effort(snapshot, limits);
        let unsure = unsure.filter(|_| exact.budget_exceeded().is_some() && !was_stopped(&exact));
        Self::from(exact, unsure)
    }

    fn from(exact: Exact, unsure: Option<Exact>) -> Self {
        Self { exact, unsure, without: OnceLock::new() }
    }

    /// By key of what is sure, in their order: the expected loss of each event once it is ended. Diagrams are made once more for each, as
    /// long as that takes few nodes.
    fn without(
        &self,
        unsure: &Exact,
        snapshot: &Snapshot,
        limits: &Limits<'_>,
    ) -> Option<&[(Key, Vec<f64>)]> {
        if let Some(made) = self.without.get() {
            return Some(made);
        }
        let mut sure: Vec<Key> = self.exact.keys().filter(|key| !unsure.has(*key)).collect();
        sure.sort_unstable();
        let each = unsure.node_count().saturating_add(snapshot.events().count());
        if each.saturating_mul(sure.len()) > MADE_ANEW {
            return None;
        }
        let made = |key| {
            let once = Exact::once_ended(snapshot, &[key], limits);
            once.budget_exceeded().is_none().then(|| (key, once.expected_losses()))
        };
        let made: Option<Vec<_>> = sure.into_iter().map(made).collect();
        let made = made?;
        Some(self.without.get_or_init(|| made))
    }
}

/// An event's exact chance, and by key which part of it would not be without what the key is of; none where that is 0.
pub(super) struct CriticalParts {
    pub(super) chance: Probability,
    pub(super) parts: Vec<(Key, Probability)>,
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

    /// Whether shares are counted over worlds, since no diagram has them.
    pub(super) fn counts_shares(&self) -> bool {
        self.exact().budget_exceeded().is_some()
    }

    /// The diagrams of all events, where they fit.
    fn whole(&self) -> Option<&Exact> {
        let Diagrams { exact, unsure, .. } = &*self.diagrams;
        unsure.as_ref().or(Some(exact)).filter(|exact| exact.budget_exceeded().is_none())
    }

    /// The expected loss of all events, where all are exact.
    pub(super) fn exact_loss(&self) -> Option<f64> {
        self.whole().map(Exact::loss)
    }

    /// The exact chances of events, of those that have one.
    pub(super) fn exact_chances(&self) -> Vec<Option<Probability>> {
        let Diagrams { exact, unsure, .. } = &*self.diagrams;
        unsure.as_ref().unwrap_or(exact).chances()
    }

    /// What fixing each saves, in the order of keys, where that is exact for all.
    pub(super) fn exact_fix_values(&self) -> Option<Vec<(Key, f64)>> {
        let exact = self.whole()?;
        let mut values = exact.fix_values();
        if let Some(unsure) = &self.diagrams.unsure {
            let (whole, without) =
                (exact.loss(), self.diagrams.without(unsure, self.snapshot, &self.limits)?);
            let saved = |losses: &[f64]| (whole - losses.iter().sum::<f64>()).max(0.0);
            values.extend(without.iter().map(|(key, losses)| (*key, saved(losses))));
            values.sort_unstable_by_key(|(key, _)| *key);
        }
        Some(values)
    }

    /// The exact chance of a loss event, and which part of it would not be without each, where they can be had.
    pub(super) fn exact_event(&self, event: EventId) -> Option<CriticalParts> {
        let Diagrams { exact, unsure, .. } = &*self.diagrams;
        let of_event = |exact: &Exact| {
            let chance = exact.chance(event)?;
            let only = exact.only(event);
            Some((chance, only.loss(), only.fix_values()))
        };
        let (chance, loss, values) = match (of_event(exact), unsure) {
            (Some(found), _) => found,
            (None, Some(unsure)) => {
                let (chance, loss, mut values) = of_event(unsure)?;
                let without = self.diagrams.without(unsure, self.snapshot, &self.limits)?;
                let saved = |losses: &[f64]| Some((loss - losses.get(event.index())?).max(0.0));
                values.extend(without.iter().filter_map(|(key, losses)| Some((*key, saved(losses)?))));
                (chance, loss, values)
            }
            (None, None) => return None,
        };
        let parts = values.into_iter().filter(|(_, value)| *value > 0.0 && loss > 0.0);
        Some(CriticalParts {
            chance,
            parts: parts.map(|(key, value)| (key, Probability::clamped(value / loss))).collect(),
        })
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
    use crate::{
        Environment, Loss, Program, discover,
        model::{Access, AssetKind, Attacker, LossSize, RelationKind, Weakness, WeaknessKind},
        prioritize::SampleOptions,
        wire,
    };

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
        let worth = today.fix_values(OnProgress::default());
        assert!(first.exposures.iter().all(|one| worth.get(&one.exposure) == Some(&one.fix_value.value())));
        assert_eq!(today.sample(&SampleOptions { nodes: 0, ..SampleOptions::default() }).risk, counted.risk);
    }

    #[test]
    fn diagrams_without_what_is_sure_say_the_same_of_it() {
        // A sure link behind two ways in that are not.
        let weakness = |id: &str| Weakness {
            epss: Some(Probability::clamped(0.5)),
            ..Weakness::new(id.parse().unwrap(), WeaknessKind::Vulnerability)
        };
        let environment = Environment::builder()
            .asset("shop", AssetKind::Host)
            .asset("orders", AssetKind::DataStore)
            .relation("shop", RelationKind::Reads, "orders")
            .entry_point("shop", Access::Reach, Attacker::Internet)
            .loss(
                "sales",
                "orders leak",
                LossSize::known(Loss::new(1e6, "EUR".parse().unwrap()).unwrap()),
                "orders",
                Access::Use,
            )
            .finding("f-1", "shop", weakness("CVE-2021-44228"))
            .finding("f-2", "shop", weakness("CVE-2022-22965"))
            .build()
            .unwrap();
        let program = Program::from(environment);
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let large = Limits { nodes: 1 << 20, ..Limits::default() };
        let exact = Exact::best_effort(&today.snapshot, &large);
        let of = |diagrams: Diagrams| {
            Measure::with(&today.snapshot, MeasureOptions::default(), |_| Arc::new(diagrams))
        };
        let whole = of(Diagrams::from(exact, None));
        let few = Exact::best_effort(&today.snapshot, &Limits { nodes: 2, ..Limits::default() });
        let unsure = Exact::once_ended(&today.snapshot, &[], &Limits::default());
        assert!(unsure.coin_count() < whole.exact().coin_count(), "something is sure");
        let parted = of(Diagrams::from(few, Some(unsure)));
        let telling = |values: Vec<(Key, f64)>| -> Vec<(Key, f64)> {
            let mut values: Vec<_> = values.into_iter().filter(|(_, value)| *value > 1e-9).collect();
            values.sort_unstable_by_key(|(key, _)| *key);
            values
        };
        let same = |a: Vec<(Key, f64)>, b: Vec<(Key, f64)>| {
            let (a, b) = (telling(a), telling(b));
            assert!(a.len() == b.len() && !a.is_empty());
            assert!(
                a.iter().zip(&b).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() <= 1e-12 * a.1),
                "{a:?} {b:?}"
            );
        };
        same(whole.exact_fix_values().unwrap(), parted.exact_fix_values().unwrap());
        for event in today.snapshot.events() {
            let (a, b) = (whole.exact_event(event).unwrap(), parted.exact_event(event).unwrap());
            assert!((a.chance.get() - b.chance.get()).abs() <= 1e-15);
            let values = |parts: Vec<(Key, Probability)>| {
                parts.into_iter().map(|(key, part)| (key, part.get())).collect()
            };
            same(values(a.parts), values(b.parts));
        }
    }
}
