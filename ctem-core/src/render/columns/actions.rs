//! The columns of actions that no plan has put in order.

use super::{
    column::Columns,
    value::{Named, Word, filled, text},
};
use crate::{
    error::{Error, Result},
    mobilize::Action,
    text::json,
};
use serde::Deserialize;

/// Actions in columns, in their order: those of a plan's columns that say what is to be done, by whom, and how long it takes.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::ActionOptions, render};
///
/// let actions = today.actions(&ActionOptions::default())?;
/// let columns = render::actions_in_columns(&actions)?;
/// assert_eq!((columns.len(), columns.get("hours").and_then(|hours| hours.unit.as_deref())), (actions.len(), Some("h")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts and numbers.
pub fn actions_in_columns(actions: &[Action]) -> Result<Columns> {
    // Who has the document has the same columns.
    let document = serde_json::to_string(actions)
        .map_err(|error| Error::invalid("the actions hold what JSON cannot").because(error))?;
    Ok(of_list(&json::parse::<Vec<Work>>(&document)?))
}

/// What of an action's document stands in its columns.
#[derive(Deserialize)]
pub(super) struct Work {
    id: Box<str>,
    kind: Box<str>,
    title: Box<str>,
    on: Vec<Box<str>>,
    ends: Vec<Ended>,
    #[serde(default)]
    target: Option<Target>,
    #[serde(default)]
    owner: Option<Owner>,
    effort: Effort,
    done_when: Box<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ended {
    Finding(Box<str>),
    Relation(Box<str>),
}

impl Ended {
    /// The id of what is ended.
    fn id(&self) -> Box<str> {
        match self {
            Self::Finding(id) | Self::Relation(id) => id.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Target {
    package: Box<str>,
    version: Box<str>,
}

#[derive(Deserialize)]
struct Owner {
    owner: Box<str>,
    #[serde(default)]
    name: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Effort {
    hours: f64,
    assumed: bool,
}

/// The document of actions.
#[derive(Deserialize)]
pub(super) struct ActionsDocument {
    list: Vec<Work>,
}

/// The columns of the document of actions.
pub(super) fn of_document(actions: &ActionsDocument) -> Columns {
    of_list(&actions.list)
}

fn of_list(list: &[Work]) -> Columns {
    filled(named(), list.iter())
}

fn named<'a>() -> Vec<Named<'a, &'a Work>> {
    let mut columns = what_to_do();
    columns.push(done_when());
    columns
}

/// A row that says what is to be done, perhaps among more.
pub(super) trait HasWork {
    fn work(&self) -> &Work;
}

impl HasWork for &Work {
    fn work(&self) -> &Work {
        self
    }
}

/// The columns that say what is to be done, by whom, and how long it takes.
pub(super) fn what_to_do<'a, R: HasWork + 'a>() -> Vec<Named<'a, R>> {
    vec![
        Named::new("id", "Its name: the same on every day on which it is to be done.", |it: &R| {
            text(&it.work().id)
        }),
        Named::new("kind", "What sort of work it is.", |it| Word::of(&it.work().kind)),
        Named::new("title", "What to do.", |it| text(&it.work().title)),
        Named::new("on", "Where the work is, by asset.", |it| it.work().on.clone()),
        Named::new("ends", "The findings and relations it ends, by their ids.", |it| {
            it.work().ends.iter().map(Ended::id).collect::<Vec<_>>()
        }),
        Named::new("package", "The package to upgrade, where it is an upgrade.", |it| {
            Word::known(it.work().target.as_ref().map(|target| &*target.package))
        }),
        Named::new("version", "The version to go to, where it is an upgrade.", |it| {
            it.work().target.as_ref().map(|target| target.version.clone())
        }),
        Named::new("owner", "Who does it, by their id.", |it| {
            Word::known(it.work().owner.as_ref().map(|owner| &*owner.owner))
        }),
        Named::new("owner_name", "What people call them.", |it| {
            Word::known(it.work().owner.as_ref().and_then(|owner| owner.name.as_deref()))
        }),
        Named::counted_in("h", "hours", "How long it takes.", |it| Some(it.work().effort.hours)),
        Named::new("hours_assumed", "Whether the engine assumes that.", |it| Some(it.work().effort.assumed)),
    ]
}

pub(super) fn done_when<'a, R: HasWork + 'a>() -> Named<'a, R> {
    Named::new("done_when", "How one knows that it is done.", |it: &R| text(&it.work().done_when))
}
