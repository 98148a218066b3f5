//! What a container may do on its machine: privileges, capabilities, folders and namespaces of the node.

use super::{
    collect::Objects,
    graph::Graph,
    object::{Container, PodSpec, Word},
};
use crate::{
    id::AssetId,
    model::{AssetKind, RelationKind},
    quantity::Probability,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a pod shares with its node, or its containers with each other.
#[derive(Default, Clone, Copy)]
pub(super) struct Host {
    pub(super) processes: bool,
    pub(super) memory: bool,
    pub(super) network: bool,
    /// Whether its users are others than the node's.
    pub(super) own_users: bool,
    pub(super) shared_processes: bool,
}

/// A container, as the templates and pods of its workload have it.
pub(super) struct Part {
    pub(super) id: AssetId,
    pub(super) name: Word,
    pub(super) images: BTreeSet<Word>,
    pub(super) digests: BTreeSet<Word>,
    pub(super) privileged: bool,
    pub(super) capabilities: BTreeSet<Word>,
    /// Whether it surely is not root.
    pub(super) rootless: bool,
    /// Whether AppArmor lets it do anything, where that is said.
    pub(super) unconfined: Option<bool>,
    /// Folders of the node, and whether it may write there.
    pub(super) folders: BTreeMap<Word, bool>,
    /// Ports by name or number, and the node's, if they are open there.
    pub(super) ports: BTreeMap<u32, (Word, Option<u32>)>,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            id: AssetId::fitting("container".into()),
            name: Word::default(),
            images: BTreeSet::new(),
            digests: BTreeSet::new(),
            privileged: false,
            capabilities: BTreeSet::new(),
            rootless: true,
            unconfined: None,
            folders: BTreeMap::new(),
            ports: BTreeMap::new(),
        }
    }
}

/// The chance that who runs code that is not root becomes root of its container first, which most steps to the node ask for.
/// Assumed.
const BECOMES_ROOT: f64 = 0.25;
/// By namespace and name of a claim to a disk: the folder of the node that it is.
pub(super) type Claims<'a> = HashMap<(&'a str, &'a str), &'a Word>;

/// The claims to disks that are folders of nodes.
pub(super) fn claims(objects: &Objects) -> Claims<'_> {
    let mut by_volume: HashMap<&str, &Word> = HashMap::new();
    let mut claims = Claims::new();
    for volume in &objects.persistent_volumes {
        let spec = &volume.spec;
        let Some(folder) = spec.host_path.as_ref().or(spec.local.as_ref()) else { continue };
        by_volume.insert(&volume.metadata.name, &folder.path);
        if let Some(claim) = &spec.claim_ref {
            claims.insert((&claim.namespace, &claim.name), &folder.path);
        }
    }
    for claim in &objects.claims {
        if let Some(folder) = by_volume.get(&*claim.spec.volume_name) {
            claims.insert((&claim.metadata.namespace, &claim.metadata.name), folder);
        }
    }
    claims
}

/// Adds what a template or a pod says of its containers.
///
/// `claims` has the folder of the node that a claim to a disk stands for.
pub(super) fn read(
    spec: &PodSpec,
    claims: &Claims<'_>,
    namespace: &str,
    host: &mut Host,
    parts: &mut BTreeMap<Word, Part>,
) {
    host.processes |= spec.host_pid == Some(true);
    host.memory |= spec.host_ipc == Some(true);
    host.network |= spec.host_network == Some(true);
    host.own_users |= spec.host_users == Some(false);
    host.shared_processes |= spec.share_process_namespace == Some(true);
    let folders: BTreeMap<&Word, &Word> = spec
        .volumes
        .iter()
        .filter_map(|volume| {
            let own = volume.host_path.as_ref().map(|folder| &folder.path);
            let claimed = || {
                let claim = &volume.persistent_volume_claim.as_ref()?.claim_name;
                claims.get(&(namespace, &**claim)).copied()
            };
            Some((&volume.name, own.or_else(claimed)?))
        })
        .filter(|(_, path)| !path.is_empty())
        .collect();
    // Of the containers that run first, those that are restarted go on beside the others.
    let beside = spec.init_containers.iter().filter(|container| &*container.restart_policy == "Always");
    for container in spec.containers.iter().chain(beside).chain(&spec.ephemeral_containers) {
        let part = parts.entry(container.name.clone()).or_default();
        part.name = container.name.clone();
        part.take(container, spec, &folders);
    }
}

