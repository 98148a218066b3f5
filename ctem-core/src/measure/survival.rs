//! How long things take of which some are not over: Kaplan and Meier's estimate, and whether two periods differ.
//!
//! A finding that still stands has taken at least as long as it stands. To leave it out would make slow work look fast, since what takes
//! longest is what is still open; to count it as closed today would do the same. The estimate of Kaplan and Meier (*Nonparametric
//! Estimation from Incomplete Observations*, 1958) uses it for as long as it was watched, and no longer.

use crate::{
    backtest::Measured,
    error::{Error, Result},
    quantity::Probability,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Survival {
    /// How many things there are.
    of: usize,
    /// How many are over.
    over: usize,
    /// For how many days one was watched at most.
    #[serde(skip)]
    longest: f64,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A share of which the last bits were lost in multiplying is the share.
const ROUNDING: f64 = 1e-12;

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
        let longest = sorted.last().map_or(0.0, |duration| duration.days);
        Self {
            of: durations.len(),
            longest,
            over: durations.iter().filter(|duration| duration.over).count(),
            steps,
        }
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
        let open = (1.0 - share) + ROUNDING;
        self.steps.iter().find(|step| step.open <= open).map(|step| step.days)
    }

    /// Between which days that lies at 95 %, by Brookmeyer and Crowley (*A Confidence Interval for the Median Survival Time*, 1982):
    /// from where the lower bound of the share that is open is down to it, until where the upper bound is. None where that is not known
    /// yet: where the last ones are over, nothing bounds from above.
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// let closed: ctem_core::Result<Vec<_>> = (1..=20).map(|days| Duration::over(Days::new(f64::from(days))?)).collect();
    /// let curve = Survival::of(&closed?);
    /// assert_eq!((curve.median(), curve.quantile_between(0.5)), (Some(10.0), [Some(5.0), Some(15.0)]));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn quantile_between(&self, share: f64) -> [Option<f64>; 2] {
        let open = (1.0 - share) + ROUNDING;
        let day = |down: &dyn Fn(&SurvivalStep) -> bool| {
            self.steps.iter().find(|step| down(step)).map(|step| step.days)
        };
        // With nothing open there is no variance, and so no upper bound.
        [day(&|step| step.lower <= open), day(&|step| step.open > 0.0 && step.upper <= open)]
    }

    /// How likely it is that what is open after some days is open after more of them, with its bounds at 95 %: by the steps between the
    /// two alone, as [`Survival`] by all. None where nothing was watched for so long: what was never seen tells of nothing. O(n).
    ///
    /// ```
    /// use ctem_core::{Days, measure::{Duration, Survival}};
    ///
    /// let closed: ctem_core::Result<Vec<_>> = (1..=20).map(|days| Duration::over(Days::new(f64::from(days))?)).collect();
    /// let curve = Survival::of(&closed?);
    /// // Of the ten that were open after ten days, five were after fifteen.
    /// assert!(curve.still_open(10.0, 15.0).is_some_and(|open| (open.value - 0.5).abs() < 1e-12 && open.lower < 0.3));
    /// assert!(curve.still_open(20.0, 25.0).is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn still_open(&self, after: f64, until: f64) -> Option<Measured> {
        if self.longest <= after {
            return None;
        }
        let (mut open, mut variance) = (1.0, 0.0);
        for step in self.steps.iter().filter(|step| after < step.days && step.days <= until) {
            let (n, d) = (step.at_risk as f64, step.ended as f64);
            open *= 1.0 - d / n;
            variance += d / (n * (n - d));
        }
        let (lower, upper) = match open > 0.0 && open < 1.0 {
            true => bounds(open, variance),
            // None or all of those watched tell as much as a share of them does.
            false => {
                let watched = self.steps.iter().rev().find(|step| step.days <= until);
                let first = self.steps.iter().find(|step| step.days > after).or(watched);
                let of = first.map_or(self.of, |step| step.at_risk) as f64;
                let share = Measured::share(open * of, of, Probability::clamped(0.95));
                (share.lower, share.upper)
            }
        };
        Some(Measured::between(open, lower, upper))
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
