//! What is lost in the scenarios that stand, as an estimate over the worlds they were found in.

use super::list::Scenarios;
use crate::{
    attack::{
        graph::{Snapshot, index::Id},
        reliability::monte_carlo::bernstein,
    },
    quantity::{Estimate, Probability},
};

impl Scenarios {
    /// Whether these cores stand in so many worlds at least, each counted once for every event it was found for.
    pub(crate) fn telling(&self, enough: usize, stands: impl Fn(u32) -> bool) -> bool {
        let standing = self.list.iter().filter(|scenario| stands(scenario.core));
        let mut missing = enough.saturating_sub(self.always.len());
        for scenario in standing {
            missing = missing.saturating_sub(scenario.worlds.len());
            if missing == 0 {
                break;
            }
        }
        missing == 0
    }

    /// The expected loss of the events that were looked for in worlds, while these cores stand, with bounds that hold with the
    /// confidence (empirical Bernstein over worlds). 0, exactly, where none was. O(what was found).
    pub(crate) fn loss(
        &self,
        snapshot: &Snapshot,
        seed: u64,
        confidence: Probability,
        stands: impl Fn(u32) -> bool,
    ) -> Estimate {
        if self.worlds == 0 {
            return Estimate::exact(0.0);
        }
        let mut lost = vec![0.0; self.worlds as usize];
        let mut add = |world: u32, loss: f64| {
            if let Some(lost) = lost.get_mut(world as usize) {
                *lost += loss;
            }
        };
        let loss = |event| snapshot.loss(event).unwrap_or(0.0);
        for scenario in self.list.iter().filter(|scenario| stands(scenario.core)) {
            scenario.worlds.iter().for_each(|(world, loss)| add(*world, *loss));
        }
        self.always.iter().for_each(|(world, loss)| add(*world, *loss));
        let events = snapshot.events().filter(|event| self.is_exact.get(event.index()) == Some(&false));
        let range: f64 = events.map(loss).sum();
        let worlds = self.worlds as f64;
        let mean = lost.iter().sum::<f64>() / worlds;
        let spread = lost.iter().map(|lost| (lost - mean) * (lost - mean)).sum::<f64>() / worlds;
        let part = if range > 0.0 { libm::sqrt(spread) / range } else { 0.0 };
        let half = range * bernstein(part, self.worlds, 1.0 - confidence.get());
        let (lower, upper) = ((mean - half).max(0.0), (mean + half).min(range));
        Estimate::sampled(mean, lower, upper, confidence, self.worlds, seed)
    }
}
