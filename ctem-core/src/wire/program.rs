//! A program over time, as asked in another language: events as documents, deltas and courses as documents.

use super::{
    ask::{AssessRequest, Count, at_most},
    json,
};
use crate::{
    attack::OnProgress,
    error::{Error, Result},
    intel::effects::Effects,
    program::{ApplyOptions, CheckKind, CoverageOptions, Event, Late, Program, PseudonymKey, Retention},
    text::{decoded, json as written},
    time::{Days, Moment},
};
use serde::Deserialize;

/// Takes an event in, and gives the delta. `late` is what becomes of an event that happened before others: `refuse`, unless said, or `place`.
///
/// ```
/// use ctem_core::{Program, wire::ask::{self, AssessRequest}};
///
/// let mut program = Program::default();
/// let passed = br#"{"at": "2025-11-13", "what": "time_passed"}"#;
/// let delta = ask::apply(&mut program, passed, None, AssessRequest::default())?;
/// assert!(delta.starts_with(r#"{"at":"2025-11-13T00:00:00Z","since":"2025-11-13T00:00:00Z""#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`Event::read`] and [`Program::apply`].
pub fn apply(
    program: &mut Program,
    event: &[u8],
    late: Option<&str>,
    how: AssessRequest<'_>,
) -> Result<String> {
    let late: Late =
        late.map(str::parse).transpose().map_err(|error: Error| error.at("late"))?.unwrap_or_default();
    let options = ApplyOptions { late, assess: how.checked()? };
    json(&program.apply(Event::read(event)?, options)?)
}

/// Takes in what somebody decided about a suggestion, and gives what became of its records: an object with `suggestion`, `asset` and
/// `accepted`, and besides `by` and `reason` where it is refused.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let decision = br#"{"suggestion": "internet", "asset": "shop", "accepted": true}"#;
/// assert_eq!(ask::decide(&mut Program::default(), decision).unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::decide`].
pub fn decide(program: &mut Program, decision: &[u8]) -> Result<String> {
    json(&program.decide(&written::parse(&decoded(decision)?)?)?)
}

/// The courses of all findings, as a list.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// assert_eq!(ask::courses(&Program::default())?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts, numbers and moments.
pub fn courses(program: &Program) -> Result<String> {
    json(&program.courses().collect::<Vec<_>>())
}

/// The decisions to live with something that stand, as a list: each with what it is about, since and until when, who and why, and with
/// the findings that it covers now.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// assert_eq!(ask::accepted_risks(&Program::default())?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts and moments.
pub fn accepted_risks(program: &Program) -> Result<String> {
    json(&program.accepted_risks())
}

/// The reports that came as events, as a list: each with its id, when, by whom, how many findings it listed, and whether it was taken back.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// assert_eq!(ask::reports(&Program::default())?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts, numbers and moments.
pub fn reports(program: &Program) -> Result<String> {
    json(&program.reports())
}

/// Which kinds of check saw which assets, when, and what nobody watches. `asked` is an object with `as_of`, and besides `within_days`,
/// `check`, `watched_too` and `at_most`: so many assets are listed, and all are counted.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let asked = br#"{"as_of": "2025-11-13", "check": "vulnerability", "within_days": 7}"#;
/// assert!(ask::coverage(&Program::default(), asked)?.contains(r#""within_days":7.0,"assets":0"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object, and as [`Program::coverage`].
pub fn coverage(program: &Program, asked: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        as_of: Moment,
        within_days: Option<Days>,
        check: Option<CheckKind>,
        #[serde(default)]
        watched_too: bool,
        at_most: Option<Count>,
    }
    let Asked { as_of, within_days, check, watched_too, at_most: most } = written::parse(&decoded(asked)?)?;
    let defaults = CoverageOptions::default();
    let options = CoverageOptions { within: within_days.unwrap_or(defaults.within), check, watched_too };
    let most = at_most(most.as_ref())?;
    let mut watched = program.coverage(as_of, &options)?;
    watched.list.truncate(most);
    json(&watched)
}

/// How things stood at moments, as a list.
///
/// ```
/// use ctem_core::{Program, wire::ask::{self, AssessRequest}};
///
/// assert_eq!(ask::trend(&Program::default(), &[], AssessRequest::default())?, "[]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `invalid_input` for what is no moment, and as [`Program::trend`].
pub fn trend(program: &Program, moments: &[&str], how: AssessRequest<'_>) -> Result<String> {
    let moment = |(n, text): (usize, &&str)| {
        text.parse().map_err(|error: Error| error.at(format_args!("/moments/{n}")))
    };
    let moments: Result<Vec<Moment>> = moments.iter().enumerate().map(moment).collect();
    json(&program.trend(&moments?, &how.checked()?)?)
}

