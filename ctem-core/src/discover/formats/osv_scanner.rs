//! OSV-Scanner JSON: vulnerabilities in the packages of lock files and directories.
//!
//! A record is a group of advisories that are one vulnerability, in one package of one source. The asset is the source's
//! directory or file, as a repository.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, Component, Location, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "osv_scanner", title: "OSV-Scanner JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(
            json.has("/results/0/packages")
                || (json.has("/results/0/source") && json.has("/results"))
                || json.has("/experimental_config"),
        )
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    results: Option<Vec<Found<'a>>>,
}

#[derive(Deserialize)]
struct Found<'a> {
    source: Option<Source>,
    #[serde(borrow, default)]
    packages: Option<Vec<Packages<'a>>>,
}

#[derive(Deserialize)]
struct Source {
    path: Option<String>,
}

#[derive(Deserialize)]
struct Packages<'a> {
    package: Package,
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    ecosystem: Option<String>,
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    summary: Option<String>,
    details: Option<String>,
    #[serde(default)]
    severity: Option<Vec<Scored>>,
    #[serde(default)]
    affected: Option<Vec<Affected>>,
    #[serde(default)]
    references: Option<Vec<Reference>>,
    database_specific: Option<Specific>,
    withdrawn: Option<String>,
}

#[derive(Deserialize)]
struct Scored {
    /// `CVSS_V3`, or the name of another scale.
    #[serde(rename = "type")]
    scale: Option<String>,
    score: String,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<AffectedPackage>,
    #[serde(default)]
    ranges: Option<Vec<Range>>,
}

#[derive(Deserialize)]
struct AffectedPackage {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    #[serde(default)]
    events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
struct Event {
    fixed: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Specific {
    severity: Option<serde_json::Value>,
    #[serde(default)]
    cwe_ids: Option<Vec<String>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let report: Report<'_> = json::parse(&document.text)?;
    for (n, found) in report.results.iter().flatten().enumerate() {
        let path = found.source.as_ref().and_then(|source| source.path.as_deref()).unwrap_or_default();
        let asset = if draft.options.asset.is_some() || path.trim().is_empty() {
            draft.default_asset(AssetKind::Repository)?
        } else {
            draft.asset(path, AssetKind::Repository)?
        };
        for (m, packages) in found.packages.iter().flatten().enumerate() {
            for (k, record) in packages.vulnerabilities.iter().flatten().enumerate() {
                let place = format!("/results/{n}/packages/{m}/vulnerabilities/{k}");
                draft.record(&place, |draft| {
                    take(&json::parse_owned(record.get())?, &packages.package, &asset, path, &place, draft)
                });
            }
        }
    }
    Ok(())
}

fn take(
    weak: &Vulnerability,
    package: &Package,
    asset: &AssetId,
    path: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if weak.withdrawn.is_some() {
        draft.clear();
        return Ok(());
    }
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
    claim.names =
        std::iter::once(&weak.id).chain(weak.aliases.iter().flatten()).map(String::as_str).collect();
    claim.title = weak.summary.as_deref().unwrap_or_default();
    claim.description = weak.details.as_deref().unwrap_or_default();
    claim.cvss = weak
        .severity
        .iter()
        .flatten()
        .filter(|scored| scored.scale.as_deref().is_none_or(|scale| scale.starts_with("CVSS")))
        .map(|scored| scored.score.clone())
        .collect();
    let specific = weak.database_specific.as_ref();
    claim.severity = specific.and_then(|specific| specific.severity.as_ref()?.as_str()).unwrap_or_default();
    claim.cwes =
        specific.iter().flat_map(|specific| specific.cwe_ids.iter().flatten()).map(String::as_str).collect();
    let here = |affected: &&Affected| {
        affected
            .package
            .as_ref()
            .and_then(|package| package.name.as_deref())
            .is_none_or(|name| name == package.name)
    };
    claim.fixed_in = weak
        .affected
        .iter()
        .flatten()
        .filter(here)
        .flat_map(|affected| affected.ranges.iter().flatten())
        .flat_map(|range| range.events.iter().flatten())
        .filter_map(|event| event.fixed.as_deref())
        .collect();
    claim.link =
        weak.references.iter().flatten().find_map(|reference| reference.url.as_deref()).unwrap_or_default();
    let version =
        package.version.as_deref().filter(|version| !version.is_empty()).or(package.commit.as_deref());
    let purl = purl(package);
    claim.component = Some(Component::new(&package.name, version).with_purl(purl.as_deref()));
    claim.location = Some(Location::file(path, None));
    draft.claim(claim)
}

/// The package URL, where the ecosystem's type is certain.
fn purl(package: &Package) -> Option<String> {
    let kind = match package.ecosystem.as_deref()?.split(':').next()? {
        "npm" => "npm",
        "PyPI" => "pypi",
        "crates.io" => "cargo",
        "Go" => "golang",
        "Maven" => {
            return Some(format!(
                "pkg:maven/{}@{}",
                package.name.replace(':', "/"),
                package.version.as_deref()?
            ));
        }
        "NuGet" => "nuget",
        "RubyGems" => "gem",
        "Packagist" => "composer",
        _ => return None,
    };
    Some(format!("pkg:{kind}/{}@{}", package.name, package.version.as_deref()?))
}
