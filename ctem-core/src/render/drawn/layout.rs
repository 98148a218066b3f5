//! Where the boxes of an attack path stand: in columns from left to right, each right of what it needs.

use crate::{model::Access, prioritize::Foothold, quantity::Probability, render::words::short};

/// As much as fits a box, or an arrow.
pub(in crate::render) const FITS: usize = 17;

/// As much of a name as fits a box: a capital takes the room of a letter and a third.
pub(in crate::render) fn fitting(name: &str) -> String {
    let name = short(name, FITS);
    let thirds = name.chars().scan(0, |sum, letter| {
        *sum += if letter.is_uppercase() { 4 } else { 3 };
        Some(*sum)
    });
    let fits = thirds.take_while(|sum| *sum <= 3 * FITS).count();
    short(&name, fits)
}

/// What a hop needs and what it gives; nothing, where it is the loss.
pub(in crate::render) type Step<'a> = (&'a [Foothold], Option<&'a Foothold>);

/// A box in its place: the hop that gives what it stands for, its column and row, and the places it follows from.
pub(in crate::render) struct Place {
    pub(in crate::render) hop: usize,
    pub(in crate::render) column: usize,
    pub(in crate::render) row: usize,
    pub(in crate::render) after: Vec<usize>,
}

/// A box for what each hop gives, a column right of what it needs. To reach an asset is only a step to more, so it has no box
/// where the path goes on from there. Time grows as the square of the hops.
pub(in crate::render) fn placed(steps: &[Step<'_>]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut passed: Vec<(&Foothold, Vec<usize>)> = Vec::new();
    let gives = |place: &Place| steps.get(place.hop).and_then(|(_, to)| *to);
    for (hop, (from, to)) in steps.iter().enumerate() {
        let mut after: Vec<usize> = Vec::new();
        for held in *from {
            if let Some((_, before)) = passed.iter().find(|(reached, _)| *reached == held) {
                after.extend(before);
                continue;
            }
            let exact = places.iter().position(|place| gives(place) == Some(held));
            // More access includes less: else the box of the same asset.
            let same = |place: &Place| gives(place).is_some_and(|to| to.asset == held.asset);
            after.extend(exact.or_else(|| places.iter().rposition(same)));
        }
        after.sort_unstable();
        after.dedup();
        if let Some(held) = to.filter(|held| held.access == Access::Reach)
            && !after.is_empty()
            && steps.iter().skip(hop + 1).any(|(from, _)| from.contains(held))
        {
            passed.push((held, after));
            continue;
        }
        let columns = after.iter().filter_map(|at| places.get(*at)).map(|place| place.column + 1);
        let column = columns.max().unwrap_or(0);
        let row = places.iter().filter(|place| place.column == column).count();
        places.push(Place { hop, column, row, after });
    }
    places
}

/// What stands below the arrow to a box: the technique, and the chance where it is not sure.
pub(in crate::render) fn under(technique: Option<&str>, chance: Probability) -> String {
    match (technique, chance) {
        (Some(technique), Probability::ONE) => technique.to_owned(),
        (Some(technique), chance) => format!("{technique} · {}", chance.percent()),
        (None, Probability::ONE) => String::new(),
        (None, chance) => chance.percent(),
    }
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn capitals_take_more_room() {
        for (name, shown) in [
            ("", ""),
            ("intranet.example", "intranet.example"),
            ("intranet.bank.example", "intranet.bank.ex…"),
            ("CORE-DB.BANK", "CORE-DB.BANK"),
            ("INTRANET.BANK.EXAMPLE", "INTRANET.BAN…"),
        ] {
            assert_eq!(fitting(name), shown);
        }
    }
}
