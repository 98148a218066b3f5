//! What of SARIF is read, as the document has it. Everything may be missing.

use crate::{discover::json::Unread, quantity::Severity};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log<'a> {
    #[serde(borrow, default)]
    pub(super) runs: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    pub(super) inline_external_properties: Unread,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    #[serde(borrow, default)]
    pub(super) tool: Option<Tool<'a>>,
    #[serde(borrow, default)]
    pub(super) results: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) invocations: Option<Vec<Invocation<'a>>>,
    #[serde(borrow, default)]
    pub(super) version_control_provenance: Option<Vec<Provenance<'a>>>,
    #[serde(borrow, default)]
    pub(super) artifacts: Option<Vec<ArtifactEntry<'a>>>,
    #[serde(borrow, default)]
    pub(super) logical_locations: Option<Vec<Logical<'a>>>,
    #[serde(borrow, default)]
    pub(super) taxonomies: Option<Vec<Taxonomy<'a>>>,
    #[serde(default)]
    pub(super) external_property_file_references: Option<ElsewhereLists>,
    #[serde(borrow, default)]
    pub(super) properties: Option<RunProperties<'a>>,
}

/// Which lists of the run stand in other files.
#[derive(Deserialize)]
pub(super) struct ElsewhereLists {
    #[serde(default)]
    pub(super) results: Unread,
}

/// What Trivy says of the image it looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunProperties<'a> {
    #[serde(borrow, default)]
    pub(super) image_name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) repo_tags: Words<'a>,
    #[serde(borrow, default)]
    pub(super) repo_digests: Words<'a>,
    #[serde(borrow, default, rename = "imageID", alias = "imageId")]
    pub(super) image_id: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Tool<'a> {
    #[serde(borrow, default)]
    pub(super) driver: Option<Component<'a>>,
    #[serde(borrow, default)]
    pub(super) extensions: Option<Vec<Component<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) guid: Text<'a>,
    #[serde(borrow, default)]
    pub(super) version: Text<'a>,
    #[serde(borrow, default)]
    pub(super) semantic_version: Text<'a>,
    #[serde(borrow, default)]
    pub(super) rules: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) global_message_strings: Strings<'a>,
    #[serde(borrow, default)]
    pub(super) properties: Option<ComponentProperties<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ComponentProperties<'a> {
    /// How deep govulncheck looked: at `symbol`, `package` or `module`.
    #[serde(borrow, default)]
    pub(super) scan_level: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Rule<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) short_description: Message<'a>,
    #[serde(borrow)]
    pub(super) full_description: Message<'a>,
    #[serde(borrow)]
    pub(super) help: Message<'a>,
    #[serde(borrow)]
    pub(super) help_uri: Text<'a>,
    #[serde(borrow)]
    pub(super) message_strings: Strings<'a>,
    #[serde(borrow)]
    pub(super) default_configuration: Option<Configuration<'a>>,
    #[serde(borrow)]
    pub(super) relationships: Option<Vec<Relationship<'a>>>,
    #[serde(borrow)]
    pub(super) properties: Option<Box<Properties<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Relationship<'a> {
    #[serde(borrow, default)]
    pub(super) target: Option<Reference<'a>>,
}

/// A reference to a rule, or to an entry of a taxonomy such as CWE.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(default)]
    pub(super) index: Option<i64>,
    #[serde(borrow, default)]
    pub(super) tool_component: Option<ComponentReference<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ComponentReference<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) guid: Text<'a>,
    #[serde(default)]
    pub(super) index: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct Taxonomy<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) taxa: Option<Vec<Taxon<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Taxon<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Configuration<'a> {
    #[serde(borrow)]
    pub(super) level: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Properties<'a> {
    #[serde(borrow)]
    pub(super) tags: Words<'a>,
    #[serde(rename = "security-severity")]
    security_severity: Option<Number>,
    #[serde(borrow)]
    pub(super) cwe: Words<'a>,
    /// What Docker Scout tells of a flaw: its vector, and the packages that have it.
    #[serde(borrow, rename = "cvssV3")]
    pub(super) cvss: Words<'a>,
    #[serde(borrow)]
    pub(super) purls: Words<'a>,
    #[serde(borrow)]
    pub(super) fixed_version: Words<'a>,
}

