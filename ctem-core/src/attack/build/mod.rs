//! Building the graph: from an environment by rules, or by hand.

mod assemble;
mod by_hand;
mod controls;
mod environment;
mod exploit_steps;
mod labels;
mod relations;
mod rules;

pub use by_hand::Graph;
pub use environment::compile;
pub(crate) use environment::compile_while;
pub use exploit_steps::{ExploitStep, ExploitSteps, Threat};
pub(crate) use exploit_steps::{FailureAgainst, Tie};
pub use rules::Rules;
