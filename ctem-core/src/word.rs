//! Words that stand for one thing of a few, and the one way in which the engine reads them.
//!
//! Tools and people write `Critical`, `HIGH`, ` yes`, `crown jewel` and `not-affected`, and mean what the engine writes as
//! `critical`, `high`, `true`, `crown_jewel` and `not_affected`. So a word is read whatever its case and what is around it,
//! with blanks and hyphens for underscores, wherever words are read. It is written in one spelling.

use serde::{Deserializer, de::Visitor};
use std::{borrow::Cow, fmt};

/// A word in the spelling of documents: trimmed, lower case, `_` between its parts. Allocates only where it is in another.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return text.into();
    }
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' || c.is_whitespace() { '_' } else { c })
        .collect::<String>()
        .into()
}

/// Whether a text, if there is one, is one of these words, which are in the spelling of documents.
pub(crate) fn is<'a>(text: impl Into<Option<&'a str>>, words: &[&str]) -> bool {
    text.into().is_some_and(|text| words.contains(&&*plain(text)))
}

/// Whether a word says yes or no, if it says either.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match &*plain(text) {
        "true" | "yes" | "y" | "t" | "on" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "off" | "0" | "none" | "" => Some(false),
        _ => None,
    }
}

/// Reads yes or no, be it a value of its own, a word, or the number 1 or 0 that tables have for it.
pub(crate) fn yes_or_no<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a boolean")
        }

        fn visit_bool<E>(self, flag: bool) -> Result<bool, E> {
            Ok(flag)
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<bool, E> {
            match number {
                0 | 1 => Ok(number == 1),
                _ => Err(E::invalid_type(serde::de::Unexpected::Unsigned(number), &self)),
            }
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
            flag(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &"`yes` or `no`"))
        }
    }
    from.deserialize_any(Flag)
}

/// The same where nothing may be said.
pub(crate) fn perhaps<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Said(#[serde(deserialize_with = "yes_or_no")] bool);
    Ok(<Option<Said> as serde::Deserialize>::deserialize(from)?.map(|Said(flag)| flag))
}

/// Why a word is not read.
pub(crate) enum Refused {
    /// It is none of these.
    Unknown(&'static [&'static str]),
    Because(String),
}

/// Reads text as what a word stands for.
pub(crate) fn read_as<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &'static str,
    read: impl Fn(&str) -> Result<T, Refused>,
) -> Result<T, D::Error> {
    struct Word<F>(&'static str, F);
    impl<T, F: Fn(&str) -> Result<T, Refused>> Visitor<'_> for Word<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).map_err(|refused| match refused {
                Refused::Unknown(words) => E::unknown_variant(text, words),
                Refused::Because(reason) => E::custom(reason),
            })
        }
    }
    from.deserialize_str(Word(expected, read))
}

/// Says in schemas that a type is written as text.
macro_rules! text_schema {
    ($name:ident) => {
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string"})
            }
        }
    };
}
pub(crate) use text_schema;

