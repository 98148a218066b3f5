//! Who holds what over whom: members, owners, roles of the directory and of resources, permissions and policies of vaults.

use super::super::graph::{Graph, NodeId};
use super::objects::{node, role_id, text};
use crate::error::Result;
use serde_json::{Map, Value};

/// Roles of resources, by their definitions.
const ROLES: [(&str, &str); 12] = [
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "AZOwner"),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "AZContributor"),
    ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "AZUserAccessAdministrator"),
    ("9980e02c-c2be-4d73-94e8-173b1dc7cf3c", "AZVMContributor"),
    ("1c0163c0-47e6-4577-8991-ea5c82e286e4", "AZVMAdminLogin"),
    ("4f8fab4f-1852-4a58-a46a-8eaf358af14a", "AZAvereContributor"),
    ("f25e0fa2-a7c8-4377-a976-54943a77a395", "AZKeyVaultKVContributor"),
    ("00482a5a-887f-4fb3-b363-3b7fe8e74483", "AZKeyVaultKVContributor"),
    ("de139f84-1756-47ae-9be6-808fbbe84772", "AZWebsiteContributor"),
    ("87a39d53-fc1b-424a-814c-f7e04687dc9e", "AZLogicAppContributor"),
    ("f353d9bd-d4a6-484e-a77a-8050b599b867", "AZAutomationContributor"),
    ("ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", "AZAKSContributor"),
];

/// The same, by how a record's kind ends.
const ENDS: [(&str, &str); 8] = [
    ("UserAccessAdmin", "AZUserAccessAdministrator"),
    ("AvereContributor", "AZAvereContributor"),
    ("VMContributor", "AZVMContributor"),
    ("KVContributor", "AZKeyVaultKVContributor"),
    ("VMAdminLogin", "AZVMAdminLogin"),
    ("AdminLogin", "AZVMAdminLogin"),
    ("Contributor", "AZContributor"),
    ("Owner", "AZOwner"),
];

/// Permissions for Microsoft Graph that rule others.
const PERMISSIONS: [(&str, &str); 7] = [
    ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "AZMGApplication_ReadWrite_All"),
    ("06b708a9-e830-4db3-a914-8e69da51d44f", "AZMGAppRoleAssignment_ReadWrite_All"),
    ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "AZMGDirectory_ReadWrite_All"),
    ("62a82d76-70ea-41e2-9197-370581804d09", "AZMGGroup_ReadWrite_All"),
    ("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "AZMGGroupMember_ReadWrite_All"),
    ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "AZMGRoleManagement_ReadWrite_Directory"),
    ("89c8469c-83ad-45f7-8ff2-6e3d4285709e", "AZMGServicePrincipalEndpoint_ReadWrite_All"),
];

const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";

