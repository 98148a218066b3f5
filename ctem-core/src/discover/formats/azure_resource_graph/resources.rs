//! Resources: which asset each is, what contains it, what it acts as, and whether it has an address of its own.

use super::{
    network::Network,
    rows::{Names, Row, inner, list, text, truth},
};
use crate::{
    discover::{
        aws::{Ends, Graph, Way},
        every::Every,
    },
    model::{Access, AssetKind, RelationKind, Technique},
};
use serde_json::Value;
use std::rc::Rc;

/// What sort of asset resources of a type are.
pub(super) fn kind_of(kind: &str) -> Option<AssetKind> {
    use AssetKind::*;
    Some(match kind {
        "microsoft.compute/virtualmachines"
        | "microsoft.compute/virtualmachinescalesets"
        | "microsoft.hybridcompute/machines"
        | "microsoft.classiccompute/virtualmachines" => Host,
        "microsoft.storage/storageaccounts"
        | "microsoft.sql/servers"
        | "microsoft.sql/servers/databases"
        | "microsoft.sql/managedinstances"
        | "microsoft.dbforpostgresql/servers"
        | "microsoft.dbforpostgresql/flexibleservers"
        | "microsoft.dbformysql/servers"
        | "microsoft.dbformysql/flexibleservers"
        | "microsoft.dbformariadb/servers"
        | "microsoft.documentdb/databaseaccounts"
        | "microsoft.keyvault/vaults"
        | "microsoft.keyvault/managedhsms"
        | "microsoft.cache/redis"
        | "microsoft.compute/disks"
        | "microsoft.compute/snapshots"
        | "microsoft.servicebus/namespaces"
        | "microsoft.eventhub/namespaces"
        | "microsoft.recoveryservices/vaults"
        | "microsoft.dataprotection/backupvaults"
        | "microsoft.synapse/workspaces"
        | "microsoft.kusto/clusters"
        | "microsoft.appconfiguration/configurationstores"
        | "microsoft.search/searchservices" => DataStore,
        "microsoft.logic/workflows" => Function,
        "microsoft.web/sites"
        | "microsoft.web/sites/slots"
        | "microsoft.web/staticsites"
        | "microsoft.app/containerapps"
        | "microsoft.app/jobs"
        | "microsoft.containerinstance/containergroups"
        | "microsoft.automation/automationaccounts"
        | "microsoft.apimanagement/service"
        | "microsoft.network/applicationgateways"
        | "microsoft.network/loadbalancers"
        | "microsoft.network/frontdoors"
        | "microsoft.cdn/profiles"
        | "microsoft.network/bastionhosts"
        | "microsoft.cognitiveservices/accounts"
        | "microsoft.machinelearningservices/workspaces"
        | "microsoft.databricks/workspaces" => Workload,
        "microsoft.containerservice/managedclusters"
        | "microsoft.kubernetes/connectedclusters"
        | "microsoft.containerregistry/registries"
        | "microsoft.resources/subscriptions"
        | "microsoft.resources/subscriptions/resourcegroups"
        | "microsoft.management/managementgroups" => Realm,
        "microsoft.network/virtualnetworks"
        | "microsoft.network/networksecuritygroups"
        | "microsoft.network/azurefirewalls"
        | "microsoft.network/virtualnetworkgateways"
        | "microsoft.network/vpngateways" => NetworkZone,
        "microsoft.managedidentity/userassignedidentities" => Identity,
        "microsoft.compute/images" | "microsoft.compute/galleries/images" => Image,
        "microsoft.devops/pipelines" => Pipeline,
        _ => return None,
    })
}

/// Types that say something of others, and are read with them.
const PARTS: [&str; 5] = [
    "microsoft.authorization/roleassignments",
    "microsoft.authorization/roledefinitions",
    "microsoft.network/networkinterfaces",
    "microsoft.network/publicipaddresses",
    "microsoft.network/routetables",
];

