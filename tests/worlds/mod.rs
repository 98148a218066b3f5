//! Small random environments, and what a world of theirs is: shared by the laws and the oracle.
//!
//! A [`Scene`] is what proptest draws and shrinks: numbers into short lists. [`Scene::contents`] writes it out as records.

pub mod exact;

use ctem_core::{
    Assessment, Environment, Moment, Program, Report,
    id::{AssetId, ControlId, FindingId, LossEventId, ServiceId, WeaknessId},
    model::{
        Access, Asset, AssetKind, Attacker, Contents, Control, Criticality, EntryPoint, Evidence, Exploit,
        Finding, LossEvent, LossSize, Outcome, Relation, RelationKind, Service, Trigger, Weakness,
        WeaknessKind,
    },
    prioritize::{AssessOptions, LossEventRisk},
    quantity::{Loss, Probability},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use std::collections::BTreeMap;

pub const AS_OF: &str = "2025-11-13";
pub const KINDS: [AssetKind; 13] = [
    AssetKind::Host,
    AssetKind::Workload,
    AssetKind::Function,
    AssetKind::Repository,
    AssetKind::DataStore,
    AssetKind::Identity,
    AssetKind::Group,
    AssetKind::NetworkZone,
    AssetKind::Realm,
    AssetKind::Credential,
    AssetKind::Image,
    AssetKind::Application,
    AssetKind::Pipeline,
];
pub const RELATIONS: [RelationKind; 18] = [
    RelationKind::Reaches,
    RelationKind::RunsOn,
    RelationKind::MemberOf,
    RelationKind::CanAssume,
    RelationKind::Administers,
    RelationKind::Reads,
    RelationKind::Writes,
    RelationKind::Builds,
    RelationKind::HoldsSessionOf,
    RelationKind::Contains,
    RelationKind::LiesIn,
    RelationKind::LogsOnTo,
    RelationKind::Operates,
    RelationKind::EscapesTo,
    RelationKind::Stores,
    RelationKind::Opens,
    RelationKind::InstanceOf,
    RelationKind::DependsOn,
];
const CONTAINS: usize = 9;
const VECTORS: [&str; 6] = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:N",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    "AV:N/AC:M/Au:N/C:P/I:P/A:P",
];

/// So many cases of this run's seed, unless `PROPTEST_CASES` says otherwise.
pub fn cases(number: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(number);
    let rng_seed = RngSeed::Fixed(crate::draw::seed());
    Config { cases, rng_seed, failure_persistence: None, max_global_rejects: 65_536, ..Config::default() }
}

pub fn asset(n: usize) -> AssetId {
    AssetId::parse(&format!("a{n}")).unwrap()
}

pub fn control(n: usize) -> ControlId {
    ControlId::parse(&format!("c{n}")).unwrap()
}

pub fn finding(n: usize) -> FindingId {
    FindingId::parse(&format!("f{n}")).unwrap()
}

pub fn chance(p: f64) -> Probability {
    Probability::new(p).unwrap()
}

pub fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

/// A chance, often one at a corner.
pub fn any_chance() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(0.0),
        2 => Just(1.0),
        1 => Just(1e-6),
        3 => prop::sample::select(vec![0.1, 0.25, 0.5, 0.9]),
        3 => (0u32..=1000).prop_map(|n| f64::from(n) / 1000.0),
    ]
}

/// A small environment as numbers.
#[derive(Debug, Clone)]
pub struct Scene {
    /// By asset: its kind and its criticality.
    pub assets: Vec<(usize, Option<Criticality>)>,
    /// From, kind, to, and the control that guards it.
    pub relations: Vec<(usize, usize, usize, Option<usize>)>,
    pub flaws: Vec<Flaw>,
    /// By control: what it stops, if stated; its tests; what it protects.
    pub controls: Vec<(Option<f64>, u32, u32, Vec<usize>)>,
    /// Finding, method, outcome, days before the assessment.
    pub evidence: Vec<(usize, usize, usize, u32)>,
    /// Asset, access, chance. The first asset is always an entry point, so that nothing is assumed of entry.
    pub entries: Vec<(usize, usize, f64)>,
    pub events: Vec<(f64, Shape)>,
}

/// A finding as numbers.
#[derive(Debug, Clone)]
pub struct Flaw {
    pub asset: usize,
    pub weakness: usize,
    /// What it needs and gives, and threat, local and success; or none, and the engine concludes them.
    pub stated: Option<(usize, usize, [f64; 3])>,
    pub vector: usize,
    pub epss: Option<f64>,
    pub opens: Option<usize>,
}

/// A trigger as numbers.
#[derive(Debug, Clone)]
pub enum Shape {
    State(usize, usize),
    Any(Vec<Shape>),
    All(Vec<Shape>),
    AtLeast(u32, Vec<Shape>),
}

