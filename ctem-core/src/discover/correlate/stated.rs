//! What was stated of a finding under other names of its weakness, or of another asset.
//!
//! An advisory goes by its CVE as long as it has only one. When a later report gives it a second, what was stated of the
//! advisory is no longer about the first CVE: it parts from it again, as if the later report had come first.

use super::{keys, merge, resources, vex};
use crate::{
    error::Result,
    id::{AssetId, WeaknessId},
    model::{Environment, Finding, Keyed, Status},
};
use std::collections::BTreeMap;

/// Puts a finding under the name its weakness goes by. Returns it as it was stated, when that was another.
pub(super) fn renamed(environment: &Environment, finding: &mut Finding) -> Result<Option<Finding>> {
    let stated = keys::weakness(finding)?;
    let weakness = match keys::fingerprint(finding) {
        // A secret is told by its value: what tools call their rules says nothing of it.
        Some(_) => stated.clone(),
        None => environment.names.weakness(&stated).clone(),
    };
    if finding.weakness.id == weakness {
        return Ok(None);
    }
    let before = (stated != weakness).then(|| finding.clone());
    let other = std::mem::replace(&mut finding.weakness.id, weakness);
    finding.weakness.aliases.push(other);
    let id = finding.weakness.id.clone();
    merge::tidy(&mut finding.weakness.aliases);
    finding.weakness.aliases.retain(|alias| *alias != id);
    Ok(before)
}

/// A finding under the names that hold, and its key; nothing where its weakness cannot be named.
pub(super) fn settled(environment: &Environment, finding: &Finding) -> Option<(Finding, u128)> {
    let mut finding = Finding { sightings: Vec::new(), ..finding.clone() };
    if let Some(asset) = environment.asset(&finding.asset) {
        finding.asset = asset.id.clone();
    }
    if let Some(resource) = resources::of(environment, &finding) {
        finding.asset = resource;
    }
    renamed(environment, &mut finding).ok()?;
    let key = keys::key(&finding);
    Some((finding, key))
}

/// Remembers statements about a known finding, one for each name of the weakness and asset.
pub(super) fn keep(stated: &mut Vec<Finding>, statements: impl IntoIterator<Item = Finding>) {
    let mut by_name: BTreeMap<(WeaknessId, AssetId), Vec<Finding>> = BTreeMap::new();
    for statement in std::mem::take(stated).into_iter().chain(statements) {
        by_name.entry((statement.weakness.id.clone(), statement.asset.clone())).or_default().push(statement);
    }
    for mut same in by_name.into_values() {
        let mut ids = Vec::new();
        for statement in &mut same {
            ids.extend(statement.id.take().into_iter().chain(std::mem::take(&mut statement.also)));
        }
        merge::tidy(&mut ids);
        let mut same = same.into_iter();
        let Some(mut known) = same.next() else { continue };
        merge::findings(&mut known, same);
        let mut ids = ids.into_iter();
        (known.id, known.also) = (ids.next(), ids.collect());
        stated.push(known);
    }
}

/// The statements a finding was put together from, to be put in anew.
pub(crate) fn apart(known: &Keyed) -> Vec<Finding> {
    if known.stated.is_empty() { vec![as_stated(known)] } else { known.stated.clone() }
}

/// A finding of which all sources used one name, as they stated it: without what was concluded of it from other records, and without
/// the name that was made for it. Under other names of asset or weakness it is made anew.
pub(super) fn as_stated(known: &Keyed) -> Finding {
    let mut finding = known.finding.clone();
    finding.status = known.seen.unwrap_or(finding.status);
    if finding.status != Status::Accepted {
        // What was decided beside all sources is none of their words.
        finding.acceptance = None;
    }
    finding.sightings.retain(|sighting| !vex::is_applied(sighting));
    let key = keys::key(&finding);
    let made = [keys::derived_id(&finding).ok(), keys::plain_id(key).ok()];
    if finding.id.is_some() && made.contains(&finding.id) {
        finding.id = None;
    }
    finding
}
