//! CVSS v4.0, section 8: MacroVectors, and interpolation between them.
//!
//! A vector falls into one of 270 MacroVectors, by six equivalence classes (EQ1 to EQ6). Its score is the MacroVector's,
//! less the mean, over the classes that have a lower neighbour, of the gap to that neighbour in proportion to how far the
//! vector lies below the top of its class. Everything is a whole number over a common denominator, so ties are seen as ties.

use super::vector::Vector;
use crate::quantity::Score;

/// How many steps below its most severe value each metric stands, which is its value's place in the table. Requirements
/// and exploit maturity that are not defined count as the worst (section 3).
pub(super) struct Severities {
    /// AV, AC, AT, PR, UI.
    exploit: [u8; 5],
    /// VC, VI, VA.
    vulnerable: [u8; 3],
    /// SC, SI, SA: 0 is safety, which only the modified metrics know, then high, low, none.
    subsequent: [u8; 3],
    /// E: attacked, proof of concept, unreported.
    maturity: u8,
    /// CR, IR, AR: high, medium, low.
    requirements: [u8; 3],
}

impl Severities {
    /// Of the base metrics alone.
    pub(super) fn base(vector: &Vector) -> Self {
        let value = |metric: usize| vector.value(metric) as u8;
        Self {
            exploit: [0, 1, 2, 3, 4].map(value),
            vulnerable: [5, 6, 7].map(value),
            subsequent: [8, 9, 10].map(|metric| value(metric) + 1),
            maturity: 0,
            requirements: [0; 3],
        }
    }

    /// Of the base metrics and the threat metric.
    pub(super) fn with_threat(vector: &Vector) -> Self {
        Self { maturity: (vector.value(11) as u8).saturating_sub(1), ..Self::base(vector) }
    }

    /// Of all metrics, modified ones in place of the base ones.
    pub(super) fn full(vector: &Vector) -> Self {
        const MODIFIED: usize = 15;
        let base = Self::with_threat(vector);
        let modified = |base: u8, metric: usize| match vector.value(metric + MODIFIED) {
            0 => base,
            value => value as u8 - 1,
        };
        let [av, ac, at, pr, ui] = base.exploit;
        let [vc, vi, va] = base.vulnerable;
        let [sc, si, sa] = base.subsequent;
        // The modified SI and SA begin with safety, as the places here do; the modified SC begins with high.
        let modified_sc = match vector.value(8 + MODIFIED) {
            0 => sc,
            value => value as u8,
        };
        Self {
            exploit: [modified(av, 0), modified(ac, 1), modified(at, 2), modified(pr, 3), modified(ui, 4)],
            vulnerable: [modified(vc, 5), modified(vi, 6), modified(va, 7)],
            subsequent: [modified_sc, modified(si, 9), modified(sa, 10)],
            maturity: base.maturity,
            requirements: [12, 13, 14].map(|metric| (vector.value(metric) as u8).saturating_sub(1)),
        }
    }
}

/// The score of severities.
pub(super) fn score(of: &Severities) -> Score {
    let no_impact = of.vulnerable == [2; 3] && of.subsequent == [3; 3];
    let tenths = if no_impact { 0 } else { interpolated(of) };
    Score::from_tenths(tenths).unwrap_or_else(|| score(&Severities { maturity: 2, ..*of }))
}

type MacroVector = [usize; 6];

