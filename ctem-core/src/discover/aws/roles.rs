//! Roles: who takes them by their trust, and who by giving them to a service.

use super::{
    arn::{self, Arn},
    callers::{asks_who, named_callers},
    class::Class,
    condition::{Condition, Context, Known},
    escalations::How,
    graph::{Ends, Way},
    inventory::{Inventory, Principal, ResourceSort},
    parts::Allowed,
    policy::{Principal as Whom, Statement},
    provider::{self, Users},
    raise::taking,
    request::{context, stranger},
    sets::SetId,
    trust::{self, Trusted, Who},
    work::{Holder, Work},
};
use crate::model::{Access, AssetKind, RelationKind, Technique};
use hashbrown::HashMap;
use std::{collections::BTreeSet, rc::Rc};

const NAME_ROLES: &str =
    "name in `Resource` the roles that may be passed, and the service in a condition on iam:PassedToService";
const NAME_RESOURCES: &str = "allow it on named resources alone, or not at all";
/// The right to take a role.
const ASSUME: (&str, Class) = ("sts:AssumeRole", Class::Role);
const TRUST_LESS: &str = "name in the role's trust policy who may take it, with a condition";

impl<'i> Work<'i, '_> {
    /// Finds whom roles trust.
    pub(super) fn trusts(&mut self) {
        let numbers = self.members.get(&Class::Role).cloned().unwrap_or_default();
        let known: HashMap<&str, u32> =
            (0u32..).zip(&self.inventory.principals).map(|(n, one)| (&*one.arn, n)).collect();
        let accounts: BTreeSet<&str> = self.inventory.principals.iter().map(|one| &*one.account).collect();
        let mut services: HashMap<Box<str>, Vec<Allowed>> = HashMap::new();
        let mut of_accounts: HashMap<Box<str>, Vec<Allowed>> = HashMap::new();
        let mut asking = Vec::new();
        for (at, number) in (0u32..).zip(numbers) {
            let Some(role) = self.inventory.principals.get(number as usize) else { continue };
            let on = self.rights.sets.of(vec![at]);
            let inventory = self.inventory;
            let asking_for = |who: &Who, asks: &[Condition]| of_trusted(role, who, asks, inventory, &known);
            let trusted = trust::of(role, &asking_for);
            self.open_on_condition(role, number, &trusted, on);
            for Trusted { who, hangs_on } in trusted {
                let part = Allowed { on, hangs_on };
                match who {
                    Who::Service(name) => services.entry(name).or_default().push(part),
                    Who::Account(name) => {
                        self.account_trusted(role, &name, &part, accounts.contains(&*name));
                        of_accounts.entry(name).or_default().push(part);
                    }
                    Who::Named(name) => self.named_trusted(role, &name, part, &known),
                    Who::Everyone => self.open_to_all(role, part, "everybody"),
                    Who::Federated(provider, subject) => {
                        self.federated(role, &provider, subject.as_deref(), part);
                    }
                    Who::Unknown(name) => {
                        let what = format!("{} trusts {name}, which names nobody who is known", role.name);
                        self.note(&role.place, what);
                    }
                }
            }
            let statements = role.trust.iter().flat_map(|trust| &trust.statements);
            if statements.clone().any(|one| !one.allows || asks_who(&one.conditions)) {
                asking.push(at);
            }
        }
        self.asks_who = self.rights.sets.of(asking);
        for (service, parts) in services {
            let parts = self.rights.sets.tidy(parts);
            self.of_service.insert(service, parts);
        }
        for (account, parts) in of_accounts {
            let parts = self.rights.sets.tidy(parts);
            self.of_account.insert(account, parts);
        }
    }

    /// A role that everybody may take on a condition: those inside of whom it holds take it, and the accounts and organisations that
    /// it names.
    fn open_on_condition(&mut self, role: &'i Principal, number: u32, trusted: &[Trusted], on: SetId) {
        let inventory = self.inventory;
        let open = |one: &&Statement| one.allows && (one.all_but || one.principals.contains(&Whom::Everyone));
        let statements = || role.trust.iter().flat_map(|trust| &trust.statements).filter(open);
        let to_all = trusted.iter().any(|one| one.who == Who::Everyone && one.hangs_on.is_empty());
        if to_all || statements().next().is_none() {
            return;
        }
        let to = self.graph.asset(&role.arn, AssetKind::Identity);
        let passing = self.passing(|work, principal, caller| {
            let asking = |_: &Who, _: &[Condition]| context(principal, inventory, None);
            let trusted = trust::of(role, &asking).into_iter().filter(|one| one.who == Who::Everyone);
            let easiest = trusted.map(|one| one.hangs_on).min_by_key(Vec::len);
            let Some(hangs_on) = easiest.filter(|_| caller != number) else { return Vec::new() };
            let part = Allowed { on, hangs_on };
            let inside = principal.account == role.account;
            let left = work.not_denied(principal, caller, &part, ASSUME, inside);
            left.into_iter().map(|one| one.hangs_on).collect()
        });
        let (accounts, organizations) = named_callers(statements());
        let mut from: Vec<(Rc<str>, Vec<Rc<str>>)> = passing;
        let outside = accounts.into_iter().filter(|one| **one != *role.account && !self.tells_of(one));
        let outside: Vec<&str> = outside.collect();
        for account in outside {
            let asking = |_: &Who, asks: &[Condition]| stranger(Some(account), inventory, asks);
            if let Some(hangs_on) = by_everyone(role, &asking) {
                from.push((self.graph.account(account), hangs_on));
            }
        }
        for id in organizations {
            let asking = |_: &Who, asks: &[Condition]| {
                let mut context = stranger(None, inventory, asks);
                context.known.insert("aws:principalorgid", Known::Is(id.to_owned()));
                context
            };
            if let Some(hangs_on) = by_everyone(role, &asking) {
                from.push((self.organization(id), hangs_on));
            }
        }
        for (from, hangs_on) in from {
            let ends = Ends::of(&from, RelationKind::CanAssume, &to);
            let ends = ends.stating([(Rc::clone(&from), Access::Use)], (Rc::clone(&to), Access::Use));
            let what = format!("{} trusts everybody, on a condition that {from} meets", role.name);
            self.graph.step(ends, trusting(&Allowed { on, hangs_on }, what));
        }
    }

    /// Another account is trusted: whoever rules it has the role. Whom it lets, its own rights say, where they are told.
    fn account_trusted(&mut self, role: &Principal, account: &str, part: &Allowed, told: bool) {
        if account == &*role.account {
            return;
        }
        let name = self.graph.asset(&role.arn, AssetKind::Identity);
        let other = self.graph.account(account);
        let what = format!("{} trusts account {account}", role.name);
        let ends = Ends::of(&other, RelationKind::CanAssume, &name);
        let access = if told { Access::Control } else { Access::Use };
        let ends = ends.stating([(other, access)], (name, Access::Use));
        self.graph.step(ends, trusting(part, what));
    }

    /// A user, role or session is trusted by its name.
    fn named_trusted(&mut self, role: &Principal, name: &str, mut part: Allowed, known: &HashMap<&str, u32>) {
        let (holder, session) = session_of(name, known);
        if let Some(session) = session {
            part.hangs_on.push(format!("the session is called {session}").into());
            part.hangs_on.sort_unstable();
        }
        let to = self.graph.asset(&role.arn, AssetKind::Identity);
        let what = format!("{} trusts {name}", role.name);
        match known.get(holder.as_str()) {
            Some(number) => {
                let Some(principal) = self.inventory.principals.get(*number as usize) else { return };
                for left in {
                    let inside = principal.account == role.account;
                    self.not_denied(principal, *number, &part, ASSUME, inside)
                } {
                    let from = self.graph.asset(&principal.arn, AssetKind::Identity);
                    let ends = Ends::of(&from, RelationKind::CanAssume, &to);
                    self.graph.step(ends, trusting(&left, what.clone()));
                }
            }
            None => {
                let account = Arn::of(&holder).map_or("", |arn| arn.account);
                if account == &*role.account {
                    let what = format!("{what}, of whom the document does not tell");
                    self.note(&role.place, what);
                }
                let from = self.graph.asset(&holder, AssetKind::Identity);
                if arn::is_account(account) {
                    let account = self.graph.account(account);
                    self.graph.fact(&account, RelationKind::Contains, &from);
                }
                let ends = Ends::of(&from, RelationKind::CanAssume, &to);
                self.graph.step(ends, trusting(&part, what));
            }
        }
    }

    fn open_to_all(&mut self, role: &Principal, part: Allowed, whom: &str) {
        let internet = self.graph.internet();
        let to = self.graph.asset(&role.arn, AssetKind::Identity);
        let ends = Ends::of(&internet, RelationKind::CanAssume, &to);
        let ends = ends.stating([(internet, Access::Reach)], (to, Access::Use));
        self.graph.step(ends, trusting(&part, format!("{} trusts {whom}", role.name)));
    }

    /// Users of an identity provider are trusted: those of a repository's workflows, a cluster's service accounts, others.
    fn federated(&mut self, role: &Principal, provider: &str, subject: Option<&str>, part: Allowed) {
        let to = self.graph.asset(&role.arn, AssetKind::Identity);
        let from = match provider::of(provider, subject) {
            Users::Everybody(whom) => return self.open_to_all(role, part, whom),
            Users::Of(name, kind) => self.graph.asset(&name, kind),
            Users::One(name, title) => {
                let name = self.graph.asset(&name, AssetKind::Identity);
                self.graph.title(&name, title);
                name
            }
        };
        let whom = subject.map_or_else(String::new, |subject| format!(" for {subject}"));
        let ends = Ends::of(&from, RelationKind::CanAssume, &to);
        self.graph.step(ends, trusting(&part, format!("{} trusts {provider}{whom}", role.name)));
    }

    /// Finds which roles a principal assumes, since they leave it to the account.
    pub(super) fn assumes(&mut self, holder: &Holder<'i>) {
        let trusting = self.of_account.get(&holder.principal.account).cloned().unwrap_or_default();
        if trusting.is_empty() {
            return;
        }
        let Some(way) = self.ways(How::Assume).into_iter().next() else { return };
        let allowed = self.allowed(holder, "sts:AssumeRole", Class::Role, None);
        for part in self.rights.sets.cross(&allowed, &trusting) {
            let own: Vec<u32> = self.place_of(Class::Role, holder.number).into_iter().collect();
            let on = self.but(part.on, own);
            let asking = self.rights.sets.both(on, self.asks_who);
            let others = self.rights.sets.without(on, asking);
            for role in self.standing_for(Class::Role, others, false) {
                let ends = Ends::of(&holder.name, RelationKind::CanAssume, &role);
                self.graph.step(ends, taking(holder, &way, &part, TRUST_LESS));
            }
            for at in self.rights.sets.members(asking).iter().copied() {
                if !self.rights.may_look_at_trust() {
                    break;
                }
                let right = allowed.iter().find(|one| self.rights.sets.has(one.on, at));
                let right = right.map(|one| one.hangs_on.clone()).unwrap_or_default();
                let Some(hangs_on) = self.trusts_caller(holder, at) else { continue };
                let hangs_on: BTreeSet<Rc<str>> = right.into_iter().chain(hangs_on).collect();
                let on = self.rights.sets.of(vec![at]);
                let part = Allowed { on, hangs_on: hangs_on.into_iter().collect() };
                for role in self.standing_for(Class::Role, on, false) {
                    let ends = Ends::of(&holder.name, RelationKind::CanAssume, &role);
                    self.graph.step(ends, taking(holder, &way, &part, TRUST_LESS));
                }
            }
        }
    }

    /// What a role's trust in the account hangs on, where this principal asks.
    fn trusts_caller(&self, holder: &Holder<'i>, at: u32) -> Option<Vec<Rc<str>>> {
        let number = *self.members.get(&Class::Role)?.get(at as usize)?;
        let role = self.inventory.principals.get(number as usize)?;
        let inventory = self.inventory;
        let asking = |_: &Who, _: &[Condition]| context(holder.principal, inventory, None);
        let trusted = trust::of(role, &asking).into_iter();
        let account = Who::Account(holder.principal.account.clone());
        trusted.filter(|one| one.who == account).map(|one| one.hangs_on).min_by_key(Vec::len)
    }

    /// Finds which roles a principal has by giving them to a service, or by what a service already does with them.
    pub(super) fn passes(&mut self, holder: &Holder<'i>) {
        for way in self.ways(How::Pass).into_iter().chain(self.ways(How::Existing)) {
            let Some(trusting) = self.of_service.get(way.on).cloned() else { continue };
            let Some(needed) = self.may_all(holder, &way.actions) else { continue };
            let mut parts = trusting;
            if way.how == How::Pass {
                let passed = self.allowed(holder, "iam:PassRole", Class::Role, Some(way.on));
                parts = self.rights.sets.cross(&passed, &parts);
            } else if self.is_told(way.on) {
                // The resources are known, and with them the steps over each.
                continue;
            } else {
                let inside = self.within(Class::Role, &holder.principal.account);
                parts = self.rights.sets.cross(&parts, &[Allowed { on: inside, hangs_on: Vec::new() }]);
            }
            for mut part in parts {
                let own = self.place_of(Class::Role, holder.number).into_iter().collect();
                part.on = self.but(part.on, own);
                if way.on == "ec2.amazonaws.com" {
                    part.on = self.with_profile(holder, &part, way.how);
                }
                let words: BTreeSet<Rc<str>> = part.hangs_on.iter().chain(&needed).cloned().collect();
                part.hangs_on = words.into_iter().collect();
                let remedy = if way.how == How::Pass { NAME_ROLES } else { NAME_RESOURCES };
                for role in self.standing_for(Class::Role, part.on, false) {
                    let ends = Ends::of(&holder.name, RelationKind::CanAssume, &role);
                    self.graph.step(ends, taking(holder, &way, &part, remedy));
                }
            }
        }
    }

    /// Whether the resources that a service runs with roles are told of.
    fn is_told(&self, service: &str) -> bool {
        let sort = match service {
            "lambda.amazonaws.com" => ResourceSort::Function,
            "ec2.amazonaws.com" => ResourceSort::Instance,
            _ => return false,
        };
        self.inventory.resources.iter().any(|one| one.sort == sort && !one.named)
    }

    /// The roles that an instance can be given: those with a profile, or all where a profile can be made.
    fn with_profile(&mut self, holder: &Holder<'i>, part: &Allowed, how: How) -> SetId {
        let making = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];
        if how == How::Pass && self.may_all(holder, &making).is_some_and(|hangs_on| hangs_on.is_empty()) {
            return part.on;
        }
        self.rights.sets.both(part.on, self.with_profile)
    }
}

