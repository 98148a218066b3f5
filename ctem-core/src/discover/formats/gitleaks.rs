//! Gitleaks JSON, version 8 (`RuleID`, `Secret`) and before (`rule`, `offender`): secrets in repositories.

use super::{
    Draft, Reader,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Finding, Location, Sighting, Weakness, WeaknessKind},
};
use serde::Deserialize;

pub(super) const READER: Reader = Reader { name: "gitleaks", title: "Gitleaks JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(json.has_all(&["/0/RuleID", "/0/StartLine"]) || json.has_all(&["/0/offender", "/0/rule"]))
    })
}

#[derive(Deserialize)]
struct Leak {
    #[serde(alias = "RuleID")]
    rule: String,
    #[serde(alias = "Description")]
    description: Option<String>,
    #[serde(alias = "File")]
    file: String,
    #[serde(alias = "StartLine", alias = "lineNumber")]
    line: Option<u32>,
    #[serde(alias = "Secret", alias = "offender")]
    secret: Option<String>,
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
            let mut weakness = Weakness::new(draft.own_weakness(&leak.rule)?, WeaknessKind::Secret);
            weakness.title = leak.description.as_deref().map(Box::from);
            let mut finding = Finding::new(asset, weakness);
            finding.location = Some(Box::new(Location::file(&leak.file, leak.line)));
            finding.secret = leak.secret.map(|value| Box::new(draft.options.secret_key.keep(&value, None)));
            let mut sighting = Sighting::by("gitleaks");
            sighting.rule = Some(leak.rule.into());
            sighting.title = leak.description.map(Box::from);
            sighting.seen = draft.moment(leak.date.as_deref(), &place);
            sighting.place = Some(place.as_str().into());
            finding.sightings.push(sighting);
            draft.finding(finding);
            Ok(())
        });
    }
    Ok(())
}
