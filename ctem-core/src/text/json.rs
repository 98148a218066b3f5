//! JSON as a type, with errors that say where and in words of the document.

use super::{
    broken_off, place,
    said::{NO_WORD, TOO_LONG, UNKNOWN_VARIANT, in_words},
};
use crate::error::{Error, Result};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny},
};
use std::collections::BTreeMap;

/// Parses JSON as a type that may borrow from it. An error in the syntax has a line; one in the values has its pointer.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            let place = place::pointer::<T>(text, &error);
            return explained(error).at(place);
        }
        match misfit::<T>(text, &error) {
            Some(misfit) => misfit.because(error),
            None => explained(error),
        }
    })
}

/// What the parser takes for a fault of the syntax in a text that is JSON: a number or a list where one of several words is wanted, a second member
/// beside such a word, and a list that is too long.
fn misfit<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> Option<Error> {
    let said = error.to_string();
    let [no_word, too_long] = [NO_WORD, TOO_LONG].map(|begin| said.starts_with(begin));
    if !error.is_syntax() || !(no_word || too_long) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    if no_word {
        let message = "a word is wanted, or an object with one member";
        return Some(Error::invalid(message).at(place::of_no_word::<T>(text, error)));
    }
    let place = place::of_next(text, error);
    let (list, most) = place.rsplit_once('/').unwrap_or_default();
    Some(Error::invalid(format!("the list is too long: it must be a list of {most}")).at(list))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Budget {
        #[expect(dead_code, reason = "it is only read")]
        Hours(f64),
        Unlimited,
    }

    #[derive(Debug, Deserialize)]
    struct Asked {
        #[expect(dead_code, reason = "it is only read")]
        plans: Vec<Budget>,
        #[expect(dead_code, reason = "it is only read")]
        pair: Option<(f64, f64)>,
    }

    #[test]
    fn a_value_of_another_kind_than_a_word_has_its_place() {
        for (value, place) in [
            ("40", 0),
            ("\"unlimited\", 40", 1),
            ("{\"hours\": 8},\n [40]", 1),
            ("null", 0),
            ("true", 0),
            ("{}", 0),
            ("{\"hours\": 8 , \"unlimited\": null}", 0),
        ] {
            let error = parse::<Asked>(&format!("{{\"plans\": [{value}]}}")).unwrap_err();
            assert_eq!(
                (error.code(), error.place()),
                ("invalid_input", Some(&*format!("/plans/{place}"))),
                "{value}"
            );
        }
        for text in ["{\"plans\": [40}", "{\"plans\": [unlimited]}"] {
            assert_eq!(parse::<Asked>(text).unwrap_err().code(), "malformed", "{text}");
        }
    }

    #[test]
    fn a_list_that_is_too_long_is_told_of_as_such() {
        let error = parse::<Asked>("{\"plans\": [], \"pair\": [1, 2,\n [3]]}").unwrap_err();
        assert_eq!(
            (error.code(), error.place(), error.message()),
            ("invalid_input", Some("/pair"), "the list is too long: it must be a list of 2")
        );
    }

    #[test]
    fn what_is_wrong_within_a_number_or_a_text_is_malformed() {
        for text in ["{\"plans\": [{\"hours\": 1e999}]}", "{\"plans\": [\"\\ud800\"]}"] {
            assert_eq!(parse::<Asked>(text).unwrap_err().code(), "malformed", "{text}");
        }
    }
}
