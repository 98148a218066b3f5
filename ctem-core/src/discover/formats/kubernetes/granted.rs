//! Rights that somebody has. One over many things leads to one asset that stands for all who have it, and that to the things: so
//! rights times things are never counted out.

use super::{
    attacks::{
        Attack, IDENTITY_IMPERSONATE, KEEPS_TOKEN, NODE_PROXY, POD_CREATE_NODE, POD_PATCH, STARTS_PODS,
    },
    collect::Objects,
    graph::{Graph, More, Step, to},
    identities::{Mounts, TOKEN, holds_token},
    nodes::{self, Placed},
    object::Word,
    powers::{Held, MAKERS, Over, Power, Reach, powers},
    rights::Rights,
    workloads::Workload,
};
use crate::{
    id::AssetId,
    model::{Access, AssetKind, NoteKind, RelationKind},
    quantity::Probability,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The chance that a service account has a token that is kept as a secret, where secrets are not in the document: since
/// Kubernetes 1.24 only where somebody asked for one. Assumed.
const KEPT: f64 = 0.25;
/// The chance that admission by webhooks or policies lets a privileged pod in. Assumed: it is as likely as not.
const ADMITTED: f64 = 0.5;

/// Adds what all bound roles let an attacker do.
pub(super) fn to_holders(
    objects: &Objects,
    workloads: &[Workload],
    placed: &Placed,
    rights: &Rights<'_>,
    graph: &mut Graph<'_, '_>,
) {
    let mounts = Mounts::of(objects);
    let mut by_namespace: BTreeMap<&Word, Inside<'_>> = BTreeMap::new();
    for namespace in &objects.namespaces {
        by_namespace.entry(&namespace.metadata.name).or_default().level =
            namespace.metadata.labels.get("pod-security.kubernetes.io/enforce").map(|level| &**level);
    }
    for workload in workloads {
        let inside = by_namespace.entry(&workload.namespace).or_default();
        inside.workloads.push(workload);
        if holds_token(workload, &mounts, rights) {
            inside.accounts.insert(&workload.account);
        }
    }
    for account in &objects.service_accounts {
        let metadata = &account.metadata;
        by_namespace.entry(&metadata.namespace).or_default().accounts.insert(&metadata.name);
    }
    for (namespace, name) in &rights.accounts {
        by_namespace.entry(namespace).or_default().accounts.insert(name);
    }
    for secret in &objects.secrets {
        let inside = by_namespace.entry(&secret.metadata.namespace).or_default();
        inside.secrets.push((&secret.metadata.name, &*secret.kind == TOKEN));
    }
    for role in &objects.roles {
        by_namespace.entry(&role.metadata.namespace).or_default().roles.push(&role.metadata.name);
    }
    let mut by_name: Named<'_> = HashMap::new();
    for (namespace, inside) in &by_namespace {
        let mut stands = |kind, name, id| by_name.entry((kind, name)).or_default().push((*namespace, id));
        for name in &inside.accounts {
            stands("ServiceAccount", name, graph.id(namespace, "ServiceAccount", name));
        }
        for (name, _) in &inside.secrets {
            stands("Secret", name, graph.id(namespace, "Secret", name));
        }
        for name in &inside.roles {
            stands("Role", name, graph.id(namespace, "Role", name));
        }
        for workload in &inside.workloads {
            stands(&workload.kind, &workload.name, workload.id.clone());
            for pod in workload.pods.iter().filter(|_| &*workload.kind != "Pod") {
                stands("Pod", pod, workload.id.clone());
            }
        }
    }
    let mut granting = Granting {
        graph,
        by_name,
        opened: Vec::new(),
        wanted: Vec::new(),
        wanted_wide: Vec::new(),
        placed,
        by_namespace,
        admission: objects.custom_admission,
        secrets_known: !objects.secrets.is_empty(),
        demanded: BTreeSet::new(),
        ruled: BTreeSet::new(),
        users: &rights.users,
        groups: &rights.groups,
    };
    for role in &rights.held {
        granting.grant(role);
    }
    granting.bindable(rights);
    granting.expand();
}

/// Things by kind and name: the namespaces they stand in, and which they are.
type Named<'a> = HashMap<(&'a str, &'a str), Vec<(&'a Word, AssetId)>>;

/// What stands in a namespace.
#[derive(Default)]
struct Inside<'a> {
    level: Option<&'a str>,
    workloads: Vec<&'a Workload>,
    accounts: BTreeSet<&'a Word>,
    /// Secrets, and whether they are tokens.
    secrets: Vec<(&'a Word, bool)>,
    roles: Vec<&'a Word>,
}

