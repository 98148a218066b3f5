//! Attack paths written out step by step: the witness a person can check.

use super::{BestPathsToLosses, MostProbablePaths};
use crate::{
    attack::graph::{Origin, Snapshot, State, Step, index::NONE},
    quantity::Probability,
};
use smallvec::SmallVec;

/// One way an attack can go, step by step, each after the steps it needs.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Witness {
    /// The steps, in an order an attacker could take them.
    pub steps: Vec<Step>,
    /// The variables it depends on, each once, in the order the steps first need them.
    pub(crate) variables: SmallVec<[u32; 8]>,
}

impl Witness {
    /// The chance that all the variables the way depends on help: exactly the chance of this way.
    pub fn chance(&self, snapshot: &Snapshot) -> Probability {
        let chances =
            self.variables.iter().filter_map(|variable| snapshot.variables().get(*variable as usize));
        Probability::clamped(chances.fold(1.0, |product, variable| product * variable.chance.get()))
    }
}

/// Writes ways out, one after the other, with one set of marks for all of them.
pub struct Tracer<'a> {
    snapshot: &'a Snapshot,
    falls: &'a MostProbablePaths,
    onward: &'a BestPathsToLosses,
    /// By state and by variable: the mark of the way that last came to it.
    states: Vec<u32>,
    variables: Vec<u32>,
    /// The mark in use, and the first of this way's two.
    way: u32,
    first: u32,
}

impl<'a> Tracer<'a> {
    /// A tracer of the ways in a snapshot.
    pub fn new(snapshot: &'a Snapshot, falls: &'a MostProbablePaths, onward: &'a BestPathsToLosses) -> Self {
        let (states, variables) = (vec![0; snapshot.state_count()], vec![0; snapshot.variables().len()]);
        Self { snapshot, falls, onward, states, variables, way: 0, first: 0 }
    }

    /// The most probable way to a state, or nothing when it cannot fall. O(length).
    pub fn to(&mut self, state: State) -> Option<Witness> {
        self.begin(0);
        let mut witness = Witness::default();
        (self.falls.value(state.0) > 0.0).then(|| self.follow(&mut witness, state.0))?;
        Some(witness)
    }

    /// The most probable way that takes a step and then goes on to a loss event; none, when no such way needs the step, since
    /// it comes again to what an attacker must hold before it.
    ///
    /// Where the most probable way to what the step needs already holds what it gives (to reach a machine by owning it), it is
    /// come to in the most probable way from elsewhere. O(length), and then O(steps to what it needs).
    pub fn through(&mut self, step: Step, event: usize) -> Option<Witness> {
        self.through_each(step, &[event]).pop().flatten()
    }

    /// The same to each of several loss events; what the ways have in common is followed once.
    pub fn through_each(&mut self, step: Step, events: &[usize]) -> Vec<Option<Witness>> {
        let mut ways = vec![None; events.len()];
        for come_to in [Self::follow, Self::enter] {
            self.begin(events.len());
            let mut before = Witness::default();
            if self.premises(&mut before, step.0, come_to).is_none() {
                continue;
            }
            for (way, event) in ways.iter_mut().zip(events).filter(|(way, _)| way.is_none()) {
                self.way += 1;
                *way = self.go_on(before.clone(), step.0, *event);
            }
            if ways.iter().all(Option::is_some) {
                break;
            }
        }
        ways
    }

    /// Takes a step and goes on to a loss event; not by way of what was held before the step.
    fn go_on(&mut self, mut witness: Witness, mut step: u32, event: usize) -> Option<Witness> {
        let goal = self.snapshot.event(event)?.0;
        loop {
            let state = self.snapshot.layout.concludes(step as usize);
            if self.states.get(state as usize) == Some(&self.first) {
                return None;
            }
            self.take(&mut witness, step);
            if state == goal {
                return Some(witness);
            }
            // A state that leads on to the event does so by a step whose conclusion was found before it: this ends.
            step = self.onward.next_step(state, event)?;
            self.premises(&mut witness, step, Self::follow)?;
        }
    }

