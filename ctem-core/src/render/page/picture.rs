//! An attack path as a picture: who is held stands in boxes, from left to right, and what the attacker does on the arrows
//! between them. Here it is decided what stands on the boxes; the script draws them.

use super::once::Once;
use crate::{
    prioritize::{AttackerAction, Hop, Path},
    render::{
        drawn::layout::{self, FITS, Step, fitting, under},
        words::{self, short},
    },
};

/// A box: what it is, its two lines, what it says in full, and what stands above and below the arrow to it.
pub(super) type BoxEntry = (Class, [u32; 5]);

/// A box in its place: its number, its column and row, and the places it follows from.
pub(super) type Place = (u32, usize, usize, Vec<usize>);

/// What a box stands for: an entry point 0, what is held 1, a loss 2.
pub(super) type Class = u8;

/// The places of a path's boxes.
pub(super) fn placed(path: &Path, texts: &mut Once<Box<str>>, boxes: &mut Once<BoxEntry>) -> Vec<Place> {
    let steps: Vec<Step<'_>> = path.hops.iter().map(|hop| (&*hop.from, hop.to.as_ref())).collect();
    let placed = layout::placed(&steps).into_iter().filter_map(|place| {
        let entry = boxed(path, path.hops.get(place.hop)?, texts);
        Some((boxes.number(entry), place.column, place.row, place.after))
    });
    placed.collect()
}

fn boxed(path: &Path, hop: &Hop, texts: &mut Once<Box<str>>) -> BoxEntry {
    let (lines, class) = match &hop.to {
        Some(held) => ([fitting(&held.asset), held.access.name().to_owned()], u8::from(!hop.from.is_empty())),
        None => ([fitting(&path.name), short(&path.loss.to_string(), FITS)], 2),
    };
    let above = match &hop.action {
        AttackerAction::Exploit { weakness, .. } => short(weakness, FITS),
        // Its box says it.
        AttackerAction::Loss { .. } => String::new(),
        action => short(&words::action(action), FITS),
    };
    let technique = hop.technique.map(|technique| technique.to_string());
    let below = under(technique.as_deref(), hop.chance);
    let [name, access] = lines;
    let whole = format!("{} → {}", words::how(hop), words::gives(hop));
    (class, [name, access, whole, above, below].map(|text| texts.text(&text)))
}
