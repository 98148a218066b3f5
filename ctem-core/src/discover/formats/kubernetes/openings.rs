//! What leads into the cluster: services, ingresses and gateways, and what of them is open to the internet.

use super::{
    attacks::ENDPOINT_EXPLOIT,
    collect::Objects,
    graph::{Graph, More, Step},
    nodes::Placed,
    object::{Balanced, Meta, Service, Word, has_all},
    segments::Segments,
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{
        Access, AssetKind, NoteKind, RelationKind,
        address::{Extent, address, extent, is_everyone},
    },
    quantity::Probability,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The chance that nothing before it keeps the internet from a port of a node that has an address there. Assumed.
const UNFILTERED: f64 = 0.5;
/// How many labels of workloads are compared with those that services ask for, some hundred times what a large cluster asks for.
const MOST_COMPARED: usize = 8_000_000;

/// Adds what leads to workloads, and from where.
pub(super) fn of(
    objects: &Objects,
    workloads: &[Workload],
    placed: &Placed,
    segments: &Segments,
    graph: &mut Graph<'_, '_>,
) {
    let behind = behind(objects, workloads, graph);
    let mut proxied: BTreeSet<(Word, Word)> = BTreeSet::new();
    proxies(objects, &mut proxied, graph);
    let outer = outer_nodes(objects, graph);
    for ((namespace, name), service) in &behind {
        let id = graph.id(namespace, "Service", name);
        graph.add(&id, AssetKind::NetworkZone);
        let stated = service.stated;
        let opened = stated.is_some_and(|stated| open(stated, &id, &outer, graph));
        let proxied = proxied.contains(&(namespace.clone(), name.clone()));
        let mut kept_out = false;
        for (n, workload) in service.workloads.iter().filter_map(|n| Some((*n, workloads.get(*n)?))) {
            if graph.is_full() {
                break;
            }
            if (opened && segments.takes_outside(n))
                || (proxied && segments.takes_any(n))
                || !(opened || proxied)
            {
                let title = ENDPOINT_EXPLOIT.title(graph.short(&id), graph.short(&workload.id));
                graph.relate_as(ENDPOINT_EXPLOIT, &id, &workload.id, title);
            } else {
                kept_out = true;
            }
        }
        if kept_out {
            graph.note(
                NoteKind::Assumed,
                "a service is open to the outside and network policies of its pods are not: they are taken to keep it out",
            );
        }
        // By its service a pod is reached only by those who reach it itself.
        if !service.workloads.is_empty() && service.workloads.iter().all(|n| segments.is_open(*n)) {
            graph.relate(&segments.pods, RelationKind::Reaches, &id);
        }
    }
    ports(workloads, placed, graph);
}

/// A service, and the workloads behind it.
#[derive(Default)]
struct Behind<'a> {
    stated: Option<&'a Service>,
    workloads: BTreeSet<usize>,
}

/// By namespace and name: what stands behind each service, by its selector and by what is listed.
fn behind<'a>(
    objects: &'a Objects,
    workloads: &[Workload],
    graph: &mut Graph<'_, '_>,
) -> BTreeMap<(Word, Word), Behind<'a>> {
    let mut by_label: HashMap<(&Word, &str, &str), Vec<usize>> = HashMap::new();
    let mut by_pod: HashMap<(&Word, &Word), usize> = HashMap::new();
    for (n, workload) in workloads.iter().enumerate() {
        for (name, value) in &workload.labels {
            by_label.entry((&workload.namespace, name, value)).or_default().push(n);
        }
        for pod in &workload.pods {
            by_pod.insert((&workload.namespace, pod), n);
        }
    }
    let mut compared: usize = 0;
    let mut found: BTreeMap<(Word, Word), Behind<'a>> = BTreeMap::new();
    for service in &objects.services {
        let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
        let behind = found.entry((namespace.clone(), name.clone())).or_default();
        behind.stated = Some(service);
        // Of its labels the one that the fewest have.
        let selector = &service.spec.selector;
        let having = selector.iter().map(|(label, value)| {
            by_label.get(&(namespace, &**label, &**value)).map_or(&[][..], Vec::as_slice)
        });
        if let Some(fewest) = having.min_by_key(|having| having.len()) {
            compared = compared.saturating_add(fewest.len().saturating_mul(selector.len()));
            if compared > MOST_COMPARED {
                graph.note(
                    NoteKind::Ignored,
                    "services select more workloads than are looked at: what stands behind some is missing",
                );
                continue;
            }
            let meant = |n: &&usize| workloads.get(**n).is_some_and(|one| has_all(selector, &one.labels));
            behind.workloads.extend(fewest.iter().filter(meant));
        }
    }
    for slice in &objects.slices {
        let metadata = &slice.metadata;
        let of = metadata.labels.get("kubernetes.io/service-name").filter(|name| !name.is_empty());
        let name = of.map_or_else(|| metadata.name.clone(), |name| Word::from(&**name));
        let endpoints =
            slice.endpoints.iter().chain(slice.subsets.iter().flat_map(|subset| &subset.addresses));
        let pods =
            endpoints.filter_map(|one| one.target_ref.as_ref()).filter(|target| &*target.kind == "Pod");
        let behind = found.entry((metadata.namespace.clone(), name)).or_default();
        for pod in pods {
            let namespace = if pod.namespace.is_empty() { &metadata.namespace } else { &pod.namespace };
            behind.workloads.extend(by_pod.get(&(namespace, &pod.name)));
        }
    }
    found
}

