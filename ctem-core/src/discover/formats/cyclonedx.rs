//! CycloneDX JSON, specifications 1.2 to 1.6: bills of materials with vulnerabilities, and VEX analyses of them.
//!
//! A record is a vulnerability on a component it affects. The asset is the document's own subject, `metadata.component`, or
//! else the caller's. An analysis that says `not_affected` or `false_positive` makes a finding `NotAffected`, `resolved` makes
//! it `Fixed`.

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
    model::{AssetKind, Component, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;

pub(super) const READER: Reader = Reader { name: "cyclonedx", title: "CycloneDX JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| Match::yes_if(json.text("/bomFormat") == Some("CycloneDX")))
}

#[derive(Deserialize)]
struct Bom<'a> {
    metadata: Option<Metadata>,
    #[serde(default)]
    components: Option<Vec<Part>>,
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    components: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    #[serde(default)]
    references: Option<Vec<Alias>>,
    source: Option<Source>,
    #[serde(default)]
    ratings: Option<Vec<Rating>>,
    #[serde(default)]
    cwes: Option<Vec<u32>>,
    description: Option<String>,
    detail: Option<String>,
    recommendation: Option<String>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Option<Vec<Affected>>,
    updated: Option<String>,
}

#[derive(Deserialize)]
struct Alias {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    score: Option<f64>,
    severity: Option<String>,
    method: Option<String>,
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    state: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let bom: Bom<'_> = json::parse(&document.text)?;
    let metadata = bom.metadata.as_ref();
    let seen = metadata.and_then(|metadata| metadata.timestamp.as_deref()).unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(seen), "/metadata/timestamp");
    let subject = metadata.and_then(|metadata| metadata.component.as_ref());
    let mut parts = HashMap::new();
    let mut waiting: Vec<&Part> = bom.components.iter().flatten().chain(subject).collect();
    while let Some(part) = waiting.pop() {
        waiting.extend(part.components.iter().flatten());
        if let Some(reference) = part.reference.as_deref() {
            parts.insert(reference, part);
        }
    }
    for (n, record) in bom.vulnerabilities.iter().flatten().enumerate() {
        let place = format!("/vulnerabilities/{n}");
        draft.record(&place, |draft| {
            let weak: Vulnerability = json::parse_owned(record.get())?;
            let asset = asset_of(subject, draft)?;
            let affected: Vec<_> =
                weak.affects.iter().flatten().filter_map(|one| one.reference.as_deref()).collect();
            if affected.is_empty() {
                return take(&weak, None, asset, seen, &place, draft);
            }
            for reference in affected {
                let component = parts.get(reference).and_then(|part| component(part));
                let component = component.unwrap_or_else(|| named_by(reference));
                take(&weak, Some(component), asset.clone(), seen, &place, draft)?;
            }
            Ok(())
        });
    }
    Ok(())
}

fn asset_of(subject: Option<&Part>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let kind = kind_of(subject.and_then(|subject| subject.kind.as_deref()));
    match subject.and_then(|subject| subject.name.as_deref()).filter(|name| !name.trim().is_empty()) {
        Some(name) if draft.options.asset.is_none() => draft.asset(name, kind),
        Some(_) | None => draft.default_asset(kind),
    }
}

fn component(part: &Part) -> Option<Component> {
    let name = part.name.as_deref()?;
    let name = match part.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    };
    Some(Component::new(&name, part.version.as_deref()).with_purl(part.purl.as_deref()))
}

/// A component of which only the reference is known: often a package URL.
pub(super) fn named_by(reference: &str) -> Component {
    // A link into another document ends with the component's own reference.
    let reference = reference.rsplit_once('#').map_or(reference, |(_, own)| own);
    let Some(body) = reference.strip_prefix("pkg:") else { return Component::new(reference, None) };
    let end = body.find(['?', '#']).unwrap_or(body.len());
    let body = body.get(..end).unwrap_or(body);
    let (name, version) = body.rsplit_once('@').map_or((body, None), |(name, version)| (name, Some(version)));
    let name = name.split_once('/').map_or(name, |(_, name)| name);
    Component::new(name, version).with_purl(Some(reference))
}

/// What sort of asset a bill of materials is of.
pub(super) fn kind_of(subject: Option<&str>) -> AssetKind {
    match subject.map(word::plain).as_deref() {
        Some("container") => AssetKind::Workload,
        Some("operating_system" | "device") => AssetKind::Host,
        Some(_) | None => AssetKind::Repository,
    }
}

/// Whether a rating's vector is one of CVSS, as far as the name of its method tells.
pub(super) fn is_cvss(method: Option<&str>) -> bool {
    !word::is(method, &["owasp", "ssvc"])
}

/// What an analysis says of a finding's status.
pub(super) fn status(analysis: Option<&str>) -> Status {
    match analysis.map(word::plain).as_deref() {
        Some("not_affected" | "false_positive") => Status::NotAffected,
        Some("resolved" | "resolved_with_pedigree") => Status::Fixed,
        Some(_) | None => Status::Open,
    }
}

fn take(
    weak: &Vulnerability,
    component: Option<Component>,
    asset: AssetId,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let id = weak.id.as_deref().unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, id, place);
    let advisories = weak.references.iter().flatten().filter_map(|one| one.id.as_deref());
    claim.names = std::iter::once(id).chain(advisories.filter(|name| id::is_published(name))).collect();
    claim.description = weak.description.as_deref().or(weak.detail.as_deref()).unwrap_or_default();
    claim.advice = weak.recommendation.as_deref().unwrap_or_default();
    claim.link = weak.source.as_ref().and_then(|source| source.url.as_deref()).unwrap_or_default();
    let ratings = || weak.ratings.iter().flatten();
    claim.cvss = ratings()
        .filter(|rating| is_cvss(rating.method.as_deref()))
        .filter_map(|rating| rating.vector.clone())
        .collect();
    claim.score = ratings().filter_map(|rating| rating.score).filter(|score| *score <= 10.0).reduce(f64::max);
    claim.severity = ratings().filter_map(|rating| rating.severity.as_deref()).next().unwrap_or_default();
    let cwes: Vec<String> = weak.cwes.iter().flatten().map(u32::to_string).collect();
    claim.cwes = cwes.iter().map(String::as_str).collect();
    claim.component = component;
    claim.status = status(weak.analysis.as_ref().and_then(|analysis| analysis.state.as_deref()));
    claim.seen = weak.updated.as_deref().unwrap_or(seen);
    draft.claim(claim)
}
