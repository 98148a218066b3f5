//! The admissible heuristic of the search: from every node, how probable the rest of a path to one loss event can be at most.
//!
//! A *spine* is the part of a path from a node up to the event, one premise of each step; what the other premises cost is left
//! out. If no variable helps twice, a spine's chance is the product of its variables' chances. So h(n) is the greatest product
//! from a node to the event, and one backward Dijkstra finds it for all nodes.
//!
//! A variable that guards steps from several nodes to several can help twice, and is paid for once. (Not one that guards steps to one node,
//! or from one: see [`Uses`].) Two corrections keep h above the truth:
//!
//! - *After the last step* that such a variable helps again, nothing helps twice. There the rest is at most h:
//!   [`Heuristic::again`], by variable, is the greatest h behind its steps.
//! - *Up to the first such step*, everything is paid for. At that step the rest is its own price times the greatest `again` of its
//!   variables, or of one that has yet to be paid for: a second backward Dijkstra, which may end at any such step.
//!
//! A search backwards ends some way behind the best way from what is given: what it has not come to gets the bound of what it came
//! to last. So the rest of a large graph is not looked at, unless it can matter.

use crate::attack::{
    graph::{
        Snapshot, State, Step, VariableId,
        condensed::{Arc, Coin, Condensed, Node, Through},
        index::{Id, IndexVec},
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
pub(super) struct Heuristic {
    /// By node: the bound for who has used no variable that can help again; 0 where nothing leads on.
    nodes: IndexVec<Node, f64>,
    /// By variable that can help twice: the bound from where it last does; 0 for the others.
    again: IndexVec<VariableId, f64>,
    /// The bound for who has yet to pay for what will help twice.
    anew: f64,
}

/// What a step needs besides what is sure: at most two states, and variables that all help.
struct Needs {
    states: SmallVec<[State; 2]>,
    variables: SmallVec<[VariableId; 4]>,
}

impl Heuristic {
    /// Of a loss event's state. O(m log n) for the m steps that are looked at, and one look at all arcs; 8 bytes a state, 8 a
    /// node and 13 a variable. None where the caller says not to go on.
    pub(super) fn of(snapshot: &Snapshot, goal: State, limits: &Limits<'_>) -> Option<Self> {
        let search = Backwards { snapshot, condensed: &snapshot.condensed, goal, limits };
        let mut heuristic = Self {
            nodes: IndexVec::default(),
            again: IndexVec::filled(0.0, snapshot.variables().len()),
            anew: 0.0,
        };
        let mut best = search.run(&[])?;
        if let Some(twice) = search.twice() {
            best = search.again(&best, &twice, &mut heuristic)?;
        }
        heuristic.nodes = search.by_node(&best);
        Some(heuristic)
    }

    /// The bound at a node for who has used nothing that can help again; 0 where nothing leads on.
    pub(super) fn at(&self, node: Node) -> f64 {
        self.nodes[node]
    }

    /// The bound from where a variable helps again; 0 where it cannot.
    pub(super) fn again(&self, variable: VariableId) -> f64 {
        self.again[variable]
    }

    /// The bound at a node for who has used variables of which the greatest `again` is this.
    pub(super) fn with(&self, node: Node, again: f64) -> f64 {
        let bound = self.at(node);
        if again > 0.0 { bound.max(again).max(self.anew) } else { bound }
    }
}

/// By state: the greatest product from it, or what it is at most where the search ended before.
struct Products {
    best: IndexVec<State, f64>,
    rest: f64,
}

impl Products {
    fn at(&self, state: State) -> f64 {
        self.best[state].max(self.rest)
    }
}

/// What a variable guards: the first step of it, and whether others come from elsewhere or lead elsewhere.
#[derive(Clone, Copy, Default)]
struct Uses {
    first: Option<([Node; 2], Node)>,
    from_several: bool,
    to_several: bool,
}

impl Uses {
    fn add(&mut self, premises: [Node; 2], to: Node) {
        let (known, first) = *self.first.get_or_insert((premises, to));
        self.from_several |= known != premises;
        self.to_several |= first != to;
    }

    /// Whether one spine can take two of its steps, or one where the other was taken before it. Not where all come from the same nodes:
    /// they can be taken together. Not where all lead to one node: it is come to once.
    fn can_help_twice(&self) -> bool {
        self.from_several && self.to_several
    }
}

struct Backwards<'a> {
    snapshot: &'a Snapshot,
    condensed: &'a Condensed,
    goal: State,
    limits: &'a Limits<'a>,
}

impl Backwards<'_> {
    /// By variable: whether it can help twice; none when no variable can.
    fn twice(&self) -> Option<IndexVec<VariableId, bool>> {
        let variables = self.snapshot.variables().len();
        let mut uses: IndexVec<VariableId, Uses> = IndexVec::filled(Uses::default(), variables);
        let relevant = self.condensed.relevant();
        for node in relevant.below() {
            for Arc { to, via } in self.condensed.arcs(node).iter().filter(|arc| arc.to < relevant) {
                let premises = match via.through() {
                    Through::Condition(_) => [node, Node::NONE],
                    Through::AndNode(id) => self.condensed.and_node(id).premises,
                };
                for variable in self.condensed.coins(self.condensed.condition(*via)).map(Coin::variable) {
                    // Threats folded into a finding's variable, which come behind the variables, are counted with it.
                    if let Some(uses) = uses.get_mut(variable) {
                        uses.add(premises, *to);
                    }
                }
            }
        }
        let can =
            |(variable, uses): (VariableId, &Uses)| uses.can_help_twice() && self.chance(variable) < 1.0;
        let twice: IndexVec<VariableId, bool> = uses.entries().map(can).collect();
        twice.iter().any(|can| *can).then_some(twice)
    }

    /// Finds the greatest product from every state to the goal, or to one of the ends, each with what is to be had there.
    fn run(&self, ends: &[(State, f64)]) -> Option<Products> {
        let mut best = IndexVec::filled(0.0f64, self.snapshot.state_count());
        let mut queue = RadixHeap::new();
        let offer =
            |queue: &mut RadixHeap<State>, best: &mut IndexVec<State, f64>, state: State, chance: f64| {
                let known = &mut best[state];
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
            if chance < best[state] {
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
    fn again(
        &self,
        products: &Products,
        twice: &IndexVec<VariableId, bool>,
        heuristic: &mut Heuristic,
    ) -> Option<Products> {
        let can = |variable: &VariableId| twice[*variable];
        let mut first = Vec::new();
        for state in self.snapshot.states() {
            let node = self.condensed.node(state);
            let chance = products.at(state);
            if chance <= 0.0
                || node.is_none_or(|node| node == Node::SOURCE || node >= self.condensed.relevant())
            {
                continue;
            }
            for needs in self.snapshot.layout.steps_to(state).filter_map(|step| self.needs(step)) {
                if needs.variables.iter().any(can) {
                    let own = needs.variables.iter().filter(|variable| !can(variable));
                    let rest = own.fold(chance, |rest, variable| rest * self.chance(*variable)).max(LEAST);
                    for variable in needs.variables.iter().copied().filter(can) {
                        let again = &mut heuristic.again[variable];
                        *again = again.max(rest);
                        heuristic.anew = heuristic.anew.max((rest * self.chance(variable)).max(LEAST));
                    }
                    first.push(needs);
                }
            }
        }
        let mut ends = Vec::with_capacity(first.len());
        for needs in &first {
            let again = needs.variables.iter().map(|variable| heuristic.again(*variable));
            let rest = again.fold(heuristic.anew, f64::max) * self.product(&needs.variables);
            ends.extend(needs.states.iter().map(|premise| (*premise, rest.max(LEAST))));
        }
        self.run(&ends)
    }

    fn by_node(&self, products: &Products) -> IndexVec<Node, f64> {
        let mut nodes = IndexVec::filled(0.0, self.condensed.node_count());
        for node in self.condensed.relevant().below() {
            nodes[node] = products.rest;
        }
        for (state, chance) in products.best.entries() {
            if let Some(node) = self.condensed.node(state) {
                nodes[node] = chance.max(nodes[node]);
            }
        }
        nodes
    }

    /// What a step needs; none when that cannot be had, or nothing uncertain is left before it.
    fn needs(&self, step: Step) -> Option<Needs> {
        let layout = &self.snapshot.layout;
        let mut needs = Needs { states: SmallVec::new(), variables: SmallVec::new() };
        let mut guard = |variable: VariableId| {
            let Some(variable) = variable.some() else { return true };
            let chance = self.chance(variable);
            if chance < 1.0 {
                needs.variables.push(variable);
            }
            chance > 0.0
        };
        if !guard(layout.guards[step]) {
            return None;
        }
        for premise in layout.premises(step) {
            match self.condensed.node(premise) {
                Some(Node::SOURCE) => {}
                None => {
                    if !guard(layout.own_variable(premise)) {
                        return None;
                    }
                }
                Some(node) if node >= self.condensed.relevant() => return None,
                Some(_) => needs.states.push(premise),
            }
        }
        Some(needs)
    }

    fn chance(&self, variable: VariableId) -> f64 {
        self.snapshot.layout.chance_of(variable)
    }

    fn product(&self, variables: &[VariableId]) -> f64 {
        variables.iter().fold(1.0, |product, variable| product * self.chance(*variable))
    }
}
