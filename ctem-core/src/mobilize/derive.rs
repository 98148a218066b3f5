//! From exposures to actions.

use super::{
    Action, ActionKind, ActionOptions, Effort, TargetVersion, effort,
    group::{self, Group, Scope},
    least, owner,
    roots::Roots,
    title::Told,
};
use crate::{
    attack::{Asking, Key},
    error::{Error, ErrorKind, Result, quoted},
    id::OwnerId,
    model::{Asset, Environment, Finding},
    prioritize::{Assessment, End, Ended, ExposureId},
    scope::Chooser,
    time::Moment,
};
use std::collections::HashMap;

/// The actions of an assessment, and what stands behind them.
pub(super) struct Derived<'a> {
    /// In the order of their ids.
    pub(super) actions: Vec<Action>,
    /// By action: the exposures it ends, by their places in the list.
    pub(super) members: Vec<Vec<usize>>,
    pub(super) ends: Vec<End<'a>>,
}

impl Assessment {
    /// What can be done: the actions that end its exposures, in the order of their ids.
    ///
    /// Every exposure is ended by an action on its own asset, and may be by one over several: a patch on a fleet, a newer base. So the
    /// actions overlap, and a plan chooses among them. Hygiene has its actions too. O(n log n).
    ///
    /// # Errors
    /// `invalid_input` for an effort that is not a number of hours from 0 to a million, `not_found` for an owner that nothing declares while
    /// others are declared; with the place in the options.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::ActionOptions;
    ///
    /// let actions = today.actions(&ActionOptions::default())?;
    /// assert!(actions.iter().any(|action| &*action.title == "Patch CVE-2021-44228 on web shop"));
    /// assert!(actions.is_sorted_by_key(|action| &action.id));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "remediation")]
    pub fn actions(&self, options: &ActionOptions) -> Result<Vec<Action>> {
        Ok(self.derived(options)?.actions)
    }

    pub(super) fn derived(&self, options: &ActionOptions) -> Result<Derived<'_>> {
        self.derived_asking(options, &Asking::nobody())
    }

    /// The same, asking on the way whether to go on. Where it is ended, it is in part.
    pub(super) fn derived_asking(&self, options: &ActionOptions, asking: &Asking<'_>) -> Result<Derived<'_>> {
        options.check()?;
        let environment = self.environment();
        for (n, rule) in options.owners.iter().enumerate() {
            declared(&rule.owner, environment)
                .map_err(|error| error.at(format_args!("/owners/{n}/owner")))?;
        }
        if let Some(owner) = &options.fall_back {
            declared(owner, environment).map_err(|error| error.at("/fall_back"))?;
        }
        let ends: Vec<End<'_>> = self.ends().take_while(|_| asking.goes_on()).collect();
        let roots = Roots::of(environment);
        let chooser = Chooser::of(environment, self.as_of(), options.selectors());
        let code = owner::code(environment);
        let groups = group::groups(&ends, environment, &roots, asking);
        let unfixed = groups.iter().filter(|group| group.kind == ActionKind::Mitigate);
        let unfixed: HashMap<(String, Scope), usize> =
            unfixed.map(|group| ((group.object.clone(), group.scope), group.ends.len())).collect();
        let told = |group: Group| {
            let beside = unfixed.get(&(group.object.clone(), group.scope)).copied().unwrap_or(0);
            action(group, beside, &ends, &chooser, (&roots, &code), options)
        };
        let told = groups.into_iter().take_while(|_| asking.goes_on()).map(told);
        let mut pairs: Vec<(Action, Vec<usize>)> = told.collect();
        pairs.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let (actions, members) = pairs.into_iter().unzip();
        Ok(Derived { actions, members, ends })
    }
}

