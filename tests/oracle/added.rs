//! Laws of records: what another step, a rule spelt out, a link or a setting adds to what is known.

use crate::{
    ROUNDING, by_event,
    records::{self, Beside, Drawn, beside, drawn},
    worlds::{SMALL, Scene, any_chance, assess, cases, chances, exact::Worlds, scene},
};
use ctem_core::{
    Assessment,
    attack::Rules,
    id::{FindingId, WeaknessId},
    model::{
        Access, AssetAccess, AssetKind, Contents, End, Finding, Premise, Relation, RelationKind, Rule,
        Weakness, WeaknessKind,
    },
    prioritize::{Change, MeasureOptions, SampleOptions},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap};

/// The chance of each loss event over all worlds, where there are few enough.
fn exactly(contents: Contents) -> Option<BTreeMap<String, f64>> {
    let assessment = assess(contents);
    Worlds::of(assessment.snapshot()).map(|worlds| by_event(&assessment, &worlds))
}

fn with_step(scene: &Scene, beside: &Beside, step: &Drawn, [from, to]: [usize; 2]) -> Option<Contents> {
    let mut contents = records::contents(scene, beside);
    let kind = RelationKind::Other("helps".into());
    let mut relation = Relation::new(scene.asset(from), kind, scene.asset(to));
    // In half of the cases from where attackers surely are.
    let mut step = step.clone();
    if to % 2 == 0 {
        step.0 = vec![(0, 0)];
    }
    records::state(scene, &mut relation, &step);
    (relation.from != relation.to).then(|| {
        contents.relations.push(relation);
        contents
    })
}

#[test]
fn another_step_makes_nothing_less_likely() {
    let telling = Cell::new(0);
    let strategy = (scene(SMALL), beside(), drawn(), [0usize..8, 0usize..8]);
    proptest!(cases(256), |((scene, beside, step, ends) in strategy)| {
        let before = exactly(records::contents(&scene, &beside));
        let after = with_step(&scene, &beside, &step, ends).and_then(exactly);
        let (Some(before), Some(after)) = (before, after) else {
            return Err(TestCaseError::reject("too many worlds, or a step from an asset to itself"));
        };
        // Of an asset of which nothing is stated losses are assumed as long as nothing leads on from it.
        for (event, chance) in before.iter().filter(|(event, _)| !event.contains(':')) {
            telling.set(telling.get() + u32::from(after[event] > chance + ROUNDING));
            prop_assert!(after[event] >= chance - ROUNDING, "{event}: {chance}, and then {}", after[event]);
        }
    });
    assert!(telling.get() >= 15, "only {} chances rose", telling.get());
}

/// The one rule that speaks of a relation between such assets, if it is one.
fn only_rule<'a>(
    rules: &'a Rules,
    kind: &RelationKind,
    from: &AssetKind,
    to: &AssetKind,
) -> Option<&'a Rule> {
    let speaks = |rule: &&Rule| {
        let of = |only: &[AssetKind], but: &[AssetKind], kind: &AssetKind| {
            (only.is_empty() || only.contains(kind)) && !but.contains(kind)
        };
        rule.relation == *kind && of(&rule.from, &rule.not_from, from) && of(&rule.to, &rule.not_to, to)
    };
    let mut speaking = rules.list().iter().filter(speaks);
    let rule = speaking.next()?;
    (speaking.next().is_none() && rule.conditions.is_empty()).then_some(rule)
}

#[test]
fn a_relation_that_says_what_its_rule_says_changes_no_bit() {
    let (telling, rules) = (Cell::new(0), Rules::default());
    proptest!(cases(256), |(scene in scene(SMALL))| {
        let mut contents = scene.contents();
        let mut seen = std::collections::BTreeSet::new();
        contents.relations.retain(|relation| seen.insert((relation.from.clone(), relation.kind.clone(), relation.to.clone())));
        let mut told = contents.clone();
        let kinds: BTreeMap<_, _> = contents.assets.iter().map(|asset| (asset.id.clone(), asset.kind.clone())).collect();
        let mut spelt = 0;
        for relation in &mut told.relations {
            let ends = (kinds[&relation.from].clone(), kinds[&relation.to].clone());
            // What contains is a place, whatever else it says.
            let is_place = relation.kind == RelationKind::Contains || relation.from == relation.to;
            let Some(rule) = only_rule(&rules, &relation.kind, &ends.0, &ends.1).filter(|_| !is_place) else { continue };
            let held = |premise: &Premise| {
                let asset = if premise.end == End::From { &relation.from } else { &relation.to };
                AssetAccess::new(asset.clone(), premise.access)
            };
            let (needs, gives) = (rule.premises.iter().map(held).collect(), vec![held(&rule.conclusion)]);
            (relation.needs, relation.gives, relation.technique) = (needs, gives, rule.technique);
            spelt += 1;
        }
        let (by_rule, stated) = (assess(contents), assess(told));
        let events = |assessment: &Assessment| -> BTreeMap<String, [u64; 2]> {
            let of = |event: ctem_core::prioritize::LossEventRisk<'_>| {
                (event.stake.event.id.to_string(), [event.chance.lower(), event.chance.upper()].map(f64::to_bits))
            };
            assessment.loss_events().into_iter().map(of).filter(|(id, _)| !id.contains(':')).collect()
        };
        let leads = by_rule.loss_events().iter().any(|event| event.chance.upper() > 0.0);
        telling.set(telling.get() + u32::from(spelt > 0 && leads));
        // What is assumed of assets from which nothing leads on is another law's business.
        prop_assert_eq!(events(&by_rule), events(&stated));
    });
    assert!(telling.get() >= 60, "only {} cases had a relation spelt out and a loss", telling.get());
}

