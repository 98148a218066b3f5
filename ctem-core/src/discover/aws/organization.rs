//! An organisation of accounts: how much it lets those in them do, whatever their own policies say.
//!
//! A service control policy holds for all who are in an account, a resource control policy for whoever wants something of what the
//! account has. They are attached to the account, to the units it is in and to the root. At each of these levels one of the
//! policies has to allow, and none may deny (AWS Organizations User Guide, *SCP evaluation*). They do not hold in the account that
//! manages the organisation, nor for roles of services.
//!
//! Where no document tells whom a policy is attached to, or in which unit an account is, what the policy takes away hangs on that.

use super::{
    arn::{Arn, is_account},
    policy::Document,
};
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What is known of an organisation.
#[derive(Debug, Default)]
pub(crate) struct Organization {
    id: Option<Box<str>>,
    management: Option<Box<str>>,
    /// The unit or root that an account or unit is in.
    parents: BTreeMap<Box<str>, Box<str>>,
    policies: BTreeMap<Box<str>, Limit>,
    /// Which policies are attached to an account, unit or root.
    attached: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    /// The accounts by their names.
    names: BTreeMap<Box<str>, Box<str>>,
}

/// A policy of an organisation.
#[derive(Debug, Default)]
struct Limit {
    name: Box<str>,
    /// Whether it is about what an account has, and not about who is in it.
    of_resources: bool,
    document: Option<Rc<Document>>,
    /// Whether a document tells whom it is attached to.
    told: bool,
}

/// Policies of which one must allow and none may deny.
#[derive(Debug, Default, Clone)]
pub(super) struct Level {
    pub(super) documents: Vec<Rc<Document>>,
    /// What it hangs on whether the level is one of the account's.
    pub(super) perhaps: Option<Rc<str>>,
    /// Whether what the level allows is known: all its policies can be read, and one allows something. Where none does, the one
    /// that Amazon attaches to everything, and that allows all, was left out of the documents.
    pub(super) whole: bool,
}

/// Stands for every account, where policies are told beside an account's rights and nothing says whom they are attached to.
const EVERYWHERE: &str = "*";

