//! Service accounts, secrets and what holds them, and the realms that all stand in.

use super::{
    attacks::{IDENTITY_ASSUME, TOKEN_STEAL},
    collect::Objects,
    graph::{Graph, More, Step, to},
    nodes::Placed,
    object::Word,
    rights::Rights,
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{Access, AssetKind, RelationKind},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether the pods of a workload hold a token of an account that is good for anything.
pub(super) fn holds_token(workload: &Workload, mounts: &Mounts<'_>, rights: &Rights<'_>) -> bool {
    let (namespace, name) = (&workload.namespace, &workload.account);
    let good =
        &**name != "default" || rights.has_any(namespace, name) || mounts.cloud.contains(&(namespace, name));
    good && (workload.token_volume || mounts.automounts(workload))
}

/// What service accounts say of their tokens.
pub(super) struct Mounts<'a> {
    automount: HashMap<(&'a Word, &'a Word), Option<bool>>,
    /// Those that are identities of a cloud too.
    cloud: BTreeSet<(&'a Word, &'a Word)>,
}

impl<'a> Mounts<'a> {
    pub(super) fn of(objects: &'a Objects) -> Self {
        let named = |account: &'a super::object::ServiceAccount| {
            (&account.metadata.namespace, &account.metadata.name)
        };
        let accounts = &objects.service_accounts;
        Self {
            automount: accounts.iter().map(|one| (named(one), one.automount_service_account_token)).collect(),
            cloud: accounts.iter().filter(|one| cloud_identity(one).is_some()).map(named).collect(),
        }
    }

    /// Whether the pods of a workload get a token without asking: the pod's word holds over the account's.
    fn automounts(&self, workload: &Workload) -> bool {
        let account = || self.automount.get(&(&workload.namespace, &workload.account)).copied().flatten();
        workload.token_mounted || workload.automount.or_else(account) != Some(false)
    }
}

/// The identity of a cloud that a service account may take on.
fn cloud_identity(account: &super::object::ServiceAccount) -> Option<&str> {
    const NAMES: [&str; 3] =
        ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];
    let annotations = &account.metadata.annotations;
    NAMES
        .iter()
        .find_map(|name| annotations.get(*name))
        .map(|value| &**value)
        .filter(|value| !value.is_empty())
}

/// Adds service accounts, secrets, and the realms.
pub(super) fn of(
    objects: &Objects,
    workloads: &[Workload],
    placed: &Placed,
    rights: &Rights<'_>,
    graph: &mut Graph<'_, '_>,
) {
    let mut within: BTreeMap<Word, BTreeSet<AssetId>> = BTreeMap::new();
    let mut accounts: BTreeSet<(Word, Word)> = rights.accounts.iter().cloned().collect();
    for stated in &objects.service_accounts {
        let metadata = &stated.metadata;
        let id = graph.account(&metadata.namespace, &metadata.name);
        accounts.insert((metadata.namespace.clone(), metadata.name.clone()));
        if let Some(cloud) = cloud_identity(stated) {
            let cloud = AssetId::fitting(cloud.to_owned());
            graph.add(&cloud, AssetKind::Identity);
            graph.relate(&id, RelationKind::CanAssume, &cloud);
        }
    }
    let mounts = Mounts::of(objects);
    for workload in workloads {
        let inside = within.entry(workload.namespace.clone()).or_default();
        inside.insert(workload.id.clone());
        if holds_token(workload, &mounts, rights) {
            let id = graph.account(&workload.namespace, &workload.account);
            accounts.insert((workload.namespace.clone(), workload.account.clone()));
            if mounts.automounts(workload) {
                let title = IDENTITY_ASSUME.title(graph.short(&workload.id), graph.short(&id));
                graph.relate_as(IDENTITY_ASSUME, &workload.id, &id, title);
            }
            if workload.token_volume {
                graph.attack(TOKEN_STEAL, &workload.id, &id, to(Access::Use));
            }
        }
        for name in &workload.secrets {
            let secret = graph.id(&workload.namespace, "Secret", name);
            graph.add(&secret, AssetKind::Credential);
            inside.insert(secret.clone());
            graph.relate(&workload.id, RelationKind::Stores, &secret);
        }
    }
    secrets(objects, &mut within, graph);
    for (namespace, name) in accounts {
        let id = graph.account(&namespace, &name);
        for group in rights.groups_of(&namespace) {
            let group = graph.global("Group", group);
            graph.relate(&id, RelationKind::MemberOf, &group);
        }
        within.entry(namespace).or_default().insert(id);
    }
    everybody(placed, rights, graph);
    for map in &objects.config_maps {
        let id = graph.id(&map.metadata.namespace, "ConfigMap", &map.metadata.name);
        graph.add(&id, AssetKind::DataStore);
        within.entry(map.metadata.namespace.clone()).or_default().insert(id);
    }
    realms(objects, within, graph);
}

