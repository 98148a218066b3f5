//! Trivy JSON: scheme 2, scheme 1 (an array of results), and Kubernetes summaries.
//!
//! A record is a vulnerability, a failed check, or a secret of a result, and what the user's VEX or ignore file has taken out
//! of it. The asset is what was scanned: the image, the repository by its address, the directory, or the Kubernetes object.
//! Passed checks are clear; the package list only says more of packages that a vulnerability names.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    folder,
    image::ImageNames,
    json,
    mended::mended,
    object_kind, package,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, Location, NoteKind, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

pub(super) const READER: Reader = Reader { name: "trivy", title: "Trivy JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let scheme_2 = json.has("/SchemaVersion")
            && (json.has("/ArtifactName") || json.has("/ArtifactType") || json.has("/Results"));
        let lists = ["/SchemaVersion", "/Vulnerabilities", "/Misconfigurations", "/Resources", "/Findings"];
        let kubernetes = json.has("/ClusterName") && lists.iter().any(|list| json.has(list));
        let lists = ["/0/Vulnerabilities", "/0/Misconfigurations", "/0/Secrets", "/0/Type", "/0/Class"];
        let scheme_1 = json.has("/0/Target") && lists.iter().any(|list| json.has(list));
        Match::yes_if(scheme_2 || kubernetes || scheme_1)
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Report<'a> {
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    created_at: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    results: Option<Vec<Outcome<'a>>>,
    cluster_name: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<Resource<'a>>>,
    #[serde(borrow)]
    misconfigurations: Option<Vec<Resource<'a>>>,
    #[serde(borrow)]
    resources: Option<Vec<Resource<'a>>>,
    #[serde(borrow)]
    findings: Option<Vec<Resource<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Metadata {
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    #[serde(rename = "RepoURL")]
    repo_url: Option<String>,
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
    error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Outcome<'a> {
    target: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(borrow)]
    packages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    misconfigurations: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    secrets: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    experimental_modified_findings: Option<Vec<&'a RawValue>>,
    licenses: json::Unread,
    custom_resources: json::Unread,
}

/// What the user's VEX or ignore file has taken out of the results.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    #[serde(rename = "Type")]
    kind: Option<String>,
    status: Option<String>,
    statement: Option<String>,
    finding: Box<RawValue>,
}

/// What the package list says of a package besides its name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    #[serde(rename = "ID")]
    id: Option<String>,
    name: Option<String>,
    src_name: Option<String>,
    relationship: Option<String>,
    indirect: Option<bool>,
    locations: Option<Vec<Lines>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lines {
    start_line: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(default, rename = "VendorIDs")]
    vendor_ids: Option<Vec<String>>,
    pkg_name: String,
    #[serde(rename = "PkgID")]
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
        return scheme_1(&json::parse::<Vec<Outcome<'_>>>(&document.text)?, draft);
    }
    let report: Report<'_> = json::parse(&document.text)?;
    let seen = report.created_at.clone().unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(&seen), "/CreatedAt");
    if let Some(results) = &report.results {
        let asset = scanned(&report, draft)?;
        for (n, outcome) in results.iter().enumerate() {
            Taker::new(outcome, &asset, &seen).take(outcome, &format!("/Results/{n}"), draft);
        }
    }
    let cluster = report.cluster_name.as_deref().unwrap_or_default();
    for (list, resources) in [
        ("Vulnerabilities", &report.vulnerabilities),
        ("Misconfigurations", &report.misconfigurations),
        ("Resources", &report.resources),
        ("Findings", &report.findings),
    ] {
        for (n, resource) in resources.iter().flatten().enumerate() {
            let place = format!("/{list}/{n}");
            if let Some(error) = resource.error.as_deref().filter(|error| !error.trim().is_empty()) {
                draft.note(NoteKind::Ignored, &place, format!("not scanned: {error}"));
            }
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            let kind = part(&resource.kind);
            let parts = [cluster, &part(&resource.namespace), &kind, &part(&resource.name)];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let asset = match parts.as_slice() {
                [] => draft.default_asset(AssetKind::Workload)?,
                parts => draft.asset(&parts.join("/"), object_kind::of(&kind))?,
            };
            for (m, outcome) in resource.results.iter().flatten().enumerate() {
                let place = format!("{place}/Results/{m}");
                Taker::new(outcome, &asset, &seen).take(outcome, &place, draft);
            }
        }
    }
    Ok(())
}

