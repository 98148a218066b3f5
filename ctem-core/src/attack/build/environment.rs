//! From an environment to a snapshot: relations by their rules, findings as exploit steps, loss events by their triggers.
//!
//! Numbers are given in the order of ids, so equal environments compile to equal snapshots. O(n log n + m), with about 60
//! bytes a step while it runs.

use super::{
    End, Premise, Rule, Rules,
    assemble::{Draft, DraftState, Frame},
};
use crate::{
    attack::graph::{
        Key, Origin, PriorUncertainty, Snapshot, StateKind, VariableId, VariableKind,
        index::{Id, IndexVec},
    },
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, ControlId},
    model::{Access, Environment, LossEvent, RelationKind, Trigger},
    quantity::Probability,
};
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};

/// What the findings open to an attacker, and what else is uncertain.
///
/// ```
/// # use ctem_core::{Environment, Probability};
/// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
/// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
/// # let environment = Environment::builder()
/// #     .asset("shop", AssetKind::Host)
/// #     .asset("orders", AssetKind::DataStore)
/// #     .relation("shop", RelationKind::Reads, "orders")
/// #     .entry_point("shop", Access::Reach, Attacker::Internet)
/// #     .build()?;
/// # let half = Probability::new(0.5)?;
/// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
/// # use ctem_core::attack::{EventId, MostProbablePaths, Threat, VariableKind};
/// // Nobody said where the orders stand: one in two such assets can be reached.
/// let mut opened = ExploitSteps::default();
/// opened.unplaced.push((orders, half));
/// // And the attacker of the entry point comes in one of two months.
/// opened.entries.push(half);
/// let snapshot = compile(&environment, &Rules::default(), &opened, &[])?;
/// let kinds: Vec<_> = snapshot.variables().iter().map(|variable| variable.kind).collect();
/// assert_eq!(kinds, [VariableKind::Entry(0), VariableKind::Unplaced(0)]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ExploitSteps {
    /// What each finding opens, in an order of the caller's that the answers keep.
    pub list: Vec<ExploitStep>,
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
///
/// ```
/// # use ctem_core::{Environment, Probability};
/// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
/// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
/// # let environment = Environment::builder()
/// #     .asset("shop", AssetKind::Host)
/// #     .asset("orders", AssetKind::DataStore)
/// #     .relation("shop", RelationKind::Reads, "orders")
/// #     .entry_point("shop", Access::Reach, Attacker::Internet)
/// #     .build()?;
/// # let half = Probability::new(0.5)?;
/// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
/// # use ctem_core::attack::{EventId, MostProbablePaths, Threat, VariableKind};
/// // A flaw that only those can try who have an account, and that needs an active threat.
/// let mut flaw = ExploitStep::on(&environment, &shop, Access::Use, Access::Control, half, Key::of("finding", "f-1"))?;
/// flaw.threat = Some(0);
/// assert_eq!((flaw.needs, flaw.gives), (Access::Use, Some(Access::Control)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ExploitStep {
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
    /// The key of that variable.
    pub key: Key,
    /// How unsure its chance is, when it rests on a prior.
    pub prior: Option<PriorUncertainty>,
}

impl ExploitStep {
    /// A finding on an asset: who has the access it needs comes, with this chance, to the access it gives.
    ///
    /// ```
    /// use ctem_core::{
    ///     Environment, Probability,
    ///     attack::{ExploitStep, ExploitSteps, Key, MostProbablePaths, Rules, compile},
    ///     model::{Access, Asset, AssetKind, Attacker, Contents, EntryPoint},
    /// };
    ///
    /// let mut contents = Contents::default();
    /// let shop = Asset::new("shop".parse()?, AssetKind::Host);
    /// contents.entry_points.push(EntryPoint::new(shop.id.clone(), Access::Reach, Attacker::Internet));
    /// contents.assets.push(shop.clone());
    /// let environment = Environment::try_from(contents)?;
    ///
    /// let mut steps = ExploitSteps::default();
    /// let (key, chance) = (Key::of("finding", "f-1"), Probability::new(0.3)?);
    /// steps.list.push(ExploitStep::on(&environment, &shop.id, Access::Reach, Access::Control, chance, key)?);
    /// let snapshot = compile(&environment, &Rules::default(), &steps, &[])?;
    /// let controlled = snapshot.state_of(&environment, &shop.id, Access::Control).expect("a finding speaks of it");
    /// assert_eq!(MostProbablePaths::compute(&snapshot).chance(controlled).get(), 0.3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for an asset that the environment does not have.
    pub fn on(
        environment: &Environment,
        asset: &AssetId,
        needs: Access,
        gives: Access,
        chance: Probability,
        key: Key,
    ) -> Result<Self> {
        Ok(Self::new(number(environment, asset)?, needs, Some(gives), chance, key))
    }

