use super::{
    super::{Limits, Patch, Progress, Reason, Snapshot, Truncated, VariableKind, patch::View},
    Block, FixValues, Standing, Tally,
    critical::Critical,
};
use crate::{
    error::{Error, Result},
    quantity::{Estimate, Probability},
};

/// A run over worlds of a snapshot.
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
/// let run = Worlds::new(&graph.compile()?, 7).run(&Limits::default())?;
/// let loss = run.tally.loss(Probability::new(0.95)?, 0);
/// assert!(loss.lower() <= 280.0 && 280.0 <= loss.upper());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Worlds<'a> {
    snapshot: &'a Snapshot,
    patch: Option<&'a Patch<'a>>,
    seed: u64,
    lanes: Option<usize>,
}

/// What a run counted, and why it ended early if it did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Run {
    /// What was counted.
    pub tally: Tally,
    /// Why it ended before the worlds it was to look at.
    pub truncated: Option<Truncated>,
}

/// How precisely the expected loss is wanted.
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
    pub fn new(snapshot: &'a Snapshot, seed: u64) -> Self {
        Self { snapshot, patch: None, seed, lanes: None }
    }

    /// The same worlds with changes in them.
    #[must_use]
    pub fn with(self, patch: &'a Patch<'a>) -> Self {
        Self { snapshot: patch.snapshot(), patch: Some(patch), ..self }
    }

    /// Looks at so many worlds at once: 64, 256 or 512. It changes no count, only the time; unless said, the first worlds decide.
    ///
    /// # Errors
    /// `invalid_input` for another number.
    pub fn lanes(self, lanes: usize) -> Result<Self> {
        match lanes {
            64 | 256 | 512 => Ok(Self { lanes: Some(lanes), ..self }),
            _ => Err(Error::invalid(format!("`{lanes}` worlds at once: it must be 64, 256 or 512"))),
        }
    }

    /// Counts the first worlds, as many as the limits say, rounded up to a multiple of 64.
    ///
    /// # Errors
    /// None yet.
    pub fn run(&self, limits: &Limits<'_>) -> Result<Run> {
        self.blocks(0..limits.worlds.div_ceil(64), limits)
    }

    /// Counts the worlds of some blocks of 64: one part of a run that is split over machines.
    ///
    /// # Errors
    /// None yet.
    pub fn blocks(&self, blocks: std::ops::Range<u64>, limits: &Limits<'_>) -> Result<Run> {
        let mut counter = Counter::of(self);
        let mut truncated = None;
        let mut at = blocks.start;
        // Few blocks between questions, more where they are fast.
        let mut stride = 8;
        while at < blocks.end {
            let end = (at + stride).min(blocks.end);
            counter.count(at..end);
            at = end;
            stride = (stride * 2).min(64);
            let done = (at - blocks.start) * 64;
            let of = (blocks.end - blocks.start) * 64;
            if at < blocks.end && !(limits.go_on)(Progress { done, of }) {
                truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            }
        }
        Ok(Run { tally: counter.tally, truncated })
    }

    /// Counts worlds until the expected loss is as precise as wanted, or the limits are reached. It looks at 512 worlds, and then
    /// each time at a quarter more; the bounds hold at all looks at once, so that stopping does not bend them.
    ///
    /// # Errors
    /// None yet.
    pub fn until(&self, precision: Precision, limits: &Limits<'_>) -> Result<(Run, Estimate)> {
        let mut counter = Counter::of(self);
        let (mut at, most) = (0, limits.worlds.div_ceil(64));
        let (mut look, mut truncated) = (0, None);
        let mut end = 8u64.min(most);
        loop {
            counter.count(at..end);
            at = end;
            look += 1;
            let loss = counter.tally.loss(precision.confidence, look);
            let half = 0.5 * (loss.upper() - loss.lower());
            let done = half <= precision.half_width * loss.value();
            if done || at >= most {
                return Ok((Run { tally: counter.tally, truncated }, loss));
            }
            if !(limits.go_on)(Progress { done: at * 64, of: most * 64 }) {
                truncated = Some(Truncated { reason: Reason::Stopped });
                return Ok((Run { tally: counter.tally, truncated }, loss));
            }
            end = (at + (at / 4).max(8)).min(most);
        }
    }

    /// Counts, over the first worlds, what fixing each variable is worth: of findings, and of all variables of a graph put together
    /// by hand; with `shared` also of those that guard several places, each of which is tried by itself where it matters.
    ///
    /// O(m) a world, besides the worlds themselves.
    ///
    /// # Errors
    /// None yet.
    pub fn fix_values(&self, shared: bool, limits: &Limits<'_>) -> Result<(FixValues, Option<Truncated>)> {
        let view = self.view();
        let snapshot = self.snapshot;
        let wanted = |coin: u32| {
            let kind = snapshot.variables().get(coin as usize).map(|variable| variable.kind);
            matches!(kind, Some(VariableKind::Finding(_) | VariableKind::Stated(_)))
        };
        let places = view.places();
        let wanted = |coin: u32| wanted(coin) && (shared || places[coin as usize] == 1);
        let mut critical = Critical::new(view, self.seed, wanted);
        let mut counter = Counter::of(self);
        let mut block: Block<'_, 1> = Block::new(view, self.seed, false);
        let mut saved: Vec<(u64, u128, u128)> = vec![(0, 0, 0); view.coin_count()];
        let blocks = limits.worlds.div_ceil(64);
        let mut truncated = None;
        for first in 0..blocks {
            run(&mut block, first, 1, &counter.events, &mut counter.tally, |_| {});
            for lane in 0..64 {
                critical.look(&mut block, (first, lane), &counter.events, |coin, units| {
                    let saved = &mut saved[coin as usize];
                    saved.0 += 1;
                    saved.1 += u128::from(units);
                    saved.2 += u128::from(units) * u128::from(units);
                });
            }
            if first + 1 < blocks && !(limits.go_on)(Progress { done: (first + 1) * 64, of: blocks * 64 }) {
                truncated = Some(Truncated { reason: Reason::Stopped });
                break;
            }
        }
        let mut values = FixValues::new(counter.tally);
        for (coin, (worlds, sum, squares)) in (0..).zip(saved).filter(|(_, saved)| saved.0 > 0) {
            values.add(view.key(coin), worlds, sum, squares);
        }
        Ok((values, truncated))
    }

    /// Counts the first worlds and keeps them, to be changed.
    ///
    /// # Errors
    /// None yet.
    pub fn keep(&self, limits: &Limits<'_>) -> Result<Standing<'a>> {
        Ok(Standing::new(self.snapshot, self.patch, self.seed, limits))
    }

    fn view(&self) -> View<'_> {
        match self.patch {
            Some(patch) => patch.view(),
            None => View::of(&self.snapshot.core),
        }
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
    /// By loss event: its node and its loss in units.
    events: Vec<(u32, u64)>,
    tally: Tally,
}

