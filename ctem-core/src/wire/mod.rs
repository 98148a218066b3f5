//! Documents: what crosses the border to other languages and to files, each with its version.
//!
//! A document is JSON whose bytes are the same on every machine and in every language. The native input document has a
//! published JSON Schema, [`SCHEMA`]; what the engine answers is written by [`assessment`], [`explanation`] and [`report`].

mod assessment;

pub use assessment::{AssessmentDocument, ExposureDocument, JewelDocument};

use crate::{
    discover::VERSION,
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

/// An explanation as a document.
///
/// # Errors
/// As [`assessment()`].
pub fn explanation(explanation: &Explanation) -> Result<String> {
    text(explanation)
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

/// Anything serializable as JSON text.
pub(crate) fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::invalid(format!("it cannot be written as JSON: {error}")))
}
