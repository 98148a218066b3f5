//! Terraform: what `terraform show -json` writes of a plan or a state, and state files of versions 3 and 4.
//!
//! A record is an instance of a managed resource. Its asset goes by the name its cloud gives it (an ARN, an Azure id, a Google
//! name) where that is known, and by its address otherwise; the address is its other name, in the project that the caller names.
//! What a plan does not know yet is found by what the code refers to. Rights and ways through
//! networks are worked out as those of a running account are.
//!
//! Left out: data sources, outputs (which may be secrets), resources that a plan deletes, and types that are none of
//! network, identity, store or compute, which a note counts.

mod address;
mod aws_identity;
mod aws_network;
mod aws_organization;
mod aws_routes;
mod aws_stores;
mod aws_types;
mod azure;
mod flat;
mod google_types;
mod resource;
mod scope;
mod values;

use super::{
    Draft, Reader,
    aws::{self, Graph, Inventory},
    document::{Document, Match},
    every::Every,
};
use crate::{error::Result, model::NoteKind};
use resource::{Resource, Resources};
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "terraform", title: "Terraform plan JSON and state", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let shown = json.has_all(&["/format_version", "/terraform_version"])
            && (json.has("/planned_values") || json.has("/values") || json.has("/resource_changes"));
        let state = json.has_all(&["/version", "/terraform_version", "/lineage"]);
        Match::yes_if(shown || state)
    })
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let found = scope::records(&document.text)?;
    let mut resources = Resources::default();
    for (place, record) in found.records {
        draft.record(&place, |draft| resources.add(record?.checked(draft.options)?));
    }
    resources.refer(found.references);
    let (mut graph, mut inventory) = (Graph::default(), Inventory::default());
    inventory.see(found.written);
    graph.read_as_of(draft.options.as_of);
    let mut every = Every::default();
    let account = aws_types::account_of(&resources);
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in resources.all() {
        if !take(resource, &resources, account.as_deref(), &mut graph, &mut inventory, &mut every) {
            *unknown.entry(resource.kind.as_str()).or_insert(0) += 1;
        }
    }
    for resource in resources.all() {
        google_types::rights(resource, &resources, &mut graph, &mut every);
    }
    aws_identity::attach(&resources, account.as_deref(), &mut graph, &mut inventory);
    if account.is_none() && !inventory.principals.is_empty() {
        let what = format!("no account is told: {} stands for it", aws_types::NO_ACCOUNT);
        draft.note(NoteKind::Assumed, "", what);
    }
    for (kind, count) in unknown {
        let what = format!(
            "{count} resources of type {kind} are left out: they are no network, identity, store or compute"
        );
        draft.note(NoteKind::Ignored, "", what);
    }
    aws::evaluate(inventory, &mut graph, draft);
    graph.write(draft)
}

/// Adds a resource. Says whether its type is known.
fn take(
    resource: &Resource,
    all: &Resources,
    account: Option<&str>,
    graph: &mut Graph,
    inventory: &mut Inventory,
    every: &mut Every,
) -> bool {
    match resource.kind.split('_').next() {
        Some("aws") => aws_types::take(resource, all, account, graph, inventory),
        Some("azurerm") => azure::take(resource, all, graph),
        Some("google") => google_types::take(resource, all, graph, every),
        _ => false,
    }
}
