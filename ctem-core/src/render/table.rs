//! The terminal table: as wide as the terminal, without colour, the same bytes everywhere.

use super::{
    RenderOptions,
    details::details,
    explanation::Told,
    lines::{Column, Lines},
    only::Only,
    plan,
    ranking::{By, Ranking, Row, legend, ranking},
    words,
};
use crate::{
    attack::Asking,
    error::{Error, ErrorKind, Result, quoted},
    mobilize::Plan,
    model::Asset,
    prioritize::{Assessment, Exposure, ExposureId},
};

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
/// assert!(table.contains("\nAll of this is on web shop\n") && table.contains("\n1  Fix the setting: Admin page"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn table(assessment: &Assessment, options: &RenderOptions) -> String {
    table_asking(assessment, options, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
pub(crate) fn table_asking(assessment: &Assessment, options: &RenderOptions, asking: &Asking<'_>) -> String {
    let planned = plan::plan(assessment, options.budget, false, asking);
    let only = Only::of(assessment, options);
    let ranking = ranking(assessment, options.at_most, planned.as_ref(), &only, asking);
    let Ranking { by, rows, .. } = &ranking;
    let mut out = Lines::of(options.width);
    out.line(&plan::headline(assessment, planned.as_ref()));
    out.line(&words::basis(assessment));
    out.line(&words::implied(assessment));
    if let Some(words) = only.words() {
        out.line(&words);
    }
    let listed = planned.clone().map(|planned| only.plan(planned, options.at_most));
    if let Some(planned) = &listed {
        if !planned.rows.is_empty() {
            let on = plan::all_on(assessment, planned);
            out.line("");
            if let Some(on) = on {
                out.line(&format!("All of this is on {}", words::name(on)));
            }
            out.columns(plan_columns(planned, on));
        }
        plan::rest(planned).iter().for_each(|line| out.line(line));
    }
    if !rows.is_empty() {
        out.line("");
        out.line(by.lead());
        out.columns(exposure_columns(assessment, planned.as_ref(), *by, rows, options.width));
    }
    if let Some(rest) = ranking.rest(assessment) {
        out.line(&format!("… {rest}"));
    }
    if let Some(legend) = legend(rows) {
        out.line(legend);
    }
    let (mut explainer, mut told) = (assessment.explainer(), Told::of(options.explained.min(rows.len())));
    // An explanation may be as long as a way of a thousand hops.
    let explained = (1..).zip(rows).take(options.explained).take_while(|_| asking.goes_on_now());
    for (rank, row) in explained.filter(|(_, row)| row.exposure.risk.value() > 0.0) {
        let exposure = &row.exposure;
        out.line("");
        out.line(&format!("{rank}. {}", words::heading(exposure)));
        if let Some(links) = row.named() {
            out.line(&format!("   {links}"));
        }
        reasons(&mut out, exposure, &told.text(&explainer.exposure(exposure), rank));
    }
    if !assessment.notes().is_empty() {
        out.line("");
        for note in assessment.notes() {
            out.line(&format!("Note: {}", words::visible(&note.reason)));
        }
    }
    out.text
}

/// One exposure as text: what it is and where, what tools say of it, and why it ranks where it does.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// let text = render::exposure(&today, &"f-1".parse()?, &RenderOptions::default())?;
/// assert!(text.starts_with("Admin page open to all on web shop\n   Id: f-1\n"));
/// assert!(text.contains("   Attack path to orders leak: "));
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `not_found` when there is no such exposure, or it does not stand.
pub fn exposure(assessment: &Assessment, id: &ExposureId, options: &RenderOptions) -> Result<String> {
    let Some(exposure) = assessment.exposure_of(id) else {
        let message = format!("{} is no exposure that stands: name one of the ranking", quoted(id.as_str()));
        return Err(Error::new(ErrorKind::NotFound, message));
    };
    let mut out = Lines::of(options.width);
    out.line(&words::heading(&exposure));
    out.line(&format!("   Id: {}", words::visible(id.as_str())));
    reasons(&mut out, &exposure, &assessment.explainer().exposure(&exposure).to_string());
    Ok(out.text)
}

/// What tools say of an exposure, and why its number is what it is.
fn reasons(out: &mut Lines, exposure: &Exposure<'_>, explanation: &str) {
    for (label, text) in details(exposure) {
        out.line(&format!("   {label}: {text}"));
    }
    for line in explanation.lines() {
        out.line(&format!("   {line}"));
    }
}

/// No terminal is so wide.
const NEVER: usize = usize::MAX;

fn plan_columns(plan: &Plan, on: Option<&Asset>) -> Vec<Column> {
    let rows = || plan.rows.iter();
    vec![
        Column::numbers("#", 0, rows().map(|row| row.rank.to_string())),
        Column::words("Do", 16, 0, rows().map(|row| plan::todo(row, on))),
        Column::words("Who", 6, 80, rows().map(plan::who)),
        Column::numbers("Effort", 0, rows().map(plan::effort)),
        Column::numbers("Loss left", 0, rows().map(|row| plan::left(plan, row))),
        Column::words("Why", 12, 90, rows().map(|row| plan::why(row, on))),
        Column::words("Severity", 8, 140, rows().map(|row| words::severity(row.signs.severity))),
        Column::numbers("CVSS", 120, rows().map(|row| words::cvss(row.signs.cvss))),
        Column::numbers("EPSS", 120, rows().map(|row| words::epss(row.signs.epss))),
    ]
}

fn exposure_columns(
    assessment: &Assessment,
    planned: Option<&Plan>,
    by: By,
    rows: &[Row<'_>],
    width: usize,
) -> Vec<Column> {
    let environment = assessment.environment();
    let exposures = || rows.iter().map(|row| &row.exposure);
    let amount = |row: &Row<'_>| plan::worth(planned, row.exposure.unit, row.worth);
    let on = exposures().map(|exposure| words::name(exposure.asset));
    // Where all are on one asset, which is what one scan is of, its name tells them apart by nothing, and what does has its room.
    let one = all_on_one(rows).then(|| rows.first().map(|row| row.exposure.asset)).flatten();
    let (on_from, score_from, severity_from, fix_from) =
        if one.is_some() { (130, 90, 100, 90) } else { (0, 110, 120, 120) };
    // A column in which all say that there is nothing says it once, above it.
    let (worth_from, score_from, leads_from) = match by {
        By::FixValue | By::Risk => (0, score_from, 0),
        By::Nothing => (NEVER, score_from, 0),
        By::Hygiene => (NEVER, NEVER, NEVER),
    };
    let leads_to = |exposure: &Exposure<'_>| match exposure.leads_to {
        Some(event) => words::event_of(event, one),
        None => words::leads_to(exposure),
    };
    vec![
        Column::numbers("#", 0, (1..=rows.len()).map(|rank| rank.to_string())),
        Column::numbers(by.head(), worth_from, rows.iter().map(amount)),
        Column::words("Exposure", if width < 90 { 14 } else { 26 }, 0, exposures().map(words::what)),
        Column::words("On", 8, on_from, on),
        Column::numbers("More", 0, rows.iter().map(Row::more)),
        Column::numbers("Score", score_from, exposures().map(words::score)),
        Column::words(
            "Severity",
            8,
            severity_from,
            exposures().map(|exposure| words::severity(exposure.severity)),
        ),
        Column::numbers("CVSS", 90, exposures().map(|exposure| words::cvss(exposure.cvss))),
        Column::numbers("EPSS", 90, exposures().map(|exposure| words::epss(exposure.epss))),
        Column::words("KEV", 3, 90, exposures().map(words::known_exploited)),
        Column::words("Fix", 8, fix_from, exposures().map(words::fix)),
        Column::words("Leads to", 10, leads_from, exposures().map(leads_to)),
        Column::numbers("Likely", 130, exposures().map(|exposure| exposure.likelihood.percent())),
        Column::numbers("Reach", 150, exposures().map(|exposure| exposure.reach.percent())),
        Column::words("Owner", 8, 140, exposures().map(|exposure| words::owner(environment, exposure.asset))),
    ]
}

fn all_on_one(rows: &[Row<'_>]) -> bool {
    rows.len() > 1
        && rows.windows(2).all(|pair| matches!(pair, [a, b] if a.exposure.asset.id == b.exposure.asset.id))
}
