//! Grype JSON: vulnerabilities in the packages of an image or directory.
//!
//! A record is a match of a package and a vulnerability. The asset is what was scanned: the image by the name the user gave,
//! with its digests as other names, or the directory.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, Location, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

pub(super) const READER: Reader = Reader { name: "grype", title: "Grype JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let names_itself =
            json.text("/descriptor/name").is_some_and(|name| name.eq_ignore_ascii_case("grype"));
        Match::yes_if(json.has("/matches") && (names_itself || json.has("/matches/0/vulnerability")))
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    matches: Vec<&'a RawValue>,
    source: Option<Source>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    version: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Name(String),
    #[serde(rename_all = "camelCase")]
    Image {
        user_input: String,
        #[serde(rename = "imageID", default)]
        image_id: String,
        #[serde(default)]
        manifest_digest: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hit<'a> {
    #[serde(borrow)]
    vulnerability: Vulnerability<'a>,
    #[serde(borrow, default)]
    related_vulnerabilities: Option<Vec<Vulnerability<'a>>>,
    #[serde(borrow)]
    artifact: Artifact<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    data_source: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    severity: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    cvss: Option<Vec<Cvss<'a>>>,
    /// Before there was a list, a vector of version 2 and one of version 3.
    #[serde(borrow, default, rename = "cvssV2")]
    cvss_v2: Option<Cvss<'a>>,
    #[serde(borrow, default, rename = "cvssV3")]
    cvss_v3: Option<Cvss<'a>>,
    #[serde(default)]
    epss: Option<Vec<Epss>>,
    #[serde(default)]
    known_exploited: Option<Vec<serde::de::IgnoredAny>>,
    #[serde(borrow, default)]
    fix: Option<Fix<'a>>,
}

#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(borrow)]
    vector: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Epss {
    epss: f64,
}

#[derive(Deserialize)]
struct Fix<'a> {
    #[serde(borrow, default)]
    versions: Option<Vec<Cow<'a, str>>>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    purl: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    locations: Option<Vec<Place<'a>>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    let seen =
        report.descriptor.as_ref().and_then(|descriptor| descriptor.timestamp.clone()).unwrap_or_default();
    draft.report.source.version = report.descriptor.and_then(|descriptor| descriptor.version).map(Box::from);
    draft.report.source.taken = draft.moment(Some(&seen), "/descriptor/timestamp");
    let asset = scanned(report.source, draft)?;
    for (n, record) in report.matches.iter().enumerate() {
        let place = format!("/matches/{n}");
        draft.record(&place, |draft| take(&json::parse(record.get())?, asset.clone(), &place, &seen, draft));
    }
    Ok(())
}

fn scanned(source: Option<Source>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let Some(Source { kind, target: Some(target) }) = source else {
        return draft.default_asset(AssetKind::Workload);
    };
    let in_files = word::is(kind.as_deref(), &["directory", "file"]);
    let kind = if in_files { AssetKind::Repository } else { AssetKind::Workload };
    match target {
        Target::Name(name) if name.trim().is_empty() => draft.default_asset(kind),
        Target::Name(name) => draft.asset(&name, kind),
        Target::Image { user_input, image_id, manifest_digest } => {
            draft.asset_also(&user_input, kind, &[&image_id, &manifest_digest])
        }
    }
}

fn take(hit: &Hit<'_>, asset: AssetId, place: &str, seen: &str, draft: &mut Draft<'_>) -> Result<()> {
    let (weak, artifact) = (&hit.vulnerability, &hit.artifact);
    let related = || hit.related_vulnerabilities.iter().flatten();
    // What Grype matched may be a distribution's advisory; the vulnerability behind it is among the related ones.
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, &weak.id, place);
    claim.names = std::iter::once(weak)
        .filter(|weak| id::is_published(&weak.id))
        .chain(related())
        .map(|weak| &*weak.id)
        .collect();
    if claim.names.is_empty() {
        claim.names.push(&weak.id);
    }
    let all = || std::iter::once(weak).chain(related());
    claim.description = all().find_map(|weak| weak.description.as_deref()).unwrap_or_default();
    claim.severity = weak.severity.as_deref().unwrap_or_default();
    let vectors = all().flat_map(|weak| weak.cvss.iter().flatten().chain(&weak.cvss_v2).chain(&weak.cvss_v3));
    claim.cvss = vectors.map(|cvss| cvss.vector.to_string()).collect();
    claim.epss = all().flat_map(|weak| weak.epss.iter().flatten()).map(|epss| epss.epss).reduce(f64::max);
    claim.known_exploited =
        all().any(|weak| weak.known_exploited.as_ref().is_some_and(|known| !known.is_empty()));
    claim.link = weak.data_source.as_deref().unwrap_or_default();
    claim.fixed_in =
        weak.fix.iter().flat_map(|fix| fix.versions.iter().flatten()).map(|version| &**version).collect();
    let component =
        Component::new(&artifact.name, artifact.version.as_deref()).with_purl(artifact.purl.as_deref());
    claim.component = Some(component);
    claim.location =
        artifact.locations.iter().flatten().next().map(|place| Location::file(&place.path, None));
    claim.seen = seen;
    draft.claim(claim)
}
