//! What whole actions are worth: the same worlds with and without them.

use super::{Block, SampleStatistics, Worlds, block::Lanes, intervals, run::lost};
use crate::{
    attack::{
        graph::{
            Overlay, State,
            condensed::{Coin, Node},
            view::View,
        },
        limits::{Limits, Reason, Truncated},
        parallel::{STRIDE, over},
    },
    quantity::{Estimate, Probability},
};

/// A sum of expected losses under several overlays, each with a sign, over the same worlds (common random numbers): what does not
/// differ between them is not in it, nor in its spread.
///
/// ```
/// # use ctem_core::{attack::{Graph, Key, Limits, Overlay, Worlds}, Probability};
/// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
/// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
/// # let guard = graph.variable(flaw, half);
/// # graph.step(&[], Some(guard), shop)?;
/// # graph.event(shop, 1000.0)?;
/// # let snapshot = graph.compile()?;
/// // Is a change that changes nothing worth exactly nothing, in spite of all the chance?
/// let mut same = Overlay::new(&snapshot);
/// same.chance(flaw, half)?;
/// let worth = Worlds::new(&snapshot, 7).worth(&same, &Limits::default());
/// assert_eq!(worth.estimate(Probability::new(0.95)?).value(), 0.0);
/// assert_eq!(worth.truncated, None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "common random numbers")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contrast {
    worlds: u64,
    seed: u64,
    /// In units, summed over worlds; and the squares.
    sum: i128,
    squares: u128,
    /// How far apart it can be in two worlds, as a part of all that can be lost.
    range: f64,
    everything: f64,
    /// Why it counts fewer worlds than it was to.
    pub truncated: Option<Truncated>,
}

impl Contrast {
    /// The estimate, with bounds that hold with the confidence (empirical Bernstein over the differences world by world).
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Overlay, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, flaw) = (graph.state(), Key::of("finding", "f-1"));
    /// # let guard = graph.variable(flaw, half);
    /// # graph.step(&[], Some(guard), shop)?;
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// let mut fixed = Overlay::new(&snapshot);
    /// fixed.chance(flaw, Probability::ZERO)?;
    /// let worth = Worlds::new(&snapshot, 7).worth(&fixed, &Limits::default()).estimate(Probability::new(0.95)?);
    /// assert!(worth.lower() <= 500.0 && 500.0 <= worth.upper());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn estimate(&self, confidence: Probability) -> Estimate {
        let (worlds, units) = (self.worlds.max(1) as f64, SampleStatistics::UNITS);
        let mean = self.sum as f64 / worlds / units;
        let square = self.squares as f64 / worlds / units / units;
        let deviation = (square - mean * mean).max(0.0).sqrt();
        let part = intervals::bernstein(deviation / self.range, self.worlds, 1.0 - confidence.get());
        let half = self.range * part;
        let (value, half) = (mean * self.everything, half * self.everything);
        Estimate::sampled(value, value - half, value + half, confidence, self.worlds, self.seed)
    }
}

impl<'a> Worlds<'a> {
    /// What an action is worth: the expected loss before it minus that after. An overlay takes whole actions at once (patch a CVE
    /// everywhere, rotate a key, add a control, cut a zone off), whose worth is not the sum of its parts'.
    ///
    /// Only worlds in which a variable of the overlay decides otherwise are looked at twice.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Overlay, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Where both steps are needed, is fixing one worth all that is lost?
    /// let mut fixed = Overlay::new(&snapshot);
    /// fixed.chance(flaw, Probability::ZERO)?;
    /// let (worlds, limits, confidence) = (Worlds::new(&snapshot, 7), Limits::default(), Probability::new(0.95)?);
    /// let worth = worlds.worth(&fixed, &limits).estimate(confidence);
    /// assert_eq!(worth.value(), worlds.run(&limits).tally.loss(confidence).value());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "what if")]
    pub fn worth(&self, action: &Overlay<'_>, limits: &Limits<'_>) -> Contrast {
        self.contrast(&[(1, self.overlay), (-1, Some(action))], limits)
    }

    /// How two actions act together: what both save, less what each saves alone. Above 0 both must be done, as where two ways lead to
    /// one loss; below 0 either does, as where one way needs both.
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Overlay, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (shop, ways) = (graph.state(), [Key::of("finding", "f-1"), Key::of("finding", "f-2")]);
    /// # for way in ways {
    /// #     let guard = graph.variable(way, half);
    /// #     graph.step(&[], Some(guard), shop)?;
    /// # }
    /// # graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // Two ways lead to one loss: do the fixes need each other?
    /// let fixed = |keys: &[Key]| {
    ///     let mut overlay = Overlay::new(&snapshot);
    ///     keys.iter().try_for_each(|key| overlay.chance(*key, Probability::ZERO)).map(|()| overlay)
    /// };
    /// let [first, second, both] = [fixed(&ways[..1])?, fixed(&ways[1..])?, fixed(&ways)?];
    /// let together = Worlds::new(&snapshot, 7).interaction([&first, &second], &both, &Limits::default());
    /// assert!(together.estimate(Probability::new(0.95)?).lower() > 0.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "synergy")]
    pub fn interaction(
        &self,
        [first, second]: [&Overlay<'_>; 2],
        both: &Overlay<'_>,
        limits: &Limits<'_>,
    ) -> Contrast {
        let parts = [(-1, self.overlay), (1, Some(first)), (1, Some(second)), (-1, Some(both))];
        self.contrast(&parts, limits)
    }

    /// The expected loss from here on, once a state is compromised: what an attacker there can do.
    ///
    /// # Errors
    /// As [`Overlay::given`].
    ///
    /// ```
    /// # use ctem_core::{attack::{Graph, Key, Limits, Worlds}, Probability};
    /// # let (mut graph, half) = (Graph::new(), Probability::new(0.5)?);
    /// # let (office, shop) = (graph.state(), graph.state());
    /// # let (phish, flaw) = (Key::of("entry", "anna"), Key::of("finding", "f-1"));
    /// # for (key, from, to) in [(phish, None, office), (flaw, Some(office), shop)] {
    /// #     let guard = graph.variable(key, half);
    /// #     graph.step(from.as_slice(), Some(guard), to)?;
    /// # }
    /// # let crash = graph.event(shop, 1000.0)?;
    /// # let snapshot = graph.compile()?;
    /// // How much worse is it with an attacker in the office already?
    /// let (worlds, limits) = (Worlds::new(&snapshot, 7), Limits::default());
    /// let breach = worlds.blast_radius(office, &limits)?;
    /// assert!(breach.tally.happened(crash) > worlds.run(&limits).tally.happened(crash));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn blast_radius(&self, state: State, limits: &Limits<'_>) -> crate::Result<super::Run> {
        let mut breach = match self.overlay {
            Some(overlay) => overlay.clone(),
            None => Overlay::new(self.snapshot),
        };
        breach.given(state)?;
        let worlds: Worlds<'_> = self.with(&breach);
        Ok(worlds.run(limits))
    }

