//! The cycle: what happens, what it changes, and what is remembered.
//!
//! A [`Program`] takes reports and answers with assessments. Told *when* things happen, as [`Event`]s, it also remembers: each event
//! answers with a [`Delta`], which says what appeared, ended, rose and fell, and why, and every finding has a [`Course`], from when it was
//! first seen until it went, by whom, and how often it came back.
//!
//! The idea is a fold over a log. Of everything, each source's latest statement holds, until the source says otherwise or looks again and
//! no longer lists it; what is known is all statements together, with what people decided on top. So the same events give the same
//! state, to the bit, whenever they are told, and a date that has passed can be looked at again.
//!
//! - A report ends only what it [covers](Covers): what it looked at and does not list is gone, of the rest nothing is learnt.
//! - A finding that moves by a line, a file, a version or a port keeps its name and its clock, where it is surely the same.
//! - Two sources that disagree are both shown: a finding stands as long as one of them sees it.
//! - A report that should not have come is taken back, as if it never had; the history says so.
//! - A person, an identity or an asset can be erased from all of it: pseudonyms stand where its names stood, and the history still replays.
//! - What is accepted stays a risk: who decided it, why and until when is kept, and it runs out by itself or is withdrawn.
//!
//! What it leaves out: what moved in a plan, and who is told.

mod acceptance;
mod accepting;
mod check;
mod coverage;
mod cycle;
mod deadlines;
mod decided;
mod delta;
mod document;
mod erased;
mod erasing;
mod event;
mod feeds;
mod happened;
mod held;
mod history;
mod identity;
mod ledger;
mod local;
mod log;
mod measured;
mod model_change;
mod moved;
mod progress;
mod pseudonym;
mod renaming;
mod rewritten;
mod since;
#[cfg(feature = "sqlite")]
mod sqlite;
mod state;
mod store;
mod tables;
mod trend;
mod watched;
mod withdrawal;
mod withdrawing;

pub use acceptance::{Accepted, AcceptedRisk, AcceptedScope, AsLongAs, Withdrawn};
pub use check::CheckKind;
pub use coverage::{Coverage, Covers};
pub use cycle::{ApplyOptions, Program};
pub use decided::Decision;
pub use delta::{Change, Delta, Why};
pub use erased::{Erased, ErasedThing};
pub use event::{Claimed, Event, OwnerMoved, Reported, Scope, What};
pub use feeds::Feeds;
pub use happened::{AcceptanceEnding, Ending, Happened};
pub use history::Retention;
pub use ledger::{Course, Spell, View};
pub use log::Late;
pub use measured::{Looked, Measures, MeasuresOptions};
pub use model_change::{ModelChange, ModelMoved};
pub use moved::{Cause, Moved, MovedBy, MovedOptions};
pub use progress::{ListedSince, NextPlan, NextRow, ProgressOptions, ProgressReport, TableKept};
pub use pseudonym::PseudonymKey;
pub use since::FeedsSince;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use store::{Kept, Memory, Store, Stored};
pub use trend::{Exposed, Mark};
pub use watched::{Collected, CoverageOptions, Watched, WatchedAsset, WatchedBy};
pub use withdrawal::{AbsorbedReport, ReportWithdrawn, Withdrawal};
