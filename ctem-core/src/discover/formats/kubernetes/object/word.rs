//! Texts of objects, which become parts of names.

use crate::discover::gate;
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt, ops::Deref};

/// The longest text that is taken, in bytes: Kubernetes itself allows 253 in names and 4096 in paths of volumes.
const LONGEST: usize = 4096;

/// A text without control characters, and without what is secret in addresses. YAML may have a number or a boolean in its place.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Word(Box<str>);

/// Words by name: labels and annotations. An annotation may hold anything, so that what cannot be part of a name is left empty.
pub(crate) type Words = BTreeMap<Word, Value>;

/// A word that may be of any length and kind, and is then empty.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Value(Word);

impl Deref for Word {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Deref for Value {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Scalar(Self::of))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Scalar(|text: &str| Ok(Self(Word::of(text).unwrap_or_default()))))
    }
}

impl Word {
    fn of(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a text has {} bytes and may have {LONGEST}", text.len()));
        }
        if text.chars().any(char::is_control) {
            return Err("a text holds a control character and is part of a name".to_owned());
        }
        Ok(Self(gate::passed(text.trim()).into()))
    }
}

/// Reads a word that may have a scheme before it (`containerd://`), which is left out.
pub(super) fn after_scheme<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    from.deserialize_any(Scalar(|text: &str| Word::of(text.rsplit("://").next().unwrap_or_default())))
}

/// Whatever is no list and no object, as text.
struct Scalar<F>(F);

impl<T, F: Fn(&str) -> Result<T, String>> de::Visitor<'_> for Scalar<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        self.visit_str("")
    }
}

/// What `null` stands for where a list or an object may be missing.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}
