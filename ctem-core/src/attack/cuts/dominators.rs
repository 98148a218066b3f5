//! Dominators: what must fall before a state does, whichever way the attack goes.
//!
//! A node dominates another when every way from the source to the other passes it. The last one on the way, the *immediate*
//! dominator, is the parent in a tree, and what lies below a node in that tree is exactly what an attacker cannot come to
//! once the node is defended: a hundred machines behind one bastion hang from the bastion. So the losses that a defended node
//! saves for sure are a sum over its subtree.
//!
//! The tree is found by Semi-NCA ([`SemiNca`]) after a depth-first search. What costs is waiting for memory, so:
//!
//! - the depth-first search runs over rows in which a node's number lies right before its arcs, which name rows: coming to a
//!   node brings both with one wait, and looking at all its targets at once lets their waits overlap;
//! - what was visited before its source is put aside at once, and only the rest is looked at again on the way back;
//! - nodes are numbered in the order of the search; arcs from a lower to a higher number need no list, since they say nothing
//!   but their source, and are settled while searching;
//! - what the second pass will need is touched a little before it is needed.
//!
//! Where a step needs two states at once, what must fall has no tree: both premises must, and neither need come after the other.
//! The tree then takes either premise to be enough. An attacker can do no more than that, so all it says is true, and it may
//! say less than is: [`Dominators::is_exact`] tells. For one loss event [`mandatory_states`](super::mandatory_states) says all.

use crate::attack::graph::{
    EventId, Snapshot, State,
    condensed::{Arc, Condensed, Node},
    dominator_tree::{Number, SemiNca},
    index::{Csr, Id, IndexVec},
};

/// The dominator tree: what must fall before each state does.
///
/// States that fall together count as one. What has a chance of 0 does not lead anywhere.
///
/// ```
/// use ctem_core::attack::{Dominators, Graph, Key};
/// use ctem_core::Probability;
///
/// // Two ways from the mail server to the bastion, and everything else behind it.
/// let mut graph = Graph::new();
/// let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
/// for (name, from, to) in [
///     ("phish", None, mail),
///     ("key", Some(mail), bastion),
///     ("flaw", Some(mail), bastion),
///     ("dump", Some(bastion), orders),
/// ] {
///     let guard = graph.variable(Key::of("finding", name), Probability::new(0.5)?);
///     graph.step(from.as_slice(), Some(guard), to)?;
/// }
/// graph.event(orders, 1e6)?;
/// let snapshot = graph.compile()?;
/// let dominators = Dominators::compute(&snapshot);
/// assert_eq!(dominators.immediate(orders), Some(bastion));
/// assert_eq!(dominators.dominated(mail), 2);
/// assert_eq!(dominators.behind(|event| snapshot.loss(event).unwrap_or(0.0))[0], 1e6);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "dominator tree")]
#[doc(alias = "articulation")]
#[doc(alias = "Semi-NCA")]
#[derive(Debug, Clone)]
pub struct Dominators<'a> {
    snapshot: &'a Snapshot,
    /// By node: its number in the order of the search; none when it cannot be come to.
    numbers: IndexVec<Node, Number>,
    /// By number: the number of its immediate dominator, which is lower; the source's is its own.
    above: IndexVec<Number, Number>,
    /// By number: the lowest state of its node.
    states: IndexVec<Number, State>,
    exact: bool,
}