    /// The same, where the access it gives is to another asset: a secret found here that opens a door there.
    ///
    /// ```
    /// # use ctem_core::{Environment, Probability};
    /// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
    /// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
    /// # let environment = Environment::builder()
    /// #     .asset("shop", AssetKind::Host)
    /// #     .asset("orders", AssetKind::DataStore)
    /// #     .relation("shop", RelationKind::Reads, "orders")
    /// #     .entry_point("shop", Access::Reach, Attacker::Internet)
    /// #     .build()?;
    /// # let half = Probability::new(0.5)?;
    /// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
    /// # use ctem_core::attack::{EventId, MostProbablePaths, Threat, VariableKind};
    /// // A password in a script of the shop opens the orders.
    /// let secret = ExploitStep::on(&environment, &shop, Access::Use, Access::Use, half, Key::of("finding", "f-1"))?;
    /// let mut opened = ExploitSteps::default();
    /// opened.list.push(secret.giving_access_to(&environment, &orders)?);
    /// let snapshot = compile(&environment, &Rules::none(), &opened, &[])?;
    /// let conclusion = snapshot.exploit_step(0).and_then(|step| snapshot.conclusion(step));
    /// assert_eq!(conclusion, snapshot.state_of(&environment, &orders, Access::Use));
    /// assert!(conclusion.is_some());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for an asset that the environment does not have.
    pub fn giving_access_to(self, environment: &Environment, asset: &AssetId) -> Result<Self> {
        Ok(Self { to: number(environment, asset)?, ..self })
    }

    pub(crate) fn new(
        asset: u32,
        needs: Access,
        gives: Option<Access>,
        chance: Probability,
        key: Key,
    ) -> Self {
        Self { asset, needs, gives, to: asset, threat: None, chance, key, prior: None }
    }
}

fn number(environment: &Environment, asset: &AssetId) -> Result<u32> {
    let unknown = || Error::new(ErrorKind::NotFound, format!("there is no asset {}", quoted(asset.as_str())));
    environment.number(asset).map(|number| number as u32).ok_or_else(unknown)
}

/// A threat: the chance, within the horizon, that a weakness is exploited by those who attack.
///
/// ```
/// # use ctem_core::{Environment, Probability};
/// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
/// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
/// # let environment = Environment::builder()
/// #     .asset("shop", AssetKind::Host)
/// #     .asset("orders", AssetKind::DataStore)
/// #     .relation("shop", RelationKind::Reads, "orders")
/// #     .entry_point("shop", Access::Reach, Attacker::Internet)
/// #     .build()?;
/// # let half = Probability::new(0.5)?;
/// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
/// # use ctem_core::attack::{EventId, MostProbablePaths, Threat, VariableKind};
/// // One weakness on two assets: those who attack exploit it, or they do not.
/// let mut opened = ExploitSteps::default();
/// opened.threats.push(Threat::new(half, Key::of("threat", "CVE-2021-44228")));
/// for (asset, finding) in [(&shop, "f-1"), (&orders, "f-2")] {
///     let mut flaw = ExploitStep::on(&environment, asset, Access::Reach, Access::Control, half, Key::of("finding", finding))?;
///     flaw.threat = Some(0);
///     opened.list.push(flaw);
/// }
/// let snapshot = compile(&environment, &Rules::default(), &opened, &[])?;
/// let threats = snapshot.variables().iter().filter(|variable| matches!(variable.kind, VariableKind::Threat(_)));
/// assert_eq!((threats.count(), snapshot.variables().len()), (1, 3));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Threat {
    /// The chance.
    pub chance: Probability,
    /// The key of that variable.
    pub key: Key,
}

