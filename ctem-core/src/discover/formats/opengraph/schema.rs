//! Schemas of extensions: which of their edges an attacker can walk, and what ends them.

use super::super::{gate, graph::report::Schema};
use super::Draft;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct RelationshipKind {
    name: String,
    #[serde(default)]
    is_traversable: bool,
}

#[derive(Deserialize)]
struct RelationshipFinding {
    #[serde(alias = "relationship_kind", alias = "kind")]
    relationship: String,
    #[serde(default)]
    remediation: Option<Remediation>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Remediation {
    Text(String),
    Texts {
        #[serde(default)]
        short_remediation: Option<String>,
        #[serde(default)]
        long_remediation: Option<String>,
    },
}

/// Reads which kinds of edge an attacker can walk.
pub(super) fn kinds(kinds: Vec<&RawValue>, schema: &mut Schema, draft: &mut Draft<'_>) {
    draft.each("/relationship_kinds", kinds, |kind: RelationshipKind, _, _| {
        schema.walkable.insert(kind.name.trim().into(), kind.is_traversable);
        Ok(())
    });
}

/// Reads what ends edges.
pub(super) fn findings(findings: Vec<&RawValue>, schema: &mut Schema, draft: &mut Draft<'_>) {
    draft.each("/relationship_findings", findings, |finding: RelationshipFinding, _, _| {
        let text = finding.remediation.and_then(|remediation| match remediation {
            Remediation::Text(text) => Some(text),
            Remediation::Texts { short_remediation, long_remediation } => {
                short_remediation.or(long_remediation)
            }
        });
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            schema.advice.insert(finding.relationship.trim().into(), gate::passed(text.trim()).into());
        }
        Ok(())
    });
}
