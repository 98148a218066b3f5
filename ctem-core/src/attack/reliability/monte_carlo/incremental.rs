//! Worlds that stay: what falls in each is kept, and a change costs what it touches.

use super::{Block, SampleStatistics, Worlds, block::Lanes, run::count};
use crate::{
    attack::{
        graph::{
            EventId, Key, Overlay, State,
            condensed::{Arc, Coin, Condition, Node, Through, Via},
            draw,
            index::{Csr, Id, IndexVec},
            view::View,
        },
        limits::{Limits, Reason, Truncated},
    },
    error::Result,
    quantity::Probability,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many blocks of 64 worlds are kept side by side.
const K: usize = 8;

/// A Monte Carlo sample whose worlds are kept, so that a change of the graph is followed only where it changes what falls.
///
/// What it counts after any number of changes equals, to the bit, what a fresh run over the changed graph counts. A variable that
/// helps in more worlds, and a new step, are followed forwards from where they first matter. Where a variable helps in fewer
/// worlds, each node it led to there is asked for another derivation, by a depth-first search backwards to something given; a
/// node that has none no longer falls, and what it led to is asked in turn. Where steps need two states, all that may have
/// depended on the variable is taken back and derived again.
///
/// Memory: one bit for each state and world.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
///
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// let epss = Key::of("threat", "CVE-2021-44228");
/// let flaw = graph.variable(epss, Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// let crash = graph.event(shop, 1000.0)?;
/// let snapshot = graph.compile()?;
/// let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
/// let before = kept.tally().happened(crash);
/// kept.chance(epss, Probability::new(0.5)?)?;
/// assert!(kept.tally().happened(crash) > before);
/// kept.chance(epss, Probability::new(0.3)?)?;
/// assert_eq!(kept.tally().happened(crash), before);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "incremental")]
#[doc(alias = "dynamic reachability")]
#[doc(alias = "Monte Carlo")]
pub struct IncrementalSample<'a> {
    overlay: Overlay<'a>,
    kept: Kept,
    truncated: Option<Truncated>,
}

/// What has fallen, and what is needed to change it.
struct Kept {
    seed: u64,
    /// By K blocks.
    groups: Vec<Group>,
    /// By node: the arcs that lead to it.
    into: Csr<Node, Incoming>,
    /// By coin: the arcs that its help opens.
    opened: Csr<Coin, Opened>,
    /// Arcs that changes have added, by where they lead.
    added: HashMap<Node, Vec<Incoming>>,
    /// Whether any step needs two nodes.
    has_and_nodes: bool,
    /// By node: its loss events, with their losses in units.
    events: HashMap<Node, Vec<(EventId, u64)>>,
    /// By world: what is lost in it, in units.
    lost: Vec<u64>,
    tally: SampleStatistics,
}

/// The worlds of K blocks.
struct Group {
    /// Where each node has fallen.
    fallen: IndexVec<Node, Lanes<K>>,
    /// Which lanes are worlds.
    lanes: Lanes<K>,
}

/// An arc as it is seen from where it leads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Incoming {
    from: Node,
    via: Via,
}

/// An arc that a coin opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Opened {
    from: Node,
    to: Node,
    via: Via,
}

impl<'a> IncrementalSample<'a> {
    pub(super) fn new(worlds: &Worlds<'a>, limits: &Limits<'_>) -> Self {
        let overlay = worlds.overlay.cloned().unwrap_or_else(|| Overlay::new(worlds.snapshot));
        let (kept, truncated) = Kept::new(overlay.changed_view(), worlds, limits);
        Self { overlay, kept, truncated }
    }

