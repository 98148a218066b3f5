use super::{Acceptance, Accesses, Technique, Weakness, step};
use crate::{
    error::{Error, Result},
    id::{AssetId, FindingId},
    quantity::Probability,
    time::Moment,
    word::{perhaps, words},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A weakness seen on an asset by one source or several.
///
/// ```
/// use ctem_core::model::{AssetKind, Component, Environment, Finding, Weakness, WeaknessKind};
///
/// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
/// let finding = Finding {
///     component: Some(Component::new("log4j-core", Some("2.14.1"))),
///     ..Finding::new("web-1".parse()?, weakness)
/// };
/// // It has no name yet: the environment gives it one, the same on every day.
/// let environment = Environment::builder().asset("web-1", AssetKind::Host).record(finding).build()?;
/// assert!(environment.findings().all(|finding| finding.id.is_some()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Its name. A source need not give one: the environment names what has none, from what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<FindingId>,
    /// Other names of the same finding, where sources had named it before it was known to be one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<FindingId>,
    /// Where it was seen.
    pub asset: AssetId,
    /// What is wrong.
    pub weakness: Weakness,
    /// The package or product that has the weakness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// Where on the asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Box<Location>>,
    /// Which of several it is: what its tool tells it apart by from others of the same weakness in the same place, such as a
    /// fingerprint. Findings that differ in it are never one. Absent where weakness, component and place say it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Box<str>>,
    /// Whether it still stands.
    #[serde(default, skip_serializing_if = "is_open")]
    pub status: Status,
    /// Who decided to live with it, why and until when, where it is accepted and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Box<Acceptance>>,
    /// What is known about exploiting it here, where it is more than the weakness tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploit: Option<Box<Exploit>>,
    /// The secret, when it is one: never its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Box<Secret>>,
    /// What each source said, in its own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sightings: Vec<Sighting>,
}

impl Finding {
    /// The versions of its component that sources name as mended, each once, in the order of their text.
    ///
    /// ```
    /// use ctem_core::model::{Finding, Sighting, Weakness, WeaknessKind};
    ///
    /// let sighting = |tool: &str, version: &str| Sighting { fixed_in: vec![version.into()], ..Sighting::by(tool) };
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let finding = Finding {
    ///     sightings: vec![sighting("trivy", "2.17.1"), sighting("grype", "2.15.0"), sighting("snyk", "2.17.1")],
    ///     ..Finding::new("web-1".parse()?, weakness)
    /// };
    /// assert_eq!(finding.fixed_in(), ["2.15.0", "2.17.1"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn fixed_in(&self) -> Vec<&str> {
        let versions: BTreeSet<&str> =
            self.sightings.iter().flat_map(|sighting| &sighting.fixed_in).map(|version| &**version).collect();
        versions.into_iter().collect()
    }

