//! What the cells of a row come to, through the formulas of [`row`](crate::prioritize::row).

use super::{
    column::{Column, TimeUnit, Values},
    lexicon::{FOREIGN_CODE, Meant, said},
};
use crate::{
    cvss::Vector,
    error::{Error, quoted},
    id::Cve,
    model::{Criticality, WeaknessKind},
    prioritize::{
        exploitability, priors,
        row::Reachable,
        signals::Signals,
        term::Numbers,
        world::{Entries, World, Young},
    },
    quantity::Probability,
    time::{Days, Moment},
    word,
};
use std::sync::Arc;

/// What every cell is read against.
pub(super) struct Ground<'a> {
    pub(super) world: World<'a>,
    pub(super) horizon: Days,
    /// Whether rows say more of their CVE than its number, so that what the tables have of it must be kept.
    pub(super) rows_say_more: bool,
}

/// What is known of a CVE: the threat, where it is one whatever the vector says, or all that it comes from.
pub(super) struct Flaw<'a> {
    pub(super) threat: f64,
    /// Nothing, where `threat` is all that anybody asks for.
    pub(super) more: Option<Box<More<'a>>>,
}

pub(super) struct More<'a> {
    cve: Option<Cve>,
    entries: Entries<'a>,
    young: Option<Young>,
    /// The threat of a row that says nothing more of it, by the category of its vector.
    pub(super) threats: [f64; priors::CATEGORIES.len()],
}

/// What a vector says of an attempt.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    /// The place among the categories.
    pub(super) category: usize,
    pub(super) local: f64,
    pub(super) success: f64,
}

/// What a row says of its CVE beside the number.
#[derive(Clone, Copy, Default)]
pub(super) struct Own {
    pub(super) epss: Option<Probability>,
    pub(super) known_exploited: bool,
    pub(super) published: Option<Moment>,
    pub(super) as_of: Option<Moment>,
}

impl<'a> Ground<'a> {
    pub(super) fn flaw(&self, text: Option<&str>) -> Meant<Flaw<'a>> {
        let cve = text.map(|text| text.parse::<Cve>().map_err(reason)).transpose()?;
        let entries = self.world.entries(cve.into_iter());
        let young = self.world.young(None, cve.into_iter());
        let signals = Signals::of_entries(&entries, None, false, young, &self.world);
        let threats = priors::CATEGORIES
            .map(|category| exploitability::threat_of_flaw(&Numbers, &signals, &category, self.horizon));
        let [threat, ..] = threats;
        let one = threats.iter().all(|other| other.to_bits() == threat.to_bits());
        let kept = self.rows_say_more || !one;
        Ok(Flaw { threat, more: kept.then(|| Box::new(More { cve, entries, young, threats })) })
    }

    /// The threat of a row that says more of its CVE than its number.
    pub(super) fn own_threat(&self, flaw: &More<'_>, own: &Own, category: usize) -> f64 {
        let nothing_new = (own.epss.is_none() || flaw.entries.epss.is_some())
            && (!own.known_exploited || flaw.entries.kev.is_some())
            && own.published.is_none()
            && own.as_of.is_none();
        if let Some(threat) = flaw.threats.get(category).filter(|_| nothing_new) {
            return *threat;
        }
        let same_day = own.published.is_none() && own.as_of.is_none();
        let young = match same_day {
            true => flaw.young,
            false => self.world.on(own.as_of).young(own.published, flaw.cve.into_iter()),
        };
        let signals = Signals::of_entries(&flaw.entries, own.epss, own.known_exploited, young, &self.world);
        let category = priors::CATEGORIES.get(category).unwrap_or(&priors::UNKNOWN);
        exploitability::threat_of_flaw(&Numbers, &signals, category, self.horizon)
    }
}

pub(super) fn attempt(text: Option<&str>) -> Meant<Attempt> {
    let vector = text.map(|text| text.parse::<Vector>().map_err(reason)).transpose()?;
    let severity = vector.map(|vector| vector.base_score().severity());
    let signals = Signals { kind: WeaknessKind::Vulnerability, vector, severity, ..Signals::default() };
    let category = priors::category(signals.reading().as_ref(), severity);
    let last = priors::CATEGORIES.len() - 1;
    Ok(Attempt {
        category: priors::CATEGORIES.iter().position(|one| *one == category).unwrap_or(last),
        local: exploitability::local(&Numbers, &signals),
        success: exploitability::success(&Numbers, &signals),
    })
}

