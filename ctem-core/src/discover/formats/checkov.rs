//! Checkov JSON: one report, several by type of check, or only its summary when there was nothing to check.
//!
//! A record is a check of a resource in a file. Failed checks are findings, passed ones clear, skipped ones `Accepted`, since
//! someone wrote down why. The asset is the caller's, or the repository.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Location, Status, WeaknessKind},
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
    #[serde(borrow, default)]
    results: Option<Outcomes<'a>>,
    summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Summary {
    checkov_version: Option<String>,
}

#[derive(Deserialize)]
struct Outcomes<'a> {
    #[serde(borrow, default)]
    passed_checks: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    failed_checks: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    skipped_checks: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Check {
    check_id: String,
    check_name: Option<String>,
    severity: Option<String>,
    guideline: Option<String>,
    file_path: Option<String>,
    #[serde(default)]
    file_line_range: Option<Vec<u32>>,
    resource: Option<String>,
    check_result: Option<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    suppress_comment: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, report) in json::records(&document.text, outline)? {
        let report: Report<'_> = json::parse(report.get()).map_err(|error| error.at(&place))?;
        draft.report.source.version =
            report.summary.and_then(|summary| summary.checkov_version).map(Box::from);
        let Some(outcomes) = report.results else { continue };
        draft.each(
            &format!("{place}/results/passed_checks"),
            outcomes.passed_checks,
            |_: Check, _, draft| {
                draft.clear();
                Ok(())
            },
        );
        for (list, checks, status) in [
            ("failed_checks", outcomes.failed_checks, Status::Open),
            ("skipped_checks", outcomes.skipped_checks, Status::Accepted),
        ] {
            draft.each(&format!("{place}/results/{list}"), checks, |check, place, draft| {
                take(&check, status, place, draft)
            });
        }
    }
    Ok(())
}

fn take(check: &Check, status: Status, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, &check.check_id, place);
    claim.title = check.check_name.as_deref().unwrap_or_default();
    claim.severity = check.severity.as_deref().unwrap_or_default();
    claim.link = check.guideline.as_deref().unwrap_or_default();
    claim.description =
        check.check_result.as_ref().and_then(|one| one.suppress_comment.as_deref()).unwrap_or_default();
    let path = match (check.file_path.as_deref(), check.resource.as_deref()) {
        (Some(path), Some(resource)) => format!("{path}#{resource}"),
        (path, resource) => path.or(resource).unwrap_or_default().to_owned(),
    };
    let line = check.file_line_range.as_ref().and_then(|range| range.first()).copied();
    claim.location = (!path.is_empty()).then(|| Location::file(&path, line));
    claim.status = status;
    draft.claim(claim)
}