    /// What is counted, with all changes so far.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
    /// assert!(kept.tally().happened(crash) > 0);
    /// kept.chance(flaw, Probability::ZERO)?;
    /// assert_eq!(kept.tally().happened(crash), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn tally(&self) -> &SampleStatistics {
        &self.kept.tally
    }

    /// The changes so far.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Does a fresh run over the changed graph count the same?
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// let mut kept = worlds.keep(&limits);
    /// assert!(kept.overlay().is_empty());
    /// kept.chance(flaw, Probability::new(0.1)?)?;
    /// assert_eq!(&worlds.with(kept.overlay()).run(&limits).tally, kept.tally());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn overlay(&self) -> &Overlay<'a> {
        &self.overlay
    }

    /// Why it has fewer worlds than it was to have.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, OnProgress, Reason, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// let stop = Limits { progress: OnProgress::new(&|_| false), ..Limits::default() };
    /// let kept = Worlds::new(&snapshot, 7).keep(&stop);
    /// assert_eq!(kept.truncated().map(|truncated| truncated.reason), Some(Reason::Stopped));
    /// assert!(kept.tally().worlds() < stop.worlds);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn truncated(&self) -> Option<Truncated> {
        self.truncated
    }

    /// Changes the chance of a variable. In how many worlds a loss event happens for it that did not, or no longer does, comes back.
    ///
    /// # Errors
    /// As [`Overlay::chance`].
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
    /// // In how many worlds does fixing the flaw save the shop? In all in which it fell.
    /// let fell = kept.tally().happened(crash);
    /// assert_eq!(kept.chance(flaw, Probability::ZERO)?, fell);
    /// assert_eq!(kept.chance(Key::of("finding", "f-9"), Probability::ZERO).unwrap_err().code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance(&mut self, key: Key, chance: Probability) -> Result<u64> {
        let coin = self.overlay.known_coin(key)?;
        let (seeded, before) = self.overlay.changed_view().coin(coin, self.kept.seed);
        self.overlay.chance(key, chance)?;
        let view = self.overlay.changed_view();
        let (_, after) = view.coin(coin, self.kept.seed);
        let touched = self.kept.redraw(view, coin, seeded, before, after);
        if view.first_conditions().iter().any(|condition| view.coins(*condition).any(|other| other == coin)) {
            self.kept.begin_anew(view);
        }
        Ok(touched)
    }

    /// Adds a variable.
    ///
    /// # Errors
    /// As [`Overlay::variable`].
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
    /// // What if a second, sure way in were found?
    /// let found = Key::of("finding", "f-2");
    /// kept.variable(found, Probability::ONE)?;
    /// kept.step(&[], &[found], shop)?;
    /// assert_eq!(kept.tally().happened(crash), kept.tally().worlds());
    /// assert_eq!(kept.variable(flaw, Probability::ONE).unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn variable(&mut self, key: Key, chance: Probability) -> Result<()> {
        self.overlay.variable(key, chance)
    }

    /// Adds a state.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
    /// // What if a partner, whom an attacker holds already, were let into the shop?
    /// let partner = kept.state();
    /// kept.step(&[], &[], partner)?;
    /// kept.step(&[partner], &[], shop)?;
    /// assert_eq!(kept.tally().happened(crash), kept.tally().worlds());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn state(&mut self) -> State {
        let state = self.overlay.state();
        for group in &mut self.kept.groups {
            group.fallen.push([0; K]);
        }
        state
    }

    /// Adds a step. In how many worlds a loss event happens for it that did not comes back.
    ///
    /// # Errors
    /// As [`Overlay::step`].
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut kept = Worlds::new(&snapshot, 7).keep(&Limits::default());
    /// // How many more worlds lose the shop once it stands open?
    /// let fell = kept.tally().happened(crash);
    /// let more = kept.step(&[], &[], shop)?;
    /// assert_eq!(fell + more, kept.tally().worlds());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn step(&mut self, premises: &[State], guards: &[Key], conclusion: State) -> Result<u64> {
        let arcs = self.overlay.arcs_of(premises, guards, conclusion)?;
        let view = self.overlay.changed_view();
        let touched = self.kept.add(view, &arcs);
        self.kept.begin_anew(view);
        Ok(touched)
    }
}

impl Kept {
    fn new(view: View<'_>, worlds: &Worlds<'_>, limits: &Limits<'_>) -> (Self, Option<Truncated>) {
        let seed = worlds.seed;
        let (events, mut tally) = (worlds.events(), worlds.tally());
        let mut block: Block<'_, K> = Block::new(view, seed, true);
        let (mut groups, mut lost, mut truncated) = (Vec::new(), Vec::new(), None);
        let (mut first, blocks) = (0, limits.worlds.div_ceil(64));
        while first < blocks {
            let goes_on = || limits.progress.goes_on(first * 64, blocks.saturating_mul(64));
            let see = |world: &[u64; 64]| lost.extend_from_slice(world);
            let left = blocks - first;
            // Of the first worlds there are some, whatever the caller says: what is kept is changed, and must be there.
            let within = || first == 0 || goes_on();
            let Some(taken) = count(&mut block, first, left, &events, &mut tally, within, see) else {
                truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            };
            let lanes = std::array::from_fn(|word| if (word as u64) < taken { u64::MAX } else { 0 });
            let fallen = Node::first(view.node_count()).map(|node| block.fallen(node)).collect();
            groups.push(Group { fallen, lanes });
            first += taken;
            if first < blocks && !limits.progress.goes_on(first * 64, blocks.saturating_mul(64)) {
                truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            }
        }
        let mut by_node: HashMap<Node, Vec<(EventId, u64)>> = HashMap::new();
        for (event, (node, units)) in (0..).map(EventId).zip(events) {
            by_node.entry(node).or_default().push((event, units));
        }
        let into = turned_round(view);
        let opened = opened(view, &into);
        let kept = Self {
            seed,
            groups,
            into,
            opened,
            added: HashMap::new(),
            has_and_nodes: !view.has_no_and_nodes(),
            events: by_node,
            lost,
            tally,
        };
        (kept, truncated)
    }

