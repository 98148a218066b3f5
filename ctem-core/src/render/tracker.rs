//! Tickets for the trackers people work in: which to write, and the fields of each as its tracker takes them.

use super::{ticket, words::short};
use crate::{
    error::{Error, Result, quoted},
    id::ActionId,
    mobilize::{ActionOptions, KnownTicket, Plan, PlanRow, TicketMove, TicketStep, Wanted, sync_tickets},
    prioritize::Assessment,
    time::Moment,
    word::{self, words},
};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
};

/// Where tickets are written.
///
/// ```
/// use ctem_core::render::Tracker;
///
/// // Each has its own words for what is open and what is not.
/// assert!(!Tracker::Jira.is_open("Done")?);
/// assert!(Tracker::GitLab.is_open("opened")?);
/// assert_eq!(Tracker::GitHub.is_open("opened").unwrap_err().code(), "invalid_input");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tracker {
    /// Jira, by its REST interface of version 2.
    Jira,
    /// Issues of GitHub.
    GitHub,
    /// Issues of GitLab.
    GitLab,
    /// Incidents of ServiceNow.
    ServiceNow,
}

words! {
    Tracker, "a tracker" {
        Jira = "jira",
        GitHub = "github",
        GitLab = "gitlab",
        ServiceNow = "servicenow" | "service_now",
    }
}

/// How tickets are written.
///
/// ```
/// use ctem_core::render::{TicketOptions, Tracker};
///
/// let options = TicketOptions { project: Some("SEC".into()), ..TicketOptions::of(Tracker::Jira) };
/// assert_eq!(options.labels, ["ctem".into()]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TicketOptions {
    /// Where.
    pub tracker: Tracker,
    /// The tickets there are.
    pub known: Vec<KnownTicket>,
    /// Of Jira, the project's key.
    pub project: Option<Box<str>>,
    /// Labels, where a tracker has them: `ctem`, unless said.
    pub labels: Vec<Box<str>>,
    /// By when actions are due, as deadlines say.
    pub due: BTreeMap<ActionId, Moment>,
    /// How actions are told, as in the plan.
    pub actions: ActionOptions,
}

impl TicketOptions {
    /// How tickets are written where none is known yet.
    ///
    /// ```
    /// use ctem_core::render::{TicketOptions, Tracker};
    ///
    /// assert!(TicketOptions::of(Tracker::GitHub).known.is_empty());
    /// ```
    pub fn of(tracker: Tracker) -> Self {
        Self {
            tracker,
            known: Vec::new(),
            project: None,
            labels: vec!["ctem".into()],
            due: BTreeMap::new(),
            actions: ActionOptions::default(),
        }
    }
}

/// Which tickets to write, and how.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::{PlanOptions, TicketStep}, render::{self, TicketOptions, Tracker}};
///
/// let plan = today.plan(&PlanOptions::default())?;
/// let tickets = render::tickets(&today, &plan, &TicketOptions::of(Tracker::GitHub))?;
/// assert!(tickets.list.iter().all(|ticket| ticket.what.step == TicketStep::Create));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tickets {
    /// Where.
    pub tracker: Tracker,
    /// What to do with each.
    pub list: Vec<Ticket>,
}

/// What to do with one ticket.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::PlanOptions, render::{self, TicketOptions, Tracker}};
///
/// let plan = today.plan(&PlanOptions::default())?;
/// let tickets = render::tickets(&today, &plan, &TicketOptions::of(Tracker::ServiceNow))?;
/// let fields = tickets.list[0].fields.as_ref().expect("it is to be written");
/// assert_eq!(fields["correlation_id"], tickets.list[0].what.action.as_str());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Ticket {
    /// The action, its ticket, what to do with it and why.
    #[serde(flatten)]
    pub what: TicketMove,
    /// What tells this content from others: to be handed in as `content` of the known ticket next time. Numbers that move every day, such as
    /// what is saved, are no part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Box<str>>,
    /// The ticket as Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<Box<str>>,
    /// The fields, as the tracker takes them. A transition of Jira has the id that the known ticket offers for where it leads. Where none is
    /// known it is named as the default workflow names it, and the interface wants the id of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Value>,
}

