//! Gitleaks JSON, version 8 (`RuleID`, `Secret`) and before (`rule`, `offender`): secrets in repositories.
//!
//! A record is a leak. The asset is the repository when the report names it, or else the caller's. The secret itself, the
//! line around it and the commit's message are left out.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json, secret,
};
use crate::{
    error::Result,
    model::{AssetKind, Location, WeaknessKind},
};
use serde::Deserialize;

pub(super) const READER: Reader = Reader { name: "gitleaks", title: "Gitleaks JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(
            json.has_all(&["/0/RuleID", "/0/StartLine"])
                || json.has_all(&["/0/offender", "/0/rule"])
                || json.has_all(&["/RuleID", "/StartLine"]),
        )
    })
}

#[derive(Deserialize)]
struct Leak {
    #[serde(default, alias = "RuleID")]
    rule: Option<String>,
    #[serde(default, alias = "Description")]
    description: Option<String>,
    #[serde(default, alias = "File")]
    file: Option<String>,
    #[serde(default, rename = "StartLine", alias = "lineNumber")]
    line: Option<u32>,
    #[serde(default, rename = "StartColumn")]
    column: Option<u32>,
    #[serde(default, alias = "Secret", alias = "offender")]
    secret: Option<secret::Value>,
    #[serde(default, alias = "Date")]
    date: Option<String>,
    #[serde(default, alias = "Link", alias = "leakURL")]
    link: Option<String>,
    #[serde(default, alias = "Tags")]
    tags: Option<Tags>,
    #[serde(default, rename = "Commit", alias = "commit")]
    commit: Option<String>,
    #[serde(default, rename = "Fingerprint")]
    fingerprint: Option<String>,
    repo: Option<String>,
    #[serde(rename = "repoURL")]
    repository: Option<String>,
}

/// A list, or before version 8 one text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    List(Vec<String>),
    Text(String),
}

impl Tags {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::List(list) => list.iter().map(String::as_str).collect(),
            Self::Text(text) => text.split(',').collect(),
        }
    }
}

/// The repository that a link to a line of it leads into, as the usual code hosts write such links.
fn repository_of(link: &str) -> Option<&str> {
    let link = link.trim();
    let parts = ["/-/blob/", "/blob/", "/src/commit/", "/src/", "/commit/"];
    let end = parts.iter().find_map(|part| link.find(part))?;
    link.get(..end).filter(|address| address.starts_with("https://") && address.matches('/').count() >= 4)
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            let leak: Leak = draft.understood(record.get(), &place)?;
            let repositories = [leak.repository.as_deref(), leak.repo.as_deref()].into_iter().flatten();
            let linked = leak.link.as_deref().filter(|_| draft.options.asset.is_none());
            let linked = linked.and_then(repository_of);
            let repositories = repositories.chain(linked).map(str::trim);
            let asset = match repositories.into_iter().find(|repo| !matches!(*repo, "" | ".")) {
                Some(repo) => draft.asset(repo, AssetKind::Repository)?,
                // `.` is every repository's name for itself.
                None => draft.default_asset(AssetKind::Repository)?,
            };
            let description = leak.description.as_deref().unwrap_or_default();
            let rule = leak.rule.as_deref().filter(|rule| !rule.trim().is_empty()).unwrap_or(description);
            let mut claim = Claim::new(asset, WeaknessKind::Secret, rule, &place);
            claim.title = if description.trim().is_empty() { rule } else { description };
            let line = leak.line.filter(|line| *line > 0);
            claim.location = leak.file.as_deref().map(|file| Location::file(file, line));
            claim.secret = leak.secret.map(|value| draft.options.secret_key.keep(value.text(), None));
            // Secrets whose value is hidden are told apart by when they came in, and where they begin.
            let seen = claim.secret.as_ref().is_some_and(|secret| secret.fingerprint.is_some());
            let column = leak.column.filter(|column| *column > 0).map(|column| format!("column {column}"));
            let commit = leak.commit.as_deref().map(str::trim).filter(|commit| !commit.is_empty());
            let told: Vec<&str> = commit.into_iter().chain(column.as_deref()).collect();
            let instance = if seen { String::new() } else { told.join(" ") };
            claim.instance = &instance;
            claim.mark = leak.fingerprint.as_deref().unwrap_or_default();
            claim.link = leak.link.as_deref().unwrap_or_default();
            claim.file_under("", leak.tags.iter().flat_map(Tags::all));
            claim.seen = leak.date.as_deref().unwrap_or_default();
            draft.claim(claim)
        });
    }
    Ok(())
}
