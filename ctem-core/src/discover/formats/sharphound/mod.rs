//! SharpHound JSON, versions 5 and 6: what a collector for BloodHound reads in a directory and on its computers.
//!
//! A record is an object of the directory, or a session. Each file holds the objects of one type, and edges lead from file to file,
//! so all are read together; an archive of them is one collection. What a file says of its own count is not believed. Rights
//! become edges as they stand, and the edges of Active Directory that follow from them are concluded.

mod aces;
mod authorities;
mod computers;
mod object;
mod trusts;

use super::{
    Draft, ReadTogether, Reader,
    document::{Document, Match},
    graph::{
        Graph, NodeId, directory,
        report::{self, Schema},
    },
    json,
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::NoteKind,
};
use object::{Meta, Object, Principal, Session, valid};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "sharphound", title: "SharpHound JSON (BloodHound)", detect, read };

/// The types of file, and what their objects are.
const TYPES: [(&str, &str); 13] = [
    ("domains", "Domain"),
    ("users", "User"),
    ("groups", "Group"),
    ("computers", "Computer"),
    ("ous", "OU"),
    ("containers", "Container"),
    ("gpos", "GPO"),
    ("certtemplates", "CertTemplate"),
    ("enterprisecas", "EnterpriseCA"),
    ("rootcas", "RootCA"),
    ("aiacas", "AIACA"),
    ("ntauthstores", "NTAuthStore"),
    ("issuancepolicies", "IssuancePolicy"),
];

fn detect(document: &Document<'_>) -> Match {
    let Some(json) = document.json() else { return Match::No };
    let known =
        |name: &str| TYPES.iter().any(|(known, _)| *known == name) || ["sessions", "deleted"].contains(&name);
    let kind = json.text("/meta/type").map(str::to_ascii_lowercase);
    Match::yes_if(json.has("/data") && kind.is_some_and(|kind| known(&kind)))
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    data: Option<Vec<&'a RawValue>>,
    meta: Meta,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut graph = Graph::of(documents);
    draft.documents(documents, |document, draft| {
        let file: File<'_> = json::parse(&document.text)?;
        file.meta.check()?;
        let records = file.data.unwrap_or_default();
        let kind = file.meta.kind.to_ascii_lowercase();
        match TYPES.iter().find(|(name, _)| *name == kind) {
            Some((_, kind)) => {
                for (n, record) in records.into_iter().enumerate() {
                    let place = format!("/data/{n}");
                    draft.record(&place, |draft| {
                        let object = draft.understood(record.get(), &place)?;
                        add(&mut graph, kind, object, &place, draft)
                    });
                }
            }
            None if kind == "sessions" => draft.each("/data", records, |session: Session, _, _| {
                computers::add_session(&mut graph, &session)
            }),
            // Ids alone, of what is gone.
            None => draft.each("/data", records, |_: String, _, draft| {
                draft.clear();
                Ok(())
            }),
        }
        Ok(())
    })?;
    directory::conclude(&mut graph);
    report::write(&graph, &Schema::default(), draft);
    Ok(())
}

impl Meta {
    fn check(&self) -> Result<()> {
        match self.version {
            None | Some(5..) => Ok(()),
            Some(version) => Err(Error::new(
                ErrorKind::UnsupportedVersion,
                format!(
                    "version `{version}` of SharpHound's files is not read here: collect anew with version 2"
                ),
            )
            .at("/meta/version")),
        }
    }
}

/// Adds an object with all that it says.
fn add(graph: &mut Graph, kind: &str, mut object: Object, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    AssetId::parse(&object.id).map_err(|error| error.at("/ObjectIdentifier"))?;
    if object.is_deleted {
        draft.clear();
        return Ok(());
    }
    let node = graph.node(&object.id);
    graph.is_also(node, kind);
    graph.describe(node, std::mem::take(&mut object.properties));
    if object.is_acl_protected {
        graph.also_describe(node, "isaclprotected", true);
    }
    if let Some(sid) = &object.domain_sid {
        graph.also_describe(node, "domainsid", sid.as_str());
    }
    let unknown = aces::add(graph, node, &object);
    for right in unknown {
        draft.note(
            NoteKind::Ignored,
            place,
            format!("the right {} is not known: it is left out", quoted(&right)),
        );
    }
    structure(graph, node, &object);
    principals(graph, node, &object);
    if kind == "Domain" || kind == "OU" {
        computers::policy(graph, &object);
    }
    match kind {
        "Domain" => trusts::add(graph, node, &object),
        "Computer" => computers::add(graph, node, &object),
        "EnterpriseCA" | "RootCA" | "NTAuthStore" | "IssuancePolicy" => {
            authorities::add(graph, kind, node, &object)
        }
        _ => {}
    }
    Ok(())
}

/// What contains what, and which policies are linked.
fn structure(graph: &mut Graph, node: NodeId, object: &Object) {
    if let Some(container) = object.contained_by.as_ref().and_then(|container| container.node(graph)) {
        graph.edge(container, "Contains", node);
    }
    for child in &object.child_objects {
        if let Some(child) = child.node(graph) {
            graph.edge(node, "Contains", child);
        }
    }
    for link in &object.links {
        if let Some(policy) = valid(&link.guid).map(|id| graph.node(id)) {
            graph.is_also(policy, "GPO");
            graph.edge(policy, "GPLink", node);
        }
    }
}

/// Groups and members, delegation, former identifiers, services and stored accounts.
fn principals(graph: &mut Graph, node: NodeId, object: &Object) {
    if let Some(group) = object.primary_group.as_deref().and_then(valid).map(|id| graph.node(id)) {
        graph.is_also(group, "Group");
        graph.edge(node, "MemberOf", group);
    }
    let nodes = |graph: &mut Graph, list: &[Principal]| -> Vec<NodeId> {
        list.iter().filter_map(|one| one.node(graph)).collect()
    };
    for (list, kind) in [(&object.members, "MemberOf"), (&object.allowed_to_act, "AllowedToAct")] {
        for one in nodes(graph, list) {
            graph.edge(one, kind, node);
        }
    }
    for (list, kind) in [
        (&object.allowed_to_delegate, "AllowedToDelegate"),
        (&object.has_sid_history, "HasSIDHistory"),
        (&object.dump_smsa_password, "DumpSMSAPassword"),
    ] {
        for one in nodes(graph, list) {
            graph.edge(node, kind, one);
        }
    }
    for target in &object.spn_targets {
        if let Some(computer) = valid(&target.computer).map(|id| graph.node(id)) {
            graph.is_also(computer, "Computer");
            graph.edge(node, &target.service, computer);
        }
    }
    // Of domain controllers nobody needs to coerce a ticket.
    let delegates =
        graph.flag(node, "unconstraineddelegation") == Some(true) || object.unconstrained_delegation;
    let domain = graph.text(node, "domainsid").map(str::to_owned);
    if let (true, false, Some(sid)) = (delegates, object.is_dc, domain) {
        let domain = graph.node(&sid);
        graph.is_also(domain, "Domain");
        graph.edge(node, "CoerceToTGT", domain);
    }
}
