//! Crown jewels that nobody has named yet: what the records themselves say matters.

use super::{
    label::{Label, names, plain},
    powers::ruled,
    suggestion::{Suggestion, refused},
};
use crate::model::{Asset, AssetKind, Environment, SuggestionKind, selector::DATA_CLASSES};

impl Environment {
    /// The assets of unstated criticality that may be crown jewels, those with most reasons first, then those that rule most, then by
    /// id. Whoever agrees states the criticality of the asset, or accepts the suggestion by [`Program::decide`](crate::Program::decide);
    /// whoever does not states another, or refuses it: neither is suggested again. O(assets + relations + labels).
    ///
    /// What counts: a label that tells the class of its data or its tier; a realm, control plane, build, identity or group that rules
    /// at least ten assets; a store of keys and secrets; what people and programs log on by (an identity provider, a directory).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// // Nothing in the example has data of persons, or rules ten others.
    /// assert!(program.environment().suggested_crown_jewels().is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "critical asset")]
    #[doc(alias = "tier 0")]
    pub fn suggested_crown_jewels(&self) -> Vec<Suggestion> {
        let (refused, jewel) = (refused(self), SuggestionKind::CrownJewel);
        let suggested = |(number, asset): (usize, &Asset)| {
            if asset.criticality.is_some() || refused.contains(&(jewel, number)) {
                return None;
            }
            let mut reasons = Vec::new();
            reasons.extend(Label::all(asset).filter_map(|label| of_label(&label)));
            let rules = ruled(self, number, asset, &mut reasons);
            reasons.extend(of_name(asset));
            (!reasons.is_empty()).then(|| Suggestion {
                suggestion: jewel,
                asset: asset.id.clone(),
                title: asset.title().into(),
                kind: asset.kind.clone(),
                rules,
                reasons,
                entry_point: None,
            })
        };
        let mut list: Vec<_> = self.numbered_assets().filter_map(suggested).collect();
        Suggestion::sort(&mut list);
        list
    }
}

/// What a label says of the data or the tier of an asset.
fn of_label(label: &Label<'_>) -> Option<String> {
    let key = label.key;
    if let Some(class) = class_of(label) {
        return Some(format!("it holds {} data (label {key})", class.replace('_', " ")));
    }
    let tier_zero = label.has("tier") && label.says(&["0", "zero", "tier 0", "tier0"]);
    tier_zero.then(|| format!("it is of tier 0 (label {key})"))
}

/// The classes of an asset's data, as its labels tell them.
pub(in crate::scope) fn data_classes(asset: &Asset) -> Vec<&'static str> {
    Label::all(asset).filter_map(|label| class_of(&label)).collect()
}

fn class_of(label: &Label<'_>) -> Option<&'static str> {
    const WORDS: [&[&str]; 5] = [
        &["pii", "personal", "gdpr"],
        &["phi", "health", "hipaa", "medical"],
        &["pci", "cardholder", "payment", "card"],
        &["restricted", "secret", "highly confidential", "top secret"],
        &["credentials", "keys", "secrets"],
    ];
    let of_data = ["data", "dataclass", "classification", "sensitivity", "compliance"];
    let known = of_data.iter().any(|word| label.has(word));
    let classes = DATA_CLASSES.into_iter().zip(WORDS);
    classes.filter(|_| known).find(|(_, words)| names(&label.said, words)).map(|(class, _)| class)
}

/// What its kind and name say: a store of keys, or what others log on by.
fn of_name(asset: &Asset) -> Option<String> {
    const KEYS: [&str; 8] = [
        "key vault",
        "keyvault",
        "secretsmanager",
        "secret manager",
        "key management",
        "hashicorp vault",
        "kms",
        "hsm",
    ];
    const LOGONS: [&str; 8] = [
        "identity provider",
        "adfs",
        "entra",
        "okta",
        "keycloak",
        "pingfederate",
        "domain controller",
        "active directory",
    ];
    let text = plain(&format!("{} {}", asset.title(), asset.id.as_str()));
    if asset.kind == AssetKind::DataStore && names(&text, &KEYS) {
        return Some("its name says that it keeps keys or secrets".into());
    }
    let logs_on = matches!(asset.kind, AssetKind::Application | AssetKind::Host | AssetKind::Workload);
    (logs_on && names(&text, &LOGONS)).then(|| "its name says that others log on by it".into())
}