/// Says who reaches a service from outside of the cluster. Returns whether anybody does.
fn open(service: &Service, id: &AssetId, outer: &[AssetId], graph: &mut Graph<'_, '_>) -> bool {
    let spec = &service.spec;
    match &*spec.kind {
        "LoadBalancer" if is_internal(&service.metadata) || is_inside(&service.status, graph) => false,
        "LoadBalancer" => {
            let ranges = &spec.load_balancer_source_ranges;
            if ranges.is_empty() || ranges.iter().any(|range| is_everyone(range)) {
                let internet = graph.internet();
                graph.relate(&internet, RelationKind::Reaches, id);
            }
            for range in ranges.iter().filter(|range| !is_everyone(range)) {
                let from = graph.global("Network", range);
                graph.add(&from, AssetKind::NetworkZone);
                graph.relate(&from, RelationKind::Reaches, id);
            }
            true
        }
        _ if spec.external_ips.iter().any(|address| is_public(address)) => {
            let internet = graph.internet();
            graph.relate(&internet, RelationKind::Reaches, id);
            true
        }
        "NodePort" if !outer.is_empty() => {
            let ports = node_ports(outer, graph);
            graph.relate(&ports, RelationKind::Reaches, id);
            true
        }
        _ => false,
    }
}

/// Whether annotations say that a load balancer, ingress or gateway is not for the internet.
fn is_internal(metadata: &Meta) -> bool {
    metadata.annotations.iter().any(|(name, value)| {
        let named = name.contains("internal") && !["false", "no", ""].contains(&&**value);
        let said = ["scheme", "load-balancer-type", "ingress.class"].iter().any(|what| name.contains(what));
        named || (said && value.to_ascii_lowercase().contains("internal"))
    })
}

/// Whether all addresses at which it is reached are of a network of one's own.
fn is_inside(status: &Balanced, graph: &mut Graph<'_, '_>) -> bool {
    let inside = status.addresses().is_some_and(|mut addresses| addresses.all(|address| !is_public(address)));
    if inside {
        graph.note(
            NoteKind::Assumed,
            "a load balancer has no address but those of a network of one's own: nothing is taken to lead to it from the internet",
        );
    }
    inside
}

fn is_public(text: &str) -> bool {
    address(text).is_some_and(|address| matches!(extent(address), Extent::Public | Extent::Shared))
}

/// What stands for the ports that services have on all nodes, as far as those are on the internet.
fn node_ports(outer: &[AssetId], graph: &mut Graph<'_, '_>) -> AssetId {
    let ports = graph.global("Network", "node-ports");
    if !graph.has(&ports) {
        graph.add(&ports, AssetKind::NetworkZone).name = Some("the ports of services on nodes".into());
        for node in outer {
            graph.link(node, "forwards_to", &ports, Step { needs: Access::Reach, gives: Access::Reach });
        }
    }
    ports
}

