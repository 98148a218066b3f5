//! The id of an exposure: a finding, or a relation.

use crate::{
    error::{Error, Result},
    id::{FindingId, RelationId},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What names an exposure: the id of a finding, or of a relation, such as a right or a route.
///
/// A name alone is that of a finding, and of a relation where no finding has it.
///
/// ```
/// use ctem_core::{id::RelationId, prioritize::ExposureId};
///
/// let right = ExposureId::from(RelationId::parse("staff reads orders")?);
/// assert_eq!((right.as_str(), right.kind()), ("staff reads orders", "relation"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExposureId {
    /// A finding.
    Finding(FindingId),
    /// A relation.
    Relation(RelationId),
}

impl ExposureId {
    /// The id as text.
    ///
    /// ```
    /// use ctem_core::prioritize::ExposureId;
    ///
    /// assert_eq!("f-1".parse::<ExposureId>()?.as_str(), "f-1");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn as_str(&self) -> &str {
        match self {
            Self::Finding(id) => id.as_str(),
            Self::Relation(id) => id.as_str(),
        }
    }

    /// What it is of: `finding` or `relation`.
    ///
    /// ```
    /// use ctem_core::prioritize::ExposureId;
    ///
    /// assert_eq!("f-1".parse::<ExposureId>()?.kind(), "finding");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Finding(_) => "finding",
            Self::Relation(_) => "relation",
        }
    }

    /// The finding, if it is one.
    ///
    /// ```
    /// use ctem_core::prioritize::ExposureId;
    ///
    /// assert!("f-1".parse::<ExposureId>()?.finding().is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn finding(&self) -> Option<&FindingId> {
        match self {
            Self::Finding(id) => Some(id),
            Self::Relation(_) => None,
        }
    }
}

impl From<FindingId> for ExposureId {
    fn from(id: FindingId) -> Self {
        Self::Finding(id)
    }
}

impl From<RelationId> for ExposureId {
    fn from(id: RelationId) -> Self {
        Self::Relation(id)
    }
}

impl FromStr for ExposureId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        FindingId::parse(text).map(Self::Finding)
    }
}

impl fmt::Display for ExposureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The number of an exposure: of a finding among those that stand, or of a relation among those that have a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ExposureNumber {
    Finding(u32),
    Relation(u32),
}
