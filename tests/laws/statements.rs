//! What several tools may say of one small organisation, under several names for the same things.

use crate::worlds::{KINDS, RELATIONS, any_chance, chance, moment};
use ctem_core::{
    Moment,
    id::{AssetId, ControlId, FindingId, LossEventId, OwnerId, ServiceId, WeaknessId},
    model::{
        Acceptance, Access, Asset, AssetAccess, Attacker, Component, Control, Criticality, EntryPoint,
        Evidence, Exploit, Finding, Location, LossEvent, LossSize, Outcome, Owner, Record, Relation,
        RelationKind, Secret, Service, Sighting, Status, Trigger, Weakness, WeaknessKind,
    },
    quantity::{Loss, Severity, Unit},
};
use proptest::{option, prelude::*, sample::select};

const ASSETS: [&str; 6] = ["web-1", "10.0.0.5", "shop.example", "db-1", "10.0.0.6", "orders"];
const WEAKNESSES: [&str; 6] =
    ["CVE-2024-0001", "CVE-2024-0002", "GHSA-aaaa", "GHSA-bbbb", "PYSEC-1", "tool:rule"];
const TOOLS: [&str; 3] = ["trivy", "grype", "nessus"];

fn name() -> impl Strategy<Value = AssetId> {
    select(ASSETS.to_vec()).prop_map(|name| AssetId::parse(name).unwrap())
}

fn weakness_name() -> impl Strategy<Value = WeaknessId> {
    select(WEAKNESSES.to_vec()).prop_map(|name| WeaknessId::parse(name).unwrap())
}

fn text(words: &'static [&'static str]) -> impl Strategy<Value = Option<Box<str>>> {
    option::of(select(words).prop_map(Box::from))
}

fn day() -> impl Strategy<Value = Moment> {
    select(["2025-10-01", "2025-11-01", "2025-11-12T08:30:00Z"].to_vec()).prop_map(moment)
}

fn access() -> impl Strategy<Value = Access> {
    select(Access::ALL.to_vec())
}

fn asset() -> impl Strategy<Value = Record> {
    let tiers = [Criticality::Low, Criticality::Medium, Criticality::High, Criticality::CrownJewel];
    (
        name(),
        select(KINDS.to_vec()),
        prop::collection::vec(name(), 0..2),
        text(&["Shop", "shop"]),
        option::of(select(tiers.to_vec())),
        option::of(select(["web", "data"].to_vec())),
        option::of((select(["tier", "zone"].to_vec()), select(["a", "b"].to_vec()))),
    )
        .prop_map(|(id, kind, aliases, name, criticality, owner, label)| {
            let mut asset = Asset::new(id, kind);
            (asset.aliases, asset.name, asset.criticality) = (aliases, name, criticality);
            asset.owner = owner.map(|owner| OwnerId::parse(owner).unwrap());
            asset.labels.extend(label.map(|(label, value)| (label.into(), value.into())));
            Record::Asset(asset)
        })
}

fn location() -> impl Strategy<Value = Location> {
    (text(&["a.py", "b.py"]), option::of(1u32..3), text(&["https://shop.example"]), text(&["443/tcp"]))
        .prop_map(|(path, line, url, port)| {
            let mut location = Location::default();
            (location.path, location.line, location.url, location.port) = (path, line, url, port);
            location
        })
}

fn sighting() -> impl Strategy<Value = Sighting> {
    (
        select(TOOLS.to_vec()),
        text(&["R1", "R2"]),
        text(&["bad", "very bad"]),
        prop::collection::vec(select(["1.1", "2.0"].to_vec()).prop_map(Box::from), 0..2),
        option::of(day()),
        option::of(location().prop_map(Box::new)),
    )
        .prop_map(|(source, rule, severity, fixed_in, seen, location)| {
            let mut sighting = Sighting::by(source);
            (sighting.rule, sighting.severity) = (rule, severity);
            (sighting.fixed_in, sighting.seen, sighting.location) = (fixed_in, seen, location);
            sighting
        })
}

