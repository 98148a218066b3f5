//! Resources: which asset each is, what it is called, and who reaches it.

use super::record::{Realms, Record, either, inner, list, text, texts, truth};
use crate::{
    discover::{
        aws::{Ends, Graph, Way},
        google::{self, Firewall},
    },
    model::{Access, AssetKind, RelationKind, Technique},
};
use serde_json::Value;
use std::rc::Rc;

/// Types that become an asset of a kind and tell of nothing else that is modelled.
const PLAIN: &[(&str, AssetKind)] = &[
    ("aiplatform.googleapis.com/Endpoint", AssetKind::Workload),
    ("alloydb.googleapis.com/Cluster", AssetKind::DataStore),
    ("apigateway.googleapis.com/Gateway", AssetKind::Workload),
    ("appengine.googleapis.com/Application", AssetKind::Workload),
    ("appengine.googleapis.com/Service", AssetKind::Workload),
    ("artifactregistry.googleapis.com/DockerImage", AssetKind::Image),
    ("artifactregistry.googleapis.com/Repository", AssetKind::DataStore),
    ("bigquery.googleapis.com/Dataset", AssetKind::DataStore),
    ("bigquery.googleapis.com/Table", AssetKind::DataStore),
    ("bigtableadmin.googleapis.com/Instance", AssetKind::DataStore),
    ("cloudbuild.googleapis.com/BuildTrigger", AssetKind::Pipeline),
    ("cloudkms.googleapis.com/CryptoKey", AssetKind::DataStore),
    ("cloudkms.googleapis.com/KeyRing", AssetKind::DataStore),
    ("cloudresourcemanager.googleapis.com/Folder", AssetKind::Realm),
    ("cloudresourcemanager.googleapis.com/Organization", AssetKind::Realm),
    ("composer.googleapis.com/Environment", AssetKind::Workload),
    ("compute.googleapis.com/Disk", AssetKind::DataStore),
    ("compute.googleapis.com/Image", AssetKind::Image),
    ("compute.googleapis.com/Snapshot", AssetKind::DataStore),
    ("compute.googleapis.com/Subnetwork", AssetKind::NetworkZone),
    ("container.googleapis.com/NodePool", AssetKind::Workload),
    ("containerregistry.googleapis.com/Image", AssetKind::Image),
    ("dataflow.googleapis.com/Job", AssetKind::Workload),
    ("dataproc.googleapis.com/Cluster", AssetKind::Workload),
    ("file.googleapis.com/Instance", AssetKind::DataStore),
    ("firestore.googleapis.com/Database", AssetKind::DataStore),
    ("memcache.googleapis.com/Instance", AssetKind::DataStore),
    ("pubsub.googleapis.com/Subscription", AssetKind::DataStore),
    ("pubsub.googleapis.com/Topic", AssetKind::DataStore),
    ("redis.googleapis.com/Instance", AssetKind::DataStore),
    ("run.googleapis.com/Job", AssetKind::Workload),
    ("secretmanager.googleapis.com/Secret", AssetKind::DataStore),
    ("spanner.googleapis.com/Instance", AssetKind::DataStore),
    ("storage.googleapis.com/Bucket", AssetKind::DataStore),
];

/// Whether roles are held over resources of a type, so that one for a whole project is held over each.
pub(super) fn has_rights(kind: &str) -> bool {
    !matches!(
        kind,
        "compute.googleapis.com/Firewall"
            | "compute.googleapis.com/Network"
            | "compute.googleapis.com/Subnetwork"
            | "iam.googleapis.com/ServiceAccountKey"
    )
}

/// Adds the asset of a record. None where its type is not known.
pub(super) fn take(record: &Record, realms: &Realms, graph: &mut Graph) -> Option<Rc<str>> {
    let (name, data) = (record.name()?, record.data());
    let asset = match record.asset_type.as_str() {
        "cloudresourcemanager.googleapis.com/Project" => {
            let project = text(data, &["projectId"]).map(|id| format!("projects/{id}"));
            let project = realms.asset(&project.unwrap_or_else(|| name.to_owned()), graph)?;
            graph.alias(&project, name);
            project
        }
        "compute.googleapis.com/Network" => graph.asset(&google::whole_network(name), AssetKind::NetworkZone),
        "compute.googleapis.com/Firewall" => return firewall(data, name, graph),
        "compute.googleapis.com/Instance" => instance(data, name, graph),
        "sqladmin.googleapis.com/Instance" => database(data, name, graph),
        "iam.googleapis.com/ServiceAccount" => {
            let email = text(data, &["email"]).or_else(|| record.display_name.clone());
            let email =
                email.filter(|email| email.contains('@')).or_else(|| email_in(name).map(str::to_owned));
            let account = graph.asset(email.as_deref().unwrap_or(name), AssetKind::Identity);
            graph.alias(&account, name);
            if truth(data, &["disabled"]) == Some(true) {
                graph.label(&account, "enabled", "false");
            }
            account
        }
        "iam.googleapis.com/ServiceAccountKey" => return key(data, name, graph),
        "container.googleapis.com/Cluster" => cluster(data, name, graph),
        "cloudfunctions.googleapis.com/CloudFunction" | "cloudfunctions.googleapis.com/Function" => {
            let function = graph.asset(name, AssetKind::Function);
            acts_as(&function, data, &["serviceAccountEmail"], graph);
            acts_as(&function, inner(data, &["serviceConfig"]), &["serviceAccountEmail"], graph);
            function
        }
        "run.googleapis.com/Service" => {
            let service = graph.asset(name, AssetKind::Workload);
            let template = inner(data, &["template"]);
            acts_as(&service, template, &["serviceAccount"], graph);
            let template = inner(inner(data, &["spec"]), &["template"]);
            acts_as(&service, inner(template, &["spec"]), &["serviceAccountName"], graph);
            service
        }
        other => {
            let (_, kind) = PLAIN.iter().find(|(known, _)| *known == other)?;
            graph.asset(name, kind.clone())
        }
    };
    describe(&asset, record, graph);
    Some(asset)
}

