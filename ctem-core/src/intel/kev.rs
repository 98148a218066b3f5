//! CISA's catalogue of known exploited vulnerabilities (KEV): flaws of which exploitation has been seen.
//!
//! A listing says that a flaw *was* exploited, not that it will be in the next 30 days, and its absence says nothing.

use super::epss::Epss;
use crate::{
    error::{Error, Result},
    id::Cve,
    model::{Note, RecordCounts},
    quantity::Probability,
    text,
    time::Moment,
    word,
};
use hashbrown::HashMap;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The catalogue as of its release.
///
/// ```
/// use ctem_core::intel::kev::Kev;
///
/// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
/// assert!(kev.listing("CVE-2021-44228".parse()?).is_some() && kev.listing("CVE-2024-1234".parse()?).is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Kev {
    /// The catalogue's version, as `2025.08.25`.
    pub version: Box<str>,
    /// When it was released.
    pub released: Option<Moment>,
    /// What became of the entries.
    pub tally: RecordCounts,
    /// Why entries were rejected.
    pub notes: Vec<Note>,
    entries: HashMap<Cve, Listing>,
}

/// An entry of the catalogue.
///
/// ```
/// use ctem_core::intel::kev::Kev;
///
/// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
/// // By when must it be fixed, and does ransomware use it?
/// let listing = kev.listing("CVE-2021-44228".parse()?).expect("it is listed");
/// assert_eq!(listing.due.map(|due| due.date()).as_deref(), Some("2021-12-24"));
/// assert!(listing.ransomware);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// The CVE.
    pub cve: Cve,
    /// The entry's name for it.
    pub name: Box<str>,
    /// Who makes the product.
    pub vendor: Box<str>,
    /// The product.
    pub product: Box<str>,
    /// When it was listed.
    pub added: Moment,
    /// By when United States federal agencies must act.
    pub due: Option<Moment>,
    /// Whether ransomware is known to use it.
    pub ransomware: bool,
    /// What CISA asks to do.
    pub required_action: Box<str>,
}

#[derive(Deserialize)]
struct RawCatalogue<'a> {
    #[serde(rename = "catalogVersion")]
    version: Box<str>,
    #[serde(rename = "dateReleased")]
    released: Option<Box<str>>,
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawListing {
    #[serde(rename = "cveID")]
    cve: Cve,
    #[serde(default)]
    vulnerability_name: Box<str>,
    #[serde(default)]
    vendor_project: Box<str>,
    #[serde(default)]
    product: Box<str>,
    date_added: Moment,
    due_date: Option<Moment>,
    #[serde(default)]
    known_ransomware_campaign_use: Box<str>,
    #[serde(default)]
    required_action: Box<str>,
}

impl Kev {
    /// Reads the catalogue's JSON, plain or gzip, of at most `most_bytes` once unpacked.
    ///
    /// An entry that makes no sense is rejected with its place; of two of one CVE the earlier listed stays. O(n log n).
    ///
    /// ```
    /// use ctem_core::intel::kev::Kev;
    ///
    /// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
    ///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
    /// assert_eq!((&*kev.version, kev.len()), ("2025.08.25", 1));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `malformed` or `invalid_input` when it is not the catalogue, `limit_exceeded` when it is too large.
    pub fn read(bytes: &[u8], most_bytes: usize) -> Result<Self> {
        let bytes = text::unpacked(bytes, most_bytes)?;
        let text = text::decoded(&bytes)?;
        let raw: RawCatalogue<'_> = text::json::parse(&text)?;
        let mut kev = Self { version: raw.version, ..Self::default() };
        kev.released = raw.released.and_then(|released| released.parse().ok());
        for (n, entry) in raw.vulnerabilities.iter().enumerate() {
            kev.tally.read += 1;
            match text::json::parse::<RawListing>(entry.get()) {
                Ok(listing) => kev.take(listing),
                Err(error) => kev.reject(&error.at(format_args!("/vulnerabilities/{n}"))),
            }
        }
        Ok(kev)
    }

