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
//!
//! A search backwards ends some way behind the best way from what is given: what it has not come to gets the bound of what it came
//! to last. So the rest of a large graph is not looked at, unless it can matter.

use crate::attack::{
    graph::{
        Snapshot,
        condensed::{Arc, Condensed},
        index::NONE,
    },
    limits::Limits,
    paths::radix_heap::RadixHeap,
};
use smallvec::SmallVec;

/// No bound is below this, so that none is taken for never.
const LEAST: f64 = f64::MIN_POSITIVE;

/// A search ends where products are below this part of the greatest from what is given: with the bound that is left for all
/// others, only ways less probable than that part of the best can come to them.
const ENOUGH: f64 = 0.25;

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
    /// Of a loss event's state. O(m log n) for the m steps that are looked at, and one look at all arcs; 8 bytes a state, 8 a
    /// node and 13 a variable. None where the caller says not to go on.
    pub(super) fn of(snapshot: &Snapshot, goal: u32, limits: &Limits<'_>) -> Option<Self> {
        let search = Backwards { snapshot, condensed: &snapshot.condensed, goal, limits };
        let mut toward =
            Self { nodes: Vec::new(), again: vec![0.0; snapshot.layout.variables.len()], anew: 0.0 };
        let mut best = search.run(&[])?;
        if let Some(twice) = search.twice() {
            best = search.again(&best, &twice, &mut toward)?;
        }
        toward.nodes = search.by_node(&best);
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

/// By state: the greatest product from it, or what it is at most where the search ended before.
struct Products {
    best: Vec<f64>,
    rest: f64,
}

impl Products {
    fn at(&self, state: u32) -> f64 {
        self.best[state as usize].max(self.rest)
    }
}

struct Backwards<'a> {
    snapshot: &'a Snapshot,
    condensed: &'a Condensed,
    goal: u32,
    limits: &'a Limits<'a>,
}

impl Backwards<'_> {
    /// By variable: whether it guards steps to several nodes; none when no variable does.
    fn twice(&self) -> Option<Vec<bool>> {
        let variables = self.snapshot.layout.variables.len();
        let (mut leads, mut twice) = (vec![NONE; variables], vec![false; variables]);
        let mut some = false;
        let arcs = (0..self.condensed.relevant()).flat_map(|node| self.condensed.arcs(node));
        for Arc { to, gate } in arcs.filter(|arc| arc.to < self.condensed.relevant()) {
            let gate = self.condensed.gate(*gate);
            for variable in self.condensed.coins(gate) {
                // Threats folded into a finding's variable, which come behind the variables, are counted with it.
                let Some(at) = leads.get_mut(variable as usize) else { continue };
                if *at == NONE {
                    *at = *to;
                } else if *at != *to && self.chance(variable) < 1.0 {
                    twice[variable as usize] = true;
                    some = true;
                }
            }
        }
        some.then_some(twice)
    }

    /// Finds the greatest product from every state to the goal, or to one of the ends, each with what is to be had there.
    fn run(&self, ends: &[(u32, f64)]) -> Option<Products> {
        let mut best = vec![0.0f64; self.snapshot.state_count()];
        let mut queue = RadixHeap::new();
        let offer = |queue: &mut RadixHeap<u32>, best: &mut Vec<f64>, state: u32, chance: f64| {
            let known = &mut best[state as usize];
            if chance > *known {
                *known = chance;
                queue.push(chance, state);
            }
        };
        offer(&mut queue, &mut best, self.goal, 1.0);
        ends.iter().for_each(|(state, chance)| offer(&mut queue, &mut best, *state, *chance));
        let (mut done, of) = (0u64, self.snapshot.state_count() as u64);
        // The greatest product from what is given.
        let mut given = 0.0f64;
        while let Some((chance, state)) = queue.pop() {
            if chance < best[state as usize] {
                continue;
            }
            if chance < given * ENOUGH {
                // What waits is below this too.
                return Some(Products { best, rest: chance });
            }
            done += 1;
            if done.is_multiple_of(PATIENCE) && !self.limits.progress.goes_on(done, of) {
                return None;
            }
            for step in self.snapshot.layout.steps_to(state) {
                let Some(needs) = self.needs(step) else { continue };
                let chance = (chance * self.product(&needs.variables)).max(LEAST);
                if needs.states.is_empty() {
                    given = given.max(chance);
                }
                needs.states.iter().for_each(|premise| offer(&mut queue, &mut best, *premise, chance));
            }
        }
        Some(Products { best, rest: 0.0 })
    }

    /// Finds the bounds where variables can help twice; the greatest products to the goal or to the first of them.
    fn again(&self, products: &Products, twice: &[bool], toward: &mut Toward) -> Option<Products> {
        let can = |variable: &u32| twice[*variable as usize];
        let mut first = Vec::new();
        for state in 0..self.snapshot.state_count() as u32 {
            let node = self.condensed.node(state);
            let chance = products.at(state);
            if chance <= 0.0 || node.is_none_or(|node| node == 0 || node >= self.condensed.relevant()) {
                continue;
            }
            for needs in self.snapshot.layout.steps_to(state).filter_map(|step| self.needs(step)) {
                if needs.variables.iter().any(can) {
                    let own = needs.variables.iter().filter(|variable| !can(variable));
                    let rest = own.fold(chance, |rest, variable| rest * self.chance(*variable)).max(LEAST);
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
        self.run(&ends)
    }

    fn by_node(&self, products: &Products) -> Vec<f64> {
        let mut nodes = vec![0.0; self.condensed.node_count()];
        if let Some(relevant) = nodes.get_mut(..self.condensed.relevant() as usize) {
            relevant.fill(products.rest);
        }
        for (state, chance) in (0u32..).zip(&products.best) {
            if let Some(node) = self.condensed.node(state) {
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
        if !guard(self.snapshot.layout.guards[step]) {
            return None;
        }
        for premise in self.snapshot.layout.premise_pair(step) {
            match self.condensed.node(premise) {
                Some(0) => {}
                None if premise == NONE => {}
                None => {
                    if !guard(self.snapshot.layout.own_variable(premise)) {
                        return None;
                    }
                }
                Some(node) if node >= self.condensed.relevant() => return None,
                Some(_) => needs.states.push(premise),
            }
        }
        Some(needs)
    }

    fn chance(&self, variable: u32) -> f64 {
        self.snapshot.layout.variables[variable as usize].chance.get()
    }

    fn product(&self, variables: &[u32]) -> f64 {
        variables.iter().fold(1.0, |product, variable| product * self.chance(*variable))
    }
}
