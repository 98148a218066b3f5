//! Long ways, folded from both ends: for who ranks all that lies on a way of a hundred thousand steps and follows none of it.
//!
//! A way through a step is the most probable path to what the step needs, the step, and the way on. Along a chain of n findings
//! there are n such ways of n steps. So each state keeps the product of what is uncertain on the path to it, and each way on the
//! product of what is uncertain from there, taken from the end. A way through any step is then two products and the step.
//!
//! That is the whole story only where nothing counts twice and the way does not come again to what it has come to. So it is done
//! where every step needs one state, every variable guards one step, and the two halves are disjoint. A threat that findings share is a
//! second state that a step may need: it counts once, wherever on the way it is, so that each half keeps which threats are on it and not
//! their product. Of those there may be 64. Along a most probable path
//! chances never rise, and where they stay the path grows longer: so whatever on the way on is less probable than all of the path
//! (or as probable and farther) is not on it. All else, and all ways that are short, are followed step by step.

use super::{BestPathsToLosses, MostProbablePaths};
use crate::attack::graph::{
    EventId, Snapshot, State, StateKind, Step, VariableId,
    index::{Id, IndexVec},
};
use smallvec::SmallVec;
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
    /// The threats that are shared, each a bit of what is on a half.
    threats: Vec<VariableId>,
    /// By state: the bit of the threat it is, if it is one of them.
    bits: IndexVec<State, u64>,
}

/// A long way through a step: what is uncertain before it and after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Halves {
    /// The product of what is uncertain before the step, in the order of the way, and how many those are.
    pub(crate) before: f64,
    pub(crate) uncertain_before: usize,
    /// The step's own variable.
    pub(crate) own: Option<VariableId>,
    /// The product of what is uncertain after the step, from the end of the way.
    pub(crate) after: f64,
    /// The threats that findings on the way share, each once: they are in no half.
    pub(crate) threats: SmallVec<[VariableId; 1]>,
}

/// The most probable path to a state.
#[derive(Debug, Clone, Copy)]
struct Before {
    product: f64,
    uncertain: u32,
    length: u32,
    threats: u64,
}

/// The way on from a state to a loss event, and the most probable state on it.
#[derive(Debug, Clone, Copy)]
struct After {
    product: f64,
    length: u32,
    nearest: Nearness,
    threats: u64,
}

