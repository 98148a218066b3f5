//! `pip-audit --format json`: known vulnerabilities in a Python environment's packages.
//!
//! A record is a vulnerability of a dependency. Dependencies without one are clear. What `--fix` has updated is fixed. The
//! asset is the caller's.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json, package,
};
use crate::{
    error::Result,
    model::{AssetKind, NoteKind, Status, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;

pub(super) const READER: Reader = Reader { name: "pip_audit", title: "pip-audit JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let new =
            json.has("/dependencies/0/name") && (json.has("/dependencies/0/vulns") || json.has("/fixes"));
        let skipped = json.has("/dependencies/0/skip_reason");
        let empty = json.has("/dependencies") && json.has("/fixes");
        let old = json.has_all(&["/0/name", "/0/version", "/0/vulns"]);
        Match::yes_if(new || skipped || empty || old)
    })
}

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, default)]
    dependencies: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    fixes: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    vulns: Option<Vec<Box<RawValue>>>,
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    fix_versions: Option<Vec<String>>,
    aliases: Option<Vec<String>>,
    description: Option<String>,
}

/// What `--fix` did about a dependency.
#[derive(Deserialize)]
struct Fix {
    name: String,
    new_version: Option<String>,
    skip_reason: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let old = document.json().is_some_and(json::Outline::is_array);
    let (place, report) = if old {
        ("", Report { dependencies: Some(json::parse(&document.text)?), fixes: None })
    } else {
        ("/dependencies", json::parse(&document.text)?)
    };
    let mut fixed = HashSet::new();
    for (n, record) in report.fixes.iter().flatten().enumerate() {
        let place = format!("/fixes/{n}");
        match draft.understood::<Fix>(record.get(), &place) {
            Ok(fix) => match fix.skip_reason {
                Some(reason) => draft.note(NoteKind::Ignored, &place, format!("not fixed: {reason}")),
                None if fix.new_version.is_some() => drop(fixed.insert(fix.name)),
                None => {}
            },
            Err(error) => draft.left_out("the fix", &error, &place),
        }
    }
    for (n, record) in report.dependencies.iter().flatten().enumerate() {
        let place = format!("{place}/{n}");
        // A dependency with a bad record keeps its others.
        match draft.understood::<Dependency>(record.get(), &place) {
            Ok(dependency) => take(&dependency, fixed.contains(&dependency.name), &place, draft),
            Err(error) => draft.record(&place, |_| Err(error)),
        }
    }
    Ok(())
}

fn take(dependency: &Dependency, fixed: bool, place: &str, draft: &mut Draft<'_>) {
    let vulnerabilities = dependency.vulns.as_deref().unwrap_or_default();
    if vulnerabilities.is_empty() {
        draft.record(place, |draft| {
            draft.clear();
            if let Some(reason) = &dependency.skip_reason {
                draft.note(NoteKind::Ignored, place, format!("not audited: {reason}"));
            }
            Ok(())
        });
    }
    for (n, record) in vulnerabilities.iter().enumerate() {
        let place = format!("{place}/vulns/{n}");
        draft.record(&place, |draft| {
            let weak: Vulnerability = draft.understood(record.get(), &place)?;
            let asset = draft.default_asset(AssetKind::Repository)?;
            let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, &weak.id, &place);
            let aliases = weak.aliases.iter().flatten();
            claim.names = std::iter::once(&weak.id).chain(aliases).map(String::as_str).collect();
            claim.description = weak.description.as_deref().unwrap_or_default();
            claim.fixed_in = weak.fix_versions.iter().flatten().map(String::as_str).collect();
            claim.component =
                Some(package::component(Some("pypi"), &dependency.name, dependency.version.as_deref()));
            if fixed {
                claim.status = Status::Fixed;
            }
            draft.claim(claim)
        });
    }
}