    /// Whether the weak code is reached, as far as sources say: the most that one of them has seen.
    ///
    /// ```
    /// use ctem_core::model::{Finding, Reachability, Sighting, Weakness, WeaknessKind};
    ///
    /// let sighting = |tool: &str, reachability| Sighting { reachability: Some(reachability), ..Sighting::by(tool) };
    /// let weakness = Weakness::new("CVE-2021-38561".parse()?, WeaknessKind::Vulnerability);
    /// let sightings = vec![sighting("a", Reachability::Unreachable), sighting("b", Reachability::Static), Sighting::by("c")];
    /// let finding = Finding { sightings, ..Finding::new("shop".parse()?, weakness) };
    /// assert_eq!(finding.reachability(), Some(Reachability::Static));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn reachability(&self) -> Option<Reachability> {
        self.sightings.iter().filter_map(|sighting| sighting.reachability).max()
    }

    /// Whether somebody lives with it at a moment: it is accepted, and the decision has not run out.
    ///
    /// ```
    /// use ctem_core::model::{Acceptance, Finding, Status, Weakness, WeaknessKind};
    ///
    /// let acceptance = Acceptance { until: Some("2026-01-01".parse()?), ..Acceptance::default() };
    /// let finding = Finding {
    ///     status: Status::Accepted,
    ///     acceptance: Some(Box::new(acceptance)),
    ///     ..Finding::new("web-1".parse()?, Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability))
    /// };
    /// assert!(finding.is_accepted("2025-12-31".parse()?) && !finding.is_accepted("2026-01-01".parse()?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_accepted(&self, at: Moment) -> bool {
        self.status == Status::Accepted && self.acceptance.as_ref().is_none_or(|decided| decided.holds(at))
    }

    /// The tools that saw it, each once, by name.
    ///
    /// ```
    /// use ctem_core::model::{Finding, Sighting, Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("CVE-2021-44228".parse()?, WeaknessKind::Vulnerability);
    /// let sightings = vec![Sighting::by("trivy"), Sighting::by("grype"), Sighting::by("trivy")];
    /// assert_eq!(Finding { sightings, ..Finding::new("web-1".parse()?, weakness) }.sources(), ["grype", "trivy"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn sources(&self) -> Vec<&str> {
        let sources: BTreeSet<&str> = self.sightings.iter().map(|sighting| &*sighting.source).collect();
        sources.into_iter().collect()
    }

    /// An open finding of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::model::{Finding, Location, Weakness, WeaknessKind};
    ///
    /// let weakness = Weakness::new("scan:open-port".parse()?, WeaknessKind::NetworkExposure);
    /// let location = Some(Box::new(Location::port(22, "tcp")));
    /// let finding = Finding { location, ..Finding::new("web-1".parse()?, weakness) };
    /// assert!(finding.status.is_open());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(asset: AssetId, weakness: Weakness) -> Self {
        Self {
            id: None,
            also: Vec::new(),
            asset,
            weakness,
            component: None,
            location: None,
            instance: None,
            status: Status::Open,
            acceptance: None,
            exploit: None,
            secret: None,
            sightings: Vec::new(),
        }
    }
}

/// The package or product a weakness is in.
///
/// ```
/// use ctem_core::model::Component;
///
/// let library = Component {
///     purl: Some("pkg:npm/lodash@4.17.20".into()),
///     ..Component::new("lodash", Some("4.17.20"))
/// };
/// assert_eq!(library, Component::new("lodash", Some("4.17.20")).with_purl(Some("pkg:npm/lodash@4.17.20")));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Component {
    /// Its name as the source writes it.
    pub name: Box<str>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Box<str>>,
    /// Its package URL (purl).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<Box<str>>,
    /// Whose package it is, by the types of package URLs: `npm`, `pypi`, `maven`, `golang`, `deb`. A package URL says it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<Box<str>>,
    /// The source package a distribution builds it from: `openssl` of `libssl3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<str>>,
    /// Whether it was asked for by name, and not brought in by another package; absent where nobody says.
    #[serde(default, deserialize_with = "perhaps", skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
}

impl Component {
    /// A component by name; an empty version is none.
    ///
    /// ```
    /// use ctem_core::model::Component;
    ///
    /// // A tool that leaves the version blank has not named one.
    /// assert_eq!(Component::new("openssl", Some(" ")), Component::new("openssl", None));
    /// ```
    pub fn new(name: &str, version: Option<&str>) -> Self {
        let version = version.map(str::trim).filter(|version| !version.is_empty()).map(Box::from);
        Self { name: name.into(), version, ..Self::default() }
    }

    /// The same with a package URL; an empty one is none.
    ///
    /// ```
    /// use ctem_core::model::Component;
    ///
    /// let log4j = Component::new("log4j-core", Some("2.14.1")).with_purl(Some("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"));
    /// assert!(log4j.purl.is_some());
    /// ```
    #[must_use]
    pub fn with_purl(mut self, purl: Option<&str>) -> Self {
        self.purl = purl.map(str::trim).filter(|purl| !purl.is_empty()).map(Box::from);
        self
    }

