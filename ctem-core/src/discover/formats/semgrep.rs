//! Semgrep JSON: `results` of a scan, `findings` of the platform, and `vulns` of supply chain deployments.
//!
//! A record is a finding of a rule in a file. The asset is the caller's, since a scan does not name its repository; the
//! platform's findings do. Ignored findings are `NotAffected`. Matched lines are left out, since they may hold secrets.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Component, Location, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "semgrep", title: "Semgrep JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let scan = json.has("/results")
            && (json.has("/results/0/check_id")
                || (json.has("/errors") && (json.has("/paths") || json.has("/version"))));
        let platform = json.has("/findings/0/rule_name") || json.has("/findings/0/syntactic_id");
        let supply = json.has("/vulns/0/advisory") || json.has("/vulns/0/dependencyFileLocation");
        Match::yes_if(scan || platform || supply)
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    version: Option<String>,
    #[serde(borrow, default)]
    results: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    findings: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    vulns: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Outcome {
    check_id: String,
    path: String,
    start: Option<Position>,
    extra: Extra,
}

#[derive(Deserialize)]
struct Position {
    line: Option<u32>,
}

#[derive(Deserialize)]
struct Extra {
    message: Option<String>,
    severity: Option<String>,
    metadata: Option<Metadata>,
    is_ignored: Option<bool>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    cwe: Option<Words>,
    category: Option<String>,
    #[serde(default)]
    subcategory: Option<Words>,
    likelihood: Option<String>,
    source: Option<String>,
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
struct Platform {
    rule_name: Option<String>,
    rule: Option<PlatformRule>,
    rule_message: Option<String>,
    severity: Option<String>,
    status: Option<String>,
    state: Option<String>,
    triage_state: Option<String>,
    location: Option<PlatformPlace>,
    repository: Option<Repository>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    created_at: Option<String>,
    line_of_code_url: Option<String>,
}

#[derive(Deserialize)]
struct PlatformRule {
    name: Option<String>,
    message: Option<String>,
    #[serde(default)]
    cwe_names: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct PlatformPlace {
    file_path: Option<String>,
    line: Option<u32>,
}

#[derive(Deserialize)]
struct Repository {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Supply {
    title: Option<String>,
    advisory: Advisory,
    dependency_file_location: Option<SupplyPlace>,
    repository_name: Option<String>,
    opened_at: Option<String>,
    matched_dependency: Option<Dependency>,
    triage_state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advisory {
    rule_id: Option<String>,
    title: Option<String>,
    description: Option<String>,
    ecosystem: Option<String>,
    severity: Option<String>,
    references: Option<References>,
    #[serde(default)]
    reachable_if: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct References {
    #[serde(default)]
    cve_ids: Option<Vec<String>>,
    #[serde(default)]
    cwe_ids: Option<Vec<String>>,
    #[serde(default)]
    urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct SupplyPlace {
    path: Option<String>,
    #[serde(rename = "startLine")]
    line: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    name: Option<String>,
    version_specifier: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    draft.report.source.version = report.version.map(Box::from);
    draft.each("/results", report.results.into_iter().flatten(), |outcome: Outcome, place, draft| {
        let asset = draft.default_asset(AssetKind::Repository)?;
        let metadata = outcome.extra.metadata.as_ref();
        let secret = metadata.and_then(|metadata| metadata.category.as_deref()) == Some("secrets");
        let kind = if secret { WeaknessKind::Secret } else { WeaknessKind::CodeFlaw };
        let mut claim = Claim::new(asset, kind, &outcome.check_id, place);
        claim.title = outcome.check_id.rsplit('.').next().unwrap_or(&outcome.check_id);
        claim.description = outcome.extra.message.as_deref().unwrap_or_default();
        claim.severity = outcome.extra.severity.as_deref().unwrap_or_default();
        claim.cwes = metadata.and_then(|metadata| metadata.cwe.as_ref()).map(Words::all).unwrap_or_default();
        if let Some(metadata) = metadata {
            let subcategory = metadata.subcategory.as_ref().map(Words::all).unwrap_or_default();
            claim.file_under("category", metadata.category.as_deref().into_iter().chain(subcategory));
            claim.file_under("likelihood", metadata.likelihood.as_deref());
        }
        claim.link = metadata.and_then(|metadata| metadata.source.as_deref()).unwrap_or_default();
        claim.location =
            Some(Location::file(&outcome.path, outcome.start.as_ref().and_then(|start| start.line)));
        if outcome.extra.is_ignored == Some(true) {
            claim.status = Status::NotAffected;
        }
        draft.claim(claim)
    });
    draft.each("/findings", report.findings.into_iter().flatten(), platform);
    draft.each("/vulns", report.vulns.into_iter().flatten(), supply);
    Ok(())
}

fn platform(found: Platform, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = match found.repository.as_ref().and_then(|repository| repository.name.as_deref()) {
        Some(name) if !name.trim().is_empty() => draft.asset(name, AssetKind::Repository)?,
        Some(_) | None => draft.default_asset(AssetKind::Repository)?,
    };
    let rule = found.rule.as_ref();
    let name =
        found.rule_name.as_deref().or_else(|| rule.and_then(|rule| rule.name.as_deref())).unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::CodeFlaw, name, place);
    claim.title = name.rsplit('.').next().unwrap_or(name);
    let message = found.rule_message.as_deref().or_else(|| rule.and_then(|rule| rule.message.as_deref()));
    claim.description = message.unwrap_or_default();
    claim.severity = found.severity.as_deref().unwrap_or_default();
    claim.cwes = rule.iter().flat_map(|rule| rule.cwe_names.iter().flatten()).map(String::as_str).collect();
    claim.file_under("category", found.categories.iter().flatten().map(String::as_str));
    claim.link = found.line_of_code_url.as_deref().unwrap_or_default();
    let spot = found.location.as_ref();
    claim.location = spot.and_then(|spot| Some(Location::file(spot.file_path.as_deref()?, spot.line)));
    claim.status = if word::is(found.triage_state.as_deref(), &["ignored", "false_positive"]) {
        Status::NotAffected
    } else if word::is(found.status.as_deref().or(found.state.as_deref()), &["fixed", "removed"]) {
        Status::Fixed
    } else {
        Status::Open
    };
    claim.seen = found.created_at.as_deref().unwrap_or_default();
    draft.claim(claim)
}

fn supply(found: Supply, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = match found.repository_name.as_deref().filter(|name| !name.trim().is_empty()) {
        Some(name) => draft.asset(name, AssetKind::Repository)?,
        None => draft.default_asset(AssetKind::Repository)?,
    };
    let advisory = &found.advisory;
    let rule = advisory.rule_id.as_deref().or(found.title.as_deref()).unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, rule, place);
    let references = advisory.references.as_ref();
    claim.names =
        references.iter().flat_map(|all| all.cve_ids.iter().flatten()).map(String::as_str).collect();
    claim.cwes = references.iter().flat_map(|all| all.cwe_ids.iter().flatten()).map(String::as_str).collect();
    claim.title = found.title.as_deref().or(advisory.title.as_deref()).unwrap_or_default();
    claim.description =
        advisory.description.as_deref().or(advisory.reachable_if.as_deref()).unwrap_or_default();
    claim.severity = advisory.severity.as_deref().unwrap_or_default();
    claim.link =
        references.and_then(|all| all.urls.as_ref()?.first()).map(String::as_str).unwrap_or_default();
    if let Some(dependency) = &found.matched_dependency {
        let name = dependency.name.as_deref().unwrap_or_default();
        let version = dependency.version_specifier.as_deref();
        let purl = advisory.ecosystem.as_deref().zip(version).and_then(|(kind, version)| match kind {
            "npm" | "pypi" | "cargo" => Some(format!("pkg:{kind}/{name}@{version}")),
            "gomod" => Some(format!("pkg:golang/{name}@{version}")),
            _ => None,
        });
        claim.component = Some(Component::new(name, version).with_purl(purl.as_deref()));
    }
    let spot = found.dependency_file_location.as_ref();
    claim.location = spot.and_then(|spot| {
        let line = spot.line.as_deref().and_then(|line| line.parse().ok());
        Some(Location::file(spot.path.as_deref()?, line))
    });
    if found.triage_state.as_deref().is_some_and(|state| state.to_ascii_lowercase().contains("ignored")) {
        claim.status = Status::NotAffected;
    }
    claim.seen = found.opened_at.as_deref().unwrap_or_default();
    draft.claim(claim)
}
