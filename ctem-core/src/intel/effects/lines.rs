//! Lines of a table: columns with tabs between, and lines for people that begin with `#`.

use crate::error::{Error, Result, quoted};

/// The lines of a text that say something, each with its number and columns. `wanted` columns, unless it is 0.
pub(super) fn columns(text: &str, wanted: usize) -> impl Iterator<Item = Result<(usize, Vec<&str>)>> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate().map(|(n, line)| (n + 1, line));
    let said = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    said.map(move |(at, line)| (at, line.split('\t').map(str::trim).collect::<Vec<_>>()))
        .filter(|(_, fields)| !is_head(fields))
        .map(move |(at, fields)| {
            if wanted != 0 && fields.len() != wanted {
                let what = format!("{} columns: there must be {wanted}", fields.len());
                return Err(Error::malformed(what).at(format_args!("line {at}")));
            }
            Ok((at, fields))
        })
}

/// The names of the columns, which a table may carry so that people know them.
fn is_head(fields: &[&str]) -> bool {
    matches!(fields, ["tool", "match", "value", ..] | ["name", "effect", ..] | ["class", "name", ..])
}

/// A number, or a dash for none.
pub(super) fn number(text: &str) -> Result<Option<f64>> {
    if text == "-" {
        return Ok(None);
    }
    let number = text.parse().map_err(|_| Error::invalid(format!("{} is no number", quoted(text))))?;
    Ok(Some(number))
}
