//! Scoping: what matters. Which loss events are at stake, in which unit, which assets nobody has placed, which are meant, and what
//! records suggest that nobody has stated: crown jewels, and where attackers start.

mod selector;
mod stake;
mod suggest;

pub(crate) use selector::Chooser;
pub use selector::{AssetSelector, Comparison, Condition, Field, Pattern};

pub(crate) use stake::assets_of;
pub use stake::{AtStake, Stake, UNPLACED_REACH, at_stake};
pub(crate) use suggest::open_to_internet;
pub use suggest::{FALLS_FOR_IT, PHISHED, SUPPLIER_BROKEN_INTO, Suggestion, UNTESTED_SECRET};
