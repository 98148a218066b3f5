//! Relations as steps: by the rules of their kind, or by their own record.
//!
//! A relation that can be taken away is a variable, so that every question asked of findings can be asked of it. That is dear
//! in a large graph, where most relations lie on no way to a loss. So only those get one that an attacker can come to and that
//! lead on to a loss event, by an estimate that looks at states and forgets chances.

use super::{
    Rules,
    assemble::{DraftState, Guarded},
    environment::{UNRANKED, Work},
};
use crate::{
    attack::graph::{Key, Origin, StateKind, VariableId, VariableKind, index::Id},
    error::Result,
    model::{Access, AssetAccess, End, Premise, RelationKind, Rule, Technique},
};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// A relation that became steps.
pub(super) struct Drawn {
    /// Its number in the environment.
    number: u32,
    /// Its steps, by their places in the draft.
    steps: SmallVec<[u32; 2]>,
}

impl Work<'_> {
    /// Adds the steps of all relations, in the order of their ends and kinds.
    pub(super) fn relations(&mut self, rules: &Rules, removed: &[u32]) -> Result<Vec<Drawn>> {
        let environment = self.environment;
        let mut by_kind: BTreeMap<&RelationKind, Vec<(u32, &Rule)>> = BTreeMap::new();
        for (n, rule) in (0u32..).zip(rules.list()) {
            by_kind.entry(&rule.relation).or_default().push((n, rule));
        }
        let rank = |asset: usize| self.ranks.get(asset).copied().unwrap_or(UNRANKED);
        let mut facts: Vec<_> = environment
            .numbered_facts()
            .map(|(number, (from, fact, to))| ((rank(from), rank(to)), from, fact, to, number as u32))
            .filter(|(.., number)| removed.binary_search(number).is_err())
            .collect();
        facts.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| (&a.2.kind, a.2.step()).cmp(&(&b.2.kind, b.2.step())))
        });
        let mut drawn = Vec::new();
        let count = facts.len();
        for (n, (_, from, fact, to, number)) in facts.into_iter().enumerate() {
            self.goes_on(n, count)?;
            let (Some(source), Some(target)) = (environment.numbered(from), environment.numbered(to)) else {
                continue;
            };
            let mut steps: SmallVec<[u32; 2]> = SmallVec::new();
            let (needs, gives) = fact.step();
            let of_kind = by_kind.get(&fact.kind).map_or(&[][..], Vec::as_slice);
            let mut applying = of_kind.iter().filter(|(_, rule)| rule.applies(&fact.kind, source, target));
            let guards = |work: &mut Self, technique, premises: &mut SmallVec<[DraftState; 8]>| {
                let Self { controls, draft, .. } = work;
                let failed = fact.controls.iter();
                premises
                    .extend(failed.filter_map(|id| controls.failed_from(id, from as u32, technique, draft)));
            };
            if needs.is_empty() && gives.is_empty() {
                for (n, rule) in applying {
                    let at = |premise: &Premise| match premise.end {
                        End::From => from,
                        End::To => to,
                    };
                    let conclusion = self.state_of(at(&rule.conclusion), rule.conclusion.access);
                    let mut premises: SmallVec<[DraftState; 8]> = rule
                        .premises
                        .iter()
                        .map(|premise| self.needed(at(premise), premise.access))
                        .collect();
                    let technique = fact.technique().or(rule.technique);
                    if !rules.allows(technique) {
                        continue;
                    }
                    guards(self, technique, &mut premises);
                    let into = (at(&rule.conclusion), rule.conclusion.access);
                    self.protected(&fact.kind, from, into, technique, &mut premises);
                    let label = match fact.technique() {
                        Some(_) => self.labels.stated(&fact.kind, technique),
                        None => *n,
                    };
                    steps.extend(self.draft.step(
                        &premises,
                        VariableId::NONE,
                        conclusion,
                        Origin::Rule(label),
                    ));
                }
            } else {
                // What the record leaves open is as the rule of its kind has it.
                let rule = applying.next().map(|(_, rule)| *rule);
                let technique = fact.technique().or(rule.and_then(|rule| rule.technique));
                if !rules.allows(technique) {
                    continue;
                }
                let label = Origin::Rule(self.labels.stated(&fact.kind, technique));
                let ends = |premise: &Premise| match premise.end {
                    End::From => from,
                    End::To => to,
                };
                let mut premises: SmallVec<[DraftState; 8]> = if needs.is_empty() {
                    let premises = rule.map_or(&[][..], |rule| &rule.premises);
                    premises.iter().map(|premise| self.needed(ends(premise), premise.access)).collect()
                } else {
                    needs.iter().map(|held| self.held(held)).collect()
                };
                guards(self, technique, &mut premises);
                let conclusions: SmallVec<[(Option<usize>, Access); 8]> = if gives.is_empty() {
                    let conclusion = rule.map(|rule| &rule.conclusion);
                    conclusion.map(|gives| (Some(ends(gives)), gives.access)).into_iter().collect()
                } else {
                    gives.iter().map(|held| (environment.number(&held.asset), held.access)).collect()
                };
                if premises.is_empty() {
                    continue;
                }
                for (asset, access) in conclusions {
                    let Some(asset) = asset else { continue };
                    let mut premises = premises.clone();
                    self.protected(&fact.kind, from, (asset, access), technique, &mut premises);
                    let conclusion = self.state_of(asset, access);
                    steps.extend(self.draft.step(&premises, VariableId::NONE, conclusion, label));
                }
            }
            // What a finding needs or gives by the relation is there as long as the relation is.
            steps.extend(self.resting.remove(&number).unwrap_or_default());
            if !steps.is_empty() && (fact.is_removable() || fact.chance().get() < 1.0) {
                drawn.push(Drawn { number, steps });
            }
        }
        Ok(drawn)
    }

    /// Adds the failures of the controls that protect what a relation leads into: to act on a thing is an attempt there, whether by a
    /// flaw or by a right. How things are put together, a mere way to one, and what one only knows of it, is no attempt.
    fn protected(
        &mut self,
        kind: &RelationKind,
        from: usize,
        (asset, access): (usize, Access),
        technique: Option<Technique>,
        premises: &mut SmallVec<[DraftState; 8]>,
    ) {
        use RelationKind as R;
        let put_together = [
            R::RunsOn,
            R::MemberOf,
            R::Contains,
            R::LiesIn,
            R::InstanceOf,
            R::Builds,
            R::Stores,
            R::DependsOn,
            R::Reaches,
        ];
        if put_together.contains(kind) || matches!(access, Access::Reach | Access::Down | Access::Know) {
            return;
        }
        let Self { controls, draft, .. } = self;
        for failed in controls.before_relation(asset as u32, from as u32, technique, draft) {
            if !premises.contains(&failed) {
                premises.push(failed);
            }
        }
    }

    fn held(&self, held: &AssetAccess) -> DraftState {
        let asset = self.environment.number(&held.asset);
        asset.map_or(DraftState::NONE, |asset| self.needed(asset, held.access))
    }

    /// Gives a variable to every relation whose chance is not sure, or that can be taken away and lies on a way to a loss. By
    /// relation: its number in the environment, and its steps.
    pub(super) fn guard_relations(
        &mut self,
        drawn: &[Drawn],
        events: impl Iterator<Item = DraftState>,
    ) -> Result<Vec<Guarded>> {
        let relevant = self.draft.relevant_steps(events);
        let mut guarded = Vec::new();
        let relevant = |step: &u32| relevant.get(*step as usize).copied().unwrap_or(false);
        for (at, Drawn { number, steps }) in drawn.iter().enumerate() {
            self.goes_on(at, drawn.len())?;
            let Some(related) = self.environment.related(*number as usize) else { continue };
            let chance = related.fact.chance();
            if chance.get() >= 1.0 && !steps.iter().any(relevant) {
                continue;
            }
            let n = guarded.len() as u32;
            let (kind, key) = (VariableKind::Relation(n), Key::related(&related));
            let variable = self.draft.stated_variable(kind, key, chance);
            match steps.as_slice() {
                [one] if !self.draft.is_guarded(*one) => self.draft.guard(*one, variable),
                several => {
                    let state = self.draft.special(StateKind::Relation(n));
                    self.draft.step(&[DraftState::GIVEN], variable, state, Origin::Relation(n));
                    for step in several {
                        self.draft.need(*step, state);
                    }
                }
            }
            guarded.push(Guarded { number: *number });
        }
        Ok(guarded)
    }
}
