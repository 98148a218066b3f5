//! Findings that come in after all others, and are what they would be had they come among them: then what is known need not be put
//! together anew for them.

use super::{keys, stated::settled};
use crate::{
    id::AssetId,
    model::{Accesses, Environment, Finding},
};

/// The keys of findings that came in last, where they are told apart from all others whatever the order: the assets they name were known
/// before, and none of their names seems to be another's.
pub(crate) fn keys_of_new<'a>(
    before: &Environment,
    environment: &Environment,
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Option<Vec<u128>> {
    findings.into_iter().map(|finding| key_of_new(before, environment, finding)).collect()
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
