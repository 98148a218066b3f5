//! Two plans side by side: what another budget, a pin or a ban changes, and what that costs.

use super::{Plan, PlanRow};
use crate::{id::ActionId, quantity::Unit};
use serde::Serialize;
use std::collections::BTreeMap;

/// How a plan differs from another of the same assessment: what if on plans.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::{Budget, PlanOptions};
///
/// // What if the setting cannot be changed this week?
/// let week = PlanOptions { budget: Budget::Hours(2.0), ..PlanOptions::default() };
/// let without = PlanOptions { must_not: vec!["configure open-admin on shop".parse()?], ..week.clone() };
/// let difference = today.plan(&week)?.compared(&today.plan(&without)?);
/// assert_eq!(difference.left, (375.0, 750.0));
/// assert_eq!(&*difference.words[0], "Leaves EUR 375 more to lose: EUR 750 rather than EUR 375");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "what if")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PlanDifference {
    /// What losses are counted in.
    pub unit: Unit,
    /// What each leaves to lose.
    pub left: (f64, f64),
    /// The hours each takes.
    pub hours: (f64, f64),
    /// Actions of which only one has a row, or whose rows differ in place or in what they save; by their place in the second plan and
    /// then in the first.
    pub rows: Vec<RowDifference>,
    /// The difference in sentences.
    pub words: Vec<Box<str>>,
}

/// An action in two plans.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::mobilize::PlanOptions;
///
/// // A plan differs from itself in nothing.
/// let plan = today.plan(&PlanOptions::default())?;
/// assert!(plan.compared(&plan).rows.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RowDifference {
    /// The action.
    pub action: ActionId,
    /// What to do.
    pub title: Box<str>,
    /// Its place in each plan; none where it is not in it.
    pub ranks: (Option<usize>, Option<usize>),
    /// What it saves in each, after those above it.
    pub saved: (f64, f64),
}

impl Plan {
    /// How another plan of the same assessment differs from this one.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::{Budget, PlanOptions};
    ///
    /// // What do two hours more buy?
    /// let of = |hours| today.plan(&PlanOptions { budget: Budget::Hours(hours), ..PlanOptions::default() });
    /// let difference = of(1.0)?.compared(&of(3.0)?);
    /// assert_eq!(difference.left, (375.0, 0.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn compared(&self, other: &Self) -> PlanDifference {
        let mut rows: BTreeMap<&ActionId, [Option<&PlanRow>; 2]> = BTreeMap::new();
        for (side, plan) in [(0, self), (1, other)] {
            for row in &plan.rows {
                if let Some(slot) = rows.entry(&row.action.id).or_default().get_mut(side) {
                    *slot = Some(row);
                }
            }
        }
        let differs = |[first, second]: [Option<&PlanRow>; 2]| match (first, second) {
            (Some(first), Some(second)) => first.rank != second.rank || first.saved != second.saved,
            (first, second) => first.is_some() || second.is_some(),
        };
        let mut rows: Vec<RowDifference> = rows
            .into_iter()
            .filter(|(_, sides)| differs(*sides))
            .filter_map(|(action, sides)| {
                let [first, second] = sides;
                let saved = |row: Option<&PlanRow>| row.map_or(0.0, |row| row.saved);
                Some(RowDifference {
                    action: action.clone(),
                    title: second.or(first)?.action.title.clone(),
                    ranks: (first.map(|row| row.rank), second.map(|row| row.rank)),
                    saved: (saved(first), saved(second)),
                })
            })
            .collect();
        let place = |rank: Option<usize>| rank.unwrap_or(usize::MAX);
        rows.sort_by_key(|row| (place(row.ranks.1), place(row.ranks.0)));
        let left = (self.after.value(), other.after.value());
        let hours = (self.hours, other.hours);
        let words = words(self.unit, left, hours, &rows);
        PlanDifference { unit: self.unit, left, hours, rows, words }
    }
}

fn words(unit: Unit, left: (f64, f64), hours: (f64, f64), rows: &[RowDifference]) -> Vec<Box<str>> {
    let amount = |amount: f64| unit.amount(amount);
    let (first, second) = (amount(left.0), amount(left.1));
    let mut words = vec![if left.1 > left.0 {
        format!("Leaves {} more to lose: {second} rather than {first}", amount(left.1 - left.0))
    } else if left.1 < left.0 {
        format!("Leaves {} less to lose: {second} rather than {first}", amount(left.0 - left.1))
    } else {
        format!("Leaves as much to lose: {first}")
    }];
    if hours.0 != hours.1 {
        words.push(format!("Takes {} hours rather than {}", hours.1, hours.0));
    }
    for RowDifference { title, ranks, saved, .. } in rows {
        words.push(match ranks {
            (None, Some(rank)) => format!("New as row {rank}: {title}, which saves {}", amount(saved.1)),
            (Some(rank), None) => format!("No longer row {rank}: {title}, which saved {}", amount(saved.0)),
            (Some(was), Some(is)) if was != is => {
                format!(
                    "Row {is} rather than {was}: {title}, which saves {} rather than {}",
                    amount(saved.1),
                    amount(saved.0)
                )
            }
            (_, _) => format!("{title} saves {} rather than {}", amount(saved.1), amount(saved.0)),
        });
    }
    words.into_iter().map(String::into_boxed_str).collect()
}
