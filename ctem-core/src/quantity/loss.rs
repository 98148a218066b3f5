use crate::{
    error::{Error, Result, quoted},
    id::text_serde,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a loss event costs: an amount of one unit. Amounts of different units never mix.
///
/// ```
/// use ctem_core::quantity::{Loss, Unit};
///
/// let euros = Loss::new(250_000.0, "EUR".parse()?)?;
/// assert_eq!(euros.to_string(), "EUR 250,000");
/// assert!(euros.plus(Loss::new(0.5, Unit::CrownJewel)?).is_err());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "RawLoss")]
pub struct Loss {
    /// How much, in the unit.
    amount: f64,
    /// A currency's code, or `crown_jewel`.
    unit: Unit,
}

impl Loss {
    /// A loss.
    ///
    /// ```
    /// use ctem_core::{Loss, quantity::Unit};
    ///
    /// assert_eq!(Loss::new(1_200.0, "EUR".parse()?)?.to_string(), "EUR 1,200");
    /// assert_eq!(Loss::new(2.0, Unit::CrownJewel).unwrap_err().code(), "invalid_input");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless the amount is a finite number of at least 0; in crown-jewel units, at most 1.
    pub fn new(amount: f64, unit: Unit) -> Result<Self> {
        let most = if unit == Unit::CrownJewel { 1.0 } else { f64::MAX };
        if (0.0..=most).contains(&amount) {
            Ok(Self { amount: amount + 0.0, unit })
        } else if unit == Unit::CrownJewel {
            Err(Error::invalid(format!(
                "`{amount}` is not a loss in crown-jewel units: it must lie between 0 and 1"
            )))
        } else {
            Err(Error::invalid(format!("`{amount}` is not a loss: it must be a finite number of at least 0")))
        }
    }

    /// The amount, in the unit.
    ///
    /// ```
    /// use ctem_core::Loss;
    ///
    /// assert_eq!(Loss::new(1_200.0, "EUR".parse()?)?.amount(), 1_200.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn amount(self) -> f64 {
        self.amount
    }

    /// The unit of the amount.
    ///
    /// ```
    /// use ctem_core::{Loss, quantity::Unit};
    ///
    /// assert_eq!(Loss::new(0.25, Unit::CrownJewel)?.unit(), Unit::CrownJewel);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// Both losses together. A sum of crown-jewel units may exceed 1.
    ///
    /// ```
    /// use ctem_core::Loss;
    ///
    /// let (leak, outage) = (Loss::new(250_000.0, "EUR".parse()?)?, Loss::new(5_000.0, "EUR".parse()?)?);
    /// assert_eq!(leak.plus(outage)?.to_string(), "EUR 255,000");
    /// assert_eq!(leak.plus(Loss::new(1.0, "USD".parse()?)?).unwrap_err().code(), "conflict");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `conflict` when the units differ.
    pub fn plus(self, other: Self) -> Result<Self> {
        if self.unit == other.unit {
            Ok(Self { amount: self.amount + other.amount, unit: self.unit })
        } else {
            Err(Error::new(
                crate::ErrorKind::Conflict,
                format!(
                    "a loss in {} and one in {} cannot be added: state all losses in one unit",
                    self.unit, other.unit
                ),
            ))
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unit.amount(self.amount))
    }
}

#[derive(Deserialize)]
struct RawLoss {
    amount: f64,
    unit: Unit,
}

impl TryFrom<RawLoss> for Loss {
    type Error = Error;
    fn try_from(raw: RawLoss) -> Result<Self> {
        Self::new(raw.amount, raw.unit)
    }
}

/// What losses are counted in: `crown_jewel`, or a currency such as `EUR`.
///
/// ```
/// use ctem_core::quantity::Unit;
///
/// let unit: Unit = "EUR".parse()?;
/// assert!(matches!(unit, Unit::Money(_)));
/// assert_eq!("crown_jewel".parse::<Unit>()?, Unit::CrownJewel);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// The worst loss the business knows is 1; others are fractions of it.
    CrownJewel,
    /// Money of one currency.
    Money(Currency),
}

