//! From a world to the core of an event in it.

use super::core::{Core, Link};
use crate::attack::graph::{
    Snapshot,
    condensed::{Condensed, Condition, Node, Through, Via},
    index::{Csr, Id, IndexVec},
};

/// What is needed of the graph to look at worlds.
pub(super) struct Extraction<'a> {
    pub(super) condensed: &'a Condensed,
    /// By condition: the set of actions that close it.
    closers: &'a IndexVec<Condition, u32>,
    /// By relevant node: the arcs that lead to it.
    into: Csr<Node, (Node, Via)>,
}

/// One world under a look, in room that is used again.
pub(super) struct Look<'e, 'a> {
    of: &'e Extraction<'a>,
    /// By node: whether it falls whatever is done, in this world.
    surely: IndexVec<Node, bool>,
    marked: Vec<Node>,
    /// By node: its place in the core that is made.
    place: IndexVec<Node, u32>,
    placed: Vec<Node>,
}

const NONE: u32 = u32::MAX;

impl<'a> Extraction<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, closers: &'a IndexVec<Condition, u32>) -> Self {
        let condensed = &snapshot.condensed;
        let end = condensed.relevant();
        let into = Csr::new(end.index(), || {
            end.below().flat_map(move |from| {
                let arcs = condensed.arcs_of_any(from).iter().take_while(move |arc| arc.to < end);
                arcs.map(move |arc| (arc.to, (from, arc.via)))
            })
        });
        Self { condensed, closers, into }
    }

    pub(super) fn look(&self) -> Look<'_, 'a> {
        let nodes = self.condensed.relevant().index().max(1);
        Look {
            of: self,
            surely: IndexVec::filled(false, nodes),
            marked: Vec::new(),
            place: IndexVec::filled(NONE, nodes),
            placed: Vec::new(),
        }
    }
}

impl Look<'_, '_> {
    /// Begins a world: follows what is open and what no action closes. O(arcs of that).
    pub(super) fn begin(&mut self, mut open: impl FnMut(Condition) -> bool) {
        let closers = self.of.closers;
        let open = |condition: Condition| closers[condition] == 0 && open(condition);
        follow(self.of.condensed, &mut self.surely, &mut self.marked, open);
    }

    /// Whether a node falls whatever is done, in the world that was begun.
    pub(super) fn is_sure(&self, node: Node) -> bool {
        self.surely.get(node) == Some(&true)
    }

    /// The core of an event that happens in the world; none where it happens whatever is done. O(arcs between).
    pub(super) fn core(
        &mut self,
        event: Node,
        fallen: impl Fn(Node) -> bool,
        mut open: impl FnMut(Condition) -> bool,
    ) -> Option<Core> {
        if self.surely.get(event) != Some(&false) {
            return None;
        }
        for node in self.placed.drain(..) {
            self.place[node] = NONE;
        }
        let mut steps = Vec::new();
        self.put(event);
        let mut at = 0;
        while let Some(to) = self.placed.get(at).copied() {
            at += 1;
            for (from, via) in self.of.into.row(to) {
                let (premises, condition) = match via.through() {
                    Through::Condition(condition) => ([*from; 2], condition),
                    Through::AndNode(id) => {
                        let and_node = self.of.condensed.and_node(id);
                        // It has an arc from each of its premises, and is one step.
                        if and_node.premises[0] != *from {
                            continue;
                        }
                        (and_node.premises, and_node.condition)
                    }
                };
                let relevant = |premise: &Node| *premise < self.of.condensed.relevant() && fallen(*premise);
                if !premises.iter().all(relevant) || !open(condition) {
                    continue;
                }
                let premises = premises.map(|premise| self.put(premise));
                steps.push(Link { premises, closers: self.of.closers[condition], to: self.place[to] });
            }
        }
        Core::new(steps, self.placed.len() as u32 + 1, 1)
    }

    /// The place of a node, which gets one if it has none.
    fn put(&mut self, node: Node) -> u32 {
        if self.surely[node] {
            return 0;
        }
        if self.place[node] == NONE {
            self.placed.push(node);
            self.place[node] = self.placed.len() as u32;
        }
        self.place[node]
    }
}

/// Follows what is open from the source: afterwards the nodes that fall are marked, and no others. O(arcs of those).
pub(super) fn follow(
    condensed: &Condensed,
    falls: &mut IndexVec<Node, bool>,
    marked: &mut Vec<Node>,
    mut open: impl FnMut(Condition) -> bool,
) {
    for node in marked.drain(..) {
        falls[node] = false;
    }
    let end = condensed.relevant();
    falls[Node::SOURCE] = true;
    marked.push(Node::SOURCE);
    let mut at = 0;
    while let Some(node) = marked.get(at).copied() {
        at += 1;
        for arc in condensed.arcs_of_any(node).iter().take_while(|arc| arc.to < end) {
            if falls[arc.to] {
                continue;
            }
            let condition = match arc.via.through() {
                Through::Condition(condition) => condition,
                Through::AndNode(id) => {
                    let and_node = condensed.and_node(id);
                    if !and_node.premises.iter().all(|premise| falls.get(*premise) == Some(&true)) {
                        continue;
                    }
                    and_node.condition
                }
            };
            if open(condition) {
                falls[arc.to] = true;
                marked.push(arc.to);
            }
        }
    }
}
