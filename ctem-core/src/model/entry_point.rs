//! Entry points: where attackers start.

use super::{Access, Technique};
use crate::{
    id::{AssetId, ControlId},
    quantity::Probability,
    word::words,
};
use serde::{Deserialize, Serialize};

/// Where an attacker starts: a state that is given, with the chance that it is.
///
/// ```
/// use ctem_core::{Probability, model::{Access, AssetKind, Attacker, EntryPoint, Environment}};
///
/// // One month in a hundred the supplier of the build server is broken into.
/// let supplier = EntryPoint {
///     chance: Probability::new(0.01)?,
///     ..EntryPoint::new("ci".parse()?, Access::Use, Attacker::Supplier)
/// };
/// let environment = Environment::builder().asset("ci", AssetKind::Workload).record(supplier.clone()).build()?;
/// assert_eq!(environment.entry_points().collect::<Vec<_>>(), [&supplier]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntryPoint {
    /// The asset the attacker starts at.
    pub asset: AssetId,
    /// The access the attacker starts with.
    #[serde(default = "reach")]
    pub access: Access,
    /// Who starts here.
    #[serde(default)]
    pub attacker: Attacker,
    /// The chance, within 30 days, that an attacker starts here. The internet always does. With a campaign, the chance that it is
    /// run; of several the largest.
    #[serde(default = "surely", skip_serializing_if = "is_sure")]
    pub chance: Probability,
    /// The campaign, one coin for all who receive it: a wave of phishing is sent to everybody or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Box<str>>,
    /// The chance that who receives the attempt falls for it, each on their own.
    #[serde(default = "surely", skip_serializing_if = "is_sure")]
    pub susceptibility: Probability,
    /// Controls that must fail first, such as a filter for mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlId>,
}

impl EntryPoint {
    /// An entry point at which an attacker surely stands.
    ///
    /// ```
    /// use ctem_core::{Probability, model::{Access, Attacker, EntryPoint}};
    ///
    /// // One month in twenty somebody is tricked out of this identity.
    /// let phished = EntryPoint {
    ///     chance: Probability::new(0.05)?,
    ///     ..EntryPoint::new("alice".parse()?, Access::Use, Attacker::Phishing)
    /// };
    /// assert!(phished.chance < Probability::ONE);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(asset: AssetId, access: Access, attacker: Attacker) -> Self {
        Self {
            asset,
            access,
            attacker,
            chance: Probability::ONE,
            campaign: None,
            susceptibility: Probability::ONE,
            controls: Vec::new(),
        }
    }
}

/// Who starts at an entry point.
///
/// ```
/// use ctem_core::model::Attacker;
///
/// // Who is it where nobody says?
/// assert_eq!(Attacker::default(), Attacker::Internet);
/// assert_eq!("Insider".parse::<Attacker>()?, Attacker::Insider);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Attacker {
    /// Anyone on the internet.
    #[default]
    Internet,
    /// Someone who has tricked a person out of an identity.
    Phishing,
    /// A supplier, or someone inside one.
    Supplier,
    /// Someone who works here.
    Insider,
    /// Assumed, to see what would follow.
    Assumed,
}

words! {
    Attacker, "an attacker" {
        Internet = "internet",
        Phishing = "phishing",
        Supplier = "supplier",
        Insider = "insider",
        Assumed = "assumed",
    }
}

impl Attacker {
    /// The technique by which this attacker comes to start.
    ///
    /// ```
    /// use ctem_core::model::Attacker;
    ///
    /// assert_eq!(Attacker::Phishing.technique(), Some("T1566".parse()?));
    /// assert_eq!(Attacker::Internet.technique(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn technique(self) -> Option<Technique> {
        match self {
            Self::Phishing => Technique::of("T1566"),
            Self::Supplier => Technique::of("T1199"),
            Self::Insider => Technique::of("T1078"),
            Self::Internet | Self::Assumed => None,
        }
    }
}

fn reach() -> Access {
    Access::Reach
}

fn surely() -> Probability {
    Probability::ONE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference to `skip_serializing_if`")]
fn is_sure(chance: &Probability) -> bool {
    *chance == Probability::ONE
}
