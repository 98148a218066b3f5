//! A plan, as it is answered.

use super::Budget;
use crate::{
    attack::Truncated,
    id::LossEventId,
    mobilize::Action,
    quantity::{Estimate, Probability, Severity, Unit},
    time::{Days, Moment},
};
use serde::{Deserialize, Serialize};

/// What to do first: actions in the order to do them, and what is left after each.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::PlanOptions;
///
/// let plan = today.plan(&PlanOptions::default())?;
/// let rows: Vec<_> = plan.rows.iter().map(|row| (&*row.action.title, row.left.value())).collect();
/// assert_eq!(plan.before.value(), 937.5);
/// assert_eq!(rows[0], ("Fix the setting on web shop: Admin page open to all", 375.0));
/// // Nothing that can be done saves more.
/// assert_eq!((plan.after.value(), plan.gap), (0.0, 0.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "remediation plan")]
#[doc(alias = "roadmap")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// The moment it is as of.
    pub as_of: Moment,
    /// How far ahead it looks, in days.
    #[serde(rename = "horizon_days")]
    pub horizon: Days,
    /// What losses are counted in.
    pub unit: Unit,
    /// What could be spent.
    pub budget: Budget,
    /// Hours of work, of all actions, those that are not told too.
    pub hours: f64,
    /// The expected loss within the horizon as things are: exact where it fits, else counted over worlds.
    pub before: Estimate,
    /// The same once all of it is done.
    pub after: Estimate,
    /// No plan of the same budget leaves less: proven, in the worlds that were looked at.
    pub at_least: f64,
    /// How much more another plan of the same budget could save at most, as a part of what that would save: 0 where this is as good as
    /// any.
    pub gap: f64,
    /// The actions, in the order to do them; the first of them, where there are more than were to be told.
    pub rows: Vec<PlanRow>,
    /// What is not among the rows.
    pub rest: Rest,
    /// How much of the loss is lived with, where anything is accepted. It is part of what the plan begins with and of what it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<AcceptedLoss>,
    /// Loss left against hours of work: the plan's curve, and those of other orders. Empty unless asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<LossCurve>,
    /// How many worlds were looked at; none where all is exact.
    pub worlds: u64,
    /// The seed they are of.
    pub seed: u64,
    /// Why it may be worse than it was to be: it is made of what was found until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

impl Plan {
    /// The same plan, of which only the first so many rows are told.
    pub(crate) fn told(mut self, at_most: usize) -> Self {
        let below = self.rows.split_off(self.rows.len().min(at_most));
        self.rest.below += below.len();
        self.rest.below_worth = below.iter().fold(self.rest.below_worth, |worth, row| worth + row.saved);
        self
    }

    /// Hours of work, from 0 on, and the expected loss that is left then.
    pub(super) fn points(&self) -> Vec<(f64, f64)> {
        let mut hours = 0.0;
        let rows = self.rows.iter().map(|row| {
            hours += row.action.effort.hours;
            (hours, row.left.value())
        });
        std::iter::once((0.0, self.before.value())).chain(rows).collect()
    }
}

/// An action in its place in a plan.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::PlanOptions;
///
/// // What does the first row save, and what stands behind it?
/// let first = &today.plan(&PlanOptions::default())?.rows[0];
/// assert_eq!((first.rank, first.saved, first.alone), (1, 562.5, 562.5));
/// assert_eq!(first.leads_to.as_ref().map(|event| event.as_str()), Some("leak"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlanRow {
    /// Its place, from 1.
    pub rank: usize,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// The expected loss that is left after it and those above it.
    pub left: Estimate,
    /// What it saves after those above it.
    pub saved: f64,
    /// What it would save alone.
    pub alone: f64,
    /// The row above that ends the same ways, where this one saves less for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_way_as: Option<usize>,
    /// The rows without which it saves nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub together_with: Vec<usize>,
    /// The part of the expected loss on whose ways it lies.
    pub on_ways: f64,
    /// The loss event that weighs most on these ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<LossEventId>,
    /// The name of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to_name: Option<Box<str>>,
    /// What the world knows of what it ends.
    pub signs: Signs,
}

