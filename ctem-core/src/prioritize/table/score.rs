//! The risks of rows, batch by batch: what each cell stands for is looked up, and folded as a single row is.

use super::{
    batch::{Batch, FIELDS},
    column::Column,
    fill::fill,
    lexicon::{Cache, Lexicon, Source},
    meaning::{self, Attempt, Flaw, Ground, Own},
};
use crate::{
    attack::{OnProgress, Progress, Truncated},
    error::{Error, ErrorKind, Result},
    intel::Intel,
    prioritize::{
        row::day_of,
        term::{Algebra, Fold, Numbers},
        world::World,
    },
    time::Days,
};
use serde::Serialize;
use std::sync::Arc;

/// The risks of a table's rows, and the rows that have none.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Batch, Column, score_table}};
///
/// let batch = Batch::of([("epss", Column::numbers(&[0.5, 1.7, f64::NAN]))])?;
/// let scores = score_table(&[batch], &Intel::none(), Days::THIRTY, Default::default())?;
/// assert!(scores.risks[1].is_nan());
/// assert_eq!(scores.errors[0].to_string(), "row 1, epss: `1.7` is not a probability: it must lie between 0 and 1");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct TableScores {
    /// By row, the expected loss within the horizon in crown-jewel units; NaN where the row makes no sense.
    pub risks: Vec<f64>,
    /// Those rows, in their order, each with its first error.
    pub errors: Vec<RowError>,
}

/// Why a row has no risk.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Batch, Column, Texts, score_table}};
///
/// let batch = Batch::of([("reachable", Column::texts(Texts::of(&["internet", "the moon"])))])?;
/// let scores = score_table(&[batch], &Intel::none(), Days::THIRTY, Default::default())?;
/// assert_eq!((scores.errors[0].row, scores.errors[0].column), (1, "reachable"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RowError {
    /// The row's number, from 0, over all batches.
    pub row: u64,
    /// The column whose cell makes no sense, by its name.
    pub column: &'static str,
    /// What was found, and what would do.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub reason: Arc<str>,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, {}: {}", self.row, self.column, self.reason)
    }
}

/// Scores the rows of a table, which comes in batches: the same numbers as [`score`](crate::prioritize::score) gives, to the bit.
///
/// O(rows + texts in dictionaries), and no memory a row but its number.
///
/// ```
/// use ctem_core::{Days, intel::Intel, prioritize::{Batch, Column, Integers, Texts, score_table}};
/// use std::sync::Arc;
///
/// let intel = Intel::read(Some(b"cve,epss\nCVE-2021-44228,0.94\nCVE-2014-0160,0.92\n"), None)?;
/// // A million rows of two CVEs, each looked up once.
/// let codes: Vec<i32> = (0..1_000_000).map(|row| row % 2).collect();
/// let cves = Arc::new(Texts::of(&["CVE-2021-44228", "CVE-2014-0160"]));
/// let batch = Batch::of([("cve", Column::coded(Integers::I32(&codes), cves))])?;
/// let scores = score_table(&[batch], &intel, Days::THIRTY, Default::default())?;
/// assert_eq!((scores.risks.len(), scores.errors.len()), (1_000_000, 0));
/// assert!(scores.risks[0] > scores.risks[1]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
///
/// # Errors
/// `cancelled` when `progress` says not to go on. A row that makes no sense is an error of its own, among the answer's.
pub fn score_table(
    batches: &[Batch<'_>],
    intel: &Intel,
    horizon: Days,
    progress: OnProgress<'_>,
) -> Result<TableScores> {
    let says_more = |batch: &Batch<'_>| {
        let [_, epss, known_exploited, published, as_of, ..] = &batch.columns;
        [epss, known_exploited, published, as_of].into_iter().any(Option::is_some)
    };
    let world = World::of(intel, day_of(intel));
    let ground = Ground { world, horizon, rows_say_more: batches.iter().any(says_more) };
    let rows = batches.iter().map(Batch::len).sum();
    // Asked here too: where another thread is the sooner, whoever is asked on this one would hear of nothing.
    if !progress.goes_on(0, rows as u64) {
        return Err(cancelled());
    }
    let mut scores = TableScores { risks: vec![0.0; rows], errors: Vec::new() };
    let (mut lexicons, mut workers) = (Lexicons::default(), Vec::new());
    let mut left = &mut *scores.risks;
    for batch in batches {
        let first = rows - left.len();
        let (risks, after) = left.split_at_mut_checked(batch.len()).unwrap_or_default();
        left = after;
        let ask = |at: Progress| progress.goes_on(first as u64 + at.done, rows as u64);
        let ended =
            score_batch(batch, first, risks, &ground, &mut lexicons, &mut workers, OnProgress::new(&ask));
        if ended.is_err() {
            return Err(cancelled());
        }
    }
    scores.errors = workers.into_iter().flat_map(|worker| worker.errors).collect();
    scores.errors.sort_unstable_by_key(|error| error.row);
    Ok(scores)
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "scoring was ended before all rows had been looked at")
}

