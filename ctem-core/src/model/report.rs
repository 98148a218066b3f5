use super::{Contents, ControlChecks};
use crate::word::words;
use crate::{
    error::Error,
    time::Moment,
    visible::{Visible, visible},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, ops::AddAssign};

/// What one source said: its contents, checked, and a note with its place for everything that was not taken over.
///
/// ```
/// use ctem_core::{Program, Report, intel::Intel, model::{Asset, AssetKind, Contents}};
///
/// // What a program of one's own has found out, taken in as a tool's words are.
/// let contents = Contents { assets: vec![Asset::new("web-1".parse()?, AssetKind::Host)], ..Contents::default() };
/// let mut program = Program::new(Intel::none());
/// let absorbed = program.absorb(Report::from(contents));
/// assert_eq!((absorbed.tally.accepted, program.environment().asset_count()), (1, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!from))]
#[serde(from = "RawReport")]
pub struct Report {
    /// Who said it.
    pub source: Source,
    /// What was understood.
    pub contents: Contents,
    /// What was not, and what was assumed.
    pub notes: Vec<Note>,
    /// How many records there were and what became of them.
    pub tally: RecordCounts,
    /// How the checks of controls came out, also those that passed, where a tool says which framework they are of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compliance: Vec<ControlChecks>,
    /// Who says where a finding was seen.
    #[serde(skip)]
    pub places: Places,
}

/// Who says where on its asset a finding was seen: it matters once findings of several places turn out to be one.
///
/// ```
/// use ctem_core::{Report, discover, model::{Contents, Places}, wire};
///
/// // Whoever writes the native document says it sighting by sighting, as does a program that puts a report together.
/// assert_eq!(discover::read(wire::EXAMPLE.as_bytes())?.places, Places::OfSightings);
/// assert_eq!(Report::from(Contents::default()).places, Places::OfSightings);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Places {
    /// Each sighting, if anyone: the native document, and reports put together in Rust.
    #[default]
    OfSightings,
    /// The finding, and so each sighting of it that says nothing else: the reports of scanners.
    OfFindings,
}

impl Report {
    /// Whether there were records and none could be used.
    ///
    /// ```
    /// let report = ctem_core::discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1"}]}"#)?;
    /// assert!(report.all_rejected());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn all_rejected(&self) -> bool {
        self.tally.all_rejected()
    }

    /// What a person must be told before they rely on it: that no record could be used, and why the first could not.
    ///
    /// ```
    /// let report = ctem_core::discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1"}]}"#)?;
    /// let warning = report.warning().expect("nothing could be used");
    /// assert_eq!(
    ///     warning.to_string(),
    ///     "no record of 1 can be used: `kind` is missing: the record must have it   (invalid_input at /assets/0)"
    /// );
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn warning(&self) -> Option<Error> {
        self.all_rejected().then(|| self.rejection()).flatten()
    }

    /// The error of a report that has rejected records.
    pub(crate) fn rejection(&self) -> Option<Error> {
        let first = self.notes.iter().find(|note| note.kind == NoteKind::Rejected)?;
        let RecordCounts { read, rejected, .. } = self.tally;
        let message = if rejected == read {
            format!("no record of {read} can be used: {}", first.reason)
        } else {
            format!("{rejected} of {read} records are rejected, the first since {}", first.reason)
        };
        Some(Error::invalid(message).at(&first.place))
    }
}

impl fmt::Display for Report {
    /// Whose it is, and what became of its records, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Visible(&self.source.tool), self.tally)
    }
}

impl From<Contents> for Report {
    /// The report of a source that states these contents, without a name.
    fn from(contents: Contents) -> Self {
        let read = contents.len() as u64;
        Self {
            contents,
            tally: RecordCounts { read, accepted: read, ..RecordCounts::default() },
            ..Self::default()
        }
    }
}

#[derive(Deserialize)]
struct RawReport {
    source: Source,
    contents: Contents,
    notes: Vec<Note>,
    tally: RecordCounts,
    #[serde(default)]
    compliance: Vec<ControlChecks>,
}

