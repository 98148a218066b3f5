//! Sets of versions: spans of a line, between places that lie before or behind a version.

use super::{Version, key::Key};
use std::cmp::Ordering;

/// A place on the line of all versions of an ecosystem, at which a span begins or ends.
#[derive(Debug, Clone)]
pub(super) enum Cut {
    /// Before all versions.
    Start,
    Before(Version),
    Behind(Version),
    /// Behind all versions.
    End,
}

/// What a place is compared by: versions by their keys, before or behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Start,
    At(&'a Key, bool),
    End,
}

impl Cut {
    fn place(&self) -> Place<'_> {
        match self {
            Self::Start => Place::Start,
            Self::Before(version) => Place::At(version.key(), false),
            Self::Behind(version) => Place::At(version.key(), true),
            Self::End => Place::End,
        }
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cut {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Cut {}

/// The versions between two places; none, if the first does not lie before the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Cut,
    pub(super) to: Cut,
}

impl Span {
    pub(super) const ALL: Self = Self { from: Cut::Start, to: Cut::End };

    pub(super) fn only(version: Version) -> Self {
        Self { from: Cut::Before(version.clone()), to: Cut::Behind(version) }
    }

    pub(super) fn from(from: Cut) -> Self {
        Self { from, to: Cut::End }
    }

    pub(super) fn to(to: Cut) -> Self {
        Self { from: Cut::Start, to }
    }

    /// What is in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// Whether a version is in one of these spans, which are in order. Cost: O(log n).
pub(super) fn contain(spans: &[Span], version: &Version) -> bool {
    let (before, behind) = (Place::At(version.key(), false), Place::At(version.key(), true));
    let ended = spans.partition_point(|span| span.to.place() < behind);
    spans.get(ended).is_some_and(|span| span.from.place() <= before)
}

/// What is in any of these: spans in order, none of which touches another. Cost: O(n log n).
pub(super) fn any(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.from < span.to);
    spans.sort_by(|a, b| a.from.cmp(&b.from));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from <= last.to => {
                if last.to < span.to {
                    last.to = span.to;
                }
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// What is in any of `spans` and in none of `not`. Cost: O(n log n).
pub(super) fn but(spans: Vec<Span>, not: Vec<Span>) -> Vec<Span> {
    let mut not = any(not).into_iter().peekable();
    let mut left = Vec::new();
    for mut span in any(spans) {
        while let Some(hole) = not.peek().filter(|hole| hole.from < span.to) {
            if span.from < hole.from {
                left.push(Span { from: span.from, to: hole.from.clone() });
                span.from = hole.to.clone();
            } else {
                span.from = span.from.max(hole.to.clone());
            }
            // A hole may reach into the next span.
            if span.to <= span.from {
                break;
            }
            not.next();
        }
        if span.from < span.to {
            left.push(span);
        }
    }
    left
}