fn interpolated(of: &Severities) -> u8 {
    let class = classes(of);
    let [eq1, eq2, eq3, eq4, eq5, eq6] = class;
    let Some(top) = tenths(class) else { return 0 };
    let lower = |n: usize| {
        let mut neighbour = class;
        neighbour[n] += 1;
        tenths(neighbour)
    };
    // EQ3 and EQ6 depend on each other, so they go down together.
    let lower_impact = match (eq3, eq6) {
        (0, 0) => lower(5).max(lower(2)),
        (1, 0) => lower(5),
        (_, _) => lower(2),
    };
    let [av, ac, at, pr, ui] = of.exploit;
    let [vc, vi, va] = of.vulnerable;
    let [cr, ir, ar] = of.requirements;
    // Each class: its lower neighbour's score, how far below its top the vector lies, and how deep the class is.
    let sides = [
        (lower(0), below(&[av, pr, ui], EQ1_TOPS.get(eq1)), EQ1_DEPTHS.get(eq1)),
        (lower(1), below(&[ac, at], EQ2_TOPS.get(eq2)), EQ2_DEPTHS.get(eq2)),
        (
            lower_impact,
            below(&[vc, vi, va, cr, ir, ar], EQ3_EQ6_TOPS.get(eq3).and_then(|row| row.get(eq6))),
            EQ3_EQ6_DEPTHS.get(eq3).and_then(|row| row.get(eq6)),
        ),
        (lower(3), below(&of.subsequent, EQ4_TOPS.get(eq4)), EQ4_DEPTHS.get(eq4)),
        // Within a class of EQ5 all vectors are equally severe.
        (if eq5 < 2 { lower(4) } else { None }, 0, Some(&1)),
    ];
    // 840 is divisible by every depth.
    const COMMON: i64 = 840;
    let (mut neighbours, mut gaps) = (0, 0);
    for (lower, below, depth) in sides {
        if let (Some(lower), Some(depth)) = (lower, depth) {
            neighbours += 1;
            gaps += i64::from(top - lower) * below * (COMMON / depth);
        }
    }
    if neighbours == 0 {
        return top;
    }
    let whole = COMMON * neighbours;
    let exact = i64::from(top) * whole - gaps;
    // Half up, in tenths.
    u8::try_from((2 * exact + whole).div_euclid(2 * whole).clamp(0, 100)).unwrap_or(0)
}

/// The equivalence classes of section 8.2, tables 24 to 29.
fn classes(of: &Severities) -> MacroVector {
    let [av, ac, at, pr, ui] = of.exploit;
    let [vc, vi, va] = of.vulnerable;
    let eq1 = match (av, pr, ui) {
        (0, 0, 0) => 0,
        (3, _, _) => 2,
        (0, _, _) | (_, 0, _) | (_, _, 0) => 1,
        (_, _, _) => 2,
    };
    let eq2 = usize::from((ac, at) != (0, 0));
    let eq3 = match (vc, vi, va) {
        (0, 0, _) => 0,
        (0, _, _) | (_, 0, _) | (_, _, 0) => 1,
        (_, _, _) => 2,
    };
    let [sc, si, sa] = of.subsequent;
    let eq4 = if si == 0 || sa == 0 {
        0
    } else if sc == 1 || si == 1 || sa == 1 {
        1
    } else {
        2
    };
    let at_stake =
        of.requirements.iter().zip(&of.vulnerable).any(|(required, impact)| (*required, *impact) == (0, 0));
    [eq1, eq2, eq3, eq4, usize::from(of.maturity), usize::from(!at_stake)]
}

/// How many steps a vector lies below the first of a class's most severe vectors that is at least as severe throughout.
fn below<const N: usize>(steps: &[u8; N], tops: Option<&&[[u8; N]]>) -> i64 {
    tops.into_iter()
        .flat_map(|tops| tops.iter())
        .find(|top| top.iter().zip(steps).all(|(top, step)| top <= step))
        .map_or(0, |top| steps.iter().zip(top).map(|(step, top)| i64::from(step - top)).sum())
}

