//! What a caller in another language asks, in plain words: text, bytes and numbers.
//!
//! What is absent has the engine's default, and what makes no sense is an error with the same code, place and message in
//! every language. Numbers come as `f64`, the one kind of number that all languages have.
//!
//! ```
//! use ctem_core::{Program, intel::Intel, wire::ask};
//!
//! let program = Program::new(Intel::none());
//! let today = ask::assess(&program, "2025-11-13", ask::Assess { horizon_days: Some(7.0), ..Default::default() })?;
//! assert_eq!(today.horizon().get(), 7.0);
//! let error = ask::count("events_per_finding", -1.0).unwrap_err();
//! assert_eq!(error.message(), "`-1` is not a count: it must be a whole number from 0 to 9007199254740991");
//! # Ok::<(), ctem_core::Error>(())
//! ```

pub use super::question::{Costs, Question, Sampling, answer, changes, costs};
use super::{CvssDocument, explanation, text};
use crate::{
    cvss::Vector,
    discover::{self, ReadOptions, SecretKey},
    error::{Error, Result},
    id::{AssetId, FindingId},
    intel::Intel,
    model::Report,
    prioritize::{self, AssessOptions, Assessment, Row},
    program::Program,
    render::{self, RenderOptions},
    text::{decoded, json},
    time::Days,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

/// How a document is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Read<'a> {
    /// The format's name.
    pub format: Option<&'a str>,
    /// The asset that findings belong to when the document does not say.
    pub asset: Option<&'a str>,
    /// The most bytes it may have.
    pub most_bytes: Option<f64>,
    /// The key that secrets are fingerprinted with.
    pub secret_key: Option<&'a [u8]>,
    /// Whether a record that is rejected is an error.
    pub strict: bool,
}

impl Read<'_> {
    fn checked(self) -> Result<ReadOptions> {
        let mut options =
            ReadOptions { format: self.format.map(Box::from), strict: self.strict, ..ReadOptions::default() };
        if let Some(asset) = self.asset {
            options.asset = Some(AssetId::parse(asset).map_err(|error| error.at("asset"))?);
        }
        if let Some(most_bytes) = self.most_bytes {
            options.most_bytes = count("most_bytes", most_bytes)?;
        }
        if let Some(key) = self.secret_key {
            options.secret_key = SecretKey::parse(key).map_err(|error| error.at("secret_key"))?;
        }
        Ok(options)
    }
}

/// How an assessment is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assess {
    /// How far ahead it looks, in days.
    pub horizon_days: Option<f64>,
    /// Of how many loss events each finding's risk is the sum.
    pub events_per_finding: Option<f64>,
}

impl Assess {
    fn checked(self) -> Result<AssessOptions> {
        let mut options = AssessOptions { horizon: horizon(self.horizon_days)?, ..AssessOptions::default() };
        if let Some(events) = self.events_per_finding {
            options.events_per_finding = count("events_per_finding", events)?;
        }
        Ok(options)
    }
}

/// How much of an assessment is shown, and how wide.
#[derive(Debug, Clone, Copy, Default)]
pub struct Show {
    /// At most so many exposures.
    pub at_most: Option<f64>,
    /// So many of the worst come with their path and reasons.
    pub explained: Option<f64>,
    /// The columns of a table.
    pub width: Option<f64>,
}

impl Show {
    fn checked(self) -> Result<RenderOptions> {
        let mut options = RenderOptions::default();
        for (name, stated, option) in [
            ("at_most", self.at_most, &mut options.at_most),
            ("explained", self.explained, &mut options.explained),
            ("width", self.width, &mut options.width),
        ] {
            if let Some(stated) = stated {
                *option = count(name, stated)?;
            }
        }
        Ok(options)
    }
}

/// Reads a document.
///
/// # Errors
/// As [`discover::read`], and `invalid_input` for an option that makes no sense, with its name as the place.
pub fn read(bytes: &[u8], how: Read<'_>) -> Result<Report> {
    discover::read_with(bytes, &how.checked()?)
}

