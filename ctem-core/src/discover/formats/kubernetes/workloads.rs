//! Workloads: what makes pods, with its pods folded into it, and pods that nothing makes.

use super::{
    collect::Objects,
    graph::{Graph, Step},
    object::{Controller, Meta, Pod, PodSpec, TokenSource, Word, Words, common, maker},
    settings::{self, Claims, Part},
};
use crate::{
    id::AssetId,
    model::{Access, AssetKind, RelationKind},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pods of one kind, as one thing.
pub(super) struct Workload {
    pub(super) id: AssetId,
    pub(super) namespace: Word,
    pub(super) kind: Word,
    pub(super) name: Word,
    /// The labels of its pods, by which services and policies choose them.
    pub(super) labels: Words,
    pub(super) nodes: BTreeSet<Word>,
    /// Its pods, as far as they are there.
    pub(super) pods: BTreeSet<Word>,
    /// Which of them hold the token of which service account.
    pub(super) account: Word,
    pub(super) automount: Option<bool>,
    /// Whether the token is mounted as Kubernetes does it by itself, and whether a volume asks for it.
    pub(super) token_mounted: bool,
    pub(super) token_volume: bool,
    pub(super) secrets: BTreeSet<Word>,
    pub(super) host: settings::Host,
    /// The containers that run side by side; one that runs alone is the workload itself.
    pub(super) parts: Vec<Part>,
}

/// By namespace, kind and name.
type Key<'a> = (&'a str, &'a str, &'a str);

/// The workloads of a cluster, which are assets then, in the order of their names.
pub(super) fn folded(objects: &Objects, graph: &mut Graph<'_, '_>) -> Vec<Workload> {
    let makers: HashMap<Key<'_>, &Controller> = objects
        .controllers
        .iter()
        .map(|(kind, one)| ((&*one.metadata.namespace, *kind, &*one.metadata.name), one))
        .collect();
    let claims = settings::claims(objects);
    let mut drafts: BTreeMap<Key<'_>, Draft> = BTreeMap::new();
    for (kind, controller) in &objects.controllers {
        let metadata = &controller.metadata;
        let own = (&*metadata.namespace, *kind, &*metadata.name);
        let root = root(own, metadata, None, &makers);
        let draft = drafts.entry(root).or_default();
        if root != own {
            draft.others.insert(format!("{kind}/{}", metadata.name));
            // What its owner is made of, its owner says itself.
            if makers.contains_key(&root) || controller.spec.replicas == Some(0) {
                continue;
            }
        } else {
            draft.labels = Some(metadata.labels.clone());
        }
        let template = controller
            .spec
            .job_template
            .as_ref()
            .map_or(controller.spec.template.as_ref(), |job| job.spec.template.as_ref());
        if let Some(template) = template {
            draft.take(template.spec.as_ref(), &template.metadata.labels, &claims, &metadata.namespace);
        }
    }
    for pod in &objects.pods {
        let metadata = &pod.metadata;
        let own = (&*metadata.namespace, "Pod", &*metadata.name);
        let root = root(own, metadata, metadata.labels.get("pod-template-hash").map(|hash| &**hash), &makers);
        let draft = drafts.entry(root).or_default();
        if root == own {
            draft.labels = Some(metadata.labels.clone());
        } else {
            draft.others.insert(format!("Pod/{}", metadata.name));
        }
        draft.pods.insert(metadata.name.clone());
        draft.pod(pod, &claims);
    }
    drafts.into_iter().map(|(key, draft)| draft.finish(key, objects, graph)).collect()
}

/// What makes a pod in the end: a deployment, and not its replica set.
fn root<'a>(
    own: Key<'a>,
    metadata: &'a Meta,
    template: Option<&str>,
    makers: &HashMap<Key<'a>, &'a Controller>,
) -> Key<'a> {
    let (mut at, mut metadata) = (own, metadata);
    // Deployment, replica set, pod: three are enough.
    for _ in 0..3 {
        let Some(owner) = metadata.owner() else { break };
        let Some(kind) = maker(&owner.kind) else { break };
        at = (own.0, kind, &owner.name);
        match makers.get(&at) {
            Some(maker) => metadata = &maker.metadata,
            None => {
                let set = template.and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
                if let ("ReplicaSet", Some(name)) = (kind, set) {
                    at = (own.0, "Deployment", name);
                }
                break;
            }
        }
    }
    at
}

/// A workload while its templates and pods are put together.
#[derive(Default)]
struct Draft {
    labels: Option<Words>,
    pod_labels: Option<Words>,
    others: BTreeSet<String>,
    pods: BTreeSet<Word>,
    nodes: BTreeSet<Word>,
    account: Option<Word>,
    automount: Option<bool>,
    token_mounted: bool,
    token_volume: bool,
    secrets: BTreeSet<Word>,
    config_maps: BTreeSet<Word>,
    host: settings::Host,
    parts: BTreeMap<Word, Part>,
    /// Images of containers that run before the others.
    images: BTreeSet<Word>,
}

