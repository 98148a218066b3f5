//! Between what chances a state falls, certainly.
//!
//! Below: the most probable way to a state is one way it falls. Above: the chance that any of several increasing events
//! happens is at most 1 − Π(1 − uᵢ), since such events favour each other (Harris 1960; Fortuin, Kasteleyn and Ginibre 1971),
//! and the chance that all happen is at most the smallest of theirs. A variable guards one step, which no derivation of that
//! step's premises needs, so it is independent of them and its chance multiplies. Where one premise is a shared threat or
//! control and the other does not depend on it, they multiply as well.
//!
//! The upper bounds are a solution of q ≥ F(q), and so bound the least fixpoint: they are found by sweeps from below, raised
//! a little, and then checked. States that certain steps tie together in a cycle are treated as one, since feedback through
//! them would drive the bound to 1. Nothing falls that no first uncertain step leads to, which caps all others.
//! O(m) a sweep.

use super::{
    paths::Falls,
    snapshot::{NONE, Snapshot, State, StateKind},
};
use crate::quantity::Estimate;

/// Certain bounds of the chance that each state falls.
#[derive(Debug, Clone)]
pub struct Bounds {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Bounds {
    /// Computes the bounds.
    pub fn of(snapshot: &Snapshot, falls: &Falls) -> Self {
        let states = snapshot.state_count();
        let lower: Vec<f64> = (0..states as u32).map(|state| falls.value(state)).collect();
        let classes = classes(snapshot, falls);
        let independent = independent(snapshot);
        let system = System { snapshot, lower: &lower, classes, independent, cap: cap(snapshot, &lower) };
        let upper = system.solve();
        Self { lower, upper }
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
    cap: f64,
}

impl System<'_> {
    fn solve(&self) -> Vec<f64> {
        const SWEEPS: usize = 200;
        const STILL: f64 = 1e-10;
        let states = self.lower.len();
        let mut upper: Vec<f64> =
            self.lower.iter().map(|lower| if *lower >= 1.0 { 1.0 } else { 0.0 }).collect();
        let members = self.members();
        // Likelier states first: what they lead to is then computed from fresh values.
        let mut order: Vec<u32> =
            (0..states as u32).filter(|state| self.leads(*state) && self.open(*state)).collect();
        order.sort_by(|a, b| self.at(*b).total_cmp(&self.at(*a)).then(a.cmp(b)));
        for _ in 0..SWEEPS {
            let mut moved: f64 = 0.0;
            for state in &order {
                let new = self.value(*state, &members, &upper);
                let old = self.set(*state, new, &members, &mut upper);
                moved = moved.max(new - old);
            }
            if moved <= STILL {
                break;
            }
        }
        self.certify(&order, &members, upper)
    }

    /// Raises the values until they are a solution of q ≥ F(q); values that will not settle are set to the cap.
    fn certify(&self, order: &[u32], members: &Members, mut upper: Vec<f64>) -> Vec<f64> {
        const TRIES: i32 = 12;
        for attempt in 0..TRIES {
            let raise = 1e-9 * 10f64.powi(attempt);
            for state in order {
                let value = upper.get(*state as usize).copied().unwrap_or(0.0);
                self.set(
                    *state,
                    (value + raise * (1.0 - value).max(1e-12) * value.max(1e-6)).min(self.cap),
                    members,
                    &mut upper,
                );
            }
            let holds = |state: &u32| {
                let value = upper.get(*state as usize).copied().unwrap_or(0.0);
                value >= self.cap || self.value(*state, members, &upper) <= value
            };
            if order.iter().all(holds) {
                return upper;
            }
        }
        for state in order {
            self.set(*state, self.cap, members, &mut upper);
        }
        upper
    }

    fn at(&self, state: u32) -> f64 {
        self.lower.get(state as usize).copied().unwrap_or(0.0)
    }

    fn class(&self, state: u32) -> u32 {
        self.classes.get(state as usize).copied().unwrap_or(state)
    }

    fn leads(&self, state: u32) -> bool {
        self.class(state) == state
    }

    /// Whether a state may fall and need not.
    fn open(&self, state: u32) -> bool {
        let lower = self.at(state);
        lower > 0.0 && lower < 1.0
    }

    /// 1 − Π(1 − u) over the steps into a class from outside it.
    fn value(&self, class: u32, members: &Members, upper: &[f64]) -> f64 {
        let of = |state: u32| upper.get(state as usize).copied().unwrap_or(0.0);
        let mut stays = 1.0;
        for state in members.of(class) {
            for step in self.snapshot.steps_to(state) {
                let [first, second] = self.snapshot.premise_pair(step);
                let inside =
                    second == NONE && self.class(first) == class && self.snapshot.chance(step) >= 1.0;
                if inside {
                    continue;
                }
                let premises = if second == NONE {
                    of(first)
                } else if self.independent.get(step).copied().unwrap_or(false) {
                    of(first) * of(second)
                } else {
                    of(first).min(of(second))
                };
                stays *= 1.0 - premises * self.snapshot.chance(step);
            }
        }
        // Rounding may only ever raise the bound.
        ((1.0 - stays) * (1.0 + 1e-14)).min(self.cap)
    }

