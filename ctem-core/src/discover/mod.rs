//! Discovery: what is there, and what is wrong with it, as the organisation's tools have written it down.
//!
//! [`read`] recognises a document by its content, checks it and returns a [`Report`]: what was understood, and a note
//! with its place for whatever was not. A record that makes no sense is rejected alone; the rest is used.
//!
//! ```
//! let report = ctem_core::discover::read(br#"[{"Description": "AWS key", "RuleID": "aws-access-token", "File": "deploy.sh",
//!     "StartLine": 3, "Secret": "AKIAIOSFODNN7EXAMPLE", "Match": "key=AKIAIOSFODNN7EXAMPLE", "Fingerprint": "x"}]"#)?;
//! assert_eq!(&*report.source.format, "gitleaks");
//! assert_eq!(report.contents.findings.len(), 1);
//! assert!(!format!("{report:?}").contains("AKIAIOSFODNN7EXAMPLE"));
//! # Ok::<(), ctem_core::Error>(())
//! ```
//!
//! Each format is one file in `formats/`, found by the build script: a reader, or a [`Mapping`], which says as data where in a document
//! the records and their fields are. A user may bring mappings of their own. A tool's ignore file is a format too: what it names is accepted
//! in the tool's reports that are read in one call with it, by [`read_collection`]. What it leaves out: reaching for files or the
//! network, and deciding whether two tools mean the same thing, which the environment does when it absorbs reports.

mod address;
mod apart;
mod archive;
mod aws;
mod azure;
mod checked;
mod claim;
mod cloud_name;
mod collection;
mod correlate;
mod cut;
mod document;
mod draft;
mod every;
mod folder;
mod former;
mod gate;
mod google;
mod graph;
mod host;
mod ignored;
mod image;
#[cfg(feature = "jq")]
mod jq;
mod json;
mod lines;
mod mapped;
mod mapping;
mod mended;
mod native;
mod object_kind;
pub(crate) mod ours;
mod package;
mod product;
mod secret;
mod table;
mod tested;
mod told;
mod vers;
mod xml;

// The readers and mappings, one file a format: `READERS`, `MAPPINGS`, and `FORMATS` with the names and titles of all, in the order of
// their names.
include!(concat!(env!("OUT_DIR"), "/formats.rs"));

#[cfg(feature = "cli")]
pub(crate) use collection::read_each;
pub use collection::{Collection, read_collection};
pub use correlate::{AbsorbOptions, Absorbed, absorb, absorb_with};
pub(crate) use correlate::{
    Apart, absorb_apart, absorb_asking, absorb_beside, component_name, derived_name, finding_key,
    keys_of_new, made_ids, name_of, statements, weaknesses,
};
pub use document::ReadOptions;
#[cfg(feature = "cli")]
pub(crate) use ignored::HIDDEN;
#[cfg(feature = "jq")]
pub use jq::{JqProgram, read_jq};
pub use mapping::Mapping;
pub(crate) use native::LISTS;
pub use native::{Streamed, VERSION, stream};
pub use secret::SecretKey;
pub(crate) use table::reader as csv_reader;
#[cfg(test)]
pub(crate) use tested::SIMULATED;

use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::{Note, NoteKind, Report},
    text, word,
};
use document::{Document, Match};
use draft::Draft;
use ignored::Taken;
use mapped::Seen;
use mapping::Sign;
use std::{borrow::Cow, cell::OnceCell};

/// Reads a document of any format the engine knows, with default limits.
///
/// Linear in the size of the input. What scanners write costs below 12 times its (decompressed) size in memory while it is
/// read; a document made to cost the most, such as a list of nothing but empty objects, up to 180 times in the
/// worst we found.
/// [`ReadOptions::most_bytes`] is the limit to set where documents come from strangers.
///
/// ```
/// // A scan of nmap, as it comes.
/// let report = ctem_core::discover::read(br#"<nmaprun scanner="nmap"><host><address addr="192.0.2.7" addrtype="ipv4"/>
///     <ports><port protocol="tcp" portid="22"><state state="open"/></port></ports></host></nmaprun>"#)?;
/// assert_eq!((&*report.source.format, report.contents.assets[0].id.as_str()), ("nmap", "192.0.2.7"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `unknown_format` when nothing recognises it, `malformed` when it breaks its own syntax, `limit_exceeded` when it is
/// larger than allowed. A single bad record is no error: it is rejected, with a note. Where all are, [`Report::warning`] says so.
pub fn read(bytes: &[u8]) -> Result<Report> {
    read_with(bytes, &ReadOptions::default())
}

