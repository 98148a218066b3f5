//! From an environment to a snapshot: relations by their rules or their own steps, findings as exploit steps, loss events by their
//! triggers.
//!
//! Numbers are given in the order of ids, so equal environments compile to equal snapshots. O(n log n + m log m), with about 60
//! bytes a step while it runs.

use super::{
    ExploitStep, ExploitSteps, Rules,
    assemble::{Draft, DraftState, Frame, stopped},
    controls::Controls,
    exploit_steps::Tie,
    labels::Labels,
};
use crate::{
    attack::{
        graph::{
            Key, Origin, Snapshot, StateKind, VariableId, VariableKind,
            index::{Id, IndexVec},
        },
        limits::OnProgress,
    },
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::{
        Access, AssetAccess, AssetKind, DEEPEST_TRIGGER, End, Environment, LossEvent, MOST_PARTS, Premise,
        Rule, Technique, Trigger,
    },
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::{BTreeMap, HashSet};

/// Compiles an environment.
///
/// ```
/// # use ctem_core::{Environment, Loss, Probability};
/// # use ctem_core::attack::{EventId, ExploitStep, ExploitSteps, Key, MostProbablePaths, Rules, compile};
/// # use ctem_core::model::{Access, AssetKind, Attacker, LossEvent, LossSize, RelationKind};
/// # let environment = Environment::builder()
/// #     .asset("shop", AssetKind::Host)
/// #     .asset("orders", AssetKind::DataStore)
/// #     .relation("shop", RelationKind::Reads, "orders")
/// #     .entry_point("shop", Access::Reach, Attacker::Internet)
/// #     .loss("sales", "orders leak", LossSize::known(Loss::new(1000.0, "EUR".parse()?)?), "orders", Access::Use)
/// #     .build()?;
/// # let mut opened = ExploitSteps::default();
/// # let (chance, key) = (Probability::new(0.25)?, Key::of("finding", "f-1"));
/// # opened.list.push(ExploitStep::on(&environment, &"shop".parse()?, Access::Reach, Access::Control, chance, key)?);
/// // A flaw in the shop: how likely do the orders leak by it?
/// let events: Vec<LossEvent> = environment.services().flat_map(|service| service.loss_events.clone()).collect();
/// let snapshot = compile(&environment, &Rules::default(), &opened, &events)?;
/// let leak = snapshot.event(EventId::new(0)).expect("there is one");
/// assert_eq!(MostProbablePaths::compute(&snapshot).chance(leak).get(), 0.25);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `limit_exceeded` when there are more than 2³⁰ states or 2²⁸ steps, or a trigger nests deeper than 64 or has more than 100,000
/// parts; `invalid_input` where a control or a loss event chooses its assets by a selector, which an assessment writes out for its moment.
pub fn compile(
    environment: &Environment,
    rules: &Rules,
    exploit_steps: &ExploitSteps,
    events: &[LossEvent],
) -> Result<Snapshot> {
    let controls = environment.controls().filter_map(|control| control.covers.as_ref());
    if let Some(selector) = controls.chain(events.iter().flat_map(|event| event.when.selectors())).next() {
        return Err(Error::invalid(format!(
            "{} may mean other assets tomorrow: name them here, or assess the environment as of a moment",
            quoted(&selector.to_string())
        )));
    }
    let events: Vec<(&Trigger, f64)> =
        events.iter().map(|event| (&event.when, event.loss.mean().amount())).collect();
    compile_while(environment, rules, exploit_steps, &events, &OnProgress::default())
}

/// The same of events as when each happens and its expected loss; asks on the way whether to go on: `cancelled` where the caller says not
/// to.
pub(crate) fn compile_while(
    environment: &Environment,
    rules: &Rules,
    exploit_steps: &ExploitSteps,
    events: &[(&Trigger, f64)],
    progress: &OnProgress<'_>,
) -> Result<Snapshot> {
    let mut assets: Vec<_> = environment.numbered_assets().collect();
    assets.sort_unstable_by(|a, b| a.1.id.cmp(&b.1.id));
    let mut ranks = vec![UNRANKED; environment.asset_bound()];
    for (rank, (number, _)) in (0u32..).zip(&assets) {
        if let Some(slot) = ranks.get_mut(*number) {
            *slot = rank;
        }
    }
    let numbers: Vec<u32> = assets.iter().map(|(number, _)| *number as u32).collect();
    let steps = environment.relation_count() + exploit_steps.list.len();
    let draft = Draft::new(assets.len(), steps)?;
    let mut work = Work {
        environment,
        ranks,
        numbers,
        draft,
        controls: Controls::of(environment, exploit_steps),
        labels: Labels::of(rules),
        groups: BTreeMap::new(),
        removed: &exploit_steps.removed,
        resting: BTreeMap::new(),
        progress: *progress,
    };
    work.entries(exploit_steps);
    let threats = work.threats(exploit_steps);
    for (n, step) in (0u32..).zip(&exploit_steps.list) {
        work.goes_on(n as usize, exploit_steps.list.len())?;
        if rules.allows(step.technique) {
            work.exploit_step(n, step, exploit_steps, &threats);
        }
    }
    let drawn = work.relations(rules, &exploit_steps.removed)?;
    work.logons(rules, &exploit_steps.logons);
    let mut states = IndexVec::with_capacity(events.len());
    for (n, (when, loss)) in (0u32..).zip(events) {
        work.goes_on(n as usize, events.len())?;
        let state = work.draft.special(StateKind::Event(n));
        let condition = work.trigger(when, n, 0)?;
        work.draft.step(&[condition], VariableId::NONE, state, Origin::Trigger(n));
        states.push((state, *loss));
    }
    work.draft.ladder();
    let relations = work.guard_relations(&drawn, states.iter().map(|(state, _)| *state))?;
    let Work { draft, ranks, numbers, labels, .. } = work;
    let exploit_steps = exploit_steps.list.len();
    let labels = labels.list;
    let frame = Frame { exploit_steps, events: states, labels, numbers, ranks, relations, stated: 0 };
    draft.finish(frame, progress)
}

/// One of several accesses, and by which relations their assets are among them.
type OneOf = (Box<[(u32, Access)]>, Box<[(u32, Tie)]>);

/// The rank of what is no asset of the environment.
pub(super) const UNRANKED: u32 = u32::MAX;

/// The compilation.
pub(super) struct Work<'a> {
    pub(super) environment: &'a Environment,
    /// By asset number: the rank of its id.
    pub(super) ranks: Vec<u32>,
    /// By rank: the asset's number.
    numbers: Vec<u32>,
    pub(super) draft: Draft,
    pub(super) controls: Controls<'a>,
    pub(super) labels: Labels,
    /// The states that stand for one of several accesses, of which some are there by a relation.
    groups: BTreeMap<OneOf, DraftState>,
    /// Relations that are taken away, in the order of their numbers.
    removed: &'a [u32],
    /// Of a relation the steps of findings that are there by it, by their places in the draft.
    pub(super) resting: BTreeMap<u32, SmallVec<[u32; 2]>>,
    progress: OnProgress<'a>,
}

