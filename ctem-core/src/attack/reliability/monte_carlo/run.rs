use super::{Block, IncrementalSample, SampleStatistics};
use crate::{
    attack::{
        graph::{EventId, Overlay, Snapshot, condensed::Node, index::IndexVec, view::View},
        limits::{Limits, Truncated},
        parallel::over,
    },
    error::{Error, Result},
    quantity::{Estimate, Probability},
};
use std::{num::NonZeroU32, ops::Range};

/// Possible worlds of a snapshot, to be counted: Monte Carlo simulation with common random numbers.
///
/// A world decides every variable. What it decides of one follows from the seed, the variable's key and the world's number alone, so
/// that two scenarios under one seed differ only by what differs between them.
///
/// ```
/// use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
///
/// // Two ways to the same loss.
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// for (way, chance) in [("a", 0.1), ("b", 0.2)] {
///     let flaw = graph.variable(Key::of("finding", way), Probability::new(chance)?);
///     graph.step(&[], Some(flaw), shop)?;
/// }
/// graph.event(shop, 1000.0)?;
/// let snapshot = graph.compile()?;
/// let run = Worlds::new(&snapshot, 7).run(&Limits::default());
/// let loss = run.tally.loss(Probability::new(0.95)?);
/// assert!(loss.lower() <= 280.0 && 280.0 <= loss.upper());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Monte Carlo")]
#[doc(alias = "simulation")]
#[doc(alias = "possible worlds")]
#[doc(alias = "common random numbers")]
#[doc(alias = "sampling")]
#[derive(Debug, Clone, Copy)]
pub struct Worlds<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) overlay: Option<&'a Overlay<'a>>,
    pub(super) seed: u64,
    lanes: Option<usize>,
    only: Option<EventId>,
}

/// What a run counted, and why it ended early if it did.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, Limits, OnProgress, Reason, Worlds}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
/// # let guard = graph.variable(flaw, half);
/// # graph.step(&[], Some(guard), shop)?;
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Was all looked at that was to be?
/// let worlds = Worlds::new(&snapshot, 7);
/// assert_eq!(worlds.run(&Limits::default()).truncated, None);
/// let stop = Limits { worlds: 1 << 30, progress: OnProgress::new(&|_| false), ..Limits::default() };
/// let run = worlds.run(&stop);
/// assert_eq!(run.truncated.map(|truncated| truncated.reason), Some(Reason::Stopped));
/// assert!(0 < run.tally.worlds() && run.tally.worlds() < stop.worlds);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Run {
    /// What was counted.
    pub tally: SampleStatistics,
    /// Why it ended before the worlds it was to look at.
    pub truncated: Option<Truncated>,
}

/// How precisely the expected loss is wanted.
///
/// ```
/// # use ctem_core::{attack::Precision, Probability};
/// // To a tenth of the expected loss, with the confidence that is usual.
/// let precision = Precision { half_width: 0.1, ..Precision::default() };
/// assert_eq!(precision.confidence, Probability::new(0.95)?);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "confidence interval")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// The confidence that its bounds hold, at whatever look the run ends. 0.95 unless said.
    pub confidence: Probability,
    /// Half the distance of the bounds, as a part of the expected loss. 0.05 unless said.
    pub half_width: f64,
}

impl Default for Precision {
    fn default() -> Self {
        Self { confidence: Probability::clamped(0.95), half_width: 0.05 }
    }
}

