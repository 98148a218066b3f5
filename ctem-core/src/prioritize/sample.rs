//! The measure of worlds: what is lost over all paths at once, and what each fix is worth.
//!
//! The ranking follows the most probable path through each finding. A sample looks at all of them together: where two paths lead
//! to one loss it counts the loss once, and where two findings are needed it knows that either fix saves it. So it says what a
//! fix is *worth*, which a path alone cannot.
//!
//! - The **fix value** of a finding is the risk with it less the risk without it: what fixing it alone saves. Fix values do not
//!   add up to the risk.
//! - Its **share** is its part in an attribution that does add up. For reports and owners, not for choosing what to fix.
//!
//! Expected losses count each event at its mean; the tail draws its size in every world in which it happens.
//!
//! What it leaves out: that the losses of one incident may be large together.

use super::{
    Assessment, ExposureId, MeasureOptions,
    exposure_id::ExposureNumber,
    measure::{Measure, counted, ended},
    sample_counts::Counts,
};
use crate::{
    attack::{
        EventId, Id, Key, Limits, LossDistribution, OnProgress, SampleStatistics, ShareCounts, Truncated,
        latch,
    },
    id::LossEventId,
    quantity::{Estimate, Loss, Probability, Unit},
};
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::atomic::AtomicBool,
};

/// How the risk and the fix values are measured: how many worlds, which, and how precisely.
///
/// ```
/// use ctem_core::prioritize::SampleOptions;
///
/// let quick = SampleOptions { worlds: 4_096, half_width: Some(0.1), ..SampleOptions::default() };
/// assert_eq!(quick.seed, 0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SampleOptions<'a> {
    /// So many worlds, rounded up to a multiple of 64; with `half_width` at most so many. 16,384 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that sampled bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Ends a count once the bounds of the expected loss lie no further from its middle than this part of it: 0.05 for five per
    /// cent. Counts all worlds unless said.
    pub half_width: Option<f64>,
    /// Exact where the diagrams take at most so many nodes, of some 40 bytes each; 0 counts all over worlds. 65,536 unless said.
    pub nodes: usize,
    /// Whether each finding's share in the risk is measured too, in up to eight times the time. Not unless said.
    pub shares: bool,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for SampleOptions<'_> {
    fn default() -> Self {
        let MeasureOptions { worlds, seed, confidence, nodes, progress } = MeasureOptions::default();
        Self { worlds, seed, confidence, half_width: None, nodes, shares: false, progress }
    }
}

/// The risk over all paths at once, and the worth of each fix: exact, or by Monte Carlo over possible worlds.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::SampleOptions;
///
/// // What is lost over all paths, and which fix saves most of it?
/// let sample = today.sample(&SampleOptions::default());
/// assert_eq!(sample.risk.value(), 937.5);
/// assert_eq!((sample.exposures[0].exposure.as_str(), sample.exposures[0].fix_value.value()), ("f-1", 562.5));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Monte Carlo")]
#[doc(alias = "possible worlds")]
#[doc(alias = "common random numbers")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Sample {
    /// What losses are counted in.
    pub unit: Unit,
    /// The expected loss within the horizon, of all loss events together: exact where it fits, else counted over worlds, within
    /// the certain bounds of [`Assessment::risk`]. Its epistemic interval says what the priors leave open.
    pub risk: Estimate,
    /// Once in how many years anything is lost, as counted and at the same hazard; nothing where it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_in_years: Option<f64>,
    /// The loss events, the largest expected loss first.
    pub events: Vec<SampledEvent>,
    /// What the shares add up to: the risk less what is lost whatever is fixed. Where shares were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributed: Option<f64>,
    /// Every finding that stands, the highest fix value first; of equal ones the lower id.
    pub exposures: Vec<SampledExposure>,
    /// Why it rests on fewer worlds than it was to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    #[serde(skip)]
    tally: SampleStatistics,
    /// The losses where events differ in size.
    #[serde(skip)]
    drawn: Option<LossDistribution>,
}

/// A loss event, over all paths to it.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::SampleOptions;
///
/// // How likely is each loss?
/// let events = today.sample(&SampleOptions::default()).events;
/// assert_eq!(events.iter().map(|event| event.chance.value()).collect::<Vec<_>>(), [0.625, 0.15625]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SampledEvent {
    /// The event.
    pub event: LossEventId,
    /// Its name.
    pub name: Box<str>,
    /// What it costs.
    pub loss: Loss,
    /// The chance that it happens within the horizon.
    pub chance: Estimate,
    /// Once in how many years that is, at the same hazard; nothing for what never happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_in_years: Option<f64>,
}

