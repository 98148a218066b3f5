//! What if: changes laid over a snapshot, which stays as it is.

use super::{
    Key, Snapshot, State,
    condensed::{Arc, Condensed, JOIN, Join, OPEN},
    draw,
    index::NONE,
};
use crate::{
    error::{Error, ErrorKind, Result},
    quantity::Probability,
};
use std::collections::HashMap;

/// Changes of a snapshot: chances of variables, states that are given, steps and states that are new.
///
/// Every computation over worlds takes a patch, and counts, to the bit, what it counts of the changed graph compiled anew. It costs
/// what the changes touch. Where steps or given states are new, how likely an attack is to begin is not worked out again: the
/// bounds are then a little wider, and the counts the same.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Overlay}, Probability};
///
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// let snapshot = graph.compile()?;
/// let mut fixed = Overlay::of(&snapshot);
/// fixed.chance(Key::of("finding", "f-1"), Probability::ZERO)?;
/// assert_eq!(fixed.chance(Key::of("finding", "f-2"), Probability::ZERO).unwrap_err().code(), "not_found");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Overlay<'a> {
    snapshot: &'a Snapshot,
    /// By coin: its changed chance.
    chances: HashMap<u32, f64>,
    /// New coins, numbered behind the condensed graph's.
    coins: Vec<(Key, f64)>,
    /// New gates and joins, numbered behind the condensed graph's.
    gates: Vec<[u32; 4]>,
    joins: Vec<Join>,
    /// By node: its new arcs.
    arcs: HashMap<u32, Vec<Arc>>,
    given: Vec<u32>,
    /// How many states are new.
    states: u32,
}

