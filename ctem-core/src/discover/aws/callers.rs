//! What is open to everybody on a condition on who asks: to nobody outside, and to those inside of whom the condition holds.

use super::{
    class::Class,
    condition::Condition,
    inventory::{Principal, Sort},
    parts::Allowed,
    policy::Statement,
    request::context,
    rights::Asked,
    work::Work,
};
use crate::model::AssetKind;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Those who pass together: what stands for them, and what it hangs on that they do.
pub(super) type Passing = Vec<(Rc<str>, Vec<Rc<str>>)>;

impl<'i> Work<'i, '_> {
    /// The users and roles who pass, by what that hangs on.
    pub(super) fn passing(
        &mut self,
        mut passes: impl FnMut(&mut Self, &'i Principal, u32) -> Vec<Vec<Rc<str>>>,
    ) -> Passing {
        let inventory = self.inventory;
        let mut passing = Passing::new();
        for class in [Class::User, Class::Role] {
            let numbers = self.members.get(&class).cloned().unwrap_or_default();
            let mut alike: BTreeMap<(&str, Vec<Rc<str>>), Vec<u32>> = BTreeMap::new();
            for (at, number) in (0u32..).zip(numbers) {
                let Some(principal) = inventory.principals.get(number as usize) else { continue };
                if !self.rights.may_look_at_trust() {
                    break;
                }
                for hangs_on in passes(self, principal, number) {
                    alike.entry((&principal.account, hangs_on)).or_default().push(at);
                }
            }
            for ((_, hangs_on), places) in alike {
                let set = self.rights.sets.of(places);
                for one in self.standing_for(class, set, true) {
                    passing.push((one, hangs_on.clone()));
                }
            }
        }
        passing
    }

    /// What a principal's own policies leave of what is open to it by name: within an account it is enough that nothing denies it,
    /// across accounts it must be allowed as well.
    pub(super) fn not_denied(
        &mut self,
        principal: &'i Principal,
        number: u32,
        part: &Allowed,
        (action, class): (&'static str, Class),
        inside: bool,
    ) -> Vec<Allowed> {
        let Some(holder) = self.holder(number as usize) else { return Vec::new() };
        let asked = Asked {
            documents: &holder.documents,
            boundary: holder.boundary.filter(|_| !inside),
            bounds: &holder.bounds,
            everything: inside,
            action,
            class,
            context: context(principal, self.inventory, None),
        };
        let allowed = self.rights.allowed(&asked);
        self.rights.sets.cross(&allowed, std::slice::from_ref(part))
    }

    /// The realm of an organisation of which no document tells.
    pub(super) fn organization(&mut self, id: &str) -> Rc<str> {
        let name = self.graph.asset(id, AssetKind::Realm);
        self.graph.title(&name, &format!("AWS organization {id}"));
        name
    }

    /// Whether principals of an account are told of.
    pub(super) fn tells_of(&self, account: &str) -> bool {
        self.inventory.principals.iter().any(|one| &*one.account == account && one.sort != Sort::Group)
    }
}

/// The accounts and organisations that statements name as those of who asks.
pub(super) fn named_callers<'s>(
    statements: impl Iterator<Item = &'s Statement>,
) -> (BTreeSet<&'s str>, BTreeSet<&'s str>) {
    let (mut accounts, mut organizations) = (BTreeSet::new(), BTreeSet::new());
    for condition in statements.flat_map(|one| &one.conditions) {
        let named = match &*condition.key {
            "aws:principalaccount" => &mut accounts,
            "aws:principalorgid" => &mut organizations,
            _ => continue,
        };
        let whole = |value: &&str| !value.contains(['*', '?', '$']);
        named.extend(condition.wanted().iter().map(|value| &**value).filter(whole));
    }
    (accounts, organizations)
}

/// Whether conditions say something of who asks.
pub(super) fn asks_who(conditions: &[Condition]) -> bool {
    conditions.iter().any(|one| one.key.starts_with("aws:principal") || &*one.key == "aws:username")
}
