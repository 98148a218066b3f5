//! A list of a mapping: where its records are, which of them it takes, and what each of their fields is.

use super::{
    expression::Expression,
    path::{Path, Start},
};
use crate::{
    error::Error,
    model::{AssetKind, WeaknessKind},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

/// The fields are named as the native document's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct List {
    /// Where the records are; the document itself, or the rows of a table, where nothing is said.
    #[serde(deserialize_with = "one_or_more")]
    pub(crate) at: Vec<At>,
    /// Of which records it is: those that say one of these words.
    #[serde(rename = "where")]
    pub(crate) only: Conditions,
    /// Why its records are no findings, where they are none.
    pub(crate) skip: Option<Box<str>>,
    /// A record is a finding for each of these texts.
    pub(crate) each: Option<Expression>,
    pub(crate) asset: Option<AssetOf>,
    pub(crate) kind: Option<Kind<WeaknessKind>>,
    /// Texts with the names of published weaknesses in them.
    pub(crate) ids: Option<Expression>,
    pub(crate) rule: Option<Expression>,
    pub(crate) title: Option<Expression>,
    pub(crate) description: Option<Expression>,
    pub(crate) severity: Option<Expression>,
    pub(crate) cvss: Option<Expression>,
    pub(crate) score: Option<Expression>,
    pub(crate) epss: Option<Expression>,
    pub(crate) known_exploited: Option<Expression>,
    pub(crate) cwes: Option<Expression>,
    pub(crate) tags: Option<Expression>,
    pub(crate) component: Option<ComponentOf>,
    pub(crate) location: Option<LocationOf>,
    pub(crate) instance: Option<Expression>,
    /// What the tool's own ignore file names a record by.
    pub(crate) mark: Option<Expression>,
    pub(crate) status: Option<Expression>,
    pub(crate) acceptance: Option<AcceptanceOf>,
    pub(crate) secret: Option<SecretOf>,
    pub(crate) fixed_in: Option<Expression>,
    pub(crate) advice: Option<Expression>,
    pub(crate) link: Option<Expression>,
    pub(crate) seen: Option<Expression>,
}

/// A path to records; with a `?` at its end, what has no such records is one itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) path: Path,
    pub(crate) or_above: bool,
}

/// Names of what is scanned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetOf {
    #[serde(default)]
    pub(crate) name: Option<Expression>,
    pub(crate) kind: Kind<AssetKind>,
    #[serde(default)]
    pub(crate) also: Option<Expression>,
    /// What a short name is one of several in: the account and region of a cloud's resource.
    #[serde(default)]
    pub(crate) within: Option<Expression>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentOf {
    pub(crate) name: Expression,
    #[serde(default)]
    pub(crate) version: Option<Expression>,
    #[serde(default)]
    pub(crate) purl: Option<Expression>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocationOf {
    #[serde(default)]
    pub(crate) path: Option<Expression>,
    #[serde(default)]
    pub(crate) line: Option<Expression>,
    #[serde(default)]
    pub(crate) url: Option<Expression>,
    #[serde(default)]
    pub(crate) port: Option<Expression>,
    #[serde(default)]
    pub(crate) protocol: Option<Expression>,
}

/// Since when and until when somebody lives with it, who, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptanceOf {
    #[serde(default)]
    pub(crate) since: Option<Expression>,
    #[serde(default)]
    pub(crate) until: Option<Expression>,
    #[serde(default)]
    pub(crate) by: Option<Expression>,
    #[serde(default)]
    pub(crate) reason: Option<Expression>,
}

/// What is kept of a secret is no more than of any reader's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretOf {
    #[serde(default)]
    pub(crate) value: Option<Expression>,
    #[serde(default)]
    pub(crate) verified: Option<Expression>,
    /// What a tool keeps in place of the value: it tells two on one line apart.
    #[serde(default)]
    pub(crate) hash: Option<Expression>,
}

/// A word of the engine's, or an expression whose texts are such words.
#[derive(Debug, Clone)]
pub(crate) enum Kind<T> {
    Is(T),
    Of(Expression),
}

/// Paths, each with the words one of which must be said there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions(pub(crate) Vec<(Path, Vec<Box<str>>)>);