impl Organization {
    /// The accounts, by the names that people gave them.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(account, name)| (&**account, &**name))
    }

    /// `describe-organization`.
    pub(crate) fn take(&mut self, record: &Value) {
        self.id = text(record, "Id").map(Box::from).or_else(|| self.id.take());
        let manages = text(record, "MasterAccountId").or_else(|| text(record, "ManagementAccountId"));
        self.management = manages.map(Box::from).or_else(|| self.management.take());
    }

    /// A policy: a summary, a description with its text, or either with whom it is attached to.
    ///
    /// # Errors
    /// `invalid_input` when it is not named, or its text is no policy.
    pub(crate) fn take_policy(&mut self, record: &Value, unnamed: Option<&str>) -> Result<()> {
        let summary = record.get("PolicySummary").unwrap_or(record);
        let kind = text(summary, "Type").unwrap_or("SERVICE_CONTROL_POLICY");
        if !matches!(kind, "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY") {
            // Of tags, backups and the like: no rights.
            return Ok(());
        }
        self.see(summary);
        let name = text(summary, "Name").or_else(|| text(summary, "PolicyName"));
        let id = text(summary, "Id").or_else(|| text(summary, "Arn").map(last)).or(name).or(unnamed);
        let id = id.ok_or_else(|| Error::invalid("the policy has neither `Id`, `Arn` nor `Name`"))?;
        let contents = ["Content", "PolicyDocument", "Document"];
        let content = contents.iter().find_map(|field| record.get(field).or_else(|| summary.get(field)));
        let content = content.or_else(|| record.get("Statement").map(|_| record));
        let document = match content {
            Some(content) => Some(Document::read(content)?),
            None if id.ends_with("FullAWSAccess") => Some(everything()?),
            None => None,
        };
        let limit = self.policies.entry(id.into()).or_default();
        limit.of_resources |= kind == "RESOURCE_CONTROL_POLICY";
        if let Some(name) = name {
            limit.name = name.into();
        }
        if let Some(document) = document {
            limit.document = Some(Rc::new(document));
        }
        if record.get("Targets").is_some() || summary.get("Targets").is_some() {
            limit.told = true;
            for target in list(record, "Targets").chain(list(summary, "Targets")) {
                self.attach(target, id)?;
            }
        } else if unnamed.is_some() {
            limit.told = true;
            self.attached.entry(EVERYWHERE.into()).or_default().insert(id.into());
        }
        Ok(())
    }

    /// Says what a policy is attached to, by an answer to `list-targets-for-policy` or by an id.
    ///
    /// # Errors
    /// `invalid_input` when the target is not named.
    pub(crate) fn attach(&mut self, target: &Value, policy: &str) -> Result<()> {
        self.see(target);
        let named = target.as_str().or_else(|| text(target, "TargetId"));
        let named = named.or_else(|| text(target, "Arn"));
        let named = named.ok_or_else(|| Error::invalid("`TargetId` is missing: the record must have it"))?;
        self.attached.entry(last(named).into()).or_default().insert(policy.into());
        self.policies.entry(policy.into()).or_default().told = true;
        Ok(())
    }

    /// A root, unit or account, with what it is in, and all that is written inside.
    ///
    /// # Errors
    /// `invalid_input` when it is not named.
    pub(crate) fn take_place(&mut self, record: &Value, parent: Option<&str>) -> Result<()> {
        // A tree is written by people and tools, and none is deeper than an organisation's five units.
        const DEEPEST: usize = 16;
        let mut waiting = vec![(record, parent.map(str::to_owned), 0)];
        while let Some((record, parent, depth)) = waiting.pop() {
            self.see(record);
            let id = text(record, "Id").or_else(|| text(record, "Arn").map(last));
            let id = id.ok_or_else(|| Error::invalid("`Id` is missing: the record must have it"))?;
            let parent = text(record, "ParentId").map(str::to_owned).or(parent);
            if let Some(parent) = parent.filter(|parent| parent != id) {
                self.parents.insert(id.into(), parent.into());
            }
            if let Some(name) = text(record, "Name").filter(|_| is_account(id)) {
                self.names.insert(id.into(), name.into());
            }
            for field in ["Policies", "ServiceControlPolicies", "ResourceControlPolicies"] {
                for policy in list(record, field) {
                    let named = policy.as_str().map(last);
                    let named =
                        named.or_else(|| text(policy, "Id")).or_else(|| text(policy, "Arn").map(last));
                    if let Some(named) = named {
                        if policy.is_object() {
                            self.take_policy(policy, None)?;
                        }
                        self.attach(&json!(id), named)?;
                    }
                }
            }
            for field in
                ["OrganizationalUnits", "Accounts", "Children"].into_iter().filter(|_| depth < DEEPEST)
            {
                waiting.extend(list(record, field).map(|inner| (inner, Some(id.to_owned()), depth + 1)));
            }
        }
        Ok(())
    }

    /// Says in what an account or unit is.
    pub(crate) fn lies_in(&mut self, child: &str, parent: &str) {
        if child != parent {
            self.parents.insert(child.into(), parent.into());
        }
    }

    /// The texts of all policies.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Rc<Document>> {
        self.policies.values().filter_map(|limit| limit.document.as_ref())
    }

    /// The organisation, if an account is known to be in it.
    pub(super) fn of_account(&self, account: &str) -> Option<&str> {
        let known = self.names.contains_key(account)
            || self.parents.contains_key(account)
            || self.attached.contains_key(account)
            || self.management.as_deref() == Some(account);
        self.id.as_deref().filter(|_| known)
    }

    /// Where in the organisation an account is, as conditions name it: the organisation, its root and the units, one in the other.
    pub(super) fn path_of(&self, account: &str) -> Option<String> {
        let mut chain: Vec<&str> = Vec::new();
        let mut at = account;
        while let Some(parent) = self.parents.get(at).filter(|parent| !chain.contains(&&***parent)) {
            chain.push(parent);
            at = parent;
        }
        let id = self.id.as_deref().filter(|_| is_root(at))?;
        let levels = std::iter::once(id).chain(chain.into_iter().rev());
        Some(levels.map(|level| format!("{level}/")).collect())
    }

    /// What holds in an account, level by level.
    pub(super) fn levels(&self, account: &str, of_resources: bool) -> Vec<Level> {
        if self.management.as_deref() == Some(account) {
            return Vec::new();
        }
        let mut chain: Vec<&str> = vec![EVERYWHERE, account];
        let mut at = account;
        while let Some(parent) = self.parents.get(at).filter(|parent| !chain.contains(&&***parent)) {
            chain.push(parent);
            at = parent;
        }
        let whole = is_root(at);
        if !whole {
            // Every account is in the root, whatever unit it is in.
            chain.extend(self.attached.keys().map(|target| &**target).filter(|target| is_root(target)));
        }
        let mut levels: Vec<Level> =
            chain.iter().filter_map(|target| self.level(target, of_resources)).collect();
        if !whole {
            let others =
                self.attached.keys().filter(|target| is_unit(target) && !chain.contains(&&***target));
            for unit in others {
                if let Some(level) = self.level(unit, of_resources) {
                    let perhaps = Some(format!("whether account {account} is in {unit}").into());
                    levels.push(Level { perhaps, ..level });
                }
            }
        }
        for limit in self.policies.values().filter(|one| !one.told && one.of_resources == of_resources) {
            if let Some(document) = &limit.document {
                let name = &limit.name;
                let perhaps =
                    format!("whether the policy {name} of the organisation holds in account {account}");
                let documents = vec![Rc::clone(document)];
                levels.push(Level { documents, perhaps: Some(perhaps.into()), whole: true });
            }
        }
        levels
    }

    /// What a person should know: the policies of which there is no text, or not whom they are attached to.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.policies.iter().filter_map(|(id, limit)| {
            let name = if limit.name.is_empty() { id } else { &limit.name };
            match (&limit.document, limit.told) {
                (None, _) => Some(format!(
                    "the text of the organisation's policy {name} is not there, and so it is left out: what it takes away counts as \
                     allowed; `aws organizations describe-policy` tells it"
                )),
                (Some(_), false) => Some(format!(
                    "no document tells whom the organisation's policy {name} is attached to, and so what it takes away hangs on that; \
                     `aws organizations list-targets-for-policy` tells it, in a file that has the policy's id in its name"
                )),
                _ => None,
            }
        })
    }

    fn level(&self, target: &str, of_resources: bool) -> Option<Level> {
        let attached = self.attached.get(target)?.iter().filter_map(|id| self.policies.get(id));
        let limits: Vec<&Limit> = attached.filter(|limit| limit.of_resources == of_resources).collect();
        let documents: Vec<_> = limits.iter().filter_map(|limit| limit.document.clone()).collect();
        let allows = documents.iter().flat_map(|document| &document.statements).any(|one| one.allows);
        let whole = allows && documents.len() == limits.len();
        (!documents.is_empty()).then_some(Level { documents, perhaps: None, whole })
    }

    /// Names of an organisation's things begin with the account that manages it.
    fn see(&mut self, record: &Value) {
        let Some(arn) = text(record, "Arn").and_then(Arn::of).filter(|arn| arn.service == "organizations")
        else {
            return;
        };
        if is_account(arn.account) && self.management.is_none() {
            self.management = Some(arn.account.into());
        }
        let id = arn.resource.split('/').find(|part| part.starts_with("o-"));
        if self.id.is_none() {
            self.id = id.map(Box::from);
        }
    }
}

