//! A condensed graph as an overlay changes it: what computations over worlds run on.

use super::{
    Key, Overlay,
    condensed::{AndId, AndNode, Arc, Coin, Condensed, Condition, Node, Through, Via},
    draw,
    index::{Id, IndexVec},
};

/// A condensed graph with changes of an overlay, if there are any.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    condensed: &'a Condensed,
    overlay: Option<&'a Overlay<'a>>,
    /// The chances of these coins are multiplied by this.
    scaled: Option<(&'a IndexVec<Coin, bool>, f64)>,
    /// Whether chances that rest on an unsure prior are drawn anew for each block.
    redraws: bool,
}

impl Overlay<'_> {
    pub(crate) fn view(&self) -> View<'_> {
        let overlay = Some(self).filter(|overlay| !overlay.is_empty());
        View { overlay, ..View::of(&self.snapshot().condensed) }
    }

    /// The same, where it may be changed later, or has states and variables that nothing needs yet.
    pub(crate) fn changed_view(&self) -> View<'_> {
        View { overlay: Some(self), ..View::of(&self.snapshot().condensed) }
    }
}

impl<'a> View<'a> {
    pub(crate) fn of(condensed: &'a Condensed) -> Self {
        Self { condensed, overlay: None, scaled: None, redraws: false }
    }

    /// The same with the chances of some coins multiplied by a number up to 1.
    pub(crate) fn scaled(self, coins: &'a IndexVec<Coin, bool>, by: f64) -> Self {
        Self { scaled: Some((coins, by)), ..self }
    }

    /// The same with chances drawn from their priors, for each block anew.
    pub(crate) fn redrawing(self) -> Self {
        Self { redraws: true, ..self }
    }

    /// The overlay, where it changes more than chances: where steps or given states are new.
    fn extended(&self) -> Option<&'a Overlay<'a>> {
        self.overlay.filter(|overlay| !overlay.arcs.is_empty() || !overlay.given.is_empty())
    }

    /// The coins whose chance the overlay changes, in their order; nothing where it adds steps or gives states.
    pub(crate) fn changed(&self) -> Option<Vec<Coin>> {
        if self.extended().is_some() {
            return None;
        }
        let changed = self.overlay.into_iter().flat_map(|overlay| overlay.chances.keys());
        let mut coins: Vec<Coin> = changed.copied().collect();
        coins.sort_unstable();
        Some(coins)
    }

    /// In which of the worlds of a block a coin helps.
    pub(crate) fn drawn(&self, coin: Coin, seed: u64, block: u64) -> u64 {
        let (seeded, threshold) = self.coin(coin, seed);
        draw::worlds(seeded, block, self.redrawn(coin, seed, block).unwrap_or(threshold))
    }

