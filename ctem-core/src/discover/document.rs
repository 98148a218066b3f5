//! A document before it is understood: its text, and an outline of it that formats are told by.

use super::{
    cut::{self, Cut},
    json::Outline,
    lines,
    mapping::Mapping,
    secret::SecretKey,
};
use crate::{
    attack::OnProgress,
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    text::{self, toml, yaml},
    time::Moment,
};
use std::borrow::Cow;

/// Limits and context for reading.
///
/// ```
/// use ctem_core::{attack::OnProgress, discover::{ReadOptions, read_with}};
///
/// // A scan that does not say what was scanned, from a stranger.
/// let options = ReadOptions { asset: Some("web-1".parse()?), most_bytes: 1 << 20, ..ReadOptions::default() };
/// assert_eq!(read_with(b"[]", &options)?.tally.read, 0);
///
/// // A user who has waited long enough.
/// let stop = ReadOptions { progress: OnProgress::new(&|_| false), ..ReadOptions::default() };
/// let document = br#"{"ctem": {"version": 2}, "assets": [{"id": "web-1", "kind": "host"}]}"#;
/// assert_eq!(read_with(document, &stop).unwrap_err().code(), "cancelled");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReadOptions<'a> {
    /// The most bytes a document, or all of a collection, may have after decompression. The default is 1 GiB. What is packed may
    /// unpack to 16 MiB, or where it is large to 250 times its size.
    pub most_bytes: usize,
    /// The format, when it is known; otherwise it is recognised by content.
    pub format: Option<Box<str>>,
    /// Mappings of one's own, which are asked before all else whether they recognise the document; see [`Mapping`].
    pub mappings: Vec<Mapping>,
    /// The asset that findings belong to when the document does not say. Without one, an asset named after the document is
    /// assumed, and a note says so.
    pub asset: Option<AssetId>,
    /// What the document is called, such as the name of its file. What it does not name is named after that, or else after
    /// its content, so that two documents never speak of one thing by accident.
    pub name: Option<Box<str>>,
    /// The network, site or account the document is about. Private addresses and short names mean nothing outside of it.
    pub scope: Option<Box<str>>,
    /// The moment as of which it is read, where what it says begins or ends at one: rights that a policy gives until a day. Without one, what
    /// is over by the newest moment that the document tells of is over, and of the rest nobody knows.
    pub as_of: Option<Moment>,
    /// The key that secrets are fingerprinted with.
    pub secret_key: SecretKey,
    /// Whether a record that is rejected is an error, with its place, and not only a note.
    pub strict: bool,
    /// Who is told how many records were read, and may end it: then the call ends with `cancelled`. How many there are is not known
    /// before, so that [`Progress::of`](crate::attack::Progress) grows with what is done.
    pub progress: OnProgress<'a>,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            most_bytes: 1 << 30,
            format: None,
            mappings: Vec::new(),
            asset: None,
            name: None,
            scope: None,
            as_of: None,
            secret_key: SecretKey::default(),
            strict: false,
            progress: OnProgress::default(),
        }
    }
}

/// How sure a reader is that a document is of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    /// It is not.
    No,
    /// It looks like it, and so might others.
    Maybe,
    /// It names itself, or has what no other format has.
    Yes,
}

impl Match {
    /// `Yes` when it holds, else `No`.
    pub(crate) fn yes_if(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// `Maybe` when it holds, else `No`.
    pub(crate) fn maybe_if(holds: bool) -> Self {
        if holds { Self::Maybe } else { Self::No }
    }
}

/// A document's text and outline.
pub(crate) struct Document<'a> {
    /// The name of its file, where it is one of a collection; else empty.
    pub(crate) name: &'a str,
    /// All of it, as Unicode, without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// What kind of syntax it is, and its first names.
    pub(crate) shape: Shape,
    /// Lines that cannot be read, where the others can: their numbers, and what is wrong.
    pub(crate) broken_lines: Vec<(usize, Error)>,
    /// Where it ends, when that is too early and the text is what is whole of it.
    pub(crate) cut: Option<Cut>,
}

/// Whether a text may be JSON lines of a tool. Of the native document a reader of its own knows what is wrong with a line.
fn own_lines(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    // Behind one value may stand what its caller says of it.
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let ends_in_words = first.starts_with('{') && last.starts_with(|c: char| c.is_ascii_alphabetic());
    (text.contains("\n{") || text.contains("\n[") || ends_in_words) && !Outline::of(first).has("/ctem")
}

/// Whether JSON may end too early. A native document states a whole, and half of one would be another: it is read whole or not at all.
fn may_be_cut(outline: &Outline) -> bool {
    (outline.ends_early || outline.lines) && !outline.has("/ctem")
}

