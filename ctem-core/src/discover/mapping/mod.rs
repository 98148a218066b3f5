//! A mapping: what a reader of a format would say, as data. Where the list of records is, and which path gives which field.
//!
//! Here is what a mapping is, and whether it makes sense; [`mapped`](super::mapped) reads documents by one. What the manual's chapter on
//! mappings explains is not repeated here.

mod expression;
mod list;
mod path;
mod sign;

pub(super) use expression::{Expression, Find, Made, Piece, Template};
pub(super) use list::{AssetOf, At, Kind, List};
pub(super) use path::{Only, Path, Start, Step};
pub(super) use sign::{Sign, Words};

use super::json;
use crate::error::{Error, Result};
use serde::Deserialize;
use std::{fmt, sync::Arc};

/// How documents of a format that the engine does not know are read: where their records are, and which path gives which field.
///
/// It is a JSON document, explained in [the manual](crate::manual::mappings); [`wire::MAPPING_SCHEMA`](crate::wire::MAPPING_SCHEMA) is its
/// schema.
///
/// ```
/// use ctem_core::discover::{Mapping, ReadOptions, read_with};
///
/// let mapping = Mapping::parse(r#"{
///     "ctem_mapping": 1, "name": "inventory", "title": "Findings of the inventory",
///     "lists": [{"asset": {"name": "Server", "kind": "host"}, "ids": "CVE", "severity": "Risk"}]
/// }"#)?;
/// let options = ReadOptions { mappings: vec![mapping], ..ReadOptions::default() };
/// let report = read_with(b"Server,CVE,Risk\nweb-1,CVE-2021-44228,High\n", &options)?;
/// assert_eq!(report.contents.findings[0].asset.as_str(), "web-1");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Mapping(pub(super) Arc<Parts>);

/// What a mapping says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    /// The version of mappings it is written in: 1.
    ctem_mapping: u32,
    pub(super) name: Box<str>,
    pub(super) title: Box<str>,
    /// The tool, where it is not named as the format is.
    #[serde(default)]
    pub(super) tool: Option<Expression>,
    #[serde(default)]
    pub(super) version: Option<Expression>,
    #[serde(default)]
    pub(super) taken: Option<Expression>,
    /// How a document is told; one that says nothing takes every document.
    #[serde(default)]
    pub(super) recognise: Vec<Sign>,
    /// What stands before the document, such as the name that a script gives it.
    #[serde(default)]
    pub(super) after: Option<Box<str>>,
    /// Words that say nothing.
    #[serde(default)]
    pub(super) nothing: Vec<Box<str>>,
    /// How times are written, besides as `2025-11-13` and `2025-11-13T08:00:00Z`.
    #[serde(default)]
    pub(super) times: Vec<Box<str>>,
    /// What can be looked up.
    #[serde(default)]
    pub(super) lookups: Vec<Lookup>,
    /// What each list says unless it says otherwise.
    #[serde(default)]
    pub(super) common: List,
    pub(super) lists: Vec<List>,
    /// Lists of the document that are no findings.
    #[serde(default)]
    pub(super) leaves_out: Vec<Box<str>>,
}

/// Things that records refer to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lookup {
    pub(super) name: Box<str>,
    /// Where they are, from the document.
    pub(super) at: Path,
    /// What each is known by, seen from itself.
    pub(super) by: Expression,
    /// What a record says to mean one, seen from the record.
    pub(super) is: Expression,
}

