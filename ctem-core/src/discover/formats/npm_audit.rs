//! `npm audit --json`, of version 6 (`advisories`, as pnpm and Yarn 2 and 3 write it too) and of version 7 and later
//! (`vulnerabilities`).
//!
//! A record is an advisory of a package. A package that is only weak through others repeats them and is clear. An advisory of
//! several installed versions is a finding of each. The asset is the caller's, since the report does not name its project.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json, package,
};
use crate::{
    error::{Error, Result},
    id,
    id::AssetId,
    model::{AssetKind, Location, WeaknessKind},
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
        let failed = json.has_all(&["/error/code", "/error/summary"]);
        Match::yes_if(json.has("/auditReportVersion") || old).max(Match::maybe_if(failed))
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    advisories: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(borrow, default)]
    vulnerabilities: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(default)]
    muted: json::Unread,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Why there was no audit.
#[derive(Deserialize)]
struct Failure {
    summary: Option<String>,
}

/// An advisory as the registry wrote it before version 7, with where it was found.
#[derive(Deserialize)]
pub(super) struct Advisory {
    id: Option<serde_json::Value>,
    title: Option<String>,
    module_name: String,
    cves: Option<Vec<String>>,
    github_advisory_id: Option<String>,
    overview: Option<String>,
    recommendation: Option<String>,
    severity: Option<String>,
    cwe: Option<Vec<String>>,
    cvss: Option<Cvss>,
    url: Option<String>,
    patched_versions: Option<String>,
    findings: Option<Vec<Place>>,
}

#[derive(Deserialize)]
struct Place {
    version: Option<String>,
    paths: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    vector_string: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    name: Option<String>,
    #[serde(borrow, default)]
    via: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    nodes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    fix_available: Option<&'a RawValue>,
    #[serde(borrow, default)]
    is_direct: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ViaAdvisory {
    source: Option<serde_json::Value>,
    title: Option<String>,
    url: Option<String>,
    severity: Option<String>,
    range: Option<String>,
    cwe: Option<Vec<String>>,
    cvss: Option<Cvss>,
}

/// The package whose update brings the fix, which need not be the weak one.
#[derive(Deserialize)]
struct Fix {
    name: String,
    version: String,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    if let Some(error) = report.error {
        let said = json::parse::<Failure>(error.get()).ok().and_then(|failure| failure.summary);
        let message = format!("nothing was audited: {}", said.unwrap_or_default());
        draft.record("/error", |_| Err(Error::invalid(message)));
    }
    for (id, record) in report.advisories.iter().flatten() {
        let place = format!("/advisories/{id}");
        draft.record(&place, |draft| {
            let advisory: Advisory = draft.understood(record.get(), &place)?;
            let asset = draft.default_asset(AssetKind::Repository)?;
            advisory.take(&asset, id, None, &place, draft)
        });
    }
    for (name, record) in report.vulnerabilities.iter().flatten() {
        let place = format!("/vulnerabilities/{name}");
        match json::parse::<Package<'_>>(record.get()) {
            Ok(package) => take_package(name, &package, &place, draft),
            Err(error) => draft.record(&place, |_| Err(error)),
        }
    }
    draft.unread("/muted", report.muted.0, "advisory", "someone muted it, and only its number is told");
    Ok(())
}

