//! The ranking as findings of OCSF 1.4.0, an event an exposure: a Vulnerability Finding (2002) of what has a CVE or CWE, a Compliance
//! Finding (2003) of a setting, a Detection Finding (2004) of anything else.
//!
//! What the schema has no attribute for stands in `unmapped`: our rank, the risk in money, and what it rests on. Only Detection Findings
//! have attributes for risk.

use crate::{
    attack::Asking,
    cvss::Vector,
    model::{Finding, WeaknessKind},
    prioritize::{Assessment, Exposure, Level},
    quantity::Severity,
    render::words::{self, visible},
};
use serde_json::{Map, Value, json};

pub(super) fn ocsf(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let events = assessment
        .ranked()
        .take(at_most)
        .take_while(|_| asking.goes_on())
        .map(|exposure| event(assessment, &exposure));
    Value::from(events.collect::<Vec<_>>()).to_string()
}

/// The classes that fit, each with its number.
#[derive(Clone, Copy)]
enum Class {
    Vulnerability = 2002,
    Compliance = 2003,
    Detection = 2004,
}

impl Class {
    fn of(exposure: &Exposure<'_>) -> Self {
        let Some(finding) = exposure.finding else { return Self::Detection };
        let weakness = &finding.weakness;
        let flaw = matches!(weakness.kind, WeaknessKind::Vulnerability | WeaknessKind::CodeFlaw);
        match weakness.kind {
            WeaknessKind::Misconfiguration => Self::Compliance,
            // The schema wants one of the two.
            _ if flaw && (cve(exposure).is_some() || !weakness.cwes.is_empty()) => Self::Vulnerability,
            _ => Self::Detection,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "Vulnerability Finding",
            Self::Compliance => "Compliance Finding",
            Self::Detection => "Detection Finding",
        }
    }
}

fn event(assessment: &Assessment, exposure: &Exposure<'_>) -> Value {
    let class = Class::of(exposure);
    let uid = class as u32;
    let (severity_id, severity) = severity(exposure.severity);
    let accepted = exposure.finding.filter(|finding| finding.is_accepted(assessment.as_of()));
    let mut event = json!({
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": uid,
        "class_name": class.name(),
        "type_uid": uid * 100 + 1,
        "type_name": format!("{}: Create", class.name()),
        "time": milliseconds(assessment.as_of()),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": if accepted.is_some() { 3 } else { 1 },
        "status": if accepted.is_some() { "Suppressed" } else { "New" },
        "message": words::heading(exposure),
        "metadata": {
            "version": "1.4.0",
            "product": {"name": "ctem", "vendor_name": "ctem", "version": env!("CARGO_PKG_VERSION")},
        },
        "finding_info": about(exposure),
        "resources": [resource(assessment, exposure)],
        "unmapped": unmapped(exposure),
    });
    let decided = accepted.and_then(|finding| finding.acceptance.as_deref());
    set(&mut event, "comment", decided.map(|decided| visible(&decided.to_string()).into()));
    let fix = words::fix(exposure);
    let remediation = (!fix.is_empty()).then(|| json!({"desc": fix}));
    match class {
        Class::Vulnerability => event["vulnerabilities"] = json!([vulnerability(exposure, remediation)]),
        Class::Compliance => {
            event["compliance"] = json!({
                // Whose rule it is: the schema wants a standard, and the rules of a tool are the one it was held against.
                "standards": exposure.finding.map(sources).unwrap_or_default(),
                "control": exposure.finding.map(|finding| visible(finding.weakness.id.as_str())),
                "status_id": 3,
                "status": "Fail",
            });
            set(&mut event, "remediation", remediation);
        }
        Class::Detection => {
            let (level_id, level) = level(exposure.level);
            event["risk_score"] = (exposure.score.round() as i64).into();
            event["risk_level_id"] = level_id.into();
            event["risk_level"] = level.into();
            event["risk_details"] = risk(exposure).into();
            set(&mut event, "remediation", remediation);
        }
    }
    event
}

fn about(exposure: &Exposure<'_>) -> Value {
    let finding = exposure.finding;
    let kind = finding.map_or(exposure.id.kind(), |finding| finding.weakness.kind.name());
    let mut about = json!({
        "uid": visible(exposure.id.as_str()),
        "title": words::short(&exposure.title(), words::LONG),
        "types": [kind],
    });
    let sightings = || finding.into_iter().flat_map(|finding| &finding.sightings);
    let said = sightings().find_map(|sighting| sighting.description.as_deref());
    set(&mut about, "desc", said.map(|said| words::short(said, 2_000).into()));
    let link = sightings().find_map(|sighting| sighting.link.as_deref());
    set(&mut about, "src_url", link.map(|link| visible(link).into()));
    let first = sightings().filter_map(|sighting| sighting.first_seen.or(sighting.seen)).min();
    set(&mut about, "first_seen_time", first.map(|at| milliseconds(at).into()));
    let last = sightings().filter_map(|sighting| sighting.seen).max();
    set(&mut about, "last_seen_time", last.map(|at| milliseconds(at).into()));
    set(&mut about, "data_sources", finding.map(|finding| sources(finding).into()));
    about
}

