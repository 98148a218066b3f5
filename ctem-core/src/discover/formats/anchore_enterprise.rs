//! Anchore Enterprise policy checks, JSON: what gates said of images, in tables of rows under a header.
//!
//! A record is a row. The asset is the image, by its tag and digest. Rows that let an image go on are clear, rows on an allow list
//! accepted.

use super::{
    Draft, Reader,
    claim::{Claim, published_within},
    document::{Document, Match},
    image::ImageNames,
    json,
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "anchore_enterprise", title: "Anchore Enterprise policy checks JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let is_digest = |name: &str| name.starts_with("sha256:");
        let top = json.top_names().any(is_digest);
        let listed = json.paths().any(|(path, _)| path.strip_prefix("/0/").is_some_and(is_digest));
        Match::yes_if((top || listed) && document.text.contains("\"last_evaluation\""))
    })
}

/// Tags of an image, each with its evaluations.
type Tags<'a> = BTreeMap<String, Vec<&'a RawValue>>;

#[derive(Deserialize)]
struct Evaluation<'a> {
    #[serde(borrow)]
    detail: Detail<'a>,
    last_evaluation: Option<String>,
}

#[derive(Deserialize)]
struct Detail<'a> {
    #[serde(borrow)]
    result: Outcome<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    image_id: Option<String>,
    /// By the id of an image, and beside them what is no table.
    #[serde(borrow)]
    result: BTreeMap<String, &'a RawValue>,
}

#[derive(Deserialize)]
struct Tabled<'a> {
    #[serde(borrow)]
    result: Rows<'a>,
}

#[derive(Deserialize)]
struct Rows<'a> {
    header: Vec<String>,
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let is_list = document.json().is_some_and(json::Outline::is_array);
    let images: Vec<BTreeMap<String, Tags<'_>>> = match is_list {
        true => json::parse(&document.text)?,
        false => vec![json::parse(&document.text)?],
    };
    for (n, (digest, tags)) in
        images.iter().enumerate().flat_map(|(n, image)| image.iter().map(move |one| (n, one)))
    {
        let above = if is_list { format!("/{n}") } else { String::new() };
        for (tag, evaluations) in tags {
            for (number, evaluation) in evaluations.iter().enumerate() {
                let place = format!("{above}/{digest}/{}/{number}", tag.replace('/', "~1"));
                match json::parse::<Evaluation<'_>>(evaluation.get()) {
                    Ok(evaluation) => take_all(&evaluation, tag, digest, &place, draft),
                    Err(error) => draft.record(&place, |_| Err(error)),
                }
            }
        }
    }
    Ok(())
}

fn take_all(evaluation: &Evaluation<'_>, tag: &str, digest: &str, place: &str, draft: &mut Draft<'_>) {
    let seen = evaluation.last_evaluation.as_deref().unwrap_or_default();
    let outcome = &evaluation.detail.result;
    let image = outcome.image_id.as_deref().unwrap_or_default();
    for (id, tabled) in &outcome.result {
        let Ok(Tabled { result: Rows { header, rows } }) = json::parse(tabled.get()) else { continue };
        let place = format!("{place}/detail/result/result/{id}/result/rows");
        let names = ImageNames { name: tag, tags: Vec::new(), digests: vec![digest], id: image };
        draft.each(&place, rows, |row: Vec<Value>, place, draft| {
            let texts: Vec<String> = row.iter().map(written).collect();
            if texts.len() != header.len() {
                let message = format!("the row has {} fields and its header {}", texts.len(), header.len());
                return Err(Error::invalid(message));
            }
            let field = |name: &str| {
                let at = header.iter().position(|column| word::is(&**column, &[name]));
                at.and_then(|at| texts.get(at)).map(String::as_str).unwrap_or_default()
            };
            take(&field, &names, seen, place, draft)
        });
    }
}

/// A cell as text: what is allowed is named in an object.
fn written(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn take<'a>(
    field: &impl Fn(&str) -> &'a str,
    names: &ImageNames<'_>,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let action = field("gate_action");
    if word::is(action, &["go"]) {
        draft.clear();
        return Ok(());
    }
    let (gate, trigger) = (field("gate"), field("trigger"));
    let (trigger_id, output) = (field("trigger_id"), field("check_output"));
    let published = published_within(trigger_id);
    let kind = match gate {
        "secret_scans" => WeaknessKind::Secret,
        _ if published.is_some() || gate == "vulnerabilities" => WeaknessKind::Vulnerability,
        "malware" => WeaknessKind::Vulnerability,
        _ => WeaknessKind::Misconfiguration,
    };
    let asset =
        if names.is_named() { draft.image(names)? } else { draft.default_asset(AssetKind::Workload)? };
    let rule = [gate, trigger].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(":");
    let mut claim = Claim::new(asset, kind, if rule.is_empty() { trigger_id } else { &rule }, place);
    claim.names = published.iter().map(String::as_str).collect();
    claim.title = output;
    claim.description = output;
    claim.severity = match () {
        () if word::is(action, &["stop"]) => "critical",
        () if word::is(action, &["warn"]) => "medium",
        () => "",
    };
    claim.instance = trigger_id;
    let allowed = field("whitelisted");
    if !allowed.is_empty() && !word::is(allowed, &["false", "none"]) {
        claim.status = Status::Accepted;
    }
    claim.seen = seen;
    draft.claim(claim)
}