/// Reads a document of any format the engine knows, or an archive (zip) of files that become one report.
///
/// ```
/// use ctem_core::discover::{ReadOptions, read_with};
///
/// let document = br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1", "kind": "host"}, {"id": "web-2"}]}"#;
/// assert_eq!(read_with(document, &ReadOptions::default())?.tally.rejected, 1);
/// let strict = ReadOptions { strict: true, ..ReadOptions::default() };
/// assert_eq!(read_with(document, &strict).unwrap_err().place(), Some("/assets/1"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// As [`read`], and `invalid_input` for an archive whose files become several reports, which [`read_collection`] reads; with [`ReadOptions::strict`] also `invalid_input` when a record is rejected.
pub fn read_with(bytes: &[u8], options: &ReadOptions<'_>) -> Result<Report> {
    let (bytes, ended) = text::unpacked_so_far(bytes, options.most_bytes)?;
    if archive::is_archive(&bytes) {
        ended.map_or(Ok(()), Err)?;
        return collection::report_of_archive(&bytes, options);
    }
    let document = Document::new("", &bytes, ended, options)?;
    Ok(read_documents(format_of(&document, options)?, &[document], options)?.alone())
}

/// Reads documents of one format: one, or several that belong together.
fn read_documents(
    format: Format<'_>,
    documents: &[Document<'_>],
    options: &ReadOptions<'_>,
) -> Result<Taken> {
    let mut draft = Draft::new(format.name(), options, documents);
    if let Format::Typed(Reader { read: Reading::Together(read), .. }) = format {
        if let Err(error) = read(documents, &mut draft)
            && draft.goes_on()
        {
            return Err(error);
        }
    } else {
        // Of a format that is named, a document with nothing in it says that nothing was found.
        let empty = |document: &&Document<'_>| document.is_empty() && options.format.is_some();
        for (n, document) in documents.iter().enumerate().filter(|(_, document)| !empty(document)) {
            draft.begin(n);
            let read = |document: &Document<'_>, draft: &mut Draft<'_>| format.read(document, draft);
            let taken = match read(document, &mut draft) {
                Err(error) if draft.goes_on() => {
                    mended::document(format.name(), read, documents, n, options, error)
                        .map(|again| draft = again)
                }
                taken => taken,
            };
            draft.end(taken).map_err(|error| error.at(document.name))?;
        }
    }
    let mut taken = draft.finish()?;
    let report = &mut taken.report;
    if options.format.is_some() && report.tally.read == 0 {
        let others = documents.iter().filter(|document| document.has_names() && !format.seems(document));
        let reason =
            format!("nothing of it is read: it does not look like a document of {}", quoted(format.name()));
        report.notes.extend(others.map(|other| Note::new(NoteKind::Ignored, other.name, &*reason)));
    }
    match report.rejection() {
        Some(error) if options.strict => Err(error),
        Some(_) | None => Ok(taken),
    }
}

/// The formats the engine reads: each one's short name and what it is, in the order of the names.
///
/// ```
/// assert!(ctem_core::discover::formats().any(|(name, title)| name == "sarif" && title.starts_with("SARIF")));
/// ```
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMATS.iter().copied()
}

