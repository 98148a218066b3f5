//! Toxic combinations: findings that are worse together, or that are needed together.
//!
//! A flaw, a secret and a wide permission, each bearable, can make a path to the crown jewels. Where one path needs both of two
//! findings, either fix ends it and the second fix adds nothing: fix the cheaper. Where two paths have one each, neither fix
//! helps while the other is open: fix both. How two fixes act together says which it is:
//! saved by both − saved by the first − saved by the second.

use super::{
    Assessment, MeasureOptions,
    measure::{Measure, ended},
};
use crate::{
    attack::{EventId, Id, KBestPaths, Key, Limits, OnProgress, Overlay, Reason, Truncated, latch},
    error::Result,
    id::{FindingId, LossEventId},
    model::WeaknessKind,
    quantity::{Estimate, Probability, Unit},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::atomic::AtomicBool,
};

/// Of so many paths to each event the findings are looked at.
const PATHS: usize = 64;
/// So many pairs of findings are tried.
const PAIRS: usize = 512;
/// Without an event, so many are looked at, the largest expected loss first.
const EVENTS: usize = 8;

/// Which combinations are looked for, and how they are measured.
///
/// ```
/// use ctem_core::prioritize::CombinationOptions;
///
/// // The three strongest on the paths to one loss.
/// let leak = "leak".parse()?;
/// let options = CombinationOptions { event: Some(&leak), at_most: 3, ..CombinationOptions::default() };
/// assert_eq!(options.worlds, 16_384);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CombinationOptions<'a> {
    /// On the paths to this event; to the eight that weigh most unless said.
    pub event: Option<&'a LossEventId>,
    /// At most so many, the strongest. 10 unless said.
    pub at_most: usize,
    /// So many worlds, rounded up to a multiple of 64. 16,384 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that sampled bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Exact where the diagrams take at most so many nodes; 0 counts all over worlds. 65,536 unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for CombinationOptions<'_> {
    fn default() -> Self {
        let MeasureOptions { worlds, seed, confidence, nodes, progress } = MeasureOptions::default();
        Self { event: None, at_most: 10, worlds, seed, confidence, nodes, progress }
    }
}

/// Toxic combinations: findings that act together.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::CombinationOptions;
///
/// // What acts together on the way to the theft?
/// let theft = "theft".parse()?;
/// let found = today.combinations(&CombinationOptions { event: Some(&theft), ..CombinationOptions::default() })?;
/// assert_eq!(found.list[0].findings.each_ref().map(|id| id.as_str()), ["f-1", "f-3"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "toxic combination")]
#[doc(alias = "attack path correlation")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Combinations {
    /// What losses are counted in.
    pub unit: Unit,
    /// The combinations, the strongest interaction first; of equal ones the lower ids.
    pub list: Vec<Combination>,
    /// Why there may be more, or why they rest on fewer worlds than they were to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// Two findings of different kinds that act together.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::CombinationOptions;
///
/// // Fixing both saves more than fixing each: neither fix alone ends the other's path.
/// let found = today.combinations(&CombinationOptions::default())?;
/// assert_eq!(found.list[0].interaction.value(), 187.5);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Combination {
    /// The findings, by id.
    pub findings: [FindingId; 2],
    /// What fixing both saves, less what fixing each alone saves: above 0 on parallel paths, below 0 on one path.
    pub interaction: Estimate,
    /// What follows.
    pub advice: Advice,
}

/// What to do about two findings that act together.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::{Advice, CombinationOptions};
///
/// // Where will the cheaper of two fixes do?
/// let found = today.combinations(&CombinationOptions::default())?;
/// let either = found.list.iter().filter(|both| both.advice == Advice::FixEither);
/// assert_eq!(either.map(|both| both.findings[1].as_str()).collect::<Vec<_>>(), ["f-3", "f-3"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Advice {
    /// Either fix alone leaves a path open.
    FixBoth,
    /// Either fix ends the paths that need both: take the cheaper one.
    FixEither,
}

