//! A path: where a value stands, seen from a record.
//!
//! `cvss/score` goes down by names, and through a list wherever it meets one: `refs/url` is the address of every reference,
//! whether `refs` is one object or a list of them. `*` is everything inside. XML's attributes have an `@` before their name.
//! `refs[type=cve|ghsa]/id` takes only what says so, and `refs[type!=cve]/id` only the others.
//! `^` is what the record stands in, `^^` what that stands in, and `/` the document. `.` is the record itself, and `$key` the name it
//! has in the object it stands in; `files/$keys` is every name in an object further down. `$rule/title` looks into what the mapping's lookup `rule` has found.
//! In a name, `~1` is a slash and `~0` a tilde.

use crate::error::{Error, Result, quoted};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// Where to begin, and which way to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
    /// Whether it leads to the names in what is there, rather than to what is there.
    pub(crate) keys: bool,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the record, or so many levels above it.
    Above(usize),
    /// At the name that what stands so many levels above has in its object.
    Key(usize),
    /// At the document.
    Document,
    /// At what a lookup has found.
    Lookup(Box<str>),
    /// At the part of the record that this finding is of.
    Each,
}

/// One level down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The name, or everything.
    pub(crate) name: Option<Box<str>>,
    /// Only what says one of these words, or, turned around, none of them.
    pub(crate) only: Option<Only>,
}

/// What a step takes of all that it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Only {
    pub(crate) path: Path,
    pub(crate) words: Vec<Box<str>>,
    pub(crate) not: bool,
}

impl Path {
    /// # Errors
    /// `invalid_input` when it has an empty name or an open bracket.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let path = text.trim();
        let wrong = |why: &str| Err(Error::invalid(format!("{} is not a path: {why}", quoted(text))));
        if path.is_empty() {
            return wrong("it must name something");
        }
        let climbed = path.trim_start_matches('^');
        let above = path.len() - climbed.len();
        let (start, rest) = match (above, climbed) {
            (_, "." | "") => return Ok(Self { start: Start::Above(above), steps: Vec::new(), keys: false }),
            (0, "/") => return Ok(Self { start: Start::Document, steps: Vec::new(), keys: false }),
            (_, "$key") => return Ok(Self { start: Start::Key(above), steps: Vec::new(), keys: false }),
            (_, "$keys") => return Ok(Self { start: Start::Above(above), steps: Vec::new(), keys: true }),
            (0, _) if climbed.starts_with('/') => (Start::Document, climbed.get(1..).unwrap_or_default()),
            (0, _) if climbed.starts_with('$') => {
                let (name, rest) = climbed.split_once('/').unwrap_or((climbed, ""));
                let name = name.get(1..).unwrap_or_default();
                (if name == "each" { Start::Each } else { Start::Lookup(name.into()) }, rest)
            }
            _ => (Start::Above(above), climbed),
        };
        let keys = rest == "$keys" || rest.ends_with("/$keys");
        let rest = if keys { rest.trim_end_matches("$keys").trim_end_matches('/') } else { rest };
        let mut steps = Vec::new();
        for part in parts(rest) {
            match step(part) {
                Ok(step) => steps.push(step),
                Err(why) => return wrong(&why),
            }
        }
        Ok(Self { start, steps, keys })
    }

    /// The first name of a path that begins at the document.
    pub(crate) fn top(&self) -> Option<&str> {
        let from_top = matches!(self.start, Start::Document | Start::Above(0));
        self.steps.first().filter(|_| from_top).map(|step| step.name.as_deref().unwrap_or("*"))
    }
}

/// The parts between slashes; a slash in brackets is none.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let ends = move |c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '/' && depth == 0
    };
    text.split(ends).filter(move |_| !text.is_empty())
}

fn step(part: &str) -> Result<Step, String> {
    let (name, only) = match part.split_once('[') {
        Some((name, condition)) if condition.contains('=') => {
            let condition = condition.strip_suffix(']').ok_or("a bracket is open")?;
            let (path, words) = condition.split_once('=').unwrap_or_default();
            let (path, not) = path.strip_suffix('!').map_or((path, false), |path| (path, true));
            let path = Path::parse(path).map_err(|error| error.message().to_owned())?;
            let words = words.split('|').map(|word| crate::word::plain(word).into()).collect();
            (name, Some(Only { path, words, not }))
        }
        Some(_) | None => (part, None),
    };
    if name.is_empty() {
        return Err("it has an empty name".into());
    }
    let name = Some(unescaped(name)).filter(|name| name != "*").map(|name| name.into());
    Ok(Step { name, only })
}

fn unescaped(name: &str) -> Cow<'_, str> {
    if name.contains('~') { name.replace("~1", "/").replace("~0", "~").into() } else { name.into() }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        Self::parse(&text).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_where_to_begin_and_which_way_to_go() {
        let names = |text: &str| {
            let path = Path::parse(text).unwrap();
            let names: Vec<String> =
                path.steps.iter().map(|step| step.name.as_deref().unwrap_or("*").to_owned()).collect();
            (path.start, names.join(" "))
        };
        assert_eq!(names("a/b"), (Start::Above(0), "a b".into()));
        assert_eq!(names("^^a"), (Start::Above(2), "a".into()));
        assert_eq!(names("/a/*"), (Start::Document, "a *".into()));
        assert_eq!(names("^"), (Start::Above(1), String::new()));
        assert_eq!(names("^$key"), (Start::Key(1), String::new()));
        assert_eq!(names("$rule/@title"), (Start::Lookup("rule".into()), "@title".into()));
        assert_eq!(
            (names("^a/$keys"), Path::parse("^a/$keys").unwrap().keys),
            ((Start::Above(1), "a".into()), true)
        );
        assert!(Path::parse("/$keys").unwrap().keys && !Path::parse("a/$key").unwrap().keys);
        assert_eq!(names("a~1b/Severity [x]"), (Start::Above(0), "a/b Severity [x]".into()));
        let path = Path::parse("ids[type/name!=CVE|Other One]/value").unwrap();
        let only = path.steps[0].only.as_ref().unwrap();
        assert_eq!((only.not, only.words.as_slice()), (true, ["cve".into(), "other_one".into()].as_slice()));
        for wrong in ["", "a//b", "a[b=c", "/a/"] {
            assert_eq!(Path::parse(wrong).unwrap_err().code(), "invalid_input", "{wrong}");
        }
    }
}
