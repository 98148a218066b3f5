//! What if: changes laid over a snapshot, which stays as it is.

use super::{
    Key, Snapshot, State,
    condensed::{AndId, AndNode, Arc, Coin, Condition, Node, Via},
    index::Id,
};
use crate::{
    error::{Error, ErrorKind, Result},
    quantity::Probability,
};
use std::collections::HashMap;

/// A scenario, what if: changes of a snapshot, which are chances of variables, states that are given, steps and states that are new.
///
/// Every computation over worlds takes an overlay, and counts, to the bit, what it counts of the changed graph compiled anew. It
/// costs what the changes touch. With new steps or given states, worlds are not split into those in which an attack begins and
/// the rest (no stratification by first step): bounds get a little wider, and counts stay the same.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Overlay}, Probability};
///
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.3)?);
/// graph.step(&[], Some(flaw), shop)?;
/// let snapshot = graph.compile()?;
/// let mut fixed = Overlay::new(&snapshot);
/// fixed.chance(Key::of("finding", "f-1"), Probability::ZERO)?;
/// assert_eq!(fixed.chance(Key::of("finding", "f-2"), Probability::ZERO).unwrap_err().code(), "not_found");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "what if")]
#[doc(alias = "scenario")]
#[doc(alias = "patch")]
#[derive(Debug, Clone)]
pub struct Overlay<'a> {
    snapshot: &'a Snapshot,
    /// By coin: its changed chance.
    pub(super) chances: HashMap<Coin, f64>,
    /// New coins, numbered behind the condensed graph's.
    pub(super) coins: Vec<(Key, f64)>,
    /// New conditions and AND nodes, numbered behind the condensed graph's.
    pub(super) conditions: Vec<[Coin; 4]>,
    pub(super) and_nodes: Vec<AndNode>,
    /// By node: its new arcs.
    pub(super) arcs: HashMap<Node, Vec<Arc>>,
    pub(super) given: Vec<Node>,
    /// How many states are new.
    pub(super) states: u32,
}

