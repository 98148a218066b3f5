//! An expression: what a mapping says of one field. A path; several, of which the first that says something is taken; or what is made of
//! them: cut, split, looked up in a table of values.

use super::path::Path;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// How a field is made of a record.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Path(Path),
    Any(Vec<Expression>),
    Made(Box<Made>),
}

/// Texts, and what is done with each, in this order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    /// Where they are from.
    #[serde(default)]
    pub(crate) from: Option<Expression>,
    /// Or this word itself.
    #[serde(default)]
    pub(crate) value: Option<Box<str>>,
    /// Or this text, with paths in braces; nothing where none of them says anything.
    #[serde(default)]
    pub(crate) text: Option<Template>,
    /// Each is several, with this between them.
    #[serde(default)]
    pub(crate) split: Option<Box<str>>,
    /// What stands behind the first of these; the whole where there is none.
    #[serde(default)]
    pub(crate) after: Option<Box<str>>,
    /// What stands behind the first of these; nothing where there is none.
    #[serde(default)]
    pub(crate) behind: Option<Box<str>>,
    /// What stands before the first of these.
    #[serde(default)]
    pub(crate) before: Option<Box<str>>,
    /// What is looked for in it.
    #[serde(default)]
    pub(crate) find: Option<Find>,
    /// What words stand for, whatever their case; `*` is any other word, and `null` says nothing.
    #[serde(default)]
    pub(crate) is: Option<BTreeMap<Box<str>, Option<Box<str>>>>,
}

/// What can be looked for in a text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Find {
    /// Names of published weaknesses: CVEs, GitHub's advisories and others.
    Published,
    /// Numbers of CWEs.
    Cwe,
    /// Addresses that begin with `http`.
    Url,
    /// The host of an address.
    Host,
    /// The port of an address.
    Port,
    /// The first number.
    Number,
    /// CVSS vectors.
    Vector,
    /// The first line.
    Line,
    /// The name in a package URL, with its namespace: `@babel/core`, `org.kelp:kelp-core`.
    PurlName,
    /// The version in a package URL.
    PurlVersion,
    /// The name in an id of a component, `gav://org.kelp:core:1.0`: `org.kelp:core`.
    ComponentName,
    /// The version in an id of a component.
    ComponentVersion,
}

impl Expression {
    /// Calls `each` with every path in it.
    pub(crate) fn paths<'a>(&'a self, each: &mut dyn FnMut(&'a Path)) {
        match self {
            Self::Path(path) => each(path),
            Self::Any(several) => several.iter().for_each(|one| one.paths(each)),
            Self::Made(made) => {
                made.from.iter().for_each(|from| from.paths(each));
                for piece in made.text.iter().flat_map(|template| &template.0) {
                    if let Piece::First(paths) = piece {
                        for path in paths {
                            each(path);
                        }
                    }
                }
            }
        }
    }
}

/// A text with paths in braces.
#[derive(Debug, Clone)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(Box<str>),
    /// The first of these paths that says something: `{name|id}`.
    First(Vec<Path>),
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        let (mut pieces, mut rest) = (Vec::new(), &*text);
        while let Some((before, after)) = rest.split_once('{') {
            let (path, after) = after
                .split_once('}')
                .ok_or_else(|| serde::de::Error::custom("a brace is open: a path in a text ends with `}`"))?;
            pieces.push(Piece::Text(before.into()));
            let paths: crate::error::Result<Vec<Path>> =
                alternatives(path).into_iter().map(Path::parse).collect();
            pieces.push(Piece::First(paths.map_err(|error| serde::de::Error::custom(error.message()))?));
            rest = after;
        }
        pieces.push(Piece::Text(rest.into()));
        Ok(Self(pieces))
    }
}

/// The paths of a brace: `|` stands between them, but for where it stands between the words of a condition.
fn alternatives(text: &str) -> Vec<&str> {
    let mut within = false;
    let between = |c: char| {
        within = match c {
            '[' => true,
            ']' => false,
            _ => within,
        };
        c == '|' && !within
    };
    text.split(between).collect()
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Expression;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, a list of expressions, or an object with `from`, `value` or `text`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Expression, E> {
                Path::parse(text).map(Expression::Path).map_err(|error| E::custom(error.message()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Expression, A::Error> {
                let mut several = Vec::new();
                while let Some(one) = list.next_element()? {
                    several.push(one);
                }
                Ok(Expression::Any(several))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expression, A::Error> {
                let made = Made::deserialize(MapAccessDeserializer::new(map))?;
                let sources = [made.from.is_some(), made.value.is_some(), made.text.is_some()];
                if sources.iter().filter(|stated| **stated).count() != 1 {
                    return Err(serde::de::Error::custom(
                        "this expression does not begin with one thing: say `from`, `value` or `text`",
                    ));
                }
                Ok(Expression::Made(Box::new(made)))
            }
        }
        from.deserialize_any(Any)
    }
}
