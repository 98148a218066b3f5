//! What the numbers of variables stand for, kept with an assessment.

use crate::{
    attack::ExploitSteps,
    id::{AssetId, ControlId},
    model::{Access, Environment},
};

/// The names behind the numbers of variables, so that each is found in O(log n).
#[derive(Debug)]
pub(super) struct Subjects {
    /// By threat: a finding that needs it.
    pub(super) threats: Vec<u32>,
    /// In the environment's order.
    pub(super) controls: Vec<ControlId>,
    /// In the environment's order.
    pub(super) entries: Vec<(AssetId, Access)>,
}

impl Subjects {
    pub(super) fn of(environment: &Environment, openings: &ExploitSteps) -> Self {
        let mut threats = vec![0; openings.threats.len()];
        for (n, opening) in (0u32..).zip(&openings.list) {
            if let Some(slot) = opening.threat.and_then(|threat| threats.get_mut(threat as usize)) {
                *slot = n;
            }
        }
        Self {
            threats,
            controls: environment.controls().map(|control| control.id.clone()).collect(),
            entries: environment.entry_points().map(|entry| (entry.asset.clone(), entry.access)).collect(),
        }
    }
}
