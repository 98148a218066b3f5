//! How findings stand: who gets at them, what they give, and what they lead to. For the rooms that decide by when something is due.
//!
//! *From the internet* follows the graph from where anyone on the internet starts, over relations and over controls that may fail,
//! but over no other finding: what an attacker must first break into lies behind, and is not reachable from the internet.

use super::{Assessment, exposure_id::ExposureNumber};
use crate::{
    attack::{ExploitStep, Id, Origin, State, Step},
    id::AssetId,
    model::{Access, Attacker, Finding, Trigger},
    quantity::Severity,
    scope::Stake,
};
use std::collections::HashMap;

/// How a finding that stands is placed.
pub(crate) struct Circumstance<'a> {
    pub(crate) finding: &'a Finding,
    /// Its risk, as ranked.
    pub(crate) risk: f64,
    /// The chance of the most probable way to what it needs.
    pub(crate) reach: f64,
    /// The chance that who gets there and knows it exploits it.
    pub(crate) own: f64,
    pub(crate) severity: Option<Severity>,
    pub(crate) known_exploited: bool,
    /// The way to it from the internet, by the titles of assets; none where there is none.
    pub(crate) from_internet: Option<Vec<&'a str>>,
    /// What it needs on its own asset, and what it gives. None for hygiene, which gives nothing.
    pub(crate) needs: Option<Access>,
    pub(crate) gives: Option<Access>,
    pub(crate) worst: Option<Worst<'a>>,
}

/// The loss event that weighs most of those a finding leads to.
pub(crate) struct Worst<'a> {
    pub(crate) name: &'a str,
    /// What is lost, in crown jewels.
    pub(crate) loss: f64,
    /// Whether its size is assumed.
    pub(crate) assumed: bool,
    /// Whether no way to it is known, and it happens on the very asset of the finding.
    pub(crate) without_way: bool,
}

impl Assessment {
    /// How each finding that stands is placed, the worst first. O(n log n) and once over the graph.
    pub(crate) fn circumstances(&self) -> impl Iterator<Item = Circumstance<'_>> {
        let (open, of_assets) = (FromInternet::of(self), self.largest_by_asset());
        self.ranked.iter().enumerate().filter_map(move |(place, ranked)| {
            let ExposureNumber::Finding(n) = ranked.exposure else { return None };
            let (standing, step) = (self.standing.get(n as usize)?, self.openings.list.get(n as usize)?);
            let finding = self.environment.finding(&standing.id)?;
            let event = ranked.event.and_then(|event| self.stake.events.get(event as usize));
            Some(Circumstance {
                finding,
                risk: ranked.risk,
                reach: self.ranked_at(place)?.reach.get(),
                own: standing.factors.own().get(),
                severity: standing.severity,
                known_exploited: standing.known_exploited,
                from_internet: open.way(self, finding, step),
                needs: step.gives.map(|_| step.needs),
                gives: step.gives,
                worst: match event.filter(|_| ranked.risk > 0.0) {
                    Some(stake) => Some(self.worst(stake, false)),
                    None => of_assets.get(&finding.asset).map(|stake| self.worst(stake, true)),
                },
            })
        })
    }
}

impl Assessment {
    fn worst<'a>(&'a self, stake: &'a Stake, without_way: bool) -> Worst<'a> {
        let (name, loss) = (stake.event.title(), stake.loss.amount() / self.crown_jewel);
        Worst { name, loss, assumed: stake.assumed, without_way }
    }

    /// By asset: the largest loss that happens on it. What nobody gets at yet would cost as much, once somebody does.
    fn largest_by_asset(&self) -> HashMap<AssetId, &Stake> {
        let mut largest: HashMap<AssetId, &Stake> = HashMap::new();
        for stake in &self.stake.events {
            let mut waiting = vec![&stake.event.when];
            while let Some(trigger) = waiting.pop() {
                match trigger {
                    Trigger::State { asset, .. } => {
                        let asset = self.environment.asset(asset).map_or(asset, |asset| &asset.id).clone();
                        let known = largest.entry(asset).or_insert(stake);
                        if stake.loss.amount() > known.loss.amount() {
                            *known = stake;
                        }
                    }
                    Trigger::Any(of) | Trigger::All(of) | Trigger::AtLeast { of, .. } => waiting.extend(of),
                }
            }
        }
        largest
    }
}

/// What anyone on the internet holds without breaking in anywhere.
struct FromInternet {
    /// By state: the step it is held by, where it is held.
    by: Vec<Option<Step>>,
}

