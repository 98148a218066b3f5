//! YAML as JSON: the documents of a stream, one by one, so that what is read from JSON is read from YAML too.
//!
//! Words are those of YAML 1.2's core schema: `yes` is text, and a reader that wants yes or no takes it as such. A number whose zeros
//! a number would lose, such as `1.10` or `0123`, is text: it is a version or an account far more often. Merge keys (`<<`)
//! are followed, as the tools that read manifests do. Linear in the text, and in what its aliases stand for: a document whose
//! aliases stand for far more than the text holds, or for what is nested too deep, is refused.

use crate::error::{Error, ErrorKind, Result, quoted};
use granit_parser::{Event, Parser, ScalarStyle, ScanError};
use serde_json::{Map, Number, Value, map::Entry};
use std::{borrow::Cow, collections::HashMap, mem};

/// One document of a stream.
pub(crate) struct Part {
    /// The line it begins at, from 1.
    pub(crate) line: usize,
    /// What it holds, or why it cannot be read. The others of the stream are read all the same.
    pub(crate) value: Result<Value>,
    /// The first name that stands twice in one of its mappings, of which the last holds.
    pub(crate) repeated: Option<String>,
}

/// Whether a text begins as YAML that holds names: a comment, a document's mark, or `name:`.
pub(crate) fn seems(text: &str) -> bool {
    let first =
        text.lines().map(str::trim_end).find(|line| !line.is_empty() && !line.starts_with(['#', '%']));
    let Some(first) = first else { return false };
    let rest = first.strip_prefix("- ").unwrap_or(first);
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '"' | '\'');
    let named = rest.split_once(':').is_some_and(|(before, after)| {
        !before.is_empty() && before.chars().all(name) && (after.is_empty() || after.starts_with(' '))
    });
    named || first == "---" || first.starts_with("--- ")
}

/// The documents of a stream. Empty ones are left out.
pub(crate) fn documents(text: &str) -> Vec<Part> {
    let options = granit_parser::options! { flow_nesting_limit: DEEPEST, block_nesting_limit: DEEPEST };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut parts = Vec::new();
    let room = text.len().saturating_mul(REPEATS).saturating_add(REPEATS_MORE);
    let (mut line, mut tree) = (1, Tree::new(room));
    while let Some(event) = parser.next_event() {
        let taken = match event {
            Ok((Event::DocumentStart(..), span)) => {
                line = span.start.line();
                tree = Tree::new(tree.room);
                Ok(())
            }
            Ok((Event::DocumentEnd, _)) => {
                let next = Tree::new(tree.room);
                let Tree { root, repeated, .. } = mem::replace(&mut tree, next);
                if let Some(value) = root.filter(|value| !value.is_null()) {
                    parts.push(Part { line, value: Ok(value), repeated });
                }
                Ok(())
            }
            Ok((event, span)) => {
                tree.take(event).map_err(|error| error.at(format_args!("line {}", span.start.line())))
            }
            Err(error) => Err(syntax(&error)),
        };
        if let Err(error) = taken {
            parts.push(Part { line, value: Err(error), repeated: None });
            // The parser stands in the middle of a document: the next begins at its mark.
            if !parser.proceed_next_document().unwrap_or(false) {
                break;
            }
        }
    }
    parts
}

/// As deep as JSON may be.
const DEEPEST: usize = 120;
/// The aliases of all documents together may stand for this many times the text's length, and this much more.
const REPEATS: usize = 8;
const REPEATS_MORE: usize = 1 << 20;
/// A list or a mapping counts as this much text: it takes far more memory than its brackets do.
const HOLDER: usize = 16;

fn syntax(error: &ScanError) -> Error {
    let (line, column) = (error.marker().line(), error.marker().col() + 1);
    Error::malformed(format!("{}: it is not valid YAML", error.info()))
        .at(format_args!("line {line}, column {column}"))
}

/// A document while it is put together.
struct Tree {
    open: Vec<Open>,
    root: Option<Value>,
    /// What aliases stand for.
    anchors: HashMap<usize, Node>,
    repeated: Option<String>,
    /// How much more aliases may stand for.
    room: usize,
}

/// A value, how large it is, and how many levels of lists and mappings it has.
#[derive(Clone)]
struct Node {
    value: Value,
    size: usize,
    depth: usize,
}

/// A list or a mapping that has not ended.
struct Open {
    anchor: usize,
    size: usize,
    /// How many levels the deepest of what it holds has.
    depth: usize,
    holds: Holds,
}

enum Holds {
    List(Vec<Value>),
    Mapping { known: Map<String, Value>, name: Option<String>, merged: Vec<Value> },
}

