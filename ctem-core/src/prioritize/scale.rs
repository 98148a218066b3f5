//! The readable scale: a score of 0 to 100 and a word for an amount that spans nine powers of ten.
//!
//! `score = 100 + 100/9 · log₁₀ x`, held between 0 and 100, where x is the loss through an exposure in a year, in crown jewels:
//! a factor of ten is 11 points, one crown jewel a year is 100, a thousand-millionth is 0. It holds no data, keeps the order, and
//! does not move with other findings. It does not add up: sums are of risks.

use crate::{time::Days, word::words};

/// The score of a loss of so many crown jewels a year, from 0 to 100.
///
/// ```
/// use ctem_core::prioritize::{Level, readable};
///
/// // A loss of a hundredth of a crown jewel a year is where critical begins.
/// let score = readable(0.01);
/// assert_eq!((score.round(), Level::of(score)), (78.0, Level::High));
/// assert_eq!(Level::of(readable(0.0106)), Level::Critical);
/// assert_eq!((readable(1.0), readable(30.0), readable(0.0)), (100.0, 100.0, 0.0));
/// ```
pub fn readable(jewels_a_year: f64) -> f64 {
    if jewels_a_year > 0.0 {
        (100.0 + 100.0 / 9.0 * libm::log10(jewels_a_year)).clamp(0.0, 100.0)
    } else {
        0.0
    }
}

/// The score of a loss within a horizon, as if it were rare: twice the days, twice the loss.
pub(super) fn within(loss: f64, jewel: f64, horizon: Days) -> f64 {
    readable(loss / jewel * (365.0 / horizon.get()))
}

/// A word for a score: factors of ten in the loss of a year, with the ends at whole scores.
///
/// ```
/// use ctem_core::prioritize::Level;
///
/// assert_eq!([90.0, 70.0, 60.0, 50.0, 10.0].map(Level::of), [
///     Level::Critical, Level::High, Level::Medium, Level::Low, Level::Minimal,
/// ]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Below 44: less than about a hundred-thousandth of a crown jewel a year.
    Minimal,
    /// From 44.
    Low,
    /// From 56: about a ten-thousandth.
    Medium,
    /// From 67: about a thousandth.
    High,
    /// From 78: about a hundredth.
    Critical,
}

words! {
    Level, "a level" {
        Minimal = "minimal",
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}

impl Level {
    /// The level of a score.
    ///
    /// ```
    /// use ctem_core::prioritize::Level;
    ///
    /// assert_eq!((Level::of(77.9), Level::of(78.0)), (Level::High, Level::Critical));
    /// ```
    pub fn of(score: f64) -> Self {
        match score {
            score if score >= 78.0 => Self::Critical,
            score if score >= 67.0 => Self::High,
            score if score >= 56.0 => Self::Medium,
            score if score >= 44.0 => Self::Low,
            _ => Self::Minimal,
        }
    }
}
