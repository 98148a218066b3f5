//! Who is in a group, through groups in it; and who holds several rights at once.

use super::super::{Graph, NodeId};
use super::identities;
use std::collections::{BTreeSet, HashMap};

/// The members of groups, unrolled when they are first asked for.
pub(super) struct Members {
    direct: HashMap<NodeId, Vec<NodeId>>,
    /// The groups of everybody who logs on, or asks.
    everybody: BTreeSet<NodeId>,
    /// These, and every group that they are in.
    holding_everybody: BTreeSet<NodeId>,
}

impl Members {
    pub(super) fn of(graph: &Graph) -> Self {
        let everybody = graph.of_kind("Group").into_iter();
        let everybody: BTreeSet<NodeId> =
            everybody.filter(|group| identities::is_everybody(graph, *group)).collect();
        let mut outer: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for (member, group) in graph.edges("MemberOf") {
            outer.entry(*member).or_default().push(*group);
        }
        let mut holding_everybody = everybody.clone();
        let mut open: Vec<NodeId> = everybody.iter().copied().collect();
        while let Some(next) = open.pop() {
            let groups = outer.get(&next).into_iter().flatten().copied();
            open.extend(groups.filter(|group| holding_everybody.insert(*group)));
        }
        Self { direct: graph.incoming(&["MemberOf"]), everybody, holding_everybody }
    }

    /// The same, with the members of local groups.
    pub(super) fn through_local_groups(graph: &Graph) -> Self {
        let direct = graph.incoming(&["MemberOf", "MemberOfLocalGroup"]);
        Self { direct, everybody: BTreeSet::new(), holding_everybody: BTreeSet::new() }
    }

    /// Everything in a group, however deep; not the group itself, unless it is in itself.
    pub(super) fn within(&self, group: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::new();
        let mut open = vec![group];
        while let Some(next) = open.pop() {
            let members = self.direct.get(&next).into_iter().flatten();
            open.extend(members.copied().filter(|member| found.insert(*member)));
        }
        found
    }

    /// These and all that is in them.
    pub(super) fn with_all_within(&self, nodes: &[NodeId]) -> BTreeSet<NodeId> {
        let mut found: BTreeSet<NodeId> = nodes.iter().copied().collect();
        let mut open = nodes.to_vec();
        while let Some(next) = open.pop() {
            let members = self.direct.get(&next).into_iter().flatten();
            open.extend(members.copied().filter(|member| found.insert(*member)));
        }
        found
    }

    /// Whether any of these, or of what is in them, is so.
    pub(super) fn any_within(&self, nodes: &[NodeId], is_so: impl Fn(NodeId) -> bool) -> bool {
        let mut seen: BTreeSet<NodeId> = nodes.iter().copied().collect();
        let mut open = nodes.to_vec();
        while let Some(next) = open.pop() {
            if is_so(next) {
                return true;
            }
            let members = self.direct.get(&next).into_iter().flatten().copied();
            open.extend(members.filter(|member| seen.insert(*member)));
        }
        false
    }

    /// Whether everybody is among these, directly or as a member of a group.
    pub(super) fn have_everybody(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|node| self.holding_everybody.contains(node))
    }

    /// Whether everybody is one of these, or a direct member of one.
    pub(super) fn have_everybody_near(&self, graph: &Graph, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|node| {
            self.everybody.contains(node)
                || self.everybody.iter().any(|one| graph.has_edge(*one, "MemberOf", *node))
        })
    }

    /// Who is in every one of several sets: the groups and accounts where the ways to the rights first meet, not those who are there only as
    /// members of such a group. A set that has everybody asks for nothing, since all others are in it.
    pub(super) fn in_all(&self, sets: &[&[NodeId]]) -> BTreeSet<NodeId> {
        let telling: Vec<&[NodeId]> = sets.iter().copied().filter(|set| !self.have_everybody(set)).collect();
        let Some((first, others)) = telling.split_first() else {
            return sets.iter().copied().flatten().copied().collect();
        };
        if others.is_empty() {
            return first.iter().copied().collect();
        }
        let unrolled: Vec<BTreeSet<NodeId>> = others.iter().map(|set| self.with_all_within(set)).collect();
        let meets = |node: &NodeId| unrolled.iter().all(|set| set.contains(node));
        let (found, rest): (Vec<NodeId>, Vec<NodeId>) = first.iter().copied().partition(meets);
        let mut found = BTreeSet::from_iter(found);
        let mut open = self.with_all_within(&rest);
        rest.iter().for_each(|node| {
            open.remove(node);
        });
        // A group stands for what is in it. Each is walked into once.
        let meeting: Vec<NodeId> = open.into_iter().filter(meets).collect();
        let mut covered = BTreeSet::new();
        for group in &meeting {
            let mut inside = if covered.contains(group) { Vec::new() } else { vec![*group] };
            while let Some(next) = inside.pop() {
                let members = self.direct.get(&next).into_iter().flatten().copied();
                inside.extend(members.filter(|member| member != group && covered.insert(*member)));
            }
        }
        found.extend(meeting.into_iter().filter(|node| !covered.contains(node)));
        found
    }
}
