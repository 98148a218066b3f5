//! Exact chances, where they can be had, by binary decision diagrams (BDD).
//!
//! The chance that a state falls is that of a Boolean function of the coins: the least one in which each step's conclusion
//! falls where its premises do and its coins help. We keep the function as a decision diagram, in which the chance, what each
//! coin adds to it, and what-if answers are sums over one array.
//!
//! Coins are ordered as a breadth-first search from the source meets them. With those far from the source on top, a function
//! is built upon those of the nodes before it, so that long thin graphs take linear time; with those near it on top, wide
//! graphs take less. We try the first, and where it does not fit the second.
//!
//! The size of a diagram can be exponential in the coins (the problem is #P-complete: Valiant, *The complexity of enumeration
//! and reliability problems*, 1979), so there is a limit of nodes. A loss event whose function stays below it is exact
//! whatever the others need.
//!
//! ```
//! use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
//!
//! // Two ways to one machine, both by the same flaw: as likely as the flaw, not likelier.
//! let mut graph = Graph::new();
//! let (office, plant, machine) = (graph.state(), graph.state(), graph.state());
//! let flaw = Key::of("threat", "CVE-2024-1");
//! let guard = graph.variable(flaw, Probability::new(0.1)?);
//! for way in [office, plant] {
//!     graph.step(&[], None, way)?;
//!     graph.step(&[way], Some(guard), machine)?;
//! }
//! let event = graph.event(machine, 1e6)?;
//! let exact = Exact::compute(&graph.compile()?, &Limits::default())?;
//! assert_eq!(exact.chance(event), Some(Probability::new(0.1)?));
//! // What would be gained by fixing it everywhere?
//! assert_eq!(exact.fix_value(flaw), Some(1e5));
//! // And if it grew likelier?
//! assert_eq!(exact.loss_with(&[(flaw, Probability::new(0.5)?)]), 5e5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it leaves out: other orders of the coins, which could make a diagram smaller; chances of states that are no loss events.

mod bdd;
mod given;
mod solve;

use crate::{
    attack::{
        graph::{
            EventId, Key, Snapshot,
            condensed::Coin,
            index::{Id, IndexVec},
        },
        limits::{Limits, Reason},
        reliability::quadrature::gauss_legendre,
    },
    quantity::Probability,
};
use bdd::Choice;
pub(in crate::attack) use bdd::{Diagram, Function, Level, Operator};
use solve::{Order, Solver};
use std::{collections::HashSet, fmt};

/// The exact chances of loss events (network reliability), as binary decision diagrams (BDD) of all coins that matter to them:
/// without any error but rounding.
///
/// ```
/// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
/// # for way in ways {
/// #     let guard = graph.variable(way, half);
/// #     graph.step(&[], Some(guard), shop)?;
/// # }
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Two ways to one loss, one chance in two each.
/// let exact = Exact::best_effort(&snapshot, &Limits::default());
/// assert_eq!(exact.chance(crash), Some(Probability::new(0.75)?));
/// assert_eq!(exact.loss(), 750.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "BDD")]
#[doc(alias = "binary decision diagram")]
#[doc(alias = "network reliability")]
#[derive(Debug, Clone)]
pub struct Exact {
    /// Each after those it leads to; the first two are the constants.
    nodes: IndexVec<Function, Choice>,
    /// By level of the diagram: the coin's key and its chance.
    coins: IndexVec<Level, (Key, f64)>,
    /// The levels by their keys.
    by_key: Vec<Level>,
    /// By loss event: its function; none where that took more than was allowed.
    events: IndexVec<EventId, Function>,
    losses: IndexVec<EventId, f64>,
    budget_exceeded: Option<BudgetExceeded>,
}

/// Why there is no exact answer.
///
/// ```
/// # use ctem_core::{attack::{Exact, Graph, Key, Limits, Reason}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let shop = graph.state();
/// # for way in 0..8 {
/// #     let (first, second) = (graph.variable(Key::new(way), half), graph.variable(Key::new(100 + way), half));
/// #     let between = graph.state();
/// #     graph.step(&[], Some(first), between)?;
/// #     graph.step(&[between], Some(second), shop)?;
/// # }
/// # let crash = graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Which loss event takes more than 24 nodes?
/// let few = Limits { nodes: 24, ..Limits::default() };
/// let budget_exceeded = Exact::compute(&snapshot, &few).unwrap_err();
/// assert_eq!((budget_exceeded.event, budget_exceeded.reason), (crash, Reason::Nodes));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetExceeded {
    /// The first loss event that has none.
    pub event: EventId,
    /// What ended the search for it: too many nodes, or the caller.
    pub reason: Reason,
}

