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
    model::{AssetKind, NoteKind, RelationKind},
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
    let mut zones = Zones { workloads, classes: &classes, names: &policed.groups, pods: pods.clone(), graph };
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
    names: &'z [(String, Vec<usize>)],
    pods: AssetId,
    graph: &'z mut Graph<'d, 'o>,
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
        for group in &passes.groups {
            let from = self.group(*group, "from");
            self.graph.relate(&from, RelationKind::Reaches, &into);
        }
        for range in passes.ranges.iter().filter(|range| !range.ends_with("/0")) {
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
        for group in &passes.groups {
            let to = self.group(*group, "to");
            self.graph.relate(&out, RelationKind::Reaches, &to);
        }
    }

    /// Members of groups: those that send to all are let in by name, those that take from all are sent to by name.
    fn groups(&mut self) {
        for class in self.classes {
            for group in &class.groups {
                for (side, passes) in [("from", class.sends_all()), ("to", class.takes_all())] {
                    let zone = self.group_id(*group, side);
                    if !passes || !self.graph.has(&zone) {
                        continue;
                    }
                    for workload in class.members.iter().filter_map(|n| self.workloads.get(*n)) {
                        let (from, to) =
                            if side == "from" { (&workload.id, &zone) } else { (&zone, &workload.id) };
                        self.graph.relate(from, RelationKind::Reaches, to);
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
        let mut compared = 0;
        for (n, class) in self.classes.iter().enumerate() {
            let Some(sends) = class.sends.filter(|passes| !passes.pods) else { continue };
            let meant: BTreeSet<usize> =
                sends.groups.iter().filter_map(|group| in_group.get(group)).flatten().copied().collect();
            for m in meant {
                compared += 1;
                if compared > MOST_PAIRS {
                    self.graph.note(
                        NoteKind::Ignored,
                        "network policies pair more segments than are looked at: some ways are missing",
                    );
                    return;
                }
                let takes = self.classes.get(m).and_then(|other| other.takes);
                if takes.is_some_and(|takes| class.groups.iter().any(|group| takes.groups.contains(group))) {
                    let (out, into) = (self.side(n, "out"), self.side(m, "in"));
                    self.graph.relate(&out, RelationKind::Reaches, &into);
                }
            }
        }
    }

    /// The zone of what a class sends or takes, named by its first workload.
    fn side(&mut self, class: usize, side: &str) -> AssetId {
        let first = self.classes.get(class).and_then(|class| class.members.first());
        let first = first.and_then(|n| self.workloads.get(*n)).map_or("", |workload| workload.id.as_str());
        let id = AssetId::fitting(format!("{first}/segment/{side}"));
        self.graph.add(&id, AssetKind::NetworkZone);
        id
    }

    fn group_id(&self, group: usize, side: &str) -> AssetId {
        let name = self.names.get(group).map_or("", |(name, _)| name);
        self.graph.global("Network", &format!("{name}/{side}"))
    }

    fn group(&mut self, group: usize, side: &str) -> AssetId {
        let id = self.group_id(group, side);
        self.graph.add(&id, AssetKind::NetworkZone);
        id
    }
}