impl<'a> Counter<'a> {
    fn of(worlds: &'a Worlds<'a>) -> Self {
        let snapshot = worlds.snapshot;
        let events = snapshot.core.events().iter().copied();
        Self {
            view: worlds.view(),
            seed: worlds.seed,
            lanes: worlds.lanes,
            narrow: None,
            middle: None,
            wide: None,
            events: events.zip(Tally::units(&snapshot.losses)).collect(),
            tally: Tally::new(worlds.seed, &snapshot.losses),
        }
    }

    fn count(&mut self, mut blocks: std::ops::Range<u64>) {
        let (view, seed) = (self.view, self.seed);
        if self.lanes.is_none() && !blocks.is_empty() {
            // One narrow block tells how many nodes fall in 64 worlds.
            let narrow = self.narrow.get_or_insert_with(|| Block::new(view, seed, false));
            run(narrow, blocks.start, 1, &self.events, &mut self.tally, |_| {});
            blocks.start += 1;
            self.lanes = Some(match narrow.touched() {
                0..512 => 64,
                512..8192 => 256,
                _ => 512,
            });
        }
        while !blocks.is_empty() {
            let left = blocks.end - blocks.start;
            let lanes = self.lanes.unwrap_or(64);
            let taken = if lanes == 512 && left > 4 {
                let wide = self.wide.get_or_insert_with(|| Block::new(view, seed, false));
                run(wide, blocks.start, left, &self.events, &mut self.tally, |_| {})
            } else if lanes >= 256 && left > 1 {
                let middle = self.middle.get_or_insert_with(|| Block::new(view, seed, false));
                run(middle, blocks.start, left, &self.events, &mut self.tally, |_| {})
            } else {
                let narrow = self.narrow.get_or_insert_with(|| Block::new(view, seed, false));
                run(narrow, blocks.start, left, &self.events, &mut self.tally, |_| {})
            };
            blocks.start += taken;
        }
    }
}

/// Computes and counts up to K blocks of at most `left`; how many comes back. `see` sees what is lost in the worlds of each.
pub(super) fn run<const K: usize>(
    block: &mut Block<'_, K>,
    first: u64,
    left: u64,
    events: &[(u32, u64)],
    tally: &mut Tally,
    mut see: impl FnMut(&[u64; 64]),
) -> u64 {
    let taken = left.min(K as u64);
    let lanes = std::array::from_fn(|word| if (word as u64) < taken { u64::MAX } else { 0 });
    block.run(first, lanes);
    for word in 0..taken {
        let mut lost = [0u64; 64];
        for (node, units) in events {
            let mut fallen = block.fallen(*node)[word as usize];
            while fallen != 0 {
                lost[fallen.trailing_zeros() as usize] += units;
                fallen &= fallen - 1;
            }
        }
        see(&lost);
        tally.count(first + word, events.iter().map(|(node, _)| block.fallen(*node)[word as usize]), &lost);
    }
    taken
}
