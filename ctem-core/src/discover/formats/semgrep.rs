//! Semgrep JSON: `results` of a scan, `findings` of the platform or of its pipeline step, and `vulns` of supply chain deployments.
//!
//! A record is a finding of a rule in a file, or of a flaw in a package. The asset is the caller's, since a scan does not name its
//! repository; the platform's findings do. Ignored findings are `NotAffected`, accepted ones `Accepted`. Matched lines are left
//! out, since they may hold secrets. Severities are Semgrep's own: `ERROR` is high, `WARNING` medium, `INFO` low.

use super::{
    Draft, Reader,
    claim::{Claim, published_within},
    document::{Document, Match},
    json, package,
};
use crate::{
    error::Result,
    model::{AssetKind, Component, Location, NoteKind, Secret, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader = Reader { name: "semgrep", title: "Semgrep JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        // The lists that a scan without a finding is left with.
        let lists = ["/paths", "/version", "/skipped_rules", "/interfile_languages_used"];
        let named = lists.iter().any(|list| json.has(list));
        let others = json.top_names().any(|name| !["results", "errors"].contains(&name));
        let scan = json.has("/results")
            && (json.has("/results/0/check_id") || (json.has("/errors") && (named || !others)));
        let step = json.has("/findings/0/check_id")
            || json.has("/ignores/0/check_id")
            || json.has("/searched_paths");
        let platform = json.has("/findings/0/rule_name") || json.has("/findings/0/syntactic_id");
        let supply = json.has("/vulns/0/advisory") || json.has("/vulns/0/dependencyFileLocation");
        Match::yes_if(scan || step || platform || supply)
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
    ignores: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    vulns: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    errors: json::Unread,
}

#[derive(Deserialize)]
struct Outcome {
    check_id: String,
    path: Option<String>,
    start: Option<Position>,
    extra: Option<Extra>,
}

#[derive(Deserialize)]
struct Position {
    line: Option<u32>,
    col: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Extra {
    message: Option<String>,
    severity: Option<String>,
    metadata: Option<Metadata>,
    is_ignored: Option<bool>,
    fingerprint: Option<String>,
    fix: Option<String>,
    validation_state: Option<String>,
    sca_info: Option<Package>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    cwe: Option<Words>,
    category: Option<String>,
    subcategory: Option<Words>,
    likelihood: Option<String>,
    source: Option<String>,
    references: Option<Words>,
    #[serde(rename = "sca-kind")]
    sca_kind: Option<String>,
    #[serde(rename = "sca-severity")]
    sca_severity: Option<String>,
    #[serde(rename = "sca-vuln-database-identifier")]
    flaw: Option<String>,
    #[serde(rename = "sca-fix-versions")]
    fixes: Option<Vec<BTreeMap<String, String>>>,
    cve: Option<Words>,
    ghsa: Option<Words>,
}

/// The package that a supply chain rule matched.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Package {
    dependency_match: Option<PackageMatch>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PackageMatch {
    lockfile: Option<String>,
    found_dependency: Option<Found>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Found {
    package: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
}

/// A finding as the pipeline step lists it: what a scan has in two levels, in one.
#[derive(Deserialize)]
struct Step {
    check_id: String,
    path: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    message: Option<String>,
    severity: Option<Level>,
    metadata: Option<Metadata>,
    syntactic_id: Option<String>,
    match_based_id: Option<String>,
}

/// A severity as a word, or as the number that the pipeline step has for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Word(String),
    Number(i64),
}

impl Level {
    fn word(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Number(2) => "error",
            Self::Number(1) => "warning",
            Self::Number(0) => "info",
            Self::Number(_) => "",
        }
    }
}

/// Semgrep's words in those of the engine: its lowest is a weakness, and not mere information.
fn severity(word: &str) -> &str {
    match &*word::plain(word) {
        "info" | "inventory" => "low",
        "error" => "high",
        "warning" => "medium",
        // An experiment tells its author something, and nobody else.
        "experiment" => "none",
        _ => word,
    }
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
    severity: Option<Level>,
    status: Option<String>,
    state: Option<String>,
    triage_state: Option<String>,
    location: Option<PlatformPlace>,
    repository: Option<Repository>,
    #[serde(default)]
    categories: Option<Vec<String>>,
    created_at: Option<String>,
    line_of_code_url: Option<String>,
    match_based_id: Option<String>,
    triage_reason: Option<String>,
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
    triage_reason: Option<String>,
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
        take(&outcome, Status::Open, place, draft)
    });
    for (n, record) in report.findings.into_iter().flatten().enumerate() {
        let place = format!("/findings/{n}");
        draft.record(&place, |draft| {
            if json::parse::<Probe>(record.get())?.check_id.is_some() {
                let step: Step = draft.understood(record.get(), &place)?;
                take(&step.into_outcome(), Status::Open, &place, draft)
            } else {
                platform(draft.understood(record.get(), &place)?, &place, draft)
            }
        });
    }
    draft.each("/ignores", report.ignores.into_iter().flatten(), |step: Step, place, draft| {
        take(&step.into_outcome(), Status::NotAffected, place, draft)
    });
    draft.each("/vulns", report.vulns.into_iter().flatten(), supply);
    let why = "Semgrep could not look at all it was to look at, so findings may be missing";
    draft.unread("/errors", report.errors.0, "entry", why);
    Ok(())
}

