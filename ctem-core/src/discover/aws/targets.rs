//! What there is to have rights on, class by class, and the assets that stand for it.

use super::{
    arn::Arn,
    class::Class,
    graph::{Ends, Way},
    inventory::{Principal, ResourceSort, Sort},
    sets::SetId,
    work::Work,
};
use crate::model::{Access, AssetKind, RelationKind};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, rc::Rc};

/// More targets than this are reached through one asset that stands for all of them.
const APART: usize = 4;

impl<'i> Work<'i, '_> {
    /// Says what there is to have rights on.
    pub(super) fn classes(&mut self) {
        let inventory = self.inventory;
        let principals = || (0u32..).zip(&inventory.principals);
        for (class, sort) in
            [(Class::User, Sort::User), (Class::Group, Sort::Group), (Class::Role, Sort::Role)]
        {
            let (numbers, names): (Vec<u32>, Vec<String>) = principals()
                .filter(|(_, one)| one.sort == sort)
                .map(|(n, one)| (n, one.arn.to_string()))
                .unzip();
            self.rights.add_targets(class, names);
            self.members.insert(class, numbers);
        }
        for (n, principal) in principals() {
            let key = (principal.account.clone(), principal.name.clone());
            if principal.sort == Sort::Group {
                self.groups.insert(key, n);
            }
            for name in &principal.attached {
                self.holders.entry(name).or_default().push(n);
            }
        }
        let own = |name: &&'i str| !name.contains(":iam::aws:");
        self.policies = self.inventory.managed.keys().map(|name| &**name).filter(own).collect();
        let names = self.policies.iter().map(|name| (*name).to_owned()).collect();
        self.members.insert(Class::Policy, (0..self.policies.len() as u32).collect());
        let stronger =
            (0u32..).zip(&self.policies).filter(|(_, name)| inventory.stronger_before.contains(**name));
        let stronger = stronger.map(|(at, _)| at).collect();
        self.stronger = self.rights.sets.of(stronger);
        let roles = || (0u32..).zip(inventory.principals.iter().filter(|one| one.sort == Sort::Role));
        let services = |one: &Principal| {
            one.arn.contains(":role/aws-service-role/") || one.arn.contains(":role/aws-reserved/")
        };
        let unchangeable = roles().filter(|(_, one)| services(one)).map(|(at, _)| at).collect();
        self.unchangeable = self.rights.sets.of(unchangeable);
        let with_profile = roles().filter(|(_, one)| !one.profiles.is_empty()).map(|(at, _)| at).collect();
        self.with_profile = self.rights.sets.of(with_profile);
        self.rights.add_targets(Class::Policy, names);
        let accounts: BTreeSet<Box<str>> =
            self.inventory.principals.iter().map(|one| one.account.clone()).collect();
        for sort in ResourceSort::ALL {
            let resources = (0u32..).zip(&self.inventory.resources).filter(|(_, one)| one.sort == sort);
            let (mut numbers, mut names): (Vec<u32>, Vec<String>) =
                resources.map(|(n, one)| (n, one.arn.to_string())).unzip();
            // Each account has, besides, what no document names.
            for (n, account) in (0u32..).zip(&accounts) {
                numbers.push(u32::MAX - n);
                names.push(sort.any_name(inventory.partition(), account));
            }
            self.rights.add_targets(Class::Resource(sort), names);
            self.members.insert(Class::Resource(sort), numbers);
        }
    }

    /// What a class has in an account.
    pub(super) fn within(&mut self, class: Class, account: &str) -> SetId {
        let key = (class, Box::from(account));
        if let Some(known) = self.within.get(&key) {
            return *known;
        }
        let accounts: BTreeSet<&str> = self.inventory.principals.iter().map(|one| &*one.account).collect();
        let of = |n: u32| match class {
            Class::User | Class::Group | Class::Role => {
                self.inventory.principals.get(n as usize).map(|one| &*one.account)
            }
            Class::Policy => {
                let name = self.policies.get(n as usize);
                name.and_then(|name| Arn::of(name)).map(|arn| arn.account)
            }
            Class::Resource(_) => match self.inventory.resources.get(n as usize) {
                Some(resource) => Some(&*resource.account),
                None => accounts.iter().nth((u32::MAX - n) as usize).copied(),
            },
            Class::Service(_) => None,
        };
        let members = self.members.get(&class).map_or(&[][..], Vec::as_slice);
        let members = (0u32..).zip(members).filter(|(_, n)| of(**n) == Some(account));
        let set = members.map(|(at, _)| at).collect();
        let set = self.rights.sets.of(set);
        self.within.insert(key, set);
        set
    }

    /// The assets that stand for a set: its members, or where they are many one for all of them. `held` says whether who has a
    /// member has what stands for them, and else the other way round.
    pub(super) fn standing_for(&mut self, class: Class, set: SetId, held: bool) -> Vec<Rc<str>> {
        if let Some(known) = self.hubs.get(&(class, set, held)) {
            return vec![Rc::clone(known)];
        }
        let members = self.rights.sets.members(set);
        let names: Vec<Rc<str>> = members.iter().filter_map(|at| self.asset_of(class, *at)).collect();
        if names.len() <= APART {
            return names;
        }
        let account = names.first().and_then(|name| Arn::of(name)).map_or("", |arn| arn.account);
        let mut digest = Sha256::new();
        names.iter().for_each(|name| digest.update(format!("{name}\n")));
        let digits: String = digest.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let what = match class {
            Class::User => "users",
            Class::Group => "groups",
            Class::Role => "roles",
            _ => "resources",
        };
        let way = if held { "any" } else { "each" };
        let hub = self.graph.asset(&format!("aws:{account}:{way}-of-{what}:{digits}"), AssetKind::Group);
        self.graph.title(&hub, &format!("{way} of {} {what} of account {account}", names.len()));
        for name in names {
            let (from, to) = if held { (&name, &hub) } else { (&hub, &name) };
            let ends = Ends::of(from, RelationKind::Contains, to);
            let ends = ends.stating([(Rc::clone(from), Access::Use)], (Rc::clone(to), Access::Use));
            self.graph.step(ends, Way::default());
        }
        self.hubs.insert((class, set, held), Rc::clone(&hub));
        vec![hub]
    }

    /// A set without what a principal has anyway, where its members stand apart. To what stands for many it does no harm to have
    /// the principal among them, and it is the same for all who have it.
    pub(super) fn but(&mut self, set: SetId, own: Vec<u32>) -> SetId {
        if self.rights.sets.members(set).len() > APART + own.len() {
            return set;
        }
        let own = self.rights.sets.of(own);
        self.rights.sets.without(set, own)
    }

    /// The asset of a member of a class.
    fn asset_of(&mut self, class: Class, at: u32) -> Option<Rc<str>> {
        let number = *self.members.get(&class)?.get(at as usize)? as usize;
        match class {
            Class::User | Class::Role => {
                let principal = self.inventory.principals.get(number)?;
                Some(self.graph.asset(&principal.arn, AssetKind::Identity))
            }
            Class::Group => {
                let principal = self.inventory.principals.get(number)?;
                Some(self.graph.asset(&principal.arn, AssetKind::Group))
            }
            Class::Policy | Class::Service(_) | Class::Resource(_) => None,
        }
    }
}
