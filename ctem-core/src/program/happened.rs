//! What an event comes to, finding by finding.

use crate::{
    id::{AssetId, Cve, FindingId, OwnerId},
    time::Moment,
    word::words,
};
use serde::{Deserialize, Serialize};

/// Something that happened to a finding or an asset, and why.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event, Happened}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-13".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// let delta = program.apply(event, ApplyOptions::default())?;
/// let new = delta.happened.iter().filter(|happened| matches!(happened, Happened::FirstSeen { .. }));
/// assert_eq!(new.count(), 3);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// A finding was seen for the first time.
    FirstSeen {
        /// The finding.
        finding: FindingId,
        /// Who sees it.
        by: Vec<Box<str>>,
    },
    /// A finding that was gone is back. Its clock runs from first sight.
    Reopened {
        /// The finding.
        finding: FindingId,
        /// When it was seen first.
        first: Moment,
        /// When it went.
        gone: Moment,
        /// Whether somebody had said that it was mended.
        claimed: bool,
    },
    /// A finding is gone.
    Ended {
        /// The finding.
        finding: FindingId,
        /// Why it is taken to be gone.
        how: Ending,
    },
    /// A source looked for a finding that another sees, and did not see it. It stands, and both are shown.
    Disagree {
        /// The finding.
        finding: FindingId,
        /// Who still sees it.
        seen_by: Vec<Box<str>>,
        /// Who looked and does not.
        not_by: Box<str>,
    },
    /// A finding is listed elsewhere than before, and is the same: a line, a file, a version or a port moved.
    Moved {
        /// The finding, by the name that it keeps.
        finding: FindingId,
    },
    /// Somebody says that a finding was mended.
    Claimed {
        /// The finding.
        finding: FindingId,
    },
    /// Somebody said that a finding was mended, and a source that looked since still sees it.
    ClaimRefuted {
        /// The finding.
        finding: FindingId,
        /// When it was said.
        claimed: Moment,
    },
    /// Somebody decided to live with a finding, or another decision covers it now.
    Accepted {
        /// The finding.
        finding: FindingId,
        /// Until when.
        until: Option<Moment>,
    },
    /// That decision no longer covers it, and the finding is open again.
    AcceptanceEnded {
        /// The finding.
        finding: FindingId,
        /// When it ended.
        at: Moment,
        /// Why, where it did not run out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<AcceptanceEnding>,
    },
    /// An asset has another owner.
    OwnerMoved {
        /// The asset.
        asset: AssetId,
        /// Whose it was.
        from: Option<OwnerId>,
        /// Whose it is.
        to: Option<OwnerId>,
    },
    /// A flaw is in the catalogue of those known to be exploited since.
    Listed {
        /// The flaw.
        cve: Cve,
        /// The findings of it that stand.
        findings: Vec<FindingId>,
    },
    /// A report was taken back.
    ReportWithdrawn {
        /// The id of the event that had brought it.
        report: Box<str>,
        /// The findings that stand no more for it, and those that stand again, as if it had never ended them.
        findings: Vec<FindingId>,
        /// The ids of the events that name what only reports told that are taken back, and are without effect for that.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        without_effect: Vec<Box<str>>,
    },
    /// Another EPSS model gives the scores: what moves by it moved in the model, and not in the world.
    ModelChanged {
        /// The model before.
        from: Option<Box<str>>,
        /// The model now.
        to: Option<Box<str>>,
    },
}

impl Happened {
    /// The findings it is about.
    ///
    /// ```
    /// use ctem_core::program::Happened;
    ///
    /// let moved = Happened::Moved { finding: "f-1".parse()? };
    /// assert_eq!(moved.findings().map(|finding| finding.as_str()).collect::<Vec<_>>(), ["f-1"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn findings(&self) -> impl Iterator<Item = &FindingId> {
        let (one, list): (Option<&FindingId>, &[FindingId]) = match self {
            Self::FirstSeen { finding, .. }
            | Self::Reopened { finding, .. }
            | Self::Ended { finding, .. }
            | Self::Disagree { finding, .. }
            | Self::Moved { finding }
            | Self::Claimed { finding }
            | Self::ClaimRefuted { finding, .. }
            | Self::Accepted { finding, .. }
            | Self::AcceptanceEnded { finding, .. } => (Some(finding), &[]),
            Self::Listed { findings, .. } | Self::ReportWithdrawn { findings, .. } => (None, findings),
            Self::OwnerMoved { .. } | Self::ModelChanged { .. } => (None, &[]),
        };
        one.into_iter().chain(list)
    }
}

/// Why a finding is taken to be gone.
///
/// ```
/// use ctem_core::program::Ending;
///
/// // Nobody said so: a source looked and no longer lists it.
/// assert_eq!("absent".parse::<Ending>()?, Ending::Absent);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// All who saw it looked again and no longer list it.
    Absent,
    /// A source says that it is fixed.
    Fixed,
    /// An analysis says that it does not apply.
    NotAffected,
}

words! {
    Ending, "an ending" {
        Absent = "absent",
        Fixed = "fixed",
        NotAffected = "not_affected",
    }
}

/// Why a decision to live with a finding no longer covers it, where it did not run out.
///
/// ```
/// use ctem_core::program::AcceptanceEnding;
///
/// assert_eq!("withdrawn".parse::<AcceptanceEnding>()?, AcceptanceEnding::Withdrawn);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AcceptanceEnding {
    /// It was taken back.
    Withdrawn,
    /// What must hold of the finding no longer does, or it is no longer what was decided about.
    NoLongerHolds,
}

words! {
    AcceptanceEnding, "an ending of an acceptance" {
        Withdrawn = "withdrawn",
        NoLongerHolds = "no_longer_holds",
    }
}
