//! Greedy: what ends most for its cost, again and again; single actions and moves.

use super::{
    FREE, Watch,
    moves::{Look, moves},
    problem::Purse,
    state::State,
};

/// Chooses while it pays, among the actions that `among` admits, until so many are chosen.
pub(super) fn greedy(
    state: &mut State<'_>,
    purse: &mut Purse,
    at_most: usize,
    among: impl Fn(u32) -> bool,
    look: Look,
    watch: &Watch<'_>,
) -> Vec<u32> {
    let mut taken = Vec::new();
    let already = state.chosen().len();
    while watch.goes_on(taken.len()) {
        let room = at_most.saturating_sub(already + taken.len());
        let Some(actions) = next(state, purse, room, &among, look) else { break };
        for action in actions {
            purse.pay(state.problem, action);
            state.choose(action);
            taken.push(action);
        }
    }
    taken
}

/// The action, or the move of at most so many, that ends most for its cost; none where nothing that can be paid ends anything.
pub(super) fn next(
    state: &mut State<'_>,
    purse: &Purse,
    at_most: usize,
    among: impl Fn(u32) -> bool,
    look: Look,
) -> Option<Vec<u32>> {
    if state.left() == 0 || at_most == 0 {
        return None;
    }
    let problem = state.problem;
    let mut best: Option<(f64, Vec<u32>)> = None;
    for action in 0..problem.len() as u32 {
        let rate = state.gain(action) as f64 / problem.cost(action).max(FREE);
        let better = rate > best.as_ref().map_or(0.0, |(most, _)| *most);
        if better && among(action) && !state.has_chosen(action) && purse.pays(problem, &[action]) {
            best = Some((rate, vec![action]));
        }
    }
    // Where there is much to look at, sets are looked for only where single actions end nothing.
    let looks = best.is_none() || !problem.is_large;
    // Only where single actions end nothing is it worth to look further.
    let look = if best.is_none() { look } else { Look::Heaviest };
    for actions in if looks { moves(state, purse, at_most, &among, look) } else { Vec::new() } {
        let cost: f64 = actions.iter().map(|action| problem.cost(*action)).sum();
        let rate = state.gain_of(&actions) as f64 / cost.max(FREE);
        if rate > best.as_ref().map_or(0.0, |(most, _)| *most) {
            best = Some((rate, actions));
        }
    }
    best.map(|(_, actions)| actions)
}
