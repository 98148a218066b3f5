//! A program over time: what an event changes, what is seen and gone, and what is remembered.

#[path = "program/accepted.rs"]
mod accepted;
#[path = "program/compliance.rs"]
mod compliance;
#[path = "program/deltas.rs"]
mod deltas;
#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;
#[path = "program/erased.rs"]
mod erased;
#[path = "program/history.rs"]
mod history;
#[path = "program/seen.rs"]
mod seen;
#[path = "program/withdrawn.rs"]
mod withdrawn;
#[expect(dead_code, reason = "laws and oracle use the rest")]
mod worlds;

use ctem_core::{
    Assessment, Moment, Program, Report, discover,
    model::{Contents, Source},
    program::{ApplyOptions, Coverage, Covers, Delta, Event, Late, Reported, What},
};

/// The moment so many days after the first.
pub fn day(n: i64) -> Moment {
    Moment::from_unix_seconds(1_760_000_000 + n * 86_400).unwrap()
}

/// A report of a tool, of a native document.
pub fn said(tool: &str, document: &str) -> Report {
    let mut report =
        discover::read(format!(r#"{{"ctem": {{"version": 2}}, {document}}}"#).as_bytes()).unwrap();
    report.source = Source { tool: tool.into(), ..report.source };
    report
}

/// That a report came, and what it covered.
pub fn scan(at: Moment, report: Report, covers: Covers) -> Event {
    Event::new(at, What::Absorbed(Box::new(Reported { covers, ..Reported::new(report) })))
}

/// That a report of everything came.
pub fn full(n: i64, tool: &str, document: &str) -> Event {
    scan(day(n), said(tool, document), Covers::Stated(Coverage::everything()))
}

pub fn apply(program: &mut Program, event: Event) -> Delta {
    program.apply(event, ApplyOptions::default()).unwrap()
}

pub fn placing() -> ApplyOptions<'static> {
    ApplyOptions { late: Late::Place, ..ApplyOptions::default() }
}

/// Everything that can be told of a program now, as bytes.
pub fn bytes(program: &Program) -> String {
    let options =
        ctem_core::wire::DocumentOptions { at_most: usize::MAX, explained: true, ..Default::default() };
    let courses: Vec<_> = program.courses().collect();
    let assessment = program.assess(program.clock().unwrap_or(day(0))).unwrap();
    format!(
        "{}\n{}\n{}\n{}",
        ctem_core::wire::environment(program.environment()),
        ctem_core::wire::assessment(&assessment, &options),
        serde_json::to_string(&courses).unwrap(),
        ctem_core::wire::json(&program.accepted_risks()).unwrap(),
    )
}

/// An assessment that knows nothing of a history: of what is known, written down and read again.
pub fn fresh(program: &Program, at: Moment) -> Assessment {
    let environment = ctem_core::Environment::try_from(program.environment().contents()).unwrap();
    Program::with_environment(environment, program.intel().clone()).assess(at).unwrap()
}

/// The records of a scene, as what one source says of it.
pub fn report_of(tool: &str, contents: Contents) -> Report {
    let mut report = Report::from(contents);
    report.source.tool = tool.into();
    report
}
