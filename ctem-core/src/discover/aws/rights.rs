//! Rights: on what a principal may do an action.
//!
//! A policy is looked at once for each action that matters, and a pattern once for each sort of target, however many
//! principals have them. What is allowed is a set of targets; what hangs on something that no document tells is a set with the
//! words for what it hangs on. A deny takes away, and a permissions boundary must allow as well.

use super::{
    class::Class,
    condition::{Condition, Context, Holds, filled, with_any},
    glob::Glob,
    inventory::{Inventory, Principal},
    organization::Level,
    parts::{Allowed, merged},
    policy::{Document, Named, Statement},
    sets::{SetId, Sets},
};
use hashbrown::HashMap;
use std::{collections::BTreeSet, rc::Rc};

/// The rights of all principals.
pub(super) struct Rights<'a> {
    inventory: &'a Inventory,
    pub(super) sets: Sets,
    documents: Vec<Compiled<'a>>,
    numbers: HashMap<*const Document, usize>,
    actions: Vec<&'static str>,
    services: Vec<&'static str>,
    targets: HashMap<Class, Targets>,
    matched: HashMap<(Class, bool, Box<str>), SetId>,
    /// What a policy says of an action on targets of a class.
    said: HashMap<(usize, u16, Class), Said<'a>>,
    /// How much may still be compared.
    left: u64,
}

/// A policy, with the statements that speak of each action.
struct Compiled<'a> {
    document: &'a Document,
    of: HashMap<u16, Vec<&'a Statement>>,
}

/// What a policy says of an action: without conditions, and with them.
#[derive(Clone)]
struct Said<'a> {
    allows: SetId,
    denies: SetId,
    perhaps: Rc<[&'a Statement]>,
}

/// The targets of a class, by name. A name that ends in a slash or colon is the beginning of the names of what is in it.
#[derive(Debug, Default)]
struct Targets {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

/// So many characters are compared at most: an account at its limits needs a tenth of it.
const MOST_COMPARED: u64 = 10_000_000_000;

/// What looking at a statement with conditions costs besides what it compares, and looking at a role's trust.
const STATEMENT: u64 = 100;
const TRUST: u64 = 2_000;

impl<'a> Rights<'a> {
    pub(super) fn new(inventory: &'a Inventory, actions: Vec<&'static str>) -> Self {
        let services: BTreeSet<&'static str> =
            actions.iter().filter_map(|action| Some(action.split_once(':')?.0)).collect();
        let mut rights = Self {
            inventory,
            sets: Sets::default(),
            documents: Vec::new(),
            numbers: HashMap::new(),
            actions,
            services: services.into_iter().collect(),
            targets: HashMap::new(),
            matched: HashMap::new(),
            said: HashMap::new(),
            left: MOST_COMPARED,
        };
        for principal in &inventory.principals {
            principal.inline.iter().for_each(|document| rights.compile(document));
        }
        inventory.managed.values().for_each(|document| rights.compile(document));
        inventory.organization.documents().for_each(|document| rights.compile(document));
        let (partition, services) = (inventory.partition(), rights.services.clone());
        for (n, service) in (0u16..).zip(services) {
            rights.add_targets(Class::Service(n), vec![format!("arn:{partition}:{service}:")]);
        }
        rights
    }

    fn compile(&mut self, document: &'a Rc<Document>) {
        let known = Rc::as_ptr(document);
        if self.numbers.contains_key(&known) {
            return;
        }
        let mut of: HashMap<u16, Vec<&Statement>> = HashMap::new();
        for (n, action) in (0u16..).zip(&self.actions) {
            let action = action.to_ascii_lowercase();
            let speaking = document.statements.iter().filter(|one| one.actions.has(&action));
            let speaking: Vec<_> = speaking.collect();
            if !speaking.is_empty() {
                of.insert(n, speaking);
            }
        }
        self.numbers.insert(known, self.documents.len());
        self.documents.push(Compiled { document, of });
    }

    /// Says what there is of a class.
    pub(super) fn add_targets(&mut self, class: Class, names: Vec<String>) {
        let numbers = names.iter().cloned().zip(0..).collect();
        self.targets.insert(class, Targets { names, numbers });
    }

