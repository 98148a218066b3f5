//! Graphs as collectors write them: nodes of kinds with properties, and edges of kinds between them.
//!
//! Readers of graphs fill a [`Graph`]; [`directory`] and [`entra`] add the edges of directories that follow from others, and [`report`]
//! writes all of it as assets, relations and rules, by the [`knowledge`] of what an edge lets an attacker do. An id is one
//! whatever its case, as directories have it.

pub(crate) mod directory;
pub(crate) mod entra;
mod knowledge;
pub(crate) mod report;

use super::{document::Document, gate};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// The number of a node.
pub(crate) type NodeId = u32;

/// Nodes and edges.
pub(crate) struct Graph {
    nodes: Vec<Node>,
    by_id: HashMap<Box<str>, NodeId>,
    /// The edges, by kind; each once.
    edges: HashMap<Box<str>, Edges>,
    /// How many more edges are kept, and whether there were more.
    room: usize,
    overflows: bool,
}

/// A graph may have an edge for so many bytes of its documents, and this many more. An edge that is written down has more bytes;
/// those that follow from others could else grow with the square of the documents.
const BYTES_AN_EDGE: usize = 8;
const EDGES_MORE: usize = 1 << 18;

/// A node may be of so many kinds. Collectors write three or four.
const MOST_KINDS: usize = 32;

/// A thing that edges lead to and from.
pub(crate) struct Node {
    /// Its id, as it was first written.
    pub(crate) id: Box<str>,
    /// What it is, the most telling first.
    pub(crate) kinds: Vec<Box<str>>,
    /// What else is said of it, under names in lower case.
    pub(crate) properties: Map<String, Value>,
    /// Whether a record is about it, and not only an edge's end.
    pub(crate) described: bool,
}

#[derive(Default)]
struct Edges {
    list: Vec<(NodeId, NodeId)>,
    known: HashSet<(NodeId, NodeId)>,
}

/// Edges that follow from others, while these are looked at; each once.
pub(crate) struct Conclusions {
    list: Vec<Conclusion>,
    known: HashSet<Conclusion>,
    room: usize,
    overflows: bool,
}

