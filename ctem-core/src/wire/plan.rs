//! What is asked of actions and plans, in plain words.

use super::ask::{Count, at_most};
use crate::{
    error::{Error, Result},
    id::{ActionId, OwnerId},
    mobilize::{ActionOptions, Budget, EffortRule, OwnerRule, PlanOptions, QuestionOptions},
    prioritize::MeasureOptions,
    validate::Means,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which actions there are, as a document asks it. What is absent has the engine's default.
///
/// ```
/// use ctem_core::wire::ask::Question;
///
/// let rules = br#"{"actions": {"owners": [{"of": {"kind": "revoke"}, "owner": "identity"}], "fall_back": "it"}}"#;
/// assert!(matches!(Question::read(rules)?, Question::Actions(_)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionsRequest {
    /// Who does what: the first rule that matches.
    pub owners: Vec<OwnerRule>,
    /// Who does what nobody else owns.
    pub fall_back: Option<OwnerId>,
    /// How long what takes: the first rule that matches.
    pub efforts: Vec<EffortRule>,
    /// At most so many; all, unless said.
    pub at_most: Option<Count>,
}

/// What to do first, as a document asks it. What is absent has the engine's default.
///
/// ```
/// use ctem_core::wire::ask::Question;
///
/// let week = br#"{"plan": {"budget": {"hours": 40}, "must": ["patch CVE-2021-44228 on shop"]}}"#;
/// assert!(matches!(Question::read(week)?, Question::Plan(_)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRequest {
    /// What may be spent: `unlimited`, or `hours`, `money` with what an hour costs, or a number of `actions`.
    pub budget: Option<Budget>,
    /// How many hours of these owners may be spent, within the budget.
    pub per_owner: BTreeMap<OwnerId, f64>,
    /// Only what this owner does.
    pub owner: Option<OwnerId>,
    /// Actions that are in the plan whatever they are worth.
    pub must: Vec<ActionId>,
    /// Actions that are not.
    pub must_not: Vec<ActionId>,
    /// At most so many actions.
    pub at_most: Option<Count>,
    /// Whether what has no fix yet may be shielded.
    pub mitigate: bool,
    /// Whether the curves of loss left against effort are told too.
    pub curves: bool,
    /// Who does what: the first rule that matches.
    pub owners: Vec<OwnerRule>,
    /// Who does what nobody else owns.
    pub fall_back: Option<OwnerId>,
    /// How long what takes: the first rule that matches.
    pub efforts: Vec<EffortRule>,
    /// How many worlds.
    pub worlds: Option<Count>,
    /// Of which seed.
    pub seed: Option<Count>,
    /// The chance that bounds hold.
    pub confidence: Option<f64>,
    /// How many nodes an exact answer may take.
    pub nodes: Option<Count>,
}

/// Which test to run next, as a document asks it: of the plan whose options are stated. What is absent has the engine's default.
///
/// ```
/// use ctem_core::wire::ask::Question;
///
/// let day = br#"{"questions": {"budget": {"hours": 8}, "at_most": 3, "test_hours": {"exploit": 2}}}"#;
/// assert!(matches!(Question::read(day)?, Question::Questions(_)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuestionsRequest {
    /// What may be spent on the plan that answers are to better: as of a plan. 8 hours, unless said.
    pub budget: Option<Budget>,
    /// How many hours of these owners may be spent, within the budget.
    pub per_owner: BTreeMap<OwnerId, f64>,
    /// Only what this owner does.
    pub owner: Option<OwnerId>,
    /// Actions that are in the plan whatever they are worth.
    pub must: Vec<ActionId>,
    /// Actions that are not.
    pub must_not: Vec<ActionId>,
    /// At most so many questions; 10, unless said.
    pub at_most: Option<Count>,
    /// How many hours a test takes, by its means.
    pub test_hours: BTreeMap<Means, f64>,
    /// Whether what has no fix yet may be shielded.
    pub mitigate: bool,
    /// Who does what: the first rule that matches.
    pub owners: Vec<OwnerRule>,
    /// Who does what nobody else owns.
    pub fall_back: Option<OwnerId>,
    /// How long what takes: the first rule that matches.
    pub efforts: Vec<EffortRule>,
    /// How many worlds.
    pub worlds: Option<Count>,
    /// Of which seed.
    pub seed: Option<Count>,
    /// The chance that bounds hold.
    pub confidence: Option<f64>,
    /// How many nodes an exact answer may take.
    pub nodes: Option<Count>,
}

impl QuestionsRequest {
    pub(super) fn checked<'a>(&self, measure: MeasureOptions<'a>) -> Result<QuestionOptions<'a>> {
        let defaults = QuestionOptions::default();
        let Self { owners, fall_back, efforts, .. } = self.clone();
        let plan = PlanRequest {
            budget: Some(self.budget.unwrap_or(defaults.plan.budget)),
            per_owner: self.per_owner.clone(),
            owner: self.owner.clone(),
            must: self.must.clone(),
            must_not: self.must_not.clone(),
            mitigate: self.mitigate,
            owners,
            fall_back,
            efforts,
            worlds: self.worlds.clone(),
            ..PlanRequest::default()
        };
        Ok(QuestionOptions {
            plan: plan.checked(measure)?,
            at_most: match &self.at_most {
                Some(stated) => stated.checked("at_most")?,
                None => defaults.at_most,
            },
            hours: self.test_hours.clone(),
        })
    }
}

impl ActionsRequest {
    pub(super) fn checked(&self) -> Result<(ActionOptions, usize)> {
        let Self { owners, fall_back, efforts, at_most: most } = self.clone();
        Ok((ActionOptions { owners, fall_back, efforts }, at_most(most.as_ref())?))
    }
}

impl PlanRequest {
    pub(super) fn checked<'a>(&self, measure: MeasureOptions<'a>) -> Result<PlanOptions<'a>> {
        let defaults = PlanOptions::default();
        let Self { owners, fall_back, efforts, .. } = self.clone();
        let MeasureOptions { worlds, seed, confidence, nodes, progress } = measure;
        Ok(PlanOptions {
            budget: self.budget.unwrap_or_default(),
            per_owner: self.per_owner.clone(),
            owner: self.owner.clone(),
            must: self.must.clone(),
            must_not: self.must_not.clone(),
            at_most: match &self.at_most {
                Some(stated) => stated.checked("at_most")?,
                None => defaults.at_most,
            },
            mitigate: self.mitigate,
            curves: self.curves,
            actions: ActionOptions { owners, fall_back, efforts },
            worlds: if self.worlds.is_some() { worlds } else { defaults.worlds },
            seed,
            confidence,
            nodes,
            progress,
        })
    }
}

/// The error of one of two plans, with its name in front of the place.
pub(super) fn of_plan(name: &'static str) -> impl Fn(Error) -> Error {
    move |error| {
        let inside = error.place().unwrap_or_default().trim_start_matches('/').to_owned();
        Error::new(error.kind(), error.message()).at(format_args!("/{name}/{inside}"))
    }
}
