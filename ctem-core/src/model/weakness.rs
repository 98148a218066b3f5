use crate::{
    cvss::Vector,
    id::{Cve, WeaknessId},
    quantity::{Probability, Severity},
    time::Moment,
    word::{words, yes_or_no},
};
use serde::{Deserialize, Serialize};

/// What is wrong in general: a CVE, a rule of a benchmark, a kind of secret.
///
/// ```
/// use ctem_core::model::{AssetKind, Environment, Finding, Weakness, WeaknessKind};
///
/// // One scanner names the flaw by its CVE, another by the advisory and knows the CVE as well: it is one finding.
/// let by_cve = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
/// let by_advisory = Weakness {
///     aliases: vec!["CVE-2021-44228".parse()?],
///     ..Weakness::new("GHSA-jfh8-c2jp-5v3q".parse()?, WeaknessKind::Vulnerability)
/// };
/// let seen = |weakness| Ok::<_, ctem_core::Error>(Finding::new("web-1".parse()?, weakness));
/// let web = Environment::builder().asset("web-1", AssetKind::Host).record(seen(by_cve)?).record(seen(by_advisory)?);
/// assert_eq!(web.build()?.finding_count(), 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weakness {
    /// Its name: a CVE where there is one, else an advisory's (`GHSA-…`), else `tool:rule`.
    pub id: WeaknessId,
    /// What sort of wrong it is.
    #[serde(default)]
    pub kind: WeaknessKind,
    /// A line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// Other names of the same weakness (a GHSA of the CVE). Advisories that bundle several CVEs are not aliases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<WeaknessId>,
    /// CWE numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwes: Vec<u32>,
    /// CVSS vectors as published, of any version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cvss: Vec<Vector>,
    /// The highest severity a source gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// EPSS as a source quotes it; a dated EPSS table handed in takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Probability>,
    /// Whether a source says it is in CISA's catalogue of known exploited vulnerabilities.
    #[serde(default, deserialize_with = "yes_or_no", skip_serializing_if = "std::ops::Not::not")]
    pub known_exploited: bool,
    /// When it was published. EPSS has not yet seen what is young.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Moment>,
}

impl Weakness {
    /// A weakness of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{Weakness, WeaknessKind}};
    ///
    /// let weakness = Weakness {
    ///     epss: Some(Probability::new(0.94)?),
    ///     known_exploited: true,
    ///     ..Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability)
    /// };
    /// assert_eq!(weakness.title(), "CVE-2021-44228");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: WeaknessId, kind: WeaknessKind) -> Self {
        Self {
            id,
            kind,
            title: None,
            aliases: Vec::new(),
            cwes: Vec::new(),
            cvss: Vec::new(),
            severity: None,
            epss: None,
            known_exploited: false,
            published: None,
        }
    }

    /// The title, or else the id.
    ///
    /// ```
    /// use ctem_core::model::{Weakness, WeaknessKind};
    ///
    /// let rule = Weakness::new("checkov:CKV_AWS_20".parse()?, WeaknessKind::Misconfiguration);
    /// assert_eq!(rule.title(), "checkov:CKV_AWS_20");
    /// assert_eq!(Weakness { title: Some("Bucket open to all".into()), ..rule }.title(), "Bucket open to all");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(self.id.as_str())
    }

    /// The CVEs that it goes by, its own name first.
    ///
    /// ```
    /// use ctem_core::model::{Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("GHSA-jfh8-c2jp-5v3q".parse()?, WeaknessKind::Vulnerability);
    /// let weakness = Weakness { aliases: vec!["CVE-2021-44228".parse()?], ..weakness };
    /// assert_eq!(weakness.cves().map(|cve| cve.to_string()).collect::<Vec<_>>(), ["CVE-2021-44228"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn cves(&self) -> impl Iterator<Item = Cve> + Clone + '_ {
        std::iter::once(&self.id).chain(&self.aliases).filter_map(WeaknessId::cve)
    }

    /// The highest base score of its vectors.
    pub(crate) fn base_score(&self) -> Option<f64> {
        self.cvss.iter().map(|vector| vector.base_score()).max().map(|score| score.get())
    }
}

/// What sort of wrong a weakness is.
///
/// ```
/// use ctem_core::model::WeaknessKind;
///
/// // What is it where nobody says? And how may it be spelled?
/// assert_eq!(WeaknessKind::default(), WeaknessKind::Vulnerability);
/// assert_eq!("Network Exposure".parse::<WeaknessKind>()?, WeaknessKind::NetworkExposure);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WeaknessKind {
    /// A published flaw in a product.
    #[default]
    Vulnerability,
    /// A setting that is less safe than it should be.
    Misconfiguration,
    /// A password, key or token where others can read it.
    Secret,
    /// An identity that may do more than it should.
    Permission,
    /// A service open to a network it should not be open to.
    NetworkExposure,
    /// A flaw in the organisation's own code.
    CodeFlaw,
}

words! {
    WeaknessKind, "a kind of weakness" {
        Vulnerability = "vulnerability",
        Misconfiguration = "misconfiguration",
        Secret = "secret",
        Permission = "permission",
        NetworkExposure = "network_exposure",
        CodeFlaw = "code_flaw",
    }
}

impl WeaknessKind {
    /// Every kind, in the order of their declaration.
    pub(crate) const ALL: [Self; 6] = [
        Self::Vulnerability,
        Self::Misconfiguration,
        Self::Secret,
        Self::Permission,
        Self::NetworkExposure,
        Self::CodeFlaw,
    ];
}
