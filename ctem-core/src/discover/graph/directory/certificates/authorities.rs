//! Authorities: whose certificate leads to whose, and which domain believes which.

use super::super::super::{Graph, NodeId};
use std::collections::{BTreeSet, HashMap};

/// Where edges come from, by where they lead to.
type Incoming = HashMap<NodeId, Vec<NodeId>>;

/// An enterprise authority.
pub(crate) struct Authority {
    pub(crate) node: NodeId,
    /// The domains that believe it.
    pub(crate) domains: Vec<NodeId>,
    /// The computers it runs on.
    pub(super) hosts: Vec<NodeId>,
    /// Whether one of them is enabled.
    pub(super) is_hosted: bool,
    /// The templates it publishes.
    pub(crate) templates: Vec<NodeId>,
}

/// Links certificates by their thumbprints: who is believed for logons, who signed whom, which authority stands for which root; and
/// templates to the policies they are issued under.
pub(super) fn link(graph: &mut Graph) {
    const AUTHORITIES: [&str; 3] = ["EnterpriseCA", "RootCA", "AIACA"];
    let mut by_print: HashMap<String, Vec<NodeId>> = HashMap::new();
    let mut edges = graph.conclusions();
    let certified = |graph: &Graph, node: NodeId| AUTHORITIES.iter().any(|kind| graph.is(node, kind));
    for (number, node) in graph.nodes().filter(|(number, _)| certified(graph, *number)) {
        if let Some(print) = node.text("certthumbprint") {
            by_print.entry(print.to_owned()).or_default().push(number);
        }
    }
    let none = Vec::new();
    let of = |print: &str| by_print.get(print).unwrap_or(&none).iter().copied();
    let mut policies: HashMap<&str, Vec<NodeId>> = HashMap::new();
    for (number, node) in graph.nodes().filter(|(_, node)| node.is("IssuancePolicy")) {
        policies.entry(node.text("certtemplateoid").unwrap_or_default()).or_default().push(number);
    }
    for (number, node) in graph.nodes() {
        if node.is("NTAuthStore") {
            for print in node.texts("certthumbprints").unwrap_or_default() {
                let trusted = of(print).filter(|one| graph.is(*one, "EnterpriseCA"));
                trusted.for_each(|one| edges.edge(one, "TrustedForNTAuth", number));
            }
        }
        if certified(graph, number)
            && let Some(parent) = node.texts("certchain").unwrap_or_default().get(1)
        {
            of(parent).for_each(|parent| edges.edge(number, "IssuedSignedBy", parent));
        }
        if node.is("EnterpriseCA") {
            let same = of(node.text("certthumbprint").unwrap_or_default());
            let same = same.filter(|one| graph.is(*one, "RootCA") || graph.is(*one, "AIACA"));
            same.for_each(|one| edges.edge(number, "EnterpriseCAFor", one));
        }
        if node.is("CertTemplate") {
            for policy in node.texts("certificatepolicy").unwrap_or_default() {
                let found = policies.get(policy).into_iter().flatten().copied();
                let sid = node.text("domainsid");
                let found = found.filter(|policy| sid.is_some() && graph.text(*policy, "domainsid") == sid);
                found.for_each(|policy| edges.edge(number, "ExtendedByPolicy", policy));
            }
        }
    }
    graph.conclude(edges);
}

impl Authority {
    /// All of them, with the domains that believe them.
    pub(super) fn all(graph: &Graph) -> Vec<Self> {
        let [hosts, templates, roots, stores, trusted] =
            ["HostsCAService", "PublishedTo", "RootCAFor", "NTAuthStoreFor", "TrustedForNTAuth"]
                .map(|kind| graph.incoming(&[kind]));
        let signed = graph.incoming(&["IssuedSignedBy", "EnterpriseCAFor"]);
        let believed: Vec<(NodeId, BTreeSet<NodeId>)> = graph
            .of_kind("Domain")
            .into_iter()
            .map(|domain| {
                let chained = leading_to(domain, &roots, &signed);
                let stored = leading_to(domain, &stores, &trusted);
                (domain, chained.intersection(&stored).copied().collect())
            })
            .collect();
        let of = |map: &Incoming, node| map.get(&node).cloned().unwrap_or_default();
        let authorities = graph.of_kind("EnterpriseCA").into_iter();
        authorities
            .map(|node| {
                let hosts = of(&hosts, node);
                let is_hosted = hosts.iter().any(|host| graph.flag(*host, "enabled") == Some(true));
                let domains = believed.iter().filter(|(_, authorities)| authorities.contains(&node));
                let domains = domains.map(|(domain, _)| *domain).collect();
                Self { node, domains, hosts, is_hosted, templates: of(&templates, node) }
            })
            .collect()
    }
}

/// What leads to a domain by one of the first edges and any number of the others.
fn leading_to(domain: NodeId, first: &Incoming, then: &Incoming) -> BTreeSet<NodeId> {
    let mut open: Vec<NodeId> = first.get(&domain).cloned().unwrap_or_default();
    let mut found: BTreeSet<NodeId> = open.iter().copied().collect();
    while let Some(next) = open.pop() {
        let before = then.get(&next).into_iter().flatten().copied();
        open.extend(before.filter(|one| found.insert(*one)));
    }
    found
}
