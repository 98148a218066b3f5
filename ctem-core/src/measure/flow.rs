//! Flow: how long findings take to be noticed and to be mended, and over which period.

use super::survival::{Duration, Survival};
use crate::{
    error::{Error, Result},
    time::Moment,
};
use serde::Serialize;

/// How long things took, with what is open counted as what it is.
///
/// ```
/// use ctem_core::{Days, measure::{Duration, Times}};
///
/// let closed = |days| Duration::over(Days::new(days)?);
/// let times = Times::of(&[closed(2.0)?, closed(4.0)?, Duration::so_far(Days::new(90.0)?)?]);
/// assert_eq!((times.of, times.over, times.mean_of_closed, times.median), (3, 2, Some(3.0), Some(4.0)));
/// // Of those that were closed the mean is 3 days. Half of all took 4, and when nine of ten will be, nobody knows.
/// assert_eq!(times.p90, None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Times {
    /// How many things it is of: the sample.
    pub of: usize,
    /// How many of them are over; the others count as open for as long as they were watched.
    pub over: usize,
    /// The mean number of days of those that are over. It leaves out what is open, and so makes slow work look fast: the median and the
    /// 90th percentile do not.
    pub mean_of_closed: Option<f64>,
    /// After how many days half of all were over, by [`Survival`]; none where half are not.
    pub median: Option<f64>,
    /// Between which days the median lies at 95 %, by [`Survival::quantile_between`]; an end that is not known yet is none.
    pub median_between: [Option<f64>; 2],
    /// After how many days nine of ten were over; none where that is not known yet.
    pub p90: Option<f64>,
    /// Between which days that lies at 95 %.
    pub p90_between: [Option<f64>; 2],
}

impl Times {
    /// The times of these. O(n log n).
    ///
    /// ```
    /// use ctem_core::measure::Times;
    ///
    /// assert_eq!(Times::of(&[]), Times::default());
    /// ```
    pub fn of(durations: &[Duration]) -> Self {
        let curve = Survival::of(durations);
        let mut closed: Vec<f64> =
            durations.iter().filter(|duration| duration.is_over()).map(|duration| duration.days()).collect();
        // In order, so that the sum has the same bits whatever the order of the list.
        closed.sort_unstable_by(f64::total_cmp);
        let mean = (!closed.is_empty()).then(|| closed.iter().sum::<f64>() / closed.len() as f64);
        Self {
            of: curve.len(),
            over: curve.over(),
            mean_of_closed: mean,
            median: curve.median(),
            median_between: curve.quantile_between(0.5),
            p90: curve.quantile(0.9),
            p90_between: curve.quantile_between(0.9),
        }
    }
}

/// A stretch of time: from a moment on, and up to another that is not in it.
///
/// ```
/// use ctem_core::measure::Period;
///
/// let quarter = Period::new("2025-07-01".parse()?, "2025-10-01".parse()?)?;
/// assert!(quarter.has("2025-07-01".parse()?) && !quarter.has("2025-10-01".parse()?));
/// assert!(Period::new("2025-10-01".parse()?, "2025-07-01".parse()?).is_err());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Period {
    /// Its beginning.
    from: Moment,
    /// Its end, which is no part of it.
    until: Moment,
}

impl Period {
    /// From a moment up to another.
    ///
    /// ```
    /// use ctem_core::measure::Period;
    ///
    /// assert_eq!(Period::new("2025-07-01".parse()?, "2025-10-01".parse()?)?.until().date(), "2025-10-01");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` where it ends before it begins.
    pub fn new(from: Moment, until: Moment) -> Result<Self> {
        if from < until {
            return Ok(Self { from, until });
        }
        Err(Error::invalid(format!("a period from {from} to {until} is none: it must end after it begins")))
    }

    /// When it begins.
    ///
    /// ```
    /// use ctem_core::measure::Period;
    ///
    /// assert_eq!(Period::new("2025-07-01".parse()?, "2025-10-01".parse()?)?.from().date(), "2025-07-01");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn from(self) -> Moment {
        self.from
    }

    /// When it ends.
    ///
    /// ```
    /// use ctem_core::measure::Period;
    ///
    /// assert_eq!(Period::new("2025-07-01".parse()?, "2025-10-01".parse()?)?.until().date(), "2025-10-01");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn until(self) -> Moment {
        self.until
    }

    /// The one of the same length that ends where it begins; none before the first moment there is.
    ///
    /// ```
    /// use ctem_core::measure::Period;
    ///
    /// let week = Period::new("2025-07-08".parse()?, "2025-07-15".parse()?)?;
    /// assert_eq!(week.before().map(|before| before.from().date()).as_deref(), Some("2025-07-01"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn before(self) -> Option<Self> {
        let (from, until) = (self.from.unix_seconds(), self.until.unix_seconds());
        let begins = Moment::from_unix_seconds(from.checked_sub(until.checked_sub(from)?)?).ok()?;
        Self::new(begins, self.from).ok()
    }

    /// Whether a moment lies in it.
    ///
    /// ```
    /// use ctem_core::measure::Period;
    ///
    /// assert!(Period::new("2025-07-01".parse()?, "2025-10-01".parse()?)?.has("2025-08-15".parse()?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn has(self, moment: Moment) -> bool {
        self.from <= moment && moment < self.until
    }
}
