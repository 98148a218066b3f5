//! Tickets converge: whatever people and scans do to a model of a tracker, one run brings it to what is to be done, and the next does
//! nothing.

#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;

use ctem_core::{
    Program, discover,
    intel::Intel,
    mobilize::{KnownTicket, PlanOptions, TicketStep, Transition, Wanted, sync_tickets},
    render::{self, TicketOptions, Tracker},
    wire,
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A tracker, as far as a run sees it: tickets in the order they were written.
#[derive(Debug, Default)]
struct Model {
    tickets: Vec<KnownTicket>,
}

/// What happens between runs.
#[derive(Debug, Clone)]
enum Happens {
    /// An action is to do, with such a content, and is in the plan or not.
    ToDo(u8, u8, bool),
    /// It is done.
    Done(u8),
    /// Somebody edits a ticket, closes it, opens it, writes another of the same action, or forgets its content.
    Edited(usize, u8),
    Closed(usize),
    Opened(usize),
    Copied(usize),
    Forgotten(usize),
    /// A run, and one right after it.
    Run,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0..6_u8, 0..3_u8, any::<bool>()).prop_map(|(action, content, planned)| Happens::ToDo(action, content, planned)),
        1 => (0..6_u8).prop_map(Happens::Done),
        1 => (any::<usize>(), 0..3_u8).prop_map(|(ticket, content)| Happens::Edited(ticket, content)),
        2 => any::<usize>().prop_map(Happens::Closed),
        1 => any::<usize>().prop_map(Happens::Opened),
        1 => any::<usize>().prop_map(Happens::Copied),
        1 => any::<usize>().prop_map(Happens::Forgotten),
        2 => Just(Happens::Run),
    ]
}

impl Model {
    fn of(&mut self, n: usize) -> Option<&mut KnownTicket> {
        let count = self.tickets.len();
        self.tickets.get_mut(n.checked_rem(count)?)
    }

    /// Does what a run says, as whoever calls the tracker does.
    fn run(&mut self, wanted: &[Wanted]) -> usize {
        let moves = sync_tickets(wanted, &self.tickets);
        let mut done = 0;
        for one in &moves {
            let content = || {
                wanted.iter().find(|wanted| wanted.action == one.action).map(|wanted| wanted.content.clone())
            };
            done += usize::from(one.step != TicketStep::Nothing);
            let named = one.ticket.as_ref().map(|name| {
                self.tickets
                    .iter_mut()
                    .find(|ticket| ticket.ticket == *name)
                    .expect("a move is of a ticket there is")
            });
            match (one.step, named) {
                (TicketStep::Create, None) => {
                    let name = self.tickets.len().to_string();
                    let written = KnownTicket::new(one.action.clone(), &name, true);
                    self.tickets.push(KnownTicket { content: content(), ..written });
                }
                (TicketStep::Update, Some(ticket)) => ticket.content = content(),
                (TicketStep::Reopen, Some(ticket)) => (ticket.open, ticket.content) = (true, content()),
                (TicketStep::Close, Some(ticket)) => ticket.open = false,
                (TicketStep::Nothing, Some(_)) => {}
                (step, ticket) => panic!("{step} of {ticket:?}"),
            }
        }
        done
    }
}

#[test]
fn any_sequence_of_runs_edits_and_closures_converges_and_a_second_run_does_nothing() {
    let rng_seed = RngSeed::Fixed(draw::seed());
    let config = Config { rng_seed, failure_persistence: None, ..Config::with_cases(512) };
    proptest!(config, |(mut list in prop::collection::vec(happens(), 0..40))| {
        list.push(Happens::Run);
        let (mut model, mut to_do) = (Model::default(), BTreeMap::new());
        for one in list {
            match one {
                Happens::ToDo(action, content, planned) => {
                    let id = format!("patch {action}").parse().unwrap();
                    let wanted = Wanted { content: content.to_string().into(), planned, ..Wanted::of(id) };
                    to_do.insert(action, wanted);
                }
                Happens::Done(action) => drop(to_do.remove(&action)),
                Happens::Edited(n, content) => {
                    if let Some(ticket) = model.of(n) {
                        ticket.content = Some(format!("edited {content}").into());
                    }
                }
                Happens::Closed(n) => {
                    if let Some(ticket) = model.of(n) {
                        ticket.open = false;
                    }
                }
                Happens::Opened(n) => {
                    if let Some(ticket) = model.of(n) {
                        ticket.open = true;
                    }
                }
                Happens::Copied(n) => {
                    let name = model.tickets.len().to_string();
                    if let Some(ticket) = model.of(n).cloned() {
                        model.tickets.push(KnownTicket { ticket: name.into(), ..ticket });
                    }
                }
                Happens::Forgotten(n) => {
                    if let Some(ticket) = model.of(n) {
                        ticket.content = None;
                    }
                }
                Happens::Run => {
                    let wanted: Vec<Wanted> = to_do.values().cloned().collect();
                    model.run(&wanted);
                    for action in model.tickets.iter().map(|ticket| &ticket.action) {
                        let open: Vec<_> =
                            model.tickets.iter().filter(|ticket| ticket.action == *action && ticket.open).collect();
                        match wanted.iter().find(|wanted| wanted.action == *action) {
                            Some(wanted) if wanted.planned => {
                                prop_assert_eq!(open.len(), 1, "{} is to do and has one open ticket", action);
                                prop_assert_eq!(open[0].content.as_deref(), Some(&*wanted.content));
                            }
                            Some(_) => prop_assert!(open.len() <= 1, "{} has one ticket", action),
                            None => prop_assert!(open.is_empty(), "{} is done and has no open ticket", action),
                        }
                    }
                    let planned = wanted.iter().filter(|wanted| wanted.planned);
                    for wanted in planned {
                        prop_assert!(model.tickets.iter().any(|ticket| ticket.action == wanted.action));
                    }
                    prop_assert_eq!(model.run(&wanted), 0, "a second run does nothing");
                }
            }
        }
    });
}

