//! What is asked of tickets, in plain words.

use super::plan::PlanRequest;
use crate::{
    error::{Error, Result},
    id::ActionId,
    mobilize::{ActionOptions, KnownTicket},
    render::{TicketOptions, Tracker},
    time::Moment,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which tickets to write, as a document asks it. What is absent has the engine's default.
///
/// ```
/// use ctem_core::wire::ask::Question;
///
/// let asked = br#"{"tickets": {"tracker": "github", "known": [{"action": "patch CVE-2021-44228 on shop", "ticket": "12", "state": "open"}]}}"#;
/// assert!(matches!(Question::read(asked)?, Question::Tickets(_)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketsRequest {
    /// Where: `jira`, `github`, `gitlab` or `servicenow`.
    pub tracker: Tracker,
    /// The tickets there are.
    #[serde(default)]
    pub known: Vec<KnownTicketRequest>,
    /// Of Jira, the project's key.
    pub project: Option<Box<str>>,
    /// Labels; `ctem`, unless said.
    pub labels: Option<Vec<Box<str>>>,
    /// By when actions are due.
    #[serde(default)]
    pub due: BTreeMap<ActionId, Moment>,
    /// The plan whose actions get tickets.
    #[serde(default)]
    pub plan: Box<PlanRequest>,
}

/// A ticket there is, in the words of its tracker.
///
/// ```
/// use ctem_core::wire::ask::KnownTicketRequest;
///
/// let known: KnownTicketRequest = serde_json::from_str(
///     r#"{"action": "close a reaches b", "ticket": "SEC-7", "state": "In Progress"}"#).unwrap();
/// assert!(known.content.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownTicketRequest {
    /// The action it is of.
    pub action: ActionId,
    /// What its tracker calls it.
    pub ticket: Box<str>,
    /// Its state, in the tracker's words.
    pub state: Box<str>,
    /// The content it was last written with.
    pub content: Option<Box<str>>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
}

impl TicketsRequest {
    pub(super) fn checked(&self) -> Result<TicketOptions> {
        let Self { tracker, known, project, labels, due, plan } = self.clone();
        let ticket = |(n, known): (usize, KnownTicketRequest)| {
            let open = tracker.is_open(&known.state);
            let open = open.map_err(|error: Error| error.at(format_args!("/known/{n}/state")))?;
            let KnownTicketRequest { action, ticket, content, closed_at, .. } = known;
            Ok(KnownTicket { action, ticket, open, content, closed_at })
        };
        let PlanRequest { owners, fall_back, efforts, .. } = *plan;
        Ok(TicketOptions {
            known: known.into_iter().enumerate().map(ticket).collect::<Result<_>>()?,
            project,
            labels: labels.unwrap_or_else(|| TicketOptions::of(tracker).labels),
            due,
            actions: ActionOptions { owners, fall_back, efforts },
            tracker,
        })
    }
}