struct Granting<'g, 'd, 'o, 'a> {
    graph: &'g mut Graph<'d, 'o>,
    placed: &'a Placed,
    by_namespace: BTreeMap<&'a Word, Inside<'a>>,
    by_name: Named<'a>,
    /// Namespaces of which somebody may take on any role; none is the cluster.
    opened: Vec<Option<Word>>,
    /// Roles that nobody has and somebody may take on.
    wanted: Vec<(Word, Word)>,
    /// The same of cluster roles, by where they would be bound: none is the cluster.
    wanted_wide: Vec<(Option<Word>, Word)>,
    admission: bool,
    secrets_known: bool,
    /// The rights that somebody has, by what they are over and the namespace; none is the cluster.
    demanded: BTreeSet<(Over, Option<Word>)>,
    /// Namespaces that somebody may rule, which gives what may be started there.
    ruled: BTreeSet<Option<Word>>,
    users: &'a BTreeSet<AssetId>,
    groups: &'a BTreeSet<AssetId>,
}

impl Granting<'_, '_, '_, '_> {
    fn grant(&mut self, role: &Held) {
        let scope = role.namespace.as_ref();
        for power in &*role.powers {
            match power {
                Power::Over(attack, over, chance) => {
                    let all = self.demand(*over, scope);
                    self.graph.attack_with(*attack, &role.id, &all, to(Access::Use), More::chance(*chance));
                }
                Power::ReadLogs => {
                    let all = self.demand(Over::Logs, scope);
                    self.graph.link(&role.id, "reads_logs", &all, to(Access::Use));
                }
                Power::Nobody => self.graph.note(
                    NoteKind::Ignored,
                    "a role of a namespace lets users or groups be impersonated, which stand in none: it grants nothing",
                ),
                Power::Named(attack, kind, names) => self.named(*attack, kind, names, role),
                Power::Bind(attack, names, reach) => self.bind(*attack, names, *reach, role),
                Power::Rule(attack) => {
                    let realm = match scope {
                        Some(namespace) => self.graph.global("Namespace", namespace),
                        None => self.graph.cluster(),
                    };
                    self.graph.add(&realm, AssetKind::Realm);
                    self.ruled.extend(scope.cloned().map(Some));
                    self.graph.attack(*attack, &role.id, &realm, to(Access::Control));
                }
                Power::RuleNamespaces(attack) => {
                    let all = self.graph.global("Realm", "namespaces");
                    self.ruled.insert(None);
                    self.graph.attack(*attack, &role.id, &all, to(Access::Control));
                }
                Power::Nodes => {
                    let all = self.demand(Over::Commands, None);
                    self.graph.attack(NODE_PROXY, &role.id, &all, to(Access::Use));
                }
                Power::Users(names) => self.impersonate("User", self.users, names.as_ref(), role),
                Power::Groups(names) => {
                    if names.as_ref().is_none_or(|names| names.contains("system:masters")) {
                        let cluster = self.graph.cluster();
                        self.graph.attack(IDENTITY_IMPERSONATE, &role.id, &cluster, to(Access::Control));
                    }
                    self.impersonate("Group", self.groups, names.as_ref(), role);
                }
            }
        }
    }

    /// Says that somebody has a right, by what it is over. Returns the asset that stands for who has it.
    fn demand(&mut self, over: Over, scope: Option<&Word>) -> AssetId {
        if self.demanded.insert((over, scope.cloned())) && over == Over::Roles {
            self.opened.push(scope.cloned());
        }
        over.id(scope, self.graph)
    }

    /// A right on things by their names, as far as they are there.
    fn named(&mut self, attack: Attack, kind: &str, names: &BTreeSet<Word>, role: &Held) {
        let gives = match kind {
            "Secret" => Access::Read,
            _ if attack == POD_PATCH => Access::Control,
            _ => Access::Use,
        };
        for name in names {
            let all = self.by_name.get(&(kind, &**name)).map_or(&[][..], Vec::as_slice);
            let stand = match &role.namespace {
                None => all,
                // They stand in the order of their namespaces.
                Some(own) => {
                    let from = all.partition_point(|(one, _)| *one < own);
                    let end = all.partition_point(|(one, _)| *one <= own);
                    all.get(from..end).unwrap_or_default()
                }
            };
            for (namespace, id) in stand {
                if self.graph.is_full() {
                    return;
                }
                if kind == "Role" {
                    self.wanted.push(((*namespace).clone(), name.clone()));
                }
                self.graph.attack(attack, &role.id, id, to(gives));
            }
        }
    }

