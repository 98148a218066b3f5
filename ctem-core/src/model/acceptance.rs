use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt};

/// The decision to live with a finding: who took it, why, since when and until when. What is accepted stays a risk.
///
/// ```
/// use ctem_core::model::Acceptance;
///
/// let acceptance = Acceptance {
///     since: Some("2025-11-13".parse()?),
///     until: Some("2026-01-01".parse()?),
///     by: Some("CISO".into()),
///     reason: Some("behind the new gate in spring".into()),
/// };
/// assert_eq!(
///     acceptance.to_string(),
///     "accepted by CISO on 2025-11-13 until 2026-01-01: behind the new gate in spring"
/// );
/// assert_eq!(Acceptance::default().to_string(), "accepted; no reason was recorded");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "risk acceptance")]
#[doc(alias = "waiver")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// When it was decided, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// When it ends, and the finding is open again; absent for until another decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}

impl Acceptance {
    /// Whether it still holds at a moment: until it ends, and no longer.
    ///
    /// ```
    /// use ctem_core::model::Acceptance;
    ///
    /// let acceptance = Acceptance { until: Some("2026-01-01".parse()?), ..Acceptance::default() };
    /// assert!(acceptance.holds("2025-12-31".parse()?) && !acceptance.holds("2026-01-01".parse()?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn holds(&self, at: Moment) -> bool {
        self.until.is_none_or(|until| at < until)
    }

    /// Of two decisions about one thing the one that counts is the greater: what ends later, and of these what was decided later.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let order = |one: &Self| (one.until.is_none(), one.until, one.since);
        let words = |one: &Self| (one.by.clone(), one.reason.clone());
        order(self).cmp(&order(other)).then_with(|| words(self).cmp(&words(other)))
    }
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { since, until, by, reason } = self;
        f.write_str("accepted")?;
        if let Some(by) = by {
            write!(f, " by {by}")?;
        }
        if let Some(since) = since {
            write!(f, " on {}", since.date())?;
        }
        if let Some(until) = until {
            write!(f, " until {}", until.date())?;
        }
        match reason {
            Some(reason) => write!(f, ": {reason}"),
            None => f.write_str("; no reason was recorded"),
        }
    }
}
