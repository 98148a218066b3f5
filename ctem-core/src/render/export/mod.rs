//! For other tools: the ranking as CSV, SARIF and OCSF, what is concluded as VEX, and attack paths as Mermaid, DOT, GraphML and Attack Flow.

mod attack_flow;
mod csv;
mod cyclonedx;
mod dot;
mod graphml;
mod mermaid;
mod ocsf;
mod openvex;
mod paths;
mod sarif;
mod uuid;
mod vex;

use super::RenderOptions;
use crate::{attack::Asking, prioritize::Assessment, word::words};

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
    /// What is concluded of published flaws as OpenVEX 0.2.0: all that is fixed, accepted or does not apply, and of what is open the first
    /// by rank. What somebody or a test says is so, or what is accepted, is affected; what only a scanner sees is under investigation.
    OpenVex,
    /// The same as a VEX of CycloneDX 1.6, whose components are the assets and what is on them.
    CycloneDx,
    /// The ranking as findings of OCSF 1.4.0, an array of events: Vulnerability Finding (2002), Compliance Finding (2003) of settings, and
    /// Detection Finding (2004) of the rest. What the schema has no attribute for, such as our rank, stands in `unmapped`.
    Ocsf,
}

words! {
    Export, "an export" {
        Csv = "csv",
        Sarif = "sarif",
        Mermaid = "mermaid",
        Dot = "dot",
        GraphMl = "graphml",
        AttackFlow = "attack_flow",
        OpenVex = "openvex",
        CycloneDx = "cyclonedx",
        Ocsf = "ocsf",
    }
}

/// An assessment in a form that another tool reads: so many exposures, or the paths to so many loss events, as
/// [`RenderOptions::at_most`] says; VEX has all that is decided beside. Times are those of the assessment. O(what is written), and
/// O(n log n) in the findings for VEX.
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
    export_asking(assessment, form, options, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
pub(crate) fn export_asking(
    assessment: &Assessment,
    form: Export,
    options: &RenderOptions,
    asking: &Asking<'_>,
) -> String {
    let paths = || paths::Paths::of(assessment, options.at_most, asking);
    match form {
        Export::Csv => csv::csv(assessment, options.at_most, asking),
        Export::Sarif => sarif::sarif(assessment, options.at_most, asking),
        Export::Mermaid => mermaid::mermaid(&paths()),
        Export::Dot => dot::dot(&paths()),
        Export::GraphMl => graphml::graphml(&paths()),
        Export::AttackFlow => attack_flow::attack_flow(assessment, &paths()),
        Export::OpenVex => openvex::openvex(assessment, options.at_most, asking),
        Export::CycloneDx => cyclonedx::cyclonedx(assessment, options.at_most, asking),
        Export::Ocsf => ocsf::ocsf(assessment, options.at_most, asking),
    }
}
