//! Reading by a mapping: from the text to something that paths walk over, and along the lists' paths to the records.
//!
//! One engine reads what the mappings that come with it describe, and what a user's own do. A document of JSON, JSON Lines, YAML, XML or
//! CSV becomes something that paths walk over ([`view`]); each record that a list's path leads to becomes a claim like any reader's.
//!
//! Reading costs time in proportion to the document: a mapping that looks at the same parts again and again runs out of [`Fuel`].

mod record;
mod scope;
mod seen;
mod texts;
mod tree;
mod view;

pub(super) use seen::Seen;

use super::{
    claim::said,
    document::{Document, Shape},
    draft::Draft,
    gate,
    json::{self, Outline},
    mapping::{At, Expression, List, Mapping, Parts, Step},
    table,
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::NoteKind,
    text::yaml,
};
use scope::{Index, Level, Scope};
use tree::Node;
use view::{Fuel, View};

/// Reads a document by a mapping.
pub(super) fn read(mapping: &Mapping, document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let parts = &*mapping.0;
    let mut text = document.text.trim_start();
    if let Some(mark) = &parts.after {
        text = text.split_once(&**mark).map_or(text, |(_, rest)| rest.trim_start());
    }
    let fuel = &Fuel::of(text.len());
    if let (Shape::Yaml(documents, _), None) = (&document.shape, &parts.after) {
        return read_yaml(parts, documents, fuel, draft);
    }
    match text.as_bytes().first() {
        Some(b'{' | b'[') => {
            let known = if let (Shape::Json(outline), None) = (&document.shape, &parts.after) {
                Some(outline)
            } else {
                None
            };
            read_json(parts, text, known, fuel, draft)
        }
        Some(b'<') => {
            let root = draft.xml(text)?;
            Reading::of(parts, View::Xml(&root), fuel).all(draft)
        }
        Some(_) => read_table(parts, document, draft, fuel),
        None => Ok(()),
    }
}

/// What stands in YAML is read as the JSON it means, each document of a stream by itself.
fn read_yaml(parts: &Parts, documents: &[yaml::Part], fuel: &Fuel, draft: &mut Draft<'_>) -> Result<()> {
    if let Some(error) = yaml::error_of(documents) {
        return Err(error.clone());
    }
    for (n, part) in documents.iter().enumerate() {
        let place = format!("line {}", part.line);
        if let Some(name) = &part.repeated {
            draft.note(NoteKind::Ignored, &place, yaml::repetition(name));
        }
        match &part.value {
            Ok(value) => {
                let text = value.to_string();
                let whole = Node::parse(&text)?;
                let reading = Reading::of(parts, View::Json(&whole), fuel);
                if n == 0 {
                    reading.source(draft);
                }
                reading.lists(&place, draft)?;
                left_out(parts, &whole, &place, draft);
            }
            Err(error) => draft.record(&place, |_| Err(error.clone())),
        }
    }
    Ok(())
}

fn read_json(
    parts: &Parts,
    text: &str,
    known: Option<&Outline>,
    fuel: &Fuel,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if let Some(outline) = known.filter(|outline| outline.lines) {
        for (place, value) in json::records(text, outline)? {
            let line = Node::parse(value.get())?;
            Reading::of(parts, View::Json(&line), fuel).lists(&place, draft)?;
        }
        return Ok(());
    }
    let texts;
    let whole = match Node::parse(text) {
        // Only a number that no `f64` holds is worth a second look: a key's modulus, say.
        Err(error) if error.message().contains("number out of range") => {
            texts = tree::with_long_numbers_as_texts(text);
            Node::parse(&texts)?
        }
        whole => whole?,
    };
    let reading = Reading::of(parts, View::Json(&whole), fuel);
    reading.all(draft)?;
    left_out(parts, &whole, "", draft);
    Ok(())
}

/// Notes the lists of a document that the mapping says nothing of.
fn left_out(parts: &Parts, whole: &Node<'_>, place: &str, draft: &mut Draft<'_>) {
    let Node::Object(object) = whole else { return };
    for (name, value) in object.fields() {
        let is_list =
            matches!(value, Node::List(list) if list.iter().any(|part| matches!(part, Node::Object(_))));
        if is_list && !parts.knows(name) {
            let what =
                format!("the list {} is left out: the mapping does not say what is in it", quoted(name));
            draft.note(NoteKind::Ignored, &format!("{place}/{}", pointed(name)), what);
        }
    }
}

/// A name of the document as it stands in a place: as far as it may be kept.
fn pointed(name: &str) -> String {
    gate::passed(name).replace('~', "~0").replace('/', "~1")
}

fn read_table(parts: &Parts, document: &Document<'_>, draft: &mut Draft<'_>, fuel: &Fuel) -> Result<()> {
    let before = Seen::of(document).header(&parts.recognise);
    let mut started = false;
    table::each_after(before, document, draft, |row, place, draft| {
        let row = View::Row(row);
        let reading = Reading::of(parts, row, fuel);
        let levels = [Level { view: row, key: "" }];
        if !std::mem::replace(&mut started, true) {
            reading.source(draft);
        }
        let list = parts.lists.iter().find(|list| record::is_of(list, &reading.scope(&levels)));
        match list {
            Some(list) => record::take(list, parts, &reading.scope(&levels), place, draft),
            None => Err(Error::invalid("the row is of none of the kinds that the mapping reads")),
        }
    })
}

