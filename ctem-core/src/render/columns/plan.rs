//! The columns of a plan: its actions.

use super::{
    actions::{HasWork, Work, done_when, what_to_do},
    column::Columns,
    value::{Named, PROBABILITY, Word, filled},
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
    #[serde(flatten)]
    work: Work,
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
}

impl HasWork for &Row {
    fn work(&self) -> &Work {
        &self.work
    }
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
    let mut columns = vec![Named::new("rank", "Its place, from 1.", |it: &&'a Row| Some(it.rank))];
    columns.extend(what_to_do());
    columns.extend([
        Named::counted_in(
            unit,
            "left",
            "The expected loss that is left after it and those above it.",
            |it: &&'a Row| Some(it.left.value),
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
        done_when(),
    ]);
    columns
}
