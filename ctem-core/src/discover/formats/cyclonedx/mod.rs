//! CycloneDX JSON, specifications 1.2 to 1.6: bills of materials with vulnerabilities, and VEX analyses of them.
//!
//! A record is a vulnerability on a component it affects. The asset is the document's own subject, `metadata.component`, or
//! else the caller's. An analysis that says `not_affected` or `false_positive` makes a finding `NotAffected`, `resolved` makes
//! it `Fixed`; it speaks of the versions that the record names, and of no other. A document that we wrote has a component for
//! each asset, and says so by a property. Services are assets of their own (`services.rs`), each a record.

mod services;

use super::{
    Draft, Reader,
    claim::{Claim, Concluded},
    correlate::keys,
    document::{Document, Match},
    image::ImageNames,
    json, ours, vers,
};
use crate::{
    error::Result,
    id,
    id::AssetId,
    model::{AssetKind, Component, NoteKind, Reachability, Status, WeaknessKind},
    quantity::Severity,
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use services::Services;
pub(super) use services::grouped;
use std::collections::{HashMap, HashSet};

pub(super) const READER: Reader = Reader { name: "cyclonedx", title: "CycloneDX JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| Match::yes_if(json.text("/bomFormat") == Some("CycloneDX")))
}

#[derive(Deserialize)]
struct Bom<'a> {
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    components: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    services: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    dependencies: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    compositions: json::Unread,
    #[serde(default)]
    annotations: json::Unread,
    #[serde(default)]
    formulation: json::Unread,
    #[serde(default)]
    declarations: json::Unread,
    #[serde(default)]
    definitions: json::Unread,
}

#[derive(Deserialize, Default)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Part>,
}

/// A component or a service.
#[derive(Deserialize, Default)]
struct Part {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    group: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    properties: Option<Vec<Property>>,
    components: Option<Vec<Part>>,
    services: Option<Vec<Part>>,
}

impl Part {
    fn property(&self, name: &str) -> Option<&str> {
        let named = |property: &&Property| property.name.as_deref() == Some(name);
        self.properties.iter().flatten().find(named)?.value.as_deref()
    }

    /// The asset that a document of our own says it is.
    fn own_asset(&self, draft: &mut Draft<'_>) -> Result<AssetId> {
        let kind = self.property(ours::ASSET_KIND).and_then(|kind| kind.parse().ok());
        let kind = kind.unwrap_or_else(|| kind_of(self.kind.as_deref()));
        match self.property(ours::ASSET) {
            Some(id) => draft.asset(id, kind),
            None => draft.default_asset(kind),
        }
    }
}

#[derive(Deserialize)]
struct Property {
    name: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    #[serde(rename = "ref")]
    reference: Option<String>,
    depends_on: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    /// When whoever published it took it back.
    rejected: Option<String>,
    references: Option<Vec<Alias>>,
    source: Option<Source>,
    ratings: Option<Vec<Rating>>,
    cwes: Option<Vec<serde_json::Value>>,
    description: Option<String>,
    detail: Option<String>,
    recommendation: Option<String>,
    workaround: Option<String>,
    advisories: Option<Vec<Source>>,
    analysis: Option<Analysis>,
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
    justification: Option<String>,
    response: Option<Vec<String>>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: Option<String>,
    versions: Option<Vec<Version>>,
}

