//! Conditions in the making: which coins must help together.

use super::parts::{AndId, AndNode, Arc, Coin, CoinSet, Condition, Through};
use crate::attack::graph::index::{Id, IndexVec};
use std::collections::HashMap;

/// The conditions met so far.
pub(super) struct Conditions {
    coins: IndexVec<Condition, CoinSet>,
    /// By coin: the condition of it alone, or `OPEN`.
    single: IndexVec<Coin, Condition>,
    several: HashMap<[Coin; 4], Condition>,
}

impl Conditions {
    pub(super) fn new(coins: usize) -> Self {
        Self {
            coins: vec![CoinSet::EMPTY].into(),
            single: IndexVec::filled(Condition::OPEN, coins),
            several: HashMap::new(),
        }
    }

    /// The condition of some coins, in any order with none behind them.
    pub(super) fn of(&mut self, mut coins: [Coin; 4], several: &mut Vec<[Coin; 2]>) -> Condition {
        // None is above all others.
        coins.sort_unstable();
        match coins {
            [Coin::NONE, ..] => Condition::OPEN,
            [coin, Coin::NONE, ..] => {
                let condition = &mut self.single[coin];
                if *condition == Condition::OPEN {
                    *condition = self.coins.push(CoinSet::one(coin));
                }
                *condition
            }
            _ => {
                let add = || self.coins.push(CoinSet::several(coins, several));
                *self.several.entry(coins).or_insert_with(add)
            }
        }
    }

    /// Numbers the conditions in the order in which arcs come to them, and then AND nodes.
    pub(super) fn in_order_of(
        self,
        arcs: &mut [Arc],
        and_nodes: &mut IndexVec<AndId, AndNode>,
    ) -> IndexVec<Condition, CoinSet> {
        let mut number = IndexVec::filled(Condition::NONE, self.coins.len());
        number[Condition::OPEN] = Condition::OPEN;
        let mut conditions: IndexVec<Condition, CoinSet> = vec![CoinSet::EMPTY].into();
        let mut renumbered = |condition: Condition| {
            let slot = &mut number[condition];
            if slot.is_none() {
                *slot = conditions.push(self.coins[condition]);
            }
            *slot
        };
        for arc in arcs {
            if let Through::Condition(condition) = arc.via.through() {
                arc.via = renumbered(condition).into();
            }
        }
        and_nodes.iter_mut().for_each(|and_node| and_node.condition = renumbered(and_node.condition));
        conditions
    }
}