    /// The same of an ecosystem; an empty one is none.
    ///
    /// ```
    /// use ctem_core::model::Component;
    ///
    /// assert_eq!(Component::new("lodash", Some("4.17.20")).of("npm").ecosystem.as_deref(), Some("npm"));
    /// ```
    #[must_use]
    pub fn of(mut self, ecosystem: &str) -> Self {
        self.ecosystem = Some(ecosystem.trim()).filter(|name| !name.is_empty()).map(Box::from);
        self
    }
}

/// Where on an asset something was seen; what does not apply is absent.
///
/// ```
/// use ctem_core::model::Location;
///
/// // A page on a port that is not the usual one.
/// let place = Location { port: Some("8443/tcp".into()), ..Location::url("https://shop.example:8443/admin") };
/// assert_eq!((place.path, place.line), (None, None));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Location {
    /// A file, or a resource within a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Box<str>>,
    /// The first line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// A web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
    /// A network port and its protocol, as `443/tcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Box<str>>,
}

impl Location {
    /// A file and a line in it.
    ///
    /// ```
    /// use ctem_core::model::Location;
    ///
    /// let place = Location::file("deploy.sh", Some(3));
    /// assert_eq!((place.path.as_deref(), place.line), (Some("deploy.sh"), Some(3)));
    /// ```
    pub fn file(path: &str, line: Option<u32>) -> Self {
        Self { path: Some(path.into()), line, ..Self::default() }
    }

    /// A web address.
    ///
    /// ```
    /// use ctem_core::model::Location;
    ///
    /// assert_eq!(Location::url("https://shop.example/admin").url.as_deref(), Some("https://shop.example/admin"));
    /// ```
    pub fn url(url: &str) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    /// A port of a protocol: `443`, `tcp`.
    ///
    /// ```
    /// use ctem_core::model::Location;
    ///
    /// assert_eq!(Location::port(443, "tcp").port.as_deref(), Some("443/tcp"));
    /// ```
    pub fn port(port: u16, protocol: &str) -> Self {
        Self { port: Some(format!("{port}/{protocol}").into()), ..Self::default() }
    }
}

/// Whether a finding still stands. The order is what wins where sources differ: an analysis that it does not apply
/// outweighs a scanner that keeps seeing it, and one that still sees it outweighs one that calls it fixed.
///
/// ```
/// use ctem_core::model::Status;
///
/// // One scanner still sees it, another says that it is gone, and an analyst that it does not apply here: who wins?
/// assert_eq!(Status::Open.max(Status::Fixed), Status::Open);
/// assert_eq!(Status::Open.max(Status::NotAffected), Status::NotAffected);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Gone.
    Fixed,
    /// Stands.
    #[default]
    Open,
    /// Stands, and someone decided to live with it.
    Accepted,
    /// Does not apply here, by an analysis (VEX `not_affected`, `false_positive`).
    NotAffected,
}

words! {
    Status, "a status" {
        Fixed = "fixed",
        Open = "open",
        Accepted = "accepted",
        NotAffected = "not_affected",
    }
}

impl Status {
    /// Whether an attacker can still use it: an accepted risk is a risk.
    ///
    /// ```
    /// use ctem_core::model::Status;
    ///
    /// assert!(Status::Accepted.is_open(), "an accepted risk is a risk");
    /// assert!(!Status::NotAffected.is_open());
    /// ```
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Accepted)
    }
}

/// Whether weak code is ever reached, by an analysis of calls or flows. The order is how much was seen of it.
///
/// ```
/// use ctem_core::model::Reachability;
///
/// // One analysis finds no way to the code, another saw it run: who is right?
/// assert_eq!(Reachability::Unreachable.max(Reachability::Runtime), Reachability::Runtime);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reachability {
    /// The tool looked and could not tell.
    Unknown,
    /// No call and no flow leads to it.
    Unreachable,
    /// It is loaded, or a flow may lead to it; no way was shown.
    Potential,
    /// A way through the code leads to it.
    Static,
    /// It was seen to run.
    Runtime,
}

words! {
    Reachability, "a reachability" {
        Unknown = "unknown",
        Unreachable = "unreachable" | "not_reachable" | "no_path_found",
        Potential = "potential" | "potentially_reachable" | "maybe_reachable",
        Static = "static" | "reachable",
        Runtime = "runtime",
    }
}

