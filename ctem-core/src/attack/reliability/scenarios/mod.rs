//! Scenarios: ways in which loss events happen, each reduced to what actions decide about it.
//!
//! A scenario is a world in which an event happens, without all that no action touches: what surely falls is the source, and of
//! the rest only what leads to the event is kept, as a small AND/OR graph ([`Core`]) whose steps say which actions close them. So
//! whether a set of actions prevents the event in that world is a question about a handful of steps, and worlds with the same
//! core are one scenario that weighs more.
//!
//! An event that a decision diagram holds is drawn from the diagram, given that it happens: however rare it is, every draw tells.
//! Other events are looked for in the worlds of a seed, the same as everywhere.

mod core;
mod drawn;
mod estimate;
mod extract;
mod found;
mod gather;
mod list;
mod single;

pub(crate) use core::{Core, Search};
pub(crate) use list::Scenarios;
pub(crate) use single::Closing;
