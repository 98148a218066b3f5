//! Kubescape JSON, version 2 and (in `v1`) version 1: controls of security frameworks on Kubernetes objects.
//!
//! A record is a control on an object. It fails when it says so itself, or, where it says nothing, any of its rules does; one that passes only
//! by an exception is `Accepted`; otherwise it is clear. The asset is the object, as `cluster/namespace/kind/name`. How severe a
//! control is comes from its score factor: 9 and more is critical, 7 high, 4 medium, 1 low, as Kubescape itself prints it.

mod object;
mod v1;

use super::{
    Draft, Reader,
    checked::Made,
    claim::Claim,
    document::{Document, Match},
    json, object_kind,
};
use crate::{
    error::Result,
    model::{Location, Status, WeaknessKind},
    word,
};
use object::{Object, in_scope, name_of, severity};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

pub(super) const READER: Reader = Reader { name: "kubescape", title: "Kubescape JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let second =
            json.has("/summaryDetails") && (json.has("/clusterAPIServerInfo") || json.has("/results"));
        Match::yes_if(second || is_first(json))
    })
}

/// Whether it is of version 1, which has no summary.
fn is_first(json: &json::Outline) -> bool {
    ["/controlReports", "/0/controlReports", "/frameworks/0/controlReports"].iter().any(|list| json.has(list))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    generation_time: Option<String>,
    cluster_name: Option<String>,
    metadata: Option<Scanned>,
    #[serde(borrow, default)]
    resources: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    results: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    summary_details: Option<&'a RawValue>,
}

