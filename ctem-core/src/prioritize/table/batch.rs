//! A stretch of rows: the columns that a row can have, by their names, each lent and as long as the others.

use super::column::{Column, Values};
use crate::error::{Error, Result, quoted};

/// Rows that lie one after the other: columns by their names, which are those of the fields of a [`Row`](crate::prioritize::Row).
///
/// ```
/// use ctem_core::prioritize::{Batch, Column};
///
/// let batch = Batch::of([("epss", Column::numbers(&[0.5, 0.1]))])?;
/// assert_eq!(batch.len(), 2);
/// // A misspelt column would be scored as unknown.
/// let error = Batch::of([("eps", Column::numbers(&[0.5]))]).unwrap_err();
/// assert_eq!(error.place(), Some("eps"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Batch<'a> {
    rows: usize,
    pub(super) columns: [Option<Column<'a>>; FIELDS.len()],
}

/// The fields of a row, in their order, and what a column of them may be of.
pub(super) const FIELDS: [(&str, Takes); 8] = [
    ("cve", Takes::Text),
    ("epss", Takes::Numbers),
    ("known_exploited", Takes::Flags),
    ("published", Takes::Moments),
    ("as_of", Takes::Moments),
    ("cvss", Takes::Text),
    ("reachable", Takes::Text),
    ("criticality", Takes::Text),
];

#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    Text,
    Numbers,
    Flags,
    Moments,
}

impl<'a> Batch<'a> {
    /// A batch of these columns.
    ///
    /// ```
    /// use ctem_core::prioritize::{Batch, Column, Texts};
    ///
    /// let (places, scores) = (["internet"], [0.5]);
    /// let batch = Batch::of([("reachable", Column::texts(Texts::of(&places))), ("epss", Column::numbers(&scores))])?;
    /// assert_eq!(batch.len(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a column of no name that a row has, or given twice, of another length than the others, or of what its field
    /// cannot be; the place is its name.
    pub fn of<'n>(columns: impl IntoIterator<Item = (&'n str, Column<'a>)>) -> Result<Self> {
        let mut batch = Self::default();
        let mut rows = None;
        for (name, column) in columns {
            let wrong = |message: String| Error::invalid(message).at(name);
            let Some(at) = FIELDS.iter().position(|(field, _)| *field == name) else {
                let names = FIELDS.map(|(field, _)| field).join(", ");
                let message = format!(
                    "{} is no column of a row: name it as one of {names}, or leave it out",
                    quoted(name)
                );
                return Err(wrong(message));
            };
            let len = column.len();
            if *rows.get_or_insert(len) != len {
                let message = format!(
                    "the column has {len} rows and another {}: all must have as many",
                    rows.unwrap_or(0)
                );
                return Err(wrong(message));
            }
            check(&column, FIELDS.get(at).map_or(Takes::Text, |(_, takes)| *takes)).map_err(wrong)?;
            let Some(slot @ None) = batch.columns.get_mut(at) else {
                return Err(wrong("the column is given twice: leave one out".into()));
            };
            *slot = Some(column);
        }
        batch.rows = rows.unwrap_or(0);
        Ok(batch)
    }

    /// How many rows it has.
    ///
    /// ```
    /// use ctem_core::prioritize::{Batch, Column};
    ///
    /// assert_eq!(Batch::of([("epss", Column::numbers(&[0.5]))])?.len(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether it has none.
    ///
    /// ```
    /// use ctem_core::prioritize::Batch;
    ///
    /// assert!(Batch::of([])?.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

fn check(column: &Column<'_>, takes: Takes) -> Result<(), String> {
    let (fits, what) = match (takes, &column.values) {
        (_, Values::Unknown(_)) => (true, ""),
        (Takes::Text, values) => (matches!(values, Values::Texts(_) | Values::Coded(..)), "text"),
        (Takes::Numbers, values) => {
            (matches!(values, Values::Numbers(_) | Values::Singles(_) | Values::Integers(_)), "numbers")
        }
        (Takes::Flags, values) => {
            (!matches!(values, Values::Moments(..)), "flags, of 0 and 1, or of yes and no")
        }
        (Takes::Moments, values) => (
            matches!(values, Values::Moments(..) | Values::Texts(_) | Values::Coded(..)),
            "dates, times or their text",
        ),
    };
    if !fits {
        return Err(format!("the column is of {}: it must be of {what}", column.kind()));
    }
    let bits = [column.known, if let Values::Flags(bits, _) = column.values { Some(bits) } else { None }];
    if bits.into_iter().flatten().any(|bits| !bits.holds(column.len())) {
        return Err(format!("there are fewer bits than rows: {} are needed", column.len()));
    }
    Ok(())
}
