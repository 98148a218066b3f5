use crate::{
    error::{Error, Result},
    quantity::Probability,
    time::{Days, Moment},
};

/// From when to when rankings are tested, and how.
///
/// ```
/// use ctem_core::{Probability, backtest::BackTestOptions};
///
/// // What does a team reach that mends one in a hundred?
/// let window = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// let options = BackTestOptions { efforts: vec![Probability::new(0.01)?], ..window };
/// assert_eq!(options.days().get(), 305.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BackTestOptions {
    /// The moment of the ranking. A signal that became known later is refused.
    pub landmark: Moment,
    /// Until when outcomes were watched. What happens later counts as not happened.
    pub until: Moment,
    /// The parts of all rows that are mended, each above 0 and at most 1. 5, 9.4, 10 and 20 % unless said: 9.4 % is about
    /// the part of CVEs whose CVSS is critical, so that other orders can be compared with that rule.
    pub efforts: Vec<Probability>,
    /// The confidence of every interval. 95 % unless said.
    pub confidence: Probability,
    /// How many times outcomes are drawn again for intervals of coverage, AUC and losses, at most 100,000. 2,000 unless said.
    pub resamples: usize,
    /// The seed they are drawn with. 0 unless said.
    pub seed: u64,
    /// Whether a row whose outcome lies before the landmark is left out. Unless said it is an error, since its signals may know.
    pub leave_out_known: bool,
    /// Whether only rows count that have every signal that any row has. Unless said all count, and what is unknown ranks last.
    pub complete: bool,
}

impl BackTestOptions {
    /// The options of a test from a landmark until an end.
    ///
    /// ```
    /// use ctem_core::backtest::BackTestOptions;
    ///
    /// let error = BackTestOptions::new("2025-08-25".parse()?, "2024-10-24".parse()?).unwrap_err();
    /// assert_eq!(error.place(), Some("until"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when the end is not after the landmark.
    pub fn new(landmark: Moment, until: Moment) -> Result<Self> {
        let options = Self {
            landmark,
            until,
            efforts: [0.05, 0.094, 0.1, 0.2].map(Probability::clamped).to_vec(),
            confidence: Probability::clamped(0.95),
            resamples: 2000,
            seed: 0,
            leave_out_known: false,
            complete: false,
        };
        options.checked()?;
        Ok(options)
    }

    /// How long outcomes were watched.
    ///
    /// ```
    /// use ctem_core::backtest::BackTestOptions;
    ///
    /// assert_eq!(BackTestOptions::new("2024-10-24".parse()?, "2024-11-23".parse()?)?.days().get(), 30.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn days(&self) -> Days {
        self.until.since(self.landmark)
    }

    /// Looks at what a caller may have set since.
    pub(super) fn checked(&self) -> Result<()> {
        const MOST_RESAMPLES: usize = 100_000;
        if self.until <= self.landmark {
            let message = format!(
                "`{}` is not after the landmark `{}`: no outcome could be watched",
                self.until, self.landmark
            );
            return Err(Error::invalid(message).at("until"));
        }
        if self.efforts.is_empty() {
            return Err(Error::invalid("no effort is stated: name at least one, such as 0.1").at("efforts"));
        }
        if let Some(n) = self.efforts.iter().position(|effort| effort.get() <= 0.0) {
            let message = "an effort of `0` mends nothing: it must lie above 0 and be at most 1";
            return Err(Error::invalid(message).at(format_args!("efforts/{n}")));
        }
        if self.confidence.get() <= 0.0 || self.confidence.get() >= 1.0 {
            let message = format!(
                "`{}` is not a confidence: it must lie between 0 and 1, without the ends",
                self.confidence.get()
            );
            return Err(Error::invalid(message).at("confidence"));
        }
        if !(1..=MOST_RESAMPLES).contains(&self.resamples) {
            let message =
                format!("`{}` resamples are not possible: it must be 1 to {MOST_RESAMPLES}", self.resamples);
            return Err(Error::invalid(message).at("resamples"));
        }
        Ok(())
    }
}
