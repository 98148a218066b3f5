//! The attack graph: states, steps and variables, compiled once and then only read.
//!
//! A [`Snapshot`] is two views of one AND/OR graph. Its *layout* is what people are shown: every state and step, with what each stands
//! for. Its *condensed* graph is what computations run on: whatever falls together is one node, and what is certain is gone.

pub(crate) mod condensed;
pub(crate) mod dominator_tree;
pub(crate) mod draw;
mod event;
pub(crate) mod index;
mod key;
pub(crate) mod layout;
pub(crate) mod overlay;
mod prior;
pub(crate) mod scc;
mod state;
pub(crate) mod step;
mod variable;
pub(crate) mod view;

pub use event::EventId;
pub use key::Key;
pub use overlay::Overlay;
pub use prior::PriorUncertainty;
pub use state::{State, StateKind};
pub use step::{Origin, Step};
pub use variable::{Variable, VariableId, VariableKind};

use crate::model::{Access, Asset, Environment, Technique};
use condensed::{Coin, Condensed};
use index::Id;
use layout::Layout;

/// A compiled attack graph (an AND/OR graph): immutable, `Send + Sync`, equal for equal environments.
///
/// A step takes 16 bytes, and 8 more when it has two premises; a state takes 12, a variable 16 and an asset 8. What computations run on,
/// the graph in which all that falls together is one, takes 8 bytes a step, 8 a state and 32 a variable on top.
#[doc(alias = "attack graph")]
#[doc(alias = "AND/OR graph")]
#[doc(alias = "fault tree")]
#[doc(alias = "condensation")]
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
        State::first(self.layout.state_count())
    }

    /// The steps, by number.
    pub fn steps(&self) -> impl Iterator<Item = Step> + use<> {
        Step::first(self.layout.step_count())
    }

    /// The variables, by number.
    pub fn variables(&self) -> &[Variable] {
        self.layout.variables.as_slice()
    }

    /// A variable; none when there is none of this number.
    pub fn variable(&self, variable: VariableId) -> Option<&Variable> {
        self.layout.variables.get(variable)
    }

    /// The key of a variable; none when there is none of this number.
    pub fn key(&self, variable: VariableId) -> Option<Key> {
        self.variable(variable).map(|_| self.condensed.key(Coin::of(variable)))
    }

    /// What a state is; none when there is none of this number.
    pub fn kind(&self, state: State) -> Option<StateKind> {
        self.layout.kinds.get(state).copied()
    }

    /// What a step stands for; none when there is none of this number.
    pub fn origin(&self, step: Step) -> Option<Origin> {
        self.layout.origins.get(step).map(|origin| origin.origin())
    }

    /// A step's premises, without what is given.
    pub fn premises(&self, step: Step) -> impl Iterator<Item = State> {
        let premises = self.layout.premises.get(step).map(|premises| premises.states(&self.layout.pairs));
        let premises = premises.into_iter().flatten().filter(|premise| !premise.is_none());
        premises.filter(|premise| *premise != State::GIVEN)
    }

    /// What a step leads to; none when there is none of this number.
    pub fn conclusion(&self, step: Step) -> Option<State> {
        self.layout.conclusions.get(step).copied()
    }

    /// The variable that guards a step; none of a certain step.
    pub fn guard(&self, step: Step) -> Option<&Variable> {
        self.variable(self.layout.guards.get(step)?.some()?)
    }

    /// The technique of a step that a rule made.
    pub fn technique(&self, step: Step) -> Option<Technique> {
        match self.origin(step)? {
            Origin::Rule(rule) => self.layout.techniques.get(rule as usize).copied().flatten(),
            _ => None,
        }
    }

    /// The loss events, by number.
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        EventId::first(self.layout.events.len())
    }

    /// The state of a loss event; none when there is none of this number.
    pub fn event(&self, event: EventId) -> Option<State> {
        self.layout.events.get(event).copied()
    }

    /// How many loss events there are.
    pub fn event_count(&self) -> usize {
        self.layout.events.len()
    }

    /// The step of a finding, by its number among the exploit steps; none when it leads nowhere.
    pub fn exploit_step(&self, finding: usize) -> Option<Step> {
        self.layout.exploit_steps.get(finding)?.some()
    }

    /// The state of an asset with an access, when anything speaks of it.
    pub fn state_of(
        &self,
        environment: &Environment,
        asset: &crate::id::AssetId,
        access: Access,
    ) -> Option<State> {
        let rank = *self.layout.ranks.get(environment.number(asset)?)?;
        let of_assets = self.layout.kinds.as_slice().get(1..=self.layout.of_assets)?;
        let at = of_assets.binary_search(&StateKind::Compromised(rank, access)).ok()?;
        Some(State::from_index(at + 1))
    }

    /// The asset a state is about, and the access to it.
    pub fn asset<'a>(&self, environment: &'a Environment, state: State) -> Option<(&'a Asset, Access)> {
        let StateKind::Compromised(rank, access) = self.kind(state)? else { return None };
        Some((environment.numbered(*self.layout.numbers.get(rank as usize)? as usize)?, access))
    }

    /// The expected loss of a loss event; none when there is none of this number.
    pub fn loss(&self, event: EventId) -> Option<f64> {
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
            + self.layout.exploit_steps.len() * 4
            + (self.layout.numbers.len() + self.layout.ranks.len()) * 4
            + self.condensed.bytes()
    }
}
