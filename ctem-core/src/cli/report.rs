//! `ctem report`: whether a period made things better, for leadership.

use super::{
    arguments::Report,
    files,
    output::line,
    outside::{FINE, Failure, Outside},
};
use crate::{
    error::Error,
    intel::{Intel, effects::Effects},
    measure::{Period, Promises},
    mobilize::{Budget, DeadlineOptions, DeadlineTable},
    program::{Event, MeasuresOptions, Program, ProgressOptions},
    render,
    text::decoded,
    wire,
};
use std::path::{Path, PathBuf};

pub(super) fn report(said: Report, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let until = said.until.unwrap_or(outside.now);
    let period = Period::new(said.from, until).map_err(|error| error.at("--until"))?;
    let tables: Result<Vec<DeadlineTable>, Error> =
        said.deadlines.iter().map(|table| DeadlineTable::shipped(table)).collect();
    let tables = tables.map_err(|error| error.at("--deadlines"))?;
    let deadlines = (!tables.is_empty()).then(|| DeadlineOptions {
        tables,
        class: said.class,
        ..DeadlineOptions::default()
    });
    let defaults = ProgressOptions::default();
    let options = ProgressOptions {
        title: said.title.clone().unwrap_or_default().into(),
        measures: MeasuresOptions {
            promises: Promises::new(said.promise.iter().copied()).map_err(|error| error.at("--promise"))?,
            ..MeasuresOptions::default()
        },
        deadlines,
        budget: said.hours.map_or(defaults.budget, Budget::Hours),
        ..defaults
    };
    let to = if said.to.is_empty() { vec![PathBuf::from(files::STREAM)] } else { said.to.clone() };
    let forms: Vec<bool> = to.iter().map(|path| is_json(path, said.json)).collect::<Result<_, _>>()?;
    (outside.progress)("reading what happened");
    let program = program(&said, outside)?;
    (outside.progress)("measuring");
    let report = program.progress_report(period, &options)?;
    for (path, is_json) in to.iter().zip(forms) {
        let text = if is_json { wire::json(&report)? } else { render::progress_report(&report) };
        outside.write(path, &line(text))?;
    }
    Ok(FINE)
}

/// Whether a file becomes the document, and not the page.
fn is_json(path: &Path, asked: bool) -> Result<bool, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        _ if path.as_os_str() == files::STREAM => Ok(asked),
        Some("json") => Ok(true),
        Some("html" | "htm") => Ok(asked),
        Some(_) | None if asked => Ok(true),
        Some(_) | None => Err(Failure(format!(
            "`{}` does not say in its ending which form it has: call it `.html` or `.json`",
            files::name(path)
        ))),
    }
}

/// The program of a document that `Program::document` wrote, or of events, a line each.
fn program(said: &Report, outside: &mut Outside<'_>) -> Result<Program, Failure> {
    let effects = match &said.effects {
        Some(file) => {
            let bytes = outside.read_named(file)?;
            let lines = decoded(&bytes).and_then(|text| Effects::with(&text));
            lines.map_err(|error| error.at(files::name(file)))?
        }
        None => Effects::default(),
    };
    let bytes = outside.read_named(&said.program)?;
    let named = |error: Error| error.at(files::name(&said.program));
    let text = decoded(&bytes).map_err(named)?;
    if text.trim_start().starts_with("{\"ctem_program\"") {
        return Ok(Program::read(text.as_bytes(), effects).map_err(named)?);
    }
    let mut program = Program::default();
    program.set_intel(Intel::none().with_effects(effects));
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let events: Result<Vec<Event>, Error> = lines
        .map(|(n, line)| {
            Event::read(line.as_bytes()).map_err(|error| error.at(format_args!("line {}", n + 1)))
        })
        .collect();
    program.replay(events.map_err(named)?).map_err(named)?;
    Ok(program)
}
