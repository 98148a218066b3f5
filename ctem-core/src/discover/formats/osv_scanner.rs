//! OSV-Scanner JSON: vulnerabilities in the packages of lock files and directories.
//!
//! A record is an advisory, in one package of one source; advisories that are one vulnerability become one finding. The asset is
//! the source's directory or file, as a repository. What an analysis of calls finds never called is not affected.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    folder, json, package,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, Component, Location, Reachability, Status, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

pub(super) const READER: Reader = Reader { name: "osv_scanner", title: "OSV-Scanner JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(
            (json.has("/results/0/packages")
                && !json.has("/results/0/distro")
                && !json.has("/results/0/errata_id"))
                || json.has_all(&["/results/0/source/path", "/results/0/source/type"])
                || (json.has("/results") && json.has("/experimental_config")),
        )
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    results: Option<Vec<Found<'a>>>,
}

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow, default)]
    source: Option<&'a RawValue>,
    #[serde(borrow, default)]
    packages: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
struct Source {
    path: Option<String>,
}

#[derive(Deserialize)]
struct Packages<'a> {
    #[serde(borrow, default)]
    package: Option<&'a RawValue>,
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    groups: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    licenses: json::Unread,
    #[serde(default)]
    license_violations: json::Unread,
}

#[derive(Deserialize, Default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
    commit: Option<String>,
}

/// Advisories that are one vulnerability, with what was analysed of them together.
#[derive(Deserialize, Default)]
struct Group {
    ids: Option<Vec<String>>,
    aliases: Option<Vec<String>>,
    #[serde(alias = "experimental_analysis", rename = "experimentalAnalysis")]
    analysis: Option<BTreeMap<String, Analysis>>,
    max_severity: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    called: Option<bool>,
    unimportant: Option<bool>,
}

/// An advisory in the schema of OSV.
#[derive(Deserialize)]
pub(super) struct Vulnerability {
    pub(super) id: String,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) summary: Option<String>,
    pub(super) details: Option<String>,
    severity: Option<Vec<Scored>>,
    affected: Option<Vec<Affected>>,
    references: Option<Vec<Reference>>,
    database_specific: Option<Specific>,
    withdrawn: Option<String>,
}

#[derive(Deserialize)]
struct Scored {
    /// `CVSS_V3`, or the name of another scale.
    #[serde(rename = "type")]
    scale: Option<String>,
    score: String,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<AffectedPackage>,
    ranges: Option<Vec<Range>>,
    severity: Option<Vec<Scored>>,
}

#[derive(Deserialize)]
struct AffectedPackage {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    #[serde(rename = "type")]
    kind: Option<String>,
    events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
struct Event {
    fixed: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Specific {
    severity: Option<String>,
    cwe_ids: Option<Vec<String>>,
    url: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    for (n, found) in report.results.iter().flatten().enumerate() {
        let source: Source = draft.perhaps(found.source, &format!("/results/{n}/source"));
        let path = source.path.unwrap_or_default();
        let asset = if draft.options.asset.is_some() || path.trim().is_empty() {
            draft.default_asset(AssetKind::Repository)?
        } else if let Some(within) = folder::within_anyones(&path) {
            // Files of one document are of one folder, of which the document says nothing.
            let document = draft.document_id();
            draft.asset(&format!("{document}/{within}"), AssetKind::Repository)?
        } else {
            draft.asset(&path, AssetKind::Repository)?
        };
        for (m, packages) in found.packages.iter().flatten().enumerate() {
            let place = format!("/results/{n}/packages/{m}");
            match json::parse::<Packages<'_>>(packages.get()) {
                Ok(packages) => take_package(&packages, &asset, &path, &place, draft),
                Err(error) => draft.record(&place, |_| Err(error)),
            }
        }
    }
    Ok(())
}

fn take_package(packages: &Packages<'_>, asset: &AssetId, path: &str, place: &str, draft: &mut Draft<'_>) {
    let package: Package = draft.perhaps(packages.package, &format!("{place}/package"));
    let groups: Vec<Group> = packages
        .groups
        .iter()
        .flatten()
        .enumerate()
        .map(|(n, group)| draft.perhaps(Some(group), &format!("{place}/groups/{n}")))
        .collect();
    // Of several groups that name an advisory, the first is its.
    let mut group_of = HashMap::new();
    for group in &groups {
        for id in group.ids.iter().chain(&group.aliases).flatten() {
            group_of.entry(id.as_str()).or_insert(group);
        }
    }
    let context = Context { package: &package, group_of: &group_of, asset, path };
    for (n, record) in packages.vulnerabilities.iter().flatten().enumerate() {
        let place = format!("{place}/vulnerabilities/{n}");
        draft.record(&place, |draft| {
            let weak = draft.understood(record.get(), &place)?;
            context.take(&weak, &place, draft)
        });
    }
    let licences = "it is no weakness";
    draft.unread(&format!("{place}/licenses"), packages.licenses.0, "licence", licences);
    draft.unread(
        &format!("{place}/license_violations"),
        packages.license_violations.0,
        "licence violation",
        licences,
    );
}

/// What all advisories of a package share.
struct Context<'a> {
    package: &'a Package,
    group_of: &'a HashMap<&'a str, &'a Group>,
    asset: &'a AssetId,
    path: &'a str,
}

