//! The chances of the most probable paths through each of many steps: for who ranks them all and writes none out.

use super::{BestPathsToLosses, Halves, LongPaths, MostProbablePaths, Tracer, Witness};
use crate::attack::graph::{
    EventId, Snapshot, State, Step, Variable, VariableId, VariableKind,
    index::{Id, IndexVec},
};
use smallvec::SmallVec;
use std::ops::Range;

/// Follows what [`Tracer::through_each`] follows, multiplies the same chances in the same order, and writes neither steps nor variables.
///
/// The ways on from where a step leads are followed once for the steps that lead there, when those are asked for one after the
/// other, and are then compared with what each of them comes by. That is sound, since what the most probable paths come to
/// before a step is closed: whatever a way on need not do again because of it, it holds already.
///
/// Coming to a step reads 24 bytes a state, where the tables of the graph would be read in six places. What is after it lies in a row, 24
/// bytes a variable, and is looked up among what is before it only where half a kilobyte that is always near cannot rule it out.
pub(crate) struct PathsThrough<'a> {
    snapshot: &'a Snapshot,
    best: &'a MostProbablePaths,
    to_losses: &'a BestPathsToLosses,
    long: Option<&'a LongPaths<'a>>,
    tracer: Tracer<'a>,
    links: IndexVec<State, Link>,
    ways_on: WaysOn,
    needed: Needed,
    mark: u32,
    /// Room for the search.
    stack: Vec<(State, bool)>,
}

/// The most probable way through a step to a loss event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Passed {
    /// The chance that all that is uncertain on the way helps.
    pub(crate) chance: f64,
    /// The chance that all of it helps but what is the exposure's own.
    pub(crate) others: f64,
}

impl Passed {
    const SURELY: Self = Self { chance: 1.0, others: 1.0 };

    fn needs(&mut self, chance: f64, is_own: bool) {
        self.chance *= chance;
        if !is_own {
            self.others *= chance;
        }
    }
}

/// The last step of the most probable path to a state.
#[derive(Clone, Copy)]
struct Link {
    premises: [State; 2],
    /// What is uncertain about it.
    variable: VariableId,
    /// The mark of the way that last came to the state; that of none where it cannot fall.
    mark: u32,
    /// The ways on that come to the state, a bit each.
    on_ways: u64,
}

/// The mark of what no way comes to.
const NEVER: u32 = u32::MAX;

/// The variables that are needed before a step.
struct Needed {
    /// By variable: the mark of the way that last needed it.
    marks: IndexVec<VariableId, u32>,
    /// A bit for many variables each, set where one of them is needed.
    sketch: [u64; Self::WORDS],
}

/// The ways on from one state, one a loss event.
struct WaysOn {
    from: State,
    ways: Vec<(EventId, Range<usize>)>,
    /// What each of them needs, in its order.
    variables: Vec<(VariableId, Variable)>,
    /// The states that any of them comes to.
    states: Vec<State>,
    /// Room for following one.
    witness: Witness,
}

