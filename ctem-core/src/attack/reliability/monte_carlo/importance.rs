//! What fixing each finding is worth, counted over worlds.

use super::{Block, SampleStatistics, Worlds, critical::Critical, intervals, run::lost, tally::most_lost};
use crate::{
    attack::{
        graph::{
            Key, Snapshot, VariableKind,
            condensed::{Coin, Node},
            index::IndexVec,
            view::View,
        },
        limits::{Limits, OnProgress, Progress, Reason, Truncated},
        parallel::over,
    },
    error::{Error, Result},
    quantity::{Estimate, Probability},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// The fix value of every variable that was asked about: the expected loss with it minus that without it, which reliability
/// engineering calls improvement potential or risk reduction worth (p · ∂R/∂p: Birnbaum importance times the chance).
///
/// Fix values do not add up to the whole: where two findings are needed together either fix saves the loss, and where either
/// suffices neither does alone.
///
/// ```
/// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (office, shop) = (graph.state(), graph.state());
/// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
/// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
/// #     let guard = graph.variable(key, half);
/// #     graph.step(from.as_slice(), Some(guard), to)?;
/// # }
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // The way to the shop needs both: does fixing either save as much as fixing the other?
/// let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
/// let worth = |key| values.of(key, Probability::clamped(0.95)).value();
/// assert!(worth(flaw) > 0.0);
/// assert_eq!(worth(phish), worth(flaw));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Birnbaum importance")]
#[doc(alias = "improvement potential")]
#[doc(alias = "risk reduction worth")]
#[doc(alias = "importance measure")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct FixValues {
    tally: SampleStatistics,
    truncated: Option<Truncated>,
    /// By key: what was lost only with its help, in units, summed over worlds.
    saved: BTreeMap<Key, Saved>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Saved {
    worlds: u64,
    sum: u128,
    squares: u128,
}

/// Fix values as they are read, before they are checked.
#[derive(Deserialize)]
struct Written {
    tally: SampleStatistics,
    truncated: Option<Truncated>,
    saved: BTreeMap<Key, Saved>,
}

impl TryFrom<Written> for FixValues {
    type Error = Error;

    fn try_from(Written { tally, truncated, saved }: Written) -> Result<Self> {
        let fits = |saved: &Saved| {
            let most = most_lost(saved.worlds);
            saved.worlds <= tally.worlds()
                && saved.sum <= most
                && saved.squares <= most_lost(1).saturating_mul(saved.sum)
        };
        if saved.values().all(fits) {
            Ok(Self { tally, truncated, saved })
        } else {
            Err(Error::invalid(
                "the fix values do not fit their tally: they must be ones that a run has written",
            ))
        }
    }
}

impl FixValues {
    fn add(&mut self, key: Key, worlds: u64, sum: u128, squares: u128) {
        let saved = self.saved.entry(key).or_default();
        saved.worlds += worlds;
        saved.sum += sum;
        saved.squares += squares;
    }

    /// The worlds it was counted in.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // How many worlds do the values rest on?
    /// let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits { worlds: 640, ..Limits::default() });
    /// assert_eq!(values.tally().worlds(), 640);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn tally(&self) -> &SampleStatistics {
        &self.tally
    }

    /// Why it counts fewer worlds than it was to.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, OnProgress, Reason, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Whoever stops at once has fewer worlds than asked for, and can tell.
    /// let limits = Limits { worlds: 1 << 30, progress: OnProgress::new(&|_| false), ..Limits::default() };
    /// let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &limits);
    /// assert_eq!(values.truncated().map(|truncated| truncated.reason), Some(Reason::Stopped));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn truncated(&self) -> Option<Truncated> {
        self.truncated
    }

    /// Adds what was counted in other worlds.
    ///
    /// # Errors
    /// As [`SampleStatistics::merge`]; nothing is added then.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let mut values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// // Are worlds that both looked at counted twice?
    /// let before = values.clone();
    /// assert_eq!(values.merge(&before).unwrap_err().code(), "conflict");
    /// assert_eq!(values, before);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        other.saved.iter().for_each(|(key, saved)| self.add(*key, saved.worlds, saved.sum, saved.squares));
        Ok(())
    }

    /// The fix value of a variable, with a confidence interval: bounds that hold with the confidence (empirical Bernstein, as for
    /// [`SampleStatistics::loss`]). One that was critical in no world has the value 0, and an upper bound.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// let confidence = Probability::new(0.95)?;
    /// assert!(values.of(flaw, confidence).value() > 0.0);
    /// // Is what never mattered worth nothing for sure? No: it may matter in worlds nobody looked at.
    /// let unseen = values.of(Key::of("finding", "f-9"), confidence);
    /// assert!(unseen.value() == 0.0 && unseen.upper() > 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(&self, key: Key, confidence: Probability) -> Estimate {
        let saved = self.saved.get(&key).copied().unwrap_or_default();
        let (worlds, all) = (self.tally.worlds(), self.tally.everything());
        let mean = saved.sum as f64 / worlds.max(1) as f64 / SampleStatistics::UNITS;
        let square =
            saved.squares as f64 / worlds.max(1) as f64 / SampleStatistics::UNITS / SampleStatistics::UNITS;
        let deviation = (square - mean * mean).max(0.0).sqrt();
        let half = intervals::bernstein(deviation, worlds, 1.0 - confidence.get());
        let (lower, upper) = ((mean - half).max(0.0) * all, (mean + half).min(1.0) * all);
        Estimate::sampled(mean * all, lower, upper, confidence, worlds, self.tally.seed())
    }

    /// Criticality importance: the chance that a variable is critical, given that anything is lost; 1 for a choke point. Of a run
    /// of one loss event it is P(critical | loss), which takes redundancy and chance into account where counting paths does not.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// // Nothing is lost without this flaw: it is a choke point.
    /// assert_eq!(values.critical(flaw), 1.0);
    /// assert_eq!(values.critical(Key::of("finding", "f-9")), 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "criticality importance")]
    pub fn critical(&self, key: Key) -> f64 {
        self.critical_worlds(key) as f64 / self.tally.lossy().max(1) as f64
    }

    /// The same with bounds that hold with the confidence, however many worlds were looked at (as for [`SampleStatistics::chance`]).
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// # let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// // How sure is it that this flaw is a choke point?
    /// let critical = values.critical_chance(flaw, Probability::new(0.95)?);
    /// assert_eq!((critical.value(), critical.upper()), (1.0, 1.0));
    /// assert!(critical.lower() > 0.99);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "criticality importance")]
    pub fn critical_chance(&self, key: Key, confidence: Probability) -> Estimate {
        let critical = self.critical_worlds(key);
        let (lower, upper) = intervals::of_share(critical, self.tally.lossy(), 1.0 - confidence.get());
        let (worlds, seed) = (self.tally.worlds(), self.tally.seed());
        Estimate::sampled(self.critical(key), lower, upper, confidence, worlds, seed)
    }

    /// The variables that were critical in some world, in their order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.saved.keys().copied()
    }

    /// In how many worlds a variable was critical.
    pub(crate) fn critical_worlds(&self, key: Key) -> u64 {
        self.saved.get(&key).map_or(0, |saved| saved.worlds)
    }

    /// The variables that were critical in some world, the most valuable first; of equal ones the lower key.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
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
    /// # let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// // One way leads to a loss of 1000, the other to one of 10: what is to be fixed first?
    /// assert_eq!(values.ranked(), [flaw, phish]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn ranked(&self) -> Vec<Key> {
        let mut keys: Vec<(Key, u128)> = self.saved.iter().map(|(key, saved)| (*key, saved.sum)).collect();
        keys.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        keys.into_iter().map(|(key, _)| key).collect()
    }
}