/// Before there was a document around them, results stood alone. The packages of an image's system name the image, and what
/// follows lies in it; a directory's name stands nowhere.
fn scheme_1(results: &[Outcome<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut image: Option<AssetId> = None;
    for (n, outcome) in results.iter().enumerate() {
        let target = outcome.target.as_deref().unwrap_or_default().trim();
        let kind = outcome.kind.as_deref().and_then(package::ecosystem);
        // `teamdojo:latest (alpine 3.9.4)` is of `teamdojo:latest`.
        let name = match target.split_once(" (") {
            Some((name, _)) => Some(name),
            None => Some(target).filter(|_| matches!(kind, Some("deb" | "rpm" | "apk"))),
        };
        if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            image = Some(draft.asset(name, AssetKind::Workload)?);
        }
        let asset = match &image {
            Some(image) => image.clone(),
            None => draft.default_asset(AssetKind::Repository)?,
        };
        Taker::new(outcome, &asset, "").take(outcome, &format!("/{n}"), draft);
    }
    Ok(())
}

fn scanned(report: &Report<'_>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let in_files = word::is(report.artifact_type.as_deref(), &["filesystem", "repository"]);
    let kind = if in_files { AssetKind::Repository } else { AssetKind::Workload };
    let metadata: Metadata = draft.perhaps(report.metadata, "/Metadata");
    let name = report.artifact_name.as_deref().map(str::trim).unwrap_or_default();
    let address = metadata.repo_url.as_deref().map(str::trim).filter(|address| !address.is_empty());
    let name = address.filter(|_| in_files).unwrap_or(name);
    if folder::is_anyones(name) {
        return draft.default_asset(kind);
    }
    if in_files {
        return draft.asset(name, kind);
    }
    if word::is(report.artifact_type.as_deref(), &["vm"]) && !name.contains(':') {
        return draft.machine_called(name, &[]);
    }
    draft.image(&ImageNames {
        name,
        tags: metadata.repo_tags.iter().flatten().map(String::as_str).collect(),
        digests: metadata.repo_digests.iter().flatten().map(String::as_str).collect(),
        id: metadata.image_id.as_deref().unwrap_or_default(),
    })
}

/// What all records of a result share.
struct Taker<'a> {
    asset: &'a AssetId,
    target: &'a str,
    kind: Option<&'a str>,
    packages: HashMap<String, Package>,
    seen: &'a str,
}

impl<'a> Taker<'a> {
    fn new(outcome: &'a Outcome<'_>, asset: &'a AssetId, seen: &'a str) -> Self {
        let mut packages = HashMap::new();
        let said = outcome.vulnerabilities.is_some() || outcome.experimental_modified_findings.is_some();
        for record in outcome.packages.iter().flatten().filter(|_| said) {
            // Nothing is lost with one that makes no sense: what is found in it says its name itself.
            let Ok((package, _)) = mended::<Package>(record.get()) else { continue };
            let id = package.id.clone().or_else(|| package.name.clone());
            packages.extend(id.map(|id| (id, package)));
        }
        let target = outcome.target.as_deref().unwrap_or_default();
        Self { asset, target, kind: outcome.kind.as_deref(), packages, seen }
    }

