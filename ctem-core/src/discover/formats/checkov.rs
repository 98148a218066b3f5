//! Checkov JSON: one report, several by type of check, or only its summary when there was nothing to check.
//!
//! A record is a check of a resource in a file. Failed checks are findings, passed ones clear, skipped ones `Accepted`, since
//! someone wrote down why. A check of a package names the CVE and is a vulnerability; one for secrets is a secret. The asset is
//! the image of a check of images, or else the caller's, or the repository. What Checkov could not parse is noted.

use super::{
    Draft, Reader,
    claim::{Claim, published_within},
    document::{Document, Match},
    image::ImageNames,
    json, package,
};
use crate::{
    error::Result,
    model::{AssetKind, Location, NoteKind, Secret, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "checkov", title: "Checkov JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let at = |at: &str| json.has(&format!("{at}/check_type")) && json.has(&format!("{at}/results"));
        Match::yes_if(at("") || at("/0") || json.has("/checkov_version"))
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    check_type: Option<String>,
    #[serde(borrow, default)]
    results: Option<Outcomes<'a>>,
    summary: Option<Summary>,
    checkov_version: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    checkov_version: Option<String>,
}

#[derive(Deserialize)]
struct Outcomes<'a> {
    #[serde(borrow, default)]
    passed_checks: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    failed_checks: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    skipped_checks: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    unknown_checks: json::Unread,
    #[serde(default)]
    parsing_errors: json::Unread,
}

#[derive(Deserialize)]
struct Check {
    check_id: Option<String>,
    bc_check_id: Option<String>,
    check_name: Option<String>,
    severity: Option<String>,
    guideline: Option<String>,
    description: Option<String>,
    short_description: Option<String>,
    file_path: Option<String>,
    repo_file_path: Option<String>,
    #[serde(default)]
    file_line_range: Option<Vec<i64>>,
    resource: Option<String>,
    check_result: Option<Outcome>,
    vulnerability_details: Option<Flaw>,
    #[serde(default)]
    cwe: Option<Words>,
}

/// One word or several.
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
struct Outcome {
    result: Option<String>,
    suppress_comment: Option<String>,
}

/// A flaw of a package.
#[derive(Deserialize)]
struct Flaw {
    id: Option<String>,
    severity: Option<String>,
    package_name: Option<String>,
    package_version: Option<String>,
    package_type: Option<String>,
    link: Option<String>,
    cvss: Option<f64>,
    vector: Option<String>,
    description: Option<String>,
    lowest_fixed_version: Option<String>,
    #[serde(default)]
    fixed_versions: Option<Vec<String>>,
    status: Option<String>,
    image_details: Option<Image>,
    licenses: Option<String>,
}

#[derive(Deserialize)]
struct Image {
    name: Option<String>,
    image_id: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, report) in json::records(&document.text, outline)? {
        match json::parse::<Report<'_>>(report.get()) {
            Ok(report) => take_report(report, &place, draft),
            // Of several reports one that is odd is lost alone.
            Err(error) if outline.is_array() || outline.lines => draft.record(&place, |_| Err(error)),
            Err(error) => return Err(error.at(&place)),
        }
    }
    Ok(())
}

fn take_report(report: Report<'_>, place: &str, draft: &mut Draft<'_>) {
    let version = report.summary.and_then(|summary| summary.checkov_version).or(report.checkov_version);
    if let Some(version) = version {
        draft.report.source.version = Some(version.into());
    }
    let kind = report.check_type.unwrap_or_default();
    let Some(outcomes) = report.results else { return };
    let place_of = |list: &str| format!("{place}/results/{list}");
    draft.each(
        &place_of("passed_checks"),
        outcomes.passed_checks.into_iter().flatten(),
        |_: Check, _, draft| {
            draft.clear();
            Ok(())
        },
    );
    for (list, checks, status) in [
        ("failed_checks", outcomes.failed_checks, Status::Open),
        ("skipped_checks", outcomes.skipped_checks, Status::Accepted),
    ] {
        draft.each(&place_of(list), checks.into_iter().flatten(), |check, place, draft| {
            take(&check, &kind, status, place, draft)
        });
    }
    let unread = [
        ("unknown_checks", outcomes.unknown_checks, "Checkov could not tell whether they pass"),
        (
            "parsing_errors",
            outcomes.parsing_errors,
            "Checkov could not parse these files, so nothing is known of them",
        ),
    ];
    for (list, entries, why) in unread {
        draft.unread(&place_of(list), entries.0, "entry", why);
    }
}

