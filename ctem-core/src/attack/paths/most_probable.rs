//! The most probable path to every state: its chance, and its last step.
//!
//! At a million states a search waits for memory. So what may come next is not taken one by one: chances within a sixteenth of each
//! other are (as in Meyer and Sanders, *Δ-stepping*, 2003), and what each reads is on its way while others are looked at. A state that
//! has been taken too early is taken again. No step has a greater chance than what it needs, so whatever the order, what remains when
//! nothing rises any more is the same to the bit.
//!
//! Lengths come after chances, by breadth-first search over the steps that give a state its chance.

use crate::{
    attack::{
        graph::{
            Snapshot, State, Step,
            index::{Csr, Id, IndexVec},
            layout::Layout,
        },
        limits::OnProgress,
    },
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
/// let paths = MostProbablePaths::compute(&snapshot);
/// assert_eq!(paths.chance(orders).get(), 0.3);
/// let last = paths.last_step(orders).expect("there is a path");
/// assert_eq!(snapshot.premises(last).collect::<Vec<_>>(), [shop]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Knuth")]
#[doc(alias = "Dijkstra")]
#[doc(alias = "shortest path")]
#[derive(Debug, Clone)]
pub struct MostProbablePaths {
    /// By state: the chance; 0 when it cannot fall.
    chances: IndexVec<State, f64>,
    /// By state: the last step, if it has one.
    last: IndexVec<State, Step>,
}

impl MostProbablePaths {
    /// Finds the most probable path to every state. O(n + m) in practice, with 8 bytes for each premise of a step and some 16 a state
    /// while it runs; 12 bytes a state after.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders, vault) = (graph.state(), graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::MostProbablePaths;
    /// // What can no attacker come to?
    /// let paths = MostProbablePaths::compute(&snapshot);
    /// let safe = snapshot.states().filter(|state| paths.chance(*state).get() == 0.0);
    /// assert_eq!(safe.collect::<Vec<_>>(), [vault]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn compute(snapshot: &Snapshot) -> Self {
        Self::compute_while(snapshot, &OnProgress::default())
            .unwrap_or(Self { chances: IndexVec::default(), last: IndexVec::default() })
    }

    /// The same; none where the caller, who is asked on the way, says not to go on.
    pub(crate) fn compute_while(snapshot: &Snapshot, progress: &OnProgress<'_>) -> Option<Self> {
        let layout = &snapshot.layout;
        let uses = uses(layout);
        let all = layout.state_count() as u64;
        if !progress.goes_on(all, all) {
            return None;
        }
        let chances = Search::run(layout, &uses, progress)?;
        let last = last_steps(layout, &uses, &chances, progress)?;
        Some(Self { chances, last })
    }

    /// The chance of the most probable path to a state; 0 when there is none, as to a state that is not there.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::MostProbablePaths;
    /// use ctem_core::attack::State;
    ///
    /// let paths = MostProbablePaths::compute(&snapshot);
    /// assert_eq!(paths.chance(orders).get(), 0.25);
    /// assert_eq!(paths.chance(State::numbered(99)).get(), 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance(&self, state: State) -> Probability {
        Probability::clamped(self.chances.get(state).copied().unwrap_or(0.0))
    }

    /// The last step of the most probable path to a state.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::MostProbablePaths;
    /// use ctem_core::attack::State;
    ///
    /// // From where do the orders fall?
    /// let paths = MostProbablePaths::compute(&snapshot);
    /// let last = paths.last_step(orders).expect("there is a path");
    /// assert_eq!(snapshot.premises(last).collect::<Vec<_>>(), [shop]);
    /// assert_eq!(paths.last_step(State::GIVEN), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn last_step(&self, state: State) -> Option<Step> {
        self.last.get(state)?.some()
    }

    pub(crate) fn value(&self, state: State) -> f64 {
        self.chances[state]
    }

    /// The product of the chances of a step's premises; what is absent counts as given.
    pub(super) fn premises(&self, snapshot: &Snapshot, step: Step) -> f64 {
        let [first, second] = snapshot.layout.premise_pair(step);
        self.value(first) * second.some().map_or(1.0, |second| self.value(second))
    }
}

/// A step that needs a state, and its conclusion, marked so that a certain step reads no other array.
#[derive(Clone, Copy, Default)]
struct Use {
    to: u32,
    step: Step,
}

impl Use {
    /// It needs this state and nothing else.
    const CERTAIN: u32 = 1 << 31;
    /// It needs another state as well.
    const PAIR: u32 = 1 << 30;

    fn to(self) -> State {
        State(self.to & !(Self::CERTAIN | Self::PAIR))
    }

    fn is_certain(self) -> bool {
        self.to & Self::CERTAIN != 0
    }

    fn is_pair(self) -> bool {
        self.to & Self::PAIR != 0
    }

    /// The chance of the path that ends in this step, when `from` is the chance of the state that it is a use of.
    fn through(self, layout: &Layout, chances: &IndexVec<State, f64>, from: f64) -> f64 {
        if self.is_certain() {
            from
        } else if self.is_pair() {
            let [first, second] = layout.premise_pair(self.step).map(|premise| chances[premise]);
            // Grouped so that a threat gives the same bits as a premise as when it is folded into the variable.
            first * (second * layout.chance(self.step))
        } else {
            from * layout.chance(self.step)
        }
    }
}

