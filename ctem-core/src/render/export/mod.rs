//! For other tools: the ranking as CSV and SARIF, and attack paths as Mermaid, DOT, GraphML and Attack Flow.

mod attack_flow;
mod csv;
mod dot;
mod graphml;
mod mermaid;
mod paths;
mod sarif;

use super::RenderOptions;
use crate::{prioritize::Assessment, word::words};

/// A form that another tool reads.
///
/// ```
/// use ctem_core::render::Export;
///
/// assert_eq!("Attack Flow".parse::<Export>()?, Export::AttackFlow);
/// assert_eq!(Export::GraphMl.name(), "graphml");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Export {
    /// The ranking as a table for spreadsheets: comma-separated values (RFC 4180), in which no cell acts as a formula.
    Csv,
    /// The ranking as SARIF 2.1.0, with our rank and numbers as properties: for code hosts and viewers.
    Sarif,
    /// The most probable path to each loss event as a Mermaid flowchart: for wikis and tickets.
    Mermaid,
    /// The same for Graphviz.
    Dot,
    /// The same as GraphML: for Gephi, yEd, networkx.
    GraphMl,
    /// The same as an Attack Flow 2 of MITRE's Center for Threat-Informed Defense, a bundle of STIX 2.1.
    AttackFlow,
}

words! {
    Export, "an export" {
        Csv = "csv",
        Sarif = "sarif",
        Mermaid = "mermaid",
        Dot = "dot",
        GraphMl = "graphml",
        AttackFlow = "attack_flow",
    }
}

/// An assessment in a form that another tool reads: so many exposures, or the paths to so many loss events, as
/// [`RenderOptions::at_most`] says. O(what is written).
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{Export, RenderOptions, export};
///
/// // The worst path, for a ticket.
/// let drawn = export(&today, Export::Mermaid, &RenderOptions { at_most: 1, ..RenderOptions::default() });
/// assert!(drawn.starts_with("flowchart LR\n"));
/// let table = export(&today, Export::Csv, &RenderOptions::default());
/// assert_eq!(table.lines().count(), 1 + today.len());
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn export(assessment: &Assessment, form: Export, options: &RenderOptions) -> String {
    let paths = || paths::Paths::of(assessment, options.at_most);
    match form {
        Export::Csv => csv::csv(assessment, options.at_most),
        Export::Sarif => sarif::sarif(assessment, options.at_most),
        Export::Mermaid => mermaid::mermaid(&paths()),
        Export::Dot => dot::dot(&paths()),
        Export::GraphMl => graphml::graphml(&paths()),
        Export::AttackFlow => attack_flow::attack_flow(assessment, &paths()),
    }
}
