use super::IdentifierKind;
use crate::id::AssetId;
use serde::Serialize;

/// Why two names are taken for one asset: what both were seen as, by which rule, and how surely.
///
/// ```
/// use ctem_core::model::{Asset, AssetKind, Environment, Identifier, IdentifierKind};
///
/// // An inventory has the machine by name, a scan by its address.
/// let seen = |name: &str| -> ctem_core::Result<Asset> {
///     let identifiers = vec![Identifier::new(IdentifierKind::Mac, "00:1b:63:84:45:e6")];
///     Ok(Asset { identifiers, ..Asset::new(name.parse()?, AssetKind::Host) })
/// };
/// let environment = Environment::builder().record(seen("web-1.shop.example")?).record(seen("192.0.2.7")?).build()?;
/// let merge = environment.merges().next().expect("they share a network card");
/// assert_eq!((merge.name.as_str(), merge.asset.as_str()), ("192.0.2.7", "web-1.shop.example"));
/// assert_eq!((merge.rule, merge.confidence), (IdentifierKind::Mac, 0.999));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Merge {
    /// The name that is taken to mean the asset.
    pub name: AssetId,
    /// The asset, by the id it goes by.
    pub asset: AssetId,
    /// The sort of identifier that both have.
    pub rule: IdentifierKind,
    /// The identifier, with its scope in front where it has one.
    pub by: Box<str>,
    /// How surely assets that share such an identifier are one, from 0 to 1.
    pub confidence: f64,
}
