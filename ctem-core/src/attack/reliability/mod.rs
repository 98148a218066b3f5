//! How likely states and loss events are over all paths at once: bounds, exact answers, Monte Carlo.

mod bounds;
mod exact;
mod monte_carlo;
mod quadrature;
mod scenarios;

pub use bounds::Bounds;
pub(crate) use bounds::Global;
pub use exact::{BudgetExceeded, Exact};
pub(in crate::attack) use exact::{Diagram, Function, Level, Operator};
pub use monte_carlo::{
    Contrast, FixSet, FixValues, IncrementalSample, LossDistribution, Precision, Run, SampleStatistics,
    Shares, Worlds,
};
pub(crate) use monte_carlo::{Differences, MOST_BLOCKS, ShareCounts, Sizes};
pub(crate) use scenarios::{Closing, Core, Scenarios, Search};
