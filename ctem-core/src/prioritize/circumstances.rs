//! How findings stand: who gets at them, what they give, and what they lead to. For the rooms that decide by when something is due.
//!
//! *From the internet* follows the graph from where anyone on the internet starts, over relations and over controls that may fail,
//! but over no other finding: what an attacker must first break into lies behind, and is not reachable from the internet.

use super::{Assessment, exposure_id::ExposureNumber, reached::Held};
use crate::{
    attack::{ExploitStep, Origin},
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
        let open = Held::of(self, |origin| self.is_no_break_in(origin));
        let of_assets = self.largest_by_asset();
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
                from_internet: self.way_in(&open, finding, step),
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

    /// Whether anyone on the internet may take a step of this origin without breaking in.
    fn is_no_break_in(&self, origin: Origin) -> bool {
        match origin {
            Origin::Entry(n) => self.starts(n, Attacker::Internet),
            Origin::Finding(_) | Origin::Unplaced(_) | Origin::Stated(_) | Origin::Campaign(_) => false,
            Origin::Rule(_)
            | Origin::Ladder
            | Origin::Threat(_)
            | Origin::Failure(_)
            | Origin::Trigger(_)
            | Origin::Shared(_)
            | Origin::Logon(_)
            | Origin::Relation(_) => true,
        }
    }

    /// The way to what a finding needs, by the titles of the assets on it, or nothing where there is none.
    fn way_in(&self, open: &Held, finding: &Finding, step: &ExploitStep) -> Option<Vec<&str>> {
        let held = |needs: &(u32, Access)| self.state_of(*needs).filter(|state| open.holds(*state));
        let own = self.environment.number(&finding.asset)? as u32;
        let mut premises = step.premises();
        if step.gives.is_none() {
            // What can be exploited by whoever is there already is reachable where it can be talked to.
            premises = vec![vec![(own, Access::Reach)]];
        }
        let mut first = None;
        for one_of in &premises {
            let state = one_of.iter().find_map(held)?;
            first = first.or(Some(state));
        }
        let mut way = open.titles(self, first?);
        way.reverse();
        Some(way)
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
                    other => waiting.extend(other.parts()),
                }
            }
        }
        largest
    }
}