/// Gives an enum its words: the one it is written as, and after it those it is also read from.
macro_rules! words {
    ($name:ident, $what:literal { $($variant:ident = $word:literal $(| $other:literal)*,)+ }) => {
        impl $name {
            const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word, as in documents.
            ///
            /// ```
            /// # use ctem_core::{backtest::*, measure::*, mobilize::*, model::*, prioritize::*, program::*, quantity::*, render::{Export, Tracker}, validate::*};
            /// // Each is read again as what it stands for, whatever its case.
            #[doc = concat!("for word in [", $(stringify!($word), ", ",)+ "] {")]
            #[doc = concat!("    assert_eq!(word.to_uppercase().parse::<", stringify!($name), ">()?.name(), word);")]
            /// }
            /// # Ok::<(), ctem_core::Error>(())
            /// ```
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            fn of_word(text: &str) -> Option<Self> {
                match text {
                    $($word => return Some(Self::$variant),)+
                    _ => {}
                }
                Some(match &*$crate::word::plain(text) {
                    $($word $(| $other)* => Self::$variant,)+
                    _ => return None,
                })
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            /// Reads the word, whatever its case.
            fn from_str(text: &str) -> $crate::error::Result<Self> {
                Self::of_word(text).ok_or_else(|| {
                    let (text, words) = ($crate::error::quoted(text), Self::WORDS.join(", "));
                    $crate::error::Error::invalid(format!(concat!("{} is not ", $what, ": write one of {}"), text, words))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"description": $what, "type": "string", "enum": Self::WORDS})
            }
        }

        impl serde::Serialize for $name {
            // As one of a few, so that who goes through texts can tell it from a name.
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_unit_variant(stringify!($name), 0, self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let read = |text: &str| $name::of_word(text).ok_or($crate::word::Refused::Unknown($name::WORDS));
                $crate::word::read_as(from, concat!($what, " as text"), read)
            }
        }
    };
}
pub(crate) use words;

/// An enum of known words, read whatever their case, with room for the user's own: reads and writes as text, keeps what it
/// does not know.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use ctem_core::model::", stringify!($name), ";")]
        ///
        /// // A word of one's own is a kind too.
        #[doc = concat!("let kind: ", stringify!($name), " = \"my_own\".parse()?;")]
        /// assert_eq!(kind.name(), "my_own");
        /// # Ok::<(), ctem_core::Error>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word of the user's own, kept as it is.
            Other(Box<str>),
        }

        impl $name {
            /// The words the engine knows, in the order of this declaration.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word, as in documents.
            ///
            /// ```
            #[doc = concat!("use ctem_core::model::", stringify!($name), ";")]
            ///
            /// // A word that the engine does not know stays as it is.
            #[doc = concat!("assert_eq!(\"Robot Arm\".parse::<", stringify!($name), ">()?.name(), \"Robot Arm\");")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::WORDS[0].parse::<", stringify!($name), ">()?.name(), ", stringify!($name), "::WORDS[0]);")]
            /// # Ok::<(), ctem_core::Error>(())
            /// ```
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;
            fn from_str(word: &str) -> crate::error::Result<Self> {
                let word = word.trim();
                Ok(match &*crate::word::plain(word) {
                    $($word => Self::$variant,)+
                    _ if !word.is_empty() && word.len() <= 64 && !word.chars().any(char::is_control) => {
                        Self::Other(word.into())
                    }
                    _ => return Err(crate::error::Error::invalid(format!(
                        "{} is not a kind: write one of {}, or a word of your own of at most 64 bytes",
                        crate::error::quoted(word),
                        Self::WORDS.join(", "),
                    ))),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        $crate::word::text_schema!($name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant => to.serialize_unit_variant(stringify!($name), 0, $word),)+
                    Self::Other(word) => to.serialize_str(word),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let read = |word: &str| {
                    word.parse().map_err(|error: crate::error::Error| {
                        $crate::word::Refused::Because(error.message().to_owned())
                    })
                };
                $crate::word::read_as(from, "a kind as text", read)
            }
        }
    };
}
pub(crate) use word_enum;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_whatever_its_case_and_gaps() {
        for text in ["crown_jewel", "Crown Jewel", " CROWN-JEWEL\n"] {
            assert_eq!(plain(text), "crown_jewel");
        }
        assert!(matches!(plain(" high "), Cow::Borrowed("high")));
        for (text, says) in
            [("Yes", Some(true)), ("TRUE", Some(true)), ("none", Some(false)), ("maybe", None)]
        {
            assert_eq!(flag(text), says, "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_read_as_values_words_and_numbers() {
        let read = |json: &str| yes_or_no(&mut serde_json::Deserializer::from_str(json)).ok();
        for (json, says) in
            [("true", Some(true)), ("\"No\"", Some(false)), ("1", Some(true)), ("2", None), ("null", None)]
        {
            assert_eq!(read(json), says, "{json}");
        }
        assert_eq!(perhaps(&mut serde_json::Deserializer::from_str("null")).unwrap(), None);
        assert_eq!(perhaps(&mut serde_json::Deserializer::from_str("\"Yes\"")).unwrap(), Some(true));
    }
}
