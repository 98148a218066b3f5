//! Grype JSON: vulnerabilities in the packages of an image or directory.
//!
//! A record is a match of a package and a vulnerability, also one that a rule or a VEX statement ignores. The asset is what was scanned: the image by the name the user gave,
//! with its digests as other names, or the directory.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    folder,
    image::ImageNames,
    json, package,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, Location, Status, WeaknessKind},
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
        let lists = json.has("/matches/0/vulnerability") || json.has("/ignoredMatches/0/vulnerability");
        Match::yes_if(lists || (json.has("/matches") && names_itself))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(borrow, default)]
    matches: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    ignored_matches: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    alerts_by_package: json::Unread,
    #[serde(borrow, default)]
    source: Option<&'a RawValue>,
    #[serde(borrow, default)]
    descriptor: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
struct Descriptor {
    version: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize, Default)]
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
        #[serde(default)]
        user_input: String,
        #[serde(rename = "imageID", default)]
        image_id: String,
        #[serde(default)]
        manifest_digest: String,
        #[serde(default)]
        repo_digests: Option<Vec<String>>,
        #[serde(default)]
        tags: Option<Vec<String>>,
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
    /// Why the match is ignored, of those that are.
    #[serde(default)]
    applied_ignore_rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rule {
    reason: Option<String>,
    vex_status: Option<String>,
    vex_justification: Option<String>,
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
    /// Before there was a list of them.
    #[serde(borrow, default)]
    fixed_in_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    cwes: Option<Vec<Cwe<'a>>>,
}

#[derive(Deserialize)]
struct Cwe<'a> {
    #[serde(borrow, default)]
    cwe: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(borrow, default)]
    vector: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Epss {
    epss: f64,
}

#[derive(Deserialize)]
struct Fix<'a> {
    #[serde(borrow, default)]
    versions: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow, default)]
    state: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    purl: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    locations: Option<Vec<Place<'a>>>,
    #[serde(borrow, default)]
    upstreams: Option<Vec<Upstream<'a>>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow, default)]
    path: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Upstream<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    let descriptor: Descriptor = draft.perhaps(report.descriptor, "/descriptor");
    let seen = descriptor.timestamp.unwrap_or_default();
    draft.report.source.version = descriptor.version.map(Box::from);
    draft.report.source.taken = draft.moment(Some(&seen), "/descriptor/timestamp");
    let source = draft.perhaps(report.source, "/source");
    let asset = scanned(source, draft)?;
    for (list, records) in [("matches", &report.matches), ("ignoredMatches", &report.ignored_matches)] {
        for (n, record) in records.iter().flatten().enumerate() {
            let place = format!("/{list}/{n}");
            let ignored = list == "ignoredMatches";
            draft.record(&place, |draft| {
                let text = record.get();
                match json::parse::<Hit<'_>>(text) {
                    Ok(hit) => take(&hit, ignored, asset.clone(), &place, &seen, draft),
                    Err(first) => {
                        let check = |text: &str| json::parse::<Hit<'_>>(text).map(drop);
                        let text = draft.set_right(text, first, &place, &check)?;
                        take(&json::parse(&text)?, ignored, asset.clone(), &place, &seen, draft)
                    }
                }
            });
        }
    }
    let why = "it tells of a distribution's age, and of no weakness";
    draft.unread("/alertsByPackage", report.alerts_by_package.0, "package alert", why);
    Ok(())
}

fn scanned(source: Source, draft: &mut Draft<'_>) -> Result<AssetId> {
    let Source { kind, target: Some(target) } = source else {
        return draft.default_asset(AssetKind::Workload);
    };
    let in_files = word::is(kind.as_deref(), &["directory", "file"]);
    let kind = if in_files { AssetKind::Repository } else { AssetKind::Workload };
    match target {
        Target::Name(name) if folder::is_anyones(&name) => draft.default_asset(kind),
        Target::Name(name) => draft.asset(&name, kind),
        Target::Image { user_input, image_id, manifest_digest, repo_digests, tags } => {
            let digests = repo_digests.iter().flatten().map(String::as_str);
            draft.image(&ImageNames {
                name: &user_input,
                tags: tags.iter().flatten().map(String::as_str).collect(),
                digests: digests.chain([&*manifest_digest]).collect(),
                id: &image_id,
            })
        }
    }
}

fn take(
    hit: &Hit<'_>,
    ignored: bool,
    asset: AssetId,
    place: &str,
    seen: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
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
    claim.cvss = vectors.filter_map(|cvss| Some(cvss.vector.as_ref()?.to_string())).collect();
    claim.epss = all().flat_map(|weak| weak.epss.iter().flatten()).map(|epss| epss.epss).reduce(f64::max);
    claim.known_exploited =
        all().any(|weak| weak.known_exploited.as_ref().is_some_and(|known| !known.is_empty()));
    claim.cwes =
        all().flat_map(|weak| weak.cwes.iter().flatten()).filter_map(|cwe| cwe.cwe.as_deref()).collect();
    claim.link = weak.data_source.as_deref().unwrap_or_default();
    let versions = weak.fix.iter().flat_map(|fix| fix.versions.iter().flatten());
    claim.fixed_in = versions.chain(&weak.fixed_in_version).map(|version| &**version).collect();
    let version = artifact.version.as_deref();
    let mut component = match artifact.purl.as_deref().filter(|purl| !purl.is_empty()) {
        Some(purl) => Component::new(&artifact.name, version).with_purl(Some(purl)),
        None => package::component(artifact.kind.as_deref(), &artifact.name, version),
    };
    let mut upstreams = artifact.upstreams.iter().flatten().filter_map(|upstream| upstream.name.as_deref());
    component.source = upstreams.find(|source| *source != artifact.name).map(Box::from);
    claim.component = Some(component);
    let path = artifact.locations.iter().flatten().find_map(|place| place.path.as_deref());
    claim.location = path.map(|path| Location::file(path, None));
    // The file of ignore rules may ask for it.
    let state = weak.fix.as_ref().and_then(|fix| fix.state.as_deref()).map(word::plain);
    claim.mark = state.as_deref().unwrap_or_default();
    if ignored {
        set_aside(&mut claim, hit);
    }
    claim.seen = seen;
    draft.claim(claim)
}

/// What the rule that ignores a match makes of it: a VEX statement says what it is, a distribution's word that the package is
/// none of it too, and whoever wrote any other rule lives with it.
fn set_aside<'a>(claim: &mut Claim<'a>, hit: &'a Hit<'_>) {
    let rules = || hit.applied_ignore_rules.iter().flatten();
    let vex = rules().find_map(|rule| rule.vex_status.as_deref()).map(word::plain);
    let reasons = || rules().filter_map(|rule| rule.reason.as_deref());
    let by_distribution = reasons().any(|reason| {
        let reason = reason.to_ascii_lowercase();
        reason.contains("apk nak") || reason.starts_with("distro")
    });
    claim.status = match vex.as_deref() {
        Some("not_affected") => Status::NotAffected,
        Some("fixed") => Status::Fixed,
        Some("affected" | "under_investigation") => Status::Open,
        Some(_) | None if by_distribution => Status::NotAffected,
        Some(_) | None => Status::Accepted,
    };
    claim.file_under("justification", rules().find_map(|rule| rule.vex_justification.as_deref()));
    claim.advice = reasons().next().unwrap_or_default();
}
