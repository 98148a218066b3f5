//! Any bytes as a small AND/OR graph: what the engine says of it is what counting all worlds says.

use ctem_core::{
    Probability,
    attack::{Bounds, Exact, Graph, Key, Limits, MinCut, MostProbablePaths, State, VariableId, cheapest_cut},
};

/// A step as it is drawn: its premises, its variable and its conclusion, by their numbers.
type Drawn = (Vec<usize>, Option<usize>, usize);

pub fn check(bytes: &[u8]) {
    let [states, variables, rest @ ..] = bytes else { return };
    let (states, variables) = (1 + usize::from(states % 10), usize::from(variables % 11));
    let (chances, rest) = rest.split_at(variables.min(rest.len()));
    let chances: Vec<f64> = chances.iter().map(|byte| f64::from(*byte) / 255.0).collect();
    // The first number of each range stands for none.
    let some = |byte: u8, of: usize| (usize::from(byte) % (of + 1)).checked_sub(1);
    let steps: Vec<Drawn> = rest
        .chunks_exact(4)
        .take(48)
        .map(|step| {
            let premises = [step[0], step[1]].into_iter().filter_map(|byte| some(byte, states)).collect();
            (premises, some(step[2], chances.len()), usize::from(step[3]) % states)
        })
        .collect();

    let mut graph = Graph::new();
    let places: Vec<State> = (0..states).map(|_| graph.state()).collect();
    let variable = |graph: &mut Graph, (n, chance): (usize, &f64)| {
        graph.variable(Key::of("coin", &n.to_string()), Probability::new(*chance).expect("of a byte"))
    };
    let coins: Vec<VariableId> = chances.iter().enumerate().map(|each| variable(&mut graph, each)).collect();
    for (premises, guard, conclusion) in &steps {
        let premises: Vec<State> = premises.iter().map(|n| places[*n]).collect();
        graph.step(&premises, guard.map(|n| coins[n]), places[*conclusion]).expect("all of it is there");
    }
    let goal = graph.event(*places.last().expect("there is one"), 1.0).expect("it is there");
    let snapshot = graph.compile().expect("it is small");

    let truth = truth(states, &chances, &steps);
    let best = MostProbablePaths::compute(&snapshot);
    let bounds = Bounds::compute(&snapshot, &best);
    for (place, truth) in places.iter().zip(&truth) {
        let chance = bounds.chance(*place);
        assert!(best.chance(*place).get() <= truth + 1e-12, "{place:?}");
        assert!(
            chance.lower() <= truth + 1e-12 && *truth <= chance.upper() + 1e-12,
            "{place:?}: {chance:?} and {truth}"
        );
    }
    let expected = truth.last().copied().expect("there is one");
    let exact = Exact::compute(&snapshot, &Limits::default()).expect("ten coins are few").chance(goal);
    let exact = exact.expect("it has one").get();
    assert!((exact - expected).abs() <= 1e-9, "{exact} and {expected}");
    let cut = cheapest_cut(&snapshot, goal, |_| Some(1.0), &[], &Limits::default()).expect("it is there");
    let least = least_cut(states, &chances, &steps);
    match cut {
        MinCut::Cut(cut) => assert_eq!(Some(cut.cost), least.map(f64::from), "{cut:?}"),
        MinCut::Infeasible(_) => assert_eq!(least, None),
    }
}

/// What falls in a world, of which each bit says whether a variable helps.
fn fallen(states: usize, steps: &[Drawn], world: u32) -> Vec<bool> {
    let mut fallen = vec![false; states];
    // As often as something new can fall.
    for _ in 0..states {
        for (premises, guard, conclusion) in steps {
            let helps = guard.is_none_or(|n| world >> n & 1 == 1);
            fallen[*conclusion] |= helps && premises.iter().all(|n| fallen[*n]);
        }
    }
    fallen
}

/// By state: the chance that it falls, by looking at every world.
fn truth(states: usize, chances: &[f64], steps: &[Drawn]) -> Vec<f64> {
    let mut truth = vec![0.0; states];
    for world in 0u32..1 << chances.len() {
        let of = |(n, chance): (usize, &f64)| if world >> n & 1 == 1 { *chance } else { 1.0 - chance };
        let weight: f64 = chances.iter().enumerate().map(of).product();
        let fallen = fallen(states, steps, world);
        for (truth, _) in truth.iter_mut().zip(&fallen).filter(|(_, fallen)| **fallen) {
            *truth += weight;
        }
    }
    truth
}

/// How many variables must be ended so that the last state cannot fall, of those that can help at all; none where that cannot be done.
fn least_cut(states: usize, chances: &[f64], steps: &[Drawn]) -> Option<u32> {
    let can_help: u32 = (0..chances.len()).filter(|n| chances[*n] > 0.0).map(|n| 1 << n).sum();
    let worlds = (0u32..1 << chances.len()).filter(|world| world & !can_help == 0);
    let ending = worlds.filter(|world| fallen(states, steps, *world).last() == Some(&false));
    ending.map(|world| (can_help & !world).count_ones()).min()
}
