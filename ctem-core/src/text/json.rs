//! JSON as a type, with errors that say where and in words of the document.

use super::{
    broken_off, place,
    said::{UNKNOWN_VARIANT, in_words},
};
use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// Parses JSON as a type that may borrow from it. An error in the syntax has a line; one in the values has its pointer.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        if let Some((place, found)) = place::no_variant::<T>(text, &error) {
            return Error::invalid(format!(
                "{found} stands here: it must be a word or an object with one name"
            ))
            .at(place)
            .because(error);
        }
        let place = error.is_data().then(|| place::pointer::<T>(text, &error));
        let error = explained(error);
        match place {
            Some(place) => error.at(place),
            None => error,
        }
    })
}

/// A word as the name of a member: one that nobody knows is told of at the member.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name<K>(pub(crate) K);

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Name<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        K::deserialize(from).map(Self).map_err(|error| {
            let said = error.to_string();
            // In our words from here on: an unknown variant that is alone in an object would be told of at the object.
            if said.starts_with(UNKNOWN_VARIANT) { D::Error::custom(in_words(&said)) } else { error }
        })
    }
}

/// Reads an object whose names are words.
pub(crate) fn by_name<'de, D, K, V>(from: D) -> std::result::Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    let named = BTreeMap::<Name<K>, V>::deserialize(from)?;
    Ok(named.into_iter().map(|(Name(name), value)| (name, value)).collect())
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
