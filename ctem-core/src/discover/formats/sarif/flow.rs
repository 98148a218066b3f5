//! Whether the program gets to a weakness: what a result says of the ways through its code.

use super::{
    super::govulncheck,
    raw::{Outcome, Rule},
    rules::{Rules, level},
};
use crate::{
    model::{Reachability, Status},
    word,
};

/// A code flow is a way to the weakness that the tool has followed. That there is none says nothing, but of govulncheck, whose
/// levels are how far it got.
pub(super) fn reached(
    outcome: &Outcome<'_>,
    about: &Rule<'_>,
    rules: &Rules<'_>,
) -> (Status, Option<Reachability>) {
    let flows = outcome.code_flows.iter().flatten().flat_map(|flow| flow.thread_flows.iter().flatten());
    let followed = flows.flat_map(|flow| flow.locations.iter().flatten()).next().is_some();
    match rules.scan_level {
        Some(scan) => govulncheck::reached_by_level(&word::plain(level(outcome, about)), &word::plain(scan)),
        None => (Status::Open, followed.then_some(Reachability::Static)),
    }
}
