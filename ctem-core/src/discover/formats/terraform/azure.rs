//! Microsoft's resources in Terraform.

use super::resource::{Resource, Resources, texts};
use crate::{
    discover::{
        aws::{Ends, Graph, Member, Source, Way, public},
        azure::{self, Rule},
    },
    model::{AssetKind, RelationKind, Technique},
};
use serde_json::Value;
use std::{collections::BTreeMap, rc::Rc};

const GROUP: [&str; 1] = ["azurerm_network_security_group"];
const CARD: [&str; 1] = ["azurerm_network_interface"];

/// Adds a resource. Says whether its type is known.
pub(super) fn take(resource: &Resource, all: &Resources, graph: &mut Graph) -> bool {
    let known = sort(resource, all, graph);
    let name = resource.text("id").unwrap_or(&resource.name);
    if known && graph.has(name) {
        let asset = graph.asset(name, AssetKind::Other("object".into()));
        tied(resource, all, &asset, graph);
    }
    known
}

/// What the rules of a group let in.
fn lets_in(group: &Rc<str>, rules: &[&Value], graph: &mut Graph) {
    let rules: Vec<Rule<'_>> = rules.iter().map(|rule| Rule::of(rule, &azure::OF_CODE)).collect();
    for (rule, prefix) in azure::let_in(&rules) {
        let source = Source::Range(azure::range(prefix).into());
        if !graph.lets_in(group, None, &source, &rule.port()) {
            graph.note(format!("{group} lets in from {prefix}, which is kept elsewhere"));
        }
    }
}

/// What the code says of a resource, where its cloud has not said it yet: its group, and whom it acts as.
fn tied(resource: &Resource, all: &Resources, asset: &Rc<str>, graph: &mut Graph) {
    const GROUPS: [&str; 1] = ["azurerm_resource_group"];
    if resource.text("id").is_none() && resource.kind != GROUPS[0] {
        let named = resource.text("resource_group_name");
        let referred = all.referred(resource, "resource_group_name", &GROUPS);
        if let Some(group) = referred.first().copied().or(all.named(GROUPS[0], named).next()) {
            let group = self::known(group, AssetKind::Realm, graph);
            graph.fact(&group, RelationKind::Contains, asset);
        }
    }
    for identity in all.referred(resource, "identity", &["azurerm_user_assigned_identity"]) {
        let identity = self::known(identity, AssetKind::Identity, graph);
        graph.acts_as(asset, &identity);
    }
}

/// What has an identity of its own.
const OWN_IDENTITY: [&str; 12] = [
    "azurerm_linux_virtual_machine",
    "azurerm_windows_virtual_machine",
    "azurerm_virtual_machine",
    "azurerm_linux_web_app",
    "azurerm_windows_web_app",
    "azurerm_app_service",
    "azurerm_linux_function_app",
    "azurerm_windows_function_app",
    "azurerm_function_app",
    "azurerm_container_group",
    "azurerm_kubernetes_cluster",
    "azurerm_mssql_server",
];

/// What a resource of a type is.
fn kind_of(kind: &str) -> AssetKind {
    match kind {
        "azurerm_linux_virtual_machine" | "azurerm_windows_virtual_machine" | "azurerm_virtual_machine" => {
            AssetKind::Host
        }
        "azurerm_linux_function_app" | "azurerm_windows_function_app" | "azurerm_function_app" => {
            AssetKind::Function
        }
        "azurerm_linux_web_app"
        | "azurerm_windows_web_app"
        | "azurerm_app_service"
        | "azurerm_container_group" => AssetKind::Workload,
        "azurerm_storage_account"
        | "azurerm_storage_container"
        | "azurerm_key_vault"
        | "azurerm_mssql_server" => AssetKind::DataStore,
        _ => AssetKind::Realm,
    }
}