impl<'a> Worlds<'a> {
    /// The worlds of a snapshot under a seed.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Does the same seed always count the same?
    /// let count = |seed| Worlds::new(&snapshot, seed).run(&Limits::default()).tally;
    /// assert_eq!(count(7), count(7));
    /// assert_ne!(count(7), count(8));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(snapshot: &'a Snapshot, seed: u64) -> Self {
        Self { snapshot, overlay: None, seed, lanes: None, only: None }
    }

    /// The same worlds with changes in them.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Overlay, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // What is left once the flaw is fixed?
    /// let mut fixed = Overlay::new(&snapshot);
    /// fixed.chance(flaw, Probability::ZERO)?;
    /// let run = Worlds::new(&snapshot, 7).with(&fixed).run(&Limits::default());
    /// assert_eq!(run.tally.happened(crash), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn with(self, overlay: &'a Overlay<'a>) -> Self {
        Self { snapshot: overlay.snapshot(), overlay: Some(overlay), ..self }
    }

    /// The same worlds, in which only one loss event costs anything: for what leads to it alone.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, mail) = (graph.state(), graph.state());
    /// # let (flaw, phish) = (Key::of("finding", "f-1"), Key::of("finding", "f-2"));
    /// # for (key, to) in [(flaw, shop), (phish, mail)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(&[], Some(guard), to)?;
    /// # }
    /// # let (crash, spam) = (graph.event(shop, 1000.0)?, graph.event(mail, 10.0)?);
    /// # let snapshot = graph.compile()?;
    /// // How much of the expected loss is the shop's, and how much the mail server's?
    /// let (worlds, confidence) = (Worlds::new(&snapshot, 7), Probability::new(0.95)?);
    /// let loss = |worlds: Worlds<'_>| worlds.run(&Limits::default()).tally.loss(confidence).value();
    /// assert_eq!(loss(worlds.only(crash)) + loss(worlds.only(spam)), loss(worlds));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn only(self, event: EventId) -> Self {
        Self { only: Some(event), ..self }
    }

    /// Looks at so many worlds at once: 64, 256 or 512. It changes no count, only the time; unless said, the first worlds decide.
    ///
    /// # Errors
    /// `invalid_input` for another number.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Does it count the same, whatever the width?
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// assert_eq!(worlds.lanes(64)?.run(&limits).tally, worlds.lanes(512)?.run(&limits).tally);
    /// assert_eq!(worlds.lanes(100).unwrap_err().code(), "invalid_input");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn lanes(self, lanes: usize) -> Result<Self> {
        match lanes {
            64 | 256 | 512 => Ok(Self { lanes: Some(lanes), ..self }),
            _ => Err(Error::invalid(format!("`{lanes}` worlds at once: it must be 64, 256 or 512"))),
        }
    }

    /// Counts the first worlds, as many as the limits say, rounded up to a multiple of 64.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // How likely is the crash?
    /// let run = Worlds::new(&snapshot, 7).run(&Limits::default());
    /// let chance = run.tally.chance(crash, Probability::new(0.95)?);
    /// assert!(chance.lower() <= 0.5 && 0.5 <= chance.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn run(&self, limits: &Limits<'_>) -> Run {
        self.blocks(0..limits.worlds.div_ceil(64), limits)
    }

    /// Counts the worlds of some blocks of 64: one part of a run that is split over machines.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // The second of two machines, each with a hundred blocks.
    /// let part = Worlds::new(&snapshot, 7).blocks(100..200, &Limits::default());
    /// assert_eq!(part.tally.worlds(), 6400);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn blocks(&self, blocks: Range<u64>, limits: &Limits<'_>) -> Run {
        let mut pool = Vec::new();
        let truncated = over(&mut pool, || Counter::of(self), blocks, &limits.progress, Counter::count);
        Run { tally: self.together(pool.iter_mut().map(|counter| &mut counter.tally)), truncated }
    }

    /// Counts worlds until the expected loss is as precise as wanted, or the limits are reached. It looks at 512 worlds, and then
    /// each time at a quarter more; the bounds hold at all looks at once, so that stopping does not bend them.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Precision, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // How few worlds are enough for bounds a tenth of the loss apart?
    /// let limits = Limits { worlds: 1 << 20, ..Limits::default() };
    /// let (run, loss) = Worlds::new(&snapshot, 7).until(Precision::default(), &limits);
    /// assert!(run.tally.worlds() < limits.worlds);
    /// assert!(0.5 * (loss.upper() - loss.lower()) <= 0.05 * loss.value());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "sequential sampling")]
    #[doc(alias = "stopping rule")]
    pub fn until(&self, precision: Precision, limits: &Limits<'_>) -> (Run, Estimate) {
        let (mut pool, mut tally) = (Vec::new(), self.tally());
        let (mut at, most) = (0, limits.worlds.div_ceil(64).max(1));
        let (mut look, mut end) = (NonZeroU32::MIN, most.min(8));
        loop {
            let truncated = over(&mut pool, || Counter::of(self), at..end, &limits.progress, Counter::count);
            let counted = self.together(pool.iter_mut().map(|counter| &mut counter.tally));
            tally.take(&counted);
            at = end;
            let loss = tally.loss_at(look, precision.confidence);
            look = look.saturating_add(1);
            let close = 0.5 * (loss.upper() - loss.lower()) <= precision.half_width * loss.value();
            if close || at >= most || truncated.is_some() {
                return (Run { tally, truncated }, loss);
            }
            end = (at + (at / 4).max(8)).min(most);
        }
    }

    /// Counts the first worlds and keeps them, to be changed.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Do worlds that are kept count as those that are not?
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// assert_eq!(worlds.keep(&limits).tally(), &worlds.run(&limits).tally);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn keep(&self, limits: &Limits<'_>) -> IncrementalSample<'a> {
        IncrementalSample::new(self, limits)
    }

    pub(in crate::attack::reliability) fn seed(&self) -> u64 {
        self.seed
    }

    pub(in crate::attack::reliability) fn view(&self) -> View<'a> {
        match self.overlay {
            Some(overlay) => overlay.view(),
            None => View::of(&self.snapshot.condensed),
        }
    }

    /// By loss event: what it costs.
    pub(in crate::attack::reliability) fn losses(&self) -> IndexVec<EventId, f64> {
        let cost = |(event, loss): (EventId, &f64)| match self.only {
            Some(only) if only != event => 0.0,
            Some(_) | None => *loss,
        };
        self.snapshot.layout.losses.entries().map(cost).collect()
    }

    /// By loss event: its node and its loss in units.
    pub(super) fn events(&self) -> Vec<(Node, u64)> {
        let nodes = self.snapshot.condensed.events().iter().copied();
        nodes.zip(SampleStatistics::units(self.losses().as_slice())).collect()
    }

    /// A tally of no worlds.
    pub(super) fn tally(&self) -> SampleStatistics {
        SampleStatistics::new(self.seed, self.losses().as_slice(), self.view().first_chance())
    }

    /// What workers have counted, which have then counted nothing.
    pub(super) fn together<'t>(
        &self,
        parts: impl Iterator<Item = &'t mut SampleStatistics>,
    ) -> SampleStatistics {
        let mut all = self.tally();
        for part in parts {
            all.take(&std::mem::replace(part, self.tally()));
        }
        all
    }
}

