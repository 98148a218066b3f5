//! The way from rights to steps: principals one by one, and what each may do.

use super::{
    arn,
    escalations::{self, Escalation, How},
    graph::{Ends, Graph, Way},
    inventory::{Inventory, Principal, ResourceSort, Sort},
    rights::{Allowed, Asked, Class, Rights, context},
    sets::SetId,
    store_table::STORES,
};
use crate::model::{Access, AssetKind, RelationKind, Technique};
use hashbrown::HashMap;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// All that is at hand while steps are found.
pub(super) struct Work<'i, 'g> {
    pub(super) inventory: &'i Inventory,
    pub(super) graph: &'g mut Graph,
    pub(super) rights: Rights<'i>,
    pub(super) ways: Vec<Escalation>,
    /// Of each class its members, by their numbers in the inventory; of policies, by their numbers in `policies`.
    pub(super) members: HashMap<Class, Vec<u32>>,
    /// The policies of the accounts' own, and who has each.
    pub(super) policies: Vec<&'i str>,
    pub(super) holders: HashMap<&'i str, Vec<u32>>,
    /// The roles of a service, and what that hangs on.
    pub(super) of_service: HashMap<Box<str>, Vec<Allowed>>,
    /// The roles that leave it to an account who may take them.
    pub(super) of_account: HashMap<Box<str>, Vec<Allowed>>,
    /// The roles whose trust says something of the caller.
    pub(super) asks_who: SetId,
    /// The roles that instances can be given, the roles that nobody changes, and the policies that once allowed everything.
    pub(super) with_profile: SetId,
    pub(super) unchangeable: SetId,
    pub(super) stronger: SetId,
    /// Who has what is in a set of policies or principals.
    pub(super) held_by: HashMap<(Class, SetId), Vec<(Class, SetId)>>,
    /// What stands for a set of stores.
    pub(super) stores: HashMap<(Class, SetId), Vec<Rc<str>>>,
    /// What each class has in an account.
    within: HashMap<(Class, Box<str>), SetId>,
    hubs: HashMap<(Class, SetId, bool), Rc<str>>,
    groups: HashMap<(Box<str>, Box<str>), u32>,
    notes: BTreeMap<(Box<str>, String), ()>,
}

/// A principal with what it may.
pub(super) struct Holder<'i> {
    pub(super) principal: &'i Principal,
    pub(super) name: Rc<str>,
    pub(super) account: Rc<str>,
    pub(super) number: u32,
    pub(super) groups: Vec<u32>,
    pub(super) documents: Vec<usize>,
    pub(super) boundary: Option<usize>,
    /// Whether it has given itself all that its boundary lets it have.
    pub(super) raised: bool,
}

/// More targets than this are reached through one asset that stands for all of them.
const APART: usize = 4;

impl<'i, 'g> Work<'i, 'g> {
    pub(super) fn new(inventory: &'i Inventory, graph: &'g mut Graph) -> Self {
        let ways: Vec<Escalation> = escalations::all().collect();
        let mut actions: Vec<&'static str> = ways.iter().flat_map(|way| way.actions.clone()).collect();
        actions.extend(STORES.iter().flat_map(|store| store.actions).copied());
        actions.extend(["iam:PassRole", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"]);
        actions.extend(["iam:DeleteUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary"]);
        actions.sort_unstable();
        actions.dedup();
        let mut rights = Rights::new(inventory, actions);
        let none = rights.sets.none();
        let mut work = Self {
            inventory,
            graph,
            rights,
            ways,
            members: HashMap::new(),
            policies: Vec::new(),
            holders: HashMap::new(),
            of_service: HashMap::new(),
            of_account: HashMap::new(),
            asks_who: none,
            with_profile: none,
            unchangeable: none,
            stronger: none,
            held_by: HashMap::new(),
            stores: HashMap::new(),
            within: HashMap::new(),
            hubs: HashMap::new(),
            groups: HashMap::new(),
            notes: BTreeMap::new(),
        };
        work.classes();
        work
    }

    /// Says what there is to have rights on.
    fn classes(&mut self) {
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
                names.push(sort.any_name(account));
            }
            self.rights.add_targets(Class::Resource(sort), names);
            self.members.insert(Class::Resource(sort), numbers);
        }
    }

