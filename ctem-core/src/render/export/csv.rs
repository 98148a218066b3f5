//! The ranking for spreadsheets.

use crate::{
    attack::Asking,
    prioritize::{Assessment, Exposure},
    render::words::visible,
};

const HEAD: [&str; 20] = [
    "rank",
    "id",
    "kind",
    "weakness",
    "title",
    "asset",
    "asset_name",
    "owner",
    "component",
    "version",
    "fixed_in",
    "severity",
    "known_exploited",
    "risk",
    "unit",
    "score",
    "level",
    "likelihood",
    "reach",
    "leads_to",
];

pub(super) fn csv(assessment: &Assessment, at_most: usize, asking: &Asking<'_>) -> String {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = table.write_record(HEAD);
    for exposure in assessment.ranked().take(at_most).take_while(|_| asking.goes_on()) {
        let _ = table.write_record(cells(&exposure));
    }
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn cells(exposure: &Exposure<'_>) -> [String; HEAD.len()] {
    let finding = exposure.finding;
    let component = finding.and_then(|finding| finding.component.as_ref());
    let owner = exposure.asset.owner.as_ref().map_or("", |owner| owner.as_str());
    let severity = exposure.severity.map(|severity| severity.name()).unwrap_or_default();
    [
        exposure.rank.to_string(),
        inert(exposure.id.as_str()),
        exposure.id.kind().into(),
        inert(finding.map_or("", |finding| finding.weakness.id.as_str())),
        inert(&exposure.title()),
        inert(exposure.asset.id.as_str()),
        inert(exposure.asset.title()),
        inert(owner),
        inert(component.map_or("", |component| &component.name)),
        inert(component.and_then(|component| component.version.as_deref()).unwrap_or_default()),
        inert(&finding.map(|finding| finding.fixed_in().join(" ")).unwrap_or_default()),
        severity.into(),
        exposure.known_exploited.to_string(),
        exposure.risk.value().to_string(),
        exposure.unit.to_string(),
        exposure.score.to_string(),
        exposure.level.name().into(),
        exposure.likelihood.get().to_string(),
        exposure.reach.get().to_string(),
        inert(exposure.leads_to.unwrap_or_default()),
    ]
}

/// Text that no spreadsheet takes for a formula (OWASP, *CSV Injection*): an apostrophe stands before what one would begin with.
fn inert(text: &str) -> String {
    let text = visible(text);
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') => format!("'{text}"),
        Some(_) | None => text.into_owned(),
    }
}
