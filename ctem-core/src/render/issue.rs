//! Tickets as their trackers tell them: whose each is, whether it is open, since when it is not, and how it can be moved.

use super::{ticket::MARK, tracker::Tracker};
use crate::{
    error::{Error, Result},
    id::ActionId,
    mobilize::{KnownTicket, Transition},
    text::{self, json},
    time::Moment,
};
use serde_json::Value;

impl Tracker {
    /// Reads a ticket from the tracker's own answer about it: an issue of Jira's REST interface (version 2, with `expand=transitions` where it
    /// is to be moved), of GitHub's or GitLab's, a record of ServiceNow's table interface, each alone. None for one that is no action's.
    /// What it was last written with is not in it.
    ///
    /// ```
    /// use ctem_core::render::Tracker;
    ///
    /// let issue = br#"{"number": 12, "state": "closed", "closed_at": "2025-11-12T09:00:00Z", "body": "ctem action: close a reaches b"}"#;
    /// let known = Tracker::GitHub.issue(issue)?.expect("it is an action's");
    /// assert_eq!((&*known.ticket, known.open), ("12", false));
    /// assert!(Tracker::GitHub.issue(br#"{"number": 13, "state": "open", "body": "by hand"}"#)?.is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `malformed` for what is no JSON, `invalid_input` with the place for a ticket without a name or of a state that the tracker does not
    /// have.
    pub fn issue(self, answer: &[u8]) -> Result<Option<KnownTicket>> {
        self.known(&json::parse(&text::decoded(answer)?)?)
    }

    /// The same of an answer that is read already.
    pub(crate) fn known(self, issue: &Value) -> Result<Option<KnownTicket>> {
        // ServiceNow puts one record into `result`.
        let issue = issue.get("result").unwrap_or(issue);
        let Places { ticket, state, text, closed } = self.places();
        let Some(action) = action(issue, text)? else { return Ok(None) };
        let missing = |place: &str| {
            Error::invalid("a ticket has a name and a state: hand in the tracker's whole answer").at(place)
        };
        let word = |place: &str| value(issue, place).filter(|word| !word.is_empty());
        let ticket = word(ticket).ok_or_else(|| missing(ticket))?;
        let stated = word(state).ok_or_else(|| missing(state))?;
        let open = self.is_open(&stated).map_err(|error| error.at(state))?;
        let moment = |place: &str| word(place)?.parse::<Moment>().ok();
        Ok(Some(KnownTicket {
            closed_at: if open { None } else { closed.iter().find_map(|place| moment(place)) },
            transitions: self.transitions(issue),
            ..KnownTicket::new(action, &ticket, open)
        }))
    }

    /// Where the tracker has what.
    const fn places(self) -> Places {
        match self {
            // Names of statuses are each project's own; every status has one of three categories.
            Self::Jira => Places {
                ticket: "/key",
                state: "/fields/status/statusCategory/key",
                text: &["/fields/description"],
                closed: &["/fields/resolutiondate", "/fields/statuscategorychangedate"],
            },
            Self::GitHub => {
                Places { ticket: "/number", state: "/state", text: &["/body"], closed: &["/closed_at"] }
            }
            Self::GitLab => {
                Places { ticket: "/iid", state: "/state", text: &["/description"], closed: &["/closed_at"] }
            }
            Self::ServiceNow => Places {
                ticket: "/sys_id",
                state: "/state",
                text: &["/correlation_id", "/description"],
                closed: &["/closed_at", "/resolved_at"],
            },
        }
    }

    /// The moves that the tracker offers, where it does: by the category of the status they lead to, whatever their names.
    fn transitions(self, issue: &Value) -> Vec<Transition> {
        let offered = issue.get("transitions").and_then(Value::as_array).filter(|_| self == Self::Jira);
        let transition = |one: &Value| {
            let opens = self.is_open(&value(one, "/to/statusCategory/key")?).ok()?;
            Some(Transition { id: value(one, "/id")?.into(), opens })
        };
        offered.into_iter().flatten().filter_map(transition).collect()
    }
}

struct Places {
    ticket: &'static str,
    state: &'static str,
    text: &'static [&'static str],
    closed: &'static [&'static str],
}

/// The action that a ticket says it is of: in its last line, or in a field that has nothing else.
fn action(issue: &Value, places: &[&str]) -> Result<Option<ActionId>> {
    for place in places {
        let Some(text) = value(issue, place) else { continue };
        let marked = text.lines().rev().find_map(|line| line.trim().strip_prefix(MARK)).map(str::to_owned);
        let alone = (*place == "/correlation_id" && !text.is_empty()).then_some(text);
        if let Some(action) = marked.or(alone) {
            return action.trim().parse().map(Some).map_err(|error: Error| error.at(*place));
        }
    }
    Ok(None)
}

/// A word or a number as text; of ServiceNow's fields with two values the one that does not depend on the language.
fn value(of: &Value, place: &str) -> Option<String> {
    match of.pointer(place)? {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(both) => both.get("value").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}
