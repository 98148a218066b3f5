//! Between what chances a state falls, certainly.
//!
//! Below: the most probable way to a state is one way it falls. Above: the chance that any of several increasing events
//! happens is at most 1 − Π(1 − uᵢ), since such events favour each other (Harris 1960; Fortuin, Kasteleyn and Ginibre 1971),
//! and the chance that all happen is at most the smallest of theirs. A variable guards one step, which no derivation of that
//! step's premises needs, so it is independent of them and its chance multiplies. Where one premise is a shared threat or
//! control and the other does not depend on it, they multiply as well.
//!
//! The upper bounds are a solution of q ≥ F(q), and so bound the least fixpoint: they are found by sweeps from below with a
//! little slack, and then checked, one by one. States that certain steps tie together in a cycle are treated as one, since
//! feedback through them would drive the bound to 1.
//!
//! Two caps hold besides. Nothing falls that no first uncertain step leads to. And what falls does so without any shared
//! threat or failed control, or one is active that leads to it: so five hundred hosts with one flaw are no likelier to fall,
//! any of them, than its threat is to be active. O(m) a sweep.

mod equations;
mod shared_roots;

use crate::{
    attack::{
        graph::{Snapshot, State, Step, index::NONE},
        paths::MostProbablePaths,
    },
    quantity::Estimate,
};
use equations::{Equations, SURE};
use shared_roots::{Roots, classes, falls_without_roots, leads_to_loss};
use std::collections::BTreeMap;

/// Certain bounds of the chance that each state falls.
#[derive(Debug, Clone)]
pub struct Bounds {
    lower: Vec<f64>,
    upper: Vec<f64>,
    leads: Vec<bool>,
}

impl Bounds {
    /// Computes the bounds.
    pub fn of(snapshot: &Snapshot, falls: &MostProbablePaths) -> Self {
        let states = snapshot.state_count();
        let lower: Vec<f64> = (0..states as u32).map(|state| falls.value(state)).collect();
        let roots = Roots::of(snapshot, falls);
        let leads = leads_to_loss(snapshot);
        // What leads to no loss has no say in the bounds of what does, not even in their last bit.
        let caps = (
            cap(snapshot, &lower, |state| leads.get(state as usize) == Some(&true)),
            cap(snapshot, &lower, |_| true),
        );
        let caps = leads.iter().map(|leads| if *leads { caps.0 } else { caps.1 }).collect();
        let classes = classes(snapshot);
        let mut system = System {
            snapshot,
            lower: &lower,
            members: Members::new(&classes),
            classes,
            independent: roots.independent,
            leads,
            caps,
        };
        if (0..states as u32).any(|state| snapshot.layout.is_root(state)) {
            // Either a root is active that leads to it, or it falls without any.
            let without = falls_without_roots(snapshot);
            let upper = system.solve(|state| without.get(state as usize) == Some(&true), |_| 0.0);
            for ((cap, quiet), upper) in system.caps.iter_mut().zip(roots.quiet).zip(upper) {
                *cap = cap.min((1.0 - quiet * (1.0 - upper)) * (1.0 + 1e-12));
            }
        }
        let upper = system.solve(|_| true, |root| falls.value(root));
        let leads = system.leads;
        Self { lower, upper, leads }
    }

    /// Whether any steps lead from a state to a loss event.
    pub(crate) fn leads_to_loss(&self, state: State) -> bool {
        self.leads.get(state.0 as usize) == Some(&true)
    }

    /// Between what chances a state falls. The value is the lower bound, which a known way reaches.
    pub fn chance(&self, state: State) -> Estimate {
        let at = state.0 as usize;
        let lower = self.lower.get(at).copied().unwrap_or(0.0);
        let upper = self.upper.get(at).copied().unwrap_or(0.0);
        if lower == upper {
            Estimate::exact(lower)
        } else {
            Estimate::bracket(lower, lower, upper.max(lower))
        }
    }

    /// An upper bound of the chance that a step's premises hold and its variable helps.
    pub(crate) fn step_at_most(&self, snapshot: &Snapshot, step: Step) -> f64 {
        let [first, second] = snapshot.layout.premise_pair(step.0 as usize);
        let of = |state: u32| self.upper.get(state as usize).copied().unwrap_or(1.0);
        of(first).min(of(second)) * snapshot.layout.chance(step.0 as usize)
    }
}

struct System<'a> {
    snapshot: &'a Snapshot,
    lower: &'a [f64],
    /// By state: the state that stands for its cycle of certain steps.
    classes: Vec<u32>,
    members: Members,
    /// By step: whether its two premises are independent.
    independent: Vec<bool>,
    /// By state: whether it leads to a loss event.
    leads: Vec<bool>,
    /// By state: an upper bound known beforehand.
    caps: Vec<f64>,
}

