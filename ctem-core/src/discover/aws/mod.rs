//! Amazon's cloud: what its accounts allow, evaluated, and what that lets an attacker do.
//!
//! Several formats tell of it: the listing of an account's rights, a configuration recorder, answers of the command line,
//! Terraform. Each fills an [`Inventory`]; what follows from it is worked out here, once.
//!
//! An account is a realm. Whoever may raise their own rights controls it, and so all that is in it. Who may act as a user or
//! role has a step to that one, with the rights it takes in its title. What hangs on something that no document tells (a second
//! factor, an address, an external id) is behind a control of unknown strength.
//!
//! What an organisation takes away from its accounts, nobody in them has: see `organization`.
//!
//! A deny in the policy of a bucket or another resource holds whatever else is allowed.
//!
//! Left out: keys of encryption, session policies, and rights on resources other than stores, functions and instances.

mod agents;
mod arn;
mod callers;
mod class;
mod condition;
mod databases;
mod escalations;
mod fields;
mod glob;
mod graph;
mod groups;
mod held;
mod inventory;
mod known_policies;
mod listing;
mod machines;
mod network;
mod organization;
mod parts;
mod places;
mod policy;
mod provider;
mod raise;
mod records;
mod request;
mod rights;
mod roles;
mod routes;
mod sets;
mod store_table;
mod stores;
mod targets;
mod texts;
mod trust;
mod ways_out;
mod withheld;
mod work;

pub(crate) use arn::{Arn, is_account};
pub(crate) use databases::recorded_bucket;
pub(crate) use fields::{Origin, capitals, unfolded};
pub(crate) use graph::{Ends, Graph, Way};
pub(crate) use held::{add as add_resource, public};
pub(crate) use inventory::{Inventory, Principal, Resource, ResourceSort, Sort};
pub(crate) use listing::{Detail, Managed};
pub(crate) use network::{Member, Range, Source};
pub(crate) use organization::id_in;
pub(crate) use policy::Document as Policy;
pub(crate) use records::{LISTS, TYPES};

use super::draft::Draft;
use crate::model::{AssetKind, NoteKind};
use work::Work;

/// Works out what an inventory lets an attacker do, and adds it to a graph.
pub(crate) fn evaluate(mut inventory: Inventory, graph: &mut Graph, draft: &mut Draft<'_>) {
    inventory.when.now = draft.options.as_of;
    for what in inventory.take_known() {
        draft.note(NoteKind::Assumed, "", what);
    }
    inventory.take_named();
    for (account, name) in inventory.organization.names() {
        let realm = graph.asset(&arn::account_name(account), AssetKind::Realm);
        graph.title(&realm, name);
        graph.account(account);
    }
    let mut work = Work::new(&inventory, graph);
    work.principals();
    work.memberships();
    work.agents();
    work.trusts();
    work.withheld_from_accounts();
    for number in 0..inventory.principals.len() {
        work.rights_of(number);
    }
    work.own_policies();
    work.leave_to_groups();
    for (place, reason) in work.notes() {
        draft.note(NoteKind::Assumed, &place, reason);
    }
}