impl Advisory {
    /// Takes the advisory once for each version it was found in, or where `way` leads.
    pub(super) fn take(
        &self,
        asset: &AssetId,
        number: &str,
        way: Option<&str>,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        let nowhere = [Place { version: None, paths: None }];
        let found = self.findings.as_deref().filter(|found| !found.is_empty()).unwrap_or(&nowhere);
        let id = self.id.as_ref().map(written).unwrap_or_default();
        // Yarn repeats the advisory for each way to the package, and one version lies at its end.
        let at_end = |one: &Place| way.is_some_and(|way| one.paths.iter().flatten().any(|path| path == way));
        let any = found.iter().any(at_end);
        for one in found.iter().filter(|one| !any || at_end(one)) {
            let rule = if id.is_empty() { number } else { &id };
            let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, rule, place);
            claim.names = self.cves.iter().flatten().map(String::as_str).collect();
            claim.names.extend(self.github_advisory_id.as_deref());
            if claim.names.is_empty() {
                claim.names.extend(self.url.as_deref().and_then(advisory_in));
            }
            claim.title = self.title.as_deref().unwrap_or_default();
            claim.description = self.overview.as_deref().unwrap_or_default();
            claim.severity = self.severity.as_deref().unwrap_or_default();
            claim.cwes = self.cwe.iter().flatten().map(String::as_str).collect();
            claim.cvss = self.cvss.iter().filter_map(|cvss| cvss.vector_string.clone()).collect();
            claim.advice = self.recommendation.as_deref().unwrap_or_default();
            claim.link = self.url.as_deref().unwrap_or_default();
            claim.fixed_in = self.patched_versions.as_deref().map(package::first_fixed).unwrap_or_default();
            let ways: Vec<&str> = match way {
                Some(way) => vec![way],
                None => one.paths.iter().flatten().map(String::as_str).collect(),
            };
            let mut component = package::component(Some("npm"), &self.module_name, one.version.as_deref());
            component.direct = (!ways.is_empty()).then(|| ways.iter().any(|way| is_direct(way)));
            claim.component = Some(component);
            claim.location = ways.first().map(|way| Location::file(way, None));
            draft.claim(claim)?;
        }
        Ok(())
    }
}

/// Takes the advisories of a package, each as a record of its own.
fn take_package(name: &str, found: &Package<'_>, place: &str, draft: &mut Draft<'_>) {
    let name = found.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(name);
    let own = |record: &&&RawValue| !record.get().starts_with('"');
    let advisories: Vec<_> = found.via.iter().flatten().enumerate().filter(|(_, via)| own(via)).collect();
    if found.via.is_none() {
        draft.record(place, |_| Err(Error::invalid("`via` is missing: the record must have it")));
    } else if advisories.is_empty() {
        // It is weak through other packages, which have records of their own.
        draft.record(place, |draft| {
            draft.clear();
            Ok(())
        });
    }
    let nodes: Vec<String> = found.nodes.and_then(|text| json::parse(text.get()).ok()).unwrap_or_default();
    let fix: Option<Fix> = found.fix_available.and_then(|text| json::parse(text.get()).ok());
    let advice = match (&fix, found.fix_available.map(RawValue::get)) {
        (Some(Fix { name, version }), _) => format!("update {name} to {version}"),
        (None, Some("true")) => "npm audit fix".to_owned(),
        (None, _) => String::new(),
    };
    for (n, record) in advisories {
        let place = format!("{place}/via/{n}");
        draft.record(&place, |draft| {
            let one: ViaAdvisory = draft.understood(record.get(), &place)?;
            let asset = draft.default_asset(AssetKind::Repository)?;
            let id = one.source.as_ref().map(written).unwrap_or_default();
            let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, &id, &place);
            claim.names = one.url.as_deref().and_then(advisory_in).into_iter().collect();
            claim.title = one.title.as_deref().unwrap_or_default();
            let range = one.range.as_deref().map(|range| format!("{name} {range}")).unwrap_or_default();
            claim.description = &range;
            claim.severity = one.severity.as_deref().unwrap_or_default();
            claim.cwes = one.cwe.iter().flatten().map(String::as_str).collect();
            claim.cvss = one.cvss.iter().filter_map(|cvss| cvss.vector_string.clone()).collect();
            claim.link = one.url.as_deref().unwrap_or_default();
            claim.advice = &advice;
            claim.fixed_in = fix.iter().filter(|fix| fix.name == name).map(|fix| &*fix.version).collect();
            let mut component = package::component(Some("npm"), name, None);
            component.direct = found.is_direct.and_then(|text| crate::word::flag(text.get()));
            claim.component = Some(component);
            let path = nodes.join(", ");
            claim.location = (!path.is_empty()).then(|| Location::file(&path, None));
            draft.claim(claim)
        });
    }
}

/// The GitHub advisory that an address leads to.
pub(super) fn advisory_in(address: &str) -> Option<&str> {
    address.rsplit('/').next().filter(|last| id::is_ghsa(last))
}

/// A number or text, as it is shown.
pub(super) fn written(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a way from the project to a package has no other package on it: `minimist`, `.>axios`.
fn is_direct(way: &str) -> bool {
    way.split('>').filter(|part| !matches!(part.trim(), "" | ".")).count() == 1
}