impl Exact {
    /// Finds the exact chance of every loss event.
    ///
    /// Time and space grow with the diagrams: at most `limits.nodes` nodes (of some 40 bytes while it runs, 12 after) are kept,
    /// and the work, whatever the graph, is O(n + m) and that for at most forty times as many.
    ///
    /// # Errors
    /// `BudgetExceeded` when the diagrams of any loss event take more nodes than allowed, or the caller says not to go on.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // All or nothing: every event has its exact chance.
    /// let exact = Exact::compute(&snapshot, &Limits::default())?;
    /// assert_eq!(exact.chance(crash), Some(Probability::new(0.75)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compute(snapshot: &Snapshot, limits: &Limits<'_>) -> Result<Self, BudgetExceeded> {
        let exact = Self::best_effort(snapshot, limits);
        match exact.budget_exceeded {
            Some(budget_exceeded) => Err(budget_exceeded),
            None => Ok(exact),
        }
    }

    /// Finds the exact chance of those loss events whose diagrams stay within the limits; [`Exact::budget_exceeded`] says why others
    /// have none.
    ///
    /// ```
    /// use ctem_core::{attack::{Exact, Graph, Key, Limits, Reason}, Probability};
    ///
    /// // One event that two coins decide, and one that takes sixteen, in pairs.
    /// let mut graph = Graph::new();
    /// let (easy, hard) = (graph.state(), graph.state());
    /// let half = Probability::new(0.5)?;
    /// for way in 0..8 {
    ///     let (first, second) = (graph.variable(Key::new(way), half), graph.variable(Key::new(100 + way), half));
    ///     let between = graph.state();
    ///     graph.step(&[], Some(first), between)?;
    ///     graph.step(&[between], Some(second), hard)?;
    ///     if way == 0 {
    ///         graph.step(&[between], Some(second), easy)?;
    ///     }
    /// }
    /// let (easy, hard) = (graph.event(easy, 1.0)?, graph.event(hard, 1.0)?);
    /// let exact = Exact::best_effort(&graph.compile()?, &Limits { nodes: 24, ..Limits::default() });
    /// assert_eq!(exact.chance(easy), Some(Probability::new(0.25)?));
    /// assert_eq!(exact.chance(hard), None);
    /// assert_eq!(exact.budget_exceeded().map(|budget_exceeded| budget_exceeded.reason), Some(Reason::Nodes));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn best_effort(snapshot: &Snapshot, limits: &Limits<'_>) -> Self {
        Self::best_of(snapshot, limits, |_| None)
    }

    /// The same once some variables are ended, and others that are sure are no questions any more: far smaller diagrams, which say
    /// nothing of what is sure.
    pub(crate) fn once_ended(snapshot: &Snapshot, ended: &[Key], limits: &Limits<'_>) -> Self {
        let condensed = &snapshot.condensed;
        let ended: HashSet<Coin> = ended.iter().filter_map(|key| condensed.coin(*key)).collect();
        Self::best_of(snapshot, limits, |coin| {
            if ended.contains(&coin) {
                return Some(false);
            }
            (condensed.coin_chance(coin) >= 1.0).then_some(true)
        })
    }

    fn best_of(snapshot: &Snapshot, limits: &Limits<'_>, decided: impl Fn(Coin) -> Option<bool>) -> Self {
        let far = Self::in_order(Order::FarOnTop, snapshot, limits, &decided);
        match far.budget_exceeded {
            Some(BudgetExceeded { reason: Reason::Nodes, .. }) => {
                let near = Self::in_order(Order::NearOnTop, snapshot, limits, &decided);
                if near.known().count() > far.known().count() { near } else { far }
            }
            Some(_) | None => far,
        }
    }

    fn in_order(
        order: Order,
        snapshot: &Snapshot,
        limits: &Limits<'_>,
        decided: impl Fn(Coin) -> Option<bool>,
    ) -> Self {
        let condensed = &snapshot.condensed;
        let mut solver = Solver::new(condensed, order, limits, decided);
        let ended = solver.solve();
        let order = std::mem::take(&mut solver.order);
        let (nodes, events) = solver.finish();
        let reason = ended.err().unwrap_or(Reason::Nodes);
        let first_without = events.entries().find(|(_, function)| function.is_none());
        let budget_exceeded = first_without.map(|(event, _)| BudgetExceeded { event, reason });
        let coins: IndexVec<Level, _> =
            order.iter().map(|coin| (condensed.key(*coin), condensed.coin_chance(*coin))).collect();
        let mut by_key: Vec<Level> = coins.ids().collect();
        by_key.sort_unstable_by_key(|level| coins[*level].0);
        Self { nodes, coins, by_key, events, losses: snapshot.layout.losses.clone(), budget_exceeded }
    }

    /// Why some loss events have no exact chance, unless all have one.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Has every loss event its exact chance?
    /// let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// assert_eq!(exact.budget_exceeded(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn budget_exceeded(&self) -> Option<BudgetExceeded> {
        self.budget_exceeded
    }

    /// The chance that a loss event happens; none where it takes more than was allowed, or where there is no such event. O(nodes).
    ///
    /// ```
    /// # use ctem_core::{attack::{EventId, Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// assert_eq!(exact.chance(crash), Some(Probability::new(0.25)?));
    /// assert_eq!(exact.chance(EventId::new(9)), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance(&self, event: EventId) -> Option<Probability> {
        self.chance_with(event, &[])
    }

    /// By loss event: the chance that it happens; none where it takes more than was allowed. O(nodes).
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, mail) = (graph.state(), graph.state());
    /// # let (flaw, phish) = (Key::of("finding", "f-1"), Key::of("finding", "f-2"));
    /// # for (key, to) in [(flaw, shop), (phish, mail)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(&[], Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # graph.event(mail, 10.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// assert_eq!(exact.chances(), [Some(half), Some(half)]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chances(&self) -> Vec<Option<Probability>> {
        let values = self.values(&self.chances_of_coins());
        let value = |function: &Function| values.get(*function).copied().map(Probability::clamped);
        self.events.iter().map(value).collect()
    }

    /// The same, in which only one loss event costs anything: for what leads to it alone.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, mail) = (graph.state(), graph.state());
    /// # let (flaw, phish) = (Key::of("finding", "f-1"), Key::of("finding", "f-2"));
    /// # for (key, to) in [(flaw, shop), (phish, mail)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(&[], Some(guard), to)?;
    /// # }
    /// # let (crash, spam) = (graph.event(shop, 1000.0)?, graph.event(mail, 10.0)?);
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // How much of the expected loss is the shop's?
    /// assert_eq!(exact.loss(), 505.0);
    /// assert_eq!(exact.only(crash).loss(), 500.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn only(&self, event: EventId) -> Self {
        let mut only = self.clone();
        only.losses.entries_mut().filter(|(other, _)| *other != event).for_each(|(_, loss)| *loss = 0.0);
        only
    }

    /// The chance that a loss event happens, if some coins had other chances. Of two chances for one coin the last counts; one
    /// for a coin that lies on no way to a loss changes nothing.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // What if one of two ways were closed, or stood open?
    /// assert_eq!(exact.chance_with(crash, &[(ways[0], Probability::ZERO)]), Some(half));
    /// assert_eq!(exact.chance_with(crash, &[(ways[0], Probability::ONE)]), Some(Probability::ONE));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn chance_with(&self, event: EventId, chances: &[(Key, Probability)]) -> Option<Probability> {
        let function = self.events.get(event)?.some()?;
        Some(Probability::clamped(self.values(&self.changed(chances))[function]))
    }

    /// The expected loss of all events whose chance is known. O(nodes).
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // 1000 to lose behind two steps of one chance in two.
    /// assert_eq!(exact.loss(), 250.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn loss(&self) -> f64 {
        self.loss_with(&[])
    }

    /// The expected loss, if some coins had other chances.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // What is left after one fix, and after both?
    /// let [first, second] = ways.map(|way| (way, Probability::ZERO));
    /// assert_eq!(exact.loss_with(&[first]), 500.0);
    /// assert_eq!(exact.loss_with(&[first, second]), 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn loss_with(&self, chances: &[(Key, Probability)]) -> f64 {
        let values = self.values(&self.changed(chances));
        self.known().map(|(function, loss)| loss * values[function]).sum()
    }

    /// By loss event: its loss times its chance; 0 where it takes more than was allowed.
    pub(crate) fn expected_losses(&self) -> Vec<f64> {
        let values = self.values(&self.chances_of_coins());
        let known = |function: &Function| values.get(*function).copied().unwrap_or(0.0);
        self.events.iter().zip(self.losses.iter()).map(|(function, loss)| loss * known(function)).collect()
    }

    /// The improvement potential of a coin (p · ∂R/∂p: Birnbaum importance times the chance): how much expected loss is gone once it
    /// never helps; none for a coin that lies on no way to a loss. O(nodes).
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // What does one fix gain while the other way stays open?
    /// assert_eq!(exact.fix_value(ways[0]), Some(250.0));
    /// assert_eq!(exact.fix_value(Key::of("finding", "f-9")), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "Birnbaum importance")]
    #[doc(alias = "improvement potential")]
    #[doc(alias = "risk reduction worth")]
    pub fn fix_value(&self, key: Key) -> Option<f64> {
        let level = self.level(key)?;
        Some(self.gains(&self.chances_of_coins())[level])
    }

    /// How much expected loss is gone once each coin alone never helps, in the order of keys: those that lie between the source
    /// and a loss. All by one sweep there and back, since the loss is linear in every chance. O(nodes).
    ///
    /// What several coins gain together is not the sum of these: [`Exact::loss_with`] says what is left.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // Which fix gains most? Each ends the only way, so they gain the same.
    /// let values = exact.fix_values();
    /// assert_eq!(values.len(), 2);
    /// assert!(values.iter().all(|(_, worth)| *worth == 250.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "Birnbaum importance")]
    pub fn fix_values(&self) -> Vec<(Key, f64)> {
        self.keyed(&self.gains(&self.chances_of_coins()))
    }

    /// The Aumann–Shapley share of each coin: how much of the expected loss it accounts for, in the order of keys: the shares of
    /// all add up to the loss less what is lost whatever is fixed.
    ///
    /// They are the prices of Aumann and Shapley (*Values of Non-Atomic Games*, 1974), ∫₀¹ p · ∂R/∂p(τp) dτ: what a coin adds
    /// on the average while all chances grow together from nothing. A polynomial, so that Gauss's rule has no error but
    /// rounding as long as no way through the diagram asks more than 256 coins; beyond that, what the sum lacks says how
    /// large it is. O(nodes · coins on the longest way).
    ///
    /// ```
    /// use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    ///
    /// // Two sure ways to one loss: to fix either alone gains nothing, and yet both are half of it.
    /// let mut graph = Graph::new();
    /// let machine = graph.state();
    /// for way in 0..2 {
    ///     let flaw = graph.variable(Key::new(way), Probability::ONE);
    ///     graph.step(&[], Some(flaw), machine)?;
    /// }
    /// graph.event(machine, 10.0)?;
    /// let exact = Exact::compute(&graph.compile()?, &Limits::default())?;
    /// assert_eq!(exact.fix_values(), [(Key::new(0), 0.0), (Key::new(1), 0.0)]);
    /// assert!(exact.shares().iter().all(|(_, share)| (share - 5.0).abs() < 1e-12));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "Shapley value")]
    #[doc(alias = "Aumann-Shapley")]
    pub fn shares(&self) -> Vec<(Key, f64)> {
        self.shares_of(|_| true)
    }

    /// The same, among some coins alone: they grow together, while the others have their chances all along. Their shares add up
    /// to the loss less what is lost when none of them ever helps.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // Of 750 that are lost, 500 are whatever becomes of the first way: the rest is its share.
    /// let shares = exact.shares_of(|key| key == ways[0]);
    /// let [(key, share)] = shares[..] else { unreachable!() };
    /// assert_eq!(key, ways[0]);
    /// assert!((share - 250.0).abs() < 1e-9);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn shares_of(&self, counts: impl Fn(Key) -> bool) -> Vec<(Key, f64)> {
        const MOST: usize = 128;
        let chances = self.chances_of_coins();
        let counted: IndexVec<Level, bool> = self.coins.iter().map(|(key, _)| counts(*key)).collect();
        let mut shares = IndexVec::filled(0.0, chances.len());
        // A rule of n points is right up to degree 2n − 1, and the derivative's degree is one less than the longest way.
        for (at, weight) in gauss_legendre(self.longest().div_ceil(2).clamp(1, MOST)) {
            let scaled = chances.iter().zip(&counted);
            let scaled: IndexVec<Level, f64> =
                scaled.map(|(chance, counted)| if *counted { chance * at } else { *chance }).collect();
            for ((share, gain), _) in
                shares.iter_mut().zip(self.gains(&scaled)).zip(&counted).filter(|(_, counted)| **counted)
            {
                // The gain has the scaled chance in it already.
                *share += weight * gain / at;
            }
        }
        let mut shares = self.keyed(&shares);
        shares.retain(|(key, _)| counts(*key));
        shares
    }

    /// How many nodes the diagrams have.
    ///
    /// ```
    /// # use ctem_core::{attack::{Exact, Graph, Key, Limits}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let exact = Exact::best_effort(&snapshot, &Limits::default());
    /// // How far is it from the limit?
    /// assert!(exact.node_count() < Limits::default().nodes);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many coins matter to any event.
    pub(crate) fn coin_count(&self) -> usize {
        self.coins.len()
    }

    /// By level: the chance.
    fn chances_of_coins(&self) -> IndexVec<Level, f64> {
        self.coins.iter().map(|(_, chance)| *chance).collect()
    }

    fn changed(&self, changes: &[(Key, Probability)]) -> IndexVec<Level, f64> {
        let mut chances = self.chances_of_coins();
        for (key, chance) in changes {
            if let Some(level) = self.level(*key) {
                chances[level] = chance.get();
            }
        }
        chances
    }

    fn level(&self, key: Key) -> Option<Level> {
        let found = self.by_key.binary_search_by_key(&key, |level| self.coins[*level].0);
        self.by_key.get(found.ok()?).copied()
    }

    /// The functions that are known, and what is lost where each holds.
    fn known(&self) -> impl Iterator<Item = (Function, f64)> {
        let events = self.events.iter().copied().zip(self.losses.iter().copied());
        events.filter(|(function, _)| !function.is_none())
    }

    /// By node: the chance that its function holds. Every sum is of numbers of one sign, so small chances keep their digits.
    fn values(&self, chances: &IndexVec<Level, f64>) -> IndexVec<Function, f64> {
        let mut values = IndexVec::with_capacity(self.nodes.len());
        values.push(0.0);
        values.push(1.0);
        for Choice { level, low, high } in self.nodes.iter().skip(2) {
            let chance = chances[*level];
            values.push(chance * values[*high] + (1.0 - chance) * values[*low]);
        }
        values
    }

    /// By level: how much more is lost than if the coin never helped. A node is come to with some chance from the events, each
    /// of which weighs as its loss; there its coin decides between two functions.
    fn gains(&self, chances: &IndexVec<Level, f64>) -> IndexVec<Level, f64> {
        let values = self.values(chances);
        let mut weights: IndexVec<Function, f64> = IndexVec::filled(0.0, self.nodes.len());
        self.known().for_each(|(function, loss)| weights[function] += loss);
        let mut gains = IndexVec::filled(0.0, chances.len());
        for (at, Choice { level, low, high }) in self.nodes.entries().skip(2).rev() {
            let (weight, chance) = (weights[at], chances[*level]);
            weights[*high] += weight * chance;
            weights[*low] += weight * (1.0 - chance);
            // What helps never hurts: a difference below 0 is rounding.
            let decides = (values[*high] - values[*low]).max(0.0);
            gains[*level] += weight * decides * chance;
        }
        gains
    }

    /// The most coins that any way through the diagrams asks.
    fn longest(&self) -> usize {
        let mut longest: IndexVec<Function, u32> = vec![0; 2].into();
        for Choice { low, high, .. } in self.nodes.iter().skip(2) {
            longest.push(1 + longest[*low].max(longest[*high]));
        }
        longest.into_iter().max().unwrap_or(0) as usize
    }

    fn keyed(&self, by_level: &IndexVec<Level, f64>) -> Vec<(Key, f64)> {
        self.by_key.iter().map(|level| (self.coins[*level].0, by_level[*level])).collect()
    }
}

