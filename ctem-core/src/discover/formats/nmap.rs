//! Nmap XML: open ports, and what scripts such as `vulners` say of the services behind them.
//!
//! A record is a port, or a line of a script's list of vulnerabilities. Open ports are network exposures; others are clear.
//! The asset is the host by its first host name or address, with the others as other names.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    xml::Element,
};
use crate::{
    error::{Error, Result, quoted},
    id::AssetId,
    id::Cve,
    model::{AssetKind, Component, Location, WeaknessKind},
};

pub(super) const READER: Reader = Reader { name: "nmap", title: "Nmap XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("nmaprun"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let run = Element::parse(&document.text)?;
    draft.report.source.version = run.attribute("version").map(Box::from);
    for host in run.all("host") {
        let seen =
            host.attribute("endtime").or(run.attribute("start")).and_then(|seconds| seconds.parse().ok());
        let seen = seen.and_then(|seconds| crate::time::Moment::from_unix_seconds(seconds).ok());
        let seen = seen.map(|moment| moment.to_string()).unwrap_or_default();
        for port in host.child("ports").into_iter().flat_map(|ports| ports.all("port")) {
            take_port(host, port, &seen, draft);
        }
    }
    Ok(())
}

fn asset(host: &Element, draft: &mut Draft<'_>) -> Result<AssetId> {
    let names = host.child("hostnames").into_iter().flat_map(|names| names.all("hostname"));
    let addresses = host.all("address").filter(|address| address.attribute("addrtype") != Some("mac"));
    let all: Vec<&str> = names
        .filter_map(|name| name.attribute("name"))
        .chain(addresses.filter_map(|address| address.attribute("addr")))
        .filter(|name| !name.trim().is_empty())
        .collect();
    match all.split_first() {
        Some((first, others)) => draft.asset_also(first, AssetKind::Host, others),
        None => draft.default_asset(AssetKind::Host),
    }
}

fn take_port(host: &Element, port: &Element, seen: &str, draft: &mut Draft<'_>) {
    let place = port.place();
    let number = port.attribute("portid").unwrap_or_default();
    let protocol = port.attribute("protocol").unwrap_or("tcp");
    let service = port.child("service");
    let of_service = |name: &str| service.and_then(|service| service.attribute(name)).unwrap_or_default();
    let location = || number.parse().ok().map(|number| Location::port(number, protocol));
    let open = port.child("state").and_then(|state| state.attribute("state")) == Some("open");
    draft.record(&place, |draft| {
        if location().is_none() {
            return Err(Error::invalid(format!(
                "{} is not a port: it must lie between 0 and 65535",
                quoted(number)
            )));
        }
        if !open {
            draft.clear();
            return Ok(());
        }
        let rule = format!("open-port:{number}/{protocol}");
        let title = format!("Open port {number}/{protocol} {}", of_service("name"));
        let product = [of_service("product"), of_service("version"), of_service("extrainfo")].join(" ");
        let mut claim = Claim::new(asset(host, draft)?, WeaknessKind::NetworkExposure, &rule, &place);
        claim.title = title.trim();
        claim.description = &product;
        claim.file_under("service", service.and_then(|service| service.attribute("name")));
        claim.severity = "info";
        claim.location = location();
        claim.seen = seen;
        draft.claim(claim)
    });
    let component = Some(of_service("product"))
        .filter(|product| !product.is_empty())
        .map(|product| Component::new(product, service.and_then(|service| service.attribute("version"))));
    for script in port.all("script").filter(|script| script.attribute("id") == Some("vulners")) {
        let Some(output) = script.attribute("output") else { continue };
        // Each line is: id, CVSS score, address, and perhaps *EXPLOIT*. Only CVEs are weaknesses; the rest are exploits of them.
        for line in output.lines() {
            let mut fields = line.split_whitespace();
            let (Some(id), Some(score), link) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            if Cve::of(id).is_none() {
                continue;
            }
            draft.record(&place, |draft| {
                let mut claim = Claim::new(asset(host, draft)?, WeaknessKind::Vulnerability, id, &place);
                claim.names = vec![id];
                claim.score = score.parse().ok();
                claim.link = link.unwrap_or_default();
                claim.component.clone_from(&component);
                claim.location = location();
                claim.seen = seen;
                draft.claim(claim)
            });
        }
    }
}
