//! What happens to a program, each with the moment it happened.

use super::{
    acceptance::{Accepted, Withdrawn},
    coverage::Covers,
    feeds::Feeds,
    withdrawal::ReportWithdrawn,
};
use crate::{
    error::{Error, Result},
    id::{AssetId, FindingId, OwnerId},
    intel::Intel,
    model::{Contents, Evidence, Report},
    text::{self, json},
    time::Moment,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Something that happened, and when.
///
/// ```
/// use ctem_core::program::{Event, What};
///
/// // Events are documents: a queue, a file or another language hands them over as they are.
/// let passed = Event::new("2025-11-13".parse()?, What::TimePassed);
/// let text = passed.document()?;
/// assert_eq!(text, r#"{"at":"2025-11-13T00:00:00Z","what":"time_passed"}"#);
/// assert_eq!(Event::read(text.as_bytes())?, passed);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When it happened, which need not be when it is told.
    pub at: Moment,
    /// What happened.
    pub what: What,
}

/// What can happen to a program.
///
/// ```
/// use ctem_core::{Moment, program::{Accepted, Event, What}};
///
/// // The owner lives with it until the new year.
/// let accepted = Accepted { until: Some("2026-01-01".parse()?), ..Accepted::of("f-2".parse()?) };
/// let event = Event::new("2025-11-13".parse()?, What::Accepted(accepted));
/// assert_eq!(event.what.name(), "accepted");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// A source reported.
    Absorbed(Box<Reported>),
    /// The world's tables were published anew.
    Intel(Feeds),
    /// Something was tested.
    Evidence(Vec<Evidence>),
    /// What matters was stated anew.
    Scope(Box<Scope>),
    /// An asset is now somebody else's to mend.
    OwnerMoved(OwnerMoved),
    /// Somebody says that findings were mended. They stand until a source that looks no longer sees them.
    ClaimedDone(Claimed),
    /// Somebody decided to live with something, for a time or for good. It stays a risk.
    Accepted(Accepted),
    /// Such a decision was taken back.
    Withdrawn(Withdrawn),
    /// A report was taken back: it is as if it had never been absorbed.
    ReportWithdrawn(ReportWithdrawn),
    /// Nothing else happened, and it is later.
    TimePassed,
}

impl What {
    /// The word for it, as in documents.
    ///
    /// ```
    /// use ctem_core::program::What;
    ///
    /// assert_eq!(What::TimePassed.name(), "time_passed");
    /// ```
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absorbed(_) => "absorbed",
            Self::Intel(_) => "intel",
            Self::Evidence(_) => "evidence",
            Self::Scope(_) => "scope",
            Self::OwnerMoved(_) => "owner_moved",
            Self::ClaimedDone(_) => "claimed_done",
            Self::Accepted(_) => "accepted",
            Self::Withdrawn(_) => "withdrawn",
            Self::ReportWithdrawn(_) => "report_withdrawn",
            Self::TimePassed => "time_passed",
        }
    }

    /// What comes first of what happened at one moment: what is there, before what was decided about it.
    fn order(&self) -> u8 {
        match self {
            Self::Scope(_) => 0,
            Self::Absorbed(_) => 1,
            Self::Intel(_) => 2,
            Self::Evidence(_) => 3,
            Self::OwnerMoved(_) => 4,
            Self::ClaimedDone(_) => 5,
            Self::Accepted(_) => 6,
            Self::Withdrawn(_) => 7,
            Self::TimePassed => 8,
            Self::ReportWithdrawn(_) => 9,
        }
    }
}

/// A report, who made it, and what it looked at.
///
/// ```
/// use ctem_core::{discover, program::{Coverage, Covers, Reported}, wire};
///
/// // A scan of everything there is, by a scanner that is called by its place.
/// let report = discover::read(wire::EXAMPLE.as_bytes())?;
/// let covers = Covers::Stated(Coverage::everything());
/// let reported = Reported { source: Some("scanner north".into()), covers, ..Reported::new(report) };
/// assert_eq!(reported.source(), "scanner north");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// What it says.
    pub report: Report,
    /// Who says it, where that is more than the tool's name: two scanners of one make that do not see the same network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<str>>,
    /// What it looked at, so that what it does not list is gone. As its format says, unless stated.
    #[serde(default, skip_serializing_if = "Covers::is_as_format")]
    pub covers: Covers,
}

impl Reported {
    /// A report that covers what its format says.
    ///
    /// ```
    /// use ctem_core::{discover, program::{Covers, Reported}, wire};
    ///
    /// let reported = Reported::new(discover::read(wire::EXAMPLE.as_bytes())?);
    /// assert_eq!((reported.source(), &reported.covers), ("ctem", &Covers::AsFormat));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(report: Report) -> Self {
        Self { report, source: None, covers: Covers::AsFormat }
    }

    /// Whom its findings are seen by: the source where one is stated, and else the tool.
    ///
    /// ```
    /// use ctem_core::{discover, program::Reported, wire};
    ///
    /// assert_eq!(Reported::new(discover::read(wire::EXAMPLE.as_bytes())?).source(), "ctem");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.report.source.tool)
    }
}

