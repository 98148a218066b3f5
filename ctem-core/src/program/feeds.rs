//! The world's tables as they are published day after day, and which of them are not believed.

use crate::{
    error::{Error, ErrorKind, Result},
    id::Cve,
    intel::{Intel, epss::Epss, kev::Kev},
    text,
};
use serde::{Deserialize, Serialize};

/// What a day's feeds say: the files as they were published, as text. A table that is absent is as it was.
///
/// A table that has lost more than a third of what the one before it had is refused, since a feed that breaks off in the middle reads
/// like one that has forgotten; so is one that is dated before the table it would replace. [`Feeds::believed`] takes either.
///
/// ```
/// use ctem_core::program::Feeds;
///
/// let feeds = Feeds::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?;
/// assert!(feeds.epss.is_some() && feeds.kev.is_none() && !feeds.believed);
/// // What is no table is refused before it becomes an event.
/// assert!(Feeds::read(None, Some(b"[]")).unwrap_err().place().is_some_and(|place| place.starts_with("kev")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feeds {
    /// FIRST's daily EPSS file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Box<str>>,
    /// CISA's catalogue of known exploited vulnerabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kev: Option<Box<str>>,
    /// Whether a table is believed that has shrunk by more than a third, or is older than the one it replaces.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub believed: bool,
}

/// The largest table that is read, once unpacked.
const MOST_BYTES: usize = 1 << 30;

impl Feeds {
    /// The feeds in these files, each plain or gzip, of at most 1 GiB once unpacked. They are read once, so that what is no table is no
    /// event. O(n log n).
    ///
    /// ```
    /// use ctem_core::program::Feeds;
    ///
    /// let kev = br#"{"catalogVersion": "2025.08.25", "vulnerabilities": []}"#;
    /// assert!(Feeds::read(None, Some(kev))?.kev.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Intel::read`].
    pub fn read(epss: Option<&[u8]>, kev: Option<&[u8]>) -> Result<Self> {
        let read = |bytes: Option<&[u8]>, name: &str| -> Result<Option<Box<str>>> {
            let Some(bytes) = bytes else { return Ok(None) };
            let bytes = text::unpacked(bytes, MOST_BYTES).map_err(|error| error.at(name))?;
            Ok(Some(text::decoded(&bytes).map_err(|error| error.at(name))?.as_ref().into()))
        };
        let feeds = Self { epss: read(epss, "epss")?, kev: read(kev, "kev")?, believed: false };
        feeds.tables().map(|_| feeds)
    }

    fn tables(&self) -> Result<Intel> {
        Intel::read(
            self.epss.as_ref().map(|text| text.as_bytes()),
            self.kev.as_ref().map(|text| text.as_bytes()),
        )
    }

    /// The tables that hold once these are in, and the CVEs that are known to be exploited since.
    pub(super) fn replaced(&self, before: &Intel) -> Result<(Intel, Vec<Cve>)> {
        let Intel { epss, kev, .. } = self.tables()?;
        if let (Some(old), Some(new), false) = (&before.epss, &epss, self.believed) {
            trusted(old, new).map_err(|error| error.at("epss"))?;
        }
        if let (Some(old), Some(new), false) = (&before.kev, &kev, self.believed) {
            let lost = shrunk("known exploited vulnerabilities", old.len(), new.len());
            lost.and_then(|()| older(old.released, new.released)).map_err(|error| error.at("kev"))?;
        }
        let listed = newly_listed(before.kev.as_deref(), kev.as_deref());
        let intel =
            Intel { epss: epss.or(before.epss.clone()), kev: kev.or(before.kev.clone()), ..before.clone() };
        Ok((intel, listed))
    }
}

fn trusted(old: &Epss, new: &Epss) -> Result<()> {
    shrunk("scores", old.len(), new.len())?;
    older(old.score_date, new.score_date)
}

/// Refuses a table that has lost more than a third.
fn shrunk(of: &str, old: usize, new: usize) -> Result<()> {
    // In whole numbers, so that no rounding decides.
    if (new as u128) * 3 >= (old as u128) * 2 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!(
            "the table has {new} {of} and the one before it had {old}: a feed that lost more than a third was cut off, or must be said to be believed"
        ),
    ))
}

fn older(old: Option<crate::time::Moment>, new: Option<crate::time::Moment>) -> Result<()> {
    match (old, new) {
        (Some(old), Some(new)) if new < old => Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the table is of {new}, before the one of {old} that is known: hand in a newer one, or say that it is believed"
            ),
        )),
        _ => Ok(()),
    }
}

/// What the new catalogue lists and the old one did not; nothing where there was none to compare with.
fn newly_listed(old: Option<&Kev>, new: Option<&Kev>) -> Vec<Cve> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    new.iter().map(|listing| listing.cve).filter(|cve| old.listing(*cve).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(scores: usize, date: &str) -> Feeds {
        let rows: String = (0..scores).map(|n| format!("CVE-2024-1{n:04},0.5\n")).collect();
        let text = format!("#model_version:v2025.03.14,score_date:{date}T00:00:00+0000\ncve,epss\n{rows}");
        Feeds::read(Some(text.as_bytes()), None).unwrap()
    }

    #[test]
    fn a_feed_that_lost_more_than_a_third_is_refused_unless_it_is_believed() {
        let (before, _) = table(30, "2025-11-12").replaced(&Intel::none()).unwrap();
        let day = "2025-11-13";
        assert!(table(20, day).replaced(&before).is_ok());
        let error = table(19, day).replaced(&before).unwrap_err();
        assert_eq!((error.code(), error.place()), ("conflict", Some("epss")));
        assert!(error.message().contains("19 scores and the one before it had 30"), "{error}");
        let believed = Feeds { believed: true, ..table(19, day) };
        assert_eq!(believed.replaced(&before).unwrap().0.epss.unwrap().len(), 19);
    }

    #[test]
    fn a_table_of_an_earlier_day_is_refused() {
        let (before, _) = table(30, "2025-11-12").replaced(&Intel::none()).unwrap();
        assert_eq!(table(30, "2025-11-11").replaced(&before).unwrap_err().code(), "conflict");
    }

    #[test]
    fn what_is_listed_since_is_told_and_the_first_catalogue_tells_nothing() {
        let catalogue = |cves: &[&str]| {
            let listed: Vec<String> = cves
                .iter()
                .map(|cve| format!(r#"{{"cveID": "{cve}", "dateAdded": "2025-11-13"}}"#))
                .collect();
            let text = format!(r#"{{"catalogVersion": "1", "vulnerabilities": [{}]}}"#, listed.join(","));
            Feeds::read(None, Some(text.as_bytes())).unwrap()
        };
        let (before, listed) = catalogue(&["CVE-2024-0001"]).replaced(&Intel::none()).unwrap();
        assert!(listed.is_empty());
        let (_, listed) = catalogue(&["CVE-2024-0001", "CVE-2024-0002"]).replaced(&before).unwrap();
        assert_eq!(listed, ["CVE-2024-0002".parse::<Cve>().unwrap()]);
    }
}
