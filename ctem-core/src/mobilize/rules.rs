//! Rules of one's own: who does what, and how long it takes.

use super::{Action, ActionKind};
use crate::{
    error::{Error, Result, quoted},
    id::{AssetId, OwnerId},
    model::AssetKind,
    scope::{AssetSelector, Chooser},
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
/// use ctem_core::mobilize::{ActionKind, ActionOptions, EffortRule, Selector};
///
/// // Patching takes us half a day.
/// let patches = Selector { kind: Some(ActionKind::Patch), ..Selector::default() };
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
    pub of: Selector,
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
    pub of: Selector,
    /// Hours, at least 0.
    pub hours: f64,
    /// Hours more for each asset beyond the first, at least 0.
    #[serde(default)]
    pub each_more: f64,
}

/// What a rule is about: all that is stated must hold. One that states nothing matches everything.
///
/// ```
/// use ctem_core::mobilize::Selector;
///
/// let selector: Selector = serde_json::from_str(r#"{"kind": "upgrade", "asset_kind": "image", "labels": {"team": "shop"}}"#).unwrap();
/// assert_ne!(selector, Selector::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Selector {
    /// The kind of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ActionKind>,
    /// An asset it is on, by any of its names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    /// The kind of an asset it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_kind: Option<AssetKind>,
    /// Labels that an asset it is on has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Which assets it is on: one of these at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assets: Option<AssetSelector>,
}

impl ActionOptions {
    /// The selectors of assets among the rules.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &AssetSelector> {
        let of = self.owners.iter().map(|rule| &rule.of).chain(self.efforts.iter().map(|rule| &rule.of));
        of.filter_map(|of| of.assets.as_ref())
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

impl Selector {
    pub(super) fn matches(&self, action: &Action, chooser: &Chooser<'_>) -> bool {
        let Self { kind, asset, asset_kind, labels, assets } = self;
        let environment = chooser.environment();
        if kind.is_some_and(|kind| kind != action.kind) {
            return false;
        }
        if asset.is_none() && asset_kind.is_none() && labels.is_empty() && assets.is_none() {
            return true;
        }
        let named = asset.as_ref().map(|name| environment.number(name));
        action.on.iter().filter_map(|on| environment.asset(on)).any(|on| {
            named.is_none_or(|named| named.is_some() && named == environment.number(&on.id))
                && asset_kind.as_ref().is_none_or(|kind| *kind == on.kind)
                && labels.iter().all(|(name, value)| on.labels.get(name) == Some(value))
                && assets.as_ref().is_none_or(|assets| chooser.matches_id(&on.id, assets))
        })
    }

    /// The selector in words.
    pub(super) fn words(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.kind.map(|kind| kind.name().replace('_', " ")));
        words.extend(self.asset.as_ref().map(|asset| quoted(asset.as_str())));
        words.extend(self.asset_kind.as_ref().map(|kind| kind.name().replace('_', " ")));
        words.extend(self.labels.iter().map(|(name, value)| format!("{name} {value}")));
        words.extend(self.assets.as_ref().map(ToString::to_string));
        if words.is_empty() { "everything".into() } else { words.join(", ") }
    }
}
