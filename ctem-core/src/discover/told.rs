//! What people have written beside an asset: who looks after it, and how much it matters.
//!
//! Inventories have no field for either, so organisations say it in tags. The tags of a few names are understood, whatever their case
//! and what joins their words; all stay what they are, as labels.

use super::draft::Draft;
use crate::{
    error::Result,
    id::{AssetId, OwnerId},
    model::{Asset, Criticality, Owner},
    word,
};

/// The tags that name an owner, the surest first.
const OWNERS: [&str; 8] = [
    "owner",
    "owned_by",
    "owner_team",
    "service_owner",
    "technical_owner",
    "business_owner",
    "team",
    "owner_email",
];

/// The tags that say how much an asset matters.
const IMPORTANCE: [&str; 4] = ["criticality", "business_criticality", "importance", "business_impact"];

/// Takes the owner and the importance of an asset from its labels, where nothing else has said them.
pub(super) fn by_labels(asset: &mut Asset, draft: &mut Draft<'_>) {
    let said = |asset: &Asset, names: &[&str]| {
        names.iter().find_map(|name| {
            let mut named = asset.labels.iter().filter(|(key, _)| spelled(key) == *name);
            named.find_map(|(_, value)| {
                Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
            })
        })
    };
    if let (None, Some(owner)) = (&asset.owner, said(asset, &OWNERS)) {
        asset.owner = draft.owner(&owner, None, None).ok();
    }
    if let (None, Some(word)) = (asset.criticality, said(asset, &IMPORTANCE)) {
        asset.criticality = criticality(&word);
    }
}

/// How much an asset matters, in the words that organisations use; none where the word is not known.
pub(super) fn criticality(text: &str) -> Option<Criticality> {
    match &*word::plain(text) {
        "mission_critical" | "very_high" | "extreme" | "vital" | "essential" => Some(Criticality::CrownJewel),
        "business_critical" | "important" | "major" => Some(Criticality::High),
        "moderate" | "normal" => Some(Criticality::Medium),
        "very_low" | "minor" | "none" | "negligible" => Some(Criticality::Low),
        other => other.parse().ok(),
    }
}

/// A key in one spelling, with `_` for what joins words.
fn spelled(key: &str) -> String {
    word::plain(key).replace(['.', '/', ':'], "_")
}

impl Draft<'_> {
    /// Adds an owner, once, and returns the id. What is said of one first stays.
    ///
    /// # Errors
    /// `invalid_input` when the name is not an id.
    pub(crate) fn owner(&mut self, id: &str, name: Option<&str>, contact: Option<&str>) -> Result<OwnerId> {
        let id = OwnerId::parse(&super::gate::passed(id.trim()))?;
        let owners = &mut self.report.contents.owners;
        let at = *self.known_owners.entry(id.clone()).or_insert_with(|| {
            owners.push(Owner::new(id.clone()));
            owners.len() - 1
        });
        if let Some(owner) = owners.get_mut(at) {
            let said = |text: Option<&str>| {
                let text = text.map(str::trim).filter(|text| !text.is_empty() && *text != id.as_str());
                text.map(|text| super::gate::passed(text).into())
            };
            owner.name = owner.name.take().or_else(|| said(name));
            owner.contact = owner.contact.take().or_else(|| said(contact));
        }
        Ok(id)
    }

    /// Says words about an asset. Empty ones say nothing.
    pub(crate) fn label(&mut self, asset: &AssetId, labels: &[(&str, &str)]) {
        if let Some(asset) = self.known(asset) {
            for (label, value) in labels.iter().filter(|(_, value)| !value.trim().is_empty()) {
                asset.labels.insert((*label).into(), super::gate::passed(value.trim()).into());
            }
        }
    }

    /// Says who looks after an asset, unless that was said.
    pub(crate) fn own(&mut self, asset: &AssetId, owner: OwnerId) {
        if let Some(asset) = self.known(asset) {
            asset.owner.get_or_insert(owner);
        }
    }

    /// Says how much an asset matters, unless that was said.
    pub(crate) fn matters(&mut self, asset: &AssetId, criticality: Option<Criticality>) {
        if let Some(asset) = self.known(asset) {
            asset.criticality = asset.criticality.or(criticality);
        }
    }

    fn known(&mut self, asset: &AssetId) -> Option<&mut Asset> {
        let at = self.known_assets.get(asset)?;
        self.report.contents.assets.get_mut(*at)
    }
}

#[cfg(test)]
mod tests {
    use super::{criticality, spelled};
    use crate::model::Criticality;

    #[test]
    fn organisations_words_are_understood() {
        assert_eq!(criticality("Mission-Critical"), Some(Criticality::CrownJewel));
        assert_eq!(criticality("high"), Some(Criticality::High));
        assert_eq!(criticality("gold"), None);
        assert_eq!(spelled("Business-Owner"), "business_owner");
    }
}
