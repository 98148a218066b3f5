//! Replication: who may ask a domain controller for secrets, since replication takes two rights together.

use super::super::Graph;
use super::membership::Members;

pub(super) fn conclude(graph: &mut Graph, members: &Members) {
    let [changes, all, filtered] =
        ["GetChanges", "GetChangesAll", "GetChangesInFilteredSet"].map(|kind| graph.incoming(&[kind]));
    for domain in graph.of_kind("Domain") {
        let Some(changes) = changes.get(&domain) else { continue };
        if let Some(all) = all.get(&domain) {
            for one in members.in_all(&[changes, all]) {
                graph.edge(one, "DCSync", domain);
            }
        }
        let Some(filtered) = filtered.get(&domain) else { continue };
        let sid = graph.domain_sid(domain).map(str::to_owned);
        let computers = graph.nodes().filter(|(_, node)| {
            node.is("Computer")
                && node.flag("haslaps") == Some(true)
                && node.text("domainsid") == sid.as_deref()
        });
        let computers: Vec<_> = computers.map(|(number, _)| number).collect();
        for one in members.in_all(&[changes, filtered]) {
            for computer in &computers {
                graph.edge(one, "SyncLAPSPassword", *computer);
            }
        }
    }
}
