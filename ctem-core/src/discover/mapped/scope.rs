//! What an expression sees: the record, what it stands in, the document, and what the mapping's lookups find.

use super::view::{Fuel, View};
use crate::discover::mapping::{Lookup, Path, Start, Step};
use std::{borrow::Cow, collections::HashMap};

/// One level of where a record stands: what is there, and its name in the object around it.
#[derive(Clone, Copy)]
pub(super) struct Level<'t> {
    pub(super) view: View<'t>,
    pub(super) key: &'t str,
}

/// What is seen from a record.
pub(super) struct Scope<'s, 't> {
    /// The document first, the record last.
    pub(super) levels: &'s [Level<'t>],
    pub(super) document: View<'t>,
    pub(super) indexes: &'s [Index<'s, 't>],
    /// The part of the record that is spoken of.
    pub(super) part: Option<&'s str>,
    /// Words that say nothing.
    pub(super) nothing: &'s [Box<str>],
    pub(super) fuel: &'s Fuel,
}

/// What can be looked up, by the texts it is looked up with.
pub(super) struct Index<'s, 't> {
    lookup: &'s Lookup,
    by: HashMap<Cow<'t, str>, Level<'t>>,
    /// The same in lower case, where that is another text: tools are not strict about the case of their own ids.
    lower: HashMap<String, Level<'t>>,
}

impl<'t> Scope<'_, 't> {
    /// Adds the texts at a path.
    pub(super) fn texts(&self, path: &Path, out: &mut Vec<Cow<'t, str>>) {
        let mut add = |text: Option<Cow<'t, str>>| {
            let text =
                text.map(|text| if let Cow::Borrowed(text) = text { text.trim().into() } else { text });
            let said = text.filter(|text| !text.is_empty() && self.says_something(text));
            out.extend(said.filter(|text| self.fuel.take(text.len() / 64)));
        };
        let above =
            |levels: usize| self.levels.len().checked_sub(levels + 1).and_then(|n| self.levels.get(n));
        let from = match &path.start {
            Start::Key(levels) => return add(above(*levels).map(|level| level.key.into())),
            Start::Each => return add(self.part.map(|part| Cow::Owned(part.to_owned()))),
            Start::Above(levels) => above(*levels).map(|level| level.view),
            Start::Document => Some(self.document),
            Start::Lookup(name) => match self.found(name) {
                // A lookup's own `$key` cannot be asked for by a step, so its name stands for a path without steps.
                Some(level) if path.steps.is_empty() && !level.key.is_empty() => {
                    return add(Some(level.key.into()));
                }
                found => found.map(|level| level.view),
            },
        };
        let Some(from) = from else { return };
        if path.keys {
            let all = Step { name: None, only: None };
            from.follow(&path.steps, self.fuel, &mut |view| {
                view.children(&all, self.fuel, &mut |key, _| add(Some(key.into())));
            });
        } else {
            from.follow(&path.steps, self.fuel, &mut |view| add(view.text()));
        }
    }

    fn found(&self, name: &str) -> Option<Level<'t>> {
        let (at, index) = self.indexes.iter().enumerate().find(|(_, index)| &*index.lookup.name == name)?;
        // A lookup sees only those before it, so that none can lead to itself.
        let before = Scope { indexes: self.indexes.get(..at).unwrap_or_default(), ..*self };
        let stated = index.lookup.is.all(&before);
        let other = |text: &Cow<'_, str>| {
            let lower = text.to_ascii_lowercase();
            index.by.get(lower.as_str()).or_else(|| index.lower.get(&lower))
        };
        stated.iter().find_map(|text| index.by.get(text)).or_else(|| stated.iter().find_map(other)).copied()
    }

    fn says_something(&self, text: &str) -> bool {
        self.nothing.is_empty() || !self.nothing.iter().any(|word| text.eq_ignore_ascii_case(word))
    }
}

impl<'s, 't> Index<'s, 't> {
    /// Goes once over what can be looked up.
    pub(super) fn of(
        lookup: &'s Lookup,
        document: View<'t>,
        nothing: &'s [Box<str>],
        fuel: &'s Fuel,
    ) -> Self {
        let (mut by, mut lower) = (HashMap::new(), HashMap::new());
        let mut take = |level: Level<'t>| {
            let scope = Scope { levels: &[level], document, indexes: &[], part: None, nothing, fuel };
            for text in lookup.by.all(&scope) {
                if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    lower.entry(text.to_ascii_lowercase()).or_insert(level);
                }
                by.entry(text).or_insert(level);
            }
        };
        match lookup.at.steps.split_last() {
            None => document.parts(fuel, &mut |_, view| take(Level { view, key: "" })),
            Some((last, steps)) => document.follow(steps, fuel, &mut |above| {
                above.children(last, fuel, &mut |key, child| {
                    child.parts(fuel, &mut |_, view| take(Level { view, key }));
                });
            }),
        }
        Self { lookup, by, lower }
    }
}
