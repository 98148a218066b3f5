//! Plans as people write them, before any cloud has named what is in them.

use super::{chance, read};
use ctem_core::{
    Report,
    model::{Access, AssetKind, RelationKind},
};
use serde_json::{Value, json};

fn resource(kind: &str, name: &str, values: Value) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": values})
}

/// A plan, with what attributes of its resources refer to.
fn plan(resources: &[Value], references: &[(&str, &str, &str)]) -> Report {
    let code: Vec<Value> = references
        .iter()
        .map(|(address, attribute, other)| {
            json!({"address": address, "expressions": {*attribute: {"references": [format!("{other}.id"), other]}}})
        })
        .collect();
    let plan = json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": resources}},
        "configuration": {"root_module": {"resources": code}}});
    let report = read(&plan);
    assert_eq!((&*report.source.format, report.tally.rejected), ("terraform", 0), "{:?}", report.notes);
    report
}

#[test]
fn a_role_of_a_service_on_a_project_is_about_the_service() {
    let report = plan(
        &[
            resource("google_storage_bucket", "data", json!({"name": "example-data", "project": "shop"})),
            resource("google_sql_database_instance", "db", json!({"name": "db", "project": "shop"})),
            resource("google_service_account", "app", json!({"account_id": "app", "project": "shop"})),
            resource(
                "google_project_iam_member",
                "a",
                json!({"project": "shop", "role": "roles/storage.admin", "member": "user:ann@corp.example"}),
            ),
            resource(
                "google_project_iam_binding",
                "b",
                json!({"project": "shop", "role": "roles/iam.serviceAccountTokenCreator", "members": ["group:dev@corp.example"]}),
            ),
            resource(
                "google_project_iam_member",
                "c",
                json!({"project": "shop", "role": "roles/owner", "member": "user:ben@corp.example"}),
            ),
            resource("google_cloud_run_v2_service", "api", json!({"name": "api", "project": "shop"})),
            resource(
                "google_cloud_run_v2_service_iam_member",
                "all",
                json!({"name": "api", "role": "roles/run.invoker", "member": "allUsers"}),
            ),
        ],
        &[],
    );
    let project = "//cloudresourcemanager.googleapis.com/projects/shop";
    let (bucket, database) =
        ("//storage.googleapis.com/example-data", "//cloudsql.googleapis.com/projects/shop/instances/db");
    let has = |who: &str, what: &str, access| chance(&report, (who, Access::Use), (what, access)) > 0.0;
    assert!(
        has("ann@corp.example", bucket, Access::Read) && !has("ann@corp.example", database, Access::Read)
    );
    assert!(
        !has("ann@corp.example", project, Access::Control)
            && has("ben@corp.example", project, Access::Control)
    );
    let account = "app@shop.iam.gserviceaccount.com";
    assert!(has("dev@corp.example", account, Access::Use) && !has("dev@corp.example", bucket, Access::Read));
    let service = "terraform:google_cloud_run_v2_service.api";
    assert!(chance(&report, ("internet", Access::Reach), (service, Access::Reach)) > 0.0);
}

