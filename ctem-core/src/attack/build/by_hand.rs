//! An attack graph of one's own, without an environment.

use super::assemble::{Draft, DraftState, Frame, MOST_STATES, MOST_STEPS, too_many};
use crate::{
    attack::{
        graph::{
            EventId, Key, Origin, PriorUncertainty, Snapshot, State, StateKind, VariableId, VariableKind,
            index::{Csr, Id, IndexVec, ids},
        },
        limits::OnProgress,
    },
    error::{Error, ErrorKind, Result},
    quantity::Probability,
};
use std::collections::HashMap;

/// An attack graph (an AND/OR graph, as a fault tree is) put together by hand, from states, steps, variables and loss events: for
/// a product that has an attack graph of its own and wants the engine alone.
///
/// A variable may guard any number of steps, and steps may go in circles. States keep their numbers in the snapshot.
///
/// ```
/// use ctem_core::{attack::{MostProbablePaths, Graph, Key}, Probability};
///
/// // An administrator's right is worth something only with a way to the machine.
/// let mut graph = Graph::new();
/// let (right, way, machine) = (graph.state(), graph.state(), graph.state());
/// let phished = graph.variable(Key::of("entry", "anna"), Probability::new(0.2)?);
/// let flaw = graph.variable(Key::of("finding", "vpn"), Probability::new(0.5)?);
/// graph.step(&[], Some(phished), right)?;
/// graph.step(&[], Some(flaw), way)?;
/// graph.step(&[right, way], None, machine)?;
/// graph.event(machine, 1e6)?;
/// let snapshot = graph.compile()?;
/// assert_eq!(MostProbablePaths::compute(&snapshot).chance(machine).get(), 0.1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "attack graph")]
#[doc(alias = "AND/OR graph")]
#[doc(alias = "fault tree")]
#[derive(Debug, Clone, Default)]
pub struct Graph {
    states: u32,
    keys: Vec<Key>,
    chances: Vec<Probability>,
    /// By variable, those alone whose chance is unsure.
    priors: HashMap<VariableId, PriorUncertainty>,
    steps: Vec<Stated>,
    /// The premises of steps that have more than one.
    several: Csr<Several, State>,
    events: IndexVec<EventId, (State, f64)>,
}

/// A step. Where its conclusion's variable is none, it is certain.
#[derive(Debug, Clone, Copy)]
struct Stated {
    /// Its premise; or, with `SEVERAL`, the row of its premises.
    premise: u32,
    guard: VariableId,
    conclusion: State,
}

/// Set in a step's premise when it has several.
const SEVERAL: u32 = 1 << 31;

ids! {
    /// The premises of a step that has several.
    Several
    /// A variable behind the first slot, which is of steps without one.
    Slot
}

