//! The cone of a loss event: the steps between the source and it, and what still falls when some of them are closed.
//!
//! Cuts and choke points ask of one event again and again whether it still falls. The cone holds what that depends on and
//! nothing else: steps that can be taken and lead to the event, their conditions numbered anew. Sixty-four such questions are
//! answered at once, a bit of a word for each (least fixpoint, from the source on, so nothing falls through a cycle alone), and a
//! *proof*, steps that lead to the event and all it needs, is found by a search that settles what needs the fewest conditions first.

use crate::attack::graph::{
    EventId,
    condensed::{Condensed, Condition, Node, Through},
    index::{Csr, Id, IndexVec, ids},
};
use std::collections::VecDeque;

ids! {
    /// A node of a cone; node 0 is the source.
    ConeNode
    /// A step of a cone.
    ConeStep
    /// A condition of a cone.
    ConeCondition
}

impl ConeNode {
    pub(super) const SOURCE: Self = Self(0);
}

impl ConeCondition {
    /// Of what is certain.
    pub(super) const OPEN: Self = Self(0);
}

/// The steps that matter to one event.
#[derive(Debug, Clone, Default)]
pub(super) struct Cone {
    pub(super) steps: IndexVec<ConeStep, Needs>,
    pub(super) goal: ConeNode,
    /// By node: its node in the condensed graph, the first of those it stands for.
    pub(super) nodes: IndexVec<ConeNode, Node>,
    /// By condition: that in the condensed graph.
    pub(super) conditions: IndexVec<ConeCondition, Condition>,
    /// By node: the steps that need it, in their order.
    uses: Csr<ConeNode, ConeStep>,
}

/// A step: what it needs, the second none when that is one node; its condition; and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needs {
    pub(super) to: ConeNode,
    pub(super) condition: ConeCondition,
    pub(super) premises: [ConeNode; 2],
}

impl Needs {
    pub(super) fn premises(&self) -> impl Iterator<Item = ConeNode> + use<> {
        self.premises.into_iter().filter(|premise| !premise.is_none())
    }

    /// Whether it needs two nodes.
    pub(super) fn is_and_node(&self) -> bool {
        !self.premises[1].is_none()
    }
}

impl Cone {
    /// The cone of an event; none when it cannot fall. O(n + m).
    pub(super) fn of(condensed: &Condensed, event: EventId) -> Option<Self> {
        let goal = *condensed.events().get(event)?;
        if goal >= condensed.reachable() {
            return None;
        }
        let closed = condensed.closed_conditions();
        let (relevant, none) = (condensed.relevant(), Node::NONE);
        // At first nodes and conditions are numbered as in the condensed graph.
        let here = |node: Node| ConeNode(node.0);
        let mut steps = IndexVec::default();
        for from in relevant.below() {
            for arc in condensed.arcs(from).iter().take_while(|arc| arc.to < relevant) {
                let (premises, condition) = match arc.via.through() {
                    Through::Condition(condition) => ([from, none], condition),
                    Through::AndNode(id) => {
                        let and_node = condensed.and_node(id);
                        (and_node.premises, and_node.condition)
                    }
                };
                // An AND node is an arc of both its premises, and cannot be taken when the other cannot be come to.
                let can = premises.iter().all(|node| node.is_none() || *node < relevant);
                let is_closed = closed.as_ref().is_some_and(|closed| closed[condition]);
                if can && premises[0] == from && !is_closed {
                    let (to, condition) = (here(arc.to), ConeCondition(condition.0));
                    steps.push(Needs { to, condition, premises: premises.map(here) });
                }
            }
        }
        let nodes = relevant.below().collect();
        let conditions = Condition::first(condensed.condition_count()).collect();
        Self { steps, goal: here(goal), nodes, conditions, ..Self::default() }.trimmed().map(|(cone, _)| cone)
    }

