//! ATTiRe execution logs, JSON: which procedures a tool of attack simulation, such as Invoke-AtomicTest, ran on a host, and with which exit
//! code.
//!
//! A record is a procedure. It is evidence and no finding: of its technique, on the target. It worked where its last step ended with exit
//! code 0; another code, and a step that took too long, may also mean that something was lacking, so that it is little evidence against. A
//! procedure whose steps say nothing of how they ended, as older tools write them, was only run, and is clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    json,
    tested::{SIMULATED, Test},
};
use crate::{error::Result, model::Outcome};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "attire", title: "ATTiRe execution log JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(json.has_all(&["/attire-version", "/execution-data", "/procedures"]))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Log<'a> {
    execution_data: Option<Execution>,
    #[serde(borrow, default)]
    procedures: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Execution {
    execution_source: Option<String>,
    target: Option<Target>,
    time_generated: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    host: Option<String>,
    ip: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Procedure {
    mitre_technique_id: Option<String>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Step {
    time_start: Option<String>,
    time_stop: Option<String>,
    exit_code: Option<i64>,
    is_timeout: Option<bool>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let log: Log<'_> = json::parse(&document.text)?;
    let said = log.execution_data.as_ref();
    draft.report.source.taken =
        draft.moment(said.and_then(|said| said.time_generated.as_deref()), "/execution-data/time-generated");
    let target = said.and_then(|said| said.target.as_ref());
    let names = target.map(|target| [target.host.as_deref(), target.ip.as_deref()]).unwrap_or_default();
    let asset = names.into_iter().flatten().map(str::trim).find(|name| !name.is_empty()).unwrap_or_default();
    let source = said.and_then(|said| said.execution_source.as_deref()).unwrap_or_default().to_lowercase();
    // The same tests are the same method, whichever log tells of them.
    let method = match &*source {
        "" => "attire",
        source if source.contains("atomicredteam") => "atomic_red_team",
        source => source,
    };
    draft.each("/procedures", log.procedures, |procedure: Procedure, place, draft| {
        let last = procedure
            .steps
            .iter()
            .rev()
            .find(|step| step.exit_code.is_some() || step.is_timeout == Some(true));
        let Some(last) = last else {
            draft.clear();
            return Ok(());
        };
        let worked = last.exit_code == Some(0) && last.is_timeout != Some(true);
        let time = last.time_stop.as_deref().or(last.time_start.as_deref());
        let at = draft.moment(time, place).or(draft.report.source.taken);
        draft.test(&Test {
            technique: procedure.mitre_technique_id.as_deref().unwrap_or_default(),
            asset,
            method,
            at,
            outcome: Some(if worked { Outcome::Exploited } else { Outcome::Blocked }),
            sensitivity: Some(SIMULATED),
            ..Test::default()
        })
    });
    Ok(())
}
