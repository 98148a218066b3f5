//! Is it getting better: every number with its definition, the size of its sample, and between what it lies.
//!
//! These are the measures themselves, of plain durations and dates, to be used alone. A [`Program`](crate::Program) that is told when
//! things happen measures itself by them: see [`Program::measures`](crate::Program::measures), [`Program::trend`](crate::Program::trend),
//! [`Program::moved`](crate::Program::moved) and [`Program::coverage`](crate::Program::coverage); and
//! [`Program::progress_report`](crate::Program::progress_report) for all of them at once.
//!
//! | number | definition |
//! | --- | --- |
//! | time to detect (MTTD) | from when a finding could first have been seen (its flaw published, or listed as exploited) to when it was first seen |
//! | the same of what is exploited | of flaws that CISA lists: from the day of the listing to first sight; none where it was seen before |
//! | time to remediate (MTTR) | from when a finding was first seen to when it was last gone; one that stands counts as open for as long as it stands |
//! | mean, median, 90th percentile | the mean of what is closed; the others over all, by Kaplan and Meier, with their intervals: [`Times`], [`Survival`] |
//! | faster than before | the log-rank test between two periods: [`LogRank`] |
//! | SLA kept | of promises that are decided, the share that was kept: [`PromisesKept`] |
//! | SLA forecast | of promises that run, how many will be broken at the measured pace: [`Forecast`] |
//! | effort, coverage, efficiency | of what stood, what was mended; of what is exploited, what was; of what was, what is exploited: [`Efficiency`] |
//! | looked at | of all assets, those that a kind of check looked at within so many days: a count of all, so it has no interval |
//! | exposure | of all accounts and machines, those from which there is a way to what matters most: a count of all |
//! | attack paths eliminated, new, reopened | of exposures that lead to a loss, each by its most probable way: those that went, came and came back |
//! | expected loss, and what moved it | the loss within the horizon, and by how much each cause moved it, one event after the other |
//! | compliance | of the checks that tools made for a control of a framework, those that passed: [`FrameworkCompliance`] |
//! | noise removed | sightings, findings, exposures and actions that there are at one moment |
//!
//! None is a score: a number whose sample is small says so by its sample and its interval.

mod compliance;
mod effort;
mod flow;
mod log_rank;
mod promises;
mod share;
mod survival;

pub use compliance::{ControlCompliance, FrameworkCompliance, FrameworkFamily};
pub use effort::Efficiency;
pub use flow::{Period, Times};
pub use log_rank::LogRank;
pub use promises::{Forecast, Promises, PromisesKept};
pub use share::Share;
pub use survival::{Duration, Survival, SurvivalStep};
