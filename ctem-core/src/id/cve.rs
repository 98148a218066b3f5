use super::written::text_serde;
use crate::error::{Error, Result, quoted};
use std::{fmt, str::FromStr, sync::Arc};

/// A CVE number, in eight bytes: `CVE-2021-44228`. Read whatever its case.
///
/// ```
/// use ctem_core::id::Cve;
///
/// // Sorted as the numbers they are, not as text.
/// let mut cves: Vec<Cve> = vec!["CVE-2021-44228".parse()?, "cve-2021-9999".parse()?];
/// cves.sort();
/// assert_eq!(cves[0].to_string(), "CVE-2021-9999");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cve {
    year: u16,
    number: u32,
}

impl Cve {
    /// The CVE an id is, if it is one.
    ///
    /// ```
    /// use ctem_core::id::Cve;
    ///
    /// let names = ["GHSA-jfh8-c2jp-5v3q", "cve-2021-44228", "CVE-foo"];
    /// assert_eq!(names.into_iter().filter_map(Cve::of).next().map(|cve| cve.to_string()).as_deref(), Some("CVE-2021-44228"));
    /// ```
    pub fn of(id: &str) -> Option<Self> {
        let bytes = id.trim().as_bytes();
        let (prefix, rest) = bytes.split_at_checked(4)?;
        let (year, rest) = rest.split_at_checked(4)?;
        let (dash, number) = rest.split_at_checked(1)?;
        if !prefix.eq_ignore_ascii_case(b"CVE-") || dash != b"-" || !(4..=9).contains(&number.len()) {
            return None;
        }
        let digits = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |value, digit| {
                digit.is_ascii_digit().then(|| value * 10 + u32::from(digit - b'0'))
            })
        };
        Some(Self { year: u16::try_from(digits(year)?).ok()?, number: digits(number)? })
    }

    /// The year in the number.
    ///
    /// ```
    /// use ctem_core::id::Cve;
    ///
    /// assert_eq!("CVE-2021-44228".parse::<Cve>()?.year(), 2021);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn year(self) -> u16 {
        self.year
    }
}

/// Whether a name is a GitHub advisory's.
pub(crate) fn is_ghsa(name: &str) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("GHSA-"))
}

/// Whether a name is one that all tools share: a CVE's or a GitHub advisory's.
pub(crate) fn is_published(name: &str) -> bool {
    Cve::of(name).is_some() || is_ghsa(name)
}

/// A published name in its one spelling; anything else as it is.
pub(super) fn published(name: &str) -> Arc<str> {
    if let Some(cve) = Cve::of(name) {
        cve.to_string().into()
    } else if let Some(rest) = name.get(5..).filter(|_| is_ghsa(name)) {
        format!("GHSA-{}", rest.to_ascii_lowercase()).into()
    } else {
        name.into()
    }
}

impl FromStr for Cve {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::of(text).ok_or_else(|| {
            Error::invalid(format!("{} is not a CVE number: write it as `CVE-2021-44228`", quoted(text)))
        })
    }
}

impl fmt::Display for Cve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CVE-{:04}-{:04}", self.year, self.number)
    }
}

impl fmt::Debug for Cve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_serde!(Cve);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cve_is_read_in_any_case_and_written_in_one() {
        assert_eq!(" cve-2021-44228".parse::<Cve>().unwrap().to_string(), "CVE-2021-44228");
        assert_eq!("CVE-1999-0001".parse::<Cve>().unwrap().to_string(), "CVE-1999-0001");
        for bad in [
            "",
            "CVE-2021",
            "CVE-2021-1",
            "CVE-2021-12x4",
            "GHSA-jfh8-c2jp-5v3q",
            "CVE-2021-1234567890",
            "ÇVE-2021-1234",
        ] {
            assert_eq!(bad.parse::<Cve>().unwrap_err().code(), "invalid_input", "{bad}");
        }
    }
}
