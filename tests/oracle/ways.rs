//! All ways of small random graphs, found by trying every set of variables.

use crate::{ROUNDING, draw::Draw, walked};
use ctem_core::{
    Probability,
    attack::{
        EventId, Graph, KBestPaths, Key, Limits, MostProbablePaths, Reason, Snapshot, State, VariableId,
    },
};

/// A graph as lists: steps of premises, a variable and a conclusion. The event is the last state.
struct Small {
    states: usize,
    chances: Vec<f64>,
    steps: Vec<(Vec<usize>, Option<usize>, usize)>,
}

impl Small {
    fn of(seed: u64) -> Self {
        let mut random = Draw::of(seed);
        let states = 2 + random.below(9);
        let chances = (0..1 + random.below(10))
            .map(|_| match random.below(8) {
                0 => [0.0, 1.0][random.below(2)],
                // Equal chances, and products that are equal.
                1..=3 => [0.5, 0.25, 0.125, 0.75][random.below(4)],
                _ => (1 + random.below(999)) as f64 / 1000.0,
            })
            .collect::<Vec<_>>();
        let (wide, certain) = (random.below(3), 2 + random.below(4));
        let steps = (0..states + random.below(3 * states))
            .map(|_| {
                let premises = match random.below(8) {
                    0 | 1 => 0,
                    2 | 3 => wide,
                    4 => wide.min(1) * 3,
                    _ => 1,
                };
                let premises = (0..premises).map(|_| random.below(states)).collect::<Vec<_>>();
                let guarded = premises.is_empty() || random.below(certain) > 0;
                (premises, guarded.then(|| random.below(chances.len())), random.below(states))
            })
            .collect();
        Self { states, chances, steps }
    }

    fn snapshot(&self) -> Snapshot {
        let mut graph = Graph::new();
        let states: Vec<State> = (0..self.states).map(|_| graph.state()).collect();
        for (n, chance) in self.chances.iter().enumerate() {
            graph.variable(Key::of("finding", &n.to_string()), Probability::new(*chance).unwrap());
        }
        for (premises, guard, to) in &self.steps {
            let premises: Vec<State> = premises.iter().map(|state| states[*state]).collect();
            graph.step(&premises, guard.map(|guard| VariableId::new(guard as u32)), states[*to]).unwrap();
        }
        // Another event leads the search astray.
        graph.event(states[0], 1.0).unwrap();
        graph.event(states[self.states - 1], 1.0).unwrap();
        graph.compile().unwrap()
    }

    fn falls(&self, helps: u32) -> bool {
        let mut held = vec![false; self.states];
        loop {
            let before = held.iter().filter(|held| **held).count();
            for (premises, guard, to) in &self.steps {
                let open = guard.is_none_or(|guard| helps >> guard & 1 == 1);
                if open && premises.iter().all(|premise| held[*premise]) {
                    held[*to] = true;
                }
            }
            if held.iter().filter(|held| **held).count() == before {
                return held[self.states - 1];
            }
        }
    }

    /// All smallest sets of uncertain variables that are enough, in the documented order, with their chances.
    fn ways(&self) -> Vec<(Vec<usize>, f64)> {
        let mut sure = 0;
        let mut uncertain = 0;
        for (n, chance) in self.chances.iter().enumerate() {
            match *chance {
                1.0 => sure |= 1 << n,
                0.0 => {}
                _ => uncertain |= 1 << n,
            }
        }
        let all = (0u32..1 << self.chances.len()).filter(|set| set & !uncertain == 0);
        let enough: Vec<u32> = all.filter(|set| self.falls(set | sure)).collect();
        let smallest =
            enough.iter().filter(|set| !enough.iter().any(|other| other != *set && other & !*set == 0));
        let mut ways: Vec<(Vec<usize>, f64)> = smallest
            .map(|set| {
                let members: Vec<usize> = (0..self.chances.len()).filter(|n| set >> n & 1 == 1).collect();
                let chance = members.iter().fold(1.0, |product, n| product * self.chances[*n]);
                (members, chance)
            })
            .collect();
        ways.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0))));
        ways
    }
}

