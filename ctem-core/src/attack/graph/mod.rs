//! The attack graph: states, steps and variables, compiled once and then only read.
//!
//! A [`Snapshot`] is two views of one AND/OR graph. Its *layout* is what people are shown: every state and step, with what each stands
//! for. Its *condensed* graph is what computations run on: whatever falls together is one node, and what is certain is gone.

pub(crate) mod condensed;
pub(crate) mod dominator_tree;
pub(crate) mod draw;
pub(crate) mod index;
mod key;
pub(crate) mod layout;
pub(crate) mod overlay;
mod prior;
pub(crate) mod scc;
mod state;
pub(crate) mod step;
mod variable;

pub use key::Key;
pub use overlay::Overlay;
pub use prior::PriorUncertainty;
pub use state::{State, StateKind};
pub use step::{Origin, Step};
pub use variable::{Variable, VariableId, VariableKind};

use crate::model::{Access, Asset, Environment, Technique};
use condensed::Condensed;
use index::NONE;
use layout::Layout;

/// A compiled environment: immutable, `Send + Sync`, equal for equal environments.
///
/// A step takes 16 bytes, and 8 more when it has two premises; a state takes 12, a variable 16 and an asset 8. What computations run on,
/// the graph in which all that falls together is one, takes 8 bytes a step, 8 a state and 32 a variable on top.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    pub(crate) layout: Layout,
    pub(crate) condensed: Condensed,
}

impl Snapshot {
    /// How many states there are.
    pub fn state_count(&self) -> usize {
        self.layout.kinds.len()
    }

    /// How many steps there are.
    pub fn step_count(&self) -> usize {
        self.layout.conclusions.len()
    }

    /// The states, by number.
    pub fn states(&self) -> impl Iterator<Item = State> + use<> {
        (0..self.layout.kinds.len() as u32).map(State)
    }

    /// The steps, by number.
    pub fn steps(&self) -> impl Iterator<Item = Step> + use<> {
        (0..self.layout.conclusions.len() as u32).map(Step)
    }

    /// The variables, by number.
    pub fn variables(&self) -> &[Variable] {
        &self.layout.variables
    }

    /// The key of a variable, by its number.
    pub fn key(&self, variable: usize) -> Option<Key> {
        (variable < self.layout.variables.len()).then(|| self.condensed.key(variable as u32))
    }

    /// What a state is.
    pub fn kind(&self, state: State) -> StateKind {
        self.layout.kinds.get(state.0 as usize).copied().unwrap_or(StateKind::Given)
    }

    /// What a step stands for.
    pub fn origin(&self, step: Step) -> Origin {
        self.layout.origins.get(step.0 as usize).map_or(Origin::Ladder, |origin| origin.origin())
    }

    /// A step's premises, without what is given.
    pub fn premises(&self, step: Step) -> impl Iterator<Item = State> {
        self.layout
            .premise_pair(step.0 as usize)
            .into_iter()
            .filter(|premise| *premise != NONE && *premise != 0)
            .map(State)
    }

    /// What a step leads to.
    pub fn conclusion(&self, step: Step) -> State {
        State(self.layout.conclusions.get(step.0 as usize).copied().unwrap_or(0))
    }

    /// The variable that guards a step.
    pub fn guard(&self, step: Step) -> Option<&Variable> {
        self.layout.variables.get(*self.layout.guards.get(step.0 as usize)? as usize)
    }

    /// The technique of a step that a rule made.
    pub fn technique(&self, step: Step) -> Option<Technique> {
        match self.origin(step) {
            Origin::Rule(rule) => self.layout.techniques.get(rule as usize).copied().flatten(),
            _ => None,
        }
    }

    /// The state of a loss event, by its number.
    pub fn event(&self, event: usize) -> Option<State> {
        self.layout.events.get(event).map(|state| State(*state))
    }

    /// How many loss events there are.
    pub fn event_count(&self) -> usize {
        self.layout.events.len()
    }

    /// The step of a finding, by its number among the openings; none when it leads nowhere.
    pub fn opening(&self, finding: usize) -> Option<Step> {
        self.layout.openings.get(finding).filter(|step| **step != NONE).map(|step| Step(*step))
    }

    /// The state of an asset with an access, when anything speaks of it.
    pub fn held(
        &self,
        environment: &Environment,
        asset: &crate::id::AssetId,
        access: Access,
    ) -> Option<State> {
        let rank = *self.layout.ranks.get(environment.number(asset)?)?;
        let held = self.layout.kinds.get(1..=self.layout.held)?;
        let at = held.binary_search(&StateKind::Compromised(rank, access)).ok()?;
        Some(State(at as u32 + 1))
    }

    /// The asset a state is about, and the access to it.
    pub fn asset<'a>(&self, environment: &'a Environment, state: State) -> Option<(&'a Asset, Access)> {
        let StateKind::Compromised(rank, access) = self.kind(state) else { return None };
        Some((environment.numbered(*self.layout.numbers.get(rank as usize)? as usize)?, access))
    }

    /// The expected loss of a loss event, by its number.
    pub fn loss(&self, event: usize) -> Option<f64> {
        self.layout.losses.get(event).copied()
    }

    /// The SHA-256 of all that computations run on: equal for equal graphs, whatever the order in which they were put together and
    /// on whatever machine. Reads every array once.
    pub fn content_hash(&self) -> [u8; 32] {
        self.condensed.content_hash(&self.layout.losses)
    }

    /// How many bytes the arrays take.
    pub fn bytes(&self) -> usize {
        self.layout.kinds.len() * size_of::<StateKind>()
            + (self.layout.concluded.starts().len() + self.layout.premises.len() + self.layout.guards.len())
                * 4
            + (self.layout.origins.len() + self.layout.conclusions.len()) * 4
            + self.layout.pairs.len() * 8
            + self.layout.variables.len() * size_of::<Variable>()
            + self.layout.events.len() * 12
            + self.layout.openings.len() * 4
            + (self.layout.numbers.len() + self.layout.ranks.len()) * 4
            + self.condensed.bytes()
    }
}
