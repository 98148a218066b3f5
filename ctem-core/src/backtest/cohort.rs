use super::{
    columns::{self, Columns},
    options::BackTestOptions,
};
use crate::{
    cvss::Vector,
    error::{Error, Result, quoted},
    id::Cve,
    intel::epss::Epss,
    model::{Note, RecordCounts},
    quantity::{Probability, Score},
    time::Moment,
    word,
};
use hashbrown::HashMap;
use serde::Serialize;
use std::borrow::Cow;

/// CVEs as they were known on a day, and which of them were exploited afterwards.
///
/// ```
/// use ctem_core::backtest::{BackTestOptions, Cohort};
///
/// let rows = b"cve,known,vector\n\
///     CVE-2024-0001,2024-10-01,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n\
///     CVE-2024-0002,2024-10-02,CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N\n";
/// let outcomes = b"cve,date\nCVE-2024-0001,2024-11-05\nCVE-2023-9999,2024-11-09\n";
/// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// let cohort = Cohort::read(rows, outcomes, None, &options)?;
/// assert_eq!((cohort.len(), cohort.exploited()), (2, 1));
///
/// // Signals of the day after would know too much.
/// let late = b"cve,known\nCVE-2024-0001,2024-10-25\n";
/// let error = Cohort::read(late, outcomes, None, &options).unwrap_err();
/// assert_eq!((error.code(), error.place()), ("invalid_input", Some("rows, line 2")));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cohort {
    pub(super) cases: Vec<Case>,
    pub(super) counts: CohortCounts,
    pub(super) notes: Vec<Note>,
}

/// What became of the records of both files.
///
/// ```
/// # use ctem_core::backtest::{BackTestOptions, Cohort};
/// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
/// let rows = b"cve,known,kev\nCVE-2024-0001,2024-10-01,no\nCVE-2024-0002,2024-10-01,yes\n";
/// let counts = Cohort::read(rows, b"cve,date\n", None, &options)?.counts();
/// assert_eq!((counts.rows.accepted, counts.known_before, counts.kept), (2, 1, 1));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CohortCounts {
    /// The rows of signals. Of several of one CVE the one known last counts.
    pub rows: RecordCounts,
    /// Rows left out, since exploitation was known at the landmark.
    pub known_before: u64,
    /// Rows left out, since a signal is missing and only complete ones were wanted.
    pub incomplete: u64,
    /// Rows that rankings are tested on.
    pub kept: u64,
    /// The rows of outcomes. Of several of one CVE the first counts.
    pub outcomes: RecordCounts,
    /// Outcomes in the window that are of no row that is kept.
    pub outcomes_of_no_row: u64,
}

/// A CVE on the day of the landmark, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    pub(super) cve: Cve,
    pub(super) published: Option<Moment>,
    pub(super) vector: Option<Vector>,
    pub(super) base_score: Option<f64>,
    pub(super) epss: Option<Probability>,
    pub(super) ssvc: Option<Ssvc>,
    pub(super) exploited: bool,
}

/// The three points of SSVC that a coordinator knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ssvc {
    pub(super) exploitation: &'static str,
    pub(super) automatable: bool,
    pub(super) total: bool,
}

