//! Ends of edges: nodes named by id, by name, or by what their properties say.

use super::super::graph::{Graph, NodeId};
use crate::{
    error::{Error, Result, quoted},
    id::AssetId,
};
use serde::Deserialize;
use serde_json::Value;
use std::{borrow::Cow, collections::HashMap};

/// How an edge names one of its ends.
#[derive(Deserialize)]
pub(super) struct Endpoint<'a> {
    #[serde(borrow, default)]
    match_by: Option<Cow<'a, str>>,
    #[serde(default)]
    value: Value,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(default)]
    property_matchers: Option<Vec<Matcher>>,
}

#[derive(Deserialize)]
struct Matcher {
    key: String,
    #[serde(default)]
    operator: Option<String>,
    value: Value,
}

/// Finds nodes. What they are found by is looked up once a property.
pub(super) struct Resolver {
    /// How many nodes there were when all files had been read.
    described: NodeId,
    by_property: HashMap<String, HashMap<String, Vec<NodeId>>>,
}

impl Resolver {
    pub(super) fn of(graph: &Graph) -> Self {
        Self { described: graph.nodes().count() as NodeId, by_property: HashMap::new() }
    }

    /// The node that an edge names.
    ///
    /// # Errors
    /// `not_found` when there is none, `conflict` when there are several, `invalid_input` when it names none at all.
    pub(super) fn resolve(&mut self, graph: &mut Graph, end: &Endpoint<'_>) -> Result<NodeId> {
        let kind = end.kind.as_deref().map(str::trim).filter(|kind| !kind.is_empty());
        match end.match_by.as_deref().unwrap_or("id") {
            "id" => {
                let id = text(&end.value).ok_or_else(unnamed)?;
                AssetId::parse(&id).map_err(|error| error.at("/value"))?;
                let node = graph.node(&id);
                if let Some(kind) = kind.filter(|_| node >= self.described) {
                    graph.is_also(node, kind);
                }
                Ok(node)
            }
            "name" => {
                let name = text(&end.value).ok_or_else(unnamed)?;
                self.only(graph, kind, &[("name", name)])
            }
            "property" => {
                let matchers = end.property_matchers.as_deref().unwrap_or_default();
                let mut wanted = Vec::new();
                for matcher in matchers {
                    if matcher.operator.as_deref().is_some_and(|operator| operator != "equals") {
                        return Err(Error::invalid("the only operator is `equals`").at("/property_matchers"));
                    }
                    wanted.push((matcher.key.as_str(), text(&matcher.value).ok_or_else(unnamed)?));
                }
                self.only(graph, kind, &wanted)
            }
            other => Err(Error::invalid(format!(
                "{} is not a way to name a node: write id, name or property",
                quoted(other)
            ))
            .at("/match_by")),
        }
    }

    /// The one node of a kind of which all this is said.
    fn only(&mut self, graph: &Graph, kind: Option<&str>, wanted: &[(&str, String)]) -> Result<NodeId> {
        let Some((key, value)) = wanted.first() else { return Err(unnamed()) };
        let key = key.to_ascii_lowercase();
        let index = self.by_property.entry(key).or_insert_with_key(|key| index(graph, key));
        let found = index.get(&value.to_uppercase()).map_or(&[][..], Vec::as_slice);
        let says = |node: NodeId, key: &str, value: &str| {
            let said = graph.get(node).and_then(|node| node.properties.get(&key.to_ascii_lowercase()));
            said.and_then(text).is_some_and(|said| said.to_uppercase() == value.to_uppercase())
        };
        let mut found = found.iter().copied().filter(|node| {
            kind.is_none_or(|kind| graph.is(*node, kind))
                && wanted.iter().skip(1).all(|(key, value)| says(*node, key, value))
        });
        let name = || {
            wanted
                .iter()
                .map(|(key, value)| format!("{key} {}", quoted(value)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match (found.next(), found.next()) {
            (Some(node), None) => Ok(node),
            (None, _) => Err(Error::new(
                crate::error::ErrorKind::NotFound,
                format!("no node has {}: add the file that describes it", name()),
            )),
            (Some(_), Some(_)) => Err(Error::new(
                crate::error::ErrorKind::Conflict,
                format!("several nodes have {}: name the one by its id", name()),
            )),
        }
    }
}

/// Nodes by what a property says, whatever its case.
fn index(graph: &Graph, key: &str) -> HashMap<String, Vec<NodeId>> {
    let mut index: HashMap<String, Vec<NodeId>> = HashMap::new();
    for (number, node) in graph.nodes() {
        if let Some(value) = node.properties.get(key).and_then(text) {
            index.entry(value.to_uppercase()).or_default().push(number);
        }
    }
    index
}

/// The text of a value that names something.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn unnamed() -> Error {
    Error::invalid("the end of the edge names no node: write its id as `value`")
}
