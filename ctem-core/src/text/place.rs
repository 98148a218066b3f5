//! Where in a text of JSON the value is that does not fit a type.
//!
//! The parser says how far it had read. It looks ahead by white space, and by one comma or closing bracket, so that it is asked once or twice more, with
//! the text cut off, whether it needed to see that. A deserializer that keeps the path while it reads would
//! know at once, but every type would be compiled a second time for it.

use super::said::UNKNOWN_VARIANT;
use serde::Deserialize;

/// The pointer of the value for which a text is not a `T`: `error` says so.
pub(super) fn pointer<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> String {
    let wrong_by =
        |length: usize| serde_json::from_str::<T>(&text[..length]).is_err_and(|error| error.is_data());
    let at = wrong_at(text, read(text, error), &wrong_by);
    let said = error.to_string();
    // A name that stands twice is its object's fault, and so is that of a variant that there is not: it stands alone.
    let of_object =
        said.starts_with("duplicate field") || said.starts_with(UNKNOWN_VARIANT) && stands_alone(text, at);
    path(text, at, of_object)
}

/// The pointer of a value that is none of an enumeration: it is no word, or an object that has more members than one.
pub(super) fn of_no_word<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> String {
    let read = read(text, error);
    // Where the first byte was enough to tell, it is the last that was read. Else it is the comma behind the first member that is too much.
    if serde_json::from_str::<T>(&text[..read]).is_err_and(|error| error.is_syntax()) {
        return path(text, read.saturating_sub(1), false);
    }
    let spaces = text.as_bytes()[read..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    path(text, read + spaces, false)
}

/// The pointer of the value at which the parser stopped, before it had read any of it.
pub(super) fn of_next(text: &str, error: &serde_json::Error) -> String {
    path(text, read(text, error).saturating_sub(1), false)
}

/// How many bytes were read when the error was met.
fn read(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).min(text.len())
}

/// A byte of the value that is wrong and of none within it: its first, its last, or one of a value that has no parts.
fn wrong_at(text: &str, read: usize, wrong_by: &dyn Fn(usize) -> bool) -> usize {
    let text = text.as_bytes();
    let trimmed = |to: usize| text[..to].trim_ascii_end().len();
    let mut end = trimmed(read);
    // What is found wrong before its object or list goes on or ends is a part of it.
    if end > 0 && matches!(text[end - 1], b'}' | b']' | b',') && wrong_by(trimmed(end - 1)) {
        end = trimmed(end - 1);
    }
    let next = end + text[end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let ahead = match text[..end].last() {
        Some(b':' | b',') | None => true,
        // The bracket itself, or the one that follows it and was only looked at.
        Some(b'[') => text.get(next).is_some_and(|byte| matches!(byte, b'[' | b'{')) && !wrong_by(end),
        Some(_) => false,
    };
    if ahead { next } else { end - 1 }
}

/// What is open around a place: a list and the number of its element, or an object and the name of its member.
enum Open<'a> {
    List(usize),
    Object(Option<&'a str>),
}

/// The pointer of the value whose byte this is; a name stands for its member, or for the object.
fn path(text: &str, at: usize, of_object: bool) -> String {
    let mut open = Vec::new();
    let mut from = 0;
    while let Some(byte) = text.as_bytes().get(from) {
        let mut end = from + 1;
        match byte {
            b'{' | b'[' if from == at => break,
            b'{' => open.push(Open::Object(None)),
            b'[' => open.push(Open::List(0)),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Open::List(number)) => *number += 1,
                Some(Open::Object(name)) => *name = None,
                None => {}
            },
            b'"' => {
                end += string(&text.as_bytes()[end..]);
                if let Some(Open::Object(name @ None)) = open.last_mut()
                    && !(of_object && end > at)
                {
                    *name = Some(&text[from..end]);
                }
            }
            _ => {}
        }
        if end > at {
            break;
        }
        from = end;
    }
    open.iter()
        .filter_map(|open| match open {
            Open::List(number) => Some(format!("/{number}")),
            Open::Object(name) => {
                let name = name.map(|name| serde_json::from_str::<String>(name).unwrap_or_default());
                name.map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")))
            }
        })
        .collect()
}