fn sort(resource: &Resource, all: &Resources, graph: &mut Graph) -> bool {
    match resource.kind.as_str() {
        "azurerm_network_security_group" => {
            let group = known(resource, AssetKind::NetworkZone, graph);
            lets_in(&group, &rules_of(resource, all), graph);
        }
        "azurerm_virtual_machine" | "azurerm_linux_virtual_machine" | "azurerm_windows_virtual_machine" => {
            machine(resource, all, graph);
        }
        "azurerm_storage_account"
        | "azurerm_mssql_server"
        | "azurerm_sql_server"
        | "azurerm_mssql_database"
        | "azurerm_sql_database"
        | "azurerm_postgresql_server"
        | "azurerm_postgresql_flexible_server"
        | "azurerm_mysql_server"
        | "azurerm_mysql_flexible_server"
        | "azurerm_mariadb_server"
        | "azurerm_cosmosdb_account"
        | "azurerm_key_vault"
        | "azurerm_redis_cache" => store(resource, graph),
        "azurerm_storage_container" => container(resource, all, graph),
        "azurerm_sql_firewall_rule"
        | "azurerm_mssql_firewall_rule"
        | "azurerm_postgresql_firewall_rule"
        | "azurerm_mysql_firewall_rule" => firewall(resource, all, graph),
        "azurerm_virtual_network" | "azurerm_subnet" => {
            known(resource, AssetKind::NetworkZone, graph);
        }
        "azurerm_virtual_network_peering" => peering(resource, all, graph),
        "azurerm_resource_group" | "azurerm_subscription" | "azurerm_management_group" => {
            known(resource, AssetKind::Realm, graph);
        }
        "azurerm_user_assigned_identity" => {
            let identity = known(resource, AssetKind::Identity, graph);
            graph.alias(&identity, resource.text("principal_id").unwrap_or_default());
        }
        "azurerm_role_assignment" => assignment(resource, all, graph),
        "azurerm_kubernetes_cluster" | "azurerm_container_registry" => {
            known(resource, AssetKind::Realm, graph);
        }
        "azurerm_linux_function_app" | "azurerm_windows_function_app" | "azurerm_function_app" => {
            let function = known(resource, AssetKind::Function, graph);
            open(resource, &function, graph);
        }
        "azurerm_linux_web_app"
        | "azurerm_windows_web_app"
        | "azurerm_app_service"
        | "azurerm_container_group" => {
            let workload = known(resource, AssetKind::Workload, graph);
            open(resource, &workload, graph);
        }
        kind => return PARTS.contains(&kind),
    }
    true
}

/// Types that say something of others, which are read with them.
const PARTS: [&str; 8] = [
    "azurerm_network_security_rule",
    "azurerm_network_interface",
    "azurerm_public_ip",
    "azurerm_network_interface_security_group_association",
    "azurerm_subnet_network_security_group_association",
    "azurerm_route_table",
    "azurerm_managed_disk",
    "azurerm_storage_blob",
];

/// Adds the asset of a resource, in what it lies in.
fn known(resource: &Resource, kind: AssetKind, graph: &mut Graph) -> Rc<str> {
    let id = resource.text("id").unwrap_or(&resource.name);
    let asset = graph.asset(id, kind);
    graph.alias(&asset, &resource.name);
    graph.title(&asset, resource.text("name").unwrap_or_default());
    if let Some(Value::Object(tags)) = resource.values.get("tags") {
        for (tag, value) in tags {
            graph.label(&asset, tag, value.as_str().unwrap_or_default());
        }
    }
    within(&asset, graph);
    acts(resource, &asset, graph);
    asset
}

/// A subscription has resource groups, which have resources.
fn within(id: &Rc<str>, graph: &mut Graph) {
    let parts: Vec<&str> = id.split('/').collect();
    let ["", "subscriptions", subscription, rest @ ..] = parts.as_slice() else { return };
    let mut outer = graph.asset(&format!("/subscriptions/{subscription}"), AssetKind::Realm);
    if let [_, group, _, ..] = rest {
        let group =
            graph.asset(&format!("/subscriptions/{subscription}/resourceGroups/{group}"), AssetKind::Realm);
        graph.fact(&outer, RelationKind::Contains, &group);
        outer = group;
    }
    if outer != *id {
        graph.fact(&outer, RelationKind::Contains, id);
    }
}

/// What runs on a resource acts as its identities.
fn acts(resource: &Resource, asset: &Rc<str>, graph: &mut Graph) {
    for block in resource.blocks("identity") {
        let own = texts(block.get("principal_id")).into_iter();
        for identity in own.chain(texts(block.get("identity_ids"))) {
            graph.acts_as(asset, identity);
        }
    }
}