    /// Follows a coin that helps in other worlds.
    fn redraw(&mut self, view: View<'_>, coin: Coin, seeded: u64, before: u64, after: u64) -> u64 {
        let mut touched = 0;
        for group in 0..self.groups.len() {
            let first = (group * K) as u64;
            let drawn = |threshold: u64| -> Lanes<K> {
                let lanes = &self.groups[group].lanes;
                std::array::from_fn(|word| match lanes[word] {
                    0 => 0,
                    lanes => lanes & draw::worlds(seeded, first + word as u64, threshold),
                })
            };
            let (old, new) = (drawn(before), drawn(after));
            if old == new {
                continue;
            }
            let mut now = Now { kept: self, view, group, changed: HashMap::new() };
            let added = now.kept.added.iter().flat_map(|(to, arcs)| {
                let opens = |via| view.coins(view.condition(via)).any(|other| other == coin);
                let opened = arcs.iter().filter(move |arc| opens(arc.via));
                opened.map(|Incoming { from, via }| Opened { from: *from, to: *to, via: *via })
            });
            let mut added: Vec<_> = added.collect();
            added.sort_unstable();
            let arcs: Vec<_> = now.kept.opened_by(coin).iter().copied().chain(added).collect();
            for arc in &arcs {
                let more: Lanes<K> = std::array::from_fn(|word| new[word] & !old[word]);
                now.arrive(*arc, more);
            }
            let mut ended = Vec::new();
            for Opened { from, to, via } in &arcs {
                let fewer: Lanes<K> = std::array::from_fn(|word| old[word] & !new[word]);
                let lanes = and(now.through(*from, *via, fewer, Some(coin)), now.fallen(*to));
                if lanes != [0; K] {
                    ended.push((*to, lanes));
                }
            }
            if now.kept.has_and_nodes {
                now.derive_again(&ended);
            } else {
                now.drop_underivable(&ended);
            }
            touched += now.settle_counts();
        }
        touched
    }

    /// Counts anew where an attack begins.
    fn begin_anew(&mut self, view: View<'_>) {
        let conditions = view.first_conditions();
        let mut begun = 0;
        for (group, Group { lanes, .. }) in (0..).zip(&self.groups) {
            for (word, lanes) in (0..).zip(lanes).filter(|(_, lanes)| **lanes != 0) {
                let block = group * K as u64 + word;
                let open = |condition: &Condition| {
                    let coins = view.coins(*condition);
                    coins.fold(u64::MAX, |open, coin| open & view.drawn(coin, self.seed, block))
                };
                let any = if conditions.is_empty() {
                    u64::MAX
                } else {
                    conditions.iter().fold(0, |any, condition| any | open(condition))
                };
                begun += u64::from((any & lanes).count_ones());
            }
        }
        self.tally.begin_anew(view.first_chance(), begun);
    }

    /// Follows new arcs.
    fn add(&mut self, view: View<'_>, arcs: &[(Node, Arc)]) -> u64 {
        for (from, arc) in arcs {
            self.added.entry(arc.to).or_default().push(Incoming { from: *from, via: arc.via });
            self.has_and_nodes |= arc.via.is_and_node();
        }
        let mut touched = 0;
        for group in 0..self.groups.len() {
            let lanes = self.groups[group].lanes;
            let mut now = Now { kept: self, view, group, changed: HashMap::new() };
            for (from, arc) in arcs {
                now.arrive(Opened { from: *from, to: arc.to, via: arc.via }, lanes);
            }
            touched += now.settle_counts();
        }
        touched
    }
}

/// A change under way in one group of worlds.
struct Now<'k, 'v> {
    kept: &'k mut Kept,
    view: View<'v>,
    group: usize,
    /// By node with loss events: where it had fallen before.
    changed: HashMap<Node, Lanes<K>>,
}

impl Now<'_, '_> {
    fn fallen(&self, node: Node) -> Lanes<K> {
        self.kept.groups[self.group].fallen[node]
    }

