//! Labels: what a step of a relation is called.

use crate::model::{RelationKind, Technique};

/// What a step is by its relation: the kind, and the technique.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub(crate) kind: RelationKind,
    pub(crate) technique: Option<Technique>,
}
