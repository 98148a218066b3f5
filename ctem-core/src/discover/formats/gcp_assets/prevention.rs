//! What is never public: buckets that prevent public access, by themselves or by a policy of what they lie in.
//!
//! Of the constraints of organization policies this one alone takes back what was given before: who gets a role as `allUsers` or
//! `allAuthenticatedUsers` on such a bucket gets nothing. The others forbid what would be made anew, and say nothing of what is there.

use super::record::{Record, inner, list, text, truth};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The constraint, without what stands before its name in policies.
const CONSTRAINT: &str = "storage.publicAccessPrevention";

/// Who prevents public access, gathered until all records are known.
#[derive(Default)]
pub(super) struct Prevention {
    /// By project, folder, organization or bucket: whether a policy there enforces the constraint.
    enforced: BTreeMap<Rc<str>, bool>,
    /// Buckets that say so themselves.
    buckets: BTreeSet<Rc<str>>,
    /// What buckets and projects lie in, the nearest first.
    above: BTreeMap<Rc<str>, Box<[Rc<str>]>>,
}

impl Prevention {
    /// Hears what a record says of public access.
    pub(super) fn hear(&mut self, record: &Record, asset: &Rc<str>, above: &[Rc<str>]) {
        let is_bucket = record.asset_type == "storage.googleapis.com/Bucket";
        if is_bucket || record.asset_type.starts_with("cloudresourcemanager.") {
            self.above.insert(Rc::clone(asset), above.into());
        }
        let configuration = inner(record.data(), &["iamConfiguration", "iam_configuration"]);
        let own = text(configuration, &["publicAccessPrevention", "public_access_prevention"]);
        if is_bucket && own.is_some_and(|own| own.eq_ignore_ascii_case("enforced")) {
            self.buckets.insert(Rc::clone(asset));
        }
        record.policies().for_each(|policy| self.hear_policy(policy, asset));
    }

    /// Hears a policy of an asset.
    pub(super) fn hear_policy(&mut self, policy: &Value, asset: &Rc<str>) {
        if let Some(enforced) = enforced(policy) {
            self.enforced.insert(Rc::clone(asset), enforced);
        }
    }

    /// Whether nobody gets anything on an asset by being one of all.
    pub(super) fn prevents(&self, asset: &Rc<str>) -> bool {
        let above = self.above.get(asset).map_or(&[][..], AsRef::as_ref);
        let nearest = std::iter::once(asset).chain(above).find_map(|one| self.enforced.get(one));
        self.buckets.contains(asset) || nearest == Some(&true)
    }
}

/// Whether a policy is about the one constraint that is read.
pub(super) fn is_read(policy: &Value) -> bool {
    text(policy, &["constraint", "name"]).is_some_and(|name| name.ends_with(CONSTRAINT))
}

/// Whether a policy enforces the constraint, in the words of either version; nothing where it is about another.
fn enforced(policy: &Value) -> Option<bool> {
    if !is_read(policy) {
        return None;
    }
    let boolean = inner(policy, &["booleanPolicy", "boolean_policy"]);
    let rules = list(inner(policy, &["spec"]), "rules");
    // A rule with a condition holds for some alone.
    let mut plain = rules.filter(|rule| inner(rule, &["condition"]).is_null());
    truth(boolean, &["enforced"]).or_else(|| plain.find_map(|rule| truth(rule, &["enforce"]))).or(Some(false))
}
