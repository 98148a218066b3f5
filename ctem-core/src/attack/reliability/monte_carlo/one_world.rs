//! One world written out: what can be come to, in depth-first order, and its dominator tree.

use crate::attack::graph::{
    condensed::{Condition, Node, Through, Via},
    dominator_tree::{Number, SemiNca},
    index::{Csr, Id, IndexVec},
    view::View,
};

/// What falls in one world. A *place* is a number in depth-first order; the source has the first.
#[derive(Default)]
pub(super) struct Tree {
    /// By node: its place, if it falls.
    place: IndexVec<Node, Number>,
    /// By place: the node, the place it was first come to from, and what through.
    nodes: IndexVec<Number, Node>,
    parent: IndexVec<Number, Number>,
    came: IndexVec<Number, Via>,
    /// The open arcs: to a node, from a place, past a condition.
    arcs: Vec<(Node, Number, Condition)>,
    /// By place: the arcs that lead to it, as where from and past which condition.
    into: Csr<Number, (Number, Condition)>,
    dominator: IndexVec<Number, Number>,
    /// By place: where what it dominates begins in an order of the dominator tree, and how much that is.
    spans: IndexVec<Number, (u32, u32)>,
    given: IndexVec<Number, u32>,
    bridges: IndexVec<Number, Option<Condition>>,
    dominators: SemiNca,
}

impl Tree {
    /// Follows all open arcs from the source. O(m) of what falls. A step that needs two nodes is taken once both are come to.
    pub(super) fn grow(&mut self, view: View<'_>, end: Node, mut open: impl FnMut(Condition) -> bool) {
        for node in &self.nodes {
            self.place[*node] = Number::NONE;
        }
        self.place.as_mut_vec().resize(end.index(), Number::NONE);
        self.nodes.as_mut_vec().clear();
        self.parent.as_mut_vec().clear();
        self.came.as_mut_vec().clear();
        self.arcs.clear();
        let sure = Via::from(Condition::OPEN);
        self.add_place(Node::SOURCE, Number::ROOT, sure);
        for node in view.given() {
            if self.place[*node].is_none() {
                self.add_place(*node, Number::ROOT, sure);
                self.arcs.push((*node, Number::ROOT, Condition::OPEN));
            }
        }
        // All that was entered and not gone on from, deepest last.
        let mut stack: Vec<_> =
            self.nodes.entries().rev().map(|(place, node)| (place, view.arcs(*node, end))).collect();
        while let Some((place, arcs)) = stack.last_mut() {
            let place = *place;
            let Some(arc) = arcs.next() else {
                stack.pop();
                continue;
            };
            let condition = match arc.via.through() {
                Through::Condition(condition) => condition,
                Through::AndNode(id) => {
                    let and_node = view.and_node(id);
                    // One may be a node that nothing leads to, beyond all places.
                    if and_node.premises.iter().any(|premise| self.place(*premise).is_none()) {
                        continue;
                    }
                    and_node.condition
                }
            };
            if condition != Condition::OPEN && !open(condition) {
                continue;
            }
            self.arcs.push((arc.to, place, condition));
            if self.place[arc.to].is_none() {
                let entered = self.add_place(arc.to, place, arc.via);
                stack.push((entered, view.arcs(arc.to, end)));
            }
        }
    }

    fn add_place(&mut self, node: Node, parent: Number, came: Via) -> Number {
        let place = self.nodes.push(node);
        self.place[node] = place;
        self.parent.push(parent);
        self.came.push(came);
        place
    }

    /// How many nodes fall.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The place of a node that falls.
    pub(super) fn place(&self, node: Node) -> Option<Number> {
        self.place.get(node)?.some()
    }

    /// The conditions of one proof that all these places fall, each once, in their order: the steps by which they and all they
    /// need were first come to.
    pub(super) fn proof(&self, view: View<'_>, places: impl Iterator<Item = Number>) -> Vec<Condition> {
        let mut needed: IndexVec<Number, bool> = IndexVec::filled(false, self.len());
        let mut waiting: Vec<Number> = places.collect();
        let mut conditions = Vec::new();
        while let Some(place) = waiting.pop() {
            if place == Number::ROOT || std::mem::replace(&mut needed[place], true) {
                continue;
            }
            match self.came[place].through() {
                Through::Condition(condition) => {
                    conditions.push(condition);
                    waiting.push(self.parent[place]);
                }
                Through::AndNode(id) => {
                    let and_node = view.and_node(id);
                    conditions.push(and_node.condition);
                    waiting.extend(and_node.premises.iter().filter_map(|premise| self.place(*premise)));
                }
            }
        }
        conditions.sort_unstable();
        conditions.dedup();
        conditions.retain(|condition| *condition != Condition::OPEN);
        conditions
    }

    /// Finds what every path to each place passes: afterwards each place's immediate dominator is known. Near O(m).
    pub(super) fn dominate(&mut self) {
        let place = &self.place;
        let arcs = || self.arcs.iter().map(|(to, from, condition)| (place[*to], (*from, *condition)));
        self.into.fill(self.nodes.len(), arcs);
        let Self { dominators, parent, into, dominator, .. } = self;
        dominators.run(parent, parent, into, |(from, _)| *from, dominator);
    }

    /// Adds up along the dominator tree: afterwards each place has the sum of all it dominates, itself with them.
    pub(super) fn gather(&self, sums: &mut IndexVec<Number, u64>) {
        for place in Number::first(self.len()).skip(1).rev() {
            let sum = sums[place];
            sums[self.dominator[place]] += sum;
        }
    }

    /// By place: the condition of the one arc that leads there from outside what the place dominates; none where there are
    /// several.
    pub(super) fn bridges(&mut self) -> &IndexVec<Number, Option<Condition>> {
        let count = self.len();
        // Spans in an order of the dominator tree: sizes first, then where each begins, from the root down.
        let behind_source = || Number::first(count).skip(1);
        refill(&mut self.spans, (0, 1), count);
        for place in behind_source().rev() {
            let (_, size) = self.spans[place];
            self.spans[self.dominator[place]].1 += size;
        }
        // What a place's span has given to those below it.
        refill(&mut self.given, 1, count);
        for place in behind_source() {
            let above = self.dominator[place];
            let (begin, size) = (self.spans[above].0 + self.given[above], self.spans[place].1);
            self.given[above] += size;
            self.spans[place].0 = begin;
        }
        refill(&mut self.bridges, None, count);
        for place in behind_source() {
            let (begin, size) = self.spans[place];
            let mut outside = self.into.row(place).iter().filter(|(from, _)| {
                let at = self.spans[*from].0;
                at < begin || at >= begin + size
            });
            self.bridges[place] = match (outside.next(), outside.next()) {
                (Some((_, condition)), None) => Some(*condition),
                (_, _) => None,
            };
        }
        &self.bridges
    }
}

/// Makes a list anew in the room it has.
fn refill<T: Clone>(list: &mut IndexVec<Number, T>, value: T, count: usize) {
    list.as_mut_vec().clear();
    list.as_mut_vec().resize(count, value);
}
