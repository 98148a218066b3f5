//! Validation: is it true here? Tests of a finding update the belief that it can be exploited.
//!
//! How, and with an example, is in the manual under [evidence](crate::manual::the_mathematics#evidence).

mod verdict;

pub use verdict::{DECAY, Trust, Weight, weigh};