/// Adds a resource. Says whether its type is known.
pub(super) fn take(
    row: &Row,
    names: &Names,
    network: &Network<'_>,
    every: &mut Every,
    graph: &mut Graph,
) -> bool {
    if PARTS.contains(&row.kind.as_str()) {
        return true;
    }
    let Some(kind) = kind_of(&row.kind) else { return false };
    let is_function =
        row.sort.as_deref().is_some_and(|sort| sort.to_ascii_lowercase().contains("functionapp"));
    let kind = if is_function { AssetKind::Function } else { kind };
    let asset = graph.asset(&names.of_id(&row.id), kind);
    describe(row, &asset, graph);
    let above = within(row, &asset, names, graph);
    let is_realm = matches!(
        row.kind.as_str(),
        "microsoft.resources/subscriptions"
            | "microsoft.resources/subscriptions/resourcegroups"
            | "microsoft.management/managementgroups"
    );
    if is_realm {
        every.hear_realm(&asset);
    } else {
        let sort = row.kind.replace("virtualmachinescalesets", "virtualmachines");
        every.hear(&asset, &sort, &above);
    }
    acts(row, &asset, names, graph);
    match row.kind.as_str() {
        "microsoft.compute/virtualmachines" => network.machine(row, &asset, graph),
        "microsoft.keyvault/vaults" => {
            vault(row, &asset, names, graph);
            open(row, &asset, graph);
        }
        "microsoft.storage/storageaccounts" => {
            open(row, &asset, graph);
            if truth(&row.properties, "allowBlobPublicAccess") == Some(true) {
                graph.note(format!("{asset} lets its containers be public: which of them are is not told"));
            }
        }
        "microsoft.containerinstance/containergroups" => {
            let address = inner(&row.properties, "ipAddress");
            if text(address, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("public")) {
                graph.alias(&asset, text(address, "ip").unwrap_or_default());
                open(row, &asset, graph);
            }
        }
        "microsoft.web/sites" | "microsoft.web/sites/slots" => {
            for name in list(&row.properties, "hostNames").filter_map(Value::as_str) {
                graph.alias(&asset, name);
            }
            graph.alias(&asset, text(&row.properties, "defaultHostName").unwrap_or_default());
            open(row, &asset, graph);
        }
        "microsoft.app/containerapps" => {
            let ingress = inner(inner(&row.properties, "configuration"), "ingress");
            graph.alias(&asset, text(ingress, "fqdn").unwrap_or_default());
            if truth(ingress, "external") == Some(true) {
                open(row, &asset, graph);
            }
        }
        "microsoft.containerservice/managedclusters" => cluster(row, &asset, names, graph),
        kind if STORES_WITH_LISTS.contains(&kind) && !is_closed(row) => {
            let what = "is not told: nobody is taken to reach it from outside";
            graph.note(format!("which addresses {asset} lets in {what}"));
        }
        kind if kind.starts_with("microsoft.documentdb/") || kind.starts_with("microsoft.cache/") => {
            open(row, &asset, graph);
        }
        _ => {}
    }
    true
}

/// Databases that have a list of whom they let in, which no query gives.
const STORES_WITH_LISTS: [&str; 7] = [
    "microsoft.sql/servers",
    "microsoft.dbforpostgresql/servers",
    "microsoft.dbforpostgresql/flexibleservers",
    "microsoft.dbformysql/servers",
    "microsoft.dbformysql/flexibleservers",
    "microsoft.dbformariadb/servers",
    "microsoft.synapse/workspaces",
];

fn describe(row: &Row, asset: &Rc<str>, graph: &mut Graph) {
    let title = text(&row.properties, "displayName").unwrap_or(&row.name);
    graph.title(asset, title);
    // Other tools write the same id in other cases.
    graph.alias(asset, &row.id.to_ascii_lowercase());
    for (tag, value) in row.tags.iter().flatten() {
        graph.label(asset, tag, value.as_str().unwrap_or_default());
    }
    graph.label(asset, "location", row.location.as_deref().unwrap_or_default());
}

/// What a resource lies in, the nearest first: its group, its subscription, and the management groups above.
fn within(row: &Row, asset: &Rc<str>, names: &Names, graph: &mut Graph) -> Vec<Rc<str>> {
    let parts: Vec<&str> = row.id.split('/').collect();
    let mut above = Vec::new();
    if let ["", word, subscription, rest @ ..] = parts.as_slice()
        && word.eq_ignore_ascii_case("subscriptions")
    {
        if let [word, group, ..] = rest
            && word.eq_ignore_ascii_case("resourcegroups")
        {
            above.push(format!("/subscriptions/{subscription}/resourceGroups/{group}"));
        }
        above.push(format!("/subscriptions/{subscription}"));
    }
    let chain = list(&row.properties, "managementGroupAncestorsChain")
        .chain(list(inner(&row.properties, "details"), "managementGroupAncestorsChain"));
    above.extend(
        chain
            .filter_map(|one| text(one, "name"))
            .map(|name| format!("/providers/Microsoft.Management/managementGroups/{name}")),
    );
    let mut realms: Vec<Rc<str>> = Vec::new();
    for id in above {
        let realm = graph.asset(&names.of_id(&id), AssetKind::Realm);
        if realm == *asset {
            continue;
        }
        graph.alias(&realm, &realm.to_ascii_lowercase());
        graph.fact(&realm, RelationKind::Contains, realms.last().unwrap_or(asset));
        realms.push(realm);
    }
    realms
}

/// What runs on a resource acts as its identities.
fn acts(row: &Row, asset: &Rc<str>, names: &Names, graph: &mut Graph) {
    let assigned = row.identity.get("userAssignedIdentities").and_then(Value::as_object);
    for id in assigned.into_iter().flat_map(|all| all.keys()) {
        graph.acts_as(asset, &names.of_id(id));
    }
    if let Some(own) = text(&row.identity, "principalId") {
        let name = names.of_id(own);
        graph.acts_as(asset, &name);
        graph.title(&name, &format!("identity of {}", row.name));
    }
    if row.kind == "microsoft.managedidentity/userassignedidentities" {
        for name in ["principalId", "clientId"] {
            graph.alias(asset, text(&row.properties, name).unwrap_or_default());
        }
    }
}

