//! What OSV-Scanner is told to ignore: `osv-scanner.toml`.
//!
//! A record is an entry of `IgnoredVulns`, or one of `PackageOverrides` that ignores a package or its vulnerabilities. Overrides of
//! licences are clear.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
    ignored::{self, IgnoreRule},
    package,
};
use crate::{
    error::{Error, Result},
    model::Acceptance,
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const READER: Reader =
    Reader { name: "osv_scanner_config", title: "OSV-Scanner settings, `osv-scanner.toml`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Shape::Toml(_, outline) = &document.shape else { return Match::No };
    Match::yes_if(outline.has("/IgnoredVulns") || outline.has("/PackageOverrides"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: String,
    ignore_until: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Override {
    name: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
    group: Option<String>,
    ignore: Option<bool>,
    vulnerability: Option<Part>,
    effective_until: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Part {
    ignore: Option<bool>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("osv_scanner");
    let value = document.setting_values()?;
    let entries = |list: &str| value.get(list).and_then(Value::as_array).into_iter().flatten().enumerate();
    for (n, entry) in entries("IgnoredVulns") {
        let place = format!("/IgnoredVulns/{n}");
        draft.record(&place, |draft| {
            let one: Vulnerability = draft.understood(&entry.to_string(), &place)?;
            if one.id.trim().is_empty() {
                return Err(Error::invalid("`id` is empty: an entry must say what is ignored"));
            }
            draft.ignore(IgnoreRule {
                weakness: Some(one.id.trim().into()),
                acceptance: acceptance(one.ignore_until.as_deref(), one.reason)?,
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    for (n, entry) in entries("PackageOverrides") {
        let place = format!("/PackageOverrides/{n}");
        draft.record(&place, |draft| {
            let one: Override = draft.understood(&entry.to_string(), &place)?;
            let ignores = one.ignore == Some(true)
                || one.vulnerability.as_ref().is_some_and(|part| part.ignore == Some(true));
            if !ignores {
                draft.clear();
                return Ok(());
            }
            let name = one.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
            let package =
                name.map(|name| package::component(one.ecosystem.as_deref(), name, one.version.as_deref()));
            let besides = match (&package, &one.group) {
                (_, Some(_)) => Some("group"),
                (None, None) => Some("a package without a name"),
                (Some(_), None) => None,
            };
            draft.ignore(IgnoreRule {
                packages: package.into_iter().collect(),
                asks_besides: besides.map(Box::from),
                acceptance: acceptance(one.effective_until.as_deref(), one.reason)?,
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}

fn acceptance(until: Option<&str>, reason: Option<String>) -> Result<Acceptance> {
    let until = ignored::end(until)?;
    Ok(Acceptance { until, reason: reason.map(Box::from), ..Acceptance::default() })
}
