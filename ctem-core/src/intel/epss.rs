//! The Exploit Prediction Scoring System of FIRST: for every CVE the chance that exploitation activity is seen, anywhere, in
//! the next 30 days (Jacobs et al., *Enhancing Vulnerability Prioritization*, 2023).
//!
//! It is a chance for the world, not for one host, and it is not cumulative. Models differ in level, so the table keeps
//! which model gave it and when. Its percentile is a rank among CVEs, never a chance.

use crate::{
    error::{Error, Result, quoted},
    id::Cve,
    model::{Note, RecordCounts},
    quantity::Probability,
    text,
    time::Moment,
};
use hashbrown::HashMap;
use std::borrow::Cow;

/// One day's EPSS table.
///
/// ```
/// use ctem_core::intel::epss::Epss;
///
/// let table = Epss::read(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n", 1 << 20)?;
/// assert_eq!(table.iter().map(|(cve, _)| cve.to_string()).collect::<Vec<_>>(), ["CVE-2021-44228"]);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Epss {
    /// The model that gave the scores, as `v2025.03.14`.
    pub model_version: Option<Box<str>>,
    /// The day of the scores.
    pub score_date: Option<Moment>,
    /// What became of the rows.
    pub tally: RecordCounts,
    /// Why rows were rejected.
    pub notes: Vec<Note>,
    scores: HashMap<Cve, EpssScore>,
}

/// A CVE's score on the day of the table.
///
/// ```
/// use ctem_core::intel::epss::Epss;
///
/// let table = Epss::read(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n", 1 << 20)?;
/// let score = table.score("CVE-2021-44228".parse()?).expect("it is in the table");
/// assert_eq!((score.probability.get(), score.percentile.map(|part| part.get())), (0.94, Some(0.99)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EpssScore {
    /// The chance that exploitation activity is seen in 30 days.
    pub probability: Probability,
    /// The part of all CVEs that score no higher.
    pub percentile: Option<Probability>,
}

impl Epss {
    /// Reads FIRST's daily CSV, plain or gzip, of at most `most_bytes` once unpacked.
    ///
    /// A row that makes no sense is rejected with its line. O(n log n); up to 70 bytes a CVE.
    ///
    /// ```
    /// use ctem_core::intel::epss::Epss;
    ///
    /// let table = Epss::read(b"#model_version:v2025.03.14,score_date:2025-11-13T00:00:00+0000\n\
    ///     cve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\nCVE-2021-1,0.5,0.9\n", 1 << 20)?;
    /// assert_eq!(table.score("CVE-2021-44228".parse()?).map(|score| score.probability.get()), Some(0.94358));
    /// assert_eq!(table.notes[0].to_string(), "rejected: `CVE-2021-1` is not a CVE number: write it as `CVE-2021-44228`   (at line 4)");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `malformed` when it is not such a table, `limit_exceeded` when it is too large.
    pub fn read(bytes: &[u8], most_bytes: usize) -> Result<Self> {
        let bytes = text::unpacked(bytes, most_bytes)?;
        let text = text::decoded(&bytes)?;
        let mut table = Self::default();
        let mut lines = (1u64..).zip(text.lines());
        let mut header: Cow<'_, [&str]> = Cow::Borrowed(&[]);
        for (_, line) in lines.by_ref() {
            if let Some(comment) = line.strip_prefix('#') {
                table.comment(comment)?;
            } else if !line.trim().is_empty() {
                header = Cow::Owned(line.split(',').map(str::trim).collect());
                break;
            }
        }
        let column = |name: &str| header.iter().position(|known| known.eq_ignore_ascii_case(name));
        let (Some(cve), Some(epss)) = (column("cve"), column("epss")) else {
            return Err(Error::malformed(
                "there is no header with `cve` and `epss`: this is not FIRST's daily EPSS file",
            ));
        };
        let percentile = column("percentile");
        let mut rows = Vec::new();
        for (number, line) in lines {
            if line.trim().is_empty() {
                continue;
            }
            table.tally.read += 1;
            match row(line, header.len(), cve, epss, percentile) {
                Ok(scored) => rows.push(scored),
                Err(error) => table.reject(&error.at(format_args!("line {number}"))),
            }
        }
        table.settle(rows);
        Ok(table)
    }

