//! Vector strings: parsed strictly, kept compactly, written back in the specification's order.

use super::metrics::{Metric, V2, V3, V4};
use crate::{
    error::{Error, Result, quoted},
    id::text_serde,
};
use std::{cmp::Ordering, fmt, ops::Range, str::FromStr};

/// A version of the CVSS standard.
///
/// ```
/// use ctem_core::cvss::{Vector, Version};
///
/// let vector: Vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N".parse()?;
/// assert!(vector.version() > Version::V3_1);
/// assert_eq!(vector.version().to_string(), "4.0");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// Version 2.0, 2007.
    V2,
    /// Version 3.0, 2015.
    V3_0,
    /// Version 3.1, 2019.
    V3_1,
    /// Version 4.0, 2023.
    V4_0,
}

impl Version {
    pub(super) fn metrics(self) -> &'static [Metric] {
        match self {
            Self::V2 => V2,
            Self::V3_0 | Self::V3_1 => V3,
            Self::V4_0 => V4,
        }
    }

    /// How many of the metrics, from the first, must be given.
    fn mandatory(self) -> usize {
        match self {
            Self::V2 => 6,
            Self::V3_0 | Self::V3_1 => 8,
            Self::V4_0 => 11,
        }
    }

    /// What a vector begins with; version 2.0 has no prefix.
    fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "",
            Self::V3_0 => "CVSS:3.0/",
            Self::V3_1 => "CVSS:3.1/",
            Self::V4_0 => "CVSS:4.0/",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        })
    }
}

const MOST_METRICS: usize = 32;
/// The metric was not given.
const ABSENT: u8 = u8::MAX;

/// A CVSS vector whose metrics are known to be valid and complete.
///
/// Read from its string with [`FromStr`]: version 2.0 without a prefix, also in parentheses; the others with `CVSS:3.0/`,
/// `CVSS:3.1/`, `CVSS:4.0/`. Versions 2.0 and 4.0 fix the order of metrics, so one out of its place is an error; version
/// 3.x asks programs to take any order (v3.1 §6), and so does this. Written in the specification's order, without metrics
/// that were not given.
///
/// ```
/// use ctem_core::cvss::Vector;
///
/// // What stands in a document is kept in the standard's order.
/// let vector: Vector = "CVSS:3.1/PR:N/AV:N/AC:L/UI:N/S:U/C:H/I:H/A:H".parse()?;
/// assert_eq!(vector.to_string(), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vector {
    version: Version,
    /// By metric of the version: the number of its value, or `ABSENT`.
    values: [u8; MOST_METRICS],
}

