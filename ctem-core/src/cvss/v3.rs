//! CVSS v3.0 and v3.1, section 7 of each specification.

use super::{
    fixed::Fixed,
    vector::{Vector, Version},
};
use crate::quantity::Score;

const ATTACK_VECTOR: [i128; 4] = [850, 620, 550, 200];
const ATTACK_COMPLEXITY: [i128; 2] = [770, 440];
/// With the scope unchanged, and changed.
const PRIVILEGES_REQUIRED: [[i128; 3]; 2] = [[850, 620, 270], [850, 680, 500]];
const USER_INTERACTION: [i128; 2] = [850, 620];
const IMPACT: [i128; 3] = [560, 220, 0];
const EXPLOIT_MATURITY: [i128; 5] = [1000, 1000, 970, 940, 910];
const REMEDIATION_LEVEL: [i128; 5] = [1000, 1000, 970, 960, 950];
const REPORT_CONFIDENCE: [i128; 4] = [1000, 1000, 960, 920];
const REQUIREMENT: [i128; 4] = [1000, 1500, 1000, 500];

/// The place of the scope metric, and how far behind a base metric its modified form stands.
const SCOPE: usize = 4;
const MODIFIED: usize = 14;

pub(super) fn base(vector: &Vector) -> Score {
    let value = |metric: usize| vector.value(metric);
    let changed = value(SCOPE) == 1;
    let stays = [5, 6, 7].map(|metric| 1000 - weight(value(metric), &IMPACT));
    let sub_score = Fixed::ONE.minus(Fixed::product(stays));
    let impact = if changed {
        changed_impact(sub_score, sub_score.minus(Fixed::milli(20)).power(15))
    } else {
        Fixed::milli(6420).times(sub_score)
    };
    rounded_up(vector, combined(impact, exploitability(value, changed), changed))
}

pub(super) fn temporal(vector: &Vector) -> Score {
    with_time(vector, base(vector))
}

pub(super) fn environmental(vector: &Vector) -> Score {
    // A modified metric that is not defined has the base metric's value; its own values follow after "not defined".
    let value = |metric: usize| match vector.value(metric + MODIFIED) {
        0 => vector.value(metric),
        modified => modified - 1,
    };
    let changed = value(SCOPE) == 1;
    // What stays, in millionths, since a weight times a requirement has six places: two numbers of thousandths each.
    let [c, i, a] = [(5, 11), (6, 12), (7, 13)].map(|(metric, requirement)| {
        1_000_000 - weight(value(metric), &IMPACT) * weight(vector.value(requirement), &REQUIREMENT)
    });
    let stays = Fixed::product([c, i, a, 1, 1, 1]);
    let sub_score = Fixed::ONE.minus(stays).min(Fixed::milli(915));
    let impact = match (changed, vector.version()) {
        (false, _) => Fixed::milli(6420).times(sub_score),
        (true, Version::V3_1) => {
            let damped = sub_score.times(Fixed::decimilli(9731)).minus(Fixed::milli(20));
            changed_impact(sub_score, damped.power(13))
        }
        (true, _) => changed_impact(sub_score, sub_score.minus(Fixed::milli(20)).power(15)),
    };
    let score = rounded_up(vector, combined(impact, exploitability(value, changed), changed));
    with_time(vector, score)
}

fn changed_impact(sub_score: Fixed, damping: Fixed) -> Fixed {
    Fixed::milli(7520).times(sub_score.minus(Fixed::milli(29))).minus(Fixed::milli(3250).times(damping))
}

fn exploitability(value: impl Fn(usize) -> usize, changed: bool) -> Fixed {
    let [unchanged_weights, changed_weights] = &PRIVILEGES_REQUIRED;
    let privileges = if changed { changed_weights } else { unchanged_weights };
    Fixed::product([
        8220,
        weight(value(0), &ATTACK_VECTOR),
        weight(value(1), &ATTACK_COMPLEXITY),
        weight(value(2), privileges),
        weight(value(3), &USER_INTERACTION),
    ])
}

fn combined(impact: Fixed, exploitability: Fixed, changed: bool) -> Fixed {
    if impact <= Fixed::ZERO {
        return Fixed::ZERO;
    }
    let sum = impact.plus(exploitability);
    let sum = if changed { Fixed::milli(1080).times(sum) } else { sum };
    sum.min(Fixed::milli(10_000))
}

fn with_time(vector: &Vector, score: Score) -> Score {
    rounded_up(
        vector,
        Fixed::of_score(score).times(Fixed::product([
            weight(vector.value(8), &EXPLOIT_MATURITY),
            weight(vector.value(9), &REMEDIATION_LEVEL),
            weight(vector.value(10), &REPORT_CONFIDENCE),
        ])),
    )
}

fn rounded_up(vector: &Vector, number: Fixed) -> Score {
    if vector.version() == Version::V3_1 { number.rounded_up_from_five_places() } else { number.rounded_up() }
}

/// In thousandths.
fn weight(value: usize, weights: &[i128]) -> i128 {
    weights.get(value).copied().unwrap_or(0)
}
