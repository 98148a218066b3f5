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

impl Network {
    /// How much flows at most from node 0 to another, and, by node, whether more could still come to it. Limited edges must together
    /// let less flow than is unlimited, and must be on every way.
    pub(super) fn cut(&self, goal: u32) -> (u64, Vec<bool>) {
        let nodes = self.nodes as usize;
        let (starts, mut edges) = self.laid_out();
        let range = |node: u32| starts[node as usize]..starts[node as usize + 1];
        let mut flow = 0;
        let mut levels = vec![u32::MAX; nodes];
        let mut queue: Vec<u32> = Vec::new();
        let mut path: Vec<u32> = Vec::new();
        loop {
            levels.fill(u32::MAX);
            levels[goal as usize] = 0;
            queue.clear();
            queue.push(goal);
            let mut at = 0;
            while let Some(node) = queue.get(at).copied()
                && levels[0] == u32::MAX
            {
                at += 1;
                for edge in range(node) {
                    let Edge { to, twin, .. } = edges[edge as usize];
                    if levels[to as usize] == u32::MAX && edges[twin as usize].left > 0 {
                        levels[to as usize] = levels[node as usize] + 1;
                        queue.push(to);
                    }
                }
            }
            if levels[0] == u32::MAX {
                break;
            }
            let mut next: Vec<u32> = starts[..nodes].to_vec();
            let mut node = 0u32;
            loop {
                if node == goal {
                    let least = path.iter().map(|edge| edges[*edge as usize].left).min().unwrap_or(0);
                    flow += least;
                    let mut full = 0;
                    for (at, edge) in path.iter().enumerate().rev() {
                        let Edge { twin, left, .. } = edges[*edge as usize];
                        edges[*edge as usize].left = left - least;
                        edges[twin as usize].left += least;
                        if left == least {
                            full = at;
                        }
                    }
                    // On from where the path is full.
                    node = edges[edges[path[full] as usize].twin as usize].to;
                    path.truncate(full);
                    continue;
                }
                let at = &mut next[node as usize];
                let nearer = (*at..starts[node as usize + 1]).find(|edge| {
                    let Edge { to, left, .. } = edges[*edge as usize];
                    left > 0 && levels[to as usize] < levels[node as usize]
                });
                match nearer {
                    Some(edge) => {
                        *at = edge;
                        path.push(edge);
                        node = edges[edge as usize].to;
                    }
                    None => {
                        levels[node as usize] = u32::MAX;
                        let Some(edge) = path.pop() else { break };
                        node = edges[edges[edge as usize].twin as usize].to;
                        next[node as usize] += 1;
                    }
                }
            }
        }
        let mut reached = vec![false; nodes];
        reached[0] = true;
        let mut waiting = vec![0u32];
        while let Some(node) = waiting.pop() {
            for edge in range(node) {
                let Edge { to, left, .. } = edges[edge as usize];
                if left > 0 && !std::mem::replace(&mut reached[to as usize], true) {
                    waiting.push(to);
                }
            }
        }
        (flow, reached)
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
        let (flow, reached) = Network { nodes: 6, edges }.cut(5);
        assert_eq!(flow, 23);
        assert_eq!(reached, [true, true, true, false, true, false]);
    }

    #[test]
    fn of_equal_cuts_the_one_nearest_the_source_is_found() {
        let (_, reached) = Network { nodes: 4, edges: vec![(0, 1, 5), (1, 2, 5), (2, 3, 5)] }.cut(3);
        assert_eq!(reached, [true, false, false, false]);
    }
}
