//! `cargo audit --json`: RustSec advisories on the packages of a `Cargo.lock`.
//!
//! A record is a vulnerable package, or a warning (unmaintained, unsound, yanked). The asset is the caller's.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    model::{AssetKind, Component, WeaknessKind},
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
    warnings: Option<BTreeMap<String, Vec<&'a RawValue>>>,
}

#[derive(Deserialize)]
struct Vulnerabilities<'a> {
    #[serde(borrow)]
    list: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Hit {
    advisory: Option<Advisory>,
    #[serde(default)]
    versions: Option<Versions>,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    cvss: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    draft.each("/vulnerabilities/list", report.vulnerabilities.list, |hit, place, draft| {
        take(&hit, WeaknessKind::Vulnerability, "", place, draft)
    });
    for (kind, warnings) in report.warnings.into_iter().flatten() {
        draft.each(&format!("/warnings/{kind}"), warnings, |hit, place, draft| {
            take(&hit, WeaknessKind::Misconfiguration, &kind, place, draft)
        });
    }
    Ok(())
}

fn take(hit: &Hit, kind: WeaknessKind, warning: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let asset = draft.default_asset(AssetKind::Repository)?;
    let own = format!("{warning}:{}", hit.package.name);
    let rule = hit.advisory.as_ref().map_or(own.as_str(), |advisory| &advisory.id);
    let mut claim = Claim::new(asset, kind, rule, place);
    if let Some(advisory) = &hit.advisory {
        claim.names = std::iter::once(&advisory.id).chain(&advisory.aliases).map(String::as_str).collect();
        claim.title = advisory.title.as_deref().unwrap_or_default();
        claim.description = advisory.description.as_deref().unwrap_or_default();
        claim.cvss = advisory.cvss.clone().into_iter().collect();
        claim.link = advisory.url.as_deref().unwrap_or_default();
    } else {
        claim.title = "yanked from its registry";
    }
    claim.severity = if warning.is_empty() { "" } else { "info" };
    claim.fixed_in = hit.versions.iter().flat_map(|versions| &versions.patched).map(String::as_str).collect();
    let purl = format!("pkg:cargo/{}@{}", hit.package.name, hit.package.version);
    claim.component =
        Some(Component::new(&hit.package.name, Some(&hit.package.version)).with_purl(Some(&purl)));
    draft.claim(claim)
}
