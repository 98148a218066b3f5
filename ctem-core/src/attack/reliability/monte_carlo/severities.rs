//! How much is lost where losses differ in size: the tail of the loss.
//!
//! Counts of chances and expected losses need means alone. The tail does not: an event of 100,000 to 1,000,000 costs its mean in
//! no world. Here each event draws its size in each world in which it happens, from the same generator as the variables: a
//! function of the seed, the event's key and the world's number, so that neither threads nor the split of work change a bit.

use super::{Block, SampleStatistics, Worlds, sizes::Sizes};
use crate::{
    attack::{
        graph::{Key, condensed::Node, draw},
        limits::{Limits, Truncated},
        parallel::over,
    },
    model::LossSize,
    quantity::Probability,
};
use std::ops::Range;

/// How much is lost in worlds in which every loss event draws its size.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize, Probability};
///
/// // A breach that is sure, and costs between 100,000 and 1,000,000 nine times in ten.
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// graph.step(&[], None, shop)?;
/// let size = LossSize::between(1e5, 1e6, "EUR".parse()?)?;
/// graph.event(shop, size.mean().amount())?;
/// let snapshot = graph.compile()?;
/// let (losses, _) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "breach"), size)], &Limits::default());
/// // What is not exceeded nineteen times in twenty?
/// let most = losses.value_at_risk(Probability::new(0.95)?);
/// assert!((most / 1e6 - 1.0).abs() < 0.05);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "severity")]
#[doc(alias = "loss distribution")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LossDistribution {
    unit: f64,
    sizes: Sizes,
}

impl LossDistribution {
    /// The mean loss.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize};
    /// # let mut graph = Graph::new();
    /// # let shop = graph.state();
    /// # graph.step(&[], None, shop)?;
    /// # let size = LossSize::between(1e5, 1e6, "EUR".parse()?)?;
    /// # graph.event(shop, size.mean().amount())?;
    /// # let snapshot = graph.compile()?;
    /// let (losses, _) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "breach"), size)], &Limits::default());
    /// // Sizes that differ have the mean that was stated.
    /// assert!((losses.mean() / size.mean().amount() - 1.0).abs() < 0.05);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn mean(&self) -> f64 {
        self.sizes.mean(self.unit)
    }

    /// The loss exceedance curve: by rising loss, the share of worlds in which at least so much is lost. Losses that differ by less
    /// than 0.4 % may share a row.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize};
    /// # let mut graph = Graph::new();
    /// # let shop = graph.state();
    /// # graph.step(&[], None, shop)?;
    /// # let size = LossSize::between(1e5, 1e6, "EUR".parse()?)?;
    /// # graph.event(shop, size.mean().amount())?;
    /// # let snapshot = graph.compile()?;
    /// let (losses, _) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "breach"), size)], &Limits::default());
    /// // It goes beyond all means together.
    /// assert!(losses.exceedance_curve().last().is_some_and(|(loss, _)| *loss > size.mean().amount()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "loss exceedance curve")]
    pub fn exceedance_curve(&self) -> Vec<(f64, f64)> {
        self.sizes.exceedance_curve(self.unit)
    }

    /// Value at risk (VaR): the loss that is not exceeded in a share `level` of worlds.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize, Probability};
    /// # let mut graph = Graph::new();
    /// # let shop = graph.state();
    /// # graph.step(&[], None, shop)?;
    /// # let size = LossSize::between(1e5, 1e6, "EUR".parse()?)?;
    /// # graph.event(shop, size.mean().amount())?;
    /// # let snapshot = graph.compile()?;
    /// let (losses, _) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "breach"), size)], &Limits::default());
    /// // One time in twenty it is less than the low end.
    /// assert!((losses.value_at_risk(Probability::new(0.05)?) / 1e5 - 1.0).abs() < 0.05);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "VaR")]
    pub fn value_at_risk(&self, level: Probability) -> f64 {
        self.sizes.worst(1.0 - level.get(), self.unit).0
    }

    /// Expected shortfall, or conditional value at risk (CVaR): the mean loss in the worst worlds, a share 1 − `level` of all.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize, Probability};
    /// # let mut graph = Graph::new();
    /// # let shop = graph.state();
    /// # graph.step(&[], None, shop)?;
    /// # let size = LossSize::between(1e5, 1e6, "EUR".parse()?)?;
    /// # graph.event(shop, size.mean().amount())?;
    /// # let snapshot = graph.compile()?;
    /// let (losses, _) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "breach"), size)], &Limits::default());
    /// let level = Probability::new(0.95)?;
    /// assert!(losses.expected_shortfall(level) > losses.value_at_risk(level));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "CVaR")]
    pub fn expected_shortfall(&self, level: Probability) -> f64 {
        self.sizes.worst(1.0 - level.get(), self.unit).1
    }
}