    /// The entry of a CVE, if it is listed.
    ///
    /// ```
    /// use ctem_core::intel::kev::Kev;
    ///
    /// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
    ///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
    /// // By when must it be mended, and does ransomware use it?
    /// let listing = kev.listing("CVE-2021-44228".parse()?).expect("it is listed");
    /// assert_eq!((listing.due, listing.ransomware), (Some("2021-12-24".parse()?), true));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn listing(&self, cve: Cve) -> Option<&Listing> {
        self.entries.get(&cve)
    }

    /// How many CVEs are listed.
    ///
    /// ```
    /// use ctem_core::intel::kev::Kev;
    ///
    /// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
    ///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
    /// assert_eq!(kev.len(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    ///
    /// ```
    /// use ctem_core::intel::kev::Kev;
    ///
    /// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
    ///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
    /// assert!(!kev.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries, by CVE.
    ///
    /// ```
    /// use ctem_core::intel::kev::Kev;
    ///
    /// let kev = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-2021-44228",
    ///     "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known"}]}"#, 1 << 20)?;
    /// let used_by_ransomware = kev.iter().filter(|listing| listing.ransomware);
    /// assert_eq!(used_by_ransomware.count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &Listing> {
        let mut entries: Vec<_> = self.entries.values().collect();
        entries.sort_unstable_by_key(|listing| listing.cve);
        entries.into_iter()
    }

    /// The mean EPSS of the entries, or of those that ransomware uses: how likely a listed flaw is seen exploited in 30 days, by
    /// the model and on the day of that table. Nothing where it has fewer than 100 of them. O(n log n).
    ///
    /// ```
    /// use ctem_core::intel::{epss::Epss, kev::Kev};
    ///
    /// // A hundred listed flaws, all at 0.6.
    /// let cves = || (0..100).map(|n| format!("CVE-2024-1{n:03}"));
    /// let listed: Vec<String> =
    ///     cves().map(|cve| format!(r#"{{"cveID": "{cve}", "dateAdded": "2024-12-10"}}"#)).collect();
    /// let kev = format!(r#"{{"catalogVersion": "1", "vulnerabilities": [{}]}}"#, listed.join(","));
    /// let scores: Vec<String> = cves().map(|cve| format!("{cve},0.6")).collect();
    /// let epss = Epss::read(format!("cve,epss\n{}", scores.join("\n")).as_bytes(), 1 << 20)?;
    /// let kev = Kev::read(kev.as_bytes(), 1 << 20)?;
    /// assert!((kev.mean_epss(&epss, false).unwrap().get() - 0.6).abs() < 1e-12);
    /// assert_eq!(kev.mean_epss(&epss, true), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn mean_epss(&self, epss: &Epss, ransomware: bool) -> Option<Probability> {
        const ENOUGH: usize = 100;
        // In order of CVE, so that the sum is the same bits every time.
        let listed = self.iter().filter(|listing| !ransomware || listing.ransomware);
        let scores: Vec<f64> =
            listed.filter_map(|listing| Some(epss.score(listing.cve)?.probability.get())).collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        (scores.len() >= ENOUGH).then(|| Probability::clamped(mean))
    }

    fn take(&mut self, raw: RawListing) {
        let listing = Listing {
            cve: raw.cve,
            name: raw.vulnerability_name,
            vendor: raw.vendor_project,
            product: raw.product,
            added: raw.date_added,
            due: raw.due_date,
            ransomware: word::is(&*raw.known_ransomware_campaign_use, &["known", "yes", "true"]),
            required_action: raw.required_action,
        };
        match self.entries.get_mut(&listing.cve) {
            Some(known) => {
                self.tally.merged += 1;
                if listing.added < known.added {
                    *known = listing;
                }
            }
            None => {
                self.tally.accepted += 1;
                self.entries.insert(listing.cve, listing);
            }
        }
    }

    fn reject(&mut self, error: &Error) {
        self.tally.rejected += 1;
        Note::rejected(error).add(&mut self.notes);
    }
}
