//! The arrays of a compiled environment, flat and numbered: what people are shown, and what the condensed graph is made of.

use super::{
    Key, StateKind, Variable,
    index::{Csr, NONE, PAIR, Rows},
    step::Packed,
};
use crate::{model::Technique, quantity::Probability};

/// States, steps and variables as arrays.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    /// By state: what it is.
    pub(crate) kinds: Vec<StateKind>,
    /// By state: its steps, as a range of the arrays by step, which are sorted by conclusion.
    pub(crate) concluded: Rows<u32>,
    /// By step: its premise, or its place in `pairs`.
    pub(crate) premises: Vec<u32>,
    pub(crate) pairs: Vec<[u32; 2]>,
    /// By step: its variable, or `NONE` when it is certain.
    pub(crate) guards: Vec<u32>,
    /// By step: what it stands for.
    pub(crate) origins: Vec<Packed>,
    /// By step: its conclusion.
    pub(crate) conclusions: Vec<u32>,
    pub(crate) variables: Vec<Variable>,
    /// By loss event: its state, and its expected loss.
    pub(crate) events: Vec<u32>,
    pub(crate) losses: Vec<f64>,
    /// By finding, in the order of the openings: its step, or `NONE`.
    pub(crate) openings: Vec<u32>,
    /// By rule: its technique.
    pub(crate) techniques: Vec<Option<Technique>>,
    /// How many states are of assets: those behind the first, by the rank of the asset's id and the access.
    pub(crate) held: usize,
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

    pub(crate) fn steps_to(&self, state: u32) -> std::ops::Range<usize> {
        self.concluded.range(state)
    }

    /// The chance that a step's variable helps; 1 for a certain step.
    pub(crate) fn chance(&self, step: usize) -> f64 {
        let guard = self.guards.get(step).copied().unwrap_or(NONE);
        if guard == NONE {
            1.0
        } else {
            self.variables.get(guard as usize).map_or(1.0, |variable| variable.chance.get())
        }
    }

    /// Whether a state is a threat or a failed control: it falls by its own variable alone.
    pub(crate) fn is_root(&self, state: u32) -> bool {
        matches!(self.kinds.get(state as usize), Some(StateKind::Threat(_) | StateKind::Failed(_)))
    }

    /// The variable by which a threat or a failed control falls; `NONE` when it surely does.
    pub(crate) fn own_variable(&self, root: u32) -> u32 {
        self.guards.get(self.steps_to(root).start).copied().unwrap_or(NONE)
    }

    pub(crate) fn premise_pair(&self, step: usize) -> [u32; 2] {
        match self.premises.get(step).copied() {
            Some(premise) if premise & PAIR == 0 => [premise, NONE],
            Some(place) => self.pairs.get((place & !PAIR) as usize).copied().unwrap_or([NONE; 2]),
            None => [NONE; 2],
        }
    }

    pub(crate) fn concludes(&self, step: usize) -> u32 {
        self.conclusions.get(step).copied().unwrap_or(0)
    }
}

/// A finding's variable into which a threat that it alone needs is folded: both coins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Folded {
    pub(crate) variable: u32,
    pub(crate) own: Probability,
    pub(crate) threat: Key,
    pub(crate) chance: Probability,
}

/// By state: the steps that need it, in their order. O(n + m).
pub(crate) fn uses(layout: &Layout) -> Csr<u32, u32> {
    Csr::new(layout.state_count(), || {
        (0..layout.step_count()).flat_map(|step| {
            let premises = layout.premise_pair(step).into_iter().filter(|state| *state != NONE);
            premises.map(move |state| (state, step as u32))
        })
    })
}
