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
use std::{cmp::Reverse, ops::Range};

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
    labels: IndexVec<State, Label>,
}

impl MostProbablePaths {
    /// Finds the most probable path to every state. O(n + m) in practice, with 16 bytes for each premise of a step and some 24 a state
    /// while it runs; 16 bytes a state after.
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
        Self::compute_while(snapshot, &OnProgress::default()).unwrap_or(Self { labels: IndexVec::default() })
    }

    /// The same; none where the caller, who is asked on the way, says not to go on.
    pub(crate) fn compute_while(snapshot: &Snapshot, progress: &OnProgress<'_>) -> Option<Self> {
        let layout = &snapshot.layout;
        let uses = uses(layout);
        let all = layout.state_count() as u64;
        if !progress.goes_on(all, all) {
            return None;
        }
        Some(Self { labels: Search::run(layout, &uses, progress)? })
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
        Probability::clamped(self.labels.get(state).map_or(0.0, |label| label.chance))
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
        self.labels.get(state)?.last.some()
    }

    pub(crate) fn value(&self, state: State) -> f64 {
        self.labels[state].chance
    }

    /// The product of the chances of a step's premises; what is absent counts as given.
    pub(super) fn premises(&self, snapshot: &Snapshot, step: Step) -> f64 {
        let [first, second] = snapshot.layout.premise_pair(step);
        self.value(first) * second.some().map_or(1.0, |second| self.value(second))
    }
}

/// The most probable path to a state, as far as it is known.
#[derive(Debug, Clone, Copy)]
struct Label {
    chance: f64,
    /// How many steps it has.
    length: u32,
    last: Step,
}

impl Label {
    /// No path.
    const NONE: Self = Self { chance: 0.0, length: u32::MAX, last: Step::NONE };

    /// Whether another path comes before this one, or beside it by a step that comes first.
    fn gives_way(&self, other: &Self) -> bool {
        let rank = |label: &Self| (Reverse(label.length), Reverse(label.last));
        other.chance > self.chance || (other.chance == self.chance && rank(other) > rank(self))
    }
}

/// A step that needs a state: its conclusion, marked with what the step asks for, and the chance of its variable.
#[derive(Clone, Copy, Default)]
struct Use {
    chance: f64,
    to: u32,
    step: Step,
}

impl Use {
    const CERTAIN: u32 = 1 << 31;
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
}

/// By state: the steps that need it. O(n + m).
fn uses(layout: &Layout) -> Csr<State, Use> {
    let mut uses = Csr::default();
    uses.make_room(layout.state_count(), layout.conclusions.ids().flat_map(|step| layout.premises(step)));
    for (step, conclusion) in layout.conclusions.entries() {
        let guard = layout.guards[step].some();
        let [first, second] = layout.premise_pair(step);
        let mark = match (second.some(), guard) {
            (None, None) => Use::CERTAIN,
            (None, Some(_)) => 0,
            (Some(_), _) => Use::PAIR,
        };
        let chance = guard.map_or(1.0, |guard| layout.chance_of(guard));
        let use_ = Use { chance, to: conclusion.0 | mark, step };
        uses.put(first, use_);
        if let Some(second) = second.some() {
            uses.put(second, use_);
        }
    }
    uses.close();
    uses
}

struct Search<'a> {
    layout: &'a Layout,
    uses: &'a Csr<State, Use>,
    labels: IndexVec<State, Label>,
    /// States whose path has got better, with where what needs them is: read well before it is looked at, so that it is on its way.
    fresh: Vec<(State, Range<u32>)>,
    /// By level, the best chances first: paths that lead to a state.
    levels: Vec<Vec<(State, Label)>>,
    settled: usize,
}

impl<'a> Search<'a> {
    fn run(
        layout: &'a Layout,
        uses: &'a Csr<State, Use>,
        progress: &OnProgress<'_>,
    ) -> Option<IndexVec<State, Label>> {
        let labels = IndexVec::filled(Label::NONE, layout.state_count());
        let mut search = Self { layout, uses, labels, fresh: Vec::new(), levels: Vec::new(), settled: 0 };
        if layout.state_count() > 0 {
            search.offer(State::GIVEN, Label { chance: 1.0, length: 0, last: Step::NONE });
        }
        let mut level = 0;
        while level < search.levels.len() {
            search.settle(level, progress)?;
            level += 1;
        }
        Some(search.labels)
    }

    /// Which level a chance is on: sixteen to each halving, of the bits of a float, whose exponent and first digits they are.
    fn level(chance: f64) -> usize {
        ((1f64.to_bits() - chance.to_bits()) >> 48) as usize
    }

    fn offer(&mut self, state: State, label: Label) {
        let level = Self::level(label.chance);
        if level >= self.levels.len() {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push((state, label));
    }

    /// Takes what waits on a level until nothing does: what it leads to may be on the same one. None where it is told to stop.
    fn settle(&mut self, level: usize, progress: &OnProgress<'_>) -> Option<()> {
        while !self.levels[level].is_empty() {
            for (state, label) in std::mem::take(&mut self.levels[level]) {
                self.improve(state, label);
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

    fn improve(&mut self, state: State, label: Label) {
        let known = &mut self.labels[state];
        if !known.gives_way(&label) {
            return;
        }
        // A path by another step, as likely and as long, changes nothing for what comes after.
        let further = label.chance > known.chance || label.length < known.length;
        *known = label;
        if further {
            let uses = self.uses.range(state);
            self.fresh.push((state, uses.start as u32..uses.end as u32));
        }
    }

    fn offer_onward(&mut self, state: State, uses: Range<u32>) {
        let all = self.uses;
        let Label { chance, length, .. } = self.labels[state];
        for use_ in &all.values()[uses.start as usize..uses.end as usize] {
            let to = use_.to();
            let known = self.labels[to];
            // No step has a greater chance than what it needs, and each is one longer.
            if known.chance > chance || (known.chance == chance && known.length <= length) {
                continue;
            }
            let onward = Label { chance, length: length + 1, last: use_.step };
            if use_.is_certain() {
                self.improve(to, onward);
                continue;
            }
            let onward = if use_.is_pair() {
                let [first, second] = self.layout.premise_pair(use_.step).map(|premise| self.labels[premise]);
                // Grouped so that a threat gives the same bits as a premise as when it is folded into the variable. It is 0 until the
                // other is come to as well.
                let chance = first.chance * (second.chance * use_.chance);
                Label { chance, length: first.length.max(second.length).saturating_add(1), ..onward }
            } else {
                Label { chance: chance * use_.chance, ..onward }
            };
            if onward.chance > 0.0 && known.gives_way(&onward) {
                self.offer(to, onward);
            }
        }
    }
}
