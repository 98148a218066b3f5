//! The choice to be made, as numbers: actions with costs, and scenarios that they prevent.

use super::Watch;
use crate::attack::{Core, Scenarios, Search};
use smallvec::SmallVec;
use std::sync::Arc;

/// Weights are whole parts of the expected loss: sums of them are the same in any order.
const PARTS: f64 = 4_503_599_627_370_496.0;

/// A problem with more steps than this is large.
const LARGE: usize = 300_000;

/// So many steps are searched before the caller is asked.
const PATIENCE: usize = 1 << 17;

/// What can be chosen, by action.
#[derive(Clone)]
pub(super) struct Choice {
    /// What it costs, in whatever the budget is in.
    pub(super) costs: Vec<f64>,
    /// How many hours it takes.
    pub(super) hours: Vec<f64>,
    /// Whether it may be chosen.
    pub(super) allowed: Vec<bool>,
    /// Whose hours it takes, if there are only so many of them.
    pub(super) purse: Vec<Option<usize>>,
}

/// What can be chosen, and what it is about.
#[derive(Clone)]
pub(super) struct Problem {
    /// By action: what it costs, in whatever the budget is in.
    pub(super) costs: Vec<f64>,
    /// By action: how many hours it takes.
    pub(super) hours: Vec<f64>,
    /// By action: whether it may be chosen.
    pub(super) allowed: Vec<bool>,
    /// By action: whose budget it takes from, if that has one of its own.
    pub(super) purse: Vec<Option<usize>>,
    pub(super) ways: Vec<Way>,
    /// What closes a step: sets of actions.
    pub(super) closers: Vec<Box<[u32]>>,
    /// By action: the sets it is in.
    pub(super) sets: Vec<Vec<u32>>,
    /// By action: the ways it is on.
    pub(super) on: Vec<Vec<u32>>,
    /// The ways that can be ended at all, the heaviest first.
    pub(super) heaviest: Vec<u32>,
    /// What one part of a weight is, in the unit of losses.
    pub(super) part: f64,
    /// Whether it has so many steps that only what helps most is looked at.
    pub(super) is_large: bool,
}

/// One way to losses: scenarios with the same core.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) core: Arc<Core>,
    pub(super) weight: u64,
    /// The event that weighs most in it.
    pub(super) event: usize,
}

impl Choice {
    /// The same with so many more, which are free and cannot be chosen.
    pub(super) fn beside(mut self, more: usize) -> Self {
        let all = self.costs.len() + more;
        self.costs.resize(all, 0.0);
        self.hours.resize(all, 0.0);
        self.allowed.resize(all, false);
        self.purse.resize(all, None);
        self
    }
}

