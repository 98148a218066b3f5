//! Certificate services: authorities with their registry, roots, stores and policies.

use super::super::graph::{Graph, NodeId};
use super::{
    computers::{collected, result},
    object::{Object, valid},
};
use serde_json::Value;

/// Adds what an object of certificate services says.
pub(super) fn add(graph: &mut Graph, kind: &str, node: NodeId, object: &Object) {
    let domain = |graph: &mut Graph| {
        let sid = graph.text(node, "domainsid").map(str::to_owned);
        sid.map(|sid| graph.node(&sid)).inspect(|domain| graph.is_also(*domain, "Domain"))
    };
    match kind {
        "RootCA" => {
            if let Some(domain) = domain(graph) {
                graph.edge(node, "RootCAFor", domain);
            }
        }
        "NTAuthStore" => {
            if let Some(domain) = domain(graph) {
                graph.edge(node, "NTAuthStoreFor", domain);
            }
        }
        "IssuancePolicy" => {
            if let Some(group) = object.group_link.as_ref().and_then(|link| link.node(graph)) {
                graph.edge(node, "OIDGroupLink", group);
            }
        }
        _ => authority(graph, node, object),
    }
}

fn authority(graph: &mut Graph, node: NodeId, object: &Object) {
    let published: Vec<NodeId> = object
        .enabled_cert_templates
        .iter()
        .filter_map(|template| valid(&template.id))
        .map(|id| graph.node(id))
        .collect();
    for template in &published {
        graph.is_also(*template, "CertTemplate");
        graph.edge(*template, "PublishedTo", node);
    }
    if let Some(host) = object.hosting_computer.as_deref().and_then(valid).map(|id| graph.node(id)) {
        graph.is_also(host, "Computer");
        graph.edge(host, "HostsCAService", node);
    }
    let Some(registry) = &object.ca_registry else { return endpoints(graph, node, object) };
    if let Some(agents) = registry.agents.as_ref().filter(|agents| agents.collected) {
        graph.also_describe(node, "hasenrollmentagentrestrictions", !agents.restrictions.is_empty());
        for allowed in agents.restrictions.iter().filter(|one| one.access_type == "AccessAllowedCallback") {
            let Some(agent) = allowed.agent.as_ref().and_then(|agent| agent.node(graph)) else { continue };
            let named = allowed.template.as_ref().and_then(|template| valid(&template.id));
            let templates = match (allowed.all_templates, named) {
                (true, _) => published.clone(),
                (false, Some(id)) => vec![graph.node(id)],
                (false, None) => Vec::new(),
            };
            for template in templates {
                graph.edge(agent, "DelegatedEnrollmentAgent", template);
            }
        }
    }
    if let Some(value) = collected(registry.san.as_ref()).and_then(|entry| entry.get("Value")) {
        graph.also_describe(node, "isuserspecifiessanenabled", value.clone());
    }
    for (entry, name) in
        [(&registry.separation, "roleseparationenabled"), (&registry.without, "disabledextensions")]
    {
        if let Some(value) = collected(entry.as_ref()).and_then(|entry| entry.get("Value")) {
            graph.also_describe(node, name, value.clone());
        }
    }
    endpoints(graph, node, object);
}

/// Whether web enrolment takes a relayed logon: over HTTP, or over HTTPS without extended protection.
fn endpoints(graph: &mut Graph, node: NodeId, object: &Object) {
    let answers: Vec<&Value> =
        object.http_enrollment_endpoints.iter().filter_map(|endpoint| result(Some(endpoint))).collect();
    let says = |answer: &Value, name: &str| answer.get(name) == Some(&Value::Bool(true));
    let open = |answer: &&Value| {
        says(answer, "ADCSWebEnrollmentHTTP")
            || says(answer, "ADCSWebEnrollmentHTTPS") && !says(answer, "ADCSWebEnrollmentEPA")
    };
    if !answers.is_empty() {
        graph.also_describe(node, "hasvulnerableendpoint", answers.iter().any(open));
    }
}
