//! Scoping: what matters. Which loss events are at stake, in which unit, which assets nobody has placed, and which are meant.

mod selector;
mod stake;
mod suggest;

pub(crate) use selector::Chooser;
pub use selector::{AssetSelector, Comparison, Condition, Field, Pattern};

pub use stake::{AtStake, Stake, UNPLACED_REACH, at_stake};
pub use suggest::SuggestedCrownJewel;