fn take(check: &Check, sort: &str, status: Status, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let id = check.check_id.as_deref().or(check.bc_check_id.as_deref()).unwrap_or_default();
    let result = check.check_result.as_ref();
    if word::is(result.and_then(|one| one.result.as_deref()), &["passed"]) {
        draft.clear();
        return Ok(());
    }
    let flaw = check.vulnerability_details.as_ref();
    if flaw.is_some_and(|flaw| flaw.licenses.is_some() && flaw.id.is_none()) || sort.contains("license") {
        draft.clear();
        draft.note(NoteKind::Ignored, place, "left out: a licence is no weakness");
        return Ok(());
    }
    let named = flaw.and_then(|flaw| flaw.id.as_deref()).filter(|id| !id.trim().is_empty());
    let published = named.map(str::to_owned).or_else(|| published_within(id));
    let kind = if flaw.is_some() || published.is_some() {
        WeaknessKind::Vulnerability
    } else if sort == "secrets" || id.starts_with("CKV_SECRET") {
        WeaknessKind::Secret
    } else if sort.starts_with("sast") {
        WeaknessKind::CodeFlaw
    } else {
        WeaknessKind::Misconfiguration
    };
    let image = flaw.and_then(|flaw| flaw.image_details.as_ref());
    let image_name = image.and_then(|image| image.name.as_deref()).filter(|name| !name.trim().is_empty());
    let asset = match image_name {
        Some(name) if draft.options.asset.is_none() => {
            let id = image.and_then(|image| image.image_id.as_deref()).unwrap_or_default();
            draft.image(&ImageNames { name, id, ..ImageNames::default() })?
        }
        Some(_) | None => draft.default_asset(AssetKind::Repository)?,
    };
    let mut claim = Claim::new(asset, kind, id, place);
    claim.names = published.iter().map(String::as_str).collect();
    claim.title = check.check_name.as_deref().unwrap_or_default();
    claim.severity = check.severity.as_deref().unwrap_or_default();
    claim.link = check.guideline.as_deref().unwrap_or_default();
    claim.cwes = check.cwe.as_ref().map(Words::all).unwrap_or_default();
    let comment = result.and_then(|one| one.suppress_comment.as_deref());
    let said = [comment, check.description.as_deref(), check.short_description.as_deref()];
    claim.description = said.into_iter().flatten().find(|text| !text.trim().is_empty()).unwrap_or_default();
    if kind == WeaknessKind::Secret {
        // A secret's resource is a plain hash of its value, which is the value to one who can try words: a keyed one is kept.
        let hash = check.resource.as_deref().unwrap_or_default();
        claim.secret = Some(Secret { tail: None, ..draft.options.secret_key.keep(hash, None) });
    }
    let advice;
    if let Some(flaw) = flaw {
        let name = flaw.package_name.as_deref().unwrap_or_default();
        claim.title = named.unwrap_or(claim.title);
        let (sort, version) = (flaw.package_type.as_deref(), flaw.package_version.as_deref());
        claim.component = Some(package::component(sort, name, version));
        claim.description = flaw.description.as_deref().unwrap_or(claim.description);
        claim.severity = flaw.severity.as_deref().unwrap_or(claim.severity);
        claim.link = flaw.link.as_deref().unwrap_or(claim.link);
        claim.cvss = flaw.vector.iter().cloned().collect();
        claim.score = flaw.cvss;
        let fixed = flaw.fixed_versions.iter().flatten().map(String::as_str);
        let lowest = flaw.lowest_fixed_version.as_deref().filter(|version| *version != "N/A");
        claim.fixed_in = fixed.collect();
        if claim.fixed_in.is_empty() {
            claim.fixed_in = lowest.into_iter().collect();
        }
        advice = lowest
            .map(|version| format!("update {name} to {version}"))
            .or_else(|| flaw.status.clone())
            .unwrap_or_default();
        claim.advice = &advice;
    }
    let path = check.file_path.as_deref().or(check.repo_file_path.as_deref());
    let resource = check
        .resource
        .as_deref()
        .filter(|resource| !resource.trim().is_empty() && flaw.is_none() && kind != WeaknessKind::Secret);
    let path = match (path, resource) {
        (Some(path), Some(resource)) => format!("{path}#{resource}"),
        (path, resource) => path.or(resource).unwrap_or_default().to_owned(),
    };
    let line = check.file_line_range.as_ref().and_then(|range| range.first()).copied();
    let line = line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    claim.location = (!path.is_empty()).then(|| Location::file(&path, line));
    claim.status = status;
    claim.acceptance.reason = comment.map(Box::from);
    draft.claim(claim)
}
