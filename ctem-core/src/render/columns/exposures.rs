//! The columns of exposures.

use super::{
    column::Columns,
    value::{Named, PROBABILITY, Word, filled, text},
};
use crate::{
    attack::Asking,
    model::Component,
    prioritize::{Assessment, Exposure},
    quantity::Unit,
};

/// The exposures of an assessment in columns, at most so many, the worst first: those of the export to CSV, with text as sources wrote it.
/// O(n).
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, Cells};
///
/// let worst = render::exposures_in_columns(&today, 1);
/// assert_eq!(worst.get("id").map(|ids| &ids.cells), Some(&Cells::Texts(vec![Some("f-1".into())])));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn exposures_in_columns(assessment: &Assessment, at_most: usize) -> Columns {
    exposures_in_columns_asking(assessment, at_most, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
pub(crate) fn exposures_in_columns_asking(
    assessment: &Assessment,
    at_most: usize,
    asking: &Asking<'_>,
) -> Columns {
    let exposures = assessment.ranked().take(at_most).take_while(|_| asking.goes_on());
    filled(named(assessment.unit()), exposures)
}

/// The columns, of losses in a unit.
pub(in crate::render) fn named<'a>(unit: Unit) -> Vec<Named<'a, Exposure<'a>>> {
    let unit = unit.to_string();
    vec![
        Named::new("rank", "Its place, from 1.", |it: &Exposure<'a>| Some(it.rank as u64)),
        Named::new("id", "The id of the finding, or of the relation.", |it| text(it.id.as_str())),
        Named::new("kind", "Whether it is a `finding` or a `relation`.", |it| Word::of(it.id.kind())),
        Named::new("weakness", "What is wrong, by its id.", |it| {
            Word::known(it.finding.map(|finding| finding.weakness.id.as_str()))
        }),
        Named::new("title", "What it is, in words.", |it| text(&it.title())),
        Named::new("asset", "The asset it is on, by its id.", |it| Word::of(it.asset.id.as_str())),
        Named::new("asset_name", "What people call that asset.", |it| Word::of(it.asset.title())),
        Named::new("owner", "Who owns the asset.", |it| {
            Word::known(it.asset.owner.as_ref().map(|owner| owner.as_str()))
        }),
        Named::new("component", "The package it is in.", |it| {
            Word::known(component(it).map(|component| &*component.name))
        }),
        Named::new("version", "The version of that package.", |it| {
            component(it).and_then(|component| component.version.clone())
        }),
        Named::new("fixed_in", "The versions without it.", |it| {
            it.finding.iter().flat_map(|finding| finding.fixed_in()).map(Box::from).collect::<Vec<Box<str>>>()
        }),
        Named::new("severity", "The highest severity that a source or a CVSS vector gives it.", |it| {
            Word::known(it.severity.map(|severity| severity.name()))
        }),
        Named::new("known_exploited", "Whether a catalogue or a source says that it is exploited.", |it| {
            Some(it.known_exploited)
        }),
        Named::counted_in(
            &unit,
            "risk",
            "The expected loss within the horizon that passes through it.",
            |it| Some(it.risk.value()),
        ),
        Named::new("unit", "What the risk is counted in.", |it| Word::of(&it.unit.to_string())),
        Named::new("score", "The risk on a scale of 0 to 100.", |it| Some(it.score)),
        Named::new("level", "The score in a word.", |it| Word::of(it.level.name())),
        Named::counted_in(
            PROBABILITY,
            "likelihood",
            "The chance that an attacker who has what it needs exploits it within the horizon.",
            |it| Some(it.likelihood.get()),
        ),
        Named::counted_in(
            PROBABILITY,
            "reach",
            "The chance of the most probable way to what it needs.",
            |it| Some(it.reach.get()),
        ),
        Named::new("leads_to", "The costliest loss event it leads to.", |it| Word::known(it.leads_to)),
        Named::new("cvss", "The highest CVSS base score of its vectors.", |it| it.cvss),
        Named::counted_in(PROBABILITY, "epss", "The highest EPSS score of its CVEs.", |it| {
            it.epss.map(|epss| epss.get())
        }),
        Named::new("seen", "When a source saw it last, where one says so.", |it| {
            it.finding.and_then(|finding| finding.sightings.iter().filter_map(|one| one.seen).max())
        }),
    ]
}

fn component<'a>(exposure: &Exposure<'a>) -> Option<&'a Component> {
    exposure.finding.and_then(|finding| finding.component.as_ref())
}
