//! Acceptance of risk: what somebody lives with, who, why, until when, and as long as what holds.
//!
//! A decision is known by what it is about: a later one about the same takes its place, and withdrawing it names the same. It covers what
//! stood when it was decided; what is found later only where it says so. What it covers stays a risk and stays in every total.

use crate::{
    id::{ActionId, FindingId, WeaknessId},
    intel::{Intel, kev::Kev},
    mobilize::Action,
    model::{self, Finding},
    quantity::{Probability, Severity},
    scope::AssetSelector,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// The decision to live with something.
///
/// ```
/// use ctem_core::program::{Accepted, AcceptedScope};
///
/// let accepted: Accepted = serde_json::from_str(
///     r#"{"weakness": "CVE-2024-0001", "assets": "label.env = test", "as_long_as": {"not_known_exploited": true},
///         "until": "2026-01-01", "by": "CISO", "reason": "rebuilt in spring"}"#).unwrap();
/// assert!(matches!(accepted.of, AcceptedScope::Weakness { also_new: false, .. }));
/// assert!(accepted.as_long_as.not_known_exploited);
/// // Of one finding:
/// let accepted = Accepted { reason: Some("behind the new gate in spring".into()), ..Accepted::of("f-2".parse()?) };
/// assert!(accepted.until.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawAccepted", into = "RawAccepted")]
pub struct Accepted {
    /// Of what.
    pub of: AcceptedScope,
    /// What must hold of a finding for it to be covered.
    pub as_long_as: AsLongAs,
    /// When the decision ends and what it covers is open again; absent where it holds until another.
    pub until: Option<Moment>,
    /// Who decided.
    pub by: Option<Box<str>>,
    /// Why.
    pub reason: Option<Box<str>>,
}

/// What a decision to live with something is about.
///
/// ```
/// use ctem_core::program::AcceptedScope;
///
/// // All that was found on what is taken down in spring, and all that will be.
/// let legacy = AcceptedScope::Weakness { weakness: None, assets: "realm = legacy".parse()?, also_new: true };
/// assert_ne!(legacy, AcceptedScope::Finding("f-1".parse()?));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptedScope {
    /// One finding, by any of its names.
    Finding(FindingId),
    /// The findings of a weakness on the assets that a selector means.
    Weakness {
        /// The weakness, by any of its names; absent for all of them.
        weakness: Option<WeaknessId>,
        /// The assets.
        assets: AssetSelector,
        /// Whether findings are covered too that are first seen after the decision.
        also_new: bool,
    },
    /// An action that is not done.
    Action {
        /// The action.
        action: ActionId,
        /// The findings it would have ended when it was decided; none that it would end besides later.
        findings: Vec<FindingId>,
    },
}

/// What must hold of a finding for a decision to cover it. What nobody states breaks nothing.
///
/// ```
/// use ctem_core::program::AsLongAs;
///
/// let as_long_as: AsLongAs = serde_json::from_str(r#"{"severity_at_most": "medium", "epss_at_most": 0.1}"#).unwrap();
/// assert!(!as_long_as.not_known_exploited);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AsLongAs {
    /// It is not known to be exploited: neither the catalogue nor a source says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_known_exploited: bool,
    /// No source and no vector gives a higher severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_at_most: Option<Severity>,
    /// Its EPSS score is no higher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss_at_most: Option<Probability>,
}

/// That a decision to live with something is taken back, and what it covered is open again.
///
/// ```
/// use ctem_core::program::Withdrawn;
///
/// let withdrawn: Withdrawn = serde_json::from_str(r#"{"weakness": "CVE-2024-0001", "assets": "label.env = test", "by": "CISO"}"#).unwrap();
/// assert_eq!(withdrawn.by.as_deref(), Some("CISO"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawWithdrawn", into = "RawWithdrawn")]
pub struct Withdrawn {
    /// What the decision was about. Of an action its id is enough.
    pub of: AcceptedScope,
    /// Who takes it back.
    pub by: Option<Box<str>>,
    /// Why.
    pub reason: Option<Box<str>>,
}

/// A decision that stands, and what it covers now.
///
/// ```
/// use ctem_core::{Program, discover, program::{Accepted, ApplyOptions, Event, What}, wire};
///
/// let mut program = Program::default();
/// program.apply(Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?), ApplyOptions::default())?;
/// let accepted = Accepted { by: Some("CISO".into()), ..Accepted::of("f-2".parse()?) };
/// program.apply(Event::new("2025-11-13".parse()?, What::Accepted(accepted)), ApplyOptions::default())?;
/// let risks = program.accepted_risks();
/// assert_eq!(risks[0].accepted.by.as_deref(), Some("CISO"));
/// assert_eq!(risks[0].covers.iter().map(|finding| finding.as_str()).collect::<Vec<_>>(), ["f-2"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "risk register")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AcceptedRisk {
    /// When it was decided.
    pub since: Moment,
    /// What was decided.
    #[serde(flatten)]
    pub accepted: Accepted,
    /// The findings that stand and that it covers.
    pub covers: Vec<FindingId>,
}

