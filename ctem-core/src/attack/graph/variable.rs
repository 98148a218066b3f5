//! Variables: what is uncertain, and decided anew by each world.

use super::index::id;
use crate::quantity::Probability;

/// Something uncertain that a world decides: a basic event of a fault tree, a Bernoulli variable.
#[doc(alias = "basic event")]
#[doc(alias = "Bernoulli")]
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

/// The number of a variable of a [`Graph`](crate::attack::Graph), and of the snapshot compiled from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub(crate) u32);

id!(VariableId);

impl VariableId {
    /// The variable of a number.
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number, from 0 in the order in which they were added.
    pub fn number(self) -> u32 {
        self.0
    }
}
