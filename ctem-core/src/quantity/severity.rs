use crate::error::{Error, Result};
use crate::word::words;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// How bad a source calls something: an order, not a number. Adding or averaging severities means nothing.
///
/// ```
/// use ctem_core::quantity::Severity;
///
/// // An order, so that the worst of several is the largest.
/// assert_eq!([Severity::Low, Severity::High].into_iter().max(), Some(Severity::High));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Informational; CVSS 0.0.
    None,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

words! {
    Severity, "a severity" {
        None = "none" | "info" | "informational" | "information" | "negligible" | "log" | "inventory",
        Low = "low" | "minor" | "note",
        Medium = "medium" | "med" | "moderate" | "warning" | "warn",
        High = "high" | "error" | "important" | "serious" | "major",
        Critical = "critical" | "crit" | "urgent" | "severe" | "very_high",
    }
}

impl Severity {
    /// Reads a scanner's word, whatever its case: `moderate`, `WARNING`, `Important`, `info`. `None` for a word that
    /// says nothing, such as `unknown`.
    ///
    /// ```
    /// use ctem_core::quantity::Severity;
    ///
    /// assert_eq!(Severity::from_word(" MODERATE "), Some(Severity::Medium));
    /// assert_eq!(Severity::from_word("unknown"), None);
    /// ```
    pub fn from_word(word: &str) -> Option<Self> {
        Self::of_word(word)
    }
}

/// A CVSS score: 0.0 to 10.0 in tenths, held as an integer so that equal scores are equal.
///
/// ```
/// use ctem_core::quantity::Score;
///
/// assert_eq!(Score::new(9.8)?.to_string(), "9.8");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Score(#[cfg_attr(feature = "schema", schemars(with = "f64"))] u8);

impl Score {
    /// A score from its tenths: 98 is 9.8. `None` above 100.
    ///
    /// ```
    /// use ctem_core::quantity::Score;
    ///
    /// assert_eq!(Score::from_tenths(98).map(|score| score.to_string()).as_deref(), Some("9.8"));
    /// assert_eq!(Score::from_tenths(101), None);
    /// ```
    pub const fn from_tenths(tenths: u8) -> Option<Self> {
        if tenths <= 100 { Some(Self(tenths)) } else { None }
    }

    /// A score, rounded to a tenth.
    ///
    /// ```
    /// use ctem_core::quantity::{Score, Severity};
    ///
    /// assert_eq!(Score::new(9.8)?.severity(), Severity::Critical);
    /// assert!(Score::new(11.0).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless it lies between 0 and 10.
    pub fn new(score: f64) -> Result<Self> {
        if (0.0..=10.0).contains(&score) {
            Ok(Self((score * 10.0).round() as u8))
        } else {
            Err(Error::invalid(format!("`{score}` is not a CVSS score: it must lie between 0 and 10")))
        }
    }

    /// The score's tenths: 9.8 is 98.
    ///
    /// ```
    /// use ctem_core::quantity::Score;
    ///
    /// assert_eq!(Score::new(7.5)?.tenths(), 75);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn tenths(self) -> u8 {
        self.0
    }

    /// The score as a number from 0.0 to 10.0.
    ///
    /// ```
    /// use ctem_core::quantity::Score;
    ///
    /// assert_eq!(Score::new(7.5)?.get(), 7.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn get(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The qualitative rating of the CVSS v3.1 (§5) and v4.0 (§6) specifications.
    ///
    /// ```
    /// use ctem_core::quantity::{Score, Severity};
    ///
    /// assert_eq!(Score::new(6.9)?.severity(), Severity::Medium);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn severity(self) -> Severity {
        match self.0 {
            0 => Severity::None,
            1..=39 => Severity::Low,
            40..=69 => Severity::Medium,
            70..=89 => Severity::High,
            _ => Severity::Critical,
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.get())
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(from)?).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_its_tenths() {
        for tenths in 0..=100 {
            let score = Score::from_tenths(tenths).unwrap();
            assert_eq!(Score::new(score.get()).unwrap(), score);
            assert_eq!(score.to_string(), format!("{:.1}", f64::from(tenths) / 10.0));
        }
        assert!(Score::from_tenths(101).is_none());
        assert!(Score::new(f64::NAN).is_err());
    }
}