impl Part {
    fn take(&mut self, container: &Container, spec: &PodSpec, folders: &BTreeMap<&Word, &Word>) {
        let (own, pod) = (&container.security_context, &spec.security_context);
        if !container.image.is_empty() {
            self.images.insert(container.image.clone());
        }
        // A process of the host is one of Windows nodes, in a container by name alone.
        let of_host = own.windows_options.host_process.or(pod.windows_options.host_process);
        self.privileged |= own.privileged == Some(true) || of_host == Some(true);
        for capability in &own.capabilities.add {
            let name = capability.to_ascii_uppercase();
            self.capabilities.insert(name.strip_prefix("CAP_").unwrap_or(&name).into());
        }
        self.rootless &= match own.run_as_user.or(pod.run_as_user) {
            Some(user) => user != 0,
            None => own.run_as_non_root.or(pod.run_as_non_root) == Some(true),
        };
        let profile = [&own.app_armor_profile.kind, &pod.app_armor_profile.kind];
        if let Some(profile) = profile.into_iter().find(|profile| !profile.is_empty()) {
            self.unconfined =
                Some(self.unconfined == Some(true) || profile.eq_ignore_ascii_case("unconfined"));
        }
        for mount in &container.volume_mounts {
            let Some(path) = folders.get(&mount.name) else { continue };
            let path = match &*mount.sub_path {
                "" => (*path).clone(),
                below => Word::from(&*format!("{}/{below}", path.trim_end_matches('/'))),
            };
            *self.folders.entry(path).or_default() |= mount.read_only != Some(true);
        }
        for port in &container.ports {
            if let Some(number) = port.container_port {
                let known = self.ports.entry(number).or_default();
                known.1 = known.1.or(port.host_port);
                if !port.name.is_empty() {
                    known.0 = port.name.clone();
                }
            }
        }
    }

    /// How sure it is that what only root may do is done: surely, unless the container surely is not root of the node.
    pub(super) fn as_root(&self, host: &Host) -> Option<Probability> {
        (self.rootless || host.own_users).then(|| Probability::clamped(BECOMES_ROOT))
    }
}

impl Host {
    /// What people look for in a list of workloads.
    pub(super) fn labels(&self, parts: &BTreeMap<Word, Part>) -> BTreeMap<&'static str, String> {
        let mut labels = BTreeMap::new();
        let joined = |words: BTreeSet<&str>| words.into_iter().collect::<Vec<_>>().join(" ");
        for (label, holds) in [
            ("kubernetes.host_pid", self.processes),
            ("kubernetes.host_ipc", self.memory),
            ("kubernetes.host_network", self.network),
            ("kubernetes.share_process_namespace", self.shared_processes),
        ] {
            if holds {
                labels.insert(label, "true".to_owned());
            }
        }
        let containers: BTreeSet<&str> = parts.keys().map(|name| &**name).collect();
        let privileged = parts.values().filter(|part| part.privileged).map(|part| &*part.name).collect();
        let capabilities = parts.values().flat_map(|part| &part.capabilities).map(|name| &**name).collect();
        let folders = parts.values().flat_map(|part| part.folders.keys()).map(|path| &**path).collect();
        for (label, words) in [
            ("kubernetes.containers", containers),
            ("kubernetes.privileged", privileged),
            ("kubernetes.capabilities", capabilities),
            ("kubernetes.host_paths", folders),
        ] {
            if !words.is_empty() {
                labels.insert(label, joined(words));
            }
        }
        labels
    }
}

/// Says that a container runs an image, which scanners know by several names.
pub(super) fn instance(of: &AssetId, image: &Word, part: &Part, graph: &mut Graph<'_, '_>) {
    let id = AssetId::fitting(image.to_string());
    graph.add(&id, AssetKind::Image);
    let last = image.rsplit('/').next().unwrap_or_default();
    let tagged = if last.contains([':', '@']) { image.to_string() } else { format!("{image}:latest") };
    let registry =
        image.split('/').next().filter(|first| first.contains(['.', ':']) || *first == "localhost");
    let whole = match (registry, image.contains('/')) {
        (Some(_), true) => tagged.clone(),
        (None, true) => format!("docker.io/{tagged}"),
        (_, false) => format!("docker.io/library/{tagged}"),
    };
    for name in [tagged, whole] {
        graph.also(&id, name);
    }
    if let ([digest], 1) = (part.digests.iter().collect::<Vec<_>>().as_slice(), part.images.len()) {
        graph.also(&id, digest.to_string());
    }
    graph.relate(of, RelationKind::InstanceOf, &id);
}
