//! Folders of the node in containers: what each shows, and what can be planted there.

use super::{
    attacks::{
        CE_UMH_CORE_PATTERN, CE_VAR_LOG_SYMLINK, EXPLOIT_CONTAINERD_SOCK, EXPLOIT_HOST_READ,
        EXPLOIT_HOST_TRAVERSE, EXPLOIT_HOST_WRITE, KEEPS_TOKEN, VOLUME_ACCESS, VOLUME_DISCOVER,
    },
    collect::Objects,
    graph::{Graph, More, Step, to},
    identities::{Mounts, holds_token},
    nodes::Placed,
    rights::Rights,
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{Access, AssetAccess, AssetKind, RelationKind},
};

/// Where a node keeps keys: passwords, certificates, what its users log on with.
const KEYS: [&str; 9] = [
    "/root",
    "/home",
    "/etc/ssh",
    "/etc/shadow",
    "/etc/kubernetes",
    "/var/lib/kubelet/pki",
    "/var/lib/kubelet/kubeconfig",
    "/var/lib/etcd",
    "/var/lib/rancher",
];
/// What a node runs, or runs by: who writes there runs code on it.
const CODE: [&str; 12] = [
    "/etc",
    "/root",
    "/home",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/opt/cni",
    "/boot",
    "/var/spool/cron",
    "/var/lib/etcd",
];
/// Folders of which only the whole lets code be planted.
const WHOLE: [&str; 2] = ["/var/lib/kubelet", "/dev"];
/// Sockets by which container runtimes take commands. To use one it need not be written.
const SOCKETS: [&str; 7] = [
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/dockershim.sock",
    "/run/podman/podman.sock",
];
/// Where the kubelet keeps the volumes of pods, and with them their tokens.
const PODS: &str = "/var/lib/kubelet/pods";
const LOGS: &str = "/var/log";
const KERNEL: &str = "/proc/sys/kernel";

/// Adds the folders of nodes that containers see, and what an attacker gets by each.
pub(super) fn of(
    objects: &Objects,
    workloads: &[Workload],
    placed: &Placed,
    rights: &Rights<'_>,
    graph: &mut Graph<'_, '_>,
) {
    let mounts = Mounts::of(objects);
    let tokens = Tokens { workloads, placed, mounts: &mounts, rights };
    for workload in workloads {
        let Some(node) = placed.node(workload) else { continue };
        for part in &workload.parts {
            for (folder, writable) in &part.folders {
                let path = plain(folder);
                let root = part.as_root(&workload.host);
                let volume = AssetId::fitting(format!("{}/Volume{path}", workload.id));
                if !graph.has(&volume) {
                    graph.add(&volume, AssetKind::DataStore);
                    let step = Step { needs: Access::Control, gives: Access::Control };
                    graph.attack_with(VOLUME_ACCESS, node, &volume, step, More::lasting(None));
                }
                let gives = if *writable { Access::Control } else { Access::Read };
                graph.attack_with(VOLUME_DISCOVER, &part.id, &volume, to(gives), More::chance(root));
                shown(&path, &volume, node, &tokens, graph);
                if *writable {
                    planted(&path, &volume, node, graph);
                }
                if *writable && covers(&path, LOGS) {
                    let readers = graph.id(&workload.namespace, "pods", "log");
                    if graph.has(&readers) {
                        let stores = tokens.store(node, graph);
                        let more = More {
                            needs: Some(AssetAccess::new(readers, Access::Use)),
                            gives: Some(AssetAccess::new(stores, Access::Read)),
                            chance: root,
                            lasting: false,
                        };
                        graph.attack_with(CE_VAR_LOG_SYMLINK, &part.id, node, to(Access::Read), more);
                    }
                }
            }
        }
    }
}

