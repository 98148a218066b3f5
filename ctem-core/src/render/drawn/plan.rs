//! A plan as a table, and its curves.

use super::curve::{self, Curves};
use crate::{
    mobilize::LossCurve,
    quantity::{Estimate, Unit, spelled},
    render::{
        escape::escaped,
        markup::{name, put},
        plan::{amount, left_of, takes, whole_of},
        words::{LONG, short},
    },
    time::{Days, Moment},
};
use serde::Deserialize;

/// So many rows are read at most.
const ROWS: usize = 50;

/// What of a plan's document is shown.
#[derive(Deserialize)]
pub(super) struct PlanDocument {
    as_of: Moment,
    horizon_days: Days,
    unit: Unit,
    hours: f64,
    before: Estimate,
    after: Estimate,
    rows: Vec<Row>,
    #[serde(default)]
    rest: Rest,
    #[serde(default)]
    curves: Vec<LossCurve>,
}

/// What of an estimate is shown in a row.
#[derive(Deserialize)]
struct Amount {
    value: f64,
}

#[derive(Deserialize)]
struct Row {
    rank: u64,
    title: Box<str>,
    #[serde(default)]
    owner: Option<Owner>,
    effort: Effort,
    left: Amount,
    saved: f64,
}

/// What of the actions that are not told is shown.
#[derive(Default, Deserialize)]
struct Rest {
    #[serde(default)]
    below: usize,
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

pub(super) fn section(page: &mut String, plan: &PlanDocument) {
    let before = plan.before.value();
    let whole = |loss| escaped(&whole_of(plan.unit, loss, |left| amount(plan.unit, before, left)));
    put(
        page,
        format_args!(
            "<p>What to do first, as of {}: in {} h the expected loss in {} falls from {} to {}</p>",
            plan.as_of.date(),
            spelled(plan.hours),
            plan.horizon_days,
            whole(plan.before),
            whole(plan.after),
        ),
    );
    let curves = Curves { curves: &plan.curves, hours: plan.hours, before, unit: Some(plan.unit) };
    curve::figure(page, &curves);
    if plan.rows.is_empty() {
        return;
    }
    page.push_str(
        "<table><thead><tr><th>#</th><th>Do</th><th>Who</th><th class=\"number\">Effort</th>\
         <th class=\"number\">Loss left</th></tr></thead><tbody>",
    );
    for row in plan.rows.iter().take(ROWS) {
        let owner = row.owner.as_ref();
        let who = owner.map(|known| known.name.as_deref().unwrap_or(&known.owner)).unwrap_or_default();
        put(
            page,
            format_args!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
                row.rank,
                name(&short(&row.title, LONG)),
                name(&short(who, LONG)),
                takes(row.effort.hours, row.effort.assumed),
                escaped(&left_of(plan.unit, before, row.left.value, row.saved)),
            ),
        );
    }
    page.push_str("</tbody></table>");
    let more = plan.rows.len().saturating_sub(ROWS).saturating_add(plan.rest.below);
    if more > 0 {
        put(page, format_args!("<p class=\"faint\">and {more} more</p>"));
    }
}
