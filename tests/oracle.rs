//! The engine against a second, tiny implementation that decides everything by looking at all worlds.
//!
//! [`mine`] interprets the documented rules anew, from records to steps, and asks no code of the engine's what they mean;
//! [`worlds::exact`] walks the engine's own snapshot. On every small random environment the two must agree, and the engine's
//! bounds must hold what they find. Published values are computed by both. [`cuts`] tries every choice of fixes on graphs put together
//! by hand. [`sampled`], [`changed`] and [`worth`] count worlds once more, in the plainest way, and hold the bounds to exact answers.

#[path = "oracle/added.rs"]
mod added;
#[path = "oracle/changed.rs"]
mod changed;
#[path = "oracle/cuts.rs"]
mod cuts;
mod draw;
#[path = "oracle/factors.rs"]
mod factors;
#[path = "oracle/mine.rs"]
mod mine;
#[path = "oracle/most_probable.rs"]
mod most_probable;
#[path = "oracle/published.rs"]
mod published;
#[path = "oracle/random.rs"]
mod random;
#[path = "oracle/records.rs"]
mod records;
#[path = "oracle/sampled.rs"]
mod sampled;
#[path = "oracle/ways.rs"]
mod ways;
#[expect(dead_code, reason = "the laws use the rest")]
mod worlds;
#[path = "oracle/worth.rs"]
mod worth;

use ctem_core::{
    Assessment,
    attack::{
        BestPathsToLosses, Bounds, EventId, Exact, Limits, MostProbablePaths, Snapshot, StateKind, Tracer,
        Witness,
    },
};
use mine::Mine;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use worlds::{ANY, SMALL, cases, exact::Worlds, scene};

/// What rounding may add up to, and nothing else.
const ROUNDING: f64 = 1e-12;

/// The loss event of a number.
fn event_id(number: usize) -> EventId {
    EventId::new(number as u32)
}

