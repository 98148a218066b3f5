//! Documents read: the native one as lines, through the stream and as a whole; Grype JSON and SARIF. Peers: Python's `json`
//! and `orjson`, which parse the same bytes and check nothing.
//!
//! The native document is a seeded enterprise. The others are a real file, or else the repository's own, with its records
//! repeated. `-- 100` says how many megabytes each has.

mod common;

use common::enterprise::Enterprise;
use ctem_core::discover::{self, ReadOptions};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, hint::black_box};

const RUNS: usize = 3;

fn main() {
    let bytes = common::size(100) * 1_000_000;
    common::head();

    let native = native(bytes);
    let file = common::scratch("native.ndjson", &native);
    let peers = common::peers("lines", &[&file]);
    let streamed = common::least(RUNS, || {
        let take = |record| {
            black_box(record);
            Ok(())
        };
        discover::stream(&native[..], &ReadOptions::default(), take).expect("it is native").tally.accepted
    });
    row("native lines, streamed", &native, streamed, &peers);
    let read = common::least(RUNS, || accepted(&native));
    row("native lines, read", &native, read, &peers);

    for (name, real, own, list) in [
        ("Grype", "scans/anchore_grype/many_vulns.json", "tests/reports/grype/image.json", "matches"),
        ("SARIF", "scans/sarif/issue_10191.json", "tests/reports/sarif/codeql.sarif", "results"),
    ] {
        let own = || {
            std::fs::read(format!("{}/{own}", env!("CARGO_MANIFEST_DIR"))).expect("it is part of the tree")
        };
        let text = String::from_utf8(common::corpus(real).unwrap_or_else(own)).expect("reports are UTF-8");
        let document = repeated(&text, list, bytes);
        let file = common::scratch("document.json", document.as_bytes());
        let peers = common::peers("whole", &[&file]);
        let read = common::least(RUNS, || accepted(document.as_bytes()));
        row(name, document.as_bytes(), read, &peers);
    }
}

fn accepted(bytes: &[u8]) -> u64 {
    let report = black_box(discover::read(bytes).expect("it is a report"));
    // The repository's own documents have records that are meant to be rejected.
    report.tally.accepted
}

fn row(name: &str, bytes: &[u8], (seconds, accepted): (f64, u64), peers: &[common::Peer]) {
    let size = bytes.len() as f64;
    let columns: Vec<_> = peers.iter().map(|peer| (size, peer)).collect();
    common::rows(name, "bytes", size, seconds, &columns, format!("{accepted} records"));
}

fn native(bytes: usize) -> Vec<u8> {
    const BYTES_AN_ASSET: usize = 430;
    let mut out = b"{\"ctem\": {\"version\": 1}}\n".to_vec();
    for record in Enterprise::new(bytes / BYTES_AN_ASSET, 7).records() {
        serde_json::to_writer(&mut out, &record).expect("records can be written");
        out.push(b'\n');
    }
    out
}

/// The document with the records of its list, or of its first run's, repeated until it is long enough.
fn repeated(text: &str, list: &str, bytes: usize) -> String {
    let parts: BTreeMap<&str, &RawValue> = serde_json::from_str(text).expect("it is an object");
    let parts = parts.iter().map(|(name, value)| {
        let value = match *name {
            _ if *name == list => repeated_list(value.get(), bytes),
            "runs" => {
                let runs: Vec<&RawValue> = serde_json::from_str(value.get()).expect("runs are a list");
                format!("[{}]", repeated(runs[0].get(), list, bytes))
            }
            _ => value.get().to_owned(),
        };
        format!("\"{name}\": {value}")
    });
    format!("{{{}}}", parts.collect::<Vec<_>>().join(",\n"))
}

fn repeated_list(list: &str, bytes: usize) -> String {
    let records: Vec<&RawValue> = serde_json::from_str(list).expect("records are a list");
    let mut out = String::from("[");
    for record in records.iter().cycle() {
        if out.len() >= bytes {
            break;
        }
        if out.len() > 1 {
            out.push_str(",\n");
        }
        out.push_str(record.get());
    }
    out + "]"
}
