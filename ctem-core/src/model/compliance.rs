//! What checks of a framework's controls came to, as a tool counted them: also those that passed, which leave no finding.

use serde::{Deserialize, Serialize};

/// How the checks of one control of a framework came out, in one account, cluster or host that a tool looked at.
///
/// ```
/// use ctem_core::discover;
///
/// let scan = br#"[{"CheckID": "s3_public", "Status": "PASS", "StatusExtended": "", "AccountId": "111122223333", "Compliance": {"CIS-1.5": ["2.1.5"]}}]"#;
/// let checks = discover::read(scan)?.compliance;
/// assert_eq!((&*checks[0].framework, &*checks[0].control, checks[0].passed), ("CIS-1.5", "2.1.5", 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ControlChecks {
    /// Where: the account, the cluster or the host; empty where the tool does not say.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub scope: Box<str>,
    /// The framework, as the tool calls it: `CIS-1.5`, `PCI DSS v4.0`.
    pub framework: Box<str>,
    /// The control, as the framework numbers it: `2.1.5`, `PR.AA-01`.
    pub control: Box<str>,
    /// Checks that passed.
    pub passed: u64,
    /// Checks that failed.
    pub failed: u64,
    /// Checks that nobody made: those for a person, those that did not come to an end.
    pub not_made: u64,
}

impl ControlChecks {
    /// No check of a control yet.
    ///
    /// ```
    /// use ctem_core::model::ControlChecks;
    ///
    /// let checks = ControlChecks { passed: 3, ..ControlChecks::new("shop", "SOC2", "cc_6_1") };
    /// assert_eq!((checks.passed, checks.failed), (3, 0));
    /// ```
    pub fn new(scope: &str, framework: &str, control: &str) -> Self {
        let (scope, framework, control) = (scope.into(), framework.into(), control.into());
        Self { scope, framework, control, passed: 0, failed: 0, not_made: 0 }
    }
}