/// Of which variables it is asked what fixing them is worth.
///
/// ```
/// use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
///
/// // One flaw opens two doors: no one place holds it.
/// let mut graph = Graph::new();
/// let (flaw, doors) = (graph.variable(Key::new(1), Probability::new(0.5)?), [graph.state(), graph.state()]);
/// for door in doors {
///     graph.step(&[], Some(flaw), door)?;
///     graph.event(door, 100.0)?;
/// }
/// let snapshot = graph.compile()?;
/// let worth = |of| Worlds::new(&snapshot, 7).fix_values(of, &Limits::default()).ranked();
/// assert_eq!(worth(FixSet::Findings), [Key::new(1)]);
/// assert_eq!(worth(FixSet::Single), []);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FixSet {
    /// Of findings, and of variables of a graph put together by hand, that guard one place.
    Single,
    /// Also of those that guard several places, each of which is tried by itself where it matters.
    Findings,
    /// Also of relations.
    Exposures,
    /// Of every variable: threats, controls and entries among them.
    All,
}

impl<'a> Worlds<'a> {
    /// Counts, over the first worlds, what fixing each variable of a set is worth.
    ///
    /// O(m) a world, besides the worlds themselves; where steps need two states, or for what is shared, once more for every 512
    /// variables that a proof of the losses needs.
    ///
    /// ```
    /// # use ctem_core::{attack::{FixSet, Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Two steps of one chance in two, and 1000 to lose: is it 250 that fixing the flaw saves?
    /// let values = Worlds::new(&snapshot, 7).fix_values(FixSet::Findings, &Limits::default());
    /// let worth = values.of(flaw, Probability::new(0.95)?);
    /// assert!(worth.lower() <= 250.0 && 250.0 <= worth.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "Birnbaum importance")]
    pub fn fix_values(&self, of: FixSet, limits: &Limits<'_>) -> FixValues {
        self.fix_values_in(of, 0..limits.worlds.div_ceil(64), limits)
    }

