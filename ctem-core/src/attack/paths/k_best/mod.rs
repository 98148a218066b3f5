//! The most probable paths to a loss event, each a different set of what is uncertain: the k shortest paths of an AND/OR graph,
//! or the most probable *minimal path sets* of a reliability engineer.
//!
//! A *path set* is a set of uncertain variables, findings, entries, controls and threats, that is enough for the event and of which
//! none can be spared. Steps that are certain, or whose variable surely helps, make no difference between path sets: there are
//! astronomically many walks through a flat network, and one path set. Its chance is the product of its variables' chances,
//! each once, however often the walk needs them. Sets are what can be acted on: to end a path is to fix one of its set.
//!
//! # The search
//! A *label* is a node of the condensed graph with a set that is enough for it. Labels grow as an attacker does, from what is
//! given along steps, where a step with two premises unites the sets of two labels. The label that can still become the most
//! probable path set is taken first (A*, Hart, Nilsson and Raphael 1968), by its own chance times the bound of the rest that
//! [`heuristic`] knows. A label is dropped when its node was taken with a part of its set, or when a part of its set is enough
//! for the event.
//!
//! # Why the order is exact
//! *Claim.* While a path set D is not found, a label waits whose bound is at least D's chance.
//!
//! 1. Let Y be the nodes that were taken with a part of D. The source is in Y, and the event is not: D would be found.
//! 2. D is enough for the event. So it takes a step whose premises are in Y and whose conclusion is not, and from that conclusion a
//!    *spine*, one premise of each step, leads outside Y to the event.
//! 3. That step made a label, with a part of D as its set.
//! 4. The label was not dropped. Either its node were in Y, or a part of D were enough, and D would not be minimal. It was
//!    not taken either, or its node were in Y. So it waits.
//! 5. A variable of D on the spine is either in the label's set already or not.
//!    - It is not: then it is paid for in the rest, and the bound counts its chance at most once.
//!    - It is, and guards steps to one node alone: then that node were in Y, against 2.
//!    - It is, and guards steps to several nodes: then it need not be paid for again, and the bound allows for that.
//! 6. So the bound is at least D's chance. Bounds are raised a little above what they round to, so rounding changes nothing.
//!
//! Hence D waits as a whole before anything less probable is said to be next, and what is listed is a beginning of the whole list in
//! its order, even where the search ends early. Of equal chances the smaller set comes first, then the one whose least variable is
//! lower. Where more than 1,024 sets are as likely as each other, up to a millionth, that order holds among each 1,024 that are found:
//! thousands of paths through a flat network are equally likely, and none is told before the others. (Fewer, where they have more than
//! a million variables together.) Where the caller or a limit ends the search it holds among those that were found by then.
//!
//! # What it costs
//! The bounds take one search backwards over what leads to the event, two where variables can help twice. Where no step needs
//! two premises and no variable guards ways to several nodes, a bound is what the rest really costs, and labels are little more
//! than what lies on the ways listed, besides detours as probable as they. Where many threats guard ways to many nodes, a label
//! that has one may hope that it helps again, and the search is wide. The most probable way with shared variables is an NP-hard
//! problem (a path of the fewest colours), so no search is fast on all graphs: [`Limits::nodes`] bounds the labels that are kept, and
//! what waits and the parts of sets to about sixteen times as many. Where a limit ends the search before it has found a way, the one of
//! [`MostProbablePaths`] is listed: so there is one wherever the event can happen.
//!
//! What it leaves out: ways less probable than the smallest positive number a float can hold.

mod crowd;
mod heuristic;
mod sets;
mod witness;

use crate::{
    attack::{
        graph::{
            EventId, Snapshot, State, VariableId,
            condensed::{Arc, Coin, Condensed, Condition, Node, Through},
            index::{Id, IndexVec, ids},
        },
        limits::{Limits, Reason, Truncated},
        paths::{BestPathsToLosses, MostProbablePaths, Tracer, Witness, radix_heap::RadixHeap},
    },
    quantity::Probability,
};
use crowd::Crowd;
use heuristic::Heuristic;
use sets::{SetId, Sets};
use smallvec::SmallVec;
use std::collections::HashSet;
use witness::Walk;

/// The k most probable paths to a loss event (k shortest paths), each another minimal path set.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Limits, KBestPaths}, Probability};
///
/// // Two flaws in a row, or one rare one.
/// let mut graph = Graph::new();
/// let (web, vault) = (graph.state(), graph.state());
/// let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
/// let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
/// graph.step(&[], Some(outer), web)?;
/// graph.step(&[web], Some(inner), vault)?;
/// graph.step(&[], Some(rare), vault)?;
/// let event = graph.event(vault, 1e6)?;
///
/// let snapshot = graph.compile()?;
/// let ways = KBestPaths::to(&snapshot, event, 10, &Limits::default());
/// let sets: Vec<Vec<_>> = ways.list.iter().map(|way| way.variables().collect()).collect();
/// assert_eq!(sets, [vec![outer, inner], vec![rare]]);
/// assert_eq!(ways.list[0].chance.get(), 0.25);
/// assert_eq!(ways.list[0].witness.steps.len(), 2);
/// assert!(ways.truncated.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "k shortest paths")]
#[doc(alias = "minimal path set")]
#[doc(alias = "A*")]
#[doc(alias = "attack path")]
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct KBestPaths {
    /// The ways, the most probable first; of equally probable ones the one with fewer variables, then the one whose variables
    /// are lower. There is none more probable than the last that is not listed; see [`KBestPaths::to`] for the one exception.
    pub list: Vec<PathSet>,
    /// Why there are or may be more; nothing when these are all.
    pub truncated: Option<Truncated>,
}

