//! Mobilization: what to do first, in the order to do it, by whom, and how one knows that it is done.
//!
//! Findings are not done; actions are. [`Assessment::actions`] derives them from the exposures of an assessment, grouped as people
//! do them: one upgrade for all flaws of a package on an asset, one patch over a fleet, one rotation of a credential wherever it
//! lies. What has its cause in an image or a repository is one action there.
//!
//! [`Assessment::plan`] puts them in order, and [`Assessment::questions`] says which test would change that order most.

mod action;
mod classify;
mod deadline;
mod derive;
mod effort;
mod group;
mod least;
mod owner;
mod plan;
mod roots;
mod rules;
mod sync;
mod title;

pub use action::{Action, ActionKind, Effort, OwnedBy, TargetVersion};
pub use deadline::{
    ActionDeadline, Calendar, CertificationClass, ClockStart, Deadline, DeadlineOptions, DeadlineReason,
    DeadlineRow, DeadlineRule, DeadlineTable, Deadlines, Due, Fact, FedrampReport, FedrampReportKind,
    FedrampReportOptions, Weekday,
};
#[cfg(test)]
pub(crate) use deadline::{HARMS, LIKELY_ONCE_EXPLOITED};
pub use plan::{
    About, AcceptedLoss, AnswerIf, Budget, LossCurve, Plan, PlanDifference, PlanOptions, PlanRow, Question,
    QuestionOptions, Questions, Rest, RowDifference, Signs,
};
pub use rules::{ActionOptions, ActionSelector, EffortRule, OwnerRule};
pub use sync::{KnownTicket, TicketMove, TicketStep, Transition, Wanted, sync_tickets};

#[cfg(doc)]
use crate::prioritize::Assessment;
