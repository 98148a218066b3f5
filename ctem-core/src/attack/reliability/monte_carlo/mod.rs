//! Monte Carlo simulation over possible worlds: what falls in each, counted.
//!
//! A world decides every variable one way. What falls in it is the least fixpoint of the steps whose variables help: what can be
//! derived from the entries, and nothing that only justifies itself. A world is a pure function of a seed, the variables' keys
//! and its number, so any number of threads or machines, any order of input and any split of the work counts the same; and two
//! scenarios under one seed differ only by what differs between them.
//!
//! Sixty-four worlds are one machine word. [`Worlds`] looks at 64, 256 or 512 at once, as dense as they turn out to be, draws a
//! variable only where an attacker comes to it, and counts in whole numbers. O(m) word operations for 64 worlds, in practice
//! some times that, since bits come to a node at different times.

mod aumann_shapley;
mod block;
mod contrast;
mod critical;
mod epistemic;
mod importance;
mod incremental;
mod intervals;
mod one_world;
mod run;
mod severities;
mod sizes;
mod tally;

pub(crate) use aumann_shapley::ShareCounts;
pub use aumann_shapley::Shares;
pub(super) use block::Block;
pub use contrast::Contrast;
pub(crate) use epistemic::Differences;
pub use importance::{FixSet, FixValues};
pub use incremental::IncrementalSample;
pub(super) use intervals::bernstein;
pub use run::{Precision, Run, Worlds};
pub use severities::LossDistribution;
pub(crate) use sizes::Sizes;
pub(crate) use tally::MOST_BLOCKS;
pub use tally::SampleStatistics;
