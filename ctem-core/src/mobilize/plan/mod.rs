//! Plans: which actions, in which order, for what may be spent.
//!
//! What is left to lose is looked at in scenarios, each a way to a loss event with what actions decide about it. Which sets of actions
//! prevent it is a question of its proofs. From there on the plan is combinatorics, and no engine is asked any more: [`state`] knows
//! what every action would end now, [`moves`] finds sets that do together, [`greedy`](mod@greedy) and [`swap`](mod@swap) choose, [`bound`]
//! proves how much better any choice could be, [`order`](mod@order) puts it in order, and [`make`] has it measured.

mod answer;
mod bound;
mod branch;
mod checked;
mod curve;
mod difference;
mod greedy;
mod make;
mod moves;
mod options;
mod order;
mod problem;
mod questions;
mod signs;
mod starts;
mod state;
mod swap;
mod watch;

pub use answer::{AcceptedLoss, LossCurve, Plan, PlanRow, Rest, Signs};
pub use difference::{PlanDifference, RowDifference};
pub use options::{Budget, PlanOptions};
pub use questions::{About, AnswerIf, Question, QuestionOptions, Questions};
use watch::Watch;

/// What costs less costs this, where something is divided by a cost.
const FREE: f64 = 1e-6;
