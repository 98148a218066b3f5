//! The network of pods as zones, so that pods times pods are never counted out.
//!
//! All pods that no policy isolates stand in one zone. Pods that policies treat alike are one class; each group of peers is a zone
//! that its members send to, and that passes on to the classes that take from it. Of two classes that are isolated in both
//! directions it is looked at whether each lets the other through.

use super::{
    collect::Objects,
    graph::Graph,
    identities::API_SERVER,
    network::{Passes, Policed, policed},
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{AssetKind, NoteKind, RelationKind, address::is_everyone},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What lets traffic through to workloads.
pub(super) struct Segments {
    policed: Policed,
    /// The network of pods.
    pub(super) pods: AssetId,
}

impl Segments {
    /// Whether a workload takes what comes from outside of the cluster.
    pub(super) fn takes_outside(&self, workload: usize) -> bool {
        self.takes(workload).is_none_or(|passes| passes.outside)
    }

    /// Whether a workload takes from any pod, such as one that hands on what comes from outside.
    pub(super) fn takes_any(&self, workload: usize) -> bool {
        self.takes(workload).is_none_or(|passes| *passes != Passes::default())
    }

    /// Whether a workload takes from all pods.
    pub(super) fn is_open(&self, workload: usize) -> bool {
        self.takes(workload).is_none_or(|passes| passes.pods)
    }

    fn takes(&self, workload: usize) -> Option<&Passes> {
        self.policed.takes.get(workload).and_then(Option::as_ref)
    }
}

/// Workloads that policies treat alike: whom they take from, whom they send to, and the groups they are in.
type Alike<'a> = (Option<&'a Passes>, Option<&'a Passes>, Vec<usize>);

struct Class<'a> {
    takes: Option<&'a Passes>,
    sends: Option<&'a Passes>,
    groups: Vec<usize>,
    members: Vec<usize>,
}

impl Class<'_> {
    /// Whether it takes from all pods.
    fn takes_all(&self) -> bool {
        self.takes.is_none_or(|passes| passes.pods)
    }

    /// Whether it sends to all pods.
    fn sends_all(&self) -> bool {
        self.sends.is_none_or(|passes| passes.pods)
    }
}

/// At most so many pairs of isolated classes are compared.
const MOST_PAIRS: usize = 2_000_000;
/// To find and compare those, at most so many groups and classes are looked at.
const MOST_LOOKED_AT: usize = 50_000_000;

/// Adds the network of pods.
pub(super) fn of(objects: &Objects, workloads: &[Workload], graph: &mut Graph<'_, '_>) -> Segments {
    let pods = graph.global("Network", "pods");
    let policed = policed(objects, workloads);
    if policed.overflows {
        graph.note(
            NoteKind::Ignored,
            "network policies select more than is looked at: those beyond are taken to let all through",
        );
    }
    if workloads.is_empty() {
        return Segments { policed, pods };
    }
    graph.add(&pods, AssetKind::NetworkZone).name = Some("the network of pods".into());
    let server = graph.global("Component", API_SERVER);
    if graph.has(&server) {
        graph.relate(&pods, RelationKind::Reaches, &server);
    }
    let classes = classes(&policed, workloads.len());
    let peers = policed.groups.iter().map(|(name, _)| {
        let side = |side| graph.global("Network", &format!("{name}/{side}"));
        Peers { from: side("from"), to: side("to") }
    });
    let peers: Vec<Peers> = peers.collect();
    let mut zones = Zones { workloads, classes: &classes, peers: &peers, pods: pods.clone(), graph };
    for (n, class) in classes.iter().enumerate() {
        zones.open(class);
        zones.takes(n, class);
        zones.sends(n, class);
    }
    zones.groups();
    zones.pairs();
    Segments { policed, pods }
}

fn classes(policed: &Policed, count: usize) -> Vec<Class<'_>> {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (group, (_, members)) in policed.groups.iter().enumerate() {
        for member in members {
            if let Some(of) = groups.get_mut(*member) {
                of.push(group);
            }
        }
    }
    let mut known: HashMap<Alike<'_>, usize> = HashMap::new();
    let mut classes: Vec<Class<'_>> = Vec::new();
    for (n, groups) in groups.into_iter().enumerate() {
        let takes = policed.takes.get(n).and_then(Option::as_ref);
        let sends = policed.sends.get(n).and_then(Option::as_ref);
        let at = *known.entry((takes, sends, groups.clone())).or_insert_with(|| {
            classes.push(Class { takes, sends, groups, members: Vec::new() });
            classes.len() - 1
        });
        if let Some(class) = classes.get_mut(at) {
            class.members.push(n);
        }
    }
    classes
}

struct Zones<'z, 'd, 'o> {
    workloads: &'z [Workload],
    classes: &'z [Class<'z>],
    peers: &'z [Peers],
    pods: AssetId,
    graph: &'z mut Graph<'d, 'o>,
}

/// The zones of a group of peers: the one its members send to, and the one they take from.
struct Peers {
    from: AssetId,
    to: AssetId,
}

