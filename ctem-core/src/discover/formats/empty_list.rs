//! Nothing found, said in a way that many tools share: no text, `[]`, `null`, or an empty list in an object, `{"results": []}`.
//! It does not say which tool, and a note says so.

use super::{
    Draft, Reader,
    document::{Document, Match},
};
use crate::{error::Result, model::NoteKind};
use serde_json::Value;

pub(super) const READER: Reader = Reader {
    name: "empty_list",
    title: "nothing: an empty document, array or list, or `null`",
    detect,
    read,
};

/// The longest document that is looked at: one that says nothing is short.
const LONGEST: usize = 4096;

fn detect(document: &Document<'_>) -> Match {
    let text = document.text.trim();
    if document.is_empty() {
        return Match::Maybe;
    }
    if text.len() > LONGEST {
        return Match::No;
    }
    let nothing = match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list.is_empty(),
        // One empty list at least, under a name that records stand under, and nothing that says something.
        Ok(Value::Object(fields)) => {
            fields
                .iter()
                .any(|(name, value)| LISTS.contains(&&*name.to_ascii_lowercase()) && holds_nothing(value))
                && fields.values().all(holds_nothing)
        }
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | Err(_) => false,
    };
    Match::maybe_if(nothing)
}

/// What tools call their lists of records.
const LISTS: &[&str] = &[
    "results",
    "result",
    "matches",
    "vulnerabilities",
    "findings",
    "issues",
    "alerts",
    "advisories",
    "dependencies",
    "runs",
    "items",
    "data",
    "records",
    "reports",
    "errors",
    "warnings",
    "misconfigurations",
    "secrets",
];

fn holds_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let reason = if document.text.trim().is_empty() {
        "an empty document is taken to mean that its tool, which it does not name, found nothing"
    } else {
        "an empty list is taken to mean that its tool, which it does not name, found nothing"
    };
    draft.note(NoteKind::Assumed, "", reason);
    Ok(())
}