/// What an attacker needs for a finding and gains by it. What is not said here is concluded from the weakness.
///
/// ```
/// use ctem_core::model::{Access, Exploit, Finding, Weakness, WeaknessKind};
///
/// // Who can use the build server reads the deployer's key there.
/// let key = Exploit { needs: Some(Access::Use.into()), opens: Some("deployer".parse()?), ..Exploit::default() };
/// let weakness = Weakness::new("gitleaks:private-key".parse()?, WeaknessKind::Secret);
/// let finding = Finding { exploit: Some(Box::new(key)), ..Finding::new("ci".parse()?, weakness) };
/// assert_eq!(finding.exploit.and_then(|exploit| exploit.opens), Some("deployer".parse()?));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exploit {
    /// What must come first: an access to the asset, or up to eight accesses to any assets, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Accesses>,
    /// What it gives: an access to the asset, or up to eight accesses to any assets, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Accesses>,
    /// Another asset it gives its one access to: the identity a secret opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<AssetId>,
    /// The MITRE ATT&CK technique; shown as it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// The chance, within 30 days, that the threat is active: shared by all findings of the weakness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threat: Option<Probability>,
    /// The chance that the finding is exploitable here, as configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Probability>,
    /// The chance that an attempt succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<Probability>,
    /// The chance, within the horizon, that who has what it needs exploits it: all three in one, where the source knows no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<Probability>,
    /// What fixing it costs, at least 0, in the unit of all costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// What an attacker does, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
}

impl Exploit {
    /// Checks its lists and its cost.
    ///
    /// # Errors
    /// `invalid_input` for an empty list, one of more than eight, or a cost that is none.
    pub(crate) fn check(&self) -> Result<()> {
        for (field, accesses) in [("needs", &self.needs), ("gives", &self.gives)] {
            if let Some(Accesses::Of(list)) = accesses {
                step::check(list, field)?;
                if list.is_empty() {
                    let message = format!("`{field}` is an empty list: leave it out, or say an access");
                    return Err(Error::invalid(message).at(format_args!("/{field}")));
                }
            }
        }
        step::check_cost(self.cost)
    }
}

/// What may be known of a secret: enough to tell it again, not enough to use it.
///
/// ```
/// use ctem_core::discover;
///
/// // What is left of a leaked key: enough to find it in the list of keys.
/// let report = discover::read(br#"[{"Description": "AWS", "RuleID": "aws-access-token", "File": "deploy.sh",
///     "StartLine": 3, "Secret": "AKIAIOSFODNN7EXAMPLE", "Match": "key=AKIAIOSFODNN7EXAMPLE", "Fingerprint": "x"}]"#)?;
/// let secret = report.contents.findings[0].secret.as_deref().expect("it is one");
/// assert_eq!((secret.tail.as_deref(), secret.verified), (Some("MPLE"), None));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Secret {
    /// A keyed fingerprint of the value, 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Box<str>>,
    /// The last characters, of a value long enough to spare them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<Box<str>>,
    /// Whether a live test found it still valid; absent when none was made.
    #[serde(default, deserialize_with = "perhaps", skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

/// One source's words about a finding.
///
/// ```
/// use ctem_core::model::{Finding, Sighting, Weakness, WeaknessKind};
///
/// // The tool's own words are kept beside what the engine makes of them.
/// let sighting = Sighting { severity: Some("moderate".into()), fixed_in: vec!["4.17.21".into()], ..Sighting::by("npm audit") };
/// let weakness = Weakness::new("CVE-2021-23337".parse()?, WeaknessKind::Vulnerability);
/// let finding = Finding { sightings: vec![sighting], ..Finding::new("shop".parse()?, weakness) };
/// assert_eq!((finding.sources(), finding.fixed_in()), (vec!["npm audit"], vec!["4.17.21"]));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sighting {
    /// The tool.
    pub source: Box<str>,
    /// The tool's name for the rule or advisory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Box<str>>,
    /// The tool's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// The tool's description or message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// The tool's word for how bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Box<str>>,
    /// How the tool files the rule: its tags, and with a word and a colon in front what it calls otherwise, as
    /// `category:logging`, `family:Default Accounts`, `service:ssh`, `likelihood:high`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Box<str>>,
    /// Versions without the weakness.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed_in: Vec<Box<str>>,
    /// What the tool says to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Box<str>>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Box<str>>,
    /// Where in the tool's document it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<str>>,
    /// Where on the asset the tool saw it, when sightings of one finding differ in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Box<Location>>,
    /// When the tool saw it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Moment>,
    /// When it saw it first, in the same words; absent where that is when it saw it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Moment>,
    /// Whether the weak code is reached, where the tool looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reachability: Option<Reachability>,
    /// What the source concluded, if it is one that concludes and does not look: a statement of VEX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Box<Analysis>>,
}