/// A minimal path set: uncertain things that are enough for a loss event, and of which none can be spared.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
/// # let mut graph = Graph::new();
/// # let (web, vault) = (graph.state(), graph.state());
/// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
/// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
/// # graph.step(&[], Some(outer), web)?;
/// # graph.step(&[web], Some(inner), vault)?;
/// # graph.step(&[], Some(rare), vault)?;
/// # let event = graph.event(vault, 1e6)?;
/// # let snapshot = graph.compile()?;
/// // What does the most probable way need, all of it? To fix one of these ends it.
/// let ways = KBestPaths::to(&snapshot, event, 10, &Limits::default());
/// let needs: Vec<_> = ways.list[0].variables().filter_map(|variable| snapshot.key(variable)).collect();
/// assert_eq!(needs, [Key::of("finding", "outer"), Key::of("finding", "inner")]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "minimal path set")]
#[doc(alias = "path set")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PathSet {
    /// Steps an attacker can take with it, each after those it needs; the last leads to the event.
    pub witness: Witness,
    /// The chance that all of it helps, each thing counted once.
    pub chance: Probability,
    variables: SmallVec<[VariableId; 8]>,
}

impl PathSet {
    /// Its variables, the lowest first; none when the event surely happens.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (web, vault) = (graph.state(), graph.state());
    /// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
    /// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
    /// # graph.step(&[], Some(outer), web)?;
    /// # graph.step(&[web], Some(inner), vault)?;
    /// # graph.step(&[], Some(rare), vault)?;
    /// # let event = graph.event(vault, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// let ways = KBestPaths::to(&snapshot, event, 10, &Limits::default());
    /// assert_eq!(ways.list[0].variables().collect::<Vec<_>>(), [outer, inner]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn variables(&self) -> impl Iterator<Item = VariableId> {
        self.variables.iter().copied()
    }

    fn of(snapshot: &Snapshot, witness: Witness) -> Self {
        let mut variables = witness.variables.clone();
        variables.sort_unstable();
        let chance = Probability::clamped(snapshot.product(variables.iter().copied()));
        Self { witness, chance, variables }
    }
}

