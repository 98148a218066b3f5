//! Values from the literature: attack graphs and reliability networks written as environments.

use crate::{ROUNDING, mine::Mine, worlds, worlds::exact::Worlds};
use ctem_core::{
    id::{AssetId, FindingId, LossEventId, ServiceId, WeaknessId},
    model::{
        Access, Asset, AssetKind, Attacker, Contents, EntryPoint, Exploit, Finding, LossEvent, LossSize,
        Relation, RelationKind, Service, Trigger, Weakness, WeaknessKind,
    },
    quantity::{Loss, Unit},
};

/// A network being written down.
#[derive(Default)]
struct Network {
    contents: Contents,
}

impl Network {
    fn id(name: &str) -> AssetId {
        AssetId::parse(name).unwrap()
    }

    fn node(&mut self, name: &str) {
        self.contents.assets.push(Asset::new(Self::id(name), AssetKind::Host));
    }

    /// Something that opens with a chance: whoever uses one of `from` can try it, and who succeeds uses `to`.
    fn link(&mut self, name: &str, chance: f64, from: &[&str], to: &[&str]) {
        self.contents.assets.push(Asset::new(Self::id(name), AssetKind::Workload));
        for from in from {
            self.relate(from, RelationKind::Reaches, name);
        }
        for to in to {
            self.relate(name, RelationKind::HoldsSessionOf, to);
        }
        self.flaw(name, name, Access::Reach, Access::Use, chance);
    }

    fn relate(&mut self, from: &str, kind: RelationKind, to: &str) {
        self.contents.relations.push(Relation::new(Self::id(from), kind, Self::id(to)));
    }

    fn flaw(&mut self, name: &str, on: &str, needs: Access, gives: Access, chance: f64) {
        let weakness =
            Weakness::new(WeaknessId::parse(&format!("own:{name}")).unwrap(), WeaknessKind::Vulnerability);
        let mut finding = Finding::new(Self::id(on), weakness);
        let mut exploit = Exploit::default();
        (exploit.needs, exploit.gives) = (Some(needs.into()), Some(gives.into()));
        exploit.threat = Some(worlds::chance(1.0));
        (exploit.local, exploit.success) = (Some(worlds::chance(chance)), Some(worlds::chance(1.0)));
        finding.id = Some(FindingId::parse(name).unwrap());
        finding.exploit = Some(Box::new(exploit));
        self.contents.findings.push(finding);
    }

    fn start(&mut self, name: &str) {
        let entry = EntryPoint::new(Self::id(name), Access::Use, Attacker::Assumed);
        self.contents.entry_points.push(entry);
    }

    fn goal(&mut self, name: &str, access: Access) {
        let when = Trigger::State { asset: Self::id(name), access };
        let loss = LossSize::known(Loss::new(1.0, Unit::CrownJewel).unwrap());
        let event = format!("{access}({name})");
        let mut service = Service::new(ServiceId::parse(&event).unwrap());
        service.loss_events.push(LossEvent::new(LossEventId::parse(&event).unwrap(), loss, when));
        self.contents.services.push(service);
    }

    /// Both enumerations find the published chance, and the engine's bounds hold it.
    fn proves(&self, event: &str, published: f64, digits: f64) {
        let assessment = worlds::assess(self.contents.clone());
        let theirs = crate::by_event(&assessment, &Worlds::of(assessment.snapshot()).unwrap())[event];
        let mine = Mine::of(&self.contents).chances().unwrap()[event];
        assert!((mine - published).abs() <= digits, "{event}: {mine}, published {published}");
        assert!((theirs - mine).abs() <= ROUNDING, "{event}: {theirs} and {mine}");
        let loss_events = assessment.loss_events();
        let jewel = loss_events.iter().find(|jewel| jewel.stake.event.id.as_str() == event).unwrap();
        let (lower, upper) = (jewel.chance.lower(), jewel.chance.upper());
        assert!(
            lower <= mine + ROUNDING && mine <= upper + ROUNDING,
            "{event}: [{lower}, {upper}] and {mine}"
        );
    }
}

