//! Monotony: what can only make things worse never makes them better, and the other way round.
//!
//! Of bounds the lower one, a sum and product of what is there, keeps the law up to the rounding of one product: a control that
//! a second step comes to share is a factor of its own from then on, and is multiplied in another order. The upper one is a bound and no
//! more: where a chance becomes certain, or a relation closes a circle, states count as one that counted apart, and the
//! bound may become tighter though the truth has grown. So the truth itself is looked at in all worlds beside it.

use crate::{
    tells,
    worlds::{
        ANY, AS_OF, RELATIONS, Scene, any_chance, assess, assess_with, chance, chances, control, flaw,
        moment, scene,
    },
};
use ctem_core::{
    Assessment, Days,
    cvss::Privileges,
    model::{Access, Contents, Control, Evidence, Outcome, RelationKind, Status},
    prioritize::AssessOptions,
};
use proptest::prelude::*;

/// That nothing fell from one assessment to the other. It tells where something rose.
fn never_falls(less: &Assessment, more: &Assessment) -> Result<(), TestCaseError> {
    let (low, high) = (summed(less), summed(more));
    prop_assert!(low <= high, "risk fell from {low} to {high}");
    prop_assert!(less.risk().lower() <= more.risk().upper(), "{:?} and {:?}", less.risk(), more.risk());
    let (less, more) = (chances(less), chances(more));
    tells(low < high || less.iter().any(|(event, low)| more.get(event).is_some_and(|high| low < high)));
    for (event, (low, exact)) in less {
        // An event that criticality implied gives way to one that a service states.
        let Some((high, exactly)) = more.get(&event) else { continue };
        prop_assert!(low <= *high * (1.0 + 4.0 * f64::EPSILON), "{event} fell from {low} to {high}");
        if let (Some(exact), Some(exactly)) = (exact, exactly) {
            prop_assert!(exact <= exactly + 1e-12, "{event} fell from exactly {exact} to {exactly}");
        }
    }
    Ok(())
}

/// What is surely to be expected, by the lower ends of the loss events' chances. A path or row may say more, by what its steps share;
/// which of them is told is decided by what does not count that, and so it keeps no law.
fn summed(assessment: &Assessment) -> f64 {
    let mut loss_events = assessment.loss_events();
    loss_events.sort_by(|a, b| a.stake.event.id.cmp(&b.stake.event.id));
    let stated = loss_events.iter().any(|jewel| !jewel.stake.assumed);
    let counted = loss_events.iter().filter(|jewel| !jewel.stake.assumed || !stated);
    counted.fold(0.0, |sum, jewel| sum + jewel.stake.loss.amount() * jewel.chance.lower())
}

fn grown(scene: &Scene, grow: impl FnOnce(&mut Contents)) -> (Assessment, Assessment) {
    let less = scene.contents();
    let mut more = less.clone();
    grow(&mut more);
    (assess(less), assess(more))
}

/// What a relation is told by: adding another control to a known one is no new relation.
fn is_new(contents: &Contents, relation: &ctem_core::model::Relation) -> bool {
    !contents
        .relations
        .iter()
        .any(|known| (&known.from, &known.kind, &known.to) == (&relation.from, &relation.kind, &relation.to))
}

