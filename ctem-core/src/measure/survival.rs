//! How long things take of which some are not over: Kaplan and Meier's estimate, and whether two periods differ.
//!
//! A finding that still stands has taken at least as long as it stands. To leave it out would make slow work look fast, since what takes
//! longest is what is still open; to count it as closed today would do the same. The estimate of Kaplan and Meier (*Nonparametric
//! Estimation from Incomplete Observations*, 1958) uses it for as long as it was watched, and no longer.

use crate::{
    error::{Error, Result},
    time::Days,
};
use serde::Serialize;

/// How long one thing took, or has taken so far.
///
/// ```
/// use ctem_core::{Days, measure::Duration};
///
/// let mended = Duration::over(Days::new(12.0)?)?;
/// let open = Duration::so_far(Days::new(40.0)?)?;
/// assert!(mended.is_over() && !open.is_over());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Duration {
    days: f64,
    over: bool,
}

impl Duration {
    /// It took so long, and is over.
    ///
    /// ```
    /// use ctem_core::{Days, measure::Duration};
    ///
    /// assert!(Duration::over(Days::new(-1.0)?).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for less than nothing.
    pub fn over(days: Days) -> Result<Self> {
        Self::new(days, true)
    }

    /// It has taken so long, and is not over.
    ///
    /// ```
    /// use ctem_core::{Days, measure::Duration};
    ///
    /// assert_eq!(Duration::so_far(Days::new(40.0)?)?.days(), 40.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for less than nothing.
    pub fn so_far(days: Days) -> Result<Self> {
        Self::new(days, false)
    }

    fn new(days: Days, over: bool) -> Result<Self> {
        if days.get() >= 0.0 {
            return Ok(Self { days: days.get(), over });
        }
        Err(Error::invalid(format!("nothing takes {days}: what ends must have begun before")))
    }

    /// How many days.
    ///
    /// ```
    /// use ctem_core::{Days, measure::Duration};
    ///
    /// assert_eq!(Duration::over(Days::new(0.5)?)?.days(), 0.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn days(self) -> f64 {
        self.days
    }

    /// Whether it is over.
    ///
    /// ```
    /// use ctem_core::{Days, measure::Duration};
    ///
    /// assert!(Duration::over(Days::new(0.0)?)?.is_over());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_over(self) -> bool {
        self.over
    }
}

/// The share that is still open after so many days, as Kaplan and Meier estimate it.
///
/// ```
/// use ctem_core::{Days, measure::{Duration, Survival}};
///
/// let closed = |days| Duration::over(Days::new(days)?);
/// let open = |days| Duration::so_far(Days::new(days)?);
/// let curve = Survival::of(&[closed(1.0)?, closed(3.0)?, open(2.0)?, open(9.0)?]);
/// // After one day three of four are open; of the two watched until the third day one closed then.
/// assert_eq!((curve.open_after(1.0), curve.open_after(3.0)), (0.75, 0.375));
/// assert_eq!(curve.median(), Some(3.0));
/// // Ninety in a hundred are not closed yet, so nobody knows how long that takes.
/// assert_eq!(curve.quantile(0.9), None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Survival {
    /// How many things there are.
    of: usize,
    /// How many are over.
    over: usize,
    steps: Vec<SurvivalStep>,
}

/// A day on which something ended.
///
/// ```
/// use ctem_core::{Days, measure::{Duration, Survival}};
///
/// let curve = Survival::of(&[Duration::over(Days::new(2.0)?)?, Duration::so_far(Days::new(5.0)?)?]);
/// let step = curve.steps()[0];
/// assert_eq!((step.days, step.at_risk, step.ended, step.open), (2.0, 2, 1, 0.5));
/// assert!(step.lower < 0.5 && 0.5 < step.upper);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SurvivalStep {
    /// After how many days.
    pub days: f64,
    /// How many were watched until then and were open.
    pub at_risk: usize,
    /// How many of them ended then.
    pub ended: usize,
    /// The share that is open afterwards, from 0 to 1.
    pub open: f64,
    /// Where that share lies at least, at 95 % (Greenwood's variance on a log-log scale, which keeps within 0 and 1).
    pub lower: f64,
    /// Where it lies at most.
    pub upper: f64,
}