/// A document that is being read.
struct Reading<'s, 't> {
    parts: &'s Parts,
    document: View<'t>,
    indexes: Vec<Index<'s, 't>>,
    fuel: &'s Fuel,
}

impl<'s, 't> Reading<'s, 't> {
    fn of(parts: &'s Parts, document: View<'t>, fuel: &'s Fuel) -> Self {
        let index = |lookup| Index::of(lookup, document, &parts.nothing, fuel);
        Self { parts, document, indexes: parts.lookups.iter().map(index).collect(), fuel }
    }

    fn scope<'a>(&'a self, levels: &'a [Level<'t>]) -> Scope<'a, 't> {
        let (document, indexes) = (self.document, self.indexes.as_slice());
        Scope { levels, document, indexes, part: None, nothing: &self.parts.nothing, fuel: self.fuel }
    }

    /// Says who has written it, and takes its records.
    fn all(&self, draft: &mut Draft<'_>) -> Result<()> {
        self.source(draft);
        self.lists("", draft)
    }

    fn source(&self, draft: &mut Draft<'_>) {
        let levels = [Level { view: self.document, key: "" }];
        let scope = self.scope(&levels);
        let first = |expression: &Option<Expression>| expression.as_ref().and_then(|one| one.first(&scope));
        if let Some(tool) = first(&self.parts.tool).and_then(|tool| said(&tool)) {
            draft.report.source.tool = tool;
        }
        draft.report.source.version = first(&self.parts.version).and_then(|version| said(&version));
        let taken = first(&self.parts.taken).map(|text| record::time(&text, &self.parts.times));
        draft.report.source.taken = draft.moment(taken.as_deref(), "");
    }

    fn lists(&self, place: &str, draft: &mut Draft<'_>) -> Result<()> {
        let lists = &self.parts.lists;
        let mut done: Vec<&At> = Vec::new();
        for at in lists.iter().flat_map(|list| &list.at) {
            if !done.contains(&at) {
                done.push(at);
                // All lists of this path look at each record, and the first that it is of takes it.
                let these: Vec<&List> = lists.iter().filter(|list| list.at.contains(at)).collect();
                self.walk(at, &these, place, draft)?;
            }
        }
        Ok(())
    }

    fn walk(&self, at: &At, lists: &[&List], place: &str, draft: &mut Draft<'_>) -> Result<()> {
        let start = Level { view: self.document, key: "" };
        let mut walk = Walk {
            reading: self,
            lists,
            or_above: at.or_above,
            levels: vec![start],
            place: place.to_owned(),
            others: 0,
            draft,
        };
        if matches!(self.document, View::Json(Node::List(_))) {
            walk.parts(start, &at.path.steps);
        } else {
            walk.on(&at.path.steps);
        }
        let others = walk.others;
        if self.fuel.is_out() {
            let message =
                "the document makes the mapping look at the same parts again and again: it is not read on";
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        if others > 0 {
            let what = format!(
                "{others} records are left out: they are of none of the kinds that the mapping reads"
            );
            draft.note(NoteKind::Ignored, place, what);
        }
        Ok(())
    }
}

/// A way along a path to records.
struct Walk<'w, 'd, 's, 't> {
    reading: &'w Reading<'s, 't>,
    lists: &'w [&'w List],
    or_above: bool,
    levels: Vec<Level<'t>>,
    place: String,
    /// How many records no list has taken.
    others: u64,
    draft: &'w mut Draft<'d>,
}

impl<'t> Walk<'_, '_, '_, 't> {
    fn on(&mut self, steps: &[Step]) {
        let Some((step, rest)) = steps.split_first() else { return self.record() };
        let Some(level) = self.levels.last().copied() else { return };
        let (fuel, length, mut any) = (self.reading.fuel, self.place.len(), false);
        level.view.children(step, fuel, &mut |key, view| {
            self.place.push('/');
            self.place.push_str(&pointed(step.name.as_deref().unwrap_or(key)));
            any |= self.parts(Level { view, key }, rest);
            self.place.truncate(length);
        });
        if !any && self.or_above && rest.is_empty() {
            self.levels.push(Level { view: View::Nothing, key: "" });
            self.record();
            self.levels.pop();
        }
    }

    /// Goes on at each part of what may be a list; says whether there was any.
    fn parts(&mut self, level: Level<'t>, steps: &[Step]) -> bool {
        let (fuel, length, mut any) = (self.reading.fuel, self.place.len(), false);
        level.view.parts(fuel, &mut |at, view| {
            for n in at {
                self.place.push('/');
                self.place.push_str(&n.to_string());
            }
            self.levels.push(Level { view, key: level.key });
            self.on(steps);
            self.levels.pop();
            self.place.truncate(length);
            any = true;
        });
        any
    }

    fn record(&mut self) {
        if self.reading.fuel.is_out() {
            return;
        }
        let scope = self.reading.scope(&self.levels);
        let Some(list) = self.lists.iter().find(|list| record::is_of(list, &scope)) else {
            self.others += 1;
            return;
        };
        if list.skip.is_some() || self.levels.iter().rev().find_map(|level| level.view.is_cut()) == Some(true)
        {
            return;
        }
        let line = self.levels.iter().rev().find_map(|level| level.view.line());
        let place = line.map_or_else(|| self.place.clone(), |line| format!("line {line}"));
        let parts = self.reading.parts;
        self.draft.record(&place, |draft| record::take(list, parts, &scope, &place, draft));
    }
}