/// The rules of a group: in it, and apart, by its name or as the code refers to it.
fn rules_of<'r>(group: &'r Resource, all: &'r Resources) -> Vec<&'r Value> {
    const ATTRIBUTE: &str = "network_security_group_name";
    const APART: &str = "azurerm_network_security_rule";
    let named = all.saying((APART, ATTRIBUTE), group.text("name"));
    let apart: BTreeMap<&str, &Value> = named
        .chain(all.referring((APART, ATTRIBUTE), &GROUP, group))
        .map(|rule| (&*rule.address, &rule.values))
        .collect();
    group.blocks("security_rule").into_iter().chain(apart.into_values()).collect()
}

fn machine(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let host = known(resource, AssetKind::Host, graph);
    let address = resource.text("public_ip_address");
    graph.alias(&host, address.unwrap_or_default());
    let mut public = address.is_some();
    let mut groups = Vec::new();
    for card in all.referred(resource, "network_interface_ids", &CARD) {
        for block in card.blocks("ip_configuration") {
            public |=
                block.get("public_ip_address_id").is_some_and(|id| !id.is_null() && id.as_str() != Some(""));
        }
        public |= !all.referred(card, "ip_configuration", &["azurerm_public_ip"]).is_empty();
        let tie = ("azurerm_network_interface_security_group_association", "network_interface_id");
        for tie in all.referring(tie, &CARD, card) {
            groups.extend(all.referred(tie, "network_security_group_id", &GROUP));
        }
    }
    let ids: Vec<&str> = groups.iter().map(|group| group.text("id").unwrap_or(&group.name)).collect();
    if ids.is_empty() && public {
        let internet = graph.internet();
        graph.fact(&internet, RelationKind::Reaches, &host);
    }
    graph.behind(&host, &Member { groups: ids, public, ..Member::default() });
}

/// A service of the platform that has an address of its own: reached from everywhere, unless that is turned off.
fn open(resource: &Resource, asset: &Rc<str>, graph: &mut Graph) {
    if resource.truth("public_network_access_enabled") != Some(false) {
        let internet = graph.internet();
        graph.fact(&internet, RelationKind::Reaches, asset);
    }
}

fn store(resource: &Resource, graph: &mut Graph) {
    let store = known(resource, AssetKind::DataStore, graph);
    let rules = resource.blocks("network_rules").into_iter().chain(resource.blocks("network_acls"));
    let denied =
        rules.into_iter().any(|rule| rule.get("default_action").and_then(Value::as_str) == Some("Deny"));
    // A database has a list of whom it lets in, which says it.
    let listed = ["sql", "postgresql", "mysql", "mariadb"].iter().any(|word| resource.kind.contains(word));
    if !denied && !listed {
        open(resource, &store, graph);
    }
}

/// A container that everybody may read.
fn container(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let container = known(resource, AssetKind::DataStore, graph);
    let accounts = ["azurerm_storage_account"];
    let named = resource.text("storage_account_name");
    let mut of = all.referred(resource, "storage_account_name", &accounts);
    of.extend(all.named(accounts[0], named));
    let closed = of.iter().any(|one| {
        one.truth("allow_nested_items_to_be_public") == Some(false)
            || one.truth("allow_blob_public_access") == Some(false)
    });
    if let Some(account) = of.first() {
        let account = known(account, AssetKind::DataStore, graph);
        graph.fact(&account, RelationKind::Contains, &container);
    }
    if !closed && matches!(resource.text("container_access_type"), Some("blob" | "container")) {
        public(graph, &container, true, false);
    }
}

/// A range of addresses that a database lets in; all zeros are the cloud's own, of every customer.
fn firewall(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let servers =
        ["azurerm_mssql_server", "azurerm_sql_server", "azurerm_postgresql_server", "azurerm_mysql_server"];
    let named = resource.text("server_name");
    let mut found = all.referred(resource, "server_id", &servers);
    found.extend(all.referred(resource, "server_name", &servers));
    found.extend(servers.iter().flat_map(|server| all.named(server, named)));
    let (start, end) = (resource.text("start_ip_address"), resource.text("end_ip_address"));
    if let Some(server) = found.first() {
        let store = known(server, AssetKind::DataStore, graph);
        let from = match (start, end) {
            (Some("0.0.0.0"), Some("0.0.0.0" | "255.255.255.255")) => graph.internet(),
            (Some(start), Some(end)) => graph.asset(&format!("{start}-{end}"), AssetKind::NetworkZone),
            _ => return,
        };
        let what = format!("{} lets {from} in", resource.address);
        let ends = Ends::of(&from, RelationKind::Reaches, &store);
        graph.step(ends, Way { what, remedy: "narrow the rule to whom it is for", ..Way::default() });
    }
}

