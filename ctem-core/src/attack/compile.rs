//! From an environment to a snapshot: relations by their rules, findings as openings, loss events by their triggers.
//!
//! Numbers are given in the order of ids, so equal environments compile to equal snapshots. O(n log n + m), with about 60
//! bytes a step while it runs.

use super::{
    Rules, Snapshot,
    rules::{End, Premise, Rule},
    snapshot::{NONE, Origin, StateKind, Variable, VariableKind},
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::{AssetId, ControlId},
    model::{Access, Environment, LossEvent, RelationKind, Trigger},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::{BTreeMap, HashMap};

/// What the findings open to an attacker, and what else is uncertain.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Openings {
    /// What each finding opens, in an order of the caller's that the answers keep.
    pub list: Vec<Opening>,
    /// The threats they share.
    pub threats: Vec<Threat>,
    /// Assets of which nobody said where they stand, and the chance that each can be reached.
    pub unplaced: Vec<(AssetId, Probability)>,
    /// By entry point, in the environment's order: the chance that an attacker starts there. Where there is none, as stated.
    pub entries: Vec<Probability>,
    /// By control, in the environment's order: the chance that it fails. Where there is none, as its tests say.
    pub failures: Vec<Probability>,
}

/// What one finding opens.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Opening {
    /// The number, in the environment, of the asset it is on.
    pub(crate) asset: u32,
    /// The access an attacker needs to it.
    pub needs: Access,
    /// The access the finding gives; none when it cannot be attacked from where attackers stand.
    pub gives: Option<Access>,
    /// The number of the asset the access is to, when it is another one.
    pub(crate) to: u32,
    /// The threat that must be active, by its number.
    pub threat: Option<u32>,
    /// The chance that it is exploitable here and an attempt succeeds.
    pub chance: Probability,
}

impl Opening {
    pub(crate) fn new(asset: u32, needs: Access, gives: Option<Access>, chance: Probability) -> Self {
        Self { asset, needs, gives, to: asset, threat: None, chance }
    }
}

/// A threat: the chance, within the horizon, that a weakness is exploited by those who attack.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Threat {
    /// The chance.
    pub chance: Probability,
}

impl Threat {
    /// A threat of this chance.
    pub fn new(chance: Probability) -> Self {
        Self { chance }
    }
}

/// Compiles an environment.
///
/// # Errors
/// `limit_exceeded` when there are more than 2³¹ states or steps, or a trigger nests deeper than 64 or has more than 100,000
/// parts.
pub fn compile(
    environment: &Environment,
    rules: &Rules,
    openings: &Openings,
    events: &[LossEvent],
) -> Result<Snapshot> {
    let mut assets: Vec<_> = environment.numbered_assets().collect();
    assets.sort_unstable_by(|a, b| a.1.id.cmp(&b.1.id));
    let mut ranks = vec![NONE; environment.asset_bound()];
    for (rank, (number, _)) in (0u32..).zip(&assets) {
        if let Some(slot) = ranks.get_mut(*number) {
            *slot = rank;
        }
    }
    let numbers: Vec<u32> = assets.iter().map(|(number, _)| *number as u32).collect();
    let base =
        1 + 4 * u32::try_from(assets.len()).ok().filter(|count| *count < 1 << 28).ok_or_else(too_many)?;
    let mut work = Work {
        environment,
        ranks,
        base,
        specials: Vec::new(),
        steps: Vec::with_capacity(environment.relation_count() + openings.list.len()),
        variables: Vec::new(),
        parts: HashMap::new(),
    };
    work.entries(openings);
    let threats = work.threats(openings);
    for (n, opening) in (0u32..).zip(&openings.list) {
        work.opening(n, opening, openings, &threats);
    }
    work.relations(rules, openings);
    let mut event_states = Vec::with_capacity(events.len());
    for (n, event) in (0u32..).zip(events) {
        let state = work.special(StateKind::Event(n));
        let condition = work.trigger(&event.when, n, 0)?;
        work.step(&[condition], NONE, state, Origin::Trigger(n));
        event_states.push(state);
    }
    work.ladder(assets.len());
    let techniques = rules.list().iter().map(Rule::known_technique).collect();
    work.finish(openings.list.len(), event_states, techniques, numbers)
}

