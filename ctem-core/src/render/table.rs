//! The terminal table: as wide as the terminal, without colour, the same bytes everywhere.

use super::{
    RenderOptions,
    details::details,
    plan,
    ranking::{By, Ranking, Row, legend, ranking},
    words,
};
use crate::{mobilize::Plan, prioritize::Assessment};
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// An assessment as text: what to do first, in order; behind it the exposures by what fixing each saves; and the reasons of the first.
///
/// Columns that do not fit the width are left out, the least needed first; names are cut with an ellipsis. Relations that are worth as
/// much as the row above are counted in that row, and so are packages of one asset with the same flaw. Costs a plan and a sample.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// let table = render::table(&today, &RenderOptions::default());
/// let mut lines = table.lines();
/// assert_eq!(lines.next(), Some("What to do first, as of 2025-11-13 · expected loss in 30 days EUR 938 (exact)"));
/// assert!(table.contains("\n1  Fix the setting on web shop: "));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn table(assessment: &Assessment, options: &RenderOptions) -> String {
    let width = options.width.clamp(60, 400);
    let planned = plan::plan(assessment, options.at_most, false);
    let ranking = ranking(assessment, options.at_most, planned.as_ref());
    let Ranking { by, rows, .. } = &ranking;
    let mut out = Lines { text: String::new(), width };
    out.line(&plan::headline(assessment, planned.as_ref()));
    out.line(&words::basis(assessment));
    out.line(&words::implied(assessment));
    if let Some(planned) = &planned {
        if !planned.rows.is_empty() {
            out.line("");
            out.columns(plan_columns(planned));
        }
        plan::rest(planned).iter().for_each(|line| out.line(line));
    }
    if !rows.is_empty() {
        out.line("");
        out.line(by.lead());
        out.columns(exposure_columns(assessment, planned.as_ref(), *by, rows));
    }
    if let Some(rest) = ranking.rest(assessment) {
        out.line(&format!("… {rest}"));
    }
    if let Some(legend) = legend(rows) {
        out.line(legend);
    }
    let mut explainer = assessment.explainer();
    let explained = (1..).zip(rows).take(options.explained);
    for (rank, row) in explained.filter(|(_, row)| row.exposure.risk.value() > 0.0) {
        let exposure = &row.exposure;
        out.line("");
        out.line(&format!("{rank}. {}", words::heading(exposure)));
        if let Some(links) = row.named() {
            out.line(&format!("   {links}"));
        }
        for (label, text) in details(exposure) {
            out.line(&format!("   {label}: {text}"));
        }
        let explanation = explainer.exposure(exposure);
        for line in explanation.to_string().lines() {
            out.line(&format!("   {line}"));
        }
    }
    if !assessment.notes().is_empty() {
        out.line("");
        for note in assessment.notes() {
            out.line(&format!("Note: {}", words::visible(&note.reason)));
        }
    }
    out.text
}

/// Lines no wider than the terminal: longer ones go on below, indented by where they begin and a little more.
struct Lines {
    text: String,
    width: usize,
}

impl Lines {
    fn line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start().len();
        let (mut rest, mut first) = (line.trim_end(), true);
        loop {
            let room = if first { self.width } else { self.width.saturating_sub(indent + 4).max(20) };
            let end = fits(rest, room);
            let end = if end == rest.len() {
                end
            } else {
                // At the last space that is not part of the indentation, if there is one.
                let from = if first { indent } else { 0 };
                rest.get(from..end).and_then(|part| part.rfind(' ')).map_or(end, |at| from + at).max(1)
            };
            let (head, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if !first {
                self.text.push_str(&" ".repeat(indent + 4));
            }
            self.text.push_str(head.trim_end());
            self.text.push('\n');
            rest = tail.trim_start();
            first = false;
            if rest.is_empty() {
                return;
            }
        }
    }
}

/// How many bytes of a text fit into so many columns, at least one character.
fn fits(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, letter) in text.char_indices() {
        used += letter.width().unwrap_or(0);
        if used > columns && at > 0 {
            return at;
        }
    }
    text.len()
}

/// One column: its head, its cells, and how it behaves when room is short.
struct Column {
    head: &'static str,
    cells: Vec<String>,
    /// Numbers stand to the right.
    right: bool,
    /// The narrowest it can be; it is never cut below its head.
    least: usize,
    /// The terminal must be this wide for the column to be there.
    from: usize,
}

impl Column {
    fn natural(&self) -> usize {
        let widest = self.cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        widest.max(self.head.width())
    }
}

impl Column {
    /// Numbers, never cut.
    fn numbers(head: &'static str, from: usize, cells: impl Iterator<Item = String>) -> Self {
        Self { head, cells: cells.collect(), right: true, least: usize::MAX, from }
    }

