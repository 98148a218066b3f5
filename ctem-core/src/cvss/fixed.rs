//! Decimal numbers with eighteen places, enough to hold every product of metric weights exactly.

use crate::quantity::Score;

/// A number in units of 10⁻¹⁸.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(i128);

const ONE: i128 = 1_000_000_000_000_000_000;

impl Fixed {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(ONE);

    /// So many thousandths: `milli(560)` is 0.56.
    pub(super) const fn milli(thousandths: i128) -> Self {
        Self(thousandths * (ONE / 1000))
    }

    /// So many ten-thousandths.
    pub(super) const fn decimilli(parts: i128) -> Self {
        Self(parts * (ONE / 10_000))
    }

    /// The product of at most six numbers of thousandths: exact, and without the divisions of [`Self::times`].
    pub(super) fn product<const N: usize>(thousandths: [i128; N]) -> Self {
        const { assert!(N <= 6) };
        Self(thousandths.iter().product::<i128>() * 1000i128.pow(6 - N as u32))
    }

    pub(super) fn of_score(score: Score) -> Self {
        Self(i128::from(score.tenths()) * (ONE / 10))
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }

    /// The product. Exact while the factors have no more than eighteen places together; the magnitudes of CVSS, at most
    /// ten on each side, keep it from overflowing.
    pub(super) const fn times(self, other: Self) -> Self {
        // Most weights that were not given are 1, and a division is the costliest step there is.
        if other.0 == ONE { self } else { Self(self.0 * other.0 / ONE) }
    }

    /// A power, by repeated products, each cut off after eighteen places.
    pub(super) fn power(self, exponent: u32) -> Self {
        (0..exponent).fold(Self::ONE, |product, _| product.times(self))
    }

    /// The nearest tenth, halves up, between 0 and 10.
    pub(super) fn rounded(self) -> Score {
        Self::tenths((self.0 * 10 + ONE / 2).div_euclid(ONE))
    }

    /// The smallest tenth that is not below (CVSS v3.0, section 8.4).
    pub(super) fn rounded_up(self) -> Score {
        Self::tenths((self.0 * 10 + ONE - 1).div_euclid(ONE))
    }

    /// The smallest tenth that is not below, after rounding to five places (CVSS v3.1, appendix A).
    pub(super) fn rounded_up_from_five_places(self) -> Score {
        let hundred_thousandths = (self.0 * 100_000 + ONE / 2).div_euclid(ONE);
        Self::tenths((hundred_thousandths + 9_999).div_euclid(10_000))
    }

    fn tenths(tenths: i128) -> Score {
        let tenths = u8::try_from(tenths.clamp(0, 100)).unwrap_or(0);
        Score::from_tenths(tenths).unwrap_or(ZERO_SCORE)
    }
}

const ZERO_SCORE: Score = match Score::from_tenths(0) {
    Some(score) => score,
    None => unreachable!(),
};
