use super::{
    calibration::{self, Calibration},
    cohort::{Cohort, CohortCounts},
    discrimination::{Order, bootstrapped},
    interval::Measured,
    options::BackTestOptions,
    ranking::Ranking,
};
use crate::{
    error::{Error, Result},
    model::Note,
    quantity::Probability,
    time::{Days, Moment},
};
use serde::Serialize;

/// What rankings were worth on days that have passed.
///
/// ```
/// # use ctem_core::backtest::{BackTestOptions, Cohort};
/// # let rows: String = (1000..1100).map(|n| format!("CVE-2024-{n},2024-10-01,{}\n", if n < 1010 { 9.8 } else { 5.0 })).collect();
/// # let outcomes = "cve,date\nCVE-2024-1003,2024-11-01\nCVE-2024-1050,2024-12-01\n";
/// # let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// # let cohort = Cohort::read(format!("cve,known,cvss\n{rows}").as_bytes(), outcomes.as_bytes(), None, &options)?;
/// // Ten of a hundred flaws are critical; one of the two exploited ones is among them.
/// let tested = cohort.test(&options)?;
/// assert_eq!((tested.counts.kept, tested.exploited), (100, 2));
/// let tenth = &tested.rankings[0].efforts[2];
/// assert_eq!((tenth.effort.get(), tenth.coverage.value, tenth.efficiency.value), (0.1, 0.5, 0.1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BackTest {
    /// The moment of the ranking.
    pub landmark: Moment,
    /// Until when outcomes were watched.
    pub until: Moment,
    /// How long that is.
    pub days: Days,
    /// The confidence of intervals.
    pub confidence: Probability,
    /// What became of the records of both files.
    pub counts: CohortCounts,
    /// How many of the rows were exploited in the window.
    pub exploited: u32,
    /// The part of the rows that is, with Wilson's interval.
    pub prevalence: Measured,
    /// Each ranking; gains are over the first.
    pub rankings: Vec<RankingTest>,
    /// Why records were rejected.
    pub notes: Vec<Note>,
}

/// What one ranking was worth.
///
/// ```
/// # use ctem_core::backtest::{BackTestOptions, Cohort, Ranking};
/// # let rows = "cve,known,cvss\nCVE-2024-0001,2024-10-01,9.8\nCVE-2024-0002,2024-10-01,5.0\n";
/// # let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// # let cohort = Cohort::read(rows.as_bytes(), b"cve,date\nCVE-2024-0001,2024-11-01\n", None, &options)?;
/// let cvss = &cohort.test(&options)?.rankings[0];
/// assert_eq!((cvss.ranking, cvss.known, cvss.auc.value), (Ranking::Cvss, 2, 1.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RankingTest {
    /// The ranking.
    pub ranking: Ranking,
    /// Of how many rows it says something. The others rank last.
    pub known: u64,
    /// What it reaches at each effort.
    pub efforts: Vec<EffortTest>,
    /// The chance that an exploited row ranks before another, ties counting half; by bootstrap over exploited rows.
    pub auc: Measured,
    /// That, less the first ranking's, paired; nothing for the first itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auc_gain: Option<Measured>,
    /// Whether its chances are what happened, where it gives chances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// What a ranking reaches when a part of all rows is mended, the worst first. Ties are broken by lot, so that a row may count in part.
///
/// ```
/// # use ctem_core::{Probability, backtest::{BackTestOptions, Cohort}};
/// # let rows = "cve,known,cvss\nCVE-2024-0001,2024-10-01,7.5\nCVE-2024-0002,2024-10-01,7.5\n";
/// # let options = BackTestOptions { efforts: vec![Probability::new(0.5)?], ..BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)? };
/// # let cohort = Cohort::read(rows.as_bytes(), b"cve,date\nCVE-2024-0001,2024-11-01\n", None, &options)?;
/// // Two flaws tie, and one may be mended.
/// assert_eq!(cohort.test(&options)?.rankings[0].efforts[0].coverage.value, 0.5);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EffortTest {
    /// The part of all rows that is mended.
    pub effort: Probability,
    /// The part of the exploited rows that is among them; by bootstrap over exploited rows.
    pub coverage: Measured,
    /// The part of the mended rows that is exploited, with Wilson's interval.
    pub efficiency: Measured,
    /// The coverage, less the first ranking's, paired; nothing for the first itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<Measured>,
}

