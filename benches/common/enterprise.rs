//! A seeded environment of the shape of an enterprise's.
//!
//! Of all assets 55 % are hosts, 30 % identities, 5 % groups and 10 % data stores. Hosts stand in zones of about 200 and reach
//! four others of their zone, half of them one beyond; 70 % have a finding, and only those are reached, so that each way in is
//! guarded by the target's finding. A finding's chance is heavy-tailed, as EPSS is: the median is 0.002 and one in twenty
//! is above 0.1. Hosts hold sessions of two identities, identities belong to three groups whose sizes are Zipf-like, groups
//! write to four hosts past a control that several share, and read two data stores; every data store lies on a host. Some
//! hundred hosts can be reached from the internet, and one data store in a hundred is a jewel with a lognormal loss.

use super::Random;
use ctem_core::{
    id::{AssetId, ControlId},
    model::{
        Access, Asset, AssetKind, Attacker, Control, EntryPoint, Exploit, Finding, LossEvent, LossSize,
        Record, Relation, RelationKind, Service, Trigger, Weakness, WeaknessKind,
    },
    quantity::{Loss, Probability},
};

/// The environment, before it is written as records.
pub struct Enterprise {
    seed: u64,
    hosts: usize,
    identities: usize,
    groups: usize,
    stores: usize,
    controls: Vec<f64>,
    /// By host: the chance of its finding; 0 when it has none.
    chances: Vec<f64>,
    /// The hosts, zone after zone.
    order: Vec<u32>,
    zone_of: Vec<u32>,
    entries: Vec<usize>,
    jewels: Vec<(usize, f64)>,
}

/// How many hosts a zone has.
const ZONE: usize = 200;

/// What can be held, besides the attacker's own start.
#[derive(Clone, Copy)]
enum Thing {
    Host(usize),
    Identity(usize),
    Group(usize),
    Store(usize),
}

impl Enterprise {
    pub fn new(assets: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let part = |share: f64| (assets as f64 * share) as usize;
        let (hosts, identities, groups) = (part(0.55).max(4), part(0.3).max(4), part(0.05).max(4));
        let stores = assets.saturating_sub(hosts + identities + groups).max(5);
        let chance = |random: &mut Random| match random.unit() < 0.7 {
            true => random.lognormal(0.002, 2.2).clamp(1e-5, 0.97),
            false => 0.0,
        };
        let chances = (0..hosts).map(|_| chance(&mut random)).collect();
        let order = shuffled(hosts, &mut random);
        let mut zone_of = vec![0; hosts];
        for (n, host) in order.iter().enumerate() {
            zone_of[*host as usize] = (n / ZONE) as u32;
        }
        let controls = (0..(hosts / 20).max(1)).map(|_| random.beta(1.2, 6.0).clamp(0.001, 0.95)).collect();
        let entries = shuffled(hosts, &mut random).into_iter().take((hosts / 300).clamp(3, 400));
        let entries = entries.map(|host| host as usize).collect();
        let jewels = shuffled(stores, &mut random).into_iter().take((stores / 100).clamp(5, 1000));
        let jewels = jewels.map(|store| (store as usize, random.lognormal(2e5, 1.2).round())).collect();
        Self {
            seed: random.bits(),
            hosts,
            identities,
            groups,
            stores,
            controls,
            chances,
            order,
            zone_of,
            entries,
            jewels,
        }
    }