impl Unit {
    /// No loss, in this unit.
    ///
    /// ```
    /// use ctem_core::{Loss, quantity::Unit};
    ///
    /// // A sum begins with nothing.
    /// let unit: Unit = "EUR".parse()?;
    /// assert_eq!(unit.nothing().plus(Loss::new(5.0, unit)?)?.amount(), 5.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn nothing(self) -> Loss {
        Loss { amount: 0.0, unit: self }
    }

    /// An amount in this unit as people read it: `EUR 12,300`, `0.0042 crown jewels`, `32 billionths of a crown jewel`.
    ///
    /// ```
    /// use ctem_core::quantity::Unit;
    ///
    /// assert_eq!(Unit::CrownJewel.amount(0.0042), "0.0042 crown jewels");
    /// assert_eq!(Unit::CrownJewel.amount(3.2e-8), "32 billionths of a crown jewel");
    /// ```
    pub fn amount(self, amount: f64) -> String {
        match self {
            Self::Money(currency) => format!("{currency} {}", spelled(amount)),
            Self::CrownJewel => jewels(amount),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CrownJewel => f.write_str("crown_jewel"),
            Self::Money(currency) => fmt::Display::fmt(currency, f),
        }
    }
}

impl FromStr for Unit {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        if crate::word::is(text, &["crown_jewel"]) {
            Ok(Self::CrownJewel)
        } else {
            text.parse().map(Self::Money)
        }
    }
}

text_serde!(Unit);

/// So many crown jewels; nobody counts the zeros of a small part.
fn jewels(amount: f64) -> String {
    let parts = |count: f64, part: &str| {
        let count = spelled(count);
        let several = if count == "1" { "" } else { "s" };
        format!("{count} {part}{several} of a crown jewel")
    };
    match amount.abs() {
        size if size == 0.0 || size >= 9.95e-4 => format!("{} crown jewels", spelled(amount)),
        size if size >= 9.95e-7 => parts(amount * 1e6, "millionth"),
        size if size >= 1e-9 => parts(amount * 1e9, "billionth"),
        _ if amount < 0.0 => "-<1 billionth of a crown jewel".into(),
        _ => "<1 billionth of a crown jewel".into(),
    }
}

/// How many there are of something, as people read it: `1 asset`, `12,300 assets`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{} {noun}{end}", spelled(count as f64))
}

/// A number as people read it: whole ones whole, from a hundred up with its thousands told apart, `12,300`; below with two
/// significant figures and without an exponent, `0.0042`; what rounds to nothing is `<0.000000001`, not 0.
pub(crate) fn spelled(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        return "0".into();
    }
    if size < 1e-9 {
        return if number < 0.0 { "-<0.000000001".into() } else { "<0.000000001".into() };
    }
    if size < 99.5 {
        let whole = number.fract() == 0.0;
        let decimals = if whole { 0 } else { (1.0 - libm::log10(size).floor()).clamp(0.0, 12.0) as usize };
        return format!("{number:.decimals$}");
    }
    let digits = format!("{size:.0}");
    let mut grouped = String::from(if number < 0.0 { "-" } else { "" });
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A currency by its ISO 4217 code: three letters, read in any case and written as capitals.
///
/// ```
/// use ctem_core::quantity::{Currency, Unit};
///
/// let currency = |unit: Unit| match unit {
///     Unit::Money(currency) => Some(currency),
///     Unit::CrownJewel => None,
/// };
/// assert_eq!(currency("CHF".parse()?).map(|currency: Currency| currency.to_string()).as_deref(), Some("CHF"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl FromStr for Currency {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(u8::to_ascii_uppercase)))
            }
            _ => Err(Error::invalid(format!(
                "{} is not a unit of loss: write a currency's code such as `EUR`, or `crown_jewel`",
                quoted(text)
            ))),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_never_say_zero_for_something() {
        let shown: Vec<_> =
            [0.0, 1e-12, 0.00421, 0.5, 3.0, 7.25, 99.4, 99.7, 1234.5, 1.0e6, -2300.0].map(spelled).into();
        let expected =
            ["0", "<0.000000001", "0.0042", "0.50", "3", "7.2", "99", "100", "1,234", "1,000,000", "-2,300"];
        assert_eq!(shown, expected);
    }
}
