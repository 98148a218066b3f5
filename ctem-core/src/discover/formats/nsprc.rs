//! What npm audit is told to ignore: `.nsprc`, as better-npm-audit and its forerunners read it.
//!
//! A record is an advisory: its number, or its name at GitHub or as a CVE, with notes, an end, and whether it counts at all. One that is
//! not active is clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::{self, IgnoreRule},
    json,
};
use crate::{
    error::{Error, Result},
    id,
    model::Acceptance,
    time::Moment,
};
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) const READER: Reader =
    Reader { name: "nsprc", title: "npm audit exceptions, `.nsprc`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let mut names = json.top_names().peekable();
        let any = names.peek().is_some();
        let says = |name: &str| {
            let said = |field: &&str| json.has(&format!("/{name}/{field}"));
            ["active", "notes", "expiry"].iter().any(said)
        };
        let is_called = document.name.to_ascii_lowercase().ends_with(".nsprc");
        let advisories = any && json.top_names().all(is_advisory) && !json.is_array();
        Match::yes_if(advisories && (is_called || json.top_names().any(says)))
    })
}

fn is_advisory(name: &str) -> bool {
    id::is_published(name) || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Exception {
    active: Option<bool>,
    notes: Option<String>,
    /// A moment as text, or in milliseconds since 1970.
    expiry: Option<Value>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("npm");
    let entries: Map<String, Value> = json::parse(&document.text)?;
    for (name, said) in &entries {
        let place = format!("/{name}");
        draft.record(&place, |draft| {
            let exception = match said {
                Value::String(notes) => Exception { notes: Some(notes.clone()), ..Exception::default() },
                Value::Bool(active) => Exception { active: Some(*active), ..Exception::default() },
                said => draft.understood(&said.to_string(), &place)?,
            };
            if exception.active == Some(false) {
                draft.clear();
                return Ok(());
            }
            draft.ignore(IgnoreRule {
                weakness: Some(name.as_str().into()),
                acceptance: Acceptance {
                    until: exception.expiry.as_ref().map(ends).transpose()?.flatten(),
                    reason: exception.notes.as_deref().map(Box::from),
                    ..Acceptance::default()
                },
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}

fn ends(expiry: &Value) -> Result<Option<Moment>> {
    match expiry {
        Value::String(text) => ignored::end(Some(text)),
        Value::Null => Ok(None),
        number => {
            let milliseconds = number.as_i64().ok_or_else(|| {
                Error::invalid("`expiry` is neither a moment nor a number of milliseconds: write a date")
            })?;
            Moment::from_unix_seconds(milliseconds.div_euclid(1000)).map(Some)
        }
    }
}