/// A version or a range of a component, and whether it is affected.
#[derive(Deserialize)]
pub(super) struct Version {
    pub(super) version: Option<String>,
    pub(super) range: Option<String>,
    pub(super) status: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let bom: Bom<'_> = json::parse(&document.text)?;
    let metadata: Metadata = draft.perhaps(bom.metadata, "/metadata");
    let seen = metadata.timestamp.as_deref().unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(seen), "/metadata/timestamp");
    let subject = metadata.component.as_ref();
    let mut known = Vec::new();
    for (list, records) in [("components", &bom.components), ("services", &bom.services)] {
        for (n, record) in records.iter().flatten().enumerate() {
            let place = format!("/{list}/{n}");
            match draft.understood::<Part>(record.get(), &place) {
                Ok(part) => known.push(part),
                Err(error) => draft.left_out("the component", &error, &place),
            }
        }
    }
    let parts = by_reference(known.iter().chain(subject));
    let direct = asked_for(&bom, subject, draft);
    let is_ours = known.iter().any(|part| part.property(ours::ASSET).is_some());
    let listed = bom.services.as_deref().filter(|_| !is_ours).unwrap_or_default();
    let services = Services::read(listed, draft);
    if !services.is_empty() {
        calls(&bom, subject, &services, draft)?;
    }
    // It is the same for all, however much the document says of it; where components are assets, it may be that of none.
    let is_needed = !parts.values().any(|known| known.on.is_some());
    let some = bom.vulnerabilities.as_ref().filter(|all| is_needed && !all.is_empty());
    let mut of_subject = some.map(|_| asset_of(subject, draft));
    for (n, record) in bom.vulnerabilities.iter().flatten().enumerate() {
        let place = format!("/vulnerabilities/{n}");
        draft.record(&place, |draft| {
            let weak: Vulnerability = draft.understood(record.get(), &place)?;
            if is_rejected(weak.rejected.as_deref()) {
                draft.clear();
                return Ok(());
            }
            let mut default =
                |draft: &mut _| of_subject.get_or_insert_with(|| asset_of(subject, draft)).clone();
            let concluded = status(weak.analysis.as_ref().and_then(|analysis| analysis.state.as_deref()));
            let affected = || weak.affects.iter().flatten().filter(|one| one.reference.is_some());
            if affected().next().is_none() {
                let asset = default(draft)?;
                return take(&weak, None, concluded, asset, seen, &place, draft);
            }
            let is_subject =
                |reference: &str| subject.and_then(|part| part.reference.as_deref()) == Some(reference);
            for one in affected() {
                let reference = one.reference.as_deref().unwrap_or_default();
                let known = parts.get(reference);
                let asset = match known.and_then(|known| known.on) {
                    Some(on) => on.own_asset(draft)?,
                    None => default(draft)?,
                };
                if known.is_some_and(|known| known.part.property(ours::ASSET).is_some()) {
                    take(&weak, None, concluded, asset, seen, &place, draft)?;
                    continue;
                }
                let mut part = known.and_then(|known| component(known.part));
                if let (Some(part), Some(direct)) = (&mut part, &direct) {
                    part.direct = Some(direct.contains(reference)).filter(|_| !is_subject(reference));
                }
                let part = part.unwrap_or_else(|| named_by(reference));
                for (part, status) in
                    stated(part, one.versions.as_deref().unwrap_or_default(), concluded, &place, draft)
                {
                    take(&weak, Some(part), status, asset.clone(), seen, &place, draft)?;
                }
            }
            Ok(())
        });
    }
    for (list, count) in [
        ("compositions", bom.compositions),
        ("annotations", bom.annotations),
        ("formulation", bom.formulation),
        ("declarations", bom.declarations),
        ("definitions", bom.definitions),
    ] {
        let what = list.trim_end_matches('s');
        draft.unread(&format!("/{list}"), count.0, what, "it tells of no vulnerability");
    }
    Ok(())
}

/// A component, and the one it is in that a document of our own says is an asset.
#[derive(Clone, Copy)]
struct Known<'a> {
    part: &'a Part,
    on: Option<&'a Part>,
}

/// Components by their reference, and by their package URL where nothing is called that.
fn by_reference<'a>(parts: impl Iterator<Item = &'a Part>) -> HashMap<&'a str, Known<'a>> {
    let (mut by_reference, mut by_purl) = (HashMap::new(), HashMap::new());
    let mut waiting: Vec<Known<'_>> = parts.map(|part| Known { part, on: None }).collect();
    while let Some(Known { part, on }) = waiting.pop() {
        let on = part.property(ours::ASSET).map(|_| part).or(on);
        waiting.extend(part.components.iter().chain(&part.services).flatten().map(|part| Known { part, on }));
        if let Some(reference) = part.reference.as_deref() {
            by_reference.insert(reference, Known { part, on });
        }
        if let Some(purl) = part.purl.as_deref() {
            by_purl.insert(purl, Known { part, on });
        }
    }
    for (purl, part) in by_purl {
        by_reference.entry(purl).or_insert(part);
    }
    by_reference
}

/// The components that the subject itself asks for, where the document tells its dependencies.
fn asked_for(bom: &Bom<'_>, subject: Option<&Part>, draft: &mut Draft<'_>) -> Option<HashSet<String>> {
    let root = subject?.reference.as_deref()?;
    for (n, record) in bom.dependencies.iter().flatten().enumerate() {
        let read = draft.understood::<Dependency>(record.get(), &format!("/dependencies/{n}"));
        match read {
            Ok(one) if one.reference.as_deref() == Some(root) => {
                return one.depends_on.map(|list| list.into_iter().collect());
            }
            Ok(_) => {}
            Err(error) => draft.left_out("the dependency", &error, &format!("/dependencies/{n}")),
        }
    }
    None
}

