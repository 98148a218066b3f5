use super::interval::Measured;
use crate::quantity::Probability;
use serde::Serialize;

/// Whether what was forecast is what happened, over the rows that a ranking gives a chance.
///
/// ```
/// # use ctem_core::backtest::{BackTestOptions, Cohort, Ranking};
/// # let rows: String = (1000..1040).map(|n| format!("CVE-2024-{n},2024-10-01,0.5\n")).collect();
/// # let outcomes: String = (1000..1020).map(|n| format!("CVE-2024-{n},2024-11-01\n")).collect();
/// # let options = BackTestOptions::new("2024-10-24".parse()?, "2024-11-23".parse()?)?;
/// # let cohort = Cohort::read(format!("cve,known,epss\n{rows}").as_bytes(), format!("cve,date\n{outcomes}").as_bytes(), None, &options)?;
/// // Forty flaws had an EPSS of one half, and twenty of them were exploited within 30 days.
/// let tested = cohort.test(&options)?;
/// let epss = tested.rankings.iter().find(|test| test.ranking == Ranking::Epss).expect("rows have EPSS");
/// let calibration = epss.calibration.as_ref().expect("EPSS is a chance");
/// assert_eq!((calibration.observed, calibration.expected, calibration.ratio.value), (20, 20.0, 1.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Calibration {
    /// The rows that are given a chance.
    pub rows: u64,
    /// How many exploitations the chances add up to.
    pub expected: f64,
    /// How many there were.
    pub observed: u32,
    /// Observed by expected, with an exact Poisson interval.
    pub ratio: Measured,
    /// The mean squared difference of chance and outcome (Brier 1950). Of rare events it says little.
    pub brier: Measured,
    /// The sum of −ln of the chance that was given to what happened, in nats.
    pub log_loss: Measured,
    /// The Brier score of one rate for all rows, the observed one.
    pub brier_of_one_rate: f64,
    /// The log loss of one rate for all rows. A forecast with more says less than nothing.
    pub log_loss_of_one_rate: f64,
    /// Rows by their chance, from the lowest: each bin has about a tenth of what is expected, and no tie is cut.
    pub bins: Vec<ReliabilityBin>,
}

/// Rows of about the same chance, and what became of them: a point of a reliability curve.
///
/// ```
/// # use ctem_core::backtest::{BackTestOptions, Cohort, Ranking};
/// # let rows = "cve,known,epss\nCVE-2024-0001,2024-10-01,0.5\nCVE-2024-0002,2024-10-01,0.5\nCVE-2024-0003,2024-10-01,0.001\n";
/// # let outcomes = "cve,date\nCVE-2024-0001,2024-11-01\n";
/// # let options = BackTestOptions::new("2024-10-24".parse()?, "2024-11-23".parse()?)?;
/// # let tested = Cohort::read(rows.as_bytes(), outcomes.as_bytes(), None, &options)?.test(&options)?;
/// let epss = tested.rankings.iter().find(|test| test.ranking == Ranking::Epss).expect("rows have EPSS");
/// let bins = &epss.calibration.as_ref().expect("EPSS is a chance").bins;
/// let highest = bins.last().expect("there are rows");
/// assert_eq!((highest.highest, highest.observed), (0.5, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// The lowest chance in it.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
    /// Its rows.
    pub rows: u64,
    /// How many exploitations their chances add up to.
    pub expected: f64,
    /// How many there were.
    pub observed: u32,
    /// Observed by expected, with an exact Poisson interval.
    pub ratio: Measured,
}

/// How far chances are pushed from 0 and 1 before their logarithm is taken, so that one surprise is not infinitely bad.
const LEAST: f64 = 1e-12;

/// What each exploited case adds to the log loss and to the sum of squares; nothing where it was given no chance.
pub(super) fn losses(chance: Option<f64>) -> (f64, f64) {
    chance.map_or((0.0, 0.0), |chance| (-libm::log(chance.max(LEAST)), (1.0 - chance) * (1.0 - chance)))
}

impl Calibration {
    /// Of forecasts, with the means and intervals of [`losses`] over the exploited cases. O(n log n).
    pub(super) fn of(
        forecasts: &[Option<f64>],
        exploited: &[bool],
        log_loss: (f64, f64, f64),
        squares: (f64, f64, f64),
        confidence: Probability,
    ) -> Self {
        let mut given: Vec<(f64, bool)> =
            forecasts.iter().zip(exploited).filter_map(|(chance, hit)| Some(((*chance)?, *hit))).collect();
        given.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = given.len() as f64;
        let expected: f64 = given.iter().map(|(chance, _)| chance).sum();
        let observed = given.iter().filter(|(_, hit)| *hit).count();
        let rest = given.iter().filter(|(_, hit)| !hit).map(|(chance, _)| *chance);
        let rest_squares: f64 = rest.clone().map(|chance| chance * chance).sum();
        let rest_log: f64 = rest.map(|chance| -libm::log1p(-chance.min(1.0 - LEAST))).sum();
        // The exploited ones are drawn again, all of them, also those without a chance, which add nothing.
        let all = exploited.iter().filter(|hit| **hit).count() as f64;
        let with = |rest: f64, (mean, lower, upper): (f64, f64, f64)| Measured {
            value: rest + all * mean,
            lower: rest + all * lower,
            upper: rest + all * upper,
        };
        let rate = if rows > 0.0 { observed as f64 / rows } else { 0.0 };
        let entropy = |part: f64| if part > 0.0 { -part * libm::log(part) } else { 0.0 };
        let brier = with(rest_squares, squares);
        Self {
            rows: given.len() as u64,
            expected,
            observed: counted(observed),
            ratio: ratio(observed, expected, confidence),
            brier: if rows > 0.0 { brier.over(rows) } else { brier },
            log_loss: with(rest_log, log_loss),
            brier_of_one_rate: rate * (1.0 - rate),
            log_loss_of_one_rate: rows * (entropy(rate) + entropy(1.0 - rate)),
            bins: bins(&given, expected, confidence),
        }
    }
}

