//! The events of an OSV record: where in the order of versions something begins and ends to be affected.
//!
//! The order is that of versions and not that of the list (OSV schema, *Evaluation*). Where a version both begins and ends it, all
//! stays as it was before.

use super::{
    Ecosystem, Version,
    span::{Cut, Span},
};
use crate::error::Result;
use std::collections::BTreeMap;

/// Where a range of OSV begins or ends.
///
/// ```
/// use ctem_core::version::{Ecosystem, Event, Range, Version};
///
/// let events = [Event::Introduced("0"), Event::Fixed("1.2.9"), Event::Introduced("2.0.0"), Event::LastAffected("2.0.4")];
/// let affected = Range::of_events(Ecosystem::of("npm"), events)?;
/// assert_eq!(affected.to_string(), "< 1.2.9 || >= 2.0.0, <= 2.0.4");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The first affected version of a branch. `0` comes before all versions.
    Introduced(&'a str),
    /// The first version that is not affected any more.
    Fixed(&'a str),
    /// The last affected version.
    LastAffected(&'a str),
    /// Where nothing more is said: versions from here on count only below a higher limit. `*` is no limit.
    Limit(&'a str),
}

/// What is said of a version.
struct At {
    version: Version,
    introduced: bool,
    fixed: bool,
    last: bool,
}

/// The spans of the events. Cost: O(n log n).
pub(super) fn spans<'a>(
    ecosystem: Ecosystem,
    events: impl IntoIterator<Item = Event<'a>>,
) -> Result<Vec<Span>> {
    let mut limit: Option<Cut> = None;
    let mut all: BTreeMap<_, At> = BTreeMap::new();
    let mut at_start = false;
    for event in events {
        let (Event::Introduced(text) | Event::Fixed(text) | Event::LastAffected(text) | Event::Limit(text)) =
            event;
        match event {
            Event::Introduced("0") => {
                at_start = true;
                continue;
            }
            Event::Limit("*") => {
                limit = Some(Cut::End);
                continue;
            }
            _ => {}
        }
        let version = Version::parse(ecosystem, text)?;
        if let Event::Limit(_) = event {
            limit = limit.max(Some(Cut::Before(version)));
            continue;
        }
        let at = all.entry(version.key().clone());
        let at = at.or_insert(At { version, introduced: false, fixed: false, last: false });
        match event {
            Event::Introduced(_) => at.introduced = true,
            Event::Fixed(_) => at.fixed = true,
            Event::LastAffected(_) | Event::Limit(_) => at.last = true,
        }
    }

    let mut spans = Vec::new();
    let mut open = at_start.then_some(Cut::Start);
    for At { version, introduced, fixed, last } in all.into_values() {
        match (introduced, fixed, open.take()) {
            (true, false, None) => open = Some(Cut::Before(version.clone())),
            (false, true, Some(from)) => spans.push(Span { from, to: Cut::Before(version.clone()) }),
            (_, _, before) => open = before,
        }
        if let Some(from) = open.take_if(|_| last) {
            spans.push(Span { from, to: Cut::Behind(version) });
        }
    }
    spans.extend(open.map(Span::from));
    let limit = Span::to(limit.unwrap_or(Cut::End));
    Ok(spans.into_iter().map(|span| span.and(limit.clone())).collect())
}
