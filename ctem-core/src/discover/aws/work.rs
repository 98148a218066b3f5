//! The way from rights to steps: principals one by one, and what each may do.

use super::{
    class::Class,
    condition::Context,
    escalations::{self, Escalation, How},
    graph::{Ends, Graph, Way},
    held::everything_name,
    inventory::{Inventory, Principal, ResourceSort, Sort},
    organization::Level,
    parts::Allowed,
    request::context,
    rights::{Asked, Bound, Rights},
    sets::SetId,
    store_table::STORES,
};
use crate::model::{AssetKind, RelationKind, Technique};
use hashbrown::HashMap;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The right by which an agent on a machine says that it is there, and without which it is sent nothing.
pub(super) const AGENT: &str = "ssm:UpdateInstanceInformation";

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
    /// The machines whose role lets an agent on them take orders.
    pub(super) with_agent: SetId,
    pub(super) stronger: SetId,
    /// Who has what is in a set of policies or principals.
    pub(super) held_by: HashMap<(Class, SetId), Vec<(Class, SetId)>>,
    /// What stands for a set of stores.
    pub(super) stores: HashMap<(Class, SetId), Vec<Rc<str>>>,
    /// What each class has in an account.
    pub(super) within: HashMap<(Class, Box<str>), SetId>,
    pub(super) hubs: HashMap<(Class, SetId, bool), Rc<str>>,
    pub(super) groups: HashMap<(Box<str>, Box<str>), u32>,
    /// What the organisation lets accounts do, and do with what they have.
    bounds: BTreeMap<Box<str>, Rc<[Bound]>>,
    pub(super) limits: BTreeMap<Box<str>, Rc<[Level]>>,
    notes: BTreeSet<(Box<str>, String)>,
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
    pub(super) bounds: Rc<[Bound]>,
    /// Whether it has given itself all that its boundary lets it have.
    pub(super) raised: bool,
}

impl<'i, 'g> Work<'i, 'g> {
    pub(super) fn new(inventory: &'i Inventory, graph: &'g mut Graph) -> Self {
        let ways: Vec<Escalation> = escalations::all().collect();
        let mut actions: Vec<&'static str> = ways.iter().flat_map(|way| way.actions.clone()).collect();
        actions.extend(STORES.iter().flat_map(|store| store.actions).copied());
        actions.extend(["iam:PassRole", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"]);
        actions.push(AGENT);
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
            with_agent: none,
            stronger: none,
            held_by: HashMap::new(),
            stores: HashMap::new(),
            within: HashMap::new(),
            hubs: HashMap::new(),
            groups: HashMap::new(),
            bounds: BTreeMap::new(),
            limits: BTreeMap::new(),
            notes: BTreeSet::new(),
        };
        work.classes();
        work
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
        let bound = holder.boundary.is_some() || self.rights.any_bound(&holder.bounds);
        if !bound && self.rights.all_allowed(&holder.documents) {
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
            bounds: self.bounds_of(principal),
            raised: false,
        })
    }

    /// What the organisation lets a principal do at most. Roles of services are not bound.
    fn bounds_of(&mut self, principal: &Principal) -> Rc<[Bound]> {
        if principal.arn.contains(":role/aws-service-role/") {
            return Rc::default();
        }
        self.bounds_in(&principal.account)
    }

    fn bounds_in(&mut self, account: &str) -> Rc<[Bound]> {
        if let Some(known) = self.bounds.get(account) {
            return Rc::clone(known);
        }
        let levels = self.inventory.organization.levels(account, false);
        let bounds = self.rights.bounds_of(&levels);
        self.bounds.insert(account.into(), Rc::clone(&bounds));
        bounds
    }

    /// Finds what nobody in an account has, since its organisation lets nobody: to rule the account is not to have that.
    pub(super) fn withheld_from_accounts(&mut self) {
        let accounts: BTreeSet<&str> = self.inventory.principals.iter().map(|one| &*one.account).collect();
        for account in accounts {
            let bounds = self.bounds_in(account);
            if !self.rights.any_bound(&bounds) {
                continue;
            }
            for sort in ResourceSort::ALL {
                let mut any = false;
                for action in STORES.iter().filter(|one| one.sort == sort).flat_map(|one| one.actions) {
                    let context = Context { when: self.inventory.when, ..Context::default() };
                    let class = Class::Resource(sort);
                    let asked = Asked {
                        documents: &[],
                        boundary: None,
                        bounds: &bounds,
                        everything: true,
                        action,
                        class,
                        context,
                    };
                    any |= !self.rights.allowed(&asked).is_empty();
                }
                if !any {
                    self.graph.withhold(everything_name(sort, account));
                    let what =
                        format!("the organisation lets nobody in account {account} have {}", sort.all());
                    self.note("", what);
                }
            }
        }
        for what in self.inventory.organization.notes() {
            self.note("", what);
        }
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
            bounds: &holder.bounds,
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
            allowed = self.rights.sets.cross(&allowed, &within);
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

    pub(super) fn note(&mut self, place: &str, reason: String) {
        self.notes.insert((place.into(), reason));
    }

    /// What a person should know.
    pub(super) fn notes(self) -> Vec<(Box<str>, String)> {
        let mut notes: Vec<_> = self.notes.into_iter().collect();
        if self.rights.exhausted() {
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
