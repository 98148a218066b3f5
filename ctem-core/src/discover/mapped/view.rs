//! What a path walks over: a value of JSON, an element of XML, or a row of a table, seen in one way.

use super::tree::Node;
use crate::{
    discover::{
        mapping::{Only, Step},
        table::Row,
        xml::Element,
    },
    word,
};
use std::{borrow::Cow, cell::Cell};

/// Something in a document.
#[derive(Clone, Copy)]
pub(super) enum View<'t> {
    Json(&'t Node<'t>),
    Xml(&'t Element),
    Row(&'t Row<'t>),
    Text(&'t str),
    /// Where a step that may find nothing has found nothing.
    Nothing,
}

/// How much may still be looked at, so that a document made to be looked at again and again costs no more than its length allows.
#[derive(Debug)]
pub(super) struct Fuel(Cell<u64>);

impl Fuel {
    /// Fuel for a document of so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self(Cell::new((bytes as u64).saturating_mul(32).saturating_add(1 << 16)))
    }

    /// Whether there is some left, after taking some.
    pub(super) fn take(&self, some: usize) -> bool {
        let left = self.0.get().checked_sub(some as u64 + 1);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }

    pub(super) fn is_out(&self) -> bool {
        self.0.get() == 0
    }
}

impl<'t> View<'t> {
    /// Calls `found` with all that steps lead to. Lists are walked through.
    pub(super) fn follow(self, steps: &[Step], fuel: &Fuel, found: &mut dyn FnMut(View<'t>)) {
        self.parts(fuel, &mut |_, part| match steps.split_first() {
            None => found(part),
            Some((step, rest)) => part.children(step, fuel, &mut |_, child| child.follow(rest, fuel, found)),
        });
    }

    /// Calls `each` with the parts of a list, which may hold lists, or else with itself, and the numbers that lead there.
    /// What is null is nothing.
    pub(super) fn parts(self, fuel: &Fuel, each: &mut dyn FnMut(&[usize], View<'t>)) {
        fn within<'t>(
            view: View<'t>,
            at: &mut Vec<usize>,
            fuel: &Fuel,
            each: &mut dyn FnMut(&[usize], View<'t>),
        ) {
            if !fuel.take(0) {
                return;
            }
            match view {
                View::Json(Node::Null) => {}
                View::Json(Node::List(parts)) => {
                    for (n, part) in parts.iter().enumerate() {
                        at.push(n);
                        within(View::Json(part), at, fuel, each);
                        at.pop();
                    }
                }
                other => each(at, other),
            }
        }
        within(self, &mut Vec::new(), fuel, each);
    }

    /// Calls `each` with what is directly inside under a step's name, with its name. Lists come whole, unless only some of their parts are taken.
    pub(super) fn children(self, step: &Step, fuel: &Fuel, each: &mut dyn FnMut(&'t str, View<'t>)) {
        let mut take = |name: &'t str, child: View<'t>| match &step.only {
            _ if !fuel.take(0) => {}
            None => each(name, child),
            Some(only) => child.parts(fuel, &mut |_, part| {
                if part.says(only, fuel) {
                    each(name, part);
                }
            }),
        };
        match (self, step.name.as_deref()) {
            (View::Json(Node::Object(object)), Some(name)) => {
                object.named(name).for_each(|value| take("", View::Json(value)));
            }
            (View::Json(Node::Object(object)), None) => {
                object.fields().for_each(|(name, value)| take(name, View::Json(value)));
            }
            (View::Xml(element), Some(name)) => match name.strip_prefix('@') {
                Some(name) => {
                    element.attribute(name).into_iter().for_each(|value| take("", View::Text(value)));
                }
                None => {
                    for child in &element.children {
                        if fuel.take(0) && &*child.name == name {
                            take(&child.name, View::Xml(child));
                        }
                    }
                }
            },
            (View::Xml(element), None) => {
                element.children.iter().for_each(|child| take(&child.name, View::Xml(child)));
            }
            (View::Row(row), Some(name)) => take("", View::Text(row.field(name))),
            (View::Row(_) | View::Json(_) | View::Text(_) | View::Nothing, _) => {}
        }
    }

    /// The text it is, if it says something.
    pub(super) fn text(self) -> Option<Cow<'t, str>> {
        let text: Cow<'t, str> = match self {
            Self::Json(Node::Text(text)) => Cow::Borrowed(text),
            Self::Json(Node::Natural(number)) => number.to_string().into(),
            Self::Json(Node::Negative(number)) => number.to_string().into(),
            Self::Json(Node::Fraction(number)) => Cow::Borrowed(number),
            Self::Json(Node::Flag(flag)) => if *flag { "true" } else { "false" }.into(),
            Self::Json(Node::Null | Node::List(_) | Node::Object(_)) | Self::Row(_) | Self::Nothing => {
                return None;
            }
            Self::Xml(element) => Cow::Borrowed(&element.text),
            Self::Text(text) => Cow::Borrowed(text),
        };
        let trimmed = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text),
        };
        Some(trimmed).filter(|text| !text.is_empty())
    }

    fn says(self, only: &Only, fuel: &Fuel) -> bool {
        let mut said = false;
        self.follow(&only.path.steps, fuel, &mut |found| {
            let word = found.text();
            said |= word.is_some_and(|word| only.words.contains(&word::plain(&word).as_ref().into()));
        });
        said != only.not
    }

    /// Whether the document ends before it does, where that is known.
    pub(super) fn is_cut(self) -> Option<bool> {
        if let Self::Xml(element) = self { Some(element.is_cut) } else { None }
    }

    /// Where it stands, for a note, when that is a line.
    pub(super) fn line(self) -> Option<usize> {
        if let Self::Xml(element) = self { Some(element.line) } else { None }
    }
}