/// How large, and how much is stated rather than concluded.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub assets: usize,
    pub relations: usize,
    pub flaws: usize,
    pub stated: bool,
}

pub const SMALL: Size = Size { assets: 5, relations: 9, flaws: 5, stated: true };
pub const ANY: Size = Size { assets: 7, relations: 14, flaws: 8, stated: false };

pub fn shape() -> impl Strategy<Value = Shape> {
    let leaf = (0usize..16, 0usize..7).prop_map(|(asset, access)| Shape::State(asset, access));
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::Any),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::All),
            (0u32..4, prop::collection::vec(inner, 0..4)).prop_map(|(count, of)| Shape::AtLeast(count, of)),
        ]
    })
}

pub fn flaw(stated: bool) -> impl Strategy<Value = Flaw> {
    let all = (0usize..6, 0usize..7, [any_chance(), any_chance(), any_chance()]);
    let all = (all, 0u32..10).prop_map(move |(all, lot)| (stated || lot < 4).then_some(all));
    (
        0usize..16,
        0usize..4,
        all,
        0..VECTORS.len() + 1,
        prop::option::of(any_chance()),
        prop::option::weighted(0.2, 0usize..16),
    )
        .prop_map(|(asset, weakness, stated, vector, epss, opens)| Flaw {
            asset,
            weakness,
            stated,
            vector,
            epss,
            opens,
        })
}

pub fn scene(size: Size) -> impl Strategy<Value = Scene> {
    use Criticality::{CrownJewel, High, Low, Medium};
    let tier = prop::option::weighted(0.2, prop::sample::select(vec![Low, Medium, High, CrownJewel]));
    let relation = (0usize..16, 0..RELATIONS.len(), 0usize..16, prop::option::weighted(0.25, 0usize..2));
    let guard = (
        prop::option::weighted(0.6, any_chance()),
        0u32..5,
        0u32..5,
        prop::collection::vec(0usize..16, 0..2),
    );
    (
        prop::collection::vec((0..KINDS.len(), tier), 2..=size.assets),
        prop::collection::vec(relation, 1..=size.relations),
        prop::collection::vec(flaw(size.stated), 0..=size.flaws),
        prop::collection::vec(guard, 0..=2),
        prop::collection::vec((0usize..16, 0usize..2, 0usize..4, 0u32..120), 0..=3),
        prop::collection::vec((0usize..16, 0usize..6, any_chance()), 1..=2),
        prop::collection::vec((any_chance(), shape()), 1..=2),
    )
        .prop_map(|(assets, relations, flaws, controls, evidence, entries, events)| Scene {
            assets,
            relations,
            flaws,
            controls,
            evidence,
            entries,
            events,
        })
}

impl Scene {
    pub fn asset(&self, n: usize) -> AssetId {
        asset(n % self.assets.len())
    }

    pub fn contents(&self) -> Contents {
        let mut contents = Contents::default();
        for (n, (kind, criticality)) in self.assets.iter().enumerate() {
            let mut one = Asset::new(asset(n), KINDS[*kind].clone());
            one.criticality = *criticality;
            contents.assets.push(one);
        }
        // Every asset stands somewhere, so that no place is assumed.
        for n in 1..self.assets.len() {
            let nothing = "stands_beside".parse().unwrap();
            contents.relations.push(Relation::new(asset(0), nothing, asset(n)));
        }
        contents.relations.extend(self.relations.iter().map(|relation| self.relation(relation)));
        contents.findings.extend(self.flaws.iter().enumerate().map(|(n, flaw)| self.finding(n, flaw)));
        for (n, (stops, blocked, bypassed, protects)) in self.controls.iter().enumerate() {
            let mut one = Control::new(control(n));
            one.stops = stops.map(chance);
            (one.blocked, one.bypassed) = (*blocked, *bypassed);
            one.protects = protects.iter().map(|asset| self.asset(*asset)).collect();
            contents.controls.push(one);
        }
        if !self.flaws.is_empty() {
            contents.evidence.extend(self.evidence.iter().map(|evidence| self.evidence(evidence)));
        }
        let start = EntryPoint::new(asset(0), Access::Reach, Attacker::Internet);
        contents.entry_points.push(start);
        contents.entry_points.extend(self.entries.iter().map(|entry| self.entry(entry)));
        let mut service = Service::new(ServiceId::parse("s").unwrap());
        service.loss_events =
            self.events.iter().enumerate().map(|(n, (loss, shape))| self.event(n, *loss, shape)).collect();
        contents.services.push(service);
        contents
    }

