//! An attack path as a picture: who is held stands in boxes, from left to right, and what the attacker does on the arrows
//! between them.

use super::{
    escape::escaped,
    words::{self, short},
};
use crate::{
    model::Access,
    prioritize::{Action, Foothold, Hop, Path},
    quantity::Probability,
};
use std::fmt::Write;

const BOX: (usize, usize) = (128, 46);
const GAP: (usize, usize) = (104, 22);
/// A picture up to this width is drawn smaller where room is short; a wider one scrolls.
const SHRINKS: usize = 1500;
const MARGIN: usize = 8;

/// The picture as an SVG element, with a text for those who do not see it. Nothing in it is markup of others.
pub(super) fn picture(path: &Path) -> String {
    let places = placed(path);
    let columns = 1 + places.iter().map(|place| place.column).max().unwrap_or(0);
    let rows = 1 + places.iter().map(|place| place.row).max().unwrap_or(0);
    let width = columns * BOX.0 + (columns - 1) * GAP.0 + 2 * MARGIN;
    let height = rows * BOX.1 + (rows - 1) * GAP.1 + 2 * MARGIN;
    let label = format!("the way to {}: {} steps", short(&path.name, words::LONG), path.hops.len());
    let mut svg = format!(
        "<svg class=\"path{}\" role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">",
        if width <= SHRINKS { " whole" } else { "" },
        escaped(&label)
    );
    for place in &places {
        for from in &place.after {
            if let Some(from) = places.get(*from) {
                arrow(&mut svg, from, place);
            }
        }
    }
    for place in &places {
        boxed(&mut svg, place);
    }
    svg.push_str("</svg>");
    svg
}

/// A box of the picture.
struct Place<'a> {
    hop: &'a Hop,
    /// What it says.
    lines: [String; 2],
    class: &'static str,
    column: usize,
    row: usize,
    /// The boxes it follows from.
    after: Vec<usize>,
}

/// A box for what each hop gives, a column right of what it needs. To reach an asset is only a step to more, so it has no box
/// where the path goes on from there.
fn placed(path: &Path) -> Vec<Place<'_>> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut passed: Vec<(&Foothold, Vec<usize>)> = Vec::new();
    for (n, hop) in path.hops.iter().enumerate() {
        let gives = |held: &Foothold, place: &Place<'_>| place.hop.to.as_ref() == Some(held);
        let mut after: Vec<usize> = Vec::new();
        for held in &hop.from {
            if let Some((_, before)) = passed.iter().find(|(reached, _)| *reached == held) {
                after.extend(before);
                continue;
            }
            let same = |place: &Place<'_>| place.hop.to.as_ref().is_some_and(|to| to.asset == held.asset);
            // More access includes less: else the box of the same asset.
            let exact = places.iter().position(|place| gives(held, place));
            after.extend(exact.or_else(|| places.iter().rposition(same)));
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
        let column =
            after.iter().filter_map(|at| places.get(*at)).map(|place| place.column + 1).max().unwrap_or(0);
        let row = places.iter().filter(|place| place.column == column).count();
        let (lines, class) = match &hop.to {
            Some(held) => {
                let class = if hop.from.is_empty() { "entry" } else { "held" };
                ([short(&held.asset, 17), held.access.name().to_owned()], class)
            }
            None => ([short(&path.name, 17), short(&path.loss.to_string(), 17)], "loss"),
        };
        places.push(Place { hop, lines, class, column, row, after });
    }
    places
}

fn corner(place: &Place<'_>) -> (usize, usize) {
    (MARGIN + place.column * (BOX.0 + GAP.0), MARGIN + place.row * (BOX.1 + GAP.1))
}

fn boxed(svg: &mut String, place: &Place<'_>) {
    let ((x, y), (width, height)) = (corner(place), BOX);
    let [name, access] = &place.lines;
    let title = format!("{} → {}", words::how(place.hop), words::gives(place.hop));
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<g class=\"{}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
         <text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        place.class,
        escaped(&title),
        x + width / 2,
        y + 19,
        escaped(name),
        x + width / 2,
        y + 36,
        escaped(access),
    );
}

fn arrow(svg: &mut String, from: &Place<'_>, to: &Place<'_>) {
    let ((from_x, from_y), (to_x, to_y)) = (corner(from), corner(to));
    let (start_x, start_y) = (from_x + BOX.0, from_y + BOX.1 / 2);
    let (end_x, end_y) = (to_x.saturating_sub(7), to_y + BOX.1 / 2);
    // The label stands in the gap before the box it leads to; so does the bend of the arrow.
    let bend = to_x.saturating_sub(GAP.0 / 2);
    let _ = write!(
        svg,
        "<path class=\"arrow\" d=\"M{start_x} {start_y} C{bend} {start_y} {bend} {end_y} {end_x} {end_y}\"/>\
         <path class=\"tip\" d=\"M{to_x} {end_y} l-8 -4 v8 z\"/>",
    );
    let hop = to.hop;
    let technique = hop.technique.map(|technique| technique.to_string());
    let above = match &hop.action {
        Action::Exploit { weakness, .. } => short(weakness, 17),
        // Its box says it.
        Action::Loss { .. } => String::new(),
        action => short(&words::action(action), 17),
    };
    let below = match (technique, hop.chance) {
        (Some(technique), Probability::ONE) => technique,
        (Some(technique), chance) => format!("{technique} · {}", chance.percent()),
        (None, Probability::ONE) => String::new(),
        (None, chance) => chance.percent(),
    };
    let middle = to_x.saturating_sub(GAP.0 / 2);
    for (text, y) in [(above, end_y.saturating_sub(7)), (below, end_y + 15)] {
        if !text.is_empty() {
            let _ = write!(
                svg,
                "<text class=\"small\" x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                escaped(&text)
            );
        }
    }
}
