//! Trivy JSON: scheme 2, scheme 1 (an array of results), and Kubernetes summaries.
//!
//! A record is a vulnerability, a failed check, or a secret of a result. The asset is what was scanned: the image, the
//! directory, or the Kubernetes object. Passed checks are clear; licences and the package list are left out.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, Location, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader = Reader { name: "trivy", title: "Trivy JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let scheme_2 = json.has("/SchemaVersion") && (json.has("/ArtifactName") || json.has("/Results"));
        let kubernetes = json.has("/ClusterName")
            && (json.has("/Vulnerabilities") || json.has("/Misconfigurations") || json.has("/Resources"));
        let scheme_1 = json.has("/0/Target") && (json.has("/0/Vulnerabilities") || json.has("/0/Type"));
        Match::yes_if(scheme_2 || kubernetes || scheme_1)
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Report<'a> {
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    created_at: Option<String>,
    metadata: Option<Metadata>,
    #[serde(borrow)]
    results: Option<Vec<Outcome<'a>>>,
    cluster_name: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<Resource<'a>>>,
    #[serde(borrow)]
    misconfigurations: Option<Vec<Resource<'a>>>,
    #[serde(borrow)]
    resources: Option<Vec<Resource<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Metadata {
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
}

/// A Kubernetes object with its own results.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Resource<'a> {
    namespace: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    results: Option<Vec<Outcome<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Outcome<'a> {
    target: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    misconfigurations: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    secrets: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(default, rename = "VendorIDs")]
    vendor_ids: Option<Vec<String>>,
    pkg_name: String,
    #[serde(default, rename = "PkgID")]
    pkg_id: Option<String>,
    pkg_path: Option<String>,
    pkg_identifier: Option<Identifier>,
    installed_version: Option<String>,
    fixed_version: Option<String>,
    status: Option<String>,
    #[serde(rename = "PrimaryURL")]
    primary_url: Option<String>,
    title: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    #[serde(rename = "CweIDs")]
    cwe_ids: Option<Vec<String>>,
    #[serde(rename = "CVSS")]
    cvss: Option<BTreeMap<String, Cvss>>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "PURL")]
    purl: Option<String>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(rename = "V2Vector")]
    v2: Option<String>,
    #[serde(rename = "V3Vector")]
    v3: Option<String>,
    #[serde(rename = "V40Vector")]
    v4: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Misconfiguration {
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(rename = "AVDID")]
    avd_id: Option<String>,
    title: Option<String>,
    description: Option<String>,
    message: Option<String>,
    resolution: Option<String>,
    severity: Option<String>,
    #[serde(rename = "PrimaryURL")]
    primary_url: Option<String>,
    status: Option<String>,
    cause_metadata: Option<Cause>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cause {
    resource: Option<String>,
    start_line: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    #[serde(rename = "RuleID")]
    rule_id: String,
    title: Option<String>,
    severity: Option<String>,
    start_line: Option<u32>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    if document.json().is_some_and(json::Outline::is_array) {
        let results: Vec<Outcome<'_>> = json::parse(&document.text)?;
        for (n, outcome) in results.iter().enumerate() {
            let asset = match outcome.target.as_deref() {
                Some(target) if !target.trim().is_empty() => {
                    draft.asset(image_of(target), AssetKind::Workload)?
                }
                Some(_) | None => draft.default_asset(AssetKind::Workload)?,
            };
            take_result(outcome, &asset, &format!("/{n}"), "", draft);
        }
        return Ok(());
    }
    let report: Report<'_> = json::parse(&document.text)?;
    let seen = report.created_at.clone().unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(&seen), "/CreatedAt");
    if let Some(results) = &report.results {
        let asset = scanned(&report, draft)?;
        for (n, outcome) in results.iter().enumerate() {
            take_result(outcome, &asset, &format!("/Results/{n}"), &seen, draft);
        }
    }
    let cluster = report.cluster_name.as_deref().unwrap_or_default();
    for (list, resources) in [
        ("Vulnerabilities", &report.vulnerabilities),
        ("Misconfigurations", &report.misconfigurations),
        ("Resources", &report.resources),
    ] {
        for (n, resource) in resources.iter().flatten().enumerate() {
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            let name =
                [cluster, &part(&resource.namespace), &part(&resource.kind), &part(&resource.name)].join("/");
            let asset = draft.asset(name.trim_matches('/'), AssetKind::Workload)?;
            for (m, outcome) in resource.results.iter().flatten().enumerate() {
                take_result(outcome, &asset, &format!("/{list}/{n}/Results/{m}"), &seen, draft);
            }
        }
    }
    Ok(())
}

fn scanned(report: &Report<'_>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let in_files = word::is(report.artifact_type.as_deref(), &["filesystem", "repository"]);
    let kind = if in_files { AssetKind::Repository } else { AssetKind::Workload };
    let Some(name) = report.artifact_name.as_deref().filter(|name| !name.trim().is_empty()) else {
        return draft.default_asset(kind);
    };
    let mut others = Vec::new();
    if let Some(metadata) = &report.metadata {
        others
            .extend(metadata.image_id.iter().chain(metadata.repo_tags.iter().flatten()).map(String::as_str));
        others.extend(metadata.repo_digests.iter().flatten().map(String::as_str));
    }
    draft.asset_also(name, kind, &others)
}

