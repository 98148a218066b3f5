//! AWS Security Finding Format (ASFF), as Security Hub exports it: an array, or `{"Findings": […]}`.
//!
//! A record is a finding of a product (Inspector, GuardDuty, Config, …) on resources. The asset is the first resource, by its
//! ARN, with its addresses as other names. Passed and archived records are clear or fixed.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
    prowler::kind_of,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, Component, Location, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "asff", title: "AWS Security Hub ASFF", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let at = |at: &str| json.has(&format!("{at}/ProductArn")) && json.has(&format!("{at}/Resources"));
        Match::yes_if(at("/0") || at("/Findings/0") || at("/findings/0") || at(""))
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, alias = "findings", rename = "Findings")]
    findings: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    title: Option<String>,
    description: Option<String>,
    generator_id: Option<String>,
    #[serde(default)]
    types: Option<Vec<String>>,
    severity: Option<Severity>,
    updated_at: Option<String>,
    record_state: Option<String>,
    workflow: Option<Workflow>,
    compliance: Option<Compliance>,
    remediation: Option<Remediation>,
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    vulnerabilities: Option<Vec<Vulnerability>>,
    epss_score: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Severity {
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workflow {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Remediation {
    recommendation: Option<Recommendation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Recommendation {
    text: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    id: String,
    #[serde(rename = "Type")]
    kind: Option<String>,
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    aws_ec2_instance: Option<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default, rename = "IpV4Addresses")]
    addresses: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    id: Option<String>,
    #[serde(default)]
    cvss: Option<Vec<Cvss>>,
    #[serde(default)]
    vulnerable_packages: Option<Vec<Package>>,
    #[serde(default)]
    reference_urls: Option<Vec<String>>,
    epss_score: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cvss {
    base_vector: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    name: Option<String>,
    version: Option<String>,
    release: Option<String>,
    file_path: Option<String>,
    fixed_in_version: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let wrapped = document.json().is_some_and(|json| json.has("/Findings") || json.has("/findings"));
    if wrapped {
        let report: Report<'_> = json::parse(&document.text)?;
        draft.each("/Findings", report.findings, |record, place, draft| take(&record, place, draft));
    } else if let Some(outline) = document.json() {
        for (place, record) in json::records(&document.text, outline)? {
            draft.record(&place, |draft| take(&json::parse_owned(record.get())?, &place, draft));
        }
    }
    Ok(())
}

fn take(record: &Record, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    if word::is(record.compliance.as_ref().and_then(|one| one.status.as_deref()), &["passed"]) {
        draft.clear();
        return Ok(());
    }
    let asset = resource(record, draft)?;
    let weak = record.vulnerabilities.iter().flatten().next();
    let id = weak.and_then(|weak| weak.id.as_deref()).filter(|id| !id.is_empty());
    let kind = match (id, record.types.iter().flatten().next().map(String::as_str)) {
        (Some(_), _) => WeaknessKind::Vulnerability,
        (None, Some(kind)) if kind.contains("Network Reachability") => WeaknessKind::NetworkExposure,
        (None, _) => WeaknessKind::Misconfiguration,
    };
    let rule = record.generator_id.as_deref().or(record.title.as_deref()).unwrap_or_default();
    let mut claim = Claim::new(asset, kind, rule, place);
    claim.names = id.into_iter().collect();
    claim.file_under("category", record.types.iter().flatten().map(String::as_str));
    claim.title = record.title.as_deref().unwrap_or_default();
    claim.description = record.description.as_deref().unwrap_or_default();
    claim.severity = record.severity.as_ref().and_then(|one| one.label.as_deref()).unwrap_or_default();
    claim.cvss = weak
        .into_iter()
        .flat_map(|weak| weak.cvss.iter().flatten())
        .filter_map(|one| one.base_vector.clone())
        .collect();
    let quoted = record.epss_score.as_deref().and_then(|score| score.parse().ok());
    claim.epss = weak.and_then(|weak| weak.epss_score).or(quoted);
    let package = weak.and_then(|weak| weak.vulnerable_packages.as_ref()?.first());
    if let Some(package) = package {
        let version = match (&package.version, &package.release) {
            (Some(version), Some(release)) => Some(format!("{version}-{release}")),
            (version, _) => version.clone(),
        };
        claim.component = package.name.as_deref().map(|name| Component::new(name, version.as_deref()));
        claim.location = package.file_path.as_deref().map(|path| Location::file(path, None));
        claim.fixed_in = package.fixed_in_version.iter().map(String::as_str).collect();
    }
    let recommendation = record.remediation.as_ref().and_then(|one| one.recommendation.as_ref());
    claim.advice = recommendation.and_then(|one| one.text.as_deref()).unwrap_or_default();
    let reference = weak.and_then(|weak| weak.reference_urls.as_ref()?.first()).map(String::as_str);
    claim.link = recommendation.and_then(|one| one.url.as_deref()).or(reference).unwrap_or_default();
    let workflow = record.workflow.as_ref().and_then(|one| one.status.as_deref());
    claim.status =
        if word::is(record.record_state.as_deref(), &["archived"]) || word::is(workflow, &["resolved"]) {
            Status::Fixed
        } else if word::is(workflow, &["suppressed"]) {
            Status::NotAffected
        } else {
            Status::Open
        };
    claim.seen = record.updated_at.as_deref().unwrap_or_default();
    draft.claim(claim)
}

fn resource(record: &Record, draft: &mut Draft<'_>) -> Result<AssetId> {
    let Some(resource) = record.resources.first().filter(|resource| !resource.id.trim().is_empty()) else {
        return draft.default_asset(AssetKind::Workload);
    };
    let instance = resource.details.as_ref().and_then(|details| details.aws_ec2_instance.as_ref());
    let addresses: Vec<&str> =
        instance.iter().flat_map(|one| one.addresses.iter().flatten()).map(String::as_str).collect();
    draft.asset_also(&resource.id, kind_of(resource.kind.as_deref().unwrap_or_default()), &addresses)
}
