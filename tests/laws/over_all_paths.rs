//! What is said over all paths at once: exact and counted numbers, fixes, cuts and paths agree with each other and with all worlds.

use crate::{
    tells,
    worlds::{ANY, Flaw, Scene, assess, chances, scene},
};
use ctem_core::{
    Assessment, Probability,
    id::LossEventId,
    model::{NoteKind, Status},
    prioritize::{
        Change, CheapestCut, CutOptions, ExposureId, MeasureOptions, PathOptions, Sample, SampleBlock,
        SampleOptions, WhatIf,
    },
    wire::{self, SampleDocument},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Decision diagrams of so many nodes hold every scene.
const EXACT: usize = 1 << 16;
/// None holds anything: all is counted.
const COUNTED: usize = 0;

fn measured(nodes: usize) -> MeasureOptions<'static> {
    MeasureOptions { worlds: 1024, seed: 5, nodes, ..MeasureOptions::default() }
}

fn sampled(assessment: &Assessment, nodes: usize) -> Sample {
    let options = SampleOptions { worlds: 1024, seed: 5, nodes, shares: true, ..SampleOptions::default() };
    assessment.sample(&options)
}

/// The same up to rounding, and to the units that losses are counted in.
fn same(a: f64, b: f64, all: f64) -> bool {
    (a - b).abs() <= 1e-9 * all
}

fn everything(assessment: &Assessment) -> f64 {
    assessment.loss_events().iter().map(|jewel| jewel.stake.loss.amount()).sum()
}

fn fixed(assessment: &Assessment, exposures: &[ExposureId], nodes: usize) -> WhatIf {
    let change = |id: &ExposureId| match id {
        ExposureId::Finding(id) => Change::Fixed(id.clone()),
        ExposureId::Relation(id) => Change::Removed(id.clone()),
        _ => unreachable!("a kind of exposure that is new"),
    };
    let changes: Vec<Change> = exposures.iter().map(change).collect();
    assessment.what_if(&changes, &measured(nodes)).unwrap()
}

fn events(assessment: &Assessment) -> Vec<LossEventId> {
    assessment.loss_events().iter().map(|jewel| jewel.stake.event.id.clone()).collect()
}

/// The assessment of a scene in which findings are fixed and relations are known not to be there.
fn without(scene: &Scene, exposures: &BTreeSet<ExposureId>) -> Assessment {
    let mut contents = scene.contents();
    for finding in &mut contents.findings {
        if finding.id.as_ref().is_some_and(|id| exposures.contains(&id.clone().into())) {
            finding.status = Status::Fixed;
        }
    }
    for relation in &mut contents.relations {
        if exposures.contains(&relation.name().into()) {
            relation.chance = Some(Probability::ZERO);
        }
    }
    assess(contents)
}

/// Whether what stays of these exposures acts as it did beside all of them. Where a finding lands may be assumed; assets with a
/// finding may be taken to be reachable, and no longer when it is gone; findings share the likeliest threat that one of them
/// states. That an asset is taken to matter opens no way.
fn act_alone(assessment: &Assessment, scene: &Scene, exposures: &BTreeSet<ExposureId>) -> bool {
    let findings = exposures.iter().any(|id| id.finding().is_some());
    let stays = |reason: &str| match reason.contains("reachable") {
        true => !findings,
        false => reason.contains("importance"),
    };
    let mut assumed = assessment.notes().iter().filter(|note| note.kind == NoteKind::Assumed);
    (!findings || threats_agree(scene)) && assumed.all(|note| stays(&note.reason))
}

/// Whether all findings of one weakness say the same of its threat.
fn threats_agree(scene: &Scene) -> bool {
    let says = |flaw: &Flaw| (flaw.stated.map(|(.., [threat, _, _])| threat), flaw.vector, flaw.epss);
    scene.flaws.iter().all(|flaw| {
        scene.flaws.iter().all(|other| other.weakness != flaw.weakness || says(other) == says(flaw))
    })
}

