//! Lines and columns as wide as a terminal, for texts that are read there.

use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines no wider than the terminal: longer ones go on below, indented by where they begin and a little more.
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) width: usize,
}

impl Lines {
    /// None yet, so many columns wide, between 60 and 400.
    pub(super) fn of(width: usize) -> Self {
        Self { text: String::new(), width: width.clamp(60, 400) }
    }

    pub(super) fn line(&mut self, line: &str) {
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
pub(super) struct Column {
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
    pub(super) fn numbers(head: &'static str, from: usize, cells: impl Iterator<Item = String>) -> Self {
        Self { head, cells: cells.collect(), right: true, least: usize::MAX, from }
    }

    /// Words, cut down to so many columns.
    pub(super) fn words(
        head: &'static str,
        least: usize,
        from: usize,
        cells: impl Iterator<Item = String>,
    ) -> Self {
        Self { head, cells: cells.collect(), right: false, least, from }
    }
}

impl Lines {
    /// A table: its columns that there is room for, and that have anything to say.
    pub(super) fn columns(&mut self, mut columns: Vec<Column>) {
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
