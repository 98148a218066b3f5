//! Cuts, choke points and dominators against their definitions, tried one by one on small graphs put together by hand.

use crate::draw::Draw;
use ctem_core::{
    Probability,
    attack::{
        CutMember, Dominators, EventId, Fix, Graph, Key, Limits, MinCut, Snapshot, State, StateKind,
        VariableId, cheapest_cut, mandatory_states, mandatory_variables,
    },
};
use std::collections::BTreeSet;

/// The one loss event of a graph.
const ONLY: EventId = EventId::new(0);

/// A graph as it was meant.
struct Drawn {
    states: usize,
    chances: Vec<f64>,
    /// Premises, guard, conclusion.
    steps: Vec<(Vec<usize>, Option<usize>, usize)>,
    event: usize,
}

impl Drawn {
    /// States with steps between them. Where states are compared, no step but a first one is certain, so that no two states fall
    /// together.
    fn new(random: &mut Draw, most_premises: usize, may_be_certain: bool) -> Self {
        let (states, variables) = (3 + random.below(5), 1 + random.below(8));
        let chances = (0..variables).map(|_| if random.one_in(12) { 0.0 } else { 0.5 }).collect();
        let mut steps = Vec::new();
        for _ in 0..states + random.below(10) {
            let premises: Vec<usize> = match random.below(4) {
                0 => Vec::new(),
                _ => (0..1 + random.below(most_premises)).map(|_| random.below(states)).collect(),
            };
            let certain = random.one_in(6) && (may_be_certain || premises.is_empty());
            let guard = (!certain).then(|| random.below(variables));
            steps.push((premises, guard, random.below(states)));
        }
        Self { states, chances, steps, event: random.below(states) }
    }

    fn compile(&self) -> (Snapshot, Vec<State>) {
        let mut graph = Graph::new();
        let states: Vec<State> = (0..self.states).map(|_| graph.state()).collect();
        for (n, chance) in self.chances.iter().enumerate() {
            graph.variable(Key::new(n as u128), Probability::new(*chance).unwrap());
        }
        for (premises, guard, to) in &self.steps {
            let premises: Vec<_> = premises.iter().map(|state| states[*state]).collect();
            graph.step(&premises, guard.map(|guard| VariableId::new(guard as u32)), states[*to]).unwrap();
        }
        graph.event(states[self.event], 1.0).unwrap();
        (graph.compile().unwrap(), states)
    }

    /// By state, whether it falls when some variables have ended and one state is defended.
    fn fallen(&self, ended: usize, defended: Option<usize>) -> Vec<bool> {
        let mut fallen = vec![false; self.states];
        for _ in 0..self.states {
            for (premises, guard, to) in &self.steps {
                let helps = guard.is_none_or(|guard| ended & 1 << guard == 0 && self.chances[guard] > 0.0);
                if helps && Some(*to) != defended && premises.iter().all(|state| fallen[*state]) {
                    fallen[*to] = true;
                }
            }
        }
        fallen
    }

    fn falls(&self, ended: usize) -> bool {
        self.fallen(ended, None)[self.event]
    }

    /// The states without which another does not fall, if it does but not surely.
    fn needed_for(&self, state: usize) -> BTreeSet<usize> {
        let sure = self.fallen(usize::MAX, None);
        if !self.fallen(0, None)[state] || sure[state] {
            return BTreeSet::new();
        }
        let others = (0..self.states).filter(|other| *other != state && !sure[*other]);
        others.filter(|other| !self.fallen(0, Some(*other))[state]).collect()
    }
}

/// What can be done, all in all: what each thing ends, and what it costs.
fn fixes(random: &mut Draw, drawn: &Drawn) -> (Vec<Option<f64>>, Vec<Fix>) {
    let cost = |random: &mut Draw| [0.0, 0.1, 1.0, 1.0, 2.0, 2.5, 3.0, 7.0][random.below(8)];
    let scarce = 2 + random.below(8);
    let singles = drawn.chances.iter().map(|_| (!random.one_in(scarce)).then(|| cost(random))).collect();
    let remedies = (0..random.below(4))
        .map(|_| Fix {
            cost: cost(random),
            ends: (0..1 + random.below(3)).map(|_| Key::new(random.below(9) as u128)).collect(),
        })
        .collect();
    (singles, remedies)
}

/// The variables that things to do end, as bits, and what they cost.
fn done(chosen: &[CutMember], singles: &[Option<f64>], remedies: &[Fix]) -> (usize, f64) {
    chosen.iter().fold((0, 0.0), |(ended, sum), chosen| match chosen {
        CutMember::Variable(guard) => {
            (ended | 1 << guard.number(), sum + singles[guard.number() as usize].unwrap())
        }
        CutMember::Fix(n) => {
            let bits = remedies[*n].ends.iter().fold(0, |bits, key| bits | 1usize << key.bits());
            (ended | bits, sum + remedies[*n].cost)
        }
    })
}