    fn take(&self, outcome: &Outcome<'_>, place: &str, draft: &mut Draft<'_>) {
        for (list, kind, records) in [
            ("Vulnerabilities", "vulnerability", &outcome.vulnerabilities),
            ("Misconfigurations", "misconfiguration", &outcome.misconfigurations),
            ("Secrets", "secret", &outcome.secrets),
        ] {
            for (n, record) in records.iter().flatten().enumerate() {
                let place = format!("{place}/{list}/{n}");
                draft.record(&place, |draft| self.record(kind, record.get(), None, &place, draft));
            }
        }
        for (n, record) in outcome.experimental_modified_findings.iter().flatten().enumerate() {
            let place = format!("{place}/ExperimentalModifiedFindings/{n}");
            draft.record(&place, |draft| {
                let modified: Modified = draft.understood(record.get(), &place)?;
                let kind = modified.kind.as_deref().unwrap_or("vulnerability");
                self.record(kind, modified.finding.get(), Some(&modified), &place, draft)
            });
        }
        let place = |list: &str| format!("{place}/{list}");
        draft.unread(&place("Licenses"), outcome.licenses.0, "licence", "it is no weakness");
        draft.unread(
            &place("CustomResources"),
            outcome.custom_resources.0,
            "custom resource",
            "only who wrote its module knows what it says",
        );
    }

    fn record(
        &self,
        kind: &str,
        record: &str,
        modified: Option<&Modified>,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        match &*word::plain(kind) {
            "vulnerability" => {
                let weak = draft.understood(record, place)?;
                self.vulnerability(&weak, modified, place, draft)
            }
            "misconfiguration" => {
                let check = draft.understood(record, place)?;
                self.misconfiguration(&check, modified, place, draft)
            }
            "secret" => {
                let secret = draft.understood(record, place)?;
                self.secret(&secret, modified, place, draft)
            }
            _ => {
                draft.clear();
                draft.note(NoteKind::Ignored, place, format!("1 {kind} is left out: it is no weakness"));
                Ok(())
            }
        }
    }

