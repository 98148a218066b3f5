//! The plan as people read it: rows of what to do, and in a line each what is not among them.

use super::words;
use crate::{
    attack::Asking,
    mobilize::{Budget, Plan, PlanOptions, PlanRow},
    model::Asset,
    prioritize::Assessment,
    quantity::{Estimate, Method, Probability, Unit, spelled},
};

/// A graph of so many steps takes seconds to plan, which nobody expects of a table.
const PASSING: usize = 400_000;
/// Why there is no plan.
pub(crate) const NO_PLAN: &str = "too large to plan in passing: ask for a plan";

/// The plan that outputs begin with, whole, however few rows of it are shown; none where it would take too long to make in passing, or the
/// budget is none.
pub(crate) fn plan(
    assessment: &Assessment,
    budget: Budget,
    curves: bool,
    asking: &Asking<'_>,
) -> Option<Plan> {
    if budget == Budget::Unlimited && assessment.snapshot().step_count() > PASSING {
        return None;
    }
    let options = PlanOptions { budget, curves, ..PlanOptions::default() };
    // Options of the engine's own are never wrong.
    asking.within(|progress| assessment.plan(&PlanOptions { progress, ..options })).ok()
}

/// The line everything begins with: the one number of the whole, and how it was found.
pub(super) fn headline(assessment: &Assessment, plan: Option<&Plan>) -> String {
    let within = plan.map(|plan| within(plan.budget)).unwrap_or_default();
    let lead = format!("What to do first{within}, as of {}", assessment.as_of().date());
    let Some(plan) = plan else {
        let accepted = assessment.accepted_count();
        let accepted = if accepted > 0 {
            format!(", {} accepted", words::counted(accepted, "finding"))
        } else {
            String::new()
        };
        return format!("{lead} · {}{accepted}; {NO_PLAN}", words::expected(assessment));
    };
    let accepted = match &plan.accepted {
        Some(accepted) if accepted.worth > 0.0 => format!(", {} of it accepted", brief(plan, accepted.worth)),
        Some(_) | None => String::new(),
    };
    let found = match plan.before.method() {
        Method::Exact | Method::Bracket => "exact".to_owned(),
        Method::MonteCarlo { worlds, .. } => {
            let between = words::between(plan.before, |amount| brief(plan, amount));
            format!("counted over {} worlds: {between}", spelled(worlds as f64))
        }
    };
    if plan.unit == Unit::CrownJewel {
        // Nobody reads a millionth of a crown jewel.
        return format!(
            "{lead} · shares of the expected loss in {}, since no loss is stated{accepted}",
            assessment.horizon()
        );
    }
    let loss = brief(plan, plan.before.value());
    format!("{lead} · expected loss in {} {loss} ({found}){accepted}", assessment.horizon())
}

/// What a plan may take, in words; nothing where there is no limit.
pub(super) fn within(budget: Budget) -> String {
    match budget {
        Budget::Unlimited => String::new(),
        Budget::Hours(hours) => format!(" in {} h", spelled(hours)),
        Budget::Money { amount, .. } => format!(" for {}", spelled(amount)),
        Budget::Actions(count) => format!(" in {}", words::counted(count, "action")),
    }
}

/// What fixing saves: an amount, or a share of the whole where no loss is stated.
pub(super) fn worth(plan: Option<&Plan>, unit: Unit, amount: f64) -> String {
    match (unit, plan) {
        (Unit::CrownJewel, Some(plan)) => share(plan, amount),
        (Unit::CrownJewel, None) | (Unit::Money(_), _) => unit.amount(amount),
    }
}

/// An amount in full, or a share of the loss before a plan where none is stated.
pub(super) fn told(unit: Unit, before: f64, amount: f64) -> String {
    match unit {
        Unit::CrownJewel => part(before, amount),
        Unit::Money(_) => unit.amount(amount),
    }
}

fn share(plan: &Plan, amount: f64) -> String {
    part(plan.before.value(), amount)
}

fn part(whole: f64, amount: f64) -> String {
    if whole > 0.0 { Probability::clamped(amount / whole).percent() } else { "0 %".into() }
}

/// The whole loss before a plan or after it: one amount, or where it is not known exactly its interval.
pub(super) fn whole(plan: &Plan, loss: Estimate) -> String {
    whole_of(plan.unit, loss, |amount| brief(plan, amount))
}

/// The same, said by amounts. Of what is shown as a part of itself no interval says anything.
pub(super) fn whole_of(unit: Unit, loss: Estimate, show: impl Fn(f64) -> String) -> String {
    match unit {
        Unit::CrownJewel => show(loss.value()),
        Unit::Money(_) => words::between(loss, show),
    }
}

/// An amount in few characters: `EUR 1.25 M`, `EUR 441 k`; a share of the whole where no loss is stated.
pub(super) fn brief(plan: &Plan, amount: f64) -> String {
    self::amount(plan.unit, plan.before.value(), amount)
}

/// The same of a plan of which only the unit and the loss before it are at hand.
pub(super) fn amount(unit: Unit, before: f64, amount: f64) -> String {
    match unit {
        Unit::CrownJewel => part(before, amount),
        Unit::Money(_) => briefly(unit, amount),
    }
}

/// An amount of a unit in few characters.
pub(super) fn briefly(unit: Unit, amount: f64) -> String {
    let Unit::Money(currency) = unit else { return unit.amount(amount) };
    let (divisor, letter) = match amount.abs() {
        size if size >= 999_500_000.0 => (1e9, " bn"),
        size if size >= 999_500.0 => (1e6, " M"),
        size if size >= 9_995.0 => (1e3, " k"),
        _ => return unit.amount(amount),
    };
    let part = amount / divisor;
    let short = match part.abs() {
        size if size < 9.995 => format!("{part:.2}"),
        size if size < 99.95 => format!("{part:.1}"),
        _ => format!("{part:.0}"),
    };
    format!("{currency} {short}{letter}")
}

