//! Deadlines, as they are answered.

use crate::{
    id::{ActionId, AssetId, FindingId},
    model::Acceptance,
    time::Moment,
    word::words,
};
use serde::Serialize;

/// By when what is due, and why.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::{DeadlineOptions, DeadlineTable};
///
/// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
/// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
/// assert_eq!((deadlines.list.len(), deadlines.overdue), (3, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Deadlines {
    /// The moment they are told at.
    pub as_of: Moment,
    /// How many findings are overdue.
    pub overdue: usize,
    /// The deadline of every finding that stands: what is due first is first, and what is due on no date last.
    pub list: Vec<Deadline>,
    /// The deadline of every action: that of what it ends that is due first.
    pub actions: Vec<ActionDeadline>,
    /// How many rights, routes and other relations are exposures and have no deadline: tables speak of findings.
    pub relations: usize,
}

/// By when a finding is due, by which rule, and why.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::{DeadlineOptions, DeadlineTable};
///
/// // Which facts made it urgent?
/// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
/// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
/// let reasons: Vec<_> = deadlines.list[0].rules[0].why.iter().map(|reason| (&*reason.fact, &*reason.is)).collect();
/// assert!(reasons.contains(&("internet_reachable", "yes")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Deadline {
    /// The finding.
    pub finding: FindingId,
    /// The asset it is on.
    pub asset: AssetId,
    /// When its clock started.
    pub since: Moment,
    /// What says so.
    pub since_by: ClockStart,
    /// By when it is due; none where no rule names a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// Days until then; below 0 where it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<f64>,
    /// Whether that is over. What is accepted is not overdue while it is.
    pub overdue: bool,
    /// Whether somebody decided to live with it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// Who decided that, why and until when, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// What each table says that has a row for it: the one that is due first is first, and counts.
    pub rules: Vec<DeadlineRule>,
}

/// What says when a clock started.
///
/// ```
/// use ctem_core::mobilize::ClockStart;
///
/// assert_eq!(ClockStart::Course.name(), "course");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ClockStart {
    /// The course of the finding: when it was first seen under any of its names, whatever became of it since.
    Course,
    /// The oldest of its sightings.
    Sighting,
    /// Nothing does: it is taken to start now.
    Assumed,
}

words! {
    ClockStart, "what starts a clock" {
        Course = "course",
        Sighting = "sighting",
        Assumed = "assumed",
    }
}

/// What one table says of a finding.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::DeadlineOptions;
///
/// // A budget alone: EUR 750 in 30 days are EUR 25 a day, and EUR 100 are spent in four.
/// let options = DeadlineOptions { tolerated_loss: Some(100.0), ..DeadlineOptions::default() };
/// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
/// let rule = &deadlines.list[0].rules[0];
/// assert_eq!((&*rule.table, rule.due.map(|due| due.date()).as_deref()), ("tolerated_loss", Some("2025-11-17")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DeadlineRule {
    /// The table, or `tolerated_loss`.
    pub table: Box<str>,
    /// Which of its rows, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// By when, if on a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// What to do, in the words of the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Box<str>>,
    /// The facts for which the row counts.
    pub why: Vec<DeadlineReason>,
}

/// A fact for which a row counts.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::{DeadlineOptions, DeadlineTable};
///
/// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
/// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
/// let reasons = deadlines.list[0].rules[0].why.iter();
/// let reachable = reasons.clone().find(|reason| &*reason.fact == "internet_reachable").expect("it is asked");
/// assert_eq!(&*reachable.why, "from the internet: web shop");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DeadlineReason {
    /// The fact.
    pub fact: Box<str>,
    /// Its value.
    pub is: Box<str>,
    /// Why it has it.
    pub why: Box<str>,
}

/// By when an action is due.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::mobilize::{DeadlineOptions, DeadlineTable};
///
/// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
/// let deadlines = program.deadlines("2025-11-13".parse()?, &options)?;
/// assert!(deadlines.actions.iter().any(|action| action.finding.as_str() == "f-1" && !action.overdue));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ActionDeadline {
    /// The action.
    pub action: ActionId,
    /// By when.
    pub due: Moment,
    /// Whether that is over.
    pub overdue: bool,
    /// What it ends that is due first.
    pub finding: FindingId,
    /// The table that says so.
    pub table: Box<str>,
}
