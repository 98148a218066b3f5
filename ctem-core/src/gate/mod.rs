//! A gate: whether what is there today may go on, by a policy, against what was there before.
//!
//! A [`Policy`] is a document of a few rules. A [`Baseline`] is the document of an earlier assessment, written whole. The [`Verdict`] says of
//! each rule whether it held, and which exposures broke it. A dry run judges the same and stops nothing.
//!
//! What is new is told by the identity of exposures: by id, and by the ids a finding went by before. Where a tool's id moved with a line
//! or a version, a finding of the same weakness in the same component and file, one that the baseline has and today has not, is the same.
//!
//! ```
//! # use ctem_core::{Program, discover, intel::Intel, wire};
//! # let mut program = Program::new(Intel::none());
//! # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
//! # let today = program.assess("2025-11-13".parse()?)?;
//! use ctem_core::gate::{Baseline, Policy};
//!
//! let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [
//!     {"no_new": {"level": "critical"}},
//!     {"expected_loss": {"at_most": {"amount": 500, "unit": "EUR"}}}
//! ]}"#)?;
//! let verdict = today.gate(&policy, &Baseline::of(&today)?)?;
//! // Nothing is new, and more is at stake than is tolerated.
//! assert_eq!(verdict.rules.iter().map(|rule| rule.held).collect::<Vec<_>>(), [true, false]);
//! assert!(verdict.stops);
//! # Ok::<(), ctem_core::Error>(())
//! ```

mod baseline;
mod judge;
mod policy;
mod verdict;

pub use baseline::Baseline;
pub use policy::{Policy, Rule};
pub use verdict::{BrokenBy, RuleVerdict, Verdict};
