//! What is concluded as a VEX of CycloneDX 1.6 (ECMA-424).
//!
//! The components are the assets, and in each of them the components with flaws: `ctem:asset` says which asset it is.

use super::{
    openvex::{JUSTIFICATIONS, component_name},
    uuid::uuid,
    vex::{State, Statement, statements},
};
use crate::{
    attack::Asking,
    discover::ours,
    model::{Asset, AssetKind},
    prioritize::Assessment,
    render::words::visible,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn cyclonedx(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let said = statements(assessment, at_most, asking);
    let mut assets: BTreeMap<&str, (&Asset, BTreeMap<String, Value>)> = BTreeMap::new();
    let mut flaws = Vec::new();
    for statement in &said {
        let (_, parts) =
            assets.entry(statement.asset.id.as_str()).or_insert_with(|| (statement.asset, BTreeMap::new()));
        let of_asset = ours::asset_name(statement.asset.id.as_str());
        let reference = match &statement.finding.component {
            None => of_asset,
            Some(component) => {
                let reference = format!("{of_asset}#{}", component_name(component));
                let mut part =
                    json!({"type": "library", "bom-ref": reference, "name": visible(&component.name)});
                for (field, text) in [("version", &component.version), ("purl", &component.purl)] {
                    if let Some(text) = text {
                        part[field] = visible(text).into();
                    }
                }
                parts.insert(reference.clone(), part);
                reference
            }
        };
        flaws.push(written(statement, &reference));
    }
    let components: Vec<Value> = assets
        .into_values()
        .map(|(asset, parts)| {
            let mut component = json!({
                "type": kind(&asset.kind),
                "bom-ref": ours::asset_name(asset.id.as_str()),
                "name": visible(asset.title()),
                "properties": [
                    {"name": ours::ASSET, "value": asset.id.as_str()},
                    {"name": ours::ASSET_KIND, "value": asset.kind.name()},
                ],
            });
            if !parts.is_empty() {
                component["components"] = parts.into_values().collect();
            }
            component
        })
        .collect();
    let at = assessment.as_of().to_string();
    let (components, flaws) = (Value::from(components), Value::from(flaws));
    let tool = json!({"type": "application", "name": "ctem", "version": env!("CARGO_PKG_VERSION")});
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(&format!("cyclonedx\n{at}\n{components}\n{flaws}"))),
        "version": 1,
        "metadata": {"timestamp": at, "tools": {"components": [tool]}},
        "components": components,
        "vulnerabilities": flaws,
    })
    .to_string()
}

fn written(statement: &Statement<'_>, reference: &str) -> Value {
    let stated = statement.filed("justification").unwrap_or_default();
    let mut analysis = json!({});
    match statement.state {
        State::NotAffected => {
            let is_false = statement.filed("analysis") == Some("false_positive");
            analysis["state"] = if is_false { "false_positive" } else { "not_affected" }.into();
            analysis["detail"] = statement.why().into();
            let same = JUSTIFICATIONS.iter().find(|(other, own)| [*own, *other].contains(&stated));
            if let Some(word) = same.map(|(_, own)| *own).or(OWN.contains(&stated).then_some(stated)) {
                analysis["justification"] = word.into();
            }
        }
        State::Fixed => {
            analysis["state"] = "resolved".into();
            analysis["detail"] = statement.why().into();
        }
        State::Affected => {
            analysis["state"] = "exploitable".into();
            analysis["detail"] = statement.action().into();
            if statement.accepted {
                analysis["response"] = json!(["will_not_fix"]);
            } else if !statement.finding.fixed_in().is_empty() {
                analysis["response"] = json!(["update"]);
            }
        }
        State::UnderInvestigation => {
            analysis["state"] = "in_triage".into();
            analysis["detail"] = statement.action().into();
        }
    }
    let mut flaw = json!({
        "id": visible(statement.finding.weakness.id.as_str()),
        "analysis": analysis,
        "affects": [{"ref": reference}],
    });
    // A reference needs a source, and which one a name is from shows only in the name.
    let aliases: BTreeSet<String> = statement.aliases();
    if !aliases.is_empty() {
        flaw["references"] =
            aliases.iter().map(|id| json!({"id": id, "source": {"name": source(id)}})).collect();
    }
    flaw
}

/// The justifications that CycloneDX alone has.
const OWN: [&str; 6] = [
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
];

/// Who gives out such names: `CVE`, `GHSA`, `RUSTSEC`.
fn source(name: &str) -> &str {
    name.split_once('-').map_or("other", |(source, _)| source)
}

/// What CycloneDX calls such an asset.
fn kind(kind: &AssetKind) -> &'static str {
    match kind.name() {
        "host" => "device",
        "workload" => "container",
        "data_store" => "data",
        _ => "application",
    }
}
