//! Tables: CSV with a header, told by its column names, read row by row.

use super::{Document, Draft};
use crate::error::{Error, Result};

/// The names of the first line, split at commas, semicolons or tabs.
pub(super) fn header(text: &str) -> Vec<String> {
    let line = text.lines().next().unwrap_or_default();
    let mut rows = reader(line);
    rows.headers().map(|names| names.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default()
}

/// One row, by column name.
pub(crate) struct Row<'a> {
    names: &'a csv::StringRecord,
    fields: &'a csv::StringRecord,
}

impl Row<'_> {
    /// The field of a column, whatever the case of its name; empty when the table lacks the column.
    pub(crate) fn field(&self, column: &str) -> &str {
        self.names
            .iter()
            .position(|name| name.trim().eq_ignore_ascii_case(column))
            .and_then(|n| self.fields.get(n))
            .map(str::trim)
            .unwrap_or_default()
    }

    /// The field of the first of these columns that is not empty.
    pub(crate) fn first(&self, columns: &[&str]) -> &str {
        columns.iter().map(|column| self.field(column)).find(|field| !field.is_empty()).unwrap_or_default()
    }
}

/// Takes the rows of a table one by one, as records at their line. A row of another length than the header's is rejected.
///
/// # Errors
/// `malformed` when there is no header.
pub(crate) fn each(
    document: &Document<'_>,
    draft: &mut Draft<'_>,
    take: impl FnMut(&Row<'_>, &str, &mut Draft<'_>) -> Result<()>,
) -> Result<()> {
    each_after(0, document, draft, take)
}

/// The same of a table that stands behind so many lines of other text.
pub(super) fn each_after(
    before: usize,
    document: &Document<'_>,
    draft: &mut Draft<'_>,
    mut take: impl FnMut(&Row<'_>, &str, &mut Draft<'_>) -> Result<()>,
) -> Result<()> {
    let text = document.text.trim_start();
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let mut rows = reader(text.get(start..).unwrap_or_default());
    let names = rows
        .headers()
        .map_err(|error| Error::malformed(format!("{error}: a header was expected")).because(error))?
        .clone();
    let mut fields = csv::StringRecord::new();
    loop {
        match rows.read_record(&mut fields) {
            Ok(false) => return Ok(()),
            Ok(true) if fields.iter().all(|field| field.trim().is_empty()) => {}
            Ok(true) => {
                let place =
                    format!("line {}", before as u64 + fields.position().map_or(0, csv::Position::line));
                draft.record(&place, |draft| {
                    // Some tools end rows with a separator that the header lacks.
                    let extra_is_empty = fields.iter().skip(names.len()).all(|field| field.trim().is_empty());
                    if fields.len() >= names.len() && extra_is_empty {
                        take(&Row { names: &names, fields: &fields }, &place, draft)
                    } else {
                        Err(Error::invalid(format!(
                            "the row has {} fields and the header {}: check its quotes and separators",
                            fields.len(),
                            names.len()
                        )))
                    }
                });
            }
            Err(error) => {
                return Err(
                    Error::malformed(format!("{error}: check its quotes and separators")).because(error)
                );
            }
        }
    }
}

/// Looks at all rows that can be read, before they are taken.
pub(crate) fn survey(document: &Document<'_>, mut look: impl FnMut(&Row<'_>)) {
    let mut rows = reader(&document.text);
    let Ok(names) = rows.headers().cloned() else { return };
    let mut fields = csv::StringRecord::new();
    while let Ok(true) = rows.read_record(&mut fields) {
        // A row that is shorter is rejected when it is taken, and to look through all columns for it would cost more than it has.
        if fields.len() >= names.len() {
            look(&Row { names: &names, fields: &fields });
        }
    }
}

/// A reader of rows under a header, separated by what the first line has most of.
pub(crate) fn reader(text: &str) -> csv::Reader<&[u8]> {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: char| line.matches(separator).count();
    let delimiter = [(',', b','), (';', b';'), ('\t', b'\t')]
        .into_iter()
        .max_by_key(|(separator, _)| (count(*separator), *separator == ','))
        .map_or(b',', |(_, byte)| byte);
    csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.trim_start().as_bytes())
}