/// Who closed a ticket is believed until somebody looks, and no longer.
#[test]
fn a_ticket_closed_since_anybody_looked_waits_for_the_next_look() {
    let id = || "patch CVE-2021-44228 on shop".parse().unwrap();
    let closed =
        KnownTicket { closed_at: Some("2025-11-10".parse().unwrap()), ..KnownTicket::new(id(), "7", false) };
    let step = |seen: Option<&str>| {
        let wanted = Wanted { seen: seen.map(|seen| seen.parse().unwrap()), ..Wanted::of(id()) };
        sync_tickets(&[wanted], std::slice::from_ref(&closed))[0].step
    };
    assert_eq!(step(Some("2025-11-09")), TicketStep::Nothing);
    assert_eq!(step(None), TicketStep::Nothing);
    assert_eq!(step(Some("2025-11-11")), TicketStep::Reopen);
}

/// An answer of each tracker about a ticket, in the shape that its documentation shows: Jira's REST interface of version 2 with
/// `expand=transitions`, GitHub's and GitLab's issues, ServiceNow's table interface.
fn answer(tracker: Tracker, text: &str, action: &str, open: bool) -> Value {
    match tracker {
        Tracker::Jira => json!({
            "expand": "renderedFields,names,transitions", "id": "10002", "key": "SEC-7",
            "self": "https://example.atlassian.net/rest/api/2/issue/10002",
            "fields": {
                "summary": "Patch", "description": text, "labels": ["ctem"],
                "status": {
                    "name": if open { "In Arbeit" } else { "Erledigt" }, "id": "3",
                    "statusCategory": {"id": 4, "key": if open { "indeterminate" } else { "done" }, "colorName": "yellow", "name": "In Arbeit"},
                },
                "resolutiondate": if open { Value::Null } else { "2025-11-12T10:12:33.000+0000".into() },
            },
            "transitions": [
                {"id": "11", "name": "Zurückstellen", "hasScreen": false,
                    "to": {"name": "Offen", "id": "1", "statusCategory": {"id": 2, "key": "new", "name": "Zu erledigen"}}},
                {"id": "5", "name": "Abschließen", "hasScreen": true,
                    "to": {"name": "Erledigt", "id": "6", "statusCategory": {"id": 3, "key": "done", "name": "Fertig"}}},
            ],
        }),
        Tracker::GitHub => json!({
            "id": 1, "node_id": "MDU6SXNzdWUx", "number": 1347, "state": if open { "open" } else { "closed" },
            "state_reason": if open { Value::Null } else { "completed".into() }, "title": "Patch", "body": text,
            "labels": [{"id": 208_045_946, "name": "ctem", "color": "f29513"}], "locked": false, "comments": 0,
            "closed_at": if open { Value::Null } else { "2025-11-12T10:12:33Z".into() },
        }),
        Tracker::GitLab => json!({
            "id": 76, "iid": 6, "project_id": 8, "title": "Patch", "description": text, "labels": ["ctem"],
            "state": if open { "opened" } else { "closed" },
            "closed_at": if open { Value::Null } else { "2025-11-12T10:12:33.000Z".into() },
        }),
        _ => json!({"result": {
            "sys_id": "a9e30c7dc61122760116894de7bcc7bd", "number": "INC0000055", "short_description": "Patch",
            "state": {"display_value": if open { "In Bearbeitung" } else { "Gelöst" }, "value": if open { "2" } else { "6" }},
            "correlation_id": action, "correlation_display": "ctem", "description": text,
            "resolved_at": if open { "" } else { "2025-11-12 10:12:33" }, "closed_at": "",
        }}),
    }
}

