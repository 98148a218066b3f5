//! A record whose one odd piece is set right or left out: a version written as a number, a list where a word should stand.
//!
//! What a tool may leave out, it may also get wrong, and the rest of the record still says what was found. So a record that
//! does not fit is tried again without the piece that is wrong, as long as that piece is one that may be missing. What the
//! reader needs and does not get is an error as before. Records that fit cost nothing more.

use super::{
    document::{Document, ReadOptions, Shape},
    draft::Draft,
    json::Outline,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::{NoteKind, Source},
    text::json,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{borrow::Cow, collections::HashMap};

/// The longest document that is read again: to look for the piece costs several times its memory.
const LONGEST: usize = 1 << 24;

/// Pieces that are mended in one record. One with more is not of the format.
const MOST: usize = 16;

/// What was done to a record so that it could be read: the pointer of each piece that was left out.
type LeftOut = Vec<String>;

impl Draft<'_> {
    /// Reads a record. A piece that makes no sense and may be missing is left out, with a note.
    ///
    /// # Errors
    /// When what the record needs is missing or makes no sense.
    pub(crate) fn understood<T: for<'de> Deserialize<'de>>(
        &mut self,
        record: &str,
        place: &str,
    ) -> Result<T> {
        let (read, left_out) = mended(record)?;
        self.note_left_out(left_out, place);
        Ok(read)
    }

    /// The text of a record that borrows from it, set right as [`Self::understood`] does: `first` is why it does not fit, and
    /// `check` says whether another does.
    ///
    /// # Errors
    /// `first`, where what the record needs is missing or makes no sense.
    pub(crate) fn set_right(
        &mut self,
        record: &str,
        first: Error,
        place: &str,
        check: &dyn Fn(&str) -> Result<()>,
    ) -> Result<String> {
        let (text, left_out) = fitting(record, first, &|_| true, check)?;
        self.note_left_out(left_out, place);
        Ok(text)
    }

    /// Reads a piece of a document that it can do without: one that makes no sense is left out, with a note.
    pub(crate) fn perhaps<T: Default + for<'de> Deserialize<'de>>(
        &mut self,
        piece: Option<&RawValue>,
        place: &str,
    ) -> T {
        let Some(piece) = piece else { return T::default() };
        self.understood(piece.get(), place).unwrap_or_else(|error| {
            self.left_out("what stands here", &error, place);
            T::default()
        })
    }

    /// Notes what was left out of a record so that it could be read.
    fn note_left_out(&mut self, left_out: LeftOut, place: &str) {
        for pointer in left_out {
            let place = format!("{place}{pointer}");
            self.note(NoteKind::Ignored, &place, "left out: this is not what the format has here");
        }
    }
}

/// Reads a value, at the price of what does not fit.
pub(crate) fn mended<T: for<'de> Deserialize<'de>>(text: &str) -> Result<(T, LeftOut)> {
    let first = match json::parse(text) {
        Ok(read) => return Ok((read, Vec::new())),
        Err(error) => error,
    };
    let (text, left_out) = fitting(text, first, &|_| true, &|text| json::parse::<T>(text).map(drop))?;
    Ok((json::parse(&text)?, left_out))
}

/// The text of a value that fits, made of one that does not: `first` is why, `check` says whether another does, and `may_go`
/// whether a piece may be left out for an error.
fn fitting(
    text: &str,
    first: Error,
    may_go: &dyn Fn(&Error) -> bool,
    check: &dyn Fn(&str) -> Result<()>,
) -> Result<(String, LeftOut)> {
    // Of two values under one name, nobody can tell which is meant.
    if said(&first).starts_with("duplicate field") {
        return Err(first);
    }
    let Some(mut value) = serde_json::from_str::<Value>(text).ok() else { return Err(first) };
    let mut left_out = Vec::new();
    for _ in 0..MOST {
        let written = value.to_string();
        let Err(error) = check(&written) else { return Ok((written, left_out)) };
        let Some(pointer) = error.place().filter(|place| place.starts_with('/')) else { break };
        let pointer = pointer.to_owned();
        match spelled(value.pointer(&pointer), &said(&error), || as_written(text, &pointer)) {
            Some(other) => {
                let Some(place) = value.pointer_mut(&pointer) else { break };
                *place = other;
            }
            None if may_go(&error) && remove(&mut value, &pointer) => left_out.push(pointer),
            None => break,
        }
    }
    Err(first)
}

