//! Findings that come in after all others, and are what they would be had they come among them: then what is known need not be put
//! together anew for them.

use super::{keys, resources, stated};
use crate::{
    id::AssetId,
    model::{Accesses, Environment, Finding},
};

/// The keys of findings that came in last, where they are told apart from all others whatever the order: the assets they name were known
/// before, and none of their names seems to be another's.
pub(crate) fn keys_of_new(
    before: &Environment,
    environment: &Environment,
    findings: &[Finding],
) -> Option<Vec<u128>> {
    findings.iter().map(|finding| key_of_new(before, environment, finding)).collect()
}

fn key_of_new(before: &Environment, environment: &Environment, finding: &Finding) -> Option<u128> {
    let known = |asset: &AssetId| before.asset(asset).is_some();
    let named = finding.exploit.iter().flat_map(|exploit| [&exploit.needs, &exploit.gives]).flatten();
    let named = named.flat_map(Accesses::list).map(|held| &held.asset);
    if ![&finding.asset].into_iter().chain(named).all(known) {
        return None;
    }
    let (settled, key) = settled(environment, finding)?;
    let derived = keys::derived_id(&settled).ok()?;
    let mut names = finding.id.iter().chain(&finding.also).chain([&derived]);
    names.all(|name| environment.key_of(name) == Some(key)).then_some(key)
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
    stated::renamed(environment, &mut finding).ok()?;
    let key = keys::key(&finding);
    Some((finding, key))
}