impl Cohort {
    /// Tests every ranking of which the rows have signals. The same input gives the same bits. O(n log n) a ranking, and the
    /// bootstrap.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// # let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// let nothing = Cohort::read(b"cve,known\nCVE-2024-0001,2024-10-01\n", b"cve,date\n", None, &options)?;
    /// let error = nothing.test(&options).unwrap_err();
    /// assert!(error.message().contains("no row was exploited"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when no row, or every row, was exploited in the window, since then no order is better than another; and for
    /// options that make no sense.
    pub fn test(&self, options: &BackTestOptions) -> Result<BackTest> {
        options.checked()?;
        let exploited: Vec<bool> = self.cases.iter().map(|case| case.exploited).collect();
        let count = self.exploited();
        if count == 0 || count == self.len() {
            let which = if count == 0 { "no row" } else { "every row" };
            return Err(Error::invalid(format!(
                "{which} was exploited between {} and {}, so that no order is better than another: take more rows or a longer window",
                options.landmark.date(),
                options.until.date()
            )));
        }
        let (confidence, efforts) = (options.confidence, options.efforts.as_slice());
        let told: Vec<Told> = Ranking::ALL
            .into_iter()
            .filter(|ranking| ranking.is_told(self))
            .map(|ranking| Told::of(ranking, self, &exploited, options))
            .collect();
        let drawn =
            bootstrapped(&side_by_side(&told, count), confidence.get(), options.resamples, options.seed);
        let mut drawn = drawn.into_iter();
        let rankings = told.iter().enumerate().map(|(n, told)| {
            let mut next = || drawn.next().unwrap_or_default();
            let (auc, auc_gain) = (measured(next()), measured(next()));
            let efforts = efforts.iter().map(|effort| {
                let (coverage, gain) = (measured(next()), measured(next()));
                let mended = effort.get() * self.len() as f64;
                let efficiency = Measured::share(coverage.value * count as f64, mended, confidence);
                EffortTest { effort: *effort, coverage, efficiency, gain: (n > 0).then_some(gain) }
            });
            let efforts = efforts.collect();
            let (log_loss, squares) = (next(), next());
            let calibration = told
                .forecasts
                .as_ref()
                .map(|given| Calibration::of(given, &exploited, log_loss, squares, confidence));
            RankingTest {
                ranking: told.ranking,
                known: told.known,
                efforts,
                auc,
                auc_gain: (n > 0).then_some(auc_gain),
                calibration,
            }
        });
        Ok(BackTest {
            landmark: options.landmark,
            until: options.until,
            days: options.days(),
            confidence,
            counts: self.counts,
            exploited: u32::try_from(count).unwrap_or(u32::MAX),
            prevalence: Measured::share(count as f64, self.len() as f64, confidence),
            rankings: rankings.collect(),
            notes: self.notes.clone(),
        })
    }
}

/// A ranking, and what it says of each exploited case: how far ahead it is, whether each effort covers it, and what it costs.
struct Told {
    ranking: Ranking,
    known: u64,
    forecasts: Option<Vec<Option<f64>>>,
    /// One column for AUC and for each effort.
    columns: Vec<Vec<f64>>,
    losses: Vec<(f64, f64)>,
}

impl Told {
    fn of(ranking: Ranking, cohort: &Cohort, exploited: &[bool], options: &BackTestOptions) -> Self {
        let scores = ranking.scores(cohort, options.landmark);
        let known = scores.iter().flatten().count() as u64;
        let order = Order::of(&scores, |n| exploited.get(n) == Some(&true));
        let mut columns = vec![order.ahead().collect()];
        columns.extend(options.efforts.iter().map(|effort| order.covered(effort.get()).collect()));
        let forecasts = ranking.forecasts(cohort, options.landmark, options.days());
        let losses = match &forecasts {
            Some(given) => given
                .iter()
                .zip(exploited)
                .filter(|(_, hit)| **hit)
                .map(|(chance, _)| calibration::losses(*chance))
                .collect(),
            None => vec![(0.0, 0.0); columns.first().map_or(0, Vec::len)],
        };
        Self { ranking, known, forecasts, columns, losses }
    }
}

/// A row for each exploited case: of every ranking its columns, each with the difference to the first ranking's, and its losses.
fn side_by_side(told: &[Told], count: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![Vec::new(); count];
    for ranking in told {
        for (n, column) in ranking.columns.iter().enumerate() {
            let first = told.first().and_then(|first| first.columns.get(n));
            for (at, (row, value)) in rows.iter_mut().zip(column).enumerate() {
                let of_first = first.and_then(|first| first.get(at)).unwrap_or(value);
                row.extend([*value, value - of_first]);
            }
        }
        for (row, (log, square)) in rows.iter_mut().zip(&ranking.losses) {
            row.extend([*log, *square]);
        }
    }
    rows
}

fn measured((value, lower, upper): (f64, f64, f64)) -> Measured {
    Measured { value, lower, upper }
}
