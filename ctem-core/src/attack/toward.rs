//! From every node, how probable the rest of a way to one loss event can be at most.
//!
//! What a search for ways may hope for. A *spine* is the part of a way from a node up to the event, one premise of each step.
//! If no variable helps twice, a spine's chance is the product along it, and the best product to the event, of which one
//! search backwards knows all, bounds the rest of every way; that the other premises of its steps cost something too is left
//! out. A variable that guards steps to several nodes can help twice, and then pays once. Two numbers hold that:
//!
//! - behind the *last* step that a variable helps once more, nothing helps twice, so the rest is at most the best
//!   product from there: [`Toward::again`], by variable.
//! - up to the *first* step whose variable helps once more, everything pays. There the step pays, and what comes is at most
//!   the greatest `again` of its variables, or that of one that has yet to pay: a second search backwards that may end at any
//!   such step.

use super::{
    core::Core,
    falling::Falling,
    limits::{Limits, Progress},
    snapshot::{NONE, Snapshot},
};
use smallvec::SmallVec;

/// No bound is below this, so that none is taken for never.
const LEAST: f64 = f64::MIN_POSITIVE;

/// States are settled so often before the caller is asked.
const PATIENCE: u64 = 1 << 14;

/// Upper bounds of the rest of a way, up to rounding.
pub(super) struct Toward {
    /// By node: the bound for who has used no variable that can help again; 0 where nothing leads on.
    nodes: Vec<f64>,
    /// By variable that can help twice: the bound from where it last does; 0 for the others.
    again: Vec<f64>,
    /// The bound for who has yet to pay for what will help twice.
    anew: f64,
}

/// What a step needs besides what is sure: at most two states, and variables that all help.
struct Needs {
    states: SmallVec<[u32; 2]>,
    variables: SmallVec<[u32; 4]>,
}

impl Toward {
    /// Of a loss event's state. O(m log n) for the m steps that lead to it and whose premises can be come to; 8 bytes a state,
    /// a node and a variable. None where the caller says not to go on.
    pub(super) fn of(snapshot: &Snapshot, goal: u32, limits: &Limits<'_>) -> Option<Self> {
        let search = Backwards { snapshot, core: &snapshot.core, goal, limits };
        let variables = snapshot.variables.len();
        // By variable: the node all its steps lead to.
        let (mut leads, mut twice) = (vec![NONE; variables], vec![false; variables]);
        let mut some_twice = false;
        let states = search.run(&[], |variable, to| {
            let at = &mut leads[variable as usize];
            if *at == NONE {
                *at = to;
            } else if *at != to {
                twice[variable as usize] = true;
                some_twice = true;
            }
        })?;
        let mut toward = Self { nodes: Vec::new(), again: vec![0.0; variables], anew: 0.0 };
        if some_twice {
            toward.nodes = search.by_node(&search.again(&states, &twice, &mut toward)?);
        } else {
            toward.nodes = search.by_node(&states);
        }
        Some(toward)
    }

    /// The bound at a node for who has used nothing that can help again; 0 where nothing leads on.
    pub(super) fn at(&self, node: u32) -> f64 {
        self.nodes[node as usize]
    }

    /// The bound from where a variable helps again; 0 where it cannot.
    pub(super) fn again(&self, variable: u32) -> f64 {
        self.again[variable as usize]
    }

    /// The bound at a node for who has used variables of which the greatest `again` is this.
    pub(super) fn with(&self, node: u32, again: f64) -> f64 {
        let bound = self.at(node);
        if again > 0.0 { bound.max(again).max(self.anew) } else { bound }
    }
}

struct Backwards<'a> {
    snapshot: &'a Snapshot,
    core: &'a Core,
    goal: u32,
    limits: &'a Limits<'a>,
}

