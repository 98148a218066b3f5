//! Which tickets to write: what is to be done, held against the tickets there are.
//!
//! A ticket is an action's, by the action's id. What is to be done and has none gets one; what is done is closed; what came back is
//! opened again; and whoever runs it twice finds nothing left to do. A ticket that somebody closed since anybody looked waits for the
//! next look rather than being opened in their face.

use crate::{id::ActionId, time::Moment, word::words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be done, and shall have a ticket.
///
/// ```
/// use ctem_core::mobilize::Wanted;
///
/// let wanted = Wanted { content: "9f".into(), ..Wanted::of("patch CVE-2021-44228 on shop".parse()?) };
/// assert!(wanted.planned && wanted.seen.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The action.
    pub action: ActionId,
    /// What tells its ticket's content from what it was before.
    pub content: Box<str>,
    /// When a source last saw what it ends.
    pub seen: Option<Moment>,
    /// Whether it is in the plan. What is to be done and is not gets no ticket, and keeps the one it has.
    pub planned: bool,
}

impl Wanted {
    /// An action of a plan, of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::mobilize::Wanted;
    ///
    /// assert_eq!(&*Wanted::of("close a reaches b".parse()?).content, "");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of(action: ActionId) -> Self {
        Self { action, content: "".into(), seen: None, planned: true }
    }
}

/// A ticket there is.
///
/// ```
/// use ctem_core::mobilize::KnownTicket;
///
/// let ticket = KnownTicket::new("patch CVE-2021-44228 on shop".parse()?, "SEC-12", true);
/// assert!(ticket.open && ticket.closed_at.is_none());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTicket {
    /// The action it is of.
    pub action: ActionId,
    /// What its tracker calls it.
    pub ticket: Box<str>,
    /// Whether it is open.
    pub open: bool,
    /// The content that it was last written with, where that is known.
    pub content: Option<Box<str>>,
    /// When it was closed, where it is and that is known.
    pub closed_at: Option<Moment>,
    /// The moves that its tracker offers, where it has moves and says which.
    pub transitions: Vec<Transition>,
}

/// A move that a tracker offers for a ticket.
///
/// ```
/// use ctem_core::mobilize::Transition;
///
/// let done = Transition { id: "31".into(), opens: false };
/// assert!(!done.opens);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// What the tracker calls it.
    pub id: Box<str>,
    /// Whether it leads to a state that is open.
    pub opens: bool,
}

impl KnownTicket {
    /// A ticket of which nothing else is known.
    ///
    /// ```
    /// use ctem_core::mobilize::KnownTicket;
    ///
    /// assert!(!KnownTicket::new("close a reaches b".parse()?, "7", false).open);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(action: ActionId, ticket: &str, open: bool) -> Self {
        Self { action, ticket: ticket.into(), open, content: None, closed_at: None, transitions: Vec::new() }
    }
}

/// What to do with a ticket.
///
/// ```
/// use ctem_core::mobilize::TicketStep;
///
/// assert_eq!("REOPEN".parse::<TicketStep>()?, TicketStep::Reopen);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TicketStep {
    /// Write one.
    Create,
    /// Write what changed.
    Update,
    /// Close it: nothing is to be done any more.
    Close,
    /// Open it again, with what is to be done now.
    Reopen,
    /// Leave it.
    Nothing,
}

words! {
    TicketStep, "what is done with a ticket" {
        Create = "create",
        Update = "update",
        Close = "close",
        Reopen = "reopen",
        Nothing = "nothing",
    }
}

/// What to do with the ticket of an action, and why.
///
/// ```
/// use ctem_core::mobilize::{KnownTicket, TicketStep, Wanted, sync_tickets};
///
/// // One is to be done and has no ticket, of another the ticket is open and nothing is left to do.
/// let wanted = [Wanted::of("patch CVE-2021-44228 on shop".parse()?)];
/// let known = [KnownTicket::new("close shop reaches vault".parse()?, "SEC-7", true)];
/// let moves = sync_tickets(&wanted, &known);
/// let steps: Vec<_> = moves.iter().map(|one| (one.action.as_str(), one.step)).collect();
/// assert_eq!(steps, [("close shop reaches vault", TicketStep::Close), ("patch CVE-2021-44228 on shop", TicketStep::Create)]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TicketMove {
    /// The action.
    pub action: ActionId,
    /// What to do.
    #[serde(rename = "do")]
    pub step: TicketStep,
    /// The ticket, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Box<str>>,
    /// Why.
    pub why: Box<str>,
}

