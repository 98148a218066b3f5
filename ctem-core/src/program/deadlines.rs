//! Deadlines of a program: what it remembers starts their clocks.

use super::cycle::Program;
use crate::{
    error::Result,
    id::FindingId,
    mobilize::{DeadlineOptions, Deadlines, FedrampReport, FedrampReportOptions},
    time::Moment,
};

impl Program {
    /// By when what is due as of a moment, each clock running since its finding was first seen under any of its names: through every
    /// change of severity, and through every time it was taken for gone. O(n log n).
    ///
    /// ```
    /// use ctem_core::{Program, discover, mobilize::{DeadlineOptions, DeadlineTable}, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-07-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// // What is late in autumn?
    /// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
    /// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
    /// assert_eq!(deadlines.list[0].since.date(), "2025-07-01");
    /// assert!(deadlines.list[0].overdue && deadlines.list[0].days_left.is_some_and(|left| left < -90.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::assess`] and [`Assessment::deadlines`](crate::Assessment::deadlines).
    pub fn deadlines(&self, as_of: Moment, options: &DeadlineOptions) -> Result<Deadlines> {
        self.assess(as_of)?.deadlines(options, |finding| self.first_seen(finding))
    }

    /// What FedRAMP wants reported as of a moment, with the clocks of [`Program::deadlines`].
    ///
    /// ```
    /// use ctem_core::{Program, mobilize::{DeadlineOptions, FedrampReportOptions}};
    ///
    /// let period: FedrampReportOptions = serde_json::from_str(
    ///     r#"{"package_overview": "https://example.com/p", "from": "2025-10-13", "to": "2025-11-13"}"#).unwrap();
    /// let error = Program::default().fedramp_report("2025-11-13".parse()?, &period, &DeadlineOptions::default()).unwrap_err();
    /// assert_eq!(error.place(), Some("/class"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::assess`] and [`Assessment::fedramp_report`](crate::Assessment::fedramp_report).
    pub fn fedramp_report(
        &self,
        as_of: Moment,
        report: &FedrampReportOptions,
        options: &DeadlineOptions,
    ) -> Result<FedrampReport> {
        self.assess(as_of)?.fedramp_report(report, options, |finding| self.first_seen(finding))
    }

    fn first_seen(&self, finding: &FindingId) -> Option<Moment> {
        self.course(finding).map(|course| course.first)
    }
}
