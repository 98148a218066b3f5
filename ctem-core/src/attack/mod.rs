//! The attack engine: what an attacker can come to hold, how likely, and through what.
//!
//! A *state* is an asset with an [`Access`]; a *step* turns states into a state: all its premises are needed, at most one
//! uncertain thing, its *variable*, guards it, and it has one conclusion. [`Rules`] turn relations into steps, and each
//! open finding is a step too. Of everything that can be derived, only what can be derived from the entry points counts
//! (the least fixpoint), so no path justifies itself through a cycle.
//!
//! [`Snapshot`] is the compiled form: flat arrays of 32-bit numbers, immutable, shared between threads. Equal environments
//! give equal snapshots, whatever the order in which they were put together. On it:
//!
//! - [`Falls`]: the most probable way to every state (Knuth's generalisation of Dijkstra's algorithm to steps with several
//!   premises, *A generalization of Dijkstra's algorithm*, 1977), in O(m log n).
//! - [`Onward`]: from every state, the most probable ways on to the loss events that weigh most.
//! - [`Tracer`]: from entry to loss, step by step, with its exact chance.
//! - [`Ways`]: the most probable ways to one loss event, each a set of uncertain things that is enough for it.
//! - [`Bounds`]: between what chances each state falls, certainly.
//! - [`Exact`]: the exact chance of loss events, what each coin adds to them, and what-if answers, where diagrams stay small.
//! - [`Worlds`]: who falls in how many of many worlds; what each fix is worth and each variable's share; what whole actions change;
//!   how unsure priors leave it. [`Patch`] says what if, and [`Standing`] keeps worlds and follows changes.
//! - [`Likeliest`]: the chances of the most probable ways alone, fast.
//! - [`Dominators`]: what must fall before each state does, in a tree; [`bottlenecks`] and [`choke_points`]: the states and the
//!   variables without which a loss event cannot fall.
//! - [`cheapest_cut`]: the cheapest fixes that end every way to a loss event.
//!
//! A graph of one's own needs no environment: [`Graph`]. Whatever may take long is given [`Limits`] and returns what it has, with
//! bounds that hold, when they are reached.
//!
//! What it leaves out: when things happen. A world says whether, within the horizon, not in what order.

mod bounds;
mod compile;
mod components;
mod core;
mod cut;
mod dominators;
mod draft;
mod exact;
mod falling;
mod graph;
mod key;
mod likeliest;
mod limits;
mod onward;
mod patch;
mod paths;
mod rules;
mod snapshot;
mod spread;
mod technique;
mod ways;
mod worlds;

pub use bounds::Bounds;
pub use compile::{Opening, Openings, Threat, compile};
pub use cut::{Chosen, Cut, Ending, Remedy, bottlenecks, cheapest_cut, choke_points};
pub use dominators::Dominators;
pub use exact::{Declined, Exact};
pub use graph::{Graph, Guard};
pub use key::Key;
pub use likeliest::Likeliest;
pub use limits::{Limits, Progress, Reason, Truncated};
pub use onward::Onward;
pub use patch::Patch;
pub use paths::{Falls, Tracer, Witness};
pub use rules::{End, Premise, Rule, Rules};
pub use snapshot::{Origin, Snapshot, State, StateKind, Step, Variable, VariableKind};
pub use spread::Spread;
pub use technique::Technique;
pub use ways::{Way, Ways};
pub use worlds::{Contrast, FixValues, Precision, Run, Shares, Standing, Tally, Worlds};

#[cfg(doc)]
use crate::model::Access;
