//! Every kind of step that AzureHound's records come to, from the record to the relation.

use crate::*;

const TENANT: &str = "11111111-0000-4000-8000-000000000001";
const GRAPH: &str = "11111111-0000-4000-8000-0000000000ff";
const RG: &str = "/subscriptions/s-1/resourceGroups/rg";

fn id(n: u32) -> String {
    format!("22222222-0000-4000-8000-{n:012}")
}

fn record(kind: &str, mut data: Value) -> Value {
    if data.get("tenantId").is_none() {
        data["tenantId"] = json!(TENANT);
    }
    json!({"kind": kind, "data": data})
}

fn read(records: &[Value]) -> Report {
    let file = json!({"data": records, "meta": {"type": "azure", "version": 5, "count": records.len()}});
    let report = report(&[("azurehound.json".to_owned(), file.to_string().into_bytes())]);
    assert_eq!((&*report.source.format, report.tally.rejected), ("azurehound", 0), "{:?}", report.notes);
    report
}

fn role(template: &str) -> Value {
    record("AZRole", json!({"id": template, "templateId": template, "displayName": template}))
}

fn has_role(principal: &str, template: &str, scope: &str) -> Value {
    record(
        "AZRoleAssignment",
        json!({"roleDefinitionId": template, "roleAssignments": [
        {"id": "x", "principalId": principal, "roleDefinitionId": template, "directoryScopeId": scope}]}),
    )
}

/// An assignment of a role over a resource, as the newer records have it.
fn over(kind: &str, resource: &str, role: &str, principal: &str) -> Value {
    let assignee = json!({"id": "a", "properties": {"principalId": principal, "scope": resource,
        "roleDefinitionId": format!("/subscriptions/s-1/providers/Microsoft.Authorization/roleDefinitions/{role}")}});
    record(
        kind,
        json!({"objectId": resource, "roleAssignments": [
        {"assignee": assignee, "objectId": resource, "roleDefinitionId": role}]}),
    )
}

/// The same as the older ones, of which each role has its own.
fn held(kind: &str, id: &str, list: &str, one: &str, principal: &str) -> Value {
    let resource = format!("{RG}/providers/x/{kind}");
    record(
        kind,
        json!({id: resource, list: [{id: resource, one: {"id": "a", "properties": {
        "principalId": principal, "scope": resource, "roleDefinitionId": "/x/roleDefinitions/00000000-0000-0000-0000-000000000000"}}}]}),
    )
}

fn permission(holder: &str, permission: &str) -> Value {
    record(
        "AZAppRoleAssignment",
        json!({"appRoleId": permission, "principalId": holder, "resourceId": GRAPH,
        "principalType": "ServicePrincipal"}),
    )
}

