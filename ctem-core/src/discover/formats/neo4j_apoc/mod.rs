//! Neo4j's export by APOC (`apoc.export.json.all`), as lines or as an array: graphs of Cartography, of BloodHound, and of people's own.
//!
//! A record is a node or a relationship. What labels and types mean is said by mappings: one for Cartography is part of the
//! engine, with what it says of the internet (`exposed_internet`, `anonymous_access`), BloodHound's names are known anyway, and a mapping of one's own is a document beside the export,
//! `{"neo4j_mapping": {"labels": {"Server": "host"}, "types": {"CALLS": "reaches", "OWNED_BY": {"relation": "administers", "reversed": true}}}}`.
//! What relations of one's own let an attacker do is said by rules in a native document. A type that no mapping has is left out, and
//! that is said.

mod mapping;

use super::{
    Draft, ReadTogether, Reader,
    document::{Document, Match},
    graph::{
        Graph, NodeId, directory, entra,
        report::{self, Schema},
    },
    json,
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::{Access, AssetAccess, AssetKind, Attacker, EntryPoint, Relation, RelationKind},
};
use mapping::Mapping;
use serde::Deserialize;
use serde_json::{Map, Value};
use smallvec::SmallVec;
use std::{borrow::Cow, collections::HashMap};

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "neo4j_apoc", title: "Neo4j APOC export (JSON)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Some(json) = document.json() else { return Match::No };
    let is = |start: &str| {
        let kind = json.text(&format!("{start}/type"));
        let node = kind == Some("node") && json.has(&format!("{start}/labels"));
        node || kind == Some("relationship") && json.has(&format!("{start}/start"))
    };
    Match::yes_if(json.has("/neo4j_mapping") || is("") || is("/0"))
}

/// A node or a relationship.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(borrow, default)]
    label: Option<Cow<'a, str>>,
    #[serde(default)]
    start: Option<End>,
    #[serde(default)]
    end: Option<End>,
}

/// An end of a relationship, by the number that the database gave it.
#[derive(Deserialize)]
struct End {
    id: Value,
}

struct Edge {
    file: usize,
    place: String,
    kind: Box<str>,
    start: String,
    end: String,
}

/// Nodes by the numbers that databases gave them, in the order of the files that say so.
#[derive(Default)]
struct Numbers(HashMap<String, SmallVec<[(usize, NodeId); 1]>>);

impl Numbers {
    fn add(&mut self, file: usize, number: String, node: NodeId) {
        let known = self.0.entry(number).or_default();
        match known.last_mut() {
            Some((of, known)) if *of == file => *known = node,
            _ => known.push((file, node)),
        }
    }

    /// The node that a file means: its own, or else that of the other files.
    ///
    /// # Errors
    /// `not_found` when there is none, `conflict` when other files mean several.
    fn find(&self, file: usize, number: &str) -> Result<NodeId> {
        let known = self.0.get(number).map_or(&[][..], SmallVec::as_slice);
        let own = known.iter().find(|(of, _)| *of == file);
        match (own, known) {
            (Some((_, node)), _) => Ok(*node),
            (None, [(_, node), others @ ..]) if others.iter().all(|(_, other)| other == node) => Ok(*node),
            (None, []) => Err(Error::new(
                ErrorKind::NotFound,
                "the relationship ends at a node that is not in the export: export all of it",
            )),
            (None, _) => Err(Error::new(
                ErrorKind::Conflict,
                "several exports have a node of this number: read one database at a time",
            )),
        }
    }
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut graph = Graph::of(documents);
    let mut mapping = Mapping::of_cartography();
    let mut numbers = Numbers::default();
    let mut edges: Vec<Edge> = Vec::new();
    let mut files = 0..;
    draft.documents(documents, |document, draft| {
        let file = files.next().unwrap_or_default();
        let Some(outline) = document.json() else { return Ok(()) };
        for (place, record) in json::records(&document.text, outline)? {
            draft.record(&place, |_| {
                if outline.has("/neo4j_mapping") {
                    return mapping.extend(json::parse(record.get())?);
                }
                let record: Record<'_> = json::parse(record.get())?;
                match &*record.kind {
                    "node" => node(&mut graph, &mut numbers, file, record),
                    "relationship" => edge(record).map(|(kind, start, end)| {
                        edges.push(Edge { file, place: place.clone(), kind, start, end });
                    }),
                    other => {
                        Err(Error::invalid(format!("{} is neither node nor relationship", quoted(other)))
                            .at("/type"))
                    }
                }
            });
        }
        Ok(())
    })?;
    for Edge { file, place, kind, start, end } in edges {
        let ends = numbers.find(file, &start).and_then(|from| Ok((from, numbers.find(file, &end)?)));
        let (from, to) = match ends {
            Ok(ends) => ends,
            Err(error) => {
                let name = documents.get(file).map_or("", |document| document.name);
                draft.reject_late(&error.at(place).at(name));
                continue;
            }
        };
        let (kind, reversed) = mapping.relation(&kind);
        let (from, to) = if reversed { (to, from) } else { (from, to) };
        if !graph.edge(from, kind, to) {
            draft.merge();
        }
    }
    directory::conclude(&mut graph);
    entra::conclude(&mut graph);
    let walkable = mapping.walkable();
    let schema = Schema { kinds: mapping.kinds(), walkable, ..Schema::default() };
    report::write(&graph, &schema, draft);
    exposed(&graph, draft)
}

