//! The columns of a history.

use super::{
    column::Columns,
    value::{Named, Word, filled, text},
};
use crate::program::{AcceptedScope, Event, Program, Reported, What};

/// What happened to a program, an event a row, in the order in which it happened: as far back as events are kept.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, render::{self, Cells}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// let history = render::history_in_columns(&program);
/// assert_eq!(history.get("at").map(|at| &at.cells), Some(&Cells::Moments(vec![Some("2025-11-01".parse()?)])));
/// assert_eq!(history.get("findings").map(|count| &count.cells), Some(&Cells::Counts(vec![Some(3)])));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn history_in_columns(program: &Program) -> Columns {
    filled(named(), program.history())
}

/// An event with its id.
type Row<'a> = (String, &'a Event);

fn named<'a>() -> Vec<Named<'a, Row<'a>>> {
    vec![
        Named::new("at", "When it happened.", |(_, event): &Row<'a>| Some(event.at)),
        Named::new("what", "What happened.", |(_, event)| Word::of(event.what.name())),
        Named::new("id", "The id of the event: of a report, what withdraws it.", |(id, _)| text(id)),
        Named::new("source", "Who reported.", |(_, event)| {
            Word::known(reported(event).map(Reported::source))
        }),
        Named::new("format", "The format of the report.", |(_, event)| {
            Word::known(reported(event).map(|reported| &*reported.report.source.format))
        }),
        Named::new("assets", "How many assets it lists.", |(_, event)| {
            listed(event).map(|[assets, _]| assets)
        }),
        Named::new("findings", "How many findings it lists, tests or claims.", |(_, event)| {
            match &event.what {
                What::Evidence(evidence) => Some(evidence.len() as u64),
                What::ClaimedDone(claimed) => Some(claimed.findings.len() as u64),
                _ => listed(event).map(|[_, findings]| findings),
            }
        }),
        Named::new("asset", "The asset it is about.", |(_, event)| match &event.what {
            What::OwnerMoved(moved) => Word::of(moved.asset.as_str()),
            _ => Word::known(None),
        }),
        Named::new("finding", "The finding it is about.", |(_, event)| match decided(event) {
            Some(AcceptedScope::Finding(finding)) => Word::of(finding.as_str()),
            _ => Word::known(None),
        }),
        Named::new("weakness", "The weakness it is about.", |(_, event)| match decided(event) {
            Some(AcceptedScope::Weakness { weakness, .. }) => {
                Word::known(weakness.as_ref().map(|weakness| weakness.as_str()))
            }
            _ => Word::known(None),
        }),
        Named::new("action", "The action it is about.", |(_, event)| match (decided(event), &event.what) {
            (Some(AcceptedScope::Action { action, .. }), _) => Word::of(action.as_str()),
            (_, What::ClaimedDone(claimed)) => Word::known(claimed.action.as_deref()),
            (_, _) => Word::known(None),
        }),
        Named::new("report", "The report that is taken back, by the id of its event.", |(_, event)| {
            match &event.what {
                What::ReportWithdrawn(withdrawn) => text(&withdrawn.report),
                _ => None,
            }
        }),
        Named::new("owner", "Who mends the asset from now on.", |(_, event)| match &event.what {
            What::OwnerMoved(moved) => Word::known(moved.owner.as_ref().map(|owner| owner.as_str())),
            _ => Word::known(None),
        }),
        Named::new("by", "Who says or decided so.", |(_, event)| {
            Word::known(match &event.what {
                What::Accepted(accepted) => accepted.by.as_deref(),
                What::Withdrawn(withdrawn) => withdrawn.by.as_deref(),
                What::ReportWithdrawn(withdrawn) => withdrawn.by.as_deref(),
                What::ClaimedDone(claimed) => claimed.by.as_deref(),
                _ => None,
            })
        }),
        Named::new("reason", "Why.", |(_, event)| match &event.what {
            What::Accepted(accepted) => accepted.reason.clone(),
            What::Withdrawn(withdrawn) => withdrawn.reason.clone(),
            What::ReportWithdrawn(withdrawn) => withdrawn.reason.clone(),
            _ => None,
        }),
        Named::new("until", "Until when it holds.", |(_, event)| match &event.what {
            What::Accepted(accepted) => accepted.until,
            _ => None,
        }),
    ]
}

fn reported(event: &Event) -> Option<&Reported> {
    match &event.what {
        What::Absorbed(reported) => Some(reported),
        _ => None,
    }
}

/// How many assets and findings are listed.
fn listed(event: &Event) -> Option<[u64; 2]> {
    let contents = match &event.what {
        What::Absorbed(reported) => &reported.report.contents,
        What::Scope(scope) => &scope.contents,
        _ => return None,
    };
    Some([contents.assets.len() as u64, contents.findings.len() as u64])
}

/// What a decision is about.
fn decided(event: &Event) -> Option<&AcceptedScope> {
    match &event.what {
        What::Accepted(accepted) => Some(&accepted.of),
        What::Withdrawn(withdrawn) => Some(&withdrawn.of),
        _ => None,
    }
}
