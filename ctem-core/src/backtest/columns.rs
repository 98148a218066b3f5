//! Records of plain files as people have them: CSV of any separator, JSON, JSON Lines, each plain or gzip.

use crate::{
    discover::csv_reader,
    error::{Error, Result},
    text,
};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// What is looked for in a record, by the names that files have for it, the best first. Case and punctuation do not count.
pub(super) type Columns = [&'static [&'static str]];

/// The largest file that is read, once unpacked.
const MOST_BYTES: usize = 1 << 30;

/// Takes the records of a file one by one: a text for each column, empty where nothing is said, and the place.
///
/// # Errors
/// `malformed` where it is no such file, `limit_exceeded` where it is too large, and what `take` returns.
pub(super) fn each(
    bytes: &[u8],
    columns: &Columns,
    mut take: impl FnMut(&[Cow<'_, str>], &str) -> Result<()>,
) -> Result<()> {
    let bytes = text::unpacked(bytes, MOST_BYTES)?;
    let text = text::decoded(&bytes)?;
    match text.trim_start().chars().next() {
        Some('[') => listed(text::json::parse(&text)?, columns, |n| format!("/{n}"), &mut take),
        Some('{') => match text::json::parse::<BTreeMap<String, &RawValue>>(&text) {
            // A list of records under some name, as in CISA's catalogue.
            Ok(document) => {
                let list = document.iter().find_map(|(name, value)| Some((name, records(value)?)));
                match list {
                    Some((name, list)) => listed(list, columns, |n| format!("/{name}/{n}"), &mut take),
                    None => listed(vec![text::json::parse(&text)?], columns, |n| format!("/{n}"), &mut take),
                }
            }
            Err(_) => {
                let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
                for (number, line) in lines {
                    let place = format!("line {number}");
                    let record = text::json::parse(line).map_err(|error| error.at(&place))?;
                    take(&named(record, columns, &place)?, &place)?;
                }
                Ok(())
            }
        },
        _ => table(&text, columns, &mut take),
    }
}

fn records(value: &RawValue) -> Option<Vec<&RawValue>> {
    let list: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    list.first()?.get().starts_with('{').then_some(list)
}

fn listed(
    records: Vec<&RawValue>,
    columns: &Columns,
    place: impl Fn(usize) -> String,
    take: &mut impl FnMut(&[Cow<'_, str>], &str) -> Result<()>,
) -> Result<()> {
    for (n, record) in records.into_iter().enumerate() {
        let place = place(n);
        take(&named(record, columns, &place)?, &place)?;
    }
    Ok(())
}

/// The texts of an object by column.
fn named<'a>(record: &'a RawValue, columns: &Columns, place: &str) -> Result<Vec<Cow<'a, str>>> {
    let fields: BTreeMap<String, &RawValue> =
        text::json::parse(record.get()).map_err(|error| error.at(place))?;
    let mut found = Found::new(columns);
    for (name, value) in fields {
        let text = match value.get() {
            "null" => continue,
            text if text.starts_with('"') => Cow::Owned(text::json::parse::<String>(text)?),
            text => Cow::Borrowed(text),
        };
        if let Some((slot, rank)) = slot(columns, &name) {
            found.put(slot, rank, text);
        }
    }
    Ok(found.texts)
}

/// Rows under a header, behind comments that begin with `#`.
fn table(
    text: &str,
    columns: &Columns,
    take: &mut impl FnMut(&[Cow<'_, str>], &str) -> Result<()>,
) -> Result<()> {
    let commented: usize =
        text.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum();
    let above = text.lines().take_while(|line| line.starts_with('#')).count() as u64;
    let broken = |error: csv::Error| {
        Error::malformed(format!("{error}: check its quotes and separators")).because(error)
    };
    let mut rows = csv_reader(text.get(commented..).unwrap_or_default());
    let slots: Vec<Option<(usize, usize)>> =
        rows.headers().map_err(broken)?.iter().map(|name| slot(columns, name)).collect();
    let mut fields = csv::StringRecord::new();
    while rows.read_record(&mut fields).map_err(broken)? {
        let line = fields.position().map_or(0, csv::Position::line) + above;
        let mut found = Found::new(columns);
        for (field, slot) in fields.iter().zip(&slots) {
            if let Some((slot, rank)) = slot {
                found.put(*slot, *rank, Cow::Borrowed(field.trim()));
            }
        }
        take(&found.texts, &format!("line {line}"))?;
    }
    Ok(())
}

/// The column that a name stands for, and how good a name it is.
fn slot(columns: &Columns, name: &str) -> Option<(usize, usize)> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    columns
        .iter()
        .enumerate()
        .find_map(|(slot, names)| names.iter().position(|known| *known == plain).map(|rank| (slot, rank)))
}

/// The texts of a record, of several names of one thing the best that says something.
struct Found<'a> {
    texts: Vec<Cow<'a, str>>,
    ranks: Vec<usize>,
}

impl<'a> Found<'a> {
    fn new(columns: &Columns) -> Self {
        Self { texts: vec![Cow::Borrowed(""); columns.len()], ranks: vec![usize::MAX; columns.len()] }
    }

    fn put(&mut self, slot: usize, rank: usize, text: Cow<'a, str>) {
        if let (Some(known), Some(best)) = (self.texts.get_mut(slot), self.ranks.get_mut(slot))
            && !text.is_empty()
            && rank < *best
        {
            (*known, *best) = (text, rank);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&[&str]; 2] = [&["cve", "cveid"], &["known", "date"]];

    fn read(text: &str) -> Result<Vec<String>> {
        let mut rows = Vec::new();
        each(text.as_bytes(), &COLUMNS, |texts, place| {
            rows.push(format!("{} {} @{place}", texts[0], texts[1]));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn every_kind_of_file_gives_the_same() {
        for (text, place) in [
            ("cve,date\nA,1\n", "line 2"),
            ("# a comment\nCVE_ID;x;Date\nA;2;1\n", "line 3"),
            ("known\tcve\n1\tA\n", "line 2"),
            (r#"[{"cveID": "A", "date": 1}]"#, "/0"),
            (
                r#"{"title": "x", "none": [], "vulnerabilities": [{"cve": "A", "known": "1", "date": "2"}]}"#,
                "/vulnerabilities/0",
            ),
            (
                "{\"cve\": \"A\", \"date\": \"1\", \"more\": null}\n{\"cve\": \"A\", \"date\": \"1\"}",
                "line 1",
            ),
            (r#"{"cve": "A", "date": "1"}"#, "/0"),
        ] {
            assert_eq!(read(text).unwrap()[0], format!("A 1 @{place}"), "{text}");
        }
        assert_eq!(read("cve,date\n").unwrap(), Vec::<String>::new());
        assert_eq!(read("{\"cve\": 1}\n[").unwrap_err().place(), Some("line 2, line 1, column 1"));
        assert!(read("[1]").is_err() && read("[{]").is_err());
    }
}