impl FromInternet {
    /// A work list over the steps that are no findings: each is looked at once for each of its premises. O(m).
    fn of(assessment: &Assessment) -> Self {
        let snapshot = &assessment.snapshot;
        let mut uses: Vec<Vec<Step>> = vec![Vec::new(); snapshot.state_count()];
        let (mut missing, mut ready) = (vec![0_u32; snapshot.step_count()], Vec::new());
        for step in snapshot.steps().filter(|step| Self::may_take(assessment, *step)) {
            let mut count = 0;
            for premise in snapshot.premises(step) {
                if let Some(uses) = uses.get_mut(premise.index()) {
                    uses.push(step);
                    count += 1;
                }
            }
            if count == 0 {
                ready.push(step);
            }
            if let Some(missing) = missing.get_mut(step.index()) {
                *missing = count;
            }
        }
        let mut by: Vec<Option<Step>> = vec![None; snapshot.state_count()];
        // The first way found is the one that is told, and the first come first.
        ready.reverse();
        while let Some(step) = ready.pop() {
            let Some(state) = snapshot.conclusion(step) else { continue };
            let Some(held) = by.get_mut(state.index()).filter(|held| held.is_none()) else { continue };
            *held = Some(step);
            for next in uses.get(state.index()).into_iter().flatten() {
                if let Some(missing) = missing.get_mut(next.index()) {
                    *missing = missing.saturating_sub(1);
                    if *missing == 0 {
                        ready.push(*next);
                    }
                }
            }
        }
        Self { by }
    }

    /// Whether anyone on the internet may take a step without breaking in.
    fn may_take(assessment: &Assessment, step: Step) -> bool {
        let snapshot = &assessment.snapshot;
        let can_be = snapshot.guard(step).is_none_or(|guard| guard.chance.get() > 0.0);
        can_be
            && match snapshot.origin(step) {
                Some(Origin::Entry(n)) => {
                    assessment.entry(n).is_some_and(|entry| entry.attacker == Attacker::Internet)
                }
                Some(Origin::Finding(_) | Origin::Unplaced(_) | Origin::Stated(_) | Origin::Campaign(_))
                | None => false,
                Some(
                    Origin::Rule(_)
                    | Origin::Ladder
                    | Origin::Threat(_)
                    | Origin::Failure(_)
                    | Origin::Trigger(_)
                    | Origin::Shared(_)
                    | Origin::Logon(_)
                    | Origin::Relation(_),
                ) => true,
            }
    }

    /// The way to what a finding needs, by the titles of the assets on it, or nothing where there is none.
    fn way<'a>(
        &self,
        assessment: &'a Assessment,
        finding: &Finding,
        step: &ExploitStep,
    ) -> Option<Vec<&'a str>> {
        let environment = assessment.environment();
        let state = |asset: u32, access: Access| {
            let asset = environment.numbered(asset as usize)?;
            assessment.snapshot.state_of(environment, &asset.id, access.of(&asset.kind))
        };
        // What can be exploited by whoever is there already is reachable where it can be talked to.
        let own = environment.asset(&finding.asset)?;
        let needs = if step.gives.is_some() { step.needs } else { Access::Reach };
        let own = assessment.snapshot.state_of(environment, &own.id, needs.of(&own.kind))?;
        let mut also = step.also_needs.iter().map(|(asset, access)| state(*asset, *access));
        let held = |at: Option<State>| at.is_some_and(|at| self.holds(at));
        if !held(Some(own)) || !also.all(held) {
            return None;
        }
        let mut way = self.titles(assessment, own);
        way.reverse();
        Some(way)
    }

    fn holds(&self, state: State) -> bool {
        self.by.get(state.index()).is_some_and(Option::is_some)
    }

    /// The assets from a state back to where the way began, each once.
    fn titles<'a>(&self, assessment: &'a Assessment, state: State) -> Vec<&'a str> {
        let (snapshot, environment) = (&assessment.snapshot, assessment.environment());
        let (mut titles, mut at, mut left) = (Vec::new(), Some(state), self.by.len());
        while let Some(state) = at {
            if let Some((asset, _)) = snapshot.asset(environment, state)
                && titles.last() != Some(&asset.title())
            {
                titles.push(asset.title());
            }
            let step = self.by.get(state.index()).copied().flatten();
            // Of several premises the one that is about an asset leads back; a control is none.
            let back = |step: Step| {
                let premises = || snapshot.premises(step).filter(|premise| !snapshot.is_root(*premise));
                let placed = |premise: &State| snapshot.asset(environment, *premise).is_some();
                premises().find(placed).or_else(|| premises().next())
            };
            left = left.saturating_sub(1);
            at = step.and_then(back).filter(|_| left > 0);
        }
        titles
    }
}
