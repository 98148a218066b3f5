//! Attack paths written out step by step: the witness a person can check.

use super::{BestPathsToLosses, MostProbablePaths};
use crate::{
    attack::graph::{EventId, Origin, Snapshot, State, Step, VariableId, index::IndexVec},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::HashMap;

/// An attack path: one way an attack can go, step by step, each after the steps it needs.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key}, Probability};
/// # let mut graph = Graph::new();
/// # let (shop, orders) = (graph.state(), graph.state());
/// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// # graph.step(&[], Some(flaw), shop)?;
/// # graph.step(&[shop], None, orders)?;
/// # let leak = graph.event(orders, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
/// # let best = MostProbablePaths::compute(&snapshot);
/// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
/// // What does an attacker come to hold on the way, and in what order?
/// let way = Tracer::new(&snapshot, &best, &onward).to(orders).expect("there is one");
/// let held = way.steps.iter().filter_map(|step| snapshot.conclusion(*step));
/// assert_eq!(held.collect::<Vec<_>>(), [shop, orders]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "attack path")]
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Witness {
    /// The steps, in an order an attacker could take them.
    pub steps: Vec<Step>,
    /// The variables it depends on, each once, in the order the steps first need them.
    pub(crate) variables: SmallVec<[VariableId; 8]>,
}

impl Witness {
    /// The chance that all the variables the way depends on help: exactly the chance of this way.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
    /// let way = Tracer::new(&snapshot, &best, &onward).to(orders).expect("there is one");
    /// assert_eq!(way.chance(&snapshot).get(), 0.25);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance(&self, snapshot: &Snapshot) -> Probability {
        let chances = self.variables.iter().filter_map(|variable| snapshot.variable(*variable));
        Probability::clamped(chances.fold(1.0, |product, variable| product * variable.chance.get()))
    }
}

/// Writes attack paths out, one after the other, with one set of marks for all of them.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key}, Probability};
/// # let mut graph = Graph::new();
/// # let (shop, orders) = (graph.state(), graph.state());
/// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// # graph.step(&[], Some(flaw), shop)?;
/// # graph.step(&[shop], None, orders)?;
/// # let leak = graph.event(orders, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
/// # let best = MostProbablePaths::compute(&snapshot);
/// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
/// // How long is the way to each state?
/// let mut tracer = Tracer::new(&snapshot, &best, &onward);
/// let lengths = [shop, orders].map(|state| tracer.to(state).map(|way| way.steps.len()));
/// assert_eq!(lengths, [Some(1), Some(2)]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub struct Tracer<'a> {
    snapshot: &'a Snapshot,
    best: &'a MostProbablePaths,
    to_losses: &'a BestPathsToLosses,
    /// By state and by variable: the mark of the way that last came to it.
    states: IndexVec<State, u32>,
    variables: IndexVec<VariableId, u32>,
    /// The mark in use, and the first of this way's two.
    way: u32,
    first: u32,
    /// By state: the most probable step to it that is no greater access to the same asset, where one was asked for.
    elsewhere: HashMap<State, Option<Step>>,
}

