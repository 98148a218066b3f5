//! What is looked up once for all findings: evidence, and how controls fail.

use super::{aim::holders, signals::Signals, world::World};
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
        Self { environment, world, evidence, failures, failures_against, as_of }
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
        if let Some(evidence) = finding.id.as_ref().and_then(|id| self.evidence.get(id)) {
            signals.evidence = validate::weigh(signals.prior().0, evidence.iter().copied(), self.as_of);
        }
        signals
    }
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