#[test]
fn hygiene_changes_no_other_number() {
    let telling = Cell::new(0);
    proptest!(cases(192), |(scene in scene(SMALL), on in 0usize..8)| {
        let before = assess(scene.contents());
        let mut contents = scene.contents();
        // On an asset that has a finding: of one that has none, nobody assumes a loss.
        let Some(flaw) = scene.flaws.get(on % scene.flaws.len().max(1)) else {
            return Err(TestCaseError::reject("no flaw"));
        };
        let mut weakness = Weakness::new(WeaknessId::parse("acme:H-1").unwrap(), WeaknessKind::Misconfiguration);
        weakness.title = Some("EBS volume not encrypted".into());
        let mut setting = Finding::new(scene.asset(flaw.asset), weakness);
        setting.id = Some(FindingId::parse("hygiene").unwrap());
        contents.findings.push(setting);
        let after = assess(contents);
        telling.set(telling.get() + u32::from(before.risk().upper() > 0.0));
        prop_assert_eq!(before.risk(), after.risk());
        prop_assert_eq!(chances(&before), chances(&after));
        let risks = |assessment: &Assessment| -> BTreeMap<String, [u64; 2]> {
            let of = |each: ctem_core::Exposure<'_>| (each.id.to_string(), [each.risk.value(), each.risk.upper()].map(f64::to_bits));
            assessment.ranked().map(of).collect()
        };
        let (before, mut after) = (risks(&before), risks(&after));
        prop_assert_eq!(after.remove("hygiene"), Some([0, 0]));
        prop_assert_eq!(before, after);
    });
    assert!(telling.get() >= 60, "only {} cases had a loss", telling.get());
}

/// An assessment of a web server and the data behind it, and these flaws: of each the asset, what it needs and gives, its chance.
fn shop(loss: f64, flaws: &[(&str, Access, Access, f64)]) -> Assessment {
    let findings: Vec<Value> = (0..)
        .zip(flaws)
        .map(|(n, (asset, needs, gives, chance))| {
            json!({"id": format!("f-{n}"), "asset": asset, "weakness": {"id": format!("acme:F-{n}"), "kind": "vulnerability"},
                "exploit": {"needs": needs, "gives": gives, "chance": chance}})
        })
        .collect();
    let document = json!({"ctem": {"version": 2}, "assets": [{"id": "web", "kind": "host"}, {"id": "db", "kind": "host"}],
        "relations": [{"kind": "reaches", "from": "web", "to": "db"}], "findings": findings,
        "entry_points": [{"asset": "web", "access": "reach", "attacker": "internet"}],
        "services": [{"id": "s", "loss_events": [{"id": "lost", "loss": {"amount": loss, "unit": "EUR"},
            "when": {"state": {"asset": "db", "access": "control"}}}]}]});
    let mut program = ctem_core::Program::default();
    program.absorb(ctem_core::discover::read(document.to_string().as_bytes()).unwrap());
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

fn fix_values(today: &Assessment) -> Vec<f64> {
    let sample = today.sample(&SampleOptions::default());
    (0..2)
        .map(|n| {
            let id = format!("f-{n}");
            sample
                .exposures
                .iter()
                .find(|each| each.exposure.as_str() == id)
                .map_or(0.0, |each| each.fix_value.value())
        })
        .collect()
}

fn left_without(today: &Assessment, fixed: &[&str]) -> f64 {
    let changes: Vec<_> = fixed.iter().map(|id| Change::Fixed(FindingId::parse(id).unwrap())).collect();
    today.what_if(&changes, &MeasureOptions::default()).unwrap().after.value()
}

#[test]
fn in_series_each_is_worth_all_and_side_by_side_none_is_and_both_are() {
    use Access::{Control, Reach, Use};
    proptest!(cases(96), |(p in any_chance(), q in any_chance(), loss in 1.0..1e9_f64)| {
        let series = shop(loss, &[("web", Reach, Use, p), ("db", Reach, Control, q)]);
        let whole = loss * (p * q);
        for value in fix_values(&series) {
            prop_assert!((value - whole).abs() <= 1e-9 * loss, "{value} of {whole}");
        }
        prop_assert_eq!(left_without(&series, &["f-0"]), 0.0);
        prop_assert_eq!(left_without(&series, &["f-1"]), 0.0);
        // Two ways that are both sure, in front of a third flaw.
        let parallel = shop(loss, &[("web", Reach, Use, 1.0), ("web", Reach, Use, 1.0), ("db", Reach, Control, 1.0)]);
        prop_assert_eq!(fix_values(&parallel), [0.0, 0.0]);
        prop_assert_eq!(left_without(&parallel, &["f-0"]), loss);
        prop_assert_eq!(left_without(&parallel, &["f-0", "f-1"]), 0.0);
    });
}
