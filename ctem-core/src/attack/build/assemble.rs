//! Steps as they are put together, before their states have their final numbers.
//!
//! Compiling an environment and putting a graph together by hand both end here: premises beyond two are bundled, states that
//! nothing speaks of are left out, equal steps become one, and the arrays of a [`Snapshot`] are laid out.

use crate::{
    attack::{
        graph::{
            EventId, Key, Origin, PriorUncertainty, Snapshot, State, StateKind, Step, Variable, VariableId,
            VariableKind,
            condensed::{Coin, Condensed},
            index::{Csr, Id, IndexVec, ids},
            label::Label,
            layout::{Folded, Layout},
            step::{Packed, Premises},
        },
        limits::OnProgress,
    },
    error::{Error, ErrorKind, Result},
    model::Access,
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::HashMap;

ids! {
    /// A state in the making: 0, what is given; or 1 + 8 · rank of its asset + access; or a special one behind those.
    DraftState
}

impl DraftState {
    /// What is given: the attacker exists.
    pub(super) const GIVEN: Self = Self(0);

    /// An asset, by the rank of its id, with an access.
    pub(super) fn of_asset(rank: u32, access: Access) -> Self {
        Self(1 + ACCESSES * rank + access as u32)
    }
}

/// So many numbers each asset has for its accesses: a power of two above their count.
const ACCESSES: u32 = 8;

/// Steps, variables and states in the making.
pub(super) struct Draft {
    /// The first special state.
    base: DraftState,
    specials: Vec<StateKind>,
    steps: Vec<Raw<DraftState>>,
    /// Premises of steps that have two.
    pairs: Vec<[DraftState; 2]>,
    variables: IndexVec<VariableId, Variable>,
    keys: Vec<Key>,
    folded: Vec<Folded>,
    /// By variable, those alone whose chance is unsure.
    priors: Vec<(VariableId, PriorUncertainty)>,
    /// States that stand for two others together.
    parts: HashMap<[DraftState; 2], DraftState>,
}

/// A step before the arrays are laid out. Sixteen bytes, since there are two lists of them while they are sorted.
#[derive(Clone, Copy, Default)]
struct Raw<S> {
    conclusion: S,
    premises: Premises,
    guard: VariableId,
    origin: Packed,
}

/// What a snapshot knows besides its steps.
#[derive(Default)]
pub(super) struct Frame {
    /// How many findings may be among the origins.
    pub(super) exploit_steps: usize,
    /// By loss event: its state and its loss.
    pub(super) events: IndexVec<EventId, (DraftState, f64)>,
    pub(super) labels: Vec<Label>,
    /// The relations that have a variable, in the order of their numbers.
    pub(super) relations: Vec<Guarded>,
    /// By rank: the asset's number in the environment; and by that number, the rank.
    pub(super) numbers: Vec<u32>,
    pub(super) ranks: Vec<u32>,
    /// So many special states, the first ones, stay though nothing speaks of them.
    pub(super) stated: usize,
}

impl Draft {
    /// A draft for so many assets, with room for so many steps.
    ///
    /// # Errors
    /// `limit_exceeded` for more than 2²⁷ assets.
    pub(super) fn new(assets: usize, steps: usize) -> Result<Self> {
        let assets = u32::try_from(assets).ok().filter(|count| *count < 1 << 27).ok_or_else(too_many)?;
        Ok(Self {
            base: DraftState(1 + ACCESSES * assets),
            specials: Vec::new(),
            steps: Vec::with_capacity(steps),
            pairs: Vec::new(),
            variables: IndexVec::default(),
            keys: Vec::new(),
            folded: Vec::new(),
            priors: Vec::new(),
            parts: HashMap::new(),
        })
    }

    pub(super) fn special(&mut self, kind: StateKind) -> DraftState {
        self.specials.push(kind);
        DraftState::from_index(self.base.index() + self.specials.len() - 1)
    }

    pub(super) fn part(&mut self) -> DraftState {
        let n = self.specials.len() as u32;
        self.special(StateKind::Part(n))
    }

    /// Adds a variable; what is sure is none, unless it is a finding, which can be fixed.
    pub(super) fn variable(&mut self, kind: VariableKind, key: Key, chance: Probability) -> VariableId {
        if chance == Probability::ONE && !matches!(kind, VariableKind::Finding(_)) {
            return VariableId::NONE;
        }
        self.stated_variable(kind, key, chance)
    }

    /// Adds a variable that is one even if it is sure.
    pub(super) fn stated_variable(
        &mut self,
        kind: VariableKind,
        key: Key,
        chance: Probability,
    ) -> VariableId {
        self.keys.push(key);
        self.variables.push(Variable { kind, chance })
    }

    /// Adds a variable into which a threat that nothing else shares is folded.
    pub(super) fn folding(
        &mut self,
        kind: VariableKind,
        key: Key,
        own: Probability,
        threat: (Key, Probability),
    ) -> VariableId {
        let variable = self.variable(kind, key, threat.1.and(own));
        if !variable.is_none() && threat.1 < Probability::ONE {
            self.folded.push(Folded { variable, own, threat: threat.0, chance: threat.1 });
        }
        variable
    }

    /// Says how unsure the chance of a variable is, if it is one.
    pub(super) fn prior(&mut self, variable: VariableId, prior: PriorUncertainty) {
        if !variable.is_none() {
            self.priors.push((variable, prior));
        }
    }

    /// Adds a step, and says its place; premises beyond two are bundled into parts. A step that would conclude what it needs is
    /// none.
    pub(super) fn step(
        &mut self,
        premises: &[DraftState],
        guard: VariableId,
        conclusion: DraftState,
        origin: Origin,
    ) -> Option<u32> {
        let mut premises: SmallVec<[DraftState; 8]> = premises.iter().copied().collect();
        premises.sort_unstable();
        premises.dedup();
        if premises.contains(&conclusion) || premises.contains(&DraftState::NONE) || conclusion.is_none() {
            return None;
        }
        if premises.len() > 1 && premises[0] == DraftState::GIVEN {
            // What is given needs no mention beside anything else.
            premises.remove(0);
        }
        let origin = Packed::of(origin);
        while premises.len() > 2 {
            let part = self.both([premises[0], premises[1]], origin);
            premises.drain(..2);
            premises.push(part);
        }
        let premises = match premises.as_slice() {
            [first, second, ..] => Premises::pair([*first, *second], &mut self.pairs),
            [one] => Premises::one(*one),
            [] => Premises::one(DraftState::GIVEN),
        };
        self.steps.push(Raw { conclusion, premises, guard, origin });
        Some((self.steps.len() - 1) as u32)
    }

    /// The state that stands for two others together.
    fn both(&mut self, pair: [DraftState; 2], origin: Packed) -> DraftState {
        if let Some(part) = self.parts.get(&pair) {
            return *part;
        }
        let part = self.part();
        self.parts.insert(pair, part);
        let premises = Premises::pair(pair, &mut self.pairs);
        self.steps.push(Raw { conclusion: part, premises, guard: VariableId::NONE, origin });
        part
    }

    /// Puts a variable before a step that has none.
    pub(super) fn guard(&mut self, step: u32, variable: VariableId) {
        if let Some(step) = self.steps.get_mut(step as usize) {
            step.guard = variable;
        }
    }

    /// Whether a step has a variable before it.
    pub(super) fn is_guarded(&self, step: u32) -> bool {
        self.steps.get(step as usize).is_some_and(|step| !step.guard.is_none())
    }

    /// Adds something that a step needs.
    pub(super) fn need(&mut self, step: u32, state: DraftState) {
        let Some(Raw { premises, origin, .. }) = self.steps.get(step as usize).copied() else { return };
        let first = match premises.states(&self.pairs) {
            [one, DraftState::NONE] => one,
            pair => self.both(pair, origin),
        };
        let premises = Premises::pair([first, state], &mut self.pairs);
        if let Some(step) = self.steps.get_mut(step as usize) {
            step.premises = premises;
        }
    }

    /// The assets of which an attacker may come to know the first factor, by rank.
    pub(super) fn known(&self) -> Vec<u32> {
        let known = |step: &Raw<DraftState>| {
            let place = step.conclusion.0.checked_sub(1).filter(|_| step.conclusion < self.base)?;
            (place % ACCESSES == Access::Know as u32).then_some(place / ACCESSES)
        };
        let mut ranks: Vec<u32> = self.steps.iter().filter_map(known).collect();
        ranks.sort_unstable();
        ranks.dedup();
        ranks
    }

    /// By step: whether an attacker can come to what it needs, and it leads on to one of these states. Chances do not matter to
    /// it. O(n + m).
    pub(super) fn relevant_steps(&self, ends: impl Iterator<Item = DraftState>) -> Vec<bool> {
        let states = self.base.index() + self.specials.len();
        let numbers = 0..self.steps.len() as u32;
        let premises = |step: u32| {
            let premises = self.steps[step as usize].premises.states(&self.pairs);
            premises.into_iter().filter(|premise| !premise.is_none())
        };
        let uses: Csr<DraftState, u32> = Csr::new(states, || {
            numbers.clone().flat_map(|step| premises(step).map(move |state| (state, step)))
        });
        let mut reached: IndexVec<DraftState, bool> = IndexVec::filled(false, states);
        let mut missing: Vec<u8> = numbers.clone().map(|step| premises(step).count() as u8).collect();
        let mut waiting = vec![DraftState::GIVEN];
        reached[DraftState::GIVEN] = true;
        while let Some(state) = waiting.pop() {
            for step in uses.row(state) {
                let missing = &mut missing[*step as usize];
                *missing -= 1;
                let conclusion = self.steps[*step as usize].conclusion;
                if *missing == 0 && !reached[conclusion] {
                    reached[conclusion] = true;
                    waiting.push(conclusion);
                }
            }
        }
        drop(uses);
        let concluding: Csr<DraftState, u32> =
            Csr::new(states, || numbers.clone().map(|step| (self.steps[step as usize].conclusion, step)));
        let mut leads: IndexVec<DraftState, bool> = IndexVec::filled(false, states);
        let mut relevant = vec![false; self.steps.len()];
        for end in ends {
            leads[end] = true;
            waiting.push(end);
        }
        while let Some(state) = waiting.pop() {
            for step in concluding.row(state).iter().filter(|step| missing[**step as usize] == 0) {
                relevant[*step as usize] = true;
                for premise in premises(*step) {
                    if !leads[premise] {
                        leads[premise] = true;
                        waiting.push(premise);
                    }
                }
            }
        }
        relevant
    }

    /// More access includes less, where the lesser one is of use.
    pub(super) fn ladder(&mut self) {
        let mut needed: IndexVec<DraftState, bool> = IndexVec::filled(false, self.base.index());
        let mut given: IndexVec<DraftState, bool> = IndexVec::filled(false, self.base.index());
        for step in &self.steps {
            for premise in step.premises.states(&self.pairs) {
                if let Some(needed) = needed.get_mut(premise) {
                    *needed = true;
                }
            }
            if let Some(given) = given.get_mut(step.conclusion) {
                *given = true;
            }
        }
        let [needed, given] = [&needed, &given].map(|states| states.as_slice().get(1..).unwrap_or_default());
        const ROW: usize = ACCESSES as usize;
        let rows = needed.as_chunks::<ROW>().0.iter().zip(given.as_chunks::<ROW>().0);
        for (rank, (needed, given)) in (0u32..).zip(rows) {
            let [needs, gives] = [needed, given].map(|row| move |access: Access| row[access as usize]);
            let (control, using) = (gives(Access::Control), gives(Access::Control) || gives(Access::Use));
            // To read is a rung of its own only where somebody speaks of it.
            let reads = needs(Access::Read) || gives(Access::Read);
            let below = if reads { Access::Read } else { Access::Reach };
            let less = needs(Access::Reach) || needs(Access::Read);
            let rungs = [
                (control && (needs(Access::Use) || less), Access::Control, Access::Use),
                (control && needs(Access::Write), Access::Control, Access::Write),
                (control && needs(Access::Down), Access::Control, Access::Down),
                (using && less, Access::Use, below),
                (
                    reads && (using || gives(Access::Read)) && needs(Access::Reach),
                    Access::Read,
                    Access::Reach,
                ),
                (gives(Access::Write) && needs(Access::Reach), Access::Write, Access::Reach),
            ];
            for (_, more, less) in rungs.into_iter().filter(|(leads, ..)| *leads) {
                let [more, less] = [more, less].map(|access| DraftState::of_asset(rank, access));
                self.step(&[more], VariableId::NONE, less, Origin::Ladder);
            }
        }
    }

    /// Gives the states their final numbers and lays the arrays out. O(n + m). Asks between the parts of that whether to go on.
    pub(super) fn finish(self, frame: Frame, progress: &OnProgress<'_>) -> Result<Snapshot> {
        let all = self.steps.len() as u64;
        let goes_on = || if progress.goes_on(all, all) { Ok(()) } else { Err(stopped()) };
        let Self { base, specials, steps, pairs, variables, keys, folded, mut priors, .. } = self;
        priors.sort_by_key(|(variable, _)| *variable);
        let priors = priors.into_iter().map(|(variable, prior)| (Coin::of(variable), prior)).collect();
        let all = base.index() + specials.len();
        if all >= MOST_STATES as usize || steps.len().max(frame.exploit_steps) >= MOST_STEPS {
            return Err(too_many());
        }
        let mut final_of: IndexVec<DraftState, State> = IndexVec::filled(State::NONE, all);
        let kept = State::GIVEN;
        final_of[DraftState::GIVEN] = kept;
        for step in &steps {
            final_of[step.conclusion] = kept;
            for premise in step.premises.states(&pairs).into_iter().filter(|premise| !premise.is_none()) {
                final_of[premise] = kept;
            }
        }
        for (state, _) in &frame.events {
            final_of[*state] = kept;
        }
        for slot in final_of.iter_mut().skip(base.index()).take(frame.stated) {
            *slot = kept;
        }
        let mut kinds: IndexVec<State, StateKind> = IndexVec::default();
        let mut of_assets = 0;
        for (state, slot) in final_of.entries_mut().filter(|(_, slot)| !slot.is_none()) {
            *slot = kinds.push(match state.index().checked_sub(base.index()) {
                Some(special) => specials[special],
                None if state == DraftState::GIVEN => StateKind::Given,
                None => {
                    let (rank, access) = ((state.0 - 1) / ACCESSES, (state.0 - 1) % ACCESSES);
                    of_assets += 1;
                    StateKind::Compromised(rank, Access::ALL[access as usize])
                }
            });
        }
        goes_on()?;
        let number = |state: DraftState| state.some().map_or(State::NONE, |state| final_of[state]);
        // Both lists keep their room.
        let steps = steps.into_iter().map(|Raw { conclusion, premises, guard, origin }| Raw {
            conclusion: number(conclusion),
            premises: premises.map(number),
            guard,
            origin,
        });
        let steps: Vec<Raw<State>> = steps.collect();
        let pairs: Vec<[State; 2]> = pairs.into_iter().map(|pair| pair.map(number)).collect();
        let events = frame.events.iter().map(|(state, _)| number(*state)).collect();
        drop(final_of);
        goes_on()?;
        let (concluded, steps) = by_conclusion(steps, &pairs, kinds.len()).into_parts();
        let mut layout = Layout {
            kinds,
            concluded,
            variables,
            events,
            losses: frame.events.iter().map(|(_, loss)| *loss).collect(),
            exploit_steps: vec![Step::NONE; frame.exploit_steps],
            labels: frame.labels,
            relations: frame.relations.iter().map(|guarded| (guarded.number, SmallVec::new())).collect(),
            of_assets,
            numbers: frame.numbers,
            ranks: frame.ranks,
            ..Layout::default()
        };
        goes_on()?;
        lay_out(&mut layout, steps, &pairs);
        drop(pairs);
        let condensed = Condensed::of(&layout, keys, &folded, priors, goes_on)?;
        Ok(Snapshot { layout, condensed })
    }
}

/// The steps to each state, in order; equal steps become one.
fn by_conclusion(steps: Vec<Raw<State>>, pairs: &[[State; 2]], states: usize) -> Csr<State, Raw<State>> {
    let mut sorted = Csr::new(states, || steps.iter().map(|step| (step.conclusion, *step)));
    drop(steps);
    let order = |step: &Raw<State>| (step.premises.states(pairs), step.guard, step.origin);
    sorted.sort_rows(|steps| steps.sort_unstable_by_key(order), |a, b| same(a, b, pairs));
    sorted
}

fn same(a: &Raw<State>, b: &Raw<State>, pairs: &[[State; 2]]) -> bool {
    // Two sure findings that do the same are still two.
    let apart = a.origin.is_finding() && b.origin.is_finding();
    !apart && (a.premises.states(pairs), a.guard) == (b.premises.states(pairs), b.guard)
}

/// Puts the sorted steps into the arrays.
fn lay_out(layout: &mut Layout, steps: Vec<Raw<State>>, pairs: &[[State; 2]]) {
    layout.conclusions = steps.iter().map(|step| step.conclusion).collect();
    layout.guards = steps.iter().map(|step| step.guard).collect();
    layout.origins = steps.iter().map(|step| step.origin).collect();
    layout.premises = IndexVec::with_capacity(steps.len());
    for step in &steps {
        let number = layout.premises.push(match step.premises.states(pairs) {
            [first, State::NONE] => Premises::one(first),
            both => Premises::pair(both, &mut layout.pairs),
        });
        if let Origin::Finding(finding) = step.origin.origin()
            && let Some(slot) = layout.exploit_steps.get_mut(finding as usize)
            && !step.guard.is_none()
        {
            *slot = number;
        }
        let of_guard = step.guard.some().and_then(|guard| match layout.variables[guard].kind {
            VariableKind::Relation(relation) if !layout.is_root(step.conclusion) => Some(relation),
            _ => None,
        });
        let premises = step.premises.states(pairs).into_iter().filter(|premise| !premise.is_none());
        let of_premises = premises.filter_map(|premise| match layout.kinds[premise] {
            StateKind::Relation(relation) => Some(relation),
            _ => None,
        });
        let relations: SmallVec<[u32; 3]> = of_guard.into_iter().chain(of_premises).collect();
        for relation in relations {
            if let Some((_, steps)) = layout.relations.get_mut(relation as usize) {
                steps.push(number);
            }
        }
    }
}

/// A relation that has a variable.
#[derive(Debug, Clone)]
pub(super) struct Guarded {
    /// Its number in the environment.
    pub(super) number: u32,
}

/// There are fewer states than this, and fewer steps.
pub(super) const MOST_STATES: u32 = 1 << 30;
pub(super) const MOST_STEPS: usize = 1 << 28;

/// What a caller is told who said not to go on.
pub(super) fn stopped() -> Error {
    let message = "the assessment was ended while its graph was put together, as its caller asked";
    Error::new(ErrorKind::Cancelled, message)
}

pub(super) fn too_many() -> Error {
    Error::new(ErrorKind::LimitExceeded, "there are more than 2³⁰ states or 2²⁸ steps: split the environment")
}
