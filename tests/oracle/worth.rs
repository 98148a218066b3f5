//! What fixing is worth, counted over worlds: against each world looked at with and without, and against exact answers.

use crate::{
    changed::{Change, Changing, without_joins},
    draw::Draw,
    event_id,
    random::Case,
    sampled::{Mine, SURE, chance, compiled, worlds},
};
use ctem_core::{
    Estimate, Probability,
    attack::{
        Exact, FixSet, Graph, Key, Limits, Overlay, PriorUncertainty, State, Worlds, mandatory_variables,
    },
};

fn most(case: &Case) -> f64 {
    case.events.iter().map(|(_, loss)| loss).sum()
}

/// Whether bounds hold what is exact.
fn holds(estimate: &Estimate, exact: f64, most: f64) -> bool {
    let near = 1e-9 * most;
    estimate.lower() <= exact + near && exact <= estimate.upper() + near
}

#[test]
fn a_fix_value_is_what_is_lost_only_with_a_variables_help_in_each_world_looked_at_alone() {
    let mut valuable = 0;
    for number in 0..900 {
        let case = if number % 2 == 0 { without_joins(number) } else { Case::of(number) };
        let (snapshot, mut draw) = (compiled(&case), Draw::of(number));
        let (mut changing, mut patch) = (Changing::of(&case, 1), Overlay::new(&snapshot));
        // As it is, and with changes of chances, given states and steps.
        for _ in 0..[0, 0, 4][number as usize % 3] {
            let change = changing.draw(&mut draw);
            changing.make(&change, &mut patch);
        }
        let sampled = Worlds::new(&snapshot, number).with(&patch);
        let (all, few) = (
            sampled.fix_values(FixSet::Findings, &worlds(128)),
            sampled.fix_values(FixSet::Single, &worlds(128)),
        );
        assert_eq!(all.tally(), &sampled.run(&worlds(128)).tally);
        let mine = Mine::of(&changing.case, number, 2);
        for variable in 0..case.chances.len() {
            let (key, confidence) = (case.key(variable), chance(0.95));
            let (value, times) = mine.hangs_on(variable);
            let theirs = all.of(key, confidence);
            assert!(
                (theirs.value() - value).abs() <= 1e-9 * most(&case),
                "case {number}, v{variable}: {theirs:?} and {value}\n{case}\nas\n{}",
                changing.case
            );
            let critical = times as f64 / mine.lossy().max(1) as f64;
            assert_eq!(all.critical(key), critical, "case {number}, v{variable}\n{case}");
            let steps = changing.case.steps.iter().filter(|(_, guard, _)| *guard == Some(variable)).count();
            let asked = few.of(key, confidence) == theirs;
            assert!(
                asked || steps > 1,
                "case {number}: v{variable} guards one place, and is not asked about\n{case}"
            );
            valuable += u64::from(value > 0.0);
        }
    }
    assert!(valuable > 900, "{valuable}");
}

#[test]
fn bounds_of_fix_values_hold_the_exact_ones_and_what_is_irrelevant_is_worth_nothing() {
    for number in 0..120 {
        let case = if number % 2 == 0 { without_joins(number) } else { Case::of(number) };
        let snapshot = compiled(&case);
        let exact = Exact::compute(&snapshot, &Limits::default()).unwrap();
        let values = Worlds::new(&snapshot, number).fix_values(FixSet::Findings, &worlds(4096));
        for variable in 0..case.chances.len() {
            let key = case.key(variable);
            let value = values.of(key, chance(SURE));
            let truth = exact.fix_value(key).unwrap_or(0.0);
            assert!(
                holds(&value, truth, most(&case)),
                "case {number}, v{variable}: {value:?} and {truth}\n{case}"
            );
            if truth == 0.0 {
                assert_eq!(
                    (value.value(), values.critical(key)),
                    (0.0, 0.0),
                    "case {number}, v{variable}\n{case}"
                );
            }
        }
    }
}

