//! Rights: on what a principal may do an action.
//!
//! A policy is looked at once for each action that matters, and a pattern once for each sort of target, however many
//! principals have them. What is allowed is a set of targets; what hangs on something that no document tells is a set with the
//! words for what it hangs on. A deny takes away, a permissions boundary and the organisation's policies must allow as well.

use super::{
    condition::{Condition, Context, Holds, Known, filled},
    glob::Glob,
    inventory::{Inventory, Principal, ResourceSort, Sort},
    policy::{Document, Named, Statement},
    sets::{SetId, Sets},
};
use hashbrown::HashMap;
use std::{collections::BTreeSet, rc::Rc};

/// Sorts of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    User,
    Group,
    Role,
    Policy,
    Resource(ResourceSort),
    /// Anything of the service whose number this is.
    Service(u16),
}

/// A part of what is allowed: on these targets, and what that hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) on: SetId,
    /// Sorted; empty where it hangs on nothing.
    pub(super) hangs_on: Vec<Rc<str>>,
}

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
    /// How often a pattern may still be held against a target.
    left: u64,
    /// Whether that was not enough.
    pub(super) exhausted: bool,
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

/// Patterns are held against targets at most so often: an account at its limits needs a tenth of it.
const MOST_MATCHES: u64 = 100_000_000;

/// A right hangs on so many things at most; what hangs on more is taken to hang on these.
const MOST_WORDS: usize = 8;

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
            left: MOST_MATCHES,
            exhausted: false,
        };
        for principal in &inventory.principals {
            principal.inline.iter().for_each(|document| rights.compile(document));
        }
        inventory
            .managed
            .values()
            .chain(&inventory.organisation)
            .for_each(|document| rights.compile(document));
        let services = (0u16..).zip(rights.services.clone());
        for (n, service) in services {
            rights.add_targets(Class::Service(n), vec![format!("arn:aws:{service}:")]);
        }
        rights
    }

    fn compile(&mut self, document: &'a Rc<Document>) {
        let known = Rc::as_ptr(document);
        if self.numbers.contains_key(&known) {
            return;
        }
        let mut of: HashMap<u16, Vec<&Statement>> = HashMap::new();
        for statement in &document.statements {
            for (n, action) in (0u16..).zip(&self.actions) {
                if statement.actions.has(&action.to_ascii_lowercase()) {
                    of.entry(n).or_default().push(statement);
                }
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
        let all = |one: &Statement| {
            let actions =
                one.actions.is_all() || one.actions.patterns.iter().any(|glob| glob.text() == "*:*");
            one.allows && one.conditions.is_empty() && actions && one.resources.is_all()
        };
        self.inventory.organisation.is_empty() && statements().any(all) && statements().all(|one| one.allows)
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

    /// On which targets of a class who has these policies may do an action. `service` is whom a role is passed to.
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
            allowed = self.cross(&allowed, &within);
        }
        for document in &self.inventory.organisation {
            let Some(number) = self.numbers.get(&Rc::as_ptr(document)).copied() else { continue };
            let mut within = Vec::new();
            self.add(action, &[number], asked, &mut within, &mut denied);
            allowed = self.cross(&allowed, &within);
        }
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
            allowed = self.tidy(left);
        }
        self.tidy(allowed)
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
                if self.left == 0 {
                    self.exhausted = true;
                    break;
                }
                self.left -= 1;
                let holds = Condition::hold(&statement.conditions, &asked.context, statement.allows);
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
        *allowed = self.tidy(std::mem::take(allowed));
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
                } else if self.left < targets.names.len() as u64 {
                    self.exhausted = true;
                    Vec::new()
                } else {
                    self.left -= targets.names.len() as u64;
                    let names = (0u32..).zip(&targets.names);
                    let within = names.filter(|(_, name)| class.has(&glob, name, touched));
                    within.map(|(n, _)| n).collect()
                };
                self.sets.of(members)
            }
            _ => self.sets.none(),
        };
        self.matched.insert(key, set);
        set
    }

    /// What both allow.
    pub(super) fn cross(&mut self, left: &[Allowed], right: &[Allowed]) -> Vec<Allowed> {
        let mut both = Vec::new();
        for a in left {
            for b in right {
                let on = self.sets.both(a.on, b.on);
                both.push(Allowed { on, hangs_on: merged(&a.hangs_on, &b.hangs_on) });
            }
        }
        self.tidy(both)
    }

    /// Each target once, by what hangs on least.
    pub(super) fn tidy(&mut self, mut parts: Vec<Allowed>) -> Vec<Allowed> {
        parts.sort_by(|a, b| (a.hangs_on.len(), &a.hangs_on).cmp(&(b.hangs_on.len(), &b.hangs_on)));
        let mut taken = self.sets.none();
        let mut tidy: Vec<Allowed> = Vec::new();
        for part in parts {
            let on = self.sets.without(part.on, taken);
            if self.sets.is_empty(on) {
                continue;
            }
            taken = self.sets.either(taken, on);
            match tidy.last_mut().filter(|last| last.hangs_on == part.hangs_on) {
                Some(last) => last.on = self.sets.either(last.on, on),
                None => tidy.push(Allowed { on, hangs_on: part.hangs_on }),
            }
        }
        tidy
    }
}

