//! The report for leadership: whether a period made things better, all measures at once, and what comes next.

use super::{
    cycle::Program,
    measured::{Measures, MeasuresOptions, nothing},
    moved::{Moved, MovedOptions},
    trend::{Mark, Trend},
    watched::{CoverageOptions, Watched},
};
use crate::{
    attack::Asking,
    error::{ErrorKind, Result},
    id::{FindingId, WeaknessId},
    measure::{Period, Share},
    mobilize::{Budget, DeadlineOptions, DeadlineTable, Deadlines, Plan, PlanOptions},
    prioritize::{AssessOptions, Assessment, MeasureOptions, assess},
    quantity::{Estimate, Unit},
    time::{Days, Moment},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a report for leadership has.
///
/// ```
/// use ctem_core::{mobilize::Budget, program::ProgressOptions};
///
/// let options = ProgressOptions { title: "Acme".into(), ..ProgressOptions::default() };
/// assert_eq!((options.marks, options.budget), (13, Budget::Hours(40.0)));
/// ```
#[derive(Debug, Clone)]
pub struct ProgressOptions<'a> {
    /// Whose report it is.
    pub title: Box<str>,
    /// How the period is measured.
    pub measures: MeasuresOptions,
    /// At so many moments it is told how things stood, from the beginning to the end. 13 unless said; at least 2, at most 366.
    pub marks: usize,
    /// The deadlines that it is held against, if any.
    pub deadlines: Option<DeadlineOptions>,
    /// What may be spent on what comes next. 40 hours unless said.
    pub budget: Budget,
    /// So many rows a list has. 10 unless said.
    pub at_most: usize,
    /// How assessments are made.
    pub assess: AssessOptions<'a>,
    /// How losses are measured.
    pub measure: MeasureOptions<'a>,
}

impl Default for ProgressOptions<'_> {
    fn default() -> Self {
        Self {
            title: Box::default(),
            measures: MeasuresOptions::default(),
            marks: 13,
            deadlines: None,
            budget: Budget::Hours(40.0),
            at_most: 10,
            assess: AssessOptions::default(),
            measure: MeasureOptions::default(),
        }
    }
}

/// A period on a page: [`render::progress_report`](crate::render::progress_report) writes it as HTML.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Event, ProgressOptions}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let report = program.progress_report(november, &ProgressOptions::default())?;
/// assert_eq!((report.measures.first_seen, report.before.is_some()), (3, false));
/// assert!(report.next.after.value() < report.next.before.value());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProgressReport {
    /// Whose it is.
    pub title: Box<str>,
    /// The period.
    pub period: Period,
    /// As of when the newest numbers are: the end of the period, or the last event.
    pub as_of: Moment,
    /// How far ahead losses are looked at, in days.
    #[serde(rename = "horizon_days")]
    pub horizon: Days,
    /// What losses are counted in.
    pub unit: Unit,
    /// The measures of the period.
    pub measures: Measures,
    /// Those of the period of the same length before it; absent where nothing is known of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Measures>,
    /// How things stood, from the beginning to the end. Attack paths of the first are all new.
    pub trend: Vec<Mark>,
    /// What moved the expected loss.
    pub moved: Moved,
    /// What is watched, and what nobody watches.
    pub watched: Watched,
    /// Flaws that were listed as exploited in the period and that were ever seen here, the last first.
    pub listed: Vec<ListedSince>,
    /// How deadlines are met, table by table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<TableKept>,
    /// What to do next.
    pub next: NextPlan,
}

/// A flaw that was listed as exploited.
///
/// ```
/// use ctem_core::program::ListedSince;
///
/// let told = |listed: &ListedSince| format!("{}: {} of {} stand", listed.weakness, listed.standing, listed.findings);
/// # let _ = told;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ListedSince {
    /// The flaw.
    pub weakness: WeaknessId,
    /// Since when.
    pub since: Moment,
    /// How many findings of it there ever were.
    pub findings: usize,
    /// How many stand.
    pub standing: usize,
}

