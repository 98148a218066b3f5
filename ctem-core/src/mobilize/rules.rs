//! Rules of one's own: who does what, and how long it takes.

use super::{Action, ActionKind};
use crate::{
    error::{Error, Result},
    id::{AssetId, OwnerId},
    model::AssetKind,
    scope::{AssetSelector, Chooser, Field},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More hours than these are no effort: a million of them are some hundred years.
pub(super) const MOST_HOURS: f64 = 1e6;

/// How actions are told: who owns them and how long they take, where the environment does not say or says otherwise.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{ActionKind, ActionOptions, ActionSelector, EffortRule};
///
/// // Patching takes us half a day.
/// let patches = ActionSelector { kind: Some(ActionKind::Patch), ..ActionSelector::default() };
/// let options = ActionOptions {
///     efforts: vec![EffortRule { of: patches, hours: 4.0, each_more: 0.0 }],
///     ..ActionOptions::default()
/// };
/// let patch = today.actions(&options)?.into_iter().find(|action| action.kind == ActionKind::Patch).expect("a CVE is open");
/// assert_eq!((patch.effort.hours, patch.effort.assumed), (4.0, false));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionOptions {
    /// Who does what. The first rule that matches counts, and comes before what the environment says.
    pub owners: Vec<OwnerRule>,
    /// Who does what nobody else owns.
    pub fall_back: Option<OwnerId>,
    /// How long what takes. The first rule that matches counts, and comes before what records say.
    pub efforts: Vec<EffortRule>,
}

/// Who does the actions that a selector matches.
///
/// ```
/// use ctem_core::mobilize::OwnerRule;
///
/// let rule: OwnerRule = serde_json::from_str(r#"{"of": {"kind": "revoke"}, "owner": "identity"}"#).unwrap();
/// assert_eq!(rule.owner.as_str(), "identity");
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerRule {
    /// Of what.
    #[serde(default)]
    pub of: ActionSelector,
    /// Who.
    pub owner: OwnerId,
}

/// How long the actions take that a selector matches.
///
/// ```
/// use ctem_core::mobilize::EffortRule;
///
/// // A rollout: an hour to prepare it, and ten minutes a machine.
/// let rule: EffortRule = serde_json::from_str(r#"{"of": {"kind": "patch"}, "hours": 1, "each_more": 0.17}"#).unwrap();
/// assert_eq!(rule.hours, 1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EffortRule {
    /// Of what.
    #[serde(default)]
    pub of: ActionSelector,
    /// Hours, at least 0.
    pub hours: f64,
    /// Hours more for each asset beyond the first, at least 0.
    #[serde(default)]
    pub each_more: f64,
}

/// Which actions a rule is about: those of a kind, on some assets. One that states nothing means every action.
///
/// In documents also `asset`, `asset_kind` and `labels` are read, which `assets` says as well.
///
/// ```
/// use ctem_core::mobilize::ActionSelector;
///
/// let text = r#"{"kind": "upgrade", "assets": "kind = image and label.team = shop"}"#;
/// let selector: ActionSelector = serde_json::from_str(text).unwrap();
/// let before = r#"{"kind": "upgrade", "asset_kind": "image", "labels": {"team": "shop"}}"#;
/// assert_eq!(serde_json::from_str::<ActionSelector>(before).unwrap(), selector);
/// assert_ne!(selector, ActionSelector::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(from = "RawActionSelector")]
pub struct ActionSelector {
    /// The kind of the action; any unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ActionKind>,
    /// Which assets it is on: one of these at least. Any unless said.
    #[serde(skip_serializing_if = "is_all")]
    pub assets: AssetSelector,
}

impl ActionOptions {
    /// The selectors of assets among the rules.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &AssetSelector> {
        let of = self.owners.iter().map(|rule| &rule.of).chain(self.efforts.iter().map(|rule| &rule.of));
        of.map(|of| &of.assets)
    }

    /// Checks what its types do not.
    pub(super) fn check(&self) -> Result<()> {
        for (n, rule) in self.efforts.iter().enumerate() {
            for (name, hours) in [("hours", rule.hours), ("each_more", rule.each_more)] {
                if !(0.0..=MOST_HOURS).contains(&hours) {
                    let message =
                        format!("`{hours}` is no effort: it must be a number from 0 to {MOST_HOURS}");
                    return Err(Error::invalid(message).at(format_args!("/efforts/{n}/{name}")));
                }
            }
        }
        Ok(())
    }
}

impl ActionSelector {
    pub(super) fn matches(&self, action: &Action, chooser: &Chooser<'_>) -> bool {
        let Self { kind, assets } = self;
        kind.is_none_or(|kind| kind == action.kind)
            && (is_all(assets) || action.on.iter().any(|on| chooser.matches_id(on, assets)))
    }

    /// The selector in words.
    pub(super) fn words(&self) -> String {
        let kind = self.kind.map(|kind| kind.name().replace('_', " "));
        let assets = Some(&self.assets).filter(|assets| !is_all(assets)).map(ToString::to_string);
        let words: Vec<String> = kind.into_iter().chain(assets).collect();
        if words.is_empty() { "everything".into() } else { words.join(" on ") }
    }
}

fn is_all(assets: &AssetSelector) -> bool {
    *assets == AssetSelector::All
}

/// A selector as it is read: with the fields it had before it chose assets as all others do.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawActionSelector {
    kind: Option<ActionKind>,
    asset: Option<AssetId>,
    asset_kind: Option<AssetKind>,
    labels: BTreeMap<Box<str>, Box<str>>,
    assets: Option<AssetSelector>,
}

impl From<RawActionSelector> for ActionSelector {
    fn from(raw: RawActionSelector) -> Self {
        let RawActionSelector { kind, asset, asset_kind, labels, assets } = raw;
        let mut all: Vec<AssetSelector> = Vec::new();
        all.extend(asset.map(|asset| AssetSelector::equals(Field::Id, asset.as_str())));
        all.extend(asset_kind.map(|kind| AssetSelector::equals(Field::Kind, kind.name())));
        let label = |(key, value): (Box<str>, Box<str>)| AssetSelector::equals(Field::Label(key), &value);
        all.extend(labels.into_iter().map(label));
        all.extend(assets.filter(|assets| !is_all(assets)));
        let assets = match all.pop() {
            Some(last) if !all.is_empty() => {
                all.push(last);
                AssetSelector::Every(all)
            }
            only => only.unwrap_or_default(),
        };
        Self { kind, assets }
    }
}
