//! The labels of a graph in the making.

use super::Rules;
use crate::{
    attack::graph::label::Label,
    model::{RelationKind, Technique},
};
use std::collections::BTreeMap;

/// The labels of rules, in their order, and then those of relations that state their own.
pub(super) struct Labels {
    pub(super) list: Vec<Label>,
    stated: BTreeMap<(RelationKind, Option<Technique>), u32>,
}

impl Labels {
    pub(super) fn of(rules: &Rules) -> Self {
        let label =
            |rule: &crate::model::Rule| Label { kind: rule.relation.clone(), technique: rule.technique };
        Self { list: rules.list().iter().map(label).collect(), stated: BTreeMap::new() }
    }

    /// The number of a stated label.
    pub(super) fn stated(&mut self, kind: &RelationKind, technique: Option<Technique>) -> u32 {
        *self.stated.entry((kind.clone(), technique)).or_insert_with(|| {
            self.list.push(Label { kind: kind.clone(), technique });
            (self.list.len() - 1) as u32
        })
    }
}
