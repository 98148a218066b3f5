//! Lists of access: rights as edges, and what the rights of owners are worth.
//!
//! Whoever owns an object, or can make himself its owner, can usually grant himself everything. Where the list of access says what
//! an owner may (the identifier `S-1-3-4`), it is only that.

use super::super::graph::{Graph, NodeId};
use super::object::{Ace, Object, node_kind, valid};
use std::collections::BTreeSet;

const OWNER_RIGHTS: &str = "S-1-3-4";

/// Rights that an entry can grant.
const RIGHTS: [&str; 32] = [
    "AddAllowedToAct",
    "AddKeyCredentialLink",
    "AddMember",
    "AddSelf",
    "AllExtendedRights",
    "DCSync",
    "Enroll",
    "ForceChangePassword",
    "GenericAll",
    "GenericWrite",
    "GetChanges",
    "GetChangesAll",
    "GetChangesInFilteredSet",
    "ManageCA",
    "ManageCertificates",
    "Owns",
    "OwnsLimitedRights",
    "OwnsRaw",
    "ReadGMSAPassword",
    "ReadLAPSPassword",
    "SyncLAPSPassword",
    "WriteAccountRestrictions",
    "WriteAltSecurityIdentities",
    "WriteDacl",
    "WriteGPLink",
    "WriteOwner",
    "WriteOwnerLimitedRights",
    "WriteOwnerRaw",
    "WritePKIEnrollmentFlag",
    "WritePKINameFlag",
    "WritePublicInformation",
    "WriteSPN",
];

/// Adds the rights over an object. Names of rights that are not known come back.
pub(super) fn add(graph: &mut Graph, node: NodeId, object: &Object) -> BTreeSet<String> {
    let host = object.hosting_computer.as_deref();
    let security = object.ca_registry.as_ref().and_then(|registry| registry.security.as_ref());
    let Some(security) = security.filter(|security| security.collected) else {
        return entries(graph, node, &object.id, object.aces.iter());
    };
    // What the authority itself enforces stands in its registry, not in the directory.
    const ENFORCED: [&str; 3] = ["ManageCA", "ManageCertificates", "Enroll"];
    let stated =
        security.data.iter().filter(|ace| ace.right_name != "Owns" && ace.principal_type != "ADLocalGroup");
    let listed = object
        .aces
        .iter()
        .filter(|ace| Some(ace.principal.as_str()) == host || !ENFORCED.contains(&&*ace.right_name));
    entries(graph, node, &object.id, stated.chain(listed))
}

fn entries<'a>(
    graph: &mut Graph,
    node: NodeId,
    id: &str,
    aces: impl Iterator<Item = &'a Ace>,
) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    let (mut owner, mut writers) = (None, Vec::new());
    let (mut limited, mut inherited_limit) = (false, false);
    for ace in aces.filter(|ace| !ace.principal.eq_ignore_ascii_case(id)) {
        let right = ace.right_name.as_str();
        if !RIGHTS.contains(&right) {
            unknown.insert(right.to_owned());
            continue;
        }
        let Some(principal) = valid(&ace.principal) else {
            unknown.insert(format!("{right} of {}", ace.principal));
            continue;
        };
        match right {
            "Owns" | "OwnsRaw" => owner = Some((principal, ace)),
            "WriteOwner" | "WriteOwnerRaw" => writers.push((principal, ace)),
            _ if principal.ends_with(OWNER_RIGHTS) => {
                limited = true;
                inherited_limit |= ace.is_inherited;
            }
            _ => edge(graph, principal, ace, right, node),
        }
    }
    let says = |graph: &Graph, name| graph.flag(node, name) == Some(true);
    let inherits_harmless = says(graph, "doesanyinheritedacegrantownerrights");
    let grants_harmless = says(graph, "doesanyacegrantownerrights");
    // What is granted to owners and not inherited goes when the owner changes.
    let (of_owner, of_writers) = match (limited, inherited_limit) {
        (true, true) => (Some("OwnsLimitedRights"), Some("WriteOwnerLimitedRights")),
        (true, false) => (Some("OwnsLimitedRights"), (!inherits_harmless).then_some("WriteOwnerRaw")),
        (false, _) if grants_harmless => (None, (!inherits_harmless).then_some("WriteOwnerRaw")),
        (false, _) => (Some("OwnsRaw"), Some("WriteOwnerRaw")),
    };
    if let (Some((principal, ace)), Some(right)) = (owner, of_owner) {
        edge(graph, principal, ace, right, node);
    }
    for (principal, ace) in writers {
        if let Some(right) = of_writers {
            edge(graph, principal, ace, right, node);
        }
    }
    unknown
}

fn edge(graph: &mut Graph, principal: &str, ace: &Ace, right: &str, node: NodeId) {
    let principal = graph.node(principal);
    graph.is_also(principal, node_kind(&ace.principal_type));
    graph.edge(principal, right, node);
}
