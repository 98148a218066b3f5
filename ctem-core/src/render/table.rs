//! The terminal table: as wide as the terminal, without colour, the same bytes everywhere.

use super::{
    RenderOptions,
    details::details,
    ranking::{self, Row, rows},
    words,
};
use crate::prioritize::{Assessment, Exposure};
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// An assessment as text: what is at stake, a table of the worst exposures, and the reasons of the very worst.
///
/// Columns that do not fit the width are left out, the least needed first; names are cut with an ellipsis. Relations with the
/// risk of the row above are counted in that row. O(exposures shown).
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// let table = render::table(&today, &RenderOptions::default());
/// assert_eq!(table.lines().nth(1), Some("Expected loss EUR 750 to EUR 1,101"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn table(assessment: &Assessment, options: &RenderOptions) -> String {
    let width = options.width.clamp(60, 400);
    let rows = rows(assessment, options.at_most);
    let mut out = Lines { text: String::new(), width };
    out.line(&words::headline(assessment));
    out.line(&format!("Expected loss {}", words::expected(assessment)));
    out.line(&words::basis(assessment));
    if !rows.is_empty() {
        out.line("");
        table_of(&mut out, assessment, &rows);
    }
    if let Some(rest) = words::rest(assessment, ranking::shown(&rows)) {
        out.line(&format!("… {rest}"));
    }
    if let Some(legend) = ranking::legend(&rows) {
        out.line(legend);
    }
    let mut explainer = assessment.explainer();
    for row in rows.iter().take(options.explained).filter(|row| row.exposure.risk.value() > 0.0) {
        let exposure = &row.exposure;
        out.line("");
        out.line(&format!("{}. {}", exposure.rank, words::heading(exposure)));
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

fn table_of(out: &mut Lines, assessment: &Assessment, rows: &[Row<'_>]) {
    let cells = |cell: &dyn Fn(&Exposure<'_>) -> String| rows.iter().map(|row| cell(&row.exposure)).collect();
    let number = |head, from, cell: &dyn Fn(&Exposure<'_>) -> String| {
        let cells: Vec<String> = cells(cell);
        let least = usize::MAX;
        Column { head, cells, right: true, least, from }
    };
    let words_of = |head, least, from, cell: &dyn Fn(&Exposure<'_>) -> String| Column {
        head,
        cells: cells(cell),
        right: false,
        least,
        from,
    };
    let environment = assessment.environment();
    let mut columns = vec![
        number("#", 0, &|exposure| exposure.rank.to_string()),
        number("Risk", 0, &|exposure| exposure.unit.amount(exposure.risk.value())),
        words_of("Exposure", 14, 0, &|exposure| words::what(exposure)),
        words_of("On", 8, 0, &|exposure| words::name(exposure.asset)),
        Column {
            head: "Links",
            cells: rows.iter().map(Row::links).collect(),
            right: true,
            least: usize::MAX,
            from: 0,
        },
        words_of("KEV", 3, 90, &|exposure| {
            if exposure.known_exploited { "yes".into() } else { String::new() }
        }),
        number("Likely", 90, &|exposure| exposure.likelihood.percent()),
        number("Reach", 110, &|exposure| exposure.reach.percent()),
        words_of("Leads to", 10, 0, &|exposure| words::leads_to(exposure)),
        words_of("Owner", 8, 120, &|exposure| words::owner(environment, exposure.asset)),
        words_of("Fix", 8, 140, &|exposure| words::fix(exposure)),
    ];
    columns.retain(|column| {
        out.width >= column.from && (column.from == 0 || column.cells.iter().any(|cell| !cell.is_empty()))
    });
    let widths = widths(&columns, out.width);
    let mut row = |cell: &dyn Fn(&Column) -> String| {
        let mut line = String::new();
        for (column, width) in columns.iter().zip(&widths) {
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
        out.text.push_str(line.trim_end());
        out.text.push('\n');
    };
    row(&|column| column.head.to_owned());
    for n in 0..rows.len() {
        row(&|column| column.cells.get(n).cloned().unwrap_or_default());
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
