//! The smallest cut of a network, by its largest flow.
//!
//! Dinic's algorithm (*Algorithm for solution of a problem of maximum flow in a network with power estimation*, 1970): what can
//! still flow is levelled by its distance to the goal, and paths that come nearer with every edge are filled until none is left;
//! then again. The largest flow equals the smallest cut (Ford and Fulkerson 1956), and the edges that leave what the source still
//! comes to are the one nearest the source, whichever flow was found. O(n²m) at worst, and a few sweeps where most can flow
//! along short paths.
//!
//! Edges and their reverses lie side by side in one array, by node. petgraph's `dinics` clears its marks of all nodes for every
//! path, which is too slow where there are many of both.

use std::ops::Range;

/// What flows without limit.
pub(super) const UNLIMITED: u64 = 1 << 62;

/// Nodes, and edges between them with how much can flow along each.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub(super) nodes: u32,
    /// From, to, and how much.
    pub(super) edges: Vec<(u32, u32, u64)>,
}

/// An edge as it is seen from one end: the other end, where that one sees it, and how much more can flow.
#[derive(Clone, Copy, Default)]
struct Edge {
    to: u32,
    twin: u32,
    left: u64,
}

/// How much flows, and what is still come to.
pub(super) struct Flow {
    /// The most that can flow, or what was found to when it was ended.
    pub(super) amount: u64,
    /// By node: whether more could still come to it. The limited edges that leave these nodes are a cut.
    pub(super) reached: Vec<bool>,
    /// The caller said not to go on: the cut is one, but it need not be the smallest.
    pub(super) ended: bool,
}

impl Network {
    /// How much flows at most from node 0 to another. Limited edges must together let less flow than half of what is unlimited, and
    /// must be on every path. `go_on` is asked on the way, and told how many rounds there were.
    pub(super) fn cut(&self, goal: u32, mut go_on: impl FnMut(u64) -> bool) -> Flow {
        let (starts, edges) = self.laid_out();
        let mut residual = Residual { starts, edges, levels: vec![u32::MAX; self.nodes as usize], goal };
        let (mut amount, mut rounds) = (0, 0);
        let mut ended = false;
        while !ended && residual.level() {
            ended = !residual.fill(&mut amount, || go_on(rounds));
            rounds += 1;
        }
        // What flows along limited edges leaves unlimited ones more than half, so those alone tell apart what no cut can.
        let reached = residual.reach(if ended { UNLIMITED / 2 } else { 1 });
        Flow { amount, reached, ended }
    }

