//! Records of one document that would become one finding, and are not the same: each keeps what tells it apart.
//!
//! Findings of several tools are one when weakness, component and asset agree, in the words that all tools share. Within one
//! document the tool knows better: two packages of one short name, two results with fingerprints of their own, or one record
//! that is suppressed beside one that stands are records of their own, and stay so. What tells them apart becomes part of
//! each one's key only where there are several, so that a finding that stands alone still meets those of other tools.
//! O(n) in the findings; keys are computed only where a weakness is seen twice on an asset.

use super::correlate::keys;
use crate::model::{Finding, Status};
use std::collections::HashMap;

/// Tells the findings of a document apart.
pub(super) fn tell(findings: &mut [Finding]) {
    let groups = repeated(findings);
    let mut alone = vec![true; findings.len()];
    for n in groups.iter().flatten() {
        if let Some(alone) = alone.get_mut(*n) {
            *alone = false;
        }
    }
    for (finding, _) in findings.iter_mut().zip(alone).filter(|(_, alone)| *alone) {
        finding.instance = None;
    }
    for group in groups {
        tell_group(findings, &group);
    }
}

/// The findings that share weakness and asset with another.
fn repeated(findings: &[Finding]) -> Vec<Vec<usize>> {
    let mut by_weakness: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (n, finding) in findings.iter().enumerate() {
        by_weakness.entry((finding.asset.as_str(), finding.weakness.id.as_str())).or_default().push(n);
    }
    let mut groups: Vec<_> = by_weakness.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    groups
}

fn tell_group(findings: &mut [Finding], group: &[usize]) {
    let mut by_key: HashMap<u128, Vec<usize>> = HashMap::new();
    for n in group {
        if let Some(finding) = findings.get_mut(*n) {
            let instance = finding.instance.take();
            by_key.entry(keys::key(finding)).or_default().push(*n);
            finding.instance = instance;
        }
    }
    for same in by_key.into_values() {
        let told: Vec<String> = same.iter().filter_map(|n| findings.get(*n)).map(told_by).collect();
        let standing =
            same.iter().filter_map(|n| findings.get(*n)).map(|finding| stands(finding.status)).max();
        let differ = told.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
        for (n, told) in same.iter().zip(told) {
            let Some(finding) = findings.get_mut(*n) else { continue };
            let mut instance = if differ { told } else { String::new() };
            // What was seen of one record is not seen of another that stands in the same place. Of what was concluded, the latest
            // holds, and they stay together.
            let concluded = finding.sightings.iter().any(|sighting| sighting.analysis.is_some());
            if !concluded && Some(stands(finding.status)) != standing {
                let place = finding.location.as_deref();
                let place = place.and_then(|place| place.path.as_deref().or(place.url.as_deref()));
                instance = format!("{instance} {} {}", finding.status.name(), place.unwrap_or_default());
            }
            finding.instance = Some(instance.trim()).filter(|told| !told.is_empty()).map(Box::from);
        }
    }
}

/// What a finding's tool tells it by: its own mark, the full name of the package, and the page of a service.
fn told_by(finding: &Finding) -> String {
    let package = finding.component.as_ref().map(keys::full_name);
    let parts = [package.as_deref(), keys::page(finding), finding.instance.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// How much a finding stands: what is open hides nothing and is hidden by nothing.
fn stands(status: Status) -> u8 {
    match status {
        Status::Open => 3,
        Status::Accepted => 2,
        Status::NotAffected => 1,
        Status::Fixed => 0,
    }
}
