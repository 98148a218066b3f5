//! Moments and days. The engine has no clock: "as of" is always an argument.

use crate::{
    error::{Error, Result, quoted},
    id::text_serde,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// A point in time, in UTC.
///
/// Read from RFC 3339 (`2025-11-13T08:00:00Z`, any offset), from a date (`2025-11-13`, its midnight in UTC), or from the
/// spellings scanners use where they are unambiguous (`2025-11-13 08:00:00`, taken as UTC). Written as RFC 3339.
///
/// ```
/// use ctem_core::time::{Days, Moment};
///
/// let listed: Moment = "2025-11-13".parse()?;
/// assert_eq!(listed.to_string(), "2025-11-13T00:00:00Z");
/// let due: Moment = "2025-11-27T12:00:00+02:00".parse()?;
/// assert_eq!(due.since(listed), Days::new(14.416666666666666)?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(jiff::Timestamp);

impl Moment {
    /// 2026-11-27, when the constants of the reference organisation were solved.
    pub(crate) const REFERENCE: Self = Self(jiff::Timestamp::constant(1_795_737_600, 0));

    /// A moment from seconds since 1970-01-01T00:00:00Z.
    ///
    /// ```
    /// use ctem_core::Moment;
    ///
    /// assert_eq!(Moment::from_unix_seconds(1_763_020_800)?.to_string(), "2025-11-13T08:00:00Z");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` outside the years -9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self> {
        jiff::Timestamp::from_second(seconds).map(Self).map_err(|_| {
            Error::invalid(format!("`{seconds}` is not a moment: it lies outside the years -9999 to 9999"))
        })
    }

    /// The same of billionths of a second.
    pub(crate) fn from_unix_nanoseconds(nanoseconds: i128) -> Result<Self> {
        jiff::Timestamp::from_nanosecond(nanoseconds).map(Self).map_err(|_| {
            let seconds = nanoseconds.div_euclid(1_000_000_000);
            Error::invalid(format!("`{seconds}` is not a moment: it lies outside the years -9999 to 9999"))
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    ///
    /// ```
    /// use ctem_core::Moment;
    ///
    /// let listed: Moment = "2025-11-13T08:00:00Z".parse()?;
    /// assert_eq!(listed.unix_seconds(), 1_763_020_800);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Millionths of a second since 1970-01-01T00:00:00Z, rounded down: how Arrow and databases keep moments.
    ///
    /// ```
    /// use ctem_core::Moment;
    ///
    /// let listed: Moment = "2025-11-13T08:00:00.25Z".parse()?;
    /// assert_eq!(listed.unix_microseconds(), 1_763_020_800_250_000);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unix_microseconds(self) -> i64 {
        self.0.as_microsecond()
    }

    /// How long after `earlier` this is; negative when it is before.
    ///
    /// ```
    /// use ctem_core::Moment;
    ///
    /// // How long has it stood?
    /// let (found, now): (Moment, Moment) = ("2025-11-01".parse()?, "2025-11-13T12:00:00Z".parse()?);
    /// assert_eq!(now.since(found).get(), 12.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn since(self, earlier: Self) -> Days {
        Days((self.0.as_nanosecond() - earlier.0.as_nanosecond()) as f64 / 86_400e9)
    }

    /// A moment written in a format of `strftime`; a time without a zone is in UTC, and a date begins its day.
    pub(crate) fn by_format(text: &str, format: &str) -> Option<Self> {
        let parts = jiff::fmt::strtime::parse(format, text).ok()?;
        if let Ok(timestamp) = parts.to_timestamp() {
            return Some(Self(timestamp));
        }
        let civil = parts
            .to_datetime()
            .or_else(|_| parts.to_date().map(|date| date.to_datetime(jiff::civil::Time::midnight())));
        jiff::tz::TimeZone::UTC.to_timestamp(civil.ok()?).ok().map(Self)
    }

    /// The year in UTC.
    pub(crate) fn year(self) -> i16 {
        jiff::tz::TimeZone::UTC.to_datetime(self.0).year()
    }

    /// The date in UTC, as `2025-11-13`.
    ///
    /// ```
    /// use ctem_core::Moment;
    ///
    /// assert_eq!("2025-11-13T23:30:00-02:00".parse::<Moment>()?.date(), "2025-11-14");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn date(self) -> String {
        jiff::tz::TimeZone::UTC.to_datetime(self.0).date().to_string()
    }
}

impl FromStr for Moment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(timestamp));
        }
        let without_zone = text.strip_suffix(" UTC").unwrap_or(text);
        without_zone
            .parse::<jiff::civil::DateTime>()
            .ok()
            .and_then(|civil| jiff::tz::TimeZone::UTC.to_timestamp(civil).ok())
            .map(Self)
            .ok_or_else(|| {
                Error::invalid(format!(
                    "{} is not a moment: write a date such as `2025-11-13` or a time such as `2025-11-13T08:00:00Z`",
                    quoted(text)
                ))
            })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

text_serde!(Moment);

/// A length of time in days; a fraction is a part of a day.
///
/// ```
/// use ctem_core::Days;
///
/// assert!(Days::new(7.0)? < Days::new(30.0)?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Days(f64);

impl Days {
    /// The horizon EPSS speaks about, and the engine's default: 30 days.
    pub const THIRTY: Self = Self(30.0);

    /// A length of time.
    ///
    /// ```
    /// use ctem_core::Days;
    ///
    /// // A quarter of a day is a length of time, and what is no number is not.
    /// assert_eq!(Days::new(0.25)?.get(), 0.25);
    /// assert!(Days::new(f64::NAN).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it is not a finite number.
    pub fn new(days: f64) -> Result<Self> {
        if days.is_finite() {
            Ok(Self(days))
        } else {
            Err(Error::invalid(format!(
                "`{days}` is not a length of time: it must be a finite number of days"
            )))
        }
    }

    /// How far ahead an assessment looks.
    ///
    /// ```
    /// use ctem_core::Days;
    ///
    /// assert_eq!(Days::horizon(90.0)?.to_string(), "90 days");
    /// assert!(Days::horizon(0.0).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it is not a finite number above 0.
    pub fn horizon(days: f64) -> Result<Self> {
        let horizon = Self::new(days)?;
        if days > 0.0 {
            Ok(horizon)
        } else {
            Err(Error::invalid(format!("a horizon of {horizon} looks nowhere: it must be above 0 days")))
        }
    }

    /// The number of days.
    ///
    /// ```
    /// use ctem_core::Days;
    ///
    /// assert_eq!(Days::new(30.0)?.get(), 30.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1.0 { "day" } else { "days" })
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(from)?).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_scanners_are_read() {
        let noon = "2025-11-13T12:00:00Z".parse::<Moment>().unwrap();
        for text in [
            "2025-11-13T13:00:00+01:00",
            "2025-11-13 12:00:00",
            "2025-11-13 12:00:00 UTC",
            "2025-11-13T12:00:00",
        ] {
            assert_eq!(text.parse::<Moment>().unwrap(), noon, "{text}");
        }
        for text in ["", "yesterday", "13/11/2025", "2025-13-01"] {
            assert_eq!(text.parse::<Moment>().unwrap_err().code(), "invalid_input", "{text}");
        }
    }
}
