//! Changes laid over a snapshot against the changed graph compiled anew, and worlds that are kept against worlds counted afresh.

use crate::{
    draw::Draw,
    event_id,
    random::Case,
    sampled::{chance, compiled, counted, worlds},
};
use ctem_core::attack::{IncrementalSample, Key, Overlay, SampleStatistics, State, Worlds};

/// A case to which the same changes are made as to a patch.
pub(crate) struct Changing {
    pub(crate) case: Case,
    /// The states that a patch knows: as the case numbers them, and as the patch does.
    known: Vec<(usize, State)>,
    /// Steps have at most so many premises.
    premises: usize,
}

/// One change.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Chance(Key, f64),
    Variable(Key, f64),
    State,
    Step(Vec<State>, Vec<Key>, State),
    Given(State),
}

impl Changing {
    pub(crate) fn of(case: &Case, premises: usize) -> Self {
        Self { known: case.states().into_iter().enumerate().collect(), case: case.clone(), premises }
    }

    /// Draws a change and makes it in the case.
    pub(crate) fn draw(&mut self, draw: &mut Draw) -> Change {
        match draw.below(12) {
            0..5 => self.chance(draw),
            5 => {
                self.case.chances.push(draw.chance());
                let new = self.case.chances.len() - 1;
                Change::Variable(self.case.key(new), self.case.chances[new])
            }
            6 => Change::State,
            7 => self.given(draw),
            _ => self.step(draw),
        }
    }

    pub(crate) fn chance(&mut self, draw: &mut Draw) -> Change {
        let variable = draw.below(self.case.chances.len());
        self.case.chances[variable] = draw.chance();
        Change::Chance(self.case.key(variable), self.case.chances[variable])
    }

    /// Raises a chance.
    fn raised(&mut self, draw: &mut Draw) -> Change {
        let variable = draw.below(self.case.chances.len());
        let raised = self.case.chances[variable].max(draw.chance());
        self.case.chances[variable] = raised;
        Change::Chance(self.case.key(variable), raised)
    }

    pub(crate) fn given(&mut self, draw: &mut Draw) -> Change {
        let (in_case, state) = self.known[draw.below(self.known.len())];
        self.case.steps.push((Vec::new(), None, in_case));
        Change::Given(state)
    }

    fn step(&mut self, draw: &mut Draw) -> Change {
        let of = |draw: &mut Draw| self.known[draw.state(self.known.len())];
        let premises: Vec<_> = (0..draw.below(self.premises + 1)).map(|_| of(draw)).collect();
        let (conclusion, to) = of(draw);
        let case = &mut self.case;
        let guards: Vec<usize> = (0..draw.below(3)).map(|_| draw.below(case.chances.len())).collect();
        let keys = guards.iter().map(|guard| case.key(*guard)).collect();
        let change = Change::Step(premises.iter().map(|(_, state)| *state).collect(), keys, to);
        let mut premises: Vec<usize> = premises.into_iter().map(|(in_case, _)| in_case).collect();
        // In a case a step has one variable: the second gets a state of its own.
        if let Some(second) = guards.get(1) {
            premises.push(case.states);
            case.steps.push((Vec::new(), Some(*second), case.states));
            case.states += 1;
        }
        case.steps.push((premises, guards.first().copied(), conclusion));
        change
    }

    fn added(&mut self, state: State) {
        self.known.push((self.case.states, state));
        self.case.states += 1;
    }

    /// Makes a change, drawn from this, in a patch.
    pub(crate) fn make(&mut self, change: &Change, patch: &mut Overlay<'_>) {
        match change {
            Change::Chance(key, to) => patch.chance(*key, chance(*to)).unwrap(),
            Change::Variable(key, to) => patch.variable(*key, chance(*to)).unwrap(),
            Change::State => self.added(patch.state()),
            Change::Step(premises, guards, to) => patch.step(premises, guards, *to).unwrap(),
            Change::Given(state) => patch.given(*state).unwrap(),
        }
    }

    /// Makes a change in worlds that are kept.
    fn follow(&mut self, change: &Change, standing: &mut IncrementalSample<'_>) {
        match change {
            Change::Chance(key, to) => drop(standing.chance(*key, chance(*to)).unwrap()),
            Change::Variable(key, to) => standing.variable(*key, chance(*to)).unwrap(),
            Change::State => self.added(standing.state()),
            Change::Step(premises, guards, to) => drop(standing.step(premises, guards, *to).unwrap()),
            Change::Given(_) => unreachable!("worlds that are kept take no given states"),
        }
    }
}

/// A case in which no step needs more than one state.
pub(crate) fn without_joins(number: u64) -> Case {
    let mut case = Case::of(number);
    case.steps.iter_mut().for_each(|(premises, _, _)| premises.truncate(1));
    case
}

