//! Google's resources in Terraform.

use super::resource::{Resource, Resources, texts};
use crate::{
    discover::{
        aws::{Graph, Range},
        every::Every,
        google::{self, Condition, Firewall, Grant},
    },
    model::{AssetKind, RelationKind},
};
use serde_json::Value;
use std::rc::Rc;

/// Adds a resource. Says whether its type is known. Rights wait until all resources are: see [`rights`].
pub(super) fn take(resource: &Resource, all: &Resources, graph: &mut Graph, every: &mut Every) -> bool {
    let kind = resource.kind.as_str();
    if of_rights(kind).is_some() {
        return true;
    }
    match kind {
        "google_compute_instance" => instance(resource, all, graph, every),
        "google_compute_firewall" => firewall(resource, all, graph),
        "google_compute_network" => {
            let name = network_of(resource);
            let network = graph.asset(&name, AssetKind::NetworkZone);
            known(resource, &network, graph, every);
        }
        "google_storage_bucket" => {
            let name = resource.text("name").unwrap_or(&resource.address);
            let bucket = graph.asset(&google::bucket(name), AssetKind::DataStore);
            known(resource, &bucket, graph, every);
        }
        "google_sql_database_instance" => database(resource, graph, every),
        "google_service_account" => {
            let account = account_of(resource);
            let account = graph.asset(&account, AssetKind::Identity);
            known(resource, &account, graph, every);
        }
        "google_container_cluster" => plain(resource, AssetKind::Realm, graph, every),
        "google_compute_subnetwork" => plain(resource, AssetKind::NetworkZone, graph, every),
        "google_cloudfunctions_function" | "google_cloudfunctions2_function" => {
            plain(resource, AssetKind::Function, graph, every);
        }
        "google_cloud_run_service" | "google_cloud_run_v2_service" | "google_container_node_pool" => {
            plain(resource, AssetKind::Workload, graph, every);
        }
        "google_bigquery_dataset"
        | "google_kms_crypto_key"
        | "google_kms_key_ring"
        | "google_secret_manager_secret"
        | "google_pubsub_topic"
        | "google_spanner_instance"
        | "google_compute_disk"
        | "google_redis_instance" => {
            plain(resource, AssetKind::DataStore, graph, every);
        }
        "google_project" | "google_folder" => plain(resource, AssetKind::Realm, graph, every),
        _ => return false,
    }
    true
}

/// Adds the rights that a resource gives, if it gives any.
pub(super) fn rights(resource: &Resource, all: &Resources, graph: &mut Graph, every: &mut Every) {
    if let Some(of) = of_rights(&resource.kind) {
        bound(resource, of, all, graph, every);
    }
}

/// What a resource gives rights on, if that is what it does.
fn of_rights(kind: &str) -> Option<&str> {
    ["_iam_member", "_iam_binding", "_iam_policy"].iter().find_map(|word| kind.strip_suffix(word))
}

/// The service that a resource is one of, as roles are named after it.
fn service_of(kind: &str) -> &'static str {
    const SERVICES: [(&str, &str); 10] = [
        ("google_storage_", "storage"),
        ("google_compute_instance", "compute"),
        ("google_service_account", "iam"),
        ("google_sql_", "cloudsql"),
        ("google_cloud_run_", "run"),
        ("google_cloudfunctions", "cloudfunctions"),
        ("google_secret_manager_", "secretmanager"),
        ("google_bigquery_", "bigquery"),
        ("google_kms_", "cloudkms"),
        ("google_pubsub_", "pubsub"),
    ];
    SERVICES.iter().find(|(begin, _)| kind.starts_with(begin)).map_or("", |(_, service)| service)
}

fn project(resource: &Resource) -> Option<&str> {
    resource.text("project").or(resource.text("project_id"))
}

