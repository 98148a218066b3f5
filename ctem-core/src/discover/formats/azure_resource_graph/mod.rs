//! Azure Resource Graph: answers of queries over `resources`, `resourcecontainers` and `authorizationresources`, and lists of `az resource`.
//!
//! A record is a row: a resource, what contains it, an assignment of a role or the definition of one. Rows may be objects or stand in a
//! table with columns, and a row needs no more than its id and its type. Ids are one whatever their case, as they are in Azure: an
//! asset goes by the spelling that its own row has. Network security groups say who reaches what, roles who may do what, identities what
//! resources act as, and tags owners and importance.
//!
//! Left out, each with a note: rules that deny by priority among many, assignments that deny, classic administrators, findings of
//! Defender for Cloud, and types that are no network, identity, store or compute.

mod network;
mod resources;
mod rights;
mod rows;

use super::{
    Draft, ReadTogether, Reader,
    aws::Graph,
    document::{Document, Match},
    every::Every,
    json,
};
use crate::{
    error::{Error, Result},
    model::NoteKind,
};
use rights::Roles;
use rows::{Names, Row};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "azure_resource_graph", title: "Azure Resource Graph", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let Some(json) = document.json() else { return Match::No };
    let counted = ["/totalRecords", "/total_records", "/resultTruncated", "/result_truncated", "/skip_token"];
    let counted = counted.into_iter().any(|name| json.has(name));
    let row = |at: &str| {
        let id = json.text(&format!("{at}/id")).unwrap_or_default().to_ascii_lowercase();
        let ours = ["/subscriptions/", "/providers/microsoft.", "/tenants/"]
            .iter()
            .any(|start| id.starts_with(start));
        let kind = json.text(&format!("{at}/type")).unwrap_or_default().to_ascii_lowercase();
        ours && kind.starts_with("microsoft.")
    };
    let table = json.has_all(&["/data/columns", "/data/rows"]);
    if json.has("/data") && counted && (row("/data/0") || table || json.has("/count")) {
        return Match::Yes;
    }
    Match::maybe_if(["", "/0", "/data/0", "/value/0"].into_iter().any(row))
}

/// An answer. Names are as the interface and as the command line write them.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer<'a> {
    #[serde(borrow, alias = "value")]
    data: Option<&'a RawValue>,
    #[serde(alias = "result_truncated")]
    result_truncated: Value,
    #[serde(alias = "skip_token", alias = "$skipToken")]
    skip_token: Option<String>,
}

/// Rows under the names of their columns.
#[derive(Deserialize)]
struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut rows: Vec<Row> = Vec::new();
    draft.documents(documents, |document, draft| {
        let Some(outline) = document.json() else { return Ok(()) };
        for (place, record) in json::records(&document.text, outline)? {
            take_answer(record, &place, &mut rows, draft)?;
        }
        Ok(())
    })?;
    let names = Names::of(&rows);
    let mut graph = Graph::default();
    graph.told_by_labels();
    let mut every = Every::default();
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let found = network::Network::of(&rows, &names);
    for row in &rows {
        if !resources::take(row, &names, &found, &mut every, &mut graph) {
            *left_out.entry(row.kind.as_str()).or_insert(0) += 1;
        }
    }
    found.write(&names, &mut graph);
    let roles = Roles::of(rows.iter());
    for row in rows.iter().filter(|row| row.kind == "microsoft.authorization/roleassignments") {
        roles.assign(row, &names, &mut every, &mut graph);
    }
    for (kind, count) in left_out {
        let why = match kind {
            "microsoft.authorization/denyassignments" => "what is denied is not worked out",
            "microsoft.authorization/classicadministrators" => "such rights have ended",
            kind if kind.starts_with("microsoft.security/") => {
                "findings of Defender are read from its own export"
            }
            _ => "they are no network, identity, store or compute",
        };
        draft.note(NoteKind::Ignored, "", format!("{count} resources of type {kind} are left out: {why}"));
    }
    graph.write(draft)
}

/// The rows of an answer, or a row itself.
fn take_answer(record: &RawValue, place: &str, rows: &mut Vec<Row>, draft: &mut Draft<'_>) -> Result<()> {
    let answer: Answer<'_> = json::parse(record.get()).unwrap_or_default();
    let Some(data) = answer.data else {
        take(record.get(), place, rows, draft);
        return Ok(());
    };
    let truncated = match &answer.result_truncated {
        Value::Bool(truth) => *truth,
        Value::String(word) => word.eq_ignore_ascii_case("true"),
        _ => false,
    };
    if truncated || answer.skip_token.is_some() {
        let what = "the answer is a part: ask for the rows that follow, and read all files together";
        draft.note(NoteKind::Ignored, place, what);
    }
    if let Ok(list) = json::parse::<Vec<&RawValue>>(data.get()) {
        for (n, row) in list.into_iter().enumerate() {
            take(row.get(), &format!("{place}/data/{n}"), rows, draft);
        }
        return Ok(());
    }
    let table: Table = json::parse(data.get()).map_err(|error| error.at(format_args!("{place}/data")))?;
    for (n, cells) in table.rows.into_iter().enumerate() {
        let named = table.columns.iter().map(|column| column.name.clone()).zip(cells);
        let row = Value::Object(named.collect::<Map<_, _>>()).to_string();
        take(&row, &format!("{place}/data/rows/{n}"), rows, draft);
    }
    Ok(())
}

fn take(text: &str, place: &str, rows: &mut Vec<Row>, draft: &mut Draft<'_>) {
    draft.record(place, |draft| {
        let mut row: Row = draft.understood(text, place)?;
        row.kind.make_ascii_lowercase();
        if !row.id.starts_with('/') || row.kind.is_empty() {
            let message = "the row has no id and type: a query must keep the columns `id` and `type`";
            return Err(Error::invalid(message));
        }
        rows.push(row);
        Ok(())
    });
}