/// A decision that stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standing {
    /// When it was decided.
    pub(super) since: Moment,
    pub(super) accepted: Accepted,
}

impl Accepted {
    /// That a finding is accepted, until another decision.
    ///
    /// ```
    /// use ctem_core::program::{Accepted, AcceptedScope};
    ///
    /// assert_eq!(Accepted::of("f-2".parse()?).of, AcceptedScope::Finding("f-2".parse()?));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(finding: FindingId) -> Self {
        Self::of_scope(AcceptedScope::Finding(finding))
    }

    /// That the findings of a weakness are accepted on the assets that a selector means: those that are known by then.
    ///
    /// ```
    /// use ctem_core::program::Accepted;
    ///
    /// let accepted = Accepted::of_weakness("CVE-2024-0001".parse()?, "label.env = test".parse()?);
    /// assert!(accepted.by.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of_weakness(weakness: WeaknessId, assets: AssetSelector) -> Self {
        Self::of_scope(AcceptedScope::Weakness { weakness: Some(weakness), assets, also_new: false })
    }

    /// That an action is not done: what it would end is accepted. Relations that it would end have no status and stay what they are.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::{mobilize::ActionOptions, program::Accepted};
    ///
    /// let actions = today.actions(&ActionOptions::default())?;
    /// let patch = actions.iter().find(|action| action.kind.name() == "patch").expect("a CVE is open");
    /// let accepted = Accepted::of_action(patch);
    /// # let document = serde_json::to_value(&accepted).unwrap();
    /// # assert_eq!(document["findings"].as_array().map(Vec::len), Some(1));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of_action(action: &Action) -> Self {
        let findings = action.ends.iter().filter_map(|end| end.finding().cloned()).collect();
        Self::of_scope(AcceptedScope::Action { action: action.id.clone(), findings })
    }

    fn of_scope(of: AcceptedScope) -> Self {
        Self { of, as_long_as: AsLongAs::default(), until: None, by: None, reason: None }
    }
}

impl Standing {
    /// It as findings have it.
    pub(super) fn acceptance(&self) -> model::Acceptance {
        let Accepted { until, by, reason, .. } = self.accepted.clone();
        model::Acceptance { since: Some(self.since), until, by, reason }
    }
}

impl AcceptedScope {
    /// What it is known by. A finding's name is the one it had first.
    pub(super) fn key(&self, first_name: impl Fn(&FindingId) -> FindingId) -> String {
        match self {
            Self::Finding(finding) => format!("finding\0{}", first_name(finding)),
            Self::Weakness { weakness, assets, .. } => {
                format!("weakness\0{}\0{assets}", weakness.as_ref().map_or("", |weakness| weakness.as_str()))
            }
            Self::Action { action, .. } => format!("action\0{action}"),
        }
    }

    /// The selector of assets, where it has one.
    pub(super) fn assets(&self) -> Option<&AssetSelector> {
        match self {
            Self::Weakness { assets, .. } => Some(assets),
            Self::Finding(_) | Self::Action { .. } => None,
        }
    }

    /// The findings it names, each with its place in the event.
    pub(super) fn named(&self) -> Vec<(&FindingId, String)> {
        match self {
            Self::Finding(finding) => vec![(finding, "finding".into())],
            Self::Action { findings, .. } => {
                findings.iter().enumerate().map(|(n, finding)| (finding, format!("findings/{n}"))).collect()
            }
            Self::Weakness { .. } => Vec::new(),
        }
    }
}

