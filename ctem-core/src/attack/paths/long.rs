//! Long ways, folded from both ends: for who ranks all that lies on a way of a hundred thousand steps and follows none of it.
//!
//! A way through a step is the most probable path to what the step needs, the step, and the way on. Along a chain of n findings
//! there are n such ways of n steps. So each state keeps the product of what is uncertain on the path to it, and each way on the
//! product of what is uncertain from there, taken from the end. A way through any step is then two products and the step.
//!
//! That is the whole story only where nothing counts twice and the way does not come again to what it has come to. So it is done
//! where every step needs one state, every variable guards one step, and the two halves are disjoint. Along a most probable path
//! chances never rise, and where they stay the path grows longer: so whatever on the way on is less probable than all of the path
//! (or as probable and farther) is not on it. All else, and all ways that are short, are followed step by step.

use super::{BestPathsToLosses, MostProbablePaths};
use crate::attack::graph::{
    EventId, Snapshot, State, Step, VariableId,
    index::{Id, IndexVec},
};
use std::cmp::Ordering;

/// Ways of more steps are folded from both ends.
const LONG: u32 = 256;

/// The halves of every way through every step, where they are all there is to it.
pub(crate) struct LongPaths<'a> {
    snapshot: &'a Snapshot,
    best: &'a MostProbablePaths,
    to_losses: &'a BestPathsToLosses,
    before: IndexVec<State, Before>,
    /// By the place of a label: what comes after it.
    after: Vec<After>,
}

/// A long way through a step: what is uncertain before it and after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Halves {
    /// The product of what is uncertain before the step, in the order of the way, and how many those are.
    pub(crate) before: f64,
    pub(crate) uncertain_before: usize,
    /// The step's own variable.
    pub(crate) own: Option<VariableId>,
    /// The product of what is uncertain after the step, from the end of the way.
    pub(crate) after: f64,
}

/// The most probable path to a state.
#[derive(Debug, Clone, Copy)]
struct Before {
    product: f64,
    uncertain: u32,
    length: u32,
}

/// The way on from a state to a loss event, and the most probable state on it.
#[derive(Debug, Clone, Copy)]
struct After {
    product: f64,
    length: u32,
    nearest: Nearness,
}

/// How probable a state is, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Nearness {
    chance: f64,
    length: u32,
}

/// The length of what is not known yet, and of what is to be followed step by step.
const UNKNOWN: u32 = u32::MAX;
const FOLLOWED: u32 = u32::MAX - 1;

