//! A set of versions, from whatever says which.

use super::{
    Ecosystem, Event, Version, constraint, events,
    span::{self, Cut, Span},
    vers,
};
use crate::error::{Error, Result};
use std::{fmt, str::FromStr};

/// Versions of one ecosystem, of which something is true: that they are affected, or not.
///
/// It goes by order alone, so an early release of `2.0` is in `< 2.0`. Two are equal where they hold the same versions of the same
/// ecosystem, however that was written.
///
/// ```
/// use ctem_core::version::{Ecosystem, Range};
///
/// // Three ways to say one thing.
/// let maven = Ecosystem::Maven;
/// let interval = Range::parse(maven, "[2.0-beta9,2.15.0)")?;
/// assert_eq!(interval, Range::parse(maven, ">= 2.0-beta9, < 2.15.0")?);
/// assert_eq!(interval, "vers:maven/>=2.0-beta9|<2.15.0".parse()?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    ecosystem: Ecosystem,
    /// In order, and none touches another.
    spans: Vec<Span>,
}

impl Range {
    /// Reads a range as the ecosystem or an advisory writes it.
    ///
    /// | text | who writes so |
    /// | --- | --- |
    /// | `>= 1.0, < 1.2.3`, `= 1.0`, `!= 1.1` | GitHub, Python; a comma or a blank is *and* |
    /// | `>=1.0 <1.2.3 \|\| ^2.1`, `~1.2`, `1.x`, `1.2 - 1.4` | npm, Composer; `\|` or `\|\|` is *or* |
    /// | `^0.3`, `1.2` (which Cargo takes for `^1.2`) | Cargo |
    /// | `~> 1.4` | RubyGems, Hex |
    /// | `~= 1.4`, `== 1.4.*` | Python |
    /// | `<< 1.0-2`, `>> 1.0` | Debian |
    /// | `< 1.2.3 (deb)`, `none (unknown)` | Grype; `none` is no condition |
    /// | `[1.0,2.0)`, `(,1.5],[1.7]` | Maven, NuGet; a comma between intervals is *or* |
    /// | `vers:npm/>=1.0.0\|<1.2.9` | VERS, which names its ecosystem |
    ///
    /// A version alone is that version, but for Cargo; so too for Maven and NuGet, where it would let a build choose a newer one.
    /// `>= 0` and `*` are all versions.
    ///
    /// # Errors
    /// `invalid_input`, if it is no range, one of its versions is none of the ecosystem, or VERS names another.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Range, Version};
    ///
    /// let affected = Range::parse(Ecosystem::of("pip"), ">= 3.2, < 3.2.14 || ~= 4.0.0")?;
    /// let contains = |text| Ok::<_, ctem_core::Error>(affected.contains(&Version::parse(Ecosystem::PyPi, text)?));
    /// assert!(contains("3.2.13.post1")? && contains("4.0.9")? && !contains("4.1")?);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self> {
        let text = text.trim();
        if !is_vers(text) {
            return Ok(Self { ecosystem, spans: constraint::spans(ecosystem, text)? });
        }
        let range: Self = text.parse()?;
        if range.ecosystem != ecosystem {
            let (other, message) = (range.ecosystem, "is a range of another ecosystem");
            return Err(Error::invalid(format!("`vers:{other}` {message}: {ecosystem} was expected")));
        }
        Ok(range)
    }

    /// The range of an OSV record's events, in any order.
    ///
    /// # Errors
    /// `invalid_input`, if one of the versions is none of the ecosystem.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Event, Range, Version};
    ///
    /// let debian = Ecosystem::of("Debian:12");
    /// let affected = Range::of_events(debian, [Event::Introduced("0"), Event::Fixed("7.88.1-10+deb12u4")])?;
    /// assert!(affected.contains(&Version::parse(debian, "7.88.1-10+deb12u1")?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of_events<'a>(ecosystem: Ecosystem, events: impl IntoIterator<Item = Event<'a>>) -> Result<Self> {
        Ok(Self { ecosystem, spans: span::any(events::spans(ecosystem, events)?) })
    }

    /// Whose versions these are.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Range};
    ///
    /// assert_eq!("vers:pypi/<2.0".parse::<Range>()?.ecosystem(), Ecosystem::PyPi);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub const fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// Whether a version is one of these. One of another ecosystem is not. Cost: O(log n).
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Range, Version};
    ///
    /// let affected = Range::parse(Ecosystem::Go, "< 0.17.0")?;
    /// assert!(affected.contains(&Version::parse(Ecosystem::Go, "v0.0.0-20220722155237-a158d28d115b")?));
    /// assert!(!affected.contains(&Version::parse(Ecosystem::Npm, "0.1.0")?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        version.ecosystem() == self.ecosystem && span::contain(&self.spans, version)
    }

    /// Whether no version is one of these.
    ///
    /// ```
    /// use ctem_core::version::{Ecosystem, Range};
    ///
    /// assert!(Range::parse(Ecosystem::Rpm, "> 2.0, < 1.0")?.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

fn is_vers(text: &str) -> bool {
    text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("vers:"))
}

impl FromStr for Range {
    type Err = Error;

    /// Reads VERS, which alone names its ecosystem.
    fn from_str(text: &str) -> Result<Self> {
        let (ecosystem, spans) = vers::read(text.trim())?;
        Ok(Self { ecosystem, spans })
    }
}

/// Comparators that say the same: `>= 1.0, < 1.2.3 || = 2.0`; `*` for all versions, and `none of them` for none.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.spans.is_empty() {
            return f.write_str("none of them");
        }
        for (n, span) in self.spans.iter().enumerate() {
            f.write_str(if n > 0 { " || " } else { "" })?;
            if let (Cut::Before(one), Cut::Behind(same)) = (&span.from, &span.to)
                && one == same
            {
                write!(f, "= {one}")?;
                continue;
            }
            let from = match &span.from {
                Cut::Before(version) => Some((">=", version)),
                Cut::Behind(version) => Some((">", version)),
                Cut::Start | Cut::End => None,
            };
            let to = match &span.to {
                Cut::Before(version) => Some(("<", version)),
                Cut::Behind(version) => Some(("<=", version)),
                Cut::Start | Cut::End => None,
            };
            match (from, to) {
                (Some((above, first)), Some((below, last))) => write!(f, "{above} {first}, {below} {last}")?,
                (Some((sign, version)), None) | (None, Some((sign, version))) => {
                    write!(f, "{sign} {version}")?
                }
                (None, None) => f.write_str("*")?,
            }
        }
        Ok(())
    }
}
