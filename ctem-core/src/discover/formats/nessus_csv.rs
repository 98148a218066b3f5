//! Nessus CSV, in the dialects of Nessus, Tenable.sc and Tenable Vulnerability Management, which name columns each their way.
//!
//! A record is a plugin's result on a host, as in Nessus's XML. Rows without a risk are clear.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    nessus::kind_of,
    table::{self, Row},
};
use crate::{
    error::Result,
    model::{AssetKind, Location},
    word,
};

pub(super) const READER: Reader =
    Reader { name: "nessus_csv", title: "Nessus and Tenable CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let nessus = document.has_columns(&["Plugin ID", "Risk", "Host", "Plugin Output"]);
    let security_center = document.has_columns(&["Plugin", "Plugin Name", "Family", "Severity"]);
    Match::yes_if(
        nessus || security_center || document.has_columns(&["definition.id", "definition.name", "severity"]),
    )
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    table::each(document, draft, take)
}

fn take(row: &Row<'_>, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let severity = row.first(&["Risk", "Severity", "definition.severity", "Risk Factor"]);
    if word::is(severity, &["", "none", "info", "0"]) {
        draft.clear();
        return Ok(());
    }
    let names = [
        "FQDN",
        "DNS Name",
        "asset.display_fqdn",
        "Host",
        "asset.host_name",
        "IP Address",
        "asset.display_ipv4_address",
        "NetBIOS Name",
    ];
    let names: Vec<&str> =
        names.iter().map(|column| row.field(column)).filter(|name| !name.is_empty()).collect();
    let asset = match names.split_first() {
        Some((first, others)) => draft.asset_also(first, AssetKind::Host, others)?,
        None => draft.default_asset(AssetKind::Host)?,
    };
    let cves = row.first(&["CVE", "definition.cve"]);
    let cves: Vec<&str> =
        cves.split([',', ' ', '\n', ';', '[', ']', '\'', '"']).filter(|cve| !cve.is_empty()).collect();
    let family = row.first(&["Family", "Plugin Family", "definition.family"]);
    let id = row.first(&["Plugin ID", "Plugin", "definition.id"]);
    let mut claim = Claim::new(asset, kind_of(!cves.is_empty(), family), id, place);
    claim.names = cves;
    claim.file_under("family", [family]);
    claim.title = row.first(&["Plugin Name", "Name", "definition.name"]);
    let text = [
        row.first(&["Synopsis", "definition.synopsis"]),
        row.first(&["Description", "definition.description"]),
        row.first(&["Plugin Output", "Plugin Text", "output"]),
    ];
    let description = text.join("\n\n");
    claim.description = &description;
    claim.severity = severity;
    let vectors = [
        ["CVSS V3 Vector", "CVSS3 Vector", "definition.cvss3.base_vector"],
        ["CVSS V2 Vector", "CVSS Vector", "definition.cvss2.base_vector"],
    ];
    claim.cvss = vectors.iter().map(|columns| row.first(columns).to_owned()).collect();
    claim.score = row.first(&["CVSS V3 Base Score", "CVSS3 Base Score", "CVSSv3", "CVSS"]).parse().ok();
    claim.cwes = row.field("definition.cwe").split(',').collect();
    claim.advice = row.first(&["Solution", "definition.solution"]);
    claim.link = row.first(&["See Also", "definition.see_also"]).lines().next().unwrap_or_default();
    let port = row.field("Port").parse().ok().filter(|port| *port > 0);
    let protocol = row.field("Protocol").to_ascii_lowercase();
    claim.location =
        port.map(|port| Location::port(port, if protocol.is_empty() { "tcp" } else { &protocol }));
    let seen = row.first(&["Last Found", "last_seen"]);
    // Tenable.sc writes dates in words; only what is a moment is kept.
    claim.seen = Some(seen).filter(|seen| seen.parse::<crate::time::Moment>().is_ok()).unwrap_or_default();
    draft.claim(claim)
}
