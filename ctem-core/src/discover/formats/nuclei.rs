//! Nuclei JSON and JSONL: templates that matched on hosts.
//!
//! A record is a match of a template, or of one of its matchers. The asset is the host, and its address only something it was
//! seen at, since many hosts share one. What did not match is clear. Requests and responses are left out.

use super::{
    Draft, Reader,
    claim::{Claim, published_within},
    document::{Document, Match},
    host::Machine,
    json,
};
use crate::{
    error::Result,
    id::Cve,
    model::{Location, WeaknessKind},
    word,
};
use serde::Deserialize;

pub(super) const READER: Reader = Reader { name: "nuclei", title: "Nuclei JSON, JSONL", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let at = |at: &str| {
            let named = ["template-id", "templateID", "template"]
                .iter()
                .any(|name| json.has(&format!("{at}/{name}")));
            named && json.has(&format!("{at}/info"))
        };
        Match::yes_if(at("") || at("/0"))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Hit {
    #[serde(alias = "templateID")]
    template_id: Option<String>,
    template: Option<String>,
    info: About,
    #[serde(alias = "matcher_name")]
    matcher_name: Option<String>,
    #[serde(alias = "extractor_name")]
    extractor_name: Option<String>,
    /// The parameter that was tried.
    #[serde(rename = "fuzzing_parameter")]
    parameter: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    host: Option<String>,
    #[serde(alias = "matched")]
    matched_at: Option<String>,
    ip: Option<String>,
    timestamp: Option<String>,
    #[serde(alias = "matcher_status")]
    matcher_status: Option<bool>,
}

#[derive(Deserialize)]
struct About {
    name: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    #[serde(default)]
    reference: Option<Words>,
    classification: Option<Classification>,
    remediation: Option<String>,
    #[serde(default)]
    tags: Option<Words>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Classification {
    #[serde(default)]
    cve_id: Option<Words>,
    #[serde(default)]
    cwe_id: Option<Words>,
    cvss_metrics: Option<String>,
    cvss_score: Option<f64>,
    epss_score: Option<f64>,
}

/// One word or several, some of which may be missing.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Several(Vec<Option<String>>),
}

impl Words {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::One(one) => one.split(',').map(str::trim).collect(),
            Self::Several(several) => several.iter().flatten().map(String::as_str).collect(),
        }
    }
}

fn all(words: Option<&Words>) -> Vec<&str> {
    words.map(Words::all).unwrap_or_default()
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, record) in json::records(&document.text, outline)? {
        draft.record(&place, |draft| take(&draft.understood(record.get(), &place)?, &place, draft));
    }
    Ok(())
}

fn take(hit: &Hit, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    if hit.matcher_status == Some(false) {
        draft.clear();
        return Ok(());
    }
    let about = &hit.info;
    let matched = hit.matched_at.as_deref().or(hit.host.as_deref()).unwrap_or_default();
    let host = host_of(hit.host.as_deref().unwrap_or(matched));
    let seen = hit.timestamp.as_deref().and_then(|time| time.parse().ok());
    let addresses = hit.ip.as_deref().into_iter().collect();
    let asset = draft.machine(&Machine { names: vec![host], addresses, seen, ..Machine::default() })?;
    let template = hit.template_id.as_deref().or(hit.template.as_deref()).unwrap_or_default();
    let rule = match hit.matcher_name.as_deref().filter(|name| !name.is_empty()) {
        Some(matcher) => format!("{template}:{matcher}"),
        None => template.to_owned(),
    };
    let class = about.classification.as_ref();
    let names = all(class.and_then(|class| class.cve_id.as_ref()));
    let names: Vec<&str> = names.into_iter().filter(|name| Cve::of(name).is_some()).collect();
    let by_template = if names.is_empty() { published_within(template) } else { None };
    let by_template = by_template.as_deref();
    let tags = all(about.tags.as_ref());
    let kind = if !names.is_empty() || by_template.is_some() {
        WeaknessKind::Vulnerability
    } else if tags.contains(&"exposure")
        || tags.contains(&"panel")
        || word::is(hit.kind.as_deref(), &["network"])
    {
        WeaknessKind::NetworkExposure
    } else {
        WeaknessKind::Misconfiguration
    };
    let mut claim = Claim::new(asset, kind, &rule, place);
    // What several extractors of a template took out are findings each.
    let extractor = hit.extractor_name.as_deref().filter(|_| kind != WeaknessKind::Vulnerability);
    claim.instance = extractor.or(hit.parameter.as_deref()).unwrap_or_default();
    claim.file_under("", tags);
    claim.names = names.into_iter().chain(by_template).collect();
    claim.title = about.name.as_deref().unwrap_or_default();
    claim.description = about.description.as_deref().unwrap_or_default();
    claim.severity = about.severity.as_deref().unwrap_or_default();
    claim.cvss = class.and_then(|class| class.cvss_metrics.clone()).into_iter().collect();
    claim.score = class.and_then(|class| class.cvss_score);
    claim.epss = class.and_then(|class| class.epss_score);
    claim.cwes = all(class.and_then(|class| class.cwe_id.as_ref()));
    claim.advice = about.remediation.as_deref().unwrap_or_default();
    claim.link = all(about.reference.as_ref()).first().copied().unwrap_or_default().trim_start_matches("- ");
    claim.location = (!matched.is_empty()).then(|| Location::url(matched));
    claim.seen = hit.timestamp.as_deref().unwrap_or_default();
    draft.claim(claim)
}

/// The host of an address: `https://shop.example:8443/cart` is on `shop.example`.
pub(super) fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some((host, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return host;
    }
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !host.contains(':') => host,
        Some(_) | None => authority,
    }
}