/// What tells findings of the pipeline step from those of the platform.
#[derive(Deserialize)]
struct Probe {
    check_id: Option<serde::de::IgnoredAny>,
}

impl Step {
    fn into_outcome(self) -> Outcome {
        let severity = self.severity.map(|level| level.word().to_owned());
        Outcome {
            check_id: self.check_id,
            path: self.path,
            start: Some(Position { line: self.line, col: self.column }),
            extra: Some(Extra {
                message: self.message,
                severity,
                metadata: self.metadata,
                fingerprint: self.match_based_id.or(self.syntactic_id),
                ..Extra::default()
            }),
        }
    }
}

fn take(outcome: &Outcome, status: Status, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let (no_extra, no_metadata) = (Extra::default(), Metadata::default());
    let extra = outcome.extra.as_ref().unwrap_or(&no_extra);
    let metadata = extra.metadata.as_ref().unwrap_or(&no_metadata);
    let package = extra.sca_info.as_ref().and_then(|info| info.dependency_match.as_ref());
    let found = package.and_then(|package| package.found_dependency.as_ref());
    if word::is(metadata.sca_kind.as_deref(), &["license", "license_policy"]) {
        draft.clear();
        draft.note(NoteKind::Ignored, place, "left out: a licence is no weakness");
        return Ok(());
    }
    let is_package = found.is_some() || metadata.sca_kind.is_some();
    let flaw = metadata.flaw.as_deref().filter(|_| is_package).map(str::trim).filter(|id| !id.is_empty());
    let references = metadata.references.as_ref().map(Words::all).unwrap_or_default();
    let message = extra.message.as_deref().unwrap_or_default();
    // Where no field names the flaw, what it refers to does, before what it tells of.
    let told = || {
        let own = [metadata.cve.as_ref(), metadata.ghsa.as_ref()].into_iter().flatten().flat_map(Words::all);
        let texts = std::iter::once(&*outcome.check_id).chain(own).chain(references.iter().copied());
        texts.chain([message]).find_map(published_within)
    };
    let flaw = flaw.map(str::to_owned).or_else(|| if is_package { told() } else { None });
    let secret = metadata.category.as_deref() == Some("secrets")
        || outcome.check_id.split('.').any(|part| part == "secrets")
        || extra.validation_state.as_deref().is_some_and(is_validated);
    let kind = if is_package {
        WeaknessKind::Vulnerability
    } else if secret {
        WeaknessKind::Secret
    } else {
        WeaknessKind::CodeFlaw
    };
    let asset = draft.default_asset(AssetKind::Repository)?;
    let mut claim = Claim::new(asset, kind, &outcome.check_id, place);
    claim.names = flaw.iter().map(String::as_str).collect();
    claim.title = match is_package {
        true => message.lines().next().unwrap_or_default(),
        false => outcome.check_id.rsplit('.').next().unwrap_or(&outcome.check_id),
    };
    claim.description = message;
    let stated = metadata.sca_severity.as_deref().filter(|_| is_package).or(extra.severity.as_deref());
    claim.severity = severity(stated.unwrap_or_default());
    claim.cwes = metadata.cwe.as_ref().map(Words::all).unwrap_or_default();
    let subcategory = metadata.subcategory.as_ref().map(Words::all).unwrap_or_default();
    claim.file_under("category", metadata.category.as_deref().into_iter().chain(subcategory));
    claim.file_under("likelihood", metadata.likelihood.as_deref());
    claim.link = metadata.source.as_deref().or_else(|| references.first().copied()).unwrap_or_default();
    if let Some(name) = found.and_then(|found| found.package.as_deref()) {
        let version = found.and_then(|found| found.version.as_deref());
        let ecosystem = found.and_then(|found| found.ecosystem.as_deref());
        claim.component = Some(component(ecosystem, name, version));
        let fixes = metadata.fixes.iter().flatten().filter_map(|fix| fix.get(name));
        claim.fixed_in = fixes.map(String::as_str).collect();
    }
    claim.advice = extra.fix.as_deref().unwrap_or_default();
    let line = outcome.start.as_ref().and_then(|start| start.line).filter(|line| *line > 0);
    let path = outcome.path.as_deref().or_else(|| package?.lockfile.as_deref());
    claim.location = path.map(|path| Location::file(path, line));
    if kind == WeaknessKind::Secret {
        let valid = word::is(extra.validation_state.as_deref(), &["confirmed_valid", "valid"]);
        claim.secret = Some(Secret { verified: valid.then_some(true), ..Secret::default() });
    }
    // The same match is told by the same fingerprint in Semgrep's SARIF; who has not logged on gets none.
    let fingerprint = extra.fingerprint.as_deref().filter(|print| !print.contains(' '));
    let column = outcome.start.as_ref().and_then(|start| start.col).filter(|column| *column > 0);
    let column = column.map(|column| format!("column {column}"));
    let instance = fingerprint.or(column.as_deref()).filter(|_| !is_package);
    claim.instance = instance.unwrap_or_default();
    claim.status = if extra.is_ignored == Some(true) { Status::NotAffected } else { status };
    draft.claim(claim)
}

