//! Branch and bound: the best choice there is, where what no plan can beat leaves room for a better one.
//!
//! Greedy choices and swaps miss what fits a budget only in one way. The bound's last gift says how much hangs on each action, so that
//! whatever is chosen saves at most what hangs on it and what is conceded: a branch that cannot save more than what is known is not
//! looked at (Land and Doig 1960). It is left off when the work is spent; what was found by then is kept.

use super::{FREE, Watch, bound::Bound, checked::Checked, state::State};

/// So many choices are looked at.
const CHOICES: usize = 1 << 13;
/// So many ways are searched for, in all.
const WORK: u64 = 1 << 16;
/// So many choices, each better than the one before, are handed on: what was drawn only proposes.
const KEPT: usize = 8;
/// What a choice could save more than the best by, of all that could be saved, to be looked for.
const WORTH: f64 = 1e-4;

/// What was found beside a known choice.
pub(super) struct Found {
    /// Choices better than it, by what a state counts, the best last.
    pub(super) choices: Vec<Vec<u32>>,
    /// At most how much any choice saves, where all that could be better were looked at.
    pub(super) most: Option<f64>,
}

/// Looks for better choices than a known one.
pub(super) fn branch(
    state: &mut State<'_>,
    checked: &Checked,
    bound: &Bound,
    known: &[u32],
    at_most: usize,
    watch: &Watch<'_>,
) -> Found {
    let problem = state.problem;
    state.reset(known);
    let mut best = state.left();
    state.reset(&checked.must);
    let mut purse = checked.purse.clone();
    for action in &checked.must {
        purse.pay(problem, *action);
    }
    let rate = |action: &u32| bound.hangs(*action) / problem.cost(*action).max(FREE);
    let mut open: Vec<u32> = (0..problem.len() as u32)
        .filter(|action| problem.may(*action) && !state.has_chosen(*action))
        .filter(|action| problem.on.get(*action as usize).is_some_and(|ways| !ways.is_empty()))
        .filter(|action| purse.pays(problem, &[*action]))
        .collect();
    open.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then(a.cmp(b)));

    let anyway = state.left();
    let worth = (WORTH * anyway as f64).max(1.0);
    let most_work = state.work + WORK;
    let mut found: Vec<Vec<u32>> = Vec::new();
    // Where each of the actions chosen so far stands among those that are open.
    let mut path: Vec<usize> = Vec::new();
    let (mut at, mut hanging, mut looked_at) = (0, bound.conceded, 0);
    let whole = loop {
        let saved = (anyway - best.min(anyway)) as f64;
        let room = path.len() + checked.must.len() < at_most;
        let could = hanging
            + if room { packed(&open, at, purse.all, bound, |action| problem.cost(action)) } else { 0.0 };
        let next = (room && could > saved + worth)
            .then(|| {
                (at..open.len()).find(|n| open.get(*n).is_some_and(|action| purse.pays(problem, &[*action])))
            })
            .flatten();
        if let Some(n) = next
            && let Some(action) = open.get(n).copied()
        {
            looked_at += 1;
            if looked_at > CHOICES || state.work > most_work || !watch.goes_on(looked_at) {
                break false;
            }
            purse.pay(problem, action);
            state.choose(action);
            hanging += bound.hangs(action);
            path.push(n);
            at = n + 1;
            if state.left() < best {
                best = state.left();
                found.push(state.chosen());
            }
            continue;
        }
        // Without the last that was chosen.
        let Some(n) = path.pop() else { break true };
        if let Some(action) = open.get(n).copied() {
            purse.give_back(problem, action);
            state.let_go(action);
            hanging -= bound.hangs(action);
        }
        at = n + 1;
    };
    let choices = found.split_off(found.len().saturating_sub(KEPT));
    Found { choices, most: whole.then(|| anyway.saturating_sub(best) as f64 + worth) }
}

/// At most how much hangs on what a budget buys of the open actions from one on, the last of it in part.
fn packed(open: &[u32], from: usize, mut budget: f64, bound: &Bound, cost: impl Fn(u32) -> f64) -> f64 {
    let mut hanging = 0.0;
    for action in open.iter().skip(from) {
        let cost = cost(*action);
        let part = if cost <= budget { 1.0 } else { (budget / cost).max(0.0) };
        hanging += part * bound.hangs(*action);
        budget -= part * cost;
        if budget <= 0.0 {
            break;
        }
    }
    hanging
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_action_counts_in_part() {
        let bound = Bound { most: 10.0, conceded: 0.0, hangs: vec![6.0, 4.0, 4.0] };
        let costs = [2.0, 2.0, 4.0];
        let of = |budget| packed(&[0, 1, 2], 0, budget, &bound, |action| costs[action as usize]);
        assert_eq!([of(2.0), of(3.0), of(6.0), of(100.0)], [6.0, 8.0, 12.0, 14.0]);
    }
}
