//! A graph that BloodHound has analysed, through a plain converter: rights, memberships and sessions are ranked, cut and fixed as
//! findings are, though there is not one finding in it.

mod corpora;

use ctem_core::{
    Assessment, Loss, Probability, Program,
    id::{AssetId, LossEventId},
    intel::Intel,
    model::{
        Access, Asset, AssetKind, Attacker, Contents, End, EntryPoint, Environment, LossEvent, LossSize,
        Premise, Relation, RelationKind, Rule, Service, Trigger,
    },
    prioritize::{Change, CheapestCut, CutOptions, ExposureId, MeasureOptions, SampleOptions},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What edges let an attacker do who holds their start: rights that end in control of their end, and such that end in its use.
const CONTROL: [&str; 14] = [
    "GenericAll",
    "WriteDacl",
    "WriteOwner",
    "Owns",
    "GenericWrite",
    "AllExtendedRights",
    "DCSync",
    "AllowedToDelegate",
    "AddAllowedToAct",
    "AllowedToAct",
    "SQLAdmin",
    "CoerceToTGT",
    "SpoofSIDHistory",
    "AbuseTGTDelegation",
];
const USE: [&str; 6] =
    ["CanRDP", "CanPSRemote", "ExecuteDCOM", "ReadGMSAPassword", "HasSIDHistory", "ClaimSpecialIdentity"];

/// The document of an analysed graph: people are phished, and owning a domain is the loss.
fn converted(version: &str) -> Contents {
    let file = corpora::file(&format!("graphs/bloodhound/graphify/{version}/analysis/analyzed.json"));
    let graph: Value = serde_json::from_slice(&file).unwrap();
    let id = |value: &Value| AssetId::parse(value.as_str().unwrap()).unwrap();
    let mut contents = Contents::default();
    let mut domains = BTreeSet::new();
    for node in graph["graph"]["nodes"].as_array().unwrap() {
        let kinds: Vec<&str> = node["kinds"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let is = |kind| kinds.contains(&kind);
        let kind = match () {
            () if is("Computer") => AssetKind::Host,
            () if is("User") => AssetKind::Identity,
            () if is("Group") || is("ADLocalGroup") => AssetKind::Group,
            () => AssetKind::Realm,
        };
        let mut asset = Asset::new(id(&node["id"]), kind);
        asset.name = node["properties"]["name"].as_str().map(Box::from);
        if is("Domain") {
            domains.insert(asset.id.clone());
        }
        if is("User") && !is("Tag_Tier_Zero") {
            contents.entry_points.push(EntryPoint {
                chance: Probability::new(0.05).unwrap(),
                ..EntryPoint::new(asset.id.clone(), Access::Use, Attacker::Phishing)
            });
        }
        contents.assets.push(asset);
    }
    for edge in graph["graph"]["edges"].as_array().unwrap() {
        let kind = match edge["kind"].as_str().unwrap() {
            "MemberOf" | "MemberOfLocalGroup" => RelationKind::MemberOf,
            "Contains" => RelationKind::Contains,
            "HasSession" => RelationKind::HoldsSessionOf,
            "AdminTo" => RelationKind::Operates,
            own if CONTROL.contains(&own) || USE.contains(&own) => own.parse().unwrap(),
            // What BloodHound does not walk either.
            _ => continue,
        };
        let (from, to) = (id(&edge["start"]["value"]), id(&edge["end"]["value"]));
        if kind != RelationKind::Contains || from != to {
            contents.relations.push(Relation::new(from, kind, to));
        }
    }
    let step = |kind: &str, gives| {
        let held = Premise::new(End::From, Access::Use);
        Rule::new(kind.parse().unwrap(), [held], Premise::new(End::To, gives))
    };
    contents.rules.extend(CONTROL.iter().map(|kind| step(kind, Access::Control)));
    contents.rules.extend(USE.iter().map(|kind| step(kind, Access::Use)));
    let owned = |domain: &AssetId| Trigger::State { asset: domain.clone(), access: Access::Control };
    let loss = LossSize::known(Loss::new(1e6, "EUR".parse().unwrap()).unwrap());
    let when = Trigger::Any(domains.iter().map(owned).collect());
    let mut service = Service::new("directory".parse().unwrap());
    service.loss_events = vec![LossEvent::new(LossEventId::parse("domain-owned").unwrap(), loss, when)];
    contents.services.push(service);
    contents
}

fn assessed(contents: Contents) -> Assessment {
    let environment = Environment::try_from(contents).unwrap();
    Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse().unwrap()).unwrap()
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn an_analysed_graph_without_a_finding_has_a_full_table() {
    for version in ["Version5JSON", "Version6JSON"] {
        let contents = converted(version);
        let today = assessed(contents.clone());
        let worst = today.ranked().next().unwrap();
        assert!(today.len() > 10 && worst.risk.value() > 0.0, "{version}: {} exposures", today.len());
        assert!(today.explain(&worst.id).unwrap().paths[0].hops.len() > 2);

        // What is taken away saves what it is worth.
        let sample = today.sample(&SampleOptions { nodes: 1 << 20, ..SampleOptions::default() });
        let best = &sample.exposures[0];
        assert!(best.fix_value.value() > 0.0, "{version}: {best:?}");
        let ExposureId::Relation(relation) = &best.exposure else { panic!("{best:?}") };
        let options = MeasureOptions { nodes: 1 << 20, ..MeasureOptions::default() };
        let saved = today.what_if(&[Change::Removed(relation.clone())], &options).unwrap().saved;
        let near = (saved.value() - best.fix_value.value()).abs();
        assert!(near <= 1e-9 * 1e6 || saved.lower() <= best.fix_value.upper(), "{saved:?} and {best:?}");

        // After the cheapest cut no domain falls.
        let event = LossEventId::parse("domain-owned").unwrap();
        let cost = |id: &ExposureId| Some(today.default_cost(id));
        let cut = today.cheapest_cut(&event, cost, &CutOptions::default()).unwrap();
        let CheapestCut::Cut { fixes, .. } = cut else { panic!("{version}: {cut:?}") };
        let gone: BTreeMap<&str, f64> = fixes.iter().map(|fix| (fix.exposure.as_str(), fix.cost)).collect();
        let mut without = contents;
        without.relations.retain(|relation| !gone.contains_key(relation.name().as_str()));
        assert!(!gone.is_empty());
        assert_eq!(assessed(without).risk().upper(), 0.0, "{version}");
        println!("{version}: {} exposures, worst {worst}, cut {gone:?}", today.len());
    }
}
