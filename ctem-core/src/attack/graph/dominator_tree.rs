//! Immediate dominators, given a depth-first search.
//!
//! The semidominator of a node is the lowest number from which a path over higher numbers leads to it; from all semidominators the
//! immediate dominators follow in one pass down. This is Semi-NCA (Georgiadis, *Linear-time algorithms for dominators and related
//! problems*, 2005; compared with others in Georgiadis, Tarjan and Werneck, *Finding dominators in practice*, 2006): O(m log n) with
//! path compression, and in practice one pass.

use super::index::{Csr, Id, IndexVec, ids};

ids! {
    /// When a depth-first search came to a node. The root has 0.
    Number
}

impl Number {
    pub(crate) const ROOT: Self = Self(0);
}

/// Scratch that is used again by the next search.
#[derive(Debug, Default)]
pub(crate) struct SemiNca {
    /// By number: the next one up a path of those dealt with, and the lowest semidominator from it up to there.
    links: IndexVec<Number, (Number, Number)>,
    semis: IndexVec<Number, Number>,
    path: Vec<Number>,
}

impl SemiNca {
    /// The number of each node's immediate dominator, into `above`; the first node's is its own.
    ///
    /// Given are, by number: from where it was come to; the lowest number known from which an arc leads to it; and the other arcs to it.
    /// `source` says where an arc comes from.
    pub(crate) fn run<T>(
        &mut self,
        parents: &IndexVec<Number, Number>,
        lowest: &IndexVec<Number, Number>,
        into: &Csr<Number, T>,
        source: impl Fn(&T) -> Number,
        above: &mut IndexVec<Number, Number>,
    ) {
        let Self { links, semis, path } = self;
        links.as_mut_vec().clear();
        links.as_mut_vec().extend(parents.iter().copied().zip(lowest.iter().copied()));
        semis.as_mut_vec().clear();
        semis.as_mut_vec().resize(parents.len(), Number::ROOT);
        let below_root = Number::first(parents.len()).skip(1);
        let arcs = into.values();
        for at in below_root.clone().rev() {
            let mut semi = links[at].1;
            for place in into.range(at) {
                let soon = source(&arcs[place.saturating_sub(AHEAD)]);
                std::hint::black_box(links[soon].0);
                let mut node = source(&arcs[place]);
                if node < at {
                    semi = semi.min(node);
                    continue;
                }
                let (mut up, mut least) = links[node];
                while up > at {
                    path.push(node);
                    node = up;
                    (up, least) = links[node];
                }
                while let Some(node) = path.pop() {
                    let link = &mut links[node];
                    least = least.min(link.1);
                    *link = (up, least);
                }
                semi = semi.min(least);
            }
            (links[at].1, semis[at]) = (semi, semi);
        }
        // The immediate dominator is the nearest above that is not below the semidominator.
        above.as_mut_vec().clear();
        above.as_mut_vec().extend(parents.iter().copied());
        for at in below_root {
            let mut up = above[at];
            while up > semis[at] {
                up = above[up];
            }
            above[at] = up;
        }
    }
}

/// So many arcs ahead of its use a link is touched, so that waits for memory overlap.
const AHEAD: usize = 32;
