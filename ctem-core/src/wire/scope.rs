//! What scoping answers, as it is written.

use crate::{
    id::{AssetId, OwnerId},
    model::{Asset, AssetKind},
    scope::Suggestion,
};
use serde::Serialize;

/// The assets that a selector means, as they are written.
#[derive(Serialize)]
pub(super) struct SelectedAssets<'a> {
    /// How many they are.
    count: usize,
    list: Vec<SelectedAsset<'a>>,
}

#[derive(Serialize)]
struct SelectedAsset<'a> {
    asset: &'a AssetId,
    title: &'a str,
    kind: &'a AssetKind,
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

/// Suggestions as they are written.
#[derive(Serialize)]
pub(super) struct SuggestionList {
    pub(super) list: Vec<Suggestion>,
}
