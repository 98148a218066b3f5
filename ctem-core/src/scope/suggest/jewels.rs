//! Crown jewels that nobody has named yet: what the records themselves say matters.

use super::{
    label::{Label, names, plain},
    powers::ruled,
    suggestion::{Suggestion, refused},
};
use crate::model::{Asset, AssetKind, Environment, SuggestionKind};

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
    const CLASSES: [(&[&str], &str); 5] = [
        (&["pii", "personal", "gdpr"], "personal"),
        (&["phi", "health", "hipaa", "medical"], "health"),
        (&["pci", "cardholder", "payment", "card"], "payment card"),
        (&["restricted", "secret", "highly confidential", "top secret"], "restricted"),
        (&["credentials", "keys", "secrets"], "secret"),
    ];
    let (key, said) = (label.key, &label.said);
    let has = |word: &str| label.has(word);
    if (has("data") || has("dataclass") || has("classification") || has("sensitivity") || has("compliance"))
        && let Some((_, class)) = CLASSES.iter().find(|(words, _)| names(said, words))
    {
        return Some(format!("it holds {class} data (label {key})"));
    }
    let tier_zero = has("tier") && matches!(said.trim(), "0" | "zero" | "tier 0" | "tier0");
    tier_zero.then(|| format!("it is of tier 0 (label {key})"))
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