/// How the deadlines of a table are met.
///
/// ```
/// use ctem_core::{Program, discover, measure::Period, mobilize::{DeadlineOptions, DeadlineTable}, wire};
/// use ctem_core::program::{ApplyOptions, Event, ProgressOptions};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let tables = vec![DeadlineTable::shipped("cisa_bod_26_04")?];
/// let deadlines = Some(DeadlineOptions { tables, ..DeadlineOptions::default() });
/// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let report = program.progress_report(november, &ProgressOptions { deadlines, ..ProgressOptions::default() })?;
/// assert_eq!((&*report.deadlines[0].table, report.deadlines[0].in_time.count), ("cisa_bod_26_04", report.deadlines[0].in_time.of));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TableKept {
    /// The table.
    pub table: Box<str>,
    /// Of the findings that stand, are not accepted and are due by it on some day, those whose day has not passed.
    pub in_time: Share,
    /// How many it gives no day.
    pub undated: usize,
    /// How many somebody lives with, whatever their day.
    pub accepted: usize,
    /// The next day on which one is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Moment>,
}

/// What to do next, and what it is worth.
///
/// ```
/// # use ctem_core::{Program, discover, measure::Period, program::{ApplyOptions, Event, ProgressOptions}, wire};
/// # let mut program = Program::default();
/// # program.apply(Event::absorbed("2025-11-08".parse()?, discover::read(wire::EXAMPLE.as_bytes())?), ApplyOptions::default())?;
/// # let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
/// let next = program.progress_report(november, &ProgressOptions::default())?.next;
/// // How many hours does the plan save against working by severity?
/// let saved = next.hours_by_severity.map(|hours| hours - next.hours);
/// assert!(saved.is_none_or(|saved| saved >= -1e-9));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextPlan {
    /// What may be spent.
    pub budget: Budget,
    /// How many hours it takes.
    pub hours: f64,
    /// The expected loss before.
    pub before: Estimate,
    /// What is left.
    pub after: Estimate,
    /// How many hours working by severity takes to leave no more; absent where it does not within twice the hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_by_severity: Option<f64>,
    /// How many actions it has; the first are listed.
    pub actions: usize,
    /// The first of them.
    pub rows: Vec<NextRow>,
}

/// An action of what comes next.
///
/// ```
/// use ctem_core::program::NextRow;
///
/// let told = |row: &NextRow| format!("{} ({} h)", row.title, row.hours);
/// # let _ = told;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextRow {
    /// What to do.
    pub title: Box<str>,
    /// Who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
    /// How many hours it takes.
    pub hours: f64,
    /// What it saves after those before it.
    pub saved: f64,
}

impl Program {
    /// Whether a period made things better: all measures at once, and what comes next. Costs [`measures`](Self::measures) twice,
    /// [`trend`](Self::trend), [`moved`](Self::moved), and a plan.
    ///
    /// ```
    /// use ctem_core::{Program, measure::Period, program::ProgressOptions};
    ///
    /// let november = Period::new("2025-11-01".parse()?, "2025-12-01".parse()?)?;
    /// let error = Program::default().progress_report(november, &ProgressOptions::default()).unwrap_err();
    /// assert_eq!(error.code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::measures`], [`Program::trend`], [`Program::coverage`], [`Program::deadlines`] and
    /// [`Assessment::plan`](crate::Assessment::plan).
    #[doc(alias = "quarterly report")]
    #[doc(alias = "executive summary")]
    pub fn progress_report(&self, period: Period, options: &ProgressOptions<'_>) -> Result<ProgressReport> {
        let measures = self.measures(period, &options.measures)?;
        let as_of = measures.watched_until;
        let before = match period.before().map(|before| self.measures(before, &options.measures)) {
            Some(Ok(before)) => Some(before),
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(error),
            Some(Err(_)) | None => None,
        };
        let asking = &Asking::new(options.assess.progress, 0);
        let log = self.log().ok_or_else(|| nothing(period))?;
        let then = Self::of_state(log.before(period.until(), asking)?);
        let began = log.start.clock.or_else(|| log.events.first().map(|(key, _)| key.at));
        let from = began.map_or(period.from(), |began| began.max(period.from()));
        let today = then.assess_with(as_of, options.assess.clone())?;
        // What happens at the very end is no part of the period, and so the last mark is of today.
        let mut trend = Trend::default();
        let moments = evenly(from, as_of, options.marks);
        let loss = |assessment: &Assessment| Ok(Some(assessment.what_if(&[], &options.measure)?.before));
        for (moment, state) in moments.iter().zip(log.states(&moments, asking)) {
            if *moment < as_of {
                let state = state?;
                let then = assess(&state.environment, &state.intel, *moment, options.assess.clone())?;
                trend.mark(&then, loss(&then)?)?;
            }
        }
        trend.mark(&today, loss(&today)?)?;
        let how = MovedOptions { assess: options.assess.clone(), measure: options.measure };
        let within = options.measures.looked_within;
        let mut watched = then.coverage(as_of, &CoverageOptions { within, ..CoverageOptions::default() })?;
        watched.list.truncate(options.at_most);
        let deadlines = match &options.deadlines {
            Some(asked) => {
                let first = |finding: &FindingId| then.course(finding).map(|course| course.first);
                kept(&asked.tables, &today.deadlines(asked, first)?)
            }
            None => Vec::new(),
        };
        Ok(ProgressReport {
            title: options.title.clone(),
            period,
            as_of,
            horizon: today.horizon(),
            unit: today.unit(),
            measures,
            before,
            trend: trend.marks,
            moved: self.moved(period, &how)?,
            watched,
            listed: then.listed(period),
            deadlines,
            next: next(&today, options)?,
        })
    }