    fn set(&mut self, node: Node, fallen: Lanes<K>) {
        let slot = &mut self.kept.groups[self.group].fallen[node];
        let before = std::mem::replace(slot, fallen);
        if self.kept.events.contains_key(&node) {
            self.changed.entry(node).or_insert(before);
        }
    }

    /// Of the lanes, those in which an arc from a node is open; a coin that is asked about counts as helping.
    fn through(&self, from: Node, via: Via, lanes: Lanes<K>, but: Option<Coin>) -> Lanes<K> {
        let mut open = and(lanes, self.fallen(from));
        let condition = match via.through() {
            Through::Condition(condition) => condition,
            Through::AndNode(id) => {
                let and_node = self.view.and_node(id);
                let [first, second] = and_node.premises;
                open = and(open, and(self.fallen(first), self.fallen(second)));
                and_node.condition
            }
        };
        if condition == Condition::OPEN {
            return open;
        }
        for coin in self.view.coins(condition).filter(|coin| Some(*coin) != but) {
            let (seeded, threshold) = self.view.coin(coin, self.kept.seed);
            for (word, open) in open.iter_mut().enumerate().filter(|(_, open)| **open != 0) {
                *open &= draw::worlds(seeded, (self.group * K + word) as u64, threshold);
            }
        }
        open
    }

    /// Lets an arc be taken in more lanes, and all that follows.
    fn arrive(&mut self, arc: Opened, lanes: Lanes<K>) {
        let mut waiting = vec![(arc, lanes)];
        while let Some((Opened { from, to, via }, lanes)) = waiting.pop() {
            let fallen = self.fallen(to);
            let lanes = std::array::from_fn(|word| lanes[word] & !fallen[word]);
            if lanes == [0; K] {
                continue;
            }
            let new = self.through(from, via, lanes, None);
            if new == [0; K] {
                continue;
            }
            self.set(to, std::array::from_fn(|word| fallen[word] | new[word]));
            let next = self.view.all_arcs(to);
            waiting.extend(next.map(|arc| (Opened { from: to, to: arc.to, via: arc.via }, new)));
        }
    }

    /// In each lane, asks of what an arc no longer leads to whether it is still come to, and takes back what is not.
    fn drop_underivable(&mut self, ended: &[(Node, Lanes<K>)]) {
        for word in 0..K {
            let mut lanes = ended.iter().fold(0, |all, (_, lanes)| all | lanes[word]);
            while lanes != 0 {
                let bit = lanes & lanes.wrapping_neg();
                lanes &= !bit;
                let mut waiting: Vec<Node> =
                    ended.iter().filter(|(_, lanes)| lanes[word] & bit != 0).map(|(to, _)| *to).collect();
                while let Some(node) = waiting.pop() {
                    if self.fallen(node)[word] & bit == 0 {
                        continue;
                    }
                    for lost in self.cut_off(node, word, bit) {
                        let mut fallen = self.fallen(lost);
                        fallen[word] &= !bit;
                        self.set(lost, fallen);
                        waiting.extend(self.view.all_arcs(lost).map(|arc| arc.to));
                    }
                }
            }
        }
    }

    /// All from which a node is come to in one world, when that is nowhere where an attacker starts; nothing when it is. The search
    /// goes depth first, at each node to what lies nearest to the source: where there is a way, it mostly finds one without having
    /// looked at all that leads to the nodes on it.
    fn cut_off(&self, node: Node, word: usize, bit: u64) -> Vec<Node> {
        let lane: Lanes<K> = std::array::from_fn(|at| if at == word { bit } else { 0 });
        let mut seen = HashSet::from([node]);
        let mut stack = vec![(node, self.kept.leading_to(node))];
        while let Some((at, into)) = stack.last_mut() {
            if *at == Node::SOURCE || self.view.given().contains(at) {
                return Vec::new();
            }
            let open = |Incoming { from, via }: &Incoming| {
                !seen.contains(from) && self.through(*from, *via, lane, None) != [0; K]
            };
            match into.find(open) {
                Some(Incoming { from, .. }) => {
                    seen.insert(from);
                    stack.push((from, self.kept.leading_to(from)));
                }
                None => {
                    stack.pop();
                }
            }
        }
        let mut seen: Vec<Node> = seen.into_iter().collect();
        seen.sort_unstable();
        seen
    }