impl<'a> PathsThrough<'a> {
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        best: &'a MostProbablePaths,
        to_losses: &'a BestPathsToLosses,
        long: Option<&'a LongPaths<'a>>,
    ) -> Self {
        let layout = &snapshot.layout;
        let link = |state| match best.last_step(state) {
            None => Link { premises: [State::NONE; 2], variable: VariableId::NONE, mark: NEVER, on_ways: 0 },
            Some(step) => {
                let variable = snapshot.layout.uncertain_guard(step).unwrap_or(VariableId::NONE);
                Link { premises: layout.premise_pair(step), variable, mark: 0, on_ways: 0 }
            }
        };
        Self {
            snapshot,
            best,
            to_losses,
            long,
            tracer: Tracer::new(snapshot, best, to_losses),
            links: layout.kinds.ids().map(link).collect(),
            ways_on: WaysOn {
                from: State::NONE,
                ways: Vec::new(),
                variables: Vec::new(),
                states: Vec::new(),
                witness: Witness::default(),
            },
            needed: Needed {
                marks: IndexVec::filled(0, snapshot.variables().len()),
                sketch: [0; Needed::WORDS],
            },
            mark: 0,
            stack: Vec::new(),
        }
    }

    /// The way that [`Tracer::through_each`] follows, for every loss event that the step leads on to. `is_own` says whose chance is the
    /// exposure's own. O(1) a way where it is long and its halves are known; else O(length of what is before the step and of the ways on),
    /// and the latter are followed anew where they are others than those of the step asked for before.
    pub(crate) fn through(
        &mut self,
        step: Step,
        is_own: impl Fn(VariableKind) -> bool,
    ) -> Vec<(EventId, Passed)> {
        let Some(long) = self.long else { return self.followed(step, &is_own) };
        let snapshot = self.snapshot;
        let folded = |event| {
            let Halves { before, own, after, threats, .. } = long.halves(step, event)?;
            let variable = |at: &VariableId| snapshot.variable(*at);
            let once = own.iter().chain(&threats).filter_map(variable);
            let chance = before * once.map(|variable| variable.chance.get()).product::<f64>() * after;
            let shared = threats.iter().filter_map(variable).filter(|variable| !is_own(variable.kind));
            let others = shared.fold(before * after, |product, variable| product * variable.chance.get());
            Some(Passed { chance, others })
        };
        let state = snapshot.conclusion(step);
        let events = state.into_iter().flat_map(|state| self.to_losses.events(state));
        let all: Option<Vec<_>> = events.map(|(event, _)| Some((event, folded(event)?))).collect();
        all.unwrap_or_else(|| {
            // Some of them have to be followed, and with them all.
            let mut followed = self.followed(step, &is_own);
            for (event, way) in &mut followed {
                *way = folded(*event).unwrap_or(*way);
            }
            followed
        })
    }

    /// The same, every way step by step.
    fn followed(&mut self, step: Step, is_own: impl Fn(VariableKind) -> bool) -> Vec<(EventId, Passed)> {
        let Some(state) = self.snapshot.conclusion(step) else { return Vec::new() };
        let snapshot = self.snapshot;
        let of = |witness: Witness| {
            let mut passed = Passed::SURELY;
            for variable in witness.variables.iter().filter_map(|variable| snapshot.variable(*variable)) {
                passed.needs(variable.chance.get(), is_own(variable.kind));
            }
            passed
        };
        if self.to_losses.events(state).nth(u64::BITS as usize).is_some() {
            let ways = self.tracer.through_all(step).into_iter();
            return ways.map(|(event, witness)| (event, of(witness))).collect();
        }
        if self.ways_on.from != state {
            self.ways_on.follow(state, &mut self.tracer, self.to_losses, snapshot, &mut self.links);
        }
        // What leads to no loss needs no way to it.
        if self.ways_on.ways.is_empty() {
            return Vec::new();
        }
        let before = self.before(step, &is_own);
        let mut found = Vec::with_capacity(self.ways_on.ways.len());
        let mut missed: SmallVec<[(usize, EventId); 8]> = SmallVec::new();
        for (n, (event, after)) in self.ways_on.ways.iter().enumerate() {
            match before {
                Some((mut passed, come_again)) if come_again & (1 << n) == 0 => {
                    for (at, variable) in self.ways_on.variables.get(after.clone()).unwrap_or_default() {
                        if !self.needed.has(*at, self.mark) {
                            passed.needs(variable.chance.get(), is_own(variable.kind));
                        }
                    }
                    found.push((*event, passed));
                }
                Some(_) | None => missed.push((found.len() + missed.len(), *event)),
            }
        }
        if !missed.is_empty() {
            let events: SmallVec<[EventId; 8]> = missed.iter().map(|(_, event)| *event).collect();
            let ways = self.tracer.by_another_way(step, &events);
            let mut none = 0;
            for ((place, event), way) in missed.into_iter().zip(ways) {
                match way {
                    Some(way) => found.insert(place - none, (event, of(way))),
                    None => none += 1,
                }
            }
        }
        found
    }

    /// The most probable way to what a step needs, and then the step's own; and the ways on that come again to what it has come to, a bit
    /// each.
    fn before(&mut self, step: Step, is_own: impl Fn(VariableKind) -> bool) -> Option<(Passed, u64)> {
        if self.best.premises(self.snapshot, step) <= 0.0 {
            return None;
        }
        self.mark += 1;
        if self.mark == NEVER {
            self.links
                .as_mut_vec()
                .iter_mut()
                .filter(|link| link.mark != NEVER)
                .for_each(|link| link.mark = 0);
            self.needed.marks.as_mut_vec().fill(0);
            self.mark = 1;
        }
        self.needed.sketch = [0; Needed::WORDS];
        let mut passed = Passed::SURELY;
        let mut come_again = 0;
        for premise in self.snapshot.layout.premises(step) {
            self.follow(premise, &mut passed, &mut come_again, &is_own);
            if premise != State::GIVEN && self.links[premise].mark != self.mark {
                return None;
            }
        }
        if let Some(guard) = self.snapshot.layout.uncertain_guard(step) {
            self.need(guard, &mut passed, &is_own);
        }
        Some((passed, come_again))
    }

    /// The most probable path to a state, as far as it is not there yet: a step is taken once its premises are.
    fn follow(
        &mut self,
        state: State,
        passed: &mut Passed,
        come_again: &mut u64,
        is_own: impl Fn(VariableKind) -> bool,
    ) {
        self.stack.push((state, false));
        while let Some((state, ready)) = self.stack.pop() {
            let link = &mut self.links[state];
            if link.mark == self.mark || link.mark == NEVER {
                continue;
            }
            let Link { premises, variable, on_ways, .. } = *link;
            if ready {
                link.mark = self.mark;
                *come_again |= on_ways;
                if let Some(variable) = variable.some() {
                    self.need(variable, passed, &is_own);
                }
                continue;
            }
            self.stack.push((state, true));
            let premises = premises.into_iter().rev().filter(|premise| !premise.is_none());
            self.stack.extend(premises.map(|premise| (premise, false)));
        }
    }

    fn need(&mut self, at: VariableId, passed: &mut Passed, is_own: impl Fn(VariableKind) -> bool) {
        if !self.needed.has(at, self.mark) {
            self.needed.add(at, self.mark);
            if let Some(variable) = self.snapshot.variable(at) {
                passed.needs(variable.chance.get(), is_own(variable.kind));
            }
        }
    }
}

