//! What is asked of actions and plans, in plain words.

use super::ask::{Count, RenderRequest, at_most};
use crate::{
    error::{Error, Result},
    id::{ActionId, OwnerId},
    mobilize::{ActionOptions, Budget, EffortRule, OwnerRule, PlanOptions, QuestionOptions},
    prioritize::MeasureOptions,
    render::RenderOptions,
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

/// A request about a plan: what every one of them may say, and what it says besides. `flatten` of serde would let unknown names pass.
macro_rules! plan_request {
    ($(#[$about:meta])* $name:ident { $($(#[$own_about:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$about])*
        ///
        /// A name that it does not have is refused:
        ///
        /// ```
        /// use ctem_core::wire::ask::Question;
        ///
        /// assert_eq!(Question::read(br#"{"plan": {"hours": 40}}"#).unwrap_err().code(), "invalid_input");
        /// ```
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
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
            $($(#[$own_about])* pub $own: $type,)*
        }

        impl $name {
            /// What all say of the plan, beside the defaults.
            fn of_plan<'a>(&self, measure: MeasureOptions<'a>, defaults: PlanOptions<'a>) -> PlanOptions<'a> {
                let Self { per_owner, owner, must, must_not, owners, fall_back, efforts, .. } = self.clone();
                let MeasureOptions { worlds, seed, confidence, nodes, progress } = measure;
                PlanOptions {
                    budget: self.budget.unwrap_or(defaults.budget),
                    per_owner,
                    owner,
                    must,
                    must_not,
                    mitigate: self.mitigate,
                    actions: ActionOptions { owners, fall_back, efforts },
                    worlds: if self.worlds.is_some() { worlds } else { defaults.worlds },
                    seed,
                    confidence,
                    nodes,
                    progress,
                    ..defaults
                }
            }
        }
    };
}

plan_request! {
    /// What to do first, as a document asks it. What is absent has the engine's default.
    ///
    /// ```
    /// use ctem_core::wire::ask::Question;
    ///
    /// let week = br#"{"plan": {"budget": {"hours": 40}, "must": ["patch CVE-2021-44228 on shop"]}}"#;
    /// assert!(matches!(Question::read(week)?, Question::Plan(_)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    PlanRequest {
        /// At most so many rows are told; 50, unless said. It is the same plan however many are.
        at_most: Option<Count>,
        /// Whether the curves of loss left against effort are told too.
        curves: bool,
    }
}

plan_request! {
    /// Which test to run next, as a document asks it: of the plan whose options are stated, for 8 hours unless said. What is absent has the
    /// engine's default.
    ///
    /// ```
    /// use ctem_core::wire::ask::Question;
    ///
    /// let day = br#"{"questions": {"budget": {"hours": 8}, "at_most": 3, "test_hours": {"exploit": 2}}}"#;
    /// assert!(matches!(Question::read(day)?, Question::Questions(_)));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    QuestionsRequest {
        /// At most so many questions; 10, unless said.
        at_most: Option<Count>,
        /// How many hours a test takes, by its means.
        #[serde(deserialize_with = "crate::text::json::by_name")]
        test_hours: BTreeMap<Means, f64>,
    }
}

plan_request! {
    /// What is asked of questions that people read; what is absent has the engine's default.
    ///
    /// ```
    /// # use ctem_core::{Program, attack::OnProgress, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::wire::ask::{self, Question};
    ///
    /// let asked = Question::read(br#"{"questions_text": {"budget": {"actions": 1}, "width": 80}}"#)?;
    /// let text = ask::answer(&today, &asked, OnProgress::default())?;
    /// assert!(text.starts_with("\"What to test next, for the plan in 1 action"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    QuestionsTextRequest {
        /// At most so many questions.
        at_most: Option<Count>,
        /// How many hours a test takes, by its means.
        #[serde(deserialize_with = "crate::text::json::by_name")]
        test_hours: BTreeMap<Means, f64>,
        /// So many of the first come with how to do them.
        explained: Option<Count>,
        /// The columns of the terminal.
        width: Option<Count>,
    }
}

impl QuestionsTextRequest {
    /// The questions, and how they are shown.
    pub(super) fn checked<'a>(
        &self,
        measure: MeasureOptions<'a>,
    ) -> Result<(QuestionOptions<'a>, RenderOptions)> {
        let Self { explained, width, at_most, test_hours, .. } = self.clone();
        let defaults = QuestionOptions::default();
        let plan = self.of_plan(measure, defaults.plan);
        let options =
            QuestionOptions { plan, at_most: stated(at_most.as_ref(), defaults.at_most)?, hours: test_hours };
        let shown = RenderRequest { explained, width, ..RenderRequest::default() }.checked()?;
        let at_most = options.at_most;
        Ok((options, RenderOptions { at_most, ..shown }))
    }
}

impl QuestionsRequest {
    pub(super) fn checked<'a>(&self, measure: MeasureOptions<'a>) -> Result<QuestionOptions<'a>> {
        let defaults = QuestionOptions::default();
        Ok(QuestionOptions {
            plan: self.of_plan(measure, defaults.plan),
            at_most: stated(self.at_most.as_ref(), defaults.at_most)?,
            hours: self.test_hours.clone(),
        })
    }
}

impl PlanRequest {
    pub(super) fn checked<'a>(&self, measure: MeasureOptions<'a>) -> Result<PlanOptions<'a>> {
        let defaults = PlanOptions::default();
        let (at_most, curves) = (stated(self.at_most.as_ref(), defaults.at_most)?, self.curves);
        Ok(PlanOptions { at_most, curves, ..self.of_plan(measure, defaults) })
    }
}

fn stated(at_most: Option<&Count>, unless_said: usize) -> Result<usize> {
    at_most.map_or(Ok(unless_said), |at_most| at_most.checked("at_most"))
}

impl ActionsRequest {
    pub(super) fn checked(&self) -> Result<(ActionOptions, usize)> {
        let Self { owners, fall_back, efforts, at_most: most } = self.clone();
        Ok((ActionOptions { owners, fall_back, efforts }, at_most(most.as_ref())?))
    }
}

/// The error of one of two plans, with its name in front of the place.
pub(super) fn of_plan(name: &'static str) -> impl Fn(Error) -> Error {
    move |error| {
        let inside = error.place().unwrap_or_default().trim_start_matches('/').to_owned();
        Error::new(error.kind(), error.message()).at(format_args!("/{name}/{inside}"))
    }
}