    /// A right to have cluster roles by their names.
    fn bind(&mut self, attack: Attack, names: &BTreeSet<Word>, reach: Reach, role: &Held) {
        let places: Vec<Option<Word>> = match (reach, &role.namespace) {
            (Reach::Cluster, _) => vec![None],
            (Reach::Namespaces, Some(own)) => vec![Some(own.clone())],
            (Reach::Namespaces, None) => self.by_namespace.keys().map(|name| Some((*name).clone())).collect(),
        };
        for place in places {
            for name in names {
                if self.graph.is_full() {
                    return;
                }
                let id = self.cluster_role(place.as_ref(), name);
                self.graph.attack(attack, &role.id, &id, to(Access::Use));
                self.wanted_wide.push((place.clone(), name.clone()));
            }
        }
    }

    fn cluster_role(&self, place: Option<&Word>, name: &Word) -> AssetId {
        match place {
            Some(namespace) => self.graph.id(namespace, "ClusterRole", name),
            None => self.graph.global("ClusterRole", name),
        }
    }

    fn impersonate(
        &mut self,
        kind: &str,
        known: &BTreeSet<AssetId>,
        names: Option<&BTreeSet<Word>>,
        role: &Held,
    ) {
        let Some(names) = names else {
            let all = self.graph.global(if kind == "User" { "users" } else { "groups" }, "impersonate");
            if !self.graph.has(&all) {
                self.graph.add(&all, AssetKind::Group);
                for one in known {
                    self.graph.relate(&all, RelationKind::MemberOf, one);
                }
            }
            return self.graph.attack(IDENTITY_IMPERSONATE, &role.id, &all, to(Access::Use));
        };
        for name in names {
            let id = self.graph.global(kind, name);
            if known.contains(&id) {
                self.graph.attack(IDENTITY_IMPERSONATE, &role.id, &id, to(Access::Use));
            }
        }
    }

    /// Roles that nobody has and somebody may take on count as those that are bound.
    fn bindable(&mut self, rights: &Rights<'_>) {
        // A role that is taken on may let others be taken on.
        loop {
            while let Some(scope) = self.opened.pop() {
                match scope {
                    Some(namespace) => self.want(&namespace),
                    None => {
                        let all: Vec<Word> = self.by_namespace.keys().map(|name| (*name).clone()).collect();
                        all.iter().for_each(|namespace| self.want(namespace));
                    }
                }
            }
            while let Some((place, name)) = self.wanted_wide.pop() {
                let id = self.cluster_role(place.as_ref(), &name);
                if !self.graph.has(&id) {
                    self.graph.add(&id, AssetKind::Group);
                    let rules = rights.roles.rules(None, &name).unwrap_or_default();
                    let powers = powers(&rules, place.is_none());
                    self.grant(&Held { id, namespace: place, powers });
                }
            }
            let Some((namespace, name)) = self.wanted.pop() else {
                if self.wanted_wide.is_empty() && self.opened.is_empty() {
                    break;
                }
                continue;
            };
            let id = self.graph.id(&namespace, "Role", &name);
            if !self.graph.has(&id) {
                self.graph.add(&id, AssetKind::Group);
                let rules = rights.roles.rules(Some(&namespace), &name).unwrap_or_default();
                self.grant(&Held { id, namespace: Some(namespace), powers: powers(&rules, false) });
            }
        }
    }

    /// Says that somebody may take on the roles of a namespace.
    fn want(&mut self, namespace: &Word) {
        let roles = self.by_namespace.get(namespace).map_or(&[][..], |inside| &inside.roles);
        self.wanted.extend(roles.iter().map(|name| (namespace.clone(), (*name).clone())));
    }

    /// Leads every right that somebody has to what it is over.
    fn expand(&mut self) {
        // Who starts a pod mounts what secrets there are.
        let pods: Vec<_> = self.demanded.iter().filter(|(over, _)| *over == Over::Pods).cloned().collect();
        for (_, namespace) in pods {
            self.demanded.insert((Over::Tokens, namespace.clone()));
            if self.secrets_known {
                self.demanded.insert((Over::Secrets, namespace));
            }
        }
        let namespaces: Vec<Word> = self.by_namespace.keys().map(|name| (*name).clone()).collect();
        let wide: Vec<Over> = self
            .demanded
            .iter()
            .filter(|(_, namespace)| namespace.is_none())
            .map(|(over, _)| *over)
            .collect();
        for over in wide {
            let all = over.id(None, self.graph);
            self.stands_for(&all, over, None);
            for namespace in &namespaces {
                let each = over.id(Some(namespace), self.graph);
                self.demanded.insert((over, Some(namespace.clone())));
                self.stands_for(&each, over, Some(namespace));
                self.graph.relate(&all, RelationKind::MemberOf, &each);
            }
        }
        for (over, namespace) in std::mem::take(&mut self.demanded) {
            let Some(namespace) = namespace else { continue };
            let all = over.id(Some(&namespace), self.graph);
            self.stands_for(&all, over, Some(&namespace));
            self.lead(over, &all, &namespace);
        }
        self.rule(&namespaces);
    }

