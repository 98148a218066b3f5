//! OpenVAS and Greenbone CSV reports.
//!
//! A record is the result of a test on a host, as in the XML report. Rows of severity `Log` are clear, false
//! positives `NotAffected`.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    host::{Machine, SharedNames},
    nessus::{kind_of, said},
    table::{self, Row},
};
use crate::{
    error::Result,
    id::Cve,
    model::{Location, Status},
    word,
};

pub(super) const READER: Reader =
    Reader { name: "openvas_csv", title: "OpenVAS and Greenbone CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.has_columns(&["IP", "NVT Name", "NVT OID"]))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let mut shared = SharedNames::default();
    table::survey(document, |row| shared.hear(&machine(row)));
    table::each(document, draft, |row, place, draft| take(row, &shared, place, draft))
}

fn machine<'a>(row: &'a Row<'_>) -> Machine<'a> {
    let (names, addresses) = (vec![row.field("Hostname")], vec![row.field("IP")]);
    Machine { names, addresses, seen: row.field("Timestamp").parse().ok(), ..Machine::default() }
}

fn take(row: &Row<'_>, shared: &SharedNames, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    if word::is(row.field("Severity"), &["log", "debug", "none"]) {
        draft.clear();
        return Ok(());
    }
    let mut machine = machine(row);
    shared.take_from(&mut machine);
    let asset = draft.machine(&machine)?;
    let rule = row.field("NVT OID");
    let cves = row.field("CVEs").split(',').map(str::trim).filter(|cve| !cve.is_empty());
    // A scan by versions alone names each result by its CVE.
    let cves: Vec<&str> = cves.chain(Cve::of(rule).map(|_| rule)).collect();
    let mut claim = Claim::new(asset, kind_of(!cves.is_empty(), ""), rule, place);
    claim.tool = "openvas";
    claim.instance = if cves.is_empty() { "" } else { rule };
    claim.names = cves;
    claim.title = row.field("NVT Name");
    let description = said(&[row.field("Summary"), row.field("Specific Result")]);
    claim.description = &description;
    claim.severity = row.field("Severity");
    claim.score = row.field("CVSS").parse().ok().filter(|score| *score >= 0.0);
    if word::is(row.field("Severity"), &["false_positive"]) || row.field("CVSS").starts_with('-') {
        claim.status = Status::NotAffected;
    }
    claim.advice = row.field("Solution");
    let references = row.field("Other References").split(',').map(str::trim);
    claim.link = references.clone().find(|one| one.starts_with("http")).unwrap_or_default();
    claim.location =
        row.field("Port").parse().ok().map(|port| Location::port(port, row.field("Port Protocol")));
    claim.seen = row.field("Timestamp");
    draft.claim(claim)
}
