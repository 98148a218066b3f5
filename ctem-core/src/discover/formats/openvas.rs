//! OpenVAS and Greenbone XML reports.
//!
//! A record is the result of a test on a host. The asset is the host, by its name or address. Results of threat `Log` are
//! information and clear, unless someone set them down to that, which accepts them; an override that calls one a false positive
//! makes it `NotAffected`. A test of several CVEs is one finding, named by the first.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    host::{Machine, Named},
    nessus::{kind_of, said},
    xml::Element,
};
use crate::{
    error::Result,
    id::Cve,
    model::{Location, Status},
    word,
};
use std::collections::HashMap;

pub(super) const READER: Reader =
    Reader { name: "openvas", title: "OpenVAS and Greenbone XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let greenbone = || ["<nvt oid=", "<gmp>", "<omp>"].iter().any(|own| document.text.contains(own));
    Match::yes_if(document.is_xml("get_reports_response") || (document.is_xml("report") && greenbone()))
}

/// A result's host, by its name and its address.
type Host<'a> = (&'a str, &'a str);

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let root = draft.xml(&document.text)?;
    let (mut results, mut macs, mut errors) = (Vec::new(), HashMap::new(), 0);
    let mut waiting = vec![&root];
    while let Some(element) = waiting.pop() {
        results.extend(element.all("results").flat_map(|results| results.whole("result")));
        errors += element.all("errors").map(|errors| errors.all("error").count()).sum::<usize>();
        for host in element.all("host") {
            let detail = host.all("detail").find(|one| one.text_of("name") == Some("MAC"));
            macs.extend(host.text_of("ip").zip(detail.and_then(|one| one.text_of("value"))));
        }
        waiting.extend(element.all("report"));
    }
    draft.unread("", errors, "entry", "these tests failed, so nothing is known of what they look for");
    let mut numbers: HashMap<Host<'_>, usize> = HashMap::new();
    let mut machines = Vec::new();
    for result in &results {
        let (name, address) = host_of(result);
        numbers.entry((name, address)).or_insert_with(|| {
            machines.push(Machine {
                names: vec![name],
                addresses: vec![address],
                macs: macs.get(address).copied().into_iter().collect(),
                seen: seen(result).parse().ok(),
                ..Machine::default()
            });
            machines.len() - 1
        });
    }
    Machine::part(&mut machines);
    let named: Vec<Result<Named>> = machines.iter().map(|machine| draft.named(machine)).collect();
    for result in results {
        let place = result.place();
        let named = numbers.get(&host_of(result)).and_then(|number| named.get(*number));
        draft.record(&place, |draft| take(result, named, &place, draft));
    }
    Ok(())
}

fn host_of(result: &Element) -> Host<'_> {
    let host = result.child("host");
    let name = host.and_then(|host| host.text_of("hostname")).unwrap_or_default();
    (name, host.map(|host| host.text.as_str()).unwrap_or_default())
}

fn seen(result: &Element) -> &str {
    result.text_of("modification_time").or_else(|| result.text_of("creation_time")).unwrap_or_default()
}

fn take(result: &Element, named: Option<&Result<Named>>, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let text = |name: &str| result.text_of(name).unwrap_or_default();
    let informs = |threat: &str| word::is(threat, &["log", "debug", "error_message", "none"]);
    let original = text("original_threat");
    let status = if word::is(text("threat"), &["false_positive"]) || text("severity").starts_with('-') {
        Status::NotAffected
    } else if informs(text("threat")) && !original.is_empty() && !informs(original) {
        Status::Accepted
    } else if informs(text("threat")) {
        draft.clear();
        return Ok(());
    } else {
        Status::Open
    };
    // What a person changed it to says what they think of it, and not how bad it is.
    let before = |now: &'static str, before: &'static str| {
        let stated = if status == Status::Open { text(now) } else { text(before) };
        if stated.is_empty() { text(now) } else { stated }
    };
    let asset = match named {
        Some(named) => draft.add_machine(named)?,
        None => draft.default_asset(crate::model::AssetKind::Host)?,
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
    // One flaw that several tests find is one of each: they look at different products.
    claim.instance = if cves.is_empty() { "" } else { rule };
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
    let overrides = result.child("overrides").into_iter().flat_map(|all| all.all("override"));
    let holding: Vec<_> = overrides.filter(|_| status != Status::Open).collect();
    let why = holding.iter().find_map(|one| one.text_of("text"));
    let until = holding.iter().filter_map(|one| one.text_of("end_time")).min();
    let description = said(&[why.unwrap_or_default(), tag("summary"), text("description")]);
    claim.description = &description;
    claim.severity = before("threat", "original_threat");
    claim.score = before("severity", "original_severity").parse().ok().filter(|score| *score >= 0.0);
    let rated =
        test.and_then(|test| test.child("severities")).into_iter().flat_map(|all| all.all("severity"));
    let vectors = rated.filter_map(|one| one.text_of("value")).chain([tag("cvss_base_vector")]);
    claim.cvss = vectors.map(str::to_owned).collect();
    claim.advice = test.and_then(|test| test.text_of("solution")).unwrap_or_else(|| tag("solution"));
    claim.link = of_kind("url").next().unwrap_or_default();
    claim.location = text("port")
        .split_once('/')
        .and_then(|(port, protocol)| Some(Location::port(port.parse().ok()?, protocol)));
    claim.status = status;
    claim.acceptance.reason = why.map(Box::from);
    claim.acceptance.until = until.and_then(|end| draft.moment(Some(end), place));
    claim.seen = seen(result);
    draft.claim(claim)
}
