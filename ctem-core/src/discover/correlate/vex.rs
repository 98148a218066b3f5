//! What was concluded of findings, rather than seen: a statement of VEX, which speaks of findings of other reports too.
//!
//! A conclusion outweighs what scanners see, and a later one an earlier one. Of one component of a product it speaks there; of a
//! package by itself, wherever the package lies; in either case of the versions it names and of no other. It is followed where
//! weakness, component and version agree, and the finding then shows who concluded it. What follows is a function of what
//! was stated, so that the order of reports does not show. O(n log n) in the findings, and only where something was concluded.

use super::keys;
use crate::{
    attack::Asking,
    discover::vers,
    model::{Analysis, Component, Environment, Finding, Keyed, Sighting, Status},
    time::Moment,
};
use std::{cmp::Reverse, collections::HashMap};

/// Statements that are looked at for one finding. A weakness that more were made of, in one component, is followed by the latest.
const MOST: usize = 64;

/// What sources see of a finding, where any of them looked.
pub(super) fn seen(finding: &Finding) -> Option<Status> {
    let only_concluded =
        !finding.sightings.is_empty() && finding.sightings.iter().all(|sighting| sighting.analysis.is_some());
    (!only_concluded).then_some(finding.status)
}

/// The status of a finding, by what sources see and what was concluded of it.
pub(super) fn status(seen: Option<Status>, sightings: &[Sighting]) -> Status {
    let concluded = latest(sightings.iter()).and_then(|sighting| sighting.analysis.as_deref());
    match (seen, concluded.map(|analysis| analysis.status)) {
        (_, Some(closed @ (Status::NotAffected | Status::Fixed))) => closed,
        (seen, Some(Status::Accepted)) => seen.unwrap_or(Status::Open).max(Status::Accepted),
        (seen, Some(Status::Open) | None) => seen.unwrap_or(Status::Open),
    }
}

/// The conclusion that holds: the latest, and of several at one time the one that closes least.
fn latest<'a>(sightings: impl Iterator<Item = &'a Sighting>) -> Option<&'a Sighting> {
    sightings.filter(|sighting| sighting.analysis.is_some()).max_by(|a, b| order(a).cmp(&order(b)))
}

fn order(sighting: &Sighting) -> (Option<Moment>, bool, Reverse<&Sighting>) {
    let status = sighting.analysis.as_ref().map(|analysis| analysis.status);
    (sighting.seen, status.is_some_and(Status::is_open), Reverse(sighting))
}

/// Follows every conclusion wherever it speaks of a finding.
pub(super) fn follow(environment: &mut Environment, asking: &Asking<'_>) {
    let statements = Statements::of(environment.keyed().take_while(|_| asking.goes_on()));
    if statements.0.is_empty() {
        return;
    }
    let known = environment.keyed().take_while(|_| asking.goes_on());
    let followed = known.enumerate().filter_map(|(at, known)| {
        let statement = statements.about(&known.finding).cloned().map(applied);
        let followed = known.finding.sightings.iter().filter(|sighting| is_applied(sighting));
        // What follows already, and nothing else does.
        (!followed.eq(&statement)).then_some((at, statement))
    });
    let followed: Vec<(usize, Option<Sighting>)> = followed.collect();
    for (at, statement) in followed {
        let Some(known) = environment.keyed_at_mut(at) else { continue };
        known.finding.sightings.retain(|sighting| !is_applied(sighting));
        if let Some(statement) = statement {
            known.finding.sightings.push(statement);
            Sighting::tidy(&mut known.finding.sightings);
        }
        known.finding.status = status(known.seen, &known.finding.sightings);
    }
}

/// What was concluded in another record, as it is followed here.
fn applied(mut statement: Sighting) -> Sighting {
    if let Some(analysis) = &mut statement.analysis {
        (analysis.applied, analysis.wherever) = (true, false);
    }
    statement
}

/// Whether a sighting is what was concluded in another record, and followed here.
pub(super) fn is_applied(sighting: &Sighting) -> bool {
    sighting.analysis.as_ref().is_some_and(|analysis| analysis.applied)
}

/// Findings that something was concluded of, by weakness and by the name of the component or nothing.
struct Statements<'a>(HashMap<(&'a str, String), Vec<Statement<'a>>>);

/// What it was concluded of, in whose words, and what.
type Statement<'a> = (&'a Finding, &'a Sighting, &'a Analysis);

impl<'a> Statements<'a> {
    fn of(findings: impl Iterator<Item = &'a Keyed>) -> Self {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for Keyed { finding, .. } in findings {
            let own = finding.sightings.iter().filter(|sighting| !is_applied(sighting));
            let Some(sighting) = latest(own) else { continue };
            let Some(analysis) = sighting.analysis.as_deref() else { continue };
            let name = finding.component.as_ref().map(keys::short_name).unwrap_or_default();
            all.entry((finding.weakness.id.as_str(), name)).or_default().push((finding, sighting, analysis));
        }
        for statements in all.values_mut() {
            statements.sort_unstable_by(|(a, first, _), (b, second, _)| {
                second.seen.cmp(&first.seen).then_with(|| a.id.cmp(&b.id))
            });
            statements.truncate(MOST);
        }
        Self(all)
    }

    /// The statement about a finding that something was seen of.
    fn about(&self, finding: &Finding) -> Option<&'a Sighting> {
        let seen = finding.sightings.is_empty()
            || finding.sightings.iter().any(|sighting| sighting.analysis.is_none());
        if !seen {
            return None;
        }
        let component = finding.component.as_ref();
        let own = component.map(keys::short_name);
        let source = component.and_then(|component| component.source.as_deref()).map(str::to_lowercase);
        let names = [Some(String::new()), own, source];
        let about =
            names.into_iter().flatten().filter_map(|name| self.0.get(&(finding.weakness.id.as_str(), name)));
        latest(
            about
                .flatten()
                .filter(|(of, _, analysis)| speaks(of, analysis, finding))
                .map(|(_, sighting, _)| *sighting),
        )
    }
}

/// Whether a statement speaks of a finding of its weakness.
fn speaks(of: &Finding, analysis: &Analysis, finding: &Finding) -> bool {
    let here = of.asset == finding.asset;
    match (&of.component, &finding.component) {
        (None, _) => here,
        (Some(_), None) => false,
        (Some(stated), Some(seen)) => {
            (here || (analysis.wherever && keys::is_same_package(stated, seen)))
                && at_version(stated, analysis, seen)
        }
    }
}

fn at_version(stated: &Component, analysis: &Analysis, seen: &Component) -> bool {
    match (stated.version.as_deref(), analysis.versions.as_deref(), seen.version.as_deref()) {
        (None, None, _) => true,
        (Some(stated), _, Some(seen)) => keys::common_version(stated) == keys::common_version(seen),
        (None, Some(range), Some(version)) => {
            vers::contains(range, version, seen.purl.as_deref()) == Some(true)
        }
        (Some(_), _, None) | (None, Some(_), None) => false,
    }
}
