//! TruffleHog JSON: version 3 (`DetectorName`, `Raw`) and version 2 (`reason`, `stringsFound`), as lines or as an array.
//!
//! A record is a secret that was found. The asset is the repository, bucket or image of the source, or else the caller's. Of
//! version 2 the strings are lines with the secret in them, so nothing of them is kept but a fingerprint of all together.

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
use std::collections::BTreeMap;

pub(super) const READER: Reader = Reader { name: "trufflehog", title: "TruffleHog JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let version_3 =
            |at: &str| json.has(&format!("{at}/SourceMetadata")) || json.has(&format!("{at}/DetectorName"));
        let version_2 =
            |at: &str| json.has(&format!("{at}/stringsFound")) && json.has(&format!("{at}/reason"));
        Match::yes_if(version_3("") || version_3("/0") || version_2("") || version_2("/0"))
    })
}

/// A record of either version; one of version 2 has a reason.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    source_metadata: Option<Metadata>,
    detector_name: Option<String>,
    detector_description: Option<String>,
    verified: Option<bool>,
    raw: Option<secret::Value>,
    #[serde(rename = "RawV2")]
    raw_2: Option<secret::Value>,
    #[serde(rename = "reason")]
    reason: Option<String>,
    #[serde(rename = "path")]
    path: Option<String>,
    #[serde(rename = "date")]
    date: Option<String>,
    #[serde(rename = "stringsFound", default)]
    strings_found: Option<Vec<secret::Value>>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "Data", default)]
    data: Option<BTreeMap<String, Spot>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Spot {
    repository: Option<String>,
    bucket: Option<String>,
    image: Option<String>,
    tag: Option<String>,
    file: Option<String>,
    link: Option<String>,
    timestamp: Option<String>,
    line: Option<u32>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            let found: Record = draft.understood(record.get(), &place)?;
            match &found.reason {
                Some(reason) => two(reason, &found, &place, draft),
                None => three(&found, &place, draft),
            }
        });
    }
    Ok(())
}

fn three(found: &Record, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let none = Spot::default();
    let spot = found.source_metadata.as_ref().and_then(|metadata| metadata.data.as_ref()?.values().next());
    let spot = spot.unwrap_or(&none);
    let image = spot.image.as_deref().map(|image| match spot.tag.as_deref().filter(|tag| !tag.is_empty()) {
        Some(tag) if !image.contains('@') => format!("{image}:{tag}"),
        Some(_) | None => image.to_owned(),
    });
    let name = spot.repository.as_deref().or(spot.bucket.as_deref()).or(image.as_deref());
    let kind = if spot.bucket.is_some() {
        AssetKind::DataStore
    } else if spot.image.is_some() {
        AssetKind::Workload
    } else {
        AssetKind::Repository
    };
    let asset = match name.filter(|name| !matches!(name.trim(), "" | ".")) {
        Some(name) => draft.asset(name, kind)?,
        None => draft.default_asset(kind)?,
    };
    let mut claim =
        Claim::new(asset, WeaknessKind::Secret, found.detector_name.as_deref().unwrap_or_default(), place);
    claim.title = claim.rule;
    claim.description = found.detector_description.as_deref().unwrap_or_default();
    claim.location =
        spot.file.as_deref().map(|file| Location::file(file, spot.line.filter(|line| *line > 0)));
    // A link of a code host points to the line, and never holds it.
    claim.link = spot.link.as_deref().unwrap_or_default();
    // `false` only says that no live test succeeded.
    let verified = found.verified.filter(|verified| *verified);
    let raw = [&found.raw, &found.raw_2].into_iter().flatten().find(|raw| !raw.text().trim().is_empty());
    let value = raw.map_or("", |raw| raw.text());
    claim.secret = Some(draft.options.secret_key.keep(value, verified));
    let seen = spot.timestamp.as_deref().unwrap_or_default();
    let seen = plain_time(seen);
    claim.seen = &seen;
    draft.claim(claim)
}

/// `2022-06-16 10:17:40 -0700 -0700` as RFC 3339.
fn plain_time(text: &str) -> String {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(day), Some(time), Some(offset)) if offset.len() == 5 => {
            let (hours, minutes) = offset.split_at_checked(3).unwrap_or((offset, ""));
            format!("{day}T{time}{hours}:{minutes}")
        }
        (_, _, _) => text.to_owned(),
    }
}

fn two(reason: &str, found: &Record, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    let mut claim = Claim::new(asset, WeaknessKind::Secret, reason, place);
    claim.title = reason;
    claim.location = found.path.as_deref().map(|path| Location::file(path, None));
    let strings: Vec<&str> = found.strings_found.iter().flatten().map(secret::Value::text).collect();
    let mut secret = draft.options.secret_key.keep(&strings.join("\n"), None);
    secret.tail = None;
    claim.secret = Some(secret);
    claim.seen = found.date.as_deref().unwrap_or_default();
    draft.claim(claim)
}
