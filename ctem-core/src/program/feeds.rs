//! The world's tables as they are published day after day, and which of them are not believed.

use super::{
    since::FeedsSince,
    tables::{epss, kev},
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::Cve,
    intel::{Intel, epss::Epss, exploits::Exploits, kev::Kev},
    text,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a day's feeds say: the files as they were published, as text. A table that is absent is as it was.
///
/// A table that has lost more than a third of what the one before it had is refused, since a feed that breaks off in the middle reads
/// like one that has forgotten; so is one that is dated before the table it would replace. [`Feeds::believed`] takes either. Lists of
/// exploits bear no date: they are of the day of their event.
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
    /// The CVEs that Metasploit has a module for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metasploit: Option<Vec<Cve>>,
    /// The CVEs that Nuclei has a template for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nuclei: Option<Vec<Cve>>,
    /// The CVEs that Exploit-DB has an entry for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploit_db: Option<Vec<Cve>>,
    /// Tables as what differs from those before them: how a program keeps what it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Box<FeedsSince>>,
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
        let feeds = Self { epss: read(epss, "epss")?, kev: read(kev, "kev")?, ..Self::default() };
        feeds.tables().map(|_| feeds)
    }

    /// The same with lists of exploits, as their publishers write them: Metasploit, Nuclei, Exploit-DB.
    ///
    /// ```
    /// use ctem_core::program::Feeds;
    ///
    /// let feeds = Feeds::default().with_exploits([Some(b"CVE-2021-44228\n"), None, None])?;
    /// assert_eq!(feeds.metasploit.map(|cves| cves.len()), Some(1));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Exploits::read`], with the name of the list as the place.
    pub fn with_exploits(mut self, lists: [Option<&[u8]>; 3]) -> Result<Self> {
        let [metasploit, nuclei, exploit_db] = lists;
        let read = |bytes: Option<&[u8]>, name: &str| -> Result<Option<Vec<Cve>>> {
            let Some(bytes) = bytes else { return Ok(None) };
            let list = Exploits::read(bytes, MOST_BYTES).map_err(|error| error.at(name))?;
            Ok(Some(list.iter().collect()))
        };
        self.metasploit = read(metasploit, "metasploit")?;
        self.nuclei = read(nuclei, "nuclei")?;
        self.exploit_db = read(exploit_db, "exploit_db")?;
        Ok(self)
    }

    fn tables(&self) -> Result<Intel> {
        let mut tables = Intel::read(
            self.epss.as_ref().map(|text| text.as_bytes()),
            self.kev.as_ref().map(|text| text.as_bytes()),
        )?;
        let list =
            |cves: &Option<Vec<Cve>>| cves.as_ref().map(|cves| Arc::new(cves.iter().copied().collect()));
        tables.metasploit = list(&self.metasploit);
        tables.nuclei = list(&self.nuclei);
        tables.exploit_db = list(&self.exploit_db);
        Ok(tables)
    }

    /// Which tables stand in it whole: EPSS, KEV, Metasploit, Nuclei, Exploit-DB.
    fn has(&self) -> [bool; 5] {
        [
            self.epss.is_some(),
            self.kev.is_some(),
            self.metasploit.is_some(),
            self.nuclei.is_some(),
            self.exploit_db.is_some(),
        ]
    }

    /// As a program keeps it: a table in the place of another as what differs from it. `key` is which event it was.
    pub(super) fn kept(&self, key: &str, before: &Intel, after: &Intel) -> Self {
        let (since, has) = FeedsSince::of(key.into(), self.has(), before, after);
        if !has.contains(&true) {
            return self.clone();
        }
        let [epss, kev, metasploit, nuclei, exploit_db] = has;
        Self {
            epss: self.epss.clone().filter(|_| !epss),
            kev: self.kev.clone().filter(|_| !kev),
            metasploit: self.metasploit.clone().filter(|_| !metasploit),
            nuclei: self.nuclei.clone().filter(|_| !nuclei),
            exploit_db: self.exploit_db.clone().filter(|_| !exploit_db),
            since: Some(Box::new(since)),
            believed: self.believed,
        }
    }

    /// Whether it has every table whole.
    pub(super) fn is_whole(&self) -> bool {
        self.since.as_ref().is_none_or(|since| !since.has().contains(&true))
    }

    /// With every table whole again, as the tables that hold once these are in; still the event that it was.
    pub(super) fn whole(&self, after: &Intel) -> Self {
        let Some(since) = &self.since else { return self.clone() };
        let [has_epss, has_kev, metasploit, nuclei, exploit_db] = since.has();
        let cves = |has: bool, list: &Option<Arc<Exploits>>, own: &Option<Vec<Cve>>| match list {
            Some(list) if has => Some(list.iter().collect()),
            Some(_) | None => own.clone(),
        };
        Self {
            epss: if has_epss {
                after.epss.as_deref().map(|table| epss(table).into())
            } else {
                self.epss.clone()
            },
            kev: if has_kev {
                after.kev.as_deref().map(|table| kev(table).to_string().into())
            } else {
                self.kev.clone()
            },
            metasploit: cves(metasploit, &after.metasploit, &self.metasploit),
            nuclei: cves(nuclei, &after.nuclei, &self.nuclei),
            exploit_db: cves(exploit_db, &after.exploit_db, &self.exploit_db),
            since: Some(Box::new(FeedsSince::told(&since.told))),
            believed: self.believed,
        }
    }

    /// The tables that hold once these are in, and the CVEs that are known to be exploited since.
    pub(super) fn replaced(&self, before: &Intel) -> Result<(Intel, Vec<Cve>)> {
        let mut tables = self.tables()?;
        if let Some(since) = &self.since {
            let changed = since.after(before)?;
            tables.epss = tables.epss.or(changed.epss);
            tables.kev = tables.kev.or(changed.kev);
            tables.metasploit = tables.metasploit.or(changed.metasploit);
            tables.nuclei = tables.nuclei.or(changed.nuclei);
            tables.exploit_db = tables.exploit_db.or(changed.exploit_db);
        }
        let Intel { epss, kev, metasploit, nuclei, exploit_db, .. } = tables;
        if let (Some(old), Some(new), false) = (&before.epss, &epss, self.believed) {
            trusted(old, new).map_err(|error| error.at("epss"))?;
        }
        if let (Some(old), Some(new), false) = (&before.kev, &kev, self.believed) {
            let lost = shrunk("known exploited vulnerabilities", old.len(), new.len());
            lost.and_then(|()| older(old.released, new.released)).map_err(|error| error.at("kev"))?;
        }
        for (old, new, name) in [
            (&before.metasploit, &metasploit, "metasploit"),
            (&before.nuclei, &nuclei, "nuclei"),
            (&before.exploit_db, &exploit_db, "exploit_db"),
        ] {
            if let (Some(old), Some(new), false) = (old, new, self.believed) {
                shrunk("exploited flaws", old.len(), new.len()).map_err(|error| error.at(name))?;
            }
        }
        let listed = newly_listed(before.kev.as_deref(), kev.as_deref());
        let intel = Intel {
            epss: epss.or(before.epss.clone()),
            kev: kev.or(before.kev.clone()),
            metasploit: metasploit.or(before.metasploit.clone()),
            nuclei: nuclei.or(before.nuclei.clone()),
            exploit_db: exploit_db.or(before.exploit_db.clone()),
            ..before.clone()
        };
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
    fn a_list_of_exploits_that_lost_more_than_a_third_is_refused() {
        let list = |cves: u32| {
            let lines: String = (0..cves).map(|n| format!("CVE-2024-{}\n", 1_000 + n)).collect();
            Feeds::default().with_exploits([None, Some(lines.as_bytes()), None]).unwrap()
        };
        let (before, _) = list(30).replaced(&Intel::none()).unwrap();
        assert_eq!(list(20).replaced(&before).unwrap().0.nuclei.map(|list| list.len()), Some(20));
        let error = list(19).replaced(&before).unwrap_err();
        assert_eq!((error.code(), error.place()), ("conflict", Some("nuclei")));
        assert!(before.metasploit.is_none() && list(20).replaced(&before).unwrap().0.metasploit.is_none());
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
