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
            json.has_all(&["/0/RuleID", "/0/StartLine"]) || json.has_all(&["/0/offender", "/0/rule"]),
        )
    })
}

#[derive(Deserialize)]
struct Leak {
    #[serde(alias = "RuleID")]
    rule: String,
    #[serde(default, alias = "Description")]
    description: Option<String>,
    #[serde(alias = "File")]
    file: String,
    #[serde(rename = "StartLine", alias = "lineNumber")]
    line: Option<u32>,
    #[serde(alias = "Secret", alias = "offender")]
    secret: Option<secret::Value>,
    #[serde(alias = "Date")]
    date: Option<String>,
    repo: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            let leak: Leak = json::parse_owned(record.get())?;
            let asset = match leak.repo.as_deref().filter(|repo| !repo.trim().is_empty()) {
                Some(repo) => draft.asset(repo, AssetKind::Repository)?,
                None => draft.default_asset(AssetKind::Repository)?,
            };
            let mut claim = Claim::new(asset, WeaknessKind::Secret, &leak.rule, &place);
            claim.title = leak.description.as_deref().unwrap_or(&leak.rule);
            claim.location = Some(Location::file(&leak.file, leak.line));
            claim.secret = leak.secret.map(|value| draft.options.secret_key.keep(value.text(), None));
            claim.seen = leak.date.as_deref().unwrap_or_default();
            draft.claim(claim)
        });
    }
    Ok(())
}