impl<'a> Overlay<'a> {
    /// No changes.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// let today = Overlay::new(&snapshot);
    /// let (as_is, changed) = (Worlds::new(&snapshot, 7), Worlds::new(&snapshot, 7).with(&today));
    /// // Nothing is changed yet, to the bit.
    /// let happened = |worlds: Worlds| worlds.run(&Limits::default()).tally.happened(leak);
    /// assert_eq!(happened(changed), happened(as_is));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            chances: HashMap::new(),
            coins: Vec::new(),
            conditions: Vec::new(),
            and_nodes: Vec::new(),
            arcs: HashMap::new(),
            given: Vec::new(),
            states: 0,
        }
    }

    /// The snapshot it changes.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// let overlay = Overlay::new(&snapshot);
    /// assert_eq!(overlay.snapshot().event_count(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Changes the chance of a variable: an EPSS update, a control that is better than thought; 0 for a finding that is fixed.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// // And if the flaw were fixed?
    /// let mut fixed = Overlay::new(&snapshot);
    /// fixed.chance(Key::of("finding", "f-1"), Probability::ZERO)?;
    /// let run = Worlds::new(&snapshot, 7).with(&fixed).run(&Limits::default());
    /// assert_eq!(run.tally.happened(leak), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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

    /// Takes a state for compromised from the start: an assumed breach.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// // And if somebody were in the shop already?
    /// let mut breach = Overlay::new(&snapshot);
    /// breach.given(shop)?;
    /// let tally = Worlds::new(&snapshot, 7).with(&breach).run(&Limits::default()).tally;
    /// assert_eq!(tally.happened(leak), tally.worlds());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// // And if there were a backup that is open to all, with the orders in it?
    /// let mut planned = Overlay::new(&snapshot);
    /// let backup = planned.state();
    /// planned.step(&[], &[], backup)?;
    /// planned.step(&[backup], &[], orders)?;
    /// let tally = Worlds::new(&snapshot, 7).with(&planned).run(&Limits::default()).tally;
    /// assert_eq!(tally.happened(leak), tally.worlds());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn state(&mut self) -> State {
        self.states += 1;
        State(self.snapshot.state_count() as u32 + self.states - 1)
    }

    /// Adds a variable.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// // Another flaw in the shop.
    /// let mut worse = Overlay::new(&snapshot);
    /// let other = Key::of("finding", "f-2");
    /// worse.variable(other, Probability::new(0.5)?)?;
    /// worse.step(&[], &[other], shop)?;
    /// assert_eq!(worse.variable(other, Probability::ONE).unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// // And if the orders could be read from the internet? They would leak in every world.
    /// let mut open = Overlay::new(&snapshot);
    /// open.step(&[], &[], orders)?;
    /// let tally = Worlds::new(&snapshot, 7).with(&open).run(&Limits::default()).tally;
    /// assert_eq!(tally.happened(leak), tally.worlds());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
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
    ) -> Result<Vec<(Node, Arc)>> {
        let mut coins = [Coin::NONE; 4];
        if guards.len() > coins.len() {
            return Err(Error::invalid(format!("a step has {} variables: it may have 4", guards.len())));
        }
        for (slot, key) in coins.iter_mut().zip(guards) {
            *slot = self.coin(*key).ok_or_else(|| unknown(*key))?;
        }
        let to = self.node(conclusion)?;
        let mut nodes = premises.iter().map(|state| self.node(*state)).collect::<Result<Vec<Node>>>()?;
        nodes.retain(|node| *node != Node::SOURCE);
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.len() > 2 {
            return Err(Error::invalid(format!(
                "a step needs {} states: it may need 2, so put a state between",
                nodes.len()
            )));
        }
        if nodes.contains(&to) || to == Node::SOURCE {
            return Ok(Vec::new());
        }
        let condition = self.condition(coins);
        let via = Via::from(condition);
        let arcs = match nodes.as_slice() {
            [] => vec![(Node::SOURCE, Arc { to, via })],
            [one] => vec![(*one, Arc { to, via })],
            [first, second, ..] => {
                let id = self.snapshot.condensed.and_node_count() + self.and_nodes.len();
                let (premises, via) = ([*first, *second], AndId::from_index(id).into());
                self.and_nodes.push(AndNode { premises, condition });
                premises.map(|premise| (premise, Arc { to, via })).into()
            }
        };
        for (from, arc) in &arcs {
            self.arcs.entry(*from).or_default().push(*arc);
        }
        Ok(arcs)
    }

    /// Whether it changes nothing.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key}, Probability};
    /// # let mut graph = Graph::new();
    /// # let (shop, orders) = (graph.state(), graph.state());
    /// # let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
    /// # graph.step(&[], Some(flaw), shop)?;
    /// # graph.step(&[shop], None, orders)?;
    /// # let leak = graph.event(orders, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # use ctem_core::attack::{Limits, Overlay, Worlds};
    /// let mut overlay = Overlay::new(&snapshot);
    /// assert!(overlay.is_empty());
    /// overlay.chance(Key::of("finding", "f-1"), Probability::ONE)?;
    /// assert!(!overlay.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.chances.is_empty() && self.arcs.is_empty() && self.given.is_empty()
    }

    pub(crate) fn known_coin(&self, key: Key) -> Result<Coin> {
        self.coin(key).ok_or_else(|| unknown(key))
    }

    fn condition(&mut self, coins: [Coin; 4]) -> Condition {
        if coins[0].is_none() {
            return Condition::OPEN;
        }
        self.conditions.push(coins);
        Condition::from_index(self.snapshot.condensed.condition_count() + self.conditions.len() - 1)
    }

    fn coin(&self, key: Key) -> Option<Coin> {
        let condensed = &self.snapshot.condensed;
        let new = || self.coins.iter().position(|(known, _)| *known == key);
        condensed.coin(key).or_else(|| new().map(|at| Coin::from_index(condensed.coin_count() + at)))
    }

    pub(crate) fn node(&self, state: State) -> Result<Node> {
        let (State(number), known) = (state, self.snapshot.state_count() as u32);
        match number.checked_sub(known) {
            None => self.snapshot.condensed.node(state).ok_or_else(|| {
                Error::invalid(format!("state {number} is a threat or a control: change its variable"))
            }),
            Some(new) if new < self.states => {
                Ok(Node::from_index(self.snapshot.condensed.node_count() + new as usize))
            }
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
