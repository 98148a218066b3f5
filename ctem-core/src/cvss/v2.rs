//! CVSS v2.0, section 3.2 of the *Complete Guide*.

use super::{fixed::Fixed, vector::Vector};
use crate::quantity::Score;

const ACCESS_VECTOR: [i128; 3] = [395, 646, 1000];
const ACCESS_COMPLEXITY: [i128; 3] = [350, 610, 710];
const AUTHENTICATION: [i128; 3] = [450, 560, 704];
const IMPACT: [i128; 3] = [0, 275, 660];
const EXPLOITABILITY: [i128; 5] = [1000, 850, 900, 950, 1000];
const REMEDIATION_LEVEL: [i128; 5] = [1000, 870, 900, 950, 1000];
const REPORT_CONFIDENCE: [i128; 4] = [1000, 900, 950, 1000];
const COLLATERAL_DAMAGE: [i128; 6] = [0, 0, 100, 300, 400, 500];
const TARGET_DISTRIBUTION: [i128; 5] = [1000, 0, 250, 750, 1000];
const REQUIREMENT: [i128; 4] = [1000, 500, 1000, 1510];

pub(super) fn base(vector: &Vector) -> Score {
    with_impact(vector, impact(vector, [1000; 3]))
}

pub(super) fn temporal(vector: &Vector) -> Score {
    with_time(vector, base(vector))
}

pub(super) fn environmental(vector: &Vector) -> Score {
    let requirements = [11, 12, 13].map(|metric| weight(vector, metric, &REQUIREMENT));
    let ten = Fixed::milli(10_000);
    let adjusted = with_time(vector, with_impact(vector, impact(vector, requirements).min(ten)));
    let adjusted = Fixed::of_score(adjusted);
    let damage = ten.minus(adjusted).times(Fixed::milli(weight(vector, 9, &COLLATERAL_DAMAGE)));
    adjusted.plus(damage).times(Fixed::milli(weight(vector, 10, &TARGET_DISTRIBUTION))).rounded()
}

fn impact(vector: &Vector, requirements: [i128; 3]) -> Fixed {
    // In millionths, since a weight times a requirement has six places: two numbers of thousandths each.
    let [c, i, a] = [3, 4, 5].map(|metric| weight(vector, metric, &IMPACT));
    let [cr, ir, ar] = requirements;
    let stays = Fixed::product([1_000_000 - c * cr, 1_000_000 - i * ir, 1_000_000 - a * ar, 1, 1, 1]);
    Fixed::milli(10_410).times(Fixed::ONE.minus(stays))
}

fn with_impact(vector: &Vector, impact: Fixed) -> Score {
    if impact == Fixed::ZERO {
        return Fixed::ZERO.rounded();
    }
    let exploitability = Fixed::product([
        20_000,
        weight(vector, 0, &ACCESS_VECTOR),
        weight(vector, 1, &ACCESS_COMPLEXITY),
        weight(vector, 2, &AUTHENTICATION),
    ]);
    let sum = Fixed::milli(600)
        .times(impact)
        .plus(Fixed::milli(400).times(exploitability))
        .minus(Fixed::milli(1500));
    sum.times(Fixed::milli(1176)).rounded()
}

fn with_time(vector: &Vector, score: Score) -> Score {
    let product = Fixed::product([
        weight(vector, 6, &EXPLOITABILITY),
        weight(vector, 7, &REMEDIATION_LEVEL),
        weight(vector, 8, &REPORT_CONFIDENCE),
    ]);
    Fixed::of_score(score).times(product).rounded()
}

/// In thousandths.
fn weight(vector: &Vector, metric: usize, weights: &[i128]) -> i128 {
    weights.get(vector.value(metric)).copied().unwrap_or(0)
}