    /// The score of a CVE, if the table has it. O(1).
    ///
    /// ```
    /// use ctem_core::intel::epss::Epss;
    ///
    /// let table = Epss::read(b"cve,epss\nCVE-2021-44228,0.94\n", 1 << 20)?;
    /// // What the table lacks is unknown, not zero.
    /// assert!(table.score("CVE-2024-10001".parse()?).is_none());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn score(&self, cve: Cve) -> Option<EpssScore> {
        self.scores.get(&cve).copied()
    }

    /// How many CVEs have a score.
    ///
    /// ```
    /// use ctem_core::intel::epss::Epss;
    ///
    /// let table = Epss::read(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n", 1 << 20)?;
    /// assert_eq!(table.len(), 1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether none has.
    ///
    /// ```
    /// use ctem_core::intel::epss::Epss;
    ///
    /// let table = Epss::read(b"cve,epss,percentile\nCVE-2021-44228,0.94,0.99\n", 1 << 20)?;
    /// assert!(!table.is_empty());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// All scores, by CVE.
    ///
    /// ```
    /// use ctem_core::intel::epss::Epss;
    ///
    /// let table = Epss::read(b"cve,epss\nCVE-2021-44228,0.94\nCVE-2014-0160,0.92\n", 1 << 20)?;
    /// assert_eq!(table.iter().map(|(cve, _)| cve.year()).collect::<Vec<_>>(), [2014, 2021]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (Cve, EpssScore)> + '_ {
        let mut scores: Vec<_> = self.scores.iter().map(|(cve, score)| (*cve, *score)).collect();
        scores.sort_unstable_by_key(|(cve, _)| *cve);
        scores.into_iter()
    }

    /// `model_version:v2025.03.14,score_date:2025-11-13T00:00:00+0000`
    fn comment(&mut self, comment: &str) -> Result<()> {
        for part in comment.split(',') {
            match part.split_once(':') {
                Some(("model_version", version)) => self.model_version = Some(version.trim().into()),
                Some(("score_date", date)) => {
                    // FIRST writes the offset without a colon, which RFC 3339 does not know.
                    let date = date.trim();
                    let day = date.get(..10).unwrap_or(date);
                    self.score_date = Some(day.parse().map_err(|error: Error| error.at("line 1"))?);
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    fn reject(&mut self, error: &Error) {
        self.tally.rejected += 1;
        Note::rejected(error).add(&mut self.notes);
    }

    /// Sorts the rows; equal ones become one, and of contradicting ones the likelier stays.
    fn settle(&mut self, mut rows: Vec<(Cve, EpssScore)>) {
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.probability.cmp(&a.1.probability)));
        let mut kept: Vec<(Cve, EpssScore)> = Vec::with_capacity(rows.len());
        for (cve, score) in rows {
            match kept.last() {
                Some((last, known)) if *last == cve => {
                    if *known == score {
                        self.tally.merged += 1;
                    } else {
                        let message = format!(
                            "`{cve}` has two scores, `{}` and `{}`: the higher is used",
                            known.probability, score.probability
                        );
                        self.reject(&Error::invalid(message));
                    }
                }
                Some(_) | None => {
                    self.tally.accepted += 1;
                    kept.push((cve, score));
                }
            }
        }
        self.scores = kept.into_iter().collect();
    }
}

/// A row of FIRST's file, which quotes nothing: no field holds a comma, so a line is split and not parsed, which for a third of a
/// million rows is most of the time. A file that does quote is told by its first row, whose quotes are no number.
fn row(
    line: &str,
    columns: usize,
    cve: usize,
    epss: usize,
    percentile: Option<usize>,
) -> Result<(Cve, EpssScore)> {
    let (mut id, mut chance, mut rank, mut count) = ("", "", None, 0);
    for (n, field) in line.split(',').enumerate() {
        count = n + 1;
        let field = field.trim();
        if n == cve {
            id = field;
        } else if n == epss {
            chance = field;
        } else if Some(n) == percentile {
            rank = Some(field);
        }
    }
    if count != columns {
        let message = format!("the row has {count} fields and the header {columns}: check its separators");
        return Err(Error::invalid(message));
    }
    let number = |field: &str| {
        let number =
            field.parse::<f64>().map_err(|_| Error::invalid(format!("{} is not a number", quoted(field))))?;
        Probability::new(number)
    };
    let percentile = rank.map(number).transpose()?;
    Ok((id.parse()?, EpssScore { probability: number(chance)?, percentile }))
}
