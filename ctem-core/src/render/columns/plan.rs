//! The columns of a plan: its actions.

use super::{
    column::Columns,
    value::{Named, PROBABILITY, Word, filled, text},
};
use crate::{
    error::{Error, Result},
    mobilize::Plan,
    text::json,
    time::Moment,
};
use serde::Deserialize;

/// The actions of a plan in columns, in the order to do them.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::PlanOptions, render::{self, Cells}};
///
/// let plan = render::plan_in_columns(&today.plan(&PlanOptions { at_most: 1, ..PlanOptions::default() })?)?;
/// let left = plan.get("left").expect("each action leaves something");
/// assert_eq!((left.unit.as_deref(), &left.cells), (Some("EUR"), &Cells::Numbers(vec![Some(375.0)])));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// None that is known: it is a list of texts and numbers.
pub fn plan_in_columns(plan: &Plan) -> Result<Columns> {
    // Who has the document has the same columns.
    let document = serde_json::to_string(plan)
        .map_err(|error| Error::invalid("the plan holds what JSON cannot").because(error))?;
    Ok(of_document(&json::parse(&document)?))
}

/// What of a plan's document stands in its columns.
#[derive(Deserialize)]
pub(super) struct PlanDocument {
    unit: Box<str>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    rank: u64,
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
    left: Left,
    saved: f64,
    alone: f64,
    on_ways: f64,
    #[serde(default)]
    same_way_as: Option<u64>,
    #[serde(default)]
    leads_to: Option<Box<str>>,
    #[serde(default)]
    leads_to_name: Option<Box<str>>,
    signs: Signs,
    done_when: Box<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    Finding(Box<str>),
    Relation(Box<str>),
}

impl Ended {
    /// The id of what is ended.
    pub(super) fn id(&self) -> Box<str> {
        match self {
            Self::Finding(id) | Self::Relation(id) => id.clone(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Target {
    pub(super) package: Box<str>,
    pub(super) version: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct Owner {
    pub(super) owner: Box<str>,
    #[serde(default)]
    pub(super) name: Option<Box<str>>,
}

#[derive(Deserialize)]
pub(super) struct Effort {
    pub(super) hours: f64,
    pub(super) assumed: bool,
}

#[derive(Deserialize)]
struct Left {
    value: f64,
}

#[derive(Deserialize)]
struct Signs {
    #[serde(default)]
    severity: Option<Box<str>>,
    #[serde(default)]
    cvss: Option<f64>,
    #[serde(default)]
    epss: Option<f64>,
    known_exploited: bool,
    #[serde(default)]
    exploited_since: Option<Moment>,
    #[serde(default)]
    links: Vec<Box<str>>,
}

/// The columns of a plan's document.
pub(super) fn of_document(plan: &PlanDocument) -> Columns {
    filled(named(&plan.unit), plan.rows.iter())
}

fn named<'a>(unit: &str) -> Vec<Named<'a, &'a Row>> {
    vec![
        Named::new("rank", "Its place, from 1.", |it: &&'a Row| Some(it.rank)),
        Named::new("id", "Its name: the same on every day on which it is to be done.", |it| text(&it.id)),
        Named::new("kind", "What sort of work it is.", |it| Word::of(&it.kind)),
        Named::new("title", "What to do.", |it| text(&it.title)),
        Named::new("on", "Where the work is, by asset.", |it| it.on.clone()),
        Named::new("ends", "The findings and relations it ends, by their ids.", |it| {
            it.ends.iter().map(Ended::id).collect::<Vec<_>>()
        }),
        Named::new("package", "The package to upgrade, where it is an upgrade.", |it| {
            Word::known(it.target.as_ref().map(|target| &*target.package))
        }),
        Named::new("version", "The version to go to, where it is an upgrade.", |it| {
            it.target.as_ref().map(|target| target.version.clone())
        }),
        Named::new("owner", "Who does it, by their id.", |it| {
            Word::known(it.owner.as_ref().map(|owner| &*owner.owner))
        }),
        Named::new("owner_name", "What people call them.", |it| {
            Word::known(it.owner.as_ref().and_then(|owner| owner.name.as_deref()))
        }),
        Named::counted_in("h", "hours", "How long it takes.", |it| Some(it.effort.hours)),
        Named::new("hours_assumed", "Whether the engine assumes that.", |it| Some(it.effort.assumed)),
        Named::counted_in(
            unit,
            "left",
            "The expected loss that is left after it and those above it.",
            |it| Some(it.left.value),
        ),
        Named::counted_in(unit, "saved", "What it saves after those above it.", |it| Some(it.saved)),
        Named::counted_in(unit, "alone", "What it would save alone.", |it| Some(it.alone)),
        Named::new("on_ways", "The part of the expected loss on whose ways it lies.", |it| Some(it.on_ways)),
        Named::new("same_way_as", "The row above that ends the same ways.", |it| it.same_way_as),
        Named::new("leads_to", "The loss event that weighs most on these ways, by its id.", |it| {
            Word::known(it.leads_to.as_deref())
        }),
        Named::new("leads_to_name", "What people call that event.", |it| {
            Word::known(it.leads_to_name.as_deref())
        }),
        Named::new("severity", "The highest severity of what it ends.", |it| {
            Word::known(it.signs.severity.as_deref())
        }),
        Named::new("cvss", "The highest CVSS base score of what it ends.", |it| it.signs.cvss),
        Named::counted_in(PROBABILITY, "epss", "The highest EPSS score of what it ends.", |it| it.signs.epss),
        Named::new("known_exploited", "Whether any of it is known to be exploited.", |it| {
            Some(it.signs.known_exploited)
        }),
        Named::new("exploited_since", "When the first of it was listed as exploited.", |it| {
            it.signs.exploited_since
        }),
        Named::new("links", "Where to read more.", |it| it.signs.links.clone()),
        Named::new("done_when", "How one knows that it is done.", |it| text(&it.done_when)),
    ]
}
