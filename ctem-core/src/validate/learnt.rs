//! Learnt trust: how often a kind of test was right where others settled what is so.
//!
//! Where one method exploited a finding, that settles for every other method that tested it at about the same time that there was
//! something to find. Where a supplier or a person concluded that it is not affected, there was nothing. So verdicts that agree or
//! contradict teach how far a method is to be trusted, by kind of weakness: sensitivity and specificity are Beta distributions that
//! begin at what is assumed of the outcome and move with what was counted. Other kinds of weakness teach what a method begins from.
//!
//! What it leaves out: that two methods may err alike. No method is settled by itself, and no finding by what it taught.

use super::{Trust, beta};
use crate::{
    model::{Evidence, Outcome, Status, WeaknessKind},
    quantity::Probability,
    time::Moment,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many settled tests outweigh what is assumed of a method: an assumption.
///
/// ```
/// use ctem_core::validate::ASSUMED_WORTH;
///
/// // After as many misses in a row, what was 0.9 is half of that.
/// assert_eq!((ASSUMED_WORTH * 0.9) / (ASSUMED_WORTH + ASSUMED_WORTH), 0.45);
/// ```
pub const ASSUMED_WORTH: f64 = 10.0;

/// So many days apart at most, two tests are of one state of things: an assumption.
const APART: f64 = 30.0;

/// How far a method is to be trusted with a kind of weakness, as verdicts taught.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, wire};
///
/// // A pen tester got in where the scanner's check failed.
/// let tests = br#"{"ctem": {"version": 2}, "evidence": [
///   {"finding": "f-2", "method": "pentest", "outcome": "exploited", "at": "2025-11-01"},
///   {"finding": "f-2", "method": "check", "outcome": "blocked", "at": "2025-11-03"}]}"#;
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// program.absorb(discover::read(tests)?);
/// let learnt = program.assess("2025-11-13".parse()?)?.trusts();
/// let check = learnt.iter().find(|trust| &*trust.method == "check").expect("it was settled");
/// // Worth ten tests of which nine are right, and one more, which was not.
/// assert!((check.sensitivity.mean.get() - 9.0 / 11.0).abs() < 1e-12);
/// assert_eq!((check.sensitivity.right, check.sensitivity.of, check.specificity.of), (0, 1, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LearntTrust {
    /// The method.
    pub method: Box<str>,
    /// The kind of weakness that it tested.
    pub kind: WeaknessKind,
    /// The chance that it succeeds on a finding that is exploitable.
    pub sensitivity: LearntShare,
    /// The chance that it fails on one that is not.
    pub specificity: LearntShare,
}

/// A share that is learnt by counting.
///
/// ```
/// use ctem_core::validate::LearntShare;
///
/// // Nothing was counted: it is as was assumed, and how sure that is.
/// let assumed = LearntShare::from_counts(ctem_core::Probability::new(0.9)?, 0, 0);
/// assert!(assumed.lower.get() < 0.7 && assumed.upper.get() > 0.99);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Beta-binomial")]
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LearntShare {
    /// The mean of what it may be.
    pub mean: Probability,
    /// With a chance of 0.95 it lies above this,
    pub lower: Probability,
    /// and below this.
    pub upper: Probability,
    /// How often it was right,
    pub right: u32,
    /// of so many times.
    pub of: u32,
}

impl LearntShare {
    /// The share after so many were right of so many, beginning at what was assumed, which is worth [`ASSUMED_WORTH`] counts.
    ///
    /// ```
    /// use ctem_core::{Probability, validate::LearntShare};
    ///
    /// let learnt = LearntShare::from_counts(Probability::new(0.9)?, 1, 10);
    /// assert_eq!(learnt.mean.get(), 0.5);
    /// // More counts make it surer.
    /// let surer = LearntShare::from_counts(Probability::new(0.5)?, 50, 100);
    /// assert!(surer.upper.get() - surer.lower.get() < learnt.upper.get() - learnt.lower.get());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn from_counts(assumed: Probability, right: u32, of: u32) -> Self {
        let mean = mean(assumed, right.min(of), of);
        let worth = ASSUMED_WORTH + f64::from(of);
        // What was never wrong may yet be.
        let held = mean.get().clamp(1e-6, 1.0 - 1e-6);
        let (lower, upper) = beta::interval(held * worth, (1.0 - held) * worth, 0.95);
        let (lower, upper) = (Probability::clamped(lower), Probability::clamped(upper));
        Self { mean, lower: lower.min(mean), upper: upper.max(mean), right: right.min(of), of }
    }
}

fn mean(assumed: Probability, right: u32, of: u32) -> Probability {
    let worth = ASSUMED_WORTH + f64::from(of);
    Probability::clamped((ASSUMED_WORTH * assumed.get() + f64::from(right)) / worth)
}

/// What was counted of a method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Of what was exploitable: how often it said so, of how many.
    found: (u32, u32),
    /// Of what was not: how often it said that, of how many.
    cleared: (u32, u32),
}

impl Counted {
    fn and(self, other: Self) -> Self {
        let sum = |(a, b): (u32, u32), (c, d): (u32, u32)| (a.saturating_add(c), b.saturating_add(d));
        Self { found: sum(self.found, other.found), cleared: sum(self.cleared, other.cleared) }
    }

    fn without(self, other: Self) -> Self {
        let rest = |(a, b): (u32, u32), (c, d): (u32, u32)| (a.saturating_sub(c), b.saturating_sub(d));
        Self { found: rest(self.found, other.found), cleared: rest(self.cleared, other.cleared) }
    }

    fn moved(self, trust: Trust) -> Trust {
        Trust {
            sensitivity: mean(trust.sensitivity, self.found.0, self.found.1),
            specificity: mean(trust.specificity, self.cleared.0, self.cleared.1),
        }
    }
}

