//! What was counted over worlds: whole numbers, so that counts add up to the same bits in any order.

use super::{intervals, sizes::Sizes};
use crate::{
    attack::graph::{EventId, index::Id},
    error::{Error, ErrorKind, Result},
    quantity::{Estimate, Probability},
};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A loss is counted in units of 2⁻⁴⁰ of all that can be lost, so that squares of it add up in 128 bits.
const UNITS: f64 = 1_099_511_627_776.0;

/// Statistics of a Monte Carlo sample: how often each loss event happened in how many worlds, and how much was lost together.
///
/// Tallies of different worlds under one seed add up by [`merge`](SampleStatistics::merge), on one machine or many, to what one
/// run over all of them counts, to the bit. They can be written and read (serde).
///
/// ```
/// # use ctem_core::attack::SampleStatistics;
/// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
/// # let guard = graph.variable(flaw, half);
/// # graph.step(&[], Some(guard), shop)?;
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
/// // Does a tally come through a file unchanged?
/// let written = serde_json::to_string(&tally).unwrap();
/// assert_eq!(serde_json::from_str::<SampleStatistics>(&written).unwrap(), tally);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Monte Carlo")]
#[doc(alias = "sample")]
#[doc(alias = "tally")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct SampleStatistics {
    seed: u64,
    /// The chance that an attack begins at all: that any first uncertain step succeeds.
    begins: f64,
    /// In how many worlds one did.
    begun: u64,
    /// The ranges of blocks of 64 worlds that were looked at, in order, none touching the next.
    blocks: Vec<(u64, u64)>,
    /// By loss event: its expected loss.
    losses: Vec<f64>,
    /// All of them together, which is asked for more often than events are many.
    #[serde(skip)]
    everything: f64,
    /// By loss event: in how many worlds it happened.
    events: Vec<u64>,
    /// What was lost together, in units, summed over worlds; and its squares.
    sum: u128,
    squares: u128,
    /// What was lost together in a world, by size.
    sizes: Sizes,
}

impl SampleStatistics {
    /// How many units all that can be lost has.
    pub(super) const UNITS: f64 = UNITS;

    pub(super) fn new(seed: u64, losses: &[f64], begins: f64) -> Self {
        Self {
            seed,
            begins,
            begun: 0,
            blocks: Vec::new(),
            losses: losses.to_vec(),
            everything: losses.iter().sum(),
            events: vec![0; losses.len()],
            sum: 0,
            squares: 0,
            sizes: Sizes::default(),
        }
    }

    /// By loss event: its loss in units.
    pub(super) fn units(losses: &[f64]) -> Vec<u64> {
        let all: f64 = losses.iter().sum();
        let unit = if all > 0.0 { UNITS / all } else { 0.0 };
        losses.iter().map(|loss| (loss * unit).round() as u64).collect()
    }

    /// Counts a block of 64 worlds: in which of them an attack began and each event happened, and what was lost in each.
    pub(super) fn count(&mut self, block: u64, begun: u64, fallen: impl Iterator<Item = u64>, lost: &[u64]) {
        self.covers((block, block + 1));
        self.begun += u64::from(begun.count_ones());
        for (event, fallen) in self.events.iter_mut().zip(fallen) {
            *event += u64::from(fallen.count_ones());
        }
        lost.iter().for_each(|lost| self.add(*lost));
    }

    /// Takes attacks for beginning in so many worlds, with another chance.
    pub(super) fn begin_anew(&mut self, begins: f64, begun: u64) {
        (self.begins, self.begun) = (begins, begun);
    }

    /// Takes one loss event for happening in other worlds of a word than before.
    pub(super) fn recount(&mut self, event: EventId, before: u64, after: u64) {
        self.events[event.index()] += u64::from(after.count_ones());
        self.events[event.index()] -= u64::from(before.count_ones());
    }

    /// Takes what is lost in one world for another amount.
    pub(super) fn replace(&mut self, before: u64, after: u64) {
        self.sum -= u128::from(before);
        self.squares -= u128::from(before) * u128::from(before);
        self.sizes.remove(before);
        self.add(after);
    }

    fn add(&mut self, lost: u64) {
        self.sum += u128::from(lost);
        self.squares += u128::from(lost) * u128::from(lost);
        self.sizes.add(lost);
    }

