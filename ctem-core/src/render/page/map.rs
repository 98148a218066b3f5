//! The picture of the graph around a choke point: which places there are and what leads from one to the next. The script draws the part
//! that is looked at, so that thousands of places stay usable.

use super::{once::Once, picture::Class};
use crate::render::markup::put;
use crate::{
    prioritize::{AttackerAction, Place, Surroundings},
    quantity::Probability,
    render::words::{self, LONG, short},
};
use serde::Serialize;

/// What the script reads. Texts are numbers in the page's own list.
#[derive(Default, Serialize)]
pub(super) struct Map {
    /// Of each place what it is, its name, what it is besides, and its chance in words, and as a number to sort by.
    places: Vec<(Class, u32, u32, u32, f64)>,
    /// From, to, and in words what leads there.
    ways: Vec<(usize, usize, u32)>,
    /// Where to begin: the place, and why.
    middles: Vec<(usize, u32)>,
}

impl Map {
    pub(super) fn of(surroundings: &Surroundings, texts: &mut Once<Box<str>>) -> Self {
        let place = |texts: &mut Once<Box<str>>, place: &Place| {
            let class = if place.is_loss { 2 } else { u8::from(!place.is_entry) };
            let chance = Probability::clamped(place.chance).percent();
            let words = [short(&place.name, LONG), place.what.clone(), chance];
            let [name, what, chance] = words.map(|text| texts.text(&text));
            // So many digits sort as well, and are read faster.
            (class, name, what, chance, (place.chance * 1e6).round() / 1e6)
        };
        let places = surroundings.places.iter().map(|one| place(texts, one)).collect();
        let ways = surroundings.ways.iter().map(|way| {
            let what = match &way.action {
                AttackerAction::Exploit { weakness, .. } => short(weakness, LONG),
                AttackerAction::Loss { .. } => String::new(),
                action => short(&words::action(action), LONG),
            };
            let technique = way.technique.map(|technique| format!(" ({technique})")).unwrap_or_default();
            let more = match way.steps {
                0 | 1 => String::new(),
                steps => format!(", and {} more", words::counted(steps - 1, "step")),
            };
            (way.from, way.to, texts.text(&format!("{what}{technique}{more}")))
        });
        let ways = ways.collect();
        let middles = surroundings.middles.iter().map(|middle| {
            let all = if middle.on_every_path { "on every path" } else { "on paths" };
            let words = format!("{}: {all} to {}", short(&middle.name, 80), short(&middle.event, 60));
            (middle.place, texts.text(&words))
        });
        let middles = middles.collect();
        Self { places, ways, middles }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The part of the page that the script fills.
pub(super) fn section(page: &mut String, surroundings: &Surroundings) {
    if surroundings.places.is_empty() {
        return;
    }
    page.push_str(
        "<section id=\"around\" hidden><h2>Where paths meet</h2><form id=\"tools\">\
         <label>Around <select id=\"middle\"></select></label>\
         <label>Steps <select id=\"far\"><option>1<option selected>2<option>3<option>4<option>8</select></label>\
         <button type=\"button\" id=\"closer\" aria-label=\"Zoom in\">+</button>\
         <button type=\"button\" id=\"farther\" aria-label=\"Zoom out\">−</button>\
         <button type=\"button\" id=\"unhide\" hidden>Show what is hidden</button>\
         <output id=\"drawn\" class=\"faint\"></output></form>\
         <div id=\"chosen\" class=\"chosen\" hidden></div><div id=\"map\" class=\"map\"></div>",
    );
    if surroundings.left_out > 0 {
        let places = words::counted(surroundings.left_out, "place");
        put(page, format_args!("<p class=\"faint\">… and {places} further away</p>"));
    }
    page.push_str("</section>");
}
