//! An attack path as a picture: who is held stands in boxes, from left to right, and what the attacker does on the arrows
//! between them. Here it is decided which boxes there are and in which column and row; the script draws them.

use super::once::Once;
use crate::{
    model::Access,
    prioritize::{AttackerAction, Foothold, Hop, Path},
    quantity::Probability,
    render::words::{self, short},
};

/// A box: what it is, its two lines, what it says in full, and what stands above and below the arrow to it.
pub(super) type BoxEntry = (Class, [u32; 5]);

/// A box in its place: its number, its column and row, and the places it follows from.
pub(super) type Place = (u32, usize, usize, Vec<usize>);

/// What a box stands for: an entry point 0, what is held 1, a loss 2.
pub(super) type Class = u8;

/// As much as fits a box, or an arrow.
const FITS: usize = 17;

/// A box for what each hop gives, a column right of what it needs. To reach an asset is only a step to more, so it has no box
/// where the path goes on from there.
pub(super) fn placed(path: &Path, texts: &mut Once<Box<str>>, boxes: &mut Once<BoxEntry>) -> Vec<Place> {
    let mut places: Vec<(Place, &Hop)> = Vec::new();
    let mut passed: Vec<(&Foothold, Vec<usize>)> = Vec::new();
    for (n, hop) in path.hops.iter().enumerate() {
        let mut after: Vec<usize> = Vec::new();
        for held in &hop.from {
            if let Some((_, before)) = passed.iter().find(|(reached, _)| *reached == held) {
                after.extend(before);
                continue;
            }
            let exact = places.iter().position(|(_, hop)| hop.to.as_ref() == Some(held));
            // More access includes less: else the box of the same asset.
            let same = |hop: &Hop| hop.to.as_ref().is_some_and(|to| to.asset == held.asset);
            after.extend(exact.or_else(|| places.iter().rposition(|(_, hop)| same(hop))));
        }
        after.sort_unstable();
        after.dedup();
        if let Some(held) = hop.to.as_ref().filter(|held| held.access == Access::Reach)
            && !after.is_empty()
            && path.hops.iter().skip(n + 1).any(|later| later.from.contains(held))
        {
            passed.push((held, after));
            continue;
        }
        let columns = after.iter().filter_map(|at| places.get(*at)).map(|((_, column, ..), _)| column + 1);
        let column = columns.max().unwrap_or(0);
        let row = places.iter().filter(|((_, other, ..), _)| *other == column).count();
        let entry = boxed(path, hop, texts);
        places.push(((boxes.number(entry), column, row, after), hop));
    }
    places.into_iter().map(|(place, _)| place).collect()
}

fn boxed(path: &Path, hop: &Hop, texts: &mut Once<Box<str>>) -> BoxEntry {
    let (lines, class) = match &hop.to {
        Some(held) => {
            ([short(&held.asset, FITS), held.access.name().to_owned()], u8::from(!hop.from.is_empty()))
        }
        None => ([short(&path.name, FITS), short(&path.loss.to_string(), FITS)], 2),
    };
    let above = match &hop.action {
        AttackerAction::Exploit { weakness, .. } => short(weakness, FITS),
        // Its box says it.
        AttackerAction::Loss { .. } => String::new(),
        action => short(&words::action(action), FITS),
    };
    let technique = hop.technique.map(|technique| technique.to_string());
    let below = match (technique, hop.chance) {
        (Some(technique), Probability::ONE) => technique,
        (Some(technique), chance) => format!("{technique} · {}", chance.percent()),
        (None, Probability::ONE) => String::new(),
        (None, chance) => chance.percent(),
    };
    let [name, access] = lines;
    let whole = format!("{} → {}", words::how(hop), words::gives(hop));
    (class, [name, access, whole, above, below].map(|text| texts.text(&text)))
}