/// A service of the platform that has an address of its own: reached from everywhere, unless that is turned off.
fn open(row: &Row, asset: &Rc<str>, graph: &mut Graph) {
    let rules = inner(&row.properties, "networkAcls");
    let denies = text(rules, "defaultAction").is_some_and(|word| word.eq_ignore_ascii_case("deny"));
    if is_closed(row) {
        return;
    }
    let stopped = text(&row.properties, "state").is_some_and(|word| word.eq_ignore_ascii_case("stopped"));
    if stopped {
        return graph.note(format!("{asset} is stopped: it is not reached until it runs"));
    }
    if !denies {
        let internet = graph.internet();
        let what = format!("{asset} has an address that everybody reaches");
        let remedy = "turn public network access off, or name whom it is for";
        graph.step(Ends::of(&internet, RelationKind::Reaches, asset), Way { what, remedy, ..Way::default() });
        return;
    }
    for rule in list(rules, "ipRules") {
        if let Some(range) = text(rule, "value") {
            let from = graph.asset(range, AssetKind::NetworkZone);
            let what = format!("{asset} lets {range} in");
            let remedy = "narrow the rule to whom it is for";
            graph.step(Ends::of(&from, RelationKind::Reaches, asset), Way { what, remedy, ..Way::default() });
        }
    }
}

/// Whether nobody reaches a service from outside, since public access is turned off.
fn is_closed(row: &Row) -> bool {
    text(&row.properties, "publicNetworkAccess").is_some_and(|word| !word.eq_ignore_ascii_case("enabled"))
}

/// What policies of a vault let principals take out; none where roles decide.
fn vault(row: &Row, asset: &Rc<str>, names: &Names, graph: &mut Graph) {
    if truth(&row.properties, "enableRbacAuthorization") == Some(true) {
        return;
    }
    for policy in list(&row.properties, "accessPolicies") {
        let Some(principal) = text(policy, "objectId") else { continue };
        let permissions = inner(policy, "permissions");
        let gets: Vec<&str> = ["secrets", "keys", "certificates"]
            .into_iter()
            .filter(|sort| {
                list(permissions, sort).filter_map(Value::as_str).any(|word| {
                    let word = word.to_ascii_lowercase();
                    word == "get"
                        || word == "all"
                        || (*sort == "keys" && matches!(&*word, "sign" | "decrypt"))
                })
            })
            .collect();
        if gets.is_empty() {
            continue;
        }
        let from = graph.asset(&names.of_id(principal), AssetKind::Identity);
        let ends = Ends::of(&from, RelationKind::Reads, asset);
        let ends = ends.stating([(Rc::clone(&from), Access::Use)], (Rc::clone(asset), Access::Read));
        let what = format!("{from} takes {} out of {asset}", gets.join(", "));
        let (technique, remedy) = (Technique::of("T1555.006"), "take the access policy away");
        graph.step(ends, Way { technique, what, remedy, ..Way::default() });
    }
}

/// A cluster: its interface, and the group that its machines are in.
fn cluster(row: &Row, asset: &Rc<str>, names: &Names, graph: &mut Graph) {
    let (properties, profile) = (&row.properties, inner(&row.properties, "apiServerAccessProfile"));
    graph.alias(asset, text(properties, "fqdn").unwrap_or_default());
    if truth(profile, "enablePrivateCluster") != Some(true) {
        let ranges: Vec<&str> = list(profile, "authorizedIPRanges").filter_map(Value::as_str).collect();
        let ranges = if ranges.is_empty() { vec!["0.0.0.0/0"] } else { ranges };
        crate::discover::google::open_database(graph, asset, &ranges);
    }
    let kubelet = inner(inner(properties, "identityProfile"), "kubeletidentity");
    if let Some(id) = text(kubelet, "resourceId").or(text(kubelet, "objectId")) {
        graph.acts_as(asset, &names.of_id(id));
    }
    let parts: Vec<&str> = row.id.split('/').collect();
    if let (Some(group), Some(subscription)) = (text(properties, "nodeResourceGroup"), parts.get(2)) {
        let group = names.of_id(&format!("/subscriptions/{subscription}/resourceGroups/{group}"));
        let group = graph.asset(&group, AssetKind::Realm);
        let ends = Ends::of(asset, RelationKind::Operates, &group);
        let ends = ends.stating([(Rc::clone(asset), Access::Control)], (Rc::clone(&group), Access::Control));
        let what = format!("{asset} rules the machines in {group}");
        graph.step(ends, Way { technique: Technique::of("T1651"), what, ..Way::default() });
    }
}
