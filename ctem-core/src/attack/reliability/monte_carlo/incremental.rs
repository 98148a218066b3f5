//! Worlds that stay: what falls in each is kept, and a change costs what it touches.

use super::{Block, SampleStatistics, Worlds, block::Lanes, run::count};
use crate::{
    attack::{
        graph::{
            Key, Overlay, State,
            condensed::{Arc, JOIN, OPEN},
            draw,
            index::{Csr, NONE},
            overlay::View,
        },
        limits::{Limits, Reason, Truncated},
    },
    error::Result,
    quantity::Probability,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many blocks of 64 worlds are kept side by side.
const K: usize = 8;

/// A run whose worlds are kept, so that a change of the graph is followed only where it changes what falls.
///
/// What it counts after any number of changes equals, to the bit, what a fresh run over the changed graph counts. A variable that
/// helps in more worlds, and a new step, are followed forwards from where they first matter. One that helps in fewer worlds is
/// followed, in each world it leaves, by asking of what it led to whether an attacker still comes to it, which is answered
/// by searching backwards until something given is met; what no such search meets has not fallen. Where steps need two
/// states, all that may have depended on it is taken back and derived again.
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
/// graph.event(shop, 1000.0)?;
/// let snapshot = graph.compile()?;
/// let mut standing = Worlds::new(&snapshot, 7).keep(&Limits::default());
/// let before = standing.tally().happened(0);
/// standing.chance(epss, Probability::new(0.5)?)?;
/// assert!(standing.tally().happened(0) > before);
/// standing.chance(epss, Probability::new(0.3)?)?;
/// assert_eq!(standing.tally().happened(0), before);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub struct IncrementalSample<'a> {
    patch: Overlay<'a>,
    kept: Kept,
    truncated: Option<Truncated>,
}

/// What has fallen, and what is needed to change it.
struct Kept {
    seed: u64,
    /// By group of K blocks, by node: where it has fallen; and which of the group's lanes are worlds.
    groups: Vec<(Vec<Lanes<K>>, Lanes<K>)>,
    /// By node: the arcs that lead to it, as where they come from and their gates.
    into: Csr<u32, (u32, u32)>,
    /// By coin: the arcs that its help opens, as from, to and gate.
    opened: Csr<u32, (u32, u32, u32)>,
    /// Arcs that changes have added, by where they lead.
    added: HashMap<u32, Vec<(u32, u32)>>,
    joins: bool,
    /// By node: its loss events, with their losses in units.
    events: HashMap<u32, Vec<(u32, u64)>>,
    /// By world: what is lost in it, in units.
    lost: Vec<u64>,
    tally: SampleStatistics,
}

impl<'a> IncrementalSample<'a> {
    pub(super) fn new(worlds: &Worlds<'a>, limits: &Limits<'_>) -> Self {
        let patch = worlds.patch.cloned().unwrap_or_else(|| Overlay::of(worlds.snapshot));
        let (kept, truncated) = Kept::new(patch.changed_view(), worlds, limits);
        Self { patch, kept, truncated }
    }

    /// What is counted, with all changes so far.
    pub fn tally(&self) -> &SampleStatistics {
        &self.kept.tally
    }

    /// The changes so far.
    pub fn patch(&self) -> &Overlay<'a> {
        &self.patch
    }

    /// Why it has fewer worlds than it was to have.
    pub fn truncated(&self) -> Option<Truncated> {
        self.truncated
    }

    /// Changes the chance of a variable. In how many worlds a loss event happens for it that did not, or no longer does, comes back.
    ///
    /// # Errors
    /// As [`Overlay::chance`].
    pub fn chance(&mut self, key: Key, chance: Probability) -> Result<u64> {
        let coin = self.patch.known_coin(key)?;
        let (seeded, before) = self.patch.changed_view().coin(coin, self.kept.seed);
        self.patch.chance(key, chance)?;
        let view = self.patch.changed_view();
        let (_, after) = view.coin(coin, self.kept.seed);
        let touched = self.kept.turn(view, coin, seeded, before, after);
        if view.first_gates().iter().any(|gate| view.coins(*gate).contains(&coin)) {
            self.kept.begin_anew(view);
        }
        Ok(touched)
    }

    /// Adds a variable.
    ///
    /// # Errors
    /// As [`Overlay::variable`].
    pub fn variable(&mut self, key: Key, chance: Probability) -> Result<()> {
        self.patch.variable(key, chance)
    }

    /// Adds a state.
    pub fn state(&mut self) -> State {
        let state = self.patch.state();
        self.kept.groups.iter_mut().for_each(|(fallen, _)| fallen.push([0; K]));
        state
    }

    /// Adds a step. In how many worlds a loss event happens for it that did not comes back.
    ///
    /// # Errors
    /// As [`Overlay::step`].
    pub fn step(&mut self, premises: &[State], guards: &[Key], conclusion: State) -> Result<u64> {
        let arcs = self.patch.arcs_of(premises, guards, conclusion)?;
        let view = self.patch.changed_view();
        let touched = self.kept.join_in(view, &arcs);
        self.kept.begin_anew(view);
        Ok(touched)
    }
}

