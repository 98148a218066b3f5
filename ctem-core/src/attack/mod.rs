//! The attack engine: what an attacker can come to hold, how likely, and through what.
//!
//! A *state* is an asset with an [`Access`]; a *step* turns states into a state: all its premises are needed, at most one
//! uncertain thing, its *variable*, guards it, and it has one conclusion. [`Rules`] turn relations into steps, and each
//! open finding is a step too. Of everything that can be derived, only what can be derived from the entry points counts
//! (the least fixpoint), so no path justifies itself through a cycle.
//!
//! The rooms, ground first: `limits`, `asking`, `parallel`, `graph` (the compiled AND/OR graph), `build` (from an environment or by hand), `paths`,
//! `reliability`, `cuts`. A room uses only those before it.
//!
//! | question | ask | algorithm | cost |
//! | --- | --- | --- | --- |
//! | what can be attacked at all? | [`compile`], [`Graph`], [`Snapshot`] | rules to steps; strongly connected components of certain steps are one node | O(n log n + m) |
//! | what is the most probable path to each state? | [`MostProbablePaths`] | Knuth's generalisation of Dijkstra's algorithm (1977), by Δ-stepping | O(n + m) in practice |
//! | what is the most probable path on to each loss event? | [`BestPathsToLosses`], [`Tracer`] | backwards Dijkstra; witnesses step by step | O(k m log n) |
//! | which distinct sets of findings are enough for a loss event? | [`KBestPaths`] | k shortest paths by A* over an AND/OR graph | see there |
//! | how likely is each state, at least and at most? | [`Bounds`] | Harris / FKG inequality | O(m) a sweep |
//! | how likely is a loss event, exactly? | [`Exact`] | binary decision diagrams (BDD) | exponential at worst, within [`Limits`] |
//! | how likely is everything, and what is each fix worth? | [`Worlds`], [`FixValues`], [`Shares`] | Monte Carlo over possible worlds with common random numbers | O(m) words for 64 worlds |
//! | what if? | [`Overlay`], [`Contrast`], [`IncrementalSample`] | the same worlds, changed | what the change touches |
//! | what must fall first? | [`Dominators`], [`mandatory_states`], [`mandatory_variables`] | dominator tree (Semi-NCA); removal, 64 at a time | O(m) |
//! | what is the cheapest set of fixes that ends it? | [`cheapest_cut`] | minimum cut (Dinic); minimum hitting set | see there |
//!
//! A [`Snapshot`] is flat arrays of 32-bit numbers: immutable, shared between threads, equal for equal environments whatever the order
//! in which they were put together.
//!
//! A graph of one's own needs no environment: [`Graph`]. Whatever may take long is given [`Limits`] and returns what it has, with
//! bounds that hold, when they are reached.
//!
//! What it leaves out: when things happen. A world says whether, within the horizon, not in what order.

mod asking;
mod build;
mod cuts;
mod graph;
mod limits;
mod parallel;
mod paths;
mod reliability;

pub(crate) use asking::{Asking, latch};
pub use build::{ExploitStep, ExploitSteps, Graph, Rules, Threat, compile};
pub(crate) use build::{FailureAgainst, Tie, compile_while};
pub use cuts::{
    Cut, CutMember, Dominators, Fix, MinCut, cheapest_cut, mandatory_states, mandatory_variables,
};
pub(crate) use graph::index::Id;
pub use graph::{
    EventId, Key, Origin, Overlay, PriorUncertainty, Snapshot, State, StateKind, Step, Variable, VariableId,
    VariableKind,
};
pub use limits::{Limits, OnProgress, Progress, Reason, Truncated};
pub use parallel::on_threads;
pub(crate) use parallel::{STRIDE, both, over};
pub use paths::{BestPathsToLosses, KBestPaths, MostProbablePaths, PathSet, Tracer, Witness};
pub(crate) use paths::{Halves, LongPaths, Passed, PathsThrough};
pub use reliability::{
    Bounds, BudgetExceeded, Contrast, Exact, FixSet, FixValues, IncrementalSample, LossDistribution,
    Precision, Run, SampleStatistics, Shares, Worlds,
};
pub(crate) use reliability::{Closing, Core, Scenarios, Search};
pub(crate) use reliability::{Differences, Global, MOST_BLOCKS, ShareCounts, Sizes};

#[cfg(doc)]
use crate::model::Access;
