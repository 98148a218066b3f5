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
pub struct Control {
    /// The name relations and evidence refer to it by.
    pub id: ControlId,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The assets it protects: every attempt on a finding there must get past it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protects: Vec<AssetId>,
    /// The chance that it stops an attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stops: Option<Probability>,
    /// Attempts it was seen to block.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blocked: u32,
    /// Attempts seen to get past it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bypassed: u32,
}

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
        Self { id, name: None, protects: Vec::new(), stops: None, blocked: 0, bypassed: 0 }
    }

    /// The chance that it stops an attempt: as stated, else the posterior mean of its tests. Untested and unstated, that
    /// is an even chance.
    ///
    /// ```
    /// use ctem_core::model::Control;
    ///
    /// // A breach simulation: eight attempts blocked, two got past.
    /// let waf = Control { blocked: 8, bypassed: 2, ..Control::new("waf".parse()?) };
    /// assert_eq!(waf.effectiveness().get(), 0.75);
    /// assert_eq!(Control::new("untested".parse()?).effectiveness().get(), 0.5);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn effectiveness(&self) -> Probability {
        let blocked = f64::from(self.blocked);
        let learned = (1.0 + blocked) / (2.0 + blocked + f64::from(self.bypassed));
        self.stops.unwrap_or(Probability::clamped(learned))
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
