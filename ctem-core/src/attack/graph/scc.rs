//! Strongly connected components: what leads to each other and so falls together or depends on the same.

use super::index::{Id, IndexVec, ids};

ids! {
    /// A strongly connected component. Its number is above those of all it leads to.
    Component
}

/// By node: its component (Tarjan 1972, with a stack of its own, since graphs are deeper than a call stack).
///
/// `next` is asked for the first edge of a node at or behind a place: the place behind that edge, and where it leads.
/// O(n + m).
pub(crate) fn components<I: Id>(
    nodes: usize,
    next: impl Fn(I, usize) -> Option<(usize, I)>,
) -> IndexVec<I, Component> {
    const UNSEEN: u32 = u32::MAX;
    let mut component: IndexVec<I, Component> = IndexVec::filled(Component::NONE, nodes);
    let mut index: IndexVec<I, u32> = IndexVec::filled(UNSEEN, nodes);
    let mut low: IndexVec<I, u32> = IndexVec::filled(0, nodes);
    let (mut stack, mut calls) = (Vec::new(), Vec::new());
    let (mut visited, mut found) = (0u32, Component(0));
    for root in I::first(nodes) {
        if index[root] != UNSEEN {
            continue;
        }
        calls.push((root, 0usize));
        'calls: while let Some((node, mut edge)) = calls.pop() {
            if edge == 0 {
                (index[node], low[node]) = (visited, visited);
                visited += 1;
                stack.push(node);
            }
            while let Some((behind, to)) = next(node, edge) {
                if index[to] == UNSEEN {
                    calls.push((node, behind));
                    calls.push((to, 0));
                    continue 'calls;
                }
                // What has no component yet waits on the stack.
                if component[to].is_none() {
                    low[node] = low[node].min(index[to]);
                }
                edge = behind;
            }
            if low[node] == index[node] {
                while let Some(member) = stack.pop() {
                    component[member] = found;
                    if member == node {
                        break;
                    }
                }
                found.0 += 1;
            }
            if let Some((parent, _)) = calls.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_comes_after_what_it_leads_to() {
        // 0 → 1 ⇄ 2 → 3, and 4 alone.
        ids! { Node }
        let edges: [&[u32]; 5] = [&[1], &[2], &[1, 3], &[], &[]];
        let next = |Node(node), from| Some((from + 1, Node(*edges[node as usize].get(from)?)));
        let found = components(5, next).as_slice().to_vec();
        assert_eq!(found[1], found[2]);
        assert!(found[0] > found[1] && found[1] > found[3]);
        assert_eq!(found.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }
}
