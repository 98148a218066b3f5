//! Each variable's part in the loss, such that the parts add up to the whole.

use super::{
    FixValues, SampleStatistics, Worlds,
    importance::{FixSet, players},
};
use crate::{
    attack::{
        graph::{Key, condensed::Coin, index::IndexVec},
        limits::{Limits, Truncated},
        reliability::quadrature::of_eight_points,
    },
    error::Result,
    quantity::Probability,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Range};

/// The share of every variable in the expected loss: the Shapley value of a game with infinitely small players, Aumann and Shapley's
/// attribution (*Values of non-atomic games*, 1974).
///
/// All variables that are asked about grow together from never to their chances, and each is given what it adds on the way:
/// ∫₀¹ p ∂R/∂p (τp) dτ, by Gauss and Legendre's quadrature over eight τ, each the fix values of worlds with smaller chances. The
/// parts are scaled to add up to what the variables cost together in the same worlds. For who is responsible for what; for what
/// to fix first there are [`FixValues`](super::FixValues), which differ.
///
/// ```
/// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
/// # for way in ways {
/// #     let guard = graph.variable(way, half);
/// #     graph.step(&[], Some(guard), shop)?;
/// # }
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Do the parts of two ways to one loss add up to the whole of it?
/// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
/// let shares = worlds.shares(FixSet::Findings, &limits);
/// assert_eq!(shares.total, worlds.run(&limits).tally.loss(Probability::new(0.95)?).value());
/// let sum: f64 = shares.list.iter().map(|(_, share)| share).sum();
/// assert!((sum - shares.total).abs() < 1e-6);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Shapley value")]
#[doc(alias = "Aumann-Shapley")]
#[doc(alias = "attribution")]
#[doc(alias = "integrated gradients")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Shares {
    /// Each variable's share, the largest first; of equal ones the lower key.
    pub list: Vec<(Key, f64)>,
    /// What they add up to: the expected loss less what remains when none of the variables ever helps.
    pub total: f64,
    /// What the parts added up to before they were scaled: how well the worlds agree.
    pub measured: f64,
    /// Why they rest on fewer worlds than they were to.
    pub truncated: Option<Truncated>,
}

impl<'a> Worlds<'a> {
    /// Measures every variable's share over the first worlds: the same variables as [`fix_values`](Self::fix_values). Eight times
    /// the time.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Who accounts for the loss, where there is but one flaw? That flaw, for all of it.
    /// let shares = Worlds::new(&snapshot, 7).shares(FixSet::Findings, &Limits::default());
    /// let [(key, share)] = shares.list[..] else { unreachable!() };
    /// assert_eq!(key, flaw);
    /// assert!((share - shares.total).abs() < 1e-6);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn shares(&self, of: FixSet, limits: &Limits<'_>) -> Shares {
        let counts = self.share_counts(of, 0..limits.worlds.div_ceil(64), limits);
        counts.shares(&self.run(limits).tally)
    }

    /// What shares are measured by, in some blocks of 64 worlds.
    pub(crate) fn share_counts(&self, of: FixSet, blocks: Range<u64>, limits: &Limits<'_>) -> ShareCounts {
        let view = self.view();
        let coins = players(self.snapshot, view, of);
        let scaled = |scale: f64, wanted: &IndexVec<Coin, bool>| {
            self.fix_values_of(view.scaled(&coins, scale), wanted, blocks.clone(), limits)
        };
        let nobody: IndexVec<Coin, bool> = IndexVec::filled(false, view.coin_count());
        ShareCounts {
            growing: of_eight_points().map(|(node, _)| scaled(node, &coins)).collect(),
            without: scaled(0.0, &nobody),
        }
    }
}

/// What shares are measured by, as counted in some worlds: whole numbers, so that those of different worlds add up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ShareCounts {
    /// The fix values with smaller chances, by the points of the quadrature.
    growing: Vec<FixValues>,
    /// What is lost where nothing that is asked about ever helps.
    without: FixValues,
}

impl ShareCounts {
    /// All that was counted.
    pub(crate) fn each(&self) -> impl Iterator<Item = &FixValues> {
        self.growing.iter().chain([&self.without])
    }

    /// Whether it has what each point of the quadrature counts.
    pub(crate) fn is_whole(&self) -> bool {
        self.growing.len() == of_eight_points().count()
    }

    /// Adds what was counted in other worlds.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        let ours = self.growing.iter_mut().chain([&mut self.without]);
        ours.zip(other.each()).try_for_each(|(ours, other)| ours.merge(other))
    }

    /// The shares, where `with` is what was lost in the same worlds.
    pub(crate) fn shares(&self, with: &SampleStatistics) -> Shares {
        let certain = Probability::clamped(0.95);
        let mut sums: BTreeMap<Key, f64> = BTreeMap::new();
        let mut truncated = None;
        for ((node, weight), values) in of_eight_points().zip(&self.growing) {
            truncated = truncated.or(values.truncated());
            for key in values.keys() {
                *sums.entry(key).or_default() += weight / node * values.of(key, certain).value();
            }
        }
        let loss = |tally: &SampleStatistics| tally.loss(certain).value();
        let total = loss(with) - loss(self.without.tally());
        let measured: f64 = sums.values().sum();
        let scale = if measured > 0.0 { total / measured } else { 0.0 };
        let mut list: Vec<(Key, f64)> = sums.into_iter().map(|(key, share)| (key, share * scale)).collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Shares { list, total, measured, truncated }
    }
}