/// What everybody's taking a role hangs on; none where it is not to be had.
fn by_everyone<'c>(
    role: &Principal,
    asking: &dyn Fn(&Who, &[Condition]) -> Context<'c>,
) -> Option<Vec<Rc<str>>> {
    let trusted = trust::of(role, asking).into_iter().filter(|one| one.who == Who::Everyone);
    trusted.map(|one| one.hangs_on).min_by_key(Vec::len)
}

/// What is known of a request for a role by one whom it trusts.
fn of_trusted<'c>(
    role: &Principal,
    who: &Who,
    asks: &[Condition],
    inventory: &'c Inventory,
    known: &HashMap<&str, u32>,
) -> Context<'c> {
    let mut context = match who {
        Who::Everyone => stranger(None, inventory, asks),
        Who::Account(account) => stranger(Some(account), inventory, asks),
        Who::Named(name) => {
            let (name, _) = session_of(name, known);
            let told = known.get(name.as_str()).and_then(|n| inventory.principals.get(*n as usize));
            match (told, Arn::of(&name)) {
                (Some(principal), _) => context(principal, inventory, None),
                (None, Some(arn)) if arn::is_account(arn.account) => {
                    let mut context = stranger(Some(arn.account), inventory, asks);
                    context.known.insert("aws:principalarn", Known::Is(name));
                    context
                }
                _ => Context { when: inventory.when, ..Context::default() },
            }
        }
        Who::Service(_) | Who::Federated(..) | Who::Unknown(_) => {
            Context { when: inventory.when, ..Context::default() }
        }
    };
    let account = Known::Is(role.account.to_string());
    context.known.insert("aws:sourceaccount", account.clone());
    context.known.insert("aws:resourceaccount", account);
    context.known.insert("aws:securetransport", Known::Is("true".to_owned()));
    context.known.insert("saml:aud", Known::Is("https://signin.aws.amazon.com/saml".to_owned()));
    context
}

/// Whose session a name is, and which.
fn session_of<'n>(name: &'n str, known: &HashMap<&str, u32>) -> (String, Option<&'n str>) {
    let session = Arn::of(name).filter(|arn| arn.service == "sts");
    let Some((arn, (role, session))) =
        session.and_then(|arn| Some((arn, arn.resource.strip_prefix("assumed-role/")?.split_once('/')?)))
    else {
        return (name.to_owned(), None);
    };
    let plain = format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account);
    if known.contains_key(plain.as_str()) {
        return (plain, Some(session));
    }
    // A session does not tell the path of its role.
    let ends = format!("/{role}");
    let begins = format!("arn:{}:iam::{}:role/", arn.partition, arn.account);
    let with_path = known.keys().filter(|one| one.starts_with(&begins) && one.ends_with(&ends)).min();
    (with_path.map_or(plain, |one| (*one).to_owned()), Some(session))
}

fn trusting(part: &Allowed, what: String) -> Way {
    let hangs_on = part.hangs_on.clone();
    Way { hangs_on, technique: Technique::of("T1548.005"), what, remedy: TRUST_LESS, ..Way::default() }
}