    /// The same over some blocks of 64 worlds.
    pub(crate) fn fix_values_in(&self, of: FixSet, blocks: Range<u64>, limits: &Limits<'_>) -> FixValues {
        let view = self.view();
        let wanted = players(self.snapshot, view, of);
        self.fix_values_of(view, &wanted, blocks, limits)
    }

    pub(super) fn fix_values_of(
        &self,
        view: View<'a>,
        wanted: &IndexVec<Coin, bool>,
        blocks: Range<u64>,
        limits: &Limits<'_>,
    ) -> FixValues {
        let (seed, events) = (self.seed, self.events());
        let mut pool = Vec::new();
        let make = || Worker {
            block: Block::new(view, seed, false),
            critical: Critical::new(view, seed, |coin| wanted[coin]),
            tally: self.tally(),
            saved: IndexVec::filled(Saved::default(), view.coin_count()),
            fresh: IndexVec::filled(Saved::default(), view.coin_count()),
            touched: Vec::new(),
        };
        let (begin, count) = (blocks.start * 64, blocks.end.saturating_sub(blocks.start));
        // One world may take as long as many, where each finding that a loss needs is tried by itself: so it is asked about each, by
        // workers that are not equally far.
        let (furthest, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
        let ask = |Progress { done, of }| {
            let done = furthest.fetch_max(done, Relaxed).max(done);
            let on = !stopped.load(Relaxed) && limits.progress.goes_on(done, of);
            stopped.fetch_or(!on, Relaxed);
            on
        };
        let progress = OnProgress::new(&ask);
        let goes_on = |world: u64| progress.goes_on(world - begin, count.saturating_mul(64));
        let truncated = over(&mut pool, make, blocks, &progress, |worker, mut blocks, _| {
            blocks.all(|first| worker.count(first, &events, goes_on));
        });
        let truncated = truncated.or(stopped.load(Relaxed).then_some(Truncated { reason: Reason::Stopped }));
        let tally = self.together(pool.iter_mut().map(|worker| &mut worker.tally));
        let mut values = FixValues { tally, truncated, saved: BTreeMap::new() };
        for worker in pool {
            for (coin, saved) in worker.saved.entries().filter(|(_, saved)| saved.worlds > 0) {
                values.add(view.key(coin), saved.worlds, saved.sum, saved.squares);
            }
        }
        values
    }
}

/// By coin: whether it is asked about.
pub(super) fn players(snapshot: &Snapshot, view: View<'_>, of: FixSet) -> IndexVec<Coin, bool> {
    if of == FixSet::All {
        return IndexVec::filled(true, view.coin_count());
    }
    let shared = of != FixSet::Single;
    let places = view.places();
    let asked = |(coin, places): (Coin, &u8)| {
        let kind = snapshot.variable(coin.variable()).map(|variable| variable.kind);
        let asked = match kind {
            Some(VariableKind::Finding(_) | VariableKind::Stated(_)) => true,
            Some(VariableKind::Relation(_)) => of == FixSet::Exposures,
            Some(_) | None => false,
        };
        asked && (*places == 1 || (shared && *places > 1))
    };
    places.entries().map(asked).collect()
}

struct Worker<'a> {
    block: Block<'a, 1>,
    critical: Critical<'a>,
    tally: SampleStatistics,
    saved: IndexVec<Coin, Saved>,
    /// The same of the block that is being counted, and the coins that have anything in it.
    fresh: IndexVec<Coin, Saved>,
    touched: Vec<Coin>,
}

impl Worker<'_> {
    /// Counts the worlds of a block, all of them or, where the caller says not to go on, none.
    fn count(&mut self, first: u64, events: &[(Node, u64)], goes_on: impl Fn(u64) -> bool) -> bool {
        if !self.block.run(first, [u64::MAX], || goes_on(first * 64)) {
            return false;
        }
        let (begun, lost) = (self.block.begun()[0], lost(&self.block, 0, events));
        let fallen: Vec<u64> = events.iter().map(|(node, _)| self.block.fallen(*node)[0]).collect();
        for lane in 0..64 {
            let world = first * 64 + u64::from(lane);
            let found = |coin: Coin, units: u64| {
                let saved = &mut self.fresh[coin];
                if saved.worlds == 0 {
                    self.touched.push(coin);
                }
                saved.worlds += 1;
                saved.sum += u128::from(units);
                saved.squares += u128::from(units) * u128::from(units);
            };
            let looks =
                || self.critical.look(&mut self.block, (first, lane), events, found, || goes_on(world));
            if !goes_on(world) || !looks() {
                self.touched.drain(..).for_each(|coin| self.fresh[coin] = Saved::default());
                return false;
            }
        }
        for coin in self.touched.drain(..) {
            let fresh = std::mem::take(&mut self.fresh[coin]);
            let saved = &mut self.saved[coin];
            saved.worlds += fresh.worlds;
            saved.sum += fresh.sum;
            saved.squares += fresh.squares;
        }
        self.tally.count(first, begun, fallen.into_iter(), &lost);
        true
    }
}