fn bins(given: &[(f64, bool)], expected: f64, confidence: Probability) -> Vec<ReliabilityBin> {
    const BINS: f64 = 10.0;
    let mut bins = Vec::new();
    let mut open: Option<(f64, f64, u64, f64, usize)> = None;
    let closed = |(lowest, highest, rows, expected, observed): (f64, f64, u64, f64, usize)| ReliabilityBin {
        lowest,
        highest,
        rows,
        expected,
        observed: counted(observed),
        ratio: ratio(observed, expected, confidence),
    };
    for tie in given.chunk_by(|a, b| a.0 == b.0) {
        let Some((chance, _)) = tie.first() else { continue };
        let (lowest, _, rows, sum, hits) = open.unwrap_or((*chance, *chance, 0, 0.0, 0));
        let here = tie.iter().filter(|(_, hit)| *hit).count();
        let bin = (lowest, *chance, rows + tie.len() as u64, sum + chance * tie.len() as f64, hits + here);
        open = Some(bin);
        if bin.3 >= expected / BINS {
            bins.push(closed(bin));
            open = None;
        }
    }
    bins.extend(open.map(closed));
    bins
}

/// Observed by expected. Where nothing was expected, anything seen is infinitely more.
fn ratio(observed: usize, expected: f64, confidence: Probability) -> Measured {
    if expected > 0.0 {
        return Measured::count(counted(observed), confidence).over(expected);
    }
    Measured { value: if observed > 0 { f64::MAX } else { 0.0 }, lower: 0.0, upper: f64::MAX }
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(forecasts: &[f64], exploited: &[bool]) -> Calibration {
        let forecasts: Vec<Option<f64>> = forecasts.iter().map(|chance| Some(*chance)).collect();
        let hits =
            forecasts.iter().zip(exploited).filter(|(_, hit)| **hit).map(|(chance, _)| losses(*chance));
        let hits: Vec<(f64, f64)> = hits.collect();
        let mean =
            |part: fn(&(f64, f64)) -> f64| hits.iter().map(part).sum::<f64>() / hits.len().max(1) as f64;
        let (log, square) = (mean(|hit| hit.0), mean(|hit| hit.1));
        Calibration::of(
            &forecasts,
            exploited,
            (log, log, log),
            (square, square, square),
            Probability::clamped(0.95),
        )
    }

    #[test]
    fn losses_are_those_computed_by_hand() {
        let calibration = of(&[0.8, 0.4, 0.1], &[true, false, false]);
        assert!((calibration.brier.value - (0.04 + 0.16 + 0.01) / 3.0).abs() < 1e-12);
        let log_loss = -(0.8f64.ln() + 0.6f64.ln() + 0.9f64.ln());
        assert!((calibration.log_loss.value - log_loss).abs() < 1e-12);
        let one = -(1.0 / 3.0f64).ln() - 2.0 * (2.0 / 3.0f64).ln();
        assert!((calibration.log_loss_of_one_rate - one).abs() < 1e-12);
        assert!((calibration.brier_of_one_rate - 2.0 / 9.0).abs() < 1e-12);
        assert!((calibration.expected - 1.3).abs() < 1e-12 && calibration.observed == 1);
    }

    #[test]
    fn bins_hold_all_rows_and_cut_no_tie() {
        let forecasts: Vec<f64> = (0..1000).map(|n| f64::from(n % 7) / 100.0).collect();
        let exploited: Vec<bool> = (0..1000).map(|n| n % 31 == 0).collect();
        let calibration = of(&forecasts, &exploited);
        assert_eq!(calibration.bins.iter().map(|bin| bin.rows).sum::<u64>(), 1000);
        assert_eq!(calibration.bins.iter().map(|bin| bin.observed).sum::<u32>(), calibration.observed);
        assert!(
            calibration.bins.len() <= 7
                && calibration.bins.windows(2).all(|pair| pair[0].highest < pair[1].lowest)
        );
    }

    #[test]
    fn a_certain_forecast_that_fails_costs_much_and_not_everything() {
        let calibration = of(&[0.0, 1.0], &[true, false]);
        assert!(calibration.log_loss.value > 50.0 && calibration.log_loss.value.is_finite());
        assert_eq!(of(&[], &[]).bins, []);
        let nothing = of(&[0.0, 0.0], &[true, false]);
        assert!(nothing.ratio.value == f64::MAX && nothing.ratio.lower == 0.0);
    }
}
