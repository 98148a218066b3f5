//! MITRE Caldera operation reports, JSON: what agents did on hosts, step by step.
//!
//! A record is a step. It is evidence and no finding: of its technique, on the host of its agent. Status 0 means that it worked; a step
//! that failed or took too long may have lacked something, so that it is little evidence against. Steps that were not run are clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    json,
    tested::{SIMULATED, Test},
};
use crate::{error::Result, model::Outcome};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader =
    Reader { name: "caldera", title: "MITRE Caldera operation report JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document
        .json()
        .map_or(Match::No, |json| Match::yes_if(json.has_all(&["/host_group", "/steps", "/adversary"])))
}

#[derive(Deserialize)]
struct Operation<'a> {
    #[serde(default)]
    host_group: Vec<Agent>,
    #[serde(borrow)]
    steps: BTreeMap<String, Steps<'a>>,
    start: Option<String>,
    finish: Option<String>,
    #[serde(default)]
    skipped_abilities: json::Unread,
}

#[derive(Deserialize)]
struct Agent {
    paw: String,
    host: Option<String>,
}

#[derive(Deserialize)]
struct Steps<'a> {
    #[serde(borrow, default)]
    steps: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Step {
    status: i64,
    run: Option<String>,
    attack: Option<Attack>,
}

#[derive(Deserialize)]
struct Attack {
    technique_id: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let operation: Operation<'_> = json::parse(&document.text)?;
    let time = operation.finish.as_deref().or(operation.start.as_deref());
    draft.report.source.taken = draft.moment(time, "/finish");
    let skipped = operation.skipped_abilities.0;
    draft.unread("/skipped_abilities", skipped, "list", "what agents skipped was not run");
    let hosts: BTreeMap<&str, &str> = operation
        .host_group
        .iter()
        .map(|agent| (&*agent.paw, agent.host.as_deref().unwrap_or(&agent.paw)))
        .collect();
    for (paw, steps) in &operation.steps {
        let host = hosts.get(&**paw).copied().unwrap_or(paw);
        draft.each(
            &format!("/steps/{paw}/steps"),
            steps.steps.iter().copied(),
            |step: Step, place, draft| {
                let outcome = match step.status {
                    0 => Outcome::Exploited,
                    // Discarded, paused, waiting, or never collected.
                    ..0 => {
                        draft.clear();
                        return Ok(());
                    }
                    _ => Outcome::Blocked,
                };
                let at = draft.moment(step.run.as_deref(), place).or(draft.report.source.taken);
                let technique = step.attack.and_then(|attack| attack.technique_id).unwrap_or_default();
                draft.test(&Test {
                    technique: &technique,
                    asset: host,
                    method: "caldera",
                    at,
                    outcome: Some(outcome),
                    sensitivity: Some(SIMULATED),
                    ..Test::default()
                })
            },
        );
    }
    Ok(())
}