/// What a step adds to a way: its own chance, and the threat it shares.
#[derive(Debug, Clone, Copy)]
struct Taken {
    chance: f64,
    threats: u64,
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
        let unknown = Before { product: 1.0, uncertain: 0, length: UNKNOWN, threats: 0 };
        let before = IndexVec::filled(unknown, snapshot.state_count());
        let bits = IndexVec::filled(0, snapshot.state_count());
        let mut paths =
            Self { snapshot, best, to_losses, before, after: Vec::new(), threats: Vec::new(), bits };
        paths.find_threats();
        let longest = paths.find_before(&guarded);
        // What is after a step takes 40 bytes for each way on, and hardly any estate has ways as long.
        if longest.saturating_add(to_losses.longest()) <= LONG {
            return None;
        }
        (longest + paths.find_after(&guarded) > LONG).then_some(paths)
    }

    /// The halves of the most probable way through a step to a loss event, where it is long and they are all there is to it.
    pub(crate) fn halves(&self, step: Step, event: EventId) -> Option<Halves> {
        let premise = self.comes_from(step)?;
        let before = self.before.get(premise)?;
        let after = self.after.get(self.to_losses.label(self.snapshot.layout.conclusion(step), event)?)?;
        if before.length >= FOLLOWED || after.length >= FOLLOWED || before.length + after.length <= LONG {
            return None;
        }
        let disjoint = premise == State::GIVEN || after.nearest.is_behind(self.nearness(premise));
        let threats = before.threats | self.threat_of(step) | after.threats;
        let is_on = |(n, _): &(u32, &VariableId)| threats & (1 << n) != 0;
        disjoint.then(|| Halves {
            before: before.product,
            uncertain_before: before.uncertain as usize,
            own: self.snapshot.layout.uncertain_guard(step),
            after: after.product,
            threats: (0u32..).zip(&self.threats).filter(is_on).map(|(_, threat)| *threat).collect(),
        })
    }

    /// Gives each shared threat its bit, as far as there are bits.
    fn find_threats(&mut self) {
        for state in self.snapshot.states() {
            let shared = matches!(self.snapshot.layout.kinds[state], StateKind::Threat(_));
            let last =
                self.best.last_step(state).filter(|_| shared && self.threats.len() < u64::BITS as usize);
            let threat = last.and_then(|step| self.snapshot.layout.uncertain_guard(step));
            if let Some(threat) = threat {
                self.bits[state] = 1 << self.threats.len();
                self.threats.push(threat);
            }
        }
    }

    /// The one state that a step needs besides a threat; none where it needs more, or that alone.
    fn comes_from(&self, step: Step) -> Option<State> {
        let is_threat = |state: State| self.bits.get(state).is_some_and(|bit| *bit != 0);
        match self.snapshot.layout.premise_pair(step) {
            [premise, other] if other.is_none() => Some(premise).filter(|premise| !is_threat(*premise)),
            [premise, other] if is_threat(other) => Some(premise).filter(|premise| !is_threat(*premise)),
            [premise, other] if is_threat(premise) => Some(other),
            _ => None,
        }
    }

    /// The bit of the threat that a step needs, if it needs one.
    fn threat_of(&self, step: Step) -> u64 {
        let needed = self.snapshot.layout.premise_pair(step);
        needed.iter().filter_map(|state| self.bits.get(*state)).fold(0, |all, bit| all | bit)
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
                let last = self.best.last_step(at).and_then(|step| Some((step, self.comes_from(step)?)));
                match last {
                    Some((step, premise)) => {
                        open.push((at, step));
                        at = premise;
                    }
                    None => self.before[at].length = FOLLOWED,
                }
            }
            while let Some((to, step)) = open.pop() {
                let Before { product, uncertain, length, threats } = self.before[at];
                let taken = self.taken(step, guarded).filter(|_| length < FOLLOWED);
                self.before[to] = match taken {
                    None => Before { product, uncertain, length: FOLLOWED, threats },
                    Some(taken) => Before {
                        product: product * taken.chance,
                        uncertain: uncertain + u32::from(taken.chance < 1.0),
                        length: length + 1,
                        threats: threats | taken.threats,
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
        let unknown = After { product: 1.0, length: UNKNOWN, nearest: nowhere, threats: 0 };
        self.after = vec![unknown; to_losses.label_count()];
        let (mut longest, mut open) = (0, Vec::new());
        for state in self.snapshot.states() {
            for (event, _) in to_losses.events(state) {
                let (mut at, mut from) = (to_losses.label(state, event), state);
                let mut known = After { length: FOLLOWED, ..unknown };
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
        let Some(step) = step else { return After { product: 1.0, length: 0, nearest: here, threats: 0 } };
        // Of a threat alone nothing leads on.
        let comes_from_here = self.comes_from(step) == Some(from);
        match self.taken(step, guarded).filter(|_| comes_from_here && next.length < FOLLOWED) {
            None => After { length: FOLLOWED, ..next },
            Some(taken) => After {
                product: next.product * taken.chance,
                length: next.length + 1,
                nearest: if here.is_behind(next.nearest) { next.nearest } else { here },
                threats: next.threats | taken.threats,
            },
        }
    }

    /// What a step adds to a way; none where its variable guards others too, so that it may count twice.
    fn taken(&self, step: Step, guarded: &IndexVec<VariableId, u8>) -> Option<Taken> {
        let threats = self.threat_of(step);
        match self.snapshot.layout.uncertain_guard(step) {
            None => Some(Taken { chance: 1.0, threats }),
            Some(guard) => (guarded[guard] == 1)
                .then(|| Taken { chance: self.snapshot.layout.chance_of(guard), threats }),
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
