//! Refusals: what a person was suggested to state, and did not.

use crate::{id::AssetId, word::words};
use serde::{Deserialize, Serialize};

/// What a suggestion is for.
///
/// ```
/// use ctem_core::model::SuggestionKind;
///
/// assert_eq!("Crown jewel".parse::<SuggestionKind>()?, SuggestionKind::CrownJewel);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SuggestionKind {
    /// That an asset is a crown jewel.
    CrownJewel,
    /// That anyone on the internet starts at an asset.
    Internet,
    /// That an identity's first factor lies in the open.
    LeakedCredential,
    /// That a person is one whom phishing aims at.
    Phishing,
    /// That a supplier, or someone inside one, starts at an asset.
    Supplier,
}

words! {
    SuggestionKind, "a kind of suggestion" {
        CrownJewel = "crown_jewel",
        Internet = "internet",
        LeakedCredential = "leaked_credential",
        Phishing = "phishing",
        Supplier = "supplier",
    }
}

/// That a person was suggested something and refused it: it is not suggested again.
///
/// ```
/// use ctem_core::{model::{Asset, AssetKind, Environment, Refusal, SuggestionKind}};
///
/// let vault = Asset {
///     labels: [("data_class".into(), "health".into())].into(),
///     ..Asset::new("samples".parse()?, AssetKind::DataStore)
/// };
/// let refusal = Refusal {
///     reason: Some("invented patients, to try things out".into()),
///     ..Refusal::new(SuggestionKind::CrownJewel, "samples".parse()?)
/// };
/// let environment = Environment::builder().record(vault).record(refusal).build()?;
/// assert!(environment.suggested_crown_jewels().is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// What was suggested.
    pub suggestion: SuggestionKind,
    /// Of which asset.
    pub asset: AssetId,
    /// Who refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}

impl Refusal {
    /// The refusal of a suggestion, by nobody in particular.
    ///
    /// ```
    /// use ctem_core::model::{Refusal, SuggestionKind};
    ///
    /// assert!(Refusal::new(SuggestionKind::Phishing, "alice".parse()?).reason.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(suggestion: SuggestionKind, asset: AssetId) -> Self {
        Self { suggestion, asset, by: None, reason: None }
    }
}