    /// What was listed as exploited in a period and seen here, the last first.
    fn listed(&self, period: Period) -> Vec<ListedSince> {
        let mut by: BTreeMap<&WeaknessId, ListedSince> = BTreeMap::new();
        for course in self.courses() {
            let Some(since) = course.exploited.filter(|since| period.has(*since)) else { continue };
            let weakness = course.weakness.clone();
            let listed = by.entry(&course.weakness).or_insert(ListedSince {
                weakness,
                since,
                findings: 0,
                standing: 0,
            });
            listed.findings += 1;
            listed.standing += usize::from(course.stands());
        }
        let mut all: Vec<ListedSince> = by.into_values().collect();
        all.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.weakness.cmp(&b.weakness)));
        all
    }
}

/// So many moments, the same time apart.
fn evenly(from: Moment, until: Moment, marks: usize) -> Vec<Moment> {
    let marks = marks.clamp(2, 366) as i128;
    let (first, last) = (i128::from(from.unix_seconds()), i128::from(until.unix_seconds()));
    let between = (1..marks - 1).filter_map(|n| {
        let seconds = first + (last - first) * n / (marks - 1);
        Moment::from_unix_seconds(i64::try_from(seconds).ok()?).ok()
    });
    std::iter::once(from).chain(between).chain([until]).collect()
}

fn kept(asked: &[DeadlineTable], deadlines: &Deadlines) -> Vec<TableKept> {
    #[derive(Default)]
    struct Count {
        in_time: usize,
        due: usize,
        undated: usize,
        accepted: usize,
        next: Option<Moment>,
    }
    // One that has no row for anything has nothing late either.
    let mut tables: BTreeMap<&str, Count> =
        asked.iter().map(|table| (&*table.name, Count::default())).collect();
    for deadline in &deadlines.list {
        for rule in &deadline.rules {
            let count = tables.entry(&rule.table).or_default();
            match rule.due {
                _ if deadline.accepted => count.accepted += 1,
                None => count.undated += 1,
                Some(due) => {
                    count.due += 1;
                    if due >= deadlines.as_of {
                        count.in_time += 1;
                        count.next = Some(count.next.map_or(due, |next| next.min(due)));
                    }
                }
            }
        }
    }
    tables
        .into_iter()
        .map(|(table, count)| TableKept {
            table: table.into(),
            in_time: Share::of(count.in_time, count.due),
            undated: count.undated,
            accepted: count.accepted,
            next: count.next,
        })
        .collect()
}

fn next(today: &Assessment, options: &ProgressOptions<'_>) -> Result<NextPlan> {
    let asked = PlanOptions { budget: options.budget, curves: true, ..PlanOptions::default() };
    let plan = today.plan(&asked)?;
    let rows = plan.rows.iter().take(options.at_most).map(|row| NextRow {
        title: row.action.title.clone(),
        owner: row
            .action
            .owner
            .as_ref()
            .map(|owned| owned.name.clone().unwrap_or_else(|| owned.owner.as_str().into())),
        hours: row.action.effort.hours,
        saved: row.saved,
    });
    Ok(NextPlan {
        budget: options.budget,
        hours: plan.hours,
        before: plan.before,
        after: plan.after,
        hours_by_severity: by_severity(&plan),
        actions: plan.rows.len(),
        rows: rows.collect(),
    })
}

/// After how many hours working by severity leaves no more than a plan.
fn by_severity(plan: &Plan) -> Option<f64> {
    let enough = plan.after.value() * (1.0 + 1e-9);
    let curve = plan.curves.iter().find(|curve| &*curve.order == "severity")?;
    curve.points.iter().find(|(_, left)| *left <= enough).map(|(hours, _)| *hours)
}
