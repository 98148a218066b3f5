//! `cargo audit --json`: RustSec advisories on the packages of a `Cargo.lock`.
//!
//! A record is a vulnerable package, or a warning (unmaintained, unsound, yanked). The asset is the caller's. Withdrawn
//! advisories are clear.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json, package,
};
use crate::{
    error::Result,
    model::{AssetKind, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader = Reader { name: "cargo_audit", title: "cargo audit JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(json.has("/vulnerabilities/list") && (json.has("/lockfile") || json.has("/database")))
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    vulnerabilities: Vulnerabilities<'a>,
    #[serde(borrow, default)]
    warnings: Option<BTreeMap<String, Option<Vec<&'a RawValue>>>>,
    #[serde(borrow, default)]
    settings: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    ignore: json::Unread,
}

#[derive(Deserialize)]
struct Vulnerabilities<'a> {
    #[serde(borrow, default)]
    list: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Hit {
    advisory: Option<Advisory>,
    versions: Option<Versions>,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    title: Option<String>,
    description: Option<String>,
    aliases: Option<Vec<String>>,
    withdrawn: Option<String>,
    cvss: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    patched: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    draft.each(
        "/vulnerabilities/list",
        report.vulnerabilities.list.into_iter().flatten(),
        |hit, place, draft| take(&hit, WeaknessKind::Vulnerability, "", place, draft),
    );
    for (kind, warnings) in report.warnings.into_iter().flatten() {
        draft.each(&format!("/warnings/{kind}"), warnings.into_iter().flatten(), |hit, place, draft| {
            take(&hit, WeaknessKind::Misconfiguration, &kind, place, draft)
        });
    }
    if let Some(Ok(settings)) = report.settings.map(|text| json::parse::<Settings>(text.get())) {
        let why = "the user ignores it, and only its number is told";
        draft.unread("/settings/ignore", settings.ignore.0, "advisory", why);
    }
    Ok(())
}

fn take(hit: &Hit, kind: WeaknessKind, warning: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let withdrawn = hit.advisory.as_ref().and_then(|advisory| advisory.withdrawn.as_deref());
    if withdrawn.is_some_and(|when| !when.trim().is_empty()) {
        draft.clear();
        return Ok(());
    }
    let asset = draft.default_asset(AssetKind::Repository)?;
    let own = format!("{warning}:{}", hit.package.name);
    let rule = hit.advisory.as_ref().map_or(own.as_str(), |advisory| &advisory.id);
    let mut claim = Claim::new(asset, kind, rule, place);
    if let Some(advisory) = &hit.advisory {
        claim.names = std::iter::once(&advisory.id)
            .chain(advisory.aliases.iter().flatten())
            .map(String::as_str)
            .collect();
        claim.title = advisory.title.as_deref().unwrap_or_default();
        claim.description = advisory.description.as_deref().unwrap_or_default();
        claim.cvss = advisory.cvss.clone().into_iter().collect();
        claim.link = advisory.url.as_deref().unwrap_or_default();
    } else {
        claim.title = "yanked from its registry";
    }
    claim.severity = if warning.is_empty() { "" } else { "info" };
    let patched = hit.versions.iter().flat_map(|versions| versions.patched.iter().flatten());
    claim.fixed_in = patched.flat_map(|requirement| package::first_fixed(requirement)).collect();
    let Package { name, version } = &hit.package;
    claim.component = Some(package::component(Some("cargo"), name, version.as_deref()));
    draft.claim(claim)
}
