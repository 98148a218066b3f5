//! What fixing each finding is worth, counted over worlds.

use super::super::Key;
use super::{Tally, confidence};
use crate::{
    error::Result,
    quantity::{Estimate, Probability},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fix value of every variable that was asked about: the expected loss with it minus that without it.
///
/// Fix values do not add up to the whole: where two findings are needed together either fix saves the loss, and where either
/// suffices neither does alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixValues {
    tally: Tally,
    /// By key: what was lost only with its help, in units, summed over worlds.
    saved: BTreeMap<Key, Saved>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Saved {
    worlds: u64,
    sum: u128,
    squares: u128,
}

impl FixValues {
    pub(super) fn new(tally: Tally) -> Self {
        Self { tally, saved: BTreeMap::new() }
    }

    pub(super) fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    pub(super) fn add(&mut self, key: Key, worlds: u64, sum: u128, squares: u128) {
        let saved = self.saved.entry(key).or_default();
        saved.worlds += worlds;
        saved.sum += sum;
        saved.squares += squares;
    }

    /// The worlds it was counted in.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Adds what was counted in other worlds.
    ///
    /// # Errors
    /// As [`Tally::merge`]; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        other.saved.iter().for_each(|(key, saved)| self.add(*key, saved.worlds, saved.sum, saved.squares));
        Ok(())
    }

    /// The fix value of a variable, with bounds that hold with the confidence (empirical Bernstein, as for [`Tally::loss`]). One
    /// that was critical in no world has the value 0, and an upper bound.
    pub fn of(&self, key: Key, confidence: Probability) -> Estimate {
        let saved = self.saved.get(&key).copied().unwrap_or_default();
        let (worlds, all) = (self.tally.worlds(), self.tally.everything());
        let mean = saved.sum as f64 / worlds.max(1) as f64 / Tally::UNITS;
        let square = saved.squares as f64 / worlds.max(1) as f64 / Tally::UNITS / Tally::UNITS;
        let deviation = (square - mean * mean).max(0.0).sqrt();
        let half = confidence::bernstein(deviation, worlds, 1.0 - confidence.get());
        let (lower, upper) = ((mean - half).max(0.0) * all, (mean + half).min(1.0) * all);
        Estimate::sampled(mean * all, lower, upper, confidence, worlds, self.tally.seed())
    }

    /// The chance that a variable is critical, given that anything is lost: 1 for a choke point. Of a run of one loss event it is
    /// P(critical | loss), which takes redundancy and chance into account where counting paths does not.
    pub fn critical(&self, key: Key) -> f64 {
        let critical = self.saved.get(&key).map_or(0, |saved| saved.worlds);
        critical as f64 / self.tally.lossy().max(1) as f64
    }

    /// The variables that were critical in some world, the most valuable first; of equal ones the lower key.
    pub fn ranked(&self) -> Vec<Key> {
        let mut keys: Vec<(Key, u128)> = self.saved.iter().map(|(key, saved)| (*key, saved.sum)).collect();
        keys.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        keys.into_iter().map(|(key, _)| key).collect()
    }
}
