//! What the own policies of resources withhold: a deny there holds whatever else is allowed.
//!
//! A statement counts where it speaks of all of a resource: one that withholds a part leaves the others to be read.

use super::{
    arn::{self, Arn},
    class::Class,
    condition::{Condition, Context, Holds},
    inventory::{Principal, Resource, ResourceSort},
    organization::Level,
    parts::Allowed,
    policy::{Principal as Whom, Statement},
    request::context,
    work::{Holder, Work},
};
use std::rc::Rc;

impl<'i> Work<'i, '_> {
    /// The resources of a class on which an action is withheld from a principal, and what that hangs on.
    pub(super) fn withheld(&mut self, holder: &Holder<'i>, class: Class, action: &str) -> Vec<Allowed> {
        let inventory = self.inventory;
        let numbers = self.members.get(&class).cloned().unwrap_or_default();
        let (mut withheld, mut known) = (Vec::new(), None);
        for (at, number) in (0u32..).zip(numbers) {
            let Some(resource) = inventory.resources.get(number as usize) else { continue };
            let limits = self.limits_of(&resource.account);
            let own = resource.policy.iter().flat_map(|policy| &policy.statements);
            if limits.is_empty() && own.into_iter().all(|one| one.allows) {
                continue;
            }
            let known = known.get_or_insert_with(|| context(holder.principal, inventory, None));
            if let Some(hangs_on) = denies(resource, &limits, action, &Caller::One(holder.principal), known) {
                let on = self.rights.sets.of(vec![at]);
                withheld.push(Allowed { on, hangs_on });
            }
        }
        withheld
    }

    /// Whether a policy of a resource speaks of a principal by its name, so that it has less, or more, than its groups.
    pub(super) fn is_spoken_of(&self, principal: &Principal) -> bool {
        let policies = self.inventory.resources.iter().filter_map(|resource| resource.policy.as_ref());
        let named = |one: &Statement| {
            one.principals.iter().any(|whom| matches!(whom, Whom::Aws(name) if **name == *principal.arn))
        };
        policies.flat_map(|policy| &policy.statements).any(|one| !one.allows && named(one))
    }
}

impl Work<'_, '_> {
    /// What the organisation says of all that an account has.
    pub(super) fn limits_of(&mut self, account: &str) -> Rc<[Level]> {
        if let Some(known) = self.limits.get(account) {
            return Rc::clone(known);
        }
        let levels: Rc<[Level]> = self.inventory.organization.levels(account, true).into();
        self.limits.insert(account.into(), Rc::clone(&levels));
        levels
    }
}

/// Who asks for something.
pub(super) enum Caller<'a> {
    /// Anybody, of whom nothing is known.
    Anybody,
    /// A principal of the inventory.
    One(&'a Principal),
    /// Whom a policy names.
    Named(&'a Whom),
}

/// Whether a resource's own policy, or the organisation's, withholds an action from a caller: none where it does not, and otherwise what that hangs on.
pub(super) fn denies(
    resource: &Resource,
    limits: &[Level],
    action: &str,
    caller: &Caller<'_>,
    context: &Context<'_>,
) -> Option<Vec<Rc<str>>> {
    let action = action.to_ascii_lowercase();
    let mut perhaps: Option<Vec<Rc<str>>> = None;
    let own = resource.policy.iter().flat_map(|policy| &policy.statements).map(|one| (one, None));
    let of_limits = limits.iter().flat_map(|level| {
        let statements = level.documents.iter().flat_map(|policy| &policy.statements);
        statements.map(|one| (one, level.perhaps.as_deref()))
    });
    let speaking = own.chain(of_limits).filter(|(one, _)| {
        !one.allows && one.actions.has(&action) && is_whole(one, resource) && speaks_of(one, caller)
    });
    for (statement, unsure) in speaking {
        let words = match Condition::hold(&statement.conditions, context, false) {
            Holds::Never => continue,
            Holds::Always if unsure.is_none() => return Some(Vec::new()),
            Holds::Always => Vec::new(),
            Holds::Perhaps(words) => words,
        };
        // All of it must hold, so that one way out is enough.
        let words: Vec<&str> = unsure.into_iter().chain(words.iter().map(String::as_str)).collect();
        perhaps.get_or_insert_with(Vec::new).push(words.join(" and ").into());
    }
    perhaps.map(|mut words| {
        words.sort_unstable();
        words.dedup();
        words
    })
}

/// Whether a statement speaks of all that is in a resource.
fn is_whole(statement: &Statement, resource: &Resource) -> bool {
    // A name that nothing in it has, so that only patterns over all of it stand for it.
    let anything = match resource.sort {
        ResourceSort::Bucket => format!("{}/\u{1}", resource.arn),
        _ => resource.arn.to_string(),
    };
    statement.resources.has(&anything)
}

/// Whether a statement speaks of a caller. To name an account is to name all who are in it.
fn speaks_of(statement: &Statement, caller: &Caller<'_>) -> bool {
    let named = statement.principals.iter().any(|whom| match (whom, caller) {
        (Whom::Everyone, _) => true,
        (whom, Caller::Named(named)) => whom == *named,
        (Whom::Aws(name), Caller::One(principal)) => {
            let account = match Arn::of(name) {
                Some(parts) if parts.resource == "root" => Some(parts.account),
                Some(_) => None,
                None => Some(&**name).filter(|name| arn::is_account(name)),
            };
            **name == *principal.arn || (!statement.all_but && account == Some(&*principal.account))
        }
        _ => false,
    });
    named != statement.all_but
}