impl<'a> Derived<'a> {
    /// What somebody lives with at a moment.
    pub(super) fn accepted(&self, at: Moment) -> Vec<&End<'a>> {
        let is_accepted = |end: &&End<'_>| end.finding().is_some_and(|finding| finding.is_accepted(at));
        self.ends.iter().filter(is_accepted).collect()
    }

    /// By action: whether it ends nothing that nobody lives with.
    pub(super) fn only_accepted(&self, at: Moment) -> Vec<bool> {
        let is_accepted = |n: &usize| {
            let finding = self.ends.get(*n).and_then(End::finding);
            finding.is_some_and(|finding| finding.is_accepted(at))
        };
        self.members.iter().map(|members| !members.is_empty() && members.iter().all(is_accepted)).collect()
    }

    /// By action: the variables it ends.
    pub(super) fn keys(&self) -> Vec<Vec<Key>> {
        let key = |n: &usize| self.ends.get(*n).filter(|end| end.leads).map(|end| end.key);
        self.members.iter().map(|members| members.iter().filter_map(key).collect()).collect()
    }
}

/// Checks that an owner whom a rule names is known, where any is declared.
fn declared(owner: &OwnerId, environment: &Environment) -> Result<()> {
    if environment.owners().next().is_none() { Ok(()) } else { known(owner, environment, &[]) }
}

/// Checks that an owner is known: declared, the owner of an asset, or of an action.
pub(super) fn known(owner: &OwnerId, environment: &Environment, actions: &[Action]) -> Result<()> {
    let of_assets = || environment.assets().any(|asset| asset.owner.as_ref() == Some(owner));
    let of_actions =
        || actions.iter().any(|action| action.owner.as_ref().is_some_and(|owned| owned.owner == *owner));
    if environment.owner(owner).is_some() || of_actions() || of_assets() {
        return Ok(());
    }
    let message = format!("{} is not an owner of this assessment", quoted(owner.as_str()));
    Err(Error::new(ErrorKind::NotFound, message))
}

/// The action of a group; so many flaws of its package beside it have no fix yet.
fn action(
    mut group: Group,
    beside: usize,
    ends: &[End<'_>],
    chooser: &Chooser<'_>,
    (roots, code): (&Roots, &owner::Code<'_>),
    options: &ActionOptions,
) -> (Action, Vec<usize>) {
    let environment = chooser.environment();
    let findings = |group: &Group| -> Vec<&Finding> {
        let finding = |n: &usize| match ends.get(*n)?.what {
            Ended::Finding(finding) => Some(finding),
            Ended::Relation(_) => None,
        };
        group.ends.iter().filter_map(finding).collect()
    };
    let mut target: Option<TargetVersion> = match group.kind {
        ActionKind::Upgrade => least::least(findings(&group).into_iter(), &group.called),
        _ => None,
    };
    if let Some(target) = &mut target {
        target.of += beside;
    }
    group.ends.sort_unstable();
    group.ends.dedup();
    let mut on: Vec<&Asset> = group.on.iter().filter_map(|number| environment.numbered(*number)).collect();
    on.sort_by(|a, b| a.id.cmp(&b.id));
    let mut named: Vec<ExposureId> = group.ends.iter().filter_map(|n| ends.get(*n)?.id()).collect();
    named.sort_unstable();
    let told = Told::of(&group, &on, environment, target.as_ref());
    let mut action = Action {
        id: told.id(),
        kind: group.kind,
        title: told.title().into(),
        short_title: told.short_title().into(),
        on: on.iter().map(|asset| asset.id.clone()).collect(),
        ends: named,
        done_when: told.done_when().into(),
        target,
        owner: None,
        effort: Effort { hours: 0.0, assumed: true, by: "".into() },
    };
    let stated = group.ends.iter().filter_map(|n| ends.get(*n)?.cost).reduce(f64::max);
    action.owner = owner::owner(&action, &findings(&group), options, environment, roots, code, chooser);
    action.effort = effort::effort(&action, group.scope == Scope::Link, stated, options, chooser);
    (action, group.ends)
}
