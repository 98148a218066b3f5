//! TOML as JSON, so that settings in it are read as those in JSON and YAML are; and its errors with their line.

use crate::error::{Error, Result};
use serde_json::{Map, Number, Value};

/// What is wrong with a text that is no TOML.
pub(crate) fn malformed(text: &str, error: &::toml::de::Error) -> Error {
    let what = error.message().lines().collect::<Vec<_>>().join(", ");
    Error::malformed(format!("{what}: it is not valid TOML")).at(line(text, error))
}

/// Where it is wrong.
pub(crate) fn line(text: &str, error: &::toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}", 1 + before.matches('\n').count())
}

/// Whether a text begins as TOML with names: `[table]`, `[[tables]]` or `name = value`, after comments.
pub(crate) fn seems(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines.next() else { return false };
    let is_name = |name: &str| {
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(named)
    };
    match first.strip_prefix('[') {
        Some(rest) => {
            let head = rest.split('#').next().unwrap_or_default().trim();
            let name = head.trim_start_matches('[').trim_end_matches(']').trim();
            // A list of JSON may hold one of these words.
            head.ends_with(']') && is_name(name) && !matches!(name, "true" | "false" | "null")
        }
        None => first.split_once('=').is_some_and(|(name, value)| {
            // A value of JavaScript may begin on a line of its own, and has no names with `=` in it.
            let begins = match value.trim().strip_prefix('{') {
                Some(inside) => inside.contains('='),
                None => !value.trim().is_empty(),
            };
            begins && is_name(name.trim())
        }),
    }
}

/// What a text says, with moments as text.
///
/// # Errors
/// `malformed` where it is no TOML.
pub(crate) fn value(text: &str) -> Result<Value> {
    let table: ::toml::Table = ::toml::from_str(text).map_err(|error| malformed(text, &error))?;
    Ok(json(::toml::Value::Table(table)))
}

fn json(value: ::toml::Value) -> Value {
    match value {
        ::toml::Value::String(text) => Value::String(text),
        ::toml::Value::Integer(number) => Value::Number(number.into()),
        ::toml::Value::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        ::toml::Value::Boolean(flag) => Value::Bool(flag),
        ::toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        ::toml::Value::Array(list) => list.into_iter().map(json).collect(),
        ::toml::Value::Table(table) => {
            let entries = table.into_iter().map(|(name, value)| (name, json(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_toml_is_told_from_json_and_tables() {
        for text in ["# x\n\n[[IgnoredVulns]]\n", "[advisories]", "[a.b] # c", "name = \"x\"", "a-b=1"] {
            assert!(seems(text), "{text}");
        }
        for text in [
            "", "[]", "[[]]", "[null]", "[true]", "[1, 2]", "{}", "[\"a\"]", "[{", "a,b\n1,2", "a: b",
            "a =\n{", "a = {",
        ] {
            assert!(!seems(text), "{text}");
        }
    }

    #[test]
    fn moments_are_text() {
        let read = value("a = 2022-11-09\nb = [1, 1.5, true]\n[c]\nd = 'x'\n").unwrap();
        assert_eq!(read, serde_json::json!({"a": "2022-11-09", "b": [1, 1.5, true], "c": {"d": "x"}}));
        assert_eq!(value("a = 1\nb\n").unwrap_err().place(), Some("line 2"));
    }
}