    /// Takes back all that may have depended on arcs that ended, and derives again what falls all the same.
    fn derive_again(&mut self, ended: &[(Node, Lanes<K>)]) {
        let mut doubted: HashMap<Node, Lanes<K>> = HashMap::new();
        let mut waiting = ended.to_vec();
        while let Some((node, lanes)) = waiting.pop() {
            let fallen = self.fallen(node);
            let known = doubted.entry(node).or_insert([0; K]);
            let new: Lanes<K> = std::array::from_fn(|word| lanes[word] & fallen[word] & !known[word]);
            if new == [0; K] || node == Node::SOURCE {
                continue;
            }
            *known = std::array::from_fn(|word| known[word] | new[word]);
            for arc in self.view.all_arcs(node) {
                waiting.push((arc.to, self.through(node, arc.via, new, None)));
            }
        }
        doubted.remove(&Node::SOURCE);
        let nodes: BTreeSet<Node> = doubted.keys().copied().collect();
        for node in &nodes {
            let (fallen, doubted) = (self.fallen(*node), doubted[node]);
            let given = self.view.given().contains(node);
            self.set(
                *node,
                std::array::from_fn(|word| fallen[word] & if given { u64::MAX } else { !doubted[word] }),
            );
        }
        for node in &nodes {
            for Incoming { from, via } in self.kept.leading_to(*node).collect::<Vec<_>>() {
                self.arrive(Opened { from, to: *node, via }, doubted[node]);
            }
        }
    }

    /// Counts anew in the worlds where a loss event happens that did not, or no longer does. How many worlds those are comes back.
    fn settle_counts(&mut self) -> u64 {
        let mut worlds = [0u64; K];
        let changed = std::mem::take(&mut self.changed);
        let mut nodes: Vec<_> = changed.into_iter().collect();
        nodes.sort_unstable_by_key(|(node, _)| *node);
        let mut differences: HashMap<usize, i128> = HashMap::new();
        for (node, before) in nodes {
            let after = self.fallen(node);
            for (event, units) in self.kept.events.get(&node).into_iter().flatten() {
                for word in 0..K {
                    let mut lanes = before[word] ^ after[word];
                    worlds[word] |= lanes;
                    self.kept.tally.recount(*event, before[word], after[word]);
                    while lanes != 0 {
                        let lane = lanes.trailing_zeros();
                        lanes &= lanes - 1;
                        let sign = if after[word] >> lane & 1 != 0 { 1 } else { -1 };
                        let world = (self.group * K + word) * 64 + lane as usize;
                        *differences.entry(world).or_default() += sign * i128::from(*units);
                    }
                }
            }
        }
        let mut differences: Vec<_> = differences.into_iter().collect();
        differences.sort_unstable();
        for (world, difference) in differences {
            let lost = &mut self.kept.lost[world];
            let after = (i128::from(*lost) + difference) as u64;
            self.kept.tally.replace(*lost, after);
            *lost = after;
        }
        worlds.iter().map(|lanes| u64::from(lanes.count_ones())).sum()
    }
}

impl Kept {
    /// The arcs that lead to a node. Those to a node that a change has added are all added.
    fn leading_to(&self, node: Node) -> impl Iterator<Item = Incoming> + '_ {
        let known = if node.index() < self.into.len() { self.into.row(node) } else { &[] };
        let added = self.added.get(&node).map_or(&[][..], Vec::as_slice);
        known.iter().chain(added).copied()
    }

    /// The arcs that a coin's help opens, but for those that changes have added.
    fn opened_by(&self, coin: Coin) -> &[Opened] {
        if coin.index() < self.opened.len() { self.opened.row(coin) } else { &[] }
    }
}

/// The arcs by where they lead.
fn turned_round(view: View<'_>) -> Csr<Node, Incoming> {
    Csr::new(view.node_count(), || {
        let arcs = |from| view.all_arcs(from).map(move |arc| (arc.to, Incoming { from, via: arc.via }));
        Node::first(view.node_count()).flat_map(arcs)
    })
}

/// The arcs by the coins that open them.
fn opened(view: View<'_>, into: &Csr<Node, Incoming>) -> Csr<Coin, Opened> {
    let mut opened = Csr::new(view.coin_count(), || {
        let arcs = Node::first(into.len()).flat_map(|to| {
            into.row(to).iter().map(move |Incoming { from, via }| Opened { from: *from, to, via: *via })
        });
        arcs.flat_map(|arc| view.coins(view.condition(arc.via)).map(move |coin| (coin, arc)))
    });
    opened.sort_rows(<[_]>::sort_unstable, |_, _| false);
    opened
}

fn and(a: Lanes<K>, b: Lanes<K>) -> Lanes<K> {
    std::array::from_fn(|word| a[word] & b[word])
}