/// A finding, over all paths through it.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::SampleOptions;
///
/// // Fix values do not add up to the risk, shares do.
/// let sample = today.sample(&SampleOptions { shares: true, ..SampleOptions::default() });
/// let worth: f64 = sample.exposures.iter().map(|exposure| exposure.fix_value.value()).sum();
/// let shares: f64 = sample.exposures.iter().filter_map(|exposure| exposure.share).sum();
/// assert!(worth > 937.5 && Some(shares) == sample.attributed);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "fix value")]
#[doc(alias = "risk reduction worth")]
#[doc(alias = "improvement potential")]
#[doc(alias = "criticality importance")]
#[doc(alias = "Birnbaum importance")]
#[doc(alias = "Shapley value")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SampledExposure {
    /// The finding or relation.
    #[serde(flatten)]
    pub exposure: ExposureId,
    /// What fixing it alone saves: the risk with it less the risk without it. In reliability its *improvement potential*, or *risk
    /// reduction worth*: its chance times Birnbaum's importance ∂R/∂p.
    pub fix_value: Estimate,
    /// The chance that less would have been lost without it, given that anything is lost: its *criticality importance*.
    pub critical: Estimate,
    /// Its part in the risk, in the unit of losses, by Aumann and Shapley: all shares add up to [`Sample::attributed`]. Where shares were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// A point of the loss exceedance curve.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::prioritize::SampleOptions;
///
/// // How likely is it to lose 2500 or more?
/// let curve = today.sample(&SampleOptions::default()).curve();
/// let point = curve.iter().find(|point| point.at_least >= 2500.0).expect("3000 can be lost");
/// assert!((point.chance - 0.15625).abs() < 0.02);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "loss exceedance curve")]
#[doc(alias = "exceedance probability")]
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Exceedance {
    /// The loss.
    pub at_least: f64,
    /// The chance that at least so much is lost.
    pub chance: f64,
}

impl Sample {
    /// How many worlds were looked at.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// assert_eq!(today.sample(&SampleOptions { worlds: 1000, ..SampleOptions::default() }).worlds(), 1024);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn worlds(&self) -> u64 {
        self.tally.worlds()
    }

    /// The seed they are of.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// assert_eq!(today.sample(&SampleOptions { seed: 7, ..SampleOptions::default() }).seed(), 7);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn seed(&self) -> u64 {
        self.tally.seed()
    }

    /// The loss exceedance curve, as counted: by rising loss, in what share of the worlds at least so much is lost. Losses are told
    /// apart to 0.4 %.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// let curve = today.sample(&SampleOptions::default()).curve();
    /// assert_eq!((curve[0].at_least, curve[0].chance), (0.0, 1.0));
    /// assert!(curve.is_sorted_by(|a, b| a.at_least < b.at_least && a.chance >= b.chance));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "loss exceedance curve")]
    pub fn curve(&self) -> Vec<Exceedance> {
        let drawn = self.drawn.as_ref().map(LossDistribution::exceedance_curve);
        let points = drawn.unwrap_or_else(|| self.tally.exceedance_curve()).into_iter();
        points.map(|(at_least, chance)| Exceedance { at_least, chance }).collect()
    }

    /// The loss that is not exceeded with this chance, as counted: value at risk.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{Probability, prioritize::SampleOptions};
    ///
    /// // How much is lost at most in nine months of ten?
    /// let sample = today.sample(&SampleOptions::default());
    /// assert!((sample.value_at_risk(Probability::new(0.5)?) - 1000.0).abs() < 4.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "VaR")]
    pub fn value_at_risk(&self, level: Probability) -> f64 {
        self.drawn
            .as_ref()
            .map_or_else(|| self.tally.value_at_risk(level), |drawn| drawn.value_at_risk(level))
            + 0.0
    }

    /// The mean loss in the worst worlds, a part 1 − `level` of all, as counted: conditional value at risk, or expected shortfall.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{Probability, prioritize::SampleOptions};
    ///
    /// // And in the worst of twenty months?
    /// let sample = today.sample(&SampleOptions::default());
    /// assert!((sample.expected_shortfall(Probability::new(0.95)?) - 3000.0).abs() < 12.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "CVaR")]
    #[doc(alias = "conditional value at risk")]
    #[doc(alias = "tail value at risk")]
    pub fn expected_shortfall(&self, level: Probability) -> f64 {
        self.drawn
            .as_ref()
            .map_or_else(|| self.tally.expected_shortfall(level), |drawn| drawn.expected_shortfall(level))
            + 0.0
    }
}

