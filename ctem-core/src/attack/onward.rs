//! From every state, the most probable ways on to the loss events that weigh most.

use super::{
    paths::Falls,
    snapshot::{NONE, Snapshot, State},
};
use crate::quantity::Probability;
use ordered_float::OrderedFloat;
use std::{cmp::Reverse, collections::BinaryHeap};

/// For every state that can fall, up to so many loss events, and the most probable way on to each.
///
/// The events of a state are those with the largest product of loss and chance; where there are more than asked for,
/// [`Onward::is_complete`] says so.
#[derive(Debug, Clone)]
pub struct Onward {
    /// By state: its first label, or `NONE`.
    first: Vec<u32>,
    labels: Vec<Label>,
    complete: bool,
}

/// One state's way on to one event.
#[derive(Debug, Clone, Copy)]
struct Label {
    event: u32,
    /// The step it takes; `NONE` at the event itself.
    step: u32,
    /// The state's next label, less costly than this, or `NONE`.
    next: u32,
    chance: f64,
}

/// What waits: more costly first, then the lower event, state and step.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    /// The cost's bits, which order as the numbers do since none is negative, before the event and the state: one number
    /// is compared faster than three.
    order: u128,
    step: Reverse<u32>,
    chance: OrderedFloat<f64>,
}

impl Waiting {
    fn new(loss: f64, event: u32, state: u32, step: u32, chance: f64) -> Self {
        let cost = u128::from((loss * chance).to_bits());
        let order = cost << 64 | u128::from(!event) << 32 | u128::from(!state);
        Self { order, step: Reverse(step), chance: OrderedFloat(chance) }
    }

    fn event(&self) -> u32 {
        !((self.order >> 32) as u32)
    }

    fn state(&self) -> u32 {
        !(self.order as u32)
    }
}

impl Onward {
    /// Finds the ways on, to at most `most` events from each state. `losses` are the events' losses, by number.
    ///
    /// O(k m log (k m)) for k events a state, with 24 bytes for each way kept.
    pub fn of(snapshot: &Snapshot, falls: &Falls, losses: &[f64], most: usize) -> Self {
        let mut onward =
            Self { first: vec![NONE; snapshot.state_count()], labels: Vec::new(), complete: true };
        let mut queue: BinaryHeap<Waiting> = BinaryHeap::new();
        for (event, (State(state), loss)) in
            (0u32..).zip((0..).map_while(|event| snapshot.event(event)).zip(losses.iter().copied()))
        {
            queue.push(Waiting::new(loss, event, state, NONE, 1.0));
        }
        while let Some(next) = queue.pop() {
            let (event, Reverse(step), OrderedFloat(chance)) = (next.event(), next.step, next.chance);
            let state = next.state();
            if !onward.keep(state, Label { event, step, next: NONE, chance }, most) {
                continue;
            }
            let loss = losses.get(event as usize).copied().unwrap_or(0.0);
            for step in snapshot.steps_to(state) {
                let guard = snapshot.chance(step);
                let [first, second] = snapshot.premise_pair(step);
                for (premise, other) in [(first, second), (second, first)] {
                    if premise == NONE || premise == 0 || falls.value(premise) <= 0.0 {
                        continue;
                    }
                    let other = if other == NONE { 1.0 } else { falls.value(other) };
                    let through = chance * guard * other;
                    if through > 0.0 && onward.takes(premise, event, most) {
                        queue.push(Waiting::new(loss, event, premise, step as u32, through));
                    }
                }
            }
        }
        onward
    }

    /// The events a state leads on to, the most costly first, each with the chance of the way.
    pub fn events(&self, state: State) -> impl Iterator<Item = (usize, Probability)> {
        self.labels_of(state.0).map(|label| (label.event as usize, Probability::clamped(label.chance)))
    }

    /// Whether every state kept all the events it leads to.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn next_step(&self, state: u32, event: usize) -> Option<u32> {
        let label = self.labels_of(state).find(|label| label.event as usize == event)?;
        Some(label.step).filter(|step| *step != NONE)
    }

    fn labels_of(&self, state: u32) -> impl Iterator<Item = &Label> {
        let first = self.first.get(state as usize).and_then(|at| self.labels.get(*at as usize));
        std::iter::successors(first, |label| self.labels.get(label.next as usize))
    }

    /// Whether a state takes a way to an event: not when it has a better one, nor when it has enough of others.
    fn takes(&mut self, state: u32, event: u32, most: usize) -> bool {
        let mut count = 0;
        for label in self.labels_of(state) {
            if label.event == event {
                return false;
            }
            count += 1;
        }
        self.complete &= count < most;
        count < most
    }

    /// Adds a label behind the state's others, unless it has one of the event or enough.
    fn keep(&mut self, state: u32, label: Label, most: usize) -> bool {
        let new = self.labels.len() as u32;
        let mut at = self.first.get(state as usize).copied().unwrap_or(NONE);
        let (mut count, mut end) = (0, NONE);
        while let Some(known) = self.labels.get(at as usize) {
            if known.event == label.event {
                return false;
            }
            (count, end, at) = (count + 1, at, known.next);
        }
        if count >= most {
            self.complete = false;
            return false;
        }
        match self.labels.get_mut(end as usize) {
            Some(last) => last.next = new,
            None => {
                if let Some(first) = self.first.get_mut(state as usize) {
                    *first = new;
                }
            }
        }
        self.labels.push(label);
        true
    }
}