impl List {
    /// All expressions, each with the field it is of.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = (&'static str, &Expression)> {
        let asset = self.asset.as_ref();
        let component = self.component.as_ref();
        let location = self.location.as_ref();
        let acceptance = self.acceptance.as_ref();
        let secret = self.secret.as_ref();
        let kind = self.kind.as_ref().and_then(Kind::expression);
        [
            ("each", self.each.as_ref()),
            ("asset/name", asset.and_then(|asset| asset.name.as_ref())),
            ("asset/kind", asset.and_then(|asset| asset.kind.expression())),
            ("asset/also", asset.and_then(|asset| asset.also.as_ref())),
            ("asset/within", asset.and_then(|asset| asset.within.as_ref())),
            ("kind", kind),
            ("ids", self.ids.as_ref()),
            ("rule", self.rule.as_ref()),
            ("title", self.title.as_ref()),
            ("description", self.description.as_ref()),
            ("severity", self.severity.as_ref()),
            ("cvss", self.cvss.as_ref()),
            ("score", self.score.as_ref()),
            ("epss", self.epss.as_ref()),
            ("known_exploited", self.known_exploited.as_ref()),
            ("cwes", self.cwes.as_ref()),
            ("tags", self.tags.as_ref()),
            ("component/name", component.map(|component| &component.name)),
            ("component/version", component.and_then(|component| component.version.as_ref())),
            ("component/purl", component.and_then(|component| component.purl.as_ref())),
            ("location/path", location.and_then(|location| location.path.as_ref())),
            ("location/line", location.and_then(|location| location.line.as_ref())),
            ("location/url", location.and_then(|location| location.url.as_ref())),
            ("location/port", location.and_then(|location| location.port.as_ref())),
            ("location/protocol", location.and_then(|location| location.protocol.as_ref())),
            ("instance", self.instance.as_ref()),
            ("mark", self.mark.as_ref()),
            ("status", self.status.as_ref()),
            ("acceptance/since", acceptance.and_then(|accepted| accepted.since.as_ref())),
            ("acceptance/until", acceptance.and_then(|accepted| accepted.until.as_ref())),
            ("acceptance/by", acceptance.and_then(|accepted| accepted.by.as_ref())),
            ("acceptance/reason", acceptance.and_then(|accepted| accepted.reason.as_ref())),
            ("secret/value", secret.and_then(|secret| secret.value.as_ref())),
            ("secret/verified", secret.and_then(|secret| secret.verified.as_ref())),
            ("secret/hash", secret.and_then(|secret| secret.hash.as_ref())),
            ("fixed_in", self.fixed_in.as_ref()),
            ("advice", self.advice.as_ref()),
            ("link", self.link.as_ref()),
            ("seen", self.seen.as_ref()),
        ]
        .into_iter()
        .filter_map(|(field, expression)| Some((field, expression?)))
    }
}

impl At {
    /// The document itself.
    pub(crate) fn here() -> Self {
        Self { path: Path { start: Start::Above(0), steps: Vec::new(), keys: false }, or_above: false }
    }
}

impl<T> Kind<T> {
    fn expression(&self) -> Option<&Expression> {
        if let Self::Of(expression) = self { Some(expression) } else { None }
    }
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Kind<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Word<T>(PhantomData<T>);
        impl<'de, T: FromStr<Err = Error>> Visitor<'de> for Word<T> {
            type Value = Kind<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind, or an expression in an object")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Kind<T>, E> {
                text.parse().map(Kind::Is).map_err(|error: Error| E::custom(error.message()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Kind<T>, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Expression::deserialize(map).map(Kind::Of)
            }
        }
        from.deserialize_any(Word(PhantomData))
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        let (path, or_above) = text.strip_suffix('?').map_or((&*text, false), |path| (path, true));
        let path = Path::parse(path).map_err(|error| serde::de::Error::custom(error.message()))?;
        Ok(Self { path, or_above })
    }
}

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Conditions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of paths, each with a word or a list of words")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Conditions, A::Error> {
                let mut conditions = Vec::new();
                while let Some(path) = map.next_key()? {
                    let Words(words) = map.next_value()?;
                    conditions.push((path, words));
                }
                Ok(Conditions(conditions))
            }
        }
        from.deserialize_map(Map)
    }
}

#[derive(Deserialize)]
struct Words(#[serde(deserialize_with = "one_or_more")] Vec<Box<str>>);

/// One text, or a list of them.
fn one_or_more<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    struct Either<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut several = Vec::new();
            while let Some(one) = list.next_element()? {
                several.push(one);
            }
            Ok(several)
        }
    }
    from.deserialize_any(Either(PhantomData))
}
