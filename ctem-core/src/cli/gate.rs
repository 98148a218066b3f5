//! `ctem gate`: whether this may go on.

use super::{
    arguments::Gate,
    files,
    gather::assessed,
    output::line,
    outside::{Failure, Outside, STOPS},
};
use crate::{
    error::{Error, Result},
    gate::{Baseline, Policy, RuleVerdict},
    intel::Intel,
    prioritize::{AssessOptions, Assessment},
    program::Program,
    quantity::Unit,
    text::decoded,
    wire,
};
use std::{fmt::Write, path::Path};

/// So many of what breaks a rule are named; the rest are counted.
const NAMED: usize = 10;

pub(super) fn gate(mut said: Gate, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let (gathered, today, rest) = assessed(&mut said.reading, outside)?;
    let Some(policy_file) = said.policy.or(rest.policy) else {
        let message = "no policy is named: write one, `{\"ctem_policy\": 1, \"rules\": [{\"no_new\": {\"level\": \"high\"}}]}`, \
                       and name it with `--policy`";
        return Err(Failure(message.into()));
    };
    let policy = outside.read_named(&policy_file)?;
    let mut policy = decoded(&policy).and_then(|text| Policy::parse(&text)).map_err(named(&policy_file))?;
    policy.dry_run |= said.dry_run;
    let stated = said.baseline.or(rest.baseline);
    let baseline = match &stated {
        Some(file) => {
            let bytes = outside.read_named(file)?;
            decoded(&bytes).and_then(|text| Baseline::read(&text)).map_err(named(file))?
        }
        None => nothing(&today)?,
    };
    (outside.progress)("holding it against the policy");
    let verdict = today.gate(&policy, &baseline).map_err(|error| {
        let is_of_baseline = stated.is_none() && error.message().starts_with("the baseline ");
        // Before nothing there is no loss to compare with, in whatever unit.
        let missing = "it compares with a baseline, and none is named: write one with `ctem … -o before.json`, and name it with \
                       `--baseline`";
        let place = error.place().unwrap_or_default().to_owned();
        named(&policy_file)(if is_of_baseline { Error::invalid(missing).at(place) } else { error })
    })?;
    let text = if said.json {
        line(wire::answer(&verdict)?)
    } else {
        let mut text = format!("Records: {}\n", gathered.tally);
        for (words, rule) in verdict.words.iter().zip(&verdict.rules) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "Gate {words}");
            text.push_str(&broken(rule, verdict.unit));
        }
        text
    };
    outside.print(&text)?;
    Ok(if verdict.stops { STOPS } else { gathered.code })
}

/// What breaks a rule, the worst first, a line each.
fn broken(rule: &RuleVerdict, unit: Unit) -> String {
    let mut text = String::new();
    for by in rule.by.iter().take(NAMED).filter(|_| !rule.held) {
        let _ = writeln!(text, "  {} ({})", crate::visible::visible(&by.title), unit.amount(by.worth));
    }
    match rule.by.len().saturating_sub(NAMED) {
        more if more > 0 && !rule.held => text + &format!("  … and {more} more\n"),
        _ => text,
    }
}

/// A baseline of nothing, before which all is new.
fn nothing(today: &Assessment) -> Result<Baseline> {
    let options = AssessOptions { horizon: today.horizon(), ..AssessOptions::default() };
    Baseline::of(&Program::new(Intel::none()).assess_with(today.as_of(), options)?)
}

fn named(file: &Path) -> impl Fn(Error) -> Failure {
    move |error| error.at(files::name(file)).into()
}