impl Kept {
    fn new(view: View<'_>, worlds: &Worlds<'_>, limits: &Limits<'_>) -> (Self, Option<Truncated>) {
        let (nodes, seed) = (view.end(true) as usize, worlds.seed);
        let (events, mut tally) = (worlds.events(), worlds.tally());
        let mut block: Block<'_, K> = Block::new(view, seed, true);
        let (mut groups, mut lost, mut truncated) = (Vec::new(), Vec::new(), None);
        let (mut first, blocks) = (0, limits.worlds.div_ceil(64));
        while first < blocks {
            let taken = count(&mut block, first, blocks - first, &events, &mut tally, |world| {
                lost.extend_from_slice(world);
            });
            let lanes = std::array::from_fn(|word| if (word as u64) < taken { u64::MAX } else { 0 });
            groups.push(((0..nodes as u32).map(|node| block.fallen(node)).collect(), lanes));
            first += taken;
            if first < blocks && !limits.progress.goes_on(first * 64, blocks.saturating_mul(64)) {
                truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            }
        }
        let mut by_node: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        for (event, (node, units)) in (0..).zip(events) {
            by_node.entry(node).or_default().push((event, units));
        }
        let into = turned_round(view, nodes);
        let opened = opened(view, &into);
        let kept = Self {
            seed,
            groups,
            into,
            opened,
            added: HashMap::new(),
            joins: !view.has_no_joins(),
            events: by_node,
            lost,
            tally,
        };
        (kept, truncated)
    }