impl Tree {
    fn new(room: usize) -> Self {
        Self { open: Vec::new(), root: None, anchors: HashMap::new(), repeated: None, room }
    }

    fn take(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let said = tag.is_none() && style == ScalarStyle::Plain;
                let size = text.len() + 1;
                if self.wants_name() {
                    return self.name(text);
                }
                let value = if said { plain(text) } else { Value::String(text.into_owned()) };
                self.put(Node { value, size, depth: 0 }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(anchor, Holds::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let holds = Holds::Mapping { known: Map::new(), name: None, merged: Vec::new() };
                self.begin(anchor, holds)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, size, depth, holds }) = self.open.pop() else { return Ok(()) };
                let value = match holds {
                    Holds::List(list) => Value::Array(list),
                    Holds::Mapping { known, merged, .. } => Value::Object(with(known, merged)),
                };
                self.put(Node { value, size, depth: depth + 1 }, anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or_else(|| {
                    Error::malformed("an alias stands within what it stands for: write out what is meant")
                })?;
                if self.open.len() + node.depth > DEEPEST {
                    let message =
                        format!("aliases nest more than {DEEPEST} levels: write them out, or nest less");
                    return Err(Error::new(ErrorKind::LimitExceeded, message));
                }
                self.room = left(self.room, node.size)?;
                let node = node.clone();
                self.put(node, 0)
            }
            // The ends of a stream, and what stands in a document for its writer alone.
            _ => Ok(()),
        }
    }

    fn wants_name(&self) -> bool {
        matches!(self.open.last(), Some(Open { holds: Holds::Mapping { name: None, .. }, .. }))
    }

    fn name(&mut self, text: Cow<'_, str>) -> Result<()> {
        if let Some(Open { holds: Holds::Mapping { name, .. }, size, .. }) = self.open.last_mut() {
            *size += text.len() + 1;
            *name = Some(text.into_owned());
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, holds: Holds) -> Result<()> {
        if self.wants_name() {
            return Err(Error::malformed("a name is a list or a mapping: it must be text"));
        }
        self.open.push(Open { anchor, size: HOLDER, depth: 0, holds });
        Ok(())
    }

    /// Puts a value where it stands.
    fn put(&mut self, node: Node, anchor: usize) -> Result<()> {
        if anchor != 0 {
            self.room = left(self.room, node.size)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Node { value, size, depth } = node;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        open.size = open.size.saturating_add(size);
        open.depth = open.depth.max(depth);
        match &mut open.holds {
            Holds::List(list) => list.push(value),
            Holds::Mapping { known, name, merged } => match name.take() {
                None => return Err(Error::malformed("a name is an alias: it must be text")),
                Some(name) if name == "<<" => merged.push(value),
                Some(name) => match known.entry(name) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(mut taken) => {
                        self.repeated.get_or_insert_with(|| taken.key().clone());
                        taken.insert(value);
                    }
                },
            },
        }
        Ok(())
    }
}

/// The room that is left once so much is taken of it.
fn left(room: usize, size: usize) -> Result<usize> {
    room.checked_sub(size).ok_or_else(|| {
        let message = format!(
            "aliases stand for more than {REPEATS} times the text: no document of a tool does, so it is not read"
        );
        Error::new(ErrorKind::LimitExceeded, message)
    })
}

/// A mapping with what it merges: its own values hold, then those of earlier ones.
fn with(mut known: Map<String, Value>, merged: Vec<Value>) -> Map<String, Value> {
    for value in merged {
        let maps = match value {
            Value::Array(list) => list,
            other => vec![other],
        };
        for (name, value) in maps.into_iter().filter_map(mapping).flatten() {
            known.entry(name).or_insert(value);
        }
    }
    known
}

fn mapping(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(map) = value { Some(map) } else { None }
}

/// What a word without quotes means in the core schema.
fn plain(text: Cow<'_, str>) -> Value {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && !has_zeros_to_keep(digits) {
        // A sign of plus is none in JSON.
        let unsigned = text.strip_prefix('+').unwrap_or(&text);
        if let Ok(number) = unsigned.parse::<i64>() {
            return Value::Number(number.into());
        }
        if let Ok(number) = unsigned.parse::<u64>() {
            return Value::Number(number.into());
        }
        let decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
        if let Some(number) = unsigned.parse().ok().filter(|_| decimal).and_then(Number::from_f64) {
            return Value::Number(number);
        }
    }
    Value::String(text.into_owned())
}

