use super::{Mitigation, Technique, TechniqueStatus};
use std::cmp::Ordering;

/// What the table has of a technique, in its words.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) tactics: &'static str,
    pub(super) status: TechniqueStatus,
    pub(super) mitigations: &'static str,
}

pub(super) fn technique(id: Technique) -> Option<Row> {
    let mut fields = line(TECHNIQUES, &id.to_string())?;
    let (name, tactics, status) = (fields.next()?, fields.next()?, fields.next()?);
    let status = if status.is_empty() { TechniqueStatus::Current } else { status.parse().ok()? };
    Some(Row { name, tactics, status, mitigations: fields.next()? })
}

pub(super) fn mitigation(id: &str) -> Option<Mitigation> {
    let (id, name) =
        MITIGATIONS.lines().filter_map(|line| line.split_once('\t')).find(|(known, _)| *known == id)?;
    Some(Mitigation { id, name })
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
const TECHNIQUES: &str = include_str!("techniques.tsv");

/// Id and name.
const MITIGATIONS: &str = include_str!("mitigations.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_id_and_says_what_it_says() {
        let (mut statuses, mut pairs, mut last) = ([0; 3], 0, None);
        for line in TECHNIQUES.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, name, tactics, _, mitigations] = fields[..] else { panic!("{line}") };
            let technique: Technique = id.parse().unwrap();
            assert!(last < Some(technique), "{id} is out of order");
            last = Some(technique);
            assert_eq!((technique.to_string().as_str(), technique.name()), (id, Some(name)));
            let words: Vec<&str> = technique.tactics().map(|tactic| tactic.name()).collect();
            assert_eq!(words.join(" "), tactics, "{id}");
            let ids: Vec<&str> = technique.mitigations().map(|mitigation| mitigation.id).collect();
            assert_eq!(ids.join(" "), mitigations, "{id}");
            statuses[technique.status().unwrap() as usize] += 1;
            pairs += ids.len();
        }
        assert_eq!((statuses, pairs), ([691, 132, 12], 1445));
        assert_eq!(MITIGATIONS.lines().count(), 44);
    }

    #[test]
    fn what_the_table_lacks_is_not_found() {
        for id in ["T0000", "T1000", "T1055.013.1", "T1055.999", "T9999", "T105", ""] {
            assert!(line(TECHNIQUES, id).is_none(), "{id}");
        }
        assert!(line("", "T1001").is_none() && line("\n\n", "T1001").is_none());
        assert!(mitigation("M9999").is_none());
    }
}
