//! A part of a whole, with both counts: a share alone does not tell one of two from a thousand of two thousand.

use serde::Serialize;

/// A part of a whole.
///
/// ```
/// use ctem_core::quantity::Part;
///
/// assert_eq!(Part::of(1, 4).share, Some(0.25));
/// // Of nothing there is no part.
/// assert_eq!(Part::of(0, 0).share, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Part {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub total: usize,
    /// The one by the other, from 0 to 1; absent where there is nothing.
    pub share: Option<f64>,
}

impl Part {
    /// So many of so many.
    ///
    /// ```
    /// use ctem_core::quantity::Part;
    ///
    /// assert_eq!(Part::of(3, 3).share, Some(1.0));
    /// ```
    pub fn of(count: usize, total: usize) -> Self {
        Self { count, total, share: (total > 0).then(|| count as f64 / total as f64) }
    }
}
