//! Results of tests as JSON or JSONL: a list of objects with the fields of the table of `tests_csv`.
//!
//! A record is a test. It is evidence and no finding.

use super::{
    Draft, Reader,
    document::{Document, Match},
    json,
    tested::{ASSET, METHOD, OUTCOME, TECHNIQUE, Test, WEAKNESS},
};
use crate::{
    error::{Error, Result},
    word,
};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "tests_json", title: "Results of tests, JSON and JSONL", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let any = |at: &str, names: &[&str]| names.iter().any(|name| json.has(&format!("{at}/{name}")));
        let is = |at: &str| {
            let finding = json.has(&format!("{at}/finding"));
            let tried = finding || any(at, WEAKNESS) || any(at, TECHNIQUE);
            any(at, OUTCOME) && any(at, METHOD) && tried && (finding || any(at, ASSET))
        };
        Match::maybe_if(is("") || is("/0"))
    })
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| {
            let object: BTreeMap<String, Value> = draft.understood(record.get(), &place)?;
            let fields: BTreeMap<String, String> = object
                .into_iter()
                .filter_map(|(name, value)| Some((word::plain(&name).into(), text(&value)?)))
                .collect();
            if fields.is_empty() {
                return Err(Error::invalid("the record says nothing"));
            }
            let field = |names: &[&str]| {
                let said = names.iter().filter_map(|name| fields.get(*name));
                said.map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or_default()
            };
            draft.test(&Test::of_fields(field)?)
        });
    }
    Ok(())
}

/// A value as a table would have it: a list of several with commas between.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Object(_) => None,
    }
}