    /// The class of anything of an action's service.
    pub(super) fn anything_of(&self, action: &str) -> Class {
        let service = action.split_once(':').map_or("", |(service, _)| service);
        let at = self.services.iter().position(|known| *known == service);
        Class::Service(at.map_or(u16::MAX, |at| at as u16))
    }

    /// The policies of a principal, those of its groups included.
    pub(super) fn documents_of(&self, principal: &Principal, groups: &[&Principal]) -> Vec<usize> {
        let mut documents = Vec::new();
        for holder in std::iter::once(&principal).chain(groups) {
            let attached = holder.attached.iter().filter_map(|name| self.inventory.managed.get(name));
            let all = holder.inline.iter().chain(attached);
            documents.extend(all.filter_map(|document| self.numbers.get(&Rc::as_ptr(document))));
        }
        documents.sort_unstable();
        documents.dedup();
        documents
    }

    /// The bounds that an organisation sets, by the numbers of their policies.
    pub(super) fn bounds_of(&self, levels: &[Level]) -> Rc<[Bound]> {
        let bound = |level: &Level| {
            let numbers = level.documents.iter().map(Rc::as_ptr);
            let documents = numbers.filter_map(|known| self.numbers.get(&known).copied()).collect();
            Bound { documents, perhaps: level.perhaps.clone(), whole: level.whole }
        };
        levels.iter().map(bound).collect()
    }

    /// Whether bounds say less than that everything is allowed, as far as rights are looked at here.
    pub(super) fn any_bound(&self, bounds: &[Bound]) -> bool {
        bounds.iter().any(|bound| {
            let documents = || bound.documents.iter().filter_map(|n| self.documents.get(*n));
            let all = |one: &Statement| one.conditions.is_empty() && one.allows_everything();
            let open = documents().flat_map(|one| &one.document.statements).any(all);
            let denies = documents().flat_map(|one| one.of.values().flatten()).any(|one| !one.allows);
            denies || (!open && bound.whole)
        })
    }

    /// The number of a managed policy.
    pub(super) fn managed(&self, name: &str) -> Option<usize> {
        let document = self.inventory.managed.get(name)?;
        self.numbers.get(&Rc::as_ptr(document)).copied()
    }

    /// Whether policies allow everything and take nothing away.
    pub(super) fn all_allowed(&self, documents: &[usize]) -> bool {
        let statements = || {
            documents.iter().filter_map(|n| self.documents.get(*n)).flat_map(|one| &one.document.statements)
        };
        let all = |one: &Statement| one.conditions.is_empty() && one.allows_everything();
        statements().any(all) && statements().all(|one| one.allows)
    }

    /// Whether policies take anything away.
    pub(super) fn any_denied(&self, documents: &[usize]) -> bool {
        let statements = documents.iter().filter_map(|n| self.documents.get(*n));
        statements.flat_map(|one| &one.document.statements).any(|one| !one.allows)
    }

    /// Whether policies say anything of an action.
    pub(super) fn speak_of(&self, documents: &[usize], action: &str) -> bool {
        let Some(action) = self.actions.binary_search(&action).ok() else { return false };
        let speaks =
            |n: &usize| self.documents.get(*n).is_some_and(|one| one.of.contains_key(&(action as u16)));
        documents.iter().any(speaks)
    }

    /// Whether not all was worked out, since there was too much of it.
    pub(super) fn exhausted(&self) -> bool {
        self.left == 0 || self.sets.exhausted
    }

    /// Takes what looking at a role's trust costs from what may still be done. Says whether there is as much.
    pub(super) fn may_look_at_trust(&mut self) -> bool {
        self.spend(TRUST)
    }

    fn spend(&mut self, cost: u64) -> bool {
        self.left = self.left.saturating_sub(cost);
        self.left > 0
    }

