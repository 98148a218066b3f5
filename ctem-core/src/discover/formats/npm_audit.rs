//! `npm audit --json`, of version 6 (`advisories`, as pnpm writes it too) and of version 7 and later (`vulnerabilities`).
//!
//! A record is an advisory, or a package with the advisories it is weak through. A package that is only weak through others
//! repeats them and is clear. The asset is the caller's, since the report does not name its project.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    id,
    model::{AssetKind, Component, Location, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "npm_audit", title: "npm and pnpm audit JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let old = json.has("/advisories")
            && (json.has("/actions")
                || json.has("/metadata")
                || json.has_within("/advisories", "module_name"));
        Match::yes_if(json.has("/auditReportVersion") || old)
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    advisories: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(borrow, default)]
    vulnerabilities: Option<BTreeMap<String, &'a RawValue>>,
}

#[derive(Deserialize)]
struct Advisory {
    id: Option<serde_json::Value>,
    title: Option<String>,
    module_name: String,
    #[serde(default)]
    cves: Option<Vec<String>>,
    github_advisory_id: Option<String>,
    overview: Option<String>,
    recommendation: Option<String>,
    severity: Option<String>,
    #[serde(default)]
    cwe: Option<Words>,
    cvss: Option<Cvss>,
    url: Option<String>,
    patched_versions: Option<String>,
    #[serde(default)]
    findings: Option<Vec<Place>>,
}

#[derive(Deserialize)]
struct Place {
    version: Option<String>,
    #[serde(default)]
    paths: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Several(Vec<String>),
}

impl Words {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(several) => several.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    vector_string: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    name: String,
    severity: Option<String>,
    #[serde(default)]
    via: Vec<Via>,
    #[serde(default)]
    nodes: Option<Vec<String>>,
    fix_available: Option<Fix>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    /// Weak through another package, which has a record of its own.
    Other(#[expect(dead_code, reason = "its shape tells the two forms apart")] String),
    Advisory(Box<ViaAdvisory>),
}

#[derive(Deserialize)]
struct ViaAdvisory {
    source: Option<serde_json::Value>,
    title: Option<String>,
    url: Option<String>,
    range: Option<String>,
    #[serde(default)]
    cwe: Option<Words>,
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Fix {
    Known { name: String, version: String },
    Whether(#[expect(dead_code, reason = "its shape tells the two forms apart")] bool),
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    let asset = |draft: &mut Draft<'_>| draft.default_asset(AssetKind::Repository);
    for (id, record) in report.advisories.iter().flatten() {
        let place = format!("/advisories/{id}");
        draft.record(&place, |draft| {
            let claim = Claim::new(asset(draft)?, WeaknessKind::Vulnerability, id, &place);
            old(&json::parse_owned(record.get())?, claim, draft)
        });
    }
    for (name, record) in report.vulnerabilities.iter().flatten() {
        let place = format!("/vulnerabilities/{name}");
        draft.record(&place, |draft| {
            let package: Package = json::parse_owned(record.get())?;
            let advisories = || {
                package.via.iter().filter_map(|via| match via {
                    Via::Advisory(advisory) => Some(&**advisory),
                    Via::Other(_) => None,
                })
            };
            if advisories().next().is_none() {
                draft.clear();
                return Ok(());
            }
            let claim = Claim::new(asset(draft)?, WeaknessKind::Vulnerability, "", &place);
            new(&package, advisories(), claim, draft)
        });
    }
    Ok(())
}

fn old<'a>(advisory: &'a Advisory, mut claim: Claim<'a>, draft: &mut Draft<'_>) -> Result<()> {
    claim.names = advisory.cves.iter().flatten().map(String::as_str).collect();
    claim.names.extend(advisory.github_advisory_id.as_deref());
    let id = advisory.id.as_ref().map(ToString::to_string).unwrap_or_default();
    let rule = if id.is_empty() { claim.rule.to_owned() } else { id };
    claim.title = advisory.title.as_deref().unwrap_or_default();
    claim.description = advisory.overview.as_deref().unwrap_or_default();
    claim.severity = advisory.severity.as_deref().unwrap_or_default();
    claim.cwes = advisory.cwe.as_ref().map(Words::all).unwrap_or_default();
    claim.cvss = advisory.cvss.iter().filter_map(|cvss| cvss.vector_string.clone()).collect();
    claim.advice = advisory.recommendation.as_deref().unwrap_or_default();
    claim.link = advisory.url.as_deref().unwrap_or_default();
    claim.fixed_in = advisory.patched_versions.iter().map(String::as_str).collect();
    let first = advisory.findings.iter().flatten().next();
    let version = first.and_then(|place| place.version.as_deref());
    claim.component = Some(package(&advisory.module_name, version));
    let path = first.and_then(|place| place.paths.as_ref()?.first());
    claim.location = path.map(|path| Location::file(path, None));
    draft.claim(Claim { rule: &rule, ..claim })
}

/// One package, weak through one or several advisories of its own, of which the first with a GitHub id names it.
fn new<'a>(
    found: &'a Package,
    advisories: impl Iterator<Item = &'a ViaAdvisory>,
    mut claim: Claim<'a>,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let advisories: Vec<_> = advisories.collect();
    let Some(first) = advisories.first() else { return Ok(()) };
    let id = first.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let ghsa = first.url.as_deref().and_then(|url| url.rsplit('/').next()).filter(|last| id::is_ghsa(last));
    claim.names = ghsa.into_iter().collect();
    claim.title = first.title.as_deref().unwrap_or_default();
    let all: Vec<_> = advisories
        .iter()
        .map(|one| {
            let range = one.range.as_deref().map(|range| format!(" ({range})")).unwrap_or_default();
            format!(
                "{}{range} {}",
                one.title.as_deref().unwrap_or_default(),
                one.url.as_deref().unwrap_or_default()
            )
        })
        .collect();
    let description = all.join("\n");
    claim.severity = found.severity.as_deref().unwrap_or_default();
    claim.cwes = advisories.iter().filter_map(|one| one.cwe.as_ref()).flat_map(Words::all).collect();
    claim.cvss = advisories.iter().filter_map(|one| one.cvss.as_ref()?.vector_string.clone()).collect();
    claim.link = first.url.as_deref().unwrap_or_default();
    let advice = match &found.fix_available {
        Some(Fix::Known { name, version }) => format!("update {name} to {version}"),
        Some(Fix::Whether(_)) | None => String::new(),
    };
    claim.component = Some(package(&found.name, None));
    claim.location = found.nodes.iter().flatten().next().map(|node| Location::file(node, None));
    draft.claim(Claim { rule: &id, description: &description, advice: &advice, ..claim })
}

fn package(name: &str, version: Option<&str>) -> Component {
    let purl = match version {
        Some(version) => format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
        None => format!("pkg:npm/{}", name.replace('@', "%40")),
    };
    Component::new(name, version).with_purl(Some(&purl))
}
