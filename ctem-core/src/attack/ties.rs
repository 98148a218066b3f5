//! What ties states together: cycles of certain steps, and the threats and controls that many of them share.

use super::{
    paths::Falls,
    snapshot::{NONE, Snapshot},
};
use std::collections::HashMap;

/// Which states certain steps with one premise tie together: by state, the first of its strongly connected component
/// (Tarjan 1972, with a stack of its own).
pub(super) fn classes(snapshot: &Snapshot, falls: &Falls) -> Vec<u32> {
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

/// What the threats and controls that several steps share, the *roots*, can lead to.
pub(super) struct Roots {
    /// By step: whether one of its two premises is a root that the other does not depend on.
    pub(super) independent: Vec<bool>,
    /// By state: the chance that none of the roots that can lead to it is active.
    pub(super) quiet: Vec<f64>,
}

impl Roots {
    /// Follows sixty-four roots at once through everything they can lead to. Past a thousand the rest are followed together and
    /// count as dependent, which only widens the bounds.
    pub(super) fn of(snapshot: &Snapshot, falls: &Falls) -> Self {
        const MOST: usize = 1024;
        let states = snapshot.state_count();
        let all: Vec<u32> = (0..states as u32).filter(|state| snapshot.is_root(*state)).collect();
        let (followed, rest) = all.split_at(all.len().min(MOST));
        let mut roots = Self { independent: vec![false; snapshot.step_count()], quiet: vec![1.0; states] };
        for batch in followed.chunks(64) {
            let starts = batch.iter().enumerate().map(|(bit, root)| (*root, 1 << bit));
            let reached = reached(snapshot, starts);
            // Few sets of roots differ, so each is multiplied up once.
            let mut known: HashMap<u64, f64> = HashMap::new();
            for (quiet, bits) in roots.quiet.iter_mut().zip(&reached).filter(|(_, bits)| **bits != 0) {
                let active = || batch.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
                let product = || active().fold(1.0, |quiet, (_, root)| quiet * (1.0 - falls.value(*root)));
                *quiet *= *known.entry(*bits).or_insert_with(product);
            }
            for (bit, root) in batch.iter().enumerate() {
                for step in snapshot.steps_from(*root) {
                    let [first, second] = snapshot.premise_pair(*step as usize);
                    let other = if first == *root { second } else { first };
                    if let Some(bits) = reached.get(other as usize) {
                        roots.independent[*step as usize] = bits & (1 << bit) == 0;
                    }
                }
            }
        }
        if !rest.is_empty() {
            let none = rest.iter().fold(1.0, |quiet, root| quiet * (1.0 - falls.value(*root)));
            let reached = reached(snapshot, rest.iter().map(|root| (*root, 1)));
            for (quiet, _) in roots.quiet.iter_mut().zip(&reached).filter(|(_, bits)| **bits != 0) {
                *quiet *= none;
            }
        }
        roots
    }
}

/// By state: the bits of all the states that steps lead from to it.
fn reached(snapshot: &Snapshot, starts: impl Iterator<Item = (u32, u64)>) -> Vec<u64> {
    let mut reached = vec![0u64; snapshot.state_count()];
    let mut queue = Vec::new();
    for (state, bits) in starts {
        if let Some(slot) = reached.get_mut(state as usize) {
            *slot |= bits;
            queue.push(state);
        }
    }
    while let Some(state) = queue.pop() {
        let bits = reached[state as usize];
        for step in snapshot.steps_from(state) {
            let to = snapshot.concludes(*step as usize);
            if reached[to as usize] | bits != reached[to as usize] {
                reached[to as usize] |= bits;
                queue.push(to);
            }
        }
    }
    reached
}

/// By state: whether any steps lead from it to a loss event.
pub(super) fn leads_to_loss(snapshot: &Snapshot) -> Vec<bool> {
    let mut leads = vec![false; snapshot.state_count()];
    let mut queue: Vec<u32> = snapshot.events.clone();
    while let Some(state) = queue.pop() {
        match leads.get_mut(state as usize) {
            Some(slot) if !*slot => *slot = true,
            Some(_) | None => continue,
        }
        for step in snapshot.steps_to(state) {
            queue.extend(snapshot.premise_pair(step).into_iter().filter(|premise| *premise != NONE));
        }
    }
    leads
}

/// By state: whether it can fall while no root is active.
pub(super) fn falls_without_roots(snapshot: &Snapshot) -> Vec<bool> {
    let mut fallen = vec![false; snapshot.state_count()];
    let mut queue = vec![0u32];
    while let Some(state) = queue.pop() {
        match fallen.get_mut(state as usize) {
            Some(slot) if !*slot => *slot = true,
            Some(_) | None => continue,
        }
        for step in snapshot.steps_from(state) {
            let conclusion = snapshot.concludes(*step as usize);
            let mut premises =
                snapshot.premise_pair(*step as usize).into_iter().filter(|premise| *premise != NONE);
            let all = premises.all(|premise| fallen.get(premise as usize) == Some(&true));
            let sure_root = !snapshot.is_root(conclusion) || snapshot.chance(*step as usize) >= 1.0;
            if all && sure_root && snapshot.chance(*step as usize) > 0.0 {
                queue.push(conclusion);
            }
        }
    }
    fallen
}