impl<'a> Overlay<'a> {
    /// No changes.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            chances: HashMap::new(),
            coins: Vec::new(),
            gates: Vec::new(),
            joins: Vec::new(),
            arcs: HashMap::new(),
            given: Vec::new(),
            states: 0,
        }
    }

    /// The snapshot it changes.
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Changes the chance of a variable: an EPSS update, a control that is better than thought; 0 for a finding that is fixed.
    ///
    /// # Errors
    /// `not_found` when there is no such variable.
    pub fn chance(&mut self, key: Key, chance: Probability) -> Result<()> {
        let condensed = &self.snapshot.condensed;
        if let Some(coin) = condensed.coin(key) {
            self.chances.insert(coin, chance.get());
            return Ok(());
        }
        match self.coins.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = chance.get(),
            None => return Err(unknown(key)),
        }
        Ok(())
    }

    /// Takes a state for held from the start: an assumed breach.
    ///
    /// # Errors
    /// `not_found` when there is no such state, `invalid_input` for a threat or a control, which are variables.
    pub fn given(&mut self, state: State) -> Result<()> {
        let node = self.node(state)?;
        if !self.given.contains(&node) {
            self.given.push(node);
            self.given.sort_unstable();
        }
        Ok(())
    }

    /// Adds a state.
    pub fn state(&mut self) -> State {
        self.states += 1;
        State(self.snapshot.state_count() as u32 + self.states - 1)
    }

    /// Adds a variable.
    ///
    /// # Errors
    /// `conflict` when there is one of this key.
    pub fn variable(&mut self, key: Key, chance: Probability) -> Result<()> {
        if self.coin(key).is_some() {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("there is a variable `{key}` already: change its chance"),
            ));
        }
        self.coins.push((key, chance.get()));
        Ok(())
    }

    /// Adds a step, such as a new relation makes: from its premises, one or two besides what is given, past at most four variables
    /// all of which must help, to its conclusion.
    ///
    /// # Errors
    /// `not_found` for a state or variable that is not there, `invalid_input` for more premises or variables.
    pub fn step(&mut self, premises: &[State], guards: &[Key], conclusion: State) -> Result<()> {
        self.arcs_of(premises, guards, conclusion).map(drop)
    }

    /// Adds a step; its arcs come back, each with where it comes from.
    pub(crate) fn arcs_of(
        &mut self,
        premises: &[State],
        guards: &[Key],
        conclusion: State,
    ) -> Result<Vec<(u32, Arc)>> {
        let mut gate = [NONE; 4];
        if guards.len() > gate.len() {
            return Err(Error::invalid(format!("a step has {} variables: it may have 4", guards.len())));
        }
        for (slot, key) in gate.iter_mut().zip(guards) {
            *slot = self.coin(*key).ok_or_else(|| unknown(*key))?;
        }
        let to = self.node(conclusion)?;
        let mut nodes = premises.iter().map(|state| self.node(*state)).collect::<Result<Vec<u32>>>()?;
        nodes.retain(|node| *node != 0);
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.len() > 2 {
            return Err(Error::invalid(format!(
                "a step needs {} states: it may need 2, so put a state between",
                nodes.len()
            )));
        }
        if nodes.contains(&to) || to == 0 {
            return Ok(Vec::new());
        }
        let gate = self.gate(gate);
        let arcs = match nodes.as_slice() {
            [] => vec![(0, Arc { to, gate })],
            [one] => vec![(*one, Arc { to, gate })],
            [first, second, ..] => {
                let gate_of_join = JOIN | (self.snapshot.condensed.join_count() + self.joins.len()) as u32;
                self.joins.push(Join { premises: [*first, *second], gate });
                [*first, *second].map(|premise| (premise, Arc { to, gate: gate_of_join })).into()
            }
        };
        for (from, arc) in &arcs {
            self.arcs.entry(*from).or_default().push(*arc);
        }
        Ok(arcs)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.chances.is_empty() && self.arcs.is_empty() && self.given.is_empty()
    }

    pub(crate) fn view(&self) -> View<'_> {
        View { patch: Some(self).filter(|patch| !patch.is_empty()), ..View::of(&self.snapshot.condensed) }
    }

    /// The same, where it may be changed later, or has states and variables that nothing needs yet.
    pub(crate) fn changed_view(&self) -> View<'_> {
        View { patch: Some(self), ..View::of(&self.snapshot.condensed) }
    }

    pub(crate) fn known_coin(&self, key: Key) -> Result<u32> {
        self.coin(key).ok_or_else(|| unknown(key))
    }

    fn gate(&mut self, coins: [u32; 4]) -> u32 {
        if coins[0] == NONE {
            return OPEN;
        }
        self.gates.push(coins);
        (self.snapshot.condensed.gate_count() + self.gates.len() - 1) as u32
    }

    fn coin(&self, key: Key) -> Option<u32> {
        let condensed = &self.snapshot.condensed;
        let new = || self.coins.iter().position(|(known, _)| *known == key);
        condensed.coin(key).or_else(|| new().map(|at| (condensed.coin_count() + at) as u32))
    }

    pub(crate) fn node(&self, state: State) -> Result<u32> {
        let (State(number), known) = (state, self.snapshot.state_count() as u32);
        match number.checked_sub(known) {
            None => self.snapshot.condensed.node(number).ok_or_else(|| {
                Error::invalid(format!("state {number} is a threat or a control: change its variable"))
            }),
            Some(new) if new < self.states => Ok(self.snapshot.condensed.node_count() as u32 + new),
            Some(_) => {
                let message = format!("there is no state {number}: there are {}", known + self.states);
                Err(Error::new(ErrorKind::NotFound, message))
            }
        }
    }
}

fn unknown(key: Key) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no variable `{key}`"))
}

/// A core as a patch makes it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    condensed: &'a Condensed,
    patch: Option<&'a Overlay<'a>>,
    /// The chances of these coins are multiplied by this.
    scaled: Option<(&'a [bool], f64)>,
    /// Whether chances that rest on an unsure prior are drawn anew for each block.
    redraws: bool,
}

impl<'a> View<'a> {
    pub(crate) fn of(condensed: &'a Condensed) -> Self {
        Self { condensed, patch: None, scaled: None, redraws: false }
    }

