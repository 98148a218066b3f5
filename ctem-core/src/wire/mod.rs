//! Documents: what crosses the border to other languages and to files, each with its version.
//!
//! A document is JSON whose bytes are the same on every machine and in every language. The native input document has a
//! published JSON Schema, [`SCHEMA`]; what the engine answers is written by [`assessment()`], [`explanation`], [`answer()`] and [`report`],
//! and any part of it by [`text`].
//!
//! [`ask`] is the other direction: what a caller in another language says, as text and plain numbers, checked here, so that
//! a binding needs no rule and no default of its own.

mod answer;
pub mod ask;
mod assessment;
mod cvss;
mod intel;
mod path;
mod question;

pub use answer::{SampleDocument, SampledExposureDocument, TailDocument, answer};
pub use assessment::{AssessmentDocument, Counts, ExposureDocument, JewelDocument};
pub use cvss::CvssDocument;
pub use intel::{EpssDocument, IntelDocument, KevDocument};
pub use path::{ExplanationDocument, HopDocument, PathDocument, PathsDocument, TechniqueDocument};

use crate::{
    discover::{self, VERSION},
    error::{Error, Result},
    model::{Contents, Environment, Report},
    prioritize::{Assessment, Explanation},
};
use serde::Serialize;

/// The JSON Schema (draft 2020-12) of the native document.
pub const SCHEMA: &str = include_str!("ctem-1.schema.json");

/// An assessment as a document, with at most so many exposures, the worst first; each with its explanation when asked for.
///
/// # Errors
/// None that an assessment of this engine can cause; the signature leaves room for writers that can fail.
pub fn assessment(assessment: &Assessment, at_most: usize, explained: bool) -> Result<String> {
    text(&AssessmentDocument::of(assessment, at_most, explained)?)
}

/// The exposures of an assessment as a list, at most so many, the worst first.
///
/// # Errors
/// As [`assessment()`].
pub fn ranked(assessment: &Assessment, at_most: usize) -> Result<String> {
    let exposures = assessment.ranked().take(at_most);
    text(&exposures.map(|exposure| ExposureDocument::of(&exposure, None)).collect::<Vec<_>>())
}

/// The loss events of an assessment as a list, the largest expected loss first.
///
/// # Errors
/// As [`assessment()`].
pub fn loss_events(assessment: &Assessment) -> Result<String> {
    text(&assessment.loss_events().into_iter().map(JewelDocument::of).collect::<Vec<_>>())
}

/// An explanation as a document.
///
/// # Errors
/// As [`assessment()`].
pub fn explanation(explanation: &Explanation) -> Result<String> {
    text(&ExplanationDocument::of(explanation.clone()))
}

/// A report as a document: source, contents, notes and tally.
///
/// # Errors
/// As [`assessment()`].
pub fn report(report: &Report) -> Result<String> {
    text(report)
}

/// An environment as a native document, to be read again.
///
/// # Errors
/// As [`assessment()`].
pub fn environment(environment: &Environment) -> Result<String> {
    #[derive(Serialize)]
    struct Native {
        ctem: Header,
        #[serde(flatten)]
        contents: Contents,
    }
    #[derive(Serialize)]
    struct Header {
        version: u32,
    }
    text(&Native { ctem: Header { version: VERSION }, contents: environment.contents() })
}

/// An error as a document: its code, its place (`null` when the input has none) and its message.
///
/// # Errors
/// As [`assessment()`].
pub fn error(error: &Error) -> Result<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        code: &'static str,
        place: Option<&'a str>,
        message: &'a str,
    }
    text(&Document { code: error.code(), place: error.place(), message: error.message() })
}

/// The formats that can be read, as a list of names and titles.
///
/// # Errors
/// As [`assessment()`].
pub fn formats() -> Result<String> {
    #[derive(Serialize)]
    struct Format {
        name: &'static str,
        title: &'static str,
    }
    text(&discover::formats().map(|(name, title)| Format { name, title }).collect::<Vec<_>>())
}

/// Any part of a document as JSON text: `text(&report.tally)`, `text(&assessment.risk())`.
///
/// # Errors
/// `invalid_input` for a value of a caller's own type that cannot be JSON, such as a map whose names are not text.
pub fn text(value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::invalid(format!("it cannot be written as JSON: {error}")))
}
