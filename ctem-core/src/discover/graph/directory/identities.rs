//! Well-known groups: who is in Authenticated Users and Everyone without any entry that says so, and which identities a session
//! can claim besides.

use super::super::{Graph, Node, NodeId};

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

pub(crate) const AUTHENTICATED_USERS: &str = "S-1-5-11";
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
pub(super) fn is_everybody(node: &Node) -> bool {
    is_group(node, AUTHENTICATED_USERS) || is_group(node, EVERYONE)
}

/// Whether a node is the well-known group of an identifier, be it that of a domain.
pub(crate) fn is_group(node: &Node, end: &str) -> bool {
    let start = node.id.len().checked_sub(end.len()).and_then(|at| node.id.split_at_checked(at));
    node.is("Group")
        && start.is_some_and(|(start, last)| {
            last.eq_ignore_ascii_case(end) && (start.is_empty() || start.ends_with('-'))
        })
}
