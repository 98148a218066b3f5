//! What the rules of a role let an attacker do.

use super::{
    attacks::{
        Attack, CLUSTER_ADMIN, IDENTITY_IMPERSONATE, POD_CREATE, POD_EXEC, POD_PATCH, ROLE_BIND, SECRET_READ,
        TOKEN_BRUTEFORCE, TOKEN_LIST, TOKEN_REQUEST,
    },
    graph::Graph,
    object::{Rule, Word},
    roles::{Grant, allow_everything, grant},
};
use crate::{id::AssetId, quantity::Probability};
use std::{collections::BTreeSet, rc::Rc};

/// A role where it is bound: in a namespace, or in all of the cluster.
pub(super) struct Held {
    pub(super) id: AssetId,
    pub(super) namespace: Option<Word>,
    /// What it lets somebody do there, which all bindings of one role have together.
    pub(super) powers: Rc<[Power]>,
}

/// The chance that the name of a secret is guessed, of which five letters are drawn at random. Assumed.
const GUESSED: f64 = 0.25;
/// What a right is over, beside a namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Over {
    /// Commands in all pods.
    Commands,
    /// What all pods, or those of one kind of controller, run.
    Images(&'static str),
    /// New pods.
    Pods,
    /// All secrets.
    Secrets,
    /// Tokens of all service accounts.
    Tokens,
    /// Logs of all pods.
    Logs,
    /// All roles of the namespace.
    Roles,
}

impl Over {
    /// The kind and name of the asset that stands for who has the right.
    fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Commands => ("pods", "exec"),
            Self::Images(resource) => (resource, "patch"),
            Self::Pods => ("pods", "create"),
            Self::Secrets => ("secrets", "get"),
            Self::Tokens => ("serviceaccounts", "token"),
            Self::Logs => ("pods", "log"),
            Self::Roles => ("roles", "bind"),
        }
    }

    pub(super) fn id(self, namespace: Option<&Word>, graph: &Graph<'_, '_>) -> AssetId {
        let (kind, name) = self.named();
        match namespace {
            Some(namespace) => graph.id(namespace, kind, name),
            None => graph.global(kind, name),
        }
    }
}

/// Where a role may be bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Cluster,
    Namespaces,
}

