//! Signs: what a document must have to be of a format.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// What must be there, all of it. Paths are as in lists, four levels deep; of a list only the first part is looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sign {
    /// Paths of JSON.
    pub(crate) json: Words,
    /// Paths of XML, which begin with the root element.
    pub(crate) xml: Words,
    /// Columns of a table.
    pub(crate) csv: Words,
    /// How the text begins.
    pub(crate) begins: Option<Cow<'static, str>>,
    /// Paths, each with the text that stands there.
    #[serde(deserialize_with = "pairs")]
    pub(crate) says: Pairs,
    /// Whether other formats may look the same.
    pub(crate) perhaps: bool,
}

pub(crate) type Words = Cow<'static, [Cow<'static, str>]>;
type Pairs = Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>;

impl Sign {
    /// How many things must be there.
    pub(crate) fn len(&self) -> usize {
        self.json.len()
            + self.xml.len()
            + self.csv.len()
            + self.says.len()
            + usize::from(self.begins.is_some())
    }
}

fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<Pairs, D::Error> {
    struct Map;
    impl<'de> Visitor<'de> for Map {
        type Value = Pairs;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of paths and texts")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
            let mut pairs = Vec::new();
            while let Some((path, text)) = map.next_entry::<String, String>()? {
                pairs.push((path.into(), text.into()));
            }
            Ok(pairs.into())
        }
    }
    from.deserialize_map(Map)
}
