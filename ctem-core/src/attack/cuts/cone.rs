//! The cone of a loss event: the steps between the source and it, and what still falls when some of them are closed.
//!
//! Cuts and choke points ask of one event again and again whether it still falls. The cone holds what that depends on and
//! nothing else: steps that can be taken and lead to the event, their gates numbered anew. Sixty-four such questions are answered
//! at once, a bit of a word for each (least fixpoint, from the source on, so nothing falls through a cycle alone), and a
//! *proof*, steps that lead to the event and all it needs, is found by a search that settles what needs the fewest gates first.

use crate::attack::graph::{
    condensed::{Condensed, JOIN, OPEN},
    index::{Csr, NONE},
};
use std::collections::VecDeque;

/// The steps that matter to one event. Node 0 is the source.
#[derive(Debug, Clone, Default)]
pub(super) struct Cone {
    pub(super) steps: Vec<Needs>,
    pub(super) goal: u32,
    /// By node: its node in the condensed graph, the first of those it stands for.
    pub(super) nodes: Vec<u32>,
    /// By gate: its gate in the condensed graph.
    pub(super) gates: Vec<u32>,
    /// By node: the steps that need it, in their order.
    uses: Csr<u32, u32>,
}

/// A step: what it needs, the second `NONE` when that is one node; its gate; and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needs {
    pub(super) to: u32,
    pub(super) gate: u32,
    pub(super) premises: [u32; 2],
}

impl Needs {
    pub(super) fn premises(&self) -> impl Iterator<Item = u32> + use<> {
        self.premises.into_iter().filter(|premise| *premise != NONE)
    }

    pub(super) fn is_join(&self) -> bool {
        self.premises[1] != NONE
    }
}

impl Cone {
    /// The cone of an event; none when it cannot fall. O(n + m).
    pub(super) fn of(condensed: &Condensed, event: usize) -> Option<Self> {
        let goal = *condensed.events().get(event)?;
        if goal >= condensed.reachable() {
            return None;
        }
        let closed = condensed.closed_gates();
        let mut steps = Vec::new();
        for from in 0..condensed.relevant() {
            for arc in condensed.arcs(from).iter().take_while(|arc| arc.to < condensed.relevant()) {
                let (premises, gate) = if arc.gate & JOIN == 0 {
                    ([from, NONE], arc.gate)
                } else {
                    let join = condensed.join(arc.gate);
                    (join.premises, join.gate)
                };
                // A join is an arc of both its premises, and cannot be taken when the other cannot be come to.
                let can = premises.iter().all(|node| *node == NONE || *node < condensed.relevant());
                if can && premises[0] == from && closed.get(gate as usize) != Some(&true) {
                    steps.push(Needs { to: arc.to, gate, premises });
                }
            }
        }
        let nodes = (0..condensed.relevant()).collect();
        let gates = (0..condensed.gate_count() as u32).collect();
        Self { steps, goal, nodes, gates, ..Self::default() }.trimmed()
    }

    /// Without what does not lie between the source and the event, everything numbered anew; none when the event cannot fall.
    pub(super) fn trimmed(mut self) -> Option<Self> {
        self.index();
        let fallen = self.fallen(|_| 1, |_| 1);
        let falls = |node: u32| fallen[node as usize] != 0;
        if !falls(self.goal) {
            return None;
        }
        self.steps.retain(|step| step.premises().all(falls) && step.premises().all(|node| node != self.goal));
        let leads = self.leading(|_| true);
        let mut number = vec![NONE; self.nodes.len()];
        let mut nodes = Vec::new();
        for node in 0..self.nodes.len() {
            if node == 0 || leads[node] {
                number[node] = nodes.len() as u32;
                nodes.push(self.nodes[node]);
            }
        }
        self.steps.retain(|step| leads[step.to as usize] && step.to != 0);
        let mut gate_number = vec![NONE; self.gates.len()];
        gate_number[0] = OPEN;
        let mut gates = vec![self.gates[0]];
        for step in &mut self.steps {
            let gate = &mut gate_number[step.gate as usize];
            if *gate == NONE {
                *gate = gates.len() as u32;
                gates.push(self.gates[step.gate as usize]);
            }
            step.gate = *gate;
            step.to = number[step.to as usize];
            let [first, second] = step.premises;
            step.premises =
                [number[first as usize], if second == NONE { NONE } else { number[second as usize] }];
        }
        (self.goal, self.nodes, self.gates) = (number[self.goal as usize], nodes, gates);
        self.index();
        Some(self)
    }