impl From<RawReport> for Report {
    fn from(raw: RawReport) -> Self {
        let RawReport { source, contents, notes, tally, compliance } = raw;
        // A report is written as it was read: only the native document speaks of its sightings one by one.
        let native = source.format.is_empty() || &*source.format == Source::NATIVE;
        let places = if native { Places::OfSightings } else { Places::OfFindings };
        Self { source, contents, notes, tally, compliance, places }
    }
}

/// Who made a report, with what, when.
///
/// ```
/// use ctem_core::discover;
///
/// // Which tool wrote this file?
/// let scan = br#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Semgrep", "version": "1.90.0"}}, "results": []}]}"#;
/// let source = discover::read(scan)?.source;
/// assert_eq!((&*source.format, &*source.tool, source.version.as_deref()), ("sarif", "Semgrep", Some("1.90.0")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// The document format's name: `trivy`, `sarif`, `ctem`.
    pub format: Box<str>,
    /// The tool's name, which a format such as SARIF states in the document.
    pub tool: Box<str>,
    /// The tool's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Box<str>>,
    /// When the tool looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Moment>,
}

impl Source {
    /// The format of the native document.
    pub(crate) const NATIVE: &'static str = "ctem";
}

/// Something about a document that a person should know.
///
/// ```
/// // Both records stand on one line, and neither says what was found: each has its note.
/// let report = ctem_core::discover::read(b"<NessusClientData_v2><Report><ReportHost name='h'><ReportItem/><ReportItem/>\
///     </ReportHost></Report></NessusClientData_v2>")?;
/// assert_eq!((report.tally.rejected, report.notes.len(), report.notes[0].count), (2, 2, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// What happened.
    pub kind: NoteKind,
    /// Where in the document; of several records, the first.
    pub place: Box<str>,
    /// Why, in a sentence.
    pub reason: Box<str>,
    /// How many records it is about, since equal notes become one. The counts of the notes of rejection add up to
    /// [`RecordCounts::rejected`]. In documents it is left out where it is 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
}

impl Note {
    /// A note about one record.
    ///
    /// ```
    /// use ctem_core::model::{Note, NoteKind};
    ///
    /// let note = Note::new(NoteKind::Assumed, "/assets/0", "no kind is said, so it is a host");
    /// assert_eq!(note.to_string(), "assumed: no kind is said, so it is a host   (at /assets/0)");
    /// ```
    pub fn new(kind: NoteKind, place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        let shown = |text: String| match visible(&text) {
            Cow::Borrowed(_) => text.into_boxed_str(),
            Cow::Owned(shown) => shown.into_boxed_str(),
        };
        Self { kind, place: shown(place.to_string()), reason: shown(reason.to_string()), count: 1 }
    }

    /// The note that a record was rejected because of an error.
    ///
    /// ```
    /// use ctem_core::{id::AssetId, model::{Note, NoteKind}};
    ///
    /// // A reader of one's own goes on after a bad record, and says where it was.
    /// let error = AssetId::parse("  ").unwrap_err().at("/rows/7/name");
    /// let note = Note::rejected(&error);
    /// assert_eq!((note.kind, &*note.place, &*note.reason), (NoteKind::Rejected, "/rows/7/name", error.message()));
    /// ```
    pub fn rejected(error: &Error) -> Self {
        Self::new(NoteKind::Rejected, error.place().unwrap_or_default(), error.message())
    }

    /// So many notes are written out: nobody reads more, and a file of a megabyte may have a million records to note.
    const MOST: usize = 1000;

    /// How many notes stand for further ones, by which a record that is rejected after all can be forgotten.
    pub(crate) fn further(notes: &[Self]) -> Vec<u64> {
        notes.get(Self::MOST..).unwrap_or_default().iter().map(|note| note.count).collect()
    }

    /// Forgets the notes since there were so many, and so many that stand for further ones.
    pub(crate) fn forget(notes: &mut Vec<Self>, since: usize, further: &[u64]) {
        notes.truncate(since);
        for (note, count) in notes.iter_mut().skip(Self::MOST).zip(further) {
            note.count = *count;
        }
    }

