//! Tables as what differs from those before them, so that a log does not grow by what repeats day after day.
//!
//! A day's file of scores has some 300,000 rows, of which few are other than on the day before; its percentiles all move, and follow from
//! the scores. So an event that brings a table in the place of another is kept as the rows that changed and those that went, with a digest
//! of the table they are to be held against. The event stays the one that was told: told again, it is known.

use super::tables::{epss, head, kev, listing};
use crate::{
    error::{Error, ErrorKind, Result},
    id::Cve,
    intel::{Intel, epss::Epss, exploits::Exploits, kev::Kev},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

/// The tables of feeds, each as what differs from the one before.
///
/// ```
/// use ctem_core::{Program, program::{ApplyOptions, Event, Feeds, What}};
///
/// let mut program = Program::default();
/// for (day, score) in [("2025-11-12", "0.94"), ("2025-11-13", "0.95")] {
///     let rows: String = (1000..2000).map(|n| format!("CVE-2024-{n},0.1\n")).collect();
///     let text = format!("cve,epss\nCVE-2021-44228,{score}\n{rows}");
///     let feeds = Feeds::read(Some(text.as_bytes()), None)?;
///     program.apply(Event::new(day.parse()?, What::Intel(feeds)), ApplyOptions::default())?;
/// }
/// // The second of two thousand rows is kept as one.
/// let kept = program.events().last().expect("there are two").document()?;
/// assert!(kept.len() < 400 && kept.contains("CVE-2021-44228,0.95"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedsSince {
    /// Which event it was when it was told.
    pub(super) told: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss: Option<EpssSince>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev: Option<KevSince>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metasploit: Option<CvesSince>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nuclei: Option<CvesSince>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exploit_db: Option<CvesSince>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EpssSince {
    /// The digest of the table before.
    from: Box<str>,
    /// The line above the table.
    #[serde(default)]
    head: Box<str>,
    /// A line each: the CVE and its score, or the CVE alone where it is gone.
    scores: Box<str>,
    /// The percentiles that do not follow from the scores, a line each; absent where the table has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percentiles: Option<Box<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KevSince {
    /// The digest of the catalogue before.
    from: Box<str>,
    version: Box<str>,
    released: serde_json::Value,
    /// Entries that are new or other than they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Cve>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CvesSince {
    /// The digest of the list before.
    from: Box<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    added: Vec<Cve>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<Cve>,
}

impl FeedsSince {
    /// What differs between tables; of those that `told` says were told, and that there were before. Says which those are.
    pub(super) fn of(key: Box<str>, told: [bool; 5], before: &Intel, after: &Intel) -> (Self, [bool; 5]) {
        let [epss, kev, metasploit, nuclei, exploit_db] = told;
        let since = Self {
            told: key,
            epss: both(epss, &before.epss, &after.epss).map(|(old, new)| EpssSince::of(old, new)),
            kev: both(kev, &before.kev, &after.kev).map(|(old, new)| KevSince::of(old, new)),
            metasploit: both(metasploit, &before.metasploit, &after.metasploit)
                .map(|(old, new)| CvesSince::of(old, new)),
            nuclei: both(nuclei, &before.nuclei, &after.nuclei).map(|(old, new)| CvesSince::of(old, new)),
            exploit_db: both(exploit_db, &before.exploit_db, &after.exploit_db)
                .map(|(old, new)| CvesSince::of(old, new)),
        };
        let has = since.has();
        (since, has)
    }

    /// That it is some event, of which every table stands whole.
    pub(super) fn told(key: &str) -> Self {
        Self { told: key.into(), ..Self::default() }
    }

    /// Which tables it has: EPSS, KEV, Metasploit, Nuclei, Exploit-DB.
    pub(super) fn has(&self) -> [bool; 5] {
        [
            self.epss.is_some(),
            self.kev.is_some(),
            self.metasploit.is_some(),
            self.nuclei.is_some(),
            self.exploit_db.is_some(),
        ]
    }

    /// The tables that it makes of those before.
    pub(super) fn after(&self, before: &Intel) -> Result<Intel> {
        let mut after = Intel::none();
        if let Some(since) = &self.epss {
            after.epss = Some(Arc::new(since.after(known(before.epss.as_deref(), "epss")?)?));
        }
        if let Some(since) = &self.kev {
            after.kev = Some(Arc::new(since.after(known(before.kev.as_deref(), "kev")?)?));
        }
        let lists = [
            (&self.metasploit, &before.metasploit, &mut after.metasploit, "metasploit"),
            (&self.nuclei, &before.nuclei, &mut after.nuclei, "nuclei"),
            (&self.exploit_db, &before.exploit_db, &mut after.exploit_db, "exploit_db"),
        ];
        for (since, before, after, name) in lists {
            if let Some(since) = since {
                *after = Some(Arc::new(since.after(known(before.as_deref(), name)?, name)?));
            }
        }
        Ok(after)
    }
}

impl EpssSince {
    fn of(before: &Epss, after: &Epss) -> Self {
        let mut scores = String::new();
        for (cve, score) in sorted(after) {
            if before.score(cve).map(|old| old.probability) != Some(score) {
                // Writing to a string cannot fail.
                let _ = writeln!(scores, "{cve},{}", score.get());
            }
        }
        for (cve, _) in sorted(before).into_iter().filter(|(cve, _)| after.score(*cve).is_none()) {
            let _ = writeln!(scores, "{cve}");
        }
        let ranks = Ranks::of(after.iter().map(|(_, score)| score.probability.get()));
        let mut own = String::new();
        let mut ranked = false;
        for (cve, _) in sorted(after) {
            let Some(score) = after.score(cve) else { continue };
            let Some(percentile) = score.percentile else { continue };
            ranked = true;
            if ranks.percentile(score.probability.get()).parse() != Ok(percentile.get()) {
                let _ = writeln!(own, "{cve},{}", percentile.get());
            }
        }
        Self {
            from: digest(&epss(before)),
            head: head(after).into(),
            scores: scores.into(),
            percentiles: ranked.then(|| own.into()),
        }
    }

    fn after(&self, before: &Epss) -> Result<Epss> {
        same(&self.from, &epss(before), "epss")?;
        let broken = || Error::malformed("a row is no CVE with a number: the document was edited").at("epss");
        let mut scores: BTreeMap<Cve, f64> =
            before.iter().map(|(cve, score)| (cve, score.probability.get())).collect();
        for line in self.scores.lines() {
            match line.split_once(',') {
                Some((cve, score)) => {
                    scores.insert(cve.parse()?, score.parse().map_err(|_| broken())?);
                }
                None => {
                    scores.remove(&line.parse()?);
                }
            }
        }
        let mut text = self.head.to_string();
        let Some(own) = &self.percentiles else {
            text.push_str("cve,epss\n");
            for (cve, score) in scores {
                let _ = writeln!(text, "{cve},{score}");
            }
            return Epss::read(text.as_bytes(), usize::MAX);
        };
        let ranks = Ranks::of(scores.values().copied());
        let mut stated: BTreeMap<Cve, &str> = BTreeMap::new();
        for line in own.lines() {
            let (cve, percentile) = line.split_once(',').ok_or_else(broken)?;
            stated.insert(cve.parse()?, percentile);
        }
        text.push_str("cve,epss,percentile\n");
        for (cve, score) in scores {
            let percentile = stated.get(&cve).map_or_else(|| ranks.percentile(score), |&own| own.to_owned());
            let _ = writeln!(text, "{cve},{score},{percentile}");
        }
        Epss::read(text.as_bytes(), usize::MAX)
    }
}

/// Scores by size, from which percentiles follow: the share of all that are as large or smaller, to five places, as FIRST has it.
struct Ranks(Vec<f64>);

impl Ranks {
    fn of(scores: impl Iterator<Item = f64>) -> Self {
        let mut scores: Vec<f64> = scores.collect();
        scores.sort_unstable_by(f64::total_cmp);
        Self(scores)
    }

    fn percentile(&self, score: f64) -> String {
        let at_most = self.0.partition_point(|other| *other <= score);
        format!("{:.5}", at_most as f64 / self.0.len().max(1) as f64)
    }
}

impl KevSince {
    fn of(before: &Kev, after: &Kev) -> Self {
        let entries = after.iter().filter(|entry| before.listing(entry.cve) != Some(*entry)).map(listing);
        let gone = before.iter().map(|entry| entry.cve).filter(|cve| after.listing(*cve).is_none());
        Self {
            from: digest(&kev(before).to_string()),
            version: after.version.clone(),
            released: serde_json::json!(after.released),
            entries: entries.collect(),
            gone: gone.collect(),
        }
    }

    fn after(&self, before: &Kev) -> Result<Kev> {
        same(&self.from, &kev(before).to_string(), "kev")?;
        let cve = |entry: &serde_json::Value| entry.get("cveID").and_then(|cve| cve.as_str()?.parse().ok());
        let changed: BTreeSet<Cve> =
            self.entries.iter().filter_map(cve).chain(self.gone.iter().copied()).collect();
        let kept = before.iter().filter(|entry| !changed.contains(&entry.cve)).map(listing);
        let whole = serde_json::json!({
            "catalogVersion": self.version,
            "dateReleased": self.released,
            "vulnerabilities": kept.chain(self.entries.iter().cloned()).collect::<Vec<_>>(),
        });
        Kev::read(whole.to_string().as_bytes(), usize::MAX)
    }
}

impl CvesSince {
    fn of(before: &Exploits, after: &Exploits) -> Self {
        Self {
            from: digest(&lines(before)),
            added: after.iter().filter(|cve| !before.has(*cve)).collect(),
            gone: before.iter().filter(|cve| !after.has(*cve)).collect(),
        }
    }

    fn after(&self, before: &Exploits, name: &str) -> Result<Exploits> {
        same(&self.from, &lines(before), name)?;
        let gone: BTreeSet<Cve> = self.gone.iter().copied().collect();
        Ok(before.iter().filter(|cve| !gone.contains(cve)).chain(self.added.iter().copied()).collect())
    }
}

fn lines(list: &Exploits) -> String {
    list.iter().fold(String::new(), |mut text, cve| {
        let _ = writeln!(text, "{cve}");
        text
    })
}

fn both<'a, T>(told: bool, before: &'a Option<Arc<T>>, after: &'a Option<Arc<T>>) -> Option<(&'a T, &'a T)> {
    if told { before.as_deref().zip(after.as_deref()) } else { None }
}

