//! JSON as documents use it: an outline to tell formats by, typed parsing whose errors have a place, and records that
//! can fail one by one.

pub(crate) use crate::text::json::{explained, parse, syntax};

use crate::error::{Error, Result};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// What is seen of JSON from outside: the paths of its first levels, with short texts.
///
/// Only the first element of an array is looked at, and only three levels down. The path of an array's first element is
/// `/0`. Of several values after each other, the first is outlined.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// Whether several values stand after each other (JSON Lines).
    pub(crate) lines: bool,
    /// Whether the text ends within the first value.
    pub(super) ends_early: bool,
    /// How many paths of the current name of the first level there are.
    of_this_name: usize,
    paths: Vec<(String, Option<Box<str>>)>,
    /// The path that is being looked at.
    path: String,
}

impl Outline {
    pub(super) fn of(text: &str) -> Self {
        let mut outline = Self::default();
        let mut values = serde_json::Deserializer::from_str(text);
        let whole = values.deserialize_any(Sketch { outline: &mut outline, depth: 0 });
        outline.ends_early = whole.as_ref().is_err_and(serde_json::Error::is_eof);
        outline.lines = whole.is_ok() && values.end().is_err();
        outline
    }

    /// The outline of a value that is parsed already.
    pub(super) fn of_value(value: &serde_json::Value) -> Self {
        let mut outline = Self::default();
        // A value has no syntax that could be wrong.
        let _ = value.deserialize_any(Sketch { outline: &mut outline, depth: 0 });
        outline
    }

    /// Whether there is something at this path, such as `/runs/0/tool`.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|(known, _)| known == path)
    }

    /// Whether there is something at all of these paths.
    pub(crate) fn has_all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether anything inside the object at `path` has something of this name.
    pub(crate) fn has_within(&self, path: &str, name: &str) -> bool {
        self.paths.iter().any(|(known, _)| {
            let rest = known.strip_prefix(path).and_then(|rest| rest.strip_prefix('/'));
            rest.and_then(|rest| rest.split_once('/')).is_some_and(|(_, last)| last == name)
        })
    }

    /// The text at a path.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.paths.iter().find(|(known, _)| known == path).and_then(|(_, text)| text.as_deref())
    }

    /// Whether the document is an array.
    pub(crate) fn is_array(&self) -> bool {
        self.paths.first().is_some_and(|(path, _)| path == "/[]")
    }

    /// All paths, with the short texts that stand there.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.paths.iter().map(|(path, text)| (path.as_str(), text.as_deref()))
    }

    /// The names on the first level.
    pub(crate) fn top_names(&self) -> impl Iterator<Item = &str> {
        self.paths
            .iter()
            .filter_map(|(path, _)| path.strip_prefix('/'))
            .filter(|name| !name.contains('/') && *name != "[]")
    }

    /// Remembers the path that is being looked at, unless there are many already: so many of each name of the first level, so that a
    /// long first part does not hide what comes after it.
    fn add(&mut self, depth: u8) {
        const MOST: usize = 1600;
        const OF_ONE_NAME: usize = 80;
        let first = depth == u8::from(self.is_array());
        if first || depth == 0 {
            self.of_this_name = 0;
        }
        self.of_this_name += 1;
        if self.paths.len() < MOST && self.of_this_name <= OF_ONE_NAME {
            self.paths.push((self.path.clone(), None));
        }
    }

    /// Looks at what stands under a name, with the path to it while that lasts: each name is copied once, whatever is inside.
    fn under<T>(&mut self, name: &str, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.path.len();
        self.path.push('/');
        self.path.push_str(name);
        let seen = look(self);
        self.path.truncate(before);
        seen
    }
}

/// Visits the first levels of a value and notes their paths.
struct Sketch<'a> {
    outline: &'a mut Outline,
    depth: u8,
}

const DEEPEST: u8 = 4;

/// Names and texts that tell a format are at most so long.
const LONGEST: usize = 200;

