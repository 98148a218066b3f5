//! Nessus XML, version 2 (`.nessus`), of hosts and of web applications.
//!
//! A record is a plugin's result on a host, or one check of a compliance plugin. The asset is the host, by its domain name or
//! address; what any host may be called, such as a NetBIOS name, is something it was seen as. Results of severity 0 and checks
//! that pass are clear. A plugin of several CVEs is one finding, named by the first.

use super::{
    Draft, Reader,
    checked::Made,
    claim::Claim,
    document::{Document, Match},
    draft::digest,
    host::Machine,
    xml::Element,
};
use crate::{
    error::Result,
    id::AssetId,
    model::{Location, WeaknessKind},
    time::Moment,
    word,
};
use std::collections::HashMap;

pub(super) const READER: Reader = Reader { name: "nessus", title: "Nessus XML (.nessus)", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("NessusClientData_v2"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let root = draft.xml(&document.text)?;
    let hosts: Vec<&Element> = root.all("Report").flat_map(|report| report.all("ReportHost")).collect();
    let mut machines: Vec<Machine<'_>> = hosts.iter().enumerate().map(|(n, host)| machine(host, n)).collect();
    Machine::part(&mut machines);
    let mut unmade = 0;
    for (host, machine) in hosts.into_iter().zip(&machines) {
        let named = draft.named(machine);
        let name = machine.names.first().copied().unwrap_or_default();
        let seen = machine.seen.map(|moment| moment.to_string()).unwrap_or_default();
        let mut times: HashMap<Spot<'_>, usize> = HashMap::new();
        host.all("ReportItem").for_each(|item| *times.entry(spot(item)).or_default() += 1);
        for item in host.whole("ReportItem") {
            let place = item.place();
            draft.record(&place, |draft| {
                let check = item.text_of("compliance-result");
                match check {
                    Some(result) if word::is(result, &["passed"]) => {
                        draft.clear();
                        return count(item, name, Made::Passed, draft);
                    }
                    Some(result) if word::is(result, &["error", "skipped"]) => {
                        unmade += 1;
                        draft.clear();
                        return count(item, name, Made::Not, draft);
                    }
                    None if matches!(item.attribute("severity"), Some("0")) => draft.clear(),
                    Some(_) | None => {
                        let again = times.get(&spot(item)).is_some_and(|times| *times > 1);
                        take(item, draft.add_machine(&named)?, again, &seen, &place, draft)?;
                        return count(item, name, Made::Failed, draft);
                    }
                }
                Ok(())
            });
        }
    }
    draft.unread(
        "",
        unmade,
        "entry",
        "these compliance checks could not be made, so nothing is known of them",
    );
    Ok(())
}

/// Counts a check for the controls that it refers to, such as `800-53|AC-2,CSF|PR.AC-1`.
fn count(item: &Element, host: &str, made: Made, draft: &mut Draft<'_>) -> Result<()> {
    let said = item.text_of("compliance-reference").unwrap_or_default();
    draft.check(host, said.split(',').filter_map(|one| one.split_once('|')), made)
}

/// What the properties of a host say of it.
fn machine(host: &Element, number: usize) -> Machine<'_> {
    let tags = || host.child("HostProperties").into_iter().flat_map(|properties| properties.all("tag"));
    let property = |name: &str| {
        let tag = tags().find(|tag| tag.attribute("name") == Some(name))?;
        Some(tag.text.as_str()).filter(|text| !text.is_empty())
    };
    let of = |names: &[&str]| -> Vec<&str> { names.iter().filter_map(|name| property(name)).collect() };
    let seconds = property("HOST_END_TIMESTAMP").and_then(|seconds| seconds.parse().ok());
    // Before there was a number of seconds, the end was told in words.
    let told = || Moment::by_format(property("HOST_END")?, "%a %b %d %H:%M:%S %Y");
    Machine {
        names: host.attribute("name").into_iter().chain(of(&["host-fqdn"])).collect(),
        hints: of(&["netbios-name", "hostname", "host-rdns"]),
        addresses: of(&["host-ip"]),
        macs: property("mac-address").into_iter().flat_map(str::split_whitespace).collect(),
        cloud_ids: of(&[
            "aws-instance-instanceId",
            "aws-instance-id",
            "azure-resource-id",
            "azure-instance-vmId",
            "gcp-instance-instanceId",
        ]),
        agent: of(&["agent-uuid", "tenable-agent-uuid"]).first().copied().unwrap_or_default(),
        network: of(&["aws-instance-vpc-id"]).first().copied().unwrap_or_default(),
        seen: seconds.and_then(|seconds| Moment::from_unix_seconds(seconds).ok()).or_else(told),
        number: Some(number),
    }
}

