//! `pip-audit --format json`: known vulnerabilities in a Python environment's packages.
//!
//! A record is a vulnerability of a dependency. Dependencies without one are clear. The asset is the caller's.

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

pub(super) const READER: Reader = Reader { name: "pip_audit", title: "pip-audit JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let new =
            json.has("/dependencies/0/name") && (json.has("/dependencies/0/vulns") || json.has("/fixes"));
        let empty = json.has("/dependencies") && json.has("/fixes");
        let old = json.has_all(&["/0/name", "/0/version", "/0/vulns"]);
        Match::yes_if(new || empty || old)
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Report {
    New { dependencies: Vec<serde_json::Value> },
    Old(Vec<serde_json::Value>),
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    #[serde(default)]
    vulns: Vec<Vulnerability>,
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    fix_versions: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    description: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let (place, dependencies) = match json::parse_owned(&document.text)? {
        Report::New { dependencies } => ("/dependencies", dependencies),
        Report::Old(dependencies) => ("", dependencies),
    };
    for (n, record) in dependencies.into_iter().enumerate() {
        let place = format!("{place}/{n}");
        draft.record(&place, |draft| {
            let dependency: Dependency = json::parse_owned(&record.to_string())?;
            if let Some(reason) = &dependency.skip_reason {
                draft.note(crate::model::NoteKind::Ignored, &place, format!("not audited: {reason}"));
            }
            if dependency.vulns.is_empty() {
                draft.clear();
            }
            let asset = draft.default_asset(AssetKind::Repository)?;
            let version = dependency.version.as_deref();
            let purl =
                version.map(|version| format!("pkg:pypi/{}@{version}", dependency.name.to_lowercase()));
            for (m, weak) in dependency.vulns.iter().enumerate() {
                let place = format!("{place}/vulns/{m}");
                let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, &weak.id, &place);
                claim.names = std::iter::once(&weak.id).chain(&weak.aliases).map(String::as_str).collect();
                claim.description = weak.description.as_deref().unwrap_or_default();
                claim.fixed_in = weak.fix_versions.iter().map(String::as_str).collect();
                claim.component = Some(Component::new(&dependency.name, version).with_purl(purl.as_deref()));
                draft.claim(claim)?;
            }
            Ok(())
        });
    }
    Ok(())
}
