//! What is looked up once for all findings: evidence, and how controls fail.

use super::{aim::holders, effect::Within, priors::Tested, signals::Signals, world::World};
use crate::{
    attack::{Asking, FailureAgainst},
    cvss::Privileges,
    id::{ControlId, FindingId},
    intel::{Intel, attackers::Profile},
    model::{AssetKind, Control, Environment, Evidence, Finding, Outcome, RelationKind, Technique},
    quantity::Probability,
    time::Moment,
    validate::{self, Counted, Taught, Trust, Weight},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is known of a finding by itself and by what its asset is.
fn seen<'a>(environment: &Environment, world: &World<'a>, finding: &'a Finding) -> Signals<'a> {
    let effects = &world.intel.effects;
    let signals = Signals::of_weakness(&finding.weakness, world).at(finding, effects);
    signals.on_identity(is_on_identity(environment, finding), effects)
}

fn is_on_identity(environment: &Environment, finding: &Finding) -> bool {
    environment.asset(&finding.asset).is_some_and(|asset| asset.kind == AssetKind::Identity)
}

/// What is looked up for every finding: its evidence; and how controls fail.
pub(super) struct Context<'a> {
    environment: &'a Environment,
    world: World<'a>,
    evidence: BTreeMap<FindingId, Vec<&'a Evidence>>,
    /// What evidence names and no finding is, with why it says nothing of any.
    pub(super) of_nothing: BTreeMap<&'a FindingId, OfNothing>,
    /// By control, in the environment's order: the chance that it fails.
    pub(super) failures: Vec<Probability>,
    /// The same against one class of technique, where tests tell it apart.
    pub(super) failures_against: Vec<FailureAgainst>,
    /// By control and class of technique: how many tests it withstood, and how many got past it.
    tests: BTreeMap<(&'a ControlId, Option<Technique>), (u32, u32)>,
    /// What verdicts taught of methods.
    pub(super) taught: Taught<'a>,
    /// By finding: what its tests settle of each other.
    settled: BTreeMap<FindingId, Vec<(&'a str, Counted)>>,
    /// By reference class: the findings of it that were tested.
    tested: BTreeMap<&'a str, Tested>,
    pub(super) as_of: Moment,
    /// What high attack complexity leaves of an attempt, where the kind of attacker says so.
    hard: Option<Probability>,
}

impl<'a> Context<'a> {
    /// What is known of the world.
    pub(super) fn intel(&self) -> &'a Intel {
        self.world.intel
    }

    pub(super) fn of(environment: &'a Environment, intel: &'a Intel, as_of: Moment) -> Self {
        Self::of_asking(environment, intel, as_of, &Asking::nobody())
    }

    /// The same, asking on the way whether to go on. Where it is ended, it is in part.
    pub(super) fn of_asking(
        environment: &'a Environment,
        intel: &'a Intel,
        as_of: Moment,
        asking: &Asking<'_>,
    ) -> Self {
        let world = World::of(intel, Some(as_of));
        let technique = |finding: &Finding| seen(environment, &world, finding).effect().technique;
        let (evidence, of_nothing) = by_finding(environment, technique, asking);
        let tests = tests_of_controls(environment, as_of, technique, asking);
        let (failures, failures_against) = failures(environment, &tests);
        let mut classes: BTreeMap<&str, Tested> = BTreeMap::new();
        let (mut taught, mut settled) = (Taught::default(), BTreeMap::new());
        for (id, evidence) in evidence.iter().take_while(|_| asking.goes_on()) {
            // A finding that is closed still says something of its class.
            let Some(finding) = environment.finding(id) else { continue };
            let own = validate::settled(evidence, finding.status, as_of);
            if !own.is_empty() {
                taught.hear(finding.weakness.kind, &own);
                settled.insert(id.clone(), own);
            }
            let signals = seen(environment, &world, finding);
            if let (_, Some(prior)) = signals.prior() {
                let class = classes.entry(prior.class).or_default();
                *class = class.and(tested(evidence, as_of));
            }
        }
        Self {
            environment,
            world,
            evidence,
            of_nothing,
            failures,
            failures_against,
            tests,
            taught,
            settled,
            tested: classes,
            as_of,
            hard: None,
        }
    }

    /// The same of a kind of attacker.
    pub(super) fn under(self, profile: Option<&Profile>) -> Self {
        Self { hard: profile.map(|profile| profile.hard), ..self }
    }

    /// All that is known of a finding.
    pub(super) fn signals(&self, finding: &'a Finding) -> Signals<'a> {
        let mut signals = seen(self.environment, &self.world, finding);
        signals.hard = self.hard;
        let rights = signals.effect().rights;
        signals.rights_are_known = rights != Privileges::None
            && self
                .environment
                .number(&finding.asset)
                .is_some_and(|asset| !holders(self.environment, asset, rights).is_empty());
        // Who owns what runs there is known too.
        signals.rights_are_known |= signals.effect().within == Some(Within::OwnedGuests)
            && self
                .environment
                .number(&finding.asset)
                .is_some_and(|asset| self.environment.against(asset, &RelationKind::RunsOn).next().is_some());
        let evidence = finding.id.as_ref().and_then(|id| self.evidence.get(id));
        if let (_, Some(prior)) = signals.prior() {
            // Its own tests move the finding itself, and once is enough.
            let own = evidence.map_or_else(Tested::default, |evidence| tested(evidence, self.as_of));
            let class = self.tested.get(prior.class).copied().unwrap_or_default();
            signals.others = class.without(own);
        }
        if let Some(evidence) = evidence {
            signals.evidence = self.weighed(finding, signals.prior().0, evidence);
        }
        signals
    }
}

impl<'a> Context<'a> {
    /// The identities, by number, of which a finding says, open or not, that they have no second factor: where it is closed, they have one.
    pub(super) fn factorless(&self) -> BTreeSet<u32> {
        let of = |finding: &&'a Finding| is_on_identity(self.environment, finding);
        let lacking = |finding: &&'a Finding| seen(self.environment, &self.world, finding).lacks_factor;
        let findings = self.environment.findings().filter(of).filter(lacking);
        findings.filter_map(|finding| Some(self.environment.number(&finding.asset)? as u32)).collect()
    }

    /// The evidence of a finding.
    pub(super) fn evidence_of(&self, finding: &FindingId) -> &[&'a Evidence] {
        self.evidence.get(finding).map(Vec::as_slice).unwrap_or_default()
    }

    /// What tests of a finding say, each trusted as far as it says itself or as its method is known to be.
    pub(super) fn weighed<'e>(
        &self,
        finding: &Finding,
        prior: Probability,
        tests: &[&'e Evidence],
    ) -> Vec<Weight<'e>> {
        let trust = |test: &Evidence| self.trust(finding, &test.method, Trust::of(test.outcome));
        validate::weigh_as(prior, tests.iter().copied(), self.as_of, trust)
    }

    /// How far a method is trusted with a finding, where this is assumed of it.
    pub(super) fn trust(&self, finding: &Finding, method: &str, assumed: Trust) -> Trust {
        let own = finding.id.as_ref().and_then(|id| self.settled.get(id));
        let own = own.map(Vec::as_slice).unwrap_or_default();
        self.taught.of(method, finding.weakness.kind, assumed, own)
    }

    /// The chance that a control fails, in general or against a class of technique, after one more test: one that it withstands, and
    /// one that gets past it.
    pub(super) fn fails_after(&self, control: &Control, class: Option<Technique>) -> [Probability; 2] {
        let of = |class| self.tests.get(&(&control.id, class)).copied().unwrap_or_default();
        let known = if class.is_some() { sum(of(None), of(class)) } else { of(None) };
        [(1, 0), (0, 1)].map(|more| fails(control, sum(known, more)))
    }
}

/// What the evidence of one finding says of its class; nothing where it was not tested.
fn tested(evidence: &[&Evidence], as_of: Moment) -> Tested {
    // The newest of each method, as for the finding itself.
    let newest = validate::weigh(Probability::clamped(0.5), evidence.iter().copied(), as_of);
    let exploited = newest.iter().any(|weight| weight.evidence.outcome == Outcome::Exploited);
    Tested { findings: u32::from(!newest.is_empty()), exploitable: u32::from(exploited) }
}

/// Why evidence says nothing of any finding.
#[derive(Debug, Clone, Copy)]
pub(super) enum OfNothing {
    /// There is no such finding.
    Unknown { tests: usize },
    /// Several could have been tested, and it does not say which.
    Several { tests: usize, findings: usize },
}

/// Evidence by the finding it speaks of, which it may name by any of its ids, or as a weakness or a technique on an asset. A weakness
/// is one wherever on the asset it lies. A technique speaks of a finding only where no other of the asset is of it.
fn by_finding<'a>(
    environment: &'a Environment,
    technique: impl Fn(&Finding) -> Option<Technique>,
    asking: &Asking<'_>,
) -> (BTreeMap<FindingId, Vec<&'a Evidence>>, BTreeMap<&'a FindingId, OfNothing>) {
    let mut by_finding: BTreeMap<FindingId, Vec<&'a Evidence>> = BTreeMap::new();
    let mut others: BTreeMap<&FindingId, Vec<&Evidence>> = BTreeMap::new();
    for one in environment.evidence().take_while(|_| asking.goes_on()) {
        match environment.finding(&one.finding).and_then(|finding| finding.id.clone()) {
            Some(id) => by_finding.entry(id).or_default().push(one),
            None => others.entry(&one.finding).or_default().push(one),
        }
    }
    let mut of_nothing = BTreeMap::new();
    if others.is_empty() {
        return (by_finding, of_nothing);
    }
    let mut on: HashMap<usize, Vec<&Finding>> = HashMap::new();
    for finding in environment.findings().take_while(|_| asking.goes_on()) {
        if let Some(asset) = environment.number(&finding.asset) {
            on.entry(asset).or_default().push(finding);
        }
    }
    for (name, tests) in others {
        let tested = environment.tested_on(name);
        let here = tested.and_then(|tested| on.get(&tested.asset)).into_iter().flatten();
        let (mut of_weakness, mut of_technique) = (Vec::new(), Vec::new());
        for finding in here.take_while(|_| asking.goes_on()) {
            let Some(tested) = tested else { continue };
            if tested.is_of(finding) {
                of_weakness.push(*finding);
            } else if let Some(tried) = tested.technique() {
                let is = |used: Technique| used == tried || used.parent() == tried || used == tried.parent();
                of_technique.extend(technique(finding).filter(|used| is(*used)).map(|_| *finding));
            }
        }
        let of = if of_weakness.is_empty() { of_technique } else { of_weakness };
        let by_technique = tested.is_some_and(|tested| tested.technique().is_some());
        match of.as_slice() {
            // A test of a control says something of that, whatever it was of.
            [] if tests.iter().all(|test| test.control.is_some()) && tested.is_some() => {}
            [] => {
                of_nothing.insert(name, OfNothing::Unknown { tests: tests.len() });
            }
            several if by_technique && several.len() > 1 => {
                let about = tests.iter().filter(|test| test.control.is_none()).count();
                if about > 0 {
                    of_nothing.insert(name, OfNothing::Several { tests: about, findings: several.len() });
                }
            }
            found => {
                for id in found.iter().filter_map(|finding| finding.id.clone()) {
                    by_finding.entry(id).or_default().extend(&tests);
                }
            }
        }
    }
    (by_finding, of_nothing)
}