/// The syntax of a document and what is seen of it from outside.
pub(crate) enum Shape {
    /// JSON: one value, or several after each other.
    Json(Outline),
    /// YAML: its documents, and an outline of the first that can be read.
    Yaml(Vec<yaml::Part>, Outline),
    /// TOML: what it holds, and an outline of it.
    Toml(serde_json::Value, Outline),
    /// XML: the name of the root element, without its prefix.
    Xml(String),
    /// Nothing at all, or `null`.
    Empty,
    /// Anything else with a first line: perhaps CSV, its header split at commas or semicolons.
    Table(Vec<String>),
}

impl<'a> Document<'a> {
    /// A document of bytes, which may have ended too early: then an error says so.
    ///
    /// # Errors
    /// `malformed` where it is no text, `limit_exceeded` where it is too long; and where a native document ends too early, that error.
    pub(super) fn new(
        name: &'a str,
        bytes: &'a [u8],
        ended: Option<Error>,
        options: &ReadOptions<'_>,
    ) -> Result<Self> {
        let (text, within) = text::decoded_so_far(bytes)?;
        let ended = ended.or(within);
        if text.len() > options.most_bytes {
            return Err(text::too_large(options.most_bytes));
        }
        let (text, broken_lines) = match own_lines(&text).then(|| lines::cleared(&text)).flatten() {
            Some(cleared) => (Cow::Owned(cleared.text), cleared.broken),
            None => (text, Vec::new()),
        };
        let settings = toml::seems(&text).then(|| toml::value(&text).ok()).flatten();
        let is_json = settings.is_none() && text.trim_start().starts_with(['{', '[']);
        let mut outline = is_json.then(|| Outline::of(text.trim_start()));
        let closed = outline.as_ref().filter(|outline| may_be_cut(outline)).and_then(|_| cut::closed(&text));
        let (text, cut) = match closed {
            Some(closed) => {
                outline = Some(Outline::of(closed.text.trim_start()));
                (Cow::Owned(closed.text), Some(closed.cut))
            }
            None => (text, ended.clone().map(Cut::at_end)),
        };
        let start = text.trim_start();
        let shape = match start.as_bytes().first() {
            // Some tools write nothing at all when they find nothing.
            None => Shape::Empty,
            // What tools written in Go make of no findings.
            Some(_) if start.trim_end() == "null" => Shape::Empty,
            Some(_) if settings.is_some() => {
                let value = settings.unwrap_or_default();
                let outline = Outline::of_value(&value);
                Shape::Toml(value, outline)
            }
            Some(b'{' | b'[') => Shape::Json(outline.unwrap_or_default()),
            Some(b'<') => Shape::Xml(super::xml::root_name(start)),
            Some(_) if yaml::seems(start) => {
                let parts = yaml::documents(&text);
                let first = parts.iter().find_map(|part| part.value.as_ref().ok());
                let outline = first.map(Outline::of_value).unwrap_or_default();
                Shape::Yaml(parts, outline)
            }
            Some(_) => Shape::Table(super::table::header(start)),
        };
        let mut document = Self { name, text, shape, broken_lines, cut };
        if let Some(ended) = ended {
            document.ends_early(ended)?;
        }
        Ok(document)
    }

    /// Leaves of a table the lines that are whole. Of settings and other YAML, of a native document and of nothing, none tells what is.
    fn ends_early(&mut self, ended: Error) -> Result<()> {
        match &self.shape {
            Shape::Json(outline) if !outline.has("/ctem") => {}
            Shape::Xml(_) => {}
            Shape::Table(_) => {
                let whole = cut::whole_lines(&self.text).to_owned();
                if whole.trim().is_empty() {
                    return Err(ended);
                }
                self.text = Cow::Owned(whole);
            }
            Shape::Json(_) | Shape::Yaml(..) | Shape::Toml(..) | Shape::Empty => return Err(ended),
        }
        Ok(())
    }

    /// The outline, when it is JSON.
    pub(crate) fn json(&self) -> Option<&Outline> {
        if let Shape::Json(outline) = &self.shape { Some(outline) } else { None }
    }

    /// The outline, when it is JSON or YAML.
    pub(crate) fn outline(&self) -> Option<&Outline> {
        match &self.shape {
            Shape::Json(outline) | Shape::Yaml(_, outline) => Some(outline),
            Shape::Toml(..) | Shape::Xml(_) | Shape::Table(_) | Shape::Empty => None,
        }
    }

    /// The outline of settings, which people write in JSON, YAML or TOML.
    pub(crate) fn settings(&self) -> Option<&Outline> {
        if let Shape::Toml(_, outline) = &self.shape { Some(outline) } else { self.outline() }
    }

