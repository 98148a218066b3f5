//! Starts: orders that people would go by, to begin from. A plan is never worse than any of them at the same budget.

use super::state::State;
use crate::{mobilize::derive::Derived, prioritize::End};
use std::cmp::Ordering;

/// The actions by risk, by severity, by likelihood, by known exploitation, and by risk for the hour; the first first.
pub(super) fn starts(derived: &Derived<'_>) -> Vec<Vec<u32>> {
    let of = |number: u32, value: &dyn Fn(&End<'_>) -> f64| {
        let members = derived.members.get(number as usize).into_iter().flatten();
        members.filter_map(|n| derived.ends.get(*n)).map(value).fold(0.0, f64::max)
    };
    let severity = |end: &End<'_>| end.severity.map_or(0.0, |severity| f64::from(severity as u8));
    let likelihood = |end: &End<'_>| end.likelihood.get();
    let exploited = |end: &End<'_>| f64::from(u8::from(end.known_exploited));
    let risk = |end: &End<'_>| end.risk;
    let hours = |number: u32| derived.actions.get(number as usize).map_or(1.0, |action| action.effort.hours);
    let by = |values: Vec<[f64; 2]>| {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        let value = |n: &u32| values.get(*n as usize).copied().unwrap_or_default();
        order.sort_by(|a, b| descending(value(a), value(b)).then(a.cmp(b)));
        order
    };
    let numbers = || 0..derived.actions.len() as u32;
    vec![
        by(numbers().map(|n| [of(n, &risk), of(n, &severity)]).collect()),
        by(numbers().map(|n| [of(n, &risk) / hours(n).max(super::FREE), 0.0]).collect()),
        by(numbers().map(|n| [of(n, &severity), of(n, &likelihood)]).collect()),
        by(numbers().map(|n| [of(n, &likelihood), of(n, &severity)]).collect()),
        by(numbers().map(|n| [of(n, &exploited), of(n, &likelihood)]).collect()),
    ]
}

/// The actions by what each would end alone: for its cost, and whatever it costs, since what is large may not fit behind what is
/// cheap.
pub(super) fn by_gain(state: &State<'_>) -> [Vec<u32>; 2] {
    let problem = state.problem;
    let useful: Vec<u32> = (0..problem.len() as u32).filter(|action| state.gain(*action) > 0).collect();
    [true, false].map(|for_its_cost| {
        let rate = |action: &u32| {
            let cost = if for_its_cost { problem.cost(*action).max(super::FREE) } else { 1.0 };
            state.gain(*action) as f64 / cost
        };
        let mut order = useful.clone();
        order.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then(a.cmp(b)));
        order
    })
}

fn descending(a: [f64; 2], b: [f64; 2]) -> Ordering {
    let [first, second] = [0, 1].map(|at| {
        let of = |values: &[f64; 2]| values.get(at).copied().unwrap_or(0.0);
        of(&b).total_cmp(&of(&a))
    });
    first.then(second)
}