type Conclusion = (NodeId, &'static str, NodeId);

impl Graph {
    /// The graph that documents are read into.
    pub(crate) fn of(documents: &[Document<'_>]) -> Self {
        let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
        let room = bytes / BYTES_AN_EDGE + EDGES_MORE;
        Self { nodes: Vec::new(), by_id: HashMap::new(), edges: HashMap::new(), room, overflows: false }
    }

    /// The node of an id; it is added when it is new.
    pub(crate) fn node(&mut self, id: &str) -> NodeId {
        let id = gate::passed(id.trim());
        let key = key(&id);
        if let Some(number) = self.by_id.get(&*key) {
            return *number;
        }
        let number = self.nodes.len() as NodeId;
        self.by_id.insert(key.into(), number);
        let node = Node { id: id.into(), kinds: Vec::new(), properties: Map::new(), described: false };
        self.nodes.push(node);
        number
    }

    /// The node of an id, if there is one.
    pub(crate) fn find(&self, id: &str) -> Option<NodeId> {
        self.by_id.get(&*key(&gate::passed(id.trim()))).copied()
    }

    /// Says that a node is of a kind. Those that every node of a source has tell least, and stand last.
    pub(crate) fn is_also(&mut self, node: NodeId, kind: &str) {
        const BASES: [&str; 4] = ["Base", "AZBase", "Entity", "Tag_Tier_Zero"];
        let Some(node) = self.nodes.get_mut(node as usize) else { return };
        if kind.is_empty() || node.kinds.len() >= MOST_KINDS || node.is(kind) {
            return;
        }
        match node.kinds.iter().position(|known| BASES.contains(&&**known)) {
            Some(at) if !BASES.contains(&kind) => node.kinds.insert(at, kind.into()),
            Some(_) | None => node.kinds.push(kind.into()),
        }
    }

    /// Says something of a node; what was said before under the same name gives way.
    pub(crate) fn describe(&mut self, node: NodeId, properties: Map<String, Value>) {
        let Some(node) = self.nodes.get_mut(node as usize) else { return };
        node.described = true;
        for (name, value) in properties.into_iter().filter(|(_, value)| !value.is_null()) {
            let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                name.to_ascii_lowercase()
            } else {
                name
            };
            node.properties.insert(name, value);
        }
    }

    /// Says something of a node that nobody has said.
    pub(crate) fn also_describe(&mut self, node: NodeId, name: &str, value: impl Into<Value>) {
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.properties.entry(name).or_insert_with(|| value.into());
        }
    }

    /// Adds an edge, once, and says whether it is new. Where there is no room it is left out.
    pub(crate) fn edge(&mut self, from: NodeId, kind: &str, to: NodeId) -> bool {
        if self.room == 0 {
            self.overflows = true;
            return false;
        }
        let edges = match self.edges.get_mut(kind) {
            Some(edges) => edges,
            None => self.edges.entry(kind.into()).or_default(),
        };
        let new = edges.known.insert((from, to));
        if new {
            edges.list.push((from, to));
            self.room -= 1;
        }
        new
    }

    /// Whether there was no room for some edges.
    pub(crate) fn overflows(&self) -> bool {
        self.overflows
    }

    /// Begins to conclude edges.
    pub(crate) fn conclusions(&self) -> Conclusions {
        Conclusions { list: Vec::new(), known: HashSet::new(), room: self.room, overflows: false }
    }

    /// Adds what was concluded.
    pub(crate) fn conclude(&mut self, conclusions: Conclusions) {
        self.overflows |= conclusions.overflows;
        for (from, kind, to) in conclusions.list {
            self.edge(from, kind, to);
        }
    }

    /// The edges of a kind, in the order they were added.
    pub(crate) fn edges(&self, kind: &str) -> &[(NodeId, NodeId)] {
        self.edges.get(kind).map_or(&[], |edges| &edges.list)
    }

    /// Where edges of these kinds come from, by where they lead to.
    pub(crate) fn incoming(&self, kinds: &[&str]) -> HashMap<NodeId, Vec<NodeId>> {
        let mut incoming: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for (from, to) in kinds.iter().flat_map(|kind| self.edges(kind)) {
            incoming.entry(*to).or_default().push(*from);
        }
        // Of one kind each edge is there once.
        if kinds.len() > 1 {
            for starts in incoming.values_mut() {
                starts.sort_unstable();
                starts.dedup();
            }
        }
        incoming
    }

    /// Where edges of a kind lead to, by where they come from.
    pub(crate) fn outgoing(&self, kind: &str) -> HashMap<NodeId, Vec<NodeId>> {
        let mut outgoing: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for (from, to) in self.edges(kind) {
            outgoing.entry(*from).or_default().push(*to);
        }
        outgoing
    }

    /// The kinds of edges there are, in the order of their names.
    pub(crate) fn edge_kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.edges.keys().map(|kind| &**kind).collect();
        kinds.sort_unstable();
        kinds
    }

    /// All nodes with their numbers.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).zip(&self.nodes)
    }

    /// The nodes of a kind.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<NodeId> {
        self.nodes().filter(|(_, node)| node.is(kind)).map(|(number, _)| number).collect()
    }

    /// A node by its number.
    pub(crate) fn get(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    /// Whether a node is of a kind.
    pub(crate) fn is(&self, node: NodeId, kind: &str) -> bool {
        self.get(node).is_some_and(|node| node.is(kind))
    }

    /// What a property of a node says, where it is yes or no.
    pub(crate) fn flag(&self, node: NodeId, name: &str) -> Option<bool> {
        self.get(node)?.flag(name)
    }

    /// The identifier of the domain that a node is of.
    pub(crate) fn domain_sid(&self, node: NodeId) -> Option<&str> {
        self.text(node, "domainsid")
    }

    /// The text of a property of a node.
    pub(crate) fn text(&self, node: NodeId, name: &str) -> Option<&str> {
        self.get(node)?.text(name)
    }
}

impl Conclusions {
    /// Adds an edge.
    pub(crate) fn edge(&mut self, from: NodeId, kind: &'static str, to: NodeId) {
        if self.list.len() >= self.room {
            self.overflows = true;
        } else if self.known.insert((from, kind, to)) {
            self.list.push((from, kind, to));
        }
    }
}

impl Node {
    /// Whether it is of a kind.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| **known == *kind)
    }

    /// The text of a property.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.properties.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// What a property says, where it is yes or no, be it as text.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.properties.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => crate::word::flag(text),
            _ => None,
        }
    }

    /// The number of a property, be it as text.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        match self.properties.get(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The texts of a property that is a list.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        Some(self.properties.get(name)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }
}

/// What ids are the same by.
fn key(id: &str) -> String {
    id.to_uppercase()
}