/// Which services call which, as far as the document tells its dependencies.
fn calls(bom: &Bom<'_>, subject: Option<&Part>, services: &Services, draft: &mut Draft<'_>) -> Result<()> {
    let reference = subject.and_then(|subject| subject.reference.as_deref());
    let asset = reference.map(|_| asset_of(subject, draft)).transpose()?;
    for record in bom.dependencies.iter().flatten() {
        // What cannot be read was noted when it was looked at for what the subject asks for.
        let Ok(Dependency { reference: Some(from), depends_on: Some(to) }) = json::parse(record.get()) else {
            continue;
        };
        services.call(&from, reference.zip(asset.as_ref()), &to, draft);
    }
    Ok(())
}

fn asset_of(subject: Option<&Part>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let kind = kind_of(subject.and_then(|subject| subject.kind.as_deref()));
    let Some(subject) = subject else { return draft.default_asset(kind) };
    let name = subject.name.as_deref().map(str::trim).filter(|name| !matches!(*name, "" | "." | "/"));
    let Some(name) = name.filter(|_| draft.options.asset.is_none()) else { return draft.default_asset(kind) };
    let name = grouped(subject.group.as_deref(), name);
    if kind != AssetKind::Workload {
        return draft.asset(&name, kind);
    }
    // What tools write of an image besides its name: Syft its digest as the version, Trivy its digests and tags as properties.
    let digest = subject.version.as_deref().filter(|version| version.starts_with("sha256:"));
    let told = subject.properties.iter().flatten().filter_map(|property| {
        let known =
            ["aquasecurity:trivy:ImageID", "aquasecurity:trivy:RepoDigest", "aquasecurity:trivy:RepoTag"];
        property.name.as_deref().filter(|name| known.contains(name)).and(property.value.as_deref())
    });
    let others: Vec<&str> = digest.into_iter().chain(told).collect();
    draft.image(&ImageNames::of(&name, &others))
}

fn component(part: &Part) -> Option<Component> {
    let name = grouped(part.group.as_deref(), part.name.as_deref()?);
    Some(Component::new(&name, part.version.as_deref()).with_purl(part.purl.as_deref()))
}

/// A component of which only the reference is known: often a package URL.
pub(super) fn named_by(reference: &str) -> Component {
    // A link into another document ends with the component's own reference; in a package URL a path within it stands there.
    let linked = reference.split_once('#').filter(|_| !reference.starts_with("pkg:"));
    let reference = linked.map_or(reference, |(_, own)| own);
    if let Some(own) = ours::component_named(reference) {
        return own;
    }
    match keys::Purl::of(reference) {
        Some(purl) => Component::new(&purl.name, Some(&purl.version)).with_purl(Some(reference)),
        None => Component::new(reference, None),
    }
}

/// What a record says of which versions of a component: each version with its status, or the component as it is, where the
/// record names no version. Of a component whose own version is known, only that one is here to be affected.
pub(super) fn stated(
    part: Component,
    versions: &[Version],
    concluded: Status,
    place: &str,
    draft: &mut Draft<'_>,
) -> Vec<(Component, Status)> {
    let status = |version: &Version| match version.status.as_deref().map(word::plain).as_deref() {
        Some("unaffected") => Status::NotAffected,
        Some("unknown") => Status::Open,
        Some(_) | None => concluded,
    };
    if versions.is_empty() {
        return vec![(part, concluded)];
    }
    let (mut said, mut elsewhere) = (Vec::new(), Vec::new());
    for version in versions {
        let text = version.version.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let range = version.range.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match (part.version.as_deref(), text, range) {
            (Some(own), Some(text), _) if keys::common_version(text) == keys::common_version(own) => {
                said.push((part.clone(), status(version)))
            }
            (Some(own), None, Some(range)) => match vers::contains(range, own, part.purl.as_deref()) {
                Some(true) => said.push((part.clone(), status(version))),
                Some(false) => elsewhere.push(range),
                None => {
                    let reason =
                        format!("whether {own} lies in the range {range} cannot be told: it is taken to");
                    // What may be affected is; what may be unaffected is not taken for it.
                    if status(version).is_open() {
                        draft.note(NoteKind::Assumed, place, reason);
                        said.push((part.clone(), status(version)));
                    } else {
                        elsewhere.push(range);
                    }
                }
            },
            (own, Some(text), _) => {
                let other = status(version);
                if own.is_none() || !other.is_open() {
                    said.push((at_version(&part, text), other));
                } else {
                    elsewhere.push(text);
                }
            }
            (None, None, Some(_)) => said.push((part.clone(), status(version))),
            (_, None, None) => said.push((part.clone(), status(version))),
        }
    }
    if said.is_empty() {
        draft.clear();
        let own = part.version.as_deref().unwrap_or_default();
        let reason = format!("the record speaks of {}, and not of {} {own}", elsewhere.join(", "), part.name);
        draft.note(NoteKind::Ignored, place, reason);
    }
    said
}

