//! Numbers as people read them, and tables that can be read aloud.

use crate::{
    measure::Share,
    program::ProgressReport,
    quantity::{Estimate, Probability, Unit, spelled},
    render::{
        escape::escaped,
        markup::{name, put},
        plan::{briefly, whole_of},
        words::visible,
    },
};

/// An amount of the report's unit.
pub(super) fn amount(report: &ProgressReport, of: f64) -> String {
    match report.unit {
        Unit::Money(_) => briefly(report.unit, of),
        // Nobody reads a millionth of a crown jewel: a part of the largest there was.
        Unit::CrownJewel => {
            let most =
                report.trend.iter().map(|mark| mark.loss.unwrap_or(mark.risk).value()).fold(0.0, f64::max);
            let part = if most > 0.0 { of / most } else { 0.0 };
            format!("{}{}", if part < 0.0 { "−" } else { "" }, Probability::clamped(part.abs()).percent())
        }
    }
}

/// The whole loss: one amount, or where it is not known exactly its interval.
pub(super) fn whole(report: &ProgressReport, loss: Estimate) -> String {
    whole_of(report.unit, loss, |of| amount(report, of))
}

/// The same with its sign.
pub(super) fn signed(report: &ProgressReport, of: f64) -> String {
    let size = amount(report, of.abs());
    format!("{}{size}", if of < 0.0 { "−" } else { "+" })
}

pub(super) fn percent(share: f64) -> String {
    Probability::clamped(share).percent()
}

/// Days as people say them.
pub(super) fn days(days: f64) -> String {
    let rounded = if days < 10.0 { (days * 10.0).round() / 10.0 } else { days.round() };
    format!("{} d", spelled(rounded))
}

/// A table whose first column heads its rows.
pub(super) fn table(
    page: &mut String,
    caption: &str,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) {
    put(page, format_args!("<div class=\"wide\"><table><caption>{}</caption><thead><tr>", escaped(caption)));
    for (n, head) in heads.iter().enumerate() {
        let number = if n > 0 { " class=\"number\"" } else { "" };
        put(page, format_args!("<th scope=\"col\"{number}>{}</th>", escaped(head)));
    }
    page.push_str("</tr></thead><tbody>");
    for row in rows {
        page.push_str("<tr>");
        for (n, cell) in row.iter().enumerate() {
            let cell = name(&visible(cell));
            match n {
                0 => put(page, format_args!("<th scope=\"row\">{cell}</th>")),
                _ => put(page, format_args!("<td class=\"number\">{cell}</td>")),
            }
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table></div>");
}

/// The numbers behind a chart, as a table that opens.
pub(super) fn numbers(
    page: &mut String,
    caption: &str,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) {
    page.push_str("<details class=\"numbers\"><summary>The numbers</summary>");
    table(page, caption, heads, rows);
    page.push_str("</details>");
}

/// A share, between what it lies, and of what it is.
pub(super) fn share(part: &Share) -> [String; 3] {
    [
        part.share.map_or("–".into(), percent),
        if part.of > 0 {
            format!("{} to {}", percent(part.lower), percent(part.upper))
        } else {
            "–".into()
        },
        format!("{} of {}", spelled(part.count as f64), spelled(part.of as f64)),
    ]
}