    fn covers(&mut self, range: (u64, u64)) {
        match self.blocks.last_mut() {
            Some((_, end)) if *end == range.0 => *end = range.1,
            Some((_, end)) if *end < range.0 => self.blocks.push(range),
            None => self.blocks.push(range),
            Some(_) => {
                self.blocks.push(range);
                self.blocks.sort_unstable();
                self.blocks.dedup_by(|next, last| {
                    let touching = next.0 == last.1;
                    if touching {
                        last.1 = next.1;
                    }
                    touching
                });
            }
        }
    }

    /// Adds what was counted in other worlds.
    ///
    /// # Errors
    /// `conflict` when the other is of another seed or of other loss events, or has worlds in common with this; nothing is added
    /// then.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Can two machines share 256 blocks of 64 worlds?
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// let (mut first, second) = (worlds.blocks(0..100, &limits).tally, worlds.blocks(100..256, &limits).tally);
    /// first.merge(&second)?;
    /// assert_eq!(first, worlds.run(&limits).tally);
    /// assert_eq!(first.merge(&second).unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let conflict = |message: String| Err(Error::new(ErrorKind::Conflict, message));
        if self.seed != other.seed {
            return conflict(format!("a tally of seed {} cannot take one of seed {}", self.seed, other.seed));
        }
        if (&self.losses, self.begins) != (&other.losses, other.begins) {
            return conflict("the tallies are of different loss events".into());
        }
        let common = other.blocks.iter().find(|(start, end)| {
            self.blocks.iter().any(|(other_start, other_end)| start < other_end && other_start < end)
        });
        if let Some((start, end)) = common {
            return conflict(format!("worlds {} to {} are in both tallies", start * 64, end * 64 - 1));
        }
        self.take(other);
        Ok(())
    }

    /// Adds what was counted in other worlds of the same run.
    pub(super) fn take(&mut self, other: &Self) {
        other.blocks.iter().for_each(|range| self.covers(*range));
        self.begun += other.begun;
        self.events.iter_mut().zip(&other.events).for_each(|(event, other)| *event += other);
        self.sum += other.sum;
        self.squares += other.squares;
        self.sizes.take(&other.sizes);
    }

    /// The seed the worlds are of.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// // Under which seed can the same worlds be had again?
    /// assert_eq!(tally.seed(), 7);
    /// assert_eq!(Worlds::new(&snapshot, tally.seed()).run(&Limits::default()).tally, tally);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The ranges of blocks of 64 worlds that were looked at, in order, none touching the next.
    pub(crate) fn blocks(&self) -> &[(u64, u64)] {
        &self.blocks
    }

    /// By loss event: its expected loss.
    pub(crate) fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// In how many worlds it was looked.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Worlds come in blocks of 64.
    /// let run = Worlds::new(&snapshot, 7).run(&Limits { worlds: 100, ..Limits::default() });
    /// assert_eq!(run.tally.worlds(), 128);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn worlds(&self) -> u64 {
        self.blocks.iter().map(|(start, end)| (end - start) * 64).sum()
    }

    /// In how many of them a loss event happened: in none, when there is none of this number.
    ///
    /// ```
    /// # use ctem_core::{attack::{EventId, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// assert!(0 < tally.happened(crash) && tally.happened(crash) < tally.worlds());
    /// assert_eq!(tally.happened(EventId::new(9)), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn happened(&self, event: EventId) -> u64 {
        self.events.get(event.index()).copied().unwrap_or(0)
    }

    /// The chance that a loss event happens, with a confidence interval. Worlds are taken in two strata, those where an attack
    /// begins and the rest, in which nothing is lost and whose share is known. The bounds hold, with the confidence, for every
    /// number of worlds at once: they may be looked at again and again, and the run ended when they please (Robbins 1970, with
    /// the conjugate mixture: worlds of chance p are more than 1/(1 − confidence) times less likely than their average over all p
    /// only with the chance that remains).
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// let chance = tally.chance(crash, Probability::new(0.95)?);
    /// assert!(chance.lower() <= 0.5 && 0.5 <= chance.upper());
    /// assert_eq!(chance.value(), tally.happened(crash) as f64 / tally.worlds() as f64);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "confidence interval")]
    #[doc(alias = "confidence sequence")]
    pub fn chance(&self, event: EventId, confidence: Probability) -> Estimate {
        let (worlds, happened) = (self.worlds(), self.happened(event));
        // Of the worlds where an attack began, whose share of all is known.
        let (lower, upper) = intervals::of_share(happened, self.begun, 1.0 - confidence.get());
        let (lower, upper) = (lower * self.begins, upper * self.begins);
        let value = if worlds == 0 { 0.0 } else { happened as f64 / worlds as f64 };
        Estimate::sampled(value, lower, upper, confidence, worlds, self.seed)
    }

    /// The expected loss, of all loss events together, with a confidence interval that holds if this is the only look at the worlds:
    /// the bounds of Audibert, Munos and Szepesvári (2009, empirical Bernstein).
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// // 1000 to lose behind two steps of one chance in two: what is to be expected?
    /// let loss = tally.loss(Probability::new(0.95)?);
    /// assert!(loss.lower() <= 250.0 && 250.0 <= loss.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "confidence interval")]
    #[doc(alias = "empirical Bernstein")]
    pub fn loss(&self, confidence: Probability) -> Estimate {
        self.loss_missing(1.0 - confidence.get(), confidence)
    }

    /// The same for who looks again and again at growing samples: at the look of a number, from 1, it spends 1/(k (k + 1)) of what
    /// all looks together may miss. Then the bounds of all looks hold at once, with the confidence.
    ///
    /// ```
    /// use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// use std::num::NonZeroU32;
    ///
    /// let mut graph = Graph::new();
    /// let shop = graph.state();
    /// let (entry, flaw) = (graph.state(), graph.variable(Key::of("finding", "f-1"), Probability::new(0.5)?));
    /// let phished = graph.variable(Key::of("entry", "anna"), Probability::new(0.5)?);
    /// graph.step(&[], Some(phished), entry)?;
    /// graph.step(&[entry], Some(flaw), shop)?;
    /// graph.event(shop, 1000.0)?;
    /// let snapshot = graph.compile()?;
    /// let (tally, confidence) = (Worlds::new(&snapshot, 7).run(&Limits::default()).tally, Probability::new(0.95)?);
    /// let (only, third) = (tally.loss(confidence), tally.loss_at(NonZeroU32::MIN.saturating_add(2), confidence));
    /// assert!(third.lower() < only.lower() && only.upper() < third.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "confidence sequence")]
    pub fn loss_at(&self, look: NonZeroU32, confidence: Probability) -> Estimate {
        self.loss_missing((1.0 - confidence.get()) * intervals::share_of_look(look), confidence)
    }

    /// The same with bounds that miss it with at most the chance `miss`.
    fn loss_missing(&self, miss: f64, confidence: Probability) -> Estimate {
        let worlds = self.worlds();
        let all = self.everything();
        // From counts, so that what was rounded to units does not show.
        let value =
            self.losses.iter().zip(&self.events).map(|(loss, event)| loss * *event as f64).sum::<f64>()
                / worlds.max(1) as f64;
        // Of the worlds where an attack began, whose share of all is known: how many of them there were adds no doubt.
        let (mean, deviation) = self.moments();
        let half = intervals::bernstein(deviation, self.begun, miss);
        let all_begun = all * self.begins;
        let (lower, upper) = ((mean - half).max(0.0) * all_begun, (mean + half).min(1.0) * all_begun);
        Estimate::sampled(value, lower.min(value), upper.max(value), confidence, worlds, self.seed)
    }

    /// The mean of what is lost together where an attack begins, as a part of all, and its standard deviation.
    fn moments(&self) -> (f64, f64) {
        let worlds = self.begun.max(1) as f64;
        let mean = self.sum as f64 / worlds / UNITS;
        let square = self.squares as f64 / worlds / UNITS / UNITS;
        (mean, (square - mean * mean).max(0.0).sqrt())
    }

    /// The loss exceedance curve: by rising loss, the share of worlds in which at least so much is lost. It begins with no loss at 1.
    /// Losses that differ by less than 0.4 % may share a row.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// // How likely is a loss of at least 1000?
    /// let share = tally.happened(crash) as f64 / tally.worlds() as f64;
    /// assert_eq!(tally.exceedance_curve(), [(0.0, 1.0), (1000.0, share)]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "loss exceedance curve")]
    #[doc(alias = "LEC")]
    pub fn exceedance_curve(&self) -> Vec<(f64, f64)> {
        self.sizes.exceedance_curve(self.unit())
    }

    /// Value at risk (VaR): the loss that is not exceeded in a share `level` of worlds.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// // 1000 is lost in about half of all worlds: what is lost at most in 40 of 100, and in 90?
    /// assert_eq!(tally.value_at_risk(Probability::new(0.4)?), 0.0);
    /// assert_eq!(tally.value_at_risk(Probability::new(0.9)?), 1000.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "VaR")]
    pub fn value_at_risk(&self, level: Probability) -> f64 {
        self.worst(level).0
    }

    /// Expected shortfall, or conditional value at risk (CVaR): the mean loss in the worst worlds, a share 1 − `level` of all
    /// (Rockafellar and Uryasev 2000). At level 0 it is the expected loss.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let tally = Worlds::new(&snapshot, 7).run(&Limits::default()).tally;
    /// // What is lost on the average in the worst tenth of worlds?
    /// assert!((tally.expected_shortfall(Probability::new(0.9)?) - 1000.0).abs() < 1e-6);
    /// let mean = tally.loss(Probability::new(0.95)?).value();
    /// assert!((tally.expected_shortfall(Probability::ZERO) - mean).abs() < 1e-6);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "CVaR")]
    #[doc(alias = "conditional value at risk")]
    #[doc(alias = "tail value at risk")]
    pub fn expected_shortfall(&self, level: Probability) -> f64 {
        self.worst(level).1
    }

    /// The least of the losses in the worst worlds, and their mean.
    fn worst(&self, level: Probability) -> (f64, f64) {
        self.sizes.worst(1.0 - level.get(), self.unit())
    }

    pub(super) fn unit(&self) -> f64 {
        self.everything() / UNITS
    }

    /// All that can be lost.
    pub(super) fn everything(&self) -> f64 {
        self.everything
    }

    /// In how many worlds anything was lost.
    pub(crate) fn lossy(&self) -> u64 {
        self.worlds() - self.sizes.without_loss()
    }
}