impl Properties<'_> {
    /// A severity in a word, where a number belongs.
    pub(super) fn word(&self) -> Option<&str> {
        match self.security_severity.as_ref()? {
            Number::Number(_) => None,
            Number::Text(text) => Severity::from_word(text).map(|_| text.as_str()),
        }
    }

    pub(super) fn score(&self) -> Option<f64> {
        match self.security_severity.as_ref()? {
            Number::Number(number) => Some(*number),
            Number::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// A number that tools also write as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(f64),
    Text(String),
}

/// A text, be it plain or only in Markdown, or a reference to one with what stands in its gaps.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) text: Text<'a>,
    #[serde(borrow)]
    markdown: Text<'a>,
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) arguments: Words<'a>,
}

impl Message<'_> {
    pub(super) fn text(&self) -> &str {
        let said = |text: &&str| !text.trim().is_empty();
        [self.text.as_deref(), self.markdown.as_deref()].into_iter().flatten().find(said).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    #[serde(borrow, default)]
    pub(super) start_time_utc: Text<'a>,
    #[serde(borrow, default)]
    pub(super) end_time_utc: Text<'a>,
    #[serde(default)]
    pub(super) execution_successful: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provenance<'a> {
    #[serde(borrow, default)]
    pub(super) repository_uri: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'a> {
    #[serde(borrow, default)]
    pub(super) rule_id: Text<'a>,
    #[serde(default)]
    pub(super) rule_index: Option<i64>,
    #[serde(borrow, default)]
    pub(super) rule: Option<Reference<'a>>,
    #[serde(borrow, default)]
    pub(super) taxa: Option<Vec<Reference<'a>>>,
    #[serde(borrow, default)]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default)]
    pub(super) level: Text<'a>,
    #[serde(borrow, default)]
    pub(super) message: Option<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) locations: Option<Vec<Place<'a>>>,
    #[serde(borrow, default)]
    pub(super) analysis_target: Option<Artifact<'a>>,
    #[serde(borrow, default)]
    pub(super) baseline_state: Text<'a>,
    #[serde(borrow, default)]
    pub(super) suppressions: Option<Vec<Suppression<'a>>>,
    #[serde(borrow, default)]
    pub(super) fingerprints: Strings<'a>,
    #[serde(borrow, default)]
    pub(super) partial_fingerprints: Strings<'a>,
    #[serde(borrow, default)]
    pub(super) code_flows: Option<Vec<CodeFlow<'a>>>,
    #[serde(borrow, default)]
    pub(super) fixes: Option<Vec<Fix<'a>>>,
    #[serde(borrow, default)]
    pub(super) provenance: Option<ResultProvenance<'a>>,
    #[serde(borrow, default)]
    pub(super) properties: Option<Properties<'a>>,
    #[serde(borrow, default)]
    pub(super) hosted_viewer_uri: Text<'a>,
}

impl Outcome<'_> {
    /// The id of its rule, as the result has it.
    pub(super) fn rule_id(&self) -> Option<&str> {
        let referred = || self.rule.as_ref().and_then(|rule| rule.id.as_deref());
        self.rule_id.as_deref().or_else(referred).filter(|id| !id.trim().is_empty())
    }
}

/// Ways through the code that lead to what a result is about (SARIF §3.36).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'a> {
    #[serde(borrow, default)]
    pub(super) thread_flows: Option<Vec<ThreadFlow<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct ThreadFlow<'a> {
    #[serde(borrow, default)]
    pub(super) locations: Option<Vec<FlowLocation<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct FlowLocation<'a> {
    #[serde(borrow, default)]
    pub(super) module: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Fix<'a> {
    #[serde(borrow, default)]
    pub(super) description: Option<Message<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultProvenance<'a> {
    #[serde(borrow, default)]
    pub(super) last_detection_time_utc: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place<'a> {
    #[serde(borrow, default)]
    pub(super) physical_location: Option<Physical<'a>>,
    #[serde(borrow, default)]
    pub(super) logical_locations: Option<Vec<Logical<'a>>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Message<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical<'a> {
    #[serde(borrow, default)]
    pub(super) artifact_location: Option<Artifact<'a>>,
    #[serde(default)]
    pub(super) region: Option<Region>,
}