    /// Without what does not lie between the source and the event, everything numbered anew; none when the event cannot fall.
    ///
    /// With it, by its conditions, their numbers before.
    fn trimmed(mut self) -> Option<(Self, IndexVec<ConeCondition, ConeCondition>)> {
        self.index();
        let fallen = self.fallen(|_| 1, |_| 1);
        let falls = |node: ConeNode| fallen[node] != 0;
        if !falls(self.goal) {
            return None;
        }
        let goal = self.goal;
        let steps = self.steps.as_mut_vec();
        steps.retain(|step| step.premises().all(falls) && step.premises().all(|node| node != goal));
        let leads = self.leading(|_| true);
        let mut number: IndexVec<ConeNode, ConeNode> = IndexVec::filled(ConeNode::NONE, self.nodes.len());
        let mut nodes = IndexVec::default();
        for (node, of) in self.nodes.entries() {
            if node == ConeNode::SOURCE || leads[node] {
                number[node] = nodes.push(*of);
            }
        }
        self.steps.as_mut_vec().retain(|step| leads[step.to] && step.to != ConeNode::SOURCE);
        let mut condition_number: IndexVec<ConeCondition, ConeCondition> =
            IndexVec::filled(ConeCondition::NONE, self.conditions.len());
        condition_number[ConeCondition::OPEN] = ConeCondition::OPEN;
        let mut before: IndexVec<ConeCondition, ConeCondition> = vec![ConeCondition::OPEN].into();
        for step in &mut self.steps {
            let condition = &mut condition_number[step.condition];
            if condition.is_none() {
                *condition = before.push(step.condition);
            }
            step.condition = *condition;
            step.to = number[step.to];
            step.premises = step.premises.map(|node| node.some().map_or(ConeNode::NONE, |node| number[node]));
        }
        let conditions = before.iter().map(|condition| self.conditions[*condition]).collect();
        (self.goal, self.nodes, self.conditions) = (number[self.goal], nodes, conditions);
        self.index();
        Some((self, before))
    }

    /// With every node of some made one with the source, every condition of some open, and every node from which plain open steps
    /// lead to the event made one with it.
    ///
    /// With it, by its conditions, their numbers here.
    pub(super) fn merged(
        mut self,
        fallen: &IndexVec<ConeNode, u64>,
        is_open: impl Fn(ConeCondition) -> bool,
    ) -> Option<(Self, IndexVec<ConeCondition, ConeCondition>)> {
        let has_fallen = |node: ConeNode| fallen.get(node).is_some_and(|worlds| *worlds != 0);
        for step in &mut self.steps {
            let premises = step.premises.map(|node| if has_fallen(node) { ConeNode::SOURCE } else { node });
            step.premises = match premises {
                [first, ConeNode::NONE] => [first, ConeNode::NONE],
                [ConeNode::SOURCE, other] | [other, ConeNode::SOURCE] => [other, ConeNode::NONE],
                [first, second] if first == second => [first, ConeNode::NONE],
                both => both,
            };
            if is_open(step.condition) {
                step.condition = ConeCondition::OPEN;
            }
        }
        self.steps.as_mut_vec().retain(|step| !has_fallen(step.to));
        let ends = self.leading(|step| step.condition == ConeCondition::OPEN && !step.is_and_node());
        let goal = self.goal;
        for step in &mut self.steps {
            for node in step.premises.iter_mut().chain([&mut step.to]) {
                if ends.get(*node) == Some(&true) {
                    *node = goal;
                }
            }
        }
        let steps = self.steps.as_mut_vec();
        steps.retain(|step| step.premises().all(|node| node != goal && node != step.to));
        steps.sort_unstable();
        steps.dedup();
        self.trimmed()
    }

