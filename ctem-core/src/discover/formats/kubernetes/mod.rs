//! Kubernetes objects: lists of `kubectl get … -o json`, manifests, and the output of Helm, as JSON or as YAML of several documents.
//!
//! A record is an object. From all of them together comes what an attacker can do: pods are folded to the workload that makes
//! them, bindings and roles are evaluated, network policies become segments, and what a pod may do on its machine becomes steps.
//! The steps are those of KubeHound, by its names, each with what to do about it (`attacks.rs`); entry points are where a service,
//! an ingress or a gateway is open to the internet.
//!
//! Assets are named as scanners name them: `namespace/Kind/name`, `Kind/name` for what stands in no namespace. Where the caller
//! names the cluster (`ReadOptions::asset`) it stands before that, as in a report of Trivy.
//!
//! What is taken for granted: who holds a token reaches the API server; a pod that nothing places runs on one node with all others
//! that nothing places. What it leaves out: values of secrets, ports of network policies but that of name resolution, containers
//! that run before the others do, and what programs outside of Kubernetes decide (admission by webhooks, policies of network
//! plugins), of which notes are made.

mod attacks;
mod collect;
mod escapes;
mod granted;
mod graph;
mod identities;
mod network;
mod nodes;
mod object;
mod openings;
mod powers;
mod rights;
mod roles;
mod segments;
mod settings;
mod volumes;
mod workloads;

use super::{
    Draft, ReadTogether, Reader,
    document::{Document, Match},
};
use crate::error::Result;
use graph::Graph;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "kubernetes", title: "Kubernetes objects (JSON or YAML)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Some(outline) = document.outline() else { return Match::No };
    let object = |at: &str| {
        let has = |name: &str| outline.has(&format!("{at}/{name}"));
        let version = outline.text(&format!("{at}/apiVersion")).unwrap_or_default();
        let known = matches!(version, "v1" | "apps/v1" | "batch/v1") || version.contains(".k8s.io/");
        match (known && has("kind"), has("apiVersion") && has("kind") && has("metadata")) {
            (true, _) => Match::Yes,
            (false, true) => Match::Maybe,
            (false, false) => Match::No,
        }
    };
    // What a tool in the cluster has found is kept there as objects are, and listed as they are.
    let report = |at: &str| {
        let kind = outline.text(&format!("{at}/kind")).unwrap_or_default();
        kind.trim_end_matches("List").ends_with("Report") || outline.has(&format!("{at}/report"))
    };
    if ["", "/items/0", "/0"].into_iter().any(report) {
        return Match::No;
    }
    // A list of nothing, or of objects, need not say that it is one.
    let list = outline.has("/apiVersion") && outline.has("/items");
    // What a list is of, its first object says, where it says so.
    let whole = if outline.has("/items/0/apiVersion") { Match::No } else { object("") };
    whole.max(object("/items/0")).max(object("/0")).max(Match::maybe_if(list))
}

/// Reads all files of a collection together, since a role may stand in one and its binding in another.
fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut objects = collect::objects(documents, draft)?;
    let mut graph = Graph::new(draft);
    let workloads = workloads::folded(&objects, &mut graph);
    // They are most of a cluster, and nobody asks for them once they are folded.
    (objects.pods, objects.controllers) = Default::default();
    let placed = nodes::place(&objects, &workloads, &mut graph);
    let rights = rights::held(&objects, &mut graph);
    identities::of(&objects, &workloads, &placed, &rights, &mut graph);
    escapes::of(&workloads, &placed, &mut graph);
    granted::to_holders(&objects, &workloads, &placed, &rights, &mut graph);
    volumes::of(&objects, &workloads, &placed, &rights, &mut graph);
    let segments = segments::of(&objects, &workloads, &mut graph);
    openings::of(&objects, &workloads, &placed, &segments, &mut graph);
    graph.finish();
    Ok(())
}
