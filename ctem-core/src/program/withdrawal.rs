//! That a report is taken back, and the list of reports that says so.

use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// That a report is taken back, as if it had never been absorbed.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event, ReportWithdrawn, What}, wire};
///
/// let mut program = Program::default();
/// let scan = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// let report = scan.id()?;
/// program.apply(scan, ApplyOptions::default())?;
/// // It was the scan of another company.
/// let withdrawn = ReportWithdrawn { by: Some("Ann".into()), ..ReportWithdrawn::of(&report) };
/// program.apply(Event::new("2025-11-02".parse()?, What::ReportWithdrawn(withdrawn)), ApplyOptions::default())?;
/// assert_eq!((program.environment().asset_count(), program.courses().count()), (0, 0));
/// // On the first we took it for true.
/// assert_eq!(program.at("2025-11-01".parse()?)?.environment().finding_count(), 3);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportWithdrawn {
    /// The [id](crate::program::Event::id) of the event that brought the report, as [`Program::reports`](crate::Program::reports) lists it.
    pub report: Box<str>,
    /// Who takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}

impl ReportWithdrawn {
    /// That the report of an event is taken back.
    ///
    /// ```
    /// use ctem_core::program::ReportWithdrawn;
    ///
    /// assert!(ReportWithdrawn::of("0123456789abcdef0123456789abcdef").reason.is_none());
    /// ```
    pub fn of(report: &str) -> Self {
        Self { report: report.into(), by: None, reason: None }
    }
}

/// A report that came as an event, and whether it still counts.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
///
/// let mut program = Program::default();
/// program.apply(Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?), ApplyOptions::default())?;
/// let reports = program.reports();
/// assert_eq!((&*reports[0].source, &*reports[0].format, reports[0].findings), ("ctem", "ctem", 3));
/// assert!(reports[0].withdrawn.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AbsorbedReport {
    /// The id of the event that brought it: 32 hexadecimal digits.
    pub id: Box<str>,
    /// When it was.
    pub at: Moment,
    /// Who said it.
    pub source: Box<str>,
    /// The format it was read as.
    pub format: Box<str>,
    /// How many findings it listed.
    pub findings: usize,
    /// That it was taken back, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
}

/// That a report was taken back: when, by whom, and why.
///
/// ```
/// use ctem_core::Program;
///
/// let program = Program::default();
/// let taken_back = program.reports().into_iter().filter_map(|report| report.withdrawn);
/// assert_eq!(taken_back.map(|withdrawal| withdrawal.at).count(), 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Withdrawal {
    /// When.
    pub at: Moment,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}