    /// What settings hold: of a stream of YAML the first document.
    ///
    /// # Errors
    /// `malformed` where it breaks its syntax, or is none of the three.
    pub(crate) fn setting_values(&self) -> Result<Cow<'_, serde_json::Value>> {
        match &self.shape {
            Shape::Toml(value, _) => Ok(Cow::Borrowed(value)),
            Shape::Yaml(parts, _) => match parts.first().map(|part| &part.value) {
                Some(Ok(value)) => Ok(Cow::Borrowed(value)),
                Some(Err(error)) => Err(error.clone()),
                None => Ok(Cow::Owned(serde_json::Value::Null)),
            },
            Shape::Json(_) => super::json::parse(&self.text).map(Cow::Owned),
            Shape::Empty => Ok(Cow::Owned(serde_json::Value::Null)),
            Shape::Xml(_) | Shape::Table(_) => {
                Err(Error::malformed("settings must be written in JSON, YAML or TOML"))
            }
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.shape, Shape::Empty)
    }

    /// Whether it has names by which its format can be told; an empty list has none.
    pub(crate) fn has_names(&self) -> bool {
        match &self.shape {
            Shape::Json(outline) | Shape::Yaml(_, outline) | Shape::Toml(_, outline) => {
                outline.top_names().next().is_some()
            }
            Shape::Xml(_) | Shape::Table(_) => true,
            Shape::Empty => false,
        }
    }

    /// Whether it is XML with this root element.
    pub(crate) fn is_xml(&self, root: &str) -> bool {
        matches!(&self.shape, Shape::Xml(name) if name == root)
    }

    /// Whether it is a table with all of these columns, whatever their case.
    pub(crate) fn has_columns(&self, columns: &[&str]) -> bool {
        match &self.shape {
            Shape::Table(header) => {
                columns.iter().all(|column| header.iter().any(|name| name.eq_ignore_ascii_case(column)))
            }
            Shape::Json(_) | Shape::Yaml(..) | Shape::Toml(..) | Shape::Xml(_) | Shape::Empty => false,
        }
    }

    /// The error for a document that no reader recognises: what is wrong with its syntax, or else what was seen of it.
    /// What is nearest is a format's name and what the document lacks to be of it.
    pub(super) fn unrecognised(&self, nearest: Option<(String, String)>) -> Error {
        if let Some(cut) = &self.cut {
            return cut.error();
        }
        let seen = match &self.shape {
            Shape::Json(outline) => {
                if let Some(error) = super::json::syntax_error(&self.text) {
                    return error;
                }
                named("JSON", outline)
            }
            Shape::Yaml(parts, outline) => match yaml::error_of(parts) {
                Some(error) => return error.clone(),
                None => named("YAML", outline),
            },
            Shape::Toml(_, outline) => named("TOML", outline),
            Shape::Xml(root) => match super::xml::Element::parse(&self.text) {
                Err(error) => return error,
                Ok(_) => format!("XML with the root element {}", quoted(root)),
            },
            Shape::Empty => "an empty document".to_owned(),
            Shape::Table(_) if is_file_name(&self.text) => {
                let name = quoted(self.text.trim());
                let message =
                    format!("{name} looks like the name of a file: what is read is what the file holds");
                return Error::new(ErrorKind::UnknownFormat, message);
            }
            Shape::Table(header) => match header.first() {
                Some(first) => format!("a line that begins with {}", quoted(first)),
                None => "text".to_owned(),
            },
        };
        let near = match nearest {
            Some((name, lacks)) => format!("the nearest is {}, and it lacks {lacks}", quoted(&name)),
            None => "nothing of it is known".to_owned(),
        };
        Error::new(
            ErrorKind::UnknownFormat,
            format!(
                "{seen} is not a report of a known format: {near}; see the list of formats, name the format, or give a mapping"
            ),
        )
    }
}

/// Whether a text is one word with an ending, or with folders before it.
fn is_file_name(text: &str) -> bool {
    let text = text.trim();
    let (_, file) = text.rsplit_once(['/', '\\']).unwrap_or_default();
    let named = if file.is_empty() { text } else { file };
    let ending = named.rsplit_once('.').map(|(_, ending)| ending);
    let ends = |ending: &str| {
        (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    text.len() <= 255 && !text.contains([',', ';', '\n', '\t']) && ending.is_some_and(ends)
}

/// What is seen of a document that has names.
fn named(syntax: &str, outline: &Outline) -> String {
    let names: Vec<_> = outline.top_names().take(6).map(quoted).collect();
    if names.is_empty() {
        format!("{syntax} without any names")
    } else {
        format!("{syntax} with the names {}", names.join(", "))
    }
}