    /// The conditions of the arcs from the source, the first uncertain steps of any attack; none where they are not known.
    pub(crate) fn first_conditions(&self) -> &'a [Condition] {
        if self.extended().is_some() { &[] } else { self.condensed.first_conditions() }
    }

    /// The chance that any of them holds; 1 where they are not known.
    pub(crate) fn first_chance(&self) -> f64 {
        let conditions = self.first_conditions();
        if conditions.is_empty() {
            return 1.0;
        }
        // From the least chance on, so that the order in which things were stated does not show in the last bits.
        let sorted = |mut chances: Vec<f64>| {
            chances.sort_by(f64::total_cmp);
            chances.into_iter()
        };
        let of_condition = |condition: &Condition| -> f64 {
            sorted(self.coins(*condition).map(|coin| self.chance(coin)).collect()).product()
        };
        // A sum of what is not below 0, so that small chances keep their digits.
        let each = sorted(conditions.iter().map(of_condition).collect());
        let any: f64 = each.fold(0.0, |any, chance| any + (1.0 - any) * chance);
        // Rounded up, so that rounding puts no bound below the truth.
        (any * (1.0 + 1e-14)).min(1.0)
    }

    pub(crate) fn condensed(&self) -> &'a Condensed {
        self.condensed
    }

    /// How many nodes there are, the new ones with them.
    pub(crate) fn node_count(&self) -> usize {
        self.condensed.node_count() + self.overlay.map_or(0, |overlay| overlay.states as usize)
    }

    /// One above the last node to look at: of the relevant ones, or of all. Where steps are new, what is relevant has changed.
    pub(crate) fn end(&self, all: bool) -> Node {
        if all || self.extended().is_some() {
            Node::from_index(self.node_count())
        } else {
            self.condensed.relevant()
        }
    }

    pub(crate) fn has_no_and_nodes(&self) -> bool {
        self.condensed.and_node_count() + self.overlay.map_or(0, |overlay| overlay.and_nodes.len()) == 0
    }

    /// The arcs of a node, up to the first that leads to `end` or beyond.
    pub(crate) fn arcs(&self, node: Node, end: Node) -> impl Iterator<Item = Arc> + use<'a> {
        let known: &'a [Arc] = self.condensed.arcs_of_any(node);
        let known = known.iter().take_while(move |arc| arc.to < end);
        known.chain(self.added(node)).copied()
    }

    /// All arcs of a node.
    pub(crate) fn all_arcs(&self, node: Node) -> impl Iterator<Item = Arc> + use<'a> {
        self.arcs(node, Node::NONE)
    }

    /// The condition of an arc, or of the AND node that it leads through.
    pub(crate) fn condition(&self, via: Via) -> Condition {
        match via.through() {
            Through::Condition(condition) => condition,
            Through::AndNode(id) => self.and_node(id).condition,
        }
    }

    pub(crate) fn coin_count(&self) -> usize {
        self.condensed.coin_count() + self.overlay.map_or(0, |overlay| overlay.coins.len())
    }

    pub(crate) fn key(&self, coin: Coin) -> Key {
        match (coin.index().checked_sub(self.condensed.coin_count()), self.overlay) {
            (Some(new), Some(overlay)) => overlay.coins[new].0,
            (_, _) => self.condensed.key(coin),
        }
    }

    /// By coin: how many arcs and AND nodes its help opens, up to 255.
    pub(crate) fn places(&self) -> IndexVec<Coin, u8> {
        let mut of_condition: IndexVec<Condition, u8> = IndexVec::filled(0, self.condition_count());
        for (node, arc) in
            Node::first(self.node_count()).flat_map(|node| self.all_arcs(node).map(move |arc| (node, arc)))
        {
            let condition = match arc.via.through() {
                Through::Condition(condition) => condition,
                Through::AndNode(id) => {
                    // An AND node has an arc from each of its premises, and is one place.
                    let and_node = self.and_node(id);
                    if node != and_node.premises[0] {
                        continue;
                    }
                    and_node.condition
                }
            };
            of_condition[condition] = of_condition[condition].saturating_add(1);
        }
        let mut places = IndexVec::filled(0u8, self.coin_count());
        for (condition, count) in of_condition.entries().skip(1) {
            for coin in self.coins(condition) {
                places[coin] = places[coin].saturating_add(*count);
            }
        }
        places
    }

    /// Nodes that are taken for compromised from the start, besides the source.
    pub(crate) fn given(&self) -> &'a [Node] {
        self.overlay.map_or(&[], |overlay| &overlay.given)
    }

    pub(crate) fn condition_count(&self) -> usize {
        self.condensed.condition_count() + self.overlay.map_or(0, |overlay| overlay.conditions.len())
    }

    /// The arcs that the overlay adds to a node.
    pub(crate) fn added(&self, node: Node) -> &'a [Arc] {
        match self.overlay {
            Some(overlay) if !overlay.arcs.is_empty() => overlay.arcs.get(&node).map_or(&[], Vec::as_slice),
            Some(_) | None => &[],
        }
    }

    pub(crate) fn and_node(&self, id: AndId) -> AndNode {
        match (id.index().checked_sub(self.condensed.and_node_count()), self.overlay) {
            (Some(new), Some(overlay)) => overlay.and_nodes[new],
            (_, _) => self.condensed.and_node(id),
        }
    }

    /// The coins of a condition, all of which must help.
    pub(crate) fn coins(&self, condition: Condition) -> impl Iterator<Item = Coin> + Clone + use<> {
        let coins = match (condition.index().checked_sub(self.condensed.condition_count()), self.overlay) {
            (Some(new), Some(overlay)) => overlay.conditions[new],
            (_, _) => self.condensed.coins_of(condition),
        };
        coins.into_iter().take_while(|coin| !coin.is_none())
    }

    /// A coin's key under a seed, and its threshold.
    pub(crate) fn coin(&self, coin: Coin, seed: u64) -> (u64, u64) {
        (draw::seeded(seed, self.key(coin)), draw::threshold(self.chance(coin)))
    }

    /// The threshold of a coin in a block where its chance is drawn from its prior.
    pub(crate) fn redrawn(&self, coin: Coin, seed: u64, block: u64) -> Option<u64> {
        let prior = self.condensed.prior(coin).filter(|_| self.redraws)?;
        Some(draw::threshold(prior.drawn(self.chance(coin), seed, block)))
    }

    /// The chance of a coin.
    pub(crate) fn chance(&self, coin: Coin) -> f64 {
        let chance = match (coin.index().checked_sub(self.condensed.coin_count()), self.overlay) {
            (Some(new), Some(overlay)) => overlay.coins[new].1,
            (None, Some(overlay)) => {
                let changed = overlay.chances.get(&coin).copied();
                changed.unwrap_or_else(|| self.condensed.coin_chance(coin))
            }
            (_, None) => self.condensed.coin_chance(coin),
        };
        match self.scaled {
            Some((coins, by)) if coins.get(coin) == Some(&true) => chance * by,
            Some(_) | None => chance,
        }
    }
}