#[test]
fn a_patch_counts_what_the_changed_graph_compiled_anew_counts() {
    for number in 0..2_000 {
        let (case, mut draw) = (Case::of(number), Draw::of(number));
        let snapshot = compiled(&case);
        let (mut changing, mut patch) = (Changing::of(&case, 2), Overlay::new(&snapshot));
        let (mut made, mut chances_alone) = (Vec::new(), true);
        for _ in 0..6 {
            let change = changing.draw(&mut draw);
            changing.make(&change, &mut patch);
            chances_alone &= matches!(change, Change::Chance(..) | Change::Variable(..) | Change::State);
            made.push(change);
            let patched = Worlds::new(&snapshot, number).with(&patch).run(&worlds(192)).tally;
            let anew = Worlds::new(&compiled(&changing.case), number).run(&worlds(192)).tally;
            // A patch that adds steps does not know what the first ones are.
            assert_eq!(counted(&patched), counted(&anew), "case {number}: {made:?}\n{case}");
            assert!(!chances_alone || patched == anew, "case {number}: {made:?}\n{case}");
        }
    }
}

#[test]
fn what_makes_things_worse_never_makes_an_event_happen_in_fewer_worlds() {
    for number in 0..1_500 {
        let (case, mut draw) = (Case::of(number), Draw::of(number ^ 7));
        let snapshot = compiled(&case);
        let (mut changing, mut patch) = (Changing::of(&case, 2), Overlay::new(&snapshot));
        let happened = |tally: SampleStatistics| -> Vec<u64> {
            (0..case.events.len()).map(|event| tally.happened(event_id(event))).collect()
        };
        let mut before = happened(Worlds::new(&snapshot, 3).run(&worlds(192)).tally);
        for _ in 0..5 {
            let change = match draw.below(3) {
                0 => changing.raised(&mut draw),
                1 => changing.step(&mut draw),
                _ => changing.given(&mut draw),
            };
            changing.make(&change, &mut patch);
            let patched = happened(Worlds::new(&snapshot, 3).with(&patch).run(&worlds(192)).tally);
            let anew = happened(Worlds::new(&compiled(&changing.case), 3).run(&worlds(192)).tally);
            for after in [&patched, &anew] {
                let never_less = before.iter().zip(after).all(|(before, after)| before <= after);
                assert!(never_less, "case {number}, {change:?}: {before:?} and {after:?}\n{case}");
            }
            before = anew;
        }
    }
}

#[test]
fn worlds_that_are_kept_count_what_worlds_counted_afresh_count_where_any_one_step_leads_on() {
    (0..800).for_each(|number| keeps(number, &without_joins(number), 1));
}

#[test]
fn worlds_that_are_kept_count_what_worlds_counted_afresh_count_where_steps_need_two_states() {
    (0..800).for_each(|number| keeps(number, &Case::of(number), 2));
}

/// The worlds of a case, in some of which only its first event costs anything.
fn costing(worlds: Worlds<'_>, number: u64) -> Worlds<'_> {
    if number.is_multiple_of(5) { worlds.only(event_id(0)) } else { worlds }
}

/// Ten changes of worlds that are kept, on some of which a patch was laid before.
fn keeps(number: u64, case: &Case, premises: usize) {
    let (snapshot, mut draw) = (compiled(case), Draw::of(number ^ 0xbeef));
    let (mut changing, mut patch) = (Changing::of(case, premises), Overlay::new(&snapshot));
    for _ in 0..[0, 0, 3][number as usize % 3] {
        let change = changing.draw(&mut draw);
        changing.make(&change, &mut patch);
    }
    // More than one group of blocks, the last not full.
    let limits = worlds(10 * 64);
    let mut standing = costing(Worlds::new(&snapshot, number).with(&patch), number).keep(&limits);
    let mut made = Vec::new();
    for _ in 0..10 {
        let change = match changing.draw(&mut draw) {
            Change::Given(_) => {
                changing.case.steps.pop();
                changing.chance(&mut draw)
            }
            change => change,
        };
        changing.follow(&change, &mut standing);
        made.push(change);
        let afresh =
            costing(Worlds::new(&snapshot, number).with(standing.overlay()), number).run(&limits).tally;
        assert_eq!(*standing.tally(), afresh, "case {number}, {made:?}\n{case}");
    }
    let changed = compiled(&changing.case);
    let anew = costing(Worlds::new(&changed, number), number).run(&limits).tally;
    assert_eq!(counted(standing.tally()), counted(&anew), "case {number}, {made:?}\n{case}");
}

#[test]
fn a_variable_that_nothing_needs_yet_can_change_its_chance() {
    let snapshot = compiled(&Case::fixed(4));
    let mut standing = Worlds::new(&snapshot, 1).keep(&worlds(64));
    let key = Key::of("finding", "new");
    standing.variable(key, chance(0.5)).unwrap();
    assert_eq!(standing.chance(key, chance(0.9)).unwrap(), 0);
}
