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
    Snapshot, State,
    condensed::{Arc, Condensed},
    dominator_tree::SemiNca,
    index::NONE,
};

/// What must fall before each state does.
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
/// let dominators = Dominators::of(&snapshot);
/// assert_eq!(dominators.immediate(&snapshot, orders), Some(bastion));
/// assert_eq!(dominators.dominated(&snapshot, mail), 2);
/// assert_eq!(dominators.behind(&snapshot, |event| snapshot.loss(event).unwrap_or(0.0))[0], 1e6);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dominators {
    /// By node: its number in the order of the search, or `NONE` when it cannot be come to.
    numbers: Vec<u32>,
    /// By number: the number of its immediate dominator, which is lower; the source's is its own.
    above: Vec<u32>,
    /// By number: the lowest state of its node.
    states: Vec<u32>,
    exact: bool,
}

impl Dominators {
    /// Finds the immediate dominator of every state. O(m log n) time at worst and a third of a second for a million nodes and
    /// four million arcs; 16 bytes an arc and 32 a node while it runs, 12 a node after.
    pub fn of(snapshot: &Snapshot) -> Self {
        let condensed = &snapshot.condensed;
        let search = Search::of(condensed);
        let above = search.dominators();
        let mut numbers = search.numbers;
        numbers.truncate(condensed.node_count());
        let mut states = vec![0; above.len()];
        for state in (0..snapshot.state_count() as u32).rev() {
            if let Some(node) = condensed.node(state)
                && let Some(slot) = states.get_mut(numbers[node as usize] as usize)
            {
                *slot = state;
            }
        }
        Self { numbers, above, states, exact: condensed.join_count() == 0 }
    }

    /// Whether all that must fall is said: no step needs two states at once.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The last state that must fall before a state does; none where nothing must that is not sure to, where it cannot fall, and
    /// of a threat or a control.
    ///
    /// Of states that fall together it is the first.
    pub fn immediate(&self, snapshot: &Snapshot, state: State) -> Option<State> {
        let above = self.above[self.number(snapshot, state)? as usize];
        (above != 0).then(|| State(self.states[above as usize]))
    }

    /// The states that must fall before a state does, the last one first.
    pub fn chain(&self, snapshot: &Snapshot, state: State) -> impl Iterator<Item = State> + '_ {
        let up = |number: &u32| Some(self.above[*number as usize]).filter(|above| *above != 0);
        std::iter::successors(self.number(snapshot, state).as_ref().and_then(up), move |number| up(number))
            .map(|number| State(self.states[number as usize]))
    }

    /// How many others cannot fall unless a state does. O(n).
    pub fn dominated(&self, snapshot: &Snapshot, state: State) -> usize {
        let Some(number) = self.number(snapshot, state) else { return 0 };
        let mut below = vec![false; self.above.len()];
        below[number as usize] = true;
        // A dominator comes before what it dominates.
        for at in number as usize + 1..self.above.len() {
            below[at] = below[self.above[at] as usize];
        }
        below.into_iter().filter(|below| *below).count() - 1
    }

    /// By state: the worth of all loss events that cannot happen unless it falls. What surely falls has the worth of all that can
    /// happen, and what cannot fall has none. O(n).
    pub fn behind(&self, snapshot: &Snapshot, worth: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.above.len()];
        for (event, node) in snapshot.condensed.events().iter().enumerate() {
            if let Some(sum) = sums.get_mut(self.numbers[*node as usize] as usize) {
                *sum += worth(event);
            }
        }
        for at in (1..sums.len()).rev() {
            sums[self.above[at] as usize] += sums[at];
        }
        let of = |state| self.number(snapshot, state).map_or(0.0, |number| sums[number as usize]);
        snapshot.states().map(of).collect()
    }

    fn number(&self, snapshot: &Snapshot, state: State) -> Option<u32> {
        let node = snapshot.condensed.node(state.0)?;
        self.numbers.get(node as usize).copied().filter(|number| *number != NONE)
    }
}

/// A depth-first search from the source.
struct Search {
    /// By node: its number, or `NONE`.
    numbers: Vec<u32>,
    /// By number: that of the node it was come to from.
    parents: Vec<u32>,
    /// By number: the lowest number from which an arc leads to it, among lower numbers.
    lowest: Vec<u32>,
    /// Arcs to lower numbers, or to the node itself: where to, and where from.
    back: Vec<(u32, u32)>,
}

/// The number of what was not come to yet and has no arcs. What has arcs has `NONE`.
const LEAF: u32 = NONE - 1;
/// Set in the last arc of a row.
const LAST: u32 = 1 << 31;

