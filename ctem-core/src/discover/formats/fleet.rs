//! Fleet's hosts, as its interface and `fleetctl get hosts --json` answer, and results of osquery as its agents log them.
//!
//! A record is a host, or a row that a query found on one. The asset is the machine, by the names of the reader of machines: its
//! domain name, its card, its agent. Its team is its owner. A policy that fails is a misconfiguration, and a package with published
//! weaknesses a vulnerability.
//!
//! Left out: the address that a host's network has to the outside, which is that of many; packages that nothing is wrong with; and, with
//! a note, rows of osquery that say nothing of which machine it is.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    host::Machine,
    json,
};
use crate::{
    error::{Error, Result, quoted},
    id::AssetId,
    model::{Component, NoteKind, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "fleet", title: "Fleet hosts and osquery results", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let host = |at: &str| {
            let has = |name: &str| json.has(&format!("{at}/{name}"));
            has("osquery_version")
                || (has("hostname") && has("uuid") && (has("detail_updated_at") || has("hardware_serial")))
        };
        let results = |at: &str| {
            let has = |name: &str| json.has(&format!("{at}/{name}"));
            has("hostIdentifier") && (has("columns") || has("snapshot") || has("diffResults"))
        };
        let fleet = ["/hosts/0", "/host", "", "/0", "/spec"].into_iter().any(host);
        Match::yes_if(fleet || ["", "/0"].into_iter().any(results))
    })
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    hosts: Option<Vec<&'a RawValue>>,
    #[serde(borrow, alias = "spec")]
    host: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Host {
    hostname: Option<String>,
    computer_name: Option<String>,
    display_name: Option<String>,
    uuid: Option<String>,
    platform: Option<String>,
    os_version: Option<String>,
    primary_ip: Option<String>,
    primary_mac: Option<String>,
    hardware_serial: Option<String>,
    seen_time: Option<String>,
    detail_updated_at: Option<String>,
    #[serde(alias = "fleet_name")]
    team_name: Option<String>,
    status: Option<String>,
    software: Option<Vec<Software>>,
    policies: Option<Vec<Policy>>,
    #[serde(alias = "end_users")]
    device_mapping: Option<Vec<User>>,
    disk_encryption_enabled: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Software {
    name: Option<String>,
    version: Option<String>,
    vulnerabilities: Option<Vec<Weakness>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Weakness {
    cve: Option<String>,
    details_link: Option<String>,
    cvss_score: Option<f64>,
    epss_probability: Option<f64>,
    cisa_known_exploit: Option<bool>,
    cve_description: Option<String>,
    resolved_in_version: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Policy {
    name: Option<String>,
    description: Option<String>,
    resolution: Option<String>,
    response: Option<String>,
    critical: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct User {
    email: Option<String>,
    idp_username: Option<String>,
}

/// What a query found, as an agent logs it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    host_identifier: String,
    action: Option<String>,
    columns: Option<Map<String, Value>>,
    snapshot: Option<Vec<Map<String, Value>>>,
    diff_results: Option<Changes>,
    unix_time: Option<Value>,
    decorations: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Changes {
    added: Option<Vec<Map<String, Value>>>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let mut agents: BTreeMap<String, Agent> = BTreeMap::new();
    let mut silent = 0;
    for (place, record) in json::records(&document.text, outline)? {
        if let Ok(found) = json::parse::<Found>(record.get()) {
            draft.record(&place, |_| {
                silent += usize::from(!hear(found, &mut agents)?);
                Ok(())
            });
            continue;
        }
        let answer: Answer<'_> = json::parse(record.get()).map_err(|error| error.at(&place))?;
        match (answer.hosts, answer.host) {
            (Some(hosts), _) => {
                for (n, host) in hosts.into_iter().enumerate() {
                    take(host, &format!("{place}/hosts/{n}"), draft);
                }
            }
            (None, Some(host)) => take(host, &format!("{place}/host"), draft),
            (None, None) => take(record, &place, draft),
        }
    }
    draft.unread(
        "",
        silent,
        "result",
        "it does not say which machine it was found on, or what the machine is called",
    );
    for (name, agent) in &agents {
        agent.write(name, draft)?;
    }
    Ok(())
}

fn take(record: &RawValue, place: &str, draft: &mut Draft<'_>) {
    draft.record(place, |draft| {
        let host: Host = draft.understood(record.get(), place)?;
        let asset = machine(&host, place, draft)?;
        for software in host.software.iter().flatten() {
            packages(software, &asset, said(&host.detail_updated_at), place, draft)?;
        }
        for policy in host.policies.iter().flatten() {
            judged(policy, &asset, place, draft)?;
        }
        Ok(())
    });
}

fn said(text: &Option<String>) -> &str {
    text.as_deref().map(str::trim).unwrap_or_default()
}

fn machine(host: &Host, place: &str, draft: &mut Draft<'_>) -> Result<AssetId> {
    let seen = [&host.seen_time, &host.detail_updated_at].into_iter().find(|text| !said(text).is_empty());
    let seen = seen.and_then(|text| draft.moment(text.as_deref(), place));
    let name = said(&host.hostname);
    let machine = Machine {
        names: vec![name],
        hints: vec![name, said(&host.computer_name)],
        addresses: vec![said(&host.primary_ip)],
        macs: vec![said(&host.primary_mac)],
        agent: said(&host.uuid),
        seen,
        ..Machine::default()
    };
    if name.is_empty() && said(&host.uuid).is_empty() && said(&host.primary_mac).is_empty() {
        return Err(Error::invalid("the host has no `hostname`, `uuid` or `primary_mac`: it must be named"));
    }
    let asset = draft.machine(&machine)?;
    let encrypted = host.disk_encryption_enabled.map(|truth| if truth { "true" } else { "false" });
    draft.label(
        &asset,
        &[
            ("platform", said(&host.platform)),
            ("operating system", said(&host.os_version)),
            ("serial", said(&host.hardware_serial)),
            ("status", said(&host.status)),
            ("team", said(&host.team_name)),
            ("disk encrypted", encrypted.unwrap_or_default()),
        ],
    );
    let user = host
        .device_mapping
        .iter()
        .flatten()
        .find_map(|user| user.email.as_deref().or(user.idp_username.as_deref()));
    draft.label(&asset, &[("user", user.unwrap_or_default())]);
    let owner = Some(said(&host.team_name))
        .filter(|team| !team.is_empty() && !word::is(*team, &["no_team", "unassigned"]));
    if let Some(owner) = owner.or(user) {
        let owner = draft.owner(owner, None, user.filter(|user| *user == owner))?;
        draft.own(&asset, owner);
    }
    Ok(asset)
}

fn packages(
    software: &Software,
    asset: &AssetId,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    for weak in software.vulnerabilities.iter().flatten() {
        let cve = said(&weak.cve);
        let mut claim = Claim::new(asset.clone(), WeaknessKind::Vulnerability, cve, place);
        claim.names = vec![cve];
        claim.description = said(&weak.cve_description);
        claim.score = weak.cvss_score;
        claim.epss = weak.epss_probability;
        claim.known_exploited = weak.cisa_known_exploit == Some(true);
        claim.component = Some(Component::new(said(&software.name), software.version.as_deref()));
        claim.fixed_in = vec![said(&weak.resolved_in_version)];
        claim.link = said(&weak.details_link);
        claim.seen = seen;
        draft.claim(claim)?;
    }
    Ok(())
}

fn judged(policy: &Policy, asset: &AssetId, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    match &*word::plain(said(&policy.response)) {
        "fail" => {}
        "pass" => return Ok(()),
        _ => {
            let what = format!("the policy {} has not run yet", quoted(said(&policy.name)));
            draft.note(NoteKind::Ignored, place, what);
            return Ok(());
        }
    }
    let mut claim = Claim::new(asset.clone(), WeaknessKind::Misconfiguration, said(&policy.name), place);
    claim.title = said(&policy.name);
    claim.description = said(&policy.description);
    claim.advice = said(&policy.resolution);
    claim.severity = if policy.critical == Some(true) { "critical" } else { "" };
    draft.claim(claim)
}

/// What rows of an agent's queries say of the machine it is on.
#[derive(Default)]
struct Agent {
    names: Vec<String>,
    addresses: Vec<String>,
    macs: Vec<String>,
    uuid: String,
    labels: BTreeMap<&'static str, String>,
    seen: Option<i64>,
}

/// Hears what was found. Says whether anything of it is of the machine itself.
fn hear(found: Found, agents: &mut BTreeMap<String, Agent>) -> Result<bool> {
    if found.host_identifier.trim().is_empty() {
        return Err(Error::invalid("`hostIdentifier` is empty: the result must say where it was found"));
    }
    let seen = found.unix_time.as_ref().and_then(|time| match time {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    if word::is(found.action.as_deref(), &["removed"]) {
        return Ok(true);
    }
    let agent = agents.entry(found.host_identifier.trim().to_owned()).or_default();
    agent.seen = agent.seen.max(seen);
    let rows = found.columns.into_iter().chain(found.snapshot.into_iter().flatten());
    let rows = rows.chain(found.diff_results.and_then(|changes| changes.added).into_iter().flatten());
    let mut heard = false;
    for row in rows.chain(found.decorations) {
        heard |= agent.hear(&row);
    }
    Ok(heard)
}

impl Agent {
    fn hear(&mut self, row: &Map<String, Value>) -> bool {
        let text =
            |name: &str| row.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let mut heard = false;
        for name in ["hostname", "computer_name", "local_hostname"] {
            heard |= keep(&mut self.names, text(name));
        }
        // Only the tables of interfaces have these beside an address: elsewhere it is that of another machine.
        if text("interface").is_some() && text("mask").is_some() {
            heard |= keep(&mut self.addresses, text("address"));
        }
        if text("interface").is_some() {
            heard |= keep(&mut self.macs, text("mac"));
        }
        if let Some(uuid) = text("host_uuid").or(text("uuid").filter(|_| text("hardware_serial").is_some())) {
            self.uuid = uuid.to_owned();
            heard = true;
        }
        let (system, version) = (text("platform").or(text("name")), text("version"));
        if let (Some(system), Some(version), true) = (system, version, row.contains_key("major")) {
            self.labels.insert("operating system", format!("{system} {version}"));
            heard = true;
        }
        if let Some(serial) = text("hardware_serial") {
            self.labels.insert("serial", serial.to_owned());
        }
        heard
    }

    fn write(&self, name: &str, draft: &mut Draft<'_>) -> Result<()> {
        let of = |texts: &'_ [String]| -> Vec<String> { texts.to_vec() };
        let (names, addresses, macs) = (of(&self.names), of(&self.addresses), of(&self.macs));
        let is_id = name.len() == 36 && name.bytes().filter(|byte| *byte == b'-').count() == 4;
        let names: Vec<&str> =
            names.iter().map(String::as_str).chain(Some(name).filter(|_| !is_id)).collect();
        let machine = Machine {
            hints: names.clone(),
            names,
            addresses: addresses.iter().map(String::as_str).collect(),
            macs: macs.iter().map(String::as_str).collect(),
            agent: if self.uuid.is_empty() { name } else { &self.uuid },
            seen: self.seen.and_then(|seconds| crate::time::Moment::from_unix_seconds(seconds).ok()),
            ..Machine::default()
        };
        let asset = draft.machine(&machine)?;
        let labels: Vec<(&str, &str)> =
            self.labels.iter().map(|(label, value)| (*label, value.as_str())).collect();
        draft.label(&asset, &labels);
        Ok(())
    }
}

/// Keeps a text, once. Says whether there is one.
fn keep(texts: &mut Vec<String>, text: Option<&str>) -> bool {
    if let Some(text) = text
        && !texts.iter().any(|known| known == text)
    {
        texts.push(text.to_owned());
    }
    text.is_some()
}
