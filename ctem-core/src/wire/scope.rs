//! What scoping answers, as it is written.

use crate::{
    id::{AssetId, OwnerId},
    model::{Asset, AssetKind},
    scope::Suggestion,
};
use serde::Serialize;

/// The assets that a selector means, as they are written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct SelectedAssets<'a> {
    /// How many they are.
    count: usize,
    /// The assets, as many as were asked for.
    list: Vec<SelectedAsset<'a>>,
}

/// An asset that a selector means.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SelectedAsset<'a> {
    /// Its id.
    asset: &'a AssetId,
    /// Its name for people.
    title: &'a str,
    /// What it is.
    kind: &'a AssetKind,
    /// Who owns it; none where nobody has said.
    owner: Option<&'a OwnerId>,
}

impl<'a> SelectedAssets<'a> {
    pub(super) fn of(chosen: &[&'a Asset], at_most: usize) -> Self {
        let row = |asset: &&'a Asset| SelectedAsset {
            asset: &asset.id,
            title: asset.title(),
            kind: &asset.kind,
            owner: asset.owner.as_ref(),
        };
        Self { count: chosen.len(), list: chosen.iter().take(at_most).map(row).collect() }
    }
}

/// What is suggested.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Suggestions"))]
pub(super) struct SuggestionList {
    /// The suggestions.
    pub(super) list: Vec<Suggestion>,
}