/// A plugin at a port, of which a web application may have many results.
type Spot<'a> = [Option<&'a str>; 3];

fn spot(item: &Element) -> Spot<'_> {
    ["pluginID", "port", "protocol"].map(|name| item.attribute(name))
}

fn take(
    item: &Element,
    asset: AssetId,
    again: bool,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let text = |name: &str| item.text_of(name).unwrap_or_default();
    let cves: Vec<&str> = item.all("cve").map(|cve| cve.text.as_str()).collect();
    let family = item.attribute("pluginFamily").unwrap_or_default();
    let plugin = item.attribute("pluginID").unwrap_or_default();
    // A compliance plugin makes many checks, each a rule of its own.
    let check = item.text_of("compliance-check-name");
    let check_id = item.text_of("compliance-check-id").or(check);
    let rule = match check_id {
        Some(check) => format!("{plugin}:{check}"),
        None => plugin.to_owned(),
    };
    let kind =
        if check.is_some() { WeaknessKind::Misconfiguration } else { kind_of(!cves.is_empty(), family) };
    // Results of one plugin at one port are told apart by what it saw.
    let output = text("plugin_output");
    let told = (again && check.is_none() && cves.is_empty() && !output.is_empty())
        .then(|| digest(output.as_bytes()));
    let mut claim = Claim::new(asset, kind, &rule, place);
    // One flaw that several plugins find is one of each: they look at different products.
    claim.instance = told.as_deref().unwrap_or(if cves.is_empty() { "" } else { plugin });
    claim.names = cves;
    claim.title = check.unwrap_or_else(|| item.attribute("pluginName").unwrap_or_default());
    claim.file_under("family", [family]);
    claim.file_under("service", item.attribute("svc_name"));
    let description = if check.is_some() {
        [text("compliance-info"), text("description"), text("compliance-actual-value")]
    } else {
        [text("synopsis"), text("description"), text("plugin_output")]
    };
    let description = said(&description);
    claim.description = &description;
    claim.severity = match item.attribute("severity") {
        Some("4") => "critical",
        Some("3") => "high",
        Some("2") => "medium",
        Some("1") => "low",
        Some(_) | None => text("risk_factor"),
    };
    claim.cvss = ["cvss4_vector", "cvss3_vector", "cvss_vector"].map(text).map(str::to_owned).into();
    let scores = ["cvss4_base_score", "cvss3_base_score", "cvss_base_score"];
    claim.score = scores.iter().find_map(|name| item.text_of(name)?.parse().ok());
    // Other lists that a plugin refers to, each as `LIST:number`.
    let references = |list: &'static str| {
        item.all("xref").filter_map(move |one| one.text.trim().strip_prefix(list)?.strip_prefix(':'))
    };
    claim.cwes = item.all("cwe").map(|cwe| cwe.text.as_str()).chain(references("CWE")).collect();
    // The day it was listed, but for those who write whether it was.
    claim.known_exploited =
        item.child("cisa-known-exploited").is_some_and(|listed| word::flag(&listed.text).unwrap_or(true))
            || references("CISA-KNOWN-EXPLOITED").next().is_some();
    claim.fixed_in = fixed_in(output);
    claim.epss = item.text_of("epss_score").and_then(|score| score.parse().ok());
    claim.advice = item.text_of("compliance-solution").unwrap_or_else(|| text("solution"));
    let link = item.text_of("compliance-see-also").unwrap_or_else(|| text("see_also"));
    claim.link = link.lines().next().unwrap_or_default();
    let port = item.attribute("port").and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    claim.location = port.map(|port| Location::port(port, item.attribute("protocol").unwrap_or("tcp")));
    claim.seen = seen;
    draft.claim(claim)
}

/// What a plugin's output says of the version to go to: `  Fixed version     : 1.1`.
pub(super) fn fixed_in(output: &str) -> Vec<&str> {
    let lines = output.lines().filter_map(|line| line.split_once(':'));
    let versions =
        lines.filter(|(name, _)| word::is(*name, &["fixed_version"])).map(|(_, version)| version.trim());
    versions.filter(|version| version.starts_with(|first: char| first.is_ascii_digit())).collect()
}

/// Texts that say something, with a line between them.
pub(super) fn said(texts: &[&str]) -> String {
    let said: Vec<&str> = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    said.join("\n\n")
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
