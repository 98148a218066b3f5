//! Nessus CSV, in the dialects of Nessus, Tenable.sc and Tenable Vulnerability Management, which name columns each their way.
//!
//! A record is a plugin's result on a host, as in Nessus's XML. Rows without a risk, and checks that pass, are
//! clear; what was fixed or accepted is so.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    host::{Machine, SharedNames},
    nessus::{fixed_in, kind_of, said},
    table::{self, Row},
};
use crate::{
    error::Result,
    model::{Location, Status, WeaknessKind},
    time::Moment,
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
    let mut shared = SharedNames::default();
    table::survey(document, |row| shared.hear(&machine(row)));
    table::each(document, draft, |row, place, draft| take(row, &shared, place, draft))
}

fn take(row: &Row<'_>, shared: &SharedNames, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let severity = row.first(&["Risk", "definition.severity", "Severity", "Risk Factor"]);
    let stated = row.first(&["severity"]);
    // Of what was changed by hand, the changed word counts.
    let severity = if row.field("definition.severity").is_empty() { severity } else { stated };
    let fixed = word::is(row.first(&["Vulnerability State", "state"]), &["fixed"]);
    let accepted = word::is(row.first(&["Modification", "risk_modified"]), &["accepted"])
        || !row.field("Accept Risk Comment").is_empty();
    if word::is(severity, &["", "none", "info", "0", "passed"]) && !accepted {
        draft.clear();
        return Ok(());
    }
    let mut machine = machine(row);
    shared.take_from(&mut machine);
    let asset = draft.machine(&machine)?;
    let cves = row.first(&["CVE", "definition.cve"]);
    let cves: Vec<&str> =
        cves.split([',', ' ', '\n', ';', '[', ']', '\'', '"']).filter(|cve| !cve.is_empty()).collect();
    let family = row.first(&["Family", "Plugin Family", "definition.family"]);
    let id = row.first(&["Plugin ID", "Plugin", "definition.id"]);
    let text = row.first(&["Description", "definition.description"]);
    // A compliance plugin makes many checks; each says its name and result in its description.
    let check = text.lines().next().and_then(|line| {
        let (name, result) = line.trim().strip_prefix('"')?.split_once("\" : [")?;
        ["FAILED", "WARNING", "ERROR", "PASSED"].iter().any(|word| result.starts_with(word)).then_some(name)
    });
    let rule = check.map_or_else(|| id.to_owned(), |check| format!("{id}:{check}"));
    let kind =
        if check.is_some() { WeaknessKind::Misconfiguration } else { kind_of(!cves.is_empty(), family) };
    let mut claim = Claim::new(asset, kind, &rule, place);
    claim.tool = "nessus";
    // One flaw that several plugins find is one of each: they look at different products.
    claim.instance = if cves.is_empty() { "" } else { id };
    claim.names = cves;
    claim.file_under("family", [family]);
    claim.title = check.unwrap_or_else(|| row.first(&["Plugin Name", "Name", "definition.name"]));
    let description = said(&[
        row.first(&["Synopsis", "definition.synopsis"]),
        text,
        row.first(&["Plugin Output", "Plugin Text", "output"]),
    ]);
    claim.description = &description;
    claim.severity = match &*word::plain(severity) {
        "failed" => "high",
        "4" => "critical",
        "3" => "high",
        "2" => "medium",
        "1" => "low",
        _ => severity,
    };
    let vectors = [
        ["CVSS V4 Vector", "CVSS4 Vector", "definition.cvss4.base_vector"],
        ["CVSS V3 Vector", "CVSS3 Vector", "definition.cvss3.base_vector"],
        ["CVSS V2 Vector", "CVSS Vector", "definition.cvss2.base_vector"],
    ];
    claim.cvss = vectors.iter().map(|columns| row.first(columns).to_owned()).collect();
    let scores = [
        "CVSS V3 Base Score",
        "CVSS v3.0 Base Score",
        "CVSS3 Base Score",
        "CVSSv3",
        "CVSS",
        "CVSS v2.0 Base Score",
    ];
    claim.score = row.first(&scores).parse().ok();
    claim.known_exploited =
        word::flag(row.first(&["CISA Known Exploited", "Known Exploited"])).unwrap_or_default();
    claim.epss = row.first(&["EPSS Score", "definition.epss.score"]).parse().ok();
    claim.cwes = row.field("definition.cwe").split(',').collect();
    claim.fixed_in = fixed_in(row.first(&["Plugin Output", "Plugin Text", "output"]));
    claim.advice = row.first(&["Solution", "definition.solution"]);
    claim.link = row.first(&["See Also", "definition.see_also"]).lines().next().unwrap_or_default();
    let port = row.field("Port").parse().ok().filter(|port| *port > 0);
    let protocol = row.field("Protocol").to_ascii_lowercase();
    claim.location =
        port.map(|port| Location::port(port, if protocol.is_empty() { "tcp" } else { &protocol }));
    claim.status = match (fixed, accepted) {
        (true, _) => Status::Fixed,
        (false, true) => Status::Accepted,
        (false, false) => Status::Open,
    };
    let seen = row.first(&["Last Found", "last_seen", "Last Observed"]);
    // Tenable.sc writes dates in words; only what is a moment is kept.
    claim.seen = Some(seen).filter(|seen| seen.parse::<Moment>().is_ok()).unwrap_or_default();
    draft.claim(claim)
}

/// The host, by what the columns of the dialects say of it.
fn machine<'a>(row: &'a Row<'_>) -> Machine<'a> {
    let columns = |names: &[&'static str]| -> Vec<_> {
        names.iter().map(|column| row.field(column)).filter(|field| !field.is_empty()).collect()
    };
    let network = Some(row.field("asset.network.name")).filter(|name| !word::is(*name, &["default", ""]));
    let agent = row.first(&["Agent ID", "asset.id", "Asset UUID"]);
    Machine {
        names: columns(&["Host", "FQDN", "DNS Name", "asset.display_fqdn", "asset.name"]),
        hints: columns(&["asset.host_name", "NetBIOS Name", "NetBios", "asset.netbios_name"]),
        addresses: columns(&["IP Address", "asset.display_ipv4_address", "asset.display_ipv6_address"]),
        macs: row.first(&["MAC Address", "asset.display_mac_address"]).split([',', ' ']).collect(),
        agent,
        network: network.unwrap_or_default(),
        seen: row.first(&["Last Found", "last_seen"]).parse().ok(),
        ..Machine::default()
    }
}
