//! What is asked about, and for which plan.

use crate::{
    error::{Error, Result},
    mobilize::{Budget, PlanOptions},
    validate::Means,
};
use std::collections::BTreeMap;

/// The longest that a test may be said to take, in hours.
const MOST_HOURS: f64 = 10_000.0;

/// Which plan tests are to better, how many are told, and how long they take.
///
/// ```
/// use ctem_core::mobilize::{Budget, QuestionOptions};
///
/// let options = QuestionOptions::default();
/// assert_eq!((options.at_most, options.plan.budget), (10, Budget::Hours(8.0)));
/// ```
#[derive(Debug, Clone)]
pub struct QuestionOptions<'a> {
    /// The plan that answers are to better. Of 8 hours unless said: where all can be done, no answer changes what is done.
    pub plan: PlanOptions<'a>,
    /// At most so many questions. 10 unless said.
    pub at_most: usize,
    /// How many hours a test takes by these means. [`Means::default_hours`] unless said.
    pub hours: BTreeMap<Means, f64>,
}

impl Default for QuestionOptions<'_> {
    fn default() -> Self {
        let plan = PlanOptions { budget: Budget::Hours(8.0), ..PlanOptions::default() };
        Self { plan, at_most: 10, hours: BTreeMap::new() }
    }
}

impl QuestionOptions<'_> {
    pub(super) fn check(&self) -> Result<()> {
        for (means, hours) in &self.hours {
            if !(*hours > 0.0 && *hours <= MOST_HOURS) {
                let message = format!(
                    "`{hours}` is not how long a test takes: it must be hours above 0 and of at most {MOST_HOURS}"
                );
                return Err(Error::invalid(message).at(format_args!("/test_hours/{means}")));
            }
        }
        Ok(())
    }

    /// How many hours a test takes by some means, and whether that is assumed.
    pub(super) fn hours_of(&self, means: Means) -> (f64, bool) {
        self.hours.get(&means).map_or((means.default_hours(), true), |hours| (*hours, false))
    }
}