/// A tally as it is read, before it is checked.
#[derive(Deserialize)]
struct Written {
    seed: u64,
    begins: f64,
    begun: u64,
    blocks: Vec<(u64, u64)>,
    losses: Vec<f64>,
    events: Vec<u64>,
    sum: u128,
    squares: u128,
    sizes: Sizes,
}

impl TryFrom<Written> for SampleStatistics {
    type Error = Error;

    /// No tally adds up to what a run counts unless it is whole: counts within its worlds, and small enough that sums over all
    /// worlds there may be fit.
    fn try_from(written: Written) -> Result<Self> {
        let Written { seed, begins, begun, blocks, losses, events, sum, squares, sizes } = written;
        let in_order = blocks.iter().all(|(start, end)| start < end && *end <= MOST_BLOCKS)
            && blocks.windows(2).all(|pair| pair[0].1 < pair[1].0);
        if !in_order {
            return Err(Error::invalid(
                "the tally's blocks must be ranges in order, below 2³⁶, none touching the next",
            ));
        }
        let everything = losses.iter().sum();
        let tally = Self { seed, begins, begun, blocks, losses, everything, events, sum, squares, sizes };
        let worlds = tally.worlds();
        let rows = tally.sizes.rows();
        let counted = rows.clone().map(|row| u128::from(row.worlds)).sum::<u128>() == u128::from(worlds)
            && rows.clone().all(|row| row.sum <= most_lost(row.worlds))
            && rows.map(|row| row.sum).sum::<u128>() == tally.sum
            && tally.squares <= tally.sum << MOST_LOST
            && tally.begun <= worlds
            && tally.events.len() == tally.losses.len()
            && tally.events.iter().all(|event| *event <= worlds);
        let stated = (0.0..=1.0).contains(&tally.begins)
            && tally.losses.iter().all(|loss| (0.0..=f64::MAX).contains(loss));
        if counted && stated {
            Ok(tally)
        } else {
            Err(Error::invalid(
                "the tally's counts do not fit together: it must be one that a run has written",
            ))
        }
    }
}

/// A tally is read of blocks below this.
pub(crate) const MOST_BLOCKS: u64 = 1 << 36;
/// In a world less than 2 to this many units is lost: all there is, and what rounding adds.
const MOST_LOST: u32 = 41;

/// The most units that so many worlds can lose.
pub(super) fn most_lost(worlds: u64) -> u128 {
    u128::from(worlds) << MOST_LOST
}
