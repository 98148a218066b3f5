//! Scoping: what matters. Which loss events are at stake, in which unit, which assets nobody has placed, which are meant, and what
//! records suggest that nobody has stated: crown jewels, and where attackers start.

mod chooser;
mod meant;
mod stake;
mod suggest;

pub use crate::model::selector::{AssetSelector, Comparison, Condition, Field, Pattern};
pub(crate) use chooser::Chooser;
pub(crate) use meant::{Meant, meant};

pub use stake::{AtStake, Stake, UNPLACED_REACH, at_stake};
pub(crate) use stake::{StatedElsewhere, assets_of, at_stake_in};
pub(crate) use suggest::open_to_internet;
pub use suggest::{FALLS_FOR_IT, PHISHED, SUPPLIER_BROKEN_INTO, Suggestion, UNTESTED_SECRET};
