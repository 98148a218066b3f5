//! The compiled environment: states, steps and variables as flat arrays.

use super::{Key, Technique, core::Core};
use crate::{
    model::{Access, Asset, Environment},
    quantity::Probability,
};

/// No state, no step, no variable.
pub(super) const NONE: u32 = u32::MAX;

/// Set in a step's premise when it stands for a pair of them.
pub(super) const PAIR: u32 = 1 << 31;

/// A compiled environment: immutable, `Send + Sync`, equal for equal environments.
///
/// A step takes 16 bytes, and 8 more when it has two premises; a state takes 12, a variable 16 and an asset 8. What computations run on,
/// the graph in which all that falls together is one, takes 8 bytes a step, 8 a state and 32 a variable on top.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// By state: what it is.
    pub(super) kinds: Vec<StateKind>,
    /// By state: where its steps begin in the arrays by step, which are sorted by conclusion; one more at the end.
    pub(super) concluded: Vec<u32>,
    /// By step: its premise, or its place in `pairs`.
    pub(super) premises: Vec<u32>,
    pub(super) pairs: Vec<[u32; 2]>,
    /// By step: its variable, or `NONE` when it is certain.
    pub(super) guards: Vec<u32>,
    /// By step: what it stands for.
    pub(super) origins: Vec<Packed>,
    /// By step: its conclusion.
    pub(super) conclusions: Vec<u32>,
    pub(super) variables: Vec<Variable>,
    /// By loss event: its state, and its expected loss.
    pub(super) events: Vec<u32>,
    pub(super) losses: Vec<f64>,
    /// By finding, in the order of the openings: its step, or `NONE`.
    pub(super) openings: Vec<u32>,
    /// By rule: its technique.
    pub(super) techniques: Vec<Option<Technique>>,
    /// How many states are of assets: those behind the first, by the rank of the asset's id and the access.
    pub(super) held: usize,
    /// By rank: the asset's number in the environment; and by that number, the rank.
    pub(super) numbers: Vec<u32>,
    pub(super) ranks: Vec<u32>,
    pub(super) core: Core,
}

/// A finding's variable into which a threat that it alone needs is folded: both coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Folded {
    pub(super) variable: u32,
    pub(super) own: Probability,
    pub(super) threat: Key,
    pub(super) chance: Probability,
}

/// Where the steps that need each state are.
pub(super) struct Uses {
    starts: Vec<u32>,
    steps: Vec<u32>,
}

impl Uses {
    /// O(n + m).
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut starts = vec![0u32; snapshot.state_count() + 1];
        let premises = |step: usize| snapshot.premise_pair(step).into_iter().filter(|state| *state != NONE);
        for step in 0..snapshot.step_count() {
            premises(step).for_each(|premise| starts[premise as usize + 1] += 1);
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let mut steps = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for step in 0..snapshot.step_count() {
            for premise in premises(step) {
                let at = &mut next[premise as usize];
                steps[*at as usize] = step as u32;
                *at += 1;
            }
        }
        Self { starts, steps }
    }

    /// The steps that have a state among their premises, in their order.
    pub(super) fn from(&self, state: u32) -> &[u32] {
        let at = state as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => &self.steps[*start as usize..*end as usize],
            (_, _) => &[],
        }
    }
}

/// The number of a state. State 0 is what is given: the attacker exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub(super) u32);

impl State {
    /// What is given: the attacker exists.
    pub const GIVEN: Self = Self(0);

    /// The state of a number, which some graph or snapshot gave out.
    pub const fn numbered(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The number of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(pub(super) u32);

/// What a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StateKind {
    /// What is given.
    Given,
    /// An asset, by the rank of its id among all, with an access.
    Held(u32, Access),
    /// A threat that is active, shared by the findings of one weakness.
    Threat(u32),
    /// A control that has failed, shared by the relations it guards.
    Failed(u32),
    /// A loss event that has happened.
    Event(u32),
    /// A part of a condition that has several.
    Part(u32),
    /// A state of a graph put together by hand, by its number there.
    Stated(u32),
}

/// What a step stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// An attacker starts here: the number of the entry point.
    Entry(u32),
    /// An asset whose place is unknown is taken to be reachable with some chance: the asset's number.
    Unplaced(u32),
    /// A relation: the number of the rule.
    Rule(u32),
    /// A finding, by its number among the openings.
    Finding(u32),
    /// More access includes less.
    Ladder,
    /// A threat becomes active.
    Threat(u32),
    /// A control fails.
    Failure(u32),
    /// A condition of a loss event.
    Trigger(u32),
    /// A step of a graph put together by hand, by its number there.
    Stated(u32),
    /// What all steps to a state need that one variable guards: the variable's number.
    Gate(u32),
}