/// A right, and what it is called as a step.
pub(super) enum Power {
    Over(Attack, Over, Option<Probability>),
    /// On things by their names.
    Named(Attack, &'static str, BTreeSet<Word>),
    /// Over all of the namespace or cluster.
    Rule(Attack),
    /// Over all namespaces.
    RuleNamespaces(Attack),
    /// To run commands in all pods of all nodes.
    Nodes,
    /// As users, or as groups.
    Users(Option<BTreeSet<Word>>),
    Groups(Option<BTreeSet<Word>>),
    /// To have cluster roles by their names: in all of the cluster, or in the namespace or each namespace.
    Bind(Attack, BTreeSet<Word>, Reach),
    ReadLogs,
    /// None: users and groups stand in no namespace, so that a role of one cannot let them be impersonated.
    Nobody,
}

/// What makes pods, by resource, group and kind.
pub(super) const MAKERS: [(&str, &str, &str); 8] = [
    ("pods", "", "Pod"),
    ("replicationcontrollers", "", "ReplicationController"),
    ("deployments", "apps", "Deployment"),
    ("daemonsets", "apps", "DaemonSet"),
    ("statefulsets", "apps", "StatefulSet"),
    ("replicasets", "apps", "ReplicaSet"),
    ("jobs", "batch", "Job"),
    ("cronjobs", "batch", "CronJob"),
];
const RBAC: &str = "rbac.authorization.k8s.io";
const CHANGE: &[&str] = &["patch", "update"];

impl Held {
    /// Whether it lets an attacker go on.
    pub(super) fn goes_on(&self) -> bool {
        self.powers.iter().any(|power| !matches!(power, Power::ReadLogs | Power::Nobody))
    }
}

/// The rights that follow from the rules of a role, where it is bound in all of the cluster or in a namespace.
pub(super) fn powers(rules: &[Rule], wide: bool) -> Rc<[Power]> {
    let mut found = Vec::new();
    if !wide && rules.iter().any(impersonates_people) {
        found.push(Power::Nobody);
    }
    if allow_everything(rules) {
        found.push(Power::Rule(CLUSTER_ADMIN));
    } else {
        several(rules, wide, &mut found);
    }
    found.into()
}

fn impersonates_people(rule: &Rule) -> bool {
    rule.verbs.iter().any(|verb| &**verb == "impersonate")
        && rule.resources.iter().any(|resource| ["users", "groups"].contains(&&**resource))
}

/// The rights of a role that does not allow everything.
fn several(rules: &[Rule], wide: bool, found: &mut Vec<Power>) {
    let may = |verbs: &[&str], group: &str, resource: &str| grant(rules, verbs, group, resource);
    let all = |verbs: &[&str], group: &str, resource: &str| may(verbs, group, resource) == Some(Grant::All);
    let commands = ["pods/exec", "pods/attach"].iter().filter_map(|on| may(&["create", "get"], "", on));
    each(commands, POD_EXEC, Over::Commands, "Pod", found);
    let mut starts = false;
    for (resource, group, kind) in MAKERS {
        // What a pod may do on its node, and all of what a job runs, cannot be changed once it is there.
        starts |= all(&["create"], group, resource)
            || (!["Pod", "Job"].contains(&kind) && all(CHANGE, group, resource));
        if kind != "Job" {
            each(may(CHANGE, group, resource), POD_PATCH, Over::Images(resource), kind, found);
        }
    }
    each(may(CHANGE, "", "pods/ephemeralcontainers"), POD_PATCH, Over::Images("pods"), "Pod", found);
    if starts {
        found.push(Power::Over(POD_CREATE, Over::Pods, None));
    }
    let listed = may(&["list", "watch"], "", "secrets");
    match (listed == Some(Grant::All), may(&["get"], "", "secrets").or(listed)) {
        (true, _) => found.push(Power::Over(TOKEN_LIST, Over::Secrets, None)),
        (false, Some(Grant::All)) => {
            found.push(Power::Over(TOKEN_BRUTEFORCE, Over::Secrets, Some(Probability::clamped(GUESSED))));
        }
        (false, Some(Grant::Named(names))) => found.push(Power::Named(SECRET_READ, "Secret", names)),
        (false, None) => {}
    }
    let tokens = may(&["create"], "", "serviceaccounts/token");
    each(tokens, TOKEN_REQUEST, Over::Tokens, "ServiceAccount", found);
    let accounts = may(&["impersonate"], "", "serviceaccounts");
    let as_accounts = accounts.is_some();
    each(accounts, IDENTITY_IMPERSONATE, Over::Tokens, "ServiceAccount", found);
    if may(&["get"], "", "pods/log").is_some() || (wide && may(&["get"], "", "nodes/log").is_some()) {
        found.push(Power::ReadLogs);
    }
    binds(rules, wide, found);
    if wide {
        if may(&["get", "create"], "", "nodes/proxy").is_some() {
            found.push(Power::Nodes);
        }
        let names = |grant: Grant| if let Grant::Named(names) = grant { Some(names) } else { None };
        let users = may(&["impersonate"], "", "users");
        // Who acts as a group must act as somebody too.
        if let (Some(groups), true) = (may(&["impersonate"], "", "groups"), users.is_some() || as_accounts) {
            found.push(Power::Groups(names(groups)));
        }
        if let Some(users) = users {
            found.push(Power::Users(names(users)));
        }
    }
}

/// The rights to hand roles out.
fn binds(rules: &[Rule], wide: bool, found: &mut Vec<Power>) {
    let change = &["create", "patch", "update"];
    let can = |verbs: &[&str], resource: &str| grant(rules, verbs, RBAC, resource).is_some();
    let bound = grant(rules, &["bind"], RBAC, "clusterroles");
    let mightiest = match &bound {
        Some(Grant::All) => true,
        Some(Grant::Named(names)) => {
            ["cluster-admin", "admin", "edit"].iter().any(|name| names.contains(*name))
        }
        None => false,
    };
    let all_of_cluster = (mightiest && can(change, "clusterrolebindings"))
        || (can(&["escalate"], "clusterroles") && can(CHANGE, "clusterroles"));
    let all_of_namespace =
        (mightiest && can(change, "rolebindings")) || (can(&["escalate"], "roles") && can(CHANGE, "roles"));
    if let (Some(Grant::Named(names)), false) = (bound, mightiest) {
        if wide && can(change, "clusterrolebindings") {
            found.push(Power::Bind(ROLE_BIND, names, Reach::Cluster));
        } else if can(change, "rolebindings") {
            found.push(Power::Bind(ROLE_BIND, names, Reach::Namespaces));
        }
    }
    match (wide, all_of_cluster, all_of_namespace) {
        (true, true, _) | (false, _, true) => found.push(Power::Rule(ROLE_BIND)),
        (true, false, true) => found.push(Power::RuleNamespaces(ROLE_BIND)),
        (_, _, false) if can(change, "rolebindings") => {
            each(grant(rules, &["bind"], RBAC, "roles"), ROLE_BIND, Over::Roles, "Role", found);
        }
        (_, _, false) => {}
    }
}

fn each(
    grants: impl IntoIterator<Item = Grant>,
    attack: Attack,
    over: Over,
    kind: &'static str,
    found: &mut Vec<Power>,
) {
    let mut named = BTreeSet::new();
    for grant in grants {
        match grant {
            Grant::All => return found.push(Power::Over(attack, over, None)),
            Grant::Named(names) => named.extend(names),
        }
    }
    if !named.is_empty() {
        found.push(Power::Named(attack, kind, named));
    }
}
