//! When two findings are one: the same weakness, in the same component, on the same asset.

use crate::{
    error::Result,
    id::{FindingId, WeaknessId, fitted},
    model::{Asset, Component, Finding, Location, WeaknessKind},
    text::unescaped,
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
pub(crate) fn key(finding: &Finding) -> u128 {
    key_as(finding.asset.as_str(), finding.weakness.id.as_str(), &parts(finding), finding)
}

fn key_as(asset: &str, weakness: &str, parts: &[String; 2], finding: &Finding) -> u128 {
    let mut digest = Sha256::new();
    let [component, location] = parts;
    for part in [asset, weakness, component, location] {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    if let Some(instance) = &finding.instance {
        digest.update(instance.as_bytes());
    }
    let digest = digest.finalize();
    digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}

/// The name of a finding whose source gave none: readable, and equal wherever the finding is seen again.
pub(super) fn derived_id(finding: &Finding) -> Result<FindingId> {
    derived_as(finding.asset.as_str(), finding.weakness.id.as_str(), &parts(finding), finding)
}

fn derived_as(asset: &str, weakness: &str, parts: &[String; 2], finding: &Finding) -> Result<FindingId> {
    let plain = parts.iter().all(String::is_empty) && finding.instance.is_none();
    FindingId::parse(&fitted(if plain {
        format!("{weakness}@{asset}")
    } else {
        format!("{weakness}@{asset}#{:08x}", key_as(asset, weakness, parts, finding) >> 96)
    }))
}

/// The name where a source gave another finding the readable one.
pub(super) fn plain_id(key: u128) -> Result<FindingId> {
    FindingId::parse(&format!("{key:032x}"))
}

/// What the finding was named, or would have been, while its asset or its weakness went by another of its names: these many at most,
/// since names multiply.
pub(super) fn former_ids(finding: &Finding, asset: &Asset) -> Vec<FindingId> {
    const MOST: usize = 32;
    let parts = parts(finding);
    let weaknesses = || {
        // A secret is told by its value, whatever tools call their rules.
        let aliases = fingerprint(finding).is_none().then_some(&finding.weakness.aliases);
        aliases.into_iter().flatten().chain([&finding.weakness.id])
    };
    let assets = asset.aliases.iter().chain([&asset.id]);
    let names = assets.flat_map(|asset| weaknesses().map(move |weakness| (asset, weakness)));
    let others = names.filter(|pair| *pair != (&finding.asset, &finding.weakness.id));
    let ids = others
        .filter_map(|(asset, weakness)| derived_as(asset.as_str(), weakness.as_str(), &parts, finding).ok());
    ids.take(MOST).collect()
}

/// The names that a finding goes by where none was given, under each of some names of its asset and of its weakness, in that order: those that
/// are made of a digest, and so show nothing of what they are made of.
pub(crate) fn made_ids(finding: &Finding, assets: &[String], weaknesses: &[String]) -> Vec<String> {
    let parts = parts(finding);
    let pairs = assets.iter().flat_map(|asset| weaknesses.iter().map(move |weakness| (asset, weakness)));
    let made = pairs.flat_map(|(asset, weakness)| {
        let derived = derived_as(asset, weakness, &parts, finding).map(|id| id.to_string());
        [derived.unwrap_or_default(), format!("{:032x}", key_as(asset, weakness, &parts, finding))]
    });
    made.collect()
}

/// The names that a finding's weakness has.
pub(crate) fn weaknesses(finding: &Finding) -> Vec<String> {
    let named = finding.weakness.aliases.iter().chain([&finding.weakness.id]);
    named.cloned().chain(weakness(finding)).map(|id| id.to_string()).collect()
}

/// What tells findings of one weakness on one asset apart: the component, and the place.
fn parts(finding: &Finding) -> [String; 2] {
    let component = finding.component.as_ref().map(component_key).unwrap_or_default();
    let place = finding.location.as_deref();
    let location = match finding.weakness.kind {
        // A package is one wherever its files lie; without one, a service is told by its port.
        WeaknessKind::Vulnerability if !component.is_empty() => String::new(),
        WeaknessKind::Vulnerability | WeaknessKind::NetworkExposure => {
            place.and_then(service).unwrap_or_default()
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
    [component, location]
}

/// The service at a place, by its port, which a web address says too: one tool names the port, and another the page it asked.
fn service(place: &Location) -> Option<String> {
    match (place.port.as_deref(), place.url.as_deref()) {
        (Some(port), _) => Some(port.to_owned()),
        (None, Some(url)) => Some(port_of(url).map_or_else(|| url.to_owned(), |port| format!("{port}/tcp"))),
        (None, None) => None,
    }
}

/// The port of a web address: the one that it states, or that of its scheme.
fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // What comes before an `@` is who asks, and an address of version 6 stands in brackets.
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let after = host.rsplit_once(']').map_or(host, |(_, after)| after);
    match after.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None => match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        },
    }
}

/// The web address that a finding is at, where its port is what tools have in common: within one document it tells records apart.
pub(crate) fn page(finding: &Finding) -> Option<&str> {
    let by_service = match finding.weakness.kind {
        WeaknessKind::Vulnerability => finding.component.is_none(),
        WeaknessKind::NetworkExposure => true,
        WeaknessKind::Secret
        | WeaknessKind::Misconfiguration
        | WeaknessKind::Permission
        | WeaknessKind::CodeFlaw => false,
    };
    let place = finding.location.as_deref().filter(|place| by_service && place.port.is_none())?;
    place.url.as_deref()
}

/// A component's name and version as tools agree on them.
fn component_key(component: &Component) -> String {
    let purl = component.purl.as_deref().and_then(Purl::of);
    let version = purl.as_ref().map(|purl| &*purl.version).filter(|version| !version.is_empty());
    let version = version.or(component.version.as_deref()).unwrap_or_default();
    format!("{}@{}", named(component, purl.as_ref()), common_version(version))
}

/// What all tools call a component, without its version.
pub(crate) fn short_name(component: &Component) -> String {
    named(component, component.purl.as_deref().and_then(Purl::of).as_ref())
}

fn named(component: &Component, purl: Option<&Purl>) -> String {
    let name = purl.map_or(&*component.name, |purl| &*purl.name);
    let python = purl.map_or(component.ecosystem.as_deref(), |purl| Some(&*purl.kind)) == Some("pypi");
    common_name(name, python)
}

/// Whether a statement about a package is about this one: their full names are one, or the statement names the source
/// package of a distribution.
pub(crate) fn is_same_package(stated: &Component, seen: &Component) -> bool {
    let kind = |name: &str| name.split_once('/').map(|(kind, _)| kind.to_owned());
    let (of, here) = (full_name(stated), full_name(seen));
    let known = (
        stated.purl.is_some() || stated.ecosystem.is_some(),
        seen.purl.is_some() || seen.ecosystem.is_some(),
    );
    let is_source = seen.source.as_deref().is_some_and(|source| source.to_lowercase() == short_name(stated));
    match known {
        (true, true) if is_source => kind(&of) == kind(&here),
        (true, true) if of == here => true,
        // One of the two may leave out which distribution it is.
        (true, true) => {
            let distribution = matches!(kind(&of).as_deref(), Some("deb" | "rpm" | "apk"));
            distribution && kind(&of) == kind(&here) && of.matches('/').count() != here.matches('/').count()
        }
        _ => true,
    }
}

/// The name without whose it is, in lower case: tools differ in whether they say the group, and in case. A Python package is
/// one whichever of `-`, `_` and `.` are in its name (PEP 503), and of a Go module's name the major version is a part.
pub(super) fn common_name(name: &str, python: bool) -> String {
    let start = |end: usize| name.get(..end).and_then(|head| head.rfind(['/', ':'])).map_or(0, |at| at + 1);
    let last = start(name.len());
    let is_major = name.get(last..).is_some_and(|part| {
        part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    });
    let from = if is_major && last > 0 { start(last - 1) } else { last };
    let lower = name.get(from..).unwrap_or(name).to_lowercase();
    if !python {
        return lower;
    }
    let parts: Vec<&str> = lower.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// The version without its epoch, which some tools write before it and some beside it, and without a leading `v`.
pub(crate) fn common_version(version: &str) -> &str {
    let without = version.split_once(':').filter(|(epoch, _)| epoch.bytes().all(|b| b.is_ascii_digit()));
    without.map_or(version, |(_, rest)| rest).trim_start_matches('v')
}

/// What a package is called in full, of which [`common_name`] is the part that all tools say: its ecosystem, its group and
/// its name. Two packages of one document that differ in it are two.
pub(crate) fn full_name(component: &Component) -> String {
    match component.purl.as_deref().and_then(Purl::of) {
        Some(purl) => format!("{}/{}", purl.kind, purl.name.to_lowercase()),
        None => match &component.ecosystem {
            Some(ecosystem) => format!("{ecosystem}/{}", component.name.to_lowercase()),
            None => component.name.to_lowercase(),
        },
    }
}

/// The parts of a package URL that say which package it is. Qualifiers differ from tool to tool.
pub(crate) struct Purl {
    kind: String,
    /// With its namespace.
    pub(crate) name: String,
    /// Empty where there is none.
    pub(crate) version: String,
}

impl Purl {
    pub(crate) fn of(text: &str) -> Option<Self> {
        let body = text.strip_prefix("pkg:")?;
        let end = body.find(['?', '#']).unwrap_or(body.len());
        let (kind, rest) = body.get(..end)?.trim_start_matches('/').split_once('/')?;
        // A name may begin with `@`, which only some tools encode.
        let at =
            rest.rfind('@').filter(|at| *at > 0 && !rest.get(..*at).is_some_and(|head| head.ends_with('/')));
        let (name, version) = at.map_or((rest, ""), |at| {
            (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default())
        });
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            name: unescaped(name).into(),
            version: unescaped(version).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_says_which_port_its_service_has() {
        let of = |url| service(&Location::url(url));
        for (url, port) in [
            ("https://wiki.example/", "443/tcp"),
            ("HTTPS://wiki.example/setup?step=1#top", "443/tcp"),
            ("http://wiki.example", "80/tcp"),
            ("https://wiki.example:8443/login", "8443/tcp"),
            ("http://anna:s3cret@wiki.example/a:1", "80/tcp"),
            ("https://[2001:db8::1]/", "443/tcp"),
            ("http://[2001:db8::1]:8080/", "8080/tcp"),
            ("wss://wiki.example/socket", "443/tcp"),
        ] {
            assert_eq!(of(url).as_deref(), Some(port), "{url}");
        }
        for url in
            ["https://wiki.example:https/", "https://wiki.example:99999/", "gopher://wiki.example/", "/login"]
        {
            assert_eq!(of(url).as_deref(), Some(url), "no port is told");
        }
        assert_eq!(service(&Location::port(443, "tcp")).as_deref(), Some("443/tcp"));
    }

    #[test]
    fn tools_that_write_a_package_differently_mean_one() {
        let key = |name: &str, version: &str, purl: &str| {
            component_key(&Component::new(name, Some(version)).with_purl(Some(purl)))
        };
        let one = key("kelpssl-libs", "1:1.1.1k-9.el8", "");
        assert_eq!(
            one,
            key("kelpssl-libs", "", "pkg:rpm/redhat/kelpssl-libs@1.1.1k-9.el8?arch=x86_64&epoch=1")
        );
        assert_eq!(
            key("Ruamel.YAML", "1", "pkg:pypi/ruamel.yaml@1"),
            key("ruamel_yaml", "1", "pkg:pypi/ruamel-yaml@1")
        );
        assert_eq!(
            key("gjson", "v1.6.5", "pkg:golang/github.com%2Ftidwall%2Fgjson@v1.6.5"),
            key("github.com/tidwall/gjson", "1.6.5", "")
        );
        assert_eq!(
            key("@kelp/core", "1", "pkg:npm/@kelp/core@1"),
            key("core", "1", "pkg:npm/%40kelp/core@1")
        );
        assert_eq!(key("@kelp/core", "", "pkg:npm/@kelp/core"), "core@");
        let short = |name: &str, version: &str| short_name(&Component::new(name, Some(version)));
        assert_eq!(short("@kelp/core", "1@2"), "core", "whatever the version");
        assert_ne!(key("a/jwt/v4", "4.5.0", ""), key("b/mail/v4", "4.5.0", ""));
        assert_eq!(key("g", "1", "pkg:deb/debian/g%2B%2B@1%3A12.2"), "g++@12.2");
    }
}
