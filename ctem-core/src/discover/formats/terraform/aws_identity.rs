//! Amazon's users, groups, roles and policies in Terraform, which tie them together by resources of their own.

use super::{
    aws_types::{Cloud, NO_ACCOUNT},
    resource::{Resource, Resources},
};
use crate::{
    discover::aws::{Arn, Graph, Inventory, Policy, Principal, Sort},
    model::AssetKind,
};
use serde_json::Value;
use std::{collections::BTreeMap, rc::Rc};

impl Cloud<'_> {
    pub(super) fn principal(&mut self, resource: &Resource, sort: Sort) {
        let arn = principal_name(resource, sort, self.account);
        let mut principal = Principal::new(sort, &arn);
        principal.place = Rc::clone(&resource.address).as_ref().into();
        if let Some(name) = resource.text("name") {
            principal.name = name.into();
        }
        let boundary =
            self.all.referred(resource, "permissions_boundary", &["aws_iam_policy"]).into_iter().next();
        let boundary = boundary.map(|policy| policy_name(policy, self.account).into());
        principal.boundary = boundary.or_else(|| resource.text("permissions_boundary").map(Box::from));
        for policy in resource.texts("managed_policy_arns") {
            principal.attached.push(policy.into());
        }
        for inline in resource.blocks("inline_policy") {
            if let Some(policy) = self.policy(inline.get("policy"), resource) {
                principal.inline.push(policy);
            }
        }
        if sort == Sort::Role {
            let trust = self.policy(resource.values.get("assume_role_policy"), resource);
            principal.trust = trust.map(|trust| (*trust).clone());
        }
        if let Some(Value::Object(tags)) = resource.values.get("tags") {
            let tags =
                tags.iter().filter_map(|(name, value)| Some((name.as_str().into(), value.as_str()?.into())));
            principal.tags = tags.collect();
        }
        let name =
            self.graph.asset(&arn, if sort == Sort::Group { AssetKind::Group } else { AssetKind::Identity });
        self.graph.alias(&name, &resource.name);
        self.inventory.principals.push(principal);
    }

    /// A policy of an attribute. What is not known yet, or none, is noted.
    pub(super) fn policy(&mut self, value: Option<&Value>, resource: &Resource) -> Option<Rc<Policy>> {
        let told = value.filter(|value| !value.is_null() && value.as_str() != Some(""));
        match told.map(Policy::read) {
            Some(Ok(policy)) => Some(Rc::new(policy)),
            Some(Err(error)) => {
                self.graph.note(format!("{}: {}", resource.address, error.message()));
                None
            }
            None => {
                let what = "has a policy that is not told before it is deployed: what it says is not known";
                self.graph.note(format!("{} {what}", resource.address));
                None
            }
        }
    }

    pub(super) fn managed(&mut self, resource: &Resource) {
        if let Some(policy) = self.policy(resource.values.get("policy"), resource) {
            self.inventory.managed.insert(policy_name(resource, self.account).into(), policy);
        }
    }

    pub(super) fn profile(&mut self, resource: &Resource) {
        let name = profile_name(resource, self.account);
        for role in self.roles(resource, "role") {
            self.graph.has_role(&name, &role);
        }
    }

    /// The roles that an attribute names, by their ARN, their name, or in the code.
    pub(super) fn roles(&self, resource: &Resource, attribute: &str) -> Vec<String> {
        let referred = self.all.referred(resource, attribute, &["aws_iam_role"]);
        if !referred.is_empty() {
            return referred.into_iter().map(|role| principal_name(role, Sort::Role, self.account)).collect();
        }
        let name = |text: &str| match Arn::of(text) {
            Some(_) => text.to_owned(),
            None => format!("arn:aws:iam::{}:role/{text}", self.account),
        };
        resource.texts(attribute).into_iter().map(name).collect()
    }
}

