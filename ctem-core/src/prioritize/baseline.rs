//! A baseline: what part of uses becomes an incident, solved once, on a stated day, and then kept.
//!
//! Solved anew on each environment it would pin the total: fixing would hardly show, and a new cause would lower the others. So the
//! one that is shipped was solved on a reference organisation, and one's own rate of incidents moves it on a day that the answer
//! names.

use super::priors;
use crate::{
    error::{Error, Result},
    quantity::Probability,
    time::{Days, Moment},
    word::words,
};
use serde::{Deserialize, Serialize};

/// A follow-through, and what it was solved on.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// use ctem_core::prioritize::{AnnualRate, AssessOptions, IncidentBaseline};
///
/// // With these findings we saw two incidents in three years. What is implied a month later, with one of them fixed?
/// let ours = AnnualRate::PUBLISHED.with_history(2, 3.0)?;
/// let baseline = program.assess("2025-11-13".parse()?)?.baseline(ours)?;
/// let options = AssessOptions { baseline, ..AssessOptions::default() };
/// let implied = program.assess_with("2025-12-13".parse()?, options)?.implied();
/// assert_eq!((implied.annual_chance.percent(), implied.baseline.as_of.date()), ("32 %".into(), "2025-11-13".into()));
/// assert!(implied.baseline.follow_through < IncidentBaseline::REFERENCE.follow_through);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IncidentBaseline {
    /// Whose uses it was solved on.
    #[serde(default)]
    pub of: BaselineOf,
    /// The moment at which it was solved.
    pub as_of: Moment,
    /// The chance of an incident in a year that it was solved for.
    pub annual_chance: Probability,
    /// The part of uses that becomes an incident that matters.
    pub follow_through: Probability,
}

impl IncidentBaseline {
    /// That of the reference organisation: [`FOLLOW_THROUGH`].
    ///
    /// ```
    /// use ctem_core::prioritize::{IncidentBaseline, FOLLOW_THROUGH};
    ///
    /// let reference = IncidentBaseline::REFERENCE;
    /// assert_eq!((reference.follow_through.get(), reference.as_of.date()), (FOLLOW_THROUGH, "2026-11-27".into()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub const REFERENCE: Self = Self {
        of: BaselineOf::Reference,
        as_of: Moment::REFERENCE,
        annual_chance: Probability::clamped(0.093),
        follow_through: Probability::clamped(FOLLOW_THROUGH),
    };
}

/// Whose uses a baseline was solved on.
///
/// ```
/// use ctem_core::prioritize::{IncidentBaseline, BaselineOf};
///
/// assert_eq!(IncidentBaseline::REFERENCE.of, BaselineOf::Reference);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaselineOf {
    /// Those of a reference organisation.
    Reference,
    /// One's own.
    #[default]
    Own,
}

words! {
    BaselineOf, "whose baseline it is" {
        Reference = "reference",
        Own = "own",
    }
}

/// The part of uses that becomes an incident that matters: [`AnnualRate::PUBLISHED`] over the uses of a reference organisation of
/// 50 assets open to the internet, 2026-11. It is 0.028 to 0.054 as the mean EPSS of its
/// flaws is 0.0375 to 0.01.
///
/// ```
/// assert_eq!(ctem_core::prioritize::FOLLOW_THROUGH, 0.05);
/// ```
pub const FOLLOW_THROUGH: f64 = 0.05;

/// How many incidents that matter an organisation has in a year.
///
/// ```
/// use ctem_core::prioritize::AnnualRate;
///
/// // Firms see one in a year with a chance of 9.3 %. What of one that saw none in five years, and one that saw two in three?
/// let none = AnnualRate::PUBLISHED.with_history(0, 5.0)?;
/// let two = AnnualRate::PUBLISHED.with_history(2, 3.0)?;
/// assert_eq!((none.chance().percent(), two.chance().percent()), ("3.6 %".into(), "32 %".into()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct AnnualRate(f64);

impl AnnualRate {
    /// The rate of all firms: a significant incident in a year with a chance of 9.3 % (Cyentia, IRIS 2025), so 0.0976 a year.
    pub const PUBLISHED: Self = Self(0.0976);

    /// The rate at which an incident in a year has this chance.
    ///
    /// ```
    /// use ctem_core::{Probability, prioritize::AnnualRate};
    ///
    /// let rate = AnnualRate::of_chance(Probability::new(0.093)?);
    /// assert!((rate.get() - AnnualRate::PUBLISHED.get()).abs() < 1e-4);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of_chance(chance: Probability) -> Self {
        Self(-libm::log1p(-chance.get().min(1.0 - 1e-9)))
    }

    /// The rate given the incidents of some years: Gamma–Poisson, in which what was thought before weighs three years.
    ///
    /// ```
    /// use ctem_core::prioritize::AnnualRate;
    ///
    /// let rate = AnnualRate::PUBLISHED.with_history(0, 3.0)?;
    /// assert_eq!(rate.get(), AnnualRate::PUBLISHED.get() / 2.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless the years are a finite number of at least 0, and more where there were incidents.
    pub fn with_history(self, incidents: u32, years: f64) -> Result<Self> {
        if !years.is_finite() || years < 0.0 {
            return Err(Error::invalid(format!("`{years}` is not a number of years: it must be at least 0")));
        }
        if years == 0.0 && incidents > 0 {
            return Err(Error::invalid(format!(
                "{incidents} incidents are stated in 0 years: say how long was looked at, at least a part of a year"
            )));
        }
        let worth = priors::YEARS_OF_OPINION;
        Ok(Self((self.0 * worth + f64::from(incidents)) / (worth + years)))
    }

    /// That of so many incidents within a horizon.
    pub(super) fn of_incidents(incidents: f64, horizon: Days) -> Self {
        Self(incidents * 365.0 / horizon.get())
    }

    /// How many incidents that is within a horizon.
    pub(super) fn within(self, horizon: Days) -> f64 {
        self.0 * horizon.get() / 365.0
    }

    /// Incidents a year.
    ///
    /// ```
    /// assert_eq!(ctem_core::prioritize::AnnualRate::PUBLISHED.get(), 0.0976);
    /// ```
    pub fn get(self) -> f64 {
        self.0
    }

    /// The chance of any in a year.
    ///
    /// ```
    /// assert_eq!(ctem_core::prioritize::AnnualRate::PUBLISHED.chance().percent(), "9.3 %");
    /// ```
    pub fn chance(self) -> Probability {
        Probability::clamped(-libm::expm1(-self.0))
    }
}
