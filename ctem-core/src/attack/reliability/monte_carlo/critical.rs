//! What would not be lost, world by world, if one variable did not help.
//!
//! In a world a variable that helps is *critical* for what is lost there when less would be lost without it. Where no step needs
//! two states, dominators tell of all variables at once: all that falls only through one arc lies below that arc's end in the
//! dominator tree, if no other arc leads there from outside. Where steps need two states there are no dominators. Then, and
//! for a variable that guards several places, one proof of all that is lost is written out; since a critical variable is in
//! every proof, only those in this one are tried, 512 at once, each lane the same world without the help of one of them.

use super::{block::Block, one_world::Tree};
use crate::attack::graph::{condensed::OPEN, index::NONE, overlay::View};

/// Looks for critical coins, in one world after the other.
pub(super) struct Critical<'a> {
    view: View<'a>,
    seed: u64,
    /// By coin: how it is found out whether it is critical.
    by: Vec<By>,
    proofs: bool,
    tree: Tree,
    /// By place: the loss that hangs on it.
    lost: Vec<u64>,
    removal: Option<Box<Block<'a, 8>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Nobody asks.
    Nothing,
    Dominators,
    Removal,
}

impl<'a> Critical<'a> {
    /// For the coins that are wanted.
    pub(super) fn new(view: View<'a>, seed: u64, wanted: impl Fn(u32) -> bool) -> Self {
        let places = view.places();
        let dominators = view.has_no_joins();
        let by = |coin: u32| match places.get(coin as usize) {
            Some(_) if !wanted(coin) => By::Nothing,
            Some(0) => By::Nothing,
            Some(1) if dominators => By::Dominators,
            Some(_) => By::Removal,
            None => By::Nothing,
        };
        let by: Vec<By> = (0..view.coin_count() as u32).map(by).collect();
        let proofs = by.contains(&By::Removal);
        Self { view, seed, by, proofs, tree: Tree::default(), lost: Vec::new(), removal: None }
    }

    /// Looks at one world that has been computed as a lane of a block: calls `found` with each critical coin and what is lost
    /// only with its help.
    pub(super) fn look<const K: usize>(
        &mut self,
        block: &mut Block<'a, K>,
        (first, lane): (u64, u32),
        events: &[(u32, u64)],
        mut found: impl FnMut(u32, u64),
    ) {
        let (word, bit) = (lane as usize / 64, lane % 64);
        let falls = |node: u32| block.fallen(node)[word] >> bit & 1 != 0;
        let happened: Vec<(u32, u64)> =
            events.iter().copied().filter(|(node, units)| *units > 0 && falls(*node)).collect();
        if happened.is_empty() {
            return;
        }
        let end = block.end();
        self.tree.grow(self.view, end, |gate| block.gate(gate)[word] >> bit & 1 != 0);
        if self.view.has_no_joins() {
            self.by_dominators(&happened, &mut found);
        }
        if self.proofs {
            self.by_removal(first * 64 + u64::from(lane), &happened, &mut found);
        }
    }

    fn by_dominators(&mut self, happened: &[(u32, u64)], found: &mut impl FnMut(u32, u64)) {
        self.tree.dominate();
        self.lost.clear();
        self.lost.resize(self.tree.len(), 0);
        for (node, units) in happened {
            if let Some(place) = self.tree.place(*node) {
                self.lost[place as usize] += units;
            }
        }
        self.tree.gather(&mut self.lost);
        for (bridge, lost) in self.tree.bridges().iter().zip(&self.lost) {
            let Some(gate) = bridge.filter(|gate| *gate != OPEN && *lost > 0) else { continue };
            for coin in self.view.coins(gate).into_iter().filter(|coin| *coin != NONE) {
                if self.by[coin as usize] == By::Dominators {
                    found(coin, *lost);
                }
            }
        }
    }

    fn by_removal(&mut self, world: u64, happened: &[(u32, u64)], found: &mut impl FnMut(u32, u64)) {
        let places = happened.iter().filter_map(|(node, _)| self.tree.place(*node));
        let gates = self.tree.proof(self.view, places);
        let coins = gates.iter().flat_map(|gate| self.view.coins(*gate)).filter(|coin| *coin != NONE);
        let mut tried: Vec<u32> = coins.filter(|coin| self.by[*coin as usize] == By::Removal).collect();
        tried.sort_unstable();
        tried.dedup();
        let (view, seed) = (self.view, self.seed);
        let removal = self.removal.get_or_insert_with(|| Box::new(Block::new(view, seed, false)));
        for tried in tried.chunks(512) {
            removal.run_without(world, tried);
            let mut saved = vec![0u64; tried.len()];
            for (node, units) in happened {
                for (word, fallen) in removal.fallen(*node).into_iter().enumerate() {
                    let mut held = !fallen;
                    while held != 0 {
                        let lane = word * 64 + held.trailing_zeros() as usize;
                        held &= held - 1;
                        match saved.get_mut(lane) {
                            Some(saved) => *saved += units,
                            None => break,
                        }
                    }
                }
            }
            for (coin, saved) in tried.iter().zip(saved).filter(|(_, saved)| *saved > 0) {
                found(*coin, saved);
            }
        }
    }
}