/// Says what people call an asset, and what its labels are.
fn describe(asset: &Rc<str>, record: &Record, graph: &mut Graph) {
    let data = record.data();
    let title = record.display_name.clone().or_else(|| text(data, &["displayName", "name"]));
    let title = title.as_deref().map(|title| title.rsplit('/').next().unwrap_or(title));
    graph.title(asset, title.unwrap_or_default());
    graph.alias(asset, &text(data, &["selfLink"]).unwrap_or_default());
    let labels = data.get("labels").and_then(Value::as_object).into_iter().flatten();
    let labels =
        labels.chain(settings(data).get("userLabels").and_then(Value::as_object).into_iter().flatten());
    for (label, value) in labels.map(|(label, value)| (label.as_str(), value)) {
        graph.label(asset, label, value.as_str().unwrap_or_default());
    }
    for (label, value) in &record.labels {
        graph.label(asset, label, value.as_str().unwrap_or_default());
    }
    let place = record.location.clone().or_else(|| text(data, &["location", "region", "zone"]));
    if let Some(place) = place.or_else(|| record.resource.as_ref().and_then(|one| text(one, &["location"]))) {
        graph.label(asset, "location", place.rsplit('/').next().unwrap_or(&place));
    }
    if let Some(state) = record.state.clone().or_else(|| text(data, &["status", "state", "lifecycleState"])) {
        graph.label(asset, "state", &state);
    }
}

/// A rule of a network, which is no asset: the network it is of stands for it.
fn firewall(data: &Value, name: &str, graph: &mut Graph) -> Option<Rc<str>> {
    let address = text(data, &["network"]).unwrap_or_else(|| name.replace("/firewalls/", "/networks/"));
    let network = google::whole_network(&address);
    let asset = graph.asset(&network, AssetKind::NetworkZone);
    let title = text(data, &["name"]).unwrap_or_else(|| name.rsplit('/').next().unwrap_or(name).to_owned());
    let allowed: Vec<&Value> = list(data, "allowed").collect();
    let off = truth(data, &["disabled"]) == Some(true);
    if off || text(data, &["direction"]).is_some_and(|direction| direction == "EGRESS") {
        return Some(asset);
    }
    if allowed.is_empty() {
        let denied = list(data, "denied").next().is_some();
        if denied {
            graph.note(format!(
                "{title} denies traffic: what it keeps out is taken to pass where another rule lets it in"
            ));
        }
        return Some(asset);
    }
    let ports = allowed.iter().map(|rule| {
        let protocol = text(rule, &["IPProtocol", "ipProtocol"]).unwrap_or_else(|| "all".to_owned());
        format!("{protocol} {}", texts(rule, &["ports", "port"]).join(",")).trim().to_owned()
    });
    let ports = ports.collect::<Vec<_>>().join(", ");
    let accounts = |names: &[&str]| -> Vec<String> {
        texts(data, names).into_iter().map(|account| format!("account {account}")).collect()
    };
    let (from, to) = (
        accounts(&["sourceServiceAccounts", "sourceServiceAccount"]),
        accounts(&["targetServiceAccounts", "targetServiceAccount"]),
    );
    let tagged = |names: &[&str], accounts: &'_ [String]| -> Vec<String> {
        texts(data, names).into_iter().map(str::to_owned).chain(accounts.iter().cloned()).collect()
    };
    let (from, to) = (tagged(&["sourceTags", "sourceTag"], &from), tagged(&["targetTags", "targetTag"], &to));
    google::lets_in(
        graph,
        &Firewall {
            name: &title,
            network: &network,
            ranges: texts(data, &["sourceRanges", "sourceRange"]),
            from_tags: from.iter().map(String::as_str).collect(),
            to_tags: to.iter().map(String::as_str).collect(),
            ports: &ports,
        },
    );
    Some(asset)
}

