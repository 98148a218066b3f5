//! OpenVAS and Greenbone XML reports.
//!
//! A record is the result of a test on a host. The asset is the host, by its name or address. Results of threat `Log` are
//! information and clear. A test of several CVEs is one finding, named by the first.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    nessus::kind_of,
    xml::Element,
};
use crate::{
    error::Result,
    id::Cve,
    model::{AssetKind, Location},
    word,
};

pub(super) const READER: Reader =
    Reader { name: "openvas", title: "OpenVAS and Greenbone XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let greenbone = document.text.contains("<nvt oid=")
        || document.text.contains("<gmp>")
        || document.text.contains("<omp>");
    Match::yes_if((document.is_xml("report") && greenbone) || document.is_xml("get_reports_response"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let root = Element::parse(&document.text)?;
    let mut waiting = vec![&root];
    while let Some(element) = waiting.pop() {
        for result in element.all("results").flat_map(|results| results.all("result")) {
            let place = result.place();
            draft.record(&place, |draft| take(result, &place, draft));
        }
        waiting.extend(element.all("report"));
    }
    Ok(())
}

fn take(result: &Element, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let text = |name: &str| result.text_of(name).unwrap_or_default();
    if word::is(text("threat"), &["log", "debug", "error_message"]) {
        draft.clear();
        return Ok(());
    }
    let host = result.child("host");
    let hostname = host.and_then(|host| host.text_of("hostname")).unwrap_or_default();
    let address = host.map(|host| host.text.as_str()).unwrap_or_default();
    let asset = match (hostname, address) {
        ("", "") => draft.default_asset(AssetKind::Host)?,
        ("", address) => draft.asset(address, AssetKind::Host)?,
        (hostname, address) => draft.asset_also(hostname, AssetKind::Host, &[address])?,
    };
    let test = result.child("nvt");
    let of_test = |name: &str| test.and_then(|test| test.text_of(name)).unwrap_or_default();
    let references = || test.and_then(|test| test.child("refs")).into_iter().flat_map(|refs| refs.all("ref"));
    let of_kind = |kind: &'static str| {
        references()
            .filter(move |one| one.attribute("type") == Some(kind))
            .filter_map(|one| one.attribute("id"))
    };
    // Before references had an element of their own, CVEs stood in one text.
    let older = of_test("cve").split(", ").filter(|cve| Cve::of(cve).is_some());
    let rule = test.and_then(|test| test.attribute("oid")).unwrap_or_default();
    // A scan by versions alone names each result by its CVE.
    let cves: Vec<&str> = of_kind("cve").chain(older).chain(Cve::of(rule).map(|_| rule)).collect();
    let mut claim = Claim::new(asset, kind_of(!cves.is_empty(), of_test("family")), rule, place);
    claim.names = cves;
    claim.file_under("family", [of_test("family")]);
    claim.title = result.text_of("name").unwrap_or_else(|| of_test("name"));
    let tag = |name: &str| {
        let tags = of_test("tags").split('|');
        tags.filter_map(|tag| tag.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .unwrap_or_default()
    };
    let description = [tag("summary"), text("description")].join("\n\n");
    claim.description = &description;
    claim.severity = text("threat");
    claim.score = text("severity").parse().ok();
    claim.cvss = vec![tag("cvss_base_vector").to_owned()];
    claim.advice = test.and_then(|test| test.text_of("solution")).unwrap_or_else(|| tag("solution"));
    claim.link = of_kind("url").next().unwrap_or_default();
    claim.location = text("port")
        .split_once('/')
        .and_then(|(port, protocol)| Some(Location::port(port.parse().ok()?, protocol)));
    claim.seen = result.text_of("modification_time").unwrap_or_else(|| text("creation_time"));
    draft.claim(claim)
}
