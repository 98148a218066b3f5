//! A row of the plan as the text of a ticket: what to do, where, why, and how one knows that it is done.

use super::{
    details::details,
    plan,
    words::{self, LONG, short},
};
use crate::{
    mobilize::{Plan, PlanRow},
    prioritize::Assessment,
};
use std::fmt::Write;

/// What the last line of a ticket's text begins with.
pub(super) const MARK: &str = "ctem action: ";

/// So many of what an action ends are named.
const NAMED: usize = 20;

/// The ticket of a row, as Markdown whose first line is its title. The id of the action is its last line, so that a later run finds it.
pub(super) fn ticket(assessment: &Assessment, plan: &Plan, row: &PlanRow) -> String {
    let mut text = format!("# {}\n\n", short(&row.action.title, LONG));
    let mut line = |line: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    };
    let amount = |amount: f64| plan::brief(plan, amount);
    line(format!(
        "Number {} of the plan of {}: of an expected loss of {} in {} it leaves {}, {} less than before it.",
        row.rank,
        plan.as_of.date(),
        plan::whole(plan, plan.before),
        plan.horizon,
        plan::whole(plan, row.left),
        amount(row.saved),
    ));
    let why = plan::why(row, None);
    if !why.is_empty() {
        line(format!("Why: {why}."));
    }
    if let Some(owned) = &row.action.owner {
        line(format!("Who: {} ({}).", plan::who(row), short(&owned.by, LONG)));
    }
    line(format!("Effort: {}.", plan::effort(row)));
    line("\n## What it ends\n".into());
    let exposures = || row.action.ends.iter().filter_map(|id| assessment.exposure_of(id));
    for exposure in exposures().take(NAMED) {
        let told: Vec<String> = details(&exposure)
            .into_iter()
            .filter(|(label, _)| matches!(*label, "At" | "Package" | "Fix"))
            .map(|(label, text)| format!("{}: {text}", label.to_lowercase()))
            .collect();
        let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join("; ")) };
        line(format!("- {}{told}", words::heading(&exposure)));
    }
    let more = row.action.ends.len().saturating_sub(NAMED);
    if more > 0 {
        line(format!("- and {more} more"));
    }
    line(format!("\n## Done when\n\n{}", short(&row.action.done_when, 3 * LONG)));
    if !row.signs.links.is_empty() {
        line("\n## Read more\n".into());
        row.signs.links.iter().for_each(|link| line(format!("- {}", short(link, 3 * LONG))));
    }
    line(format!("\n{MARK}{}", words::visible(row.action.id.as_str())));
    text
}