fn known<'a, T>(table: Option<&'a T>, name: &str) -> Result<&'a T> {
    table.ok_or_else(|| {
        let message =
            "a table is kept as what differs from the one before, and there is none: the document was edited";
        Error::new(ErrorKind::Conflict, message).at(name)
    })
}

fn sorted(table: &Epss) -> Vec<(Cve, crate::quantity::Probability)> {
    let mut scores: Vec<_> = table.iter().map(|(cve, score)| (cve, score.probability)).collect();
    scores.sort_unstable_by_key(|(cve, _)| *cve);
    scores
}

fn digest(text: &str) -> Box<str> {
    let digest = Sha256::digest(text.as_bytes());
    let mut told = String::with_capacity(32);
    for byte in digest.iter().take(16) {
        let _ = write!(told, "{byte:02x}");
    }
    told.into()
}

/// Fails where a table is not the one that a change is of.
fn same(from: &str, text: &str, name: &str) -> Result<()> {
    if *digest(text) == *from {
        return Ok(());
    }
    let message = "a table is kept as what differs from another than the one before: the document was edited";
    Err(Error::new(ErrorKind::Conflict, message).at(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intel::epss::Epss;

    /// A table as FIRST writes it, whose percentiles follow from its scores but for those that are stated.
    fn table(rows: &[(u32, f64)], own: &[(u32, &str)]) -> Epss {
        let ranks = Ranks::of(rows.iter().map(|(_, score)| *score));
        let mut text =
            "#model_version:v4,score_date:2025-11-13T00:00:00+0000\ncve,epss,percentile\n".to_owned();
        for (n, score) in rows {
            let stated = own.iter().find(|(of, _)| of == n).map(|(_, percentile)| (*percentile).to_owned());
            let percentile = stated.unwrap_or_else(|| ranks.percentile(*score));
            let _ = writeln!(text, "CVE-2024-{n},{score},{percentile}");
        }
        Epss::read(text.as_bytes(), usize::MAX).unwrap()
    }

    #[test]
    fn a_change_makes_the_table_again_to_the_bit() {
        let before = table(&[(1000, 0.1), (1001, 0.2), (1002, 0.3), (1003, 0.00043)], &[]);
        for after in [
            table(&[(1000, 0.1), (1001, 0.25), (1003, 0.00043), (1004, 0.00091)], &[]),
            table(&[(1000, 0.1), (1001, 0.2), (1002, 0.3), (1003, 0.00043)], &[(1001, "0.77777")]),
            Epss::read(b"cve,epss\nCVE-2024-1000,0.5\n", usize::MAX).unwrap(),
        ] {
            let since = EpssSince::of(&before, &after);
            assert_eq!(epss(&since.after(&before).unwrap()), epss(&after));
            let error = since.after(&after).unwrap_err();
            assert_eq!((error.code(), error.place()), ("conflict", Some("epss")));
        }
    }

    #[test]
    fn what_repeats_is_not_kept() {
        let rows: Vec<(u32, f64)> = (0..1_000).map(|n| (1_000 + n, f64::from(n % 97) / 100.0)).collect();
        let mut moved = rows.clone();
        moved[500].1 = 0.999;
        let since = EpssSince::of(&table(&rows, &[]), &table(&moved, &[]));
        assert_eq!((&*since.scores, since.percentiles.as_deref()), ("CVE-2024-1500,0.999\n", Some("")));
    }

    #[test]
    fn a_catalogue_and_a_list_are_made_again() {
        let catalogue = |cves: &[(&str, &str)]| {
            let listed: Vec<_> = cves
                .iter()
                .map(|(cve, name)| {
                    serde_json::json!({"cveID": cve, "vulnerabilityName": name, "dateAdded": "2025-11-13"})
                })
                .collect();
            let text = serde_json::json!({"catalogVersion": "1", "vulnerabilities": listed}).to_string();
            Kev::read(text.as_bytes(), usize::MAX).unwrap()
        };
        let before = catalogue(&[("CVE-2024-1000", "one"), ("CVE-2024-1001", "two")]);
        let after = catalogue(&[("CVE-2024-1001", "other"), ("CVE-2024-1002", "three")]);
        let since = KevSince::of(&before, &after);
        assert_eq!((since.entries.len(), since.gone.len()), (2, 1));
        assert_eq!(kev(&since.after(&before).unwrap()), kev(&after));
        let list = |cves: &[&str]| cves.iter().map(|cve| cve.parse::<Cve>().unwrap()).collect::<Exploits>();
        let (old, new) =
            (list(&["CVE-2024-1000", "CVE-2024-1001"]), list(&["CVE-2024-1001", "CVE-2024-1002"]));
        let made = CvesSince::of(&old, &new).after(&old, "nuclei").unwrap();
        assert_eq!(lines(&made), lines(&new));
    }
}