impl KBestPaths {
    /// Finds the `at_most` most probable ways to a loss event; none to one that cannot happen or is not there.
    ///
    /// O(m log n) for the m steps that lead to the event, as far as they can matter to the best ways, and O(L d log s) for L labels of
    /// sets of s variables at nodes with d arcs, where few sets lead to a node; see the module for how many labels there are. Takes 12
    /// bytes a node, up to 16 a state and 13 a variable; 24 for a label, with some 70 log s when its set is new, and 32 for what waits.
    /// Between labels, and between ways that are written out, the caller is asked whether to go on.
    ///
    /// Where a limit ends the search before one is found, the way of [`MostProbablePaths`] is listed alone. It is the most probable one
    /// unless something helps twice: then another can be more probable, and of its own set some could be spared.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (web, vault) = (graph.state(), graph.state());
    /// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
    /// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
    /// # graph.step(&[], Some(outer), web)?;
    /// # graph.step(&[web], Some(inner), vault)?;
    /// # graph.step(&[], Some(rare), vault)?;
    /// # let event = graph.event(vault, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// // The most probable one is enough; that there are more is said.
    /// let ways = KBestPaths::to(&snapshot, event, 1, &Limits::default());
    /// assert_eq!(ways.list.iter().map(|way| way.chance.get()).collect::<Vec<_>>(), [0.25]);
    /// assert_eq!(ways.truncated.map(|truncated| truncated.reason), Some(Reason::Enough));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn to(snapshot: &Snapshot, event: EventId, at_most: usize, limits: &Limits<'_>) -> Self {
        let wanted = Wanted { through: None, differ_in: &|_| true, at_most };
        Self::find(snapshot, event, &wanted, &|state| most_probable(snapshot, state), limits)
    }

    /// The same, of ways that differ in other things than these the most probable one alone; where the most probable way to the event is
    /// known.
    pub(crate) fn that_differ_in(
        differ_in: &dyn Fn(VariableId) -> bool,
        known: &dyn Fn(State) -> Option<Witness>,
        snapshot: &Snapshot,
        event: EventId,
        at_most: usize,
        limits: &Limits<'_>,
    ) -> Self {
        Self::find(snapshot, event, &Wanted { through: None, differ_in, at_most }, known, limits)
    }

    /// The same, of those ways only that need a variable.
    ///
    /// More probable ways that do without it are found on the way, and count against the limits.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, KBestPaths, Limits, Reason}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (web, vault) = (graph.state(), graph.state());
    /// # let mut flaw = |name, chance| Ok::<_, ctem_core::Error>(graph.variable(Key::of("finding", name), Probability::new(chance)?));
    /// # let (outer, inner, rare) = (flaw("outer", 0.5)?, flaw("inner", 0.5)?, flaw("rare", 0.125)?);
    /// # graph.step(&[], Some(outer), web)?;
    /// # graph.step(&[web], Some(inner), vault)?;
    /// # graph.step(&[], Some(rare), vault)?;
    /// # let event = graph.event(vault, 1e6)?;
    /// # let snapshot = graph.compile()?;
    /// // How does one get there by the rare flaw?
    /// let ways = KBestPaths::through(&snapshot, event, rare, 10, &Limits::default());
    /// assert_eq!(ways.list.iter().map(|way| way.chance.get()).collect::<Vec<_>>(), [0.125]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn through(
        snapshot: &Snapshot,
        event: EventId,
        variable: VariableId,
        at_most: usize,
        limits: &Limits<'_>,
    ) -> Self {
        let wanted = Wanted { through: Some(variable), differ_in: &|_| true, at_most };
        Self::find(snapshot, event, &wanted, &|_| None, limits)
    }

    fn find(
        snapshot: &Snapshot,
        event: EventId,
        wanted: &Wanted<'_>,
        known: &dyn Fn(State) -> Option<Witness>,
        limits: &Limits<'_>,
    ) -> Self {
        let Some(state) = snapshot.event(event) else { return Self::default() };
        let Some(goal) = snapshot.condensed.node(state).filter(|node| *node < snapshot.condensed.relevant())
        else {
            return Self::default();
        };
        let mut found = match Heuristic::of(snapshot, state, limits) {
            Some(heuristic) => Self::search(snapshot, (state, goal), &heuristic, wanted, limits),
            None => Self { truncated: Some(Truncated { reason: Reason::Stopped }), ..Self::default() },
        };
        let is_cut_short = found.truncated.is_some_and(|why| why.reason != Reason::Enough);
        if is_cut_short && found.list.is_empty() && wanted.at_most > 0 && wanted.through.is_none() {
            found.list.extend(known(state).map(|witness| PathSet::of(snapshot, witness)));
        }
        found
    }

    fn search(
        snapshot: &Snapshot,
        (state, goal): (State, Node),
        heuristic: &Heuristic,
        wanted: &Wanted<'_>,
        limits: &Limits<'_>,
    ) -> Self {
        let mut search = Search {
            snapshot,
            condensed: &snapshot.condensed,
            heuristic,
            goal,
            sets: Sets::new(&snapshot.layout, heuristic),
            labels: IndexVec::default(),
            latest: IndexVec::filled(LabelId::NONE, snapshot.condensed.node_count()),
            crowd: Crowd::default(),
            waiting: RadixHeap::new(),
            waits: 0,
            offered: 0,
        };
        let mut listing = Listing {
            through: wanted.through,
            differ_in: wanted.differ_in,
            at_most: wanted.at_most,
            listed: Vec::new(),
            seen: HashSet::new(),
            enough: Vec::new(),
        };
        let mut reason = search.run(&mut listing, limits);
        let mut list: Vec<PathSet> = Vec::new();
        let (mut done, mut asked) = (0, 0);
        for label in listing.listed {
            // One is always written out.
            if done - asked > WRITTEN && reason != Some(Reason::Stopped) {
                asked = done;
                if !limits.progress.goes_on(list.len() as u64, wanted.at_most as u64) {
                    reason = Some(Reason::Stopped);
                    break;
                }
            }
            list.push(search.way(state, label));
            done += list.last().map_or(0, |way| way.witness.steps.len());
        }
        Self { list, truncated: reason.map(|reason| Truncated { reason }) }
    }
}

/// Which ways are wanted.
struct Wanted<'a> {
    through: Option<VariableId>,
    differ_in: &'a dyn Fn(VariableId) -> bool,
    at_most: usize,
}

/// The most probable way to a state, computed anew.
fn most_probable(snapshot: &Snapshot, state: State) -> Option<Witness> {
    let best = MostProbablePaths::compute(snapshot);
    let onward = BestPathsToLosses::compute(snapshot, &best, &[], 0);
    Tracer::new(snapshot, &best, &onward).to(state)
}

/// So many steps are written out before the caller is asked.
const WRITTEN: usize = 1 << 12;

/// Bounds are raised by so much that no rounding puts them below what they bound.
const SLACK: f64 = 1.0 + 1e-9;

/// So many labels, and parts of their sets, are looked at before the caller is asked.
const PATIENCE: u64 = 1 << 14;

