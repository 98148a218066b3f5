//! Most probable paths against a second implementation: Knuth's algorithm as it is written, one state at a time with a heap, which
//! keeps each state's chance, length and last step as it goes. Chances must be the same to the bit.

use crate::{
    draw::Draw,
    random::Case,
    worlds::{self, ANY, cases, scene},
};
use ctem_core::attack::{MostProbablePaths, Snapshot, State, Step};
use proptest::prelude::*;
use std::{cmp::Reverse, collections::BinaryHeap};

#[test]
fn most_probable_paths_of_random_graphs_are_those_of_knuths_algorithm() {
    let (mut tied, mut shared) = (0, 0);
    for number in 0..20_000 {
        let mut case = Case::of(number);
        let mut draw = Draw::of(number);
        if number % 2 == 0 {
            // Chances of few values, and more certain steps: many paths of one chance, and circles.
            case.chances.iter_mut().for_each(|chance| *chance = [0.0, 0.25, 0.5, 1.0][draw.below(4)]);
            case.steps.iter_mut().filter(|_| draw.below(3) == 0).for_each(|step| step.1 = None);
        }
        let snapshot = case.graph(&case.states()).compile().unwrap();
        if let Err(what) = compare(&snapshot) {
            panic!("case {number}: {what}\n{case}");
        }
        let paths = MostProbablePaths::compute(&snapshot);
        let chance = |step: Step| {
            let premises = snapshot.premises(step).map(|premise| paths.chance(premise).get());
            premises.product::<f64>() * snapshot.guard(step).map_or(1.0, |guard| guard.chance.get())
        };
        let last = snapshot.states().filter_map(|state| Some((state, paths.last_step(state)?)));
        for (state, last) in last.filter(|(_, last)| chance(*last) < 1.0) {
            let others =
                snapshot.steps().filter(|step| *step != last && snapshot.conclusion(*step) == Some(state));
            tied += usize::from(others.filter(|step| chance(*step) == chance(last)).count() > 0);
            shared += usize::from(snapshot.premises(last).count() > 1);
        }
    }
    // Cases in which nothing has to be chosen would prove nothing.
    assert!(tied > 1000 && shared > 1000, "{tied} states with ties, {shared} by two premises");
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn most_probable_paths_of_environments_are_those_of_knuths_algorithm(scene in scene(ANY)) {
        let same = compare(worlds::assess(scene.contents()).snapshot());
        prop_assert!(same.is_ok(), "{same:?}");
    }
}

fn compare(snapshot: &Snapshot) -> Result<(), String> {
    let found = MostProbablePaths::compute(snapshot);
    for (state, (chance, last)) in snapshot.states().zip(knuth(snapshot)) {
        let (engine, its_last) = (found.chance(state).get(), found.last_step(state));
        if (engine.to_bits(), its_last) != (chance.to_bits(), last) {
            return Err(format!(
                "{state:?} has {engine:?} by {its_last:?}, and by Knuth {chance:?} by {last:?}"
            ));
        }
    }
    Ok(())
}

#[derive(Clone, Default)]
struct Path {
    chance: f64,
    length: u32,
    last: Option<Step>,
    settled: bool,
}

/// By state: the chance of the most probable path, and its last step.
fn knuth(snapshot: &Snapshot) -> Vec<(f64, Option<Step>)> {
    let mut paths = vec![Path::default(); snapshot.state_count()];
    paths[0].chance = 1.0;
    // Chances are not negative, so their bits order as they do. Likelier first, then shorter, then the lower state.
    let mut queue = BinaryHeap::from([(1f64.to_bits(), Reverse(0), Reverse(0))]);
    let at = |state: State| state.number() as usize;
    let needing = |state: usize| {
        let needs = move |step: &Step| match snapshot.premises(*step).count() {
            0 => state == 0,
            _ => snapshot.premises(*step).any(|premise| at(premise) == state),
        };
        snapshot.steps().filter(needs)
    };
    while let Some((_, _, Reverse(state))) = queue.pop() {
        if std::mem::replace(&mut paths[state].settled, true) {
            continue;
        }
        for step in needing(state) {
            let premises: Vec<&Path> = snapshot.premises(step).map(|premise| &paths[at(premise)]).collect();
            let to = at(snapshot.conclusion(step).unwrap());
            if premises.iter().any(|premise| !premise.settled) || paths[to].settled {
                continue;
            }
            let guard = snapshot.guard(step).map_or(1.0, |guard| guard.chance.get());
            let chance = premises.iter().rev().fold(guard, |chance, premise| premise.chance * chance);
            let length = 1 + premises.iter().map(|premise| premise.length).max().unwrap_or(0);
            let known = &mut paths[to];
            if chance > 0.0 && (chance, Reverse(length)) > (known.chance, Reverse(known.length)) {
                *known = Path { chance, length, last: Some(step), settled: false };
                queue.push((chance.to_bits(), Reverse(length), Reverse(to)));
            } else if (chance, length) == (known.chance, known.length) {
                known.last = known.last.map(|last| last.min(step));
            }
        }
    }
    paths.into_iter().map(|path| (path.chance, path.last)).collect()
}