impl Graph {
    /// A graph in which nothing is but what is given.
    ///
    /// ```
    /// use ctem_core::attack::Graph;
    ///
    /// // Nothing but what is given.
    /// let snapshot = Graph::new().compile()?;
    /// assert_eq!((snapshot.state_count(), snapshot.step_count()), (1, 0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a state. More than [`compile`](Self::compile) allows are its error.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// let (shop, orders) = (graph.state(), graph.state());
    /// // The snapshot knows them by the same numbers.
    /// assert_eq!(graph.compile()?.states().collect::<Vec<_>>(), [State::GIVEN, shop, orders]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn state(&mut self) -> State {
        self.add_states(1)
    }

    /// Adds so many states; the first comes back. More than [`compile`](Self::compile) allows are its error.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// // One state for each of a thousand rows of ours.
    /// let first = graph.add_states(1000);
    /// let of_row = |row: u32| State::numbered(first.number() + row);
    /// graph.step(&[of_row(0)], None, of_row(999))?;
    /// assert_eq!(graph.step(&[], None, of_row(1000)).unwrap_err().code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn add_states(&mut self, count: u32) -> State {
        let first = State(self.states.saturating_add(1));
        self.states = self.states.saturating_add(count);
        first
    }

    /// Adds a variable: something uncertain, and the chance that it helps the attacker.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// assert_eq!(graph.compile()?.variable(flaw).map(|variable| variable.chance.get()), Some(0.25));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn variable(&mut self, key: Key, chance: Probability) -> VariableId {
        self.keys.push(key);
        self.chances.push(chance);
        VariableId((self.keys.len() - 1) as u32)
    }

    /// Says how unsure the chance of a variable is. Said twice, the last counts.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// // Two chances that rest on one prior, which may be wrong for both.
    /// let unsure = PriorUncertainty::new(Key::prior("a service open to a network"), 4.0);
    /// for finding in ["f-1", "f-2"] {
    ///     let flaw = graph.variable(Key::of("finding", finding), Probability::new(0.05)?);
    ///     graph.prior(flaw, unsure)?;
    /// }
    /// assert_eq!(graph.compile()?.variables().len(), 2);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a variable that is not of this graph.
    pub fn prior(&mut self, variable: VariableId, prior: PriorUncertainty) -> Result<()> {
        self.known_variable(variable)?;
        self.priors.insert(variable, prior);
        Ok(())
    }

    /// Adds a step: whoever holds all premises, where the guard helps, comes to hold the conclusion. Without premises, and
    /// without a guard, it always does.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// let (right, way, machine) = (graph.state(), graph.state(), graph.state());
    /// let phished = graph.variable(Key::of("entry", "anna"), Probability::new(0.5)?);
    /// graph.step(&[], Some(phished), right)?;
    /// graph.step(&[], None, way)?;
    /// // Both are needed; two steps to one state would mean that either is enough.
    /// graph.step(&[right, way], None, machine)?;
    /// assert_eq!(MostProbablePaths::compute(&graph.compile()?).chance(machine).get(), 0.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a state or a guard that is not of this graph.
    pub fn step(&mut self, premises: &[State], guard: Option<VariableId>, conclusion: State) -> Result<()> {
        for state in premises.iter().chain([&conclusion]) {
            self.known(*state)?;
        }
        let guard = match guard {
            Some(guard) => {
                self.known_variable(guard)?;
                guard
            }
            None => VariableId::NONE,
        };
        let premise = match premises {
            [] => 0,
            [one] => one.0,
            several => {
                self.several.extend(several.iter().copied());
                SEVERAL | self.several.end_row().0
            }
        };
        self.steps.push(Stated { premise, guard, conclusion });
        Ok(())
    }

    /// Adds a loss event: what is lost when a state falls. Its number comes back.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// let shop = graph.state();
    /// let outage = graph.event(shop, 1000.0)?;
    /// assert_eq!(graph.compile()?.loss(outage), Some(1000.0));
    /// assert_eq!(graph.event(shop, f64::INFINITY).unwrap_err().code(), "invalid_input");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a state that is not of this graph, `invalid_input` for a loss that is not a finite number of at least 0.
    pub fn event(&mut self, state: State, loss: f64) -> Result<EventId> {
        self.known(state)?;
        if !(0.0..=f64::MAX).contains(&loss) {
            return Err(Error::invalid(format!(
                "`{loss}` is not a loss: it must be a finite number of at least 0"
            )));
        }
        Ok(self.events.push((state, loss + 0.0)))
    }

    /// Compiles the graph. O(n + m).
    ///
    /// Where several steps to one state have the same guard, they meet in a state of their own before it.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, MostProbablePaths, PriorUncertainty, State}, Probability};
    /// # let mut graph = Graph::new();
    /// // What is uncertain is told apart by its key.
    /// graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// graph.variable(Key::of("finding", "f-1"), Probability::new(0.5)?);
    /// assert_eq!(graph.compile().unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `conflict` for two variables with one key, `limit_exceeded` when there are more than 2³⁰ states or 2²⁸ steps.
    pub fn compile(&self) -> Result<Snapshot> {
        if self.states >= MOST_STATES || self.steps.len() >= MOST_STEPS {
            return Err(too_many());
        }
        // Where steps meet, there is one more for their variable.
        let mut draft = Draft::new(0, self.steps.len() + self.keys.len())?;
        for n in 0..self.states {
            draft.special(StateKind::Stated(n + 1));
        }
        for ((n, key), chance) in (0u32..).zip(&self.keys).zip(&self.chances) {
            draft.stated_variable(VariableKind::Stated(n), *key, *chance);
        }
        self.priors.iter().for_each(|(variable, prior)| draft.prior(*variable, *prior));
        let mut premises = Vec::new();
        let state = |State(number)| DraftState(number);
        let mut add =
            |draft: &mut Draft, n: u32, root: DraftState, guard: VariableId, conclusion: DraftState| {
                let step = &self.steps[n as usize];
                premises.clear();
                if step.premise & SEVERAL == 0 {
                    premises.push(DraftState(step.premise));
                } else {
                    premises.extend(
                        self.several.row(Several(step.premise & !SEVERAL)).iter().copied().map(state),
                    );
                    premises.retain(|premise| *premise != DraftState::GIVEN);
                }
                premises.extend(root.some());
                if premises.is_empty() {
                    premises.push(DraftState::GIVEN);
                }
                draft.step(&premises, guard, conclusion, Origin::Stated(n));
            };
        for (guard, mut steps) in self.by_guard() {
            let to = |n: &u32| state(self.steps[*n as usize].conclusion);
            if guard.is_none() {
                for n in steps {
                    add(&mut draft, n, DraftState::NONE, VariableId::NONE, to(&n));
                }
                continue;
            }
            steps.sort_by_key(to);
            let (first, last) = (steps.first().map(to), steps.last().map(to));
            // A variable that guards the way to several states is a state of its own, which all those steps need.
            let root =
                if first == last { DraftState::NONE } else { draft.special(StateKind::Threat(guard.0)) };
            let own = if root.is_none() { guard } else { VariableId::NONE };
            if !root.is_none() {
                draft.step(&[DraftState::GIVEN], guard, root, Origin::Threat(guard.0));
            }
            for group in steps.chunk_by(|a, b| to(a) == to(b)) {
                match group {
                    [n] => add(&mut draft, *n, root, own, to(n)),
                    several => {
                        let conclusion = to(&several[0]);
                        let door = draft.part();
                        for n in several {
                            add(&mut draft, *n, DraftState::NONE, VariableId::NONE, door);
                        }
                        let premises: Vec<DraftState> = [door].into_iter().chain(root.some()).collect();
                        draft.step(&premises, own, conclusion, Origin::Shared(guard.0));
                    }
                }
            }
        }
        let events = self.events.iter().map(|(event, loss)| (state(*event), *loss)).collect();
        let frame = Frame { events, stated: self.states as usize, ..Frame::default() };
        draft.finish(frame, &OnProgress::default())
    }

    /// The steps of each guard, in their order; those without one first.
    fn by_guard(&self) -> impl Iterator<Item = (VariableId, Vec<u32>)> + '_ {
        let slot = |guard: VariableId| Slot(guard.some().map_or(0, |guard| guard.0 + 1));
        let order = Csr::new(self.keys.len() + 1, || {
            self.steps.iter().zip(0u32..).map(move |(step, n)| (slot(step.guard), n))
        });
        let guards = std::iter::once(VariableId::NONE).chain(VariableId::first(self.keys.len()));
        guards.map(move |guard| (guard, order.row(slot(guard)).to_vec()))
    }

    fn known_variable(&self, variable: VariableId) -> Result<()> {
        if variable.index() < self.keys.len() {
            Ok(())
        } else {
            let (number, count) = (variable.0, self.keys.len());
            let message = format!("there is no variable {number}: the graph has {count}");
            Err(Error::new(ErrorKind::NotFound, message))
        }
    }

    fn known(&self, state: State) -> Result<()> {
        if state.0 <= self.states {
            Ok(())
        } else {
            let message = format!("there is no state {}: the graph has {}", state.0, self.states);
            Err(Error::new(ErrorKind::NotFound, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_states_than_can_be_are_an_error_and_no_state_is_another() {
        let mut graph = Graph::new();
        assert_eq!(graph.add_states(u32::MAX), State(1));
        let beyond = [graph.state(), graph.add_states(7)];
        assert!(beyond.iter().all(|state| *state == State(u32::MAX)));
        graph.step(&[], None, beyond[0]).unwrap();
        assert_eq!(graph.compile().unwrap_err().kind(), ErrorKind::LimitExceeded);
    }

    #[test]
    fn ids_of_another_graph_are_errors() {
        let mut other = Graph::new();
        other.add_states(2);
        let far = other.state();
        let variable = other.variable(Key::new(1), Probability::ONE);
        let mut graph = Graph::new();
        let near = graph.state();
        for result in [
            graph.step(&[far], None, near),
            graph.step(&[], None, far),
            graph.step(&[], Some(variable), near),
            graph.prior(variable, PriorUncertainty::new(Key::new(2), 4.0)),
            graph.event(far, 1.0).map(drop),
        ] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::NotFound);
        }
        assert!(graph.compile().is_ok());
    }
}
