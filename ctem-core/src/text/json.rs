//! JSON as a type, with errors that say where and in words of the document.

use super::{broken_off, place, said::in_words};
use crate::error::{Error, Result};
use serde::Deserialize;

/// Parses JSON as a type that may borrow from it. An error in the syntax has a line; one in the values has its pointer.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let place = error.is_data().then(|| place::pointer::<T>(text, &error));
        let error = explained(error);
        match place {
            Some(place) => error.at(place),
            None => error,
        }
    })
}

pub(crate) fn explained(error: serde_json::Error) -> Error {
    if error.is_io() {
        broken_off(error)
    } else if error.is_data() {
        Error::invalid(without_line(&error)).because(error)
    } else {
        syntax(error)
    }
}

pub(crate) fn syntax(error: serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let advice = if error.is_eof() { "the document was cut off" } else { "it is not valid JSON" };
    Error::malformed(format!("{}: {advice}", without_line(&error)))
        .at(format_args!("line {line}, column {column}"))
        .because(error)
}

/// What the parser says, in words of the document and without the line it appends.
fn without_line(error: &serde_json::Error) -> String {
    let mut what = error.to_string();
    if let Some(cut) = what.rfind(" at line ") {
        what.truncate(cut);
    }
    in_words(&what)
}
