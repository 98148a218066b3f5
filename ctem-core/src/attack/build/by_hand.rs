//! An attack graph of one's own, without an environment.

use super::assemble::{Draft, Frame, MOST_STATES, MOST_STEPS, too_many};
use crate::{
    attack::graph::{
        Key, Origin, PriorUncertainty, Snapshot, State, StateKind, VariableId, VariableKind, index::NONE,
    },
    error::{Error, ErrorKind, Result},
    quantity::Probability,
};
use std::collections::HashMap;

/// States, steps, variables and loss events, put together one by one: for a product that has an attack graph of its own and
/// wants the engine alone.
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
/// assert_eq!(MostProbablePaths::of(&snapshot).chance(machine).get(), 0.1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Graph {
    states: u32,
    keys: Vec<Key>,
    chances: Vec<Probability>,
    /// By variable, those alone whose chance is unsure.
    spreads: HashMap<u32, PriorUncertainty>,
    steps: Vec<Stated>,
    /// Premises of steps that have more than one, and where those of each begin and end.
    more: Vec<u32>,
    ranges: Vec<(u32, u32)>,
    events: Vec<(u32, f64)>,
}

/// Set in a step's premise when it has several.
const SEVERAL: u32 = 1 << 31;

/// A step: its premise, or the place of its several among the ranges; its variable; its conclusion.
#[derive(Debug, Clone, Copy)]
struct Stated {
    premise: u32,
    guard: u32,
    conclusion: u32,
}

impl Graph {
    /// A graph in which nothing is but what is given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a state. More than [`compile`](Self::compile) allows are its error.
    pub fn state(&mut self) -> State {
        self.add_states(1)
    }

    /// Adds so many states; the first comes back. More than [`compile`](Self::compile) allows are its error.
    pub fn add_states(&mut self, count: u32) -> State {
        let first = State(self.states.saturating_add(1));
        self.states = self.states.saturating_add(count);
        first
    }

    /// Adds a variable: something uncertain, and the chance that it helps the attacker.
    pub fn variable(&mut self, key: Key, chance: Probability) -> VariableId {
        self.keys.push(key);
        self.chances.push(chance);
        VariableId((self.keys.len() - 1) as u32)
    }

    /// Says how unsure the chance of a variable is. Said twice, the last counts.
    ///
    /// # Errors
    /// `not_found` for a variable that is not of this graph.
    pub fn spread(&mut self, guard: VariableId, spread: PriorUncertainty) -> Result<()> {
        self.known_variable(guard)?;
        self.spreads.insert(guard.0, spread);
        Ok(())
    }

    /// Adds a step: whoever holds all premises, where the guard helps, comes to hold the conclusion. Without premises, and
    /// without a guard, it always does.
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
                guard.0
            }
            None => NONE,
        };
        let premise = match premises {
            [] => 0,
            [one] => one.0,
            several => {
                let start = self.more.len() as u32;
                self.more.extend(several.iter().map(|state| state.0));
                self.ranges.push((start, self.more.len() as u32));
                SEVERAL | (self.ranges.len() - 1) as u32
            }
        };
        self.steps.push(Stated { premise, guard, conclusion: conclusion.0 });
        Ok(())
    }

    /// Adds a loss event: what is lost when a state falls. Its number comes back.
    ///
    /// # Errors
    /// `not_found` for a state that is not of this graph, `invalid_input` for a loss that is not a finite number of at least 0.
    pub fn event(&mut self, state: State, loss: f64) -> Result<usize> {
        self.known(state)?;
        if !(0.0..=f64::MAX).contains(&loss) {
            return Err(Error::invalid(format!(
                "`{loss}` is not a loss: it must be a finite number of at least 0"
            )));
        }
        self.events.push((state.0, loss + 0.0));
        Ok(self.events.len() - 1)
    }

    /// Compiles the graph. O(n + m).
    ///
    /// Where several steps to one state have the same guard, they meet in a state of their own before it.
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
        self.spreads.iter().for_each(|(variable, spread)| draft.spread(*variable, *spread));
        let mut premises = Vec::new();
        let mut add = |draft: &mut Draft, n: u32, root: u32, guard: u32, conclusion: u32| {
            let step = &self.steps[n as usize];
            premises.clear();
            if step.premise & SEVERAL == 0 {
                premises.push(step.premise);
            } else {
                let (start, end) = self.ranges[(step.premise & !SEVERAL) as usize];
                premises.extend_from_slice(&self.more[start as usize..end as usize]);
                premises.retain(|premise| *premise != 0);
            }
            if root != NONE {
                premises.push(root);
            }
            if premises.is_empty() {
                premises.push(0);
            }
            draft.step(&premises, guard, conclusion, Origin::Stated(n));
        };
        for (guard, mut steps) in self.by_guard() {
            if guard == NONE {
                for n in steps {
                    add(&mut draft, n, NONE, NONE, self.steps[n as usize].conclusion);
                }
                continue;
            }
            let to = |n: &u32| self.steps[*n as usize].conclusion;
            steps.sort_by_key(to);
            let (first, last) = (steps.first().map(to), steps.last().map(to));
            // A variable that guards the way to several states is a state of its own, which all those steps need.
            let root = if first == last { NONE } else { draft.special(StateKind::Threat(guard)) };
            let own = if root == NONE { guard } else { NONE };
            if root != NONE {
                draft.step(&[0], guard, root, Origin::Threat(guard));
            }
            for group in steps.chunk_by(|a, b| to(a) == to(b)) {
                match group {
                    [n] => add(&mut draft, *n, root, own, to(n)),
                    several => {
                        let conclusion = to(&several[0]);
                        let door = draft.part();
                        for n in several {
                            add(&mut draft, *n, NONE, NONE, door);
                        }
                        let premises = if root == NONE { vec![door] } else { vec![door, root] };
                        draft.step(&premises, own, conclusion, Origin::Gate(guard));
                    }
                }
            }
        }
        draft.finish(Frame { events: self.events.clone(), stated: self.states as usize, ..Frame::default() })
    }

    /// The steps of each guard, in their order; those without one first.
    fn by_guard(&self) -> impl Iterator<Item = (u32, Vec<u32>)> + '_ {
        let slot = |guard: u32| if guard == NONE { 0 } else { guard as usize + 1 };
        let mut starts = vec![0u32; self.keys.len() + 2];
        for step in &self.steps {
            starts[slot(step.guard) + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let mut order = vec![0u32; self.steps.len()];
        for (n, step) in (0u32..).zip(&self.steps) {
            let at = &mut next[slot(step.guard)];
            order[*at as usize] = n;
            *at += 1;
        }
        let guards = std::iter::once(NONE).chain(0..self.keys.len() as u32);
        guards.map(move |guard| {
            let at = slot(guard);
            (guard, order[starts[at] as usize..starts[at + 1] as usize].to_vec())
        })
    }

    fn known_variable(&self, VariableId(guard): VariableId) -> Result<()> {
        if (guard as usize) < self.keys.len() {
            Ok(())
        } else {
            let message = format!("there is no variable {guard}: the graph has {}", self.keys.len());
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
            graph.spread(variable, PriorUncertainty::new(Key::new(2), 4.0)),
            graph.event(far, 1.0).map(drop),
        ] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::NotFound);
        }
        assert!(graph.compile().is_ok());
    }
}