/// So many offers may wait for each label that may be kept.
const OFFERS: usize = 16;

/// Sets may have so many parts for each label that may be kept.
const PARTS: usize = 16;

/// Of sets on one rung so many are put in order at once; where more are equally likely, by lots of so many as they are found.
const MOST_EQUAL: usize = 1024;

/// The same of the variables in them.
const MOST_MEMBERS: usize = 1 << 20;

/// A bound, rounded up to the next of rungs a millionth apart: what is as good as equally likely waits as equal, and what was
/// offered last comes first, so that a whole set is found before all that are as likely have begun.
fn on_rung(bound: f64) -> f64 {
    const DROPPED: u64 = (1 << 32) - 1;
    f64::from_bits((bound.to_bits() + DROPPED) & !DROPPED)
}

ids! {
    LabelId
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    condensed: &'a Condensed,
    heuristic: &'a Heuristic,
    goal: Node,
    sets: Sets<'a>,
    labels: IndexVec<LabelId, Label>,
    /// By node: its label that was kept last.
    latest: IndexVec<Node, LabelId>,
    /// Those of nodes with many labels.
    crowd: Crowd,
    waiting: RadixHeap<Offer>,
    /// How many offers wait, and how many there have been.
    waits: usize,
    offered: u32,
}

/// What is listed, and of what.
struct Listing<'a> {
    through: Option<VariableId>,
    differ_in: &'a dyn Fn(VariableId) -> bool,
    at_most: usize,
    listed: Vec<LabelId>,
    /// What those differ in.
    seen: HashSet<Box<[VariableId]>>,
    /// Sets known to be enough.
    enough: Vec<SetId>,
}

/// A node that is compromised, with a set that is enough for it.
#[derive(Debug, Clone, Copy)]
struct Label {
    node: Node,
    set: SetId,
    /// The label it came from, and the other one where the step needed two.
    from: [LabelId; 2],
    /// The label of the same node that was kept before, and how many there are with this one.
    before: LabelId,
    count: u32,
}

/// A label that a step would make; of equally probable ones the last offered is first, to go deep before wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Offer {
    number: u32,
    from: [LabelId; 2],
    to: Node,
    condition: Condition,
}

/// When the caller is asked next.
struct Going<'a> {
    limits: &'a Limits<'a>,
    next: u64,
}

impl Going<'_> {
    /// Whether to go on.
    fn on(&mut self, search: &Search<'_>) -> bool {
        if search.sets.looks() < self.next {
            return true;
        }
        self.next = search.sets.looks() + PATIENCE;
        self.limits.progress.goes_on(search.labels.len() as u64, self.limits.nodes as u64)
    }
}

/// Labels of the event whose turn comes when nothing as probable is left, and of how many variables they are.
#[derive(Default)]
struct Equals {
    labels: Vec<LabelId>,
    members: usize,
}

impl Equals {
    fn is_full(&self) -> bool {
        self.labels.len() >= MOST_EQUAL || self.members >= MOST_MEMBERS
    }
}

