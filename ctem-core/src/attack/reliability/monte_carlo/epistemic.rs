//! How unsure the answer is because the priors are.

use super::{Block, Worlds, run::lost};
use crate::{
    attack::{
        limits::Limits,
        parallel::{STRIDE, over},
    },
    quantity::Estimate,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Sums over blocks of 64 worlds of what differs when chances are drawn from their priors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Differences {
    blocks: u64,
    /// Of the blocks' sums: their squares; and of the worlds: theirs.
    between: u128,
    within: u128,
    sum: i128,
}

impl Differences {
    /// Adds what was counted in other blocks.
    pub(crate) fn take(&mut self, other: &Self) {
        self.blocks += other.blocks;
        // Only what somebody made up is so large.
        self.between = self.between.saturating_add(other.between);
        self.within = self.within.saturating_add(other.within);
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// Of how many blocks it is.
    pub(crate) fn blocks(&self) -> u64 {
        self.blocks
    }

    /// The variance of the mean that the priors cause: that between blocks, less what 64 worlds scatter by themselves.
    fn variance(self, unit: f64) -> f64 {
        if self.blocks < 2 {
            return 0.0;
        }
        let blocks = self.blocks as f64;
        let mean = self.sum as f64 / blocks / 64.0;
        let between = self.between as f64 / blocks / 4096.0 - mean * mean;
        let within = self.within as f64 / blocks / 64.0 - self.between as f64 / blocks / 4096.0;
        let variance = between * blocks / (blocks - 1.0) - within.max(0.0) / 63.0;
        variance.max(0.0) * unit * unit
    }
}

impl Worlds<'_> {
    /// Adds the epistemic uncertainty to an estimate of the expected loss, whose confidence interval is of chance alone
    /// (aleatory): between what it lies in nine of ten cases, if the priors it rests on are as unsure as they say.
    ///
    /// For every block of 64 worlds each prior is drawn anew, and the same worlds are looked at with the chances drawn and as they
    /// are. What differs between blocks beyond what worlds scatter is the priors' doing. Where no chance rests on a prior, and where
    /// nothing is lost, the interval is the value alone. Twice the time of a run.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, PriorUncertainty, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// // The chance is a guess worth four tests: how unsure is the loss for that?
    /// graph.prior(guard, PriorUncertainty::new(Key::prior("guess"), 4.0))?;
    /// let snapshot = graph.compile()?;
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// let loss = worlds.run(&limits).tally.loss(Probability::new(0.95)?);
    /// let (low, high) = worlds.epistemic(loss, &limits).epistemic().unwrap();
    /// assert!(low < loss.value() && loss.value() < high);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "aleatory")]
    #[doc(alias = "uncertainty")]
    #[doc(alias = "Beta prior")]
    pub fn epistemic(&self, loss: Estimate, limits: &Limits<'_>) -> Estimate {
        self.with_epistemic(loss, &self.differences(0..limits.worlds.div_ceil(64), limits))
    }

    /// The same of what differed in worlds that were looked at.
    pub(crate) fn with_epistemic(&self, loss: Estimate, differences: &Differences) -> Estimate {
        if !self.snapshot.condensed.has_uncertain_priors() {
            return loss.with_epistemic(loss.value(), loss.value());
        }
        let (low, high) = lognormal(loss.value(), differences.variance(self.tally().unit()));
        loss.with_epistemic(low, high)
    }

    /// What differs in some blocks of 64 worlds; nothing where no chance rests on a prior.
    pub(crate) fn differences(&self, blocks: Range<u64>, limits: &Limits<'_>) -> Differences {
        if !self.snapshot.condensed.has_uncertain_priors() {
            return Differences::default();
        }
        let (view, seed, events) = (self.view(), self.seed, self.events());
        let make = || {
            let plain: Block<'_, { STRIDE as usize }> = Block::new(view, seed, false);
            let drawn: Block<'_, { STRIDE as usize }> = Block::new(view.redrawing(), seed, false);
            (plain, drawn, Differences::default())
        };
        let mut pool = Vec::new();
        over(&mut pool, make, blocks, &limits.progress, |(plain, drawn, sums), blocks, goes_on| {
            for first in blocks.clone().step_by(STRIDE as usize) {
                let count = (blocks.end - first).min(STRIDE) as usize;
                let lanes = std::array::from_fn(|word| if word < count { u64::MAX } else { 0 });
                if !plain.run(first, lanes, goes_on) || !drawn.run(first, lanes, goes_on) {
                    return;
                }
                for word in 0..count {
                    let mut sum = 0i128;
                    let pairs = lost(plain, word, &events).into_iter().zip(lost(drawn, word, &events));
                    for (before, after) in pairs {
                        let difference = i128::from(after) - i128::from(before);
                        sum += difference;
                        sums.within += difference.unsigned_abs().pow(2);
                    }
                    sums.blocks += 1;
                    sums.between += sum.unsigned_abs().pow(2);
                    sums.sum += sum;
                }
            }
        });
        let mut all = Differences::default();
        pool.iter().for_each(|(_, _, part)| all.take(part));
        all
    }
}

/// The 5 % and 95 % quantiles of the lognormal distribution with a mean and a variance.
fn lognormal(mean: f64, variance: f64) -> (f64, f64) {
    const QUANTILE: f64 = 1.644_853_626_951_472_2;
    if mean <= 0.0 {
        return (0.0, 0.0);
    }
    let square = libm::log1p(variance / (mean * mean));
    let (middle, sigma) = (libm::log(mean) - square / 2.0, square.sqrt());
    (libm::exp(middle - QUANTILE * sigma), libm::exp(middle + QUANTILE * sigma))
}
