//! The rows of a page and their reasons, as data from which the script makes what is looked at.
//!
//! What many rows have in common (texts, terms, boxes of pictures) is there once and called by its number, so that a row with its path
//! and its tree takes some 500 bytes. A list of which another begins in the same way is called by how it begins and its last thing: of paths
//! and terms along a way of a thousand hops, each hop is there once.

use super::{
    map::Map,
    once::Once,
    picture::{self, BoxEntry, Place},
};
use crate::{
    attack::Asking,
    id::LossEventId,
    mobilize::Plan,
    prioritize::{Assessment, Explanation, Exposure, Path, Surroundings, Term},
    quantity::spelled,
    render::{
        details::details,
        explanation, plan,
        words::{self, LONG, short},
    },
};
use serde::Serialize;
use std::collections::HashMap;

/// What the script reads. A tuple is an array there: its fields are named in the same order at the script's beginning.
#[derive(Default, Serialize)]
pub(super) struct Data {
    texts: Once<Box<str>>,
    terms: Once<TermEntry>,
    /// Lists of terms: what a list begins with, by its number from 1 on and 0 for nothing, and the last term.
    lists: Once<(u32, u32)>,
    boxes: Once<BoxEntry>,
    /// Lists of places of the boxes of a path, likewise.
    places: Once<(u32, Place)>,
    /// Paths as drawn: what each is called, and its list of places.
    paths: Once<(u32, u32)>,
    rows: Vec<Row>,
    /// The last path to each loss event with its number, so that one that many rows have is put into its places once.
    #[serde(skip)]
    drawn: HashMap<LossEventId, (Path, u32)>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    map: Map,
}

/// A term: its name, number and fold, why, and the list of its parts.
type TermEntry = (u32, u32, u32, u32, u32);

/// An exposure: numbers to sort by, then texts, whether it is known to be exploited, its term, its first path, and the others by name.
#[derive(Serialize)]
struct Row {
    rank: usize,
    worth: f64,
    risk: f64,
    likelihood: f64,
    reach: f64,
    known: u8,
    /// What it is ordered by, what, on, likelihood, reach, loss, owner, title, id, sources, how it is rated, fix.
    texts: [u32; 12],
    /// Where it is, what to do, where to read more, when it was seen: what each is called, and what it says.
    told: Vec<(u32, u32)>,
    term: u32,
    path: Option<u32>,
    also: Vec<u32>,
}

impl Data {
    /// The data of exposures, each by what it is ordered by and its place in the ranking. O(rows × length of their explanations).
    pub(super) fn of(
        assessment: &Assessment,
        order: &[(f64, usize)],
        planned: Option<&Plan>,
        asking: &Asking<'_>,
    ) -> Self {
        let mut data = Self::default();
        let mut explainer = assessment.explainer();
        // An explanation may be as long as a way of a thousand hops.
        for (worth, place) in order.iter().take_while(|_| asking.goes_on_now()) {
            let Some(exposure) = assessment.ranked_at(*place) else { continue };
            let explanation = explainer.exposure(&exposure);
            let spelt = plan::worth(planned, exposure.unit, *worth);
            data.row(assessment, &exposure, &explanation, (*worth, &spelt));
        }
        data
    }

    /// The same with the graph around choke points.
    pub(super) fn with(mut self, around: &Surroundings) -> Self {
        self.map = Map::of(around, &mut self.texts);
        self
    }

    /// As JSON in which no text ends the element that it stands in.
    pub(super) fn json(&self) -> String {
        // Serializing plain data into memory cannot fail; what could not be written would be a page without rows.
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }

    fn row(
        &mut self,
        assessment: &Assessment,
        exposure: &Exposure<'_>,
        explanation: &Explanation,
        (worth, spelt): (f64, &str),
    ) {
        // Titles can be as long as an article; the page shows a good part of one.
        const TITLE: usize = 2_000;
        let id = exposure.finding.map_or(exposure.id.as_str(), |finding| finding.weakness.id.as_str());
        let sources = exposure.finding.map(|finding| finding.sources().join(", ")).unwrap_or_default();
        let seen = match exposure.finding {
            Some(_) if sources.is_empty() => "seen by nobody in particular".into(),
            Some(_) => format!("seen by {sources}"),
            None => String::new(),
        };
        let rated: Vec<String> = words::rated(exposure.severity, exposure.cvss, exposure.epss).collect();
        let texts = [
            spelt.to_owned(),
            words::what(exposure),
            words::name(exposure.asset),
            exposure.likelihood.percent(),
            exposure.reach.percent(),
            words::leads_to(exposure),
            words::owner(assessment.environment(), exposure.asset),
            short(&exposure.title(), TITLE),
            short(id, LONG),
            short(&seen, LONG),
            rated.join(", "),
            words::fix(exposure),
        ];
        let told = details(exposure);
        let row = Row {
            rank: self.rows.len() + 1,
            worth,
            risk: exposure.risk.value(),
            likelihood: exposure.likelihood.get(),
            reach: exposure.reach.get(),
            known: u8::from(exposure.known_exploited),
            texts: texts.map(|text| self.texts.text(&text)),
            told: told.iter().map(|(label, text)| (self.texts.text(label), self.texts.text(text))).collect(),
            term: self.term(&explanation.risk),
            path: explanation.paths.first().map(|path| self.path(path)),
            also: explanation.paths.iter().skip(1).map(|path| self.called(path)).collect(),
        };
        self.rows.push(row);
    }

    /// A term with its parts, whose depth is that of the engine's formulas, a few levels.
    fn term(&mut self, term: &Term) -> u32 {
        let name = self.texts.text(&short(&term.name, LONG));
        let term = words::telling(term);
        let [value, fold] =
            [spelled(term.value), explanation::folded(term.fold)].map(|text| self.texts.text(&text));
        let because = self.texts.text(&short(&term.because, LONG));
        let mut parts = 0;
        for part in &term.parts {
            let last = self.term(part);
            parts = 1 + self.lists.number((parts, last));
        }
        self.terms.number((name, value, fold, because, parts))
    }

    fn path(&mut self, path: &Path) -> u32 {
        if let Some((_, number)) = self.drawn.get(&path.event).filter(|(known, _)| known == path) {
            return *number;
        }
        let mut list = 0;
        for place in picture::placed(path, &mut self.texts, &mut self.boxes) {
            list = 1 + self.places.number((list, place));
        }
        let called = self.called(path);
        let number = self.paths.number((called, list));
        self.drawn.insert(path.event.clone(), (path.clone(), number));
        number
    }

    fn called(&mut self, path: &Path) -> u32 {
        let (name, loss, chance) = (short(&path.name, LONG), path.loss, path.chance.percent());
        self.texts.text(&format!("{name}: {loss}, {chance}"))
    }
}
