use super::{Technique, selector::AssetSelector};
use crate::{
    id::{AssetId, ControlId},
    quantity::Probability,
};
use serde::{Deserialize, Serialize};

/// What stands in an attacker's way: a web application firewall, a second factor, an endpoint agent.
///
/// Its strength is either stated (`stops`) or learned from tests (`blocked` and `bypassed` attempts of a breach
/// simulation, a Beta(1 + blocked, 1 + bypassed) posterior mean).
///
/// ```
/// use ctem_core::{Probability, model::Control};
///
/// // What is stated holds, whatever tests showed.
/// let waf = Control { stops: Some(Probability::new(0.5)?), blocked: 98, ..Control::new("waf".parse()?) };
/// assert_eq!(waf.effectiveness().get(), 0.5);
/// // With nothing stated the tests speak.
/// assert_eq!(Control { stops: None, ..waf }.effectiveness().get(), 0.99);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Control {
    /// The name relations and evidence refer to it by.
    pub id: ControlId,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The assets it protects: every attempt on a finding there must get past it, and to log on. Where it says which techniques it stops,
    /// or whom it stands before, so must every relation into them that is by one of these, or from there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protects: Vec<AssetId>,
    /// The assets it protects besides those: what a selector means at the moment of each assessment, so that it covers what is new too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<AssetSelector>,
    /// The chance that it stops an attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stops: Option<Probability>,
    /// Attempts it was seen to block.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blocked: u32,
    /// Attempts seen to get past it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bypassed: u32,
    /// The techniques it stops, each with its parts: a second factor stops `T1078`, and no exploit. All, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Technique>,
    /// Whom it stands before: attackers who come from these assets. Everybody, when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<AssetId>,
}

/// A stated strength weighs as much as so many tests: an assumption.
const STATED_WORTH: f64 = 10.0;

impl Control {
    /// A control of unknown strength.
    ///
    /// ```
    /// use ctem_core::model::{AssetKind, Control, Environment};
    ///
    /// // A firewall that nobody has tested, before the web server.
    /// let waf = Control { protects: vec!["web-1".parse()?], ..Control::new("waf".parse()?) };
    /// let environment = Environment::builder().asset("web-1", AssetKind::Host).record(waf).build()?;
    /// assert_eq!(environment.controls().next().map(|waf| (waf.blocked, waf.bypassed)), Some((0, 0)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: ControlId) -> Self {
        Self {
            id,
            name: None,
            protects: Vec::new(),
            covers: None,
            stops: None,
            blocked: 0,
            bypassed: 0,
            against: Vec::new(),
            before: Vec::new(),
        }
    }

    /// The chance that it stops an attempt: as stated, or an even chance, moved by its tests.
    ///
    /// An unstated strength weighs as much as two tests, so that it is the posterior mean under a uniform prior. A stated one
    /// weighs as much as ten; attempts that got past lower it, and none that was blocked raises it above what is stated.
    ///
    /// ```
    /// use ctem_core::{Probability, model::Control};
    ///
    /// // A breach simulation: eight attempts blocked, two got past.
    /// let waf = Control { blocked: 8, bypassed: 2, ..Control::new("waf".parse()?) };
    /// assert_eq!(waf.effectiveness().get(), 0.75);
    /// assert_eq!(Control::new("untested".parse()?).effectiveness().get(), 0.5);
    /// // Its maker says that it stops all.
    /// assert_eq!(Control { stops: Some(Probability::ONE), ..waf }.effectiveness().get(), 0.9);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn effectiveness(&self) -> Probability {
        let (blocked, bypassed) = (f64::from(self.blocked), f64::from(self.bypassed));
        match self.stops {
            Some(stated) => {
                let moved = (STATED_WORTH * stated.get() + blocked) / (STATED_WORTH + blocked + bypassed);
                // An attempt that got past makes no control stronger.
                stated.min(Probability::clamped(moved))
            }
            None => Probability::clamped((1.0 + blocked) / (2.0 + blocked + bypassed)),
        }
    }

    /// Whether it stops attempts by a technique. What has no technique is stopped by what stops all alone.
    ///
    /// ```
    /// use ctem_core::model::Control;
    ///
    /// let mfa = Control { against: vec!["T1078".parse()?], ..Control::new("mfa".parse()?) };
    /// assert!(mfa.stops_technique(Some("T1078.004".parse()?)));
    /// assert!(!mfa.stops_technique(Some("T1190".parse()?)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn stops_technique(&self, technique: Option<Technique>) -> bool {
        let of = |technique: Technique| {
            self.against.iter().any(|known| *known == technique || *known == technique.parent())
        };
        self.against.is_empty() || technique.is_some_and(of)
    }

    /// The name for people, or else the id.
    ///
    /// ```
    /// use ctem_core::model::Control;
    ///
    /// let gate = Control::new("fw-17".parse()?);
    /// assert_eq!(gate.title(), "fw-17");
    /// assert_eq!(Control { name: Some("inner gate".into()), ..gate }.title(), "inner gate");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
