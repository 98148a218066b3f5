//! AzureHound JSON: the directory of Entra ID and the resources of Azure, as AzureHound collects them for BloodHound.
//!
//! A record is an object, or who holds what over one: members, owners, assignments of roles and permissions. Objects become assets,
//! and rights relations. What roles and permissions imply for whole tenants is concluded after all files are read. Accounts that are
//! synchronised with a directory on premises are linked by their security identifiers.

mod assignments;
mod objects;

use super::{
    Draft, ReadTogether, Reader,
    document::{Document, Match},
    graph::{
        Graph, entra,
        report::{self, Schema},
    },
    json,
};
use crate::{
    error::{Result, quoted},
    model::NoteKind,
};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "azurehound", title: "AzureHound JSON (BloodHound)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Some(json) = document.json() else { return Match::No };
    let named = json.text("/meta/type").is_some_and(|kind| kind.eq_ignore_ascii_case("azure"));
    let first = json.text("/data/0/kind").is_some_and(|kind| kind.starts_with("AZ"));
    Match::yes_if(json.has("/data") && (named || first))
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    data: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Record {
    kind: String,
    data: Map<String, Value>,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut graph = Graph::of(documents);
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    draft.documents(documents, |document, draft| {
        let file: File<'_> = json::parse(&document.text)?;
        for (n, record) in file.data.unwrap_or_default().into_iter().enumerate() {
            draft.record_at(
                || format!("/data/{n}"),
                |_| {
                    let Record { kind, data } = json::parse(record.get())?;
                    if !objects::add(&mut graph, &kind, &data)?
                        && !assignments::add(&mut graph, &kind, &data)?
                    {
                        *unknown.entry(kind).or_default() += 1;
                    }
                    Ok(())
                },
            );
        }
        Ok(())
    })?;
    for (kind, count) in unknown {
        let reason = format!("{} says nothing of who can do what: it is left out", quoted(&kind));
        draft.report.notes.push(report::counted(NoteKind::Ignored, count, reason));
    }
    entra::conclude(&mut graph);
    report::write(&graph, &Schema::default(), draft);
    Ok(())
}
