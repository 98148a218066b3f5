//! An environment from tables: what an inventory has as rows and columns, as records of the native document.

use super::ask::ReadRequest;
use crate::{
    discover::{LISTS, VERSION},
    error::{Error, ErrorKind, Result, quoted},
    model::Report,
    text::{decoded, json as written},
};
use serde_json::{Map, Value, json};

/// No field of a native document lies within more others.
const DEEPEST: usize = 16;

/// Reads tables by the names of the lists that a native document has: `{"assets": [{"id": "shop", "kind": "host", "labels.env": "test"}]}`.
///
/// A row is a record, and a column one of its fields: `loss.amount` is the field `amount` of its `loss`. A cell that is empty, `null` or
/// text of nothing, says nothing. All else is as in a native document, and so are the places of notes.
///
/// # Errors
/// As [`ask::read`](super::ask::read), `malformed` where it is no JSON, `invalid_input` for a table that is no list of a native document,
/// `conflict` for a column that is both a field and has some, `limit_exceeded` for one within too many others.
///
/// ```
/// use ctem_core::wire::ask::{self, ReadRequest};
///
/// let tables = br#"{
///     "assets": [{"id": "shop", "kind": "host", "owner": null, "labels.env": "test"}],
///     "findings": [{"asset": "shop", "weakness.id": "CVE-2021-44228", "weakness.epss": 0.94}]
/// }"#;
/// let report = ask::read_tables(tables, ReadRequest::default())?;
/// assert_eq!((report.tally.accepted, report.notes.len()), (2, 0));
/// assert_eq!(report.contents.assets[0].labels["env"], "test".into());
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn read_tables(tables: &[u8], how: ReadRequest<'_>) -> Result<Report> {
    let tables: Map<String, Value> = written::parse(&decoded(tables)?)?;
    let mut document = Map::from_iter([("ctem".to_owned(), json!({ "version": VERSION }))]);
    for (name, table) in tables {
        if !LISTS.contains(&name.as_str()) {
            let message = format!(
                "{} is no list of the native document: use one of {}",
                quoted(&name),
                LISTS.join(", ")
            );
            return Err(Error::invalid(message).at(format_args!("/{name}")));
        }
        let table = match table {
            Value::Array(rows) => {
                let record = |(n, row)| record(row).map_err(|error| error.at(format_args!("/{name}/{n}")));
                Value::Array(rows.into_iter().enumerate().map(record).collect::<Result<_>>()?)
            }
            other => other,
        };
        document.insert(name, table);
    }
    super::ask::read(
        Value::Object(document).to_string().as_bytes(),
        ReadRequest { format: Some("ctem"), ..how },
    )
}

/// A row as a record.
fn record(row: Value) -> Result<Value> {
    let Value::Object(cells) = row else { return Ok(row) };
    let mut record = Map::new();
    for (column, cell) in cells {
        if cell.is_null() || cell.as_str().is_some_and(|text| text.trim().is_empty()) {
            continue;
        }
        if column.split('.').count() > DEEPEST {
            let message =
                format!("{} is a field within more than {DEEPEST} others: none is", quoted(&column));
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let mut fields = &mut record;
        let mut names = column.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                if fields.insert(name.to_owned(), cell).is_some() {
                    return Err(twice(&column));
                }
                break;
            }
            let inside = fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(inside) = inside else { return Err(twice(&column)) };
            fields = inside;
        }
    }
    Ok(Value::Object(record))
}

fn twice(column: &str) -> Error {
    let message = format!("{} stands for what another column says: leave one of them out", quoted(column));
    Error::new(ErrorKind::Conflict, message)
}