/// What matters: services, entry points, owners, controls, relations, as people state them. A later statement about one thing takes
/// the place of an earlier one.
///
/// ```
/// use ctem_core::{model::{Access, Attacker, Contents, EntryPoint}, program::Scope};
///
/// // Attackers start at the shop, and nowhere else any more.
/// let start = EntryPoint::new("shop".parse()?, Access::Reach, Attacker::Internet);
/// let contents = Contents { entry_points: vec![start], ..Contents::default() };
/// assert!(Scope { whole: true, ..Scope::of(contents) }.whole);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What is stated.
    pub contents: Contents,
    /// Whether this is all of it: services, entry points, owners, controls and rules that were stated before and are not stated here
    /// hold no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
}

impl Scope {
    /// What is stated besides what was stated before.
    ///
    /// ```
    /// use ctem_core::{model::Contents, program::Scope};
    ///
    /// assert!(!Scope::of(Contents::default()).whole);
    /// ```
    pub fn of(contents: Contents) -> Self {
        Self { contents, whole: false }
    }
}

/// Who mends an asset from now on.
///
/// ```
/// use ctem_core::program::OwnerMoved;
///
/// let moved = OwnerMoved { asset: "shop".parse()?, owner: Some("web".parse()?) };
/// assert_eq!(moved.owner.map(|owner| owner.to_string()).as_deref(), Some("web"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerMoved {
    /// The asset.
    pub asset: AssetId,
    /// Its owner from now on, whatever sources say; absent where it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerId>,
}

/// What somebody says to have mended.
///
/// ```
/// use ctem_core::program::Claimed;
///
/// let claimed = Claimed { by: Some("team web".into()), ..Claimed::of(vec!["f-1".parse()?]) };
/// assert_eq!(claimed.findings.len(), 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// The findings it is to have ended.
    pub findings: Vec<FindingId>,
    /// What was done, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Box<str>>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
}

impl Claimed {
    /// That these findings were mended.
    ///
    /// ```
    /// use ctem_core::program::Claimed;
    ///
    /// assert!(Claimed::of(vec!["f-1".parse()?]).action.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(findings: Vec<FindingId>) -> Self {
        Self { findings, action: None, by: None }
    }
}

impl Event {
    /// That something happened at a moment.
    ///
    /// ```
    /// use ctem_core::program::{Event, What};
    ///
    /// assert_eq!(Event::new("2025-11-13".parse()?, What::TimePassed).at.date(), "2025-11-13");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(at: Moment, what: What) -> Self {
        Self { at, what }
    }

    /// That a source reported, and looked at what its format says.
    ///
    /// ```
    /// use ctem_core::{discover, program::Event, wire};
    ///
    /// let event = Event::absorbed("2025-11-13".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// assert_eq!(event.what.name(), "absorbed");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn absorbed(at: Moment, report: Report) -> Self {
        Self::new(at, What::Absorbed(Box::new(Reported::new(report))))
    }

    /// It as a JSON document, that [`Event::read`] reads as the same.
    ///
    /// ```
    /// use ctem_core::{discover, program::Event, wire};
    ///
    /// let event = Event::absorbed("2025-11-13".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// assert_eq!(Event::read(event.document()?.as_bytes())?, event);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a number that JSON has no word for, such as an infinite cost.
    pub fn document(&self) -> Result<String> {
        let broken =
            |error: serde_json::Error| Error::invalid("the event holds what JSON cannot").because(error);
        serde_json::to_string(self).map_err(broken)
    }

    /// Reads an event from its document.
    ///
    /// ```
    /// use ctem_core::program::Event;
    ///
    /// let error = Event::read(br#"{"at": "yesterday", "what": "time_passed"}"#).unwrap_err();
    /// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/at")));
    /// ```
    ///
    /// # Errors
    /// `malformed` for bytes that are no JSON, `invalid_input` with the place for a value that is not allowed there.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        json::parse(&text::decoded(bytes)?)
    }

    /// What places it among others: when it happened, and of one moment what it is. The same event told twice is one.
    pub(super) fn key(&self) -> Result<EventKey> {
        if let What::Intel(Feeds { since: Some(since), .. }) = &self.what {
            let digest = u128::from_str_radix(&since.told, 16).map_err(|_| {
                let message = "`told` is not 32 hexadecimal digits: the document was edited";
                Error::invalid(message).at("/what/intel/since/told")
            })?;
            return Ok(EventKey { at: self.at, order: self.what.order(), digest });
        }
        let digest = Sha256::digest(self.document()?.as_bytes());
        let digest = digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte));
        Ok(EventKey { at: self.at, order: self.what.order(), digest })
    }

    /// The same as a program keeps it, with what was known of the world before and after.
    pub(super) fn kept(self, key: &EventKey, before: &Intel, after: &Intel) -> Self {
        match self.what {
            What::Intel(feeds) => {
                let feeds = feeds.kept(&format!("{:032x}", key.digest), before, after);
                Self { what: What::Intel(feeds), ..self }
            }
            _ => self,
        }
    }
}

/// The place of an event in a history, and which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EventKey {
    pub(super) at: Moment,
    order: u8,
    digest: u128,
}

impl EventKey {
    /// Which event it is, as documents name it.
    pub(super) fn id(&self) -> String {
        format!("{:032x}", self.digest)
    }
}
