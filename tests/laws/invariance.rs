//! Invariance: what does not matter does not show.

use crate::{
    tells,
    worlds::{ANY, KINDS, RELATIONS, Scene, assess, asset, chance, chances, flaw, scene},
};
use ctem_core::{
    Assessment,
    id::{AssetId, LossEventId, ServiceId, WeaknessId},
    model::{
        Access, Asset, AssetKind, Contents, LossEvent, LossSize, Relation, RelationKind, Service, Trigger,
    },
    quantity::{Loss, Unit},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A service with one loss event of its name, in crown-jewel units.
pub fn service(event: &str, loss: f64, when: Trigger) -> Service {
    let size = LossSize::known(Loss::new(loss, Unit::CrownJewel).unwrap());
    let mut service = Service::new(ServiceId::parse(event).unwrap());
    service.loss_events.push(LossEvent::new(LossEventId::parse(event).unwrap(), size, when));
    service
}

/// Every number of an assessment by what it is about: loss_events, exposures, the whole.
fn numbers(assessment: &Assessment) -> BTreeMap<String, [f64; 4]> {
    let mut numbers = BTreeMap::new();
    let risk = assessment.risk();
    numbers.insert("risk".to_owned(), [risk.value(), risk.lower(), risk.upper(), 0.0]);
    for jewel in assessment.loss_events() {
        let chance = jewel.chance;
        let of = [chance.value(), chance.lower(), chance.upper(), jewel.stake.loss.amount()];
        numbers.insert(format!("event {}", jewel.stake.event.id), of);
    }
    for exposure in assessment.ranked() {
        let of =
            [exposure.risk.value(), exposure.risk.upper(), exposure.likelihood.get(), exposure.reach.get()];
        numbers.insert(format!("{} {}", exposure.id.kind(), exposure.id), of);
    }
    numbers
}

/// That every event has the same chance, in all worlds and by its most probable way. Of several such ways, which is shown is
/// decided by length and by names, and with it how much a path shares with itself; and bounds may be wider, never wrong.
fn same_truth(a: &Assessment, b: &Assessment, name: impl Fn(&String) -> String) -> Result<(), TestCaseError> {
    let theirs = chances(b);
    tells(theirs.values().any(|(way, _)| *way > 0.0 && *way < 1.0));
    for (event, (way, exact)) in chances(a) {
        let (other_way, exactly) = theirs[&name(&event)];
        prop_assert!(near(way, other_way), "{event}: {way} and {other_way}");
        let same = exact.zip(exactly).is_none_or(|(exact, exactly)| (exact - exactly).abs() <= 1e-12);
        prop_assert!(same, "{event}: exactly {exact:?} and {exactly:?}");
    }
    Ok(())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// The same assets under other names, in another order of names.
fn renamed(contents: Contents, name: impl Fn(&AssetId) -> AssetId) -> Contents {
    fn trigger(when: Trigger, name: &impl Fn(&AssetId) -> AssetId) -> Trigger {
        let all = |of: Vec<Trigger>| of.into_iter().map(|part| trigger(part, name)).collect();
        match when {
            Trigger::State { asset, access } => Trigger::State { asset: name(&asset), access },
            Trigger::Any(of) => Trigger::Any(all(of)),
            Trigger::All(of) => Trigger::All(all(of)),
            Trigger::AtLeast { count, of } => Trigger::AtLeast { count, of: all(of) },
            other => other,
        }
    }
    let mut contents = contents;
    contents.assets.iter_mut().for_each(|asset| asset.id = name(&asset.id));
    for relation in &mut contents.relations {
        (relation.from, relation.to) = (name(&relation.from), name(&relation.to));
    }
    for finding in &mut contents.findings {
        finding.asset = name(&finding.asset);
        if let Some(exploit) = &mut finding.exploit {
            exploit.opens = exploit.opens.take().map(|asset| name(&asset));
        }
    }
    contents.entry_points.iter_mut().for_each(|entry| entry.asset = name(&entry.asset));
    for control in &mut contents.controls {
        control.protects.iter_mut().for_each(|asset| *asset = name(asset));
    }
    for event in contents.services.iter_mut().flat_map(|service| &mut service.loss_events) {
        event.when = trigger(event.when.clone(), &name);
    }
    contents
}

/// An asset that attackers come to and nothing follows from.
fn dead_end(contents: &mut Contents, from: usize, scene: &Scene) -> AssetId {
    let dead = AssetId::parse("a5-dead-end").unwrap();
    contents.assets.push(Asset::new(dead.clone(), AssetKind::Host));
    contents.relations.push(Relation::new(scene.asset(from), RelationKind::Reaches, dead.clone()));
    contents.relations.push(Relation::new(asset(0), RelationKind::Reaches, dead.clone()));
    // Something lies behind it, or it would be taken to matter by itself.
    contents.relations.push(Relation::new(dead.clone(), "stands_beside".parse().unwrap(), asset(0)));
    dead
}

laws! {
    in 256 cases;

    #[test]
    fn a_finding_that_leads_to_no_loss_changes_no_other_number(scene in scene(ANY), from in 0usize..16, flaw in flaw(false)) telling 18 {
        let mut less = scene.contents();
        let dead = dead_end(&mut less, from, &scene);
        let mut more = less.clone();
        let mut finding = scene.finding(99, &flaw);
        finding.asset = dead;
        finding.weakness.id = WeaknessId::parse("CVE-2020-0001").unwrap();
        if let Some(exploit) = &mut finding.exploit {
            exploit.opens = None;
        }
        more.findings.push(finding);
        let (before, mut after) = (numbers(&assess(less)), numbers(&assess(more)));
        let own = after.remove("finding f99").unwrap();
        prop_assert_eq!([own[0], own[1]], [0.0, 0.0]);
        tells(own[3] > 0.0 && before["risk"][0] > 0.0);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn an_asset_by_another_name_changes_nothing(scene in scene(ANY), which in 0usize..16, places in any::<u8>()) telling 40 {
        let plain = scene.contents();
        let id = scene.asset(which);
        let alias = AssetId::parse("10.0.0.5").unwrap();
        let mut known = plain.assets.iter().find(|asset| asset.id == id).unwrap().clone();
        known.aliases.push(alias.clone());
        // Whatever speaks of it may use either name, each list its own.
        let by_alias = renamed(plain.clone(), |asset| if *asset == id { alias.clone() } else { asset.clone() });
        let mut mixed = plain.clone();
        let swap = |bit: u8| places & (1 << bit) != 0;
        if swap(0) { mixed.relations = by_alias.relations }
        if swap(1) { mixed.findings = by_alias.findings }
        if swap(2) { mixed.services = by_alias.services }
        if swap(3) { mixed.entry_points.extend(by_alias.entry_points) }
        if swap(4) { for (control, other) in mixed.controls.iter_mut().zip(by_alias.controls) { control.protects.extend(other.protects) } }
        mixed.assets.push(known);
        let plain = numbers(&assess(plain));
        tells(places & 31 != 0 && plain["risk"][0] > 0.0);
        prop_assert_eq!(plain, numbers(&assess(mixed)));
    }

    #[test]
    fn a_node_that_only_passes_on_changes_no_chance(scene in scene(ANY), from in 0usize..16, to in 0usize..16, kind in 0usize..3) telling 25 {
        // Who uses a member of a group uses the group, and so what it can assume: two relations for one.
        let mut contents = scene.contents();
        let (from, to) = (scene.asset(from), scene.asset(to));
        let mut split = contents.clone();
        let middle = AssetId::parse("middle").unwrap();
        split.assets.push(Asset::new(middle.clone(), AssetKind::Group));
        let (whole, second) = [
            (RelationKind::MemberOf, RelationKind::MemberOf),
            (RelationKind::MemberOf, RelationKind::CanAssume),
            (RelationKind::Writes, RelationKind::Writes),
        ][kind].clone();
        let same = |known: &Relation| (&known.from, &known.kind, &known.to) == (&from, &whole, &to);
        prop_assume!(!contents.relations.iter().any(same));
        contents.relations.push(Relation::new(from.clone(), whole, to.clone()));
        split.relations.push(Relation::new(from, RelationKind::MemberOf, middle.clone()));
        split.relations.push(Relation::new(middle, second, to));
        let (plain, split) = (assess(contents), assess(split));
        same_truth(&plain, &split, Clone::clone)?;
        let (ways, split) = (chances(&plain), chances(&split));
        for (event, (way, _)) in ways {
            prop_assert_eq!(way, split[&event].0, "{}", event);
        }
    }

    #[test]
    fn other_names_for_all_assets_change_no_chance(scene in scene(ANY)) telling 22 {
        let plain = scene.contents();
        // a0 becomes z9, a1 z8, …: the order of names is turned round too.
        let turned = |id: &AssetId| {
            let n: u8 = id.as_str()[1..].parse().unwrap();
            AssetId::parse(&format!("z{}", 9 - n)).unwrap()
        };
        let other = renamed(plain.clone(), turned);
        let implied = |event: &String| match event.split_once(':') {
            Some((word, id)) => format!("{word}:{}", turned(&AssetId::parse(id).unwrap())),
            None => event.clone(),
        };
        let (before, after) = (assess(plain), assess(other));
        same_truth(&before, &after, implied)?;
        for exposure in before.ranked().filter(|exposure| exposure.finding.is_some()) {
            let other = after.exposure_of(&exposure.id).unwrap();
            prop_assert_eq!(exposure.likelihood, other.likelihood);
            prop_assert!(near(exposure.reach.get(), other.reach.get()));
        }
    }

    #[test]
    fn losses_in_another_coin_scale_risk_exactly(scene in scene(ANY), power in -20i32..20, low in 0.01f64..1000.0, wide in 1.0f64..100.0) telling 45 {
        let priced = |scale: f64| {
            let mut contents = scene.contents();
            let unit: Unit = "EUR".parse().unwrap();
            for (n, event) in contents.services.iter_mut().flat_map(|service| &mut service.loss_events).enumerate() {
                event.loss = if n == 0 {
                    LossSize::between(low * scale, low * wide * scale, unit).unwrap()
                } else {
                    LossSize::known(Loss::new(low * scale, unit).unwrap())
                };
            }
            let assessment = assess(contents);
            let risks: BTreeMap<String, [f64; 3]> = assessment.ranked()
                .map(|exposure| (exposure.id.to_string(), [exposure.risk.value(), exposure.risk.lower(), exposure.risk.upper()]))
                .collect();
            let risk = assessment.risk();
            (risks, [risk.value(), risk.lower(), risk.upper()])
        };
        let scale = f64::powi(2.0, power);
        let (one, all) = priced(1.0);
        let (other, whole) = priced(scale);
        tells(power != 0 && all[0] > 0.0);
        let times = |risk: [f64; 3]| risk.map(|part| part * scale);
        prop_assert_eq!(times(all), whole);
        prop_assert_eq!(one.into_iter().map(|(id, risk)| (id, times(risk))).collect::<BTreeMap<_, _>>(), other);
    }

    #[test]
    fn an_event_that_two_services_state_is_lost_once(scene in scene(ANY)) telling 40 {
        let once = scene.contents();
        let mut twice = once.clone();
        let mut other = twice.services[0].clone();
        other.id = ServiceId::parse("another").unwrap();
        twice.services.push(other);
        let once = numbers(&assess(once));
        tells(once["risk"][0] > 0.0);
        prop_assert_eq!(once, numbers(&assess(twice)));
    }
}

#[test]
fn an_asset_with_the_longest_name_is_assessed() {
    let mut contents = Contents::default();
    let mut long = Asset::new(AssetId::parse(&"x".repeat(2048)).unwrap(), KINDS[0].clone());
    long.criticality = Some(ctem_core::model::Criticality::High);
    let mut finding = ctem_core::model::Finding::new(
        long.id.clone(),
        ctem_core::model::Weakness::new(WeaknessId::parse("CVE-2024-1").unwrap(), Default::default()),
    );
    finding.weakness.epss = Some(chance(0.5));
    contents.relations.push(Relation::new(long.id.clone(), RELATIONS[0].clone(), asset(0)));
    contents.findings.push(finding);
    contents.assets.push(long);
    let assessment = assess(contents);
    assert_eq!((assessment.len(), assessment.loss_events().len()), (1, 3));
    let held = assessment.loss_events().iter().all(|jewel| jewel.stake.event.id.as_str().len() <= 2048);
    assert!(
        held && assessment.loss_events().iter().any(|jewel| jewel.stake.event.when
            == Trigger::State { asset: AssetId::parse(&"x".repeat(2048)).unwrap(), access: Access::Down })
    );
}