    /// By node: in which of 64 worlds it falls, when in each some conditions are closed and some nodes defended. O(n + m) where
    /// nodes fall in all their worlds at once, 64 times that at worst.
    pub(super) fn fallen(
        &self,
        condition: impl Fn(ConeCondition) -> u64,
        node: impl Fn(ConeNode) -> u64,
    ) -> IndexVec<ConeNode, u64> {
        let mut fallen = IndexVec::filled(0u64, self.nodes.len());
        let mut waits: IndexVec<ConeNode, bool> = IndexVec::filled(false, self.nodes.len());
        let mut queue = VecDeque::from([ConeNode::SOURCE]);
        fallen[ConeNode::SOURCE] = u64::MAX;
        while let Some(from) = queue.pop_front() {
            waits[from] = false;
            for step in self.uses.row(from) {
                let step = &self.steps[*step];
                let bits = step.premises().fold(condition(step.condition), |bits, node| bits & fallen[node]);
                let new = bits & !fallen[step.to];
                // Most steps bring nothing new: whether a node is defended is asked of the others.
                let new = if new == 0 { 0 } else { new & node(step.to) };
                if new != 0 {
                    fallen[step.to] |= new;
                    if !std::mem::replace(&mut waits[step.to], true) {
                        queue.push_back(step.to);
                    }
                }
            }
        }
        fallen
    }

    /// A proof of the event that closed conditions leave, through few of the conditions that count: its steps, in an order an
    /// attacker could take them. None when the event does not fall. O(n + m).
    pub(super) fn proof(
        &self,
        is_closed: impl Fn(ConeCondition) -> bool,
        counts: impl Fn(ConeCondition) -> bool,
    ) -> Option<Vec<ConeStep>> {
        const NEVER: u32 = u32::MAX;
        let mut distance: IndexVec<ConeNode, u32> = IndexVec::filled(NEVER, self.nodes.len());
        let mut last: IndexVec<ConeNode, ConeStep> = IndexVec::filled(ConeStep::NONE, self.nodes.len());
        // By node: when it was settled.
        let mut settled: IndexVec<ConeNode, u32> = IndexVec::filled(NEVER, self.nodes.len());
        let mut queue = VecDeque::from([ConeNode::SOURCE]);
        distance[ConeNode::SOURCE] = 0;
        let mut time = 0;
        while let Some(from) = queue.pop_front() {
            if settled[from] != NEVER {
                continue;
            }
            settled[from] = time;
            time += 1;
            if from == self.goal {
                break;
            }
            for at in self.uses.row(from) {
                let step = &self.steps[*at];
                if is_closed(step.condition) || step.premises().any(|node| settled[node] == NEVER) {
                    continue;
                }
                // What was settled last is farthest.
                let far = distance[from] + u32::from(counts(step.condition));
                if far < distance[step.to] {
                    distance[step.to] = far;
                    last[step.to] = *at;
                    match far == distance[from] {
                        true => queue.push_front(step.to),
                        false => queue.push_back(step.to),
                    }
                }
            }
        }
        if settled[self.goal] == NEVER {
            return None;
        }
        let mut steps = Vec::new();
        let mut waiting = vec![self.goal];
        while let Some(node) = waiting.pop() {
            if let Some(step) = std::mem::replace(&mut last[node], ConeStep::NONE).some() {
                steps.push(step);
                waiting.extend(self.steps[step].premises());
            }
        }
        steps.sort_by_key(|step| settled[self.steps[*step].to]);
        Some(steps)
    }

    /// The steps that need a node.
    pub(super) fn uses(&self, node: ConeNode) -> impl Iterator<Item = &Needs> {
        self.uses.row(node).iter().map(|at| &self.steps[*at])
    }

    /// By node: whether some steps lead from it to the event.
    fn leading(&self, through: impl Fn(&Needs) -> bool) -> IndexVec<ConeNode, bool> {
        let into = Csr::new(self.nodes.len(), || self.steps.entries().map(|(at, step)| (step.to, at)));
        let mut leads = IndexVec::filled(false, self.nodes.len());
        leads[self.goal] = true;
        let mut waiting = vec![self.goal];
        while let Some(node) = waiting.pop() {
            for step in into.row(node).iter().map(|at| &self.steps[*at]).filter(|step| through(step)) {
                for premise in step.premises() {
                    if !std::mem::replace(&mut leads[premise], true) {
                        waiting.push(premise);
                    }
                }
            }
        }
        leads
    }

    /// Finds anew which steps need each node.
    fn index(&mut self) {
        self.uses = Csr::new(self.nodes.len(), || {
            let steps = self.steps.entries();
            steps.flat_map(|(at, step)| step.premises().map(move |node| (node, at)))
        });
    }
}
