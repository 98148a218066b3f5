//! What the world knows of what an action ends.

use super::Signs;
use crate::{
    intel::Intel,
    model::Finding,
    prioritize::{End, Ended},
};
use std::collections::BTreeSet;

/// So many links are kept.
const LINKS: usize = 5;

/// Of each sign the worst, over these exposures.
pub(super) fn signs<'a>(ends: impl Iterator<Item = &'a End<'a>>, intel: &Intel) -> Signs {
    let mut signs = Signs::default();
    let mut links: BTreeSet<&str> = BTreeSet::new();
    for end in ends {
        signs.severity = signs.severity.max(end.severity);
        signs.known_exploited |= end.known_exploited;
        let Ended::Finding(finding) = end.what else { continue };
        add(&mut signs, finding, intel);
        links.extend(finding.sightings.iter().filter_map(|sighting| sighting.link.as_deref()));
    }
    signs.links = links.into_iter().take(LINKS).map(Box::from).collect();
    signs
}

fn add(signs: &mut Signs, finding: &Finding, intel: &Intel) {
    let weakness = &finding.weakness;
    signs.cvss = signs.cvss.into_iter().chain(weakness.base_score()).reduce(f64::max);
    signs.epss = signs.epss.max(intel.epss_of(weakness));
    signs.exploited_since = signs.exploited_since.into_iter().chain(intel.listed_since(weakness)).min();
}
