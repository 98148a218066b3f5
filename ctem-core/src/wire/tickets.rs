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
use serde_json::Value;
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
    /// Tickets there are, as the tracker's own answers: what is no action's is left out.
    #[serde(default)]
    pub issues: Vec<IssueRequest>,
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

/// A ticket there is, as its tracker tells it.
///
/// ```
/// use ctem_core::wire::ask::IssueRequest;
///
/// let known: IssueRequest = serde_json::from_str(
///     r#"{"issue": {"number": 12, "state": "open", "body": "ctem action: close a reaches b"}, "content": "9f"}"#).unwrap();
/// assert_eq!(known.content.as_deref(), Some("9f"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueRequest {
    /// The tracker's answer: see [`Tracker::issue`].
    pub issue: Value,
    /// The content it was last written with.
    pub content: Option<Box<str>>,
}

impl TicketsRequest {
    pub(super) fn checked(&self) -> Result<TicketOptions> {
        let Self { tracker, known, issues, project, labels, due, plan } = self.clone();
        let ticket = |(n, known): (usize, KnownTicketRequest)| {
            let open = tracker.is_open(&known.state);
            let open = open.map_err(|error: Error| error.at(format_args!("/known/{n}/state")))?;
            let KnownTicketRequest { action, ticket, content, closed_at, .. } = known;
            Ok(KnownTicket { content, closed_at, ..KnownTicket::new(action, &ticket, open) })
        };
        let mut known: Vec<KnownTicket> = known.into_iter().enumerate().map(ticket).collect::<Result<_>>()?;
        for (n, IssueRequest { issue, content }) in issues.into_iter().enumerate() {
            let told = tracker.known(&issue).map_err(|error| error.at(format_args!("/issues/{n}/issue")))?;
            known.extend(told.map(|told| KnownTicket { content, ..told }));
        }
        let PlanRequest { owners, fall_back, efforts, .. } = *plan;
        Ok(TicketOptions {
            known,
            project,
            labels: labels.unwrap_or_else(|| TicketOptions::of(tracker).labels),
            due,
            actions: ActionOptions { owners, fall_back, efforts },
            tracker,
        })
    }
}
