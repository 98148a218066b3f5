//! Flow: how long findings take to be noticed and to be mended, and whether promises are kept.

use super::survival::{Duration, Survival};
use crate::{
    error::{Error, Result},
    quantity::Severity,
    time::{Days, Moment},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// After how many days nine of ten were over; none where that is not known yet.
    pub p90: Option<f64>,
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
            p90: curve.quantile(0.9),
        }
    }
}

/// Within how many days what is found is promised to be mended, by severity.
///
/// ```
/// use ctem_core::{Days, measure::Promises, quantity::Severity};
///
/// let promises = Promises::new([(Severity::Critical, Days::new(7.0)?), (Severity::High, Days::new(30.0)?)])?;
/// assert_eq!(promises.days(Severity::Critical), Some(7.0));
/// assert_eq!(promises.days(Severity::Low), None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Promises(BTreeMap<Severity, Days>);

impl Promises {
    /// These promises; what has none is promised nothing.
    ///
    /// ```
    /// use ctem_core::{Days, measure::Promises, quantity::Severity};
    ///
    /// assert!(Promises::new([(Severity::Critical, Days::new(0.0)?)]).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a promise of no time.
    pub fn new(promises: impl IntoIterator<Item = (Severity, Days)>) -> Result<Self> {
        let promises: BTreeMap<Severity, Days> = promises.into_iter().collect();
        match promises.iter().find(|(_, days)| days.get() <= 0.0) {
            Some((severity, days)) => Err(Error::invalid(format!(
                "`{severity}` cannot be promised within {days}: promise more than none"
            ))),
            None => Ok(Self(promises)),
        }
    }

    /// Within how many days findings of a severity are promised to be mended.
    ///
    /// ```
    /// use ctem_core::{measure::Promises, quantity::Severity};
    ///
    /// assert_eq!(Promises::default().days(Severity::Critical), None);
    /// ```
    pub fn days(&self, severity: Severity) -> Option<f64> {
        self.0.get(&severity).map(|days| days.get())
    }
}

/// How promises were kept.
///
/// ```
/// use ctem_core::{Days, measure::{Duration, PromisesKept}};
///
/// let closed = |days| Duration::over(Days::new(days)?);
/// let open = |days| Duration::so_far(Days::new(days)?);
/// // Promised within a week: one was, one was late, one is late, and of one it is not known yet.
/// let kept = PromisesKept::of(&[(closed(3.0)?, 7.0), (closed(9.0)?, 7.0), (open(30.0)?, 7.0), (open(1.0)?, 7.0)]);
/// assert_eq!((kept.promised, kept.kept, kept.broken, kept.running), (4, 1, 2, 1));
/// assert_eq!(kept.share, Some(1.0 / 3.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PromisesKept {
    /// How many were promised.
    pub promised: usize,
    /// How many were over in time.
    pub kept: usize,
    /// How many were over too late, or are open for longer than was promised.
    pub broken: usize,
    /// How many are open and have time left.
    pub running: usize,
    /// The share that was kept of those that are decided, from 0 to 1; none where none is.
    pub share: Option<f64>,
}

impl PromisesKept {
    /// How promises of so many days were kept. O(n).
    ///
    /// ```
    /// use ctem_core::measure::PromisesKept;
    ///
    /// assert_eq!(PromisesKept::of(&[]).share, None);
    /// ```
    pub fn of(promised: &[(Duration, f64)]) -> Self {
        let mut kept = Self { promised: promised.len(), ..Self::default() };
        for (duration, within) in promised {
            let in_time = duration.days() <= *within;
            let count = match (duration.is_over(), in_time) {
                (true, true) => &mut kept.kept,
                (false, true) => &mut kept.running,
                (true | false, false) => &mut kept.broken,
            };
            *count += 1;
        }
        let decided = kept.kept + kept.broken;
        kept.share = (decided > 0).then(|| kept.kept as f64 / decided as f64);
        kept
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