/// A step before its states have their final numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Raw {
    conclusion: u32,
    premises: [u32; 2],
    guard: u32,
    origin: Origin,
}

/// The compilation. Until the end a state is 1 + 4 · rank of its asset + access, or a special one from `base` on.
struct Work<'a> {
    environment: &'a Environment,
    /// By asset number: the rank of its id.
    ranks: Vec<u32>,
    base: u32,
    specials: Vec<StateKind>,
    steps: Vec<Raw>,
    variables: Vec<Variable>,
    /// States that stand for two others together.
    parts: HashMap<(u32, u32), u32>,
}

impl<'a> Work<'a> {
    fn held(&self, asset: usize, access: Access) -> u32 {
        self.ranks.get(asset).map_or(NONE, |rank| 1 + 4 * rank + access as u32)
    }

    fn special(&mut self, kind: StateKind) -> u32 {
        self.specials.push(kind);
        self.base + (self.specials.len() - 1) as u32
    }

    fn part(&mut self) -> u32 {
        let n = self.specials.len() as u32;
        self.special(StateKind::Part(n))
    }

    fn variable(&mut self, kind: VariableKind, chance: Probability) -> u32 {
        // What is sure is not a variable.
        if chance == Probability::SURELY {
            return NONE;
        }
        self.variables.push(Variable { kind, chance });
        (self.variables.len() - 1) as u32
    }

    /// Adds a step; premises beyond two are bundled into parts.
    fn step(&mut self, premises: &[u32], guard: u32, conclusion: u32, origin: Origin) {
        let mut premises: SmallVec<[u32; 8]> = premises.iter().copied().collect();
        premises.sort_unstable();
        premises.dedup();
        if premises.contains(&conclusion) || premises.contains(&NONE) || conclusion == NONE {
            // It would conclude what it needs, or speaks of an asset that is nowhere.
            return;
        }
        while premises.len() > 2 {
            let pair = (premises[0], premises[1]);
            let part = match self.parts.get(&pair) {
                Some(part) => *part,
                None => {
                    let part = self.part();
                    self.parts.insert(pair, part);
                    self.steps.push(Raw {
                        conclusion: part,
                        premises: [pair.0, pair.1],
                        guard: NONE,
                        origin,
                    });
                    part
                }
            };
            premises.drain(..2);
            premises.push(part);
        }
        let premises = [premises.first().copied().unwrap_or(0), premises.get(1).copied().unwrap_or(NONE)];
        self.steps.push(Raw { conclusion, premises, guard, origin });
    }

    fn entries(&mut self, openings: &Openings) {
        let environment = self.environment;
        for (n, entry) in (0u32..).zip(environment.entry_points()) {
            if let Some(asset) = environment.number(&entry.asset) {
                let chance = openings.entries.get(n as usize).copied().unwrap_or(entry.chance);
                let guard = self.variable(VariableKind::Entry(n), chance);
                let state = self.held(asset, entry.access);
                self.step(&[0], guard, state, Origin::Entry(n));
            }
        }
        for (n, (asset, chance)) in (0u32..).zip(&openings.unplaced) {
            if let Some(asset) = environment.number(asset) {
                let guard = self.variable(VariableKind::Unplaced(n), *chance);
                let state = self.held(asset, Access::Reach);
                self.step(&[0], guard, state, Origin::Unplaced(n));
            }
        }
    }

    /// A state for every threat that several findings share; the others are folded into their finding's variable.
    fn threats(&mut self, openings: &Openings) -> Vec<u32> {
        let mut uses = vec![0u32; openings.threats.len()];
        for threat in openings.list.iter().filter_map(|opening| opening.threat) {
            if let Some(count) = uses.get_mut(threat as usize) {
                *count += 1;
            }
        }
        let mut states = vec![NONE; openings.threats.len()];
        for (n, (threat, uses)) in (0u32..).zip(openings.threats.iter().zip(uses)) {
            if uses > 1 && threat.chance < Probability::SURELY {
                let state = self.special(StateKind::Threat(n));
                let guard = self.variable(VariableKind::Threat(n), threat.chance);
                self.step(&[0], guard, state, Origin::Threat(n));
                if let Some(slot) = states.get_mut(n as usize) {
                    *slot = state;
                }
            }
        }
        states
    }

