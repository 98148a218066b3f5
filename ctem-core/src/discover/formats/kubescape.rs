//! Kubescape JSON (version 2): controls of security frameworks on Kubernetes objects.
//!
//! A record is a control on an object. It fails when any of its rules does, or when it says so itself; otherwise it is clear.
//! The asset is the object, as `namespace/kind/name`. How severe a control is comes from its score factor: 9 and more is
//! critical, 7 high, 4 medium, 1 low, as Kubescape itself prints it.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Location, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

pub(super) const READER: Reader = Reader { name: "kubescape", title: "Kubescape JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(
            json.has("/summaryDetails") && (json.has("/clusterAPIServerInfo") || json.has("/results")),
        )
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    generation_time: Option<String>,
    #[serde(default)]
    resources: Option<Vec<Resource>>,
    #[serde(borrow, default)]
    results: Option<Vec<Outcome<'a>>>,
    summary_details: Option<Summary>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "resourceID")]
    id: String,
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
    metadata: Option<Metadata>,
    #[serde(rename = "sourcePath")]
    source_path: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(borrow, default)]
    controls: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Control {
    #[serde(rename = "controlID")]
    id: String,
    name: Option<String>,
    status: Option<Status>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Status {
    Word(String),
    Object { status: Option<String> },
}

#[derive(Deserialize)]
struct Rule {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(default)]
    controls: BTreeMap<String, Rated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rated {
    score_factor: Option<f64>,
}

impl Control {
    fn fails(&self) -> bool {
        let own = match &self.status {
            Some(Status::Word(word)) => Some(word.as_str()),
            Some(Status::Object { status }) => status.as_deref(),
            None => None,
        };
        match own {
            Some(word) => word::is(word, &["failed"]),
            None => self.rules.iter().flatten().any(|rule| word::is(rule.status.as_deref(), &["failed"])),
        }
    }
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    // Some versions write the zero time, which is no time.
    let seen = report.generation_time.as_deref().filter(|time| !time.starts_with("0001")).unwrap_or_default();
    let rated = report.summary_details.map(|summary| summary.controls).unwrap_or_default();
    let objects: HashMap<&str, &Resource> =
        report.resources.iter().flatten().map(|resource| (resource.id.as_str(), resource)).collect();
    for (n, outcome) in report.results.iter().flatten().enumerate() {
        let object = objects.get(outcome.resource_id.as_str()).and_then(|resource| resource.object.as_ref());
        let name = object
            .map(name_of)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| outcome.resource_id.clone());
        let path = object.and_then(|object| object.source_path.as_deref());
        let place = format!("/results/{n}/controls");
        draft.each(&place, outcome.controls.iter().flatten().copied(), |control: Control, place, draft| {
            if !control.fails() {
                draft.clear();
                return Ok(());
            }
            let asset = draft.asset(&name, AssetKind::Workload)?;
            let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, &control.id, place);
            claim.title = control.name.as_deref().unwrap_or_default();
            claim.severity = match rated.get(&control.id).and_then(|rated| rated.score_factor) {
                Some(factor) if factor >= 9.0 => "critical",
                Some(factor) if factor >= 7.0 => "high",
                Some(factor) if factor >= 4.0 => "medium",
                Some(factor) if factor >= 1.0 => "low",
                Some(_) | None => "",
            };
            claim.location = path.map(|path| Location::file(path, None));
            claim.seen = seen;
            draft.claim(claim)
        });
    }
    Ok(())
}

fn name_of(object: &Object) -> String {
    let metadata = object.metadata.as_ref();
    let namespace = object.namespace.as_deref().or_else(|| metadata.and_then(|one| one.namespace.as_deref()));
    let name = object.name.as_deref().or_else(|| metadata.and_then(|one| one.name.as_deref()));
    [namespace, object.kind.as_deref(), name].into_iter().flatten().collect::<Vec<_>>().join("/")
}
