use crate::{
    id::{ControlId, FindingId},
    quantity::Probability,
    time::Moment,
    word::words,
};
use serde::{Deserialize, Serialize};

/// What a test of a finding showed, and how far the test can be trusted.
///
/// ```
/// use ctem_core::{Probability, model::{Evidence, Outcome}, validate::weigh};
///
/// // A test of our own, which we know to miss half of what is exploitable, says less than one of the usual kind.
/// let usual = Evidence::new("f-1".parse()?, "probe", Outcome::Blocked, "2025-11-01".parse()?);
/// let ours = Evidence { sensitivity: Some(Probability::new(0.5)?), ..usual.clone() };
/// let prior = Probability::new(0.2)?;
/// let says = |test: &Evidence| weigh(prior, [test], test.at)[0].log_odds;
/// assert!(says(&usual) < says(&ours) && says(&ours) < 0.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The finding that was tested, by any of its ids. Who does not know how it is called may say what was tried and where: a weakness or an
    /// ATT&CK technique, `@`, and the asset, `CVE-2021-44228@web-7`. A weakness is tested wherever it lies on the asset; a technique
    /// speaks of a finding only where no other on the asset is of it.
    pub finding: FindingId,
    /// How: tests of one method repeat each other, so only the newest of a method counts.
    pub method: Box<str>,
    /// What it showed.
    pub outcome: Outcome,
    /// When.
    pub at: Moment,
    /// The chance that the test succeeds on a finding that is exploitable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Probability>,
    /// The chance that the test fails on a finding that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specificity: Option<Probability>,
    /// The control that blocked it, when one did: then it speaks of the control, not of the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlId>,
}

impl Evidence {
    /// Evidence whose trustworthiness is the default of its outcome.
    ///
    /// ```
    /// use ctem_core::model::{Evidence, Outcome};
    ///
    /// // A penetration test that a firewall stopped speaks of the firewall.
    /// let test = Evidence::new("f-1".parse()?, "pentest", Outcome::Blocked, "2025-11-01".parse()?);
    /// let test = Evidence { control: Some("waf".parse()?), ..test };
    /// assert_eq!(test.outcome.name(), "blocked");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(finding: FindingId, method: &str, outcome: Outcome, at: Moment) -> Self {
        Self {
            finding,
            method: method.into(),
            outcome,
            at,
            sensitivity: None,
            specificity: None,
            control: None,
        }
    }
}

/// What a test showed.
///
/// ```
/// use ctem_core::model::Outcome;
///
/// // As VEX documents and people write it.
/// assert_eq!("Not Affected".parse::<Outcome>()?, Outcome::NotAffected);
/// assert_eq!("no idea".parse::<Outcome>().unwrap_err().code(), "invalid_input");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The exploit worked.
    Exploited,
    /// The exploit was tried and did not work.
    Blocked,
    /// The weak code or service could not be reached.
    NotReachable,
    /// The weakness does not apply to this version or configuration.
    NotAffected,
}

words! {
    Outcome, "an outcome" {
        Exploited = "exploited",
        Blocked = "blocked",
        NotReachable = "not_reachable",
        NotAffected = "not_affected",
    }
}
