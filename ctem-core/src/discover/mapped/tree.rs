//! JSON as a tree that borrows its texts, so that a mapping may look at any part of a record, its parents and the document.
//!
//! A node is 24 bytes and an object's field 48, so that what scanners write costs about twice its length, and a list of
//! nothing but small lists at most fourteen times. Names that stand twice in an object are all kept.

use crate::{error::Result, text::json::explained};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, cell::Cell, fmt};

/// A value.
#[derive(Debug)]
pub(super) enum Node<'t> {
    Null,
    Flag(bool),
    Natural(u64),
    Negative(i64),
    /// As it is written: version 1.10 is not 1.1.
    Fraction(&'t str),
    Text(Cow<'t, str>),
    List(Box<[Node<'t>]>),
    Object(Box<Object<'t>>),
}

/// The fields of an object, in their order.
#[derive(Debug)]
pub(super) struct Object<'t> {
    fields: Box<[(Cow<'t, str>, Node<'t>)]>,
    /// The numbers of the fields in the order of their names, where there are many.
    by_name: Box<[u32]>,
}

/// Objects of more fields than this are searched by halves.
const FEW: usize = 12;

impl<'t> Node<'t> {
    /// The tree of a text that is one JSON value.
    pub(super) fn parse(text: &'t str) -> Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let rest = Cell::new(text);
        let node = Any { rest: &rest }.deserialize(&mut json).map_err(explained)?;
        json.end().map_err(explained)?;
        Ok(node)
    }
}

/// The next number of a text that is no whole number of 64 bits: that is how often the parser tells of one. Linear in all.
fn next_fraction<'t>(rest: &Cell<&'t str>) -> Option<&'t str> {
    let text = rest.get();
    let (bytes, mut at) = (text.as_bytes(), 0);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += 1;
                while *bytes.get(at)? != b'"' {
                    at += if bytes.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let end = at + bytes.iter().skip(at).take_while(is_part).count();
                let number = text.get(at..end)?;
                // Zero has no sign as a whole number.
                if number == "-0" || (number.parse::<u64>().is_err() && number.parse::<i64>().is_err()) {
                    rest.set(text.get(end..)?);
                    return Some(number);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
}

/// The same JSON with numbers of very many digits as texts. Linear.
pub(super) fn with_long_numbers_as_texts(json: &str) -> String {
    const LONG: usize = 100;
    let (mut out, mut rest, mut in_text) = (String::with_capacity(json.len() + 64), json, false);
    while let Some(first) = rest.chars().next() {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = match first {
            // What is escaped does not end the text.
            '\\' if in_text => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            '0'..='9' | '-' if !in_text => rest.find(|c| !is_number(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        in_text ^= first == '"';
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if !in_text && length > LONG {
            out.push('"');
            out.push_str(piece);
            out.push('"');
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    out
}

impl<'t> Object<'t> {
    fn of(fields: Vec<(Cow<'t, str>, Node<'t>)>) -> Self {
        let mut by_name: Vec<u32> = Vec::new();
        if fields.len() > FEW {
            by_name = (0..u32::try_from(fields.len()).unwrap_or(u32::MAX)).collect();
            let name = |n: u32| fields.get(n as usize).map(|(name, _)| name);
            by_name.sort_by(|a, b| name(*a).cmp(&name(*b)));
        }
        Self { fields: fields.into(), by_name: by_name.into() }
    }

    /// All fields, in their order.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &Node<'t>)> {
        self.fields.iter().map(|(name, value)| (&**name, value))
    }

    /// The values of a name, in their order. Logarithmic where there are many fields.
    pub(super) fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Node<'t>> {
        let at = |n: &u32| self.fields.get(*n as usize);
        let known = |n: &u32| at(n).map_or("", |(known, _)| known);
        let from = self.by_name.partition_point(|n| known(n) < name);
        let searched = self.by_name.get(from..).unwrap_or_default().iter().filter_map(at);
        let few = if self.by_name.is_empty() { &*self.fields } else { &[] };
        few.iter()
            .filter(move |(known, _)| known == name)
            .chain(searched.take_while(move |(known, _)| known == name))
            .map(|(_, value)| value)
    }
}

/// Any value, and what of the text has not been looked through for fractions.
#[derive(Clone, Copy)]
struct Any<'c, 'de> {
    rest: &'c Cell<&'de str>,
}

impl<'de> DeserializeSeed<'de> for Any<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Node<'de>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_, 'de> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node<'de>, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Natural(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Negative(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'de>, E> {
        let written = next_fraction(self.rest).filter(|text| text.parse() == Ok(number));
        Ok(written.map_or_else(|| Node::Text(number.to_string().into()), Node::Fraction))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element_seed(self)? {
            nodes.push(node);
        }
        Ok(Node::List(nodes.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            fields.push((name, map.next_value_seed(self)?));
        }
        Ok(Node::Object(Box::new(Object::of(fields))))
    }
}

/// A name that borrows where it can, which `Cow` by itself does not.
#[derive(Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_among_few_and_among_many() {
        for many in [3, 40] {
            let fields: Vec<String> = (0..many).map(|n| format!("\"f{n}\": {n}")).collect();
            let text = format!("{{{}, \"f1\": 99}}", fields.join(","));
            let Node::Object(object) = Node::parse(&text).unwrap() else { panic!("an object") };
            let found: Vec<String> = object.named("f1").map(|node| format!("{node:?}")).collect();
            assert_eq!(found, ["Natural(1)", "Natural(99)"], "{many}");
            assert_eq!(object.named("f").count(), 0);
        }
    }

    #[test]
    fn a_fraction_keeps_the_digits_it_is_written_with() {
        let text = r#"{"1.50": [1.10, -0, 7, "2.20\\\"3.30", 18446744073709551616, 1e2], "v": 0.0}"#;
        let Node::Object(object) = Node::parse(text).unwrap() else { panic!("an object") };
        let written =
            |node: &Node<'_>| if let Node::Fraction(text) = node { text.to_string() } else { "".into() };
        let Node::List(list) = object.named("1.50").next().unwrap() else { panic!("a list") };
        let all: Vec<String> = list.iter().map(written).collect();
        assert_eq!(all, ["1.10", "-0", "", "", "18446744073709551616", "1e2"]);
        assert_eq!(written(object.named("v").next().unwrap()), "0.0");
    }

    #[test]
    fn a_number_that_is_too_long_becomes_a_text() {
        let (long, text) = ("9".repeat(400), "8".repeat(400));
        let json = format!(r#"{{"a\\": {long}, "b\"{long}": [-1, "{text}"]}}"#);
        assert!(Node::parse(&json).is_err());
        let texts = with_long_numbers_as_texts(&json);
        assert_eq!(texts.len(), json.len() + 2);
        assert!(Node::parse(&texts).is_ok() && texts.contains(&format!("\"{long}\", ")));
    }

    #[test]
    fn texts_are_borrowed_and_nesting_has_an_end() {
        assert!(matches!(Node::parse("\"plain\"").unwrap(), Node::Text(Cow::Borrowed("plain"))));
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(Node::parse(&deep).unwrap_err().code(), "malformed");
        assert_eq!(size_of::<Node<'_>>(), 24);
    }
}
