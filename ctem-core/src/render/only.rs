//! Views: only what is on the assets that a selector means. What is counted and planned stays the whole.

use super::RenderOptions;
use crate::{
    mobilize::Plan,
    prioritize::{Assessment, Exposure},
    scope::{AssetSelector, Chooser},
};

/// What of an assessment is shown.
pub(super) struct Only<'a> {
    /// None where all is.
    chosen: Option<(Chooser<'a>, &'a AssetSelector)>,
}

impl<'a> Only<'a> {
    pub(super) fn of(assessment: &'a Assessment, options: &'a RenderOptions) -> Self {
        let only = Some(&options.only).filter(|only| **only != AssetSelector::All);
        let chosen =
            only.map(|only| (Chooser::of(assessment.environment(), assessment.as_of(), [only]), only));
        Self { chosen }
    }

    pub(super) fn is_all(&self) -> bool {
        self.chosen.is_none()
    }

    /// Whether an exposure is shown: it is on an asset that is meant, or a relation that leads to one.
    pub(super) fn exposure(&self, exposure: &Exposure<'_>) -> bool {
        self.chosen.as_ref().is_none_or(|(chooser, only)| {
            chooser.matches_id(&exposure.asset.id, only)
                || exposure.relation.as_ref().is_some_and(|relation| chooser.matches_id(&relation.to, only))
        })
    }

    /// The plan with the first so many rows of actions on what is meant alone, each with the numbers that it has in the whole.
    pub(super) fn plan(&self, mut plan: Plan, at_most: usize) -> Plan {
        if let Some((chooser, only)) = &self.chosen {
            plan.rows.retain(|row| row.action.on.iter().any(|on| chooser.matches_id(on, only)));
        }
        plan.told(at_most)
    }

    /// What is said of it, where not all is shown.
    pub(super) fn words(&self) -> Option<String> {
        let (_, only) = self.chosen.as_ref()?;
        Some(format!("Shown is what is on {only}; numbers are of the whole"))
    }
}
