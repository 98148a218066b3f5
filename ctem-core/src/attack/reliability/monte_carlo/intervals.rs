//! How sure counts make us: confidence intervals.

use libm::{lgamma, log, log1p, sqrt};
use std::num::NonZeroU32;

/// Bounds of a chance, of which `happened` of `worlds` came true, that miss it with at most the chance `miss`, at whatever
/// number of worlds one looks. O(1).
///
/// The chance p is left out when the worlds seen are 1/miss times likelier under a uniform mixture of chances than under p
/// (Robbins, *Statistical methods related to the law of the iterated logarithm*, 1970; Ville's inequality).
pub(super) fn of_share(happened: u64, worlds: u64, miss: f64) -> (f64, f64) {
    if worlds == 0 || miss <= 0.0 {
        return (0.0, 1.0);
    }
    let (k, n) = (happened as f64, worlds as f64);
    let share = k / n;
    // ln B(k + 1, n − k + 1), the likelihood under the mixture.
    let mixture = lgamma(k + 1.0) + lgamma(n - k + 1.0) - lgamma(n + 2.0);
    let most = mixture - log(1.0 / miss);
    let likelihood = |p: f64| {
        let hits = if happened > 0 { k * log(p) } else { 0.0 };
        let misses = if happened < worlds { (n - k) * log1p(-p) } else { 0.0 };
        hits + misses
    };
    let kept = |p: f64| likelihood(p) >= most;
    // Where the likelihood falls below, on each side; bisected outwards, so that rounding widens.
    let side = |end: f64| {
        let (mut inside, mut outside) = (share, end);
        for _ in 0..60 {
            let middle = 0.5 * (inside + outside);
            if kept(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        outside
    };
    (if happened == 0 { 0.0 } else { side(0.0) }, if happened == worlds { 1.0 } else { side(1.0) })
}

/// Half the width of an interval around the mean of numbers between 0 and 1 with this standard deviation (empirical Bernstein:
/// Audibert, Munos and Szepesvári, *Exploration–exploitation tradeoff using variance estimates*, 2009, theorem 1).
pub(in crate::attack::reliability) fn bernstein(deviation: f64, worlds: u64, miss: f64) -> f64 {
    if worlds == 0 || miss <= 0.0 {
        return 1.0;
    }
    let (n, odds) = (worlds as f64, log(3.0 / miss));
    deviation * sqrt(2.0 * odds / n) + 3.0 * odds / n
}

/// What the look of a number may miss of all that may be missed. The parts of all looks add up to 1: Σ 1/(k (k + 1)).
pub(super) fn share_of_look(look: NonZeroU32) -> f64 {
    let k = f64::from(look.get());
    1.0 / (k * (k + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_in_its_bounds_and_they_close_in() {
        let mut width = 1.0;
        for n in [10, 100, 1000, 10_000, 100_000] {
            let (lower, upper) = of_share(n / 10, n, 0.05);
            assert!(lower < 0.1 && 0.1 < upper && upper - lower < width);
            width = upper - lower;
        }
        assert!(width < 0.01);
        assert_eq!(of_share(0, 0, 0.05), (0.0, 1.0));
        assert_eq!((of_share(0, 64, 0.05).0, of_share(64, 64, 0.05).1), (0.0, 1.0));
        assert!(of_share(0, 64, 0.05).1 < 0.12 && of_share(64, 64, 0.05).0 > 0.88);
    }
}