impl<'a> LongPaths<'a> {
    /// Finds the halves; none where no way is long. O(n + m), and where one may be O(labels).
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        best: &'a MostProbablePaths,
        to_losses: &'a BestPathsToLosses,
    ) -> Option<Self> {
        let mut guarded: IndexVec<VariableId, u8> = IndexVec::filled(0, snapshot.variables().len());
        for step in snapshot.steps() {
            if let Some(guard) = snapshot.layout.uncertain_guard(step) {
                guarded[guard] = guarded[guard].saturating_add(1);
            }
        }
        let before =
            IndexVec::filled(Before { product: 1.0, uncertain: 0, length: UNKNOWN }, snapshot.state_count());
        let mut paths = Self { snapshot, best, to_losses, before, after: Vec::new() };
        let longest = paths.find_before(&guarded);
        // What is after a step takes 32 bytes for each way on, and hardly any estate has ways as long.
        if longest.saturating_add(to_losses.longest()) <= LONG {
            return None;
        }
        (longest + paths.find_after(&guarded) > LONG).then_some(paths)
    }

    /// The halves of the most probable way through a step to a loss event, where it is long and they are all there is to it.
    pub(crate) fn halves(&self, step: Step, event: EventId) -> Option<Halves> {
        let [premise, other] = self.snapshot.layout.premise_pair(step);
        if !other.is_none() {
            return None;
        }
        let before = self.before.get(premise)?;
        let after = self.after.get(self.to_losses.label(self.snapshot.layout.conclusion(step), event)?)?;
        if before.length >= FOLLOWED || after.length >= FOLLOWED || before.length + after.length <= LONG {
            return None;
        }
        let disjoint = premise == State::GIVEN || after.nearest.is_behind(self.nearness(premise));
        disjoint.then(|| Halves {
            before: before.product,
            uncertain_before: before.uncertain as usize,
            own: self.snapshot.layout.uncertain_guard(step),
            after: after.product,
        })
    }

    /// The length of the longest path to a state.
    fn find_before(&mut self, guarded: &IndexVec<VariableId, u8>) -> u32 {
        if let Some(given) = self.before.get_mut(State::GIVEN) {
            given.length = 0;
        }
        let (mut longest, mut open) = (0, Vec::new());
        for state in self.snapshot.states() {
            let mut at = state;
            // Back to what is known, and forth again.
            while self.before[at].length == UNKNOWN {
                let last = self.best.last_step(at);
                let pair = last.map(|step| self.snapshot.layout.premise_pair(step));
                match (last, pair) {
                    (Some(step), Some([premise, other])) if other.is_none() => {
                        open.push((at, step));
                        at = premise;
                    }
                    _ => self.before[at].length = FOLLOWED,
                }
            }
            while let Some((to, step)) = open.pop() {
                let Before { product, uncertain, length } = self.before[at];
                let factor = self.factor(step, guarded).filter(|_| length < FOLLOWED);
                self.before[to] = match factor {
                    None => Before { product, uncertain, length: FOLLOWED },
                    Some(factor) => Before {
                        product: product * factor,
                        uncertain: uncertain + u32::from(factor < 1.0),
                        length: length + 1,
                    },
                };
                at = to;
                if self.before[to].length < FOLLOWED {
                    longest = longest.max(self.before[to].length);
                }
            }
        }
        longest
    }

    /// The length of the longest way on.
    fn find_after(&mut self, guarded: &IndexVec<VariableId, u8>) -> u32 {
        let to_losses = self.to_losses;
        let nowhere = Nearness { chance: 0.0, length: 0 };
        self.after = vec![After { product: 1.0, length: UNKNOWN, nearest: nowhere }; to_losses.label_count()];
        let (mut longest, mut open) = (0, Vec::new());
        for state in self.snapshot.states() {
            for (event, _) in to_losses.events(state) {
                let (mut at, mut from) = (to_losses.label(state, event), state);
                let mut known = After { product: 1.0, length: FOLLOWED, nearest: nowhere };
                while let Some(label) = at {
                    let after = self.after.get(label).copied().unwrap_or(known);
                    if after.length != UNKNOWN {
                        known = after;
                        break;
                    }
                    open.push((label, from, to_losses.next_step(from, event)));
                    at = match to_losses.next_step(from, event) {
                        Some(step) => {
                            from = self.snapshot.layout.conclusion(step);
                            to_losses.label(from, event)
                        }
                        None => None,
                    };
                }
                while let Some((label, from, step)) = open.pop() {
                    known = self.on(known, from, step, guarded);
                    if let Some(after) = self.after.get_mut(label) {
                        *after = known;
                    }
                    if known.length < FOLLOWED {
                        longest = longest.max(known.length);
                    }
                }
            }
        }
        longest
    }

    /// What comes after a state, by what comes after the step it takes.
    fn on(&self, next: After, from: State, step: Option<Step>, guarded: &IndexVec<VariableId, u8>) -> After {
        let here = self.nearness(from);
        let Some(step) = step else { return After { product: 1.0, length: 0, nearest: here } };
        let single = self.snapshot.layout.premise_pair(step)[1].is_none();
        match self.factor(step, guarded).filter(|_| single && next.length < FOLLOWED) {
            None => After { length: FOLLOWED, ..next },
            Some(factor) => After {
                product: next.product * factor,
                length: next.length + 1,
                nearest: if here.is_behind(next.nearest) { next.nearest } else { here },
            },
        }
    }

    /// The chance of a step; none where its variable guards others too, so that it may count twice.
    fn factor(&self, step: Step, guarded: &IndexVec<VariableId, u8>) -> Option<f64> {
        match self.snapshot.layout.uncertain_guard(step) {
            None => Some(1.0),
            Some(guard) => (guarded[guard] == 1).then(|| self.snapshot.layout.chance_of(guard)),
        }
    }

    fn nearness(&self, state: State) -> Nearness {
        let length = self.before[state].length;
        // Of what is not on a path of this kind, nothing is known.
        let chance = if length < FOLLOWED { self.best.value(state) } else { f64::INFINITY };
        Nearness { chance, length }
    }
}

impl Nearness {
    /// Whether this is less probable than another, or as probable and farther.
    fn is_behind(self, other: Self) -> bool {
        let order = self.chance.total_cmp(&other.chance).then(other.length.cmp(&self.length));
        order == Ordering::Less
    }
}