/// What Cartography concluded of the internet: what it reaches, and which stores everybody reads or writes.
fn exposed(graph: &Graph, draft: &mut Draft<'_>) -> Result<()> {
    const WRITE: [&str; 3] = ["put", "delete", "*"];
    let internet = AssetId::parse("internet")?;
    let mut found = Vec::new();
    for (_, node) in graph.nodes() {
        let Ok(asset) = AssetId::parse(&node.id) else { continue };
        let mut way = |kind: RelationKind, gives| {
            let mut relation = Relation::new(internet.clone(), kind, asset.clone());
            relation.needs = vec![AssetAccess::new(internet.clone(), Access::Reach)];
            relation.gives = vec![AssetAccess::new(asset.clone(), gives)];
            found.push(relation);
        };
        let is_store = node.kinds.iter().any(|kind| kind.ends_with("Bucket"));
        let anonymous = node.flag("anonymous_access") == Some(true);
        if node.flag("exposed_internet") == Some(true) || (anonymous && !is_store) {
            way(RelationKind::Reaches, Access::Reach);
        }
        if anonymous && is_store {
            let actions = node.texts("anonymous_actions").unwrap_or_default().into_iter();
            let actions: Vec<String> =
                actions.filter_map(|action| Some(action.rsplit(':').next()?.to_ascii_lowercase())).collect();
            let does = |words: &[&str]| {
                actions.iter().any(|action| words.iter().any(|word| action.starts_with(word)))
            };
            if actions.is_empty() || does(&["get", "*"]) {
                way(RelationKind::Reads, Access::Read);
            }
            if does(&WRITE) {
                way(RelationKind::Writes, Access::Write);
            }
        }
    }
    if !found.is_empty() {
        draft.asset("internet", AssetKind::NetworkZone)?;
        let start = EntryPoint::new(internet, Access::Reach, Attacker::Internet);
        draft.report.contents.entry_points.push(start);
        draft.report.contents.relations.extend(found);
    }
    Ok(())
}

/// Adds a node under the name it has where it is from, or else under the database's number.
fn node(graph: &mut Graph, numbers: &mut Numbers, file: usize, record: Record<'_>) -> Result<()> {
    const NAMES: [&str; 3] = ["objectid", "arn", "id"];
    let properties = record.properties.unwrap_or_default();
    let number = text(&record.id).ok_or_else(|| Error::invalid("the node has no number").at("/id"))?;
    let id = NAMES.iter().find_map(|name| text(properties.get(*name)?));
    let id = id.unwrap_or_else(|| format!("neo4j:{number}"));
    AssetId::parse(&id).map_err(|error| error.at("/properties"))?;
    let node = graph.node(&id);
    for label in &record.labels {
        graph.is_also(node, label);
    }
    graph.describe(node, properties);
    numbers.add(file, number, node);
    Ok(())
}

fn edge(record: Record<'_>) -> Result<(Box<str>, String, String)> {
    let end = |end: Option<End>, place: &'static str| {
        let number = end.and_then(|end| text(&end.id));
        number.ok_or_else(|| Error::invalid("the relationship does not say which node it ends at").at(place))
    };
    let kind = record.label.filter(|label| !label.trim().is_empty());
    let kind = kind.ok_or_else(|| Error::invalid("the relationship has no type").at("/label"))?;
    Ok((kind.trim().into(), end(record.start, "/start/id")?, end(record.end, "/end/id")?))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
