//! Rights on what an account holds and runs: stores, secrets, functions, machines.

use super::{
    arn::{self, Arn},
    callers::named_callers,
    class::Class,
    condition::{Condition, Context, Holds, Known},
    graph::{Ends, Way},
    held::{add, everything, everything_name},
    inventory::Resource,
    parts::Allowed,
    policy::{Principal as Whom, Statement},
    request::{context, stranger},
    store_table::{STORES, Store},
    withheld::{Caller, denies},
    work::{Holder, Work},
};
use crate::model::{Access, AssetKind, Technique};
use std::{collections::BTreeSet, rc::Rc};

/// The chance that an agent runs on a machine of which nothing says so.
const PERHAPS: f64 = 0.5;
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
            let parts = if store.by_agent { self.by_agent(parts) } else { with_chance(parts, store.chance) };
            for (part, chance) in parts {
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
                    self.graph
                        .step(ends, Way { chance: Some(chance), hangs_on, technique, what, remedy: REMEDY });
                }
            }
        }
    }
}

/// Parts of what is allowed that all have one chance.
fn with_chance(parts: Vec<Allowed>, chance: f64) -> Vec<(Allowed, f64)> {
    parts.into_iter().map(|part| (part, chance)).collect()
}

impl Work<'_, '_> {
    /// What an agent is told to do: surely where the role of the machine lets an agent work, and else where one perhaps runs.
    fn by_agent(&mut self, parts: Vec<Allowed>) -> Vec<(Allowed, f64)> {
        let with_agent = self.with_agent;
        let mut told = Vec::new();
        for part in parts {
            let surely = self.rights.sets.both(part.on, with_agent);
            if !self.rights.sets.is_empty(surely) {
                told.push((Allowed { on: surely, hangs_on: part.hangs_on.clone() }, 1.0));
            }
            // All machines of an account have one asset, of which those with an agent are some.
            told.push((part, PERHAPS));
        }
        told
    }

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
}

