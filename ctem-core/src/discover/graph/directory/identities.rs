//! Well-known groups: who is in Authenticated Users and Everyone without any entry that says so, and which identities a session
//! can claim besides.

use super::super::{Graph, NodeId};

/// What everybody may claim who logs on in some way: the end of the identifier, and its name.
const CLAIMED: [(&str, &str); 8] = [
    ("S-1-5-2", "NETWORK"),
    ("S-1-5-15", "THIS ORGANIZATION"),
    ("S-1-5-65-1", "THIS ORGANIZATION CERTIFICATE"),
    ("S-1-18-1", "AUTHENTICATION AUTHORITY ASSERTED IDENTITY"),
    ("S-1-18-4", "KEY TRUST"),
    ("S-1-18-5", "MFA KEY PROPERTY"),
    ("S-1-5-64-10", "NTLM AUTHENTICATION"),
    ("S-1-5-64-14", "SCHANNEL AUTHENTICATION"),
];

pub(super) const AUTHENTICATED_USERS: &str = "S-1-5-11";
pub(super) const EVERYONE: &str = "S-1-1-0";

/// Links the well-known groups of every domain that was collected.
pub(super) fn conclude(graph: &mut Graph) {
    for domain in graph.of_kind("Domain") {
        let Some(node) = graph.get(domain).filter(|node| node.flag("collected") == Some(true)) else {
            continue;
        };
        let sid = node.text("domainsid").unwrap_or(&node.id).to_owned();
        let Some(name) = node.text("name").map(str::to_owned) else { continue };
        let authenticated = group(graph, &name, &sid, AUTHENTICATED_USERS, "AUTHENTICATED USERS");
        let everyone = group(graph, &name, &sid, EVERYONE, "EVERYONE");
        for (end, of) in [("513", authenticated), ("515", authenticated), ("501", everyone)] {
            if let Some(member) = graph.find(&format!("{sid}-{end}")) {
                graph.edge(member, "MemberOf", of);
            }
        }
        graph.edge(authenticated, "MemberOf", everyone);
        for (end, title) in CLAIMED {
            let claimed = group(graph, &name, &sid, end, title);
            graph.edge(everyone, "ClaimSpecialIdentity", claimed);
        }
    }
}

/// A well-known group of a domain.
fn group(graph: &mut Graph, domain: &str, sid: &str, end: &str, title: &str) -> NodeId {
    let group = graph.node(&format!("{domain}-{end}"));
    graph.is_also(group, "Group");
    graph.describe(group, Default::default());
    graph.also_describe(group, "name", format!("{title}@{domain}"));
    graph.also_describe(group, "domainsid", sid);
    graph.also_describe(group, "domain", domain);
    group
}

/// Whether a node is the group of all who log on, or of all who ask.
pub(super) fn is_everybody(graph: &Graph, node: NodeId) -> bool {
    graph.get(node).is_some_and(|node| {
        let id = node.id.to_ascii_uppercase();
        node.is("Group") && (ends_with(&id, AUTHENTICATED_USERS) || ends_with(&id, EVERYONE))
    })
}

/// Whether an identifier is a well-known one, or that of a domain.
pub(super) fn ends_with(id: &str, end: &str) -> bool {
    id.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
}