/// What a step stands for, in 32 bits: which kind above, and its number below.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Packed(u32);

impl Packed {
    const BITS: u32 = 28;

    pub(super) fn of(origin: Origin) -> Self {
        let (kind, number) = match origin {
            Origin::Entry(n) => (0, n),
            Origin::Unplaced(n) => (1, n),
            Origin::Rule(n) => (2, n),
            Origin::Finding(n) => (3, n),
            Origin::Ladder => (4, 0),
            Origin::Threat(n) => (5, n),
            Origin::Failure(n) => (6, n),
            Origin::Trigger(n) => (7, n),
            Origin::Stated(n) => (8, n),
            Origin::Gate(n) => (9, n),
        };
        Self(kind << Self::BITS | number & ((1 << Self::BITS) - 1))
    }

    pub(super) fn origin(self) -> Origin {
        let number = self.0 & ((1 << Self::BITS) - 1);
        match self.0 >> Self::BITS {
            0 => Origin::Entry(number),
            1 => Origin::Unplaced(number),
            2 => Origin::Rule(number),
            3 => Origin::Finding(number),
            5 => Origin::Threat(number),
            6 => Origin::Failure(number),
            7 => Origin::Trigger(number),
            8 => Origin::Stated(number),
            9 => Origin::Gate(number),
            _ => Origin::Ladder,
        }
    }

    pub(super) fn is_finding(self) -> bool {
        self.0 >> Self::BITS == 3
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.origin().fmt(f)
    }
}

/// Something uncertain that a world decides.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Variable {
    /// What it is about.
    pub kind: VariableKind,
    /// The chance that it helps the attacker.
    pub chance: Probability,
}

/// What a variable is about, with the number of that thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VariableKind {
    /// Whether the threat of a weakness is active.
    Threat(u32),
    /// Whether a finding is exploitable here and an attempt succeeds.
    Finding(u32),
    /// Whether a control fails.
    Control(u32),
    /// Whether an attacker starts at an entry point.
    Entry(u32),
    /// Whether an asset of unknown place can be reached.
    Unplaced(u32),
    /// A variable of a graph put together by hand, by its number there.
    Stated(u32),
}

impl Snapshot {
    /// How many states there are.
    pub fn state_count(&self) -> usize {
        self.kinds.len()
    }

    /// How many steps there are.
    pub fn step_count(&self) -> usize {
        self.conclusions.len()
    }

    /// The states, by number.
    pub fn states(&self) -> impl Iterator<Item = State> + use<> {
        (0..self.kinds.len() as u32).map(State)
    }

    /// The steps, by number.
    pub fn steps(&self) -> impl Iterator<Item = Step> + use<> {
        (0..self.conclusions.len() as u32).map(Step)
    }

    /// The variables, by number.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The key of a variable, by its number.
    pub fn key(&self, variable: usize) -> Option<Key> {
        (variable < self.variables.len()).then(|| self.core.key(variable as u32))
    }

    /// What a state is.
    pub fn kind(&self, state: State) -> StateKind {
        self.kinds.get(state.0 as usize).copied().unwrap_or(StateKind::Given)
    }

    /// What a step stands for.
    pub fn origin(&self, step: Step) -> Origin {
        self.origins.get(step.0 as usize).map_or(Origin::Ladder, |origin| origin.origin())
    }

    /// A step's premises, without what is given.
    pub fn premises(&self, step: Step) -> impl Iterator<Item = State> {
        self.premise_pair(step.0 as usize)
            .into_iter()
            .filter(|premise| *premise != NONE && *premise != 0)
            .map(State)
    }

    /// What a step leads to.
    pub fn conclusion(&self, step: Step) -> State {
        State(self.conclusions.get(step.0 as usize).copied().unwrap_or(0))
    }

