//! Writing a value with other names: a serializer around another, that replaces texts on their way.
//!
//! What is one of a few words, the name of a field, and what has a spelling of its own (moments, vectors, techniques) goes through as it is: an
//! asset may be called `host` and not change what a host is. The world's tables go through too, since they name nobody's own.

use super::pseudonym::Names;
use crate::id::written::NO_NAME;
use serde::{
    Serialize, Serializer,
    ser::{
        SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

/// A value that is written with other names.
pub(super) struct Renamed<'a, T: ?Sized>(pub(super) &'a T, pub(super) &'a Names);

impl<T: Serialize + ?Sized> Serialize for Renamed<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Renaming { to, names: self.1 })
    }
}

struct Renaming<'a, S> {
    to: S,
    names: &'a Names,
}

/// Calls that have no text in them.
macro_rules! as_it_is {
    ($($call:ident($($of:ident: $kind:ty),*);)+) => {$(
        fn $call(self, $($of: $kind),*) -> Result<S::Ok, S::Error> {
            self.to.$call($($of),*)
        }
    )+};
}

/// Calls that begin something of several parts.
macro_rules! begins {
    ($($call:ident($($of:ident: $kind:ty),*) -> $parts:ident;)+) => {$(
        fn $call(self, $($of: $kind),*) -> Result<Self::$parts, S::Error> {
            Ok(Renaming { to: self.to.$call($($of),*)?, names: self.names })
        }
    )+};
}

impl<'a, S: Serializer> Serializer for Renaming<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Renaming<'a, S::SerializeSeq>;
    type SerializeTuple = Renaming<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Renaming<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Renaming<'a, S::SerializeTupleVariant>;
    type SerializeMap = Renaming<'a, S::SerializeMap>;
    type SerializeStruct = Renaming<'a, S::SerializeStruct>;
    type SerializeStructVariant = Renaming<'a, S::SerializeStructVariant>;

    fn serialize_str(self, text: &str) -> Result<S::Ok, S::Error> {
        self.to.serialize_str(&self.names.replaced(text))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.to.serialize_some(&Renamed(value, self.names))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match name {
            NO_NAME => self.to.serialize_newtype_struct(name, value),
            _ => self.to.serialize_newtype_struct(name, &Renamed(value, self.names)),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        match (name, variant) {
            ("What", "intel") => self.to.serialize_newtype_variant(name, index, variant, value),
            _ => self.to.serialize_newtype_variant(name, index, variant, &Renamed(value, self.names)),
        }
    }

    as_it_is! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    begins! {
        serialize_seq(length: Option<usize>) -> SerializeSeq;
        serialize_tuple(length: usize) -> SerializeTuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeTupleVariant;
        serialize_map(length: Option<usize>) -> SerializeMap;
        serialize_struct(name: &'static str, length: usize) -> SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeStructVariant;
    }
}

/// What has elements that follow each other.
macro_rules! elements {
    ($($parts:ident::$call:ident;)+) => {$(
        impl<S: $parts> $parts for Renaming<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $call<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.to.$call(&Renamed(value, self.names))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.to.end()
            }
        }
    )+};
}

elements! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

impl<S: SerializeMap> SerializeMap for Renaming<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.to.serialize_key(&Renamed(key, self.names))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.to.serialize_value(&Renamed(value, self.names))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.to.end()
    }
}

impl<S: SerializeStruct> SerializeStruct for Renaming<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        match key {
            "intel" => self.to.serialize_field(key, value),
            _ => self.to.serialize_field(key, &Renamed(value, self.names)),
        }
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.to.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.to.end()
    }
}

impl<S: SerializeStructVariant> SerializeStructVariant for Renaming<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.to.serialize_field(key, &Renamed(value, self.names))
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.to.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.to.end()
    }
}
