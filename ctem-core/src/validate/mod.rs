//! Validation: is it true here? Tests of a finding update the belief that it can be exploited.
//!
//! How, and with an example, is in the manual under [evidence](crate::manual::the_mathematics#evidence).

mod beta;
mod learnt;
mod means;
mod verdict;

pub use learnt::{ASSUMED_WORTH, LearntShare, LearntTrust};
pub(crate) use learnt::{Counted, Taught, settled};
pub use means::Means;
pub(crate) use verdict::weigh_as;
pub use verdict::{DECAY, Trust, Weight, weigh};
