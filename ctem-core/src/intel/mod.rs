//! What the world knows about weaknesses, as dated tables handed in: nothing here reaches for the network.
//!
//! [`Intel`] bundles the tables an assessment uses. Each says when it was made, and what it lacks stays unknown.

pub mod attackers;
pub mod effects;
pub mod epss;
pub mod exploits;
pub mod kev;
pub mod lev;
pub mod ssvc;

use crate::{
    error::{Error, Result},
    model::Weakness,
    quantity::{Probability, counted},
    time::Moment,
    visible::Visible,
};
use effects::Effects;
use epss::Epss;
use exploits::Exploits;
use kev::Kev;
use std::{fmt, sync::Arc};

/// The tables an assessment uses. Cloning is cheap: tables are shared.
///
/// ```
/// use ctem_core::intel::Intel;
///
/// let intel = Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?;
/// assert!(intel.epss.is_some() && intel.kev.is_none());
/// assert_eq!(intel.to_string(), "EPSS (1 CVE)");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Intel {
    /// The day's EPSS scores.
    pub epss: Option<Arc<Epss>>,
    /// CISA's catalogue of known exploited vulnerabilities.
    pub kev: Option<Arc<Kev>>,
    /// The CVEs that Metasploit has a module for.
    pub metasploit: Option<Arc<Exploits>>,
    /// The CVEs that Nuclei has a template for.
    pub nuclei: Option<Arc<Exploits>>,
    /// The CVEs that Exploit-DB has an entry for.
    pub exploit_db: Option<Arc<Exploits>>,
    /// What findings do that are no published flaws: the shipped tables, with the user's lines in front of them.
    pub effects: Effects,
}

impl Intel {
    /// No tables: what sources quote is all that is known.
    ///
    /// ```
    /// use ctem_core::{Program, intel::Intel};
    ///
    /// let program = Program::new(Intel::none());
    /// assert!(program.intel().epss.is_none());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// The EPSS score of a weakness: the greatest that the table has of its CVEs, or else what sources quote.
    pub(crate) fn epss_of(&self, weakness: &Weakness) -> Option<Probability> {
        let scores = |table: &Epss| {
            weakness.cves().filter_map(|cve| table.score(cve)).map(|score| score.probability).max()
        };
        self.epss.as_deref().and_then(scores).or(weakness.epss)
    }

    /// Since when a weakness has been listed as exploited, under any of its CVEs.
    pub(crate) fn listed_since(&self, weakness: &Weakness) -> Option<Moment> {
        let kev = self.kev.as_deref()?;
        weakness.cves().filter_map(|cve| kev.listing(cve)).map(|listing| listing.added).min()
    }

    /// The tables in these files: FIRST's daily CSV and CISA's JSON, each plain or gzip, of at most 1 GiB once unpacked.
    ///
    /// ```
    /// use ctem_core::intel::Intel;
    ///
    /// let intel = Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\n"), None)?;
    /// assert_eq!(intel.epss.map(|table| table.len()), Some(1));
    /// let error = Intel::read(None, Some(b"[]")).unwrap_err();
    /// assert!(error.place().is_some_and(|place| place.starts_with("kev")));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Epss::read`] and [`Kev::read`], with the table's name in front of the place.
    pub fn read(epss: Option<&[u8]>, kev: Option<&[u8]>) -> Result<Self> {
        const MOST_BYTES: usize = 1 << 30;
        let epss = epss.map(|bytes| Epss::read(bytes, MOST_BYTES).map_err(|error: Error| error.at("epss")));
        let kev = kev.map(|bytes| Kev::read(bytes, MOST_BYTES).map_err(|error: Error| error.at("kev")));
        let (epss, kev) = (epss.transpose()?.map(Arc::new), kev.transpose()?.map(Arc::new));
        Ok(Self { epss, kev, ..Self::default() })
    }

    /// The same with an EPSS table.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, epss::Epss};
    ///
    /// let today = Epss::read(b"cve,epss\nCVE-2021-44228,0.94\n", 1 << 20)?;
    /// assert!(Intel::none().with_epss(today).epss.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_epss(mut self, epss: Epss) -> Self {
        self.epss = Some(Arc::new(epss));
        self
    }

    /// The same with a catalogue of known exploited vulnerabilities.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, kev::Kev};
    ///
    /// let today = Kev::read(br#"{"catalogVersion": "2025.08.25", "vulnerabilities": []}"#, 1 << 20)?;
    /// assert!(Intel::none().with_kev(today).kev.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_kev(mut self, kev: Kev) -> Self {
        self.kev = Some(Arc::new(kev));
        self
    }

    /// The same with Metasploit's modules.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, exploits::Exploits};
    ///
    /// let modules = Exploits::read(br#"{"exploit_a": {"references": ["CVE-2021-44228"]}}"#, 1 << 20)?;
    /// assert!(Intel::none().with_metasploit(modules).metasploit.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_metasploit(mut self, modules: Exploits) -> Self {
        self.metasploit = Some(Arc::new(modules));
        self
    }

    /// The same with Nuclei's templates.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, exploits::Exploits};
    ///
    /// let templates = Exploits::read(br#"{"ID": "CVE-2021-44228"}"#, 1 << 20)?;
    /// assert!(Intel::none().with_nuclei(templates).nuclei.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_nuclei(mut self, templates: Exploits) -> Self {
        self.nuclei = Some(Arc::new(templates));
        self
    }

    /// The same with the entries of Exploit-DB.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, exploits::Exploits};
    ///
    /// let entries = Exploits::read(b"id,codes\n50592,CVE-2021-44228;OSVDB-1\n", 1 << 20)?;
    /// assert!(Intel::none().with_exploit_db(entries).exploit_db.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_exploit_db(mut self, entries: Exploits) -> Self {
        self.exploit_db = Some(Arc::new(entries));
        self
    }

    /// The same with other tables of what findings do.
    ///
    /// ```
    /// use ctem_core::intel::{Intel, effects::Effects};
    ///
    /// // Our scanner has a rule that no table knows.
    /// let ours = Effects::with("acme\trule\tA-17\tno-login\n")?;
    /// assert_eq!(Intel::none().with_effects(ours).effects.own_lines(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_effects(mut self, effects: Effects) -> Self {
        self.effects = effects;
        self
    }
}

impl fmt::Display for Intel {
    /// Which tables there are, of which day, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epss = self.epss.as_ref().map(|table| {
            let of = table.score_date.map(|day| format!(" of {}", day.date())).unwrap_or_default();
            format!("EPSS{of} ({})", counted(table.len(), "CVE"))
        });
        let kev = self
            .kev
            .as_ref()
            .map(|kev| format!("KEV {} ({})", Visible(&kev.version), counted(kev.len(), "CVE")));
        let exploits = |name, list: &Option<Arc<Exploits>>| {
            list.as_ref().map(|list| format!("{name} ({})", counted(list.len(), "CVE")))
        };
        let own = Some(self.effects.own_lines()).filter(|lines| *lines > 0);
        let tables = [
            epss,
            kev,
            exploits("Metasploit", &self.metasploit),
            exploits("Nuclei", &self.nuclei),
            exploits("Exploit-DB", &self.exploit_db),
            own.map(|lines| format!("{} of effects", counted(lines, "line"))),
        ];
        match tables.into_iter().flatten().collect::<Vec<_>>() {
            none if none.is_empty() => f.write_str("no tables"),
            tables => f.write_str(&tables.join(", ")),
        }
    }
}
