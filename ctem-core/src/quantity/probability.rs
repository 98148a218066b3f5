use crate::{
    error::{Error, Result},
    time::Days,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A chance between never (0) and surely (1). Never `NaN`, so it has a total order.
///
/// ```
/// use ctem_core::{quantity::Probability, time::Days};
///
/// // A threat with a 1 % chance in 30 days, looked at over a year: not 12 %, since it can happen only once.
/// let month = Probability::new(0.01)?;
/// let year = month.over(Days::THIRTY, Days::new(365.0)?);
/// assert!((year.get() - 0.1151).abs() < 1e-4);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// It never happens.
    pub const ZERO: Self = Self(0.0);
    /// It surely happens.
    pub const ONE: Self = Self(1.0);

    /// A chance.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// assert_eq!(Probability::new(0.94)?.percent(), "94 %");
    /// assert!(Probability::new(f64::NAN).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless it lies between 0 and 1.
    pub fn new(chance: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&chance) {
            // Adding zero turns -0.0 into 0.0, so that equal chances have equal bits.
            Ok(Self(chance + 0.0))
        } else {
            Err(Error::invalid(format!("`{chance}` is not a probability: it must lie between 0 and 1")))
        }
    }

    /// The nearest chance to a number that arithmetic has pushed past the ends; `NaN` becomes 0.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// // What rounding made a little too large.
    /// assert_eq!(Probability::clamped(1.0000001), Probability::ONE);
    /// ```
    pub const fn clamped(chance: f64) -> Self {
        if chance >= 1.0 {
            Self(1.0)
        } else if chance > 0.0 {
            Self(chance)
        } else {
            Self(0.0)
        }
    }

    /// The number between 0 and 1.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// assert_eq!(Probability::new(0.25)?.get(), 0.25);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The chance that it does not happen.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// assert_eq!(Probability::new(0.25)?.complement().get(), 0.75);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }

    /// The chance that both of two independent things happen.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// // Two independent controls must both fail.
    /// let fails = Probability::new(0.5)?;
    /// assert_eq!(fails.and(fails).get(), 0.25);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The chance that at least one of two independent things happens.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// // Two locks, each picked by half of all burglars who try: one is enough for them.
    /// let half = Probability::new(0.5)?;
    /// assert_eq!((half.or(half).get(), half.and(half).get()), (0.75, 0.25));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(1.0 - (1.0 - self.0) * (1.0 - other.0))
    }

    /// The larger of two chances.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// let (low, high) = (Probability::new(0.25)?, Probability::new(0.5)?);
    /// assert_eq!(low.max(high), high);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The smaller of two chances.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// let (low, high) = (Probability::new(0.25)?, Probability::new(0.5)?);
    /// assert_eq!(low.min(high), low);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// The same hazard over another length of time: w(b) = 1 − (1 − w(a))^(b/a).
    ///
    /// A constant hazard rate is assumed, as for a threat that may strike on any day. A negative or zero length gives 0.
    ///
    /// ```
    /// use ctem_core::{Days, Probability};
    ///
    /// // EPSS speaks of 30 days; how likely is it within a week?
    /// let week = Probability::new(0.3)?.over(Days::THIRTY, Days::new(7.0)?);
    /// assert_eq!(week.percent(), "8.0 %");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn over(self, from: Days, to: Days) -> Self {
        if to == from {
            return self;
        }
        if to.get() <= 0.0 || from.get() <= 0.0 {
            return Self::ZERO;
        }
        // expm1 and ln_1p keep the relative precision of small chances.
        Self::clamped(-libm::expm1(libm::log1p(-self.0) * (to.get() / from.get())))
    }

    /// Once in how many years what has this chance within a horizon happens on average, at the same hazard: −h / ln(1 − p), in years
    /// of 365 days. Nothing for what never happens; 0 for what is sure.
    ///
    /// ```
    /// use ctem_core::{Days, Probability};
    ///
    /// // A chance of 0.8 % in 30 days is one event in ten years.
    /// let years = Probability::new(0.008)?.once_in_years(Days::THIRTY);
    /// assert!(years.is_some_and(|years| (years - 10.2).abs() < 0.1));
    /// assert_eq!(Probability::ZERO.once_in_years(Days::THIRTY), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "return period")]
    #[doc(alias = "frequency")]
    pub fn once_in_years(self, horizon: Days) -> Option<f64> {
        let rate = -libm::log1p(-self.0) / horizon.get() * 365.0;
        (rate > 0.0).then(|| 1.0 / rate).filter(|years| years.is_finite())
    }

    /// The log-odds ln(p / (1 − p)), held within ±13.8 (a chance of one in a million either way).
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// // A test that is ten times likelier if the flaw is real moves even odds to ten to one.
    /// let after = Probability::from_logit(Probability::new(0.5)?.logit() + 10f64.ln());
    /// assert!((after.get() - 10.0 / 11.0).abs() < 1e-12);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn logit(self) -> f64 {
        const FAR: f64 = 13.8;
        libm::log(self.0 / (1.0 - self.0)).clamp(-FAR, FAR)
    }

    /// The chance that has these log-odds; `NaN` becomes 0.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// // Even odds.
    /// assert_eq!(Probability::from_logit(0.0).get(), 0.5);
    /// ```
    pub fn from_logit(log_odds: f64) -> Self {
        Self::clamped(1.0 / (1.0 + libm::exp(-log_odds)))
    }

    /// As a percentage with two significant figures, for people: `3.4 %`, `0.012 %`, `>99.9 %`.
    ///
    /// ```
    /// use ctem_core::Probability;
    ///
    /// assert_eq!(Probability::new(0.00012)?.percent(), "0.012 %");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn percent(self) -> String {
        let percent = self.0 * 100.0;
        if self.0 == 0.0 || self.0 == 1.0 {
            format!("{percent:.0} %")
        } else if percent > 99.9 {
            ">99.9 %".into()
        } else if percent < 0.0001 {
            "<0.0001 %".into()
        } else {
            let decimals = (1.0 - libm::log10(percent).floor()).clamp(0.0, 6.0) as usize;
            format!("{percent:.decimals$} %")
        }
    }
}

impl Eq for Probability {}

impl Ord for Probability {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Probability {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(from)?).map_err(|error| serde::de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chance(p: f64) -> Probability {
        Probability::new(p).unwrap()
    }

    #[test]
    fn only_numbers_between_0_and_1_are_chances() {
        for bad in [-0.1, 1.0000001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Probability::new(bad).unwrap_err().code(), "invalid_input");
        }
        assert_eq!(chance(-0.0).get().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_hazard_converts_as_published() {
        let over = |p, days| chance(p).over(Days::THIRTY, Days::new(days).unwrap()).get();
        assert!((over(0.1, 365.0) - 0.722).abs() < 5e-4);
        assert!((over(0.95, 1.0) - 0.095).abs() < 5e-4);
        assert_eq!(over(1.0, 1.0), 1.0);
        assert_eq!(over(0.3, 0.0), 0.0);
    }

    #[test]
    fn percent_is_short_and_never_says_zero_for_something() {
        let shown: Vec<_> = [0.0, 1.0, 0.034, 0.00012, 0.5, 0.9999, 1e-9].map(|p| chance(p).percent()).into();
        assert_eq!(shown, ["0 %", "100 %", "3.4 %", "0.012 %", "50 %", ">99.9 %", "<0.0001 %"]);
    }
}