impl Assessment {
    /// The toxic combinations on the paths to a loss event, or to the eight that weigh most.
    ///
    /// Looked at are, for each event, the 64 most probable smallest sets of findings that are enough for it and hold more than one
    /// kind of weakness; of these findings pairs of different kinds, those of one set first, 512 at most. Exact where
    /// [`CombinationOptions::nodes`] suffice, else counted over worlds: O(m) for each pair and each world that differs.
    ///
    /// # Errors
    /// `not_found` when there is no such loss event.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::{Advice, CombinationOptions};
    ///
    /// // Two ways into the shop: neither fix helps much while the other is open.
    /// let found = today.combinations(&CombinationOptions::default())?;
    /// assert_eq!((found.list[0].interaction.value(), found.list[0].advice), (187.5, Advice::FixBoth));
    /// // One way on to the vault needs f-1 and f-3: either fix ends it.
    /// assert_eq!((found.list[1].interaction.value(), found.list[1].advice), (-187.5, Advice::FixEither));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn combinations(&self, options: &CombinationOptions<'_>) -> Result<Combinations> {
        let event = options.event.map(|event| self.event_number(event)).transpose()?;
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let progress = OnProgress::new(&ask);
        let events = event.map_or_else(|| self.dearest_events(), |event| vec![event]);
        let (pairs, mut truncated) = self.pairs(&events, &Limits { progress, ..Limits::default() });
        let CombinationOptions { worlds, seed, confidence, nodes, at_most, .. } = *options;
        let how = MeasureOptions { worlds, seed, confidence, nodes, progress };
        let measure = self.measure(how);
        let interactions = self.interactions(event, &pairs, &measure)?;
        let mut list: Vec<Combination> = pairs
            .iter()
            .zip(interactions)
            .filter(|(_, interaction)| interaction.value() != 0.0)
            .filter_map(|([a, b], interaction)| {
                let id = |n: u32| self.standing.get(n as usize).map(|standing| standing.id.clone());
                let advice = if interaction.value() > 0.0 { Advice::FixBoth } else { Advice::FixEither };
                Some(Combination { findings: [id(*a)?, id(*b)?], interaction, advice })
            })
            .collect();
        list.sort_by(|a, b| {
            let size = |combination: &Combination| combination.interaction.value().abs();
            size(b).total_cmp(&size(a)).then_with(|| a.findings.cmp(&b.findings))
        });
        if list.len() > at_most {
            list.truncate(at_most);
            truncated = truncated.or(Some(Truncated { reason: Reason::Enough }));
        }
        Ok(Combinations { unit: self.stake.unit, list, truncated: ended(&stopped).or(truncated) })
    }

    /// The loss events with the largest expected loss.
    fn dearest_events(&self) -> Vec<EventId> {
        let expected = |event: EventId| {
            let chance = self.chances.get(event.index()).map_or(0.0, |chance| chance.value());
            chance * self.losses.get(event.index()).copied().unwrap_or(0.0)
        };
        let events = EventId::first(self.losses.len());
        let mut events: Vec<EventId> = events.filter(|event| expected(*event) > 0.0).collect();
        events.sort_by(|a, b| expected(*b).total_cmp(&expected(*a)).then(a.cmp(b)));
        events.truncate(EVENTS);
        events
    }

    /// Pairs of findings of different kinds on the paths to events, those of one path first. No more are told apart than are tried.
    fn pairs(&self, events: &[EventId], limits: &Limits<'_>) -> (Vec<[u32; 2]>, Option<Truncated>) {
        let (mut pairs, mut seen) = (Vec::new(), HashSet::new());
        let mut add = |findings: &[(u32, Option<WeaknessKind>)]| {
            let found = different(findings).filter(|pair| seen.insert(*pair));
            pairs.extend(found.take(PAIRS + 1 - pairs.len()));
        };
        let mut truncated = None;
        let mut of_events = Vec::with_capacity(events.len());
        for event in events {
            let known = |state| self.most_probable(state);
            let ways = KBestPaths::that_differ_in(&|_| true, &known, &self.snapshot, *event, PATHS, limits);
            truncated = truncated.or(ways.truncated);
            let mut all = BTreeMap::new();
            for way in &ways.list {
                let findings = way.variables().filter_map(|at| self.finding_of(at));
                let findings: Vec<_> = findings.map(|n| (n, self.kind_of(n))).collect();
                if different(&findings).next().is_some() {
                    add(&findings);
                    all.extend(findings);
                }
            }
            of_events.push(all);
        }
        for all in of_events {
            add(&all.into_iter().collect::<Vec<_>>());
        }
        if pairs.len() > PAIRS {
            pairs.truncate(PAIRS);
            truncated = truncated.or(Some(Truncated { reason: Reason::Enough }));
        }
        (pairs, truncated)
    }

    fn kind_of(&self, finding: u32) -> Option<WeaknessKind> {
        let standing = self.standing.get(finding as usize)?;
        Some(self.environment.finding(&standing.id)?.weakness.kind)
    }

    /// By pair: what both fixes save, less what each saves alone.
    fn interactions(
        &self,
        event: Option<EventId>,
        pairs: &[[u32; 2]],
        measure: &Measure<'_>,
    ) -> Result<Vec<Estimate>> {
        let key = |n: u32| self.openings.list.get(n as usize).map(|opening| opening.key);
        let keys: Vec<[Key; 2]> = pairs.iter().filter_map(|[a, b]| Some([key(*a)?, key(*b)?])).collect();
        let exact = match event {
            Some(event) => measure.exact().chance(event).map(|_| measure.exact().only(event)),
            None => measure.exact().budget_exceeded().is_none().then(|| measure.exact().clone()),
        };
        if let Some(exact) = exact {
            let base = exact.loss();
            let mut alone: HashMap<Key, f64> = HashMap::new();
            let mut interaction = |[first, second]: [Key; 2]| {
                // What is not looked at any more is not listed.
                if !measure.limits.progress.goes_on(alone.len() as u64, 2 * keys.len() as u64) {
                    return None;
                }
                let mut without =
                    |key| *alone.entry(key).or_insert_with(|| exact.loss_with(&[(key, Probability::ZERO)]));
                let (a, b) = (without(first), without(second));
                let both = exact.loss_with(&[(first, Probability::ZERO), (second, Probability::ZERO)]);
                let interaction = (a + b) - (both + base);
                // Below this it is rounding.
                Some(Estimate::exact(if interaction.abs() <= 1e-12 * base { 0.0 } else { interaction }))
            };
            return Ok(keys.iter().copied().map_while(&mut interaction).collect());
        }
        let worlds = event.map_or(measure.worlds(), |event| measure.worlds().only(event));
        let fixed = |keys: &[Key]| {
            let mut patch = Overlay::new(&self.snapshot);
            keys.iter().try_for_each(|key| patch.chance(*key, Probability::ZERO)).map(|()| patch)
        };
        let interaction = |[first, second]: [Key; 2]| {
            let (a, b, both) = (fixed(&[first])?, fixed(&[second])?, fixed(&[first, second])?);
            let contrast = worlds.interaction([&a, &b], &both, &measure.limits);
            Ok(contrast.estimate(measure.confidence))
        };
        keys.into_iter().map(interaction).collect()
    }
}

/// The pairs of findings of different kinds, each in order.
fn different(findings: &[(u32, Option<WeaknessKind>)]) -> impl Iterator<Item = [u32; 2]> {
    // Where all are of one kind, there is no need to look at each pair to find that out.
    let some = findings.windows(2).any(|pair| pair[0].1 != pair[1].1);
    let firsts = findings.iter().enumerate().filter(move |_| some);
    firsts.flat_map(move |(at, (first, kind))| {
        let others = findings[at + 1..].iter().filter(move |(_, other)| other != kind);
        others.map(move |(second, _)| [*first.min(second), *first.max(second)])
    })
}
