//! Whether a period made things better, as asked in another language: measures, what moved the loss, and the report for leadership.

use super::{
    ask::{AssessRequest, Count},
    json,
};
use crate::{
    attack::{OnProgress, latch},
    error::{Error, ErrorKind, Result},
    measure::{Period, Promises},
    mobilize::{Budget, Calendar, CertificationClass, DeadlineOptions, DeadlineTable},
    prioritize::MeasureOptions,
    program::{MeasuresOptions, MovedOptions, Program, ProgressOptions, ProgressReport},
    quantity::Severity,
    render,
    text::{decoded, json as written},
    time::{Days, Moment},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

/// How a period went. `asked` is an object with `from` and `until`, and besides `promises`, days by severity, and `looked_within_days`.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"from": "2025-07-01", "until": "2025-10-01", "promises": {"critical": 7}}"#;
/// assert_eq!(ask::measures(&Program::default(), asked).unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::measures`].
pub fn measures(program: &Program, asked: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Moment,
        until: Moment,
        #[serde(default, deserialize_with = "written::by_name")]
        promises: BTreeMap<Severity, Days>,
        looked_within_days: Option<Days>,
    }
    let Asked { from, until, promises, looked_within_days } = written::parse(&decoded(asked)?)?;
    json(&program.measures(period(from, until)?, &measured(promises, looked_within_days)?)?)
}

/// What moved the expected loss in a period. `asked` is an object with `from` and `until`, and besides `horizon_days` and
/// `worlds`. `progress` is told of each assessment and measurement anew, and may end it.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// let asked = br#"{"from": "2025-07-01", "until": "2025-06-01"}"#;
/// assert_eq!(ask::moved(&Program::default(), asked, OnProgress::default()).unwrap_err().place(), Some("/until"));
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, `cancelled`, and as [`Program::moved`].
pub fn moved(program: &Program, asked: &[u8], progress: OnProgress<'_>) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Moment,
        until: Moment,
        horizon_days: Option<f64>,
        worlds: Option<Count>,
    }
    let Asked { from, until, horizon_days, worlds } = written::parse(&decoded(asked)?)?;
    let period = period(from, until)?;
    let moved = whole(progress, |progress| {
        let how = AssessRequest { horizon_days, progress, ..AssessRequest::default() };
        let options = MovedOptions { assess: how.checked()?, measure: measure(worlds.as_ref(), progress)? };
        program.moved(period, &options)
    });
    json(&moved?)
}

/// The report for leadership as a document. `asked` is an object with `from` and `until`, and besides `title`, `promises`,
/// `looked_within_days`, `marks`, `budget`, `at_most`, `horizon_days`, `worlds`, and `deadlines`: an object with `tables`, and besides `class`,
/// `several_agencies`, `likely_from` and `calendar`. `progress` is told of each part of the work anew, and may end it.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// let asked = br#"{"from": "2025-07-01", "until": "2025-10-01", "budget": {"hours": 80}}"#;
/// assert_eq!(ask::progress_report(&Program::default(), asked, OnProgress::default()).unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, `cancelled`, and as [`Program::progress_report`].
pub fn progress_report(program: &Program, asked: &[u8], progress: OnProgress<'_>) -> Result<String> {
    json(&whole(progress, |progress| reported(program, asked, progress))?)
}

/// The same as a page that needs nothing else: see [`render::progress_report`].
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// let error = ask::progress_report_html(&Program::default(), b"{}", OnProgress::default()).unwrap_err();
/// assert_eq!(error.code(), "invalid_input");
/// ```
///
/// # Errors
/// As [`progress_report`].
pub fn progress_report_html(program: &Program, asked: &[u8], progress: OnProgress<'_>) -> Result<String> {
    Ok(render::progress_report(&whole(progress, |progress| reported(program, asked, progress))?))
}

/// Makes what is made of several answers: one that its caller has ended anywhere is none, since what was measured last would be of fewer
/// worlds than what came before.
fn whole<T>(progress: OnProgress<'_>, make: impl FnOnce(OnProgress<'_>) -> Result<T>) -> Result<T> {
    let stopped = AtomicBool::new(false);
    let ask = latch(progress, &stopped);
    let made = make(OnProgress::new(&ask))?;
    if stopped.load(Relaxed) {
        return Err(Error::new(ErrorKind::Cancelled, "the report was ended, as its caller asked"));
    }
    Ok(made)
}

fn reported(program: &Program, asked: &[u8], progress: OnProgress<'_>) -> Result<ProgressReport> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Moment,
        until: Moment,
        #[serde(default)]
        title: Box<str>,
        #[serde(default, deserialize_with = "written::by_name")]
        promises: BTreeMap<Severity, Days>,
        looked_within_days: Option<Days>,
        marks: Option<Count>,
        deadlines: Option<Tables>,
        budget: Option<Budget>,
        at_most: Option<Count>,
        horizon_days: Option<f64>,
        worlds: Option<Count>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Tables {
        tables: Vec<DeadlineTable>,
        class: Option<CertificationClass>,
        several_agencies: Option<bool>,
        likely_from: Option<f64>,
        calendar: Option<Calendar>,
    }
    let asked: Asked = written::parse(&decoded(asked)?)?;
    let defaults = ProgressOptions::default();
    let deadlines = asked.deadlines.map(|asked| {
        let defaults = DeadlineOptions::default();
        DeadlineOptions {
            tables: asked.tables,
            class: asked.class,
            several_agencies: asked.several_agencies.unwrap_or(defaults.several_agencies),
            likely_from: asked.likely_from.unwrap_or(defaults.likely_from),
            calendar: asked.calendar.unwrap_or(defaults.calendar),
            ..DeadlineOptions::default()
        }
    });
    let count = |stated: Option<&Count>, name: &str, default: usize| {
        stated.map_or(Ok(default), |stated| stated.checked(name))
    };
    let how = AssessRequest { horizon_days: asked.horizon_days, progress, ..AssessRequest::default() };
    let options = ProgressOptions {
        title: asked.title,
        measures: measured(asked.promises, asked.looked_within_days)?,
        marks: count(asked.marks.as_ref(), "marks", defaults.marks)?,
        deadlines,
        budget: asked.budget.unwrap_or(defaults.budget),
        at_most: count(asked.at_most.as_ref(), "at_most", defaults.at_most)?,
        assess: how.checked()?,
        measure: measure(asked.worlds.as_ref(), progress)?,
    };
    program.progress_report(period(asked.from, asked.until)?, &options)
}

fn period(from: Moment, until: Moment) -> Result<Period> {
    Period::new(from, until).map_err(|error| error.at("/until"))
}

fn measure<'a>(worlds: Option<&Count>, progress: OnProgress<'a>) -> Result<MeasureOptions<'a>> {
    let mut options = MeasureOptions { progress, ..MeasureOptions::default() };
    if let Some(worlds) = worlds {
        options.worlds = worlds.checked("worlds")? as u64;
    }
    Ok(options)
}

fn measured(promises: BTreeMap<Severity, Days>, looked_within: Option<Days>) -> Result<MeasuresOptions> {
    let promises = Promises::new(promises).map_err(|error| error.at("/promises"))?;
    let defaults = MeasuresOptions::default();
    Ok(MeasuresOptions { promises, looked_within: looked_within.unwrap_or(defaults.looked_within) })
}
