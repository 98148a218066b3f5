//! Which days are worked on: a calendar that is handed in, since no engine knows whose holidays count.

use crate::{
    error::{Error, Result, quoted},
    time::{Days, Moment},
    word::words,
};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;

/// The seconds of a day.
const DAY: i64 = 86_400;

/// The most days a deadline may be ahead: a hundred years.
pub(super) const MOST_DAYS: f64 = 36_525.0;

/// Which days are worked on, in UTC. Saturday and Sunday are not, unless said, and there is no holiday.
///
/// ```
/// use ctem_core::mobilize::Calendar;
///
/// // A Friday before Christmas: the second business day after it is not the Sunday.
/// let calendar: Calendar = serde_json::from_str(r#"{"holidays": ["2025-12-24", "2025-12-25"]}"#).unwrap();
/// assert_eq!(calendar.after("2025-12-19".parse()?, 2)?.to_string(), "2025-12-23T23:59:59Z");
/// assert_eq!(calendar.after("2025-12-19".parse()?, 3)?.date(), "2025-12-26");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    weekend: BTreeSet<Weekday>,
    holidays: BTreeSet<Day>,
}

/// A day of the week.
///
/// ```
/// use ctem_core::mobilize::Weekday;
///
/// assert_eq!("Friday".parse::<Weekday>()?, Weekday::Friday);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

words! {
    Weekday, "a day of the week" {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Day(i64);

impl Calendar {
    /// A calendar of these days of rest and these holidays, each a date such as `2025-12-25`.
    ///
    /// ```
    /// use ctem_core::mobilize::{Calendar, Weekday};
    ///
    /// let error = Calendar::new([Weekday::Friday], ["2025-02-30"]).unwrap_err();
    /// assert_eq!((error.place(), error.code()), (Some("/holidays/0"), "invalid_input"));
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for what is no date, with its place, and for a week without a day to work on.
    pub fn new<'a>(
        weekend: impl IntoIterator<Item = Weekday>,
        holidays: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self> {
        let day = |(n, text): (usize, &str)| {
            Day::parse(text).map_err(|error| error.at(format_args!("/holidays/{n}")))
        };
        let holidays = holidays.into_iter().enumerate().map(day).collect::<Result<_>>()?;
        Self { weekend: weekend.into_iter().collect(), holidays }.checked()
    }

    /// The end of the day that is so many business days after a moment. What begins on a day of rest begins with the next business day's
    /// count. O(days + holidays).
    ///
    /// ```
    /// use ctem_core::mobilize::Calendar;
    ///
    /// assert_eq!(Calendar::default().after("2025-11-14T09:00:00Z".parse()?, 1)?.to_string(), "2025-11-17T23:59:59Z");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a moment outside the years -9999 to 9999.
    pub fn after(&self, since: Moment, days: u32) -> Result<Moment> {
        let mut day = since.unix_seconds().div_euclid(DAY);
        let mut left = days;
        while left > 0 || (days == 0 && !self.works(day)) {
            day += 1;
            if self.works(day) {
                left = left.saturating_sub(1);
                if days == 0 {
                    break;
                }
            }
        }
        Moment::from_unix_seconds(day.saturating_mul(DAY).saturating_add(DAY - 1))
    }

    fn works(&self, day: i64) -> bool {
        // The first day of the count was a Thursday.
        const WEEK: [Weekday; 7] = [
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
        ];
        let weekday = usize::try_from(day.rem_euclid(7)).ok().and_then(|n| WEEK.get(n));
        !weekday.is_some_and(|weekday| self.weekend.contains(weekday)) && !self.holidays.contains(&Day(day))
    }

    fn checked(self) -> Result<Self> {
        if self.weekend.len() < 7 {
            return Ok(self);
        }
        let message = "all seven days of the week are days of rest: leave one to work on";
        Err(Error::invalid(message).at("/weekend"))
    }
}

impl Default for Calendar {
    fn default() -> Self {
        let weekend = [Weekday::Saturday, Weekday::Sunday].into_iter().collect();
        Self { weekend, holidays: BTreeSet::new() }
    }
}

impl<'de> Deserialize<'de> for Calendar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            weekend: Option<BTreeSet<Weekday>>,
            #[serde(default)]
            holidays: BTreeSet<Day>,
        }
        let Raw { weekend, holidays } = Raw::deserialize(from)?;
        let weekend = weekend.unwrap_or_else(|| Self::default().weekend);
        Self { weekend, holidays }.checked().map_err(|error| serde::de::Error::custom(error.message()))
    }
}

impl Day {
    fn parse(text: &str) -> Result<Self> {
        let moment: Option<Moment> = text.parse().ok().filter(|moment: &Moment| moment.date() == text);
        let day = moment.map(|moment| Self(moment.unix_seconds().div_euclid(DAY)));
        day.ok_or_else(|| {
            Error::invalid(format!("{} is not a date: write one such as `2025-12-25`", quoted(text)))
        })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = <Box<str>>::deserialize(from)?;
        Self::parse(&text).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

/// So many days after a moment, to the second.
pub(super) fn days_after(since: Moment, days: f64) -> Result<Moment> {
    let days = Days::new(days)?.get().clamp(0.0, MOST_DAYS);
    // At most a hundred years of seconds, which a float counts exactly.
    Moment::from_unix_seconds(since.unix_seconds().saturating_add((days * 86_400.0).round() as i64))
}

/// The last second of a moment's day: what is due on a date may be done on it.
pub(super) fn end_of_day(moment: Moment) -> Result<Moment> {
    let day = moment.unix_seconds().div_euclid(DAY);
    Moment::from_unix_seconds(day.saturating_mul(DAY).saturating_add(DAY - 1))
}
