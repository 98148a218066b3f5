//! Sets of versions: spans of a line, between places that lie before or behind a version.

use super::Version;
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

impl Cut {
    fn version(&self) -> Option<(&Version, bool)> {
        match self {
            Self::Before(version) => Some((version, false)),
            Self::Behind(version) => Some((version, true)),
            Self::Start | Self::End => None,
        }
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.version(), other.version()) {
            (Some((one, behind)), Some((two, behind_too))) => {
                (one.key(), behind).cmp(&(two.key(), behind_too))
            }
            _ => {
                let rank = |cut: &Self| match cut {
                    Self::Start => 0,
                    Self::Before(_) | Self::Behind(_) => 1,
                    Self::End => 2,
                };
                rank(self).cmp(&rank(other))
            }
        }
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