    /// By node, where its edges begin, one more at the end; and the edges and their twins.
    fn laid_out(&self) -> (Vec<u32>, Vec<Edge>) {
        let mut starts = vec![0u32; self.nodes as usize + 1];
        for (from, to, _) in &self.edges {
            starts[*from as usize] += 1;
            starts[*to as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut edges = vec![Edge::default(); sum as usize];
        for (from, to, left) in self.edges.iter().rev() {
            starts[*from as usize] -= 1;
            starts[*to as usize] -= 1;
            let (here, there) = (starts[*from as usize], starts[*to as usize]);
            edges[here as usize] = Edge { to: *to, twin: there, left: *left };
            edges[there as usize] = Edge { to: *from, twin: here, left: 0 };
        }
        (starts, edges)
    }
}

/// What can still flow.
struct Residual {
    /// By node, where its edges begin; one more at the end.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// By node: how many edges it is from the goal; `u32::MAX` where that is not known, or no path is left.
    levels: Vec<u32>,
    goal: u32,
}

impl Residual {
    fn range(&self, node: u32) -> Range<u32> {
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    /// Levels the nodes by their distance to the goal, breadth first and backwards, until the source has its own; whether it has one.
    fn level(&mut self) -> bool {
        self.levels.fill(u32::MAX);
        self.levels[self.goal as usize] = 0;
        let mut queue = vec![self.goal];
        let mut at = 0;
        while let Some(node) = queue.get(at).copied()
            && self.levels[0] == u32::MAX
        {
            at += 1;
            for edge in self.range(node) {
                let Edge { to, twin, .. } = self.edges[edge as usize];
                if self.levels[to as usize] == u32::MAX && self.edges[twin as usize].left > 0 {
                    self.levels[to as usize] = self.levels[node as usize] + 1;
                    queue.push(to);
                }
            }
        }
        self.levels[0] != u32::MAX
    }

    /// Fills paths that come nearer to the goal with every edge until none is left: a blocking flow. Whether it went on to the end.
    fn fill(&mut self, amount: &mut u64, mut go_on: impl FnMut() -> bool) -> bool {
        let mut next: Vec<u32> = self.starts[..self.levels.len()].to_vec();
        let mut path: Vec<u32> = Vec::new();
        let mut node = 0u32;
        let mut edges_taken = 0u64;
        loop {
            if edges_taken.is_multiple_of(BETWEEN_QUESTIONS) && !go_on() {
                return false;
            }
            edges_taken += 1;
            if node == self.goal {
                *amount += self.push_along(&mut path, &mut node);
                continue;
            }
            let at = &mut next[node as usize];
            let nearer = (*at..self.starts[node as usize + 1]).find(|edge| {
                let Edge { to, left, .. } = self.edges[*edge as usize];
                left > 0 && self.levels[to as usize] < self.levels[node as usize]
            });
            match nearer {
                Some(edge) => {
                    *at = edge;
                    path.push(edge);
                    node = self.edges[edge as usize].to;
                }
                None => {
                    self.levels[node as usize] = u32::MAX;
                    let Some(edge) = path.pop() else { return true };
                    node = self.start_of(edge);
                    next[node as usize] += 1;
                }
            }
        }
    }

    /// Lets flow what a path to the goal takes, and goes back to where it is full; how much that is.
    fn push_along(&mut self, path: &mut Vec<u32>, node: &mut u32) -> u64 {
        let least = path.iter().map(|edge| self.edges[*edge as usize].left).min().unwrap_or(0);
        let mut full = 0;
        for (at, edge) in path.iter().enumerate().rev() {
            let Edge { twin, left, .. } = self.edges[*edge as usize];
            self.edges[*edge as usize].left = left - least;
            self.edges[twin as usize].left += least;
            if left == least {
                full = at;
            }
        }
        *node = self.start_of(path[full]);
        path.truncate(full);
        least
    }

    fn start_of(&self, edge: u32) -> u32 {
        self.edges[self.edges[edge as usize].twin as usize].to
    }

    /// By node: whether edges lead there from the source along which at least so much can still flow.
    fn reach(&self, at_least: u64) -> Vec<bool> {
        let mut reached = vec![false; self.levels.len()];
        reached[0] = true;
        let mut waiting = vec![0u32];
        while let Some(node) = waiting.pop() {
            for edge in self.range(node) {
                let Edge { to, left, .. } = self.edges[edge as usize];
                if left >= at_least && !std::mem::replace(&mut reached[to as usize], true) {
                    waiting.push(to);
                }
            }
        }
        reached
    }
}

/// So many edges are taken between two questions whether to go on: less than a millisecond.
const BETWEEN_QUESTIONS: u64 = 1 << 14;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_cormen_and_others() {
        let edges = vec![
            (0, 1, 16),
            (0, 2, 13),
            (1, 2, 10),
            (1, 3, 12),
            (2, 1, 4),
            (2, 4, 14),
            (3, 2, 9),
            (3, 5, 20),
            (4, 3, 7),
            (4, 5, 4),
        ];
        let flow = Network { nodes: 6, edges }.cut(5, |_| true);
        assert_eq!((flow.amount, flow.ended), (23, false));
        assert_eq!(flow.reached, [true, true, true, false, true, false]);
    }

    #[test]
    fn of_equal_cuts_the_one_nearest_the_source_is_found() {
        let network = Network { nodes: 4, edges: vec![(0, 1, 5), (1, 2, 5), (2, 3, 5)] };
        assert_eq!(network.cut(3, |_| true).reached, [true, false, false, false]);
    }

    #[test]
    fn a_flow_that_is_ended_is_no_more_than_the_largest_and_has_a_cut_all_the_same() {
        // A short path, and a longer one that takes a second round.
        let edges = vec![(0, 1, UNLIMITED), (1, 4, 5), (1, 2, 7), (2, 3, UNLIMITED), (3, 4, UNLIMITED)];
        let network = Network { nodes: 5, edges };
        assert_eq!(network.cut(4, |_| true).amount, 12);
        for (rounds, amount) in [(0, 0), (1, 5)] {
            let flow = network.cut(4, |round| round < rounds);
            assert_eq!((flow.amount, flow.ended), (amount, true));
            assert_eq!(flow.reached, [true, true, false, false, false]);
        }
    }
}
