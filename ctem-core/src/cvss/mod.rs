//! The Common Vulnerability Scoring System, versions 2.0, 3.0, 3.1 and 4.0, of FIRST.
//!
//! A [`Vector`] is parsed once and then scored as often as needed. All scores are computed in exact integer arithmetic, so
//! they are right where floating point is not: at the rounding ties of version 4.0, where published calculators differ from
//! each other by 0.1, the exact decimal value is rounded half up.
//!
//! ```
//! use ctem_core::cvss::Vector;
//!
//! let log4shell: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".parse()?;
//! assert_eq!(log4shell.base_score().to_string(), "10.0");
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! A score is a severity: an order. It is not a chance, and it does not add up; the engine reads the *metrics*, through
//! [`Vector::reading`], to know what an attacker needs and gains.

mod fixed;
mod metrics;
mod reading;
mod score;
mod v2;
mod v3;
mod v4;
mod vector;

pub use reading::{AttackVector, Impact, Privileges, Reading};
pub use vector::{Vector, Version};