    /// Adds it to others; where there are so many that nobody reads them, it is counted in one that stands for all further ones of its
    /// kind.
    pub(crate) fn add(self, notes: &mut Vec<Self>) {
        if notes.len() < Self::MOST {
            notes.push(self);
            return;
        }
        let further = notes.get_mut(Self::MOST..).unwrap_or_default();
        if let Some(further) = further.iter_mut().find(|note| note.kind == self.kind) {
            further.count = further.count.saturating_add(self.count);
            return;
        }
        let reason =
            format!("further ones, which are not written out: only the first {} notes are", Self::MOST);
        notes.push(Self { count: self.count, ..Self::new(self.kind, "", reason) });
    }

    /// Counts one of a kind of which further ones are not written out; whether there are such. What would not be read need not be written.
    pub(crate) fn counted(kind: NoteKind, notes: &mut [Self]) -> bool {
        let mut further = notes.get_mut(Self::MOST..).unwrap_or_default().iter_mut();
        let further = further.find(|note| note.kind == kind);
        further.map(|note| note.count = note.count.saturating_add(1)).is_some()
    }

    /// Makes one note of those that follow each other and say the same, and counts what they are about. Records that are rejected keep
    /// one each: who compares notes with the tally finds all of them.
    pub(crate) fn fold(notes: &mut Vec<Self>) {
        notes.dedup_by(|next, note| {
            let same = next.kind != NoteKind::Rejected
                && (next.kind, &next.place, &next.reason) == (note.kind, &note.place, &note.reason);
            if same {
                note.count = note.count.saturating_add(next.count);
            }
            same
        });
    }
}

fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
fn is_one(count: &u64) -> bool {
    *count == 1
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), Visible(&self.reason))?;
        if self.count != 1 {
            write!(f, " ({} times)", self.count)?;
        }
        if self.place.is_empty() { Ok(()) } else { write!(f, "   (at {})", Visible(&self.place)) }
    }
}

/// What a note is about.
///
/// ```
/// use ctem_core::{discover, model::NoteKind};
///
/// // What was lost, of all that a report notes?
/// let report = discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1", "kind": "host"}, {"id": "web-2"}]}"#)?;
/// let lost: Vec<_> = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected).map(|note| &*note.place).collect();
/// assert_eq!(lost, ["/assets/1"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// A record was not taken over.
    Rejected,
    /// A field is not part of the format and was left out.
    Ignored,
    /// Something was missing and was assumed.
    Assumed,
    /// Two sources contradict each other, and one of them is followed.
    Conflict,
}

words! {
    NoteKind, "a kind of note" {
        Rejected = "rejected",
        Ignored = "ignored",
        Assumed = "assumed",
        Conflict = "conflict",
    }
}

/// What became of the records of a document: `read = accepted + merged + rejected`, always.
///
/// ```
/// use ctem_core::discover;
///
/// // Did all of the document come in?
/// let tally = discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "web-1", "kind": "host"}, {"id": "web-2"}]}"#)?.tally;
/// assert_eq!((tally.read, tally.rejected), (2, 1));
/// assert_eq!(tally.read, tally.accepted + tally.merged + tally.rejected);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RecordCounts {
    /// Records seen.
    pub read: u64,
    /// Records taken over.
    pub accepted: u64,
    /// Records that say what was already known.
    pub merged: u64,
    /// Records not taken over: the counts of their notes add up to this.
    pub rejected: u64,
    /// Of the accepted ones, those that say that nothing is wrong: passed checks, suppressed results.
    pub clear: u64,
}

impl RecordCounts {
    /// Whether there were records and none was taken over.
    ///
    /// ```
    /// use ctem_core::model::RecordCounts;
    ///
    /// let mut total = RecordCounts::default();
    /// for document in [br#"{"ctem": {"version": 1}, "assets": [{"id": "a"}]}"#] {
    ///     total += ctem_core::discover::read(document)?.tally;
    /// }
    /// assert!(total.all_rejected());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn all_rejected(&self) -> bool {
        self.read > 0 && self.rejected == self.read
    }
}

impl AddAssign for RecordCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.accepted += other.accepted;
        self.merged += other.merged;
        self.rejected += other.rejected;
        self.clear += other.clear;
    }
}

impl fmt::Display for RecordCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, accepted, merged, rejected, clear } = self;
        write!(f, "read {read} = accepted {accepted} + merged {merged} + rejected {rejected}")?;
        if *clear > 0 { write!(f, " ({clear} of them clear)") } else { Ok(()) }
    }
}
