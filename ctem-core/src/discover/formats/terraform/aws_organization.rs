//! Amazon's organisations in Terraform: units, accounts, and the policies that are attached to them.
//!
//! Where a plan does not know an id yet, the address stands for it.

use super::{aws_types::Cloud, resource::Resource};
use serde_json::json;

const PLACES: [&str; 3] =
    ["aws_organizations_organization", "aws_organizations_organizational_unit", "aws_organizations_account"];

impl Cloud<'_> {
    /// Adds a resource of an organisation. Says whether its type is known.
    pub(super) fn organization(&mut self, resource: &Resource) -> bool {
        let taken = match resource.kind.as_str() {
            "aws_organizations_organization" => {
                let id = resource.text("id").or(resource.text("arn"));
                self.inventory.organization.take(&json!({
                    "Id": id.filter(|id| id.starts_with("o-")), "MasterAccountId": resource.text("master_account_id"),
                }));
                Ok(())
            }
            "aws_organizations_organizational_unit" | "aws_organizations_account" => {
                let parent = self.place(resource, "parent_id");
                let record =
                    json!({"Id": id_of(resource), "Name": resource.text("name"), "ParentId": parent});
                self.inventory.organization.take_place(&record, None)
            }
            "aws_organizations_policy" => {
                let record = json!({"Id": id_of(resource), "Name": resource.text("name"), "Type": resource.text("type"),
                    "Content": resource.text("content")});
                self.inventory.organization.take_policy(&record, None)
            }
            "aws_organizations_policy_attachment" => {
                let policy = self.all.referred(resource, "policy_id", &["aws_organizations_policy"]);
                let policy = policy.first().map(|policy| id_of(policy));
                let policy = policy.or_else(|| resource.text("policy_id").map(str::to_owned));
                match policy.zip(self.place(resource, "target_id")) {
                    Some((policy, target)) => self.inventory.organization.attach(&json!(target), &policy),
                    // Whom the policy is attached to stays open.
                    None => Ok(()),
                }
            }
            _ => return false,
        };
        if let Err(error) = taken {
            self.graph.note(format!("{}: {}", resource.address, error.message()));
        }
        true
    }

    /// The root, unit or account that an attribute names.
    fn place(&self, resource: &Resource, attribute: &str) -> Option<String> {
        let referred = self.all.referred(resource, attribute, &PLACES);
        let named = resource.text(attribute).map(str::to_owned);
        referred.first().map(|place| id_of(place)).or(named)
    }
}

/// The id of a place or policy: what begins as such ids do.
fn id_of(resource: &Resource) -> String {
    let (begins, id) = match resource.kind.as_str() {
        "aws_organizations_organization" => {
            let roots = resource.blocks("roots");
            let root = roots.first().and_then(|root| root.get("id")).and_then(|id| id.as_str());
            ("r-", root)
        }
        "aws_organizations_organizational_unit" => ("ou-", resource.text("id")),
        "aws_organizations_policy" => ("", resource.text("id")),
        _ => ("", resource.text("id")),
    };
    id.map_or_else(|| format!("{begins}{}", resource.address), str::to_owned)
}
