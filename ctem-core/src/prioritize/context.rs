//! What is looked up once for all findings: evidence, and how controls fail.

use super::{aim::holders, priors::Tested, signals::Signals, world::World};
use crate::{
    attack::FailureAgainst,
    cvss::Privileges,
    id::{ControlId, FindingId},
    intel::Intel,
    model::{Control, Environment, Evidence, Finding, Outcome, Technique},
    quantity::Probability,
    time::Moment,
    validate,
};
use std::collections::BTreeMap;

/// What is looked up for every finding: its evidence; and how controls fail.
pub(super) struct Context<'a> {
    environment: &'a Environment,
    world: World<'a>,
    evidence: BTreeMap<FindingId, Vec<&'a Evidence>>,
    /// By control, in the environment's order: the chance that it fails.
    pub(super) failures: Vec<Probability>,
    /// The same against one class of technique, where tests tell it apart.
    pub(super) failures_against: Vec<FailureAgainst>,
    /// By reference class: the findings of it that were tested.
    tested: BTreeMap<&'a str, Tested>,
    as_of: Moment,
}

impl<'a> Context<'a> {
    pub(super) fn of(environment: &'a Environment, intel: &'a Intel, as_of: Moment) -> Self {
        let mut evidence: BTreeMap<FindingId, Vec<&Evidence>> = BTreeMap::new();
        for one in environment.evidence() {
            // Evidence may name a finding by any of its ids.
            let id = environment.finding(&one.finding).and_then(|finding| finding.id.clone());
            evidence.entry(id.unwrap_or_else(|| one.finding.clone())).or_default().push(one);
        }
        let world = World::of(intel, Some(as_of));
        let technique = |finding: &Finding| {
            Signals::of_weakness(&finding.weakness, &world).at(finding, &intel.effects).effect().technique
        };
        let (failures, failures_against) = failures(environment, as_of, technique);
        let mut classes: BTreeMap<&str, Tested> = BTreeMap::new();
        for (id, evidence) in &evidence {
            // A finding that is closed still says something of its class.
            let Some(finding) = environment.finding(id) else { continue };
            let signals = Signals::of_weakness(&finding.weakness, &world).at(finding, &intel.effects);
            if let (_, Some(prior)) = signals.prior() {
                let class = classes.entry(prior.class).or_default();
                *class = class.and(tested(evidence, as_of));
            }
        }
        Self { environment, world, evidence, failures, failures_against, tested: classes, as_of }
    }

    /// All that is known of a finding.
    pub(super) fn signals(&self, finding: &'a Finding) -> Signals<'a> {
        let effects = &self.world.intel.effects;
        let mut signals = Signals::of_weakness(&finding.weakness, &self.world).at(finding, effects);
        let rights = signals.effect().rights;
        signals.rights_are_known = rights != Privileges::None
            && self
                .environment
                .number(&finding.asset)
                .is_some_and(|asset| holders(self.environment, asset, rights).next().is_some());
        let evidence = finding.id.as_ref().and_then(|id| self.evidence.get(id));
        if let (_, Some(prior)) = signals.prior() {
            // Its own tests move the finding itself, and once is enough.
            let own = evidence.map_or_else(Tested::default, |evidence| tested(evidence, self.as_of));
            let class = self.tested.get(prior.class).copied().unwrap_or_default();
            signals.others = class.without(own);
        }
        if let Some(evidence) = evidence {
            signals.evidence = validate::weigh(signals.prior().0, evidence.iter().copied(), self.as_of);
        }
        signals
    }
}

/// What the evidence of one finding says of its class; nothing where it was not tested.
fn tested(evidence: &[&Evidence], as_of: Moment) -> Tested {
    // The newest of each method, as for the finding itself.
    let newest = validate::weigh(Probability::clamped(0.5), evidence.iter().copied(), as_of);
    let exploited = newest.iter().any(|weight| weight.evidence.outcome == Outcome::Exploited);
    Tested { findings: u32::from(!newest.is_empty()), exploitable: u32::from(exploited) }
}

/// By control: the chance that it fails, given its own tests; and what evidence says of it, by the class of technique of the
/// finding that was tested.
fn failures(
    environment: &Environment,
    as_of: Moment,
    technique: impl Fn(&Finding) -> Option<Technique>,
) -> (Vec<Probability>, Vec<FailureAgainst>) {
    let mut tests: BTreeMap<(&ControlId, Option<Technique>), (u32, u32)> = BTreeMap::new();
    for evidence in environment.evidence().filter(|evidence| evidence.at <= as_of) {
        let Some(control) = &evidence.control else { continue };
        let tested = environment.finding(&evidence.finding).and_then(&technique);
        let (blocked, bypassed) = tests.entry((control, tested.map(Technique::parent))).or_default();
        let count = match evidence.outcome {
            Outcome::Exploited => bypassed,
            Outcome::Blocked | Outcome::NotReachable | Outcome::NotAffected => blocked,
        };
        *count = count.saturating_add(1);
    }
    let fails = |control: &Control, (blocked, bypassed): (u32, u32)| {
        let mut tested = control.clone();
        tested.blocked = tested.blocked.saturating_add(blocked);
        tested.bypassed = tested.bypassed.saturating_add(bypassed);
        tested.effectiveness().complement()
    };
    let (mut failures, mut against) = (Vec::new(), Vec::new());
    for (n, control) in (0u32..).zip(environment.controls()) {
        // What no technique is known of speaks of all.
        let general = tests.get(&(&control.id, None)).copied().unwrap_or_default();
        failures.push(fails(control, general));
        let of_control = tests.range((&control.id, None)..).take_while(|((id, _), _)| **id == control.id);
        against.extend(of_control.filter_map(|((_, technique), (blocked, bypassed))| {
            let both = (general.0.saturating_add(*blocked), general.1.saturating_add(*bypassed));
            Some(FailureAgainst { control: n, technique: (*technique)?, chance: fails(control, both) })
        }));
    }
    (failures, against)
}

#[cfg(test)]
mod tests {
    use crate::{Program, discover, intel::Intel, prioritize::Assessment};