const TRACKERS: [Tracker; 4] = [Tracker::Jira, Tracker::GitHub, Tracker::GitLab, Tracker::ServiceNow];

#[test]
fn what_is_written_is_found_in_what_the_tracker_answers_and_moved_as_it_offers() {
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(wire::EXAMPLE.as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let plan = today.plan(&PlanOptions::default()).unwrap();
    for tracker in TRACKERS {
        let mut options = TicketOptions { project: Some("SEC".into()), ..TicketOptions::of(tracker) };
        let first = render::tickets(&today, &plan, &options).unwrap().list.swap_remove(0);
        let fields = first.fields.as_ref().unwrap();
        let text = ["/fields/description", "/body", "/description"]
            .iter()
            .find_map(|at| fields.pointer(at)?.as_str());
        let (action, text) = (first.what.action.as_str(), text.unwrap());
        for open in [true, false] {
            let answered = answer(tracker, text, action, open).to_string();
            let known = tracker.issue(answered.as_bytes()).unwrap().expect("it is an action's");
            assert_eq!((known.action.as_str(), known.open), (action, open), "{tracker}");
            let closed = known.closed_at.map(|at| at.to_string());
            assert_eq!(closed.as_deref(), (!open).then_some("2025-11-12T10:12:33Z"), "{tracker}");
            // Written as it is to be, an open one needs nothing; a closed one waits, or is opened as the tracker opens.
            options.known = vec![KnownTicket { content: first.content.clone(), closed_at: None, ..known }];
            let again = render::tickets(&today, &plan, &options).unwrap().list;
            let own = again.iter().find(|ticket| ticket.what.action == first.what.action).unwrap();
            let (step, opened) = match (open, tracker) {
                (true, _) => (TicketStep::Nothing, None),
                (false, Tracker::Jira) => (TicketStep::Reopen, Some(("transition", json!({"id": "11"})))),
                (false, Tracker::GitHub) => (TicketStep::Reopen, Some(("state", json!("open")))),
                (false, Tracker::GitLab) => (TicketStep::Reopen, Some(("state_event", json!("reopen")))),
                (false, _) => (TicketStep::Reopen, Some(("state", json!("2")))),
            };
            assert_eq!(own.what.step, step, "{tracker}");
            if let Some((field, value)) = opened {
                assert_eq!(own.fields.as_ref().unwrap()[field], value, "{tracker}");
            }
        }
        // Done: it is closed as the tracker closes.
        let gone =
            answer(tracker, "ctem action: close shop reaches nowhere", "close shop reaches nowhere", true);
        options.known = vec![tracker.issue(gone.to_string().as_bytes()).unwrap().unwrap()];
        let again = render::tickets(&today, &plan, &options).unwrap().list;
        let own = again.iter().find(|ticket| ticket.what.step == TicketStep::Close).unwrap();
        let (field, value) = match tracker {
            Tracker::Jira => ("transition", json!({"id": "5"})),
            Tracker::GitHub => ("state", json!("closed")),
            Tracker::GitLab => ("state_event", json!("close")),
            _ => ("state", json!("6")),
        };
        assert_eq!(own.fields.as_ref().unwrap()[field], value, "{tracker}");
    }
}

#[test]
fn an_answer_that_is_no_ticket_of_ours_is_none_and_one_without_a_state_is_an_error() {
    for tracker in TRACKERS {
        let by_hand = answer(tracker, "somebody wrote this", "", true).to_string();
        assert!(tracker.issue(by_hand.as_bytes()).unwrap().is_none(), "{tracker}");
        assert_eq!(tracker.issue(b"{").unwrap_err().code(), "malformed");
        let bare = json!({"description": "ctem action: a b", "body": "ctem action: a b", "correlation_id": "a b",
            "fields": {"description": "ctem action: a b"}});
        let error = tracker.issue(bare.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.code(), "invalid_input", "{tracker}: {error}");
    }
    let known =
        Tracker::Jira.issue(answer(Tracker::Jira, "ctem action: a b", "", true).to_string().as_bytes());
    let transitions = known.unwrap().unwrap().transitions;
    let offered = |id: &str, opens| Transition { id: id.into(), opens };
    assert_eq!(transitions, [offered("11", true), offered("5", false)]);
}
