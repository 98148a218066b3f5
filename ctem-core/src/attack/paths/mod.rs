//! Attack paths: the most probable one to every state and on to every loss, and the k best to one loss event.

mod k_best;
mod long;
mod most_probable;
mod radix_heap;
mod through;
mod to_losses;
mod trace;

pub use k_best::{KBestPaths, PathSet};
pub(crate) use long::{Halves, LongPaths};
pub use most_probable::MostProbablePaths;
pub(crate) use through::{Passed, PathsThrough};
pub use to_losses::BestPathsToLosses;
pub use trace::{Tracer, Witness};
