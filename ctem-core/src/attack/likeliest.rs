use super::{
    core::{JOIN, Join, OPEN},
    falling::Falling,
    snapshot::{NONE, Snapshot, State},
};
use crate::quantity::Probability;

/// The chance of the most probable way to every state, at a glance.
///
/// The same chances as of [`Falls`](super::Falls), up to the order in which they are multiplied, without the steps of the ways: where
/// only chances are asked for, at a million states, it takes a fraction of the time. What certain steps lead to falls with
/// what it is come to from and waits in no queue; only what a variable guards does. So a state is looked at once, and an arc
/// reads one bit that is not near. O(m + g log g) for g guarded steps; 16 bytes a state.
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
    /// By node: its chance, and the node before it.
    ways: Vec<(f64, u32)>,
}

impl Likeliest {
    /// Finds the most probable way to every state (Dijkstra 1959, and where steps need two states Knuth 1977).
    pub fn of(snapshot: &Snapshot) -> Self {
        let core = &snapshot.core;
        let mut search = Search {
            ways: vec![(0.0, NONE); core.node_count()],
            settled: vec![0; core.node_count().div_ceil(64)],
        };
        let mut queue: Falling<(u32, u32)> = Falling::new();
        search.settle(0, 1.0, NONE);
        let mut waiting = vec![0u32];
        loop {
            while let Some(node) = waiting.pop() {
                let chance = search.ways[node as usize].0;
                for arc in core.arcs(node) {
                    if search.is_settled(arc.to) {
                        continue;
                    }
                    if arc.gate == OPEN {
                        // Falls with this one: nothing that waits is likelier.
                        search.settled[arc.to as usize / 64] |= 1 << (arc.to % 64);
                        search.ways[arc.to as usize] = (chance, node);
                        waiting.push(arc.to);
                        continue;
                    }
                    let through = if arc.gate & JOIN == 0 {
                        chance * core.gate_chance(arc.gate)
                    } else {
                        let Join { premises: [first, second], gate } = core.join(arc.gate);
                        // 0 until the other is come to as well.
                        let other = search.ways[(if first == node { second } else { first }) as usize].0;
                        chance * (other * core.gate_chance(gate))
                    };
                    if through > 0.0 {
                        queue.push(through, (arc.to, node));
                    }
                }
            }
            loop {
                let Some((chance, (node, from))) = queue.pop() else { return Self { ways: search.ways } };
                if !search.is_settled(node) {
                    search.settle(node, chance, from);
                    waiting.push(node);
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
        let node = snapshot.core.node(state.0).and_then(|node| self.ways.get(node as usize));
        Probability::clamped(node.map_or(0.0, |way| way.0))
    }
}

struct Search {
    ways: Vec<(f64, u32)>,
    /// By node, as bits.
    settled: Vec<u64>,
}

impl Search {
    fn is_settled(&self, node: u32) -> bool {
        self.settled[node as usize / 64] >> (node % 64) & 1 != 0
    }

    fn settle(&mut self, node: u32, chance: f64, before: u32) {
        self.settled[node as usize / 64] |= 1 << (node % 64);
        self.ways[node as usize] = (chance, before);
    }
}