/// Assesses what a program knows, as of a moment such as `2025-11-13`.
///
/// # Errors
/// As [`prioritize::assess`], and `invalid_input` for a moment or an option that makes no sense, with its name as the place.
pub fn assess(program: &Program, as_of: &str, how: Assess) -> Result<Assessment> {
    let as_of = as_of.parse().map_err(|error: Error| error.at("as_of"))?;
    program.assess_with(as_of, how.checked()?)
}

/// Why a finding ranks where it does, as a document.
///
/// # Errors
/// As [`Assessment::explain`], and `invalid_input` for text that is no id.
pub fn explain(assessment: &Assessment, finding: &str) -> Result<String> {
    explanation(&assessment.explain(&FindingId::parse(finding)?)?)
}

/// An assessment as a terminal table.
///
/// # Errors
/// As [`render::text`], and `invalid_input` for an option that makes no sense, with its name as the place.
pub fn table(assessment: &Assessment, how: Show) -> Result<String> {
    render::text(assessment, &how.checked()?)
}

/// An assessment as Markdown.
///
/// # Errors
/// As [`table`].
pub fn markdown(assessment: &Assessment, how: Show) -> Result<String> {
    render::markdown(assessment, &how.checked()?)
}

/// An assessment as a web page.
///
/// # Errors
/// As [`table`].
pub fn html(assessment: &Assessment, how: Show) -> Result<String> {
    render::html(assessment, &how.checked()?)
}

/// A CVSS vector's metrics and scores, as a document.
///
/// # Errors
/// `invalid_input` when it is not a vector, with the byte where it stops being one.
pub fn cvss(vector: &str) -> Result<String> {
    text(&CvssDocument::of(&vector.parse::<Vector>()?))
}

/// The score of one row and why, as a document. The row is a JSON object, as [`Row`] has it.
///
/// # Errors
/// `malformed` when it is not JSON, `invalid_input` for a value or a name that makes no sense.
pub fn score(row: &[u8], intel: &Intel, horizon_days: Option<f64>) -> Result<String> {
    let horizon = horizon(horizon_days)?;
    let Object(row) = json::parse_owned(&decoded(row)?)?;
    text(&prioritize::score(&row, intel, horizon))
}

/// The risk of each row of a JSON array, in its order.
///
/// # Errors
/// As [`score`], of the first row that has one.
pub fn score_all(rows: &[u8], intel: &Intel, horizon_days: Option<f64>) -> Result<Vec<f64>> {
    let horizon = horizon(horizon_days)?;
    let rows: Vec<Object> = json::parse_owned(&decoded(rows)?)?;
    let rows: Vec<Row> = rows.into_iter().map(|Object(row)| row).collect();
    Ok(prioritize::score_all(&rows, intel, horizon))
}

/// A count that a caller states; `name` is what it counts, and the place of the error.
///
/// # Errors
/// `invalid_input` unless it is a whole number from 0 to 2^53 − 1, the largest that every language counts to.
pub fn count(name: &str, stated: f64) -> Result<usize> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    if (0.0..=MOST).contains(&stated) && stated.fract() == 0.0 {
        Ok(stated as usize)
    } else {
        let message =
            format!("`{stated}` is not a count: it must be a whole number from 0 to 9007199254740991");
        Err(Error::invalid(message).at(name))
    }
}

/// At most how many exposures a caller wants: all, when it does not say.
///
/// # Errors
/// As [`count`].
pub fn at_most(stated: Option<f64>) -> Result<usize> {
    stated.map_or(Ok(usize::MAX), |stated| count("at_most", stated))
}

fn horizon(days: Option<f64>) -> Result<Days> {
    days.map_or(Ok(Days::THIRTY), |days| Days::horizon(days).map_err(|error| error.at("horizon_days")))
}

/// A row that is written with its names: a bare list of values would be taken for a row too, in an order nobody stated.
struct Object(Row);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row, which is an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, names: A) -> Result<Row, A::Error> {
                Row::deserialize(MapAccessDeserializer::new(names))
            }
        }
        from.deserialize_map(Names).map(Self)
    }
}