impl<'a> Dominators<'a> {
    /// Finds the immediate dominator of every state. O(m log n) time at worst and a third of a second for a million nodes and
    /// four million arcs; 16 bytes an arc and 32 a node while it runs, 12 a node after.
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, from, to) in [(1, None, mail), (2, Some(mail), bastion), (3, Some(bastion), orders)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// // From the mail server to the bastion to the orders: what is passed last?
    /// let dominators = Dominators::compute(&snapshot);
    /// assert_eq!(dominators.immediate(orders), Some(bastion));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn compute(snapshot: &'a Snapshot) -> Self {
        let condensed = &snapshot.condensed;
        let search = Search::of(condensed);
        let above = search.dominators();
        let numbers = search.numbers;
        let mut states = IndexVec::filled(State::GIVEN, above.len());
        for state in State::first(snapshot.state_count()).rev() {
            if let Some(number) = condensed.node(state).and_then(|node| numbers[node].some()) {
                states[number] = state;
            }
        }
        Self { snapshot, numbers, above, states, exact: condensed.and_node_count() == 0 }
    }

    /// Whether all that must fall is said: no step needs two states at once.
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (right, way, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, to) in [(1, right), (2, way)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(&[], Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// // The orders need both a right and a way, which no tree can say.
    /// graph.step(&[right, way], None, orders)?;
    /// let snapshot = graph.compile()?;
    /// let dominators = Dominators::compute(&snapshot);
    /// assert!(!dominators.is_exact());
    /// assert_eq!(dominators.immediate(orders), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The immediate dominator of a state: the last state that must fall before it does. None where nothing must that is not sure to,
    /// where it cannot fall, of a threat or a control, and of a state that is not there.
    ///
    /// Of states that fall together it is the first.
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, from, to) in [(1, None, mail), (2, Some(mail), bastion), (3, Some(bastion), orders)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// # let dominators = Dominators::compute(&snapshot);
    /// assert_eq!(dominators.immediate(bastion), Some(mail));
    /// // An attacker comes to the mail server from outside.
    /// assert_eq!(dominators.immediate(mail), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn immediate(&self, state: State) -> Option<State> {
        self.above(self.number(state)?).map(|above| self.states[above])
    }

    /// The states that must fall before a state does, the last one first.
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, from, to) in [(1, None, mail), (2, Some(mail), bastion), (3, Some(bastion), orders)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// # let dominators = Dominators::compute(&snapshot);
    /// // What must fall before the orders do?
    /// assert_eq!(dominators.chain(orders).collect::<Vec<_>>(), [bastion, mail]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chain(&self, state: State) -> impl Iterator<Item = State> + '_ {
        let first = self.number(state).and_then(|number| self.above(number));
        std::iter::successors(first, |number| self.above(*number)).map(|number| self.states[number])
    }

    /// How many others cannot fall unless a state does. O(n).
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, from, to) in [(1, None, mail), (2, Some(mail), bastion), (3, Some(bastion), orders)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// # let dominators = Dominators::compute(&snapshot);
    /// // How many are safe as long as each holds?
    /// assert_eq!([mail, bastion, orders].map(|state| dominators.dominated(state)), [2, 1, 0]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn dominated(&self, state: State) -> usize {
        let Some(top) = self.number(state) else { return 0 };
        let mut below: IndexVec<Number, bool> = IndexVec::filled(false, self.above.len());
        below[top] = true;
        // A dominator comes before what it dominates.
        for (number, above) in self.above.entries().skip(top.index() + 1) {
            below[number] = below[*above];
        }
        below.into_iter().filter(|below| *below).count() - 1
    }

    /// By state: the worth of all loss events that cannot happen unless it falls. What surely falls has the worth of all that can
    /// happen, and what cannot fall has none. O(n).
    ///
    /// ```
    /// # use ctem_core::{attack::{Dominators, Graph, Key}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (mail, bastion, orders) = (graph.state(), graph.state(), graph.state());
    /// # for (key, from, to) in [(1, None, mail), (2, Some(mail), bastion), (3, Some(bastion), orders)] {
    /// #     let guard = graph.variable(Key::new(key), half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(orders, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// # let dominators = Dominators::compute(&snapshot);
    /// // How much cannot be lost as long as the bastion holds?
    /// let behind = dominators.behind(|event| snapshot.loss(event).unwrap_or(0.0));
    /// let behind: Vec<_> = snapshot.states().zip(behind).collect();
    /// assert!(behind.contains(&(bastion, 1e6)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn behind(&self, worth: impl Fn(EventId) -> f64) -> Vec<f64> {
        let mut sums: IndexVec<Number, f64> = IndexVec::filled(0.0, self.above.len());
        for (event, node) in self.snapshot.condensed.events().entries() {
            // A loss event that is a threat or a control has no node.
            if let Some(number) = self.numbers.get(*node).and_then(|number| number.some()) {
                sums[number] += worth(event);
            }
        }
        for (number, above) in self.above.entries().skip(1).rev() {
            let sum = sums[number];
            sums[*above] += sum;
        }
        let of = |state| self.number(state).map_or(0.0, |number| sums[number]);
        self.snapshot.states().map(of).collect()
    }

    /// The immediate dominator of a node, unless that is the source.
    fn above(&self, number: Number) -> Option<Number> {
        Some(self.above[number]).filter(|above| *above != Number::ROOT)
    }

    fn number(&self, state: State) -> Option<Number> {
        self.numbers[self.snapshot.condensed.node(state)?].some()
    }
}