impl Context<'_> {
    fn take(&self, weak: &Vulnerability, place: &str, draft: &mut Draft<'_>) -> Result<()> {
        if weak.is_withdrawn() {
            draft.clear();
            return Ok(());
        }
        let mut claim = Claim::new(self.asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
        weak.tell(&mut claim, self.package.name.as_deref(), self.package.commit.is_some());
        let group = self.group_of.get(weak.id.as_str());
        claim.score = group.and_then(|group| group.max_severity.as_deref()?.parse().ok());
        let analyses = || group.iter().flat_map(|group| group.analysis.iter().flat_map(BTreeMap::values));
        // A group is called when one of its advisories is.
        let called = analyses().filter_map(|analysis| analysis.called).reduce(|a, b| a || b);
        if called == Some(false) {
            claim.status = Status::NotAffected;
        }
        claim.reachability =
            called.map(|called| if called { Reachability::Static } else { Reachability::Unreachable });
        let unimportant = analyses().any(|analysis| analysis.unimportant == Some(true));
        claim.file_under("", unimportant.then_some("unimportant"));
        claim.component = Some(self.component());
        claim.location = Some(Location::file(self.path, None)).filter(|_| !self.path.is_empty());
        draft.claim(claim)
    }

    /// The package; of code without one, the folder it is checked out in, at its commit.
    fn component(&self) -> Component {
        let said = |text: &'_ Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (version, commit) = (said(&self.package.version), said(&self.package.commit));
        let version = version.or_else(|| commit.clone());
        match said(&self.package.name) {
            Some(name) => package::component(self.package.ecosystem.as_deref(), &name, version.as_deref()),
            None => {
                let folder = self.path.trim_end_matches('/').trim_end_matches("/.git");
                let folder = folder.rsplit('/').next().filter(|folder| !folder.is_empty());
                let name = folder.map(str::to_owned).or(commit).unwrap_or_default();
                Component::new(&name, version.as_deref())
            }
        }
    }
}

impl Vulnerability {
    pub(super) fn is_withdrawn(&self) -> bool {
        self.withdrawn.as_deref().is_some_and(|when| !when.trim().is_empty())
    }

    /// Says what the advisory says of a package; `at_commit` if versions are commits.
    pub(super) fn tell<'a>(&'a self, claim: &mut Claim<'a>, package: Option<&str>, at_commit: bool) {
        let aliases = self.aliases.iter().flatten();
        claim.names = std::iter::once(&self.id).chain(aliases).map(String::as_str).collect();
        // Distributions number their own word of a CVE after it: `DEBIAN-CVE-2022-0778`.
        let cve = self.id.find("-CVE-").and_then(|at| self.id.get(at + 1..));
        claim.names.extend(cve.filter(|name| crate::id::Cve::of(name).is_some()));
        claim.title = self.summary.as_deref().unwrap_or_default();
        claim.description = self.details.as_deref().unwrap_or_default();
        let here = |affected: &&Affected| {
            let name = affected.package.as_ref().and_then(|package| package.name.as_deref());
            match (name, package) {
                (Some(name), Some(package)) => name.eq_ignore_ascii_case(package),
                (None, _) | (_, None) => true,
            }
        };
        let affected = || self.affected.iter().flatten().filter(here);
        let scored =
            || self.severity.iter().flatten().chain(affected().flat_map(|one| one.severity.iter().flatten()));
        let is_cvss =
            |scored: &&Scored| scored.scale.as_deref().is_none_or(|scale| scale.starts_with("CVSS"));
        claim.cvss = scored().filter(is_cvss).map(|scored| scored.score.clone()).collect();
        let word = scored().find(|scored| !is_cvss(scored)).map(|scored| scored.score.as_str());
        let specific = self.database_specific.as_ref();
        claim.severity =
            specific.and_then(|specific| specific.severity.as_deref()).or(word).unwrap_or_default();
        claim.cwes = specific
            .iter()
            .flat_map(|specific| specific.cwe_ids.iter().flatten())
            .map(String::as_str)
            .collect();
        claim.fixed_in = affected()
            .flat_map(|affected| affected.ranges.iter().flatten())
            .filter(|range| at_commit || range.kind.as_deref() != Some("GIT"))
            .flat_map(|range| range.events.iter().flatten())
            .filter_map(|event| event.fixed.as_deref())
            .collect();
        let own = specific.and_then(|specific| specific.url.as_deref());
        let first = self.references.iter().flatten().find_map(|reference| reference.url.as_deref());
        claim.link = own.or(first).unwrap_or_default();
    }
}
