//! Who is in a group, through groups in it; and who holds several rights at once.

use super::super::{Graph, NodeId};
use super::identities;
use std::collections::{BTreeSet, HashMap, hash_map::Entry};

/// The members of groups, unrolled when they are asked for.
pub(super) struct Members {
    direct: HashMap<NodeId, Vec<NodeId>>,
    /// The groups that something is in.
    groups: HashMap<NodeId, Vec<NodeId>>,
    /// The groups of everybody who logs on, or asks, and those that one of these is in.
    near_everybody: BTreeSet<NodeId>,
    /// The same, and every group that they are in.
    holding_everybody: BTreeSet<NodeId>,
}

impl Members {
    pub(super) fn of(graph: &Graph) -> Self {
        let groups = graph.outgoing("MemberOf");
        let of = |node: &NodeId| groups.get(node).into_iter().flatten().copied();
        let everybody = graph.nodes().filter(|(_, node)| identities::is_everybody(node));
        let everybody: Vec<NodeId> = everybody.map(|(number, _)| number).collect();
        let mut near_everybody: BTreeSet<NodeId> = everybody.iter().copied().collect();
        near_everybody.extend(everybody.iter().flat_map(of));
        let mut holding_everybody = near_everybody.clone();
        let mut open: Vec<NodeId> = near_everybody.iter().copied().collect();
        while let Some(next) = open.pop() {
            open.extend(of(&next).filter(|group| holding_everybody.insert(*group)));
        }
        Self { direct: graph.incoming(&["MemberOf"]), groups, near_everybody, holding_everybody }
    }

    /// The same, with the members of local groups.
    pub(super) fn through_local_groups(graph: &Graph) -> Self {
        let direct = graph.incoming(&["MemberOf", "MemberOfLocalGroup"]);
        let (near_everybody, holding_everybody) = Default::default();
        Self { direct, groups: HashMap::new(), near_everybody, holding_everybody }
    }

    /// Everything in a group, however deep; not the group itself, unless it is in itself.
    pub(super) fn within(&self, group: NodeId) -> BTreeSet<NodeId> {
        self.unrolled(BTreeSet::new(), vec![group])
    }

    /// These and all that is in them.
    pub(super) fn with_all_within(&self, nodes: &[NodeId]) -> BTreeSet<NodeId> {
        self.unrolled(nodes.iter().copied().collect(), nodes.to_vec())
    }

    fn unrolled(&self, mut found: BTreeSet<NodeId>, mut open: Vec<NodeId>) -> BTreeSet<NodeId> {
        while let Some(next) = open.pop() {
            let members = self.direct.get(&next).into_iter().flatten();
            open.extend(members.copied().filter(|member| found.insert(*member)));
        }
        found
    }

    /// Which of these are in what, themselves in themselves: the first two, since that is enough to know whether it is another than
    /// one. Each membership is followed at most twice.
    pub(super) fn holding(&self, nodes: &BTreeSet<NodeId>) -> HashMap<NodeId, (NodeId, Option<NodeId>)> {
        let mut held: HashMap<NodeId, (NodeId, Option<NodeId>)> = HashMap::new();
        let mut open: Vec<(NodeId, NodeId)> = nodes.iter().map(|node| (*node, *node)).collect();
        while let Some((within, node)) = open.pop() {
            match held.entry(within) {
                Entry::Vacant(first) => _ = first.insert((node, None)),
                Entry::Occupied(mut some) => match some.get_mut() {
                    (first, second @ None) if *first != node => *second = Some(node),
                    _ => continue,
                },
            }
            open.extend(self.groups.get(&within).into_iter().flatten().map(|group| (*group, node)));
        }
        held
    }

    /// Whether everybody is among these, directly or as a member of a group.
    pub(super) fn have_everybody(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|node| self.holding_everybody.contains(node))
    }

    /// Whether everybody is one of these, or a direct member of one.
    pub(super) fn have_everybody_near(&self, nodes: &[NodeId]) -> bool {
        nodes.iter().any(|node| self.near_everybody.contains(node))
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