/// One format: how to tell it, and how to read it.
struct Reader<Read = ReadEach> {
    /// The short name, also the module's and the report folder's.
    name: &'static str,
    /// What it is, for people.
    title: &'static str,
    /// How sure it is that a document is of this format, from its outline alone.
    detect: fn(&Document<'_>) -> Match,
    /// Reads a document of this format, or all of a collection that are. An error means that nothing of it can be used.
    read: Read,
}

/// Reads a document alone: what most readers do.
type ReadEach = fn(&Document<'_>, &mut Draft<'_>) -> Result<()>;

/// Reads all documents of a collection that are of the reader's format, since they speak of each other.
type ReadTogether = fn(&[Document<'_>], &mut Draft<'_>) -> Result<()>;

/// The two ways of reading.
enum Reading {
    Each(ReadEach),
    Together(ReadTogether),
}

impl Reader {
    const fn listed(self) -> Reader<Reading> {
        let Self { name, title, detect, read } = self;
        Reader { name, title, detect, read: Reading::Each(read) }
    }
}

impl Reader<ReadTogether> {
    const fn listed(self) -> Reader<Reading> {
        let Self { name, title, detect, read } = self;
        Reader { name, title, detect, read: Reading::Together(read) }
    }
}

/// A format that a mapping of the engine's own says all of.
struct Shipped {
    /// The short name, also the file's and the report folder's.
    name: &'static str,
    /// How its documents are told.
    signs: &'static [Sign],
    text: &'static str,
}

/// What a document is read by.
#[derive(Clone, Copy)]
enum Format<'a> {
    Typed(&'static Reader<Reading>),
    Shipped(&'static Shipped),
    Own(&'a Mapping),
}

impl Format<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Typed(reader) => reader.name,
            Self::Shipped(shipped) => shipped.name,
            Self::Own(mapping) => mapping.name(),
        }
    }

    /// Whether its documents speak of each other.
    fn is_together(&self) -> bool {
        matches!(self, Self::Typed(Reader { read: Reading::Together(_), .. }))
    }

    /// Whether a document looks like one of it. A mapping without signs takes any.
    fn seems(&self, document: &Document<'_>) -> bool {
        let has = |signs: &[Sign]| signs.is_empty() || Seen::of(document).has(signs).0 > Match::No;
        match self {
            Self::Typed(reader) => (reader.detect)(document) > Match::No,
            Self::Shipped(shipped) => has(shipped.signs),
            Self::Own(mapping) => has(mapping.signs()),
        }
    }

    fn read(&self, document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
        match self {
            Self::Typed(Reader { read: Reading::Each(read), .. }) => read(document, draft),
            Self::Typed(Reader { read: Reading::Together(read), .. }) => {
                read(std::slice::from_ref(document), draft)
            }
            Self::Shipped(shipped) => mapped::read(&Mapping::parse(shipped.text)?, document, draft),
            Self::Own(mapping) => mapped::read(mapping, document, draft),
        }
    }
}

/// The format that the options name, or the one that the document is recognised as.
fn format_of<'a>(document: &Document<'_>, options: &'a ReadOptions<'_>) -> Result<Format<'a>> {
    let own = &options.mappings;
    let Some(name) = &options.format else { return recognised(document, own) };
    let is = |known: &str| word::is(&**name, &[known]);
    let mine = own.iter().find(|mapping| is(mapping.name())).map(Format::Own);
    let typed = || READERS.iter().find(|reader| is(reader.name)).map(Format::Typed);
    let shipped = || MAPPINGS.iter().find(|shipped| is(shipped.name)).map(Format::Shipped);
    mine.or_else(typed).or_else(shipped).ok_or_else(|| unknown_name(name))
}

/// What recognises a document: the user's own mappings are asked first, then readers, then the mappings that come with the engine, so
/// that a mapping takes no document from a reader. Of equally sure ones it is the first, by name, so that the choice is the same
/// everywhere.
fn recognised<'a>(document: &Document<'_>, own: &'a [Mapping]) -> Result<Format<'a>> {
    let seen = OnceCell::new();
    let seen = || seen.get_or_init(|| Seen::of(document));
    let own_of = |mapping: &'a Mapping| {
        let sure = if mapping.signs().is_empty() { (Match::Maybe, 0) } else { seen().has(mapping.signs()) };
        (sure, Format::Own(mapping))
    };
    let of_reader =
        |reader: &'static Reader<Reading>| (((reader.detect)(document), 0), Format::Typed(reader));
    let of_shipped = |shipped: &'static Shipped| (seen().has(shipped.signs), Format::Shipped(shipped));
    if let Some((_, format)) = surest(own.iter().map(own_of)) {
        return Ok(format);
    }
    let typed = surest(READERS.iter().map(of_reader));
    if let Some(((Match::Yes, _), format)) = typed {
        return Ok(format);
    }
    let shipped = surest(MAPPINGS.iter().map(of_shipped));
    match (typed, shipped) {
        (None, Some((_, format))) | (Some(_), Some(((Match::Yes, _), format))) | (Some((_, format)), _) => {
            Ok(format)
        }
        (None, None) => Err(document.unrecognised(nearest(seen(), own))),
    }
}

type Sure<'a> = ((Match, usize), Format<'a>);

/// The first of the surest.
fn surest<'a>(formats: impl Iterator<Item = Sure<'a>>) -> Option<Sure<'a>> {
    formats
        .filter(|((sure, _), _)| *sure > Match::No)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// The mapping whose signs the document has most of, and what it lacks.
fn nearest(seen: &Seen<'_>, own: &[Mapping]) -> Option<(String, String)> {
    let shipped = MAPPINGS.iter().map(|shipped| (shipped.name, shipped.signs));
    own.iter()
        .map(|mapping| (mapping.name(), mapping.signs()))
        .chain(shipped)
        .filter_map(|(name, signs)| seen.nearly(signs).map(|near| (near, name)))
        .reduce(|best, next| if next.0.0 > best.0.0 { next } else { best })
        .map(|((_, lacks), name)| (name.to_owned(), lacks))
}

fn unknown_name(name: &str) -> Error {
    let known: Vec<_> = formats().map(|(name, _)| name).collect();
    Error::new(
        ErrorKind::UnknownFormat,
        format!("{} is not a format: use one of {}", quoted(name), known.join(", ")),
    )
}