    /// Three products with a flaw each, a library with one, and what was tested.
    fn assessed(evidence: &str) -> Assessment {
        let document = format!(
            r#"{{"ctem": {{"version": 1}}, "assets": [{{"id": "a", "kind": "host"}}], "entry_points": [{{"asset": "a"}}],
            "findings": [
                {{"id": "f-1", "asset": "a", "weakness": {{"id": "CVE-2020-0001"}}}},
                {{"id": "f-2", "asset": "a", "weakness": {{"id": "CVE-2020-0002"}}}},
                {{"id": "f-3", "asset": "a", "status": "fixed", "weakness": {{"id": "CVE-2020-0003"}}}},
                {{"id": "f-4", "asset": "a", "weakness": {{"id": "CVE-2020-0004"}},
                    "component": {{"name": "lib", "purl": "pkg:npm/lib@1"}}}}],
            "evidence": [{evidence}]}}"#
        );
        let mut program = Program::new(Intel::none());
        program.absorb(discover::read(document.as_bytes()).unwrap());
        program.assess("2025-11-13".parse().unwrap()).unwrap()
    }

    fn here(assessment: &Assessment, finding: &str) -> f64 {
        let risk = assessment.explain(&finding.parse().unwrap()).unwrap().risk;
        risk.find("before tests").or(risk.find("exploitable here")).unwrap().value
    }

    fn test(finding: &str, outcome: &str, at: &str) -> String {
        format!(r#"{{"finding": "{finding}", "method": "bas", "outcome": "{outcome}", "at": "{at}"}}"#)
    }

    #[test]
    fn a_class_learns_from_tests_of_its_other_findings() {
        let untested = assessed("");
        let (flaw, library) = (here(&untested, "f-1"), here(&untested, "f-4"));
        // Worth four tests before: (4 · 0.5 + k) / (4 + n).
        assert_eq!(flaw, 0.5);
        let one = assessed(&test("f-1", "exploited", "2025-11-01"));
        assert!((here(&one, "f-2") - 3.0 / 5.0).abs() < 1e-12);
        // Its own test moves it as before, and not twice; other classes learn nothing.
        assert_eq!((here(&one, "f-1"), here(&one, "f-4")), (flaw, library));
        let closed = [test("f-1", "exploited", "2025-11-01"), test("f-3", "blocked", "2025-11-01")].join(",");
        assert!((here(&assessed(&closed), "f-2") - 3.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn a_class_learns_nothing_from_a_test_that_is_yet_to_come_or_was_repeated() {
        let later = assessed(&test("f-1", "exploited", "2026-01-01"));
        assert_eq!(here(&later, "f-2"), 0.5);
        let again = [test("f-1", "exploited", "2025-10-01"), test("f-1", "blocked", "2025-11-01")].join(",");
        assert!((here(&assessed(&again), "f-2") - 2.0 / 5.0).abs() < 1e-12);
    }
}