/// What verdicts taught of every method.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taught<'a> {
    by_kind: BTreeMap<(&'a str, WeaknessKind), Counted>,
    by_method: BTreeMap<&'a str, Counted>,
}

impl<'a> Taught<'a> {
    /// Counts what the tests of a finding settle of each other.
    pub(crate) fn hear(&mut self, kind: WeaknessKind, settled: &[(&'a str, Counted)]) {
        for (method, counted) in settled {
            let of_kind = self.by_kind.entry((method, kind)).or_default();
            *of_kind = of_kind.and(*counted);
            let of_method = self.by_method.entry(method).or_default();
            *of_method = of_method.and(*counted);
        }
    }

    /// How far a method is trusted with a kind of weakness, beside what one finding taught.
    pub(crate) fn of(
        &self,
        method: &str,
        kind: WeaknessKind,
        assumed: Trust,
        own: &[(&'a str, Counted)],
    ) -> Trust {
        let Some(all) = self.by_method.get(method) else { return assumed };
        let own =
            own.iter().find(|(known, _)| *known == method).map(|(_, counted)| *counted).unwrap_or_default();
        let of_kind = self.by_kind.get(&(method, kind)).copied().unwrap_or_default();
        of_kind.without(own).moved(all.without(of_kind).moved(assumed))
    }

    /// All that was learnt, by method and kind.
    pub(crate) fn told(&self) -> Vec<LearntTrust> {
        let told = |((method, kind), counted): (&(&'a str, WeaknessKind), &Counted)| {
            let all = self.by_method.get(method).copied().unwrap_or_default();
            let begins = all.without(*counted).moved(Trust::of(Outcome::Exploited));
            LearntTrust {
                method: (*method).into(),
                kind: *kind,
                sensitivity: LearntShare::from_counts(begins.sensitivity, counted.found.0, counted.found.1),
                specificity: LearntShare::from_counts(
                    begins.specificity,
                    counted.cleared.0,
                    counted.cleared.1,
                ),
            }
        };
        self.by_kind.iter().map(told).collect()
    }
}

/// What the tests of one finding settle of each other: the newest of each method up to `as_of`, by method.
pub(crate) fn settled<'a>(
    evidence: &[&'a Evidence],
    status: Status,
    as_of: Moment,
) -> Vec<(&'a str, Counted)> {
    let tests = super::verdict::newest(evidence.iter().copied(), as_of);
    if tests.len() < 2 && status != Status::NotAffected {
        return Vec::new();
    }
    let works = |test: &Evidence| test.outcome == Outcome::Exploited;
    let about = |test: &&'a Evidence| {
        let counted = if status == Status::NotAffected {
            Counted { cleared: (u32::from(!works(test)), 1), ..Counted::default() }
        } else {
            let confirms = |other: &&&Evidence| {
                let apart = other.at.since(test.at).get().abs();
                other.method != test.method && works(other) && apart <= APART
            };
            tests.iter().find(confirms)?;
            Counted { found: (u32::from(works(test)), 1), ..Counted::default() }
        };
        Some((&*test.method, counted))
    };
    tests.iter().filter_map(about).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(method: &str, outcome: Outcome, at: &str) -> Evidence {
        Evidence::new("f".parse().unwrap(), method, outcome, at.parse().unwrap())
    }

    /// A method, and how often it was right, of how many: where there was something, and where there was not.
    type Heard = (String, (u32, u32), (u32, u32));

    fn counted(tests: &[Evidence], status: Status) -> Vec<Heard> {
        let tests: Vec<&Evidence> = tests.iter().collect();
        let settled = settled(&tests, status, "2025-11-13".parse().unwrap());
        settled.into_iter().map(|(method, counted)| (method.into(), counted.found, counted.cleared)).collect()
    }

    #[test]
    fn one_method_settles_another_and_never_itself() {
        let both =
            [test("bas", Outcome::Blocked, "2025-11-03"), test("pentest", Outcome::Exploited, "2025-11-01")];
        assert_eq!(counted(&both, Status::Open), [("bas".into(), (0, 1), (0, 0))]);
        let long_before = [both[0].clone(), test("pentest", Outcome::Exploited, "2025-06-01")];
        assert_eq!(counted(&long_before, Status::Open), []);
        assert_eq!(counted(&both[1..], Status::Open), []);
    }

    #[test]
    fn what_a_supplier_rules_out_is_a_false_alarm() {
        let both =
            [test("bas", Outcome::Exploited, "2025-11-03"), test("scan", Outcome::Blocked, "2025-11-01")];
        let expected = [("bas".into(), (0, 0), (0, 1)), ("scan".into(), (0, 0), (1, 1))];
        assert_eq!(counted(&both, Status::NotAffected), expected);
    }

    #[test]
    fn other_kinds_teach_what_a_method_begins_from() {
        let mut taught = Taught::default();
        let missed = Counted { found: (0, 10), ..Counted::default() };
        taught.hear(WeaknessKind::Secret, &[("bas", missed)]);
        let assumed = Trust::of(Outcome::Exploited);
        let of = |kind| taught.of("bas", kind, assumed, &[]).sensitivity.get();
        // 9 of 10 assumed and 0 of 10 counted.
        assert!((of(WeaknessKind::CodeFlaw) - 0.45).abs() < 1e-12);
        assert!((of(WeaknessKind::Secret) - 0.45).abs() < 1e-12);
        assert_eq!(taught.of("pentest", WeaknessKind::Secret, assumed, &[]), assumed);
        // What a finding taught does not move its own belief.
        assert_eq!(taught.of("bas", WeaknessKind::Secret, assumed, &[("bas", missed)]), assumed);
    }
}
