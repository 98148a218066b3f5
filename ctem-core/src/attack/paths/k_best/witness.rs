//! One way written out: a shortest walk to a state for who has a set of variables.

use crate::{
    attack::{
        graph::{
            Snapshot, State, Step, VariableId,
            condensed::Node,
            index::{Csr, Id, IndexVec, ids},
        },
        paths::Witness,
    },
    quantity::Probability,
};
use std::collections::{HashMap, HashSet};

/// The steps open to who has a set of variables, as far as they stay in some nodes and what surely falls.
pub(super) struct Walk<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) set: &'a [VariableId],
    pub(super) nodes: &'a [Node],
}

ids! {
    /// A state that can be of use.
    Place
    /// A step that can be.
    Use
}

impl Walk<'_> {
    /// A shortest walk to a state, in rounds: O(steps to the states of its nodes).
    pub(super) fn to(&self, goal: State) -> Witness {
        let layout = &self.snapshot.layout;
        // What can be of use, found backwards: states by their place, and steps with how many premises they still want.
        let mut place: HashMap<State, Place> = HashMap::new();
        let mut states: IndexVec<Place, State> = IndexVec::default();
        let mut steps: IndexVec<Use, (Step, u32)> = IndexVec::default();
        let mut needed_by: Vec<(Place, Use)> = Vec::new();
        let mut visit = |states: &mut IndexVec<Place, State>, state: State| {
            *place.entry(state).or_insert_with(|| states.push(state))
        };
        let given = visit(&mut states, State::GIVEN);
        let goal = visit(&mut states, goal);
        let mut next = Place(given.0 + 1);
        while let Some(state) = states.get(next).copied() {
            next.0 += 1;
            for step in layout.steps_to(state).filter(|step| self.is_open(*step)) {
                let use_of = steps.push((step, layout.premises(step).count() as u32));
                needed_by.extend(layout.premises(step).map(|premise| (visit(&mut states, premise), use_of)));
            }
        }
        let uses = Csr::new(states.len(), || needed_by.iter().copied());
        let conclusion = |step: Step| place.get(&layout.conclusion(step)).copied().unwrap_or(given);
        // Forwards, from what is given: by place, the step that first led there.
        let mut first: IndexVec<Place, Step> = IndexVec::filled(Step::NONE, states.len());
        let mut order = vec![given];
        let mut at = 0;
        while let Some(state) = order.get(at).copied() {
            at += 1;
            for use_of in uses.row(state) {
                let (step, wants) = &mut steps[*use_of];
                *wants -= 1;
                let to = conclusion(*step);
                if *wants == 0 && to != given && first[to].is_none() {
                    first[to] = *step;
                    order.push(to);
                }
            }
        }
        // Backwards once more, to leave out what is not needed.
        let mut needed: IndexVec<Place, bool> = IndexVec::filled(false, states.len());
        let mut stack = vec![goal];
        while let Some(at) = stack.pop() {
            if let Some(step) = first[at].some()
                && !std::mem::replace(&mut needed[at], true)
            {
                stack.extend(layout.premises(step).filter_map(|premise| place.get(&premise)));
            }
        }
        let mut witness = Witness::default();
        let mut used = HashSet::new();
        for at in order.into_iter().filter(|at| needed[*at]) {
            let step = first[at];
            witness.steps.push(step);
            let guard = layout.guards[step];
            if self.set.binary_search(&guard).is_ok() && used.insert(guard) {
                witness.variables.push(guard);
            }
        }
        witness
    }

    /// Whether a step can be taken, and of what is at hand.
    fn is_open(&self, step: Step) -> bool {
        let (layout, condensed) = (&self.snapshot.layout, &self.snapshot.condensed);
        let node = condensed.node(layout.conclusion(step));
        let is_sure = node == Some(Node::SOURCE);
        let at_hand = |premise: State| match condensed.node(premise) {
            Some(Node::SOURCE) => true,
            // What surely falls needs nothing that does not.
            Some(other) => !is_sure && self.nodes.binary_search(&other).is_ok(),
            None => !is_sure && self.helps(layout.own_variable(premise)),
        };
        self.helps(layout.guards[step]) && layout.premises(step).all(at_hand)
    }

    /// Whether a variable helps, or there is none that must.
    fn helps(&self, variable: VariableId) -> bool {
        let sure = || self.snapshot.layout.variables[variable].chance == Probability::ONE;
        variable.is_none() || self.set.binary_search(&variable).is_ok() || sure()
    }
}
