//! What Checkov is told to leave out: `skip-check` of `.checkov.yaml`, and what its baseline knows already.
//!
//! A record is a check, whose name may end in `*`, or a check of a resource in the baseline. A severity that stands for checks is
//! not followed: Checkov asks its platform which of them it means.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::IgnoreRule,
};
use crate::{
    error::{Error, Result},
    model::Acceptance,
    quantity::Severity,
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const READER: Reader = Reader {
    name: "checkov_config",
    title: "Checkov settings with skipped checks, `.checkov.yaml`, and `.checkov.baseline`",
    detect,
    read,
};

fn detect(document: &Document<'_>) -> Match {
    document.settings().map_or(Match::No, |outline| {
        let baseline = outline.has_all(&["/failed_checks/0/file", "/failed_checks/0/findings"]);
        Match::yes_if(outline.has("/skip-check") || outline.has("/skip_check") || baseline)
    })
}

#[derive(Deserialize)]
struct File {
    file: String,
    findings: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    resource: String,
    check_ids: Vec<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("checkov");
    let value = document.setting_values()?;
    let skipped =
        ["skip-check", "skip_check"].into_iter().filter_map(|name| value.get(name).map(|list| (name, list)));
    for (name, list) in skipped {
        let words: Vec<&str> = match list {
            Value::Array(list) => {
                list.iter().filter_map(Value::as_str).flat_map(|text| text.split(',')).collect()
            }
            Value::String(text) => text.split(',').collect(),
            _ => Vec::new(),
        };
        for (n, check) in words.into_iter().map(str::trim).filter(|check| !check.is_empty()).enumerate() {
            let place = format!("/{name}/{n}");
            draft.record(&place, |draft| {
                let is_severity = Severity::from_word(check).is_some();
                draft.ignore(IgnoreRule {
                    weakness: Some(check.into()),
                    asks_besides: is_severity.then(|| "checks of a severity".into()),
                    place: place.as_str().into(),
                    ..IgnoreRule::default()
                })
            });
        }
    }
    for (n, file) in value.get("failed_checks").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let place = format!("/failed_checks/{n}");
        draft.record(&place, |draft| {
            let file: File = draft.understood(&file.to_string(), &place)?;
            if file.file.trim().is_empty() {
                return Err(Error::invalid("`file` is empty: an entry must say where the checks failed"));
            }
            for found in &file.findings {
                for check in &found.check_ids {
                    draft.ignore(IgnoreRule {
                        weakness: Some(check.as_str().into()),
                        files: vec![format!("{}#{}", file.file, found.resource).into()],
                        acceptance: Acceptance {
                            reason: Some("known to the baseline".into()),
                            ..Acceptance::default()
                        },
                        place: place.as_str().into(),
                        ..IgnoreRule::default()
                    })?;
                }
            }
            Ok(())
        });
    }
    Ok(())
}