impl Tracker {
    /// The words for states: those that are open, and those that are not.
    const fn states(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            // The keys of Jira's categories of statuses, which every status has one of, and their English names.
            Self::Jira => (&["new", "indeterminate", "to_do", "in_progress"], &["done"]),
            Self::GitHub => (&["open"], &["closed"]),
            Self::GitLab => (&["opened"], &["closed"]),
            Self::ServiceNow => (
                &["1", "2", "3", "new", "in_progress", "on_hold"],
                &["6", "7", "8", "resolved", "closed", "canceled"],
            ),
        }
    }

    /// Whether a ticket in a state is open, in the tracker's own words.
    ///
    /// ```
    /// use ctem_core::render::Tracker;
    ///
    /// // A number of ServiceNow's.
    /// assert!(!Tracker::ServiceNow.is_open("6")?);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a state that the tracker does not have.
    pub fn is_open(self, state: &str) -> Result<bool> {
        let (open, closed) = self.states();
        let plain = word::plain(state);
        if open.contains(&&*plain) {
            return Ok(true);
        }
        if closed.contains(&&*plain) {
            return Ok(false);
        }
        let message = format!(
            "{} is no state of a ticket of {self}: write one of {}",
            quoted(state),
            [open, closed].concat().join(", ")
        );
        Err(Error::invalid(message))
    }

    /// The most characters of a title and of a text.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Jira => (254, 32_767),
            Self::GitHub => (256, 65_536),
            Self::GitLab => (255, 1_048_576),
            // A field of text that nobody made longer.
            Self::ServiceNow => (160, 4_000),
        }
    }
}

/// Which tickets to write for a plan, so that afterwards every action in it has one open ticket and what is done has none. O(n log n).
///
/// A ticket of an action that is still to do and not in this plan stays as it is. Hand in what the trackers have as
/// [`TicketOptions::known`]; asked again with what was written, all of it is nothing to do.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::{KnownTicket, PlanOptions, TicketStep}, render::{self, TicketOptions, Tracker}};
///
/// // The first run writes them, and the second finds them.
/// let plan = today.plan(&PlanOptions::default())?;
/// let mut options = TicketOptions::of(Tracker::GitHub);
/// for (number, ticket) in render::tickets(&today, &plan, &options)?.list.into_iter().enumerate() {
///     let written = KnownTicket { content: ticket.content, ..KnownTicket::new(ticket.what.action, &number.to_string(), true) };
///     options.known.push(written);
/// }
/// let again = render::tickets(&today, &plan, &options)?;
/// assert!(!again.list.is_empty() && again.list.iter().all(|ticket| ticket.what.step == TicketStep::Nothing));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `invalid_input` for Jira without a project, and as [`Assessment::actions`].
pub fn tickets(assessment: &Assessment, plan: &Plan, options: &TicketOptions) -> Result<Tickets> {
    if options.tracker == Tracker::Jira && options.project.is_none() {
        return Err(Error::invalid("a ticket of jira is of a project: state its key").at("project"));
    }
    let rows: HashMap<&ActionId, &PlanRow> = plan.rows.iter().map(|row| (&row.action.id, row)).collect();
    let mut wanted: Vec<Wanted> = Vec::new();
    for action in assessment.actions(&options.actions)? {
        wanted.push(Wanted { planned: false, ..Wanted::of(action.id) });
    }
    for row in &plan.rows {
        let (content, seen) = (content(row, options), seen(assessment, row));
        wanted.push(Wanted { content, seen, ..Wanted::of(row.action.id.clone()) });
    }
    let list = sync_tickets(&wanted, &options.known).into_iter().map(|what| {
        let row = rows.get(&what.action).copied();
        let written = matches!(what.step, TicketStep::Create | TicketStep::Update | TicketStep::Reopen);
        let markdown = row.filter(|_| written).map(|row| ticket::ticket(assessment, plan, row));
        let fields = match (what.step, row, &markdown) {
            (TicketStep::Close, _, _) => Some(closing(&what, options)),
            (_, Some(row), Some(markdown)) => Some(fields(row, markdown, &what, options)),
            _ => None,
        };
        let content = row.map(|row| content(row, options));
        Ticket { what, content, markdown: markdown.map(Box::from), fields }
    });
    Ok(Tickets { tracker: options.tracker, list: list.collect() })
}