/// The lexicons of the last batch, since the next one often has the same dictionaries.
#[derive(Default)]
struct Lexicons<'a, 'i> {
    cves: Option<Lexicon<'a, Flaw<'i>>>,
    vectors: Option<Lexicon<'a, Attempt>>,
    places: Option<Lexicon<'a, f64>>,
    tiers: Option<Lexicon<'a, f64>>,
}

/// What one thread has read, and the rows it could not.
struct Worker<'a, 'i> {
    cves: Cache<'a, Flaw<'i>>,
    vectors: Cache<'a, Attempt>,
    places: Cache<'a, f64>,
    tiers: Cache<'a, f64>,
    errors: Vec<RowError>,
}

fn score_batch<'a, 'i>(
    batch: &Batch<'a>,
    first: usize,
    risks: &mut [f64],
    ground: &Ground<'i>,
    lexicons: &mut Lexicons<'a, 'i>,
    workers: &mut Vec<Worker<'a, 'i>>,
    progress: OnProgress<'_>,
) -> Result<(), Truncated> {
    let flaw = |text: Option<&str>| ground.flaw(text);
    let [cve, epss, known_exploited, published, as_of, cvss, reachable, criticality] =
        batch.columns.each_ref().map(Option::as_ref);
    // Making lexicons is no row's work: it is only asked whether to go on.
    let ask = |_| progress.goes_on(0, risks.len() as u64);
    let asked = OnProgress::new(&ask);
    let cves = Source::of(cve, &mut lexicons.cves, &flaw, &asked)?;
    let vectors = Source::of(cvss, &mut lexicons.vectors, &meaning::attempt, &asked)?;
    let places = Source::of(reachable, &mut lexicons.places, &meaning::reach, &asked)?;
    let tiers = Source::of(criticality, &mut lexicons.tiers, &meaning::impact, &asked)?;
    let says_more = [epss, known_exploited, published, as_of].iter().any(Option::is_some);
    let make = || Worker {
        cves: Cache::new(&flaw),
        vectors: Cache::new(&meaning::attempt),
        places: Cache::new(&meaning::reach),
        tiers: Cache::new(&meaning::impact),
        errors: Vec::new(),
    };
    let ended = fill(risks, workers, make, &progress, |worker, begin, part| {
        for (row, out) in (begin..).zip(part) {
            let own = || own(epss, known_exploited, published, as_of, row);
            let mut risk = || {
                let wrong = |column: usize| move |reason: &Arc<str>| (column, Arc::clone(reason));
                let flaw = worker.cves.get(&cves, row, &flaw).as_ref().map_err(wrong(0))?;
                let own = if says_more { own()? } else { Own::default() };
                let attempt =
                    worker.vectors.get(&vectors, row, &meaning::attempt).as_ref().map_err(wrong(5))?;
                let reach = worker.places.get(&places, row, &meaning::reach).as_ref().map_err(wrong(6))?;
                let impact = worker.tiers.get(&tiers, row, &meaning::impact).as_ref().map_err(wrong(7))?;
                let threat = match &flaw.more {
                    None => flaw.threat,
                    Some(more) if says_more => ground.own_threat(more, &own, attempt.category),
                    Some(more) => more.threats.get(attempt.category).copied().unwrap_or(flaw.threat),
                };
                let parts = [*reach, threat, attempt.local, attempt.success, *impact];
                Ok(Numbers.fold(Fold::Product, "risk", String::new, parts))
            };
            *out = risk().unwrap_or_else(|(column, reason): Wrong| {
                let column = FIELDS.get(column).map_or("", |(name, _)| name);
                worker.errors.push(RowError { row: (first + row) as u64, column, reason });
                f64::NAN
            });
        }
    });
    ended.map_or(Ok(()), Err)
}

