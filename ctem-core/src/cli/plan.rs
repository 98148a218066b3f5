//! `ctem plan`: what to do first.

use super::{
    arguments::{Hours, Plan},
    files::STREAM,
    gather::assessed,
    output::{Asked, Form, line},
    outside::{Failure, Outside},
};
use crate::{mobilize::Budget, prioritize::Assessment, quantity::Unit, scope::AssetSelector};
use std::path::PathBuf;

pub(super) fn plan(mut said: Plan, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    // A file whose form nobody says is seen before anything is read.
    if said.to.is_empty() {
        said.to.push(PathBuf::from(STREAM));
    }
    let files: Vec<(Form, &PathBuf)> = said
        .to
        .iter()
        .map(|path| Ok((Form::of(path, said.output, said.to.len())?, path)))
        .collect::<Result<_, Failure>>()?;
    let (gathered, today, rest) = assessed(&mut said.reading, outside)?;
    rest.budget(&mut said.budget);
    rest.shown(&mut said.shown);
    let asked = Asked {
        top: said.shown.top,
        explained: said.shown.explained,
        width: said.shown.width.unwrap_or(outside.columns()),
        budget: said.budget.budget().unwrap_or_default(),
        only: said.shown.only.take().unwrap_or_default(),
    };
    let viewed = |form: &Form| matches!(form, Form::Text | Form::Markdown | Form::Html);
    if asked.only != AssetSelector::All && files.iter().any(|(form, _)| !viewed(form)) {
        let what = "`--only` is a view, for text, Markdown and pages: leave it out, or write one of those";
        return Err(Failure(what.into()));
    }
    let records = format!("Records: {}", gathered.tally);
    let is_told = files.iter().any(|(form, path)| *form == Form::Text && path.as_os_str() == STREAM);
    if !said.reading.quiet {
        if !is_told {
            outside.say(&records);
        }
        lacking(&today).for_each(|line| outside.say(line));
    }
    for (form, path) in files {
        (outside.progress)("planning, and writing");
        let text = line(form.of_assessment(&today, asked.clone()));
        match form {
            Form::Text => outside.write(path, &format!("{records}\n{text}"))?,
            _ => outside.write(path, &text)?,
        }
    }
    Ok(gathered.code)
}

/// What would make the plan a better one, and is not there.
fn lacking(today: &Assessment) -> impl Iterator<Item = &'static str> {
    let intel = today.intel();
    let blind = intel.epss.is_none() && intel.kev.is_none();
    let worthless = today.unit() == Unit::CrownJewel;
    let lines = [
        (
            blind,
            "No EPSS scores and no KEV catalogue: threats are assumed; `ctem intel` says where to download both",
        ),
        (
            worthless,
            "No loss is stated: `--env` takes a document that says how assets connect and what can be lost",
        ),
    ];
    lines.into_iter().filter_map(|(lacks, line)| lacks.then_some(line))
}

impl Hours {
    /// What may be spent, if anything is said of it.
    pub(super) fn budget(&self) -> Option<Budget> {
        self.hours.map(Budget::Hours).or(self.actions.map(Budget::Actions))
    }
}
