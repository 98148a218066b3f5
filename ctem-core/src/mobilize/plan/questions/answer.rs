//! Questions, as they are answered.

use super::super::Budget;
use crate::{
    attack::Truncated,
    id::{ActionId, AssetId, ControlId, FindingId, RelationId},
    model::{Outcome, Technique},
    quantity::{Probability, Unit},
    time::{Days, Moment},
    validate::Means,
};
use serde::Serialize;

/// Which tests to run next, the one that saves most for its hours first.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{Budget, PlanOptions, QuestionOptions};
///
/// // There is time for one of three: is it the right one?
/// let plan = PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() };
/// let questions = today.questions(&QuestionOptions { plan, ..QuestionOptions::default() })?;
/// assert!((questions.left - 375.0).abs() < 10.0);
/// assert!(questions.rows.iter().all(|row| row.worth <= row.worth_if_sure + 1e-9));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Questions {
    /// The moment they are as of.
    pub as_of: Moment,
    /// How far ahead losses are looked at, in days.
    #[serde(rename = "horizon_days")]
    pub horizon: Days,
    /// What losses are counted in.
    pub unit: Unit,
    /// What may be spent on the plan.
    pub budget: Budget,
    /// The expected loss before any action, in the worlds that were looked at.
    pub before: f64,
    /// The expected loss that is left with the plan as it is, in the worlds that were looked at.
    pub left: f64,
    /// The actions of that plan.
    pub plan: Vec<ActionId>,
    /// The questions.
    pub rows: Vec<Question>,
    /// How many findings, relations and controls a test could settle, and were looked at.
    pub looked_at: usize,
    /// How many findings of less risk were not looked at.
    pub not_looked_at: usize,
    /// How many worlds were looked at; none where all is exact.
    pub worlds: u64,
    /// The seed they are of.
    pub seed: u64,
    /// Why they may be worse than they were to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// A test, what it would tell, and what it is worth.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{Budget, PlanOptions, QuestionOptions};
///
/// let plan = PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() };
/// for question in today.questions(&QuestionOptions { plan, ..QuestionOptions::default() })?.rows {
///     // What a test is worth is what its outcomes save, each as often as it comes.
///     let saved: f64 = question.answers.iter().map(|answer| answer.likely.get() * answer.saved).sum();
///     assert!((question.worth - saved).abs() < 1e-9);
///     assert!((question.answers.iter().map(|answer| answer.likely.get()).sum::<f64>() - 1.0).abs() < 1e-9);
/// }
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "EVSI")]
#[doc(alias = "value of information")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Question {
    /// Its place, from 1.
    pub rank: usize,
    /// The question, in words.
    pub ask: Box<str>,
    /// What is tested.
    pub about: About,
    /// Where: the asset of a finding, both ends of a relation, at most five of the assets that a control protects.
    pub on: Vec<AssetId>,
    /// By which means. Evidence of it goes by this as its method.
    pub means: Means,
    /// What to do, and with which kinds of tools.
    pub how: Box<str>,
    /// The technique of MITRE ATT&CK that the test uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    /// How many hours it takes.
    pub hours: f64,
    /// Whether that is assumed.
    pub hours_assumed: bool,
    /// The chance now that it is so: that the finding can be exploited, the relation be used, the control fail.
    pub belief: Probability,
    /// The chance that the test succeeds where it is so.
    pub sensitivity: Probability,
    /// The chance that it fails where it is not.
    pub specificity: Probability,
    /// What the answer saves on average: the expected value of sample information.
    pub worth: f64,
    /// The same by the hour.
    pub worth_per_hour: f64,
    /// What an answer that never errs would save: the expected value of perfect information.
    pub worth_if_sure: f64,
    /// By how much the loss that the plan leaves differs between the answers.
    pub swing: f64,
    /// What each outcome would change: first an attempt that works, then one that does not.
    pub answers: [AnswerIf; 2],
}

/// What is tested.
///
/// ```
/// use ctem_core::mobilize::About;
///
/// let about = About::Finding("f-1".parse()?);
/// assert_eq!(ctem_core::wire::json(&about)?, r#"{"finding":"f-1"}"#);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum About {
    /// Whether a finding can be exploited where it was seen.
    Finding(FindingId),
    /// Whether a relation is there and can be used.
    Relation(RelationId),
    /// Whether a control fails.
    Control(ControlId),
}

/// What an outcome of a test would change.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::{Budget, PlanOptions, QuestionOptions}, model::Outcome};
///
/// let plan = PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() };
/// for question in today.questions(&QuestionOptions { plan, ..QuestionOptions::default() })?.rows {
///     let [works, fails] = &question.answers;
///     assert_eq!((works.outcome, fails.outcome), (Outcome::Exploited, Outcome::Blocked));
///     assert!(works.belief >= question.belief && question.belief >= fails.belief);
/// }
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AnswerIf {
    /// The outcome.
    pub outcome: Outcome,
    /// How likely it is.
    pub likely: Probability,
    /// The chance then that it is so.
    pub belief: Probability,
    /// What is left to lose then, with the plan that is best then.
    pub left: f64,
    /// What that plan saves beside the plan as it is now.
    pub saved: f64,
    /// The first action then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<ActionId>,
    /// Actions that the plan has then and has not now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<ActionId>,
    /// Actions that it has now and has not then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<ActionId>,
}