/// The most severe vectors of each class, as steps below the most severe value (section 8.2), in the order in which they
/// are tried: AV, PR, UI.
const EQ1_TOPS: [&[[u8; 3]]; 3] = [&[[0, 0, 0]], &[[1, 0, 0], [0, 1, 0], [0, 0, 1]], &[[3, 0, 0], [1, 1, 1]]];
/// AC, AT.
const EQ2_TOPS: [&[[u8; 2]]; 2] = [&[[0, 0]], &[[1, 0], [0, 1]]];
/// VC, VI, VA, CR, IR, AR.
const EQ3_EQ6_TOPS: [[&[[u8; 6]]; 2]; 3] = [
    [&[[0, 0, 0, 0, 0, 0]], &[[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]]],
    [
        &[[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]],
        &[[1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1], [0, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 1]],
    ],
    [&[], &[[1, 1, 1, 0, 0, 0]]],
];
/// SC, SI, SA, with safety first.
const EQ4_TOPS: [&[[u8; 3]]; 3] = [&[[1, 0, 0]], &[[1, 1, 1]], &[[2, 2, 2]]];

/// How many steps each class is deep (section 8.3, table 31).
const EQ1_DEPTHS: [i64; 3] = [1, 4, 5];
const EQ2_DEPTHS: [i64; 2] = [1, 2];
const EQ3_EQ6_DEPTHS: [[i64; 2]; 3] = [[7, 6], [8, 8], [10, 10]];
const EQ4_DEPTHS: [i64; 3] = [6, 5, 4];

/// The score of a MacroVector, in tenths, if there is such a one.
fn tenths(class: MacroVector) -> Option<u8> {
    let [eq1, eq2, eq3, eq4, eq5, eq6] = class;
    if eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1 {
        return None;
    }
    let at = ((((eq1 * 2 + eq2) * 3 + eq3) * 3 + eq4) * 3 + eq5) * 2 + eq6;
    SCORES.get(at).copied().filter(|tenths| *tenths != NO_SUCH)
}

/// The combination of classes cannot occur.
const NO_SUCH: u8 = 255;

/// The scores of all MacroVectors in tenths (FIRST, CVSS v4.0 lookup table), EQ6 running fastest.
#[rustfmt::skip]
const SCORES: [u8; 324] = [
    // EQ1 0, EQ2 0, EQ3 0
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68,
    // EQ1 0, EQ2 0, EQ3 1
    98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48,
    // EQ1 0, EQ2 0, EQ3 2
    255, 92, 255, 82, 255, 72, 255, 79, 255, 69, 255, 50, 255, 69, 255, 55, 255, 27,
    // EQ1 0, EQ2 1, EQ3 0
    99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53,
    // EQ1 0, EQ2 1, EQ3 1
    95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30,
    // EQ1 0, EQ2 1, EQ3 2
    255, 86, 255, 75, 255, 52, 255, 71, 255, 52, 255, 29, 255, 63, 255, 29, 255, 17,
    // EQ1 1, EQ2 0, EQ3 0
    98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49,
    // EQ1 1, EQ2 0, EQ3 1
    94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25,
    // EQ1 1, EQ2 0, EQ3 2
    255, 83, 255, 70, 255, 54, 255, 65, 255, 58, 255, 26, 255, 53, 255, 21, 255, 13,
    // EQ1 1, EQ2 1, EQ3 0
    95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30,
    // EQ1 1, EQ2 1, EQ3 1
    89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16,
    // EQ1 1, EQ2 1, EQ3 2
    255, 71, 255, 59, 255, 30, 255, 58, 255, 26, 255, 15, 255, 23, 255, 13, 255, 6,
    // EQ1 2, EQ2 0, EQ3 0
    93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22,
    // EQ1 2, EQ2 0, EQ3 1
    85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8,
    // EQ1 2, EQ2 0, EQ3 2
    255, 64, 255, 51, 255, 20, 255, 47, 255, 21, 255, 11, 255, 24, 255, 9, 255, 4,
    // EQ1 2, EQ2 1, EQ3 0
    88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11,
    // EQ1 2, EQ2 1, EQ3 1
    75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2,
    // EQ1 2, EQ2 1, EQ3 2
    255, 53, 255, 24, 255, 14, 255, 24, 255, 12, 255, 5, 255, 10, 255, 3, 255, 1,
];
