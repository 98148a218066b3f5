//! All worlds of a compiled environment, one by one: what falls in each, and so how often, exactly.

use ctem_core::attack::{Snapshot, State, VariableKind};
use std::collections::BTreeMap;

/// More variables than this are too many worlds for a test.
pub const MOST: usize = 14;

/// A snapshot as plain lists, read through its public face alone.
pub struct Worlds {
    chances: Vec<f64>,
    /// Premises, variable and conclusion; state 0 is given.
    steps: Vec<(Vec<usize>, Option<usize>, usize)>,
    states: usize,
}

impl Worlds {
    /// The worlds of a snapshot, unless there are too many.
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let mut chances = Vec::new();
        let mut numbers: BTreeMap<VariableKind, usize> = BTreeMap::new();
        // Only what guards a step and can go either way makes worlds differ.
        for step in snapshot.steps() {
            if let Some(guard) = snapshot.guard(step).filter(|guard| guard.chance.get() < 1.0) {
                numbers.entry(guard.kind).or_insert_with(|| {
                    chances.push(guard.chance.get());
                    chances.len() - 1
                });
            }
        }
        if chances.len() > MOST {
            return None;
        }
        let states: Vec<State> = snapshot.states().collect();
        let number = |state| number(state, &states);
        let steps = snapshot
            .steps()
            .map(|step| {
                let premises = snapshot.premises(step).map(number).collect();
                let guard = snapshot.guard(step).and_then(|guard| numbers.get(&guard.kind).copied());
                (premises, guard, number(snapshot.conclusion(step).unwrap()))
            })
            .collect();
        Some(Self { chances, steps, states: states.len() })
    }

    /// Calls `see` with every world's chance and what has fallen in it, by state, and which steps were open.
    pub fn each(&self, mut see: impl FnMut(f64, &[bool], &[bool])) {
        for world in 0u32..1 << self.chances.len() {
            let on = |variable: usize| world >> variable & 1 == 1;
            let weight = (0..self.chances.len()).fold(1.0, |weight, variable| {
                weight * if on(variable) { self.chances[variable] } else { 1.0 - self.chances[variable] }
            });
            if weight == 0.0 {
                continue;
            }
            let mut fallen = vec![false; self.states];
            let mut open = vec![false; self.steps.len()];
            loop {
                let mut moved = false;
                for (n, (premises, guard, conclusion)) in self.steps.iter().enumerate() {
                    if !open[n] && guard.is_none_or(on) && premises.iter().all(|state| fallen[*state]) {
                        open[n] = true;
                        fallen[*conclusion] = true;
                        moved = true;
                    }
                }
                if !moved {
                    break;
                }
            }
            see(weight, &fallen, &open);
        }
    }

    /// The chance that each loss event happens, by number.
    pub fn events(&self, snapshot: &Snapshot) -> Vec<f64> {
        let states: Vec<State> = snapshot.states().collect();
        let events: Vec<usize> =
            snapshot.events().map(|event| number(snapshot.event(event).unwrap(), &states)).collect();
        let mut chances = vec![0.0; events.len()];
        self.each(|weight, fallen, _| {
            for (chance, event) in chances.iter_mut().zip(&events) {
                *chance += if fallen[*event] { weight } else { 0.0 };
            }
        });
        chances
    }
}

fn number(state: State, states: &[State]) -> usize {
    states.binary_search(&state).unwrap()
}
