//! Paths for Graphviz.

use super::paths::{NodeKind, Paths};
use std::fmt::Write;

pub(super) fn dot(paths: &Paths) -> String {
    let mut graph = String::from("digraph paths {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for (n, node) in paths.nodes.iter().enumerate() {
        let shape = match node.kind {
            NodeKind::Entry => ", style=\"rounded,dashed\"",
            NodeKind::Held => "",
            NodeKind::Loss => ", shape=hexagon",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(graph, "  n{n} [label=\"{}\\n{}\"{shape}];", quoted(&node.name), quoted(&node.what));
    }
    for edge in &paths.edges {
        let _ = writeln!(graph, "  n{} -> n{} [label=\"{}\"];", edge.from, edge.to, quoted(&edge.label));
    }
    graph.push_str("}\n");
    graph
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
