//! `yarn audit --json` of Yarn 1, and `yarn npm audit --json` of Yarn 4: a line for each advisory.
//!
//! A record is an advisory of a package. A deprecation is no flaw: it is a setting to mend. The asset is the caller's.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
    npm_audit::{Advisory, advisory_in, written},
    package,
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, Location, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "yarn_audit", title: "yarn audit JSON lines", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let audit = json.text("/type").is_some_and(|kind| kind.starts_with("audit")) && json.has("/data");
        let words = ["info", "warning", "error", "step", "activityStart", "activityEnd"];
        let other = json.text("/type").is_some_and(|kind| words.contains(&kind)) && json.has("/data");
        let fourth = json.has_all(&["/value", "/children/Issue"]);
        Match::yes_if(audit || fourth).max(Match::maybe_if(other))
    })
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    value: Option<String>,
    #[serde(borrow, default)]
    children: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Found {
    resolution: Option<Resolution>,
    advisory: Advisory,
}

#[derive(Deserialize)]
struct Resolution {
    path: Option<String>,
}

#[derive(Deserialize)]
struct Issue {
    #[serde(rename = "ID")]
    id: Option<serde_json::Value>,
    #[serde(rename = "Issue")]
    issue: Option<String>,
    #[serde(rename = "URL")]
    url: Option<String>,
    #[serde(rename = "Severity")]
    severity: Option<String>,
    #[serde(rename = "Vulnerable Versions")]
    range: Option<String>,
    #[serde(rename = "Tree Versions")]
    versions: Option<Vec<String>>,
    #[serde(rename = "Dependents")]
    dependents: Option<Vec<String>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, text) in json::records(&document.text, outline)? {
        let line: Line<'_> = match json::parse(text.get()) {
            Ok(line) => line,
            Err(error) => {
                draft.record(&place, |_| Err(error));
                continue;
            }
        };
        match (line.kind.as_deref(), line.data, line.value.as_deref(), line.children) {
            (Some("auditAdvisory"), Some(data), ..) => draft.record(&place, |draft| {
                let found: Found = draft.understood(data.get(), &place)?;
                let asset = draft.default_asset(AssetKind::Repository)?;
                let way = found.resolution.as_ref().and_then(|resolution| resolution.path.as_deref());
                found.advisory.take(&asset, "", way, &place, draft)
            }),
            (Some("error"), Some(data), ..) => {
                let message = format!("yarn failed: {}", data.get().trim_matches('"'));
                draft.record(&place, |_| Err(Error::invalid(message)));
            }
            (Some("auditAdvisory"), None, ..) => {
                let message = "the line has no advisory: `data` is missing";
                draft.record(&place, |_| Err(Error::invalid(message)));
            }
            // What it tells of its work, and the sums of what it found.
            (Some(_), ..) => {}
            (None, _, Some(package), Some(children)) => draft.record(&place, |draft| {
                let issue = draft.understood(children.get(), &place)?;
                take(package, &issue, &place, draft)
            }),
            (None, ..) => draft.record(&place, |_| {
                Err(Error::invalid(
                    "the line is no advisory: it has neither `type` nor `value` and `children`",
                ))
            }),
        }
    }
    Ok(())
}

fn take(name: &str, issue: &Issue, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    let id = issue.id.as_ref().map(written).unwrap_or_default();
    let deprecated = word::plain(&id).ends_with("(deprecation)");
    let kind = if deprecated { WeaknessKind::Misconfiguration } else { WeaknessKind::Vulnerability };
    let rule = if deprecated { "deprecation" } else { &id };
    let versions: Vec<Option<&str>> = match issue.versions.as_deref() {
        None | Some([]) => vec![None],
        Some(versions) => versions.iter().map(|version| Some(version.as_str())).collect(),
    };
    for version in versions {
        let mut claim = Claim::new(asset.clone(), kind, rule, place);
        claim.names = issue.url.as_deref().and_then(advisory_in).into_iter().collect();
        claim.title = issue.issue.as_deref().unwrap_or_default();
        let range = issue.range.as_deref().map(|range| format!("{name} {range}")).unwrap_or_default();
        claim.description = &range;
        claim.severity = issue.severity.as_deref().unwrap_or_default();
        claim.link = issue.url.as_deref().unwrap_or_default();
        claim.component = Some(package::component(Some("npm"), name, version));
        let way = issue.dependents.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
        claim.location = (!way.is_empty()).then(|| Location::file(&way, None));
        draft.claim(claim)?;
    }
    Ok(())
}
