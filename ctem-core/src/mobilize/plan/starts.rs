//! Starts: orders that people would go by, to begin from. A plan is never worse than any of them at the same budget.

use super::state::State;
use crate::{
    intel::Intel,
    mobilize::derive::Derived,
    prioritize::{End, Ended},
    quantity::Probability,
};
use std::cmp::Ordering;

/// The actions by risk, by risk for the hour, and by custom; the first first.
pub(super) fn starts(derived: &Derived<'_>, intel: &Intel) -> Vec<Vec<u32>> {
    let risk = |end: &End<'_>| end.risk;
    let severity = |end: &End<'_>| end.severity.map_or(0.0, |severity| f64::from(severity as u8));
    let hours = |number: usize| derived.actions.get(number).map_or(1.0, |action| action.effort.hours);
    let mut rate = worst(derived, [&risk, &|_| 0.0]);
    rate.iter_mut().enumerate().for_each(|(number, [risk, _])| *risk /= hours(number).max(super::FREE));
    let mut all = vec![by(&worst(derived, [&risk, &severity])), by(&rate)];
    all.extend(by_custom(derived, intel).map(|(_, order)| order));
    all
}

/// The orders that people go by, each with its name: by severity, by EPSS, and what is known to be exploited first.
pub(super) fn by_custom(derived: &Derived<'_>, intel: &Intel) -> [(&'static str, Vec<u32>); 3] {
    let severity = |end: &End<'_>| end.severity.map_or(0.0, |severity| f64::from(severity as u8));
    let epss = |end: &End<'_>| match &end.what {
        Ended::Finding(finding) => intel.epss_of(&finding.weakness).map_or(0.0, Probability::get),
        Ended::Relation(_) => 0.0,
    };
    let likelihood = |end: &End<'_>| end.likelihood.get();
    let exploited = |end: &End<'_>| f64::from(u8::from(end.known_exploited));
    [
        ("severity", by(&worst(derived, [&severity, &likelihood]))),
        ("epss", by(&worst(derived, [&epss, &likelihood]))),
        ("known_exploited", by(&worst(derived, [&exploited, &likelihood]))),
    ]
}
/// Of each action the worst of what it ends, by two values.
fn worst(derived: &Derived<'_>, values: [&dyn Fn(&End<'_>) -> f64; 2]) -> Vec<[f64; 2]> {
    let of = |members: &Vec<usize>, value: &dyn Fn(&End<'_>) -> f64| {
        members.iter().filter_map(|n| derived.ends.get(*n)).map(value).fold(0.0, f64::max)
    };
    derived.members.iter().map(|members| values.map(|value| of(members, value))).collect()
}

/// The numbers of the highest values first; of equal ones the lower number.
fn by(values: &[[f64; 2]]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let value = |n: &u32| values.get(*n as usize).copied().unwrap_or_default();
    order.sort_by(|a, b| descending(value(a), value(b)).then(a.cmp(b)));
    order
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