impl Assessment {
    /// Measures the risk, the chance of every loss event and the fix value of every finding over all paths at once.
    ///
    /// Exact where [`SampleOptions::nodes`] suffice; else counted over worlds, each number with bounds that hold with the confidence
    /// and within those that are certain. The tail of the loss (`curve`, `value_at_risk`, `expected_shortfall`) and `critical` are always
    /// counted. O(m) a world for m steps; where steps need two states, once more for every 512 findings that a loss needs.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::SampleOptions;
    ///
    /// // Two ways into the orders and on to the vault. Which fix is worth most, and what does it save?
    /// let sample = today.sample(&SampleOptions { shares: true, ..SampleOptions::default() });
    /// assert_eq!(sample.risk.value(), 937.5);
    /// // 750 pass through f-1, but without it there is still f-2: fixing it saves less.
    /// let worth = sample.exposures.iter().map(|exposure| (exposure.exposure.as_str(), exposure.fix_value.value()));
    /// assert_eq!(worth.collect::<Vec<_>>(), [("f-1", 562.5), ("f-3", 312.5), ("f-2", 187.5)]);
    /// // Shares add up, fix values do not.
    /// let shares: f64 = sample.exposures.iter().filter_map(|exposure| exposure.share).sum();
    /// assert!((shares - 937.5).abs() < 1e-9);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn sample(&self, options: &SampleOptions<'_>) -> Sample {
        let stopped = AtomicBool::new(false);
        let ask = latch(options.progress, &stopped);
        let SampleOptions { worlds, seed, confidence, nodes, .. } = *options;
        let how = MeasureOptions { worlds, seed, confidence, nodes, progress: OnProgress::new(&ask) };
        let measure = self.measure(how);
        let worlds = measure.worlds();
        let exact = measure.exact_loss();
        let until = match (exact, options.half_width) {
            (None, Some(_)) => Some(counted(&worlds, confidence, options.half_width, &measure.limits)),
            (_, _) => None,
        };
        let limits =
            Limits { worlds: until.map_or(measure.limits.worlds, |(counted, _)| counted), ..measure.limits };
        let shares = options.shares && measure.counts_shares();
        let counts = self.counts(&worlds, 0..limits.worlds.div_ceil(64), shares, &limits);
        let loss = until.map(|(_, loss)| loss);
        self.sample_of_counts(&measure, &counts, loss, options.shares, ended(&stopped))
    }

    /// What is told of what was counted; the expected loss, where its bounds hold at several looks, as it is stated.
    pub(super) fn sample_of_counts(
        &self,
        measure: &Measure<'_>,
        counts: &Counts,
        loss: Option<Estimate>,
        shares: bool,
        truncated: Option<Truncated>,
    ) -> Sample {
        let (worlds, confidence, values) = (measure.worlds(), measure.confidence, &counts.values);
        let tally = values.tally();
        let sampled = || {
            let loss = loss.unwrap_or_else(|| tally.loss(confidence));
            loss.within(self.risk().lower(), self.risk().upper())
        };
        let risk = measure.exact_loss().map_or_else(sampled, Estimate::exact);
        let (attributed, shares) = shares.then(|| self.shares(measure, counts)).unzip();
        let uppers: HashMap<ExposureNumber, f64> =
            self.ranked.iter().map(|ranked| (ranked.exposure, ranked.upper)).collect();
        let candidates = self.candidates();
        let fix_values = measure.exact_fix_values();
        // Bounds of a count are the same wherever it is counted, and are not quickly found.
        let mut critical: HashMap<u64, Estimate> = HashMap::new();
        let row = |(number, key, leads): (ExposureNumber, Key, bool)| {
            // What is ranked, no more and no less.
            let upper = *uppers.get(&number)?;
            let fix_value = match &fix_values {
                // What leads to no loss has no place in the diagrams.
                Some(exact) => Estimate::exact(found(exact, key)),
                None if !leads => Estimate::exact(0.0),
                None => values.of(key, confidence).within(0.0, upper),
            };
            Some(SampledExposure {
                exposure: self.exposure_id(number)?,
                fix_value,
                critical: *critical
                    .entry(values.critical_worlds(key))
                    .or_insert_with(|| values.critical_chance(key, confidence)),
                share: shares.as_ref().map(|shares| shares.get(&key).copied().unwrap_or(0.0)),
            })
        };
        let mut exposures: Vec<SampledExposure> = candidates.into_iter().filter_map(row).collect();
        exposures.sort_by(|a, b| {
            b.fix_value.value().total_cmp(&a.fix_value.value()).then_with(|| a.exposure.cmp(&b.exposure))
        });
        let events = self.sampled_events(measure, tally);
        let lossy = Probability::clamped(tally.lossy() as f64 / tally.worlds().max(1) as f64);
        Sample {
            unit: self.stake.unit,
            risk: worlds.with_epistemic(risk, &counts.differences),
            once_in_years: lossy.once_in_years(self.horizon),
            events,
            attributed,
            exposures,
            drawn: counts.drawn.as_ref().map(|drawn| worlds.distribution(drawn)),
            truncated,
            tally: tally.clone(),
        }
    }

    /// What is ranked, with the variable that ending it sets to 0, and whether it gives an attacker anything.
    fn candidates(&self) -> Vec<(ExposureNumber, Key, bool)> {
        let findings = self.openings.list.iter().enumerate().map(|(n, opening)| {
            let leads = self.snapshot.exploit_step(n).is_some();
            (ExposureNumber::Finding(n as u32), opening.key, leads)
        });
        // The key of a relation is a hash of its name: only what is ranked needs one.
        let ranked: BTreeSet<u32> = self
            .ranked
            .iter()
            .filter_map(|ranked| match ranked.exposure {
                ExposureNumber::Relation(n) => Some(n),
                ExposureNumber::Finding(_) => None,
            })
            .collect();
        let relations = ranked
            .into_iter()
            .filter_map(|n| Some((ExposureNumber::Relation(n), Key::related(&self.related(n)?), true)));
        findings.chain(relations).collect()
    }

    /// What fixing each exposure alone saves, as a sample of the usual options says it: worlds are looked at only where it is not exact.
    pub(crate) fn fix_values(&self, progress: OnProgress<'_>) -> HashMap<ExposureId, f64> {
        let measure = self.measure(MeasureOptions { progress, ..MeasureOptions::default() });
        let candidates = self.candidates();
        let Some(exact) = measure.exact_fix_values() else {
            let sample = self.sample(&SampleOptions { progress, ..SampleOptions::default() });
            return sample.exposures.into_iter().map(|one| (one.exposure, one.fix_value.value())).collect();
        };
        let worth = |(number, key, _)| Some((self.exposure_id(number)?, found(&exact, key)));
        candidates.into_iter().filter_map(worth).collect()
    }

    fn sampled_events(&self, measure: &Measure<'_>, tally: &SampleStatistics) -> Vec<SampledEvent> {
        let exact = measure.exact_chances();
        let mut counted: HashMap<u64, Estimate> = HashMap::new();
        let mut count = |n: EventId| {
            let known = counted.entry(tally.happened(n));
            *known.or_insert_with(|| tally.chance(n, measure.confidence))
        };
        let rows = EventId::first(self.chances.len()).zip(self.stake.events.iter().zip(&self.chances));
        let mut events: Vec<SampledEvent> = rows
            .map(|(n, (stake, certain))| {
                let chance = match exact.get(n.index()).copied().flatten() {
                    Some(chance) => Estimate::exact(chance.get()),
                    None => count(n).within(certain.lower(), certain.upper()),
                };
                SampledEvent {
                    event: stake.event.id.clone(),
                    name: stake.event.title().into(),
                    loss: stake.loss,
                    chance,
                    once_in_years: Probability::clamped(chance.value()).once_in_years(self.horizon),
                }
            })
            .collect();
        let expected = |event: &SampledEvent| event.loss.amount() * event.chance.value();
        events.sort_by(|a, b| expected(b).total_cmp(&expected(a)).then_with(|| a.event.cmp(&b.event)));
        events
    }

    /// What the findings' shares add up to, and each of them by its key.
    fn shares(&self, measure: &Measure<'_>, counts: &Counts) -> (f64, HashMap<Key, f64>) {
        let exact = || {
            let findings: HashSet<Key> = self.openings.list.iter().map(|opening| opening.key).collect();
            measure.exact().shares_of(|key| findings.contains(&key))
        };
        let counted = |counted: &ShareCounts| counted.shares(counts.values.tally()).list;
        let shares: Vec<(Key, f64)> = counts.shares.as_ref().map_or_else(exact, counted);
        let attributed = shares.iter().fold(0.0, |sum, (_, share)| sum + share);
        (attributed, shares.into_iter().collect())
    }
}

/// The value of a key in a list in the order of keys; 0 where it is not there.
fn found(values: &[(Key, f64)], key: Key) -> f64 {
    let at = values.binary_search_by_key(&key, |(key, _)| *key).ok();
    at.and_then(|at| values.get(at)).map_or(0.0, |(_, value)| *value)
}
