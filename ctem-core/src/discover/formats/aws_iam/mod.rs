//! The rights of an AWS account: `aws iam get-account-authorization-details`.
//!
//! A record is a user, group, role or managed policy. They become identities, groups and steps: see `discover/aws`. Of a policy the
//! default version holds; the others tell what a change of version would give. Several answers of a listing in pages may
//! stand after each other.
//!
//! Answers of `aws organizations` read together with it say what the accounts are let do at most. A record of these is a policy, a
//! target of one, a root, unit or account.

mod organization;

use super::{
    Draft, ReadTogether, Reader,
    aws::{self, Detail, Graph, Inventory, Managed, Sort},
    document::{Document, Match},
    json,
};
use crate::error::Result;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "aws_iam", title: "AWS account authorization details", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let lists = ["/UserDetailList", "/GroupDetailList", "/RoleDetailList"];
        let some = lists.iter().filter(|list| json.has(list)).count();
        Match::yes_if(some > 1 || (some == 1 && json.has("/Policies")) || organization::is_one(json))
    })
}

#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow, default, rename = "UserDetailList")]
    users: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "GroupDetailList")]
    groups: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "RoleDetailList")]
    roles: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "Policies")]
    policies: Vec<&'a RawValue>,
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let mut inventory = Inventory::default();
    for document in documents {
        draft.enter(document.name);
        page(document, &mut inventory, draft).map_err(|error| error.at(document.name))?;
    }
    draft.enter("");
    let mut graph = Graph::default();
    aws::evaluate(inventory, &mut graph, draft);
    graph.write(draft)
}

/// Reads a document: one answer, or several after each other.
fn page(document: &Document<'_>, inventory: &mut Inventory, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    for (place, page) in json::records(&document.text, outline)? {
        organization::take(document, &place, page, inventory, draft)?;
        let page: Details<'_> = json::parse(page.get()).map_err(|error| error.at(&place))?;
        let of_rights = [&page.users, &page.groups, &page.roles].iter().any(|list| list.is_some());
        for (list, records, sort) in [
            ("UserDetailList", page.users.unwrap_or_default(), Sort::User),
            ("GroupDetailList", page.groups.unwrap_or_default(), Sort::Group),
            ("RoleDetailList", page.roles.unwrap_or_default(), Sort::Role),
        ] {
            draft.each(&format!("{place}/{list}"), records, |detail: Detail, place, _| {
                detail.take(inventory, sort, place)
            });
        }
        if of_rights {
            draft.each(&format!("{place}/Policies"), page.policies, |managed: Managed, _, _| {
                managed.take(inventory)
            });
        }
    }
    Ok(())
}