impl Vector {
    /// The version of the standard it follows.
    ///
    /// ```
    /// use ctem_core::cvss::{Vector, Version};
    ///
    /// let vector: Vector = "AV:N/AC:M/Au:N/C:P/I:P/A:P".parse()?;
    /// assert_eq!(vector.version(), Version::V2);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn version(&self) -> Version {
        self.version
    }

    /// The value of a metric by its name, if it was given: `vector.metric("AV")` is `Some("N")`.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?;
    /// assert_eq!((vector.metric("PR"), vector.metric("E")), (Some("N"), None));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn metric(&self, name: &str) -> Option<&'static str> {
        let at = self.version.metrics().iter().position(|metric| metric.name == name)?;
        let value = *self.values.get(at)?;
        self.version.metrics().get(at)?.values.get(value as usize).copied()
    }

    /// The metrics that were given, with their values, in the specification's order.
    ///
    /// ```
    /// use ctem_core::cvss::Vector;
    ///
    /// // In whatever order they came.
    /// let vector: Vector = "CVSS:3.1/AC:L/AV:N/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?;
    /// assert_eq!(vector.metrics().next(), Some(("AV", "N")));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn metrics(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let values = self.values;
        self.version
            .metrics()
            .iter()
            .zip(values)
            .filter_map(|(metric, value)| Some((metric.name, *metric.values.get(value as usize)?)))
    }

    /// The number of a metric's value, by the metric's place in the version's table; 0 when it was not given, which for an
    /// optional metric is its "not defined".
    pub(super) fn value(&self, metric: usize) -> usize {
        match self.values.get(metric) {
            Some(&ABSENT) | None => 0,
            Some(value) => *value as usize,
        }
    }

    /// Whether one of these metrics, by their places, was given and says something.
    pub(super) fn given(&self, metrics: Range<usize>) -> bool {
        let values = self.values.get(metrics);
        values.is_some_and(|values| values.iter().any(|value| *value != ABSENT && *value != 0))
    }

    /// The bytes of its text, one by one.
    fn letters(&self) -> impl Iterator<Item = u8> {
        let parts = self.metrics().enumerate().flat_map(|(n, (metric, value))| {
            let gap = if n == 0 { "" } else { "/" };
            [gap, metric, ":", value]
        });
        std::iter::once(self.version.prefix()).chain(parts).flat_map(str::bytes)
    }

    fn parse(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        let body = trimmed.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(trimmed);
        let (version, body) = [Version::V3_0, Version::V3_1, Version::V4_0]
            .into_iter()
            .find_map(|version| Some((version, body.strip_prefix(version.prefix())?)))
            .map_or_else(|| version_two(body, text).map(|body| (Version::V2, body)), Ok)?;
        let metrics = version.metrics();
        let mut vector = Self { version, values: [ABSENT; MOST_METRICS] };
        let mut last: Option<usize> = None;
        let mut at = body.as_ptr() as usize - text.as_ptr() as usize;
        for part in body.split('/') {
            let place = at;
            at += part.len() + 1;
            let here = |message: String| Error::invalid(message).at(format_args!("byte {place}"));
            let Some((name, value)) = part.split_once(':') else {
                return Err(here(format!(
                    "{} is not a metric with its value: write it as `AV:N`",
                    quoted(part)
                )));
            };
            // Most vectors are in order, so the search begins behind the last metric and comes round.
            let (before, behind) = metrics.split_at(last.map_or(0, |last| last + 1).min(metrics.len()));
            let found = behind.iter().chain(before).position(|metric| metric.name == name);
            let Some(metric) = found.map(|at| (before.len() + at) % metrics.len()) else {
                return Err(here(format!("{} is not a metric of CVSS {version}", quoted(name))));
            };
            let allowed = metrics.get(metric).map_or(&[][..], |metric| metric.values);
            let Some(value) = allowed.iter().position(|known| *known == value) else {
                return Err(here(format!(
                    "{} is not a value of {}: use one of {}",
                    quoted(value),
                    quoted(name),
                    allowed.join(", ")
                )));
            };
            if vector.values.get(metric).is_some_and(|known| *known != ABSENT) {
                return Err(here(format!("{} stands twice: each metric may be given once", quoted(name))));
            }
            if version != Version::V3_0 && version != Version::V3_1 && last.is_some_and(|last| last > metric)
            {
                let before = last.and_then(|last| metrics.get(last)).map_or("", |metric| metric.name);
                return Err(here(format!(
                    "{} stands after {}: CVSS {version} fixes the order of metrics",
                    quoted(name),
                    quoted(before)
                )));
            }
            last = Some(metric);
            if let Some(slot) = vector.values.get_mut(metric) {
                *slot = value as u8;
            }
        }
        match metrics.iter().zip(vector.values).take(version.mandatory()).find(|(_, value)| *value == ABSENT)
        {
            Some((missing, _)) => Err(Error::invalid(format!(
                "{} lacks {}: CVSS {version} needs it",
                quoted(trimmed),
                quoted(missing.name)
            ))),
            None => Ok(vector),
        }
    }
}

/// The body of a vector without a known prefix: version 2.0, unless it names a version that is not read.
fn version_two<'a>(body: &'a str, text: &str) -> Result<&'a str> {
    if body.is_empty() {
        return Err(Error::invalid("empty text is not a CVSS vector: write it as `CVSS:3.1/AV:N/…`"));
    }
    if body.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("CVSS:")) {
        return Err(Error::invalid(format!(
            "{} does not begin with a version that is read: `CVSS:3.0/`, `CVSS:3.1/`, `CVSS:4.0/`, or none for version 2.0",
            quoted(text)
        )));
    }
    Ok(body)
}

