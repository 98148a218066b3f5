//! ATT&CK's tables as text, looked up where it stands.

use std::cmp::Ordering;

/// What the table has of a technique, in its words.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Separated by blanks.
    pub(super) tactics: &'static str,
    /// Nothing where it is current.
    pub(super) status: &'static str,
    /// Their ids, separated by blanks.
    pub(super) mitigations: &'static str,
}

pub(super) fn technique(id: &str) -> Option<Row> {
    let mut fields = line(TECHNIQUES, id)?;
    let (name, tactics, status) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Row { name, tactics, status, mitigations: fields.next()? })
}

/// The id and the name of a mitigation.
pub(super) fn mitigation(id: &str) -> Option<(&'static str, &'static str)> {
    MITIGATIONS.lines().filter_map(|line| line.split_once('\t')).find(|(known, _)| *known == id)
}

/// The fields behind an id in a table whose lines are sorted by it. O(log n), and nothing is built.
fn line(table: &'static str, id: &str) -> Option<impl Iterator<Item = &'static str> + use<>> {
    let mut rest = table;
    while !rest.is_empty() {
        // A name may have a letter of two bytes in the middle.
        let half = |back| rest.split_at_checked((rest.len() / 2).checked_sub(back)?);
        let (before, from) = (0..4).find_map(half)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let length = from.find('\n').map_or(from.len(), |at| at + 1);
        let (earlier, here) = rest.split_at_checked(start)?;
        let (here, later) = here.split_at_checked(before.len() - start + length)?;
        let mut fields = here.trim_end_matches(['\r', '\n']).split('\t');
        match fields.next()?.cmp(id) {
            Ordering::Equal => return Some(fields),
            Ordering::Less => rest = later,
            Ordering::Greater => rest = earlier,
        }
    }
    None
}

/// Id, name, tactics, status (nothing where it is current) and ids of mitigations, sorted by id.
pub(super) const TECHNIQUES: &str = include_str!("techniques.tsv");

/// Id and name.
const MITIGATIONS: &str = include_str!("mitigations.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_lacks_is_not_found() {
        for id in ["T0000", "T1000", "T1055.013.1", "T1055.999", "T9999", "T105", ""] {
            assert!(line(TECHNIQUES, id).is_none(), "{id}");
        }
        assert!(line("", "T1001").is_none() && line("\n\n", "T1001").is_none());
        assert!(mitigation("M9999").is_none());
    }
}
