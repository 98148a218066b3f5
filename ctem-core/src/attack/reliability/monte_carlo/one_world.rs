//! One world written out: what can be come to, in depth-first order, and its dominator tree.

use crate::attack::graph::{
    condensed::{JOIN, Join, OPEN},
    dominator_tree::SemiNca,
    index::NONE,
    overlay::View,
};

/// What falls in one world. A *place* is a number in depth-first order; the source has place 0.
#[derive(Default)]
pub(super) struct Tree {
    /// By node: its place, or `NONE`.
    place: Vec<u32>,
    /// By place: the node, the place it was first come to from, and by which gate, its own or a join's.
    nodes: Vec<u32>,
    parent: Vec<u32>,
    came: Vec<u32>,
    /// The open arcs: from a place, to a node, past a gate.
    arcs: Vec<[u32; 3]>,
    /// By place: where the arcs that lead to it begin in `into`, as places and gates.
    starts: Vec<u32>,
    into: Vec<(u32, u32)>,
    dominator: Vec<u32>,
    /// By place: where what it dominates begins in an order of the dominator tree, and how much that is.
    spans: Vec<(u32, u32)>,
    given: Vec<u32>,
    bridges: Vec<Option<u32>>,
    dominators: SemiNca,
}

impl Tree {
    /// Follows all open arcs from the source. O(m) of what falls. A step that needs two nodes is taken once both are come to.
    pub(super) fn grow(&mut self, view: View<'_>, end: u32, mut open: impl FnMut(u32) -> bool) {
        for node in &self.nodes {
            self.place[*node as usize] = NONE;
        }
        self.place.resize(end as usize, NONE);
        for list in [&mut self.nodes, &mut self.parent, &mut self.came] {
            list.clear();
        }
        self.arcs.clear();
        self.enter(0, 0, OPEN);
        for node in view.given() {
            if self.place[*node as usize] == NONE {
                self.enter(*node, 0, OPEN);
                self.arcs.push([0, *node, OPEN]);
            }
        }
        // All that was entered and not gone on from, deepest last.
        let mut stack: Vec<_> = (0..self.nodes.len() as u32)
            .rev()
            .map(|at| (at, view.arcs(self.nodes[at as usize], end)))
            .collect();
        while let Some((place, arcs)) = stack.last_mut() {
            let place = *place;
            let Some(arc) = arcs.next() else {
                stack.pop();
                continue;
            };
            let mut gate = arc.gate;
            if gate & JOIN != 0 {
                let Join { premises, gate: own } = view.join(gate);
                // One may be a node that nothing leads to, beyond all places.
                if premises.iter().any(|premise| self.place(*premise).is_none()) {
                    continue;
                }
                gate = own;
            }
            if gate != OPEN && !open(gate) {
                continue;
            }
            self.arcs.push([place, arc.to, gate]);
            if self.place[arc.to as usize] == NONE {
                self.enter(arc.to, place, arc.gate);
                stack.push((self.nodes.len() as u32 - 1, view.arcs(arc.to, end)));
            }
        }
    }

    fn enter(&mut self, node: u32, parent: u32, came: u32) {
        self.place[node as usize] = self.nodes.len() as u32;
        self.nodes.push(node);
        self.parent.push(parent);
        self.came.push(came);
    }

    /// How many nodes fall.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The place of a node that falls.
    pub(super) fn place(&self, node: u32) -> Option<u32> {
        self.place.get(node as usize).copied().filter(|place| *place != NONE)
    }

    /// The gates of one proof that all these places fall, each once, in their order: the steps by which they and all they
    /// need were first come to.
    pub(super) fn proof(&self, view: View<'_>, places: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut needed = vec![false; self.len()];
        let mut waiting: Vec<u32> = places.collect();
        let mut gates = Vec::new();
        while let Some(place) = waiting.pop() {
            if place == 0 || std::mem::replace(&mut needed[place as usize], true) {
                continue;
            }
            let came = self.came[place as usize];
            if came & JOIN == 0 {
                gates.push(came);
                waiting.push(self.parent[place as usize]);
            } else {
                let Join { premises, gate } = view.join(came);
                gates.push(gate);
                waiting.extend(premises.iter().filter_map(|premise| self.place(*premise)));
            }
        }
        gates.sort_unstable();
        gates.dedup();
        gates.retain(|gate| *gate != OPEN);
        gates
    }

    /// Finds what every path to each place passes: afterwards each place's immediate dominator is known. Near O(m).
    pub(super) fn dominate(&mut self) {
        self.sort_arcs();
        let rows: [&[u32]; 3] = [&self.parent, &self.parent, &self.starts];
        self.dominators.run(rows, &self.into, |(from, _)| *from, &mut self.dominator);
    }

    /// Adds up along the dominator tree: afterwards each place has the sum of all it dominates, itself with them.
    pub(super) fn gather(&self, sums: &mut [u64]) {
        for place in (1..self.len()).rev() {
            sums[self.dominator[place] as usize] += sums[place];
        }
    }

    /// By place: the gate of the one arc that leads there from outside what the place dominates; none where there are several.
    pub(super) fn bridges(&mut self) -> &[Option<u32>] {
        let count = self.len();
        // Spans in an order of the dominator tree: sizes first, then where each begins, from the root down.
        self.spans.clear();
        self.spans.resize(count, (0, 1));
        for place in (1..count).rev() {
            self.spans[self.dominator[place] as usize].1 += self.spans[place].1;
        }
        // What a place's span has given to those below it.
        self.given.clear();
        self.given.resize(count, 1);
        for place in 1..count {
            let above = self.dominator[place] as usize;
            let (begin, size) = (self.spans[above].0 + self.given[above], self.spans[place].1);
            self.given[above] += size;
            self.spans[place].0 = begin;
        }
        self.bridges.clear();
        self.bridges.resize(count, None);
        for place in 1..count {
            let (begin, size) = self.spans[place];
            let into = &self.into[self.starts[place] as usize..self.starts[place + 1] as usize];
            let mut outside = into.iter().filter(|(from, _)| {
                let at = self.spans[*from as usize].0;
                at < begin || at >= begin + size
            });
            self.bridges[place] = match (outside.next(), outside.next()) {
                (Some((_, gate)), None) => Some(*gate),
                (_, _) => None,
            };
        }
        &self.bridges
    }

    /// Sorts the arcs by where they lead, in places.
    fn sort_arcs(&mut self) {
        let count = self.len();
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        for [_, to, _] in &self.arcs {
            self.starts[self.place[*to as usize] as usize + 2] += 1;
        }
        for at in 2..count + 2 {
            self.starts[at] += self.starts[at - 1];
        }
        self.into.clear();
        self.into.resize(self.arcs.len(), (0, 0));
        for [from, to, gate] in &self.arcs {
            let next = &mut self.starts[self.place[*to as usize] as usize + 1];
            self.into[*next as usize] = (*from, *gate);
            *next += 1;
        }
    }
}
