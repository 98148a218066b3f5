//! What attackers of one sort can hold, whatever the chances: from where they start, over the steps that may be taken.

use super::Assessment;
use crate::{
    attack::{ExploitStep, Id, Origin, State, Step},
    id::FindingId,
    model::{Access, Attacker},
};
use std::collections::HashSet;

/// What is held once every step that may be taken is.
pub(super) struct Held {
    /// By state: the step it is held by, where it is held.
    by: Vec<Option<Step>>,
}

impl Assessment {
    /// The findings to which these attackers have a way, over whatever lies between: all that they need can be held. O(m).
    pub(crate) fn reached_by(&self, attacker: Attacker) -> HashSet<FindingId> {
        let held = Held::of(self, |origin| match origin {
            Origin::Entry(n) => self.starts(n, attacker),
            _ => true,
        });
        let needs = |step: &ExploitStep| {
            let is_held =
                |needs: &(u32, Access)| self.state_of(*needs).is_some_and(|state| held.holds(state));
            step.premises().iter().all(|one_of| one_of.iter().any(is_held))
        };
        let standing = self.standing.iter().zip(&self.openings.list);
        standing.filter(|(_, step)| needs(step)).map(|(standing, _)| standing.id.clone()).collect()
    }

    /// Whether an entry point is where such attackers start.
    pub(super) fn starts(&self, entry: u32, attacker: Attacker) -> bool {
        self.entry(entry).is_some_and(|entry| entry.attacker == attacker)
    }
}

impl Held {
    /// A work list over the steps that may be taken: each is looked at once for each of its premises. O(m).
    pub(super) fn of(assessment: &Assessment, may_take: impl Fn(Origin) -> bool) -> Self {
        let snapshot = &assessment.snapshot;
        let uses = snapshot.uses();
        // What may not be taken is never ready.
        let (mut missing, mut ready) = (vec![u32::MAX; snapshot.step_count()], Vec::new());
        let can_be = |step: Step| snapshot.guard(step).is_none_or(|guard| guard.chance.get() > 0.0);
        let takes = |step: &Step| can_be(*step) && snapshot.origin(*step).is_some_and(&may_take);
        for step in snapshot.steps().filter(takes) {
            let count = snapshot.premises(step).count() as u32;
            if count == 0 {
                ready.push(step);
            }
            if let Some(missing) = missing.get_mut(step.index()) {
                *missing = count;
            }
        }
        let mut by: Vec<Option<Step>> = vec![None; snapshot.state_count()];
        // The first way found is the one that is told, and the first come first.
        ready.reverse();
        while let Some(step) = ready.pop() {
            let Some(state) = snapshot.conclusion(step) else { continue };
            let Some(held) = by.get_mut(state.index()).filter(|held| held.is_none()) else { continue };
            *held = Some(step);
            for next in uses.row(state) {
                if let Some(missing) = missing.get_mut(next.index()) {
                    *missing = missing.saturating_sub(1);
                    if *missing == 0 {
                        ready.push(*next);
                    }
                }
            }
        }
        Self { by }
    }

    pub(super) fn holds(&self, state: State) -> bool {
        self.by.get(state.index()).is_some_and(Option::is_some)
    }

    /// The assets from a state back to where the way began, each once.
    pub(super) fn titles<'a>(&self, assessment: &'a Assessment, state: State) -> Vec<&'a str> {
        let (snapshot, environment) = (&assessment.snapshot, assessment.environment());
        let (mut titles, mut at, mut left) = (Vec::new(), Some(state), self.by.len());
        while let Some(state) = at {
            if let Some((asset, _)) = snapshot.asset(environment, state)
                && titles.last() != Some(&asset.title())
            {
                titles.push(asset.title());
            }
            let step = self.by.get(state.index()).copied().flatten();
            // Of several premises the one that is about an asset leads back; a control is none.
            let back = |step: Step| {
                let premises = || snapshot.premises(step).filter(|premise| !snapshot.is_root(*premise));
                let placed = |premise: &State| snapshot.asset(environment, *premise).is_some();
                premises().find(placed).or_else(|| premises().next())
            };
            left = left.saturating_sub(1);
            at = step.and_then(back).filter(|_| left > 0);
        }
        titles
    }
}
