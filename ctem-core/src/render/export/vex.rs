//! What is concluded of published flaws, in the terms that all forms of VEX share.
//!
//! VEX speaks of a flaw in a product or a component of one, and of no place in it. So what several findings of one flaw in one
//! component say becomes one statement, and the worst of them counts: what is open here is not closed by what is said of another file.

use crate::{
    attack::Asking,
    id::{AssetId, FindingId, WeaknessId},
    model::{Asset, Component, Finding, Outcome, Status, WeaknessKind},
    prioritize::Assessment,
    render::words,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What is said of a flaw, the better before the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    NotAffected,
    Fixed,
    UnderInvestigation,
    Affected,
}

/// What is said of one flaw in one component of one asset.
pub(super) struct Statement<'a> {
    pub(super) asset: &'a Asset,
    /// The finding that counts.
    pub(super) finding: &'a Finding,
    pub(super) state: State,
    /// Whether someone decided to live with it.
    pub(super) accepted: bool,
}

impl Statement<'_> {
    /// The word that a source filed it under, such as `code_not_present` under `justification`.
    pub(super) fn filed(&self, under: &str) -> Option<&str> {
        let tags = self.finding.sightings.iter().flat_map(|sighting| &sighting.tags);
        tags.filter_map(|tag| tag.strip_prefix(under)?.strip_prefix(':')).next()
    }

    /// Other names of the flaw, each once.
    pub(super) fn aliases(&self) -> BTreeSet<String> {
        let weakness = &self.finding.weakness;
        let others = weakness.aliases.iter().filter(|other| **other != weakness.id);
        others.map(|other| words::visible(other.as_str()).into_owned()).collect()
    }

    /// Why it is so: what a source says, or who says so.
    pub(super) fn why(&self) -> String {
        let said = self.finding.sightings.iter().find_map(|sighting| sighting.advice.as_deref());
        said.map_or_else(
            || format!("As stated by {}", words::visible(&self.finding.sources().join(", "))),
            |said| words::visible(said).into_owned(),
        )
    }

    /// What is done about it.
    pub(super) fn action(&self) -> String {
        let fix = words::fix_of(self.finding);
        let decided = self.finding.acceptance.as_deref().map(ToString::to_string);
        let decided = decided.map(|words| words::capital(&words::visible(&words)));
        match (self.accepted, fix.is_empty()) {
            (true, true) => decided.unwrap_or_else(|| "Accepted: nothing is done about it for now".into()),
            (true, false) => {
                format!("{}; what would end it: {fix}", decided.unwrap_or_else(|| "Accepted for now".into()))
            }
            (false, true) => "No fix is known".into(),
            (false, false) => fix,
        }
    }
}

/// What a statement speaks of: a flaw, on an asset, in a component by what it is called.
type Spoken<'a> = (&'a AssetId, &'a WeaknessId, Option<(&'a str, Option<&'a str>)>);

/// All that is decided, and of what is open the first so many by rank: an assessment of thousands of findings is a ranking, and no VEX.
/// O(n log n).
pub(super) fn statements<'a>(
    assessment: &'a Assessment,
    at_most: usize,
    asking: &Asking<'_>,
) -> Vec<Statement<'a>> {
    let environment = assessment.environment();
    let exploited: HashSet<&FindingId> = environment
        .evidence()
        .filter(|test| test.outcome == Outcome::Exploited)
        .map(|test| &test.finding)
        .collect();
    let mut said: Vec<Statement<'_>> = Vec::new();
    let mut places: HashMap<Spoken<'_>, usize> = HashMap::new();
    let flaws = environment.findings().filter(|one| one.weakness.kind == WeaknessKind::Vulnerability);
    for finding in flaws.take_while(|_| asking.goes_on()) {
        let Some(asset) = environment.asset(&finding.asset) else { continue };
        let tested = finding.id.as_ref().is_some_and(|id| exploited.contains(id));
        let accepted = finding.is_accepted(assessment.as_of());
        let statement = Statement { asset, finding, state: state(finding, accepted, tested), accepted };
        let key = (&asset.id, &finding.weakness.id, finding.component.as_ref().map(called));
        match places.get(&key).and_then(|at| said.get_mut(*at)) {
            Some(known) if statement.state > known.state => *known = statement,
            Some(_) => {}
            None => {
                places.insert(key, said.len());
                said.push(statement);
            }
        }
    }
    let ranks: HashMap<&FindingId, usize> = assessment
        .ranked()
        .take_while(|_| asking.goes_on())
        .filter_map(|exposure| Some((exposure.finding?.id.as_ref()?, exposure.rank)))
        .collect();
    let (mut open, decided): (Vec<_>, Vec<_>) =
        said.into_iter().partition(|statement| statement.finding.status.is_open() && !statement.accepted);
    open.sort_by_key(|one| {
        one.finding.id.as_ref().and_then(|id| ranks.get(id)).copied().unwrap_or(usize::MAX)
    });
    open.truncate(at_most);
    decided.into_iter().chain(open).collect()
}

/// What statements call a component: its package URL, or else its name and version.
fn called(component: &Component) -> (&str, Option<&str>) {
    match component.purl.as_deref() {
        Some(purl) => (purl, None),
        None => (&component.name, component.version.as_deref()),
    }
}

/// What a scanner sees is not yet known to affect: that takes somebody who concludes it, or a test.
fn state(finding: &Finding, accepted: bool, exploited: bool) -> State {
    let concluded = finding.sightings.iter().any(|sighting| {
        let open = |word: &str| ["analysis:in_triage", "analysis:under_investigation"].contains(&word);
        sighting.analysis.as_ref().is_some_and(|analysis| analysis.status == Status::Open)
            && !sighting.tags.iter().any(|tag| open(tag))
    });
    match finding.status {
        Status::NotAffected => State::NotAffected,
        Status::Fixed => State::Fixed,
        Status::Open | Status::Accepted if accepted || exploited || concluded => State::Affected,
        Status::Open | Status::Accepted => State::UnderInvestigation,
    }
}
