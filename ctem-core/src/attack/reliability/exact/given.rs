//! Worlds given that an event happens: drawn from its decision diagram.

use super::{Exact, bdd::Function};
use crate::attack::graph::{
    EventId, Key, draw,
    index::{Id, IndexVec},
};

/// The worlds in which an event happens.
pub(crate) struct Given<'a> {
    exact: &'a Exact,
    function: Function,
    /// By function: its chance.
    values: IndexVec<Function, f64>,
}

impl Exact {
    /// The worlds in which an event happens; none where it is not exact or never does.
    pub(crate) fn given(&self, event: EventId) -> Option<Given<'_>> {
        let function = self.events.get(event)?.some()?;
        let values = self.values(&self.chances_of_coins());
        (values[function] > 0.0).then_some(Given { exact: self, function, values })
    }

    /// Whether a variable is a question of the diagrams.
    pub(crate) fn has(&self, key: Key) -> bool {
        self.level(key).is_some()
    }

    /// The keys of the coins, by level.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.coins.iter().map(|(key, _)| *key)
    }
}

impl Given<'_> {
    /// The world of a number, of so many: which coins help in it, by level. Draws are spread evenly over the ways in which the event
    /// happens (systematic sampling along the diagram), so that a way of chance p is drawn by p of them, one more or less.
    pub(crate) fn world(&self, n: u64, of: u64) -> Vec<bool> {
        let Exact { nodes, coins, .. } = self.exact;
        let seeded = draw::mixed(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        // What no choice decides helps as often as it does anyway.
        let mut helps: Vec<bool> = (0u64..)
            .zip(coins.iter())
            .map(|(level, (_, chance))| draw::unit(seeded, level) < *chance)
            .collect();
        let (mut at, mut rest, mut width) = (self.function, (n as f64 + 0.5) / of.max(1) as f64, 1.0);
        while at != Function::FALSE && at != Function::TRUE {
            let choice = nodes[at];
            let chance = coins[choice.level].1;
            let high = chance * self.values[choice.high];
            let low = (1.0 - chance) * self.values[choice.low];
            let turn = if high + low > 0.0 { low / (high + low) } else { 0.0 };
            let does = rest >= turn;
            (rest, width) = if does {
                ((rest - turn) / (1.0 - turn).max(f64::MIN_POSITIVE), width * (1.0 - turn))
            } else {
                (rest / turn.max(f64::MIN_POSITIVE), width * turn)
            };
            if width < 1e-9 {
                // Its digits are used up.
                (rest, width) = (draw::unit(seeded ^ u64::MAX, choice.level.index() as u64), 1.0);
            }
            if let Some(slot) = helps.get_mut(choice.level.index()) {
                *slot = does;
            }
            at = if does { choice.high } else { choice.low };
        }
        helps
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        attack::{Exact, Graph, Key, Limits},
        quantity::Probability,
    };

    #[test]
    fn every_world_that_is_drawn_has_the_event_and_each_way_its_part_of_them() {
        let mut graph = Graph::new();
        let end = graph.state();
        for (way, chance) in [0.25, 0.001].into_iter().enumerate() {
            let guard = graph.variable(Key::new(way as u128), Probability::clamped(chance));
            graph.step(&[], Some(guard), end).unwrap();
        }
        let event = graph.event(end, 1.0).unwrap();
        let exact = Exact::compute(&graph.compile().unwrap(), &Limits::default()).unwrap();
        let given = exact.given(event).unwrap();
        let first = exact.keys().position(|key| key == Key::new(0)).unwrap();
        let worlds: Vec<Vec<bool>> = (0..4096).map(|n| given.world(n, 4096)).collect();
        assert!(worlds.iter().all(|world| world.contains(&true)));
        let share = worlds.iter().filter(|world| world[first]).count() as f64 / 4096.0;
        assert!((share - 0.25 / (1.0 - 0.75 * 0.999)).abs() < 1e-3, "{share}");
    }
}