    fn vulnerability(
        &self,
        weak: &Vulnerability,
        modified: Option<&Modified>,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        let mut claim = Claim::new(self.asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
        claim.names = vec![&weak.id];
        claim.names.extend(weak.vendor_ids.iter().flatten().map(String::as_str).filter(|id| id::is_ghsa(id)));
        claim.title = weak.title.as_deref().unwrap_or_default();
        claim.description = weak.description.as_deref().unwrap_or_default();
        claim.severity = weak.severity.as_deref().unwrap_or_default();
        let vectors =
            weak.cvss.iter().flat_map(BTreeMap::values).flat_map(|cvss| [&cvss.v2, &cvss.v3, &cvss.v4]);
        claim.cvss = vectors.flatten().cloned().collect();
        claim.cwes = weak.cwe_ids.iter().flatten().map(String::as_str).collect();
        claim.link = weak.primary_url.as_deref().unwrap_or_default();
        claim.fixed_in = weak.fixed_version.iter().flat_map(|versions| versions.split(',')).collect();
        let purl = weak.pkg_identifier.as_ref().and_then(|identifier| identifier.purl.as_deref());
        let listed = self.packages.get(weak.pkg_id.as_ref().unwrap_or(&weak.pkg_name));
        let (name, version) = (&*weak.pkg_name, weak.installed_version.as_deref());
        let mut component = match purl {
            Some(purl) => Component::new(name, version).with_purl(Some(purl)),
            None => package::component(self.kind, name, version),
        };
        if let Some(listed) = listed {
            component.source = listed.src_name.as_deref().filter(|source| *source != name).map(Box::from);
            component.direct = listed.direct();
        }
        claim.component = Some(component);
        let line = listed.and_then(|listed| listed.locations.as_ref()?.first()?.start_line);
        let path = weak.pkg_path.as_deref().filter(|path| !path.is_empty()).unwrap_or(self.target);
        claim.location = Some(Location::file(path, line));
        // `fixed` and `will_not_fix` say what the distributor did, not what stands here.
        if word::is(weak.status.as_deref(), &["not_affected"]) {
            claim.status = Status::NotAffected;
        }
        modify(&mut claim, modified);
        claim.seen = self.seen;
        draft.claim(claim)
    }

    fn misconfiguration(
        &self,
        check: &Misconfiguration,
        modified: Option<&Modified>,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        if word::is(check.status.as_deref(), &["pass", "success"]) && modified.is_none() {
            draft.clear();
            return Ok(());
        }
        let stated = check.avd_id.as_deref().filter(|id| !id.is_empty()).or(check.id.as_deref());
        // Newer versions leave the library's name off: `AWS-0087`. It is the check that it was.
        let of_library = stated.filter(|id| is_short_of_library(id)).map(|id| format!("AVD-{id}"));
        let rule = of_library.as_deref().or(stated);
        let rule = rule.unwrap_or_default();
        let mut claim = Claim::new(self.asset.clone(), WeaknessKind::Misconfiguration, rule, place);
        claim.title = check.title.as_deref().unwrap_or_default();
        claim.description = check.message.as_deref().or(check.description.as_deref()).unwrap_or_default();
        claim.instance = check.message.as_deref().unwrap_or_default();
        claim.severity = check.severity.as_deref().unwrap_or_default();
        claim.advice = check.resolution.as_deref().unwrap_or_default();
        claim.link = check.primary_url.as_deref().unwrap_or_default();
        let cause = check.cause_metadata.as_ref();
        let resource =
            cause.and_then(|cause| cause.resource.as_deref()).filter(|resource| !resource.is_empty());
        let path = match resource {
            Some(resource) => format!("{}#{resource}", self.target),
            None => self.target.to_owned(),
        };
        let line = cause.and_then(|cause| cause.start_line).filter(|line| *line > 0);
        claim.location = Some(Location::file(&path, line));
        if word::is(check.status.as_deref(), &["exception"]) {
            claim.status = Status::Accepted;
        }
        modify(&mut claim, modified);
        claim.seen = self.seen;
        draft.claim(claim)
    }

    fn secret(
        &self,
        secret: &Secret,
        modified: Option<&Modified>,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        let mut claim = Claim::new(self.asset.clone(), WeaknessKind::Secret, &secret.rule_id, place);
        claim.title = secret.title.as_deref().unwrap_or_default();
        claim.severity = secret.severity.as_deref().unwrap_or_default();
        claim.location = Some(Location::file(self.target, secret.start_line));
        // Trivy shows only a censored line, so nothing of the secret is known.
        claim.secret = Some(crate::model::Secret::default());
        modify(&mut claim, modified);
        claim.seen = self.seen;
        draft.claim(claim)
    }
}

impl Package {
    fn direct(&self) -> Option<bool> {
        match self.relationship.as_deref().map(word::plain).as_deref() {
            Some("direct" | "root" | "workspace") => Some(true),
            Some("indirect") => Some(false),
            Some(_) | None => self.indirect.filter(|indirect| *indirect).map(|_| false),
        }
    }
}

/// What the user's VEX or ignore file makes of a record: who ignores it lives with it.
fn modify<'a>(claim: &mut Claim<'a>, modified: Option<&'a Modified>) {
    let Some(modified) = modified else { return };
    claim.status = match modified.status.as_deref().map(word::plain).as_deref() {
        Some("not_affected" | "false_positive") => Status::NotAffected,
        Some("fixed") => Status::Fixed,
        Some("ignored" | "accepted" | "exception") => Status::Accepted,
        Some(_) | None => Status::Open,
    };
    if let Some(statement) = &modified.statement {
        claim.advice = statement;
        claim.acceptance.reason = Some(statement.as_str().into());
    }
}

/// Whether a check goes by its provider and number alone.
fn is_short_of_library(id: &str) -> bool {
    id.split_once('-').is_some_and(|(provider, number)| {
        let is_word = provider.len() > 1 && provider.bytes().all(|byte| byte.is_ascii_uppercase());
        is_word && number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
