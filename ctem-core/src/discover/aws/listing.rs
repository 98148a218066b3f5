//! Principals and policies as the listing of an account's rights has them, and with other capitals the configuration recorder.

use super::{
    arn,
    inventory::{Inventory, Principal, Sort},
    policy::Document,
};
use crate::error::{Error, Result};
use serde::Deserialize;
use serde_json::Value;
use std::rc::Rc;

/// A user, group or role.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Detail {
    arn: String,
    #[serde(alias = "UserName", alias = "GroupName", alias = "RoleName")]
    name: Option<String>,
    create_date: Option<String>,
    #[serde(default)]
    group_list: Option<Vec<String>>,
    #[serde(default, alias = "UserPolicyList", alias = "GroupPolicyList", alias = "RolePolicyList")]
    policy_list: Option<Vec<Inline>>,
    #[serde(default)]
    attached_managed_policies: Option<Vec<Attached>>,
    permissions_boundary: Option<Boundary>,
    assume_role_policy_document: Option<Value>,
    #[serde(default)]
    instance_profile_list: Option<Vec<Profile>>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
    role_last_used: Option<LastUsed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary {
    permissions_boundary_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Profile {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsed {
    last_used_date: Option<String>,
}

/// A managed policy.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Managed {
    arn: String,
    default_version_id: Option<String>,
    update_date: Option<String>,
    #[serde(default)]
    policy_version_list: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    document: Value,
    version_id: Option<String>,
    #[serde(default)]
    is_default_version: bool,
    create_date: Option<String>,
}

impl Detail {
    /// Adds it to what is known.
    pub(crate) fn take(&self, inventory: &mut Inventory, sort: Sort, place: &str) -> Result<()> {
        let mut principal = Principal::new(sort, &self.arn);
        if !arn::is_account(&principal.account) {
            return Err(Error::invalid("`Arn` does not name the account").at("/Arn"));
        }
        if let Some(name) = &self.name {
            principal.name = name.as_str().into();
        }
        for inline in self.policy_list.iter().flatten() {
            principal.inline.push(Rc::new(Document::read(&inline.policy_document)?));
        }
        let attached = self.attached_managed_policies.iter().flatten();
        principal.attached = attached.map(|policy| policy.policy_arn.as_str().into()).collect();
        principal.groups = self.group_list.iter().flatten().map(|name| name.as_str().into()).collect();
        let boundary = self.permissions_boundary.as_ref();
        principal.boundary = boundary.and_then(|one| one.permissions_boundary_arn.as_deref()).map(Box::from);
        principal.trust = self.assume_role_policy_document.as_ref().map(Document::read).transpose()?;
        let profiles = self.instance_profile_list.iter().flatten();
        principal.profiles = profiles.map(|one| one.arn.as_deref().unwrap_or_default().into()).collect();
        let tags = self.tags.iter().flatten();
        principal.tags = tags.map(|tag| (tag.key.as_str().into(), tag.value.as_str().into())).collect();
        principal.place = place.into();
        see(inventory, self.create_date.as_deref());
        see(inventory, self.role_last_used.as_ref().and_then(|used| used.last_used_date.as_deref()));
        inventory.principals.push(principal);
        Ok(())
    }
}

impl Managed {
    /// Adds it to what is known.
    pub(crate) fn take(&self, inventory: &mut Inventory) -> Result<()> {
        see(inventory, self.update_date.as_deref());
        let mut holds = None;
        let mut stronger = false;
        for version in &self.policy_version_list {
            see(inventory, version.create_date.as_deref());
            let policy = Document::read(&version.document)?;
            let named = version.version_id.is_some() && version.version_id == self.default_version_id;
            if version.is_default_version || named {
                holds = Some(policy);
            } else {
                stronger |= policy.allows_everything();
            }
        }
        let policy = holds.ok_or_else(|| Error::invalid("the policy has no default version"))?;
        inventory.managed.insert(self.arn.as_str().into(), Rc::new(policy));
        if stronger {
            inventory.stronger_before.insert(self.arn.as_str().into());
        }
        Ok(())
    }
}

fn see(inventory: &mut Inventory, text: Option<&str>) {
    inventory.see(text.and_then(|text| text.replacen(' ', "T", 1).parse().ok()));
}
