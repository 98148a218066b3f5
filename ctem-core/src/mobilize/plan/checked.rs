//! Options, checked against what there is.

use super::{
    PlanOptions,
    problem::{Choice, Purse},
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::{ActionId, OwnerId},
    mobilize::{
        ActionKind,
        derive::{Derived, known},
    },
    model::Environment,
    time::Moment,
};

/// Options that make sense, in numbers of actions.
pub(super) struct Checked {
    pub(super) choice: Choice,
    pub(super) purse: Purse,
    pub(super) must: Vec<u32>,
    /// Whether anything limits what may be chosen.
    pub(super) is_limited: bool,
}

impl Checked {
    pub(super) fn of(
        options: &PlanOptions<'_>,
        derived: &Derived<'_>,
        environment: &Environment,
        as_of: Moment,
    ) -> Result<Self> {
        options.budget.check()?;
        for (owner, hours) in &options.per_owner {
            let at = |error: Error| error.at(format_args!("/per_owner/{owner}"));
            known(owner, environment, &derived.actions).map_err(at)?;
            if !(0.0..=f64::MAX).contains(hours) {
                let message =
                    format!("`{hours}` is no budget of hours: it must be a finite number of at least 0");
                return Err(at(Error::invalid(message)));
            }
        }
        if let Some(owner) = &options.owner {
            known(owner, environment, &derived.actions).map_err(|error| error.at("owner"))?;
        }
        let found = |list: &[ActionId], name: &str| -> Result<Vec<u32>> {
            let number = |(n, id): (usize, &ActionId)| {
                numbered(derived, id).ok_or_else(|| {
                    let message = format!("{} is not an action of this assessment", quoted(id.as_str()));
                    Error::new(ErrorKind::NotFound, message).at(format_args!("/{name}/{n}"))
                })
            };
            list.iter().enumerate().map(number).collect()
        };
        let mut must = found(&options.must, "must")?;
        let must_not = found(&options.must_not, "must_not")?;
        must.sort_unstable();
        must.dedup();
        if let Some(at) = must_not.iter().position(|action| must.binary_search(action).is_ok()) {
            let id = options.must_not.get(at).map(|id| quoted(id.as_str())).unwrap_or_default();
            let message = format!("{id} must be done and must not: leave it out of one of the two");
            return Err(Error::new(ErrorKind::Conflict, message).at(format_args!("/must_not/{at}")));
        }
        // What somebody lives with is not to be done.
        let mut banned = derived.only_accepted(as_of);
        for action in must_not {
            if let Some(slot) = banned.get_mut(action as usize) {
                *slot = true;
            }
        }
        let (cost, all) = options.budget.terms();
        let owners: Vec<_> = options.per_owner.keys().collect();
        let owned = |n: usize| {
            derived.actions.get(n).and_then(|action| action.owner.as_ref()).map(|owned| &owned.owner)
        };
        let allowed = derived.actions.iter().zip(banned).enumerate().map(|(n, (action, banned))| {
            let may = options.mitigate || action.kind != ActionKind::Mitigate;
            let theirs = options.owner.is_none() || owned(n) == options.owner.as_ref();
            (may && theirs && !banned) || must.binary_search(&(n as u32)).is_ok()
        });
        let hours: Vec<f64> = derived.actions.iter().map(|action| action.effort.hours).collect();
        let purse = |n: usize| owned(n).and_then(|owner| owners.iter().position(|known| *known == owner));
        let choice = Choice {
            costs: hours.iter().map(|hours| cost(*hours)).collect(),
            allowed: allowed.collect(),
            purse: (0..hours.len()).map(purse).collect(),
            hours,
        };
        let checked = Self {
            choice,
            purse: Purse { all, own: options.per_owner.values().copied().collect() },
            must,
            is_limited: all.is_finite() || !owners.is_empty(),
        };
        checked.affordable(derived, &owners)?;
        Ok(checked)
    }

    /// Whether what must be done can be paid.
    fn affordable(&self, derived: &Derived<'_>, owners: &[&OwnerId]) -> Result<()> {
        let fits = |taken: f64, of: f64| taken <= of * (1.0 + 1e-9) + 1e-9;
        let taken: f64 = self.must.iter().filter_map(|action| self.choice.costs.get(*action as usize)).sum();
        for (n, (owner, hours)) in owners.iter().zip(&self.purse.own).enumerate() {
            let theirs = self.must.iter().map(|action| *action as usize);
            let theirs = theirs.filter(|action| self.choice.purse.get(*action) == Some(&Some(n)));
            let taken: f64 = theirs.filter_map(|action| self.choice.hours.get(action)).sum();
            if !fits(taken, *hours) {
                let message = format!(
                    "what must be done takes {taken} hours of {}, who may spend {hours}: give more, or demand less",
                    quoted(owner.as_str())
                );
                return Err(Error::new(ErrorKind::Conflict, message).at(format_args!("/per_owner/{owner}")));
            }
        }
        if fits(taken, self.purse.all) {
            return Ok(());
        }
        let first = self.must.first().and_then(|action| derived.actions.get(*action as usize));
        let what = first.map(|action| quoted(action.id.as_str())).unwrap_or_default();
        let message = format!(
            "what must be done ({what}{}) takes {taken} of a budget of {}: give more, or demand less",
            if self.must.len() > 1 { " and more" } else { "" },
            self.purse.all
        );
        Err(Error::new(ErrorKind::Conflict, message).at("budget"))
    }
}

/// The number of an action by its id.
fn numbered(derived: &Derived<'_>, id: &ActionId) -> Option<u32> {
    let at = derived.actions.binary_search_by(|action| action.id.cmp(id)).ok()?;
    u32::try_from(at).ok()
}