/// Reads a document again without the odd piece that it failed for: an element of a list is rejected as a record is, anything
/// else is left out with a note. The lists of records themselves are never left out.
///
/// # Errors
/// `first`, where that does not help.
pub(super) fn document<'a>(
    format: &str,
    read: impl Fn(&Document<'_>, &mut Draft<'_>) -> Result<()>,
    documents: &'a [Document<'a>],
    number: usize,
    options: &'a ReadOptions<'a>,
    first: Error,
) -> Result<Draft<'a>> {
    let [document] = documents else { return Err(first) };
    let one = document.json().is_some_and(|json| !json.lines) && document.text.len() <= LONGEST;
    // The native document rejects its records itself, and is wrong in nothing else.
    if first.kind() != ErrorKind::InvalidInput || !one || format == Source::NATIVE {
        return Err(first);
    }
    let begin = || {
        let mut draft = Draft::new(format, options, documents);
        draft.begin(number);
        draft
    };
    let of = |text: &str| Document {
        name: document.name,
        text: text.to_owned().into(),
        shape: Shape::Json(Outline::of(text)),
        broken_lines: Vec::new(),
        cut: None,
    };
    let is_no_list = |error: &Error| {
        let said = said(error);
        !["expected a sequence", "expected a map"].iter().any(|list| said.contains(list))
    };
    let (text, left_out) =
        fitting(&document.text, first, &is_no_list, &|text| read(&of(text), &mut begin()))?;
    let mut draft = begin();
    read(&of(&text), &mut draft)?;
    for pointer in left_out {
        let is_record = pointer.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok());
        if is_record {
            draft.record(&pointer, |_| Err(Error::invalid("this is not what the format has here")));
        } else {
            draft.note_left_out(vec![pointer], "");
        }
    }
    Ok(draft)
}

/// What is wrong, in words of the parser where it is the parser that says so.
fn said(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.message().to_owned(), ToString::to_string)
}

/// The same said in the way that was expected: a number as text, text as a number, one thing as a list of one.
fn spelled<'t>(
    value: Option<&Value>,
    expected: &str,
    written: impl FnOnce() -> Option<&'t str>,
) -> Option<Value> {
    let expects = |what: &str| expected.contains(&format!("expected {what}"));
    match value? {
        Value::Number(number) if expects("a string") || expects("a borrowed string") => {
            // Version 1.10 is not 1.1. Where other pieces were left out before, another number may stand there.
            let same = |written: &&str| written.parse().is_ok_and(|text: f64| Some(text) == number.as_f64());
            Some(Value::String(written().filter(same).map_or_else(|| number.to_string(), str::to_owned)))
        }
        Value::Bool(flag) if expects("a string") => Some(Value::String(flag.to_string())),
        Value::String(text) if expects("f64") || expects("u32") || expects("u64") || expects("i64") => {
            text.trim().parse::<serde_json::Number>().ok().map(Value::Number)
        }
        Value::String(text) if expects("a boolean") => crate::word::flag(text).map(Value::Bool),
        Value::Number(number) if expects("u32") || expects("u64") => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
            format!("{whole:.0}").parse::<serde_json::Number>().ok().map(Value::Number)
        }
        one @ (Value::String(_) | Value::Object(_) | Value::Number(_)) if expects("a sequence") => {
            Some(Value::Array(vec![one.clone()]))
        }
        _ => None,
    }
}

/// What stands at a pointer, as it is written.
fn as_written<'t>(text: &'t str, pointer: &str) -> Option<&'t str> {
    let whole = serde_json::from_str::<&RawValue>(text).ok()?;
    let found = pointer.split('/').skip(1).try_fold(whole, |inside, step| {
        if inside.get().starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(inside.get()).ok()?;
            return list.get(step.parse::<usize>().ok()?).copied();
        }
        let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(inside.get()).ok()?;
        fields.get(&*step.replace("~1", "/").replace("~0", "~")).copied()
    });
    found.map(RawValue::get)
}

fn remove(value: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return false };
    let last = last.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&last).is_some(),
        Some(Value::Array(list)) => {
            let at = last.parse::<usize>().ok().filter(|at| *at < list.len());
            at.map(|at| list.remove(at)).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Package {
        name: String,
        version: Option<String>,
        #[serde(default)]
        fixed: Option<Vec<String>>,
        line: Option<u32>,
    }

    fn read(text: &str) -> Option<(Package, LeftOut)> {
        mended(text).ok()
    }

    #[test]
    fn what_is_spelled_otherwise_is_read_and_what_makes_no_sense_is_left_out() {
        let package = |version: Option<&str>, fixed: Option<&str>, line| Package {
            name: "kelp".into(),
            version: version.map(str::to_owned),
            fixed: fixed.map(|fixed| vec![fixed.to_owned()]),
            line,
        };
        for (text, expected, left_out) in [
            (r#"{"name": "kelp", "version": 1.0}"#, package(Some("1.0"), None, None), vec![]),
            (r#"{"name": "kelp", "fixed": [1.10]}"#, package(None, Some("1.10"), None), vec![]),
            (r#"{"name": "kelp", "fixed": "2", "line": "7"}"#, package(None, Some("2"), Some(7)), vec![]),
            (r#"{"name": "kelp", "version": {"a": 1}}"#, package(None, None, None), vec!["/version"]),
            (
                r#"{"name": "kelp", "fixed": [[], "2"], "line": -1}"#,
                package(None, Some("2"), None),
                vec!["/fixed/0", "/line"],
            ),
        ] {
            assert_eq!(
                read(text),
                Some((expected, left_out.into_iter().map(str::to_owned).collect())),
                "{text}"
            );
        }
        for text in [r#"{"version": "1"}"#, r#"{"name": []}"#, "7", r#"{"name": "a", "name": "b"}"#, "{"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