impl Problem {
    /// The choice of what these scenarios are. Whoever may end the work is asked on the way: once it is ended, ways that were not looked at are
    /// taken to be ended by nothing.
    pub(super) fn of(scenarios: &mut Scenarios, choice: Choice, watch: &Watch<'_>) -> Self {
        let Choice { costs, hours, allowed, purse } = choice;
        let all: f64 = scenarios.list.iter().map(|scenario| scenario.expected).sum();
        let part = if all > 0.0 { all / PARTS } else { 1.0 };
        let cores = std::mem::take(&mut scenarios.cores);
        let mut ways: Vec<Way> = cores.into_iter().map(|core| Way { core, weight: 0, event: 0 }).collect();
        let mut most: Vec<u64> = vec![0; ways.len()];
        for scenario in &scenarios.list {
            let weight = (scenario.expected / part).round() as u64;
            let at = scenario.core as usize;
            if let (Some(way), Some(most)) = (ways.get_mut(at), most.get_mut(at)) {
                way.weight += weight;
                if weight > *most {
                    (*most, way.event) = (weight, scenario.event.number() as usize);
                }
            }
        }
        let closers = std::mem::take(&mut scenarios.closers);
        let mut sets = vec![Vec::new(); costs.len()];
        for (set, actions) in (0u32..).zip(&closers) {
            for action in actions {
                if let Some(sets) = sets.get_mut(*action as usize) {
                    sets.push(set);
                }
            }
        }
        let mut on: Vec<Vec<u32>> = vec![Vec::new(); costs.len()];
        for (n, way) in (0u32..).zip(&ways) {
            for set in way.core.closers() {
                for action in closers.get(set as usize).into_iter().flatten() {
                    if let Some(on) = on.get_mut(*action as usize)
                        && on.last() != Some(&n)
                    {
                        on.push(n);
                    }
                }
            }
        }
        // With all done that may be, what stands is ended by nothing.
        let mut search = Search::default();
        let stays_open = |set: u32| {
            let mut by = closers.get(set as usize).into_iter().flatten();
            !by.any(|action| allowed.get(*action as usize) == Some(&true))
        };
        let (mut unasked, all) = (0, ways.len() as u64);
        let can_end = |n: &u32| {
            let Some(way) = ways.get(*n as usize) else { return false };
            unasked += way.core.len();
            if unasked >= PATIENCE {
                unasked = 0;
                watch.tells(u64::from(*n), all);
            }
            !watch.has_ended() && way.core.way(&mut search, stays_open).is_none()
        };
        let mut heaviest: Vec<u32> = (0..ways.len() as u32).filter(can_end).collect();
        let weight = |n: &u32| ways.get(*n as usize).map_or(0, |way| way.weight);
        heaviest.sort_by_key(|n| std::cmp::Reverse(weight(n)));
        let is_large = ways.iter().map(|way| way.core.len()).sum::<usize>() > LARGE;
        Self { costs, hours, allowed, purse, ways, closers, sets, on, heaviest, part, is_large }
    }

    pub(super) fn len(&self) -> usize {
        self.costs.len()
    }

    pub(super) fn cost(&self, action: u32) -> f64 {
        self.costs.get(action as usize).copied().unwrap_or(0.0)
    }

    fn hours_of(&self, action: u32) -> f64 {
        self.hours.get(action as usize).copied().unwrap_or(0.0)
    }

    fn purse_of(&self, action: u32) -> Option<usize> {
        self.purse.get(action as usize).copied().flatten()
    }

    pub(super) fn may(&self, action: u32) -> bool {
        self.allowed.get(action as usize) == Some(&true)
    }

    /// The actions of several sets, those that may be chosen, each once.
    pub(super) fn actions(&self, sets: &[u32]) -> Vec<u32> {
        let of = |set: &u32| self.closers.get(*set as usize).into_iter().flatten().copied();
        let mut all: Vec<u32> = sets.iter().flat_map(of).filter(|action| self.may(*action)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// How much may still be spent.
#[derive(Debug, Clone)]
pub(super) struct Purse {
    pub(super) all: f64,
    /// By purse of its own.
    pub(super) own: SmallVec<[f64; 8]>,
}

/// What a sum of costs may be over by rounding.
const ROUNDING: f64 = 1e-9;

impl Purse {
    pub(super) fn pays(&self, problem: &Problem, actions: &[u32]) -> bool {
        let mut left = self.clone();
        actions.iter().all(|action| left.pay(problem, *action))
    }

    /// Takes the cost of an action, if there is enough.
    pub(super) fn pay(&mut self, problem: &Problem, action: u32) -> bool {
        let (cost, hours) = (problem.cost(action), problem.hours_of(action));
        let own = problem.purse_of(action).and_then(|own| self.own.get_mut(own));
        let fits = |cost: f64, left: f64| cost <= left * (1.0 + ROUNDING) + ROUNDING;
        if !fits(cost, self.all) || own.as_ref().is_some_and(|own| !fits(hours, **own)) {
            return false;
        }
        self.all -= cost;
        if let Some(own) = own {
            *own -= hours;
        }
        true
    }

    pub(super) fn give_back(&mut self, problem: &Problem, action: u32) {
        self.all += problem.cost(action);
        if let Some(own) = problem.purse_of(action).and_then(|own| self.own.get_mut(own)) {
            *own += problem.hours_of(action);
        }
    }
}
