//! Effort: what share is mended, and whether it is the right one.

use super::share::Share;
use serde::Serialize;

/// Effort against what it meets: the two figures by which EPSS is judged (Jacobs, Romanosky, Suciu, Edwards, Sarabi, *Enhancing
/// Vulnerability Prioritization*, 2023), of the work that was done.
///
/// ```
/// use ctem_core::measure::Efficiency;
///
/// // Ten findings, two of them known to be exploited. Five were mended, one of the two among them.
/// let all = (0..10).map(|n| (n < 5, n == 0 || n == 9));
/// let done = Efficiency::of(all);
/// assert_eq!((done.effort.share, done.coverage.share, done.efficiency.share), (Some(0.5), Some(0.5), Some(0.2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Efficiency {
    /// Of all findings, those that were mended.
    pub effort: Share,
    /// Of those known to be exploited, those that were mended: what is missing was left open.
    pub coverage: Share,
    /// Of those that were mended, those known to be exploited: the rest was work on something else.
    pub efficiency: Share,
}

impl Efficiency {
    /// Of findings, each with whether it was mended and whether it is known to be exploited. O(n).
    ///
    /// ```
    /// use ctem_core::measure::Efficiency;
    ///
    /// assert_eq!(Efficiency::of([]).effort.share, None);
    /// ```
    pub fn of(findings: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let (mut all, mut mended, mut exploited, mut both) = (0, 0, 0, 0);
        for (is_mended, is_exploited) in findings {
            all += 1;
            mended += usize::from(is_mended);
            exploited += usize::from(is_exploited);
            both += usize::from(is_mended && is_exploited);
        }
        Self {
            effort: Share::of(mended, all),
            coverage: Share::of(both, exploited),
            efficiency: Share::of(both, mended),
        }
    }
}