    /// On which targets of a class who has these policies may do an action.
    pub(super) fn allowed(&mut self, asked: &Asked<'_>) -> Vec<Allowed> {
        let Some(action) = self.actions.binary_search(&asked.action).ok() else {
            return Vec::new();
        };
        let action = action as u16;
        let mut allowed = Vec::new();
        let mut denied = Vec::new();
        self.add(action, asked.documents, asked, &mut allowed, &mut denied);
        if asked.everything {
            let on = self.all_of(asked.class);
            allowed.push(Allowed { on, hangs_on: Vec::new() });
        }
        if let Some(boundary) = asked.boundary {
            let mut within = Vec::new();
            self.add(action, &[boundary], asked, &mut within, &mut denied);
            allowed = self.sets.cross(&allowed, &within);
        }
        for bound in asked.bounds {
            let mut within = Vec::new();
            let mut taken = Vec::new();
            self.add(action, &bound.documents, asked, &mut within, &mut taken);
            let Some(perhaps) = &bound.perhaps else {
                if bound.whole {
                    allowed = self.sets.cross(&allowed, &within);
                }
                denied.extend(taken);
                continue;
            };
            let mut outside = self.all_of(asked.class);
            for one in within.iter().filter(|_| bound.whole) {
                outside = self.sets.without(outside, one.on);
            }
            if bound.whole && !self.sets.is_empty(outside) {
                denied.push(Allowed { on: outside, hangs_on: vec![Rc::clone(perhaps)] });
            }
            // It takes away where both hold, so that one way out is enough.
            denied.extend(taken.into_iter().map(|one| {
                let words: Vec<&str> =
                    std::iter::once(perhaps).chain(&one.hangs_on).map(|word| &**word).collect();
                Allowed { on: one.on, hangs_on: vec![words.join(" and ").into()] }
            }));
        }
        self.less(allowed, denied)
    }

    /// What is allowed without what is denied.
    pub(super) fn less(&mut self, mut allowed: Vec<Allowed>, denied: Vec<Allowed>) -> Vec<Allowed> {
        for Allowed { on, hangs_on } in denied {
            let mut left = Vec::new();
            for one in allowed {
                let stays = self.sets.without(one.on, on);
                left.push(Allowed { on: stays, hangs_on: one.hangs_on.clone() });
                if !hangs_on.is_empty() {
                    // It goes on where the deny does not hold.
                    let perhaps = self.sets.both(one.on, on);
                    left.push(Allowed { on: perhaps, hangs_on: merged(&one.hangs_on, &hangs_on) });
                }
            }
            allowed = self.sets.tidy(left);
        }
        self.sets.tidy(allowed)
    }

    /// Adds what policies say of an action.
    fn add(
        &mut self,
        action: u16,
        documents: &[usize],
        asked: &Asked<'_>,
        allowed: &mut Vec<Allowed>,
        denied: &mut Vec<Allowed>,
    ) {
        for document in documents {
            let said = self.said(*document, action, asked.class);
            for (list, on) in [(&mut *allowed, said.allows), (&mut *denied, said.denies)] {
                if !self.sets.is_empty(on) {
                    list.push(Allowed { on, hangs_on: Vec::new() });
                }
            }
            for statement in said.perhaps.iter() {
                let holds = Condition::hold(&statement.conditions, &asked.context, statement.allows);
                if !self.spend(STATEMENT + asked.context.compared.take()) {
                    break;
                }
                let mut hangs_on: Vec<Rc<str>> = match holds {
                    Holds::Never => continue,
                    Holds::Always => Vec::new(),
                    Holds::Perhaps(words) if statement.allows => words.into_iter().map(Rc::from).collect(),
                    // A deny holds where all of it does, so that one way out is enough.
                    Holds::Perhaps(words) => vec![words.join(" and ").into()],
                };
                let (on, unknown) =
                    self.named(&statement.resources, asked.class, statement.allows, &asked.context);
                if let Some(unknown) = unknown {
                    hangs_on = merged(&hangs_on, &[unknown]);
                }
                let list = if statement.allows { &mut *allowed } else { &mut *denied };
                list.push(Allowed { on, hangs_on });
            }
        }
        *allowed = self.sets.tidy(std::mem::take(allowed));
    }