    /// Every record, assets before what speaks of them.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        let assets = (0..self.hosts)
            .map(|n| (Thing::Host(n), AssetKind::Host))
            .chain((0..self.identities).map(|n| (Thing::Identity(n), AssetKind::Identity)))
            .chain((0..self.groups).map(|n| (Thing::Group(n), AssetKind::Group)))
            .chain((0..self.stores).map(|n| (Thing::Store(n), AssetKind::DataStore)))
            .map(|(thing, kind)| Record::Asset(Asset::new(id(thing), kind)));
        let controls = self.controls.iter().enumerate().map(|(n, fails)| {
            let mut control = Control::new(control_id(n));
            control.stops = Some(Probability::clamped(1.0 - fails));
            Record::Control(control)
        });
        let relations = self.edges().map(|(from, to, control)| {
            let kind = match (from, to) {
                (Thing::Host(_), Thing::Host(_)) => RelationKind::Reaches,
                (Thing::Host(_), Thing::Identity(_)) => RelationKind::HoldsSessionOf,
                (Thing::Identity(_), _) => RelationKind::MemberOf,
                (Thing::Group(_), Thing::Host(_)) => RelationKind::Writes,
                (_, _) => RelationKind::Reads,
            };
            let mut relation = Relation::new(id(from), kind, id(to));
            relation.controls = control.map(control_id).into_iter().collect();
            Record::Relation(Box::new(relation))
        });
        let findings = self.weak_hosts().map(|host| {
            let weakness = Weakness::new(parsed(&format!("flaw:{host}")), WeaknessKind::Vulnerability);
            let mut finding = Finding::new(id(Thing::Host(host)), weakness);
            let mut exploit = Exploit::default();
            (exploit.needs, exploit.gives) = (Some(Access::Reach.into()), Some(Access::Control.into()));
            exploit.threat = Some(Probability::clamped(self.chances[host]));
            (exploit.local, exploit.success) = (Some(Probability::ONE), Some(Probability::ONE));
            finding.exploit = Some(Box::new(exploit));
            Record::Finding(Box::new(finding))
        });
        let entries = self.entries.iter().map(|host| {
            Record::EntryPoint(EntryPoint::new(id(Thing::Host(*host)), Access::Reach, Attacker::Internet))
        });
        let services = self.jewels.chunks(20).enumerate().map(|(n, jewels)| {
            let mut service = Service::new(parsed(&format!("service:{n}")));
            service.loss_events = jewels.iter().map(|(store, loss)| disclosed(*store, *loss)).collect();
            Record::Service(service)
        });
        assets.chain(controls).chain(relations).chain(findings).chain(entries).chain(services)
    }

    /// The same as a weighted graph, for peers that know nothing else: a node for every asset that is held, and one for the
    /// attacker; each edge with the chance that it is taken. Three columns.
    pub fn graph(&self) -> (Vec<u32>, Vec<u32>, Vec<f64>) {
        let attacker = (self.hosts + self.identities + self.groups + self.stores) as u32;
        let entries = self.entries.iter().filter(|host| self.chances[**host] > 0.0);
        let start = entries.map(|host| (attacker, *host as u32, self.chances[*host]));
        let edges = self.edges().map(|(from, to, control)| {
            let chance = match (from, to, control) {
                (Thing::Host(_), Thing::Host(to), _) => self.chances[to],
                // Stated as what it stops, so what fails is what is left of that.
                (_, _, Some(control)) => 1.0 - (1.0 - self.controls[control]),
                (_, _, None) => 1.0,
            };
            (self.node(from), self.node(to), chance)
        });
        let mut columns = (Vec::new(), Vec::new(), Vec::new());
        for (from, to, chance) in edges.chain(start) {
            columns.0.push(from);
            columns.1.push(to);
            columns.2.push(chance);
        }
        columns
    }

    /// The same as arrays with variables: a host's finding has the host's number, controls come behind.
    pub fn network(&self, folder: &std::path::Path) -> super::network::Network {
        let mut edges: Vec<(u32, u32, i32)> = self
            .edges()
            .map(|(from, to, control)| {
                let variable = match (from, to, control) {
                    (Thing::Host(_), Thing::Host(to), None) => to as i32,
                    (_, _, Some(control)) => (self.hosts + control) as i32,
                    (_, _, None) => -1,
                };
                (self.node(from), self.node(to), variable)
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        super::network::Network {
            nodes: (self.hosts + self.identities + self.groups + self.stores) as u32,
            from: edges.iter().map(|edge| edge.0).collect(),
            to: edges.iter().map(|edge| edge.1).collect(),
            variable: edges.iter().map(|edge| edge.2).collect(),
            chances: self.chances.iter().chain(&self.controls).copied().collect(),
            entries: self.entries.iter().map(|host| *host as u32).collect(),
            jewels: self.jewel_nodes().collect(),
            losses: self.jewels.iter().map(|(_, loss)| *loss).collect(),
            folder: folder.into(),
        }
    }

    /// The nodes of the jewels in that graph.
    pub fn jewel_nodes(&self) -> impl Iterator<Item = u32> + '_ {
        self.jewels.iter().map(|(store, _)| self.node(Thing::Store(*store)))
    }

    fn node(&self, thing: Thing) -> u32 {
        let node = match thing {
            Thing::Host(n) => n,
            Thing::Identity(n) => self.hosts + n,
            Thing::Group(n) => self.hosts + self.identities + n,
            Thing::Store(n) => self.hosts + self.identities + self.groups + n,
        };
        node as u32
    }

    fn weak_hosts(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.hosts).filter(|host| self.chances[*host] > 0.0)
    }

    /// Every relation: its ends, and the control on it. A pair may come twice, as it does in reports.
    fn edges(&self) -> impl Iterator<Item = (Thing, Thing, Option<usize>)> + '_ {
        let by_kind = |n: u64| Random(self.seed.wrapping_add(n));
        let weak = |(from, to): &(usize, usize)| from != to && self.chances[*to] > 0.0;
        let host_pair = |(from, to)| (Thing::Host(from), Thing::Host(to), None);
        let mut random = by_kind(1);
        let within = (0..4 * self.hosts)
            .map(move |n| {
                let start = self.zone_of[n / 4] as usize * ZONE;
                let end = (start + ZONE).min(self.hosts);
                (n / 4, self.order[start + random.below(end - start)] as usize)
            })
            .filter(weak)
            .map(host_pair);
        let mut random = by_kind(2);
        let across = (0..self.hosts / 2)
            .map(move |_| (random.below(self.hosts), random.below(self.hosts)))
            .filter(weak)
            .map(host_pair);
        let mut random = by_kind(3);
        let sessions = (0..2 * self.hosts).map(move |n| {
            let identity = (random.unit().powi(2) * self.identities as f64) as usize;
            (Thing::Host(n / 2), Thing::Identity(identity), None)
        });
        let mut random = by_kind(4);
        let membership = (0..3 * self.identities).map(move |n| {
            // Half of all memberships are in few groups, by a Pareto tail of exponent 1.1.
            let large = 2.0 * ((1.0 - random.unit()).powf(-1.0 / 1.1) - 1.0);
            let group = if random.unit() < 0.5 { large as usize } else { random.below(self.groups) };
            (Thing::Identity(n / 3), Thing::Group(group.min(self.groups - 1)), None)
        });
        let mut random = by_kind(5);
        let rights = (0..4 * self.groups).map(move |n| {
            let (host, control) = (random.below(self.hosts), random.below(self.controls.len()));
            (Thing::Group(n / 4), Thing::Host(host), Some(control))
        });
        let mut random = by_kind(6);
        let access = (0..2 * self.groups)
            .map(move |n| (Thing::Group(n / 2), Thing::Store(random.below(self.stores)), None));
        let mut random = by_kind(7);
        let storage =
            (0..self.stores).map(move |n| (Thing::Host(random.below(self.hosts)), Thing::Store(n), None));
        within.chain(across).chain(sessions).chain(membership).chain(rights).chain(access).chain(storage)
    }
}

fn disclosed(store: usize, loss: f64) -> LossEvent {
    let when = Trigger::State { asset: id(Thing::Store(store)), access: Access::Use };
    let loss = Loss::new(loss, parsed("EUR")).expect("a loss above 0");
    LossEvent::new(parsed(&format!("disclosed:{store}")), LossSize::known(loss), when)
}

fn id(thing: Thing) -> AssetId {
    parsed(&match thing {
        Thing::Host(n) => format!("host-{n}"),
        Thing::Identity(n) => format!("identity-{n}"),
        Thing::Group(n) => format!("group-{n}"),
        Thing::Store(n) => format!("store-{n}"),
    })
}

fn control_id(n: usize) -> ControlId {
    parsed(&format!("control-{n}"))
}

pub(super) fn parsed<T: std::str::FromStr<Err = ctem_core::Error>>(text: &str) -> T {
    text.parse().expect("a name of the generator's own is valid")
}

pub(super) fn shuffled(count: usize, random: &mut Random) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    for n in (1..count).rev() {
        order.swap(n, random.below(n + 1));
    }
    order
}