/// The 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Survival {
    /// The estimate from these. O(n log n).
    ///
    /// ```
    /// use ctem_core::measure::Survival;
    ///
    /// // Of nothing, nothing is known.
    /// assert_eq!(Survival::of(&[]).median(), None);
    /// ```
    pub fn of(durations: &[Duration]) -> Self {
        let mut sorted: Vec<&Duration> = durations.iter().collect();
        sorted.sort_unstable_by(|a, b| a.days.total_cmp(&b.days));
        let (mut at_risk, mut open, mut variance) = (sorted.len(), 1.0, 0.0);
        let mut steps = Vec::new();
        for together in sorted.chunk_by(|a, b| a.days == b.days) {
            let ended = together.iter().filter(|duration| duration.over).count();
            if ended > 0 {
                let (n, d) = (at_risk as f64, ended as f64);
                open *= 1.0 - d / n;
                variance += d / (n * (n - d));
                let (lower, upper) = bounds(open, variance);
                let days = together.first().map_or(0.0, |duration| duration.days);
                steps.push(SurvivalStep { days, at_risk, ended, open, lower, upper });
            }
            at_risk -= together.len();
        }
        Self { of: durations.len(), over: durations.iter().filter(|duration| duration.over).count(), steps }
    }

    /// How many things it is of.
    ///
    /// ```
    /// use ctem_core::measure::Survival;
    ///
    /// assert_eq!(Survival::of(&[]).len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.of
    }

    /// Whether it is of nothing.
    ///
    /// ```
    /// use ctem_core::measure::Survival;
    ///
    /// assert!(Survival::of(&[]).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.of == 0
    }

    /// How many of them are over.
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// assert_eq!(Survival::of(&[Duration::so_far(Days::new(5.0)?)?]).over(), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn over(&self) -> usize {
        self.over
    }

    /// The days on which something ended, in order.
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// // What is open ends nothing.
    /// assert!(Survival::of(&[Duration::so_far(Days::new(5.0)?)?]).steps().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn steps(&self) -> &[SurvivalStep] {
        &self.steps
    }

    /// The share that is open after so many days. O(log n).
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// let curve = Survival::of(&[Duration::over(Days::new(5.0)?)?]);
    /// assert_eq!((curve.open_after(4.9), curve.open_after(5.0)), (1.0, 0.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn open_after(&self, days: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.days <= days);
        after.checked_sub(1).and_then(|at| self.steps.get(at)).map_or(1.0, |step| step.open)
    }

    /// After how many days half of them are over; none where that is not known yet.
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// assert_eq!(Survival::of(&[Duration::over(Days::new(5.0)?)?]).median(), Some(5.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// After how many days such a share of them is over, from 0 to 1; none where that is not known yet.
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// let curve = Survival::of(&[Duration::over(Days::new(5.0)?)?, Duration::over(Days::new(7.0)?)?]);
    /// assert_eq!((curve.quantile(0.5), curve.quantile(0.9)), (Some(5.0), Some(7.0)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn quantile(&self, share: f64) -> Option<f64> {
        // A share of which the last bits were lost in multiplying is the share.
        let open = (1.0 - share) + 1e-12;
        self.steps.iter().find(|step| step.open <= open).map(|step| step.days)
    }
}

/// Greenwood's bounds, on a log-log scale.
fn bounds(open: f64, variance: f64) -> (f64, f64) {
    if open <= 0.0 || open >= 1.0 {
        return (open.max(0.0), open.min(1.0));
    }
    let log = libm::log(open);
    let centre = libm::log(-log);
    let half = Z * variance.sqrt() / log;
    let at = |place: f64| libm::exp(-libm::exp(place));
    // `half` is below 0, as the logarithm is.
    (at(centre - half), at(centre + half))
}

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
        all.extend(one.iter().map(|duration| (duration.days, duration.over, 0)));
        all.extend(other.iter().map(|duration| (duration.days, duration.over, 1)));
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
        let over = |list: &[Duration]| list.iter().filter(|duration| duration.over).count();
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
