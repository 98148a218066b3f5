//! Numbers that cannot be wrong: each meaning is a type, and its constructor is the one place its range is looked at.
//!
//! | type | meaning | unit and range |
//! | --- | --- | --- |
//! | [`Probability`] | a chance | 0 to 1 |
//! | [`Loss`] | what an event costs | money in one currency, or crown-jewel units |
//! | [`Estimate`] | a number that was estimated, with certain bounds | that of the number |
//! | [`Part`] | so many of so many | a share from 0 to 1, with both counts |
//! | [`Severity`], [`Score`] | what a source calls bad | ordinal; 0.0 to 10.0 |

mod estimate;
mod loss;
pub(crate) mod normal;
mod part;
mod probability;
mod severity;

pub use estimate::{Estimate, Method};
pub use loss::{Currency, Loss, Unit};
pub(crate) use loss::{counted, spelled};
pub use part::Part;
pub use probability::Probability;
pub use severity::{Score, Severity};
