//! Is it getting better: every number with its definition and the size of its sample.
//!
//! These are the measures themselves, of plain durations and dates, to be used alone. A [`Program`](crate::Program) that is told when
//! things happen measures itself by them: see [`Program::measures`](crate::Program::measures).
//!
//! | number | definition |
//! | --- | --- |
//! | time to detect (MTTD) | from when a finding could first have been seen (its flaw published) to when it was first seen |
//! | time to remediate (MTTR) | from when a finding was first seen to when it was last gone; one that stands counts as open for as long as it stands |
//! | mean, median, 90th percentile | the mean of what is closed; the others over all, by Kaplan and Meier: [`Times`], [`Survival`] |
//! | faster than before | the log-rank test between two periods: [`LogRank`] |
//! | SLA kept | of promises that are decided, the share that was kept: [`PromisesKept`] |
//!
//! None is a score: a number whose sample is small says so by its sample.

mod flow;
mod survival;

pub use flow::{Period, Promises, PromisesKept, Times};
pub use survival::{Duration, LogRank, Survival, SurvivalStep};