/// Adds ingresses, gateways and their routes, and the services they hand requests to.
fn proxies(objects: &Objects, proxied: &mut BTreeSet<(Word, Word)>, graph: &mut Graph<'_, '_>) {
    let mut hands_to = |from: &AssetId, namespace: &Word, name: &Word, graph: &mut Graph<'_, '_>| {
        let service = graph.id(namespace, "Service", name);
        graph.add(&service, AssetKind::NetworkZone);
        graph.relate(from, RelationKind::Reaches, &service);
        proxied.insert((namespace.clone(), name.clone()));
    };
    for ingress in &objects.ingresses {
        let metadata = &ingress.metadata;
        let id = listener("Ingress", metadata, is_inside(&ingress.status, graph), graph);
        let services: BTreeSet<&Word> = ingress.spec.services().collect();
        for service in services {
            hands_to(&id, &metadata.namespace, service, graph);
        }
    }
    for gateway in &objects.gateways {
        listener("Gateway", &gateway.metadata, false, graph);
    }
    for route in &objects.routes {
        let metadata = &route.metadata;
        let or_own = |namespace: &Word| {
            if namespace.is_empty() { metadata.namespace.clone() } else { namespace.clone() }
        };
        let id = graph.id(&metadata.namespace, "Route", &metadata.name);
        graph.add(&id, AssetKind::NetworkZone);
        for parent in &route.spec.parent_refs {
            let gateway = graph.id(&or_own(&parent.namespace), "Gateway", &parent.name);
            graph.add(&gateway, AssetKind::NetworkZone);
            graph.relate(&gateway, RelationKind::Reaches, &id);
        }
        let backends: BTreeSet<(Word, &Word)> = route
            .spec
            .rules
            .iter()
            .flat_map(|rule| &rule.backend_refs)
            .map(|backend| (or_own(&backend.namespace), &backend.name))
            .collect();
        for (namespace, name) in backends {
            hands_to(&id, &namespace, name, graph);
        }
    }
}

/// What listens to the internet, unless it says that it does not.
fn listener(kind: &str, metadata: &Meta, inside: bool, graph: &mut Graph<'_, '_>) -> AssetId {
    let id = graph.id(&metadata.namespace, kind, &metadata.name);
    graph.add(&id, AssetKind::NetworkZone);
    if !inside && !is_internal(metadata) {
        let internet = graph.internet();
        graph.relate(&internet, RelationKind::Reaches, &id);
    }
    id
}

/// Nodes that have an address on the internet, which are reached from there unless something before them keeps it out.
fn outer_nodes(objects: &Objects, graph: &mut Graph<'_, '_>) -> Vec<AssetId> {
    let mut outer = Vec::new();
    for node in &objects.nodes {
        let mut addresses = node.status.addresses.iter();
        if addresses.any(|address| &*address.kind == "ExternalIP" && is_public(&address.address)) {
            let id = graph.global("Node", &node.metadata.name);
            let internet = graph.internet();
            graph.reaches_perhaps(&internet, &id, Probability::clamped(UNFILTERED));
            outer.push(id);
        }
    }
    if !outer.is_empty() {
        graph.note(
            NoteKind::Assumed,
            "nodes have addresses on the internet: that nothing keeps it from them is taken to have a chance of 0.5",
        );
    }
    outer
}

/// Ports that are open on the node of a workload, by themselves or since it stands in the node's network.
fn ports(workloads: &[Workload], placed: &Placed, graph: &mut Graph<'_, '_>) {
    for workload in workloads {
        let open = |part: &super::settings::Part| {
            part.ports.values().any(|(_, host)| host.is_some())
                || (workload.host.network && !part.ports.is_empty())
        };
        if !workload.parts.iter().any(open) {
            continue;
        }
        let nodes: Vec<AssetId> = match workload.nodes.is_empty() {
            true => placed.node(workload).cloned().into_iter().collect(),
            false => workload.nodes.iter().map(|name| graph.global("Node", name)).collect(),
        };
        for node in nodes {
            let step = Step { needs: Access::Reach, gives: Access::Reach };
            graph.attack_with(ENDPOINT_EXPLOIT, &node, &workload.id, step, More::default());
        }
    }
}
