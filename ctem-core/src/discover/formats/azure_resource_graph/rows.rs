//! Rows, and what they are called: ids are one whatever their case.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A resource.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    /// The type, in lower case.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// What sort of its type it is: `functionapp` of a site.
    #[serde(rename = "kind")]
    pub(super) sort: Option<String>,
    pub(super) location: Option<String>,
    pub(super) tags: Option<BTreeMap<String, Value>>,
    pub(super) properties: Value,
    pub(super) identity: Value,
    pub(super) sku: Value,
}

/// What ids are spelled as, whatever their case elsewhere, and which type each is of; and identities by what directories call them.
pub(super) struct Names {
    spelled: BTreeMap<String, (String, String)>,
    principals: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(rows: &[Row]) -> Self {
        let (mut spelled, mut principals) = (BTreeMap::new(), BTreeMap::new());
        for row in rows {
            let key = row.id.to_ascii_lowercase();
            spelled.entry(key).or_insert_with(|| (row.id.clone(), row.kind.clone()));
            if row.kind == "microsoft.managedidentity/userassignedidentities"
                && let Some(id) = row.properties.get("principalId").and_then(Value::as_str)
            {
                principals.insert(id.to_ascii_lowercase(), row.id.clone());
            }
        }
        Self { spelled, principals }
    }

    /// The name of what an id, or an identity's id in its directory, means.
    pub(super) fn of_id(&self, id: &str) -> String {
        let key = id.to_ascii_lowercase();
        let known = self.principals.get(&key).or_else(|| self.spelled.get(&key).map(|(name, _)| name));
        known.cloned().unwrap_or_else(|| id.to_owned())
    }

    /// The type of what an id means.
    pub(super) fn kind_of(&self, id: &str) -> Option<&str> {
        self.spelled.get(&id.to_ascii_lowercase()).map(|(_, kind)| kind.as_str())
    }
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn truth(value: &Value, name: &str) -> Option<bool> {
    value.get(name).and_then(Value::as_bool)
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn inner<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}
