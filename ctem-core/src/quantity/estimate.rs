use super::Probability;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// A number that was estimated: its value, bounds around the truth, how sure the bounds are, and how it was found.
///
/// `lower ≤ value ≤ upper` always holds, and with [`Method::Exact`] and [`Method::Bracket`] the bounds are certain
/// (`confidence` 1) within the model.
///
/// ```
/// use ctem_core::Estimate;
///
/// // Which of two risks is certainly the larger?
/// let (first, second) = (Estimate::bracket(5.0, 4.0, 6.0), Estimate::bracket(2.0, 1.0, 3.0));
/// assert!(first.lower() > second.upper());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "RawEstimate")]
pub struct Estimate {
    /// The number.
    value: f64,
    /// It is not below this.
    lower: f64,
    /// It is not above this.
    upper: f64,
    /// The chance that both bounds hold.
    confidence: f64,
    /// How it was found.
    method: Method,
    /// What it would be where chances that nobody knows are low, and where they are high.
    #[serde(skip_serializing_if = "Option::is_none")]
    epistemic: Option<(f64, f64)>,
}

impl Estimate {
    /// A number that is known.
    ///
    /// ```
    /// use ctem_core::{Estimate, quantity::Method};
    ///
    /// let risk = Estimate::exact(12.5);
    /// assert_eq!((risk.lower(), risk.upper(), risk.method()), (12.5, 12.5, Method::Exact));
    /// ```
    pub fn exact(value: f64) -> Self {
        // No loss is 0, also where a sum of nothing came out as −0.
        let value = value + 0.0;
        Self { value, lower: value, upper: value, confidence: 1.0, method: Method::Exact, epistemic: None }
    }

    /// A number between certain bounds. The value is drawn into the bounds, and the bounds apart to hold it when
    /// rounding has crossed them.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// let risk = Estimate::bracket(423_000.0, 423_000.0, 500_000.0);
    /// assert_eq!((risk.value(), risk.upper(), risk.confidence()), (423_000.0, 500_000.0, 1.0));
    /// ```
    pub fn bracket(value: f64, lower: f64, upper: f64) -> Self {
        let (lower, upper) = if lower <= upper { (lower, upper) } else { (upper, lower) };
        Self {
            value: value.max(lower).min(upper),
            lower,
            upper,
            confidence: 1.0,
            method: Method::Bracket,
            epistemic: None,
        }
    }

    /// A number measured over worlds, with bounds that hold with a confidence.
    ///
    /// ```
    /// use ctem_core::{Estimate, Probability, quantity::Method};
    ///
    /// let chance = Estimate::sampled(0.31, 0.29, 0.33, Probability::new(0.95)?, 16_384, 7);
    /// assert_eq!(chance.method(), Method::MonteCarlo { worlds: 16_384, seed: 7 });
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn sampled(
        value: f64,
        lower: f64,
        upper: f64,
        confidence: Probability,
        worlds: u64,
        seed: u64,
    ) -> Self {
        let (value, lower, upper) = (value + 0.0, lower + 0.0, upper + 0.0);
        let confidence = confidence.get();
        let method = Method::MonteCarlo { worlds, seed };
        Self { value, lower: lower.min(value), upper: upper.max(value), confidence, method, epistemic: None }
    }

    /// The same with the interval in which the number lies in nine of ten cases, as unsure as its priors are.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// // The priors alone leave open whether it is 100 or 900.
    /// let risk = Estimate::exact(400.0).with_epistemic(100.0, 900.0);
    /// assert_eq!((risk.value(), risk.epistemic()), (400.0, Some((100.0, 900.0))));
    /// ```
    #[must_use]
    pub fn with_epistemic(self, low: f64, high: f64) -> Self {
        Self { epistemic: Some((low.min(high), high.max(low))), ..self }
    }

    /// The same between certain bounds as well: the tighter of each.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// let risk = Estimate::bracket(5.0, 0.0, 10.0).within(4.0, 20.0);
    /// assert_eq!((risk.lower(), risk.upper()), (4.0, 10.0));
    /// ```
    #[must_use]
    pub fn within(self, lower: f64, upper: f64) -> Self {
        let (lower, upper) = (self.lower.max(lower), self.upper.min(upper));
        if lower > upper {
            // They miss each other, which the confidence allows for: the certain ones count.
            return self;
        }
        Self { value: self.value.clamp(lower, upper), lower, upper, ..self }
    }

    /// The best single number.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// assert_eq!(Estimate::bracket(5.0, 4.0, 7.0).value(), 5.0);
    /// ```
    pub fn value(self) -> f64 {
        self.value
    }

    /// The truth is at least this.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// assert_eq!(Estimate::bracket(5.0, 4.0, 7.0).lower(), 4.0);
    /// ```
    pub fn lower(self) -> f64 {
        self.lower
    }

    /// The truth is at most this.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// assert_eq!(Estimate::bracket(5.0, 4.0, 7.0).upper(), 7.0);
    /// ```
    pub fn upper(self) -> f64 {
        self.upper
    }

    /// The chance that the bounds hold: 1 for certain bounds.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// // Certain bounds hold for sure.
    /// assert_eq!(Estimate::bracket(5.0, 4.0, 7.0).confidence(), 1.0);
    /// ```
    pub fn confidence(self) -> f64 {
        self.confidence
    }

    /// How the number was found.
    ///
    /// ```
    /// use ctem_core::{Estimate, quantity::Method};
    ///
    /// assert_eq!(Estimate::bracket(5.0, 4.0, 7.0).method(), Method::Bracket);
    /// ```
    pub fn method(self) -> Method {
        self.method
    }

    /// Between what numbers it lies in nine of ten cases if the priors it rests on are as unsure as they say: the 5 % and 95 %
    /// quantiles. Nothing where no spread was looked at.
    ///
    /// ```
    /// use ctem_core::Estimate;
    ///
    /// // Nobody said that a prior is unsure.
    /// assert_eq!(Estimate::exact(5.0).epistemic(), None);
    /// ```
    pub fn epistemic(self) -> Option<(f64, f64)> {
        self.epistemic
    }
}

/// How an estimate was found.
///
/// ```
/// use ctem_core::{Estimate, quantity::Method};
///
/// // Is it worth looking at more worlds?
/// let sampled = |estimate: Estimate| matches!(estimate.method(), Method::MonteCarlo { .. });
/// assert!(!sampled(Estimate::exact(3.0)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Computed exactly.
    Exact,
    /// Enclosed between certain bounds.
    Bracket,
    /// Counted over worlds.
    MonteCarlo {
        /// How many.
        worlds: u64,
        /// Of which seed.
        seed: u64,
    },
}

#[derive(Deserialize)]
struct RawEstimate {
    value: f64,
    lower: f64,
    upper: f64,
    confidence: f64,
    method: Method,
    #[serde(default)]
    epistemic: Option<(f64, f64)>,
}

impl TryFrom<RawEstimate> for Estimate {
    type Error = Error;
    fn try_from(raw: RawEstimate) -> Result<Self> {
        let RawEstimate { value, lower, upper, confidence, method, epistemic } = raw;
        if lower <= value && value <= upper && (0.0..=1.0).contains(&confidence) {
            Ok(Self { value, lower, upper, confidence, method, epistemic })
        } else {
            Err(Error::invalid(format!(
                "`{value}` between `{lower}` and `{upper}` at confidence `{confidence}` is not an estimate: \
                 its bounds must enclose it, and its confidence must lie between 0 and 1"
            )))
        }
    }
}
