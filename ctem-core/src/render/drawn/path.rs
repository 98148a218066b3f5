//! An attack path: who is held stands in boxes, from left to right, and what the attacker does on the arrows between them.

use super::layout::{self, FITS, Place, Step, fitting, under};
use crate::{
    error::{Error, ErrorKind, Result},
    prioritize::Foothold,
    quantity::{Loss, Probability},
    render::{
        escape::escaped,
        markup::{name, put},
        words::{LONG, held, short},
    },
};
use serde::Deserialize;

/// What of a path's document is drawn.
#[derive(Deserialize)]
pub(super) struct PathDocument {
    name: Box<str>,
    loss: Loss,
    chance: Probability,
    hops: Vec<Hop>,
}

#[derive(Deserialize)]
struct Hop {
    from: Vec<Foothold>,
    to: Option<Foothold>,
    kind: Box<str>,
    #[serde(default)]
    of: Option<Box<str>>,
    how: Box<str>,
    #[serde(default)]
    technique: Option<Technique>,
    chance: Probability,
}

#[derive(Deserialize)]
struct Technique {
    id: Box<str>,
}

/// Sizes of boxes, and the room around them.
const WIDTH: usize = 128;
const HEIGHT: usize = 46;
const ACROSS: usize = 104;
const DOWN: usize = 22;
const MARGIN: usize = 8;

/// More hops than any path that attackers take; where they stand is found in the square of their number.
const MOST: usize = 1_000;

/// A picture this wide is drawn smaller where room is short; a wider one scrolls.
const FITTING: usize = 1_500;

pub(super) fn section(page: &mut String, path: &PathDocument) -> Result<()> {
    if path.hops.len() > MOST {
        let message = format!("a path of {} hops is not drawn: at most {MOST} are", path.hops.len());
        return Err(Error::new(ErrorKind::LimitExceeded, message).at("/hops"));
    }
    let steps: Vec<Step<'_>> = path.hops.iter().map(|hop| (&*hop.from, hop.to.as_ref())).collect();
    let places = layout::placed(&steps);
    let furthest = |of: fn(&Place) -> usize| places.iter().map(of).max().unwrap_or(0);
    let width = left(furthest(|place| place.column)) + WIDTH + MARGIN;
    let height = top(furthest(|place| place.row)) + HEIGHT + MARGIN;
    put(
        page,
        format_args!(
            "<figure class=\"wide\"><figcaption>{}: {}, by this path with a chance of {}</figcaption>\
             <svg class=\"path{}\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" aria-label=\"{}\">",
            name(&short(&path.name, LONG)),
            escaped(&path.loss.to_string()),
            path.chance.percent(),
            if width <= FITTING { " whole" } else { "" },
            escaped(&told(path)),
        ),
    );
    for place in &places {
        arrows(page, path, &places, place);
    }
    for place in &places {
        boxed(page, path, place);
    }
    page.push_str("</svg></figure>");
    Ok(())
}

fn left(column: usize) -> usize {
    MARGIN + column * (WIDTH + ACROSS)
}

fn top(row: usize) -> usize {
    MARGIN + row * (HEIGHT + DOWN)
}

/// The arrows to a box, with what the attacker does above and by which technique below.
fn arrows(page: &mut String, path: &PathDocument, places: &[Place], place: &Place) {
    let Some(hop) = path.hops.get(place.hop) else { return };
    let (x, y) = (left(place.column), top(place.row) + HEIGHT / 2);
    // An arrow leads to the right, so its box is not the first.
    let bend = x.saturating_sub(ACROSS / 2);
    for from in place.after.iter().filter_map(|from| places.get(*from)) {
        let (start, level) = (left(from.column) + WIDTH, top(from.row) + HEIGHT / 2);
        let tip = x.saturating_sub(7);
        put(
            page,
            format_args!(
                "<path class=\"arrow\" d=\"M{start} {level} C{bend} {level} {bend} {y} {tip} {y}\"/>\
                 <path class=\"tip\" d=\"M{x} {y} l-8 -4 v8 z\"/>"
            ),
        );
    }
    if place.after.is_empty() {
        return;
    }
    let above = match &*hop.kind {
        "exploit" => hop.of.as_deref().unwrap_or(&hop.how),
        // Its box says it.
        "loss" => "",
        _ => &hop.how,
    };
    let below = under(hop.technique.as_ref().map(|technique| &*technique.id), hop.chance);
    for (text, y) in [(above, y.saturating_sub(7)), (&below, y + 15)] {
        put(
            page,
            format_args!(
                "<text class=\"small\" x=\"{bend}\" y=\"{y}\">{}</text>",
                escaped(&short(text, FITS))
            ),
        );
    }
}

fn boxed(page: &mut String, path: &PathDocument, place: &Place) {
    let Some(hop) = path.hops.get(place.hop) else { return };
    let (x, y) = (left(place.column), top(place.row));
    let (class, lines) = match &hop.to {
        Some(to) if hop.from.is_empty() => ("entry", [fitting(&to.asset), to.access.name().to_owned()]),
        Some(to) => ("held", [fitting(&to.asset), to.access.name().to_owned()]),
        None => ("loss", [fitting(&path.name), short(&path.loss.to_string(), FITS)]),
    };
    let [first, second] = lines.map(|line| escaped(&line));
    let middle = x + WIDTH / 2;
    put(
        page,
        format_args!(
            "<g class=\"{class}\"><title>{} → {}</title>\
             <rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>\
             <text x=\"{middle}\" y=\"{}\">{first}</text><text class=\"small\" x=\"{middle}\" y=\"{}\">{second}</text></g>",
            escaped(&short(&hop.how, LONG)),
            escaped(&held(hop.to.as_ref())),
            y + 19,
            y + 36,
        ),
    );
}

/// The path in words, for those who do not see it.
fn told(path: &PathDocument) -> String {
    let hops = path.hops.iter().map(|hop| format!("{} → {}", short(&hop.how, LONG), held(hop.to.as_ref())));
    format!("attack path to {}: {}", short(&path.name, LONG), hops.collect::<Vec<_>>().join("; "))
}