impl<'i> Work<'i, '_> {
    /// Whom the policies of resources let in.
    pub(super) fn own_policies(&mut self) {
        let inventory = self.inventory;
        for resource in &inventory.resources {
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

    fn let_in(&mut self, resource: &'i Resource, whom: &Whom, store: &Store, statement: &'i Statement) {
        let inventory = self.inventory;
        let asks = &statement.conditions;
        if *whom == Whom::Everyone {
            let anybody = stranger(None, inventory, asks);
            let hangs_on = self.let_through(resource, &Caller::Anybody, store, statement, &anybody);
            let to_all = hangs_on.as_ref().is_some_and(Vec::is_empty);
            if let Some(hangs_on) = hangs_on {
                let internet = self.graph.internet();
                self.lets(resource, store, (internet, Access::Reach), hangs_on);
            }
            if !to_all {
                self.let_in_on_condition(resource, store, statement);
            }
            return;
        }
        let Whom::Aws(name) = whom else { return };
        let told = inventory.principals.iter().find(|one| *one.arn == **name);
        let (from, access, context) = match (told, Arn::of(name)) {
            (Some(principal), _) => {
                let from = self.graph.asset(name, AssetKind::Identity);
                (from, Access::Use, context(principal, inventory, None))
            }
            (None, Some(parts)) if parts.resource != "root" => {
                let from = self.graph.asset(name, AssetKind::Identity);
                (from, Access::Use, stranger(Some(parts.account), inventory, asks))
            }
            // Whom an account lets, its own rights say.
            (None, Some(parts)) if parts.account != &*resource.account => {
                let from = self.graph.account(parts.account);
                (from, Access::Use, stranger(Some(parts.account), inventory, asks))
            }
            (None, None) if arn::is_account(name) && **name != *resource.account => {
                (self.graph.account(name), Access::Use, stranger(Some(name), inventory, asks))
            }
            _ => return,
        };
        let through = self.let_through(resource, &Caller::Named(whom), store, statement, &context);
        if let Some(hangs_on) = through {
            self.lets(resource, store, (from, access), hangs_on);
        }
    }

    /// Whom what is open to everybody on a condition lets in: those inside of whom it holds, and the accounts and organisations that
    /// it names.
    fn let_in_on_condition(&mut self, resource: &'i Resource, store: &Store, statement: &'i Statement) {
        let inventory = self.inventory;
        let class = Class::Resource(store.sort);
        let same = |n: &u32| inventory.resources.get(*n as usize).is_some_and(|one| one.arn == resource.arn);
        let place = self.members.get(&class).and_then(|all| all.iter().position(same));
        let (Some(place), Some(action)) = (place, store.actions.first().copied()) else { return };
        let on = self.rights.sets.of(vec![place as u32]);
        let passing = self.passing(|work, principal, number| {
            let context = context(principal, inventory, None);
            let caller = Caller::One(principal);
            let Some(hangs_on) = work.let_through(resource, &caller, store, statement, &context) else {
                return Vec::new();
            };
            let part = Allowed { on, hangs_on };
            let inside = principal.account == resource.account;
            let left = work.not_denied(principal, number, &part, (action, class), inside);
            left.into_iter().map(|one| one.hangs_on).collect()
        });
        for (from, hangs_on) in passing {
            self.lets(resource, store, (from, Access::Use), hangs_on);
        }
        let (accounts, organizations) = named_callers(std::iter::once(statement));
        for account in accounts.into_iter().filter(|one| **one != *resource.account) {
            if self.tells_of(account) {
                continue;
            }
            let context = stranger(Some(account), inventory, &statement.conditions);
            let through = self.let_through(resource, &Caller::Anybody, store, statement, &context);
            if let Some(hangs_on) = through {
                let from = self.graph.account(account);
                self.lets(resource, store, (from, Access::Use), hangs_on);
            }
        }
        for id in organizations {
            let mut context = stranger(None, inventory, &statement.conditions);
            context.known.insert("aws:principalorgid", Known::Is(id.to_owned()));
            let through = self.let_through(resource, &Caller::Anybody, store, statement, &context);
            if let Some(hangs_on) = through {
                let from = self.organization(id);
                self.lets(resource, store, (from, Access::Use), hangs_on);
            }
        }
    }

    /// What it hangs on that a statement lets a caller through; none where it does not.
    fn let_through(
        &mut self,
        resource: &Resource,
        caller: &Caller<'_>,
        store: &Store,
        statement: &Statement,
        context: &Context<'_>,
    ) -> Option<Vec<Rc<str>>> {
        let mut hangs_on: BTreeSet<Rc<str>> = match Condition::hold(&statement.conditions, context, true) {
            Holds::Always => BTreeSet::new(),
            Holds::Never => return None,
            Holds::Perhaps(words) => words.into_iter().map(Rc::from).collect(),
        };
        let limits = self.limits_of(&resource.account);
        for action in store.actions {
            match denies(resource, &limits, action, caller, context) {
                None => {}
                Some(words) if words.is_empty() => return None,
                Some(words) => hangs_on.extend(words),
            }
        }
        Some(hangs_on.into_iter().collect())
    }

    /// The step of one whom the policy of a resource lets in.
    fn lets(
        &mut self,
        resource: &Resource,
        store: &Store,
        (from, access): (Rc<str>, Access),
        hangs_on: Vec<Rc<str>>,
    ) {
        let to = add(self.graph, resource);
        let what = format!("the policy of {to} allows {} to {from}", store.actions.join(", "));
        let needs = [(Rc::clone(&from), access)];
        let ends = Ends::of(&from, store.kind.clone(), &to).stating(needs, (to, store.gives));
        let remedy = "name in the policy of the resource who may, and block public access";
        let technique = Technique::of(store.technique);
        self.graph.step(ends, Way { chance: None, hangs_on, technique, what, remedy });
    }
}
