//! Owners: who owns an object, or may take it, can grant itself everything; unless a domain blocks what owners may imply.

use super::super::{Graph, NodeId};
use super::membership::Members;
use std::collections::{BTreeSet, HashSet};

/// Concludes `Owns` and `WriteOwner` from what stands in the lists of access.
pub(super) fn conclude(graph: &mut Graph, members: &Members) {
    let blocking = blocking_domains(graph);
    let administrators = if blocking.is_empty() { BTreeSet::new() } else { administrators(graph, members) };
    for (raw, kind) in [("OwnsRaw", "Owns"), ("WriteOwnerRaw", "WriteOwner")] {
        for (from, to) in graph.edges(raw).to_vec() {
            let blocked = graph.domain_sid(to).is_some_and(|sid| blocking.contains(sid));
            let excepted = kind == "Owns" && administrators.contains(&from);
            if !blocked || !is_computer_like(graph, to) || excepted {
                graph.edge(from, kind, to);
            }
        }
    }
}

/// The domains where the owner of a computer implies nothing: the 29th character of dSHeuristics is 1.
fn blocking_domains(graph: &Graph) -> HashSet<String> {
    let domains = graph.nodes().filter(|(_, node)| node.is("Domain"));
    domains
        .filter(|(_, node)| {
            node.text("dsheuristics").is_some_and(|text| text.as_bytes().get(28) == Some(&b'1'))
        })
        .map(|(_, node)| node.text("domainsid").unwrap_or(&node.id).to_owned())
        .collect()
}

/// Domain and enterprise administrators.
fn administrators(graph: &Graph, members: &Members) -> BTreeSet<NodeId> {
    let groups = graph.nodes().filter(|(_, node)| node.id.ends_with("-512") || node.id.ends_with("-519"));
    let groups: Vec<NodeId> = groups.map(|(number, _)| number).collect();
    members.with_all_within(&groups)
}

/// Computers and managed service accounts.
fn is_computer_like(graph: &Graph, node: NodeId) -> bool {
    let managed = |name| graph.flag(node, name) == Some(true);
    graph.is(node, "Computer") || managed("gmsa") || managed("msa")
}
