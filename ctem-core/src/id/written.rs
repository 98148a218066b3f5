//! Types that are written as their text.

use crate::error::Error;
use std::{fmt, marker::PhantomData, str::FromStr};

/// Writes types as their text and reads them back from it, without keeping the text.
macro_rules! text_serde {
    ($($name:ident),+) => {$(
        $crate::word::text_schema!($name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.serialize_newtype_struct($crate::id::written::NO_NAME, &$crate::id::written::AsText(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                from.deserialize_str($crate::id::written::TextVisitor(std::marker::PhantomData))
            }
        }
    )+};
}
pub(crate) use text_serde;

/// What such a type is called to serializers: its text is of its own spelling, and names nobody.
pub(crate) const NO_NAME: &str = "no name";

/// A value as its text.
pub(crate) struct AsText<'a, T>(pub(crate) &'a T);

impl<T: fmt::Display> serde::Serialize for AsText<'_, T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self.0)
    }
}

/// Visits the text of a type that is read from its text.
pub(crate) struct TextVisitor<T>(pub(crate) PhantomData<T>);

impl<T: FromStr<Err = Error>> serde::de::Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|error: Error| E::custom(error.message()))
    }
}