/// What reading a folder gives.
fn shown(path: &str, volume: &AssetId, node: &AssetId, tokens: &Tokens<'_>, graph: &mut Graph<'_, '_>) {
    let reading = |gives| Step { needs: Access::Read, gives };
    if KEYS.iter().any(|keys| covers(path, keys) || within(path, keys)) {
        graph.attack_with(EXPLOIT_HOST_READ, volume, node, reading(Access::Read), More::lasting(None));
    }
    if covers(path, PODS) || within(path, PODS) {
        let store = tokens.store(node, graph);
        graph.attack_with(EXPLOIT_HOST_TRAVERSE, volume, &store, reading(Access::Read), More::lasting(None));
    }
    // `/var/run` is `/run`, by a link that a folder above it does not follow.
    let running = path.strip_prefix("/var").filter(|rest| within(rest, "/run")).unwrap_or(path);
    if SOCKETS.iter().any(|socket| covers(running, socket)) {
        let more = More::lasting(None);
        graph.attack_with(EXPLOIT_CONTAINERD_SOCK, volume, node, reading(Access::Control), more);
    }
}

/// What writing a folder gives.
fn planted(path: &str, volume: &AssetId, node: &AssetId, graph: &mut Graph<'_, '_>) {
    let writing = Step { needs: Access::Write, gives: Access::Control };
    let deep = |folder: &str| folder == "/home" && path.matches('/').count() > 2 && !path.contains("/.ssh");
    if CODE.iter().any(|code| covers(path, code) || (within(path, code) && !deep(code)))
        || WHOLE.iter().any(|whole| covers(path, whole))
    {
        graph.attack_with(EXPLOIT_HOST_WRITE, volume, node, writing, More::lasting(None));
    }
    if covers(path, KERNEL) || within(path, KERNEL) {
        graph.attack_with(CE_UMH_CORE_PATTERN, volume, node, writing, More::lasting(None));
    }
}

/// The tokens of the pods of nodes, as stores of data.
struct Tokens<'a> {
    workloads: &'a [Workload],
    placed: &'a Placed,
    mounts: &'a Mounts<'a>,
    rights: &'a Rights<'a>,
}

impl Tokens<'_> {
    /// The store of a node, or of several, which is added with the accounts whose tokens lie there.
    fn store(&self, node: &AssetId, graph: &mut Graph<'_, '_>) -> AssetId {
        let Some(several) = self.placed.several(node) else { return self.of_one(node, graph) };
        let all = AssetId::fitting(format!("{node}/tokens"));
        if !graph.has(&all) {
            graph.add(&all, AssetKind::DataStore);
            for one in several {
                let store = self.of_one(one, graph);
                graph.link(&all, "has_parts", &store, Step { needs: Access::Read, gives: Access::Read });
            }
        }
        all
    }

    fn of_one(&self, node: &AssetId, graph: &mut Graph<'_, '_>) -> AssetId {
        let store = AssetId::fitting(format!("{node}/tokens"));
        if graph.has(&store) {
            return store;
        }
        graph.add(&store, AssetKind::DataStore).name = Some(format!("tokens of pods on {node}").into());
        graph.relate(&store, RelationKind::RunsOn, node);
        let mut accounts: Vec<AssetId> = self
            .placed
            .on(node)
            .iter()
            .filter_map(|n| self.workloads.get(*n))
            .filter(|workload| holds_token(workload, self.mounts, self.rights))
            .map(|workload| graph.id(&workload.namespace, "ServiceAccount", &workload.account))
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            let step = Step { needs: Access::Read, gives: Access::Use };
            graph.attack_with(KEEPS_TOKEN, &store, &account, step, More::lasting(None));
        }
        store
    }
}

/// A path without what says nothing in it.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether a folder is the other, or stands above it.
fn covers(path: &str, other: &str) -> bool {
    within(other, path)
}

/// Whether a folder is the other, or stands in it.
fn within(path: &str, other: &str) -> bool {
    let other = other.trim_end_matches('/');
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stand_in_each_other() {
        assert!(covers("/", "/var/log") && covers("/var/", "/var/log") && !covers("/var/lo", "/var/log"));
        assert!(within("/root/.ssh", "/root") && within("/root", "/root") && !within("/rooted", "/root"));
        assert_eq!(plain("//var/./lib/../log/"), "/var/log");
        assert_eq!(plain("/.."), "/");
    }
}
