//! Where a result is, and what tells it apart from others in the same place.

use super::raw::{Logical, Outcome, Place, Run};
use crate::{
    discover::{draft::digest, secret},
    model::Location,
    text,
};

/// The first of a result's locations that says where it is, or else what was looked at.
pub(super) fn of(outcome: &Outcome<'_>, run: &Run<'_>) -> Option<Location> {
    let found = outcome.locations.iter().flatten().find_map(|place| location(place, run));
    found.or_else(|| {
        let target = outcome.analysis_target.as_ref()?;
        file(target.uri.as_deref().or_else(|| artifact(target.index, run))?, None)
    })
}

fn location(place: &Place<'_>, run: &Run<'_>) -> Option<Location> {
    let physical = place.physical_location.as_ref();
    let spot = physical.and_then(|physical| physical.artifact_location.as_ref());
    let path = spot.and_then(|spot| spot.uri.as_deref().or_else(|| artifact(spot.index, run)));
    let line = physical.and_then(|physical| physical.region.as_ref()?.start_line);
    let line = line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    match path.filter(|path| !path.trim().is_empty()) {
        Some(path) => file(path, line),
        None => file(place.logical_locations.iter().flatten().find_map(|one| name(one, run))?, line),
    }
}

fn file(path: &str, line: Option<u32>) -> Option<Location> {
    if path.trim().is_empty() {
        return None;
    }
    let is_address = path.starts_with("http://") || path.starts_with("https://");
    if is_address {
        return Some(Location::url(path));
    }
    // What is written as an address of a file is the file that the tool's other formats name.
    let local = path.strip_prefix("file://").map(|path| path.strip_prefix("localhost").unwrap_or(path));
    let is_drive = |path: &str| path.as_bytes().get(2) == Some(&b':') && path.starts_with('/');
    let local = local.map(|path| if is_drive(path) { path.get(1..).unwrap_or(path) } else { path });
    Some(Location::file(&text::unescaped(local.filter(|path| !path.is_empty()).unwrap_or(path)), line))
}

/// The file of a number in the run's list of artifacts.
fn artifact<'a>(index: Option<i64>, run: &'a Run<'_>) -> Option<&'a str> {
    let entry = run.artifacts.as_ref()?.get(usize::try_from(index?).ok()?)?;
    entry.location.as_ref()?.uri.as_deref()
}

/// A function, class or resource by name, or by its number in the run's list.
fn name<'a>(logical: &'a Logical<'_>, run: &'a Run<'_>) -> Option<&'a str> {
    let own = |one: &'a Logical<'_>| one.fully_qualified_name.as_deref().or(one.name.as_deref());
    own(logical).filter(|name| !name.trim().is_empty()).or_else(|| {
        let index = usize::try_from(logical.index?).ok()?;
        own(run.logical_locations.as_ref()?.get(index)?)
    })
}

/// What a result is told by besides its rule and its line: the tool's fingerprint, or else the column and the function, class
/// or resource by name, and where there is no place at all what it says.
pub(super) fn instance(
    outcome: &Outcome<'_>,
    run: &Run<'_>,
    spot: Option<&Location>,
    message: &str,
) -> String {
    let told = |prints: &super::raw::Strings<'_>| {
        let mut texts: Vec<&str> = prints.iter().map(|(_, text)| text.trim()).collect();
        // What a tool writes to those who have not logged on is no fingerprint.
        texts.retain(|text| !text.is_empty() && !text.contains(' '));
        texts.sort_unstable();
        texts.dedup();
        texts.join(" ")
    };
    let (whole, partial) = (told(&outcome.fingerprints), told(&outcome.partial_fingerprints));
    let places = || {
        outcome
            .locations
            .iter()
            .flatten()
            .filter_map(|place| place.physical_location.as_ref()?.region.as_ref())
    };
    let column = places().find_map(|region| region.start_column).filter(|column| *column > 0);
    let column = column.map(|column| format!("column {column}"));
    let first = outcome.locations.iter().flatten().next();
    let called =
        first.and_then(|place| place.logical_locations.iter().flatten().find_map(|one| name(one, run)));
    // Where there is no file, the name is the place.
    let is_place = |name: &&str| spot.and_then(|spot| spot.path.as_deref()) == Some(*name);
    let called = called.filter(|name| !is_place(name)).map(str::to_owned);
    let told: Vec<String> = column.into_iter().chain(called).collect();
    let said = if !whole.is_empty() {
        whole
    } else if !partial.is_empty() {
        partial
    } else if !told.is_empty() {
        told.join(" ")
    } else if spot.is_none() {
        message.trim().to_owned()
    } else {
        String::new()
    };
    if said.len() <= 200 { said } else { digest(said.as_bytes()) }
}

/// What is quoted at the result's place.
pub(super) fn snippet<'a>(outcome: &'a Outcome<'_>) -> Option<&'a secret::Value> {
    let mut places = outcome.locations.iter().flatten();
    places
        .find_map(|place| place.physical_location.as_ref()?.region.as_ref()?.snippet.as_ref()?.text.as_ref())
}
