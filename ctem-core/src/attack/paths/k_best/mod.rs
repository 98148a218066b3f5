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
//! thousands of paths through a flat network are equally likely, and none is told before the others. Where the caller ends the
//! search it holds among those that were found by then.
//!
//! # What it costs
//! The bounds take one search backwards over what leads to the event, two where variables can help twice. Where no step needs
//! two premises and no variable guards ways to several nodes, a bound is what the rest really costs, and labels are little more
//! than what lies on the ways listed, besides detours as probable as they. Where many threats guard ways to many nodes, a label
//! that has one may hope that it helps again, and the search is wide. The most probable way with shared variables is an NP-hard
//! problem (a path of the fewest colours), so no search is fast on all graphs: [`Limits::nodes`] bounds the labels that are kept, and
//! what waits to about sixteen times as many.
//!
//! What it leaves out: ways less probable than the smallest positive number a float can hold.

mod heuristic;
mod witness;

use crate::{
    attack::{
        graph::{
            EventId, Snapshot, State, VariableId,
            condensed::{Arc, Coin, Condensed, Condition, Node, Through},
            index::{Csr, Id, IndexVec, ids},
        },
        limits::{Limits, Reason, Truncated},
        paths::{Witness, radix_heap::RadixHeap},
    },
    quantity::Probability,
};
use heuristic::Heuristic;
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
    /// are lower. There is none more probable than the last that is not listed.
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
}

impl KBestPaths {
    /// Finds the `at_most` most probable ways to a loss event; none to one that cannot happen or is not there.
    ///
    /// O(m log n) for the m steps that lead to the event, as far as they can matter to the best ways, and O(L (d + s) s) for L
    /// labels of sets of s variables at nodes with d arcs; see the module for how many labels there are. Takes 12 bytes a node, up
    /// to 16 a state and 13 a variable; 20 for a label, with 12 and 4 for each variable when its set is new, and 32 for what
    /// waits. Between labels, the caller is asked whether to go on.
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
        Self::find(snapshot, event, None, at_most, limits, &|_| true)
    }

    /// The same, of ways that differ in other things than these the most probable one alone.
    pub(crate) fn that_differ_in(
        differ_in: &dyn Fn(VariableId) -> bool,
        snapshot: &Snapshot,
        event: EventId,
        at_most: usize,
        limits: &Limits<'_>,
    ) -> Self {
        Self::find(snapshot, event, None, at_most, limits, differ_in)
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
        Self::find(snapshot, event, Some(variable), at_most, limits, &|_| true)
    }

    fn find(
        snapshot: &Snapshot,
        event: EventId,
        through: Option<VariableId>,
        at_most: usize,
        limits: &Limits<'_>,
        differ_in: &dyn Fn(VariableId) -> bool,
    ) -> Self {
        let Some(state) = snapshot.event(event) else { return Self::default() };
        let Some(goal) = snapshot.condensed.node(state).filter(|node| *node < snapshot.condensed.relevant())
        else {
            return Self::default();
        };
        let Some(heuristic) = Heuristic::of(snapshot, state, limits) else {
            return Self { truncated: Some(Truncated { reason: Reason::Stopped }), ..Self::default() };
        };
        let mut search = Search {
            snapshot,
            condensed: &snapshot.condensed,
            heuristic,
            goal,
            sets: Sets::default(),
            labels: IndexVec::default(),
            latest: IndexVec::filled(LabelId::NONE, snapshot.condensed.node_count()),
            waiting: RadixHeap::new(),
            waits: 0,
            offered: 0,
            looks: 0,
        };
        let mut listing = Listing {
            through,
            differ_in,
            at_most,
            listed: Vec::new(),
            seen: HashSet::new(),
            enough: Vec::new(),
        };
        let reason = search.run(&mut listing, limits);
        Self {
            list: listing.listed.into_iter().map(|label| search.way(state, label)).collect(),
            truncated: reason.map(|reason| Truncated { reason }),
        }
    }
}

