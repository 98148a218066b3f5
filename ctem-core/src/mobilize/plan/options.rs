//! What a plan is to be made of.

use crate::{
    attack::OnProgress,
    error::{Error, Result},
    id::{ActionId, OwnerId},
    mobilize::ActionOptions,
    prioritize::MeasureOptions,
    quantity::Probability,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many actions are planned, however few are told.
const PLANNED: usize = 50;

/// What may be spent on a plan.
///
/// ```
/// use ctem_core::mobilize::Budget;
///
/// // A week of one person, at what an hour costs.
/// let week: Budget = serde_json::from_str(r#"{"money": {"amount": 4000, "per_hour": 100}}"#).unwrap();
/// assert_eq!(week, Budget::Money { amount: 4000.0, per_hour: 100.0 });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Budget {
    /// Whatever it takes.
    #[default]
    Unlimited,
    /// So many hours of work.
    Hours(f64),
    /// So much money.
    Money {
        /// How much.
        amount: f64,
        /// What an hour of work costs.
        per_hour: f64,
    },
    /// So many actions, whatever each takes.
    Actions(usize),
}

/// What a plan is made of: what may be spent, by whom, what must be in it and what not, and how numbers are measured.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{Budget, PlanOptions};
///
/// // There is time for one of three.
/// let options = PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() };
/// assert_eq!(today.plan(&options)?.rows.len(), 1);
/// let never = PlanOptions { budget: Budget::Hours(-1.0), ..PlanOptions::default() };
/// assert_eq!(today.plan(&never).unwrap_err().place(), Some("budget"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PlanOptions<'a> {
    /// What may be spent. Without limit unless said.
    pub budget: Budget,
    /// How many hours of these owners may be spent, within the budget. Without limit unless said.
    pub per_owner: BTreeMap<OwnerId, f64>,
    /// Only what this owner does. Of everybody unless said.
    pub owner: Option<OwnerId>,
    /// Actions that are in the plan whatever they are worth.
    pub must: Vec<ActionId>,
    /// Actions that are not.
    pub must_not: Vec<ActionId>,
    /// At most so many rows are told, the first. 50 unless said. It is the same plan however many are: [`Budget::Actions`] asks for one of
    /// fewer actions. More than 50 are planned where more are to be told.
    pub at_most: usize,
    /// Whether what has no fix yet may be shielded, and counts as ended then. Not unless said.
    pub mitigate: bool,
    /// How actions are told: rules for owners and efforts.
    pub actions: ActionOptions,
    /// Whether the curves of loss left against effort are told too. Not unless said.
    pub curves: bool,
    /// So many worlds, where no exact answer fits. 4,096 unless said.
    pub worlds: u64,
    /// Which worlds. 0 unless said.
    pub seed: u64,
    /// The chance that counted bounds hold. 0.95 unless said.
    pub confidence: Probability,
    /// Exact where the diagrams take at most so many nodes; 0 counts all over worlds. 65,536 unless said.
    pub nodes: usize,
    /// Who is asked whether to go on. Nobody unless said.
    pub progress: OnProgress<'a>,
}

impl Default for PlanOptions<'_> {
    fn default() -> Self {
        let MeasureOptions { seed, confidence, nodes, progress, .. } = MeasureOptions::default();
        Self {
            budget: Budget::default(),
            per_owner: BTreeMap::new(),
            owner: None,
            must: Vec::new(),
            must_not: Vec::new(),
            at_most: PLANNED,
            mitigate: false,
            curves: false,
            actions: ActionOptions::default(),
            worlds: 4_096,
            seed,
            confidence,
            nodes,
            progress,
        }
    }
}

impl PlanOptions<'_> {
    /// At most so many actions are planned.
    pub(super) fn most(&self) -> usize {
        self.at_most.max(PLANNED)
    }
}

impl Budget {
    /// Checks its numbers.
    pub(crate) fn check(self) -> Result<()> {
        let amount = |amount: f64, what: &str| {
            if (0.0..=f64::MAX).contains(&amount) {
                return Ok(());
            }
            let message = format!("`{amount}` is no {what}: it must be a finite number of at least 0");
            Err(Error::invalid(message).at("budget"))
        };
        match self {
            Self::Unlimited | Self::Actions(_) => Ok(()),
            Self::Hours(hours) => amount(hours, "budget of hours"),
            Self::Money { amount: money, per_hour } => {
                amount(money, "budget of money")?;
                if per_hour > 0.0 && per_hour.is_finite() {
                    return Ok(());
                }
                let message =
                    format!("`{per_hour}` is not what an hour costs: it must be a finite number above 0");
                Err(Error::invalid(message).at("budget"))
            }
        }
    }

    /// What an action of so many hours takes of it, and how much there is of that.
    pub(super) fn terms(self) -> (impl Fn(f64) -> f64, f64) {
        let (by_hour, each, all) = match self {
            Self::Unlimited => (1.0, 0.0, f64::INFINITY),
            Self::Hours(hours) => (1.0, 0.0, hours),
            Self::Money { amount, per_hour } => (per_hour, 0.0, amount),
            Self::Actions(count) => (0.0, 1.0, count as f64),
        };
        (move |hours: f64| hours * by_hour + each, all)
    }
}