    /// What a policy says, once for all who have it.
    fn said(&mut self, document: usize, action: u16, class: Class) -> Said<'a> {
        if let Some(known) = self.said.get(&(document, action, class)) {
            return known.clone();
        }
        let statements = self.documents.get(document).and_then(|one| one.of.get(&action)).cloned();
        let varies = |one: &&Statement| {
            let variable = |glob: &Glob| glob.text().contains("${");
            !one.conditions.is_empty() || one.resources.patterns.iter().any(variable)
        };
        let (perhaps, plain): (Vec<_>, Vec<_>) = statements.unwrap_or_default().into_iter().partition(varies);
        let [mut allows, mut denies] = [self.sets.none(); 2];
        for statement in plain {
            let (on, _) = self.named(&statement.resources, class, statement.allows, &Context::default());
            let set = if statement.allows { &mut allows } else { &mut denies };
            *set = self.sets.either(*set, on);
        }
        let said = Said { allows, denies, perhaps: perhaps.into() };
        self.said.insert((document, action, class), said.clone());
        said
    }

    fn all_of(&mut self, class: Class) -> SetId {
        let count = self.targets.get(&class).map_or(0, |targets| targets.names.len() as u32);
        self.sets.of((0..count).collect())
    }

    /// The targets that resources of a statement name, and what that hangs on.
    fn named(
        &mut self,
        resources: &Named,
        class: Class,
        allows: bool,
        context: &Context<'_>,
    ) -> (SetId, Option<Rc<str>>) {
        let mut unknown = None;
        let mut set = self.sets.none();
        // What is left out of what is allowed must be left out as a whole, and the other way round.
        let touched = allows != resources.all_but;
        for pattern in &resources.patterns {
            let matched = if pattern.text().contains("${") {
                match filled(pattern.text(), context) {
                    Some(text) => self.matching(&text, class, touched),
                    None => {
                        unknown = Some(Rc::from(format!("what {} stands for", pattern.text())));
                        let any = with_any(pattern.text());
                        self.matching(&any, class, touched)
                    }
                }
            } else {
                self.matching(pattern.text(), class, touched)
            };
            set = self.sets.either(set, matched);
        }
        if resources.all_but {
            let all = self.all_of(class);
            set = self.sets.without(all, set);
        }
        (set, unknown)
    }

    /// The targets that a pattern stands for: in part, where `touched` says so, or else as a whole.
    fn matching(&mut self, pattern: &str, class: Class, touched: bool) -> SetId {
        let key = (class, touched, Box::from(pattern));
        if let Some(known) = self.matched.get(&key) {
            return *known;
        }
        let set = match (self.targets.get(&class), Glob::new(pattern)) {
            (Some(targets), Ok(glob)) => {
                let members = if glob.is_exact() && !class.is_inside() {
                    targets.numbers.get(pattern).copied().into_iter().collect()
                } else if glob.is_all() {
                    (0..targets.names.len() as u32).collect()
                } else {
                    let mut compared = 0;
                    let mut members = Vec::new();
                    for (n, name) in (0u32..).zip(&targets.names) {
                        if compared >= self.left {
                            break;
                        }
                        if class.has(&glob, name, touched, &mut compared) {
                            members.push(n);
                        }
                    }
                    self.left = self.left.saturating_sub(compared);
                    members
                };
                self.sets.of(members)
            }
            _ => self.sets.none(),
        };
        self.matched.insert(key, set);
        set
    }
}

/// A question: may who has these policies do this on targets of that class?
pub(super) struct Asked<'a> {
    pub(super) documents: &'a [usize],
    pub(super) boundary: Option<usize>,
    /// What the organisation allows, level by level.
    pub(super) bounds: &'a [Bound],
    /// Whether everything is allowed besides, as to who writes their own policy.
    pub(super) everything: bool,
    pub(super) action: &'static str,
    pub(super) class: Class,
    pub(super) context: Context<'a>,
}

/// A level of an organisation's policies: see [`Level`].
#[derive(Debug)]
pub(super) struct Bound {
    documents: Vec<usize>,
    perhaps: Option<Rc<str>>,
    whole: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_has_an_end() {
        let inventory = Inventory::default();
        let mut rights = Rights::new(&inventory, Vec::new());
        rights.add_targets(Class::User, (0..1_000).map(|n| format!("arn:aws:iam::1:user/u-{n}")).collect());
        let all = rights.matching("*:user/u-*", Class::User, false);
        assert_eq!((rights.sets.members(all).len(), rights.exhausted()), (1_000, false));
        rights.left = 1_000;
        let few = rights.matching("*:user/*", Class::User, false);
        assert!(rights.exhausted() && rights.sets.members(few).len() < 100);
        assert!(!rights.may_look_at_trust());
    }
}
