//! What the most probable paths through each of many steps need: for who ranks them all and writes none out.

use super::{BestPathsToLosses, Halves, LongPaths, MostProbablePaths, Tracer, Witness};
use crate::{
    attack::graph::{
        EventId, Snapshot, State, Step, VariableId,
        index::{Id, IndexVec},
    },
    quantity::Probability,
};
use smallvec::SmallVec;

/// Follows what [`Tracer::through_each`] follows, to the same variables in the same order, and writes no steps.
///
/// The ways on from where a step leads are followed once for the steps that lead there, when those are asked for one after the
/// other, and are then compared with what each of them comes by. That is sound, since what the most probable paths come to
/// before a step is closed: whatever a way on need not do again because of it, it holds already.
///
/// Coming to a step reads 24 bytes a state, where the tables of the graph would be read in six places.
pub(crate) struct Needs<'a> {
    snapshot: &'a Snapshot,
    best: &'a MostProbablePaths,
    to_losses: &'a BestPathsToLosses,
    long: Option<&'a LongPaths<'a>>,
    tracer: Tracer<'a>,
    links: IndexVec<State, Link>,
    ways_on: WaysOn,
    /// By variable: the mark of the way that last needed it.
    needed: IndexVec<VariableId, u32>,
    mark: u32,
    /// Room for the search.
    stack: Vec<(State, bool)>,
}

/// The most probable way through a step to a loss event: what it needs, or where it is long its halves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    pub(crate) witness: Witness,
    pub(crate) halves: Option<Halves>,
}

impl Way {
    /// The chance of the way.
    pub(crate) fn chance(&self, snapshot: &Snapshot) -> Probability {
        let Some(Halves { before, own, after, .. }) = self.halves else {
            return self.witness.chance(snapshot);
        };
        let own = own.and_then(|own| snapshot.variable(own)).map_or(1.0, |own| own.chance.get());
        Probability::clamped(before * own * after)
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

/// The ways on from one state, one a loss event.
struct WaysOn {
    from: State,
    ways: Vec<(EventId, SmallVec<[VariableId; 8]>)>,
    /// The states that any of them comes to.
    states: Vec<State>,
    /// Room for following one.
    witness: Witness,
}

impl<'a> Needs<'a> {
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
                states: Vec::new(),
                witness: Witness::default(),
            },
            needed: IndexVec::filled(0, snapshot.variables().len()),
            mark: 0,
            stack: Vec::new(),
        }
    }

    /// The way that [`Tracer::through_each`] follows, for every loss event that the step leads on to. O(1) a way where it is long and
    /// its halves are known; else O(length of what is before the step), and O(length of the ways on) where they are others than
    /// those of the step asked for before.
    pub(crate) fn through(&mut self, step: Step) -> Vec<(EventId, Way)> {
        let Some(long) = self.long else { return self.followed(step) };
        let state = self.snapshot.conclusion(step);
        let events = state.into_iter().flat_map(|state| self.to_losses.events(state));
        let folded = |(event, _): (EventId, Probability)| Some((event, long.halves(step, event)?));
        let folded: Option<Vec<(EventId, Halves)>> = events.map(folded).collect();
        match folded {
            Some(folded) => {
                let way = |halves| Way { halves: Some(halves), ..Way::default() };
                folded.into_iter().map(|(event, halves)| (event, way(halves))).collect()
            }
            // Some of them have to be followed, and with them all.
            None => {
                let mut followed = self.followed(step);
                for (event, way) in &mut followed {
                    way.halves = long.halves(step, *event);
                }
                followed
            }
        }
    }

    /// The same, every way step by step.
    fn followed(&mut self, step: Step) -> Vec<(EventId, Way)> {
        let whole = |witness| Way { witness, halves: None };
        let Some(state) = self.snapshot.conclusion(step) else { return Vec::new() };
        if self.to_losses.events(state).nth(u64::BITS as usize).is_some() {
            let ways = self.tracer.through_all(step).into_iter();
            return ways.map(|(event, witness)| (event, whole(witness))).collect();
        }
        if self.ways_on.from != state {
            self.ways_on.follow(state, &mut self.tracer, self.to_losses, &mut self.links);
        }
        // What leads to no loss needs no way to it.
        if self.ways_on.ways.is_empty() {
            return Vec::new();
        }
        let before = self.before(step);
        let mut found = Vec::with_capacity(self.ways_on.ways.len());
        let mut missed: SmallVec<[(usize, EventId); 8]> = SmallVec::new();
        for (n, (event, after)) in self.ways_on.ways.iter().enumerate() {
            match &before {
                Some((before, come_again)) if come_again & (1 << n) == 0 => {
                    let mut variables = before.clone();
                    variables
                        .extend(after.iter().copied().filter(|variable| self.needed[*variable] != self.mark));
                    found.push((*event, whole(Witness { variables, ..Witness::default() })));
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
                    Some(way) => found.insert(place - none, (event, whole(way))),
                    None => none += 1,
                }
            }
        }
        found
    }

    /// The variables of the most probable way to what a step needs, and then the step's own; and the ways on that come again to
    /// what it has come to, a bit each.
    fn before(&mut self, step: Step) -> Option<(SmallVec<[VariableId; 8]>, u64)> {
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
            self.needed.as_mut_vec().fill(0);
            self.mark = 1;
        }
        let mut variables = SmallVec::new();
        let mut come_again = 0;
        for premise in self.snapshot.layout.premises(step) {
            self.follow(premise, &mut variables, &mut come_again);
            if premise != State::GIVEN && self.links[premise].mark != self.mark {
                return None;
            }
        }
        if let Some(guard) = self.snapshot.layout.uncertain_guard(step) {
            self.need(guard, &mut variables);
        }
        Some((variables, come_again))
    }

    /// The most probable path to a state, as far as it is not there yet: a step is taken once its premises are.
    fn follow(&mut self, state: State, variables: &mut SmallVec<[VariableId; 8]>, come_again: &mut u64) {
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
                    self.need(variable, variables);
                }
                continue;
            }
            self.stack.push((state, true));
            let premises = premises.into_iter().rev().filter(|premise| !premise.is_none());
            self.stack.extend(premises.map(|premise| (premise, false)));
        }
    }

    fn need(&mut self, variable: VariableId, variables: &mut SmallVec<[VariableId; 8]>) {
        if self.needed[variable] != self.mark {
            self.needed[variable] = self.mark;
            variables.push(variable);
        }
    }
}

