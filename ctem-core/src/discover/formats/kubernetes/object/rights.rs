//! Roles and bindings.

use super::{Meta, Selector, Word, or_default};
use serde::Deserialize;

/// A role, in a namespace or of the cluster.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) rules: Vec<Rule>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) aggregation_rule: Aggregation,
}

#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Aggregation {
    #[serde(deserialize_with = "or_default")]
    pub(crate) cluster_role_selectors: Vec<Selector>,
}

/// What one rule of a role allows. One that names only URLs allows nothing on objects.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Rule {
    #[serde(deserialize_with = "or_default")]
    pub(crate) api_groups: Vec<Word>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) resources: Vec<Word>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) resource_names: Vec<Word>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) verbs: Vec<Word>,
}

/// Who has a role.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Binding {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) role_ref: RoleRef,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) subjects: Vec<Subject>,
}

#[derive(Deserialize)]
pub(crate) struct RoleRef {
    pub(crate) kind: Word,
    pub(crate) name: Word,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Subject {
    #[serde(deserialize_with = "or_default")]
    pub(crate) kind: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) namespace: Word,
}
