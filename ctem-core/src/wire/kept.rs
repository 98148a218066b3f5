//! What is kept in a file or sent to another process, and is the same when it is read again: assessments, and what is known of the world.
//!
//! An assessment is kept as what it was made of, and is made again when it is read: the same input gives the same bits.

use super::ask::read_program;
use crate::{
    discover::VERSION,
    error::{Error, ErrorKind, Result},
    intel::{Intel, attackers::Profile},
    model::Environment,
    prioritize::{AssessOptions, Assessment, IncidentBaseline},
    program::Program,
    text::{decoded, json},
    time::{Days, Moment},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IntelKept<'a> {
    ctem_intel: Head,
    /// A program of which nothing is known but the tables.
    program: Box<RawValue>,
    /// A table of effects of one's own, which is not part of a program's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssessmentKept<'a> {
    ctem_assessment: Head,
    as_of: Moment,
    horizon_days: Days,
    events_per_finding: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crown_jewel: Option<f64>,
    baseline: IncidentBaseline,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<Box<RawValue>>,
    program: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Cow<'a, str>>,
}

/// What is known of the world as a document, which [`read_intel`] makes the same of. How many rows a file had that were rejected is not in it.
///
/// # Errors
/// As [`Program::document`].
///
/// ```
/// use ctem_core::{intel::Intel, wire::ask};
///
/// let intel = Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?;
/// let document = ask::intel_document(&intel)?;
/// assert_eq!(ask::intel_document(&ask::read_intel(document.as_bytes())?)?, document);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn intel_document(intel: &Intel) -> Result<String> {
    super::json(&IntelKept {
        ctem_intel: Head { version: VERSION },
        program: raw(Program::new(intel.clone()).document()?)?,
        effects: intel.effects.own().map(Cow::Borrowed),
    })
}

/// Reads what [`intel_document`] wrote.
///
/// # Errors
/// `unsupported_version` for a document of a newer version, and as [`read_program`].
///
/// ```
/// use ctem_core::wire::ask;
///
/// let error = ask::read_intel(br#"{"ctem_intel": {"version": 9}}"#).unwrap_err();
/// assert_eq!(error.code(), "unsupported_version");
/// ```
pub fn read_intel(document: &[u8]) -> Result<Intel> {
    #[derive(Deserialize)]
    struct Any {
        ctem_intel: Head,
    }
    let text = decoded(document)?;
    let Any { ctem_intel } = json::parse(&text)?;
    checked(&ctem_intel, "ctem_intel")?;
    let IntelKept { program, effects, .. } = json::parse(&text)?;
    Ok(known(&program, effects.as_deref())?.intel().clone())
}

/// An assessment as a document, which [`read_assessment`] makes the same of, to the bit: what it was made of, and how.
///
/// # Errors
/// `invalid_input` for an assessment by rules or of a kind of attacker that no document can state, and as [`Program::document`].
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::{DocumentOptions, ask};
///
/// let again = ask::read_assessment(ask::assessment_document(&today)?.as_bytes())?;
/// let whole = |made| wire::assessment(made, &DocumentOptions::default());
/// assert_eq!(whole(&again), whole(&today));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn assessment_document(assessment: &Assessment) -> Result<String> {
    let (asked, intel) = (assessment.asked(), assessment.intel());
    let defaults = AssessOptions::default();
    if asked.rules != defaults.rules {
        return Err(Error::invalid(
            "an assessment by rules of its own is not written: state the rules in the environment, or make it again",
        ));
    }
    super::json(&AssessmentKept {
        ctem_assessment: Head { version: VERSION },
        as_of: assessment.as_of(),
        horizon_days: assessment.horizon(),
        events_per_finding: asked.events_per_finding,
        crown_jewel: asked.crown_jewel,
        baseline: asked.baseline,
        profile: assessment.profile().map(profile).transpose()?,
        program: raw(program(&asked.environment, intel).document()?)?,
        effects: intel.effects.own().map(Cow::Borrowed),
    })
}

/// Makes the assessment again that [`assessment_document`] wrote. It takes as long as it took to make.
///
/// # Errors
/// `unsupported_version` for a document of a newer version, and as [`read_program`] and [`Program::assess_with`].
///
/// ```
/// use ctem_core::wire::ask;
///
/// let error = ask::read_assessment(br#"{"ctem_assessment": {"version": 9}}"#).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("unsupported_version", Some("/ctem_assessment/version")));
/// ```
pub fn read_assessment(document: &[u8]) -> Result<Assessment> {
    #[derive(Deserialize)]
    struct Any {
        ctem_assessment: Head,
    }
    let text = decoded(document)?;
    let Any { ctem_assessment } = json::parse(&text)?;
    checked(&ctem_assessment, "ctem_assessment")?;
    let kept: AssessmentKept<'_> = json::parse(&text)?;
    let profile = kept.profile.as_ref().map(|profile| Profile::read(profile.get().as_bytes()));
    let options = AssessOptions {
        horizon: Days::horizon(kept.horizon_days.get()).map_err(|error| error.at("/horizon_days"))?,
        events_per_finding: kept.events_per_finding,
        crown_jewel: kept.crown_jewel,
        baseline: kept.baseline,
        profile: profile.transpose().map_err(|error| error.at("/profile"))?,
        ..AssessOptions::default()
    };
    known(&kept.program, kept.effects.as_deref())?.assess_with(kept.as_of, options)
}

fn program(environment: &Environment, intel: &Intel) -> Program {
    Program::with_environment(environment.clone(), intel.clone())
}

/// A kind of attacker as its document, where that says all of it.
fn profile(profile: &Profile) -> Result<Box<RawValue>> {
    let document = super::json(profile)?;
    if Profile::read(document.as_bytes()).as_ref() != Ok(profile) {
        return Err(Error::invalid(
            "this kind of attacker is not written, since its document would be of another: make the assessment again",
        ));
    }
    raw(document)
}

fn known(program: &RawValue, effects: Option<&str>) -> Result<Program> {
    read_program(program.get().as_bytes(), effects.map(str::as_bytes)).map_err(|error| error.at("/program"))
}

fn raw(document: String) -> Result<Box<RawValue>> {
    RawValue::from_string(document)
        .map_err(|error| Error::invalid("what was written is no JSON").because(error))
}

fn checked(head: &Head, name: &str) -> Result<()> {
    if (1..=VERSION).contains(&head.version) {
        return Ok(());
    }
    let message = format!(
        "it is written in version {}, and versions up to {VERSION} are read: use the version of the engine that wrote it",
        head.version
    );
    Err(Error::new(ErrorKind::UnsupportedVersion, message).at(format_args!("/{name}/version")))
}
