//! What a gate says.

use super::Rule;
use crate::{
    model::Note,
    prioritize::ExposureId,
    quantity::{Estimate, Unit},
    time::Moment,
};
use serde::Serialize;

/// Whether an assessment may go on.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::gate::{Baseline, Policy};
///
/// // A dry run says what it would have stopped.
/// let policy = r#"{"ctem_policy": 1, "dry_run": true, "rules": [{"expected_loss": {"at_most": {"amount": 500, "unit": "EUR"}}}]}"#;
/// let verdict = today.gate(&Policy::parse(policy)?, &Baseline::of(&today)?)?;
/// assert_eq!((verdict.held, verdict.stops), (false, false));
/// assert_eq!(&*verdict.words[0], "would stop: the expected loss is EUR 938, and at most EUR 500 is tolerated");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Verdict {
    /// The moment that is judged.
    pub as_of: Moment,
    /// The moment it is held against.
    pub baseline: Moment,
    /// What losses are counted in.
    pub unit: Unit,
    /// Whether every rule held.
    pub held: bool,
    /// Whether it only says what it would have stopped.
    pub dry_run: bool,
    /// Whether it stops: a rule is broken, and it is no dry run.
    pub stops: bool,
    /// How many exposures are new.
    pub new: usize,
    /// Each rule in the policy's order.
    pub rules: Vec<RuleVerdict>,
    /// The same in words, a line a rule.
    pub words: Vec<Box<str>>,
    /// What the policy writes by a name it no longer has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// What is said of one rule.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::gate::{Baseline, Policy};
///
/// let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"no_new": {"severity": "low"}}]}"#)?;
/// let rule = &today.gate(&policy, &Baseline::of(&today)?)?.rules[0];
/// assert!(rule.held && rule.by.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RuleVerdict {
    /// The rule, as the policy states it.
    pub rule: Rule,
    /// Whether it held.
    pub held: bool,
    /// What broke it: the worst first; of an expected loss, what is new.
    pub by: Vec<BrokenBy>,
    /// What was measured, where a number decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Estimate>,
    /// What is tolerated, where a number decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

/// Something that breaks a rule.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// use ctem_core::{gate::{Baseline, Policy}, wire::DocumentOptions};
///
/// let empty = Program::new(Intel::none()).assess("2025-11-13".parse()?)?;
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// let today = program.assess("2025-11-14".parse()?)?;
/// let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"no_new": {"level": "critical"}}]}"#)?;
/// let verdict = today.gate(&policy, &Baseline::of(&empty)?)?;
/// assert_eq!(&*verdict.rules[0].by[0].title, "Admin page open to all on web shop");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BrokenBy {
    /// What it is called.
    pub title: Box<str>,
    /// The exposures.
    pub exposures: Vec<ExposureId>,
    /// The action that ends them, where the rule is about actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<crate::id::ActionId>,
    /// What ending them saves, or the risk through them.
    pub worth: f64,
}
