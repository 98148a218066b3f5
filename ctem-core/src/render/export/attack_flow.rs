//! Paths as an Attack Flow (MITRE CTID, version 2): actions that lead to each other, in a bundle of STIX 2.1.

use super::{
    paths::{NodeKind, Paths},
    uuid::uuid,
};
use crate::prioritize::Assessment;
use serde_json::{Value, json};

/// The extension that defines the objects of a flow, as the specification numbers it.
const EXTENSION: &str = "extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4";

pub(super) fn attack_flow(assessment: &Assessment, paths: &Paths) -> String {
    // STIX wants milliseconds, and a moment has whole seconds.
    let at = assessment.as_of().to_string().replace('Z', ".000Z");
    let author = id("identity", "ctem", &at);
    // By node: the action that comes to it, or what it needs together where that is several things.
    let action = |n: usize| id("attack-action", &format!("{n}"), &at);
    let all_of = |n: usize| id("attack-operator", &format!("{n}"), &at);
    let first = |n: usize| match paths.nodes.get(n).and_then(|node| node.by.as_ref()) {
        Some(by) if by.needs.len() > 1 => all_of(n),
        _ => action(n),
    };
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); paths.nodes.len()];
    for edge in &paths.edges {
        if let Some(onward) = onward.get_mut(edge.from) {
            onward.push(edge.to);
        }
    }
    let after = |n: usize| -> Vec<String> {
        onward.get(n).map_or_else(Vec::new, |onward| onward.iter().map(|to| first(*to)).collect())
    };
    let mut objects = Vec::new();
    for (n, node) in paths.nodes.iter().enumerate() {
        let (how, technique) =
            node.by.as_ref().map_or(("comes with more", None), |by| (&by.how, by.technique.as_ref()));
        let chance = node.by.as_ref().map(|by| by.chance.percent()).unwrap_or_default();
        let name = technique.map_or_else(|| how.to_owned(), |(_, name)| (*name).to_owned());
        let mut object = object("attack-action", &action(n), &at, &author);
        object["name"] = name.into();
        object["description"] = format!("{how}: {} of {}. Chance {chance}", node.what, node.name).into();
        if let Some((technique, _)) = technique {
            object["technique_id"] = technique.clone().into();
        }
        set(&mut object, "effect_refs", after(n));
        objects.push(object);
        if node.by.as_ref().is_some_and(|by| by.needs.len() > 1) {
            let mut operator = self::object("attack-operator", &all_of(n), &at, &author);
            operator["operator"] = "AND".into();
            set(&mut operator, "effect_refs", vec![action(n)]);
            objects.push(operator);
        }
    }
    let entries = paths.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Entry);
    let mut starts: Vec<String> = entries.map(|(n, _)| action(n)).collect();
    if starts.is_empty() {
        // A flow starts somewhere: where nobody gets anywhere, with that.
        let nothing = id("attack-condition", "nothing", &at);
        let mut condition = object("attack-condition", &nothing, &at, &author);
        condition["description"] = "no attack path leads to a loss".into();
        objects.push(condition);
        starts.push(nothing);
    }
    let mut flow = object("attack-flow", &id("attack-flow", "flow", &at), &at, &author);
    flow["name"] = format!("What can be reached, as of {}", assessment.as_of().date()).into();
    flow["scope"] = "attack-tree".into();
    set(&mut flow, "start_refs", starts);
    let identity = json!({"type": "identity", "spec_version": "2.1", "id": author, "created": at, "modified": at,
        "identity_class": "system", "name": "ctem"});
    let extension = json!({"type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created": at, "modified": at,
        "name": "Attack Flow", "description": "Extends STIX 2.1 with features to create Attack Flows.", "created_by_ref": author,
        "schema": "https://center-for-threat-informed-defense.github.io/attack-flow/stix/attack-flow-schema-2.0.0.json",
        "version": "2.0.0", "extension_types": ["new-sdo"]});
    let all: Vec<Value> = [identity, extension, flow].into_iter().chain(objects).collect();
    json!({"type": "bundle", "id": id("bundle", "bundle", &at), "objects": all}).to_string()
}

fn object(kind: &str, id: &str, at: &str, author: &str) -> Value {
    json!({"type": kind, "spec_version": "2.1", "id": id, "created": at, "modified": at, "created_by_ref": author,
        "extensions": {EXTENSION: {"extension_type": "new-sdo"}}})
}

/// STIX has no empty lists.
fn set(object: &mut Value, key: &str, list: Vec<String>) {
    if !list.is_empty() {
        object[key] = list.into();
    }
}

/// An id by what it names, so that the same assessment gives the same bytes.
fn id(kind: &str, name: &str, at: &str) -> String {
    format!("{kind}--{}", uuid(&format!("{kind}\n{name}\n{at}")))
}