/// A question: may who has these policies do this on targets of that class?
pub(super) struct Asked<'a> {
    pub(super) documents: &'a [usize],
    pub(super) boundary: Option<usize>,
    /// Whether everything is allowed besides, as to who writes their own policy.
    pub(super) everything: bool,
    pub(super) action: &'static str,
    pub(super) class: Class,
    pub(super) context: Context<'a>,
}

/// What is known of requests of a principal.
pub(super) fn context<'a>(
    principal: &'a Principal,
    inventory: &Inventory,
    passed_to: Option<&str>,
) -> Context<'a> {
    let mut context = Context { newest: inventory.newest, ..Context::default() };
    let known = |value: &str| Known::Is(value.to_owned());
    let account = &*principal.account;
    for (key, value) in [
        ("aws:principalaccount", account),
        ("aws:resourceaccount", account),
        ("aws:sourceaccount", account),
        ("aws:securetransport", "true"),
        ("aws:viaawsservice", "false"),
        ("aws:principalisawsservice", "false"),
        ("saml:aud", "https://signin.aws.amazon.com/saml"),
    ] {
        context.known.insert(key, known(value));
    }
    let strong = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];
    let strong = strong.iter().map(|name| format!("arn:aws:iam::aws:policy/{name}")).collect();
    context.known.insert("iam:policyarn", Known::Any(strong));
    match principal.sort {
        Sort::User | Sort::Role => {
            context.known.insert("aws:principalarn", known(&principal.arn));
            let kind = if principal.sort == Sort::User { "User" } else { "AssumedRole" };
            context.known.insert("aws:principaltype", known(kind));
            context.tags = Some(&principal.tags);
        }
        Sort::Group => {}
    }
    match principal.sort {
        Sort::User => {
            context.known.insert("aws:username", known(&principal.name));
        }
        Sort::Role => context.absent.push("aws:username"),
        Sort::Group => {}
    }
    match passed_to {
        Some(service) => {
            context.known.insert("iam:passedtoservice", known(service));
        }
        None => context.absent.push("iam:passedtoservice"),
    }
    context
}

impl Class {
    /// Whether patterns are over what is in a target, and not over its name.
    fn is_inside(self) -> bool {
        matches!(self, Self::Service(_) | Self::Resource(ResourceSort::Bucket | ResourceSort::Table))
    }

    fn has(self, glob: &Glob, name: &str, touched: bool) -> bool {
        match self {
            Self::Service(_) if touched => {
                // Sessions and commands name the instance.
                glob.may_begin(name) || (name == "arn:aws:ssm:" && glob.may_begin("arn:aws:ec2:"))
            }
            Self::Resource(ResourceSort::Bucket | ResourceSort::Table) if touched => {
                glob.matches(name) || glob.may_begin(&format!("{name}/"))
            }
            Self::Service(_) => glob.covers(name),
            Self::Resource(ResourceSort::Bucket | ResourceSort::Table) => glob.covers(&format!("{name}/")),
            _ => glob.matches(name),
        }
    }
}

/// What hangs on both.
fn merged(a: &[Rc<str>], b: &[Rc<str>]) -> Vec<Rc<str>> {
    let all: BTreeSet<Rc<str>> = a.iter().chain(b).cloned().collect();
    all.into_iter().take(MOST_WORDS).collect()
}

/// A pattern whose variables may be anything.
fn with_any(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, left)| left);
    }
    out.push_str(rest);
    out
}