impl Work<'_> {
    /// Asks now and then whether to go on.
    pub(super) fn goes_on(&self, done: usize, of: usize) -> Result<()> {
        if self.progress.goes_on_at(done, of) { Ok(()) } else { Err(stopped()) }
    }

    /// The state of an access that is given.
    pub(super) fn state_of(&self, asset: usize, access: Access) -> DraftState {
        let rank = self.ranks.get(asset).filter(|rank| **rank != UNRANKED);
        rank.map_or(DraftState::NONE, |rank| DraftState::of_asset(*rank, access))
    }

    /// The state of an access that is needed.
    pub(super) fn needed(&self, asset: usize, access: Access) -> DraftState {
        let kind = self.environment.numbered(asset).map(|asset| &asset.kind);
        kind.map_or(DraftState::NONE, |kind| self.state_of(asset, access.of(kind)))
    }

    fn entries(&mut self, exploit_steps: &ExploitSteps) {
        let environment = self.environment;
        let campaigns = self.campaigns(exploit_steps);
        for (n, entry) in (0u32..).zip(environment.entry_points()) {
            let Some(asset) = environment.number(&entry.asset) else { continue };
            let campaign = entry.campaign.as_ref().and_then(|name| campaigns.get(&**name).copied());
            let chance = match campaign {
                // The campaign has the chance of a start; who of its people falls for it is their own.
                Some(_) => entry.susceptibility,
                None => {
                    let chance = exploit_steps.entries.get(n as usize).copied().unwrap_or(entry.chance);
                    chance.and(entry.susceptibility)
                }
            };
            let key = Key::entry(&entry.asset, entry.access);
            let guard = self.draft.variable(VariableKind::Entry(n), key, chance);
            let state = self.state_of(asset, entry.access);
            let mut premises: SmallVec<[DraftState; 8]> = SmallVec::from_slice(&[DraftState::GIVEN]);
            premises.extend(campaign);
            let by = entry.attacker.technique();
            for control in &entry.controls {
                premises.extend(self.controls.failed_by_id(control, by, &mut self.draft));
            }
            self.draft.step(&premises, guard, state, Origin::Entry(n));
        }
        for (n, (asset, chance)) in (0u32..).zip(&exploit_steps.unplaced) {
            let key = Key::unplaced(asset);
            if let Some(asset) = environment.number(asset) {
                let guard = self.draft.variable(VariableKind::Unplaced(n), key, *chance);
                let state = self.state_of(asset, Access::Reach);
                self.draft.step(&[DraftState::GIVEN], guard, state, Origin::Unplaced(n));
            }
        }
    }

    /// A state for every campaign: one coin for all whom it is sent to.
    fn campaigns(&mut self, exploit_steps: &ExploitSteps) -> BTreeMap<Box<str>, DraftState> {
        let mut states = BTreeMap::new();
        for (n, (name, stated)) in (0u32..).zip(self.environment.campaigns()) {
            let chance = exploit_steps.campaigns.get(n as usize).copied().unwrap_or(stated);
            let state = self.draft.special(StateKind::Campaign(n));
            let guard = self.draft.variable(VariableKind::Campaign(n), Key::campaign(name), chance);
            self.draft.step(&[DraftState::GIVEN], guard, state, Origin::Campaign(n));
            states.insert(name.into(), state);
        }
        states
    }

    /// A state for every threat that several findings share; the others are folded into their finding's variable.
    fn threats(&mut self, exploit_steps: &ExploitSteps) -> Vec<DraftState> {
        let mut uses = vec![0u32; exploit_steps.threats.len()];
        for threat in exploit_steps.list.iter().filter_map(|step| step.threat) {
            if let Some(count) = uses.get_mut(threat as usize) {
                *count += 1;
            }
        }
        for shared in &exploit_steps.shared {
            if let Some(count) = uses.get_mut(*shared as usize) {
                *count += 2;
            }
        }
        let mut states = vec![DraftState::NONE; exploit_steps.threats.len()];
        for (n, (threat, uses)) in (0u32..).zip(exploit_steps.threats.iter().zip(uses)) {
            if uses > 1 && threat.chance < Probability::ONE {
                let state = self.draft.special(StateKind::Threat(n));
                let guard = self.draft.variable(VariableKind::Threat(n), threat.key, threat.chance);
                self.draft.step(&[DraftState::GIVEN], guard, state, Origin::Threat(n));
                if let Some(slot) = states.get_mut(n as usize) {
                    *slot = state;
                }
            }
        }
        states
    }

    fn exploit_step(
        &mut self,
        n: u32,
        step: &ExploitStep,
        exploit_steps: &ExploitSteps,
        threats: &[DraftState],
    ) {
        let Some(gives) = step.gives else { return };
        let mut needs: SmallVec<[DraftState; 8]> = SmallVec::new();
        if step.needs_own && step.each.is_empty() {
            needs.push(self.needed(step.asset as usize, step.needs));
        }
        for (number, group) in step.any_of.iter().enumerate() {
            let by = step.needs_by.iter().filter(|(of, ..)| *of == number);
            let by = by.map(|(_, asset, tie)| (*asset, *tie)).collect();
            needs.push(self.one_of(group, by, Origin::Finding(n)));
        }
        needs.extend(step.also_needs.iter().map(|(asset, access)| self.needed(*asset as usize, *access)));
        let gives = self.state_of(step.to as usize, gives);
        let shared = step.threat.and_then(|threat| threats.get(threat as usize)?.some());
        let own = step.threat.filter(|_| shared.is_none());
        let own = own.and_then(|threat| exploit_steps.threats.get(threat as usize));
        let kind = VariableKind::Finding(n);
        let guard = match own {
            Some(threat) => self.draft.folding(kind, step.key, step.chance, (threat.key, threat.chance)),
            None => self.draft.variable(kind, step.key, step.chance),
        };
        if let Some(prior) = step.prior {
            self.draft.prior(guard, prior);
        }
        needs.extend(shared);
        if !step.each.is_empty() {
            self.each(n, step, needs, guard);
            return;
        }
        let from = step.comes_from();
        needs.extend(self.controls.before(step.asset, &from, step.technique, &mut self.draft));
        let origin = Origin::Finding(n);
        let by = |asset: u32| step.gives_by.iter().any(|(one, _)| *one == asset);
        if step.also_gives.is_empty() && !by(step.to) {
            self.draft.step(&needs, guard, gives, origin);
            return;
        }
        // One attempt gives several things, all or none.
        let done = self.draft.part();
        self.draft.step(&needs, guard, done, origin);
        self.rests(step.to, &step.gives_by, done, gives, origin);
        for (asset, access) in &step.also_gives {
            let gives = self.state_of(*asset as usize, *access);
            self.rests(*asset, &step.gives_by, done, gives, origin);
        }
    }

    /// A certain step to or from an asset that is there as long as one of the ties holds by which the asset is, if it is by any.
    fn rests(
        &mut self,
        asset: u32,
        by_relation: &[(u32, Tie)],
        held: DraftState,
        gives: DraftState,
        origin: Origin,
    ) {
        let mut certain = true;
        for (_, tie) in by_relation.iter().filter(|(one, _)| *one == asset) {
            certain = false;
            let stands = tie.iter().all(|relation| self.removed.binary_search(relation).is_err());
            if stands && let Some(step) = self.draft.step(&[held], VariableId::NONE, gives, origin) {
                let [one, other] = *tie;
                self.resting.entry(one).or_default().push(step);
                if other != one {
                    self.resting.entry(other).or_default().push(step);
                }
            }
        }
        if certain {
            self.draft.step(&[held], VariableId::NONE, gives, origin);
        }
    }

    /// One flaw of several assets that run the same thing: one coin, and a step on each of them.
    fn each(&mut self, n: u32, step: &ExploitStep, mut needs: SmallVec<[DraftState; 8]>, guard: VariableId) {
        let origin = Origin::Finding(n);
        if needs.is_empty() {
            needs.push(DraftState::GIVEN);
        }
        let works = self.draft.part();
        self.draft.step(&needs, guard, works, origin);
        let gives = step.gives.into_iter().chain(step.also_gives.iter().map(|(_, access)| *access));
        let gives: SmallVec<[Access; 2]> = gives.collect();
        for asset in &step.each {
            let own = self.needed(*asset as usize, step.needs);
            let mut premises: SmallVec<[DraftState; 8]> = SmallVec::from_slice(&[works, own]);
            premises.extend(self.controls.before(*asset, &[*asset], step.technique, &mut self.draft));
            for access in &gives {
                let state = self.state_of(*asset as usize, *access);
                self.draft.step(&premises, VariableId::NONE, state, origin);
            }
        }
    }

    /// The state that stands for one of several accesses.
    fn one_of(&mut self, group: &[(u32, Access)], by: Box<[(u32, Tie)]>, origin: Origin) -> DraftState {
        if let ([(asset, access)], true) = (group, by.is_empty()) {
            return self.needed(*asset as usize, *access);
        }
        let key: OneOf = (group.into(), by);
        if let Some(state) = self.groups.get(&key) {
            return *state;
        }
        let state = self.draft.part();
        for (asset, access) in group {
            let held = self.needed(*asset as usize, *access);
            self.rests(*asset, &key.1, held, state, origin);
        }
        self.groups.insert(key, state);
        state
    }

    /// Who knows an identity's first factor logs on with it, past the controls before the identity; unless a record says what it
    /// takes to log on, open or fixed.
    fn logons(&mut self, rules: &Rules, of_findings: &[u32]) {
        let technique = Technique::of("T1078");
        if !rules.allows(technique) {
            return;
        }
        let mut stated = self.stated_logons(rules);
        stated.extend(of_findings);
        for rank in self.draft.known() {
            if self.numbers.get(rank as usize).is_some_and(|number| stated.contains(number)) {
                continue;
            }
            let known = DraftState::of_asset(rank, Access::Know);
            let mut premises: SmallVec<[DraftState; 8]> = SmallVec::from_slice(&[known]);
            if let Some(number) = self.numbers.get(rank as usize).copied() {
                let kind = self.environment.numbered(number as usize).map(|asset| &asset.kind);
                if matches!(kind, Some(AssetKind::Host | AssetKind::Workload)) {
                    // A machine is logged on to over a way to it.
                    premises.push(DraftState::of_asset(rank, Access::Reach));
                }
                premises.extend(self.controls.before(number, &[number], technique, &mut self.draft));
            }
            let state = DraftState::of_asset(rank, Access::Use);
            self.draft.step(&premises, VariableId::NONE, state, Origin::Logon(rank));
        }
    }

    /// The assets of which a finding or relation says what follows from knowing their first factor.
    fn stated_logons(&self, rules: &Rules) -> HashSet<u32> {
        let number = |asset: &AssetId| self.environment.number(asset).map(|number| number as u32);
        let knows = |held: &&AssetAccess| held.access == Access::Know;
        let mut stated = HashSet::new();
        for (_, finding) in self.environment.keyed_findings() {
            let Some(needs) = finding.exploit.as_ref().and_then(|exploit| exploit.needs.as_ref()) else {
                continue;
            };
            if needs.own() == Some(Access::Know) {
                stated.extend(number(&finding.asset));
            }
            stated.extend(needs.list().iter().filter(knows).filter_map(|held| number(&held.asset)));
        }
        // A relation says it only where it gives the same asset: one that leads elsewhere takes nothing away.
        let logs_on = |access: Access| matches!(access, Access::Use | Access::Control);
        let by_rule = |rule: &&Rule| {
            let Premise { end, access } = rule.conclusion;
            logs_on(access) && rule.premises.contains(&Premise::new(end, Access::Know))
        };
        let by_rule: Vec<&Rule> = rules.list().iter().filter(by_rule).collect();
        for (from, fact, to) in self.environment.facts() {
            let (needs, gives) = fact.step();
            let given = |known: &&AssetAccess| {
                let known = self.environment.number(&known.asset);
                gives.iter().any(|held| logs_on(held.access) && self.environment.number(&held.asset) == known)
            };
            let known = needs.iter().filter(knows).filter(given);
            stated.extend(known.filter_map(|held| number(&held.asset)));
            if !needs.is_empty() || !gives.is_empty() || by_rule.is_empty() {
                continue;
            }
            // A rule says it as the record of a step does.
            let ends = self.environment.numbered(from).zip(self.environment.numbered(to));
            let Some((source, target)) = ends else { continue };
            for rule in by_rule.iter().filter(|rule| rule.applies(&fact.kind, source, target)) {
                stated.insert(match rule.conclusion.end {
                    End::From => from as u32,
                    End::To => to as u32,
                });
            }
        }
        stated
    }

    /// The state that holds when a trigger does.
    fn trigger(&mut self, trigger: &Trigger, event: u32, depth: u32) -> Result<DraftState> {
        if depth > DEEPEST_TRIGGER {
            let message = format!("the trigger nests more than {DEEPEST_TRIGGER} deep: write it flatter");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let origin = Origin::Trigger(event);
        let (count, of) = match trigger {
            Trigger::State { asset, access } => {
                return Ok(match self.environment.number(asset) {
                    Some(asset) => self.needed(asset, *access),
                    // An asset that is nowhere never falls.
                    None => self.draft.part(),
                });
            }
            Trigger::Any(of) => (1, of),
            Trigger::All(of) => (of.len(), of),
            Trigger::AtLeast { count, of } => (*count as usize, of),
            // What selectors mean is written out before; one that is left means nothing.
            Trigger::AnyOf { .. } | Trigger::AllOf { .. } | Trigger::AtLeastOf { .. } => {
                return Ok(self.draft.part());
            }
        };
        if count.saturating_mul(of.len()) > MOST_PARTS && count > 1 && count < of.len() {
            let message =
                format!("`at_least` {count} of {} has more than {MOST_PARTS} parts: split it", of.len());
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let mut states = Vec::with_capacity(of.len());
        for part in of {
            states.push(self.trigger(part, event, depth + 1)?);
        }
        let whole = self.draft.part();
        if count == 0 {
            self.draft.step(&[DraftState::GIVEN], VariableId::NONE, whole, origin);
        } else if count == 1 {
            for state in states {
                self.draft.step(&[state], VariableId::NONE, whole, origin);
            }
        } else if count == states.len() {
            self.draft.step(&states, VariableId::NONE, whole, origin);
        } else if let Some(enough) = self.at_least(&states, count, origin) {
            self.draft.step(&[enough], VariableId::NONE, whole, origin);
        }
        Ok(whole)
    }

    /// The state that holds when so many of others do; none when there are fewer.
    fn at_least(&mut self, states: &[DraftState], count: usize, origin: Origin) -> Option<DraftState> {
        if count > states.len() {
            return None;
        }
        // reached[k] holds when at least k of the states so far do: one row of the table after the other.
        let mut reached = vec![DraftState::GIVEN];
        for state in states {
            let mut next = vec![DraftState::GIVEN];
            for k in 1..=count.min(reached.len()) {
                let here = self.draft.part();
                if let Some(already) = reached.get(k) {
                    self.draft.step(&[*already], VariableId::NONE, here, origin);
                }
                if let Some(one_less) = reached.get(k - 1) {
                    self.draft.step(&[*one_less, *state], VariableId::NONE, here, origin);
                }
                next.push(here);
            }
            reached = next;
        }
        reached.get(count).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::ErrorKind,
        id::AssetId,
        model::{Asset, Contents},
    };

    fn environment(assets: &[&str]) -> Environment {
        let assets = assets.iter().map(|id| Asset::new(id.parse().unwrap(), AssetKind::Host)).collect();
        Contents { assets, ..Contents::default() }.try_into().unwrap()
    }

    fn step(environment: &Environment, asset: &AssetId) -> Result<ExploitStep> {
        let key = Key::of("finding", "f-1");
        ExploitStep::on(environment, asset, Access::Reach, Access::Control, Probability::ONE, key)
    }

    #[test]
    fn assets_that_are_chosen_by_a_selector_are_not_left_out() {
        let shop = environment(&["shop"]);
        let event: LossEvent = serde_json::from_str(
            r#"{"id": "leak", "loss": {"amount": 1, "unit": "EUR"},
                "when": {"any": [{"any_of": {"assets": "kind = host", "access": "use"}}]}}"#,
        )
        .unwrap();
        let error = compile(&shop, &Rules::default(), &ExploitSteps::default(), &[event]).err().unwrap();
        assert_eq!(
            (error.kind(), error.to_string().contains("kind = host")),
            (ErrorKind::InvalidInput, true)
        );
    }

    #[test]
    fn an_exploit_step_on_an_unknown_asset_is_an_error() {
        let shop = environment(&["shop"]);
        let elsewhere: AssetId = "elsewhere".parse().unwrap();
        let known = step(&shop, &"shop".parse().unwrap()).unwrap();
        for result in [step(&shop, &elsewhere), known.giving_access_to(&shop, &elsewhere)] {
            let error = result.unwrap_err();
            assert_eq!(
                (error.kind(), error.to_string().contains("`elsewhere`")),
                (ErrorKind::NotFound, true)
            );
        }
    }

    #[test]
    fn an_exploit_step_of_a_larger_environment_leads_nowhere() {
        let (small, large) = (environment(&["a"]), environment(&["a", "b", "c"]));
        let mut steps = ExploitSteps::default();
        steps.list.push(step(&large, &"c".parse().unwrap()).unwrap());
        let snapshot = compile(&small, &Rules::default(), &steps, &[]).unwrap();
        assert_eq!((snapshot.step_count(), snapshot.exploit_step(0)), (0, None));
    }
}