/// The chance of every loss event by the engine's snapshot, looked at in all worlds.
fn by_event(assessment: &Assessment, worlds: &Worlds) -> BTreeMap<String, f64> {
    let mut ids: Vec<_> =
        assessment.loss_events().iter().map(|jewel| jewel.stake.event.id.to_string()).collect();
    ids.sort();
    ids.into_iter().zip(worlds.events(assessment.snapshot())).collect()
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn the_compiled_steps_mean_what_the_documented_rules_mean(scene in scene(SMALL)) {
        let mut contents = scene.contents();
        // How evidence moves a factor is another test's business.
        contents.evidence.clear();
        let assessment = worlds::assess(contents.clone());
        let mine = Mine::of(&contents);
        let (Some(theirs), Some(mine)) = (Worlds::of(assessment.snapshot()), mine.chances()) else {
            return Err(TestCaseError::reject("too many worlds"));
        };
        let theirs = by_event(&assessment, &theirs);
        prop_assert_eq!(theirs.keys().collect::<Vec<_>>(), mine.keys().collect::<Vec<_>>());
        for (event, chance) in &mine {
            prop_assert!((theirs[event] - chance).abs() <= ROUNDING, "{event}: {} and {chance}", theirs[event]);
        }
    }

    #[test]
    fn bounds_hold_the_exact_chance_of_every_state(scene in scene(ANY)) {
        let assessment = worlds::assess(scene.contents());
        let snapshot = assessment.snapshot();
        let Some(worlds) = Worlds::of(snapshot) else { return Err(TestCaseError::reject("too many worlds")) };
        let falls = MostProbablePaths::compute(snapshot);
        let bounds = Bounds::compute(snapshot, &falls);
        let mut exact = vec![0.0; snapshot.state_count()];
        worlds.each(|weight, fallen, _| {
            exact.iter_mut().zip(fallen).filter(|(_, fallen)| **fallen).for_each(|(sum, _)| *sum += weight);
        });
        for (state, exact) in snapshot.states().zip(exact) {
            if snapshot.kind(state) == Some(StateKind::Given) { continue; }
            let (way, chance) = (falls.chance(state).get(), bounds.chance(state));
            prop_assert!(way <= exact + ROUNDING, "a way to {state:?} of {way}, exactly {exact}");
            prop_assert!(chance.lower() <= exact + ROUNDING && exact <= chance.upper() + ROUNDING,
                "{:?}: {chance:?} does not hold {exact}", snapshot.kind(state));
            prop_assert!((way > 0.0) == (exact > 0.0), "{way} and {exact}");
        }
    }

    #[test]
    fn exact_chances_are_those_of_all_worlds(scene in scene(ANY)) {
        let assessment = worlds::assess(scene.contents());
        let snapshot = assessment.snapshot();
        let Some(worlds) = Worlds::of(snapshot) else { return Err(TestCaseError::reject("too many worlds")) };
        let exact = Exact::compute(snapshot, &Limits::default()).unwrap();
        for (n, chance) in snapshot.events().zip(worlds.events(snapshot)) {
            let found = exact.chance(n).unwrap().get();
            prop_assert!((found - chance).abs() <= ROUNDING, "{n:?}: {found} and {chance}");
        }
    }

    #[test]
    fn a_finding_never_costs_more_than_its_upper_bound_nor_less_than_its_path(scene in scene(ANY)) {
        let assessment = worlds::assess(scene.contents());
        let snapshot = assessment.snapshot();
        let Some(worlds) = Worlds::of(snapshot) else { return Err(TestCaseError::reject("too many worlds")) };
        let states: Vec<_> = snapshot.states().collect();
        let mut events: Vec<_> = assessment.loss_events().iter()
            .map(|jewel| (jewel.stake.event.id.clone(), jewel.stake.loss.amount(), jewel.stake.assumed)).collect();
        events.sort_by(|a, b| a.0.cmp(&b.0));
        let stated = events.iter().any(|(.., assumed)| !assumed);
        let at: Vec<_> = snapshot.events()
            .map(|n| states.binary_search(&snapshot.event(n).unwrap()).unwrap()).collect();
        let mut standing: Vec<_> = assessment.ranked().filter(|exposure| exposure.finding.is_some()).collect();
        standing.sort_by(|a, b| a.id.cmp(&b.id));
        for (n, exposure) in standing.iter().enumerate() {
            let Some(step) = snapshot.exploit_step(n) else {
                prop_assert_eq!(exposure.risk.upper(), 0.0);
                continue;
            };
            let place = snapshot.steps().position(|other| other == step).unwrap();
            // The loss in worlds where an attacker gets to use it.
            let mut loss = 0.0;
            worlds.each(|weight, fallen, open| if open[place] {
                loss += weight * at.iter().zip(&events).filter(|(at, _)| fallen[**at]).map(|(_, (_, loss, _))| loss).sum::<f64>();
            });
            prop_assert!(exposure.risk.lower() <= loss + ROUNDING, "{:?} and {loss}", exposure.risk);
            // Events that happen in those worlds without it are none of its own: each it leads to counts in full. Of a row that leads to
            // losses that are stated, those of assumed size are no part.
            let counts = |n: &usize| exposure.assumed || !stated || !events[*n].2;
            let through: BTreeSet<usize> = led_to(snapshot, step, &at).into_iter().filter(counts).collect();
            let mut own = 0.0;
            worlds.each(|weight, fallen, open| if open[place] {
                own += weight * through.iter().filter(|n| fallen[at[**n]]).map(|n| events[*n].1).sum::<f64>();
            });
            prop_assert!(own <= exposure.risk.upper() + ROUNDING, "{:?} and {own}", exposure.risk);
        }
    }

    #[test]
    fn a_path_can_be_walked_and_its_chance_is_that_of_what_it_needs(scene in scene(ANY)) {
        let assessment = worlds::assess(scene.contents());
        let snapshot = assessment.snapshot();
        let falls = MostProbablePaths::compute(snapshot);
        let losses = vec![1.0; snapshot.event_count()];
        let onward = BestPathsToLosses::compute(snapshot, &falls, &losses, 8);
        let mut tracer = Tracer::new(snapshot, &falls, &onward);
        for event in snapshot.events() {
            let goal = snapshot.event(event).unwrap();
            let to = tracer.to(goal);
            prop_assert_eq!(to.is_some(), falls.chance(goal).get() > 0.0);
            for step in snapshot.steps() {
                let alone = snapshot.events().map(|event| tracer.through(step, event)).collect::<Vec<_>>();
                let together = tracer.through_each(step, &snapshot.events().collect::<Vec<_>>());
                prop_assert_eq!(alone, together);
            }
            let ways = snapshot.steps().filter_map(|step| tracer.through(step, event).map(|way| (Some(step), way)));
            for (step, way) in to.map(|way| (None, way)).into_iter().chain(ways.collect::<Vec<_>>()) {
                let walked = walked(snapshot, &way);
                prop_assert!(walked.is_ok(), "{walked:?}");
                prop_assert!(step.is_none_or(|step| way.steps.contains(&step)));
                prop_assert_eq!(snapshot.conclusion(*way.steps.last().unwrap()), Some(goal));
                let exact = walked.unwrap();
                prop_assert!((way.chance(snapshot).get() - exact).abs() <= ROUNDING * exact);
                prop_assert!(step.is_some() || falls.chance(goal).get() <= exact * (1.0 + ROUNDING));
            }
        }
    }

    #[test]
    fn where_any_one_step_leads_on_the_most_probable_way_is_the_best_simple_path(scene in scene(ANY)) {
        let snapshot = worlds::assess(scene.contents()).snapshot().clone();
        let alone = snapshot.steps().filter(|step| snapshot.premises(*step).count() > 1).count() == 0;
        prop_assume!(alone);
        let falls = MostProbablePaths::compute(&snapshot);
        for goal in snapshot.states() {
            if snapshot.kind(goal) == Some(StateKind::Given) { continue; }
            let best = best_simple_path(&snapshot, goal, &mut BTreeSet::new());
            let found = falls.chance(goal).get();
            prop_assert!((best - found).abs() <= ROUNDING * best, "{found} found, {best} there");
        }
    }
}

