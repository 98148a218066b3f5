//! Crown jewels that nobody has named yet: what the records themselves say matters, for a person to accept or refuse.

use crate::{
    id::AssetId,
    model::{Asset, AssetKind, Environment, RelationKind},
};
use serde::Serialize;
use std::collections::HashSet;

/// Whoever rules so many assets may well rule the rest.
const MANY: usize = 10;

/// An asset that may be a crown jewel, and what says so.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
///     {"id": "patients", "kind": "data_store", "labels": {"data_class": "health"}}
/// ]}"#)?);
/// let suggested = program.environment().suggested_crown_jewels();
/// assert_eq!(suggested[0].reasons, ["it holds health data (label data_class)"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SuggestedCrownJewel {
    /// The asset.
    pub asset: AssetId,
    /// Its name for people.
    pub title: String,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// How many assets it rules, builds or opens.
    pub rules: usize,
    /// Why it may be one, the plainest reason first.
    pub reasons: Vec<String>,
}

impl Environment {
    /// The assets of unstated criticality that may be crown jewels, those with most reasons first, then those that rule most, then by
    /// id. Whoever agrees states the criticality of the asset; whoever does not states another: what is stated is
    /// not suggested again. O(assets + relations + labels).
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
    pub fn suggested_crown_jewels(&self) -> Vec<SuggestedCrownJewel> {
        let suggested = |(number, asset): (usize, &Asset)| {
            if asset.criticality.is_some() {
                return None;
            }
            let mut reasons = Vec::new();
            reasons.extend(asset.labels.iter().filter_map(|(key, value)| of_label(key, value)));
            let rules = ruled(self, number, asset, &mut reasons);
            reasons.extend(of_name(asset));
            (!reasons.is_empty()).then(|| SuggestedCrownJewel {
                asset: asset.id.clone(),
                title: asset.title().into(),
                kind: asset.kind.clone(),
                rules,
                reasons,
            })
        };
        let mut list: Vec<_> = self.numbered_assets().filter_map(suggested).collect();
        list.sort_by(|a, b| {
            (b.reasons.len(), b.rules).cmp(&(a.reasons.len(), a.rules)).then_with(|| a.asset.cmp(&b.asset))
        });
        list
    }
}

/// How many assets an asset rules, and what that says of it.
fn ruled(environment: &Environment, number: usize, asset: &Asset, reasons: &mut Vec<String>) -> usize {
    use RelationKind::{Administers, Builds, Contains, Operates};
    let mut ruled: HashSet<usize> = HashSet::new();
    for (kind, does) in [
        (Contains, "contains"),
        (Operates, "operates"),
        (Administers, "administers"),
        (Builds, "builds what runs on"),
    ] {
        // Folders of a project contain many assets and rule none of them.
        if kind == Contains && asset.kind != AssetKind::Realm {
            continue;
        }
        let on: HashSet<usize> = environment.along(number, &kind).filter(|other| *other != number).collect();
        if on.len() >= MANY {
            reasons.push(format!("it {does} {} assets", on.len()));
        }
        ruled.extend(on);
    }
    ruled.len()
}

/// What a label says of the data or the tier of an asset.
fn of_label(key: &str, value: &str) -> Option<String> {
    const CLASSES: [(&[&str], &str); 5] = [
        (&["pii", "personal", "gdpr"], "personal"),
        (&["phi", "health", "hipaa", "medical"], "health"),
        (&["pci", "cardholder", "payment", "card"], "payment card"),
        (&["restricted", "secret", "highly confidential", "top secret"], "restricted"),
        (&["credentials", "keys", "secrets"], "secret"),
    ];
    let plain = |word: &str| word.to_ascii_lowercase().replace(['-', '_', '.', '/'], " ");
    let (name, said) = (plain(key), plain(value));
    let words: Vec<&str> = name.split(' ').collect();
    let has = |word: &str| words.contains(&word);
    if (has("data") || has("dataclass") || has("classification") || has("sensitivity") || has("compliance"))
        && let Some((_, class)) = CLASSES.iter().find(|(words, _)| {
            words.iter().any(|word| said == *word || said.split(' ').any(|one| one == *word))
        })
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
    let plain = format!("{} {}", asset.title(), asset.id.as_str())
        .to_ascii_lowercase()
        .replace(['-', '_', '/', ':', '.'], " ");
    let text = format!(" {plain} ");
    let names = |words: &[&str]| words.iter().any(|word| text.contains(&format!(" {word} ")));
    if asset.kind == AssetKind::DataStore && names(&KEYS) {
        return Some("its name says that it keeps keys or secrets".into());
    }
    let logs_on = matches!(asset.kind, AssetKind::Application | AssetKind::Host | AssetKind::Workload);
    (logs_on && names(&LOGONS)).then(|| "its name says that others log on by it".into())
}
