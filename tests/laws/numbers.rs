//! Numbers: what every assessment's numbers are to each other.

use crate::{
    tells,
    worlds::{
        ANY, AS_OF, assess, assess_with, asset, chance, exact::Worlds, finding, moment, program, report,
        scene,
    },
};
use ctem_core::{
    Assessment, Days, Probability, Program,
    id::WeaknessId,
    intel::Intel,
    model::{
        Access, Asset, AssetKind, Attacker, Contents, EntryPoint, Finding, Trigger, Weakness, WeaknessKind,
    },
    prioritize::{AssessOptions, PathOptions, SampleOptions},
    wire,
};
use proptest::prelude::*;
use std::sync::Arc;

fn written(assessment: &Assessment) -> String {
    wire::assessment(assessment, &wire::DocumentOptions { explained: true, ..Default::default() })
}

laws! {
    in 256 cases;

    #[test]
    fn an_explanation_folds_to_the_risk_the_ranking_shows(scene in scene(ANY), days in prop::sample::select(vec![1.0, 30.0, 365.0])) telling 15 {
        let options = AssessOptions { horizon: Days::new(days).unwrap(), ..AssessOptions::default() };
        let assessment = assess_with(scene.contents(), options);
        tells(assessment.ranked().any(|exposure| exposure.risk.value() > 0.0));
        for exposure in assessment.ranked() {
            let why = assessment.explain(&exposure.id).unwrap();
            prop_assert_eq!(why.risk.folded().to_bits(), exposure.risk.value().to_bits(), "{}: {:?}", exposure, why.risk);
            prop_assert_eq!(why.risk.value.to_bits(), exposure.risk.value().to_bits());
            let likelihood = &why.risk.parts[0];
            prop_assert_eq!(likelihood.folded().to_bits(), exposure.likelihood.get().to_bits(), "{:?}", likelihood);
            let paths: f64 = why.paths.iter().map(|path| path.chance.get() * path.loss.amount()).sum();
            prop_assert!((paths - exposure.risk.value()).abs() <= 1e-12 * paths, "{paths} and {:?}", exposure.risk);
        }
    }

    #[test]
    fn the_ranking_is_a_total_order(scene in scene(ANY)) telling 12 {
        let assessment = assess(scene.contents());
        let ranked: Vec<_> = assessment.ranked().collect();
        prop_assert_eq!(ranked.iter().filter(|exposure| exposure.finding.is_some()).count(), scene.flaws.len());
        tells(ranked.windows(2).any(|pair| pair[0].risk.value() > pair[1].risk.value()));
        for (n, pair) in ranked.windows(2).enumerate() {
            let [a, b] = pair else { unreachable!() };
            // What is assumed stands behind what is stated, and of equal risks relations behind findings.
            let rounded = |risk: f64| (risk.to_bits() + (1 << 11)) >> 12;
            let listed = |e: &ctem_core::Exposure<'_>| (!e.assumed, rounded(e.risk.value()), e.finding.is_some());
            let cve = |e: &ctem_core::Exposure<'_>| e.finding.and_then(|finding| finding.weakness.id.cve());
            let key = |e: &ctem_core::Exposure<'_>| (e.known_exploited, e.epss, e.cvss);
            prop_assert!(listed(a) >= listed(b), "{a} before {b}");
            if listed(a) == listed(b) && a.finding.is_some() {
                prop_assert!(key(a) >= key(b), "{a} before {b}");
                // What a flaw gives stands between CVSS and the rest.
                let given = |e: &ctem_core::Exposure<'_>| {
                    let n = (0..scene.flaws.len()).find(|n| finding(*n).as_str() == e.id.as_str()).unwrap();
                    (scene.flaws[n].vector, scene.flaws[n].stated.map(|(_, gives, _)| gives))
                };
                let same = given(a) == given(b) && key(a) == key(b);
                prop_assert!(!same || cve(a) > cve(b) || cve(a) == cve(b) && a.id < b.id, "{a} before {b}");
            }
            prop_assert_eq!((a.rank, b.rank), (n + 1, n + 2));
        }
        for exposure in &ranked {
            prop_assert_eq!(assessment.exposure_of(&exposure.id).unwrap().rank, exposure.rank);
        }
    }

    #[test]
    fn bounds_hold_the_truth_and_chances_lie_between_0_and_1(scene in scene(ANY)) telling 30 {
        let assessment = assess(scene.contents());
        let exact = Worlds::of(assessment.snapshot()).map(|worlds| worlds.events(assessment.snapshot()));
        let mut loss_events = assessment.loss_events();
        loss_events.sort_by(|a, b| a.stake.event.id.cmp(&b.stake.event.id));
        tells(exact.as_ref().is_some_and(|exact| exact.iter().any(|chance| *chance > 0.0 && *chance < 1.0)));
        // What is assumed is no part of a sum of what was stated.
        let stated = loss_events.iter().any(|jewel| !jewel.stake.assumed);
        let (mut lower, mut upper, mut truth) = (0.0, 0.0, 0.0);
        for (n, jewel) in loss_events.iter().enumerate() {
            let (chance, loss) = (jewel.chance, jewel.stake.loss.amount());
            let loss = if jewel.stake.assumed && stated { 0.0 } else { loss };
            prop_assert!(0.0 <= chance.lower() && chance.lower() <= chance.value());
            prop_assert!(chance.value() <= chance.upper() && chance.upper() <= 1.0, "{chance:?}");
            prop_assert_eq!(chance.value() > 0.0, jewel.path.is_some());
            (lower, upper) = (lower + loss * chance.lower(), upper + loss * chance.upper());
            truth += loss * exact.as_ref().map_or(0.0, |exact| exact[n]);
        }
        let risk = assessment.risk();
        // The lower end may have more to go by than the events' ends: paths and rows, which count once what their steps share.
        prop_assert!(risk.lower() >= lower && risk.upper() == upper.max(risk.lower()), "{risk:?} of {lower} to {upper}");
        let holds = risk.lower() <= truth + 1e-12 && truth <= risk.upper() + 1e-12;
        prop_assert!(exact.is_none() || holds, "{risk:?} does not hold {truth}");
        for exposure in assessment.ranked() {
            let risk = exposure.risk;
            prop_assert!(0.0 <= risk.lower() && risk.lower() <= risk.value() && risk.value() <= risk.upper());
            prop_assert!((0.0..=1.0).contains(&exposure.likelihood.get()));
            prop_assert!((0.0..=1.0).contains(&exposure.reach.get()));
        }
    }

    #[test]
    fn the_whole_is_at_least_any_path_and_any_row(scene in scene(ANY)) telling 20 {
        let assessment = assess(scene.contents());
        let (risk, loss_events) = (assessment.risk(), assessment.loss_events());
        let stated = loss_events.iter().any(|jewel| !jewel.stake.assumed);
        let mut all = 0.0;
        for jewel in loss_events.iter().filter(|jewel| !jewel.stake.assumed || !stated) {
            let path = jewel.path.as_ref().map_or(0.0, |path| path.chance.get());
            let loss = jewel.stake.loss.amount() * path;
            prop_assert!(risk.lower() >= loss, "{} by its path alone, and {risk:?}", loss);
            all += loss;
        }
        prop_assert!(risk.lower() >= all * (1.0 - 1e-12), "{all} by all paths, and {risk:?}");
        for exposure in assessment.ranked().filter(|exposure| !exposure.assumed) {
            tells(exposure.risk.value() > 0.0 && exposure.risk.value() < risk.upper());
            prop_assert!(exposure.risk.value() <= risk.lower(), "{exposure} and {risk:?}");
            prop_assert!(exposure.risk.upper() <= risk.upper(), "{:?} and {risk:?}", exposure.risk);
        }
    }

    #[test]
    fn every_answer_tells_the_same_likeliest_path(scene in scene(ANY)) telling 15 {
        let assessment = assess(scene.contents());
        let sample = assessment.sample(&SampleOptions::default());
        for event in assessment.loss_events() {
            let id = &event.stake.event.id;
            let paths = assessment.paths(id, &PathOptions { at_most: 4, ..PathOptions::default() }).unwrap().list;
            let first = paths.first().map(|path| path.chance);
            let own = event.path.as_ref().map(|path| path.chance);
            // Of as likely paths either may be told, whose factors are multiplied in another order.
            let same = |one: f64, other: f64| (one - other).abs() <= one * 1e-12;
            prop_assert!(first.is_some() == own.is_some(), "{id}: {first:?} and {own:?}");
            prop_assert!(first.zip(own).is_none_or(|(first, own)| first >= own || same(first.get(), own.get())), "{id}");
            prop_assert!(paths.is_sorted_by(|a, b| a.chance >= b.chance));
            let Some(path) = event.path else { continue };
            tells(path.chance.get() < 1.0 && paths.len() > 1);
            // A chance over all paths is at least that of one.
            let sampled = sample.events.iter().find(|each| each.event == *id).map(|each| each.chance);
            let least = path.chance.get() * (1.0 - 1e-12);
            prop_assert!(event.chance.upper() >= least, "{id}: {:?} and {:e}", event.chance, path.chance.get());
            prop_assert!(sampled.is_none_or(|chance| chance.lower() >= least), "{id}: {sampled:?}");
            // Nor does the explanation of anything on that path tell a better one to the event.
            for finding in path.hops.iter().filter_map(|hop| hop.finding()) {
                let explanation = assessment.explain(&finding.clone().into()).unwrap();
                let told = explanation.paths.iter().filter(|told| told.event == path.event);
                prop_assert!(told.into_iter().all(|told| told.chance <= path.chance || same(told.chance.get(), path.chance.get())), "{finding} to {id}");
            }
        }
    }

    #[test]
    fn two_horizons_one_after_the_other_are_one(p in 0.0f64..=1.0, first in 0.1f64..200.0, second in 0.1f64..200.0) {
        let over = |days: f64| Probability::new(p).unwrap().over(Days::THIRTY, Days::new(days).unwrap());
        let together = over(first).or(over(second)).get();
        let whole = over(first + second).get();
        prop_assert!((together - whole).abs() <= 1e-12, "{together} and {whole}");
        prop_assert!(over(first) <= over(first + second));
    }

    #[test]
    fn two_horizons_of_a_threat_and_an_entry_are_one(p in 0.0f64..=1.0, q in 0.0f64..=1.0, first in 1u32..100, second in 1u32..100) {
        let within = |days: u32| {
            let mut contents = hosts(1, p, 1.0);
            contents.entry_points[0].chance = chance(q);
            let horizon = Days::new(f64::from(days)).unwrap();
            let assessment = assess_with(contents, AssessOptions { horizon, ..AssessOptions::default() });
            let exposure = assessment.ranked().next().unwrap();
            (exposure.likelihood, exposure.reach)
        };
        let (a, b, whole) = (within(first), within(second), within(first + second));
        prop_assert!((a.0.or(b.0).get() - whole.0.get()).abs() <= 1e-12);
        prop_assert!((a.1.or(b.1).get() - whole.1.get()).abs() <= 1e-12);
    }

    #[test]
    fn many_hosts_with_one_flaw_never_exceed_its_threat(number in 2usize..60, threat in 0.0f64..=1.0, own in 0.0f64..=1.0, deep in any::<bool>()) {
        let mut contents = hosts(number, threat, own);
        if deep {
            // The attacker must pass through one of them to get to the rest, and can go back.
            contents.entry_points.truncate(1);
            for n in 1..number {
                for (from, to) in [(0, n), (n, 0), (n, (n + 1) % number)] {
                    contents.relations.push(ctem_core::model::Relation::new(asset(from), ctem_core::model::RelationKind::Reaches, asset(to)));
                }
            }
        }
        let assessment = assess(contents);
        let loss_events = assessment.loss_events();
        let any = loss_events.iter().find(|jewel| jewel.stake.event.id.as_str() == "any").unwrap();
        prop_assert!(any.chance.upper() <= threat * (1.0 + 1e-9), "{:?} of a threat of {threat}", any.chance);
        prop_assert!(any.chance.lower() >= threat * own * (1.0 - 1e-12));
    }

    #[test]
    fn every_run_and_every_thread_gives_the_same_bytes(scene in scene(ANY)) telling 60 {
        let one = written(&assess(scene.contents()));
        tells(scene.flaws.len() > 1);
        let mut program = Program::new(Intel::none());
        program.absorb(report(scene.contents()));
        let program = Arc::new(program);
        let threads: Vec<_> = (0..2).map(|_| {
            let program = Arc::clone(&program);
            std::thread::spawn(move || written(&program.assess(moment(AS_OF)).unwrap()))
        }).collect();
        for thread in threads {
            prop_assert_eq!(&thread.join().unwrap(), &one);
        }
        prop_assert_eq!(written(&program.assess(moment(AS_OF)).unwrap()), one);
    }

    #[test]
    fn an_assessment_stands_while_its_program_goes_on(first in scene(ANY), second in scene(ANY)) telling 90 {
        let mut program = program(first.contents());
        let assessment = program.assess(moment(AS_OF)).unwrap();
        let before = written(&assessment);
        program.absorb(report(second.contents()));
        tells(written(&program.assess(moment(AS_OF)).unwrap()) != before);
        prop_assert_eq!(written(&assessment), before);
    }
}

/// Hosts on the internet with one flaw, and the loss of any of them.
fn hosts(number: usize, threat: f64, own: f64) -> Contents {
    let mut contents = Contents::default();
    let mut states = Vec::new();
    for n in 0..number {
        contents.assets.push(Asset::new(asset(n), AssetKind::Host));
        contents.entry_points.push(EntryPoint::new(asset(n), Access::Reach, Attacker::Internet));
        let id = WeaknessId::parse("CVE-2024-1").unwrap();
        let mut finding = Finding::new(asset(n), Weakness::new(id, WeaknessKind::Vulnerability));
        let exploit = finding.exploit.get_or_insert_default();
        (exploit.threat, exploit.local, exploit.success) =
            (Some(chance(threat)), Some(chance(own)), Some(chance(1.0)));
        contents.findings.push(finding);
        states.push(Trigger::State { asset: asset(n), access: Access::Use });
    }
    contents.services.push(crate::invariance::service("any", 1.0, Trigger::Any(states)));
    contents
}