fn instance(data: &Value, name: &str, graph: &mut Graph) -> Rc<str> {
    let host = graph.asset(name, AssetKind::Host);
    let (mut public, mut networks) = (false, Vec::new());
    for card in either(data, &["networkInterfaces", "networkInterface"]) {
        if let Some(network) = text(card, &["network"]) {
            networks.push(google::whole_network(&network));
        }
        for access in either(card, &["accessConfigs", "accessConfig", "ipv6AccessConfigs"]) {
            let address = text(access, &["natIP", "externalIp", "externalIpv6", "natIp"]);
            // An address is given when the machine starts, and none is written before.
            public = true;
            graph.alias(&host, address.as_deref().unwrap_or_default());
        }
    }
    let accounts: Vec<String> = either(data, &["serviceAccounts", "serviceAccount"])
        .filter_map(|account| text(account, &["email"]))
        .collect();
    let tags = inner(data, &["tags"]);
    let mut tags: Vec<String> = texts(tags, &["items", "tag"]).into_iter().map(str::to_owned).collect();
    tags.extend(accounts.iter().map(|account| format!("account {account}")));
    let stopped = text(data, &["status"]).is_some_and(|status| status != "RUNNING");
    if stopped && public {
        graph.note(format!("{host} does not run: it is not reached from outside until it does"));
    }
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    let accounts = accounts.iter().map(String::as_str);
    google::machine(graph, &host, &networks, &tags, public && !stopped, accounts);
    host
}

fn database(data: &Value, name: &str, graph: &mut Graph) -> Rc<str> {
    let store = graph.asset(name, AssetKind::DataStore);
    for address in list(data, "ipAddresses") {
        if text(address, &["type"]).is_none_or(|kind| kind == "PRIMARY") {
            graph.alias(&store, &text(address, &["ipAddress"]).unwrap_or_default());
        }
    }
    let addresses = inner(settings(data), &["ipConfiguration"]);
    // Without the field a database has a public address.
    if truth(addresses, &["ipv4Enabled"]) != Some(false) {
        let networks = list(addresses, "authorizedNetworks");
        let ranges: Vec<String> = networks.filter_map(|network| text(network, &["value"])).collect();
        google::open_database(graph, &store, &ranges.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(account) = text(data, &["serviceAccountEmailAddress"]) {
        graph.acts_as(&store, &account);
    }
    store
}

/// A cluster, whose machines act as the accounts of their pools.
fn cluster(data: &Value, name: &str, graph: &mut Graph) -> Rc<str> {
    let cluster = graph.asset(name, AssetKind::Realm);
    let default = inner(data, &["nodeConfig"]);
    let pools = list(data, "nodePools").map(|pool| inner(pool, &["config"]));
    for account in pools.chain([default]).filter_map(|config| text(config, &["serviceAccount"])) {
        if account.contains('@') {
            graph.acts_as(&cluster, &account);
        }
    }
    let private = inner(data, &["privateClusterConfig"]);
    let listed = inner(data, &["masterAuthorizedNetworksConfig"]);
    let closed = truth(private, &["enablePrivateEndpoint"]) == Some(true);
    if !closed && text(data, &["endpoint"]).is_some() {
        let blocks = list(listed, "cidrBlocks").filter_map(|block| text(block, &["cidrBlock"]));
        let ranges: Vec<String> = match truth(listed, &["enabled"]) {
            Some(true) => blocks.collect(),
            _ => vec!["0.0.0.0/0".to_owned()],
        };
        google::open_database(graph, &cluster, &ranges.iter().map(String::as_str).collect::<Vec<_>>());
    }
    cluster
}

/// A key that somebody made for an account. Keys that Google makes and changes are nobody's to lose.
fn key(data: &Value, name: &str, graph: &mut Graph) -> Option<Rc<str>> {
    let account = email_in(name)?;
    if text(data, &["keyType"]).is_some_and(|kind| kind == "SYSTEM_MANAGED") {
        return Some(graph.asset(account, AssetKind::Identity));
    }
    let key = graph.asset(name, AssetKind::Credential);
    let account = graph.asset(account, AssetKind::Identity);
    graph.title(&key, &format!("key of {account}"));
    // A key is all that such an account logs on with.
    let ends = Ends::of(&key, RelationKind::Opens, &account);
    let ends = ends.stating([(Rc::clone(&key), Access::Read)], (Rc::clone(&account), Access::Use));
    let what = format!("{key} is a key of {account}");
    let (technique, remedy) = (Technique::of("T1078.004"), "delete the key");
    graph.step(ends, Way { technique, what, remedy, ..Way::default() });
    Some(key)
}

/// The account in a full name.
fn email_in(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once("/serviceAccounts/")?;
    rest.split('/').next().filter(|email| email.contains('@'))
}

fn acts_as(asset: &Rc<str>, data: &Value, names: &[&str], graph: &mut Graph) {
    if let Some(account) = text(data, names) {
        graph.acts_as(asset, &account);
    }
}

fn settings(data: &Value) -> &Value {
    inner(data, &["settings"])
}
