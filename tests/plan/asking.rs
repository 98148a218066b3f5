//! What asking is worth: enterprises whose truth is drawn, tests that err as they say, and the loss that is left with the plan made
//! after some of them, beside what a plan that knew the truth would leave.

use super::{
    draw::Draw,
    enterprise::{assessed, document_of},
};
use ctem_core::{
    Assessment,
    mobilize::{About, Budget, PlanOptions, QuestionOptions},
    prioritize::{Change, ExposureId, MeasureOptions},
};
use serde_json::{Value, json};

/// How whoever asks chooses what to test next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    Worth,
    Random,
    Severity,
}

/// What an experiment is made of.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub hosts: usize,
    pub hours: f64,
    pub questions: usize,
    pub worlds: u64,
    /// Whether sessions and rights are needed, so that findings alone can be ended.
    pub contested: bool,
}

/// What is left to lose beyond what a plan that knew the truth leaves, as parts of what that leaves undone: before any question, and after
/// all of them, by order.
pub struct Regrets {
    pub before: f64,
    pub after: Vec<(Order, f64)>,
}

/// The regrets of one enterprise of which one truth holds, in the unit of losses.
pub fn regrets(setting: Setting, seed: u64, truth: u64) -> Regrets {
    let document = drawn(setting, seed);
    let mut draw = Draw::fixed(truth ^ seed.wrapping_mul(0x9e37_79b9) ^ 0x5eed);
    let findings = document["findings"].as_array().unwrap().len();
    let is_so: Vec<bool> = (0..findings).map(|_| draw.below(1000) < 500).collect();
    let mut true_document = with_ids(&document);
    for (finding, is_so) in true_document["findings"].as_array_mut().unwrap().iter_mut().zip(&is_so) {
        finding["exploit"]["local"] = json!(if *is_so { 1.0 } else { 0.0 });
    }
    let known = assessed(&true_document);
    // One test of each finding, which says the same to whoever asks for it.
    let says: Vec<bool> = is_so
        .iter()
        .map(|is_so| if *is_so { draw.below(1000) < 900 } else { draw.below(1000) < 10 })
        .collect();
    let plan = plan(setting);
    let planned = |today: &Assessment| -> Vec<ExposureId> {
        let plan = today.plan(&plan).unwrap();
        plan.rows.iter().flat_map(|row| row.action.ends.clone()).collect()
    };
    let best = left(&known, &planned(&known));
    let before = left(&known, &planned(&assessed(&with_ids(&document))));
    let after: Vec<(Order, f64)> = [Order::Worth, Order::Random, Order::Severity]
        .into_iter()
        .map(|order| {
            let mut asked = Draw::fixed(truth ^ 0xa5c);
            let document = answered(&document, order, setting, &says, &mut asked);
            (order, left(&known, &planned(&assessed(&document))))
        })
        .collect();
    // The plan that knew the truth is a heuristic's too: the least that any left is the measure.
    let least = after.iter().map(|(_, left)| *left).chain([best, before]).fold(f64::INFINITY, f64::min);
    Regrets {
        before: before - least,
        after: after.into_iter().map(|(order, left)| (order, left - least)).collect(),
    }
}

/// An enterprise as the setting has it.
fn drawn(setting: Setting, seed: u64) -> Value {
    let mut document = document_of(setting.hosts, seed);
    if setting.contested {
        for relation in document["relations"].as_array_mut().unwrap() {
            relation["removable"] = json!(false);
        }
    }
    document
}

fn plan(setting: Setting) -> PlanOptions<'static> {
    PlanOptions { budget: Budget::Hours(setting.hours), worlds: setting.worlds, ..PlanOptions::default() }
}

/// The name of a finding by its place.
fn name(n: usize) -> String {
    format!("f-{n}")
}

/// The document with names for its findings, and certain names in its truth too.
fn with_ids(document: &Value) -> Value {
    let mut document = document.clone();
    for (n, finding) in document["findings"].as_array_mut().unwrap().iter_mut().enumerate() {
        finding["id"] = json!(name(n));
    }
    document
}

/// The document with what tests showed that were chosen one after the other.
fn answered(document: &Value, order: Order, setting: Setting, says: &[bool], draw: &mut Draw) -> Value {
    let mut document = with_ids(document);
    let mut evidence: Vec<Value> = Vec::new();
    let score = |n: usize| {
        let vector = document["findings"][n]["weakness"]["cvss"][0].as_str().unwrap_or_default().to_owned();
        vector.parse::<ctem_core::cvss::Vector>().map_or(0.0, |vector| vector.base_score().get())
    };
    let mut by_severity: Vec<usize> = (0..says.len()).collect();
    by_severity.sort_by(|a, b| score(*b).total_cmp(&score(*a)).then(a.cmp(b)));
    let mut left: Vec<usize> = (0..says.len()).collect();
    for _ in 0..setting.questions {
        let next = match order {
            Order::Random => left[draw.below(left.len())],
            Order::Severity => *by_severity.iter().find(|n| left.contains(n)).unwrap(),
            Order::Worth => {
                let today = assessed(&document);
                let options = QuestionOptions {
                    plan: plan(setting),
                    at_most: 2 * setting.questions,
                    ..QuestionOptions::default()
                };
                let questions = today.questions(&options).unwrap();
                let asked = questions.rows.iter().find_map(|row| match &row.about {
                    About::Finding(id) => {
                        let n: usize = id.as_str().strip_prefix("f-").unwrap().parse().unwrap();
                        left.contains(&n).then_some(n)
                    }
                    _ => None,
                });
                let Some(n) = asked else { break };
                n
            }
        };
        left.retain(|n| *n != next);
        let outcome = if says[next] { "exploited" } else { "blocked" };
        evidence.push(
            json!({"finding": name(next), "method": "exploit", "outcome": outcome, "at": "2025-11-13"}),
        );
        document["evidence"] = json!(evidence);
    }
    document
}

/// What is left once these are ended, where the truth is known.
fn left(known: &Assessment, ended: &[ExposureId]) -> f64 {
    let changes: Vec<Change> = ended
        .iter()
        .filter_map(|id| match id {
            ExposureId::Finding(id) => Some(Change::Fixed(id.clone())),
            ExposureId::Relation(id) => Some(Change::Removed(id.clone())),
            _ => None,
        })
        .collect();
    let options = MeasureOptions { nodes: 0, ..MeasureOptions::default() };
    known.what_if(&changes, &options).unwrap().after.value()
}
