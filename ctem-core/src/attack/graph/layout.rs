//! The arrays of a compiled environment, flat and numbered: what people are shown, and what the condensed graph is made of.

use super::{
    EventId, Key, State, StateKind, Step, Variable, VariableId,
    index::{Csr, Id, IndexVec, Rows},
    label::Label,
    step::{Packed, Premises},
};
use crate::quantity::Probability;
use smallvec::SmallVec;

/// States, steps and variables as arrays.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    /// What each state is.
    pub(crate) kinds: IndexVec<State, StateKind>,
    /// By state: the steps to it. Steps are sorted by conclusion.
    pub(crate) concluded: Rows<State>,
    pub(crate) premises: IndexVec<Step, Premises>,
    /// The premises of steps that have two.
    pub(crate) pairs: Vec<[State; 2]>,
    /// The variable of each step; none when it is certain.
    pub(crate) guards: IndexVec<Step, VariableId>,
    /// What each step stands for.
    pub(crate) origins: IndexVec<Step, Packed>,
    pub(crate) conclusions: IndexVec<Step, State>,
    pub(crate) variables: IndexVec<VariableId, Variable>,
    /// The state of each loss event, and its expected loss.
    pub(crate) events: IndexVec<EventId, State>,
    pub(crate) losses: IndexVec<EventId, f64>,
    /// By finding, in the order of the exploit steps: its step, if it leads anywhere.
    pub(crate) exploit_steps: Vec<Step>,
    /// By label: what a step of a relation is called.
    pub(crate) labels: Vec<Label>,
    /// By relation that has a variable: its number in the environment, and its steps.
    pub(crate) relations: Vec<(u32, SmallVec<[Step; 1]>)>,
    /// How many states are of assets: those behind the first, by the rank of the asset's id and the access.
    pub(crate) of_assets: usize,
    /// By rank: the asset's number in the environment; and by that number, the rank.
    pub(crate) numbers: Vec<u32>,
    pub(crate) ranks: Vec<u32>,
}

impl Layout {
    /// How many states there are.
    pub(crate) fn state_count(&self) -> usize {
        self.kinds.len()
    }

    /// How many steps there are.
    pub(crate) fn step_count(&self) -> usize {
        self.conclusions.len()
    }

    /// The steps that conclude a state.
    pub(crate) fn steps_to(&self, state: State) -> impl DoubleEndedIterator<Item = Step> + Clone + use<> {
        self.concluded.range(state).map(Step::from_index)
    }

    /// The chance that a step's variable helps; 1 for a certain step.
    pub(crate) fn chance(&self, step: Step) -> f64 {
        self.guards[step].some().map_or(1.0, |guard| self.chance_of(guard))
    }

    /// The variable of a step that may fail.
    pub(crate) fn uncertain_guard(&self, step: Step) -> Option<VariableId> {
        self.guards[step].some().filter(|guard| self.chance_of(*guard) < 1.0)
    }

    /// The chance that a variable helps.
    pub(crate) fn chance_of(&self, variable: VariableId) -> f64 {
        self.variables[variable].chance.get()
    }

    /// Whether a state is a threat or a failed control: it falls by its own variable alone.
    pub(crate) fn is_root(&self, state: State) -> bool {
        matches!(
            self.kinds[state],
            StateKind::Threat(_) | StateKind::Failed(_) | StateKind::Campaign(_) | StateKind::Relation(_)
        )
    }

    /// The variable by which a threat or a failed control falls; none when it surely does.
    pub(crate) fn own_variable(&self, root: State) -> VariableId {
        self.steps_to(root).next().map_or(VariableId::NONE, |step| self.guards[step])
    }

    /// A step's premises; the second is none where it has one.
    pub(crate) fn premise_pair(&self, step: Step) -> [State; 2] {
        self.premises[step].states(&self.pairs)
    }

    /// A step's premises, what is given among them.
    pub(crate) fn premises(&self, step: Step) -> impl DoubleEndedIterator<Item = State> + Clone + use<> {
        self.premise_pair(step).into_iter().filter(|premise| !premise.is_none())
    }

    pub(crate) fn conclusion(&self, step: Step) -> State {
        self.conclusions[step]
    }
}

/// A finding's variable into which a threat that it alone needs is folded: both coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Folded {
    pub(crate) variable: VariableId,
    pub(crate) own: Probability,
    pub(crate) threat: Key,
    pub(crate) chance: Probability,
}

/// By state: the steps that need it, in their order. O(n + m).
pub(crate) fn uses(layout: &Layout) -> Csr<State, Step> {
    Csr::new(layout.state_count(), || {
        let steps = layout.conclusions.ids();
        steps.flat_map(|step| layout.premises(step).map(move |state| (state, step)))
    })
}