impl<'de> Visitor<'de> for Sketch<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            // No format has names as long as this: it is data.
            if name.len() > LONGEST {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            // A slash in a name is no step.
            let name =
                if name.contains('/') { name.replace('~', "~0").replace('/', "~1").into() } else { name };
            let depth = self.depth + 1;
            self.outline.under(&name, |outline| {
                outline.add(depth - 1);
                if depth < DEEPEST {
                    map.next_value_seed(Sketch { outline, depth })
                } else {
                    map.next_value::<IgnoredAny>().map(|_| ())
                }
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if self.depth == 0 {
            self.outline.under("[]", |outline| outline.add(0));
        }
        if depth < DEEPEST {
            self.outline.under("0", |outline| seq.next_element_seed(Sketch { outline, depth }))?;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let Outline { paths, path, .. } = self.outline;
        if let Some(last) = paths.last_mut().filter(|(known, _)| known == path) {
            last.1 = Some(text).filter(|text| text.len() <= LONGEST).map(Box::from);
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Sketch<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

/// The error of a document that is not JSON at all, if it has one.
pub(super) fn syntax_error(text: &str) -> Option<Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.find_map(|value| value.err()).map(syntax)
}

/// The records of a document that is an array, one value, or several values after each other, each with its place.
///
/// # Errors
/// `malformed` when the document breaks its syntax anywhere: then none of its records counts.
pub(crate) fn records<'a>(text: &'a str, outline: &Outline) -> Result<Records<'a>> {
    let places = match outline {
        Outline { lines: true, .. } => Places::Lines,
        outline if outline.is_array() => Places::Elements,
        _ => Places::Whole,
    };
    let at = if let Places::Elements = places {
        parse::<IgnoredAny>(text)?;
        text.find('[').map_or(text.len(), |start| start + 1)
    } else {
        syntax_error(text).map_or(Ok(()), Err)?;
        0
    };
    Ok(Records { text, at, places, line: 1, counted: 0, taken: 0 })
}

/// Records with their places, found one by one in a text that has been checked: a list of them, of nothing but small things, would be many
/// times the text.
pub(crate) struct Records<'a> {
    text: &'a str,
    /// Where what has not been taken begins.
    at: usize,
    places: Places,
    /// Where the last one is, and up to which byte lines are counted.
    line: usize,
    counted: usize,
    taken: usize,
}

#[derive(Clone, Copy)]
enum Places {
    Elements,
    Lines,
    Whole,
}

impl<'a> Iterator for Records<'a> {
    type Item = (String, &'a RawValue);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let left = match self.places {
            Places::Elements => rest.trim_start_matches([',', ' ', '\t', '\n', '\r']),
            Places::Lines | Places::Whole => rest,
        };
        let start = self.at + (rest.len() - left.len());
        let mut values = serde_json::Deserializer::from_str(left).into_iter::<&RawValue>();
        // What ends the list is no value.
        let value = values.next()?.ok()?;
        self.at = start + values.byte_offset();
        let place = match self.places {
            Places::Elements => format!("/{}", self.taken),
            Places::Lines => {
                // Lines are counted as the values pass, each once. A value ends where what is left begins.
                let start = self.at.saturating_sub(value.get().len());
                let passed = self.text.as_bytes().get(self.counted..start).unwrap_or_default();
                self.line += passed.iter().filter(|byte| **byte == b'\n').count();
                self.counted = start;
                format!("line {}", self.line)
            }
            Places::Whole => String::new(),
        };
        self.taken += 1;
        Some((place, value))
    }
}

/// How many elements a list has that is not read, or entries an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unread(pub(crate) usize);

impl<'de> serde::Deserialize<'de> for Unread {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Count;
        impl<'de> Visitor<'de> for Count {
            type Value = usize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
                let mut count = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(count)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
                let mut count = 0;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(count)
            }

            fn visit_unit<E>(self) -> Result<usize, E> {
                Ok(0)
            }

            fn visit_bool<E>(self, _: bool) -> Result<usize, E> {
                Ok(0)
            }

            fn visit_i64<E>(self, _: i64) -> Result<usize, E> {
                Ok(0)
            }

            fn visit_u64<E>(self, _: u64) -> Result<usize, E> {
                Ok(0)
            }

            fn visit_f64<E>(self, _: f64) -> Result<usize, E> {
                Ok(0)
            }

            fn visit_str<E>(self, _: &str) -> Result<usize, E> {
                Ok(0)
            }
        }
        from.deserialize_any(Count).map(Self)
    }
}