    /// A sum of expected losses, each under an overlay and with a sign. The signs add up to 0.
    fn contrast(&self, parts: &[(i128, Option<&Overlay<'_>>)], limits: &Limits<'_>) -> Contrast {
        let views: Vec<(i128, View<'_>)> = parts
            .iter()
            .map(|(sign, overlay)| (*sign, overlay.map_or(View::of(&self.snapshot.condensed), Overlay::view)))
            .collect();
        // Coins whose chance differs between the views; where steps or states do, any world may.
        let coins = views.iter().map(|(_, view)| view.changed()).collect::<Option<Vec<_>>>();
        let coins = coins.map(|coins| {
            let mut coins: Vec<Coin> = coins.into_iter().flatten().collect();
            coins.sort_unstable();
            coins.dedup();
            coins
        });
        // In one world it may lie as far to either side of 0 as there are losses of each sign; but an action that only lowers
        // chances never costs anything.
        let reach = parts.iter().map(|(sign, _)| sign.unsigned_abs() as f64).sum::<f64>() / 2.0;
        let range = match (views.as_slice(), &coins) {
            ([(_, before), (_, after)], Some(coins))
                if coins.iter().all(|coin| after.chance(*coin) <= before.chance(*coin)) =>
            {
                reach
            }
            (_, _) => 2.0 * reach,
        };
        let (seed, events) = (self.seed, self.events());
        let make = || Differing {
            blocks: views.iter().map(|(sign, view)| (*sign, Block::new(*view, seed, false))).collect(),
            worlds: 0,
            sum: 0,
            squares: 0,
        };
        let mut pool = Vec::new();
        let blocks = limits.worlds.div_ceil(64);
        let truncated = over(&mut pool, make, 0..blocks, &limits.progress, |differing, blocks, goes_on| {
            let differ = |block: u64| {
                coins.as_ref().map_or(u64::MAX, |coins| {
                    coins.iter().fold(0, |all, coin| {
                        let drawn = |view: &View<'_>| view.drawn(*coin, seed, block);
                        let first = views.first().map_or(0, |(_, view)| drawn(view));
                        views.iter().fold(all, |all, (_, view)| all | (first ^ drawn(view)))
                    })
                })
            };
            for first in blocks.clone().step_by(STRIDE as usize) {
                let lanes: Lanes<{ STRIDE as usize }> = std::array::from_fn(|word| {
                    let block = first + word as u64;
                    if block < blocks.end { differ(block) } else { 0 }
                });
                let worlds = (blocks.end - first).min(STRIDE) * 64;
                if !differing.count(first, lanes, worlds, &events, goes_on) {
                    return;
                }
            }
        });
        let mut contrast = Contrast {
            worlds: 0,
            seed,
            sum: 0,
            squares: 0,
            range,
            everything: self.losses().iter().sum(),
            truncated: truncated.filter(|truncated| truncated.reason == Reason::Stopped),
        };
        for part in pool {
            contrast.worlds += part.worlds;
            contrast.sum += part.sum;
            contrast.squares += part.squares;
        }
        contrast
    }
}

/// The same worlds under several overlays.
struct Differing<'a> {
    blocks: Vec<(i128, Block<'a, { STRIDE as usize }>)>,
    worlds: u64,
    sum: i128,
    squares: u128,
}

impl Differing<'_> {
    /// Counts some worlds, all of them or, where the caller says not to go on, none.
    fn count(
        &mut self,
        first: u64,
        lanes: Lanes<{ STRIDE as usize }>,
        worlds: u64,
        events: &[(Node, u64)],
        goes_on: &dyn Fn() -> bool,
    ) -> bool {
        if lanes.iter().all(|lanes| *lanes == 0) {
            self.worlds += worlds;
            return true;
        }
        if !self.blocks.iter_mut().all(|(_, block)| block.run(first, lanes, goes_on)) {
            return false;
        }
        self.worlds += worlds;
        for (word, _) in lanes.iter().enumerate().filter(|(_, lanes)| **lanes != 0) {
            let mut differences = [0i128; 64];
            for (sign, block) in &self.blocks {
                for (difference, lost) in differences.iter_mut().zip(lost(block, word, events)) {
                    *difference += *sign * i128::from(lost);
                }
            }
            for difference in differences {
                self.sum += difference;
                self.squares += difference.unsigned_abs() * difference.unsigned_abs();
            }
        }
        true
    }
}
