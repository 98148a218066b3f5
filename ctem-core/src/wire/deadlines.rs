//! Deadlines, as asked in another language.

use super::{ask::AssessRequest, json};
use crate::{
    error::Result,
    id::OwnerId,
    mobilize::{
        ActionOptions, Calendar, CertificationClass, DeadlineOptions, DeadlineTable, EffortRule,
        FedrampReportKind, FedrampReportOptions, OwnerRule,
    },
    program::Program,
    text::{decoded, json as written},
    time::Moment,
};
use serde::Deserialize;

/// By when what is due. `asked` is an object with `as_of` and `tables`, each the name of one that is shipped or a table of one's own, and
/// besides `class`, `several_agencies`, `likely_from`, `calendar`, `tolerated_loss`, `horizon_days`, and the rules of actions.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"as_of": "2025-11-13", "tables": ["fedramp_vdr"]}"#;
/// let error = ask::deadlines(&Program::default(), asked).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/class")));
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::deadlines`].
pub fn deadlines(program: &Program, asked: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        as_of: Moment,
        horizon_days: Option<f64>,
        #[serde(default)]
        tables: Vec<DeadlineTable>,
        class: Option<CertificationClass>,
        several_agencies: Option<bool>,
        likely_from: Option<f64>,
        calendar: Option<Calendar>,
        tolerated_loss: Option<f64>,
        #[serde(default)]
        owners: Vec<OwnerRule>,
        fall_back: Option<OwnerId>,
        #[serde(default)]
        efforts: Vec<EffortRule>,
    }
    let asked: Asked = written::parse(&decoded(asked)?)?;
    let defaults = DeadlineOptions::default();
    let options = DeadlineOptions {
        tables: asked.tables,
        class: asked.class,
        several_agencies: asked.several_agencies.unwrap_or(defaults.several_agencies),
        likely_from: asked.likely_from.unwrap_or(defaults.likely_from),
        calendar: asked.calendar.unwrap_or(defaults.calendar),
        tolerated_loss: asked.tolerated_loss,
        actions: ActionOptions { owners: asked.owners, fall_back: asked.fall_back, efforts: asked.efforts },
    };
    let how = AssessRequest { horizon_days: asked.horizon_days, ..AssessRequest::default() };
    let today = program.assess_with(asked.as_of, how.checked()?)?;
    json(&today.deadlines(&options, |finding| program.course(finding).map(|course| course.first))?)
}

/// What FedRAMP wants reported. `asked` is an object with `as_of`, `class`, `package_overview`, `from` and `to`, and besides `kind`, which is
/// `detail` unless said, `accepted` or `historical`, `several_agencies` and `likely_from`.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"as_of": "2025-11-13", "class": "c", "package_overview": "https://example.com/p", "from": "2025-10-13", "to": "2025-11-13"}"#;
/// let report = ask::fedramp_report(&Program::default(), asked)?;
/// assert!(report.ends_with(r#""vulnerabilities":[]}"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::fedramp_report`].
pub fn fedramp_report(program: &Program, asked: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        as_of: Moment,
        class: Option<CertificationClass>,
        #[serde(default)]
        kind: FedrampReportKind,
        package_overview: Box<str>,
        from: Moment,
        to: Moment,
        several_agencies: Option<bool>,
        likely_from: Option<f64>,
    }
    let Asked { as_of, class, kind, package_overview, from, to, several_agencies, likely_from } =
        written::parse(&decoded(asked)?)?;
    let defaults = DeadlineOptions::default();
    let options = DeadlineOptions {
        class,
        several_agencies: several_agencies.unwrap_or(defaults.several_agencies),
        likely_from: likely_from.unwrap_or(defaults.likely_from),
        ..defaults
    };
    let report = FedrampReportOptions { kind, package_overview, from, to };
    json(&program.fedramp_report(as_of, &report, &options)?)
}
