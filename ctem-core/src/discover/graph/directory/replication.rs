//! Replication: who may ask a domain controller for secrets, since replication takes two rights together.

use super::super::{Graph, NodeId};
use super::membership::Members;
use std::collections::HashMap;

pub(super) fn conclude(graph: &mut Graph, members: &Members) {
    let [changes, all, filtered] =
        ["GetChanges", "GetChangesAll", "GetChangesInFilteredSet"].map(|kind| graph.incoming(&[kind]));
    let mut with_laps: HashMap<Box<str>, Vec<NodeId>> = HashMap::new();
    for (number, node) in graph.nodes() {
        if node.is("Computer") && node.flag("haslaps") == Some(true) {
            with_laps.entry(node.text("domainsid").unwrap_or_default().into()).or_default().push(number);
        }
    }
    for domain in graph.of_kind("Domain") {
        let Some(changes) = changes.get(&domain) else { continue };
        if let Some(all) = all.get(&domain) {
            for one in members.in_all(&[changes, all]) {
                graph.edge(one, "DCSync", domain);
            }
        }
        let Some(filtered) = filtered.get(&domain) else { continue };
        let computers = with_laps.get(graph.domain_sid(domain).unwrap_or_default());
        for one in members.in_all(&[changes, filtered]) {
            for computer in computers.into_iter().flatten() {
                graph.edge(one, "SyncLAPSPassword", *computer);
            }
        }
    }
}