/// Adds who is in the groups that Kubernetes itself puts people, nodes and strangers into.
fn everybody(placed: &Placed, rights: &Rights<'_>, graph: &mut Graph<'_, '_>) {
    if rights.of_all_users() {
        let group = graph.global("Group", "system:authenticated");
        for user in &rights.users {
            graph.relate(user, RelationKind::MemberOf, &group);
        }
    }
    let nodes = graph.global("Group", "system:nodes");
    if graph.has(&nodes) {
        for node in &placed.all {
            let step = Step { needs: Access::Control, gives: Access::Use };
            graph.attack(IDENTITY_ASSUME, node, &nodes, step);
        }
    }
    let strangers =
        [graph.global("User", "system:anonymous"), graph.global("Group", "system:unauthenticated")];
    for stranger in strangers {
        if graph.has(&stranger) {
            let server = graph.global("Component", API_SERVER);
            graph.add(&server, AssetKind::Application);
            graph.link(&server, "lets_in", &stranger, Step { needs: Access::Reach, gives: Access::Use });
        }
    }
}

/// What all of the cluster is asked through.
pub(super) const API_SERVER: &str = "kube-apiserver";

/// Adds secrets by their names, and those of them that are tokens of service accounts.
fn secrets(objects: &Objects, within: &mut BTreeMap<Word, BTreeSet<AssetId>>, graph: &mut Graph<'_, '_>) {
    for secret in &objects.secrets {
        let metadata = &secret.metadata;
        let id = graph.id(&metadata.namespace, "Secret", &metadata.name);
        let kind: &str = if secret.kind.is_empty() { "Opaque" } else { &secret.kind };
        graph.add(&id, AssetKind::Credential).labels.insert("kubernetes.type".into(), kind.into());
        let inside = within.entry(metadata.namespace.clone()).or_default();
        inside.insert(id.clone());
        let of =
            metadata.annotations.get("kubernetes.io/service-account.name").filter(|name| !name.is_empty());
        if let (Some(name), true) = (of, kind == TOKEN) {
            let account = graph.account(&metadata.namespace, name);
            inside.insert(account.clone());
            let step = Step { needs: Access::Read, gives: Access::Use };
            graph.attack_with(TOKEN_STEAL, &id, &account, step, More::default());
        }
    }
}

/// The type of secrets that are tokens of service accounts.
pub(super) const TOKEN: &str = "kubernetes.io/service-account-token";

/// Adds the namespaces, what stands in each, and the cluster that they stand in.
fn realms(objects: &Objects, within: BTreeMap<Word, BTreeSet<AssetId>>, graph: &mut Graph<'_, '_>) {
    let cluster = graph.cluster();
    let mut names: BTreeSet<&Word> =
        objects.namespaces.iter().map(|namespace| &namespace.metadata.name).collect();
    names.extend(within.keys());
    for name in names {
        let id = graph.global("Namespace", name);
        graph.add(&id, AssetKind::Realm);
        graph.relate(&cluster, RelationKind::Contains, &id);
        for inside in within.get(name).into_iter().flatten() {
            graph.relate(&id, RelationKind::Contains, inside);
        }
    }
    for namespace in &objects.namespaces {
        let id = graph.global("Namespace", &namespace.metadata.name);
        let asset = graph.add(&id, AssetKind::Realm);
        for (label, value) in &namespace.metadata.labels {
            asset.labels.insert((**label).into(), (**value).into());
        }
    }
}