fn known(resource: &Resource, asset: &Rc<str>, graph: &mut Graph, every: &mut Every) {
    graph.alias(asset, &resource.name);
    graph.alias(asset, resource.text("self_link").unwrap_or_default());
    graph.title(asset, resource.text("name").or(resource.text("account_id")).unwrap_or_default());
    if let Some(Value::Object(labels)) = resource.values.get("labels") {
        for (label, value) in labels {
            graph.label(asset, label, value.as_str().unwrap_or_default());
        }
    }
    if let Some(project) = project(resource) {
        let project = graph.asset(&google::project(project), AssetKind::Realm);
        if project != *asset {
            graph.fact(&project, RelationKind::Contains, asset);
            every.hear(asset, service_of(&resource.kind), &[project]);
        }
    }
}

fn plain(resource: &Resource, kind: AssetKind, graph: &mut Graph, every: &mut Every) {
    let name = match (resource.kind.as_str(), project(resource)) {
        ("google_project", Some(project)) => google::project(project),
        _ => resource.text("id").unwrap_or(&resource.name).to_owned(),
    };
    let asset = graph.asset(&name, kind);
    known(resource, &asset, graph, every);
}

/// A network's name: its own where the project is not told.
fn network_of(resource: &Resource) -> String {
    google::network(resource.text("name").unwrap_or(&resource.address))
}

fn named_network(resource: &Resource, attribute: &str, all: &Resources) -> String {
    let referred = all.referred(resource, attribute, &["google_compute_network"]);
    match (referred.first(), resource.text(attribute)) {
        (Some(network), _) => network_of(network),
        (None, text) => google::network(text.unwrap_or("default")),
    }
}

fn instance(resource: &Resource, all: &Resources, graph: &mut Graph, every: &mut Every) {
    let name = google::instance(
        project(resource).unwrap_or_default(),
        resource.text("zone").unwrap_or_default(),
        resource.text("name").unwrap_or(&resource.name),
    );
    let host = graph.asset(&name, AssetKind::Host);
    known(resource, &host, graph, every);
    let mut public = false;
    let mut networks = Vec::new();
    for card in resource.blocks("network_interface") {
        for access in super::resource::blocks(card.get("access_config")) {
            public = true;
            for address in texts(access.get("nat_ip")) {
                graph.alias(&host, address);
            }
        }
        let inner = Resource { values: card.clone(), ..resource.clone() };
        networks.push(named_network(&inner, "network", all));
    }
    let mut accounts = Vec::new();
    for block in resource.blocks("service_account") {
        accounts.extend(texts(block.get("email")).into_iter().map(str::to_owned));
    }
    let referred = all.referred(resource, "service_account", &["google_service_account"]);
    accounts.extend(referred.into_iter().map(account_of));
    let tags = resource.texts("tags");
    google::machine(graph, &host, &networks, &tags, public, accounts.iter().map(String::as_str));
}

fn account_of(resource: &Resource) -> String {
    let made = || {
        let project = project(resource)?;
        Some(format!("{}@{project}.iam.gserviceaccount.com", resource.text("account_id")?))
    };
    resource.text("email").map(str::to_owned).or_else(made).unwrap_or_else(|| resource.name.to_string())
}

fn firewall(resource: &Resource, all: &Resources, graph: &mut Graph) {
    let allowed = resource.blocks("allow");
    if resource.text("direction") == Some("EGRESS")
        || resource.truth("disabled") == Some(true)
        || allowed.is_empty()
    {
        return;
    }
    let network = named_network(resource, "network", all);
    let denied = denied(resource, &network, all);
    let (mut ranges, from_tags) = (resource.texts("source_ranges"), resource.texts("source_tags"));
    if ranges.is_empty() && from_tags.is_empty() {
        ranges.push(EVERYBODY);
    }
    ranges
        .retain(|text| Range::parse(text).is_none_or(|range| !denied.iter().any(|denied| denied.has(range))));
    if ranges.is_empty() && from_tags.is_empty() {
        return;
    }
    let ports = allowed.iter().map(|block| {
        let protocol = texts(block.get("protocol")).first().copied().unwrap_or("all");
        format!("{protocol} {}", texts(block.get("ports")).join(","))
    });
    let ports = ports.map(|one| one.trim().to_owned()).collect::<Vec<_>>().join(", ");
    google::lets_in(
        graph,
        &Firewall {
            name: resource.text("name").unwrap_or(&resource.address),
            network: &network,
            ranges,
            from_tags,
            to_tags: resource.texts("target_tags"),
            ports: &ports,
        },
    );
}