/// The id in the name of a file: of a policy, unit, root or account, after which people name the answers about it.
pub(crate) fn id_in<'n>(file: &'n str, of: &[&str]) -> Option<&'n str> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let word = |c: char| c.is_ascii_alphanumeric();
    let mut from = 0;
    while let Some(rest) = name.get(from..).filter(|rest| !rest.is_empty()) {
        let starts = from == 0 || !name.get(..from).is_some_and(|before| before.ends_with(word));
        if starts {
            let long = |text: &str| text.find(|c: char| !word(c) && c != '-').unwrap_or(text.len());
            let run = rest.get(..long(rest)).unwrap_or_default();
            let parts: Vec<&str> = run.split('-').collect();
            let taken = match *parts.as_slice() {
                ["p", id, ..] if of.contains(&"p") && id.len() >= 8 => Some(2 + id.len()),
                ["ou", root, unit, ..] if of.contains(&"ou") && root.len() >= 4 && unit.len() >= 8 => {
                    Some(4 + root.len() + unit.len())
                }
                ["r", id, ..] if of.contains(&"r") && id.len() >= 4 => Some(2 + id.len()),
                [account, ..] if of.contains(&"account") && is_account(account) => Some(account.len()),
                _ => None,
            };
            if let Some(taken) = taken {
                return rest.get(..taken);
            }
        }
        from += rest.chars().next().map_or(1, char::len_utf8);
    }
    None
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn is_root(id: &str) -> bool {
    id.starts_with("r-")
}

fn is_unit(id: &str) -> bool {
    id.starts_with("ou-")
}

/// The id at the end of a name.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn everything() -> Result<Document> {
    Document::read(&json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
}

#[cfg(test)]
mod tests {
    use super::id_in;

    #[test]
    fn files_are_named_after_what_they_answer_for() {
        for (file, of, id) in [
            ("org/targets-p-ab12cd34.json", "p", Some("p-ab12cd34")),
            ("p-FullAWSAccess.json", "p", Some("p-FullAWSAccess")),
            ("list-targets-for-policy.json", "p", None),
            ("accounts-for-r-ab12.json", "r", Some("r-ab12")),
            ("accounts-ou-ab12-abcdefgh.json", "ou", Some("ou-ab12-abcdefgh")),
            ("parents_111122223333.json", "account", Some("111122223333")),
            ("ü-parents-1111222233334.json", "account", None),
        ] {
            assert_eq!(id_in(file, &[of]), id, "{file}");
        }
    }
}
