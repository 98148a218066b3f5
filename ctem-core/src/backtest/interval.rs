//! How sure a measured number is: intervals for shares and counts.

use crate::quantity::Probability;
use serde::Serialize;

/// A measured number and the interval around it.
///
/// ```
/// use ctem_core::{Probability, backtest::Measured};
///
/// // 9 of 31 were in time: what may be said of the share?
/// let share = Measured::share(9.0, 31.0, Probability::new(0.95)?);
/// assert_eq!(format!("{:.2} [{:.2}, {:.2}]", share.value, share.lower, share.upper), "0.29 [0.16, 0.47]");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Measured {
    /// What was measured.
    pub value: f64,
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Measured {
    /// A share `hits / of` with Wilson's score interval (Wilson, *Probable inference*, JASA 22, 1927). Hits may be parts of a whole
    /// where ties were shared out. Of nothing it is 0, and may be anything.
    ///
    /// ```
    /// use ctem_core::{Probability, backtest::Measured};
    ///
    /// // None of ten is not never.
    /// let none = Measured::share(0.0, 10.0, Probability::new(0.95)?);
    /// assert!(none.lower == 0.0 && (none.upper - 0.2775).abs() < 1e-4);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn share(hits: f64, of: f64, confidence: Probability) -> Self {
        if of <= 0.0 {
            return Self { value: 0.0, lower: 0.0, upper: 1.0 };
        }
        let (share, z) = ((hits / of).clamp(0.0, 1.0), normal_quantile(0.5 + 0.5 * confidence.get()));
        let turn = z * z / of;
        let centre = (share + 0.5 * turn) / (1.0 + turn);
        let half = z / (1.0 + turn) * libm::sqrt(share * (1.0 - share) / of + 0.25 * turn / of);
        // Exactly at the ends, where rounding would leave the share just outside.
        let lower = if share <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
        let upper = if share >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
        Self { value: share, lower, upper }
    }

    /// A count with the exact interval of a Poisson mean (Garwood, *Fiducial limits for the Poisson distribution*, Biometrika 28,
    /// 1936). O(count).
    ///
    /// ```
    /// use ctem_core::{Probability, backtest::Measured};
    ///
    /// // 9 were seen.
    /// let seen = Measured::count(9, Probability::new(0.95)?);
    /// assert_eq!(format!("{:.2} to {:.2}", seen.lower, seen.upper), "4.12 to 17.08");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn count(seen: u32, confidence: Probability) -> Self {
        let (miss, value) = (0.5 * confidence.complement().get(), f64::from(seen));
        // P(X ≤ k) falls with the mean. The upper end has it at `miss`, the lower end has P(X < k) at 1 − `miss`.
        let mean_where = |k: u32, chance: f64| {
            let (mut low, mut high) = (0.0, 1.0);
            while poisson_at_most(k, high) > chance && high < 1e12 {
                high *= 2.0;
            }
            bisected(&mut low, &mut high, |mean| poisson_at_most(k, mean) > chance)
        };
        let lower = seen.checked_sub(1).map_or(0.0, |fewer| mean_where(fewer, 1.0 - miss));
        Self { value, lower, upper: mean_where(seen, miss) }
    }

    /// A number with bounds that were found elsewhere.
    pub(crate) fn between(value: f64, lower: f64, upper: f64) -> Self {
        Self { value, lower, upper }
    }

    /// All three divided by a number above 0.
    pub(super) fn over(self, by: f64) -> Self {
        Self { value: self.value / by, lower: self.lower / by, upper: self.upper / by }
    }
}

/// The point below which a standard normal number lies with a chance.
fn normal_quantile(chance: f64) -> f64 {
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    bisected(&mut -40.0, &mut 40.0, |x| below(x) < chance)
}

/// The chance of at most `k` where `mean` are expected: the chance of exactly `k`, times the sum of the others relative to it.
fn poisson_at_most(k: u32, mean: f64) -> f64 {
    if mean <= 0.0 {
        return 1.0;
    }
    let last = f64::from(k);
    let exactly = libm::exp(last * libm::log(mean) - mean - libm::lgamma(last + 1.0));
    let (mut sum, mut term) = (0.0, 1.0);
    // Below the mean terms only shrink, so that the rest no longer counts.
    for n in (0..=k).rev() {
        sum += term;
        term *= f64::from(n) / mean;
        if term < 1e-18 * sum {
            break;
        }
    }
    // Where the mean lies far below `k`, the sum has no number any more, and the chance is 1.
    let chance = exactly * sum;
    if chance.is_finite() { chance.min(1.0) } else { 1.0 }
}

/// Where a condition that holds below ends to hold.
fn bisected(low: &mut f64, high: &mut f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (*low + *high);
        if middle <= *low || middle >= *high {
            break;
        }
        if holds(middle) {
            *low = middle;
        } else {
            *high = middle;
        }
    }
    0.5 * (*low + *high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(measured: Measured, lower: f64, upper: f64, by: f64) {
        let right = (measured.lower - lower).abs() < by && (measured.upper - upper).abs() < by;
        assert!(right, "{measured:?} should be [{lower}, {upper}]");
    }

    #[test]
    fn shares_are_those_of_published_tables() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I, method 3.
        for (hits, of, lower, upper) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            near(Measured::share(hits, of, Probability::clamped(0.95)), lower, upper, 6e-5);
        }
        near(Measured::share(10.0, 10.0, Probability::clamped(0.95)), 0.7225, 1.0, 1e-4);
        near(Measured::share(0.0, 0.0, Probability::clamped(0.95)), 0.0, 1.0, 1e-12);
    }

    #[test]
    fn counts_are_those_of_published_tables() {
        // Garwood's limits, as tables of them have it: 0 → 3.69, 1 → 0.03 to 5.57, 10 → 4.80 to 18.39, 100 → 81.4 to 121.6.
        for (seen, lower, upper, by) in [
            (0, 0.0, 3.6889, 1e-4),
            (1, 0.0253, 5.5716, 1e-4),
            (2, 0.2422, 7.2247, 1e-4),
            (10, 4.7954, 18.3904, 1e-4),
            (100, 81.36, 121.63, 5e-3),
        ] {
            near(Measured::count(seen, Probability::clamped(0.95)), lower, upper, by);
        }
        let many = Measured::count(1_000_000, Probability::clamped(0.95));
        near(many, 998_041.0, 1_001_961.0, 2.0);
    }

    #[test]
    fn a_wider_confidence_gives_a_wider_interval() {
        for count in [0, 1, 7, 300] {
            let of = |confidence| Measured::count(count, Probability::clamped(confidence));
            assert!(of(0.99).upper > of(0.95).upper && of(0.99).lower <= of(0.95).lower, "{count}");
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    }
}
