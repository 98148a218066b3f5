//! Nessus XML, version 2 (`.nessus`), of hosts and of web applications.
//!
//! A record is a plugin's result on a host. The asset is the host, by its fully qualified name or address, with its other
//! names. Results of severity 0 are information about the host and clear. A plugin of several CVEs is one finding, named by
//! the first.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    xml::Element,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{AssetKind, Location, WeaknessKind},
    word,
};

pub(super) const READER: Reader = Reader { name: "nessus", title: "Nessus XML (.nessus)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("NessusClientData_v2"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let root = Element::parse(&document.text)?;
    for host in root.all("Report").flat_map(|report| report.all("ReportHost")) {
        let property = |name: &str| {
            let properties = host.child("HostProperties")?;
            let tag = properties.all("tag").find(|tag| tag.attribute("name") == Some(name))?;
            Some(tag.text.as_str()).filter(|text| !text.is_empty())
        };
        let ended = property("HOST_END_TIMESTAMP").and_then(|seconds| seconds.parse().ok());
        let ended = ended.and_then(|seconds| crate::time::Moment::from_unix_seconds(seconds).ok());
        let seen = ended.map(|moment| moment.to_string()).unwrap_or_default();
        let name = host.attribute("name").unwrap_or_default();
        let names = [property("host-fqdn"), Some(name), property("host-ip"), property("netbios-name")];
        let names: Vec<&str> =
            names.into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect();
        for item in host.all("ReportItem") {
            let place = item.place();
            draft.record(&place, |draft| {
                if matches!(item.attribute("severity"), Some("0")) {
                    draft.clear();
                    return Ok(());
                }
                take(item, asset(&names, draft)?, &seen, &place, draft)
            });
        }
    }
    Ok(())
}

fn asset(names: &[&str], draft: &mut Draft<'_>) -> Result<AssetId> {
    match names.split_first() {
        Some((first, others)) => draft.asset_also(first, AssetKind::Host, others),
        None => draft.default_asset(AssetKind::Host),
    }
}

fn take(item: &Element, asset: AssetId, seen: &str, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let text = |name: &str| item.text_of(name).unwrap_or_default();
    let cves: Vec<&str> = item.all("cve").map(|cve| cve.text.as_str()).collect();
    let kind = kind_of(!cves.is_empty(), item.attribute("pluginFamily").unwrap_or_default());
    let mut claim = Claim::new(asset, kind, item.attribute("pluginID").unwrap_or_default(), place);
    claim.names = cves;
    claim.title = item.attribute("pluginName").unwrap_or_default();
    claim.file_under("family", item.attribute("pluginFamily"));
    claim.file_under("service", item.attribute("svc_name"));
    let description = [text("synopsis"), text("description"), text("plugin_output")].join("\n\n");
    claim.description = &description;
    claim.severity = match item.attribute("severity") {
        Some("4") => "critical",
        Some("3") => "high",
        Some("2") => "medium",
        Some("1") => "low",
        Some(_) | None => text("risk_factor"),
    };
    claim.cvss = ["cvss4_vector", "cvss3_vector", "cvss_vector"].map(text).map(str::to_owned).into();
    claim.cwes = item.all("cwe").map(|cwe| cwe.text.as_str()).collect();
    // The day it was listed, but for those who write whether it was.
    claim.known_exploited =
        item.child("cisa-known-exploited").is_some_and(|listed| word::flag(&listed.text).unwrap_or(true));
    claim.epss = item.text_of("epss_score").and_then(|score| score.parse().ok());
    claim.advice = text("solution");
    claim.link = text("see_also").lines().next().unwrap_or_default();
    let port = item.attribute("port").and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    claim.location = port.map(|port| Location::port(port, item.attribute("protocol").unwrap_or("tcp")));
    claim.seen = seen;
    draft.claim(claim)
}

/// What sort of weakness a plugin of a family finds.
pub(super) fn kind_of(has_cve: bool, family: &str) -> WeaknessKind {
    let family = family.to_ascii_lowercase();
    if has_cve {
        WeaknessKind::Vulnerability
    } else if family.contains("compliance") || family.contains("settings") || family.contains("general") {
        WeaknessKind::Misconfiguration
    } else if family.contains("service detection") || family.contains("port scanners") {
        WeaknessKind::NetworkExposure
    } else {
        WeaknessKind::Vulnerability
    }
}