impl Small {
    /// Holds what is listed where a limit ends the search against all ways: there is one wherever there is any, and they are as probable
    /// as the first of all, up to what counts as equal. Whether it is the most probable path alone, of whose set some can be spared.
    fn cut_short(
        &self,
        snapshot: &Snapshot,
        listed: &[(Vec<usize>, f64)],
        all: &[(Vec<usize>, f64)],
        seed: u64,
    ) -> bool {
        assert_eq!(listed.is_empty(), all.is_empty(), "seed {seed}");
        let [only] = listed else {
            return listed.iter().zip(all).any(|(way, first)| {
                assert!(all.contains(way) && way.1 >= first.1 * (1.0 - 2e-6), "seed {seed}");
                false
            });
        };
        if all.contains(only) && only.1 >= all[0].1 * (1.0 - 2e-6) {
            return false;
        }
        let sure = (0..self.chances.len()).filter(|n| self.chances[*n] == 1.0);
        let helps = only.0.iter().copied().chain(sure).fold(0, |helps, n| helps | 1 << n);
        assert!(self.falls(helps), "seed {seed}");
        let known = MostProbablePaths::compute(snapshot).chance(snapshot.event(LAST).unwrap()).get();
        assert!(only.1 >= known * (1.0 - ROUNDING), "seed {seed}: {} and {known}", only.1);
        true
    }
}

/// The event of the last state.
const LAST: EventId = EventId::new(1);

fn listed(ways: &KBestPaths) -> Vec<(Vec<usize>, f64)> {
    ways.list
        .iter()
        .map(|way| (way.variables().map(|variable| variable.number() as usize).collect(), way.chance.get()))
        .collect()
}

#[test]
fn the_ways_are_the_smallest_sets_that_are_enough_the_most_probable_first() {
    let (mut some, mut most, mut known_alone) = (0, 0, 0);
    for seed in 0..6_000 {
        let small = Small::of(seed);
        let (snapshot, expected) = (small.snapshot(), small.ways());
        let all = KBestPaths::to(&snapshot, LAST, 1 << 10, &Limits::default());
        assert_eq!((listed(&all), all.truncated), (expected.clone(), None), "seed {seed}");
        (some, most) = (some + usize::from(!expected.is_empty()), most.max(expected.len()));
        for way in &all.list {
            let exact = walked(&snapshot, &way.witness).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
            let chance = way.chance.get();
            assert!((exact - chance).abs() <= ROUNDING * chance, "seed {seed}: {exact} and {chance}");
            assert!((way.witness.chance(&snapshot).get() - chance).abs() <= ROUNDING * chance);
            let last = way.witness.steps.last().and_then(|step| snapshot.conclusion(*step));
            assert_eq!(last, snapshot.event(LAST), "seed {seed}");
        }
        for at_most in 0..expected.len().min(6) {
            let first = KBestPaths::to(&snapshot, LAST, at_most, &Limits::default());
            assert_eq!(listed(&first), expected[..at_most], "seed {seed}");
            assert_eq!(first.truncated.map(|truncated| truncated.reason), Some(Reason::Enough));
            let few =
                KBestPaths::to(&snapshot, LAST, 1 << 10, &Limits { nodes: 3 * at_most, ..Limits::default() });
            assert!(few.truncated.is_some() || few.list.len() == expected.len(), "seed {seed}");
            known_alone += usize::from(small.cut_short(&snapshot, &listed(&few), &expected, seed));
        }
        for variable in 0..small.chances.len() {
            let through = KBestPaths::through(
                &snapshot,
                LAST,
                VariableId::new(variable as u32),
                1 << 10,
                &Limits::default(),
            );
            let mut those = expected.clone();
            those.retain(|(set, _)| set.contains(&variable));
            assert_eq!((listed(&through), through.truncated), (those, None), "seed {seed}");
        }
    }
    assert!(some > 3_000 && most > 8, "{some} graphs with ways, of which there are {most} at most");
    assert!(known_alone > 20, "of {known_alone} the way that is listed is none of the smallest");
}
