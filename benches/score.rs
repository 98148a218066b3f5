//! Plain rows scored: each with a CVE that is looked up in an EPSS table of 250,000 and a catalogue of 1,500, a
//! CVSS vector, an exposure and a criticality; one by one on one thread, and as columns, whose texts are coded by dictionaries, on one
//! and on two. Peers: the same formula in numpy and in polars, on columns that hold the
//! vector's metrics already parsed. Their numbers must be ours to 1e-9, and those of columns are those of rows to the bit.
//!
//! `-- 1000000` says how many rows.

mod common;

use common::Random;
use ctem_core::{
    attack,
    cvss::Vector,
    intel::{Intel, epss::Epss, kev::Kev},
    model::Criticality,
    prioritize::{Batch, Column, Integers, Reachable, Row, Texts, score_all, score_table},
    time::Days,
};
use std::{collections::HashMap, fmt::Write, sync::Arc};

const MOST_BYTES: usize = 1 << 30;
const YEARS: std::ops::Range<usize> = 2000..2025;
const NUMBERS: usize = 10_000;
const LISTED: usize = 1_500;
const REACHABLE: [Reachable; 4] =
    [Reachable::Isolated, Reachable::Internal, Reachable::Unknown, Reachable::Internet];
const CRITICALITY: [Option<Criticality>; 5] = [
    None,
    Some(Criticality::Low),
    Some(Criticality::Medium),
    Some(Criticality::High),
    Some(Criticality::CrownJewel),
];

fn main() {
    let mut random = Random(11);
    let mut table = String::from("#model_version:v2025.03.14,score_date:2025-11-13\ncve,epss,percentile\n");
    for (year, number) in YEARS.flat_map(|year| (0..NUMBERS).map(move |number| (year, number + 1000))) {
        // One in twenty has no score yet.
        if random.unit() >= 0.05 {
            let epss = random.lognormal(0.002, 2.2).min(0.97);
            let _ = writeln!(table, "CVE-{year}-{number:04},{epss:.5},0.5");
        }
    }
    let listed: Vec<_> = (0..LISTED)
        .map(|n| {
            let (cve, ransomware) = (cve(&mut random), ["Known", "Unknown"][n % 2]);
            format!(
                r#"{{"cveID":"{cve}","dateAdded":"2022-01-01","knownRansomwareCampaignUse":"{ransomware}"}}"#
            )
        })
        .collect();
    let catalogue = format!(r#"{{"catalogVersion":"1","vulnerabilities":[{}]}}"#, listed.join(","));
    let epss = Epss::read(table.as_bytes(), MOST_BYTES).expect("it is a table");
    let kev = Kev::read(catalogue.as_bytes(), MOST_BYTES).expect("it is a catalogue");
    let intel = Intel::none().with_epss(epss).with_kev(kev);

    let count = common::size(1_000_000);
    let (mut rows, mut columns) = (Vec::with_capacity(count), Vec::with_capacity(count * 5));
    let mut coded: [Coded; 4] = Default::default();
    for _ in 0..count {
        let (cve, vector) = (cve(&mut random), vector(&mut random));
        let (reachable, criticality) = (random.below(REACHABLE.len()), random.below(CRITICALITY.len()));
        let row = Row {
            cve: Some(cve.parse().expect("it is a CVE")),
            cvss: Some(vector.parse::<Vector>().expect("it is a vector")),
            reachable: REACHABLE[reachable],
            criticality: CRITICALITY[criticality],
            ..Row::default()
        };
        let severity = row.cvss.map_or(0, |vector| vector.base_score().severity() as i64);
        columns.extend([key(&cve), metrics(&vector), severity, reachable as i64, criticality as i64]);
        let texts = [&*cve, &vector, row.reachable.name(), row.criticality.map_or("", Criticality::name)];
        coded.iter_mut().zip(texts).for_each(|(column, text)| column.push(text));
        rows.push(row);
    }
    let (seconds, risks) = common::least(5, || score_all(&rows, &intel, Days::THIRTY));
    drop(rows);
    let texts = coded.each_ref().map(|column| column.texts.iter().map(String::as_str).collect::<Vec<_>>());
    let lent = coded.iter().zip(&texts).map(|(column, texts)| column.column(texts));
    let named = ["cve", "cvss", "reachable", "criticality"].into_iter().zip(lent);
    let batches = [Batch::of(named).expect("it is a table")];
    let table_of = |threads: usize| {
        let score =
            || score_table(&batches, &intel, Days::THIRTY, Default::default()).expect("nobody ends it");
        let (seconds, scored) = attack::on_threads(threads, || common::least(5, score));
        assert!(scored.errors.is_empty() && scored.risks == risks, "columns are scored as rows are");
        seconds
    };
    let (one, two) = (table_of(1), table_of(2));

    let bytes = |numbers: &[i64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
    let files = [
        common::scratch("epss.csv", table.as_bytes()),
        common::scratch("kev.json", catalogue.as_bytes()),
        common::scratch("rows.i64", &bytes(&columns)),
        common::scratch("risks.f64", &risks.iter().flat_map(|risk| risk.to_le_bytes()).collect::<Vec<_>>()),
    ];
    let peers = common::peers("score", &files.each_ref().map(|file| file.as_path()));
    let mut answers = format!("checksum {:016x}", common::checksum(risks.iter().map(|risk| risk.to_bits())));
    for peer in &peers {
        let apart = peer.answer.as_f64().unwrap_or(f64::NAN);
        assert!(apart <= 1e-9, "{} differs by {apart}", peer.name);
        let _ = write!(answers, "; {} at most {apart:.0e} apart", peer.name);
    }
    common::head();
    let peers: Vec<_> = peers.iter().map(|peer| (count as f64, peer)).collect();
    let rows = |what: &str, seconds: f64, answers: String| {
        common::rows(what, "rows", count as f64, seconds, &peers, answers);
    };
    rows("plain rows scored", seconds, answers);
    rows("plain rows scored, as columns", one, "the same to the bit".into());
    rows("plain rows scored, as columns, two threads", two, "the same to the bit".into());
}

/// A column of texts, of which each is kept once.
#[derive(Default)]
struct Coded {
    codes: Vec<i32>,
    known: HashMap<String, i32>,
    texts: Vec<String>,
}

impl Coded {
    fn push(&mut self, text: &str) {
        let code = self.known.get(text).copied().unwrap_or_else(|| {
            let code = self.texts.len() as i32;
            self.texts.push(text.to_owned());
            self.known.insert(text.to_owned(), code);
            code
        });
        self.codes.push(code);
    }

    fn column<'a>(&'a self, texts: &'a [&'a str]) -> Column<'a> {
        Column::coded(Integers::I32(&self.codes), Arc::new(Texts::of(texts)))
    }
}

