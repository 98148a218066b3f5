//! AWS Security Finding Format (ASFF), as Security Hub exports it: an array, or `{"Findings": […]}`.
//!
//! A record is a finding of a product (Inspector, GuardDuty, Config, Trivy, …) on resources, of each flaw in each package. It
//! becomes a finding for each of these on each resource. The asset is the resource, by its ARN, or its name in its account and
//! region, with its addresses as something it was seen at. Passed and archived records are clear or fixed.

mod raw;

use super::{
    Draft, Reader,
    checked::Made,
    claim::{Claim, published_within},
    cloud_name::is_global,
    document::{Document, Match},
    host::Machine,
    json,
    prowler::kind_of,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, Identifier, IdentifierKind, Location, NoteKind, Status, WeaknessKind},
    word,
};
use raw::{Package, Record, Resource, Vulnerability};
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

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let wrapped = document.json().is_some_and(|json| json.has("/Findings") || json.has("/findings"));
    if wrapped {
        let report: Report<'_> = json::parse(&document.text)?;
        draft.each("/Findings", report.findings, |record, place, draft| take(&record, place, draft));
    } else if let Some(outline) = document.json() {
        for (place, record) in json::records(&document.text, outline)? {
            draft.record(&place, |draft| take(&draft.understood(record.get(), &place)?, &place, draft));
        }
    }
    Ok(())
}

fn take(record: &Record, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let checked = record.compliance.as_ref().and_then(|one| one.status.as_deref());
    if word::is(checked, &["passed", "not_available"]) {
        draft.clear();
        if word::is(checked, &["not_available"]) {
            draft.note(
                NoteKind::Ignored,
                place,
                "left out: the check could not be made, so nothing is known of it",
            );
            return count(record, Made::Not, draft);
        }
        return count(record, Made::Passed, draft);
    }
    let resources: Vec<&Resource> = record.resources.iter().flatten().collect();
    let assets: Vec<AssetId> = if resources.is_empty() {
        vec![unnamed(record, draft)?]
    } else {
        resources.iter().map(|resource| asset(resource, record, draft)).collect::<Result<_>>()?
    };
    // One without a list of flaws names its CVE elsewhere, or is none.
    let nothing = Vulnerability::default();
    let flaws: Vec<&Vulnerability> = record.vulnerabilities.iter().flatten().collect();
    let flaws = if flaws.is_empty() { vec![&nothing] } else { flaws };
    for (n, asset) in assets.iter().enumerate() {
        let other = resources.get(n).and_then(|resource| resource.other());
        for flaw in &flaws {
            let packages: Vec<&Package> = flaw.vulnerable_packages.iter().flatten().collect();
            let written = other.and_then(Package::of_other);
            match (packages.is_empty(), &written) {
                (false, _) => {
                    for package in packages {
                        one(record, asset, resources.get(n).copied(), flaw, Some(package), place, draft)?;
                    }
                }
                (true, package) => {
                    one(record, asset, resources.get(n).copied(), flaw, package.as_ref(), place, draft)?
                }
            }
        }
    }
    if word::is(checked, &["failed", "warning"]) {
        return count(record, Made::Failed, draft);
    }
    Ok(())
}

/// Counts a check for the requirements that it is of, such as `PCI DSS v3.2.1/7.2.1` and `NIST.800-53.r5 AC-4`.
fn count(record: &Record, made: Made, draft: &mut Draft<'_>) -> Result<()> {
    let said = record.compliance.iter().flat_map(|one| one.related_requirements.iter().flatten());
    let pairs = said.filter_map(|one| one.rsplit_once('/').or_else(|| one.rsplit_once(' ')));
    draft.check(record.aws_account_id.as_deref().unwrap_or_default(), pairs, made)
}

