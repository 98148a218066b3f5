//! `ctem ask`: which test to run next, or any other question to an assessment.

use super::{
    arguments::Ask,
    gather::assessed,
    output::line,
    outside::{Failure, Outside},
};
use crate::{
    attack::OnProgress,
    mobilize::{PlanOptions, QuestionOptions},
    render::{self, RenderOptions},
    wire::{
        self,
        ask::{self, Question},
    },
};

pub(super) fn ask(mut said: Ask, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    // What is no question is told before anything is read.
    let question = said.question.as_deref().map(|question| Question::read(question.as_bytes()));
    let question = question.transpose().map_err(|error| error.at("--question"))?;
    let (gathered, today, rest) = assessed(&mut said.reading, outside)?;
    rest.shown(&mut said.shown);
    rest.budget(&mut said.budget);
    if let Some(question) = question {
        (outside.progress)("answering");
        let answer = ask::answer(&today, &question, OnProgress::default());
        outside.print(&line(answer.map_err(|error| error.at("--question"))?))?;
        return Ok(gathered.code);
    }
    let mut options = QuestionOptions::default();
    options.at_most = said.shown.top.unwrap_or(options.at_most);
    if let Some(budget) = said.budget.budget() {
        options.plan = PlanOptions { budget, ..options.plan };
    }
    (outside.progress)("weighing tests");
    let questions = today.questions(&options)?;
    let defaults = RenderOptions::default();
    let text = if said.json {
        line(wire::answer(&questions)?)
    } else {
        let shown = RenderOptions {
            at_most: options.at_most,
            explained: said.shown.explained.unwrap_or(defaults.explained),
            width: said.shown.width.unwrap_or(outside.columns()),
            ..defaults
        };
        render::questions(&questions, &shown)
    };
    outside.print(&text)?;
    Ok(gathered.code)
}
