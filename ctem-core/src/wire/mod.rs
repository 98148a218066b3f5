//! Documents: what crosses the border to other languages and to files, each with its version.
//!
//! A document is JSON whose bytes are the same on every machine and in every language. The native input document has a
//! published JSON Schema, [`SCHEMA`]; what the engine answers is written by [`assessment()`], [`explanation`], [`answer()`] and [`report`],
//! and any part of it by [`json`].
//!
//! [`ask`] is the other direction: what a caller in another language says, as text and plain numbers, checked here, so that
//! a binding needs no rule and no default of its own.

mod answer;
pub mod ask;
mod assessment;
mod back_test;
mod cvss;
mod deadlines;
mod gate;
mod intel;
mod kept;
mod path;
mod plan;
mod program;
mod progress;
mod question;
mod reasons;
#[cfg(feature = "schema")]
mod schema;
mod scope;
mod tables;
mod tickets;

pub use answer::{SampleDocument, SampledExposureDocument, TailDocument, answer};
pub use assessment::{AssessmentDocument, Counts, ExposureDocument, LossEventDocument};
pub use cvss::CvssDocument;
pub use intel::{EffectsDocument, EpssDocument, ExploitsDocument, IntelDocument, KevDocument};
pub use path::{ExplanationDocument, HopDocument, PathDocument, PathsDocument, TechniqueDocument};
pub use reasons::ReasonsDocument;
#[cfg(feature = "schema")]
pub use schema::answers_schema;

use crate::{
    attack::Asking,
    discover::{self, VERSION},
    error::{Error, Result},
    mobilize::Budget,
    model::{Contents, Environment, Report},
    prioritize::{Assessment, Explanation},
};
use serde::Serialize;
use std::io;

/// The JSON Schema (draft 2020-12) of the native document.
///
/// ```
/// use ctem_core::wire;
///
/// // For an editor that completes, or a check before documents are sent.
/// assert!(wire::SCHEMA.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub const SCHEMA: &str = include_str!("ctem-2.schema.json");

/// The JSON Schema (draft 2020-12) of a mapping document, which says how documents of a format are read.
///
/// ```
/// use ctem_core::wire;
///
/// assert!(wire::MAPPING_SCHEMA.contains("ctem_mapping"));
/// ```
pub const MAPPING_SCHEMA: &str = include_str!("mapping-1.schema.json");

/// The JSON Schema (draft 2020-12) of what the engine answers, by call.
///
/// A call is named as in Python, with its class where it has one. What is never left out is `required`, and what is not known is
/// then `null`; a name that is not required is left out where there is nothing to say.
///
/// ```
/// use ctem_core::wire;
///
/// // Types for another language are made from it.
/// assert!(wire::ANSWERS_SCHEMA.contains("Assessment.plan"));
/// ```
pub const ANSWERS_SCHEMA: &str = include_str!("answers-2.schema.json");

/// A native document to try things with: a shop that reads orders and reaches a vault, with three findings on the way to two losses.
///
/// All examples that speak of `today` are about it.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, wire};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// let today = program.assess("2025-11-13".parse()?)?;
/// let ranked: Vec<String> = today.ranked().map(|exposure| exposure.id.to_string()).collect();
/// assert_eq!(ranked, ["f-1", "f-2", "f-3"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub const EXAMPLE: &str = include_str!("ctem-2.example.json");

/// How much of an assessment a document has.
///
/// ```
/// use ctem_core::wire::DocumentOptions;
///
/// // All of it, with reasons.
/// let options = DocumentOptions { explained: true, ..DocumentOptions::default() };
/// assert_eq!(options.at_most, usize::MAX);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DocumentOptions {
    /// At most so many exposures, the worst. All unless said.
    pub at_most: usize,
    /// Whether each comes with its explanation. Not unless said.
    pub explained: bool,
    /// What may be spent on the plan in it. Without limit unless said; where there is one, a plan is made however large the graph is.
    pub budget: Budget,
}

impl Default for DocumentOptions {
    fn default() -> Self {
        Self { at_most: usize::MAX, explained: false, budget: Budget::Unlimited }
    }
}