/// Wang, Islam, Long, Singhal and Jajodia, *An Attack Graph-Based Probabilistic Security Metric* (2008), their running
/// example: user(1) = 0.748, user(2) = 0.8707968, root(2) = 0.08707968.
#[test]
fn the_chances_of_wang_and_others_2008_are_found() {
    let mut network = Network::default();
    for host in ["host0", "host1", "host2"] {
        network.node(host);
    }
    for (from, to) in [("host0", "host1"), ("host0", "host2"), ("host1", "host2")] {
        let (trust, shell) = (format!("ftp_rhosts({from},{to})"), format!("rsh({from},{to})"));
        network.link(&shell, 0.9, &[], &[to]);
        network.link(&trust, 0.8, &[from], &[]);
        network.relate(&trust, RelationKind::Reaches, &shell);
    }
    network.link("sshd_bof(0,1)", 0.1, &["host0"], &["host1"]);
    network.flaw("local_bof(2)", "host2", Access::Use, Access::Control, 0.1);
    network.start("host0");
    network.goal("host1", Access::Use);
    network.goal("host2", Access::Use);
    network.goal("host2", Access::Control);
    network.proves("use(host1)", 0.748, 1e-12);
    network.proves("use(host2)", 0.8707968, 1e-12);
    network.proves("control(host2)", 0.08707968, 1e-12);
}

/// A network of links that all hold with one chance, from the first node to the last.
fn reliability(links: &[(usize, usize)], directed: bool, chance: f64) -> Network {
    let mut network = Network::default();
    let last = links.iter().map(|(_, to)| *to).max().unwrap();
    let name = |n: usize| format!("n{n}");
    (0..=last).for_each(|n| network.node(&name(n)));
    for (from, to) in links {
        let (from, to) = (name(*from), name(*to));
        let (ends, starts): (&[&str], &[&str]) =
            if directed { (&[&to], &[&from]) } else { (&[&to, &from], &[&from, &to]) };
        network.link(&format!("{from}-{to}"), chance, starts, ends);
    }
    network.start("n0");
    network.goal(&name(last), Access::Use);
    network
}

const BRIDGE: [(usize, usize); 5] = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)];
const COMPLETE: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
const GRID: [(usize, usize); 12] =
    [(0, 1), (1, 2), (3, 4), (4, 5), (6, 7), (7, 8), (0, 3), (3, 6), (1, 4), (4, 7), (2, 5), (5, 8)];

#[test]
fn the_reliability_of_the_bridge_is_its_polynomial() {
    for p in [0.1, 0.5, 0.9] {
        let both: f64 = 2.0 * p * p + 2.0 * f64::powi(p, 3) - 5.0 * f64::powi(p, 4) + 2.0 * f64::powi(p, 5);
        reliability(&BRIDGE, false, p).proves("use(n3)", both, 1e-12);
        let one: f64 = 2.0 * p * p + f64::powi(p, 3) - 3.0 * f64::powi(p, 4) + f64::powi(p, 5);
        reliability(&BRIDGE, true, p).proves("use(n3)", one, 1e-12);
    }
}

#[test]
fn the_reliability_of_four_nodes_all_linked_is_as_in_textbooks() {
    reliability(&COMPLETE, false, 0.5).proves("use(n3)", 0.75, 1e-12);
    reliability(&COMPLETE, false, 0.9).proves("use(n3)", 0.997848, 5e-7);
}

#[test]
fn the_reliability_of_a_grid_of_nine_from_corner_to_corner_is_found() {
    for (directed, p, published) in [
        (false, 0.5, 0.277_099_609_4),
        (false, 0.9, 0.972_502_171_4),
        (true, 0.5, 0.265_869_140_6),
        (true, 0.9, 0.969_926_808_3),
    ] {
        reliability(&GRID, directed, p).proves("use(n8)", published, 5e-11);
    }
}
