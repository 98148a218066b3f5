//! Between what chances a state falls, certainly.
//!
//! Below: the most probable way to a state is one way it falls. Above: the chance that any of several increasing events
//! happens is at most 1 − Π(1 − uᵢ), since such events favour each other (Harris 1960; Fortuin, Kasteleyn and Ginibre 1971),
//! and the chance that all happen is at most the smallest of theirs. A variable guards one step, which no derivation of that
//! step's premises needs, so it is independent of them and its chance multiplies. Where one premise is a shared threat or
//! control and the other does not depend on it, they multiply as well.
//!
//! The upper bounds are a solution of q ≥ F(q), and so bound the least fixpoint: they are found by sweeps from below with a
//! little slack, and then checked, one by one. States that certain steps tie together in a cycle are treated as one, since feedback through
//! them would drive the bound to 1.
//!
//! Two caps hold besides. Nothing falls that no first uncertain step leads to. And what falls does so without any shared
//! threat or failed control, or one is active that leads to it: so five hundred hosts with one flaw are no likelier to fall,
//! any of them, than its threat is to be active. O(m) a sweep.

use super::{
    paths::Falls,
    snapshot::{NONE, Snapshot, State},
    ties::{Roots, classes, falls_without_roots, leads_to_loss},
};
use crate::quantity::Estimate;
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
    pub fn of(snapshot: &Snapshot, falls: &Falls) -> Self {
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
        let mut system = System {
            snapshot,
            lower: &lower,
            classes: classes(snapshot, falls),
            independent: roots.independent,
            leads,
            caps,
        };
        if (0..states as u32).any(|state| snapshot.is_root(state)) {
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
    pub(crate) fn step_at_most(&self, snapshot: &Snapshot, step: super::Step) -> f64 {
        let [first, second] = snapshot.premise_pair(step.0 as usize);
        let of = |state: u32| self.upper.get(state as usize).copied().unwrap_or(1.0);
        of(first).min(of(second)) * snapshot.chance(step.0 as usize)
    }
}

struct System<'a> {
    snapshot: &'a Snapshot,
    lower: &'a [f64],
    /// By state: the state that stands for its cycle of certain steps.
    classes: Vec<u32>,
    /// By step: whether its two premises are independent.
    independent: Vec<bool>,
    /// By state: whether it leads to a loss event.
    leads: Vec<bool>,
    /// By state: an upper bound known beforehand.
    caps: Vec<f64>,
}

impl System<'_> {
    /// Solves the system for the states that can fall, with the roots' chances given.
    fn solve(&self, falls: impl Fn(u32) -> bool, root: impl Fn(u32) -> f64) -> Vec<f64> {
        let states = self.lower.len() as u32;
        let sure = |state: u32| self.at(state) >= 1.0;
        // The chance of a threat or a failing control is known; the caps speak of what they lead to, not of them.
        let known = |state: u32| match self.snapshot.is_root(state) {
            _ if sure(state) => 1.0,
            true => root(state),
            false => 0.0,
        };
        let mut upper: Vec<f64> = (0..states).map(known).collect();
        let members = self.members();
        let open = |state: &u32| {
            self.class(*state) == *state
                && self.open(*state)
                && !self.snapshot.is_root(*state)
                && falls(*state)
        };
        // What leads to a loss depends on nothing that does not, and comes first. Likelier states before others: what they lead
        // to is then computed from fresh values.
        let (mut first, mut rest): (Vec<u32>, Vec<u32>) =
            (0..states).filter(open).partition(|state| self.leads.get(*state as usize) == Some(&true));
        for order in [&mut first, &mut rest] {
            order.sort_by(|a, b| self.at(*b).total_cmp(&self.at(*a)).then(a.cmp(b)));
            self.sweep(order, &members, &mut upper);
            self.certify(order, &members, &mut upper);
        }
        upper
    }

    /// Raises the values from below towards a solution of q = (1 + slack) · F(q), until they are still. F grows no faster than
    /// its arguments, so values that moved by less than the slack in a sweep are a solution of q ≥ F(q).
    fn sweep(&self, order: &[u32], members: &Members, upper: &mut [f64]) {
        const SWEEPS: usize = 200;
        const SLACK: f64 = 1e-8;
        for _ in 0..SWEEPS {
            let mut still = true;
            for state in order {
                let old = upper.get(*state as usize).copied().unwrap_or(0.0);
                let new = (self.value(*state, members, upper) * (1.0 + SLACK)).min(self.cap(*state)).max(old);
                still &= new - old <= old * (SLACK / 2.0);
                self.set(*state, new, members, upper);
            }
            if still {
                return;
            }
        }
    }

    /// Checks that q ≥ F(q). A value that does not hold is set to its cap, and what depends on it is looked at again: each
    /// value is raised so at most once.
    fn certify(&self, order: &[u32], members: &Members, upper: &mut [f64]) {
        let mut waiting = order.to_vec();
        while let Some(state) = waiting.pop() {
            let (value, cap) = (upper.get(state as usize).copied().unwrap_or(0.0), self.cap(state));
            if value >= cap || self.value(state, members, upper) <= value {
                continue;
            }
            self.set(state, cap, members, upper);
            for step in members.of(state).flat_map(|state| self.snapshot.steps_from(state)) {
                let next = self.class(self.snapshot.concludes(*step as usize));
                // What is sure or cannot fall stays so, whatever leads to it.
                if self.open(next) && !self.snapshot.is_root(next) && upper.get(next as usize) > Some(&0.0) {
                    waiting.push(next);
                }
            }
        }
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

    /// 1 − Π(1 − u) over the steps into a class from outside it.
    fn value(&self, class: u32, members: &Members, upper: &[f64]) -> f64 {
        let of = |state: u32| upper.get(state as usize).copied().unwrap_or(0.0);
        // Summed so that small chances keep their digits.
        let mut any = 0.0;
        for state in members.of(class) {
            for step in self.snapshot.steps_to(state) {
                let [first, second] = self.snapshot.premise_pair(step);
                let chance = self.snapshot.chance(step);
                if second == NONE && self.class(first) == class && chance >= 1.0 {
                    continue;
                }
                let fires = if second == NONE {
                    of(first) * chance
                } else if self.independent.get(step).copied().unwrap_or(false) {
                    of(first) * (of(second) * chance)
                } else {
                    of(first).min(of(second)) * chance
                };
                any += fires * (1.0 - any);
            }
        }
        any
    }

    fn set(&self, class: u32, value: f64, members: &Members, upper: &mut [f64]) {
        for state in members.of(class) {
            if let Some(slot) = upper.get_mut(state as usize) {
                *slot = value;
            }
        }
    }

    fn members(&self) -> Members {
        let mut members = Members { next: vec![NONE; self.classes.len()] };
        for state in (0..self.classes.len() as u32).rev() {
            let class = self.class(state);
            if class != state {
                // The list of a class begins at the state that stands for it.
                let behind = members.next.get(class as usize).copied().unwrap_or(NONE);
                if let Some(slot) = members.next.get_mut(state as usize) {
                    *slot = behind;
                }
                if let Some(slot) = members.next.get_mut(class as usize) {
                    *slot = state;
                }
            }
        }
        members
    }
}

/// The states of each class, as linked lists.
struct Members {
    next: Vec<u32>,
}

impl Members {
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
        let conclusion = snapshot.concludes(step);
        if sure(conclusion) || snapshot.is_root(conclusion) || !counts(conclusion) {
            continue;
        }
        let missing = 1.0 - snapshot.chance(step);
        match snapshot.premise_pair(step).map(|premise| (premise, sure(premise), snapshot.is_root(premise))) {
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