    fn opening(&mut self, n: u32, opening: &Opening, openings: &Openings, threats: &[u32]) {
        let Some(gives) = opening.gives else { return };
        let needs = self.held(opening.asset as usize, opening.needs);
        let gives = self.held(opening.to as usize, gives);
        let shared = opening.threat.and_then(|threat| threats.get(threat as usize)).copied().unwrap_or(NONE);
        let own = opening
            .threat
            .filter(|_| shared == NONE)
            .and_then(|threat| openings.threats.get(threat as usize));
        let chance = own.map_or(opening.chance, |threat| threat.chance.and(opening.chance));
        let guard = self.variable(VariableKind::Finding(n), chance);
        if shared == NONE {
            self.step(&[needs], guard, gives, Origin::Finding(n));
        } else {
            self.step(&[needs, shared], guard, gives, Origin::Finding(n));
        }
    }

    fn relations(&mut self, rules: &Rules, openings: &Openings) {
        let environment = self.environment;
        let mut by_kind: BTreeMap<&RelationKind, Vec<(u32, &Rule)>> = BTreeMap::new();
        for (n, rule) in (0u32..).zip(rules.list()) {
            by_kind.entry(&rule.relation).or_default().push((n, rule));
        }
        let failed = self.failures(environment, openings);
        for (from, fact, to) in environment.facts() {
            let (Some(source), Some(target)) = (environment.numbered(from), environment.numbered(to)) else {
                continue;
            };
            for (n, rule) in by_kind.get(&fact.kind).into_iter().flatten() {
                if !rule.applies(&fact.kind, &source.kind, &target.kind) {
                    continue;
                }
                let state = |work: &Self, premise: &Premise| match premise.end {
                    End::From => work.held(from, premise.access),
                    End::To => work.held(to, premise.access),
                };
                let conclusion = state(self, &rule.conclusion);
                let mut premises: SmallVec<[u32; 8]> =
                    rule.premises.iter().map(|premise| state(self, premise)).collect();
                premises.extend(fact.controls.iter().filter_map(|control| failed.get(control).copied()));
                self.step(&premises, NONE, conclusion, Origin::Rule(*n));
            }
        }
    }