impl WaysOn {
    /// Follows the ways on from a state, of which there are no more than there are bits.
    fn follow(
        &mut self,
        from: State,
        tracer: &mut Tracer<'_>,
        to_losses: &BestPathsToLosses,
        links: &mut IndexVec<State, Link>,
    ) {
        for state in self.states.drain(..) {
            links[state].on_ways = 0;
        }
        self.from = from;
        self.ways.clear();
        for (event, _) in to_losses.events(from) {
            let start = self.states.len();
            let Some(variables) = tracer.on_from(from, event, &mut self.states, &mut self.witness) else {
                continue;
            };
            for state in &self.states[start..] {
                links[*state].on_ways |= 1 << self.ways.len();
            }
            self.ways.push((event, variables));
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
        let chances = [0.25, 0.5, 0.5, 0.9, 1.0];
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
            let mut needs = Needs::new(&snapshot, &best, &to_losses, None);
            let mut tracer = Tracer::new(&snapshot, &best, &to_losses);
            for step in snapshot.steps() {
                let written = tracer.through_all(step).into_iter();
                let written: Vec<_> = written.map(|(event, way)| (event, way.variables)).collect();
                let followed = needs.followed(step).into_iter();
                let followed: Vec<_> = followed.map(|(event, way)| (event, way.witness.variables)).collect();
                assert_eq!(followed, written, "{step:?} of {seed}");
                ways += written.len();
                others += needs.before(step).is_some_and(|(_, come_again)| come_again != 0) as usize;
            }
        }
        assert!(ways > 2_000 && others > 100, "{ways} ways, {others} of them not by the most probable path");
    }
}