/// A depth-first search from the source.
struct Search {
    /// By node: its number; none when it was not come to.
    numbers: IndexVec<Node, Number>,
    /// By number: that of the node it was come to from.
    parents: IndexVec<Number, Number>,
    /// By number: the lowest number from which an arc leads to it, among lower numbers.
    lowest: IndexVec<Number, Number>,
    /// Arcs to lower numbers, or to the node itself: where to, and where from.
    back: Vec<(Number, Number)>,
}

/// In a row: the number of what was not come to yet and has arcs.
const UNSEEN: u32 = u32::MAX;
/// The number of what was not come to yet and has no arcs.
const LEAF: u32 = UNSEEN - 1;
/// Set in the last arc of a row.
const LAST: u32 = 1 << 31;

impl Search {
    fn of(condensed: &Condensed) -> Self {
        let (mut rows, starts) = rows(condensed);
        let nodes = condensed.node_count();
        let mut parents: IndexVec<Number, Number> = IndexVec::with_capacity(nodes);
        let mut lowest: IndexVec<Number, Number> = IndexVec::with_capacity(nodes);
        let mut back = Vec::with_capacity(rows.len() - nodes);
        // The number a row came from, and the part of the row that is still to be followed.
        let mut stack: Vec<(Number, u32, u32)> = Vec::new();
        let mut entered = Some((0u32, Number::ROOT));
        loop {
            if let Some((row, parent)) = entered.take() {
                let at = parents.push(parent);
                lowest.push(parent);
                let kept = enter_row(&mut rows, row, at, &mut back);
                if kept > row + 1 {
                    stack.push((at, row + 1, kept));
                }
            }
            let Some((at, next, end)) = stack.last_mut() else { break };
            let (at, row) = (*at, rows[*next as usize]);
            *next += 1;
            if *next == *end {
                stack.pop();
            }
            match rows[row as usize] {
                LEAF.. => entered = Some((row, at)),
                to => lowest[Number(to)] = at.min(lowest[Number(to)]),
            }
        }
        let numbers = starts.iter().map(|start| rows[*start as usize]);
        let numbers =
            numbers.map(|number| if number < LEAF { Number(number) } else { Number::NONE }).collect();
        Self { numbers, parents, lowest, back }
    }

    /// By number: the number of its immediate dominator.
    fn dominators(&self) -> IndexVec<Number, Number> {
        let into = Csr::new(self.parents.len(), || self.back.iter().copied());
        let mut above = IndexVec::default();
        SemiNca::default().run(&self.parents, &self.lowest, &into, |from| *from, &mut above);
        above
    }
}

/// Gives a row its number, and puts the arcs aside that lead to what was come to before; where the rest of them ends.
#[inline]
fn enter_row(rows: &mut [u32], row: u32, number: Number, back: &mut Vec<(Number, Number)>) -> u32 {
    let (mut next, mut kept) = (row as usize + 1, row as usize + 1);
    if std::mem::replace(&mut rows[row as usize], number.0) == LEAF {
        return kept as u32;
    }
    loop {
        let arc = rows[next];
        let to = rows[(arc & !LAST) as usize];
        if to < LEAF {
            back.push((Number(to), number));
        } else {
            rows[kept] = arc & !LAST;
            kept += 1;
        }
        if arc & LAST != 0 {
            return kept as u32;
        }
        next += 1;
    }
}