laws! {
    in 128 cases;

    #[test]
    fn exact_chances_are_those_of_all_worlds_and_counted_ones_lie_around(scene in scene(ANY)) telling 25 {
        let today = assess(scene.contents());
        let truth = chances(&today);
        let counted = sampled(&today, COUNTED);
        tells(truth.values().any(|(_, truth)| truth.is_some_and(|truth| truth > 0.0 && truth < 1.0)));
        for event in sampled(&today, EXACT).events {
            let Some((_, Some(truth))) = truth.get(event.event.as_str()) else { continue };
            prop_assert!(same(event.chance.value(), *truth, 1.0), "{event:?} and {truth}");
            let near = counted.events.iter().find(|other| other.event == event.event).unwrap().chance;
            // Six deviations: a miss in a billion.
            let most = 6.0 * (truth * (1.0 - truth) / 1024.0).sqrt() + 1e-9;
            prop_assert!((near.value() - truth).abs() <= most.max(0.02), "{near:?} and {truth}");
        }
    }

    #[test]
    fn what_a_fix_saves_is_its_fix_value(scene in scene(ANY)) telling 8 {
        let today = assess(scene.contents());
        let all = everything(&today);
        let exact = sampled(&today, EXACT);
        tells(exact.exposures.iter().any(|exposure| exposure.fix_value.value() > 0.0));
        for exposure in &exact.exposures {
            let what_if = fixed(&today, std::slice::from_ref(&exposure.exposure), EXACT);
            let (saved, value) = (what_if.saved.value(), exposure.fix_value.value());
            prop_assert!(same(saved, value, all), "{exposure:?} and {what_if:?}");
            prop_assert!(same(what_if.before.value() - what_if.after.value(), saved, all));
            // Less than what passes through it over all paths.
            let risk = today.exposure_of(&exposure.exposure).unwrap().risk;
            prop_assert!(!today.is_complete() || value <= risk.upper() + 1e-9 * all, "{exposure:?} and {risk:?}");
        }
    }

    #[test]
    fn counted_over_the_same_worlds_a_fix_saves_its_fix_value(scene in scene(ANY)) telling 5 {
        let today = assess(scene.contents());
        let all = everything(&today);
        let counted = sampled(&today, COUNTED).exposures;
        tells(counted.iter().any(|exposure| exposure.fix_value.value() > 0.0));
        for exposure in counted {
            let saved = fixed(&today, std::slice::from_ref(&exposure.exposure), COUNTED).saved;
            // Each is drawn into its own certain bounds, which have the truth in common; where one has no width, up to rounding.
            let (low, high) = (saved.lower().max(exposure.fix_value.lower()), saved.upper().min(exposure.fix_value.upper()));
            prop_assert!(low <= high + 1e-9 * all, "{exposure:?} and {saved:?} have nothing in common");
            let bound = |x: f64| x.max(low).min(high);
            prop_assert!(same(bound(saved.value()), bound(exposure.fix_value.value()), all), "{exposure:?} and {saved:?}");
        }
    }

    #[test]
    fn a_sample_in_blocks_is_the_sample(
        scene in scene(ANY),
        cuts in prop::collection::btree_set(1..16_u64, 0..4),
        exact in any::<bool>(),
        turned in any::<bool>(),
    ) telling 25 {
        let today = assess(scene.contents());
        let nodes = if exact { EXACT } else { COUNTED };
        let options = SampleOptions { worlds: 1024, seed: 5, nodes, shares: true, ..SampleOptions::default() };
        let whole = today.sample(&options);
        tells(whole.risk.value() > 0.0);
        let ends: Vec<u64> = [0].into_iter().chain(cuts).chain([16]).collect();
        let mut blocks: Vec<SampleBlock> = ends
            .windows(2)
            .map(|ends| {
                let block = today.sample_block(ends[0]..ends[1], &options).unwrap();
                serde_json::from_str(&serde_json::to_string(&block).unwrap()).unwrap()
            })
            .collect();
        if turned {
            blocks.reverse();
        }
        let mut all = blocks.remove(0);
        for block in blocks {
            all.merge(&block).unwrap();
        }
        let told = today.sample_of(&all, &options).unwrap();
        prop_assert_eq!(&told, &whole);
        let document = |sample: &Sample| wire::json(&SampleDocument::of(&today, sample, usize::MAX)).unwrap();
        prop_assert_eq!(document(&told), document(&whole));
    }

    #[test]
    fn shares_add_up_to_what_all_findings_cost_together(scene in scene(ANY)) telling 2 {
        let today = assess(scene.contents());
        let all = everything(&today);
        let sample = sampled(&today, EXACT);
        let shares: Vec<f64> = sample.exposures.iter().filter_map(|exposure| exposure.share).collect();
        tells(shares.iter().filter(|share| **share > 0.0).count() > 1);
        prop_assert!(shares.iter().all(|share| *share >= 0.0));
        prop_assert!(same(shares.iter().sum(), sample.attributed.unwrap(), all));
        let all_of = sample.exposures.iter().map(|exposure| exposure.exposure.clone());
        let findings: Vec<ExposureId> = all_of.filter(|id| id.finding().is_some()).collect();
        let saved = fixed(&today, &findings, EXACT).saved.value();
        prop_assert!(same(saved, sample.attributed.unwrap(), all), "{saved} and {sample:?}");
    }

    #[test]
    fn after_the_cheapest_cut_the_event_cannot_happen_and_before_it_can(scene in scene(ANY)) telling 5 {
        let today = assess(scene.contents());
        let mut spared = 0;
        for event in events(&today) {
            let cut = today.cheapest_cut(&event, |_| Some(1.0), &CutOptions::default()).unwrap();
            let CheapestCut::Cut { fixes, cost, at_least, .. } = cut else { continue };
            prop_assert_eq!((cost, at_least), (fixes.len() as f64, fixes.len() as f64));
            let chosen: BTreeSet<ExposureId> = fixes.into_iter().map(|fix| fix.exposure).collect();
            let can = |fixed: &BTreeSet<ExposureId>| {
                let paths = without(&scene, fixed).paths(&event, &PathOptions { at_most: 1, ..PathOptions::default() });
                paths.is_ok_and(|paths| !paths.list.is_empty())
            };
            prop_assert!(!can(&chosen), "{event}");
            if act_alone(&today, &scene, &chosen) {
                for one in &chosen {
                    let mut fewer = chosen.clone();
                    fewer.remove(one);
                    prop_assert!(can(&fewer), "{event} without {one}");
                    spared += 1;
                }
            }
        }
        tells(spared > 0);
    }

    #[test]
    fn what_a_relation_taken_away_saves_is_what_knowing_it_gone_says(scene in scene(ANY)) telling 5 {
        let today = assess(scene.contents());
        let all = everything(&today);
        let relations: Vec<ExposureId> =
            today.ranked().filter(|exposure| exposure.relation.is_some()).map(|exposure| exposure.id).collect();
        for id in relations {
            let what_if = fixed(&today, std::slice::from_ref(&id), EXACT);
            let gone = without(&scene, &BTreeSet::from([id.clone()]));
            let anew = fixed(&gone, &[], EXACT).before.value();
            tells(what_if.saved.value() > 0.0);
            prop_assert!(same(what_if.after.value(), anew, all), "{id}: {what_if:?}, and {anew} assessed anew");
            prop_assert!(gone.exposure_of(&id).is_none_or(|exposure| exposure.risk.value() == 0.0), "{id} has a risk");
        }
    }

    #[test]
    fn what_is_on_every_path_is_critical_for_sure_and_is_in_each_path(scene in scene(ANY)) telling 3 {
        let today = assess(scene.contents());
        let mut on_every_path = 0;
        for event in events(&today) {
            let points = today.choke_points(&event, &measured(EXACT)).unwrap();
            let paths = today.paths(&event, &PathOptions { at_most: 1000, ..PathOptions::default() }).unwrap();
            for point in &points.list {
                let exact = point.critical.value();
                prop_assert!((0.0..=1.0).contains(&exact));
                prop_assert!(!point.on_every_path || exact == 1.0, "{point:?}");
                let ctem_core::prioritize::Point::Finding { finding } = &point.point else { continue };
                let uses = |path: &ctem_core::prioritize::Path| {
                    path.hops.iter().any(|hop| hop.finding() == Some(finding))
                };
                prop_assert!(!point.on_every_path || paths.list.iter().all(uses), "{point:?}");
                on_every_path += usize::from(point.on_every_path && !paths.list.is_empty());
            }
        }
        tells(on_every_path > 0);
    }
}