/// What was scanned.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scanned {
    target_metadata: Option<Target>,
    cluster_metadata: Option<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    cluster_context_metadata: Option<Cluster>,
    repo_context_metadata: Option<Repository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    context_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    #[serde(alias = "remoteURL")]
    remote_url: Option<String>,
    repo: Option<String>,
    owner: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "resourceID")]
    id: String,
    object: Option<Object>,
    source: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    relative_path: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(borrow, default)]
    controls: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Control {
    #[serde(rename = "controlID")]
    id: String,
    name: Option<String>,
    status: Option<Said>,
    sub_status: Option<String>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Word(String),
    Object {
        status: Option<String>,
        #[serde(rename = "subStatus")]
        sub_status: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    status: Option<String>,
    sub_status: Option<String>,
    #[serde(default)]
    paths: Option<Vec<Paths>>,
    #[serde(default, alias = "exceptions")]
    exception: Option<Vec<Exception>>,
}

#[derive(Deserialize)]
struct Exception {
    name: Option<String>,
    reason: Option<String>,
    #[serde(rename = "expirationDate")]
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paths {
    failed_path: Option<String>,
    review_path: Option<String>,
    fix_path: Option<Fix>,
}

#[derive(Deserialize)]
struct Fix {
    path: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize, Default)]
struct Summary {
    #[serde(default)]
    controls: Option<BTreeMap<String, Rated>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rated {
    name: Option<String>,
    score_factor: Option<f64>,
}

impl Control {
    /// Whether it stands; none when all is well, or it does not apply.
    fn state(&self) -> Option<Status> {
        let (own, detail) = match &self.status {
            Some(Said::Word(word)) => (Some(word.as_str()), self.sub_status.as_deref()),
            Some(Said::Object { status, sub_status }) => {
                (status.as_deref(), sub_status.as_deref().or(self.sub_status.as_deref()))
            }
            None => (None, self.sub_status.as_deref()),
        };
        let rules = || self.rules.iter().flatten();
        let failed = match own {
            Some(word) => word::is(word, &["failed"]),
            None => rules().any(|rule| word::is(rule.status.as_deref(), &["failed"])),
        };
        // Before version 3 the state itself was `excluded`.
        let excepted = |word: Option<&str>| {
            word::is(word, &["w/exceptions", "w/exception", "exceptions", "excluded", "ignored", "ignore"])
        };
        let by_exception = excepted(own)
            || excepted(detail)
            || rules().any(|rule| excepted(rule.status.as_deref()) || excepted(rule.sub_status.as_deref()));
        match (failed, by_exception) {
            (true, _) => Some(Status::Open),
            (false, true) => Some(Status::Accepted),
            (false, false) => None,
        }
    }

    /// Whether nobody looked: it wants a person, or a setting that is missing.
    fn is_unknown(&self) -> bool {
        let own = match &self.status {
            Some(Said::Word(word)) => Some(word.as_str()),
            Some(Said::Object { status, .. }) => status.as_deref(),
            None => None,
        };
        word::is(own, &["skipped", "unknown", "manual_review", "requires_review", "error"])
    }

    /// What to set, and to what.
    fn advice(&self) -> String {
        let paths = self.rules.iter().flatten().flat_map(|rule| rule.paths.iter().flatten());
        let mut said: Vec<String> = paths
            .filter_map(|one| match (&one.fix_path, &one.failed_path, &one.review_path) {
                (Some(Fix { path: Some(path), value }), ..) if !path.is_empty() => {
                    Some(format!("set {path} to {}", value.as_deref().unwrap_or_default()))
                }
                (_, Some(path), _) | (_, None, Some(path)) if !path.is_empty() => {
                    Some(format!("change {path}"))
                }
                (..) => None,
            })
            .collect();
        said.dedup();
        said.join("; ")
    }

    fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.rules.iter().flatten().flat_map(|rule| rule.exception.iter().flatten())
    }

    /// Why it is excepted.
    fn exception(&self) -> String {
        let said = self.exceptions().filter_map(|one| one.reason.as_deref().or(one.name.as_deref()));
        let mut said: Vec<&str> = said.filter(|text| !text.trim().is_empty()).collect();
        said.dedup();
        said.join("; ")
    }
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    if let Some(outline) = document.json().filter(|outline| is_first(outline)) {
        return v1::read(&document.text, outline, draft);
    }
    let report: Report<'_> = json::parse(&document.text)?;
    // Some versions write the zero time, which is no time.
    let seen = report.generation_time.as_deref().filter(|time| !time.starts_with("0001")).unwrap_or_default();
    let summary: Summary = draft.perhaps(report.summary_details, "/summaryDetails");
    let rated = summary.controls.unwrap_or_default();
    let mut objects: HashMap<String, Resource> = HashMap::new();
    for (n, raw) in report.resources.iter().flatten().enumerate() {
        let place = format!("/resources/{n}");
        match draft.understood::<Resource>(raw.get(), &place) {
            Ok(resource) => drop(objects.insert(resource.id.clone(), resource)),
            Err(error) => draft.left_out("the resource", &error, &place),
        }
    }
    let scope = scope(report.cluster_name.as_deref(), report.metadata.as_ref()).map(str::to_owned);
    let scope = scope.or_else(|| draft.options.scope.as_deref().map(str::to_owned));
    let cluster = scope.clone().unwrap_or_default();
    for (n, raw) in report.results.iter().flatten().enumerate() {
        let outcome: Outcome<'_> = match json::parse(raw.get()) {
            Ok(outcome) => outcome,
            Err(error) => {
                draft.record(&format!("/results/{n}"), |_| Err(error));
                continue;
            }
        };
        let resource = objects.get(&outcome.resource_id);
        let object = resource.and_then(|resource| resource.object.as_ref());
        let name = object
            .map(name_of)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| outcome.resource_id.clone());
        let short = name.clone();
        let name = in_scope(&name, scope.as_deref(), draft);
        let source = resource.and_then(|resource| resource.source.as_ref());
        let path = source.and_then(|source| source.relative_path.as_deref().or(source.path.as_deref()));
        let path = path.or_else(|| object.and_then(|object| object.source_path.as_deref()));
        let kind = object_kind::of(object.and_then(|object| object.kind.as_deref()).unwrap_or_default());
        let place = format!("/results/{n}/controls");
        draft.each(&place, outcome.controls.iter().flatten().copied(), |control: Control, place, draft| {
            let count =
                |made, draft: &mut Draft<'_>| draft.check(&cluster, [("Kubescape", &*control.id)], made);
            let Some(status) = control.state() else {
                draft.clear();
                if !control.is_unknown() {
                    return count(Made::Passed, draft);
                }
                let why = "left out: the control was not evaluated, so nothing is known of it";
                draft.note(crate::model::NoteKind::Ignored, place, why);
                return count(Made::Not, draft);
            };
            let asset = draft.asset(&name, kind.clone())?;
            let asset = draft.asset_seen_as(asset, kind.clone(), Some(&short), &[]);
            let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, &control.id, place);
            let rated = rated.get(&control.id);
            claim.title = control.name.as_deref().or_else(|| rated?.name.as_deref()).unwrap_or_default();
            claim.severity = severity(rated.and_then(|rated| rated.score_factor));
            let exception = control.exception();
            if status == Status::Accepted {
                claim.description = &exception;
                // Of several exceptions the first to end lets the control fail again.
                let ends = control.exceptions().filter_map(|one| draft.moment(one.until.as_deref(), place));
                claim.acceptance.until = ends.min();
                claim.acceptance.reason = Some(exception.as_str().into());
            }
            let advice = control.advice();
            claim.advice = &advice;
            let link = if control.id.starts_with("C-") {
                format!("https://hub.armosec.io/docs/{}", control.id.to_ascii_lowercase())
            } else {
                String::new()
            };
            claim.link = &link;
            claim.location = path.filter(|path| !path.is_empty()).map(|path| Location::file(path, None));
            claim.status = status;
            claim.seen = seen;
            draft.claim(claim)?;
            count(Made::Failed, draft)
        });
    }
    Ok(())
}

/// The cluster, or the repository whose manifests were looked at.
fn scope<'a>(cluster: Option<&'a str>, scanned: Option<&'a Scanned>) -> Option<&'a str> {
    let target = scanned.and_then(|scanned| scanned.target_metadata.as_ref());
    let context = target.and_then(|target| target.cluster_context_metadata.as_ref());
    let context = context.or_else(|| scanned?.cluster_metadata.as_ref());
    let repository = target.and_then(|target| target.repo_context_metadata.as_ref());
    let repository =
        repository.and_then(|one| one.remote_url.as_deref().or(one.repo.as_deref()).or(one.owner.as_deref()));
    [cluster, context.and_then(|context| context.context_name.as_deref()), repository]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty())
}