#[test]
fn a_cut_ends_the_event_and_none_is_cheaper() {
    let mut random = Draw::of(1);
    let (mut cuts, mut stands, mut large) = (0, 0, 0);
    for round in 0..6_000 {
        let most_premises = if round % 2 == 0 { 1 } else { 3 };
        let drawn = Drawn::new(&mut random, most_premises, true);
        let (singles, mut remedies) = fixes(&mut random, &drawn);
        if round % 4 == 0 {
            remedies.clear();
        }
        let falls: Vec<bool> = (0..1 << drawn.chances.len()).map(|ended| drawn.falls(ended)).collect();
        let all: Vec<CutMember> = (0..singles.len())
            .filter(|n| singles[*n].is_some())
            .map(|n| CutMember::Variable(VariableId::new(n as u32)))
            .chain((0..remedies.len()).map(CutMember::Fix))
            .collect();
        let best = (0..1usize << all.len())
            .filter_map(|choice| {
                let chosen: Vec<_> =
                    all.iter().enumerate().filter(|(n, _)| choice & 1 << n != 0).map(|(_, c)| *c).collect();
                let (ended, cost) = done(&chosen, &singles, &remedies);
                (!falls[ended & (falls.len() - 1)]).then_some(cost)
            })
            .reduce(f64::min);
        let (snapshot, states) = drawn.compile();
        let cost = |guard: VariableId| singles[guard.number() as usize];
        let ending = cheapest_cut(&snapshot, ONLY, cost, &remedies, &Limits::default()).unwrap();
        match (ending, best) {
            (MinCut::Cut(cut), Some(best)) => {
                let (ended, cost) = done(&cut.fixes, &singles, &remedies);
                assert!(!falls[ended & (falls.len() - 1)], "round {round}: {cut:?}");
                assert!((cost - best).abs() < 1e-9, "round {round}: {cut:?}, and {best} would do");
                assert!(
                    (cut.cost - cost).abs() < 1e-9 && cut.at_least == cut.cost && cut.truncated.is_none()
                );
                for (n, _) in cut.fixes.iter().enumerate() {
                    let mut fewer = cut.fixes.clone();
                    fewer.remove(n);
                    let (ended, _) = done(&fewer, &singles, &remedies);
                    assert!(falls[ended & (falls.len() - 1)], "round {round}: not all of {cut:?} is needed");
                }
                cuts += 1;
                large += usize::from(cut.fixes.len() > 1);
                // Whatever ends the search, what it says holds.
                let limits = Limits { nodes: random.below(4), ..Limits::default() };
                match cheapest_cut(
                    &snapshot,
                    ONLY,
                    |guard| singles[guard.number() as usize],
                    &remedies,
                    &limits,
                ) {
                    Ok(MinCut::Cut(cut)) => {
                        let (ended, cost) = done(&cut.fixes, &singles, &remedies);
                        assert!(!falls[ended & (falls.len() - 1)], "round {round}: {cut:?}");
                        assert!(cut.at_least <= best + 1e-9 && best <= cost + 1e-9, "round {round}: {cut:?}");
                        assert!(cut.truncated.is_some() || (cost - best).abs() < 1e-9, "round {round}");
                    }
                    other => panic!("round {round}: {other:?}"),
                }
            }
            (MinCut::Infeasible(way), None) => {
                assert_eq!(way.last(), Some(&states[drawn.event]));
                stands += 1;
            }
            (ending, best) => panic!("round {round}: {ending:?} and {best:?}"),
        }
    }
    assert!(cuts > 2_000 && stands > 500 && large > 300, "{cuts} cuts, {large} of several, {stands} stand");
}

#[test]
fn choke_points_are_the_variables_that_each_alone_end_the_event() {
    let mut random = Draw::of(2);
    let mut found = 0;
    for round in 0..6_000 {
        let drawn = Drawn::new(&mut random, 1 + round % 3, true);
        let (snapshot, _) = drawn.compile();
        let mine: BTreeSet<u32> = (0..drawn.chances.len())
            .filter(|variable| drawn.falls(0) && !drawn.falls(1 << variable))
            .map(|variable| variable as u32)
            .collect();
        let theirs = mandatory_variables(&snapshot, ONLY);
        assert_eq!(theirs.iter().map(|guard| guard.number()).collect::<BTreeSet<_>>(), mine, "round {round}");
        assert_eq!(theirs.len(), mine.len());
        found += usize::from(mine.len() > 1);
    }
    assert!(found > 200, "{found}");
}

#[test]
fn dominators_and_bottlenecks_are_the_states_without_which_another_does_not_fall() {
    let mut random = Draw::of(3);
    let mut found = 0;
    for round in 0..6_000 {
        let most_premises = 1 + round % 3;
        let drawn = Drawn::new(&mut random, most_premises, false);
        let (snapshot, states) = drawn.compile();
        let stated = |state: &State| matches!(snapshot.kind(*state), Some(StateKind::Stated(_)));
        let number = |state: State| states.iter().position(|other| *other == state).unwrap();
        let dominators = Dominators::compute(&snapshot);
        for (state, known) in states.iter().enumerate().take(drawn.states) {
            let mine = drawn.needed_for(state);
            let chain = dominators.chain(*known).filter(stated);
            let theirs: BTreeSet<_> = chain.map(number).collect();
            if most_premises == 1 {
                assert!(dominators.is_exact());
                assert_eq!(theirs, mine, "round {round}, state {state}");
            } else {
                assert!(
                    theirs.is_subset(&mine) || !drawn.fallen(0, None)[state],
                    "round {round}, state {state}"
                );
            }
            found += usize::from(theirs.len() > 1);
        }
        let theirs = mandatory_states(&snapshot, ONLY);
        let theirs: BTreeSet<_> = theirs.into_iter().filter(stated).map(number).collect();
        assert_eq!(theirs, drawn.needed_for(drawn.event), "round {round}");
    }
    assert!(found > 500, "{found}");
}