/// The one asset that all of several rows are about: its name tells them apart by nothing.
pub(super) fn all_on<'a>(assessment: &'a Assessment, plan: &Plan) -> Option<&'a Asset> {
    let on = |row: &PlanRow| match row.action.on.as_slice() {
        [on] => Some(on.clone()),
        _ => None,
    };
    let (first, others) = plan.rows.split_first()?;
    let asset = on(first).filter(|_| !others.is_empty())?;
    let all = others.iter().all(|row| on(row).as_ref() == Some(&asset));
    assessment.environment().asset(&asset).filter(|_| all)
}

/// What to do; without the asset where everybody knows which is meant.
pub(super) fn todo(row: &PlanRow, on: Option<&Asset>) -> String {
    words::short(if on.is_some() { &row.action.short_title } else { &row.action.title }, words::LONG)
}

/// Who does it.
pub(super) fn who(row: &PlanRow) -> String {
    let owner = row.action.owner.as_ref();
    owner
        .map(|owned| words::short(owned.name.as_deref().unwrap_or(owned.owner.as_str()), words::LONG))
        .unwrap_or_default()
}

/// How long it takes; with a mark where that is assumed.
pub(super) fn effort(row: &PlanRow) -> String {
    takes(row.action.effort.hours, row.action.effort.assumed)
}

pub(super) fn takes(hours: f64, assumed: bool) -> String {
    let about = if assumed { "~" } else { "" };
    format!("{about}{} h", spelled(hours))
}

/// What is left after it, and how much of the whole it takes away.
pub(super) fn left(plan: &Plan, row: &PlanRow) -> String {
    left_of(plan.unit, plan.before.value(), row.left.value(), row.saved)
}

pub(super) fn left_of(unit: Unit, before: f64, left: f64, saved: f64) -> String {
    let part = if before > 0.0 { 100.0 * saved / before } else { 0.0 };
    let part = match part {
        part if part >= 9.95 => format!("{part:.0}"),
        part if part >= 0.05 => format!("{part:.1}"),
        part if part > 0.0 => "<0.1".into(),
        _ => "0".into(),
    };
    format!("{} −{part} %", amount(unit, before, left))
}

/// Why it stands where it does, in few words; without the asset where everybody knows which is meant.
pub(super) fn why(row: &PlanRow, on: Option<&Asset>) -> String {
    let mut why: Vec<String> = Vec::new();
    if let Some(above) = row.same_way_as {
        why.push(format!("same way as row {above}"));
    } else if let Some(other) = row.together_with.first() {
        why.push(format!("with row {other}"));
    }
    if let Some(event) = &row.leads_to_name {
        let part = 100.0 * row.on_ways;
        let part = if part >= 0.95 { format!("{part:.0}") } else { "<1".into() };
        let to = words::event_of(event, on);
        let lead = if to == words::short(event, words::LONG) { ", to" } else { ":" };
        why.push(format!("on {part} % of paths{lead} {to}"));
    }
    match (row.signs.exploited_since, row.signs.known_exploited) {
        (Some(since), _) => why.push(format!("KEV {}", since.date())),
        (None, true) => why.push("KEV".into()),
        (None, false) => {}
    }
    why.join("; ")
}

/// What is not in the plan, a line each.
pub(super) fn rest(plan: &Plan) -> Vec<String> {
    let rest = &plan.rest;
    let amount = |amount: f64| brief(plan, amount);
    let mut lines = Vec::new();
    if rest.below > 0 {
        let (stand, they) = if rest.below == 1 { ("stands", "it saves") } else { ("stand", "they save") };
        lines.push(format!(
            "… {} of this plan {stand} below: {they} {}",
            words::counted(rest.below, "more action"),
            amount(rest.below_worth)
        ));
    }
    if rest.actions > 0 && rest.worth > 0.0 {
        let lead = if plan.rows.is_empty() { "… " } else { "… then " };
        lines.push(format!(
            "{lead}{} more are worth {} together",
            words::counted(rest.actions, "action"),
            amount(rest.worth)
        ));
    }
    if rest.hygiene > 0 {
        let verb = if rest.hygiene == 1 { "is hygiene: it leads" } else { "are hygiene: they lead" };
        lines.push(format!("… {} {verb} to no loss", words::counted(rest.hygiene, "finding")));
    }
    if rest.no_fix > 0 && rest.no_fix_worth > 0.0 {
        lines.push(format!(
            "… {} {} no fix yet: {}",
            amount(rest.no_fix_worth),
            "has",
            words::counted(rest.no_fix, "finding")
        ));
    }
    if let Some(accepted) = &plan.accepted {
        let ends = accepted.first_ends.map(|until| format!(", the first until {}", until.date()));
        lines.push(format!(
            "… {} {} accepted: {} of the loss{}",
            words::counted(accepted.findings, "finding"),
            if accepted.findings == 1 { "is" } else { "are" },
            amount(accepted.worth),
            ends.unwrap_or_default()
        ));
    }
    if plan.rows.iter().any(|row| row.action.effort.assumed) {
        lines.push("~ marks effort that is assumed: no rule and no record states it".into());
    }
    if plan.gap >= 0.001 {
        lines.push(format!("No other choice of as much work leaves less than {}", amount(plan.at_least)));
    }
    if plan.truncated.is_some() {
        lines.push("Stopped before it was done: this is what was found until then".into());
    }
    lines
}