impl Threat {
    /// A threat of this chance.
    ///
    /// ```
    /// # use ctem_core::{Environment, Probability};
    /// # use ctem_core::attack::{ExploitStep, ExploitSteps, Key, Rules, compile};
    /// # use ctem_core::model::{Access, AssetKind, Attacker, RelationKind};
    /// # let environment = Environment::builder()
    /// #     .asset("shop", AssetKind::Host)
    /// #     .asset("orders", AssetKind::DataStore)
    /// #     .relation("shop", RelationKind::Reads, "orders")
    /// #     .entry_point("shop", Access::Reach, Attacker::Internet)
    /// #     .build()?;
    /// # let half = Probability::new(0.5)?;
    /// # let [shop, orders]: [ctem_core::id::AssetId; 2] = ["shop".parse()?, "orders".parse()?];
    /// # use ctem_core::attack::{EventId, MostProbablePaths, Threat, VariableKind};
    /// let mut opened = ExploitSteps::default();
    /// opened.threats.push(Threat::new(half, Key::of("threat", "CVE-2021-44228")));
    /// let mut flaw = ExploitStep::on(&environment, &shop, Access::Reach, Access::Control, half, Key::of("finding", "f-1"))?;
    /// flaw.threat = Some(0);
    /// opened.list.push(flaw);
    /// // What one finding alone needs is counted with the finding.
    /// let snapshot = compile(&environment, &Rules::default(), &opened, &[])?;
    /// assert_eq!(snapshot.variables().iter().map(|variable| variable.chance.get()).collect::<Vec<_>>(), [0.25]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(chance: Probability, key: Key) -> Self {
        Self { chance, key }
    }
}

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
/// parts.
pub fn compile(
    environment: &Environment,
    rules: &Rules,
    exploit_steps: &ExploitSteps,
    events: &[LossEvent],
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
    let mut work = Work { environment, ranks, draft: Draft::new(assets.len(), steps)? };
    work.entries(exploit_steps);
    let threats = work.threats(exploit_steps);
    for (n, step) in (0u32..).zip(&exploit_steps.list) {
        work.exploit_step(n, step, exploit_steps, &threats);
    }
    work.relations(rules, exploit_steps);
    let mut states = IndexVec::with_capacity(events.len());
    for (n, event) in (0u32..).zip(events) {
        let state = work.draft.special(StateKind::Event(n));
        let condition = work.trigger(&event.when, n, 0)?;
        work.draft.step(&[condition], VariableId::NONE, state, Origin::Trigger(n));
        states.push((state, event.loss.mean().amount()));
    }
    let Work { mut draft, ranks, .. } = work;
    draft.ladder();
    let techniques = rules.list().iter().map(|rule| rule.technique).collect();
    let exploit_steps = exploit_steps.list.len();
    draft.finish(Frame { exploit_steps, events: states, techniques, numbers, ranks, stated: 0 })
}

/// The rank of what is no asset of the environment.
const UNRANKED: u32 = u32::MAX;

/// The compilation.
struct Work<'a> {
    environment: &'a Environment,
    /// By asset number: the rank of its id.
    ranks: Vec<u32>,
    draft: Draft,
}

impl<'a> Work<'a> {
    fn state_of(&self, asset: usize, access: Access) -> DraftState {
        let rank = self.ranks.get(asset).filter(|rank| **rank != UNRANKED);
        rank.map_or(DraftState::NONE, |rank| DraftState::of_asset(*rank, access))
    }

