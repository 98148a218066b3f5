//! The most probable way to every state, and ways written out step by step.

use super::radix_heap::RadixHeap;
use crate::{
    attack::graph::{Snapshot, State, Step, index::NONE, layout::Uses},
    quantity::Probability,
};
use std::cmp::Reverse;

/// For every state, the most probable way to it: its chance, and the last step of it.
///
/// The chance multiplies along a way, and where a step has two premises multiplies theirs, as if what they share did not
/// help: it never exceeds the true chance of the way, nor that of the state. Among ways of one chance the one with the
/// fewest steps is taken, and then the one whose last step comes first, so the answer is unique.
#[derive(Debug, Clone)]
pub struct MostProbablePaths {
    /// By state: the chance; 0 when it cannot fall.
    chances: Vec<f64>,
    /// By state: the last step, or `NONE`.
    last: Vec<u32>,
}

/// What is known of a state on the way: not seen is a chance of 0.
#[derive(Clone, Copy, Default)]
struct Way {
    chance: f64,
    hops: u32,
    settled: bool,
}

impl MostProbablePaths {
    /// Finds the most probable way to every state. O(m log n) time; 24 bytes a state while it runs, 12 after.
    pub fn of(snapshot: &Snapshot) -> Self {
        let (states, uses) = (snapshot.state_count(), Uses::of(&snapshot.layout));
        let mut ways = vec![Way::default(); states];
        let mut last = vec![NONE; states];
        // Likelier first, then shorter, then the lower state.
        let mut queue = RadixHeap::new();
        if let Some(given) = ways.first_mut() {
            given.chance = 1.0;
            queue.push(1.0, (Reverse(0), Reverse(0u32)));
        }
        while let Some((_, (_, Reverse(state)))) = queue.pop() {
            match ways.get_mut(state as usize) {
                Some(way) if !way.settled => way.settled = true,
                Some(_) | None => continue,
            }
            for step in uses.from(state) {
                let conclusion = snapshot.layout.concludes(*step as usize);
                let Some((chance, hops)) = fired(snapshot, *step as usize, &ways) else { continue };
                let (Some(way), Some(last)) =
                    (ways.get_mut(conclusion as usize), last.get_mut(conclusion as usize))
                else {
                    continue;
                };
                let better = (chance, Reverse(hops)) > (way.chance, Reverse(way.hops));
                let same = chance == way.chance && hops == way.hops && chance > 0.0;
                if way.settled {
                    continue;
                }
                if better {
                    (way.chance, way.hops, *last) = (chance, hops, *step);
                    queue.push(chance, (Reverse(hops), Reverse(conclusion)));
                } else if same && *step < *last {
                    *last = *step;
                }
            }
        }
        Self { chances: ways.into_iter().map(|way| way.chance).collect(), last }
    }

    /// The chance of the most probable way to a state; 0 when there is none.
    pub fn chance(&self, state: State) -> Probability {
        Probability::clamped(self.value(state.0))
    }

    /// The last step of the most probable way to a state.
    pub fn last_step(&self, state: State) -> Option<Step> {
        self.last.get(state.0 as usize).filter(|step| **step != NONE).map(|step| Step(*step))
    }

    pub(crate) fn value(&self, state: u32) -> f64 {
        self.chances.get(state as usize).copied().unwrap_or(0.0)
    }

    /// The product of the chances of a step's premises; what is absent counts as given.
    pub(super) fn premises(&self, snapshot: &Snapshot, step: usize) -> f64 {
        let [first, second] = snapshot.layout.premise_pair(step);
        let second = if second == NONE { 1.0 } else { self.value(second) };
        self.value(first) * second
    }
}

/// The chance and length of a step whose premises are all settled.
fn fired(snapshot: &Snapshot, step: usize, ways: &[Way]) -> Option<(f64, u32)> {
    let [first, second] = snapshot.layout.premise_pair(step);
    let a = ways.get(first as usize).filter(|way| way.settled)?;
    let guard = snapshot.layout.chance(step);
    let (chance, hops) = if second == NONE {
        (a.chance * guard, a.hops)
    } else {
        let b = ways.get(second as usize).filter(|way| way.settled)?;
        // Grouped so that a threat gives the same bits as a premise as when it is folded into the variable.
        (a.chance * (b.chance * guard), a.hops.max(b.hops))
    };
    (chance > 0.0).then_some((chance, hops.saturating_add(1)))
}