/// Adds what a record says of rights, if it says anything.
pub(super) fn add(graph: &mut Graph, kind: &str, data: &Map<String, Value>) -> Result<bool> {
    match kind {
        "AZGroupMember" | "AZGroup365Member" => {
            let group = node(graph, text(data, "groupId").unwrap_or_default(), "AZGroup")?;
            each(graph, data, "members", "member", |graph, member| {
                _ = graph.edge(member, "AZMemberOf", group)
            })?;
        }
        "AZGroupOwner" | "AZGroup365Owner" => owners(graph, data, "groupId", "AZGroup")?,
        "AZAppOwner" => owners(graph, data, "appId", "AZApp")?,
        "AZServicePrincipalOwner" => owners(graph, data, "servicePrincipalId", "AZServicePrincipal")?,
        "AZDeviceOwner" => owners(graph, data, "deviceId", "AZDevice")?,
        "AZRoleAssignment" => directory_roles(graph, data)?,
        "AZRoleEligibilityScheduleInstance" => {
            let role = role_id(
                text(data, "roleDefinitionId").unwrap_or_default(),
                text(data, "tenantId").unwrap_or_default(),
            );
            let role = node(graph, &role, "AZRole")?;
            let principal = node(graph, text(data, "principalId").unwrap_or_default(), "AZBase")?;
            // A role over a part of the directory is none over the whole of it.
            match text(data, "directoryScopeId").unwrap_or("/").trim_start_matches('/') {
                "" => _ = graph.edge(principal, "AZRoleEligible", role),
                scope => {
                    let over = node(
                        graph,
                        scope.trim_start_matches("administrativeUnits/"),
                        "AZAdministrativeUnit",
                    )?;
                    graph.edge(role, "AZScopedTo", over);
                }
            }
        }
        "AZRoleManagementPolicyAssignment" => approvers(graph, data)?,
        "AZAppRoleAssignment" => {
            let permission = text(data, "appRoleId").unwrap_or_default().to_ascii_lowercase();
            if let Some((_, edge)) = PERMISSIONS.iter().find(|(id, _)| *id == permission) {
                let holder =
                    node(graph, text(data, "principalId").unwrap_or_default(), "AZServicePrincipal")?;
                let over = node(graph, text(data, "resourceId").unwrap_or_default(), "AZServicePrincipal")?;
                graph.edge(holder, edge, over);
            }
        }
        "AZKeyVaultAccessPolicy" => vault(graph, data)?,
        "AZManagementGroupDescendant" => descendant(graph, data)?,
        _ if kind.ends_with("RoleAssignment") || ENDS.iter().any(|(end, _)| kind.ends_with(end)) => {
            resource_roles(graph, kind, data)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The principals in a list of a record, each in a field of its entry.
fn each(
    graph: &mut Graph,
    data: &Map<String, Value>,
    list: &str,
    field: &str,
    mut take: impl FnMut(&mut Graph, NodeId),
) -> Result<()> {
    let entries = data.get(list).and_then(Value::as_array).into_iter().flatten();
    for principal in entries.filter_map(|entry| entry.get(field)?.as_object()) {
        let kind = match text(principal, "@odata.type").unwrap_or_default() {
            "#microsoft.graph.user" => "AZUser",
            "#microsoft.graph.group" => "AZGroup",
            "#microsoft.graph.servicePrincipal" => "AZServicePrincipal",
            "#microsoft.graph.device" => "AZDevice",
            "#microsoft.graph.application" => "AZApp",
            _ => "AZBase",
        };
        let principal = node(graph, text(principal, "id").unwrap_or_default(), kind)?;
        take(graph, principal);
    }
    Ok(())
}

fn owners(graph: &mut Graph, data: &Map<String, Value>, id: &str, kind: &str) -> Result<()> {
    let owned = node(graph, text(data, id).unwrap_or_default(), kind)?;
    each(graph, data, "owners", "owner", |graph, owner| _ = graph.edge(owner, "AZOwns", owned))
}

/// Roles of the directory: over a tenant, or over one application.
fn directory_roles(graph: &mut Graph, data: &Map<String, Value>) -> Result<()> {
    let tenant = text(data, "tenantId").unwrap_or_default();
    let list = data.get("roleAssignments").and_then(Value::as_array).into_iter().flatten();
    for assignment in list.filter_map(Value::as_object) {
        let definition = text(assignment, "roleDefinitionId").unwrap_or_default();
        let principal = node(graph, text(assignment, "principalId").unwrap_or_default(), "AZBase")?;
        let scope = text(assignment, "directoryScopeId").unwrap_or("/").trim_start_matches('/');
        let edge = match definition {
            APPLICATION_ADMINISTRATOR => "AZAppAdmin",
            CLOUD_APPLICATION_ADMINISTRATOR => "AZCloudAppAdmin",
            _ => "",
        };
        if scope.is_empty() {
            let role = node(graph, &role_id(definition, tenant), "AZRole")?;
            graph.edge(principal, "AZHasRole", role);
        } else if !edge.is_empty() {
            let over = node(graph, scope, "AZBase")?;
            graph.edge(principal, edge, over);
        } else {
            let role = node(graph, &role_id(definition, tenant), "AZRole")?;
            let unit = node(graph, scope.trim_start_matches("administrativeUnits/"), "AZAdministrativeUnit")?;
            graph.edge(role, "AZScopedTo", unit);
        }
    }
    Ok(())
}

/// Who approves that a role is activated: who the policy names, or else who assigns roles.
fn approvers(graph: &mut Graph, data: &Map<String, Value>) -> Result<()> {
    let tenant = text(data, "tenantId").unwrap_or_default();
    let role = role_id(text(data, "roleDefinitionId").unwrap_or_default(), tenant);
    let role = node(graph, &role, "AZRole")?;
    if data.get("endUserAssignmentRequiresApproval") != Some(&Value::Bool(true)) {
        return Ok(());
    }
    let mut named = false;
    for (list, kind) in
        [("endUserAssignmentUserApprovers", "AZUser"), ("endUserAssignmentGroupApprovers", "AZGroup")]
    {
        let ids = data.get(list).and_then(Value::as_array).into_iter().flatten();
        for id in ids.filter_map(Value::as_str).filter(|id| !id.is_empty()) {
            let approver = node(graph, id, kind)?;
            graph.edge(approver, "AZRoleApprover", role);
            named = true;
        }
    }
    for template in [PRIVILEGED_ROLE_ADMINISTRATOR, GLOBAL_ADMINISTRATOR].into_iter().filter(|_| !named) {
        let approver = node(graph, &role_id(template, tenant), "AZRole")?;
        graph.edge(approver, "AZRoleApprover", role);
    }
    Ok(())
}

/// Roles of resources. Records of each kind of resource have names of their own for the same.
fn resource_roles(graph: &mut Graph, kind: &str, data: &Map<String, Value>) -> Result<()> {
    let by_kind = ENDS.iter().find(|(end, _)| kind.ends_with(end)).map(|(_, edge)| *edge);
    let id_of = |entry: &Map<String, Value>| {
        let named = |name: &str| name.ends_with("Id") && name != "roleDefinitionId" && name != "tenantId";
        entry
            .iter()
            .find(|(name, value)| named(name) && value.is_string())
            .and_then(|(name, _)| text(entry, name))
            .map(str::to_owned)
    };
    let outer = id_of(data);
    for entry in data.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object) {
        let Some(assignment) = entry.values().filter_map(Value::as_object).next() else { continue };
        let said = assignment.get("properties").and_then(Value::as_object).unwrap_or(assignment);
        let Some(principal) = text(said, "principalId") else { continue };
        let definition = text(said, "roleDefinitionId").or_else(|| text(entry, "roleDefinitionId"));
        let definition =
            definition.and_then(|id| id.rsplit('/').next()).unwrap_or_default().to_ascii_lowercase();
        let by_role = ROLES.iter().find(|(id, _)| *id == definition).map(|(_, edge)| *edge);
        let (Some(edge), Some(over)) = (by_role.or(by_kind), id_of(entry).or_else(|| outer.clone())) else {
            continue;
        };
        let principal = node(graph, principal, "AZBase")?;
        let over = node(graph, &over, "AZBase")?;
        graph.edge(principal, edge, over);
    }
    Ok(())
}

/// What a policy lets a principal take out of a vault.
fn vault(graph: &mut Graph, data: &Map<String, Value>) -> Result<()> {
    let vault = node(graph, text(data, "keyVaultId").unwrap_or_default(), "AZKeyVault")?;
    let principal = node(graph, text(data, "objectId").unwrap_or_default(), "AZBase")?;
    let permissions = data.get("permissions").and_then(Value::as_object);
    for (list, edge) in
        [("secrets", "AZGetSecrets"), ("keys", "AZGetKeys"), ("certificates", "AZGetCertificates")]
    {
        let allowed = permissions.and_then(|permissions| permissions.get(list)?.as_array());
        let gets = |word: &Value| {
            word.as_str().is_some_and(|word| ["get", "all"].contains(&&*word.to_ascii_lowercase()))
        };
        if allowed.is_some_and(|allowed| allowed.iter().any(gets)) {
            graph.edge(principal, edge, vault);
        }
    }
    Ok(())
}

/// What lies in a management group.
fn descendant(graph: &mut Graph, data: &Map<String, Value>) -> Result<()> {
    let is_group = text(data, "type").is_some_and(|kind| kind.contains("managementGroups"));
    let inner = if is_group { "AZManagementGroup" } else { "AZSubscription" };
    let inner = node(graph, text(data, "id").unwrap_or_default(), inner)?;
    let parent = data.get("properties").and_then(|properties| properties.get("parent")?.as_object());
    if let Some(parent) = parent.and_then(|parent| text(parent, "id")) {
        let outer = node(graph, parent, "AZManagementGroup")?;
        graph.edge(outer, "AZContains", inner);
    }
    Ok(())
}
