//! From every state, the most probable ways on to the loss events that weigh most.

use super::{MostProbablePaths, radix_heap::RadixHeap};
use crate::{
    attack::graph::{Snapshot, State, index::NONE},
    quantity::Probability,
};
use ordered_float::OrderedFloat;
use std::cmp::Reverse;

/// For every state that can fall, up to so many loss events, and the most probable way on to each.
///
/// The events of a state are those with the largest product of loss and chance; where there are more than asked for,
/// [`BestPathsToLosses::is_complete`] says so.
#[derive(Debug, Clone)]
pub struct BestPathsToLosses {
    labels: Labels,
    complete: bool,
}

/// One state's way on to one event.
#[derive(Debug, Clone, Copy)]
struct Label {
    event: u32,
    /// The step it takes; `NONE` at the event itself.
    step: u32,
    chance: f64,
}

/// What waits at a cost: the lower event first, then the lower state and step; and the chance.
type Waiting = (Reverse<u32>, Reverse<u32>, Reverse<u32>, OrderedFloat<f64>);

impl BestPathsToLosses {
    /// Finds the ways on, to at most `most` events from each state. `losses` are the events' losses, by number.
    ///
    /// O(k m log (k m)) for k events a state, with 16 bytes for each way kept, and up to three times
    /// that while it runs.
    pub fn of(snapshot: &Snapshot, falls: &MostProbablePaths, losses: &[f64], most: usize) -> Self {
        let mut onward = Self { labels: Labels::new(snapshot.state_count()), complete: true };
        let mut queue: RadixHeap<Waiting> = RadixHeap::new();
        for (event, (State(state), loss)) in
            (0u32..).zip((0..).map_while(|event| snapshot.event(event)).zip(losses.iter().copied()))
        {
            queue.push(loss, (Reverse(event), Reverse(state), Reverse(NONE), OrderedFloat(1.0)));
        }
        while let Some((_, (Reverse(event), Reverse(state), Reverse(step), OrderedFloat(chance)))) =
            queue.pop()
        {
            if !onward.takes(state, event, most) {
                continue;
            }
            onward.labels.push(state, Label { event, step, chance });
            let loss = losses.get(event as usize).copied().unwrap_or(0.0);
            for step in snapshot.layout.steps_to(state) {
                let guard = snapshot.layout.chance(step);
                let [first, second] = snapshot.layout.premise_pair(step);
                for (premise, other) in [(first, second), (second, first)] {
                    if premise == NONE || premise == 0 || falls.value(premise) <= 0.0 {
                        continue;
                    }
                    let other = if other == NONE { 1.0 } else { falls.value(other) };
                    let through = chance * guard * other;
                    if through > 0.0 && onward.takes(premise, event, most) {
                        let way =
                            (Reverse(event), Reverse(premise), Reverse(step as u32), OrderedFloat(through));
                        queue.push(loss * through, way);
                    }
                }
            }
        }
        onward.labels.pack();
        onward
    }

    /// The events a state leads on to, the most costly first, each with the chance of the way.
    pub fn events(&self, state: State) -> impl Iterator<Item = (usize, Probability)> {
        self.labels.of(state.0).iter().map(|label| (label.event as usize, Probability::clamped(label.chance)))
    }

    /// Whether every state kept all the events it leads to.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn next_step(&self, state: u32, event: usize) -> Option<u32> {
        let label = self.labels.of(state).iter().find(|label| label.event as usize == event)?;
        Some(label.step).filter(|step| *step != NONE)
    }

    /// Whether a state takes a way to an event: not when it has a better one, nor when it has enough of others.
    fn takes(&mut self, state: u32, event: u32, most: usize) -> bool {
        let known = self.labels.of(state);
        let full = known.len() >= most;
        // Once it is known that something was left out, a full state needs no look at what it has.
        if (full && !self.complete) || known.iter().any(|label| label.event == event) {
            return false;
        }
        self.complete &= !full;
        !full
    }
}

/// By state: its labels, the most costly first, next to each other.
#[derive(Debug, Clone)]
struct Labels {
    /// By state: where its labels begin, and how many there are. There is room up to the next power of two.
    places: Vec<(u32, u32)>,
    all: Vec<Label>,
}

impl Labels {
    fn new(states: usize) -> Self {
        Self { places: vec![(0, 0); states], all: Vec::new() }
    }

    fn of(&self, state: u32) -> &[Label] {
        let (start, count) = self.places.get(state as usize).copied().unwrap_or_default();
        self.all.get(start as usize..(start + count) as usize).unwrap_or_default()
    }

    /// Adds a label behind a state's others, which move to where there is twice the room when there is none left.
    fn push(&mut self, state: u32, label: Label) {
        let Some((start, count)) = self.places.get_mut(state as usize) else { return };
        if *count == 0 || count.is_power_of_two() {
            let (from, to) = (*start as usize, (*start + *count) as usize);
            *start = self.all.len() as u32;
            self.all.extend_from_within(from..to);
            self.all.resize(self.all.len() + (to - from).max(1), label);
        }
        if let Some(slot) = self.all.get_mut((*start + *count) as usize) {
            *slot = label;
        }
        *count += 1;
    }

    /// Closes the gaps.
    fn pack(&mut self) {
        let mut packed = Vec::with_capacity(self.places.iter().map(|(_, count)| *count as usize).sum());
        for (start, count) in &mut self.places {
            let (from, to) = (*start as usize, (*start + *count) as usize);
            *start = packed.len() as u32;
            packed.extend_from_slice(self.all.get(from..to).unwrap_or_default());
        }
        self.all = packed;
    }
}
