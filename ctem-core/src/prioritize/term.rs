//! Terms: a number together with the numbers it was folded from, and why each is what it is.
//!
//! There is one place where arithmetic happens, [`Fold::apply`]. The engine runs its formulas either for numbers alone or for
//! whole trees, through the same code, so an explanation cannot tell another story than the number.

use crate::{quantity::Probability, time::Days};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A number with its reasons: a fact, or folded from other terms.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // Which facts is the number folded from?
/// let risk = today.explain(&"f-2".parse()?)?.risk;
/// let mut facts = vec![&risk];
/// while let Some(at) = facts.iter().position(|term| !term.parts.is_empty()) {
///     let folded = facts.remove(at);
///     facts.extend(&folded.parts);
/// }
/// assert!(facts.iter().any(|term| term.name == "loss" && term.value == 1000.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Term {
    /// What it is: `threat`, `EPSS`, `not stopped`.
    pub name: Cow<'static, str>,
    /// The number.
    pub value: f64,
    /// Why, in a phrase; empty where the parts say it all.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub because: Box<str>,
    /// How the number comes from the parts.
    #[serde(flatten)]
    pub fold: Fold,
    /// What it is folded from; nothing for a fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Term>,
}

impl Term {
    /// Folds the tree anew from its facts. For every term the engine makes, this is its value, to the bit.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let mut risk = today.explain(&"f-1".parse()?)?.risk;
    /// assert_eq!(risk.folded(), 750.0);
    /// // What if an attempt were half as likely?
    /// risk.parts[0].parts.truncate(0);
    /// (risk.parts[0].fold, risk.parts[0].value) = (ctem_core::prioritize::Fold::Fact, 0.25);
    /// assert_eq!(risk.folded(), 375.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn folded(&self) -> f64 {
        match self.fold {
            Fold::Fact => self.value,
            fold => fold.apply(self.parts.iter().map(Self::folded)),
        }
    }

    /// The part of this name, at any depth, first found.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// let risk = today.explain(&"f-1".parse()?)?.risk;
    /// assert_eq!(risk.find("likelihood").map(|term| term.value), Some(0.5));
    /// assert!(risk.find("weather").is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name { Some(self) } else { self.parts.iter().find_map(|part| part.find(name)) }
    }
}

/// How a number comes from others.
///
/// ```
/// use ctem_core::prioritize::Fold;
///
/// // A coin toss, and then another.
/// assert_eq!(Fold::Product.apply([0.5, 0.5]), 0.25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fold", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fold {
    /// It is given.
    Fact,
    /// The product of the parts.
    Product,
    /// The sum of the parts.
    Sum,
    /// The largest of the parts.
    Max,
    /// The first part a probability, the others log-odds: the probability whose log-odds are the sum.
    Odds,
    /// The one part, a chance over some days, as a chance over other days, at the same hazard.
    Horizon {
        /// The days the part is about.
        from: Days,
        /// The days the result is about.
        to: Days,
    },
    /// The one part, held between two ends.
    Clamp {
        /// The least it can be.
        low: f64,
        /// The most it can be.
        high: f64,
    },
}

impl Fold {
    /// The arithmetic, all of it. No parts give 1 for a product, 0 for a sum or maximum.
    ///
    /// ```
    /// use ctem_core::prioritize::Fold;
    ///
    /// assert_eq!(Fold::Product.apply([0.5, 0.5]), 0.25);
    /// assert_eq!(Fold::Clamp { low: 0.0, high: 1.0 }.apply([1.5]), 1.0);
    /// ```
    pub fn apply(self, parts: impl IntoIterator<Item = f64>) -> f64 {
        let mut parts = parts.into_iter();
        match self {
            Self::Product => parts.fold(1.0, |product, part| product * part),
            Self::Fact | Self::Sum => parts.fold(0.0, |sum, part| sum + part),
            Self::Max => parts.fold(0.0, f64::max),
            Self::Odds => {
                let prior = Probability::clamped(parts.next().unwrap_or(0.0));
                let moved = parts.fold(0.0, |sum, part| sum + part);
                let belief = Probability::from_logit(prior.logit() + moved);
                // Log-odds end at one in a million: beyond, a test must not move a prior against what it showed.
                (if moved <= 0.0 { belief.min(prior) } else { belief.max(prior) }).get()
            }
            Self::Horizon { from, to } => {
                Probability::clamped(parts.next().unwrap_or(0.0)).over(from, to).get()
            }
            Self::Clamp { low, high } => parts.next().unwrap_or(low).max(low).min(high),
        }
    }
}

/// What a formula is run for: its number, or its whole tree.
pub(super) trait Algebra {
    /// What a formula returns.
    type Out;
    /// A given number. The reason is only asked for when it will be kept.
    fn fact(&self, name: &'static str, value: f64, because: impl FnOnce() -> String) -> Self::Out;
    /// A number folded from others.
    fn fold<const N: usize>(
        &self,
        fold: Fold,
        name: &'static str,
        because: impl FnOnce() -> String,
        parts: [Self::Out; N],
    ) -> Self::Out {
        self.fold_all(fold, name, because, parts)
    }
    /// The same of any number of parts.
    fn fold_all(
        &self,
        fold: Fold,
        name: &'static str,
        because: impl FnOnce() -> String,
        parts: impl IntoIterator<Item = Self::Out>,
    ) -> Self::Out;
}

/// Runs formulas for their numbers alone; no reason is ever written.
pub(super) struct Numbers;

impl Algebra for Numbers {
    type Out = f64;

    fn fact(&self, _: &'static str, value: f64, _: impl FnOnce() -> String) -> f64 {
        value
    }

    fn fold_all(
        &self,
        fold: Fold,
        _: &'static str,
        _: impl FnOnce() -> String,
        parts: impl IntoIterator<Item = f64>,
    ) -> f64 {
        fold.apply(parts)
    }
}

/// Runs formulas for their trees.
pub(super) struct Trees;

impl Algebra for Trees {
    type Out = Term;

    fn fact(&self, name: &'static str, value: f64, because: impl FnOnce() -> String) -> Term {
        Term { name: name.into(), value, because: because().into(), fold: Fold::Fact, parts: Vec::new() }
    }

    fn fold_all(
        &self,
        fold: Fold,
        name: &'static str,
        because: impl FnOnce() -> String,
        parts: impl IntoIterator<Item = Term>,
    ) -> Term {
        let parts: Vec<Term> = parts.into_iter().collect();
        let value = fold.apply(parts.iter().map(|part| part.value));
        Term { name: name.into(), value, because: because().into(), fold, parts }
    }
}