/// The same component at another version.
fn at_version(part: &Component, version: &str) -> Component {
    let purl = part.purl.as_deref().map(|purl| {
        let end = purl.find(['?', '#']).unwrap_or(purl.len());
        let (body, rest) = purl.split_at(end);
        let own = part.version.as_deref().unwrap_or_default();
        let bare = body.strip_suffix(own).and_then(|body| body.strip_suffix('@')).unwrap_or(body);
        format!("{bare}@{version}{rest}")
    });
    let mut other = Component::new(&part.name, Some(version)).with_purl(purl.as_deref());
    (other.source, other.direct) = (part.source.clone(), part.direct);
    other
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

/// What an analysis says beyond its state: why, and what is done about it.
pub(super) fn concluded<'a>(
    claim: &mut Claim<'a>,
    state: Option<&str>,
    justification: Option<&str>,
    responses: impl IntoIterator<Item = &'a str>,
    detail: Option<&'a str>,
) {
    claim.file_under(
        "analysis",
        state.filter(|state| word::is(*state, &["in_triage", "under_investigation", "false_positive"])),
    );
    claim.file_under("justification", justification);
    claim.file_under("response", responses);
    if word::is(justification, &["code_not_reachable", "vulnerable_code_not_in_execute_path"]) {
        claim.reachability = Some(Reachability::Unreachable);
    }
    if claim.advice.is_empty() {
        claim.advice = detail.unwrap_or_default();
    }
}

/// Whether whoever published a vulnerability took it back.
pub(super) fn is_rejected(when: Option<&str>) -> bool {
    when.is_some_and(|when| !when.trim().is_empty())
}

/// The word for the highest severity that somebody gives it.
pub(super) fn worst<'a>(words: impl Iterator<Item = &'a str>) -> &'a str {
    let worst =
        words.reduce(
            |worst, word| {
                if Severity::from_word(word) > Severity::from_word(worst) { word } else { worst }
            },
        );
    worst.unwrap_or_default()
}

fn take(
    weak: &Vulnerability,
    component: Option<Component>,
    status: Status,
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
    claim.advice = weak.recommendation.as_deref().or(weak.workaround.as_deref()).unwrap_or_default();
    let sources = weak.source.iter().chain(weak.advisories.iter().flatten());
    claim.link = sources.filter_map(|source| source.url.as_deref()).next().unwrap_or_default();
    let ratings = || weak.ratings.iter().flatten();
    claim.cvss = ratings()
        .filter(|rating| is_cvss(rating.method.as_deref()))
        .filter_map(|rating| rating.vector.clone())
        .collect();
    claim.score = ratings().filter_map(|rating| rating.score).filter(|score| *score <= 10.0).reduce(f64::max);
    claim.severity = worst(ratings().filter_map(|rating| rating.severity.as_deref()));
    let cwes: Vec<String> = weak.cwes.iter().flatten().map(super::npm_audit::written).collect();
    claim.cwes = cwes.iter().map(String::as_str).collect();
    claim.component = component;
    let has_state = weak.analysis.as_ref().is_some_and(|analysis| analysis.state.is_some());
    claim.status = status;
    claim.concluded = has_state.then_some(Concluded { status, wherever: false, versions: "" });
    if let Some(analysis) = &weak.analysis {
        let responses = analysis.response.iter().flatten().map(String::as_str);
        let (state, justification) = (analysis.state.as_deref(), analysis.justification.as_deref());
        concluded(&mut claim, state, justification, responses, analysis.detail.as_deref());
    }
    claim.seen = weak.updated.as_deref().unwrap_or(seen);
    draft.claim(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_its_component() {
        for (reference, name, version) in [
            ("pkg:npm/%40kelp/core@1.0?arch=x", "@kelp/core", Some("1.0")),
            ("pkg:npm/@kelp/core", "@kelp/core", None),
            ("pkg:golang/kelp.example/core@v1.0#cmd/kelp", "kelp.example/core", Some("v1.0")),
            (
                "urn:cdx:f08a6ccd/1#pkg:golang/kelp.example/core@v1.0#cmd/kelp",
                "kelp.example/core",
                Some("v1.0"),
            ),
            ("urn:cdx:f08a6ccd/1#core", "core", None),
            ("core", "core", None),
        ] {
            let component = named_by(reference);
            assert_eq!((&*component.name, component.version.as_deref()), (name, version), "{reference}");
        }
    }
}
