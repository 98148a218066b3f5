//! The ranking as SARIF 2.1.0 (OASIS, 2020): a rule a weakness, a result an exposure.

use crate::{
    attack::Asking,
    prioritize::{Assessment, Exposure, Level},
    render::words::{self, visible},
    text::escaped,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(super) fn sarif(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let mut rules: Vec<Value> = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut results = Vec::new();
    for exposure in assessment.ranked().take(at_most).take_while(|_| asking.goes_on()) {
        let (rule, title) = match exposure.finding {
            Some(finding) => (finding.weakness.id.as_str().to_owned(), finding.weakness.title().to_owned()),
            None => {
                let kind = exposure.relation.as_ref().map_or("relation", |relation| relation.kind.name());
                (format!("relation:{kind}"), format!("{} that an attacker uses", kind.replace('_', " ")))
            }
        };
        let number = *numbers.entry(rule.clone()).or_insert_with(|| {
            rules.push(json!({"id": visible(&rule), "shortDescription": {"text": visible(&title)}}));
            rules.len() - 1
        });
        results.push(result(assessment, &exposure, &visible(&rule), number));
    }
    let driver = json!({
        "name": "ctem",
        "version": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules,
    });
    let run = json!({
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"asOf": assessment.as_of().to_string(), "horizonDays": assessment.horizon().get(), "unit": assessment.unit()},
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    })
    .to_string()
}

fn result(assessment: &Assessment, exposure: &Exposure<'_>, rule: &str, number: usize) -> Value {
    let level = match exposure.level {
        Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        _ => "note",
    };
    let (heading, on) = (words::heading(exposure), words::name(exposure.asset));
    let (risk, leads_to) = (exposure.unit.amount(exposure.risk.value()), words::leads_to(exposure));
    let text = format!("{heading}: risk {risk}, leads to {leads_to}");
    let mut location = Map::new();
    location.insert(
        "logicalLocations".into(),
        json!([{"fullyQualifiedName": visible(exposure.asset.id.as_str()), "name": on, "kind": exposure.asset.kind.name()}]),
    );
    let file = exposure.finding.and_then(|finding| finding.location.as_deref());
    if let Some((path, place)) = file.and_then(|place| Some((place.path.as_deref()?, place))) {
        let mut physical = json!({"artifactLocation": {"uri": escaped(path.trim_start_matches('/'))}});
        if let Some(line) = place.line.filter(|line| *line > 0) {
            physical["region"] = json!({"startLine": line});
        }
        location.insert("physicalLocation".into(), physical);
    }
    let mut result = json!({
        "ruleId": rule,
        "ruleIndex": number,
        "level": level,
        "rank": exposure.score,
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"ctem/exposure/v1": visible(exposure.id.as_str())},
        "properties": {
            "rank": exposure.rank,
            "risk": exposure.risk,
            "score": exposure.score,
            "level": exposure.level,
            "likelihood": exposure.likelihood,
            "reach": exposure.reach,
            "knownExploited": exposure.known_exploited,
            "fix": words::fix(exposure),
            "owner": words::owner(assessment.environment(), exposure.asset),
        },
    });
    // What is accepted is no less a result: it says so, and who decided.
    if let Some(finding) = exposure.finding.filter(|finding| finding.is_accepted(assessment.as_of())) {
        let mut suppression = json!({"kind": "external", "status": "accepted"});
        if let Some(decided) = &finding.acceptance {
            suppression["justification"] = visible(&decided.to_string()).into();
        }
        result["suppressions"] = json!([suppression]);
    }
    result
}
