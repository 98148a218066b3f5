//! Every reader, with each thing that its documents can repeat.

use crate::{
    count::work,
    documents::{Document, How, documents},
};
use ctem_core::{Program, discover};
use std::{fs, path::Path};

/// A file may take so many times its bytes in memory, and this much whatever its length.
const MOST_TIMES: u64 = 40;
const MOST_BESIDES: u64 = 1 << 20;

/// What a reader looks at again for each of many is bounded by the length of the document, and so is the work: at most so much for each byte.
/// Up to that it may grow faster than the document does.
const MOST_WORK: f64 = 256.0;

/// How many times its bytes a document takes at most, and how much work for each byte: more for those of `known.tsv`, whose readers are
/// not there yet.
fn most(what: &str) -> (u64, f64) {
    let known =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/growth/known.tsv")).unwrap();
    let rows = known.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.map(|line| line.split('\t').collect::<Vec<_>>());
    let row = rows.find(|row| what.starts_with(&format!("{}:", row[0])));
    row.map_or((MOST_TIMES, MOST_WORK), |row| (row[1].parse().unwrap(), row[2].parse().unwrap()))
}

/// Reads a document and absorbs it: the work of both, and the most that reading held at once.
fn taken(text: &str) -> (u64, u64) {
    let (reading, most, report) = work(|| discover::read(text.as_bytes()));
    let (absorbing, ..) = work(|| report.map(|report| Program::default().absorb(report)));
    (reading + absorbing, most)
}

/// What is wrong with how a document grows.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    /// Looks at a document at `n` and at `4n`: the work may grow as the input does, with a part more for what doubles and for logarithms.
    fn look(&mut self, what: impl Fn() -> String, make: impl Fn(usize) -> Option<String>, n: usize) {
        let (Some(small), Some(large)) = (make(n), make(4 * n)) else { return };
        if large.len() < 2 * small.len() {
            return;
        }
        let ((a, _), (b, held)) = (taken(&small), taken(&large));
        let input = large.len() as f64 / small.len() as f64;
        if b as f64 > 1.6 * input * a as f64 && b as f64 > most(&what()).1 * large.len() as f64 {
            let grown = b as f64 / a as f64;
            self.say(format!(
                "{}: {input:.1} times the input, {grown:.1} times the work: {b} for {}",
                what(),
                large.len()
            ));
        }
        self.held(&what, &large, held);
    }

    fn held(&mut self, what: impl Fn() -> String, text: &str, held: u64) {
        let length = text.len() as u64;
        if held > most(&what()).0 * length + MOST_BESIDES {
            self.say(format!("{}: {held} bytes held for {length}, {} times", what(), held / length));
        }
    }

    fn say(&mut self, wrong: String) {
        println!("{wrong}");
        self.0.push(wrong);
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{}", self.0.join("\n"));
    }
}

/// Texts that are long in each way that readers look into texts.
const PIECES: [&str; 14] =
    ["a/", "/", ".", ",", ", ", " ", ":", "://", "@", "'", "\n", "\\", "=", "CVE-2021-1 "];

fn all_of(document: &Document, wrong: &mut Wrong) {
    // All that a search looks at is minutes of work: the gate looks at some, spread over the document.
    const MOST_SITES: usize = 16;
    const IN_THE_GATE: usize = 4;
    let most = if std::env::var_os("CTEM_SEED").is_some() { MOST_SITES } else { IN_THE_GATE };
    let mut sites = document.sites();
    sites.truncate(MOST_SITES);
    let every = sites.len().div_ceil(most).max(1);
    let sites: Vec<String> = sites.into_iter().step_by(every).collect();
    let name = &document.name;
    let every: Vec<&String> = sites.iter().collect();
    // All at once, each in one place: what one list has, for each of another.
    for how in [How::Same, How::Varied] {
        let what = || format!("{name}: everything, {how:?}");
        wrong.look(what, |n| Some(document.repeated(&every, n, how)), 40);
    }
    for site in &sites {
        let what = || format!("{name}: {site}");
        wrong.look(what, |n| Some(document.repeated(&[site], n, How::Varied)), 50);
    }
    // The longest list is that of the records, mostly.
    let length = |site: &&String| document.repeated(&[site], 1, How::Same).len();
    let Some(largest) = sites.iter().max_by_key(length) else { return };
    for site in sites.iter().filter(|site| *site != largest) {
        let what = || format!("{name}: {site} and {largest}");
        wrong.look(what, |n| Some(document.repeated(&[largest, site], n, How::Varied)), 40);
    }
    for piece in PIECES {
        wrong.look(|| format!("{name}: {piece:?} in texts"), |n| document.lengthened(piece, n), 60);
    }
    for small in document.small() {
        for site in &sites {
            let what = || format!("{name}: {site} of {small}");
            let Some(large) = document.filled(site, small, 4_000) else { continue };
            wrong.held(what, &large, taken(&large).1);
        }
    }
}

fn formats(letters: std::ops::RangeInclusive<char>) {
    let mut wrong = Wrong::default();
    for document in documents(letters) {
        all_of(&document, &mut wrong);
    }
    wrong.none();
}

#[test]
fn reading_and_absorbing_are_linear_in_formats_a_to_c() {
    formats('a'..='c');
}

#[test]
fn reading_and_absorbing_are_linear_in_formats_d_to_m() {
    formats('d'..='m');
}

#[test]
fn reading_and_absorbing_are_linear_in_formats_n_to_r() {
    formats('n'..='r');
}

#[test]
fn reading_and_absorbing_are_linear_in_formats_s_to_z() {
    formats('s'..='z');
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn what_tools_write_takes_little_memory_and_loses_nothing_to_limits() {
    let manifest = String::from_utf8(crate::corpora::file("scans/MANIFEST.tsv")).unwrap();
    let (mut files, mut worst) = (0, (0, String::new()));
    for path in manifest.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let bytes = crate::corpora::file(&format!("scans/{path}"));
        let (_, most, report) = work(|| discover::read(&bytes));
        let Ok(report) = report else { continue };
        files += 1;
        let limited = report.notes.iter().find(|note| note.reason.contains("no report does"));
        assert!(limited.is_none(), "{path}: {limited:?}");
        let times = most.saturating_sub(MOST_BESIDES) / bytes.len().max(1) as u64;
        worst = worst.max((times, path.to_owned()));
        if std::env::var_os("CTEM_SHOW").is_some() {
            println!("{} {} {} {path}", most / bytes.len().max(1) as u64, bytes.len(), most);
        }
    }
    assert!(files > 100, "{files} files");
    assert!(worst.0 <= 12, "{worst:?}");
}