/// By state: the steps that need it. O(n + m).
fn uses(layout: &Layout) -> Csr<State, Use> {
    Csr::new(layout.state_count(), || {
        layout.conclusions.ids().flat_map(|step| {
            let mark = match (layout.premise_pair(step)[1], layout.guards[step].some()) {
                (State::NONE, None) => Use::CERTAIN,
                (State::NONE, Some(_)) => 0,
                (_, _) => Use::PAIR,
            };
            let use_ = Use { to: layout.conclusion(step).0 | mark, step };
            layout.premises(step).map(move |premise| (premise, use_))
        })
    })
}

struct Search<'a> {
    layout: &'a Layout,
    uses: &'a Csr<State, Use>,
    /// By state: the chance of the most probable path known.
    chances: IndexVec<State, f64>,
    /// States whose chance has risen and that have not been gone on from, with where their uses lie.
    fresh: Vec<(State, Range<u32>)>,
    /// By level, the likelier first: chances and the states they are offered to.
    levels: Vec<Vec<(f64, State)>>,
    /// How often a state was gone on from.
    settled: usize,
}

impl<'a> Search<'a> {
    fn run(
        layout: &'a Layout,
        uses: &'a Csr<State, Use>,
        progress: &OnProgress<'_>,
    ) -> Option<IndexVec<State, f64>> {
        let chances = IndexVec::filled(0.0, layout.state_count());
        let mut search = Self { layout, uses, chances, fresh: Vec::new(), levels: Vec::new(), settled: 0 };
        if layout.state_count() > 0 {
            search.offer(1.0, State::GIVEN);
        }
        let mut level = 0;
        while level < search.levels.len() {
            search.settle(level, progress)?;
            level += 1;
        }
        Some(search.chances)
    }

    /// Sixteen levels for each halving of a chance.
    fn level(chance: f64) -> usize {
        ((1f64.to_bits() - chance.to_bits()) >> 48) as usize
    }

    fn offer(&mut self, chance: f64, state: State) {
        let level = Self::level(chance);
        if level >= self.levels.len() {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push((chance, state));
    }

    /// Settles all that is offered at a level, and what that leads to at the same level, until nothing rises any more.
    fn settle(&mut self, level: usize, progress: &OnProgress<'_>) -> Option<()> {
        while !self.levels[level].is_empty() {
            for (chance, state) in std::mem::take(&mut self.levels[level]) {
                self.raise(state, chance);
            }
            while !self.fresh.is_empty() {
                for (state, uses) in std::mem::take(&mut self.fresh) {
                    self.offer_onward(state, uses);
                    self.settled += 1;
                    if !progress.goes_on_at(self.settled, self.layout.state_count()) {
                        return None;
                    }
                }
            }
        }
        Some(())
    }

    fn raise(&mut self, state: State, chance: f64) {
        let known = &mut self.chances[state];
        if chance > *known {
            *known = chance;
            let uses = self.uses.range(state);
            self.fresh.push((state, uses.start as u32..uses.end as u32));
        }
    }

    /// Offers what a state leads to its chance. What is certain rises with it at once.
    fn offer_onward(&mut self, state: State, uses: Range<u32>) {
        let all = self.uses;
        let chance = self.chances[state];
        for use_ in &all.values()[uses.start as usize..uses.end as usize] {
            let to = use_.to();
            // No step has a greater chance than what it needs.
            if self.chances[to] >= chance {
                continue;
            }
            if use_.is_certain() {
                self.raise(to, chance);
                continue;
            }
            // 0 until the other is come to as well.
            let through = use_.through(self.layout, &self.chances, chance);
            if through > self.chances[to] {
                self.offer(through, to);
            }
        }
    }
}

/// By state: the last step of the shortest path that has its chance, the lowest of several; none when there is none. Breadth first
/// over the steps that give their conclusions their chances, each taken once all it needs has been come to.
fn last_steps(
    layout: &Layout,
    uses: &Csr<State, Use>,
    chances: &IndexVec<State, f64>,
    progress: &OnProgress<'_>,
) -> Option<IndexVec<State, Step>> {
    let mut last = IndexVec::filled(Step::NONE, chances.len());
    let mut lengths = IndexVec::filled(u32::MAX, chances.len());
    let mut frontier: Vec<State> = Vec::new();
    if let Some(given) = lengths.get_mut(State::GIVEN) {
        *given = 0;
        frontier.push(State::GIVEN);
    }
    let (mut length, mut done) = (0, 0);
    while !frontier.is_empty() {
        length += 1;
        let mut next = Vec::new();
        for state in frontier {
            let chance = chances[state];
            done += 1;
            if !progress.goes_on_at(done, chances.len()) {
                return None;
            }
            for use_ in uses.row(state) {
                let to = use_.to();
                if lengths[to] < length
                    || use_.through(layout, chances, chance) != chances[to]
                    || chances[to] <= 0.0
                {
                    continue;
                }
                let come_to = |premise: State| lengths[premise] < length;
                if use_.is_pair() && !layout.premises(use_.step).all(come_to) {
                    continue;
                }
                if lengths[to] > length {
                    lengths[to] = length;
                    next.push(to);
                }
                last[to] = use_.step.min(last[to]);
            }
        }
        frontier = next;
    }
    Some(last)
}
