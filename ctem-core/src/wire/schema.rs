//! The schema of what the engine answers, from the types that answer.
//!
//! It is made for [`ANSWERS_SCHEMA`](super::ANSWERS_SCHEMA), which is kept as a file so that nobody needs this to use it, and a test holds
//! one to the other. What a type says of itself in its documentation is said in the schema, without its examples.

use super::{
    AssessmentDocument, CvssDocument, EffectsDocument, EpssDocument, ExplanationDocument, ExposureDocument,
    Format, IntelDocument, KevDocument, LossEventDocument, PathsDocument, SampleDocument,
    answer::Answer,
    question::{ActionList, TrustList},
    scope::{SelectedAssets, SuggestionList},
};
use crate::{
    backtest::BackTest,
    discover::Absorbed,
    gate::Verdict,
    intel::{attackers::Profile, effects::UnknownRule},
    mobilize::{Deadlines, FedrampReport, Plan, PlanDifference, Questions},
    model::{Contents, Note, RecordCounts, Report, Source},
    prioritize::{
        BlastRadius, CheapestCut, ChokePoints, Combinations, IncidentBaseline, RowError, Scored, WhatIf,
        Zones,
    },
    program::{
        AbsorbedReport, AcceptedRisk, Course, Delta, Erased, Mark, Measures, Moved, ProgressReport, Watched,
    },
    quantity::Estimate,
    render::Tickets,
};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::{Map, Value, json};

/// Says what each call answers.
macro_rules! answers {
    ($($call:literal: $answer:ty,)+) => {
        fn by_call(schemas: &mut SchemaGenerator) -> Map<String, Value> {
            [$(($call.to_owned(), schemas.subschema_for::<$answer>().to_value()),)+].into_iter().collect()
        }
    };
}

answers! {
    "attacker_profiles": Vec<Profile>,
    "back_test": Answer<'static, BackTest>,
    "cvss": CvssDocument,
    "formats": Vec<Format>,
    "score": Scored,
    "Assessment.actions": Answer<'static, ActionList>,
    "Assessment.baseline": IncidentBaseline,
    "Assessment.blast_radius": Answer<'static, BlastRadius>,
    "Assessment.cheapest_cut": Answer<'static, CheapestCut>,
    "Assessment.choke_points": Answer<'static, ChokePoints>,
    "Assessment.combinations": Answer<'static, Combinations>,
    "Assessment.compare_plans": Answer<'static, PlanDifference>,
    "Assessment.explain": ExplanationDocument,
    "Assessment.gate": Answer<'static, Verdict>,
    "Assessment.loss_events": Vec<LossEventDocument>,
    "Assessment.notes": Vec<Note>,
    "Assessment.paths": PathsDocument,
    "Assessment.plan": Answer<'static, Plan>,
    "Assessment.questions": Answer<'static, Questions>,
    "Assessment.ranked": Vec<ExposureDocument>,
    "Assessment.risk": Estimate,
    "Assessment.sample": SampleDocument,
    "Assessment.select": Answer<'static, SelectedAssets<'static>>,
    "Assessment.suggested_crown_jewels": Answer<'static, SuggestionList>,
    "Assessment.suggested_entry_points": Answer<'static, SuggestionList>,
    "Assessment.tickets": Answer<'static, Tickets>,
    "Assessment.to_json": AssessmentDocument,
    "Assessment.trusts": Answer<'static, TrustList>,
    "Assessment.what_if": Answer<'static, WhatIf>,
    "Assessment.zones": Answer<'static, Zones>,
    "Collection.notes": Vec<Note>,
    "Collection.tally": RecordCounts,
    "Intel.effects": Option<EffectsDocument>,
    "Intel.epss": Option<EpssDocument>,
    "Intel.kev": Option<KevDocument>,
    "Intel.to_json": IntelDocument,
    "Program.absorb": Absorbed,
    "Program.accepted_risks": Vec<AcceptedRisk>,
    "Program.apply": Delta,
    "Program.courses": Vec<Course>,
    "Program.coverage": Watched,
    "Program.deadlines": Deadlines,
    "Program.decide": Absorbed,
    "Program.erase": Erased,
    "Program.fedramp_report": FedrampReport,
    "Program.measures": Measures,
    "Program.moved": Moved,
    "Program.progress_report": ProgressReport,
    "Program.reports": Vec<AbsorbedReport>,
    "Program.trend": Vec<Mark>,
    "Program.unknown_rules": Vec<UnknownRule>,
    "Report.contents": Contents,
    "Report.notes": Vec<Note>,
    "Report.source": Source,
    "Report.tally": RecordCounts,
    "Report.to_json": Report,
    "TableScores.errors": Vec<RowError>,
}

/// The schema of all answers as JSON, laid out for people, as [`ANSWERS_SCHEMA`](super::ANSWERS_SCHEMA) has it.
///
/// ```
/// use ctem_core::wire;
///
/// assert_eq!(wire::answers_schema(), wire::ANSWERS_SCHEMA);
/// ```
pub fn answers_schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(in_plain_words);
    let mut schemas = settings.into_generator();
    let by_call = by_call(&mut schemas);
    let all = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What ctem answers, by call",
        "type": "object",
        "properties": by_call,
        "$defs": schemas.take_definitions(true),
    });
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

/// Leaves of what a type says of itself what also holds outside of Rust: no examples, no links. What is left out where there is nothing
/// to say is never `null`.
fn in_plain_words(schema: &mut Schema) {
    transform_subschemas(&mut in_plain_words, schema);
    if let Some(Value::String(about)) = schema.get_mut("description") {
        *about = plain(about);
    }
    let always: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !always.iter().any(|one| one == *name)) {
        never_null(property);
    }
}

/// Takes `null` off what a value may be.
fn never_null(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = &mut types[..] {
            let only = only.take();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(options)) = schema.get_mut("anyOf") {
        options.retain(|option| option.get("type").is_none_or(|of| of != "null"));
        if let [Value::Object(only)] = &mut options[..] {
            let only = std::mem::take(only);
            schema.remove("anyOf");
            schema.extend(only);
        }
    }
}

/// What documentation says before its first example, without links.
fn plain(documentation: &str) -> String {
    let told = documentation.split("```").next().unwrap_or_default();
    let paragraphs: Vec<String> =
        told.split("\n\n").map(|one| one.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    unlinked(paragraphs.join("\n\n").trim())
}

/// Text with links of Rust's documentation as what they are called: `[Path](super::Path)` is `Path`.
fn unlinked(text: &str) -> String {
    let mut parts = text.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(']').unwrap_or((part, ""));
        plain.push_str(name);
        plain.push_str(rest.strip_prefix('(').and_then(|rest| Some(rest.split_once(')')?.1)).unwrap_or(rest));
    }
    plain
}
