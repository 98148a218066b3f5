//! Likely Exploited Vulnerabilities (NIST CSWP 41, Mell and Spring, 2025): from a CVE's EPSS history, at least how likely it
//! is that it has been exploited so far.
//!
//! It treats windows as independent, so it only ever grows. It is a hedge against a catalogue that misses things; it must
//! not be multiplied with EPSS, which is the same evidence again.

use crate::{quantity::Probability, time::Moment};

/// One day's EPSS score of a CVE.
///
/// ```
/// use ctem_core::{Probability, intel::lev::Scored};
///
/// let scored = Scored::new("2025-11-13".parse()?, Probability::new(0.3)?);
/// assert_eq!((scored.on.date().as_str(), scored.epss.get()), ("2025-11-13", 0.3));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The day.
    pub on: Moment,
    /// The score of that day.
    pub epss: Probability,
}

impl Scored {
    /// A day's score.
    ///
    /// ```
    /// use ctem_core::{Probability, intel::lev::Scored};
    ///
    /// assert_eq!(Scored::new("2025-11-13".parse()?, Probability::new(0.3)?).epss.get(), 0.3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(on: Moment, epss: Probability) -> Self {
        Self { on, epss }
    }
}

/// LEV of section 4.1: 1 − Π(1 − EPSS(dᵢ) · weight), over the scores that begin each window of 30 days, where the weight of a
/// window that `until` cuts short is the part of it that has passed.
///
/// `windows` holds one score a window, oldest first; a score after `until` weighs nothing.
///
/// ```
/// use ctem_core::{Probability, intel::lev::{Scored, lev}};
///
/// // One window of 30 days at an even chance, half of which has passed.
/// let windows = [Scored::new("2025-11-01".parse()?, Probability::new(0.5)?)];
/// assert_eq!(lev(&windows, "2025-11-16".parse()?).get(), 0.25);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn lev(windows: &[Scored], until: Moment) -> Probability {
    let stays = windows.iter().fold(1.0, |product, scored| {
        let weight = (until.since(scored.on).get() / 30.0).clamp(0.0, 1.0);
        product * (1.0 - scored.epss.get() * weight)
    });
    Probability::clamped(1.0 - stays)
}

/// LEV2 of section 4.2: 1 − Π(1 − EPSS/30), over one score a day.
///
/// ```
/// use ctem_core::{Probability, intel::lev::{Scored, lev2}};
///
/// // EPSS was 30 % on each of ninety days: has it been exploited by now?
/// let start: ctem_core::Moment = "2025-01-01".parse()?;
/// let day = |n: i64| ctem_core::Moment::from_unix_seconds(start.unix_seconds() + n * 86_400);
/// let scored = |n| Ok::<_, ctem_core::Error>(Scored::new(day(n)?, Probability::new(0.3)?));
/// let days = (0..90).map(scored).collect::<Result<Vec<_>, _>>()?;
/// assert!(lev2(&days).get() > 0.55);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn lev2(days: &[Scored]) -> Probability {
    Probability::clamped(
        1.0 - days.iter().fold(1.0, |product, scored| product * (1.0 - scored.epss.get() / 30.0)),
    )
}

/// The same with the daily chance that really compounds to the score: 1 − Π(1 − EPSS)^(1/30), over one score a day.
///
/// ```
/// use ctem_core::{Probability, intel::lev::{Scored, lev_rigorous}};
///
/// // What is sure on one day is sure.
/// let days = [Scored::new("2025-11-01".parse()?, Probability::ONE)];
/// assert_eq!(lev_rigorous(&days), Probability::ONE);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn lev_rigorous(days: &[Scored]) -> Probability {
    let log: f64 = days.iter().map(|scored| libm::log1p(-scored.epss.get()) / 30.0).sum();
    Probability::clamped(-libm::expm1(log))
}

/// The composite of section 4.3: the largest of today's EPSS, certainty if it is in KEV, and LEV.
///
/// ```
/// use ctem_core::{Probability, intel::lev::composite};
///
/// let (epss, lev) = (Probability::new(0.2)?, Probability::new(0.6)?);
/// assert_eq!(composite(Some(epss), false, lev), lev);
/// assert_eq!(composite(Some(epss), true, lev), Probability::ONE);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn composite(epss: Option<Probability>, in_kev: bool, lev: Probability) -> Probability {
    if in_kev { Probability::ONE } else { lev.max(epss.unwrap_or(Probability::ZERO)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(first: &str, scores: &[f64]) -> Vec<Scored> {
        let first: Moment = first.parse().unwrap();
        let at = |n: usize| Moment::from_unix_seconds(first.unix_seconds() + 30 * 86_400 * n as i64).unwrap();
        scores
            .iter()
            .enumerate()
            .map(|(n, score)| Scored::new(at(n), Probability::new(*score).unwrap()))
            .collect()
    }

    /// The two examples of CSWP 41, section 6, whose EPSS values are printed with two decimals.
    #[test]
    fn the_published_examples_come_out_as_published() {
        let first = grid(
            "2023-05-02",
            &[
                0.00, 0.00, 0.00, 0.05, 0.06, 0.06, 0.06, 0.10, 0.13, 0.16, 0.08, 0.05, 0.05, 0.04, 0.05,
                0.05, 0.05, 0.05, 0.05, 0.08,
            ],
        );
        let second = grid(
            "2023-06-14",
            &[
                0.00, 0.05, 0.02, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.08, 0.07, 0.04, 0.04, 0.03, 0.03,
                0.03, 0.03, 0.03, 0.03, 0.00,
            ],
        );
        assert!((lev(&first, "2024-12-12".parse().unwrap()).get() - 0.696_98).abs() < 5e-6);
        let until = "2025-01-22".parse().unwrap();
        assert!((lev(&second, until).get() - 0.541_54).abs() < 5e-6, "{}", lev(&second, until));
    }

    #[test]
    fn the_daily_forms_agree_with_closed_forms() {
        let days = grid("2024-01-01", &[0.3; 30]);
        assert!((lev_rigorous(&days).get() - 0.3).abs() < 1e-12);
        assert!((lev2(&days).get() - (1.0 - 0.99f64.powi(30))).abs() < 1e-12);
        assert_eq!(lev(&[], "2024-01-01".parse().unwrap()), Probability::ZERO);
        let lev = lev_rigorous(&days);
        assert_eq!(composite(None, false, lev), lev);
        assert_eq!(composite(None, true, lev), Probability::ONE);
        assert_eq!(composite(Some(Probability::new(0.9).unwrap()), false, lev).get(), 0.9);
    }
}
