//! The compiled environment: states, steps and variables as flat arrays.

use super::Technique;
use crate::{
    model::{Access, Asset, Environment},
    quantity::Probability,
};

/// No state, no step, no variable.
pub(super) const NONE: u32 = u32::MAX;

/// A compiled environment: immutable, `Send + Sync`, equal for equal environments.
///
/// A step takes 20 bytes and 4 more for each of its one or two premises; a state takes 16.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// By state: what it is.
    pub(super) kinds: Vec<StateKind>,
    /// By state: where its steps begin in the arrays by step, which are sorted by conclusion; one more at the end.
    pub(super) concluded: Vec<u32>,
    /// By step: its two premises; a step with one has `NONE` as the second.
    pub(super) premises: Vec<[u32; 2]>,
    /// By step: its variable, or `NONE` when it is certain.
    pub(super) guards: Vec<u32>,
    /// By step: what it stands for.
    pub(super) origins: Vec<Origin>,
    /// By step: its conclusion.
    pub(super) conclusions: Vec<u32>,
    /// By state: where the steps it is a premise of begin in `used_by`; one more at the end.
    pub(super) uses: Vec<u32>,
    pub(super) used_by: Vec<u32>,
    pub(super) variables: Vec<Variable>,
    /// By loss event: its state.
    pub(super) events: Vec<u32>,
    /// By finding, in the order of the openings: its step, or `NONE`.
    pub(super) openings: Vec<u32>,
    /// By rule: its technique.
    pub(super) techniques: Vec<Option<Technique>>,
    /// By the rank of an asset's id: its states by access, or `NONE`.
    pub(super) assets: Vec<[u32; 4]>,
    /// By rank: the asset's number in the environment; and by that number, the rank.
    pub(super) numbers: Vec<u32>,
    pub(super) ranks: Vec<u32>,
}

/// The number of a state. State 0 is what is given: the attacker exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub(super) u32);

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

    /// What a state is.
    pub fn kind(&self, state: State) -> StateKind {
        self.kinds.get(state.0 as usize).copied().unwrap_or(StateKind::Given)
    }

    /// What a step stands for.
    pub fn origin(&self, step: Step) -> Origin {
        self.origins.get(step.0 as usize).copied().unwrap_or(Origin::Ladder)
    }

    /// A step's premises, without what is given.
    pub fn premises(&self, step: Step) -> impl Iterator<Item = State> {
        let premises = self.premises.get(step.0 as usize).copied().unwrap_or([NONE; 2]);
        premises.into_iter().filter(|premise| *premise != NONE && *premise != 0).map(State)
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
        let slots = self.assets.get(rank as usize)?;
        slots.get(access as usize).filter(|state| **state != NONE).map(|state| State(*state))
    }

    /// The asset a state is about, and the access to it.
    pub fn asset<'a>(&self, environment: &'a Environment, state: State) -> Option<(&'a Asset, Access)> {
        let StateKind::Held(rank, access) = self.kind(state) else { return None };
        Some((environment.numbered(*self.numbers.get(rank as usize)? as usize)?, access))
    }

    /// How many bytes the arrays take.
    pub fn bytes(&self) -> usize {
        self.kinds.len() * size_of::<StateKind>()
            + (self.concluded.len() + self.uses.len() + self.used_by.len()) * 4
            + self.conclusions.len() * (4 + 8 + 4 + size_of::<Origin>())
            + self.variables.len() * size_of::<Variable>()
            + self.assets.len() * 16
            + (self.numbers.len() + self.ranks.len()) * 4
    }

    // Numbers inside a snapshot are right by construction; these keep that assumption in one place.

    pub(super) fn steps_to(&self, state: u32) -> std::ops::Range<usize> {
        let at = state as usize;
        match (self.concluded.get(at), self.concluded.get(at + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            (_, _) => 0..0,
        }
    }

    pub(super) fn steps_from(&self, state: u32) -> &[u32] {
        let at = state as usize;
        match (self.uses.get(at), self.uses.get(at + 1)) {
            (Some(start), Some(end)) => self.used_by.get(*start as usize..*end as usize).unwrap_or_default(),
            (_, _) => &[],
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

    pub(super) fn premise_pair(&self, step: usize) -> [u32; 2] {
        self.premises.get(step).copied().unwrap_or([NONE; 2])
    }

    pub(super) fn concludes(&self, step: usize) -> u32 {
        self.conclusions.get(step).copied().unwrap_or(0)
    }
}