/// Ties policies and groups to principals, which stand in resources of their own.
pub(super) fn attach(
    resources: &Resources,
    account: Option<&str>,
    graph: &mut Graph,
    inventory: &mut Inventory,
) {
    let account = account.unwrap_or(NO_ACCOUNT);
    let sorts = [("user", Sort::User), ("group", Sort::Group), ("role", Sort::Role)];
    let mut numbers: BTreeMap<Box<str>, usize> = BTreeMap::new();
    for (n, principal) in inventory.principals.iter().enumerate() {
        numbers.insert(principal.arn.clone(), n);
    }
    for resource in resources.all() {
        for (word, sort) in sorts {
            let attribute = match resource.kind.as_str() {
                kind if kind == format!("aws_iam_{word}_policy")
                    || kind == format!("aws_iam_{word}_policy_attachment") =>
                {
                    word.to_owned()
                }
                "aws_iam_policy_attachment" => format!("{word}s"),
                _ => continue,
            };
            let mut cloud = Cloud { all: resources, account, graph: &mut *graph, inventory: &mut *inventory };
            let inline = if resource.kind.ends_with("_policy") {
                cloud.policy(resource.values.get("policy"), resource)
            } else {
                None
            };
            for name in cloud.principals_of(resource, &attribute, sort) {
                let at = *numbers.entry(name.as_str().into()).or_insert_with(|| {
                    cloud.inventory.principals.push(Principal::new(sort, &name));
                    cloud.inventory.principals.len() - 1
                });
                let attached = cloud.policies_of(resource);
                if let Some(principal) = cloud.inventory.principals.get_mut(at) {
                    principal.inline.extend(inline.clone());
                    if resource.kind.ends_with("_attachment") {
                        principal.attached.extend(attached.into_iter().map(Box::from));
                    }
                }
            }
        }
        join(resources, resource, account, &numbers, graph, inventory);
    }
    for profile in resources.of_kind("aws_iam_instance_profile") {
        let cloud = Cloud { all: resources, account, graph: &mut *graph, inventory: &mut *inventory };
        for role in cloud.roles(profile, "role") {
            let known = numbers.get(role.as_str()).and_then(|at| cloud.inventory.principals.get_mut(*at));
            if let Some(role) = known {
                role.profiles.push(profile_name(profile, account).into());
            }
        }
    }
}

/// Users in groups.
fn join(
    resources: &Resources,
    resource: &Resource,
    account: &str,
    numbers: &BTreeMap<Box<str>, usize>,
    graph: &mut Graph,
    inventory: &mut Inventory,
) {
    let (users, groups) = match resource.kind.as_str() {
        "aws_iam_user_group_membership" => ("user", "groups"),
        "aws_iam_group_membership" => ("users", "group"),
        _ => return,
    };
    let cloud = Cloud { all: resources, account, graph, inventory };
    let groups = cloud.principals_of(resource, groups, Sort::Group);
    for user in cloud.principals_of(resource, users, Sort::User) {
        let user = numbers.get(user.as_str()).and_then(|at| cloud.inventory.principals.get_mut(*at));
        let names = groups.iter().filter_map(|group| group.rsplit('/').next());
        if let Some(user) = user {
            user.groups.extend(names.map(Box::from));
        }
    }
}

impl Cloud<'_> {
    /// The principals that an attribute names.
    pub(super) fn principals_of(&self, resource: &Resource, attribute: &str, sort: Sort) -> Vec<String> {
        let (kind, word) = match sort {
            Sort::User => ("aws_iam_user", "user"),
            Sort::Group => ("aws_iam_group", "group"),
            Sort::Role => ("aws_iam_role", "role"),
        };
        let referred = self.all.referred(resource, attribute, &[kind]);
        if !referred.is_empty() {
            return referred.into_iter().map(|one| principal_name(one, sort, self.account)).collect();
        }
        let named = |text: &str| {
            let known = self.all.named(kind, Some(text)).next();
            known.map_or_else(
                || format!("arn:aws:iam::{}:{word}/{text}", self.account),
                |one| principal_name(one, sort, self.account),
            )
        };
        resource.texts(attribute).into_iter().map(named).collect()
    }

    pub(super) fn policies_of(&self, resource: &Resource) -> Vec<String> {
        let referred = self.all.referred(resource, "policy_arn", &["aws_iam_policy"]);
        if referred.is_empty() {
            return resource.texts("policy_arn").into_iter().map(str::to_owned).collect();
        }
        referred.into_iter().map(|policy| policy_name(policy, self.account)).collect()
    }
}

pub(super) fn principal_name(resource: &Resource, sort: Sort, account: &str) -> String {
    let word = match sort {
        Sort::User => "user",
        Sort::Group => "group",
        Sort::Role => "role",
    };
    named(resource, word, account)
}

pub(super) fn policy_name(resource: &Resource, account: &str) -> String {
    named(resource, "policy", account)
}

pub(super) fn profile_name(resource: &Resource, account: &str) -> String {
    named(resource, "instance-profile", account)
}

pub(super) fn named(resource: &Resource, word: &str, account: &str) -> String {
    match resource.text("arn") {
        Some(arn) => arn.to_owned(),
        None => {
            let path = resource.text("path").unwrap_or("/");
            let name = resource.text("name").unwrap_or(&resource.address);
            format!("arn:aws:iam::{account}:{word}{path}{name}")
        }
    }
}