fn weakness() -> impl Strategy<Value = Weakness> {
    let kinds = [
        WeaknessKind::Vulnerability,
        WeaknessKind::Misconfiguration,
        WeaknessKind::Secret,
        WeaknessKind::CodeFlaw,
    ];
    let severities = [Severity::None, Severity::Low, Severity::High, Severity::Critical];
    let vectors = [
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
        "CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:H",
        "AV:N/AC:M/Au:N/C:P/I:P/A:P",
    ];
    (
        weakness_name(),
        prop_oneof![3 => Just(kinds[0]), 2 => select(kinds.to_vec())],
        prop::collection::vec(weakness_name(), 0..2),
        prop::collection::vec(0u32..3, 0..2),
        prop::collection::vec(select(vectors.to_vec()).prop_map(|text: &str| text.parse().unwrap()), 0..2),
        option::of(select(severities.to_vec())),
        option::of(any_chance()),
        any::<bool>(),
    )
        .prop_map(|(id, kind, aliases, cwes, cvss, severity, epss, known_exploited)| {
            let mut weakness = Weakness::new(id, kind);
            (weakness.aliases, weakness.cwes, weakness.cvss) = (aliases, cwes, cvss);
            (weakness.severity, weakness.epss) = (severity, epss.map(chance));
            weakness.known_exploited = known_exploited;
            weakness.published = known_exploited.then(|| "2025-01-02".parse().unwrap());
            weakness
        })
}

fn exploit() -> impl Strategy<Value = Exploit> {
    let factor = || option::of(any_chance().prop_map(chance));
    (
        option::of(access()),
        option::of(access()),
        option::of(name()),
        option::of(select(vec!["T1190", "T1557.002"]).prop_map(|id| id.parse().unwrap())),
        [factor(), factor(), factor()],
    )
        .prop_map(
            |(needs, gives, opens, technique, [threat, local, success]): (
                Option<Access>,
                Option<Access>,
                _,
                _,
                _,
            )| {
                let mut exploit = Exploit::default();
                (exploit.needs, exploit.gives, exploit.opens, exploit.technique) =
                    (needs.map(Into::into), gives.map(Into::into), opens, technique);
                (exploit.threat, exploit.local, exploit.success) = (threat, local, success);
                exploit
            },
        )
}

fn secret() -> impl Strategy<Value = Secret> {
    (
        text(&["00000000000000000000000000000000", "11111111111111111111111111111111"]),
        option::of(any::<bool>()),
    )
        .prop_map(|(fingerprint, verified)| {
            let mut secret = Secret::default();
            (secret.fingerprint, secret.verified) = (fingerprint, verified);
            secret
        })
}

/// A finding, with a name of its own when the source gives one.
fn finding() -> impl Strategy<Value = Record> {
    let component = (
        select(["log4j-core", "org.apache/log4j-core"].to_vec()),
        option::of(select(["2.14", "v2.14"].to_vec())),
        option::of(select(["pkg:maven/log4j-core@2.14?type=jar"].to_vec())),
    )
        .prop_map(|(name, version, purl)| Component::new(name, version).with_purl(purl));
    let statuses = [Status::Fixed, Status::Open, Status::Accepted, Status::NotAffected];
    (
        name(),
        weakness(),
        option::of(component),
        option::of(location().prop_map(Box::new)),
        prop_oneof![3 => Just(Status::Open), 1 => select(statuses.to_vec())],
        option::of(exploit().prop_map(Box::new)),
        option::of(secret().prop_map(Box::new)),
        prop::collection::vec(sighting(), 0..3),
        option::weighted(0.3, any::<u64>()),
    )
        .prop_map(|(asset, weakness, component, location, status, exploit, secret, sightings, own)| {
            let mut finding = Finding::new(asset, weakness);
            (finding.component, finding.location, finding.status) = (component, location, status);
            (finding.exploit, finding.sightings) = (exploit, sightings);
            // Some of what is accepted says who decided it, and until when.
            finding.acceptance = own.filter(|_| status == Status::Accepted).map(|own| {
                let since = Some(moment(&format!("2025-10-0{}", 1 + own % 3)));
                let until = (own % 2 == 0).then(|| moment(&format!("2026-01-0{}", 1 + own % 5)));
                let words = |word: &str, bit: u64| (own & bit != 0).then(|| word.into());
                let (by, reason) = (words("CISO", 8), words("rebuilt in spring", 16));
                Box::new(Acceptance { since, until, by, reason })
            });
            // What is no secret has none.
            finding.secret = secret.filter(|_| finding.weakness.kind == WeaknessKind::Secret);
            // Drawn so wide that no two findings claim one name, which would contradict itself.
            finding.id = own.map(|own| FindingId::parse(&format!("f-{own:x}")).unwrap());
            Record::Finding(Box::new(finding))
        })
}

