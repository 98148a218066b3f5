//! Building the graph: from an environment by rules, or by hand.

mod assemble;
mod by_hand;
mod environment;
mod rules;

pub use by_hand::Graph;
pub use environment::{ExploitStep, ExploitSteps, Threat, compile};
pub use rules::{End, Premise, Rule, Rules};
