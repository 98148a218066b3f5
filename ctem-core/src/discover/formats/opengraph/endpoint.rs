//! Ends of edges: nodes named by id, by name, or by what their properties say.

use super::super::graph::{Graph, NodeId};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
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
    /// How many more nodes are looked at, where several have what is looked for.
    room: usize,
}

/// Nodes are told by so many properties at most: a collector uses two or three.
const MOST_PROPERTIES: usize = 32;
const MOST_COMPARED: usize = 50_000_000;

impl Resolver {
    pub(super) fn of(graph: &Graph) -> Self {
        let described = graph.nodes().count() as NodeId;
        Self { described, by_property: HashMap::new(), room: MOST_COMPARED }
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
                let mut wanted = Vec::with_capacity(matchers.len());
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

    /// The one node of a kind of which all this is said. It is looked for among the fewest nodes of which one thing is.
    fn only(&mut self, graph: &Graph, kind: Option<&str>, wanted: &[(&str, Cow<'_, str>)]) -> Result<NodeId> {
        let looked_for: Vec<(String, String)> =
            wanted.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.to_uppercase())).collect();
        for (key, _) in &looked_for {
            if !self.by_property.contains_key(key) {
                if self.by_property.len() >= MOST_PROPERTIES {
                    return Err(too_much());
                }
                self.by_property.insert(key.clone(), index(graph, key));
            }
        }
        let found = looked_for.iter().map(|(key, value)| {
            self.by_property.get(key).and_then(|index| index.get(value)).map_or(&[][..], Vec::as_slice)
        });
        let found = found.min_by_key(|found| found.len()).ok_or_else(unnamed)?;
        self.room = self.room.checked_sub(found.len()).ok_or_else(too_much)?;
        let says = |node: NodeId, key: &str, value: &str| {
            let said = graph.get(node).and_then(|node| node.properties.get(key));
            said.and_then(text).is_some_and(|said| said.to_uppercase() == value)
        };
        let mut found = found.iter().copied().filter(|node| {
            kind.is_none_or(|kind| graph.is(*node, kind))
                && looked_for.iter().all(|(key, value)| says(*node, key, value))
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
                ErrorKind::NotFound,
                format!("no node has {}: add the file that describes it", name()),
            )),
            (Some(_), Some(_)) => Err(Error::new(
                ErrorKind::Conflict,
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
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        _ => None,
    }
}

fn too_much() -> Error {
    let message = "edges name more nodes by what is said of them than are looked at: name them by their ids";
    Error::new(ErrorKind::LimitExceeded, message)
}

fn unnamed() -> Error {
    Error::invalid("the end of the edge names no node: write its id as `value`")
}
