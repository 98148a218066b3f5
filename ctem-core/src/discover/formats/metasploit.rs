//! Metasploit workspaces, XML of `db_export`: what modules exploited on hosts, and what they failed at.
//!
//! A record is an attempt at a vulnerability. It is evidence and no finding: of the CVEs that the vulnerability refers to, on the host. Why it
//! failed tells whether the host is not vulnerable, was not reached, or stood. A vulnerability without an attempt, or without a CVE, is
//! clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    tested::Test,
    xml::Element,
};
use crate::{
    error::{Error, Result, quoted},
    id::Cve,
    model::Outcome,
    word,
};

pub(super) const READER: Reader =
    Reader { name: "metasploit", title: "Metasploit db_export XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("MetasploitV5") || document.is_xml("MetasploitV4"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let workspace = draft.xml(&document.text)?;
    for host in workspace.child("hosts").into_iter().flat_map(|hosts| hosts.all("host")) {
        let asset = [text(host, "name"), text(host, "address")].into_iter().find(|name| !name.is_empty());
        for vuln in host.child("vulns").into_iter().flat_map(|vulns| vulns.whole("vuln")) {
            let attempts = vuln.child("vuln_attempts").into_iter().flat_map(|list| list.all("vuln_attempt"));
            let mut tried = false;
            for attempt in attempts {
                tried = true;
                draft.record(&attempt.place(), |draft| take(asset.unwrap_or_default(), vuln, attempt, draft));
            }
            if !tried {
                draft.record(&vuln.place(), |draft| {
                    draft.clear();
                    Ok(())
                });
            }
        }
    }
    Ok(())
}

fn take(asset: &str, vuln: &Element, attempt: &Element, draft: &mut Draft<'_>) -> Result<()> {
    let refs = vuln.child("refs").into_iter().flat_map(|refs| refs.all("ref"));
    let weaknesses: Vec<&str> = refs.map(|one| &*one.text).filter(|name| Cve::of(name).is_some()).collect();
    if weaknesses.is_empty() {
        draft.clear();
        return Ok(());
    }
    let exploited = text(attempt, "exploited");
    let worked = word::flag(exploited).ok_or_else(|| {
        Error::invalid(format!(
            "{} does not say whether it was exploited: write true or false",
            quoted(exploited)
        ))
    })?;
    let outcome = match &*word::plain(text(attempt, "fail-reason")) {
        _ if worked => Outcome::Exploited,
        "not_vulnerable" => Outcome::NotAffected,
        "unreachable" => Outcome::NotReachable,
        _ => Outcome::Blocked,
    };
    let at = Some(text(attempt, "attempted-at")).filter(|time| !time.is_empty());
    draft.test(&Test {
        weaknesses,
        asset,
        method: "metasploit",
        at: at.map(str::parse).transpose()?,
        outcome: Some(outcome),
        ..Test::default()
    })
}

fn text<'a>(element: &'a Element, name: &str) -> &'a str {
    element.child(name).map(|child| child.text.as_str()).unwrap_or_default()
}