/// By control and class of the technique of the finding that was tested: how many attempts it stopped, and how many got past it.
fn tests_of_controls<'a>(
    environment: &'a Environment,
    as_of: Moment,
    technique: impl Fn(&Finding) -> Option<Technique>,
    asking: &Asking<'_>,
) -> BTreeMap<(&'a ControlId, Option<Technique>), (u32, u32)> {
    let mut tests: BTreeMap<(&ControlId, Option<Technique>), (u32, u32)> = BTreeMap::new();
    let until_now = environment.evidence().filter(|evidence| evidence.at <= as_of);
    for evidence in until_now.take_while(|_| asking.goes_on()) {
        let Some(control) = &evidence.control else { continue };
        let tested = match environment.finding(&evidence.finding) {
            Some(finding) => technique(finding),
            None => environment.tested_on(&evidence.finding).and_then(|tested| tested.technique()),
        };
        let (blocked, bypassed) = tests.entry((control, tested.map(Technique::parent))).or_default();
        let count = match evidence.outcome {
            Outcome::Exploited => bypassed,
            Outcome::Blocked | Outcome::NotReachable | Outcome::NotAffected => blocked,
        };
        *count = count.saturating_add(1);
    }
    tests
}

/// By control: the chance that it fails, given its own tests; and what evidence says of it, by class of technique.
fn failures(
    environment: &Environment,
    tests: &BTreeMap<(&ControlId, Option<Technique>), (u32, u32)>,
) -> (Vec<Probability>, Vec<FailureAgainst>) {
    let (mut failures, mut against) = (Vec::new(), Vec::new());
    for (n, control) in (0u32..).zip(environment.controls()) {
        // What no technique is known of speaks of all.
        let general = tests.get(&(&control.id, None)).copied().unwrap_or_default();
        failures.push(fails(control, general));
        let of_control = tests.range((&control.id, None)..).take_while(|((id, _), _)| **id == control.id);
        against.extend(of_control.filter_map(|((_, technique), counts)| {
            let chance = fails(control, sum(general, *counts));
            Some(FailureAgainst { control: n, technique: (*technique)?, chance })
        }));
    }
    (failures, against)
}

/// The chance that a control fails after so many attempts more that it stopped, and that got past it.
fn fails(control: &Control, (blocked, bypassed): (u32, u32)) -> Probability {
    let mut tested = control.clone();
    tested.blocked = tested.blocked.saturating_add(blocked);
    tested.bypassed = tested.bypassed.saturating_add(bypassed);
    tested.effectiveness().complement()
}

fn sum(one: (u32, u32), other: (u32, u32)) -> (u32, u32) {
    (one.0.saturating_add(other.0), one.1.saturating_add(other.1))
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
