//! Tickets converge: whatever people and scans do to a model of a tracker, one run brings it to what is to be done, and the next does
//! nothing.

#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;

use ctem_core::mobilize::{KnownTicket, TicketStep, Wanted, sync_tickets};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
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
