use super::Contents;
use crate::{error::Error, time::Moment};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::AddAssign};

/// What one source said: its contents, checked, and a note with its place for everything that was not taken over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Who said it.
    pub source: Source,
    /// What was understood.
    pub contents: Contents,
    /// What was not, and what was assumed.
    pub notes: Vec<Note>,
    /// How many records there were and what became of them.
    pub tally: RecordCounts,
}

/// Who made a report, with what, when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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

/// Something about a document that a person should know.
///
/// ```
/// // Both records stand on one line, so that one note is about both.
/// let report = ctem_core::discover::read(b"<NessusClientData_v2><Report><ReportHost name='h'><ReportItem/><ReportItem/>\
///     </ReportHost></Report></NessusClientData_v2>")?;
/// let [note] = &*report.notes else { panic!("one note") };
/// assert_eq!((report.tally.rejected, note.count), (2, 2));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// What happened.
    pub kind: NoteKind,
    /// Where in the document; of several records, the first.
    pub place: Box<str>,
    /// Why, in a sentence.
    pub reason: Box<str>,
    /// How many records it is about, since equal notes become one. The counts of the notes of rejection add up to
    /// [`Tally::rejected`]. In documents it is left out where it is 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
}

impl Note {
    /// A note about one record.
    pub fn new(kind: NoteKind, place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self { kind, place: place.to_string().into(), reason: reason.to_string().into(), count: 1 }
    }

    /// The note that a record was rejected because of an error.
    pub fn rejected(error: &Error) -> Self {
        Self::new(NoteKind::Rejected, error.place().unwrap_or_default(), error.message())
    }

    /// Makes one note of those that follow each other and say the same, and counts what they are about.
    pub(crate) fn fold(notes: &mut Vec<Self>) {
        notes.dedup_by(|next, note| {
            let same = (next.kind, &next.place, &next.reason) == (note.kind, &note.place, &note.reason);
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
        write!(f, "{}: {}", self.kind.name(), self.reason)?;
        if self.count != 1 {
            write!(f, " ({} times)", self.count)?;
        }
        if self.place.is_empty() { Ok(()) } else { write!(f, "   (at {})", self.place) }
    }
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoteKind {
    /// A record was not taken over.
    Rejected,
    /// A field is not part of the format and was left out.
    Ignored,
    /// Something was missing and was assumed.
    Assumed,
}

impl NoteKind {
    /// The name, as in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Ignored => "ignored",
            Self::Assumed => "assumed",
        }
    }
}

/// What became of the records of a document: `read = accepted + merged + rejected`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
