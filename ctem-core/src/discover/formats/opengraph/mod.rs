//! OpenGraph JSON, as BloodHound and collectors for it write it: nodes, edges, and schemas of extensions.
//!
//! A record is a node, an edge or a kind of edge in a schema. Nodes become assets, and edges relations where an attacker can walk
//! them: by what the engine knows, or by the schema of the extension. Nodes and edges may come in separate files, so all are read
//! before edges are resolved. An edge that names no node is rejected; one to an id that no file describes keeps the id.

mod endpoint;
mod schema;

use super::{
    Draft, ReadTogether, Reader,
    document::{Document, Match},
    graph::{
        Graph, directory, entra,
        report::{self, Schema},
    },
    json,
};
use crate::error::{Error, Result};
use endpoint::{Endpoint, Resolver};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use std::borrow::Cow;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "opengraph", title: "BloodHound OpenGraph JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let graph = json.has("/graph/nodes/0/kinds") || json.has("/graph/edges/0/kind");
        match graph || json.has_all(&["/schema/name", "/relationship_kinds"]) {
            true => Match::Yes,
            false => Match::maybe_if(json.has("/graph/nodes") || json.has("/graph/edges")),
        }
    })
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, default)]
    graph: Parts<'a>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(borrow, default)]
    relationship_kinds: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    relationship_findings: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
struct Parts<'a> {
    #[serde(borrow, default)]
    nodes: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    edges: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Metadata {
    source_kind: Option<String>,
}

#[derive(Deserialize)]
struct RawNode<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    kinds: Vec<Cow<'a, str>>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct RawEdge<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    start: Endpoint<'a>,
    #[serde(borrow)]
    end: Endpoint<'a>,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut graph = Graph::of(documents);
    let mut schema = Schema::default();
    let mut edges = Vec::new();
    draft.documents(documents, |document, draft| {
        let file: File<'_> = json::parse(&document.text)?;
        schema::kinds(file.relationship_kinds.unwrap_or_default(), &mut schema, draft);
        schema::findings(file.relationship_findings.unwrap_or_default(), &mut schema, draft);
        let source = file.metadata.and_then(|metadata| metadata.source_kind).unwrap_or_default();
        for (n, node) in file.graph.nodes.unwrap_or_default().into_iter().enumerate() {
            draft.record_at(
                || format!("/graph/nodes/{n}"),
                |_| node_of(&mut graph, json::parse(node.get())?, &source),
            );
        }
        edges.push((document.name, file.graph.edges.unwrap_or_default()));
        Ok(())
    })?;
    let mut resolver = Resolver::of(&graph);
    for (file, edges) in edges {
        draft.enter(file);
        for (n, edge) in edges.into_iter().enumerate() {
            let mut merged = false;
            draft.record_at(
                || format!("/graph/edges/{n}"),
                |_| {
                    let edge: RawEdge<'_> = json::parse(edge.get())?;
                    if edge.kind.trim().is_empty() {
                        return Err(
                            Error::invalid("the edge has no kind: it must say what it is").at("/kind")
                        );
                    }
                    let from =
                        resolver.resolve(&mut graph, &edge.start).map_err(|error| error.at("/start"))?;
                    let to = resolver.resolve(&mut graph, &edge.end).map_err(|error| error.at("/end"))?;
                    merged = !graph.edge(from, edge.kind.trim(), to);
                    Ok(())
                },
            );
            if merged {
                draft.merge();
            }
        }
    }
    draft.enter("");
    directory::conclude(&mut graph);
    entra::conclude(&mut graph);
    report::write(&graph, &schema, draft);
    Ok(())
}

fn node_of(graph: &mut Graph, node: RawNode<'_>, source: &str) -> Result<()> {
    crate::id::AssetId::parse(&node.id).map_err(|error| error.at("/id"))?;
    let number = graph.node(&node.id);
    for kind in &node.kinds {
        graph.is_also(number, kind);
    }
    // The kind of a source is a word for all its nodes, and tells only where there is no other.
    if node.kinds.is_empty() {
        graph.is_also(number, source);
    }
    graph.describe(number, node.properties.unwrap_or_default());
    Ok(())
}
