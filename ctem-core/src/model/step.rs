//! Steps as records: what an attacker needs and gets, where it is more than the kind of a relation or a finding tells.

use super::Access;
use crate::{
    error::{Error, Result},
    id::AssetId,
    visible::Visible,
};
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use std::fmt;

/// At most so many accesses are needed, or given, by one step.
pub const MOST_ACCESSES: usize = 8;

/// An access to an asset: what an attacker holds.
///
/// ```
/// use ctem_core::model::{Access, AssetAccess};
///
/// let held = AssetAccess::new("web-1".parse()?, Access::Control);
/// assert_eq!(held.to_string(), "control of web-1");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssetAccess {
    /// The asset.
    pub asset: AssetId,
    /// The access.
    pub access: Access,
}

impl AssetAccess {
    /// An access to an asset.
    ///
    /// ```
    /// use ctem_core::model::{Access, AssetAccess};
    ///
    /// assert_eq!(AssetAccess::new("orders".parse()?, Access::Read).access, Access::Read);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(asset: AssetId, access: Access) -> Self {
        Self { asset, access }
    }
}

impl fmt::Display for AssetAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.access, Visible(self.asset.as_str()))
    }
}

/// What a finding needs or gives: one access to its own asset, or accesses to any assets, all of them.
///
/// In documents a word, or a list of at most [`MOST_ACCESSES`].
///
/// ```
/// use ctem_core::model::{Access, Accesses, AssetAccess, Exploit};
///
/// // A certificate template that anyone may enrol on, and an authority that issues it.
/// let exploit = Exploit {
///     needs: Some(Accesses::Of(vec![
///         AssetAccess::new("staff".parse()?, Access::Use),
///         AssetAccess::new("issuing-ca".parse()?, Access::Reach),
///     ])),
///     gives: Some(Accesses::Of(vec![AssetAccess::new("domain".parse()?, Access::Control)])),
///     ..Exploit::default()
/// };
/// assert_ne!(exploit.needs, Some(Access::Use.into()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Accesses {
    /// To the finding's own asset.
    Own(Access),
    /// To these assets.
    Of(Vec<AssetAccess>),
}

impl Accesses {
    /// The access to the asset itself, if that is all.
    ///
    /// ```
    /// use ctem_core::model::{Access, Accesses};
    ///
    /// assert_eq!(Accesses::from(Access::Use).own(), Some(Access::Use));
    /// assert_eq!(Accesses::Of(Vec::new()).own(), None);
    /// ```
    pub fn own(&self) -> Option<Access> {
        match self {
            Self::Own(access) => Some(*access),
            Self::Of(_) => None,
        }
    }

    /// The accesses to other assets, where they are told one by one.
    ///
    /// ```
    /// use ctem_core::model::{Access, Accesses};
    ///
    /// assert!(Accesses::from(Access::Use).list().is_empty());
    /// ```
    pub fn list(&self) -> &[AssetAccess] {
        match self {
            Self::Own(_) => &[],
            Self::Of(list) => list,
        }
    }
}

impl From<Access> for Accesses {
    fn from(access: Access) -> Self {
        Self::Own(access)
    }
}

impl<'de> Deserialize<'de> for Accesses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Accesses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an access as text, or a list of `asset` and `access`")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Accesses, E> {
                word.parse().map(Accesses::Own).map_err(|error: Error| E::custom(error.message()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<Accesses, A::Error> {
                Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(seq)).map(Accesses::Of)
            }
        }
        from.deserialize_any(Either)
    }
}

/// Checks that a step needs, or gives, neither too much nor, where it says so in a list, nothing.
pub(crate) fn check(list: &[AssetAccess], field: &str) -> Result<()> {
    if list.len() <= MOST_ACCESSES {
        return Ok(());
    }
    let message = format!(
        "a step has at most {MOST_ACCESSES} accesses in `{field}`, and this one {}: split it into steps",
        list.len()
    );
    Err(Error::invalid(message).at(format_args!("/{field}")))
}

/// Checks that a cost is one.
pub(crate) fn check_cost(cost: Option<f64>) -> Result<()> {
    match cost {
        Some(cost) if !cost.is_finite() || cost < 0.0 => {
            let message = format!("`{cost}` is not a cost: it must be a finite number of at least 0");
            Err(Error::invalid(message).at("/cost"))
        }
        Some(_) | None => Ok(()),
    }
}