#[test]
fn dominators_and_removal_find_the_same_fix_values() {
    for number in 0..300 {
        let case = without_joins(number);
        let snapshot = compiled(&case);
        let [one, other] = [State::numbered(1), State::numbered(2)];
        // A step that needs two states and leads nowhere: where there is one, no dominators are asked.
        let mut patch = Overlay::new(&snapshot);
        let nowhere = patch.state();
        patch.step(&[one, other], &[], nowhere).unwrap();
        let sampled = Worlds::new(&snapshot, number);
        let by_dominators = sampled.fix_values(FixSet::Findings, &worlds(192));
        let by_removal = sampled.with(&patch).fix_values(FixSet::Findings, &worlds(192));
        for variable in 0..case.chances.len() {
            let key = case.key(variable);
            let [one, other] = [&by_dominators, &by_removal]
                .map(|values| (values.of(key, chance(0.95)).value(), values.critical(key)));
            assert_eq!(one, other, "case {number}, v{variable}\n{case}");
        }
    }
}

#[test]
fn a_choke_point_is_critical_in_every_world_in_which_its_event_happens() {
    let mut found = 0;
    for number in 0..600 {
        let case = Case::of(number);
        let snapshot = compiled(&case);
        for event in 0..case.events.len() {
            let values = Worlds::new(&snapshot, number)
                .only(event_id(event))
                .fix_values(FixSet::Findings, &worlds(128));
            if values.tally().happened(event_id(event)) == 0 || case.events[event].1 == 0.0 {
                continue;
            }
            for guard in mandatory_variables(&snapshot, event_id(event)) {
                let critical = values.critical(case.key(guard.number() as usize));
                assert_eq!(critical, 1.0, "case {number}, event {event}, v{}\n{case}", guard.number());
                found += 1;
            }
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn the_worth_of_an_action_is_the_difference_of_the_losses_world_by_world() {
    let (mut missed, mut looked) = (0, 0);
    for number in 0..700 {
        let (case, mut draw) = (Case::of(number), Draw::of(number ^ 0xac7));
        let snapshot = compiled(&case);
        let exact = Exact::compute(&snapshot, &Limits::default()).unwrap();
        let sampled = Worlds::new(&snapshot, number);
        let loss = |case: &Case| Mine::of(case, number, 8).loss();
        // Two actions, and both together: of chances alone, or with whatever else.
        let chances_alone = !number.is_multiple_of(3);
        let (mut both, mut together) = (Changing::of(&case, 2), Overlay::new(&snapshot));
        let mut parts = Vec::new();
        for _ in 0..2 {
            let (mut alone, mut patch) = (Changing::of(&case, 2), Overlay::new(&snapshot));
            for _ in 0..2 {
                let change = if chances_alone { alone.chance(&mut draw) } else { alone.given(&mut draw) };
                alone.make(&change, &mut patch);
                both.make(&change, &mut together);
                match change {
                    Change::Chance(key, to) => {
                        let variable = (0..case.chances.len()).find(|n| case.key(*n) == key).unwrap();
                        both.case.chances[variable] = to;
                    }
                    _ => both.case.steps.extend(alone.case.steps.last().cloned()),
                }
            }
            parts.push((alone.case, patch));
        }
        let [(first_case, first), (second_case, second)] = &parts[..] else { unreachable!() };
        let limits = worlds(512);
        let (before, one, other, all) = (loss(&case), loss(first_case), loss(second_case), loss(&both.case));
        let mut check = |contrast: ctem_core::attack::Contrast, value: f64, truth: Option<f64>| {
            let (usual, sure) = (contrast.estimate(chance(0.95)), contrast.estimate(chance(SURE)));
            let near = 1e-9 * most(&case);
            assert!((usual.value() - value).abs() <= near, "case {number}: {usual:?} and {value}\n{case}");
            if let Some(truth) = truth {
                assert!(holds(&sure, truth, most(&case)), "case {number}: {sure:?} and {truth}\n{case}");
                (looked, missed) = (looked + 1, missed + u64::from(!holds(&usual, truth, most(&case))));
            }
        };
        let with = |case: &Case| {
            let changes: Vec<(Key, Probability)> =
                (0..case.chances.len()).map(|n| (case.key(n), chance(case.chances[n]))).collect();
            chances_alone.then(|| exact.loss_with(&changes))
        };
        let gain = |case: &Case| with(case).map(|left| exact.loss() - left);
        check(sampled.worth(first, &limits), before - one, gain(first_case));
        check(sampled.worth(&together, &limits), before - all, gain(&both.case));
        // From the first action on.
        let next = with(first_case).zip(with(&both.case)).map(|(first, both)| first - both);
        check(sampled.with(first).worth(&together, &limits), one - all, next);
        let second_difference = gain(&both.case)
            .zip(gain(first_case).zip(gain(second_case)))
            .map(|(both, (first, second))| both - first - second);
        let contrast = sampled.interaction([first, second], &together, &limits);
        check(contrast, one + other - before - all, second_difference);
    }
    println!("{missed} of {looked} missed");
    assert!(missed * 20 <= looked, "{missed} of {looked}");
}

#[test]
fn the_blast_radius_of_a_state_is_the_loss_of_the_graph_in_which_it_is_given() {
    for number in 0..400 {
        let case = Case::of(number);
        let state = 1 + number as usize % (case.states - 1);
        let snapshot = compiled(&case);
        let run = Worlds::new(&snapshot, number).blast_radius(case.states()[state], &worlds(512)).unwrap();
        let mut breached = case.clone();
        breached.steps.push((Vec::new(), None, state));
        let mine = Mine::of(&breached, number, 8);
        let exact = Exact::compute(&compiled(&breached), &Limits::default()).unwrap();
        for event in 0..case.events.len() {
            assert_eq!(
                run.tally.happened(event_id(event)),
                mine.happened(event),
                "case {number}, s{state}\n{case}"
            );
        }
        let loss = run.tally.loss(chance(SURE));
        assert!(holds(&loss, exact.loss(), most(&case)), "case {number}, s{state}: {loss:?}\n{case}");
    }
}

#[test]
fn shares_add_up_to_the_whole_and_are_near_the_exact_ones() {
    for number in 0..60 {
        let case = Case::of(number);
        let snapshot = compiled(&case);
        let exact = Exact::compute(&snapshot, &Limits::default()).unwrap();
        let shares = Worlds::new(&snapshot, number).shares(FixSet::Findings, &worlds(2048));
        let sum: f64 = shares.list.iter().map(|(_, share)| share).sum();
        assert!(
            (sum - shares.total).abs() <= 1e-9 * shares.total.abs(),
            "case {number}: {sum} and {shares:?}\n{case}"
        );
        for (key, truth) in exact.shares() {
            let share = shares.list.iter().find(|(other, _)| *other == key).map_or(0.0, |(_, share)| *share);
            let near = (share - truth).abs() <= 0.1 * most(&case);
            assert!(near, "case {number}, {key}: {share} and {truth}\n{case}");
        }
    }
}

/// One flaw that costs 100, with a prior worth so many tests.
fn one_flaw(likely: f64, worth: Option<f64>) -> (f64, (f64, f64)) {
    let mut graph = Graph::new();
    let shop = graph.state();
    let flaw = graph.variable(Key::of("finding", "flaw"), chance(likely));
    if let Some(worth) = worth {
        graph.prior(flaw, PriorUncertainty::new(Key::of("prior", "class"), worth)).unwrap();
    }
    graph.step(&[], Some(flaw), shop).unwrap();
    graph.event(shop, 100.0).unwrap();
    let snapshot = graph.compile().unwrap();
    let (sampled, limits) = (Worlds::new(&snapshot, 1), worlds(65_536));
    let loss = sampled.epistemic(sampled.run(&limits).tally.loss(chance(0.95)), &limits);
    (loss.value(), loss.epistemic().unwrap())
}

#[test]
fn one_flaw_is_as_unsure_as_its_prior_and_without_one_the_interval_is_the_value_alone() {
    for likely in [0.1f64, 0.3, 0.6] {
        let (value, alone) = one_flaw(likely, None);
        assert_eq!(alone, (value, value));
        let mut wider = 0.0;
        for worth in [100.0, 20.0, 4.0] {
            let (value, (low, high)) = one_flaw(likely, Some(worth));
            // Of the lognormal distribution with the mean and variance of the Beta distribution.
            let variance = likely * (1.0 - likely) / (worth + 1.0);
            let square = (variance / (likely * likely)).ln_1p();
            let quantile = |z: f64| 100.0 * likely * (z * square.sqrt() - square / 2.0).exp();
            for (found, right) in [(low, quantile(-1.644_853_6)), (high, quantile(1.644_853_6))] {
                assert!((found / right - 1.0).abs() < 0.1, "{likely}, {worth}: {found} and {right}");
            }
            assert!(low < value && value < high && high - low > wider);
            wider = high - low;
        }
    }
}