impl Zones<'_, '_, '_> {
    /// What sends to all and takes from all stands in the network itself.
    fn open(&mut self, class: &Class<'_>) {
        for workload in class.members.iter().filter_map(|n| self.workloads.get(*n)) {
            match (class.sends_all(), class.takes_all()) {
                (true, true) => self.graph.relate(&workload.id, RelationKind::LiesIn, &self.pods),
                (true, false) => self.graph.relate(&workload.id, RelationKind::Reaches, &self.pods),
                (false, true) => self.graph.relate(&self.pods, RelationKind::Reaches, &workload.id),
                (false, false) => {}
            }
        }
    }

    /// Whom an isolated class takes from.
    fn takes(&mut self, n: usize, class: &Class<'_>) {
        let Some(passes) = class.takes.filter(|passes| !passes.pods) else { return };
        if *passes == Passes::default() {
            return;
        }
        let into = self.side(n, "in");
        for workload in class.members.iter().filter_map(|n| self.workloads.get(*n)) {
            self.graph.relate(&into, RelationKind::Reaches, &workload.id);
        }
        for peers in each(self.peers, &passes.groups) {
            self.graph.add(&peers.from, AssetKind::NetworkZone);
            self.graph.relate(&peers.from, RelationKind::Reaches, &into);
        }
        for range in passes.ranges.iter().filter(|range| !is_everyone(range)) {
            let from = self.graph.global("Network", range);
            self.graph.add(&from, AssetKind::NetworkZone);
            self.graph.relate(&from, RelationKind::Reaches, &into);
        }
    }

    /// Whom an isolated class sends to.
    fn sends(&mut self, n: usize, class: &Class<'_>) {
        let Some(passes) = class.sends.filter(|passes| !passes.pods) else { return };
        if passes.groups.is_empty() {
            return;
        }
        let out = self.side(n, "out");
        for workload in class.members.iter().filter_map(|n| self.workloads.get(*n)) {
            self.graph.relate(&workload.id, RelationKind::Reaches, &out);
        }
        for peers in each(self.peers, &passes.groups) {
            self.graph.add(&peers.to, AssetKind::NetworkZone);
            self.graph.relate(&out, RelationKind::Reaches, &peers.to);
        }
    }

    /// Members of groups: those that send to all are let in by name, those that take from all are sent to by name.
    fn groups(&mut self) {
        for class in self.classes {
            for peers in each(self.peers, &class.groups) {
                let sends = class.sends_all() && self.graph.has(&peers.from);
                let takes = class.takes_all() && self.graph.has(&peers.to);
                for workload in class.members.iter().filter_map(|n| self.workloads.get(*n)) {
                    if sends {
                        self.graph.relate(&workload.id, RelationKind::Reaches, &peers.from);
                    }
                    if takes {
                        self.graph.relate(&peers.to, RelationKind::Reaches, &workload.id);
                    }
                }
            }
        }
    }

    /// Classes that are isolated in the one direction and those that are in the other.
    fn pairs(&mut self) {
        let mut in_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, class) in self.classes.iter().enumerate().filter(|(_, class)| !class.takes_all()) {
            for group in &class.groups {
                in_group.entry(*group).or_default().push(n);
            }
        }
        let (mut compared, mut looked_at) = (0, 0);
        for (n, class) in self.classes.iter().enumerate() {
            let Some(sends) = class.sends.filter(|passes| !passes.pods) else { continue };
            let mut meant = BTreeSet::new();
            for m in sends.groups.iter().filter_map(|group| in_group.get(group)).flatten() {
                looked_at += 1;
                if looked_at > MOST_LOOKED_AT {
                    return self.too_many();
                }
                meant.insert(*m);
            }
            for m in meant {
                let takes = self.classes.get(m).and_then(|other| other.takes);
                let Some(takes) = takes.map(|takes| &takes.groups) else { continue };
                compared += 1;
                looked_at += class.groups.len().min(takes.len());
                if compared > MOST_PAIRS || looked_at > MOST_LOOKED_AT {
                    return self.too_many();
                }
                let meet = if class.groups.len() <= takes.len() {
                    class.groups.iter().any(|group| takes.contains(group))
                } else {
                    takes.iter().any(|group| class.groups.binary_search(group).is_ok())
                };
                if meet {
                    let (out, into) = (self.side(n, "out"), self.side(m, "in"));
                    self.graph.relate(&out, RelationKind::Reaches, &into);
                }
            }
        }
    }

    fn too_many(&mut self) {
        self.graph.note(
            NoteKind::Ignored,
            "network policies pair more segments than are looked at: some ways are missing",
        );
    }

    /// The zone of what a class sends or takes, named by its first workload.
    fn side(&mut self, class: usize, side: &str) -> AssetId {
        let first = self.classes.get(class).and_then(|class| class.members.first());
        let first = first.and_then(|n| self.workloads.get(*n)).map_or("", |workload| workload.id.as_str());
        let id = AssetId::fitting(format!("{first}/segment/{side}"));
        self.graph.add(&id, AssetKind::NetworkZone);
        id
    }
}

/// The zones of groups.
fn each<'g>(
    peers: &'g [Peers],
    groups: impl IntoIterator<Item = &'g usize>,
) -> impl Iterator<Item = &'g Peers> {
    groups.into_iter().filter_map(|group| peers.get(*group))
}
