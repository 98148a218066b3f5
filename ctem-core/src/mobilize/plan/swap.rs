//! Swaps: what is chosen is let go, one after the other, and what the freed budget buys is better or it is taken back.

use super::{Watch, greedy::greedy, moves::Look, problem::Purse, state::State};

/// So many searches a swap may take in all, in those that a greedy choice took.
const WORK: u64 = 4;

/// Improves a choice by swaps, until none helps or the work is spent. What must be done stays.
pub(super) fn swap(
    state: &mut State<'_>,
    purse: &mut Purse,
    at_most: usize,
    must: &[u32],
    watch: &Watch<'_>,
) {
    let problem = state.problem;
    let most = state.work.saturating_mul(WORK).max(1 << 14);
    let mut improved = true;
    while improved && state.left() > 0 {
        improved = false;
        let mut out: Vec<u32> = state.chosen();
        out.retain(|action| !must.contains(action));
        // First those that are worth least where they are.
        out.sort_by_cached_key(|action| (state.lost_without(*action), *action));
        for action in out {
            if state.work > most || !watch.goes_on(0) {
                return;
            }
            let (before, saved) = (state.left(), purse.clone());
            state.let_go(action);
            purse.give_back(problem, action);
            let taken = greedy(state, purse, at_most, |other| other != action, Look::Heaviest, watch);
            if state.left() < before {
                improved = true;
                continue;
            }
            for other in taken {
                state.let_go(other);
            }
            state.choose(action);
            *purse = saved;
        }
    }
}

/// Lets go of what is in vain: the dearest first. What must be done stays.
pub(super) fn prune(state: &mut State<'_>, purse: &mut Purse, must: &[u32]) {
    let mut out = state.chosen();
    out.retain(|action| !must.contains(action));
    out.sort_by(|a, b| state.problem.cost(*b).total_cmp(&state.problem.cost(*a)).then(a.cmp(b)));
    for action in out {
        if !state.needs(action) {
            state.let_go(action);
            purse.give_back(state.problem, action);
        }
    }
}