#[derive(Deserialize)]
pub(super) struct Artifact<'a> {
    #[serde(borrow, default)]
    pub(super) uri: Text<'a>,
    #[serde(default)]
    pub(super) index: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct ArtifactEntry<'a> {
    #[serde(borrow, default)]
    pub(super) location: Option<Artifact<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(default)]
    pub(super) start_line: Option<i64>,
    #[serde(default)]
    pub(super) start_column: Option<i64>,
    #[serde(default)]
    pub(super) snippet: Option<Snippet>,
}

/// What stands at a place: of a secret's result the secret itself, so it is taken as such.
#[derive(Deserialize)]
pub(super) struct Snippet {
    #[serde(default)]
    pub(super) text: Option<crate::discover::secret::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical<'a> {
    #[serde(borrow, default)]
    pub(super) fully_qualified_name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(default)]
    pub(super) index: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct Suppression<'a> {
    #[serde(borrow, default)]
    pub(super) status: Text<'a>,
    #[serde(borrow, default)]
    pub(super) justification: Text<'a>,
}

/// A text, or a number that a tool writes where a text belongs. Borrowed where it can be.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    pub(super) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Option<Cow<'de, str>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Some(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Some(text.to_owned().into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string().into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string().into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Some(number.to_string().into()))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }
        from.deserialize_any(Reading).map(Text)
    }
}

/// One word or several.
#[derive(Debug, Default)]
pub(super) struct Words<'a>(Vec<Text<'a>>);

impl Words<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Text::as_deref)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vec<Text<'de>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }

            fn visit_borrowed_str<E>(self, word: &'de str) -> Result<Self::Value, E> {
                Ok(vec![Text(Some(word.into()))])
            }

            fn visit_str<E>(self, word: &str) -> Result<Self::Value, E> {
                Ok(vec![Text(Some(word.to_owned().into()))])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(words)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }
        }
        from.deserialize_any(Reading).map(Words)
    }
}

/// Texts by name: fingerprints, or message strings, which are messages of their own.
#[derive(Debug, Default)]
pub(super) struct Strings<'a> {
    list: Vec<(Cow<'a, str>, Text<'a>)>,
    /// The numbers of those that have a text, by name and number: one rule's are asked for by many results.
    order: Vec<usize>,
}

impl Strings<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().filter_map(|(name, text)| Some((&**name, text.as_deref()?)))
    }

    pub(super) fn named(&self, name: &str) -> Option<&str> {
        let known = |at: &usize| self.list.get(*at).map_or("", |(known, _)| known);
        let first = self.order.partition_point(|at| known(at) < name);
        let at = self.order.get(first).filter(|at| known(at) == name)?;
        self.list.get(*at)?.1.as_deref()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Strings<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Vec<(Cow<'de, str>, Text<'de>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("texts by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    let text = match map.next_value::<TextOrMessage<'de>>()? {
                        TextOrMessage::Text(text) | TextOrMessage::Message { text } => text,
                    };
                    texts.push((name, text));
                }
                Ok(texts)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }
        }
        let list = from.deserialize_any(Reading)?;
        let has_text = |(n, (_, text)): (usize, &(Cow<'_, str>, Text<'_>))| text.as_deref().map(|_| n);
        let mut order: Vec<usize> = list.iter().enumerate().filter_map(has_text).collect();
        order.sort_by(|one, other| {
            let name = |at: &usize| list.get(*at).map(|(name, _)| name);
            name(one).cmp(&name(other))
        });
        Ok(Strings { list, order })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrMessage<'a> {
    #[serde(borrow)]
    Text(Text<'a>),
    Message {
        #[serde(borrow, default)]
        text: Text<'a>,
    },
}
