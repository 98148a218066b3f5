//! Promises: within how many days what is found is to be mended, how that was kept, and what will be late.

use super::{
    share::Share,
    survival::{Duration, Survival},
};
use crate::{
    backtest::Measured,
    error::{Error, Result},
    quantity::Severity,
    time::Days,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Where that share lies at least, at 95 % (Wilson's interval).
    pub lower: f64,
    /// Where it lies at most.
    pub upper: f64,
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
        let Share { share, lower, upper, .. } = Share::of(kept.kept, kept.kept + kept.broken);
        (kept.share, kept.lower, kept.upper) = (share, lower, upper);
        kept
    }
}

/// How many of the promises that run will be broken, at the pace that was measured.
///
/// What has been open for some days is open when its time is up as often as what was open for so long stayed open until then
/// ([`Survival::still_open`]): so nothing is assumed of how the pace falls, and what nobody ever kept open for so long is `unknown`.
///
/// ```
/// use ctem_core::{Days, measure::{Duration, Forecast, Survival}};
///
/// // So far half of all took five days, and half ten.
/// let took: ctem_core::Result<Vec<_>> = (0..40).map(|n| Duration::over(Days::new(if n < 20 { 5.0 } else { 10.0 })?)).collect();
/// let pace = Survival::of(&took?);
/// // Four are promised within a week: three are new, and one is open for six days already.
/// let forecast = Forecast::of(&[(0.0, 7.0), (0.0, 7.0), (1.0, 7.0), (6.0, 7.0)], &pace);
/// assert_eq!((forecast.running, forecast.unknown, forecast.late.value), (4, 0, 2.5));
/// assert_eq!((forecast.of, forecast.over), (40, 40));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Forecast {
    /// How many promises run.
    pub running: usize,
    /// How many of them nothing can be said of, since nothing was watched for so long; they count as neither late nor in time.
    pub unknown: usize,
    /// How many of the others will be late: the expected number, and its bounds at 95 % where all err to one side.
    pub late: Measured,
    /// How many findings the pace was measured on.
    pub of: usize,
    /// How many of them were mended.
    pub over: usize,
}

impl Forecast {
    /// The forecast for what is open for so many days and promised within so many, both from first sight. O(promises × days on which
    /// something was mended).
    ///
    /// ```
    /// use ctem_core::measure::{Forecast, Survival};
    ///
    /// // Where nothing was ever mended, nothing is known.
    /// assert_eq!(Forecast::of(&[(3.0, 7.0)], &Survival::of(&[])).unknown, 1);
    /// ```
    pub fn of(running: &[(f64, f64)], pace: &Survival) -> Self {
        let mut forecast = Self {
            running: running.len(),
            unknown: 0,
            late: Measured::between(0.0, 0.0, 0.0),
            of: pace.len(),
            over: pace.over(),
        };
        let (mut late, mut lower, mut upper) = (0.0, 0.0, 0.0);
        for (open, within) in running {
            match pace.still_open(*open, *within) {
                Some(chance) => {
                    late += chance.value;
                    lower += chance.lower;
                    upper += chance.upper;
                }
                None => forecast.unknown += 1,
            }
        }
        forecast.late = Measured::between(late, lower, upper);
        forecast
    }
}