    /// The variable that guards a step.
    pub fn guard(&self, step: Step) -> Option<&Variable> {
        self.variables.get(*self.guards.get(step.0 as usize)? as usize)
    }

    /// The technique of a step that a rule made.
    pub fn technique(&self, step: Step) -> Option<Technique> {
        match self.origin(step) {
            Origin::Rule(rule) => self.techniques.get(rule as usize).copied().flatten(),
            _ => None,
        }
    }

    /// The state of a loss event, by its number.
    pub fn event(&self, event: usize) -> Option<State> {
        self.events.get(event).map(|state| State(*state))
    }

    /// How many loss events there are.
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// The step of a finding, by its number among the openings; none when it leads nowhere.
    pub fn opening(&self, finding: usize) -> Option<Step> {
        self.openings.get(finding).filter(|step| **step != NONE).map(|step| Step(*step))
    }

    /// The state of an asset with an access, when anything speaks of it.
    pub fn held(
        &self,
        environment: &Environment,
        asset: &crate::id::AssetId,
        access: Access,
    ) -> Option<State> {
        let rank = *self.ranks.get(environment.number(asset)?)?;
        let held = self.kinds.get(1..=self.held)?;
        let at = held.binary_search(&StateKind::Held(rank, access)).ok()?;
        Some(State(at as u32 + 1))
    }

    /// The asset a state is about, and the access to it.
    pub fn asset<'a>(&self, environment: &'a Environment, state: State) -> Option<(&'a Asset, Access)> {
        let StateKind::Held(rank, access) = self.kind(state) else { return None };
        Some((environment.numbered(*self.numbers.get(rank as usize)? as usize)?, access))
    }

    /// The expected loss of a loss event, by its number.
    pub fn loss(&self, event: usize) -> Option<f64> {
        self.losses.get(event).copied()
    }

    /// The SHA-256 of all that computations run on: equal for equal graphs, whatever the order in which they were put together and
    /// on whatever machine. Reads every array once.
    pub fn content_hash(&self) -> [u8; 32] {
        self.core.content_hash(&self.losses)
    }

    /// How many bytes the arrays take.
    pub fn bytes(&self) -> usize {
        self.kinds.len() * size_of::<StateKind>()
            + (self.concluded.len() + self.premises.len() + self.guards.len()) * 4
            + (self.origins.len() + self.conclusions.len()) * 4
            + self.pairs.len() * 8
            + self.variables.len() * size_of::<Variable>()
            + self.events.len() * 12
            + self.openings.len() * 4
            + (self.numbers.len() + self.ranks.len()) * 4
            + self.core.bytes()
    }

    // Numbers inside a snapshot are right by construction; these keep that assumption in one place.

    pub(super) fn steps_to(&self, state: u32) -> std::ops::Range<usize> {
        let at = state as usize;
        match (self.concluded.get(at), self.concluded.get(at + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            (_, _) => 0..0,
        }
    }

    /// The chance that a step's variable helps; 1 for a certain step.
    pub(super) fn chance(&self, step: usize) -> f64 {
        let guard = self.guards.get(step).copied().unwrap_or(NONE);
        if guard == NONE {
            1.0
        } else {
            self.variables.get(guard as usize).map_or(1.0, |variable| variable.chance.get())
        }
    }

    /// Whether a state is a threat or a failed control: it falls by its own variable alone.
    pub(super) fn is_root(&self, state: u32) -> bool {
        matches!(self.kinds.get(state as usize), Some(StateKind::Threat(_) | StateKind::Failed(_)))
    }

    /// The variable by which a threat or a failed control falls; `NONE` when it surely does.
    pub(super) fn own_variable(&self, root: u32) -> u32 {
        self.guards.get(self.steps_to(root).start).copied().unwrap_or(NONE)
    }

    pub(super) fn premise_pair(&self, step: usize) -> [u32; 2] {
        match self.premises.get(step).copied() {
            Some(premise) if premise & PAIR == 0 => [premise, NONE],
            Some(place) => self.pairs.get((place & !PAIR) as usize).copied().unwrap_or([NONE; 2]),
            None => [NONE; 2],
        }
    }

    pub(super) fn concludes(&self, step: usize) -> u32 {
        self.conclusions.get(step).copied().unwrap_or(0)
    }
}