/// The events, by number, that a step's conclusion leads on to by any steps that can be taken at all.
fn led_to(snapshot: &Snapshot, step: ctem_core::attack::Step, events: &[usize]) -> BTreeSet<usize> {
    let states: Vec<_> = snapshot.states().collect();
    let falls = MostProbablePaths::compute(snapshot);
    let can = |step: &_| {
        let open = snapshot.guard(*step).is_none_or(|guard| guard.chance.get() > 0.0);
        open && snapshot.premises(*step).all(|premise| falls.chance(premise).get() > 0.0)
    };
    let mut reached = BTreeSet::from([snapshot.conclusion(step).unwrap()]);
    loop {
        let before = reached.len();
        for step in snapshot.steps().filter(can) {
            if snapshot.premises(step).any(|premise| reached.contains(&premise)) {
                reached.insert(snapshot.conclusion(step).unwrap());
            }
        }
        if reached.len() == before {
            return (0..events.len()).filter(|n| reached.contains(&states[events[*n]])).collect();
        }
    }
}

/// Takes the steps of a way one after the other; the chance that all its variables help.
fn walked(snapshot: &Snapshot, way: &Witness) -> Result<f64, String> {
    let mut held = BTreeSet::new();
    let mut needed = BTreeMap::new();
    for step in &way.steps {
        if let Some(missing) = snapshot.premises(*step).find(|premise| !held.contains(premise)) {
            return Err(format!("{step:?} needs {missing:?}"));
        }
        held.extend(snapshot.conclusion(*step));
        if let Some(guard) = snapshot.guard(*step) {
            needed.insert(guard.kind, guard.chance.get());
        }
    }
    Ok(needed.values().product())
}

/// Tries every path that visits no state twice.
fn best_simple_path(
    snapshot: &Snapshot,
    goal: ctem_core::attack::State,
    on_the_way: &mut BTreeSet<ctem_core::attack::State>,
) -> f64 {
    on_the_way.insert(goal);
    let mut best: f64 = 0.0;
    for step in snapshot.steps().filter(|step| snapshot.conclusion(*step) == Some(goal)) {
        let chance = snapshot.guard(step).map_or(1.0, |guard| guard.chance.get());
        let before = match snapshot.premises(step).next() {
            None => 1.0,
            Some(premise) if on_the_way.contains(&premise) => continue,
            Some(premise) => best_simple_path(snapshot, premise, on_the_way),
        };
        best = best.max(before * chance);
    }
    on_the_way.remove(&goal);
    best
}