fn cve(random: &mut Random) -> String {
    let year = YEARS.start + random.below(YEARS.len());
    format!("CVE-{year}-{:04}", 1000 + random.below(NUMBERS))
}

/// A CVE as one number, as peers look it up.
fn key(cve: &str) -> i64 {
    let (year, number) = cve["CVE-".len()..].split_once('-').expect("it has a year");
    year.parse::<i64>().expect("digits") * 1_000_000_000 + number.parse::<i64>().expect("digits")
}

fn vector(random: &mut Random) -> String {
    let mut pick = |values: &str| char::from(*random.of(values.as_bytes()));
    format!(
        "CVSS:3.1/AV:{}/AC:{}/PR:{}/UI:{}/S:{}/C:{}/I:{}/A:{}",
        pick("NALP"),
        pick("LH"),
        pick("NLH"),
        pick("NR"),
        pick("UC"),
        pick("HLN"),
        pick("HLN"),
        pick("HLN")
    )
}

/// The metrics a peer's formula asks for, packed: AV, AC, PR, UI and whether all impacts are high.
fn metrics(vector: &str) -> i64 {
    let place = |name: &str, values: &str| {
        let at = vector.find(name).expect("it is given") + name.len();
        values.find(&vector[at..=at]).expect("it is a value") as i64
    };
    let total = i64::from(vector.ends_with("/C:H/I:H/A:H"));
    let [av, ac] = [place("/AV:", "NALP"), place("/AC:", "LH")];
    let [pr, ui] = [place("/PR:", "NLH"), place("/UI:", "NR")];
    av | ac << 2 | pr << 3 | ui << 5 | total << 6
}
