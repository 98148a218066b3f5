//! What was stated of a finding under other names of its weakness.
//!
//! An advisory goes by its CVE as long as it has only one. When a later report gives it a second, what was stated of the
//! advisory is no longer about the first CVE: it parts from it again, as if the later report had come first.

use super::{keys, merge};
use crate::{
    error::Result,
    id::FindingId,
    model::{Environment, Finding, Keyed},
};

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

/// Remembers a statement about a known finding, when it or an earlier one used another name.
pub(super) fn keep(known: &mut Keyed, finding: &Finding, as_stated: Option<Finding>, derived: &FindingId) {
    if known.stated.is_empty() {
        if as_stated.is_none() {
            return;
        }
        known.stated.push(unnamed(known.finding.clone(), derived));
    }
    let statement = as_stated.unwrap_or_else(|| finding.clone());
    match known.stated.iter_mut().find(|other| other.weakness.id == statement.weakness.id) {
        Some(other) => {
            let mut ids: Vec<_> = [&*other, &statement]
                .into_iter()
                .flat_map(|finding| finding.id.iter().chain(&finding.also))
                .cloned()
                .collect();
            merge::tidy(&mut ids);
            merge::finding(other, statement);
            let mut ids = ids.into_iter();
            (other.id, other.also) = (ids.next(), ids.collect());
        }
        None => known.stated.push(statement),
    }
}

/// The statements a finding was put together from, to be put in anew.
pub(super) fn apart(known: Keyed) -> Vec<Finding> {
    if !known.stated.is_empty() {
        return known.stated;
    }
    let mut known = known;
    known.finding.status = known.seen.unwrap_or(known.finding.status);
    let key = keys::key(&known.finding);
    match keys::derived_id(key, &known.finding) {
        Ok(derived) => vec![unnamed(known.finding, &derived)],
        Err(_) => vec![known.finding],
    }
}

/// A finding without the name that was made for it: under other names of asset or weakness it is made anew.
fn unnamed(mut finding: Finding, derived: &FindingId) -> Finding {
    if finding.id.as_ref() == Some(derived) {
        finding.id = None;
    }
    finding
}
