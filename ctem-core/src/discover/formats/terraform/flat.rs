//! Attributes as version 3 of the state has them: flat, `ingress.42.cidr_blocks.0`, with counts under `#` and `%`.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Attributes as a tree. Numbers of lists are hashes, so that they become lists in the order of the text of their numbers.
pub(super) fn unflattened(attributes: &BTreeMap<String, Value>) -> Value {
    let mut tree = Map::new();
    for (path, value) in attributes {
        let parts: Vec<&str> = path.split('.').collect();
        if parts.len() > DEEPEST || parts.last().is_some_and(|last| matches!(*last, "#" | "%")) {
            continue;
        }
        put(&mut tree, &parts, value);
    }
    Value::Object(tree.into_iter().map(|(name, value)| (name, listed(value))).collect())
}

/// No provider's attributes are deeper.
const DEEPEST: usize = 32;

fn put(tree: &mut Map<String, Value>, parts: &[&str], value: &Value) {
    match parts {
        [] => {}
        [last] => {
            tree.insert((*last).to_owned(), value.clone());
        }
        [first, rest @ ..] => {
            let inner = tree.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Objects whose names are all numbers are lists.
fn listed(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_number =
                |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
            if !fields.is_empty() && fields.keys().all(is_number) {
                Value::Array(fields.into_iter().map(|(_, value)| listed(value)).collect())
            } else {
                Value::Object(fields.into_iter().map(|(name, value)| (name, listed(value))).collect())
            }
        }
        value => value,
    }
}
