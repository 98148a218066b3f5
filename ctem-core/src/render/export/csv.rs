//! The ranking for spreadsheets.

use crate::{
    attack::Asking,
    prioritize::Assessment,
    render::{columns, words::visible},
};

pub(super) fn csv(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let columns = columns::of_exposures(assessment.unit());
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = table.write_record(columns.iter().map(|column| column.name));
    for exposure in assessment.ranked().take(at_most).take_while(|_| asking.goes_on()) {
        let _ = table.write_record(columns.iter().map(|column| inert(&column.text(&exposure))));
    }
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Text that no spreadsheet takes for a formula (OWASP, *CSV Injection*): an apostrophe stands before what one would begin with.
fn inert(text: &str) -> String {
    let text = visible(text);
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') => format!("'{text}"),
        Some(_) | None => text.into_owned(),
    }
}
