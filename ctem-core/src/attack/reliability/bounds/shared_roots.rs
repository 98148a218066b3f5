//! What ties states together: cycles of certain steps, and the threats and controls that many of them share.

use crate::attack::{
    graph::{
        Snapshot,
        index::{Csr, NONE},
        layout::uses,
        scc::components,
    },
    paths::MostProbablePaths,
};
use std::cmp::Reverse;

/// Which states certain steps with one premise tie together in cycles: by state, the first of its cycle.
///
/// The condensed graph's classes are others: there a variable with a chance of 1 ties nothing, since it can be changed, and all that
/// surely falls is one class.
pub(super) fn classes(snapshot: &Snapshot) -> Vec<u32> {
    let certain = |step: u32| {
        snapshot.layout.premise_pair(step as usize)[1] == NONE && snapshot.layout.chance(step as usize) >= 1.0
    };
    let uses = uses(&snapshot.layout);
    let component = components(snapshot.state_count(), |state, from| {
        let mut steps = uses.row(state).iter().enumerate().skip(from);
        let (at, step) = steps.find(|(_, step)| certain(**step))?;
        Some((at + 1, snapshot.layout.concludes(*step as usize)))
    });
    let mut first = vec![NONE; component.len()];
    let class = |(state, component): (u32, &u32)| {
        let first = &mut first[*component as usize];
        *first = state.min(*first);
        *first
    };
    (0u32..).zip(&component).map(class).collect()
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
    pub(super) fn of(snapshot: &Snapshot, falls: &MostProbablePaths) -> Self {
        const MOST: usize = 1024;
        let states = snapshot.state_count();
        let all: Vec<u32> = (0..states as u32).filter(|state| snapshot.layout.is_root(*state)).collect();
        let mut roots = Self { independent: vec![false; snapshot.step_count()], quiet: vec![1.0; states] };
        if all.is_empty() {
            return roots;
        }
        let uses = uses(&snapshot.layout);
        let flow = Flow::of(snapshot, &uses);
        let (followed, rest) = all.split_at(all.len().min(MOST));
        let mut quiet = vec![1.0; states];
        for batch in followed.chunks(64) {
            let reached = flow.from(batch.iter().enumerate().map(|(bit, root)| (*root, 1 << bit)));
            let product = |bits: u64| {
                let active = batch.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
                active.fold(1.0, |quiet, (_, root)| quiet * (1.0 - falls.value(*root)))
            };
            // Neighbours mostly are reached by the same roots.
            let mut last = (0, 1.0);
            for (quiet, bits) in quiet.iter_mut().zip(&reached) {
                if *bits != last.0 {
                    last = (*bits, product(*bits));
                }
                *quiet *= last.1;
            }
            for (bit, root) in batch.iter().enumerate() {
                for step in uses.row(*root) {
                    let [first, second] = snapshot.layout.premise_pair(*step as usize);
                    let other = if first == *root { second } else { first };
                    if let Some(component) = flow.component.get(other as usize) {
                        roots.independent[*step as usize] = reached[*component as usize] & (1 << bit) == 0;
                    }
                }
            }
        }
        if !rest.is_empty() {
            let none = rest.iter().fold(1.0, |quiet, root| quiet * (1.0 - falls.value(*root)));
            let reached = flow.from(rest.iter().map(|root| (*root, 1)));
            for (quiet, _) in quiet.iter_mut().zip(&reached).filter(|(_, bits)| **bits != 0) {
                *quiet *= none;
            }
        }
        for (slot, component) in roots.quiet.iter_mut().zip(&flow.component) {
            *slot = quiet[*component as usize];
        }
        roots
    }
}

/// What leads to what, by strongly connected component, since all of one lead to the same.
struct Flow {
    /// By state: its component.
    component: Vec<u32>,
    /// From component to component, each after all that lead to what it comes from.
    links: Vec<(Reverse<u32>, u32)>,
}

impl Flow {
    fn of(snapshot: &Snapshot, uses: &Csr<u32, u32>) -> Self {
        let component = components(snapshot.state_count(), |state, from| {
            let step = uses.row(state).get(from)?;
            Some((from + 1, snapshot.layout.concludes(*step as usize)))
        });
        let mut links = Vec::new();
        for step in 0..snapshot.step_count() {
            let to = component[snapshot.layout.concludes(step) as usize];
            for premise in snapshot.layout.premise_pair(step).into_iter().filter(|premise| *premise != NONE) {
                let from = component[premise as usize];
                if from != to {
                    links.push((Reverse(from), to));
                }
            }
        }
        links.sort_unstable();
        links.dedup();
        Self { component, links }
    }

    /// By component: the bits of all the states that steps lead from to it.
    fn from(&self, starts: impl Iterator<Item = (u32, u64)>) -> Vec<u64> {
        let mut reached = vec![0u64; self.component.len()];
        for (state, bits) in starts {
            reached[self.component[state as usize] as usize] |= bits;
        }
        for (Reverse(from), to) in &self.links {
            reached[*to as usize] |= reached[*from as usize];
        }
        reached
    }
}

/// By state: whether any steps lead from it to a loss event. Unlike the condensed graph's mark this is of states one by one, threats,
/// controls and what surely falls with them.
pub(super) fn leads_to_loss(snapshot: &Snapshot) -> Vec<bool> {
    let mut leads = vec![false; snapshot.state_count()];
    let mut queue: Vec<u32> = snapshot.layout.events.clone();
    while let Some(state) = queue.pop() {
        match leads.get_mut(state as usize) {
            Some(slot) if !*slot => *slot = true,
            Some(_) | None => continue,
        }
        for step in snapshot.layout.steps_to(state) {
            queue.extend(snapshot.layout.premise_pair(step).into_iter().filter(|premise| *premise != NONE));
        }
    }
    leads
}

/// By state: whether it can fall while no root is active.
pub(super) fn falls_without_roots(snapshot: &Snapshot) -> Vec<bool> {
    let uses = uses(&snapshot.layout);
    let mut fallen = vec![false; snapshot.state_count()];
    let mut queue = vec![0u32];
    while let Some(state) = queue.pop() {
        match fallen.get_mut(state as usize) {
            Some(slot) if !*slot => *slot = true,
            Some(_) | None => continue,
        }
        for step in uses.row(state) {
            let conclusion = snapshot.layout.concludes(*step as usize);
            let mut premises =
                snapshot.layout.premise_pair(*step as usize).into_iter().filter(|premise| *premise != NONE);
            let all = premises.all(|premise| fallen.get(premise as usize) == Some(&true));
            let sure_root =
                !snapshot.layout.is_root(conclusion) || snapshot.layout.chance(*step as usize) >= 1.0;
            if all && sure_root && snapshot.layout.chance(*step as usize) > 0.0 {
                queue.push(conclusion);
            }
        }
    }
    fallen
}
