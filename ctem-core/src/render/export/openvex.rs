//! What is concluded as OpenVEX 0.2.0.

use super::{
    uuid::uuid,
    vex::{State, Statement, statements},
};
use crate::{
    attack::Asking, discover::ours, model::Component, prioritize::Assessment, render::words::visible,
};
use serde_json::{Value, json};

/// The justifications of OpenVEX, each with what CycloneDX calls the same.
pub(super) const JUSTIFICATIONS: [(&str, &str); 4] = [
    ("vulnerable_code_not_present", "code_not_present"),
    ("component_not_present", "code_not_present"),
    ("vulnerable_code_not_in_execute_path", "code_not_reachable"),
    ("inline_mitigations_already_exist", "protected_by_mitigating_control"),
];
/// The one that CycloneDX has no word for.
const CONTROLLED: &str = "vulnerable_code_cannot_be_controlled_by_adversary";

pub(super) fn openvex(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let said: Vec<Value> = statements(assessment, at_most, asking).iter().map(written).collect();
    let at = assessment.as_of().to_string();
    let statements = Value::from(said);
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("urn:uuid:{}", uuid(&format!("openvex\n{at}\n{statements}"))),
        "author": "ctem",
        "timestamp": at,
        "version": 1,
        "tooling": format!("ctem {}", env!("CARGO_PKG_VERSION")),
        "statements": statements,
    })
    .to_string()
}

fn written(statement: &Statement<'_>) -> Value {
    let weakness = &statement.finding.weakness;
    let mut vulnerability = json!({"name": visible(weakness.id.as_str())});
    let aliases = statement.aliases();
    if !aliases.is_empty() {
        vulnerability["aliases"] = aliases.into_iter().collect();
    }
    let mut product = named(&ours::asset_name(statement.asset.id.as_str()));
    if let Some(component) = &statement.finding.component {
        product["subcomponents"] = json!([named(&component_name(component))]);
    }
    let (status, more) = match statement.state {
        State::NotAffected => ("not_affected", justified(statement)),
        State::Fixed => ("fixed", ("status_notes", statement.why())),
        State::Affected => ("affected", ("action_statement", statement.action())),
        State::UnderInvestigation => ("under_investigation", ("action_statement", statement.action())),
    };
    let (name, text) = more;
    json!({"vulnerability": vulnerability, "products": [product], "status": status, name: text})
}

/// Why it does not apply: one of the words of OpenVEX, or else a sentence; never both.
fn justified(statement: &Statement<'_>) -> (&'static str, String) {
    let stated = statement.filed("justification").unwrap_or_default();
    let known = JUSTIFICATIONS.iter().find(|(own, other)| [*own, *other].contains(&stated));
    match known.map(|(own, other)| if *other == stated { *own } else { stated }) {
        Some(word) => ("justification", word.to_owned()),
        None if stated == CONTROLLED => ("justification", CONTROLLED.to_owned()),
        None => ("impact_statement", statement.why()),
    }
}

fn named(name: &str) -> Value {
    if name.starts_with("pkg:") {
        return json!({"@id": name, "identifiers": {"purl": name}});
    }
    json!({"@id": name})
}

/// What a component is called: its package URL, or else its name and version as we write them.
pub(super) fn component_name(component: &Component) -> String {
    match component.purl.as_deref() {
        Some(purl) if purl.starts_with("pkg:") => visible(purl).into_owned(),
        Some(_) | None => ours::component_name(&component.name, component.version.as_deref()),
    }
}