const EVERYBODY: &str = "0.0.0.0/0";

/// The ranges from which rules that come first deny all that a rule lets in. Of two as urgent the one that denies comes first.
fn denied(rule: &Resource, network: &str, all: &Resources) -> Vec<Range> {
    let urgency = |rule: &Resource| {
        let stated = rule.values.get("priority");
        let number = stated.and_then(Value::as_u64);
        number.or_else(|| stated?.as_str()?.parse().ok()).unwrap_or(1000)
    };
    let tags = rule.texts("target_tags");
    let before = all.denying().filter(|other| {
        let meant = other.texts("target_tags");
        let of_all = meant.is_empty() && other.texts("target_service_accounts").is_empty();
        let everything = other.blocks("deny").into_iter().any(|block| {
            let ports = texts(block.get("ports"));
            let protocol = texts(block.get("protocol")).first().copied().unwrap_or("all");
            (protocol == "all" && ports.is_empty()) || covers(block, &rule.blocks("allow"))
        });
        everything
            && other.truth("disabled") != Some(true)
            && other.text("direction") != Some("EGRESS")
            && other.kind == rule.kind
            && urgency(other) <= urgency(rule)
            && (of_all || (!tags.is_empty() && tags.iter().all(|tag| meant.contains(tag))))
            && named_network(other, "network", all) == network
    });
    let ranges = before.flat_map(|other| {
        let ranges = other.texts("source_ranges");
        let everybody = ranges.is_empty() && other.texts("source_tags").is_empty();
        ranges.into_iter().chain(everybody.then_some(EVERYBODY))
    });
    ranges.filter_map(Range::parse).collect()
}

/// Whether what a block denies is all that these let in.
fn covers(denied: &Value, allowed: &[&Value]) -> bool {
    let protocol = texts(denied.get("protocol")).first().copied().unwrap_or("all");
    let ports = texts(denied.get("ports"));
    !allowed.is_empty()
        && allowed.iter().all(|block| {
            let same = protocol == "all" || texts(block.get("protocol")).first() == Some(&protocol);
            let own = texts(block.get("ports"));
            same && (ports.is_empty() || (!own.is_empty() && own.iter().all(|port| ports.contains(port))))
        })
}

fn database(resource: &Resource, graph: &mut Graph, every: &mut Every) {
    let name = resource.text("name").unwrap_or(&resource.address);
    let store =
        graph.asset(&google::database(project(resource).unwrap_or_default(), name), AssetKind::DataStore);
    known(resource, &store, graph, every);
    let mut ranges = Vec::new();
    for settings in resource.blocks("settings") {
        for addresses in super::resource::blocks(settings.get("ip_configuration")) {
            if super::resource::truth(addresses.get("ipv4_enabled")) == Some(false) {
                return;
            }
            for network in super::resource::blocks(addresses.get("authorized_networks")) {
                ranges.extend(texts(network.get("value")));
            }
        }
    }
    google::open_database(graph, &store, &ranges);
}

