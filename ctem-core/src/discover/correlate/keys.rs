//! When two findings are one: the same weakness, in the same component, on the same asset.

use crate::{
    error::Result,
    id::{FindingId, WeaknessId, fitted},
    model::{Component, Finding, WeaknessKind},
};
use sha2::{Digest, Sha256};

/// The weakness a finding is of, before other names are looked up: of a secret whose value was seen, that secret, since
/// tools name their rules each in their own way.
pub(super) fn weakness(finding: &Finding) -> Result<WeaknessId> {
    match fingerprint(finding) {
        Some(fingerprint) => WeaknessId::parse(&format!("secret:{fingerprint}")),
        None => Ok(finding.weakness.id.clone()),
    }
}

/// The fingerprint of a secret whose value was seen.
pub(super) fn fingerprint(finding: &Finding) -> Option<&str> {
    let secret = finding.secret.as_ref().filter(|_| finding.weakness.kind == WeaknessKind::Secret)?;
    secret.fingerprint.as_deref()
}

/// The 128 bits that are equal for one finding seen by several tools. Asset and weakness already go by their ids.
pub(super) fn key(finding: &Finding) -> u128 {
    let mut digest = Sha256::new();
    for part in parts(finding) {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}

/// The name of a finding whose source gave none: readable, and equal wherever the finding is seen again.
pub(super) fn derived_id(key: u128, finding: &Finding) -> Result<FindingId> {
    let [_, _, rest @ ..] = parts(finding);
    let plain = rest.iter().all(String::is_empty);
    let (weakness, asset) = (&finding.weakness.id, &finding.asset);
    FindingId::parse(&fitted(if plain {
        format!("{weakness}@{asset}")
    } else {
        format!("{weakness}@{asset}#{:08x}", key >> 96)
    }))
}

fn parts(finding: &Finding) -> [String; 4] {
    let component = finding.component.as_ref().map(component_key).unwrap_or_default();
    let place = finding.location.as_deref();
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let location = match finding.weakness.kind {
        // A package is one wherever its files lie; without one, a service is told by its port.
        WeaknessKind::Vulnerability if !component.is_empty() => String::new(),
        WeaknessKind::Vulnerability | WeaknessKind::NetworkExposure => {
            text(place.and_then(|place| place.port.as_deref().or(place.url.as_deref())))
        }
        WeaknessKind::Secret
            if finding.secret.as_ref().is_some_and(|secret| secret.fingerprint.is_some()) =>
        {
            String::new()
        }
        WeaknessKind::Secret
        | WeaknessKind::Misconfiguration
        | WeaknessKind::Permission
        | WeaknessKind::CodeFlaw => {
            let line = place.and_then(|place| place.line).map(|line| format!(":{line}"));
            let path = place
                .and_then(|place| place.path.as_deref().or(place.url.as_deref()).or(place.port.as_deref()));
            format!("{}{}", path.unwrap_or_default(), line.unwrap_or_default())
        }
    };
    [finding.asset.to_string(), finding.weakness.id.to_string(), component, location]
}

/// A component's name and version as tools agree on them: the last part of the name, lower case, and the version. Package
/// URL qualifiers differ from tool to tool and do not count.
fn component_key(component: &Component) -> String {
    let from_purl = component.purl.as_deref().and_then(|purl| {
        let purl = purl.strip_prefix("pkg:")?;
        let end = purl.find(['?', '#']).unwrap_or(purl.len());
        let (name, version) = purl.get(..end)?.rsplit_once('@').unwrap_or((purl.get(..end)?, ""));
        Some((name, version))
    });
    let (name, version) =
        from_purl.unwrap_or((component.name.as_ref(), component.version.as_deref().unwrap_or_default()));
    let version = if version.is_empty() { component.version.as_deref().unwrap_or_default() } else { version };
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    let plain =
        |text: &str| text.replace("%2B", "+").replace("%3A", ":").replace("%2b", "+").replace("%3a", ":");
    format!("{}@{}", name.to_lowercase(), plain(version).trim_start_matches('v'))
}
