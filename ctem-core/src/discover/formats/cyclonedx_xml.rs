//! CycloneDX XML, specifications 1.2 to 1.6, and the vulnerability extension of 1.2.
//!
//! A record is a vulnerability on a component it affects, as in CycloneDX JSON.

use super::{
    Draft, Reader,
    claim::{Claim, Concluded},
    cyclonedx::{
        Version, concluded, grouped, is_cvss, is_rejected, kind_of, named_by, stated, status, worst,
    },
    document::{Document, Match},
    image::ImageNames,
    xml::Element,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, Status, WeaknessKind},
};
use std::collections::HashMap;

pub(super) const READER: Reader = Reader { name: "cyclonedx_xml", title: "CycloneDX XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("bom"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let bom = draft.xml(&document.text)?;
    let metadata = bom.child("metadata");
    let seen = metadata.and_then(|metadata| metadata.text_of("timestamp")).unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(seen), "/metadata/timestamp");
    let subject = metadata.and_then(|metadata| metadata.child("component"));
    let mut parts = HashMap::new();
    // Vulnerabilities stand in a list of the document, or, in the extension of 1.2, in one of each component.
    let mut found: Vec<(&Element, Option<&Element>)> = Vec::new();
    let mut waiting: Vec<&Element> =
        bom.child("components").into_iter().flat_map(|list| &list.children).chain(subject).collect();
    while let Some(part) = waiting.pop() {
        waiting.extend(part.child("components").into_iter().flat_map(|list| &list.children));
        if let Some(reference) = part.attribute("bom-ref") {
            parts.insert(reference, part);
        }
        found.extend(
            part.child("vulnerabilities")
                .into_iter()
                .flat_map(|list| list.whole("vulnerability"))
                .map(|one| (one, Some(part))),
        );
    }
    found.extend(
        bom.child("vulnerabilities")
            .into_iter()
            .flat_map(|list| list.whole("vulnerability"))
            .map(|one| (one, None)),
    );
    found.sort_by_key(|(weak, _)| weak.line);
    // It is the same for all, however much the document says of it.
    let asset = found.first().map(|_| asset_of(subject, draft));
    for (weak, part) in found {
        let place = weak.place();
        draft.record(&place, |draft| {
            if is_rejected(weak.text_of("rejected")) {
                draft.clear();
                return Ok(());
            }
            let asset = asset.clone().unwrap_or_else(|| draft.default_asset(AssetKind::Repository))?;
            let concluded = status(weak.child("analysis").and_then(|analysis| analysis.text_of("state")));
            let mut affected: Vec<(&str, Vec<Version>)> =
                weak.attribute("ref").into_iter().map(|reference| (reference, Vec::new())).collect();
            let targets = weak.child("affects").into_iter().flat_map(|list| list.all("target"));
            affected.extend(targets.filter_map(|target| Some((target.text_of("ref")?, versions(target)))));
            let own = part.and_then(component);
            if own.is_some() || affected.is_empty() {
                return take(weak, own, concluded, asset, seen, &place, draft);
            }
            for (reference, versions) in affected {
                let part = parts.get(reference).and_then(|part| component(part));
                let part = part.unwrap_or_else(|| named_by(reference));
                for (part, status) in stated(part, &versions, concluded, &place, draft) {
                    take(weak, Some(part), status, asset.clone(), seen, &place, draft)?;
                }
            }
            Ok(())
        });
    }
    Ok(())
}

/// The versions and ranges that a target names.
fn versions(target: &Element) -> Vec<Version> {
    let list = target.child("versions").into_iter().flat_map(|list| list.all("version"));
    list.map(|one| {
        let text = |name: &str| one.text_of(name).map(str::to_owned);
        Version { version: text("version"), range: text("range"), status: text("status") }
    })
    .collect()
}

fn asset_of(subject: Option<&Element>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let kind = kind_of(subject.and_then(|subject| subject.attribute("type")));
    let name = subject.and_then(|subject| Some(grouped(subject.text_of("group"), subject.text_of("name")?)));
    match name.filter(|name| !matches!(name.as_str(), "." | "/")) {
        Some(name) if draft.options.asset.is_none() && kind == AssetKind::Workload => {
            let version = subject.and_then(|subject| subject.text_of("version"));
            let digest = version.filter(|version| version.starts_with("sha256:"));
            draft.image(&ImageNames::of(&name, digest.as_slice()))
        }
        Some(name) if draft.options.asset.is_none() => draft.asset(&name, kind),
        Some(_) | None => draft.default_asset(kind),
    }
}

fn component(part: &Element) -> Option<Component> {
    let name = grouped(part.text_of("group"), part.text_of("name")?);
    Some(Component::new(&name, part.text_of("version")).with_purl(part.text_of("purl")))
}

fn take(
    weak: &Element,
    component: Option<Component>,
    status: Status,
    asset: AssetId,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let text = |name: &str| weak.text_of(name).unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, text("id"), place);
    let references = weak.child("references").into_iter().flat_map(|list| list.all("reference"));
    let advisories = references.filter_map(|one| one.text_of("id"));
    claim.names =
        std::iter::once(text("id")).chain(advisories.filter(|name| id::is_published(name))).collect();
    claim.description = text("description");
    let advised = weak.child("recommendations").and_then(|list| list.text_of("recommendation"));
    claim.advice = advised.unwrap_or_else(|| text("recommendation"));
    let source = weak.child("source").and_then(|source| source.text_of("url"));
    let advisories = weak.child("advisories").into_iter().flat_map(|list| list.all("advisory"));
    claim.link =
        source.or_else(|| advisories.filter_map(|one| one.text_of("url")).next()).unwrap_or_default();
    let ratings: Vec<&Element> =
        weak.child("ratings").into_iter().flat_map(|list| list.all("rating")).collect();
    claim.cvss = ratings
        .iter()
        .filter(|rating| is_cvss(rating.text_of("method")))
        .filter_map(|rating| rating.text_of("vector").map(str::to_owned))
        .collect();
    let score = |rating: &&Element| {
        let base = rating.child("score").and_then(|score| score.text_of("base"));
        base.or_else(|| rating.text_of("score"))?.parse().ok()
    };
    claim.score = ratings.iter().filter_map(score).filter(|score: &f64| *score <= 10.0).reduce(f64::max);
    claim.severity = worst(ratings.iter().filter_map(|rating| rating.text_of("severity")));
    claim.cwes = weak
        .child("cwes")
        .into_iter()
        .flat_map(|list| list.all("cwe"))
        .map(|cwe| cwe.text.as_str())
        .collect();
    claim.component = component;
    let has_state = weak.child("analysis").is_some_and(|analysis| analysis.text_of("state").is_some());
    claim.status = status;
    claim.concluded = has_state.then_some(Concluded { status, wherever: false, versions: "" });
    if let Some(analysis) = weak.child("analysis") {
        let responses = analysis.child("responses").into_iter().flat_map(|list| list.all("response"));
        let responses = responses.map(|response| response.text.as_str());
        let (state, justification) = (analysis.text_of("state"), analysis.text_of("justification"));
        concluded(&mut claim, state, justification, responses, analysis.text_of("detail"));
    }
    claim.seen = weak.text_of("updated").unwrap_or(seen);
    draft.claim(claim)
}