impl Worlds<'_> {
    /// What is lost in the first worlds, as many as the limits say, where each event draws its size whenever it happens; by event
    /// its key and size. An event that costs nothing in these worlds draws none, and one of no stated size costs its mean. Events
    /// draw independently of each other: what makes them happen together is in the worlds.
    ///
    /// O(m) a world, as [`run`](Worlds::run).
    ///
    /// ```
    /// use ctem_core::{attack::{Graph, Key, Limits, Worlds}, model::LossSize, quantity::Loss};
    ///
    /// // A size that is known is lost as it is.
    /// let mut graph = Graph::new();
    /// let shop = graph.state();
    /// graph.step(&[], None, shop)?;
    /// let size = LossSize::known(Loss::new(1000.0, "EUR".parse()?)?);
    /// graph.event(shop, 1000.0)?;
    /// let snapshot = graph.compile()?;
    /// let (losses, truncated) = Worlds::new(&snapshot, 7).drawn_losses(&[(Key::of("loss", "a"), size)], &Limits::default());
    /// assert_eq!((losses.exceedance_curve().len(), truncated), (2, None));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn drawn_losses(
        &self,
        sizes: &[(Key, LossSize)],
        limits: &Limits<'_>,
    ) -> (LossDistribution, Option<Truncated>) {
        let (drawn, truncated) = self.drawn_in(sizes, 0..limits.worlds.div_ceil(64), limits);
        (self.distribution(&drawn), truncated)
    }

    /// The losses that were drawn, as they are distributed.
    pub(crate) fn distribution(&self, drawn: &Sizes) -> LossDistribution {
        LossDistribution { unit: self.unit_of_sizes(), sizes: drawn.clone() }
    }

    /// All means together are so many units: a loss may be 2²⁴ times that.
    fn unit_of_sizes(&self) -> f64 {
        let all: f64 = self.losses().as_slice().iter().sum();
        if all > 0.0 { all / SampleStatistics::UNITS } else { 1.0 }
    }

    /// What is lost in some blocks of 64 worlds.
    pub(crate) fn drawn_in(
        &self,
        sizes: &[(Key, LossSize)],
        blocks: Range<u64>,
        limits: &Limits<'_>,
    ) -> (Sizes, Option<Truncated>) {
        let (means, unit) = (self.losses(), self.unit_of_sizes());
        let nodes = self.snapshot.condensed.events().iter().copied();
        let events: Vec<Event> = nodes
            .zip(means.as_slice())
            .enumerate()
            .filter(|(_, (_, mean))| **mean > 0.0)
            .map(|(n, (node, mean))| match sizes.get(n) {
                Some((key, size)) => {
                    Event { node, seeded: draw::seeded(self.seed, *key), size: Some(*size), mean: *mean }
                }
                None => Event { node, seeded: 0, size: None, mean: *mean },
            })
            .collect();
        let mut pool: Vec<(Block<'_, 1>, Sizes)> = Vec::new();
        let make = || (Block::new(self.view(), self.seed, false), Sizes::default());
        let truncated = over(&mut pool, make, blocks, &limits.progress, |(block, sizes), blocks, goes_on| {
            for number in blocks {
                if !block.run(number, [u64::MAX], goes_on) {
                    return;
                }
                let mut lost = [0u64; 64];
                for event in &events {
                    let mut fallen = block.fallen(event.node)[0];
                    while fallen != 0 {
                        let world = fallen.trailing_zeros();
                        let drawn = event.loss(number * 64 + u64::from(world)) / unit;
                        if let Some(lost) = lost.get_mut(world as usize) {
                            *lost = lost.saturating_add(drawn.round() as u64);
                        }
                        fallen &= fallen - 1;
                    }
                }
                lost.iter().for_each(|lost| sizes.add(*lost));
            }
        });
        let mut sizes = Sizes::default();
        pool.iter().for_each(|(_, part)| sizes.take(part));
        (sizes, truncated)
    }
}

