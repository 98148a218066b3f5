//! OpenVAS and Greenbone CSV reports.
//!
//! A record is the result of a test on a host, as in the XML report. Rows of severity `Log` are clear.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    nessus::kind_of,
    table::{self, Row},
};
use crate::{
    error::Result,
    id::Cve,
    model::{AssetKind, Location},
    word,
};

pub(super) const READER: Reader =
    Reader { name: "openvas_csv", title: "OpenVAS and Greenbone CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.has_columns(&["IP", "NVT Name", "NVT OID"]))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    table::each(document, draft, take)
}

fn take(row: &Row<'_>, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    if word::is(row.field("Severity"), &["log"]) {
        draft.clear();
        return Ok(());
    }
    let (hostname, address) = (row.field("Hostname"), row.field("IP"));
    let asset = match (hostname, address) {
        ("", "") => draft.default_asset(AssetKind::Host)?,
        ("", address) => draft.asset(address, AssetKind::Host)?,
        (hostname, address) => draft.asset_also(hostname, AssetKind::Host, &[address])?,
    };
    let rule = row.field("NVT OID");
    let cves = row.field("CVEs").split(',').map(str::trim).filter(|cve| !cve.is_empty());
    // A scan by versions alone names each result by its CVE.
    let cves: Vec<&str> = cves.chain(Cve::of(rule).map(|_| rule)).collect();
    let mut claim = Claim::new(asset, kind_of(!cves.is_empty(), ""), rule, place);
    claim.names = cves;
    claim.title = row.field("NVT Name");
    let description = [row.field("Summary"), row.field("Specific Result")].join("\n\n");
    claim.description = &description;
    claim.severity = row.field("Severity");
    claim.score = row.field("CVSS").parse().ok();
    claim.advice = row.field("Solution");
    let references = row.field("Other References").split(',').map(str::trim);
    claim.link = references.clone().find(|one| one.starts_with("http")).unwrap_or_default();
    claim.location =
        row.field("Port").parse().ok().map(|port| Location::port(port, row.field("Port Protocol")));
    claim.seen = row.field("Timestamp");
    draft.claim(claim)
}
