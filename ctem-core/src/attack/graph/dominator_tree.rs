//! Immediate dominators, given a depth-first search.
//!
//! The semidominator of a node is the lowest number from which a path over higher numbers leads to it; from all semidominators the
//! immediate dominators follow in one pass down. This is Semi-NCA (Georgiadis, *Linear-time algorithms for dominators and related
//! problems*, 2005; compared with others in Georgiadis, Tarjan and Werneck, *Finding dominators in practice*, 2006): O(m log n) with
//! path compression, and in practice one pass.

/// Scratch that is used again by the next search.
#[derive(Debug, Default)]
pub(crate) struct SemiNca {
    /// By number: the next one up a path of those dealt with, and the lowest semidominator from it up to there.
    links: Vec<(u32, u32)>,
    semis: Vec<u32>,
    path: Vec<u32>,
}

impl SemiNca {
    /// The number of each node's immediate dominator, into `above`; the first node's is its own.
    ///
    /// Nodes are numbered in the order in which a depth-first search came to them. Given are, by number: from where it was come to; the
    /// lowest number known from which an arc leads to it; and where the other arcs to it begin in `into`, with one more at the end.
    /// `source` says where an arc comes from.
    pub(crate) fn run<T>(
        &mut self,
        [parents, lowest, starts]: [&[u32]; 3],
        into: &[T],
        source: impl Fn(&T) -> u32,
        above: &mut Vec<u32>,
    ) {
        let Self { links, semis, path } = self;
        links.clear();
        links.extend(parents.iter().copied().zip(lowest.iter().copied()));
        semis.clear();
        semis.resize(parents.len(), 0);
        for at in (1..parents.len() as u32).rev() {
            let mut semi = links[at as usize].1;
            for place in starts[at as usize] as usize..starts[at as usize + 1] as usize {
                let soon = source(&into[place.saturating_sub(AHEAD)]);
                std::hint::black_box(links[soon as usize].0);
                let mut node = source(&into[place]);
                if node < at {
                    semi = semi.min(node);
                    continue;
                }
                let (mut up, mut least) = links[node as usize];
                while up > at {
                    path.push(node);
                    node = up;
                    (up, least) = links[node as usize];
                }
                while let Some(node) = path.pop() {
                    let link = &mut links[node as usize];
                    least = least.min(link.1);
                    *link = (up, least);
                }
                semi = semi.min(least);
            }
            (links[at as usize].1, semis[at as usize]) = (semi, semi);
        }
        // The immediate dominator is the nearest above that is not below the semidominator.
        above.clear();
        above.extend_from_slice(parents);
        for at in 1..parents.len() {
            let mut up = above[at];
            while up > semis[at] {
                up = above[up as usize];
            }
            above[at] = up;
        }
    }
}

/// So many arcs ahead of its use a link is touched, so that waits for memory overlap.
const AHEAD: usize = 32;
