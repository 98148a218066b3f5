//! Answers of `aws organizations`: policies with their texts, whom they are attached to, and which account is in which unit.

use super::{
    super::aws::{Inventory, id_in},
    Draft,
};
use crate::{
    discover::{
        document::Document,
        json::{self, Outline},
    },
    error::{Error, Result},
};
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// Whether a document is one of an organisation.
pub(super) fn is_one(json: &Outline) -> bool {
    let signs: [&[&str]; 8] = [
        &["/Organization/MasterAccountId"],
        &["/Policy/PolicySummary"],
        &["/Policies/0/AwsManaged", "/Policies/0/Type"],
        &["/Policies/0/PolicySummary"],
        &["/Targets/0/TargetId"],
        &["/Roots/0/Id", "/Roots/0/Arn"],
        &["/OrganizationalUnits/0/Id", "/OrganizationalUnits/0/Arn"],
        &["/Accounts/0/JoinedMethod"],
    ];
    let relatives = |list: &str| {
        let kind = json.text(&format!("/{list}/0/Type")).unwrap_or_default();
        ["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"].contains(&kind) && json.has(&format!("/{list}/0/Id"))
    };
    signs.iter().any(|sign| json.has_all(sign))
        || json.has("/ServiceControlPolicies")
        || ["Parents", "Children"].into_iter().any(relatives)
}

/// Reads what an answer says of an organisation.
pub(super) fn take(
    document: &Document<'_>,
    place: &str,
    answer: &RawValue,
    inventory: &mut Inventory,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let fields: BTreeMap<String, &RawValue> = json::parse(answer.get()).map_err(|error| error.at(place))?;
    let rights = fields.keys().any(|field| field.ends_with("DetailList"));
    let listed = |field: &str| -> Result<Vec<&RawValue>> {
        let place = format!("{place}/{field}");
        fields
            .get(field)
            .map_or(Ok(Vec::new()), |list| json::parse(list.get()).map_err(|error| error.at(&place)))
    };
    let organization = &mut inventory.organization;
    let policy = id_in(document.name, &["p"]);
    if let Some(record) = fields.get("Organization") {
        draft.each(&format!("{place}/Organization"), vec![*record], |record: Value, _, _| {
            organization.take(&record);
            Ok(())
        });
    }
    if let Some(record) = fields.get("Policy") {
        // Whom it is attached to may stand beside it.
        let mut told: Value =
            json::parse(record.get()).map_err(|error| error.at(format!("{place}/Policy")))?;
        if let (Some(whole), Some(targets)) = (told.as_object_mut(), fields.get("Targets")) {
            whole.insert("Targets".to_owned(), json::parse(targets.get())?);
        }
        draft.record(&format!("{place}/Policy"), |_| organization.take_policy(&told, None));
    }
    if !rights {
        draft.each(&format!("{place}/Policies"), listed("Policies")?, |record: Value, _, _| {
            organization.take_policy(&record, None)
        });
    }
    for field in ["ServiceControlPolicies", "ResourceControlPolicies"] {
        draft.each(&format!("{place}/{field}"), listed(field)?, |mut record: Value, place, _| {
            if let Some(record) = record.as_object_mut().filter(|_| field == "ResourceControlPolicies") {
                record.entry("Type").or_insert_with(|| "RESOURCE_CONTROL_POLICY".into());
            }
            organization.take_policy(&record, Some(place).filter(|_| rights))
        });
    }
    let targets = if fields.contains_key("Policy") { Vec::new() } else { listed("Targets")? };
    draft.each(&format!("{place}/Targets"), targets, |record: Value, _, _| {
        let policy = text(&record, "PolicyId").or(policy).ok_or_else(|| {
            Error::invalid(
                "nothing says of which policy this is a target: put the policy's id, as `p-1234abcd`, into the file's name",
            )
        })?;
        organization.attach(&record, policy)
    });
    let parent = id_in(document.name, &["ou", "r"]);
    for field in ["Roots", "OrganizationalUnits", "Accounts", "Children"] {
        draft.each(&format!("{place}/{field}"), listed(field)?, |record: Value, _, _| {
            organization.take_place(&record, parent.filter(|_| field != "Roots"))
        });
    }
    let child = id_in(document.name, &["account", "ou"]);
    draft.each(&format!("{place}/Parents"), listed("Parents")?, |record: Value, _, _| {
        let child = child.ok_or_else(|| {
            Error::invalid(
                "nothing says whose parent this is: put the account's or unit's id into the file's name",
            )
        })?;
        if let Some(parent) = text(&record, "Id") {
            organization.lies_in(child, parent);
        }
        Ok(())
    });
    Ok(())
}

fn text<'v>(record: &'v Value, name: &str) -> Option<&'v str> {
    record.get(name).and_then(Value::as_str)
}
