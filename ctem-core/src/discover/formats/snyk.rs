//! Snyk JSON: one project, several projects, or a container image.
//!
//! A record is a vulnerability of a project. The asset is the project by its name, as a repository, or the image. Snyk Code
//! writes SARIF, which another reader reads.

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

pub(super) const READER: Reader = Reader { name: "snyk", title: "Snyk JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let one =
            json.has("/vulnerabilities") && (json.has("/dependencyCount") || json.has("/packageManager"));
        let many = json.has("/0/vulnerabilities")
            && (json.has("/0/dependencyCount") || json.has("/0/packageManager"));
        Match::yes_if(one || many)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project<'a> {
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    project_name: Option<String>,
    display_target_file: Option<String>,
    path: Option<String>,
    docker: Option<Docker>,
    package_manager: Option<String>,
}

#[derive(Deserialize)]
struct Docker {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: String,
    title: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    #[serde(rename = "CVSSv3")]
    cvss_v3: Option<String>,
    #[serde(default)]
    cvss_details: Option<Vec<Detail>>,
    cvss_score: Option<f64>,
    epss_details: Option<Epss>,
    identifiers: Option<Identifiers>,
    package_name: Option<String>,
    module_name: Option<String>,
    name: Option<String>,
    version: Option<String>,
    #[serde(default)]
    fixed_in: Option<Vec<String>>,
    #[serde(default)]
    from: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    cvss_v3_vector: Option<String>,
}

#[derive(Deserialize)]
struct Epss {
    probability: Option<String>,
}

#[derive(Deserialize)]
struct Identifiers {
    #[serde(default, rename = "CVE")]
    cve: Option<Vec<String>>,
    #[serde(default, rename = "CWE")]
    cwe: Option<Vec<String>>,
    #[serde(default, rename = "GHSA")]
    ghsa: Option<Vec<String>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, project) in json::records(&document.text, outline)? {
        let project: Project<'_> = json::parse(project.get()).map_err(|error| error.at(&place))?;
        let name = project.project_name.as_deref().or(project.path.as_deref()).unwrap_or_default();
        let kind = if project.docker.is_some() { AssetKind::Workload } else { AssetKind::Repository };
        let asset = if name.trim().is_empty() {
            draft.default_asset(kind)?
        } else {
            draft.asset(image_of(name), kind)?
        };
        for (n, record) in project.vulnerabilities.iter().flatten().enumerate() {
            let place = format!("{place}/vulnerabilities/{n}");
            draft.record(&place, |draft| {
                take(&json::parse_owned(record.get())?, &project, &asset, &place, draft)
            });
        }
    }
    Ok(())
}

/// Snyk names an image's project `docker-image|NAME`.
fn image_of(name: &str) -> &str {
    name.strip_prefix("docker-image|").unwrap_or(name)
}

fn take(
    weak: &Vulnerability,
    project: &Project<'_>,
    asset: &AssetId,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, &weak.id, place);
    let identifiers = weak.identifiers.as_ref();
    let named = |list: fn(&Identifiers) -> &Option<Vec<String>>| {
        identifiers.into_iter().flat_map(move |all| list(all).iter().flatten()).map(String::as_str)
    };
    claim.names = named(|all| &all.cve).chain(named(|all| &all.ghsa)).collect();
    if claim.names.is_empty() {
        claim.names.push(&weak.id);
    }
    claim.cwes = named(|all| &all.cwe).collect();
    claim.title = weak.title.as_deref().unwrap_or_default();
    claim.description = weak.description.as_deref().unwrap_or_default();
    claim.severity = weak.severity.as_deref().unwrap_or_default();
    let details = weak.cvss_details.iter().flatten().filter_map(|detail| detail.cvss_v3_vector.clone());
    claim.cvss = weak.cvss_v3.iter().cloned().chain(details).collect();
    claim.score = weak.cvss_score;
    claim.epss = weak.epss_details.as_ref().and_then(|epss| epss.probability.as_deref()?.parse().ok());
    let name = weak.package_name.as_deref().or(weak.module_name.as_deref()).or(weak.name.as_deref());
    let purl = purl(project.package_manager.as_deref(), name, weak.version.as_deref());
    claim.component =
        name.map(|name| Component::new(name, weak.version.as_deref()).with_purl(purl.as_deref()));
    claim.fixed_in = weak.fixed_in.iter().flatten().map(String::as_str).collect();
    let way = weak.from.as_ref().map(|from| from.join(" > ")).unwrap_or_default();
    let path = project.display_target_file.clone().filter(|path| !path.is_empty()).unwrap_or(way);
    claim.location = (!path.is_empty()).then(|| Location::file(&path, None));
    draft.claim(claim)
}

/// The package URL, where the package manager's type is certain.
fn purl(manager: Option<&str>, name: Option<&str>, version: Option<&str>) -> Option<String> {
    let kind = match manager? {
        "npm" | "yarn" | "pnpm" => "npm",
        "pip" | "poetry" | "pipenv" => "pypi",
        "maven" | "gradle" | "sbt" => {
            return Some(format!("pkg:maven/{}@{}", name?.replace(':', "/"), version?));
        }
        "nuget" => "nuget",
        "rubygems" => "gem",
        "composer" => "composer",
        "golangdep" | "gomodules" | "govendor" => "golang",
        _ => return None,
    };
    Some(format!("pkg:{kind}/{}@{}", name?, version?))
}
