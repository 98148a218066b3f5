//! Allow policies: roles of members, on what they are given on and on what lies in it.
//!
//! A role that is about one service is held over the resources of that service. So a project, folder or organization has one asset for
//! all resources of a service in it, and a role given there is a step to that one.

use super::{
    prevention::Prevention,
    record::{Record, list, text, texts},
    resources,
};
use crate::{
    discover::{
        aws::Graph,
        every::Every,
        google::{self, Condition, Grant, Powers},
    },
    model::{AssetKind, RelationKind},
};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What policies say, gathered until all resources are known.
#[derive(Default)]
pub(super) struct Policies {
    bindings: Vec<Binding>,
    /// What roles of one's own allow.
    roles: BTreeMap<String, Vec<String>>,
    /// Resources by what they lie in and their service.
    every: Every,
    /// What is never public.
    pub(super) prevention: Prevention,
}

struct Binding {
    target: Rc<str>,
    role: String,
    member: String,
    /// The title and the expression of its condition.
    condition: Option<(Option<String>, Option<String>)>,
}

/// Whether a role is given on a bucket, or is about buckets.
fn is_of_buckets(binding: &Binding) -> bool {
    binding.target.starts_with("//storage.googleapis.com/")
        || google::service_of(&binding.role) == Some("storage")
}

impl Policies {
    /// Hears what a role of one's own allows.
    pub(super) fn hear_role(&mut self, record: &Record) {
        let permissions = texts(record.data(), &["includedPermissions"]);
        let permissions: Vec<String> = permissions.into_iter().map(str::to_owned).collect();
        // Policies name a role by its path, and the inventory by its full name.
        let named = record.name().and_then(|name| name.strip_prefix("//iam.googleapis.com/"));
        let name = named.map(str::to_owned).or_else(|| text(record.data(), &["name"]));
        if let Some(name) = name.filter(|_| !permissions.is_empty()) {
            self.roles.insert(name, permissions);
        }
    }

    /// Hears what a record says of rights, and what it lies in.
    pub(super) fn hear(&mut self, record: &Record, asset: &Rc<str>, above: &[Rc<str>], graph: &mut Graph) {
        self.prevention.hear(record, asset, above);
        let (service, _) = record.asset_type.split_once(".googleapis.com/").unwrap_or_default();
        let is_realm = service == "cloudresourcemanager";
        let service = if service == "sqladmin" { "cloudsql" } else { service };
        if is_realm {
            self.every.hear_realm(asset);
        }
        let sort = if resources::has_rights(&record.asset_type) { service } else { "" };
        self.every.hear(asset, sort, above);
        for binding in list(record.iam_policy.as_ref().unwrap_or(&Value::Null), "bindings") {
            let role = text(binding, &["role"]).unwrap_or_default();
            let condition = binding.get("condition").filter(|condition| !condition.is_null());
            let condition =
                condition.map(|condition| (text(condition, &["title"]), text(condition, &["expression"])));
            for member in texts(binding, &["members"]) {
                self.bindings.push(Binding {
                    target: Rc::clone(asset),
                    role: role.clone(),
                    member: member.to_owned(),
                    condition: condition.clone(),
                });
            }
        }
        for entry in list(record.data(), "access") {
            self.dataset(asset, entry, graph);
        }
    }

    /// An entry of a dataset's own list, with the basic roles that it has names of its own for.
    fn dataset(&mut self, asset: &Rc<str>, entry: &Value, graph: &mut Graph) {
        let role = match &*text(entry, &["role"]).unwrap_or_default() {
            "READER" => "roles/bigquery.dataViewer".to_owned(),
            "WRITER" => "roles/bigquery.dataEditor".to_owned(),
            "OWNER" => "roles/bigquery.dataOwner".to_owned(),
            // A view, a routine or another dataset, which acts with rights of its own.
            "" => {
                return graph
                    .note(format!("{asset} lets views or other datasets in, which is not evaluated"));
            }
            role => role.to_owned(),
        };
        let said = |name: &str| text(entry, &[name]);
        let project = asset.split("/projects/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("-");
        let member = match said("specialGroup").as_deref() {
            Some("allAuthenticatedUsers") => Some("allAuthenticatedUsers".to_owned()),
            Some("projectOwners") => Some(format!("projectOwner:{project}")),
            Some("projectWriters") => Some(format!("projectEditor:{project}")),
            Some("projectReaders") => Some(format!("projectViewer:{project}")),
            _ => said("iamMember")
                .or_else(|| said("userByEmail").map(|name| format!("user:{name}")))
                .or_else(|| said("groupByEmail").map(|name| format!("group:{name}")))
                .or_else(|| said("domain").map(|name| format!("domain:{name}"))),
        };
        if let Some(member) = member {
            self.bindings.push(Binding { target: Rc::clone(asset), role, member, condition: None });
        }
    }

    /// Writes what was heard.
    pub(super) fn write(mut self, graph: &mut Graph) {
        let mut every = std::mem::take(&mut self.every);
        let mut prevented = 0;
        for binding in &self.bindings {
            if matches!(&*binding.member, "allUsers" | "allAuthenticatedUsers")
                && is_of_buckets(binding)
                && self.prevention.prevents(&binding.target)
            {
                prevented += 1;
                continue;
            }
            let condition = binding.condition.as_ref();
            let condition =
                condition.map(|(title, expression)| Condition::of(title.as_deref(), expression.as_deref()));
            for (service, powers) in self.powers(&binding.role) {
                let service = service.filter(|_| !powers.is_empty() && every.is_realm(&binding.target));
                let grant = Grant { member: &binding.member, role: &binding.role, powers, condition };
                google::give(graph, &mut every, &grant, &binding.target, service.as_deref());
            }
        }
        if prevented > 0 {
            graph.note(format!(
                "{prevented} roles of everybody on buckets give nothing, since public access to these is prevented"
            ));
        }
        self.conveniences(graph);
    }

    /// What a role lets one do, on resources of a service or on all.
    fn powers<'r>(&'r self, role: &'r str) -> Vec<(Option<Cow<'r, str>>, Powers)> {
        match self.roles.get(role) {
            Some(permissions) => {
                let permissions: Vec<&str> = permissions.iter().map(String::as_str).collect();
                let powers = google::powers_of_permissions(&permissions);
                // One that lets nobody do anything here is noted as roles that are not known are.
                if powers.is_empty() {
                    return vec![(None, Powers::default())];
                }
                powers.into_iter().map(|(service, powers)| (service.map(Cow::Borrowed), powers)).collect()
            }
            None => vec![(google::service_of(role).map(Cow::Borrowed), google::powers_of(role))],
        }
    }

    /// Who has a basic role on a project is in what stands for those who have it.
    fn conveniences(&self, graph: &mut Graph) {
        let used: BTreeSet<&str> = self.bindings.iter().map(|binding| binding.member.as_str()).collect();
        for member in used {
            let Some((role, project)) = google::convenience(member) else { continue };
            let realm = google::project(project);
            let holders = self.bindings.iter().filter(|one| *one.target == *realm && one.role == role);
            for holder in holders.filter(|one| google::convenience(&one.member).is_none()) {
                if holder.member.starts_with("deleted:") || holder.member.starts_with("all") {
                    continue;
                }
                let (from, _) = google::principal(graph, &holder.member);
                let to = graph.asset(member, AssetKind::Group);
                graph.fact(&from, RelationKind::MemberOf, &to);
            }
        }
    }
}