/// An assessment as a document, the worst exposures first.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::wire::DocumentOptions;
///
/// let worst = DocumentOptions { at_most: 1, explained: true, ..DocumentOptions::default() };
/// let document = wire::assessment(&today, &worst);
/// assert!(document.contains(r#""finding":"f-1""#) && !document.contains(r#""finding":"f-3","weakness""#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// Explained, a path is written once, however many exposures are on it, and they name it by its place.
pub fn assessment(assessment: &Assessment, options: &DocumentOptions) -> String {
    assessment_asking(assessment, options, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
fn assessment_asking(assessment: &Assessment, options: &DocumentOptions, asking: &Asking<'_>) -> String {
    written_asking(&AssessmentDocument::asking(assessment, options, asking), asking)
}

/// The exposures of an assessment as a list, at most so many, the worst first.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// assert_eq!(wire::ranked(&today, 2).matches(r#""rank":"#).count(), 2);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn ranked(assessment: &Assessment, at_most: usize) -> String {
    let exposures = assessment.ranked().take(at_most);
    written(&exposures.map(|exposure| ExposureDocument::of(&exposure, None)).collect::<Vec<_>>())
}

/// The loss events of an assessment as a list, the largest expected loss first.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// assert!(wire::loss_events(&today).starts_with(r#"[{"event":"leak","name":"orders leak","service":"sales""#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn loss_events(assessment: &Assessment) -> String {
    written(&assessment.loss_events().into_iter().map(LossEventDocument::of).collect::<Vec<_>>())
}

/// An explanation as a document.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// let document = wire::explanation(&today.explain(&"f-1".parse()?)?);
/// assert!(document.starts_with(r#"{"finding":"f-1","risk":{"name":"risk","value":750.0"#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn explanation(explanation: &Explanation) -> String {
    written(&ExplanationDocument::of(explanation.clone()))
}

/// A report as a document: source, contents, notes and tally.
///
/// ```
/// use ctem_core::{discover, wire};
///
/// let report = discover::read(wire::EXAMPLE.as_bytes())?;
/// assert!(wire::report(&report).starts_with(r#"{"source":{"format":"ctem""#));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn report(report: &Report) -> String {
    written(report)
}

/// An environment as a native document, to be read again.
///
/// It holds what sources stated, as they stated it: of what is taken for one, each by itself. Which are one follows again when it is
/// read, so that whoever goes on from it goes on as if it had never been written.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // Kept over night, and read again.
/// let document = wire::environment(today.environment());
/// let mut again = Program::new(Intel::none());
/// again.absorb(discover::read(document.as_bytes())?);
/// assert_eq!(wire::environment(again.environment()), document);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn environment(environment: &Environment) -> String {
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
    written(&Native { ctem: Header { version: VERSION }, contents: discover::statements(environment) })
}

/// An error as a document: its code, its place (`null` when the input has none) and its message.
///
/// ```
/// use ctem_core::{Probability, wire};
///
/// let error = Probability::new(1.7).unwrap_err().at("/epss");
/// assert_eq!(
///     wire::error(&error),
///     r#"{"code":"invalid_input","place":"/epss","message":"`1.7` is not a probability: it must lie between 0 and 1"}"#
/// );
/// ```
pub fn error(error: &Error) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        code: &'static str,
        place: Option<&'a str>,
        message: &'a str,
    }
    written(&Document { code: error.code(), place: error.place(), message: error.message() })
}

/// The formats that can be read, as a list of names and titles.
///
/// ```
/// use ctem_core::wire;
///
/// assert!(wire::formats().contains(r#"{"name":"nmap","title":"Nmap XML"}"#));
/// ```
pub fn formats() -> String {
    written(&discover::formats().map(|(name, title)| Format { name, title }).collect::<Vec<_>>())
}

/// Any part of a document as JSON text.
///
/// # Errors
/// `invalid_input` for a value of a caller's own type that cannot be JSON, such as a map whose names are not text.
///
/// ```
/// use ctem_core::{Program, intel::Intel, wire};
///
/// let today = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// assert_eq!(wire::json(&today.unit())?, r#""crown_jewel""#);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::invalid(format!("it cannot be written as JSON: {error}")))
}

/// A format that can be read.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Format {
    /// What it is called where it is named.
    name: &'static str,
    /// Its name for people.
    title: &'static str,
}

/// A document of the engine as JSON text. It cannot fail: all names in one are text, and JSON has all its values.
/// A document as text, asking on the way whether to go on. Where it is ended there is no text.
fn written_asking(document: &impl Serialize, asking: &Asking<'_>) -> String {
    let mut text = Text { bytes: Vec::new(), next: EVERY, asking };
    let whole = serde_json::to_writer(&mut text, document);
    whole.ok().and_then(|()| String::from_utf8(text.bytes).ok()).unwrap_or_default()
}

/// So many bytes are written before the caller is asked: some milliseconds.
const EVERY: usize = 1 << 20;

/// A text in the making.
struct Text<'a> {
    bytes: Vec<u8>,
    /// At so many bytes the caller is asked next.
    next: usize,
    asking: &'a Asking<'a>,
}

impl io::Write for Text<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(part);
        if self.bytes.len() >= self.next {
            self.next = self.bytes.len() + EVERY;
            if !self.asking.goes_on_now() {
                return Err(io::ErrorKind::Other.into());
            }
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}
