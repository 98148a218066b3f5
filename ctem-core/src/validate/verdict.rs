//! What evidence says about a finding, in log-odds.
//!
//! A test with sensitivity se and specificity sp that succeeds adds ln(se/(1 − sp)) to the log-odds that a finding is
//! exploitable; one that fails adds ln((1 − se)/sp). Belief never reaches 0: a blocked attempt is not a proof. Tests by one
//! method repeat each other, so only the newest of a method counts. With time a result says less: its effect on the belief
//! decays by e^(−t/τ), as configurations drift.

use crate::{
    model::{Evidence, Outcome},
    quantity::Probability,
    time::{Days, Moment},
};
use std::collections::BTreeMap;

/// How long, in days, until a result has lost all but 1/e of its effect: an assumption, of the order of the time in which
/// half of a fleet is rebuilt.
pub const DECAY: f64 = 90.0;

/// How far a kind of test can be trusted, by its sensitivity and specificity, where the evidence does not say: an assumption of the
/// engine's makers.
///
/// ```
/// use ctem_core::{model::Outcome, validate::Trust};
///
/// // An exploit that worked is seldom a mistake; that code cannot be reached is one more often.
/// assert!(Trust::of(Outcome::Exploited).specificity > Trust::of(Outcome::NotReachable).specificity);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Trust {
    /// The chance that the test succeeds on a finding that is exploitable.
    pub sensitivity: Probability,
    /// The chance that it fails on one that is not.
    pub specificity: Probability,
}

impl Trust {
    /// How far a test with this outcome is trusted by default: an exploit tried (0.90, 0.99), reachability analysis
    /// (0.70, 0.95), analysis of versions and configuration (0.90, 0.95).
    ///
    /// ```
    /// use ctem_core::{model::Outcome, validate::Trust};
    ///
    /// // Whether the attempt worked or not, it was the same kind of test.
    /// assert_eq!(Trust::of(Outcome::Blocked), Trust::of(Outcome::Exploited));
    /// assert_eq!(Trust::of(Outcome::NotAffected).sensitivity.get(), 0.9);
    /// ```
    pub fn of(outcome: Outcome) -> Self {
        let (sensitivity, specificity) = match outcome {
            Outcome::Exploited | Outcome::Blocked => (0.90, 0.99),
            Outcome::NotReachable => (0.70, 0.95),
            Outcome::NotAffected => (0.90, 0.95),
        };
        Self {
            sensitivity: Probability::clamped(sensitivity),
            specificity: Probability::clamped(specificity),
        }
    }
}

/// The weight of a piece of evidence, a log likelihood ratio: by how much it moves the log-odds that a finding is exploitable.
///
/// ```
/// use ctem_core::{Probability, model::{Evidence, Outcome}, validate::weigh};
///
/// let test = Evidence::new("f-1".parse()?, "pentest", Outcome::Blocked, "2025-11-01".parse()?);
/// let on = |day: &str| Ok::<_, ctem_core::Error>(weigh(Probability::new(0.2)?, [&test], day.parse()?)[0].log_odds);
/// // A blocked attempt speaks against the finding, and less so a season later.
/// assert!(on("2025-11-01")? < on("2026-02-01")? && on("2026-02-01")? < 0.0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Weight<'a> {
    /// The evidence.
    pub evidence: &'a Evidence,
    /// What it adds to the log-odds, faded to the day of the assessment.
    pub log_odds: f64,
}

/// Weighs the evidence about one finding, on top of a prior belief: the newest of each method up to `as_of`, in the order of
/// their methods. Evidence that names a control speaks of the control and does not count here.
///
/// ```
/// use ctem_core::{Probability, model::{Evidence, Outcome}, validate::weigh};
///
/// let tested = |outcome, day: &str| Ok::<_, ctem_core::Error>(Evidence::new("f-1".parse()?, "pentest", outcome, day.parse()?));
/// let tests = [tested(Outcome::Exploited, "2025-10-01")?, tested(Outcome::Blocked, "2025-11-01")?];
/// // Mended in between: the later test of the same method is the one that counts.
/// let weights = weigh(Probability::new(0.2)?, &tests, "2025-11-13".parse()?);
/// assert_eq!(weights.iter().map(|weight| weight.evidence.outcome).collect::<Vec<_>>(), [Outcome::Blocked]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn weigh<'a>(
    prior: Probability,
    evidence: impl IntoIterator<Item = &'a Evidence>,
    as_of: Moment,
) -> Vec<Weight<'a>> {
    weigh_as(prior, evidence, as_of, |evidence| Trust::of(evidence.outcome))
}

