//! The order of what is chosen: first what ends most for its cost, given what stands above it; and what that takes from others.

use super::{FREE, greedy::next, moves::Look, problem::Purse, state::State};
use smallvec::SmallVec;

/// An action in its place.
pub(super) struct Placed {
    pub(super) action: u32,
    /// The place, from 0, of the action above that takes most of what this one would save alone.
    pub(super) taken_by: Option<usize>,
    /// The places of those it is worth something only together with.
    pub(super) together: Vec<usize>,
}

/// What the actions above take from one.
#[derive(Clone, Copy, Default)]
struct Taken {
    gain: u64,
    most: u64,
    by: Option<usize>,
}

/// Puts a choice into order; the state is that before anything is done. What ends nothing comes last, the cheapest first.
pub(super) fn order(mut state: State<'_>, chosen: &[u32]) -> Vec<Placed> {
    let problem = state.problem;
    let purse = Purse { all: f64::INFINITY, own: SmallVec::new() };
    let mut is_chosen = vec![false; problem.len()];
    let mut taken = vec![Taken::default(); problem.len()];
    for action in chosen {
        if let (Some(slot), Some(taken)) =
            (is_chosen.get_mut(*action as usize), taken.get_mut(*action as usize))
        {
            (*slot, taken.gain) = (true, state.gain(*action));
        }
    }
    let among = |action: u32| is_chosen.get(action as usize) == Some(&true);
    let by = |taken: &[Taken], action: u32| taken.get(action as usize).and_then(|taken| taken.by);
    let mut order: Vec<Placed> = Vec::new();
    while let Some(actions) = next(&mut state, &purse, usize::MAX, among, Look::Far) {
        let places = order.len()..order.len() + actions.len();
        let mut waiting = actions;
        while !waiting.is_empty() {
            // Of those that are done together, first what ends most for its cost.
            let rate = |action: &u32| state.gain(*action) as f64 / problem.cost(*action).max(FREE);
            let best = (0..waiting.len()).reduce(|best, other| {
                let of = |at: usize| waiting.get(at).map_or(0.0, rate);
                if of(other) > of(best) { other } else { best }
            });
            let action = waiting.remove(best.unwrap_or(0));
            let alone = state.gain(action) > 0;
            let together = places.clone().filter(|place| !alone && *place != order.len()).collect();
            order.push(Placed { action, taken_by: by(&taken, action), together });
            state.choose(action);
        }
        let last = order.len() - 1;
        for action in chosen {
            let Some(taken) = taken.get_mut(*action as usize) else { continue };
            let now = state.gain(*action);
            let lost = taken.gain.saturating_sub(now);
            if lost > taken.most {
                (taken.most, taken.by) = (lost, Some(last));
            }
            taken.gain = now;
        }
    }
    let mut rest: Vec<u32> = chosen.iter().copied().filter(|action| !state.has_chosen(*action)).collect();
    rest.sort_by(|a, b| problem.cost(*a).total_cmp(&problem.cost(*b)).then(a.cmp(b)));
    order.extend(rest.into_iter().map(|action| Placed {
        action,
        taken_by: by(&taken, action),
        together: Vec::new(),
    }));
    order
}