fn tenant() -> Vec<Value> {
    let user = |n: u32| {
        record(
            "AZUser",
            json!({"id": id(n), "displayName": format!("user {n}"), "userPrincipalName": format!("u{n}@corp.example")}),
        )
    };
    let principal = |own: &str, app: &str| {
        record("AZServicePrincipal", json!({"id": own, "appId": app, "displayName": "app"}))
    };
    let ann = id(1);
    let member = |n: u32, kind: &str| json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id(n)});
    let vm = format!("{RG}/providers/Microsoft.Compute/virtualMachines/vm-1");
    let resource = |kind: &str, what: &str| {
        record(
            kind,
            json!({"id": format!("{RG}/providers/{what}"), "name": what,
        "resourceGroupId": RG, "resourceGroup": RG}),
        )
    };
    let mut records = vec![
        record("AZTenant", json!({"displayName": "Corp", "collected": true})),
        user(1),
        user(2),
        user(3),
        record("AZGroup", json!({"id": id(10), "displayName": "open", "isAssignableToRole": false})),
        record(
            "AZGroupMember",
            json!({"groupId": id(10), "members": [{"groupId": id(10), "member": member(1, "user")}]}),
        ),
        record(
            "AZGroupOwner",
            json!({"groupId": id(10), "owners": [{"groupId": id(10), "owner": member(2, "user")}]}),
        ),
        record("AZApp", json!({"id": id(21), "appId": id(20), "displayName": "app"})),
        record(
            "AZAppOwner",
            json!({"appId": id(20), "owners": [{"appId": id(20), "owner": member(1, "user")}]}),
        ),
        principal(&id(22), &id(20)),
        principal(GRAPH, &id(24)),
        record(
            "AZFederatedIdentityCredential",
            json!({"appId": id(20), "fics": [{"appId": id(20), "fic": {"id": id(25), "subject": "repo:corp/shop"}}]}),
        ),
        record("AZDevice", json!({"id": id(30), "displayName": "pc", "operatingSystem": "Windows"})),
        record(
            "AZSubscription",
            json!({"id": "/subscriptions/s-1", "subscriptionId": "s-1", "displayName": "prod"}),
        ),
        record("AZResourceGroup", json!({"id": RG, "name": "rg", "subscriptionId": "/subscriptions/s-1"})),
        record(
            "AZVM",
            json!({"id": vm, "name": "vm-1", "resourceGroupId": RG, "identity": {"principalId": id(22), "type": "SystemAssigned"}}),
        ),
        record(
            "AZManagedCluster",
            json!({"id": format!("{RG}/providers/aks"), "name": "aks", "resourceGroupId": RG, "properties": {"nodeResourceGroup": "nodes"}}),
        ),
        resource("AZKeyVault", "kv"),
        resource("AZStorageAccount", "sa"),
        record(
            "AZStorageContainer",
            json!({"id": format!("{RG}/providers/sa/blob"), "storageAccountId": format!("{RG}/providers/sa")}),
        ),
        record(
            "AZKeyVaultAccessPolicy",
            json!({"keyVaultId": format!("{RG}/providers/kv"), "objectId": ann, "permissions":
            {"secrets": ["Get"], "keys": ["all"], "certificates": ["get", "list"]}}),
        ),
        over("AZVMRoleAssignment", &vm, "1c0163c0-47e6-4577-8991-ea5c82e286e4", &ann),
        over("AZVMRoleAssignment", &vm, "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", &ann),
        over("AZVMRoleAssignment", &vm, "4f8fab4f-1852-4a58-a46a-8eaf358af14a", &ann),
        over(
            "AZSubscriptionRoleAssignment",
            "/subscriptions/s-1",
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            &ann,
        ),
        over("AZResourceGroupRoleAssignment", RG, "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", &ann),
        over(
            "AZStorageAccountRoleAssignment",
            &format!("{RG}/providers/sa"),
            "b24988ac-6180-42a0-ab88-20f7382dd24c",
            &ann,
        ),
        over(
            "AZWebAppRoleAssignment",
            &format!("{RG}/providers/web"),
            "de139f84-1756-47ae-9be6-808fbbe84772",
            &ann,
        ),
        over(
            "AZLogicAppRoleAssignment",
            &format!("{RG}/providers/logic"),
            "87a39d53-fc1b-424a-814c-f7e04687dc9e",
            &ann,
        ),
        over(
            "AZAutomationAccountRoleAssignment",
            &format!("{RG}/providers/auto"),
            "f353d9bd-d4a6-484e-a77a-8050b599b867",
            &ann,
        ),
        over(
            "AZManagedClusterRoleAssignment",
            &format!("{RG}/providers/aks"),
            "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
            &ann,
        ),
        held("AZKeyVaultKVContributor", "keyVaultId", "KVContributors", "KVContributor", &ann),
        record(
            "AZRoleEligibilityScheduleInstance",
            json!({"id": "e", "roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5",
            "principalId": id(2), "directoryScopeId": "/"}),
        ),
        record(
            "AZRoleManagementPolicyAssignment",
            json!({"id": "p", "roleDefinitionId": "3a2c62db-5318-420d-8d74-23affee5d9d5",
            "endUserAssignmentRequiresApproval": true, "endUserAssignmentUserApprovers": [id(3)], "endUserAssignmentGroupApprovers": []}),
        ),
        has_role(&id(2), "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", &format!("/{}", id(22))),
        has_role(&id(2), "158c047a-c907-4556-b7ef-446551a6b5f7", &format!("/{}", id(22))),
    ];
    for template in [
        "62e90394-69f5-4237-9190-012177145e10",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
    ] {
        records.push(role(template));
        records.push(has_role(&id(3), template, "/"));
    }
    for granted in ["9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "06b708a9-e830-4db3-a914-8e69da51d44f"] {
        records.push(permission(&id(22), granted));
    }
    records
}

