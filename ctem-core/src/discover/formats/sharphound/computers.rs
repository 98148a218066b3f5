//! Computers: sessions, local groups, rights of users, and what their registries say.

use super::super::graph::{Graph, NodeId};
use super::object::{Object, Session, valid};
use crate::{error::Result, id::AssetId};
use serde_json::Value;

/// Adds what was asked of a computer.
pub(super) fn add(graph: &mut Graph, node: NodeId, object: &Object) {
    let sessions = [&object.sessions, &object.privileged_sessions, &object.registry_sessions];
    for session in sessions.into_iter().flatten().filter(|one| one.collected).flat_map(|one| &one.results) {
        // Of a computer's own sessions, one that names nobody costs nothing else.
        _ = add_session(graph, session);
    }
    for group in object.local_groups.iter().filter(|group| group.collected) {
        let Some(local) = valid(&group.id).map(|id| graph.node(id)) else { continue };
        // Where the name is `IGNOREME`, the group is one of the domain, seen on its controller.
        if group.name != "IGNOREME" {
            graph.is_also(local, "ADLocalGroup");
            graph.also_describe(local, "name", group.name.as_str());
        }
        graph.edge(local, "LocalToComputer", node);
        for member in &group.results {
            if let Some(member) = member.node(graph) {
                graph.edge(member, "MemberOfLocalGroup", local);
            }
        }
        for name in &group.local_names {
            if let Some(account) = valid(&name.object_identifier).map(|id| graph.node(id)) {
                graph.also_describe(account, "name", name.principal_name.as_str());
            }
        }
    }
    let rights = object.user_rights.iter();
    for right in rights.filter(|right| right.collected && right.privilege == "SeRemoteInteractiveLogonRight")
    {
        graph.also_describe(node, "hasura", true);
        for holder in &right.results {
            if let Some(holder) = holder.node(graph) {
                graph.edge(holder, "RemoteInteractiveLogonRight", node);
            }
        }
    }
    let domain = graph.text(node, "domainsid").map(str::to_owned);
    if object.is_dc {
        graph.also_describe(node, "isdc", true);
        if let Some(domain) = domain.map(|sid| graph.node(&sid)) {
            graph.is_also(domain, "Domain");
            graph.edge(node, "DCFor", domain);
        }
    }
    registry(graph, node, object);
}

/// A logon that a computer holds.
///
/// # Errors
/// `invalid_input` where it does not say whose, or on which computer.
pub(super) fn add_session(graph: &mut Graph, session: &Session) -> Result<()> {
    AssetId::parse(&session.computer).map_err(|error| error.at("/ComputerSID"))?;
    AssetId::parse(&session.user).map_err(|error| error.at("/UserSID"))?;
    let (computer, user) = (graph.node(&session.computer), graph.node(&session.user));
    graph.is_also(computer, "Computer");
    graph.is_also(user, "User");
    graph.edge(computer, "HasSession", user);
    Ok(())
}

/// What registries say, under the names that conclusions ask by.
fn registry(graph: &mut Graph, node: NodeId, object: &Object) {
    for (name, property) in [
        ("CertificateMappingMethods", "certificatemappingmethodsraw"),
        ("StrongCertificateBindingEnforcement", "strongcertificatebindingenforcementraw"),
    ] {
        let entry = object.dc_registry.as_ref().and_then(|registry| registry.get(name));
        if let Some(value) = collected(entry).and_then(|entry| entry.get("Value")) {
            graph.also_describe(node, property, value.clone());
        }
    }
    if let Some(result) = result(object.ntlm_registry.as_ref()) {
        let denies = result.get("RestrictSendingNtlmTraffic").and_then(Value::as_u64);
        graph.also_describe(node, "restrictoutboundntlm", denies == Some(2));
    }
    if let Some(signing) = result(object.smb_info.as_ref()).and_then(|result| result.get("SigningEnabled")) {
        graph.also_describe(node, "smbsigning", signing.clone());
    }
    if let Some(running) = result(object.is_web_client_running.as_ref()) {
        graph.also_describe(node, "webclientrunning", running.clone());
    }
    for (stated, property) in [("ldapenabled", "ldapavailable"), ("ldapsenabled", "ldapsavailable")] {
        let value = graph.get(node).and_then(|node| node.properties.get(stated)).cloned();
        if let Some(value) = value {
            graph.also_describe(node, property, value);
        }
    }
}

/// An answer, where there is one.
pub(super) fn collected(entry: Option<&Value>) -> Option<&Value> {
    entry.filter(|entry| entry.get("Collected") == Some(&Value::Bool(true)))
}

/// What an answer says.
pub(super) fn result(entry: Option<&Value>) -> Option<&Value> {
    let entry = collected(entry)?;
    entry.get("Result").or_else(|| entry.get("Results"))
}

/// What policies make of the local groups of computers.
pub(super) fn policy(graph: &mut Graph, object: &Object) {
    let Some(changes) = &object.gpo_changes else { return };
    for computer in &changes.affected_computers {
        let Some(node) = computer.node(graph) else { continue };
        for (end, members) in [
            ("544", &changes.local_admins),
            ("555", &changes.remote_desktop_users),
            ("562", &changes.dcom_users),
            ("580", &changes.ps_remote_users),
        ] {
            if members.is_empty() {
                continue;
            }
            let group = graph.node(&format!("{}-{end}", computer.id));
            graph.is_also(group, "ADLocalGroup");
            graph.edge(group, "LocalToComputer", node);
            for member in members {
                if let Some(member) = member.node(graph) {
                    graph.edge(member, "MemberOfLocalGroup", group);
                }
            }
        }
    }
}