    /// With every node of some made one with the source, every gate of some open, and every node from which plain open steps
    /// lead to the event made one with it.
    ///
    /// With it, by its gates, their numbers here.
    pub(super) fn merged(
        mut self,
        fallen: &[u64],
        is_open: impl Fn(u32) -> bool,
    ) -> Option<(Self, Vec<u32>)> {
        // Gates are followed through the numbering.
        let core_gates = std::mem::take(&mut self.gates);
        self.gates = (0..core_gates.len() as u32).collect();
        for step in &mut self.steps {
            let [first, second] = step.premises.map(|node| match fallen.get(node as usize) {
                Some(0) | None => node,
                Some(_) => 0,
            });
            step.premises = match (first, second) {
                (first, NONE) => [first, NONE],
                (0, other) | (other, 0) => [other, NONE],
                (first, second) if first == second => [first, NONE],
                both => [both.0, both.1],
            };
            if is_open(step.gate) {
                step.gate = OPEN;
            }
        }
        self.steps.retain(|step| fallen[step.to as usize] == 0);
        let ends = self.leading(|step| step.gate == OPEN && !step.is_join());
        let goal = self.goal;
        for step in &mut self.steps {
            for node in step.premises.iter_mut().chain([&mut step.to]) {
                if ends.get(*node as usize) == Some(&true) {
                    *node = goal;
                }
            }
        }
        self.steps.retain(|step| step.premises().all(|node| node != goal && node != step.to));
        self.steps.sort_unstable();
        self.steps.dedup();
        let mut merged = self.trimmed()?;
        let gates = merged.gates;
        merged.gates = gates.iter().map(|gate| core_gates[*gate as usize]).collect();
        Some((merged, gates))
    }

    /// By node: in which of 64 worlds it falls, when in each some gates are closed and some nodes defended. O(n + m) where nodes
    /// fall in all their worlds at once, 64 times that at worst.
    pub(super) fn fallen(&self, gate: impl Fn(u32) -> u64, node: impl Fn(u32) -> u64) -> Vec<u64> {
        let mut fallen = vec![0u64; self.nodes.len()];
        let mut waits = vec![false; self.nodes.len()];
        let mut queue = VecDeque::from([0u32]);
        fallen[0] = u64::MAX;
        while let Some(from) = queue.pop_front() {
            waits[from as usize] = false;
            for step in self.steps_from(from) {
                let step = &self.steps[*step as usize];
                let bits = step.premises().fold(gate(step.gate), |bits, node| bits & fallen[node as usize]);
                let new = bits & !fallen[step.to as usize];
                // Most steps bring nothing new: whether a node is defended is asked of the others.
                let new = if new == 0 { 0 } else { new & node(step.to) };
                if new != 0 {
                    fallen[step.to as usize] |= new;
                    if !std::mem::replace(&mut waits[step.to as usize], true) {
                        queue.push_back(step.to);
                    }
                }
            }
        }
        fallen
    }

    /// A proof of the event that closed gates leave, through few of the gates that count: its steps, in an order an attacker could
    /// take them. None when the event does not fall. O(n + m).
    pub(super) fn proof(
        &self,
        is_closed: impl Fn(u32) -> bool,
        counts: impl Fn(u32) -> bool,
    ) -> Option<Vec<u32>> {
        let mut distance = vec![NONE; self.nodes.len()];
        let mut last = vec![NONE; self.nodes.len()];
        // By node: when it was settled.
        let mut settled = vec![NONE; self.nodes.len()];
        let mut queue = VecDeque::from([0u32]);
        distance[0] = 0;
        let mut time = 0;
        while let Some(from) = queue.pop_front() {
            if settled[from as usize] != NONE {
                continue;
            }
            settled[from as usize] = time;
            time += 1;
            if from == self.goal {
                break;
            }
            for at in self.steps_from(from) {
                let step = &self.steps[*at as usize];
                if is_closed(step.gate) || step.premises().any(|node| settled[node as usize] == NONE) {
                    continue;
                }
                // What was settled last is farthest.
                let far = distance[from as usize] + u32::from(counts(step.gate));
                if far < distance[step.to as usize] {
                    distance[step.to as usize] = far;
                    last[step.to as usize] = *at;
                    match far == distance[from as usize] {
                        true => queue.push_front(step.to),
                        false => queue.push_back(step.to),
                    }
                }
            }
        }
        if settled[self.goal as usize] == NONE {
            return None;
        }
        let mut steps = Vec::new();
        let mut waiting = vec![self.goal];
        while let Some(node) = waiting.pop() {
            let step = std::mem::replace(&mut last[node as usize], NONE);
            if step != NONE {
                steps.push(step);
                waiting.extend(self.steps[step as usize].premises());
            }
        }
        steps.sort_by_key(|step| settled[self.steps[*step as usize].to as usize]);
        Some(steps)
    }

    /// By node: whether some steps lead from it to the event.
    fn leading(&self, through: impl Fn(&Needs) -> bool) -> Vec<bool> {
        let into =
            Csr::new(self.nodes.len(), || self.steps.iter().zip(0u32..).map(|(step, at)| (step.to, at)));
        let mut leads = vec![false; self.nodes.len()];
        leads[self.goal as usize] = true;
        let mut waiting = vec![self.goal];
        while let Some(node) = waiting.pop() {
            for at in into.row(node) {
                let step = &self.steps[*at as usize];
                if !through(step) {
                    continue;
                }
                for premise in step.premises() {
                    if !std::mem::replace(&mut leads[premise as usize], true) {
                        waiting.push(premise);
                    }
                }
            }
        }
        leads
    }

    fn steps_from(&self, node: u32) -> &[u32] {
        self.uses.row(node)
    }

    /// Finds anew which steps need each node.
    fn index(&mut self) {
        self.uses = Csr::new(self.nodes.len(), || {
            let steps = self.steps.iter().zip(0u32..);
            steps.flat_map(|(step, at)| step.premises().map(move |node| (node, at)))
        });
    }
}
