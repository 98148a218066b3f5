//! Whether what is found now is mended at another speed than before.

use super::survival::Duration;
use serde::Serialize;

/// Whether two groups close at different speeds: the log-rank test of Mantel (*Evaluation of Survival Data*, 1966).
///
/// ```
/// use ctem_core::{Days, measure::{Duration, LogRank}};
///
/// let after = |days: &[f64]| days.iter().map(|days| Duration::over(Days::new(*days)?)).collect::<ctem_core::Result<Vec<_>>>();
/// // Did the second quarter mend faster than the first, or is it luck?
/// let test = LogRank::between(&after(&[9.0, 12.0, 15.0, 20.0])?, &after(&[1.0, 2.0, 3.0, 4.0])?);
/// assert!(test.p.is_some_and(|p| p < 0.01));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LogRank {
    /// How many are in each group.
    pub of: [usize; 2],
    /// How many of each are over.
    pub over: [usize; 2],
    /// How many of the first would be over if the groups were alike.
    pub expected: f64,
    /// The statistic: chi squared with one degree of freedom.
    pub statistic: Option<f64>,
    /// How often groups that are alike would differ so much, from 0 to 1; none where nothing can be told.
    pub p: Option<f64>,
}

impl LogRank {
    /// The test of two groups. O(n log n).
    ///
    /// ```
    /// use ctem_core::measure::LogRank;
    ///
    /// assert_eq!(LogRank::between(&[], &[]).p, None);
    /// ```
    pub fn between(one: &[Duration], other: &[Duration]) -> Self {
        let mut all: Vec<(f64, bool, usize)> = Vec::with_capacity(one.len() + other.len());
        all.extend(one.iter().map(|duration| (duration.days(), duration.is_over(), 0)));
        all.extend(other.iter().map(|duration| (duration.days(), duration.is_over(), 1)));
        all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut first, mut total) = (one.len() as f64, all.len() as f64);
        let (mut observed, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for together in all.chunk_by(|a, b| a.0 == b.0) {
            let count = |of: &dyn Fn(&(f64, bool, usize)) -> bool| {
                together.iter().filter(|one| of(one)).count() as f64
            };
            let ended = count(&|(_, over, _)| *over);
            if ended > 0.0 {
                observed += count(&|(_, over, group)| *over && *group == 0);
                expected += ended * first / total;
                if total > 1.0 {
                    variance +=
                        ended * (first / total) * (1.0 - first / total) * (total - ended) / (total - 1.0);
                }
            }
            first -= count(&|(_, _, group)| *group == 0);
            total -= together.len() as f64;
        }
        let over = |list: &[Duration]| list.iter().filter(|duration| duration.is_over()).count();
        let statistic = (variance > 0.0).then(|| (observed - expected) * (observed - expected) / variance);
        Self {
            of: [one.len(), other.len()],
            over: [over(one), over(other)],
            expected,
            statistic,
            // The tail of chi squared with one degree of freedom.
            p: statistic.map(|statistic| libm::erfc((statistic / 2.0).sqrt())),
        }
    }
}