impl Needed {
    const WORDS: usize = 64;

    fn has(&self, variable: VariableId, mark: u32) -> bool {
        let (word, bit) = Self::place(variable);
        self.sketch.get(word).is_some_and(|word| word & bit != 0) && self.marks[variable] == mark
    }

    fn add(&mut self, variable: VariableId, mark: u32) {
        let (word, bit) = Self::place(variable);
        if let Some(word) = self.sketch.get_mut(word) {
            *word |= bit;
        }
        self.marks[variable] = mark;
    }

    fn place(variable: VariableId) -> (usize, u64) {
        let number = variable.index();
        (number / u64::BITS as usize % Self::WORDS, 1 << (number % u64::BITS as usize))
    }
}

impl WaysOn {
    /// Follows the ways on from a state, of which there are no more than there are bits.
    fn follow(
        &mut self,
        from: State,
        tracer: &mut Tracer<'_>,
        to_losses: &BestPathsToLosses,
        snapshot: &Snapshot,
        links: &mut IndexVec<State, Link>,
    ) {
        for state in self.states.drain(..) {
            links[state].on_ways = 0;
        }
        self.from = from;
        self.ways.clear();
        self.variables.clear();
        for (event, _) in to_losses.events(from) {
            let start = self.states.len();
            if tracer.on_from(from, event, &mut self.states, &mut self.witness).is_none() {
                continue;
            }
            for state in &self.states[start..] {
                links[*state].on_ways |= 1 << self.ways.len();
            }
            let first = self.variables.len();
            let told = |at: &VariableId| Some((*at, *snapshot.variable(*at)?));
            self.variables.extend(self.witness.variables.iter().filter_map(told));
            self.ways.push((event, first..self.variables.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attack::{Graph, Key, graph::draw::mixed},
        quantity::Probability,
    };

    /// Numbers that look random, one after the other.
    struct Draw(u64);

    impl Draw {
        fn below(&mut self, end: usize) -> usize {
            self.0 = mixed(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
            self.0 as usize % end
        }
    }

    /// Some states, steps between them that need up to two, variables that several share, and so many events.
    fn drawn(draw: &mut Draw, events: usize) -> Snapshot {
        let mut graph = Graph::new();
        let states: Vec<State> = (0..9).map(|_| graph.state()).collect();
        // By the product one knows which they were.
        let chances = [0.25, 0.5, 0.75, 0.9, 1.0];
        let variables: Vec<_> = chances
            .iter()
            .enumerate()
            .map(|(n, chance)| {
                graph.variable(Key::of("finding", &n.to_string()), Probability::clamped(*chance))
            })
            .collect();
        for n in 0..22 {
            // Some start from nothing, so that something can be come to.
            let premises: Vec<State> =
                (0..if n < 3 { 0 } else { 1 + draw.below(2) }).map(|_| states[draw.below(9)]).collect();
            let guard = variables.get(draw.below(7)).copied();
            graph.step(&premises, guard, states[draw.below(9)]).unwrap();
        }
        for n in 0..events {
            graph.event(states[draw.below(9)], 1.0 + n as f64).unwrap();
        }
        graph.compile().unwrap()
    }

    #[test]
    fn they_are_those_of_the_paths_that_are_written_out() {
        let (mut ways, mut others) = (0, 0);
        // With more events than there are bits, they are followed one by one.
        for (seed, events) in (0..400).map(|seed| (seed, 3)).chain((0..4).map(|seed| (seed, 80))) {
            let snapshot = drawn(&mut Draw(seed), events);
            let best = MostProbablePaths::compute(&snapshot);
            let losses: Vec<f64> = (0..events).map(|n| 1.0 + n as f64).collect();
            let to_losses = BestPathsToLosses::compute(&snapshot, &best, &losses, events);
            let mut through = PathsThrough::new(&snapshot, &best, &to_losses, None);
            let mut tracer = Tracer::new(&snapshot, &best, &to_losses);
            for step in snapshot.steps() {
                let written = tracer.through_all(step).into_iter();
                let is_own = |kind| kind == VariableKind::Stated(1);
                let product = |chances: &mut dyn Iterator<Item = &Variable>| {
                    chances.fold(1.0, |product, variable| product * variable.chance.get())
                };
                let written: Vec<_> = written
                    .map(|(event, way)| {
                        let told: Vec<&Variable> =
                            way.variables.iter().filter_map(|at| snapshot.variable(*at)).collect();
                        let mut others = told.iter().copied().filter(|variable| !is_own(variable.kind));
                        let (chance, others) = (product(&mut told.iter().copied()), product(&mut others));
                        (event, Passed { chance, others })
                    })
                    .collect();
                assert_eq!(through.followed(step, is_own), written, "{step:?} of {seed}");
                ways += written.len();
                others +=
                    through.before(step, is_own).is_some_and(|(_, come_again)| come_again != 0) as usize;
            }
        }
        assert!(ways > 2_000 && others > 100, "{ways} ways, {others} of them not by the most probable path");
    }
}