    /// A state for the failure of every control that guards a relation.
    fn failures(
        &mut self,
        environment: &'a Environment,
        openings: &Openings,
    ) -> BTreeMap<&'a ControlId, u32> {
        let used: std::collections::BTreeSet<_> =
            environment.facts().flat_map(|(_, fact, _)| &fact.controls).collect();
        let mut failed = BTreeMap::new();
        for (n, control) in (0u32..).zip(environment.controls()) {
            if let Some(id) = used.get(&control.id) {
                let state = self.special(StateKind::Failed(n));
                let fails = openings.failures.get(n as usize).copied();
                let fails = fails.unwrap_or_else(|| control.effectiveness().complement());
                let guard = self.variable(VariableKind::Control(n), fails);
                self.step(&[0], guard, state, Origin::Failure(n));
                failed.insert(*id, state);
            }
        }
        failed
    }

    /// The state that holds when a trigger does.
    fn trigger(&mut self, trigger: &Trigger, event: u32, depth: u32) -> Result<u32> {
        const DEEPEST: u32 = 64;
        if depth > DEEPEST {
            let message = format!("the trigger nests more than {DEEPEST} deep: write it flatter");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let origin = Origin::Trigger(event);
        let (count, of) = match trigger {
            Trigger::State { asset, access } => {
                return Ok(match self.environment.number(asset) {
                    Some(asset) => self.held(asset, *access),
                    // An asset that is nowhere never falls.
                    None => self.part(),
                });
            }
            Trigger::Any(of) => (1, of),
            Trigger::All(of) => (of.len(), of),
            Trigger::AtLeast { count, of } => (*count as usize, of),
        };
        const MOST_PARTS: usize = 100_000;
        if count.saturating_mul(of.len()) > MOST_PARTS && count > 1 && count < of.len() {
            let message =
                format!("`at_least` {count} of {} has more than {MOST_PARTS} parts: split it", of.len());
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let mut states = Vec::with_capacity(of.len());
        for part in of {
            states.push(self.trigger(part, event, depth + 1)?);
        }
        let whole = self.part();
        if count == 0 {
            self.step(&[0], NONE, whole, origin);
        } else if count == 1 {
            for state in states {
                self.step(&[state], NONE, whole, origin);
            }
        } else if count == states.len() {
            self.step(&states, NONE, whole, origin);
        } else if count < states.len() {
            // reached[k] holds when at least k of the states so far do: one row of the table after the other.
            let mut reached: Vec<u32> = vec![0];
            for state in states {
                let mut next = vec![0];
                for k in 1..=count.min(reached.len()) {
                    let here = self.part();
                    if let Some(already) = reached.get(k) {
                        self.step(&[*already], NONE, here, origin);
                    }
                    if let Some(one_less) = reached.get(k - 1) {
                        self.step(&[*one_less, state], NONE, here, origin);
                    }
                    next.push(here);
                }
                reached = next;
            }
            if let Some(all) = reached.get(count) {
                self.step(&[*all], NONE, whole, origin);
            }
        }
        Ok(whole)
    }

    /// More access includes less, where the lesser one is of use.
    fn ladder(&mut self, assets: usize) {
        let mut needed = vec![false; 1 + 4 * assets];
        let mut given = vec![false; 1 + 4 * assets];
        for step in &self.steps {
            for premise in step.premises {
                if let Some(needed) = needed.get_mut(premise as usize) {
                    *needed = true;
                }
            }
            if let Some(given) = given.get_mut(step.conclusion as usize) {
                *given = true;
            }
        }
        let rows = needed.get(1..).unwrap_or_default().as_chunks::<4>().0.iter();
        let rows = rows.zip(given.get(1..).unwrap_or_default().as_chunks::<4>().0);
        for (rank, ([reach, using, _, down], [_, gives_use, control, _])) in (0u32..).zip(rows) {
            let state = |access: Access| 1 + 4 * rank + access as u32;
            if *control && (*using || *reach) {
                self.step(&[state(Access::Control)], NONE, state(Access::Use), Origin::Ladder);
            }
            if (*control || *gives_use) && *reach {
                self.step(&[state(Access::Use)], NONE, state(Access::Reach), Origin::Ladder);
            }
            if *control && *down {
                self.step(&[state(Access::Control)], NONE, state(Access::Down), Origin::Ladder);
            }
        }
    }

    /// Gives the states their final numbers and lays the arrays out.
    fn finish(
        mut self,
        openings: usize,
        events: Vec<u32>,
        techniques: Vec<Option<super::Technique>>,
        numbers: Vec<u32>,
    ) -> Result<Snapshot> {
        let all = self.base as usize + self.specials.len();
        if all >= 1 << 31 || self.steps.len() >= 1 << 31 {
            return Err(too_many());
        }
        let mut final_of = vec![NONE; all];
        let mark = |state: u32, final_of: &mut Vec<u32>| {
            if let Some(slot) = final_of.get_mut(state as usize) {
                *slot = 0;
            }
        };
        mark(0, &mut final_of);
        for step in &self.steps {
            mark(step.conclusion, &mut final_of);
            step.premises.iter().for_each(|premise| mark(*premise, &mut final_of));
        }
        let mut kinds = Vec::new();
        let mut assets = vec![[NONE; 4]; numbers.len()];
        for (state, slot) in final_of.iter_mut().enumerate().filter(|(_, slot)| **slot != NONE) {
            *slot = kinds.len() as u32;
            kinds.push(if state == 0 {
                StateKind::Given
            } else if let Some(kind) =
                state.checked_sub(self.base as usize).and_then(|n| self.specials.get(n))
            {
                *kind
            } else {
                let (rank, access) = ((state - 1) / 4, (state - 1) % 4);
                if let Some(held) = assets.get_mut(rank).and_then(|held| held.get_mut(access)) {
                    *held = *slot;
                }
                let access = Access::ALL.get(access).copied().unwrap_or(Access::Reach);
                StateKind::Held(rank as u32, access)
            });
        }
        let number = |state: u32| final_of.get(state as usize).copied().unwrap_or(NONE);
        for step in &mut self.steps {
            step.conclusion = number(step.conclusion);
            step.premises = step.premises.map(|premise| if premise == NONE { NONE } else { number(premise) });
        }
        let steps = sorted_by_conclusion(self.steps, kinds.len());
        let mut snapshot =
            Snapshot { kinds, techniques, assets, numbers, ranks: self.ranks, ..Snapshot::default() };
        snapshot.variables = self.variables;
        snapshot.events = events.iter().map(|event| number(*event)).collect();
        snapshot.openings = vec![NONE; openings];
        snapshot.lay_out(&steps);
        Ok(snapshot)
    }
}

/// A counting sort by conclusion, then each conclusion's few steps in order; equal steps become one.
fn sorted_by_conclusion(steps: Vec<Raw>, states: usize) -> Vec<Raw> {
    let mut ends = vec![0u32; states + 1];
    for step in &steps {
        if let Some(count) = ends.get_mut(step.conclusion as usize + 1) {
            *count += 1;
        }
    }
    for n in 1..ends.len() {
        ends[n] += ends[n - 1];
    }
    let starts = ends.clone();
    let Some(filler) = steps.first().copied() else { return steps };
    let mut sorted = vec![filler; steps.len()];
    for step in steps {
        if let Some(at) = ends.get_mut(step.conclusion as usize) {
            if let Some(slot) = sorted.get_mut(*at as usize) {
                *slot = step;
            }
            *at += 1;
        }
    }
    for range in starts.windows(2) {
        if let [start, end] = range
            && let Some(bucket) = sorted.get_mut(*start as usize..*end as usize)
        {
            bucket.sort_unstable();
        }
    }
    sorted.dedup_by(|a, b| {
        // Two sure findings that do the same are still two.
        let apart = matches!((a.origin, b.origin), (Origin::Finding(_), Origin::Finding(_)));
        !apart && (a.conclusion, a.premises, a.guard) == (b.conclusion, b.premises, b.guard)
    });
    sorted
}

impl Snapshot {
    fn lay_out(&mut self, steps: &[Raw]) {
        let states = self.kinds.len();
        let mut concluded = vec![0u32; states + 1];
        let mut uses = vec![0u32; states + 1];
        let count = |counts: &mut Vec<u32>, state: u32| {
            if let Some(count) = counts.get_mut(state as usize + 1) {
                *count += 1;
            }
        };
        for step in steps {
            count(&mut concluded, step.conclusion);
            step.premises
                .iter()
                .filter(|premise| **premise != NONE)
                .for_each(|premise| count(&mut uses, *premise));
        }
        for counts in [&mut concluded, &mut uses] {
            for n in 1..counts.len() {
                counts[n] += counts[n - 1];
            }
        }
        let mut next = uses.clone();
        let mut used_by = vec![0u32; uses.last().copied().unwrap_or(0) as usize];
        for (n, step) in (0u32..).zip(steps) {
            for premise in step.premises.into_iter().filter(|premise| *premise != NONE) {
                if let Some(at) = next.get_mut(premise as usize) {
                    if let Some(slot) = used_by.get_mut(*at as usize) {
                        *slot = n;
                    }
                    *at += 1;
                }
            }
            if let Origin::Finding(finding) = step.origin
                && let Some(slot) = self.openings.get_mut(finding as usize)
            {
                *slot = n;
            }
        }
        self.concluded = concluded;
        self.uses = uses;
        self.used_by = used_by;
        self.conclusions = steps.iter().map(|step| step.conclusion).collect();
        self.premises = steps.iter().map(|step| step.premises).collect();
        self.guards = steps.iter().map(|step| step.guard).collect();
        self.origins = steps.iter().map(|step| step.origin).collect();
    }
}

fn too_many() -> Error {
    Error::new(ErrorKind::LimitExceeded, "the environment has more than 2³¹ states or steps: split it")
}