#[test]
fn records_of_azurehound_come_to_every_kind_of_step() {
    let report = read(&tenant());
    let kinds: BTreeSet<&str> = report.contents.relations.iter().map(|one| one.kind.name()).collect();
    let expected = [
        "member_of",
        "contains",
        "can_assume",
        "AZRoleEligible",
        "AZRoleApprover",
        "AZAuthenticatesTo",
        "AZAddMembers",
        "AZAddOwner",
        "AZAddSecret",
        "AZOwns",
        "AZOwner",
        "AZContributor",
        "AZUserAccessAdministrator",
        "AZVMContributor",
        "AZAvereContributor",
        "AZVMAdminLogin",
        "AZExecuteCommand",
        "AZGetSecrets",
        "AZGetKeys",
        "AZGetCertificates",
        "AZKeyVaultKVContributor",
        "AZAppAdmin",
        "AZCloudAppAdmin",
        "AZGlobalAdmin",
        "AZPrivilegedRoleAdmin",
        "AZPrivilegedAuthAdmin",
        "AZResetPassword",
        "AZAKSContributor",
        "AZNodeResourceGroup",
        "AZAutomationContributor",
        "AZLogicAppContributor",
        "AZWebsiteContributor",
        "AZMGAddMember",
        "AZMGAddOwner",
        "AZMGAddSecret",
        "AZMGGrantAppRoles",
        "AZMGGrantRole",
    ];
    let missing: Vec<_> = expected.iter().filter(|kind| !kinds.contains(**kind)).collect();
    assert!(missing.is_empty(), "{missing:?} of {kinds:?}: {:?}", report.notes);
    let left_out: Vec<_> =
        report.notes.iter().filter(|note| note.reason.contains("says nothing of who")).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn a_role_that_is_approved_takes_two() {
    let role = "3a2c62db-5318-420d-8d74-23affee5d9d5";
    let report = read(&[
        record("AZTenant", json!({"displayName": "Corp", "collected": true})),
        self::role(role),
        record(
            "AZRoleEligibilityScheduleInstance",
            json!({"id": "e", "roleDefinitionId": role, "principalId": id(2), "directoryScopeId": "/"}),
        ),
        record(
            "AZRoleManagementPolicyAssignment",
            json!({"id": "p", "roleDefinitionId": role, "endUserAssignmentRequiresApproval": true,
            "endUserAssignmentUserApprovers": [id(3)], "endUserAssignmentGroupApprovers": []}),
        ),
    ]);
    let intune = format!("3a2c62db-5318-420d-8d74-23affee5d9d5@{TENANT}");
    let becomes = |starts: &[(String, Access)]| {
        let mut contents = report.contents.clone();
        contents.entry_points = starts
            .iter()
            .map(|(id, access)| EntryPoint::new(id.parse().unwrap(), *access, Attacker::Assumed))
            .collect();
        let environment = Environment::try_from(contents).unwrap();
        let snapshot = compile(&environment, &Rules::default(), &ExploitSteps::default(), &[]).unwrap();
        let state = snapshot.state_of(&environment, &intune.parse().unwrap(), Access::Use);
        state.is_some_and(|state| MostProbablePaths::compute(&snapshot).chance(state).get() > 0.0)
    };
    let (eligible, approver) = ((id(2), Access::Control), (id(3), Access::Use));
    assert!(becomes(&[eligible.clone(), approver.clone()]));
    assert!(!becomes(&[eligible]) && !becomes(&[approver]));
}

#[test]
fn a_role_over_a_part_of_a_directory_is_none_over_the_whole() {
    let eligible = |scope: &str| {
        let role = "fe930be7-5e62-47db-91af-98c3a49a38b1";
        let instance =
            json!({"id": "e", "roleDefinitionId": role, "principalId": id(1), "directoryScopeId": scope});
        let report = read(&[record("AZRoleEligibilityScheduleInstance", instance)]);
        report.contents.relations.iter().any(|one| one.kind.name() == "AZRoleEligible")
    };
    assert!(eligible("/") && !eligible(&format!("/administrativeUnits/{}", id(40))));
}