/// What a source concluded of a finding, rather than saw: a statement of VEX. It outweighs what scanners see, a later one an
/// earlier one, and speaks of the findings of other reports too.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, model::Status};
///
/// // A scanner sees a flaw in a package, and its maker says that it does not apply.
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-1234"},
///     "component": {"name": "qs", "version": "6.5.0", "purl": "pkg:npm/qs@6.5.0"}}]}"#)?);
/// program.absorb(discover::read(br#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"status": "not_affected",
///     "vulnerability": {"name": "CVE-2024-1234"}, "products": [{"@id": "pkg:npm/qs@6.5.0"}]}]}"#)?);
/// assert!(program.environment().findings().all(|finding| finding.status == Status::NotAffected));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Analysis {
    /// What it comes to: `open` is affected, or still under investigation.
    pub status: Status,
    /// Whether it speaks of the component wherever it lies, and not of one asset.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wherever: bool,
    /// The range of versions it speaks of, where it names no single one: `vers:npm/>=6.0.0|<6.5.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Box<str>>,
    /// Whether it was stated in another record, and followed here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub applied: bool,
}

impl Sighting {
    /// A sighting by a tool.
    ///
    /// ```
    /// use ctem_core::model::Sighting;
    ///
    /// let sighting = Sighting { rule: Some("CKV_AWS_20".into()), ..Sighting::by("checkov") };
    /// assert_eq!((&*sighting.source, sighting.rule.as_deref()), ("checkov", Some("CKV_AWS_20")));
    /// ```
    pub fn by(source: &str) -> Self {
        Self { source: source.into(), ..Self::default() }
    }

    /// Sorts sightings and drops repetitions: what a tool says again in the same words is one sighting, with when it was first and
    /// last seen, so that a scan of every day is no longer than the first. What holds follows from all that was said, whatever
    /// the order. O(n log n).
    pub(crate) fn tidy(sightings: &mut Vec<Self>) {
        sightings.sort_unstable();
        sightings.dedup();
        if sightings.len() < 2 || sightings.iter().all(|sighting| sighting.seen.is_none()) {
            return;
        }
        sightings.sort_by(|a, b| a.words().cmp(&b.words()));
        let mut holds = Vec::with_capacity(sightings.len());
        for same in sightings.chunk_by_mut(|a, b| a.words() == b.words()) {
            let times = || same.iter().flat_map(|sighting| [sighting.first_seen, sighting.seen]).flatten();
            let (first, last) = (times().min(), times().max());
            for sighting in same {
                sighting.first_seen = first.filter(|_| first < last);
                // Of what was seen again, the last place is where it stands.
                holds.push(sighting.seen == last);
            }
        }
        let mut holds = holds.into_iter();
        sightings.retain(|_| holds.next().unwrap_or(true));
        sightings.sort_unstable();
        sightings.dedup();
    }

    /// All that it says, but for where in the tool's document and when.
    fn words(&self) -> impl Ord + '_ {
        let Self { source, rule, title, description, severity, tags, fixed_in, advice, link, .. } = self;
        let said = (source, rule, title, description, severity, tags, fixed_in, advice, link);
        (said, &self.location, self.reachability, &self.analysis)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
fn is_open(status: &Status) -> bool {
    *status == Status::Open
}
