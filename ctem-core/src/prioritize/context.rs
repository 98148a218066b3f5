//! What is looked up once for all findings: evidence, and the controls in front of assets.

use super::{exploitability::Signals, world::World};
use crate::{
    id::{ControlId, FindingId},
    intel::Intel,
    model::{Control, Environment, Evidence, Finding, Outcome},
    quantity::Probability,
    time::Moment,
    validate,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is looked up for every finding: its evidence, and the controls in front of its asset.
pub(super) struct Context<'a> {
    world: World<'a>,
    evidence: BTreeMap<FindingId, Vec<&'a Evidence>>,
    controls: HashMap<usize, Vec<(&'a str, Probability)>>,
    /// By control, in the environment's order: the chance that it fails.
    pub(super) failures: Vec<Probability>,
    as_of: Moment,
}

impl<'a> Context<'a> {
    pub(super) fn of(environment: &'a Environment, intel: &'a Intel, as_of: Moment) -> Self {
        Self::with(environment, intel, as_of, failures(environment, as_of))
    }

    /// The same where controls fail with chances of the caller's.
    pub(super) fn with(
        environment: &'a Environment,
        intel: &'a Intel,
        as_of: Moment,
        failures: Vec<Probability>,
    ) -> Self {
        let mut evidence: BTreeMap<FindingId, Vec<&Evidence>> = BTreeMap::new();
        for one in environment.evidence() {
            // Evidence may name a finding by any of its ids.
            let id = environment.finding(&one.finding).and_then(|finding| finding.id.clone());
            evidence.entry(id.unwrap_or_else(|| one.finding.clone())).or_default().push(one);
        }
        let mut controls: HashMap<usize, Vec<(&str, Probability)>> = HashMap::new();
        for (control, fails) in environment.controls().zip(failures.iter().copied()) {
            let protected: BTreeSet<usize> =
                control.protects.iter().filter_map(|asset| environment.number(asset)).collect();
            for asset in protected {
                controls.entry(asset).or_default().push((control.title(), fails));
            }
        }
        Self { world: World::of(intel, Some(as_of)), evidence, controls, failures, as_of }
    }

    /// All that is known of a finding.
    pub(super) fn signals(&self, environment: &'a Environment, finding: &'a Finding) -> Signals<'a> {
        let mut signals = Signals::of_weakness(&finding.weakness, &self.world).at(finding);
        if let Some(evidence) = finding.id.as_ref().and_then(|id| self.evidence.get(id)) {
            signals.evidence = validate::weigh(signals.prior().0, evidence.iter().copied(), self.as_of);
        }
        if let Some(controls) = environment.number(&finding.asset).and_then(|asset| self.controls.get(&asset))
        {
            signals.controls.clone_from(controls);
        }
        signals
    }
}

/// By control: the chance that it fails, given its own tests and those that evidence reports of it.
fn failures(environment: &Environment, as_of: Moment) -> Vec<Probability> {
    let mut tests: BTreeMap<&ControlId, (u32, u32)> = BTreeMap::new();
    for evidence in environment.evidence().filter(|evidence| evidence.at <= as_of) {
        let Some(control) = &evidence.control else { continue };
        let (blocked, bypassed) = tests.entry(control).or_default();
        let count = match evidence.outcome {
            Outcome::Exploited => bypassed,
            Outcome::Blocked | Outcome::NotReachable | Outcome::NotAffected => blocked,
        };
        *count = count.saturating_add(1);
    }
    let failure = |control: &Control| {
        let mut tested = control.clone();
        let (blocked, bypassed) = tests.get(&control.id).copied().unwrap_or_default();
        tested.blocked = tested.blocked.saturating_add(blocked);
        tested.bypassed = tested.bypassed.saturating_add(bypassed);
        tested.effectiveness().complement()
    };
    environment.controls().map(failure).collect()
}
