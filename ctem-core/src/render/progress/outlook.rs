//! What the world learnt, what is due, and what comes next.

use super::tell::{amount, share, table, whole};
use crate::{
    program::ProgressReport,
    quantity::spelled,
    render::{
        escape::escaped,
        markup::put,
        words::{LONG, counted, short},
    },
};

/// So many flaws are named.
const NAMED: usize = 15;

pub(super) fn listed(page: &mut String, report: &ProgressReport) {
    if report.listed.is_empty() {
        return;
    }
    page.push_str("<h2>Known to be exploited since</h2>");
    table(
        page,
        &format!("{} of what was seen here, listed in the period", counted(report.listed.len(), "flaw")),
        &["Flaw", "Listed", "Findings", "Still stand"],
        report.listed.iter().take(NAMED).map(|listed| {
            vec![
                short(listed.weakness.as_str(), LONG),
                listed.since.date(),
                spelled(listed.findings as f64),
                spelled(listed.standing as f64),
            ]
        }),
    );
    if let Some(more) = report.listed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        put(page, format_args!("<p class=\"faint\">… and {} more</p>", spelled(more as f64)));
    }
}

pub(super) fn deadlines(page: &mut String, report: &ProgressReport) {
    if report.deadlines.is_empty() {
        return;
    }
    page.push_str("<h2>Deadlines</h2>");
    table(
        page,
        "Of what stands and is due on some day, what is in time",
        &["Table", "In time", "Between", "That is", "Next due", "Without a day", "Accepted"],
        report.deadlines.iter().map(|kept| {
            let [part, between, count] = share(&kept.in_time);
            vec![
                short(&kept.table, LONG),
                part,
                between,
                count,
                kept.next.map_or("–".into(), |next| next.date()),
                spelled(kept.undated as f64),
                spelled(kept.accepted as f64),
            ]
        }),
    );
}

pub(super) fn next(page: &mut String, report: &ProgressReport) {
    let next = &report.next;
    page.push_str("<h2>What to do next</h2>");
    if next.rows.is_empty() {
        page.push_str("<p>Nothing that is known would save anything.</p>");
        return;
    }
    let against = match next.hours_by_severity {
        Some(hours) => format!(
            " Working by severity takes {} h to leave no more, {} h more.",
            spelled(round(hours)),
            spelled(round((hours - next.hours).max(0.0)))
        ),
        None => " Working by severity leaves more after twice the hours.".to_owned(),
    };
    put(
        page,
        format_args!(
            "<p>{} in {} h bring the expected loss from {} to {}.{}</p>",
            counted(next.actions, "action"),
            spelled(round(next.hours)),
            escaped(&whole(report, next.before)),
            escaped(&whole(report, next.after)),
            escaped(&against),
        ),
    );
    table(
        page,
        "The first of them, in order",
        &["Do", "Who", "Hours", "Saves"],
        next.rows.iter().map(|row| {
            vec![
                short(&row.title, LONG),
                row.owner.as_deref().map(|owner| short(owner, LONG)).unwrap_or_default(),
                spelled(round(row.hours)),
                amount(report, row.saved),
            ]
        }),
    );
}

fn round(hours: f64) -> f64 {
    (hours * 10.0).round() / 10.0
}