    /// Adds the principals, each in its account.
    pub(super) fn principals(&mut self) {
        let inventory = self.inventory;
        for principal in &inventory.principals {
            let kind = if principal.sort == Sort::Group { AssetKind::Group } else { AssetKind::Identity };
            let name = self.graph.asset(&principal.arn, kind);
            self.graph.title(&name, &principal.name);
            for profile in principal.profiles.iter().filter(|profile| !profile.is_empty()) {
                self.graph.has_role(profile, &principal.arn);
            }
            if !principal.account.is_empty() {
                let account = self.graph.account(&principal.account);
                self.graph.fact(&account, RelationKind::Contains, &name);
            }
        }
    }

    /// Finds all that a principal may.
    pub(super) fn rights_of(&mut self, number: usize) {
        let Some(holder) = self.holder(number) else { return };
        if holder.boundary.is_none() && self.rights.all_allowed(&holder.documents) {
            let what = format!("{} has all rights in its account", holder.principal.name);
            let remedy = "give it the rights it needs and no more";
            let ends = Ends::of(&holder.name, RelationKind::Administers, &holder.account);
            self.graph
                .step(ends, Way { technique: Technique::of("T1098.003"), what, remedy, ..Way::default() });
            return;
        }
        let bounded = self.raises(&holder);
        self.all_but_raising(&holder);
        if bounded && !holder.raised {
            let what =
                "can raise its rights up to its permissions boundary: what that allows counts as allowed";
            self.note(&holder.principal.place, format!("{} {what}", holder.principal.name));
            let holder = Holder { raised: true, ..holder };
            self.raises(&holder);
            self.all_but_raising(&holder);
        }
    }

    fn all_but_raising(&mut self, holder: &Holder<'i>) {
        self.takes(holder);
        self.passes(holder);
        self.assumes(holder);
        self.stores(holder);
    }