impl Cohort {
    /// Reads rows of signals and rows of outcomes: CSV, JSON or JSON Lines, plain or gzip, of at most 1 GiB each once unpacked.
    ///
    /// Columns are found by their usual names, whatever case and punctuation; others do not matter. A row has `cve`, at least one
    /// date its signals were known (`known`, `date`, `as_of`, `updated`, `ssvc_date`, `epss_date`; of several all must be at or
    /// before the landmark), and what it knows of `vector` or `base_score`, `epss`, `exploitation`, `automatable`,
    /// `technical_impact`, `kev`, `kev_date` and `published`. An outcome has `cve` and `date` (or `date_added`, as in CISA's
    /// catalogue). An EPSS table gives scores to rows that state none. O(n log n).
    ///
    /// A row that makes no sense is rejected with a note. A row that is in KEV, or was exploited, at the landmark is left out.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// let read = |rows: &str, outcomes: &str| Cohort::read(rows.as_bytes(), outcomes.as_bytes(), None, &options);
    /// let rows = "cve,known\nCVE-2024-0001,2024-10-01\n";
    ///
    /// // It was exploited before, and its row does not say so.
    /// let error = read(rows, "cve,date\nCVE-2024-0001,2024-10-20\n").unwrap_err();
    /// assert_eq!(error.place(), Some("outcomes, line 2"));
    /// // Nobody says when this was known.
    /// let error = read("cve,known\nCVE-2024-0001,\n", "cve,date\n").unwrap_err();
    /// assert_eq!(error.place(), Some("rows, line 2"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` at the record for whatever would leak: a row without a date, a signal dated after the landmark, an outcome
    /// at or before it of a row that does not say so (unless such rows are to be left out), an outcome without a date, an EPSS
    /// table without a date or of a later day; and for options that make no sense. `malformed` and `limit_exceeded` as for any file.
    pub fn read(
        rows: &[u8],
        outcomes: &[u8],
        epss: Option<&Epss>,
        options: &BackTestOptions,
    ) -> Result<Self> {
        options.checked()?;
        if let Some(table) = epss {
            let date = table.score_date.ok_or_else(|| {
                Error::invalid(
                    "the EPSS table has no date: keep the first line of FIRST's file, which says it",
                )
            });
            date.and_then(|date| not_after(date, options.landmark, "the EPSS table"))
                .map_err(|error| error.at("epss"))?;
        }
        let mut cohort = Self { cases: Vec::new(), counts: CohortCounts::default(), notes: Vec::new() };
        let happened = cohort.read_outcomes(outcomes).map_err(|error| error.at("outcomes"))?;
        let mut read: HashMap<Cve, (Moment, bool, Case)> = HashMap::new();
        columns::each(rows, ROW, |texts, place| {
            cohort.counts.rows.read += 1;
            match row(texts, options.landmark) {
                Ok(Read::Row { known, listed, case }) => {
                    match read.entry(case.cve) {
                        hashbrown::hash_map::Entry::Vacant(free) => {
                            cohort.counts.rows.accepted += 1;
                            free.insert((known, listed, case));
                        }
                        hashbrown::hash_map::Entry::Occupied(mut taken) => {
                            cohort.counts.rows.merged += 1;
                            let earlier = taken.get_mut();
                            let listed = listed || earlier.1;
                            if known > earlier.0 {
                                *earlier = (known, listed, case);
                            } else if known == earlier.0 && case != earlier.2 {
                                let message = format!(
                                    "`{}` has two rows of one day that differ: keep one of them",
                                    case.cve
                                );
                                return Err(Error::invalid(message).at(place));
                            }
                            earlier.1 = listed;
                        }
                    }
                    Ok(())
                }
                Ok(Read::Leaks(error)) => Err(error.at(place)),
                Err(error) => {
                    cohort.counts.rows.rejected += 1;
                    Note::rejected(&error.at(place).at("rows")).add(&mut cohort.notes);
                    Ok(())
                }
            }
        })
        .map_err(|error| error.at("rows"))?;
        Note::fold(&mut cohort.notes);
        cohort.settle(read, &happened, epss, options)?;
        Ok(cohort)
    }

