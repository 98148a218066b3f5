//! Mappings: what labels are, and which relations types are.

use crate::{
    error::{Error, Result, quoted},
    model::{AssetKind, RelationKind},
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What labels and types mean.
#[derive(Default)]
pub(super) struct Mapping {
    labels: HashMap<Box<str>, AssetKind>,
    types: HashMap<Box<str>, (Box<str>, bool)>,
}

/// A mapping as people write it.
#[derive(Deserialize)]
pub(super) struct Document {
    neo4j_mapping: Stated,
}

#[derive(Deserialize)]
struct Stated {
    #[serde(default)]
    labels: BTreeMap<String, AssetKind>,
    #[serde(default)]
    types: BTreeMap<String, Type>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Type {
    Relation(RelationKind),
    Directed {
        relation: RelationKind,
        #[serde(default)]
        reversed: bool,
    },
}

impl Mapping {
    /// What Cartography's labels and types mean.
    pub(super) fn of_cartography() -> Self {
        let mut mapping = Self::default();
        let lines =
            include_str!("cartography.tsv").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields.as_slice() {
                ["label", label, kind] => {
                    if let Ok(kind) = kind.parse() {
                        mapping.labels.insert((*label).into(), kind);
                    }
                }
                ["type", name, relation] => {
                    mapping.types.insert((*name).into(), ((*relation).into(), false));
                }
                ["type", name, relation, "reversed"] => {
                    mapping.types.insert((*name).into(), ((*relation).into(), true));
                }
                _ => {}
            }
        }
        mapping
    }

    /// Adds a mapping of people's own, which comes before what is known.
    ///
    /// # Errors
    /// `invalid_input` when it maps nothing.
    pub(super) fn extend(&mut self, document: Document) -> Result<()> {
        let Stated { labels, types } = document.neo4j_mapping;
        if labels.is_empty() && types.is_empty() {
            let message =
                format!("the mapping maps nothing: it must have {} or {}", quoted("labels"), quoted("types"));
            return Err(Error::invalid(message).at("/neo4j_mapping"));
        }
        self.labels.extend(labels.into_iter().map(|(label, kind)| (label.into(), kind)));
        self.types.extend(types.into_iter().map(|(name, kind)| {
            let (relation, reversed) = match kind {
                Type::Relation(relation) => (relation, false),
                Type::Directed { relation, reversed } => (relation, reversed),
            };
            (name.into(), (relation.name().into(), reversed))
        }));
        Ok(())
    }

    /// What a type is, and whether it stands the other way round.
    pub(super) fn relation<'a>(&'a self, name: &'a str) -> (&'a str, bool) {
        self.types.get(name).map_or((name, false), |(relation, reversed)| (relation, *reversed))
    }

    /// The relations that types are mapped to.
    pub(super) fn walkable(&self) -> HashMap<Box<str>, bool> {
        self.types.values().map(|(relation, _)| (relation.clone(), true)).collect()
    }

    /// What labels are.
    pub(super) fn kinds(self) -> HashMap<Box<str>, AssetKind> {
        self.labels
    }
}