/// Whether a state is one that a secret's validator can come to. Rules of every kind that have none are told so.
fn is_validated(state: &str) -> bool {
    !word::is(state, &["no_validator", ""])
}

/// A package of an ecosystem as Semgrep calls it. What may be a range of versions is no part of a package URL.
fn component(ecosystem: Option<&str>, name: &str, version: Option<&str>) -> Component {
    let is_one = |version: &str| version.starts_with(|first: char| first.is_ascii_digit() || first == 'v');
    match version.filter(|version| is_one(version)) {
        Some(version) => package::component(ecosystem, name, Some(version)),
        None => Component::new(name, version),
    }
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
    claim.severity = severity(found.severity.as_ref().map(Level::word).unwrap_or_default());
    claim.cwes = rule.iter().flat_map(|rule| rule.cwe_names.iter().flatten()).map(String::as_str).collect();
    claim.file_under("category", found.categories.iter().flatten().map(String::as_str));
    claim.link = found.line_of_code_url.as_deref().unwrap_or_default();
    let spot = found.location.as_ref();
    claim.location = spot.and_then(|spot| Some(Location::file(spot.file_path.as_deref()?, spot.line)));
    claim.instance = found.match_based_id.as_deref().unwrap_or_default();
    claim.status = triaged(found.triage_state.as_deref(), found.triage_reason.as_deref());
    let state = found.status.as_deref().or(found.state.as_deref());
    if word::is(state, &["fixed", "removed"]) {
        claim.status = Status::Fixed;
    } else if claim.status == Status::Open && word::is(state, &["muted"]) {
        claim.status = Status::Accepted;
    } else if claim.status == Status::Open && word::is(state, &["ignored"]) {
        claim.status = triaged(Some("ignored"), found.triage_reason.as_deref());
    }
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
    let urls = references.iter().flat_map(|all| all.urls.iter().flatten()).map(String::as_str);
    let texts = [advisory.rule_id.as_deref(), advisory.title.as_deref(), found.title.as_deref()];
    let mut texts = texts.into_iter().flatten().chain(urls).chain(advisory.description.as_deref());
    let told = if claim.names.is_empty() { texts.find_map(published_within) } else { None };
    claim.names.extend(told.as_deref());
    claim.cwes = references.iter().flat_map(|all| all.cwe_ids.iter().flatten()).map(String::as_str).collect();
    claim.title = found.title.as_deref().or(advisory.title.as_deref()).unwrap_or_default();
    claim.description =
        advisory.description.as_deref().or(advisory.reachable_if.as_deref()).unwrap_or_default();
    claim.severity = severity(advisory.severity.as_deref().unwrap_or_default());
    claim.link =
        references.and_then(|all| all.urls.as_ref()?.first()).map(String::as_str).unwrap_or_default();
    if let Some(dependency) = &found.matched_dependency {
        let name = dependency.name.as_deref().unwrap_or_default();
        let version = dependency.version_specifier.as_deref();
        claim.component = Some(component(advisory.ecosystem.as_deref(), name, version));
    }
    let spot = found.dependency_file_location.as_ref();
    claim.location = spot.and_then(|spot| {
        let line = spot.line.as_deref().and_then(|line| line.parse().ok());
        Some(Location::file(spot.path.as_deref()?, line))
    });
    claim.status = triaged(found.triage_state.as_deref(), found.triage_reason.as_deref());
    claim.seen = found.opened_at.as_deref().unwrap_or_default();
    draft.claim(claim)
}

/// What a person decided about a finding: a false positive does not apply, a risk that is accepted stands.
fn triaged(state: Option<&str>, reason: Option<&str>) -> Status {
    let state = state
        .map(|state| state.to_ascii_lowercase().replace("finding_triage_state_", ""))
        .unwrap_or_default();
    match state.as_str() {
        "ignored" if word::is(reason, &["acceptable_risk", "no_time"]) => Status::Accepted,
        "ignored" | "false_positive" => Status::NotAffected,
        "acceptable_risk" | "accepted_risk" => Status::Accepted,
        "fixed" | "removed" => Status::Fixed,
        _ => Status::Open,
    }
}
