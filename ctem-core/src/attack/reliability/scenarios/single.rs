//! Which single actions end a way: those without whose steps nothing comes to the event.
//!
//! To close one after the other takes a search for each, and along a way of n findings each of n actions ends it. So they are asked
//! together: with all of them closed, what falls in spite of that falls whichever of them is closed alone. It is kept, and the actions
//! are looked at by halves: the other half is opened, what falls by it is added, the half is looked at in the same way, and what was
//! added is taken back. Where the event falls none of the half ends it. In the order in which a way takes them each half adds about as
//! much as it is long, so that s steps take O(s log n); in no order more than a search for each.

use super::core::Core;

/// So many steps are looked at before the caller is asked.
const PATIENCE: u64 = 1 << 14;

/// What actions close, by number.
pub(crate) struct Closing<'a> {
    /// By action: the sets it is in, any action of which closes a step.
    pub(crate) sets: &'a [Vec<u32>],
    /// By set: its actions.
    pub(crate) closers: &'a [Box<[u32]>],
    /// By set: how many of its actions are chosen. It is the same afterwards.
    pub(crate) closed: &'a mut [u32],
}

impl Core {
    /// Which of some actions, in the order of their numbers, end the way each by itself, beside what is chosen. What is chosen does not
    /// end it, and no action is among both. None where the caller says not to go on.
    pub(crate) fn ended_by_each(
        &self,
        actions: &[u32],
        closing: Closing<'_>,
        goes_on: &dyn Fn() -> bool,
    ) -> Option<Vec<u32>> {
        let mut by_set: Vec<(u32, u32)> =
            (0..).zip(self.steps()).map(|(n, step)| (step.closers, n)).collect();
        by_set.sort_unstable();
        let in_order = self.in_order(actions, closing.closers);
        let mut halves = Halves {
            core: self,
            closing,
            by_set,
            fallen: vec![false; self.places()],
            trail: Vec::new(),
            looked_at: 0,
            asked: 0,
            goes_on,
            ends: Vec::new(),
        };
        in_order.iter().for_each(|action| halves.close(*action));
        halves.fall(0);
        let whole = halves.has_fallen() || halves.look(&in_order);
        for action in &in_order {
            halves.count(*action, false);
        }
        let mut ends = halves.ends;
        ends.sort_unstable();
        whole.then_some(ends)
    }

    /// Actions in the order in which ways take them: those of steps far from the event first.
    fn in_order(&self, actions: &[u32], closers: &[Box<[u32]>]) -> Vec<u32> {
        let mut first = vec![usize::MAX; actions.len()];
        for (n, step) in self.steps().iter().enumerate() {
            for action in closers.get(step.closers as usize).into_iter().flatten() {
                let at = actions.binary_search(action).ok().and_then(|at| first.get_mut(at));
                if let Some(first) = at {
                    *first = n.min(*first);
                }
            }
        }
        let mut order: Vec<(usize, u32)> = first.into_iter().zip(actions.iter().copied()).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, action)| action).collect()
    }
}

struct Halves<'a> {
    core: &'a Core,
    closing: Closing<'a>,
    /// The steps by what closes them.
    by_set: Vec<(u32, u32)>,
    /// By place: whether it falls.
    fallen: Vec<bool>,
    /// What has fallen, in that order.
    trail: Vec<u32>,
    looked_at: u64,
    asked: u64,
    goes_on: &'a dyn Fn() -> bool,
    /// Actions that end the way.
    ends: Vec<u32>,
}