impl<'a> Tracer<'a> {
    /// A tracer of the ways in a snapshot.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{BestPathsToLosses, MostProbablePaths, Tracer};
    /// let best = MostProbablePaths::compute(&snapshot);
    /// let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
    /// let mut tracer = Tracer::new(&snapshot, &best, &onward);
    /// assert!(tracer.to(orders).is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(
        snapshot: &'a Snapshot,
        best: &'a MostProbablePaths,
        to_losses: &'a BestPathsToLosses,
    ) -> Self {
        let states = IndexVec::filled(0, snapshot.state_count());
        let variables = IndexVec::filled(0, snapshot.variables().len());
        Self { snapshot, best, to_losses, states, variables, way: 0, first: 0, elsewhere: HashMap::new() }
    }

    /// The most probable way to a state, or nothing when it cannot fall. O(length).
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
    /// use ctem_core::attack::State;
    ///
    /// let mut tracer = Tracer::new(&snapshot, &best, &onward);
    /// assert_eq!(tracer.to(orders).map(|way| way.steps.len()), Some(2));
    /// // To a state that is not there, there is no way.
    /// assert_eq!(tracer.to(State::numbered(99)), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn to(&mut self, state: State) -> Option<Witness> {
        self.begin_paths(0);
        let mut witness = Witness::default();
        (self.best.chance(state).get() > 0.0).then(|| self.follow_best(&mut witness, state))?;
        Some(witness)
    }

    /// The most probable way that takes a step and then goes on to a loss event; none, when no such way needs the step, since
    /// it comes again to what an attacker must have before it.
    ///
    /// Where the most probable way to what the step needs already holds what it gives (to reach a machine by owning it), it is
    /// come to in the most probable way from elsewhere. O(length), and then O(steps to what it needs).
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
    /// // The flaw is in the shop: how do the orders leak by it?
    /// let step = snapshot.steps().next().expect("there are two");
    /// let way = Tracer::new(&snapshot, &best, &onward).through(step, leak).expect("it leads there");
    /// assert_eq!((way.steps.len(), way.chance(&snapshot).get()), (2, 0.25));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn through(&mut self, step: Step, event: EventId) -> Option<Witness> {
        self.through_each(step, &[event]).pop().flatten()
    }

    /// The same to each of several loss events; what the ways have in common is followed once.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{BestPathsToLosses, EventId, MostProbablePaths, Tracer};
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// # let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0], 8);
    /// // Of these events, which can the first step lead to?
    /// let step = snapshot.steps().next().expect("there are two");
    /// let ways = Tracer::new(&snapshot, &best, &onward).through_each(step, &[leak, EventId::new(99)]);
    /// assert_eq!(ways.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn through_each(&mut self, step: Step, events: &[EventId]) -> Vec<Option<Witness>> {
        let mut ways = vec![None; events.len()];
        if self.snapshot.conclusion(step).is_some() {
            self.add_ways(&mut ways, step, events, Self::follow_best);
            if ways.iter().any(Option::is_none) {
                self.add_ways(&mut ways, step, events, Self::come_from_elsewhere);
            }
        }
        ways
    }

    /// The same to every loss event that the step leads on to.
    pub(crate) fn through_all(&mut self, step: Step) -> Vec<(EventId, Witness)> {
        let state = self.snapshot.conclusion(step);
        let events = state.into_iter().flat_map(|state| self.to_losses.events(state));
        let events: Vec<EventId> = events.map(|(event, _)| event).collect();
        let ways = self.through_each(step, &events);
        events.into_iter().zip(ways).filter_map(|(event, way)| Some((event, way?))).collect()
    }

    /// The second half of [`Tracer::through_each`]: the ways that come to what the step needs from elsewhere.
    pub(super) fn by_another_way(&mut self, step: Step, events: &[EventId]) -> Vec<Option<Witness>> {
        let mut ways = vec![None; events.len()];
        self.add_ways(&mut ways, step, events, Self::come_from_elsewhere);
        ways
    }

    /// The way on from a state to a loss event, with the variables it needs, written over what `witness` was. Adds to `states` what is come
    /// to on the way itself.
    pub(super) fn on_from(
        &mut self,
        mut state: State,
        event: EventId,
        states: &mut Vec<State>,
        witness: &mut Witness,
    ) -> Option<()> {
        let goal = self.snapshot.event(event)?;
        self.begin_paths(0);
        witness.steps.clear();
        witness.variables.clear();
        self.states[state] = self.way;
        states.push(state);
        while state != goal {
            let step = self.to_losses.next_step(state, event)?;
            self.premises_beside(witness, step, state);
            self.take_step(witness, step);
            state = self.snapshot.layout.conclusion(step);
            states.push(state);
        }
        Some(())
    }

    /// Adds the ways that are not there yet, of which each comes to what the step needs in the manner of `come_to`.
    fn add_ways(
        &mut self,
        ways: &mut [Option<Witness>],
        step: Step,
        events: &[EventId],
        come_to: fn(&mut Self, &mut Witness, State),
    ) {
        self.begin_paths(events.len());
        let mut before = Witness::default();
        if self.premises(&mut before, step, come_to).is_none() {
            return;
        }
        for (way, event) in ways.iter_mut().zip(events).filter(|(way, _)| way.is_none()) {
            self.way += 1;
            *way = self.go_on_to_loss(before.clone(), step, *event);
        }
    }

    /// Takes a step and goes on to a loss event; not by way of what was compromised before the step.
    fn go_on_to_loss(&mut self, mut witness: Witness, mut step: Step, event: EventId) -> Option<Witness> {
        let goal = self.snapshot.event(event)?;
        loop {
            let state = self.snapshot.layout.conclusion(step);
            if self.states[state] == self.first {
                return None;
            }
            self.take_step(&mut witness, step);
            if state == goal {
                return Some(witness);
            }
            // A state that leads on to the event does so by a step whose conclusion was found before it: this ends.
            step = self.to_losses.next_step(state, event)?;
            self.premises(&mut witness, step, Self::follow_best)?;
        }
    }

    /// Adds ways to a step's premises, all of which must then be compromised.
    fn premises(
        &mut self,
        witness: &mut Witness,
        step: Step,
        come_to: fn(&mut Self, &mut Witness, State),
    ) -> Option<()> {
        if self.best.premises(self.snapshot, step) <= 0.0 {
            return None;
        }
        let mut premises = self.snapshot.layout.premises(step);
        premises.try_for_each(|premise| {
            come_to(self, witness, premise);
            (premise == State::GIVEN || self.has_come_to(premise)).then_some(())
        })
    }

    /// Adds the most probable ways to what a step on the way to a loss event needs beside the state it goes on from. All can fall,
    /// or it would be on no way.
    fn premises_beside(&mut self, witness: &mut Witness, step: Step, from: State) {
        for premise in self.snapshot.layout.premises(step).filter(|premise| *premise != from) {
            self.follow_best(witness, premise);
        }
    }

    /// Adds the most probable way to a state that does not come to it by a greater access to the same asset.
    fn come_from_elsewhere(&mut self, witness: &mut Witness, state: State) {
        let best = match self.elsewhere.get(&state) {
            Some(known) => *known,
            None => {
                let best = self.best_from_elsewhere(state);
                self.elsewhere.insert(state, best);
                best
            }
        };
        if let Some(step) = best
            && self.premises(witness, step, Self::follow_best).is_some()
        {
            self.take_step(witness, step);
        }
    }

    fn best_from_elsewhere(&self, state: State) -> Option<Step> {
        let chance = |step: Step| self.best.premises(self.snapshot, step) * self.snapshot.layout.chance(step);
        let from_elsewhere = self
            .snapshot
            .layout
            .steps_to(state)
            .filter(|step| self.snapshot.origin(*step) != Some(Origin::Ladder) && chance(*step) > 0.0);
        // Of equally probable steps the first, so that the answer is unique.
        from_elsewhere.reduce(|best, step| if chance(step) > chance(best) { step } else { best })
    }

    /// Makes room for marks that no way has used: one for what is compromised before a step, and one for each way on from it.
    fn begin_paths(&mut self, ways: usize) {
        if (u32::MAX - self.way) as usize <= ways + 1 {
            self.states.as_mut_vec().fill(0);
            self.variables.as_mut_vec().fill(0);
            self.way = 0;
        }
        self.first = self.way + 1;
        self.way = self.first;
    }

    /// Whether a mark is of this way: of what is compromised before its step, or of what comes after.
    fn is_ours(&self, mark: u32) -> bool {
        mark == self.first || mark == self.way
    }

    /// Whether the way has come to a state.
    fn has_come_to(&self, state: State) -> bool {
        self.is_ours(self.states[state])
    }

    /// Adds the steps of the most probable way to a state, as far as the way has not come to what they conclude.
    fn follow_best(&mut self, witness: &mut Witness, state: State) {
        // A stack of its own, since ways can be longer than a call stack is deep. A step is taken once its premises are.
        let mut stack: SmallVec<[(State, bool); 16]> = SmallVec::new();
        stack.push((state, false));
        while let Some((state, ready)) = stack.pop() {
            let Some(step) = self.best.last_step(state) else { continue };
            if self.has_come_to(state) {
                continue;
            }
            if ready {
                self.take_step(witness, step);
                continue;
            }
            stack.push((state, true));
            stack.extend(self.snapshot.layout.premises(step).rev().map(|premise| (premise, false)));
        }
    }

    /// Adds a step, unless the way has come to what it concludes.
    fn take_step(&mut self, witness: &mut Witness, step: Step) {
        let conclusion = self.snapshot.layout.conclusion(step);
        if self.has_come_to(conclusion) {
            return;
        }
        self.states[conclusion] = self.way;
        witness.steps.push(step);
        self.take_guard(witness, step);
    }

    /// Adds the variable that a step needs, unless the way has it.
    fn take_guard(&mut self, witness: &mut Witness, step: Step) {
        if let Some(guard) = self.snapshot.layout.uncertain_guard(step)
            && !self.is_ours(self.variables[guard])
        {
            witness.variables.push(guard);
            self.variables[guard] = self.way;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Program, discover, intel::Intel};

    #[test]
    fn a_likelier_way_to_the_same_state_does_not_join_the_way_through_a_finding() {
        let mut program = Program::new(Intel::none());
        let report = discover::read(
            br#"{"ctem": {"version": 1},
            "assets": [{"id": "a", "kind": "host"}, {"id": "b", "kind": "host"}, {"id": "orders", "kind": "data_store"}],
            "relations": [{"kind": "reads", "from": "a", "to": "orders"}, {"kind": "reads", "from": "b", "to": "orders"}],
            "entry_points": [{"asset": "a"}, {"asset": "b"}],
            "services": [{"id": "sales", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
                "when": {"state": {"asset": "orders", "access": "use"}}}]}],
            "findings": [
                {"id": "likely", "asset": "a", "weakness": {"id": "w-1", "kind": "misconfiguration"}, "exploit": {"local": 0.5}},
                {"id": "rare", "asset": "b", "weakness": {"id": "w-2", "kind": "misconfiguration"}, "exploit": {"local": 0.125}}]}"#,
        );
        program.absorb(report.unwrap());
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let findings = today.ranked().filter(|exposure| exposure.finding.is_some());
        let risks: Vec<_> = findings.map(|exposure| exposure.risk.value()).collect();
        assert_eq!(risks, [500.0, 125.0]);
        let rare = today.explain(&"rare".parse().unwrap()).unwrap();
        assert_eq!(rare.paths[0].chance.get(), 0.125);
        assert_eq!(rare.paths[0].hops.len(), 4);
    }
}