    /// Adds ways to a step's premises, all of which must then be held.
    fn premises(
        &mut self,
        witness: &mut Witness,
        step: u32,
        come_to: fn(&mut Self, &mut Witness, u32),
    ) -> Option<()> {
        if self.falls.premises(self.snapshot, step as usize) <= 0.0 {
            return None;
        }
        let premises = self.snapshot.layout.premise_pair(step as usize).into_iter();
        let mut premises = premises.filter(|premise| *premise != NONE);
        premises.try_for_each(|premise| {
            come_to(self, witness, premise);
            (premise == 0 || self.holds(premise)).then_some(())
        })
    }

    /// Adds the most probable way to a state that does not come to it by a greater access to the same asset.
    fn enter(&mut self, witness: &mut Witness, state: u32) {
        let chance =
            |step: usize| self.falls.premises(self.snapshot, step) * self.snapshot.layout.chance(step);
        let from_elsewhere =
            self.snapshot.layout.steps_to(state).filter(|step| {
                self.snapshot.origin(Step(*step as u32)) != Origin::Ladder && chance(*step) > 0.0
            });
        // Of equally probable steps the first, so that the answer is unique.
        let best = from_elsewhere.reduce(|best, step| if chance(step) > chance(best) { step } else { best });
        if let Some(step) = best.map(|step| step as u32)
            && self.premises(witness, step, Self::follow).is_some()
        {
            self.take(witness, step);
        }
    }

    /// Makes room for marks that no way has used: one for what is held before a step, and one for each way on from it.
    fn begin(&mut self, ways: usize) {
        if (u32::MAX - self.way) as usize <= ways + 1 {
            self.states.fill(0);
            self.variables.fill(0);
            self.way = 0;
        }
        self.first = self.way + 1;
        self.way = self.first;
    }

    /// Whether a mark is of this way: of what is held before its step, or of what comes after.
    fn is_ours(&self, mark: u32) -> bool {
        mark == self.first || mark == self.way
    }

    /// Whether the way has come to a state.
    fn holds(&self, state: u32) -> bool {
        self.states.get(state as usize).is_some_and(|mark| self.is_ours(*mark))
    }

    /// Adds the steps of the most probable way to a state, as far as the way has not come to what they conclude.
    fn follow(&mut self, witness: &mut Witness, state: u32) {
        // A stack of its own, since ways can be longer than a call stack is deep. A step is taken once its premises are.
        let mut stack: SmallVec<[(u32, bool); 16]> = SmallVec::new();
        stack.push((state, false));
        while let Some((state, ready)) = stack.pop() {
            let Some(Step(step)) = self.falls.last_step(State(state)) else { continue };
            if self.holds(state) {
                continue;
            }
            if ready {
                self.take(witness, step);
                continue;
            }
            stack.push((state, true));
            for premise in self.snapshot.layout.premise_pair(step as usize).into_iter().rev() {
                if premise != NONE {
                    stack.push((premise, false));
                }
            }
        }
    }

    /// Adds a step, unless the way has come to what it concludes.
    fn take(&mut self, witness: &mut Witness, step: u32) {
        let conclusion = self.snapshot.layout.concludes(step as usize);
        if self.holds(conclusion) {
            return;
        }
        if let Some(mark) = self.states.get_mut(conclusion as usize) {
            *mark = self.way;
        }
        witness.steps.push(Step(step));
        let guard = self.snapshot.layout.guards.get(step as usize).copied().unwrap_or(NONE);
        let certain = self.snapshot.layout.chance(step as usize) >= 1.0;
        let known = self.variables.get(guard as usize).copied().filter(|_| !certain);
        if known.is_some_and(|mark| !self.is_ours(mark)) {
            witness.variables.push(guard);
            if let Some(mark) = self.variables.get_mut(guard as usize) {
                *mark = self.way;
            }
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
        let risks: Vec<_> = today.ranked().map(|exposure| exposure.risk.value()).collect();
        assert_eq!(risks, [500.0, 125.0]);
        let rare = today.explain(&"rare".parse().unwrap()).unwrap();
        assert_eq!(rare.paths[0].chance.get(), 0.125);
        assert_eq!(rare.paths[0].hops.len(), 4);
    }
}
