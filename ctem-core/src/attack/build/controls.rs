//! Controls: one variable each, wherever it stands, by class of technique where tests tell classes apart.

use super::{
    ExploitSteps,
    assemble::{Draft, DraftState},
    exploit_steps::FailureAgainst,
};
use crate::{
    attack::graph::{Key, Origin, StateKind, VariableKind},
    id::ControlId,
    model::{Control, Environment, Technique},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::{BTreeMap, HashMap};

/// The controls of an environment, and the states of their failures, made as they are met.
pub(super) struct Controls<'a> {
    list: Vec<One<'a>>,
    by_id: BTreeMap<&'a ControlId, u32>,
    /// By the number of an asset: the controls before it.
    before: HashMap<u32, Vec<u32>>,
    failed: BTreeMap<(u32, Option<Technique>), DraftState>,
}

struct One<'a> {
    control: &'a Control,
    fails: Probability,
    against: Vec<FailureAgainst>,
    /// Whom it stands before, by number; everybody when there is none.
    whom: Vec<u32>,
}

impl<'a> Controls<'a> {
    pub(super) fn of(environment: &'a Environment, exploit_steps: &ExploitSteps) -> Self {
        let (mut list, mut before, mut by_id) =
            (Vec::new(), HashMap::<u32, Vec<u32>>::new(), BTreeMap::new());
        for (n, control) in (0u32..).zip(environment.controls()) {
            let fails = exploit_steps.failures.get(n as usize).copied();
            let fails = fails.unwrap_or_else(|| control.effectiveness().complement());
            let number = |asset| environment.number(asset).map(|number| number as u32);
            let against =
                exploit_steps.failures_against.iter().filter(|failure| failure.control == n).copied();
            // Names that are nowhere are nobody, so that a control before them alone stops nobody.
            let whom = control.before.iter().map(|asset| number(asset).unwrap_or(u32::MAX)).collect();
            list.push(One { control, fails, against: against.collect(), whom });
            by_id.insert(&control.id, n);
            for asset in control.protects.iter().filter_map(number) {
                let controls = before.entry(asset).or_default();
                if !controls.contains(&n) {
                    controls.push(n);
                }
            }
        }
        Self { list, by_id, before, failed: BTreeMap::new() }
    }

    /// The failures that a relation's step into an asset needs: of the controls there that say which techniques they stop, or whom they
    /// stand before. One that says neither may be a filter that sees no administrator pass, so that it stands before relations only where
    /// these name it.
    pub(super) fn before_relation(
        &mut self,
        asset: u32,
        from: u32,
        technique: Option<Technique>,
        draft: &mut Draft,
    ) -> SmallVec<[DraftState; 2]> {
        let Some(controls) = self.before.get(&asset).cloned() else { return SmallVec::new() };
        let stands = |n: &u32| {
            let one = self.list.get(*n as usize);
            one.is_some_and(|one| one.says_what_it_stops() && one.stands_before(&[from]))
        };
        let standing: SmallVec<[u32; 2]> = controls.into_iter().filter(stands).collect();
        standing.into_iter().filter_map(|n| self.failed(n, technique, draft)).collect()
    }

    /// The failures that a step needs on an asset, by a technique, for an attacker who holds something of these assets.
    pub(super) fn before(
        &mut self,
        asset: u32,
        from: &[u32],
        technique: Option<Technique>,
        draft: &mut Draft,
    ) -> SmallVec<[DraftState; 2]> {
        let Some(controls) = self.before.get(&asset).cloned() else { return SmallVec::new() };
        let stands = |n: &u32| self.list.get(*n as usize).is_some_and(|one| one.stands_before(from));
        let standing: SmallVec<[u32; 2]> = controls.into_iter().filter(stands).collect();
        standing.into_iter().filter_map(|n| self.failed(n, technique, draft)).collect()
    }

    /// The failure of a control that guards a step; none for one that does not stop this technique, or is nowhere declared.
    pub(super) fn failed_by_id(
        &mut self,
        id: &ControlId,
        technique: Option<Technique>,
        draft: &mut Draft,
    ) -> Option<DraftState> {
        let n = *self.by_id.get(id)?;
        self.failed(n, technique, draft)
    }

    /// The same for a relation from an asset.
    pub(super) fn failed_from(
        &mut self,
        id: &ControlId,
        from: u32,
        technique: Option<Technique>,
        draft: &mut Draft,
    ) -> Option<DraftState> {
        let n = *self.by_id.get(id)?;
        self.list.get(n as usize).filter(|one| one.stands_before(&[from]))?;
        self.failed(n, technique, draft)
    }

    fn failed(&mut self, n: u32, technique: Option<Technique>, draft: &mut Draft) -> Option<DraftState> {
        let one = self.list.get(n as usize)?;
        if !one.control.stops_technique(technique) {
            return None;
        }
        let whole = technique.map(Technique::parent);
        let told = one.against.iter().find(|failure| Some(failure.technique) == whole);
        let class = told.map(|failure| failure.technique);
        if let Some(state) = self.failed.get(&(n, class)) {
            return Some(*state);
        }
        let (key, fails) = match told {
            Some(failure) => (Key::control_against(&one.control.id, failure.technique), failure.chance),
            None => (Key::control(&one.control.id), one.fails),
        };
        let state = draft.special(StateKind::Failed(n));
        let guard = draft.variable(VariableKind::Control(n), key, fails);
        draft.step(&[DraftState::GIVEN], guard, state, Origin::Failure(n));
        self.failed.insert((n, class), state);
        Some(state)
    }
}

impl One<'_> {
    fn says_what_it_stops(&self) -> bool {
        !self.control.against.is_empty() || !self.whom.is_empty()
    }

    fn stands_before(&self, from: &[u32]) -> bool {
        self.whom.is_empty() || self.whom.iter().any(|whom| from.contains(whom))
    }
}