impl Search {
    fn of(condensed: &Condensed) -> Self {
        let (mut rows, starts) = rows(condensed);
        let nodes = condensed.node_count();
        let mut parents: Vec<u32> = Vec::with_capacity(nodes);
        let mut lowest: Vec<u32> = Vec::with_capacity(nodes);
        let mut back = Vec::with_capacity(rows.len() - nodes);
        // The number a row came from, and the part of the row that is still to be followed.
        let mut stack: Vec<(u32, u32, u32)> = Vec::new();
        let mut come = Some((0u32, 0u32));
        loop {
            if let Some((row, parent)) = come.take() {
                let at = parents.len() as u32;
                parents.push(parent);
                lowest.push(parent);
                let kept = enter(&mut rows, row, at, &mut back);
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
                LEAF.. => come = Some((row, at)),
                to => lowest[to as usize] = lowest[to as usize].min(at),
            }
        }
        let numbers = starts.iter().map(|start| rows[*start as usize]);
        let numbers = numbers.map(|number| if number < LEAF { number } else { NONE }).collect();
        Self { numbers, parents, lowest, back }
    }

    /// By number: the number of its immediate dominator.
    fn dominators(&self) -> Vec<u32> {
        let (starts, from) = self.by_target();
        let mut above = Vec::new();
        SemiNca::default().run([&self.parents, &self.lowest, &starts], &from, |from| *from, &mut above);
        above
    }

    /// The arcs to lower numbers, by where they lead: where each one's begin, and where they come from.
    fn by_target(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0u32; self.parents.len() + 1];
        for (to, _) in &self.back {
            starts[*to as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut from = vec![0; self.back.len()];
        for (to, source) in &self.back {
            let start = &mut starts[*to as usize];
            *start -= 1;
            from[*start as usize] = *source;
        }
        (starts, from)
    }
}

/// Gives a row its number, and puts the arcs aside that lead to what was come to before; where the rest of them ends.
#[inline]
fn enter(rows: &mut [u32], row: u32, number: u32, back: &mut Vec<(u32, u32)>) -> u32 {
    let (mut next, mut kept) = (row as usize + 1, row as usize + 1);
    if std::mem::replace(&mut rows[row as usize], number) == LEAF {
        return kept as u32;
    }
    loop {
        let arc = rows[next];
        let to = rows[(arc & !LAST) as usize];
        if to < LEAF {
            back.push((to, number));
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
fn rows(condensed: &Condensed) -> (Vec<u32>, Vec<u32>) {
    let nodes = condensed.node_count() as u32;
    let closed = condensed.closed_gates();
    let is_open = |arc: &Arc| closed.is_empty() || !closed[condensed.gate(arc.gate) as usize];
    let mut starts = Vec::with_capacity(nodes as usize);
    let mut length = 0u32;
    for node in 0..nodes {
        starts.push(length);
        length += 1 + condensed.arcs(node).len() as u32;
    }
    let mut rows = Vec::with_capacity(length as usize);
    for node in 0..nodes {
        rows.resize(starts[node as usize] as usize, LEAF);
        rows.push(LEAF);
        rows.extend(
            condensed.arcs(node).iter().filter(|arc| is_open(arc)).map(|arc| starts[arc.to as usize]),
        );
        if rows.len() > starts[node as usize] as usize + 1
            && let Some(last) = rows.last_mut()
        {
            *last |= LAST;
            rows[starts[node as usize] as usize] = NONE;
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
        let dominators = Dominators::of(&snapshot);
        let immediate: Vec<_> = (1..=12)
            .map(|state| dominators.immediate(&snapshot, State(state)).map(|above| above.0))
            .collect();
        let expected = [0, 0, 0, 0, 0, 3, 3, 0, 0, 7, 0, 4].map(|above| (above != 0).then_some(above));
        assert_eq!(immediate, expected);
        assert_eq!(dominators.dominated(&snapshot, State(3)), 3);
        assert_eq!(dominators.chain(&snapshot, State(10)).map(|state| state.0).collect::<Vec<_>>(), [7, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_call_stack_and_every_link_of_it_dominates_the_end() {
        let arcs: Vec<_> = (0..200_000).map(|n| (n, n + 1)).collect();
        let snapshot = graph(200_000, &arcs);
        let dominators = Dominators::of(&snapshot);
        assert_eq!(dominators.chain(&snapshot, State(200_000)).count(), 199_999);
        assert!(dominators.behind(&snapshot, |_| 1.0).iter().all(|behind| *behind == 1.0));
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
        assert_eq!(Dominators::of(&snapshot).immediate(&snapshot, b), Some(a));
    }
}
