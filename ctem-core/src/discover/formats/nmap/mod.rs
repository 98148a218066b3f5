//! Nmap XML: open ports, and what scripts such as `vulners` and `smb-vuln-ms17-010` say of the services behind them.
//!
//! A record is a port, or a vulnerability in a script's output. Open ports are network exposures; others are clear. What a script
//! found to be vulnerable is a vulnerability, what it found not to be is clear. The asset is the host by the name it was asked
//! for, or its address; a name that was looked up for the address may lead anywhere.

mod host;
mod script;

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    host::Machine,
    xml::Element,
};
use crate::{
    error::{Error, Result, quoted},
    model::{Component, Location, WeaknessKind},
    time::Moment,
};
use host::Host;

pub(super) const READER: Reader = Reader { name: "nmap", title: "Nmap XML", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.is_xml("nmaprun"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let run = draft.xml(&document.text)?;
    draft.report.source.version = run.attribute("version").map(Box::from);
    let hosts: Vec<&Element> = run.all("host").collect();
    let mut machines: Vec<Machine<'_>> =
        hosts.iter().enumerate().map(|(n, host)| machine(host, n, run.attribute("start"))).collect();
    Machine::part(&mut machines);
    for (element, machine) in hosts.into_iter().zip(&machines) {
        let host = Host {
            named: draft.named(machine),
            seen: machine.seen.map(|moment| moment.to_string()).unwrap_or_default(),
        };
        for port in element.child("ports").into_iter().flat_map(|ports| ports.whole("port")) {
            take_port(&host, port, draft);
        }
        for script in element.child("hostscript").into_iter().flat_map(|scripts| scripts.whole("script")) {
            script::take(&host, script, None, None, draft);
        }
    }
    Ok(())
}

/// What is said of a host; where it does not say when it was looked at, that was when the run began.
fn machine<'a>(host: &'a Element, number: usize, begun: Option<&str>) -> Machine<'a> {
    let seen = host.attribute("endtime").or(begun).and_then(|seconds| seconds.parse().ok());
    let seen = seen.and_then(|seconds| Moment::from_unix_seconds(seconds).ok());
    let (mut names, mut hints) = (Vec::new(), Vec::new());
    for one in host.child("hostnames").into_iter().flat_map(|names| names.all("hostname")) {
        let list = if one.attribute("type") == Some("user") { &mut names } else { &mut hints };
        list.extend(one.attribute("name"));
    }
    let of_kind = |mac: bool| {
        let addresses =
            host.all("address").filter(move |one| (one.attribute("addrtype") == Some("mac")) == mac);
        addresses.filter_map(|one| one.attribute("addr")).collect()
    };
    Machine {
        names,
        hints,
        addresses: of_kind(false),
        macs: of_kind(true),
        seen,
        number: Some(number),
        ..Machine::default()
    }
}

fn take_port(host: &Host, port: &Element, draft: &mut Draft<'_>) {
    let place = port.place();
    let number = port.attribute("portid").unwrap_or_default();
    let protocol = port.attribute("protocol").unwrap_or("tcp");
    let service = port.child("service");
    let of_service = |name: &str| service.and_then(|service| service.attribute(name)).unwrap_or_default();
    let location = number.parse().ok().map(|number| Location::port(number, protocol));
    let open = port.child("state").and_then(|state| state.attribute("state")) == Some("open");
    draft.record(&place, |draft| {
        if location.is_none() {
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
        let mut claim =
            Claim::new(draft.add_machine(&host.named)?, WeaknessKind::NetworkExposure, &rule, &place);
        claim.title = title.trim();
        claim.description = &product;
        claim.file_under("service", service.and_then(|service| service.attribute("name")));
        claim.severity = "info";
        claim.location.clone_from(&location);
        claim.seen = &host.seen;
        draft.claim(claim)
    });
    let component = Some(of_service("product"))
        .filter(|product| !product.is_empty())
        .map(|product| Component::new(product, service.and_then(|service| service.attribute("version"))));
    for script in port.all("script") {
        script::take(host, script, component.as_ref(), location.as_ref(), draft);
    }
}