impl Mapping {
    /// Reads a mapping document.
    ///
    /// ```
    /// use ctem_core::discover::Mapping;
    ///
    /// let wrong = r#"{"ctem_mapping": 1, "name": "x", "title": "X", "lists": [{"severity": "a//b"}]}"#;
    /// let error = Mapping::parse(wrong).unwrap_err();
    /// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/lists/0/severity")));
    /// ```
    ///
    /// # Errors
    /// `malformed` when it is not JSON, `unsupported_version` when it is of another version, and otherwise `invalid_input` with its place.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts: Parts = json::parse(text)?;
        for list in parts.lists.iter_mut().filter(|list| list.at.is_empty()) {
            list.at.push(At::here());
        }
        parts.check()?;
        Ok(Self(Arc::new(parts)))
    }

    /// The name of the format it describes.
    ///
    /// ```
    /// # use ctem_core::discover::Mapping;
    /// let mapping = Mapping::parse(r#"{"ctem_mapping": 1, "name": "inventory", "title": "The inventory", "lists": [{}]}"#)?;
    /// assert_eq!(mapping.name(), "inventory");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The format for people.
    ///
    /// ```
    /// # use ctem_core::discover::Mapping;
    /// let mapping = Mapping::parse(r#"{"ctem_mapping": 1, "name": "inventory", "title": "The inventory", "lists": [{}]}"#)?;
    /// assert_eq!(mapping.title(), "The inventory");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        &self.0.title
    }

    pub(super) fn signs(&self) -> &[Sign] {
        &self.0.recognise
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapping({})", self.0.name)
    }
}

impl Parts {
    fn check(&self) -> Result<()> {
        if self.ctem_mapping != 1 {
            let message = format!("mappings of version {} are not known: write version 1", self.ctem_mapping);
            return Err(Error::new(crate::ErrorKind::UnsupportedVersion, message).at("/ctem_mapping"));
        }
        let is_word = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if !is_word(&self.name) {
            let message =
                "the name of a mapping is in lower case, such as `acme_scan`: ids of findings begin with it";
            return Err(Error::invalid(message).at("/name"));
        }
        if self.lists.is_empty() {
            return Err(
                Error::invalid("a mapping without a list reads nothing: say where records are").at("/lists")
            );
        }
        for (n, lookup) in self.lookups.iter().enumerate() {
            let known = self.lookups.get(..n).unwrap_or_default();
            self.check_paths(&lookup.is, known).map_err(|error| error.at(format_args!("/lookups/{n}/is")))?;
            self.check_paths(&lookup.by, &[]).map_err(|error| error.at(format_args!("/lookups/{n}/by")))?;
        }
        let lists = self.lists.iter().enumerate().map(|(n, list)| (format!("/lists/{n}"), list));
        for (place, list) in lists.chain([("/common".to_owned(), &self.common)]) {
            for (field, expression) in list.expressions() {
                self.check_paths(expression, &self.lookups)
                    .map_err(|error| error.at(format_args!("{place}/{field}")))?;
            }
        }
        Ok(())
    }

    /// Whether every lookup that an expression asks is one of these.
    fn check_paths(&self, expression: &Expression, known: &[Lookup]) -> Result<()> {
        let mut wrong = None;
        expression.paths(&mut |path| {
            if let Start::Lookup(name) = &path.start
                && !known.iter().any(|lookup| lookup.name == *name)
            {
                wrong = Some(name);
            }
        });
        match wrong {
            None => Ok(()),
            Some(name) => Err(Error::invalid(format!(
                "`${name}` is no lookup that stands before: it must be one of `lookups`"
            ))),
        }
    }

    /// The lists of the document's top level that any path leads to, or that are left out on purpose.
    pub(super) fn knows(&self, name: &str) -> bool {
        let at = |at: &At| at.path.top().is_none_or(|top| top == name || top == "*");
        let lists = self.lists.iter().chain([&self.common]);
        self.leaves_out.iter().any(|known| &**known == name)
            || self.lookups.iter().any(|lookup| lookup.at.top().is_none_or(|top| top == name || top == "*"))
            || lists.clone().any(|list| list.at.iter().any(at))
            || lists.flat_map(List::expressions).any(|(_, expression)| {
                let mut known = false;
                let mut ask =
                    |path: &Path| known |= path.start == Start::Document && path.top() == Some(name);
                expression.paths(&mut ask);
                known
            })
    }
}