/// What tells the content of a ticket from others: what to do, on what, by whom, by when and how one knows. The first half of a SHA-256.
fn content(row: &PlanRow, options: &TicketOptions) -> Box<str> {
    let action = &row.action;
    let ends: Vec<&str> = action.ends.iter().map(|end| end.as_str()).collect();
    let owner = action.owner.as_ref().map(|owned| owned.owner.as_str());
    let due = options.due.get(&action.id).map(Moment::to_string);
    let said = json!([action.title, ends, owner, action.done_when, due, options.labels, options.project]);
    let digest = Sha256::digest(said.to_string().as_bytes());
    let mut text = String::new();
    for byte in digest.iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}

/// When a source last saw what an action ends.
fn seen(assessment: &Assessment, row: &PlanRow) -> Option<Moment> {
    let findings = row.action.ends.iter().filter_map(|end| assessment.environment().finding(end.finding()?));
    findings.flat_map(|finding| finding.sightings.iter().filter_map(|sighting| sighting.seen)).max()
}

/// The fields of a ticket that is written.
fn fields(row: &PlanRow, markdown: &str, what: &TicketMove, options: &TicketOptions) -> Value {
    let step = what.step;
    let (most_title, most_text) = options.tracker.room();
    let title = short(&row.action.title, most_title - 1);
    // The first line of the text is the title, which has a field of its own.
    let text = fitted(markdown.split_once("\n\n").map_or(markdown, |(_, text)| text), most_text);
    let due = options.due.get(&row.action.id).map(|due| due.date());
    let again = step == TicketStep::Reopen;
    let mut fields = match options.tracker {
        Tracker::Jira => {
            let labels: Vec<String> = options.labels.iter().map(|label| label.replace(' ', "-")).collect();
            let mut fields = json!({"summary": title, "description": text, "labels": labels});
            put(&mut fields, "duedate", due);
            if step == TicketStep::Create {
                put(&mut fields, "project", Some(json!({"key": options.project})));
                put(&mut fields, "issuetype", Some(json!({"name": "Task"})));
            }
            let mut fields = json!({"fields": fields});
            put(&mut fields, "transition", again.then(|| transition(what, options, true)));
            return fields;
        }
        Tracker::GitHub => json!({"title": title, "body": text, "labels": options.labels}),
        Tracker::GitLab => {
            let mut fields = json!({"title": title, "description": text, "labels": options.labels.join(",")});
            put(&mut fields, "due_date", due);
            fields
        }
        Tracker::ServiceNow => {
            let mut fields = json!({
                "short_description": title,
                "description": text,
                "correlation_id": row.action.id,
                "correlation_display": "ctem",
            });
            put(&mut fields, "due_date", due);
            fields
        }
    };
    if again {
        let (field, value) = match options.tracker {
            Tracker::GitLab => ("state_event", "reopen"),
            Tracker::ServiceNow => ("state", "2"),
            Tracker::GitHub | Tracker::Jira => ("state", "open"),
        };
        put(&mut fields, field, Some(value));
    }
    fields
}

/// The fields that close a ticket.
fn closing(what: &TicketMove, options: &TicketOptions) -> Value {
    match options.tracker {
        Tracker::Jira => json!({"transition": transition(what, options, false)}),
        Tracker::GitHub => {
            let duplicate = what.why.starts_with("another");
            json!({"state": "closed", "state_reason": if duplicate { "not_planned" } else { "completed" }})
        }
        Tracker::GitLab => json!({"state_event": "close"}),
        Tracker::ServiceNow => {
            json!({"state": "6", "close_code": "Solved (Permanently)", "close_notes": what.why})
        }
    }
}

/// The transition of Jira that opens a ticket or closes it: by the id that it offers, since names are each workflow's own.
fn transition(what: &TicketMove, options: &TicketOptions, opens: bool) -> Value {
    let known = options.known.iter().find(|known| Some(&known.ticket) == what.ticket.as_ref());
    let offered = known.and_then(|known| known.transitions.iter().find(|one| one.opens == opens));
    match offered {
        Some(offered) => json!({"id": offered.id}),
        None => json!({"name": if opens { "To Do" } else { "Done" }}),
    }
}

fn put(fields: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(fields), Some(value)) = (fields.as_object_mut(), value) {
        fields.insert(name.into(), value.into());
    }
}

/// A text of at most so many characters, that keeps its last line: by that a later run knows whose it is.
fn fitted(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.trim_end().to_owned();
    }
    let last = text.trim_end().rsplit('\n').next().unwrap_or_default();
    let room = most.saturating_sub(last.chars().count() + "\n…\n\n".len());
    let start: String = text.chars().take(room).collect();
    format!("{start}\n…\n\n{last}")
}
