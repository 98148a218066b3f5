//! Integrals from 0 to 1, as sums.

use std::f64::consts::PI;

/// The points and weights of the rule of Gauss and Legendre on [0, 1], exact for powers below twice its points: the roots of a Legendre polynomial, by Newton's method (Press and others,
/// *Numerical Recipes*, 3rd edition, 4.6).
pub(super) fn gauss_legendre(points: usize) -> Vec<(f64, f64)> {
    let n = points as f64;
    let root = |k: usize| {
        let mut x = libm::cos(PI * (k as f64 + 0.75) / (n + 0.5));
        let mut slope = 1.0;
        // It converges quadratically from there: six steps are more than 64 bits need.
        for _ in 0..6 {
            let (mut before, mut value) = (0.0, 1.0);
            for j in 0..points {
                let j = j as f64;
                (before, value) = (value, ((2.0 * j + 1.0) * x * value - j * before) / (j + 1.0));
            }
            slope = n * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..points).map(root).collect()
}

/// The rule of eight points, the first half: the other mirrors it. Rounded once from its decimals, where the computed rule has errors of
/// some units in the last place; shares that were given out rest on these bits.
const EIGHT: [(f64, f64); 4] = [
    (0.019_855_071_751_231_884, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_64, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_63),
    (0.408_282_678_752_175_1, 0.181_341_891_689_180_98),
];

/// The points and weights of the rule of eight points.
pub(super) fn of_eight_points() -> impl Iterator<Item = (f64, f64)> {
    let mirrored = EIGHT.into_iter().rev().map(|(point, weight)| (1.0 - point, weight));
    EIGHT.into_iter().chain(mirrored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_eight_points_is_the_computed_one() {
        let (known, computed): (Vec<_>, _) = (of_eight_points().collect(), gauss_legendre(8));
        assert_eq!(known.len(), computed.len());
        for ((point, weight), (other_point, other_weight)) in known.into_iter().zip(computed) {
            assert!((point - other_point).abs() < 1e-15 && (weight - other_weight).abs() < 1e-15);
        }
    }

    #[test]
    fn gauss_integrates_powers_up_to_twice_its_points() {
        for points in [1, 2, 5, 16, 128] {
            let rule = gauss_legendre(points);
            for power in 0..2 * points as i32 {
                let sum: f64 = rule.iter().map(|(at, weight)| weight * at.powi(power)).sum();
                assert!(
                    (sum - 1.0 / f64::from(power + 1)).abs() < 1e-14,
                    "{points} points, power {power}: {sum}"
                );
            }
        }
    }
}
