use crate::{
    intel::{Intel, epss::Epss, exploits::Exploits, kev::Kev},
    model::{Note, RecordCounts},
    time::Moment,
};
use serde::Serialize;

/// The tables that were read, as they are written: of which day, and what became of their rows.
///
/// ```
/// use ctem_core::{intel::Intel, wire::IntelDocument};
///
/// let intel = Intel::read(Some(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n"), None)?;
/// let document = IntelDocument::of(&intel);
/// assert!(document.epss.is_some() && document.kev.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Intel"))]
#[non_exhaustive]
pub struct IntelDocument {
    /// The EPSS table, or `null`.
    pub epss: Option<EpssDocument>,
    /// The catalogue of known exploited vulnerabilities, or `null`.
    pub kev: Option<KevDocument>,
    /// The list of CVEs that Metasploit has a module for, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metasploit: Option<ExploitsDocument>,
    /// The list of CVEs that Nuclei has a template for, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nuclei: Option<ExploitsDocument>,
    /// The list of CVEs that Exploit-DB has an entry for, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploit_db: Option<ExploitsDocument>,
    /// The user's own table of what findings do, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<EffectsDocument>,
}

/// A list of CVEs with public exploit code as it is written, without the CVEs.
///
/// ```
/// use ctem_core::wire::{IntelDocument, ask::{IntelFiles, intel}};
///
/// let intel = intel(IntelFiles { nuclei: Some(b"CVE-2021-44228"), ..IntelFiles::default() })?;
/// assert_eq!(IntelDocument::of(&intel).nuclei.map(|list| list.cves), Some(1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Exploits"))]
#[non_exhaustive]
pub struct ExploitsDocument {
    /// How many CVEs it has.
    pub cves: usize,
}

/// A user's own table of what findings do, as it is written, without its lines.
///
/// ```
/// use ctem_core::{intel::{Intel, effects::Effects}, wire::IntelDocument};
///
/// let intel = Intel::none().with_effects(Effects::with("acme\trule\tA-17\tno-login")?);
/// assert_eq!(IntelDocument::of(&intel).effects.map(|effects| effects.lines), Some(1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Effects"))]
#[non_exhaustive]
pub struct EffectsDocument {
    /// How many lines it has.
    pub lines: usize,
}

/// An EPSS table as it is written, without its scores.
///
/// ```
/// use ctem_core::{intel::Intel, wire::IntelDocument};
///
/// let intel = Intel::read(Some(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n"), None)?;
/// assert_eq!(IntelDocument::of(&intel).epss.map(|epss| epss.tally.accepted), Some(1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Epss"))]
#[non_exhaustive]
pub struct EpssDocument {
    /// The model that gave the scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_version: Option<Box<str>>,
    /// The day of the scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_date: Option<Moment>,
    /// What became of the rows.
    pub tally: RecordCounts,
    /// Why some were rejected.
    pub notes: Vec<Note>,
}

/// A catalogue of known exploited vulnerabilities as it is written, without its entries.
///
/// ```
/// use ctem_core::{intel::Intel, wire::IntelDocument};
///
/// let kev = br#"{"catalogVersion": "2025.11.13", "vulnerabilities": [{"cveID": "CVE-2021-44228"}]}"#;
/// let document = IntelDocument::of(&Intel::read(None, Some(kev))?);
/// assert_eq!(document.kev.map(|kev| kev.version), Some("2025.11.13".into()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Kev"))]
#[non_exhaustive]
pub struct KevDocument {
    /// The catalogue's version.
    pub version: Box<str>,
    /// When it was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Moment>,
    /// What became of the entries.
    pub tally: RecordCounts,
    /// Why some were rejected.
    pub notes: Vec<Note>,
}

impl IntelDocument {
    /// The document of the tables.
    ///
    /// ```
    /// use ctem_core::{intel::Intel, wire::{self, IntelDocument}};
    ///
    /// assert_eq!(wire::json(&IntelDocument::of(&Intel::none()))?, r#"{"epss":null,"kev":null}"#);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(intel: &Intel) -> Self {
        Self {
            epss: intel.epss.as_deref().map(EpssDocument::of),
            kev: intel.kev.as_deref().map(KevDocument::of),
            metasploit: intel.metasploit.as_deref().map(ExploitsDocument::of),
            nuclei: intel.nuclei.as_deref().map(ExploitsDocument::of),
            exploit_db: intel.exploit_db.as_deref().map(ExploitsDocument::of),
            effects: Some(intel.effects.own_lines())
                .filter(|lines| *lines > 0)
                .map(|lines| EffectsDocument { lines }),
        }
    }
}

impl ExploitsDocument {
    fn of(list: &Exploits) -> Self {
        Self { cves: list.len() }
    }
}

impl EpssDocument {
    fn of(table: &Epss) -> Self {
        Self {
            model_version: table.model_version.clone(),
            score_date: table.score_date,
            tally: table.tally,
            notes: table.notes.clone(),
        }
    }
}

impl KevDocument {
    fn of(kev: &Kev) -> Self {
        Self {
            version: kev.version.clone(),
            released: kev.released,
            tally: kev.tally,
            notes: kev.notes.clone(),
        }
    }
}