laws! {
    in 256 cases;

    #[test]
    fn adding_a_finding_never_lowers_risk(scene in scene(ANY), flaw in flaw(false)) telling 15 {
        // Who says what it takes to log on says that a password alone is not enough: that may lower the risk, and is left out.
        prop_assume!(flaw.stated.is_none_or(|(needs, ..)| Access::ALL[needs] != Access::Know));
        let (less, more) = grown(&scene, |contents| contents.findings.push(scene.finding(99, &flaw)));
        never_falls(&less, &more)?;
    }

    #[test]
    fn adding_a_relation_never_lowers_risk(scene in scene(ANY), from in 0usize..16, kind in 0usize..RELATIONS.len(), to in 0usize..16, guard in prop::option::of(0usize..2)) telling 2 {
        let relation = scene.relation(&(from, kind, to, guard));
        prop_assume!(is_new(&scene.contents(), &relation));
        // Where it is known who has rights, an attacker must be one of them, and no assumption stands for it.
        let gives_rights = [RelationKind::Administers, RelationKind::LogsOnTo].contains(&relation.kind);
        prop_assume!(!gives_rights || !scene.contents().findings.iter().any(|finding| {
            let rights = |vector: &ctem_core::cvss::Vector| vector.reading().privileges != Privileges::None;
            finding.asset == relation.to && finding.weakness.cvss.iter().any(rights)
        }));
        let (less, more) = grown(&scene, |contents| contents.relations.push(relation));
        never_falls(&less, &more)?;
    }

    #[test]
    fn adding_an_entry_point_never_lowers_risk(scene in scene(ANY), asset in 0usize..16, access in 0usize..4, p in any_chance()) telling 18 {
        let (less, more) = grown(&scene, |contents| contents.entry_points.push(scene.entry(&(asset, access, p))));
        never_falls(&less, &more)?;
    }

    #[test]
    fn raising_a_chance_never_lowers_risk(scene in scene(ANY), which in 0usize..8, factor in 0usize..5, p in any_chance()) telling 7 {
        let mut contents = scene.contents();
        prop_assume!(!contents.findings.is_empty());
        let at = which % contents.findings.len();
        let finding = &mut contents.findings[at];
        let exploit = finding.exploit.get_or_insert_default();
        // A source that says less than is assumed lowers; so the chance is stated in both.
        exploit.threat = exploit.threat.or(Some(chance(0.2)));
        exploit.local = exploit.local.or(Some(chance(0.2)));
        exploit.success = exploit.success.or(Some(chance(0.2)));
        let less = assess(contents.clone());
        let raise = |known: &mut Option<ctem_core::Probability>| *known = (*known).max(Some(chance(p)));
        let exploit = contents.findings[at].exploit.as_mut().unwrap();
        match factor {
            0 => raise(&mut exploit.threat),
            1 => raise(&mut exploit.local),
            2 => raise(&mut exploit.success),
            3 => for entry in &mut contents.entry_points { entry.chance = entry.chance.max(chance(p)) },
            _ => for control in &mut contents.controls { control.bypassed += 1 },
        }
        never_falls(&less, &assess(contents))?;
    }

    #[test]
    fn adding_a_control_never_raises_risk(scene in scene(ANY), stops in prop::option::of(any_chance()), relation in 0usize..16, asset in 0usize..16) telling 15 {
        let (more, less) = grown(&scene, |contents| {
            let mut one = Control::new(control(9));
            one.stops = stops.map(chance);
            one.protects.push(scene.asset(asset));
            contents.controls.push(one);
            // A relation that two sources state is guarded by the controls of both.
            let at = relation % contents.relations.len();
            contents.relations[at].controls.push(control(9));
        });
        never_falls(&less, &more)?;
    }

    #[test]
    fn negative_evidence_by_a_new_method_never_raises_risk(
        scene in scene(ANY), which in 0usize..8, outcome in 1usize..4, age in 0u32..200, sensitivity in 0.5f64..=1.0, specificity in 0.5f64..=1.0, given in any::<bool>(),
    ) telling 12 {
        // A test that is better than chance: one that errs more often than not would speak for the finding.
        prop_assume!(!scene.flaws.is_empty());
        let (more, less) = grown(&scene, |contents| {
            let mut evidence: Evidence = scene.evidence(&(which, 0, outcome, age));
            evidence.method = "another".into();
            if given {
                evidence.sensitivity = Some(chance(sensitivity));
                evidence.specificity = Some(chance(specificity));
            }
            contents.evidence.push(evidence);
        });
        never_falls(&less, &more)?;
    }

    #[test]
    fn evidence_that_a_control_blocked_never_raises_risk(scene in scene(ANY), which in 0usize..8, guard in 0usize..2) telling 5 {
        prop_assume!(!scene.flaws.is_empty());
        let mut contents = scene.contents();
        let mut evidence = scene.evidence(&(which, 0, 1, 1));
        evidence.control = Some(control(guard));
        // A control that guards nothing on a path tells nothing.
        let asset = contents.findings[which % scene.flaws.len()].asset.clone();
        contents.controls.iter_mut().for_each(|control| control.protects.push(asset.clone()));
        let more = assess(contents.clone());
        contents.evidence.push(evidence);
        never_falls(&assess(contents), &more)?;
    }

    #[test]
    fn closing_a_finding_never_raises_risk(scene in scene(ANY), which in 0usize..8, gone in any::<bool>()) telling 15 {
        prop_assume!(!scene.flaws.is_empty());
        // What was concluded teaches how far tests can be trusted, and so may raise what they say of other findings.
        let mut scene = scene;
        if !gone {
            scene.evidence.clear();
        }
        let at = which % scene.flaws.len();
        let (more, less) = grown(&scene, |contents| {
            contents.findings[at].status = if gone { Status::Fixed } else { Status::NotAffected };
        });
        never_falls(&less, &more)?;
        let findings = |assessment: &Assessment| assessment.ranked().filter(|exposure| exposure.finding.is_some()).count();
        prop_assert_eq!(findings(&less) + 1, findings(&more));
    }

    #[test]
    fn a_longer_horizon_never_lowers_risk(scene in scene(ANY), days in 1u32..400, more in 1u32..400) telling 25 {
        let within = |days: u32| {
            let horizon = Days::new(f64::from(days)).unwrap();
            assess_with(scene.contents(), AssessOptions { horizon, ..AssessOptions::default() })
        };
        never_falls(&within(days), &within(days + more))?;
    }

    #[test]
    fn more_criticality_never_lowers_risk(scene in scene(ANY), which in 0usize..8) telling 12 {
        use ctem_core::model::Criticality::{CrownJewel, High, Low, Medium};
        let at = which % scene.assets.len();
        let risk = |criticality| {
            let mut contents = scene.contents();
            contents.assets[at].criticality = criticality;
            summed(&assess(contents))
        };
        let risks = [None, Some(Low), Some(Medium), Some(High), Some(CrownJewel)].map(risk);
        tells(risks[0] < risks[4]);
        prop_assert!(risks.is_sorted(), "{risks:?}");
    }
}

#[test]
fn evidence_never_moves_a_stated_impossibility_the_wrong_way() {
    let outcomes = [Outcome::Blocked, Outcome::NotReachable, Outcome::NotAffected];
    for (outcome, local) in outcomes.into_iter().flat_map(|outcome| [(outcome, 0.0), (outcome, 1e-9)]) {
        let mut contents = Contents::default();
        let host = crate::worlds::asset(0);
        contents.assets.push(ctem_core::model::Asset::new(host.clone(), ctem_core::model::AssetKind::Host));
        let weakness = ctem_core::model::Weakness::new("CVE-2024-1".parse().unwrap(), Default::default());
        let mut finding = ctem_core::model::Finding::new(host, weakness);
        finding.id = Some(crate::worlds::finding(0));
        finding.exploit.get_or_insert_default().local = Some(chance(local));
        contents.findings.push(finding);
        let likelihood = |contents: &Contents| assess(contents.clone()).ranked().next().unwrap().likelihood;
        let before = likelihood(&contents);
        contents.evidence.push(Evidence::new(crate::worlds::finding(0), "bas", outcome, moment(AS_OF)));
        assert!(likelihood(&contents) <= before, "{outcome:?} raised {local}");
    }
}