/// Whether a name, whose closing quote this is, is the only one of its object.
fn stands_alone(text: &str, quote: usize) -> bool {
    let text = text.as_bytes();
    let begin = text[..quote].iter().rposition(|byte| *byte == b'"').unwrap_or_default();
    let is_first = text[..begin].trim_ascii_end().ends_with(b"{");
    let (mut depth, mut from) = (0_usize, quote + 1);
    while let Some(byte) = text.get(from) {
        from += 1;
        match byte {
            b'"' => from += string(&text[from..]),
            b'{' | b'[' => depth += 1,
            b',' | b'}' | b']' if depth == 0 => return is_first && *byte == b'}',
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    is_first
}

/// The length of a string and its closing quote.
fn string(text: &[u8]) -> usize {
    let mut escaped = false;
    let ends = |byte: &u8| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    text.iter().position(ends).map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use crate::text::json::parse;
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;
    use std::collections::BTreeMap;

    /// Each way in which a type can be read, one within the other.
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Record {
        #[serde(default)]
        a: Option<Vec<Record>>,
        b: Option<BTreeMap<String, Record>>,
        #[serde(default)]
        c: Option<Even>,
        d: Option<Vec<Even>>,
        e: Option<Tagged>,
        f: Option<(u8, String)>,
        g: Option<Strict>,
        h: Option<Kind>,
        i: Option<[Option<u8>; 2]>,
        j: Option<Box<Flat>>,
        k: Option<Vec<Vec<bool>>>,
        l: Option<Either>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "u8")]
    struct Even;

    impl TryFrom<u8> for Even {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            if number.is_multiple_of(2) { Ok(Self) } else { Err("odd") }
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "h", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only read")]
    enum Tagged {
        A { a: u8 },
        B { b: Strict },
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Strict {
        a: u8,
        #[serde(default)]
        b: Vec<Strict>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Flat {
        a: String,
        #[serde(flatten)]
        others: BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only read")]
    enum Kind {
        A,
        B(u8),
        C { a: u8 },
    }

    #[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        A,
        B,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Either {
        Number(u8),
        Strict(Strict),
    }

    /// What a deserializer says that keeps the path while it reads.
    fn told(text: &str) -> Option<String> {
        use serde_path_to_error::Segment;
        let mut values = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Record>(&mut values).err()?;
        let segments = error.path().iter().map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{key}"),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        });
        Some(segments.collect())
    }

    fn values() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..300_i64).prop_map(Value::from),
            Just(Value::from(1.5)),
            prop::sample::select(vec!["a", "b", "c", "x\"]}\\"]).prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 4, |inner| {
            let name =
                prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "\"{"]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.prop_map(String::from), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_place_is_the_one_that_tracking_tells(value in values(), pretty in any::<bool>()) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let error = parse::<Record>(&text).err();
            let place = error.as_ref().map(|error| error.place().unwrap_or_default());
            let mut expected = told(&text);
            // Whether a word is one that its map does not know, or no variant, is all the same to a parser.
            if error.as_ref().is_some_and(|error| error.to_string().contains("unknown word"))
                && let (Some(place), Some(told)) = (place, &mut expected)
                && (told.rsplit_once('/').is_some_and(|(object, _)| object == place)
                    || place.rsplit_once('/').is_some_and(|(object, _)| object == told))
            {
                place.clone_into(told);
            }
            // Of an enum that is a mere name, its variant is no place.
            while let Some(place) = expected.as_mut().filter(|place| value.pointer(place).is_none()) {
                place.truncate(place.rfind('/').unwrap());
            }
            prop_assert_eq!(place, expected.as_deref(), "{}", text);
        }
    }

    #[test]
    fn a_name_is_its_objects_where_it_stands_twice_or_is_no_variant() {
        for (text, place) in [
            (r#"{"k": [], "c": 2, "c": 4}"#, ""),
            (r#"{"a": [{}, {"c": 2 , "c" : 4}]}"#, "/a/1"),
            (r#"{"h": {"x" : [","] }, "c": 2}"#, "/h"),
            ("{\n\"g\": {\n \"b\": [{\"a\" : 1}, {\"a\":\n 256 } ] } }", "/g/b/1/a"),
        ] {
            assert_eq!(parse::<Record>(text).unwrap_err().place().unwrap_or_default(), place, "{text}");
        }
    }

    #[test]
    fn a_name_that_its_map_does_not_know_is_its_members_where_there_are_others() {
        for (text, place) in [
            (r#"{"m": {"a": 1, "x": 2}}"#, "/m/x"),
            (r#"{"m": {"x" : [","], "a": 2}}"#, "/m/x"),
            (r#"{"m": {"x" : [","] } }"#, "/m"),
            (r#"{"m": {"a": 1.5}}"#, "/m/a"),
        ] {
            let error = parse::<BTreeMap<String, BTreeMap<Word, u8>>>(text).unwrap_err();
            assert_eq!(error.place(), Some(place), "{text}");
        }
    }
}