impl AsLongAs {
    /// Whether it holds of a finding, by what the world knows.
    pub(super) fn holds(&self, finding: &Finding, severity: Option<Severity>, intel: &Intel) -> bool {
        let weakness = &finding.weakness;
        let exploited = || {
            let listed = |kev: &Kev| weakness.cves().any(|cve| kev.listing(cve).is_some());
            weakness.known_exploited || intel.kev.as_deref().is_some_and(listed)
        };
        let within = |most: Probability| intel.epss_of(weakness).is_none_or(|score| score <= most);
        !(self.not_known_exploited && exploited())
            && self.severity_at_most.is_none_or(|most| severity.is_none_or(|severity| severity <= most))
            && self.epss_at_most.is_none_or(within)
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// An acceptance as it is written: what it is about stands beside the rest.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct RawAccepted {
    /// The finding it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finding: Option<FindingId>,
    /// The weakness it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weakness: Option<WeaknessId>,
    /// On which assets, as a selector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assets: Option<AssetSelector>,
    /// Whether it covers what is found later too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    also_new: bool,
    /// The action that is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<ActionId>,
    /// What that action would have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingId>,
    /// It stands as long as these hold.
    #[serde(default, skip_serializing_if = "AsLongAs::is_nothing")]
    as_long_as: AsLongAs,
    /// It ends then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Box<str>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Box<str>>,
}

/// What is taken back, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWithdrawn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finding: Option<FindingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weakness: Option<WeaknessId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assets: Option<AssetSelector>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<ActionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Box<str>>,
}

type About = (Option<FindingId>, Option<WeaknessId>, Option<AssetSelector>, Option<ActionId>);

/// What a decision is about, of which exactly one thing must be named.
fn scope(about: About, also_new: bool, findings: Vec<FindingId>) -> Result<AcceptedScope, &'static str> {
    match about {
        (.., None) if !findings.is_empty() => {
            Err("`findings` says what an `action` would have ended: leave it out, or name the action")
        }
        (_, None, None, _) if also_new => {
            Err("`also_new` is of a `weakness` or of `assets`: leave it out, or name one of the two")
        }
        (Some(finding), None, None, None) => Ok(AcceptedScope::Finding(finding)),
        (None, None, None, Some(action)) => Ok(AcceptedScope::Action { action, findings }),
        (None, weakness, assets, None) if weakness.is_some() || assets.is_some() => {
            Ok(AcceptedScope::Weakness { weakness, assets: assets.unwrap_or_default(), also_new })
        }
        _ => Err(
            "an acceptance is of one thing: name a `finding`, a `weakness` with or without `assets`, `assets`, or an `action`",
        ),
    }
}

impl TryFrom<RawAccepted> for Accepted {
    type Error = &'static str;

    fn try_from(raw: RawAccepted) -> Result<Self, Self::Error> {
        let RawAccepted {
            finding,
            weakness,
            assets,
            also_new,
            action,
            findings,
            as_long_as,
            until,
            by,
            reason,
        } = raw;
        if action.is_some() && findings.is_empty() {
            return Err(
                "an acceptance of an `action` says in `findings` what it would have ended: name them",
            );
        }
        let of = scope((finding, weakness, assets, action), also_new, findings)?;
        Ok(Self { of, as_long_as, until, by, reason })
    }
}

impl TryFrom<RawWithdrawn> for Withdrawn {
    type Error = &'static str;

    fn try_from(raw: RawWithdrawn) -> Result<Self, Self::Error> {
        let RawWithdrawn { finding, weakness, assets, action, by, reason } = raw;
        Ok(Self { of: scope((finding, weakness, assets, action), false, Vec::new())?, by, reason })
    }
}

impl From<AcceptedScope> for RawAccepted {
    fn from(of: AcceptedScope) -> Self {
        let mut raw = Self {
            finding: None,
            weakness: None,
            assets: None,
            also_new: false,
            action: None,
            findings: Vec::new(),
            as_long_as: AsLongAs::default(),
            until: None,
            by: None,
            reason: None,
        };
        match of {
            AcceptedScope::Finding(finding) => raw.finding = Some(finding),
            AcceptedScope::Weakness { weakness, assets, also_new } => {
                // Of a weakness everywhere the weakness is enough.
                raw.assets =
                    Some(assets).filter(|assets| weakness.is_none() || *assets != AssetSelector::All);
                (raw.weakness, raw.also_new) = (weakness, also_new);
            }
            AcceptedScope::Action { action, findings } => {
                (raw.action, raw.findings) = (Some(action), findings);
            }
        }
        raw
    }
}

impl From<Accepted> for RawAccepted {
    fn from(accepted: Accepted) -> Self {
        let Accepted { of, as_long_as, until, by, reason } = accepted;
        Self { as_long_as, until, by, reason, ..Self::from(of) }
    }
}

impl From<Withdrawn> for RawWithdrawn {
    fn from(withdrawn: Withdrawn) -> Self {
        let Withdrawn { of, by, reason } = withdrawn;
        let RawAccepted { finding, weakness, assets, action, .. } = RawAccepted::from(of);
        Self { finding, weakness, assets, action, by, reason }
    }
}
