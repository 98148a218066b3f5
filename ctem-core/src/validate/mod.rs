//! Validation: is it true here? Tests of a finding update the belief that it can be exploited.

mod verdict;

pub use verdict::{DECAY, Trust, Weight, weigh};