    /// How many CVEs there are.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// assert_eq!(Cohort::read(b"cve,known\nCVE-2024-0001,2024-10-01\n", b"cve,date\n", None, &options)?.len(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// assert!(Cohort::read(b"cve,known\n", b"cve,date\n", None, &options)?.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// How many of them were exploited in the window.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// let rows = b"cve,known\nCVE-2024-0001,2024-10-01\n";
    /// // What comes after the window does not count.
    /// assert_eq!(Cohort::read(rows, b"cve,date\nCVE-2024-0001,2025-09-01\n", None, &options)?.exploited(), 0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn exploited(&self) -> usize {
        self.cases.iter().filter(|case| case.exploited).count()
    }

    /// What became of the records of both files.
    ///
    /// ```
    /// # use ctem_core::backtest::{BackTestOptions, Cohort};
    /// let options = BackTestOptions::new("2024-10-24".parse()?, "2025-08-25".parse()?)?;
    /// let counts = Cohort::read(b"cve,known\nnothing,2024-10-01\n", b"cve,date\n", None, &options)?.counts();
    /// assert_eq!(counts.rows.rejected, 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn counts(&self) -> CohortCounts {
        self.counts
    }

    /// The first outcome of each CVE, with its place.
    fn read_outcomes(&mut self, outcomes: &[u8]) -> Result<HashMap<Cve, (Moment, String)>> {
        let mut first: HashMap<Cve, (Moment, String)> = HashMap::new();
        columns::each(outcomes, OUTCOME, |texts, place| {
            let tally = &mut self.counts.outcomes;
            tally.read += 1;
            let cve: Cve = match field(texts, 0).parse() {
                Ok(cve) => cve,
                Err(error) => {
                    tally.rejected += 1;
                    Note::rejected(&Error::at(error, place).at("outcomes")).add(&mut self.notes);
                    return Ok(());
                }
            };
            let date: Moment = field(texts, 1).parse().map_err(|error: Error| error.at(place))?;
            match first.get_mut(&cve) {
                Some(known) => {
                    tally.merged += 1;
                    if date < known.0 {
                        *known = (date, place.to_owned());
                    }
                }
                None => {
                    tally.accepted += 1;
                    first.insert(cve, (date, place.to_owned()));
                }
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// Joins rows and outcomes, in the order of CVEs.
    fn settle(
        &mut self,
        read: HashMap<Cve, (Moment, bool, Case)>,
        happened: &HashMap<Cve, (Moment, String)>,
        epss: Option<&Epss>,
        options: &BackTestOptions,
    ) -> Result<()> {
        let mut cases: Vec<(bool, Case)> =
            read.into_values().map(|(_, listed, case)| (listed, case)).collect();
        cases.sort_unstable_by_key(|(_, case)| case.cve);
        for (listed, mut case) in cases {
            let outcome = happened.get(&case.cve);
            let before = outcome.filter(|(date, _)| *date <= options.landmark);
            if let (Some((date, place)), false, false) = (before, listed, options.leave_out_known) {
                let message = format!(
                    "`{}` was exploited on {}, not after the landmark {}, and its row does not say so: say `kev` there, or have such \
                     rows left out",
                    case.cve,
                    date.date(),
                    options.landmark.date()
                );
                return Err(Error::invalid(message).at(place).at("outcomes"));
            }
            if listed || before.is_some() {
                self.counts.known_before += 1;
                continue;
            }
            case.exploited = outcome.is_some_and(|(date, _)| *date <= options.until);
            case.epss = case.epss.or_else(|| epss?.score(case.cve).map(|score| score.probability));
            self.cases.push(case);
        }
        if options.complete {
            self.keep_complete();
        }
        self.counts.kept = self.cases.len() as u64;
        let in_window = |(date, _): &&(Moment, String)| *date > options.landmark && *date <= options.until;
        let all = happened.values().filter(in_window).count();
        self.counts.outcomes_of_no_row = (all - self.exploited()) as u64;
        Ok(())
    }

    /// Leaves out what lacks a signal that any case has.
    fn keep_complete(&mut self) {
        let has = |case: &Case| [case.base_score.is_some(), case.epss.is_some(), case.ssvc.is_some()];
        let wanted = self.cases.iter().fold([false; 3], |known, case| {
            let of = has(case);
            std::array::from_fn(|n| known.get(n) == Some(&true) || of.get(n) == Some(&true))
        });
        let before = self.cases.len();
        self.cases.retain(|case| wanted.iter().zip(has(case)).all(|(wanted, has)| !wanted || has));
        self.counts.incomplete = (before - self.cases.len()) as u64;
    }
}

/// A row that may be used, or one that may not.
enum Read {
    Row { known: Moment, listed: bool, case: Case },
    Leaks(Error),
}

/// # Errors
/// What makes no sense, so that the row is rejected and the others count.
fn row(texts: &[Cow<'_, str>], landmark: Moment) -> Result<Read> {
    let text = |column| field(texts, column);
    let cve: Cve = text(CVE).parse()?;
    let mut known = None;
    for (column, name) in DATES {
        if text(column).is_empty() {
            continue;
        }
        let date: Moment = match text(column).parse() {
            Ok(date) => date,
            Err(error) => return Ok(Read::Leaks(error)),
        };
        if let Err(error) = not_after(date, landmark, name) {
            return Ok(Read::Leaks(error));
        }
        if DATES_OF_SIGNALS.contains(&column) {
            known = known.max(Some(date));
        }
    }
    let Some(known) = known else {
        let message = format!(
            "nobody says when this was known of `{cve}`: give its row a date, in a column such as `known`"
        );
        return Ok(Read::Leaks(Error::invalid(message)));
    };
    let (mut vector, mut base_score) = (None, None);
    let written = Some(text(VECTOR)).filter(|text| !text.is_empty());
    match written.map(|written| (written, written.parse::<f64>())) {
        Some((_, Ok(number))) => base_score = Some(Score::new(number)?.get()),
        Some((written, Err(_))) => vector = Some(written.parse::<Vector>()?),
        None => {}
    }
    if let Some(vector) = vector {
        base_score = Some(vector.base_score().get());
    } else if !text(BASE_SCORE).is_empty() {
        base_score = Some(Score::new(number(text(BASE_SCORE))?)?.get());
    }
    let epss = Some(text(EPSS)).filter(|text| !text.is_empty());
    let epss = epss.map(|epss| number(epss).and_then(Probability::new)).transpose()?;
    let listed = text(KEV_DATE).is_empty().then(|| word::flag(text(KEV)));
    let listed = match listed {
        Some(said) => {
            said.ok_or_else(|| Error::invalid(format!("{} is neither yes nor no", quoted(text(KEV)))))?
        }
        None => true,
    };
    let published = Some(text(PUBLISHED)).filter(|text| !text.is_empty()).map(str::parse).transpose()?;
    let ssvc = ssvc(text(EXPLOITATION), text(AUTOMATABLE), text(IMPACT))?;
    let case = Case { cve, published, vector, base_score, epss, ssvc, exploited: false };
    Ok(Read::Row { known, listed, case })
}

/// The points of SSVC, where all three are stated.
fn ssvc(exploitation: &str, automatable: &str, impact: &str) -> Result<Option<Ssvc>> {
    if exploitation.is_empty() || automatable.is_empty() || impact.is_empty() {
        return Ok(None);
    }
    let exploitation = match &*word::plain(exploitation) {
        "none" => "none",
        "poc" | "public_poc" | "proof_of_concept" => "public poc",
        "active" => "active",
        _ => {
            return Err(Error::invalid(format!(
                "{} is no exploitation: write none, poc or active",
                quoted(exploitation)
            )));
        }
    };
    let Some(automatable) = word::flag(automatable) else {
        return Err(Error::invalid(format!("{} is neither yes nor no", quoted(automatable))));
    };
    let total = match &*word::plain(impact) {
        "partial" => false,
        "total" => true,
        _ => {
            return Err(Error::invalid(format!(
                "{} is no technical impact: write partial or total",
                quoted(impact)
            )));
        }
    };
    Ok(Some(Ssvc { exploitation, automatable, total }))
}

fn not_after(date: Moment, landmark: Moment, what: &str) -> Result<()> {
    if date <= landmark {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{what} is of {date}, after the landmark {landmark}: what became known later may not be used, so take an older one"
    )))
}

fn number(text: &str) -> Result<f64> {
    text.parse().map_err(|_| Error::invalid(format!("{} is not a number", quoted(text))))
}

fn field<'a>(texts: &'a [Cow<'_, str>], column: usize) -> &'a str {
    texts.get(column).map(|text| text.trim()).unwrap_or_default()
}

const OUTCOME: &Columns = &[CVE_NAMES, &["date", "dateadded", "exploited", "firstseen", "listed", "kevdate"]];

const CVE_NAMES: &[&str] = &["cve", "cveid", "cvenumber", "id"];

/// The columns of a row, in the order of the numbers below.
const ROW: &Columns = &[
    CVE_NAMES,
    &["known", "date", "asof", "snapshot"],
    &["updated", "dateupdated", "lastmodified"],
    &["ssvcdate", "ssvcts", "ssvctimestamp"],
    &["epssdate", "scoredate"],
    &["kevdate", "dateadded"],
    &["published", "datepublished"],
    &["vector", "cvssvector", "vectorstring", "cvss"],
    &["basescore", "cvssscore", "cvss31", "cvss3"],
    &["epss", "epssscore"],
    &["exploitation", "expl"],
    &["automatable"],
    &["technicalimpact", "techimpact"],
    &["kev", "inkev", "knownexploited"],
];

const CVE: usize = 0;
const KEV_DATE: usize = 5;
const PUBLISHED: usize = 6;
const VECTOR: usize = 7;
const BASE_SCORE: usize = 8;
const EPSS: usize = 9;
const EXPLOITATION: usize = 10;
const AUTOMATABLE: usize = 11;
const IMPACT: usize = 12;
const KEV: usize = 13;

/// All dates a row may have; none may lie after the landmark.
const DATES: [(usize, &str); 6] = [
    (1, "the row"),
    (2, "the record"),
    (3, "SSVC"),
    (4, "EPSS"),
    (KEV_DATE, "the listing in KEV"),
    (PUBLISHED, "the CVE"),
];

/// Those that say when signals were known.
const DATES_OF_SIGNALS: [usize; 4] = [1, 2, 3, 4];