/// A loss event that costs something.
struct Event {
    node: Node,
    seeded: u64,
    size: Option<LossSize>,
    mean: f64,
}

impl Event {
    /// What it costs in a world in which it happens.
    fn loss(&self, world: u64) -> f64 {
        self.size
            .map_or(self.mean, |size| size.quantile(Probability::clamped(draw::unit(self.seeded, world))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{Graph, OnProgress};

    #[test]
    fn a_loss_that_happens_half_of_the_time_has_the_quantiles_of_its_size() {
        let mut graph = Graph::new();
        let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
        let guard = graph.variable(flaw, Probability::clamped(0.5));
        graph.step(&[], Some(guard), shop).unwrap();
        let size = LossSize::between(1e5, 1e6, "EUR".parse().unwrap()).unwrap();
        graph.event(shop, size.mean().amount()).unwrap();
        let snapshot = graph.compile().unwrap();
        let limits = Limits { worlds: 1 << 17, ..Limits::default() };
        let (losses, _) = Worlds::new(&snapshot, 3).drawn_losses(&[(Key::of("loss", "a"), size)], &limits);
        // P(loss > x) = 0.5 (1 − F(x)): the 95 % end is exceeded one time in forty.
        let at = |level: f64| losses.value_at_risk(Probability::clamped(level));
        assert_eq!(at(0.49), 0.0);
        for (level, exact) in [(0.975, 1e6), (0.75, (1e5_f64 * 1e6).sqrt()), (0.525, 1e5)] {
            assert!((at(level) / exact - 1.0).abs() < 0.03, "{level}: {} of {exact}", at(level));
        }
        assert!((losses.mean() / (0.5 * size.mean().amount()) - 1.0).abs() < 0.02);
    }

    #[test]
    fn no_split_of_the_work_changes_what_is_drawn() {
        let mut graph = Graph::new();
        let shop = graph.state();
        graph.step(&[], None, shop).unwrap();
        let size = LossSize::between(10.0, 1000.0, "EUR".parse().unwrap()).unwrap();
        graph.event(shop, size.mean().amount()).unwrap();
        let snapshot = graph.compile().unwrap();
        let sizes = [(Key::of("loss", "a"), size)];
        let worlds = Worlds::new(&snapshot, 3);
        let count = |most: u64| {
            let ask = move |progress: crate::attack::Progress| progress.done < most;
            let progress = OnProgress::new(&ask);
            worlds.drawn_losses(&sizes, &Limits { worlds: 1 << 12, progress, ..Limits::default() }).0
        };
        let (whole, first) = (count(u64::MAX), count(1024));
        assert_eq!(whole, count(u64::MAX));
        assert!(first.sizes.worlds() < whole.sizes.worlds());
        for threads in [1, 3] {
            assert_eq!(crate::attack::on_threads(threads, || count(u64::MAX)), whole);
        }
    }
}