#[test]
fn what_code_says_of_groups_and_identities_is_heeded() {
    let report = plan(
        &[
            resource(
                "azurerm_linux_virtual_machine",
                "web",
                json!({"name": "web", "resource_group_name": "rg", "identity": [{"type": "SystemAssigned"}]}),
            ),
            resource(
                "azurerm_linux_web_app",
                "shop",
                json!({"name": "shop", "identity": [{"type": "UserAssigned"}]}),
            ),
            resource("azurerm_resource_group", "rg", json!({"name": "rg"})),
            resource(
                "azurerm_role_assignment",
                "data",
                json!({"role_definition_name": "Storage Blob Data Reader"}),
            ),
            resource("azurerm_role_assignment", "group", json!({"role_definition_name": "Contributor"})),
            resource(
                "azurerm_storage_account",
                "data",
                json!({"name": "data", "public_network_access_enabled": false}),
            ),
            resource("azurerm_user_assigned_identity", "app", json!({"name": "app"})),
        ],
        &[
            ("azurerm_linux_web_app.shop", "identity", "azurerm_user_assigned_identity.app"),
            ("azurerm_role_assignment.data", "scope", "azurerm_storage_account.data"),
            ("azurerm_role_assignment.data", "principal_id", "azurerm_linux_virtual_machine.web"),
            ("azurerm_role_assignment.group", "scope", "azurerm_resource_group.rg"),
            ("azurerm_role_assignment.group", "principal_id", "azurerm_user_assigned_identity.app"),
        ],
    );
    let name = |address: &str| format!("terraform:{address}");
    let (machine, app) = (name("azurerm_linux_virtual_machine.web"), name("azurerm_linux_web_app.shop"));
    let store = name("azurerm_storage_account.data");
    let has = |who: &str, what: &str, access| chance(&report, (who, Access::Use), (what, access)) > 0.0;
    // The machine's own identity, which its cloud has not named yet, reads the store.
    let identity = format!("{machine}:identity");
    assert!(has(&machine, &identity, Access::Use));
    let reads = |from: &str| {
        let mut ways = report.contents.relations.iter();
        ways.any(|one| {
            one.kind == RelationKind::Reads && one.from.as_str() == from && one.to.as_str() == store
        })
    };
    assert!(reads(&identity) && !reads(&name("azurerm_user_assigned_identity.app")));
    // The app rules the group, and so the machine in it.
    assert!(has(&app, &machine, Access::Control), "{:?}", report.contents.relations);
    let kind =
        report.contents.assets.iter().find(|asset| asset.id.as_str() == store).map(|asset| &asset.kind);
    assert_eq!(kind, Some(&AssetKind::DataStore));
}

#[test]
fn an_address_of_a_function_finds_it_by_its_name() {
    let report = plan(
        &[
            resource("aws_lambda_function", "job", json!({"function_name": "job"})),
            resource(
                "aws_lambda_function_url",
                "job",
                json!({"function_name": "job", "authorization_type": "NONE"}),
            ),
        ],
        &[],
    );
    let function = "arn:aws:lambda::000000000000:function:job";
    assert!(chance(&report, ("internet", Access::Reach), (function, Access::Reach)) > 0.0);
}

#[test]
fn what_cartography_found_exposed_is() {
    let node = |n: u32, label: &str, properties: Value| json!({"type": "node", "id": n.to_string(), "labels": [label], "properties": properties});
    let report = read(&json!([
        node(1, "EC2Instance", json!({"id": "i-1", "exposed_internet": true})),
        node(2, "EC2Instance", json!({"id": "i-2", "exposed_internet": false})),
        node(
            3,
            "S3Bucket",
            json!({"id": "open", "anonymous_access": true, "anonymous_actions": ["s3:GetObject"]})
        ),
        node(4, "S3Bucket", json!({"id": "closed", "anonymous_access": false})),
    ]));
    let has = |what: &str, access| {
        report.contents.assets.iter().any(|asset| asset.id.as_str() == what)
            && chance(&report, ("internet", Access::Reach), (what, access)) > 0.0
    };
    assert!(has("i-1", Access::Reach) && !has("i-2", Access::Reach));
    assert!(has("open", Access::Read) && !has("open", Access::Write) && !has("closed", Access::Read));
}

