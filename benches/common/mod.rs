//! What every workload needs: a size, a clock, seeded numbers, peers in the same run, and a row of the table.
#![allow(dead_code, reason = "each workload uses a part")]

pub mod directory;
pub mod enterprise;
pub mod network;

use std::{
    fmt::Display,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// The first number among the arguments, or else `default`: `cargo bench --bench assess -- 100000`.
pub fn size(default: usize) -> usize {
    std::env::args().skip(1).find_map(|argument| argument.replace('_', "").parse().ok()).unwrap_or(default)
}

/// What follows an option among the arguments: `-- --graph environment.ndjson`.
pub fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// The least time of several runs, in seconds, and the last answer. The least is what the machine's other work disturbs
/// least.
pub fn least<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let (mut least, mut answer) = once(&mut run);
    for _ in 1..runs {
        // The answer of the run before is dropped outside the time.
        drop(answer);
        let (seconds, again) = once(&mut run);
        (least, answer) = (least.min(seconds), again);
    }
    (least, answer)
}

/// The time of one run, in seconds, and its answer.
pub fn once<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let answer = black_box(run());
    (start.elapsed().as_secs_f64(), answer)
}

/// Seeded numbers (SplitMix64, Steele et al. 2014): the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0 and below 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }

    pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// e to a normally distributed power (Box and Muller 1958), around `median`.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        median * (sigma * normal).exp()
    }

    /// Beta-distributed (Jöhnk 1964).
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        loop {
            let (x, y) = (self.unit().powf(1.0 / a), self.unit().powf(1.0 / b));
            if x + y > 0.0 && x + y <= 1.0 {
                return x / (x + y);
            }
        }
    }
}

/// What a peer measured of itself.
pub struct Peer {
    pub name: String,
    pub seconds: f64,
    pub answer: serde_json::Value,
}

/// A bar: how long the same may take.
pub fn bar(name: impl Into<String>, seconds: f64) -> Peer {
    Peer { name: name.into(), seconds, answer: serde_json::Value::Null }
}

/// Runs the Python peers of a workload on files; none when they are not installed, as `benches/run.py` does.
pub fn peers(workload: &str, files: &[&Path]) -> Vec<Peer> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = python();
    let out = Command::new(&python).arg(root.join("benches/peers.py")).arg(workload).args(files).output();
    let Ok(out) = out else {
        eprintln!("no peers: there is no {}; `python3 benches/run.py` installs them", python.display());
        return Vec::new();
    };
    eprint!("{}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8_lossy(&out.stdout).into_owned();
    let values = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    values
        .map(|value| Peer {
            name: value["peer"].as_str().unwrap_or_default().to_owned(),
            seconds: value["seconds"].as_f64().unwrap_or(f64::NAN),
            answer: value["answer"].clone(),
        })
        .collect()
}

/// The Python that has the peers.
pub fn python() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    std::env::var_os("CTEM_PEERS").map_or(installed, PathBuf::from)
}

/// A file for peers to read, in the build's scratch folder.
pub fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}

/// The head of the table.
pub fn head() {
    println!("| workload | ctem | peer | times as fast | answers |\n| --- | --- | --- | --- | --- |");
}

/// A row of the table: so many things in so many seconds, and each peer's rate of the same.
pub fn rows(
    workload: &str,
    unit: &str,
    count: f64,
    seconds: f64,
    peers: &[(f64, &Peer)],
    answer: impl Display,
) {
    let ours = rate(count / seconds, unit);
    if peers.is_empty() {
        println!("| {workload} | {ours} | missing | | {answer} |");
    }
    for (peer_count, peer) in peers {
        let theirs = peer_count / peer.seconds;
        let ratio = count / seconds / theirs;
        println!("| {workload} | {ours} | {}: {} | {ratio:.2} | {answer} |", peer.name, rate(theirs, unit));
    }
}

/// A row of the table for what is to be small: so much a thing, and how much it may be. It has no rate.
pub fn small(workload: &str, unit: &str, ours: f64, bar: f64, answer: impl Display) {
    println!("| {workload} | {ours:.1} {unit} | bar: {bar:.1} {unit} | {:.2} | {answer} |", bar / ours);
}

fn rate(rate: f64, unit: &str) -> String {
    match rate {
        _ if rate >= 1e6 => format!("{:.2} M {unit}/s", rate / 1e6),
        _ if rate >= 1e3 => format!("{:.1} k {unit}/s", rate / 1e3),
        _ => format!("{rate:.1} {unit}/s"),
    }
}

/// The most memory the process has held so far, in bytes; nothing where the system does not say.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Where the corpora of real files are, if they are anywhere: `$CTEM_CORPORA`, or beside the repository.
pub fn corpus(path: &str) -> Option<Vec<u8>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora");
    let root = std::env::var_os("CTEM_CORPORA").map_or(PathBuf::from(beside), PathBuf::from);
    std::fs::read(root.join(path)).ok()
}

/// A number that tells answers apart, in their order.
pub fn checksum(bits: impl Iterator<Item = u64>) -> u64 {
    bits.fold(0, |sum, bits| Random(sum ^ bits).bits())
}
