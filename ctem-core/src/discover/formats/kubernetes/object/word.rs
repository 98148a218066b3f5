//! Texts of objects, which become parts of names.

use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt, ops::Deref};

/// The longest text that is taken, in bytes: Kubernetes itself allows 253 in names and 4096 in paths of volumes.
const LONGEST: usize = 4096;

/// A text without control characters. YAML may have a number or a boolean in its place.
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
        let text = from.deserialize_any(Scalar)?;
        if text.len() > LONGEST {
            return Err(de::Error::custom(format!("a text has {} bytes and may have {LONGEST}", text.len())));
        }
        if text.chars().any(char::is_control) {
            return Err(de::Error::custom("a text holds a control character and is part of a name"));
        }
        Ok(Self(text.trim().into()))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = from.deserialize_any(Scalar)?;
        let fits = text.len() <= LONGEST && !text.chars().any(char::is_control);
        Ok(if fits { Self(Word(text.trim().into())) } else { Self::default() })
    }
}

struct Scalar;

impl de::Visitor<'_> for Scalar {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }
}

/// What `null` stands for where a list or an object may be missing.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}
