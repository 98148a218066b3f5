//! The most probable path to every state: its chance, and its last step.
//!
//! At a million states a search waits for memory. So what may come next is not taken one by one: chances within a sixteenth of each
//! other are (as in Meyer and Sanders, *Δ-stepping*, 2003), and what each reads is on its way while others are looked at. A state that
//! has been taken too early is taken again. No step has a greater chance than what it needs, so whatever the order, what remains when
//! nothing rises any more is the same to the bit.
//!
//! Lengths come after chances, by breadth-first search over the steps that give a state its chance.

use crate::{
    attack::graph::{Snapshot, State, Step, index::NONE, layout::Layout},
    quantity::Probability,
};
use std::ops::Range;

/// For every state, the most probable path to it: its chance, and the last step of it (Dijkstra 1959, and where steps need two states
/// Knuth 1977).
///
/// The chance multiplies along a path, and where a step has two premises multiplies theirs, as if what they share did not
/// help: it never exceeds the true chance of the path, nor that of the state. Among paths of one chance the one with the
/// fewest steps is taken, and then the one whose last step comes first, so the answer is unique.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, MostProbablePaths}, Probability};
///
/// let mut graph = Graph::new();
/// let (shop, orders) = (graph.state(), graph.state());
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// graph.step(&[shop], None, orders)?;
/// let snapshot = graph.compile()?;
/// let paths = MostProbablePaths::of(&snapshot);
/// assert_eq!(paths.chance(orders).get(), 0.3);
/// let last = paths.last_step(orders).expect("there is a path");
/// assert_eq!(snapshot.premises(last).collect::<Vec<_>>(), [shop]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Dijkstra")]
#[doc(alias = "shortest path")]
#[derive(Debug, Clone)]
pub struct MostProbablePaths {
    /// By state: the chance; 0 when it cannot fall.
    chances: Vec<f64>,
    /// By state: the last step, or `NONE`.
    last: Vec<u32>,
}

impl MostProbablePaths {
    /// Finds the most probable path to every state. O(n + m) in practice, with 8 bytes for each premise of a step and some 16 a state
    /// while it runs; 12 bytes a state after.
    pub fn of(snapshot: &Snapshot) -> Self {
        let layout = &snapshot.layout;
        let forward = Forward::of(layout);
        let chances = Search::run(layout, &forward);
        let last = last_steps(layout, &forward, &chances);
        Self { chances, last }
    }

    /// The chance of the most probable path to a state; 0 when there is none.
    pub fn chance(&self, state: State) -> Probability {
        Probability::clamped(self.value(state.0))
    }

    /// The last step of the most probable path to a state.
    pub fn last_step(&self, state: State) -> Option<Step> {
        self.last.get(state.0 as usize).filter(|step| **step != NONE).map(|step| Step(*step))
    }

    pub(crate) fn value(&self, state: u32) -> f64 {
        self.chances.get(state as usize).copied().unwrap_or(0.0)
    }

    /// The product of the chances of a step's premises; what is absent counts as given.
    pub(super) fn premises(&self, snapshot: &Snapshot, step: usize) -> f64 {
        let [first, second] = snapshot.layout.premise_pair(step);
        let second = if second == NONE { 1.0 } else { self.value(second) };
        self.value(first) * second
    }
}

/// By state: the steps that need it.
struct Forward {
    starts: Vec<u32>,
    uses: Vec<Use>,
}

/// A step that needs a state, and its conclusion, marked so that a certain step reads no other array.
#[derive(Clone, Copy, Default)]
struct Use {
    to: u32,
    step: u32,
}

impl Use {
    /// It needs this state and nothing else.
    const CERTAIN: u32 = 1 << 31;
    /// It needs another state as well.
    const PAIR: u32 = 1 << 30;

    fn to(self) -> usize {
        (self.to & !(Self::CERTAIN | Self::PAIR)) as usize
    }

    fn is_certain(self) -> bool {
        self.to & Self::CERTAIN != 0
    }

    /// The chance of the path that ends in this step, when `from` is the chance of the state that it is a use of.
    fn through(self, layout: &Layout, chances: &[f64], from: f64) -> f64 {
        let step = self.step as usize;
        if self.is_certain() {
            from
        } else if self.to & Self::PAIR == 0 {
            from * layout.chance(step)
        } else {
            let [first, second] = layout.premise_pair(step).map(|premise| chances[premise as usize]);
            // Grouped so that a threat gives the same bits as a premise as when it is folded into the variable.
            first * (second * layout.chance(step))
        }
    }
}