pub(super) fn reach(text: Option<&str>) -> Meant<f64> {
    let place = text.map(|text| text.parse::<Reachable>().map_err(reason)).transpose()?;
    Ok(place.unwrap_or_default().chance().get())
}

pub(super) fn impact(text: Option<&str>) -> Meant<f64> {
    let tier = text.map(|text| text.parse::<Criticality>().map_err(reason)).transpose()?;
    Ok(tier.unwrap_or(Criticality::Low).units())
}

/// A chance in a cell, if it says one.
pub(super) fn chance(column: Option<&Column<'_>>, row: usize) -> Meant<Option<Probability>> {
    let Some(column) = column.filter(|column| column.is_known(row)) else { return Ok(None) };
    match number(column, row).filter(|number| !number.is_nan()) {
        Some(number) => Probability::new(number).map(Some).map_err(reason),
        None => Ok(None),
    }
}

/// Yes or no in a cell; no, where it says neither.
pub(super) fn flag(column: Option<&Column<'_>>, row: usize) -> Meant<bool> {
    let Some(column) = column.filter(|column| column.is_known(row)) else { return Ok(false) };
    if let Values::Flags(bits, _) = &column.values {
        return Ok(bits.get(row));
    }
    if let Some(text) = text(column, row)? {
        return word::flag(text).ok_or_else(|| format!("{} is neither `yes` nor `no`", quoted(text)).into());
    }
    match number(column, row).filter(|number| !number.is_nan()) {
        None | Some(0.0) => Ok(false),
        Some(1.0) => Ok(true),
        Some(number) => Err(format!("`{number}` is neither 1 for yes nor 0 for no").into()),
    }
}

/// A moment in a cell, if it says one.
pub(super) fn moment(column: Option<&Column<'_>>, row: usize) -> Meant<Option<Moment>> {
    let Some(column) = column.filter(|column| column.is_known(row)) else { return Ok(None) };
    let Values::Moments(values, unit) = &column.values else {
        return text(column, row)?.map(|text| text.parse().map_err(reason)).transpose();
    };
    let Some(value) = values.get(row) else { return Ok(None) };
    let moment = match unit {
        TimeUnit::Days => Moment::from_unix_seconds(value.saturating_mul(86_400)),
        TimeUnit::Seconds => Moment::from_unix_seconds(value),
        TimeUnit::Milliseconds => Moment::from_unix_nanoseconds(i128::from(value) * 1_000_000),
        TimeUnit::Microseconds => Moment::from_unix_nanoseconds(i128::from(value) * 1_000),
        TimeUnit::Nanoseconds => Moment::from_unix_nanoseconds(i128::from(value)),
    };
    moment.map(Some).map_err(reason)
}

fn number(column: &Column<'_>, row: usize) -> Option<f64> {
    match &column.values {
        Values::Numbers(values) => values.get(row).copied(),
        Values::Singles(values) => values.get(row).map(|value| f64::from(*value)),
        Values::Integers(values) => values.get(row).map(|value| value as f64),
        Values::Unknown(_)
        | Values::Flags(..)
        | Values::Moments(..)
        | Values::Texts(_)
        | Values::Coded(..) => None,
    }
}

fn text<'a>(column: &Column<'a>, row: usize) -> Meant<Option<&'a str>> {
    Ok(said(match &column.values {
        Values::Texts(texts) => texts.get(row),
        Values::Coded(codes, texts) => match codes.get(row) {
            None | Some(-1) => None,
            Some(code) => {
                let at = usize::try_from(code).ok().filter(|at| *at < texts.len());
                texts.get(at.ok_or_else(|| Arc::from(FOREIGN_CODE))?)
            }
        },
        Values::Unknown(_)
        | Values::Numbers(_)
        | Values::Singles(_)
        | Values::Integers(_)
        | Values::Flags(..)
        | Values::Moments(..) => None,
    }))
}

fn reason(error: Error) -> Arc<str> {
    error.message().into()
}