    /// Follows a coin that helps in other worlds.
    fn turn(&mut self, view: View<'_>, coin: u32, seeded: u64, before: u64, after: u64) -> u64 {
        let mut touched = 0;
        for group in 0..self.groups.len() {
            let first = (group * K) as u64;
            let drawn = |threshold: u64| -> Lanes<K> {
                let lanes = &self.groups[group].1;
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
            let arcs = now.kept.opened_by(coin).to_vec();
            let added = now.kept.added.iter().flat_map(|(to, arcs)| {
                arcs.iter()
                    .filter(|arc| view.gate_coins(arc.1).contains(&coin))
                    .map(|arc| (arc.0, *to, arc.1))
            });
            let mut added: Vec<_> = added.collect();
            added.sort_unstable();
            let arcs: Vec<_> = arcs.into_iter().chain(added).collect();
            for (from, to, gate) in &arcs {
                let more: Lanes<K> = std::array::from_fn(|word| new[word] & !old[word]);
                now.arrive(*from, *to, *gate, more);
            }
            let mut ended = Vec::new();
            for (from, to, gate) in &arcs {
                let fewer: Lanes<K> = std::array::from_fn(|word| old[word] & !new[word]);
                let lanes = now.through(*from, *gate, fewer, Some(coin));
                let fallen = now.kept.groups[group].0[*to as usize];
                let lanes: Lanes<K> = std::array::from_fn(|word| lanes[word] & fallen[word]);
                if lanes != [0; K] {
                    ended.push((*to, lanes));
                }
            }
            if now.kept.joins {
                now.take_back(&ended);
            } else {
                now.ask(&ended);
            }
            touched += now.settle_counts();
        }
        touched
    }

    /// Counts anew where an attack begins.
    fn begin_anew(&mut self, view: View<'_>) {
        let gates = view.first_gates();
        let mut begun = 0;
        for (group, (_, lanes)) in (0..).zip(&self.groups) {
            for (word, lanes) in (0..).zip(lanes).filter(|(_, lanes)| **lanes != 0) {
                let block = group * K as u64 + word;
                let open = |gate: &u32| {
                    let coins = view.coins(*gate).into_iter().filter(|coin| *coin != NONE);
                    coins.fold(u64::MAX, |open, coin| open & view.drawn(coin, self.seed, block))
                };
                let any = if gates.is_empty() {
                    u64::MAX
                } else {
                    gates.iter().fold(0, |any, gate| any | open(gate))
                };
                begun += u64::from((any & lanes).count_ones());
            }
        }
        self.tally.begin_anew(view.first_chance(), begun);
    }

    /// Follows new arcs.
    fn join_in(&mut self, view: View<'_>, arcs: &[(u32, Arc)]) -> u64 {
        for (from, arc) in arcs {
            self.added.entry(arc.to).or_default().push((*from, arc.gate));
            self.joins |= arc.gate & JOIN != 0;
        }
        let mut touched = 0;
        for group in 0..self.groups.len() {
            let lanes = self.groups[group].1;
            let mut now = Now { kept: self, view, group, changed: HashMap::new() };
            for (from, arc) in arcs {
                now.arrive(*from, arc.to, arc.gate, lanes);
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
    changed: HashMap<u32, Lanes<K>>,
}

impl Now<'_, '_> {
    fn fallen(&self, node: u32) -> Lanes<K> {
        self.kept.groups[self.group].0[node as usize]
    }

    fn set(&mut self, node: u32, fallen: Lanes<K>) {
        let slot = &mut self.kept.groups[self.group].0[node as usize];
        let before = std::mem::replace(slot, fallen);
        if self.kept.events.contains_key(&node) {
            self.changed.entry(node).or_insert(before);
        }
    }

    /// Of the lanes, those in which an arc from a node is open; a coin that is asked about counts as helping.
    fn through(&self, from: u32, gate: u32, lanes: Lanes<K>, but: Option<u32>) -> Lanes<K> {
        let mut open = and(lanes, self.fallen(from));
        let mut own = gate;
        if gate & JOIN != 0 {
            let join = self.view.join(gate);
            open = and(open, and(self.fallen(join.premises[0]), self.fallen(join.premises[1])));
            own = join.gate;
        }
        if own == OPEN {
            return open;
        }
        for coin in self.view.coins(own).into_iter().filter(|coin| *coin != NONE && Some(*coin) != but) {
            let (seeded, threshold) = self.view.coin(coin, self.kept.seed);
            for (word, open) in open.iter_mut().enumerate().filter(|(_, open)| **open != 0) {
                *open &= draw::worlds(seeded, (self.group * K + word) as u64, threshold);
            }
        }
        open
    }

    /// Lets an arc be taken in more lanes, and all that follows.
    fn arrive(&mut self, from: u32, to: u32, gate: u32, lanes: Lanes<K>) {
        let mut waiting = vec![(from, to, gate, lanes)];
        while let Some((from, to, gate, lanes)) = waiting.pop() {
            let fallen = self.fallen(to);
            let lanes = std::array::from_fn(|word| lanes[word] & !fallen[word]);
            if lanes == [0; K] {
                continue;
            }
            let new = self.through(from, gate, lanes, None);
            if new == [0; K] {
                continue;
            }
            self.set(to, std::array::from_fn(|word| fallen[word] | new[word]));
            waiting.extend(self.view.arcs(to, u32::MAX).map(|arc| (to, arc.to, arc.gate, new)));
        }
    }

    /// In each lane, asks of what an arc no longer leads to whether it is still come to, and takes back what is not.
    fn ask(&mut self, ended: &[(u32, Lanes<K>)]) {
        for word in 0..K {
            let mut lanes = ended.iter().fold(0, |all, (_, lanes)| all | lanes[word]);
            while lanes != 0 {
                let bit = lanes & lanes.wrapping_neg();
                lanes &= !bit;
                let mut waiting: Vec<u32> =
                    ended.iter().filter(|(_, lanes)| lanes[word] & bit != 0).map(|(to, _)| *to).collect();
                while let Some(node) = waiting.pop() {
                    if self.fallen(node)[word] & bit == 0 {
                        continue;
                    }
                    for lost in self.cut_off(node, word, bit) {
                        let mut fallen = self.fallen(lost);
                        fallen[word] &= !bit;
                        self.set(lost, fallen);
                        waiting.extend(self.view.arcs(lost, u32::MAX).map(|arc| arc.to));
                    }
                }
            }
        }
    }

    /// All from which a node is come to in one world, when that is nowhere where an attacker starts; nothing when it is. The search
    /// goes depth first, at each node to what lies nearest to the source: where there is a way, it mostly finds one without having
    /// looked at all that leads to the nodes on it.
    fn cut_off(&self, node: u32, word: usize, bit: u64) -> Vec<u32> {
        let lane: Lanes<K> = std::array::from_fn(|at| if at == word { bit } else { 0 });
        let mut seen = HashSet::from([node]);
        let mut stack = vec![(node, self.kept.leading_to(node))];
        while let Some((at, into)) = stack.last_mut() {
            if *at == 0 || self.view.given().contains(at) {
                return Vec::new();
            }
            let open = |(from, gate): &(u32, u32)| {
                !seen.contains(from) && self.through(*from, *gate, lane, None) != [0; K]
            };
            match into.find(open) {
                Some((from, _)) => {
                    seen.insert(from);
                    stack.push((from, self.kept.leading_to(from)));
                }
                None => {
                    stack.pop();
                }
            }
        }
        let mut seen: Vec<u32> = seen.into_iter().collect();
        seen.sort_unstable();
        seen
    }

    /// Takes back all that may have depended on arcs that ended, and derives again what falls all the same.
    fn take_back(&mut self, ended: &[(u32, Lanes<K>)]) {
        let mut doubted: HashMap<u32, Lanes<K>> = HashMap::new();
        let mut waiting = ended.to_vec();
        while let Some((node, lanes)) = waiting.pop() {
            let fallen = self.fallen(node);
            let known = doubted.entry(node).or_insert([0; K]);
            let new: Lanes<K> = std::array::from_fn(|word| lanes[word] & fallen[word] & !known[word]);
            if new == [0; K] || node == 0 {
                continue;
            }
            *known = std::array::from_fn(|word| known[word] | new[word]);
            for arc in self.view.arcs(node, u32::MAX) {
                waiting.push((arc.to, self.through(node, arc.gate, new, None)));
            }
        }
        doubted.remove(&0);
        let nodes: BTreeSet<u32> = doubted.keys().copied().collect();
        for node in &nodes {
            let (fallen, doubted) = (self.fallen(*node), doubted[node]);
            let given = self.view.given().contains(node);
            self.set(
                *node,
                std::array::from_fn(|word| fallen[word] & if given { u64::MAX } else { !doubted[word] }),
            );
        }
        for node in &nodes {
            for (from, gate) in self.kept.leading_to(*node).collect::<Vec<_>>() {
                self.arrive(from, *node, gate, doubted[node]);
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
                    self.kept.tally.recount(*event as usize, before[word], after[word]);
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
    /// The arcs that lead to a node: from where, and past which gate. Those to a node that a change has added are all added.
    fn leading_to(&self, node: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let known = if (node as usize) < self.into.len() { self.into.row(node) } else { &[] };
        let added = self.added.get(&node).map_or(&[][..], Vec::as_slice);
        known.iter().chain(added).copied()
    }

    /// The arcs that a coin's help opens, but for those that changes have added.
    fn opened_by(&self, coin: u32) -> &[(u32, u32, u32)] {
        if (coin as usize) < self.opened.len() { self.opened.row(coin) } else { &[] }
    }
}

/// The arcs by where they lead.
fn turned_round(view: View<'_>, nodes: usize) -> Csr<u32, (u32, u32)> {
    Csr::new(nodes, || {
        let arcs = |node| view.arcs(node, u32::MAX).map(move |arc| (arc.to, (node, arc.gate)));
        (0..nodes as u32).flat_map(arcs)
    })
}

/// The arcs by the coins that open them.
fn opened(view: View<'_>, into: &Csr<u32, (u32, u32)>) -> Csr<u32, (u32, u32, u32)> {
    let mut opened = Csr::new(view.coin_count(), || {
        (0..into.len() as u32).flat_map(|to| into.row(to).iter().map(move |arc| (to, *arc))).flat_map(
            |(to, (from, gate))| {
                let coins = view.gate_coins(gate).into_iter().filter(|coin| *coin != NONE);
                coins.map(move |coin| (coin, (from, to, gate)))
            },
        )
    });
    opened.sort_rows(<[_]>::sort_unstable, |_, _| false);
    opened
}

fn and(a: Lanes<K>, b: Lanes<K>) -> Lanes<K> {
    std::array::from_fn(|word| a[word] & b[word])
}