/// Counts blocks, with as many worlds at once as suits them.
struct Counter<'a> {
    view: View<'a>,
    seed: u64,
    lanes: Option<usize>,
    narrow: Option<Block<'a, 1>>,
    middle: Option<Block<'a, 4>>,
    wide: Option<Block<'a, 8>>,
    events: Vec<(Node, u64)>,
    tally: SampleStatistics,
}

impl<'a> Counter<'a> {
    fn of(worlds: &Worlds<'a>) -> Self {
        Self {
            view: worlds.view(),
            seed: worlds.seed,
            lanes: worlds.lanes,
            narrow: None,
            middle: None,
            wide: None,
            events: worlds.events(),
            tally: worlds.tally(),
        }
    }

    fn count(&mut self, mut blocks: Range<u64>, goes_on: &dyn Fn() -> bool) {
        let (view, seed) = (self.view, self.seed);
        let narrow = |narrow: &mut Option<Block<'a, 1>>| {
            narrow.take().unwrap_or_else(|| Block::new(view, seed, false))
        };
        if self.lanes.is_none() {
            let mut block = narrow(&mut self.narrow);
            self.lanes = Some(match block.density(blocks.start) {
                0..1024 => 64,
                1024..16_384 => 256,
                _ => 512,
            });
            self.narrow = Some(block);
        }
        while !blocks.is_empty() {
            let left = blocks.end - blocks.start;
            let counted = match self.lanes {
                Some(512) if left > 4 => {
                    let wide = self.wide.get_or_insert_with(|| Block::new(view, seed, false));
                    count(wide, blocks.start, left, &self.events, &mut self.tally, goes_on, |_| {})
                }
                Some(256 | 512) if left > 1 => {
                    let middle = self.middle.get_or_insert_with(|| Block::new(view, seed, false));
                    count(middle, blocks.start, left, &self.events, &mut self.tally, goes_on, |_| {})
                }
                Some(_) | None => {
                    let narrow = self.narrow.get_or_insert_with(|| Block::new(view, seed, false));
                    count(narrow, blocks.start, left, &self.events, &mut self.tally, goes_on, |_| {})
                }
            };
            let Some(counted) = counted else { return };
            blocks.start += counted;
        }
    }
}

