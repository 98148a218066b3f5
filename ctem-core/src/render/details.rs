//! What tools say of a finding besides its number: where it is, what to do, where to read more, and when it was seen.

use super::words::{LONG, fix, package, short};
use crate::{
    model::{Finding, Location},
    prioritize::Exposure,
};
use std::collections::BTreeSet;

/// So many places and links are told; the rest are counted.
const MOST: usize = 5;

/// What is told of an exposure, each with its label. Nothing is said of a relation.
pub(super) fn details(exposure: &Exposure<'_>) -> Vec<(&'static str, String)> {
    let Some(finding) = exposure.finding else { return Vec::new() };
    let known_as =
        exposure.known_as.map(|cve| cve.to_string()).filter(|cve| *cve != finding.weakness.id.as_str());
    let named = known_as.map(|cve| {
        format!("{cve} is the one of its CVEs that the tables know; it goes by {}", finding.weakness.id)
    });
    let told = [
        ("At", several(places(finding))),
        ("Package", package(exposure)),
        ("Fix", Some(fix(exposure)).filter(|fix| !fix.is_empty())),
        ("See", several(links(finding))),
        ("Seen", seen(finding)),
        ("Named", named),
        ("Decided", finding.acceptance.as_ref().map(ToString::to_string)),
    ];
    told.into_iter().filter_map(|(label, text)| Some((label, short(&text?, 3 * LONG)))).collect()
}

/// Where it is: a file and its line, a web address, a port.
fn places(finding: &Finding) -> Vec<String> {
    let own = finding.location.as_deref().into_iter();
    let seen = finding.sightings.iter().filter_map(|sighting| sighting.location.as_deref());
    let places: BTreeSet<String> = own.chain(seen).map(place).filter(|place| !place.is_empty()).collect();
    places.into_iter().collect()
}

/// A place in words.
pub(super) fn place(location: &Location) -> String {
    let Location { path, line, url, port } = location;
    let file = path.as_deref().map(|path| match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    });
    let port = port.as_deref().map(|port| format!("port {port}"));
    [file, url.as_deref().map(str::to_owned), port].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn links(finding: &Finding) -> Vec<String> {
    let links: BTreeSet<&str> =
        finding.sightings.iter().filter_map(|sighting| sighting.link.as_deref()).collect();
    links.into_iter().map(str::to_owned).collect()
}

/// When it was seen, and by whom.
fn seen(finding: &Finding) -> Option<String> {
    let times = || finding.sightings.iter().filter_map(|sighting| sighting.seen);
    let (first, last) = (times().min()?, times().max()?);
    let days = if first.date() == last.date() {
        last.date()
    } else {
        format!("{} to {}", first.date(), last.date())
    };
    Some(format!("{days}, by {}", finding.sources().join(", ")))
}

fn several(texts: Vec<String>) -> Option<String> {
    let more = texts.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told: Vec<String> = texts.into_iter().take(MOST).collect();
    (!told.is_empty()).then(|| format!("{}{rest}", told.join(", ")))
}
