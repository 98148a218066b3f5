//! Deadlines: by when what is due, by which rule, and why.
//!
//! Rules are tables, and tables are data: those of CISA, FedRAMP and SSVC are shipped, an organisation writes its own. What a table
//! asks, such as whether a finding is reachable or likely exploited, follows from the assessment and is said with its reason. The
//! clock starts when a finding was first seen under any of its names; it stops for no change of severity and for no absence. A loss
//! that is tolerated makes due what spends it sooner. When evaluation was finished is not known, so no clock starts with it.

mod answer;
mod calendar;
mod fact;
mod facts;
mod fedramp;
mod options;
mod set;
mod table;

pub use answer::{ActionDeadline, ClockStart, Deadline, DeadlineReason, DeadlineRule, Deadlines};
pub use calendar::{Calendar, Weekday};
pub use fact::Fact;
#[cfg(test)]
pub(crate) use facts::{HARMS, LIKELY_ONCE_EXPLOITED};
pub use fedramp::{FedrampReport, FedrampReportKind, FedrampReportOptions};
pub use options::{CertificationClass, DeadlineOptions};
pub use table::{DeadlineRow, DeadlineTable, Due};