/// What to do with each ticket, so that afterwards every action of the plan has one open ticket, what is done has none, and asking again
/// gives nothing to do. In the order of actions, and of several tickets of one action in the order they are given. O(n log n).
///
/// Of several tickets of one action the first open one stays, or else the first; the others that are open are closed. A ticket that was
/// closed after anybody last saw what its action ends is left until somebody looks.
///
/// ```
/// use ctem_core::mobilize::{KnownTicket, TicketStep, Wanted, sync_tickets};
///
/// // Somebody closed it on the 10th, and a scan on the 12th still sees it.
/// let wanted = Wanted { seen: Some("2025-11-12".parse()?), ..Wanted::of("patch CVE-2021-44228 on shop".parse()?) };
/// let closed = KnownTicket { closed_at: Some("2025-11-10".parse()?), ..KnownTicket::new(wanted.action.clone(), "SEC-7", false) };
/// assert_eq!(sync_tickets(&[wanted], &[closed])[0].step, TicketStep::Reopen);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn sync_tickets(wanted: &[Wanted], known: &[KnownTicket]) -> Vec<TicketMove> {
    let wanted: BTreeMap<&ActionId, &Wanted> = wanted.iter().map(|wanted| (&wanted.action, wanted)).collect();
    let mut tickets: BTreeMap<&ActionId, Vec<&KnownTicket>> = BTreeMap::new();
    for ticket in known {
        tickets.entry(&ticket.action).or_default().push(ticket);
    }
    let actions: BTreeSet<&ActionId> = wanted.keys().chain(tickets.keys()).copied().collect();
    let mut moves = Vec::new();
    for action in actions {
        let to_do = wanted.get(action).copied();
        let tickets = tickets.get(action).map(Vec::as_slice).unwrap_or_default();
        // Of several the first open one.
        let stays = tickets.iter().position(|ticket| ticket.open).unwrap_or(0);
        for (n, ticket) in tickets.iter().enumerate() {
            let (step, why) = match (n == stays, ticket.open) {
                (true, _) => kept(ticket, to_do),
                (false, true) => (TicketStep::Close, "another ticket of the same action is open"),
                (false, false) => (TicketStep::Nothing, "another ticket stands for the action"),
            };
            moves.push(TicketMove::new(action, step, Some(&ticket.ticket), why));
        }
        if tickets.is_empty() && to_do.is_some_and(|wanted| wanted.planned) {
            moves.push(TicketMove::new(action, TicketStep::Create, None, "it has no ticket"));
        }
    }
    moves
}

/// What to do with the ticket that stands for an action.
fn kept(ticket: &KnownTicket, wanted: Option<&Wanted>) -> (TicketStep, &'static str) {
    use TicketStep::{Close, Nothing, Reopen, Update};
    let Some(wanted) = wanted else {
        return if ticket.open { (Close, "nothing is left to do") } else { (Nothing, "it is done") };
    };
    if !wanted.planned {
        return (Nothing, "it is still to do, and not in this plan");
    }
    if !ticket.open {
        let nobody_looked =
            ticket.closed_at.is_some_and(|closed| wanted.seen.is_none_or(|seen| seen <= closed));
        return match nobody_looked {
            true => (Nothing, "nobody has looked since it was closed"),
            false => (Reopen, "it is still to do, or again"),
        };
    }
    match ticket.content.as_deref() {
        Some(content) if *content == *wanted.content => (Nothing, "it says what is to do"),
        Some(_) => (Update, "what is to do has changed"),
        None => (Update, "what it says is not known"),
    }
}

impl TicketMove {
    fn new(action: &ActionId, step: TicketStep, ticket: Option<&str>, why: &str) -> Self {
        Self { action: action.clone(), step, ticket: ticket.map(Box::from), why: why.into() }
    }
}
