//! Plans that may be best once a doubt is settled.
//!
//! Where the doubt turns out to be nothing, what the plan did about it is free for something else. Where it turns out to be true, one of the
//! actions that end most of what hangs on it goes first. From such beginnings the budget is filled greedily.

use super::super::{
    Watch,
    checked::Checked,
    greedy::greedy,
    moves::Look,
    problem::{Problem, Purse},
    state::State,
    swap::prune,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many actions are tried first where a doubt turns out to be true.
const FIRST: usize = 3;

/// Makes plans.
pub(super) struct Candidates<'s, 'p, 'w> {
    pub(super) state: State<'p>,
    pub(super) checked: &'s Checked,
    /// So many of what can be chosen are actions; doubts come behind them.
    pub(super) actions: u32,
    pub(super) at_most: usize,
    pub(super) watch: &'s Watch<'w>,
    pub(super) found: BTreeSet<Vec<u32>>,
}

impl<'p> Candidates<'_, 'p, '_> {
    /// Adds plans for the case that a doubt is nothing, and that it is true, beside the plan as it is.
    pub(super) fn settle(&mut self, doubt: u32, plan: &[u32]) {
        self.fill(Some(doubt), &[]);
        self.fill(Some(doubt), plan);
        for first in self.enders(doubt, plan) {
            self.fill(None, &[first]);
            let begin: Vec<u32> = std::iter::once(first).chain(plan.iter().copied()).collect();
            self.fill(None, &begin);
        }
    }

    /// The actions that end most, for their cost, of what hangs on a doubt with the plan as it is.
    fn enders(&mut self, doubt: u32, plan: &[u32]) -> Vec<u32> {
        self.state.reset(plan);
        let problem = self.state.problem;
        let mut ends: BTreeMap<u32, u64> = BTreeMap::new();
        for way in problem.on.get(doubt as usize).into_iter().flatten() {
            let weight = problem.ways.get(*way as usize).map_or(0, |way| way.weight);
            for action in self.state.ended_by(*way) {
                *ends.entry(*action).or_default() += weight;
            }
        }
        let rate = |action: u32, ends: u64| ends as f64 / problem.cost(action).max(super::super::FREE);
        let mut rated: Vec<(f64, u32)> =
            ends.into_iter().map(|(action, ends)| (rate(action, ends), action)).collect();
        rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rated.into_iter().map(|(_, action)| action).take(FIRST).collect()
    }

    /// Fills the budget from a beginning, as far as that can be paid; a doubt counts as nothing.
    fn fill(&mut self, doubt: Option<u32>, begin: &[u32]) {
        let problem: &Problem = self.state.problem;
        let mut purse: Purse = self.checked.purse.clone();
        let mut kept = self.checked.must.clone();
        for action in &kept {
            purse.pay(problem, *action);
        }
        let mut chosen = kept.clone();
        let at_most = self.at_most.max(kept.len());
        for action in begin {
            if chosen.len() < at_most && !chosen.contains(action) && purse.pay(problem, *action) {
                chosen.push(*action);
            }
        }
        chosen.extend(doubt);
        kept.extend(doubt);
        let doubts = usize::from(doubt.is_some());
        self.state.reset(&chosen);
        prune(&mut self.state, &mut purse, &kept);
        greedy(&mut self.state, &mut purse, at_most + doubts, |_| true, Look::Heaviest, self.watch);
        prune(&mut self.state, &mut purse, &kept);
        let mut plan = self.state.chosen();
        plan.retain(|action| *action < self.actions);
        self.found.insert(plan);
    }
}