/// Whether the internet comes to a machine of a state, by what the state says besides.
fn reached(resources: &[(&str, Value)], machine: &str) -> bool {
    let resources: Vec<Value> = (0..)
        .zip(resources)
        .map(|(n, (kind, values))| {
            json!({"mode": "managed", "type": kind, "name": format!("n{n}"), "instances": [{"schema_version": 1, "attributes": values}]})
        })
        .collect();
    let state = json!({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": resources});
    chance(&read(&state), ("internet", Access::Reach), (machine, Access::Reach)) > 0.0
}

/// A public address is worth something in a subnet whose table leads out: its own, or the main one of its network.
#[test]
fn routes_of_code_say_what_the_internet_comes_to() {
    let machine = "arn:aws:ec2:eu-west-1:900000000001:instance/i-1";
    let of = |more: &[(&str, Value)]| {
        let mut all = vec![
            ("aws_vpc", json!({"id": "vpc-1"})),
            ("aws_subnet", json!({"id": "subnet-1", "vpc_id": "vpc-1"})),
            (
                "aws_security_group",
                json!({"id": "sg-1", "vpc_id": "vpc-1", "ingress": [{"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}]}),
            ),
            (
                "aws_instance",
                json!({"id": "i-1", "arn": machine, "subnet_id": "subnet-1", "vpc_security_group_ids": ["sg-1"], "public_ip": "198.51.100.7"}),
            ),
        ];
        all.extend(more.iter().cloned());
        reached(&all, machine)
    };
    let table =
        |routes: Value| ("aws_route_table", json!({"id": "rtb-1", "vpc_id": "vpc-1", "route": routes}));
    let own = ("aws_route_table_association", json!({"subnet_id": "subnet-1", "route_table_id": "rtb-1"}));
    let main = ("aws_main_route_table_association", json!({"vpc_id": "vpc-1", "route_table_id": "rtb-1"}));
    let out = || table(json!([{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]));
    let private = || table(json!([{"cidr_block": "0.0.0.0/0", "gateway_id": "", "nat_gateway_id": "nat-1"}]));
    let apart = (
        "aws_route",
        json!({"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}),
    );
    // Where nothing tells of routes, they are taken to lead out.
    assert!(of(&[]) && of(&[private()]));
    assert!(of(&[out(), own.clone()]) && !of(&[private(), own.clone()]));
    assert!(of(&[out(), main.clone()]) && !of(&[private(), main.clone()]));
    assert!(of(&[table(json!([])), own.clone(), apart]) && !of(&[table(json!([])), own]));
}

/// What a rule that comes first denies, no later one lets in.
#[test]
fn rules_of_code_that_deny_are_heeded_in_their_order() {
    let azure = |rules: &[(&str, u64, &str)]| {
        let of =
            |kind: &str, name: &str| format!("/subscriptions/s/resourceGroups/g/providers/{kind}/{name}");
        let (group, card, address, machine) = (
            of("Microsoft.Network/networkSecurityGroups", "n"),
            of("Microsoft.Network/networkInterfaces", "c"),
            of("Microsoft.Network/publicIPAddresses", "p"),
            of("Microsoft.Compute/virtualMachines", "vm"),
        );
        let rules = rules.iter().map(|(access, priority, port)| {
            json!({"direction": "Inbound", "access": access, "priority": priority, "protocol": "Tcp", "source_address_prefix": "*",
                "destination_port_range": port})
        });
        reached(
            &[
                (
                    "azurerm_network_security_group",
                    json!({"id": group, "name": "n", "security_rule": rules.collect::<Vec<_>>()}),
                ),
                (
                    "azurerm_network_interface",
                    json!({"id": card, "ip_configuration": [{"public_ip_address_id": address}]}),
                ),
                (
                    "azurerm_network_interface_security_group_association",
                    json!({"network_interface_id": card, "network_security_group_id": group}),
                ),
                (
                    "azurerm_linux_virtual_machine",
                    json!({"id": machine, "name": "vm", "network_interface_ids": [card]}),
                ),
            ],
            &machine,
        )
    };
    assert!(azure(&[("Allow", 100, "22")]));
    assert!(
        !azure(&[("Deny", 90, "*"), ("Allow", 100, "22")])
            && azure(&[("Deny", 200, "*"), ("Allow", 100, "22")])
    );
    assert!(
        !azure(&[("Deny", 90, "22"), ("Allow", 100, "22")])
            && azure(&[("Deny", 90, "3389"), ("Allow", 100, "22")])
    );
}

fn policy(effect: &str, actions: &str) -> String {
    json!({"Statement": [{"Effect": effect, "Action": actions, "Resource": "*"}]}).to_string()
}

fn indexed(kind: &str, name: &str, index: &str, values: Value) -> Value {
    let mut one = resource(kind, name, values);
    one["address"] = json!(format!("{kind}.{name}{index}"));
    one
}

#[test]
fn of_several_instances_the_one_that_is_named_is_meant() {
    let rule =
        |from: &str| json!([{"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": [from]}]);
    let open = |values: &str| json!({"ingress": rule(values)});
    let machines = |references: Vec<&str>| {
        let resources = [
            indexed("aws_security_group", "sg", "[\"open\"]", open("0.0.0.0/0")),
            indexed("aws_security_group", "sg", "[\"shut\"]", open("10.0.0.0/8")),
            indexed("aws_instance", "web", "[\"open\"]", json!({"associate_public_ip_address": true})),
            indexed("aws_instance", "web", "[\"shut\"]", json!({"associate_public_ip_address": true})),
        ];
        let code = json!([{"address": "aws_instance.web",
            "expressions": {"vpc_security_group_ids": {"references": references}}}]);
        let report = read(&json!({"format_version": "1.2", "terraform_version": "1.9.0",
            "planned_values": {"root_module": {"resources": resources}}, "configuration": {"root_module": {"resources": code}}}));
        let name = |key: &str| format!("terraform:aws_instance.web[\"{key}\"]");
        ["open", "shut"].map(|key| {
            let known = report.contents.assets.iter().any(|one| one.id.as_str() == "internet");
            known && chance(&report, ("internet", Access::Reach), (&name(key), Access::Reach)) > 0.0
        })
    };
    assert_eq!(machines(vec!["aws_security_group.sg", "each.key"]), [true, false]);
    assert_eq!(machines(vec!["aws_security_group.sg"]), [true, true]);
    let one = |key: &str| format!("aws_security_group.sg[\"{key}\"]");
    for (key, reached) in [("open", [true, true]), ("shut", [false, false])] {
        let whole = format!("{}.id", one(key));
        assert_eq!(machines(vec![&whole, &one(key), "aws_security_group.sg"]), reached, "{key}");
    }
}

#[test]
fn what_an_organisation_and_a_boundary_take_away_in_code_is_heeded() {
    let account = "arn:aws:iam::111122223333:root";
    let rules = |more: Vec<Value>, references: &[(&str, &str, &str)], user: Value| {
        let mut values = json!({"name": "ann", "arn": "arn:aws:iam::111122223333:user/ann"});
        values.as_object_mut().unwrap().extend(user.as_object().unwrap().clone());
        let mut resources = vec![
            resource("aws_iam_user", "ann", values),
            resource(
                "aws_iam_user_policy",
                "all",
                json!({"user": "ann", "policy": policy("Allow", "iam:PutUserPolicy")}),
            ),
        ];
        resources.extend(more);
        let report = plan(&resources, references);
        chance(&report, ("arn:aws:iam::111122223333:user/ann", Access::Use), (account, Access::Control))
    };
    let limit = || {
        resource(
            "aws_organizations_policy",
            "no",
            json!({"name": "no", "type": "SERVICE_CONTROL_POLICY",
        "content": policy("Deny", "iam:*")}),
        )
    };
    let attached =
        |target: Value| resource("aws_organizations_policy_attachment", "no", json!({"target_id": target}));
    let by = [("aws_organizations_policy_attachment.no", "policy_id", "aws_organizations_policy.no")];
    assert_eq!(rules(vec![], &[], json!({})), 1.0);
    assert_eq!(rules(vec![limit(), attached(json!("111122223333"))], &by, json!({})), 0.0);
    assert_eq!(rules(vec![limit(), attached(json!("444455556666"))], &by, json!({})), 1.0);
    // Nobody says whom it is attached to, or whether the account is in the unit.
    assert_eq!(rules(vec![limit()], &[], json!({})), 0.5);
    assert_eq!(rules(vec![limit(), attached(json!("ou-ab12-abcdefgh"))], &by, json!({})), 0.5);
    let places = vec![
        limit(),
        attached(Value::Null),
        resource("aws_organizations_organizational_unit", "shut", json!({"name": "shut"})),
        resource("aws_organizations_account", "own", json!({"id": "111122223333", "name": "own"})),
    ];
    let inside = [
        by[0],
        ("aws_organizations_policy_attachment.no", "target_id", "aws_organizations_organizational_unit.shut"),
        ("aws_organizations_account.own", "parent_id", "aws_organizations_organizational_unit.shut"),
    ];
    assert_eq!(rules(places, &inside, json!({})), 0.0);
    // A boundary of code that no cloud has named yet.
    let edge =
        |actions: &str| vec![resource("aws_iam_policy", "edge", json!({"policy": policy("Allow", actions)}))];
    let bounded = [("aws_iam_user.ann", "permissions_boundary", "aws_iam_policy.edge")];
    assert_eq!(rules(edge("s3:*"), &bounded, json!({})), 0.0);
    assert_eq!(rules(edge("*"), &bounded, json!({})), 1.0);
}

/// Whether there is a step to a machine that takes a way there, and one that takes none.
fn comes_to(report: &Report, who: &str, machine: &str) -> (bool, f64) {
    let reached = |one: &ctem_core::model::Relation| {
        let way = |held: &ctem_core::model::AssetAccess| {
            held.asset.as_str() == machine && held.access == Access::Reach
        };
        one.to.as_str() == machine
            && one.needs.iter().any(way)
            && chance(report, (who, Access::Use), (one.from.as_str(), Access::Use)) > 0.0
    };
    let control = chance(report, (who, Access::Use), (machine, Access::Use));
    (report.contents.relations.iter().any(reached), control)
}

#[test]
fn a_role_to_log_on_takes_a_way_to_the_machine() {
    let machine =
        json!({"name": "web", "project": "shop", "zone": "europe-west1-b", "network_interface": []});
    let mut resources = vec![resource("google_compute_instance", "web", machine)];
    for (who, role) in [("ann", "osLogin"), ("ben", "osAdminLogin"), ("cai", "instanceAdmin.v1")] {
        let member = json!({"project": "shop", "role": format!("roles/compute.{role}"), "member": format!("user:{who}@corp.example")});
        resources.push(resource("google_project_iam_member", who, member));
    }
    let report = plan(&resources, &[]);
    let web = "//compute.googleapis.com/projects/shop/zones/europe-west1-b/instances/web";
    for (who, comes) in [("ann", (true, 0.0)), ("ben", (true, 0.0)), ("cai", (false, 1.0))] {
        assert_eq!(comes_to(&report, &format!("{who}@corp.example"), web), comes, "{who}");
    }
    // And in Azure, on a whole subscription as on one machine.
    let web = "/subscriptions/s-1/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/web-1";
    for scope in ["/subscriptions/s-1", web] {
        let assigned = |n: u32, role: &str| {
            json!({"id": format!("/subscriptions/s-1/providers/Microsoft.Authorization/roleAssignments/{n}"), "name": n.to_string(),
                "type": "microsoft.authorization/roleassignments", "properties": {"principalId": format!("p-{n}"), "principalType": "User",
                    "scope": scope, "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}")}})
        };
        let report = read(&json!({"count": 3, "data": [
            {"id": web, "name": "web-1", "type": "Microsoft.Compute/virtualMachines", "properties": {"networkProfile": {}}},
            assigned(1, "fb879df8-f326-4884-b1cf-06f3ad86be52"), assigned(2, "1c0163c0-47e6-4577-8991-ea5c82e286e4")]}));
        assert_eq!(&*report.source.format, "azure_resource_graph");
        for who in ["p-1", "p-2"] {
            assert_eq!(comes_to(&report, who, web), (true, 0.0), "{who} on {scope}");
        }
    }
}