fn resource(assessment: &Assessment, exposure: &Exposure<'_>) -> Value {
    let asset = exposure.asset;
    let mut resource =
        json!({"uid": visible(asset.id.as_str()), "name": words::name(asset), "type": asset.kind.name()});
    if let Some(owner) = &asset.owner {
        let name = words::owner(assessment.environment(), asset);
        resource["owner"] = json!({"uid": visible(owner.as_str()), "name": name});
    }
    resource
}

fn vulnerability(exposure: &Exposure<'_>, remediation: Option<Value>) -> Value {
    let mut flaw = Map::new();
    let Some(finding) = exposure.finding else { return flaw.into() };
    let weakness = &finding.weakness;
    flaw.insert("title".into(), words::short(weakness.title(), words::LONG).into());
    // The schema wants just one of the two, so what kind of flaw a CVE is stands within it.
    let mut kinds = weakness.cwes.iter().map(|cwe| json!({"uid": format!("CWE-{cwe}")}));
    if let Some(cve) = cve(exposure) {
        let mut known = json!({"uid": cve});
        let kinds: Vec<Value> = kinds.collect();
        if !kinds.is_empty() {
            known["related_cwes"] = kinds.into();
        }
        if !weakness.cvss.is_empty() {
            known["cvss"] = weakness.cvss.iter().map(cvss).collect();
        }
        flaw.insert("cve".into(), known);
    } else if let Some(cwe) = kinds.next() {
        flaw.insert("cwe".into(), cwe);
    }
    if let Some(severity) = exposure.severity {
        flaw.insert("severity".into(), self::severity(Some(severity)).1.into());
    }
    let fixed_in = finding.fixed_in();
    flaw.insert("is_fix_available".into(), (!fixed_in.is_empty()).into());
    if exposure.known_exploited {
        flaw.insert("is_exploit_available".into(), true.into());
    }
    // A package of the schema has a version.
    if let Some((component, version)) =
        finding.component.as_ref().and_then(|component| Some((component, component.version.as_deref()?)))
    {
        let mut package = json!({"name": visible(&component.name), "version": visible(version)});
        set(&mut package, "purl", component.purl.as_deref().map(|purl| visible(purl).into()));
        let fixed = (!fixed_in.is_empty()).then(|| visible(&fixed_in.join(", ")).into());
        set(&mut package, "fixed_in_version", fixed);
        flaw.insert("affected_packages".into(), json!([package]));
    }
    if let Some(remediation) = remediation {
        flaw.insert("remediation".into(), remediation);
    }
    flaw.into()
}

/// The CVE it goes by.
fn cve(exposure: &Exposure<'_>) -> Option<String> {
    let weakness = &exposure.finding?.weakness;
    exposure.known_as.or_else(|| weakness.cves().next()).map(|cve| cve.to_string())
}

fn cvss(vector: &Vector) -> Value {
    json!({
        "version": vector.version().to_string(),
        "vector_string": vector.to_string(),
        "base_score": vector.base_score().get(),
    })
}

fn unmapped(exposure: &Exposure<'_>) -> Value {
    json!({"ctem": {
        "rank": exposure.rank,
        "risk": exposure.risk,
        "unit": exposure.unit,
        "score": exposure.score,
        "level": exposure.level,
        "likelihood": exposure.likelihood,
        "reach": exposure.reach,
        "known_exploited": exposure.known_exploited,
        "leads_to": exposure.leads_to.map(visible),
    }})
}

/// The risk in words.
fn risk(exposure: &Exposure<'_>) -> String {
    format!("{}, leads to {}", exposure.unit.amount(exposure.risk.value()), words::leads_to(exposure))
}

fn sources(finding: &Finding) -> Vec<String> {
    finding.sources().into_iter().map(|source| visible(source).into_owned()).collect()
}

fn severity(severity: Option<Severity>) -> (u8, &'static str) {
    match severity {
        None => (0, "Unknown"),
        Some(Severity::None) => (1, "Informational"),
        Some(Severity::Low) => (2, "Low"),
        Some(Severity::Medium) => (3, "Medium"),
        Some(Severity::High) => (4, "High"),
        Some(Severity::Critical) => (5, "Critical"),
    }
}

fn level(level: Level) -> (u8, &'static str) {
    match level {
        Level::Minimal => (0, "Info"),
        Level::Low => (1, "Low"),
        Level::Medium => (2, "Medium"),
        Level::High => (3, "High"),
        Level::Critical => (4, "Critical"),
    }
}

/// Milliseconds since 1970, as the schema counts time.
fn milliseconds(moment: crate::time::Moment) -> i64 {
    moment.unix_seconds().saturating_mul(1000)
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}
