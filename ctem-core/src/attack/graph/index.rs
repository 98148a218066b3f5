//! Numbers of things, and lists of things by number.

/// No state, no step, no variable.
pub(crate) const NONE: u32 = u32::MAX;

/// Set in a step's premise when it stands for a pair of them.
pub(crate) const PAIR: u32 = 1 << 31;
