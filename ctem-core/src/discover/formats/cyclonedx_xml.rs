//! CycloneDX XML, specifications 1.2 to 1.6, and the vulnerability extension of 1.2.
//!
//! A record is a vulnerability on a component it affects, as in CycloneDX JSON.

use super::{
    Draft, Reader,
    claim::Claim,
    cyclonedx::{is_cvss, kind_of, named_by, status},
    document::{Document, Match},
    xml::Element,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{Component, WeaknessKind},
};
use std::collections::HashMap;

pub(super) const READER: Reader = Reader { name: "cyclonedx_xml", title: "CycloneDX XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("bom"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let bom = Element::parse(&document.text)?;
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
                .flat_map(|list| list.all("vulnerability"))
                .map(|one| (one, Some(part))),
        );
    }
    found.extend(
        bom.child("vulnerabilities")
            .into_iter()
            .flat_map(|list| list.all("vulnerability"))
            .map(|one| (one, None)),
    );
    found.sort_by_key(|(weak, _)| weak.line);
    for (weak, part) in found {
        let place = weak.place();
        draft.record(&place, |draft| {
            let asset = asset_of(subject, draft)?;
            let mut affected: Vec<&str> = weak.attribute("ref").into_iter().collect();
            let targets = weak.child("affects").into_iter().flat_map(|list| list.all("target"));
            affected.extend(targets.filter_map(|target| target.text_of("ref")));
            let own = part.and_then(component);
            if own.is_some() || affected.is_empty() {
                return take(weak, own, asset, seen, &place, draft);
            }
            for reference in affected {
                let component = parts.get(reference).and_then(|part| component(part));
                let component = component.unwrap_or_else(|| named_by(reference));
                take(weak, Some(component), asset.clone(), seen, &place, draft)?;
            }
            Ok(())
        });
    }
    Ok(())
}

fn asset_of(subject: Option<&Element>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let kind = kind_of(subject.and_then(|subject| subject.attribute("type")));
    match subject.and_then(|subject| subject.text_of("name")) {
        Some(name) if draft.options.asset.is_none() => draft.asset(name, kind),
        Some(_) | None => draft.default_asset(kind),
    }
}

fn component(part: &Element) -> Option<Component> {
    let name = part.text_of("name")?;
    let name = match part.text_of("group") {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    };
    Some(Component::new(&name, part.text_of("version")).with_purl(part.text_of("purl")))
}

fn take(
    weak: &Element,
    component: Option<Component>,
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
    claim.link = weak.child("source").and_then(|source| source.text_of("url")).unwrap_or_default();
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
    claim.severity = ratings.iter().find_map(|rating| rating.text_of("severity")).unwrap_or_default();
    claim.cwes = weak
        .child("cwes")
        .into_iter()
        .flat_map(|list| list.all("cwe"))
        .map(|cwe| cwe.text.as_str())
        .collect();
    claim.component = component;
    claim.status = status(weak.child("analysis").and_then(|analysis| analysis.text_of("state")));
    claim.seen = weak.text_of("updated").unwrap_or(seen);
    draft.claim(claim)
}
