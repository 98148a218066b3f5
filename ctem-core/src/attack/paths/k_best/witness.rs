//! One way written out: a shortest walk to a state for who has a set of variables.

use crate::{
    attack::{
        graph::{Snapshot, Step, index::NONE},
        paths::Witness,
    },
    quantity::Probability,
};
use std::collections::HashMap;

/// The steps open to who has a set of variables, as far as they stay in some nodes and what surely falls.
pub(super) struct Walk<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) set: &'a [u32],
    pub(super) nodes: &'a [u32],
}

impl Walk<'_> {
    /// A shortest walk to a state, in rounds: O(steps to the states of its nodes).
    pub(super) fn to(&self, goal: u32) -> Witness {
        // What can be of use, found backwards: states by their place, and steps with how many premises they still want.
        let mut place: HashMap<u32, u32> = HashMap::from([(0, 0)]);
        let mut states = vec![0u32];
        let mut steps: Vec<(u32, u32)> = Vec::new();
        let mut uses: Vec<(u32, u32)> = Vec::new();
        let mut visit = |states: &mut Vec<u32>, state: u32| {
            *place.entry(state).or_insert_with(|| {
                states.push(state);
                (states.len() - 1) as u32
            })
        };
        visit(&mut states, goal);
        let mut at = 1;
        while let Some(state) = states.get(at).copied() {
            at += 1;
            for step in self.snapshot.layout.steps_to(state).filter(|step| self.is_open(*step)) {
                let premises =
                    self.snapshot.layout.premise_pair(step).into_iter().filter(|premise| *premise != NONE);
                for premise in premises.clone() {
                    uses.push((visit(&mut states, premise), steps.len() as u32));
                }
                steps.push((step as u32, premises.count() as u32));
            }
        }
        uses.sort_unstable();
        // Forwards, from what is given: by place, the step that first led there.
        let mut first = vec![NONE; states.len()];
        let mut order = vec![0u32];
        let mut at = 0;
        while let Some(state) = order.get(at).copied() {
            at += 1;
            let from = uses.partition_point(|(used, _)| *used < state);
            for (_, use_of) in uses[from..].iter().take_while(|(used, _)| *used == state) {
                let (step, wants) = &mut steps[*use_of as usize];
                *wants -= 1;
                let to = place.get(&self.snapshot.layout.concludes(*step as usize)).copied().unwrap_or(0);
                if *wants == 0 && to != 0 && first[to as usize] == NONE {
                    first[to as usize] = *step;
                    order.push(to);
                }
            }
        }
        // Backwards once more, to leave out what is not needed.
        let mut needed = vec![false; states.len()];
        let mut stack = vec![goal];
        while let Some(state) = stack.pop() {
            let at = place.get(&state).copied().unwrap_or(0) as usize;
            if at != 0 && first[at] != NONE && !std::mem::replace(&mut needed[at], true) {
                let premises = self.snapshot.layout.premise_pair(first[at] as usize).into_iter();
                stack.extend(premises.filter(|premise| *premise != NONE));
            }
        }
        let mut witness = Witness::default();
        for state in order.into_iter().filter(|state| needed[*state as usize]) {
            let step = first[state as usize];
            witness.steps.push(Step(step));
            let guard = self.snapshot.layout.guards[step as usize];
            if self.set.contains(&guard) && !witness.variables.contains(&guard) {
                witness.variables.push(guard);
            }
        }
        witness
    }

    /// Whether a step can be taken, and of what is at hand.
    fn is_open(&self, step: usize) -> bool {
        let condensed = &self.snapshot.condensed;
        let guard = self.snapshot.layout.guards[step];
        let node = condensed.node(self.snapshot.layout.concludes(step));
        let at_hand = |premise: u32| match condensed.node(premise) {
            Some(0) => true,
            // What surely falls needs nothing that does not.
            Some(other) => node != Some(0) && self.nodes.binary_search(&other).is_ok(),
            None => {
                premise == NONE || node != Some(0) && self.helps(self.snapshot.layout.own_variable(premise))
            }
        };
        self.helps(guard) && self.snapshot.layout.premise_pair(step).into_iter().all(at_hand)
    }

    fn helps(&self, variable: u32) -> bool {
        let sure = || self.snapshot.layout.variables[variable as usize].chance == Probability::ONE;
        variable == NONE || self.set.binary_search(&variable).is_ok() || sure()
    }
}
