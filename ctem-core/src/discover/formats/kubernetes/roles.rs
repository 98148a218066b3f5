//! Roles evaluated: what their rules, together with those they gather, let somebody do.

use super::{
    collect::Objects,
    object::{Role, Rule, Selector, Word, Words},
};
use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap, HashSet},
};

/// On which objects of a kind something is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Grant {
    Named(BTreeSet<Word>),
    All,
}

/// The rules of all roles.
pub(super) struct Roles<'a> {
    /// By namespace, none of which is the cluster's, and name.
    known: HashMap<(Option<&'a str>, &'a str), &'a Role>,
    wide: Vec<&'a Role>,
    /// How many more roles and rules are looked at to gather: some thousand times those of any cluster.
    room: Cell<usize>,
}

const MOST_GATHERED: usize = 5_000_000;

impl<'a> Roles<'a> {
    pub(super) fn of(objects: &'a Objects) -> Self {
        let own = objects.roles.iter().map(|role| {
            let metadata = &role.metadata;
            ((Some(&*metadata.namespace), &*metadata.name), role)
        });
        let wide = objects.cluster_roles.iter().map(|role| ((None, &*role.metadata.name), role));
        Self {
            known: own.chain(wide).collect(),
            wide: objects.cluster_roles.iter().collect(),
            room: Cell::new(MOST_GATHERED),
        }
    }

    /// The rules of a role, those it gathers included; none where it is not known.
    pub(super) fn rules(&self, namespace: Option<&str>, name: &str) -> Option<Vec<Rule>> {
        if let Some(role) = self.known.get(&(namespace, name)) {
            let mut rules = Vec::new();
            self.gather(role, &mut rules, &mut HashSet::new());
            return Some(rules);
        }
        let built_in = namespace.is_none().then(|| built_in(name)).flatten()?;
        let mut rules = built_in;
        let label: Words =
            [(Word::from(&*format!("rbac.authorization.k8s.io/aggregate-to-{name}")), "true".into())].into();
        let selector = Selector { match_labels: label, ..Selector::default() };
        self.selected(&selector, &mut rules, &mut HashSet::new());
        Some(rules)
    }

    fn gather(&self, role: &'a Role, rules: &mut Vec<Rule>, seen: &mut HashSet<&'a str>) {
        rules.extend(role.rules.iter().cloned());
        for selector in &role.aggregation_rule.cluster_role_selectors {
            self.selected(selector, rules, seen);
        }
    }

    /// Adds the rules of all cluster roles that a selector means. Of each role once, so that this ends.
    fn selected(&self, selector: &Selector, rules: &mut Vec<Rule>, seen: &mut HashSet<&'a str>) {
        let mut open: Vec<&'a Role> = self.meant(selector).collect();
        while let Some(role) = open.pop() {
            if seen.insert(&role.metadata.name) && self.spend(role.rules.len()) {
                rules.extend(role.rules.iter().cloned());
                for selector in &role.aggregation_rule.cluster_role_selectors {
                    open.extend(self.meant(selector));
                }
            }
        }
    }

    fn meant<'s>(&'s self, selector: &'s Selector) -> impl Iterator<Item = &'a Role> + 's {
        let wide = if self.spend(self.wide.len().saturating_mul(selector.cost())) {
            self.wide.as_slice()
        } else {
            &[]
        };
        wide.iter().copied().filter(move |role| selector.selects(&role.metadata.labels))
    }

    fn spend(&self, count: usize) -> bool {
        let left = self.room.get().checked_sub(count);
        self.room.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether some roles gather so much that it was not looked at.
    pub(super) fn overflows(&self) -> bool {
        self.room.get() == 0
    }
}

/// What the roles that every cluster has allow, as far as steps of attacks follow from it, where the document leaves them out.
/// Source: the API server's bootstrap policy.
fn built_in(name: &str) -> Option<Vec<Rule>> {
    let rule = |groups: &[&str], resources: &[&str], verbs: &[&str]| {
        let words = |list: &[&str]| list.iter().map(|word| Word::from(*word)).collect();
        Rule {
            api_groups: words(groups),
            resources: words(resources),
            resource_names: Vec::new(),
            verbs: words(verbs),
        }
    };
    const CHANGE: &[&str] = &["create", "delete", "patch", "update"];
    let edit = [
        rule(&[""], &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], &["get", "create"]),
        rule(&[""], &["secrets"], &["get", "list", "watch"]),
        rule(&[""], &["serviceaccounts"], &["impersonate"]),
        rule(&[""], &["serviceaccounts/token"], &["create"]),
        rule(&[""], &["pods", "secrets", "replicationcontrollers"], CHANGE),
        rule(&["apps"], &["deployments", "daemonsets", "statefulsets", "replicasets"], CHANGE),
        rule(&["batch"], &["jobs", "cronjobs"], CHANGE),
        rule(&[""], &["pods/log"], &["get", "list", "watch"]),
    ];
    match name {
        "cluster-admin" => Some(vec![rule(&["*"], &["*"], &["*"])]),
        "admin" => {
            let binding = rule(&["rbac.authorization.k8s.io"], &["roles", "rolebindings"], &["*"]);
            // `admin` may write roles and bindings, but neither `bind` nor `escalate`.
            let verbs =
                ["create", "delete", "get", "list", "patch", "update", "watch"].map(Word::from).to_vec();
            Some(edit.into_iter().chain([Rule { verbs, ..binding }]).collect())
        }
        "edit" => Some(edit.to_vec()),
        "view" => Some(vec![rule(&[""], &["pods", "pods/log"], &["get", "list", "watch"])]),
        _ => None,
    }
}

/// Whether and on what rules allow one of these verbs.
pub(super) fn grant(rules: &[Rule], verbs: &[&str], group: &str, resource: &str) -> Option<Grant> {
    let below = resource.split_once('/').map(|(_, below)| format!("*/{below}"));
    let has = |list: &[Word], word: &str| list.iter().any(|one| &**one == word || &**one == "*");
    // What is not there yet has no name that a rule could ask for.
    let nameless = |verb: &str| verb == "create" && below.is_none();
    let allows = |rule: &Rule, verb: &str| {
        has(&rule.verbs, verb) && (rule.resource_names.is_empty() || !nameless(verb))
    };
    let applying = rules.iter().filter(|rule| {
        has(&rule.api_groups, group)
            && verbs.iter().any(|verb| allows(rule, verb))
            && (has(&rule.resources, resource)
                || below.as_ref().is_some_and(|below| rule.resources.iter().any(|one| **one == **below)))
    });
    let mut named = None::<BTreeSet<Word>>;
    for rule in applying {
        if rule.resource_names.is_empty() {
            return Some(Grant::All);
        }
        named.get_or_insert_default().extend(rule.resource_names.iter().cloned());
    }
    named.map(Grant::Named)
}

/// Whether rules allow everything.
pub(super) fn allow_everything(rules: &[Rule]) -> bool {
    let all = |list: &[Word]| list.iter().any(|word| &**word == "*");
    rules.iter().any(|rule| {
        all(&rule.api_groups) && all(&rule.resources) && all(&rule.verbs) && rule.resource_names.is_empty()
    })
}
