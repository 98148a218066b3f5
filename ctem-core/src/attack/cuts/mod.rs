//! What every attack needs, and the cheapest that ends them all: dominators, choke points, minimum cuts.

mod choke;
mod cone;
mod diagram;
mod dinic;
mod dominators;
mod hitting_set;
mod min_cut;

pub use choke::{mandatory_states, mandatory_variables};
pub use dominators::Dominators;
pub use min_cut::{Cut, CutMember, Fix, MinCut, cheapest_cut};
