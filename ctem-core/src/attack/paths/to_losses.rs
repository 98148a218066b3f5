//! From every state, the most probable ways on to the loss events that weigh most.

use super::{MostProbablePaths, radix_heap::RadixHeap};
use crate::{
    attack::{
        graph::{
            EventId, Snapshot, State, Step,
            index::{Id, IndexVec},
            layout::Layout,
        },
        limits::OnProgress,
    },
    quantity::Probability,
};
use ordered_float::OrderedFloat;
use std::cmp::Reverse;

/// For every state that can fall, up to so many loss events, and the most probable path on to each (Dijkstra's algorithm, backwards).
///
/// The events of a state are those with the largest product of loss and chance; where there are more than asked for,
/// [`BestPathsToLosses::is_complete`] says so.
///
/// ```
/// # use ctem_core::{attack::{BestPathsToLosses, Graph, Key, MostProbablePaths}, Probability};
/// # let mut graph = Graph::new();
/// # let (shop, orders) = (graph.state(), graph.state());
/// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// # graph.step(&[], Some(flaw), shop)?;
/// # graph.step(&[shop], None, orders)?;
/// # let (leak, outage) = (graph.event(orders, 1000.0)?, graph.event(shop, 200.0)?);
/// # let snapshot = graph.compile()?;
/// # let best = MostProbablePaths::compute(&snapshot);
/// // Somebody is in the shop: what follows, and how surely?
/// let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0, 200.0], 8);
/// let follows: Vec<_> = onward.events(shop).collect();
/// assert_eq!(follows, [(leak, Probability::ONE), (outage, Probability::ONE)]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Dijkstra")]
#[doc(alias = "shortest path")]
#[derive(Debug, Clone)]
pub struct BestPathsToLosses {
    labels: Labels,
    complete: bool,
    /// By state: whether something was left out of where it leads. Only where that is so of any.
    lacking: IndexVec<State, bool>,
    /// How many steps the longest way has.
    longest: u32,
}

/// One state's way on to one event.
#[derive(Debug, Clone, Copy)]
struct Label {
    event: EventId,
    /// The step it takes; none at the event itself.
    step: Step,
    chance: f64,
}

/// What waits at a cost: the lower event first, then the lower state and step; and the chance and the length of the way.
type Waiting = (Reverse<EventId>, Reverse<State>, Reverse<Step>, OrderedFloat<f64>, u32);

