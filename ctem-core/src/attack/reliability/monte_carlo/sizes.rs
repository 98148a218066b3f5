//! Losses by size: how many worlds lose how much, in whole units, so that counts add up to the same bits in any order.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// By size of what was lost together in a world: how many worlds, and their sum. Sizes share a row when their highest nine
/// binary digits agree, so that a row spans at most 0.4 % of its size.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sizes(BTreeMap<u64, Row>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) worlds: u64,
    pub(super) sum: u128,
}

impl Sizes {
    pub(super) fn add(&mut self, lost: u64) {
        let row = self.0.entry(size(lost)).or_default();
        row.worlds += 1;
        row.sum += u128::from(lost);
    }

    pub(super) fn remove(&mut self, lost: u64) {
        if let Some(row) = self.0.get_mut(&size(lost)) {
            row.worlds -= 1;
            row.sum -= u128::from(lost);
            if row.worlds == 0 {
                self.0.remove(&size(lost));
            }
        }
    }

    /// Adds what was counted in other worlds.
    pub(crate) fn take(&mut self, other: &Self) {
        for (size, other) in &other.0 {
            let row = self.0.entry(*size).or_default();
            row.worlds += other.worlds;
            // Only what somebody made up is so large.
            row.sum = row.sum.saturating_add(other.sum);
        }
    }

    pub(super) fn rows(&self) -> std::collections::btree_map::Values<'_, u64, Row> {
        self.0.values()
    }

    pub(super) fn worlds(&self) -> u64 {
        self.rows().map(|row| row.worlds).sum()
    }

    /// Whether it is of so many worlds.
    pub(crate) fn is_of(&self, worlds: u64) -> bool {
        self.rows().map(|row| u128::from(row.worlds)).sum::<u128>() == u128::from(worlds)
    }

    /// In how many worlds nothing was lost.
    pub(super) fn without_loss(&self) -> u64 {
        self.0.get(&0).map_or(0, |row| row.worlds)
    }

    /// The mean loss, where one unit is so much.
    pub(super) fn mean(&self, unit: f64) -> f64 {
        let sum: u128 = self.rows().map(|row| row.sum).sum();
        sum as f64 / self.worlds().max(1) as f64 * unit
    }

    /// By rising loss, the share of worlds in which at least so much is lost.
    pub(super) fn exceedance_curve(&self, unit: f64) -> Vec<(f64, f64)> {
        let mut rest = self.worlds();
        let worlds = rest.max(1) as f64;
        let mut curve = vec![(0.0, 1.0)];
        for row in self.rows() {
            let loss = row.sum as f64 / row.worlds.max(1) as f64 * unit;
            if loss > 0.0 {
                curve.push((loss, rest as f64 / worlds));
            }
            rest -= row.worlds;
        }
        curve
    }

    /// The least of the losses in the worst worlds, a part `share` of all, and their mean.
    pub(super) fn worst(&self, share: f64, unit: f64) -> (f64, f64) {
        let worst = share * self.worlds() as f64;
        let (mut missing, mut sum, mut least) = (worst, 0.0, 0.0);
        for row in self.rows().rev() {
            let mean = row.sum as f64 / row.worlds.max(1) as f64;
            let taken = missing.min(row.worlds as f64);
            sum += taken * mean;
            least = mean;
            missing -= taken;
            if missing <= 0.0 {
                break;
            }
        }
        let mean = if worst > 0.0 { sum / worst } else { least };
        (least * unit, mean * unit)
    }
}

/// The row of a size: the size without all but its highest nine binary digits.
fn size(lost: u64) -> u64 {
    let digits = u64::BITS - lost.leading_zeros();
    let cut = digits.saturating_sub(9);
    lost >> cut << cut
}