/// One flaw in one package, or one failed check, on one resource.
fn one(
    record: &Record,
    asset: &AssetId,
    resource: Option<&Resource>,
    flaw: &Vulnerability,
    package: Option<&Package>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let types: Vec<&str> = record.types.iter().flatten().map(String::as_str).collect();
    let of_flaws = types.iter().any(|kind| kind.contains("Vulnerabilities"));
    let other = resource.and_then(Resource::other);
    let stated = flaw.id.as_deref().filter(|id| !id.trim().is_empty()).map(str::to_owned);
    let id = stated
        .or_else(|| other?.named(&["CVE ID", "CVE", "VulnerabilityID"]).map(str::to_owned))
        .or_else(|| {
            // A list of types that speaks of flaws, and names none of them but in words.
            let texts = [&record.title, &record.id, &record.generator_id];
            of_flaws
                .then(|| texts.into_iter().flatten().find_map(|text| published_within_words(text)))
                .flatten()
        });
    let kind = match (&id, types.first()) {
        (Some(_), _) => WeaknessKind::Vulnerability,
        (None, Some(kind)) if kind.contains("Network Reachability") => WeaknessKind::NetworkExposure,
        (None, _) => WeaknessKind::Misconfiguration,
    };
    let rule = record.generator_id.as_deref().or(record.title.as_deref()).unwrap_or_default();
    let mut claim = Claim::new(asset.clone(), kind, rule, place);
    claim.names = id.iter().map(String::as_str).collect();
    claim
        .names
        .extend(flaw.related_vulnerabilities.iter().flatten().map(String::as_str).filter(|_| id.is_some()));
    claim.file_under("category", types.iter().copied());
    claim.title = record.title.as_deref().unwrap_or_default();
    claim.description = record.description.as_deref().unwrap_or_default();
    let normalized = record.severity.as_ref().and_then(|one| one.normalized);
    let label =
        record.severity.as_ref().and_then(|one| one.label.as_deref()).filter(|label| !label.is_empty());
    // Older records have a number of 0 to 100.
    claim.severity = label.unwrap_or(match normalized {
        Some(score) if score >= 90.0 => "critical",
        Some(score) if score >= 70.0 => "high",
        Some(score) if score >= 40.0 => "medium",
        Some(score) if score >= 1.0 => "low",
        Some(_) => "informational",
        None => "",
    });
    claim.cvss = flaw.cvss.iter().flatten().filter_map(|one| one.base_vector.clone()).collect();
    claim
        .cvss
        .extend(other.and_then(|other| other.named(&["NvdCvssVectorV3", "CvssVectorV3"])).map(str::to_owned));
    let score = flaw.cvss.iter().flatten().find_map(|one| one.base_score);
    claim.score = score.filter(|_| claim.severity.is_empty());
    let quoted = record.epss_score.as_deref().and_then(|score| score.parse().ok());
    claim.epss = flaw.epss_score.or(quoted);
    claim.known_exploited = word::is(flaw.exploit_available.as_deref(), &["known_exploited"]);
    if let Some(package) = package {
        claim.component = package.component();
        claim.location = package.file_path.as_deref().map(|path| Location::file(path, None));
        claim.fixed_in = package
            .fixed_in_version
            .iter()
            .map(String::as_str)
            .filter(|version| *version != "NotAvailable")
            .collect();
    }
    let recommendation = record.remediation.as_ref().and_then(|one| one.recommendation.as_ref());
    let update =
        package.and_then(|package| package.remediation.as_deref()).filter(|text| *text != "NotAvailable");
    claim.advice = update.or_else(|| recommendation?.text.as_deref()).unwrap_or_default();
    let reference = flaw.reference_urls.as_ref().and_then(|all| all.first()).map(String::as_str);
    let links = [recommendation.and_then(|one| one.url.as_deref()), reference, record.source_url.as_deref()];
    claim.link = links.into_iter().flatten().find(|link| !link.is_empty()).unwrap_or_default();
    // A check's findings on one resource differ in what the product calls them, as do a flaw's where no package is named; a
    // package's flaw does not.
    claim.instance =
        if kind == WeaknessKind::Vulnerability && claim.component.is_some() { "" } else { told_by(record) };
    claim.status = status(record);
    if let Some(note) = record.note.as_ref().filter(|_| claim.status == Status::Accepted) {
        claim.acceptance.reason = note.text.as_deref().map(Box::from);
        claim.acceptance.by = note.updated_by.as_deref().map(Box::from);
        claim.acceptance.since = draft.moment(note.updated_at.as_deref(), place);
    }
    claim.seen = record.last_observed_at.as_deref().or(record.updated_at.as_deref()).unwrap_or_default();
    draft.claim(claim)
}

