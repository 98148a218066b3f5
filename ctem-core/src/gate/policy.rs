//! What may not happen, as a document.

use crate::{
    error::{Error, Result},
    model::{Attacker, Note, NoteKind},
    prioritize::Level,
    quantity::{Loss, Severity},
    text::json,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of policy documents.
const VERSION: u32 = 1;

/// Rules that an assessment is held against.
///
/// ```
/// use ctem_core::gate::Policy;
///
/// let policy = Policy::parse(r#"{"ctem_policy": 1, "dry_run": true, "rules": [
///     {"no_new_action": {"worth_over": {"amount": 10000, "unit": "EUR"}}},
///     {"no_known_exploited": {"attackable_from": "internet"}},
///     {"no_new": {"level": "critical"}},
///     {"expected_loss": {"at_most_percent_above_baseline": 10}}
/// ]}"#)?;
/// assert!(policy.dry_run && policy.rules.len() == 4);
/// let error = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"no_new": {"level": "awful"}}]}"#).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("invalid_input", Some("/rules/0/no_new/level")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// Whether it only says what it would have stopped.
    pub dry_run: bool,
    /// The rules, all of which must hold.
    pub rules: Vec<Rule>,
    /// What is written by a name it no longer has, and was read nevertheless.
    pub notes: Vec<Note>,
}

/// Something that may not be.
///
/// ```
/// use ctem_core::gate::{Policy, Rule};
///
/// let policy = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"no_new": {"severity": "high"}}]}"#)?;
/// assert!(matches!(policy.rules[0], Rule::NoNew { level: None, severity: Some(_) }));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PolicyRule"))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Rule {
    /// No action that ends something new is worth more than this: what it saves after those above it in the plan or alone, whichever is
    /// more; of an action that ends old exposures too, or is not in the plan since another ends the same ways, what ending the new ones saves.
    NoNewAction {
        /// The most it may be worth within the horizon.
        worth_over: Loss,
    },
    /// Nothing that is known to be exploited (KEV) can be attacked by such attackers: over whatever way there is, also one that breaks in
    /// elsewhere first. What is *reachable*, as deadlines ask, is less: what needs no break-in on the way.
    NoKnownExploited {
        /// Who: `internet`, `phishing`, `supplier`, `insider` or `assumed`. Once `reachable_from`, which is read and noted.
        #[serde(alias = "reachable_from")]
        attackable_from: Attacker,
        /// Whether only what is new counts. All counts unless said.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        only_new: bool,
    },
    /// Nothing new is so bad or worse: by our level, by the severity that tools give, or by either where both are said.
    NoNew {
        /// The lowest level that breaks it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
        /// The lowest severity that breaks it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<Severity>,
    },
    /// The expected loss within the horizon stays within limits; one of the two, or both.
    ExpectedLoss {
        /// So much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<Loss>,
        /// So many percent more than in the baseline, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most_percent_above_baseline: Option<f64>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    ctem_policy: u32,
    #[serde(default)]
    dry_run: bool,
    rules: Vec<Rule>,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// `malformed` when it is not JSON; `invalid_input`, with the JSON pointer of the value, when a rule is not known, lacks what it needs
    /// or says what makes no sense, when there is no rule, or when the version is another.
    ///
    /// ```
    /// use ctem_core::gate::Policy;
    ///
    /// let error = Policy::parse(r#"{"ctem_policy": 1, "rules": [{"expected_loss": {}}]}"#).unwrap_err();
    /// assert_eq!(error.place(), Some("/rules/0/expected_loss"));
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let RawPolicy { ctem_policy, dry_run, rules } = json::parse(text)?;
        if ctem_policy != VERSION {
            let message = format!("version {ctem_policy} of a policy is not known: write {VERSION}");
            return Err(Error::invalid(message).at("/ctem_policy"));
        }
        if rules.is_empty() {
            return Err(Error::invalid("a policy without rules holds whatever comes: write one").at("/rules"));
        }
        for (n, rule) in rules.iter().enumerate() {
            rule.check().map_err(|error| error.at(format_args!("/rules/{n}")))?;
        }
        let written: Value = json::parse(text)?;
        let notes = (0..rules.len()).filter_map(|n| former_name(&written, n)).collect();
        Ok(Self { dry_run, rules, notes })
    }
}

/// A note where a rule uses a name that it had before.
fn former_name(policy: &Value, rule: usize) -> Option<Note> {
    let place = format!("/rules/{rule}/no_known_exploited/reachable_from");
    policy.pointer(&place)?;
    let reason =
        "`reachable_from` is called `attackable_from`: it counts ways over break-ins too; write it so";
    Some(Note::new(NoteKind::Assumed, &place, reason))
}

impl Rule {
    fn check(&self) -> Result<()> {
        match self {
            Self::NoNew { level: None, severity: None } => {
                Err(Error::invalid("what is too bad is not said: write `level`, `severity` or both")
                    .at("/no_new"))
            }
            Self::ExpectedLoss { at_most: None, at_most_percent_above_baseline: None } => {
                let message = "no limit is said: write `at_most`, `at_most_percent_above_baseline` or both";
                Err(Error::invalid(message).at("/expected_loss"))
            }
            Self::ExpectedLoss { at_most_percent_above_baseline: Some(percent), .. }
                if !(0.0..=f64::MAX).contains(percent) =>
            {
                let message =
                    format!("`{percent}` is no such limit: it must be a finite number of at least 0");
                Err(Error::invalid(message).at("/expected_loss/at_most_percent_above_baseline"))
            }
            Self::NoNewAction { .. }
            | Self::NoKnownExploited { .. }
            | Self::NoNew { .. }
            | Self::ExpectedLoss { .. } => Ok(()),
        }
    }
}