impl fmt::Display for BudgetExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.event.number();
        match self.reason {
            Reason::Stopped => {
                write!(f, "stopped by the caller before loss event {event} was exact: its bounds hold")
            }
            Reason::Nodes | Reason::Enough => write!(
                f,
                "loss event {event} takes more nodes of a decision diagram than allowed: allow more, or take its bounds"
            ),
        }
    }
}

impl std::error::Error for BudgetExceeded {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Program,
        attack::{Graph, OnProgress, State},
        discover,
        intel::Intel,
    };

    fn chance(chance: f64) -> Probability {
        Probability::new(chance).unwrap()
    }

    fn exact(graph: &Graph) -> Exact {
        Exact::compute(&graph.compile().unwrap(), &Limits::default()).unwrap()
    }

    /// A graph in which each thing is written down by its name.
    #[derive(Default)]
    struct Written(Graph, u128);

    impl Written {
        fn link(&mut self, from: &[State], chance_of: f64, to: &[(State, State)]) {
            let guard = self.0.variable(Key::new(self.1), chance(chance_of));
            self.1 += 1;
            for (start, end) in to {
                let premises: Vec<State> = from.iter().chain([start]).copied().collect();
                self.0.step(&premises, Some(guard), *end).unwrap();
            }
        }
    }

    /// Wang, Islam, Long, Singhal and Jajodia, *An Attack Graph-Based Probabilistic Security Metric* (2008).
    #[test]
    fn the_chances_of_wang_and_others_2008_are_found() {
        let mut graph = Written::default();
        let [start, trust_01, trust_02, trust_12, user_1, user_2, root_2] = [(); 7].map(|()| graph.0.state());
        graph.0.step(&[], None, start).unwrap();
        graph.link(&[], 0.8, &[(start, trust_01)]);
        graph.link(&[], 0.9, &[(trust_01, user_1)]);
        graph.link(&[], 0.1, &[(start, user_1)]);
        graph.link(&[], 0.8, &[(start, trust_02)]);
        graph.link(&[], 0.9, &[(trust_02, user_2)]);
        graph.link(&[], 0.8, &[(user_1, trust_12)]);
        graph.link(&[user_1], 0.9, &[(trust_12, user_2)]);
        graph.link(&[], 0.1, &[(user_2, root_2)]);
        for (state, published) in [(user_1, 0.748), (user_2, 0.870_796_8), (root_2, 0.087_079_68)] {
            let event = graph.0.event(state, 1.0).unwrap();
            assert!((exact(&graph.0).chance(event).unwrap().get() - published).abs() < 1e-15);
        }
    }

    #[test]
    fn the_reliability_of_the_bridge_is_its_polynomial() {
        for p in [1e-6, 0.1, 0.5, 0.9] {
            let power = |n| f64::powi(p, n);
            for (both_ways, polynomial) in [
                (true, 2.0 * power(2) + 2.0 * power(3) - 5.0 * power(4) + 2.0 * power(5)),
                (false, 2.0 * power(2) + power(3) - 3.0 * power(4) + power(5)),
            ] {
                let mut graph = Written::default();
                let [start, a, b, end] = [(); 4].map(|()| graph.0.state());
                graph.0.step(&[], None, start).unwrap();
                for (from, to) in [(start, a), (start, b), (a, b), (a, end), (b, end)] {
                    let there_and_back = [(from, to), (to, from)];
                    graph.link(&[], p, if both_ways { &there_and_back } else { &there_and_back[..1] });
                }
                let event = graph.0.event(end, 1.0).unwrap();
                let found = exact(&graph.0).chance(event).unwrap().get();
                assert!((found - polynomial).abs() <= 1e-14 * polynomial, "{found} and {polynomial}");
            }
        }
    }

    #[test]
    fn what_needs_threats_and_controls_alone_starts_from_the_source() {
        let mut graph = Written::default();
        let first = graph.0.state();
        let second = graph.0.state();
        let given = graph.0.compile().unwrap().states().next().unwrap();
        graph.link(&[given], 0.5, &[(given, first), (given, second)]);
        let event = graph.0.event(second, 1.0).unwrap();
        assert_eq!(exact(&graph.0).chance(event), Some(chance(0.5)));

        // The rule has two premises, so that the two controls become a pair of their own.
        let mut program = Program::new(Intel::none());
        let report = discover::read(
            br#"{"ctem": {"version": 1},
            "assets": [{"id": "anna", "kind": "identity"}, {"id": "vault", "kind": "host"}],
            "relations": [{"kind": "administers", "from": "anna", "to": "vault", "controls": ["mfa", "wall"]}],
            "controls": [{"id": "mfa", "stops": 0.5}, {"id": "wall", "stops": 0.5}],
            "entry_points": [{"asset": "anna", "access": "use", "chance": 0.5}, {"asset": "vault", "access": "reach", "chance": 0.5}],
            "services": [{"id": "sales", "loss_events": [{"id": "leak", "loss": {"amount": 1000, "unit": "EUR"},
                "when": {"state": {"asset": "vault", "access": "control"}}}]}]}"#,
        );
        program.absorb(report.unwrap());
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let exact = Exact::compute(today.snapshot(), &Limits::default()).unwrap();
        assert_eq!(exact.chance(EventId::new(0)), Some(chance(0.0625)));
    }

    #[test]
    fn a_long_thin_graph_is_exact_in_one_order_and_a_wide_one_in_the_other() {
        for (width, length, order) in [(3, 1000, Order::FarOnTop), (8, 8, Order::NearOnTop)] {
            let mut graph = Written::default();
            let states: Vec<State> = (0..width * length).map(|_| graph.0.state()).collect();
            graph.0.step(&[], None, states[0]).unwrap();
            for at in 0..states.len() {
                for (next, fits) in
                    [(at + 1, at % width < width - 1), (at + width, at + width < states.len())]
                {
                    if fits {
                        graph.link(&[], 0.9, &[(states[at], states[next])]);
                    }
                }
            }
            graph.0.event(states[states.len() - 1], 1.0).unwrap();
            let snapshot = graph.0.compile().unwrap();
            let limits = Limits { nodes: 1 << 16, ..Limits::default() };
            let other = [Order::FarOnTop, Order::NearOnTop]
                .map(|one| Exact::in_order(one, &snapshot, &limits, |_| None));
            for (one, exact) in [Order::FarOnTop, Order::NearOnTop].iter().zip(other) {
                assert_eq!(exact.budget_exceeded().is_none(), *one == order, "{width} by {length}, {one:?}");
            }
            assert!(Exact::compute(&snapshot, &limits).is_ok());
        }
    }

    #[test]
    fn a_caller_that_says_stop_gets_the_reason() {
        // A grid with links both ways, too large to be done before the caller is asked.
        let mut graph = Written::default();
        let states: Vec<State> = (0..144).map(|_| graph.0.state()).collect();
        graph.0.step(&[], None, states[0]).unwrap();
        for at in 0..144 {
            for (next, fits) in [(at + 1, at % 12 < 11), (at + 12, at < 132)] {
                if fits {
                    graph.link(&[], 0.5, &[(states[at], states[next]), (states[next], states[at])]);
                }
            }
        }
        graph.0.event(states[143], 1.0).unwrap();
        let snapshot = graph.0.compile().unwrap();
        let stop = OnProgress::new(&|_| false);
        let stopped = Exact::compute(&snapshot, &Limits { progress: stop, ..Limits::default() });
        assert_eq!(stopped.unwrap_err().reason, Reason::Stopped);
        let full = Exact::compute(&snapshot, &Limits { nodes: 1000, ..Limits::default() });
        assert_eq!(full.unwrap_err().reason, Reason::Nodes);
    }
}
