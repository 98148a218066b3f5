//! The table of ways by which rights raise rights.

use crate::model::Technique;

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Escalation {
    pub(super) id: &'static str,
    pub(super) how: How,
    pub(super) on: &'static str,
    /// Actions, all of them needed; those of passing a role are not among them.
    pub(super) actions: Vec<&'static str>,
    /// The chance that what it needs besides is there.
    pub(super) chance: f64,
    pub(super) technique: Option<Technique>,
    /// What is done.
    pub(super) what: &'static str,
}

/// How rights are raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Raise,
    Take,
    Join,
    Pass,
    Existing,
    Both,
    Assume,
}

const TABLE: &str = include_str!("escalations.tsv");

/// The lines of the table. One that is no line is left out; a test holds that none is.
pub(super) fn all() -> impl Iterator<Item = Escalation> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(line)
}

fn line(line: &'static str) -> Option<Escalation> {
    let mut columns = line.split('\t');
    let [id, how, on, actions, chance, technique, what] = std::array::from_fn(|_| columns.next());
    let how = match how? {
        "raise" => How::Raise,
        "take" => How::Take,
        "join" => How::Join,
        "pass" => How::Pass,
        "existing" => How::Existing,
        "both" => How::Both,
        "assume" => How::Assume,
        _ => return None,
    };
    Some(Escalation {
        id: id?,
        how,
        on: on?,
        actions: actions?.split(' ').collect(),
        chance: chance?.parse().ok()?,
        technique: Technique::of(technique?),
        what: what?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_has_a_technique() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        let all: Vec<_> = all().collect();
        assert_eq!((all.len(), lines), (66, 66));
        assert!(all.iter().all(|one| one.technique.is_some()), "{all:?}");
    }
}
