//! Rights on what an account holds and runs: stores, secrets, functions, machines.

use super::{
    arn::{self, Arn},
    class::Class,
    condition::{Condition, Context, Holds, Known},
    graph::{Ends, Way},
    held::{add, everything, everything_name},
    inventory::Resource,
    parts::Allowed,
    policy::{Principal as Whom, Statement},
    store_table::{STORES, Store},
    withheld::{Caller, denies},
    work::{Holder, Work},
};
use crate::model::{Access, AssetKind, Technique};
use std::{collections::BTreeSet, rc::Rc};

const REMEDY: &str = "take the right away, or allow it on named resources alone";

impl<'i> Work<'i, '_> {
    /// Finds what a principal has of what its account holds.
    pub(super) fn stores(&mut self, holder: &Holder<'i>) {
        for store in &STORES {
            let Some((first, others)) = store.actions.split_first() else { continue };
            let class = Class::Resource(store.sort);
            let parts = self.allowed(holder, first, class, None);
            if parts.is_empty() {
                continue;
            }
            let mut withheld = self.withheld(holder, class, first);
            for other in others {
                withheld.extend(self.withheld(holder, class, other));
            }
            let parts = self.rights.less(parts, withheld);
            let Some(needed) = self.may_all(holder, others) else { continue };
            for part in parts {
                let words: BTreeSet<Rc<str>> = part.hangs_on.iter().chain(&needed).cloned().collect();
                let hangs_on: Vec<Rc<str>> = words.into_iter().collect();
                for to in self.stores_of(class, &part) {
                    let what =
                        format!("{} is allowed {} on {to}", holder.principal.name, store.actions.join(", "));
                    let mut needs = vec![(Rc::clone(&holder.name), Access::Use)];
                    if store.reached {
                        needs.push((Rc::clone(&to), Access::Reach));
                    }
                    let ends =
                        Ends::of(&holder.name, store.kind.clone(), &to).stating(needs, (to, store.gives));
                    let technique = Technique::of(store.technique);
                    let hangs_on = hangs_on.clone();
                    self.graph.step(
                        ends,
                        Way { chance: Some(store.chance), hangs_on, technique, what, remedy: REMEDY },
                    );
                }
            }
        }
    }
}

impl Work<'_, '_> {
    /// The assets of a set of resources: the one that stands for all that an account has, where nothing is left out.
    fn stores_of(&mut self, class: Class, part: &Allowed) -> Vec<Rc<str>> {
        let Class::Resource(sort) = class else { return Vec::new() };
        if let Some(known) = self.stores.get(&(class, part.on)) {
            return known.clone();
        }
        let members = self.rights.sets.members(part.on);
        let numbers = self.members.get(&class).cloned().unwrap_or_default();
        let number = |at: &u32| numbers.get(*at as usize).copied();
        let accounts: BTreeSet<Box<str>> =
            self.inventory.principals.iter().map(|one| one.account.clone()).collect();
        let mut stores = Vec::new();
        let mut whole = BTreeSet::new();
        for at in members.iter() {
            let any = number(at).filter(|n| *n as usize >= self.inventory.resources.len());
            let account = any.and_then(|n| accounts.iter().nth((u32::MAX - n) as usize));
            if let Some(account) = account {
                whole.insert(account.clone());
                stores.push(everything(self.graph, sort, account));
            }
        }
        let taken = members.iter().filter_map(number).collect::<BTreeSet<u32>>();
        let of_account = |account: &str| {
            let all = (0u32..).zip(&self.inventory.resources);
            all.filter(|(_, one)| one.sort == sort && *one.account == *account)
                .all(|(n, _)| taken.contains(&n))
        };
        let whole: BTreeSet<Box<str>> = whole.into_iter().filter(|account| of_account(account)).collect();
        stores.retain(|name| whole.iter().any(|account| **name == *everything_name(sort, account)));
        for at in members.iter() {
            let Some(n) = number(at) else { continue };
            let Some(resource) = self.inventory.resources.get(n as usize) else { continue };
            if !whole.contains(&resource.account) {
                stores.push(add(self.graph, resource));
            } else if resource.named {
                add(self.graph, resource);
            }
        }
        self.stores.insert((class, part.on), stores.clone());
        stores
    }

    /// Whom the policies of resources let in.
    pub(super) fn own_policies(&mut self) {
        for resource in &self.inventory.resources {
            if !resource.named {
                add(self.graph, resource);
            }
            let Some(policy) = &resource.policy else { continue };
            for statement in policy.statements.iter().filter(|one| one.allows) {
                let stores = STORES.iter().filter(|store| {
                    store.sort == resource.sort
                        && store.actions.len() == 1
                        && store
                            .actions
                            .iter()
                            .any(|action| statement.actions.has(&action.to_ascii_lowercase()))
                });
                let stores: Vec<&Store> = stores.collect();
                // Everybody but those: that is everybody, to a stranger.
                let everybody = [Whom::Everyone];
                let whom = if statement.all_but { &everybody[..] } else { &statement.principals };
                for principal in whom {
                    for store in &stores {
                        self.let_in(resource, principal, store, statement);
                    }
                }
            }
        }
    }

    fn let_in(&mut self, resource: &Resource, whom: &Whom, store: &Store, statement: &Statement) {
        let mut context = Context { newest: self.inventory.newest, ..Context::default() };
        context.known.insert("aws:securetransport", Known::Is("true".to_owned()));
        let hangs_on = match Condition::hold(&statement.conditions, &context, true) {
            Holds::Always => Vec::new(),
            Holds::Never => return,
            Holds::Perhaps(words) => words.into_iter().map(Rc::from).collect(),
        };
        let caller = if *whom == Whom::Everyone { Caller::Anybody } else { Caller::Named(whom) };
        let mut hangs_on: Vec<Rc<str>> = hangs_on;
        let limits = self.limits_of(&resource.account);
        for action in store.actions {
            match denies(resource, &limits, action, &caller, &context) {
                None => {}
                Some(words) if words.is_empty() => return,
                Some(words) => {
                    hangs_on.extend(words);
                    hangs_on.sort_unstable();
                    hangs_on.dedup();
                }
            }
        }
        let (from, access) = match whom {
            Whom::Everyone => (self.graph.internet(), Access::Reach),
            Whom::Aws(name) => match Arn::of(name) {
                Some(parts) if parts.resource != "root" => {
                    (self.graph.asset(name, AssetKind::Identity), Access::Use)
                }
                // Whom an account lets, its own rights say.
                Some(parts) if parts.account != &*resource.account => {
                    (self.graph.account(parts.account), Access::Use)
                }
                None if arn::is_account(name) && **name != *resource.account => {
                    (self.graph.account(name), Access::Use)
                }
                _ => return,
            },
            Whom::Service(_) | Whom::Federated(_) | Whom::Other(_) => return,
        };
        let to = add(self.graph, resource);
        let what = format!("the policy of {to} allows {} to {from}", store.actions.join(", "));
        let needs = [(Rc::clone(&from), access)];
        let ends = Ends::of(&from, store.kind.clone(), &to).stating(needs, (to, store.gives));
        let remedy = "name in the policy of the resource who may, and block public access";
        let technique = Technique::of(store.technique);
        self.graph.step(ends, Way { chance: None, hangs_on, technique, what, remedy });
    }
}
