//! Who has which roles: bindings, with the groups that Kubernetes itself puts everybody into.

use super::{
    attacks::PERMISSION_DISCOVER,
    collect::Objects,
    graph::Graph,
    object::{Binding, Subject, Word},
    powers::{Held, Power, powers},
    roles::Roles,
};
use crate::{
    id::AssetId,
    model::{AssetKind, NoteKind},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
};

/// A role by the namespace it stands in, its name, and whether it is bound in all of the cluster.
type Bound<'a> = (Option<&'a str>, &'a str, bool);

/// Bound roles and those who have them.
pub(super) struct Rights<'a> {
    pub(super) held: Vec<Held>,
    pub(super) roles: Roles<'a>,
    /// Service accounts that have a role, by namespace and name.
    pub(super) accounts: HashSet<(Word, Word)>,
    /// Groups of service accounts with roles that let an attacker go on.
    strong: HashSet<Word>,
    /// Users and groups that have a role.
    pub(super) users: BTreeSet<AssetId>,
    pub(super) groups: BTreeSet<AssetId>,
}

impl Rights<'_> {
    /// Whether a service account has rights: roles of its own, or roles of a group of all that let an attacker go on.
    pub(super) fn has_any(&self, namespace: &str, name: &str) -> bool {
        self.accounts.contains(&(namespace.into(), name.into()))
            || EVERYBODY.iter().any(|group| self.strong.contains(*group))
            || self.strong.contains(&*format!("{EACH}{namespace}"))
    }

    /// Whether who is logged on may go on by that alone.
    pub(super) fn of_all_users(&self) -> bool {
        self.strong.contains("system:authenticated")
    }

    /// The groups that all service accounts of a namespace are in, as far as rights follow from that.
    pub(super) fn groups_of(&self, namespace: &str) -> Vec<&Word> {
        let each = format!("{EACH}{namespace}");
        EVERYBODY.into_iter().chain([&*each]).filter_map(|group| self.strong.get(group)).collect()
    }
}

/// Groups that every service account is in.
const EVERYBODY: [&str; 2] = ["system:serviceaccounts", "system:authenticated"];
/// What stands before the name of a namespace in the group of its service accounts.
const EACH: &str = "system:serviceaccounts:";
/// What stands before namespace and name where a service account is named as a user.
const AS_USER: &str = "system:serviceaccount:";

/// Adds the roles that are bound, and who has them.
pub(super) fn held<'a>(objects: &'a Objects, graph: &mut Graph<'_, '_>) -> Rights<'a> {
    let roles = Roles::of(objects);
    let mut known: HashMap<AssetId, usize> = HashMap::new();
    let mut evaluated: HashMap<Bound<'_>, Option<Rc<[Power]>>> = HashMap::new();
    let mut held: Vec<Held> = Vec::new();
    // By who has which role: the bindings that say so.
    let mut said: BTreeMap<(AssetId, AssetId), BTreeSet<String>> = BTreeMap::new();
    let (mut accounts, mut users, mut groups) = (HashSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut of_group: BTreeMap<Word, Vec<usize>> = BTreeMap::new();
    let own = objects.role_bindings.iter().map(|binding| (Some(&binding.metadata.namespace), binding));
    let wide = objects.cluster_role_bindings.iter().map(|binding| (None, binding));
    for (namespace, binding) in own.chain(wide) {
        let Some(id) = role_of(namespace, binding, graph) else {
            graph.note(
                NoteKind::Ignored,
                "a ClusterRoleBinding names a Role, which only bindings of its own namespace may: it grants nothing",
            );
            continue;
        };
        let at = *known.entry(id.clone()).or_insert_with(|| {
            let (name, wide) = (&*binding.role_ref.name, namespace.is_none());
            let of = namespace.filter(|_| &*binding.role_ref.kind == "Role").map(|namespace| &**namespace);
            let evaluate = || roles.rules(of, name).map(|rules| powers(&rules, wide));
            let powers = evaluated.entry((of, name, wide)).or_insert_with(evaluate).clone();
            if powers.is_none() {
                graph.note(
                    NoteKind::Ignored,
                    "a role is bound that is not in the document: what it allows is not known",
                );
            }
            graph.add(&id, AssetKind::Group);
            held.push(Held {
                id: id.clone(),
                namespace: namespace.cloned(),
                powers: powers.unwrap_or_default(),
            });
            held.len() - 1
        });
        for subject in &binding.subjects {
            let Some(who) = Who::of(subject, namespace) else { continue };
            let subject = who.id(graph);
            match who {
                Who::Account(namespace, name) => {
                    accounts.insert((namespace, name));
                }
                Who::User(_) => {
                    users.insert(subject.clone());
                }
                Who::Group(name) => {
                    groups.insert(subject.clone());
                    of_group.entry(name).or_default().push(at);
                }
            }
            let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
            said.entry((subject, id.clone()))
                .or_default()
                .insert(format!("{kind} {}", binding.metadata.name));
        }
    }
    for ((subject, role), bindings) in said {
        let by = bindings.into_iter().collect::<Vec<_>>().join(", ");
        let role_by = format!("{} by {by}", graph.short(&role));
        let title = PERMISSION_DISCOVER.title(graph.short(&subject), &role_by);
        graph.relate_as(PERMISSION_DISCOVER, &subject, &role, title);
    }
    let goes_on = |at: &usize| held.get(*at).is_some_and(Held::goes_on);
    let strong =
        of_group.into_iter().filter(|(_, roles)| roles.iter().any(goes_on)).map(|(name, _)| name).collect();
    if roles.overflows() {
        graph.note(
            NoteKind::Ignored,
            "cluster roles gather more of each other than is looked at: some rights are missing",
        );
    }
    Rights { held, roles, accounts, strong, users, groups }
}

/// The role that a binding grants, where it grants it.
fn role_of(namespace: Option<&Word>, binding: &Binding, graph: &Graph<'_, '_>) -> Option<AssetId> {
    let role = &binding.role_ref;
    match (namespace, &*role.kind) {
        (Some(namespace), kind) => Some(graph.id(namespace, kind, &role.name)),
        (None, "ClusterRole") => Some(graph.global("ClusterRole", &role.name)),
        (None, _) => None,
    }
}

/// Whom a binding means.
enum Who {
    Account(Word, Word),
    User(Word),
    Group(Word),
}

impl Who {
    fn of(subject: &Subject, namespace: Option<&Word>) -> Option<Self> {
        if subject.name.is_empty() {
            return None;
        }
        match &*subject.kind {
            "ServiceAccount" => {
                let stated = Some(&subject.namespace).filter(|namespace| !namespace.is_empty());
                Some(Self::Account(stated.or(namespace)?.clone(), subject.name.clone()))
            }
            "User" => Some(match subject.name.strip_prefix(AS_USER).and_then(|name| name.split_once(':')) {
                Some((namespace, name)) => Self::Account(namespace.into(), name.into()),
                None => Self::User(subject.name.clone()),
            }),
            "Group" => Some(Self::Group(subject.name.clone())),
            _ => None,
        }
    }

    fn id(&self, graph: &mut Graph<'_, '_>) -> AssetId {
        let (id, kind) = match self {
            Self::Account(namespace, name) => return graph.account(namespace, name),
            Self::User(name) => (graph.global("User", name), AssetKind::Identity),
            Self::Group(name) => (graph.global("Group", name), AssetKind::Group),
        };
        graph.add(&id, kind);
        id
    }
}
