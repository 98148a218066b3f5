//! Fields of records as Amazon's interfaces write them. The command line writes them with capitals, the configuration recorder
//! without, so that names are read in one spelling.

use super::{
    arn,
    graph::Graph,
    held,
    inventory::{Inventory, Resource, ResourceSort},
};
use crate::{
    error::{Error, Result},
    model::{AssetKind, RelationKind},
};
use serde_json::{Map, Value};
use std::rc::Rc;

/// Where records come from, where they do not say it themselves.
#[derive(Debug, Default, Clone)]
pub(crate) struct Origin {
    pub(crate) account: Option<Box<str>>,
    pub(crate) region: Option<Box<str>>,
}

/// Names with capitals, all the way down; values are left as they are.
pub(crate) fn capitals(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let named = fields.into_iter().map(|(name, value)| {
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                (first.into_iter().chain(letters).collect::<String>(), capitals(value))
            });
            Value::Object(named.collect::<Map<_, _>>())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(capitals).collect()),
        value => value,
    }
}

/// JSON that is folded into text, perhaps twice.
pub(crate) fn unfolded(mut value: Value) -> Value {
    for _ in 0..3 {
        let Value::String(text) = &value else { break };
        match serde_json::from_str(text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn needed<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    text(value, name).ok_or_else(|| Error::invalid(format!("`{name}` is missing: the record must have it")))
}

pub(super) fn region_of(zone: &str) -> &str {
    zone.trim_end_matches(|letter: char| letter.is_ascii_lowercase())
}

pub(super) fn contained(graph: &mut Graph, account: Option<&str>, asset: &Rc<str>) {
    if let Some(account) = account.filter(|account| arn::is_account(account)) {
        let account = graph.account(account);
        graph.fact(&account, RelationKind::Contains, asset);
    }
}

/// What is in an account: among all of its sort where it is evaluated.
pub(super) fn kept(
    graph: &mut Graph,
    inventory: &mut Inventory,
    sort: ResourceSort,
    name: &str,
    account: Option<&str>,
    kind: AssetKind,
) -> Rc<str> {
    let known = account.filter(|account| arn::is_account(account));
    let Some(account) = known.filter(|_| name.starts_with("arn:")) else { return graph.asset(name, kind) };
    let resource = Resource {
        sort,
        arn: name.into(),
        account: account.into(),
        named: false,
        policy: None,
        acts_as: None,
    };
    let asset = held::add(graph, &resource);
    inventory.resources.push(resource);
    asset
}

pub(super) fn tags(graph: &mut Graph, asset: &Rc<str>, record: &Value) {
    for tag in list(record, "Tags").chain(list(record, "TagList")) {
        if let Some((key, value)) = text(tag, "Key").zip(text(tag, "Value")) {
            if key == "Name" {
                graph.title(asset, value);
            }
            graph.label(asset, key, value);
        }
    }
}
