//! Paths as GraphML.

use super::paths::Paths;
use crate::render::escape::escaped;
use std::fmt::Write;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="name" for="node" attr.name="name" attr.type="string"/>
  <key id="what" for="node" attr.name="what" attr.type="string"/>
  <key id="kind" for="node" attr.name="kind" attr.type="string"/>
  <key id="how" for="edge" attr.name="how" attr.type="string"/>
  <key id="chance" for="edge" attr.name="chance" attr.type="double"/>
  <graph id="paths" edgedefault="directed">
"#;

pub(super) fn graphml(paths: &Paths) -> String {
    let mut graph = String::from(HEAD);
    // Writing to a string cannot fail.
    for (n, node) in paths.nodes.iter().enumerate() {
        let _ = writeln!(
            graph,
            "    <node id=\"n{n}\"><data key=\"name\">{}</data><data key=\"what\">{}</data><data key=\"kind\">{}</data></node>",
            escaped(&node.name),
            escaped(&node.what),
            node.kind.name(),
        );
    }
    for edge in &paths.edges {
        let _ = writeln!(
            graph,
            "    <edge source=\"n{}\" target=\"n{}\"><data key=\"how\">{}</data><data key=\"chance\">{}</data></edge>",
            edge.from,
            edge.to,
            escaped(&edge.label),
            edge.chance.get(),
        );
    }
    graph.push_str("  </graph>\n</graphml>\n");
    graph
}
