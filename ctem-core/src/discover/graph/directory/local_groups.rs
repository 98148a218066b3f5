//! Local groups: who is an administrator of a computer, or may log on to it from afar.

use super::super::{Graph, NodeId};
use super::membership::Members;
use std::collections::{BTreeSet, HashMap};

/// Groups whose members may do something at once, by the end of their identifiers.
const GROUPS: [(&str, &str); 3] = [("-544", "AdminTo"), ("-580", "CanPSRemote"), ("-562", "ExecuteDCOM")];
const REMOTE_DESKTOP: &str = "-555";

pub(super) fn conclude(graph: &mut Graph) {
    let of_computer = graph.incoming(&["LocalToComputer"]);
    let members = graph.incoming(&["MemberOfLocalGroup"]);
    let may_log_on = graph.incoming(&["RemoteInteractiveLogonRight"]);
    let unrolled = Members::through_local_groups(graph);
    let none = Vec::new();
    for computer in graph.of_kind("Computer") {
        let groups = of_computer.get(&computer).unwrap_or(&none);
        let ending = |graph: &Graph, end: &str| {
            groups.iter().copied().find(|group| graph.get(*group).is_some_and(|node| node.id.ends_with(end)))
        };
        for (end, kind) in GROUPS {
            let Some(group) = ending(graph, end) else { continue };
            let direct: Vec<NodeId> = members.get(&group).into_iter().flatten().copied().collect();
            for member in direct.into_iter().filter(|member| *member != computer) {
                if is_principal(graph, member) {
                    graph.edge(member, kind, computer);
                }
            }
        }
        if let Some(group) = ending(graph, REMOTE_DESKTOP) {
            let may = may_log_on.get(&computer).unwrap_or(&none);
            for one in remote_desktop(graph, computer, group, may, &members, &unrolled) {
                if one != computer {
                    graph.edge(one, "CanRDP", computer);
                }
            }
        }
    }
}

/// Who may log on by remote desktop. Where the rights of users were collected, the right to log on so is needed besides.
fn remote_desktop(
    graph: &Graph,
    computer: NodeId,
    group: NodeId,
    may: &[NodeId],
    members: &HashMap<NodeId, Vec<NodeId>>,
    unrolled: &Members,
) -> BTreeSet<NodeId> {
    let direct = |of: NodeId| members.get(&of).into_iter().flatten().copied();
    if graph.flag(computer, "hasura") != Some(true) || may.contains(&group) {
        return direct(group).filter(|member| is_principal(graph, *member)).collect();
    }
    let remote = unrolled.within(group);
    let (found, others): (Vec<NodeId>, Vec<NodeId>) =
        may.iter().copied().partition(|one| remote.contains(one));
    let mut found = BTreeSet::from_iter(found);
    let is_group = |one: &NodeId| graph.is(*one, "Group") || graph.is(*one, "ADLocalGroup");
    for other in others.into_iter().filter(is_group) {
        found.extend(unrolled.within(other).into_iter().filter(|one| remote.contains(one)));
    }
    found
}

fn is_principal(graph: &Graph, node: NodeId) -> bool {
    ["User", "Group", "Computer"].iter().any(|kind| graph.is(node, kind))
}