impl System<'_> {
    /// Solves the system for the states that can fall, with the roots' chances given. By state: its value.
    fn solve(&self, falls: impl Fn(u32) -> bool, root: impl Fn(u32) -> f64) -> Vec<f64> {
        let states = self.lower.len() as u32;
        let open = |state: &u32| {
            self.class(*state) == *state
                && self.open(*state)
                && !self.snapshot.layout.is_root(*state)
                && falls(*state)
        };
        // What leads to a loss depends on nothing that does not, and comes first. Likelier states before others: what they lead
        // to is then computed from fresh values.
        let (mut order, mut rest): (Vec<u32>, Vec<u32>) =
            (0..states).filter(open).partition(|state| self.leads.get(*state as usize) == Some(&true));
        for group in [&mut order, &mut rest] {
            group.sort_by(|a, b| self.at(*b).total_cmp(&self.at(*a)).then(a.cmp(b)));
        }
        let first = order.len();
        order.append(&mut rest);

        // The chance of a threat or a failing control is known; the caps speak of what they lead to, not of them.
        let known =
            |state: &u32| self.snapshot.layout.is_root(*state) && self.at(*state) < 1.0 && root(*state) > 0.0;
        let roots: Vec<u32> = (0..states).filter(known).collect();
        let mut equations = Equations::of_known(roots.iter().map(|state| root(*state)));
        let mut numbers: Vec<u32> =
            self.lower.iter().map(|lower| if *lower >= 1.0 { SURE } else { NONE }).collect();
        for (number, state) in (1..).zip(&roots).chain((equations.first_unknown()..).zip(&order)) {
            for member in self.members.of(*state) {
                if let Some(slot) = numbers.get_mut(member as usize) {
                    *slot = number;
                }
            }
        }
        for class in &order {
            self.equation(*class, &numbers, &mut equations);
        }
        equations.solve(0..first);
        equations.solve(first..order.len());
        let value = |number: &u32| equations.values().get(*number as usize).copied().unwrap_or(0.0);
        numbers.iter().map(value).collect()
    }

    /// Writes the equation of a class: its terms are the steps into it from outside.
    fn equation(&self, class: u32, numbers: &[u32], equations: &mut Equations) {
        let number = |state: u32| numbers.get(state as usize).copied().unwrap_or(NONE);
        for step in self.members.of(class).flat_map(|state| self.snapshot.layout.steps_to(state)) {
            let [first, second] = self.snapshot.layout.premise_pair(step);
            let chance = self.snapshot.layout.chance(step);
            let inside = second == NONE && self.class(first) == class && chance >= 1.0;
            let values = [number(first), if second == NONE { SURE } else { number(second) }];
            // A step that needs what cannot fall adds nothing.
            if !inside && !values.contains(&NONE) {
                let independent = second != NONE && self.independent.get(step) == Some(&true);
                equations.term(values, independent, chance);
            }
        }
        equations.end(self.cap(class));
    }

    fn cap(&self, state: u32) -> f64 {
        self.caps.get(state as usize).copied().unwrap_or(1.0)
    }

    fn at(&self, state: u32) -> f64 {
        self.lower.get(state as usize).copied().unwrap_or(0.0)
    }

    fn class(&self, state: u32) -> u32 {
        self.classes.get(state as usize).copied().unwrap_or(state)
    }

    /// Whether a state may fall and need not.
    fn open(&self, state: u32) -> bool {
        let lower = self.at(state);
        lower > 0.0 && lower < 1.0
    }
}

/// The states of each class, the one that stands for it first and then in their order, as linked lists.
struct Members {
    next: Vec<u32>,
}

impl Members {
    fn new(classes: &[u32]) -> Self {
        let mut next = vec![NONE; classes.len()];
        for (state, class) in
            classes.iter().enumerate().rev().filter(|(state, class)| *state != **class as usize)
        {
            next[state] = next[*class as usize];
            next[*class as usize] = state as u32;
        }
        Self { next }
    }

    fn of(&self, class: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(class), |state| {
            self.next.get(*state as usize).copied().filter(|next| *next != NONE)
        })
    }
}

/// The chance that any first uncertain step to a state that counts succeeds: nothing that is not sure falls without one.
/// Steps that share a threat or a control succeed together or not at all, and count with its chance once.
fn cap(snapshot: &Snapshot, lower: &[f64], counts: impl Fn(u32) -> bool) -> f64 {
    let sure = |state: u32| state == NONE || lower.get(state as usize).is_some_and(|chance| *chance >= 1.0);
    // By root: the chance that no step that shares it succeeds, given that it is active.
    let mut shared: BTreeMap<u32, f64> = BTreeMap::new();
    let mut stays = 1.0;
    for step in 0..snapshot.step_count() {
        let conclusion = snapshot.layout.concludes(step);
        if sure(conclusion) || snapshot.layout.is_root(conclusion) || !counts(conclusion) {
            continue;
        }
        let missing = 1.0 - snapshot.layout.chance(step);
        match snapshot
            .layout
            .premise_pair(step)
            .map(|premise| (premise, sure(premise), snapshot.layout.is_root(premise)))
        {
            [(_, true, _), (_, true, _)] => stays *= missing,
            [(root, false, true), (_, true, _)] | [(_, true, _), (root, false, true)] => {
                *shared.entry(root).or_insert(1.0) *= missing;
            }
            // Of two roots either may count for the step.
            [(root, false, true), (_, false, true)] => *shared.entry(root).or_insert(1.0) *= missing,
            _ => {}
        }
    }
    for (root, missing) in shared {
        stays *= 1.0 - lower.get(root as usize).copied().unwrap_or(1.0) * (1.0 - missing);
    }
    ((1.0 - stays) * (1.0 + 1e-12)).min(1.0)
}
