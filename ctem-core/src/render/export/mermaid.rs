//! Paths as a Mermaid flowchart.

use super::paths::{NodeKind, Paths};
use std::fmt::Write;

pub(super) fn mermaid(paths: &Paths) -> String {
    let mut chart = String::from("flowchart LR\n");
    for (n, node) in paths.nodes.iter().enumerate() {
        let text = format!("\"{}<br>{}\"", quoted(&node.name), quoted(&node.what));
        // Writing to a string cannot fail.
        let _ = match node.kind {
            NodeKind::Entry => writeln!(chart, "  n{n}([{text}])"),
            NodeKind::Held => writeln!(chart, "  n{n}[{text}]"),
            NodeKind::Loss => writeln!(chart, "  n{n}{{{{{text}}}}}"),
        };
    }
    for edge in &paths.edges {
        let label =
            if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", quoted(&edge.label)) };
        let _ = writeln!(chart, "  n{} -->{label} n{}", edge.from, edge.to);
    }
    chart
}

/// Text in quotes, in which nothing has a meaning of its own: what might is written by its number.
fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || " .,:-_/%()+".contains(letter) {
            safe.push(letter);
        } else {
            let _ = write!(safe, "#{};", u32::from(letter));
        }
    }
    safe
}
