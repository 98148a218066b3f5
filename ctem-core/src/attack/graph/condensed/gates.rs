//! Gates in the making: which coins must help together.

use super::{Condensed, JOIN, OPEN, SEVERAL};
use crate::attack::graph::index::NONE;
use std::collections::HashMap;

/// The gates met so far.
pub(super) struct Gates {
    coins: Vec<u32>,
    /// By coin: the gate of it alone, or `OPEN`.
    single: Vec<u32>,
    several: HashMap<[u32; 4], u32>,
}

impl Gates {
    pub(super) fn new(coins: usize) -> Self {
        Self { coins: vec![NONE], single: vec![OPEN; coins], several: HashMap::new() }
    }

    pub(super) fn of(&mut self, mut coins: [u32; 4], several: &mut Vec<[u32; 2]>) -> u32 {
        coins.sort_unstable();
        match coins {
            [NONE, ..] => OPEN,
            [coin, NONE, ..] => {
                let gate = &mut self.single[coin as usize];
                if *gate == OPEN {
                    *gate = self.coins.len() as u32;
                    self.coins.push(coin);
                }
                *gate
            }
            [first, second, third, fourth] => *self.several.entry(coins).or_insert_with(|| {
                self.coins.push(SEVERAL | several.len() as u32);
                if third == NONE {
                    several.push([first, second]);
                } else {
                    several.extend([[first | SEVERAL, second], [third, fourth]]);
                }
                (self.coins.len() - 1) as u32
            }),
        }
    }

    /// Numbers the gates in the order in which the condensed graph's arcs come to them.
    pub(super) fn in_order_of(self, condensed: &mut Condensed) -> Vec<u32> {
        let mut number = vec![NONE; self.coins.len()];
        number[0] = 0;
        let mut gates = vec![NONE];
        let mut renumber = |gate: &mut u32| {
            let slot = &mut number[*gate as usize];
            if *slot == NONE {
                *slot = gates.len() as u32;
                gates.push(self.coins[*gate as usize]);
            }
            *gate = *slot;
        };
        for arc in condensed.arcs.values_mut() {
            if arc.gate & JOIN == 0 {
                renumber(&mut arc.gate);
            }
        }
        condensed.joins.iter_mut().for_each(|join| renumber(&mut join.gate));
        gates
    }
}