/// Computes and counts up to K blocks of at most `left`; how many comes back, none where the caller says not to go on.
/// `see` sees what is lost in the worlds of each.
pub(super) fn count<const K: usize>(
    block: &mut Block<'_, K>,
    first: u64,
    left: u64,
    events: &[(Node, u64)],
    tally: &mut SampleStatistics,
    goes_on: impl FnMut() -> bool,
    mut see: impl FnMut(&[u64; 64]),
) -> Option<u64> {
    let taken = left.min(K as u64);
    let lanes = std::array::from_fn(|word| if (word as u64) < taken { u64::MAX } else { 0 });
    if !block.run(first, lanes, goes_on) {
        return None;
    }
    let begun = block.begun();
    for (word, begun) in begun.into_iter().enumerate().take(taken as usize) {
        let lost = lost(block, word, events);
        see(&lost);
        let fallen = events.iter().map(|(node, _)| block.fallen(*node)[word]);
        tally.count(first + word as u64, begun, fallen, &lost);
    }
    Some(taken)
}

/// What is lost in each of the 64 worlds of a word.
pub(super) fn lost<const K: usize>(block: &Block<'_, K>, word: usize, events: &[(Node, u64)]) -> [u64; 64] {
    let mut lost = [0u64; 64];
    for (node, units) in events {
        let mut fallen = block.fallen(*node)[word];
        while fallen != 0 {
            lost[fallen.trailing_zeros() as usize] += units;
            fallen &= fallen - 1;
        }
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{FixSet, Graph, Key, OnProgress, graph::index::Id, on_threads};

    /// Grids of links that lead on with some chance, and what lies at their far ends.
    fn grids() -> Snapshot {
        let mut graph = Graph::new();
        for grid in 0..4u32 {
            let states: Vec<_> = (0..36).map(|_| graph.state()).collect();
            let mut link = |at: usize, premises: &[usize], to: usize| {
                let key = Key::new(u128::from(grid) << 32 | (at as u128) << 16 | to as u128);
                let guard = graph.variable(key, Probability::clamped(0.3 + 0.1 * f64::from(grid)));
                let premises: Vec<_> = premises.iter().map(|premise| states[*premise]).collect();
                graph.step(&premises, Some(guard), states[to]).unwrap();
            };
            link(99, &[], 0);
            for at in 0..36 {
                if at % 6 < 5 {
                    link(at, &[at], at + 1);
                }
                if at < 30 {
                    link(at, &[at], at + 6);
                }
            }
            link(98, &[34, 29], 35);
            graph.event(states[35], f64::from(grid + 1)).unwrap();
        }
        graph.compile().unwrap()
    }

    #[test]
    fn any_number_of_threads_counts_what_the_blocks_count_one_by_one() {
        let snapshot = grids();
        let worlds = Worlds::new(&snapshot, 11);
        let limits = Limits { worlds: 101 * 64, ..Limits::default() };
        let one_by_one = |blocks: Range<u64>| {
            let mut tally = worlds.tally();
            for block in blocks {
                tally.merge(&worlds.blocks(block..block + 1, &limits).tally).unwrap();
            }
            tally
        };
        let all = one_by_one(0..101);
        assert!(EventId::first(4).all(|event| 0 < all.happened(event) && all.happened(event) < all.worlds()));
        let [alone, together] = [1, 7].map(|threads| {
            let limits = Limits { worlds: 32 * 64, ..limits };
            on_threads(threads, || {
                (worlds.fix_values(FixSet::Findings, &limits), worlds.shares(FixSet::Findings, &limits))
            })
        });
        assert_eq!(alone, together);
        for threads in [1, 2, 7] {
            on_threads(threads, || {
                assert_eq!(worlds.run(&limits).tally, all);
                assert_eq!(worlds.blocks(3..64, &limits).tally, one_by_one(3..64));
                let (run, loss) =
                    worlds.until(Precision { half_width: 0.2, ..Precision::default() }, &limits);
                assert_eq!(run.tally, one_by_one(0..run.tally.worlds() / 64));
                assert_eq!(loss.value(), run.tally.loss(Probability::clamped(0.95)).value());
            });
        }
    }

    #[test]
    fn a_run_that_is_told_to_stop_has_counted_whole_blocks_and_says_so() {
        let snapshot = grids();
        let worlds = Worlds::new(&snapshot, 11);
        for threads in [1, 2, 7] {
            let limits = Limits {
                worlds: u64::MAX,
                progress: OnProgress::new(&|progress| progress.done < 4096),
                ..Limits::default()
            };
            let run = on_threads(threads, || worlds.run(&limits));
            assert_eq!(run.truncated, Some(Truncated { reason: crate::attack::Reason::Stopped }));
            let all = Worlds::new(&snapshot, 11).blocks(0..run.tally.worlds() / 64, &Limits::default());
            assert_eq!(run.tally, all.tally);
        }
    }
}
