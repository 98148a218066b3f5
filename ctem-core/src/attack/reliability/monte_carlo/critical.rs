//! What would not be lost, world by world, if one variable did not help.
//!
//! In a world a variable that helps is *critical* for what is lost there when less would be lost without it. Where no step needs
//! two states, dominators tell of all variables at once: all that falls only through one arc lies below that arc's end in the
//! dominator tree, if no other arc leads there from outside. Where steps need two states there are no dominators. Then, and
//! for a variable that guards several places, one proof of all that is lost is written out; since a critical variable is in
//! every proof, only those in this one are tried, 512 at once, each lane the same world without the help of one of them.

use super::{block::Block, one_world::Tree};
use crate::attack::graph::{
    condensed::{Coin, Condition, Node},
    dominator_tree::Number,
    index::IndexVec,
    view::View,
};

/// Looks for critical coins, in one world after the other.
pub(super) struct Critical<'a> {
    view: View<'a>,
    seed: u64,
    /// By coin: how it is found out whether it is critical.
    by: IndexVec<Coin, By>,
    proofs: bool,
    tree: Tree,
    /// By place: the loss that hangs on it.
    lost: IndexVec<Number, u64>,
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
    pub(super) fn new(view: View<'a>, seed: u64, wanted: impl Fn(Coin) -> bool) -> Self {
        let places = view.places();
        let dominators = view.has_no_and_nodes();
        let by = |(coin, places): (Coin, &u8)| match places {
            _ if !wanted(coin) => By::Nothing,
            0 => By::Nothing,
            1 if dominators => By::Dominators,
            _ => By::Removal,
        };
        let by: IndexVec<Coin, By> = places.entries().map(by).collect();
        let proofs = by.as_slice().contains(&By::Removal);
        Self { view, seed, by, proofs, tree: Tree::default(), lost: IndexVec::default(), removal: None }
    }

    /// Looks at one world that has been computed as a lane of a block: calls `found` with each critical coin and what is lost
    /// only with its help. Where many have to be tried it asks on the way whether to go on; whether it did.
    pub(super) fn look<const K: usize>(
        &mut self,
        block: &mut Block<'a, K>,
        (first, lane): (u64, u32),
        events: &[(Node, u64)],
        mut found: impl FnMut(Coin, u64),
        goes_on: impl Fn() -> bool,
    ) -> bool {
        let (word, bit) = (lane as usize / 64, lane % 64);
        let falls = |node: Node| block.fallen(node)[word] >> bit & 1 != 0;
        let happened: Vec<(Node, u64)> =
            events.iter().copied().filter(|(node, units)| *units > 0 && falls(*node)).collect();
        if happened.is_empty() {
            return true;
        }
        let end = block.end();
        self.tree.grow(self.view, end, |condition| block.condition(condition)[word] >> bit & 1 != 0);
        if self.view.has_no_and_nodes() {
            self.by_dominators(&happened, &mut found);
        }
        !self.proofs || self.by_removal(first * 64 + u64::from(lane), &happened, &mut found, goes_on)
    }

    fn by_dominators(&mut self, happened: &[(Node, u64)], found: &mut impl FnMut(Coin, u64)) {
        self.tree.dominate();
        self.lost.as_mut_vec().clear();
        self.lost.as_mut_vec().resize(self.tree.len(), 0);
        for (node, units) in happened {
            if let Some(place) = self.tree.place(*node) {
                self.lost[place] += units;
            }
        }
        self.tree.gather(&mut self.lost);
        for (bridge, lost) in self.tree.bridges().iter().zip(&self.lost) {
            let Some(condition) = bridge.filter(|bridge| *bridge != Condition::OPEN && *lost > 0) else {
                continue;
            };
            for coin in self.view.coins(condition) {
                if self.by[coin] == By::Dominators {
                    found(coin, *lost);
                }
            }
        }
    }

    fn by_removal(
        &mut self,
        world: u64,
        happened: &[(Node, u64)],
        found: &mut impl FnMut(Coin, u64),
        goes_on: impl Fn() -> bool,
    ) -> bool {
        let places = happened.iter().filter_map(|(node, _)| self.tree.place(*node));
        let conditions = self.tree.proof(self.view, places);
        let coins = conditions.iter().flat_map(|condition| self.view.coins(*condition));
        let mut tried: Vec<Coin> = coins.filter(|coin| self.by[*coin] == By::Removal).collect();
        tried.sort_unstable();
        tried.dedup();
        let (view, seed) = (self.view, self.seed);
        let removal = self.removal.get_or_insert_with(|| Box::new(Block::new(view, seed, false)));
        for (n, tried) in tried.chunks(512).enumerate() {
            if (n > 0 && !goes_on()) || !removal.run_without(world, tried, &goes_on) {
                return false;
            }
            let mut saved = vec![0u64; tried.len()];
            for (node, units) in happened {
                for (word, fallen) in removal.fallen(*node).into_iter().enumerate() {
                    // Lanes in which the event does not happen.
                    let mut spared = !fallen;
                    while spared != 0 {
                        let lane = word * 64 + spared.trailing_zeros() as usize;
                        spared &= spared - 1;
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
        true
    }
}