    pub(super) fn holder(&mut self, number: usize) -> Option<Holder<'i>> {
        let principal = self.inventory.principals.get(number)?;
        let mut groups = Vec::new();
        for name in &principal.groups {
            match self.groups.get(&(principal.account.clone(), name.clone())) {
                Some(group) => groups.push(*group),
                None => self.note(
                    &principal.place,
                    format!("{} is in the group {name}, of which the document does not tell", principal.name),
                ),
            }
        }
        let of = |n: &u32| self.inventory.principals.get(*n as usize);
        let documents =
            self.rights.documents_of(principal, &groups.iter().filter_map(of).collect::<Vec<_>>());
        for name in principal.attached.iter().chain(&principal.boundary) {
            if !self.inventory.managed.contains_key(name) {
                let what = format!("the text of the policy {name} is not there: what it says is not known");
                self.note("", what);
            }
        }
        let boundary = principal.boundary.as_ref();
        // A boundary that cannot be read lets nothing be said to be allowed, and so is left out, which the note says.
        let boundary = boundary.and_then(|name| self.rights.managed(name));
        Some(Holder {
            principal,
            name: self.graph.asset(&principal.arn, AssetKind::Identity),
            account: self.graph.account(&principal.account),
            number: number as u32,
            groups,
            documents,
            boundary,
            raised: false,
        })
    }

    /// On what a principal may do an action, within its account.
    pub(super) fn allowed(
        &mut self,
        holder: &Holder<'i>,
        action: &'static str,
        class: Class,
        passed_to: Option<&str>,
    ) -> Vec<Allowed> {
        if !holder.raised && !self.rights.speak_of(&holder.documents, action) {
            return Vec::new();
        }
        let asked = Asked {
            documents: &holder.documents,
            boundary: holder.boundary,
            everything: holder.raised,
            action,
            class,
            context: context(holder.principal, self.inventory, passed_to),
        };
        let mut allowed = self.rights.allowed(&asked);
        if holder.principal.sort == Sort::Group {
            // What hangs on who the member is, is told of each member.
            allowed.retain(|one| one.hangs_on.is_empty());
        }
        if !matches!(class, Class::Service(_)) && action != "sts:AssumeRole" {
            let within = self.within(class, &holder.principal.account);
            let within = [Allowed { on: within, hangs_on: Vec::new() }];
            allowed = self.rights.cross(&allowed, &within);
        }
        allowed
    }

    /// Whether a principal may do all of these actions on something, and what that hangs on.
    pub(super) fn may_all(&mut self, holder: &Holder<'i>, actions: &[&'static str]) -> Option<Vec<Rc<str>>> {
        let mut hangs_on = BTreeSet::new();
        for action in actions {
            let class = self.rights.anything_of(action);
            let allowed = self.allowed(holder, action, class, None);
            hangs_on.extend(allowed.first()?.hangs_on.iter().cloned());
        }
        Some(hangs_on.into_iter().collect())
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
                name.and_then(|name| arn::Arn::of(name)).map(|arn| arn.account)
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
        let account = names.first().and_then(|name| arn::Arn::of(name)).map_or("", |arn| arn.account);
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

    /// Adds the memberships of users. Who is denied something, or bounded, has less than the group: such a membership says
    /// nothing by itself.
    pub(super) fn memberships(&mut self) {
        for number in 0..self.inventory.principals.len() {
            let Some(holder) = self.holder(number) else { continue };
            for group in holder.groups.clone() {
                let Some(group) = self.inventory.principals.get(group as usize) else { continue };
                let group = self.graph.asset(&group.arn, AssetKind::Group);
                let ends = Ends::of(&holder.name, RelationKind::MemberOf, &group);
                let ends = if self.is_plain(&holder) {
                    ends
                } else {
                    ends.stating([(Rc::clone(&holder.name), Access::Use)], (group, Access::Reach))
                };
                self.graph.step(ends, Way::default());
            }
        }
    }

    fn is_plain(&self, holder: &Holder<'i>) -> bool {
        let bounded = holder.principal.boundary.is_some() || !self.inventory.organisation.is_empty();
        !bounded && !self.rights.any_denied(&holder.documents)
    }

    /// Leaves to a group what its members may by being in it: there it can be taken away.
    pub(super) fn leave_to_groups(&mut self) {
        let mut of_groups: HashMap<Rc<str>, Vec<Rc<str>>> = HashMap::new();
        for ends in self.graph.steps.keys() {
            if ends.kind == RelationKind::MemberOf && ends.needs.is_empty() {
                of_groups.entry(Rc::clone(&ends.from)).or_default().push(Rc::clone(&ends.to));
            }
        }
        let mut left = Vec::new();
        // What a user has by policies of its own, the group cannot take away.
        let own = |one: &&Principal| !one.inline.is_empty() || !one.attached.is_empty();
        let own: BTreeSet<&str> = self.inventory.principals.iter().filter(own).map(|one| &*one.arn).collect();
        for ends in self.graph.steps.keys().filter(|ends| !own.contains(&*ends.from)) {
            let Some(groups) = of_groups.get(&ends.from) else { continue };
            let has = |group: &Rc<str>| {
                let of_group =
                    |name: &Rc<str>| if *name == ends.from { Rc::clone(group) } else { Rc::clone(name) };
                let mut same = ends.clone();
                same.from = Rc::clone(group);
                same.needs = ends.needs.iter().map(|(name, access)| (of_group(name), *access)).collect();
                same.kind != RelationKind::MemberOf && self.graph.steps.contains_key(&same)
            };
            if groups.iter().any(has) {
                left.push(ends.clone());
            }
        }
        for ends in left {
            self.graph.steps.remove(&ends);
        }
    }

    pub(super) fn note(&mut self, place: &str, reason: String) {
        self.notes.insert((place.into(), reason), ());
    }

    /// What a person should know.
    pub(super) fn notes(self) -> Vec<(Box<str>, String)> {
        let mut notes: Vec<_> = self.notes.into_keys().collect();
        if self.rights.exhausted {
            let what = "there are so many patterns over so many names that not all rights were worked out";
            notes.push((Box::default(), what.to_owned()));
        }
        notes
    }

    /// The lines of the table of one sort.
    pub(super) fn ways(&self, how: How) -> Vec<Escalation> {
        self.ways.iter().filter(|way| way.how == how).cloned().collect()
    }
}