    fn set(&self, class: u32, value: f64, members: &Members, upper: &mut [f64]) -> f64 {
        let old = upper.get(class as usize).copied().unwrap_or(0.0);
        for state in members.of(class) {
            if let Some(slot) = upper.get_mut(state as usize) {
                *slot = value;
            }
        }
        old
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

/// The chance that any first uncertain step succeeds: nothing that is not sure falls without one.
fn cap(snapshot: &Snapshot, lower: &[f64]) -> f64 {
    let sure = |state: u32| state == NONE || lower.get(state as usize).is_some_and(|chance| *chance >= 1.0);
    let is_root = |state: u32| {
        matches!(snapshot.kinds.get(state as usize), Some(StateKind::Threat(_) | StateKind::Failed(_)))
    };
    let mut stays = 1.0;
    for step in 0..snapshot.step_count() {
        let conclusion = snapshot.concludes(step);
        if sure(conclusion) || is_root(conclusion) {
            continue;
        }
        let [first, second] = snapshot.premise_pair(step);
        let root_chance = |state: u32| {
            if sure(state) {
                Some(1.0)
            } else if is_root(state) {
                lower.get(state as usize).copied()
            } else {
                None
            }
        };
        if let (Some(a), Some(b)) = (root_chance(first), root_chance(second)) {
            stays *= 1.0 - a.min(b) * snapshot.chance(step);
        }
    }
    ((1.0 - stays) * (1.0 + 1e-12)).min(1.0)
}

/// Which states certain steps with one premise tie together: by state, the first of its strongly connected component
/// (Tarjan 1972, with a stack of its own).
fn classes(snapshot: &Snapshot, falls: &Falls) -> Vec<u32> {
    let states = snapshot.state_count();
    let mut classes: Vec<u32> = (0..states as u32).collect();
    let mut index = vec![NONE; states];
    let mut low = vec![0u32; states];
    let mut on_stack = vec![false; states];
    let (mut stack, mut calls, mut counter) = (Vec::new(), Vec::new(), 0u32);
    let certain =
        |step: u32| snapshot.premise_pair(step as usize)[1] == NONE && snapshot.chance(step as usize) >= 1.0;
    for root in 0..states as u32 {
        if index[root as usize] != NONE || falls.value(root) <= 0.0 {
            continue;
        }
        calls.push((root, 0usize));
        while let Some((state, edge)) = calls.pop() {
            let at = state as usize;
            if edge == 0 {
                (index[at], low[at], on_stack[at]) = (counter, counter, true);
                counter += 1;
                stack.push(state);
            }
            let steps = snapshot.steps_from(state);
            let mut descended = false;
            for (n, step) in steps.iter().enumerate().skip(edge) {
                if !certain(*step) {
                    continue;
                }
                let to = snapshot.concludes(*step as usize);
                if index[to as usize] == NONE {
                    calls.push((state, n + 1));
                    calls.push((to, 0));
                    descended = true;
                    break;
                }
                if on_stack[to as usize] {
                    low[at] = low[at].min(index[to as usize]);
                }
            }
            if descended {
                continue;
            }
            if low[at] == index[at] {
                let start = stack.iter().rposition(|other| *other == state).unwrap_or(0);
                let component: Vec<u32> = stack.drain(start..).collect();
                let first = component.iter().copied().min().unwrap_or(state);
                for member in component {
                    on_stack[member as usize] = false;
                    classes[member as usize] = first;
                }
            }
            if let Some((parent, _)) = calls.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[at]);
            }
        }
    }
    classes
}

/// By step: whether one of its two premises is a shared threat or control that the other does not depend on. Sixty-four
/// threats and controls are followed at once through everything they can lead to; past a thousand the rest count as
/// dependent, which only widens the bounds.
fn independent(snapshot: &Snapshot) -> Vec<bool> {
    const MOST: usize = 1024;
    let states = snapshot.state_count();
    let roots: Vec<u32> = (0..states as u32)
        .filter(|state| {
            matches!(snapshot.kinds.get(*state as usize), Some(StateKind::Threat(_) | StateKind::Failed(_)))
        })
        .take(MOST)
        .collect();
    let mut independent = vec![false; snapshot.step_count()];
    for batch in roots.chunks(64) {
        let mut reached = vec![0u64; states];
        let mut queue: Vec<u32> = batch.to_vec();
        for (bit, root) in batch.iter().enumerate() {
            reached[*root as usize] = 1 << bit;
        }
        while let Some(state) = queue.pop() {
            let bits = reached[state as usize];
            for step in snapshot.steps_from(state) {
                let to = snapshot.concludes(*step as usize) as usize;
                if reached[to] | bits != reached[to] {
                    reached[to] |= bits;
                    queue.push(to as u32);
                }
            }
        }
        for (bit, root) in batch.iter().enumerate() {
            for step in snapshot.steps_from(*root) {
                let [first, second] = snapshot.premise_pair(*step as usize);
                let other = if first == *root { second } else { first };
                if let Some(bits) = reached.get(other as usize) {
                    independent[*step as usize] = bits & (1 << bit) == 0;
                }
            }
        }
    }
    independent
}
