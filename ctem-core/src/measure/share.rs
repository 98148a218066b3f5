//! Shares: so many of so many, and between what the share lies.

use crate::{backtest::Measured, quantity::Probability};
use serde::Serialize;

/// So many of so many, with how sure the share is.
///
/// ```
/// use ctem_core::measure::Share;
///
/// // Nine of ten were mended: what may be said of how often they are?
/// let share = Share::of(9, 10);
/// assert_eq!(share.share, Some(0.9));
/// assert_eq!(format!("{:.2} to {:.2}", share.lower, share.upper), "0.60 to 0.98");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Share {
    /// How many.
    pub count: usize,
    /// Of how many: the sample.
    pub of: usize,
    /// The one by the other, from 0 to 1; none where there is nothing.
    pub share: Option<f64>,
    /// Where the share lies at least, at 95 % (Wilson, *Probable inference*, 1927).
    pub lower: f64,
    /// Where it lies at most.
    pub upper: f64,
}

impl Share {
    /// So many of so many. Of nothing it may be anything.
    ///
    /// ```
    /// use ctem_core::measure::Share;
    ///
    /// let nothing = Share::of(0, 0);
    /// assert_eq!((nothing.share, nothing.lower, nothing.upper), (None, 0.0, 1.0));
    /// ```
    pub fn of(count: usize, of: usize) -> Self {
        let Measured { value, lower, upper, .. } =
            Measured::share(count as f64, of as f64, Probability::clamped(0.95));
        Self { count, of, share: (of > 0).then_some(value), lower, upper }
    }
}
