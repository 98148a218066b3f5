//! Scoping: what matters. Which loss events are at stake, in which unit, and which assets nobody has placed.

mod stake;

pub use stake::{AtStake, Stake, UNPLACED_REACH, at_stake};
