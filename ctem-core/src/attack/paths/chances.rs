use crate::{
    attack::graph::{
        Snapshot, State,
        condensed::{Condensed, JOIN, Join, OPEN},
    },
    quantity::Probability,
};
use std::ops::Range;

/// The chance of the most probable way to every state, at a glance.
///
/// The same chances as of [`MostProbablePaths`](super::MostProbablePaths), up to the order in which they are multiplied, without the steps of the ways: where
/// only chances are asked for, at a million states, it takes a fraction of the time.
///
/// At that size a search waits for memory. So what may come next is not taken one by one: chances within a sixteenth of each
/// other are (as in Meyer and Sanders, *Δ-stepping*, 2003), and what each reads is on its way while others are looked at. A node
/// that has been taken too early is taken again. O(m) in practice; 8 bytes a state.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, PathChances}, Probability};
///
/// let mut graph = Graph::new();
/// let (shop, orders) = (graph.state(), graph.state());
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// graph.step(&[shop], None, orders)?;
/// let snapshot = graph.compile()?;
/// let likeliest = PathChances::of(&snapshot);
/// assert_eq!(likeliest.chance(&snapshot, orders).get(), 0.3);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PathChances {
    /// By node.
    chances: Vec<f64>,
}

impl PathChances {
    /// Finds the most probable way to every state (Dijkstra 1959, and where steps need two states Knuth 1977).
    pub fn of(snapshot: &Snapshot) -> Self {
        let condensed = &snapshot.condensed;
        let nodes = condensed.node_count();
        let mut search = Search {
            condensed,
            chances: vec![0.0; nodes],
            done: vec![0; nodes.div_ceil(64)],
            fresh: Vec::new(),
            taken: Vec::new(),
            levels: Vec::new(),
        };
        search.offer(1.0, 0);
        let mut level = 0;
        while level < search.levels.len() {
            search.take(level);
            level += 1;
        }
        Self { chances: search.chances }
    }

    /// The chance of the most probable way to a state; 0 when there is none.
    pub fn chance(&self, snapshot: &Snapshot, state: State) -> Probability {
        if snapshot.layout.is_root(state.0) {
            // A threat or a control: its own chance.
            let step = snapshot.layout.steps_to(state.0).start;
            return Probability::clamped(snapshot.layout.chance(step));
        }
        let node = snapshot.condensed.node(state.0).and_then(|node| self.chances.get(node as usize));
        Probability::clamped(node.copied().unwrap_or(0.0))
    }
}

struct Search<'a> {
    condensed: &'a Condensed,
    /// By node: the chance of the most probable way known.
    chances: Vec<f64>,
    /// By node, as bits: whether that is final.
    done: Vec<u64>,
    /// Nodes whose chance has risen and who have not been gone on from, with where their arcs lie.
    fresh: Vec<(u32, Range<u32>)>,
    /// All that were fresh at this level.
    taken: Vec<u32>,
    /// By level, the likelier first: chances and the nodes they are offered to.
    levels: Vec<Vec<(f64, u32)>>,
}

impl Search<'_> {
    /// Sixteen levels for each halving of a chance.
    fn level(chance: f64) -> usize {
        ((1f64.to_bits() - chance.to_bits()) >> 48) as usize
    }

    fn offer(&mut self, chance: f64, node: u32) {
        let level = Self::level(chance);
        if level >= self.levels.len() {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push((chance, node));
    }

    /// Takes all that is offered at a level, and what that leads to at the same level, until nothing rises any more.
    fn take(&mut self, level: usize) {
        while !self.levels[level].is_empty() {
            for (chance, node) in std::mem::take(&mut self.levels[level]) {
                self.raise(node, chance);
            }
            while !self.fresh.is_empty() {
                let fresh = std::mem::take(&mut self.fresh);
                for (node, arcs) in &fresh {
                    self.go_on(*node, arcs.clone());
                }
            }
        }
        for node in self.taken.drain(..) {
            self.done[node as usize / 64] |= 1 << (node % 64);
        }
    }

    fn raise(&mut self, node: u32, chance: f64) {
        let known = &mut self.chances[node as usize];
        if chance > *known {
            *known = chance;
            self.taken.push(node);
            self.fresh.push((node, self.condensed.arc_range(node)));
        }
    }

    /// Offers what a node leads to its chance. What is certain rises with it at once.
    fn go_on(&mut self, node: u32, arcs: Range<u32>) {
        let condensed = self.condensed;
        let chance = self.chances[node as usize];
        for arc in &condensed.all_arcs()[arcs.start as usize..arcs.end as usize] {
            if self.done[arc.to as usize / 64] >> (arc.to % 64) & 1 != 0 {
                continue;
            }
            if arc.gate == OPEN {
                self.raise(arc.to, chance);
                continue;
            }
            let through = if arc.gate & JOIN == 0 {
                chance * condensed.gate_chance(arc.gate)
            } else {
                let Join { premises: [first, second], gate } = condensed.join(arc.gate);
                // 0 until the other is come to as well.
                let other = self.chances[if first == node { second } else { first } as usize];
                chance * (other * condensed.gate_chance(gate))
            };
            if through > 0.0 {
                self.offer(through, arc.to);
            }
        }
    }
}