    /// Words, cut down to so many columns.
    fn words(head: &'static str, least: usize, from: usize, cells: impl Iterator<Item = String>) -> Self {
        Self { head, cells: cells.collect(), right: false, least, from }
    }
}

fn plan_columns(plan: &Plan) -> Vec<Column> {
    let rows = || plan.rows.iter();
    vec![
        Column::numbers("#", 0, rows().map(|row| row.rank.to_string())),
        Column::words("Do", 16, 0, rows().map(|row| words::short(&row.action.title, words::LONG))),
        Column::words("Who", 6, 80, rows().map(plan::who)),
        Column::numbers("Effort", 0, rows().map(plan::effort)),
        Column::numbers("Loss left", 0, rows().map(|row| plan::left(plan, row))),
        Column::words("Why", 12, 90, rows().map(plan::why)),
        Column::words("Severity", 8, 140, rows().map(plan::severity)),
        Column::numbers("CVSS", 140, rows().map(plan::cvss)),
        Column::numbers("EPSS", 140, rows().map(plan::epss)),
    ]
}

fn exposure_columns(
    assessment: &Assessment,
    planned: Option<&Plan>,
    by: By,
    rows: &[Row<'_>],
) -> Vec<Column> {
    let environment = assessment.environment();
    let exposures = || rows.iter().map(|row| &row.exposure);
    let amount = |row: &Row<'_>| plan::worth(planned, row.exposure.unit, row.worth);
    vec![
        Column::numbers("#", 0, (1..=rows.len()).map(|rank| rank.to_string())),
        Column::numbers(by.head(), 0, rows.iter().map(amount)),
        Column::words("Exposure", 14, 0, exposures().map(words::what)),
        Column::words("On", 8, 0, exposures().map(|exposure| words::name(exposure.asset))),
        Column::numbers("More", 0, rows.iter().map(Row::more)),
        Column::words(
            "KEV",
            3,
            90,
            exposures().map(|exposure| if exposure.known_exploited { "yes" } else { "" }.into()),
        ),
        Column::numbers("Likely", 90, exposures().map(|exposure| exposure.likelihood.percent())),
        Column::numbers("Reach", 110, exposures().map(|exposure| exposure.reach.percent())),
        Column::words("Leads to", 10, 0, exposures().map(words::leads_to)),
        Column::words("Owner", 8, 120, exposures().map(|exposure| words::owner(environment, exposure.asset))),
        Column::words("Fix", 8, 140, exposures().map(words::fix)),
    ]
}

impl Lines {
    /// A table: its columns that there is room for, and that have anything to say.
    fn columns(&mut self, mut columns: Vec<Column>) {
        columns.retain(|column| {
            self.width >= column.from
                && (column.from == 0 || column.cells.iter().any(|cell| !cell.is_empty()))
        });
        let widths = widths(&columns, self.width);
        let rows = columns.first().map_or(0, |column| column.cells.len());
        self.row(&columns, &widths, |column| column.head.to_owned());
        for n in 0..rows {
            self.row(&columns, &widths, |column| column.cells.get(n).cloned().unwrap_or_default());
        }
    }

    fn row(&mut self, columns: &[Column], widths: &[usize], cell: impl Fn(&Column) -> String) {
        let mut line = String::new();
        for (column, width) in columns.iter().zip(widths) {
            let text = fitted(&cell(column), *width);
            let space = " ".repeat(width.saturating_sub(text.width()));
            let gap = if line.is_empty() { "" } else { "  " };
            // Writing to a string cannot fail.
            let _ = if column.right {
                write!(line, "{gap}{space}{text}")
            } else {
                write!(line, "{gap}{text}{space}")
            };
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// The widths of the columns: as they like it where there is room, else the widest give way first.
fn widths(columns: &[Column], width: usize) -> Vec<usize> {
    let gaps = 2 * columns.len().saturating_sub(1);
    let mut widths: Vec<usize> = columns.iter().map(Column::natural).collect();
    let least: Vec<usize> =
        columns.iter().zip(&widths).map(|(column, natural)| column.least.min(*natural)).collect();
    while widths.iter().sum::<usize>() + gaps > width {
        let wide = widths.iter().zip(&least).enumerate().filter(|(_, (width, least))| width > least);
        let Some(widest) = wide.max_by_key(|(n, (width, _))| (**width, *n)).map(|(n, _)| n) else { break };
        if let Some(width) = widths.get_mut(widest) {
            *width -= 1;
        }
    }
    widths
}

/// A text cut to so many columns.
fn fitted(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let kept = text.get(..fits(text, width.saturating_sub(1))).unwrap_or(text);
    format!("{}…", kept.trim_end())
}
