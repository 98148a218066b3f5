//! Strongly connected components: what leads to each other and so falls together or depends on the same.

use super::index::NONE;

/// By node: the number of its component. A component's number is above those of all it leads to (Tarjan 1972, with a stack
/// of its own, since graphs are deeper than a call stack).
///
/// `next` is asked for the first edge of a node at or behind a place: the place behind that edge, and where it leads.
/// O(n + m).
pub(crate) fn components(nodes: usize, next: impl Fn(u32, usize) -> Option<(usize, u32)>) -> Vec<u32> {
    let mut component = vec![NONE; nodes];
    let mut index = vec![NONE; nodes];
    let mut low = vec![0u32; nodes];
    let (mut stack, mut calls) = (Vec::new(), Vec::new());
    let (mut visited, mut found) = (0u32, 0u32);
    for root in 0..nodes as u32 {
        if index[root as usize] != NONE {
            continue;
        }
        calls.push((root, 0usize));
        'calls: while let Some((node, mut edge)) = calls.pop() {
            let at = node as usize;
            if edge == 0 {
                (index[at], low[at]) = (visited, visited);
                visited += 1;
                stack.push(node);
            }
            while let Some((behind, to)) = next(node, edge) {
                if index[to as usize] == NONE {
                    calls.push((node, behind));
                    calls.push((to, 0));
                    continue 'calls;
                }
                // What has no component yet waits on the stack.
                if component[to as usize] == NONE {
                    low[at] = low[at].min(index[to as usize]);
                }
                edge = behind;
            }
            if low[at] == index[at] {
                while let Some(member) = stack.pop() {
                    component[member as usize] = found;
                    if member == node {
                        break;
                    }
                }
                found += 1;
            }
            if let Some((parent, _)) = calls.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[at]);
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
        let edges: [&[u32]; 5] = [&[1], &[2], &[1, 3], &[], &[]];
        let found = components(5, |node, from| Some((from + 1, *edges[node as usize].get(from)?)));
        assert_eq!(found[1], found[2]);
        assert!(found[0] > found[1] && found[1] > found[3]);
        assert_eq!(found.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }
}