    pub fn relation(&self, (from, kind, to, guard): &(usize, usize, usize, Option<usize>)) -> Relation {
        let (from, to) = (self.asset(*from), self.asset(*to));
        // Nothing contains itself.
        let kind = if from == to && *kind == CONTAINS { 0 } else { *kind };
        let mut relation = Relation::new(from, RELATIONS[kind].clone(), to);
        relation.controls = guard.map(control).into_iter().collect();
        relation
    }

    pub fn finding(&self, n: usize, flaw: &Flaw) -> Finding {
        let id = WeaknessId::parse(&format!("CVE-2024-{:04}", flaw.weakness)).unwrap();
        let mut weakness = Weakness::new(id, WeaknessKind::Vulnerability);
        weakness.cvss = VECTORS.get(flaw.vector).map(|text| text.parse().unwrap()).into_iter().collect();
        weakness.epss = flaw.epss.map(chance);
        let mut one = Finding::new(self.asset(flaw.asset), weakness);
        one.id = Some(finding(n));
        // A component of its own keeps findings of one weakness on one asset apart.
        one.component = Some(ctem_core::model::Component::new(&format!("part{n}"), None));
        let opens = flaw.opens.map(|asset| self.asset(asset));
        let mut exploit = Exploit { opens, ..Exploit::default() };
        if let Some((needs, gives, [threat, local, success])) = flaw.stated {
            (exploit.needs, exploit.gives) =
                (Some(Access::ALL[needs].into()), Some(Access::ALL[gives].into()));
            exploit.threat = Some(chance(threat));
            (exploit.local, exploit.success) = (Some(chance(local)), Some(chance(success)));
        }
        one.exploit = Some(Box::new(exploit)).filter(|exploit| **exploit != Exploit::default());
        one
    }

    pub fn evidence(&self, (flaw, method, outcome, age): &(usize, usize, usize, u32)) -> Evidence {
        let outcomes = [Outcome::Exploited, Outcome::Blocked, Outcome::NotReachable, Outcome::NotAffected];
        let day = moment(AS_OF).unix_seconds() - i64::from(*age) * 86_400;
        let at = Moment::from_unix_seconds(day).unwrap();
        Evidence::new(finding(flaw % self.flaws.len()), ["bas", "scan"][*method], outcomes[*outcome], at)
    }

    pub fn entry(&self, (asset, access, p): &(usize, usize, f64)) -> EntryPoint {
        let mut entry = EntryPoint::new(self.asset(*asset), Access::ALL[*access], Attacker::Phishing);
        entry.chance = chance(*p);
        entry
    }

    fn event(&self, n: usize, loss: f64, shape: &Shape) -> LossEvent {
        let loss = Loss::new(loss, ctem_core::quantity::Unit::CrownJewel).unwrap();
        let id = LossEventId::parse(&format!("e{n}")).unwrap();
        LossEvent::new(id, LossSize::known(loss), self.trigger(shape))
    }

    fn trigger(&self, shape: &Shape) -> Trigger {
        let all = |of: &[Shape]| of.iter().map(|shape| self.trigger(shape)).collect();
        match shape {
            Shape::State(asset, access) => {
                Trigger::State { asset: self.asset(*asset), access: Access::ALL[*access] }
            }
            Shape::Any(of) => Trigger::Any(all(of)),
            Shape::All(of) => Trigger::All(all(of)),
            Shape::AtLeast(count, of) => Trigger::AtLeast { count: *count, of: all(of) },
        }
    }
}

/// A report of these contents.
pub fn report(contents: Contents) -> Report {
    Report::from(contents)
}

/// The program that knows these contents and nothing else.
pub fn program(contents: Contents) -> Program {
    Program::from(environment(contents))
}

pub fn environment(contents: Contents) -> Environment {
    Environment::try_from(contents).unwrap()
}

pub fn assess(contents: Contents) -> Assessment {
    assess_with(contents, AssessOptions::default())
}

pub fn assess_with(contents: Contents, options: AssessOptions<'_>) -> Assessment {
    program(contents).assess_with(moment(AS_OF), options).unwrap()
}

/// By loss event: the lower bound of its chance, which is its most probable way's, and the exact chance where there are few
/// enough worlds.
pub fn chances(assessment: &Assessment) -> BTreeMap<String, (f64, Option<f64>)> {
    let mut loss_events = assessment.loss_events();
    loss_events.sort_by(|a, b| a.stake.event.id.cmp(&b.stake.event.id));
    let exact = exact::Worlds::of(assessment.snapshot()).map(|worlds| worlds.events(assessment.snapshot()));
    let one = |(n, jewel): (usize, &LossEventRisk<'_>)| {
        let exact = exact.as_ref().map(|exact| exact[n]);
        (jewel.stake.event.id.to_string(), (jewel.chance.lower(), exact))
    };
    loss_events.iter().enumerate().map(one).collect()
}
