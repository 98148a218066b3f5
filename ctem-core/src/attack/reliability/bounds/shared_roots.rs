//! What ties states together: cycles of certain steps, and the threats and controls that many of them share.

use crate::attack::{
    graph::{
        Snapshot, State, Step,
        index::{Csr, Id, IndexVec},
        layout::uses,
        scc::{Component, components},
    },
    paths::MostProbablePaths,
};
use std::cmp::Reverse;

/// Which states certain steps with one premise tie together in cycles: by state, the first of its cycle.
///
/// The condensed graph's classes are others: there a variable with a chance of 1 ties nothing, since it can be changed, and all that
/// surely falls is one class.
pub(super) fn classes(snapshot: &Snapshot) -> IndexVec<State, State> {
    let layout = &snapshot.layout;
    let certain = |step: Step| layout.premise_pair(step)[1].is_none() && layout.chance(step) >= 1.0;
    let uses = uses(layout);
    let component = components(snapshot.state_count(), |state, from| {
        let mut steps = uses.row(state).iter().enumerate().skip(from);
        let (at, step) = steps.find(|(_, step)| certain(**step))?;
        Some((at + 1, layout.conclusion(*step)))
    });
    let mut first: IndexVec<Component, State> = IndexVec::filled(State::NONE, component.len());
    let class = |(state, component): (State, &Component)| {
        let first = &mut first[*component];
        *first = state.min(*first);
        *first
    };
    component.entries().map(class).collect()
}

/// What the threats and controls that several steps share, the *roots*, can lead to.
pub(super) struct Roots {
    /// By step: whether one of its two premises is a root that the other does not depend on.
    pub(super) independent: IndexVec<Step, bool>,
    /// By state: the chance that none of the roots that can lead to it is active.
    pub(super) quiet: IndexVec<State, f64>,
}

impl Roots {
    /// Follows sixty-four roots at once through everything they can lead to. Past a thousand the rest are followed together and
    /// count as dependent, which only widens the bounds.
    pub(super) fn of(snapshot: &Snapshot, best: &MostProbablePaths) -> Self {
        const MOST: usize = 1024;
        let states = snapshot.state_count();
        let all: Vec<State> = snapshot.states().filter(|state| snapshot.layout.is_root(*state)).collect();
        let mut roots = Self {
            independent: IndexVec::filled(false, snapshot.step_count()),
            quiet: IndexVec::filled(1.0, states),
        };
        if all.is_empty() {
            return roots;
        }
        let uses = uses(&snapshot.layout);
        let flow = Flow::of(snapshot, &uses);
        let (followed, rest) = all.split_at(all.len().min(MOST));
        let mut quiet: IndexVec<Component, f64> = IndexVec::filled(1.0, states);
        for batch in followed.chunks(64) {
            let reached = flow.from(batch.iter().enumerate().map(|(bit, root)| (*root, 1 << bit)));
            // One root after the other, so that it shows in no bit which of them were followed together.
            for (quiet, bits) in quiet.iter_mut().zip(&reached).filter(|(_, bits)| **bits != 0) {
                let active = batch.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
                *quiet = active.fold(*quiet, |quiet, (_, root)| quiet * (1.0 - best.value(*root)));
            }
            for (bit, root) in batch.iter().enumerate() {
                for step in uses.row(*root) {
                    let [first, second] = snapshot.layout.premise_pair(*step);
                    if let Some(other) = if first == *root { second } else { first }.some() {
                        roots.independent[*step] = reached[flow.component[other]] & (1 << bit) == 0;
                    }
                }
            }
        }
        if !rest.is_empty() {
            let none = rest.iter().fold(1.0, |quiet, root| quiet * (1.0 - best.value(*root)));
            let reached = flow.from(rest.iter().map(|root| (*root, 1)));
            for (quiet, _) in quiet.iter_mut().zip(&reached).filter(|(_, bits)| **bits != 0) {
                *quiet *= none;
            }
        }
        for (slot, component) in roots.quiet.iter_mut().zip(&flow.component) {
            *slot = quiet[*component];
        }
        roots
    }
}

/// What leads to what, by strongly connected component, since all of one lead to the same.
struct Flow {
    component: IndexVec<State, Component>,
    /// From component to component, each after all that lead to what it comes from.
    links: Vec<(Reverse<Component>, Component)>,
}

impl Flow {
    fn of(snapshot: &Snapshot, uses: &Csr<State, Step>) -> Self {
        let layout = &snapshot.layout;
        let component = components(snapshot.state_count(), |state, from| {
            let step = uses.row(state).get(from)?;
            Some((from + 1, layout.conclusion(*step)))
        });
        let mut links = Vec::new();
        for step in snapshot.steps() {
            let to = component[layout.conclusion(step)];
            for premise in layout.premises(step) {
                let from = component[premise];
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
    fn from(&self, starts: impl Iterator<Item = (State, u64)>) -> IndexVec<Component, u64> {
        let mut reached = IndexVec::filled(0u64, self.component.len());
        for (state, bits) in starts {
            reached[self.component[state]] |= bits;
        }
        for (Reverse(from), to) in &self.links {
            reached[*to] |= reached[*from];
        }
        reached
    }
}

/// By state: whether any steps lead from it to a loss event. Unlike the condensed graph's mark this is of states one by one, threats,
/// controls and what surely falls with them.
pub(super) fn leads_to_loss(snapshot: &Snapshot) -> IndexVec<State, bool> {
    let layout = &snapshot.layout;
    let mut leads = IndexVec::filled(false, snapshot.state_count());
    let mut queue: Vec<State> = layout.events.iter().copied().collect();
    while let Some(state) = queue.pop() {
        if !std::mem::replace(&mut leads[state], true) {
            queue.extend(layout.steps_to(state).flat_map(|step| layout.premises(step)));
        }
    }
    leads
}

/// By state: whether it can fall while no root is active.
pub(super) fn falls_without_roots(snapshot: &Snapshot) -> IndexVec<State, bool> {
    let layout = &snapshot.layout;
    let uses = uses(layout);
    let mut fallen = IndexVec::filled(false, snapshot.state_count());
    let mut queue = vec![State::GIVEN];
    while let Some(state) = queue.pop() {
        if std::mem::replace(&mut fallen[state], true) {
            continue;
        }
        for step in uses.row(state) {
            let (conclusion, chance) = (layout.conclusion(*step), layout.chance(*step));
            let all = layout.premises(*step).all(|premise| fallen[premise]);
            let sure_root = !layout.is_root(conclusion) || chance >= 1.0;
            if all && sure_root && chance > 0.0 {
                queue.push(conclusion);
            }
        }
    }
    fallen
}
