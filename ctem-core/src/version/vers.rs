//! VERS, the ranges of the package URL project: `vers:npm/>=1.0.0|<1.2.9|!=1.1.0`.
//!
//! A list of constraints, read in the order of their versions: where one opens downwards and the next closes, a span lies
//! between them. A constraint that another makes needless is dropped, so that the wider stands.

use super::{
    Ecosystem, Version,
    span::{self, Cut, Span},
};
use crate::{
    error::{Error, Result, quoted},
    text::unescaped,
};

pub(super) fn read(text: &str) -> Result<(Ecosystem, Vec<Span>)> {
    let malformed =
        || Error::invalid(format!("{} is no VERS range: write `vers:npm/>=1.0.0|<1.2.9`", quoted(text)));
    let (scheme, rest) = text.split_once(':').ok_or_else(malformed)?;
    let (kind, list) = rest.split_once('/').ok_or_else(malformed)?;
    if !scheme.trim().eq_ignore_ascii_case("vers") || kind.trim().is_empty() {
        return Err(malformed());
    }
    let ecosystem = Ecosystem::of(kind);
    let list: String = list.chars().filter(|c| !c.is_whitespace()).collect();
    let list = list.trim_matches('|');
    if list.is_empty() {
        return Err(malformed());
    }
    if list == "*" {
        let all = if kind.trim().eq_ignore_ascii_case("none") { Vec::new() } else { vec![Span::ALL] };
        return Ok((ecosystem, all));
    }

    let (mut ends, mut spans, mut not) = (Vec::new(), Vec::new(), Vec::new());
    for constraint in list.split('|') {
        let (sign, version) =
            constraint.split_at(constraint.find(|c| !"<>=!".contains(c)).unwrap_or(constraint.len()));
        let version = Version::parse(ecosystem, &unescaped(version))?;
        match sign {
            "" | "=" => spans.push(Span::only(version)),
            "!=" => not.push(Span::only(version)),
            ">" => ends.push((Cut::Behind(version), true)),
            ">=" => ends.push((Cut::Before(version), true)),
            "<" => ends.push((Cut::Before(version), false)),
            "<=" => ends.push((Cut::Behind(version), false)),
            _ => return Err(malformed()),
        }
    }
    if ends.is_empty() && spans.is_empty() {
        spans.push(Span::ALL);
    }
    spans.extend(between(ends));
    Ok((ecosystem, span::but(spans, not)))
}

/// The spans between places that open one or close one.
fn between(mut ends: Vec<(Cut, bool)>) -> Vec<Span> {
    ends.sort();
    let mut spans: Vec<Span> = Vec::new();
    let mut open = Some(Cut::Start);
    for (cut, opens) in ends {
        match (opens, open.take()) {
            // The first of several that open stands, and the last of several that close.
            (true, Some(from)) if !matches!(from, Cut::Start) => open = Some(from),
            (true, _) => open = Some(cut),
            (false, Some(from)) => spans.push(Span { from, to: cut }),
            (false, None) => {
                if let Some(last) = spans.last_mut() {
                    last.to = cut;
                }
            }
        }
    }
    spans.extend(open.filter(|from| !matches!(from, Cut::Start)).map(Span::from));
    spans
}