impl Draft {
    fn take(&mut self, spec: Option<&PodSpec>, labels: &Words, claims: &Claims<'_>, namespace: &str) {
        self.pod_labels.get_or_insert_with(|| common(labels));
        let Some(spec) = spec else { return };
        let named =
            [&spec.service_account_name, &spec.service_account].into_iter().find(|name| !name.is_empty());
        self.account.get_or_insert_with(|| named.cloned().unwrap_or_else(|| "default".into()));
        self.automount = self.automount.or(spec.automount_service_account_token);
        settings::read(spec, claims, namespace, &mut self.host, &mut self.parts);
        self.images.extend(spec.init_containers.iter().map(|container| container.image.clone()));
        let projected = || {
            spec.volumes.iter().filter_map(|volume| volume.projected.as_ref()).flat_map(|one| &one.sources)
        };
        for volume in &spec.volumes {
            let mut sources = volume.projected.iter().flat_map(|one| &one.sources);
            if sources.any(|source| source.service_account_token.as_ref().is_some_and(TokenSource::lets_in)) {
                // What is admitted with a token gets a volume of this name.
                let own = volume.name.starts_with("kube-api-access-");
                self.token_mounted |= own;
                self.token_volume |= !own;
            }
        }
        let containers =
            || spec.containers.iter().chain(&spec.init_containers).chain(&spec.ephemeral_containers);
        let variables = || containers().flat_map(|one| &one.env).map(|one| &one.value_from);
        let all = || containers().flat_map(|one| &one.env_from);
        self.secrets.extend(
            spec.volumes
                .iter()
                .filter_map(|volume| Some(&volume.secret.as_ref()?.secret_name))
                .chain(projected().filter_map(|source| Some(&source.secret.as_ref()?.name)))
                .chain(variables().filter_map(|from| Some(&from.secret_key_ref.as_ref()?.name)))
                .chain(all().filter_map(|from| Some(&from.secret_ref.as_ref()?.name)))
                .filter(|name| !name.is_empty())
                .cloned(),
        );
        self.config_maps.extend(
            spec.volumes
                .iter()
                .filter_map(|volume| Some(&volume.config_map.as_ref()?.name))
                .chain(variables().filter_map(|from| Some(&from.config_map_key_ref.as_ref()?.name)))
                .chain(all().filter_map(|from| Some(&from.config_map_ref.as_ref()?.name)))
                .filter(|name| !name.is_empty())
                .cloned(),
        );
    }

    fn pod(&mut self, pod: &Pod, claims: &Claims<'_>) {
        // What has run to its end holds nothing any more.
        if ["Succeeded", "Failed"].contains(&&*pod.status.phase) {
            return;
        }
        if !pod.spec.node_name.is_empty() {
            self.nodes.insert(pod.spec.node_name.clone());
        }
        self.take(Some(&pod.spec), &pod.metadata.labels, claims, &pod.metadata.namespace);
        for status in &pod.status.container_statuses {
            let digest = &status.image_id;
            if let (Some(part), true) = (self.parts.get_mut(&status.name), digest.contains("@sha256:")) {
                part.digests.insert(digest.clone());
            }
        }
    }

    fn finish(
        self,
        (namespace, kind, name): Key<'_>,
        objects: &Objects,
        graph: &mut Graph<'_, '_>,
    ) -> Workload {
        let id = graph.id(namespace, kind, name);
        let asset = graph.add(&id, AssetKind::Workload);
        for (label, value) in self.labels.iter().flatten() {
            asset.labels.insert((**label).into(), (**value).into());
        }
        for (label, value) in self.host.labels(&self.parts) {
            asset.labels.insert(label.into(), value.into());
        }
        for other in &self.others {
            let other = graph.prefixed(&format!("{namespace}/{other}"));
            graph.also(&id, other);
        }
        if objects.unplaced.contains(&(Word::from(kind), Word::from(name))) {
            // A scanner of the same manifest does not know its namespace either.
            let bare = graph.prefixed(&format!("{kind}/{name}"));
            graph.also(&id, bare);
        }
        let alone = self.parts.len() == 1;
        let mut parts: Vec<Part> = self.parts.into_values().collect();
        for part in &mut parts {
            part.id = if alone { id.clone() } else { separate(&id, part, graph) };
            for image in part.images.clone() {
                settings::instance(&part.id, &image, part, graph);
            }
        }
        for image in self.images.iter().filter(|image| !image.is_empty()) {
            settings::instance(&id, image, &Part::default(), graph);
        }
        for map in &self.config_maps {
            let map = graph.id(namespace, "ConfigMap", map);
            graph.add(&map, AssetKind::DataStore);
            graph.relate(&id, RelationKind::Reads, &map);
        }
        Workload {
            id,
            namespace: namespace.into(),
            kind: kind.into(),
            name: name.into(),
            labels: self.pod_labels.unwrap_or_default(),
            nodes: self.nodes,
            pods: self.pods,
            account: self.account.unwrap_or_else(|| "default".into()),
            automount: self.automount,
            token_mounted: self.token_mounted,
            token_volume: self.token_volume,
            secrets: self.secrets,
            host: self.host,
            parts,
        }
    }
}

/// One of several containers is an asset of its own: who rules the pod rules it, it is reached as the pod is, and what all
/// containers of the pod share is shared by it.
fn separate(workload: &AssetId, part: &Part, graph: &mut Graph<'_, '_>) -> AssetId {
    let id = AssetId::fitting(format!("{workload}/Container/{}", part.name));
    graph.add(&id, AssetKind::Workload);
    graph.relate(&id, RelationKind::RunsOn, workload);
    graph.link(workload, "is_reached_as", &id, Step { needs: Access::Reach, gives: Access::Reach });
    graph.link(&id, "acts_as", workload, Step { needs: Access::Use, gives: Access::Use });
    id
}