/// The program as it was at a moment.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// assert_eq!(ask::at(&Program::default(), "2025-11-13").unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// `invalid_input` for what is no moment, and as [`Program::at`].
pub fn at(program: &Program, moment: &str) -> Result<Program> {
    at_with(program, moment, OnProgress::default())
}

/// The same, and whoever is asked may end it.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// let nobody = OnProgress::default();
/// assert_eq!(ask::at_with(&Program::default(), "2025-11-13", nobody).unwrap_err().code(), "not_found");
/// ```
///
/// # Errors
/// As [`at`], and `cancelled` when whoever is asked says not to go on.
pub fn at_with(program: &Program, moment: &str, progress: OnProgress<'_>) -> Result<Program> {
    program.at_with(moment.parse().map_err(|error: Error| error.at("moment"))?, progress)
}

/// Keeps less of the history, and says how many events became one state: see [`Retention`].
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// assert_eq!(ask::compact(&mut Program::default(), "2025-11-13", None)?, 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `invalid_input` for what is no moment, and as [`Program::compact`].
pub fn compact(program: &mut Program, replay_from: &str, forget_gone_before: Option<&str>) -> Result<usize> {
    compact_with(program, replay_from, forget_gone_before, OnProgress::default())
}

/// The same, and whoever is asked may end it: then all is kept.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// assert_eq!(ask::compact_with(&mut Program::default(), "2025-11-13", None, OnProgress::default())?, 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`compact`], and `cancelled` when whoever is asked says not to go on.
pub fn compact_with(
    program: &mut Program,
    replay_from: &str,
    forget_gone_before: Option<&str>,
    progress: OnProgress<'_>,
) -> Result<usize> {
    let moment = |text: &str, name| text.parse().map_err(|error: Error| error.at(name));
    let replay_from: Moment = moment(replay_from, "replay_from")?;
    let forget_gone_before = forget_gone_before.map(|text| moment(text, "forget_gone_before")).transpose()?;
    program.compact_with(Retention { replay_from, forget_gone_before }, progress)
}

/// Erases persons, identities and assets from state and history, and gives what stands in their place. `asked` is an object with `names`, a list;
/// `key` has the 32 bytes of the key of pseudonyms.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let error = ask::erase(&mut Program::default(), br#"{"names": ["Ann"]}"#, &[7; 32]).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("not_found", Some("/names/0")));
/// ```
///
/// # Errors
/// `invalid_input` with the place for what is no such object and for a key of another length, and as [`Program::erase`].
pub fn erase(program: &mut Program, asked: &[u8], key: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        names: Vec<Box<str>>,
    }
    let Asked { names } = written::parse(&decoded(asked)?)?;
    let key = PseudonymKey::parse(key).map_err(|error| error.at("key"))?;
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    json(&program.erase(&names, &key)?)
}

/// Reads a program from its document, with the table of effects it had.
///
/// ```
/// use ctem_core::{Program, wire::ask};
///
/// let document = Program::default().document()?;
/// assert_eq!(ask::read_program(document.as_bytes(), None)?.document()?, document);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`Program::read`] and [`Effects::with`].
pub fn read_program(document: &[u8], effects: Option<&[u8]>) -> Result<Program> {
    read_program_with(document, effects, OnProgress::default())
}

/// The same, and whoever is asked may end it.
///
/// ```
/// use ctem_core::{Program, attack::OnProgress, wire::ask};
///
/// let (document, stop) = (Program::default().document()?, OnProgress::new(&|_| false));
/// assert_eq!(ask::read_program_with(document.as_bytes(), None, stop).unwrap_err().code(), "cancelled");
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`read_program`], and `cancelled` when whoever is asked says not to go on.
pub fn read_program_with(
    document: &[u8],
    effects: Option<&[u8]>,
    progress: OnProgress<'_>,
) -> Result<Program> {
    let effects = match effects {
        Some(lines) => Effects::with(&decoded(lines)?).map_err(|error| error.at("effects"))?,
        None => Effects::default(),
    };
    Program::read_with(document, effects, progress)
}
