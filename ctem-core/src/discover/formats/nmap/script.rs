//! What Nmap's scripts find: `vulners` lists the known flaws of a version, scripts on the `vulns` library say of a flaw
//! whether the host has it.

use super::host::Host;
use crate::{
    discover::{
        Draft,
        claim::{Claim, published_within},
        xml::Element,
    },
    id::Cve,
    model::{Component, Location, WeaknessKind},
};

/// Takes the vulnerabilities in a script's output. Scripts that look for none say nothing here.
pub(super) fn take(
    host: &Host,
    script: &Element,
    component: Option<&Component>,
    location: Option<&Location>,
    draft: &mut Draft<'_>,
) {
    match script.attribute("id").unwrap_or_default() {
        "vulners" => listed(host, script, component, location, draft),
        "vulscan" => {
            let lines = script.attribute("output").unwrap_or_default().lines();
            let entries = lines.filter(|line| line.trim_start().starts_with('[')).count();
            let why = "vulscan compares names of products and knows no versions";
            draft.unread(&script.place(), entries, "entry", why);
        }
        _ => checked(host, script, location, draft),
    }
}

/// Each line is: id, CVSS score, address, and perhaps *EXPLOIT*. Only CVEs are weaknesses; the rest are exploits of them.
fn listed(
    host: &Host,
    script: &Element,
    component: Option<&Component>,
    location: Option<&Location>,
    draft: &mut Draft<'_>,
) {
    let place = script.place();
    for line in script.attribute("output").unwrap_or_default().lines() {
        let mut fields = line.split_whitespace();
        let (Some(id), Some(score), link) = (fields.next(), fields.next(), fields.next()) else { continue };
        if Cve::of(id).is_none() {
            continue;
        }
        draft.record(&place, |draft| {
            let mut claim =
                Claim::new(draft.add_machine(&host.named)?, WeaknessKind::Vulnerability, id, &place);
            claim.names = vec![id];
            claim.score = score.parse().ok();
            claim.link = link.unwrap_or_default();
            claim.component = component.cloned();
            claim.location = location.cloned();
            claim.seen = &host.seen;
            draft.claim(claim)
        });
    }
}

/// A flaw that a script looked for, as it reports it.
#[derive(Default)]
struct Checked {
    title: String,
    state: String,
    ids: Vec<String>,
    description: String,
    link: String,
    risk: String,
}

/// Scripts on the `vulns` library: a table a flaw, or where there are no tables the same in text.
fn checked(host: &Host, script: &Element, location: Option<&Location>, draft: &mut Draft<'_>) {
    let id = script.attribute("id").unwrap_or_default();
    let tables: Vec<&Element> =
        script.all("table").filter(|table| element(table, "state").is_some()).collect();
    let found = if tables.is_empty() {
        told(script.attribute("output").unwrap_or_default())
    } else {
        tables.iter().map(|table| tabled(table)).collect()
    };
    let place = script.place();
    for flaw in &found {
        draft.record(&place, |draft| {
            let state = flaw.state.to_ascii_uppercase();
            if !state.contains("VULNERABLE") || state.starts_with("NOT ") {
                draft.clear();
                return Ok(());
            }
            let mut claim =
                Claim::new(draft.add_machine(&host.named)?, WeaknessKind::Vulnerability, id, &place);
            claim.names = flaw.ids.iter().map(String::as_str).collect();
            claim.title = if flaw.title.is_empty() { id } else { &flaw.title };
            // Without a number, one script's several flaws are told apart by their titles.
            claim.instance = if flaw.ids.is_empty() { &flaw.title } else { "" };
            claim.description = &flaw.description;
            claim.severity = &flaw.risk;
            claim.link = &flaw.link;
            claim.location = location.cloned();
            claim.seen = &host.seen;
            draft.claim(claim)
        });
    }
}

/// The text of an element of a table.
fn element<'a>(table: &'a Element, key: &str) -> Option<&'a str> {
    table.all("elem").find(|one| one.attribute("key") == Some(key)).map(|one| one.text.as_str())
}

fn tabled(table: &Element) -> Checked {
    let list = |key: &str| {
        let tables =
            table.children.iter().filter(|one| &*one.name == "table" && one.attribute("key") == Some(key));
        let elements = tables.flat_map(|one| one.children.iter()).filter(|one| &*one.name == "elem");
        elements.map(|one| one.text.trim().to_owned()).collect::<Vec<_>>()
    };
    let key = table.attribute("key").unwrap_or_default();
    let mut ids: Vec<String> = list("ids").iter().filter_map(|id| published_in(id)).collect();
    if ids.is_empty() {
        ids.extend(published_within(key));
    }
    Checked {
        title: element(table, "title").unwrap_or(key).to_owned(),
        state: element(table, "state").unwrap_or_default().to_owned(),
        ids,
        description: list("description").join("\n"),
        link: list("refs").into_iter().next().unwrap_or_default(),
        risk: element(table, "risk_factor").unwrap_or_default().to_owned(),
    }
}

/// `CVE:CVE-2017-0143`, `BID:12345`: the published name, if it is one.
fn published_in(id: &str) -> Option<String> {
    published_within(id.rsplit_once(':').map_or(id, |(_, id)| id).trim())
}

/// The same in lines: a title, `State: …`, `IDs: …`, `Risk factor: …`, prose, `References:`.
fn told(output: &str) -> Vec<Checked> {
    let mut found: Vec<Checked> = Vec::new();
    let mut before = "";
    let mut in_references = false;
    for line in output.lines().map(str::trim) {
        if let Some(state) = line.strip_prefix("State:") {
            let title = before.trim_end_matches(':').to_owned();
            found.push(Checked { title, state: state.trim().to_owned(), ..Checked::default() });
            in_references = false;
        } else if let Some(flaw) = found.last_mut() {
            if let Some(ids) = line.strip_prefix("IDs:") {
                flaw.ids.extend(ids.split_whitespace().filter_map(published_in));
            } else if let Some(risk) = line.strip_prefix("Risk factor:") {
                flaw.risk = risk.split_whitespace().next().unwrap_or_default().to_owned();
            } else if line.starts_with("References:") {
                in_references = true;
            } else if in_references && flaw.link.is_empty() && line.starts_with("http") {
                flaw.link = line.to_owned();
            } else if !in_references && !line.is_empty() && !line.starts_with("Disclosure date:") {
                if !flaw.description.is_empty() {
                    flaw.description.push('\n');
                }
                flaw.description.push_str(line);
            }
        }
        if !line.is_empty() {
            before = line;
        }
    }
    found
}
