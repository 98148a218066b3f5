//! Nodes, and which workloads run on them.

use super::{
    collect::Objects,
    graph::{Graph, Step},
    object::Word,
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{Access, AssetKind, NoteKind, RelationKind},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where workloads run.
pub(super) struct Placed {
    /// By workload: the node below it, or what stands for several.
    below: HashMap<AssetId, AssetId>,
    /// All nodes.
    pub(super) nodes: AssetId,
    pub(super) all: Vec<AssetId>,
    /// By node, or what stands for several: the workloads that run there.
    on: BTreeMap<AssetId, Vec<usize>>,
    /// What stands for several nodes, and those.
    groups: BTreeMap<AssetId, BTreeSet<AssetId>>,
}

impl Placed {
    /// The node that a workload runs on, or what stands for several: who controls that controls each.
    pub(super) fn node(&self, workload: &Workload) -> Option<&AssetId> {
        self.below.get(&workload.id)
    }

    /// The workloads on a node, by their places in the list of all.
    pub(super) fn on(&self, node: &AssetId) -> &[usize] {
        self.on.get(node).map_or(&[], Vec::as_slice)
    }

    /// The nodes that a name stands for, where it stands for several.
    pub(super) fn several(&self, node: &AssetId) -> Option<&BTreeSet<AssetId>> {
        self.groups.get(node)
    }
}

/// Adds the nodes, and what runs on them.
pub(super) fn place(objects: &Objects, workloads: &[Workload], graph: &mut Graph<'_, '_>) -> Placed {
    let nodes = graph.global("Realm", "nodes");
    let mut placed = Placed {
        below: HashMap::new(),
        nodes: nodes.clone(),
        all: Vec::new(),
        on: BTreeMap::new(),
        groups: BTreeMap::new(),
    };
    let mut known = BTreeSet::new();
    for node in &objects.nodes {
        known.insert(&node.metadata.name);
        let id = stated(node, graph);
        if node.is_control_plane() {
            let cluster = graph.cluster();
            graph.link(&id, "rules", &cluster, Step { needs: Access::Control, gives: Access::Control });
        }
    }
    for name in workloads.iter().flat_map(|workload| &workload.nodes) {
        if known.insert(name) {
            let id = graph.global("Node", name);
            graph.add(&id, AssetKind::Host);
        }
    }
    let every: BTreeSet<AssetId> = known.into_iter().map(|name| graph.global("Node", name)).collect();
    let mut some = None;
    for (n, workload) in workloads.iter().enumerate() {
        let on: BTreeSet<AssetId> = workload.nodes.iter().map(|name| graph.global("Node", name)).collect();
        for node in &on {
            graph.relate(&workload.id, RelationKind::RunsOn, node);
            placed.on.entry(node.clone()).or_default().push(n);
        }
        let mut each = on.iter();
        let below = match (each.next(), each.next()) {
            (Some(one), None) => one.clone(),
            (Some(_), Some(_)) if !workload.touches_node() => continue,
            (Some(_), Some(_)) => group(&workload.id, on, &mut placed, graph),
            // There is one on every node.
            (None, _) if &*workload.kind == "DaemonSet" && !every.is_empty() => {
                for node in &every {
                    if graph.is_full() {
                        break;
                    }
                    graph.relate(&workload.id, RelationKind::RunsOn, node);
                    placed.on.entry(node.clone()).or_default().push(n);
                }
                every.first().filter(|_| every.len() == 1).unwrap_or(&nodes).clone()
            }
            (None, _) => {
                let some = some.get_or_insert_with(|| graph.global("Node", "any")).clone();
                graph.relate(&workload.id, RelationKind::RunsOn, &some);
                placed.on.entry(some.clone()).or_default().push(n);
                graph.note(
                    NoteKind::Assumed,
                    "nothing says on which node a workload runs: it is taken to run on any",
                );
                some
            }
        };
        placed.below.insert(workload.id.clone(), below);
    }
    if let Some(some) = &some {
        graph.add(some, AssetKind::Host).name = Some("a node of the cluster".into());
    }
    let all: Vec<AssetId> = every.iter().cloned().chain(some).collect();
    if !all.is_empty() {
        realm(&nodes, graph);
    }
    for node in &all {
        graph.relate(&nodes, RelationKind::Contains, node);
    }
    placed.all = all;
    if every.len() > 1 {
        placed.groups.insert(nodes, every);
    }
    placed
}

/// What stands for the nodes of one workload.
fn group(
    workload: &AssetId,
    on: BTreeSet<AssetId>,
    placed: &mut Placed,
    graph: &mut Graph<'_, '_>,
) -> AssetId {
    let id = AssetId::fitting(format!("{workload}/nodes"));
    graph.add(&id, AssetKind::Realm).name = Some(format!("the nodes of {workload}").into());
    for node in &on {
        graph.relate(&id, RelationKind::Contains, node);
    }
    placed.groups.insert(id.clone(), on);
    id
}

/// The realm of all nodes, also where no node is known.
pub(super) fn realm(nodes: &AssetId, graph: &mut Graph<'_, '_>) {
    if !graph.has(nodes) {
        graph.add(nodes, AssetKind::Realm).name = Some("the nodes".into());
        let cluster = graph.cluster();
        graph.relate(&cluster, RelationKind::Contains, nodes);
    }
}

fn stated(node: &super::object::Node, graph: &mut Graph<'_, '_>) -> AssetId {
    let id = graph.global("Node", &node.metadata.name);
    let asset = graph.add(&id, AssetKind::Host);
    for (label, value) in &node.metadata.labels {
        asset.labels.insert((**label).into(), (**value).into());
    }
    let addresses = node.status.addresses.iter().map(|address| &address.address);
    let provider = node.spec.provider_id.rsplit('/').next().map(Word::from);
    for name in addresses.chain([&node.metadata.name]).chain(&provider).filter(|name| !name.is_empty()) {
        graph.also(&id, name.to_string());
    }
    id
}

impl Workload {
    /// Whether there is anything of its nodes in it, beside that they run it.
    fn touches_node(&self) -> bool {
        let part = |part: &super::settings::Part| {
            part.privileged || !part.capabilities.is_empty() || !part.folders.is_empty()
        };
        self.host.processes || self.parts.iter().any(part)
    }
}
