//! Whether a period made things better, as asked in another language: measures, what moved the loss, and the report for leadership.

use super::{
    ask::{AssessRequest, Count},
    json,
};
use crate::{
    error::Result,
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
use std::collections::BTreeMap;

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
        #[serde(default)]
        promises: BTreeMap<Severity, Days>,
        looked_within_days: Option<Days>,
    }
    let Asked { from, until, promises, looked_within_days } = written::parse(&decoded(asked)?)?;
    json(&program.measures(period(from, until)?, &measured(promises, looked_within_days)?)?)
}

/// What moved the expected loss in a period. `asked` is an object with `from` and `until`, and besides `horizon_days` and
/// `worlds`.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"from": "2025-07-01", "until": "2025-06-01"}"#;
/// assert_eq!(ask::moved(&Program::default(), asked).unwrap_err().place(), Some("/until"));
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::moved`].
pub fn moved(program: &Program, asked: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Moment,
        until: Moment,
        horizon_days: Option<f64>,
        worlds: Option<Count>,
    }
    let Asked { from, until, horizon_days, worlds } = written::parse(&decoded(asked)?)?;
    let how = AssessRequest { horizon_days, ..AssessRequest::default() };
    let options = MovedOptions { assess: how.checked()?, measure: measure(worlds.as_ref())? };
    json(&program.moved(period(from, until)?, &options)?)
}

/// The report for leadership as a document. `asked` is an object with `from` and `until`, and besides `title`, `promises`,
/// `looked_within_days`, `marks`, `budget`, `at_most`, `horizon_days`, `worlds`, and `deadlines`: an object with `tables`, and besides `class`,
/// `several_agencies`, `likely_from` and `calendar`.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"from": "2025-07-01", "until": "2025-10-01", "budget": {"hours": 80}}"#;
/// assert_eq!(ask::progress_report(&Program::default(), asked).unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::progress_report`].
pub fn progress_report(program: &Program, asked: &[u8]) -> Result<String> {
    json(&reported(program, asked)?)
}

/// The same as a page that needs nothing else: see [`render::progress_report`].
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let error = ask::progress_report_html(&Program::default(), b"{}").unwrap_err();
/// assert_eq!(error.code(), "invalid_input");
/// ```
///
/// # Errors
/// As [`progress_report`].
pub fn progress_report_html(program: &Program, asked: &[u8]) -> Result<String> {
    Ok(render::progress_report(&reported(program, asked)?))
}

fn reported(program: &Program, asked: &[u8]) -> Result<ProgressReport> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Moment,
        until: Moment,
        #[serde(default)]
        title: Box<str>,
        #[serde(default)]
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
    let how = AssessRequest { horizon_days: asked.horizon_days, ..AssessRequest::default() };
    let options = ProgressOptions {
        title: asked.title,
        measures: measured(asked.promises, asked.looked_within_days)?,
        marks: count(asked.marks.as_ref(), "marks", defaults.marks)?,
        deadlines,
        budget: asked.budget.unwrap_or(defaults.budget),
        at_most: count(asked.at_most.as_ref(), "at_most", defaults.at_most)?,
        assess: how.checked()?,
        measure: measure(asked.worlds.as_ref())?,
    };
    program.progress_report(period(asked.from, asked.until)?, &options)
}

fn period(from: Moment, until: Moment) -> Result<Period> {
    Period::new(from, until).map_err(|error| error.at("/until"))
}

fn measure(worlds: Option<&Count>) -> Result<MeasureOptions<'static>> {
    let mut options = MeasureOptions::default();
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