fn others() -> impl Strategy<Value = Record> {
    let held = || proptest::collection::vec((name(), access()), 0..3);
    let step = (held(), held(), option::of(any_chance()), option::of(any::<bool>()), option::of(0u32..3));
    let relation = (name(), select(RELATIONS.to_vec()), name(), option::of(0usize..2), step).prop_map(
        |(from, kind, to, guard, (needs, gives, chance_of, removable, number))| {
            // Nothing contains itself.
            let kind = if from == to && kind == RelationKind::Contains { RelationKind::Reads } else { kind };
            let held = |list: Vec<(AssetId, Access)>| {
                list.into_iter().map(|(asset, access)| AssetAccess::new(asset, access)).collect::<Vec<_>>()
            };
            Record::from(Relation {
                id: number.map(|number| format!("r{number}").parse().unwrap()),
                controls: guard.map(crate::worlds::control).into_iter().collect(),
                removable,
                cost: number.map(f64::from),
                needs: held(needs),
                gives: held(gives),
                technique: number.and_then(|number| format!("T100{number}").parse().ok()),
                chance: chance_of.map(chance),
                title: number.map(|number| format!("right {number}").into()),
                ..Relation::new(from, kind, to)
            })
        },
    );
    let attackers = [Attacker::Internet, Attacker::Phishing, Attacker::Assumed];
    let entry = (name(), access(), select(attackers.to_vec()), any_chance()).prop_map(
        |(asset, access, attacker, p)| {
            let mut entry = EntryPoint::new(asset, access, attacker);
            entry.chance = chance(p);
            Record::EntryPoint(entry)
        },
    );
    let owner = (select(["web", "data"].to_vec()), text(&["Web", "web team"])).prop_map(|(id, name)| {
        let mut owner = Owner::new(OwnerId::parse(id).unwrap());
        owner.name = name;
        Record::Owner(owner)
    });
    let control = (0usize..2, option::of(any_chance()), 0u32..3, prop::collection::vec(name(), 0..2))
        .prop_map(|(n, stops, blocked, protects)| {
            let mut control = Control::new(crate::worlds::control(n));
            (control.stops, control.blocked, control.protects) = (stops.map(chance), blocked, protects);
            Record::Control(control)
        });
    let outcomes = [Outcome::Exploited, Outcome::Blocked, Outcome::NotReachable, Outcome::NotAffected];
    let evidence = (
        weakness_name(),
        name(),
        select(["bas", "scan"].to_vec()),
        select(outcomes.to_vec()),
        day(),
        option::of(any_chance()),
        option::of(0usize..2),
    )
        .prop_map(|(weakness, asset, method, outcome, at, sensitivity, control)| {
            let id = FindingId::parse(&format!("{weakness}@{asset}")).unwrap();
            let mut evidence = Evidence::new(id, method, outcome, at);
            evidence.sensitivity = sensitivity.map(chance);
            evidence.control = control.map(|n| ControlId::parse(&format!("c{n}")).unwrap());
            Record::Evidence(evidence)
        });
    // A loss event is the same wherever it is stated: two that differ contradict each other.
    let service = (text(&["Sales", "sales"]), prop::collection::vec((0usize..2, name()), 0..2)).prop_map(
        |(name, events)| {
            let mut service = Service::new(ServiceId::parse("sales").unwrap());
            service.name = name;
            for (access, asset) in events {
                let access = [Access::Use, Access::Down][access];
                let id = LossEventId::parse(&format!("{access} {asset}")).unwrap();
                let loss = LossSize::known(Loss::new(1000.0, Unit::Money("EUR".parse().unwrap())).unwrap());
                let event = LossEvent::new(id, loss, Trigger::State { asset, access });
                service.loss_events.push(event);
            }
            Record::Service(service)
        },
    );
    prop_oneof![relation, entry, owner, control, evidence, service]
}

/// So many records, of all kinds.
pub fn records(most: usize) -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(prop_oneof![2 => asset(), 3 => finding(), 3 => others()], 1..=most)
}