impl Backwards<'_> {
    /// By state: the greatest product from it to the goal, or to one of the ends, each with what is to be had there. Tells of
    /// every variable and the node of a step it guards.
    fn run(&self, ends: &[(u32, f64)], mut guards: impl FnMut(u32, u32)) -> Option<Vec<f64>> {
        let mut best = vec![0.0f64; self.snapshot.state_count()];
        let mut queue = Falling::new();
        let offer = |queue: &mut Falling<u32>, best: &mut Vec<f64>, state: u32, chance: f64| {
            let known = &mut best[state as usize];
            if chance > *known {
                *known = chance;
                queue.push(chance, state);
            }
        };
        offer(&mut queue, &mut best, self.goal, 1.0);
        ends.iter().for_each(|(state, chance)| offer(&mut queue, &mut best, *state, *chance));
        let (mut done, of) = (0, self.snapshot.state_count() as u64);
        while let Some((chance, state)) = queue.pop() {
            if chance < best[state as usize] {
                continue;
            }
            done += 1;
            if done % PATIENCE == 0 && !(self.limits.go_on)(Progress { done, of }) {
                return None;
            }
            let to = self.core.node(state).unwrap_or(NONE);
            for step in self.snapshot.steps_to(state) {
                let Some(needs) = self.needs(step) else { continue };
                needs.variables.iter().for_each(|variable| guards(*variable, to));
                let chance = (chance * self.product(&needs.variables)).max(LEAST);
                needs.states.iter().for_each(|premise| offer(&mut queue, &mut best, *premise, chance));
            }
        }
        Some(best)
    }

    /// Finds the bounds where variables can help twice; by state, the greatest product to the goal or to the first of them.
    fn again(&self, states: &[f64], twice: &[bool], toward: &mut Toward) -> Option<Vec<f64>> {
        let can = |variable: &u32| twice[*variable as usize];
        let mut first = Vec::new();
        for (state, chance) in (0u32..).zip(states).filter(|(_, chance)| **chance > 0.0) {
            for needs in self.snapshot.steps_to(state).filter_map(|step| self.needs(step)) {
                if needs.variables.iter().any(can) {
                    let own: SmallVec<[u32; 4]> =
                        needs.variables.iter().copied().filter(|variable| !can(variable)).collect();
                    let rest = (chance * self.product(&own)).max(LEAST);
                    for variable in needs.variables.iter().copied().filter(can) {
                        let again = &mut toward.again[variable as usize];
                        *again = again.max(rest);
                        toward.anew = toward.anew.max((rest * self.chance(variable)).max(LEAST));
                    }
                    first.push(needs);
                }
            }
        }
        let mut ends = Vec::with_capacity(first.len());
        for needs in &first {
            let again = needs.variables.iter().map(|variable| toward.again(*variable));
            let rest = again.fold(toward.anew, f64::max) * self.product(&needs.variables);
            ends.extend(needs.states.iter().map(|premise| (*premise, rest.max(LEAST))));
        }
        self.run(&ends, |_, _| ())
    }

    fn by_node(&self, states: &[f64]) -> Vec<f64> {
        let mut nodes = vec![0.0; self.core.node_count()];
        for (state, chance) in (0u32..).zip(states) {
            if let Some(node) = self.core.node(state) {
                nodes[node as usize] = chance.max(nodes[node as usize]);
            }
        }
        nodes
    }

    /// What a step needs; none when that cannot be had, or nothing uncertain is left before it.
    fn needs(&self, step: usize) -> Option<Needs> {
        let mut needs = Needs { states: SmallVec::new(), variables: SmallVec::new() };
        let mut guard = |variable: u32| {
            if variable != NONE && self.chance(variable) < 1.0 {
                needs.variables.push(variable);
            }
            variable == NONE || self.chance(variable) > 0.0
        };
        if !guard(self.snapshot.guards[step]) {
            return None;
        }
        for premise in self.snapshot.premise_pair(step) {
            match self.core.node(premise) {
                Some(0) => {}
                None if premise == NONE => {}
                None => {
                    if !guard(self.snapshot.own_variable(premise)) {
                        return None;
                    }
                }
                Some(node) if node >= self.core.relevant() => return None,
                Some(_) => needs.states.push(premise),
            }
        }
        Some(needs)
    }

    fn chance(&self, variable: u32) -> f64 {
        self.snapshot.variables[variable as usize].chance.get()
    }

    fn product(&self, variables: &[u32]) -> f64 {
        variables.iter().fold(1.0, |product, variable| product * self.chance(*variable))
    }
}
