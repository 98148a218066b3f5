//! States: what an attacker can come to.

use super::index::id;
use crate::model::Access;

/// The number of a state. State 0 is what is given: the attacker exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub(crate) u32);

id!(State);

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

/// What a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StateKind {
    /// What is given.
    Given,
    /// An asset, by the rank of its id among all, with an access.
    Compromised(u32, Access),
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