/// Whether a number is written with zeros that its value does not have.
fn has_zeros_to_keep(digits: &str) -> bool {
    let leads =
        digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.starts_with('0');
    let trails = digits.split_once('.').is_some_and(|(_, part)| {
        part.len() > 1 && part.ends_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    leads || trails
}

/// What is wrong with the documents of a stream, if none can be read.
pub(crate) fn error_of(parts: &[Part]) -> Option<&Error> {
    let whole = parts.iter().any(|part| part.value.is_ok());
    parts.iter().find_map(|part| part.value.as_ref().err()).filter(|_| !whole)
}

/// What a person should know of a document whose names repeat.
pub(crate) fn repetition(name: &str) -> String {
    format!("the name {} stands twice in one mapping: the last is used", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Vec<std::result::Result<Value, ErrorKind>> {
        documents(text).into_iter().map(|part| part.value.map_err(|error| error.kind())).collect()
    }

    #[test]
    fn words_mean_what_the_core_schema_says() {
        let text = "a: 1\nb: '1'\nc: yes\nd: true\ne: ~\nf: -1.5\ng: 1.2.3\nh: 0x10\ni: !!str 7\nk: 1.10\nl: 0123\nm: 9.0\nn: 0\nj: |\n  two\n  lines\n";
        let expected = json!({
            "a": 1, "b": "1", "c": "yes", "d": true, "e": null, "f": -1.5, "g": "1.2.3", "h": "0x10", "i": "7",
            "k": "1.10", "l": "0123", "m": 9.0, "n": 0,
            "j": "two\nlines\n",
        });
        assert_eq!(read(text), [Ok(expected)]);
    }

    #[test]
    fn documents_are_read_one_by_one() {
        let parts =
            documents("# only words\n---\na: 1\n---\nb: [1, 2\n---\n# nothing\n---\nc: {d: 3}\n...\n");
        let seen: Vec<_> = parts.iter().map(|part| (part.line, part.value.as_ref().ok())).collect();
        assert_eq!(seen, [(2, Some(&json!({"a": 1}))), (4, None), (8, Some(&json!({"c": {"d": 3}})))]);
    }

    #[test]
    fn aliases_and_merges_are_followed() {
        let text = "x: &x {a: 1, b: 2}\ny: *x\nz: {<<: *x, b: 3}\nw: {<<: [{c: 1}, {c: 2}]}\n";
        let expected = json!({
            "x": {"a": 1, "b": 2}, "y": {"a": 1, "b": 2}, "z": {"a": 1, "b": 3}, "w": {"c": 1},
        });
        assert_eq!(read(text), [Ok(expected)]);
        let twice = documents("a: 1\na: 2\n");
        assert_eq!(twice[0].repeated.as_deref(), Some("a"));
    }

    #[test]
    fn what_is_made_to_cost_the_most_is_refused() {
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
            laughs += &format!("a{n}: &a{n} [{aliases}]\n");
        }
        assert_eq!(read(&laughs), [Err(ErrorKind::LimitExceeded)]);
        // Nor may many documents each stand for as much, or what aliases stand for be nested without end.
        let mut laugh = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..5 {
            let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
            laugh += &format!("a{n}: &a{n} [{aliases}]\n");
        }
        let many = read(&format!("{laugh}---\n").repeat(20));
        let refused = many.iter().filter(|one| **one == Err(ErrorKind::LimitExceeded)).count();
        assert!(matches!((many.len(), refused), (20, 18..20)), "{refused} of {}", many.len());
        let mut nested = String::from("a0: &a0 []\n");
        for n in 1..90 {
            let (open, close) = ("[".repeat(100), "]".repeat(100));
            nested += &format!("a{n}: &a{n} {open} *a{} {close}\n", n - 1);
        }
        assert_eq!(read(&nested), [Err(ErrorKind::LimitExceeded)]);
        assert_eq!(read("a: &a [*a]\n"), [Err(ErrorKind::Malformed)]);
        assert_eq!(read(&"[".repeat(100_000)), [Err(ErrorKind::Malformed)]);
        assert_eq!(read(&"- ".repeat(100_000)), [Err(ErrorKind::Malformed)]);
        assert_eq!(read("? [a]\n: b\n"), [Err(ErrorKind::Malformed)]);
        assert!(documents("").is_empty());
    }

    #[test]
    fn yaml_is_told_by_its_first_line() {
        for text in [
            "apiVersion: v1",
            "# chart\n---\nkind: Pod",
            "---\na: 1",
            "- a: 1",
            "\"a\":\n  b",
            "%YAML 1.2\n---\n",
        ] {
            assert!(seems(text), "{text}");
        }
        for text in
            ["Plugin ID,Host", "a,b: c", "error: http://x failed at once".split_at(6).1, "hello", "", "a:b"]
        {
            assert!(!seems(text), "{text}");
        }
    }
}
