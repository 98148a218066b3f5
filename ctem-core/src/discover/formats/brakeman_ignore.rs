//! What Brakeman is told to ignore: `brakeman.ignore`, which it keeps in a project's `config` folder.
//!
//! A record is a warning, by the fingerprint that its report has too. The note beside it is why.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::IgnoreRule,
    json,
};
use crate::{
    error::{Error, Result},
    model::Acceptance,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader =
    Reader { name: "brakeman_ignore", title: "Brakeman ignore file, `brakeman.ignore`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let is_report = json.has("/warnings") || json.has("/scan_info");
        Match::yes_if(json.has("/ignored_warnings/0/fingerprint") && !is_report)
    })
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    ignored_warnings: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Warning {
    fingerprint: String,
    check_name: Option<String>,
    note: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("brakeman");
    let file: File<'_> = json::parse(&document.text)?;
    draft.each("/ignored_warnings", file.ignored_warnings, |warning: Warning, place, draft| {
        let mark = warning.fingerprint.trim();
        if mark.is_empty() {
            return Err(Error::invalid("`fingerprint` is empty: it must name the warning"));
        }
        draft.ignore(IgnoreRule {
            weakness: warning.check_name.filter(|name| !name.trim().is_empty()).map(Box::from),
            mark: Some(mark.into()),
            acceptance: Acceptance {
                reason: warning.note.filter(|note| !note.trim().is_empty()).map(Box::from),
                ..Acceptance::default()
            },
            place: place.into(),
            ..IgnoreRule::default()
        })
    });
    Ok(())
}