impl Forward {
    /// O(n + m).
    fn of(layout: &Layout) -> Self {
        let premises = |step: usize| layout.premise_pair(step).into_iter().filter(|premise| *premise != NONE);
        let mut starts = vec![0u32; layout.state_count() + 1];
        for step in 0..layout.step_count() {
            premises(step).for_each(|premise| starts[premise as usize + 1] += 1);
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let mut uses = vec![Use::default(); starts.last().map_or(0, |end| *end as usize)];
        for step in 0..layout.step_count() {
            let mark = match (layout.premise_pair(step)[1], layout.guards[step]) {
                (NONE, NONE) => Use::CERTAIN,
                (NONE, _) => 0,
                (_, _) => Use::PAIR,
            };
            let to = layout.concludes(step) | mark;
            for premise in premises(step) {
                let at = &mut next[premise as usize];
                uses[*at as usize] = Use { to, step: step as u32 };
                *at += 1;
            }
        }
        Self { starts, uses }
    }

    fn range(&self, state: u32) -> Range<u32> {
        self.starts[state as usize]..self.starts[state as usize + 1]
    }

    fn uses(&self, range: Range<u32>) -> &[Use] {
        &self.uses[range.start as usize..range.end as usize]
    }
}

struct Search<'a> {
    layout: &'a Layout,
    forward: &'a Forward,
    /// By state: the chance of the most probable path known.
    chances: Vec<f64>,
    /// States whose chance has risen and that have not been gone on from, with where their uses lie.
    fresh: Vec<(u32, Range<u32>)>,
    /// By level, the likelier first: chances and the states they are offered to.
    levels: Vec<Vec<(f64, u32)>>,
}

impl<'a> Search<'a> {
    fn run(layout: &'a Layout, forward: &'a Forward) -> Vec<f64> {
        let chances = vec![0.0; layout.state_count()];
        let mut search = Self { layout, forward, chances, fresh: Vec::new(), levels: Vec::new() };
        if !search.chances.is_empty() {
            search.offer(1.0, 0);
        }
        let mut level = 0;
        while level < search.levels.len() {
            search.take(level);
            level += 1;
        }
        search.chances
    }

    /// Sixteen levels for each halving of a chance.
    fn level(chance: f64) -> usize {
        ((1f64.to_bits() - chance.to_bits()) >> 48) as usize
    }

    fn offer(&mut self, chance: f64, state: u32) {
        let level = Self::level(chance);
        if level >= self.levels.len() {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push((chance, state));
    }

    /// Takes all that is offered at a level, and what that leads to at the same level, until nothing rises any more.
    fn take(&mut self, level: usize) {
        while !self.levels[level].is_empty() {
            for (chance, state) in std::mem::take(&mut self.levels[level]) {
                self.raise(state, chance);
            }
            while !self.fresh.is_empty() {
                for (state, uses) in std::mem::take(&mut self.fresh) {
                    self.go_on(state, uses);
                }
            }
        }
    }

    fn raise(&mut self, state: u32, chance: f64) {
        let known = &mut self.chances[state as usize];
        if chance > *known {
            *known = chance;
            self.fresh.push((state, self.forward.range(state)));
        }
    }

    /// Offers what a state leads to its chance. What is certain rises with it at once.
    fn go_on(&mut self, state: u32, uses: Range<u32>) {
        let forward = self.forward;
        let chance = self.chances[state as usize];
        for use_ in forward.uses(uses) {
            let to = use_.to();
            // No step has a greater chance than what it needs.
            if self.chances[to] >= chance {
                continue;
            }
            if use_.is_certain() {
                self.raise(to as u32, chance);
                continue;
            }
            // 0 until the other is come to as well.
            let through = use_.through(self.layout, &self.chances, chance);
            if through > self.chances[to] {
                self.offer(through, to as u32);
            }
        }
    }
}

/// By state: the last step of the shortest path that has its chance, the lowest of several; `NONE` when there is none. Breadth first
/// over the steps that give their conclusions their chances, each taken once all it needs has been come to.
fn last_steps(layout: &Layout, forward: &Forward, chances: &[f64]) -> Vec<u32> {
    let mut last = vec![NONE; chances.len()];
    let mut lengths = vec![u32::MAX; chances.len()];
    let mut frontier: Vec<u32> = Vec::new();
    if let Some(given) = lengths.first_mut() {
        *given = 0;
        frontier.push(0);
    }
    let mut length = 0;
    while !frontier.is_empty() {
        length += 1;
        let mut next = Vec::new();
        for state in frontier {
            let chance = chances[state as usize];
            for use_ in forward.uses(forward.range(state)) {
                let to = use_.to();
                if lengths[to] < length
                    || use_.through(layout, chances, chance) != chances[to]
                    || chances[to] <= 0.0
                {
                    continue;
                }
                let come_to = |premise: u32| lengths[premise as usize] < length;
                if use_.to & Use::PAIR != 0
                    && !layout.premise_pair(use_.step as usize).into_iter().all(come_to)
                {
                    continue;
                }
                if lengths[to] > length {
                    lengths[to] = length;
                    next.push(to as u32);
                }
                last[to] = last[to].min(use_.step);
            }
        }
        frontier = next;
    }
    last
}