/// Every node's number, none yet, with its targets' rows behind it; and by node, its row.
///
/// This is no [`Csr`](crate::attack::graph::index::Csr), whose numbers would lie apart from the arcs: they change in place, and
/// coming to a node brings both with one wait.
fn rows(condensed: &Condensed) -> (Vec<u32>, IndexVec<Node, u32>) {
    let nodes = || Node::first(condensed.node_count());
    let closed = condensed.closed_conditions();
    let is_open = |arc: &Arc| closed.as_ref().is_none_or(|closed| !closed[condensed.condition(arc.via)]);
    let mut starts: IndexVec<Node, u32> = IndexVec::with_capacity(condensed.node_count());
    let mut length = 0u32;
    for node in nodes() {
        starts.push(length);
        length += 1 + condensed.arcs(node).len() as u32;
    }
    let mut rows = Vec::with_capacity(length as usize);
    for node in nodes() {
        rows.resize(starts[node] as usize, LEAF);
        rows.push(LEAF);
        rows.extend(condensed.arcs(node).iter().filter(|arc| is_open(arc)).map(|arc| starts[arc.to]));
        if rows.len() > starts[node] as usize + 1
            && let Some(last) = rows.last_mut()
        {
            *last |= LAST;
            rows[starts[node] as usize] = UNSEEN;
        }
    }
    (rows, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{Graph, Key};
    use crate::quantity::Probability;

    fn graph(states: u32, arcs: &[(u32, u32)]) -> Snapshot {
        let mut graph = Graph::new();
        graph.add_states(states);
        for (n, (from, to)) in arcs.iter().enumerate() {
            let guard = graph.variable(Key::new(n as u128), Probability::new(0.5).unwrap());
            graph.step(&[State(*from)], Some(guard), State(*to)).unwrap();
        }
        graph.event(State(states), 1.0).unwrap();
        graph.compile().unwrap()
    }

    #[test]
    fn the_example_of_lengauer_and_tarjan() {
        // R A B C D E F G H I J K L of their figure 1 as 0 to 12.
        let arcs = [
            (0, 1),
            (0, 2),
            (0, 3),
            (1, 4),
            (2, 1),
            (2, 4),
            (2, 5),
            (3, 6),
            (3, 7),
            (4, 12),
            (5, 8),
            (6, 9),
            (7, 9),
            (7, 10),
            (8, 5),
            (8, 11),
            (9, 11),
            (10, 9),
            (11, 9),
            (12, 8),
        ];
        let arcs: Vec<_> = arcs.into_iter().chain([(11, 0)]).collect();
        let snapshot = graph(12, &arcs);
        let dominators = Dominators::compute(&snapshot);
        let immediate: Vec<_> =
            (1..=12).map(|state| dominators.immediate(State(state)).map(|above| above.0)).collect();
        let expected = [0, 0, 0, 0, 0, 3, 3, 0, 0, 7, 0, 4].map(|above| (above != 0).then_some(above));
        assert_eq!(immediate, expected);
        assert_eq!(dominators.dominated(State(3)), 3);
        assert_eq!(dominators.chain(State(10)).map(|state| state.0).collect::<Vec<_>>(), [7, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_call_stack_and_every_link_of_it_dominates_the_end() {
        let arcs: Vec<_> = (0..200_000).map(|n| (n, n + 1)).collect();
        let snapshot = graph(200_000, &arcs);
        let dominators = Dominators::compute(&snapshot);
        assert_eq!(dominators.chain(State(200_000)).count(), 199_999);
        assert!(dominators.behind(|_| 1.0).iter().all(|behind| *behind == 1.0));
    }

    #[test]
    fn what_never_helps_leads_nowhere() {
        let mut graph = Graph::new();
        let (a, b) = (graph.state(), graph.state());
        let likely = graph.variable(Key::new(1), Probability::new(0.5).unwrap());
        let never = graph.variable(Key::new(2), Probability::ZERO);
        graph.step(&[], Some(likely), a).unwrap();
        graph.step(&[], Some(never), b).unwrap();
        let other = graph.variable(Key::new(3), Probability::new(0.5).unwrap());
        graph.step(&[a], Some(other), b).unwrap();
        graph.event(b, 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        assert_eq!(Dominators::compute(&snapshot).immediate(b), Some(a));
    }
}