/// What the world knows of the findings that an action ends: of each the worst.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::PlanOptions;
///
/// let plan = today.plan(&PlanOptions::default())?;
/// assert!(plan.rows.iter().all(|row| !row.signs.known_exploited && row.signs.links.is_empty()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Signs {
    /// The highest severity that a source or a CVSS vector gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The highest CVSS base score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cvss: Option<f64>,
    /// The highest EPSS score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss: Option<Probability>,
    /// Whether any is known to be exploited.
    pub known_exploited: bool,
    /// When the first of them was listed as exploited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploited_since: Option<Moment>,
    /// Where to read more, at most five places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Box<str>>,
}

/// What is left of the expected loss after so many hours of work in some order.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::PlanOptions;
///
/// // Is the plan worth more than patching by severity?
/// let plan = today.plan(&PlanOptions { curves: true, ..PlanOptions::default() })?;
/// let [ours, by_severity, ..] = &plan.curves[..] else { unreachable!() };
/// assert_eq!((&*ours.order, &*by_severity.order), ("plan", "severity"));
/// assert!(ours.at(plan.hours) <= by_severity.at(plan.hours));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LossCurve {
    /// The order: `plan`, `severity`, `epss` or `known_exploited`.
    pub order: Box<str>,
    /// Hours of work, from 0 on, and the expected loss that is left then.
    pub points: Vec<(f64, f64)>,
}

impl LossCurve {
    /// What is left after so many hours: that of the last action done by then.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::PlanOptions;
    ///
    /// let plan = today.plan(&PlanOptions { curves: true, ..PlanOptions::default() })?;
    /// assert_eq!(plan.curves[0].at(0.0), plan.before.value());
    /// assert_eq!(plan.curves[0].at(1_000.0), plan.after.value());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn at(&self, hours: f64) -> f64 {
        let done = self.points.iter().take_while(|(after, _)| *after <= hours);
        done.last().map_or(0.0, |(_, left)| *left)
    }
}

/// What somebody decided to live with.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, mobilize::PlanOptions};
///
/// let document = br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}],
///     "entry_points": [{"asset": "shop", "access": "reach", "attacker": "internet"}],
///     "findings": [{"asset": "shop", "weakness": {"id": "CVE-2021-44228", "epss": 0.9}, "status": "accepted",
///         "acceptance": {"by": "CISO", "until": "2026-01-01"}}]}"#;
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(document)?);
/// let plan = program.assess("2025-11-13".parse()?)?.plan(&PlanOptions::default())?;
/// let accepted = plan.accepted.expect("one is accepted");
/// assert_eq!((accepted.findings, accepted.worth == plan.before.value(), plan.rows.len()), (1, true, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AcceptedLoss {
    /// How many findings are accepted.
    pub findings: usize,
    /// What would not be lost if none of them were there, and all else were as it is.
    pub worth: f64,
    /// When the first of the decisions ends, of those that do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_ends: Option<Moment>,
}

/// What is not among the rows of a plan.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{Budget, PlanOptions};
///
/// // What is left for later?
/// let plan = today.plan(&PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() })?;
/// assert_eq!((plan.rest.actions, plan.rest.worth), (2, 375.0));
/// // And what stands below the first row of the plan without a limit?
/// let plan = today.plan(&PlanOptions { at_most: 1, ..PlanOptions::default() })?;
/// assert_eq!((plan.rest.below, plan.rest.below_worth, plan.after.value()), (1, 375.0, 0.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Rest {
    /// How many actions of the plan stand below the rows that are told.
    pub below: usize,
    /// What they save together, after those that are told.
    pub below_worth: f64,
    /// How many actions more end something that an attacker needs.
    pub actions: usize,
    /// What all of them would save together after the plan.
    pub worth: f64,
    /// How many findings lead to no loss.
    pub hygiene: usize,
    /// How many findings on the way to a loss have no fix yet.
    pub no_fix: usize,
    /// What is lost through them once all else is done.
    pub no_fix_worth: f64,
}