impl Search<'_> {
    /// Finds ways until there are enough; and why it ended before all were found.
    fn run(&mut self, listing: &mut Listing<'_>, limits: &Limits<'_>) -> Option<Reason> {
        let mut equal = Equals::default();
        let reason = self.search(listing, &mut equal, limits);
        // What was found by then is told as well, whoever or whatever ended it: nothing that is left is more probable, though something
        // may be as probable and stand before.
        let ended = matches!(reason, Some(Reason::Stopped | Reason::Nodes));
        if ended && !self.list(&mut equal, listing) { Some(Reason::Enough) } else { reason }
    }

    fn search(
        &mut self,
        listing: &mut Listing<'_>,
        equal: &mut Equals,
        limits: &Limits<'_>,
    ) -> Option<Reason> {
        let mut rung = 1.0;
        let first = self.keep(Node::SOURCE, [LabelId::NONE; 2], SetId::NONE);
        let mut going = Going { limits, next: PATIENCE };
        if self.goal == Node::SOURCE {
            equal.labels.push(first);
        } else if !self.expand(first, 1.0, &mut going) {
            return Some(Reason::Stopped);
        }
        loop {
            let next = self.waiting.pop();
            let below = next.is_none_or(|(bound, _)| bound < rung);
            if (below || equal.is_full()) && !self.list(equal, listing) {
                return Some(Reason::Enough);
            }
            let (bound, offer) = next?;
            self.waits -= 1;
            if !going.on(self) {
                return Some(Reason::Stopped);
            }
            let set = self.unite(offer.from, offer.condition);
            if self.sets.chance(set) <= 0.0
                || self.is_enough(&listing.enough, set)
                || self.was_taken_with_part(offer.to, set)
            {
                continue;
            }
            if listing.listed.len() >= listing.at_most {
                return Some(Reason::Enough);
            }
            if self.labels.len() >= limits.nodes
                || self.waits >= limits.nodes.saturating_mul(OFFERS)
                || self.sets.len() >= limits.nodes.saturating_mul(PARTS)
            {
                return Some(Reason::Nodes);
            }
            let label = self.keep(offer.to, offer.from, set);
            if offer.to == self.goal {
                rung = bound;
                equal.labels.push(label);
                equal.members += self.sets.count(set);
            } else if !self.expand(label, bound, &mut going) {
                return Some(Reason::Stopped);
            }
        }
    }

    /// Lists labels of the event that are equally likely, in their order; whether there was room for all.
    fn list(&mut self, equal: &mut Equals, listing: &mut Listing<'_>) -> bool {
        let Equals { labels, .. } = std::mem::take(equal);
        let mut ordered: Vec<(f64, LabelId)> =
            labels.into_iter().map(|label| (self.chance_of(label), label)).collect();
        ordered.sort_by(|(chance, a), (other, b)| {
            other.total_cmp(chance).then_with(|| self.sets.order(self.set_of(*a), self.set_of(*b)))
        });
        for (_, label) in ordered {
            let set = self.set_of(label);
            if self.is_enough(&listing.enough, set) {
                continue;
            }
            listing.enough.push(set);
            let all = listing.enough.iter().rev().copied();
            self.crowd.add(Node::NONE, listing.enough.len(), all, &self.sets);
            if listing.through.is_none_or(|variable| self.sets.has(set, variable)) {
                self.sets.look(self.sets.count(set) as u64);
                let different = self.sets.members(set).filter(|at| (listing.differ_in)(*at)).collect();
                if listing.seen.contains(&different) {
                    continue;
                }
                if listing.listed.len() >= listing.at_most {
                    return false;
                }
                listing.seen.insert(different);
                listing.listed.push(label);
            }
        }
        true
    }

    /// Offers what steps from a label lead to, at most at the bound of the label.
    /// Whether the caller said to go on.
    fn expand(&mut self, label: LabelId, bound: f64, going: &mut Going<'_>) -> bool {
        let condensed = self.condensed;
        let node = self.labels[label].node;
        for Arc { to, via } in condensed.arcs(node).iter().copied() {
            // Arcs to what leads to a loss come first.
            if to >= condensed.relevant() {
                break;
            }
            if to == Node::SOURCE || self.heuristic.at(to) <= 0.0 {
                continue;
            }
            match via.through() {
                Through::Condition(condition) => {
                    self.offer([label, LabelId::NONE], to, condition, bound);
                }
                Through::AndNode(id) => {
                    let and_node = condensed.and_node(id);
                    let mut with = self.latest[and_node.other(node)];
                    while !with.is_none() {
                        self.offer([label, with], to, and_node.condition, bound);
                        with = self.labels[with].before;
                        if !going.on(self) {
                            return false;
                        }
                    }
                }
            }
            if !going.on(self) {
                return false;
            }
        }
        true
    }

    fn offer(&mut self, from: [LabelId; 2], to: Node, condition: Condition, bound: f64) {
        self.sets.look(1);
        let sets = from.map(|label| label.some().map_or(SetId::NONE, |label| self.set_of(label)));
        let mut chance = self.sets.chance_of_both(sets[0], sets[1]);
        let mut again = sets.into_iter().fold(0.0, |again, set| self.sets.again(set).max(again));
        for variable in self.uncertain(condition) {
            if sets.into_iter().all(|set| !self.sets.has(set, variable)) {
                chance *= self.snapshot.layout.chance_of(variable);
                again = self.heuristic.again(variable).max(again);
            }
        }
        if chance <= 0.0 {
            return;
        }
        let rest = if to == self.goal { 1.0 } else { self.heuristic.with(to, again) };
        let chance = (chance * rest * SLACK).max(f64::MIN_POSITIVE);
        self.waits += 1;
        self.offered = self.offered.wrapping_add(1);
        self.waiting.push(on_rung(chance).min(bound), Offer { number: self.offered, from, to, condition });
    }

    /// The variables that a step from labels needs.
    fn unite(&mut self, from: [LabelId; 2], condition: Condition) -> SetId {
        let sets = from.into_iter().filter_map(LabelId::some).map(|label| self.labels[label].set);
        let set = sets.fold(SetId::NONE, |set, other| self.sets.union(set, other));
        self.uncertain(condition).into_iter().fold(set, |set, variable| self.sets.with(set, variable))
    }

    /// The variables of a condition that make a difference, each once.
    fn uncertain(&self, condition: Condition) -> SmallVec<[VariableId; 4]> {
        let layout = &self.snapshot.layout;
        let mut variables = SmallVec::new();
        // Threats folded into a finding's variable, which come behind the variables, are counted with it.
        let coins = self.condensed.coins(condition).map(Coin::variable);
        for variable in coins.filter(|variable| variable.index() < layout.variables.len()) {
            if layout.chance_of(variable) < 1.0 && !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        variables
    }

    /// Whether a part of a set, or all of it, is enough for the event.
    fn is_enough(&self, enough: &[SetId], set: SetId) -> bool {
        self.crowd.has_part_of(set, Node::NONE, enough.len(), enough.iter().rev().copied(), &self.sets)
    }

    /// Whether a node was taken with a part of a set, or with all of it.
    fn was_taken_with_part(&self, node: Node, set: SetId) -> bool {
        let last = self.latest[node];
        let count = last.some().map_or(0, |last| self.labels[last].count);
        self.crowd.has_part_of(set, node, count as usize, sets_from(&self.labels, last), &self.sets)
    }

    fn keep(&mut self, node: Node, from: [LabelId; 2], set: SetId) -> LabelId {
        let before = self.latest[node];
        let count = before.some().map_or(0, |before| self.labels[before].count) + 1;
        let label = self.labels.push(Label { node, set, from, before, count });
        self.latest[node] = label;
        self.crowd.add(node, count as usize, sets_from(&self.labels, label), &self.sets);
        label
    }

    fn set_of(&self, label: LabelId) -> SetId {
        self.labels[label].set
    }

    /// The chance of a label's set, multiplied in the order of its variables as its path set's is.
    fn chance_of(&self, label: LabelId) -> f64 {
        let set = self.set_of(label);
        self.sets.look(self.sets.count(set) as u64 / 16);
        self.snapshot.product(self.sets.members(set))
    }

    /// Writes a label of the event out.
    fn way(&self, event: State, label: LabelId) -> PathSet {
        let variables: SmallVec<[VariableId; 8]> = self.sets.members(self.set_of(label)).collect();
        let mut nodes = Vec::new();
        let mut stack = vec![label];
        let mut seen = HashSet::new();
        while let Some(label) = stack.pop() {
            if seen.insert(label) {
                nodes.push(self.labels[label].node);
                stack.extend(self.labels[label].from.into_iter().filter_map(LabelId::some));
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        PathSet {
            witness: Walk { snapshot: self.snapshot, set: &variables, nodes: &nodes }.to(event),
            chance: Probability::clamped(self.snapshot.product(variables.iter().copied())),
            variables,
        }
    }
}

/// The sets of a node's labels from one on, the last kept first.
fn sets_from(labels: &IndexVec<LabelId, Label>, from: LabelId) -> impl Iterator<Item = SetId> {
    let all = std::iter::successors(from.some(), |label| labels[*label].before.some());
    all.map(|label| labels[label].set)
}

impl Snapshot {
    /// The chance that all of these help, multiplied in their order.
    fn product(&self, variables: impl Iterator<Item = VariableId>) -> f64 {
        variables.fold(1.0, |product, variable| product * self.layout.chance_of(variable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{Graph, Key, OnProgress};

    const FIRST: EventId = EventId::new(0);

    fn variable(graph: &mut Graph, number: u128, chance: f64) -> VariableId {
        graph.variable(Key::new(number), Probability::new(chance).unwrap())
    }

    fn sets(ways: &KBestPaths) -> Vec<Vec<u32>> {
        ways.list.iter().map(|way| way.variables().map(VariableId::number).collect()).collect()
    }

    #[test]
    fn what_surely_happens_has_one_way_with_nothing_uncertain() {
        let mut graph = Graph::new();
        let (a, b) = (graph.state(), graph.state());
        let flaw = variable(&mut graph, 1, 0.5);
        graph.step(&[], None, a).unwrap();
        graph.step(&[a], None, b).unwrap();
        graph.step(&[b], None, a).unwrap();
        graph.step(&[], Some(flaw), b).unwrap();
        graph.event(b, 1.0).unwrap();
        let ways = KBestPaths::to(&graph.compile().unwrap(), FIRST, 5, &Limits::default());
        assert_eq!((sets(&ways), ways.truncated), (vec![vec![]], None));
        assert_eq!((ways.list[0].chance.get(), ways.list[0].witness.steps.len()), (1.0, 2));
    }

    #[test]
    fn what_never_helps_is_on_no_way_and_what_surely_does_makes_none_different() {
        let mut graph = Graph::new();
        let (a, b) = (graph.state(), graph.state());
        let [never, surely, flaw] = [(1, 0.0), (2, 1.0), (3, 0.5)].map(|(n, p)| variable(&mut graph, n, p));
        graph.step(&[], Some(flaw), a).unwrap();
        graph.step(&[a], Some(surely), b).unwrap();
        graph.step(&[], Some(never), b).unwrap();
        graph.event(b, 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        let ways = KBestPaths::to(&snapshot, FIRST, 5, &Limits::default());
        assert_eq!((sets(&ways), ways.truncated), (vec![vec![2]], None));
        assert_eq!(KBestPaths::to(&snapshot, EventId::new(1), 5, &Limits::default()), KBestPaths::default());
    }

    #[test]
    fn a_threat_that_helps_often_counts_once() {
        // One threat three times at 0.25, against two flaws of 0.375 each.
        let mut graph = Graph::new();
        let first = graph.add_states(4);
        let states: Vec<State> = (0..4).map(|n| State(first.0 + n)).collect();
        let threat = variable(&mut graph, 1, 0.25);
        let flaws = [(2, 0.375), (3, 0.375)].map(|(n, p)| variable(&mut graph, n, p));
        graph.step(&[], Some(threat), states[0]).unwrap();
        graph.step(&[states[0]], Some(threat), states[1]).unwrap();
        graph.step(&[states[1]], Some(threat), states[3]).unwrap();
        graph.step(&[], Some(flaws[0]), states[2]).unwrap();
        graph.step(&[states[2]], Some(flaws[1]), states[3]).unwrap();
        graph.event(states[3], 1.0).unwrap();
        let ways = KBestPaths::to(&graph.compile().unwrap(), FIRST, 1, &Limits::default());
        assert_eq!((sets(&ways), ways.list[0].chance.get()), (vec![vec![0]], 0.25));
        assert_eq!(ways.truncated, Some(Truncated { reason: Reason::Enough }));
    }

    #[test]
    fn a_way_may_be_long_and_who_is_asked_may_end_the_search() {
        let mut graph = Graph::new();
        let length = 100_000;
        let first = graph.add_states(length);
        let flaw = variable(&mut graph, 1, 0.5);
        graph.step(&[], Some(flaw), first).unwrap();
        for n in 1..length {
            graph.step(&[State(first.0 + n - 1)], None, State(first.0 + n)).unwrap();
        }
        graph.event(State(first.0 + length - 1), 1.0).unwrap();
        let snapshot = graph.compile().unwrap();
        let ways = KBestPaths::to(&snapshot, FIRST, 1, &Limits::default());
        assert_eq!((ways.list[0].witness.steps.len(), ways.truncated), (length as usize, None));
        let stop = Limits { progress: OnProgress::new(&|_| false), ..Limits::default() };
        let stopped = KBestPaths::to(&snapshot, FIRST, 1, &stop);
        assert_eq!(stopped.truncated, Some(Truncated { reason: Reason::Stopped }));
        let few = KBestPaths::to(&snapshot, FIRST, 1, &Limits { nodes: 10, ..Limits::default() });
        assert_eq!(few.truncated, Some(Truncated { reason: Reason::Nodes }));
        // It is known without a search.
        assert_eq!((&few.list, &stopped.list), (&ways.list, &ways.list));
    }

    /// Four tiers of forty hosts, each reached from all of the one before: 2,560,000 sets of one chance. A flaw gives one access to its
    /// host or two.
    fn tiers(accesses: usize) -> (Snapshot, EventId) {
        let mut graph = Graph::new();
        let mut tier = vec![State::GIVEN];
        for number in 0..4u128 {
            let mut next = Vec::new();
            for host in 0..40u128 {
                let reached = graph.state();
                for from in &tier {
                    graph.step(&[*from], None, reached).unwrap();
                }
                let key = Key::new(number * 100 + host);
                let flaw = graph.variable(key, Probability::clamped(0.3));
                for access in 0..accesses {
                    let held = graph.state();
                    graph.step(&[reached], Some(flaw), held).unwrap();
                    if access == 0 {
                        next.push(held);
                    } else {
                        graph.event(held, 1.0).unwrap();
                    }
                }
            }
            tier = next;
        }
        let data = graph.state();
        for host in tier {
            graph.step(&[host], None, data).unwrap();
        }
        let leak = graph.event(data, 1.0).unwrap();
        (graph.compile().unwrap(), leak)
    }

    #[test]
    fn what_a_flaw_gives_besides_is_no_reason_to_look_further() {
        for accesses in [1, 2] {
            let (snapshot, leak) = tiers(accesses);
            let few = Limits { nodes: 5_000, ..Limits::default() };
            let found = KBestPaths::to(&snapshot, leak, 10, &few);
            assert_eq!((found.list.len(), found.truncated.unwrap().reason), (10, Reason::Enough));
            assert!(found.list.iter().all(|set| (set.chance.get() - 0.3_f64.powi(4)).abs() < 1e-12));
            // The same, however many are asked for.
            let first = KBestPaths::to(&snapshot, leak, 3, &few);
            assert_eq!(first.list, found.list[..3]);
        }
    }

    #[test]
    fn who_says_stop_is_told_what_is_found_by_then() {
        use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
        let (snapshot, leak) = tiers(2);
        let asked = AtomicU64::new(0);
        let ask = |_| asked.fetch_add(1, Relaxed) < 1;
        let stop = Limits { progress: OnProgress::new(&ask), ..Limits::default() };
        let found = KBestPaths::to(&snapshot, leak, usize::MAX, &stop);
        assert_eq!(found.truncated, Some(Truncated { reason: Reason::Stopped }));
        assert!(!found.list.is_empty() && asked.into_inner() == 2);
    }

    #[test]
    fn of_ways_that_differ_in_nothing_that_counts_one_is_listed() {
        let (snapshot, leak) = tiers(1);
        // Those of one host of the last tier.
        let last_tier = |at: VariableId| snapshot.key(at).is_some_and(|key| key >= Key::new(300));
        let limits = Limits::default();
        let found = KBestPaths::that_differ_in(&last_tier, &|_| None, &snapshot, leak, 2, &limits);
        let lasts: HashSet<_> =
            found.list.iter().filter_map(|set| set.variables().find(|at| last_tier(*at))).collect();
        assert_eq!((found.list.len(), lasts.len()), (2, 2));
    }

    /// One after the other so many hosts, each with so many flaws, of which the first are the likeliest.
    fn in_series(length: u32, flaws: u32) -> (Snapshot, EventId) {
        let mut graph = Graph::new();
        let first = graph.add_states(length);
        for n in 0..length {
            let from = if n == 0 { State::GIVEN } else { State(first.0 + n - 1) };
            for flaw in 0..flaws {
                let chance = 1.0 - (1.0 + f64::from(flaw)) * 1e-4;
                let flaw = variable(&mut graph, u128::from(n * flaws + flaw), chance);
                graph.step(&[from], Some(flaw), State(first.0 + n)).unwrap();
            }
        }
        let event = graph.event(State(first.0 + length - 1), 1.0).unwrap();
        (graph.compile().unwrap(), event)
    }

    /// A loss that needs all of so many hosts, each with a flaw.
    fn side_by_side(width: u32) -> (Snapshot, EventId) {
        let mut graph = Graph::new();
        let mut all = State::GIVEN;
        for n in 0..width {
            let (host, both) = (graph.state(), graph.state());
            let flaw = variable(&mut graph, u128::from(n), 1.0 - 1e-4);
            graph.step(&[], Some(flaw), host).unwrap();
            graph.step(&[all, host], None, both).unwrap();
            all = both;
        }
        let event = graph.event(all, 1.0).unwrap();
        (graph.compile().unwrap(), event)
    }

    /// So many entry points, each as likely as no other, to one host with one flaw.
    fn star(entries: u32) -> (Snapshot, EventId) {
        let mut graph = Graph::new();
        let (hub, held) = (graph.state(), graph.state());
        for n in 0..entries {
            let entry = variable(&mut graph, u128::from(n), 0.9 - f64::from(n) * 1e-5);
            graph.step(&[], Some(entry), hub).unwrap();
        }
        let flaw = variable(&mut graph, u128::from(entries), 0.5);
        graph.step(&[hub], Some(flaw), held).unwrap();
        let event = graph.event(held, 1.0).unwrap();
        (graph.compile().unwrap(), event)
    }

    #[test]
    fn work_grows_as_the_ways_and_not_as_their_square() {
        use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
        let asks = |(snapshot, event): (Snapshot, EventId), at_most, length: usize| {
            let asked = AtomicU64::new(0);
            let ask = |_| {
                asked.fetch_add(1, Relaxed);
                true
            };
            let limits = Limits { progress: OnProgress::new(&ask), ..Limits::default() };
            // Ways that differ in entries alone are one.
            let flaws = |at: VariableId| snapshot.variable(at).is_some_and(|at| at.chance.get() != 0.9);
            let last = VariableId::from_index(snapshot.variables().len() - 1);
            let differ_in = |at: VariableId| length > 2 || (flaws(at) && at == last);
            let found = KBestPaths::that_differ_in(&differ_in, &|_| None, &snapshot, event, at_most, &limits);
            assert!(!found.list.is_empty() && found.list.iter().all(|way| way.variables().count() == length));
            asked.into_inner()
        };
        for (what, small, large) in [
            ("in series", asks(in_series(4_000, 1), 10, 4_000), asks(in_series(16_000, 1), 10, 16_000)),
            ("with others", asks(in_series(2_000, 2), 10, 2_000), asks(in_series(8_000, 2), 10, 8_000)),
            ("side by side", asks(side_by_side(4_000), 10, 4_000), asks(side_by_side(16_000), 10, 16_000)),
            ("star", asks(star(4_000), 10, 2), asks(star(16_000), 10, 2)),
        ] {
            assert!(
                small > 0 && large <= 6 * small.max(4),
                "{what}: {small} asks, and {large} of four times as many"
            );
        }
    }

    #[test]
    fn a_way_is_listed_whatever_the_limits() {
        let (snapshot, event) = in_series(3_000, 2);
        let all = KBestPaths::to(&snapshot, event, 3, &Limits::default());
        assert_eq!(all.list.len(), 3);
        let stop = OnProgress::new(&|_| false);
        for limits in [
            Limits { nodes: 0, ..Limits::default() },
            Limits { nodes: 2_000, ..Limits::default() },
            Limits { progress: stop, ..Limits::default() },
        ] {
            let few = KBestPaths::to(&snapshot, event, 3, &limits);
            assert_eq!((&few.list[..], few.truncated.is_some()), (&all.list[..1], true));
        }
    }
}