impl Halves<'_> {
    /// Looks at actions that are all closed while the event has not fallen. Whether the caller said to go on.
    fn look(&mut self, actions: &[u32]) -> bool {
        let (first, second) = match actions {
            [] => return true,
            [one] => {
                self.ends.push(*one);
                return true;
            }
            _ => actions.split_at(actions.len() / 2),
        };
        for (half, other) in [(first, second), (second, first)] {
            if self.looked_at - self.asked >= PATIENCE {
                self.asked = self.looked_at;
                if !(self.goes_on)() {
                    return false;
                }
            }
            let before = self.trail.len();
            self.open(other);
            let goes_on = self.has_fallen() || self.look(half);
            self.take_back(before);
            other.iter().for_each(|action| self.close(*action));
            if !goes_on {
                // What is closed now is opened by whoever closed it.
                return false;
            }
        }
        true
    }

    fn has_fallen(&self) -> bool {
        self.fallen.get(Core::GOAL as usize) == Some(&true)
    }

    /// Opens what these actions alone close, and lets fall what falls by it.
    fn open(&mut self, actions: &[u32]) {
        let mut opened = Vec::new();
        for action in actions {
            self.count(*action, false);
            let sets = self.closing.sets.get(*action as usize).into_iter().flatten();
            opened.extend(sets.copied().filter(|set| self.is_open(*set)));
        }
        for set in opened {
            let from = self.by_set.partition_point(|(of, _)| *of < set);
            let steps = self.by_set.iter().skip(from).take_while(|(of, _)| *of == set);
            for step in steps.map(|(_, step)| *step).collect::<Vec<_>>() {
                self.take(step);
            }
        }
    }

    fn close(&mut self, action: u32) {
        self.count(action, true);
    }

    /// Counts an action to the sets it is in, or no more.
    fn count(&mut self, action: u32, up: bool) {
        for set in self.closing.sets.get(action as usize).into_iter().flatten() {
            self.looked_at += 1;
            if let Some(count) = self.closing.closed.get_mut(*set as usize) {
                *count = if up { *count + 1 } else { count.saturating_sub(1) };
            }
        }
    }

    /// Whether steps of a set are open.
    fn is_open(&self, set: u32) -> bool {
        set == 0 || self.closing.closed.get(set as usize) == Some(&0)
    }

    /// Takes a step, if it can be taken.
    fn take(&mut self, step: u32) {
        self.looked_at += 1;
        let Some(step) = self.core.steps().get(step as usize) else { return };
        let has = |place: &u32| self.fallen.get(*place as usize) == Some(&true);
        if step.premises.iter().all(has) && self.is_open(step.closers) {
            self.fall(step.to);
        }
    }

    /// A place falls, and all that falls by it.
    fn fall(&mut self, place: u32) {
        let mut at = self.trail.len();
        self.mark(place);
        while let Some(place) = self.trail.get(at).copied() {
            at += 1;
            let core = self.core;
            for n in core.after(place) {
                self.looked_at += 1;
                let Some(step) = core.steps().get(*n as usize) else { continue };
                let has = |place: &u32| self.fallen.get(*place as usize) == Some(&true);
                if step.premises.iter().all(has) && self.is_open(step.closers) {
                    self.mark(step.to);
                }
            }
        }
    }

    fn mark(&mut self, place: u32) {
        if let Some(fallen) = self.fallen.get_mut(place as usize)
            && !std::mem::replace(fallen, true)
        {
            self.trail.push(place);
        }
    }

    /// Takes back what has fallen since.
    fn take_back(&mut self, before: usize) {
        for place in self.trail.drain(before..) {
            if let Some(fallen) = self.fallen.get_mut(place as usize) {
                *fallen = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::core::{Link, Search},
        *,
    };
    use proptest::prelude::*;
    use std::cell::Cell;

    /// Sets of one action, and of two.
    fn closing(actions: u32) -> (Vec<Vec<u32>>, Vec<Box<[u32]>>) {
        let mut closers: Vec<Box<[u32]>> = vec![Box::default()];
        closers.extend((0..actions).map(|action| Box::from([action])));
        closers.extend((1..actions).map(|action| Box::from([action - 1, action])));
        let mut sets = vec![Vec::new(); actions as usize];
        for (set, of) in (0u32..).zip(&closers) {
            of.iter().for_each(|action| sets[*action as usize].push(set));
        }
        (sets, closers)
    }

    proptest! {
        #[test]
        fn they_are_those_that_end_it_when_closed_alone(
            steps in proptest::collection::vec(([0u32..9, 0u32..9], 1u32..9, 0u32..12), 1..30),
            chosen in 0u32..6,
        ) {
            let (sets, closers) = closing(6);
            let links = steps.into_iter().map(|(premises, to, closers)| Link { premises, to, closers }).collect();
            let core = Core::new(links, 9, 1);
            let mut closed = vec![0; closers.len()];
            sets[chosen as usize].iter().for_each(|set| closed[*set as usize] += 1);
            let mut search = Search::default();
            let mut stands = |closed: &[u32]| {
                core.as_ref().is_some_and(|core| core.way(&mut search, |set| closed[set as usize] == 0).is_some())
            };
            if stands(&closed) {
                let actions: Vec<u32> = (0..6).filter(|action| *action != chosen).collect();
                let alone = |action: &u32| {
                    let mut closed = closed.clone();
                    sets[*action as usize].iter().for_each(|set| closed[*set as usize] += 1);
                    !stands(&closed)
                };
                let expected: Vec<u32> = actions.iter().copied().filter(alone).collect();
                let before = closed.clone();
                let closing = Closing { sets: &sets, closers: &closers, closed: &mut closed };
                let found = core.as_ref().and_then(|core| core.ended_by_each(&actions, closing, &|| true));
                prop_assert_eq!(found, Some(expected));
                prop_assert_eq!(closed, before);
            }
        }
    }

    #[test]
    fn along_a_way_they_are_found_in_little_more_than_one_search_and_whoever_asks_may_end_it() {
        let looked = |length: u32| {
            let (sets, closers) = closing(length);
            let links = (0..length).map(|n| Link {
                premises: [if n == 0 { 0 } else { length + 1 - n }; 2],
                to: if n + 1 == length { 1 } else { length - n },
                closers: n + 1,
            });
            let core = Core::new(links.collect(), length + 1, 1).unwrap();
            let actions: Vec<u32> = (0..length).collect();
            let asked = Cell::new(0u64);
            let ask = |stop: u64| {
                asked.set(asked.get() + 1);
                asked.get() < stop
            };
            let mut closed = vec![0; closers.len()];
            let mut found = |stop| {
                asked.set(0);
                let closing = Closing { sets: &sets, closers: &closers, closed: &mut closed };
                let found = core.ended_by_each(&actions, closing, &|| ask(stop));
                assert!(closed.iter().all(|count| *count == 0));
                found
            };
            assert_eq!(found(u64::MAX), Some(actions.clone()));
            let all = asked.get();
            assert_eq!((found(3), asked.get()), (None, 3));
            all
        };
        let (few, many) = (looked(4_000), looked(16_000));
        assert!(few > 0 && many <= 6 * few, "{few} asks, and {many} of four times as many");
    }
}