    /// Adds the asset that stands for who has a right.
    fn stands_for(&mut self, all: &AssetId, over: Over, namespace: Option<&Word>) {
        let what = match over {
            Over::Commands => "the pods".to_owned(),
            Over::Images("pods") => "all workloads".to_owned(),
            Over::Images(resource) => format!("the {resource}"),
            Over::Pods => "new pods".to_owned(),
            Over::Secrets => "the secrets".to_owned(),
            Over::Tokens => "the service accounts".to_owned(),
            Over::Logs => "logs of pods".to_owned(),
            Over::Roles => "the roles".to_owned(),
        };
        let name = match namespace {
            Some(namespace) => format!("{what} of namespace {namespace}"),
            None => format!("{what} of all namespaces"),
        };
        self.graph.add(all, AssetKind::Group).name = Some(name.into());
    }

    fn lead(&mut self, over: Over, all: &AssetId, namespace: &Word) {
        let Self { graph, by_namespace, .. } = self;
        let Some(inside) = by_namespace.get(namespace) else { return };
        match over {
            Over::Commands => {
                for part in inside.workloads.iter().flat_map(|workload| &workload.parts) {
                    graph.link(all, "runs_commands_in", &part.id, to(Access::Use));
                }
            }
            Over::Images(resource) => {
                let kind = MAKERS.iter().find(|maker| maker.0 == resource).map_or("Pod", |maker| maker.2);
                let of_kind = |workload: &&&Workload| kind == "Pod" || &*workload.kind == kind;
                for workload in inside.workloads.iter().filter(of_kind) {
                    graph.relate(all, RelationKind::Operates, &workload.id);
                }
            }
            Over::Pods => {
                for other in [Over::Tokens, Over::Secrets] {
                    if other == Over::Tokens || self.secrets_known {
                        let other = other.id(Some(namespace), graph);
                        graph.relate(all, RelationKind::MemberOf, &other);
                    }
                }
                self.onto_nodes(POD_CREATE_NODE, all, namespace, Access::Use);
            }
            Over::Secrets => {
                for (name, _) in &inside.secrets {
                    let secret = graph.id(namespace, "Secret", name);
                    graph.relate(all, RelationKind::Reads, &secret);
                }
                if !self.secrets_known {
                    let accounts = inside.accounts.iter().filter(|name| &****name != "default");
                    for name in accounts {
                        let account = graph.id(namespace, "ServiceAccount", name);
                        let more = More::lasting(Some(Probability::clamped(KEPT)));
                        graph.attack_with(KEEPS_TOKEN, all, &account, to(Access::Use), more);
                    }
                    graph.note(
                        NoteKind::Assumed,
                        "secrets are not in the document: that a service account has a token among them is taken to have \
                         a chance of 0.25",
                    );
                }
            }
            Over::Tokens => {
                for name in &inside.accounts {
                    let account = graph.id(namespace, "ServiceAccount", name);
                    graph.relate(all, RelationKind::CanAssume, &account);
                }
            }
            Over::Roles => {
                for name in &inside.roles {
                    let role = graph.id(namespace, "Role", name);
                    graph.relate(all, RelationKind::MemberOf, &role);
                }
            }
            Over::Logs => {}
        }
    }

    /// Who may start pods in a namespace comes to nodes, unless admission keeps privileged pods out.
    fn onto_nodes(&mut self, attack: Attack, from: &AssetId, namespace: &Word, needs: Access) {
        let level = self.by_namespace.get(namespace).and_then(|inside| inside.level);
        if matches!(level, Some("baseline" | "restricted")) {
            return;
        }
        nodes::realm(&self.placed.nodes, self.graph);
        let chance = self.admission.then(|| Probability::clamped(ADMITTED));
        let step = Step { needs, gives: Access::Control };
        self.graph.attack_with(attack, from, &self.placed.nodes, step, More::chance(chance));
    }

    /// Who rules a namespace may start pods in it.
    fn rule(&mut self, namespaces: &[Word]) {
        let all = self.ruled.contains(&None);
        if all {
            let realm = self.graph.global("Realm", "namespaces");
            self.graph.add(&realm, AssetKind::Realm).name = Some("the namespaces".into());
            for namespace in namespaces {
                let each = self.graph.global("Namespace", namespace);
                self.graph.add(&each, AssetKind::Realm);
                self.graph.relate(&realm, RelationKind::Contains, &each);
            }
        }
        let ruled: BTreeSet<Word> = std::mem::take(&mut self.ruled).into_iter().flatten().collect();
        let ruled = if all { namespaces.iter().cloned().collect() } else { ruled };
        for namespace in ruled {
            let realm = self.graph.global("Namespace", &namespace);
            self.onto_nodes(STARTS_PODS, &realm, &namespace, Access::Control);
        }
    }
}
