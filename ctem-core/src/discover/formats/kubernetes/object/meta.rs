//! What all objects say of themselves.

use super::{Word, Words, or_default};
use crate::word::perhaps;
use serde::Deserialize;

/// What every object says of itself.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) generate_name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) namespace: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) labels: Words,
    #[serde(deserialize_with = "or_default")]
    pub(crate) annotations: Words,
    #[serde(deserialize_with = "or_default")]
    pub(crate) owner_references: Vec<Owner>,
}

/// An object of which its name and its words are enough.
#[derive(Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    pub(crate) metadata: Meta,
}

/// What an object belongs to.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Owner {
    #[serde(deserialize_with = "or_default")]
    pub(crate) kind: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "perhaps")]
    pub(crate) controller: Option<bool>,
}

impl Meta {
    /// What it belongs to: what controls it, or else what is named first.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        let owners = &self.owner_references;
        owners.iter().find(|owner| owner.controller == Some(true)).or_else(|| owners.first())
    }
}