/// Bounds are raised by so much that no rounding puts them below what they bound.
const SLACK: f64 = 1.0 + 1e-9;

/// So many labels are looked at or offered before the caller is asked.
const PATIENCE: u64 = 1 << 14;

/// So many offers may wait for each label that may be kept.
const OFFERS: usize = 16;

/// Sets may have so many variables for each label that may be kept: along a way of thousands each label has a set of thousands.
const MEMBERS: usize = 256;

/// Of sets on one rung so many are put in order at once; where more are equally likely, by lots of so many as they are found.
const MOST_EQUAL: usize = 1024;

/// A bound, rounded up to the next of rungs a millionth apart: what is as good as equally likely waits as equal, and what was
/// offered last comes first, so that a whole set is found before all that are as likely have begun.
fn on_rung(bound: f64) -> f64 {
    const DROPPED: u64 = (1 << 32) - 1;
    f64::from_bits((bound.to_bits() + DROPPED) & !DROPPED)
}

ids! {
    LabelId
    SetId
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    condensed: &'a Condensed,
    heuristic: Heuristic,
    goal: Node,
    sets: Sets,
    labels: IndexVec<LabelId, Label>,
    /// By node: its label that was kept last.
    latest: IndexVec<Node, LabelId>,
    waiting: RadixHeap<Offer>,
    /// How many offers wait, and how many there have been.
    waits: usize,
    offered: u32,
    /// How many labels were looked at or offered.
    looks: u64,
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
    /// The label of the same node that was kept before.
    before: LabelId,
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
        if search.looks < self.next {
            return true;
        }
        self.next = search.looks + PATIENCE;
        self.limits.progress.goes_on(search.labels.len() as u64, self.limits.nodes as u64)
    }
}