impl FromStr for Vector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.prefix())?;
        let mut gap = "";
        for (metric, value) in self.metrics() {
            write!(f, "{gap}{metric}:{value}")?;
            gap = "/";
        }
        Ok(())
    }
}

impl Ord for Vector {
    /// The order of their texts, so that a sorted list of vectors is a sorted list in documents.
    fn cmp(&self, other: &Self) -> Ordering {
        self.letters().cmp(other.letters())
    }
}

impl PartialOrd for Vector {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_serde!(Vector);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_error_names_the_metric() {
        for (text, message, place) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "lacks `A`: CVSS 3.1 needs it", None),
            ("CVSS:3.1/AV:X", "`X` is not a value of `AV`: use one of N, A, L, P", Some("byte 9")),
            ("CVSS:3.1/AV:N/AV:N", "`AV` stands twice: each metric may be given once", Some("byte 14")),
            (
                "CVSS:4.0/AV:N/AT:N/AC:L",
                "`AC` stands after `AT`: CVSS 4.0 fixes the order of metrics",
                Some("byte 19"),
            ),
            ("CVSS:4.0/AV:N/XX:N", "`XX` is not a metric of CVSS 4.0", Some("byte 14")),
            ("AV:N/AC", "`AC` is not a metric with its value: write it as `AV:N`", Some("byte 5")),
            ("CVSS:5.0/AV:N", "does not begin with a version that is read", None),
            (
                "AC:L/AV:N/Au:N/C:N/I:N/A:N",
                "`AV` stands after `AC`: CVSS 2.0 fixes the order of metrics",
                Some("byte 5"),
            ),
            ("", "empty text is not a CVSS vector", None),
        ] {
            let error = text.parse::<Vector>().unwrap_err();
            assert!(error.message().contains(message), "{text}: {error}");
            assert_eq!(error.place(), place, "{text}");
        }
    }

    #[test]
    fn version_3_takes_any_order_and_version_2_parentheses() {
        let vector: Vector = "CVSS:3.1/A:H/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H".parse().unwrap();
        assert_eq!(vector.to_string(), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
        assert_eq!(
            " (AV:N/AC:L/Au:N/C:C/I:C/A:C) ".parse::<Vector>().unwrap().base_score().to_string(),
            "10.0"
        );
    }

    /// Any valid vector.
    pub(crate) fn vectors() -> impl Strategy<Value = String> {
        let version =
            prop_oneof![Just(Version::V2), Just(Version::V3_0), Just(Version::V3_1), Just(Version::V4_0)];
        (version, proptest::collection::vec(0..7usize, MOST_METRICS)).prop_map(|(version, picks)| {
            let parts: Vec<_> = version
                .metrics()
                .iter()
                .zip(picks)
                .enumerate()
                .filter_map(|(n, (metric, pick))| {
                    let value = if n < version.mandatory() {
                        metric.values.get(pick % metric.values.len())
                    } else {
                        metric.values.get(pick)
                    };
                    Some(format!("{}:{}", metric.name, value?))
                })
                .collect();
            format!("{}{}", version.prefix(), parts.join("/"))
        })
    }

    proptest! {
        #[test]
        fn a_vector_is_written_as_it_was_read(text in vectors()) {
            let vector: Vector = text.parse().unwrap();
            prop_assert_eq!(vector.to_string(), text);
            let _ = (vector.score(), vector.temporal_score(), vector.environmental_score(), vector.reading());
        }

        #[test]
        fn no_text_panics(text in "(CVSS:[34]\\.[01]/)?([A-Z]{1,3}:[A-Z]{0,2}/?){0,12}.{0,3}") {
            let _ = text.parse::<Vector>();
        }
    }
}
