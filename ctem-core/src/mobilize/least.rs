//! The least version that ends the most findings of a package, compared as its ecosystem compares versions.

use super::TargetVersion;
use crate::{
    model::{Component, Finding},
    version::{Ecosystem, Version, upgrade},
};
use std::collections::BTreeMap;

/// The version to go to, of findings of one package, and how many of them it ends. Where several versions are installed, each is taken
/// as far as it must go, and the greatest of those is the answer. Nothing where no finding has a fix. O(n log n).
pub(super) fn least<'a>(findings: impl Iterator<Item = &'a Finding>, package: &str) -> Option<TargetVersion> {
    let (mut ends, mut of) = (0, 0);
    let mut by_installed: BTreeMap<&str, (&Component, Vec<Vec<Version>>)> = BTreeMap::new();
    for finding in findings {
        of += 1;
        let Some(component) = &finding.component else { continue };
        let fixes = offered(finding, component);
        if fixes.iter().all(Vec::is_empty) {
            continue;
        }
        ends += 1;
        let installed = component.version.as_deref().unwrap_or_default();
        by_installed.entry(installed).or_insert((component, Vec::new())).1.extend(fixes);
    }
    let each = by_installed.values().filter_map(|(component, fixes)| target(component, fixes));
    let most = each.reduce(|most, other| if most < other { other } else { most })?;
    Some(TargetVersion { package: package.into(), version: most.text().into(), ends, of })
}

/// The least version that mends a finding: above what is installed, where that is known.
pub(super) fn fix(finding: &Finding) -> Option<Version> {
    let component = finding.component.as_ref()?;
    target(component, &offered(finding, component)).cloned()
}

/// The ecosystem of a component, by its package URL or else by its own word.
pub(super) fn ecosystem(component: &Component) -> Ecosystem {
    Ecosystem::of(component.purl.as_deref().or(component.ecosystem.as_deref()).unwrap_or_default())
}

/// What to upgrade to. Where a fix is offered that is not newer than what is said to be installed, whoever offers it is believed.
fn target<'f>(component: &Component, fixes: &'f [Vec<Version>]) -> Option<&'f Version> {
    let parsed =
        component.version.as_deref().and_then(|text| Version::parse(ecosystem(component), text).ok());
    let slices = || fixes.iter().map(Vec::as_slice);
    upgrade(parsed.as_ref(), slices()).or_else(|| upgrade(None, slices()))
}

/// The fixed versions that each sighting of a finding offers.
fn offered(finding: &Finding, component: &Component) -> Vec<Vec<Version>> {
    let ecosystem = ecosystem(component);
    // What is no version of its ecosystem is a version all the same, by somebody's custom.
    let parsed =
        |text: &str| Version::parse(ecosystem, text).or_else(|_| Version::parse(Ecosystem::Generic, text));
    let sightings = finding.sightings.iter();
    sightings
        .map(|sighting| sighting.fixed_in.iter().filter_map(|text| parsed(text).ok()).collect())
        .collect()
}