impl Search<'_> {
    /// Finds ways until there are enough; and why it ended before all were found.
    fn run(&mut self, listing: &mut Listing<'_>, limits: &Limits<'_>) -> Option<Reason> {
        // Labels of the event whose turn comes when nothing as probable is left.
        let mut equal: Vec<LabelId> = Vec::new();
        let mut scratch = Scratch::default();
        let reason = self.search(listing, &mut equal, &mut scratch, limits);
        // Who says stop is told these as well: nothing that is left is more probable, though something may be as probable and stand before.
        let stopped = reason == Some(Reason::Stopped);
        if stopped && !self.list(&mut equal, listing, &mut scratch) { Some(Reason::Enough) } else { reason }
    }

    fn search(
        &mut self,
        listing: &mut Listing<'_>,
        equal: &mut Vec<LabelId>,
        scratch: &mut Scratch,
        limits: &Limits<'_>,
    ) -> Option<Reason> {
        let mut rung = 1.0;
        let first = self.keep(Node::SOURCE, [LabelId::NONE; 2], scratch);
        let mut going = Going { limits, next: PATIENCE };
        if self.goal == Node::SOURCE {
            equal.push(first);
        } else if !self.expand(first, 1.0, scratch, &mut going) {
            return Some(Reason::Stopped);
        }
        loop {
            let next = self.waiting.pop();
            let below = next.is_none_or(|(bound, _)| bound < rung);
            if (below || equal.len() >= MOST_EQUAL) && !self.list(equal, listing, scratch) {
                return Some(Reason::Enough);
            }
            let (bound, offer) = next?;
            self.waits -= 1;
            if !going.on(self) {
                return Some(Reason::Stopped);
            }
            self.unite(offer.from, offer.condition, scratch);
            self.looks += listing.enough.len() as u64 * (1 + long(scratch)) / 16;
            let known = listing.enough.iter().any(|set| self.sets.is_part(*set, scratch));
            if known || scratch.chance <= 0.0 || self.was_taken_with_part(offer.to, scratch) {
                continue;
            }
            if listing.listed.len() >= listing.at_most {
                return Some(Reason::Enough);
            }
            if self.labels.len() >= limits.nodes
                || self.waits >= limits.nodes.saturating_mul(OFFERS)
                || self.sets.members.values().len() >= limits.nodes.saturating_mul(MEMBERS)
            {
                return Some(Reason::Nodes);
            }
            let label = self.keep(offer.to, offer.from, scratch);
            if offer.to == self.goal {
                rung = bound;
                equal.push(label);
            } else if !self.expand(label, bound, scratch, &mut going) {
                return Some(Reason::Stopped);
            }
        }
    }

    /// Lists labels of the event that are equally likely, in their order; whether there was room for all.
    fn list(&self, equal: &mut Vec<LabelId>, listing: &mut Listing<'_>, scratch: &mut Scratch) -> bool {
        equal.sort_by(|a, b| {
            let chances = self.chance_of(*b).total_cmp(&self.chance_of(*a));
            let (a, b) = (self.set_of(*a), self.set_of(*b));
            chances.then_with(|| (a.len(), a).cmp(&(b.len(), b)))
        });
        for label in equal.drain(..) {
            scratch.copy(self.set_of(label));
            if listing.enough.iter().any(|set| self.sets.is_part(*set, scratch)) {
                continue;
            }
            listing.enough.push(self.set_number(label));
            if listing.through.is_none_or(|variable| scratch.set.contains(&variable)) {
                let different = scratch.set.iter().copied().filter(|at| (listing.differ_in)(*at)).collect();
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
    fn expand(&mut self, label: LabelId, bound: f64, scratch: &mut Scratch, going: &mut Going<'_>) -> bool {
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
                    self.offer([label, LabelId::NONE], to, condition, bound, scratch);
                }
                Through::AndNode(id) => {
                    let and_node = condensed.and_node(id);
                    let mut with = self.latest[and_node.other(node)];
                    while !with.is_none() {
                        self.offer([label, with], to, and_node.condition, bound, scratch);
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

    fn offer(
        &mut self,
        from: [LabelId; 2],
        to: Node,
        condition: Condition,
        bound: f64,
        scratch: &mut Scratch,
    ) {
        self.looks += 1;
        self.unite(from, condition, scratch);
        if scratch.chance <= 0.0 {
            return;
        }
        let rest = if to == self.goal { 1.0 } else { self.heuristic.with(to, scratch.again) };
        let chance = (scratch.chance * rest * SLACK).max(f64::MIN_POSITIVE);
        self.waits += 1;
        self.offered = self.offered.wrapping_add(1);
        self.waiting.push(on_rung(chance).min(bound), Offer { number: self.offered, from, to, condition });
    }

    /// The variables that a step from labels needs, into `scratch`.
    fn unite(&mut self, from: [LabelId; 2], condition: Condition, scratch: &mut Scratch) {
        scratch.set.clear();
        for label in from.into_iter().filter_map(LabelId::some) {
            scratch.set.extend_from_slice(self.set_of(label));
        }
        scratch.same = if from[1].is_none() { self.set_number(from[0]) } else { SetId::NONE };
        let before = scratch.set.len();
        let variables = self.snapshot.layout.variables.len();
        // Threats folded into a finding's variable, which come behind the variables, are counted with it.
        let coins = self.condensed.coins(condition).map(Coin::variable);
        for variable in coins.filter(|variable| variable.index() < variables) {
            if self.chance(variable) < 1.0 && !scratch.set.contains(&variable) {
                scratch.set.push(variable);
            }
        }
        if scratch.set.len() > before {
            scratch.same = SetId::NONE;
        }
        if scratch.same.is_none() {
            scratch.set.sort_unstable();
            scratch.set.dedup();
        }
        self.looks += long(scratch);
        // In the order of the variables, so that equal sets have the same bits.
        (scratch.chance, scratch.again, scratch.sign) = (1.0, 0.0, 0);
        for variable in &scratch.set {
            scratch.chance *= self.chance(*variable);
            scratch.again = scratch.again.max(self.heuristic.again(*variable));
            scratch.sign |= sign(*variable);
        }
    }

    /// Whether a node was taken with a part of a set, or with all of it.
    fn was_taken_with_part(&mut self, node: Node, scratch: &Scratch) -> bool {
        let mut label = self.latest[node];
        while !label.is_none() {
            self.looks += 1 + long(scratch);
            let known = &self.labels[label];
            if self.sets.is_part(known.set, scratch) {
                return true;
            }
            label = known.before;
        }
        false
    }

    fn keep(&mut self, node: Node, from: [LabelId; 2], scratch: &mut Scratch) -> LabelId {
        let set = scratch.same.some().unwrap_or_else(|| self.sets.add(scratch));
        let label = self.labels.push(Label { node, set, from, before: self.latest[node] });
        self.latest[node] = label;
        label
    }
}

impl Search<'_> {
    fn chance(&self, variable: VariableId) -> f64 {
        self.snapshot.layout.chance_of(variable)
    }

    fn set_number(&self, label: LabelId) -> SetId {
        self.labels[label].set
    }

    fn set_of(&self, label: LabelId) -> &[VariableId] {
        self.sets.of(self.set_number(label))
    }

    fn chance_of(&self, label: LabelId) -> f64 {
        self.set_of(label).iter().fold(1.0, |product, variable| product * self.chance(*variable))
    }

    /// Writes a label of the event out.
    fn way(&self, event: State, label: LabelId) -> PathSet {
        let set = self.set_of(label);
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
            witness: Walk { snapshot: self.snapshot, set, nodes: &nodes }.to(event),
            chance: Probability::clamped(self.chance_of(label)),
            variables: set.into(),
        }
    }
}

/// Sets of variables, one behind the other; each ascending.
#[derive(Default)]
struct Sets {
    members: Csr<SetId, VariableId>,
    signs: IndexVec<SetId, u64>,
}

/// A set in the making.
struct Scratch {
    set: Vec<VariableId>,
    /// The set it is, when it is one that there is.
    same: SetId,
    chance: f64,
    /// The greatest bound from where one of its variables helps again.
    again: f64,
    sign: u64,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { set: Vec::new(), same: SetId::NONE, chance: 1.0, again: 0.0, sign: 0 }
    }
}

impl Scratch {
    fn copy(&mut self, set: &[VariableId]) {
        self.same = SetId::NONE;
        self.set.clear();
        self.set.extend_from_slice(set);
        self.sign = set.iter().fold(0, |signs, variable| signs | sign(*variable));
    }
}

impl Sets {
    fn add(&mut self, scratch: &Scratch) -> SetId {
        self.members.extend(scratch.set.iter().copied());
        self.signs.push(scratch.sign);
        self.members.end_row()
    }

    fn of(&self, set: SetId) -> &[VariableId] {
        self.members.row(set)
    }

    /// Whether all of a set is in another.
    fn is_part(&self, set: SetId, of: &Scratch) -> bool {
        if set == of.same {
            return true;
        }
        if self.signs[set] & !of.sign != 0 {
            return false;
        }
        let mut others = of.set.iter();
        self.of(set).iter().all(|variable| others.any(|other| other == variable))
    }
}

/// As how many looks at labels it counts to go through a set.
fn long(scratch: &Scratch) -> u64 {
    scratch.set.len() as u64 / 16
}

/// One of 64 bits for a variable: a set whose bits are not all another's is no part of it.
fn sign(variable: VariableId) -> u64 {
    1 << (u64::from(variable.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
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
        assert_eq!((few.list.len(), few.truncated), (0, Some(Truncated { reason: Reason::Nodes })));
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
        let found = KBestPaths::that_differ_in(&last_tier, &snapshot, leak, 2, &Limits::default());
        let lasts: HashSet<_> =
            found.list.iter().filter_map(|set| set.variables().find(|at| last_tier(*at))).collect();
        assert_eq!((found.list.len(), lasts.len()), (2, 2));
    }
}
