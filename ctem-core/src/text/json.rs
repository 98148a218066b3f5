//! JSON as a type, with errors that say where and in words of the document.

use super::{broken_off, said::in_words};
use crate::error::{Error, Result};
use serde::Deserialize;

/// Parses JSON as a type that may borrow from it. An error in the syntax has a line; one in the values has its pointer.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    // Tracking the path costs time, so a text is read again with it only when there is an error to place.
    serde_json::from_str(text).map_err(|error| {
        let mut values = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, T>(&mut values) {
            Err(at) if at.inner().is_data() => {
                let pointer = pointer(at.path());
                explained(at.into_inner()).at(pointer)
            }
            Ok(_) | Err(_) => explained(error),
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

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            // An enum is written as an object with its variant as the only name.
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}