    /// The same with the chances of some coins multiplied by a number up to 1.
    pub(crate) fn scaled(self, coins: &'a [bool], by: f64) -> Self {
        Self { scaled: Some((coins, by)), ..self }
    }

    /// The same with chances drawn from their priors, for each block anew.
    pub(crate) fn redrawing(self) -> Self {
        Self { redraws: true, ..self }
    }

    /// The coins whose chance the patch changes, in their order; nothing where it adds steps or gives states.
    pub(crate) fn changed(&self) -> Option<Vec<u32>> {
        let Some(patch) = self.patch else { return Some(Vec::new()) };
        if !patch.arcs.is_empty() || !patch.given.is_empty() {
            return None;
        }
        let mut coins: Vec<u32> = patch.chances.keys().copied().collect();
        coins.sort_unstable();
        Some(coins)
    }

    /// In which of the worlds of a block a coin helps.
    pub(crate) fn drawn(&self, coin: u32, seed: u64, block: u64) -> u64 {
        let (seeded, threshold) = self.coin(coin, seed);
        draw::worlds(seeded, block, self.redrawn(coin, seed, block).unwrap_or(threshold))
    }

    /// The gates of the arcs from the source, the first uncertain steps of any attack.
    pub(crate) fn first_gates(&self) -> &'a [u32] {
        match self.patch {
            Some(patch) if !patch.arcs.is_empty() || !patch.given.is_empty() => &[],
            Some(_) | None => self.condensed.first_gates(),
        }
    }

    /// The chance that any of them is open; 1 where it is not known.
    pub(crate) fn first_chance(&self) -> f64 {
        let gates = self.first_gates();
        if gates.is_empty() {
            return 1.0;
        }
        // From the least chance on, so that the order in which things were stated does not show in the last bits.
        let sorted = |mut chances: Vec<f64>| {
            chances.sort_by(f64::total_cmp);
            chances.into_iter()
        };
        let of_gate = |gate: &u32| -> f64 {
            let coins = self.coins(*gate).into_iter().filter(|coin| *coin != NONE);
            sorted(coins.map(|coin| self.chance(coin)).collect()).product()
        };
        // A sum of what is not below 0, so that small chances keep their digits.
        let each = sorted(gates.iter().map(of_gate).collect());
        let open: f64 = each.fold(0.0, |open, chance| open + (1.0 - open) * chance);
        // Rounded up, so that rounding puts no bound below the truth.
        (open * (1.0 + 1e-14)).min(1.0)
    }

    pub(crate) fn condensed(&self) -> &'a Condensed {
        self.condensed
    }

    /// One above the last node to look at: of the relevant ones, or of all. Where steps are new, what is relevant has changed.
    pub(crate) fn end(&self, all: bool) -> u32 {
        match self.patch {
            Some(patch) if all || !patch.arcs.is_empty() || !patch.given.is_empty() => {
                self.condensed.node_count() as u32 + patch.states
            }
            Some(_) | None if all => self.condensed.node_count() as u32,
            Some(_) | None => self.condensed.relevant(),
        }
    }

    pub(crate) fn has_no_joins(&self) -> bool {
        self.condensed.join_count() + self.patch.map_or(0, |patch| patch.joins.len()) == 0
    }

    /// The arcs of a node, up to the first that leads to `end` or beyond.
    pub(crate) fn arcs(&self, node: u32, end: u32) -> impl Iterator<Item = Arc> + use<'a> {
        let known: &'a [Arc] = self.condensed.arcs_of_any(node);
        let known = known.iter().take_while(move |arc| arc.to < end);
        known.chain(self.added(node)).copied()
    }

    /// The coins of an arc's gate, or of its join's.
    pub(crate) fn gate_coins(&self, gate: u32) -> [u32; 4] {
        self.coins(if gate & JOIN == 0 { gate } else { self.join(gate).gate })
    }

    pub(crate) fn coin_count(&self) -> usize {
        self.condensed.coin_count() + self.patch.map_or(0, |patch| patch.coins.len())
    }

    pub(crate) fn key(&self, coin: u32) -> Key {
        match ((coin as usize).checked_sub(self.condensed.coin_count()), self.patch) {
            (Some(new), Some(patch)) => patch.coins[new].0,
            (_, _) => self.condensed.key(coin),
        }
    }

    /// By coin: how many arcs and joins its help opens, up to 255.
    pub(crate) fn places(&self) -> Vec<u8> {
        let mut of_gate = vec![0u8; self.gate_count()];
        let nodes = self.end(true);
        for (node, arc) in (0..nodes).flat_map(|node| self.arcs(node, nodes).map(move |arc| (node, arc))) {
            let gate = if arc.gate & JOIN == 0 {
                arc.gate
            } else {
                // A join has an arc from each of its premises, and is one place.
                let join = self.join(arc.gate);
                if node != join.premises[0] {
                    continue;
                }
                join.gate
            };
            of_gate[gate as usize] = of_gate[gate as usize].saturating_add(1);
        }
        let mut places = vec![0u8; self.coin_count()];
        for (gate, count) in of_gate.iter().enumerate().skip(1) {
            for coin in self.coins(gate as u32).into_iter().filter(|coin| *coin != NONE) {
                places[coin as usize] = places[coin as usize].saturating_add(*count);
            }
        }
        places
    }

    pub(crate) fn given(&self) -> &'a [u32] {
        self.patch.map_or(&[], |patch| &patch.given)
    }

    pub(crate) fn gate_count(&self) -> usize {
        self.condensed.gate_count() + self.patch.map_or(0, |patch| patch.gates.len())
    }

    pub(crate) fn added(&self, node: u32) -> &'a [Arc] {
        match self.patch {
            Some(patch) if !patch.arcs.is_empty() => patch.arcs.get(&node).map_or(&[], Vec::as_slice),
            Some(_) | None => &[],
        }
    }

    pub(crate) fn join(&self, gate: u32) -> Join {
        let at = (gate & !JOIN) as usize;
        match (at.checked_sub(self.condensed.join_count()), self.patch) {
            (Some(new), Some(patch)) => patch.joins[new],
            (_, _) => self.condensed.join(gate),
        }
    }

    /// The coins of a gate.
    pub(crate) fn coins(&self, gate: u32) -> [u32; 4] {
        match ((gate as usize).checked_sub(self.condensed.gate_count()), self.patch) {
            (Some(new), Some(patch)) => patch.gates[new],
            (_, _) => self.condensed.coins(gate),
        }
    }

    /// A coin's key under a seed, and its threshold.
    pub(crate) fn coin(&self, coin: u32, seed: u64) -> (u64, u64) {
        (draw::seeded(seed, self.key(coin)), draw::threshold(self.chance(coin)))
    }

    /// The threshold of a coin in a block where its chance is drawn from its prior.
    pub(crate) fn redrawn(&self, coin: u32, seed: u64, block: u64) -> Option<u64> {
        let spread = self.condensed.spread(coin).filter(|_| self.redraws)?;
        Some(draw::threshold(spread.drawn(self.chance(coin), seed, block)))
    }

    /// The chance of a coin.
    pub(crate) fn chance(&self, coin: u32) -> f64 {
        let chance = match ((coin as usize).checked_sub(self.condensed.coin_count()), self.patch) {
            (Some(new), Some(patch)) => patch.coins[new].1,
            (None, Some(patch)) => {
                let changed = patch.chances.get(&coin).copied();
                changed.unwrap_or_else(|| self.condensed.coin_chance(coin))
            }
            (_, None) => self.condensed.coin_chance(coin),
        };
        match self.scaled {
            Some((coins, by)) if coins.get(coin as usize) == Some(&true) => chance * by,
            Some(_) | None => chance,
        }
    }
}
