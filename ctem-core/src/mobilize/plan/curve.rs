//! Curves of loss left against effort: the plan's, and those of the orders that people go by.

use super::{LossCurve, Watch, starts, state::State};
use crate::{intel::Intel, mobilize::derive::Derived};

/// So far the other orders are followed, in times the hours of the plan.
const FURTHER: f64 = 2.0;
/// So many actions of another order are followed at most.
const LONGEST: usize = 100;

/// The curves: the plan's first. The state is that before anything is done; `left` measures what is left once actions are.
pub(super) fn curves(
    plan: Vec<(f64, f64)>,
    derived: &Derived<'_>,
    intel: &Intel,
    today: &State<'_>,
    left: impl Fn(&[u32], &State<'_>) -> f64,
    watch: &Watch<'_>,
) -> Vec<LossCurve> {
    let end = FURTHER * plan.last().map_or(0.0, |(hours, _)| *hours);
    let begin: Vec<(f64, f64)> = plan.first().copied().into_iter().collect();
    let mut all = vec![LossCurve { order: "plan".into(), points: plan }];
    for (order, actions) in starts::by_custom(derived, intel) {
        let (mut state, mut done, mut hours) = (today.clone(), Vec::new(), 0.0);
        let mut points = begin.clone();
        for action in actions.into_iter().take(LONGEST) {
            let Some(of) = derived.actions.get(action as usize) else { continue };
            hours += of.effort.hours;
            if hours > end || !watch.goes_on(done.len()) {
                break;
            }
            state.choose(action);
            done.push(action);
            points.push((hours, left(&done, &state)));
        }
        all.push(LossCurve { order: order.into(), points });
    }
    all
}