/// The id of a finding, where it tells more than its rule and resource. Security Hub's own controls make a new one whenever a
/// resource fails again, so that of them it tells nothing.
fn told_by(record: &Record) -> &str {
    let own = record.generator_id.as_deref().is_some_and(|rule| {
        rule.contains("security-control")
            || rule.contains("aws-foundational")
            || rule.contains("cis-aws-foundations")
    });
    if own { "" } else { record.id.as_deref().unwrap_or_default() }
}

/// The CVE that a sentence names.
fn published_within_words(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | ',' | ';' | '(' | ')' | ':'))
        .find_map(published_within)
}

fn status(record: &Record) -> Status {
    let workflow =
        record.workflow.as_ref().and_then(|one| one.status.as_deref()).or(record.workflow_state.as_deref());
    let verified = record.verification_state.as_deref();
    if word::is(record.record_state.as_deref(), &["archived"]) || word::is(workflow, &["resolved"]) {
        Status::Fixed
    } else if word::is(verified, &["false_positive", "benign_positive"]) {
        Status::NotAffected
    } else if word::is(workflow, &["suppressed"]) {
        // Someone looked at it and wants to hear no more of it, which mends nothing.
        Status::Accepted
    } else {
        Status::Open
    }
}

/// Where the record names no resource: its account.
fn unnamed(record: &Record, draft: &mut Draft<'_>) -> Result<AssetId> {
    match record.aws_account_id.as_deref().map(str::trim).filter(|account| !account.is_empty()) {
        Some(account) if draft.options.asset.is_none() => {
            draft.asset(&format!("account:{account}"), AssetKind::Realm)
        }
        Some(_) | None => draft.default_asset(AssetKind::Workload),
    }
}

/// The resource, by a name that means it and no other.
fn asset(resource: &Resource, record: &Record, draft: &mut Draft<'_>) -> Result<AssetId> {
    let id = resource.id.as_deref().map(str::trim).unwrap_or_default();
    if id.is_empty() {
        return unnamed(record, draft);
    }
    let kind = kind_of(resource.kind.as_deref().unwrap_or_default());
    let account = record.aws_account_id.as_deref().unwrap_or_default();
    if let Some(instance) = resource.instance() {
        let addresses = instance.addresses();
        let network = instance.vpc_id.as_deref().unwrap_or(account);
        let seen = record.last_observed_at.as_deref().or(record.updated_at.as_deref());
        let mut cloud_ids = vec![id];
        // The end of an ARN is the id of the instance, which other tools know it by.
        cloud_ids.extend(id.rsplit_once('/').map(|(_, last)| last).filter(|last| is_global(last)));
        let seen = seen.and_then(|time| time.parse().ok());
        return draft.machine(&Machine { cloud_ids, addresses, network, seen, ..Machine::default() });
    }
    if let Some(image) = resource.image() {
        return image_asset(image, account, draft);
    }
    if is_global(id) || id.contains("://") || id.starts_with("AWS::::Account:") {
        let asset = draft.asset(id, kind.clone())?;
        return Ok(draft.asset_seen_as(asset, kind, None, &[Identifier::new(IdentifierKind::CloudId, id)]));
    }
    let region = resource.region.as_deref().or(record.region.as_deref()).unwrap_or_default();
    let parts: Vec<&str> = [account, region, id].into_iter().filter(|part| !part.trim().is_empty()).collect();
    let asset = draft.asset(&parts.join("/"), kind.clone())?;
    Ok(draft.asset_seen_as(asset, kind, Some(id), &[]))
}

/// An image: its name ends before what a tool says of its system, as in `cart:4.1 (alpine 3.18)`.
fn image_asset(image: &str, account: &str, draft: &mut Draft<'_>) -> Result<AssetId> {
    let name = image.split_once(" (").map_or(image, |(name, _)| name);
    if super::image::moves(name) && !account.is_empty() {
        // A tag that moves means another image in every account.
        let asset = draft.asset(&format!("{account}/{name}"), AssetKind::Workload)?;
        return Ok(draft.asset_seen_as(asset, AssetKind::Workload, Some(name), &[]));
    }
    draft.asset(name, AssetKind::Workload)
}