impl BestPathsToLosses {
    /// Finds the ways on, to at most `most` events from each state. `losses` are the events' losses, by number.
    ///
    /// O(k m log (k m)) for k events a state, with 16 bytes for each way kept, and up to three times
    /// that while it runs.
    ///
    /// ```
    /// # use ctem_core::{attack::{BestPathsToLosses, Graph, Key, MostProbablePaths}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let (leak, outage) = (graph.event(orders, 1000.0)?, graph.event(shop, 200.0)?);
    /// # let snapshot = graph.compile()?;
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// // The worst that can follow is enough for a list.
    /// let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0, 200.0], 1);
    /// assert_eq!(onward.events(shop).map(|(event, _)| event).collect::<Vec<_>>(), [leak]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn compute(snapshot: &Snapshot, best: &MostProbablePaths, losses: &[f64], most: usize) -> Self {
        let nothing = || {
            let lacking = IndexVec::filled(true, snapshot.state_count());
            Self { complete: false, lacking, ..Self::none(snapshot.state_count()) }
        };
        Self::compute_while(snapshot, best, losses, most, &OnProgress::default()).unwrap_or_else(nothing)
    }

    /// The same; none where the caller, who is asked on the way, says not to go on.
    pub(crate) fn compute_while(
        snapshot: &Snapshot,
        best: &MostProbablePaths,
        losses: &[f64],
        most: usize,
        progress: &OnProgress<'_>,
    ) -> Option<Self> {
        let layout = &snapshot.layout;
        let mut paths = Self::none(snapshot.state_count());
        let mut queue: RadixHeap<Waiting> = RadixHeap::new();
        for ((event, state), loss) in layout.events.entries().zip(losses) {
            queue.push(*loss, (Reverse(event), Reverse(*state), Reverse(Step::NONE), OrderedFloat(1.0), 0));
        }
        let mut taken = 0;
        while let Some((_, (Reverse(event), Reverse(state), Reverse(step), OrderedFloat(chance), length))) =
            queue.pop()
        {
            if !paths.takes(state, event, most) {
                continue;
            }
            paths.labels.push(state, Label { event, step, chance });
            paths.longest = paths.longest.max(length);
            taken += 1;
            if !progress.goes_on_at(taken, layout.state_count()) {
                return None;
            }
            let loss = losses.get(event.index()).copied().unwrap_or(0.0);
            for step in layout.steps_to(state) {
                let guard = layout.chance(step);
                let [first, second] = layout.premise_pair(step);
                for (premise, other) in [(first, second), (second, first)] {
                    if premise.is_none() || premise == State::GIVEN || best.value(premise) <= 0.0 {
                        continue;
                    }
                    let other = other.some().map_or(1.0, |other| best.value(other));
                    let through = chance * guard * other;
                    if through > 0.0 && paths.takes(premise, event, most) {
                        let (event, premise, step) = (Reverse(event), Reverse(premise), Reverse(step));
                        let length = length.saturating_add(1);
                        queue.push(loss * through, (event, premise, step, OrderedFloat(through), length));
                    }
                }
            }
        }
        paths.labels.pack();
        paths.spread(layout);
        Some(paths)
    }

    /// No way from any state.
    fn none(states: usize) -> Self {
        let lacking = IndexVec::filled(false, states);
        Self { labels: Labels::new(states), complete: true, lacking, longest: 0 }
    }

    /// The events a state leads on to, the most costly first, each with the chance of the way. None of a state that is not there.
    ///
    /// ```
    /// # use ctem_core::{attack::{BestPathsToLosses, Graph, Key, MostProbablePaths}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let (leak, outage) = (graph.event(orders, 1000.0)?, graph.event(shop, 200.0)?);
    /// # let snapshot = graph.compile()?;
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// // What follows, were the outage the greater loss? It comes first then.
    /// let onward = BestPathsToLosses::compute(&snapshot, &best, &[1000.0, 5000.0], 8);
    /// assert_eq!(onward.events(shop).map(|(event, _)| event).collect::<Vec<_>>(), [outage, leak]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn events(&self, state: State) -> impl Iterator<Item = (EventId, Probability)> {
        let labels = self.labels.places.get(state).map_or(&[][..], |_| self.labels.of(state));
        labels.iter().map(|label| (label.event, Probability::clamped(label.chance)))
    }

    /// Whether every state kept all the events it leads to.
    ///
    /// ```
    /// # use ctem_core::{attack::{BestPathsToLosses, Graph, Key, MostProbablePaths}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let (leak, outage) = (graph.event(orders, 1000.0)?, graph.event(shop, 200.0)?);
    /// # let snapshot = graph.compile()?;
    /// # let best = MostProbablePaths::compute(&snapshot);
    /// let onward = |most| BestPathsToLosses::compute(&snapshot, &best, &[1000.0, 200.0], most);
    /// assert!(onward(2).is_complete());
    /// // The shop leads on to two events, and only one is kept.
    /// assert!(!onward(1).is_complete());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the events of a state are all that it leads to.
    pub(crate) fn has_all(&self, state: State) -> bool {
        self.complete || self.lacking.get(state) == Some(&false)
    }

    /// How many steps the longest way on has.
    pub(super) fn longest(&self) -> u32 {
        self.longest
    }

    /// How many labels there are: a way on from a state to an event each.
    pub(super) fn label_count(&self) -> usize {
        self.labels.all.len()
    }

    /// The place of a state's label for an event.
    pub(super) fn label(&self, state: State, event: EventId) -> Option<usize> {
        let (start, _) = *self.labels.places.get(state)?;
        let at = self.labels.of(state).iter().position(|label| label.event == event)?;
        Some(start as usize + at)
    }

    pub(super) fn next_step(&self, state: State, event: EventId) -> Option<Step> {
        self.labels.of(state).iter().find(|label| label.event == event)?.step.some()
    }

    /// Whether a state takes a way to an event: not when it has a better one, nor when it has enough of others.
    fn takes(&mut self, state: State, event: EventId, most: usize) -> bool {
        let known = self.labels.of(state);
        let full = known.len() >= most;
        // Once it is known that something was left out of it, a full state needs no look at what it has.
        if self.lacking[state] || known.iter().any(|label| label.event == event) {
            return false;
        }
        self.lacking[state] = full;
        self.complete &= !full;
        !full
    }

    /// What leads to a state that lacks events lacks them too. O(m) where any does.
    fn spread(&mut self, layout: &Layout) {
        if self.complete {
            return;
        }
        let mut open: Vec<State> =
            self.lacking.entries().filter(|(_, lacks)| **lacks).map(|(state, _)| state).collect();
        while let Some(state) = open.pop() {
            for premise in layout.steps_to(state).flat_map(|step| layout.premises(step)) {
                if !std::mem::replace(&mut self.lacking[premise], true) {
                    open.push(premise);
                }
            }
        }
    }
}

/// By state: its labels, the most costly first, next to each other.
#[derive(Debug, Clone)]
struct Labels {
    /// By state: where its labels begin, and how many there are. There is room for 2, 8, 32 and so on: the next of these.
    places: IndexVec<State, (u32, u32)>,
    all: Vec<Label>,
}

impl Labels {
    fn new(states: usize) -> Self {
        Self { places: IndexVec::filled((0, 0), states), all: Vec::new() }
    }

    fn of(&self, state: State) -> &[Label] {
        let (start, count) = self.places[state];
        &self.all[start as usize..(start + count) as usize]
    }

    /// Adds a label behind a state's others, which move to where there is four times the room when there is none left: of eight, which
    /// most states of an estate have, a quarter is left behind, and not as much again.
    fn push(&mut self, state: State, label: Label) {
        let (start, count) = &mut self.places[state];
        let is_full = count.is_power_of_two() && count.trailing_zeros() % 2 == 1;
        if *count == 0 || is_full {
            let (from, to) = (*start as usize, (*start + *count) as usize);
            *start = self.all.len() as u32;
            self.all.extend_from_within(from..to);
            self.all.resize(self.all.len() + ((to - from) * 3).max(2), label);
        }
        self.all[(*start + *count) as usize] = label;
        *count += 1;
    }

    /// Closes the gaps.
    fn pack(&mut self) {
        let mut packed = Vec::with_capacity(self.places.iter().map(|(_, count)| *count as usize).sum());
        for (start, count) in &mut self.places {
            let (from, to) = (*start as usize, (*start + *count) as usize);
            *start = packed.len() as u32;
            packed.extend_from_slice(&self.all[from..to]);
        }
        self.all = packed;
    }
}