/// The same, where what is not said of a test is trusted as told.
pub(crate) fn weigh_as<'a>(
    prior: Probability,
    evidence: impl IntoIterator<Item = &'a Evidence>,
    as_of: Moment,
    trust: impl Fn(&Evidence) -> Trust,
) -> Vec<Weight<'a>> {
    let weight = |evidence: &'a Evidence| Weight {
        evidence,
        log_odds: faded(prior, full(evidence, trust(evidence)), as_of.since(evidence.at)),
    };
    newest(evidence, as_of).into_iter().map(weight).collect()
}

/// The newest of each method up to a moment, in the order of their methods, without what speaks of controls.
pub(super) fn newest<'a>(
    evidence: impl IntoIterator<Item = &'a Evidence>,
    as_of: Moment,
) -> Vec<&'a Evidence> {
    let mut newest: BTreeMap<&str, &Evidence> = BTreeMap::new();
    for evidence in evidence {
        if evidence.control.is_some() || evidence.at > as_of {
            continue;
        }
        let known = newest.entry(&evidence.method).or_insert(evidence);
        // Of two of one moment the one that is worse for the defender counts.
        if (evidence.at, std::cmp::Reverse(evidence.outcome)) > (known.at, std::cmp::Reverse(known.outcome)) {
            *known = evidence;
        }
    }
    newest.into_values().collect()
}

/// What evidence adds to the log-odds on the day of the test.
fn full(evidence: &Evidence, trust: Trust) -> f64 {
    // A test that is said never to err is taken to err once in a million.
    let held = |chance: Probability| chance.get().clamp(1e-6, 1.0 - 1e-6);
    let sensitivity = held(evidence.sensitivity.unwrap_or(trust.sensitivity));
    let specificity = held(evidence.specificity.unwrap_or(trust.specificity));
    match evidence.outcome {
        Outcome::Exploited => libm::log(sensitivity / (1.0 - specificity)),
        Outcome::Blocked | Outcome::NotReachable | Outcome::NotAffected => {
            libm::log((1.0 - sensitivity) / specificity)
        }
    }
}

/// The log-odds left of a result after a time: the belief it gave has gone part of the way back to the prior.
fn faded(prior: Probability, log_odds: f64, age: Days) -> f64 {
    if age.get() <= 0.0 {
        return log_odds;
    }
    let left = libm::exp(-age.get() / DECAY);
    let fresh = Probability::from_logit(prior.logit() + log_odds).get();
    let now = prior.get() + (fresh - prior.get()) * left;
    Probability::clamped(now).logit() - prior.logit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FindingId;

    fn belief(prior: f64, outcomes: &[(Outcome, &str, &str)]) -> f64 {
        let evidence: Vec<_> = outcomes
            .iter()
            .map(|(outcome, method, at)| {
                Evidence::new(FindingId::parse("f").unwrap(), method, *outcome, at.parse().unwrap())
            })
            .collect();
        let prior = Probability::new(prior).unwrap();
        let weights = weigh(prior, &evidence, "2025-01-01".parse().unwrap());
        Probability::from_logit(prior.logit() + weights.iter().map(|weight| weight.log_odds).sum::<f64>())
            .get()
    }

    #[test]
    fn belief_moves_as_bayes_says() {
        let today = "2025-01-01";
        for (prior, exploited, blocked) in [(0.20, 0.957, 0.025), (0.60, 0.993, 0.132), (0.02, 0.648, 0.002)]
        {
            assert!((belief(prior, &[(Outcome::Exploited, "bas", today)]) - exploited).abs() < 1e-3);
            assert!((belief(prior, &[(Outcome::Blocked, "bas", today)]) - blocked).abs() < 1e-3);
        }
    }

    #[test]
    fn only_the_newest_of_a_method_counts_and_the_future_not_at_all() {
        let both = [(Outcome::Blocked, "bas", "2024-12-01"), (Outcome::Exploited, "bas", "2025-01-01")];
        assert_eq!(belief(0.2, &both), belief(0.2, &both[1..]));
        assert_eq!(belief(0.2, &[(Outcome::Exploited, "bas", "2025-06-01")]), belief(0.2, &[]));
    }

    #[test]
    fn an_old_result_leads_back_to_the_prior() {
        let fresh = belief(0.2, &[(Outcome::Exploited, "bas", "2025-01-01")]);
        let old = belief(0.2, &[(Outcome::Exploited, "bas", "2024-10-03")]);
        let ancient = belief(0.2, &[(Outcome::Exploited, "bas", "2010-01-01")]);
        assert!((old - (0.2 + (fresh - 0.2) / std::f64::consts::E)).abs() < 1e-9);
        assert!((ancient - 0.2).abs() < 1e-9);
    }
}
