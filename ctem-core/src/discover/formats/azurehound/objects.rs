//! Objects of a tenant: accounts, groups, applications and resources, what contains them, and which identity they run as.

use super::super::graph::{Graph, NodeId};
use crate::{error::Result, id::AssetId};
use serde_json::{Map, Value};

/// Kinds of object, the field that identifies them, and the field that names what contains them.
const OBJECTS: [(&str, &str, &str); 24] = [
    ("AZTenant", "tenantId", ""),
    ("AZUser", "id", "tenantId"),
    ("AZGroup", "id", "tenantId"),
    ("AZGroup365", "id", "tenantId"),
    ("AZServicePrincipal", "id", "tenantId"),
    ("AZApp", "appId", "tenantId"),
    ("AZDevice", "id", "tenantId"),
    ("AZManagementGroup", "id", "tenantId"),
    ("AZSubscription", "id", "tenantId"),
    ("AZResourceGroup", "id", "subscriptionId"),
    ("AZVM", "id", "resourceGroupId"),
    ("AZVMScaleSet", "id", "resourceGroupId"),
    ("AZKeyVault", "id", "resourceGroup"),
    ("AZContainerRegistry", "id", "resourceGroupId"),
    ("AZFunctionApp", "id", "resourceGroupId"),
    ("AZLogicApp", "id", "resourceGroupId"),
    ("AZWebApp", "id", "resourceGroupId"),
    ("AZManagedCluster", "id", "resourceGroupId"),
    ("AZAutomationAccount", "id", "resourceGroupId"),
    ("AZStorageAccount", "id", "resourceGroupId"),
    ("AZStorageContainer", "id", "storageAccountId"),
    ("AZAdministrativeUnit", "id", "tenantId"),
    ("AZRole", "id", "tenantId"),
    ("AZFederatedIdentityCredential", "appId", ""),
];

/// Adds an object, if the record is one.
pub(super) fn add(graph: &mut Graph, kind: &str, data: &Map<String, Value>) -> Result<bool> {
    let Some((_, id, container)) = OBJECTS.iter().find(|(known, ..)| *known == kind) else {
        return Ok(false);
    };
    let id = text(data, id).unwrap_or_default();
    if kind == "AZFederatedIdentityCredential" {
        credentials(graph, data, id)?;
        return Ok(true);
    }
    let id = if kind == "AZRole" {
        role_id(id, text(data, "tenantId").unwrap_or_default())
    } else {
        id.to_owned()
    };
    let node = node(graph, &id, kind)?;
    graph.describe(node, scalars(data));
    if let Some(outer) = text(data, container) {
        let outer_kind = match *container {
            "tenantId" => "AZTenant",
            "subscriptionId" => "AZSubscription",
            "storageAccountId" => "AZStorageAccount",
            _ => "AZResourceGroup",
        };
        let outer = match outer_kind {
            "AZSubscription" if !outer.contains('/') => format!("/subscriptions/{outer}"),
            _ => outer.to_owned(),
        };
        let outer = self::node(graph, &outer, outer_kind)?;
        graph.edge(outer, "AZContains", node);
    }
    identities(graph, node, data)?;
    match kind {
        "AZServicePrincipal" => {
            if let Some(app) = text(data, "appId") {
                let app = self::node(graph, app, "AZApp")?;
                graph.edge(app, "AZRunsAs", node);
            }
        }
        "AZUser" => synchronised(graph, node, data)?,
        "AZManagedCluster" => {
            let properties = data.get("properties").and_then(Value::as_object);
            let group = properties.and_then(|properties| text(properties, "nodeResourceGroup"));
            let scope = id.to_ascii_lowercase().find("/resourcegroups/").and_then(|at| id.get(..at));
            if let (Some(group), Some(scope)) = (group, scope) {
                let group = self::node(graph, &format!("{scope}/resourceGroups/{group}"), "AZResourceGroup")?;
                graph.edge(node, "AZNodeResourceGroup", group);
            }
        }
        _ => {}
    }
    Ok(true)
}

/// The identifier of a role: its definition, in a tenant.
pub(super) fn role_id(definition: &str, tenant: &str) -> String {
    format!("{definition}@{tenant}")
}

/// A node of a kind.
///
/// # Errors
/// `invalid_input` where the text identifies nothing.
pub(super) fn node(graph: &mut Graph, id: &str, kind: &str) -> Result<NodeId> {
    AssetId::parse(id)?;
    let node = graph.node(id);
    graph.is_also(node, kind);
    Ok(node)
}

/// A text of a record that says something.
pub(super) fn text<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The identities that a resource runs as: its own, and those assigned to it.
fn identities(graph: &mut Graph, node: NodeId, data: &Map<String, Value>) -> Result<()> {
    let Some(identity) = data.get("identity").and_then(Value::as_object) else { return Ok(()) };
    let assigned = identity.get("userAssignedIdentities").and_then(Value::as_object);
    let assigned = assigned.into_iter().flat_map(Map::values).filter_map(Value::as_object);
    for principal in assigned.chain([identity]).filter_map(|identity| text(identity, "principalId")) {
        let principal = self::node(graph, principal, "AZServicePrincipal")?;
        graph.edge(node, "AZManagedIdentity", principal);
    }
    Ok(())
}

/// The account on premises that an account is synchronised with.
fn synchronised(graph: &mut Graph, node: NodeId, data: &Map<String, Value>) -> Result<()> {
    let synced = data.get("onPremisesSyncEnabled") == Some(&Value::Bool(true));
    if let Some(sid) = text(data, "onPremisesSecurityIdentifier").filter(|_| synced) {
        let local = self::node(graph, sid, "User")?;
        graph.edge(local, "SyncedToEntraUser", node);
        graph.edge(node, "SyncedToADUser", local);
    }
    Ok(())
}

/// Credentials of others that an application believes.
fn credentials(graph: &mut Graph, data: &Map<String, Value>, app: &str) -> Result<()> {
    let app = node(graph, app, "AZApp")?;
    let list = data.get("fics").and_then(Value::as_array).into_iter().flatten();
    for credential in list.filter_map(|entry| entry.get("fic")?.as_object()) {
        let id = text(credential, "id").unwrap_or_default();
        let credential_node = node(graph, id, "AZFederatedIdentityCredential")?;
        graph.describe(credential_node, scalars(credential));
        graph.edge(credential_node, "AZAuthenticatesTo", app);
    }
    Ok(())
}

/// What is said in one word.
fn scalars(data: &Map<String, Value>) -> Map<String, Value> {
    let said = data.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
    said.map(|(name, value)| (name.clone(), value.clone())).collect()
}