/// The place of a column among the fields, and why a cell of it makes no sense.
type Wrong = (usize, Arc<str>);

/// What a row says of its CVE beside the number.
fn own(
    epss: Option<&Column<'_>>,
    known_exploited: Option<&Column<'_>>,
    published: Option<&Column<'_>>,
    as_of: Option<&Column<'_>>,
    row: usize,
) -> Result<Own, Wrong> {
    let wrong = |column: usize| move |reason| (column, reason);
    Ok(Own {
        epss: meaning::chance(epss, row).map_err(wrong(1))?,
        known_exploited: meaning::flag(known_exploited, row).map_err(wrong(2))?,
        published: meaning::moment(published, row).map_err(wrong(3))?,
        as_of: meaning::moment(as_of, row).map_err(wrong(4))?,
    })
}

fn as_text<S: serde::Serializer>(reason: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prioritize::{Bits, Integers, Texts, TimeUnit};

    fn scored(columns: Vec<(&str, Column<'_>)>) -> TableScores {
        let batch = Batch::of(columns).unwrap();
        score_table(&[batch], &Intel::none(), Days::THIRTY, OnProgress::default()).unwrap()
    }

    #[test]
    fn a_bad_row_is_an_error_of_that_row() {
        let dictionary = Arc::new(Texts::of(&["CVE-2021-44228", "CVE-1"]));
        let scores = scored(vec![
            ("cve", Column::coded(Integers::I8(&[0, 1, 2, -1, 0, 0, 0]), dictionary)),
            ("epss", Column::numbers(&[0.5, 0.5, 0.5, 0.5, f64::INFINITY, 0.5, -0.1])),
            ("known_exploited", Column::texts(Texts::of(&["yes", "no", "", " ", "1", "maybe", "no"]))),
        ]);
        let bad: Vec<_> = scores.errors.iter().map(|error| (error.row, error.column)).collect();
        assert_eq!(bad, [(1, "cve"), (2, "cve"), (4, "epss"), (5, "known_exploited"), (6, "epss")]);
        let none: Vec<_> = scores.risks.iter().map(|risk| risk.is_nan()).collect();
        assert_eq!(none, [false, true, true, false, true, true, true]);
        assert_eq!(&*scores.errors[0].reason, "`CVE-1` is not a CVE number: write it as `CVE-2021-44228`");
        assert!(scores.errors[1].reason.contains("none of the dictionary's"));
        assert_eq!(&*scores.errors[3].reason, "`maybe` is neither `yes` nor `no`");
    }

    #[test]
    fn unknown_is_said_in_many_ways_and_means_one_thing() {
        let nothing = scored(vec![("epss", Column::unknown(1))]).risks;
        let texts = ["  "];
        for (name, column) in [
            ("epss", Column::numbers(&[f64::NAN])),
            ("epss", Column::singles(&[f32::NAN])),
            ("epss", Column::numbers(&[0.9]).known(Bits::new(&[0], 0))),
            ("cve", Column::coded(Integers::I16(&[-1]), Arc::new(Texts::of(&["CVE-2021-44228"])))),
            ("cve", Column::texts(Texts::of(&texts))),
            ("known_exploited", Column::integers(Integers::I64(&[1])).known(Bits::new(&[0], 0))),
            ("reachable", Column::texts(Texts::new(1, |_| None))),
            ("published", Column::moments(Integers::I32(&[0]), TimeUnit::Days).known(Bits::new(&[0], 0))),
        ] {
            let scores = scored(vec![(name, column)]);
            assert_eq!((scores.risks, scores.errors.len()), (nothing.clone(), 0), "{name}");
        }
    }

    #[test]
    fn flags_are_read_from_whatever_tables_have_for_them() {
        let risk = |column| scored(vec![("known_exploited", column)]).risks;
        let yes_and_no = risk(Column::flags(Bits::new(&[0b01], 0), 2));
        assert!(yes_and_no[0] > yes_and_no[1]);
        assert_eq!(risk(Column::integers(Integers::I64(&[1, 0]))), yes_and_no);
        assert_eq!(risk(Column::numbers(&[1.0, 0.0])), yes_and_no);
        assert_eq!(risk(Column::texts(Texts::of(&["Yes", "false"]))), yes_and_no);
        assert!(risk(Column::numbers(&[1.0, 2.0]))[1].is_nan());
    }

    #[test]
    fn moments_are_of_any_unit() {
        let risk = |published: Column<'_>| {
            let as_of = Column::texts(Texts::of(&["2025-11-13"]));
            let scores = scored(vec![("published", published), ("as_of", as_of)]);
            assert_eq!(scores.errors, []);
            scores.risks[0]
        };
        let young = risk(Column::texts(Texts::of(&["2025-11-01"])));
        assert!(young > risk(Column::texts(Texts::of(&["2020-11-01"]))));
        for (seconds, unit) in [
            (1.0 / 86_400.0, TimeUnit::Days),
            (1.0, TimeUnit::Seconds),
            (1e3, TimeUnit::Milliseconds),
            (1e6, TimeUnit::Microseconds),
            (1e9, TimeUnit::Nanoseconds),
        ] {
            // 2025-11-01.
            let at = [(1_761_955_200.0 * seconds) as i64];
            assert_eq!(risk(Column::moments(Integers::I64(&at), unit)), young, "{unit:?}");
        }
        let far = [i64::MAX];
        let scores = scored(vec![("published", Column::moments(Integers::I64(&far), TimeUnit::Days))]);
        assert_eq!((scores.errors.len(), scores.errors[0].column), (1, "published"));
    }

    #[test]
    fn a_table_that_makes_no_sense_is_an_error_of_a_column() {
        let short = Bits::new(&[], 0);
        for (columns, place, message) in [
            (
                vec![("host", Column::unknown(1))],
                "host",
                "`host` is no column of a row: name it as one of cve,",
            ),
            (
                vec![("epss", Column::unknown(1)), ("cve", Column::unknown(2))],
                "cve",
                "has 2 rows and another 1",
            ),
            (vec![("cve", Column::unknown(1)), ("cve", Column::unknown(1))], "cve", "given twice"),
            (vec![("cve", Column::numbers(&[0.5]))], "cve", "is of numbers: it must be of text"),
            (
                vec![("epss", Column::flags(Bits::new(&[1], 0), 1))],
                "epss",
                "is of flags: it must be of numbers",
            ),
            (vec![("epss", Column::numbers(&[0.5]).known(short))], "epss", "fewer bits than rows"),
            (vec![("known_exploited", Column::flags(short, 1))], "known_exploited", "fewer bits than rows"),
        ] {
            let error = Batch::of(columns).unwrap_err();
            assert_eq!((error.code(), error.place()), ("invalid_input", Some(place)));
            assert!(error.message().contains(message), "{error}");
        }
    }

    #[test]
    fn rows_are_numbered_over_all_batches_and_in_order() {
        let (bad, good) = (vec![2.0; 1500], vec![0.5; 1500]);
        let batches = [&bad, &good, &bad].map(|epss| Batch::of([("epss", Column::numbers(epss))]).unwrap());
        let scores = score_table(&batches, &Intel::none(), Days::THIRTY, OnProgress::default()).unwrap();
        let rows: Vec<_> = scores.errors.iter().map(|error| error.row).collect();
        assert_eq!(rows, (0..1500).chain(3000..4500).collect::<Vec<u64>>());
    }

    #[test]
    fn whoever_asks_may_end_it() {
        let epss = vec![0.5; 10_000];
        let batch = Batch::of([("epss", Column::numbers(&epss))]).unwrap();
        let stop = |progress: Progress| progress.done < 1_000;
        let error = score_table(&[batch], &Intel::none(), Days::THIRTY, OnProgress::new(&stop)).unwrap_err();
        assert_eq!(error.code(), "cancelled");
    }

    #[test]
    fn texts_that_never_stand_twice_are_scored_as_well() {
        let texts: Vec<_> = (0..600_000).map(|n| format!("CVE-2020-{n:06}")).collect();
        let scores = scored(vec![("cve", Column::texts(Texts::of(&texts)))]);
        assert!(scores.errors.is_empty() && scores.risks.iter().all(|risk| *risk == scores.risks[0]));
    }
}