/// Roles of members on a resource.
fn bound(resource: &Resource, of: &str, all: &Resources, graph: &mut Graph, every: &mut Every) {
    let Some(target) = target(resource, of, all, graph) else {
        return graph.note(format!("{} is about what is not told", resource.address));
    };
    let is_realm = matches!(of, "google_project" | "google_folder" | "google_organization");
    // A role of one service is about what there is of it in a project, and not about the project.
    let mut give = |graph: &mut Graph, grant: &Grant<'_>| {
        let service = google::service_of(grant.role).filter(|_| is_realm && !grant.powers.is_empty());
        google::give(graph, every, grant, &target, service);
    };
    if let Some(data) = resource.text("policy_data") {
        let policy: Value = serde_json::from_str(data).unwrap_or_default();
        for binding in super::resource::blocks(policy.get("bindings")) {
            let role = texts(binding.get("role")).first().copied().unwrap_or_default();
            for member in texts(binding.get("members")) {
                give(graph, &Grant::of(member, role, None));
            }
        }
        return;
    }
    let role = resource.text("role").unwrap_or_default();
    let condition = resource.blocks("condition");
    let condition = condition.first().map(|one| {
        let said = |name| texts(one.get(name)).first().copied();
        Condition::of(said("title"), said("expression"))
    });
    let members = resource.texts("member").into_iter().chain(resource.texts("members"));
    let members: Vec<String> = members.map(str::to_owned).collect();
    if members.is_empty() {
        for account in all.referred(resource, "member", &["google_service_account"]) {
            let member = format!("serviceAccount:{}", account_of(account));
            give(graph, &Grant::of(&member, role, condition));
        }
    }
    for member in &members {
        give(graph, &Grant::of(member, role, condition));
    }
}

fn target(resource: &Resource, of: &str, all: &Resources, graph: &mut Graph) -> Option<Rc<str>> {
    let text = |name: &str| resource.text(name);
    Some(match of {
        "google_project" => graph.asset(&google::project(text("project")?), AssetKind::Realm),
        "google_folder" => graph.asset(&google::realm(text("folder")?, "folders"), AssetKind::Realm),
        "google_organization" => {
            graph.asset(&google::realm(text("org_id")?, "organizations"), AssetKind::Realm)
        }
        "google_storage_bucket" => {
            let buckets = all.referred(resource, "bucket", &["google_storage_bucket"]);
            let name = text("bucket").or_else(|| buckets.first().and_then(|bucket| bucket.text("name")))?;
            graph.asset(&google::bucket(name.trim_start_matches("b/")), AssetKind::DataStore)
        }
        "google_service_account" => {
            let accounts = all.referred(resource, "service_account_id", &["google_service_account"]);
            let named = text("service_account_id").and_then(|id| id.rsplit('/').next()).map(str::to_owned);
            let name = accounts.first().map(|account| account_of(account)).or(named)?;
            graph.asset(&name, AssetKind::Identity)
        }
        "google_compute_instance" => {
            let name =
                google::instance(text("project").unwrap_or_default(), text("zone")?, text("instance_name")?);
            graph.asset(&name, AssetKind::Host)
        }
        "google_cloud_run_service" | "google_cloud_run_v2_service" => {
            let named = text("service").or(text("name"));
            let name = told(resource, &["service", "name"], of, named, all).or(named.map(str::to_owned))?;
            graph.asset(&name, AssetKind::Workload)
        }
        "google_cloudfunctions_function" | "google_cloudfunctions2_function" => {
            let named = text("cloud_function");
            let name = told(resource, &["cloud_function"], of, named, all).or(named.map(str::to_owned))?;
            graph.asset(&name, AssetKind::Function)
        }
        _ => {
            let names = ["crypto_key_id", "key_ring_id", "secret_id", "dataset_id", "topic", "instance"];
            graph.asset(names.into_iter().find_map(text)?, AssetKind::DataStore)
        }
    })
}

/// What a resource of this type is called that an attribute refers to, or says the name of.
fn told(
    resource: &Resource,
    attributes: &[&str],
    kind: &str,
    named: Option<&str>,
    all: &Resources,
) -> Option<String> {
    let referred = attributes.iter().flat_map(|attribute| all.referred(resource, attribute, &[kind]));
    let found = referred.chain(all.named(kind, named)).next()?;
    Some(found.text("id").unwrap_or(&found.name).to_owned())
}