fn peering(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let networks = ["azurerm_virtual_network"];
    let side = |attribute: &str| {
        let named = resource.text(attribute);
        let by_name = all.named(networks[0], named).next();
        let one = all.referred(resource, attribute, &networks).first().copied().or(by_name);
        one.map(|one| one.text("id").unwrap_or(&one.name).to_owned()).or(named.map(str::to_owned))
    };
    if let Some((one, other)) = side("virtual_network_name").zip(side("remote_virtual_network_id")) {
        graph.are_peers(&one, &other);
    }
}

/// A role on a scope. What a role of one's own allows is not told.
fn assignment(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let role = resource.text("role_definition_name").unwrap_or_default();
    let scopes = [
        "azurerm_resource_group",
        "azurerm_subscription",
        "azurerm_management_group",
        "azurerm_storage_account",
        "azurerm_storage_container",
        "azurerm_key_vault",
        "azurerm_mssql_server",
        "azurerm_kubernetes_cluster",
        "azurerm_container_registry",
        "azurerm_linux_virtual_machine",
        "azurerm_windows_virtual_machine",
    ];
    let scope = all.referred(resource, "scope", &scopes);
    let scope = match (scope.first(), resource.text("scope")) {
        (Some(scope), _) => known(scope, kind_of(&scope.kind), graph),
        (None, Some(scope)) => {
            let kind = if scope.contains("/providers/") { AssetKind::DataStore } else { AssetKind::Realm };
            let scope = graph.asset(scope, kind);
            within(&scope, graph);
            scope
        }
        (None, None) => return graph.note(format!("{} has a scope that is not told", resource.address)),
    };
    let identities = all.referred(resource, "principal_id", &["azurerm_user_assigned_identity"]);
    let own = all.referred(resource, "principal_id", &OWN_IDENTITY);
    let principal = match (identities.first(), resource.text("principal_id"), own.first()) {
        (Some(identity), ..) => known(identity, AssetKind::Identity, graph),
        (None, Some(id), _) => graph.asset(id, AssetKind::Identity),
        (None, None, Some(owner)) => {
            // Its cloud names the identity once there is one.
            let owner = known(owner, kind_of(&owner.kind), graph);
            let identity = graph.asset(&format!("{owner}:identity"), AssetKind::Identity);
            graph.title(&identity, &format!("identity of {owner}"));
            graph.acts_as(&owner, &identity);
            identity
        }
        (None, None, None) => {
            return graph.note(format!("{} is for a principal that is not told", resource.address));
        }
    };
    let low = role.to_ascii_lowercase();
    let kinds: &[(RelationKind, &str)] = match low.as_str() {
        "owner" | "contributor" | "user access administrator" | "role based access control administrator" => {
            &[(RelationKind::Administers, "T1098.003")]
        }
        low if low.contains("data owner")
            || low.ends_with("administrator")
            || low.ends_with("secrets officer") =>
        {
            &[(RelationKind::Administers, "T1098.003")]
        }
        low if low.contains("data contributor") => {
            &[(RelationKind::Reads, "T1530"), (RelationKind::Writes, "T1565.001")]
        }
        low if low.contains("data reader") || low.ends_with("secrets user") => {
            &[(RelationKind::Reads, "T1530")]
        }
        "reader" => &[],
        _ => {
            return graph.note(format!("{} gives the role {role}, which is not evaluated", resource.address));
        }
    };
    for (kind, technique) in kinds {
        let what = format!("{principal} is {role} on {scope}");
        let ends = Ends::of(&principal, kind.clone(), &scope);
        let (technique, remedy) =
            (Technique::of(technique), "give a role with fewer rights, on a narrower scope");
        graph.step(ends, Way { technique, what, remedy, ..Way::default() });
    }
}
