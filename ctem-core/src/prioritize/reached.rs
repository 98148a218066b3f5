//! What attackers of one sort can come to.

use super::Assessment;
use crate::{
    attack::MostProbablePaths, error::Result, id::FindingId, model::Attacker, quantity::Probability,
};
use std::collections::HashSet;

impl Assessment {
    /// The findings to which these attackers have a way, if only they attack: all that they need can be held. The graph is compiled anew:
    /// O(n log n) in its size.
    pub(crate) fn reached_by(&self, attacker: Attacker) -> Result<HashSet<FindingId>> {
        let mut openings = self.openings.clone();
        for (entry, chance) in self.environment.entry_points().zip(&mut openings.entries) {
            if entry.attacker != attacker {
                *chance = Probability::ZERO;
            }
        }
        let snapshot = self.compiled(&openings)?;
        let falls = MostProbablePaths::compute(&snapshot);
        let standing = self.standing.iter().zip(&self.openings.list);
        let reached = standing.filter(|(_, step)| self.reach_in(&snapshot, &falls, step) > Probability::ZERO);
        Ok(reached.map(|(standing, _)| standing.id.clone()).collect())
    }
}
