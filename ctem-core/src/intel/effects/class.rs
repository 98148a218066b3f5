//! Classes: how likely a finding of a sort is to be used, before anything is known of this one.

use super::lines::{columns, number};
use crate::{
    error::{Error, Result, quoted},
    quantity::Probability,
    word::flag,
};
use std::sync::Arc;

/// What is thought of all findings of a sort before any of them is tested.
///
/// The numbers are a table with its sources, `classes.tsv`. Most are assumptions, and say so.
///
/// ```
/// use ctem_core::intel::effects::{Effects, Signs};
///
/// // Hygiene has no numbers: it is never a step.
/// let effects = Effects::shipped();
/// let logging = Signs { tool: "checkov", rule: "CKV2_AWS_4", ..Signs::default() };
/// let class = effects.decide(&logging).class;
/// assert_eq!((&*class.id, class.threat, class.here), ("H", None, None));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Class {
    /// The short name that tables use: `H`, `W+`, `D`.
    pub id: Box<str>,
    /// The name in words: *door*.
    pub name: Box<str>,
    /// The chance that within 30 days somebody who could tries it.
    pub threat: Option<Probability>,
    /// The chance that it works here as the finding says, if somebody tries.
    pub here: Option<Probability>,
    /// How many tests weigh as much as this opinion.
    pub worth: Option<f64>,
    /// Whether the threat grows with the horizon. What needs a foothold first does not: the foothold's threat grows.
    pub scales: bool,
    /// Where the numbers come from.
    pub source: Box<str>,
}

const SHIPPED: &str = include_str!("classes.tsv");

/// The classes of the shipped table.
pub(super) fn shipped() -> Result<Vec<Arc<Class>>> {
    columns(SHIPPED, 7).map(|line| read(&line?).map(Arc::new)).collect()
}

fn read((at, fields): &(usize, Vec<&str>)) -> Result<Class> {
    let [id, name, threat, here, worth, scales, source] = *fields.as_slice() else {
        return Err(Error::malformed("a class has seven columns").at(format_args!("line {at}")));
    };
    let chance = |text| number(text)?.map(Probability::new).transpose();
    let read = || -> Result<Class> {
        Ok(Class {
            id: id.into(),
            name: name.into(),
            threat: chance(threat)?,
            here: chance(here)?,
            worth: number(worth)?,
            scales: flag(scales)
                .ok_or_else(|| Error::invalid(format!("{} is neither `yes` nor `no`", quoted(scales))))?,
            source: source.into(),
        })
    };
    read().map_err(|error| error.at(format_args!("line {at}")))
}