/// `teamdojo:latest (alpine 3.9.4)` is of `teamdojo:latest`.
fn image_of(target: &str) -> &str {
    target.split_once(" (").map_or(target, |(image, _)| image)
}

fn take_result(outcome: &Outcome<'_>, asset: &AssetId, place: &str, seen: &str, draft: &mut Draft<'_>) {
    let target = outcome.target.as_deref().unwrap_or_default();
    let raw = |list: &Option<Vec<&'_ RawValue>>| {
        list.iter().flatten().map(|record| record.get().to_owned()).collect::<Vec<_>>()
    };
    for (n, record) in raw(&outcome.vulnerabilities).iter().enumerate() {
        let place = format!("{place}/Vulnerabilities/{n}");
        draft.record(&place, |draft| {
            vulnerability(&json::parse_owned(record)?, asset, target, &place, seen, draft)
        });
    }
    for (n, record) in raw(&outcome.misconfigurations).iter().enumerate() {
        let place = format!("{place}/Misconfigurations/{n}");
        draft.record(&place, |draft| {
            misconfiguration(&json::parse_owned(record)?, asset, target, &place, seen, draft)
        });
    }
    for (n, record) in raw(&outcome.secrets).iter().enumerate() {
        let place = format!("{place}/Secrets/{n}");
        draft.record(&place, |draft| {
            let secret: Secret = json::parse_owned(record)?;
            let mut claim = Claim::new(asset.clone(), WeaknessKind::Secret, &secret.rule_id, &place);
            claim.title = secret.title.as_deref().unwrap_or_default();
            claim.severity = secret.severity.as_deref().unwrap_or_default();
            claim.location = Some(Location::file(target, secret.start_line));
            // Trivy shows only a censored line, so nothing of the secret is known.
            claim.secret = Some(crate::model::Secret::default());
            claim.seen = seen;
            draft.claim(claim)
        });
    }
}

fn vulnerability(
    weak: &Vulnerability,
    asset: &AssetId,
    target: &str,
    place: &str,
    seen: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
    claim.names = vec![&weak.id];
    claim.names.extend(weak.vendor_ids.iter().flatten().map(String::as_str).filter(|id| id::is_ghsa(id)));
    claim.title = weak.title.as_deref().unwrap_or_default();
    claim.description = weak.description.as_deref().unwrap_or_default();
    claim.severity = weak.severity.as_deref().unwrap_or_default();
    let vectors = weak.cvss.iter().flat_map(BTreeMap::values).flat_map(|cvss| [&cvss.v2, &cvss.v3, &cvss.v4]);
    claim.cvss = vectors.flatten().cloned().collect();
    claim.cwes = weak.cwe_ids.iter().flatten().map(String::as_str).collect();
    claim.link = weak.primary_url.as_deref().unwrap_or_default();
    claim.fixed_in = weak.fixed_version.iter().flat_map(|versions| versions.split(", ")).collect();
    let purl = weak.pkg_identifier.as_ref().and_then(|identifier| identifier.purl.as_deref());
    claim.component = Some(Component::new(&weak.pkg_name, weak.installed_version.as_deref()).with_purl(purl));
    let path = weak.pkg_path.as_deref().filter(|path| !path.is_empty()).unwrap_or(target);
    claim.location = Some(Location::file(path, None));
    claim.status = match weak.status.as_deref().map(word::plain).as_deref() {
        Some("not_affected") => Status::NotAffected,
        Some("fixed") if weak.fixed_version.is_none() && weak.pkg_id.is_none() => Status::Fixed,
        Some(_) | None => Status::Open,
    };
    claim.seen = seen;
    draft.claim(claim)
}

fn misconfiguration(
    check: &Misconfiguration,
    asset: &AssetId,
    target: &str,
    place: &str,
    seen: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if word::is(check.status.as_deref(), &["pass"]) {
        draft.clear();
        return Ok(());
    }
    let rule = check.avd_id.as_deref().or(check.id.as_deref()).unwrap_or_default();
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Misconfiguration, rule, place);
    claim.title = check.title.as_deref().unwrap_or_default();
    claim.description = check.message.as_deref().or(check.description.as_deref()).unwrap_or_default();
    claim.severity = check.severity.as_deref().unwrap_or_default();
    claim.advice = check.resolution.as_deref().unwrap_or_default();
    claim.link = check.primary_url.as_deref().unwrap_or_default();
    let cause = check.cause_metadata.as_ref();
    let resource = cause.and_then(|cause| cause.resource.as_deref()).filter(|resource| !resource.is_empty());
    let path = resource.map_or_else(|| target.to_owned(), |resource| format!("{target}#{resource}"));
    claim.location = Some(Location::file(&path, cause.and_then(|cause| cause.start_line)));
    claim.seen = seen;
    draft.claim(claim)
}
