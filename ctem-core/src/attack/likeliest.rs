use super::{
    core::{Core, JOIN, Join, OPEN},
    falling::Falling,
    snapshot::{Snapshot, State},
};
use crate::quantity::Probability;
use std::ops::Range;

/// The chance of the most probable way to every state, at a glance.
///
/// The same chances as of [`Falls`](super::Falls), up to the order in which they are multiplied, without the steps of the ways: where
/// only chances are asked for, at a million states, it takes a fraction of the time. What certain steps lead to falls with
/// what it is come to from and waits in no queue; only what a variable guards does. So a state is looked at once, and an arc
/// reads one bit that is not near. O(m + g log g) for g guarded steps; 8 bytes a state.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Likeliest}, Probability};
///
/// let mut graph = Graph::new();
/// let (shop, orders) = (graph.state(), graph.state());
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// graph.step(&[shop], None, orders)?;
/// let snapshot = graph.compile()?;
/// let likeliest = Likeliest::of(&snapshot);
/// assert_eq!(likeliest.chance(&snapshot, orders).get(), 0.3);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Likeliest {
    /// By node.
    chances: Vec<f64>,
}

impl Likeliest {
    /// Finds the most probable way to every state (Dijkstra 1959, and where steps need two states Knuth 1977).
    pub fn of(snapshot: &Snapshot) -> Self {
        let core = &snapshot.core;
        let nodes = core.node_count();
        let mut search = Search {
            core,
            chances: vec![0.0; nodes],
            settled: vec![0; nodes.div_ceil(64)],
            waiting: Vec::new(),
            queue: Falling::new(),
        };
        search.settle(0, 1.0);
        loop {
            search.follow();
            loop {
                let Some((chance, node)) = search.queue.pop() else {
                    return Self { chances: search.chances };
                };
                if !search.is_settled(node) {
                    search.settle(node, chance);
                    break;
                }
            }
        }
    }

    /// The chance of the most probable way to a state; 0 when there is none.
    pub fn chance(&self, snapshot: &Snapshot, state: State) -> Probability {
        if snapshot.is_root(state.0) {
            // A threat or a control: its own chance.
            let step = snapshot.steps_to(state.0).start;
            return Probability::clamped(snapshot.chance(step));
        }
        let node = snapshot.core.node(state.0).and_then(|node| self.chances.get(node as usize));
        Probability::clamped(node.copied().unwrap_or(0.0))
    }
}

struct Search<'a> {
    core: &'a Core,
    /// By node.
    chances: Vec<f64>,
    /// By node, as bits.
    settled: Vec<u64>,
    /// Nodes that have settled and not been gone on from, with where their arcs lie.
    waiting: Vec<(u32, Range<u32>)>,
    queue: Falling<u32>,
}

impl Search<'_> {
    fn is_settled(&self, node: u32) -> bool {
        self.settled[node as usize / 64] >> (node % 64) & 1 != 0
    }

    fn settle(&mut self, node: u32, chance: f64) {
        self.settled[node as usize / 64] |= 1 << (node % 64);
        self.chances[node as usize] = chance;
        let arcs = self.core.arc_range(node);
        if !arcs.is_empty() {
            self.waiting.push((node, arcs));
        }
    }

    /// Goes on from what has settled. What is certain settles with it, since nothing that waits in the queue is likelier.
    fn follow(&mut self) {
        // So far ahead that memory has come when it is needed.
        const AHEAD: usize = 6;
        let core = self.core;
        let (mut at, mut touched) = (0, 0);
        while let Some((node, arcs)) = self.waiting.get(at).cloned() {
            if let Some((_, ahead)) = self.waiting.get(at + AHEAD) {
                touched ^= core.all_arcs()[ahead.start as usize].to;
            }
            at += 1;
            let chance = self.chances[node as usize];
            for arc in &core.all_arcs()[arcs.start as usize..arcs.end as usize] {
                if self.is_settled(arc.to) {
                    continue;
                }
                if arc.gate == OPEN {
                    self.settle(arc.to, chance);
                    continue;
                }
                let through = if arc.gate & JOIN == 0 {
                    chance * core.gate_chance(arc.gate)
                } else {
                    let Join { premises: [first, second], gate } = core.join(arc.gate);
                    // 0 until the other is come to as well.
                    let other = self.chances[if first == node { second } else { first } as usize];
                    chance * (other * core.gate_chance(gate))
                };
                if through > 0.0 {
                    self.queue.push(through, arc.to);
                }
            }
        }
        std::hint::black_box(touched);
        self.waiting.clear();
    }
}