    fn entries(&mut self, exploit_steps: &ExploitSteps) {
        let environment = self.environment;
        for (n, entry) in (0u32..).zip(environment.entry_points()) {
            if let Some(asset) = environment.number(&entry.asset) {
                let chance = exploit_steps.entries.get(n as usize).copied().unwrap_or(entry.chance);
                let key = Key::entry(&entry.asset, entry.access);
                let guard = self.draft.variable(VariableKind::Entry(n), key, chance);
                let state = self.state_of(asset, entry.access);
                self.draft.step(&[DraftState::GIVEN], guard, state, Origin::Entry(n));
            }
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

    /// A state for every threat that several findings share; the others are folded into their finding's variable.
    fn threats(&mut self, exploit_steps: &ExploitSteps) -> Vec<DraftState> {
        let mut uses = vec![0u32; exploit_steps.threats.len()];
        for threat in exploit_steps.list.iter().filter_map(|step| step.threat) {
            if let Some(count) = uses.get_mut(threat as usize) {
                *count += 1;
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
        let needs = self.state_of(step.asset as usize, step.needs);
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
        match shared {
            None => self.draft.step(&[needs], guard, gives, Origin::Finding(n)),
            Some(threat) => self.draft.step(&[needs, threat], guard, gives, Origin::Finding(n)),
        }
    }

    fn relations(&mut self, rules: &Rules, exploit_steps: &ExploitSteps) {
        let environment = self.environment;
        let mut by_kind: BTreeMap<&RelationKind, Vec<(u32, &Rule)>> = BTreeMap::new();
        for (n, rule) in (0u32..).zip(rules.list()) {
            by_kind.entry(&rule.relation).or_default().push((n, rule));
        }
        let failed = self.failures(environment, exploit_steps);
        for (from, fact, to) in environment.facts() {
            let (Some(source), Some(target)) = (environment.numbered(from), environment.numbered(to)) else {
                continue;
            };
            for (n, rule) in by_kind.get(&fact.kind).into_iter().flatten() {
                if !rule.applies(&fact.kind, &source.kind, &target.kind) {
                    continue;
                }
                let state = |work: &Self, premise: &Premise| match premise.end {
                    End::From => work.state_of(from, premise.access),
                    End::To => work.state_of(to, premise.access),
                };
                let conclusion = state(self, &rule.conclusion);
                let mut premises: SmallVec<[DraftState; 8]> =
                    rule.premises.iter().map(|premise| state(self, premise)).collect();
                premises.extend(fact.controls.iter().filter_map(|control| failed.get(control).copied()));
                self.draft.step(&premises, VariableId::NONE, conclusion, Origin::Rule(*n));
            }
        }
    }

    /// A state for the failure of every control that guards a relation.
    fn failures(
        &mut self,
        environment: &'a Environment,
        exploit_steps: &ExploitSteps,
    ) -> BTreeMap<&'a ControlId, DraftState> {
        let used: BTreeSet<_> = environment.facts().flat_map(|(_, fact, _)| &fact.controls).collect();
        let mut failed = BTreeMap::new();
        for (n, control) in (0u32..).zip(environment.controls()) {
            if let Some(id) = used.get(&control.id) {
                let state = self.draft.special(StateKind::Failed(n));
                let fails = exploit_steps.failures.get(n as usize).copied();
                let fails = fails.unwrap_or_else(|| control.effectiveness().complement());
                let key = Key::control(&control.id);
                let guard = self.draft.variable(VariableKind::Control(n), key, fails);
                self.draft.step(&[DraftState::GIVEN], guard, state, Origin::Failure(n));
                failed.insert(*id, state);
            }
        }
        failed
    }

    /// The state that holds when a trigger does.
    fn trigger(&mut self, trigger: &Trigger, event: u32, depth: u32) -> Result<DraftState> {
        const DEEPEST: u32 = 64;
        if depth > DEEPEST {
            let message = format!("the trigger nests more than {DEEPEST} deep: write it flatter");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let origin = Origin::Trigger(event);
        let (count, of) = match trigger {
            Trigger::State { asset, access } => {
                return Ok(match self.environment.number(asset) {
                    Some(asset) => self.state_of(asset, *access),
                    // An asset that is nowhere never falls.
                    None => self.draft.part(),
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
    use crate::model::{Asset, AssetKind, Contents};

    fn environment(assets: &[&str]) -> Environment {
        let assets = assets.iter().map(|id| Asset::new(id.parse().unwrap(), AssetKind::Host)).collect();
        Contents { assets, ..Contents::default() }.try_into().unwrap()
    }

    fn step(environment: &Environment, asset: &AssetId) -> Result<ExploitStep> {
        let key = Key::of("finding", "f-1");
        ExploitStep::on(environment, asset, Access::Reach, Access::Control, Probability::ONE, key)
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
