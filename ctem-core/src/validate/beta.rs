//! The Beta distribution, as far as an interval of a share needs it.

use libm::{exp, lgamma, log, log1p};

/// The points between which a Beta(a, b) number lies with a chance, with equal chances outside. Both parameters are above 0.
pub(super) fn interval(a: f64, b: f64, confidence: f64) -> (f64, f64) {
    let outside = 0.5 * (1.0 - confidence);
    (quantile(a, b, outside), quantile(a, b, 1.0 - outside))
}

/// The point below which a Beta(a, b) number lies with a chance: by bisection.
fn quantile(a: f64, b: f64, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if below(a, b, middle) < chance { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The chance that a Beta(a, b) number lies below a point: the regularised incomplete beta function, by its continued fraction
/// (NIST, *Digital Library of Mathematical Functions*, 8.17.22), evaluated from the front (Lentz 1976).
fn below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // Where the fraction goes slowly, it goes fast from the other end.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - below_slowly(b, a, 1.0 - x);
    }
    below_slowly(a, b, x)
}

fn below_slowly(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |x: f64| if x.abs() < TINY { TINY } else { x };
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a;
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for n in 1..400 {
        let m = f64::from(n);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for part in [even, odd] {
            d = 1.0 / away(1.0 + part * d);
            c = away(1.0 + part / c);
            step = c * d;
            fraction *= step;
        }
        if (step - 1.0).abs() < 1e-14 {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_that_whole_parameters_have_in_closed_form() {
        // Beta(1, 1) is even, Beta(a, 1) is x^a, Beta(1, b) is 1 − (1 − x)^b; Beta(2, 2) is 3x² − 2x³.
        for x in [0.01, 0.2, 0.5, 0.77, 0.999] {
            assert!((below(1.0, 1.0, x) - x).abs() < 1e-12);
            assert!((below(7.0, 1.0, x) - x.powi(7)).abs() < 1e-12);
            assert!((below(1.0, 30.0, x) - (1.0 - (1.0 - x).powi(30))).abs() < 1e-12);
            assert!((below(2.0, 2.0, x) - (3.0 * x * x - 2.0 * x * x * x)).abs() < 1e-12);
        }
    }

    #[test]
    fn intervals_are_those_of_exact_binomial_tables() {
        // Clopper and Pearson (1934), 0 of 10 and 1 of 10 at 95 %: the upper ends are quantiles of Beta(k + 1, n − k).
        assert!((quantile(1.0, 10.0, 0.975) - 0.3085).abs() < 1e-4);
        assert!((quantile(2.0, 9.0, 0.975) - 0.4450).abs() < 1e-4);
        assert!((quantile(1.0, 10.0, 0.025) - 0.0025).abs() < 1e-4);
    }
}
